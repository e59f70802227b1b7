/* vault show: all that is known of a token but its value. */
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "command.h"
#include "facts.h"
#include "out.h"
#include "reach.h"
#include "show.h"
#include "table.h"

enum { SHOW_CHECKS = 10 };

/* What show prints, found once. */
struct show_facts {
	const struct facts *f;
	const struct vault_token *t;
	const struct vault_verdict *verdict, *identity;
	const struct vault_due *due;
	struct vault_holders holders; /* of all tokens, ended ones too */
	size_t running;
};

static struct vault_json *show_versions(const struct vault_token *t)
{
	struct vault_json *a = vault_json_array();

	for (size_t i = 0; i < t->n_versions; i++) {
		const struct vault_version *v = &t->versions[i];
		struct vault_json *j = vault_json_object();

		vault_json_set_int(j, "version", v->number);
		vault_json_set_str(j, "status", vault_version_status_name(v->status));
		vault_json_set_day(j, "created", v->created);
		vault_json_set_day(j, "retired", v->retired);
		vault_json_set_day(j, "died", v->died);
		vault_json_add(a, j);
	}
	return a;
}

static struct vault_json *show_checks(const struct show_facts *sf)
{
	struct vault_json *a = vault_json_array();
	const struct vault_verdict *const *v;
	size_t n;

	v = facts_verdicts(sf->f, sf->t, &n);
	for (size_t i = 0; i < n; i++) {
		struct vault_json *j = show_verdict(v[i]);

		vault_json_set_int(j, "version", v[i]->version);
		show_set_identity(j, "identity", v[i]->has_identity ? &v[i]->identity : NULL);
		vault_json_add(a, j);
	}
	return a;
}

static void show_document(struct call *c, const struct session *s, const struct show_facts *sf)
{
	struct vault_json *items = vault_json_array(), *handovers = vault_json_array();
	struct vault_json *j = show_token(sf->t, sf->verdict, sf->identity, sf->running, sf->due);

	vault_json_set(j, "versions", show_versions(sf->t));
	for (size_t i = 0; i < sf->holders.n; i++)
		if (sf->holders.h[i].token == sf->t)
			vault_json_add(handovers, show_holder(&sf->holders.h[i]));
	vault_json_set(j, "handovers", handovers);
	vault_json_set(j, "checks", show_checks(sf));
	vault_json_add(items, j);
	out_json(c->out, "show", vault_now(s->v), &items);
}

static void show_field(struct out *o, const char *name, const char *value)
{
	out_field(o, name, 16, value);
}

static void show_day(struct out *o, const char *name, int64_t day)
{
	char text[VAULT_DAY_LEN];

	show_field(o, name, vault_day_format(day, text));
}

/* "valid, 2026-11-20 (3 days ago)": a page has room for both. */
static const char *show_head_verdict(const struct vault_verdict *v, int64_t today, char *out, size_t n)
{
	char when[SHOW_WORDS];

	if (v)
		snprintf(out, n, "%s, %s", vault_result_name(v->result),
		         show_day_when(vault_day_of(v->checked), today, when));
	else
		snprintf(out, n, "not checked");
	return out;
}

/* What was last seen, and when: it may be more now. */
static void show_reach(struct out *o, const struct show_facts *sf)
{
	const struct vault_exposure *e = reach_known(sf->f, sf->t);
	char items[256], text[512], when[SHOW_WORDS], day[VAULT_DAY_LEN];

	if (!e)
		return;
	snprintf(text, sizeof(text), "%s, seen %s", reach_items(e, items, sizeof(items)),
	         show_day_when(vault_day_of(e->observed), sf->f->f.today, when));
	if (vault_day_of(e->since) < vault_day_of(e->observed))
		snprintf(text + strlen(text), sizeof(text) - strlen(text), ", unchanged since %s", vault_day_format(vault_day_of(e->since), day));
	show_field(o, "reaches", text);
}

static void show_head(struct out *o, const struct show_facts *sf)
{
	const struct vault_token *t = sf->t;
	const struct vault_version *cur = vault_token_current(t);
	int64_t today = sf->f->f.today;
	char text[512], when[SHOW_WORDS];

	show_field(o, "label", t->label);
	show_field(o, "account", t->account);
	show_field(o, "license", t->license);
	show_field(o, "plan", t->plan);
	show_field(o, "region", vault_region_name(t->region));
	show_field(o, "Smartsheet name", cur->smartsheet_name);
	show_field(o, "owner", t->owner);
	*text = '\0';
	for (size_t i = 0; i < t->tags.n; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", i ? ", " : "", t->tags.s[i]);
	show_field(o, "tags", text);
	show_field(o, "note", t->note);
	show_day(o, "created", t->created);
	show_day(o, "rotated", vault_token_rotated(t));
	if (t->rotate_every_days)
		snprintf(text, sizeof(text), "every %lld days, next by %s", (long long)t->rotate_every_days,
		         show_day_when(vault_token_rotate_due(t), today, when));
	else
		snprintf(text, sizeof(text), "never by age");
	show_field(o, "rotate", text);
	show_field(o, "expires", show_day_when(t->expires, today, when));
	show_field(o, "verdict",
	           cur->has_value ? show_head_verdict(sf->verdict, today, text, sizeof(text))
	                          : "nobody has the value: not checked");
	if (sf->verdict && sf->verdict->message)
		show_field(o, "", sf->verdict->message);
	show_field(o, "acts as",
	           show_identity_words(sf->identity ? &sf->identity->identity : NULL, text, sizeof(text)));
	show_reach(o, sf);
}

static void show_table_versions(struct out *o, const struct vault_token *t)
{
	static const struct table_column columns[] = {{"VERSION", 1, 0},       {"STATUS", 0, 0},
	                                              {"CREATED", 0, 0},       {"RETIRED", 0, 0},
	                                              {"DIED", 0, 0},          {"SMARTSHEET NAME", 0, TABLE_CUT},
	                                              {"VALUE", 0, TABLE_CUT}, {NULL, 0, 0}};
	struct table *tb = table_new(columns);
	char day[VAULT_DAY_LEN];

	for (size_t i = 0; i < t->n_versions; i++) {
		const struct vault_version *v = &t->versions[i];

		table_line(tb);
		table_cell_int(tb, v->number);
		table_cell(tb, vault_version_status_name(v->status),
		           v->status == VAULT_CURRENT ? TABLE_GOOD : TABLE_PLAIN);
		table_cell(tb, vault_day_format(v->created, day), TABLE_PLAIN);
		table_cell(tb, vault_day_format(v->retired, day), TABLE_PLAIN);
		table_cell(tb, vault_day_format(v->died, day), TABLE_PLAIN);
		table_cell(tb, v->smartsheet_name, TABLE_PLAIN);
		if (v->status == VAULT_DEAD || v->status == VAULT_ERASED)
			table_cell(tb, v->on_word ? "revoked, on an admin's word" : "erased", TABLE_FAINT);
		else
			table_cell(tb,
			           !v->has_value  ? "nobody has it"
			           : v->unchecked ? "stored unchecked"
			                          : "stored",
			           TABLE_PLAIN);
	}
	out_printf(o, "\n");
	table_print(&tb, o);
}

static void show_table_holders(struct out *o, const struct show_facts *sf)
{
	static const struct table_column columns[] = {{"VENDOR", 0, TABLE_CUT},
	                                              {"TO", 0, TABLE_CUT},
	                                              {"VER", 1, 0},
	                                              {"STATE", 0, 0},
	                                              {"SHARED", 0, 0},
	                                              {"UNTIL", 0, 0},
	                                              {"ENDED", 0, 0},
	                                              {"AGREEMENT", 0, TABLE_CUT | TABLE_FROM(100)},
	                                              {"PURPOSE", 0, TABLE_CUT | TABLE_FROM(100)},
	                                              {NULL, 0, 0}};
	struct table *tb = NULL;
	char day[VAULT_DAY_LEN], words[SHOW_WORDS];

	for (size_t i = 0; i < sf->holders.n; i++) {
		const struct vault_holder *h = &sf->holders.h[i];
		int running;

		if (h->token != sf->t)
			continue;
		if (!tb)
			tb = table_new(columns);
		table_line(tb);
		table_cell(tb, h->vendor->name, TABLE_PLAIN);
		table_cell(tb, h->handover->to, TABLE_PLAIN);
		table_cell_int(tb, h->give->version);
		table_cell(tb, vault_holder_state_name(h->state), TABLE_PLAIN);
		table_cell(tb, vault_day_format(h->give->date, day), TABLE_PLAIN);
		running = h->state == VAULT_HOLDER_CURRENT || h->state == VAULT_HOLDER_OUTDATED;
		table_cell(tb, running ? show_day_cell(vault_holder_until(h, NULL), sf->f->f.today, words) : "",
		           TABLE_PLAIN);
		table_cell(tb, vault_day_format(running ? VAULT_NO_DAY : h->period->ended, day), TABLE_PLAIN);
		table_cell(tb, h->give->agreement, TABLE_PLAIN);
		table_cell(tb, h->give->purpose, TABLE_PLAIN);
	}
	if (!tb)
		return;
	out_printf(o, "\n");
	table_print(&tb, o);
}

/* What was not said is no zero. */
static void show_cell_code(struct table *tb, long long n)
{
	if (n)
		table_cell_int(tb, n);
	else
		table_cell(tb, "", TABLE_PLAIN);
}

/* The newest: a token that is checked every night has hundreds, and all else would be far above them. */
static void show_table_checks(struct out *o, const struct show_facts *sf)
{
	static const struct table_column columns[] = {{"CHECKED", 0, 0}, {"VERSION", 1, 0}, {"RESULT", 0, 0},
	                                              {"HTTP", 1, 0},    {"CODE", 1, 0},    {"SAID", 0, TABLE_WRAP},
	                                              {NULL, 0, 0}};
	const struct vault_verdict *const *v;
	struct table *tb = NULL;
	char time[VAULT_TIME_LEN], text[512];
	size_t n;

	v = facts_verdicts(sf->f, sf->t, &n);
	for (size_t i = n > SHOW_CHECKS ? n - SHOW_CHECKS : 0; i < n; i++) {
		if (!tb)
			tb = table_new(columns);
		table_line(tb);
		table_cell(tb, vault_time_format(v[i]->checked, time), TABLE_PLAIN);
		table_cell_int(tb, v[i]->version);
		table_cell(tb, vault_result_name(v[i]->result), v[i]->result == VAULT_VALID ? TABLE_GOOD : TABLE_BAD);
		show_cell_code(tb, v[i]->http_status);
		show_cell_code(tb, v[i]->error_code);
		table_cell(tb,
		           v[i]->has_identity ? show_identity_words(&v[i]->identity, text, sizeof(text))
		                              : v[i]->message,
		           TABLE_PLAIN);
	}
	if (!tb)
		return;
	out_printf(o, "\n");
	if (n > SHOW_CHECKS)
		out_printf(o, "The newest %d of %zu checks; all with --json, or: vault log --label %s --action check\n", SHOW_CHECKS, n,
		           sf->t->label);
	table_print(&tb, o);
}

/* What is due comes first; else old values that may still work: nobody is reminded of those but here. */
static void show_next(struct out *o, const struct show_facts *sf)
{
	char next[VAULT_MSG_MAX];

	if (sf->due) {
		out_next(o, "%s", show_due_next(sf->due, next, sizeof(next)));
		return;
	}
	for (size_t i = 0; i < sf->t->n_versions; i++)
		if (sf->t->versions[i].status == VAULT_RETIRED && sf->t->versions[i].has_value)
			out_next(o,
			         "vault check --retired %s, which proves an old value dead once it is revoked in "
			         "Smartsheet",
			         sf->t->label);
}

static void show_text(struct call *c, const struct show_facts *sf)
{
	struct out *o = c->out;
	char day[VAULT_DAY_LEN], text[VAULT_MSG_MAX + 64];

	show_head(o, sf);
	for (size_t i = 0; sf->due && i < sf->due->n_reasons; i++) {
		const struct vault_due_reason *r = &sf->due->reasons[i];

		snprintf(text, sizeof(text), "%s %s %s: %s", vault_reason_name(r->code),
		         r->since > sf->f->f.today ? "from" : "since", vault_day_format(r->since, day), r->message);
		show_field(o, i ? "" : "due", text);
	}
	show_table_versions(o, sf->t);
	show_table_holders(o, sf);
	show_table_checks(o, sf);
	show_next(o, sf);
}

static enum vault_rc show_run(struct call *c, struct vault_err *err)
{
	struct show_facts sf = {0};
	struct vault_dues dues = {0};
	struct session s = {0};
	struct facts f = {0};
	enum vault_rc rc;

	rc = vault_label_check(c->args->operands[0], err);
	if (rc == VAULT_OK)
		rc = session_open(c, &s, err);
	if (rc == VAULT_OK)
		rc = facts_load_of(c, &s, c->args->operands, 1, &f, err);
	if (rc == VAULT_OK)
		rc = facts_token(&s, &f, c->args->operands[0], &sf.t, err);
	if (rc == VAULT_OK)
		rc = vault_holders_at(&f.f, f.f.today, 1, &sf.holders, err);
	if (rc == VAULT_OK)
		rc = vault_due_find(&f.f, FACTS_WITHIN_DAYS, &dues, err);
	if (rc != VAULT_OK)
		goto out;
	sf.f = &f;
	sf.verdict = facts_verdict(&f, sf.t, vault_token_current(sf.t)->number);
	sf.identity = facts_identity(&f, sf.t, vault_token_current(sf.t)->number);
	for (size_t i = 0; i < dues.n; i++)
		if (dues.d[i].token == sf.t)
			sf.due = &dues.d[i];
	for (size_t i = 0; i < sf.holders.n; i++)
		sf.running += sf.holders.h[i].token == sf.t && (sf.holders.h[i].state == VAULT_HOLDER_CURRENT ||
		                                                sf.holders.h[i].state == VAULT_HOLDER_OUTDATED);
	if (c->out->json)
		show_document(c, &s, &sf);
	else
		show_text(c, &sf);
out:
	vault_holders_clear(&sf.holders);
	vault_dues_clear(&dues);
	facts_clear(&f);
	session_close(&s);
	return rc;
}

const struct command cmd_show = {
        .name = "show",
        .purpose = "show all that is known of a token but its value",
        .operands = "LABEL",
        .min_operands = 1,
        .max_operands = 1,
        .run = show_run,
        .day = 1,
};
