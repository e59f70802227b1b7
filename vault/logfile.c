/* logfile.c - the access log's file: open, find the end, append, sync. L3; codec of frames in logframe.c. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "logfile.h"
#include "logframe.h"

enum { LOCK_WAIT_MS = 10000, TRAILER = 12 };

struct logfile {
	int fd;
	char *path;
	uint64_t size;            /* of the file, torn tail included */
	struct logframe_header header;
	struct logpos pos;
};

const struct logpos *logfile_pos(const struct logfile *l)
{
	return &l->pos;
}

const uint8_t *logfile_vault_id(const struct logfile *l)
{
	return l->header.vault_id;
}

uint64_t logfile_first(const struct logfile *l, const uint8_t **head)
{
	*head = l->header.hash;
	return l->header.end;
}

const uint8_t *logfile_previous(const struct logfile *l, const uint8_t **head)
{
	*head = l->header.prev_head;
	return l->header.prev_id;
}

uint64_t logfile_first_seq(const struct logfile *l)
{
	return l->header.first_seq;
}

int64_t logfile_time(const struct logfile *l)
{
	return l->header.time;
}

int logfile_moved(const struct logfile *l)
{
	struct stat mine, there;
	return fstat(l->fd, &mine) != 0 || lstat(l->path, &there) != 0 || mine.st_ino != there.st_ino || mine.st_dev != there.st_dev;
}

void logfile_close(struct logfile **l)
{
	if (l == NULL || *l == NULL)
		return;
	if ((*l)->fd >= 0)
		close((*l)->fd);
	free((*l)->path);
	free(*l);
	*l = NULL;
}

static enum vault_rc damaged(const struct logfile *l, uint64_t at, struct vault_err *err)
{
	return vault_err_set(err, VAULT_DAMAGED, "the access log %s is damaged at byte %llu: put back a good copy", l->path,
	                     (unsigned long long)at);
}

/* A bad frame is taken for torn, and cut by the next writer, where the file ends in it. Where its length stands before and
 * behind it and more follows, it was written whole once and damaged later: cutting there would lose sound frames. */
static int damaged_later(const struct logfile *l, uint64_t at)
{
	uint8_t head[4], tail[4];
	if (l->size < at + 4 || files_pread(l->fd, head, 4, at) != 4)
		return 0;
	struct rd r = {.p = head, .n = 4};
	const uint64_t n = rd_u32(&r);
	return n > 0 && at + 4 + n + TRAILER < l->size && files_pread(l->fd, tail, 4, at + 4 + n) == 4 && memcmp(head, tail, 4) == 0;
}

/* Reads the whole frame that begins at `at` into `b` (body only). *whole 0: cut or its sum is off. */
static enum vault_rc read_frame(struct logfile *l, uint64_t at, struct buf *b, uint64_t *end, int *whole,
                                struct vault_err *err)
{
	uint8_t head[4];
	*whole = 0;
	if (l->size < at + 4 + TRAILER)
		return VAULT_OK;
	if (files_pread(l->fd, head, 4, at) != 4)
		return vault_err_set(err, VAULT_IO, "cannot read %s: %s", l->path, strerror(errno));
	struct rd r = {.p = head, .n = 4};
	const uint32_t n = rd_u32(&r);
	if (n > LOG_FRAME_MAX || l->size - at < (uint64_t)n + 4 + TRAILER)
		return VAULT_OK;
	uint8_t *p = malloc((size_t)n + TRAILER);
	if (p == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	if (files_pread(l->fd, p, (size_t)n + TRAILER, at + 4) != (long)n + TRAILER) {
		free(p);
		return vault_err_set(err, VAULT_IO, "cannot read %s: %s", l->path, strerror(errno));
	}
	if (logframe_trailer_ok(p, n)) {
		buf_reset(b);
		buf_add(b, p, n);
		*end = at + 4 + n + TRAILER;
		*whole = 1;
	}
	free(p);
	return b->failed ? vault_err_set(err, VAULT_REFUSED, "out of memory") : VAULT_OK;
}

/* Where the last frame begins, by its trailer; 0 where that makes no sense. */
static uint64_t last_frame(struct logfile *l)
{
	uint8_t t[4];
	if (l->size < 4 + TRAILER || files_pread(l->fd, t, 4, l->size - TRAILER) != 4)
		return 0;
	struct rd r = {.p = t, .n = 4};
	const uint64_t n = rd_u32(&r);
	return n > LOG_FRAME_MAX || n + 4 + TRAILER > l->size ? 0 : l->size - TRAILER - n - 4;
}

struct tail {
	struct logfile *l;
	int seen;
};

static enum vault_rc take_tail(void *ctx, const struct log_batch *b, struct vault_err *err)
{
	struct tail *t = ctx;
	(void)err;
	t->l->pos.len = b->end;
	memcpy(t->l->pos.head, b->head, HASH_LEN);
	t->l->pos.next_seq = b->e[b->n - 1].seq + 1;
	t->seen = 1;
	return VAULT_OK;
}

/* The end without reading all: the last frame carries its own chain. Only where it is torn, a walk from the start. */
static enum vault_rc find_end(struct logfile *l, uint64_t header_end, struct vault_err *err)
{
	struct buf b = {.p = NULL};
	struct tail t = {.l = l};
	enum vault_rc rc = VAULT_OK;
	uint64_t end = 0;
	int whole = 0;
	if (l->size == header_end)
		return VAULT_OK;
	const uint64_t at = last_frame(l);
	if (at >= header_end)
		rc = read_frame(l, at, &b, &end, &whole, err);
	if (rc == VAULT_OK && whole && end == l->size)
		rc = logframe_batch(b.p, b.n, end, &l->header, NULL, 0, take_tail, &t, NULL);
	buf_free(&b);
	if (rc == VAULT_OK && t.seen)
		return VAULT_OK;
	return rc == VAULT_IO || rc == VAULT_REFUSED ? rc : logfile_scan(l, take_tail, &t, err);
}

/* `flags`: O_RDONLY, or O_RDWR, which takes the log's lock, and may have O_CREAT with it. */
static enum vault_rc open_fd(struct logfile *l, int flags, int *missing, struct vault_err *err)
{
	struct stat st;
	const int write = flags != O_RDONLY;
	l->fd = open(l->path, flags | (write ? O_APPEND : 0) | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
	if (l->fd < 0 && errno == ENOENT) {
		*missing = 1;
		return VAULT_OK;
	}
	if (l->fd < 0)
		return vault_err_set(err, errno == ELOOP ? VAULT_UNSAFE : VAULT_IO, "cannot open the access log %s, without which "
		                     "nothing is given out: %s", l->path,
		                     errno == ELOOP ? "it is a link" : strerror(errno));
	if (fstat(l->fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_nlink != 1 || st.st_uid != geteuid() ||
	    (st.st_mode & 077) != 0)
		return vault_err_set(err, VAULT_UNSAFE, "the access log %s must be a plain file of yours that only you can read: "
		                     "chown, chmod 600", l->path);
	if (!write)
		return VAULT_OK;
	return files_flock(l->fd, l->path, LOCK_WAIT_MS, err);
}

enum vault_rc logfile_open(const char *path, int write, struct logfile **out, struct vault_err *err)
{
	struct buf b = {.p = NULL};
	struct stat st;
	uint64_t end = 0;
	int whole = 0, missing = 0;
	struct logfile *l = calloc(1, sizeof *l);
	*out = NULL;
	if (l == NULL || (l->path = strdup(path)) == NULL) {
		free(l);
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	}
	enum vault_rc rc = open_fd(l, write ? O_RDWR : O_RDONLY, &missing, err);
	if (rc != VAULT_OK || missing)
		goto out;
	if (fstat(l->fd, &st) != 0) { /* after the lock: nobody appends now */
		rc = vault_err_set(err, VAULT_IO, "cannot read %s: %s", path, strerror(errno));
		goto out;
	}
	l->size = (uint64_t)st.st_size;
	missing = l->size == 0; /* its maker was killed before the header: there never was a log */
	if (missing)
		goto out;
	rc = read_frame(l, 0, &b, &end, &whole, err);
	if (rc == VAULT_OK && (!whole || logframe_header(b.p, b.n, &l->header) != 0))
		rc = vault_err_set(err, VAULT_DAMAGED, "%s is not an access log, or is damaged: put the right one back, or move "
		                   "it away", path);
	if (rc != VAULT_OK)
		goto out;
	l->pos.exists = 1;
	memcpy(l->pos.log_id, l->header.log_id, LOG_ID_LEN);
	memcpy(l->pos.head, l->header.hash, HASH_LEN);
	l->pos.next_seq = l->header.first_seq;
	l->pos.len = end;
	rc = find_end(l, end, err);
out:
	buf_free(&b);
	if (rc != VAULT_OK || missing)
		logfile_close(&l);
	*out = l;
	return rc;
}

/* The header into the empty file, under its lock: of two that make it at once one finds it made. */
static enum vault_rc write_header(struct logfile *l, const struct buf *b, struct vault_err *err)
{
	struct stat st;
	int missing = 0;
	enum vault_rc rc = open_fd(l, O_RDWR | O_CREAT, &missing, err);
	if (rc == VAULT_OK && (missing || fstat(l->fd, &st) != 0))
		rc = vault_err_set(err, VAULT_IO, "cannot create the access log %s: %s", l->path, strerror(errno));
	if (rc == VAULT_OK && st.st_size != 0)
		return vault_err_set(err, VAULT_EXISTS, "'%s' exists already: it is not written over", l->path);
	if (rc == VAULT_OK && (files_write(l->fd, b->p, b->n) != 0 || fsync(l->fd) != 0)) {
		rc = vault_err_set(err, VAULT_IO, "cannot write the access log %s: %s", l->path, strerror(errno));
		if (ftruncate(l->fd, 0) != 0)
			(void)unlink(l->path); /* half a header would pass for a damaged log */
	}
	return rc == VAULT_OK ? files_sync_folder(l->path, err) : rc;
}

enum vault_rc logfile_create(const char *path, const uint8_t vault_id[16], const uint8_t log_id[LOG_ID_LEN], int64_t time,
                             const struct logpos *prev, struct logfile **out, struct vault_err *err)
{
	struct buf b = {.p = NULL};
	enum vault_rc rc = VAULT_OK;
	struct logfile *l = calloc(1, sizeof *l);
	*out = NULL;
	logframe_make_header(&b, vault_id, log_id, time, prev);
	if (l == NULL || (l->path = strdup(path)) == NULL || b.failed)
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	if (l != NULL)
		l->fd = -1;
	if (rc == VAULT_OK)
		rc = write_header(l, &b, err);
	logfile_close(&l); /* and with it the lock */
	buf_free(&b);
	return rc == VAULT_OK ? logfile_open(path, 1, out, err) : rc;
}

enum vault_rc logfile_sync(struct logfile *l, struct vault_err *err)
{
	if (fdatasync(l->fd) != 0)
		return vault_err_set(err, VAULT_IO, "cannot sync the access log %s: %s", l->path, strerror(errno));
	return VAULT_OK;
}

/* What readers would refuse must not be written: it would be damage for ever. */
static enum vault_rc fits(const struct log_entry *e, size_t n, struct vault_err *err)
{
	uint64_t sum = 0;
	int ok = n <= LOG_BATCH_MAX;
	for (size_t i = 0; ok && i < n; i++) {
		sum += e[i].detail_n + 256;
		ok = e[i].detail_n <= LOG_DETAIL_MAX && sum < LOG_FRAME_MAX - 256;
	}
	return ok ? VAULT_OK : vault_err_set(err, VAULT_REFUSED, "too much for one entry of the access log: do less at once");
}

enum vault_rc logfile_append(struct logfile *l, const uint8_t slot_id[16], const uint8_t slot_sk[SIGN_SK_LEN],
                             const struct log_entry *e, size_t n, struct vault_err *err)
{
	struct buf b = {.p = NULL};
	struct logpos next = l->pos;
	enum vault_rc rc = fits(e, n, err);
	if (rc != VAULT_OK || n == 0)
		return rc;
	logframe_make_batch(&b, &l->pos, slot_id, slot_sk, e, n, next.head);
	if (b.failed) {
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
		goto out;
	}
	if (l->size > l->pos.len && ftruncate(l->fd, (off_t)l->pos.len) != 0) {
		rc = vault_err_set(err, VAULT_IO, "cannot write the access log %s, without which "
		                   "nothing is given out: %s", l->path, strerror(errno));
		goto out;
	}
	l->size = l->pos.len;
	if (files_write(l->fd, b.p, b.n) != 0) {
		rc = vault_err_set(err, VAULT_IO, "cannot write the access log %s, without which "
		                   "nothing is given out: %s", l->path, strerror(errno));
		if (ftruncate(l->fd, (off_t)l->pos.len) != 0) /* the next writer cuts it */
			l->size = l->pos.len + b.n;
		goto out;
	}
	rc = logfile_sync(l, err);
	if (rc != VAULT_OK)
		goto out;
	next.len += b.n;
	next.next_seq += n;
	l->size = next.len;
	l->pos = next;
out:
	buf_free(&b);
	return rc;
}

/* Walks whole frames from `at`, whose chain so far is `head` and whose next number is `seq` (0: unknown). */
static enum vault_rc walk(struct logfile *l, uint64_t at, const uint8_t *head, uint64_t seq,
                          enum vault_rc (*each)(void *, const struct log_batch *, struct vault_err *), void *ctx,
                          struct vault_err *err)
{
	struct buf b = {.p = NULL};
	enum vault_rc rc = VAULT_OK;
	uint8_t chain[HASH_LEN];
	memcpy(chain, head, HASH_LEN);
	while (at < l->size) {
		uint64_t end = 0;
		int whole = 0;
		rc = read_frame(l, at, &b, &end, &whole, err);
		if (rc != VAULT_OK)
			break;
		if (!whole) {
			/* At the end of the file: torn, never acknowledged. But a last frame elsewhere that is whole says that this
			 * one was damaged later. */
			const uint64_t last = last_frame(l);
			struct buf other = {.p = NULL};
			int whole_later = 0;
			if (last > at)
				rc = read_frame(l, last, &other, &end, &whole_later, err);
			buf_free(&other);
			if (rc == VAULT_OK && (whole_later || damaged_later(l, at)))
				rc = damaged(l, at, err);
			break;
		}
		rc = logframe_batch(b.p, b.n, end, &l->header, chain, seq, each, ctx, err);
		if (rc == VAULT_OK)
			logframe_next(b.p, b.n, &l->header, chain, &seq);
		if (rc == VAULT_DAMAGED)
			(void)damaged(l, at, err);
		if (rc != VAULT_OK)
			break;
		at = end;
	}
	buf_free(&b);
	return rc;
}

enum vault_rc logfile_scan(struct logfile *l, enum vault_rc (*each)(void *ctx, const struct log_batch *b, struct vault_err *err),
                           void *ctx, struct vault_err *err)
{
	return walk(l, l->header.end, l->header.hash, l->header.first_seq, each, ctx, err);
}

enum vault_rc logfile_again(struct logfile *l, uint64_t at,
                            enum vault_rc (*each)(void *ctx, const struct log_batch *b, struct vault_err *err), void *ctx,
                            struct vault_err *err)
{
	struct buf b = {.p = NULL};
	uint64_t end = 0;
	int whole = 0;
	enum vault_rc rc = read_frame(l, at, &b, &end, &whole, err);
	if (rc == VAULT_OK)
		rc = whole ? logframe_batch(b.p, b.n, end, &l->header, NULL, 0, each, ctx, err) : damaged(l, at, err);
	buf_free(&b);
	return rc;
}

/* Remembers whether a batch ends exactly at a position with a head. */
struct wanted {
	uint64_t len;
	const uint8_t *head;
	int found;
};

static enum vault_rc look(void *ctx, const struct log_batch *b, struct vault_err *err)
{
	struct wanted *w = ctx;
	(void)err;
	if (b->end == w->len)
		w->found = memcmp(b->head, w->head, HASH_LEN) == 0;
	return VAULT_OK;
}

enum vault_rc logfile_holds(struct logfile *l, uint64_t len, const uint8_t head[HASH_LEN], int *yes, struct vault_err *err)
{
	*yes = 0;
	if (len > l->pos.len)
		return VAULT_OK;
	if (len == l->pos.len) {
		*yes = memcmp(head, l->pos.head, HASH_LEN) == 0;
		return VAULT_OK;
	}
	if (len == l->header.end) {
		*yes = memcmp(head, l->header.hash, HASH_LEN) == 0;
		return VAULT_OK;
	}
	/* The frames after it must chain from that very head to the end: in the middle of a frame nothing chains, though it looks
	 * like a torn one. */
	struct vault_err ignored = {.rc = VAULT_OK};
	struct wanted last = {.len = l->pos.len, .head = l->pos.head};
	enum vault_rc rc = walk(l, len, head, 0, look, &last, &ignored);
	if (rc == VAULT_OK && last.found) {
		*yes = 1;
		return VAULT_OK;
	}
	struct wanted w = {.len = len, .head = head};
	rc = logfile_scan(l, look, &w, err);
	*yes = w.found;
	return rc;
}
