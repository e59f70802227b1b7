/* test_near.c - distances of names, and whom "did you mean" names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "near.h"

static void distances(void **state)
{
	static const struct {
		const char *a, *b;
		unsigned d;
	} cases[] = {
	        {"", "", 0},
	        {"orders", "orders", 0},
	        {"orders", "ORDERS", 0},
	        {"orders", "order", 1},
	        {"orders", "oders", 1},
	        {"orders", "ordres", 1},
	        {"orders", "rodesr", 2},
	        {"orders", "xrders", 1},
	        {"", "abc", 3},
	        {"ca", "abc", 3},
	        {"kitten", "sitting", 3},
	        {"a", "b", 1},
	};
	size_t i = 0;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(near_distance(cases[i].a, cases[i].b, 8), cases[i].d);
		assert_int_equal(near_distance(cases[i].b, cases[i].a, 8), cases[i].d);
		if (cases[i].d > 0) /* beyond the limit, it says no more than that */
			assert_int_equal(near_distance(cases[i].a, cases[i].b, cases[i].d - 1), cases[i].d);
	}
}

static void lengths(void **state)
{
	char a[200], b[200];

	(void)state;
	memset(a, 'x', sizeof a);
	memset(b, 'x', sizeof b);
	a[128] = b[128] = '\0';
	b[127] = 'y';
	assert_int_equal(near_distance(a, b, 3), 1);
	a[128] = 'x';
	a[129] = '\0';
	assert_int_equal(near_distance(a, b, 3), 4); /* longer than any name */
	assert_int_equal(near_distance("orders", "orders-of-the-day", 3), 4);
}

static void sentences(void **state)
{
	static const char *const names[] = {"zebra", "orders", "Ordres", "order", "orders-2", "ab", "abd"};
	char out[300];

	(void)state;
	near_sentence("oders", names, 7, out, sizeof out);
	assert_string_equal(out, " (did you mean orders, Ordres, order?)");
	near_sentence("zerba", names, 7, out, sizeof out);
	assert_string_equal(out, " (did you mean zebra?)");
	near_sentence("abc", names, 7, out, sizeof out);
	assert_string_equal(out, " (did you mean ab, abd?)");
	near_sentence("something-else", names, 7, out, sizeof out);
	assert_string_equal(out, "");
	near_sentence("x", names, 0, out, sizeof out);
	assert_string_equal(out, "");
	memset(out, '#', sizeof out);
	near_sentence("oders", names, 7, out, 16); /* cut, never over */
	assert_int_equal(strlen(out), 15);
	assert_int_equal(out[16], '#');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(distances),
	        cmocka_unit_test(lengths),
	        cmocka_unit_test(sentences),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("near", tests, NULL, NULL);
}
