/* test_seen.c - this machine's record: never downwards, torn at any byte it is none, and one a path. */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "hash.h"
#include "place.h"
#include "seen.h"

enum { RECORD_LEN = 162 };

static const char vault_path[] = "/somewhere/made-up.vault";

struct fixture {
	char top[PLACE_MAX], dir[PLACE_MAX], file[PLACE_MAX];
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	uint8_t h[HASH_LEN];
	char name[64] = "seen-";
	size_t i = 0;

	assert_non_null(f);
	place_make(f->top);
	place_path(f->dir, f->top, "state");
	hash(h, vault_path, strlen(vault_path));
	for (i = 0; i < 16; i++)
		snprintf(name + 5 + 2 * i, 3, "%02x", h[i]);
	place_path(f->file, f->dir, name);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	unlink(f->file);
	rmdir(f->dir);
	rmdir(f->top);
	free(f);
	return 0;
}

/* What was seen at an epoch, with a log of that many bytes. */
static struct seen at(uint64_t epoch, uint64_t log_len)
{
	struct seen s = {.known = 1, .epoch = epoch, .has_log = log_len != 0, .log_len = log_len};

	memset(s.vault_id, 1, 16);
	memset(s.state, (int)epoch, 32);
	if (log_len) {
		memset(s.log_id, 2, 16);
		memset(s.log_head, (int)log_len, 32);
	}
	return s;
}

static void put(const struct fixture *f, const struct seen *s, int replace)
{
	assert_int_equal(seen_write(f->dir, vault_path, s, replace, 1, NULL), VAULT_OK);
}

static struct seen get(const struct fixture *f)
{
	struct seen s;

	assert_int_equal(seen_read(f->dir, vault_path, &s, NULL), VAULT_OK);
	return s;
}

static void assert_seen(const struct seen *a, const struct seen *b)
{
	assert_int_equal(a->known, b->known);
	assert_int_equal(a->torn, b->torn);
	assert_memory_equal(a->vault_id, b->vault_id, 16);
	assert_true(a->epoch == b->epoch);
	assert_memory_equal(a->state, b->state, 32);
	assert_int_equal(a->has_log, b->has_log);
	assert_memory_equal(a->log_id, b->log_id, 16);
	assert_true(a->log_len == b->log_len);
	assert_memory_equal(a->log_head, b->log_head, 32);
}

static void there_and_back(void **state)
{
	struct fixture *f = *state;
	struct seen want = at(7, 500), got = get(f);
	uint8_t bytes[512];
	struct stat st;

	assert_int_equal(got.known, 0);
	assert_int_equal(got.torn, 0);
	put(f, &want, 0);
	got = get(f);
	assert_seen(&got, &want);
	assert_int_equal(place_read(f->file, bytes, sizeof bytes), RECORD_LEN);
	assert_int_equal(stat(f->file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat(f->dir, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	/* another path is another record; no folder is no record */
	assert_int_equal(seen_read(f->dir, "/somewhere/else", &got, NULL), VAULT_OK);
	assert_int_equal(got.known, 0);
	assert_int_equal(seen_read(NULL, vault_path, &got, NULL), VAULT_OK);
	assert_int_equal(got.known, 0);
	assert_int_equal(seen_write(NULL, vault_path, &want, 0, 1, NULL), VAULT_OK);
}

static void never_downwards(void **state)
{
	struct fixture *f = *state;
	struct seen high = at(7, 500), now = at(6, 400), want = at(7, 500), got;

	put(f, &high, 0);
	put(f, &now, 0);
	got = get(f);
	assert_seen(&got, &want);
	now = at(7, 500); /* the same epoch, another state: what was there stays */
	memset(now.state, 0xee, 32);
	memset(now.log_head, 0xee, 32);
	put(f, &now, 0);
	got = get(f);
	assert_seen(&got, &want);
	now = at(8, 400); /* each part on its own */
	put(f, &now, 0);
	got = get(f);
	want = at(8, 0);
	want.has_log = 1;
	memcpy(want.log_id, high.log_id, 16);
	memcpy(want.log_head, high.log_head, 32);
	want.log_len = 500;
	assert_seen(&got, &want);
	now = at(3, 600);
	put(f, &now, 0);
	got = get(f);
	want = at(8, 600);
	assert_seen(&got, &want);
	now = at(9, 0); /* no log seen now */
	put(f, &now, 0);
	got = get(f);
	want.epoch = 9;
	memset(want.state, 9, 32);
	assert_seen(&got, &want);
}

/* A longer log of another id does not take the place of the one known: that is how a loss stays visible. */
static void another_log_or_vault_waits_for_replace(void **state)
{
	struct fixture *f = *state;
	struct seen first = at(7, 500), other = at(7, 900), got;

	put(f, &first, 0);
	memset(other.log_id, 0xaa, 16);
	put(f, &other, 0);
	got = get(f);
	assert_seen(&got, &first);
	other = at(900, 500);
	memset(other.vault_id, 0xbb, 16);
	put(f, &other, 0);
	got = get(f);
	assert_seen(&got, &first);
	other = at(2, 100); /* downwards too, where it is asked for */
	memset(other.vault_id, 0xbb, 16);
	put(f, &other, 1);
	got = get(f);
	assert_seen(&got, &other);
}

/* What a state of a higher epoch came with is the log from then on: it was rotated. A reader of before changes nothing. */
static void a_newer_state_brings_its_log(void **state)
{
	struct fixture *f = *state;
	struct seen first = at(7, 500), rotated = at(8, 200), late = at(7, 900), got;

	put(f, &first, SEEN_RENEW);
	memset(rotated.log_id, 0xaa, 16);
	put(f, &rotated, SEEN_RENEW);
	got = get(f);
	assert_seen(&got, &rotated);
	put(f, &late, SEEN_RENEW); /* the log of before, longer */
	got = get(f);
	assert_seen(&got, &rotated);
	late = at(7, 300); /* what saw the state of before and wrote to the log of now */
	memset(late.log_id, 0xaa, 16);
	put(f, &late, SEEN_RENEW);
	got = get(f);
	rotated.log_len = 300;
	memcpy(rotated.log_head, late.log_head, 32);
	assert_seen(&got, &rotated);
}

/* Of the vault that this one replaced: replaced, also downwards; of this one: renewed. */
static void a_successor(void **state)
{
	struct fixture *f = *state;
	struct seen old = at(90, 500), heir = at(3, 0), late = at(2, 0), got;

	put(f, &old, SEEN_RENEW);
	memset(heir.vault_id, 0xbb, 16);
	memset(late.vault_id, 0xbb, 16);
	put(f, &heir, SEEN_SUCCEED);
	got = get(f);
	assert_seen(&got, &heir);
	put(f, &late, SEEN_SUCCEED);
	got = get(f);
	assert_seen(&got, &heir);
}

/* It is the file's time, not its content. */
static void when_it_was_renewed(void **state)
{
	struct fixture *f = *state;
	struct seen first = at(7, 500), got;
	const struct timespec t[2] = {{.tv_sec = 1700000000}, {.tv_sec = 1700000000}};

	got = get(f);
	assert_true(got.when == 0);
	put(f, &first, SEEN_RENEW);
	assert_int_equal(utimensat(AT_FDCWD, f->file, t, 0), 0);
	got = get(f);
	assert_true(got.when == 1700000000);
}

static void a_log_is_learnt_later(void **state)
{
	struct fixture *f = *state;
	struct seen first = at(7, 0), later = at(7, 150), got;

	put(f, &first, 0);
	got = get(f);
	assert_int_equal(got.has_log, 0);
	put(f, &later, 0);
	got = get(f);
	assert_seen(&got, &later);
}

/* Cut, lengthened or changed at any byte it is torn, never another record; the next writer makes it anew. */
static void torn(void **state)
{
	struct fixture *f = *state;
	struct seen high = at(7, 500), low = at(5, 300), got;
	uint8_t bytes[512], spoiled[512];
	size_t n = 0, i = 0;

	put(f, &high, 0);
	n = place_read(f->file, bytes, sizeof bytes);
	for (i = 0; i <= n + 1; i++) {
		memcpy(spoiled, bytes, n);
		spoiled[n] = 0;
		if (i < n)
			spoiled[i] ^= 0x10;
		if (i != n) { /* changed, or one byte more */
			place_write(f->file, spoiled, i < n ? n : n + 1);
			got = get(f);
			assert_int_equal(got.known, 0);
			assert_int_equal(got.torn, 1);
		}
		if (i == 0 || i >= n)
			continue;
		place_write(f->file, bytes, i);
		got = get(f);
		assert_int_equal(got.known, 0);
		assert_int_equal(got.torn, 1);
	}
	put(f, &low, 0);
	got = get(f);
	assert_seen(&got, &low);
	place_write(f->file, "", 0); /* its maker was killed: no record, and nothing to be said */
	got = get(f);
	assert_int_equal(got.known, 0);
	assert_int_equal(got.torn, 0);
}

static void what_is_no_file(void **state)
{
	struct fixture *f = *state;
	struct seen s = at(7, 500), got;

	assert_int_equal(mkdir(f->dir, 0700), 0);
	assert_int_equal(symlink("/dev/null", f->file), 0);
	assert_int_equal(seen_read(f->dir, vault_path, &got, NULL), VAULT_IO);
	assert_int_equal(seen_write(f->dir, vault_path, &s, 0, 0, NULL), VAULT_IO);
	unlink(f->file);
	assert_int_equal(mkdir(f->file, 0700), 0);
	assert_int_equal(seen_read(f->dir, vault_path, &got, NULL), VAULT_IO);
	assert_int_equal(got.known, 0);
	assert_int_equal(seen_write(f->dir, vault_path, &s, 0, 0, NULL), VAULT_IO);
	rmdir(f->file);
}

/* 1 once the process waits for a flock, 0 where it ended before. */
static int waits_for_a_lock(pid_t pid)
{
	char line[256], who[32];
	int found = 0;

	snprintf(who, sizeof who, " WRITE %d ", (int)pid);
	while (!found && waitpid(pid, NULL, WNOHANG) == 0) {
		FILE *locks = fopen("/proc/locks", "r");

		assert_non_null(locks);
		while (fgets(line, sizeof line, locks))
			found |= strstr(line, "-> FLOCK") && strstr(line, who);
		fclose(locks);
		sched_yield();
	}
	return found;
}

/* What another wrote before the lock was had counts: read first and locked later, the record would go down. */
static void locked_before_it_is_read(void **state)
{
	struct fixture *f = *state;
	struct seen seven = at(7, 700), eight = at(8, 800), nine = at(9, 900), got;
	uint8_t of_nine[512];
	size_t n = 0;
	int fd = -1, status = -1;
	pid_t pid = -1;

	put(f, &nine, 0);
	n = place_read(f->file, of_nine, sizeof of_nine);
	put(f, &seven, 1);
	fd = open(f->file, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(fd); /* a lock is of the open file, not of the process */
		_exit(seen_write(f->dir, vault_path, &eight, 0, 0, NULL) == VAULT_OK ? 0 : 1);
	}
	assert_int_equal(waits_for_a_lock(pid), 1);
	got = get(f);
	assert_seen(&got, &seven);
	assert_int_equal(pwrite(fd, of_nine, n, 0), n);
	close(fd);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	got = get(f);
	assert_seen(&got, &nine);
}

/* Each writer counts up by itself; whatever the order, the highest stays. */
static void many_writers(void **state)
{
	enum { WRITERS = 4, EACH = 60 };
	struct fixture *f = *state;
	struct seen got, want = at(EACH, 1000 + EACH);
	pid_t pid[WRITERS];
	uint64_t e = 0;
	int i = 0, status = -1;

	for (i = 0; i < WRITERS; i++) {
		pid[i] = fork();
		assert_true(pid[i] >= 0);
		if (pid[i] == 0) {
			for (e = 1; e <= EACH; e++) {
				struct seen s = at(e, 1000 + e);

				if (seen_write(f->dir, vault_path, &s, 0, 0, NULL) != VAULT_OK)
					_exit(1);
			}
			_exit(0);
		}
	}
	for (i = 0; i < WRITERS; i++) {
		assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
		assert_int_equal(status, 0);
	}
	got = get(f);
	assert_seen(&got, &want);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        TEST(there_and_back),
	        TEST(never_downwards),
	        TEST(another_log_or_vault_waits_for_replace),
	        TEST(a_newer_state_brings_its_log),
	        TEST(a_successor),
	        TEST(when_it_was_renewed),
	        TEST(a_log_is_learnt_later),
	        TEST(torn),
	        TEST(what_is_no_file),
	        TEST(locked_before_it_is_read),
	        TEST(many_writers),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("seen", tests, NULL, NULL);
}
