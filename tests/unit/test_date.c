/* test_date.c - days and times, held against the C library's calendar. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include <vault/date.h>

enum { LAST_DAY = 2932896 };

static void every_day_agrees_with_the_c_library(void **state)
{
	char ours[VAULT_DAY_LEN], theirs[16];
	int64_t day = 0, back = 0;
	struct tm tm;
	time_t t = 0;

	(void)state;
	for (day = 0; day <= LAST_DAY; day += day < 60000 ? 1 : 37) {
		t = (time_t)(day * 86400);
		assert_non_null(gmtime_r(&t, &tm));
		assert_int_equal(strftime(theirs, sizeof theirs, "%Y-%m-%d", &tm), 10);
		assert_string_equal(vault_day_format(day, ours), theirs);
		assert_int_equal(vault_day_parse(ours, &back, NULL), VAULT_OK);
		assert_true(back == day);
	}
	assert_string_equal(vault_day_format(LAST_DAY, ours), "9999-12-31");
}

static void refuses_what_is_no_day(void **state)
{
	static const char *const bad[] = {
	        "",           "2026",        "2026-1-01",   "2026-01-1",  "2026-13-01",  "2026-00-10",
	        "2026-02-29", "2100-02-29",  "2026-04-31",  "2026-01-32", "2026-01-00",  "1969-12-31",
	        "0000-01-01", "2026-01-01 ", " 2026-01-01", "2026/01/01", "2026-01-01T", "+026-01-01",
	        "20260101",   "2026-01-0x",  "-2026-01-01",
	};
	struct vault_err e = {0};
	int64_t day = 5;
	size_t i = 0;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		vault_err_clear(&e);
		assert_int_equal(vault_day_parse(bad[i], &day, &e), VAULT_USAGE);
		assert_non_null(strstr(e.msg, "YYYY-MM-DD"));
		assert_true(day == 5);
	}
	assert_int_equal(vault_day_parse(NULL, &day, &e), VAULT_USAGE);
	assert_int_equal(vault_day_parse("2024-02-29", &day, NULL), VAULT_OK);
	assert_int_equal(vault_day_parse("2000-02-29", &day, NULL), VAULT_OK);
}

static void days_of_times(void **state)
{
	char text[VAULT_DAY_LEN];

	(void)state;
	assert_true(vault_day_of(0) == 0);
	assert_true(vault_day_of(86399) == 0);
	assert_true(vault_day_of(86400) == 1);
	assert_true(vault_day_of(-1) == -1);
	assert_true(vault_day_of(-86400) == -1);
	assert_string_equal(vault_day_format(VAULT_NO_DAY, text), "");
	assert_string_equal(vault_day_format(INT64_MAX, text), "9999-12-31");
}

static void times_there_and_back(void **state)
{
	static const int64_t some[] = {0, 1, 59, 86399, 86400, 951782400, 1767323045, 253402300799};
	static const char *const bad[] = {"",
	                                  "2026-01-02",
	                                  "2026-01-02T03:04:05",
	                                  "2026-01-02T03:04:05z",
	                                  "2026-01-02T03:04:05Z ",
	                                  "2026-01-02 03:04:05Z",
	                                  "2026-01-02T24:00:00Z",
	                                  "2026-01-02T03:60:05Z",
	                                  "2026-01-02T03:04:60Z",
	                                  "2026-01-02T03:04:05.1Z",
	                                  "2026-02-30T03:04:05Z",
	                                  "2026-01-02T03:04:05+00:00"};
	char text[VAULT_TIME_LEN];
	int64_t back = 0;
	size_t i = 0;

	(void)state;
	for (i = 0; i < sizeof some / sizeof some[0]; i++) {
		assert_int_equal(vault_time_parse(vault_time_format(some[i], text), &back, NULL), VAULT_OK);
		assert_true(back == some[i]);
	}
	assert_string_equal(vault_time_format(1767323045, text), "2026-01-02T03:04:05Z");
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(vault_time_parse(bad[i], &back, NULL), VAULT_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(every_day_agrees_with_the_c_library),
	        cmocka_unit_test(refuses_what_is_no_day),
	        cmocka_unit_test(days_of_times),
	        cmocka_unit_test(times_there_and_back),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("date", tests, NULL, NULL);
}
