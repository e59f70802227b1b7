/* targets.c - which values a command asks Smartsheet about: the operands, or all. */
#include "targets.h"

#include <stdlib.h>
#include <string.h>

#include "apiopts.h"
#include "args.h"

void targets_clear(struct targets *l)
{
	free(l->t);
	memset(l, 0, sizeof(*l));
}

enum vault_rc targets_args(struct call *c, struct vault_api_config *cfg, struct vault_err *err)
{
	const struct args *a = c->args;
	enum vault_rc rc = VAULT_OK;

	if (args_flag(a, OPT_ALL) && a->n_operands > 0)
		return args_usage(a, err, "labels or --all, not both");
	if (!args_flag(a, OPT_ALL) && a->n_operands == 0)
		return args_usage(a, err, "LABEL... or --all is missing");
	for (size_t i = 0; rc == VAULT_OK && i < a->n_operands; i++)
		rc = vault_label_check(a->operands[i], err);
	return rc == VAULT_OK ? apiopts_read(c, cfg, err) : rc;
}

static enum vault_rc targets_push(struct targets *l, const struct vault_token *t, uint32_t version,
                                struct vault_err *err)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 64;
		struct vault_check_target *more = reallocarray(l->t, cap, sizeof(*more));

		if (!more)
			return vault_err_set(err, VAULT_REFUSED, "out of memory");
		l->t = more;
		l->cap = cap;
	}
	l->t[l->n++] = (struct vault_check_target){.token = t, .version = version};
	return VAULT_OK;
}

/* The current value, and where they are wanted the old ones that may still work. */
static enum vault_rc targets_token(struct call *c, struct targets *l, const struct vault_token *t, int retired,
                                   struct vault_err *err)
{
	const struct vault_version *now = vault_token_current(t);
	enum vault_rc rc = VAULT_OK;

	if (now->has_value)
		rc = targets_push(l, t, now->number, err);
	else
		out_note(c->out, "%s: not asked, nobody has its value", t->label);
	for (size_t i = 0; rc == VAULT_OK && retired && i < t->n_versions; i++) {
		const struct vault_version *v = &t->versions[i];

		if (v->status != VAULT_RETIRED)
			continue;
		if (v->has_value)
			rc = targets_push(l, t, v->number, err);
		else
			out_note(c->out, "%s: version %lu not asked, nobody has its value", t->label, (unsigned long)v->number);
	}
	return rc;
}

enum vault_rc targets_choose(struct call *c, struct session *s, const struct facts *f, int retired, struct targets *l,
                             struct vault_err *err)
{
	const struct args *a = c->args;
	const struct vault_token *t = NULL;
	enum vault_rc rc = VAULT_OK;

	/* All names first: an unknown one is 3, and nothing was asked. */
	for (size_t i = 0; rc == VAULT_OK && i < a->n_operands; i++)
		rc = facts_token(s, f, a->operands[i], &t, err);
	for (size_t i = 0; rc == VAULT_OK && i < a->n_operands; i++) {
		int again = 0;

		for (size_t k = 0; k < i; k++)
			again |= strcmp(a->operands[i], a->operands[k]) == 0;
		t = facts_by_label(f, a->operands[i]);
		if (t && !again)
			rc = targets_token(c, l, t, retired, err);
	}
	for (size_t i = 0; rc == VAULT_OK && args_flag(a, OPT_ALL) && i < f->tokens.n; i++)
		if (!f->tokens.t[i].removed)
			rc = targets_token(c, l, &f->tokens.t[i], retired, err);
	if (rc == VAULT_OK && l->n == 0 && a->n_operands > 0)
		rc = vault_err_set(err, VAULT_REFUSED, "nothing to ask about: store a value with `vault rotate %s`",
		                   a->operands[0]);
	return rc;
}

void targets_progress(void *ctx, size_t done, size_t n)
{
	const struct targets_watch *w = ctx;

	out_progress_count(w->out, "asked Smartsheet about", done, n, w->since_ms);
}
