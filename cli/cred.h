/* cred.h - the passphrase or key: from flags, variables, systemd's credentials, or a person, in that order, once. */
#ifndef CLI_CRED_H
#define CLI_CRED_H

#include <vault/secret.h>
#include <vault/vault.h>

#include "command.h"

struct cred {
	struct vault_secret *key_text; /* at most one of the two */
	struct vault_secret *passphrase;
};

/* What contradicts itself on the command line: VAULT_USAGE. To be asked before anything is opened. */
enum vault_rc cred_usage(const struct args *a, struct vault_err *err) VAULT_MUST_CHECK;

/* A passphrase that was given without asking, for a vault to be made; NULL where none was. */
enum vault_rc cred_given_passphrase(struct call *c, struct vault_secret **out, struct vault_err *err) VAULT_MUST_CHECK;

/* The passphrase to be, of --new-passphrase-fd or -file; NULL where neither was given. */
enum vault_rc cred_new_passphrase(struct call *c, struct vault_secret **out, struct vault_err *err) VAULT_MUST_CHECK;

/* What opens `v`: given, or asked for. VAULT_LOCKED where neither is possible, VAULT_UNSAFE of a file that others can
 * read. */
enum vault_rc cred_find(struct call *c, struct vault *v, const char *path, struct cred *out,
                        struct vault_err *err) VAULT_MUST_CHECK;
void cred_clear(struct cred *k);

#endif
