/* vault help: the page of the manual where there is one, else what the table of commands knows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "args.h"
#include "guess.h"
#include "help.h"

/* The running program's path, its last slash made an end: `*name` is what it is called. To be freed. */
static char *help_self(const char **name)
{
	char self[4096], *copy, *slash;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	self[n > 0 ? n : 0] = '\0';
	slash = strrchr(self, '/');
	copy = slash ? strdup(self) : NULL;
	if (!copy)
		return NULL;
	copy[slash - self] = '\0';
	*name = copy + (slash - self) + 1;
	return copy;
}

/* Our own page only, in the build tree or as installed, never one of another program of this name: of a command or a topic,
 * or of the program itself where `name` is "". To be freed. */
static char *help_page(const char *name, char section)
{
	const char *program = NULL, *dash = *name ? "-" : "";
	char *folder = help_self(&program), *page = NULL;
	/* `vendor add` is on the page of `vendor`. */
	int len = (int)strspn(name, "abcdefghijklmnopqrstuvwxyz");

	for (int installed = 0; folder && installed < 2 && (!name[len] || name[len] == ' '); installed++) {
		int made = installed ? asprintf(&page, "%s/../share/man/man%c/%s%s%.*s.%c", folder, section, program,
		                                dash, len, name, section)
		                     : asprintf(&page, "%s/../../man/%s%s%.*s.%c", folder, program, dash, len, name,
		                                section);

		if (made < 0)
			page = NULL;
		if (page && access(page, R_OK) == 0)
			break;
		free(page);
		page = NULL;
	}
	free(folder);
	return page;
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

static enum vault_rc help_unknown(const struct args *a, const struct command *const *table, const char *word,
                                  struct vault_err *err)
{
	char meant[100];

	if (table && commands_meant(table, word, meant, sizeof(meant)))
		return args_usage(a, err, "no command %s, did you mean %s?", word, meant);
	return vault_err_set(err, VAULT_USAGE, "no command %s: `vault help` names them", word);
}

/* A page that is no command's: format, security, hacking. */
static int help_topic(struct call *c, const char *name)
{
	char *page = help_page(name, '7');
	int shown;

	if (!page)
		page = help_page(name, '5');
	shown = page && help_man(c, page);
	if (page && !shown)
		out_note(c->out, "man is needed to show it: %s", page);
	free(page);
	return shown;
}

/* `vault help vault`, or by the name it was installed under. */
static int help_is_program(const struct args *a)
{
	const char *name = "";
	char *folder = help_self(&name);
	int is = a->n_operands == 1 && (strcmp(a->operands[0], "vault") == 0 || strcmp(a->operands[0], name) == 0);

	free(folder);
	return is;
}

static enum vault_rc help_program(struct call *c)
{
	char *page = help_page("", '1');

	if (!page || !help_man(c, page))
		help_all(c->out);
	free(page);
	return VAULT_OK;
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
	if (help_is_program(a))
		return help_program(c);
	for (size_t i = 0; i < a->n_operands; i++) {
		found = table ? commands_find(table, a->operands[i]) : NULL;
		if (!found)
			return i == 0 && a->n_operands == 1 && help_topic(c, a->operands[0])
			               ? VAULT_OK
			               : help_unknown(a, table, a->operands[i], err);
		table = found->subs;
	}
	page = help_page(found->name, '1');
	if (!page || !help_man(c, page))
		help_command(c->out, found);
	free(page);
	return VAULT_OK;
}

const struct command cmd_help = {
        .name = "help",
        .purpose = "show the page of a command, or all commands",
        .operands = "[CMD]",
        .max_operands = 2,
        .run = help_run,
};
