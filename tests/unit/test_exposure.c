/* test_exposure.c - from answers to results to the log and back: what is logged, which of it is read, which is carried. */
#include "exposed.h"

/* --- results ------------------------------------------------------------------------------------------------ */

static void one_is_asked_one_is_not(void **state)
{
	static const enum vault_result results[] = {VAULT_VALID, VAULT_REVOKED, VAULT_UNKNOWN, VAULT_VALID, VAULT_VALID, VAULT_UNKNOWN};
	static const char *const why[] = {NULL,         "its value is revoked", "no route", "GET /reports: 500",
	                                  "vault-api did not say what it reaches", "Smartsheet could not be asked"};
	struct fixture *f = *state;
	struct vault_check_target targets[6];
	struct vault_verdict verdicts[6];
	struct helper_reach reach[6];
	struct vault_exposure_results l;
	uint32_t batches = 0;

	for (size_t i = 0; i < 6; i++) {
		targets[i] = (struct vault_check_target){.token = f->t, .version = 2};
		answered(&verdicts[i], &reach[i], 3, "member");
		bind(f, &verdicts[i], 2);
		verdicts[i].result = results[i];
		verdicts[i].has_identity = results[i] == VAULT_VALID;
		reach[i].known = i < 3;
	}
	reach[3].why = strdup("GET /reports: 500");
	verdicts[2].message = strdup("no route");
	assert_int_equal(exposure_results(targets, 6, verdicts, reach, NULL, NULL, &l, NULL), VAULT_OK);
	assert_int_equal(l.n, 6);
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(l.r[i].asked, i == 0);
		assert_int_equal(l.r[i].exposure.n, i == 0 ? 3 : 0);
		if (why[i] == NULL)
			assert_null(l.r[i].why);
		else
			assert_string_equal(l.r[i].why, why[i]);
		vault_verdict_clear(&verdicts[i]);
		free(reach[i].why);
		vault_exposure_clear(&reach[i].exposure);
	}
	assert_string_equal(l.r[0].exposure.base, "https://api.example/2.0");
	assert_memory_equal(l.r[0].exposure.token_id, f->t->id, 16);
	assert_memory_equal(l.r[0].exposure.commit, f->t->versions[1].commit, 32);
	assert_int_equal(l.r[0].exposure.version, 2);
	assert_int_equal(l.r[0].exposure.observed, l.r[0].verdict.checked);
	assert_null(l.r[0].verdict.drift);
	be(f, ADMIN);
	assert_int_equal(exposure_log(&f->v, &l, NULL), VAULT_OK);
	assert_int_equal(n_of(f, ACTION_EXPOSURE, &batches), 1);
	assert_int_equal(n_of(f, ACTION_VERDICT, &batches), 4); /* not what could not be asked */
	vault_exposure_results_clear(&l);
	vault_exposure_results_clear(&l);
	vault_exposure_results_clear(NULL);
}

/* The drift of a run whose seat is `seat`, where before it was those, oldest first. */
static void expect_drift(struct fixture *f, uint32_t version, const char *const *seats, const char *seat, const char *want)
{
	const struct vault_check_target target = {.token = f->t, .version = version};
	struct vault_exposure e[4];
	struct vault_exposures before = {.e = e};
	struct vault_exposure_results l;
	struct vault_verdict verdict;
	struct helper_reach reach;

	memset(e, 0, sizeof e);
	for (; seats[before.n] != NULL; before.n++) {
		e[before.n].seat = strcmp(seats[before.n], "-") == 0 ? NULL : lit(seats[before.n]);
		memcpy(e[before.n].token_id, f->t->id, VAULT_ID_LEN);
	}
	e[before.n].seat = lit("guest"); /* another token's */
	e[before.n++].token_id[0] = 1;
	answered(&verdict, &reach, 1, seat);
	bind(f, &verdict, version);
	assert_int_equal(exposure_results(&target, 1, &verdict, &reach, &f->w.verdicts, &before, &l, NULL), VAULT_OK);
	if (want == NULL)
		assert_null(l.r[0].verdict.drift);
	else
		assert_string_equal(l.r[0].verdict.drift, want);
	assert_int_equal(l.r[0].drift.n > 0, want != NULL);
	vault_exposure_results_clear(&l);
}

#define SEATS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void drift(void **state)
{
	struct fixture *f = *state;

	expect_drift(f, 2, (const char *const[]){NULL}, "member", NULL); /* the first sight */
	expect_drift(f, 2, SEATS("member"), "member", NULL);
	expect_drift(f, 2, SEATS("member"), "viewer", "seat: was member, is viewer");
	expect_drift(f, 2, SEATS("viewer", "member"), "viewer", "seat: was member, is viewer"); /* the newest before */
	expect_drift(f, 2, SEATS("member", "-"), "guest", "seat: was member, is guest"); /* and that was to be seen */
	expect_drift(f, 2, SEATS("member"), NULL, NULL);
	expect_drift(f, 1, SEATS("member"), "viewer", NULL); /* of a retired value it is not said */
	/* Beside what a check finds of the same verdict. */
	world_said(&f->w, f->t, 2, VAULT_VALID, 10)->identity.id = lit("8");
	expect_drift(f, 2, SEATS("viewer"), "member", "user: was 8, is 7; seat: was viewer, is member");
}

/* --- the log ------------------------------------------------------------------------------------------------ */

static void there_and_back(void **state)
{
	struct fixture *f = *state;
	struct vault_verdicts verdicts;
	struct vault_exposures l;
	struct vault_item item = {.id = lit("7")};
	struct vault_token *other = world_token(&f->w, "other");
	struct vault_give *give = NULL;
	uint32_t batches = 0;
	int here = 0;

	assert_int_equal(vault_observed_all(&f->v, &verdicts, &l, &here, NULL), VAULT_OK); /* no log yet */
	assert_true(here == 1 && l.n == 0 && verdicts.n == 0);
	say(f, ADMIN, 1, 2, "member");
	say(f, ADMIN, 2, 5, NULL);
	say(f, MONITOR, 1, 4, "viewer");
	assert_int_equal(n_of(f, ACTION_EXPOSURE, &batches), 3);
	assert_int_equal(batches, 3); /* with the verdict in one */
	assert_int_equal(vault_observed_all(&f->v, &verdicts, &l, &here, NULL), VAULT_OK);
	assert_int_equal(here, 1);
	assert_int_equal(verdicts.n, 3);
	assert_int_equal(l.n, 2); /* of each value the newest, oldest first */
	assert_int_equal(l.e[0].version, 2);
	assert_int_equal(l.e[0].n, 5);
	assert_int_equal(l.e[1].version, 1);
	assert_int_equal(l.e[1].n, 4);
	assert_string_equal(l.e[1].seat, "viewer");
	assert_string_equal(l.e[1].items[3].id, "103");
	assert_string_equal(l.e[1].items[3].name, "Plan");
	assert_int_equal(l.e[1].contacts, 3);
	assert_int_equal(l.e[1].count[VAULT_DASHBOARD], -1);
	assert_ptr_equal(vault_exposure_newest(&l, f->t, 1), &l.e[1]);
	vault_exposures_clear(&l);
	vault_verdicts_clear(&verdicts);
	/* For what is due: where no hand-over names an item, none is opened; and of those of another token none either. */
	give = world_give(&f->w, world_handover(&f->w, other, world_vendor(&f->w, "Vendor B"), "eve"), 1, 3);
	give->items = &item;
	give->n_items = 1;
	give = world_give(&f->w, world_handover(&f->w, f->t, &f->w.v[0], "eve"), 1, 3);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(vault_observed_due(&f->v, &f->w.handovers, &verdicts, &l, &here, NULL), VAULT_OK);
		assert_true(here == 1 && verdicts.n == 3);
		assert_int_equal(l.n, i == 0 ? 0 : 2);
		vault_exposures_clear(&l);
		vault_verdicts_clear(&verdicts);
		give->items = &item;
		give->n_items = 1;
	}
	assert_int_equal(vault_verdict_all(&f->v, &verdicts, NULL, NULL), VAULT_OK);
	assert_int_equal(vault_observed_all(&f->v, NULL, &l, NULL, NULL), VAULT_OK);
	assert_int_equal(l.n, 2);
	vault_exposures_clear(&l);
	vault_verdicts_clear(&verdicts);
	assert_int_equal(vault_verdict_all(&f->v, &verdicts, NULL, NULL), VAULT_OK);
	assert_int_equal(verdicts.n, 3);
	vault_verdicts_clear(&verdicts);
	f->v.log_elsewhere = 1;
	assert_int_equal(vault_observed_all(&f->v, NULL, &l, &here, NULL), VAULT_OK);
	assert_true(here == 0 && l.n == 0);
	f->v.log_elsewhere = 0;
}

static void what_does_not_count(void **state)
{
	static const char good[] = "{\"counts\":{\"sheets\":99},\"levels\":[0,0,0,0,0,0,0],\"items\":{}}";
	struct fixture *f = *state;
	struct vault_exposures l;

	say_text(f, AUDITOR, 1, 1, good);
	assert_int_equal(reached(f), -1);
	say(f, ADMIN, 1, 7, NULL);
	say_text(f, AUDITOR, 1, 1, good);
	assert_int_equal(reached(f), 7);
	say_text(f, MONITOR, 1, 1, "{\"nonsense\":1}");
	say_text(f, MONITOR, 1, 1, "no json");
	say_text(f, MONITOR, 1, 1, NULL);
	say_text(f, MONITOR, 0, 1, good);
	assert_int_equal(reached(f), 7); /* passed over for the one before */
	say_text(f, MONITOR, 1, 9, good); /* bound to another value */
	assert_int_equal(reached(f), 7);
	say_text(f, MONITOR, 1, 1, good);
	assert_int_equal(reached(f), 99);
	say_text(f, ADMIN, 1, 1, "{}"); /* an admin's is damage */
	assert_int_equal(vault_observed_all(&f->v, NULL, &l, NULL, NULL), VAULT_DAMAGED);
	assert_true(l.e == NULL && l.n == 0);
	say(f, ADMIN, 1, 8, NULL); /* one that is newer, and nobody opens the older one */
	assert_int_equal(reached(f), 8);
}

/* Verdicts and exposures of many at once stand in one batch, but in none of more than is well read: of 55 details of three
 * quarters of a MiB there are several, and each token's pair is whole. Of them the newest alone is opened. */
static void many_at_once(void **state)
{
	enum { MANY = 55, ITEMS = 40000 };
	struct fixture *f = *state;
	struct vault_verdict verdict, verdicts[MANY];
	const struct vault_exposure *exposures[MANY];
	struct helper_reach reach;
	struct vault_exposures l;
	uint32_t batches = 0;

	answered(&verdict, &reach, ITEMS, NULL);
	bind(f, &verdict, 1);
	for (size_t i = 0; i < MANY; i++) {
		verdicts[i] = verdict;
		exposures[i] = i % 10 == 9 ? NULL : &reach.exposure;
	}
	be(f, ADMIN);
	assert_int_equal(observe_exposures(&f->v, verdicts, exposures, 3, NULL), VAULT_OK);
	assert_int_equal(n_of(f, ACTION_EXPOSURE, &batches), 3);
	assert_int_equal(batches, 1);
	assert_int_equal(observe_exposures(&f->v, verdicts, exposures, MANY, NULL), VAULT_OK);
	assert_int_equal(n_of(f, ACTION_EXPOSURE, &batches), 53);
	assert_int_equal(batches, 3);
	assert_int_equal(n_of(f, ACTION_VERDICT, &batches), MANY + 3);
	assert_int_equal(vault_observed_all(&f->v, NULL, &l, NULL, NULL), VAULT_OK);
	assert_int_equal(l.n, 1);
	assert_int_equal(l.e[0].n, ITEMS);
	vault_exposures_clear(&l);
	vault_verdict_clear(&verdict);
	vault_exposure_clear(&reach.exposure);
}

/* --- carried ------------------------------------------------------------------------------------------------ */

static void carried_over(void **state)
{
	static const uint8_t vault_id[16] = {1}, log_id[16] = {2};
	struct fixture *f = *state;
	const struct carry_to to = {.vault_id = vault_id, .kr = f->v.kr, .slot_id = f->id[ADMIN], .epoch = 1};
	struct carry_list l;
	struct logfile *into = NULL;
	struct vault_exposures got;

	say(f, ADMIN, 1, 2, "member");
	say(f, MONITOR, 1, 3, "member");
	say(f, ADMIN, 2, 4, NULL);
	say_text(f, MONITOR, 2, 2, "nonsense");
	say_text(f, MONITOR, 2, 9, "{\"counts\":{},\"levels\":[0,0,0,0,0,0,0],\"items\":{}}"); /* of no value that there is */
	carry(f, &l);
	assert_int_equal(l.exposures, 2);
	assert_int_equal(l.n, 4);
	for (size_t i = 0; i < 4; i++) { /* in the order of the old log */
		assert_int_equal(l.i[i].is_exposure, i % 2);
		assert_true(i == 0 || l.i[i - 1].seq < l.i[i].seq);
	}
	assert_int_equal(l.i[1].exposure.n, 3);
	assert_string_equal(l.i[1].by, "moni");
	assert_int_equal(l.i[3].exposure.n, 4);
	assert_string_equal(l.i[3].by, "ann");
	assert_int_equal(logfile_create(f->next, vault_id, log_id, 1800000000, NULL, &into, NULL), VAULT_OK);
	be(f, ADMIN);
	assert_int_equal(carry_write(&l, &to, into, NULL), VAULT_OK);
	logfile_close(&into);
	/* In the new vault's log they are as they were, and say who asked; from there too. */
	memcpy(f->v.vault_id, vault_id, 16);
	assert_int_equal(rename(f->next, f->log), 0);
	assert_int_equal(vault_observed_all(&f->v, NULL, &got, NULL, NULL), VAULT_OK);
	assert_int_equal(got.n, 2);
	assert_int_equal(got.e[0].n, 3);
	assert_int_equal(got.e[0].observed, l.i[1].exposure.observed);
	assert_string_equal(got.e[0].seat, "member");
	assert_int_equal(got.e[1].n, 4);
	vault_exposures_clear(&got);
	carry_clear(&l);
	carry(f, &l);
	assert_int_equal(l.exposures, 2);
	assert_string_equal(l.i[1].by, "moni");
	assert_int_equal(l.i[1].epoch, 1);
	carry_clear(&l);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_is_asked_one_is_not), TEST(drift),        TEST(there_and_back),
		TEST(what_does_not_count),     TEST(many_at_once), TEST(carried_over),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("exposure", tests, NULL, NULL);
}
