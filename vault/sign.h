/* sign.h - Ed25519 detached signatures (RFC 8032). L1. */
#ifndef VAULT_SIGN_H
#define VAULT_SIGN_H

#include <stddef.h>
#include <stdint.h>

enum { SIGN_PK_LEN = 32, SIGN_SK_LEN = 64, SIGN_LEN = 64 };

void sign_keypair(uint8_t pk[SIGN_PK_LEN], uint8_t sk[SIGN_SK_LEN], const uint8_t seed[32]);
void sign_make(uint8_t sig[SIGN_LEN], const uint8_t sk[SIGN_SK_LEN], const void *p, size_t n);
/* 1 where it holds. */
int sign_check(const uint8_t sig[SIGN_LEN], const uint8_t pk[SIGN_PK_LEN], const void *p, size_t n);

#endif
