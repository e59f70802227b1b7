/* report.c - --columns, --sort and --csv of a list, from its columns as data. */
#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/date.h>

#include "args.h"
#include "csv.h"
#include "guess.h"

/* --- cells --- */

void report_text(struct report_cell *c, const char *text)
{
	c->known = text != NULL;
	c->text = text;
}

void report_int(struct report_cell *c, int64_t n)
{
	c->known = 1;
	c->n = n;
}

void report_day(struct report_cell *c, int64_t day)
{
	c->known = day != VAULT_NO_DAY;
	c->n = day;
}

void report_time(struct report_cell *c, int64_t time_s)
{
	c->known = time_s >= 0;
	c->n = time_s;
}

void report_truth(struct report_cell *c, int yes)
{
	c->known = yes >= 0;
	c->n = yes;
}

void report_words(struct report_cell *c, const char *text, enum table_tone tone)
{
	report_text(c, text);
	c->tone = tone;
}

char *report_room(struct report_cell *c, size_t n)
{
	size_t cap = c->cap ? c->cap : 256;
	char *more;

	while (cap < n)
		cap *= 2;
	if (cap == c->cap)
		return c->own;
	more = realloc(c->own, cap);
	if (!more) {
		c->failed = 1;
		c->known = 0;
		return NULL;
	}
	c->own = more;
	c->cap = cap;
	return more;
}

void report_add(struct report_cell *c, const char *text)
{
	size_t len = c->known ? strlen(c->text) : 0, n = strlen(text);
	char *to = report_room(c, len + n + 3);

	if (!to)
		return;
	if (c->known)
		memcpy(to + len, "; ", 2);
	memcpy(to + (c->known ? len + 2 : 0), text, n + 1);
	report_text(c, to);
}

static void report_fact(const struct report *r, const struct report_column *col, const void *row, const void *about,
                        struct report_cell *c)
{
	c->known = 0;
	c->text = NULL;
	c->tone = TABLE_PLAIN;
	r->of->fact(row, about, col->id, c);
}

/* Exact, whatever the kind; "" for what is not known. */
static const char *report_exact(const struct report_column *col, const struct report_cell *c, char out[32])
{
	*out = '\0';
	if (!c->known)
		return out;
	switch (col->kind) {
	case REPORT_TEXT:
		return c->text;
	case REPORT_DAY:
		return vault_day_format(c->n, out);
	case REPORT_TIME:
		return vault_time_format(c->n, out);
	case REPORT_TRUTH:
		return c->n ? "true" : "false";
	default:
		snprintf(out, 32, "%lld", (long long)c->n);
		return out;
	}
}

/* --- the command line --- */

/* All that can be named, for a sentence. */
static void report_all(const struct report_column *columns, char *out, size_t n)
{
	size_t len = 0;

	*out = '\0';
	for (; columns->key && len < n; columns++)
		len += (size_t)snprintf(out + len, n - len, "%s%s", len ? " " : "", columns->key);
}

static enum vault_rc report_unknown(const struct args *a, const struct report_column *columns, const char *option,
                                    const char *name, struct vault_err *err)
{
	const char *best = NULL;
	size_t edits = SIZE_MAX;
	char all[640];

	report_all(columns, all, sizeof(all));
	for (; columns->key; columns++) {
		guess_offer(name, columns->key, &best, &edits);
		/* Who reads a heading off the table: nothing is nearer. */
		if (strcasecmp(name, columns->heading) == 0) {
			best = columns->key;
			edits = 0;
		}
	}
	if (best)
		return args_usage(a, err, "%s does not know %.40s, did you mean %s? It knows %s", option, name, best, all);
	return args_usage(a, err, "%s does not know %.40s. It knows %s", option, name, all);
}

static const struct report_column *report_find(const struct report_column *columns, const char *name)
{
	for (; columns->key; columns++)
		if (strcasecmp(columns->key, name) == 0)
			return columns;
	return NULL;
}

/* "a,-b" into `to`; `down` NULL: without signs. */
static enum vault_rc report_names(const struct args *a, const struct report_of *of, const char *option, const char *list,
                                  const struct report_column **to, int *down, size_t *n, struct vault_err *err)
{
	const char *p = list;

	for (;;) {
		char name[64];
		size_t len = strcspn(p, ","), sign = down && *p == '-';
		const struct report_column *found;

		snprintf(name, sizeof(name), "%.*s", (int)(len - sign < sizeof(name) ? len - sign : sizeof(name) - 1), p + sign);
		if (!*name)
			return args_usage(a, err, "%s wants names with commas between, not %.100s", option, *list ? list : "nothing");
		found = report_find(of->columns, name);
		if (!found)
			return report_unknown(a, of->columns, option, name, err);
		for (size_t i = 0; i < *n; i++)
			if (to[i] == found)
				return args_usage(a, err, "%s names %s twice", option, found->key);
		if (down)
			down[*n] = sign == 1;
		to[(*n)++] = found; /* each once: there is room */
		if (!p[len])
			return VAULT_OK;
		p += len + 1;
	}
}

static void report_shown(struct report *r)
{
	r->n_columns = 0;
	for (const struct report_column *c = r->of->columns; c->key; c++)
		if (c->where & (r->csv ? REPORT_CSV : REPORT_TABLE))
			r->columns[r->n_columns++] = c;
}

void report_plain(const struct report_of *of, struct report *r)
{
	memset(r, 0, sizeof(*r));
	r->of = of;
	report_shown(r);
}

enum vault_rc report_args(const struct call *c, const struct report_of *of, struct report *r, struct vault_err *err)
{
	const char *columns = args_str(c->args, OPT_COLUMNS), *sort = args_str(c->args, OPT_SORT);
	enum vault_rc rc = VAULT_OK;

	report_plain(of, r);
	r->csv = args_flag(c->args, OPT_CSV);
	r->chosen = columns != NULL;
	if (r->csv && c->out->json)
		return args_usage(c->args, err, "--csv or --json, not both");
	if (columns && c->out->json)
		return args_usage(c->args, err, "--columns is for the table and --csv: --json has every key always");
	report_shown(r);
	if (columns) {
		r->n_columns = 0;
		rc = report_names(c->args, of, "--columns", columns, r->columns, NULL, &r->n_columns, err);
	}
	if (rc == VAULT_OK && sort)
		rc = report_names(c->args, of, "--sort", sort, r->keys, r->down, &r->n_keys, err);
	return rc;
}

void report_default(struct report *r, const int *ids)
{
	if (r->chosen || r->csv)
		return;
	for (r->n_columns = 0; *ids >= 0; ids++)
		for (const struct report_column *c = r->of->columns; c->key; c++)
			if (c->id == *ids)
				r->columns[r->n_columns++] = c;
}

int report_wants(const struct report *r, int id)
{
	for (size_t i = 0; i < r->n_columns; i++)
		if (r->columns[i]->id == id)
			return 1;
	for (size_t i = 0; i < r->n_keys; i++)
		if (r->keys[i]->id == id)
			return 1;
	return 0;
}

/* --- order --- */

struct report_key {
	int known;
	int64_t n;
	char *text;
};

/* A row's place, with its keys. */
struct report_place {
	const struct report *r;
	const struct report_key *keys;
	size_t at;
};

/* Without regard to ASCII case, else by bytes, which is by code points: the same in every locale. */
static int report_compare_text(const char *a, const char *b)
{
	for (;; a++, b++) {
		int x = (unsigned char)*a, y = (unsigned char)*b;

		x += x >= 'A' && x <= 'Z' ? 'a' - 'A' : 0;
		y += y >= 'A' && y <= 'Z' ? 'a' - 'A' : 0;
		if (x != y)
			return x < y ? -1 : 1;
		if (!x)
			return 0;
	}
}

static int report_compare(const void *a, const void *b)
{
	const struct report_place *x = a, *y = b;

	for (size_t i = 0; i < x->r->n_keys; i++) {
		const struct report_key *k = &x->keys[i], *l = &y->keys[i];
		int d;

		if (k->known != l->known)
			return k->known ? -1 : 1; /* in either direction */
		if (!k->known)
			continue;
		if (k->text)
			d = report_compare_text(k->text, l->text);
		else
			d = k->n < l->n ? -1 : k->n > l->n;
		if (d != 0)
			return x->r->down[i] ? -d : d;
	}
	return x->at < y->at ? -1 : x->at > y->at;
}

/* The keys of all rows; 0 without memory. */
static int report_keys(const struct report *r, const char *rows, size_t n, size_t size, const void *about,
                       struct report_key *keys)
{
	struct report_cell c = {0};

	for (size_t i = 0; i < n * r->n_keys && !c.failed; i++) {
		const struct report_column *col = r->keys[i % r->n_keys];

		report_fact(r, col, rows + i / r->n_keys * size, about, &c);
		keys[i].known = c.known;
		keys[i].n = c.n;
		if (c.known && col->kind == REPORT_TEXT) {
			keys[i].text = strdup(c.text);
			c.failed |= !keys[i].text;
		}
	}
	free(c.own);
	return !c.failed;
}

enum vault_rc report_sort(const struct report *r, void *rows, size_t n, size_t size, const void *about, struct vault_err *err)
{
	struct report_key *keys = NULL;
	struct report_place *places = NULL;
	char *as_they_were = NULL, *to = rows;
	enum vault_rc rc = VAULT_OK;

	if (r->n_keys == 0 || n < 2)
		return VAULT_OK;
	keys = calloc(n * r->n_keys, sizeof(*keys));
	places = calloc(n, sizeof(*places));
	as_they_were = calloc(n, size);
	if (!keys || !places || !as_they_were || !report_keys(r, rows, n, size, about, keys)) {
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
		goto out;
	}
	for (size_t i = 0; i < n; i++)
		places[i] = (struct report_place){.r = r, .keys = keys + i * r->n_keys, .at = i};
	qsort(places, n, sizeof(*places), report_compare);
	memcpy(as_they_were, rows, n * size);
	for (size_t i = 0; i < n; i++)
		memcpy(to + i * size, as_they_were + places[i].at * size, size);
out:
	for (size_t i = 0; keys && i < n * r->n_keys; i++)
		free(keys[i].text);
	free(keys);
	free(places);
	free(as_they_were);
	return rc;
}

/* --- what is printed --- */

static void report_csv(const struct report *r, struct out *o, const char *rows, size_t n, size_t size, const void *about)
{
	struct report_cell c = {0};
	char exact[32];

	for (size_t i = 0; i < r->n_columns; i++) {
		if (i)
			csv_comma(o);
		csv_field(o, r->columns[i]->key, CSV_OURS);
	}
	csv_end(o);
	for (size_t line = 0; line < n && !c.failed; line++) {
		for (size_t i = 0; i < r->n_columns; i++) {
			const struct report_column *col = r->columns[i];

			report_fact(r, col, rows + line * size, about, &c);
			if (i)
				csv_comma(o);
			csv_field(o, report_exact(col, &c, exact), col->kind == REPORT_TEXT ? CSV_FOREIGN : CSV_OURS);
		}
		csv_end(o);
	}
	o->failed |= c.failed;
	free(c.own);
}

static void report_table(const struct report *r, struct out *o, const char *rows, size_t n, size_t size, const void *about)
{
	struct table_column columns[REPORT_COLUMNS_MAX + 1] = {{NULL, 0, 0}};
	struct report_cell c = {0};
	struct table *t;
	char exact[32];

	for (size_t i = 0; i < r->n_columns; i++) {
		const struct report_column *col = r->columns[i];
		int cut = r->chosen ? (col->cut & (TABLE_CUT | TABLE_WRAP)) | TABLE_KEEP : col->cut;

		columns[i] = (struct table_column){col->heading, col->kind == REPORT_NUMBER, cut};
	}
	t = table_new(columns);
	for (size_t line = 0; line < n && !c.failed; line++) {
		const char *row = rows + line * size;

		table_line(t);
		for (size_t i = 0; i < r->n_columns; i++) {
			const struct report_column *col = r->columns[i];

			c.known = 0;
			c.text = NULL;
			c.tone = TABLE_PLAIN;
			if (r->of->words && r->of->words(row, about, col->id, &c)) {
				table_cell(t, c.text, c.tone);
				continue;
			}
			report_fact(r, col, row, about, &c);
			table_cell(t, report_exact(col, &c, exact), c.tone);
		}
	}
	o->failed |= c.failed;
	free(c.own);
	table_print(&t, o);
}

void report_print(const struct report *r, struct out *o, const void *rows, size_t n, size_t size, const void *about)
{
	if (r->csv)
		report_csv(r, o, rows, n, size, about);
	else
		report_table(r, o, rows, n, size, about);
}
