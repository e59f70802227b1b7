/* report.h - lists as reports: a command describes its columns once, as data, and its table, --csv, --columns, --sort and the
 * columns in --help come from that. */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include <stdint.h>

#include "command.h"
#include "out.h"
#include "table.h"

/* Numbers are aligned to the right; what no spreadsheet could take for a formula is the kinds but text. */
enum report_kind { REPORT_TEXT, REPORT_NUMBER, REPORT_DAY, REPORT_TIME, REPORT_TRUTH };

/* Where a column stands without --columns. */
enum { REPORT_ASKED = 0, REPORT_TABLE = 1, REPORT_CSV = 2, REPORT_BOTH = 3, REPORT_COLUMNS_MAX = 40 };

struct report_column {
	const char *key;          /* as in the command's JSON, of an object within it `outer.inner`; NULL ends */
	const char *heading;      /* in the table */
	int id;                   /* for the functions below */
	enum report_kind kind;
	int where;
	int cut;                  /* TABLE_CUT, _WRAP, | TABLE_FROM(n); where the column was asked for, TABLE_FROM says nothing */
	const char *help;         /* for --help */
};

/* What stands in one place of it. */
struct report_cell {
	int known;                /* 0: null in JSON, empty in CSV, last in every order */
	const char *text;         /* REPORT_TEXT, and words: borrowed from the row or from `own` */
	int64_t n;                /* the other kinds: number, day, seconds, 0 or 1 */
	enum table_tone tone;     /* of words */
	char *own;                /* room for text that is made */
	size_t cap;
	int failed;               /* no memory for it */
};

/* A row is what the command says; `about` is the same for all of them. A cell comes unknown and plain. */
struct report_of {
	const struct report_column *columns;
	/* The fact, exactly as in JSON. */
	void (*fact)(const void *row, const void *about, int id, struct report_cell *c);
	/* The same for people, as text with its tone: 1; 0 where the fact's own text does. NULL: it always does. */
	int (*words)(const void *row, const void *about, int id, struct report_cell *c);
};

/* As the command line wants it. */
struct report {
	const struct report_of *of;
	const struct report_column *columns[REPORT_COLUMNS_MAX], *keys[REPORT_COLUMNS_MAX];
	size_t n_columns, n_keys;
	int down[REPORT_COLUMNS_MAX]; /* of a key: the largest first */
	int chosen;               /* --columns was given */
	int csv;
};

/* The options, for the rows of a command. */
/* clang-format off */
#define REPORT_OPTIONS \
	{OPT_SORT, 0, "sort", "COL[,COL]", 0, "by these columns; -COL: the largest first"}, \
	{OPT_COLUMNS, 0, "columns", "COL[,COL]", 0, "these columns, in this order"}, \
	{OPT_CSV, 0, "csv", NULL, 0, "print CSV, the first line the columns' names"}
/* clang-format on */

/* Reads the three. VAULT_USAGE: an unknown column (the near one and all there are are named), one that is named twice, and
 * what does not go with --json. */
enum vault_rc report_args(const struct call *c, const struct report_of *of, struct report *r, struct vault_err *err) VAULT_MUST_CHECK;
/* A report of the default columns, as a table: for what is no command's own list. */
void report_plain(const struct report_of *of, struct report *r);
/* Other default columns of the table: ids, -1 ends. Nothing where --columns or --csv was given. */
void report_default(struct report *r, const int *ids);
/* Whether the column is printed or sorted by: for facts that cost something. */
int report_wants(const struct report *r, int id);

/* Puts `n` rows of `size` bytes in the order of --sort; equal ones, and all without it, stay as they stand. */
enum vault_rc report_sort(const struct report *r, void *rows, size_t n, size_t size, const void *about,
                          struct vault_err *err) VAULT_MUST_CHECK;
/* The table, or CSV, into `o`. */
void report_print(const struct report *r, struct out *o, const void *rows, size_t n, size_t size, const void *about);

/* For the two functions: sets the cell. NULL, VAULT_NO_DAY and a time below 0 leave it unknown. */
void report_text(struct report_cell *c, const char *text);
void report_int(struct report_cell *c, int64_t n);
void report_day(struct report_cell *c, int64_t day);
void report_time(struct report_cell *c, int64_t time_s);
/* -1: unknown. */
void report_truth(struct report_cell *c, int yes);
/* Words of a tone; NULL are none. */
void report_words(struct report_cell *c, const char *text, enum table_tone tone);
/* `n` bytes of the cell's own; NULL without memory, which is remembered. */
char *report_room(struct report_cell *c, size_t n);
/* One more of a list, "; " between. */
void report_add(struct report_cell *c, const char *text);

#endif
