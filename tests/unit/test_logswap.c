/* test_logswap.c - a new access log in the place of the old one: what a killed process left is finished or taken away, and
 * closed logs are found by their chain. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "logswap.h"
#include "place.h"

enum { ROOM = PLACE_MAX + 32 };

struct fixture {
	char dir[PLACE_MAX], log[PLACE_MAX], fresh[ROOM];
	uint8_t vault_id[16], id[4][16], slot_id[16], sk[64]; /* ids of logs; [0] the first */
};

static void append(struct fixture *f, struct logfile *l, size_t n)
{
	struct log_entry e[8] = {{.action = 64, .time = 1700000000}};

	assert_int_equal(logfile_append(l, f->slot_id, f->sk, e, n, NULL), VAULT_OK);
}

static int set_up(void **state)
{
	const uint8_t seed[32] = {7};
	uint8_t pk[32];
	struct fixture *f = calloc(1, sizeof *f);
	struct logfile *l = NULL;

	assert_non_null(f);
	place_make(f->dir);
	place_path(f->log, f->dir, "log");
	snprintf(f->fresh, sizeof f->fresh, "%s-new", f->log);
	memset(f->vault_id, 1, 16);
	for (size_t i = 0; i < 4; i++)
		memset(f->id[i], (int)(0x10 + i), 16);
	sign_keypair(pk, f->sk, seed);
	assert_int_equal(logfile_create(f->log, f->vault_id, f->id[0], 1700000000, NULL, &l, NULL), VAULT_OK);
	append(f, l, 3);
	logfile_close(&l);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	char path[ROOM];

	unlink(f->log);
	unlink(f->fresh);
	for (int i = 1; i < 9; i++) {
		snprintf(path, sizeof path, "%s.closed-%d", f->log, i);
		unlink(path);
	}
	assert_int_equal(rmdir(f->dir), 0);
	free(f);
	return 0;
}

static int there(const struct fixture *f, const char *end)
{
	char path[ROOM];

	snprintf(path, sizeof path, "%s%s", f->log, end);
	return access(path, F_OK) == 0;
}

/* The id of the log at LOG + end; -1: none. */
static int which(const struct fixture *f, const char *end)
{
	char path[ROOM];
	struct logfile *l = NULL;
	int n = -1;

	snprintf(path, sizeof path, "%s%s", f->log, end);
	assert_int_equal(logfile_open(path, 0, &l, NULL), VAULT_OK);
	for (int i = 0; l != NULL && i < 4; i++)
		if (memcmp(logfile_pos(l)->log_id, f->id[i], 16) == 0)
			n = i;
	logfile_close(&l);
	return n;
}

static struct logswap *begin(struct fixture *f, int to)
{
	struct logswap *s = NULL;

	assert_int_equal(logswap_begin(f->log, f->vault_id, f->id[to], 1700000001, &s, NULL), VAULT_OK);
	assert_non_null(s);
	append(f, logswap_new(s), 2);
	return s;
}

static void rotate(struct fixture *f, int to)
{
	struct logswap *s = begin(f, to);

	logswap_commits(s);
	assert_int_equal(logswap_finish(s, NULL), VAULT_OK);
	logswap_end(&s);
}

static void the_whole_of_it(void **state)
{
	struct fixture *f = *state;
	struct logswap *s = begin(f, 1);
	struct logfile *l = NULL;
	const uint8_t *head = NULL;

	assert_int_equal(logswap_pending(f->log), 1);
	assert_memory_equal(logfile_pos(logswap_old(s))->log_id, f->id[0], 16);
	assert_null(logswap_closed(s));
	logswap_commits(s);
	assert_int_equal(logswap_finish(s, NULL), VAULT_OK);
	assert_non_null(strstr(logswap_closed(s), "log.closed-1"));
	logswap_end(&s);
	assert_null(s);
	assert_int_equal(logswap_pending(f->log), 0);
	assert_int_equal(which(f, ""), 1);
	assert_int_equal(which(f, ".closed-1"), 0);
	/* it names what it follows, and its numbers go on */
	assert_int_equal(logfile_open(f->log, 0, &l, NULL), VAULT_OK);
	assert_memory_equal(logfile_previous(l, &head), f->id[0], 16);
	assert_int_equal(logfile_first_seq(l), 4);
	assert_int_equal(logfile_pos(l)->next_seq, 6);
	logfile_close(&l);
}

/* Given up before the commit nothing is left; after it, LOG-new waits for who comes next. */
static void given_up(void **state)
{
	struct fixture *f = *state;
	struct logswap *s = begin(f, 1);

	logswap_end(&s);
	assert_int_equal(there(f, "-new"), 0);
	assert_int_equal(which(f, ""), 0);
	s = begin(f, 1);
	logswap_commits(s);
	logswap_end(&s);
	assert_int_equal(there(f, "-new"), 1);
	assert_int_equal(logswap_settle(f->log, f->id[1], 0, NULL), VAULT_OK);
	assert_int_equal(which(f, ""), 1);
	assert_int_equal(which(f, ".closed-1"), 0);
	assert_int_equal(logswap_pending(f->log), 0);
}

static void killed_between_the_renames(void **state)
{
	struct fixture *f = *state;
	struct logswap *s = begin(f, 1);
	char closed[ROOM];

	logswap_commits(s);
	logswap_end(&s);
	snprintf(closed, sizeof closed, "%s.closed-1", f->log);
	assert_int_equal(rename(f->log, closed), 0);
	assert_int_equal(logswap_settle(f->log, f->id[1], 0, NULL), VAULT_OK);
	assert_int_equal(which(f, ""), 1);
	assert_int_equal(which(f, ".closed-1"), 0);
	assert_int_equal(there(f, ".closed-2"), 0);
}

/* Not named by the newest state: its maker was killed before the commit, or lives. Only who is alone takes it away. */
static void a_leftover(void **state)
{
	struct fixture *f = *state;
	struct logswap *s = begin(f, 1);

	logswap_commits(s);
	logswap_end(&s);
	assert_int_equal(logswap_settle(f->log, f->id[0], 0, NULL), VAULT_OK);
	assert_int_equal(there(f, "-new"), 1);
	assert_int_equal(logswap_settle(f->log, f->id[0], 1, NULL), VAULT_OK);
	assert_int_equal(there(f, "-new"), 0);
	assert_int_equal(which(f, ""), 0);
	assert_int_equal(there(f, ".closed-1"), 0);
	assert_int_equal(logswap_settle(f->log, f->id[0], 1, NULL), VAULT_OK); /* nothing there, nothing to do */
}

/* Killed while it was made: half a header, an empty file, or no log at all. */
static void half_of_one(void **state)
{
	struct fixture *f = *state;
	static const char *const bytes[] = {"", "x", "\x40\0\0\0SVLOG1", "not a log"};

	for (size_t i = 0; i < sizeof bytes / sizeof bytes[0]; i++) {
		place_write(f->fresh, bytes[i], i == 2 ? 11 : strlen(bytes[i]));
		assert_int_equal(logswap_pending(f->log), 1);
		assert_int_equal(logswap_wait(f->log, NULL), VAULT_OK);
		assert_int_equal(logswap_settle(f->log, f->id[1], 1, NULL), VAULT_OK);
		assert_int_equal(there(f, "-new"), 0);
		assert_int_equal(which(f, ""), 0);
	}
}

/* A copy of the log that is in place, put there by somebody: the log in place stays. */
static void a_second_log_of_the_same_id(void **state)
{
	struct fixture *f = *state;
	uint8_t bytes[4096];
	size_t n = place_read(f->log, bytes, sizeof bytes);

	place_write(f->fresh, bytes, n - 40);
	assert_int_equal(logswap_settle(f->log, f->id[0], 0, NULL), VAULT_OK);
	assert_int_equal(place_read(f->log, bytes, sizeof bytes), n);
	assert_int_equal(there(f, ".closed-1"), 0);
	assert_int_equal(logswap_settle(f->log, f->id[0], 1, NULL), VAULT_OK);
	assert_int_equal(there(f, "-new"), 0);
}

static void never_over_another(void **state)
{
	struct fixture *f = *state;
	char path[ROOM];
	uint8_t got[32];
	char *closed = NULL;

	for (int i = 1; i < 4; i++) {
		snprintf(path, sizeof path, "%s.closed-%d", f->log, i);
		if (i != 2)
			place_write(path, "mine", 4);
	}
	assert_int_equal(logswap_set_aside(f->log, &closed, NULL), VAULT_OK);
	assert_non_null(strstr(closed, ".closed-2")); /* the first that is free */
	free(closed);
	assert_int_equal(logswap_set_aside(f->log, NULL, NULL), VAULT_IO); /* it is not there any more */
	snprintf(path, sizeof path, "%s.closed-1", f->log);
	assert_int_equal(place_read(path, got, sizeof got), 4);
}

/* An old LOG-new of a killed maker is no obstacle to the next rotation. */
static void begun_again(void **state)
{
	struct fixture *f = *state;

	place_write(f->fresh, "left over", 9);
	rotate(f, 1);
	assert_int_equal(which(f, ""), 1);
	rotate(f, 2);
	assert_int_equal(which(f, ""), 2);
	assert_int_equal(which(f, ".closed-1"), 0);
	assert_int_equal(which(f, ".closed-2"), 1);
}

static void where_there_is_no_log(void **state)
{
	struct fixture *f = *state;
	struct logfile *l = NULL;
	const uint8_t none[16] = {0}, *head = NULL;

	unlink(f->log);
	rotate(f, 1);
	assert_int_equal(which(f, ""), 1);
	assert_int_equal(logfile_open(f->log, 0, &l, NULL), VAULT_OK);
	assert_memory_equal(logfile_previous(l, &head), none, 16);
	assert_int_equal(logfile_first_seq(l), 1);
	logfile_close(&l);
}

/* --- the chain of closed ones ------------------------------------------------------------------------------ */

static int previous_of(const struct fixture *f, const char *end, enum vault_rc want)
{
	char path[ROOM];
	struct logfile *l = NULL, *before = NULL;
	int n = -1;

	snprintf(path, sizeof path, "%s%s", f->log, end);
	assert_int_equal(logfile_open(path, 0, &l, NULL), VAULT_OK);
	assert_int_equal(logswap_previous(f->log, l, &before, NULL), want);
	for (int i = 0; before != NULL && i < 4; i++)
		if (memcmp(logfile_pos(before)->log_id, f->id[i], 16) == 0)
			n = i;
	logfile_close(&before);
	logfile_close(&l);
	return n;
}

static void found_by_the_chain(void **state)
{
	struct fixture *f = *state;
	char one[ROOM], two[ROOM], aside[ROOM];
	uint8_t bytes[4096];
	size_t n = 0;

	rotate(f, 1);
	rotate(f, 2);
	assert_int_equal(previous_of(f, "", VAULT_OK), 1);
	assert_int_equal(previous_of(f, ".closed-2", VAULT_OK), 0);
	assert_int_equal(previous_of(f, ".closed-1", VAULT_OK), -1);
	/* whatever number they have */
	snprintf(one, sizeof one, "%s.closed-1", f->log);
	snprintf(two, sizeof two, "%s.closed-2", f->log);
	snprintf(aside, sizeof aside, "%s.closed-8", f->log);
	assert_int_equal(rename(one, aside), 0);
	assert_int_equal(rename(two, one), 0);
	assert_int_equal(rename(aside, two), 0);
	assert_int_equal(previous_of(f, "", VAULT_OK), 1);
	assert_int_equal(previous_of(f, ".closed-1", VAULT_OK), 0);
	/* cut: not the one that the next one follows */
	n = place_read(one, bytes, sizeof bytes);
	place_write(one, bytes, n - 30);
	assert_int_equal(previous_of(f, "", VAULT_DAMAGED), -1);
	place_write(one, bytes, n);
	assert_int_equal(previous_of(f, "", VAULT_OK), 1);
	/* grown: something was appended after it was closed */
	{
		struct logfile *l = NULL;

		assert_int_equal(logfile_open(one, 1, &l, NULL), VAULT_OK);
		append(f, l, 1);
		logfile_close(&l);
	}
	assert_int_equal(previous_of(f, "", VAULT_DAMAGED), -1);
	unlink(one);
	assert_int_equal(previous_of(f, "", VAULT_OK), -1);
}

/* --- who waits --------------------------------------------------------------------------------------------- */

/* One that waited for the lock of the old log sees that it is not the one in place any more. */
static void moved(void **state)
{
	struct fixture *f = *state;
	struct logfile *l = NULL;

	assert_int_equal(logfile_open(f->log, 0, &l, NULL), VAULT_OK);
	assert_int_equal(logfile_moved(l), 0);
	rotate(f, 1);
	assert_int_equal(logfile_moved(l), 1);
	logfile_close(&l);
	assert_int_equal(logfile_open(f->log, 0, &l, NULL), VAULT_OK);
	assert_int_equal(logfile_moved(l), 0);
	unlink(f->log);
	assert_int_equal(logfile_moved(l), 1);
	logfile_close(&l);
}

/* Many find the same unfinished swap at once: it is finished once. */
static void finished_once(void **state)
{
	enum { ALL = 8 };
	struct fixture *f = *state;
	struct logswap *s = begin(f, 1);
	pid_t pid[ALL];
	int status = 0, go[2];

	logswap_commits(s);
	logswap_end(&s);
	assert_int_equal(pipe(go), 0);
	for (int i = 0; i < ALL; i++) {
		pid[i] = fork();
		assert_true(pid[i] >= 0);
		if (pid[i] == 0) {
			char c;

			close(go[1]);
			_exit(read(go[0], &c, 1) != 0 || logswap_settle(f->log, f->id[1], 0, NULL) != VAULT_OK);
		}
	}
	close(go[0]);
	close(go[1]); /* off they go */
	for (int i = 0; i < ALL; i++) {
		assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(which(f, ""), 1);
	assert_int_equal(which(f, ".closed-1"), 0);
	assert_int_equal(there(f, ".closed-2"), 0);
	assert_int_equal(there(f, "-new"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        TEST(the_whole_of_it),    TEST(given_up),
	        TEST(killed_between_the_renames), TEST(a_leftover),
	        TEST(half_of_one),        TEST(a_second_log_of_the_same_id),
	        TEST(never_over_another), TEST(begun_again),
	        TEST(where_there_is_no_log),      TEST(found_by_the_chain),
	        TEST(moved),              TEST(finished_once),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("logswap", tests, NULL, NULL);
}
