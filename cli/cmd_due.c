/* cmd_due.c - vault due: what must be rotated, and why. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "facts.h"
#include "report.h"
#include "show.h"

enum { DUE_WITHIN_MAX = 36500 };

/* A line a reason: each can be found by grep, with the label on it. */
struct due_row {
	const struct vault_due *due;
	const struct vault_due_reason *reason;
};

struct due_about {
	const struct vault_holders *holders;
	int64_t today;
};

enum { DUE_LABEL, DUE_SINCE, DUE_CODE, DUE_MESSAGE, DUE_ACCOUNT, DUE_DUE, DUE_DAYS_LEFT, DUE_HOLDERS };

static const struct report_column due_columns[] = {
	{"label", "LABEL", DUE_LABEL, REPORT_TEXT, REPORT_BOTH, 0, "the token"},
	{"since", "DUE", DUE_SINCE, REPORT_DAY, REPORT_BOTH, 0, "day from which the reason holds"},
	{"code", "REASON", DUE_CODE, REPORT_TEXT, REPORT_BOTH, 0, "the reason"},
	{"message", "WHY", DUE_MESSAGE, REPORT_TEXT, REPORT_BOTH, TABLE_WRAP, "the reason as a sentence"},
	{"account", "ACCOUNT", DUE_ACCOUNT, REPORT_TEXT, REPORT_CSV, TABLE_CUT, "the user it acts as"},
	{"due", "FIRST", DUE_DUE, REPORT_DAY, REPORT_CSV, 0, "the earliest of the token's days"},
	{"days_left", "LEFT", DUE_DAYS_LEFT, REPORT_NUMBER, REPORT_CSV, 0, "days until then"},
	{"holders", "HOLDERS", DUE_HOLDERS, REPORT_TEXT, REPORT_CSV, TABLE_CUT, "who holds the token"},
	{NULL, NULL, 0, 0, 0, 0, NULL},
};

/* "bert@b.example of Vendor B (version 1)" */
static void due_fact_holders(const struct vault_due *d, const struct vault_holders *l, struct report_cell *c)
{
	char one[3 * VAULT_MSG_MAX];

	for (size_t i = show_holders_first(l, d->token); i < l->n && strcmp(l->h[i].token->label, d->token->label) == 0; i++) {
		if (l->h[i].token != d->token)
			continue;
		snprintf(one, sizeof(one), "%s of %s (version %lu)", l->h[i].handover->to, l->h[i].vendor->name,
		         (unsigned long)l->h[i].give->version);
		report_add(c, one);
	}
}

static void due_fact(const void *of, const void *about, int id, struct report_cell *c)
{
	const struct due_row *row = of;

	switch (id) {
	case DUE_LABEL:
		report_text(c, row->due->token->label);
		break;
	case DUE_ACCOUNT:
		report_text(c, row->due->token->account);
		break;
	case DUE_CODE:
		report_text(c, vault_reason_name(row->reason->code));
		break;
	case DUE_MESSAGE:
		report_text(c, row->reason->message);
		break;
	case DUE_SINCE:
		report_day(c, row->reason->since);
		break;
	case DUE_DUE:
		report_day(c, row->due->due);
		break;
	case DUE_DAYS_LEFT:
		report_int(c, row->due->days_left);
		break;
	default:
		due_fact_holders(row->due, ((const struct due_about *)about)->holders, c);
	}
}

static int due_words(const void *of, const void *about, int id, struct report_cell *c)
{
	const struct due_row *row = of;
	int64_t today = ((const struct due_about *)about)->today;
	char *when;

	if (id == DUE_CODE) {
		report_words(c, vault_reason_name(row->reason->code), row->reason->since <= today ? TABLE_BAD : TABLE_PLAIN);
		return 1;
	}
	if (id != DUE_SINCE)
		return 0;
	when = report_room(c, SHOW_WORDS);
	report_words(c, when ? show_day_cell(row->reason->since, today, when) : NULL, TABLE_PLAIN);
	return 1;
}

static const struct report_of due_report = {.columns = due_columns, .fact = due_fact, .words = due_words};

static enum vault_rc due_rows(const struct vault_dues *l, struct due_row **rows, size_t *n, struct vault_err *err)
{
	size_t all = 0;

	for (size_t i = 0; i < l->n; i++)
		all += l->d[i].n_reasons;
	*rows = calloc(all ? all : 1, sizeof(**rows));
	if (!*rows)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	for (size_t i = 0; i < l->n; i++)
		for (size_t k = 0; k < l->d[i].n_reasons; k++)
			(*rows)[(*n)++] = (struct due_row){.due = &l->d[i], .reason = &l->d[i].reasons[k]};
	return VAULT_OK;
}

/* An item a token, in the order of the first of its lines. */
static void due_json_all(struct call *c, const struct session *s, const struct vault_dues *l, const struct due_row *rows, size_t n,
                         const struct vault_holders *holders)
{
	char *said = calloc(l->n + 1, 1);

	out_json_begin(c->out, "due", vault_now(s->v));
	for (size_t i = 0; said && i < n; i++) {
		size_t at = (size_t)(rows[i].due - l->d);

		if (!said[at])
			out_json_item(c->out, show_due(rows[i].due, holders));
		said[at] = 1;
	}
	out_json_end(c->out);
	c->out->failed |= !said;
	free(said);
}

static enum vault_rc due_print(struct call *c, struct session *s, const struct facts *f, const struct vault_dues *l,
                               const struct report *r, struct vault_err *err)
{
	struct vault_holders holders = {0};
	const struct due_about about = {.holders = &holders, .today = f->f.today};
	struct due_row *rows = NULL;
	size_t n = 0;
	enum vault_rc rc = VAULT_OK;

	if (c->out->json || report_wants(r, DUE_HOLDERS))
		rc = vault_holders_at(&f->f, f->f.today, 0, &holders, err);
	if (rc == VAULT_OK)
		rc = due_rows(l, &rows, &n, err);
	if (rc == VAULT_OK)
		rc = report_sort(r, rows, n, sizeof(*rows), &about, err);
	if (rc == VAULT_OK && c->out->json)
		due_json_all(c, s, l, rows, n, &holders);
	else if (rc == VAULT_OK)
		report_print(r, c->out, rows, n, sizeof(*rows), &about);
	free(rows);
	vault_holders_clear(&holders);
	return rc;
}

static enum vault_rc due_run(struct call *c, struct vault_err *err)
{
	struct session s = {0};
	struct facts f = {0};
	struct vault_dues l = {0};
	uint64_t within = FACTS_WITHIN_DAYS;
	struct report report;
	char next[VAULT_MSG_MAX];
	enum vault_rc rc = report_args(c, &due_report, &report, err);

	if (rc == VAULT_OK)
		rc = args_uint(c->args, OPT_WITHIN, 0, DUE_WITHIN_MAX, &within, err);
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
	rc = due_print(c, &s, &f, &l, &report, err);
	if (rc != VAULT_OK)
		goto out;
	if (l.n > 0)
		rc = VAULT_FINDINGS;
	if (l.n > 0 && !c->out->json && !report.csv)
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
	REPORT_OPTIONS,
	{0, 0, NULL, NULL, 0, NULL},
};

const struct command cmd_due = {
	.name = "due",
	.purpose = "show what must be rotated, and why",
	.operands = "",
	.options = due_options,
	.run = due_run,
	.day = 1,
	.report = &due_report,
};
