/* txn.c - beginning a transaction: what is verified before a row is used. L4; commit in commit.c. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "fresh.h"
#include "storefile.h"
#include "txn.h"

enum { LOCK_WAIT_MS = 30000 };

void handle_note(struct vault *v, unsigned bit, const char *fmt, ...)
{
	char line[VAULT_MSG_MAX];
	va_list ap;
	if ((v->said & bit) != 0 || v->env->note == NULL)
		return;
	v->said |= bit;
	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	v->env->note(v->env->ctx, line);
}

void handle_new_id(struct vault *v, uint8_t id[16])
{
	v->env->random(v->env->ctx, id, 16);
}

void txn_remember(struct vault *v, const struct state *st)
{
	v->last_epoch = st->epoch;
	memcpy(v->last_state, st->hash, HASH_LEN);
	v->last_log.exists = 1;
	memcpy(v->last_log.log_id, st->log_id, LOG_ID_LEN);
	v->last_log.len = st->log_len;
	memcpy(v->last_log.head, st->log_head, HASH_LEN);
}

static void unlock(struct vault *v)
{
	if (v->lock_fd >= 0)
		close(v->lock_fd);
	v->lock_fd = -1;
}

/* What lies at FILE-new was left by somebody who was killed: who makes one holds this lock. */
static void drop_fresh(const struct vault *v)
{
	char *fresh = files_concat(v->path, "-new", "");
	if (fresh != NULL)
		(void)(storefile_remove(fresh, NULL) == VAULT_OK);
	free(fresh);
}

static enum vault_rc lock(struct vault *v, struct vault_err *err)
{
	if (v->lock_kept)
		return VAULT_OK;
	enum vault_rc rc = files_check_local(v->path, err);
	if (rc == VAULT_OK)
		rc = files_lock(v->lock_path, LOCK_WAIT_MS, &v->lock_fd, err);
	if (rc == VAULT_OK)
		drop_fresh(v);
	return rc;
}

enum vault_rc txn_lock(struct vault *v, struct vault_err *err)
{
	const enum vault_rc rc = lock(v, err);
	if (rc == VAULT_OK)
		v->lock_kept = 1;
	return rc;
}

void txn_unlock(struct vault *v)
{
	v->lock_kept = 0;
	unlock(v);
}

void txn_end(struct vault *v)
{
	if (v->store != NULL)
		store_rollback(v->store);
	v->swap = NULL;
	if (!v->lock_kept)
		unlock(v);
	roster_clear(&v->roster);
	for (size_t i = 0; i < v->n_leaves; i++) {
		leaf_clear(v->leaves[i]);
		free(v->leaves[i]);
	}
	free(v->leaves);
	free(v->leaf_index);
	v->leaves = NULL;
	v->leaf_index = NULL;
	v->n_leaves = 0;
	tree_free(&v->tree);
	state_clear(&v->state);
	rows_clear(&v->changes);
	free(v->detail);
	v->detail = NULL;
	v->action = 0;
	v->txn = TXN_NONE;
}

/* --- leaves ---------------------------------------------------------------------------------------------- */

/* Where a leaf's pointer stands in the index. */
static size_t index_of(enum leaf_area area, unsigned number)
{
	switch (area) {
	case LEAF_NAMES:
		return 1 + (size_t)number;
	case LEAF_TOKENS:
		return 1 + LEAF_NAMES_N + (size_t)number;
	case LEAF_LEDGER:
		return 1 + LEAF_NAMES_N + LEAF_TOKENS_N + (size_t)number;
	case LEAF_ROSTER:
		break;
	}
	return 0;
}

static struct leaf *cached(const struct vault *v, enum leaf_area area, unsigned number)
{
	return v->leaf_index == NULL ? NULL : v->leaf_index[index_of(area, number)];
}

enum vault_rc txn_adopt(struct vault *v, struct leaf *l, struct vault_err *err)
{
	if (v->leaf_index == NULL)
		v->leaf_index = calloc(HANDLE_LEAVES, sizeof(struct leaf *));
	if (v->n_leaves % 64 == 0) {
		struct leaf **p = realloc(v->leaves, (v->n_leaves + 64) * sizeof *p);
		if (p == NULL)
			return vault_err_set(err, VAULT_REFUSED, "out of memory");
		v->leaves = p;
	}
	if (v->leaf_index == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	v->leaves[v->n_leaves++] = l;
	v->leaf_index[index_of(l->area, l->number)] = l;
	return VAULT_OK;
}

enum vault_rc txn_leaf(struct vault *v, enum leaf_area area, unsigned number, struct leaf **out, struct vault_err *err)
{
	*out = cached(v, area, number);
	if (*out != NULL)
		return VAULT_OK;
	struct leaf *l = calloc(1, sizeof *l);
	if (l == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	enum vault_rc rc = leaf_load(v->tree, v->store, area, number, &v->scratch, l, err);
	if (rc == VAULT_OK)
		rc = txn_adopt(v, l, err);
	if (rc != VAULT_OK) {
		leaf_clear(l);
		free(l);
		return rc;
	}
	*out = l;
	return VAULT_OK;
}

enum vault_rc txn_each_leaf(struct vault *v, enum leaf_area area,
                            enum vault_rc (*each)(struct vault *v, struct leaf *l, void *ctx, struct vault_err *err),
                            void *ctx, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	for (unsigned i = 0; i < leaf_count(area) && rc == VAULT_OK; i++) {
		struct leaf once, *l = cached(v, area, i);
		if (l != NULL) {
			rc = each(v, l, ctx, err);
			continue;
		}
		rc = leaf_load(v->tree, v->store, area, i, &v->scratch, &once, err);
		if (rc == VAULT_OK)
			rc = each(v, &once, ctx, err);
		leaf_clear(&once);
	}
	return rc;
}

/* A leaf that is kept is the one to be used, changed or not; else the one just read, once it is verified. */
static enum vault_rc use_leaf(struct vault *v, struct leaf *read,
                              enum vault_rc (*each)(struct vault *v, struct leaf *l, void *ctx, struct vault_err *err),
                              void *ctx, struct vault_err *err)
{
	struct leaf *l = cached(v, read->area, read->number);
	if (l != NULL)
		return each(v, l, ctx, err);
	const enum vault_rc rc = leaf_verify(v->tree, v->store, &v->scratch, read, err);
	return rc == VAULT_OK ? each(v, read, ctx, err) : rc;
}

enum vault_rc txn_each_object_leaf(struct vault *v,
                                   enum vault_rc (*each)(struct vault *v, struct leaf *l, void *ctx, struct vault_err *err),
                                   void *ctx, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	for (unsigned first = 0; first < LEAF_LEDGER_N && rc == VAULT_OK; first++) {
		struct leaf names[LEAF_A_BYTE], ledger;
		rc = leaf_read_byte(v->store, LEAF_NAMES, first, names, &ledger, err);
		if (rc != VAULT_OK)
			break;
		for (unsigned i = 0; i < LEAF_A_BYTE && rc == VAULT_OK; i++)
			rc = use_leaf(v, &names[i], each, ctx, err);
		if (rc == VAULT_OK)
			rc = use_leaf(v, &ledger, each, ctx, err);
		for (unsigned i = 0; i < LEAF_A_BYTE; i++)
			leaf_clear(&names[i]);
		leaf_clear(&ledger);
	}
	return rc;
}

/* Keeps a leaf just read, unless it is kept already; takes its rows over where it does. */
static enum vault_rc take_leaf(struct vault *v, struct leaf *read, struct vault_err *err)
{
	if (cached(v, read->area, read->number) != NULL)
		return VAULT_OK;
	enum vault_rc rc = leaf_verify(v->tree, v->store, &v->scratch, read, err);
	struct leaf *l = rc == VAULT_OK ? malloc(sizeof *l) : NULL;
	if (rc == VAULT_OK && l == NULL)
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	if (rc == VAULT_OK) {
		*l = *read;
		rc = txn_adopt(v, l, err);
	}
	if (rc != VAULT_OK)
		free(l);
	else
		memset(read, 0, sizeof *read);
	return rc;
}

enum vault_rc txn_token_leaves(struct vault *v, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	for (unsigned first = 0; first < LEAF_TOKENS_N / LEAF_A_BYTE && rc == VAULT_OK; first++) {
		struct leaf read[LEAF_A_BYTE];
		rc = leaf_read_byte(v->store, LEAF_TOKENS, first, read, NULL, err);
		if (rc != VAULT_OK)
			break;
		for (unsigned i = 0; i < LEAF_A_BYTE; i++) {
			if (rc == VAULT_OK)
				rc = take_leaf(v, &read[i], err);
			leaf_clear(&read[i]);
		}
	}
	return rc;
}

/* --- who may --------------------------------------------------------------------------------------------- */

enum vault_rc txn_roster_again(struct vault *v, struct vault_err *err)
{
	struct leaf *roster = v->roster.leaf;
	roster_clear(&v->roster);
	return roster_parse(roster, &v->roster, err);
}

enum vault_rc txn_forbidden(const struct vault *v, const char *what, struct vault_err *err)
{
	char who[400] = "";
	size_t n = 0;
	for (size_t i = 0; i < v->roster.n_slots; i++) {
		const struct roster_slot *s = &v->roster.slots[i];
		if (!s->active || s->role != VAULT_ROLE_ADMIN || strcmp(s->name, VAULT_RECOVERY_NAME) == 0 ||
		    n + strlen(s->name) + 8 > sizeof who)
			continue;
		n += (size_t)snprintf(who + n, sizeof who - n, "%s%s", n > 0 ? " or " : "", s->name);
	}
	return vault_err_set(err, VAULT_FORBIDDEN, "the key slot %s may not %s: that is for admins%s%s", v->slot_name, what,
	                     n > 0 ? ", ask " : "", who);
}

/* --- beginning ------------------------------------------------------------------------------------------- */

static enum vault_rc ended_slot(struct vault *v, const struct roster_slot *s, struct vault_err *err)
{
	struct state st;
	char when[VAULT_TIME_LEN] = "";
	if (state_at(v->store, v->vault_id, s->ended, &st, NULL) == VAULT_OK && state_own_ok(&st, v->kr->pk_own))
		vault_time_format(st.time, when);
	state_clear(&st);
	return vault_err_set(err, VAULT_FORBIDDEN, "the key slot %s was ended%s%s: ask an admin of the vault for a new one",
	                     s->name, when[0] != '\0' ? " on " : "", when);
}

/* The own slot in the verified roster: the keys that the seed gives, its role, and that it was not ended. */
static enum vault_rc check_own_slot(struct vault *v, struct vault_err *err)
{
	const struct roster_slot *s = roster_slot(&v->roster, v->slot_id);
	if (s == NULL || !secret_equal(s->box_pk, v->kr->box_pk, SEAL_PK_LEN) || !secret_equal(s->sign_pk, v->kr->sign_pk, SIGN_PK_LEN))
		return vault_err_set(err, VAULT_DAMAGED, "the key slot is not what its key says: the vault was tampered with; restore it "
		                     "from a backup");
	memcpy(v->slot_name, s->name, sizeof v->slot_name);
	v->role = s->role;
	return s->active ? VAULT_OK : ended_slot(v, s, err);
}

static enum vault_rc check_header(struct vault *v, const struct leaf *roster, struct vault_err *err)
{
	const struct cell *h = roster->header.n == 1 ? roster->header.r[0]->c : NULL;
	if (h == NULL || h[HDR_VAULT_ID].n != 16 || memcmp(h[HDR_VAULT_ID].p, v->vault_id, 16) != 0)
		return vault_err_set(err, VAULT_DAMAGED, "the vault's header is damaged: restore it from a backup");
	if (h[HDR_FORMAT].i != STORE_FORMAT)
		return vault_err_set(err, VAULT_FORMAT, "the vault has format %lld; this program reads format %d: use a newer one",
		                     (long long)h[HDR_FORMAT].i, STORE_FORMAT);
	v->log_best_effort = (h[HDR_FLAGS].i & HANDLE_LOG_BEST_EFFORT) != 0;
	memset(v->predecessor_id, 0, sizeof v->predecessor_id);
	if (h[HDR_PRED_VAULT].n == 16)
		memcpy(v->predecessor_id, h[HDR_PRED_VAULT].p, 16);
	return VAULT_OK;
}

static enum vault_rc verify_state(struct vault *v, struct vault_err *err)
{
	struct leaf *roster = NULL;
	enum vault_rc rc = state_newest(v->store, v->vault_id, &v->state, err);
	if (rc == VAULT_OK && !state_own_ok(&v->state, v->kr->pk_own))
		rc = vault_err_set(err, VAULT_DAMAGED, "the vault's newest state was not signed by one of its admins: it was tampered "
		                   "with; restore it from a backup");
	if (rc == VAULT_OK)
		rc = tree_load(v->store, v->state.root, &v->tree, err);
	if (rc == VAULT_OK)
		rc = txn_leaf(v, LEAF_ROSTER, 0, &roster, err);
	if (rc == VAULT_OK)
		rc = check_header(v, roster, err);
	if (rc == VAULT_OK)
		rc = roster_parse(roster, &v->roster, err);
	if (rc == VAULT_OK && !v->lent)
		rc = check_own_slot(v, err);
	if (rc != VAULT_OK)
		return rc;
	const struct roster_slot *signer = roster_slot(&v->roster, v->state.slot_id);
	if (!roster_may_sign(signer, v->state.epoch) || !state_slot_ok(&v->state, signer->sign_pk))
		return vault_err_set(err, VAULT_DAMAGED, "the vault's newest state was signed by a key slot that may not: it was "
		                     "tampered with; restore it from a backup");
	if (v->lent) {
		v->role = VAULT_ROLE_ADMIN; /* whose keys these are */
		return roster_lend_keys(&v->roster, v->vault_id, v->kr, err);
	}
	rc = fresh_check(v, err);
	return rc == VAULT_OK ? roster_open_keys(&v->roster, v->vault_id, v->slot_id, v->txn != TXN_RELEASE, v->kr, err) : rc;
}

enum vault_rc txn_begin(struct vault *v, enum txn_kind kind, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	if (v->txn != TXN_NONE || v->kr == NULL)
		return vault_err_set(err, VAULT_REFUSED, "internal: begin %s", v->kr == NULL ? "before unlock" : "twice");
	const int writes = kind == TXN_WRITE || kind == TXN_REWRAP;
	int took = 0;
	if (writes) {
		rc = lock(v, err);
	} else if (!v->lent && !v->lock_kept && logswap_pending(v->log_path)) {
		/* Only who holds the lock may take a left-over LOG-new away, and since before the state was read. Busy: its maker lives. */
		took = files_lock(v->lock_path, 0, &v->lock_fd, NULL) == VAULT_OK;
	}
	if (rc == VAULT_OK)
		rc = seen_read(v->state_dir, v->path, &v->seen, err);
	if (rc == VAULT_OK)
		rc = store_begin(v->store, writes, err);
	if (rc == VAULT_OK) {
		v->txn = kind;
		rc = verify_state(v, err);
	}
	if (rc == VAULT_OK && !v->lent)
		rc = logswap_settle(v->log_path, v->state.log_id, v->lock_fd >= 0, err);
	if (took)
		unlock(v);
	if (rc == VAULT_OK && kind != TXN_RELEASE)
		rc = fresh_check_log(v, err);
	if (rc != VAULT_OK && kind == TXN_AUDIT && v->log_state > VAULT_LOG_OF_ELSEWHERE) {
		/* A finding, no refusal. Nothing is read from it, nor is the record renewed: it keeps naming the right one. */
		vault_err_clear(err);
		v->log_elsewhere = 1;
		rc = VAULT_OK;
	} else if (rc == VAULT_OK && (kind == TXN_READ || kind == TXN_AUDIT)) {
		fresh_remember(v);
	}
	if (rc == VAULT_OK && kind == TXN_WRITE && v->role != VAULT_ROLE_ADMIN)
		rc = txn_forbidden(v, "change the vault", err);
	if (rc == VAULT_OK)
		txn_remember(v, &v->state);
	if (rc != VAULT_OK)
		txn_end(v);
	return rc;
}
