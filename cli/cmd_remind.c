/* cmd_remind.c - vault remind: what is due, to the people concerned, once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "out.h"
#include "remind.h"
#include "show.h"
#include "table.h"
#include "tty.h"

enum { REMIND_DAYS_MAX = 36500, REMIND_EVERY_DAYS = 7 };

/* --- what is shown --- */

void remind_note(struct reminding *x, const struct vault_remind *r, const char *how, int sent)
{
	char when[SHOW_WORDS], codes[256];
	struct vault_json *j;

	if (sent)
		x->n_said++;
	else
		x->n_failed++;
	if (!x->c->out->json) {
		table_line(x->table);
		table_cell(x->table, r->to ? r->to : "", TABLE_PLAIN);
		table_cell(x->table, how, TABLE_PLAIN);
		table_cell(x->table, r->token->label, TABLE_PLAIN);
		table_cell(x->table, r->due ? show_day_cell(r->due->due, x->f.f.today, when) : "", TABLE_PLAIN);
		table_cell(x->table, vault_remind_why_name(r->why), TABLE_PLAIN);
		table_cell(x->table, remind_codes(r->due, codes, sizeof(codes)), TABLE_PLAIN);
		return;
	}
	if (r->due) {
		j = show_due(r->due, &x->holders);
	} else {
		j = vault_json_object();
		vault_json_set_str(j, "label", r->token->label);
		vault_json_set_str(j, "account", r->token->account);
		vault_json_set_null(j, "due");
		vault_json_set_null(j, "days_left");
		vault_json_set(j, "reasons", vault_json_array());
		show_set_due_holders(j, r->token, &x->holders);
	}
	vault_json_set_str(j, "how", how);
	vault_json_set_str(j, "to", r->to);
	vault_json_set_str(j, "why", vault_remind_why_name(r->why));
	vault_json_set_bool(j, "said", sent && !x->dry);
	vault_json_set_time(j, "before", r->before ? r->before->time : -1);
	vault_json_add(x->items, j);
}

enum vault_rc remind_log(struct reminding *x, const struct vault_remind *const *r, size_t n, struct vault_err *err)
{
	return x->dry || n == 0 ? VAULT_OK : vault_reminded_log(x->s.v, r, n, err);
}

enum vault_rc remind_forget(struct reminding *x, const struct vault_reminds *l, struct vault_err *err)
{
	const struct vault_remind **gone = calloc(l->n + 1, sizeof(*gone));
	size_t n = 0;
	enum vault_rc rc;

	if (!gone)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	for (size_t i = 0; i < l->n; i++)
		if (l->r[i].why == VAULT_REMIND_GONE)
			gone[n++] = &l->r[i];
	rc = remind_log(x, gone, n, err);
	free(gone);
	return rc;
}

static void remind_show(struct reminding *x, size_t due)
{
	struct out *o = x->c->out;

	if (o->json)
		out_json(o, "remind", vault_now(x->s.v), &x->items);
	else if (x->table)
		table_print(&x->table, o);
	if (due == 0 && x->n_said + x->n_failed == 0)
		out_note(o, "nothing is due within %lld days", (long long)x->within);
	else if (x->n_said + x->n_failed == 0)
		out_note(o, "%zu due, and nothing to be said that was not", due);
	else if (x->dry)
		out_note(o, "nothing was sent, written or logged");
}

/* --- the run --- */

static enum vault_rc remind_args(struct call *c, struct reminding *x, struct vault_err *err)
{
	const struct args *a = c->args;
	const char *ics = args_str(a, OPT_ICS), *program = args_str(a, OPT_NOTIFY_SEND);
	int ways = args_flag(a, OPT_MAIL) + args_flag(a, OPT_DESKTOP) + (ics != NULL);
	uint64_t within = FACTS_WITHIN_DAYS, every = REMIND_EVERY_DAYS;
	enum vault_rc rc = args_uint(a, OPT_WITHIN, 0, REMIND_DAYS_MAX, &within, err);

	if (rc == VAULT_OK)
		rc = args_uint(a, OPT_EVERY, 0, REMIND_DAYS_MAX, &every, err);
	if (rc == VAULT_OK)
		rc = remind_mail_args(a, err);
	if (rc != VAULT_OK)
		return rc;
	if (ics && !*ics)
		return args_usage(a, err, "--ics takes a file, or - for stdout");
	if (ics && strcmp(ics, "-") == 0 && c->out->json)
		return args_usage(a, err, "--ics - and --json would both be stdout");
	if (program && (*program != '/' || !args_flag(a, OPT_DESKTOP)))
		return args_usage(a, err, "--notify-send takes a path from / on, with --desktop");
	if (!args_flag(a, OPT_INSTALL) && args_flag(a, OPT_FORCE))
		return args_usage(a, err, "--force is of --install");
	if (args_flag(a, OPT_INSTALL) && args_flag(a, OPT_DRY_RUN))
		return args_usage(a, err, "--install writes units, --dry-run writes nothing: one of them");
	x->dry = args_flag(a, OPT_DRY_RUN) || ways == 0;
	x->within = (int64_t)within;
	x->every = (int64_t)every;
	/* JSON alone, or what would be said: to whom a mail would go. */
	if (ways == 0 && !c->out->json && !args_flag(a, OPT_DRY_RUN) && !args_flag(a, OPT_INSTALL))
		return args_usage(a, err, "--mail, --ics FILE or --desktop says how; --dry-run shows what would be said");
	return VAULT_OK;
}

/* What was said first: it is refused before anything is read for nobody. */
static enum vault_rc remind_load(struct reminding *x, struct vault_dues *dues, struct vault_err *err)
{
	enum vault_rc rc = session_open(x->c, &x->s, err);

	if (rc == VAULT_OK)
		rc = vault_reminded_all(x->s.v, &x->said, err);
	if (rc == VAULT_OK)
		rc = facts_load_due(x->c, &x->s, &x->f, err);
	if (rc == VAULT_OK)
		rc = vault_due_find(&x->f.f, x->within, dues, err);
	return rc == VAULT_OK ? vault_holders_at(&x->f.f, x->f.f.today, 0, &x->holders, err) : rc;
}

static enum vault_rc remind_say(struct reminding *x, const struct vault_dues *dues, struct vault_err *err)
{
	const struct args *a = x->c->args;
	const char *ics = args_str(a, OPT_ICS);
	int nowhere = !ics && !args_flag(a, OPT_DESKTOP);
	enum vault_rc rc = VAULT_OK;

	tty_release();
	if (args_flag(a, OPT_MAIL) || nowhere)
		rc = remind_mail(x, dues, err);
	if (rc == VAULT_OK && args_flag(a, OPT_DESKTOP))
		rc = remind_desktop(x, dues, err);
	if (rc == VAULT_OK && ics)
		rc = remind_ics(x, ics, err);
	return rc;
}

static enum vault_rc remind_run(struct call *c, struct vault_err *err)
{
	static const struct table_column columns[] = {
		{"TO", 0, 0}, {"HOW", 0, 0}, {"LABEL", 0, 0}, {"DUE", 0, 0}, {"WHY NOW", 0, 0}, {"REASONS", 0, TABLE_WRAP}, {NULL, 0, 0},
	};
	struct reminding x = {.c = c};
	struct vault_dues dues = {0};
	const char *ics = args_str(c->args, OPT_ICS);
	enum vault_rc rc = remind_args(c, &x, err);

	if (rc == VAULT_OK && args_flag(c->args, OPT_INSTALL))
		return remind_install(c, err);
	if (rc == VAULT_OK)
		rc = remind_load(&x, &dues, err);
	/* Where the calendar is stdout, nothing else is. */
	if (rc == VAULT_OK && c->out->json)
		x.items = vault_json_array();
	else if (rc == VAULT_OK && !(ics && strcmp(ics, "-") == 0))
		x.table = table_new(columns);
	if (rc == VAULT_OK)
		rc = remind_say(&x, &dues, err);
	if (rc == VAULT_OK)
		remind_show(&x, dues.n);
	if (rc == VAULT_OK && x.n_failed > 0)
		rc = vault_err_set(err, VAULT_REFUSED, "%zu of %zu could not be said: they are tried again in the next run", x.n_failed,
		                   x.n_failed + x.n_said);
	if (x.table) /* what was said before something failed; it is not shown */
		table_print(&x.table, c->out);
	vault_json_free(&x.items);
	vault_holders_clear(&x.holders);
	vault_reminders_clear(&x.said);
	vault_dues_clear(&dues);
	facts_clear(&x.f);
	session_close(&x.s);
	return rc;
}

static const struct command_option remind_options[] = {
	{OPT_MAIL, 0, "mail", NULL, 0, "a mail to each owner, by sendmail -t"},
	{OPT_ICS, 0, "ics", "FILE", 0, "a calendar of due dates into this file (-: stdout)"},
	{OPT_DESKTOP, 0, "desktop", NULL, 0, "a notification on this desktop, by notify-send"},
	{OPT_WITHIN, 0, "within", "DAYS", 0, "look ahead this far (14; a calendar 366)"},
	{OPT_EVERY, 0, "every", "DAYS", 0, "say the same again after so many days (7; 0: never)"},
	{OPT_DRY_RUN, 0, "dry-run", NULL, 0, "show what would be said to whom, and do nothing"},
	{OPT_FROM, 0, "from", "ADDRESS", 0, "whom mails are from (the mail program's choice)"},
	{OPT_SENDMAIL, 0, "sendmail", "PROG", 0, "the mail program (/usr/sbin/sendmail)"},
	{OPT_NOTIFY_SEND, 0, "notify-send", "PROG", 0, "the notifier (/usr/bin/notify-send)"},
	{OPT_INSTALL, 0, "install", NULL, 0, "write systemd user units that do this every day"},
	{OPT_FORCE, 0, "force", NULL, 0, "write them over units that differ"},
	{0, 0, NULL, NULL, 0, NULL},
};

const struct command cmd_remind = {
	.name = "remind",
	.purpose = "tell owners what is due, once",
	.operands = "",
	.options = remind_options,
	.run = remind_run,
};
