/* pages.h - the lists of what a token reaches, page by page: an envelope in; items, and what to ask next, out. Pure: no
 * network, no clock. Both of Smartsheet's kinds of pages (SMARTSHEET: Exposure), and the traps of each. */
#ifndef API_PAGES_H
#define API_PAGES_H

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "idset.h"
#include "pace.h"

/* In the order in which they are asked. */
enum pages_list {
	PAGES_PLANS,
	PAGES_SHEETS,
	PAGES_WORKSPACES,
	PAGES_DASHBOARDS,
	PAGES_REPORTS,
	PAGES_CONTACTS,
	PAGES_GROUPS,
	PAGES_USERS,
	PAGES_LISTS
};

enum { PAGES_ITEMS_MAX = 200000, PAGES_LINE_ITEMS = 64, PAGES_NAME_MAX = 300, PAGES_SEAT_MAX = 32 };

/* As in protocol 1; of plans "plans". */
const char *pages_name(enum pages_list l);

/* What stays the same through all lists of a token. */
struct pages_of {
	const struct pace *pace; /* whose key hashes ids */
	const char *token;       /* is not let out in a name */
	size_t token_n;
	const char *user_id, *account_id; /* decimal, or NULL where not said: whose plans; which of them counts */
	/* Takes over at most PAGES_LINE_ITEMS new items of protocol 1 (less than 64 KiB as text). -1: it can't. */
	int (*put)(void *ctx, enum pages_list l, json_t *items);
	void *ctx;
};

/* The way through one list. Zero it before the first use. */
struct pages {
	enum pages_list list;
	int64_t n;     /* different items of this list */
	int64_t total; /* of all lists */
	int64_t page;  /* the page that is asked for */
	char *key;     /* the lastKey that is sent, or NULL */
	struct idset ids, keys;
	char seat[PAGES_SEAT_MAX + 1]; /* of plans: Smartsheet's word, "" where there is none */
	int seat_of_account;
};

/* To the first page of a list; `total` goes on. */
void pages_begin(struct pages *p, enum pages_list l);
void pages_clear(struct pages *p);

/* What to ask, below the base URL; to be freed. NULL without memory. */
char *pages_path(const struct pages *p, const struct pages_of *of);

enum pages_next { PAGES_MORE, PAGES_DONE, PAGES_FAULT };

/* Takes in a page (an object). On a fault `*why` says which, and what was put is worth nothing. */
enum pages_next pages_take(struct pages *p, const struct pages_of *of, const json_t *envelope, const char **why);

#endif
