/* args.h - the command line, parsed by the rows of the command. Nothing here prints. */
#ifndef CLI_ARGS_H
#define CLI_ARGS_H

#include <stddef.h>
#include <stdint.h>

#include <vault/date.h>
#include <vault/error.h>

#include "command.h"

struct args_opt {
	const struct command_option *row;
	const char *value;        /* borrowed from argv; NULL where the option takes none */
};

struct args {
	const struct command *command; /* NULL: none was named */
	struct args_opt *opts;    /* in the order given */
	size_t n_opts;
	const char **operands;    /* without the command's own words */
	size_t n_operands;
	size_t n_before;          /* of them before `--`; SIZE_MAX: there was no `--` */
};

/* VAULT_USAGE with a sentence that names what was meant and the command's --help. Operands are not counted where
 * --help or --version was given. `*a` is to be cleared in any case. */
enum vault_rc args_parse(int argc, char **argv, struct args *a, struct vault_err *err) VAULT_MUST_CHECK;
void args_clear(struct args *a);

/* Descriptors the command line or environment names (--passphrase-fd N, /dev/fd/N), which must stay open. */
size_t args_descriptors(int argc, char **argv, int *fds, size_t max);

/* The last value given, or NULL. */
const char *args_str(const struct args *a, enum opt_id id);
/* The i-th value given, from 0; NULL after the last. */
const char *args_nth(const struct args *a, enum opt_id id, size_t i);
/* Whether it was given. */
int args_flag(const struct args *a, enum opt_id id);

/* Where the option was not given these leave what is there alone. VAULT_USAGE names option and rule. */
enum vault_rc args_day(const struct args *a, enum opt_id id, int64_t *day, struct vault_err *err) VAULT_MUST_CHECK;
enum vault_rc args_uint(const struct args *a, enum opt_id id, uint64_t min, uint64_t max, uint64_t *n,
                        struct vault_err *err) VAULT_MUST_CHECK;
/* Free text (vault_text_check), an e-mail address (vault_email_check): borrowed. */
enum vault_rc args_text(const struct args *a, enum opt_id id, const char **s, struct vault_err *err) VAULT_MUST_CHECK;
enum vault_rc args_email(const struct args *a, enum opt_id id, const char **s, struct vault_err *err) VAULT_MUST_CHECK;

/* VAULT_USAGE: `fmt…: see `vault CMD --help``. */
enum vault_rc args_usage(const struct args *a, struct vault_err *err, const char *fmt, ...) VAULT_PRINTF(3, 4);

#endif
