/* settings.h - an organisation's decisions on rules, days, access log and CA file, kept in the vault. Format: vault-format(5),
 * object of kind policy and the header's flags. */
#ifndef VAULT_SETTINGS_H
#define VAULT_SETTINGS_H

#include <vault/rules.h>
#include <vault/types.h>
#include <vault/vault.h>

/* In a transaction: what was set, or the defaults where nothing ever was. The caller's, vault_settings_clear. 7 for scripts. */
enum vault_rc vault_settings_get(struct vault *v, struct vault_settings *out, struct vault_err *err) VAULT_MUST_CHECK;

/* In a write transaction: one change, whose detail says what was and what is. VAULT_USAGE for days out of range, or of a rule that
 * has none, and for a CA file that is no absolute path. `*changed` 0: it is so already, and nothing is to be committed. */
enum vault_rc vault_settings_set(struct vault *v, const struct vault_settings *s, int *changed, struct vault_err *err) VAULT_MUST_CHECK;

/* What is another, a line each: "unused: was 90 days (default), is 120 days". None where nothing is. */
enum vault_rc vault_settings_changes(const struct vault_settings *was, const struct vault_settings *is, struct vault_strings *out,
                                     struct vault_err *err) VAULT_MUST_CHECK;

/* The CA file that somebody names, as it is to be stored: its full name, links resolved; malloc'ed. VAULT_USAGE where it cannot
 * be read or holds no certificate in PEM. */
enum vault_rc vault_settings_ca_file(const char *given, char **out, struct vault_err *err) VAULT_MUST_CHECK;

#endif
