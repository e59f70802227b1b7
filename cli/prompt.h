/* prompt.h - asking a person, on the terminal only, never on stdin or stdout. */
#ifndef CLI_PROMPT_H
#define CLI_PROMPT_H

#include <vault/secret.h>

#include "command.h"

/* Whether somebody can be asked: a terminal, and no --no-input. */
int prompt_possible(const struct call *c);

/* A line without echo, as tty_secret. `*out` new and the caller's. VAULT_LOCKED where nobody can be asked. */
enum vault_rc prompt_secret(const struct call *c, const char *text, struct vault_secret **out,
                            struct vault_err *err) VAULT_MUST_CHECK;

/* 1 for y or yes. */
enum vault_rc prompt_yes(const struct call *c, const char *question, int *yes, struct vault_err *err) VAULT_MUST_CHECK;

/* Whether there is a terminal to show something on. */
int prompt_can_show(void);

/* Shows a secret on the terminal, between two lines of text. */
enum vault_rc prompt_show(const char *before, const struct vault_secret *s, const char *after,
                          struct vault_err *err) VAULT_MUST_CHECK;

/* A token's value: one line of stdin where that is no terminal, else asked for without echo. In no transaction. */
enum vault_rc prompt_value(const struct call *c, const char *text, struct vault_secret **out,
                           struct vault_err *err) VAULT_MUST_CHECK;

#endif
