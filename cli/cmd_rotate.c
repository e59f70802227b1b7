/* vault rotate: a new value becomes current. Smartsheet is asked first whose it is, so that a typing mistake or another
 * user's token does not take the place of one that works; and whether the old one works, for what was never seen to work
 * can never be proved dead. */
#include <stdio.h>
#include <string.h>

#include <vault/token.h>

#include "apiopts.h"
#include "args.h"
#include "command.h"
#include "facts.h"
#include "interrupt.h"
#include "out.h"
#include "prompt.h"
#include "session.h"
#include "show.h"
#include "tty.h"

static const struct command_option rotate_options[] = {
        {OPT_SMARTSHEET_NAME, 0, "smartsheet-name", "NAME", 0, "the new value's name in Smartsheet's list"},
        {OPT_DATE, 0, "date", "DATE", 0, "day it was generated (today)"},
        {OPT_OLD_REVOKED, 0, "old-revoked", "DATE", 0, "the old one was revoked in Smartsheet on this day"},
        {OPT_UNCHECKED, 0, "unchecked", NULL, 0, "do not ask Smartsheet whose it is"},
        APIOPTS_ROWS,
        {0, 0, NULL, NULL, 0, NULL},
};

struct rotate_run {
	struct vault_api_config api;
	struct vault_rotation how;
	struct facts f;
	const struct vault_token *t; /* as it was, of the facts */
	struct vault_secret *value;
	struct vault_verdict verdict, old_verdict;
	struct vault_holders holders;
};

static const struct vault_version *rotate_old(const struct rotate_run *r)
{
	return vault_token_current(r->t);
}

static enum vault_rc rotate_read(struct call *c, struct rotate_run *r, struct vault_err *err)
{
	const struct args *a = c->args;
	enum vault_rc rc = vault_label_check(a->operands[0], err);

	r->how.date = r->how.old_revoked = VAULT_NO_DAY;
	r->how.unchecked = args_flag(a, OPT_UNCHECKED);
	if (rc == VAULT_OK)
		rc = args_text(a, OPT_SMARTSHEET_NAME, &r->how.smartsheet_name, err);
	if (rc == VAULT_OK)
		rc = args_day(a, OPT_DATE, &r->how.date, err);
	if (rc == VAULT_OK)
		rc = args_day(a, OPT_OLD_REVOKED, &r->how.old_revoked, err);
	if (rc == VAULT_OK)
		rc = apiopts_read(c, &r->api, err);
	if (r->how.smartsheet_name && !*r->how.smartsheet_name)
		r->how.smartsheet_name = NULL;
	return rc;
}

static enum vault_rc rotate_value(struct call *c, struct rotate_run *r, struct vault_err *err)
{
	char text[VAULT_LABEL_MAX + 40];
	enum vault_rc rc;
	int odd = 0;

	snprintf(text, sizeof(text), "New value of %s: ", r->t->label);
	rc = prompt_value(c, text, &r->value, err);
	if (rc == VAULT_OK)
		rc = vault_value_clean(r->value, &odd, err);
	if (rc == VAULT_OK && odd)
		out_note(c->out, "a raw token has 37 characters, an older one 26; this one has %zu: is it whole?",
		         vault_secret_len(r->value));
	return rc;
}

/* What the library would refuse, a value that is stored already or a day that cannot be, is found out before Smartsheet
 * is asked: it is done, and dropped. */
static enum vault_rc rotate_rehearse(struct session *s, struct rotate_run *r, struct vault_err *err)
{
	enum vault_rc rc = vault_begin(s->v, VAULT_WRITE, err);

	r->how.expected = rotate_old(r)->number;
	if (rc == VAULT_OK)
		rc = vault_token_rotate(s->v, r->t->label, r->value, &r->how, NULL, err);
	vault_end(s->v);
	return rc;
}

static enum vault_rc rotate_same_user(struct call *c, struct rotate_run *r, struct vault_err *err)
{
	struct vault_verdicts earlier = {0};
	struct vault_drifts drifts = {0};
	enum vault_rc rc;

	if (!r->verdict.has_identity) {
		out_note(c->out, "the new value works, but Smartsheet does not say as whom");
		return VAULT_OK;
	}
	if (r->f.f.verdicts)
		earlier = r->f.verdicts; /* borrowed */
	rc = vault_drift_find(r->t, &earlier, &r->verdict, &drifts, err);
	for (size_t i = 0; rc == VAULT_OK && i < drifts.n; i++)
		if (vault_drift_is_identity(&drifts.d[i]))
			rc = vault_err_set(err, VAULT_REFUSED,
			                   "nothing was changed, the new value is somebody else's: %s",
			                   drifts.d[i].message);
	for (size_t i = 0; rc == VAULT_OK && i < drifts.n; i++)
		out_note(c->out, "%s: %s", r->t->label, drifts.d[i].message);
	r->verdict.drift = vault_drifts_text(&drifts);
	vault_drifts_clear(&drifts);
	return rc;
}

static void rotate_progress(void *ctx, size_t done, size_t n)
{
	out_progress(ctx, "asked Smartsheet about %zu of %zu", done, n);
}

/* In no transaction. 11 where it could not be asked, 1 where the answer is not the one wanted: nothing is changed. What
 * comes of the old value refuses nothing. */
static enum vault_rc rotate_ask(struct call *c, struct session *s, struct rotate_run *r, struct vault_err *err)
{
	const struct vault_check_target old = {.token = r->t, .version = rotate_old(r)->number};
	const struct vault_verdict *v = &r->verdict;
	int asked_old = 0;
	enum vault_rc rc;

	tty_release();
	interrupt_begin(&r->api);
	rc = vault_probe(s->v, &r->api, r->value, &old, rotate_progress, c->out, &r->verdict, &r->old_verdict,
	                 &asked_old, err);
	interrupt_end(&r->api);
	out_progress_end(c->out);
	if (rc != VAULT_OK)
		return rc;
	memcpy(r->verdict.token_id, r->t->id, VAULT_ID_LEN);
	r->verdict.version = rotate_old(r)->number + 1;
	r->how.old_verdict = asked_old ? &r->old_verdict : NULL;
	if (v->result == VAULT_UNKNOWN)
		return vault_err_set(
		        err, VAULT_UNASKED,
		        "nothing was changed, Smartsheet could not be asked (%s): try again, or --unchecked",
		        v->message ? v->message : "no answer");
	if (v->result != VAULT_VALID)
		return vault_err_set(err, VAULT_REFUSED,
		                     "nothing was changed, %s says the new value is %s (HTTP %lld, code %lld%s%s)",
		                     v->base ? v->base : "Smartsheet", vault_result_name(v->result),
		                     (long long)v->http_status, (long long)v->error_code, v->message ? ": " : "",
		                     v->message ? v->message : "");
	r->how.verdict = &r->verdict;
	return rotate_same_user(c, r, err);
}

/* The ledger as it was before: everybody in it holds a value that is now old. */
static int rotate_gets(const struct rotate_run *r, size_t i)
{
	return r->holders.h[i].token == r->t;
}

static int rotate_refused(const struct vault_verdict *v)
{
	return v && (v->result == VAULT_INVALID || v->result == VAULT_EXPIRED || v->result == VAULT_REVOKED);
}

/* Whether the old value can be proved dead: was it, or is it now, valid where it would be asked? */
static int rotate_provable(const struct rotate_run *r)
{
	const char *base = vault_api_base(&r->api, r->t->region);

	return (r->how.old_verdict && r->how.old_verdict->result == VAULT_VALID) ||
	       vault_check_can_prove(&r->f.verdicts, rotate_old(r)->commit, base);
}

static void rotate_json(struct call *c, const struct session *s, const struct rotate_run *r,
                        const struct vault_token *now)
{
	struct vault_json *items = vault_json_array(), *give = vault_json_array();
	const struct vault_version *old = rotate_old(r);
	const struct vault_verdict *v = r->how.verdict;
	struct vault_json *j;
	size_t n = 0;

	for (size_t i = 0; i < r->holders.n; i++) {
		if (!rotate_gets(r, i))
			continue;
		j = vault_json_object();
		vault_json_set_str(j, "vendor", r->holders.h[i].vendor->name);
		vault_json_set_str(j, "to", r->holders.h[i].handover->to);
		vault_json_set_int(j, "version", r->holders.h[i].give->version);
		vault_json_add(give, j);
		n++;
	}
	j = show_token(now, v, v, n, NULL);
	vault_json_set_int(j, "old_version", old->number);
	vault_json_set_str(j, "old_smartsheet_name", old->smartsheet_name);
	show_set_verdict(j, "old_verdict", r->how.old_verdict);
	vault_json_set(j, "give_to", give);
	vault_json_add(items, j);
	out_json(c->out, "rotate", vault_now(s->v), &items);
}

/* Where the old value is to be revoked, and which of that list it is. */
static void rotate_where(struct out *o, const struct rotate_run *r, const struct vault_token *now)
{
	static const char place[] = "Smartsheet > Personal Settings > API Access";
	const struct vault_version *old = rotate_old(r);
	char day[VAULT_DAY_LEN], text[2 * VAULT_MSG_MAX];

	if (old->smartsheet_name)
		snprintf(text, sizeof(text),
		         "The old value works until it is revoked: %s, as %s, the token named \"%s\".", place,
		         now->account, old->smartsheet_name);
	else
		snprintf(text, sizeof(text),
		         "The old value works until it is revoked: %s, as %s. Its name there was never recorded: look "
		         "for "
		         "the one made on %s, neither the new one nor another that `vault list --account %s` shows.",
		         place, now->account, vault_day_format(old->created, day), now->account);
	out_field(o, "", 0, text);
	if (old->smartsheet_name || vault_token_current(now)->smartsheet_name)
		return;
	snprintf(text, sizeof(text),
	         "So that the next one is easier to find: vault edit %s --smartsheet-name NAME records the "
	         "new value's name.",
	         now->label);
	out_field(o, "", 0, text);
}

static void rotate_text(struct call *c, const struct rotate_run *r, const struct vault_token *now)
{
	struct out *o = c->out;
	char day[VAULT_DAY_LEN];
	int any = 0;

	out_printf(o, "%s: version %u is current, version %u is retired\n", now->label,
	           vault_token_current(now)->number, rotate_old(r)->number);
	for (size_t i = 0; i < r->holders.n; i++) {
		if (!rotate_gets(r, i))
			continue;
		if (!any++)
			out_printf(o, "Give the new value to:\n");
		out_printf(o, "  %s at %s\n", r->holders.h[i].handover->to, r->holders.h[i].vendor->name);
	}
	if (!any)
		out_printf(o, "Nobody outside has to be given the new value.\n");
	if (r->how.old_revoked != VAULT_NO_DAY)
		out_printf(o, "The old value was revoked on %s, as you say.\n",
		           vault_day_format(r->how.old_revoked, day));
	else if (rotate_refused(r->how.old_verdict))
		out_printf(o, "The old value does not work any more: Smartsheet says %s.\n",
		           vault_result_name(r->how.old_verdict->result));
	else
		rotate_where(o, r, now);
}

/* What was never seen to work cannot be proved dead, and whoever knows it keeps the token due for ever: the time to see it
 * work is before it is revoked. */
static void rotate_unproved(struct out *o, const struct rotate_run *r, const struct vault_token *now)
{
	const struct vault_verdict *v = r->how.old_verdict;

	if (rotate_refused(v))
		out_note(o,
		         "the old value was never seen to work, and Smartsheet says %s: it cannot be proved dead, and "
		         "stays retired",
		         vault_result_name(v->result));
	else if (v)
		out_note(o,
		         "the old value could not be seen to work (%s): it cannot be proved dead later, unless `vault "
		         "check "
		         "--retired %s` finds it valid before it is revoked",
		         v->message ? v->message : vault_result_name(v->result), now->label);
	else
		out_note(o,
		         "the old value was never seen to work: it cannot be proved dead later, unless `vault check "
		         "--retired "
		         "%s` finds it valid before it is revoked",
		         now->label);
}

static void rotate_tell(struct call *c, const struct session *s, const struct rotate_run *r,
                        const struct vault_token *now)
{
	if (c->out->json)
		rotate_json(c, s, r, now);
	else
		rotate_text(c, r, now);
	if (r->how.unchecked)
		out_note(c->out, "unchecked: it stays due until vault check %s has asked Smartsheet", now->label);
	if (!rotate_old(r)->has_value) {
		out_next(c->out, "vault check %s", now->label);
		return;
	}
	if (rotate_provable(r)) {
		out_next(c->out, "vault check --retired %s, which proves the old value dead once it is revoked",
		         now->label);
		return;
	}
	rotate_unproved(c->out, r, now);
	if (rotate_refused(r->how.old_verdict))
		out_next(c->out, "vault show %s", now->label);
	else
		out_next(c->out, "vault check --retired %s, before the old value is revoked", now->label);
}

static enum vault_rc rotate_write(struct session *s, struct rotate_run *r, struct vault_token *now,
                                  struct vault_err *err)
{
	enum vault_rc rc = vault_begin(s->v, VAULT_WRITE, err);

	if (rc == VAULT_OK)
		rc = vault_token_rotate(s->v, r->t->label, r->value, &r->how, now, err);
	if (rc == VAULT_OK)
		rc = vault_commit(s->v, err);
	vault_end(s->v);
	return rc;
}

static enum vault_rc rotate_run(struct call *c, struct vault_err *err)
{
	struct vault_token now = {0};
	struct rotate_run r = {0};
	struct session s = {0};
	enum vault_rc rc;

	rc = rotate_read(c, &r, err);
	if (rc == VAULT_OK)
		rc = session_open(c, &s, err);
	if (rc == VAULT_OK)
		rc = facts_load(c, &s, &r.f, err);
	if (rc == VAULT_OK)
		rc = session_want_admin(&s, err);
	if (rc == VAULT_OK)
		rc = facts_token(&s, &r.f, c->args->operands[0], &r.t, err);
	if (rc == VAULT_OK)
		rc = vault_holders_at(&r.f.f, r.f.f.today, 0, &r.holders, err);
	if (rc == VAULT_OK)
		rc = rotate_value(c, &r, err);
	if (rc == VAULT_OK)
		rc = rotate_rehearse(&s, &r, err);
	if (rc == VAULT_OK && !r.how.unchecked)
		rc = rotate_ask(c, &s, &r, err);
	if (rc == VAULT_OK)
		rc = rotate_write(&s, &r, &now, err);
	if (rc == VAULT_OK)
		rotate_tell(c, &s, &r, &now);
	vault_secret_free(&r.value);
	vault_verdict_clear(&r.verdict);
	vault_verdict_clear(&r.old_verdict);
	vault_holders_clear(&r.holders);
	facts_clear(&r.f);
	vault_token_clear(&now);
	session_close(&s);
	return rc;
}

const struct command cmd_rotate = {
        .name = "rotate",
        .purpose = "put a new value in a token's place",
        .operands = "LABEL",
        .min_operands = 1,
        .max_operands = 1,
        .options = rotate_options,
        .run = rotate_run,
        .day = 1,
};
