/* test_jsonread.c - the reader of our own records: what it gives, what it refuses, and that it is of one mind with jansson
 * about documents made up and damaged. JSONREAD_ROUNDS=N JSONREAD_SEED=N for a longer or another run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include <vault/date.h>
#include <vault/json.h>

#include "jsonread.h"

/* Parsed from a block of its very length, so that a byte read past it is seen by the sanitizer. */
static struct jsonread *parsed(const char *text, size_t n, enum vault_rc *rc)
{
	struct jsonread *j = NULL;
	char *copy = malloc(n ? n : 1);

	assert_non_null(copy);
	memcpy(copy, text, n);
	*rc = jsonread_parse(copy, n, &j, NULL);
	free(copy);
	assert_int_equal(!j, *rc != VAULT_OK);
	return j;
}

static struct jsonread *good(const char *text)
{
	enum vault_rc rc = VAULT_OK;
	struct jsonread *j = parsed(text, strlen(text), &rc);

	if (!j)
		fail_msg("refused: %s", text);
	return j;
}

static void reads(void **state)
{
	struct jsonread *j = good(
	        " {\"s\":\"x\",\"i\":-5,\"big\":9223372036854775807,\"least\":-9223372036854775808,\"r\":1.5,\"t\":true,"
	        "\"f\":false,\"n\":null,\"day\":\"2026-02-28\",\"bad\":\"2026-02-30\",\"\":\"empty\",\"o\":{},"
	        "\"a\":[\"p\",{\"q\":7},null,[]]}\r\n\t ");
	const struct jsonread *a = NULL;

	(void)state;
	assert_true(jsonread_is_object(j));
	assert_string_equal(jsonread_str(j, "s"), "x");
	assert_string_equal(jsonread_str(j, ""), "empty");
	assert_null(jsonread_str(j, "i"));
	assert_null(jsonread_str(j, "n"));
	assert_null(jsonread_str(j, "missing"));
	assert_true(jsonread_int(j, "i", 0) == -5);
	assert_true(jsonread_int(j, "big", 0) == INT64_MAX);
	assert_true(jsonread_int(j, "least", 0) == INT64_MIN);
	assert_true(jsonread_int(j, "r", 42) == 42);
	assert_true(jsonread_int(j, "s", 42) == 42);
	assert_true(jsonread_int(j, "t", 42) == 42);
	assert_int_equal(jsonread_bool(j, "t", 0), 1);
	assert_int_equal(jsonread_bool(j, "f", 1), 0);
	assert_int_equal(jsonread_bool(j, "n", -1), -1);
	assert_int_equal(jsonread_bool(j, "i", -1), -1);
	assert_true(jsonread_day(j, "day") == 20512);
	assert_true(jsonread_day(j, "bad") == VAULT_NO_DAY);
	assert_true(jsonread_day(j, "i") == VAULT_NO_DAY);
	assert_true(jsonread_is_object(jsonread_get(j, "o")));
	a = jsonread_get(j, "a");
	assert_false(jsonread_is_object(a));
	assert_int_equal(jsonread_size(a), 4);
	assert_string_equal(jsonread_str_at(a, 0), "p");
	assert_null(jsonread_str_at(a, 1));
	assert_null(jsonread_at(a, 4));
	assert_true(jsonread_int(jsonread_at(a, 1), "q", 0) == 7);
	assert_null(jsonread_get(a, "q"));
	assert_int_equal(jsonread_size(jsonread_at(a, 3)), 0);
	assert_int_equal(jsonread_size(j), 0); /* an object is no array */
	assert_null(jsonread_at(j, 0));
	assert_null(jsonread_get(NULL, "a"));
	assert_null(jsonread_get(jsonread_get(j, "s"), "a"));
	assert_int_equal(jsonread_size(NULL), 0);
	assert_false(jsonread_is_object(NULL));
	jsonread_free(&j);
	assert_null(j);
	jsonread_free(&j);
	jsonread_free(NULL);
}

static void unescapes(void **state)
{
	struct jsonread *j = good("{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\",\"b\":\"x\\u0041\\u00fc\\u20AC\\ud83d\\ude00y\","
	                          "\"c\":\"\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80\x7f\",\"k\\u0065y\":\"named\"}");

	(void)state;
	assert_string_equal(jsonread_str(j, "a"), "\"\\/\b\f\n\r\t");
	assert_string_equal(jsonread_str(j, "b"), "xA\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80y");
	assert_string_equal(jsonread_str(j, "c"), "\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80\x7f");
	assert_string_equal(jsonread_str(j, "key"), "named");
	jsonread_free(&j);
}

static void refuses(void **state)
{
	static const char *const bad[] = {
	        "", " ", "{", "[", "nope", "\"x\"", "7", "null", "{}x", "{} {}", "[][]", "{\"a\":1,}", "[1,]", "[,1]", "{,}",
	        "[1 2]", "{\"a\" 1}", "{\"a\":}", "{\"a\"}", "{a:1}", "{1:1}", "[}", "{]", "{\"a\":1]", "[1}", "[01]", "[-]",
	        "[-01]", "[+1]", "[.5]", "[1.]", "[1e]", "[1e+]", "[1.e1]", "[0x1]", "[1f]", "['a']", "[\"a]", "[\"\\\"]",
	        "[\"\\", "[\"\\u", "[\"\\u12", "[\"\\x41\"]", "[\"\\u0000\"]", "{\"\\u0000\":1}", "[\"\\u12g4\"]",
	        "[\"\\ud800\"]", "[\"\\udc00\"]", "[\"\\ud800\\u0041\"]", "[\"\\ud800x\"]", "[\"\\ud800\\ud800\"]", "[\"\\ud800\\ue000\"]", "[\"\xff\"]",
	        "[\"\xc3\"]", "[\"\xc0\xaf\"]", "[\"\xed\xa0\x80\"]", "[\"\xf4\x90\x80\x80\"]", "[\"\xe2\x82", "[\"a\nb\"]",
	        "[\"\x1f\"]", "[9223372036854775808]", "[-9223372036854775809]", "[1e999]", "[-1e999]", "[NaN]", "[Infinity]",
	        "[tru]", "[truex]", "[nul]", "[falsee]", "[True]", "// x\n[]", "\xef\xbb\xbf[]", "\v[]", "[]\f",
	        "{\"a\":1,\"a\":2}", "{\"a\":{\"b\":1,\"b\":2}}", "{\"a\":1,\"\\u0061\":2}"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		enum vault_rc rc = VAULT_OK;

		if (parsed(bad[i], strlen(bad[i]), &rc))
			fail_msg("taken: %s", bad[i]);
		assert_int_equal(rc, VAULT_DAMAGED);
		assert_null(vault_json_parse(bad[i], strlen(bad[i]), NULL));
	}
}

static void a_nul_is_no_end(void **state)
{
	static const char *const text[] = {"[]\0", "\0[]", "[1\0]", "[true\0]", "[\"a\0\"]", "[\"\\\0\"]", "{\"a\0\":1}"};
	static const size_t n[] = {3, 3, 4, 7, 6, 6, 8};
	enum vault_rc rc = VAULT_OK;

	(void)state;
	for (size_t i = 0; i < sizeof n / sizeof n[0]; i++)
		if (parsed(text[i], n[i], &rc))
			fail_msg("taken: case %zu", i);
}

/* n times `open`, then `text`, then n times `close`. */
static enum vault_rc nested(size_t n, const char *open, const char *text, char close)
{
	const size_t o = strlen(open), t = strlen(text), len = n * o + t + n;
	char *all = malloc(len);
	enum vault_rc rc = VAULT_OK;
	struct jsonread *j = NULL;

	assert_non_null(all);
	for (size_t i = 0; i < n; i++)
		memcpy(all + i * o, open, o);
	memcpy(all + n * o, text, t);
	memset(all + n * o + t, close, n);
	j = parsed(all, len, &rc);
	jsonread_free(&j);
	free(all);
	return rc;
}

static void depth_is_limited(void **state)
{
	(void)state;
	assert_int_equal(nested(64, "[", "\"[[[[{\"", ']'), VAULT_OK);
	assert_int_equal(nested(65, "[", "1", ']'), VAULT_DAMAGED);
	assert_int_equal(nested(64, "{\"a\":", "1", '}'), VAULT_OK);
	assert_int_equal(nested(65, "{\"a\":", "1", '}'), VAULT_DAMAGED);
	assert_int_equal(nested(100000, "[", "", ']'), VAULT_DAMAGED);
	assert_int_equal(nested(1, "[", "[],[],[],[[]],[]", ']'), VAULT_OK);
}

/* As full of values as a text can be: the room in the document is just enough. */
static void dense_text_has_room(void **state)
{
	char text[2 * 300 + 8];

	(void)state;
	for (size_t n = 1; n <= 300; n++) {
		struct jsonread *j = NULL;
		size_t len = 0, i;
		enum vault_rc rc = VAULT_OK;

		text[len++] = '[';
		for (i = 0; i < n; i++) {
			text[len++] = (char)('0' + i % 10);
			text[len++] = i + 1 < n ? ',' : ']';
		}
		j = parsed(text, len, &rc);
		assert_int_equal(rc, VAULT_OK);
		assert_int_equal(jsonread_size(j), n);
		jsonread_free(&j);
	}
}

/* Beyond a few keys they are sorted to find one twice; each is still found, and a pair wherever it stands. */
static void many_keys(void **state)
{
	char text[8000];

	(void)state;
	for (size_t n = 14; n < 60; n++) {
		for (size_t twice = 0; twice <= n; twice += n) {
			size_t len = (size_t)snprintf(text, sizeof text, "{");
			struct jsonread *j = NULL;
			enum vault_rc rc = VAULT_OK;

			for (size_t i = 0; i < n; i++)
				len += (size_t)snprintf(text + len, sizeof text - len, "\"k%zu\":%zu,", i * 37 % 101, i);
			len += (size_t)snprintf(text + len, sizeof text - len, "\"%s%zu\":-1}", twice ? "k" : "last", n / 2 * 37 % 101);
			j = parsed(text, len, &rc);
			assert_int_equal(rc, twice ? VAULT_DAMAGED : VAULT_OK);
			for (size_t i = 0; j && i < n; i++) {
				char key[8];

				snprintf(key, sizeof key, "k%zu", i * 37 % 101);
				assert_true(jsonread_int(j, key, -7) == (int64_t)i);
			}
			jsonread_free(&j);
		}
	}
}

/* --- held against jansson ---------------------------------------------------------------------------------- */

static uint64_t dice;

static size_t roll(size_t n)
{
	dice ^= dice << 13;
	dice ^= dice >> 7;
	dice ^= dice << 17;
	return (size_t)((dice >> 16) % n);
}

enum { TEXT_MAX = 4096 };

struct text {
	char s[TEXT_MAX + 256];
	size_t n;
};

static void add(struct text *t, const char *s)
{
	const size_t n = strlen(s);

	if (t->n + n > TEXT_MAX)
		return;
	memcpy(t->s + t->n, s, n);
	t->n += n;
}

static const char *one_of(const char *const *l, size_t n)
{
	return l[roll(n)];
}
#define ONE_OF(l) one_of(l, sizeof(l) / sizeof((l)[0]))

static void add_space(struct text *t)
{
	static const char *const space[] = {"", "", "", "", " ", "\n", "\t", "\r\n  "};

	add(t, ONE_OF(space));
}

static void add_string(struct text *t, int key)
{
	static const char *const keys[] = {"id", "label", "account", "to", "periods", "gives", "version", "date", "note",
	                                   "", "k\\u0065y", "\xc3\xbc"};
	static const char *const pieces[] = {"a", "bob@a.example", "2026-11-25", "\\n", "\\\"", "\\\\", "\\/", "\\u00e4", "\\u20ac",
	                                     "\\uD83D\\uDE00", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\x7f", " ",
	                                     "[{,:}]", "\xef\xbf\xbf", "\\u0001", "0123456789abcdef0123456789abcdef"};

	add(t, "\"");
	if (key)
		add(t, ONE_OF(keys));
	for (size_t i = roll(key ? 3 : 5); i > 0; i--)
		add(t, ONE_OF(pieces));
	add(t, "\"");
}

static void add_value(struct text *t, size_t depth)
{
	static const char *const plain[] = {"true", "false", "null", "0", "-0", "1", "-1", "42", "9223372036854775807",
	                                    "-9223372036854775808", "9223372036854775808", "1.5", "-0.0", "1e5", "1E-5", "2.5e+3",
	                                    "1e308", "1e309", "123456789012345678901234567890.0"};
	const size_t kind = depth == 0 ? roll(2) : depth > 6 ? 2 + roll(2) : roll(4);

	if (kind == 3) {
		add_string(t, 0);
	} else if (kind == 2) {
		add(t, ONE_OF(plain));
	} else {
		const size_t n = roll(20) == 0 ? 15 + roll(30) : roll(5);

		add(t, kind ? "[" : "{");
		for (size_t i = 0; i < n; i++) {
			add_space(t);
			if (!kind) {
				add_string(t, 1);
				add_space(t);
				add(t, ":");
				add_space(t);
			}
			add_value(t, depth + 1);
			add_space(t);
			if (i + 1 < n)
				add(t, ",");
		}
		add(t, kind ? "]" : "}");
	}
}

/* A byte, a piece or the end of the text is not what it was. */
static void damage(struct text *t)
{
	static const char odd[] = "\"\\{}[]:,0123456789-+.eEtrufalsn \t\n\r\x00\x01\x1f\x7f\x80\xbf\xc0\xc3\xe2\xed\xf0\xf4\xff/bx";
	const size_t at = t->n ? roll(t->n) : 0;
	size_t len = 0, to = 0;

	switch (t->n ? roll(5) : 4) {
	case 0:
		t->s[at] = odd[roll(sizeof odd - 1)];
		break;
	case 1:
		t->s[at] = (char)(t->s[at] ^ (1 << roll(8)));
		break;
	case 2: /* a piece goes */
		len = 1 + roll(8);
		len = len < t->n - at ? len : t->n - at;
		memmove(t->s + at, t->s + at + len, t->n - at - len);
		t->n -= len;
		break;
	case 3: /* a piece stands twice */
		to = roll(t->n);
		len = 1 + roll(40);
		len = len < t->n - at ? len : t->n - at;
		if (t->n + len > TEXT_MAX)
			return;
		memmove(t->s + to + len, t->s + to, t->n - to);
		memmove(t->s + to, t->s + at, len);
		t->n += len;
		break;
	default:
		memmove(t->s + at + 1, t->s + at, t->n - at);
		t->s[at] = odd[roll(sizeof odd - 1)];
		t->n++;
	}
}

static int same(json_t *want, const struct jsonread *got);

/* A member says what type it has by what it is not, too. */
static int same_member(json_t *want, const struct jsonread *obj, const char *key)
{
	const struct jsonread *got = jsonread_get(obj, key);
	const char *s = jsonread_str(obj, key);

	if (!got || !s != !json_is_string(want) || (s && strcmp(s, json_string_value(want)) != 0))
		return 0;
	if (json_is_integer(want) ? jsonread_int(obj, key, 0) != json_integer_value(want) || jsonread_int(obj, key, 1) !=
	    json_integer_value(want) : jsonread_int(obj, key, 77) != 77)
		return 0;
	if (jsonread_bool(obj, key, -1) != (json_is_boolean(want) ? json_is_true(want) : -1))
		return 0;
	return same(want, got);
}

static int same(json_t *want, const struct jsonread *got)
{
	const char *key = NULL;
	json_t *value = NULL;
	size_t i = 0;

	if (json_is_object(want) != jsonread_is_object(got) || jsonread_size(got) != json_array_size(want))
		return 0;
	json_object_foreach(want, key, value)
		if (!same_member(value, got, key))
			return 0;
	json_array_foreach(want, i, value) {
		const char *s = jsonread_str_at(got, i);

		if (!s != !json_is_string(value) || (s && strcmp(s, json_string_value(value)) != 0) ||
		    !same(value, jsonread_at(got, i)))
			return 0;
	}
	return 1;
}

/* 1 taken, 0 refused: by both; but jansson 2.14 passes over a NUL behind a number or a word, as in "[1\0]". */
static int both(const struct text *t)
{
	enum vault_rc rc = VAULT_OK;
	struct jsonread *got = parsed(t->s, t->n, &rc);
	struct vault_json *face = vault_json_parse(t->s, t->n, NULL); /* jansson, with the limit of depth */
	json_t *want = face ? json_loadb(t->s, t->n, JSON_REJECT_DUPLICATES, NULL) : NULL;
	const int taken = got != NULL;

	if (memchr(t->s, 0, t->n)) {
		if (got)
			fail_msg("taken with a NUL");
	} else if (!got != !want)
		fail_msg("%s by jansson only: %.*s", want ? "taken" : "refused", (int)t->n, t->s);
	if (got && !same(want, got))
		fail_msg("read in another way than by jansson: %.*s", (int)t->n, t->s);
	json_decref(want);
	vault_json_free(&face);
	jsonread_free(&got);
	return taken;
}

static size_t setting(const char *name, size_t otherwise)
{
	const char *s = getenv(name);

	return s && *s ? (size_t)strtoull(s, NULL, 10) : otherwise;
}

static void of_one_mind_with_jansson(void **state)
{
	static struct text t;
	const size_t rounds = setting("JSONREAD_ROUNDS", getenv("VALGRIND") ? 1000 : 30000);
	size_t taken = 0, damaged = 0, still = 0;

	(void)state;
	dice = setting("JSONREAD_SEED", 20261125) | 1;
	for (size_t i = 0; i < rounds; i++) {
		t.n = 0;
		add_space(&t);
		add_value(&t, 0);
		add_space(&t);
		taken += (size_t)both(&t);
		for (size_t k = 1 + roll(4); k > 0; k--) {
			damage(&t);
			damaged++;
			still += (size_t)both(&t);
		}
	}
	print_message("# %zu documents, %zu taken; %zu damaged, %zu taken\n", rounds, taken, damaged, still);
	/* Neither all good nor all bad, or little would have been compared. */
	assert_true(taken > rounds / 4 && taken < rounds && still > damaged / 20 && still < damaged / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(reads),
	        cmocka_unit_test(unescapes),
	        cmocka_unit_test(refuses),
	        cmocka_unit_test(a_nul_is_no_end),
	        cmocka_unit_test(depth_is_limited),
	        cmocka_unit_test(dense_text_has_room),
	        cmocka_unit_test(many_keys),
	        cmocka_unit_test(of_one_mind_with_jansson),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("jsonread", tests, NULL, NULL);
}
