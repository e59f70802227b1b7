/* test_answer.c - the verdict table of api/answer.c to the letter, and the traps around it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "answer.h"

#define HOST "api.smartsheet.example"

static struct answer judge(long status, const char *body)
{
	struct answer a = {0};

	answer_judge(&a, HOST, status, NULL, body, strlen(body));
	return a;
}

static void expect_result(long status, const char *body, enum answer_result want, int64_t code)
{
	struct answer a = judge(status, body);

	if (a.result != want)
		print_error("HTTP %ld %s: %s, not %s (%s)\n", status, body, answer_result_name(a.result),
		            answer_result_name(want), a.message);
	assert_int_equal(a.result, want);
	assert_int_equal(a.http_status, status);
	assert_int_equal(a.error_code, code);
	answer_clear(&a);
}

static void expect_odd(long status, const char *body, size_t n, const char *says)
{
	struct answer a = {0};

	answer_judge(&a, HOST, status, NULL, body, n);
	assert_int_equal(a.result, ANSWER_UNKNOWN);
	assert_int_equal(a.http_status, status);
	assert_null(a.identity);
	if (!strstr(a.message, says) || strncmp(a.message, HOST ": ", strlen(HOST) + 2) != 0)
		fail_msg("message is \"%s\", wanted \"%s\"", a.message, says);
	answer_clear(&a);
}

static void error_body(char *out, size_t cap, int code)
{
	(void)snprintf(out, cap, "{\"errorCode\":%d,\"message\":\"Made up.\",\"refId\":\"abc\"}", code);
}

struct row {
	long status;
	int code;
	enum answer_result result;
};

static const struct row rows[] = {
        {401, 1002, ANSWER_INVALID}, {401, 1003, ANSWER_EXPIRED}, {400, 1132, ANSWER_REVOKED},
        {401, 1005, ANSWER_BLOCKED}, {403, 1013, ANSWER_BLOCKED}, {403, 1188, ANSWER_BLOCKED},
        {403, 1361, ANSWER_BLOCKED}, {403, 1362, ANSWER_BLOCKED}, {403, 1363, ANSWER_BLOCKED},
        {403, 1004, ANSWER_VALID},   {429, 4003, ANSWER_UNKNOWN}, {503, 4001, ANSWER_UNKNOWN},
        {500, 4002, ANSWER_UNKNOWN}, {500, 4004, ANSWER_UNKNOWN},
};

static void test_table(void **state)
{
	char body[128];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		error_body(body, sizeof body, rows[i].code);
		expect_result(rows[i].status, body, rows[i].result, rows[i].code);
	}
}

/* Every other pairing of these statuses and codes is unknown: nothing is guessed from half of a pair. */
static void test_everything_else_unknown(void **state)
{
	static const long statuses[] = {201, 204, 206, 400, 401, 402, 403, 404, 405, 409, 410,
	                                418, 429, 451, 500, 501, 502, 503, 504, 511, 599};
	static const int codes[] = {0,    1,    -1,   1001, 1002, 1003, 1004, 1005, 1006, 1012, 1013, 1014, 1132, 1133,
	                            1188, 1189, 1360, 1361, 1362, 1363, 1364, 4000, 4001, 4002, 4003, 4004, 4005, 9999};
	char body[128];
	size_t unknown = 0;

	(void)state;
	for (size_t s = 0; s < sizeof statuses / sizeof statuses[0]; s++) {
		for (size_t c = 0; c < sizeof codes / sizeof codes[0]; c++) {
			enum answer_result want = ANSWER_UNKNOWN;

			for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
				if (rows[i].status == statuses[s] && rows[i].code == codes[c])
					want = rows[i].result;
			}
			error_body(body, sizeof body, codes[c]);
			expect_result(statuses[s], body, want, codes[c]);
			unknown += want == ANSWER_UNKNOWN;
		}
	}
	assert_int_equal(unknown, 21 * 28 - 10);
}

static void test_error_traps(void **state)
{
	(void)state;
	expect_result(401, "{\"errorCode\":1002}", ANSWER_INVALID, 1002); /* neither message nor refId */
	expect_result(401, "{\"errorCode\":\"1002\"}", ANSWER_UNKNOWN, 0);
	expect_result(401, "{\"errorCode\":1002.0}", ANSWER_UNKNOWN, 0);
	expect_result(401, "{\"errorCode\":null}", ANSWER_UNKNOWN, 0);
	expect_result(401, "{\"message\":\"1002\"}", ANSWER_UNKNOWN, 0);
	expect_result(401, "{\"id\":5}", ANSWER_UNKNOWN, 0); /* an id counts in a 200 only */
	expect_result(201, "{\"id\":5}", ANSWER_UNKNOWN, 0);
	expect_odd(401, "Unauthorized", 12, "no JSON");
	expect_odd(401, "{\"errorCode\":1002,\"errorCode\":1003}", 35, "twice");
	expect_odd(401, "[1002]", 6, "no object");
}

static void expect_text(const json_t *identity, const char *key, const char *want)
{
	const char *is = json_string_value(json_object_get(identity, key));

	assert_non_null(json_object_get(identity, key));
	if (!want)
		assert_true(json_is_null(json_object_get(identity, key)));
	else
		assert_string_equal(is ? is : "(null)", want);
}

static void test_identity(void **state)
{
	struct answer a = judge(200, "{\"id\":9007199254740993,\"email\":\"bob@company-a.example\",\"firstName\":\"\","
	                             "\"account\":{\"name\":\"Company A\",\"id\":1234567890123456789},\"admin\":false,"
	                             "\"licensedSheetCreator\":true,\"groupAdmin\":false,\"resourceViewer\":true,"
	                             "\"role\":\"System Admin\",\"sheetCount\":-1,\"new\":{\"x\":[1,null]}}");

	(void)state;
	assert_int_equal(a.result, ANSWER_VALID);
	assert_string_equal(a.message, "");
	expect_text(a.identity, "id", "9007199254740993");
	expect_text(a.identity, "email", "bob@company-a.example");
	expect_text(a.identity, "account_id", "1234567890123456789");
	expect_text(a.identity, "account_name", "Company A");
	assert_true(json_is_false(json_object_get(a.identity, "admin"))); /* a job title is no right */
	assert_true(json_is_true(json_object_get(a.identity, "licensed")));
	assert_true(json_is_false(json_object_get(a.identity, "group_admin")));
	assert_true(json_is_true(json_object_get(a.identity, "resource_viewer")));
	assert_int_equal(json_array_size(json_object_get(a.identity, "alternates")), 0);
	assert_int_equal(json_object_size(a.identity), 9);
	answer_clear(&a);
}

static void test_identity_little(void **state)
{
	struct answer a =
	        judge(200, "{\"id\":7,\"email\":\"\",\"account\":{\"name\":\"\",\"id\":\"12\"},\"admin\":\"true\","
	                   "\"licensedSheetCreator\":1}");

	(void)state;
	assert_int_equal(a.result, ANSWER_VALID);
	expect_text(a.identity, "id", "7");
	expect_text(a.identity, "email", NULL);
	expect_text(a.identity, "account_id", NULL);
	expect_text(a.identity, "account_name", NULL);
	expect_text(a.identity, "admin", NULL);
	expect_text(a.identity, "licensed", NULL);
	expect_text(a.identity, "group_admin", NULL);
	answer_clear(&a);
	a = judge(200, " {\"id\":1,\"account\":[],\"alternateEmails\":5}\n");
	assert_int_equal(a.result, ANSWER_VALID);
	expect_text(a.identity, "account_name", NULL);
	answer_clear(&a);
}

static void test_id_must_be_integer(void **state)
{
	static const char *const bodies[] = {"{}",
	                                     "{\"id\":\"7\"}",
	                                     "{\"id\":7.0}",
	                                     "{\"id\":7e0}",
	                                     "{\"id\":null}",
	                                     "{\"id\":true}",
	                                     "{\"id\":[7]}",
	                                     "{\"ID\":7}",
	                                     "{\"email\":\"a@b.example\"}",
	                                     "{\"errorCode\":1002}"};

	(void)state;
	for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
		expect_odd(200, bodies[i], strlen(bodies[i]), "without an integer id");
	expect_odd(200, "{\"id\":9223372036854775808}", 26, "number too large");
	expect_result(200, "{\"id\":9223372036854775807}", ANSWER_VALID, 0);
}

static void test_odd_bodies(void **state)
{
	char deep[200] = "{\"id\":1,\"x\":";
	size_t at = strlen(deep);

	(void)state;
	expect_odd(200, "", 0, "nothing in it");
	expect_odd(204, "", 0, "nothing in it");
	expect_odd(200, "<html>login</html>", 18, "web page");
	expect_odd(502, "\r\n <html>", 9, "web page");
	expect_odd(200, "{\"id\":1", 7, "breaks off");
	expect_odd(200, "{\"id\":1}{", 9, "after the end");
	expect_odd(200, "{\"id\":1} x", 10, "after the end");
	expect_odd(200, "{\"id\":1,\"id\":1}", 15, "twice");
	expect_odd(200, "{\"id\":1,\"a\":{\"b\":1,\"b\":2}}", 27, "twice");
	expect_odd(200, "{\"id\":1,\"e\":\"\xff\"}", 15, "not UTF-8");
	expect_odd(200, "{\"id\":1,\"e\":\"\xed\xa0\x80\"}", 17, "not UTF-8");
	expect_odd(200, "{\"id\":1,\"e\":\"\xc0\xaf\"}", 16, "not UTF-8");
	expect_odd(200, "{\"id\":1,\"e\":\"a\\u0000b\"}", 23, "NUL");
	expect_odd(200, "{\"id\":1}\0{}", 11, "after the end");
	expect_odd(200, "\xef\xbb\xbf{\"id\":1}", 11, "no JSON");
	expect_odd(200, "5", 1, "no JSON"); /* RFC 4627: an object or array */
	expect_odd(200, "[{\"id\":1}]", 10, "no object");
	expect_odd(200, "{'id':1}", 8, "no JSON");
	expect_odd(200, "{\"id\":1,}", 9, "no JSON");
	/* Depth 64 counts the object itself: 63 arrays are fine, 64 are not, and brackets in strings don't count. */
	memset(deep + at, '[', 63);
	memset(deep + at + 63, ']', 63);
	deep[at + 126] = '}';
	expect_result(200, deep, ANSWER_VALID, 0);
	memset(deep + at, '[', 64);
	memset(deep + at + 64, ']', 64);
	deep[at + 128] = '}';
	expect_odd(200, deep, at + 129, "too deeply");
	expect_result(
	        200,
	        "{\"id\":1,\"s\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"}",
	        ANSWER_VALID, 0);
}

static void test_redirect(void **state)
{
	struct answer a = {0};
	char body[128];

	(void)state;
	error_body(body, sizeof body, 1002);
	for (long status = 300; status <= 399; status++) {
		answer_judge(&a, HOST, status, "https://elsewhere.example", body, strlen(body));
		assert_int_equal(a.result, ANSWER_UNKNOWN);
		assert_non_null(strstr(a.message, "redirect to https://elsewhere.example"));
	}
	answer_judge(&a, HOST, 302, NULL, "{\"id\":1}", 8);
	assert_int_equal(a.result, ANSWER_UNKNOWN);
	assert_null(a.identity);
	answer_clear(&a);
}

static void expect_alternates(const char *value, const char *first, size_t n)
{
	char body[512];
	struct answer a;
	const json_t *l = NULL;

	(void)snprintf(body, sizeof body, "{\"id\":1,\"alternateEmails\":%s}", value);
	a = judge(200, body);
	assert_int_equal(a.result, ANSWER_VALID);
	l = json_object_get(a.identity, "alternates");
	assert_true(json_is_array(l));
	assert_int_equal(json_array_size(l), n);
	if (n)
		assert_string_equal(json_string_value(json_array_get(l, 0)), first);
	answer_clear(&a);
}

static void test_alternates(void **state)
{
	(void)state;
	expect_alternates(
	        "[{\"id\":1,\"email\":\"b@x.example\",\"confirmed\":true},"
	        "{\"id\":2,\"email\":\"c@x.example\",\"confirmed\":false},{\"email\":\"d@x.example\"},"
	        "{\"email\":\"e@x.example\",\"confirmed\":\"true\"},{\"email\":\"f@x.example\",\"confirmed\":1},"
	        "\"g@x.example\",null,{\"confirmed\":true},{\"email\":\"\",\"confirmed\":true}]",
	        "b@x.example", 1);
	expect_alternates("{\"id\":1,\"email\":\"b@x.example\",\"confirmed\":true}", "b@x.example", 1);
	expect_alternates("{\"id\":1,\"email\":\"b@x.example\",\"confirmed\":false}", NULL, 0);
	expect_alternates("[]", NULL, 0);
	expect_alternates("null", NULL, 0);
	expect_alternates("\"b@x.example\"", NULL, 0);
}

static void test_many_alternates(void **state)
{
	char body[16384] = "{\"id\":1,\"alternateEmails\":[";
	size_t at = strlen(body);
	struct answer a;
	json_t *line = NULL;
	char *text = NULL;

	(void)state;
	for (int i = 0; i < 200; i++)
		at += (size_t)snprintf(body + at, sizeof body - at,
		                       "%s{\"email\":\"a%d@x.example\",\"confirmed\":true}", i ? "," : "", i);
	(void)snprintf(body + at, sizeof body - at, "]}");
	a = judge(200, body);
	assert_int_equal(json_array_size(json_object_get(a.identity, "alternates")), 50);
	line = answer_line(&a, 1, "https://" HOST "/2.0");
	text = json_dumps(line, JSON_COMPACT);
	assert_true(strlen(text) < 65536);
	free(text);
	json_decref(line);
	answer_clear(&a);
}

static void test_control_characters(void **state)
{
	struct answer a =
	        judge(403, "{\"errorCode\":1013,\"message\":\"a\\u001b[31mb\\r\\n\\u009bc\\u202ed\\u2028e\\u007f f\"}");

	(void)state;
	assert_int_equal(a.result, ANSWER_BLOCKED);
	assert_string_equal(a.message, "a[31mbcde f");
	answer_clear(&a);
	/* An address with something left out might be another person's. */
	a = judge(200, "{\"id\":1,\"email\":\"bo\\u001bb@x.example\",\"account\":{\"name\":\"A\\u001b]0;x\\u0007B\"},"
	               "\"alternateEmails\":[{\"email\":\"a\\u0085@x.example\",\"confirmed\":true}]}");
	expect_text(a.identity, "email", NULL);
	expect_text(a.identity, "account_name", "A]0;xB");
	assert_int_equal(json_array_size(json_object_get(a.identity, "alternates")), 0);
	answer_clear(&a);
}

static void test_long_message(void **state)
{
	char body[3000] = "{\"errorCode\":1003,\"message\":\"";
	size_t at = strlen(body), n = 0;
	struct answer a;

	(void)state;
	for (int i = 0; i < 400; i++)
		at += (size_t)snprintf(body + at, sizeof body - at, "%s", i == 0 ? "x" : "\xc3\xa9");
	(void)snprintf(body + at, sizeof body - at, "\"}");
	a = judge(401, body);
	n = strlen(a.message);
	assert_int_equal(a.result, ANSWER_EXPIRED);
	assert_int_equal(n, 299); /* a whole character less than 300 */
	assert_int_equal((unsigned char)a.message[n - 2], 0xc3);
	answer_clear(&a);
}

static void test_messages_name_the_host(void **state)
{
	struct answer a = judge(401, "{\"errorCode\":1002,\"message\":\"Your Access Token is invalid.\"}");

	(void)state;
	assert_string_equal(a.message,
	                    HOST ": Your Access Token is invalid. (a token of another region looks the same)");
	answer_clear(&a);
	a = judge(401, "{\"errorCode\":9999,\"message\":\"New.\"}");
	assert_string_equal(a.message, HOST ": HTTP 401, code 9999: New.");
	answer_clear(&a);
	answer_fail(&a, HOST, 0, "no whole answer within %d s", 3);
	assert_string_equal(a.message, HOST ": no whole answer within 3 s");
	assert_int_equal(a.result, ANSWER_UNKNOWN);
	assert_int_equal(a.http_status, 0);
}

static void test_scrub(void **state)
{
	static const char token[] = "fake0123456789abcdefghijklmnopqrstuvw";
	char text[128] = "x fake0123456789abcdefghijklmnopqrstuvwfake0123456789abcdefghijklmnopqrstuvw y";
	char small[] = "{\"id\":1}";

	(void)state;
	answer_scrub(text, strlen(text), token, strlen(token));
	assert_string_equal(text, "x ************************************************************************** y");
	answer_scrub(small, strlen(small), "1", 1);
	assert_string_equal(small, "{\"id\":1}");
}

/* A megabyte of little would be a hundred in memory. */
static void test_too_many_parts(void **state)
{
	enum { N = 60000 };
	char *body = malloc(4 * N + 100);
	struct answer a = {0};

	(void)state;
	assert_non_null(body);
	for (int commas = 0; commas < 2; commas++) {
		for (int many = 0; many < 2; many++) {
			int n = commas ? (many ? 50001 : 49999) : (many ? 10000 : 9998);
			size_t at = (size_t)sprintf(body, "{\"id\":1,\"x\":[");

			for (int i = 0; i < n - 1; i++)
				at += (size_t)sprintf(body + at, commas ? "1," : "{},");
			at += (size_t)sprintf(body + at, commas ? "1]}" : "{}]}");
			answer_judge(&a, HOST, 200, NULL, body, at);
			assert_int_equal(a.result, many ? ANSWER_UNKNOWN : ANSWER_VALID);
			assert_int_equal(strstr(a.message, "too many parts") != NULL, many);
			answer_clear(&a);
		}
	}
	free(body);
}

static void expect_page(long status, const char *body, enum answer_result want, const char *says)
{
	struct answer a = {0};
	json_t *page = answer_judge_page(&a, HOST ", sheets", status, NULL, body, strlen(body));

	assert_int_equal(page != NULL, says == NULL);
	assert_int_equal(a.result, want);
	assert_int_equal(a.http_status, status);
	assert_null(a.identity);
	assert_string_equal(a.message, says ? says : "");
	json_decref(page);
	answer_clear(&a);
}

static void test_pages(void **state)
{
	(void)state;
	expect_page(200, "{\"data\":[]}", ANSWER_VALID, NULL);
	expect_page(200, "{}", ANSWER_VALID, NULL); /* what is in it is for pages.c */
	expect_page(200, "[]", ANSWER_UNKNOWN, HOST ", sheets: HTTP 200 with JSON that is no object");
	expect_page(403, "{\"errorCode\":1004,\"message\":\"No.\"}", ANSWER_VALID,
	            HOST ", sheets: HTTP 403, code 1004: No.");
	expect_page(401, "{\"errorCode\":1002,\"message\":\"\"}", ANSWER_INVALID, HOST ", sheets: HTTP 401, code 1002");
	expect_page(500, "{\"errorCode\":4004,\"message\":\"a\\u001bb\"}", ANSWER_UNKNOWN,
	            HOST ", sheets: HTTP 500, code 4004: ab");
	expect_page(302, "{}", ANSWER_UNKNOWN, HOST ", sheets: HTTP 302, a redirect to nowhere: not followed");
}

static void expect_revoke(long status, const char *body, enum answer_result want)
{
	struct answer a = {0};

	answer_judge_revoke(&a, HOST, status, NULL, body, strlen(body));
	if (a.result != want)
		print_error("HTTP %ld %s: %s\n", status, body, answer_result_name(a.result));
	assert_int_equal(a.result, want);
	assert_null(a.identity);
	assert_int_equal(a.message[0] == '\0', want == ANSWER_VALID);
	answer_clear(&a);
}

static void test_revoke(void **state)
{
	(void)state;
	expect_revoke(200, "{\"resultCode\":0,\"message\":\"SUCCESS\"}", ANSWER_VALID);
	expect_revoke(200, "{}", ANSWER_VALID);
	expect_revoke(200, "", ANSWER_UNKNOWN);
	expect_revoke(200, "[]", ANSWER_UNKNOWN);
	expect_revoke(204, "", ANSWER_UNKNOWN);
	expect_revoke(302, "{}", ANSWER_UNKNOWN);
	expect_revoke(401, "{\"errorCode\":1002}", ANSWER_INVALID);
	expect_revoke(401, "{\"errorCode\":1003}", ANSWER_EXPIRED);
	expect_revoke(400, "{\"errorCode\":1132}", ANSWER_REVOKED);
	expect_revoke(403, "{\"errorCode\":1013}", ANSWER_BLOCKED);
	expect_revoke(403, "{\"errorCode\":1004}", ANSWER_UNKNOWN); /* alive, and no yes */
	expect_revoke(500, "{\"errorCode\":4002}", ANSWER_UNKNOWN);
}

static void test_line(void **state)
{
	static const char *const keys[] = {"id", "result", "http_status", "error_code", "message", "base", "identity"};
	struct answer a = judge(403, "{\"errorCode\":1004,\"message\":\"\"}");
	json_t *line = answer_line(&a, 42, "https://" HOST "/2.0");

	(void)state;
	assert_int_equal(json_object_size(line), 7);
	for (size_t i = 0; i < 7; i++)
		assert_non_null(json_object_get(line, keys[i]));
	assert_int_equal(json_integer_value(json_object_get(line, "id")), 42);
	assert_string_equal(json_string_value(json_object_get(line, "result")), "valid");
	assert_true(json_is_null(json_object_get(line, "identity")));
	assert_true(json_is_null(json_object_get(line, "message")));
	json_decref(line);
	answer_clear(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_table),
	        cmocka_unit_test(test_everything_else_unknown),
	        cmocka_unit_test(test_error_traps),
	        cmocka_unit_test(test_identity),
	        cmocka_unit_test(test_identity_little),
	        cmocka_unit_test(test_id_must_be_integer),
	        cmocka_unit_test(test_odd_bodies),
	        cmocka_unit_test(test_redirect),
	        cmocka_unit_test(test_alternates),
	        cmocka_unit_test(test_many_alternates),
	        cmocka_unit_test(test_control_characters),
	        cmocka_unit_test(test_long_message),
	        cmocka_unit_test(test_messages_name_the_host),
	        cmocka_unit_test(test_scrub),
	        cmocka_unit_test(test_too_many_parts),
	        cmocka_unit_test(test_pages),
	        cmocka_unit_test(test_revoke),
	        cmocka_unit_test(test_line),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
