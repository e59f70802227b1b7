/* test_types.c - names, checks and the records people see. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <vault/types.h>

static void labels(void **state)
{
	static const char *const good[] = {"a", "7", "acme/reports", "a._-/@+Z", "Ferndale-2026@eu"};
	static const char *const bad[] = {"",    "-a",  ".a",        "/a", "@a",   "a b",
	                                  "a\n", "a:b", "a\xc3\xbc", "a*", "a\\b", "a'b"};
	char text[VAULT_LABEL_MAX + 2];
	struct vault_err e = {0};
	size_t i = 0;

	(void)state;
	for (i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_int_equal(vault_label_check(good[i], NULL), VAULT_OK);
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		vault_err_clear(&e);
		assert_int_equal(vault_label_check(bad[i], &e), VAULT_USAGE);
		assert_non_null(strstr(e.msg, "1 to 64"));
	}
	memset(text, 'x', sizeof text);
	text[VAULT_LABEL_MAX] = '\0';
	assert_int_equal(vault_label_check(text, NULL), VAULT_OK);
	text[VAULT_LABEL_MAX] = 'x';
	text[VAULT_LABEL_MAX + 1] = '\0';
	assert_int_equal(vault_label_check(text, NULL), VAULT_USAGE);
	assert_int_equal(vault_label_check(NULL, NULL), VAULT_USAGE);
}

static void vendor_names(void **state)
{
	static const char *const good[] = {"Acme", "S\xc3\xb6hne & Partner, GmbH", " x ", "\xe6\x97\xa5\xe6\x9c\xac",
	                                   "\xf0\x9f\x8c\xb2"};
	static const char *const bad[] = {"",          "a\tb",  "a\x1b[0m", "a\x7f",
	                                  "a\xc2\x9b", "a\xff", "a\xc3",    "\xed\xa0\x80"};
	char text[VAULT_NAME_MAX + 2];
	size_t i = 0;

	(void)state;
	for (i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_int_equal(vault_vendor_name_check(good[i], NULL), VAULT_OK);
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(vault_vendor_name_check(bad[i], NULL), VAULT_USAGE);
	memset(text, 'x', sizeof text);
	text[VAULT_NAME_MAX + 1] = '\0';
	assert_int_equal(vault_vendor_name_check(text, NULL), VAULT_USAGE);
	text[VAULT_NAME_MAX] = '\0';
	assert_int_equal(vault_vendor_name_check(text, NULL), VAULT_OK);
}

static void email_addresses(void **state)
{
	static const char *const good[] = {"a@b", "jo.doe+x@example.com", "o'hara@example.com",
	                                   "j\xc3\xbcrgen@example.com"};
	static const char *const bad[] = {"",      "a",     "@b",      "a@",      "a@b@c", "a b@c",
	                                  "a@b c", "<a@b>", "a@b,c@d", "a@b;c@d", "a\n@b", "a@b\xff"};
	struct vault_err e = {0};
	char text[300];
	size_t i = 0;

	(void)state;
	for (i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_int_equal(vault_email_check("--account", good[i], NULL), VAULT_OK);
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		vault_err_clear(&e);
		assert_int_equal(vault_email_check("--account", bad[i], &e), VAULT_USAGE);
		assert_non_null(strstr(e.msg, "--account"));
	}
	memset(text, 'x', sizeof text);
	memcpy(text + 10, "@", 1);
	text[254] = '\0';
	assert_int_equal(vault_email_check("--to", text, NULL), VAULT_OK);
	text[254] = 'x';
	text[255] = '\0';
	assert_int_equal(vault_email_check("--to", text, NULL), VAULT_USAGE);
}

static void free_text(void **state)
{
	char text[1026];

	(void)state;
	assert_int_equal(vault_text_check("--note", "", NULL), VAULT_OK);
	assert_int_equal(vault_text_check("--note", "two words, \xc2\xa9", NULL), VAULT_OK);
	assert_int_equal(vault_text_check("--note", "two\nlines", NULL), VAULT_USAGE);
	assert_int_equal(vault_text_check("--note", "\xc2\x85", NULL), VAULT_USAGE);
	assert_int_equal(vault_text_check("--note", "\xfe", NULL), VAULT_USAGE);
	assert_int_equal(vault_text_check("--note", NULL, NULL), VAULT_USAGE);
	memset(text, 'x', sizeof text);
	text[1025] = '\0';
	assert_int_equal(vault_text_check("--note", text, NULL), VAULT_USAGE);
	text[1024] = '\0';
	assert_int_equal(vault_text_check("--note", text, NULL), VAULT_OK);
}

/* All code points are taken in their one form, all else is not. */
static void utf8(void **state)
{
	static const char *const bad[] = {
	        "\x80",         "\xbf",         "\xc0\x80",         "\xc1\xbf",         "\xe0\x9f\xbf",
	        "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
	        "\xff",         "\xc3",         "\xe2\x82",         "\xf0\x9f\x8c",     "\xc3x",
	        "\xe2\x82x",    "\xe2x\x82",    "\xf0\x9f\x8cx"};
	unsigned char p[4];
	uint32_t c = 0;
	size_t i = 0, n = 0;

	(void)state;
	for (c = 0; c <= 0x10ffff; c++) {
		if (c < 0x80) {
			p[0] = (unsigned char)c;
			n = 1;
		} else if (c < 0x800) {
			p[0] = (unsigned char)(0xc0 | c >> 6);
			n = 2;
		} else if (c < 0x10000) {
			p[0] = (unsigned char)(0xe0 | c >> 12);
			n = 3;
		} else {
			p[0] = (unsigned char)(0xf0 | c >> 18);
			n = 4;
		}
		for (i = 1; i < n; i++)
			p[i] = (unsigned char)(0x80 | (c >> (6 * (n - 1 - i)) & 0x3f));
		if (vault_utf8_len(p, n) != (c >= 0xd800 && c <= 0xdfff ? 0 : n))
			fail_msg("U+%04X", c);
		if (n > 1)
			assert_int_equal(vault_utf8_len(p, n - 1), 0);
	}
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(vault_utf8_len((const unsigned char *)bad[i], strlen(bad[i])), 0);
	assert_int_equal(vault_utf8_len(p, 0), 0);
}

static void regions(void **state)
{
	static const char *const names[] = {"us", "eu", "au", "gov"};
	static const char *const bases[] = {"https://api.smartsheet.com/2.0", "https://api.smartsheet.eu/2.0",
	                                    "https://api.smartsheet.au/2.0", "https://api.smartsheetgov.com/2.0"};
	enum vault_region r = VAULT_REGION_US;
	size_t i = 0;

	(void)state;
	for (i = 0; i < 4; i++) {
		assert_int_equal(vault_region_parse(names[i], &r, NULL), VAULT_OK);
		assert_string_equal(vault_region_name(r), names[i]);
		assert_string_equal(vault_region_base(r), bases[i]);
	}
	assert_int_equal(vault_region_parse("US", &r, NULL), VAULT_USAGE);
	assert_int_equal(vault_region_parse("", &r, NULL), VAULT_USAGE);
	assert_int_equal(vault_region_parse(NULL, &r, NULL), VAULT_USAGE);
	assert_null(vault_region_base((enum vault_region)4));
}

static void words_of_enumerations(void **state)
{
	(void)state;
	assert_string_equal(vault_version_status_name(VAULT_CURRENT), "current");
	assert_string_equal(vault_version_status_name(VAULT_RETIRED), "retired");
	assert_string_equal(vault_version_status_name(VAULT_DEAD), "dead");
	assert_string_equal(vault_version_status_name(VAULT_ERASED), "erased");
	assert_string_equal(vault_result_name(VAULT_VALID), "valid");
	assert_string_equal(vault_result_name(VAULT_INVALID), "invalid");
	assert_string_equal(vault_result_name(VAULT_EXPIRED), "expired");
	assert_string_equal(vault_result_name(VAULT_REVOKED), "revoked");
	assert_string_equal(vault_result_name(VAULT_BLOCKED), "blocked");
	assert_string_equal(vault_result_name(VAULT_UNKNOWN), "unknown");
	assert_string_equal(vault_result_name((enum vault_result)99), "unknown");
}

static void strings(void **state)
{
	struct vault_strings l = {0};
	char text[16];
	int i = 0;

	(void)state;
	for (i = 0; i < 100; i++) {
		snprintf(text, sizeof text, "s%d", i);
		assert_int_equal(vault_strings_add(&l, text, NULL), VAULT_OK);
	}
	assert_int_equal(l.n, 100);
	assert_string_equal(l.s[0], "s0");
	assert_string_equal(l.s[63], "s63");
	assert_string_equal(l.s[99], "s99");
	vault_strings_clear(&l);
	assert_null(l.s);
	assert_int_equal(l.n, 0);
	vault_strings_clear(&l);
	vault_strings_clear(NULL);
}

static void rotation_days(void **state)
{
	struct vault_version v[2] = {{.number = 1, .created = 100}, {.number = 2, .created = 150}};
	struct vault_token t = {.versions = v, .n_versions = 1, .rotate_every_days = 90};

	(void)state;
	assert_ptr_equal(vault_token_current(&t), &v[0]);
	assert_true(vault_token_rotated(&t) == VAULT_NO_DAY);
	assert_true(vault_token_rotate_due(&t) == 190);
	assert_null(vault_token_version(&t, 2));
	t.n_versions = 2;
	assert_ptr_equal(vault_token_current(&t), &v[1]);
	assert_ptr_equal(vault_token_version(&t, 1), &v[0]);
	assert_true(vault_token_rotated(&t) == 150);
	assert_true(vault_token_rotate_due(&t) == 240);
	t.rotate_every_days = 0;
	assert_true(vault_token_rotate_due(&t) == VAULT_NO_DAY);
	t.rotate_every_days = INT64_MAX;
	assert_true(vault_token_rotate_due(&t) == VAULT_NO_DAY);
	t.rotate_every_days = 90;
	t.removed = 1;
	assert_true(vault_token_rotate_due(&t) == VAULT_NO_DAY);
}

static void newest_verdicts(void **state)
{
	struct vault_version v[1] = {{.number = 1, .commit = {5}}};
	struct vault_token t = {.id = {1}, .versions = v, .n_versions = 1};
	struct vault_verdict l[] = {
	        {.token_id = {1}, .version = 1, .commit = {5}, .result = VAULT_VALID},
	        {.token_id = {1}, .version = 1, .commit = {5}, .result = VAULT_EXPIRED},
	        {.token_id = {1}, .version = 1, .commit = {5}, .result = VAULT_UNKNOWN},
	        {.token_id = {1}, .version = 1, .commit = {6}, .result = VAULT_VALID},   /* another value */
	        {.token_id = {2}, .version = 1, .commit = {5}, .result = VAULT_REVOKED}, /* another token */
	        {.token_id = {1}, .version = 2, .commit = {5}, .result = VAULT_INVALID}, /* another version */
	};
	struct vault_verdicts all = {.v = l, .n = sizeof l / sizeof l[0]};

	(void)state;
	assert_ptr_equal(vault_verdict_newest(&all, &t, 1, 1), &l[1]);
	assert_ptr_equal(vault_verdict_newest(&all, &t, 1, 0), &l[2]);
	assert_null(vault_verdict_newest(&all, &t, 2, 0));
	assert_null(vault_verdict_newest(NULL, &t, 1, 0));
	all.n = 0;
	assert_null(vault_verdict_newest(&all, &t, 1, 0));
}

static char *copy_of(const char *s)
{
	char *copy = strdup(s);

	assert_non_null(copy);
	return copy;
}

static void verdicts_are_copied_deep(void **state)
{
	struct vault_verdict a = {
	        .version = 3, .result = VAULT_VALID, .checked = 99, .http_status = 200, .has_identity = 1};
	struct vault_verdict b = {0};

	(void)state;
	a.base = copy_of("https://api.smartsheet.eu/2.0");
	a.identity.id = copy_of("9007199254740993");
	a.identity.email = copy_of("jo@example.com");
	a.identity.admin = -1;
	a.identity.licensed = 1;
	assert_int_equal(vault_strings_add(&a.identity.alternates, "joe@example.com", NULL), VAULT_OK);
	assert_int_equal(vault_verdict_copy(&b, &a, NULL), VAULT_OK);
	assert_ptr_not_equal(b.identity.id, a.identity.id);
	vault_verdict_clear(&a);
	assert_null(a.base);
	assert_string_equal(b.identity.id, "9007199254740993");
	assert_string_equal(b.identity.alternates.s[0], "joe@example.com");
	assert_string_equal(b.base, "https://api.smartsheet.eu/2.0");
	assert_null(b.message);
	assert_null(b.identity.account_id);
	assert_int_equal(b.identity.admin, -1);
	assert_int_equal(b.identity.licensed, 1);
	assert_int_equal(b.version, 3);
	assert_true(b.checked == 99);
	vault_verdict_clear(&b);
}

/* The sanitizers and valgrind see what is left behind or freed twice. */
static void records_are_cleared(void **state)
{
	struct vault_tokens tokens = {.t = calloc(1, sizeof(struct vault_token)), .n = 1};
	struct vault_vendors vendors = {.v = calloc(1, sizeof(struct vault_vendor)), .n = 1};
	struct vault_handovers hand = {.h = calloc(1, sizeof(struct vault_handover)), .n = 1};
	struct vault_period *p = calloc(1, sizeof *p);

	(void)state;
	tokens.t->label = copy_of("acme");
	tokens.t->versions = calloc(1, sizeof(struct vault_version));
	tokens.t->n_versions = 1;
	tokens.t->versions->smartsheet_name = copy_of("Acme");
	assert_int_equal(vault_strings_add(&tokens.t->tags, "x", NULL), VAULT_OK);
	vendors.v->name = copy_of("Acme");
	vendors.v->agreements = calloc(1, sizeof(struct vault_agreement));
	vendors.v->n_agreements = 1;
	vendors.v->agreements->ref = copy_of("NDA-1");
	assert_int_equal(vault_strings_add(&vendors.v->contacts, "a@b", NULL), VAULT_OK);
	hand.h->to = copy_of("a@b");
	hand.h->periods = p;
	hand.h->n_periods = 1;
	p->reason = copy_of("done");
	p->gives = calloc(1, sizeof *p->gives);
	p->n_gives = 1;
	p->gives->purpose = copy_of("reports");
	p->gives->items = calloc(1, sizeof *p->gives->items);
	p->gives->n_items = 1;
	p->gives->items->id = copy_of("123");
	vault_tokens_clear(&tokens);
	vault_vendors_clear(&vendors);
	vault_handovers_clear(&hand);
	assert_null(tokens.t);
	assert_null(vendors.v);
	assert_null(hand.h);
	vault_tokens_clear(&tokens);
	vault_tokens_clear(NULL);
	vault_vendors_clear(NULL);
	vault_handovers_clear(NULL);
	vault_verdicts_clear(NULL);
	vault_give_clear(NULL);
	vault_identity_clear(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(labels),
	        cmocka_unit_test(vendor_names),
	        cmocka_unit_test(email_addresses),
	        cmocka_unit_test(free_text),
	        cmocka_unit_test(utf8),
	        cmocka_unit_test(regions),
	        cmocka_unit_test(words_of_enumerations),
	        cmocka_unit_test(strings),
	        cmocka_unit_test(rotation_days),
	        cmocka_unit_test(newest_verdicts),
	        cmocka_unit_test(verdicts_are_copied_deep),
	        cmocka_unit_test(records_are_cleared),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("types", tests, NULL, NULL);
}
