/* test_pace.c - when vault-api may send a token again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "pace.h"

static void test_which_are_retried(void **state)
{
	static const long statuses[] = {200, 302, 400, 401, 403, 404, 429, 500, 501, 502, 503, 504};

	(void)state;
	for (size_t s = 0; s < sizeof statuses / sizeof statuses[0]; s++) {
		long status = statuses[s];
		int later = status == 429 || status == 500 || status == 503;

		for (int64_t code = 3999; code <= 4006; code++)
			assert_int_equal(pace_delay(status, code, 0, 1, 0) > 0, later && code >= 4001 && code <= 4004);
		assert_int_equal(pace_delay(status, 1002, 5, 1, 0), -1);
		assert_int_equal(pace_delay(status, 0, 5, 1, 0), -1);
	}
}

static void test_how_long(void **state)
{
	(void)state;
	assert_int_equal(pace_delay(503, 4001, 0, 1, 0), 1000);
	assert_int_equal(pace_delay(503, 4001, 0, 2, 0), 2000);
	assert_int_equal(pace_delay(503, 4001, 0, 3, 700), 4700);
	assert_int_equal(pace_delay(503, 4001, 0, 4, 0), -1);
	assert_int_equal(pace_delay(503, 4001, 0, 0, 0), -1);
	assert_int_equal(pace_delay(503, 4001, 30, 1, 0), 1000); /* Retry-After counts for 4003 */
	assert_int_equal(pace_delay(429, 4003, 0, 1, 500), 60000);
	assert_int_equal(pace_delay(429, 4003, 7, 1, 500), 7000);
	assert_int_equal(pace_delay(429, 4003, 7, 4, 0), -1);
	assert_int_equal(pace_delay(429, 4003, 0x7fffffffffffffff, 1, 0), 1000000000);
	for (int i = 0; i < 1000; i++)
		assert_in_range(pace_jitter(), 0, 1000);
}

static void test_spacing(void **state)
{
	struct pace *p = pace_new();
	uint64_t a = pace_key(p, "fake-token-a", 12), b = pace_key(p, "fake-token-b", 12);
	int64_t t = 1000, sent[1500];

	(void)state;
	assert_int_equal(pace_when(p, a, t), t);
	for (int i = 0; i < 1500; i++) {
		/* Now and then it rests, and has saved up no more than the first time. */
		if (i % 400 == 399)
			t += 30000;
		t = pace_when(p, a, t);
		assert_int_equal(pace_sent(p, a, t), 0);
		sent[i] = t;
	}
	assert_true(sent[9] == 1000 && sent[10] > 1000); /* a token's lists at once, then one by one */
	/* Of any 301 in a row the last is not within a minute of the first. */
	for (int i = 300; i < 1500; i++)
		assert_true(sent[i] - sent[i - 300] >= 60000);
	assert_true(sent[298] - sent[0] <= 60000); /* and the limit is used */
	assert_int_equal(pace_when(p, b, t), t);
	assert_int_equal(pace_hold(p, b, t + 5000, t), 0);
	assert_int_equal(pace_when(p, b, t), t + 5000);
	assert_int_equal(pace_sent(p, b, t), 0); /* does not shorten a hold */
	assert_int_equal(pace_when(p, b, t), t + 5000);
	assert_int_equal(pace_when(p, b, t + 6000), t + 6000);
	pace_free(&p);
	assert_null(p);
}

static void test_many(void **state)
{
	struct pace *p = pace_new();

	(void)state;
	for (int k = 0; k < PACE_BURST; k++)
		for (unsigned i = 0; i < 500; i++)
			assert_int_equal(pace_sent(p, pace_key(p, &i, sizeof i), 100), 0);
	for (unsigned i = 0; i < 500; i++)
		assert_int_equal(pace_when(p, pace_key(p, &i, sizeof i), 100), 100 + PACE_SPACING_MS);
	pace_free(&p);
}

/* Keys of two processes differ, lengths count, and every byte does. */
static void test_key(void **state)
{
	struct pace *p = pace_new(), *q = pace_new();
	char t[40] = "fakefakefakefakefakefakefakefakefake1";
	uint64_t first = pace_key(p, t, 37);

	(void)state;
	assert_true(first == pace_key(p, t, 37));
	assert_true(first != pace_key(q, t, 37));
	assert_true(first != pace_key(p, t, 38));
	for (size_t i = 0; i < 37; i++) {
		t[i] ^= 1;
		assert_true(first != pace_key(p, t, 37));
		t[i] ^= 1;
	}
	pace_free(&p);
	pace_free(&q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_which_are_retried),
	        cmocka_unit_test(test_how_long),
	        cmocka_unit_test(test_spacing),
	        cmocka_unit_test(test_many),
	        cmocka_unit_test(test_key),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
