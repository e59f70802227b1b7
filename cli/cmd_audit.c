/* cmd_audit.c - vault audit: findings, how bad they are, and what to do. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/audit.h>

#include "args.h"
#include "audit_html.h"
#include "newfile.h"
#include "report.h"
#include "session.h"

enum { AUDIT_NOTES = 2 };

/* One run of the command. */
struct audit_run {
	struct vault_audit_data data;
	struct vault_audit all;   /* the worst first */
	size_t shown;             /* of them, at or above --severity */
	enum vault_severity from;
	char notes[AUDIT_NOTES][1024]; /* what could not be checked */
	size_t n_notes;
};

/* --- the list --- */

enum { AUDIT_SEVERITY, AUDIT_CODE, AUDIT_LABEL, AUDIT_VENDOR, AUDIT_MESSAGE, AUDIT_TO, AUDIT_SLOT, AUDIT_SINCE, AUDIT_REMEDY, AUDIT_NHI };

static const struct report_column audit_columns[] = {
	{"severity", "SEVERITY", AUDIT_SEVERITY, REPORT_TEXT, REPORT_BOTH, 0, "info, low, medium, high or critical"},
	{"code", "RULE", AUDIT_CODE, REPORT_TEXT, REPORT_BOTH, 0, "the rule"},
	{"label", "LABEL", AUDIT_LABEL, REPORT_TEXT, REPORT_BOTH, 0, "the token"},
	{"vendor", "VENDOR", AUDIT_VENDOR, REPORT_TEXT, REPORT_BOTH, TABLE_CUT | TABLE_FROM(100), "the vendor"},
	{"to", "TO", AUDIT_TO, REPORT_TEXT, REPORT_CSV, TABLE_CUT, "who holds the token"},
	{"slot", "SLOT", AUDIT_SLOT, REPORT_TEXT, REPORT_CSV, TABLE_CUT, "the key slot"},
	{"since", "SINCE", AUDIT_SINCE, REPORT_DAY, REPORT_CSV, 0, "day from which it holds, or of what it rests on"},
	{"message", "WHAT", AUDIT_MESSAGE, REPORT_TEXT, REPORT_BOTH, TABLE_WRAP, "what was found"},
	{"remedy", "REMEDY", AUDIT_REMEDY, REPORT_TEXT, REPORT_CSV, TABLE_WRAP, "what to do"},
	{"nhi", "NHI", AUDIT_NHI, REPORT_TEXT, REPORT_CSV, 0, "number in OWASP's Non-Human Identities Top 10, 2025"},
	{NULL, NULL, 0, 0, 0, 0, NULL},
};

static void audit_fact_remedy(const struct vault_audit_finding *f, struct report_cell *c)
{
	char *remedy = vault_audit_remedy(f);
	char *to = remedy ? report_room(c, strlen(remedy) + 1) : NULL;

	c->failed |= !to;
	if (to)
		memcpy(to, remedy, strlen(remedy) + 1);
	report_text(c, to);
	free(remedy);
}

static void audit_fact(const void *row, const void *about, int id, struct report_cell *c)
{
	const struct vault_audit_finding *f = row;

	(void)about;
	switch (id) {
	case AUDIT_SEVERITY:
		report_text(c, vault_severity_name(f->severity));
		break;
	case AUDIT_CODE:
		report_text(c, vault_rule_info(f->rule)->code);
		break;
	case AUDIT_LABEL:
		report_text(c, f->token ? f->token->label : NULL);
		break;
	case AUDIT_VENDOR:
		report_text(c, f->vendor ? f->vendor->name : NULL);
		break;
	case AUDIT_TO:
		report_text(c, f->handover ? f->handover->to : NULL);
		break;
	case AUDIT_SLOT:
		report_text(c, f->slot);
		break;
	case AUDIT_SINCE:
		report_day(c, f->since);
		break;
	case AUDIT_MESSAGE:
		report_text(c, f->message);
		break;
	case AUDIT_REMEDY:
		audit_fact_remedy(f, c);
		break;
	default:
		report_text(c, vault_rule_info(f->rule)->nhi);
	}
}

static int audit_words(const void *row, const void *about, int id, struct report_cell *c)
{
	const struct vault_audit_finding *f = row;

	(void)about;
	if (id != AUDIT_SEVERITY)
		return 0;
	report_words(c, vault_severity_name(f->severity),
	             f->severity >= VAULT_HIGH ? TABLE_BAD : f->severity <= VAULT_LOW ? TABLE_FAINT : TABLE_PLAIN);
	return 1;
}

static const struct report_of audit_report = {.columns = audit_columns, .fact = audit_fact, .words = audit_words};

static struct vault_json *audit_json(const struct vault_audit_finding *f, int *failed)
{
	struct vault_json *obj = vault_json_object();
	char *remedy = vault_audit_remedy(f);

	*failed |= !remedy;
	vault_json_set_str(obj, "code", vault_rule_info(f->rule)->code);
	vault_json_set_str(obj, "severity", vault_severity_name(f->severity));
	vault_json_set_str(obj, "label", f->token ? f->token->label : NULL);
	vault_json_set_str(obj, "vendor", f->vendor ? f->vendor->name : NULL);
	vault_json_set_str(obj, "to", f->handover ? f->handover->to : NULL);
	vault_json_set_str(obj, "slot", f->slot);
	vault_json_set_day(obj, "since", f->since);
	vault_json_set_str(obj, "message", f->message);
	vault_json_set_str(obj, "remedy", remedy);
	vault_json_set_str(obj, "nhi", vault_rule_info(f->rule)->nhi);
	free(remedy);
	return obj;
}

/* --- what could not be checked --- */

static char *audit_note(struct audit_run *r)
{
	return r->notes[r->n_notes++];
}

static void audit_needing_log(char *out, size_t n)
{
	size_t len = 0;

	*out = '\0';
	for (int i = 0; i < VAULT_RULES && len < n; i++)
		if (vault_audit_needs_log((enum vault_rule)i))
			len += (size_t)snprintf(out + len, n - len, "%s%s", len ? ", " : "", vault_rule_info((enum vault_rule)i)->code);
}

/* Whether the logs that are here begin too late for a rule on when something was last used. */
static int audit_too_late(const struct audit_run *r)
{
	static const enum vault_rule of_use[] = {VAULT_RULE_UNUSED, VAULT_RULE_SLOT_IDLE};
	const struct vault_usage *use = r->data.facts.usage;
	int late = 0;

	for (size_t i = 0; use && !use->whole && i < sizeof(of_use) / sizeof(*of_use); i++)
		late |= !vault_settings_off(&r->data.settings, of_use[i]) &&
		        r->data.facts.f.today - vault_day_of(use->since) <= vault_settings_days(&r->data.settings, of_use[i]);
	return late;
}

/* What is not there finds nothing, which is no proof that there is nothing. */
static void audit_unseen(struct audit_run *r)
{
	const struct vault_audit_facts *facts = &r->data.facts;
	char codes[512], day[VAULT_DAY_LEN];

	if (!facts->f.verdicts) {
		audit_needing_log(codes, sizeof(codes));
		snprintf(audit_note(r), sizeof(r->notes[0]), "not checked here: %s rest on the access log, which is %s", codes,
		         facts->log == VAULT_LOG_OF_ELSEWHERE ? "elsewhere; carry it with the copy, or --log FILE"
		                                              : "not the one that belongs here");
	} else if (audit_too_late(r)) {
		snprintf(audit_note(r), sizeof(r->notes[0]),
		         "unused and slot-idle know nothing of before %s: older access logs are not here",
		         vault_day_format(vault_day_of(facts->usage->since), day));
	}
}

/* --- the command --- */

static enum vault_rc audit_args(struct call *c, struct report *report, struct audit_run *r, struct vault_err *err)
{
	const char *severity = args_str(c->args, OPT_SEVERITY), *html = args_str(c->args, OPT_HTML);
	enum vault_rc rc = report_args(c, &audit_report, report, err);

	r->from = VAULT_INFO;
	if (rc == VAULT_OK && severity)
		rc = vault_severity_parse(severity, &r->from, err);
	if (rc == VAULT_OK && html && !*html)
		rc = args_usage(c->args, err, "--html wants the name of a new file");
	if (rc == VAULT_OK && html)
		rc = newfile_free(html, "file", err);
	return rc;
}

static enum vault_rc audit_page(struct call *c, const struct session *s, const struct audit_run *r, struct vault_err *err)
{
	const char *path = args_str(c->args, OPT_HTML), *slash = strrchr(s->path, '/');
	const char *notes[AUDIT_NOTES + 1] = {NULL};
	const struct audit_page page = {.f = r->all.f, .n = r->shown, .vault = slash ? slash + 1 : s->path, .slot = vault_my_slot(s->v),
	                                .now = vault_now(s->v), .notes = notes};
	struct out text = {0};
	enum vault_rc rc;

	if (!path)
		return VAULT_OK;
	for (size_t i = 0; i < r->n_notes; i++)
		notes[i] = r->notes[i];
	audit_html(&text, &page);
	rc = text.failed ? vault_err_set(err, VAULT_REFUSED, "out of memory") : newfile_write_text(path, "file", text.text, text.len, err);
	free(text.text);
	return rc;
}

static void audit_print(struct call *c, struct session *s, const struct report *report, const struct audit_run *r)
{
	if (!c->out->json) {
		report_print(report, c->out, r->all.f, r->shown, sizeof(*r->all.f), NULL);
		return;
	}
	out_json_begin(c->out, "audit", vault_now(s->v));
	for (size_t i = 0; i < r->shown; i++)
		out_json_item(c->out, audit_json(&r->all.f[i], &c->out->failed));
	out_json_end(c->out);
}

/* "12 findings: 2 critical, 10 low" */
static void audit_count(struct call *c, const struct audit_run *r)
{
	char each[160] = "";
	size_t len = 0;

	for (size_t i = 0, to = 0; i < r->shown && len < sizeof(each); i = to) {
		for (to = i; to < r->shown && r->all.f[to].severity == r->all.f[i].severity; to++)
			;
		len += (size_t)snprintf(each + len, sizeof(each) - len, "%s%zu %s", i ? ", " : "", to - i,
		                        vault_severity_name(r->all.f[i].severity));
	}
	if (r->shown > 0)
		out_note(c->out, "%zu finding%s: %s", r->shown, r->shown == 1 ? "" : "s", each);
	else if (r->all.n == 0)
		out_note(c->out, "no findings");
	if (r->shown < r->all.n)
		out_note(c->out, "%s%zu below %s %s not shown", r->shown ? "" : "no findings; ", r->all.n - r->shown,
		         vault_severity_name(r->from), r->all.n - r->shown == 1 ? "is" : "are");
}

static void audit_tell(struct call *c, const struct report *report, const struct audit_run *r)
{
	const char *html = args_str(c->args, OPT_HTML);
	char *remedy = r->shown > 0 ? vault_audit_remedy(&r->all.f[0]) : NULL;

	for (size_t i = 0; i < r->n_notes; i++)
		out_note(c->out, "%s", r->notes[i]);
	audit_count(c, r);
	if (html)
		out_note(c->out, "the page is in %s", html);
	if (remedy && !c->out->json && !report->csv)
		out_next(c->out, "%s", remedy);
	free(remedy);
}

static enum vault_rc audit_run(struct call *c, struct vault_err *err)
{
	struct session s = {0};
	struct audit_run r = {.shown = 0};
	struct report report;
	enum vault_rc rc = audit_args(c, &report, &r, err);

	if (rc == VAULT_OK)
		rc = session_open(c, &s, err);
	if (rc == VAULT_OK)
		rc = vault_audit_read(s.v, &r.data, err);
	if (rc == VAULT_OK)
		rc = vault_audit_find(&r.data.facts, &r.all, err);
	if (rc != VAULT_OK)
		goto out;
	while (r.shown < r.all.n && r.all.f[r.shown].severity >= r.from)
		r.shown++;
	audit_unseen(&r);
	rc = audit_page(c, &s, &r, err);
	if (rc != VAULT_OK)
		goto out;
	audit_print(c, &s, &report, &r);
	audit_tell(c, &report, &r);
	if (r.shown > 0)
		rc = VAULT_FINDINGS;
out:
	vault_audit_clear(&r.all);
	vault_audit_data_clear(&r.data);
	session_close(&s);
	return rc;
}

static const struct command_option audit_options[] = {
	{OPT_SEVERITY, 0, "severity", "LEVEL", 0, "info, low, medium, high or critical: these and worse"},
	{OPT_HTML, 0, "html", "FILE", 0, "also into this new file, for a browser or a printer"},
	{OPT_COLUMNS, 0, "columns", "COL[,COL]", 0, "these columns, in this order"},
	{OPT_CSV, 0, "csv", NULL, 0, "print CSV, the first line the columns' names"},
	{0, 0, NULL, NULL, 0, NULL},
};

const struct command cmd_audit = {
	.name = "audit",
	.purpose = "show what is wrong or risky, and what to do",
	.operands = "",
	.options = audit_options,
	.run = audit_run,
	.report = &audit_report,
	.day = 1,
};
