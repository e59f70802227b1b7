/* session.c - where the vault is, and the way to an open one. */
#include "session.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "args.h"
#include "cred.h"
#include "out.h"

static const char *session_env(const char *name)
{
	const char *s = getenv(name);

	return s && *s ? s : NULL;
}

/* The user database is asked only where it must be: it costs more than the rest of a `get` by key file. */
static const char *session_home(void)
{
	const char *home = session_env("HOME");
	const struct passwd *pw = home ? NULL : getpwuid(getuid());

	return home ? home : pw ? pw->pw_dir : NULL;
}

const char *session_login_name(void)
{
	const struct passwd *pw = getpwuid(getuid());

	return pw ? pw->pw_name : NULL;
}

/* $XDG_…/smartvault/FILE, else ~/REST/smartvault/FILE; a variable that is no absolute path counts as unset, as the
 * XDG specification wants. NULL where there is no home. */
static char *session_xdg(const char *variable, const char *rest, const char *file)
{
	const char *xdg = session_env(variable), *home = NULL;
	char *path = NULL;
	int n;

	if (xdg && *xdg == '/') {
		n = asprintf(&path, "%s/smartvault%s", xdg, file);
	} else {
		home = session_home();
		n = home ? asprintf(&path, "%s/%s/smartvault%s", home, rest, file) : -1;
	}
	return n < 0 ? NULL : path;
}

/* The library calls with our context; the clock and the ids stay the system's. */
static int64_t session_now(void *ctx)
{
	const struct vault_env *sys = vault_env_system();

	(void)ctx;
	return sys->now(sys->ctx);
}

static void session_random(void *ctx, uint8_t *out, size_t n)
{
	const struct vault_env *sys = vault_env_system();

	(void)ctx;
	sys->random(sys->ctx, out, n);
}

static void session_note(void *ctx, const char *line)
{
	out_note(ctx, "%s", line);
}

enum vault_rc session_config(struct call *c, struct session *s, struct vault_err *err)
{
	const char *path = args_str(c->args, OPT_FILE), *log = args_str(c->args, OPT_LOG);

	if (!path)
		path = session_env("SMARTVAULT_FILE");
	if (!log)
		log = session_env("SMARTVAULT_LOG");
	s->path = path ? strdup(path) : session_xdg("XDG_DATA_HOME", ".local/share", "/default.vault");
	if (!s->path)
		return vault_err_set(err, VAULT_NOTFOUND, "there is no home folder to look in: give --file FILE");
	s->log_path = log ? strdup(log) : NULL;
	s->state_dir = session_xdg("XDG_STATE_HOME", ".local/state", "");
	s->env = (struct vault_env){.ctx = c->out, .now = session_now, .random = session_random, .note = session_note};
	s->config = (struct vault_config){
	        .path = s->path, .log_path = s->log_path, .state_dir = s->state_dir, .env = &s->env};
	return VAULT_OK;
}

void session_cred(const struct call *c, const struct cred *given, struct vault_cred *out)
{
	*out = (struct vault_cred){.key_text = given->key_text,
	                           .passphrase = given->passphrase,
	                           .slot_name = args_str(c->args, OPT_SLOT)};
	if (!out->slot_name)
		out->slot_name = session_env("SMARTVAULT_SLOT");
	/* A key file names its slot. */
	out->login_name = given->passphrase && !out->slot_name ? session_login_name() : NULL;
}

enum vault_rc session_open(struct call *c, struct session *s, struct vault_err *err)
{
	struct vault_cred cred = {0};
	struct cred given = {0};
	enum vault_rc rc;

	rc = cred_usage(c->args, err);
	if (rc == VAULT_OK)
		rc = session_config(c, s, err);
	if (rc == VAULT_OK)
		rc = vault_open(&s->config, &s->v, err);
	if (rc == VAULT_OK)
		rc = cred_find(c, s->v, s->path, &given, err);
	s->out = c->out;
	if (rc == VAULT_OK) {
		session_cred(c, &given, &cred);
		rc = vault_unlock(s->v, &cred, err);
	}
	cred_clear(&given);
	return rc;
}

enum vault_rc session_want_admin(struct session *s, struct vault_err *err)
{
	enum vault_rc rc;

	if (vault_my_role(s->v) == VAULT_ROLE_ADMIN)
		return VAULT_OK;
	/* The library has the sentence. */
	vault_end(s->v);
	rc = vault_begin(s->v, VAULT_WRITE, err);
	vault_end(s->v);
	return rc;
}

void session_close(struct session *s)
{
	/* Who reads what is wrong cannot put it right. The role is known since the first transaction. */
	if (s->v && s->out && vault_my_role(s->v) == VAULT_ROLE_AUDITOR)
		s->out->next_admin = 1;
	vault_close(&s->v);
	free(s->path);
	free(s->log_path);
	free(s->state_dir);
	memset(s, 0, sizeof(*s));
}
