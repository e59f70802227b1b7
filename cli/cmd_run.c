/* vault run: becomes a program whose environment has tokens. No fork: signals, status and terminal are the program's. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vault/token.h>

#include "args.h"
#include "command.h"
#include "out.h"
#include "release.h"
#include "session.h"
#include "tty.h"

static const char run_main_name[] = "SMARTSHEET_ACCESS_TOKEN";
static const char run_own[] = "SMARTVAULT_";

enum { RUN_NAME_MAX = 128, RUN_BLOCK_MAX = 1 << 20 };

static const struct command_option run_options[] = {
        {OPT_ENV, 'e', "env", "NAME=LABEL", 1, "also set NAME to the token LABEL; may be repeated"},
        {OPT_PRISTINE, 0, "pristine", NULL, 0, "of your environment only PATH, HOME, locale, terminal and user"},
        {0, 0, NULL, NULL, 0, NULL},
};

struct run_value {
	const char *name; /* not NUL-terminated */
	size_t name_len;
	const char *label;
	size_t at; /* where its NAME=VALUE begins in the block */
};

struct run_work {
	struct run_value *v;
	size_t n;
	struct vault_secret *block; /* NAME=VALUE, each with its NUL */
	char **argv, **envp;
	char *path; /* of CMD; NULL: `status` says why not */
	int status; /* an errno */
};

/* --- the line itself --- */

static int run_name_ok(const char *name, size_t n)
{
	if (n == 0 || n > RUN_NAME_MAX || (*name >= '0' && *name <= '9'))
		return 0;
	for (size_t i = 0; i < n; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", name[i]))
			return 0;
	return 1;
}

static enum vault_rc run_read_env(const struct args *a, struct run_work *w, const char *given, struct vault_err *err)
{
	const char *eq = strchr(given, '=');
	size_t n = eq ? (size_t)(eq - given) : 0;

	if (!eq || !run_name_ok(given, n))
		return args_usage(a, err, "-e wants NAME=LABEL, NAME of letters, digits and _, not %s", given);
	if (strncmp(given, run_own, sizeof(run_own) - 1) == 0)
		return args_usage(a, err, "-e %.*s: variables of that name are vault's own and CMD gets none", (int)n,
		                  given);
	for (size_t i = 0; i < w->n; i++)
		if (w->v[i].name_len == n && memcmp(w->v[i].name, given, n) == 0)
			return args_usage(a, err, "%.*s is set twice", (int)n, given);
	w->v[w->n++] = (struct run_value){.name = given, .name_len = n, .label = eq + 1};
	return vault_label_check(eq + 1, err);
}

static enum vault_rc run_read(const struct args *a, struct run_work *w, struct vault_err *err)
{
	enum vault_rc rc;

	/* Without it an option meant for CMD would be taken for one of ours, or ours for CMD's. */
	if (a->n_before != 1)
		return args_usage(a, err, "one LABEL stands before --, CMD and what it takes after it");
	w->v = calloc(a->n_opts + 1, sizeof(*w->v));
	w->argv = calloc(a->n_operands, sizeof(*w->argv));
	if (!w->v || !w->argv)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	memcpy(w->argv, a->operands + 1, (a->n_operands - 1) * sizeof(*w->argv));
	w->v[w->n++] = (struct run_value){
	        .name = run_main_name, .name_len = sizeof(run_main_name) - 1, .label = a->operands[0]};
	rc = vault_label_check(a->operands[0], err);
	for (size_t i = 0; rc == VAULT_OK && i < a->n_opts; i++)
		if (a->opts[i].row->id == OPT_ENV)
			rc = run_read_env(a, w, a->opts[i].value, err);
	if (rc == VAULT_OK && w->n * (VAULT_TOKEN_MAX + RUN_NAME_MAX + 2) > RUN_BLOCK_MAX)
		rc = args_usage(a, err, "%zu variables are too many", w->n);
	return rc;
}

/* --- the program --- */

/* As execvp(3) looks it up, but before a value is released for it. */
static void run_try(struct run_work *w, const char *folder, size_t n, const char *cmd)
{
	char *path = NULL;
	struct stat st;

	if (n + strlen(cmd) + 2 > 4096)
		return;
	path = calloc(1, n + strlen(cmd) + 2);
	if (!path) {
		w->status = ENOMEM;
		return;
	}
	memcpy(path, folder, n);
	if (n)
		path[n] = '/';
	strcat(path, cmd);
	if (stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0) {
		w->path = path;
		return;
	}
	if (stat(path, &st) == 0)
		w->status = S_ISDIR(st.st_mode) ? EISDIR : EACCES;
	free(path);
}

static void run_look_up(struct run_work *w)
{
	const char *cmd = w->argv[0], *p = getenv("PATH");

	w->status = ENOENT;
	if (!*cmd)
		return;
	if (strchr(cmd, '/')) {
		run_try(w, "", 0, cmd);
		return;
	}
	for (p = p ? p : "/bin:/usr/bin"; p && !w->path; p = *p ? p + 1 : NULL) {
		size_t n = strcspn(p, ":");

		/* An empty one is the current folder. */
		run_try(w, n ? p : ".", n ? n : 1, cmd);
		p += n;
	}
}

static enum vault_rc run_cannot(const struct run_work *w, struct vault_err *err)
{
	const char *cmd = w->argv[0];

	if (w->status == ENOENT)
		return vault_err_set(err, VAULT_NO_PROGRAM,
		                     "there is no program %s: give its path, or put its folder into PATH", cmd);
	if (w->status == EACCES)
		return vault_err_set(err, VAULT_CANNOT_RUN, "cannot execute %s: make it executable (chmod +x)", cmd);
	return vault_err_set(err, VAULT_CANNOT_RUN, "cannot execute %s: %s", cmd, strerror(w->status));
}

/* --- the values --- */

/* All labels, before the first release is logged. */
static enum vault_rc run_find(struct session *s, const struct run_work *w, struct vault_err *err)
{
	enum vault_rc rc = vault_begin(s->v, VAULT_READ_RELEASE, err);

	if (rc == VAULT_OK)
		rc = vault_release_allowed(s->v, err);
	for (size_t i = 0; rc == VAULT_OK && i < w->n; i++) {
		struct vault_token t = {0};

		rc = vault_token_find(s->v, w->v[i].label, &t, err);
		vault_token_clear(&t);
	}
	vault_end(s->v);
	return rc;
}

static enum vault_rc run_release(struct call *c, struct session *s, struct run_work *w, struct run_value *one,
                                 struct vault_err *err)
{
	struct vault_secret *value = NULL;
	struct vault_token t = {0};
	enum vault_rc rc = vault_begin(s->v, VAULT_READ_RELEASE, err);

	if (rc == VAULT_OK)
		rc = vault_token_release(s->v, one->label, 0, VAULT_RELEASE_RUN, &value, &t, err);
	one->at = vault_secret_len(w->block);
	if (rc == VAULT_OK)
		rc = vault_secret_append(w->block, one->name, one->name_len, err);
	if (rc == VAULT_OK)
		rc = vault_secret_append(w->block, "=", 1, err);
	if (rc == VAULT_OK)
		rc = vault_secret_append(w->block, vault_secret_cbytes(value), vault_secret_len(value), err);
	if (rc == VAULT_OK)
		rc = vault_secret_append(w->block, "", 1, err);
	if (rc == VAULT_OK)
		release_warn(c, s, &t);
	vault_secret_free(&value);
	vault_token_clear(&t);
	return rc;
}

static enum vault_rc run_values(struct call *c, struct run_work *w, struct vault_err *err)
{
	struct session s = {0};
	enum vault_rc rc;

	w->block = vault_secret_new(w->n * (VAULT_TOKEN_MAX + RUN_NAME_MAX + 2));
	if (!w->block)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	rc = session_open(c, &s, err);
	if (rc == VAULT_OK && (w->n > 1 || !w->path))
		rc = run_find(&s, w, err);
	if (rc == VAULT_OK && !w->path)
		rc = run_cannot(w, err);
	for (size_t i = 0; rc == VAULT_OK && i < w->n; i++)
		rc = run_release(c, &s, w, &w->v[i], err);
	session_close(&s);
	return rc;
}

/* --- the environment --- */

static int run_is_pristine(const char *var)
{
	static const char *const kept[] = {
	        "PATH=", "HOME=", "LANG=", "LC_", "TERM=", "TZ=", "USER=", "LOGNAME=", "SHELL=", "TMPDIR="};

	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		if (strncmp(var, kept[i], strlen(kept[i])) == 0)
			return 1;
	return 0;
}

static int run_passes(const struct run_work *w, const char *var, int pristine)
{
	if (strncmp(var, run_own, sizeof(run_own) - 1) == 0 || (pristine && !run_is_pristine(var)))
		return 0;
	for (size_t i = 0; i < w->n; i++)
		if (strncmp(var, w->v[i].name, w->v[i].name_len) == 0 && var[w->v[i].name_len] == '=')
			return 0;
	return 1;
}

/* After vault_process_restore, which gives the environment its dropped variables back. */
static int run_environment(struct run_work *w, int pristine)
{
	size_t n = 0;

	while (environ && environ[n])
		n++;
	w->envp = calloc(n + w->n + 1, sizeof(*w->envp));
	if (!w->envp)
		return -1;
	n = 0;
	for (char **e = environ; e && *e; e++)
		if (run_passes(w, *e, pristine))
			w->envp[n++] = *e;
	for (size_t i = 0; i < w->n; i++)
		w->envp[n++] = (char *)vault_secret_bytes(w->block) + w->v[i].at;
	return 0;
}

static enum vault_rc run_run(struct call *c, struct vault_err *err)
{
	struct run_work w = {0};
	enum vault_rc rc = run_read(c->args, &w, err);

	if (rc == VAULT_OK) {
		run_look_up(&w);
		rc = run_values(c, &w, err);
	}
	if (rc != VAULT_OK)
		goto out;
	tty_release();
	vault_process_restore(c->saved);
	if (run_environment(&w, args_flag(c->args, OPT_PRISTINE)) != 0)
		errno = ENOMEM;
	else
		execvpe(w.path, w.argv, w.envp); /* for a script without #! it takes sh, as a shell does */
	/* It was there a moment ago: ENOENT is that of its interpreter. */
	rc = vault_err_set(err, VAULT_CANNOT_RUN, "cannot execute %s: %s%s", w.argv[0], strerror(errno),
	                   errno == ENOENT ? " (what its first line names is missing)" : "");
out:
	vault_secret_free(&w.block);
	free(w.path);
	free(w.envp);
	free(w.argv);
	free(w.v);
	return rc;
}

const struct command cmd_run = {
        .name = "run",
        .purpose = "run a program with a token in its environment",
        .operands = "LABEL -- CMD [ARG...]",
        .min_operands = 2,
        .max_operands = SIZE_MAX,
        .options = run_options,
        .run = run_run,
        .day = 1,
};
