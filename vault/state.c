/* state.c - encoding, signing and reading states. L3. */
#include <stdlib.h>
#include <string.h>

#include "state.h"

void state_clear(struct state *st)
{
	free(st->detail);
	memset(st, 0, sizeof *st);
}

/* S of vault-format(5). */
static void encode(struct buf *b, const struct state *st)
{
	buf_label(b, "smartvault1/state");
	buf_field(b, st->vault_id, STATE_ID_LEN);
	buf_field_u64(b, STORE_FORMAT);
	buf_field_u64(b, st->epoch);
	buf_field_u64(b, (uint64_t)st->time);
	buf_field(b, st->slot_id, STATE_ID_LEN);
	buf_field_u64(b, (uint64_t)st->action);
	buf_field(b, st->object_id, STATE_ID_LEN);
	buf_field_u64(b, st->generation);
	buf_field(b, st->detail, st->detail_n);
	buf_field(b, st->changes, HASH_LEN);
	buf_field(b, st->root, HASH_LEN);
	buf_field(b, st->log_id, STATE_ID_LEN);
	buf_field_u64(b, st->log_len);
	buf_field(b, st->log_head, HASH_LEN);
	buf_field(b, st->previous, HASH_LEN);
}

/* What the authority signs: S and the slot's signature, under a label of its own so that neither can pass for the other. */
static void encode_own(struct buf *b, const struct buf *s, const uint8_t slot_sig[SIGN_LEN])
{
	buf_label(b, "smartvault1/state-own");
	buf_field(b, s->p, s->n);
	buf_field(b, slot_sig, SIGN_LEN);
}

static int set_hash(struct state *st)
{
	struct buf b = {.p = NULL};
	encode(&b, st);
	buf_field(&b, st->slot_sig, SIGN_LEN);
	buf_field(&b, st->own_sig, SIGN_LEN);
	if (!b.failed)
		hash(st->hash, b.p, b.n);
	const int failed = b.failed;
	buf_free(&b);
	return failed;
}

static int fixed(const struct row *r, size_t col, uint8_t *out, size_t n)
{
	if (r->c[col].n != n)
		return 0;
	memcpy(out, r->c[col].p, n);
	return 1;
}

enum vault_rc state_parse(const struct row *r, const uint8_t vault_id[STATE_ID_LEN], struct state *out,
                          struct vault_err *err)
{
	memset(out, 0, sizeof *out);
	memcpy(out->vault_id, vault_id, STATE_ID_LEN);
	out->epoch = (uint64_t)r->c[ST_EPOCH].i;
	out->time = r->c[ST_TIME].i;
	out->action = r->c[ST_ACTION].i;
	out->generation = (uint64_t)r->c[ST_GENERATION].i;
	out->log_len = (uint64_t)r->c[ST_LOG_LEN].i;
	const int ok = fixed(r, ST_SLOT, out->slot_id, STATE_ID_LEN) && fixed(r, ST_OBJECT, out->object_id, STATE_ID_LEN) &&
	               fixed(r, ST_CHANGES, out->changes, HASH_LEN) && fixed(r, ST_ROOT, out->root, HASH_LEN) &&
	               fixed(r, ST_LOG_ID, out->log_id, STATE_ID_LEN) && fixed(r, ST_LOG_HEAD, out->log_head, HASH_LEN) &&
	               fixed(r, ST_PREVIOUS, out->previous, HASH_LEN) && fixed(r, ST_SLOT_SIG, out->slot_sig, SIGN_LEN) &&
	               fixed(r, ST_OWN_SIG, out->own_sig, SIGN_LEN) && r->c[ST_DETAIL].n <= STATE_DETAIL_MAX;
	if (!ok || r->c[ST_EPOCH].i < 1)
		return vault_err_set(err, VAULT_DAMAGED, "a state of the vault is damaged: restore it from a backup");
	out->detail_n = r->c[ST_DETAIL].n;
	out->detail = malloc(out->detail_n + 1);
	if (out->detail != NULL && out->detail_n > 0)
		memcpy(out->detail, r->c[ST_DETAIL].p, out->detail_n);
	if (out->detail == NULL || set_hash(out)) {
		state_clear(out);
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	}
	return VAULT_OK;
}

enum vault_rc state_sign(struct state *st, const uint8_t slot_sk[SIGN_SK_LEN], const uint8_t own_sk[SIGN_SK_LEN],
                         struct vault_err *err)
{
	struct buf s = {.p = NULL}, o = {.p = NULL};
	encode(&s, st);
	if (!s.failed) {
		sign_make(st->slot_sig, slot_sk, s.p, s.n);
		encode_own(&o, &s, st->slot_sig);
		if (!o.failed)
			sign_make(st->own_sig, own_sk, o.p, o.n);
	}
	const int failed = s.failed || o.failed || set_hash(st);
	buf_free(&s);
	buf_free(&o);
	return failed ? vault_err_set(err, VAULT_REFUSED, "out of memory") : VAULT_OK;
}

int state_own_ok(const struct state *st, const uint8_t pk_own[SIGN_PK_LEN])
{
	struct buf s = {.p = NULL}, o = {.p = NULL};
	encode(&s, st);
	encode_own(&o, &s, st->slot_sig);
	const int ok = !s.failed && !o.failed && sign_check(st->own_sig, pk_own, o.p, o.n);
	buf_free(&s);
	buf_free(&o);
	return ok;
}

int state_slot_ok(const struct state *st, const uint8_t sign_pk[SIGN_PK_LEN])
{
	struct buf s = {.p = NULL};
	encode(&s, st);
	const int ok = !s.failed && sign_check(st->slot_sig, sign_pk, s.p, s.n);
	buf_free(&s);
	return ok;
}

enum vault_rc state_put(struct store *s, const struct state *st, struct vault_err *err)
{
	const struct cell c[] = {
		CELL_INT(st->epoch),
		CELL_INT(st->time),
		CELL_BLOB(st->slot_id, STATE_ID_LEN),
		CELL_INT(st->action),
		CELL_BLOB(st->object_id, STATE_ID_LEN),
		CELL_INT(st->generation),
		CELL_BLOB(st->detail, st->detail_n),
		CELL_BLOB(st->changes, HASH_LEN),
		CELL_BLOB(st->root, HASH_LEN),
		CELL_BLOB(st->log_id, STATE_ID_LEN),
		CELL_INT(st->log_len),
		CELL_BLOB(st->log_head, HASH_LEN),
		CELL_BLOB(st->previous, HASH_LEN),
		CELL_BLOB(st->slot_sig, SIGN_LEN),
		CELL_BLOB(st->own_sig, SIGN_LEN),
	};
	struct row *r = row_make(STORE_STATE, c);
	if (r == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	const enum vault_rc rc = store_put(s, STORE_STATE, r, err);
	free(r);
	return rc;
}

static enum vault_rc only(struct rows *rows, const uint8_t vault_id[STATE_ID_LEN], struct state *out,
                          struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	if (rows->n != 1)
		rc = vault_err_set(err, VAULT_DAMAGED, "a state of the vault is missing: restore it from a backup");
	else
		rc = state_parse(rows->r[0], vault_id, out, err);
	rows_clear(rows);
	return rc;
}

enum vault_rc state_newest(struct store *s, const uint8_t vault_id[STATE_ID_LEN], struct state *out,
                           struct vault_err *err)
{
	struct rows rows = {.r = NULL};
	memset(out, 0, sizeof *out);
	const enum vault_rc rc = store_last(s, STORE_STATE, &rows, err);
	if (rc != VAULT_OK) {
		rows_clear(&rows);
		return rc;
	}
	return only(&rows, vault_id, out, err);
}

enum vault_rc state_at(struct store *s, const uint8_t vault_id[STATE_ID_LEN], uint64_t epoch, struct state *out,
                       struct vault_err *err)
{
	const struct cell key = CELL_INT(epoch);
	struct rows rows = {.r = NULL};
	memset(out, 0, sizeof *out);
	const enum vault_rc rc = store_prefix(s, STORE_STATE, &key, 1, &rows, err);
	if (rc != VAULT_OK) {
		rows_clear(&rows);
		return rc;
	}
	return only(&rows, vault_id, out, err);
}

enum vault_rc state_before(struct store *s, const uint8_t vault_id[STATE_ID_LEN], uint64_t epoch, struct state *out,
                           struct vault_err *err)
{
	const struct cell key = CELL_INT(epoch);
	struct rows rows = {.r = NULL};
	memset(out, 0, sizeof *out);
	const enum vault_rc rc = store_next(s, STORE_STATE, &key, 1, &rows, err);
	if (rc != VAULT_OK) {
		rows_clear(&rows);
		return rc;
	}
	return only(&rows, vault_id, out, err);
}

enum vault_rc state_after(struct store *s, const uint8_t vault_id[STATE_ID_LEN], uint64_t epoch, struct state *out, int *found,
                          struct vault_err *err)
{
	const struct cell key = CELL_INT(epoch);
	struct rows rows = {.r = NULL};
	memset(out, 0, sizeof *out);
	const enum vault_rc rc = store_next(s, STORE_STATE, &key, 0, &rows, err);
	*found = rc == VAULT_OK && rows.n > 0;
	if (*found)
		return only(&rows, vault_id, out, err);
	rows_clear(&rows);
	return rc;
}

enum vault_rc state_changes_hash(const struct rows *changes, uint8_t out[HASH_LEN], struct vault_err *err)
{
	struct buf b = {.p = NULL};
	buf_label(&b, "smartvault1/changes");
	for (size_t i = 0; i < changes->n; i++) {
		const struct cell *c = changes->r[i]->c;
		buf_field_u64(&b, (uint64_t)c[CH_EPOCH].i);
		buf_field_u64(&b, (uint64_t)c[CH_N].i);
		buf_field_u64(&b, (uint64_t)c[CH_ACTION].i);
		buf_field(&b, c[CH_OBJECT].p, c[CH_OBJECT].n);
		buf_field_u64(&b, (uint64_t)c[CH_GENERATION].i);
		buf_field(&b, c[CH_DETAIL].p, c[CH_DETAIL].n);
	}
	if (!b.failed)
		hash(out, b.p, b.n);
	const int failed = b.failed;
	buf_free(&b);
	return failed ? vault_err_set(err, VAULT_REFUSED, "out of memory") : VAULT_OK;
}
