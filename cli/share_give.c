/* share_give.c - what vault share was told of a giving, and what of the one before it stays agreed. Who gives the
 * same person a rotated value, or names one sheet more, has not meant to end the agreement or to forget the last day. */
#include "share_give.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/date.h>

#include "args.h"
#include "out.h"

static enum vault_rc give_copy(char **to, const char *s, struct vault_err *err)
{
	if (s && *s && !(*to = strdup(s)))
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	return VAULT_OK;
}

/* --- as it was said --- */

static int give_is_level(const char *s, size_t n)
{
	static const char *const levels[] = {"viewer", "commenter", "editor", "admin", "owner"};

	for (size_t i = 0; i < sizeof(levels) / sizeof(*levels); i++)
		if (strlen(levels[i]) == n && memcmp(levels[i], s, n) == 0)
			return 1;
	return 0;
}

/* ID[:LEVEL[:NAME]]: a part after the ID that is no level begins the name, which may have colons. */
static enum vault_rc give_item(const struct call *c, const char *text, struct vault_item *item, struct vault_err *err)
{
	size_t n = strspn(text, "0123456789"), level;
	const char *rest = text + n;

	if (n == 0 || n > 20 || (*rest && *rest != ':'))
		return args_usage(c->args, err, "--item wants ID[:LEVEL[:NAME]], the ID a number of Smartsheet's, not %s", text);
	if (!(item->id = strndup(text, n)))
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	rest += *rest == ':';
	level = strcspn(rest, ":");
	if (give_is_level(rest, level)) {
		if (!(item->level = strndup(rest, level)))
			return vault_err_set(err, VAULT_REFUSED, "out of memory");
		rest += level + (rest[level] == ':');
	}
	if (!*rest)
		return VAULT_OK;
	if (vault_text_check("--item's name", rest, err) != VAULT_OK)
		return VAULT_USAGE;
	return give_copy(&item->name, rest, err);
}

static enum vault_rc give_items(const struct call *c, struct vault_give *g, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	const char *text;
	size_t n = 0;

	while (args_nth(c->args, OPT_ITEM, n))
		n++;
	if (n > 0 && !(g->items = calloc(n, sizeof(*g->items))))
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	for (size_t i = 0; rc == VAULT_OK && (text = args_nth(c->args, OPT_ITEM, i)) != NULL; i++)
		if (*text)
			rc = give_item(c, text, &g->items[g->n_items++], err);
	return rc;
}

static enum vault_rc give_text(const struct call *c, enum opt_id id, char **to, struct vault_err *err)
{
	const char *s = args_str(c->args, id);
	enum vault_rc rc = s && *s ? args_text(c->args, id, &s, err) : VAULT_OK;

	return rc == VAULT_OK ? give_copy(to, s, err) : rc;
}

enum vault_rc share_give_args(const struct call *c, struct vault_give *said, struct vault_err *err)
{
	const char *until = args_str(c->args, OPT_UNTIL);
	enum vault_rc rc;

	said->date = said->until = VAULT_NO_DAY;
	rc = args_day(c->args, OPT_DATE, &said->date, err);
	if (rc == VAULT_OK && until && *until)
		rc = args_day(c->args, OPT_UNTIL, &said->until, err);
	if (rc == VAULT_OK)
		rc = give_text(c, OPT_PURPOSE, &said->purpose, err);
	if (rc == VAULT_OK)
		rc = give_text(c, OPT_AGREEMENT, &said->agreement, err);
	if (rc == VAULT_OK)
		rc = give_text(c, OPT_CHANNEL, &said->channel, err);
	if (rc == VAULT_OK)
		rc = give_items(c, said, err);
	return rc;
}

/* --- and as it was before --- */

/* One empty --item: those of before go. */
static int give_items_anew(const struct call *c)
{
	const char *text;

	for (size_t i = 0; (text = args_nth(c->args, OPT_ITEM, i)) != NULL; i++)
		if (!*text)
			return 1;
	return 0;
}

static const struct vault_item *give_named(const struct vault_give *g, const char *id)
{
	for (size_t i = 0; i < g->n_items; i++)
		if (strcmp(g->items[i].id, id) == 0)
			return &g->items[i];
	return NULL;
}

static enum vault_rc give_add_item(struct vault_give *g, const struct vault_item *from, struct vault_err *err)
{
	struct vault_item *item = &g->items[g->n_items++];
	enum vault_rc rc = give_copy(&item->id, from->id, err);

	if (rc == VAULT_OK)
		rc = give_copy(&item->level, from->level, err);
	if (rc == VAULT_OK)
		rc = give_copy(&item->name, from->name, err);
	return rc;
}

/* Those of before in their order, then those that were said; one that was named again is as it was said now. */
static enum vault_rc give_merge(const struct vault_give *said, const struct vault_give *was, struct vault_give *g,
                                struct vault_err *err)
{
	size_t n = said->n_items + (was ? was->n_items : 0);
	enum vault_rc rc = VAULT_OK;

	if (n > 0 && !(g->items = calloc(n, sizeof(*g->items))))
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	for (size_t i = 0; rc == VAULT_OK && was && i < was->n_items; i++)
		if (!give_named(said, was->items[i].id))
			rc = give_add_item(g, &was->items[i], err);
	for (size_t i = 0; rc == VAULT_OK && i < said->n_items; i++)
		rc = give_add_item(g, &said->items[i], err);
	return rc;
}

enum vault_rc share_give_keep(const struct call *c, const struct vault_give *said, const struct vault_handover *before,
                              struct vault_give *give, struct vault_err *err)
{
	const struct vault_period *p = before->n_periods ? &before->periods[before->n_periods - 1] : NULL;
	const struct vault_give *was = p && p->ended == VAULT_NO_DAY ? &p->gives[p->n_gives - 1] : NULL;
	int purpose = was && !args_flag(c->args, OPT_PURPOSE), agreement = was && !args_flag(c->args, OPT_AGREEMENT);
	enum vault_rc rc;

	vault_give_clear(give);
	give->date = said->date;
	give->until = was && !args_flag(c->args, OPT_UNTIL) ? was->until : said->until;
	rc = give_copy(&give->channel, said->channel, err);
	if (rc == VAULT_OK)
		rc = give_copy(&give->purpose, purpose ? was->purpose : said->purpose, err);
	if (rc == VAULT_OK)
		rc = give_copy(&give->agreement, agreement ? was->agreement : said->agreement, err);
	if (rc == VAULT_OK)
		rc = give_merge(said, give_items_anew(c) ? NULL : was, give, err);
	return rc;
}

void share_give_kept(const struct call *c, const struct vault_give *said, const struct vault_handover *h)
{
	const struct vault_period *p = &h->periods[h->n_periods - 1];
	const struct vault_give *g = &p->gives[p->n_gives - 1];
	int purpose = !args_flag(c->args, OPT_PURPOSE) && g->purpose;
	int agreement = !args_flag(c->args, OPT_AGREEMENT) && g->agreement;
	int until = !args_flag(c->args, OPT_UNTIL) && g->until != VAULT_NO_DAY;
	char day[VAULT_DAY_LEN], items[40] = "";
	size_t kept = 0;

	for (size_t i = 0; i < g->n_items; i++)
		kept += !give_named(said, g->items[i].id);
	if (p->n_gives < 2 || !(purpose || until || agreement || kept))
		return;
	if (kept)
		snprintf(items, sizeof(items), ", %zu item%s", kept, kept == 1 ? "" : "s");
	out_note(c->out, "as before%s%s%s%s%s%s: an empty option takes it away, as --%s ''", purpose ? ", its purpose" : "",
	         agreement ? ", agreement " : "", agreement ? g->agreement : "", until ? ", until " : "",
	         until ? vault_day_format(g->until, day) : "", items,
	         until ? "until" : agreement ? "agreement" : kept ? "item" : "purpose");
}
