/* help.c - help made from the tables; the pages of the manual are cmd_help.c's. */
#include "help.h"

#include <stdio.h>
#include <string.h>

#include "report.h"

/* Of a list that must stand in one column: the longest "CMD OPERANDS". */
static int help_width(const struct command *const *c, int day)
{
	size_t most = 0;

	for (; *c; c++) {
		size_t n = (*c)->subs ? (size_t)help_width((*c)->subs, day)
		                      : strlen((*c)->name) + (*(*c)->operands ? 1 + strlen((*c)->operands) : 0);

		if ((!day || (*c)->day) && n > most)
			most = n;
	}
	return (int)most;
}

static void help_line(struct out *o, const struct command *c, int width)
{
	char head[64];

	snprintf(head, sizeof(head), "%s %s", c->name, c->operands);
	out_printf(o, "  %-*s %s\n", width + 1, head, c->purpose);
}

static void help_list(struct out *o, int day)
{
	const struct command *const *c = commands_all();
	int width = help_width(c, day);

	for (; *c; c++) {
		if (day && !(*c)->day)
			continue;
		if (!(*c)->subs)
			help_line(o, *c, width);
		for (const struct command *const *sub = (*c)->subs; sub && *sub; sub++)
			if (!day || (*sub)->day)
				help_line(o, *sub, width);
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

static void help_columns(struct out *o, const struct report_column *c)
{
	if (c)
		out_printf(o, "\nColumns\n");
	for (; c && c->key; c++)
		out_printf(o, "  %-26s %s\n", c->key, c->help);
}

void help_day(struct out *o)
{
	out_printf(o, "vault keeps Smartsheet API tokens, encrypted, and knows who was given which.\n\n");
	help_list(o, 1);
	out_printf(o, "\n`vault --help` shows all commands, `vault help CMD` the page of one,\n"
	              "`vault help vault` words, environment, files and exit status.\n");
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
			help_line(o, *sub, help_width(c->subs, 0));
	} else {
		out_printf(o, "usage: vault %s%s%s [OPTION...]\n%s\n", c->name, *c->operands ? " " : "", c->operands,
		           c->purpose);
		if (c->options && c->options->name)
			out_printf(o, "\nOptions\n");
		help_options(o, c->options);
		help_columns(o, c->report ? c->report->columns : NULL);
	}
	out_printf(o, "\nOptions of every command\n");
	help_options(o, commands_global_options());
}

void help_version(struct out *o)
{
	out_printf(o, "vault %s\n", VAULT_VERSION);
}
