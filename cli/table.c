/* table.c - the only file that knows libsmartcols, which fits columns to the terminal and escapes what is unprintable. */
#include "table.h"

#include <langinfo.h>
#include <libsmartcols/libsmartcols.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct table {
	struct libscols_table *tb;
	struct libscols_line *line;
	size_t cell;
	int failed;
};

/* Names are UTF-8 whatever the locale says; in the C locale libsmartcols would print them as \x escapes. */
static void table_locale(void)
{
	if (!setlocale(LC_CTYPE, "") || strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		setlocale(LC_CTYPE, "C.UTF-8");
}

struct table *table_new(const struct table_column *columns)
{
	struct table *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	table_locale();
	t->tb = scols_new_table();
	if (!t->tb) {
		free(t);
		return NULL;
	}
	if (scols_table_set_column_separator(t->tb, "  ") != 0)
		t->failed = 1;
	for (; columns->name; columns++) {
		int flags = (columns->right ? SCOLS_FL_RIGHT : 0) | (columns->cut ? SCOLS_FL_TRUNC : 0);

		if (!scols_table_new_column(t->tb, columns->name, 0, flags))
			t->failed = 1;
	}
	/* A pipe gets everything, and no line is cut there. */
	if (!isatty(STDOUT_FILENO))
		scols_table_set_termforce(t->tb, SCOLS_TERMFORCE_NEVER);
	return t;
}

void table_line(struct table *t)
{
	if (!t)
		return;
	t->cell = 0;
	t->line = scols_table_new_line(t->tb, NULL);
	if (!t->line)
		t->failed = 1;
}

void table_cell(struct table *t, const char *text, enum table_tone tone)
{
	static const char *const colors[] = {NULL, "green", "red", "darkgray"};
	struct libscols_cell *cell;

	if (!t || !t->line)
		return;
	if (scols_line_set_data(t->line, t->cell, text ? text : "") != 0)
		t->failed = 1;
	cell = scols_line_get_cell(t->line, t->cell++);
	if (cell && colors[tone] && scols_cell_set_color(cell, colors[tone]) != 0)
		t->failed = 1;
}

void table_cell_int(struct table *t, long long n)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", n);
	table_cell(t, text, TABLE_PLAIN);
}

/* Padding of a last, empty cell is no content. */
static void table_trim(struct out *o, const char *text)
{
	for (const char *p = text; *p;) {
		size_t n = strcspn(p, "\n"), keep = n;

		while (keep > 0 && p[keep - 1] == ' ')
			keep--;
		out_raw(o, p, keep);
		out_raw(o, "\n", 1);
		p += n + (p[n] == '\n');
	}
}

void table_print(struct table **t, struct out *o)
{
	char *text = NULL;

	if (!*t) {
		o->failed = 1;
		return;
	}
	scols_table_enable_colors((*t)->tb, o->color);
	if ((*t)->failed || (!scols_table_is_empty((*t)->tb) && scols_print_table_to_string((*t)->tb, &text) != 0))
		o->failed = 1;
	if (text)
		table_trim(o, text);
	free(text);
	scols_unref_table((*t)->tb);
	free(*t);
	*t = NULL;
}
