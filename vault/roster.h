/* roster.h - who may open what: slots, key generations and the grants of KEYS, META, SIGN. L4. Source: vault-format(5). */
#ifndef VAULT_ROSTER_H
#define VAULT_ROSTER_H

#include <vault/vault.h>

#include "keyring.h"
#include "leaf.h"

enum { GRANT_SIGN = 1, GRANT_KEYS = 2, GRANT_META = 3, GRANT_TOKEN = 4, GRANT_LABELS = 5 };
enum { SLOT_ACTIVE = 1, SLOT_ENDED_STATUS = 2 };

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

/* 1 where the slot was an active admin in the state of that epoch (the one it signs). */
int roster_may_sign(const struct roster_slot *s, uint64_t epoch);

/* Opens the slot's own grants into the keyring: K_meta, K_adm by role and, `to_sign`, sk_own (a reader has no use for it);
 * older generations by the chain, each compared with its commitment. VAULT_DAMAGED. */
enum vault_rc roster_open_keys(const struct roster *r, const uint8_t vault_id[16], const uint8_t slot_id[16],
                               int to_sign, struct keyring *kr, struct vault_err *err) VAULT_MUST_CHECK;

/* A row of `grant`: `key` (n bytes, at most 64) sealed to box_pk with its context inside. NULL without memory or for a
 * key that is no point. */
struct row *roster_grant_make(const uint8_t vault_id[16], const uint8_t object_id[16], const uint8_t slot_id[16], int kind,
                              uint64_t version, uint64_t epoch, const uint8_t box_pk[32], const void *key, size_t n);

#endif
