/* newfile.c - writes a secret into a file that did not exist, by write(2) from guarded memory. */
#include "newfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum vault_rc newfile_free(const char *path, const char *what, struct vault_err *err)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return VAULT_OK;
	return vault_err_set(err, VAULT_EXISTS, "the %s %s exists already: give another name", what, path);
}

/* The name must survive a crash too: fsync of the folder (fsync(2), NOTES). */
static int newfile_sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
	int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	int bad = fd < 0 || fsync(fd) != 0;

	if (fd >= 0)
		close(fd);
	free(folder);
	return bad ? -1 : 0;
}

enum vault_rc newfile_folder(const char *path, struct vault_err *err)
{
	if (mkdir(path, 0700) != 0)
		return errno == EEXIST
		               ? vault_err_set(err, VAULT_EXISTS, "the folder %s exists already: give another name",
		                               path)
		               : vault_err_set(err, VAULT_IO, "cannot make the folder %s: %s", path, strerror(errno));
	if (newfile_sync_folder(path) == 0)
		return VAULT_OK;
	vault_err_set(err, VAULT_IO, "cannot write the folder of %s: %s", path, strerror(errno));
	rmdir(path);
	return VAULT_IO;
}

enum vault_rc newfile_write(const char *path, const char *what, const struct vault_secret *s, struct vault_err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	enum vault_rc rc;

	if (fd < 0 && errno == EEXIST)
		return vault_err_set(err, VAULT_EXISTS, "the %s %s exists already: give another name", what, path);
	if (fd < 0)
		return vault_err_set(err, VAULT_IO, "cannot make the %s %s: %s", what, path, strerror(errno));
	rc = vault_secret_write(s, fd, err);
	if (rc == VAULT_OK && fsync(fd) != 0)
		rc = vault_err_set(err, VAULT_IO, "cannot write the %s %s: %s", what, path, strerror(errno));
	if (close(fd) != 0 && rc == VAULT_OK)
		rc = vault_err_set(err, VAULT_IO, "cannot write the %s %s: %s", what, path, strerror(errno));
	if (rc == VAULT_OK && newfile_sync_folder(path) != 0)
		rc = vault_err_set(err, VAULT_IO, "cannot write the folder of %s: %s", path, strerror(errno));
	if (rc != VAULT_OK)
		unlink(path);
	return rc;
}
