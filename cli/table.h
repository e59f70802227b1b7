/* table.h - tables for people, through libsmartcols: fitted to a terminal, whole on a pipe, columns two spaces apart. */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include <stddef.h>

#include "out.h"

struct table_column {
	const char *name;         /* heading; NULL ends */
	int right;                /* aligned to the right */
	int cut;                  /* what may be done to fit the terminal: TABLE_CUT, _WRAP, _KEEP, | TABLE_FROM(n) */
};

/* A cell may be cut (it ends with an ellipsis then), or broken between words (one column of a table). TABLE_FROM: the column
 * is only on terminals of at least that many columns. TABLE_KEEP: it is there without content too. On a pipe every column is
 * there, and whole. */
enum { TABLE_WHOLE = 0, TABLE_CUT = 1, TABLE_WRAP = 2, TABLE_KEEP = 4 };
#define TABLE_FROM(n) ((n) << 8)

enum table_tone { TABLE_PLAIN, TABLE_GOOD, TABLE_BAD, TABLE_FAINT };

struct table;

/* NULL without memory; the other functions then do nothing and table_print marks `o` as failed. */
struct table *table_new(const struct table_column *columns);
/* Begins a line; then its cells from the left. Text is copied; NULL is an empty cell. */
void table_line(struct table *t);
void table_cell(struct table *t, const char *text, enum table_tone tone);
void table_cell_int(struct table *t, long long n);
/* Into `o`; nothing where there is no line. On a terminal a column without content is left out (but TABLE_KEEP). Frees and NULLs. */
void table_print(struct table **t, struct out *o);

#endif
