/* rows.c - rows in memory: made once, kept in key order, never asked for twice. Declared in store.h. L3. */
#include <stdlib.h>
#include <string.h>

#include "store.h"

struct row *row_make(enum store_table t, const struct cell *c)
{
	const size_t ncols = store_ncols(t);
	const size_t head = sizeof(struct row) + ncols * sizeof(struct cell);
	size_t total = head;
	for (size_t i = 0; i < ncols; i++)
		total += c[i].is_int ? 0 : c[i].n;
	struct row *r = malloc(total);
	if (r == NULL)
		return NULL;
	uint8_t *data = (uint8_t *)r + head;
	r->ncols = ncols;
	for (size_t i = 0; i < ncols; i++) {
		r->c[i] = c[i];
		if (c[i].is_int)
			continue;
		if (c[i].n > 0)
			memcpy(data, c[i].p, c[i].n);
		r->c[i].p = data;
		data += c[i].n;
	}
	return r;
}

void rows_clear(struct rows *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->r[i]);
	free(l->r);
	memset(l, 0, sizeof *l);
}

static int rows_grow(struct rows *l)
{
	if (l->n < l->cap)
		return 0;
	const size_t cap = l->cap == 0 ? 8 : l->cap * 2;
	struct row **r = realloc(l->r, cap * sizeof *r);
	if (r == NULL)
		return -1;
	l->r = r;
	l->cap = cap;
	return 0;
}

int rows_push(struct rows *l, struct row *owned)
{
	if (owned == NULL || rows_grow(l) != 0) {
		free(owned);
		return -1;
	}
	l->r[l->n++] = owned;
	return 0;
}

static int cell_compare(const struct cell *a, const struct cell *b)
{
	if (a->is_int)
		return a->i < b->i ? -1 : a->i > b->i;
	const size_t n = a->n < b->n ? a->n : b->n;
	const int c = n == 0 ? 0 : memcmp(a->p, b->p, n);
	if (c != 0)
		return c;
	return a->n < b->n ? -1 : a->n > b->n;
}

int row_compare(enum store_table t, const struct row *a, const struct row *b)
{
	for (size_t i = 0; i < store_nkeys(t); i++) {
		const int c = cell_compare(&a->c[i], &b->c[i]);
		if (c != 0)
			return c;
	}
	return 0;
}

/* Index of the first row that is not below `key`. */
static size_t rows_lower(const struct rows *l, enum store_table t, const struct row *key)
{
	size_t lo = 0, hi = l->n;
	while (lo < hi) {
		const size_t mid = lo + (hi - lo) / 2;
		if (row_compare(t, l->r[mid], key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

int rows_put(struct rows *l, enum store_table t, struct row *owned)
{
	if (owned == NULL)
		return -1;
	const size_t at = rows_lower(l, t, owned);
	if (at < l->n && row_compare(t, l->r[at], owned) == 0) {
		free(l->r[at]);
		l->r[at] = owned;
		return 0;
	}
	if (rows_grow(l) != 0) {
		free(owned);
		return -1;
	}
	memmove(&l->r[at + 1], &l->r[at], (l->n - at) * sizeof *l->r);
	l->r[at] = owned;
	l->n++;
	return 0;
}

void rows_remove(struct rows *l, enum store_table t, const struct row *key)
{
	const size_t at = rows_lower(l, t, key);
	if (at >= l->n || row_compare(t, l->r[at], key) != 0)
		return;
	free(l->r[at]);
	memmove(&l->r[at], &l->r[at + 1], (l->n - at - 1) * sizeof *l->r);
	l->n--;
}
