/* settings.h - inner side of <vault/settings.h>. L5. */
#ifndef VAULT_SETTINGS_INT_H
#define VAULT_SETTINGS_INT_H

#include <vault/settings.h>

#include "object.h"

/* The one tag of the one object of kind policy. */
void settings_tag(const struct vault *v, uint8_t tag[16]);

/* Whether an object of kind policy is that one and can be read; VAULT_DAMAGED. */
enum vault_rc settings_check(const struct vault *v, const struct object *o, struct vault_err *err) VAULT_MUST_CHECK;

/* The CA file that the vault's policy names, malloc'ed, or NULL for the system's; in no transaction. VAULT_IO where it is named
 * and cannot be read: the system's never stands in for it. */
enum vault_rc settings_ca(struct vault *v, char **out, struct vault_err *err) VAULT_MUST_CHECK;

#endif
