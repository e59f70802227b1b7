/* diff.h - what an edit made of what, in words for the history. Pure. L5. */
#ifndef VAULT_DIFF_H
#define VAULT_DIFF_H

#include <vault/token.h>

/* As vault_token_changes, of a vendor; its name is not among them. */
enum vault_rc diff_vendor(const struct vault_vendor *was, const struct vault_vendor *is, struct vault_strings *out,
                          struct vault_err *err) VAULT_MUST_CHECK;

/* All of them with "; " between, malloc'ed; NULL for none, and without memory. */
char *diff_join(const struct vault_strings *l);

#endif
