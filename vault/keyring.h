/* keyring.h - the keys that an unlocked slot holds, in guarded memory. L4. Source: vault-format(5), Keys. */
#ifndef VAULT_KEYRING_H
#define VAULT_KEYRING_H

#include "buf.h"
#include "seal.h"
#include "secret.h"
#include "sign.h"

enum { KIND_META = 1, KIND_ADM = 2, KEYRING_FEW = 4, KEYRING_SCRATCH = 512 };

/* One generation of K_meta or K_adm and its children; the parent is never used directly. */
struct keygen {
	uint8_t key[KEY_LEN];
	uint8_t seal[KEY_LEN];    /* META: objects and details. ADM: token keys */
	uint8_t tag[KEY_LEN];     /* META: tags of names. ADM: tags of values */
};

struct keyring {
	uint8_t seed[KEY_LEN];
	uint8_t box_sk[SEAL_SK_LEN], sign_sk[SIGN_SK_LEN];
	uint8_t box_pk[SEAL_PK_LEN], sign_pk[SIGN_PK_LEN];
	uint8_t pk_own[SIGN_PK_LEN]; /* the reader's anchor, from the wrap */
	uint64_t enrol_epoch;     /* states older than this are a rollback */
	int has_own;
	uint8_t sk_own[SIGN_SK_LEN];
	struct keygen *meta, *adm; /* guarded; [0] is generation 1 */
	uint64_t n_meta, n_adm;   /* newest generation; 0: not granted */
	/* Guarded pages cost ten system calls each: what is opened on the way goes here, and the first generations stand here. */
	struct keygen few[2][KEYRING_FEW];
	_Alignas(16) uint8_t scratch[KEYRING_SCRATCH];
};

struct keyring *keyring_new(void);                /* NULL without memory */
void keyring_free(struct keyring **kr);
/* All of it a second time, for a second file of the same vault; NULL without memory. */
struct keyring *keyring_copy(const struct keyring *kr);

/* Both pairs from kr->seed. */
void keyring_derive(struct keyring *kr);

/* Sets the children from g->key. `kind` KIND_META or KIND_ADM. */
void keyring_children(struct keygen *g, int kind);

/* Room for `n` generations of a kind, zeroed. */
enum vault_rc keyring_room(struct keyring *kr, int kind, uint64_t n, struct vault_err *err) VAULT_MUST_CHECK;

/* Room for one generation more behind those there are, zeroed; gives it in `*g`. */
enum vault_rc keyring_grow(struct keyring *kr, int kind, struct keygen **g, struct vault_err *err) VAULT_MUST_CHECK;

/* A copy of all that `from` was granted (sk_own, both kinds' generations) in place of kr's own; seed and pairs stay. */
enum vault_rc keyring_take(struct keyring *kr, const struct keyring *from, struct vault_err *err) VAULT_MUST_CHECK;

/* The generation's keys, or NULL where this slot has none of them. */
const struct keygen *keyring_meta(const struct keyring *kr, uint64_t generation);
const struct keygen *keyring_adm(const struct keyring *kr, uint64_t generation);

/* Commitment of a key that stands in the signed roster: BLAKE2b-256 keyed with it, of "smartvault1/commitment" in 32 bytes,
 * vault_id, kind and generation (8 bytes each). */
void keyring_commitment(uint8_t out[32], const uint8_t vault_id[16], int kind, uint64_t generation, const uint8_t key[KEY_LEN]);

/* Padded to `block`, sealed; malloc'ed, NULL without memory. */
uint8_t *keyring_seal_padded(const uint8_t key[KEY_LEN], const void *p, size_t n, size_t block, const struct buf *ad, size_t *out_n);
/* Opened and unpadded into malloc'ed memory with a NUL behind; NULL where it does not verify. Not for secrets. */
uint8_t *keyring_open_padded(const uint8_t key[KEY_LEN], const uint8_t *box, size_t n, size_t block, const struct buf *ad, size_t *out_n);

#endif
