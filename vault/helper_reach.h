/* helper_reach.h - what vault-api says a token reaches (protocol 1: helper.h), read as strictly as its answers. L6. */
#ifndef VAULT_HELPER_REACH_H
#define VAULT_HELPER_REACH_H

#include <vault/json.h>
#include <vault/types.h>

#include "helper.h"

/* A line with a part of a list. What is not in the form makes the whole unknown, at the answer. */
enum vault_rc helper_reach_part(struct helper_reach *r, const struct vault_json *line,
                                struct vault_err *err) VAULT_MUST_CHECK;

/* The answer, whose verdict is `v`: all parts are there, sorted and each once, or it is unknown and says why. */
enum vault_rc helper_reach_read(struct helper_reach *r, const struct vault_json *answer, const struct vault_verdict *v,
                                struct vault_err *err) VAULT_MUST_CHECK;

/* Empties it and makes it unknown because of `why`. */
enum vault_rc helper_reach_unknown(struct helper_reach *r, const char *why, struct vault_err *err) VAULT_MUST_CHECK;

#endif
