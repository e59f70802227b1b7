/* cmd_check.c - vault check: what Smartsheet says of tokens, whom they act as, and what of that is new. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "apiopts.h"
#include "args.h"
#include "facts.h"
#include "interrupt.h"
#include "show.h"
#include "table.h"
#include "targets.h"
#include "tty.h"

/* What came out, for the status. */
struct check_count {
	size_t findings, unknown, unsettled;
};

/* --- what came out --- */

static int check_alive(const struct vault_check_result *r)
{
	return r->verdict.result == VAULT_VALID || r->verdict.result == VAULT_BLOCKED;
}

static void check_judge(const struct vault_check_result *r, struct check_count *n)
{
	int found = 0;

	for (size_t i = 0; i < r->drift.n; i++)
		found |= r->drift.d[i].severity >= VAULT_MEDIUM;
	if (r->verdict.result == VAULT_UNKNOWN)
		n->unknown++;
	else if (r->current)
		found |= r->verdict.result != VAULT_VALID;
	else
		found |= check_alive(r);
	n->findings += found ? 1 : 0;
	n->unsettled += r->not_dead_why ? 1 : 0;
}

static struct vault_json *check_json(const struct vault_check_result *r)
{
	struct vault_json *obj = vault_json_object(), *drift = vault_json_array();
	const struct vault_verdict *v = &r->verdict;

	vault_json_set_str(obj, "label", r->token->label);
	vault_json_set_int(obj, "version", r->version);
	vault_json_set_str(obj, "result", vault_result_name(v->result));
	if (v->http_status != 0)
		vault_json_set_int(obj, "http_status", v->http_status);
	else
		vault_json_set_null(obj, "http_status");
	if (v->error_code != 0)
		vault_json_set_int(obj, "error_code", v->error_code);
	else
		vault_json_set_null(obj, "error_code");
	vault_json_set_str(obj, "message", v->message);
	vault_json_set_str(obj, "base", v->base);
	show_set_identity(obj, "identity", v->has_identity ? &v->identity : NULL);
	for (size_t i = 0; i < r->drift.n; i++) {
		const struct vault_drift *d = &r->drift.d[i];
		struct vault_json *one = vault_json_object();

		vault_json_set_str(one, "code", d->code);
		vault_json_set_str(one, "severity", vault_severity_name(d->severity));
		vault_json_set_str(one, "was", d->was);
		vault_json_set_str(one, "is", d->is);
		vault_json_set_str(one, "message", d->message);
		vault_json_add(drift, one);
	}
	vault_json_set(obj, "drift", drift);
	return obj;
}

static const char *check_words(const struct vault_check_result *r, char *out, size_t n)
{
	const struct vault_verdict *v = &r->verdict;
	char who[512];

	show_identity_words(v->has_identity ? &v->identity : NULL, who, sizeof(who));
	if (r->died)
		snprintf(out, n, "proved dead now, and erased");
	else if (r->not_dead_why)
		snprintf(out, n, "not proved dead: %s", r->not_dead_why);
	else if (!r->current && check_alive(r))
		snprintf(out, n, "replaced and still alive: revoke it at Smartsheet%s%s", *who ? "; it acts as " : "", who);
	else if (*who)
		snprintf(out, n, "acts as %s", who);
	else if (v->result == VAULT_VALID)
		snprintf(out, n, "alive; it may not ask whom it acts as");
	else if (v->message)
		snprintf(out, n, "%s%s", v->result == VAULT_BLOCKED ? "alive, not usable: " : "", v->message);
	else
		snprintf(out, n, "%s", v->result == VAULT_UNKNOWN ? "could not ask" : "");
	return out;
}

static void check_text(struct out *o, const struct vault_check_results *l)
{
	static const struct table_column columns[] = {
		{"LABEL", 0, 0}, {"VERSION", 1, 0}, {"VERDICT", 0, 0}, {"WHAT THAT MEANS", 0, TABLE_WRAP}, {NULL, 0, 0},
	};
	static const enum table_tone tones[] = {TABLE_GOOD, TABLE_BAD, TABLE_BAD, TABLE_BAD, TABLE_BAD, TABLE_FAINT};
	struct table *t = table_new(columns);
	char words[1024];

	for (size_t i = 0; i < l->n; i++) {
		const struct vault_check_result *r = &l->r[i];
		enum table_tone tone = tones[r->verdict.result];

		if (!r->current && r->verdict.result != VAULT_UNKNOWN)
			tone = check_alive(r) ? TABLE_BAD : TABLE_GOOD;
		table_line(t);
		table_cell(t, r->token->label, TABLE_PLAIN);
		table_cell_int(t, r->version);
		table_cell(t, vault_result_name(r->verdict.result), tone);
		table_cell(t, check_words(r, words, sizeof(words)), TABLE_PLAIN);
	}
	table_print(&t, o);
	for (size_t i = 0; i < l->n; i++)
		for (size_t k = 0; k < l->r[i].drift.n; k++)
			out_printf(o, "%s: %s (%s): %s\n", l->r[i].token->label, l->r[i].drift.d[k].code,
			           vault_severity_name(l->r[i].drift.d[k].severity), l->r[i].drift.d[k].message);
}

/* The first that somebody has to do something about; of one token that works and nobody holds: who is to get it. */
static void check_next(struct out *o, const struct vault_check_results *l, const struct facts *f)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct vault_check_result *r = &l->r[i];
		enum vault_result said = r->verdict.result;

		if (!r->current && check_alive(r)) {
			out_next(o, "revoke the old value in Smartsheet, then: vault check --retired %s", r->token->label);
			return;
		}
		if (r->current && (said == VAULT_INVALID || said == VAULT_EXPIRED || said == VAULT_REVOKED)) {
			out_next(o, "vault rotate %s, with a new token made in Smartsheet", r->token->label);
			return;
		}
		for (size_t k = 0; k < r->drift.n; k++) {
			if (r->drift.d[k].severity < VAULT_MEDIUM)
				continue;
			out_next(o, "vault show %s, which has what it was before", r->token->label);
			return;
		}
	}
	if (l->n != 1 || l->r[0].verdict.result != VAULT_VALID)
		return;
	for (size_t i = 0; i < f->handovers.n; i++)
		if (memcmp(f->handovers.h[i].token_id, l->r[0].token->id, VAULT_ID_LEN) == 0)
			return;
	out_next(o, "vault share %s --vendor NAME --to EMAIL, when somebody outside is given it", l->r[0].token->label);
}

static enum vault_rc check_end(struct call *c, struct session *s, const struct vault_check_results *l,
                               const struct facts *f, struct vault_err *err)
{
	struct check_count n = {0};

	for (size_t i = 0; i < l->n; i++)
		check_judge(&l->r[i], &n);
	if (c->out->json) {
		out_json_begin(c->out, "check", vault_now(s->v));
		for (size_t i = 0; i < l->n; i++)
			out_json_item(c->out, check_json(&l->r[i]));
		out_json_end(c->out);
	} else {
		check_text(c->out, l);
		check_next(c->out, l, f);
	}
	if (n.findings > 0)
		return VAULT_FINDINGS;
	if (n.unknown > 0)
		return vault_err_set(err, VAULT_UNASKED, "could not ask Smartsheet about %zu of %zu: try again; what was known stays",
		                     n.unknown, l->n);
	return VAULT_OK;
}

static enum vault_rc check_run(struct call *c, struct vault_err *err)
{
	struct session s = {0};
	struct facts f = {0};
	struct targets targets = {0};
	struct vault_check_results results = {0};
	struct vault_api_config cfg = {0};
	enum vault_rc rc = targets_args(c, &cfg, err);

	if (rc == VAULT_OK)
		rc = session_open(c, &s, err);
	if (rc == VAULT_OK)
		rc = facts_load_due(c, &s, &f, err);
	if (rc == VAULT_OK)
		rc = targets_choose(c, &s, &f, args_flag(c->args, OPT_RETIRED), &targets, err);
	if (rc == VAULT_OK && targets.n > 0) {
		struct targets_watch watch = {.out = c->out, .since_ms = out_clock_ms()};

		tty_release();
		targets_progress(&watch, 0, targets.n);
		interrupt_begin(&cfg);
		rc = vault_check(s.v, &cfg, targets.t, targets.n, &f.verdicts, targets_progress, &watch, &results, err);
		interrupt_end(&cfg);
		out_progress_end(c->out);
	}
	if (rc == VAULT_OK)
		rc = check_end(c, &s, &results, &f, err);
	vault_check_results_clear(&results);
	targets_clear(&targets);
	facts_clear(&f);
	session_close(&s);
	return rc;
}

static const struct command_option check_options[] = {
	{OPT_ALL, 0, "all", NULL, 0, "all tokens"},
	{OPT_RETIRED, 0, "retired", NULL, 0, "also old values: one that is found dead is erased"},
	APIOPTS_ROWS,
	{0, 0, NULL, NULL, 0, NULL},
};

const struct command cmd_check = {
	.name = "check",
	.purpose = "ask Smartsheet whether tokens work, and as whom",
	.operands = "LABEL...|--all",
	.max_operands = SIZE_MAX,
	.options = check_options,
	.run = check_run,
	.day = 1,
};
