/* seal.h - XChaCha20-Poly1305-IETF with a random nonce in front, and sealed boxes (X25519). L1. */
#ifndef VAULT_SEAL_H
#define VAULT_SEAL_H

#include <stddef.h>
#include <stdint.h>

#include <vault/error.h>

enum { SEAL_NONCE_LEN = 24, SEAL_TAG_LEN = 16, SEAL_OVERHEAD = 40, SEAL_BOX_OVERHEAD = 48, SEAL_PK_LEN = 32, SEAL_SK_LEN = 32 };

/* out (n + SEAL_OVERHEAD bytes) = nonce || ciphertext || tag. draft-irtf-cfrg-xchacha. */
void seal_aead(uint8_t *out, const uint8_t key[32], const void *p, size_t n, const void *ad, size_t ad_n);

/* The reverse; out has n - SEAL_OVERHEAD bytes. 0, or -1 where it does not verify (out is then wiped). */
int seal_aead_open(uint8_t *out, const uint8_t key[32], const void *box, size_t n, const void *ad, size_t ad_n);

/* X25519 pair from a 32-byte seed (crypto_box_seed_keypair). */
void seal_keypair(uint8_t pk[SEAL_PK_LEN], uint8_t sk[SEAL_SK_LEN], const uint8_t seed[32]);

/* Anonymous box to pk: n + SEAL_BOX_OVERHEAD bytes (crypto_box_seal). 0, or -1 for a pk that is no point. */
int seal_to(uint8_t *out, const uint8_t pk[SEAL_PK_LEN], const void *p, size_t n);
int seal_open(uint8_t *out, const uint8_t pk[SEAL_PK_LEN], const uint8_t sk[SEAL_SK_LEN], const void *box, size_t n);

/* ISO/IEC 7816-4 padding to a multiple of `block`, in place: the padded length, or 0 where cap is too small; and
 * the reverse: the length without padding, or SIZE_MAX where there is none. */
size_t seal_pad(uint8_t *p, size_t n, size_t cap, size_t block);
size_t seal_unpad(const uint8_t *p, size_t n, size_t block);

/* The same of what is no secret (records, details): its time tells the length, and is a tenth. */
size_t seal_unpad_text(const uint8_t *p, size_t n, size_t block);

#endif
