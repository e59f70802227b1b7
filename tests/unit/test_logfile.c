/* test_logfile.c - the access log: what was acknowledged is there, what was torn is passed over and cut, what was
 * changed is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "logframe.h"
#include "place.h"

enum { BYTES_MAX = 1 << 16 };

struct fixture {
	char dir[PLACE_MAX], path[PLACE_MAX];
	uint8_t vault_id[16], log_id[16], slot_id[16], pk[32], sk[64];
	uint8_t bytes[BYTES_MAX]; /* of the file */
	size_t n;
};

static int set_up(void **state)
{
	const uint8_t seed[32] = {7};
	struct fixture *f = calloc(1, sizeof *f);
	struct logfile *l = NULL;

	assert_non_null(f);
	place_make(f->dir);
	place_path(f->path, f->dir, "log");
	memset(f->vault_id, 1, 16);
	memset(f->log_id, 2, 16);
	memset(f->slot_id, 3, 16);
	sign_keypair(f->pk, f->sk, seed);
	assert_int_equal(logfile_create(f->path, f->vault_id, f->log_id, 1700000000, NULL, &l, NULL), VAULT_OK);
	assert_non_null(l);
	logfile_close(&l);
	assert_null(l);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	unlink(f->path);
	rmdir(f->dir);
	free(f);
	return 0;
}

static struct logfile *opened(const struct fixture *f, int write)
{
	struct logfile *l = NULL;

	assert_int_equal(logfile_open(f->path, write, &l, NULL), VAULT_OK);
	assert_non_null(l);
	return l;
}

static struct log_entry entry(uint64_t version, const char *detail)
{
	struct log_entry e = {.epoch = 4, .time = 1700000001, .action = 64, .version = version, .generation = 1};

	memset(e.object_id, 5, 16);
	memset(e.commit, 6, HASH_LEN);
	e.detail = (const uint8_t *)detail;
	e.detail_n = strlen(detail);
	return e;
}

/* One batch of `n` entries; gives where the log then ends. */
static struct logpos append(const struct fixture *f, size_t n, const char *detail)
{
	struct logfile *l = opened(f, 1);
	struct log_entry e[8];
	struct logpos pos;
	size_t i = 0;

	for (i = 0; i < n; i++)
		e[i] = entry(i + 1, detail);
	assert_int_equal(logfile_append(l, f->slot_id, f->sk, e, n, NULL), VAULT_OK);
	pos = *logfile_pos(l);
	logfile_close(&l);
	return pos;
}

static void take_bytes(struct fixture *f)
{
	f->n = place_read(f->path, f->bytes, sizeof f->bytes);
}

static void assert_at(const struct logpos *a, const struct logpos *b)
{
	assert_int_equal(a->exists, b->exists);
	assert_int_equal(a->len, b->len);
	assert_int_equal(a->next_seq, b->next_seq);
	assert_memory_equal(a->head, b->head, HASH_LEN);
	assert_memory_equal(a->log_id, b->log_id, LOG_ID_LEN);
}

/* --- scanning --------------------------------------------------------------------------------------------- */

struct seen_batches {
	const struct fixture *f;
	size_t batches, entries, unsigned_ones;
	uint64_t end, next_seq;
	size_t details;
	enum vault_rc answer;
};

static enum vault_rc look(void *ctx, const struct log_batch *b, struct vault_err *err)
{
	struct seen_batches *s = ctx;
	size_t i = 0;

	(void)err;
	s->batches++;
	s->entries += b->n;
	s->end = b->end;
	s->unsigned_ones += !sign_check(b->sig, s->f->pk, b->signed_bytes, b->signed_n);
	assert_memory_equal(b->slot_id, s->f->slot_id, 16);
	for (i = 0; i < b->n; i++) {
		s->next_seq = b->e[i].seq + 1;
		s->details += b->e[i].detail_n;
		assert_int_equal(b->e[i].version, i + 1);
		assert_int_equal(b->e[i].epoch, 4);
		assert_memory_equal(b->e[i].slot_id, s->f->slot_id, 16);
	}
	return s->answer;
}

static enum vault_rc scan(const struct fixture *f, struct seen_batches *s)
{
	struct logfile *l = NULL;
	enum vault_rc rc = logfile_open(f->path, 0, &l, NULL);

	memset(s, 0, sizeof *s);
	s->f = f;
	if (rc == VAULT_OK)
		rc = logfile_scan(l, look, s, NULL);
	logfile_close(&l);
	return rc;
}

static void written_and_read(void **state)
{
	struct fixture *f = *state;
	struct logfile *l = opened(f, 0);
	struct seen_batches s;
	struct logpos pos;

	assert_int_equal(logfile_pos(l)->next_seq, 1);
	assert_memory_equal(logfile_vault_id(l), f->vault_id, 16);
	assert_memory_equal(logfile_pos(l)->log_id, f->log_id, 16);
	logfile_close(&l);
	assert_int_equal(scan(f, &s), VAULT_OK);
	assert_int_equal(s.batches, 0);
	append(f, 1, "");
	append(f, 3, "detail");
	pos = append(f, 1, "x");
	assert_int_equal(scan(f, &s), VAULT_OK);
	assert_int_equal(s.batches, 3);
	assert_int_equal(s.entries, 5);
	assert_int_equal(s.details, 19);
	assert_int_equal(s.unsigned_ones, 0);
	assert_int_equal(s.end, pos.len);
	assert_int_equal(s.next_seq, 6);
	l = opened(f, 0);
	assert_at(logfile_pos(l), &pos); /* the end is found from the last frame alone */
	logfile_close(&l);
	take_bytes(f);
	assert_int_equal(f->n, pos.len);
}

static enum vault_rc stop(void *ctx, const struct log_batch *b, struct vault_err *err)
{
	(void)b;
	++*(int *)ctx;
	return vault_err_set(err, VAULT_REFUSED, "stop");
}

static void what_the_visitor_says_ends_it(void **state)
{
	struct fixture *f = *state;
	struct vault_err e = {.rc = VAULT_OK};
	struct logfile *l = NULL;
	int n = 0;

	append(f, 1, "");
	append(f, 1, "");
	l = opened(f, 0);
	assert_int_equal(logfile_scan(l, stop, &n, &e), VAULT_REFUSED);
	assert_int_equal(n, 1);
	assert_string_equal(e.msg, "stop");
	logfile_close(&l);
}

/* What could not be read again is not written. */
static void no_batch_that_is_none(void **state)
{
	struct fixture *f = *state;
	struct logfile *l = opened(f, 1);
	struct logpos before = *logfile_pos(l);
	struct log_entry e = entry(1, "");
	static const uint8_t big[LOG_DETAIL_MAX + 1];

	assert_int_equal(logfile_append(l, f->slot_id, f->sk, &e, 0, NULL), VAULT_OK);
	assert_at(logfile_pos(l), &before);
	assert_int_equal(logfile_append(l, f->slot_id, f->sk, &e, LOG_BATCH_MAX + 1, NULL), VAULT_REFUSED);
	e.detail = big;
	e.detail_n = sizeof big;
	assert_int_equal(logfile_append(l, f->slot_id, f->sk, &e, 1, NULL), VAULT_REFUSED);
	logfile_close(&l);
	take_bytes(f);
	assert_int_equal(f->n, before.len);
}

/* --- torn ------------------------------------------------------------------------------------------------- */

/* Cut at every byte of the last frame, which has what no other has, and with the byte there changed. */
static void a_torn_end_is_passed_over_and_cut(void **state)
{
	struct fixture *f = *state;
	struct logpos whole, after, again;
	struct seen_batches s;
	struct logfile *l = NULL;
	size_t at = 0, n = 0;

	append(f, 2, "first");
	whole = append(f, 1, "second");
	append(f, 2, "the last");
	take_bytes(f);
	n = f->n;
	place_write(f->path, f->bytes, whole.len);
	after = append(f, 1, "instead");
	for (at = whole.len; at < n; at++) {
		place_write(f->path, f->bytes, at);
		l = opened(f, 0);
		assert_at(logfile_pos(l), &whole);
		logfile_close(&l);
		assert_int_equal(scan(f, &s), VAULT_OK);
		assert_int_equal(s.entries, 3);
		again = append(f, 1, "instead");
		assert_at(&again, &after);
		assert_int_equal(scan(f, &s), VAULT_OK);
		assert_int_equal(s.entries, 4);
		f->bytes[at] ^= 0x20;
		place_write(f->path, f->bytes, n);
		l = opened(f, 0);
		assert_at(logfile_pos(l), &whole);
		logfile_close(&l);
		again = append(f, 1, "instead");
		assert_at(&again, &after);
		assert_int_equal(scan(f, &s), VAULT_OK);
		assert_int_equal(s.entries, 4);
		f->bytes[at] ^= 0x20;
	}
}

static void zeros_at_the_end(void **state)
{
	struct fixture *f = *state;
	struct logpos whole, again;
	struct seen_batches s;
	struct logfile *l = NULL;
	size_t more = 0;

	whole = append(f, 1, "");
	take_bytes(f);
	memset(f->bytes + f->n, 0, 64); /* a file system may give these after a power cut */
	for (more = 1; more < 64; more++) {
		place_write(f->path, f->bytes, whole.len + more);
		l = opened(f, 0);
		assert_at(logfile_pos(l), &whole);
		logfile_close(&l);
	}
	again = append(f, 1, "");
	assert_int_equal(again.next_seq, 3);
	assert_int_equal(scan(f, &s), VAULT_OK);
	assert_int_equal(s.entries, 2);
}

/* --- damaged ---------------------------------------------------------------------------------------------- */

static void damage_in_the_middle(void **state)
{
	struct fixture *f = *state;
	struct logpos first, last;
	struct seen_batches s;
	size_t at = 0, n = 0;

	first = append(f, 1, "one");
	append(f, 2, "two");
	last = append(f, 1, "three");
	take_bytes(f);
	n = f->n;
	assert_int_equal(n, last.len);
	for (at = 0; at < n; at++) {
		enum vault_rc rc = VAULT_OK;

		f->bytes[at] ^= 0x01;
		place_write(f->path, f->bytes, n);
		rc = scan(f, &s);
		/* in the last frame it looks as if torn: then what was before is what is told */
		if (rc == VAULT_OK)
			assert_int_equal(s.entries, 3);
		else
			assert_int_equal(rc, VAULT_DAMAGED);
		if (at < first.len)
			assert_int_equal(rc, VAULT_DAMAGED);
		f->bytes[at] ^= 0x01;
	}
}

/* A damaged frame is not part of the torn end behind it: the sound frames between would be cut. */
static void damage_before_a_torn_end(void **state)
{
	struct fixture *f = *state;
	struct logpos first;
	struct seen_batches s;
	struct logfile *l = NULL;

	first = append(f, 1, "one");
	append(f, 2, "two");
	append(f, 1, "three");
	append(f, 1, "torn");
	take_bytes(f);
	f->bytes[first.len + 40] ^= 0x01;
	place_write(f->path, f->bytes, f->n - 5);
	assert_int_equal(logfile_open(f->path, 1, &l, NULL), VAULT_DAMAGED);
	assert_null(l);
	f->bytes[first.len + 40] ^= 0x01;
	place_write(f->path, f->bytes, f->n - 5);
	assert_int_equal(scan(f, &s), VAULT_OK);
	assert_int_equal(s.entries, 4);
}

/* Whole frames taken out, doubled or in another order. */
static void frames_moved(void **state)
{
	struct fixture *f = *state;
	struct logpos head, a, b, c;
	struct logfile *l = opened(f, 0);
	struct seen_batches s;
	uint8_t other[BYTES_MAX];
	size_t n = 0;

	head = *logfile_pos(l);
	logfile_close(&l);
	a = append(f, 1, "a");
	b = append(f, 1, "b");
	c = append(f, 1, "c");
	take_bytes(f);
	memcpy(other, f->bytes, a.len);
	memcpy(other + a.len, f->bytes + b.len, c.len - b.len); /* without b */
	place_write(f->path, other, a.len + c.len - b.len);
	assert_int_equal(scan(f, &s), VAULT_DAMAGED);
	memcpy(other, f->bytes, b.len);
	memcpy(other + b.len, f->bytes + a.len, c.len - a.len); /* b twice */
	place_write(f->path, other, b.len + c.len - a.len);
	assert_int_equal(scan(f, &s), VAULT_DAMAGED);
	n = head.len;
	memcpy(other + n, f->bytes + a.len, b.len - a.len);
	n += b.len - a.len;
	memcpy(other + n, f->bytes + head.len, a.len - head.len); /* b before a */
	place_write(f->path, other, n + a.len - head.len);
	assert_int_equal(scan(f, &s), VAULT_DAMAGED);
	place_write(f->path, f->bytes, c.len);
	assert_int_equal(scan(f, &s), VAULT_OK);
}

/* Chained and signed as it should be, but an entry seems to be missing before it. */
static void numbers_without_gaps(void **state)
{
	struct fixture *f = *state;
	struct logpos pos = append(f, 1, "one");
	const struct log_entry e = entry(1, "two");
	struct seen_batches s;
	struct buf b = {.p = NULL};
	uint8_t head[HASH_LEN];

	for (pos.next_seq = 1; pos.next_seq < 4; pos.next_seq++) {
		take_bytes(f);
		f->n = pos.len;
		buf_reset(&b);
		logframe_make_batch(&b, &pos, f->slot_id, f->sk, &e, 1, head);
		assert_false(b.failed);
		memcpy(f->bytes + f->n, b.p, b.n);
		place_write(f->path, f->bytes, f->n + b.n);
		assert_int_equal(scan(f, &s), pos.next_seq == 2 ? VAULT_OK : VAULT_DAMAGED);
	}
	buf_free(&b);
}

/* A batch of another log with the same entries chains to nothing here. */
static void of_another_log(void **state)
{
	struct fixture *f = *state;
	struct logfile *l = opened(f, 0);
	const uint64_t begin = logfile_pos(l)->len;
	struct seen_batches s;
	uint8_t theirs[BYTES_MAX];
	size_t n = 0;

	logfile_close(&l);
	append(f, 1, "a");
	take_bytes(f);
	unlink(f->path);
	memset(f->log_id, 0x22, 16);
	assert_int_equal(logfile_create(f->path, f->vault_id, f->log_id, 1700000000, NULL, &l, NULL), VAULT_OK);
	logfile_close(&l);
	append(f, 1, "a");
	n = place_read(f->path, theirs, sizeof theirs);
	assert_int_equal(n, f->n);
	memcpy(theirs + begin, f->bytes + begin, n - begin);
	place_write(f->path, theirs, n);
	assert_int_equal(scan(f, &s), VAULT_DAMAGED);
}

static void no_log_at_all(void **state)
{
	static const char *const no[] = {"S", "SVLOG1", "not a log, but a text file that somebody put here by mistake"};
	struct fixture *f = *state;
	struct logfile *l = NULL;
	size_t i = 0;

	for (i = 0; i < sizeof no / sizeof no[0]; i++) {
		place_write(f->path, no[i], strlen(no[i]));
		assert_int_equal(logfile_open(f->path, 0, &l, NULL), VAULT_DAMAGED);
		assert_null(l);
	}
	place_write(f->path, "", 0);
	assert_int_equal(logfile_open(f->path, 0, &l, NULL), VAULT_OK);
	assert_null(l);
	unlink(f->path);
	assert_int_equal(logfile_open(f->path, 1, &l, NULL), VAULT_OK);
	assert_null(l);
}

static void not_over_another(void **state)
{
	struct fixture *f = *state;
	struct logpos pos = append(f, 1, "kept");
	struct logfile *l = NULL;

	assert_int_equal(logfile_create(f->path, f->vault_id, f->log_id, 1, NULL, &l, NULL), VAULT_EXISTS);
	assert_null(l);
	l = opened(f, 0);
	assert_at(logfile_pos(l), &pos);
	logfile_close(&l);
}

static void unsafe_files(void **state)
{
	struct fixture *f = *state;
	char other[PLACE_MAX];
	struct logfile *l = NULL;

	place_path(other, f->dir, "other");
	assert_int_equal(chmod(f->path, 0640), 0);
	assert_int_equal(logfile_open(f->path, 0, &l, NULL), VAULT_UNSAFE);
	assert_int_equal(chmod(f->path, 0600), 0);
	assert_int_equal(link(f->path, other), 0);
	assert_int_equal(logfile_open(f->path, 1, &l, NULL), VAULT_UNSAFE);
	unlink(f->path);
	assert_int_equal(symlink("other", f->path), 0);
	assert_int_equal(logfile_open(f->path, 0, &l, NULL), VAULT_UNSAFE);
	unlink(f->path);
	assert_int_equal(mkfifo(f->path, 0600), 0);
	assert_int_equal(logfile_open(f->path, 0, &l, NULL), VAULT_UNSAFE);
	assert_null(l);
	unlink(other);
}

/* --- holds ------------------------------------------------------------------------------------------------ */

static int holds(const struct fixture *f, uint64_t len, const uint8_t head[HASH_LEN])
{
	struct logfile *l = opened(f, 0);
	int yes = -1;

	assert_int_equal(logfile_holds(l, len, head, &yes, NULL), VAULT_OK);
	logfile_close(&l);
	return yes;
}

static void holds_what_it_held(void **state)
{
	struct fixture *f = *state;
	struct logfile *l = opened(f, 0);
	struct logpos at[4];
	uint8_t wrong[HASH_LEN];
	size_t i = 0, k = 0;
	uint64_t len = 0;

	at[0] = *logfile_pos(l);
	logfile_close(&l);
	for (i = 1; i < 4; i++)
		at[i] = append(f, i, "some");
	for (i = 0; i < 4; i++) {
		assert_int_equal(holds(f, at[i].len, at[i].head), 1);
		for (k = 0; k < 4; k++)
			assert_int_equal(holds(f, at[k].len, at[i].head), i == k);
		memcpy(wrong, at[i].head, HASH_LEN);
		wrong[31] ^= 1;
		assert_int_equal(holds(f, at[i].len, wrong), 0);
	}
	for (len = 0; len < at[3].len + 3; len++) /* at no other byte */
		for (i = 0; i < 4; i++)
			assert_int_equal(holds(f, len, at[i].head), len == at[i].len);
}

/* Who writes the file could forge frames up to beyond the place and end it with a torn one: still nothing stands there
 * that chains on. */
static void a_torn_end_holds_no_more(void **state)
{
	struct fixture *f = *state;
	struct logfile *l = opened(f, 0);
	struct logpos at[3];
	uint64_t len = 0;
	size_t i = 0;

	at[0] = *logfile_pos(l);
	logfile_close(&l);
	at[1] = append(f, 1, "one");
	at[2] = append(f, 2, "two");
	take_bytes(f);
	f->bytes[f->n] = '?';
	place_write(f->path, f->bytes, f->n + 1);
	for (len = 0; len < at[2].len + 3; len++)
		for (i = 0; i < 3; i++)
			assert_int_equal(holds(f, len, at[i].head), len == at[i].len);
}

static void cut_it_no_longer_holds(void **state)
{
	struct fixture *f = *state;
	struct logpos a = append(f, 1, "a"), b = append(f, 1, "b");
	struct logpos c;

	take_bytes(f);
	place_write(f->path, f->bytes, a.len);
	assert_int_equal(holds(f, b.len, b.head), 0);
	assert_int_equal(holds(f, a.len, a.head), 1);
	c = append(f, 1, "c"); /* the same length, another history */
	assert_int_equal(c.len, b.len);
	assert_int_equal(holds(f, b.len, b.head), 0);
	append(f, 1, "d");
	assert_int_equal(holds(f, b.len, b.head), 0);
	assert_int_equal(holds(f, a.len, a.head), 1);
}

/* --- together --------------------------------------------------------------------------------------------- */

static void many_writers(void **state)
{
	enum { WRITERS = 4, EACH = 25 };
	struct fixture *f = *state;
	struct seen_batches s;
	pid_t pid[WRITERS];
	int i = 0, k = 0, status = -1;

	for (i = 0; i < WRITERS; i++) {
		pid[i] = fork();
		assert_true(pid[i] >= 0);
		if (pid[i] == 0) {
			for (k = 0; k < EACH; k++) {
				const struct log_entry e = entry(1, "from one of many");
				struct logfile *l = NULL;

				if (logfile_open(f->path, 1, &l, NULL) != VAULT_OK || !l ||
				    logfile_append(l, f->slot_id, f->sk, &e, 1, NULL) != VAULT_OK)
					_exit(1);
				logfile_close(&l);
			}
			_exit(0);
		}
	}
	for (i = 0; i < WRITERS; i++) {
		assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(scan(f, &s), VAULT_OK);
	assert_int_equal(s.entries, WRITERS * EACH);
	assert_int_equal(s.next_seq, WRITERS * EACH + 1);
	assert_int_equal(s.unsigned_ones, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        TEST(written_and_read),       TEST(what_the_visitor_says_ends_it),
	        TEST(no_batch_that_is_none),  TEST(a_torn_end_is_passed_over_and_cut),
	        TEST(zeros_at_the_end),       TEST(damage_in_the_middle),
	        TEST(damage_before_a_torn_end),
	        TEST(frames_moved),           TEST(numbers_without_gaps),
	        TEST(of_another_log),         TEST(no_log_at_all),
	        TEST(not_over_another),       TEST(unsafe_files),
	        TEST(holds_what_it_held),     TEST(a_torn_end_holds_no_more),
	        TEST(cut_it_no_longer_holds), TEST(many_writers),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("logfile", tests, NULL, NULL);
}
