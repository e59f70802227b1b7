/* Days and words as people say them, and words as a shell reads them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "show.h"

enum { TODAY = 20000 };

static void days(void **state)
{
	static const struct {
		int64_t day;
		const char *words;
	} cases[] = {
		{TODAY, "today"},           {TODAY + 1, "tomorrow"},       {TODAY - 1, "yesterday"},      {TODAY + 2, "in 2 days"},
		{TODAY + 12, "in 12 days"}, {TODAY - 3, "3 days ago"},     {TODAY + 100, "in 100 days"},  {TODAY + 101, "in 3 months"},
		{TODAY + 365, "in 12 months"}, {TODAY - 730, "24 months ago"}, {TODAY + 731, "in 2 years"}, {TODAY + 3650, "in 10 years"},
		{VAULT_NO_DAY, ""},
	};
	char out[SHOW_WORDS];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(show_when(cases[i].day, TODAY, out), cases[i].words);
	assert_string_equal(show_day_when(TODAY + 90, TODAY, out), "2025-01-02 (in 90 days)");
	assert_string_equal(show_day_when(VAULT_NO_DAY, TODAY, out), "");
}

static void verdicts(void **state)
{
	struct vault_verdict v = {.result = VAULT_REVOKED, .checked = (int64_t)(TODAY - 3) * 86400 + 86399};
	char out[SHOW_WORDS];

	(void)state;
	assert_string_equal(show_verdict_words(&v, TODAY, out), "revoked, 3 days ago");
	assert_string_equal(show_verdict_words(NULL, TODAY, out), "not checked");
}

static void shell(void **state)
{
	char out[64], small[12];

	(void)state;
	assert_string_equal(vault_shell_word("orders/v2_x", out, sizeof(out)), "orders/v2_x");
	assert_string_equal(vault_shell_word("Vendor B", out, sizeof(out)), "'Vendor B'");
	assert_string_equal(vault_shell_word("O'Neil; rm *", out, sizeof(out)), "'O'\\''Neil; rm *'");
	assert_string_equal(vault_shell_word("", out, sizeof(out)), "''");
	assert_string_equal(vault_shell_word("$(x)", out, sizeof(out)), "'$(x)'");
	/* Too long: cut, and still one word. */
	vault_shell_word("'''''''''' ''''", small, sizeof(small));
	assert_true(strlen(small) < sizeof(small));
	assert_int_equal(small[strlen(small) - 1], '\'');
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(days), cmocka_unit_test(verdicts), cmocka_unit_test(shell)};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
