/* remind_units.c - vault remind --install: a timer and a service of systemd's user manager, and the same for cron. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vault/access.h>

#include "newfile.h"
#include "out.h"
#include "remind.h"

enum { UNIT_WORD = 3 * 4096 };

/* What goes into the units. Malloc'ed, all. */
struct units {
	char *program, *vault, *log, *state, *key, *ics, *folder;
	char *service_path, *timer_path;
	struct text service, timer, words; /* words: the arguments of remind, for a shell */
};

static void units_clear(struct units *u)
{
	char **const all[] = {&u->program, &u->vault, &u->log, &u->state, &u->key, &u->ics, &u->folder, &u->service_path, &u->timer_path};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		free(*all[i]);
		*all[i] = NULL;
	}
	text_free(&u->service);
	text_free(&u->timer);
	text_free(&u->words);
}

/* --- paths --- */

/* A unit is lines: a path with a line in it is not to become two. */
static enum vault_rc units_path(const char *what, char *path, struct vault_err *err)
{
	if (!path)
		return vault_err_set(err, VAULT_REFUSED, "the path of %s cannot be found out: %s", what, strerror(errno));
	for (const unsigned char *p = (const unsigned char *)path; *p; p++)
		if (*p < ' ' || *p == 0x7f)
			return vault_err_set(err, VAULT_REFUSED, "the path of %s has a control character: units cannot name it", what);
	return VAULT_OK;
}

static char *units_self(void)
{
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	self[n > 0 ? n : 0] = '\0';
	return n > 0 ? strdup(self) : NULL;
}

/* From / on, also where the file itself is still to be made. */
static char *units_absolute(const char *path)
{
	char *here = NULL, *out = NULL;

	if (*path == '/')
		return strdup(path);
	here = getcwd(NULL, 0);
	if (here && asprintf(&out, "%s/%s", here, path) < 0)
		out = NULL;
	free(here);
	return out;
}

static const char *units_env(const char *name)
{
	const char *s = getenv(name);

	return s && *s ? s : NULL;
}

static char *units_folder(void)
{
	const char *config = units_env("XDG_CONFIG_HOME"), *home = units_env("HOME");
	char *out = NULL;
	int n = -1;

	if (config && *config == '/')
		n = asprintf(&out, "%s/systemd/user", config);
	else if (home)
		n = asprintf(&out, "%s/.config/systemd/user", home);
	return n < 0 ? NULL : out;
}

static enum vault_rc units_paths(struct call *c, const struct session *s, struct units *u, struct vault_err *err)
{
	const char *key = args_str(c->args, OPT_KEY_FILE), *ics = args_str(c->args, OPT_ICS), *state = units_env("XDG_STATE_HOME");
	enum vault_rc rc;

	u->program = units_self();
	rc = units_path("this program", u->program, err);
	if (rc == VAULT_OK)
		rc = units_path("the vault", u->vault = realpath(s->path, NULL), err);
	if (rc == VAULT_OK && s->log_path)
		rc = units_path("the access log", u->log = units_absolute(s->log_path), err);
	if (rc == VAULT_OK && state && *state == '/')
		rc = units_path("the state folder", u->state = strdup(state), err);
	if (rc == VAULT_OK)
		rc = units_path("the key file", u->key = realpath(key ? key : units_env("SMARTVAULT_KEY_FILE"), NULL), err);
	if (rc == VAULT_OK && ics)
		rc = units_path("the calendar", u->ics = units_absolute(ics), err);
	if (rc == VAULT_OK)
		rc = units_path("the units", u->folder = units_folder(), err);
	if (rc == VAULT_OK && (asprintf(&u->service_path, "%s/smartvault-remind.service", u->folder) < 0 ||
	                       asprintf(&u->timer_path, "%s/smartvault-remind.timer", u->folder) < 0))
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	return rc;
}

/* --- words --- */

/* For systemd: in quotes, with what it would expand taken literally. `exec`: $ means something there. */
static void units_word(struct text *to, const char *s, int exec)
{
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			text_puts(to, "\\");
		else if (*s == '%' || (exec && *s == '$'))
			text_add(to, s, 1);
		text_add(to, s, 1);
	}
}

static void units_variable(struct text *to, const char *name, const char *value)
{
	if (!value)
		return;
	text_printf(to, "Environment=\"%s=", name);
	units_word(to, value, 0);
	text_puts(to, "\"\n");
}

static void units_argument(struct units *u, struct text *exec, const char *option, const char *value)
{
	char word[UNIT_WORD];

	text_printf(exec, " %s", option);
	text_printf(&u->words, " %s", option);
	if (!value)
		return;
	text_puts(exec, " \"");
	units_word(exec, value, 1);
	text_puts(exec, "\"");
	text_printf(&u->words, " %s", vault_shell_word(value, word, sizeof(word)));
}

/* What was asked for is what the units do; without a way they mail. */
static void units_arguments(const struct args *a, struct units *u, struct text *exec)
{
	static const struct {
		enum opt_id id;
		const char *option;
	} valued[] = {{OPT_WITHIN, "--within"}, {OPT_EVERY, "--every"}, {OPT_FROM, "--from"}, {OPT_SENDMAIL, "--sendmail"},
	              {OPT_NOTIFY_SEND, "--notify-send"}};

	if (args_flag(a, OPT_MAIL) || (!args_flag(a, OPT_DESKTOP) && !u->ics))
		units_argument(u, exec, "--mail", NULL);
	if (args_flag(a, OPT_DESKTOP))
		units_argument(u, exec, "--desktop", NULL);
	if (u->ics)
		units_argument(u, exec, "--ics", u->ics);
	for (size_t i = 0; i < sizeof(valued) / sizeof(*valued); i++)
		if (args_str(a, valued[i].id))
			units_argument(u, exec, valued[i].option, args_str(a, valued[i].id));
}

static void units_service(const struct args *a, struct units *u)
{
	struct text *t = &u->service, program = {0}, exec = {0};

	units_word(&program, u->program, 1);
	units_arguments(a, u, &exec);
	text_puts(t, "# Written by vault remind --install.\n[Unit]\nDescription=Tell owners which Smartsheet API tokens are due\n"
	             "Documentation=man:vault-remind(1)\n\n[Service]\nType=oneshot\n");
	text_puts(t, "LoadCredential=smartvault.key:");
	for (const char *p = u->key; *p; p++) /* taken as it is, but for % */
		text_printf(t, *p == '%' ? "%%%%" : "%c", *p);
	text_puts(t, "\n");
	units_variable(t, "SMARTVAULT_FILE", u->vault);
	units_variable(t, "SMARTVAULT_LOG", u->log);
	units_variable(t, "XDG_STATE_HOME", u->state);
	/* What it finds is remind's to say; Smartsheet may be away. */
	if (!program.failed && !exec.failed) {
		text_printf(t, "ExecStartPre=-\"%s\" check --all --retired --no-input --quiet\n", program.p);
		text_printf(t, "ExecStart=\"%s\" remind%s --no-input\n", program.p, exec.p);
	}
	text_puts(t, "UMask=0077\nTimeoutStartSec=2h\nNice=10\n");
	/* With a mail program that is set-group-id, as Postfix's is, NoNewPrivileges would keep it from its queue, and all that a
	 * user's manager can shut needs that. */
	if (!strstr(exec.p ? exec.p : "", "--mail"))
		text_puts(t, "NoNewPrivileges=yes\nLockPersonality=yes\nRestrictRealtime=yes\nRestrictSUIDSGID=yes\n"
		             "SystemCallArchitectures=native\n");
	t->failed |= program.failed | exec.failed;
	text_free(&program);
	text_free(&exec);
}

static void units_timer(struct units *u)
{
	text_puts(&u->timer, "# Written by vault remind --install.\n[Unit]\nDescription=Tell owners every day which Smartsheet API tokens "
	                     "are due\n\n[Timer]\nOnCalendar=*-*-* 07:00:00\nRandomizedDelaySec=30min\nPersistent=true\n\n[Install]\n"
	                     "WantedBy=timers.target\n");
}

/* % ends a crontab's command unless a backslash is before it. */
static void units_cron(const struct units *u, struct text *to)
{
	struct text line = {0};
	char word[UNIT_WORD];

	text_printf(&line, "0 7 * * * SMARTVAULT_FILE=%s", vault_shell_word(u->vault, word, sizeof(word)));
	if (u->log)
		text_printf(&line, " SMARTVAULT_LOG=%s", vault_shell_word(u->log, word, sizeof(word)));
	if (u->state)
		text_printf(&line, " XDG_STATE_HOME=%s", vault_shell_word(u->state, word, sizeof(word)));
	text_printf(&line, " %s remind%s", vault_shell_word(u->program, word, sizeof(word)), u->words.p ? u->words.p : "");
	text_printf(&line, " --key-file %s --no-input --quiet", vault_shell_word(u->key, word, sizeof(word)));
	for (const char *p = line.p; !line.failed && *p; p++) {
		if (*p == '%')
			text_puts(to, "\\");
		text_add(to, p, 1);
	}
	to->failed |= line.failed;
	text_free(&line);
}

/* --- writing --- */

static enum vault_rc units_free(const char *path, const struct text *t, int force, struct vault_err *err)
{
	/* There is none, or it is the same. */
	if (force || newfile_has(path, t->p, t->n) != 0)
		return VAULT_OK;
	return vault_err_set(err, VAULT_EXISTS, "%s is there and is another: --force writes over it", path);
}

static enum vault_rc units_write(struct units *u, int force, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;

	if (u->service.failed || u->timer.failed || u->words.failed)
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	if (rc == VAULT_OK)
		rc = units_free(u->service_path, &u->service, force, err);
	if (rc == VAULT_OK)
		rc = units_free(u->timer_path, &u->timer, force, err);
	if (rc == VAULT_OK)
		rc = newfile_folders(u->folder, err);
	if (rc == VAULT_OK)
		rc = newfile_replace(u->service_path, "unit", u->service.p, u->service.n, err);
	return rc == VAULT_OK ? newfile_replace(u->timer_path, "unit", u->timer.p, u->timer.n, err) : rc;
}

static enum vault_rc units_say(struct call *c, const struct session *s, const struct units *u, struct vault_err *err)
{
	static const char enable[] = "systemctl --user daemon-reload && systemctl --user enable --now smartvault-remind.timer";
	struct text cron = {0};

	units_cron(u, &cron);
	if (cron.failed) {
		text_free(&cron);
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	}
	if (c->out->json) {
		struct vault_json *items = vault_json_array(), *j = vault_json_object();

		vault_json_set_str(j, "service", u->service_path);
		vault_json_set_str(j, "timer", u->timer_path);
		vault_json_set_str(j, "enable", enable);
		vault_json_set_str(j, "cron", cron.p);
		vault_json_add(items, j);
		out_json(c->out, "remind-install", vault_now(s->v), &items);
	} else {
		out_printf(c->out, "%s\n%s\n", u->service_path, u->timer_path);
		out_printf(c->out, "\nwith cron, instead:\n%s\n", cron.p);
		out_note(c->out, "it runs while you are logged in; always, once you say: loginctl enable-linger");
		out_next(c->out, "%s", enable);
	}
	text_free(&cron);
	return VAULT_OK;
}

/* A key that lies about for a timer should open as little as can be. */
static enum vault_rc units_role(struct session *s, struct vault_err *err)
{
	struct vault_reminders said = {0};
	enum vault_rc rc = vault_reminded_all(s->v, &said, err);

	vault_reminders_clear(&said);
	if (rc == VAULT_OK && vault_my_role(s->v) != VAULT_ROLE_MONITOR)
		rc = vault_err_set(err, VAULT_REFUSED, "%s is an admin's key, and a timer needs a monitor's: "
		                   "vault access add NAME --role monitor --key-file-out FILE", vault_my_slot(s->v));
	return rc;
}

enum vault_rc remind_install(struct call *c, struct vault_err *err)
{
	struct session s = {0};
	struct units u = {0};
	const char *ics = args_str(c->args, OPT_ICS);
	enum vault_rc rc = VAULT_OK;

	if (!args_str(c->args, OPT_KEY_FILE) && !units_env("SMARTVAULT_KEY_FILE"))
		return args_usage(c->args, err, "--install needs --key-file FILE, a monitor's: vault access add NAME --role monitor "
		                                "--key-file-out FILE");
	if (ics && strcmp(ics, "-") == 0)
		return args_usage(c->args, err, "--install needs a file for --ics");
	rc = session_open(c, &s, err);
	if (rc == VAULT_OK)
		rc = units_role(&s, err);
	if (rc == VAULT_OK)
		rc = units_paths(c, &s, &u, err);
	if (rc == VAULT_OK) {
		units_service(c->args, &u);
		units_timer(&u);
		rc = units_write(&u, args_flag(c->args, OPT_FORCE), err);
	}
	if (rc == VAULT_OK)
		rc = units_say(c, &s, &u, err);
	units_clear(&u);
	session_close(&s);
	return rc;
}
