/* storefile.c - looks at a database file and what lies beside it before the engine may. L3. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "storefile.h"

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The first 100 bytes (SQLite's file format, 1.3) before SQLite sees the file: WAL bits would make it create and trust
 * other files. */
static enum vault_rc check_first_bytes(const char *path, uint32_t format, struct vault_err *err)
{
	uint8_t h[100] = {0};
	const int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return vault_err_set(err, errno == ELOOP ? VAULT_UNSAFE : VAULT_IO, "cannot open %s: %s", path, strerror(errno));
	const long n = files_pread(fd, h, sizeof h, 0);
	const int e = errno;
	close(fd);
	if (n < 0)
		return vault_err_set(err, VAULT_IO, "cannot read %s: %s", path, strerror(e));
	if (n < (long)sizeof h || memcmp(h, "SQLite format 3", 16) != 0 || be32(h + 68) != STOREFILE_APPLICATION_ID)
		return vault_err_set(err, VAULT_DAMAGED, "%s is not a vault, or is damaged: give another with --file, or restore "
		                     "it from a backup", path);
	if (be32(h + 60) != format)
		return vault_err_set(err, VAULT_FORMAT, "%s has format %u; this program reads format %u: use a newer one", path,
		                     be32(h + 60), format);
	if (h[18] != 1 || h[19] != 1 || be32(h + 56) != 1)
		return vault_err_set(err, VAULT_DAMAGED, "%s is damaged: its journal mode or encoding was changed", path);
	return VAULT_OK;
}

/* A rollback journal that ends in a super-journal's name makes SQLite delete the file of that name: not opened. */
static enum vault_rc check_journal(const char *path, struct vault_err *err)
{
	static const uint8_t magic[8] = {0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7};
	enum vault_rc rc = VAULT_OK;
	uint8_t tail[8] = {0};
	struct stat st;
	int fd = -1;
	char *journal = files_concat(path, "-journal", "");
	if (journal == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	if (lstat(journal, &st) != 0)
		goto out;
	if (S_ISREG(st.st_mode) && st.st_nlink == 0) /* seen while its writer took it away */
		goto out;
	if (!S_ISREG(st.st_mode) || st.st_nlink != 1 || st.st_uid != geteuid()) {
		rc = vault_err_set(err, VAULT_UNSAFE, "%s is not a plain file of yours: look at it, then take it away", journal);
		goto out;
	}
	fd = open(journal, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		if (errno != ENOENT) /* gone meanwhile: its writer has finished */
			rc = vault_err_set(err, VAULT_IO, "cannot read %s: %s", journal, strerror(errno));
		goto out;
	}
	if (fstat(fd, &st) == 0 && st.st_size >= 16 && files_pread(fd, tail, 8, (uint64_t)st.st_size - 8) == 8 &&
	    memcmp(tail, magic, 8) == 0)
		rc = vault_err_set(err, VAULT_DAMAGED, "%s names another file to be deleted: it was planted; nothing was opened",
		                   journal);
out:
	if (fd >= 0)
		close(fd);
	free(journal);
	return rc;
}

/* SQLite opens a -wal that lies beside the file, whatever the header says, and plays it into the file when it closes: a
 * verify would write what somebody planted. A vault never has one. */
static enum vault_rc check_no_wal(const char *path, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	struct stat st;
	char *wal = files_concat(path, "-wal", "");
	if (wal == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	if (lstat(wal, &st) == 0)
		rc = vault_err_set(err, VAULT_DAMAGED, "%s is no file of a vault, it was planted; nothing was opened: look at it, then "
		                   "take it away", wal);
	else if (errno != ENOENT)
		rc = vault_err_set(err, VAULT_IO, "cannot look at %s: %s", wal, strerror(errno));
	free(wal);
	return rc;
}

enum vault_rc storefile_check(const char *path, uint32_t format, struct vault_err *err)
{
	enum vault_rc rc = check_first_bytes(path, format, err);
	if (rc == VAULT_OK)
		rc = check_journal(path, err);
	return rc == VAULT_OK ? check_no_wal(path, err) : rc;
}

enum vault_rc storefile_remove(const char *path, struct vault_err *err)
{
	char *journal = files_concat(path, "-journal", "");
	enum vault_rc rc = journal == NULL ? vault_err_set(err, VAULT_REFUSED, "out of memory") : VAULT_OK;
	if (rc == VAULT_OK && ((unlink(journal) != 0 && errno != ENOENT) || (unlink(path) != 0 && errno != ENOENT)))
		rc = vault_err_set(err, VAULT_IO, "cannot take away %s: %s", path, strerror(errno));
	free(journal);
	return rc;
}

enum vault_rc storefile_free(const char *path, const char *what, struct vault_err *err)
{
	static const char *const beside[] = {"", "-journal", "-wal"};
	enum vault_rc rc = VAULT_OK;
	struct stat st;
	for (size_t i = 0; i < sizeof beside / sizeof beside[0] && rc == VAULT_OK; i++) {
		char *name = files_concat(path, beside[i], "");
		if (name == NULL)
			rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
		else if (lstat(name, &st) == 0)
			rc = i == 0 ? vault_err_set(err, VAULT_EXISTS, "the %s %s exists already: give another name", what, name)
			            : vault_err_set(err, VAULT_EXISTS, "%s is left over from another vault: move it away first", name);
		else if (errno != ENOENT)
			rc = vault_err_set(err, VAULT_IO, "cannot look at %s: %s", name, strerror(errno));
		free(name);
	}
	return rc;
}
