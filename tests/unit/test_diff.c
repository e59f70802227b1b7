/* test_diff.c - what an edit made of what, in words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "diff.h"

static char *lit(const char *s)
{
	char *copy = strdup(s);

	assert_non_null(copy);
	return copy;
}

/* A token with one version, all of whose fields are set. */
static struct vault_token token(void)
{
	struct vault_token t = {.label = lit("one"),
	                        .account = lit("a@a.example"),
	                        .license = lit("licensed"),
	                        .plan = lit("business"),
	                        .owner = lit("o@a.example"),
	                        .note = lit("n"),
	                        .rotate_every_days = 90,
	                        .expires = VAULT_NO_DAY,
	                        .n_versions = 1};

	assert_int_equal(vault_strings_add(&t.tags, "red", NULL), VAULT_OK);
	t.versions = calloc(1, sizeof *t.versions);
	assert_non_null(t.versions);
	t.versions[0] = (struct vault_version){.number = 1, .created = 20000};
	return t;
}

static void set(char **field, const char *s)
{
	free(*field);
	*field = s ? lit(s) : NULL;
}

/* The changes in one line; to be freed. */
static char *changes(const struct vault_token *was, const struct vault_token *is, unsigned *which)
{
	struct vault_strings l = {0};
	char *all = NULL;

	assert_int_equal(vault_token_changes(was, is, &l, which, NULL), VAULT_OK);
	all = diff_join(&l);
	vault_strings_clear(&l);
	return all;
}

static void fields(void **state)
{
	struct vault_token a = token(), b = token();
	unsigned which = 1;
	char *all = NULL;

	(void)state;
	assert_null(changes(&a, &b, &which));
	assert_int_equal(which, 0);
	set(&b.label, "two");
	set(&b.plan, NULL);
	b.region = VAULT_REGION_EU;
	set(&b.versions[0].smartsheet_name, "B's");
	b.versions[0].created = 20001;
	b.rotate_every_days = 0;
	b.expires = 20089;
	assert_int_equal(vault_strings_add(&b.tags, "blue", NULL), VAULT_OK);
	set(&b.note, "");
	all = changes(&a, &b, &which);
	assert_string_equal(all,
	                    "label: was one, is two; plan: was business, is nothing; region: was us, is eu; smartsheet "
	                    "name: was nothing, is B's; created: was 2024-10-04, is 2024-10-05; rotate every: was 90 "
	                    "days, is never; expires: was nothing, is 2025-01-01; tags: was red, is red, blue; note: "
	                    "was n, is nothing");
	assert_int_equal(which, VAULT_F_LABEL | VAULT_F_PLAN | VAULT_F_REGION | VAULT_F_SMARTSHEET_NAME |
	                                VAULT_F_CREATED | VAULT_F_ROTATE_EVERY | VAULT_F_EXPIRES | VAULT_F_TAGS |
	                                VAULT_F_NOTE);
	free(all);
	vault_token_clear(&a);
	vault_token_clear(&b);
}

/* Long values are cut between characters, and still compared whole. */
static void long_ones(void **state)
{
	struct vault_token a = token(), b = token();
	char text[1101], want[1200], *all = NULL;

	(void)state;
	memset(text, 'x', 1023);
	strcpy(text + 1023, "\xc3\xa4 and more");
	set(&b.note, text);
	all = changes(&a, &b, NULL);
	memset(want, 0, sizeof want);
	strcpy(want, "note: was n, is ");
	memcpy(want + strlen(want), text, 1023);
	strcat(want, "...");
	assert_string_equal(all, want);
	free(all);
	set(&a.note, text);
	text[strlen(text) - 1] = 'x';
	set(&b.note, text);
	all = changes(&a, &b, NULL);
	assert_non_null(all);
	free(all);
	text[1023] = '\0';
	strcat(text, "y");
	set(&b.note, text);
	all = changes(&a, &b, NULL);
	assert_string_equal(all + strlen(all) - 2, "xy");
	free(all);
	vault_token_clear(&a);
	vault_token_clear(&b);
}

static void vendors(void **state)
{
	struct vault_agreement one[] = {{.ref = lit("A-1"), .until = 20000}, {.ref = lit("B"), .until = VAULT_NO_DAY}};
	struct vault_vendor was = {.name = lit("V"), .vetted = VAULT_NO_DAY}, is = {.name = lit("W"),
	                                                                            .agreements = one,
	                                                                            .n_agreements = 2,
	                                                                            .vetted = 20001,
	                                                                            .note = lit("n")};
	struct vault_strings l = {0};
	char *all = NULL;

	(void)state;
	assert_int_equal(vault_strings_add(&is.contacts, "c@v.example", NULL), VAULT_OK);
	assert_int_equal(diff_vendor(&was, &is, &l, NULL), VAULT_OK);
	all = diff_join(&l);
	assert_string_equal(
	        all, "contacts: was nothing, is c@v.example; agreements: was nothing, is A-1 until 2024-10-04, B; "
	             "vetted: was nothing, is 2024-10-05; note: was nothing, is n");
	free(all);
	vault_strings_clear(&l);
	assert_int_equal(diff_vendor(&is, &is, &l, NULL), VAULT_OK);
	assert_int_equal(l.n, 0);
	vault_strings_clear(&is.contacts);
	free(one[0].ref);
	free(one[1].ref);
	free(was.name);
	free(is.name);
	free(is.note);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(fields), cmocka_unit_test(long_ones),
	                                   cmocka_unit_test(vendors)};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("diff", tests, NULL, NULL);
}
