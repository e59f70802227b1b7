/* ledger.c - reading the ledger, and its table, for the commands about vendors and hand-overs. */
#include "ledger.h"

#include <stdio.h>
#include <string.h>

#include "args.h"
#include "show.h"
#include "table.h"

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

void ledger_table(struct out *o, const struct vault_holder *h, size_t n, int64_t today)
{
	/* On 80 columns who, what, since and until when; what there is no room for is in `vault show` and on a pipe. */
	static const struct table_column columns[] = {
		{"LABEL", 0, 0},
		{"VENDOR", 0, TABLE_CUT},
		{"TO", 0, TABLE_CUT},
		{"VER", 1, 0},
		{"STATE", 0, 0},
		{"SINCE", 0, 0},
		{"SHARED", 0, TABLE_FROM(160)},
		{"UNTIL", 0, 0},
		{"ENDED", 0, TABLE_FROM(90)},
		{"AGREEMENT", 0, TABLE_CUT | TABLE_FROM(90)},
		{"PURPOSE", 0, TABLE_CUT | TABLE_FROM(130)},
		{NULL, 0, 0},
	};
	struct table *t = table_new(columns);
	char day[VAULT_DAY_LEN], words[SHOW_WORDS], label[VAULT_LABEL_MAX + sizeof(" (removed)")];

	for (size_t i = 0; i < n; i++, h++) {
		int running = h->state == VAULT_HOLDER_CURRENT || h->state == VAULT_HOLDER_OUTDATED;
		int64_t until = vault_holder_until(h, NULL);

		table_line(t);
		snprintf(label, sizeof(label), "%s%s", h->token->label, h->token->removed ? " (removed)" : "");
		table_cell(t, label, TABLE_PLAIN);
		table_cell(t, h->vendor->name, TABLE_PLAIN);
		table_cell(t, h->handover->to, TABLE_PLAIN);
		table_cell_int(t, h->give->version);
		table_cell(t, vault_holder_state_name(h->state), ledger_tone(h->state));
		table_cell(t, vault_day_format(h->period->gives[0].date, day), TABLE_PLAIN);
		table_cell(t, vault_day_format(h->give->date, day), TABLE_PLAIN);
		table_cell(t, running ? show_day_cell(until, today, words) : vault_day_format(until, day),
		           running && until != VAULT_NO_DAY && until < today ? TABLE_BAD : TABLE_PLAIN);
		table_cell(t, vault_day_format(running ? VAULT_NO_DAY : h->period->ended, day), TABLE_PLAIN);
		table_cell(t, h->give->agreement, TABLE_PLAIN);
		table_cell(t, h->give->purpose, TABLE_PLAIN);
	}
	table_print(&t, o);
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
