/* rekey.h - new keys for the whole vault: a new authority, so that who kept an old key can forge nothing any more. */
#ifndef VAULT_REKEY_H
#define VAULT_REKEY_H

#include <vault/secret.h>
#include <vault/vault.h>

/* One active slot, and how it opens the new vault. Who is not named is left out. */
struct vault_rekey_slot {
	const char *name;         /* VAULT_RECOVERY_NAME: a recovery code, also where there was none */
	const struct vault_secret *passphrase; /* NULL: a key file, or the recovery slot's code */
	struct vault_secret *key_text; /* set by vault_rekey_prepare: one line with a newline; the caller's */
};

/* Makes all keys, in memory; in no transaction (KDFs run), after the one in which `slots` were chosen: VAULT_BUSY where the vault
 * was changed since. VAULT_FORBIDDEN for another than an admin, VAULT_NOTFOUND for an unknown slot, VAULT_REFUSED where the own slot
 * is not among them, or no admin but the recovery slot, or a passphrase is the one that opens the old slot. */
enum vault_rc vault_rekey_prepare(struct vault *v, struct vault_rekey_slot *slots, size_t n, uint32_t kdf_memory_kib,
                                  uint32_t kdf_passes, struct vault_err *err) VAULT_MUST_CHECK;

/* Writes the vault anew, in place and in one transaction; before that the old one is kept as FILE.before-rekey (`*before`, may be
 * NULL, becomes its path, malloc'ed). The new access log has what counts of the old one's verdicts. What a slot that is left
 * out could read is due (`slot`). VAULT_BUSY where the vault was changed since it was prepared. The handle is then to be closed. */
enum vault_rc vault_rekey_commit(struct vault *v, char **before, struct vault_err *err) VAULT_MUST_CHECK;

#endif
