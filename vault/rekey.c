/* rekey.c - the vault written anew under other keys: all read and verified first, then every row put by a second handle on the
 * same open database, in one transaction of it. L7; declared in <vault/rekey.h>. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/access.h>
#include <vault/rekey.h>
#include <vault/token.h>

#include "carry.h"
#include "copy.h"
#include "record.h"
#include "script.h"
#include "slot.h"
#include "token.h"
#include "turnover.h"
#include "value.h"
#include "vault_int.h"

/* What the old vault has, copied out of it. */
struct taken {
	struct objects objects;
	struct rows secrets, grants; /* grants: of scripts, that stand */
	struct vault_slot_reads reads; /* what ended slots, and those left out, could read */
	struct vault_tokens tokens;
	char left[512];           /* names of slots that are left out, for the history */
};

static void taken_clear(struct taken *t)
{
	object_all_clear(&t->objects);
	rows_clear(&t->secrets);
	rows_clear(&t->grants);
	vault_slot_reads_clear(&t->reads);
	vault_tokens_clear(&t->tokens);
}

static const struct slot_planned *kept(const struct slot_plan *plan, const uint8_t old_id[16])
{
	for (size_t i = 0; i < plan->n; i++)
		if (memcmp(plan->slots[i].old_id, old_id, 16) == 0)
			return &plan->slots[i];
	return NULL;
}

/* --- taking ---------------------------------------------------------------------------------------------- */

static enum vault_rc add_read(struct vault_slot_reads *l, const uint8_t token_id[16], uint32_t version, const char *slot, int64_t day,
                              struct vault_err *err)
{
	struct vault_slot_read *p = realloc(l->r, (l->n + 1) * sizeof *p);
	if (p != NULL)
		l->r = p;
	char *name = strdup(slot);
	if (p == NULL || name == NULL) {
		free(name);
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	}
	struct vault_slot_read *r = &l->r[l->n++];
	memset(r, 0, sizeof *r);
	memcpy(r->token_id, token_id, 16);
	r->version = version;
	r->slot = name;
	r->ended = day;
	return VAULT_OK;
}

struct looking {
	struct taken *t;
	const struct slot_plan *plan;
};

/* Standing grants of scripts: of those that stay, to be given again; of those left out, what they could read. */
static enum vault_rc look(struct vault *v, struct leaf *l, void *ctx, struct vault_err *err)
{
	struct looking *x = ctx;
	enum vault_rc rc = VAULT_OK;
	for (size_t i = 0; i < l->grant.n && rc == VAULT_OK; i++) {
		const struct cell *c = l->grant.r[i]->c;
		if (c[GRANT_KIND].i != GRANT_TOKEN || c[GRANT_ENDED].i != 0)
			continue;
		const struct roster_slot *s = roster_slot(&v->roster, c[GRANT_SLOT].p);
		if (s != NULL && kept(x->plan, s->id) == NULL)
			rc = add_read(&x->t->reads, c[GRANT_OBJECT].p, (uint32_t)c[GRANT_VERSION].i, s->name, vault_today(v), err);
		else if (rows_push(&x->t->grants, row_make(STORE_GRANT, c)) != 0)
			rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	}
	return rc;
}

/* An admin or monitor that is left out could read every value that is there. */
static enum vault_rc read_all(struct vault *v, struct taken *t, const char *slot, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	for (size_t i = 0; i < t->tokens.n && rc == VAULT_OK; i++) {
		const struct vault_version *now = vault_token_current(&t->tokens.t[i]);
		if (!t->tokens.t[i].removed && now->has_value)
			rc = add_read(&t->reads, t->tokens.t[i].id, now->number, slot, vault_today(v), err);
	}
	return rc;
}

static enum vault_rc who_is_left(struct vault *v, const struct slot_plan *plan, struct taken *t, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	size_t n = 0;
	for (size_t i = 0; i < v->roster.n_slots && rc == VAULT_OK; i++) {
		const struct roster_slot *s = &v->roster.slots[i];
		if (!s->active || kept(plan, s->id) != NULL)
			continue;
		if (n + strlen(s->name) + 16 < sizeof t->left)
			n += (size_t)snprintf(t->left + n, sizeof t->left - n, "%s%s", n == 0 ? "without " : ", ", s->name);
		if (s->role == VAULT_ROLE_ADMIN || s->role == VAULT_ROLE_MONITOR)
			rc = read_all(v, t, s->name, err);
	}
	return rc;
}

static int by_token(const void *a, const void *b)
{
	return memcmp(((const struct vault_slot_read *)a)->token_id, ((const struct vault_slot_read *)b)->token_id, 16);
}

static enum vault_rc take(struct vault *v, const struct slot_plan *plan, struct taken *t, struct vault_err *err)
{
	struct looking x = {t, plan};
	enum vault_rc rc = vault_token_all(v, &t->tokens, err);
	if (rc == VAULT_OK)
		rc = vault_slot_reads_all(v, &t->tokens, &t->reads, err);
	if (rc == VAULT_OK)
		rc = object_all(v, &t->objects, err);
	if (rc == VAULT_OK)
		rc = turnover_secrets(v, &t->secrets, err);
	if (rc == VAULT_OK)
		rc = txn_each_leaf(v, LEAF_TOKENS, look, &x, err);
	if (rc == VAULT_OK)
		rc = who_is_left(v, plan, t, err);
	if (t->reads.n > 0)
		qsort(t->reads.r, t->reads.n, sizeof *t->reads.r, by_token);
	return rc;
}

/* --- the new vault --------------------------------------------------------------------------------------- */

/* A second handle on the open database: other keys, no rows yet, and the old newest state before its first. */
static enum vault_rc new_handle(struct vault *v, struct vault **out, struct vault_err *err)
{
	const struct vault_config cfg = {.path = v->path, .log_path = v->log_path, .state_dir = v->state_dir, .env = v->env};
	const struct slot_planned *own = kept(v->plan, v->slot_id);
	enum vault_rc rc = vault_int_new(&cfg, out, err);
	if (rc != VAULT_OK)
		return rc;
	struct vault *t = *out;
	t->creating = 1;
	t->txn = TXN_WRITE;
	memcpy(t->vault_id, v->plan->vault_id, 16);
	memcpy(t->slot_id, own->s.id, 16);
	memcpy(t->slot_name, own->s.name, sizeof t->slot_name);
	t->role = VAULT_ROLE_ADMIN;
	memcpy(t->state.vault_id, t->vault_id, 16);
	t->state.time = v->state.time;
	memcpy(t->state.hash, v->state.hash, HASH_LEN);
	if ((t->kr = keyring_new()) == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	memcpy(t->kr->seed, own->s.kr->seed, KEY_LEN);
	keyring_derive(t->kr);
	rc = keyring_take(t->kr, v->plan->own, err);
	return rc == VAULT_OK ? tree_new(&t->tree, err) : rc;
}

static enum vault_rc empty(struct store *s, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	for (int t = 0; t < STORE_TABLES && rc == VAULT_OK; t++)
		rc = store_clear(s, (enum store_table)t, err);
	return rc;
}

static enum vault_rc put_header(struct vault *v, struct vault *t, struct leaf *roster, struct vault_err *err)
{
	const struct cell *old = v->roster.leaf->header.r[0]->c;
	const struct cell c[] = {
		CELL_INT(1), CELL_BLOB(t->vault_id, 16), CELL_INT(STORE_FORMAT), old[HDR_CREATED], old[HDR_FLAGS],
		CELL_BLOB(v->vault_id, 16), CELL_INT(v->state.epoch), CELL_BLOB(v->state.hash, HASH_LEN),
	};
	return txn_put(t, roster, STORE_HEADER, row_make(STORE_HEADER, c), err);
}

/* Each generation's row: commitments are of this vault, and each leads to the one before. */
static enum vault_rc put_keys(struct vault *t, struct leaf *roster, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	for (int kind = KIND_META; kind <= KIND_ADM && rc == VAULT_OK; kind++) {
		const struct keygen *g = kind == KIND_META ? t->kr->meta : t->kr->adm;
		const uint64_t n = kind == KIND_META ? t->kr->n_meta : t->kr->n_adm;
		for (uint64_t i = 0; i < n && rc == VAULT_OK; i++)
			rc = txn_put(t, roster, STORE_KEY, roster_key_make(t->vault_id, kind, i + 1, &g[i], i > 0 ? g[i - 1].key : NULL), err);
	}
	return rc;
}

static enum vault_rc put_slot(struct vault *t, struct leaf *roster, const struct slot_new *s, struct vault_err *err)
{
	struct rows grants = {.r = NULL};
	const struct wrap_slot of = slot_new_wrap(s, t->vault_id);
	enum vault_rc rc = txn_put(t, roster, STORE_SLOT, slot_row(s, 1), err);
	if (rc == VAULT_OK)
		rc = wrap_put(t->store, s->wrap, &of, err);
	if (rc == VAULT_OK)
		rc = slot_grants(t->vault_id, s->id, s->role, s->kr->box_pk, t->kr, 1, &grants, err);
	for (size_t i = 0; i < grants.n && rc == VAULT_OK; i++) {
		rc = txn_put(t, roster, STORE_GRANT, grants.r[i], err);
		grants.r[i] = NULL;
	}
	rows_clear(&grants);
	return rc;
}

static enum vault_rc put_roster(struct vault *v, struct vault *t, struct vault_err *err)
{
	struct leaf *roster = calloc(1, sizeof *roster);
	if (roster == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	roster->area = LEAF_ROSTER;
	enum vault_rc rc = txn_adopt(t, roster, err);
	if (rc != VAULT_OK) {
		free(roster);
		return rc;
	}
	rc = put_header(v, t, roster, err);
	if (rc == VAULT_OK)
		rc = put_keys(t, roster, err);
	for (size_t i = 0; i < v->plan->n && rc == VAULT_OK; i++)
		rc = put_slot(t, roster, &v->plan->slots[i].s, err);
	return rc == VAULT_OK ? roster_parse(roster, &t->roster, err) : rc;
}

/* --- records and values ---------------------------------------------------------------------------------- */

/* Rosters are new: what ended slots could read is kept with the token. */
static enum vault_rc put_token(struct vault *t, const struct taken *x, const struct object *o, struct vault_err *err)
{
	struct vault_token tok;
	struct object now = *o;
	enum vault_rc rc = record_token_parse(o->text, o->n, &tok, err);
	if (rc != VAULT_OK)
		return rc;
	struct vault_version *ver = &tok.versions[tok.n_versions - 1];
	vault_strings_clear(&ver->left);
	for (size_t i = vault_slot_reads_first(&x->reads, tok.id); i < x->reads.n && rc == VAULT_OK; i++) {
		const struct vault_slot_read *r = &x->reads.r[i];
		char day[VAULT_DAY_LEN], text[VAULT_DAY_LEN + VAULT_NAME_MAX + 2];
		if (memcmp(r->token_id, tok.id, 16) != 0)
			break;
		if (r->version != ver->number || tok.removed)
			continue;
		snprintf(text, sizeof text, "%s %s", vault_day_format(r->ended, day), r->slot);
		rc = vault_strings_add(&ver->left, text, err);
	}
	now.text = rc == VAULT_OK ? record_token_encode(&tok) : NULL;
	if (rc == VAULT_OK && now.text == NULL)
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	if (rc == VAULT_OK) {
		now.n = strlen(now.text);
		rc = turnover_file(t, &now, err);
	}
	free(now.text);
	vault_token_clear(&tok);
	return rc;
}

static enum vault_rc put_records(struct vault *v, struct vault *t, const struct taken *x, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	for (size_t i = 0; i < x->objects.n && rc == VAULT_OK; i++) {
		const struct object *o = &x->objects.o[i];
		if (o->kind == KIND_TOKEN)
			rc = put_token(t, x, o, err);
		else if (o->kind != KIND_LABELS && !turnover_is_live(&x->secrets, o))
			rc = turnover_file(t, o, err);
	}
	for (size_t i = 0; i < x->secrets.n && rc == VAULT_OK; i++)
		rc = value_move(v, t, x->secrets.r[i], 1, err);
	return rc;
}

/* Every script that stays has what it had: versions it could open, and its list. */
static enum vault_rc put_scripts(struct vault *t, const struct slot_plan *plan, const struct taken *x, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	for (size_t i = 0; i < x->grants.n && rc == VAULT_OK; i++) {
		const struct cell *c = x->grants.r[i]->c;
		const struct slot_planned *p = kept(plan, c[GRANT_SLOT].p);
		const struct roster_slot *s = p != NULL ? roster_slot(&t->roster, p->s.id) : NULL;
		if (s != NULL)
			rc = script_grant_version(t, s, c[GRANT_OBJECT].p, (uint32_t)c[GRANT_VERSION].i, err);
	}
	for (size_t i = 0; i < x->objects.n && rc == VAULT_OK; i++) {
		const struct object *o = &x->objects.o[i];
		const struct slot_planned *p = o->kind == KIND_LABELS ? kept(plan, o->id) : NULL;
		struct record_labels l;
		uint8_t inside[16];
		if (p == NULL)
			continue;
		rc = record_labels_parse(o->text, o->n, inside, &l, err);
		if (rc == VAULT_OK)
			rc = script_store(t, roster_slot(&t->roster, p->s.id), &l, 0, err);
		record_labels_clear(&l);
	}
	return rc;
}

/* --- the whole ------------------------------------------------------------------------------------------- */

static enum vault_rc write_anew(struct vault *v, struct vault *t, const struct taken *x, struct vault_err *err)
{
	enum vault_rc rc = empty(v->store, err);
	if (rc == VAULT_OK)
		rc = put_roster(v, t, err);
	if (rc == VAULT_OK)
		rc = put_records(v, t, x, err);
	if (rc == VAULT_OK)
		rc = put_scripts(t, v->plan, x, err);
	if (rc != VAULT_OK)
		return rc;
	txn_action(t, ACTION_REKEY, t->slot_id, token_detail(NULL, 0, x->left[0] != '\0' ? x->left : NULL));
	return txn_commit(t, err);
}

/* The new vault's log has what counts of the old one's verdicts; the old one is closed. `s` locks both. */
static enum vault_rc new_log(struct vault *v, struct vault *t, struct logswap **s, struct vault_err *err)
{
	const struct carry_to to = {.vault_id = t->vault_id, .kr = t->kr, .slot_id = t->slot_id, .epoch = 1};
	struct carry_list l = {.n = 0};
	uint8_t log_id[LOG_ID_LEN];
	handle_new_id(v, log_id);
	enum vault_rc rc = logswap_begin(v->log_path, t->vault_id, log_id, vault_now(v), s, err);
	if (rc == VAULT_OK && !v->log_elsewhere && logswap_old(*s) != NULL)
		rc = carry_collect(v, logswap_old(*s), &l, err);
	if (rc == VAULT_OK)
		rc = carry_write(&l, &to, logswap_new(*s), err);
	carry_clear(&l);
	t->swap = *s;
	return rc;
}

static enum vault_rc in_place(struct vault *v, struct vault_err *err)
{
	struct taken x = {.left = ""};
	struct logswap *swap = NULL;
	struct vault *t = NULL;
	enum vault_rc rc = txn_begin(v, TXN_WRITE, err);
	if (rc == VAULT_OK && (v->state.epoch != v->plan->epoch || memcmp(v->state.hash, v->plan->state, HASH_LEN) != 0))
		rc = vault_err_set(err, VAULT_BUSY, "the vault was changed meanwhile: repeat");
	if (rc == VAULT_OK)
		rc = take(v, v->plan, &x, err);
	if (rc == VAULT_OK)
		rc = new_handle(v, &t, err);
	if (rc == VAULT_OK) {
		t->store = v->store;
		rc = new_log(v, t, &swap, err);
		if (rc == VAULT_OK)
			rc = write_anew(v, t, &x, err);
		t->store = NULL; /* it is v's */
	}
	vault_close(&t);
	logswap_end(&swap);
	taken_clear(&x);
	txn_end(v);
	return rc;
}

enum vault_rc vault_rekey_commit(struct vault *v, char **before, struct vault_err *err)
{
	if (before != NULL)
		*before = NULL;
	if (v->plan == NULL || v->txn != TXN_NONE)
		return vault_err_set(err, VAULT_REFUSED, "internal: no rekey was prepared");
	enum vault_rc rc = txn_lock(v, err);
	if (rc != VAULT_OK)
		return rc;
	rc = copy_before(v, "rekey", NULL, before, err);
	if (rc == VAULT_OK)
		rc = in_place(v, err);
	txn_unlock(v);
	return rc;
}
