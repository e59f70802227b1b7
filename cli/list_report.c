/* list_report.c - a token's facts and words, column by column; the facts are those of show_token's JSON. */
#include "list_report.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "show.h"

enum {
	LIST_LABEL, LIST_ACCOUNT, LIST_LICENSE, LIST_PLAN, LIST_REGION, LIST_NAME, LIST_STATUS, LIST_VERSION, LIST_CREATED,
	LIST_ROTATED, LIST_EVERY, LIST_ROTATE_DUE, LIST_EXPIRES, LIST_OWNER, LIST_NOTE, LIST_TAGS, LIST_VERDICT, LIST_CHECKED,
	LIST_HTTP, LIST_ERROR, LIST_MESSAGE, LIST_BASE, LIST_EMAIL, LIST_USER, LIST_ORG, LIST_ORG_NAME, LIST_ADMIN,
	LIST_LICENSED, LIST_GROUP_ADMIN, LIST_RESOURCE_VIEWER, LIST_HOLDERS, LIST_DUE
};

/* Short headings, and the order of the table: a line fits 80 columns with the verdict and its day whole. */
static const struct report_column list_columns[] = {
        {"label", "LABEL", LIST_LABEL, REPORT_TEXT, REPORT_BOTH, 0, "its name in the vault"},
        {"account", "ACCOUNT", LIST_ACCOUNT, REPORT_TEXT, REPORT_BOTH, TABLE_CUT, "the user it acts as"},
        {"license", "LICENSE", LIST_LICENSE, REPORT_TEXT, REPORT_BOTH, 0, "that user's license"},
        {"plan", "PLAN", LIST_PLAN, REPORT_TEXT, REPORT_BOTH, TABLE_FROM(110), "that user's plan"},
        {"region", "REGION", LIST_REGION, REPORT_TEXT, REPORT_CSV, 0, "us, eu, au or gov"},
        {"smartsheet_name", "SMARTSHEET NAME", LIST_NAME, REPORT_TEXT, REPORT_CSV, TABLE_CUT, "its name in Smartsheet's list"},
        {"status", "STATUS", LIST_STATUS, REPORT_TEXT, REPORT_CSV, 0, "active or removed"},
        {"version", "VER", LIST_VERSION, REPORT_NUMBER, REPORT_BOTH, TABLE_FROM(110), "the newest version"},
        {"created", "CREATED", LIST_CREATED, REPORT_DAY, REPORT_CSV, 0, "day of the first version"},
        {"rotated", "ROTATED", LIST_ROTATED, REPORT_DAY, REPORT_CSV, 0, "day of the last rotation"},
        {"rotate_every_days", "EVERY", LIST_EVERY, REPORT_NUMBER, REPORT_CSV, 0, "days between rotations, 0: none"},
        {"verdict", "VERDICT", LIST_VERDICT, REPORT_TEXT, REPORT_BOTH, 0, "what Smartsheet last said (verdict.result)"},
        {"verdict.checked", "CHECKED", LIST_CHECKED, REPORT_TIME, REPORT_CSV, 0, "when it was asked"},
        {"verdict.http_status", "HTTP", LIST_HTTP, REPORT_NUMBER, REPORT_CSV, 0, "status of its answer"},
        {"verdict.error_code", "ERROR", LIST_ERROR, REPORT_NUMBER, REPORT_CSV, 0, "its error"},
        {"verdict.message", "MESSAGE", LIST_MESSAGE, REPORT_TEXT, REPORT_CSV, TABLE_CUT, "its sentence"},
        {"verdict.base", "BASE", LIST_BASE, REPORT_TEXT, REPORT_CSV, TABLE_CUT, "the address that was asked"},
        {"holders", "HELD", LIST_HOLDERS, REPORT_NUMBER, REPORT_BOTH, 0, "people outside who hold it"},
        {"rotate_due", "ROTATE", LIST_ROTATE_DUE, REPORT_DAY, REPORT_BOTH, TABLE_FROM(110), "day to rotate it by its own days"},
        {"expires", "EXPIRES", LIST_EXPIRES, REPORT_DAY, REPORT_CSV, 0, "last day, by the organisation's setting"},
        {"owner", "OWNER", LIST_OWNER, REPORT_TEXT, REPORT_CSV, TABLE_CUT, "who answers for it"},
        {"note", "NOTE", LIST_NOTE, REPORT_TEXT, REPORT_CSV, TABLE_CUT, "the note"},
        {"tags", "TAGS", LIST_TAGS, REPORT_TEXT, REPORT_CSV, TABLE_CUT, "its tags"},
        {"identity", "ACTS AS", LIST_EMAIL, REPORT_TEXT, REPORT_CSV, TABLE_CUT, "whom it acted as (identity.email)"},
        {"identity.id", "USER", LIST_USER, REPORT_TEXT, REPORT_CSV, 0, "that user's id"},
        {"identity.account_id", "ORG", LIST_ORG, REPORT_TEXT, REPORT_CSV, 0, "the organisation's id"},
        {"identity.account_name", "ORGANISATION", LIST_ORG_NAME, REPORT_TEXT, REPORT_CSV, TABLE_CUT, "the organisation"},
        {"identity.admin", "ADMIN", LIST_ADMIN, REPORT_TRUTH, REPORT_CSV, 0, "whether a system admin"},
        {"identity.licensed", "LICENSED", LIST_LICENSED, REPORT_TRUTH, REPORT_CSV, 0, "whether licensed"},
        {"identity.group_admin", "GROUP ADMIN", LIST_GROUP_ADMIN, REPORT_TRUTH, REPORT_CSV, 0, "whether a group admin"},
        {"identity.resource_viewer", "RESOURCE VIEWER", LIST_RESOURCE_VIEWER, REPORT_TRUTH, REPORT_CSV, 0,
         "whether a resource viewer"},
        {"due", "DUE", LIST_DUE, REPORT_TEXT, REPORT_BOTH, 0, "why it must be rotated"},
        {NULL, NULL, 0, 0, 0, 0, NULL},
};

const int list_report_granted[] = {LIST_LABEL, LIST_REGION, LIST_VERSION, -1};

static void list_fact_verdict(const struct vault_verdict *v, int id, struct report_cell *c)
{
	if (!v)
		return;
	switch (id) {
	case LIST_VERDICT:
		report_text(c, vault_result_name(v->result));
		break;
	case LIST_CHECKED:
		report_time(c, v->checked);
		break;
	case LIST_HTTP:
	case LIST_ERROR:
		report_int(c, id == LIST_HTTP ? v->http_status : v->error_code);
		c->known = c->n != 0;
		break;
	default:
		report_text(c, id == LIST_MESSAGE ? v->message : v->base);
	}
}

static void list_fact_identity(const struct list_row *row, const struct facts *f, int id, struct report_cell *c)
{
	const struct vault_verdict *v = facts_identity(f, row->token, vault_token_current(row->token)->number);
	const struct vault_identity *i = v ? &v->identity : NULL;

	if (!i)
		return;
	switch (id) {
	case LIST_EMAIL:
		report_text(c, i->email);
		break;
	case LIST_USER:
		report_text(c, i->id);
		break;
	case LIST_ORG:
		report_text(c, i->account_id);
		break;
	case LIST_ORG_NAME:
		report_text(c, i->account_name);
		break;
	case LIST_ADMIN:
		report_truth(c, i->admin);
		break;
	case LIST_LICENSED:
		report_truth(c, i->licensed);
		break;
	case LIST_GROUP_ADMIN:
		report_truth(c, i->group_admin);
		break;
	default:
		report_truth(c, i->resource_viewer);
	}
}

static void list_fact_due(const struct vault_due *d, struct report_cell *c)
{
	for (size_t i = 0; d && i < d->n_reasons; i++)
		if (i == 0 || d->reasons[i].code != d->reasons[i - 1].code)
			report_add(c, vault_reason_name(d->reasons[i].code));
}

/* What is text in the token itself; 0: it is not that. */
static int list_fact_text(const struct vault_token *t, int id, struct report_cell *c)
{
	const char *const texts[] = {[LIST_LABEL] = t->label,
	                             [LIST_ACCOUNT] = t->account,
	                             [LIST_LICENSE] = t->license,
	                             [LIST_PLAN] = t->plan,
	                             [LIST_REGION] = vault_region_name(t->region),
	                             [LIST_NAME] = vault_token_current(t)->smartsheet_name,
	                             [LIST_STATUS] = t->removed ? "removed" : "active"};

	if (id == LIST_OWNER || id == LIST_NOTE)
		report_text(c, id == LIST_OWNER ? t->owner : t->note);
	else if (id < (int)(sizeof(texts) / sizeof(*texts)))
		report_text(c, texts[id]);
	else
		return 0;
	return 1;
}

static void list_fact(const void *of, const void *about, int id, struct report_cell *c)
{
	const struct list_row *row = of;
	const struct vault_token *t = row->token;

	if (list_fact_text(t, id, c))
		return;
	switch (id) {
	case LIST_VERSION:
		report_int(c, vault_token_current(t)->number);
		break;
	case LIST_CREATED:
		report_day(c, t->created);
		break;
	case LIST_ROTATED:
		report_day(c, vault_token_rotated(t));
		break;
	case LIST_ROTATE_DUE:
		report_day(c, vault_token_rotate_due(t));
		break;
	case LIST_EXPIRES:
		report_day(c, t->expires);
		break;
	case LIST_EVERY:
	case LIST_HOLDERS:
		report_int(c, id == LIST_EVERY ? t->rotate_every_days : (int64_t)row->holders);
		c->known = t->account != NULL; /* a script's slot: not known to it */
		break;
	case LIST_TAGS:
		for (size_t i = 0; i < t->tags.n; i++)
			report_add(c, t->tags.s[i]);
		break;
	case LIST_DUE:
		list_fact_due(row->due, c);
		break;
	case LIST_VERDICT:
	case LIST_CHECKED:
	case LIST_HTTP:
	case LIST_ERROR:
	case LIST_MESSAGE:
	case LIST_BASE:
		list_fact_verdict(row->verdict, id, c);
		break;
	default:
		list_fact_identity(row, about, id, c);
	}
}

static enum table_tone list_tone(const struct vault_verdict *v)
{
	if (!v || v->result == VAULT_UNKNOWN)
		return TABLE_FAINT;
	return v->result == VAULT_VALID ? TABLE_GOOD : TABLE_BAD;
}

/* "age, until"; on a terminal that has no room for all of them "age +1". */
static const char *list_codes(const struct vault_due *d, char *out, size_t n)
{
	size_t columns = out_columns(STDOUT_FILENO), more = 0;

	show_due_codes(d, out, n);
	if (columns == 0 || columns >= 140)
		return out;
	for (const char *p = out; (p = strstr(p, ", ")) != NULL; p++)
		more++;
	if (more > 0)
		snprintf(strstr(out, ", "), sizeof(" +11"), " +%u", (unsigned)(more % 16));
	return out;
}

static void list_words_verdict(const struct list_row *row, int64_t today, char *words, struct report_cell *c)
{
	if (row->token->removed)
		report_words(c, "removed", TABLE_FAINT);
	else if (!vault_token_current(row->token)->has_value)
		report_words(c, "no value", list_tone(row->verdict));
	else
		report_words(c, show_verdict_words(row->verdict, today, words), list_tone(row->verdict));
}

static int list_words(const void *of, const void *about, int id, struct report_cell *c)
{
	enum { LIST_CODES = 256 };
	const struct list_row *row = of;
	const struct vault_token *t = row->token;
	int64_t today = ((const struct facts *)about)->f.today;
	char *words = report_room(c, LIST_CODES);

	if (!words)
		return 1;
	switch (id) {
	case LIST_ACCOUNT:
		report_words(c, t->account ? t->account : "-", TABLE_PLAIN);
		return 1;
	case LIST_LICENSE:
		report_words(c, t->license ? t->license : "-", TABLE_PLAIN);
		return 1;
	case LIST_PLAN:
		report_words(c, t->plan ? t->plan : "-", TABLE_PLAIN);
		return 1;
	case LIST_VERDICT:
		list_words_verdict(row, today, words, c);
		return 1;
	case LIST_ROTATE_DUE:
		report_words(c, show_when(t->removed ? VAULT_NO_DAY : vault_token_rotate_due(t), today, words), TABLE_PLAIN);
		return 1;
	case LIST_DUE:
		report_words(c, row->due ? list_codes(row->due, words, LIST_CODES) : "-", row->due ? TABLE_BAD : TABLE_FAINT);
		return 1;
	default:
		return 0;
	}
}

const struct report_of list_report = {.columns = list_columns, .fact = list_fact, .words = list_words};
