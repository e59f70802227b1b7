/* newpass.h - a passphrase that somebody chooses now: asked for twice, and strong enough. */
#ifndef CLI_NEWPASS_H
#define CLI_NEWPASS_H

#include <stdint.h>

#include <vault/secret.h>

#include "command.h"

/* Twice on the terminal. VAULT_REFUSED where the two differ, VAULT_LOCKED where nobody can be asked. */
enum vault_rc newpass_ask(struct call *c, struct vault_secret **out, struct vault_err *err) VAULT_MUST_CHECK;

/* VAULT_REFUSED where it is empty, or too easy to guess and no --force, which makes that a note. */
enum vault_rc newpass_check(struct call *c, const struct vault_secret *s, const char *slot_name,
                            struct vault_err *err) VAULT_MUST_CHECK;

/* --kdf-memory and --kdf-passes; 0 where not given. */
enum vault_rc newpass_kdf(const struct args *a, uint32_t *memory_kib, uint32_t *passes,
                          struct vault_err *err) VAULT_MUST_CHECK;

#endif
