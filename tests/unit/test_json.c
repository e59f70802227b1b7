/* test_json.c - documents built and read; what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <vault/date.h>
#include <vault/json.h>

static void expect_dump(struct vault_json *j, const char *want)
{
	size_t n = 0;
	char *text = vault_json_dump(j, 0, &n);

	assert_non_null(text);
	assert_string_equal(text, want);
	assert_int_equal(n, strlen(want));
	free(text);
}

static void builds_in_order(void **state)
{
	struct vault_json *o = vault_json_object(), *a = vault_json_array();

	(void)state;
	vault_json_set_str(o, "z", "text \"q\" \xc3\xbc");
	vault_json_set_int(o, "a", 9007199254740993);
	vault_json_set_bool(o, "yes", 2);
	vault_json_set_bool(o, "no", 0);
	vault_json_set_null(o, "nothing");
	vault_json_set_str(o, "none", NULL);
	vault_json_set_day(o, "day", 0);
	vault_json_set_day(o, "noday", VAULT_NO_DAY);
	vault_json_set_time(o, "time", 86400);
	vault_json_set_time(o, "never", -1);
	vault_json_set_int(o, "least", INT64_MIN);
	vault_json_add_str(a, "one");
	vault_json_add(a, vault_json_object());
	vault_json_set(o, "list", a);
	vault_json_add_str(a, NULL); /* what was put into another can still be added to */
	expect_dump(
	        o,
	        "{\"z\":\"text \\\"q\\\" \xc3\xbc\",\"a\":9007199254740993,\"yes\":true,\"no\":false,\"nothing\":null,"
	        "\"none\":null,\"day\":\"1970-01-01\",\"noday\":null,\"time\":\"1970-01-02T00:00:00Z\",\"never\":null,"
	        "\"least\":-9223372036854775808,\"list\":[\"one\",{},null]}");
	vault_json_free(&o);
	assert_null(o);
	vault_json_free(&o);
	vault_json_free(NULL);
}

/* Every code point below 0x80 and some above, in keys and values, read back by jansson as they were. */
static void what_is_written_is_read_back(void **state)
{
	char text[] = "x\xc3\xa9 \xe2\x80\xa8 \xf0\x9f\x94\x91";

	(void)state;
	for (int c = 1; c < 0x80; c++) {
		struct vault_json *o = vault_json_object(), *read = NULL;
		char *dumped = NULL;
		size_t n = 0;

		text[0] = (char)c;
		vault_json_set_str(o, text, text);
		for (int indent = 0; indent <= 2; indent += 2) {
			dumped = vault_json_dump(o, indent, &n);
			assert_null(strpbrk(indent ? dumped + n : dumped, "\n\r\t\b"));
			read = vault_json_parse(dumped, n, NULL);
			assert_non_null(read);
			assert_string_equal(vault_json_get_str(read, text), text);
			vault_json_free(&read);
			free(dumped);
		}
		vault_json_free(&o);
	}
}

/* As jansson writes it: who compares outputs of two versions sees no difference. */
static void what_was_read_is_written_the_same(void **state)
{
	static const char text[] = "{\n  \"a\": {\n    \"b\": [\n      1,\n      {}\n    ],\n    \"c\": []\n  }\n}";
	struct vault_json *read = vault_json_parse(text, sizeof text - 1, NULL), *o = vault_json_object(),
	                  *a = vault_json_object(), *b = vault_json_array();
	char *one = NULL, *two = NULL;
	size_t n = 0;

	(void)state;
	vault_json_set(o, "a", a);
	vault_json_set(a, "b", b);
	vault_json_set(a, "c", vault_json_array());
	vault_json_add(b, vault_json_object());
	vault_json_set_str(read, "more", "\x1f\\\"\xc3");
	vault_json_set_int(read, "less", -1);
	one = vault_json_dump(read, 0, &n);
	assert_string_equal(one, "{\"a\":{\"b\":[1,{}],\"c\":[]},\"more\":\"\\u001F\\\\\\\"?\",\"less\":-1}");
	two = vault_json_dump(o, 2, &n);
	assert_string_equal(two, "{\n  \"a\": {\n    \"b\": [\n      {}\n    ],\n    \"c\": []\n  }\n}");
	free(one);
	free(two);
	vault_json_free(&read);
	vault_json_free(&o);
}

static void indents(void **state)
{
	struct vault_json *o = vault_json_object();
	char *text = NULL;
	size_t n = 0;

	(void)state;
	vault_json_set_int(o, "a", 1);
	text = vault_json_dump(o, 2, &n);
	assert_string_equal(text, "{\n  \"a\": 1\n}");
	free(text);
	vault_json_free(&o);
}

static void bad_utf8_is_shown(void **state)
{
	struct vault_json *o = vault_json_object();

	(void)state;
	vault_json_set_str(o, "a", "x\xff\xc3\xbc\xe2\x82y");
	expect_dump(o, "{\"a\":\"x?\xc3\xbc??y\"}");
	vault_json_free(&o);
}

/* A failure deep within is one of the whole document, also where it comes after the putting together. */
static void failures_are_remembered(void **state)
{
	struct vault_json *o = vault_json_object(), *a = vault_json_array(), *b = vault_json_array();
	size_t n = 1;

	(void)state;
	vault_json_set(o, "a", a);
	vault_json_add(a, b);
	expect_dump(o, "{\"a\":[[]]}");
	vault_json_add(b, NULL); /* as of an allocation that failed */
	assert_null(vault_json_dump(o, 0, &n));
	assert_int_equal(n, 0);
	vault_json_free(&o);
	o = vault_json_object();
	a = vault_json_array();
	vault_json_add(a, NULL);
	vault_json_set(o, "a", a);
	assert_null(vault_json_dump(o, 0, &n));
	vault_json_free(&o);
	o = vault_json_object();
	vault_json_set(o, "a", NULL);
	assert_null(vault_json_dump(o, 0, &n));
	vault_json_free(&o);
	vault_json_set_str(NULL, "a", "b");
	vault_json_set(NULL, "a", vault_json_array());
	vault_json_add(NULL, vault_json_object());
	vault_json_add_str(NULL, "x");
	assert_null(vault_json_dump(NULL, 0, &n));
}

static void a_key_set_twice_has_the_last_value(void **state)
{
	struct vault_json *o = vault_json_object(), *first = vault_json_array();

	(void)state;
	vault_json_set(o, "a", first);
	vault_json_set(o, "a", vault_json_object());
	vault_json_add_str(first, "lost, not freed under our feet");
	expect_dump(o, "{\"a\":{}}");
	vault_json_free(&o);
}

static void reads(void **state)
{
	static const char text[] =
	        "{\"s\":\"x\",\"i\":-5,\"big\":9223372036854775807,\"r\":1.5,\"t\":true,\"f\":false,\"n\":null,"
	        "\"a\":[\"p\",{\"q\":7},null]}";
	struct vault_json *j = vault_json_parse(text, strlen(text), NULL);
	const struct vault_json *a = NULL;

	(void)state;
	assert_non_null(j);
	assert_true(vault_json_is_object(j));
	assert_string_equal(vault_json_get_str(j, "s"), "x");
	assert_null(vault_json_get_str(j, "i"));
	assert_null(vault_json_get_str(j, "n"));
	assert_null(vault_json_get_str(j, "missing"));
	assert_true(vault_json_get_int(j, "i", 0) == -5);
	assert_true(vault_json_get_int(j, "big", 0) == INT64_MAX);
	assert_true(vault_json_get_int(j, "r", 42) == 42);
	assert_true(vault_json_get_int(j, "s", 42) == 42);
	assert_true(vault_json_is_int(j, "i"));
	assert_false(vault_json_is_int(j, "r"));
	assert_int_equal(vault_json_get_bool(j, "t", 0), 1);
	assert_int_equal(vault_json_get_bool(j, "f", 1), 0);
	assert_int_equal(vault_json_get_bool(j, "n", -1), -1);
	assert_int_equal(vault_json_get_bool(j, "i", -1), -1);
	a = vault_json_get(j, "a");
	assert_true(vault_json_is_array(a));
	assert_false(vault_json_is_object(a));
	assert_int_equal(vault_json_size(a), 3);
	assert_string_equal(vault_json_str_at(a, 0), "p");
	assert_null(vault_json_str_at(a, 1));
	assert_null(vault_json_str_at(a, 3));
	assert_int_equal(vault_json_size(j), 0);
	assert_null(vault_json_get(NULL, "a"));
	assert_null(vault_json_get(vault_json_get(j, "s"), "a"));
	assert_int_equal(vault_json_size(NULL), 0);
	vault_json_free(&j);
}

static void refuses(void **state)
{
	static const char *const bad[] = {"",
	                                  "{",
	                                  "nope",
	                                  "\"x\"",
	                                  "7",
	                                  "{}x",
	                                  "{} {}",
	                                  "{\"a\":1,}",
	                                  "[1,]",
	                                  "{\"a\":1,\"a\":2}",
	                                  "[01]",
	                                  "['a']",
	                                  "[\"\\u0000\"]",
	                                  "[\"\xff\"]",
	                                  "[\"\\ud800\"]",
	                                  "[\"a\nb\"]",
	                                  "[9223372036854775808]",
	                                  "[1e999]",
	                                  "[NaN]",
	                                  "// x\n[]",
	                                  "{\"a\":{\"b\":1,\"b\":2}}"};
	struct vault_err e = {0};
	size_t i = 0;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		vault_err_clear(&e);
		if (vault_json_parse(bad[i], strlen(bad[i]), &e))
			fail_msg("taken: %s", bad[i]);
		assert_true(e.msg[0] != '\0');
	}
	vault_err_clear(&e);
	assert_null(vault_json_parse("{\"a\":1,\"a\":2}", 13, &e));
	assert_non_null(strstr(e.msg, "twice"));
	vault_err_clear(&e);
	assert_null(vault_json_parse("made-up-secret", 14, &e));
	assert_null(strstr(e.msg, "secret")); /* what was read is not repeated */
	assert_null(vault_json_parse("[]garbage", 9, NULL));
}

/* Nested to depth n, with brackets in a string that do not count. */
static struct vault_json *nested(size_t n)
{
	static const char inner[] = "\"[[\\\"[[[[\"";
	char text[20000];
	size_t i = 0, k = 0;

	for (i = 0; i < n; i++)
		text[k++] = '[';
	memcpy(text + k, inner, sizeof inner - 1);
	k += sizeof inner - 1;
	for (i = 0; i < n; i++)
		text[k++] = ']';
	return vault_json_parse(text, k, NULL);
}

static void depth_is_limited(void **state)
{
	struct vault_json *j = nested(64);
	char wide[2 * 200 + 3] = "[";
	size_t i = 0;

	(void)state;
	assert_non_null(j);
	vault_json_free(&j);
	assert_null(nested(65));
	assert_null(nested(9000));
	for (i = 0; i < 200; i++)
		memcpy(wide + 1 + 2 * i, "[]", 2);
	assert_null(vault_json_parse(wide, 401, NULL)); /* no commas */
	for (i = 0; i < 100; i++)
		memcpy(wide + 1 + 3 * i, "[],", 3);
	wide[300] = ']';
	j = vault_json_parse(wide, 301, NULL); /* wide is not deep */
	assert_non_null(j);
	assert_int_equal(vault_json_size(j), 100);
	vault_json_free(&j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(builds_in_order),
	        cmocka_unit_test(what_is_written_is_read_back),
	        cmocka_unit_test(what_was_read_is_written_the_same),
	        cmocka_unit_test(indents),
	        cmocka_unit_test(bad_utf8_is_shown),
	        cmocka_unit_test(failures_are_remembered),
	        cmocka_unit_test(a_key_set_twice_has_the_last_value),
	        cmocka_unit_test(reads),
	        cmocka_unit_test(refuses),
	        cmocka_unit_test(depth_is_limited),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
