/* test_fresh.c - ancestry over a gap, and the vault that was replaced: real vaults, with what only their keys can write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <vault/head.h>
#include <vault/log.h>

#include "people.h"
#include "token.h"

struct fixture {
	struct people p;
	struct vault_secret *key;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	assert_non_null(f);
	f->key = people_init(&f->p, "ann");
	people_token(&f->p, f->key, "one", "fake00000000000000000000000000000001");
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	char command[2 * PLACE_MAX];

	vault_secret_free(&f->key);
	snprintf(command, sizeof command, "rm -r '%s'", f->p.dir);
	assert_int_equal(system(command), 0);
	free(f);
	return 0;
}

/* A change that nothing else of the program makes: `action`, and an epoch above another. Gives its epoch. */
static uint64_t jump(struct fixture *f, enum action action, uint64_t above)
{
	struct vault *v = people_write(&f->p, f->key);
	struct vault_err err = {.rc = VAULT_OK};
	uint64_t at = 0;

	v->above_epoch = above;
	txn_action(v, action, v->slot_id, token_detail("one", 1, "by hand"));
	people_need(txn_commit(v, &err), &err, "jump");
	at = v->last_epoch;
	vault_close(&v);
	return at;
}

static enum vault_rc verify(struct fixture *f, struct vault_verify_report *r, struct vault_err *err)
{
	struct vault *v = people_open(&f->p, f->key);
	const enum vault_rc rc = vault_verify(v, r, err);

	vault_close(&v);
	return rc;
}

/* This machine's record, as it is or set. */
static struct seen record(struct fixture *f, const struct seen *set)
{
	struct seen s;

	if (set != NULL)
		assert_int_equal(seen_write(f->p.state, f->p.path, set, SEEN_REPLACE, 1, NULL), VAULT_OK);
	assert_int_equal(seen_read(f->p.state, f->p.path, &s, NULL), VAULT_OK);
	assert_int_equal(s.known, 1);
	return s;
}

static enum vault_rc enter(struct fixture *f, struct vault_err *err)
{
	vault_err_clear(err);
	return people_enter(&f->p, f->key, err);
}

static void a_restore_may_jump(void **state)
{
	struct fixture *f = *state;
	struct vault_err err = {.rc = VAULT_OK};
	struct vault_verify_report r;
	struct vault_events events;
	const struct seen before = record(f, NULL);
	struct seen s;
	struct vault *v = NULL;

	assert_true(before.epoch == 2);
	assert_true(jump(f, ACTION_RESTORE, 40) == 41);
	people_token(&f->p, f->key, "two", "fake00000000000000000000000000000002");
	assert_int_equal(verify(f, &r, &err), VAULT_OK);
	assert_true(r.states == 4 && r.epoch == 42);
	/* the history has all four */
	v = people_open(&f->p, f->key);
	people_need(vault_begin(v, VAULT_READ, &err), &err, "begin");
	people_need(vault_log_all(v, &events, NULL, &err), &err, "log");
	assert_int_equal(events.n, 4);
	assert_true(events.e[2].epoch == 41 && events.e[1].epoch == 2);
	vault_events_clear(&events);
	vault_close(&v);
	/* what was seen before the gap is an ancestor */
	s = record(f, &before);
	assert_int_equal(enter(f, &err), VAULT_OK);
	/* what was seen in it is none: the file that had it did not open any more */
	s.epoch = 30;
	record(f, &s);
	assert_int_equal(enter(f, &err), VAULT_ROLLBACK);
	assert_non_null(strstr(err.msg, "fork: change 30 of the vault"));
	assert_non_null(strstr(err.msg, "at change 42 of 20"));
}

static void nothing_else_may(void **state)
{
	struct fixture *f = *state;
	struct vault_err err = {.rc = VAULT_OK};
	struct vault_verify_report r;

	assert_true(jump(f, ACTION_EDIT, 0) == 3);
	assert_int_equal(verify(f, &r, &err), VAULT_OK);
	assert_true(jump(f, ACTION_EDIT, 40) == 41);
	assert_int_equal(verify(f, &r, &err), VAULT_DAMAGED);
	assert_non_null(strstr(err.msg, "states are missing"));
}

/* The header with a predecessor, signed by whoever can sign. */
static void succeed(struct fixture *f, const uint8_t id[16], uint64_t epoch, const uint8_t hash[32])
{
	struct vault *v = people_write(&f->p, f->key);
	const struct cell *h = v->roster.leaf->header.r[0]->c;
	struct vault_err err = {.rc = VAULT_OK};
	const struct cell c[] = {CELL_INT(1), h[HDR_VAULT_ID], h[HDR_FORMAT], h[HDR_CREATED], h[HDR_FLAGS], CELL_BLOB(id, 16),
	                         CELL_INT(epoch), CELL_BLOB(hash, 32)};

	people_need(txn_put(v, v->roster.leaf, STORE_HEADER, row_make(STORE_HEADER, c), &err), &err, "header");
	txn_action(v, ACTION_EDIT, v->slot_id, token_detail("one", 1, "by hand"));
	people_need(txn_commit(v, &err), &err, "succeed");
	vault_close(&v);
}

static void the_vault_that_was_replaced(void **state)
{
	struct fixture *f = *state;
	struct vault_err err = {.rc = VAULT_OK};
	struct seen old = {.known = 1, .epoch = 17, .has_log = 1, .log_len = 9000}, s;
	uint8_t id[16], hash[32];

	memset(id, 0xab, sizeof id);
	memset(hash, 0xcd, sizeof hash);
	succeed(f, id, 17, hash);
	memcpy(old.vault_id, id, 16);
	memcpy(old.state, hash, 32);
	record(f, &old);
	assert_int_equal(enter(f, &err), VAULT_OK); /* the very state that was replaced; its log is not looked for */
	s = record(f, NULL);
	assert_true(s.epoch == 3 && memcmp(s.vault_id, id, 16) != 0 && s.log_len < 9000);
	old.epoch = 16; /* an older one, whatever its hash */
	memset(old.state, 1, 32);
	record(f, &old);
	assert_int_equal(enter(f, &err), VAULT_OK);
	old.epoch = 17; /* of the same epoch, but another: a fork was replaced */
	record(f, &old);
	assert_int_equal(enter(f, &err), VAULT_ROLLBACK);
	old.epoch = 18; /* what was replaced was older than what was seen */
	memcpy(old.state, hash, 32);
	record(f, &old);
	assert_int_equal(enter(f, &err), VAULT_ROLLBACK);
	assert_non_null(strstr(err.msg, "another vault"));
	old.epoch = 17;
	old.vault_id[15] ^= 1;
	record(f, &old);
	assert_int_equal(enter(f, &err), VAULT_ROLLBACK);
	s = record(f, NULL);
	assert_memory_equal(s.vault_id, old.vault_id, 16); /* refused, the record stands */
}

/* A line of then goes the same way, and says nothing of the log. */
static void a_line_of_the_vault_replaced(void **state)
{
	struct fixture *f = *state;
	struct vault_err err = {.rc = VAULT_OK};
	struct vault_head h = {.epoch = 17};
	struct vault_verify_report r;
	struct vault *v = NULL;

	memset(h.vault_id, 0xab, 16);
	memset(h.state, 0xcd, 32);
	succeed(f, h.vault_id, 17, h.state);
	v = people_open(&f->p, f->key);
	/* its first state is no rekey, so the vault as a whole does not hold: that comes after the line */
	assert_int_equal(vault_head_verify(v, &h, &r, &err), VAULT_DAMAGED);
	vault_err_clear(&err);
	h.state[0] ^= 1;
	assert_int_equal(vault_head_verify(v, &h, &r, &err), VAULT_ROLLBACK);
	vault_err_clear(&err);
	h.epoch = 18;
	assert_int_equal(vault_head_verify(v, &h, &r, &err), VAULT_ROLLBACK);
	vault_err_clear(&err);
	assert_int_equal(vault_head_accept(v, &h, &r, &err), VAULT_ROLLBACK);
	vault_close(&v);
}

/* Zeros in all three columns, or in none; then the first state is a rekey. */
static void half_a_predecessor(void **state)
{
	static const uint8_t none[32];
	struct fixture *f = *state;
	struct vault_err err = {.rc = VAULT_OK};
	struct vault_verify_report r;
	uint8_t some[32];

	memset(some, 0xab, sizeof some);
	for (int i = 1; i < 8; i++) {
		succeed(f, i & 1 ? some : none, i & 2 ? 5 : 0, i & 4 ? some : none);
		vault_err_clear(&err);
		assert_int_equal(verify(f, &r, &err), VAULT_DAMAGED);
		assert_non_null(strstr(err.msg, i == 7 ? "the chain of states is broken" : "half a predecessor"));
	}
	succeed(f, none, 0, none);
	assert_int_equal(verify(f, &r, &err), VAULT_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        TEST(a_restore_may_jump),           TEST(nothing_else_may),   TEST(the_vault_that_was_replaced),
	        TEST(a_line_of_the_vault_replaced), TEST(half_a_predecessor),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("fresh", tests, NULL, NULL);
}
