/* newfile.c - writes a secret into a file that did not exist, by write(2) from guarded memory; and what is none over one that did. */
#include "newfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
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

int newfile_has(const char *path, const char *text, size_t n)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), same = 0;
	char *was = fd >= 0 ? malloc(n + 1) : NULL;
	struct stat st;
	size_t len = 0;
	ssize_t got = 1;

	if (fd < 0)
		return errno == ENOENT ? -1 : 0;
	while (was && len <= n && got > 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		got = read(fd, was + len, n + 1 - len);
		len += got > 0 ? (size_t)got : 0;
	}
	same = was && got == 0 && len == n && memcmp(was, text, n) == 0;
	free(was);
	close(fd);
	return same;
}

static int newfile_fill(int fd, const char *text, size_t n, mode_t mode)
{
	while (n > 0) {
		ssize_t put = write(fd, text, n);

		if (put < 0 && errno != EINTR)
			return -1;
		if (put > 0) {
			text += put;
			n -= (size_t)put;
		}
	}
	return fchmod(fd, mode) == 0 && fsync(fd) == 0 ? 0 : -1;
}

enum vault_rc newfile_write_text(const char *path, const char *what, const char *text, size_t n, struct vault_err *err)
{
	int fd = -1;
	enum vault_rc rc = newfile_open(path, what, &fd, err);

	if (rc != VAULT_OK)
		return rc;
	if (newfile_fill(fd, text, n, 0600) != 0)
		rc = vault_err_set(err, VAULT_IO, "cannot write the %s %s: %s", what, path, strerror(errno));
	return newfile_finish(path, what, fd, rc, err);
}

enum vault_rc newfile_replace(const char *path, const char *what, const char *text, size_t n, struct vault_err *err)
{
	char *other = NULL;
	struct stat st;
	int fd = -1, there = stat(path, &st) == 0, failed;

	if (there && !S_ISREG(st.st_mode))
		return vault_err_set(err, VAULT_EXISTS, "the %s %s is there already and is no file: give another name", what, path);
	if (there && newfile_has(path, text, n) == 1)
		return VAULT_OK;
	if (asprintf(&other, "%s.new-XXXXXX", path) < 0)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	fd = mkostemp(other, O_CLOEXEC);
	failed = fd < 0 || newfile_fill(fd, text, n, there ? st.st_mode & 0777 : 0600) != 0;
	failed |= fd >= 0 && close(fd) != 0;
	failed = failed || rename(other, path) != 0;
	if (failed) {
		vault_err_set(err, VAULT_IO, "cannot write the %s %s: %s", what, path, strerror(errno));
		if (fd >= 0)
			unlink(other);
	} else if (newfile_sync_folder(path) != 0) {
		failed = 1;
		vault_err_set(err, VAULT_IO, "cannot write the folder of %s: %s", path, strerror(errno));
	}
	free(other);
	return failed ? VAULT_IO : VAULT_OK;
}

enum vault_rc newfile_folders(const char *path, struct vault_err *err)
{
	char *copy = strdup(path);
	int failed = !copy;

	for (char *p = copy; !failed && p && *p; p++) {
		p += strspn(p, "/");
		p += strcspn(p, "/");
		char end = *p;
		*p = '\0';
		failed = mkdir(copy, 0700) != 0 && errno != EEXIST;
		*p = end;
		if (!end)
			break;
	}
	if (failed)
		vault_err_set(err, VAULT_IO, "cannot make the folder %s: %s", path, strerror(errno));
	free(copy);
	return failed ? VAULT_IO : VAULT_OK;
}
