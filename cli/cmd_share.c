/* cmd_share.c - vault share: records that a token was given to a person at a vendor, and says what that person can do
 * with it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apiopts.h"
#include "args.h"
#include "ledger.h"
#include "share_give.h"
#include "share_reach.h"
#include "show.h"

/* Smartsheet's documentation on API access, to the letter. */
#define SHARE_WARNING                                                                                                  \
	"If an unauthorized user gets a copy of this token, they will be able to access all Smartsheet data that you "   \
	"have access to, both to read and modify on your behalf."

struct share_work {
	const char *label, *vendor, *to;
	struct vault_give told;   /* on the command line */
	struct vault_give give;   /* what is recorded: that, and what stays as it was */
	struct vault_api_config api;
	int reach_said;           /* what it reaches was asked and said, and the safe way with it */
	/* As stored. */
	struct vault_token token;
	struct vault_vendor of;
	struct vault_handover handover;
	struct vault_verdicts verdicts;
	const struct vault_verdict *said, *seen; /* newest known; newest that says who it acts as */
	int checked_here;
};

static void share_forget_stored(struct share_work *w)
{
	vault_give_clear(&w->give);
	vault_token_clear(&w->token);
	vault_vendor_clear(&w->of);
	vault_handover_clear(&w->handover);
	vault_verdicts_clear(&w->verdicts);
	w->said = w->seen = NULL;
}

static void share_clear(struct share_work *w)
{
	vault_give_clear(&w->told);
	share_forget_stored(w);
}

/* What is said of a giving has no place where nothing is given. */
static enum vault_rc share_confirm_args(struct call *c, struct vault_err *err)
{
	static const struct {
		enum opt_id id;
		const char *name;
	} no[] = {{OPT_PURPOSE, "purpose"}, {OPT_ITEM, "item"}, {OPT_AGREEMENT, "agreement"}, {OPT_CHANNEL, "channel"}};

	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		if (args_flag(c->args, no[i].id))
			return args_usage(c->args, err, "--confirm hands nothing over: --%s is of a giving", no[i].name);
	return VAULT_OK;
}

static enum vault_rc share_args(struct call *c, struct share_work *w, struct vault_err *err)
{
	enum vault_rc rc;

	w->label = c->args->operands[0];
	rc = vault_label_check(w->label, err);
	if (rc == VAULT_OK)
		rc = ledger_vendor_option(c, 1, &w->vendor, err);
	if (rc == VAULT_OK && !args_flag(c->args, OPT_TO))
		rc = args_usage(c->args, err, "--to EMAIL is missing: the person %s",
		                args_flag(c->args, OPT_CONFIRM) ? "who still needs it" : "who is given it");
	if (rc == VAULT_OK && args_flag(c->args, OPT_CONFIRM))
		rc = share_confirm_args(c, err);
	if (rc == VAULT_OK)
		rc = args_email(c->args, OPT_TO, &w->to, err);
	if (rc == VAULT_OK)
		rc = share_give_args(c, &w->told, err);
	if (rc == VAULT_OK)
		rc = apiopts_read(c, &w->api, err);
	return rc;
}

/* What Smartsheet last said of the current value. */
static void share_last(struct share_work *w)
{
	const struct vault_version *now = vault_token_current(&w->token);

	w->said = vault_verdict_newest(&w->verdicts, &w->token, now->number, 1);
	for (size_t i = w->verdicts.n; i-- > 0 && !w->seen;) {
		const struct vault_verdict *e = &w->verdicts.v[i];

		if (e->has_identity && e->version == now->number &&
		    memcmp(e->token_id, w->token.id, VAULT_ID_LEN) == 0 &&
		    memcmp(e->commit, now->commit, VAULT_COMMIT_LEN) == 0)
			w->seen = e;
	}
}

static enum vault_rc share_give(struct call *c, struct session *s, struct share_work *w, struct vault_err *err)
{
	struct vault_handover before = {0};
	enum vault_rc rc = vault_handover_find(s->v, w->label, w->vendor, w->to, &before, err);

	if (rc == VAULT_OK)
		rc = share_give_keep(c, &w->told, &before, &w->give, err);
	if (rc == VAULT_OK)
		rc = vault_share(s->v, w->label, w->vendor, w->to, &w->give, &w->handover, err);
	vault_handover_clear(&before);
	return rc;
}

/* All of it in one write transaction: names first, then the rule, and nothing is kept where it refuses; or at all, without
 * `keep`. */
static enum vault_rc share_store(struct call *c, struct session *s, struct share_work *w, int keep, struct vault_err *err)
{
	enum vault_rc rc = vault_begin(s->v, VAULT_WRITE, err);

	if (rc == VAULT_OK && args_flag(c->args, OPT_CONFIRM))
		rc = vault_share_confirm(s->v, w->label, w->vendor, w->to, w->told.date, w->told.until, &w->handover, err);
	else if (rc == VAULT_OK)
		rc = share_give(c, s, w, err);
	if (rc == VAULT_OK)
		rc = vault_token_find(s->v, w->label, &w->token, err);
	if (rc == VAULT_OK)
		rc = vault_vendor_find(s->v, w->vendor, &w->of, err);
	if (rc == VAULT_OK)
		rc = vault_verdict_all(s->v, &w->verdicts, &w->checked_here, err);
	if (rc == VAULT_OK) {
		share_last(w);
		if (w->seen && w->seen->identity.admin == 1 && !args_flag(c->args, OPT_FORCE) &&
		    !args_flag(c->args, OPT_CONFIRM))
			rc = vault_err_set(err, VAULT_REFUSED,
			                   "%s acts as %s, a system admin: whoever has it acts on the whole organisation; share a "
			                   "dedicated user's token that sees only the sheets in question, or insist with --force",
			                   w->label, w->seen->identity.email ? w->seen->identity.email : w->token.account);
	}
	if (rc == VAULT_OK && keep)
		rc = vault_commit(s->v, err);
	vault_end(s->v);
	return rc;
}

/* What it reaches, said before it is recorded. First it is recorded and dropped, so that what would be refused costs no
 * question. */
static enum vault_rc share_ask(struct call *c, struct session *s, struct share_work *w, struct vault_err *err)
{
	enum vault_rc rc = share_store(c, s, w, 0, err);

	if (rc == VAULT_OK)
		rc = share_reach(c, s, &w->api, &w->token, &w->give, &w->reach_said, err);
	share_forget_stored(w);
	return rc;
}

/* In plain words, from what the last check saw. */
static void share_explain(struct out *o, const struct share_work *w, int64_t today)
{
	const struct vault_identity *i = w->seen ? &w->seen->identity : NULL;
	const char *who = i && i->email ? i->email : w->token.account;
	char when[SHOW_WORDS];

	if (i) {
		out_note(o, "whoever has it acts as %s (checked %s): reads and changes everything that user can, nothing more; a raw "
		            "token has no scopes", who, show_when(vault_day_of(w->seen->checked), today, when));
	} else {
		out_note(o, "whom %s acts as was never checked%s: run `vault check %s` before it is handed over", w->label,
		         w->checked_here ? "" : " here", w->label);
		out_note(o, "whoever has it acts as its user: reads and changes everything that user can, nothing more; a raw "
		            "token has no scopes");
	}
	if (i && i->admin == 1)
		out_note(o, "that user is a system admin: the holder acts on the whole organisation, and as any of its users");
	if (i && i->group_admin == 1)
		out_note(o, "that user is a group admin: the holder may make, change and delete groups, and so who sees what");
	if (w->said && w->said->result != VAULT_VALID)
		out_note(o, "Smartsheet said %s of it %s: it may not work", vault_result_name(w->said->result),
		         show_when(vault_day_of(w->said->checked), today, when));
	out_note(o, "Smartsheet's own warning: %s", SHARE_WARNING);
	if (!w->reach_said)
		out_note(o, "the safe way is a dedicated licensed user that sees only the sheets in question; free its license when "
		            "the work ends");
}

static void share_json(struct call *c, const struct session *s, const struct share_work *w, const struct vault_give *g)
{
	int64_t today = vault_today(s->v);
	struct vault_json *items = NULL;
	struct vault_holder h = {0};

	if (!ledger_holder(&w->token, &w->of, &w->handover, g->date > today ? g->date : today, &h))
		return;
	items = vault_json_array();
	vault_json_add(items, show_holder(&h));
	out_json(c->out, "share", vault_now(s->v), &items);
}

/* Nothing was handed over, so nothing is explained; but confirming what is no longer theirs alone is said. */
static void share_confirmed(struct call *c, const struct share_work *w, int64_t today)
{
	const struct vault_period *p = &w->handover.periods[w->handover.n_periods - 1];
	const struct vault_give *g = &p->gives[p->n_gives - 1];
	const struct vault_holder holder = {.vendor = &w->of, .give = g, .until = g->until};
	const struct vault_agreement *agreement = NULL;
	int64_t until = vault_holder_until(&holder, &agreement);
	char day[VAULT_DAY_LEN], when[SHOW_WORDS], vendor[2 * VAULT_NAME_MAX], ref[VAULT_MSG_MAX / 2],
		word[VAULT_MSG_MAX / 2];

	out_note(c->out, "confirmed on %s: %s of %s still needs version %lu of %s%s%s", vault_day_format(p->confirmed, day),
	         w->handover.to, w->of.name, (unsigned long)g->version, w->label, until != VAULT_NO_DAY ? ", until " : "",
	         show_day_when(until, today, when));
	if (agreement && until < today) {
		snprintf(ref, sizeof(ref), "%s:DATE", agreement->ref);
		out_next(c->out, "agreement %s is past and it stays due: vault vendor edit %s --add-agreement %s, or vault unshare %s",
		         agreement->ref, vault_shell_word(w->of.name, vendor, sizeof(vendor)),
		         vault_shell_word(ref, word, sizeof(word)), w->label);
	} else if (until != VAULT_NO_DAY && until < today)
		out_next(c->out, "that day is past and it stays due: the same with --until DATE, or vault unshare %s --vendor %s --to %s",
		         w->label, vault_shell_word(w->of.name, vendor, sizeof(vendor)), w->handover.to);
	else if (g->version != vault_token_current(&w->token)->number)
		out_next(c->out, "that value was replaced; once they have the new one: vault share %s --vendor %s --to %s", w->label,
		         vault_shell_word(w->of.name, vendor, sizeof(vendor)), w->handover.to);
}

/* The first day that the person was given a version, this last giving apart; VAULT_NO_DAY: never. */
static int64_t share_known(const struct vault_handover *h, uint32_t version)
{
	int64_t first = VAULT_NO_DAY;

	for (size_t i = 0; i < h->n_periods; i++) {
		const struct vault_period *p = &h->periods[i];
		size_t n = p->n_gives - (i == h->n_periods - 1);

		for (size_t k = 0; k < n && !p->never_given; k++)
			if (p->gives[k].version == version && (first == VAULT_NO_DAY || p->gives[k].date < first))
				first = p->gives[k].date;
	}
	return first;
}

/* Given to somebody who was given it before: which values they know is what has to die one day. */
static void share_again(struct out *o, const struct share_work *w, const struct vault_give *g)
{
	int64_t same = share_known(&w->handover, g->version);
	char list[400] = "", day[VAULT_DAY_LEN];
	size_t n = 0, len = 0, last = 0;

	for (size_t i = 0; i < w->token.n_versions; i++) {
		const struct vault_version *v = &w->token.versions[i];

		if (v->number == g->version || v->status == VAULT_DEAD ||
		    share_known(&w->handover, v->number) == VAULT_NO_DAY || len + 20 > sizeof(list))
			continue;
		last = len;
		len += (size_t)snprintf(list + len, sizeof(list) - len, "%s%lu", n++ ? ", " : "", (unsigned long)v->number);
	}
	if (same != VAULT_NO_DAY)
		out_note(o, "they have had version %lu since %s", (unsigned long)g->version, vault_day_format(same, day));
	if (n == 1)
		out_note(o, "they now hold version %lu; they knew version %s before, which is not proved dead",
		         (unsigned long)g->version, list);
	else if (n > 1)
		out_note(o, "they now hold version %lu; they knew versions %.*s and %s before, which are not proved dead",
		         (unsigned long)g->version, (int)last, list, list + last + 2);
}

static void share_past(struct out *o, const struct share_work *w, const struct vault_give *g, int64_t today)
{
	const struct vault_holder holder = {.vendor = &w->of, .give = g, .until = g->until};
	const struct vault_agreement *agreement = NULL;
	int64_t until = vault_holder_until(&holder, &agreement);
	char day[VAULT_DAY_LEN];

	if (until == VAULT_NO_DAY || until >= today)
		return;
	if (agreement)
		out_note(o, "agreement %s ended on %s: it is due at once", agreement->ref, vault_day_format(until, day));
	else
		out_note(o, "its last day, %s, is past: it is due at once", vault_day_format(until, day));
}

static void share_print(struct call *c, struct session *s, const struct share_work *w)
{
	const struct vault_period *p = &w->handover.periods[w->handover.n_periods - 1];
	const struct vault_give *g = &p->gives[p->n_gives - 1];
	int64_t today = vault_today(s->v);
	char day[VAULT_DAY_LEN];

	if (c->out->json)
		share_json(c, s, w, g);
	if (args_flag(c->args, OPT_CONFIRM)) {
		share_confirmed(c, w, today);
		return;
	}
	out_note(c->out, "recorded: version %lu of %s was given to %s of %s on %s", (unsigned long)g->version, w->label,
	         w->handover.to, w->of.name, vault_day_format(g->date, day));
	share_again(c->out, w, g);
	share_give_kept(c, &w->told, &w->handover);
	share_past(c->out, w, g, today);
	share_explain(c->out, w, today);
	if (!w->seen)
		out_next(c->out, "vault check %s", w->label);
	else
		out_next(c->out, "vault get %s, and send the value by a safe way; vault due says when it is to be taken back", w->label);
}

static enum vault_rc share_run(struct call *c, struct vault_err *err)
{
	struct session s = {0};
	struct share_work w = {0};
	enum vault_rc rc = share_args(c, &w, err);

	if (rc == VAULT_OK)
		rc = session_open(c, &s, err);
	if (rc == VAULT_OK && !args_flag(c->args, OPT_CONFIRM) && !args_flag(c->args, OPT_NO_EXPOSURE))
		rc = share_ask(c, &s, &w, err);
	if (rc == VAULT_OK)
		rc = share_store(c, &s, &w, 1, err);
	if (rc == VAULT_OK)
		share_print(c, &s, &w);
	share_clear(&w);
	session_close(&s);
	return rc;
}

static const struct command_option share_options[] = {
	{OPT_VENDOR, 0, "vendor", "NAME", 0, "the vendor it is given to"},
	{OPT_TO, 0, "to", "EMAIL", 0, "the person there"},
	{OPT_PURPOSE, 0, "purpose", "TEXT", 0, "what for"},
	{OPT_ITEM, 0, "item", "ID[:LEVEL[:NAME]]", 1, "a sheet or the like it is meant for; as often as needed"},
	{OPT_AGREEMENT, 0, "agreement", "REF", 0, "the agreement it is given under"},
	{OPT_UNTIL, 0, "until", "DATE", 0, "the last day it is needed"},
	{OPT_CHANNEL, 0, "channel", "TEXT", 0, "how it was handed over"},
	{OPT_DATE, 0, "date", "DATE", 0, "the day it was given (today)"},
	{OPT_CONFIRM, 0, "confirm", NULL, 0, "they still need what they have; with --until longer; nothing is given"},
	{OPT_NO_EXPOSURE, 0, "no-exposure", NULL, 0, "do not ask Smartsheet what it reaches"},
	{OPT_FORCE, 0, "force", NULL, 0, "also a system admin's token"},
	APIOPTS_ROWS,
	{0, 0, NULL, NULL, 0, NULL},
};

const struct command cmd_share = {
	.name = "share",
	.purpose = "record that a token is given to somebody outside",
	.operands = "LABEL",
	.min_operands = 1,
	.max_operands = 1,
	.options = share_options,
	.run = share_run,
	.day = 1,
};
