/* test_table.c - a table on a pipe: written by ourselves where no cell needs more than padding, else by libsmartcols, and
 * nobody can tell which. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "table.h"

/* stdout is no terminal here, whoever runs it. */
static int set_up(void **state)
{
	(void)state;
	return out_columns(STDOUT_FILENO) == 0 || freopen("/dev/null", "w", stdout) ? 0 : -1;
}

struct made {
	struct table_column columns[6];
	const char *cells[8][6];  /* NULL in the first column: the line ends the table */
	size_t given[8];          /* cells of a line; the others are never said */
};

static void print(const struct made *m, struct out *o)
{
	struct table *t = table_new(m->columns);

	assert_non_null(t);
	for (size_t i = 0; i < 8 && m->given[i] > 0; i++) {
		table_line(t);
		for (size_t k = 0; k < m->given[i]; k++)
			table_cell(t, m->cells[i][k], TABLE_PLAIN);
	}
	table_print(&t, o);
	assert_null(t);
	assert_false(o->failed);
}

static uint32_t dice = 7;

static size_t roll(size_t n)
{
	dice = dice * 1664525u + 1013904223u;
	return (dice >> 16) % n;
}

/* Colours are libsmartcols' alone; a cell of no colour looks the same with them. */
static void both_ways_are_one(void **state)
{
	static const char *const words[] = {"", "a", "bob@company-a.example", "two words", " blank before", "blank behind ", "-",
	                                    "0123456789012345678901234567890123456789", "(~)|\"'%s", NULL};
	static const char *const names[] = {"A", "LABEL", "A LONG HEADING", "N"};
	size_t printed = 0;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		struct made m = {0};
		struct out ours = {0}, theirs = {.color = 1};
		const size_t n_columns = 1 + roll(5), n_lines = roll(9);

		for (size_t i = 0; i < n_columns; i++)
			m.columns[i] = (struct table_column){names[roll(4)], roll(3) == 0, roll(2) ? TABLE_CUT : TABLE_FROM(200)};
		for (size_t i = 0; i < n_lines; i++) {
			m.given[i] = roll(8) ? n_columns : 1 + roll(n_columns);
			for (size_t k = 0; k < n_columns; k++)
				m.cells[i][k] = words[roll(sizeof words / sizeof words[0])];
			/* Of a last line without content libsmartcols prints nothing; no table has such. */
			m.cells[i][roll(m.given[i])] = words[1 + roll(6)];
		}
		print(&m, &ours);
		print(&m, &theirs);
		if (ours.len != theirs.len || (ours.len > 0 && memcmp(ours.text, theirs.text, ours.len) != 0))
			fail_msg("round %d:\n%.*s---\n%.*s", round, (int)ours.len, ours.text, (int)theirs.len, theirs.text);
		printed += ours.len > 0;
		free(ours.text);
		free(theirs.text);
	}
	assert_true(printed > 2000);
}

/* What could steer a terminal, or has other bytes than columns, is libsmartcols' to escape and to measure; a backslash that
 * only looks like an escape is one too. */
static void other_text_is_escaped_and_measured(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {{"\033[31m", "A         B\n\\x1b[31m  x\n"},
	             {"\xc3\xbc\xc3\xbc", "A   B\n\xc3\xbc\xc3\xbc  x\n"},
	             {"\x7f", "A     B\n\\x7f  x\n"},
	             {"\n", "A     B\n\\x0a  x\n"},
	             {"\\x1b", "A        B\n\\x5cx1b  x\n"}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct made m = {.columns = {{"A", 0, 0}, {"B", 0, 0}, {NULL, 0, 0}}, .cells = {{cases[i].text, "x"}}, .given = {2}};
		struct out o = {0};

		print(&m, &o);
		out_raw(&o, "", 1);
		assert_string_equal(o.text, cases[i].want);
		free(o.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(both_ways_are_one),
	        cmocka_unit_test(other_text_is_escaped_and_measured),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("table", tests, set_up, NULL);
}
