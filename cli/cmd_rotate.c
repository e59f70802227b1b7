/* vault rotate: a new value becomes current. Smartsheet is asked first whose it is, so that a typing mistake or another
 * user's token does not take the place of one that works; and whether the old one works, for what was never seen to work
 * can never be proved dead. */
#include <stdio.h>
#include <string.h>

#include "apiopts.h"
#include "args.h"
#include "interrupt.h"
#include "out.h"
#include "prompt.h"
#include "rotate.h"
#include "tty.h"

static const struct command_option rotate_options[] = {
        {OPT_SMARTSHEET_NAME, 0, "smartsheet-name", "NAME", 0, "the new value's name in Smartsheet's list"},
        {OPT_DATE, 0, "date", "DATE", 0, "day it was generated (today)"},
        {OPT_OLD_REVOKED, 0, "old-revoked", "DATE", 0, "the old one was revoked in Smartsheet on this day"},
        {OPT_REVOKE_OLD, 0, "revoke-old", NULL, 0, "ask Smartsheet to revoke the old one, then prove it dead"},
        {OPT_UNCHECKED, 0, "unchecked", NULL, 0, "do not ask Smartsheet whose it is"},
        APIOPTS_ROWS,
        {0, 0, NULL, NULL, 0, NULL},
};

static enum vault_rc rotate_read(struct call *c, struct rotate_run *r, struct vault_err *err)
{
	const struct args *a = c->args;
	enum vault_rc rc = vault_label_check(a->operands[0], err);

	r->how.date = r->how.old_revoked = VAULT_NO_DAY;
	r->how.unchecked = args_flag(a, OPT_UNCHECKED);
	r->revoke_old = args_flag(a, OPT_REVOKE_OLD);
	/* Who revokes the one value that is known to work must know of another that does. */
	if (rc == VAULT_OK && r->revoke_old && r->how.unchecked)
		rc = args_usage(a, err, "--revoke-old asks whose the new value is first: not with --unchecked");
	if (rc == VAULT_OK && r->revoke_old && args_flag(a, OPT_OLD_REVOKED))
		rc = args_usage(a, err, "--revoke-old or --old-revoked DATE, not both");
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

/* The rotation stands, whatever comes of this: what goes wrong is said (r->unrevoked), and is the status. Only a value that
 * can be proved dead is revoked for the asking: of another nobody could ever tell that it is. */
static enum vault_rc rotate_revoke(struct session *s, struct rotate_run *r, const struct vault_token *now)
{
	const struct vault_check_target old = {.token = now, .version = rotate_old(r)->number};
	struct vault_verdict said = {0};
	struct vault_verdicts earlier = {0};
	struct vault_err *why = &r->unrevoked;
	char text[VAULT_MSG_MAX];
	enum vault_rc rc = VAULT_OK;

	if (!rotate_provable(r))
		return vault_err_set(why, VAULT_FINDINGS, "Smartsheet was not asked to revoke the old value, which could not be seen to work: "
		                     "its death could not be proved");
	if (!rotate_refused(r->how.old_verdict))
		rc = vault_revoke(s->v, &r->api, &old, &said, why);
	if (rc == VAULT_OK && said.result != VAULT_VALID && !rotate_refused(r->how.old_verdict))
		(void)vault_err_set(why, VAULT_FINDINGS, "Smartsheet did not revoke the old value (%s): revoke it by hand",
		                    said.message ? said.message : vault_result_name(said.result));
	/* Its word is no proof: what says that the value is dead is the value itself. */
	if (rc == VAULT_OK)
		rc = vault_verdict_all(s->v, &earlier, NULL, why);
	if (rc == VAULT_OK)
		rc = vault_check(s->v, &r->api, &old, 1, &earlier, NULL, NULL, &r->proof, why);
	if (rc == VAULT_OK && rotate_died(r))
		vault_err_clear(why);
	else if (rc == VAULT_OK && r->proof.r[0].verdict.result == VAULT_UNKNOWN)
		rc = vault_err_set(why, VAULT_UNASKED, "rotated; but whether the old value is dead could not be asked (%s): vault check --retired %s",
		                   r->proof.r[0].verdict.message ? r->proof.r[0].verdict.message : "no answer", now->label);
	else if (rc == VAULT_OK && why->rc == VAULT_OK)
		rc = vault_err_set(why, VAULT_FINDINGS, "Smartsheet said that it revoked the old value, and it is not proved dead: it says %s of it",
		                   vault_result_name(r->proof.r[0].verdict.result));
	else if (rc == VAULT_OK)
		rc = why->rc;
	vault_verdict_clear(&said);
	vault_verdicts_clear(&earlier);
	if (rc == VAULT_OK || rc == VAULT_FINDINGS || rc == VAULT_UNASKED)
		return rc;
	snprintf(text, sizeof(text), "rotated; but the old value is not proved dead: %.900s", why->msg);
	return vault_err_set(why, VAULT_FINDINGS, "%s", text);
}

/* Of a value that nobody has nobody can ask Smartsheet anything. */
static enum vault_rc rotate_can_revoke(const struct rotate_run *r, struct vault_err *err)
{
	if (!r->revoke_old || rotate_old(r)->has_value)
		return VAULT_OK;
	return vault_err_set(err, VAULT_REFUSED,
	                     "nothing was changed: nobody has the old value, so Smartsheet cannot be asked to revoke it; revoke it "
	                     "by hand, and say so with --old-revoked DATE");
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
		rc = facts_load_due(c, &s, &r.f, err);
	if (rc == VAULT_OK)
		rc = session_want_admin(&s, err);
	if (rc == VAULT_OK)
		rc = facts_token(&s, &r.f, c->args->operands[0], &r.t, err);
	if (rc == VAULT_OK)
		rc = vault_holders_at(&r.f.f, r.f.f.today, 0, &r.holders, err);
	if (rc == VAULT_OK)
		rc = rotate_can_revoke(&r, err);
	if (rc == VAULT_OK)
		rc = rotate_value(c, &r, err);
	if (rc == VAULT_OK)
		rc = rotate_rehearse(&s, &r, err);
	if (rc == VAULT_OK && !r.how.unchecked)
		rc = rotate_ask(c, &s, &r, err);
	if (rc == VAULT_OK)
		rc = rotate_write(&s, &r, &now, err);
	if (rc == VAULT_OK) {
		if (r.revoke_old) {
			interrupt_begin(&r.api);
			rc = rotate_revoke(&s, &r, &now);
			interrupt_end(&r.api);
		}
		rotate_tell(c, &s, &r, &now);
		if (err && rc != VAULT_OK)
			*err = r.unrevoked;
	}
	vault_secret_free(&r.value);
	vault_verdict_clear(&r.verdict);
	vault_verdict_clear(&r.old_verdict);
	vault_holders_clear(&r.holders);
	vault_check_results_clear(&r.proof);
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
