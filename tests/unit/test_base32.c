/* test_base32.c - RFC 4648's own examples, every length, groups, look-alikes, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base32.h"

static size_t decoded(uint8_t *out, size_t cap, const char *text)
{
	return base32_decode(out, cap, (const uint8_t *)text, strlen(text));
}

/* RFC 4648, 10, without the padding. */
static void the_standards_examples(void **state)
{
	static const struct {
		const char *plain, *text;
	} of[] = {{"f", "MY"},         {"fo", "MZXQ"},         {"foo", "MZXW6"},
	          {"foob", "MZXW6YQ"}, {"fooba", "MZXW6YTB"}, {"foobar", "MZXW6YTBOI"}};
	uint8_t out[32];

	(void)state;
	for (size_t i = 0; i < sizeof of / sizeof of[0]; i++) {
		const size_t n = strlen(of[i].plain);

		assert_int_equal(base32_encode(out, (const uint8_t *)of[i].plain, n, 0), strlen(of[i].text));
		assert_int_equal(BASE32_LEN(n), strlen(of[i].text));
		assert_memory_equal(out, of[i].text, strlen(of[i].text));
		assert_int_equal(decoded(out, sizeof out, of[i].text), n);
		assert_memory_equal(out, of[i].plain, n);
	}
}

static void every_length_there_and_back(void **state)
{
	uint8_t in[120], text[400], back[120];

	(void)state;
	for (size_t n = 1; n <= sizeof in; n++)
		for (unsigned group = 0; group < 8; group++) {
			size_t len = 0;

			for (size_t i = 0; i < n; i++)
				in[i] = (uint8_t)(i * 151 + n * 7 + group);
			len = base32_encode(text, in, n, group);
			assert_int_equal(len, BASE32_LEN(n) + (group ? (BASE32_LEN(n) - 1) / group : 0));
			memset(back, 0, sizeof back);
			assert_int_equal(base32_decode(back, n, text, len), n);
			assert_memory_equal(back, in, n);
			assert_int_equal(base32_decode(back, n - 1, text, len), 0); /* no room */
		}
}

static void as_people_type_it(void **state)
{
	uint8_t out[32];

	(void)state;
	assert_int_equal(decoded(out, sizeof out, "mzxw 6ytb\n-oi\t"), 6);
	assert_memory_equal(out, "foobar", 6);
	assert_int_equal(decoded(out, sizeof out, "MZXW6YT8O1"), 6); /* 8 for B, 1 for I */
	assert_memory_equal(out, "foobar", 6);
	assert_int_equal(decoded(out, sizeof out, "MZXW6YTB0I"), 6); /* 0 for O */
	assert_memory_equal(out, "foobar", 6);
}

static void what_is_refused(void **state)
{
	static const char *const bad[] = {"", "M", "MZX", "MZXW6Y", "MZ", "MZXR", "M9", "MZXW6YTBOI=", "MZXW6YTBO!", "\xc3\xa4"};
	uint8_t out[32];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(decoded(out, sizeof out, bad[i]), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(the_standards_examples),
	        cmocka_unit_test(every_length_there_and_back),
	        cmocka_unit_test(as_people_type_it),
	        cmocka_unit_test(what_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("base32", tests, NULL, NULL);
}
