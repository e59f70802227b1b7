/* reach.h - what a token reaches, list after list: what an "exposure" asks when the token has proved valid. */
#ifndef API_REACH_H
#define API_REACH_H

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "answer.h"
#include "pages.h"

struct reach {
	struct pages pages;         /* of the list that is asked now */
	int64_t count[PAGES_LISTS]; /* -1: not asked, or the token may not list them */
	char seat[PAGES_SEAT_MAX + 1];
	char user_id[24], account_id[24];
	int admin;
	int known;                    /* all lists were had */
	char why[ANSWER_MESSAGE_MAX]; /* a list could not be had */
};

/* Of a token whose verdict is valid; `identity` as in `answer`, or NULL: then neither plans nor users are asked. */
struct reach *reach_new(const json_t *identity);
void reach_free(struct reach **r);

/* Fills in whose plans are asked, which is what changes between tokens. */
void reach_of(const struct reach *r, struct pages_of *of);

/* Whom messages name, as "HOST, sheets"; `out` is returned. */
const char *reach_whom(const struct reach *r, const char *host, char *out, size_t cap);

/* Takes in what came for the list that was asked: `page` where it was one, and what `a` says of it. 1 where there is more
 * to ask, 0 where that was all. A list that the token may not have (403/1004) is none; another fault ends it, with `why`. */
int reach_take(struct reach *r, const struct pages_of *of, const char *whom, const struct answer *a,
               const json_t *page);

/* Ends it because of `why`. */
void reach_give_up(struct reach *r, const char *why);

/* The two keys that an answer to "exposure" has more; `r` may be NULL. -1 without memory. */
int reach_put(const struct reach *r, json_t *line);

#endif
