/* logswap.c - LOG-new, the renames, and what a killed process left of them. L3. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "logswap.h"

enum { CLOSED_MAX = 1000000 };

struct logswap {
	char *path, *fresh;       /* LOG, LOG-new */
	char *closed;             /* where the old one went */
	struct logfile *old, *next;
	int made, commits;
};

static enum vault_rc nomem(struct vault_err *err)
{
	return vault_err_set(err, VAULT_REFUSED, "out of memory");
}

struct logfile *logswap_old(struct logswap *s)
{
	return s->old;
}

struct logfile *logswap_new(struct logswap *s)
{
	return s->next;
}

const char *logswap_closed(const struct logswap *s)
{
	return s->closed;
}

void logswap_commits(struct logswap *s)
{
	s->commits = 1;
}

void logswap_end(struct logswap **s)
{
	if (s == NULL || *s == NULL)
		return;
	struct logswap *w = *s;
	if (w->made && !w->commits && w->next != NULL && !logfile_moved(w->next)) /* not another's, made since */
		(void)unlink(w->fresh);
	logfile_close(&w->next);
	logfile_close(&w->old);
	free(w->path);
	free(w->fresh);
	free(w->closed);
	free(w);
	*s = NULL;
}

/* --- making ---------------------------------------------------------------------------------------------- */

static enum vault_rc make(struct logswap *w, const uint8_t vault_id[16], const uint8_t log_id[LOG_ID_LEN], int64_t time,
                          struct vault_err *err)
{
	enum vault_rc rc = logfile_open(w->path, 1, &w->old, err);
	if (rc == VAULT_OK && w->old != NULL && logfile_moved(w->old))
		rc = vault_err_set(err, VAULT_BUSY, "the access log %s was replaced meanwhile: repeat", w->path);
	/* One that is there is a leftover: who makes one holds the vault's lock file, as the caller does. */
	if (rc == VAULT_OK && unlink(w->fresh) != 0 && errno != ENOENT)
		rc = vault_err_set(err, VAULT_IO, "cannot take away %s: %s", w->fresh, strerror(errno));
	if (rc != VAULT_OK)
		return rc;
	w->made = 1;
	return logfile_create(w->fresh, vault_id, log_id, time, w->old != NULL ? logfile_pos(w->old) : NULL, &w->next, err);
}

enum vault_rc logswap_begin(const char *log_path, const uint8_t vault_id[16], const uint8_t log_id[LOG_ID_LEN], int64_t time,
                            struct logswap **out, struct vault_err *err)
{
	struct logswap *w = calloc(1, sizeof *w);
	enum vault_rc rc = VAULT_OK;
	*out = NULL;
	if (w == NULL || (w->path = strdup(log_path)) == NULL || (w->fresh = files_concat(log_path, "-new", "")) == NULL)
		rc = nomem(err);
	if (rc == VAULT_OK)
		rc = make(w, vault_id, log_id, time, err);
	if (rc != VAULT_OK)
		logswap_end(&w);
	*out = w;
	return rc;
}

/* --- closed ones ----------------------------------------------------------------------------------------- */

static char *closed_name(const char *log_path, unsigned n)
{
	char end[32];
	snprintf(end, sizeof end, ".closed-%u", n);
	return files_concat(log_path, end, "");
}

/* 1 where `l` is the log that `of` follows. */
static int follows(const struct logfile *of, const struct logfile *l)
{
	const uint8_t *head = NULL;
	return memcmp(logfile_previous(of, &head), logfile_pos(l)->log_id, LOG_ID_LEN) == 0 &&
	       memcmp(logfile_vault_id(of), logfile_vault_id(l), LOG_ID_LEN) == 0;
}

static enum vault_rc check_closed(const struct logfile *of, const struct logfile *l, const char *path, struct vault_err *err)
{
	const uint8_t *head = NULL;
	(void)logfile_previous(of, &head);
	/* One that followed a log that was gone counts from 1. */
	const int numbers = logfile_first_seq(of) == 1 || logfile_pos(l)->next_seq == logfile_first_seq(of);
	if (numbers && memcmp(head, logfile_pos(l)->head, HASH_LEN) == 0)
		return VAULT_OK;
	return vault_err_set(err, VAULT_DAMAGED, "the closed access log %s does not end where the one after it says: put the right one "
	                     "back, or move it away", path);
}

enum vault_rc logswap_previous(const char *log_path, const struct logfile *of, struct logfile **out, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	*out = NULL;
	for (unsigned n = 1; n < CLOSED_MAX && *out == NULL && rc == VAULT_OK; n++) {
		struct logfile *l = NULL;
		char *path = closed_name(log_path, n);
		rc = path == NULL ? nomem(err) : logfile_open(path, 0, &l, err);
		const int last = l == NULL;
		if (rc == VAULT_OK && l != NULL && follows(of, l)) {
			rc = check_closed(of, l, path, err);
			if (rc == VAULT_OK) {
				*out = l;
				l = NULL;
			}
		}
		logfile_close(&l);
		free(path);
		if (last)
			break;
	}
	return rc;
}

/* --- the renames ----------------------------------------------------------------------------------------- */

enum vault_rc logswap_set_aside(const char *log_path, char **closed, struct vault_err *err)
{
	int why = 0;
	for (unsigned n = 1; n < CLOSED_MAX; n++) {
		char *to = closed_name(log_path, n);
		if (to == NULL)
			return nomem(err);
		if (renameat2(AT_FDCWD, log_path, AT_FDCWD, to, RENAME_NOREPLACE) == 0) {
			if (closed != NULL)
				*closed = to;
			else
				free(to);
			return VAULT_OK;
		}
		why = errno;
		free(to);
		if (why != EEXIST)
			break;
	}
	return vault_err_set(err, VAULT_IO, "cannot set the access log %s aside: %s", log_path, strerror(why));
}

static enum vault_rc put_in_place(const char *log_path, const char *fresh, struct vault_err *err)
{
	/* Not over another: what stands there would be lost. */
	if (renameat2(AT_FDCWD, fresh, AT_FDCWD, log_path, RENAME_NOREPLACE) != 0)
		return vault_err_set(err, VAULT_IO, "cannot put the new access log in place of %s: %s", log_path, strerror(errno));
	return files_sync_folder(log_path, err);
}

enum vault_rc logswap_finish(struct logswap *s, struct vault_err *err)
{
	enum vault_rc rc = s->old == NULL ? VAULT_OK : logswap_set_aside(s->path, &s->closed, err);
	return rc == VAULT_OK ? put_in_place(s->path, s->fresh, err) : rc;
}

/* --- what was left --------------------------------------------------------------------------------------- */

static int exists(const char *path)
{
	return faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

int logswap_pending(const char *log_path)
{
	char *fresh = files_concat(log_path, "-new", "");
	const int yes = fresh != NULL && exists(fresh);
	free(fresh);
	return yes;
}

enum vault_rc logswap_wait(const char *log_path, struct vault_err *err)
{
	struct logfile *l = NULL;
	char *fresh = files_concat(log_path, "-new", "");
	enum vault_rc rc = fresh == NULL ? nomem(err) : logfile_open(fresh, 1, &l, err);
	if (rc == VAULT_DAMAGED) { /* half a header: its maker was killed */
		vault_err_clear(err);
		rc = VAULT_OK;
	}
	logfile_close(&l);
	free(fresh);
	return rc;
}

/* 1 where the log at `path` can be read and has that id. */
static int has_id(const char *path, const uint8_t id[LOG_ID_LEN])
{
	struct logfile *l = NULL;
	const int yes = logfile_open(path, 0, &l, NULL) == VAULT_OK && l != NULL && memcmp(logfile_pos(l)->log_id, id, LOG_ID_LEN) == 0;
	logfile_close(&l);
	return yes;
}

/* Under LOG-new's lock: of two who find it the second finds it gone. */
static enum vault_rc finish_left(const char *log_path, const char *fresh, struct vault_err *err)
{
	struct logfile *l = NULL;
	enum vault_rc rc = logfile_open(fresh, 1, &l, err);
	if (rc == VAULT_OK && l != NULL && !logfile_moved(l)) {
		if (exists(log_path))
			rc = logswap_set_aside(log_path, NULL, err);
		if (rc == VAULT_OK)
			rc = put_in_place(log_path, fresh, err);
	}
	logfile_close(&l);
	return rc;
}

enum vault_rc logswap_settle(const char *log_path, const uint8_t named[LOG_ID_LEN], int alone, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	if (!logswap_pending(log_path))
		return VAULT_OK;
	char *fresh = files_concat(log_path, "-new", "");
	if (fresh == NULL)
		return nomem(err);
	/* A second log of the id that is in place already is no swap of ours. */
	if (has_id(fresh, named) && !has_id(log_path, named))
		rc = finish_left(log_path, fresh, err);
	else if (alone && unlink(fresh) != 0 && errno != ENOENT)
		rc = vault_err_set(err, VAULT_IO, "cannot take away %s: %s", fresh, strerror(errno));
	free(fresh);
	return rc;
}
