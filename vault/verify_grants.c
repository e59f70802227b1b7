/* verify_grants.c - who was granted what: every grant of its slot's role, in its place, and a script's list and grants the
 * same set. L6. */
#include <stdlib.h>
#include <string.h>

#include <vault/access.h>

#include "script.h"
#include "slot.h"
#include "value.h"
#include "verify_int.h"

static enum vault_rc bad(struct vault_err *err, const char *what)
{
	return vault_err_set(err, VAULT_DAMAGED, "%s: the vault is damaged or was tampered with; restore it from a backup", what);
}

/* An ended grant holds nothing; one that stands is of an active slot and holds something. */
static enum vault_rc state_of(const struct row *g, const struct roster_slot *s, struct vault_err *err)
{
	const struct cell *c = g->c;
	if (s == NULL || c[GRANT_VERSION].i < 1)
		return bad(err, "a grant is of no key slot");
	if (c[GRANT_ENDED].i != 0 ? c[GRANT_BOX].n != 0 : c[GRANT_BOX].n == 0 || !s->active)
		return bad(err, "a grant that ended still holds a key, or one that stands holds none");
	return VAULT_OK;
}

static const struct roster_slot *slot_of(const struct vault *v, const struct row *g)
{
	return g->c[GRANT_SLOT].n == 16 ? roster_slot(&v->roster, g->c[GRANT_SLOT].p) : NULL;
}

/* --- the roster's ---------------------------------------------------------------------------------------- */

/* Each active slot has what its role has, of the newest generation, once; no slot has more. */
static enum vault_rc check_roster(struct vault *v, struct vault_err *err)
{
	static const uint8_t zero_id[16];
	const struct rows *g = &v->roster.leaf->grant;
	enum vault_rc rc = VAULT_OK;
	unsigned *has = calloc(v->roster.n_slots, sizeof *has);
	if (has == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	for (size_t i = 0; i < g->n && rc == VAULT_OK; i++) {
		const struct roster_slot *s = slot_of(v, g->r[i]);
		const int64_t kind = g->r[i]->c[GRANT_KIND].i;
		rc = state_of(g->r[i], s, err);
		if (rc == VAULT_OK && (kind < GRANT_SIGN || kind > GRANT_META || (slot_role_grants(s->role) & 1u << kind) == 0 ||
		                       memcmp(g->r[i]->c[GRANT_OBJECT].p, zero_id, 16) != 0))
			rc = bad(err, "a key slot was granted what its role has not");
		if (rc != VAULT_OK || g->r[i]->c[GRANT_ENDED].i != 0)
			continue;
		unsigned *mine = &has[s - v->roster.slots];
		if ((*mine & 1u << kind) != 0)
			rc = bad(err, "a key slot was granted the same twice");
		*mine |= 1u << kind;
	}
	for (size_t i = 0; i < v->roster.n_slots && rc == VAULT_OK; i++)
		if (v->roster.slots[i].active && has[i] != slot_role_grants(v->roster.slots[i].role))
			rc = bad(err, "a key slot lacks what its role has");
	free(has);
	return rc;
}

/* --- scripts' -------------------------------------------------------------------------------------------- */

struct grants {
	struct rows standing;     /* TOKEN grants, copies, in order of leaves */
	size_t lists;             /* LABELS grants that stand */
	uint64_t values;          /* that are there, whoever may open them */
};

static enum vault_rc check_token_grant(struct vault *v, const struct leaf *l, const struct row *g, struct grants *x,
                                       struct vault_err *err)
{
	const struct cell *c = g->c;
	const struct roster_slot *s = slot_of(v, g);
	enum vault_rc rc = state_of(g, s, err);
	int found = 0;
	if (rc == VAULT_OK && (s->role != VAULT_ROLE_SCRIPT || (c[GRANT_KIND].i != GRANT_TOKEN && c[GRANT_KIND].i != GRANT_LABELS)))
		rc = bad(err, "a grant stands where it does not belong");
	if (rc != VAULT_OK || c[GRANT_KIND].i == GRANT_LABELS) {
		if (rc == VAULT_OK && memcmp(c[GRANT_OBJECT].p, s->id, 16) != 0)
			rc = bad(err, "a script's list is filed as another's");
		x->lists += (size_t)(rc == VAULT_OK && c[GRANT_ENDED].i == 0);
		return rc;
	}
	for (size_t i = 0; i < l->secret.n; i++) {
		const struct row *r = l->secret.r[i];
		found |= memcmp(r->c[SEC_TOKEN].p, c[GRANT_OBJECT].p, 16) == 0 && r->c[SEC_VERSION].i == c[GRANT_VERSION].i &&
		         (c[GRANT_ENDED].i != 0 || value_present(r));
	}
	if (!found)
		return bad(err, "a script was granted a value that is not there");
	if (c[GRANT_ENDED].i == 0 && rows_push(&x->standing, row_make(STORE_GRANT, c)) != 0)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	return VAULT_OK;
}

static enum vault_rc check_leaf(struct vault *v, struct leaf *l, void *ctx, struct vault_err *err)
{
	struct grants *x = ctx;
	enum vault_rc rc = VAULT_OK;
	for (size_t i = 0; i < l->secret.n; i++)
		x->values += (uint64_t)value_present(l->secret.r[i]);
	for (size_t i = 0; i < l->grant.n && rc == VAULT_OK; i++)
		rc = check_token_grant(v, l, l->grant.r[i], x, err);
	return rc;
}

/* Every grant that stands is of a label in the list, and every label has a grant of the current version. */
static enum vault_rc check_list(struct vault *v, const struct roster_slot *s, const struct grants *x, struct vault_err *err)
{
	struct record_labels l;
	uint64_t written = 0;
	size_t current = 0;
	enum vault_rc rc = script_labels(v, s->id, &l, &written, err);
	for (size_t i = 0; i < x->standing.n && rc == VAULT_OK; i++) {
		const struct cell *c = x->standing.r[i]->c;
		size_t newest = 0;
		if (memcmp(c[GRANT_SLOT].p, s->id, 16) != 0)
			continue;
		rc = value_count(v, c[GRANT_OBJECT].p, &newest, err);
		if (rc == VAULT_OK && record_labels_of(&l, c[GRANT_OBJECT].p) == NULL)
			rc = bad(err, "a script was granted what is not in its list");
		current += (uint64_t)c[GRANT_VERSION].i == newest;
	}
	if (rc == VAULT_OK && current != l.n)
		rc = bad(err, "a script's list names what it was not granted");
	record_labels_clear(&l);
	return rc;
}

/* One grant of the own slot: its value opens. `*current`: whether it is the token's newest. */
static enum vault_rc open_one(struct vault *v, const struct record_labels *own, const struct row *g, size_t *current,
                              struct vault_err *err)
{
	const uint32_t version = (uint32_t)g->c[GRANT_VERSION].i;
	const struct record_label *l = record_labels_of(own, g->c[GRANT_OBJECT].p);
	struct vault_secret *value = NULL;
	const struct row *row = NULL;
	size_t newest = 0;
	enum vault_rc rc = l == NULL ? bad(err, "this key slot was granted what is not in its list")
	                             : value_count(v, l->token_id, &newest, err);
	if (rc == VAULT_OK)
		rc = value_row(v, l->token_id, version, &row, err);
	if (rc == VAULT_OK) /* check_token_grant saw the row */
		rc = script_value(v, l, version, row, &value, err);
	*current += (size_t)(rc == VAULT_OK && version == newest);
	vault_secret_free(&value);
	return rc;
}

/* The own slot's: the list opens, and each value it was granted; no label is without its current one. */
static enum vault_rc open_own(struct vault *v, const struct grants *x, struct vault_verify_report *out, struct vault_err *err)
{
	struct record_labels own;
	size_t current = 0;
	enum vault_rc rc = script_own(v, &own, err);
	for (size_t i = 0; i < x->standing.n && rc == VAULT_OK; i++) {
		if (memcmp(x->standing.r[i]->c[GRANT_SLOT].p, v->slot_id, 16) != 0)
			continue;
		rc = open_one(v, &own, x->standing.r[i], &current, err);
		out->secrets_opened += (uint64_t)(rc == VAULT_OK);
	}
	if (rc == VAULT_OK && current != own.n)
		rc = bad(err, "this key slot's list names what it was not granted");
	out->secrets_sealed = x->values - out->secrets_opened;
	record_labels_clear(&own);
	return rc;
}

enum vault_rc verify_grants(struct vault *v, struct vault_verify_report *out, struct vault_err *err)
{
	struct grants x = {.lists = 0};
	size_t scripts = 0;
	enum vault_rc rc = check_roster(v, err);
	if (rc == VAULT_OK)
		rc = txn_each_leaf(v, LEAF_TOKENS, check_leaf, &x, err);
	for (size_t i = 0; i < v->roster.n_slots && rc == VAULT_OK; i++) {
		const struct roster_slot *s = &v->roster.slots[i];
		if (!s->active || s->role != VAULT_ROLE_SCRIPT)
			continue;
		scripts++;
		if (v->kr->n_meta > 0)
			rc = check_list(v, s, &x, err);
	}
	if (rc == VAULT_OK && scripts != x.lists)
		rc = bad(err, "a script has no list, or a list no script");
	if (rc == VAULT_OK && v->role == VAULT_ROLE_SCRIPT)
		rc = open_own(v, &x, out, err);
	rows_clear(&x.standing);
	return rc;
}
