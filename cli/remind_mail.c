/* remind_mail.c - one mail an owner, through the system's mail program. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "deliver.h"
#include "mime.h"
#include "out.h"
#include "remind.h"

enum { MAIL_SUBJECT = 256 };

/* --- who it is from --- */

/* Name and address of "NAME <ADDRESS>", or of an address alone (name ""). 0, or -1 where it is neither. */
static int mail_from(const char *from, char *name, char *address, size_t n)
{
	const char *open = strrchr(from, '<');
	size_t len = strlen(from), at = open ? (size_t)(open - from) : 0;

	*name = '\0';
	if (len >= n || vault_text_check("--from", from, NULL) != VAULT_OK)
		return -1;
	if (open && (at == 0 || from[len - 1] != '>'))
		return -1;
	snprintf(address, n, "%.*s", open ? (int)(len - at - 2) : (int)len, open ? open + 1 : from);
	while (at > 0 && from[at - 1] == ' ')
		at--;
	if (open)
		snprintf(name, n, "%.*s", (int)at, from);
	return mime_is_address(address) ? 0 : -1;
}

enum vault_rc remind_mail_args(const struct args *a, struct vault_err *err)
{
	const char *from = args_str(a, OPT_FROM), *program = args_str(a, OPT_SENDMAIL);
	char name[VAULT_MSG_MAX], address[VAULT_MSG_MAX];

	if (from && mail_from(from, name, address, sizeof(name)) != 0)
		return args_usage(a, err, "--from takes an address like name@example.com, or 'Name <name@example.com>'");
	if ((from || program) && !args_flag(a, OPT_MAIL))
		return args_usage(a, err, "--from and --sendmail are of --mail");
	if (program && *program != '/')
		return args_usage(a, err, "--sendmail takes a path from / on");
	return VAULT_OK;
}

/* --- the mail --- */

/* The most urgent stands first. */
static void mail_subject(const struct vault_remind *const *r, size_t n, char out[MAIL_SUBJECT])
{
	char codes[MAIL_SUBJECT / 2], day[VAULT_DAY_LEN], when[32] = "";
	int ahead = r[0]->due->days_left > 0;

	if (ahead)
		snprintf(when, sizeof(when), " on %s", vault_day_format(r[0]->due->due, day));
	if (n == 1)
		snprintf(out, MAIL_SUBJECT, "Smartsheet token %s %s due%s: %s", r[0]->token->label, ahead ? "will be" : "is", when,
		         remind_codes(r[0]->due, codes, sizeof(codes)));
	else
		snprintf(out, MAIL_SUBJECT, "%zu Smartsheet tokens %s due, %s first%s", n, ahead ? "will be" : "are", r[0]->token->label,
		         when);
}

static void mail_headers(const struct reminding *x, const char *to, const struct vault_remind *const *r, size_t n, struct text *out)
{
	const char *from = args_str(x->c->args, OPT_FROM);
	char name[VAULT_MSG_MAX], address[VAULT_MSG_MAX], subject[MAIL_SUBJECT], id[VAULT_REMIND_HEX], date[MIME_DATE];

	if (from && mail_from(from, name, address, sizeof(name)) == 0) {
		text_puts(out, "From: ");
		if (*name)
			mime_phrase(out, name);
		text_printf(out, *name ? " <%s>\n" : "%s\n", address);
	}
	text_printf(out, "To: %s\n", to);
	mail_subject(r, n, subject);
	mime_header(out, "Subject", subject);
	vault_remind_message(to, r, n, id);
	text_printf(out, "Date: %s\nMessage-ID: <%s@smartvault>\n", mime_date(vault_now(x->s.v), date), id);
	text_puts(out, "Auto-Submitted: auto-generated\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
	               "Content-Transfer-Encoding: quoted-printable\n\n");
}

static void mail_text(const struct reminding *x, const char *to, const struct vault_remind *const *r, size_t n, struct text *out)
{
	struct text body = {0};

	text_puts(&body, n == 1 ? "This Smartsheet API token of yours has to be seen to:\n"
	                        : "These Smartsheet API tokens of yours have to be seen to, the most urgent first:\n");
	for (size_t i = 0; i < n; i++) {
		text_puts(&body, "\n");
		remind_words(x, r[i], 1, &body);
	}
	text_printf(&body, "\n-- \nSent by vault remind, which knows %s. It says this again when something changes or gets worse",
	            x->s.path);
	if (x->every > 0)
		text_printf(&body, ", and after %lld %s", (long long)x->every, x->every == 1 ? "day" : "days");
	text_puts(&body, ".\n");
	mail_headers(x, to, r, n, out);
	if (body.failed)
		out->failed = 1;
	else
		mime_body(out, body.p);
	text_free(&body);
}

/* --- sending --- */

static enum vault_rc mail_hand_over(const struct reminding *x, const struct text *mail, struct vault_err *err)
{
	static const char *const known[] = {"/usr/sbin/sendmail", "/usr/lib/sendmail", "/usr/bin/sendmail", NULL};
	static const char *const keep[] = {"HOME", "USER", "LOGNAME", "TZ", "XDG_CONFIG_HOME", "XDG_STATE_HOME", NULL};
	static const char *const argv[] = {"sendmail", "-t", "-i", NULL};
	const char *program = args_str(x->c->args, OPT_SENDMAIL);

	if (!program)
		program = deliver_find(known);
	if (!program)
		return vault_err_set(err, VAULT_REFUSED, "there is no /usr/sbin/sendmail: install a mail program, or give --sendmail PROG");
	return deliver_run(program, argv, keep, mail->p, mail->n, err);
}

/* To one person; what happened is noted and, where it was sent, logged. */
static enum vault_rc mail_send(struct reminding *x, const char *to, const struct vault_remind *const *r, size_t n,
                               struct vault_err *err)
{
	struct vault_err why = {0};
	struct text mail = {0};
	enum vault_rc rc = VAULT_OK, sent = VAULT_OK;

	mail_text(x, to, r, n, &mail);
	if (mail.failed)
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	if (rc == VAULT_OK && !mime_is_address(to))
		sent = vault_err_set(&why, VAULT_REFUSED, "no mail can be sent to that address; give another owner: vault edit %s --owner EMAIL",
		                     r[0]->token->label);
	else if (rc == VAULT_OK && !x->dry)
		sent = mail_hand_over(x, &mail, &why);
	text_free(&mail);
	if (sent != VAULT_OK) {
		char line[VAULT_MSG_MAX + 300];

		snprintf(line, sizeof(line), "%.256s was not reminded: %s", to, why.msg);
		out_error(line);
	} else if (rc == VAULT_OK) {
		rc = remind_log(x, r, n, err);
	}
	for (size_t i = 0; rc == VAULT_OK && i < n; i++)
		remind_note(x, r[i], VAULT_REMIND_MAIL, sent == VAULT_OK);
	return rc;
}

enum vault_rc remind_mail(struct reminding *x, const struct vault_dues *dues, struct vault_err *err)
{
	const struct vault_remind_how how = {.how = VAULT_REMIND_MAIL, .today = x->f.f.today, .every = x->every};
	const struct vault_remind **mine = calloc(dues->n + 1, sizeof(*mine));
	char *done = calloc(dues->n + 1, 1); /* of the dues, which stand first */
	struct vault_reminds l = {0};
	enum vault_rc rc = mine && done ? vault_remind_find(dues, &x->f.tokens, &x->holders, &x->said, &how, &l, err)
	                                : vault_err_set(err, VAULT_REFUSED, "out of memory");

	for (size_t i = 0; rc == VAULT_OK && i < dues->n; i++) {
		size_t n = 0;

		if (done[i] || l.r[i].why == VAULT_REMIND_NOT)
			continue;
		for (size_t k = i; k < dues->n; k++) {
			if (l.r[k].why == VAULT_REMIND_NOT || strcasecmp(l.r[k].to, l.r[i].to) != 0)
				continue;
			done[k] = 1;
			mine[n++] = &l.r[k];
		}
		rc = mail_send(x, l.r[i].to, mine, n, err);
	}
	if (rc == VAULT_OK)
		rc = remind_forget(x, &l, err);
	vault_reminds_clear(&l);
	free(done);
	free(mine);
	return rc;
}
