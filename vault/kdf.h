/* kdf.h - Argon2id (RFC 9106, v1.3) from libargon2: lanes and associated data, which libsodium's lacks. L1. */
#ifndef VAULT_KDF_H
#define VAULT_KDF_H

#include <stddef.h>
#include <stdint.h>

#include <vault/error.h>

enum { KDF_SALT_LEN = 16, KDF_OUT_LEN = 32 };

struct kdf_params {
	uint32_t m_kib, t, lanes;
};

/* The clamp of vault-format(5), before anything is allocated: m 19 MiB to 2 GiB and, above 256 MiB, at most half of
 * memory or cgroup limit; t 2 to 64 (1 at 2 GiB); lanes 1 to 16; m*t at most 16 GiB. VAULT_FORMAT naming need,
 * limit and cure. */
enum vault_rc kdf_check(const struct kdf_params *p, struct vault_err *err) VAULT_MUST_CHECK;

/* out = Argon2id(password, salt, params, ad). Calls kdf_check. Where threads can't be had, once more with one thread:
 * the result is the same. Memory it used is wiped. VAULT_REFUSED where memory is not to be had. */
enum vault_rc kdf_argon2id(uint8_t out[KDF_OUT_LEN], const void *password, size_t n, const uint8_t salt[KDF_SALT_LEN],
                           const struct kdf_params *p, const void *ad, size_t ad_n,
                           struct vault_err *err) VAULT_MUST_CHECK;

/* Passes (at least 3) so that a derivation with m_kib and lanes takes about half a second here; never raises memory. */
uint32_t kdf_calibrate(uint32_t m_kib, uint32_t lanes);

/* What a new passphrase costs: m_kib 0: 256 MiB; lanes 0: 4; t 0: kdf_calibrate, after the clamp was asked with the least
 * passes (what is refused must not be allocated to measure with). Errors as kdf_check. */
enum vault_rc kdf_choose(struct kdf_params *p, struct vault_err *err) VAULT_MUST_CHECK;

#endif
