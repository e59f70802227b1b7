/* test_sign.c - Ed25519 against RFC 8032, 7.1, and what must not verify. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hex.h"
#include "sign.h"

static const struct {
	const char *seed, *pk, *message, *sig;
} vectors[] = {
        {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
         "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bb"
         "e24"
         "655141438e7a100b"},
        {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
         "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302"
         "aee"
         "b00d291612bb0c00"},
};

static void rfc_8032(void **state)
{
	uint8_t seed[32], pk[SIGN_PK_LEN], sk[SIGN_SK_LEN], sig[SIGN_LEN], want[64], message[8];
	size_t i = 0, n = 0;

	(void)state;
	for (i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
		unhex(seed, sizeof seed, vectors[i].seed);
		n = unhex(message, sizeof message, vectors[i].message);
		sign_keypair(pk, sk, seed);
		unhex(want, sizeof want, vectors[i].pk);
		assert_memory_equal(pk, want, SIGN_PK_LEN);
		sign_make(sig, sk, message, n);
		unhex(want, sizeof want, vectors[i].sig);
		assert_memory_equal(sig, want, SIGN_LEN);
		assert_true(sign_check(sig, pk, message, n));
	}
}

static void every_bit_counts(void **state)
{
	uint8_t seed[32] = {1}, pk[SIGN_PK_LEN], sk[SIGN_SK_LEN], sig[SIGN_LEN], message[40] = "a state of the vault";
	size_t bit = 0;

	(void)state;
	sign_keypair(pk, sk, seed);
	sign_make(sig, sk, message, sizeof message);
	assert_true(sign_check(sig, pk, message, sizeof message));
	for (bit = 0; bit < SIGN_LEN * 8; bit++) {
		sig[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(sign_check(sig, pk, message, sizeof message));
		sig[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (bit = 0; bit < sizeof message * 8; bit++) {
		message[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(sign_check(sig, pk, message, sizeof message));
		message[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_false(sign_check(sig, pk, message, sizeof message - 1));
}

/* A key of small order verifies signatures that nobody made. */
static void small_order_keys_are_refused(void **state)
{
	uint8_t pk[SIGN_PK_LEN] = {1}, sig[SIGN_LEN] = {1};

	(void)state;
	assert_false(sign_check(sig, pk, "x", 1));
	memset(pk, 0, sizeof pk);
	assert_false(sign_check(sig, pk, "x", 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(rfc_8032),
	        cmocka_unit_test(every_bit_counts),
	        cmocka_unit_test(small_order_keys_are_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("sign", tests, NULL, NULL);
}
