/* cmd_policy.c - vault policy: what an organisation decided of rules, days, access log and CA file. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/settings.h>

#include "args.h"
#include "guess.h"
#include "session.h"
#include "table.h"

/* A name is a rule's code, or one of these, which follow the rules in number. */
enum { POLICY_ACCESS_LOG = VAULT_RULES, POLICY_CA_FILE, POLICY_NAMES };

static const char *policy_name(int i)
{
	return i < VAULT_RULES ? vault_rule_info((enum vault_rule)i)->code : i == POLICY_ACCESS_LOG ? "access-log" : "ca-file";
}

static const char *policy_what(int i)
{
	if (i < VAULT_RULES)
		return vault_rule_info((enum vault_rule)i)->title;
	return i == POLICY_ACCESS_LOG ? "whether a value is released where that cannot be logged"
	                              : "the certificate authority that is trusted instead of the system's";
}

/* "120 days", "off", "required", "/etc/ssl/company.pem", borrowed or in `out`. */
enum { POLICY_WORDS = 32 };
static const char *policy_value(const struct vault_settings *s, int i, char out[POLICY_WORDS])
{
	if (i == POLICY_ACCESS_LOG)
		return s->log_best_effort ? "best-effort" : "required";
	if (i == POLICY_CA_FILE)
		return s->ca_file ? s->ca_file : "none";
	if (vault_settings_off(s, (enum vault_rule)i))
		return "off";
	if (vault_settings_days(s, (enum vault_rule)i) < 0)
		return "on";
	(void)snprintf(out, POLICY_WORDS, "%ld days", (long)vault_settings_days(s, (enum vault_rule)i));
	return out;
}

static int policy_differs(const struct vault_settings *a, const struct vault_settings *b, int i)
{
	if (i == POLICY_ACCESS_LOG)
		return !a->log_best_effort != !b->log_best_effort;
	if (i == POLICY_CA_FILE)
		return strcmp(a->ca_file ? a->ca_file : "", b->ca_file ? b->ca_file : "") != 0;
	return !a->rules[i].off != !b->rules[i].off || a->rules[i].days != b->rules[i].days;
}

/* --- list --- */

static void policy_set_days(struct vault_json *obj, const char *key, int32_t days)
{
	if (days < 0)
		vault_json_set_null(obj, key);
	else
		vault_json_set_int(obj, key, days);
}

static struct vault_json *policy_json(const struct vault_settings *s, const struct vault_settings *otherwise, int i)
{
	const struct vault_rule_info *r = i < VAULT_RULES ? vault_rule_info((enum vault_rule)i) : NULL;
	struct vault_json *obj = vault_json_object();
	char words[POLICY_WORDS];

	vault_json_set_str(obj, "name", policy_name(i));
	vault_json_set_str(obj, "kind", r ? "rule" : "setting");
	vault_json_set_str(obj, "value", policy_value(s, i, words));
	vault_json_set_str(obj, "default", policy_value(otherwise, i, words));
	if (r)
		vault_json_set_bool(obj, "off", vault_settings_off(s, (enum vault_rule)i));
	else
		vault_json_set_null(obj, "off");
	policy_set_days(obj, "days", r ? vault_settings_days(s, (enum vault_rule)i) : -1);
	policy_set_days(obj, "default_days", r ? r->days : -1);
	vault_json_set_str(obj, "days_mean", r ? r->days_mean : NULL);
	vault_json_set_str(obj, "severity", r ? vault_severity_name(r->severity) : NULL);
	vault_json_set_str(obj, "nhi", r ? r->nhi : NULL);
	vault_json_set_str(obj, "what", policy_what(i));
	return obj;
}

/* What differs from the default is seen at once on a terminal. */
static void policy_table(struct out *o, const struct vault_settings *s, const struct vault_settings *otherwise)
{
	static const struct table_column columns[] = {
		{"NAME", 0, 0}, {"VALUE", 0, TABLE_CUT}, {"DEFAULT", 0, TABLE_FROM(90)}, {"WHAT", 0, TABLE_WRAP}, {NULL, 0, 0},
	};
	struct table *t = table_new(columns);
	char is[POLICY_WORDS], own[POLICY_WORDS];

	for (int i = 0; i < POLICY_NAMES; i++) {
		const char *value = policy_value(s, i, is), *normal = policy_value(otherwise, i, own);

		table_line(t);
		table_cell(t, policy_name(i), TABLE_PLAIN);
		table_cell(t, value, strcmp(value, normal) == 0 ? TABLE_PLAIN : TABLE_GOOD);
		table_cell(t, normal, TABLE_FAINT);
		table_cell(t, policy_what(i), TABLE_PLAIN);
	}
	table_print(&t, o);
}

/* Items of all names; where `was` is given of those that are another now. */
static void policy_items(struct call *c, const char *schema, int64_t now, const struct vault_settings *s,
                         const struct vault_settings *was)
{
	struct vault_settings otherwise;

	vault_settings_defaults(&otherwise);
	out_json_begin(c->out, schema, now);
	for (int i = 0; i < POLICY_NAMES; i++)
		if (!was || policy_differs(was, s, i))
			out_json_item(c->out, policy_json(s, &otherwise, i));
	out_json_end(c->out);
}

static enum vault_rc policy_list(struct call *c, struct vault_err *err)
{
	struct session s = {0};
	struct vault_settings is, otherwise;
	enum vault_rc rc;

	vault_settings_defaults(&is);
	vault_settings_defaults(&otherwise);
	rc = session_open(c, &s, err);
	if (rc == VAULT_OK)
		rc = vault_begin(s.v, VAULT_READ, err);
	if (rc == VAULT_OK)
		rc = vault_settings_get(s.v, &is, err);
	vault_end(s.v);
	if (rc == VAULT_OK && c->out->json)
		policy_items(c, "policy-list", vault_now(s.v), &is, NULL);
	else if (rc == VAULT_OK)
		policy_table(c->out, &is, &otherwise);
	vault_settings_clear(&is);
	session_close(&s);
	return rc;
}

/* --- set --- */

/* What is asked for, read before the vault is opened: usage comes first. */
struct policy_change {
	int given[POLICY_NAMES];
	struct vault_settings to; /* of those given */
	int as_it_was[VAULT_RULES]; /* "on": the days stay */
};

static enum vault_rc policy_find(const char *name, int *at, struct vault_err *err)
{
	const char *best = NULL;
	size_t edits = SIZE_MAX;

	for (int i = 0; i < POLICY_NAMES; i++) {
		if (strcmp(policy_name(i), name) == 0) {
			*at = i;
			return VAULT_OK;
		}
		guess_offer(name, policy_name(i), &best, &edits);
	}
	return vault_err_set(err, VAULT_USAGE, "there is no rule or setting '%s'%s%s%s: `vault policy list` names them", name,
	                     best ? " (did you mean " : "", best ? best : "", best ? "?)" : "");
}

static int policy_number(const char *s, int32_t *n)
{
	long value = 0;

	if (!*s || strspn(s, "0123456789") != strlen(s) || strlen(s) > 9)
		return 0;
	value = strtol(s, NULL, 10); /* nine digits fit */
	*n = (int32_t)value;
	return value <= VAULT_RULE_DAYS_MAX;
}

static enum vault_rc policy_rule(struct policy_change *p, enum vault_rule r, const char *value, struct vault_err *err)
{
	struct vault_rule_setting *to = &p->to.rules[r];
	const struct vault_rule_info *info = vault_rule_info(r);

	if (strcmp(value, "off") == 0 || strcmp(value, "on") == 0) {
		to->off = strcmp(value, "off") == 0;
		p->as_it_was[r] = 1;
	} else if (strcmp(value, "default") != 0 && (info->days < 0 || !policy_number(value, &to->days))) {
		if (info->days < 0)
			return vault_err_set(err, VAULT_USAGE, "%s is on, off or default, not '%s'", info->code, value);
		return vault_err_set(err, VAULT_USAGE, "%s is a number of days (0 to %d), on, off or default, not '%s'",
		                     info->code, VAULT_RULE_DAYS_MAX, value);
	}
	return VAULT_OK;
}

static enum vault_rc policy_one(struct policy_change *p, const char *name, const char *value, struct vault_err *err)
{
	int at = 0;
	enum vault_rc rc = policy_find(name, &at, err);

	if (rc == VAULT_OK && p->given[at]++)
		rc = vault_err_set(err, VAULT_USAGE, "%s is given twice", name);
	if (rc != VAULT_OK)
		return rc;
	if (at < VAULT_RULES)
		return policy_rule(p, (enum vault_rule)at, value, err);
	if (strcmp(value, "default") == 0)
		return VAULT_OK;
	if (at == POLICY_CA_FILE)
		return strcmp(value, "none") == 0 ? VAULT_OK : vault_settings_ca_file(value, &p->to.ca_file, err);
	p->to.log_best_effort = strcmp(value, "best-effort") == 0;
	if (!p->to.log_best_effort && strcmp(value, "required") != 0)
		return vault_err_set(err, VAULT_USAGE, "access-log is required or best-effort, not '%s'", value);
	return VAULT_OK;
}

static enum vault_rc policy_args(struct call *c, struct policy_change *p, struct vault_err *err)
{
	const struct args *a = c->args;
	enum vault_rc rc = VAULT_OK;

	vault_settings_defaults(&p->to);
	if (a->n_operands % 2 != 0)
		return args_usage(a, err, "NAME and VALUE come in pairs: '%s' has no value", a->operands[a->n_operands - 1]);
	for (size_t i = 0; i < a->n_operands && rc == VAULT_OK; i += 2)
		rc = policy_one(p, a->operands[i], a->operands[i + 1], err);
	return rc;
}

/* What is not given stays. `is` gets what is to be; its CA file is a copy. */
static enum vault_rc policy_apply(const struct policy_change *p, const struct vault_settings *was, struct vault_settings *is,
                                  struct vault_err *err)
{
	const char *ca = p->given[POLICY_CA_FILE] ? p->to.ca_file : was->ca_file;

	for (int r = 0; r < VAULT_RULES; r++) {
		is->rules[r] = p->given[r] ? p->to.rules[r] : was->rules[r];
		if (p->as_it_was[r])
			is->rules[r].days = was->rules[r].days;
	}
	is->log_best_effort = p->given[POLICY_ACCESS_LOG] ? p->to.log_best_effort : was->log_best_effort;
	is->ca_file = ca ? strdup(ca) : NULL;
	return ca && !is->ca_file ? vault_err_set(err, VAULT_REFUSED, "out of memory") : VAULT_OK;
}

static enum vault_rc policy_store(struct session *s, const struct policy_change *p, struct vault_settings *was,
                                  struct vault_settings *is, int *changed, struct vault_err *err)
{
	enum vault_rc rc = vault_begin(s->v, VAULT_WRITE, err);

	if (rc == VAULT_OK)
		rc = vault_settings_get(s->v, was, err);
	if (rc == VAULT_OK)
		rc = policy_apply(p, was, is, err);
	if (rc == VAULT_OK)
		rc = vault_settings_set(s->v, is, changed, err);
	if (rc == VAULT_OK && *changed)
		rc = vault_commit(s->v, err);
	vault_end(s->v);
	return rc;
}

static void policy_tell(struct call *c, const struct vault_settings *was, const struct vault_settings *is, int changed)
{
	struct vault_strings lines = {0};

	if (!changed)
		out_note(c->out, "nothing was changed, all of it was so already");
	if (vault_settings_changes(was, is, &lines, NULL) == VAULT_OK)
		for (size_t i = 0; i < lines.n; i++)
			out_note(c->out, "%s", lines.s[i]);
	vault_strings_clear(&lines);
	if (!was->log_best_effort && is->log_best_effort)
		out_note(c->out, "from now on a value is also released where that cannot be logged: a note says so, and nothing keeps it");
}

static enum vault_rc policy_set(struct call *c, struct vault_err *err)
{
	struct session s = {0};
	struct policy_change p = {.given = {0}};
	struct vault_settings was, is;
	int changed = 0;
	enum vault_rc rc;

	vault_settings_defaults(&was);
	vault_settings_defaults(&is);
	rc = policy_args(c, &p, err);
	if (rc == VAULT_OK)
		rc = session_open(c, &s, err);
	if (rc == VAULT_OK)
		rc = policy_store(&s, &p, &was, &is, &changed, err);
	if (rc == VAULT_OK && c->out->json)
		policy_items(c, "policy-set", vault_now(s.v), &is, &was);
	if (rc == VAULT_OK)
		policy_tell(c, &was, &is, changed);
	vault_settings_clear(&p.to);
	vault_settings_clear(&was);
	vault_settings_clear(&is);
	session_close(&s);
	return rc;
}

static const struct command policy_list_command = {
	.name = "policy list",
	.purpose = "list rules and settings, as they are and by default",
	.operands = "",
	.run = policy_list,
};

static const struct command policy_set_command = {
	.name = "policy set",
	.purpose = "set rules and settings: on, off, days or default",
	.operands = "NAME VALUE...",
	.min_operands = 2,
	.max_operands = SIZE_MAX,
	.run = policy_set,
};

static const struct command *const policy_subs[] = {&policy_list_command, &policy_set_command, NULL};

const struct command cmd_policy = {
	.name = "policy",
	.purpose = "rules and days of audit and due, access log, CA file",
	.operands = "list|set",
	.subs = policy_subs,
};
