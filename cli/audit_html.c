/* audit_html.c - the page of `audit --html`. Everything that comes from the vault is escaped on its way in. */
#include "audit_html.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/date.h>

static const char html_head[] =
        "<!DOCTYPE html>\n"
        "<html lang=\"en\">\n"
        "<head>\n"
        "<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        "<title>Audit</title>\n"
        "<style>\n"
        "body { font: 15px/1.45 system-ui, sans-serif; color: #1b1f24; background: #fff; max-width: 76rem; margin: 2rem auto;\n"
        "       padding: 0 1.2rem; }\n"
        "h1 { font-size: 1.5rem; margin: 0 0 .2rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }\n"
        ".about, .none { color: #555d66; } .counts { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .6rem; }\n"
        ".counts li { border: 1px solid; border-radius: .4rem; padding: .25rem .7rem; }\n"
        ".critical { color: #8b0a1e; } .high { color: #a63c00; } .medium { color: #7a5b00; } .low, .info { color: #2f5d8a; }\n"
        "table { border-collapse: collapse; width: 100%; } caption { text-align: left; }\n"
        "th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid #d8dde3;\n"
        "         overflow-wrap: break-word; }\n"
        "th { border-bottom: 2px solid #9aa4af; } td.code { font-weight: 600; }\n"
        "td.what { min-width: 11rem; } td.who { min-width: 7rem; } td.day { white-space: nowrap; }\n"
        "@media print { body { margin: 0; max-width: none; font-size: 9.5pt; } thead { display: table-header-group; }\n"
        "               tr { break-inside: avoid; } h2 { break-after: avoid; } }\n"
        "</style>\n"
        "</head>\n"
        "<body>\n";

static void html_raw(struct out *o, const char *text)
{
	out_raw(o, text, strlen(text));
}

/* As text or within quotes. */
static void html_text(struct out *o, const char *text)
{
	static const struct {
		char c;
		const char *as;
	} marks[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};

	for (; text != NULL && *text != '\0'; text++) {
		const char *as = NULL;

		for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
			as = marks[i].c == *text ? marks[i].as : as;
		if (as)
			html_raw(o, as);
		else
			out_raw(o, text, 1);
	}
}

static void html_cell(struct out *o, const char *class, const char *text, const char *more)
{
	html_raw(o, "<td");
	if (class) {
		html_raw(o, " class=\"");
		html_raw(o, class);
		html_raw(o, "\"");
	}
	html_raw(o, ">");
	html_text(o, text);
	if (more) {
		html_raw(o, "<br>");
		html_text(o, more);
	}
	html_raw(o, "</td>");
}

static void html_row(struct out *o, const struct vault_audit_finding *f)
{
	const struct vault_rule_info *rule = vault_rule_info(f->rule);
	char *remedy = vault_audit_remedy(f), day[VAULT_DAY_LEN] = "";

	o->failed |= !remedy;
	if (f->since != VAULT_NO_DAY)
		(void)vault_day_format(f->since, day);
	html_raw(o, "<tr>");
	html_cell(o, "code", rule->code, rule->nhi);
	html_cell(o, NULL, f->token ? f->token->label : f->slot, NULL);
	html_cell(o, "who", f->vendor ? f->vendor->name : NULL, f->handover ? f->handover->to : NULL);
	html_cell(o, "what", f->message, NULL);
	html_cell(o, "day", day, NULL);
	html_cell(o, "what", remedy, NULL);
	html_raw(o, "</tr>\n");
	free(remedy);
}

/* Those of one severity stand together. */
static void html_severity(struct out *o, const struct vault_audit_finding *f, size_t n)
{
	const char *name = vault_severity_name(f->severity);
	char count[64];

	html_raw(o, "<h2 class=\"");
	html_raw(o, name);
	html_raw(o, "\">");
	html_raw(o, name);
	snprintf(count, sizeof(count), ": %zu finding%s", n, n == 1 ? "" : "s");
	html_raw(o, count);
	html_raw(o, "</h2>\n<table>\n<thead><tr><th>Rule</th><th>Token or key slot</th><th>Vendor</th><th>What</th><th>Since</th>"
	            "<th>What to do</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < n; i++)
		html_row(o, &f[i]);
	html_raw(o, "</tbody>\n</table>\n");
}

static size_t html_run(const struct audit_page *p, size_t i)
{
	size_t to = i;

	while (to < p->n && p->f[to].severity == p->f[i].severity)
		to++;
	return to;
}

static void html_counts(struct out *o, const struct audit_page *p)
{
	char line[160];

	if (p->n == 0)
		html_raw(o, "<p class=\"none\">No findings.</p>\n");
	else
		html_raw(o, "<ul class=\"counts\">\n");
	for (size_t i = 0, to = 0; i < p->n; i = to) {
		const char *name = vault_severity_name(p->f[i].severity);

		to = html_run(p, i);
		snprintf(line, sizeof(line), "<li class=\"%s\">%zu %s</li>\n", name, to - i, name);
		html_raw(o, line);
	}
	if (p->n > 0)
		html_raw(o, "</ul>\n");
}

/* Of the rules that found something what they mean in general. */
static void html_rules(struct out *o, const struct audit_page *p)
{
	html_raw(o, "<h2>What the rules find</h2>\n<table>\n<thead><tr><th>Rule</th><th>Severity</th><th>What it finds</th>"
	            "<th>OWASP Non-Human Identities Top 10, 2025</th></tr></thead>\n<tbody>\n");
	for (int r = 0; r < VAULT_RULES; r++) {
		const struct vault_rule_info *info = vault_rule_info((enum vault_rule)r);
		int found = 0;

		for (size_t i = 0; i < p->n && !found; i++)
			found = p->f[i].rule == (enum vault_rule)r;
		if (!found)
			continue;
		html_raw(o, "<tr>");
		html_cell(o, "code", info->code, NULL);
		html_cell(o, NULL, vault_severity_name(info->severity), NULL);
		html_cell(o, NULL, info->title, NULL);
		html_cell(o, NULL, info->nhi, NULL);
		html_raw(o, "</tr>\n");
	}
	html_raw(o, "</tbody>\n</table>\n");
}

void audit_html(struct out *o, const struct audit_page *p)
{
	char when[VAULT_TIME_LEN];

	html_raw(o, html_head);
	html_raw(o, "<h1>Audit of ");
	html_text(o, p->vault);
	html_raw(o, "</h1>\n<p class=\"about\">");
	html_raw(o, vault_time_format(p->now, when));
	html_raw(o, ", by the key slot ");
	html_text(o, p->slot);
	html_raw(o, "</p>\n");
	html_counts(o, p);
	for (const char *const *note = p->notes; *note; note++) {
		html_raw(o, "<p class=\"about\">");
		html_text(o, *note);
		html_raw(o, "</p>\n");
	}
	for (size_t i = 0, to = 0; i < p->n; i = to) {
		to = html_run(p, i);
		html_severity(o, &p->f[i], to - i);
	}
	if (p->n > 0)
		html_rules(o, p);
	html_raw(o, "</body>\n</html>\n");
}
