/* ledger.h - inner side of <vault/ledger.h>. L5. */
#ifndef VAULT_LEDGER_INT_H
#define VAULT_LEDGER_INT_H

#include <vault/ledger.h>

#include "object.h"

/* ASCII lower case of at most cap - 1 bytes: names of vendors and e-mails compare so. */
void ledger_lower(const char *s, char *out, size_t cap);

/* Tag of a hand-over's object: of token, vendor and recipient (ignoring ASCII case). */
void ledger_tag(const struct vault *v, const uint8_t token_id[16], const uint8_t vendor_id[16], const char *to, uint8_t tag[16]);

#endif
