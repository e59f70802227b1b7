/* test_record.c - what stands inside sealed objects: there and back, full and empty, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "facts.h"
#include "record.h"

#define ID "2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a"
#define TOKEN                                                                                                          \
	"{\"id\":\"" ID "\",\"label\":\"l\",\"account\":\"a@a.example\",\"license\":\"licensed\",\"region\":\"us\","

static char *names[] = {NULL, NULL};

/* Two strings; literals are not to be freed, so neither is what borrows them. */
static struct vault_strings two(const char *a, const char *b)
{
	names[0] = lit(a);
	names[1] = lit(b);
	return (struct vault_strings){names, 2};
}

/* --- tokens ----------------------------------------------------------------------------------------------- */

static void assert_same_version(const struct vault_version *a, const struct vault_version *b)
{
	assert_int_equal(a->number, b->number);
	assert_int_equal(a->status, b->status);
	assert_true(a->created == b->created && a->retired == b->retired && a->died == b->died);
	assert_true(a->revoked_said == b->revoked_said);
	assert_int_equal(a->on_word, b->on_word);
	assert_int_equal(a->unchecked, b->unchecked);
	assert_int_equal(a->has_value, b->has_value);
	assert_int_equal(!a->smartsheet_name, !b->smartsheet_name);
	if (a->smartsheet_name)
		assert_string_equal(a->smartsheet_name, b->smartsheet_name);
}

static void token_full(void **state)
{
	struct vault_version v[2] = {
	        {.number = 1,
	         .status = VAULT_DEAD,
	         .created = 100,
	         .retired = 200,
	         .died = 201,
	         .revoked_said = 199,
	         .on_word = 1,
	         .unchecked = 1,
	         .has_value = 1,
	         .smartsheet_name = lit("first \"key\"")},
	        {.number = 2,
	         .status = VAULT_CURRENT,
	         .created = 200,
	         .retired = VAULT_NO_DAY,
	         .died = VAULT_NO_DAY,
	         .revoked_said = VAULT_NO_DAY,
	         .smartsheet_name = NULL},
	};
	struct vault_token t = {.label = lit("orders"),
	                        .account = lit("bob@a.example"),
	                        .license = lit("licensed"),
	                        .plan = lit("business"),
	                        .owner = lit("ann@a.example"),
	                        .note = lit("a note with \\ and \303\266"),
	                        .region = VAULT_REGION_GOV,
	                        .removed = 1,
	                        .removed_on = 300,
	                        .created = 100,
	                        .rotate_every_days = 90,
	                        .expires = 400,
	                        .versions = v,
	                        .n_versions = 2};
	struct vault_token got;
	char *text = NULL, *again = NULL;

	(void)state;
	memset(t.id, 0x2a, sizeof t.id);
	t.tags = two("one", "two");
	text = record_token_encode(&t);
	assert_non_null(text);
	assert_int_equal(record_token_parse(text, strlen(text), &got, NULL), VAULT_OK);
	assert_memory_equal(got.id, t.id, 16);
	assert_string_equal(got.label, t.label);
	assert_string_equal(got.account, t.account);
	assert_string_equal(got.license, t.license);
	assert_string_equal(got.plan, t.plan);
	assert_string_equal(got.owner, t.owner);
	assert_string_equal(got.note, t.note);
	assert_int_equal(got.region, t.region);
	assert_int_equal(got.removed, 1);
	assert_true(got.removed_on == 300 && got.created == 100 && got.expires == 400 && got.rotate_every_days == 90);
	assert_int_equal(got.tags.n, 2);
	assert_string_equal(got.tags.s[1], "two");
	assert_int_equal(got.n_versions, 2);
	assert_same_version(&got.versions[0], &v[0]);
	assert_same_version(&got.versions[1], &v[1]);
	again = record_token_encode(&got);
	assert_string_equal(again, text);
	vault_token_clear(&got);
	free(again);
	free(text);
}

static void token_empty(void **state)
{
	struct vault_version v = {.number = 1,
	                          .created = VAULT_NO_DAY,
	                          .retired = VAULT_NO_DAY,
	                          .died = VAULT_NO_DAY,
	                          .revoked_said = VAULT_NO_DAY};
	struct vault_token t = {.label = lit("l"),
	                        .account = lit("a@a.example"),
	                        .license = lit("licensed"),
	                        .removed_on = VAULT_NO_DAY,
	                        .created = VAULT_NO_DAY,
	                        .expires = VAULT_NO_DAY,
	                        .versions = &v,
	                        .n_versions = 1};
	struct vault_token got;
	char *text = NULL;

	(void)state;
	text = record_token_encode(&t);
	assert_non_null(text);
	assert_null(strstr(text, "null")); /* what is unknown is left out */
	assert_null(strstr(text, "false"));
	assert_int_equal(record_token_parse(text, strlen(text), &got, NULL), VAULT_OK);
	assert_null(got.plan);
	assert_null(got.owner);
	assert_null(got.note);
	assert_int_equal(got.tags.n, 0);
	assert_int_equal(got.removed, 0);
	assert_true(got.created == VAULT_NO_DAY && got.expires == VAULT_NO_DAY && got.removed_on == VAULT_NO_DAY);
	assert_same_version(&got.versions[0], &v);
	vault_token_clear(&got);
	free(text);
}

static const char *const bad_tokens[] = {
        "",
        "{}",
        "[]",
        "null",
        "7",
        "{",
        TOKEN,
        TOKEN "}",
        TOKEN "\"versions\":[]}",
        TOKEN "\"versions\":{}}",
        TOKEN "\"versions\":[7]}",
        TOKEN "\"versions\":[{}]}",
        TOKEN "\"versions\":[{\"version\":1}]}",
        TOKEN "\"versions\":[{\"version\":2,\"status\":0}]}",
        TOKEN "\"versions\":[{\"version\":0,\"status\":0}]}",
        TOKEN "\"versions\":[{\"version\":1,\"status\":4}]}",
        TOKEN "\"versions\":[{\"version\":1,\"status\":-1}]}",
        TOKEN "\"versions\":[{\"version\":1,\"status\":\"0\"}]}",
        TOKEN "\"versions\":[{\"version\":4294967297,\"status\":0}]}",
        TOKEN "\"versions\":[{\"version\":1,\"status\":0},{\"version\":3,\"status\":0}]}",
        TOKEN "\"versions\":[{\"version\":1,\"status\":0}],\"tags\":[7]}",
        TOKEN "\"versions\":[{\"version\":1,\"status\":0}],\"label\":\"m\"}", /* a key twice */
        TOKEN "\"versions\":[{\"version\":1,\"status\":0}]} ,",
        "{\"id\":\"2a\",\"label\":\"l\",\"account\":\"a\",\"license\":\"x\",\"region\":\"us\",\"versions\":[{"
        "\"version\":1,\"status\":0}]}",
        "{\"id\":\"" ID
        "\",\"account\":\"a\",\"license\":\"x\",\"region\":\"us\",\"versions\":[{\"version\":1,\"status\":0}]}",
        "{\"id\":\"" ID
        "\",\"label\":\"l\",\"license\":\"x\",\"region\":\"us\",\"versions\":[{\"version\":1,\"status\":0}]}",
        "{\"id\":\"" ID
        "\",\"label\":\"l\",\"account\":\"a\",\"region\":\"us\",\"versions\":[{\"version\":1,\"status\":0}]}",
        "{\"id\":\"" ID
        "\",\"label\":\"l\",\"account\":\"a\",\"license\":\"x\",\"versions\":[{\"version\":1,\"status\":0}]}",
        "{\"id\":\"" ID "\",\"label\":\"l\",\"account\":\"a\",\"license\":\"x\",\"region\":\"mars\",\"versions\":[{"
                        "\"version\":1,\"status\":0}]}",
        "{\"id\":\"" ID "\",\"label\":7,\"account\":\"a\",\"license\":\"x\",\"region\":\"us\",\"versions\":[{"
                        "\"version\":1,\"status\":0}]}",
};

static void token_refused(void **state)
{
	static const char good[] = TOKEN "\"versions\":[{\"version\":1,\"status\":0}]}";
	static const char more[] =
	        TOKEN "\"versions\":[{\"version\":1,\"status\":0,\"later\":{}}],\"new\":[1,{\"x\":null}]}";
	struct vault_token t;
	size_t i = 0;

	(void)state;
	for (i = 0; i < sizeof bad_tokens / sizeof bad_tokens[0]; i++) {
		assert_int_equal(record_token_parse(bad_tokens[i], strlen(bad_tokens[i]), &t, NULL), VAULT_DAMAGED);
		assert_null(t.versions); /* nothing half-read is left */
		assert_null(t.label);
	}
	for (i = 0; i < sizeof good - 1; i++)
		assert_int_equal(record_token_parse(good, i, &t, NULL), VAULT_DAMAGED);
	assert_int_equal(record_token_parse(good, i, &t, NULL), VAULT_OK);
	vault_token_clear(&t);
	assert_int_equal(record_token_parse(more, sizeof more - 1, &t, NULL), VAULT_OK); /* a newer program's */
	assert_int_equal(t.n_versions, 1);
	vault_token_clear(&t);
}

/* --- vendors ---------------------------------------------------------------------------------------------- */

static void vendor(void **state)
{
	static const char *const bad[] = {"",
	                                  "[]",
	                                  "{}",
	                                  "{\"id\":\"" ID "\"}",
	                                  "{\"name\":\"B\"}",
	                                  "{\"id\":\"" ID "\",\"name\":1}",
	                                  "{\"id\":\"" ID "\",\"name\":\"B\",\"agreements\":[{}]}",
	                                  "{\"id\":\"" ID "\",\"name\":\"B\",\"contacts\":[1]}",
	                                  "{\"id\":\"2A2A2A2A2A2A2A2A2A2A2A2A2A2A2A2A\",\"name\":\"B\"}"};
	static const char newer[] = "{\"id\":\"" ID "\",\"name\":\"B\",\"rating\":5}";
	struct vault_agreement agreements[2] = {{lit("NDA-1"), 500}, {lit("MSA \"2\""), VAULT_NO_DAY}};
	struct vault_vendor v = {.name = lit("Vendor \303\226"),
	                         .note = lit("n"),
	                         .agreements = agreements,
	                         .n_agreements = 2,
	                         .vetted = 10,
	                         .added = 20},
	                    got;
	char *text = NULL, *again = NULL;
	size_t i = 0;

	(void)state;
	memset(v.id, 7, 16);
	v.contacts = two("b@b.example", "c@b.example");
	text = record_vendor_encode(&v);
	assert_int_equal(record_vendor_parse(text, strlen(text), &got, NULL), VAULT_OK);
	assert_memory_equal(got.id, v.id, 16);
	assert_string_equal(got.name, v.name);
	assert_string_equal(got.contacts.s[1], "c@b.example");
	assert_int_equal(got.n_agreements, 2);
	assert_string_equal(got.agreements[1].ref, "MSA \"2\"");
	assert_true(got.agreements[0].until == 500 && got.agreements[1].until == VAULT_NO_DAY);
	assert_true(got.vetted == 10 && got.added == 20);
	again = record_vendor_encode(&got);
	assert_string_equal(again, text);
	vault_vendor_clear(&got);
	free(again);
	free(text);
	v = (struct vault_vendor){.name = lit("B"), .vetted = VAULT_NO_DAY, .added = VAULT_NO_DAY};
	text = record_vendor_encode(&v);
	assert_int_equal(record_vendor_parse(text, strlen(text), &got, NULL), VAULT_OK);
	assert_true(!got.note && got.contacts.n == 0 && got.n_agreements == 0);
	assert_true(got.vetted == VAULT_NO_DAY && got.added == VAULT_NO_DAY);
	vault_vendor_clear(&got);
	free(text);
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(record_vendor_parse(bad[i], strlen(bad[i]), &got, NULL), VAULT_DAMAGED);
		assert_null(got.name);
	}
	assert_int_equal(record_vendor_parse(newer, sizeof newer - 1, &got, NULL), VAULT_OK);
	vault_vendor_clear(&got);
}

/* --- hand-overs ------------------------------------------------------------------------------------------- */

static struct vault_item items[2];
static struct vault_give gives[2];
static struct vault_confirm confirms[2] = {{110, 0, 150}, {130, 1, VAULT_NO_DAY}};
static struct vault_period periods[2];

static struct vault_handover full_handover(void)
{
	struct vault_handover h = {.to = lit("bert@b.example"), .periods = periods, .n_periods = 2};

	memset(h.id, 1, 16);
	memset(h.token_id, 2, 16);
	memset(h.vendor_id, 3, 16);
	items[0] = (struct vault_item){lit("9007199254740993"), lit("editor"), lit("Orders")};
	items[1] = (struct vault_item){lit("2"), NULL, NULL};
	gives[0] = (struct vault_give){.version = 1,
	                               .date = 100,
	                               .purpose = lit("sync"),
	                               .agreement = lit("NDA-1"),
	                               .channel = lit("signal"),
	                               .until = 200,
	                               .items = items,
	                               .n_items = 2};
	gives[1] = (struct vault_give){.version = UINT32_MAX, .date = 120, .until = VAULT_NO_DAY};
	periods[0] = (struct vault_period){.gives = gives,
	                                   .n_gives = 2,
	                                   .confirmed = 130,
	                                   .confirms = confirms,
	                                   .n_confirms = 2,
	                                   .ended = 140,
	                                   .never_given = 1,
	                                   .reason = lit("mistake")};
	periods[1] = (struct vault_period){
	        .gives = &gives[1], .n_gives = 1, .confirmed = VAULT_NO_DAY, .ended = VAULT_NO_DAY};
	return h;
}

static void handover(void **state)
{
	struct vault_handover h = full_handover(), got;
	char *text = record_handover_encode(&h), *again = NULL;

	(void)state;
	assert_int_equal(record_handover_parse(text, strlen(text), &got, NULL), VAULT_OK);
	assert_memory_equal(got.id, h.id, 16);
	assert_memory_equal(got.token_id, h.token_id, 16);
	assert_memory_equal(got.vendor_id, h.vendor_id, 16);
	assert_string_equal(got.to, h.to);
	assert_int_equal(got.n_periods, 2);
	assert_int_equal(got.periods[0].n_gives, 2);
	assert_string_equal(got.periods[0].gives[0].items[0].id, "9007199254740993"); /* beyond what a double holds */
	assert_string_equal(got.periods[0].gives[0].items[0].level, "editor");
	assert_null(got.periods[0].gives[0].items[1].level);
	assert_string_equal(got.periods[0].gives[0].channel, "signal");
	assert_true(got.periods[0].gives[1].version == UINT32_MAX);
	assert_true(got.periods[0].confirmed == 130 && got.periods[0].ended == 140 && got.periods[0].never_given == 1);
	assert_string_equal(got.periods[0].reason, "mistake");
	assert_int_equal(got.periods[0].n_confirms, 2);
	assert_true(got.periods[0].confirms[0].date == 110 && got.periods[0].confirms[0].give == 0);
	assert_true(got.periods[0].confirms[0].was_until == 150 && got.periods[0].confirms[1].was_until == VAULT_NO_DAY);
	assert_int_equal(got.periods[0].confirms[1].give, 1);
	assert_int_equal(got.periods[1].n_confirms, 0);
	assert_true(got.periods[1].ended == VAULT_NO_DAY && got.periods[1].never_given == 0 && !got.periods[1].reason);
	again = record_handover_encode(&got);
	assert_string_equal(again, text);
	vault_handover_clear(&got);
	free(again);
	free(text);
}

#define HAND "{\"id\":\"" ID "\",\"token\":\"" ID "\",\"vendor\":\"" ID "\",\"to\":\"t\","

static void handover_refused(void **state)
{
	static const char *const bad[] = {
	        "",
	        "{}",
	        HAND "\"periods\":[]}",
	        HAND "\"periods\":[{}]}",
	        HAND "\"periods\":[{\"gives\":[]}]}",
	        HAND "\"periods\":[{\"gives\":[{}]}]}",
	        HAND "\"periods\":[{\"gives\":[{\"version\":1}]}]}",
	        HAND "\"periods\":[{\"gives\":[{\"version\":0,\"date\":\"2026-01-01\"}]}]}",
	        HAND "\"periods\":[{\"gives\":[{\"version\":4294967296,\"date\":\"2026-01-01\"}]}]}",
	        HAND "\"periods\":[{\"gives\":[{\"version\":1,\"date\":\"2026-02-30\"}]}]}",
	        HAND "\"periods\":[{\"gives\":[{\"version\":1,\"date\":\"2026-01-01\",\"items\":[{}]}]}]}",
	        HAND "\"periods\":[{\"gives\":[{\"version\":1,\"date\":\"2026-01-01\"}]},{\"gives\":[7]}]}",
	        HAND "\"periods\":[{\"gives\":[{\"version\":1,\"date\":\"2026-01-01\"}],\"confirms\":[{}]}]}",
	        HAND "\"periods\":[{\"gives\":[{\"version\":1,\"date\":\"2026-01-01\"}],"
	             "\"confirms\":[{\"give\":0}]}]}",
	        HAND "\"periods\":[{\"gives\":[{\"version\":1,\"date\":\"2026-01-01\"}],"
	             "\"confirms\":[{\"date\":\"2026-01-02\",\"give\":1}]}]}",
	        HAND "\"periods\":[{\"gives\":[{\"version\":1,\"date\":\"2026-01-01\"}],"
	             "\"confirms\":[{\"date\":\"2026-01-02\",\"give\":-1}]}]}",
	        "{\"id\":\"" ID "\",\"token\":\"" ID
	        "\",\"to\":\"t\",\"periods\":[{\"gives\":[{\"version\":1,\"date\":\"2026-01-01\"}]}]}",
	        "{\"id\":\"" ID "\",\"token\":\"" ID "\",\"vendor\":\"" ID
	        "\",\"periods\":[{\"gives\":[{\"version\":1,\"date\":\"2026-01-01\"}]}]}",
	};
	static const char newer[] =
	        HAND "\"x\":1,\"periods\":[{\"y\":2,\"gives\":[{\"z\":3,\"version\":1,\"date\":\"2026-01-01\"}]}]}";
	struct vault_handover h;
	size_t i = 0;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(record_handover_parse(bad[i], strlen(bad[i]), &h, NULL), VAULT_DAMAGED);
		assert_null(h.periods);
	}
	for (i = 0; i < sizeof newer - 1; i++)
		assert_int_equal(record_handover_parse(newer, i, &h, NULL), VAULT_DAMAGED);
	assert_int_equal(record_handover_parse(newer, i, &h, NULL), VAULT_OK);
	vault_handover_clear(&h);
}

/* --- values and verdicts ---------------------------------------------------------------------------------- */

static void value(void **state)
{
	static const char *const bad[] = {"",
	                                  "{}",
	                                  "{\"token\":\"" ID "\"}",
	                                  "{\"token\":\"" ID "\",\"version\":0}",
	                                  "{\"token\":\"" ID "\",\"version\":4294967296}",
	                                  "{\"token\":\"" ID "\",\"version\":-1}",
	                                  "{\"token\":\"" ID "\",\"version\":\"1\"}",
	                                  "{\"version\":1}",
	                                  "{\"token\":\"zz\",\"version\":1}"};
	static const uint32_t versions[] = {1, 2, UINT32_MAX};
	uint8_t id[16], got[16];
	uint32_t version = 0;
	size_t i = 0;

	(void)state;
	memset(id, 0xc5, 16);
	for (i = 0; i < 3; i++) {
		char *text = record_value_encode(id, versions[i]);

		assert_int_equal(record_value_parse(text, strlen(text), got, &version, NULL), VAULT_OK);
		assert_memory_equal(got, id, 16);
		assert_true(version == versions[i]);
		free(text);
	}
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(record_value_parse(bad[i], strlen(bad[i]), got, &version, NULL), VAULT_DAMAGED);
	assert_int_equal(record_unhex(ID, got), 0);
	assert_int_equal(record_unhex(ID "0", got), -1);
	assert_int_equal(record_unhex(NULL, got), -1);
	assert_int_equal(record_unhex("2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2g", got), -1);
}

static void verdict(void **state)
{
	static const char *const bad[] = {"",
	                                  "{}",
	                                  "[]",
	                                  "{\"result\":7}",
	                                  "{\"result\":\"fine\"}",
	                                  "{\"result\":null}",
	                                  "{\"result\":\"valid\",\"identity\":{\"alternates\":[1]}}"};
	static const char newer[] = "{\"result\":\"valid\",\"http_status\":200,\"later\":1,\"identity\":{\"later\":2}}";
	struct vault_verdict v = {.result = VAULT_REVOKED,
	                          .http_status = 401,
	                          .error_code = 1003,
	                          .message = lit("Your token has \"expired\""),
	                          .base = lit("https://api.smartsheet.com/2.0"),
	                          .drift = lit("user: was 1, is 2"),
	                          .has_identity = 1},
	                     got;
	char *text = NULL;
	size_t i = 0;
	int r = 0;

	(void)state;
	v.identity = (struct vault_identity){.id = lit("9007199254740993"),
	                                     .email = lit("a@a.example"),
	                                     .account_id = lit("2"),
	                                     .account_name = lit("A"),
	                                     .admin = 1,
	                                     .licensed = 0,
	                                     .group_admin = -1,
	                                     .resource_viewer = 1};
	v.identity.alternates = two("b@a.example", "c@a.example");
	for (r = VAULT_VALID; r <= VAULT_UNKNOWN; r++) {
		v.result = (enum vault_result)r;
		text = record_verdict_encode(&v);
		assert_int_equal(record_verdict_parse(text, strlen(text), &got, NULL), VAULT_OK);
		assert_int_equal(got.result, r);
		assert_true(got.http_status == 401 && got.error_code == 1003);
		assert_string_equal(got.message, v.message);
		assert_string_equal(got.base, v.base);
		assert_string_equal(got.drift, v.drift);
		assert_string_equal(got.identity.id, v.identity.id);
		assert_true(got.identity.admin == 1 && got.identity.licensed == 0 && got.identity.group_admin == -1);
		assert_int_equal(got.identity.resource_viewer, 1);
		assert_int_equal(got.identity.alternates.n, 2);
		vault_verdict_clear(&got);
		free(text);
	}
	v = (struct vault_verdict){.result = VAULT_UNKNOWN};
	text = record_verdict_encode(&v);
	assert_int_equal(record_verdict_parse(text, strlen(text), &got, NULL), VAULT_OK);
	assert_true(!got.has_identity && !got.message && !got.base && !got.drift && got.http_status == 0);
	vault_verdict_clear(&got);
	free(text);
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(record_verdict_parse(bad[i], strlen(bad[i]), &got, NULL), VAULT_DAMAGED);
		assert_null(got.identity.alternates.s);
	}
	assert_int_equal(record_verdict_parse(newer, sizeof newer - 1, &got, NULL), VAULT_OK);
	assert_int_equal(got.identity.admin, -1);
	vault_verdict_clear(&got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(token_full), cmocka_unit_test(token_empty), cmocka_unit_test(token_refused),
	        cmocka_unit_test(vendor),     cmocka_unit_test(handover),    cmocka_unit_test(handover_refused),
	        cmocka_unit_test(value),      cmocka_unit_test(verdict),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
