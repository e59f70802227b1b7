/* test_pages.c - lists page by page (api/pages.c), without network: where they end, what of an item goes out, and each trap. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "idset.h"
#include "pages.h"
#include "stamp.h"

static const char token[] = "fake0123456789abcdefghijklmnopqrstuvw";

struct got {
	size_t n, lines;
	json_t *items;
	int full; /* takes no more */
};

static int on_put(void *ctx, enum pages_list l, json_t *items)
{
	struct got *g = ctx;
	char *text = json_dumps(items, JSON_COMPACT);

	assert_true(l >= PAGES_SHEETS && l <= PAGES_REPORTS);
	assert_in_range(json_array_size(items), 1, PAGES_LINE_ITEMS);
	assert_in_range(strlen(text), 2, 60000);
	g->n += json_array_size(items);
	g->lines++;
	assert_int_equal(json_array_extend(g->items, items), 0);
	json_decref(items);
	free(text);
	return g->full ? -1 : 0;
}

struct walk {
	struct pages p;
	struct pages_of of;
	struct got got;
	struct pace *pace;
	const char *why;
};

static void walk_begin(struct walk *w, enum pages_list l)
{
	memset(w, 0, sizeof *w);
	w->pace = pace_new();
	w->got.items = json_array();
	w->of = (struct pages_of){.pace = w->pace,
	                          .token = token,
	                          .token_n = sizeof token - 1,
	                          .user_id = "77",
	                          .account_id = "5",
	                          .put = on_put,
	                          .ctx = &w->got};
	assert_non_null(w->pace);
	pages_begin(&w->p, l);
}

static void walk_end(struct walk *w)
{
	pages_clear(&w->p);
	pace_free(&w->pace);
	json_decref(w->got.items);
}

static enum pages_next take(struct walk *w, const char *text)
{
	json_t *j = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	enum pages_next next = PAGES_FAULT;

	if (!j)
		fail_msg("the test's own JSON is none: %s", text);
	w->why = NULL;
	next = pages_take(&w->p, &w->of, j, &w->why);
	if (next == PAGES_FAULT)
		assert_non_null(w->why);
	json_decref(j);
	return next;
}

/* {HEAD"data":[{"id":first},…]} */
static enum pages_next take_ids(struct walk *w, const char *head, int64_t first, int n)
{
	static char text[64 * 1024];
	size_t at = (size_t)snprintf(text, sizeof text, "{%s\"data\":[", head);

	for (int i = 0; i < n; i++)
		at += (size_t)snprintf(text + at, sizeof text - at, "%s{\"id\":%lld,\"name\":\"S\"}", i ? "," : "",
		                       (long long)first + i);
	(void)snprintf(text + at, sizeof text - at, "]}");
	return take(w, text);
}

static void expect_path(const struct walk *w, const char *want)
{
	char *path = pages_path(&w->p, &w->of);

	assert_non_null(path);
	assert_string_equal(path, want);
	free(path);
}

static void test_paths(void **state)
{
	static const char *const want[PAGES_LISTS] = {
	        [PAGES_PLANS] = "/users/77/plans?paginationType=token&maxItems=100",
	        [PAGES_SHEETS] = "/sheets?page=1&pageSize=500",
	        [PAGES_WORKSPACES] = "/workspaces?paginationType=token&maxItems=100",
	        [PAGES_DASHBOARDS] = "/sights?paginationType=token&maxItems=100",
	        [PAGES_REPORTS] = "/reports?page=1&pageSize=500",
	        [PAGES_CONTACTS] = "/contacts?page=1&pageSize=500",
	        [PAGES_GROUPS] = "/groups?page=1&pageSize=500",
	        [PAGES_USERS] = "/users?page=1&pageSize=500",
	};
	struct walk w;

	(void)state;
	for (int l = 0; l < PAGES_LISTS; l++) {
		walk_begin(&w, (enum pages_list)l);
		expect_path(&w, want[l]);
		walk_end(&w);
	}
}

static void test_by_number(void **state)
{
	struct walk w;

	(void)state;
	walk_begin(&w, PAGES_SHEETS);
	assert_int_equal(take_ids(&w, "\"pageNumber\":1,\"totalPages\":3,\"totalCount\":1012,", 1, 500), PAGES_MORE);
	expect_path(&w, "/sheets?page=2&pageSize=500");
	assert_int_equal(take_ids(&w, "\"pageNumber\":2,\"totalPages\":3,\"totalCount\":1012,", 501, 500), PAGES_MORE);
	assert_int_equal(take_ids(&w, "\"pageNumber\":3,\"totalPages\":3,\"totalCount\":1012,", 1001, 12), PAGES_DONE);
	assert_int_equal(w.p.n, 1012);
	assert_int_equal(w.got.n, 1012);
	assert_int_equal(w.got.lines, 8 + 8 + 1);
	/* The next list begins anew; the sum goes on. */
	pages_begin(&w.p, PAGES_REPORTS);
	expect_path(&w, "/reports?page=1&pageSize=500");
	assert_int_equal(take_ids(&w, "\"pageNumber\":1,\"totalPages\":1,", 1, 2), PAGES_DONE);
	assert_int_equal(w.p.n, 2);
	assert_int_equal(w.p.total, 1014);
	walk_end(&w);
}

/* Totals that are not known: -1, 0, missing, text. It ends at an empty page, at the last one again, or at one without news. */
static void test_totals_unknown(void **state)
{
	static const char *const totals[] = {"\"totalPages\":-1,\"totalCount\":-1,",
	                                     "\"totalPages\":0,\"totalCount\":0,", "",
	                                     "\"totalPages\":null,\"totalCount\":\"many\","};
	static const struct {
		const char *number;
		int64_t first;
		int n;
		int64_t want;
	} ends[] = {
	        {"\"pageNumber\":3,", 1, 0, 4}, /* empty */
	        {"\"pageNumber\":2,", 3, 2, 4}, /* the last one again */
	        {"\"pageNumber\":1,", 1, 2, 4}, /* an earlier one */
	        {"", 3, 2, 4},                  /* nothing new, whatever its number */
	        {"\"pageNumber\":3,", 3, 2, 4},
	        {"\"pageNumber\":2,", 4, 2, 5}, /* the last one, which has grown */
	};
	struct walk w;
	char head[128];

	(void)state;
	for (size_t t = 0; t < sizeof totals / sizeof totals[0]; t++) {
		for (size_t e = 0; e < sizeof ends / sizeof ends[0]; e++) {
			walk_begin(&w, PAGES_SHEETS);
			(void)snprintf(head, sizeof head, "\"pageNumber\":1,%s", totals[t]);
			assert_int_equal(take_ids(&w, head, 1, 2), PAGES_MORE);
			(void)snprintf(head, sizeof head, "%s%s", t % 2 ? "\"pageNumber\":2," : "", totals[t]);
			assert_int_equal(take_ids(&w, head, 3, 2), PAGES_MORE);
			(void)snprintf(head, sizeof head, "%s%s", ends[e].number, totals[t]);
			assert_int_equal(take_ids(&w, head, ends[e].first, ends[e].n), PAGES_DONE);
			assert_int_equal(w.p.n, ends[e].want);
			assert_int_equal(w.got.n, ends[e].want);
			walk_end(&w);
		}
	}
}

/* A page that ends the list and says itself that it does not: no number comes of it. */
static void test_contradictions(void **state)
{
	struct walk w;

	(void)state;
	walk_begin(&w, PAGES_SHEETS);
	assert_int_equal(take(&w, "{\"pageNumber\":1,\"totalPages\":1,\"totalCount\":3,\"data\":[]}"), PAGES_FAULT);
	walk_end(&w);
	walk_begin(&w, PAGES_SHEETS);
	assert_int_equal(take(&w, "{\"pageNumber\":1,\"totalPages\":0,\"totalCount\":0,\"data\":[]}"), PAGES_DONE);
	assert_int_equal(w.p.n, 0);
	walk_end(&w);
	walk_begin(&w, PAGES_SHEETS);
	assert_int_equal(take_ids(&w, "\"pageNumber\":1,\"totalPages\":3,\"totalCount\":6,", 1, 2), PAGES_MORE);
	assert_int_equal(take_ids(&w, "\"pageNumber\":1,\"totalPages\":3,\"totalCount\":6,", 1, 2), PAGES_FAULT);
	walk_end(&w);
	walk_begin(&w, PAGES_SHEETS);
	assert_int_equal(take_ids(&w, "\"pageNumber\":2,\"totalPages\":2,", 1, 2), PAGES_FAULT);
	assert_non_null(strstr(w.why, "another page"));
	walk_end(&w);
}

static void test_by_key(void **state)
{
	static const char *const last[] = {"", "\"lastKey\":null,", "\"lastKey\":\"\",",
	                                   "\"lastKey\":\"a b/+=&?#%\\u00e9\","};
	struct walk w;

	(void)state;
	for (size_t i = 0; i < sizeof last / sizeof last[0]; i++) {
		walk_begin(&w, PAGES_WORKSPACES);
		assert_int_equal(take_ids(&w, "\"lastKey\":\"a b/+=&?#%\\u00e9\",", 1, 100), PAGES_MORE);
		expect_path(&w,
		            "/workspaces?paginationType=token&maxItems=100&lastKey=a%20b%2F%2B%3D%26%3F%23%25%C3%A9");
		assert_int_equal(take_ids(&w, last[i], 101, 5), PAGES_DONE);
		assert_int_equal(w.p.n, 105);
		walk_end(&w);
	}
	/* Round in a circle of three. */
	walk_begin(&w, PAGES_DASHBOARDS);
	assert_int_equal(take_ids(&w, "\"lastKey\":\"a\",", 1, 2), PAGES_MORE);
	assert_int_equal(take_ids(&w, "\"lastKey\":\"b\",", 3, 2), PAGES_MORE);
	assert_int_equal(take_ids(&w, "\"lastKey\":\"c\",", 5, 2), PAGES_MORE);
	assert_int_equal(take_ids(&w, "\"lastKey\":\"a\",", 1, 2), PAGES_DONE);
	assert_int_equal(w.p.n, 6);
	/* The keys of one list are not those of the next. */
	pages_begin(&w.p, PAGES_WORKSPACES);
	expect_path(&w, "/workspaces?paginationType=token&maxItems=100");
	assert_int_equal(take_ids(&w, "\"lastKey\":\"a\",", 1, 2), PAGES_MORE);
	assert_int_equal(take_ids(&w, "\"lastKey\":7,", 3, 2), PAGES_FAULT);
	walk_end(&w);
}

static void test_long_key(void **state)
{
	char text[3000] = "";
	struct walk w;

	(void)state;
	for (int n = 2048; n <= 2049; n++) {
		walk_begin(&w, PAGES_WORKSPACES);
		(void)snprintf(text, sizeof text, "{\"data\":[],\"lastKey\":\"%0*d\"}", n, 1);
		assert_int_equal(take(&w, text), n == 2048 ? PAGES_MORE : PAGES_FAULT);
		walk_end(&w);
	}
}

static void expect_item(const char *item, const char *want)
{
	char text[4096];
	struct walk w;
	char *is = NULL;

	walk_begin(&w, PAGES_SHEETS);
	(void)snprintf(text, sizeof text, "{\"data\":[%s],\"totalPages\":1}", item);
	assert_int_equal(take(&w, text), PAGES_DONE);
	is = json_dumps(json_array_get(w.got.items, 0), JSON_COMPACT);
	assert_string_equal(is, want);
	free(is);
	walk_end(&w);
}

/* Four fields, and nothing else of what a server sends. */
static void test_items(void **state)
{
	(void)state;
	expect_item(
	        "{\"id\":9223372036854775807,\"name\":\"Plan\",\"accessLevel\":\"EDITOR_SHARE\",\"permalink\":\"https:/"
	        "/x\","
	        "\"modifiedAt\":\"2026-02-01T17:20:05.123456789+02:00\",\"sharedSecret\":\"fakesecret\",\"new\":{}}",
	        "{\"id\":\"9223372036854775807\",\"name\":\"Plan\",\"access\":\"EDITOR_SHARE\","
	        "\"modified\":\"2026-02-01T15:20:05Z\"}");
	expect_item("{\"id\":9007199254740993}",
	            "{\"id\":\"9007199254740993\",\"name\":null,\"access\":null,\"modified\":null}");
	expect_item("{\"id\":1,\"name\":\"\",\"accessLevel\":\"owner\",\"modifiedAt\":\"yesterday\"}",
	            "{\"id\":\"1\",\"name\":null,\"access\":null,\"modified\":null}");
	expect_item("{\"id\":1,\"name\":7,\"accessLevel\":\"KING\",\"modifiedAt\":1}",
	            "{\"id\":\"1\",\"name\":null,\"access\":null,\"modified\":null}");
	expect_item("{\"id\":1,\"name\":\"\\u001b]0;x\\u0007a\\u202eb\\r\\n\\u009bc\",\"accessLevel\":\"VIEWER\"}",
	            "{\"id\":\"1\",\"name\":\"]0;xabc\",\"access\":\"VIEWER\",\"modified\":null}");
}

/* The token in a name, also in pieces that only cleaning puts together, or where the end is cut off. */
static void test_token_in_a_name(void **state)
{
	char item[2000], want[600];

	(void)state;
	expect_item("{\"id\":1,\"name\":\"x fake0123456789\\u001babcdefghijklm\\u200fnopqrstuvw y\"}",
	            "{\"id\":\"1\",\"name\":\"x ************************************* "
	            "y\",\"access\":null,\"modified\":null}");
	(void)snprintf(item, sizeof item, "{\"id\":1,\"name\":\"%0280d\\u0066%s\"}", 0, token + 1);
	(void)snprintf(want, sizeof want, "{\"id\":\"1\",\"name\":\"%0280d%.20s\",\"access\":null,\"modified\":null}",
	               0, "********************");
	expect_item(item, want);
}

static void test_long_names(void **state)
{
	char item[2000] = "{\"id\":1,\"name\":\"x", want[700] = "{\"id\":\"1\",\"name\":\"x";
	size_t at = strlen(item), to = strlen(want);

	(void)state;
	for (int i = 0; i < 400; i++)
		at += (size_t)snprintf(item + at, sizeof item - at, "\xc3\xa9");
	(void)snprintf(item + at, sizeof item - at, "\"}");
	for (int i = 0; i < 149; i++) /* a whole character less than 300 */
		to += (size_t)snprintf(want + to, sizeof want - to, "\xc3\xa9");
	(void)snprintf(want + to, sizeof want - to, "\",\"access\":null,\"modified\":null}");
	expect_item(item, want);
}

/* The worst that 64 items can be fits into a line: on_put looks. */
static void test_long_lines(void **state)
{
	json_t *data = json_array(), *page = NULL;
	char name[301];
	struct walk w;

	(void)state;
	memset(name, '"', 300);
	name[300] = '\0';
	for (int i = 0; i < 1000; i++)
		assert_int_equal(json_array_append_new(data, json_pack("{s:I,s:s,s:s,s:s}", "id", INT64_MAX - i, "name",
		                                                       name, "accessLevel", "EDITOR_SHARE",
		                                                       "modifiedAt", "2026-02-01T17:20:05Z")),
		                 0);
	page = json_pack("{s:o,s:i}", "data", data, "totalPages", 1);
	walk_begin(&w, PAGES_SHEETS);
	assert_int_equal(pages_take(&w.p, &w.of, page, &w.why), PAGES_DONE);
	assert_int_equal(w.got.n, 1000);
	assert_int_equal(w.got.lines, 16);
	walk_end(&w);
	/* Nobody takes them. */
	walk_begin(&w, PAGES_SHEETS);
	w.got.full = 1;
	assert_int_equal(pages_take(&w.p, &w.of, page, &w.why), PAGES_FAULT);
	assert_int_equal(w.got.lines, 1);
	walk_end(&w);
	json_decref(page);
}

static void test_each_once(void **state)
{
	struct walk w;

	(void)state;
	walk_begin(&w, PAGES_SHEETS);
	assert_int_equal(take(&w, "{\"data\":[{\"id\":5},{\"id\":6},{\"id\":5}],\"totalPages\":2}"), PAGES_MORE);
	assert_int_equal(take(&w, "{\"data\":[{\"id\":6},{\"id\":7}],\"totalPages\":2}"), PAGES_DONE);
	assert_int_equal(w.p.n, 3);
	assert_int_equal(w.got.n, 3);
	walk_end(&w);
}

static void test_odd_pages(void **state)
{
	static const char *const odd[] = {
	        "{}",
	        "{\"data\":null}",
	        "{\"data\":{}}",
	        "{\"data\":\"x\"}",
	        "{\"data\":[7]}",
	        "{\"data\":[null]}",
	        "{\"data\":[[]]}",
	        "{\"data\":[{}]}",
	        "{\"data\":[{\"id\":null}]}",
	        "{\"data\":[{\"id\":\"5\"}]}",
	        "{\"data\":[{\"id\":5.0}]}",
	        "{\"data\":[{\"id\":0}]}",
	        "{\"data\":[{\"id\":-5}]}",
	        "{\"data\":[{\"id\":true}]}",
	        "{\"data\":[{\"id\":5},{\"name\":\"x\"}]}",
	};
	static const enum pages_list lists[] = {PAGES_SHEETS,  PAGES_WORKSPACES, PAGES_DASHBOARDS,
	                                        PAGES_REPORTS, PAGES_GROUPS,     PAGES_USERS};
	struct walk w;

	(void)state;
	for (size_t l = 0; l < sizeof lists / sizeof lists[0]; l++) {
		for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
			walk_begin(&w, lists[l]);
			if (take(&w, odd[i]) != PAGES_FAULT)
				fail_msg("%s was taken as a page of %s", odd[i], pages_name(lists[l]));
			assert_int_equal(w.got.n, 0);
			walk_end(&w);
		}
	}
}

/* Contacts have ids of text; they, groups and users are counted and never sent. */
static void test_counted(void **state)
{
	struct walk w;

	(void)state;
	walk_begin(&w, PAGES_CONTACTS);
	assert_int_equal(
	        take(&w, "{\"data\":[{\"id\":\"AAA\"},{\"id\":\"AAB\"},{\"id\":\"AAA\"},{\"id\":7}],\"totalPages\":1}"),
	        PAGES_DONE);
	assert_int_equal(w.p.n, 3);
	pages_begin(&w.p, PAGES_CONTACTS);
	assert_int_equal(take(&w, "{\"data\":[{\"id\":\"\"}]}"), PAGES_FAULT);
	pages_begin(&w.p, PAGES_USERS);
	assert_int_equal(take(&w, "{\"data\":[{\"id\":1,\"email\":\"b@x.example\"},{\"id\":2}],\"totalPages\":1}"),
	                 PAGES_DONE);
	assert_int_equal(w.p.n, 2);
	assert_int_equal(w.got.n, 0);
	walk_end(&w);
}

static void expect_seat(const char *data, const char *want)
{
	char text[1024];
	struct walk w;

	walk_begin(&w, PAGES_PLANS);
	(void)snprintf(text, sizeof text, "{\"data\":%s}", data);
	assert_int_equal(take(&w, text), PAGES_DONE);
	assert_string_equal(w.p.seat, want);
	assert_int_equal(w.p.total, 0);
	walk_end(&w);
}

static void test_seat(void **state)
{
	(void)state;
	expect_seat("[{\"planId\":5,\"seatType\":\"MEMBER\"}]", "MEMBER");
	expect_seat("[{\"planId\":9,\"seatType\":\"GUEST\"},{\"planId\":5,\"seatType\":\"PROVISIONAL_MEMBER\"},"
	            "{\"planId\":7,\"seatType\":\"VIEWER\"}]",
	            "PROVISIONAL_MEMBER");
	expect_seat("[{\"planId\":9,\"seatType\":\"GUEST\"},{\"planId\":8,\"seatType\":\"VIEWER\"}]", "GUEST");
	expect_seat("[]", "");
	expect_seat("[{\"planId\":5,\"seatType\":\"a\\u001b\"},{\"planId\":5,\"seatType\":null},{},7]", "");
	expect_seat("[{\"seatType\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}]", "");
}

/* It never ends: 200,000 are taken, over all lists, and the next is one too many. */
static void test_no_end(void **state)
{
	enum pages_next next = PAGES_MORE;
	struct walk w;
	int64_t first = 1;

	(void)state;
	walk_begin(&w, PAGES_GROUPS);
	for (; next == PAGES_MORE && first < 150000; first += 500)
		next = take_ids(&w, "", first, 500);
	assert_int_equal(next, PAGES_MORE);
	pages_begin(&w.p, PAGES_USERS);
	for (first = 1; next == PAGES_MORE && first < 150000; first += 500)
		next = take_ids(&w, "", first, 500);
	assert_int_equal(next, PAGES_FAULT);
	assert_int_equal(w.p.total, PAGES_ITEMS_MAX + 1);
	assert_non_null(strstr(w.why, "200,000"));
	walk_end(&w);
}

static void expect_stamp(const char *text, const char *want)
{
	char out[STAMP_LEN];
	const char *is = stamp_normal(text, out);

	if (!want) {
		if (is)
			fail_msg("%s was taken as %s", text ? text : "NULL", is);
		return;
	}
	if (!is || strcmp(is, want) != 0)
		fail_msg("%s: %s, not %s", text, is ? is : "refused", want);
}

static void test_stamps(void **state)
{
	static const char *const bad[] = {
	        "",
	        "x",
	        "2026-02-01",
	        "2026-02-01T17:20Z",
	        "2026-02-01T17:20:05",
	        "2026-02-01 17:20:05Z",
	        "2026-2-01T17:20:05Z",
	        "2026-13-01T17:20:05Z",
	        "2026-00-01T17:20:05Z",
	        "2026-02-29T17:20:05Z",
	        "2026-02-00T17:20:05Z",
	        "2026-04-31T17:20:05Z",
	        "2026-02-01T24:20:05Z",
	        "2026-02-01T17:60:05Z",
	        "2026-02-01T17:20:61Z",
	        "2026-02-01T17:20:05.Z",
	        "2026-02-01T17:20:05.1234567890Z",
	        "2026-02-01T17:20:05ZZ",
	        "2026-02-01T17:20:05+2:00",
	        "2026-02-01T17:20:05+02",
	        "2026-02-01T17:20:05+0200",
	        "2026-02-01T17:20:05+24:00",
	        "2026-02-01T17:20:05+02:60",
	        "2026-02-01T17:20:05Z\n",
	        " 2026-02-01T17:20:05Z",
	        "0000-02-01T17:20:05Z",
	        "0001-01-01T00:00:00+00:01",
	        "9999-12-31T23:59:59-00:01",
	        "1900-02-29T00:00:00Z",
	        "+2026-02-01T17:20:05Z",
	        "2026-02-01T17:20:0\xc2\xb2Z",
	};

	(void)state;
	expect_stamp(NULL, NULL);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		expect_stamp(bad[i], NULL);
	expect_stamp("2026-02-01T17:20:05Z", "2026-02-01T17:20:05Z");
	expect_stamp("2026-02-01t17:20:05z", "2026-02-01T17:20:05Z");
	expect_stamp("2026-02-01T17:20:05.9Z", "2026-02-01T17:20:05Z");
	expect_stamp("2025-11-03T08:15:30.123456789Z", "2025-11-03T08:15:30Z");
	expect_stamp("2026-02-01T17:20:05+00:00", "2026-02-01T17:20:05Z");
	expect_stamp("2026-02-01T17:20:05.5-07:00", "2026-02-02T00:20:05Z");
	expect_stamp("2026-01-01T00:30:00+05:30", "2025-12-31T19:00:00Z");
	expect_stamp("2025-12-31T23:30:00-01:00", "2026-01-01T00:30:00Z");
	expect_stamp("2024-03-01T00:00:00+00:01", "2024-02-29T23:59:00Z");
	expect_stamp("2024-02-28T23:59:59-00:01", "2024-02-29T00:00:59Z");
	expect_stamp("2026-03-01T00:00:00+23:59", "2026-02-28T00:01:00Z");
	expect_stamp("2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z");
	expect_stamp("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z");
}

static void test_idset(void **state)
{
	struct idset s = {0};

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (uint64_t i = 0; i < 100000; i++)
			assert_int_equal(idset_add(&s, i * 0x9e3779b97f4a7c15u), round == 0);
	}
	assert_int_equal(s.n, 100000);
	idset_clear(&s);
	assert_null(s.at);
	assert_int_equal(idset_add(&s, 0), 1);
	assert_int_equal(idset_add(&s, 0), 0);
	/* All at the end of the table: it goes on at its beginning. */
	for (uint64_t i = 0; i < 50; i++)
		assert_int_equal(idset_add(&s, i << 32 | 0xffff), 1);
	for (uint64_t i = 0; i < 50; i++)
		assert_int_equal(idset_add(&s, i << 32 | 0xffff), 0);
	idset_clear(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_paths),          cmocka_unit_test(test_by_number),
	        cmocka_unit_test(test_totals_unknown), cmocka_unit_test(test_contradictions),
	        cmocka_unit_test(test_by_key),         cmocka_unit_test(test_long_key),
	        cmocka_unit_test(test_items),          cmocka_unit_test(test_token_in_a_name),
	        cmocka_unit_test(test_long_names),     cmocka_unit_test(test_long_lines),
	        cmocka_unit_test(test_each_once),      cmocka_unit_test(test_odd_pages),
	        cmocka_unit_test(test_counted),        cmocka_unit_test(test_seat),
	        cmocka_unit_test(test_no_end),         cmocka_unit_test(test_stamps),
	        cmocka_unit_test(test_idset),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
