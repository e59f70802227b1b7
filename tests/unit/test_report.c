/* test_report.c - CSV fields, and what --columns and --sort make of names and rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <vault/date.h>

#include "args.h"
#include "csv.h"
#include "report.h"

static void fields(void **state)
{
	static const struct {
		const char *text;
		enum csv_trust trust;
		const char *want;
	} rows[] = {
	        {NULL, CSV_FOREIGN, ""},
	        {"", CSV_FOREIGN, ""},
	        {"plain", CSV_FOREIGN, "plain"},
	        {"two words", CSV_FOREIGN, "two words"},
	        {"a,b", CSV_FOREIGN, "\"a,b\""},
	        {"\"", CSV_FOREIGN, "\"\"\"\""},
	        {"say \"x\"", CSV_FOREIGN, "\"say \"\"x\"\"\""},
	        {" blank", CSV_FOREIGN, "\" blank\""},
	        {"blank ", CSV_FOREIGN, "\"blank \""},
	        {"L\xc3\xb6we \xe8\xa1\xa8", CSV_FOREIGN, "L\xc3\xb6we \xe8\xa1\xa8"},
	        /* formulas */
	        {"=1+1", CSV_FOREIGN, "'=1+1"},
	        {"+1", CSV_FOREIGN, "'+1"},
	        {"-1", CSV_FOREIGN, "'-1"},
	        {"@SUM(1)", CSV_FOREIGN, "'@SUM(1)"},
	        {"=A1,\"x\"", CSV_FOREIGN, "\"'=A1,\"\"x\"\"\""},
	        {"\xef\xbc\x9d" "1", CSV_FOREIGN, "'\xef\xbc\x9d" "1"},
	        {"\xef\xbc\x8b" "1", CSV_FOREIGN, "'\xef\xbc\x8b" "1"},
	        {"\xef\xbc\x8d" "1", CSV_FOREIGN, "'\xef\xbc\x8d" "1"},
	        {"\xef\xbc\xa0" "1", CSV_FOREIGN, "'\xef\xbc\xa0" "1"},
	        {"'twas", CSV_FOREIGN, "''twas"},
	        {"a=1", CSV_FOREIGN, "a=1"},
	        {"-12", CSV_OURS, "-12"},
	        /* what no field has in it */
	        {"a\tb", CSV_FOREIGN, "a?b"},
	        {"a\r\nb", CSV_FOREIGN, "a??b"},
	        {"\033[31m\x7f", CSV_FOREIGN, "?[31m?"},
	        {"\xc2\x9b" "1m", CSV_FOREIGN, "?1m"},
	        {"\xc2\xa0", CSV_FOREIGN, "\xc2\xa0"},
	        {"\xff\xc3", CSV_FOREIGN, "??"},
	        {"\t=1", CSV_FOREIGN, "?=1"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct out o = {0};

		csv_field(&o, rows[i].text, rows[i].trust);
		out_raw(&o, "", 1);
		assert_string_equal(o.text, rows[i].want);
		free(o.text);
	}
}

/* --- a report --- */

struct row {
	const char *name;
	int64_t n, day, time;
	int truth;
};

enum { NAME, N, DAY, TIME, TRUTH, LIST };

static void fact(const void *of, const void *about, int id, struct report_cell *c)
{
	const struct row *r = of;

	assert_string_equal(about, "about");
	switch (id) {
	case NAME:
		report_text(c, r->name);
		break;
	case N:
		report_int(c, r->n);
		break;
	case DAY:
		report_day(c, r->day);
		break;
	case TIME:
		report_time(c, r->time);
		break;
	case TRUTH:
		report_truth(c, r->truth);
		break;
	default:
		for (int64_t i = 0; i < r->n && i < 300; i++)
			report_add(c, "x");
	}
}

static int words(const void *of, const void *about, int id, struct report_cell *c)
{
	(void)of;
	(void)about;
	if (id != NAME)
		return 0;
	report_words(c, "somebody", TABLE_BAD);
	return 1;
}

static const struct report_column columns[] = {
        {"name", "WHO", NAME, REPORT_TEXT, REPORT_BOTH, 0, "h"},   {"n", "N", N, REPORT_NUMBER, REPORT_BOTH, 0, "h"},
        {"day", "DAY", DAY, REPORT_DAY, REPORT_CSV, 0, "h"},       {"time", "TIME", TIME, REPORT_TIME, REPORT_CSV, 0, "h"},
        {"truth", "TRUE", TRUTH, REPORT_TRUTH, REPORT_CSV, 0, "h"}, {"list", "LIST", LIST, REPORT_TEXT, REPORT_ASKED, 0, "h"},
        {NULL, NULL, 0, 0, 0, 0, NULL},
};
static const struct report_of of = {.columns = columns, .fact = fact, .words = words};
static const struct command_option options[] = {REPORT_OPTIONS, {0, 0, NULL, NULL, 0, NULL}};
static const struct command a_command = {.name = "list", .operands = "", .options = options};

/* The options as a command line has them; NULL is none. */
static enum vault_rc given(struct report *r, const char *sort, const char *chosen, int csv, int json, struct vault_err *err)
{
	struct args_opt opts[3];
	struct args a = {.command = &a_command, .opts = opts};
	struct out o = {.json = json};
	struct call c = {.args = &a, .out = &o};

	if (sort)
		opts[a.n_opts++] = (struct args_opt){&options[0], sort};
	if (chosen)
		opts[a.n_opts++] = (struct args_opt){&options[1], chosen};
	if (csv)
		opts[a.n_opts++] = (struct args_opt){&options[2], NULL};
	vault_err_clear(err);
	return report_args(&c, &of, r, err);
}

static void names(void **state)
{
	static const struct {
		const char *chosen, *want; /* the columns, or what is said */
	} rows[] = {
	        {NULL, "name n "},
	        {"n", "n "},
	        {"list,NAME,day", "list name day "},
	        {"day,time,truth,list,n,name", "day time truth list n name "},
	        {"", "--columns wants names with commas between, not nothing: see `vault list --help`"},
	        {",", "--columns wants names with commas between, not ,: see `vault list --help`"},
	        {"n,", "--columns wants names with commas between, not n,: see `vault list --help`"},
	        {"nmae", "--columns does not know nmae, did you mean name? It knows name n day time truth list: see `vault list --help`"},
	        {"who", "--columns does not know who, did you mean name? It knows name n day time truth list: see `vault list --help`"},
	        {"n,xyzzy", "--columns does not know xyzzy. It knows name n day time truth list: see `vault list --help`"},
	        {"n,day,N", "--columns names n twice: see `vault list --help`"},
	        {" n", "--columns does not know  n, did you mean n? It knows name n day time truth list: see `vault list --help`"},
	        {"0123456789012345678901234567890123456789012345678901234567890123456789012345",
	         "--columns does not know 0123456789012345678901234567890123456789. It knows name n day time truth list: see `vault list "
	         "--help`"},
	};
	struct vault_err err = {0};
	struct report r;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char got[VAULT_MSG_MAX] = "";

		if (given(&r, NULL, rows[i].chosen, 0, 0, &err) != VAULT_OK) {
			assert_int_equal(err.rc, VAULT_USAGE);
			snprintf(got, sizeof(got), "%s", err.msg);
		}
		for (size_t k = 0; !err.rc && k < r.n_columns; k++)
			snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s ", r.columns[k]->key);
		assert_string_equal(got, rows[i].want);
	}
	assert_int_equal(given(&r, NULL, NULL, 1, 0, &err), VAULT_OK);
	assert_int_equal(r.n_columns, 5); /* what is asked for only is not among them */
	assert_int_equal(given(&r, NULL, NULL, 1, 1, &err), VAULT_USAGE);
	assert_int_equal(given(&r, NULL, "n", 0, 1, &err), VAULT_USAGE);
	assert_int_equal(given(&r, "n", NULL, 0, 1, &err), VAULT_OK);
	assert_int_equal(given(&r, "-", NULL, 0, 0, &err), VAULT_USAGE);
	assert_int_equal(given(&r, "--n", NULL, 0, 0, &err), VAULT_USAGE);
	assert_int_equal(given(&r, "-n,n", NULL, 0, 0, &err), VAULT_USAGE);
	assert_int_equal(given(&r, NULL, "-n", 0, 0, &err), VAULT_USAGE);
	assert_int_equal(given(&r, "list", "n", 0, 0, &err), VAULT_OK);
	assert_true(report_wants(&r, LIST) && report_wants(&r, N) && !report_wants(&r, DAY));
}

static const struct row made[] = {
        {"b", 9, 20, 5, 1},
        {"B", 10, VAULT_NO_DAY, -1, 0},
        {NULL, -3, 3, 100, -1},
        {"\xc3\xa4", 9, 100, 20, 1},
        {"a", 1000, -5, 0, 0},
        {"", 0, 20, 5, -1},
};

static void order(void **state)
{
	static const struct {
		const char *sort, *want; /* places in `made` */
	} rows[] = {
	        {"name", "540132"}, /* B is no other than b; then by code points; nothing known comes last */
	        {"-name", "301452"},
	        {"n", "250314"},
	        {"-n", "410352"},
	        {"day", "420531"},
	        {"-day", "305241"},
	        {"time", "405321"},
	        {"truth", "140325"},
	        {"-truth", "031425"},
	        {"truth,-n", "410352"},
	        {"n,-day", "253014"},
	        {"list", "031425"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct row l[6];
		struct vault_err err = {0};
		struct report r;
		char got[7] = "";

		memcpy(l, made, sizeof(l));
		assert_int_equal(given(&r, rows[i].sort, NULL, 0, 0, &err), VAULT_OK);
		assert_int_equal(report_sort(&r, l, 6, sizeof(*l), "about", &err), VAULT_OK);
		for (size_t k = 0; k < 6; k++)
			for (size_t m = 0; m < 6; m++)
				if (memcmp(&l[k], &made[m], sizeof(*l)) == 0)
					got[k] = (char)('0' + m);
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("--sort %s: %s, expected %s", rows[i].sort, got, rows[i].want);
	}
}

static void printed(void **state)
{
	struct vault_err err = {0};
	struct report r;
	struct out o = {0};

	(void)state;
	assert_int_equal(given(&r, NULL, "name,n,day,time,truth", 1, 0, &err), VAULT_OK);
	report_print(&r, &o, made, 3, sizeof(*made), "about");
	out_raw(&o, "", 1);
	assert_string_equal(o.text, "name,n,day,time,truth\r\n"
	                            "b,9,1970-01-21,1970-01-01T00:00:05Z,true\r\n"
	                            "B,10,,,false\r\n"
	                            ",-3,1970-01-04,1970-01-01T00:01:40Z,\r\n");
	o.len = 0;
	report_print(&r, &o, made, 0, sizeof(*made), "about");
	out_raw(&o, "", 1);
	assert_string_equal(o.text, "name,n,day,time,truth\r\n");
	o.len = 0;
	assert_int_equal(given(&r, NULL, "n,name,list", 0, 0, &err), VAULT_OK);
	report_print(&r, &o, &made[2], 2, sizeof(*made), "about");
	out_raw(&o, "", 1);
	assert_string_equal(o.text, " N  WHO       LIST\n"
	                            "-3  somebody\n"
	                            " 9  somebody  x; x; x; x; x; x; x; x; x\n");
	o.len = 0;
	report_plain(&of, &r);
	report_default(&r, (const int[]){N, -1});
	report_print(&r, &o, made, 1, sizeof(*made), "about");
	out_raw(&o, "", 1);
	assert_string_equal(o.text, "N\n9\n");
	free(o.text);
}

/* stdout is no terminal here, whoever runs it. */
static int set_up(void **state)
{
	(void)state;
	return out_columns(1) == 0 || freopen("/dev/null", "w", stdout) ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(fields), cmocka_unit_test(names), cmocka_unit_test(order), cmocka_unit_test(printed),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("report", tests, set_up, NULL);
}
