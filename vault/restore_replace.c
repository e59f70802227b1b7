/* restore_replace.c - the backup takes the place of a vault that does not open. L7, of restore's room.
 *
 * A file is made whole beside the place first: the backup's rows, and a state on top whose epoch is above all that was seen.
 * Then the file that stands there goes aside, with what the engine would play into another of its name (a left-over hot journal
 * does: shown), and only then the new one gets the name, never over anything. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "copy.h"
#include "files.h"
#include "fresh.h"
#include "logswap.h"
#include "restore_int.h"
#include "storefile.h"
#include "token.h"
#include "txn.h"
#include "vault_int.h"
#include "verify_int.h"

enum { ASIDE_MAX = 9999 };

static const char *const beside[] = {"-journal", "-wal", "-shm"};
enum { BESIDE = sizeof beside / sizeof beside[0] };

static enum vault_rc nomem(struct vault_err *err)
{
	return vault_err_set(err, VAULT_REFUSED, "out of memory");
}

/* --- looking --------------------------------------------------------------------------------------------- */

/* What stood there was this vault, as far as anybody knows: this machine's record says so, else the file's header, which
 * nothing has verified and which can only make us refuse. */
static enum vault_rc was_this_vault(const struct vault_restore *r, const struct vault *present, struct vault_err *err)
{
	const struct vault *b = r->b;
	const uint8_t *id = r->seen.known ? r->seen.vault_id : present != NULL ? present->vault_id : NULL;
	if (id == NULL || memcmp(id, b->vault_id, 16) == 0 || (r->seen.known && fresh_succeeds(b, r->seen.vault_id, r->seen.epoch, r->seen.state)))
		return VAULT_OK;
	return vault_err_set(err, VAULT_REFUSED, "%.300s is a backup of another vault than %s, or of before a rekey: to have that one, "
	                     "restore it to a place of its own with --file", r->info.from,
	                     r->seen.known ? "this machine saw there" : "the one that stands there");
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct vault_restore_slot *)a)->name, ((const struct vault_restore_slot *)b)->name);
}

static enum vault_rc list_slots(struct vault_restore *r, struct vault_err *err)
{
	const struct roster *roster = &r->b->roster;
	r->info.slots = calloc(roster->n_slots, sizeof *r->info.slots);
	if (r->info.slots == NULL)
		return nomem(err);
	for (size_t i = 0; i < roster->n_slots; i++) {
		struct vault_restore_slot *s = &r->info.slots[r->info.n_slots];
		if (!roster->slots[i].active)
			continue;
		memcpy(s->name, roster->slots[i].name, sizeof s->name);
		s->role = roster->slots[i].role;
		r->info.n_slots++;
	}
	qsort(r->info.slots, r->info.n_slots, sizeof *r->info.slots, by_name);
	return VAULT_OK;
}

/* All of the backup, and that this key may do it. Its own log, if one was carried along, is not looked at. */
static enum vault_rc look(struct vault_restore *r, const struct vault *present, struct vault_err *err)
{
	struct verify_anchors anchors = {.a = NULL};
	struct vault_verify_report report;
	struct vault *b = r->b;
	enum vault_rc rc = txn_begin(b, TXN_RELEASE, err);
	if (rc == VAULT_OK && b->role != VAULT_ROLE_ADMIN)
		rc = txn_forbidden(b, "restore a backup", err);
	if (rc == VAULT_OK)
		rc = verify_file(b, &anchors, &report, err);
	verify_anchors_clear(&anchors);
	rc = restore_of_backup(r->info.from, rc, err);
	if (rc == VAULT_OK)
		rc = was_this_vault(r, present, err);
	if (rc == VAULT_OK)
		rc = list_slots(r, err);
	if (rc == VAULT_OK) {
		r->info.epoch = b->state.epoch;
		r->info.time = b->state.time;
	}
	txn_end(b);
	return rc;
}

/* Which file stands at the place, so that the same one goes aside. */
static enum vault_rc who_is_there(struct vault_restore *r, struct vault_err *err)
{
	struct stat st, from;
	if (lstat(r->place->path, &st) == 0) {
		r->there = 1;
		r->dev = st.st_dev;
		r->ino = st.st_ino;
	} else if (errno != ENOENT) {
		return vault_err_set(err, VAULT_IO, "cannot look at %s: %s", r->place->path, strerror(errno));
	}
	if (r->there && stat(r->b->path, &from) == 0 && from.st_dev == r->dev && from.st_ino == r->ino)
		return vault_err_set(err, VAULT_REFUSED, "%.300s is the vault itself: give a backup", r->b->path);
	return VAULT_OK;
}

enum vault_rc vault_restore_prepare_replacing(const struct vault_config *cfg, struct vault *b, struct vault *present,
                                              struct vault_restore **out, struct vault_err *err)
{
	struct vault_restore *r = calloc(1, sizeof *r);
	*out = NULL;
	if (r == NULL || (r->info.from = strdup(b->path)) == NULL) {
		free(r);
		return nomem(err);
	}
	r->b = b;
	r->info.replaces = 1;
	enum vault_rc rc = files_make_folder(cfg->path, err);
	if (rc == VAULT_OK)
		rc = vault_int_new(cfg, &r->place, err);
	if (rc == VAULT_OK)
		rc = files_check_folder(r->place->path, err);
	if (rc == VAULT_OK)
		rc = files_check_local(r->place->path, err);
	if (rc == VAULT_OK)
		rc = who_is_there(r, err);
	if (rc == VAULT_OK)
		rc = seen_read(r->place->state_dir, r->place->path, &r->seen, err);
	if (rc == VAULT_OK)
		rc = look(r, present, err);
	if (rc == VAULT_OK)
		r->info.now_epoch = r->seen.known ? r->seen.epoch : 0;
	else
		vault_restore_free(&r);
	*out = r;
	return rc;
}

/* --- the access log -------------------------------------------------------------------------------------- */

/* 1 where the log that is there may go on: this vault's, and what this machine knows of it is in it. Whether its entries are of
 * key slots and keys that the backup knows is found by verifying the new file with it. */
static enum vault_rc log_fits(const struct vault_restore *r, int *fits, int *none, struct vault_err *err)
{
	const struct seen *seen = &r->seen;
	struct logfile *l = NULL;
	*fits = *none = 0;
	enum vault_rc rc = logfile_open(r->place->log_path, 0, &l, err);
	if (rc == VAULT_DAMAGED) {
		vault_err_clear(err);
		return VAULT_OK;
	}
	*none = l == NULL;
	if (rc != VAULT_OK || l == NULL)
		return rc;
	*fits = memcmp(logfile_vault_id(l), r->b->vault_id, 16) == 0;
	if (*fits && seen->known && seen->has_log && memcmp(seen->vault_id, r->b->vault_id, 16) == 0) {
		*fits = memcmp(logfile_pos(l)->log_id, seen->log_id, LOG_ID_LEN) == 0;
		if (*fits)
			rc = logfile_holds(l, seen->log_len, seen->log_head, fits, err);
	}
	if (rc == VAULT_DAMAGED) {
		vault_err_clear(err);
		rc = VAULT_OK;
		*fits = 0;
	}
	logfile_close(&l);
	return rc;
}

/* A log that follows none: who reads logs goes on with the one that is named, and what is set aside here does not go with the
 * vault. Only one that this machine knew and that is gone is named. */
static enum vault_rc begin_log(const struct vault_restore *r, const char *path, int none, struct vault_err *err)
{
	struct logpos prev = {.exists = 0};
	struct logfile *l = NULL;
	uint8_t id[16];
	if (none && r->seen.known && r->seen.has_log) {
		prev.exists = 1;
		memcpy(prev.log_id, r->seen.log_id, LOG_ID_LEN);
		memcpy(prev.head, r->seen.log_head, HASH_LEN);
	}
	prev.next_seq = 1;
	if (unlink(path) != 0 && errno != ENOENT)
		return vault_err_set(err, VAULT_IO, "cannot take away %s: %s", path, strerror(errno));
	handle_new_id(r->b, id);
	const enum vault_rc rc = logfile_create(path, r->b->vault_id, id, r->b->env->now(r->b->env->ctx), prev.exists ? &prev : NULL, &l, err);
	logfile_close(&l);
	return rc;
}

/* --- making the file ------------------------------------------------------------------------------------- */

/* Another handle on the file that is made, with a log of the place. */
static enum vault_rc open_fresh(const struct vault_restore *r, const char *fresh, const char *log, struct vault **out,
                                struct vault_err *err)
{
	enum vault_rc rc = copy_handle(r->b, fresh, out, err);
	if (rc != VAULT_OK)
		return rc;
	free((*out)->log_path);
	(*out)->log_path = strdup(log);
	if ((*out)->log_path == NULL) {
		vault_close(out);
		return nomem(err);
	}
	return VAULT_OK;
}

static char *detail(const struct vault_restore *r)
{
	char text[128], when[VAULT_TIME_LEN];
	snprintf(text, sizeof text, "change %llu, %s, in place of a vault that did not open", (unsigned long long)r->info.epoch,
	         vault_time_format(r->info.time, when));
	return token_detail(NULL, 0, text);
}

/* The state on top: nothing of the rows changes, so no leaf is touched. */
static enum vault_rc sign_on_top(struct vault_restore *r, const char *fresh, const char *log, struct vault_err *err)
{
	static const uint8_t nothing[16];
	struct vault *n = NULL;
	enum vault_rc rc = open_fresh(r, fresh, log, &n, err);
	if (rc != VAULT_OK)
		return rc;
	n->lock_kept = 1; /* the place's, by the caller */
	n->above_epoch = r->seen.known ? r->seen.epoch : 0;
	rc = txn_begin(n, TXN_WRITE, err);
	if (rc == VAULT_OK) {
		txn_action(n, ACTION_RESTORE, nothing, detail(r));
		rc = txn_commit(n, err);
		r->info.new_epoch = n->last_epoch;
	}
	vault_close(&n);
	return rc;
}

/* All of it with its log, as every command will see it; and what this machine is to remember. */
static enum vault_rc prove(const struct vault_restore *r, const char *fresh, const char *log, struct seen *now, struct vault_err *err)
{
	struct vault_verify_report report;
	struct state st = {.epoch = 0};
	struct vault *n = NULL;
	enum vault_rc rc = open_fresh(r, fresh, log, &n, err);
	if (rc == VAULT_OK)
		rc = vault_verify(n, &report, err);
	if (rc == VAULT_OK && !report.log_checked)
		rc = vault_err_set(err, VAULT_DAMAGED, "the access log %.300s is not the vault's", log);
	if (rc == VAULT_OK)
		rc = store_begin(n->store, 0, err);
	if (rc == VAULT_OK)
		rc = state_newest(n->store, n->vault_id, &st, err);
	if (rc == VAULT_OK) {
		*now = (struct seen){.known = 1, .epoch = st.epoch, .has_log = 1, .log_len = st.log_len};
		memcpy(now->vault_id, n->vault_id, 16);
		memcpy(now->state, st.hash, HASH_LEN);
		memcpy(now->log_id, st.log_id, 16);
		memcpy(now->log_head, st.log_head, HASH_LEN);
	}
	state_clear(&st);
	vault_close(&n);
	return rc;
}

static enum vault_rc build_with(struct vault_restore *r, const char *fresh, const char *log, struct seen *now, struct vault_err *err)
{
	struct vault_verify_report report;
	enum vault_rc rc = restore_of_backup(r->info.from, copy_make(r->b, fresh, &report, err), err);
	if (rc == VAULT_OK)
		rc = sign_on_top(r, fresh, log, err);
	return rc == VAULT_OK ? prove(r, fresh, log, now, err) : rc;
}

/* With the log that is there, and where the two do not go together with a new one (`log_new`), which gets its name later. */
static enum vault_rc build(struct vault_restore *r, const char *fresh, const char *log_new, struct seen *now, struct vault_err *err)
{
	int fits = 0, none = 0;
	enum vault_rc rc = log_fits(r, &fits, &none, err);
	if (rc != VAULT_OK)
		return rc;
	if (fits) {
		rc = build_with(r, fresh, r->place->log_path, now, err);
		if (rc != VAULT_DAMAGED)
			return rc;
		vault_err_clear(err);
	}
	r->info.log_new = 1;
	rc = begin_log(r, log_new, none, err);
	return rc == VAULT_OK ? build_with(r, fresh, log_new, now, err) : rc;
}

/* --- putting it in its place ----------------------------------------------------------------------------- */

static int exists(const char *path)
{
	struct stat st;
	return lstat(path, &st) == 0;
}

/* FILE.damaged-N, or what lies beside it. */
static char *aside_name(const char *path, unsigned n, const char *suffix)
{
	char number[32];
	snprintf(number, sizeof number, ".damaged-%u", n);
	return files_concat(path, number, suffix);
}

/* 1 where nothing has the number: of a file that is to be named so, or of what lay beside it (`file` 0). -1: no memory. */
static int is_free(const char *path, unsigned n, int file)
{
	int free_ = 1;
	for (int i = file ? -1 : 0; i < (int)BESIDE && free_ > 0; i++) {
		char *name = aside_name(path, n, i < 0 ? "" : beside[i]);
		free_ = name == NULL ? -1 : !exists(name);
		free(name);
	}
	return free_;
}

/* The number under which things go aside: the first that is free; of a journal that is there alone, since a try was killed
 * right between, the one of the file that went last. */
static unsigned aside_number(const char *path, int there)
{
	unsigned n = 1;
	int free_ = 0;
	while (n < ASIDE_MAX && (free_ = is_free(path, n, 1)) == 0)
		n++;
	if (free_ < 0)
		return 0;
	return !there && n > 1 && is_free(path, n - 1, 0) == 1 ? n - 1 : n;
}

static enum vault_rc move_to(const char *from, const char *to, struct vault_err *err)
{
	if (from == NULL || to == NULL)
		return nomem(err);
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0 || errno == ENOENT)
		return VAULT_OK;
	return vault_err_set(err, VAULT_IO, "cannot move %s to %s: %s: nothing was restored", from, to, strerror(errno));
}

/* What lies beside one name to beside another; what is not there is passed over. */
static enum vault_rc move_beside(const char *path, unsigned n, int back, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	for (size_t i = 0; i < BESIDE && rc == VAULT_OK; i++) {
		char *here = files_concat(path, beside[i], ""), *there = aside_name(path, n, beside[i]);
		rc = back ? move_to(there, here, err) : move_to(here, there, err);
		free(here);
		free(there);
	}
	return rc;
}

/* The file first: its journal belongs to it wherever it is, but a file without its hot journal is another. */
static enum vault_rc put_aside(struct vault_restore *r, unsigned n, struct vault_err *err)
{
	char *to = aside_name(r->place->path, n, "");
	enum vault_rc rc = to == NULL ? nomem(err) : VAULT_OK;
	if (rc == VAULT_OK && r->there)
		rc = move_to(r->place->path, to, err);
	if (rc == VAULT_OK)
		rc = move_beside(r->place->path, n, 0, err);
	if (rc == VAULT_OK && r->there) {
		r->info.kept = to;
		to = NULL;
	}
	free(to);
	return rc;
}

/* The other way round, for the same reason. */
static void put_back(struct vault_restore *r, unsigned n)
{
	char *to = aside_name(r->place->path, n, "");
	(void)(move_beside(r->place->path, n, 1, NULL) == VAULT_OK);
	if (to != NULL && r->there)
		(void)(move_to(to, r->place->path, NULL) == VAULT_OK);
	free(to);
}

/* The record before the name: killed in between there is no vault here, and the next try ends it; the other way round there
 * would be one that this machine takes for a fork. */
static enum vault_rc take_place(struct vault_restore *r, const char *fresh, const struct seen *now, struct vault_err *err)
{
	const struct vault *p = r->place;
	enum vault_rc rc = storefile_free(p->path, "vault", err);
	if (rc == VAULT_OK)
		rc = seen_write(p->state_dir, p->path, now, SEEN_REPLACE, 1, err);
	if (rc != VAULT_OK)
		return rc;
	if (renameat2(AT_FDCWD, fresh, AT_FDCWD, p->path, RENAME_NOREPLACE) == 0)
		return VAULT_OK;
	rc = vault_err_set(err, VAULT_IO, "cannot make %s: %s: nothing was restored", p->path, strerror(errno));
	if (r->seen.known)
		(void)(seen_write(p->state_dir, p->path, &r->seen, SEEN_REPLACE, 1, NULL) == VAULT_OK);
	return rc;
}

/* The new log gets its name; the one that does not fit keeps what is in it under another. Killed in between, the next who opens
 * the vault finds LOG-new named by its newest state, and ends it. */
static enum vault_rc swap_log(struct vault_restore *r, const char *log_new, struct vault_err *err)
{
	enum vault_rc rc = exists(r->place->log_path) ? logswap_set_aside(r->place->log_path, &r->info.log_kept, err) : VAULT_OK;
	return rc == VAULT_OK ? move_to(log_new, r->place->log_path, err) : rc;
}

static enum vault_rc still_there(const struct vault_restore *r, struct vault_err *err)
{
	struct stat st;
	const int there = lstat(r->place->path, &st) == 0;
	if (there == r->there && (!there || (st.st_dev == r->dev && st.st_ino == r->ino)))
		return VAULT_OK;
	return vault_err_set(err, VAULT_BUSY, "%.300s was changed since it was looked at: nothing was restored; look again", r->place->path);
}

/* From the new file, whole and proved, to the vault of that name. */
static enum vault_rc install(struct vault_restore *r, const char *fresh, const char *log_new, const struct seen *now,
                             struct vault_err *err)
{
	const unsigned n = aside_number(r->place->path, r->there);
	if (n == 0 || n >= ASIDE_MAX)
		return vault_err_set(err, VAULT_EXISTS, "there is no name left for %s to go aside: move some of its .damaged files away",
		                     r->place->path);
	enum vault_rc rc = put_aside(r, n, err);
	if (rc == VAULT_OK)
		rc = take_place(r, fresh, now, err);
	if (rc != VAULT_OK) {
		put_back(r, n);
		return rc;
	}
	if (r->info.log_new)
		rc = swap_log(r, log_new, err);
	if (rc == VAULT_OK)
		rc = files_sync_folder(r->place->log_path, err);
	if (rc == VAULT_OK)
		rc = files_sync_folder(r->place->path, err);
	if (rc == VAULT_OK)
		return VAULT_OK;
	/* It stands all the same. */
	vault_err_clear(err);
	return vault_err_set(err, VAULT_IO, "the backup is in place of %s, but this could not be made safe against a power cut: look before "
	                     "you repeat", r->place->path);
}

enum vault_rc restore_replace(struct vault_restore *r, struct vault_err *err)
{
	struct seen now;
	char *fresh = copy_fresh_name(r->place->path), *log_new = copy_fresh_name(r->place->log_path);
	enum vault_rc rc = fresh == NULL || log_new == NULL ? nomem(err) : txn_lock(r->place, err);
	const int locked = rc == VAULT_OK;
	if (rc == VAULT_OK)
		rc = still_there(r, err);
	if (rc == VAULT_OK)
		rc = build(r, fresh, log_new, &now, err);
	if (rc == VAULT_OK)
		rc = install(r, fresh, log_new, &now, err);
	if (rc != VAULT_OK && locked && exists(fresh)) {
		(void)(storefile_remove(fresh, NULL) == VAULT_OK);
		(void)unlink(log_new);
	}
	txn_unlock(r->place);
	free(fresh);
	free(log_new);
	return rc;
}
