/* vault help: the page of the manual where there is one, else what the table of commands knows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "args.h"
#include "guess.h"
#include "help.h"

/* Our own page only, in the build tree or as installed, never one of another program of this name. To be freed. */
static char *help_page(const char *name, char section)
{
	char self[4096], *page = NULL, *slash;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	/* `vendor add` is on the page of `vendor`. */
	int len = (int)strspn(name, "abcdefghijklmnopqrstuvwxyz");

	if (n <= 0 || len == 0 || (name[len] && name[len] != ' '))
		return NULL;
	self[n] = '\0';
	slash = strrchr(self, '/');
	if (!slash)
		return NULL;
	*slash = '\0';
	for (int installed = 0; installed < 2; installed++) {
		int made = installed ? asprintf(&page, "%s/../share/man/man%c/%s-%.*s.%c", self, section, slash + 1,
		                                len, name, section)
		                     : asprintf(&page, "%s/../../man/%s-%.*s.%c", self, slash + 1, len, name, section);

		if (made < 0)
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

static enum vault_rc help_unknown(const struct args *a, const struct command *const *table, const char *word,
                                  struct vault_err *err)
{
	const char *best = NULL;
	size_t edits = SIZE_MAX;

	for (; table && *table; table++) {
		const char *last = strrchr((*table)->name, ' ');

		guess_offer(word, last ? last + 1 : (*table)->name, &best, &edits);
	}
	if (best)
		return args_usage(a, err, "no command %s, did you mean %s?", word, best);
	return args_usage(a, err, "no command %s", word);
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
