/* main.c - the straight line of every run: harden the process, find the command, run it, say how it ended. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "args.h"
#include "help.h"
#include "out.h"
#include "tty.h"

enum { MAIN_MAX_FDS = 16 };

static enum vault_rc main_color(const struct args *a, struct out *o, struct vault_err *err)
{
	const char *when = args_str(a, OPT_COLOR), *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (!when || strcmp(when, "auto") == 0)
		o->color = isatty(STDOUT_FILENO) && !(no_color && *no_color) && !(term && strcmp(term, "dumb") == 0);
	else if (strcmp(when, "always") == 0)
		o->color = 1;
	else if (strcmp(when, "never") != 0)
		return args_usage(a, err, "--color is auto, always or never, not %s", when);
	return VAULT_OK;
}

static enum vault_rc main_run(struct call *c, struct vault_err *err)
{
	const struct args *a = c->args;
	struct out *o = c->out;
	enum vault_rc rc = main_color(a, o, err);

	if (rc != VAULT_OK)
		return rc;
	o->json = args_flag(a, OPT_JSON);
	o->quiet = args_flag(a, OPT_QUIET);
	o->err_tty = isatty(STDERR_FILENO);
	if (args_flag(a, OPT_VERSION))
		help_version(o);
	else if (args_flag(a, OPT_HELP) && a->command)
		help_command(o, a->command);
	else if (args_flag(a, OPT_HELP))
		help_all(o);
	else if (a->command)
		rc = a->command->run(c, err);
	else
		help_day(o);
	return rc;
}

int main(int argc, char **argv)
{
	struct vault_process_saved saved = {0};
	struct vault_err err = {0};
	struct args a = {0};
	struct out o = {0};
	struct call c = {.args = &a, .out = &o, .saved = &saved};
	int fds[MAIN_MAX_FDS];
	enum vault_rc rc;

	/* Before anything of the caller's is looked at, but the descriptors that must stay open. */
	vault_process_harden(fds, args_descriptors(argc, argv, fds, MAIN_MAX_FDS), &saved);
	rc = args_parse(argc, argv, &a, &err);
	if (rc == VAULT_OK)
		rc = main_run(&c, &err);
	tty_release();
	rc = out_finish(&o, rc, &err);
	if (rc != VAULT_OK && err.msg[0])
		out_error(err.msg);
	args_clear(&a);
	free(saved.dropped); /* the list; the strings are the environment's */
	return (int)rc;
}
