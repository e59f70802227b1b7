/* seen.c - this machine's record of a vault's newest state and log. L3. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "files.h"
#include "hash.h"
#include "seen.h"

enum { RECORD_MAX = 512, LOCK_WAIT_MS = 5000 };

static char *record_path(const char *dir, const char *path)
{
	uint8_t h[HASH_LEN];
	char name[40] = "/seen-";
	hash(h, path, strlen(path));
	for (size_t i = 0; i < 16; i++) {
		name[6 + 2 * i] = "0123456789abcdef"[h[i] >> 4];
		name[7 + 2 * i] = "0123456789abcdef"[h[i] & 15];
	}
	return files_concat(dir, name, "");
}

static void encode(struct buf *b, const struct seen *s)
{
	uint8_t h[HASH_LEN] = {0};
	buf_label(b, "smartvault1/seen");
	buf_add(b, s->vault_id, 16);
	buf_u64(b, s->epoch);
	buf_add(b, s->state, 32);
	buf_u8(b, s->has_log ? 1 : 0);
	buf_add(b, s->log_id, 16);
	buf_u64(b, s->log_len);
	buf_add(b, s->log_head, 32);
	if (!b->failed)
		hash(h, b->p, b->n);
	buf_add(b, h, HASH_LEN);
}

static void take(struct rd *r, uint8_t *out, size_t n)
{
	const uint8_t *p = rd_bytes(r, n);
	if (p != NULL)
		memcpy(out, p, n);
}

static void decode(const uint8_t *p, size_t n, struct seen *out)
{
	static const char label[] = "smartvault1/seen";
	uint8_t h[HASH_LEN];
	struct rd r = {.p = p, .n = n};
	memset(out, 0, sizeof *out);
	if (n == 0)
		return; /* just created, by us or by a writer that was killed: no record */
	out->torn = 1;
	const uint8_t *l = rd_bytes(&r, sizeof label);
	if (n < HASH_LEN + sizeof label || l == NULL || memcmp(l, label, sizeof label) != 0)
		return;
	hash(h, p, n - HASH_LEN);
	if (memcmp(h, p + n - HASH_LEN, HASH_LEN) != 0)
		return;
	take(&r, out->vault_id, 16);
	out->epoch = rd_u64(&r);
	take(&r, out->state, 32);
	out->has_log = rd_u8(&r) == 1;
	take(&r, out->log_id, 16);
	out->log_len = rd_u64(&r);
	take(&r, out->log_head, 32);
	if (r.bad || r.n != HASH_LEN)
		return;
	out->torn = 0;
	out->known = 1;
}

enum vault_rc seen_read(const char *dir, const char *path, struct seen *out, struct vault_err *err)
{
	uint8_t p[RECORD_MAX];
	struct stat st;
	memset(out, 0, sizeof *out);
	if (dir == NULL)
		return VAULT_OK;
	char *name = record_path(dir, path);
	if (name == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	enum vault_rc rc = VAULT_OK;
	const int fd = open(name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd >= 0) {
		const long n = files_pread(fd, p, sizeof p, 0);
		if (n >= 0)
			decode(p, (size_t)n, out);
		else
			rc = vault_err_set(err, VAULT_IO, "cannot read %s: %s", name, strerror(errno));
		out->when = fstat(fd, &st) == 0 ? (int64_t)st.st_mtime : 0;
		close(fd);
	} else if (errno != ENOENT && errno != ENOTDIR) {
		rc = vault_err_set(err, VAULT_IO, "cannot read %s: %s", name, strerror(errno));
	}
	free(name);
	return rc;
}

/* `old` brought up to `now`, never downwards. Returns whether anything changes. */
static int merge(struct seen *old, const struct seen *now, int how)
{
	const int other = !old->known || memcmp(old->vault_id, now->vault_id, 16) != 0;
	int changed = 0, newer = 0;
	if (!old->known || how == SEEN_REPLACE || (how == SEEN_SUCCEED && other)) {
		*old = *now;
		old->known = 1;
		return 1;
	}
	if (other)
		return 0;
	if (now->epoch > old->epoch) {
		newer = 1;
		old->epoch = now->epoch;
		memcpy(old->state, now->state, 32);
		changed = 1;
	}
	const int same = old->has_log && now->has_log && memcmp(old->log_id, now->log_id, 16) == 0;
	if (now->has_log && (!old->has_log || (same ? now->log_len > old->log_len : newer))) {
		old->has_log = 1;
		memcpy(old->log_id, now->log_id, 16);
		old->log_len = now->log_len;
		memcpy(old->log_head, now->log_head, 32);
		changed = 1;
	}
	return changed;
}

static int open_record(const char *dir, const char *name, struct vault_err *err)
{
	const int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
	int fd = open(name, flags, 0600);
	if (fd < 0 && errno == ENOENT && files_mkdirs(dir, err) == VAULT_OK)
		fd = open(name, flags, 0600);
	return fd;
}

enum vault_rc seen_write(const char *dir, const char *path, const struct seen *now, int how, int sync,
                         struct vault_err *err)
{
	struct buf b = {.p = NULL};
	struct seen old;
	uint8_t p[RECORD_MAX];
	enum vault_rc rc = VAULT_OK;
	int fd = -1;
	if (dir == NULL)
		return VAULT_OK;
	char *name = record_path(dir, path);
	if (name == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	fd = open_record(dir, name, err);
	if (fd < 0) {
		rc = vault_err_set(err, VAULT_IO, "cannot write %s: %s", name, strerror(errno));
		goto out;
	}
	rc = files_flock(fd, name, LOCK_WAIT_MS, err);
	if (rc != VAULT_OK)
		goto out;
	const long n = files_pread(fd, p, sizeof p, 0);
	decode(p, n > 0 ? (size_t)n : 0, &old);
	if (!merge(&old, now, how))
		goto out;
	encode(&b, &old);
	/* A longer file would stay torn for ever, and a rollback unseen. */
	if (b.failed || files_pwrite(fd, b.p, b.n, 0) != 0 || (n > (long)b.n && ftruncate(fd, (off_t)b.n) != 0) ||
	    (sync && fdatasync(fd) != 0))
		rc = vault_err_set(err, VAULT_IO, "cannot write %s: %s", name, strerror(errno));
out:
	if (fd >= 0)
		close(fd);
	buf_free(&b);
	free(name);
	return rc;
}
