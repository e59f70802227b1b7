/* commit.c - changing rows and making the change stand. Declared in txn.h. L4. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fresh.h"
#include "txn.h"

enum { DETAIL_BLOCK = 128 };

/* --- rows ------------------------------------------------------------------------------------------------ */

enum vault_rc txn_put(struct vault *v, struct leaf *l, enum store_table t, struct row *owned, struct vault_err *err)
{
	if (owned == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	if (v->txn != TXN_WRITE) {
		free(owned);
		return vault_err_set(err, VAULT_REFUSED, "internal: a change outside a write transaction");
	}
	const enum vault_rc rc = store_put(v->store, t, owned, err);
	if (rc != VAULT_OK) {
		free(owned);
		return rc;
	}
	l->dirty = 1;
	return rows_put(leaf_rows(l, t), t, owned) == 0 ? VAULT_OK : vault_err_set(err, VAULT_REFUSED, "out of memory");
}

enum vault_rc txn_remove(struct vault *v, struct leaf *l, enum store_table t, const struct row *key, struct vault_err *err)
{
	if (v->txn != TXN_WRITE)
		return vault_err_set(err, VAULT_REFUSED, "internal: a change outside a write transaction");
	const enum vault_rc rc = store_remove(v->store, t, key, err);
	if (rc == VAULT_OK) {
		l->dirty = 1;
		rows_remove(leaf_rows(l, t), t, key);
	}
	return rc;
}

/* --- details --------------------------------------------------------------------------------------------- */

static void detail_ad(struct buf *ad, const struct vault *v, uint64_t epoch, int64_t action, const uint8_t object_id[16],
                      uint64_t generation)
{
	buf_label(ad, "smartvault1/detail");
	buf_field(ad, v->vault_id, 16);
	buf_field_u64(ad, epoch);
	buf_field_u64(ad, (uint64_t)action);
	buf_field(ad, object_id, 16);
	buf_field_u64(ad, generation);
}

uint8_t *txn_seal_detail(struct vault *v, uint64_t epoch, int64_t action, const uint8_t object_id[16], const char *text,
                         size_t *n)
{
	struct buf ad = {.p = NULL};
	const struct keygen *g = keyring_meta(v->kr, v->kr->n_meta);
	detail_ad(&ad, v, epoch, action, object_id, v->kr->n_meta);
	uint8_t *box = g == NULL ? NULL : keyring_seal_padded(g->seal, text == NULL ? "" : text, text == NULL ? 0 : strlen(text),
	                                                      DETAIL_BLOCK, &ad, n);
	buf_free(&ad);
	return box;
}

char *txn_open_detail(struct vault *v, uint64_t epoch, int64_t action, const uint8_t object_id[16], uint64_t generation,
                      const uint8_t *box, size_t n, size_t *out_n)
{
	struct buf ad = {.p = NULL};
	const struct keygen *g = keyring_meta(v->kr, generation);
	detail_ad(&ad, v, epoch, action, object_id, generation);
	char *text = g == NULL ? NULL : (char *)keyring_open_padded(g->seal, box, n, DETAIL_BLOCK, &ad, out_n);
	buf_free(&ad);
	return text;
}

void txn_action(struct vault *v, enum action action, const uint8_t object_id[16], char *owned_detail)
{
	v->action = action;
	memcpy(v->object_id, object_id, 16);
	free(v->detail);
	v->detail = owned_detail;
}

enum vault_rc txn_change(struct vault *v, enum action action, const uint8_t object_id[16], const char *detail,
                         struct vault_err *err)
{
	const uint64_t epoch = v->state.epoch + 1;
	size_t n = 0;
	uint8_t *box = txn_seal_detail(v, epoch, action, object_id, detail, &n);
	const struct cell c[] = {
		CELL_INT(epoch), CELL_INT(v->changes.n + 1), CELL_INT(action), CELL_BLOB(object_id, 16), CELL_INT(v->kr->n_meta),
		CELL_BLOB(box, n),
	};
	struct row *r = box == NULL ? NULL : row_make(STORE_CHANGE, c);
	free(box);
	if (r == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	const enum vault_rc rc = store_put(v->store, STORE_CHANGE, r, err);
	if (rc != VAULT_OK) {
		free(r);
		return rc;
	}
	return rows_push(&v->changes, r) == 0 ? VAULT_OK : vault_err_set(err, VAULT_REFUSED, "out of memory");
}

/* --- committing ------------------------------------------------------------------------------------------ */

/* New digests from the rows in memory; the store must give back the same bytes, or it is not to be signed. */
static enum vault_rc settle_leaf(struct vault *v, struct leaf *l, struct vault_err *err)
{
	uint8_t mine[HASH_LEN], theirs[HASH_LEN];
	struct leaf back;
	enum vault_rc rc = leaf_digest(l, &v->scratch, mine, err);
	if (rc == VAULT_OK)
		rc = leaf_read(v->store, l->area, l->number, &back, err);
	if (rc != VAULT_OK)
		return rc;
	rc = leaf_digest(&back, &v->scratch, theirs, err);
	leaf_clear(&back);
	if (rc == VAULT_OK && memcmp(mine, theirs, HASH_LEN) != 0)
		rc = vault_err_set(err, VAULT_DAMAGED, "the vault does not give back what was written: it is damaged; nothing was "
		                   "changed");
	if (rc == VAULT_OK)
		rc = tree_set(v->tree, v->store, l->area, l->number, mine, err);
	l->dirty = 0;
	return rc;
}

static void name_log(struct state *next, const struct logpos *pos)
{
	memcpy(next->log_id, pos->log_id, LOG_ID_LEN);
	memcpy(next->log_head, pos->head, HASH_LEN);
	next->log_len = pos->len;
}

/* Where the log stands, synced, its lock given back before COMMIT. A place without a log begins one. */
static enum vault_rc log_position(struct vault *v, struct state *next, struct vault_err *err)
{
	struct logfile *l = NULL;
	uint8_t log_id[16];
	if (v->swap != NULL) {
		name_log(next, logfile_pos(logswap_new(v->swap)));
		return logfile_sync(logswap_new(v->swap), err);
	}
	enum vault_rc rc = logfile_open(v->log_path, 1, &l, err);
	if (rc == VAULT_OK && l == NULL) {
		handle_new_id(v, log_id);
		rc = logfile_create(v->log_path, v->vault_id, log_id, next->time, NULL, &l, err);
	}
	if (rc == VAULT_OK && memcmp(logfile_vault_id(l), v->vault_id, 16) != 0)
		rc = vault_err_set(err, VAULT_DAMAGED, "the access log %s is of another vault: move it away", v->log_path);
	if (rc == VAULT_OK)
		rc = logfile_sync(l, err);
	if (rc == VAULT_OK)
		name_log(next, logfile_pos(l));
	logfile_close(&l);
	return rc;
}

static enum vault_rc next_state(struct vault *v, struct state *next, struct vault_err *err)
{
	memset(next, 0, sizeof *next);
	memcpy(next->vault_id, v->vault_id, 16);
	next->epoch = (v->state.epoch > v->above_epoch ? v->state.epoch : v->above_epoch) + 1;
	/* Never before the state it follows: a clock that was set back must not make history run backwards. */
	next->time = v->env->now(v->env->ctx);
	if (next->time < v->state.time)
		next->time = v->state.time;
	memcpy(next->slot_id, v->slot_id, 16);
	next->action = v->action;
	memcpy(next->object_id, v->object_id, 16);
	next->generation = v->kr->n_meta;
	memcpy(next->previous, v->state.hash, HASH_LEN);
	next->detail = txn_seal_detail(v, next->epoch, v->action, v->object_id, v->detail, &next->detail_n);
	if (next->detail == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	return state_changes_hash(&v->changes, next->changes, err);
}

/* What this machine has seen now. The change stands already: a record that can't be written is said, not an error. */
static void remember(struct vault *v, const struct state *st)
{
	struct vault_err e = {.rc = VAULT_OK};
	struct seen now = {.known = 1, .epoch = st->epoch, .has_log = 1, .log_len = st->log_len};
	memcpy(now.vault_id, v->vault_id, 16);
	memcpy(now.state, st->hash, HASH_LEN);
	memcpy(now.log_id, st->log_id, 16);
	memcpy(now.log_head, st->log_head, HASH_LEN);
	if (seen_write(v->state_dir, v->path, &now, v->creating ? SEEN_REPLACE : fresh_how(v), 1, &e) != VAULT_OK)
		handle_note(v, NOTE_RECORD_IO, "this machine's record of the vault could not be renewed (%s): the change itself is "
		            "safe", e.msg);
}

/* After the record: who then finds the new log in place finds it known, too. */
static void swap_logs(struct vault *v)
{
	struct vault_err e = {.rc = VAULT_OK};
	if (v->swap != NULL && logswap_finish(v->swap, &e) != VAULT_OK)
		handle_note(v, NOTE_AFTER, "the change stands, the new access log is put in place by the next command: %s", e.msg);
}

enum vault_rc txn_commit(struct vault *v, struct vault_err *err)
{
	struct state next = {.epoch = 0};
	enum vault_rc rc = v->txn == TXN_WRITE && v->action != 0
	                           ? VAULT_OK
	                           : vault_err_set(err, VAULT_REFUSED, "internal: nothing to commit");
	for (size_t i = 0; i < v->n_leaves && rc == VAULT_OK; i++)
		if (v->leaves[i]->dirty)
			rc = settle_leaf(v, v->leaves[i], err);
	if (rc == VAULT_OK)
		rc = next_state(v, &next, err);
	if (rc == VAULT_OK)
		rc = tree_flush(v->tree, v->store, next.root, err);
	if (rc == VAULT_OK)
		rc = log_position(v, &next, err);
	if (rc == VAULT_OK)
		rc = state_sign(&next, v->kr->sign_sk, v->kr->sk_own, err);
	if (rc == VAULT_OK)
		rc = state_put(v->store, &next, err);
	if (rc == VAULT_OK && v->swap != NULL)
		logswap_commits(v->swap);
	if (rc == VAULT_OK)
		rc = store_commit(v->store, err);
	if (rc == VAULT_OK) {
		remember(v, &next);
		txn_remember(v, &next);
		swap_logs(v);
	}
	state_clear(&next);
	txn_end(v);
	return rc;
}
