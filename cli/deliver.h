/* deliver.h - another program that takes something to somebody: the mail system, the desktop. No secret goes there. */
#ifndef CLI_DELIVER_H
#define CLI_DELIVER_H

#include <stddef.h>

#include <vault/error.h>

/* The first of the folders' programs that may be run (NULL-ended); NULL. */
const char *deliver_find(const char *const *programs);

/* Runs `program` (a path) with `argv`, gives it `n` bytes on stdin, and waits at most a minute. It gets an environment of PATH
 * and of those of `keep` (NULL-ended) that are set, no descriptor of ours but stderr, and no shell between. VAULT_OK where
 * it ended with 0; else VAULT_REFUSED and a sentence that begins with its name. */
enum vault_rc deliver_run(const char *program, const char *const *argv, const char *const *keep, const char *in, size_t n,
                          struct vault_err *err) VAULT_MUST_CHECK;

#endif
