/* vault_int.h - what vault.c and init.c share. L7. */
#ifndef VAULT_VAULT_INT_H
#define VAULT_VAULT_INT_H

#include "handle.h"

/* A handle with resolved paths and nothing open. Close with vault_close. */
enum vault_rc vault_int_new(const struct vault_config *cfg, struct vault **out, struct vault_err *err) VAULT_MUST_CHECK;

#endif
