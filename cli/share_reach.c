/* share_reach.c - before a hand-over is recorded: what the token reaches, against what this hand-over names. */
#include "share_reach.h"

#include <stdio.h>
#include <string.h>

#include "interrupt.h"
#include "out.h"
#include "reach.h"
#include "tty.h"

/* As if this giving were the only one there is. */
static enum vault_rc share_reach_compare(const struct vault_exposure *e, const struct vault_give *give, int64_t today,
                                         struct vault_reach *out, struct vault_err *err)
{
	struct vault_give one = *give;
	struct vault_period period = {.gives = &one, .n_gives = 1, .confirmed = VAULT_NO_DAY, .ended = VAULT_NO_DAY};
	struct vault_handover h = {.periods = &period, .n_periods = 1};
	const struct vault_handovers all = {.h = &h, .n = 1};

	one.date = today;
	memcpy(h.token_id, e->token_id, VAULT_ID_LEN);
	return vault_reach_compare(e, &all, today, out, err);
}

static void share_reach_say(struct out *o, const char *label, const struct vault_exposure *e, const struct vault_reach *r)
{
	static const char safe[] = "the safe way is a dedicated licensed user that sees only the items in question";
	char items[256], named[80];

	reach_items(e, items, sizeof(items));
	if (r->n_agreed == 0)
		snprintf(named, sizeof(named), "names none (--item ID says what it is meant for)");
	else
		snprintf(named, sizeof(named), "names %zu", r->n_agreed);
	if (r->named && r->beyond.n == 0)
		out_note(o, "this account reaches %s; this hand-over %s, and nothing is beyond", items, named);
	else
		out_note(o, "this account reaches %s; this hand-over %s: %s", items, named, safe);
	if (e->system_admin == 1 && e->users > 0)
		out_note(o, "and as a system admin any of the organisation's %lld users who is no admin", (long long)e->users);
	if (r->missing.n > 0)
		out_note(o, "%zu of what it names %s not reached: vault exposure %s says which", r->missing.n,
		         r->missing.n == 1 ? "is" : "are", label);
}

static void share_reach_unknown(struct out *o, const char *label, const char *why)
{
	out_note(o, "what %s reaches could not be asked (%s): the hand-over counts all the same; vault exposure %s asks again", label, why,
	         label);
}

enum vault_rc share_reach(struct call *c, struct session *s, struct vault_api_config *cfg, const struct vault_token *token,
                          const struct vault_give *give, int *said, struct vault_err *err)
{
	const struct vault_version *now = vault_token_current(token);
	const struct vault_check_target target = {.token = token, .version = now->number};
	struct vault_exposure_results l = {0};
	struct vault_verdicts earlier = {0};
	struct vault_reach reach = {0};
	enum vault_rc rc = VAULT_OK;

	*said = 0;
	if (!now->has_value) {
		out_note(c->out, "what %s reaches cannot be asked: nobody has its value here", token->label);
		return VAULT_OK;
	}
	rc = vault_verdict_all(s->v, &earlier, NULL, err);
	if (rc == VAULT_OK) {
		tty_release();
		out_progress(c->out, "asking Smartsheet what it reaches (--no-exposure does not)");
		interrupt_begin(cfg);
		rc = vault_exposure_ask(s->v, cfg, &target, 1, &earlier, NULL, NULL, &l, err);
		interrupt_end(cfg);
		out_progress_end(c->out);
	}
	if (rc == VAULT_IO && err) { /* the helper can't be started */
		share_reach_unknown(c->out, token->label, err->msg);
		vault_err_clear(err);
		rc = VAULT_OK;
	} else if (rc == VAULT_OK && !l.r[0].asked) {
		share_reach_unknown(c->out, token->label, l.r[0].why ? l.r[0].why : vault_result_name(l.r[0].verdict.result));
	} else if (rc == VAULT_OK) {
		rc = share_reach_compare(&l.r[0].exposure, give, vault_today(s->v), &reach, err);
		if (rc == VAULT_OK)
			share_reach_say(c->out, token->label, &l.r[0].exposure, &reach);
		*said = rc == VAULT_OK;
	}
	vault_reach_clear(&reach);
	vault_verdicts_clear(&earlier);
	vault_exposure_results_clear(&l);
	return rc;
}
