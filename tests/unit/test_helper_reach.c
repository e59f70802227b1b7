/* test_helper_reach.c - what vault-api says a token reaches, read strictly. Started under the name vault-api, this program is
 * the helper itself, and says what stands in fake_reaches under the last part of the base URL. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "frames.h"
#include "helper.h"

#define FORM "vault-api answered in another form than agreed; install vault again"

/* --- the stand-in helper --- */

#define WHO(admin)                                                                                                     \
	"{\"id\":\"9\",\"email\":\"b@a.example\",\"account_id\":null,\"account_name\":null,\"admin\":" admin           \
	",\"licensed\":true,\"group_admin\":null,\"resource_viewer\":null,\"alternates\":[]}"
#define REACH(s, w, r, d, rest)                                                                                        \
	"\"reach\":{\"sheets\":" s ",\"workspaces\":" w ",\"reports\":" r ",\"dashboards\":" d "," rest "},\"why\":"   \
	"null"
#define REST "\"contacts\":7,\"groups\":1,\"users\":null,\"seat\":\"PROVISIONAL_MEMBER\""
#define ITEM(id) "{\"id\":" id ",\"name\":\"A\",\"access\":\"OWNER\",\"modified\":\"2026-02-01T17:20:05Z\"}"
#define SHEETS(items) "{\"id\":@,\"list\":\"sheets\",\"items\":[" items "]}\n"
#define ONE REACH("1", "0", "0", "0", REST)

/* Lines before the answer ("@" is the request's id), the verdict, and what the answer has more. */
static const struct fake_reach {
	const char *how, *parts, *result, *who, *more;
} fake_reaches[] = {
        {"good",
         "{\"id\":@,\"list\":\"dashboards\",\"items\":[" ITEM("\"5\"") "]}\n" SHEETS(ITEM(
                 "\"9007199254740993\"") ",{\"id\":\"10\",\"name\":null,\"access\":null,\"modified\":null}") SHEETS("")
                 SHEETS("{\"id\":\"9\",\"name\":\"\xc3\xa9\",\"access\":\"EDITOR_SHARE\",\"modified\":null},"
                        "{\"id\":\"9223372036854775807\",\"name\":\"Z\",\"access\":\"EDITOR\",\"modified\":null}"),
         "valid", WHO("false"), REACH("4", "0", "null", "1", REST)},
        {"admin", "", "valid", WHO("true"),
         REACH("0", "0", "0", "0", "\"contacts\":null,\"groups\":null,\"users\":20,\"seat\":null")},
        {"fault", SHEETS(ITEM("\"5\"")), "valid", WHO("true"), "\"reach\":null,\"why\":\"HOST, reports: HTTP 502\""},
        {"invalid", "", "invalid", "null", "\"reach\":null,\"why\":null"},
        /* What is not in the form. */
        {"odd-fewer", SHEETS(ITEM("\"5\"")), "valid", WHO("false"), REACH("2", "0", "0", "0", REST)},
        {"odd-more", SHEETS(ITEM("\"5\"") "," ITEM("\"6\"")), "valid", WHO("false"), ONE},
        {"odd-null", SHEETS(ITEM("\"5\"")), "valid", WHO("false"), REACH("null", "0", "0", "0", REST)},
        {"odd-other", SHEETS(ITEM("\"5\"")), "valid", WHO("false"), REACH("0", "1", "0", "0", REST)},
        {"odd-twice", SHEETS(ITEM("\"5\"") "," ITEM("\"6\"")) SHEETS(ITEM("\"5\"")), "valid", WHO("false"),
         REACH("3", "0", "0", "0", REST)},
        {"odd-list", "{\"id\":@,\"list\":\"secrets\",\"items\":[]}\n", "valid", WHO("false"),
         REACH("0", "0", "0", "0", REST)},
        {"odd-contacts", "{\"id\":@,\"list\":\"contacts\",\"items\":[]}\n", "valid", WHO("false"),
         REACH("0", "0", "0", "0", REST)},
        {"odd-listnumber", "{\"id\":@,\"list\":0,\"items\":[]}\n", "valid", WHO("false"),
         REACH("0", "0", "0", "0", REST)},
        {"odd-noitems", "{\"id\":@,\"list\":\"sheets\"}\n", "valid", WHO("false"), REACH("0", "0", "0", "0", REST)},
        {"odd-itemsobject", "{\"id\":@,\"list\":\"sheets\",\"items\":{}}\n", "valid", WHO("false"),
         REACH("0", "0", "0", "0", REST)},
        {"odd-item", SHEETS("7"), "valid", WHO("false"), ONE},
        {"odd-idnumber", SHEETS(ITEM("5")), "valid", WHO("false"), ONE},
        {"odd-idnull", SHEETS(ITEM("null")), "valid", WHO("false"), ONE},
        {"odd-idempty", SHEETS(ITEM("\"\"")), "valid", WHO("false"), ONE},
        {"odd-idminus", SHEETS(ITEM("\"-5\"")), "valid", WHO("false"), ONE},
        {"odd-idzero", SHEETS(ITEM("\"05\"")), "valid", WHO("false"), ONE},
        {"odd-idtext", SHEETS(ITEM("\"5a\"")), "valid", WHO("false"), ONE},
        {"odd-idlarge", SHEETS(ITEM("\"9223372036854775808\"")), "valid", WHO("false"), ONE},
        {"odd-idlong", SHEETS(ITEM("\"10000000000000000000\"")), "valid", WHO("false"), ONE},
        {"odd-name", SHEETS("{\"id\":\"5\",\"name\":\"a\\u001b[31m\",\"access\":null,\"modified\":null}"), "valid",
         WHO("false"), ONE},
        {"odd-namec1", SHEETS("{\"id\":\"5\",\"name\":\"a\\u009b\",\"access\":null,\"modified\":null}"), "valid",
         WHO("false"), ONE},
        {"odd-nameempty", SHEETS("{\"id\":\"5\",\"name\":\"\",\"access\":null,\"modified\":null}"), "valid",
         WHO("false"), ONE},
        {"odd-namenumber", SHEETS("{\"id\":\"5\",\"name\":5,\"access\":null,\"modified\":null}"), "valid", WHO("false"),
         ONE},
        {"odd-noname", SHEETS("{\"id\":\"5\",\"access\":null,\"modified\":null}"), "valid", WHO("false"), ONE},
        {"odd-access", SHEETS("{\"id\":\"5\",\"name\":null,\"access\":\"KING\",\"modified\":null}"), "valid",
         WHO("false"), ONE},
        {"odd-accesslower", SHEETS("{\"id\":\"5\",\"name\":null,\"access\":\"owner\",\"modified\":null}"), "valid",
         WHO("false"), ONE},
        {"odd-modified", SHEETS("{\"id\":\"5\",\"name\":null,\"access\":null,\"modified\":\"2026-02-01T17:20:05.5Z\"}"),
         "valid", WHO("false"), ONE},
        {"odd-modifiednumber", SHEETS("{\"id\":\"5\",\"name\":null,\"access\":null,\"modified\":5}"), "valid",
         WHO("false"), ONE},
        {"odd-noreach", "", "valid", WHO("false"), "\"x\":1"},
        {"odd-nowhy", "", "valid", WHO("false"), "\"reach\":null,\"why\":null"},
        {"odd-whycontrol", "", "valid", WHO("false"), "\"reach\":null,\"why\":\"a\\u001bb\""},
        {"odd-both", "", "valid", WHO("false"),
         "\"reach\":{\"sheets\":0,\"workspaces\":0,\"reports\":0,\"dashboards\":0," REST "},\"why\":\"x\""},
        {"odd-array", "", "valid", WHO("false"), "\"reach\":[],\"why\":null"},
        {"odd-count", "", "valid", WHO("false"), REACH("\"0\"", "0", "0", "0", REST)},
        {"odd-countminus", "", "valid", WHO("false"), REACH("-1", "0", "0", "0", REST)},
        {"odd-countmissing", "", "valid", WHO("false"),
         REACH("0", "0", "0", "0", "\"contacts\":1,\"groups\":1,\"seat\":null")},
        {"odd-countlarge", "", "valid", WHO("false"),
         REACH("0", "0", "0", "0", "\"contacts\":200001,\"groups\":1,\"users\":null,\"seat\":null")},
        {"odd-users", "", "valid", WHO("false"),
         REACH("0", "0", "0", "0", "\"contacts\":1,\"groups\":1,\"users\":5,\"seat\":null")},
        {"odd-seat", "", "valid", WHO("false"),
         REACH("0", "0", "0", "0", "\"contacts\":1,\"groups\":1,\"users\":null,\"seat\":\"member\"")},
        {"odd-seatnumber", "", "valid", WHO("false"),
         REACH("0", "0", "0", "0", "\"contacts\":1,\"groups\":1,\"users\":null,\"seat\":5")},
};

static void fake_print(const char *text, long id)
{
	for (; *text; text++) {
		if (*text == '@')
			printf("%ld", id);
		else
			(void)putchar(*text);
	}
}

static void fake_say(const struct fake_reach *f, long id, const char *base)
{
	fake_print(f->parts, id);
	printf("{\"id\":%ld,\"result\":\"%s\",\"http_status\":200,\"error_code\":0,\"message\":null,\"base\":\"%s\","
	       "\"identity\":%s,%s}\n",
	       id, f->result, base, f->who, f->more);
}

/* Parts in lines of a hundred items, the highest first. */
static void fake_parts(long id, const char *list, long n)
{
	for (long i = n; i > 0; i--) {
		if (i == n || i % 100 == 0)
			printf("{\"id\":%ld,\"list\":\"%s\",\"items\":[", id, list);
		printf("{\"id\":\"%ld\",\"name\":null,\"access\":\"VIEWER\",\"modified\":null}", i);
		(void)fputs(i == 1 || i % 100 == 1 ? "]}\n" : ",", stdout);
	}
}

static void fake_answer(const char *op, long id, const char *base, const char *how)
{
	struct fake_reach f = {.how = how, .parts = "", .result = "valid", .who = WHO("false")};
	char more[400];

	for (size_t i = 0; i < sizeof fake_reaches / sizeof fake_reaches[0]; i++) {
		if (strcmp(how, fake_reaches[i].how) == 0)
			fake_say(&fake_reaches[i], id, base);
	}
	if (strncmp(how, "many-", 5) == 0) {
		fake_parts(id, "sheets", strtol(how + 5, NULL, 10));
		(void)snprintf(more, sizeof more, REACH("%s", "0", "0", "0", REST), how + 5);
		f.more = more;
		fake_say(&f, id, base);
	} else if (strcmp(how, "both") == 0) {
		fake_parts(id, "sheets", 100001);
		fake_parts(id, "reports", 100000);
		f.more = REACH("100001", "0", "100000", "0", REST);
		fake_say(&f, id, base);
	} else if (strcmp(how, "late") == 0) {
		fake_say(&fake_reaches[1], id, base);
		fake_print(SHEETS(ITEM("\"5\"")), id);
	} else if (strcmp(how, "again") == 0) {
		fake_say(&fake_reaches[1], id, base);
		fake_say(&fake_reaches[1], id, base);
	} else if (strcmp(how, "half") == 0) {
		fake_print(SHEETS(ITEM("\"5\"")), id);
		(void)fflush(stdout);
		_exit(3);
	} else if (strcmp(how, "unasked") == 0) {
		fake_print(SHEETS(ITEM("\"5\"")), id);
	} else if (strcmp(how, "yes") == 0) { /* the operation comes back as message */
		printf("{\"id\":%ld,\"result\":\"valid\",\"http_status\":200,\"error_code\":0,\"message\":\"%s\","
		       "\"base\":\"%s\","
		       "\"identity\":null}\n",
		       id, op, base);
	} else if (strcmp(how, "no") == 0) {
		printf("{\"id\":%ld,\"result\":\"valid\",\"http_status\":403,\"error_code\":1004,\"message\":\"%s\","
		       "\"base\":"
		       "\"%s\",\"identity\":null}\n",
		       id, op, base);
	}
}

static int fake_main(void)
{
	char head[16385] = "", token[4097] = "", op[16] = "";

	if (fake_frame(head, token) != 0 || !strstr(head, "\"setup\""))
		return 9;
	while (fake_frame(head, token) == 0) {
		char *base = strstr(head, "\"base\":\""), *what = strstr(head, "\"op\":\"");
		const char *id = strstr(head, "\"id\":");

		if (!base || !id || !what)
			return 9;
		(void)snprintf(op, sizeof op, "%.*s", (int)strcspn(what + 6, "\""), what + 6);
		base += 8;
		base[strcspn(base, "\"")] = '\0';
		fake_answer(op, strtol(id + 5, NULL, 10), base, strrchr(base, '/') + 1);
		(void)fflush(stdout);
	}
	return 0;
}

/* --- the tests --- */

struct asked {
	enum vault_rc rc;
	struct vault_err err;
	size_t n, told;
	struct vault_verdict v[4];
	struct helper_reach r[4];
};

static void on_progress(void *ctx, size_t done, size_t n)
{
	struct asked *a = ctx;

	assert_int_equal(done, a->told + 1);
	assert_int_equal(n, a->n);
	a->told = done;
}

static void ask(struct asked *a, size_t n, const enum helper_op *op, const char *const *how)
{
	struct vault_secret *token = vault_secret_new(4096);
	struct helper_request req[4];
	static char path[4096];
	char base[4][80];
	ssize_t got = readlink("/proc/self/exe", path, sizeof path - 1);

	assert_true(got > 0);
	path[got] = '\0';
	memset(a, 0, sizeof *a);
	a->n = n;
	assert_int_equal(vault_secret_append(token, "fake-token", 10, NULL), VAULT_OK);
	for (size_t i = 0; i < n; i++) {
		(void)snprintf(base[i], sizeof base[i], "https://smartsheet.example/%s", how[i]);
		req[i] = (struct helper_request){.op = op[i], .base = base[i], .token = token};
	}
	a->rc = helper_run(&(struct vault_api_config){.program = path}, req, n, on_progress, a, a->v, a->r, &a->err);
	vault_secret_free(&token);
}

static void forget(struct asked *a)
{
	for (size_t i = 0; i < a->n; i++) {
		vault_verdict_clear(&a->v[i]);
		helper_reach_clear(&a->r[i]);
		assert_null(a->r[i].why);
		assert_null(a->r[i].exposure.items);
	}
}

static void expect_item(const struct vault_reached *i, enum vault_item_type type, const char *id, const char *name,
                        enum vault_access access, int64_t modified)
{
	assert_int_equal(i->type, type);
	assert_string_equal(i->id, id);
	if (name)
		assert_string_equal(i->name, name);
	else
		assert_null(i->name);
	assert_int_equal(i->access, access);
	assert_int_equal(i->modified, modified);
}

/* Beside requests of the other kind; by type, then by id as a number. */
static void test_reach(void **state)
{
	static const enum helper_op ops[] = {HELPER_EXPOSURE, HELPER_REVOKE, HELPER_EXPOSURE};
	const struct vault_exposure *e = NULL;
	struct asked a;

	(void)state;
	ask(&a, 3, ops, (const char *const[]){"good", "yes", "admin"});
	assert_int_equal(a.rc, VAULT_OK);
	assert_int_equal(a.told, 3);
	assert_int_equal(a.v[0].result, VAULT_VALID);
	assert_int_equal(a.r[0].known, 1);
	assert_null(a.r[0].why);
	e = &a.r[0].exposure;
	assert_int_equal(e->n, 5);
	expect_item(&e->items[0], VAULT_SHEET, "9", "\xc3\xa9", VAULT_ACCESS_EDITOR_SHARE, INT64_MIN);
	expect_item(&e->items[1], VAULT_SHEET, "10", NULL, VAULT_ACCESS_UNKNOWN, INT64_MIN);
	expect_item(&e->items[2], VAULT_SHEET, "9007199254740993", "A", VAULT_ACCESS_OWNER, 1769966405);
	expect_item(&e->items[3], VAULT_SHEET, "9223372036854775807", "Z", VAULT_ACCESS_EDITOR, INT64_MIN);
	expect_item(&e->items[4], VAULT_DASHBOARD, "5", "A", VAULT_ACCESS_OWNER, 1769966405);
	assert_int_equal(e->count[VAULT_SHEET], 4);
	assert_int_equal(e->count[VAULT_WORKSPACE], 0);
	assert_int_equal(e->count[VAULT_REPORT], -1);
	assert_int_equal(e->count[VAULT_DASHBOARD], 1);
	assert_int_equal(e->sheets_by[VAULT_ACCESS_UNKNOWN], 1);
	assert_int_equal(e->sheets_by[VAULT_ACCESS_EDITOR_SHARE], 1);
	assert_int_equal(e->sheets_by[VAULT_ACCESS_EDITOR], 1);
	assert_int_equal(e->sheets_by[VAULT_ACCESS_OWNER], 1);
	assert_int_equal(e->contacts, 7);
	assert_int_equal(e->groups, 1);
	assert_int_equal(e->users, -1);
	assert_int_equal(e->system_admin, 0);
	assert_string_equal(e->seat, "provisional_member");
	/* A revoke has no reach, and is valid without an identity. */
	assert_int_equal(a.v[1].result, VAULT_VALID);
	assert_int_equal(a.v[1].has_identity, 0);
	assert_string_equal(a.v[1].message, "revoke");
	assert_int_equal(a.r[1].known, 0);
	assert_null(a.r[1].why);
	e = &a.r[2].exposure;
	assert_int_equal(a.r[2].known, 1);
	assert_int_equal(e->system_admin, 1);
	assert_int_equal(e->users, 20);
	assert_int_equal(e->contacts, -1);
	assert_int_equal(e->groups, -1);
	assert_null(e->seat);
	forget(&a);
}

static void expect_unknown(const struct helper_reach *r, const char *why)
{
	assert_int_equal(r->known, 0);
	assert_string_equal(r->why, why);
	assert_int_equal(r->exposure.n, 0);
	assert_null(r->exposure.items);
	assert_null(r->exposure.seat);
}

/* A fault leaves the verdict, and nothing of the lists. */
static void test_not_known(void **state)
{
	static const enum helper_op ops[] = {HELPER_EXPOSURE, HELPER_EXPOSURE};
	struct asked a;

	(void)state;
	ask(&a, 2, ops, (const char *const[]){"fault", "invalid"});
	assert_int_equal(a.rc, VAULT_OK);
	assert_int_equal(a.v[0].result, VAULT_VALID);
	expect_unknown(&a.r[0], "HOST, reports: HTTP 502");
	assert_int_equal(a.v[1].result, VAULT_INVALID);
	expect_unknown(&a.r[1], "invalid");
	forget(&a);
}

/* What is not in the form spoils this reach, and neither its verdict nor others. */
static void test_odd(void **state)
{
	static const enum helper_op ops[] = {HELPER_EXPOSURE, HELPER_EXPOSURE, HELPER_EXPOSURE};
	struct asked a;
	size_t odd = 0;

	(void)state;
	for (size_t i = 0; i < sizeof fake_reaches / sizeof fake_reaches[0]; i++) {
		const char *how = fake_reaches[i].how;

		if (strncmp(how, "odd-", 4) != 0)
			continue;
		odd++;
		ask(&a, 3, ops, (const char *const[]){"good", how, "good"});
		if (a.rc != VAULT_OK || a.r[1].known || !a.r[1].why || strcmp(a.r[1].why, FORM) != 0)
			fail_msg("%s: rc %d, known %d, %s", how, a.rc, a.r[1].known, a.r[1].why ? a.r[1].why : "-");
		expect_unknown(&a.r[1], FORM);
		assert_int_equal(a.v[1].result, VAULT_VALID);
		assert_int_equal(a.r[0].known && a.r[2].known, 1);
		assert_int_equal(a.r[2].exposure.n, 5);
		forget(&a);
	}
	assert_in_range(odd, 40, 100);
}

/* A part after the answer, an answer twice, lines of what nobody asked for, an end in the midst of a list. */
static void test_order(void **state)
{
	static const enum helper_op both[] = {HELPER_EXPOSURE, HELPER_EXPOSURE}, me[] = {HELPER_EXPOSURE, HELPER_ME};
	struct asked a;

	(void)state;
	ask(&a, 2, both, (const char *const[]){"late", "good"});
	assert_int_equal(a.v[0].result, VAULT_VALID);
	expect_unknown(&a.r[0], FORM);
	assert_int_equal(a.r[1].known, 1);
	forget(&a);
	ask(&a, 2, both, (const char *const[]){"again", "good"});
	assert_int_equal(a.v[0].result, VAULT_UNKNOWN);
	expect_unknown(&a.r[0], a.v[0].message);
	assert_int_equal(a.r[1].known, 1);
	forget(&a);
	ask(&a, 2, me, (const char *const[]){"good", "unasked"});
	assert_int_equal(a.rc, VAULT_OK);
	assert_int_equal(a.r[0].known, 1);
	assert_int_equal(a.v[1].result, VAULT_UNKNOWN);
	assert_non_null(strstr(a.v[1].message, "making sense"));
	forget(&a);
	ask(&a, 2, both, (const char *const[]){"good", "half"});
	assert_int_equal(a.rc, VAULT_OK);
	assert_int_equal(a.r[0].known, 1);
	assert_int_equal(a.v[1].result, VAULT_UNKNOWN);
	expect_unknown(&a.r[1], a.v[1].message);
	forget(&a);
	ask(&a, 1, both, (const char *const[]){"half"});
	assert_int_equal(a.rc, VAULT_IO);
	assert_null(a.r[0].exposure.items);
	assert_null(a.r[0].why);
	forget(&a);
}

/* 200,000 are taken, one more is not. */
static void test_many(void **state)
{
	static const enum helper_op ops[] = {HELPER_EXPOSURE, HELPER_EXPOSURE, HELPER_EXPOSURE};
	struct asked a;

	(void)state;
	ask(&a, 3, ops, (const char *const[]){"many-200000", "many-200001", "both"});
	assert_int_equal(a.rc, VAULT_OK);
	assert_int_equal(a.r[0].known, 1);
	assert_int_equal(a.r[0].exposure.n, 200000);
	for (size_t i = 0; i < 200000; i += 999)
		assert_int_equal(strtoll(a.r[0].exposure.items[i].id, NULL, 10), i + 1);
	assert_int_equal(a.r[0].exposure.sheets_by[VAULT_ACCESS_VIEWER], 200000);
	expect_unknown(&a.r[1], FORM);
	expect_unknown(&a.r[2], FORM);
	forget(&a);
}

/* Valid without saying whose: fine for a revoke that Smartsheet said yes to, and for nothing else. */
static void test_revoke(void **state)
{
	static const enum helper_op ops[] = {HELPER_REVOKE, HELPER_REVOKE, HELPER_ME, HELPER_EXPOSURE};
	struct asked a;

	(void)state;
	ask(&a, 4, ops, (const char *const[]){"yes", "no", "yes", "yes"});
	assert_int_equal(a.v[0].result, VAULT_VALID);
	assert_int_equal(a.v[1].result, VAULT_UNKNOWN);
	assert_int_equal(a.v[2].result, VAULT_UNKNOWN);
	assert_int_equal(a.v[3].result, VAULT_UNKNOWN);
	expect_unknown(&a.r[3], FORM);
	forget(&a);
	ask(&a, 1, ops, (const char *const[]){"admin"}); /* with an identity */
	assert_int_equal(a.v[0].result, VAULT_UNKNOWN);
	assert_string_equal(a.v[0].message, FORM);
	forget(&a);
}

static void test_words(void **state)
{
	static const char *const words[] = {"VIEWER", "COMMENTER", "EDITOR", "EDITOR_SHARE", "ADMIN", "OWNER"};
	static const char *const names[] = {"viewer", "commenter", "editor", "editor", "admin", "owner"};

	(void)state;
	for (int i = 0; i < 6; i++) {
		assert_int_equal(vault_access_parse(words[i]), i + 1);
		assert_string_equal(vault_access_name((enum vault_access)(i + 1)), names[i]);
	}
	assert_int_equal(vault_access_parse(NULL), VAULT_ACCESS_UNKNOWN);
	assert_int_equal(vault_access_parse("owner"), VAULT_ACCESS_UNKNOWN);
	assert_null(vault_access_name(VAULT_ACCESS_UNKNOWN));
	assert_string_equal(vault_item_type_name(VAULT_DASHBOARD), "dashboard");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_reach), cmocka_unit_test(test_not_known), cmocka_unit_test(test_odd),
	        cmocka_unit_test(test_order), cmocka_unit_test(test_many),      cmocka_unit_test(test_revoke),
	        cmocka_unit_test(test_words),
	};

	if (argc > 0 && strcmp(argv[0], "vault-api") == 0)
		return fake_main();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
