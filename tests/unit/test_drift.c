/* test_drift.c - whom a token acts as, against what is labelled and was seen before. */
#include <stdlib.h>

#include "facts.h"

/* The codes found, joined by blanks, are `expected`. */
static void expect_drift(const struct world *w, const struct vault_token *t, const struct vault_verdict *now,
                         const char *expected)
{
	struct vault_drifts l;
	char codes[128] = "";

	assert_int_equal(vault_drift_find(t, &w->verdicts, now, &l, NULL), VAULT_OK);
	for (size_t i = 0; i < l.n; i++) {
		(void)strcat(strcat(codes, i > 0 ? " " : ""), l.d[i].code);
		assert_non_null(l.d[i].message);
		assert_int_equal(vault_drift_is_identity(&l.d[i]), strchr("uea", l.d[i].code[0]) != NULL &&
		                                                           strncmp(l.d[i].code, "admin", 5) != 0);
	}
	assert_string_equal(codes, expected);
	vault_drifts_clear(&l);
}

static void a_first_observation_is_none(void **state)
{
	struct world w;
	struct vault_token *t;
	struct vault_verdict *now;

	(void)state;
	world_init(&w, 100);
	t = world_token(&w, "one");
	now = world_said(&w, t, 1, VAULT_VALID, 10);
	expect_drift(&w, t, now, "");
	now->identity.admin = 1;
	expect_drift(&w, t, now, "");
	now->identity.email = lit("eve@a.example");
	expect_drift(&w, t, now, "email");
	now->identity.email = lit("BOB@A.Example");
	expect_drift(&w, t, now, "");
	now->identity.email = NULL; /* only the id may be relied on */
	expect_drift(&w, t, now, "");
	now->has_identity = 0; /* 403/1004: alive, says not who */
	expect_drift(&w, t, now, "");
}

static void another_user_or_account(void **state)
{
	struct world w;
	struct vault_token *t;
	struct vault_verdict *now;
	struct vault_drifts l;

	(void)state;
	world_init(&w, 100);
	t = world_token(&w, "one");
	(void)world_said(&w, t, 1, VAULT_VALID, 10);
	now = world_said(&w, t, 1, VAULT_VALID, 11);
	expect_drift(&w, t, now, "");
	now->identity.id = lit("8");
	expect_drift(&w, t, now, "user");
	now->identity.account_id = lit("80");
	expect_drift(&w, t, now, "user account");
	now->identity.account_id = NULL;
	expect_drift(&w, t, now, "user");
	now->identity.email = lit("eve@a.example");
	assert_int_equal(vault_drift_find(t, &w.verdicts, now, &l, NULL), VAULT_OK);
	assert_int_equal(l.n, 2);
	assert_string_equal(l.d[0].was, "7");
	assert_string_equal(l.d[0].is, "8");
	assert_int_equal(l.d[0].severity, VAULT_CRITICAL);
	assert_string_equal(l.d[1].was, "bob@a.example");
	assert_string_equal(l.d[1].is, "eve@a.example");
	assert_int_equal(l.d[1].severity, VAULT_HIGH);
	assert_non_null(strstr(l.d[1].message, "successor"));
	vault_drifts_clear(&l);
	w.said[0].identity.account_id = NULL;
	now->identity.account_id = lit("80");
	expect_drift(&w, t, now, "user email");
}

static void it_does_not_wear_off(void **state)
{
	struct world w;
	struct vault_token *t;

	(void)state;
	world_init(&w, 100);
	t = world_token(&w, "one");
	(void)world_said(&w, t, 1, VAULT_VALID, 10);
	for (int i = 0; i < 3; i++)
		world_said(&w, t, 1, VAULT_VALID, 11 + i)->identity.id = lit("8");
	expect_drift(&w, t, &w.said[3], "user");
}

static void alternates_are_no_drift(void **state)
{
	struct world w;
	struct vault_token *t;
	struct vault_verdict *now;
	char *alternates[] = {lit("robert@a.example"), lit("Bob@a.example")};

	(void)state;
	world_init(&w, 100);
	t = world_token(&w, "one");
	now = world_said(&w, t, 1, VAULT_VALID, 10);
	now->identity.email = lit("b.miller@a.example");
	expect_drift(&w, t, now, "email");
	now->identity.alternates = (struct vault_strings){.s = alternates, .n = 1};
	expect_drift(&w, t, now, "email");
	now->identity.alternates.n = 2;
	expect_drift(&w, t, now, "");
	now->identity.email = NULL;
	expect_drift(&w, t, now, "");
}

static void the_labelled_one_is_the_measure(void **state)
{
	struct world w;
	struct vault_token *t;
	struct vault_verdict *now;

	(void)state;
	world_init(&w, 100);
	t = world_token(&w, "one");
	/* Somebody else's from the start, then put right: the right one is no drift, the wrong one is. */
	now = world_said(&w, t, 1, VAULT_VALID, 10);
	now->identity.id = lit("9");
	now->identity.email = lit("eve@a.example");
	now = world_said(&w, t, 1, VAULT_VALID, 11);
	expect_drift(&w, t, now, "user"); /* so far only the wrong one was seen */
	now = world_said(&w, t, 1, VAULT_VALID, 12);
	expect_drift(&w, t, now, "");
	now = world_said(&w, t, 1, VAULT_VALID, 13);
	now->identity.id = lit("9");
	now->identity.email = lit("eve@a.example");
	expect_drift(&w, t, now, "user email");
}

static void versions_and_commitments(void **state)
{
	struct world w;
	struct vault_token *t;
	struct vault_verdict *now;
	struct vault_verdict probe;

	(void)state;
	world_init(&w, 100);
	t = world_token(&w, "one");
	(void)world_said(&w, t, 1, VAULT_VALID, 10);
	world_rotate(t, 20);
	/* The new value's first answer is held against the old value's. */
	now = world_said(&w, t, 2, VAULT_VALID, 20);
	now->identity.id = lit("8");
	expect_drift(&w, t, now, "user");
	/* A value that is not stored yet has no version (rotate asks before it writes). */
	probe = *now;
	memset(probe.token_id, 0, sizeof probe.token_id);
	memset(probe.commit, 0, sizeof probe.commit);
	probe.version = 0;
	w.verdicts.n = 1;
	expect_drift(&w, t, &probe, "user");
	/* What was said of another value under that number does not count, nor another token's, nor `unknown`. */
	memset(w.said[0].commit, 99, VAULT_COMMIT_LEN);
	expect_drift(&w, t, &probe, "");
	memset(w.said[0].commit, 1, VAULT_COMMIT_LEN);
	memset(w.said[0].token_id, 99, VAULT_ID_LEN);
	expect_drift(&w, t, &probe, "");
	memcpy(w.said[0].token_id, t->id, VAULT_ID_LEN);
	w.said[0].result = VAULT_UNKNOWN;
	expect_drift(&w, t, &probe, "");
	/* The same version's own past comes first. */
	w.said[0].result = VAULT_VALID;
	w.verdicts.n = 2;
	now = world_said(&w, t, 2, VAULT_VALID, 21);
	now->identity.id = lit("8");
	expect_drift(&w, t, now, "");
}

static void rights_against_the_newest(void **state)
{
	struct world w;
	struct vault_token *t;
	struct vault_verdict *now;
	struct vault_drifts l;

	(void)state;
	world_init(&w, 100);
	t = world_token(&w, "one");
	(void)world_said(&w, t, 1, VAULT_VALID, 10);
	now = world_said(&w, t, 1, VAULT_VALID, 11);
	now->identity.admin = 1;
	now->identity.licensed = 0;
	expect_drift(&w, t, now, "admin-gained license-lost");
	assert_int_equal(vault_drift_find(t, &w.verdicts, now, &l, NULL), VAULT_OK);
	assert_int_equal(l.d[0].severity, VAULT_HIGH);
	assert_int_equal(l.d[1].severity, VAULT_MEDIUM);
	vault_drifts_clear(&l);
	now = world_said(&w, t, 1, VAULT_VALID, 12);
	now->identity.admin = 1;
	now->identity.licensed = 0;
	expect_drift(&w, t, now, ""); /* said once */
	world_said(&w, t, 1, VAULT_VALID, 13)->identity.admin = -1;
	now = world_said(&w, t, 1, VAULT_VALID, 14);
	now->identity.licensed = 1;
	expect_drift(&w, t, now, "admin-lost");
	assert_int_equal(vault_drift_find(t, &w.verdicts, now, &l, NULL), VAULT_OK);
	assert_int_equal(l.d[0].severity, VAULT_INFO);
	vault_drifts_clear(&l);
	w.said[3].identity.licensed = 0;
	expect_drift(&w, t, now, "admin-lost license-gained");
	now->identity.admin = now->identity.licensed = -1;
	expect_drift(&w, t, now, "");
}

static void within_one_second(void **state)
{
	struct world w;
	struct vault_token *t;
	struct vault_verdict now;

	(void)state;
	world_init(&w, 100);
	t = world_token(&w, "one");
	(void)world_said(&w, t, 1, VAULT_VALID, 10);
	now = w.said[0];
	now.identity.id = lit("8");
	expect_drift(&w, t, &now, "user"); /* not among them, same second */
	now.identity.admin = 1;
	w.said[1] = now;
	w.verdicts.n = 2;
	expect_drift(&w, t, &w.said[1], "user admin-gained"); /* among them */
	expect_drift(&w, t, &now, "user"); /* asked again at once, and the same said: that it became an admin is known */
	expect_drift(&w, t, &w.said[0], ""); /* what came later is no past */
}

/* Codes of what is logged with a verdict, and the first message. */
static const char *logged(const struct world *w, const struct vault_token *t, const struct vault_verdict *v, const char *message)
{
	static char codes[128];
	struct vault_drifts l;

	codes[0] = '\0';
	assert_int_equal(vault_drift_logged(t, &w->verdicts, v, &l, NULL), VAULT_OK);
	for (size_t i = 0; i < l.n; i++)
		(void)strcat(strcat(codes, i > 0 ? " " : ""), l.d[i].code);
	if (message != NULL)
		assert_string_equal(l.d[0].message, message);
	vault_drifts_clear(&l);
	return codes;
}

/* A log that was rotated has not all that a check was held against. */
static void as_it_was_logged(void **state)
{
	struct world w;
	struct vault_token *t;
	struct vault_verdict *now;

	(void)state;
	world_init(&w, 100);
	t = world_token(&w, "one");
	world_said(&w, t, 1, VAULT_VALID, 10)->identity.id = lit("8"); /* what is left: of before it nothing is known */
	now = world_said(&w, t, 1, VAULT_VALID, 11);
	expect_drift(&w, t, now, "user");
	assert_string_equal(logged(&w, t, now, NULL), "");
	now->drift = lit("user: was 8, is 7");
	assert_string_equal(logged(&w, t, now, "it acts as user 7 (bob@a.example), was user 8 (bob@a.example): find out why, and rotate it"),
	                    "user");
	now->drift = lit("email: was a@a.example, is b@a.example; admin-gained: was no system admin, is system admin; user: was 9, is 7; "
	                 "seat: was member, is guest");
	assert_string_equal(logged(&w, t, now, NULL), "user admin-gained"); /* the address is as labelled now */
	w.verdicts.n = 0;
	assert_string_equal(logged(&w, t, now, "when it was checked its user was another: was 9, is 7"), "user admin-gained");
	now->drift = lit("user: was 9, is 7; user: was 9, is 7; superuser: x; user-x: y; user");
	assert_string_equal(logged(&w, t, now, NULL), "user");
	now->drift = lit("superuser: was 9");
	assert_string_equal(logged(&w, t, now, NULL), "");
	t->account = lit("eve@a.example"); /* the label was edited since */
	assert_string_equal(logged(&w, t, now, NULL), "email");
}

static void seats(void **state)
{
	static const struct {
		const char *was, *is;
		int severity; /* -1: no drift */
	} t[] = {
		{NULL, "member", -1},          {"member", NULL, -1},
		{NULL, NULL, -1},              {"member", "member", -1},
		{"viewer", "contributor", -1}, {"contributor", "viewer", -1},
		{"member", "viewer", VAULT_MEDIUM}, {"member", "provisional_member", VAULT_MEDIUM},
		{"member", "guest", VAULT_MEDIUM},  {"contributor", "member", VAULT_INFO},
		{"guest", "member", VAULT_INFO},    {"guest", "viewer", VAULT_LOW},
		{"viewer", "guest", VAULT_LOW},     {"guest", "something_new", VAULT_LOW},
	};
	struct vault_drifts l = {.n = 0};
	char *text = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		assert_int_equal(vault_drift_seat(t[i].was, t[i].is, &l, NULL), VAULT_OK);
		assert_int_equal(l.n, t[i].severity >= 0);
		if (l.n == 1) {
			assert_string_equal(l.d[0].code, "seat");
			assert_int_equal(l.d[0].severity, t[i].severity);
			assert_string_equal(l.d[0].was, t[i].was);
			assert_string_equal(l.d[0].is, t[i].is);
			assert_non_null(strstr(l.d[0].message, t[i].is));
			assert_false(vault_drift_is_identity(&l.d[0])); /* the same user all the same */
		}
		vault_drifts_clear(&l);
	}
	/* It comes after what was found before it. */
	assert_int_equal(vault_drift_seat("member", "viewer", &l, NULL), VAULT_OK);
	assert_int_equal(vault_drift_seat("guest", "viewer", &l, NULL), VAULT_OK);
	text = vault_drifts_text(&l);
	assert_string_equal(text, "seat: was member, is viewer; seat: was guest, is viewer");
	free(text);
	vault_drifts_clear(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_first_observation_is_none),
		cmocka_unit_test(another_user_or_account),
		cmocka_unit_test(it_does_not_wear_off),
		cmocka_unit_test(alternates_are_no_drift),
		cmocka_unit_test(the_labelled_one_is_the_measure),
		cmocka_unit_test(versions_and_commitments),
		cmocka_unit_test(rights_against_the_newest),
		cmocka_unit_test(within_one_second),
		cmocka_unit_test(as_it_was_logged),
		cmocka_unit_test(seats),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
