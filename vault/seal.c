/* seal.c - what is encrypted: XChaCha20-Poly1305-IETF (draft-irtf-cfrg-xchacha), sealed boxes, padding. L1. */
#include <sodium.h>

#include "seal.h"

_Static_assert(SEAL_NONCE_LEN == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "nonce");
_Static_assert(SEAL_TAG_LEN == crypto_aead_xchacha20poly1305_ietf_ABYTES, "tag");
_Static_assert(SEAL_BOX_OVERHEAD == crypto_box_SEALBYTES, "sealed box");
_Static_assert(SEAL_PK_LEN == crypto_box_PUBLICKEYBYTES && SEAL_SK_LEN == crypto_box_SECRETKEYBYTES, "box keys");
_Static_assert(crypto_box_SEEDBYTES == 32, "seed");

/* 192 bits of random nonce: no counter to roll back with the file, and no bound on messages that anyone reaches. */
void seal_aead(uint8_t *out, const uint8_t key[32], const void *p, size_t n, const void *ad, size_t ad_n)
{
	randombytes_buf(out, SEAL_NONCE_LEN);
	crypto_aead_xchacha20poly1305_ietf_encrypt(out + SEAL_NONCE_LEN, NULL, p, n, ad, ad_n, NULL, out, key);
}

int seal_aead_open(uint8_t *out, const uint8_t key[32], const void *box, size_t n, const void *ad, size_t ad_n)
{
	const uint8_t *b = box;

	if (n < SEAL_OVERHEAD)
		return -1;
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, b + SEAL_NONCE_LEN, n - SEAL_NONCE_LEN, ad,
	                                               ad_n, b, key)) {
		sodium_memzero(out, n - SEAL_OVERHEAD);
		return -1;
	}
	return 0;
}

void seal_keypair(uint8_t pk[SEAL_PK_LEN], uint8_t sk[SEAL_SK_LEN], const uint8_t seed[32])
{
	crypto_box_seed_keypair(pk, sk, seed);
}

int seal_to(uint8_t *out, const uint8_t pk[SEAL_PK_LEN], const void *p, size_t n)
{
	return crypto_box_seal(out, p, n, pk) ? -1 : 0;
}

int seal_open(uint8_t *out, const uint8_t pk[SEAL_PK_LEN], const uint8_t sk[SEAL_SK_LEN], const void *box, size_t n)
{
	if (n < SEAL_BOX_OVERHEAD)
		return -1;
	if (crypto_box_seal_open(out, box, n, pk, sk)) {
		sodium_memzero(out, n - SEAL_BOX_OVERHEAD);
		return -1;
	}
	return 0;
}

size_t seal_pad(uint8_t *p, size_t n, size_t cap, size_t block)
{
	size_t padded = 0;

	if (block == 0 || sodium_pad(&padded, p, n, block, cap))
		return 0;
	return padded;
}

size_t seal_unpad(const uint8_t *p, size_t n, size_t block)
{
	size_t len = 0;

	if (block == 0 || n == 0 || n % block || sodium_unpad(&len, p, n, block))
		return SIZE_MAX;
	return len;
}

size_t seal_unpad_text(const uint8_t *p, size_t n, size_t block)
{
	size_t end = n;

	if (block == 0 || n == 0 || n % block)
		return SIZE_MAX;
	while (end > n - block && p[end - 1] == 0)
		end--;
	return end > n - block && p[end - 1] == 0x80 ? end - 1 : SIZE_MAX;
}
