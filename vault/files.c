/* files.c - paths and files, safely. L0, Linux. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "files.h"

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid /* glibc 2.36 documents the name and does not define it */
#endif

char *files_concat(const char *a, const char *b, const char *c)
{
	size_t an = strlen(a), bn = strlen(b), cn = strlen(c);
	char *s = malloc(an + bn + cn + 1);

	if (!s)
		return NULL;
	memcpy(s, a, an);
	memcpy(s + an, b, bn);
	memcpy(s + an + bn, c, cn + 1);
	return s;
}

/* The folder of a path in memory of its own: "." where none is named. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return strdup(".");
	return slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
}

static int is_folder(const char *path)
{
	struct stat st = {0};

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static enum vault_rc no_memory(struct vault_err *err)
{
	return vault_err_set(err, VAULT_REFUSED, "out of memory");
}

enum vault_rc files_resolve(const char *path, char **out, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	const char *slash = strrchr(path, '/'), *last = slash ? slash + 1 : path;
	char *folder = NULL, *real = NULL;

	*out = NULL;
	if (!*last || !strcmp(last, ".") || !strcmp(last, ".."))
		return vault_err_set(err, VAULT_UNSAFE, "'%s' names a folder: give the path of a file", path);
	folder = folder_of(path);
	if (!folder)
		return no_memory(err);
	real = realpath(folder, NULL);
	if (real ? !is_folder(real) : errno == ENOENT || errno == ENOTDIR) {
		rc = vault_err_set(err, VAULT_NOTFOUND, "there is no folder '%s': vault init makes it and a vault in it, or give another path", folder);
		goto out;
	} else if (!real && (errno == EACCES || errno == ELOOP || errno == ENAMETOOLONG)) {
		rc = vault_err_set(err, VAULT_UNSAFE, "folder '%s': %s", folder, strerror(errno));
		goto out;
	} else if (!real) {
		rc = errno == ENOMEM ? no_memory(err)
		                     : vault_err_set(err, VAULT_IO, "folder '%s': %s", folder, strerror(errno));
		goto out;
	}
	*out = files_concat(real, real[1] ? "/" : "", last);
	if (!*out)
		rc = no_memory(err);
out:
	free(folder);
	free(real);
	return rc;
}

/* Who may write a folder may put another file in the place of ours. */
enum vault_rc files_check_folder(const char *resolved, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	struct stat st = {0};
	char *folder = folder_of(resolved);

	if (!folder)
		return no_memory(err);
	if (stat(folder, &st))
		rc = vault_err_set(err, errno == ENOENT || errno == ENOTDIR ? VAULT_NOTFOUND : VAULT_UNSAFE,
		                   "folder '%s': %s", folder, strerror(errno));
	else if (!S_ISDIR(st.st_mode))
		rc = vault_err_set(err, VAULT_UNSAFE, "'%s' is not a folder", folder);
	else if (st.st_uid != 0 && st.st_uid != geteuid())
		rc = vault_err_set(err, VAULT_UNSAFE, "folder '%s' belongs to another user: use a folder of your own",
		                   folder);
	else if ((st.st_mode & (S_IWGRP | S_IWOTH)) && !(st.st_mode & S_ISVTX))
		rc = vault_err_set(err, VAULT_UNSAFE, "others can write the folder '%s': run `chmod go-w '%s'`", folder,
		                   folder);
	free(folder);
	return rc;
}

enum vault_rc files_check_private(const char *resolved, const char *what, struct vault_err *err)
{
	struct stat st = {0};

	if (lstat(resolved, &st)) {
		if (errno == ENOENT || errno == ENOTDIR)
			return vault_err_set(err, VAULT_NOTFOUND, "there is no %s '%s'", what, resolved);
		return vault_err_set(err, VAULT_UNSAFE, "%s '%s': %s: look at the rights of its folder", what, resolved,
		                     strerror(errno));
	}
	if (S_ISLNK(st.st_mode))
		return vault_err_set(err, VAULT_UNSAFE, "%s '%s' is a symbolic link: give the path of the file itself",
		                     what, resolved);
	if (!S_ISREG(st.st_mode))
		return vault_err_set(err, VAULT_UNSAFE, "%s '%s' is not a regular file: give the path of one", what, resolved);
	if (st.st_uid != geteuid())
		return vault_err_set(err, VAULT_UNSAFE, "%s '%s' belongs to another user: use a copy of your own", what,
		                     resolved);
	if (st.st_nlink != 1)
		return vault_err_set(err, VAULT_UNSAFE,
		                     "%s '%s' has %lu names: remove the other hard links, or use a copy", what,
		                     resolved, (unsigned long)st.st_nlink);
	if (st.st_mode & (S_IRWXG | S_IRWXO))
		return vault_err_set(err, VAULT_UNSAFE, "others have rights to the %s: run `chmod 600 '%s'`", what,
		                     resolved);
	return VAULT_OK;
}

/* SQLite's locks and our flocks are not to be trusted there ("How To Corrupt An SQLite Database File", 2.1). */
enum vault_rc files_check_local(const char *resolved, struct vault_err *err)
{
	static const struct {
		uint32_t magic;
		const char *name;
	} remote[] = {
	        {0x6969, "NFS"},      {0x517b, "SMB"},      {0xfe534d42, "SMB"},    {0xff534d42, "CIFS"},
	        {0x5346414f, "AFS"},  {0x6b414653, "AFS"},  {0x01021997, "9P"},     {0x00c36400, "Ceph"},
	        {0x65735546, "FUSE"}, {0x73757245, "Coda"}, {0x0bd00bd0, "Lustre"},
	};
	struct statfs fs = {0};
	char *folder = NULL;
	size_t i = 0;
	int bad = statfs(resolved, &fs);

	if (bad && errno == ENOENT) {
		folder = folder_of(resolved);
		if (!folder)
			return no_memory(err);
		bad = statfs(folder, &fs);
		free(folder);
	}
	if (bad)
		return vault_err_set(err, errno == ENOENT || errno == ENOTDIR ? VAULT_NOTFOUND : VAULT_IO, "'%s': %s",
		                     resolved, strerror(errno));
	for (i = 0; i < sizeof remote / sizeof remote[0]; i++)
		if ((uint32_t)fs.f_type == remote[i].magic)
			return vault_err_set(err, VAULT_UNSAFE,
			                     "'%s' is on a network file system (%s), where locks cannot be trusted: "
			                     "write on a local disk",
			                     resolved, remote[i].name);
	return VAULT_OK;
}

enum vault_rc files_mkdirs(const char *path, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	char *copy = NULL, *p = NULL;
	char end = '/';

	if (is_folder(path))
		return VAULT_OK;
	if (!*path)
		return vault_err_set(err, VAULT_UNSAFE, "the path of a folder is empty");
	copy = strdup(path);
	if (!copy)
		return no_memory(err);
	for (p = copy; end && !rc; p++) {
		if ((*p && *p != '/') || p == copy)
			continue;
		end = *p;
		*p = '\0';
		/* Asked first: mkdir of what exists says EROFS on a read-only file system, not EEXIST. */
		if (!is_folder(copy) && mkdir(copy, 0700) && (errno != EEXIST || !is_folder(copy)))
			rc = vault_err_set(err, errno == EEXIST || errno == ENOTDIR ? VAULT_UNSAFE : VAULT_IO,
			                   "cannot make the folder '%s': %s", copy, strerror(errno));
		*p = end;
	}
	free(copy);
	return rc;
}

enum vault_rc files_make_folder(const char *path, struct vault_err *err)
{
	struct stat st = {0};
	char *folder = folder_of(path);
	enum vault_rc rc = VAULT_OK;

	if (!folder)
		rc = no_memory(err);
	else if (stat(folder, &st)) /* what is there and no folder is files_resolve's to say */
		rc = files_mkdirs(folder, err);
	free(folder);
	return rc;
}

long files_pread(int fd, void *p, size_t n, uint64_t off)
{
	uint8_t *b = p;
	size_t done = 0;
	ssize_t got = 0;

	if (n > LONG_MAX || off > INT64_MAX - n) {
		errno = EOVERFLOW;
		return -1;
	}
	while (done < n) {
		got = pread(fd, b + done, n - done, (off_t)(off + done));
		if (got == 0)
			break;
		if (got > 0)
			done += (size_t)got;
		else if (errno != EINTR)
			return -1;
	}
	return (long)done;
}

int files_pwrite(int fd, const void *p, size_t n, uint64_t off)
{
	const uint8_t *b = p;
	size_t done = 0;
	ssize_t put = 0;

	if (off > INT64_MAX || n > INT64_MAX - off) {
		errno = EFBIG;
		return -1;
	}
	while (done < n) {
		put = pwrite(fd, b + done, n - done, (off_t)(off + done));
		if (put > 0) {
			done += (size_t)put;
		} else if (put == 0 || errno != EINTR) {
			errno = put == 0 ? EIO : errno;
			return -1;
		}
	}
	return 0;
}

int files_write(int fd, const void *p, size_t n)
{
	const uint8_t *b = p;
	size_t done = 0;
	ssize_t put = 0;

	while (done < n) {
		put = write(fd, b + done, n - done);
		if (put > 0) {
			done += (size_t)put;
		} else if (put == 0 || errno != EINTR) {
			errno = put == 0 ? EIO : errno;
			return -1;
		}
	}
	return 0;
}

enum vault_rc files_sync_folder(const char *path, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	char *folder = folder_of(path);
	int fd = -1;

	if (!folder)
		return no_memory(err);
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* EINVAL: a file system that cannot sync folders, and so has nothing better to offer. */
	if (fd < 0 || (fsync(fd) && errno != EINVAL))
		rc = vault_err_set(err, VAULT_IO, "cannot sync the folder '%s': %s", folder, strerror(errno));
	if (fd >= 0)
		close(fd);
	free(folder);
	return rc;
}

/* Does nothing; that it is there makes flock return. */
static void wake(int sig)
{
	(void)sig;
}

/* Waits in the kernel's queue, which is fair, where polling would starve who sleeps longest; a timer ends the wait. It
 * ticks on, since its first tick could come right before flock does. 0, or -1 and errno (ETIMEDOUT). */
static int flock_until(int fd, int64_t deadline_ms)
{
	struct sigaction act = {0}, before = {0};
	struct sigevent ev = {0};
	struct itimerspec tick = {0};
	sigset_t let, mask;
	timer_t timer;
	int64_t left = 0;
	int rc = -1, sig = SIGRTMIN + 3, why = 0;

	act.sa_handler = wake;
	sigemptyset(&act.sa_mask);
	if (sigaction(sig, &act, &before))
		return -1;
	sigemptyset(&let);
	sigaddset(&let, sig);
	pthread_sigmask(SIG_UNBLOCK, &let,
	                &mask); /* masks are inherited: a careless parent would make us wait for ever */
	ev.sigev_notify = SIGEV_THREAD_ID;
	ev.sigev_signo = sig;
	ev.sigev_notify_thread_id = gettid();
	if (timer_create(CLOCK_MONOTONIC, &ev, &timer)) {
		why = errno;
		goto out;
	}
	left = deadline_ms - clock_ms();
	left = left < 1 ? 1 : left;
	tick.it_value.tv_sec = (time_t)(left / 1000);
	tick.it_value.tv_nsec = (long)(left % 1000) * 1000000;
	tick.it_interval.tv_nsec = 20000000;
	rc = timer_settime(timer, 0, &tick, NULL);
	while (rc == 0 && (rc = flock(fd, LOCK_EX)) && errno == EINTR && clock_ms() < deadline_ms)
		rc = 0;
	why = rc && errno == EINTR ? ETIMEDOUT : errno;
	timer_delete(timer);
out:
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
	sigaction(sig, &before, NULL);
	errno = why;
	return rc;
}

enum vault_rc files_flock(int fd, const char *path, int64_t wait_ms, struct vault_err *err)
{
	int64_t deadline = clock_ms() + wait_ms;
	int rc = 0;

	do
		rc = flock(fd, LOCK_EX | LOCK_NB);
	while (rc && errno == EINTR);
	if (rc && errno == EWOULDBLOCK && wait_ms > 0)
		rc = flock_until(fd, deadline);
	if (rc && (errno == EWOULDBLOCK || errno == ETIMEDOUT))
		return vault_err_set(err, VAULT_BUSY, "another process holds '%s': try again when it has ended", path);
	if (rc)
		return vault_err_set(err, VAULT_IO, "cannot lock '%s': %s", path, strerror(errno));
	return VAULT_OK;
}

enum vault_rc files_lock(const char *path, int64_t wait_ms, int *fd, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	int got = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);

	*fd = -1;
	if (got < 0)
		return vault_err_set(err,
		                     errno == ELOOP || errno == EISDIR || errno == EACCES ? VAULT_UNSAFE : VAULT_IO,
		                     "cannot write here, nothing was changed: lock file '%s': %s", path, strerror(errno));
	rc = files_flock(got, path, wait_ms, err);
	if (rc)
		close(got);
	else
		*fd = got;
	return rc;
}
