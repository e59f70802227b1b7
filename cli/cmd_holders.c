/* cmd_holders.c - vault holders: which vendor holds which token, since when, under which agreement. */
#include <string.h>

#include "args.h"
#include "ledger.h"
#include "show.h"

struct holders_filter {
	const char *vendor, *to, *label;
	int64_t at;               /* VAULT_NO_DAY: today */
	int all;
};

static enum vault_rc holders_args(struct call *c, struct holders_filter *f, struct vault_err *err)
{
	enum vault_rc rc = ledger_vendor_option(c, 0, &f->vendor, err);

	f->at = VAULT_NO_DAY;
	f->all = args_flag(c->args, OPT_ALL);
	f->label = args_str(c->args, OPT_LABEL);
	if (rc == VAULT_OK)
		rc = args_email(c->args, OPT_TO, &f->to, err);
	if (rc == VAULT_OK)
		rc = args_day(c->args, OPT_AT, &f->at, err);
	if (rc == VAULT_OK && f->label)
		rc = vault_label_check(f->label, err);
	return rc;
}

/* Names that are not there at all are 3; one that nobody holds is an empty list. */
static enum vault_rc holders_names(struct session *s, const struct facts *f, const struct holders_filter *by,
                                   const struct vault_vendor **vendor, struct vault_err *err)
{
	const struct vault_token *ignored = NULL;

	if (by->vendor) {
		enum vault_rc rc = ledger_vendor(s, f, by->vendor, vendor, err);

		if (rc != VAULT_OK)
			return rc;
	}
	/* A removed token's hand-overs are asked for by the label it had. */
	for (size_t i = 0; by->label && i < f->tokens.n; i++)
		if (strcmp(f->tokens.t[i].label, by->label) == 0)
			return VAULT_OK;
	return by->label ? facts_token(s, f, by->label, &ignored, err) : VAULT_OK;
}

static void holders_keep(struct vault_holders *l, const struct holders_filter *by, const struct vault_vendor *vendor)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		const struct vault_holder *h = &l->h[i];

		if ((vendor && h->vendor != vendor) || (by->to && !ledger_same(by->to, h->handover->to)) ||
		    (by->label && strcmp(by->label, h->token->label) != 0))
			continue;
		l->h[n++] = *h;
	}
	l->n = n;
}

/* Those who were taken off the list and still know a value that is not proved dead: silence would read as "nobody". */
static enum vault_rc holders_note_ended(struct call *c, const struct facts *f, const struct holders_filter *by,
                                        const struct vault_vendor *vendor, struct vault_err *err)
{
	struct vault_holders all = {0};
	size_t n = 0;
	enum vault_rc rc;

	if (by->all)
		return VAULT_OK;
	rc = vault_holders_at(&f->f, by->at == VAULT_NO_DAY ? f->f.today : by->at, 1, &all, err);
	if (rc != VAULT_OK)
		return rc;
	holders_keep(&all, by, vendor);
	for (size_t i = 0; i < all.n; i++)
		n += all.h[i].state == VAULT_HOLDER_ENDED_LIVE || all.h[i].state == VAULT_HOLDER_ENDED_RETIRED;
	if (n > 0)
		out_note(c->out, "%zu more gave it back and still know a value that is not proved dead: vault holders --all", n);
	vault_holders_clear(&all);
	return VAULT_OK;
}

static enum vault_rc holders_run(struct call *c, struct vault_err *err)
{
	struct session s = {0};
	struct facts f = {0};
	struct holders_filter by = {0};
	struct vault_holders l = {0};
	struct report report;
	const struct vault_vendor *vendor = NULL;
	enum vault_rc rc = report_args(c, &ledger_report, &report, err);

	if (rc == VAULT_OK)
		rc = holders_args(c, &by, err);
	if (rc != VAULT_OK)
		return rc;
	rc = session_open(c, &s, err);
	if (rc != VAULT_OK)
		goto out;
	rc = ledger_load(&s, &f, err);
	if (rc != VAULT_OK)
		goto out;
	rc = holders_names(&s, &f, &by, &vendor, err);
	if (rc != VAULT_OK)
		goto out;
	rc = vault_holders_at(&f.f, by.at == VAULT_NO_DAY ? f.f.today : by.at, by.all, &l, err);
	if (rc != VAULT_OK)
		goto out;
	holders_keep(&l, &by, vendor);
	rc = report_sort(&report, l.h, l.n, sizeof(*l.h), &f.f.today, err);
	if (rc != VAULT_OK)
		goto out;
	if (l.n == 0 && !c->out->json && !report.csv)
		out_note(c->out, "nobody %s %s a token%s", by.vendor || by.to || by.label ? "like that" : "outside",
		         by.at != VAULT_NO_DAY ? "held" : by.all ? "ever held" : "holds", by.at != VAULT_NO_DAY ? " on that day" : "");
	rc = holders_note_ended(c, &f, &by, vendor, err);
	if (rc != VAULT_OK)
		goto out;
	if (c->out->json) {
		out_json_begin(c->out, "holders", vault_now(s.v));
		for (size_t i = 0; i < l.n; i++)
			out_json_item(c->out, show_holder(&l.h[i]));
		out_json_end(c->out);
	} else {
		report_print(&report, c->out, l.h, l.n, sizeof(*l.h), &f.f.today);
		if (by.at == VAULT_NO_DAY && !report.csv)
			ledger_next(c->out, l.h, l.n);
	}
out:
	vault_holders_clear(&l);
	facts_clear(&f);
	session_close(&s);
	return rc;
}

static const struct command_option holders_options[] = {
	{OPT_VENDOR, 0, "vendor", "NAME", 0, "held by this vendor"},
	{OPT_TO, 0, "to", "EMAIL", 0, "held by this person"},
	{OPT_LABEL, 0, "label", "LABEL", 0, "of this token"},
	{OPT_AT, 0, "at", "DATE", 0, "as it was at the end of that day"},
	{OPT_ALL, 0, "all", NULL, 0, "also those whose hand-over ended"},
	REPORT_OPTIONS,
	{0, 0, NULL, NULL, 0, NULL},
};

const struct command cmd_holders = {
	.name = "holders",
	.purpose = "show which vendor holds which token, and since when",
	.operands = "",
	.options = holders_options,
	.run = holders_run,
	.day = 1,
	.report = &ledger_report,
};
