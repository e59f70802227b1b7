/* cmd_due.c - vault due: what must be rotated, and why. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "facts.h"
#include "show.h"
#include "table.h"

enum { DUE_WITHIN_MAX = 36500 };

/* A line a reason: each can be found by grep, with the label on it. */
static void due_table(struct out *o, const struct vault_dues *l, int64_t today)
{
	static const struct table_column columns[] = {
		{"LABEL", 0, 0}, {"DUE", 0, 0}, {"REASON", 0, 0}, {"WHY", 0, TABLE_WRAP}, {NULL, 0, 0},
	};
	struct table *t = table_new(columns);
	char when[SHOW_WORDS];

	for (size_t i = 0; i < l->n; i++) {
		const struct vault_due *d = &l->d[i];

		for (size_t k = 0; k < d->n_reasons; k++) {
			table_line(t);
			table_cell(t, d->token->label, TABLE_PLAIN);
			table_cell(t, show_day_cell(d->reasons[k].since, today, when), TABLE_PLAIN);
			table_cell(t, vault_reason_name(d->reasons[k].code),
			           d->reasons[k].since <= today ? TABLE_BAD : TABLE_PLAIN);
			table_cell(t, d->reasons[k].message, TABLE_PLAIN);
		}
	}
	table_print(&t, o);
}

static enum vault_rc due_print(struct call *c, struct session *s, const struct facts *f, const struct vault_dues *l,
                               struct vault_err *err)
{
	struct vault_holders holders = {0};
	enum vault_rc rc;

	if (!c->out->json) {
		due_table(c->out, l, f->f.today);
		return VAULT_OK;
	}
	rc = vault_holders_at(&f->f, f->f.today, 0, &holders, err);
	if (rc != VAULT_OK)
		return rc;
	out_json_begin(c->out, "due", vault_now(s->v));
	for (size_t i = 0; i < l->n; i++)
		out_json_item(c->out, show_due(&l->d[i], &holders));
	out_json_end(c->out);
	vault_holders_clear(&holders);
	return VAULT_OK;
}

static enum vault_rc due_run(struct call *c, struct vault_err *err)
{
	struct session s = {0};
	struct facts f = {0};
	struct vault_dues l = {0};
	uint64_t within = FACTS_WITHIN_DAYS;
	char next[VAULT_MSG_MAX];
	enum vault_rc rc = args_uint(c->args, OPT_WITHIN, 0, DUE_WITHIN_MAX, &within, err);

	if (rc != VAULT_OK)
		return rc;
	rc = session_open(c, &s, err);
	if (rc != VAULT_OK)
		goto out;
	rc = facts_load_due(c, &s, &f, err);
	if (rc != VAULT_OK)
		goto out;
	rc = vault_due_find(&f.f, (int64_t)within, &l, err);
	if (rc != VAULT_OK)
		goto out;
	rc = due_print(c, &s, &f, &l, err);
	if (rc != VAULT_OK)
		goto out;
	if (l.n > 0)
		rc = VAULT_FINDINGS;
	if (l.n > 0 && !c->out->json)
		out_next(c->out, "%s", show_due_next(&l.d[0], next, sizeof(next)));
	if (l.n == 0)
		out_note(c->out, "nothing is due within %llu days", (unsigned long long)within);
out:
	vault_dues_clear(&l);
	facts_clear(&f);
	session_close(&s);
	return rc;
}

static const struct command_option due_options[] = {
	{OPT_WITHIN, 0, "within", "DAYS", 0, "look ahead this far (14)"},
	{0, 0, NULL, NULL, 0, NULL},
};

const struct command cmd_due = {
	.name = "due",
	.purpose = "show what must be rotated, and why",
	.operands = "",
	.options = due_options,
	.run = due_run,
	.day = 1,
};
