/* backup.c - a copy of the vault for elsewhere. L7. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vault/backup.h>

#include "copy.h"
#include "files.h"
#include "storefile.h"
#include "txn.h"

enum { LOCK_WAIT_MS = 30000 };

void vault_backup_report_clear(struct vault_backup_report *r)
{
	free(r->path);
	free(r->log_path);
	memset(r, 0, sizeof *r);
}

/* Verified by a transaction, as is that the vault is the one this machine knows. */
static enum vault_rc may_copy(struct vault *v, struct vault_err *err)
{
	enum vault_rc rc = txn_begin(v, TXN_READ, err);
	if (rc == VAULT_OK && v->role == VAULT_ROLE_SCRIPT) /* it could prove next to nothing of it */
		rc = txn_forbidden(v, "make a backup", err);
	txn_end(v);
	return rc;
}

/* What stands beside a vault under these names is taken for its own, or away. */
enum vault_rc vault_backup_name_check(const char *to, struct vault_err *err)
{
	static const char *const taken[] = {"-new", "-journal", "-wal", "-log", "-lock"};
	const size_t n = strlen(to);
	for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
		const size_t k = strlen(taken[i]);
		if (n >= k && strcmp(to + n - k, taken[i]) == 0)
			return vault_err_set(err, VAULT_USAGE, "a file whose name ends in %s is taken for a part of a vault: give another name",
			                     taken[i]);
	}
	return VAULT_OK;
}

static enum vault_rc place(const char *to, char **path, struct vault_err *err)
{
	enum vault_rc rc = files_resolve(to, path, err);
	if (rc == VAULT_NOTFOUND) {
		vault_err_clear(err);
		return vault_err_set(err, rc, "there is no folder for the backup %s: make it first, or give another path", to);
	}
	if (rc == VAULT_OK)
		rc = storefile_free(*path, "backup", err);
	if (rc == VAULT_OK)
		rc = files_check_folder(*path, err);
	return rc == VAULT_OK ? files_check_local(*path, err) : rc;
}

/* Two that are made under one name at once would write into each other's: the folder's lock, since a lock file beside a backup
 * would stay there. */
static enum vault_rc lock_folder(const char *path, int *fd, struct vault_err *err)
{
	char *folder = strndup(path, (size_t)(strrchr(path, '/') - path) + 1);
	enum vault_rc rc = VAULT_OK;
	*fd = folder == NULL ? -1 : open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder == NULL)
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	else if (*fd < 0)
		rc = vault_err_set(err, VAULT_IO, "cannot open the folder %s: %s", folder, strerror(errno));
	else
		rc = files_flock(*fd, folder, LOCK_WAIT_MS, err);
	free(folder);
	return rc;
}

static enum vault_rc name_it(const char *fresh, const char *path, struct vault_err *err)
{
	if (renameat2(AT_FDCWD, fresh, AT_FDCWD, path, RENAME_NOREPLACE) != 0)
		return errno == EEXIST ? vault_err_set(err, VAULT_EXISTS, "the backup %s exists already: give another name", path)
		                       : vault_err_set(err, VAULT_IO, "cannot make %s: %s: nothing was changed", path, strerror(errno));
	const enum vault_rc rc = files_sync_folder(path, err);
	if (rc != VAULT_OK)
		(void)unlink(path);
	return rc;
}

enum vault_rc vault_backup(struct vault *v, const char *to, struct vault_backup_report *out, struct vault_err *err)
{
	char *path = NULL, *fresh = NULL;
	struct stat st = {.st_size = 0};
	int lock = -1;
	memset(out, 0, sizeof *out);
	enum vault_rc rc = vault_backup_name_check(to, err);
	if (rc == VAULT_OK)
		rc = may_copy(v, err);
	if (rc == VAULT_OK)
		rc = place(to, &path, err);
	if (rc == VAULT_OK && ((fresh = copy_fresh_name(path)) == NULL || (out->log_path = strdup(v->log_path)) == NULL))
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	if (rc == VAULT_OK)
		rc = lock_folder(path, &lock, err);
	if (rc == VAULT_OK)
		rc = copy_make(v, fresh, &out->proved, err);
	if (rc == VAULT_OK) {
		rc = name_it(fresh, path, err);
		if (rc != VAULT_OK)
			(void)(storefile_remove(fresh, NULL) == VAULT_OK);
	}
	if (rc == VAULT_OK && stat(path, &st) == 0)
		out->bytes = (uint64_t)st.st_size;
	if (lock >= 0)
		close(lock);
	if (rc == VAULT_OK) {
		out->path = path;
		path = NULL;
	} else {
		vault_backup_report_clear(out);
	}
	free(path);
	free(fresh);
	return rc;
}
