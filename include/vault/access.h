/* access.h - key slots: who may open the vault, as what, and what a script may read. Roles: vault-format(5). */
#ifndef VAULT_ACCESS_H
#define VAULT_ACCESS_H

#include <vault/secret.h>
#include <vault/types.h>
#include <vault/vault.h>

const char *vault_role_name(enum vault_role r);          /* admin monitor auditor script */
enum vault_rc vault_role_parse(const char *s, enum vault_role *r, struct vault_err *err) VAULT_MUST_CHECK; /* VAULT_USAGE */

struct vault_slot {
	uint8_t id[VAULT_ID_LEN];
	char *name;
	enum vault_role role;
	enum vault_slot_type opens_by;
	uint32_t kdf_memory_kib, kdf_passes; /* of a passphrase; else 0 */
	int active, own;          /* own: the one this handle opened */
	int64_t added, ended;     /* time in seconds of the change that did it; 0: still active */
	struct vault_strings labels; /* of a script: what it was granted, ascending */
};
struct vault_slots {
	struct vault_slot *s;     /* active ones first, then by name */
	size_t n;
};
void vault_slots_clear(struct vault_slots *l);

/* All of them, ended ones too, in a transaction. VAULT_FORBIDDEN for a script. */
enum vault_rc vault_access_list(struct vault *v, struct vault_slots *out, struct vault_err *err) VAULT_MUST_CHECK;

/* The role of the active slot of that name, in a transaction. VAULT_NOTFOUND with near names. */
enum vault_rc vault_access_role(struct vault *v, const char *name, enum vault_role *role, struct vault_err *err) VAULT_MUST_CHECK;

/* A slot to be: named VAULT_RECOVERY_NAME it opens by a recovery code (an admin's), else by `passphrase` or, NULL, by a key
 * file. Key file and code become the caller's in `*key_text`. In no transaction, after one that verified the vault: a KDF
 * runs. The name is held against those there are by what follows. */
struct vault_access_new {
	const char *name;
	enum vault_role role;
	const struct vault_secret *passphrase;
	uint32_t kdf_memory_kib, kdf_passes; /* as in vault_init */
};
enum vault_rc vault_access_prepare(struct vault *v, const struct vault_access_new *how, struct vault_secret **key_text,
                                   struct vault_err *err) VAULT_MUST_CHECK;

/* --- in a write transaction; vault_commit makes them stand --- */

/* The prepared slot, and for a script what it is granted. VAULT_EXISTS where an active slot has the name, VAULT_NOTFOUND for
 * an unknown label. */
enum vault_rc vault_access_add(struct vault *v, const char *const *labels, size_t n, struct vault_err *err) VAULT_MUST_CHECK;

/* The prepared slot in place of the active one of its name and role, which is ended: it gets what that one had. Where it was
 * the own one, the new one signs, and the handle is that one's after vault_commit (after a failure only vault_close). */
enum vault_rc vault_access_replace(struct vault *v, struct vault_err *err) VAULT_MUST_CHECK;

/* Ends a slot: its grants are emptied, and what it knew of generations is turned over. VAULT_REFUSED for the own slot and
 * for the last admin but the recovery slot, VAULT_NOTFOUND with near names. */
enum vault_rc vault_access_remove(struct vault *v, const char *name, struct vault_err *err) VAULT_MUST_CHECK;

/* A script may read a token's current value and those that follow; and no longer. VAULT_USAGE for a slot of another role. */
enum vault_rc vault_access_grant(struct vault *v, const char *slot, const char *label, struct vault_err *err) VAULT_MUST_CHECK;
enum vault_rc vault_access_revoke(struct vault *v, const char *slot, const char *label, struct vault_err *err) VAULT_MUST_CHECK;

/* --- what ended slots could read --- */

/* Of the active ones of `tokens` (vault_token_all of the same transaction) the current values that a slot could read which
 * was ended, or lost its grant, since: reason `slot`. By token id, then slot, each name once. */
enum vault_rc vault_slot_reads_all(struct vault *v, const struct vault_tokens *tokens, struct vault_slot_reads *out,
                                   struct vault_err *err) VAULT_MUST_CHECK;

#endif
