/* test_policy.c - who can generate a token: every license with every plan. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <vault/policy.h>

static const char *const licenses[] = {"licensed", "free", "member", "provisional", "guest", "viewer", "contributor"};
static const char *const plans[] = {NULL, "free", "individual", "pro", "business", "enterprise", "awm"};

/* A row a license, a column a plan, in the orders above. */
static const char *const wanted[] = {"?nnnyyy", "nnnnnnn", "?nnnyyy", "?nnn???", "?nnn???", "nnnnnnn", "nnnnnnn"};

static void every_license_with_every_plan(void **state)
{
	const char *why = NULL;
	size_t l = 0, p = 0;

	(void)state;
	for (l = 0; l < 7; l++) {
		for (p = 0; p < 7; p++) {
			why = NULL;
			assert_int_equal(vault_eligible_name(vault_eligible(licenses[l], plans[p], &why))[0],
			                 wanted[l][p] == '?' ? 'u' : wanted[l][p]);
			assert_non_null(why);
			assert_true(strlen(why) > 20);
			assert_int_not_equal(why[strlen(why) - 1], '.');
			assert_int_equal(vault_eligible(licenses[l], plans[p], NULL),
			                 vault_eligible(licenses[l], plans[p], &why));
		}
	}
}

static void unknown_words(void **state)
{
	(void)state;
	assert_int_equal(vault_eligible("superuser", "business", NULL), VAULT_ELIGIBLE_UNKNOWN);
	assert_int_equal(vault_eligible("licensed", "gold", NULL), VAULT_ELIGIBLE_UNKNOWN);
	assert_int_equal(vault_eligible(NULL, NULL, NULL), VAULT_ELIGIBLE_UNKNOWN);
	assert_int_equal(vault_eligible(NULL, "pro", NULL), VAULT_ELIGIBLE_NO);
}

static void words_that_are_taken(void **state)
{
	struct vault_err e = {0};
	size_t i = 0;

	(void)state;
	for (i = 0; i < 7; i++)
		assert_int_equal(vault_license_check(licenses[i], NULL), VAULT_OK);
	for (i = 1; i < 7; i++)
		assert_int_equal(vault_plan_check(plans[i], NULL), VAULT_OK);
	assert_int_equal(vault_license_check("Licensed", &e), VAULT_USAGE);
	for (i = 0; i < 7; i++)
		assert_non_null(strstr(e.msg, licenses[i]));
	vault_err_clear(&e);
	assert_int_equal(vault_plan_check("gold", &e), VAULT_USAGE);
	for (i = 1; i < 7; i++)
		assert_non_null(strstr(e.msg, plans[i]));
	assert_int_equal(vault_license_check("", NULL), VAULT_USAGE);
	assert_int_equal(vault_license_check(NULL, NULL), VAULT_USAGE);
	assert_int_equal(vault_plan_check(NULL, NULL), VAULT_USAGE);
}

static void names_of_answers(void **state)
{
	(void)state;
	assert_string_equal(vault_eligible_name(VAULT_ELIGIBLE_YES), "yes");
	assert_string_equal(vault_eligible_name(VAULT_ELIGIBLE_NO), "no");
	assert_string_equal(vault_eligible_name(VAULT_ELIGIBLE_UNKNOWN), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(every_license_with_every_plan),
	        cmocka_unit_test(unknown_words),
	        cmocka_unit_test(words_that_are_taken),
	        cmocka_unit_test(names_of_answers),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
