/* ledger.c - reading the ledger, and its table, for the commands about vendors and hand-overs. */
#include "ledger.h"

#include <stdio.h>
#include <string.h>

#include "args.h"
#include "show.h"

enum vault_rc ledger_load(struct session *s, struct facts *f, struct vault_err *err)
{
	enum vault_rc rc = vault_begin(s->v, VAULT_READ, err);

	memset(f, 0, sizeof *f);
	if (rc == VAULT_OK)
		rc = vault_ledger_all(s->v, &f->tokens, &f->vendors, &f->handovers, err);
	vault_end(s->v);
	f->f = (struct vault_facts){.tokens = &f->tokens, .vendors = &f->vendors, .handovers = &f->handovers,
	                            .today = vault_today(s->v)};
	if (rc != VAULT_OK)
		facts_clear(f);
	return rc;
}

int ledger_same(const char *a, const char *b)
{
	for (; *a && *b; a++, b++) {
		int x = *a >= 'A' && *a <= 'Z' ? *a + ('a' - 'A') : *a;
		int y = *b >= 'A' && *b <= 'Z' ? *b + ('a' - 'A') : *b;

		if (x != y)
			return 0;
	}
	return *a == *b;
}

enum vault_rc ledger_vendor(struct session *s, const struct facts *f, const char *name, const struct vault_vendor **v,
                            struct vault_err *err)
{
	struct vault_vendor found = {0};
	enum vault_rc rc;

	for (size_t i = 0; i < f->vendors.n; i++) {
		if (!ledger_same(f->vendors.v[i].name, name))
			continue;
		*v = &f->vendors.v[i];
		return VAULT_OK;
	}
	/* The library knows how to say it, with the names that are near. */
	rc = vault_begin(s->v, VAULT_READ, err);
	if (rc == VAULT_OK)
		rc = vault_vendor_find(s->v, name, &found, err);
	vault_end(s->v);
	vault_vendor_clear(&found);
	return rc != VAULT_OK ? rc : vault_err_set(err, VAULT_BUSY, "vendor %s was just added; try again", name);
}

enum vault_rc ledger_vendor_option(struct call *c, int needed, const char **name, struct vault_err *err)
{
	*name = args_str(c->args, OPT_VENDOR);
	if (*name)
		return vault_vendor_name_check(*name, err);
	return needed ? args_usage(c->args, err, "--vendor NAME is missing") : VAULT_OK;
}

int ledger_holder(const struct vault_token *t, const struct vault_vendor *v, const struct vault_handover *h, int64_t at,
                  struct vault_holder *out)
{
	/* The lists own nothing here: the facts only read them. */
	struct vault_token token = *t;
	struct vault_vendor vendor = *v;
	struct vault_handover handover = *h;
	const struct vault_tokens tokens = {&token, 1};
	const struct vault_vendors vendors = {&vendor, 1};
	const struct vault_handovers handovers = {&handover, 1};
	const struct vault_facts facts = {
	        .tokens = &tokens, .vendors = &vendors, .handovers = &handovers, .today = at};
	struct vault_holders l = {0};
	int found;

	if (vault_holders_at(&facts, at, 1, &l, NULL) != VAULT_OK)
		return 0;
	found = l.n == 1;
	if (found) {
		*out = l.h[0];
		out->token = t;
		out->vendor = v;
		out->handover = h;
	}
	vault_holders_clear(&l);
	return found;
}

static enum table_tone ledger_tone(enum vault_holder_state s)
{
	if (s == VAULT_HOLDER_CURRENT)
		return TABLE_GOOD;
	return s == VAULT_HOLDER_ENDED ? TABLE_FAINT : TABLE_BAD;
}

enum {
	LEDGER_LABEL, LEDGER_VENDOR, LEDGER_TO, LEDGER_VERSION, LEDGER_STATE, LEDGER_SINCE, LEDGER_SHARED, LEDGER_LAST,
	LEDGER_UNTIL, LEDGER_CONFIRMED, LEDGER_ENDED, LEDGER_REASON, LEDGER_AGREEMENT, LEDGER_PURPOSE, LEDGER_ITEMS, LEDGER_CHANNEL
};

/* On 80 columns who, what, since and until when; what there is no room for is in `vault show` and on a pipe. */
static const struct report_column ledger_columns[] = {
	{"label", "LABEL", LEDGER_LABEL, REPORT_TEXT, REPORT_BOTH, 0, "the token"},
	{"vendor", "VENDOR", LEDGER_VENDOR, REPORT_TEXT, REPORT_BOTH, TABLE_CUT, "the vendor"},
	{"to", "TO", LEDGER_TO, REPORT_TEXT, REPORT_BOTH, TABLE_CUT, "the person"},
	{"version", "VER", LEDGER_VERSION, REPORT_NUMBER, REPORT_BOTH, 0, "the version they were given"},
	{"state", "STATE", LEDGER_STATE, REPORT_TEXT, REPORT_BOTH, 0, "what they know of it"},
	{"since", "SINCE", LEDGER_SINCE, REPORT_DAY, REPORT_BOTH, 0, "day it was first given"},
	{"shared", "SHARED", LEDGER_SHARED, REPORT_DAY, REPORT_BOTH, TABLE_FROM(160), "day this version was given"},
	{"last_day", "UNTIL", LEDGER_LAST, REPORT_DAY, REPORT_BOTH, 0, "its last day, by itself or by its agreement"},
	{"until", "OWN UNTIL", LEDGER_UNTIL, REPORT_DAY, REPORT_CSV, 0, "its last day by itself"},
	{"confirmed", "CONFIRMED", LEDGER_CONFIRMED, REPORT_DAY, REPORT_CSV, 0, "day it was last said to be needed"},
	{"ended", "ENDED", LEDGER_ENDED, REPORT_DAY, REPORT_BOTH, TABLE_FROM(90), "day it ended"},
	{"reason", "REASON", LEDGER_REASON, REPORT_TEXT, REPORT_CSV, TABLE_CUT, "why it ended"},
	{"agreement", "AGREEMENT", LEDGER_AGREEMENT, REPORT_TEXT, REPORT_BOTH, TABLE_CUT | TABLE_FROM(90), "the agreement it was made under"},
	{"purpose", "PURPOSE", LEDGER_PURPOSE, REPORT_TEXT, REPORT_BOTH, TABLE_CUT | TABLE_FROM(130), "what for"},
	{"items", "ITEMS", LEDGER_ITEMS, REPORT_TEXT, REPORT_CSV, TABLE_CUT, "what it is to reach, as ID:LEVEL:NAME"},
	{"channel", "CHANNEL", LEDGER_CHANNEL, REPORT_TEXT, REPORT_CSV, TABLE_CUT, "how it was handed over"},
	{NULL, NULL, 0, 0, 0, 0, NULL},
};

static int ledger_running(const struct vault_holder *h)
{
	return h->state == VAULT_HOLDER_CURRENT || h->state == VAULT_HOLDER_OUTDATED;
}

/* "ID:LEVEL:NAME", as share's --item takes it. */
static void ledger_items(const struct vault_give *g, struct report_cell *c)
{
	char one[3 * VAULT_MSG_MAX + 64];

	for (size_t i = 0; i < g->n_items; i++) {
		const struct vault_item *item = &g->items[i];

		snprintf(one, sizeof(one), "%s%s%s%s%s", item->id, item->level ? ":" : "", item->level ? item->level : "",
		         item->name ? ":" : "", item->name ? item->name : "");
		report_add(c, one);
	}
}

static void ledger_fact_day(const struct vault_holder *h, int id, struct report_cell *c)
{
	switch (id) {
	case LEDGER_SINCE:
		report_day(c, h->period->gives[0].date);
		break;
	case LEDGER_SHARED:
		report_day(c, h->give->date);
		break;
	case LEDGER_LAST:
		report_day(c, vault_holder_until(h, NULL));
		break;
	case LEDGER_UNTIL:
		report_day(c, h->until);
		break;
	case LEDGER_CONFIRMED:
		report_day(c, h->confirmed);
		break;
	default:
		report_day(c, ledger_running(h) ? VAULT_NO_DAY : h->period->ended);
	}
}

static void ledger_fact(const void *row, const void *about, int id, struct report_cell *c)
{
	const struct vault_holder *h = row;

	(void)about;
	switch (id) {
	case LEDGER_LABEL:
		report_text(c, h->token->label);
		break;
	case LEDGER_VENDOR:
		report_text(c, h->vendor->name);
		break;
	case LEDGER_TO:
		report_text(c, h->handover->to);
		break;
	case LEDGER_VERSION:
		report_int(c, h->give->version);
		break;
	case LEDGER_STATE:
		report_text(c, vault_holder_state_name(h->state));
		break;
	case LEDGER_REASON:
		report_text(c, ledger_running(h) ? NULL : h->period->reason);
		break;
	case LEDGER_AGREEMENT:
		report_text(c, h->give->agreement);
		break;
	case LEDGER_PURPOSE:
		report_text(c, h->give->purpose);
		break;
	case LEDGER_CHANNEL:
		report_text(c, h->give->channel);
		break;
	case LEDGER_ITEMS:
		ledger_items(h->give, c);
		break;
	default:
		ledger_fact_day(h, id, c);
	}
}

static int ledger_words(const void *row, const void *about, int id, struct report_cell *c)
{
	const struct vault_holder *h = row;
	int64_t today = *(const int64_t *)about, until;
	enum { LEDGER_WORDS = VAULT_LABEL_MAX + SHOW_WORDS };
	char *words;

	if (id == LEDGER_STATE) {
		report_words(c, vault_holder_state_name(h->state), ledger_tone(h->state));
		return 1;
	}
	if (id != LEDGER_LAST && (id != LEDGER_LABEL || !h->token->removed))
		return 0;
	words = report_room(c, LEDGER_WORDS);
	if (!words)
		return 1;
	if (id == LEDGER_LABEL) {
		snprintf(words, LEDGER_WORDS, "%s (removed)", h->token->label);
		report_words(c, words, TABLE_PLAIN);
		return 1;
	}
	until = vault_holder_until(h, NULL);
	if (ledger_running(h))
		report_words(c, show_day_cell(until, today, words),
		             until != VAULT_NO_DAY && until < today ? TABLE_BAD : TABLE_PLAIN);
	else
		report_words(c, vault_day_format(until, words), TABLE_PLAIN);
	return 1;
}

const struct report_of ledger_report = {.columns = ledger_columns, .fact = ledger_fact, .words = ledger_words};

void ledger_table(struct out *o, const struct vault_holder *h, size_t n, int64_t today)
{
	struct report r;

	report_plain(&ledger_report, &r);
	report_print(&r, o, h, n, sizeof(*h), &today);
}

void ledger_next(struct out *o, const struct vault_holder *h, size_t n)
{
	const struct vault_holder *best = NULL;
	char vendor[2 * VAULT_NAME_MAX];

	for (size_t i = 0; i < n; i++) {
		/* What an ended holder knows comes before what a running one lacks; of a removed token nothing can be done. */
		if (h[i].token->removed || h[i].state == VAULT_HOLDER_CURRENT || h[i].state == VAULT_HOLDER_ENDED)
			continue;
		if (!best || (best->state == VAULT_HOLDER_OUTDATED && h[i].state != VAULT_HOLDER_OUTDATED))
			best = &h[i];
	}
	if (!best)
		return;
	if (best->state == VAULT_HOLDER_ENDED_LIVE)
		out_next(o, "vault rotate %s, with a new token made in Smartsheet", best->token->label);
	else if (best->state == VAULT_HOLDER_ENDED_RETIRED)
		out_next(o, "revoke the old value in Smartsheet, then: vault check --retired %s", best->token->label);
	else
		out_next(o, "give them the new value (vault get %s), then: vault share %s --vendor %s --to %s", best->token->label,
		         best->token->label, vault_shell_word(best->vendor->name, vendor, sizeof(vendor)), best->handover->to);
}
