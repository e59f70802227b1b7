/* copy.c - copies of a whole vault: made, proved, synced, named. L7. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "copy.h"
#include "files.h"
#include "storefile.h"
#include "txn.h"
#include "vault_int.h"

enum { COPY_KEPT = 5 };

static enum vault_rc nomem(struct vault_err *err)
{
	return vault_err_set(err, VAULT_REFUSED, "out of memory");
}

char *copy_fresh_name(const char *path)
{
	return files_concat(path, "-new", "");
}

enum vault_rc copy_handle(struct vault *v, const char *path, struct vault **out, struct vault_err *err)
{
	const struct vault_config cfg = {.path = path, .env = v->env};
	struct vault *c = NULL;
	enum vault_rc rc = vault_int_new(&cfg, &c, err);
	if (rc == VAULT_OK)
		rc = store_open(c->path, &c->store, err);
	if (rc == VAULT_OK && (c->kr = keyring_copy(v->kr)) == NULL)
		rc = nomem(err);
	if (rc == VAULT_OK) {
		memcpy(c->vault_id, v->vault_id, 16);
		memcpy(c->slot_id, v->slot_id, 16);
		c->floor_epoch = v->floor_epoch;
	} else {
		vault_close(&c);
	}
	*out = c;
	return rc;
}

/* --- proving --------------------------------------------------------------------------------------------- */

static enum vault_rc count_rows(struct vault *v, uint8_t state[HASH_LEN], uint64_t n[STORE_TABLES], struct vault_err *err)
{
	struct state st = {.epoch = 0};
	enum vault_rc rc = store_begin(v->store, 0, err);
	if (rc == VAULT_OK)
		rc = state_newest(v->store, v->vault_id, &st, err);
	for (int t = 0; t < STORE_TABLES && rc == VAULT_OK; t++)
		rc = store_count(v->store, (enum store_table)t, &n[t], err);
	memcpy(state, st.hash, HASH_LEN);
	state_clear(&st);
	store_rollback(v->store);
	return rc;
}

/* The copy has the state that v saw, or follows it; and as many rows of each table as the original, where nobody has changed
 * that meanwhile. */
static enum vault_rc compare(struct vault *v, struct vault *c, struct vault_err *err)
{
	uint64_t here[STORE_TABLES] = {0}, there[STORE_TABLES] = {0};
	uint8_t a[HASH_LEN] = {0}, b[HASH_LEN] = {0};
	struct state st = {.epoch = 0};
	enum vault_rc rc = store_begin(c->store, 0, err);
	if (rc == VAULT_OK)
		rc = state_at(c->store, v->vault_id, v->last_epoch, &st, err);
	const int same = rc == VAULT_OK && memcmp(st.hash, v->last_state, HASH_LEN) == 0;
	state_clear(&st);
	store_rollback(c->store);
	if (rc == VAULT_OK && !same)
		rc = vault_err_set(err, VAULT_ROLLBACK, "the vault was replaced by another while it was copied: nothing was made");
	if (rc == VAULT_OK)
		rc = count_rows(v, a, here, err);
	if (rc == VAULT_OK)
		rc = count_rows(c, b, there, err);
	for (int t = 0; t < STORE_TABLES && rc == VAULT_OK && memcmp(a, b, HASH_LEN) == 0; t++)
		if (here[t] != there[t])
			rc = vault_err_set(err, VAULT_DAMAGED, "the copy has other rows than the vault (%s): look at the disk, and repeat",
			                   store_table_name((enum store_table)t));
	return rc;
}

static enum vault_rc prove(struct vault *v, const char *fresh, struct vault_verify_report *out, struct vault_err *err)
{
	struct vault *c = NULL;
	enum vault_rc rc = copy_handle(v, fresh, &c, err);
	if (rc == VAULT_OK)
		rc = vault_verify(c, out, err);
	if (rc == VAULT_OK)
		rc = compare(v, c, err);
	vault_close(&c);
	return rc;
}

/* --- making ---------------------------------------------------------------------------------------------- */

/* The engine writes into an empty file of ours: made here, so that it is the owner's alone and nobody else's. */
static enum vault_rc make_empty(const char *path, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	struct stat st;
	const int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return vault_err_set(err, VAULT_IO, "cannot make %s: %s: nothing was changed", path, strerror(errno));
	if (fstat(fd, &st) != 0)
		rc = vault_err_set(err, VAULT_IO, "cannot look at %s: %s", path, strerror(errno));
	else if ((st.st_mode & 077) != 0 || st.st_uid != geteuid())
		rc = vault_err_set(err, VAULT_UNSAFE, "the file system of %s keeps no modes or owners, so that others can read what is "
		                   "written there: make the copy on another, then carry it", path);
	close(fd);
	if (rc != VAULT_OK)
		(void)unlink(path);
	return rc;
}

static enum vault_rc sync_file(const char *path, struct vault_err *err)
{
	const int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	enum vault_rc rc = VAULT_OK;
	if (fd < 0 || fsync(fd) != 0)
		rc = vault_err_set(err, VAULT_IO, "cannot write %s: %s: nothing was changed", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return rc;
}

enum vault_rc copy_make(struct vault *v, const char *fresh, struct vault_verify_report *out, struct vault_err *err)
{
	if (v->txn != TXN_NONE || v->kr == NULL || v->last_epoch == 0)
		return vault_err_set(err, VAULT_REFUSED, "internal: a copy before the vault was read, or in a transaction");
	enum vault_rc rc = storefile_remove(fresh, err);
	if (rc == VAULT_OK)
		rc = make_empty(fresh, err);
	if (rc != VAULT_OK)
		return rc;
	rc = store_copy(v->store, fresh, err);
	if (rc == VAULT_OK)
		rc = prove(v, fresh, out, err);
	if (rc == VAULT_OK)
		rc = sync_file(fresh, err);
	if (rc != VAULT_OK)
		(void)(storefile_remove(fresh, NULL) == VAULT_OK);
	return rc;
}

/* --- automatic copies ------------------------------------------------------------------------------------ */

static char *kept_name(const char *first, int i)
{
	char number[16] = "";
	if (i > 0)
		snprintf(number, sizeof number, ".%d", i);
	return files_concat(first, number, "");
}

/* Makes room for a newer one: up to the first gap, which a try that was killed may have left, each moves on by one. Where there
 * is none the oldest goes, or the one before it where the oldest is `keep`. */
static enum vault_rc move_on(const char *first, const char *keep, struct vault_err *err)
{
	char *name[COPY_KEPT] = {NULL};
	enum vault_rc rc = VAULT_OK;
	struct stat st;
	int gap = 0;
	for (int i = 0; i < COPY_KEPT && rc == VAULT_OK; i++)
		if ((name[i] = kept_name(first, i)) == NULL)
			rc = nomem(err);
	while (rc == VAULT_OK && gap < COPY_KEPT && lstat(name[gap], &st) == 0)
		gap++;
	if (rc == VAULT_OK && gap == COPY_KEPT) {
		gap = keep != NULL && strcmp(keep, name[COPY_KEPT - 1]) == 0 ? COPY_KEPT - 2 : COPY_KEPT - 1;
		rc = storefile_remove(name[gap], err);
	}
	for (int i = gap; i > 0 && rc == VAULT_OK; i--)
		if (renameat2(AT_FDCWD, name[i - 1], AT_FDCWD, name[i], RENAME_NOREPLACE) != 0)
			rc = vault_err_set(err, VAULT_IO, "cannot rename %s: %s: the vault was not changed", name[i - 1], strerror(errno));
	for (int i = 0; i < COPY_KEPT; i++)
		free(name[i]);
	return rc;
}

enum vault_rc copy_before(struct vault *v, const char *what, const char *keep, char **made, struct vault_err *err)
{
	struct vault_verify_report proved;
	char *fresh = copy_fresh_name(v->path), *first = files_concat(v->path, ".before-", what);
	enum vault_rc rc = fresh == NULL || first == NULL ? nomem(err) : VAULT_OK;
	if (rc == VAULT_OK)
		rc = copy_make(v, fresh, &proved, err);
	if (rc == VAULT_OK) {
		rc = move_on(first, keep, err);
		if (rc == VAULT_OK && renameat2(AT_FDCWD, fresh, AT_FDCWD, first, RENAME_NOREPLACE) != 0)
			rc = vault_err_set(err, VAULT_IO, "cannot make %s: %s: the vault was not changed", first, strerror(errno));
		if (rc == VAULT_OK)
			rc = files_sync_folder(first, err);
		if (rc != VAULT_OK)
			(void)(storefile_remove(fresh, NULL) == VAULT_OK);
	}
	if (made != NULL) {
		*made = rc == VAULT_OK ? first : NULL;
		first = rc == VAULT_OK ? NULL : first;
	}
	free(fresh);
	free(first);
	return rc;
}
