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

enum { TABLE_COLUMNS_MAX = 40, TABLE_WRAP_MIN = 16 };

/* A cell's place in the text of all, where a NUL ends it. */
struct table_text {
	size_t at, n;
	enum table_tone tone;
};

struct table {
	const struct table_column *columns;
	size_t n_columns, n_lines, cell;
	struct table_text *cells; /* n_columns a line */
	size_t cells_cap;
	char *text;
	size_t len, text_cap;
	size_t terminal;          /* columns of it; 0: a pipe, which gets everything, whole */
	size_t width[TABLE_COLUMNS_MAX]; /* widest cell, without the heading */
	int plain;                /* printable ASCII without a backslash: a byte is a column, and nothing is escaped */
	int failed;
	struct libscols_table *tb; /* while it is printed */
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
	t->columns = columns;
	t->terminal = out_columns(STDOUT_FILENO);
	t->plain = 1;
	while (columns[t->n_columns].name)
		t->n_columns++;
	if (t->n_columns > TABLE_COLUMNS_MAX)
		t->failed = 1;
	return t;
}

/* Room for `more` things of `size` bytes behind `n`; twice as much as there was. */
static int table_room(void **p, size_t *cap, size_t n, size_t more, size_t size)
{
	size_t want = *cap ? *cap : 1024;
	void *grown;

	while (want - n < more)
		want *= 2;
	if (want == *cap)
		return 0;
	grown = reallocarray(*p, want, size);
	if (!grown)
		return -1;
	*p = grown;
	*cap = want;
	return 0;
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
	void *p;

	if (!t || t->failed)
		return;
	p = t->cells;
	if (table_room(&p, &t->cells_cap, t->n_lines * t->n_columns, t->n_columns, sizeof(*t->cells)) != 0) {
		t->failed = 1;
		return;
	}
	t->cells = p;
	memset(t->cells + t->n_lines++ * t->n_columns, 0, t->n_columns * sizeof(*t->cells));
	t->cell = 0;
}

void table_cell(struct table *t, const char *text, enum table_tone tone)
{
	size_t n = text ? strlen(text) : 0, width = n;
	struct table_text *cell;
	void *p;

	if (!t || t->failed || t->n_lines == 0 || t->cell >= t->n_columns)
		return;
	p = t->text;
	if (table_room(&p, &t->text_cap, t->len, n + 1, 1) != 0) {
		t->failed = 1;
		return;
	}
	t->text = p;
	memcpy(t->text + t->len, text ? text : "", n + 1);
	for (size_t i = 0; i < n; i++)
		t->plain &= text[i] >= 0x20 && text[i] < 0x7f && text[i] != '\\';
	if (t->terminal && text)
		width = table_width(text);
	if (width > t->width[t->cell])
		t->width[t->cell] = width;
	cell = &t->cells[(t->n_lines - 1) * t->n_columns + t->cell++];
	*cell = (struct table_text){.at = t->len, .n = n, .tone = tone};
	t->len += n + 1;
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

		if ((t->width[i] == 0 && !(t->columns[i].cut & TABLE_KEEP)) || t->terminal < (size_t)t->columns[i].cut >> 8)
			scols_column_set_flags(c, scols_column_get_flags(c) | SCOLS_FL_HIDDEN);
	}
}

/* Room beside the other columns that are shown. */
static size_t table_left(const struct table *t, size_t column)
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
	size_t room = table_left(t, column);

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

/* Where libsmartcols cut a column, which it does without a word: what is cut ends with an ellipsis. What it escapes is left
 * to it. 1: something is to be printed anew. */
static int table_ellipsis(struct table *t, size_t column)
{
	struct libscols_column *c = scols_table_get_column(t->tb, column);
	size_t room = scols_column_get_width(c);
	int again = 0;

	if (scols_column_get_flags(c) & SCOLS_FL_HIDDEN || room < 2 || t->width[column] <= room)
		return 0;
	for (size_t i = 0; i < scols_table_get_nlines(t->tb); i++) {
		struct libscols_line *line = scols_table_get_line(t->tb, i);
		const char *data = scols_line_get_column_data(line, c);
		wchar_t wide[512];
		char text[4 * 512];
		size_t n = data ? mbstowcs(wide, data, sizeof(wide) / sizeof(*wide)) : 0;

		if (n >= sizeof(wide) / sizeof(*wide) || wcswidth(wide, n) <= (int)room)
			continue;
		while (n > 1 && (wcswidth(wide, n) >= (int)room || wide[n - 1] == L' '))
			n--;
		wide[n++] = L'\u2026';
		wide[n] = L'\0';
		if (wcstombs(text, wide, sizeof(text)) >= sizeof(text) || scols_line_set_column_data(line, c, text) != 0)
			t->failed = 1;
		again = 1;
	}
	return again;
}

static const char *table_at(const struct table *t, size_t line, size_t column, size_t *n)
{
	const struct table_text *c = &t->cells[line * t->n_columns + column];

	*n = c->n;
	return c->n ? t->text + c->at : "";
}

static int table_build_line(struct table *t, size_t n)
{
	static const char *const colors[] = {NULL, "green", "red", "darkgray"};
	struct libscols_line *line = scols_table_new_line(t->tb, NULL);

	for (size_t i = 0; line && i < t->n_columns; i++) {
		const char *color = colors[t->cells[n * t->n_columns + i].tone];
		struct libscols_cell *cell = scols_line_get_cell(line, i);
		size_t len;

		if (!cell || scols_cell_set_data(cell, table_at(t, n, i, &len)) != 0 ||
		    (color && scols_cell_set_color(cell, color) != 0))
			return -1;
	}
	return line ? 0 : -1;
}

/* The table as libsmartcols has it. */
static int table_build(struct table *t, int color)
{
	t->tb = scols_new_table();
	if (!t->tb || scols_table_set_column_separator(t->tb, "  ") != 0)
		return -1;
	for (size_t i = 0; i < t->n_columns; i++) {
		int flags = (t->columns[i].right ? SCOLS_FL_RIGHT : 0) | (t->columns[i].cut & TABLE_CUT ? SCOLS_FL_TRUNC : 0);

		if (!scols_table_new_column(t->tb, t->columns[i].name, 0, flags))
			return -1;
	}
	if (t->terminal)
		scols_table_set_termwidth(t->tb, t->terminal);
	else
		scols_table_set_termforce(t->tb, SCOLS_TERMFORCE_NEVER);
	scols_table_enable_colors(t->tb, color);
	for (size_t i = 0; i < t->n_lines; i++)
		if (table_build_line(t, i) != 0)
			return -1;
	return 0;
}

/* Fitted, coloured, escaped. */
static void table_fit(struct table *t, struct out *o)
{
	char *text = NULL;
	int again = 0;

	if (table_build(t, o->color) != 0) {
		o->failed = 1;
		return;
	}
	table_hide(t);
	for (size_t i = 0; i < t->n_columns && t->terminal; i++)
		if (t->columns[i].cut & TABLE_WRAP)
			table_wrap(t, i);
	if (t->failed || scols_print_table_to_string(t->tb, &text) != 0)
		o->failed = 1;
	for (size_t i = 0; i < t->n_columns && t->terminal && text; i++)
		if (t->columns[i].cut & TABLE_CUT)
			again |= table_ellipsis(t, i);
	if (again) {
		free(text);
		text = NULL;
		if (t->failed || scols_print_table_to_string(t->tb, &text) != 0)
			o->failed = 1;
	}
	if (text)
		table_trim(o, text);
	free(text);
}

static void table_pad(struct out *o, size_t n)
{
	static const char blanks[] = "                                ";

	for (; n >= sizeof(blanks); n -= sizeof(blanks) - 1)
		out_raw(o, blanks, sizeof(blanks) - 1);
	out_raw(o, blanks, n);
}

/* The same bytes where nothing is to be fitted, coloured or escaped: there libsmartcols took a fifth of a list of 10,000
 * tokens, turning each character into a wide one twice. Line 0 has the headings. */
static void table_plain(const struct table *t, struct out *o)
{
	for (size_t line = 0; line <= t->n_lines && !o->failed; line++) {
		size_t begin = o->len;

		for (size_t i = 0; i < t->n_columns; i++) {
			size_t name = strlen(t->columns[i].name), n = name;
			const char *text = line ? table_at(t, line - 1, i, &n) : t->columns[i].name;
			size_t pad = (t->width[i] > name ? t->width[i] : name) - n;

			table_pad(o, (i ? 2 : 0) + (t->columns[i].right ? pad : 0));
			out_raw(o, text, n);
			table_pad(o, t->columns[i].right ? 0 : pad);
		}
		while (o->len > begin && o->text[o->len - 1] == ' ')
			o->len--;
		out_raw(o, "\n", 1);
	}
}

void table_print(struct table **t, struct out *o)
{
	if (!*t || (*t)->failed)
		o->failed = 1;
	else if ((*t)->n_lines > 0 && (*t)->plain && !(*t)->terminal && !o->color)
		table_plain(*t, o);
	else if ((*t)->n_lines > 0)
		table_fit(*t, o);
	if (!*t)
		return;
	if ((*t)->tb)
		scols_unref_table((*t)->tb);
	free((*t)->cells);
	free((*t)->text);
	free(*t);
	*t = NULL;
}
