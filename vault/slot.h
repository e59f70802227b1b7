/* slot.h - a new key slot: its seed and pairs, its way in, its row, and what its role is granted. L4. Source:
 * vault-format(5), Keys, Unlocking. */
#ifndef VAULT_SLOT_H
#define VAULT_SLOT_H

#include "kdf.h"
#include "roster.h"
#include "wrap.h"

/* Made in memory, in no transaction (a KDF runs); becomes rows by slot_row and slot_grants. */
struct slot_new {
	uint8_t id[16];
	char name[VAULT_NAME_MAX + 1];
	enum vault_role role;
	struct keyring *kr;       /* seed, pairs, pk_own */
	struct row *wrap;
};
void slot_new_clear(struct slot_new *s);

/* Who it will be and where it will stand; `epoch` is what the wrap takes as the oldest state it may see. */
struct slot_spec {
	const uint8_t *vault_id, *id; /* 16 bytes */
	const uint8_t *pk_own;    /* 32 */
	const char *name;
	enum vault_role role;
	uint64_t epoch;
};

/* Opens by a passphrase; p->t 0: as many passes as take half a second (kdf_choose). */
enum vault_rc slot_new_by_passphrase(const struct slot_spec *spec, const struct vault_secret *passphrase,
                                     struct kdf_params p, struct slot_new *out, struct vault_err *err) VAULT_MUST_CHECK;

/* Opens by 32 random bytes: WRAP_KEYFILE or WRAP_RECOVERY. `*text` is the line that carries them, the caller's. */
enum vault_rc slot_new_by_key(const struct slot_spec *spec, int type, struct slot_new *out, struct vault_secret **text,
                              struct vault_err *err) VAULT_MUST_CHECK;

/* What its wrap is of; borrowed from it. */
struct wrap_slot slot_new_wrap(const struct slot_new *s, const uint8_t vault_id[16]);

/* Its row of `slot`, active from `epoch`. NULL without memory. */
struct row *slot_row(const struct slot_new *s, uint64_t epoch);

/* The grants of a role: SIGN, KEYS, META as vault-format(5) says, of `from`'s newest generations, sealed to box_pk; appended
 * to `out`. A script gets none of them. */
enum vault_rc slot_grants(const uint8_t vault_id[16], const uint8_t slot_id[16], enum vault_role role, const uint8_t box_pk[32],
                          const struct keyring *from, uint64_t epoch, struct rows *out,
                          struct vault_err *err) VAULT_MUST_CHECK;

/* What is granted to a role of those three: a mask of 1 << GRANT_SIGN, GRANT_KEYS, GRANT_META. */
unsigned slot_role_grants(enum vault_role role);

/* All keys of a vault to be: what `rekey` prepares in no transaction (KDFs run) and writes in one. */
struct slot_planned {
	struct slot_new s;
	uint8_t old_id[16];       /* of the slot whose place it takes; zeros: none */
};
struct slot_plan {
	uint8_t vault_id[16];
	struct keyring *own;      /* the new authority and generations; K_adm's older ones too, which name erased values */
	uint64_t epoch;           /* of the state that it was made for, and its hash */
	uint8_t state[32];
	struct slot_planned *slots;
	size_t n;
};
void slot_plan_free(struct slot_plan **p);

#endif
