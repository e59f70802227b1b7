/* sign.c - Ed25519 detached signatures (RFC 8032). libsodium refuses small orders and non-canonical S. L1. */
#include <sodium.h>

#include "sign.h"

_Static_assert(SIGN_PK_LEN == crypto_sign_PUBLICKEYBYTES && SIGN_SK_LEN == crypto_sign_SECRETKEYBYTES, "keys");
_Static_assert(SIGN_LEN == crypto_sign_BYTES && crypto_sign_SEEDBYTES == 32, "signature and seed");

void sign_keypair(uint8_t pk[SIGN_PK_LEN], uint8_t sk[SIGN_SK_LEN], const uint8_t seed[32])
{
	crypto_sign_seed_keypair(pk, sk, seed);
}

void sign_make(uint8_t sig[SIGN_LEN], const uint8_t sk[SIGN_SK_LEN], const void *p, size_t n)
{
	crypto_sign_detached(sig, NULL, p, n, sk);
}

int sign_check(const uint8_t sig[SIGN_LEN], const uint8_t pk[SIGN_PK_LEN], const void *p, size_t n)
{
	return crypto_sign_verify_detached(sig, p, n, pk) == 0;
}
