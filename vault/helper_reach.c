/* helper_reach.c - lists of what a token reaches, as vault-api says them: nothing is taken on trust, and of half a list
 * nothing is kept. L6. */
#include <stdlib.h>
#include <string.h>

#include <vault/date.h>

#include "helper_answer.h"
#include "helper_reach.h"

enum { HELPER_REACH_MAX = 200000, HELPER_REACH_FIRST = 64, HELPER_REACH_NAME_MAX = 300, HELPER_REACH_SEAT_MAX = 32 };

static const char helper_reach_form[] = "vault-api answered in another form than agreed; install vault again";

/* By enum vault_item_type. */
static const char *const helper_reach_lists[VAULT_ITEM_TYPES] = {"sheets", "workspaces", "reports", "dashboards"};

void helper_reach_clear(struct helper_reach *r)
{
	free(r->why);
	vault_exposure_clear(&r->exposure);
	memset(r, 0, sizeof *r);
}

enum vault_rc helper_reach_unknown(struct helper_reach *r, const char *why, struct vault_err *err)
{
	char *copy = strdup(why);

	helper_reach_clear(r);
	r->why = copy;
	return copy ? VAULT_OK : vault_err_set(err, VAULT_REFUSED, "no memory");
}

/* --- parts ----------------------------------------------------------------------------------------------- */

/* A positive 64-bit number, written as one writes it. */
static int helper_reach_is_id(const char *s)
{
	static const char most[] = "9223372036854775807";
	size_t n = s ? strspn(s, "0123456789") : 0;

	if (n == 0 || s[n] || s[0] == '0')
		return 0;
	return n < sizeof most - 1 || (n == sizeof most - 1 && strcmp(s, most) <= 0);
}

/* A string, or null: `*s` is NULL then. Another type, and a missing key, is -1. */
static int helper_reach_word(const struct vault_json *j, const char *key, const char **s)
{
	*s = vault_json_get_str(j, key);
	return *s || vault_json_is_null(j, key) ? 0 : -1;
}

/* -1: not in the form. What it has taken is in `to` either way. */
static int helper_reach_item(const struct vault_json *j, struct vault_reached *to, int *no_memory)
{
	const char *id = vault_json_get_str(j, "id"), *name = NULL, *access = NULL, *modified = NULL;

	to->modified = INT64_MIN;
	if (!helper_reach_is_id(id) || helper_reach_word(j, "name", &name) != 0 ||
	    helper_reach_word(j, "access", &access) != 0 || helper_reach_word(j, "modified", &modified) != 0)
		return -1;
	to->access = vault_access_parse(access);
	if ((access && to->access == VAULT_ACCESS_UNKNOWN) ||
	    (name && !helper_answer_is_text(name, HELPER_REACH_NAME_MAX)) ||
	    (modified && vault_time_parse(modified, &to->modified, NULL) != VAULT_OK))
		return -1;
	to->id = strdup(id);
	to->name = name ? strdup(name) : NULL;
	*no_memory = !to->id || (name && !to->name);
	return 0;
}

/* Room for one more: at 64 and at each doubling. */
static int helper_reach_grow(struct vault_exposure *e)
{
	struct vault_reached *grown = e->items;

	if (e->n == 0)
		grown = malloc(HELPER_REACH_FIRST * sizeof *grown);
	else if (e->n >= HELPER_REACH_FIRST && (e->n & (e->n - 1)) == 0)
		grown = reallocarray(e->items, 2 * e->n, sizeof *grown);
	if (!grown)
		return -1;
	e->items = grown;
	memset(&e->items[e->n], 0, sizeof *e->items);
	return 0;
}

enum vault_rc helper_reach_part(struct helper_reach *r, const struct vault_json *line, struct vault_err *err)
{
	const struct vault_json *items = vault_json_get(line, "items");
	const char *list = vault_json_get_str(line, "list");
	struct vault_exposure *e = &r->exposure;
	int type = 0, odd = 0, no_memory = 0;

	if (r->known || r->why) /* it came after the answer, or after something odd */
		return helper_reach_unknown(r, helper_reach_form, err);
	while (list && type < VAULT_ITEM_TYPES && strcmp(list, helper_reach_lists[type]) != 0)
		type++;
	odd = !list || type == VAULT_ITEM_TYPES || !vault_json_is_array(items);
	for (size_t i = 0; !odd && !no_memory && i < vault_json_size(items); i++) {
		odd = e->n >= HELPER_REACH_MAX;
		no_memory = !odd && helper_reach_grow(e) != 0;
		if (odd || no_memory)
			break;
		e->items[e->n].type = (enum vault_item_type)type;
		odd = helper_reach_item(vault_json_at(items, i), &e->items[e->n], &no_memory) != 0;
		e->n++;
	}
	if (no_memory)
		return vault_err_set(err, VAULT_REFUSED, "no memory");
	return odd ? helper_reach_unknown(r, helper_reach_form, err) : VAULT_OK;
}

/* --- the answer ------------------------------------------------------------------------------------------ */

static int helper_reach_order(const void *one, const void *other)
{
	const struct vault_reached *a = one, *b = other;
	size_t n = strlen(a->id), m = strlen(b->id);

	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	if (n != m)
		return n < m ? -1 : 1;
	return strcmp(a->id, b->id);
}

/* A number of things, or null: -1. */
static int helper_reach_count(const struct vault_json *reach, const char *key, int64_t *out)
{
	*out = vault_json_get_int(reach, key, -1);
	if (vault_json_is_null(reach, key))
		return 0;
	return vault_json_is_int(reach, key) && *out >= 0 && *out <= HELPER_REACH_MAX ? 0 : -1;
}

/* What was announced is there, no more and no less. Sorts the items, and counts levels. */
static int helper_reach_items(struct vault_exposure *e, const struct vault_json *reach)
{
	int64_t had[VAULT_ITEM_TYPES] = {0};

	if (e->n > 1)
		qsort(e->items, e->n, sizeof *e->items, helper_reach_order);
	for (size_t i = 0; i < e->n; i++) {
		if (i > 0 && helper_reach_order(&e->items[i - 1], &e->items[i]) == 0)
			return -1;
		had[e->items[i].type]++;
		e->sheets_by[e->items[i].access] += e->items[i].type == VAULT_SHEET;
	}
	for (int t = 0; t < VAULT_ITEM_TYPES; t++) {
		if (helper_reach_count(reach, helper_reach_lists[t], &e->count[t]) != 0 ||
		    had[t] != (e->count[t] < 0 ? 0 : e->count[t]))
			return -1;
	}
	return 0;
}

/* Smartsheet's word in lower case. */
static int helper_reach_seat(const struct vault_json *reach, char **out, int *no_memory)
{
	const char *s = NULL;
	size_t n = 0;

	if (helper_reach_word(reach, "seat", &s) != 0)
		return -1;
	if (!s)
		return 0;
	n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
	if (n == 0 || n > HELPER_REACH_SEAT_MAX || s[n])
		return -1;
	*out = strdup(s);
	*no_memory = !*out;
	for (char *c = *out; c && *c; c++)
		*c = (char)(*c == '_' ? '_' : *c - 'A' + 'a');
	return 0;
}

/* -1: not in the form. */
static int helper_reach_whole(struct vault_exposure *e, const struct vault_json *reach, const struct vault_verdict *v,
                              int *no_memory)
{
	if (!vault_json_is_object(reach) || helper_reach_items(e, reach) != 0 ||
	    helper_reach_count(reach, "contacts", &e->contacts) != 0 ||
	    helper_reach_count(reach, "groups", &e->groups) != 0 || helper_reach_count(reach, "users", &e->users) != 0)
		return -1;
	e->system_admin = v->has_identity ? v->identity.admin : -1;
	if (e->users >= 0 && e->system_admin != 1)
		return -1;
	return helper_reach_seat(reach, &e->seat, no_memory);
}

enum vault_rc helper_reach_read(struct helper_reach *r, const struct vault_json *answer, const struct vault_verdict *v,
                                struct vault_err *err)
{
	const char *why = NULL;
	int no_memory = 0;

	if (v->result != VAULT_VALID)
		return helper_reach_unknown(r, v->message ? v->message : vault_result_name(v->result), err);
	if (r->why || helper_reach_word(answer, "why", &why) != 0)
		return helper_reach_unknown(r, helper_reach_form, err);
	if (vault_json_is_null(answer, "reach")) {
		if (!why || !helper_answer_is_text(why, HELPER_ANSWER_TEXT_MAX))
			why = helper_reach_form;
		return helper_reach_unknown(r, why, err);
	}
	if (why || helper_reach_whole(&r->exposure, vault_json_get(answer, "reach"), v, &no_memory) != 0)
		return helper_reach_unknown(r, helper_reach_form, err);
	if (no_memory)
		return vault_err_set(err, VAULT_REFUSED, "no memory");
	r->known = 1;
	return VAULT_OK;
}
