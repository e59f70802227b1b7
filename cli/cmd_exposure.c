/* cmd_exposure.c - vault exposure: what the holder of a token can reach, what of that was agreed, and what changed. */
#include <stdint.h>
#include <stdlib.h>

#include "apiopts.h"
#include "args.h"
#include "exposure.h"
#include "interrupt.h"
#include "reach.h"
#include "tty.h"

static void exposure_clear(struct exposure_work *w)
{
	for (size_t i = 0; w->rows && i < w->results.n; i++) {
		vault_reach_clear(&w->rows[i].reach);
		vault_reach_changes_clear(&w->rows[i].since);
	}
	free(w->rows);
	vault_exposure_results_clear(&w->results);
	targets_clear(&w->targets);
	facts_clear(&w->f);
}

static int exposure_is_finding(const struct exposure_row *row)
{
	const struct vault_exposure_result *r = row->r;

	for (size_t i = 0; i < r->drift.n; i++)
		if (r->drift.d[i].severity >= VAULT_MEDIUM)
			return 1;
	return row->reach.beyond.n > 0 || (r->verdict.result != VAULT_VALID && r->verdict.result != VAULT_UNKNOWN);
}

static enum vault_rc exposure_compare(struct exposure_work *w, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;

	w->rows = calloc(w->results.n + 1, sizeof(*w->rows));
	if (!w->rows)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	for (size_t i = 0; rc == VAULT_OK && i < w->results.n; i++) {
		struct exposure_row *row = &w->rows[i];

		row->r = &w->results.r[i];
		if (row->r->asked) {
			row->before = reach_known(&w->f, row->r->token);
			rc = vault_reach_compare(&row->r->exposure, &w->f.handovers, w->f.f.today, &row->reach, err);
			if (rc == VAULT_OK && row->before)
				rc = vault_reach_since(row->before, &row->r->exposure, &row->since, err);
		}
		w->findings += exposure_is_finding(row) ? 1 : 0;
		w->unknown += !row->r->asked && (row->r->verdict.result == VAULT_VALID || row->r->verdict.result == VAULT_UNKNOWN);
	}
	return rc;
}

/* What is beyond, with the first who holds it: the line can be copied, but for the ids. */
static void exposure_beyond(struct out *o, const struct exposure_work *w, const struct vault_token *token)
{
	struct vault_holders l = {0};
	const struct vault_holder *h = NULL;
	char vendor[2 * VAULT_NAME_MAX] = "NAME", to[2 * VAULT_NAME_MAX] = "EMAIL";

	if (vault_holders_at(&w->f.f, w->f.f.today, 0, &l, NULL) == VAULT_OK)
		for (size_t i = 0; i < l.n && !h; i++)
			h = l.h[i].token == token ? &l.h[i] : NULL;
	if (h) {
		vault_shell_word(h->vendor->name, vendor, sizeof(vendor));
		vault_shell_word(h->handover->to, to, sizeof(to));
	}
	out_next(o, "share the account on less in Smartsheet, or record what was agreed: vault share %s --vendor %s --to %s --item ID",
	         token->label, vendor, to);
	vault_holders_clear(&l);
}

/* The first that somebody has to do something about. */
static void exposure_next(struct out *o, const struct exposure_work *w, int all)
{
	for (size_t i = 0; i < w->results.n; i++) {
		const struct exposure_row *row = &w->rows[i];

		if (row->reach.beyond.n > 0) {
			if (w->results.n > 1)
				out_next(o, "vault exposure %s, which names what is beyond", row->r->token->label);
			else
				exposure_beyond(o, w, row->r->token);
			return;
		}
		if (!row->r->asked && row->r->verdict.result != VAULT_UNKNOWN && row->r->verdict.result != VAULT_VALID) {
			out_next(o, "vault check %s", row->r->token->label);
			return;
		}
	}
	if (w->results.n == 1 && w->rows[0].r->asked && !all && w->rows[0].r->exposure.n > EXPOSURE_SOME)
		out_next(o, "vault exposure %s --list, which names all", w->rows[0].r->token->label);
}

static enum vault_rc exposure_end(struct call *c, struct session *s, const struct exposure_work *w, struct vault_err *err)
{
	if (c->out->json) {
		out_json_begin(c->out, "exposure", vault_now(s->v));
		for (size_t i = 0; i < w->results.n; i++)
			out_json_item(c->out, reach_json(w->rows[i].r->token->label, w->rows[i].r->asked ? &w->rows[i].r->exposure : NULL,
			                                 &w->rows[i].reach));
		out_json_end(c->out);
	} else {
		exposure_say(c->out, w, args_flag(c->args, OPT_LIST));
		exposure_next(c->out, w, args_flag(c->args, OPT_LIST));
	}
	for (size_t i = 0; i < w->results.n; i++)
		if (w->rows[i].before && w->rows[i].before->cut)
			out_note(c->out, "%s reached more the last time than could be kept: of what came or went not all is told",
			         w->rows[i].r->token->label);
	if (w->findings > 0)
		return VAULT_FINDINGS;
	if (w->unknown > 0)
		return vault_err_set(err, VAULT_UNASKED, "could not ask Smartsheet what %zu of %zu reach: try again; what was known stays",
		                     w->unknown, w->results.n);
	return VAULT_OK;
}

static enum vault_rc exposure_run(struct call *c, struct vault_err *err)
{
	struct session s = {0};
	struct exposure_work w = {0};
	struct vault_api_config cfg = {0};
	enum vault_rc rc = targets_args(c, &cfg, err);

	if (rc == VAULT_OK)
		rc = session_open(c, &s, err);
	if (rc == VAULT_OK)
		rc = facts_load_of(c, &s, c->args->operands, c->args->n_operands, &w.f, err);
	if (rc == VAULT_OK)
		rc = targets_choose(c, &s, &w.f, 0, &w.targets, err);
	if (rc == VAULT_OK && w.targets.n > 0) {
		struct targets_watch watch = {.out = c->out, .since_ms = out_clock_ms()};

		tty_release();
		targets_progress(&watch, 0, w.targets.n);
		interrupt_begin(&cfg);
		rc = vault_exposure_ask(s.v, &cfg, w.targets.t, w.targets.n, &w.f.verdicts, targets_progress, &watch, &w.results, err);
		interrupt_end(&cfg);
		out_progress_end(c->out);
	}
	if (rc == VAULT_OK)
		rc = exposure_compare(&w, err);
	if (rc == VAULT_OK)
		rc = exposure_end(c, &s, &w, err);
	exposure_clear(&w);
	session_close(&s);
	return rc;
}

static const struct command_option exposure_options[] = {
	{OPT_ALL, 0, "all", NULL, 0, "all tokens"},
	{OPT_LIST, 0, "list", NULL, 0, "name all that is reached, not some"},
	APIOPTS_ROWS,
	{0, 0, NULL, NULL, 0, NULL},
};

const struct command cmd_exposure = {
	.name = "exposure",
	.purpose = "ask Smartsheet what the holder of a token can reach",
	.operands = "LABEL...|--all",
	.max_operands = SIZE_MAX,
	.options = exposure_options,
	.run = exposure_run,
	.day = 1,
};
