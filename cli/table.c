/* table.c - the only file that knows libsmartcols, which fits columns to the terminal and escapes what is unprintable. */
#include "table.h"

#include <langinfo.h>
#include <libsmartcols/libsmartcols.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

enum { TABLE_COLUMNS_MAX = 16, TABLE_WRAP_MIN = 24 };

struct table {
	struct libscols_table *tb;
	struct libscols_line *line;
	const struct table_column *columns;
	size_t n_columns, cell;
	size_t terminal;          /* columns of it; 0: a pipe, which gets everything, whole */
	size_t width[TABLE_COLUMNS_MAX]; /* widest cell, without the heading; on a terminal only */
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
	t->columns = columns;
	t->terminal = out_columns(STDOUT_FILENO);
	for (; columns->name; columns++, t->n_columns++) {
		int flags = (columns->right ? SCOLS_FL_RIGHT : 0) | (columns->cut & TABLE_CUT ? SCOLS_FL_TRUNC : 0);

		if (t->n_columns == TABLE_COLUMNS_MAX || !scols_table_new_column(t->tb, columns->name, 0, flags))
			t->failed = 1;
	}
	if (t->terminal)
		scols_table_set_termwidth(t->tb, t->terminal);
	else
		scols_table_set_termforce(t->tb, SCOLS_TERMFORCE_NEVER);
	return t;
}

/* What a terminal shows of it; bytes where it is no text of this locale. */
static size_t table_width(const char *text)
{
	wchar_t wide[512];
	size_t n = mbstowcs(wide, text, sizeof(wide) / sizeof(*wide));
	int width = n < sizeof(wide) / sizeof(*wide) ? wcswidth(wide, n) : -1;

	return width < 0 ? strlen(text) : (size_t)width;
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

	if (!t || !t->line || t->cell >= t->n_columns)
		return;
	/* Asked for only on a terminal, where columns are hidden and broken. */
	if (text && t->terminal) {
		size_t width = table_width(text);

		if (width > t->width[t->cell])
			t->width[t->cell] = width;
	}
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

/* On a terminal: without what is empty or does not fit, by the columns' own word. */
static void table_hide(struct table *t)
{
	for (size_t i = 0; i < t->n_columns && t->terminal; i++) {
		struct libscols_column *c = scols_table_get_column(t->tb, i);

		if (t->width[i] == 0 || t->terminal < (size_t)t->columns[i].cut >> 8)
			scols_column_set_flags(c, scols_column_get_flags(c) | SCOLS_FL_HIDDEN);
	}
}

/* Room beside the other columns that are shown. */
static size_t table_room(const struct table *t, size_t column)
{
	size_t used = 0;

	for (size_t i = 0; i < t->n_columns; i++) {
		size_t name = strlen(t->columns[i].name);

		if (i != column && !(scols_column_get_flags(scols_table_get_column(t->tb, i)) & SCOLS_FL_HIDDEN))
			used += (t->width[i] > name ? t->width[i] : name) + 2;
	}
	return used + TABLE_WRAP_MIN < t->terminal ? t->terminal - used - 1 : TABLE_WRAP_MIN;
}

/* Breaks between words, in place: the last blank that fits becomes a newline. Bytes stand for columns, so that a line of
 * other scripts is broken early, never late. */
static void table_break(char *s, size_t room)
{
	char *from = s;

	while (strlen(from) > room) {
		char *at = from + room;

		while (at > from && *at != ' ')
			at--;
		if (at == from)
			at = strchr(from + room, ' ');
		if (!at)
			return;
		*at = '\n';
		from = at + 1;
	}
}

static void table_wrap(struct table *t, size_t column)
{
	struct libscols_column *c = scols_table_get_column(t->tb, column);
	size_t room = table_room(t, column);

	if (t->width[column] <= room)
		return;
	/* Control characters of a text would be escaped; what breaks lines here is ours alone. */
	scols_column_set_flags(c, scols_column_get_flags(c) | SCOLS_FL_WRAP);
	scols_column_set_safechars(c, "\n");
	scols_column_set_wrapfunc(c, scols_wrapnl_chunksize, scols_wrapnl_nextchunk, NULL);
	for (size_t i = 0; i < scols_table_get_nlines(t->tb); i++) {
		struct libscols_line *line = scols_table_get_line(t->tb, i);
		const char *data = scols_line_get_column_data(line, c);
		char *text = data ? strdup(data) : NULL;

		if (!text)
			continue;
		for (char *p = text; *p; p++)
			if (*p == '\n')
				*p = '?';
		table_break(text, room);
		if (scols_line_refer_column_data(line, c, text) != 0) {
			free(text);
			t->failed = 1;
		}
	}
}

void table_print(struct table **t, struct out *o)
{
	char *text = NULL;

	if (!*t) {
		o->failed = 1;
		return;
	}
	table_hide(*t);
	for (size_t i = 0; i < (*t)->n_columns && (*t)->terminal; i++)
		if ((*t)->columns[i].cut & TABLE_WRAP)
			table_wrap(*t, i);
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
