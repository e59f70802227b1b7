/* settings.h - an organisation's decisions on rules, days, access log and CA file, kept in the vault. Format: vault-format(5),
 * object of kind policy and the header's flags. */
#ifndef VAULT_SETTINGS_H
#define VAULT_SETTINGS_H

#include <vault/rules.h>
#include <vault/vault.h>

/* In a transaction: what was set, or the defaults where nothing ever was. The caller's, vault_settings_clear. 7 for scripts. */
enum vault_rc vault_settings_get(struct vault *v, struct vault_settings *out, struct vault_err *err) VAULT_MUST_CHECK;

/* In a write transaction, admins only: one change, with what `text` says of it for the log. VAULT_USAGE for days out of range, or
 * of a rule that has none; a CA file that is no absolute path. `*changed` 0: it is so already, and nothing is to be committed. */
enum vault_rc vault_settings_set(struct vault *v, const struct vault_settings *s, const char *text, int *changed,
                                 struct vault_err *err) VAULT_MUST_CHECK;

#endif
