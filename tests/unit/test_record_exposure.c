/* test_record_exposure.c - what a token reaches as JSON: there and back, what is refused, and that it always fits. */
#include <stdlib.h>

#include "facts.h"
#include "logfile.h"
#include "record.h"
#include "seal.h"

#define HEX63 "00112233445566778899aabbccddeeff00112233445566778899aabbccddeef"
#define HEX64 HEX63 "f"

enum { PAD = 128, NAME = 50 };

static struct vault_reached item(enum vault_item_type type, enum vault_access access, const char *id, const char *name)
{
	return (struct vault_reached){
	        .type = type, .access = access, .id = lit(id), .name = name != NULL ? lit(name) : NULL, .modified = 1700000000};
}

static void assert_same(const struct vault_exposure *a, const struct vault_exposure *b)
{
	assert_memory_equal(a->count, b->count, sizeof a->count);
	assert_memory_equal(a->sheets_by, b->sheets_by, sizeof a->sheets_by);
	assert_true(a->contacts == b->contacts && a->groups == b->groups && a->users == b->users);
	assert_int_equal(a->system_admin, b->system_admin);
	assert_int_equal(a->cut, b->cut);
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++) {
		assert_int_equal(a->items[i].type, b->items[i].type);
		assert_int_equal(a->items[i].access, b->items[i].access);
		assert_string_equal(a->items[i].id, b->items[i].id);
		assert_int_equal(!a->items[i].name, !b->items[i].name);
		if (a->items[i].name != NULL)
			assert_string_equal(a->items[i].name, b->items[i].name);
		assert_true(b->items[i].modified == INT64_MIN); /* not kept */
	}
}

static void there_and_back(void **state)
{
	struct vault_reached items[] = {
		item(VAULT_SHEET, VAULT_ACCESS_EDITOR_SHARE, "9", "Orders \"2026\" \303\226"),
		item(VAULT_SHEET, VAULT_ACCESS_OWNER, "10", NULL),
		item(VAULT_SHEET, VAULT_ACCESS_UNKNOWN, "9007199254740993", "\xf0\x9f\x98\x80"),
		item(VAULT_WORKSPACE, VAULT_ACCESS_ADMIN, "9", ""),
		item(VAULT_DASHBOARD, VAULT_ACCESS_VIEWER, "18446744073709551615", "D"),
	};
	struct vault_exposure e = {.base = lit("https://api.smartsheet.com/2.0"), .seat = lit("member"), .system_admin = 1,
	                           .count = {3, 1, -1, 1}, .contacts = 10, .groups = 0, .users = -1,
	                           .sheets_by = {1, 0, 0, 0, 1, 0, 1}, .items = items, .n = 5};
	struct vault_exposure got;
	char *text = record_exposure_encode(&e), *again = NULL;

	(void)state;
	assert_non_null(text);
	assert_null(strstr(text, "null"));
	assert_null(strstr(text, "1700000000"));
	assert_int_equal(record_exposure_parse(text, strlen(text), &got, NULL), VAULT_OK);
	assert_same(&e, &got);
	assert_string_equal(got.base, e.base);
	assert_string_equal(got.seat, "member");
	again = record_exposure_encode(&got);
	assert_string_equal(again, text);
	vault_exposure_clear(&got);
	free(again);
	free(text);
	/* Nothing known of anything. */
	e = (struct vault_exposure){.system_admin = -1, .count = {-1, -1, -1, -1}, .contacts = -1, .groups = -1, .users = -1};
	text = record_exposure_encode(&e);
	assert_string_equal(text, "{\"counts\":{},\"levels\":[0,0,0,0,0,0,0],\"items\":{}}");
	assert_int_equal(record_exposure_parse(text, strlen(text), &got, NULL), VAULT_OK);
	assert_same(&e, &got);
	assert_true(got.base == NULL && got.seat == NULL);
	vault_exposure_clear(&got);
	free(text);
}

/* What no reader would take is left out, said by `cut`; the order is made, and what stands there twice stands there once. */
static void what_is_written_can_be_read(void **state)
{
	struct vault_reached items[] = {
		item(VAULT_REPORT, VAULT_ACCESS_ADMIN, "10", "later"),     item(VAULT_SHEET, VAULT_ACCESS_ADMIN, "10", "\033[2J\n\302\205x"),
		item(VAULT_SHEET, VAULT_ACCESS_ADMIN, "9", "\377no UTF-8"), item(VAULT_SHEET, VAULT_ACCESS_VIEWER, "10", "again"),
	};
	struct vault_exposure e = {.count = {2, 0, 1, -7}, .items = items, .n = 4, .sheets_by = {0, -3}}, got;
	static const char *const odd[] = {"", "x", "-5", "1.5", "007", "123456789012345678901", " 1"};
	char *text = record_exposure_encode(&e);

	(void)state;
	assert_int_equal(record_exposure_parse(text, strlen(text), &got, NULL), VAULT_OK);
	assert_int_equal(got.n, 3);
	assert_int_equal(got.cut, 0);
	assert_string_equal(got.items[0].id, "9");
	assert_string_equal(got.items[1].name, "?[2J???x");
	assert_int_equal(got.items[1].access, VAULT_ACCESS_ADMIN); /* the first of two */
	assert_int_equal(got.items[2].type, VAULT_REPORT);
	assert_true(got.count[VAULT_DASHBOARD] == -1 && got.sheets_by[1] == 0);
	vault_exposure_clear(&got);
	free(text);
	e.count[VAULT_REPORT] = -1; /* it may not list them, and yet there is one */
	text = record_exposure_encode(&e);
	assert_int_equal(record_exposure_parse(text, strlen(text), &got, NULL), VAULT_OK);
	assert_int_equal(got.n, 2);
	assert_int_equal(got.cut, 1);
	vault_exposure_clear(&got);
	free(text);
	e.count[VAULT_REPORT] = 1;
	e.base = lit("a\nb");
	e.seat = lit("");
	for (size_t i = 0; i < sizeof odd / sizeof odd[0] + 3; i++) {
		items[0] = item(VAULT_REPORT, VAULT_ACCESS_ADMIN, "7", NULL);
		if (i < sizeof odd / sizeof odd[0])
			items[0].id = lit(odd[i]);
		else if (i == sizeof odd / sizeof odd[0])
			items[0].id = NULL;
		else if (i == sizeof odd / sizeof odd[0] + 1)
			items[0].type = (enum vault_item_type)9;
		else
			items[0].access = (enum vault_access)9;
		text = record_exposure_encode(&e);
		assert_int_equal(record_exposure_parse(text, strlen(text), &got, NULL), VAULT_OK);
		assert_int_equal(got.n, 2);
		assert_int_equal(got.cut, 1);
		assert_true(got.base == NULL && got.seat == NULL);
		vault_exposure_clear(&got);
		free(text);
	}
}

#define HEAD "{\"counts\":{\"sheets\":2,\"reports\":1},\"levels\":[0,0,0,2,0,0,0],"

static const char good[] = "{\"base\":\"https://api.smartsheet.com/2.0\",\"admin\":false,\"seat\":\"viewer\","
                           "\"counts\":{\"sheets\":2,\"workspaces\":0,\"reports\":1,\"users\":7},\"levels\":[0,1,1,0,0,0,0],"
                           "\"items\":{\"sheets\":[[\"9\",1,\"Plan \\u00d6\"],[\"10\",2]],\"workspaces\":[],\"reports\":[[\"9\",6]]},"
                           "\"cut\":true}";

static void refused(void **state)
{
	static const char *const bad[] = {
		"",
		"[]",
		"{}",
		"{\"items\":{}}",
		"{\"counts\":{},\"items\":{}}",
		"{\"counts\":[],\"levels\":[0,0,0,0,0,0,0],\"items\":{}}",
		"{\"counts\":{},\"levels\":[0,0,0,0,0,0],\"items\":{}}",
		"{\"counts\":{},\"levels\":[0,0,0,0,0,0,0,0],\"items\":{}}",
		"{\"counts\":{},\"levels\":[0,0,0,0,0,0,-1],\"items\":{}}",
		"{\"counts\":{},\"levels\":[0,0,0,0,0,0,\"1\"],\"items\":{}}",
		"{\"counts\":{\"sheets\":-1},\"levels\":[0,0,0,0,0,0,0],\"items\":{}}",
		"{\"counts\":{\"users\":null},\"levels\":[0,0,0,0,0,0,0],\"items\":{}}",
		"{\"counts\":{\"groups\":1.0},\"levels\":[0,0,0,0,0,0,0],\"items\":{}}",
		HEAD "\"items\":[]}",
		HEAD "\"cut\":false}",
		HEAD "\"items\":{},\"cut\":1}",
		HEAD "\"items\":{},\"cut\":null}",
		HEAD "\"items\":{},\"admin\":\"yes\"}",
		HEAD "\"items\":{},\"seat\":7}",
		HEAD "\"items\":{},\"seat\":\"\"}",
		HEAD "\"items\":{},\"base\":\"a\\nb\"}",
		HEAD "\"items\":{\"sheets\":{}}}",
		HEAD "\"items\":{\"sheets\":null}}",
		HEAD "\"items\":{\"sheets\":[7]}}",
		HEAD "\"items\":{\"sheets\":[[]]}}",
		HEAD "\"items\":{\"sheets\":[[\"9\"]]}}",
		HEAD "\"items\":{\"sheets\":[[9,1]]}}",
		HEAD "\"items\":{\"sheets\":[[\"9\",\"1\"]]}}",
		HEAD "\"items\":{\"sheets\":[[\"9\",7]]}}",
		HEAD "\"items\":{\"sheets\":[[\"9\",-1]]}}",
		HEAD "\"items\":{\"sheets\":[[\"9\",1,null]]}}",
		HEAD "\"items\":{\"sheets\":[[\"9\",1,2]]}}",
		HEAD "\"items\":{\"sheets\":[[\"9\",1,\"a\",\"b\"]]}}",
		HEAD "\"items\":{\"sheets\":[[\"9\",1,\"a\\u001b\"]]}}",
		HEAD "\"items\":{\"sheets\":[[\"9\",1,\"a\\u0085\"]]}}",
		HEAD "\"items\":{\"sheets\":[[\"09\",1]]}}",
		HEAD "\"items\":{\"sheets\":[[\"x\",1]]}}",
		HEAD "\"items\":{\"sheets\":[[\"\",1]]}}",
		HEAD "\"items\":{\"sheets\":[[\"123456789012345678901\",1]]}}",
		HEAD "\"items\":{\"sheets\":[[\"10\",1],[\"9\",1]]}}", /* out of order */
		HEAD "\"items\":{\"sheets\":[[\"9\",1],[\"9\",2]]}}",
		HEAD "\"items\":{\"sheets\":[[\"7\",1],[\"8\",1],[\"9\",1]]}}", /* more than there are */
		HEAD "\"items\":{\"workspaces\":[[\"9\",1]]}}", /* of a kind that was not listed */
	};
	static const char newer[] =
	        "{\"later\":[1],\"counts\":{\"sheets\":1,\"later\":null},\"levels\":[0,0,0,0,0,0,0],\"items\":{\"later\":7}}";
	struct vault_exposure e;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		if (record_exposure_parse(bad[i], strlen(bad[i]), &e, NULL) != VAULT_DAMAGED)
			fail_msg("taken: %s", bad[i]);
		assert_true(e.items == NULL && e.base == NULL && e.seat == NULL && e.n == 0); /* nothing half-read is left */
	}
	assert_int_equal(record_exposure_parse(newer, sizeof newer - 1, &e, NULL), VAULT_OK);
	assert_int_equal(e.count[VAULT_SHEET], 1);
	vault_exposure_clear(&e);
	assert_int_equal(record_exposure_parse(good, sizeof good - 1, &e, NULL), VAULT_OK);
	assert_int_equal(e.n, 3);
	assert_int_equal(e.cut, 1);
	assert_int_equal(e.system_admin, 0);
	assert_string_equal(e.items[0].name, "Plan \303\226");
	vault_exposure_clear(&e);
}

/* Every beginning of one is damage; of every changed byte something is made, or damage, and what is made is written again. */
static void bent(void **state)
{
	static const char with[] = {0, 1, '"', '\\', '[', ']', '{', '}', ',', ':', '0', '9', '-', 'e', ' ', (char)0x80, (char)0xff};
	struct vault_exposure e, again;
	char text[sizeof good];
	size_t taken = 0;

	(void)state;
	for (size_t i = 0; i < sizeof good - 1; i++)
		assert_int_equal(record_exposure_parse(good, i, &e, NULL), VAULT_DAMAGED);
	for (size_t i = 0; i < sizeof good - 1; i++) {
		for (size_t k = 0; k < sizeof with + 8; k++) {
			enum vault_rc rc;
			char *out = NULL;

			memcpy(text, good, sizeof good);
			if (k < sizeof with)
				text[i] = with[k];
			else
				text[i] = (char)((uint8_t)text[i] ^ (uint8_t)(1u << (k - sizeof with)));
			rc = record_exposure_parse(text, sizeof good - 1, &e, NULL);
			assert_true(rc == VAULT_OK || rc == VAULT_DAMAGED);
			if (rc != VAULT_OK)
				continue;
			taken++;
			out = record_exposure_encode(&e);
			assert_non_null(out);
			assert_int_equal(record_exposure_parse(out, strlen(out), &again, NULL), VAULT_OK);
			assert_same(&e, &again);
			vault_exposure_clear(&again);
			vault_exposure_clear(&e);
			free(out);
		}
	}
	assert_true(taken > 500);
}

/* --- it always fits ---------------------------------------------------------------------------------------- */

static struct vault_exposure many(size_t n, const char *name)
{
	struct vault_exposure e = {.count = {(int64_t)n, 0, 0, 0}, .system_admin = 0, .base = lit("https://api.smartsheet.com/2.0")};

	e.items = calloc(n, sizeof *e.items);
	e.n = n;
	assert_non_null(e.items);
	for (size_t i = 0; i < n; i++) {
		char id[24];

		(void)snprintf(id, sizeof id, "%lld", 4503599627370496 + (long long)i * 987654321);
		e.items[i] = (struct vault_reached){.access = VAULT_ACCESS_EDITOR, .id = strdup(id), .name = name ? strdup(name) : NULL};
		assert_non_null(e.items[i].id);
	}
	e.base = strdup(e.base);
	return e;
}

/* As observe_seal_detail makes it; with the name of a slot that is all quotes, and the longest time, as carry.c adds them. */
static size_t sealed(const char *text)
{
	const size_t n = strlen(text) + strlen(",\"carried\":\"\",\"since\":-9223372036854775807") + 2 * VAULT_NAME_MAX;

	return (n / PAD + 1) * PAD + SEAL_OVERHEAD;
}

static void expect_fit(size_t n, const char *name, int names, int cut, size_t least)
{
	struct vault_exposure e = many(n, name), got;
	char *text = record_exposure_encode(&e);

	assert_non_null(text);
	assert_true(strlen(text) <= RECORD_EXPOSURE_MAX);
	assert_true(sealed(text) <= LOG_DETAIL_MAX);
	assert_int_equal(record_exposure_parse(text, strlen(text), &got, NULL), VAULT_OK);
	print_message("# %zu items, names of %zu bytes: %zu bytes, %zu items kept, %s names\n", n, name ? strlen(name) : 0,
	              strlen(text), got.n, got.n > 0 && got.items[0].name ? "with" : "without");
	assert_int_equal(got.cut, cut);
	assert_true(got.count[VAULT_SHEET] == (int64_t)n); /* numbers are whole */
	assert_true(got.n >= least && got.n <= n);
	assert_int_equal(got.n == n, !cut);
	for (size_t i = 0; i < got.n; i++) { /* from the end: those that stand there are the first */
		assert_string_equal(got.items[i].id, e.items[i].id);
		assert_int_equal(got.items[i].name != NULL, names);
	}
	vault_exposure_clear(&got);
	vault_exposure_clear(&e);
	free(text);
}

static void it_always_fits(void **state)
{
	char name[NAME + 1], longest[VAULT_NAME_MAX * 4];

	(void)state;
	memset(name, 'n', NAME);
	name[NAME] = '\0';
	memset(longest, '"', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	expect_fit(10000, name, 1, 0, 10000);
	expect_fit(20000, name, 0, 0, 20000);
	expect_fit(60000, NULL, 0, 1, 40000);
	expect_fit(60000, name, 0, 1, 40000);
	expect_fit(10000, longest, 0, 0, 10000);
	expect_fit(1, longest, 1, 0, 1);
}

/* The same once more: one block, there and back; and what is no such thing. */
static void same(void **state)
{
	static const char *const odd[] = {
		"", "no json", "{}", "[]", "{\"of\":1}", "{\"of\":\"1\",\"detail\":\"" HEX64 "\"}", "{\"detail\":\"" HEX64 "\"}",
		"{\"of\":1,\"detail\":\"" HEX64 "0\"}", "{\"of\":1,\"detail\":\"0123\"}", "{\"of\":1,\"detail\":\"g" HEX63 "\"}",
		"{\"of\":1,\"detail\":\"" HEX63 "g\"}", "{\"of\":1.5,\"detail\":\"" HEX64 "\"}", "{\"of\":1,\"detail\":7}",
	};
	static const char more[] = "{\"of\":1,\"detail\":\"" HEX64 "\",\"later\":2}";
	struct record_same s = {.of = -1700000000}, got;
	char *text = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof s.detail; i++)
		s.detail[i] = (uint8_t)(255 - 5 * i);
	text = record_same_encode(&s);
	assert_non_null(text);
	assert_true(strlen(text) < 127);
	assert_int_equal(record_same_parse(text, strlen(text), &got, NULL), VAULT_OK);
	assert_memory_equal(&got, &s, sizeof s);
	free(text);
	assert_int_equal(record_same_parse(more, sizeof more - 1, &got, NULL), VAULT_OK);
	for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++)
		assert_int_equal(record_same_parse(odd[i], strlen(odd[i]), &got, NULL), VAULT_DAMAGED);
}

/* What carrying adds is read again; an older program's entry has none of it, and what is no time says none. */
static void carried(void **state)
{
	static const char plain[] = "{\"counts\":{},\"levels\":[0,0,0,0,0,0,0],\"items\":{}%s}";
	static const struct {
		const char *more;
		int64_t since;
		const char *by;
	} said[] = {
		{"", INT64_MIN, NULL},
		{",\"carried\":\"ann\"", INT64_MIN, "ann"},
		{",\"carried\":\"ann\",\"since\":17", 17, "ann"},
		{",\"since\":\"17\",\"carried\":1", INT64_MIN, NULL},
	};
	struct vault_exposure got;
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
		(void)snprintf(text, sizeof text, plain, said[i].more);
		assert_int_equal(record_exposure_parse(text, strlen(text), &got, NULL), VAULT_OK);
		assert_true(got.since == said[i].since);
		if (said[i].by == NULL)
			assert_null(got.carried);
		else
			assert_string_equal(got.carried, said[i].by);
		vault_exposure_clear(&got);
		assert_null(got.carried);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back), cmocka_unit_test(what_is_written_can_be_read), cmocka_unit_test(refused),
		cmocka_unit_test(bent),           cmocka_unit_test(it_always_fits),
		cmocka_unit_test(same),           cmocka_unit_test(carried),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("record_exposure", tests, NULL, NULL);
}
