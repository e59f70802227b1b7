/* test_usage.c - who fetched what last: of the newest entries those that count, over several logs, in a log of many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <vault/audit.h>
#include <vault/log.h>

#include "handle.h"
#include "people.h"

struct used {
	struct people p;
	struct vault_secret *ann, *ci, *cd;
	uint8_t one[VAULT_ID_LEN], two[VAULT_ID_LEN];
};

static void id_of(struct used *u, const char *label, uint8_t id[VAULT_ID_LEN])
{
	struct vault_err err = {.rc = VAULT_OK};
	struct vault *v = people_open(&u->p, u->ann);
	struct vault_token t;

	people_need(vault_begin(v, VAULT_READ, &err), &err, "begin");
	people_need(vault_token_find(v, label, &t, &err), &err, label);
	memcpy(id, t.id, VAULT_ID_LEN);
	vault_token_clear(&t);
	vault_close(&v);
}

static int set_up(void **state)
{
	static const char *const granted[] = {"one"};
	struct used *u = calloc(1, sizeof *u);

	assert_non_null(u);
	u->ann = people_init(&u->p, "ann");
	people_token(&u->p, u->ann, "one", "fake-one-1");
	people_token(&u->p, u->ann, "two", "fake-two-1");
	u->ci = people_add(&u->p, u->ann, "ci", VAULT_ROLE_SCRIPT, granted, 1);
	u->cd = people_add(&u->p, u->ann, "cd", VAULT_ROLE_SCRIPT, granted, 1);
	id_of(u, "one", u->one);
	id_of(u, "two", u->two);
	*state = u;
	return 0;
}

static int tear_down(void **state)
{
	struct used *u = *state;

	vault_secret_free(&u->ann);
	vault_secret_free(&u->ci);
	vault_secret_free(&u->cd);
	free(u);
	return 0;
}

/* Appends releases by the holder of a key, whatever the vault says of its slot: `n` batches, a second between. */
static void release(const struct used *u, const struct vault_secret *key, const uint8_t token[VAULT_ID_LEN], int64_t time, size_t n)
{
	struct vault_err err = {.rc = VAULT_OK};
	struct vault *v = people_open(&u->p, key);
	struct log_entry e = {.epoch = 1, .action = ACTION_RELEASE_GET, .version = 1};
	struct logfile *l = NULL;

	people_need(logfile_open(v->log_path, 1, &l, &err), &err, "log");
	memcpy(e.slot_id, v->slot_id, 16);
	memcpy(e.object_id, token, 16);
	for (size_t i = 0; i < n; i++) {
		e.time = time + (int64_t)i;
		people_need(logfile_append(l, v->slot_id, v->kr->sign_sk, &e, 1, &err), &err, "append");
	}
	logfile_close(&l);
	vault_close(&v);
}

/* When it was last fetched; what a slot did last in the log, into `*by`. */
static int64_t fetched(const struct used *u, const uint8_t token[VAULT_ID_LEN], const char *slot, int64_t *by, int *whole)
{
	struct vault_err err = {.rc = VAULT_OK};
	struct vault *v = people_open(&u->p, u->ann);
	struct vault_audit_data d;
	int64_t out = -1;

	people_need(vault_audit_read(v, &d, &err), &err, "audit");
	assert_int_equal(d.facts.log, VAULT_LOG_KNOWN);
	for (size_t i = 0; i < d.usage.n_tokens; i++)
		if (memcmp(d.usage.tokens[i].id, token, VAULT_ID_LEN) == 0)
			out = d.usage.tokens[i].fetched;
	for (size_t i = 0; i < d.slots.n && by != NULL; i++)
		for (size_t k = 0; k < d.usage.n_slots; k++)
			if (strcmp(d.slots.s[i].name, slot) == 0 && memcmp(d.slots.s[i].id, d.usage.slots[k].id, VAULT_ID_LEN) == 0)
				*by = d.usage.slots[k].last_entry;
	if (whole != NULL)
		*whole = d.usage.whole;
	vault_audit_data_clear(&d);
	vault_close(&v);
	return out;
}

static void newest_counts(void **state)
{
	struct used *u = *state;
	int64_t by = -1;
	int whole = -1;

	assert_int_equal(fetched(u, u->one, "ci", &by, &whole), 0);
	assert_int_equal(by, 0);
	assert_int_equal(whole, 1);
	release(u, u->ci, u->one, 1000, 3);
	assert_int_equal(fetched(u, u->one, "ci", &by, NULL), 1002);
	assert_int_equal(by, 1002);
	release(u, u->cd, u->one, 2000, 1);
	assert_int_equal(fetched(u, u->one, "ci", &by, NULL), 2000);
	assert_int_equal(by, 1002);
	assert_int_equal(fetched(u, u->two, "cd", &by, NULL), 0);
	assert_int_equal(by, 2000);
}

static void what_was_not_granted_is_none(void **state)
{
	struct used *u = *state;
	int64_t by = -1;

	release(u, u->ci, u->two, 1000, 1);
	assert_int_equal(fetched(u, u->two, "ci", &by, NULL), 0);
	assert_int_equal(by, 1000); /* but the slot is in use */
	release(u, u->ann, u->two, 2000, 1);
	release(u, u->ci, u->two, 3000, 1);
	assert_int_equal(fetched(u, u->two, "ann", &by, NULL), 2000);
	assert_int_equal(by, 2000);
}

/* Who was ended can still write; it neither counts nor hides what the slot did before. */
static void ended_slots(void **state)
{
	struct used *u = *state;
	int64_t by = -1;

	release(u, u->ci, u->one, 1000, 1);
	people_remove(&u->p, u->ann, "ci");
	release(u, u->ci, u->one, 5000, 2);
	assert_int_equal(fetched(u, u->one, "ci", &by, NULL), 1000);
	assert_int_equal(by, 1000);
	release(u, u->ann, u->one, 2000, 1);
	release(u, u->ci, u->one, 6000, 1);
	assert_int_equal(fetched(u, u->one, NULL, NULL, NULL), 2000);
}

static void closed_logs(void **state)
{
	struct used *u = *state;
	struct vault_err err = {.rc = VAULT_OK};
	struct vault_log_rotated r[2];
	char away[PLACE_MAX];
	int whole = -1;

	release(u, u->ci, u->one, 1000, 1);
	for (size_t i = 0; i < 2; i++) {
		struct vault *v = people_open(&u->p, u->ann);
		people_need(vault_log_rotate(v, &r[i], &err), &err, "rotate");
		vault_close(&v);
		if (i == 0)
			release(u, u->ci, u->one, 500, 1); /* later in the logs, though it says an earlier time */
	}
	assert_int_equal(fetched(u, u->one, NULL, NULL, &whole), 500);
	assert_int_equal(whole, 1);
	release(u, u->cd, u->two, 3000, 1);
	assert_int_equal(fetched(u, u->one, NULL, NULL, NULL), 500);
	place_path(away, u->p.dir, "away");
	assert_int_equal(rename(r[1].closed, away), 0);
	assert_int_equal(fetched(u, u->one, NULL, NULL, &whole), 0); /* nor is the one before it reached */
	assert_int_equal(whole, 0);
	for (size_t i = 0; i < 2; i++)
		vault_log_rotated_clear(&r[i]);
}

/* More than are kept at once; one of them is the only one of its token and stands at the beginning. */
static void many(void **state)
{
	struct used *u = *state;

	release(u, u->ann, u->two, 10, 1);
	for (size_t i = 0; i < 20; i++) {
		release(u, u->ci, u->one, 1000 * (int64_t)(i + 1), 40);
		release(u, u->cd, u->one, 1000 * (int64_t)(i + 1) + 500, 40);
	}
	assert_int_equal(fetched(u, u->one, NULL, NULL, NULL), 20539);
	assert_int_equal(fetched(u, u->two, NULL, NULL, NULL), 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(newest_counts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_was_not_granted_is_none, set_up, tear_down),
		cmocka_unit_test_setup_teardown(ended_slots, set_up, tear_down),
		cmocka_unit_test_setup_teardown(closed_logs, set_up, tear_down),
		cmocka_unit_test_setup_teardown(many, set_up, tear_down),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
