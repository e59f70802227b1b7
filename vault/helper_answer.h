/* helper_answer.h - a line of vault-api into a verdict (protocol 1: helper.h). L6. */
#ifndef VAULT_HELPER_ANSWER_H
#define VAULT_HELPER_ANSWER_H

#include <vault/json.h>
#include <vault/types.h>

#include "helper.h"

enum { HELPER_ANSWER_TEXT_MAX = 1024 };

/* 1 where it is 1 to `max` bytes without control characters. */
int helper_answer_is_text(const char *s, size_t max);

/* Result, status, code, message and identity of `j`, which must repeat `base`, into `v`, which is zero but for its base:
 * an answer to `op`. -1 where anything is not as protocol 1 says; `v` may then be half filled: helper_answer_unknown. */
int helper_answer_read(const struct vault_json *j, enum helper_op op, const char *base, struct vault_verdict *v);

/* Empties `v` but for its base and makes it unknown because of `why`. */
enum vault_rc helper_answer_unknown(struct vault_verdict *v, const char *why, struct vault_err *err) VAULT_MUST_CHECK;

#endif
