/* keytext.h - the text of a key file and of a recovery code. L2. Source: vault-format(5), Key files.
 * `SMARTVAULT-KEY-1 ` or `SMARTVAULT-RECOVERY-1 `, then RFC 4648 base32 (no padding) of vault_id, slot_id, 32 secret
 * bytes, epoch (u64-LE) and the first 4 bytes of H(ENC("smartvault1/keytext", those)); a recovery code in groups of five
 * joined by '-'. Reading ignores case, '-' and white space, and takes 0 for O, 1 for I, 8 for B. */
#ifndef VAULT_KEYTEXT_H
#define VAULT_KEYTEXT_H

#include "secret.h"

struct keytext {
	uint8_t vault_id[16];
	uint8_t slot_id[16];
	uint8_t key[KEY_LEN];
	uint64_t epoch;           /* of the vault when it was written: a floor for freshness on fresh machines */
	int recovery;             /* which prefix */
};

enum { KEYTEXT_MAX = 256 };

/* New secret with the text and a newline; NULL without memory. */
struct vault_secret *keytext_format(const struct keytext *k);

/* `out` should be in guarded memory. VAULT_WRONGKEY where it is no key text or its checksum is off. */
enum vault_rc keytext_parse(const struct vault_secret *text, struct keytext *out, struct vault_err *err) VAULT_MUST_CHECK;

/* 1 where the text begins like a recovery code. */
int keytext_is_recovery(const struct vault_secret *text);

#endif
