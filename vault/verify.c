/* verify.c - proves all that this slot can: states, rows, secrets, wraps, the access log. L6. */
#include <stdlib.h>
#include <string.h>

#include <vault/ledger.h>
#include <vault/token.h>

#include "ledger.h"
#include "object.h"
#include "observe.h"
#include "token.h"
#include "value.h"
#include "verify_int.h"
#include "wrap.h"

static enum vault_rc bad(struct vault_err *err, const char *what)
{
	return vault_err_set(err, VAULT_DAMAGED, "%s: the vault is damaged or was tampered with; restore it from a backup", what);
}

/* --- states ---------------------------------------------------------------------------------------------- */

static enum vault_rc check_changes(struct vault *v, const struct state *st, uint64_t *n, struct vault_err *err)
{
	const struct cell key = CELL_INT(st->epoch);
	struct rows rows = {.r = NULL};
	uint8_t h[HASH_LEN];
	enum vault_rc rc = store_prefix(v->store, STORE_CHANGE, &key, 1, &rows, err);
	if (rc == VAULT_OK)
		rc = state_changes_hash(&rows, h, err);
	if (rc == VAULT_OK && memcmp(h, st->changes, HASH_LEN) != 0)
		rc = bad(err, "the list of changes is not the one that was signed");
	for (size_t i = 0; i < rows.n && rc == VAULT_OK && v->role != VAULT_ROLE_SCRIPT; i++) {
		const struct cell *c = rows.r[i]->c;
		size_t len = 0;
		char *text = c[CH_OBJECT].n == 16 ? txn_open_detail(v, st->epoch, c[CH_ACTION].i, c[CH_OBJECT].p,
		                                                    (uint64_t)c[CH_GENERATION].i, c[CH_DETAIL].p, c[CH_DETAIL].n, &len)
		                                  : NULL;
		if (text == NULL)
			rc = bad(err, "a change's detail does not open");
		free(text);
	}
	*n += rows.n;
	rows_clear(&rows);
	return rc;
}

/* What a state follows: the one before it in the file, or what the header says this vault replaced. */
struct follows {
	uint64_t epoch;
	int64_t time;
	uint8_t hash[HASH_LEN];
	int64_t first;            /* action of the first state */
};

/* One after the other; only a restore, where the vault of before did not open, jumps over epochs that were seen once. */
static enum vault_rc check_order(const struct state *st, const struct follows *f, struct vault_err *err)
{
	if (memcmp(st->previous, f->hash, HASH_LEN) != 0)
		return bad(err, "the chain of states is broken");
	if (st->epoch != f->epoch + 1 && (st->action != ACTION_RESTORE || f->epoch == 0))
		return bad(err, "states are missing");
	if (f->epoch == 0 && st->action != f->first)
		return bad(err, "the first state is not how a vault begins");
	return st->time < f->time ? bad(err, "the times of states run backwards") : VAULT_OK;
}

static enum vault_rc check_state(struct vault *v, const struct state *st, struct vault_err *err)
{
	const struct roster_slot *signer = roster_slot(&v->roster, st->slot_id);
	size_t n = 0;
	if (!state_own_ok(st, v->kr->pk_own) || !roster_may_sign(signer, st->epoch) || !state_slot_ok(st, signer->sign_pk))
		return bad(err, "a state is not signed by an admin of its time");
	char *text = txn_open_detail(v, st->epoch, st->action, st->object_id, st->generation, st->detail, st->detail_n, &n);
	if (text == NULL && v->role != VAULT_ROLE_SCRIPT)
		return bad(err, "a state's detail does not open");
	free(text);
	return VAULT_OK;
}

/* What the first state follows and how it begins. A vault that replaced no other has zeros in all three columns. */
static enum vault_rc predecessor(const struct vault *v, struct follows *f, struct vault_err *err)
{
	static const uint8_t zeros[HASH_LEN];
	const struct cell *h = v->roster.leaf->header.r[0]->c;
	if (h[HDR_PRED_STATE].n != HASH_LEN || h[HDR_PRED_VAULT].n != 16 || h[HDR_PRED_EPOCH].i < 0)
		return bad(err, "the header is damaged");
	memcpy(f->hash, h[HDR_PRED_STATE].p, HASH_LEN);
	const int none = h[HDR_PRED_EPOCH].i == 0;
	f->first = none ? ACTION_INIT : ACTION_REKEY;
	if ((memcmp(f->hash, zeros, HASH_LEN) == 0) != none || (memcmp(h[HDR_PRED_VAULT].p, zeros, 16) == 0) != none)
		return bad(err, "the header names half a predecessor");
	return VAULT_OK;
}

enum vault_rc verify_states(struct vault *v, struct verify_anchors *anchors, struct vault_verify_report *out,
                            struct vault_err *err)
{
	struct follows f = {.epoch = 0, .time = INT64_MIN};
	uint64_t rows = 0;
	int found = 1;
	enum vault_rc rc = predecessor(v, &f, err);
	while (rc == VAULT_OK) {
		struct state st;
		rc = state_after(v->store, v->vault_id, f.epoch, &st, &found, err);
		if (rc != VAULT_OK || !found)
			break;
		rc = check_order(&st, &f, err);
		if (rc == VAULT_OK)
			rc = check_state(v, &st, err);
		if (rc == VAULT_OK)
			rc = check_changes(v, &st, &out->changes, err);
		if (rc == VAULT_OK)
			rc = verify_anchor_add(anchors, &st, err);
		f.epoch = st.epoch;
		f.time = st.time;
		memcpy(f.hash, st.hash, HASH_LEN);
		out->states++;
		state_clear(&st);
	}
	if (rc == VAULT_OK && memcmp(f.hash, v->state.hash, HASH_LEN) != 0)
		rc = bad(err, "the chain of states does not end in the newest");
	if (rc == VAULT_OK)
		rc = store_count(v->store, STORE_STATE, &rows, err);
	return rc == VAULT_OK && rows != out->states ? bad(err, "states are missing or too many") : rc;
}

/* --- rows ------------------------------------------------------------------------------------------------ */

struct counted {
	uint64_t grant, object, secret, tokens_grants;
};

static enum vault_rc count_leaf(struct vault *v, struct leaf *l, void *ctx, struct vault_err *err)
{
	struct counted *c = ctx;
	(void)err;
	(void)v;
	c->grant += l->grant.n;
	c->object += l->object.n;
	c->secret += l->secret.n;
	for (size_t i = 0; i < l->grant.n; i++)
		c->tokens_grants += l->area == LEAF_TOKENS && l->grant.r[i]->c[GRANT_KIND].i < GRANT_TOKEN;
	return VAULT_OK;
}

/* Every leaf, and that no row stands outside all of them (a key of another type is in no leaf's range). */
static enum vault_rc check_rows(struct vault *v, struct vault_verify_report *out, struct vault_err *err)
{
	static const enum leaf_area areas[] = {LEAF_NAMES, LEAF_TOKENS, LEAF_LEDGER};
	struct counted c = {.grant = v->roster.leaf->grant.n};
	const struct {
		enum store_table t;
		const uint64_t *want;
	} sums[] = {{STORE_GRANT, &c.grant}, {STORE_OBJECT, &c.object}, {STORE_SECRET, &c.secret}};
	const uint64_t digests = LEAF_GROUPS + 1;
	uint64_t n = 0;
	enum vault_rc rc = VAULT_OK;
	for (size_t i = 0; i < 3 && rc == VAULT_OK; i++)
		rc = txn_each_leaf(v, areas[i], count_leaf, &c, err);
	for (size_t i = 0; i < 3 && rc == VAULT_OK; i++) {
		rc = store_count(v->store, sums[i].t, &n, err);
		if (rc == VAULT_OK && n != *sums[i].want)
			rc = bad(err, "rows stand outside the signed leaves");
		out->rows += n;
	}
	if (rc == VAULT_OK)
		rc = store_count(v->store, STORE_DIGEST, &n, err);
	if (rc == VAULT_OK && n != digests)
		rc = bad(err, "digests are missing or too many");
	if (rc == VAULT_OK)
		rc = store_count(v->store, STORE_CHANGE, &n, err);
	if (rc == VAULT_OK && n != out->changes)
		rc = bad(err, "changes stand outside the signed states");
	if (rc == VAULT_OK && c.tokens_grants > 0)
		rc = bad(err, "a grant stands where it does not belong");
	out->rows += v->roster.leaf->header.n + v->roster.leaf->slot.n + v->roster.leaf->key.n + LEAF_GROUPS + 1;
	return rc;
}

static enum vault_rc check_wraps(struct vault *v, struct vault_verify_report *out, struct vault_err *err)
{
	struct rows w = {.r = NULL};
	enum vault_rc rc = store_all(v->store, STORE_WRAP, &w, err);
	if (rc == VAULT_OK && w.n != v->roster.n_slots)
		rc = bad(err, "a key slot without its wrap, or a wrap without its slot");
	for (size_t i = 0; i < w.n && rc == VAULT_OK; i++) {
		const struct roster_slot *s = w.r[i]->c[WR_SLOT].n == 16 ? roster_slot(&v->roster, w.r[i]->c[WR_SLOT].p) : NULL;
		struct wrap_slot of;
		if (s == NULL || !wrap_slot_of(s->row, v->vault_id, &of) || !wrap_sig_ok(w.r[i], &of))
			rc = bad(err, "a key slot's wrap does not bear its signature");
	}
	out->rows += w.n;
	out->slots = v->roster.n_slots;
	rows_clear(&w);
	return rc;
}

enum vault_rc verify_file(struct vault *v, struct verify_anchors *anchors, struct vault_verify_report *out, struct vault_err *err)
{
	memset(out, 0, sizeof *out);
	out->epoch = v->state.epoch;
	out->fresh_record = v->seen.known && !v->accepting;
	out->records_read = v->role != VAULT_ROLE_SCRIPT;
	enum vault_rc rc = store_integrity(v->store, err);
	if (rc == VAULT_OK)
		rc = verify_states(v, anchors, out, err);
	if (rc == VAULT_OK)
		rc = check_rows(v, out, err);
	if (rc == VAULT_OK)
		rc = check_wraps(v, out, err);
	if (rc == VAULT_OK)
		rc = verify_grants(v, out, err);
	if (rc == VAULT_OK && v->role != VAULT_ROLE_SCRIPT)
		rc = verify_records(v, out, err);
	return rc;
}

enum vault_rc verify_whole(struct vault *v, const struct vault_head *head, struct vault_verify_report *out, struct vault_err *err)
{
	struct verify_anchors anchors = {.a = NULL};
	enum vault_rc rc = head == NULL ? VAULT_OK : head_within(v, head, err);
	if (rc == VAULT_OK)
		rc = verify_file(v, &anchors, out, err);
	if (rc == VAULT_OK)
		rc = verify_log(v, &anchors, head, out, err);
	verify_anchors_clear(&anchors);
	return rc;
}

enum vault_rc vault_verify(struct vault *v, struct vault_verify_report *out, struct vault_err *err)
{
	memset(out, 0, sizeof *out);
	enum vault_rc rc = txn_begin(v, TXN_READ, err);
	if (rc == VAULT_OK)
		rc = verify_whole(v, NULL, out, err);
	txn_end(v);
	return rc;
}
