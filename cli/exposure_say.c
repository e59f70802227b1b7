/* exposure_say.c - what a token reaches, in words and tables for people. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exposure.h"
#include "reach.h"
#include "show.h"
#include "table.h"

/* --- lists of items --- */

static const char *exposure_type(int type)
{
	return type < 0 ? "-" : vault_item_type_name((enum vault_item_type)type);
}

static const char *exposure_level(enum vault_access a)
{
	const char *name = vault_access_name(a);

	return name ? name : "-";
}

/* What is beyond, missing, came, went, changed; `last` heads the column of the other level, NULL: there is none. */
static void exposure_gaps(struct out *o, const char *heading, const struct vault_gaps *l, const char *last, size_t most)
{
	const struct table_column columns[] = {{"TYPE", 0, 0}, {"ID", 0, 0},       {"NAME", 0, TABLE_CUT},
	                                       {"ACCESS", 0, 0}, {last, 0, 0}, {NULL, 0, 0}};
	struct table *t = NULL;

	if (l->n == 0)
		return;
	out_printf(o, "\n%s", heading);
	if (l->n > most)
		out_printf(o, " (the first %zu of %zu; all with --list)", most, l->n);
	out_printf(o, ":\n");
	t = table_new(columns);
	for (size_t i = 0; i < l->n && i < most; i++) {
		const struct vault_gap *g = &l->g[i];

		table_line(t);
		table_cell(t, exposure_type(g->type), TABLE_PLAIN);
		table_cell(t, g->id, TABLE_PLAIN);
		table_cell(t, g->name, TABLE_PLAIN);
		table_cell(t, exposure_level(g->access), TABLE_PLAIN);
		if (last)
			table_cell(t, exposure_level(g->agreed), TABLE_PLAIN);
	}
	table_print(&t, o);
}

static int exposure_newer(const void *a, const void *b)
{
	const struct vault_reached *x = *(const struct vault_reached *const *)a;
	const struct vault_reached *y = *(const struct vault_reached *const *)b;

	if (x->modified != y->modified)
		return x->modified > y->modified ? -1 : 1;
	return x < y ? -1 : x > y; /* as they stand: by type and id */
}

static void exposure_reached(struct out *o, const char *heading, const struct vault_reached *const *l, size_t n)
{
	static const struct table_column columns[] = {{"TYPE", 0, 0},           {"ID", 0, 0},       {"NAME", 0, TABLE_CUT},
	                                              {"ACCESS", 0, 0}, {"MODIFIED", 0, 0}, {NULL, 0, 0}};
	struct table *t = table_new(columns);
	char day[VAULT_DAY_LEN];

	out_printf(o, "\n%s:\n", heading);
	for (size_t i = 0; i < n; i++) {
		table_line(t);
		table_cell(t, vault_item_type_name(l[i]->type), TABLE_PLAIN);
		table_cell(t, l[i]->id, TABLE_PLAIN);
		table_cell(t, l[i]->name, TABLE_PLAIN);
		table_cell(t, exposure_level(l[i]->access), TABLE_PLAIN);
		table_cell(t, l[i]->modified == INT64_MIN ? "" : vault_day_format(vault_day_of(l[i]->modified), day), TABLE_PLAIN);
	}
	table_print(&t, o);
}

/* All of them as they stand, or the most lately modified by name. */
static void exposure_items(struct out *o, const struct vault_exposure *e, int all)
{
	const struct vault_reached **l = calloc(e->n + 1, sizeof(*l));
	size_t n = 0;

	if (!l) {
		o->failed = 1;
		return;
	}
	for (size_t i = 0; i < e->n; i++)
		if (all || e->items[i].modified != INT64_MIN)
			l[n++] = &e->items[i];
	if (!all)
		qsort(l, n, sizeof(*l), exposure_newer);
	if (!all && n > EXPOSURE_SOME)
		n = EXPOSURE_SOME;
	if (n > 0)
		exposure_reached(o, all ? "All that it reaches" : "Modified last", l, n);
	free((void *)l);
}

/* --- one token, in words --- */

static void exposure_field(struct out *o, const char *name, const char *value)
{
	out_field(o, name, 10, value);
}

static void exposure_sheets(struct out *o, const struct vault_exposure *e)
{
	static const enum vault_access order[] = {VAULT_ACCESS_OWNER, VAULT_ACCESS_ADMIN, VAULT_ACCESS_EDITOR,
	                                          VAULT_ACCESS_COMMENTER, VAULT_ACCESS_VIEWER};
	char text[256] = "";
	size_t len = 0;

	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++) {
		int64_t n = e->sheets_by[order[i]] + (order[i] == VAULT_ACCESS_EDITOR ? e->sheets_by[VAULT_ACCESS_EDITOR_SHARE] : 0);

		if (n > 0)
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%lld as %s", len ? ", " : "sheets: ", (long long)n,
			                        vault_access_name(order[i]));
	}
	exposure_field(o, "", text);
}

static void exposure_people(struct out *o, const struct vault_exposure *e)
{
	char contacts[REACH_WORDS], groups[REACH_WORDS], text[512];

	snprintf(text, sizeof(text), "%s, %s", reach_count(e->contacts, "contact", "contacts", contacts),
	         reach_count(e->groups, "group", "groups", groups));
	if (e->contacts != 0 || e->groups != 0)
		exposure_field(o, "people", text);
	if (e->system_admin != 1)
		return;
	snprintf(text, sizeof(text), "its user is a system admin: the holder can act as any user who is no admin, and so has %s",
	         e->users > 0 ? "the data of the organisation's" : "everybody's data");
	if (e->users > 0)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), " %lld users", (long long)e->users);
	exposure_field(o, "admin", text);
}

static void exposure_agreed(struct out *o, const struct exposure_row *row)
{
	const struct vault_reach *r = &row->reach;
	char text[256];

	if (!r->given)
		snprintf(text, sizeof(text), "nobody outside has it");
	else if (!r->named)
		snprintf(text, sizeof(text), "no hand-over names an item: all of this is reached, nothing of it was agreed item by item");
	else if (r->beyond.n == 0)
		snprintf(text, sizeof(text), "%zu item%s, and nothing beyond", r->n_agreed, r->n_agreed == 1 ? "" : "s");
	else
		snprintf(text, sizeof(text), "%zu item%s; %zu %s beyond", r->n_agreed, r->n_agreed == 1 ? "" : "s", r->beyond.n,
		         r->beyond.n == 1 ? "is" : "are");
	exposure_field(o, "agreed", text);
}

static void exposure_since(struct out *o, const struct exposure_row *row, int64_t today)
{
	const struct vault_reach_changes *c = &row->since;
	char text[256], when[SHOW_WORDS], day[VAULT_DAY_LEN];

	if (!row->before)
		return;
	show_when(vault_day_of(row->before->observed), today, when);
	if (vault_day_of(row->r->exposure.since) < vault_day_of(row->before->observed))
		snprintf(text, sizeof(text), "nothing since %s; the last time was %s",
		         vault_day_format(vault_day_of(row->r->exposure.since), day), when);
	else if (c->came.n + c->went.n + c->changed.n == 0)
		snprintf(text, sizeof(text), "nothing since the last time, %s", when);
	else
		snprintf(text, sizeof(text), "since the last time, %s: %zu came, %zu went, %zu at another level", when, c->came.n,
		         c->went.n, c->changed.n);
	exposure_field(o, "changed", text);
}

static void exposure_one(struct out *o, const struct exposure_row *row, int64_t today, int all)
{
	const struct vault_exposure_result *r = row->r;
	const size_t most = all ? SIZE_MAX : EXPOSURE_SOME;
	char text[512];

	exposure_field(o, "label", r->token->label);
	exposure_field(o, "acts as", show_identity_words(r->verdict.has_identity ? &r->verdict.identity : NULL, text, sizeof(text)));
	if (!r->asked) {
		snprintf(text, sizeof(text), "not known: %s", r->why ? r->why : vault_result_name(r->verdict.result));
		exposure_field(o, "reaches", text);
		return;
	}
	exposure_field(o, "seat", r->exposure.seat);
	exposure_field(o, "reaches", reach_items(&r->exposure, text, sizeof(text)));
	exposure_sheets(o, &r->exposure);
	exposure_people(o, &r->exposure);
	exposure_agreed(o, row);
	exposure_since(o, row, today);
	exposure_gaps(o, "Beyond what was agreed", &row->reach.beyond, "AGREED", most);
	exposure_gaps(o, "Agreed and not reached", &row->reach.missing, NULL, most);
	exposure_gaps(o, "Came", &row->since.came, NULL, most);
	exposure_gaps(o, "Went", &row->since.went, NULL, most);
	exposure_gaps(o, "At another level", &row->since.changed, "WAS", most);
	exposure_items(o, &r->exposure, all);
}

/* --- several, a line each --- */

static void exposure_cell(struct table *t, int64_t n)
{
	if (n < 0)
		table_cell(t, "-", TABLE_FAINT);
	else
		table_cell_int(t, n);
}

static void exposure_table(struct out *o, const struct exposure_work *w)
{
	static const struct table_column columns[] = {
		{"LABEL", 0, 0},      {"SHEETS", 1, 0},     {"WORKSPACES", 1, TABLE_FROM(100)}, {"REPORTS", 1, TABLE_FROM(100)},
		{"DASHBOARDS", 1, TABLE_FROM(100)}, {"AGREED", 1, 0}, {"BEYOND", 1, 0}, {"MISSING", 1, 0}, {"CAME", 1, 0}, {"WENT", 1, 0},
		{"NOTE", 0, TABLE_WRAP}, {NULL, 0, 0},
	};
	struct table *t = table_new(columns);

	for (size_t i = 0; i < w->results.n; i++) {
		const struct exposure_row *row = &w->rows[i];
		const struct vault_exposure *e = &row->r->exposure;
		const int asked = row->r->asked;

		table_line(t);
		table_cell(t, row->r->token->label, TABLE_PLAIN);
		for (int k = 0; k < VAULT_ITEM_TYPES; k++)
			exposure_cell(t, asked ? e->count[k] : -1);
		exposure_cell(t, asked && row->reach.named ? (int64_t)row->reach.n_agreed : -1);
		exposure_cell(t, asked && row->reach.named ? (int64_t)row->reach.beyond.n : -1);
		exposure_cell(t, asked && row->reach.named ? (int64_t)row->reach.missing.n : -1);
		exposure_cell(t, row->before ? (int64_t)row->since.came.n : -1);
		exposure_cell(t, row->before ? (int64_t)row->since.went.n : -1);
		if (!asked)
			table_cell(t, row->r->why ? row->r->why : vault_result_name(row->r->verdict.result), TABLE_BAD);
		else if (e->system_admin == 1)
			table_cell(t, "system admin: acts as any user who is no admin", TABLE_BAD);
		else if (row->reach.given && !row->reach.named)
			table_cell(t, "no hand-over names an item", TABLE_PLAIN);
		else
			table_cell(t, NULL, TABLE_PLAIN);
	}
	table_print(&t, o);
}

void exposure_say(struct out *o, const struct exposure_work *w, int all)
{
	if (w->results.n > 1 && !all) {
		exposure_table(o, w);
	} else {
		for (size_t i = 0; i < w->results.n; i++) {
			out_printf(o, "%s", i > 0 ? "\n" : "");
			exposure_one(o, &w->rows[i], w->f.f.today, all);
		}
	}
	for (size_t i = 0; i < w->results.n; i++)
		for (size_t k = 0; k < w->rows[i].r->drift.n; k++)
			out_printf(o, "%s: %s (%s): %s\n", w->rows[i].r->token->label, w->rows[i].r->drift.d[k].code,
			           vault_severity_name(w->rows[i].r->drift.d[k].severity), w->rows[i].r->drift.d[k].message);
}
