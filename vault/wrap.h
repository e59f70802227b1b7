/* wrap.h - how a passphrase, key file or recovery code opens a slot's seed. L4. Source: vault-format(5), Unlocking. */
#ifndef VAULT_WRAP_H
#define VAULT_WRAP_H

#include "kdf.h"
#include "keyring.h"
#include "store.h"

enum { WRAP_PASSPHRASE = 1, WRAP_KEYFILE = 2, WRAP_RECOVERY = 3 };

/* The slot that a wrap is of: what never changes in its row. Bound by wrap_sig, so that a row of `slot` can be neither
 * renamed nor given other keys or another role before the roster is verified. Borrowed. */
struct wrap_slot {
	const uint8_t *vault_id, *slot_id; /* 16 bytes */
	const uint8_t *name;
	size_t name_n;
	int64_t role;
	const uint8_t *box_pk, *sign_pk; /* 32 bytes */
};

/* From a row of `slot`; 0 where lengths are off. */
int wrap_slot_of(const struct row *slot, const uint8_t vault_id[16], struct wrap_slot *out);

/* Seals kr's seed, pk_own and `epoch` under the secret: a row of `wrap`, with a fresh salt, signed by kr's own key. `p`
 * counts for WRAP_PASSPHRASE only (others store zeros). NULL and `err` on failure. */
struct row *wrap_make(const struct keyring *kr, const struct wrap_slot *slot, int type, const struct kdf_params *p,
                      const void *secret, size_t n, uint64_t epoch, struct vault_err *err);

/* 1 where wrap_sig holds over all columns and the slot's under its sign_pk. */
int wrap_sig_ok(const struct row *w, const struct wrap_slot *slot);

/* Opens into kr: seed, pairs, pk_own, enrol_epoch. Order: lengths and wrap_sig (8), KDF clamp (15), CHK (6), AEAD (8). */
enum vault_rc wrap_open(const struct row *w, const struct wrap_slot *slot, const void *secret, size_t n, struct keyring *kr,
                        struct vault_err *err) VAULT_MUST_CHECK;

/* Puts a row of `wrap` into the store, in an open write transaction of it, and reads it back: it stands outside the signed root,
 * so the slot's own signature on what is there is the proof. VAULT_DAMAGED where it does not hold. `w` stays the caller's. */
enum vault_rc wrap_put(struct store *s, const struct row *w, const struct wrap_slot *slot, struct vault_err *err) VAULT_MUST_CHECK;

#endif
