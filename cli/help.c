/* help.c - help made from the tables, and `vault help CMD`, which shows the manual's page where there is one. */
#include "help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "args.h"

static void help_line(struct out *o, const struct command *c)
{
	char head[64];

	snprintf(head, sizeof(head), "%s %s", c->name, c->operands);
	out_printf(o, "  %-20s %s\n", head, c->purpose);
}

static void help_list(struct out *o, int day)
{
	const struct command *const *c = commands_all();

	for (; *c; c++) {
		if (day && !(*c)->day)
			continue;
		if (!(*c)->subs)
			help_line(o, *c);
		for (const struct command *const *sub = (*c)->subs; sub && *sub; sub++)
			help_line(o, *sub);
	}
}

static void help_options(struct out *o, const struct command_option *row)
{
	for (; row && row->name; row++) {
		char head[80], letter[4] = "";

		if (row->letter)
			snprintf(letter, sizeof(letter), "-%c,", row->letter);
		snprintf(head, sizeof(head), "%-3s --%s%s%s", letter, row->name, row->arg ? " " : "",
		         row->arg ? row->arg : "");
		out_printf(o, "  %-32s %s\n", head, row->help);
	}
}

void help_day(struct out *o)
{
	out_printf(o, "vault keeps Smartsheet API tokens, encrypted, and knows who was given which.\n\n");
	help_list(o, 1);
	out_printf(o, "\n`vault --help` shows all commands, `vault help CMD` the page of one.\n");
}

void help_all(struct out *o)
{
	out_printf(o, "usage: vault [OPTION...] CMD [ARG...]\n\nCommands\n");
	help_list(o, 0);
	out_printf(o, "\nOptions of every command\n");
	help_options(o, commands_global_options());
}

void help_command(struct out *o, const struct command *c)
{
	if (c->subs) {
		out_printf(o, "vault %s - %s\n\n", c->name, c->purpose);
		for (const struct command *const *sub = c->subs; *sub; sub++)
			help_line(o, *sub);
	} else {
		out_printf(o, "usage: vault %s%s%s [OPTION...]\n%s\n", c->name, *c->operands ? " " : "", c->operands,
		           c->purpose);
		if (c->options && c->options->name)
			out_printf(o, "\nOptions\n");
		help_options(o, c->options);
	}
	out_printf(o, "\nOptions of every command\n");
	help_options(o, commands_global_options());
}

void help_version(struct out *o)
{
	out_printf(o, "vault %s\n", VAULT_VERSION);
}

/* Our own page only, in the build tree or as installed, never one of another program of this name. To be freed. */
static char *help_page(const char *command)
{
	static const char *const places[] = {"/../share/man/man1/", "/../../man/"};
	char self[4096], name[64], *page = NULL, *slash;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n <= 0)
		return NULL;
	self[n] = '\0';
	slash = strrchr(self, '/');
	if (!slash)
		return NULL;
	*slash = '\0';
	/* `vendor add` is on the page of `vendor`. */
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(command, " "), command);
	for (size_t i = 0; i < 2; i++) {
		if (asprintf(&page, "%s%s%s-%s.1", self, places[i], slash + 1, name) < 0)
			return NULL;
		if (access(page, R_OK) == 0)
			return page;
		free(page);
	}
	return NULL;
}

/* 1 where man showed the page. */
static int help_man(struct call *c, const char *page)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		vault_process_restore(c->saved);
		execlp("man", "man", page, (char *)NULL);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 0;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static enum vault_rc help_run(struct call *c, struct vault_err *err)
{
	const struct args *a = c->args;
	const struct command *const *table = commands_all();
	const struct command *found = NULL;
	char *page = NULL;

	if (a->n_operands == 0) {
		help_all(c->out);
		return VAULT_OK;
	}
	for (size_t i = 0; i < a->n_operands; i++) {
		found = table ? commands_find(table, a->operands[i]) : NULL;
		if (!found)
			return args_usage(a, err, "no command %s", a->operands[i]);
		table = found->subs;
	}
	page = help_page(found->name);
	if (!page || !help_man(c, page))
		help_command(c->out, found);
	free(page);
	return VAULT_OK;
}

const struct command cmd_help = {
        .name = "help",
        .purpose = "show the page of a command",
        .operands = "[CMD]",
        .max_operands = 2,
        .run = help_run,
};
