/* test_rules.c - the table of audit's rules: every line whole, codes found again, remedies with names in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <vault/rules.h>

/* Published: this list only ever grows at its end. */
static const struct {
	const char *code, *severity;
	int days;
	const char *nhi;
} published[] = {
	{"age", "high", -1, "NHI7"},
	{"expiry", "high", 30, NULL},
	{"ended-holder", "critical", -1, "NHI1"},
	{"until", "high", -1, "NHI1"},
	{"slot", "high", -1, "NHI1"},
	{"verdict", "medium", -1, NULL},
	{"vendor-unvetted", "medium", -1, "NHI3"},
	{"vendor-no-agreement", "medium", -1, "NHI3"},
	{"agreement-ending", "medium", 30, "NHI3"},
	{"admin-shared", "critical", -1, "NHI5"},
	{"everyday-account", "medium", -1, "NHI10"},
	{"exposed", "high", -1, "NHI5"},
	{"many-vendors", "high", -1, "NHI9"},
	{"same-account", "low", -1, "NHI9"},
	{"ineligible", "medium", -1, NULL},
	{"drift-user", "critical", -1, NULL},
	{"drift-account", "critical", -1, NULL},
	{"drift-email", "high", -1, NULL},
	{"drift-admin", "high", -1, NULL},
	{"drift-license", "medium", -1, NULL},
	{"drift-seat", "medium", -1, NULL},
	{"retired-alive", "critical", -1, "NHI7"},
	{"retired-unproved", "medium", 7, "NHI7"},
	{"dead-held", "medium", -1, NULL},
	{"license-idle", "low", -1, NULL},
	{"no-value", "medium", -1, "NHI1"},
	{"unchecked", "low", 30, NULL},
	{"unused", "low", 90, NULL},
	{"unconfirmed", "low", 365, NULL},
	{"slot-idle", "low", 90, NULL},
	{"one-admin", "medium", -1, NULL},
	{"no-recovery", "medium", -1, NULL},
	{"kdf-weak", "low", -1, NULL},
	{"log-missing", "high", -1, NULL},
	{"log-cut", "critical", -1, NULL},
	{"log-other", "high", -1, NULL},
};

static void table(void **state)
{
	(void)state;
	assert_int_equal(sizeof published / sizeof published[0], VAULT_RULES);
	for (int i = 0; i < VAULT_RULES; i++) {
		const struct vault_rule_info *r = vault_rule_info((enum vault_rule)i);
		enum vault_rule found = VAULT_RULES;
		assert_non_null(r);
		assert_string_equal(r->code, published[i].code);
		assert_string_equal(vault_severity_name(r->severity), published[i].severity);
		assert_int_equal(r->days, published[i].days);
		assert_int_equal(r->days_mean != NULL, r->days >= 0);
		assert_int_equal(r->nhi != NULL, published[i].nhi != NULL);
		if (r->nhi != NULL)
			assert_string_equal(r->nhi, published[i].nhi);
		assert_true(strlen(r->title) > 10 && r->title[strlen(r->title) - 1] != '.');
		assert_true(strlen(r->title) <= 80);
		assert_int_equal(vault_rule_parse(r->code, &found, NULL), VAULT_OK);
		assert_int_equal(found, i);
	}
	assert_null(vault_rule_info(VAULT_RULES));
	assert_null(vault_rule_info((enum vault_rule)-1));
}

static void parse(void **state)
{
	struct vault_err err = {.rc = VAULT_OK};
	enum vault_rule r = VAULT_RULES;
	enum vault_severity s = VAULT_INFO;
	(void)state;
	assert_int_equal(vault_rule_parse("unusde", &r, &err), VAULT_USAGE);
	assert_string_equal(err.msg, "there is no rule 'unusde' (did you mean unused?)");
	assert_int_equal(r, VAULT_RULES);
	assert_int_equal(vault_rule_parse("", &r, NULL), VAULT_USAGE);
	assert_int_equal(vault_rule_parse(NULL, &r, NULL), VAULT_USAGE);
	assert_int_equal(vault_rule_parse("UNUSED", &r, NULL), VAULT_USAGE);
	for (int i = VAULT_INFO; i <= VAULT_CRITICAL; i++) {
		assert_int_equal(vault_severity_parse(vault_severity_name((enum vault_severity)i), &s, NULL), VAULT_OK);
		assert_int_equal(s, i);
	}
	vault_err_clear(&err);
	assert_int_equal(vault_severity_parse("urgent", &s, &err), VAULT_USAGE);
	assert_string_equal(err.msg, "a severity is info, low, medium, high or critical, not 'urgent'");
	assert_int_equal(vault_severity_parse(NULL, &s, NULL), VAULT_USAGE);
	assert_string_equal(vault_severity_name((enum vault_severity)17), "?");
}

static void remedies(void **state)
{
	const struct vault_rule_names none = {.label = NULL};
	const struct vault_rule_names some = {
		.label = "orders", .vendor = "O'Hara & Sons", .to = "x@vendor.example", .slot = "night ly"};
	(void)state;
	for (int i = 0; i < VAULT_RULES; i++) {
		char *text = vault_rule_remedy((enum vault_rule)i, &none);
		assert_non_null(text);
		assert_null(strpbrk(text, "{}")); /* every place has a name */
		assert_non_null(strstr(text, i == VAULT_RULE_LOG_OTHER ? "--log" : "vault "));
		assert_true(text[strlen(text) - 1] != '.');
		free(text);
	}
	char *text = vault_rule_remedy(VAULT_RULE_UNTIL, &some);
	assert_string_equal(text, "end it: vault unshare orders --vendor 'O'\\''Hara & Sons' --to x@vendor.example; where it is "
	                          "still needed: vault share orders --vendor 'O'\\''Hara & Sons' --to x@vendor.example --confirm "
	                          "--until DATE");
	free(text);
	text = vault_rule_remedy(VAULT_RULE_SLOT_IDLE, &some);
	assert_string_equal(text, "where nobody needs it: vault access remove 'night ly'");
	free(text);
	text = vault_rule_remedy(VAULT_RULE_SLOT_IDLE, &none);
	assert_string_equal(text, "where nobody needs it: vault access remove NAME");
	free(text);
	assert_null(vault_rule_remedy(VAULT_RULES, &none));
}

static void settings(void **state)
{
	struct vault_settings s;
	(void)state;
	vault_settings_defaults(&s);
	for (int i = 0; i < VAULT_RULES; i++) {
		assert_int_equal(vault_settings_days(&s, (enum vault_rule)i), published[i].days);
		assert_false(vault_settings_off(&s, (enum vault_rule)i));
	}
	s.rules[VAULT_RULE_UNUSED] = (struct vault_rule_setting){.off = 1, .days = 0};
	s.rules[VAULT_RULE_AGE].days = 5; /* has none: nothing counts them */
	s.ca_file = strdup("/etc/ssl/company.pem");
	assert_int_equal(vault_settings_days(&s, VAULT_RULE_UNUSED), 0);
	assert_true(vault_settings_off(&s, VAULT_RULE_UNUSED));
	assert_int_equal(vault_settings_days(&s, VAULT_RULE_AGE), -1);
	assert_int_equal(vault_settings_days(&s, VAULT_RULES), -1);
	assert_false(vault_settings_off(&s, VAULT_RULES));
	vault_settings_clear(&s);
	assert_null(s.ca_file);
	assert_int_equal(vault_settings_days(&s, VAULT_RULE_UNUSED), 90);
	assert_false(vault_settings_off(&s, VAULT_RULE_UNUSED));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table),
		cmocka_unit_test(parse),
		cmocka_unit_test(remedies),
		cmocka_unit_test(settings),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
