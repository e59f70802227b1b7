/* vault list: a line a token, all of them or those the filters let through. */
#include <stdlib.h>
#include <string.h>

#include <vault/policy.h>

#include "args.h"
#include "command.h"
#include "list_report.h"
#include "show.h"

static const struct command_option list_options[] = {
        {OPT_ACCOUNT, 0, "account", "EMAIL", 0, "of this user"},
        {OPT_LICENSE, 0, "license", "TYPE", 0, "of this license"},
        {OPT_PLAN, 0, "plan", "PLAN", 0, "of this plan"},
        {OPT_REGION, 0, "region", "REGION", 0, "of this region"},
        {OPT_TAG, 0, "tag", "TAG", 1, "with this tag; with all of them where repeated"},
        {OPT_VERDICT, 0, "verdict", "RESULT", 0, "valid invalid expired revoked blocked unknown, or none"},
        {OPT_VENDOR, 0, "vendor", "NAME", 0, "held by somebody at this vendor"},
        {OPT_STATUS, 0, "status", "STATUS", 0, "active or removed (both)"},
        REPORT_OPTIONS,
        {0, 0, NULL, NULL, 0, NULL},
};

struct list_filter {
	const char *account, *license, *plan, *vendor, *verdict;
	enum vault_region region;
	int has_region;
	int active, removed;
};

static enum vault_rc list_verdict(const struct args *a, const char *name, struct vault_err *err)
{
	if (!name || strcmp(name, "none") == 0)
		return VAULT_OK;
	for (int r = VAULT_VALID; r <= VAULT_UNKNOWN; r++)
		if (strcmp(name, vault_result_name((enum vault_result)r)) == 0)
			return VAULT_OK;
	return args_usage(a, err, "--verdict is valid, invalid, expired, revoked, blocked, unknown or none, not %s",
	                  name);
}

static enum vault_rc list_filter(const struct args *a, struct list_filter *f, struct vault_err *err)
{
	const char *status = args_str(a, OPT_STATUS), *region = args_str(a, OPT_REGION);
	enum vault_rc rc = args_email(a, OPT_ACCOUNT, &f->account, err);

	f->license = args_str(a, OPT_LICENSE);
	f->plan = args_str(a, OPT_PLAN);
	f->vendor = args_str(a, OPT_VENDOR);
	f->verdict = args_str(a, OPT_VERDICT);
	f->has_region = region != NULL;
	if (rc == VAULT_OK && f->license)
		rc = vault_license_check(f->license, err);
	if (rc == VAULT_OK && f->plan)
		rc = vault_plan_check(f->plan, err);
	if (rc == VAULT_OK && region)
		rc = vault_region_parse(region, &f->region, err);
	if (rc == VAULT_OK && f->vendor)
		rc = vault_vendor_name_check(f->vendor, err);
	if (rc == VAULT_OK)
		rc = list_verdict(a, f->verdict, err);
	if (rc != VAULT_OK)
		return rc;
	f->active = !status || strcmp(status, "active") == 0;
	f->removed = !status || strcmp(status, "removed") == 0;
	if (!f->active && !f->removed)
		return args_usage(a, err, "--status is active or removed, not %s", status);
	return VAULT_OK;
}

static int list_tagged(const struct args *a, const struct vault_token *t)
{
	const char *tag;

	for (size_t i = 0; (tag = args_nth(a, OPT_TAG, i)) != NULL; i++) {
		size_t k = 0;

		while (k < t->tags.n && strcmp(t->tags.s[k], tag) != 0)
			k++;
		if (k == t->tags.n)
			return 0;
	}
	return 1;
}

static int list_same(const char *wanted, const char *is)
{
	return !wanted || (is && strcmp(wanted, is) == 0);
}

static int list_wanted(const struct args *a, const struct list_filter *f, const struct vault_token *t,
                       const struct list_row *row, const struct vault_verdict *v)
{
	if (t->removed ? !f->removed : !f->active)
		return 0;
	if (f->account && (!t->account || strcasecmp(f->account, t->account) != 0))
		return 0;
	if (!list_same(f->license, t->license) || !list_same(f->plan, t->plan))
		return 0;
	if ((f->has_region && f->region != t->region) || (f->vendor && !row->at_vendor) || !list_tagged(a, t))
		return 0;
	return !f->verdict || strcmp(f->verdict, v ? vault_result_name(v->result) : "none") == 0;
}

/* Who holds what, and what is due, once for all tokens. */
static enum vault_rc list_rows(const struct facts *f, const char *vendor, struct vault_holders *holders,
                               struct vault_dues *dues, struct list_row **rows, struct vault_err *err)
{
	enum vault_rc rc = vault_holders_at(&f->f, f->f.today, 0, holders, err);

	if (rc == VAULT_OK)
		rc = vault_due_find(&f->f, FACTS_WITHIN_DAYS, dues, err);
	if (rc != VAULT_OK)
		return rc;
	*rows = calloc(f->tokens.n ? f->tokens.n : 1, sizeof(**rows));
	if (!*rows)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	/* Both point into the list of tokens: the difference is the place. */
	for (size_t i = 0; i < holders->n; i++) {
		struct list_row *row = *rows + (holders->h[i].token - f->tokens.t);

		row->holders++;
		row->at_vendor |= vendor && strcasecmp(holders->h[i].vendor->name, vendor) == 0;
	}
	for (size_t i = 0; i < dues->n; i++)
		(*rows)[dues->d[i].token - f->tokens.t].due = &dues->d[i];
	return VAULT_OK;
}

/* Those that are wanted, at the beginning of `rows`. */
static size_t list_keep(const struct call *c, const struct facts *f, const struct list_filter *filter, struct list_row *rows)
{
	size_t n = 0;

	for (size_t i = 0; i < f->tokens.n; i++) {
		const struct vault_token *t = &f->tokens.t[i];

		rows[i].token = t;
		rows[i].verdict = facts_verdict(f, t, vault_token_current(t)->number);
		if (list_wanted(c->args, filter, t, &rows[i], rows[i].verdict))
			rows[n++] = rows[i];
	}
	return n;
}

static void list_json(struct call *c, const struct session *s, const struct facts *f, const struct list_row *rows, size_t n)
{
	out_json_begin(c->out, "list", vault_now(s->v));
	for (size_t i = 0; i < n; i++) {
		const struct list_row *r = &rows[i];
		const struct vault_verdict *identity = facts_identity(f, r->token, vault_token_current(r->token)->number);

		out_json_item(c->out, show_token(r->token, r->verdict, identity, r->holders, r->due));
	}
	out_json_end(c->out);
}

/* Under the table: what there is to do, or why it is empty. */
static void list_after(struct out *o, const struct facts *f, size_t n, size_t due)
{
	if (f->tokens.n == 0 && f->script)
		out_note(o, "no token is granted to this key slot: an admin does it by vault access grant");
	else if (f->tokens.n == 0)
		out_next(o, "vault add LABEL --account EMAIL --license TYPE");
	else if (n == 0)
		out_note(o, "no token is like that");
	else if (due > 0) {
		o->next_own = 1;
		out_next(o, "vault due, which says why and what to do");
	}
}

static enum vault_rc list_run(struct call *c, struct vault_err *err)
{
	struct list_filter filter = {0};
	struct vault_holders holders = {0};
	struct vault_vendor vendor = {0};
	struct vault_dues dues = {0};
	struct list_row *rows = NULL;
	struct session s = {0};
	struct report report;
	struct facts f = {0};
	size_t n = 0;
	enum vault_rc rc = report_args(c, &list_report, &report, err);

	if (rc == VAULT_OK)
		rc = list_filter(c->args, &filter, err);
	if (rc == VAULT_OK)
		rc = session_open(c, &s, err);
	if (rc == VAULT_OK)
		rc = facts_load_granted(c, &s, &f, err);
	if (rc == VAULT_OK && filter.vendor) {
		rc = vault_begin(s.v, VAULT_READ, err);
		if (rc == VAULT_OK)
			rc = vault_vendor_find(s.v, filter.vendor, &vendor, err);
		vault_end(s.v);
	}
	if (rc == VAULT_OK)
		rc = list_rows(&f, filter.vendor, &holders, &dues, &rows, err);
	if (rc != VAULT_OK)
		goto out;
	n = list_keep(c, &f, &filter, rows);
	rc = report_sort(&report, rows, n, sizeof(*rows), &f, err);
	if (rc != VAULT_OK)
		goto out;
	if (f.script)
		report_default(&report, list_report_granted);
	if (c->out->json)
		list_json(c, &s, &f, rows, n);
	else
		report_print(&report, c->out, rows, n, sizeof(*rows), &f);
	if (!c->out->json && !report.csv)
		list_after(c->out, &f, n, dues.n);
out:
	free(rows);
	vault_dues_clear(&dues);
	vault_holders_clear(&holders);
	vault_vendor_clear(&vendor);
	facts_clear(&f);
	session_close(&s);
	return rc;
}

const struct command cmd_list = {
        .name = "list",
        .purpose = "list tokens",
        .operands = "",
        .options = list_options,
        .run = list_run,
        .day = 1,
        .report = &list_report,
};
