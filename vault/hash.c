/* hash.c - BLAKE2b (RFC 7693) and subkeys. L1. */
#include <sodium.h>

#include "hash.h"

_Static_assert(sizeof(crypto_generichash_state) == HASH_STATE, "hash_state holds libsodium's");
_Static_assert(crypto_kdf_CONTEXTBYTES == 8 && crypto_kdf_KEYBYTES == 32, "subkeys are libsodium's");

static crypto_generichash_state *state(struct hash_state *s)
{
	/* cppcheck-suppress ctuuninitvar; only the address: hash_begin() sets what is there */
	return (crypto_generichash_state *)(void *)s->opaque;
}

void hash(uint8_t out[HASH_LEN], const void *p, size_t n)
{
	crypto_generichash(out, HASH_LEN, p, n, NULL, 0);
}

void hash_begin(struct hash_state *s)
{
	crypto_generichash_init(state(s), NULL, 0, HASH_LEN);
}

void hash_add(struct hash_state *s, const void *p, size_t n)
{
	if (n)
		crypto_generichash_update(state(s), p, n);
}

void hash_end(struct hash_state *s, uint8_t out[HASH_LEN])
{
	crypto_generichash_final(state(s), out, HASH_LEN);
}

void hash_keyed(uint8_t *out, size_t out_n, const uint8_t key[32], const void *p, size_t n)
{
	crypto_generichash(out, out_n, p, n, key, 32);
}

void hash_subkey(uint8_t out[32], const uint8_t key[32], uint64_t id, const char ctx[9])
{
	crypto_kdf_derive_from_key(out, 32, id, ctx, key);
}
