/* cmd_unshare.c - vault unshare: ends a hand-over, and says that this makes nobody forget. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "ledger.h"
#include "show.h"

struct unshare_work {
	const char *label, *vendor, *to, *reason;
	int64_t date;
	unsigned flags;
	struct vault_token token;
	struct vault_vendor of;
	struct vault_handovers ended;
};

static enum vault_rc unshare_args(struct call *c, struct unshare_work *w, struct vault_err *err)
{
	enum vault_rc rc = vault_label_check(c->args->operands[0], err);

	w->label = c->args->operands[0];
	w->date = VAULT_NO_DAY;
	w->flags = args_flag(c->args, OPT_NEVER_GIVEN) ? VAULT_NEVER_GIVEN : 0;
	if (rc == VAULT_OK)
		rc = ledger_vendor_option(c, 1, &w->vendor, err);
	if (rc == VAULT_OK)
		rc = args_email(c->args, OPT_TO, &w->to, err);
	if (rc == VAULT_OK)
		rc = args_day(c->args, OPT_DATE, &w->date, err);
	if (rc == VAULT_OK)
		rc = args_text(c->args, OPT_REASON, &w->reason, err);
	return rc;
}

static int unshare_order(const void *a, const void *b)
{
	return strcmp(((const struct vault_handover *)a)->to, ((const struct vault_handover *)b)->to);
}

static enum vault_rc unshare_store(struct session *s, struct unshare_work *w, struct vault_err *err)
{
	enum vault_rc rc = vault_begin(s->v, VAULT_WRITE, err);

	if (rc == VAULT_OK)
		rc = vault_unshare(s->v, w->label, w->vendor, w->to, w->date, w->reason, w->flags, &w->ended, err);
	if (rc == VAULT_OK)
		rc = vault_token_find(s->v, w->label, &w->token, err);
	if (rc == VAULT_OK)
		rc = vault_vendor_find(s->v, w->vendor, &w->of, err);
	if (rc == VAULT_OK)
		rc = vault_commit(s->v, err);
	vault_end(s->v);
	/* They come in the order of their tags, which says nothing to anybody. */
	if (rc == VAULT_OK)
		qsort(w->ended.h, w->ended.n, sizeof(*w->ended.h), unshare_order);
	return rc;
}

/* Of several givings in one stretch all were a mistake then: that is said, because it is more than the last one. */
static const char *unshare_since(const struct vault_handover *h, char out[80])
{
	const struct vault_period *p = &h->periods[h->n_periods - 1];
	char day[VAULT_DAY_LEN];

	*out = '\0';
	if (p->n_gives > 1)
		snprintf(out, 80, " (none of the %zu times since %s)", p->n_gives, vault_day_format(p->gives[0].date, day));
	return out;
}

static void unshare_print(struct call *c, struct session *s, const struct unshare_work *w)
{
	struct vault_json *items = c->out->json ? vault_json_array() : NULL;
	int64_t today = vault_today(s->v);
	int live = 0, retired = 0;
	char day[VAULT_DAY_LEN], since[80];

	for (size_t i = 0; i < w->ended.n; i++) {
		const struct vault_handover *o = &w->ended.h[i];
		int64_t ended = o->periods[o->n_periods - 1].ended;
		struct vault_holder h = {0};

		if (!ledger_holder(&w->token, &w->of, o, ended > today ? ended : today, &h))
			continue;
		live |= h.state == VAULT_HOLDER_ENDED_LIVE;
		retired |= h.state == VAULT_HOLDER_ENDED_RETIRED;
		if (items)
			vault_json_add(items, show_holder(&h));
		if (w->flags & VAULT_NEVER_GIVEN)
			out_note(c->out, "recorded: %s of %s was never given %s%s", o->to, w->of.name, w->label, unshare_since(o, since));
		else
			out_note(c->out, "ended: %s of %s, on %s", o->to, w->of.name, vault_day_format(ended, day));
	}
	if (items)
		out_json(c->out, "unshare", vault_now(s->v), &items);
	if (!(w->flags & VAULT_NEVER_GIVEN))
		out_note(c->out, "a user of the vendor's own that is shared on sheets or workspaces stays so, that outlives the "
		                 "token: unshare it in Smartsheet");
	if (!live && !retired)
		return;
	if (w->flags & VAULT_NEVER_GIVEN)
		out_note(c->out, "an earlier hand-over stays: what they were given then they know");
	out_note(c->out, "taking it back makes nobody forget it: %s is due now, until what they know is rotated, revoked at "
	                 "Smartsheet and proved dead", w->label);
	if (live)
		out_next(c->out, "vault rotate %s, with a new token made in Smartsheet", w->label);
	else
		out_next(c->out, "revoke the old value in Smartsheet, then: vault check --retired %s", w->label);
}

static enum vault_rc unshare_run(struct call *c, struct vault_err *err)
{
	struct session s = {0};
	struct unshare_work w = {0};
	enum vault_rc rc = unshare_args(c, &w, err);

	if (rc == VAULT_OK)
		rc = session_open(c, &s, err);
	if (rc == VAULT_OK)
		rc = unshare_store(&s, &w, err);
	if (rc == VAULT_OK)
		unshare_print(c, &s, &w);
	vault_token_clear(&w.token);
	vault_vendor_clear(&w.of);
	vault_handovers_clear(&w.ended);
	session_close(&s);
	return rc;
}

static const struct command_option unshare_options[] = {
	{OPT_VENDOR, 0, "vendor", "NAME", 0, "the vendor that has it"},
	{OPT_TO, 0, "to", "EMAIL", 0, "the person there (everyone there)"},
	{OPT_NEVER_GIVEN, 0, "never-given", NULL, 0, "it was recorded by mistake: nobody there knows the value"},
	{OPT_REASON, 0, "reason", "TEXT", 0, "why"},
	{OPT_DATE, 0, "date", "DATE", 0, "the day it ended (today)"},
	{0, 0, NULL, NULL, 0, NULL},
};

const struct command cmd_unshare = {
	.name = "unshare",
	.purpose = "end a hand-over",
	.operands = "LABEL",
	.min_operands = 1,
	.max_operands = 1,
	.options = unshare_options,
	.run = unshare_run,
	.day = 1,
};
