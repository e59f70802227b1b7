/* reach.c - list after list of what a token reaches. One that could not be had spoils the whole: half a reach would look
 * like a small one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reach.h"
#include "wipe.h"

static void reach_copy(char to[24], const json_t *j)
{
	(void)snprintf(to, 24, "%s", json_is_string(j) ? json_string_value(j) : "");
}

/* From `l` on, the next list that this token is asked for; PAGES_LISTS at the end. */
static enum pages_list reach_next(const struct reach *r, enum pages_list l)
{
	while ((l == PAGES_PLANS && !r->user_id[0]) || (l == PAGES_USERS && !r->admin))
		l++;
	return l;
}

struct reach *reach_new(const json_t *identity)
{
	struct reach *r = calloc(1, sizeof *r);

	if (!r)
		return NULL;
	reach_copy(r->user_id, json_object_get(identity, "id"));
	reach_copy(r->account_id, json_object_get(identity, "account_id"));
	r->admin = json_is_true(json_object_get(identity, "admin"));
	for (size_t i = 0; i < PAGES_LISTS; i++)
		r->count[i] = -1;
	pages_begin(&r->pages, reach_next(r, PAGES_PLANS));
	return r;
}

void reach_free(struct reach **r)
{
	if (!*r)
		return;
	pages_clear(&(*r)->pages);
	wipe_free(*r);
	*r = NULL;
}

void reach_of(const struct reach *r, struct pages_of *of)
{
	of->user_id = r->user_id[0] ? r->user_id : NULL;
	of->account_id = r->account_id[0] ? r->account_id : NULL;
}

const char *reach_whom(const struct reach *r, const char *host, char *out, size_t cap)
{
	(void)snprintf(out, cap, "%s, %s", host, pages_name(r->pages.list));
	return out;
}

void reach_give_up(struct reach *r, const char *why)
{
	(void)snprintf(r->why, sizeof r->why, "%s", why);
	pages_clear(&r->pages);
}

/* The list is done with: on to the next. */
static int reach_step(struct reach *r)
{
	enum pages_list l = r->pages.list + 1;

	l = reach_next(r, l);
	if (l < PAGES_LISTS) {
		pages_begin(&r->pages, l);
		return 1;
	}
	pages_clear(&r->pages);
	r->known = 1;
	return 0;
}

int reach_take(struct reach *r, const struct pages_of *of, const char *whom, const struct answer *a, const json_t *page)
{
	const enum pages_list l = r->pages.list;
	enum pages_next next = PAGES_FAULT;
	struct answer odd = {0};
	const char *why = NULL;

	if (page)
		next = pages_take(&r->pages, of, page, &why);
	if (next == PAGES_MORE)
		return 1;
	if (next == PAGES_DONE && l == PAGES_PLANS)
		(void)stpcpy(r->seat, r->pages.seat);
	else if (next == PAGES_DONE)
		r->count[l] = r->pages.n;
	/* 403/1004 is the only one of the table that is valid; where items came before it, it is no answer of Smartsheet's.
	 * And a seat is a detail: nothing is spoilt without it. */
	if (next == PAGES_DONE || (!page && a->result == ANSWER_VALID && r->pages.n == 0) || l == PAGES_PLANS)
		return reach_step(r);
	if (why)
		answer_fail(&odd, whom, a->http_status, "HTTP %ld with %s", a->http_status, why);
	reach_give_up(r, why ? odd.message : a->message);
	return 0;
}

static int reach_set(json_t *to, const char *key, json_t *owned)
{
	return json_object_set_new(to, key, owned ? owned : json_null());
}

int reach_put(const struct reach *r, json_t *line)
{
	static const enum pages_list order[] = {PAGES_SHEETS,   PAGES_WORKSPACES, PAGES_REPORTS, PAGES_DASHBOARDS,
	                                        PAGES_CONTACTS, PAGES_GROUPS,     PAGES_USERS};
	json_t *reach = r && r->known ? json_object() : NULL;
	int bad = r && r->known && !reach;

	for (size_t i = 0; reach && i < sizeof order / sizeof order[0]; i++) {
		int64_t n = r->count[order[i]];

		bad = bad || reach_set(reach, pages_name(order[i]), n < 0 ? NULL : json_integer(n)) != 0;
	}
	if (reach)
		bad = bad || reach_set(reach, "seat", r->seat[0] ? json_string(r->seat) : NULL) != 0;
	bad = reach_set(line, "reach", reach) != 0 || bad;
	bad = reach_set(line, "why", r && r->why[0] ? json_string(r->why) : NULL) != 0 || bad;
	return bad ? -1 : 0;
}
