/* cmd_log.c - vault log: every change, release and check in plain words, newest last. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/log.h>

#include "args.h"
#include "guess.h"
#include "log_keep.h"
#include "log_proof.h"
#include "log_report.h"
#include "out.h"
#include "session.h"

enum { LOG_DAY_S = 86400 };

struct log_filter {
	const char *label, *slot, *vendor, *to;
	int64_t since, until; /* seconds; from `since` on, before `until` */
};

/* --- filters --- */

static enum vault_rc log_action(const struct args *a, const char *action, struct vault_err *err)
{
	const char *best = NULL, *known;
	size_t edits = SIZE_MAX;
	char all[512] = "";

	for (size_t i = 0; (known = log_action_name(i)) != NULL; i++) {
		size_t len = strlen(all);

		if (strcmp(known, action) == 0)
			return VAULT_OK;
		guess_offer(action, known, &best, &edits);
		snprintf(all + len, sizeof(all) - len, "%s%s", i ? " " : "", known);
	}
	if (best)
		return args_usage(a, err, "--action does not know %s, did you mean %s?", action, best);
	return args_usage(a, err, "--action is one of: %s", all);
}

static enum vault_rc log_args(struct call *c, struct log_filter *f, struct vault_err *err)
{
	const struct args *a = c->args;
	int64_t day = VAULT_NO_DAY, last = VAULT_NO_DAY;
	const char *action;
	enum vault_rc rc = args_day(a, OPT_SINCE, &day, err);

	if (rc == VAULT_OK)
		rc = args_day(a, OPT_UNTIL, &last, err);
	if (rc == VAULT_OK && last != VAULT_NO_DAY && last < day)
		return args_usage(a, err, "--until is before --since");
	f->label = args_str(a, OPT_LABEL);
	f->slot = args_str(a, OPT_BY_SLOT);
	f->since = day == VAULT_NO_DAY ? INT64_MIN : day * LOG_DAY_S;
	f->until = last == VAULT_NO_DAY ? INT64_MAX : (last + 1) * LOG_DAY_S;
	f->vendor = args_str(a, OPT_VENDOR);
	if (rc == VAULT_OK && f->label)
		rc = vault_label_check(f->label, err);
	if (rc == VAULT_OK && f->vendor)
		rc = vault_vendor_name_check(f->vendor, err);
	if (rc == VAULT_OK)
		rc = args_email(a, OPT_TO, &f->to, err);
	for (size_t i = 0; rc == VAULT_OK && (action = args_nth(a, OPT_ACTION, i)) != NULL; i++)
		rc = log_action(a, action, err);
	return rc;
}

static int log_wanted(const struct args *a, const struct log_filter *f, const struct vault_event *e)
{
	const char *action;

	if (e->time < f->since || e->time >= f->until || (f->slot && (!e->slot || strcmp(e->slot, f->slot) != 0)))
		return 0;
	if (!args_nth(a, OPT_ACTION, 0))
		return 1;
	for (size_t i = 0; (action = args_nth(a, OPT_ACTION, i)) != NULL; i++)
		if (strcmp(action, e->action) == 0)
			return 1;
	return 0;
}

static void log_drop(struct vault_event *e)
{
	free(e->slot);
	free(e->label);
	free(e->vendor);
	free(e->to);
	free(e->text);
	free(e->renamed);
	free(e->asked_by);
}

/* Leaves what is wanted. */
static enum vault_rc log_keep(struct call *c, struct session *s, const struct log_filter *f, struct vault_events *l,
                              struct vault_err *err)
{
	char *keep = malloc(l->n + 1);
	size_t n = 0;
	enum vault_rc rc = keep ? VAULT_OK : vault_err_set(err, VAULT_REFUSED, "out of memory");

	if (keep)
		memset(keep, 1, l->n + 1);
	if (rc == VAULT_OK && f->label)
		rc = log_keep_label(s, l, f->label, keep, err);
	if (rc == VAULT_OK && (f->vendor || f->to))
		rc = log_keep_party(s, l, f->vendor, f->to, keep, err);
	for (size_t i = 0; rc == VAULT_OK && i < l->n; i++) {
		if (keep[i] && log_wanted(c->args, f, &l->e[i]))
			l->e[n++] = l->e[i];
		else
			log_drop(&l->e[i]);
	}
	if (rc == VAULT_OK)
		l->n = n;
	free(keep);
	return rc;
}

/* --- what is printed --- */

static void log_json(struct call *c, const struct session *s, const struct vault_events *l)
{
	out_json_begin(c->out, "log", vault_now(s->v));
	for (size_t i = 0; i < l->n; i++) {
		const struct vault_event *e = &l->e[i];
		struct vault_json *j = vault_json_object();

		vault_json_set_time(j, "time", e->time);
		vault_json_set_int(j, "epoch", (int64_t)e->epoch);
		vault_json_set_bool(j, "change", e->change);
		vault_json_set_str(j, "action", e->action);
		vault_json_set_str(j, "slot", e->slot);
		vault_json_set_str(j, "label", e->label);
		if (e->version)
			vault_json_set_int(j, "version", e->version);
		else
			vault_json_set_null(j, "version");
		vault_json_set_str(j, "vendor", e->vendor);
		vault_json_set_str(j, "to", e->to);
		vault_json_set_str(j, "text", e->text);
		vault_json_set_str(j, "asked_by", e->asked_by);
		vault_json_set_str(j, "ignored", e->ignored);
		out_json_item(c->out, j);
	}
	out_json_end(c->out);
}

/* A key slot that did nothing is none of the log's: what it might be called is said, not refused. */
static void log_nothing(struct out *o, const struct log_filter *f, const char *near)
{
	if (f->slot && near)
		out_note(o, "nothing is logged of a key slot %s, did you mean %s?", f->slot, near);
	else
		out_note(o, "nothing is logged that is like that");
}

static enum vault_rc log_run(struct call *c, struct vault_err *err)
{
	struct session s = {0};
	struct vault_events l = {0};
	struct log_filter f = {0};
	char slot[VAULT_NAME_MAX + 1] = "";
	const char *near = NULL;
	size_t edits = SIZE_MAX;
	enum vault_log_here here = VAULT_LOG_WHOLE;
	struct report report;
	enum vault_rc rc;

	if (log_proof_wanted(c))
		return log_proof_run(c, err);
	rc = report_args(c, &log_report, &report, err);
	if (rc == VAULT_OK)
		rc = log_args(c, &f, err);
	if (rc == VAULT_OK)
		rc = session_open(c, &s, err);
	if (rc == VAULT_OK)
		rc = vault_begin(s.v, VAULT_READ, err);
	if (rc == VAULT_OK)
		rc = vault_log_all(s.v, &l, &here, err);
	for (size_t i = 0; rc == VAULT_OK && f.slot && i < l.n; i++)
		if (l.e[i].slot)
			guess_offer(f.slot, l.e[i].slot, &near, &edits);
	if (near)
		snprintf(slot, sizeof(slot), "%s", near);
	if (rc == VAULT_OK)
		rc = log_keep(c, &s, &f, &l, err);
	vault_end(s.v);
	if (rc == VAULT_OK)
		rc = report_sort(&report, l.e, l.n, sizeof(*l.e), NULL, err);
	if (rc == VAULT_OK && c->out->json)
		log_json(c, &s, &l);
	else if (rc == VAULT_OK)
		report_print(&report, c->out, l.e, l.n, sizeof(*l.e), NULL);
	if (rc == VAULT_OK && here == VAULT_LOG_ELSEWHERE)
		out_note(c->out,
		         "changes only: this vault's access log is elsewhere; carry it with the copy, or --log FILE");
	if (rc == VAULT_OK && here == VAULT_LOG_LATER)
		out_note(c->out, "the access log before this one is not here, or is of the vault before a rekey: what it says is not "
		                 "shown");
	if (rc == VAULT_OK && l.n == 0)
		log_nothing(c->out, &f, near && edits > 0 ? slot : NULL);
	vault_events_clear(&l);
	session_close(&s);
	return rc;
}

static const struct command_option log_options[] = {
        {OPT_LABEL, 0, "label", "LABEL", 0, "of the token that has or had this label"},
        {OPT_VENDOR, 0, "vendor", "NAME", 0, "of the vendor that has or had this name"},
        {OPT_TO, 0, "to", "EMAIL", 0, "of what this person holds or held"},
        {OPT_SINCE, 0, "since", "DATE", 0, "from this day on"},
        {OPT_UNTIL, 0, "until", "DATE", 0, "to the end of this day"},
        {OPT_BY_SLOT, 0, "slot", "NAME", 0, "done by this key slot (SMARTVAULT_SLOT chooses which to open as)"},
        {OPT_ACTION, 0, "action", "ACTION", 1, "of this kind; as often as needed"},
        REPORT_OPTIONS,
        {OPT_LOG_VERIFY, 0, "verify", NULL, 0, "prove the access log instead, and say what was proved"},
        {OPT_HEAD, 0, "head", NULL, 0, "print one line to keep elsewhere, for `vault verify --head`"},
        {OPT_LOG_ROTATE, 0, "rotate", NULL, 0, "close the access log and begin a new one"},
        {0, 0, NULL, NULL, 0, NULL},
};

const struct command cmd_log = {
        .name = "log",
        .purpose = "show every change, release and check",
        .operands = "",
        .options = log_options,
        .run = log_run,
        .report = &log_report,
};
