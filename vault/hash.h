/* hash.h - BLAKE2b (RFC 7693) and subkeys (libsodium crypto_kdf). L1. */
#ifndef VAULT_HASH_H
#define VAULT_HASH_H

#include <stddef.h>
#include <stdint.h>

enum { HASH_LEN = 32, TAG_LEN = 16, HASH_STATE = 384 };

/* H: BLAKE2b-256 without key. */
void hash(uint8_t out[HASH_LEN], const void *p, size_t n);

/* The same in pieces. */
struct hash_state {
	_Alignas(64) uint8_t opaque[HASH_STATE];
};
void hash_begin(struct hash_state *s);
void hash_add(struct hash_state *s, const void *p, size_t n);
void hash_end(struct hash_state *s, uint8_t out[HASH_LEN]);

/* Keyed BLAKE2b of `out_n` bytes (16 to 64); key of 32 bytes. */
void hash_keyed(uint8_t *out, size_t out_n, const uint8_t key[32], const void *p, size_t n);

/* KDF(k, id, ctx): crypto_kdf_derive_from_key, 32 bytes; ctx is 8 characters. */
void hash_subkey(uint8_t out[32], const uint8_t key[32], uint64_t id, const char ctx[9]);

#endif
