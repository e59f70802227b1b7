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

static enum vault_rc newfile_open(const char *path, const char *what, int *fd, struct vault_err *err)
{
	*fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (*fd >= 0)
		return VAULT_OK;
	if (errno == EEXIST)
		return vault_err_set(err, VAULT_EXISTS, "the %s %s exists already: give another name", what, path);
	return vault_err_set(err, VAULT_IO, "cannot make the %s %s: %s", what, path, strerror(errno));
}

/* `rc`: how the writing went. */
static enum vault_rc newfile_finish(const char *path, const char *what, int fd, enum vault_rc rc, struct vault_err *err)
{
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

enum vault_rc newfile_write(const char *path, const char *what, const struct vault_secret *s, struct vault_err *err)
{
	int fd = -1;
	enum vault_rc rc = newfile_open(path, what, &fd, err);

	return rc == VAULT_OK ? newfile_finish(path, what, fd, vault_secret_write(s, fd, err), err) : rc;
}

enum vault_rc newfile_write_text(const char *path, const char *what, const char *text, size_t n, struct vault_err *err)
{
	int fd = -1;
	enum vault_rc rc = newfile_open(path, what, &fd, err);

	if (rc != VAULT_OK)
		return rc;
	while (n > 0 && rc == VAULT_OK) {
		ssize_t done = write(fd, text, n);

		if (done < 0 && errno != EINTR)
			rc = vault_err_set(err, VAULT_IO, "cannot write the %s %s: %s", what, path, strerror(errno));
		text += done > 0 ? done : 0;
		n -= done > 0 ? (size_t)done : 0;
	}
	return newfile_finish(path, what, fd, rc, err);
}
