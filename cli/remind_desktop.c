/* remind_desktop.c - one notification on the desktop of who runs this. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deliver.h"
#include "out.h"
#include "remind.h"
#include "show.h"

enum { DESKTOP_LINES = 6 };

/* Desktops take the body for markup, and notify-send takes a backslash for the beginning of another character. */
static void desktop_text(struct text *out, const char *s)
{
	for (; *s; s++) {
		if (*s == '&')
			text_puts(out, "&amp;");
		else if (*s == '<')
			text_puts(out, "&lt;");
		else if (*s == '>')
			text_puts(out, "&gt;");
		else if (*s == '\\')
			text_puts(out, "\\\\");
		else
			text_add(out, s, 1);
	}
}

static void desktop_line(const struct reminding *x, const struct vault_due *d, struct text *out)
{
	char when[SHOW_WORDS], codes[256], line[512];

	snprintf(line, sizeof(line), "%s: %s, %s", d->token->label, remind_codes(d, codes, sizeof(codes)),
	         show_when(d->due, x->f.f.today, when));
	desktop_text(out, line);
}

static enum vault_rc desktop_show(struct reminding *x, const struct vault_remind *const *r, size_t n, struct vault_err *err)
{
	static const char *const known[] = {"/usr/bin/notify-send", "/usr/local/bin/notify-send", NULL};
	static const char *const keep[] = {"DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY",
	                                   "HOME", "USER", "LANG", NULL};
	const char *program = args_str(x->c->args, OPT_NOTIFY_SEND), *urgency = "normal";
	struct text body = {0};
	char title[64];
	enum vault_rc rc;

	for (size_t i = 0; i < n && i < DESKTOP_LINES; i++) {
		text_puts(&body, i ? "\n" : "");
		desktop_line(x, r[i]->due, &body);
	}
	for (size_t i = 0; i < n; i++)
		if (r[i]->due->days_left <= 0)
			urgency = "critical";
	if (n > DESKTOP_LINES)
		text_printf(&body, "\nand %zu more: vault due", n - DESKTOP_LINES);
	snprintf(title, sizeof(title), "%zu Smartsheet %s due", n, n == 1 ? "token is" : "tokens are");
	if (!program)
		program = deliver_find(known);
	if (body.failed) {
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	} else if (!program) {
		rc = vault_err_set(err, VAULT_REFUSED, "there is no /usr/bin/notify-send: install libnotify-bin, or give --notify-send PROG");
	} else {
		const char *const argv[] = {"notify-send", "-a", "vault", "-u", urgency, "--", title, body.p, NULL};

		rc = deliver_run(program, argv, keep, "", 0, err);
	}
	text_free(&body);
	return rc;
}

/* Whom: who opened the vault, since each has a desktop of their own. */
enum vault_rc remind_desktop(struct reminding *x, const struct vault_dues *dues, struct vault_err *err)
{
	const struct vault_remind_how how = {.how = VAULT_REMIND_DESKTOP, .to = vault_my_slot(x->s.v), .today = x->f.f.today,
	                                     .every = x->every};
	const struct vault_remind **mine = calloc(dues->n + 1, sizeof(*mine));
	struct vault_reminds l = {0};
	struct vault_err why = {0};
	size_t n = 0;
	enum vault_rc sent = VAULT_OK, rc = mine ? vault_remind_find(dues, &x->f.tokens, &x->holders, &x->said, &how, &l, err)
	                                         : vault_err_set(err, VAULT_REFUSED, "out of memory");

	for (size_t i = 0; rc == VAULT_OK && i < dues->n; i++)
		if (l.r[i].why != VAULT_REMIND_NOT)
			mine[n++] = &l.r[i];
	if (rc == VAULT_OK && n > 0 && !x->dry)
		sent = desktop_show(x, mine, n, &why);
	if (sent != VAULT_OK)
		out_error(why.msg);
	else if (rc == VAULT_OK)
		rc = remind_log(x, mine, n, err);
	for (size_t i = 0; rc == VAULT_OK && i < n; i++)
		remind_note(x, mine[i], VAULT_REMIND_DESKTOP, sent == VAULT_OK);
	if (rc == VAULT_OK)
		rc = remind_forget(x, &l, err);
	vault_reminds_clear(&l);
	free(mine);
	return rc;
}
