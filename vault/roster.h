/* roster.h - who may open what: slots, key generations and the grants of KEYS, META, SIGN. L4. Source: vault-format(5). */
#ifndef VAULT_ROSTER_H
#define VAULT_ROSTER_H

#include <vault/vault.h>

#include "keyring.h"
#include "leaf.h"

enum { GRANT_SIGN = 1, GRANT_KEYS = 2, GRANT_META = 3, GRANT_TOKEN = 4, GRANT_LABELS = 5 };
enum { SLOT_ACTIVE = 1, SLOT_ENDED_STATUS = 2, ROSTER_GRANT_MAX = 1 << 20 };

/* A verified row of `slot`; bytes are borrowed from the roster's leaf. */
struct roster_slot {
	const struct row *row;
	const uint8_t *id, *box_pk, *sign_pk;
	char name[VAULT_NAME_MAX + 1];
	enum vault_role role;
	int active;
	uint64_t added, ended;    /* epochs */
};

struct roster {
	struct leaf *leaf;        /* borrowed: header, slot, key, grant rows */
	struct roster_slot *slots;
	size_t n_slots;
};

/* From a verified leaf. VAULT_DAMAGED where lengths, roles or names are off. */
enum vault_rc roster_parse(struct leaf *verified, struct roster *out, struct vault_err *err) VAULT_MUST_CHECK;
void roster_clear(struct roster *r);

const struct roster_slot *roster_slot(const struct roster *r, const uint8_t id[16]); /* NULL */
const struct roster_slot *roster_active(const struct roster *r, const char *name);   /* the active one, or NULL */

/* 1 where the slot was an active admin in the state of that epoch (the one it signs). */
int roster_may_sign(const struct roster_slot *s, uint64_t epoch);

/* Opens the slot's own grants into the keyring: K_meta, K_adm by role and, `to_sign`, sk_own (a reader has no use for it);
 * older generations by the chain, each compared with its commitment. VAULT_DAMAGED. */
enum vault_rc roster_open_keys(const struct roster *r, const uint8_t vault_id[16], const uint8_t slot_id[16],
                               int to_sign, struct keyring *kr, struct vault_err *err) VAULT_MUST_CHECK;

/* The same for a file of the same vault from before, whose keys kr has from that vault: as many generations as the roster has,
 * each compared with its commitment there. VAULT_DAMAGED. */
enum vault_rc roster_lend_keys(const struct roster *r, const uint8_t vault_id[16], struct keyring *kr,
                               struct vault_err *err) VAULT_MUST_CHECK;

/* A row of `grant`: `key` (n bytes, at most ROSTER_GRANT_MAX) sealed to box_pk with its context inside. NULL without memory
 * or for a box_pk that is no point. */
struct row *roster_grant_make(const uint8_t vault_id[16], const uint8_t object_id[16], const uint8_t slot_id[16], int kind,
                              uint64_t version, uint64_t epoch, const uint8_t box_pk[32], const void *key, size_t n);

/* What a grant of this slot holds; the context inside must be the row's own, else VAULT_DAMAGED. `out` has room for `cap`
 * bytes; what is for at most KEYRING_SCRATCH goes through guarded memory alone. */
enum vault_rc roster_grant_open(const struct row *g, const uint8_t vault_id[16], struct keyring *kr, uint8_t *out, size_t cap,
                                size_t *n, struct vault_err *err) VAULT_MUST_CHECK;

/* The grant of (object, slot, kind, version) among rows of a verified leaf, ended ones too; NULL. */
const struct row *roster_grant_find(const struct rows *grants, const uint8_t object_id[16], const uint8_t slot_id[16], int kind,
                                    uint64_t version);

/* The same grant as ended at `epoch`: what it held is gone, that it was stays. NULL without memory. */
struct row *roster_grant_ended(const struct row *g, uint64_t epoch);

/* A row of `key`: a generation's commitment, and the key of the one before (NULL in the first) under it. NULL without
 * memory. */
struct row *roster_key_make(const uint8_t vault_id[16], int kind, uint64_t generation, const struct keygen *now,
                            const uint8_t *before);

#endif
