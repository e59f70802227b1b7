/* args.c - turns argv into options and operands by the rows of the command that is named in it. */
#include "args.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/types.h>

#include "guess.h"

static const struct command_option *args_find_long(const struct command_option *rows, const char *name, size_t n)
{
	for (; rows && rows->name; rows++)
		if (strncmp(rows->name, name, n) == 0 && rows->name[n] == '\0')
			return rows;
	return NULL;
}

static const struct command_option *args_find_short(const struct command_option *rows, char letter)
{
	for (; rows && rows->name; rows++)
		if (rows->letter == letter)
			return rows;
	return NULL;
}

enum vault_rc args_usage(const struct args *a, struct vault_err *err, const char *fmt, ...)
{
	char what[VAULT_MSG_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return vault_err_set(err, VAULT_USAGE, "%s: see `vault %s%s--help`", what, a->command ? a->command->name : "",
	                     a->command ? " " : "");
}

/* Of a command that ends its own words with `--`: what follows a second word is another program's. */
static int args_no_dashes(const struct args *a)
{
	return a->command && strstr(a->command->operands, " -- ") && a->n_before == SIZE_MAX && a->n_operands >= 2;
}

static enum vault_rc args_want_dashes(const struct args *a, struct vault_err *err)
{
	return args_usage(a, err, "`--` is missing before CMD: vault %s %s", a->command->name, a->command->operands);
}

static enum vault_rc args_unknown(const struct args *a, const char *typed, size_t n, struct vault_err *err)
{
	const struct command_option *tables[] = {a->command ? a->command->options : NULL, commands_global_options()};
	const char *best = NULL;
	size_t edits = SIZE_MAX;
	char name[64];

	snprintf(name, sizeof(name), "%.*s", (int)(n < sizeof(name) ? n : sizeof(name) - 1), typed);
	for (size_t i = 0; i < 2; i++)
		for (const struct command_option *r = tables[i]; r && r->name; r++)
			guess_offer(name, r->name, &best, &edits);
	if (best)
		return args_usage(a, err, "unknown option --%s, did you mean --%s?", name, best);
	return args_usage(a, err, "unknown option --%s", name);
}

static enum vault_rc args_keep(struct args *a, const struct command_option *row, const char *value,
                               struct vault_err *err)
{
	for (size_t i = 0; row->arg && !row->many && i < a->n_opts; i++)
		if (a->opts[i].row == row)
			return args_usage(a, err, "--%s can be given once", row->name);
	a->opts[a->n_opts].row = row;
	a->opts[a->n_opts++].value = value;
	return VAULT_OK;
}

/* `--name`, `--name=value`, `--name value`; `*i` moves over a value of its own. */
static enum vault_rc args_long(int argc, char **argv, int *i, struct args *a, struct vault_err *err)
{
	const char *name = argv[*i] + 2, *eq = strchr(name, '='), *value = NULL;
	size_t n = eq ? (size_t)(eq - name) : strlen(name);
	const struct command_option *row = args_find_long(a->command ? a->command->options : NULL, name, n);

	if (!row)
		row = args_find_long(commands_global_options(), name, n);
	if (!row && args_no_dashes(a))
		return args_want_dashes(a, err);
	if (!row)
		return args_unknown(a, name, n, err);
	if (!row->arg && eq)
		return args_usage(a, err, "--%s takes no argument", row->name);
	if (row->arg) {
		value = eq ? eq + 1 : *i + 1 < argc ? argv[++*i] : NULL;
		if (!value)
			return args_usage(a, err, "--%s wants %s (%s)", row->name, row->arg, row->help);
	}
	return args_keep(a, row, value, err);
}

/* `-q`, `-qn`, `-fFILE`, `-f FILE`. */
static enum vault_rc args_short(int argc, char **argv, int *i, struct args *a, struct vault_err *err)
{
	for (const char *p = argv[*i] + 1; *p; p++) {
		const struct command_option *row = args_find_short(a->command ? a->command->options : NULL, *p);
		const char *value = NULL;
		enum vault_rc rc;

		if (!row)
			row = args_find_short(commands_global_options(), *p);
		if (!row && args_no_dashes(a))
			return args_want_dashes(a, err);
		if (!row)
			return args_usage(a, err, "unknown option -%c", *p);
		if (row->arg) {
			value = p[1] ? p + 1 : *i + 1 < argc ? argv[++*i] : NULL;
			if (!value)
				return args_usage(a, err, "-%c wants %s (%s)", *p, row->arg, row->help);
		}
		rc = args_keep(a, row, value, err);
		if (rc != VAULT_OK || row->arg)
			return rc;
	}
	return VAULT_OK;
}

/* The first operand names the command, the next one, where it has such, the subcommand. */
static enum vault_rc args_word(struct args *a, const char *word, struct vault_err *err)
{
	const struct command *const *table = a->command ? a->command->subs : commands_all();
	const struct command *c = NULL;
	char meant[100];

	if (!table) {
		a->operands[a->n_operands++] = word;
		return VAULT_OK;
	}
	c = commands_find(table, word);
	if (c) {
		a->command = c;
		return VAULT_OK;
	}
	if (commands_meant(table, word, meant, sizeof(meant)))
		return args_usage(a, err, "unknown command %s, did you mean %s?", word, meant);
	return args_usage(a, err, "unknown command %s", word);
}

/* A command that is only the first of two words. */
static enum vault_rc args_which(const struct args *a, struct vault_err *err)
{
	char names[256] = "";

	for (const struct command *const *sub = a->command->subs; *sub; sub++) {
		size_t n = strlen(names);

		snprintf(names + n, sizeof(names) - n, "%s%s", n ? ", " : "", strrchr((*sub)->name, ' ') + 1);
	}
	return args_usage(a, err, "a word is missing after `vault %s`: %s", a->command->name, names);
}

static enum vault_rc args_count(const struct args *a, struct vault_err *err)
{
	const struct command *c = a->command;

	if (!c || args_flag(a, OPT_HELP) || args_flag(a, OPT_VERSION))
		return VAULT_OK;
	if (c->subs)
		return args_which(a, err);
	if (args_no_dashes(a))
		return args_want_dashes(a, err);
	if (a->n_operands > 0 && a->n_operands < c->min_operands)
		return args_usage(a, err, "something is missing: vault %s %s", c->name, c->operands);
	if (a->n_operands < c->min_operands)
		return args_usage(a, err, "%s is missing", c->operands);
	if (a->n_operands > c->max_operands)
		/* Not repeated: it may be a token, which would then stand in every log of a build. */
		return args_usage(a, err, "an argument too many; a token is never one, it is given on standard input");
	return VAULT_OK;
}

enum vault_rc args_parse(int argc, char **argv, struct args *a, struct vault_err *err)
{
	size_t room = 1;
	int plain = 0;

	memset(a, 0, sizeof(*a));
	a->n_before = SIZE_MAX;
	/* No argument gives more options than it has letters. */
	for (int i = 1; i < argc; i++)
		room += strlen(argv[i]) + 1;
	a->opts = calloc(room, sizeof(*a->opts));
	a->operands = calloc((size_t)argc + 1, sizeof(*a->operands));
	if (!a->opts || !a->operands)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	for (int i = 1; i < argc; i++) {
		enum vault_rc rc;

		if (!plain && strcmp(argv[i], "--") == 0) {
			plain = 1;
			a->n_before = a->n_operands;
			continue;
		}
		if (!plain && argv[i][0] == '-' && argv[i][1] == '-')
			rc = args_long(argc, argv, &i, a, err);
		else if (!plain && argv[i][0] == '-' && argv[i][1])
			rc = args_short(argc, argv, &i, a, err);
		else
			rc = args_word(a, argv[i], err);
		if (rc != VAULT_OK)
			return rc;
	}
	return args_count(a, err);
}

void args_clear(struct args *a)
{
	free(a->opts);
	free(a->operands);
	memset(a, 0, sizeof(*a));
}

static int args_number(const char *s, int *fd)
{
	char *end = NULL;
	long n;

	if (*s < '0' || *s > '9')
		return 0;
	errno = 0;
	n = strtol(s, &end, 10);
	if (errno || *end || n > 1 << 20)
		return 0;
	*fd = (int)n;
	return 1;
}

static size_t args_descriptor(const char *s, int *fds, size_t n, size_t max)
{
	static const char *const places[] = {"--passphrase-fd=", "--new-passphrase-fd=", "/dev/fd/", "/proc/self/fd/"};

	for (size_t i = 0; s && i < sizeof(places) / sizeof(*places); i++) {
		const char *at = strstr(s, places[i]);
		int fd;

		if (at && n < max && args_number(at + strlen(places[i]), &fd))
			fds[n++] = fd;
	}
	return n;
}

size_t args_descriptors(int argc, char **argv, int *fds, size_t max)
{
	size_t n = 0;

	for (int i = 1; i < argc; i++) {
		n = args_descriptor(argv[i], fds, n, max);
		if ((strcmp(argv[i], "--passphrase-fd") == 0 || strcmp(argv[i], "--new-passphrase-fd") == 0) &&
		    i + 1 < argc && n < max && args_number(argv[i + 1], &fds[n]))
			n++;
	}
	n = args_descriptor(getenv("SMARTVAULT_KEY_FILE"), fds, n, max);
	return args_descriptor(getenv("SMARTVAULT_PASSPHRASE_FILE"), fds, n, max);
}

const char *args_str(const struct args *a, enum opt_id id)
{
	for (size_t i = a->n_opts; i-- > 0;)
		if (a->opts[i].row->id == id)
			return a->opts[i].value;
	return NULL;
}

const char *args_nth(const struct args *a, enum opt_id id, size_t i)
{
	for (size_t k = 0; k < a->n_opts; k++)
		if (a->opts[k].row->id == id && i-- == 0)
			return a->opts[k].value;
	return NULL;
}

int args_flag(const struct args *a, enum opt_id id)
{
	for (size_t i = 0; i < a->n_opts; i++)
		if (a->opts[i].row->id == id)
			return 1;
	return 0;
}

static const char *args_name(const struct args *a, enum opt_id id)
{
	for (size_t i = 0; i < a->n_opts; i++)
		if (a->opts[i].row->id == id)
			return a->opts[i].row->name;
	return "";
}

enum vault_rc args_day(const struct args *a, enum opt_id id, int64_t *day, struct vault_err *err)
{
	const char *s = args_str(a, id);
	int64_t d = VAULT_NO_DAY;

	if (!s)
		return VAULT_OK;
	if (vault_day_parse(s, &d, NULL) != VAULT_OK)
		return args_usage(a, err, "--%s wants a day that exists, as 2026-01-31, not %s", args_name(a, id), s);
	*day = d;
	return VAULT_OK;
}

enum vault_rc args_uint(const struct args *a, enum opt_id id, uint64_t min, uint64_t max, uint64_t *n,
                        struct vault_err *err)
{
	const char *s = args_str(a, id);
	unsigned long long value = 0;
	char *end = NULL;

	if (!s)
		return VAULT_OK;
	errno = 0;
	if (*s >= '0' && *s <= '9')
		value = strtoull(s, &end, 10);
	if (!end || *end || errno || value < min || value > max)
		return args_usage(a, err, "--%s wants a number from %llu to %llu, not %s", args_name(a, id),
		                  (unsigned long long)min, (unsigned long long)max, s);
	*n = value;
	return VAULT_OK;
}

enum vault_rc args_text(const struct args *a, enum opt_id id, const char **s, struct vault_err *err)
{
	const char *value = args_str(a, id);
	char what[40];

	if (!value)
		return VAULT_OK;
	*s = value;
	snprintf(what, sizeof(what), "--%s", args_name(a, id));
	return vault_text_check(what, value, err);
}

enum vault_rc args_email(const struct args *a, enum opt_id id, const char **s, struct vault_err *err)
{
	const char *value = args_str(a, id);
	char what[40];

	if (!value)
		return VAULT_OK;
	*s = value;
	snprintf(what, sizeof(what), "--%s", args_name(a, id));
	return vault_email_check(what, value, err);
}
