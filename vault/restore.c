/* restore.c - bringing a backup back as a change on top of the vault; what is asked before. L7. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "copy.h"
#include "files.h"
#include "restore_int.h"
#include "token.h"
#include "txn.h"
#include "vault_int.h"
#include "verify_int.h"

enum vault_rc restore_of_backup(const char *path, enum vault_rc rc, struct vault_err *err)
{
	char said[VAULT_MSG_MAX];
	if (rc == VAULT_OK || err == NULL)
		return rc;
	snprintf(said, sizeof said, "%s", err->msg);
	vault_err_clear(err);
	return vault_err_set(err, rc, "the backup %.300s: %s", path, said);
}

/* --- before ---------------------------------------------------------------------------------------------- */

enum vault_rc vault_restore_ready(struct vault *v, struct vault_err *err)
{
	struct verify_anchors anchors = {.a = NULL};
	struct vault_verify_report report;
	/* Not TXN_READ: a log that is gone or cut says nothing of the file, and no backup brings it back. */
	enum vault_rc rc = txn_begin(v, TXN_RELEASE, err);
	if (rc == VAULT_OK && v->role != VAULT_ROLE_ADMIN)
		rc = txn_forbidden(v, "restore a backup", err);
	if (rc == VAULT_OK)
		rc = verify_file(v, &anchors, &report, err);
	verify_anchors_clear(&anchors);
	txn_end(v);
	return rc;
}

/* The checks of a file that holds a vault, with sentences that do not take it for the vault. */
static enum vault_rc check_file(const char *from, char **path, struct vault_err *err)
{
	enum vault_rc rc = files_resolve(from, path, err);
	if (rc == VAULT_NOTFOUND) {
		vault_err_clear(err);
		return vault_err_set(err, rc, "there is no backup '%s': give the path of one", from);
	}
	if (rc == VAULT_OK)
		rc = files_check_private(*path, "backup", err);
	return rc == VAULT_OK ? files_check_folder(*path, err) : rc;
}

enum vault_rc vault_restore_open(const char *from, const struct vault_env *env, struct vault **out, struct vault_err *err)
{
	const struct vault_config cfg = {.path = from, .env = env};
	char *path = NULL;
	*out = NULL;
	enum vault_rc rc = check_file(from, &path, err);
	if (rc == VAULT_OK)
		rc = restore_of_backup(path, vault_open(&cfg, out, err), err);
	free(path);
	return rc;
}

/* --- a change on top ------------------------------------------------------------------------------------- */

static enum vault_rc other_vault(const char *path, struct vault_err *err)
{
	return vault_err_set(err, VAULT_REFUSED, "%.300s is a backup of another vault, or of before a rekey: to have that one, copy it to a "
	                     "place of its own and open it with --file", path);
}

/* The backup is of this vault by its header, which the signed root has yet to confirm, and not this very file. */
static enum vault_rc same_vault(struct vault *v, struct vault *b, struct vault_err *err)
{
	struct rows header = {.r = NULL};
	struct stat here, there;
	if (stat(v->path, &here) == 0 && stat(b->path, &there) == 0 && here.st_dev == there.st_dev && here.st_ino == there.st_ino)
		return vault_err_set(err, VAULT_REFUSED, "%.300s is the vault itself: give a backup", b->path);
	enum vault_rc rc = store_begin(b->store, 0, err);
	if (rc == VAULT_OK)
		rc = store_all(b->store, STORE_HEADER, &header, err);
	store_rollback(b->store);
	rc = restore_of_backup(b->path, rc, err);
	if (rc == VAULT_OK && (header.n != 1 || header.r[0]->c[HDR_VAULT_ID].n != 16))
		rc = vault_err_set(err, VAULT_DAMAGED, "the backup %.300s: its header is damaged: take another", b->path);
	else if (rc == VAULT_OK && memcmp(header.r[0]->c[HDR_VAULT_ID].p, v->vault_id, 16) != 0)
		rc = other_vault(b->path, err);
	rows_clear(&header);
	return rc;
}

#define U(x) ((unsigned long long)(x))

/* Which of two states came first, where one is signed by the vault's authority and the other is the verified newest. */
static enum vault_rc branch(struct vault *v, struct vault *b, const struct state *st, struct vault_err *err)
{
	char then[VAULT_TIME_LEN], now[VAULT_TIME_LEN];
	struct state at = {.epoch = 0};
	vault_time_format(st->time, then);
	vault_time_format(v->state.time, now);
	if (st->epoch > v->state.epoch) {
		const int newer = state_at(b->store, v->vault_id, v->state.epoch, &at, NULL) == VAULT_OK &&
		                  memcmp(at.hash, v->state.hash, HASH_LEN) == 0;
		state_clear(&at);
		if (newer)
			return vault_err_set(err, VAULT_ROLLBACK, "the backup %.300s is newer, of change %llu of %s, than the vault, of change %llu of %s: "
			                     "the vault is the old copy; move it away, then restore", b->path, U(st->epoch), then,
			                     U(v->state.epoch), now);
	} else {
		const int within = state_at(v->store, v->vault_id, st->epoch, &at, NULL) == VAULT_OK &&
		                   memcmp(at.hash, st->hash, HASH_LEN) == 0;
		state_clear(&at);
		if (within)
			return VAULT_OK;
	}
	return vault_err_set(err, VAULT_ROLLBACK, "fork: the backup %.300s, of change %llu of %s, is of another branch than the vault, of "
	                     "change %llu of %s: each has changes that the other has not; to go on with the backup's branch, "
	                     "move the vault away, then restore", b->path, U(st->epoch), then, U(v->state.epoch), now);
}

/* Ancestry before anything else is looked at: the generations of another branch are others. */
static enum vault_rc is_before(struct vault *v, struct vault *b, struct vault_err *err)
{
	struct state st = {.epoch = 0};
	enum vault_rc rc = store_begin(b->store, 0, err);
	if (rc == VAULT_OK)
		rc = state_newest(b->store, v->vault_id, &st, err);
	if (rc == VAULT_OK && !state_own_ok(&st, v->kr->pk_own))
		rc = vault_err_set(err, VAULT_DAMAGED, "its newest state was not signed by an admin of the vault: it was tampered with; take "
		                   "another");
	rc = restore_of_backup(b->path, rc, err);
	if (rc == VAULT_OK)
		rc = branch(v, b, &st, err);
	state_clear(&st);
	store_rollback(b->store);
	return rc;
}

/* All of the backup, within its transaction. */
static enum vault_rc prove(struct vault *b, struct vault_err *err)
{
	struct verify_anchors anchors = {.a = NULL};
	struct vault_verify_report report;
	const enum vault_rc rc = verify_file(b, &anchors, &report, err);
	verify_anchors_clear(&anchors);
	return restore_of_backup(b->path, rc, err);
}

static enum vault_rc look(struct vault_restore *r, struct vault_err *err)
{
	struct vault *v = r->v, *b = r->b;
	enum vault_rc rc = txn_begin(v, TXN_READ, err);
	if (rc == VAULT_OK)
		rc = is_before(v, b, err);
	if (rc == VAULT_OK)
		rc = restore_of_backup(b->path, txn_begin(b, TXN_RELEASE, err), err);
	if (rc == VAULT_OK)
		rc = prove(b, err);
	if (rc == VAULT_OK)
		rc = restore_diff(v, b, &r->info.losses, err);
	if (rc == VAULT_OK) {
		r->info.epoch = b->state.epoch;
		r->info.time = b->state.time;
		r->info.now_epoch = v->state.epoch;
		r->info.same = memcmp(b->state.hash, v->state.hash, HASH_LEN) == 0;
		memcpy(r->now_state, v->state.hash, HASH_LEN);
	}
	txn_end(b);
	txn_end(v);
	return rc;
}

enum vault_rc vault_restore_prepare(struct vault *v, const char *from, struct vault_restore **out, struct vault_err *err)
{
	struct vault_restore *r = calloc(1, sizeof *r);
	*out = NULL;
	if (r == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	r->v = v;
	enum vault_rc rc = check_file(from, &r->info.from, err);
	if (rc == VAULT_OK)
		rc = restore_of_backup(r->info.from, copy_handle(v, r->info.from, &r->b, err), err);
	if (rc == VAULT_OK)
		rc = same_vault(v, r->b, err);
	if (rc == VAULT_OK) {
		r->b->lent = 1;
		rc = look(r, err);
	}
	if (rc != VAULT_OK)
		vault_restore_free(&r);
	*out = r;
	return rc;
}

/* "change 12, 2026-11-24T10:00:00Z" */
static char *detail(const struct vault_restore *r)
{
	char text[96], when[VAULT_TIME_LEN];
	snprintf(text, sizeof text, "change %llu, %s", U(r->info.epoch), vault_time_format(r->info.time, when));
	return token_detail(NULL, 0, text);
}

static enum vault_rc changed_meanwhile(const char *what, struct vault_err *err)
{
	return vault_err_set(err, VAULT_BUSY, "%.300s was changed since it was looked at: nothing was restored; look again", what);
}

static enum vault_rc change(struct vault_restore *r, struct vault_err *err)
{
	static const uint8_t nothing[16];
	struct vault *v = r->v, *b = r->b;
	uint8_t then[HASH_LEN];
	memcpy(then, b->last_state, HASH_LEN);
	enum vault_rc rc = restore_of_backup(b->path, txn_begin(b, TXN_RELEASE, err), err);
	if (rc == VAULT_OK && memcmp(then, b->state.hash, HASH_LEN) != 0)
		rc = changed_meanwhile(b->path, err);
	if (rc == VAULT_OK)
		rc = txn_begin(v, TXN_WRITE, err);
	if (rc == VAULT_OK && memcmp(r->now_state, v->state.hash, HASH_LEN) != 0)
		rc = changed_meanwhile(v->path, err);
	if (rc == VAULT_OK)
		rc = restore_apply(v, b, err);
	if (rc == VAULT_OK) {
		txn_action(v, ACTION_RESTORE, nothing, detail(r));
		rc = txn_commit(v, err);
		r->info.new_epoch = v->last_epoch;
	}
	txn_end(v);
	txn_end(b);
	return rc;
}

enum vault_rc vault_restore_commit(struct vault_restore *r, struct vault_err *err)
{
	if (r->info.replaces)
		return restore_replace(r, err);
	enum vault_rc rc = txn_lock(r->v, err);
	if (rc == VAULT_OK)
		rc = copy_before(r->v, "restore", r->info.from, &r->info.kept, err);
	if (rc == VAULT_OK)
		rc = change(r, err);
	txn_unlock(r->v);
	return rc;
}

const struct vault_restore_info *vault_restore_info(const struct vault_restore *r)
{
	return &r->info;
}

void vault_restore_free(struct vault_restore **r)
{
	if (r == NULL || *r == NULL)
		return;
	struct vault_restore_info *i = &(*r)->info;
	if ((*r)->v != NULL)
		vault_close(&(*r)->b);
	vault_close(&(*r)->place);
	for (size_t k = 0; k < i->losses.n; k++) {
		free(i->losses.l[k].label);
		free(i->losses.l[k].vendor);
		free(i->losses.l[k].to);
	}
	free(i->losses.l);
	free(i->slots);
	free(i->from);
	free(i->kept);
	free(i->log_kept);
	free(*r);
	*r = NULL;
}
