/* pages.c - lists page by page. A list ends where Smartsheet's pages end, and also where they go round in circles: totals
 * may be missing or wrong, a page beyond the last is the last one again, a lastKey may repeat for ever. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "pages.h"
#include "stamp.h"
#include "wipe.h"

enum { PAGES_SIZE = 500, PAGES_KEY_ITEMS = 100, PAGES_KEY_MAX = 2048 };

enum pages_id { PAGES_NUMBER, PAGES_TEXT, PAGES_NONE };

struct pages_kind {
	const char *name, *path;
	int by_key; /* by lastKey, not by number */
	int sent;   /* items go out; else they are only counted */
	enum pages_id id;
};

static const struct pages_kind pages_kinds[PAGES_LISTS] = {
        [PAGES_PLANS] = {"plans", NULL, 1, 0, PAGES_NONE},
        [PAGES_SHEETS] = {"sheets", "/sheets", 0, 1, PAGES_NUMBER},
        [PAGES_WORKSPACES] = {"workspaces", "/workspaces", 1, 1, PAGES_NUMBER},
        [PAGES_DASHBOARDS] = {"dashboards", "/sights", 1, 1, PAGES_NUMBER},
        [PAGES_REPORTS] = {"reports", "/reports", 0, 1, PAGES_NUMBER},
        [PAGES_CONTACTS] = {"contacts", "/contacts", 0, 0, PAGES_TEXT},
        [PAGES_GROUPS] = {"groups", "/groups", 0, 0, PAGES_NUMBER},
        [PAGES_USERS] = {"users", "/users", 0, 0, PAGES_NUMBER},
};

const char *pages_name(enum pages_list l)
{
	return pages_kinds[l].name;
}

void pages_clear(struct pages *p)
{
	wipe_free(p->key);
	idset_clear(&p->ids);
	idset_clear(&p->keys);
	memset(p, 0, sizeof *p);
}

void pages_begin(struct pages *p, enum pages_list l)
{
	int64_t total = p->total;

	pages_clear(p);
	p->list = l;
	p->total = total;
	p->page = 1;
}

/* --- what to ask ----------------------------------------------------------------------------------------- */

/* RFC 3986: all but unreserved characters. `to` has three times the length. */
static void pages_encode(char *to, const char *from)
{
	static const char hex[] = "0123456789ABCDEF", plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	                                                        "0123456789-._~";

	for (; *from; from++) {
		unsigned char c = (unsigned char)*from;

		if (strchr(plain, c)) {
			*to++ = *from;
			continue;
		}
		*to++ = '%';
		*to++ = hex[c >> 4];
		*to++ = hex[c & 15];
	}
	*to = '\0';
}

char *pages_path(const struct pages *p, const struct pages_of *of)
{
	const struct pages_kind *k = &pages_kinds[p->list];
	size_t cap = 160 + (p->key ? 3 * strlen(p->key) : 0);
	char *path = malloc(cap), where[64];
	int n = 0;

	if (!path)
		return NULL;
	if (p->list == PAGES_PLANS)
		(void)snprintf(where, sizeof where, "/users/%.20s/plans", of->user_id ? of->user_id : "me");
	else
		(void)snprintf(where, sizeof where, "%s", k->path);
	if (!k->by_key) {
		(void)snprintf(path, cap, "%s?page=%lld&pageSize=%d", where, (long long)p->page, PAGES_SIZE);
		return path;
	}
	n = snprintf(path, cap, "%s?paginationType=token&maxItems=%d%s", where, PAGES_KEY_ITEMS,
	             p->key ? "&lastKey=" : "");
	if (p->key)
		pages_encode(path + n, p->key);
	return path;
}

/* --- items ----------------------------------------------------------------------------------------------- */

/* Its hash, and of a number its digits. -1 where it has no id that could be one. */
static int pages_item_id(const struct pages_of *of, enum pages_id kind, const json_t *item, uint64_t *hash,
                         char text[24])
{
	const json_t *id = json_object_get(item, "id");
	const char *s = json_string_value(id);
	int64_t number = json_integer_value(id);

	text[0] = '\0';
	if (kind == PAGES_TEXT && s && *s) {
		*hash = pace_key(of->pace, s, strlen(s));
		return 0;
	}
	if (!json_is_integer(id) || number < 1)
		return -1;
	*hash = pace_key(of->pace, &number, sizeof number);
	(void)snprintf(text, 24, "%lld", (long long)number);
	return 0;
}

/* NULL for what has no name, or one of nothing that may be shown. What is left out may have stood in the midst of a token
 * that a server repeats, so the token is looked for after, and before it is cut. */
static json_t *pages_item_name(const struct pages_of *of, const json_t *j)
{
	const char *s = json_string_value(j);
	char *clean = s ? malloc(strlen(s) + 1) : NULL;
	char cut[PAGES_NAME_MAX + 1] = "";

	if (clean) {
		(void)answer_clean(clean, strlen(s), s);
		answer_scrub(clean, strlen(clean), of->token, of->token_n);
		(void)answer_clean(cut, PAGES_NAME_MAX, clean);
	}
	wipe_free(clean);
	return cut[0] ? json_string(cut) : json_null();
}

static json_t *pages_item_access(const json_t *j)
{
	static const char *const levels[] = {"OWNER", "ADMIN", "EDITOR_SHARE", "EDITOR", "COMMENTER", "VIEWER"};
	const char *s = json_string_value(j);

	for (size_t i = 0; s && i < sizeof levels / sizeof levels[0]; i++) {
		if (strcmp(s, levels[i]) == 0)
			return json_string(levels[i]);
	}
	return json_null();
}

/* These four fields and never another: a permalink, or a webhook's sharedSecret, is nobody's business. */
static json_t *pages_item(const struct pages_of *of, const json_t *item, const char *id)
{
	char stamp[STAMP_LEN];
	const char *when = stamp_normal(json_string_value(json_object_get(item, "modifiedAt")), stamp);
	json_t *out = json_object();
	int bad = out == NULL;

	bad = bad || json_object_set_new(out, "id", json_string(id)) != 0;
	bad = bad || json_object_set_new(out, "name", pages_item_name(of, json_object_get(item, "name"))) != 0;
	bad = bad || json_object_set_new(out, "access", pages_item_access(json_object_get(item, "accessLevel"))) != 0;
	bad = bad || json_object_set_new(out, "modified", when ? json_string(when) : json_null()) != 0;
	if (bad) {
		json_decref(out);
		out = NULL;
	}
	return out;
}

/* Hands over what has gathered. */
static int pages_flush(const struct pages *p, const struct pages_of *of, json_t **items)
{
	json_t *given = *items;

	*items = NULL;
	return given ? of->put(of->ctx, p->list, given) : 0;
}

/* An item that was not there before. */
static int pages_add(struct pages *p, const struct pages_of *of, const json_t *item, const char *id, json_t **items,
                     const char **why)
{
	p->n++;
	if (++p->total > PAGES_ITEMS_MAX) {
		*why = "more than 200,000 items";
		return -1;
	}
	if (!pages_kinds[p->list].sent)
		return 0;
	*why = "no memory to take in the list";
	if (!*items)
		*items = json_array();
	if (!*items || json_array_append_new(*items, pages_item(of, item, id)) != 0)
		return -1;
	*why = "the list could not be passed on";
	return json_array_size(*items) >= PAGES_LINE_ITEMS ? pages_flush(p, of, items) : 0;
}

/* Each item once. How many were new, or -1. */
static int64_t pages_items(struct pages *p, const struct pages_of *of, const json_t *data, const char **why)
{
	json_t *items = NULL;
	int64_t before = p->n;
	uint64_t hash = 0;
	char id[24];
	int bad = 0, fresh = 0;

	for (size_t i = 0; !bad && i < json_array_size(data); i++) {
		const json_t *item = json_array_get(data, i);

		*why = "an item without a usable id";
		bad = pages_item_id(of, pages_kinds[p->list].id, item, &hash, id) != 0;
		fresh = bad ? 0 : idset_add(&p->ids, hash);
		if (fresh < 0)
			*why = "no memory to take in the list";
		bad = bad || fresh < 0 || (fresh && pages_add(p, of, item, id, &items, why) != 0);
	}
	if (!bad && pages_flush(p, of, &items) != 0) {
		*why = "the list could not be passed on";
		bad = 1;
	}
	json_decref(items);
	return bad ? -1 : p->n - before;
}

/* The seat in the plan of the account that the token acts for; without such a plan, in the first that is told. */
static void pages_seats(struct pages *p, const struct pages_of *of, const json_t *data)
{
	char plan[24];

	for (size_t i = 0; i < json_array_size(data) && !p->seat_of_account; i++) {
		const json_t *one = json_array_get(data, i), *id = json_object_get(one, "planId");
		const char *seat = json_string_value(json_object_get(one, "seatType"));
		size_t n = seat ? strspn(seat, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") : 0;

		if (n == 0 || n > PAGES_SEAT_MAX || seat[n])
			continue;
		(void)snprintf(plan, sizeof plan, "%lld", (long long)json_integer_value(id));
		p->seat_of_account = of->account_id && json_is_integer(id) && strcmp(plan, of->account_id) == 0;
		if (p->seat_of_account || !p->seat[0])
			(void)stpcpy(p->seat, seat);
	}
}

/* --- what comes next ------------------------------------------------------------------------------------- */

static enum pages_next pages_after_number(struct pages *p, const json_t *envelope, int64_t all, int64_t fresh,
                                          const char **why)
{
	int64_t number = json_integer_value(json_object_get(envelope, "pageNumber"));
	int64_t pages = json_integer_value(json_object_get(envelope, "totalPages"));
	int64_t count = json_integer_value(json_object_get(envelope, "totalCount"));

	if (number > p->page) {
		*why = "another page than the one asked for";
		return PAGES_FAULT;
	}
	/* A number of 0 or less says nothing, as of totals. */
	if (all == 0 || fresh == 0 || (number > 0 && number < p->page)) {
		*why = "a page that ends the list, and says that there is more";
		return count > p->n ? PAGES_FAULT : PAGES_DONE;
	}
	if (pages > 0 && p->page >= pages)
		return PAGES_DONE;
	p->page++;
	return PAGES_MORE;
}

static enum pages_next pages_after_key(struct pages *p, const struct pages_of *of, const json_t *envelope,
                                       const char **why)
{
	const json_t *key = json_object_get(envelope, "lastKey");
	const char *s = json_string_value(key);
	int fresh = 0;

	if (!key || json_is_null(key) || (s && !*s))
		return PAGES_DONE;
	*why = "a lastKey that can't be sent back";
	if (!s || strlen(s) > PAGES_KEY_MAX)
		return PAGES_FAULT;
	*why = "no memory to take in the list";
	fresh = idset_add(&p->keys, pace_key(of->pace, s, strlen(s)));
	if (fresh <= 0)
		return fresh < 0 ? PAGES_FAULT : PAGES_DONE;
	wipe_free(p->key);
	p->key = strdup(s);
	return p->key ? PAGES_MORE : PAGES_FAULT;
}

enum pages_next pages_take(struct pages *p, const struct pages_of *of, const json_t *envelope, const char **why)
{
	const json_t *data = json_object_get(envelope, "data");
	int64_t fresh = 0;

	if (!json_is_array(data)) {
		*why = "a page without a list in it";
		return PAGES_FAULT;
	}
	if (p->list == PAGES_PLANS)
		pages_seats(p, of, data);
	else
		fresh = pages_items(p, of, data, why);
	if (fresh < 0)
		return PAGES_FAULT;
	if (pages_kinds[p->list].by_key)
		return pages_after_key(p, of, envelope, why);
	return pages_after_number(p, envelope, (int64_t)json_array_size(data), fresh, why);
}
