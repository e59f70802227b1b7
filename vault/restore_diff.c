/* restore_diff.c - what would be lost: the records of the vault against those of the backup. L7, of restore's room. */
#include <stdlib.h>
#include <string.h>

#include <vault/ledger.h>
#include <vault/settings.h>
#include <vault/token.h>

#include "record.h"
#include "restore_int.h"
#include "script.h"

/* All records of one file, each list by id. */
struct side {
	struct vault_tokens tokens;
	struct vault_vendors vendors;
	struct vault_handovers handovers;
	struct vault_settings settings;
};

struct diff {
	const struct side *now, *then;
	struct vault_losses *out;
	size_t cap;
};

static enum vault_rc nomem(struct vault_err *err)
{
	return vault_err_set(err, VAULT_REFUSED, "out of memory");
}

static void side_clear(struct side *s)
{
	vault_tokens_clear(&s->tokens);
	vault_vendors_clear(&s->vendors);
	vault_handovers_clear(&s->handovers);
	vault_settings_clear(&s->settings);
}

static int token_by_id(const void *a, const void *b)
{
	return memcmp(((const struct vault_token *)a)->id, ((const struct vault_token *)b)->id, VAULT_ID_LEN);
}

static int vendor_by_id(const void *a, const void *b)
{
	return memcmp(((const struct vault_vendor *)a)->id, ((const struct vault_vendor *)b)->id, VAULT_ID_LEN);
}

static int handover_by_id(const void *a, const void *b)
{
	return memcmp(((const struct vault_handover *)a)->id, ((const struct vault_handover *)b)->id, VAULT_ID_LEN);
}

static enum vault_rc side_read(struct vault *v, struct side *s, struct vault_err *err)
{
	memset(s, 0, sizeof *s);
	enum vault_rc rc = vault_token_all(v, &s->tokens, err);
	if (rc == VAULT_OK)
		rc = vault_vendor_all(v, &s->vendors, err);
	if (rc == VAULT_OK)
		rc = vault_handover_all(v, &s->handovers, err);
	if (rc == VAULT_OK)
		rc = vault_settings_get(v, &s->settings, err);
	if (rc == VAULT_OK && s->tokens.n > 0)
		qsort(s->tokens.t, s->tokens.n, sizeof *s->tokens.t, token_by_id);
	if (rc == VAULT_OK && s->vendors.n > 0)
		qsort(s->vendors.v, s->vendors.n, sizeof *s->vendors.v, vendor_by_id);
	if (rc == VAULT_OK && s->handovers.n > 0)
		qsort(s->handovers.h, s->handovers.n, sizeof *s->handovers.h, handover_by_id);
	return rc;
}

static const struct vault_token *token_of(const struct side *s, const uint8_t id[VAULT_ID_LEN])
{
	struct vault_token key = {.label = NULL};
	memcpy(key.id, id, VAULT_ID_LEN);
	return s->tokens.n == 0 ? NULL : bsearch(&key, s->tokens.t, s->tokens.n, sizeof key, token_by_id);
}

static const struct vault_vendor *vendor_of(const struct side *s, const uint8_t id[VAULT_ID_LEN])
{
	struct vault_vendor key = {.name = NULL};
	memcpy(key.id, id, VAULT_ID_LEN);
	return s->vendors.n == 0 ? NULL : bsearch(&key, s->vendors.v, s->vendors.n, sizeof key, vendor_by_id);
}

/* --- the list -------------------------------------------------------------------------------------------- */

static enum vault_rc add(struct diff *d, enum vault_loss_kind kind, enum vault_loss_how how, const char *label, uint32_t version,
                         const char *vendor, const char *to, struct vault_err *err)
{
	if (d->out->n == d->cap) {
		const size_t cap = d->cap == 0 ? 64 : d->cap * 2;
		struct vault_loss *p = realloc(d->out->l, cap * sizeof *p);
		if (p == NULL)
			return nomem(err);
		d->out->l = p;
		d->cap = cap;
	}
	struct vault_loss *l = &d->out->l[d->out->n++];
	*l = (struct vault_loss){.kind = kind, .how = how, .version = version};
	l->label = label != NULL ? strdup(label) : NULL;
	l->vendor = vendor != NULL ? strdup(vendor) : NULL;
	l->to = to != NULL ? strdup(to) : NULL;
	const int ok = (label == NULL || l->label != NULL) && (vendor == NULL || l->vendor != NULL) && (to == NULL || l->to != NULL);
	return ok ? VAULT_OK : nomem(err);
}

static int text_order(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "");
}

static int by_name(const void *a, const void *b)
{
	const struct vault_loss *x = a, *y = b;
	int c = (int)x->kind - (int)y->kind;
	if (c == 0)
		c = text_order(x->label, y->label);
	if (c == 0)
		c = text_order(x->vendor, y->vendor);
	if (c == 0)
		c = text_order(x->to, y->to);
	return c != 0 ? c : x->version < y->version ? -1 : x->version > y->version;
}

/* 1 where two encodings are the same text. Takes both over. */
static int same_text(char *a, char *b)
{
	const int same = a != NULL && b != NULL && strcmp(a, b) == 0;
	free(a);
	free(b);
	return same;
}

/* --- tokens ---------------------------------------------------------------------------------------------- */

static int is_there(const struct vault_version *ver)
{
	return ver->has_value && (ver->status == VAULT_CURRENT || ver->status == VAULT_RETIRED);
}

/* All but the versions. */
static int same_fields(const struct vault_token *now, const struct vault_token *then)
{
	struct vault_token a = *now, b = *then;
	a.n_versions = b.n_versions = 0;
	return same_text(record_token_encode(&a), record_token_encode(&b));
}

static int same_version(const struct vault_version *now, const struct vault_version *then)
{
	struct vault_version x = *now, y = *then; /* the encoder wants them writable */
	const struct vault_token a = {.versions = &x, .n_versions = 1}, b = {.versions = &y, .n_versions = 1};
	return same_text(record_token_encode(&a), record_token_encode(&b));
}

/* Values of a token that is in both: lost, there again, or another one under the same number, where a token was rotated after an
 * earlier restore. `*told` 1 where there was something to say. */
static enum vault_rc diff_values(struct diff *d, const struct vault_token *now, const struct vault_token *then, int *told,
                                 struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	for (size_t i = 0; i < now->n_versions && rc == VAULT_OK; i++) {
		const struct vault_version *a = &now->versions[i], *b = i < then->n_versions ? &then->versions[i] : NULL;
		const int other = b != NULL && memcmp(a->commit, b->commit, VAULT_COMMIT_LEN) != 0;
		const int lost = b == NULL || other || (is_there(a) && !is_there(b));
		if (lost)
			rc = add(d, VAULT_LOSS_VALUE, VAULT_LOSS_GONE, now->label, a->number, NULL, NULL, err);
		if (rc == VAULT_OK && b != NULL && is_there(b) && (other || !is_there(a)))
			rc = add(d, VAULT_LOSS_VALUE, VAULT_LOSS_BACK, now->label, a->number, NULL, NULL, err);
		*told |= lost || (b != NULL && is_there(b) && !is_there(a));
	}
	for (size_t i = now->n_versions; then->versions != NULL && i < then->n_versions && rc == VAULT_OK; i++) {
		rc = add(d, VAULT_LOSS_VALUE, VAULT_LOSS_BACK, now->label, then->versions[i].number, NULL, NULL, err);
		*told = 1;
	}
	return rc;
}

static enum vault_rc diff_token(struct diff *d, const struct vault_token *now, const struct vault_token *then, struct vault_err *err)
{
	int told = 0, changed = !same_fields(now, then);
	enum vault_rc rc = diff_values(d, now, then, &told, err);
	if (rc == VAULT_OK && now->removed && !then->removed)
		return add(d, VAULT_LOSS_TOKEN, VAULT_LOSS_BACK, then->label, 0, NULL, NULL, err);
	/* A version that a newer one retired is told of by that one's loss. */
	for (size_t i = 0; i < now->n_versions && i < then->n_versions && !changed && !told; i++)
		changed = !same_version(&now->versions[i], &then->versions[i]);
	if (rc == VAULT_OK && changed)
		rc = add(d, VAULT_LOSS_TOKEN, VAULT_LOSS_UNDONE, now->label, 0, NULL, NULL, err);
	return rc;
}

static enum vault_rc diff_tokens(struct diff *d, struct vault_err *err)
{
	const struct vault_tokens *now = &d->now->tokens, *then = &d->then->tokens;
	enum vault_rc rc = VAULT_OK;
	for (size_t i = 0; i < now->n && rc == VAULT_OK; i++) {
		const struct vault_token *t = token_of(d->then, now->t[i].id);
		rc = t != NULL ? diff_token(d, &now->t[i], t, err)
		               : add(d, VAULT_LOSS_TOKEN, VAULT_LOSS_GONE, now->t[i].label, 0, NULL, NULL, err);
	}
	for (size_t i = 0; i < then->n && rc == VAULT_OK; i++)
		if (token_of(d->now, then->t[i].id) == NULL)
			rc = add(d, VAULT_LOSS_TOKEN, VAULT_LOSS_BACK, then->t[i].label, 0, NULL, NULL, err);
	return rc;
}

/* --- the ledger ------------------------------------------------------------------------------------------ */

static enum vault_rc diff_vendors(struct diff *d, struct vault_err *err)
{
	const struct vault_vendors *now = &d->now->vendors, *then = &d->then->vendors;
	enum vault_rc rc = VAULT_OK;
	for (size_t i = 0; i < now->n && rc == VAULT_OK; i++) {
		const struct vault_vendor *t = vendor_of(d->then, now->v[i].id);
		if (t == NULL || !same_text(record_vendor_encode(&now->v[i]), record_vendor_encode(t)))
			rc = add(d, VAULT_LOSS_VENDOR, t == NULL ? VAULT_LOSS_GONE : VAULT_LOSS_UNDONE, NULL, 0, now->v[i].name, NULL, err);
	}
	for (size_t i = 0; i < then->n && rc == VAULT_OK; i++)
		if (vendor_of(d->now, then->v[i].id) == NULL)
			rc = add(d, VAULT_LOSS_VENDOR, VAULT_LOSS_BACK, NULL, 0, then->v[i].name, NULL, err);
	return rc;
}

static enum vault_rc add_handover(struct diff *d, const struct side *s, const struct vault_handover *h, enum vault_loss_how how,
                                  struct vault_err *err)
{
	const struct vault_token *t = token_of(s, h->token_id);
	const struct vault_vendor *v = vendor_of(s, h->vendor_id);
	return add(d, VAULT_LOSS_HANDOVER, how, t != NULL ? t->label : NULL, 0, v != NULL ? v->name : NULL, h->to, err);
}

static enum vault_rc diff_handovers(struct diff *d, struct vault_err *err)
{
	const struct vault_handovers *now = &d->now->handovers, *then = &d->then->handovers;
	enum vault_rc rc = VAULT_OK;
	for (size_t i = 0; i < now->n && rc == VAULT_OK; i++) {
		const struct vault_handover *t =
			then->n == 0 ? NULL : bsearch(&now->h[i], then->h, then->n, sizeof *then->h, handover_by_id);
		if (t == NULL || !same_text(record_handover_encode(&now->h[i]), record_handover_encode(t)))
			rc = add_handover(d, d->now, &now->h[i], t == NULL ? VAULT_LOSS_GONE : VAULT_LOSS_UNDONE, err);
	}
	for (size_t i = 0; i < then->n && rc == VAULT_OK; i++)
		if (now->n == 0 || bsearch(&then->h[i], now->h, now->n, sizeof *now->h, handover_by_id) == NULL)
			rc = add_handover(d, d->then, &then->h[i], VAULT_LOSS_BACK, err);
	return rc;
}

/* --- the policy ------------------------------------------------------------------------------------------ */

/* But the header's part of it, which stays. */
static enum vault_rc diff_policy(struct diff *d, struct vault_err *err)
{
	struct vault_settings then = d->then->settings; /* borrows */
	struct vault_strings lines = {.s = NULL};
	then.log_best_effort = d->now->settings.log_best_effort;
	enum vault_rc rc = vault_settings_changes(&d->now->settings, &then, &lines, err);
	if (rc == VAULT_OK && lines.n > 0)
		rc = add(d, VAULT_LOSS_POLICY, VAULT_LOSS_UNDONE, NULL, 0, NULL, NULL, err);
	vault_strings_clear(&lines);
	return rc;
}

/* --- grants ---------------------------------------------------------------------------------------------- */

/* What a script may open now and could not afterwards, though the token is there: removed then, or its value nobody's. */
static enum vault_rc diff_grants(struct vault *v, struct diff *d, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	for (size_t i = 0; i < v->roster.n_slots && rc == VAULT_OK; i++) {
		const struct roster_slot *s = &v->roster.slots[i];
		struct record_labels l = {.l = NULL};
		uint64_t written = 0;
		if (!s->active || s->role != VAULT_ROLE_SCRIPT)
			continue;
		rc = script_labels(v, s->id, &l, &written, err);
		for (size_t k = 0; k < l.n && rc == VAULT_OK; k++) {
			const struct vault_token *t = token_of(d->then, l.l[k].token_id);
			if (t != NULL && (t->removed || !is_there(vault_token_current(t))))
				rc = add(d, VAULT_LOSS_GRANT, VAULT_LOSS_GONE, l.l[k].label, 0, NULL, s->name, err);
		}
		record_labels_clear(&l);
	}
	return rc;
}

enum vault_rc restore_diff(struct vault *v, struct vault *b, struct vault_losses *out, struct vault_err *err)
{
	struct side now = {.tokens = {.t = NULL}}, then = {.tokens = {.t = NULL}};
	struct diff d = {.now = &now, .then = &then, .out = out};
	enum vault_rc rc = side_read(v, &now, err);
	if (rc == VAULT_OK)
		rc = restore_of_backup(b->path, side_read(b, &then, err), err);
	if (rc == VAULT_OK)
		rc = diff_tokens(&d, err);
	if (rc == VAULT_OK)
		rc = diff_grants(v, &d, err);
	if (rc == VAULT_OK)
		rc = diff_vendors(&d, err);
	if (rc == VAULT_OK)
		rc = diff_handovers(&d, err);
	if (rc == VAULT_OK)
		rc = diff_policy(&d, err);
	if (rc == VAULT_OK && out->n > 0)
		qsort(out->l, out->n, sizeof *out->l, by_name);
	side_clear(&now);
	side_clear(&then);
	return rc;
}
