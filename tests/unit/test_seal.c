/* test_seal.c - XChaCha20-Poly1305 against draft-irtf-cfrg-xchacha A.3.1, sealed boxes, padding. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hex.h"
#include "seal.h"

static void draft_xchacha(void **state)
{
	static const char sentence[] =
	        "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
	        "future, sunscreen would be it.";
	uint8_t key[32], ad[12], box[SEAL_OVERHEAD + sizeof sentence - 1], out[sizeof sentence - 1];

	(void)state;
	unhex(key, sizeof key, "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
	unhex(ad, sizeof ad, "50515253c0c1c2c3c4c5c6c7");
	assert_int_equal(
	        unhex(box, sizeof box,
	              "404142434445464748494a4b4c4d4e4f5051525354555657"
	              "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39"
	              "ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
	              "21f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49"),
	        sizeof box);
	assert_int_equal(seal_aead_open(out, key, box, sizeof box, ad, sizeof ad), 0);
	assert_memory_equal(out, sentence, sizeof out);
}

static void aead_there_and_back(void **state)
{
	uint8_t key[32] = {7}, p[200] = {3}, box[sizeof p + SEAL_OVERHEAD], again[sizeof box], out[sizeof p];
	size_t n = 0;

	(void)state;
	for (n = 0; n <= sizeof p; n += 50) {
		seal_aead(box, key, p, n, "ad", 2);
		assert_int_equal(seal_aead_open(out, key, box, n + SEAL_OVERHEAD, "ad", 2), 0);
		assert_memory_equal(out, p, n);
	}
	seal_aead(again, key, p, sizeof p, "ad", 2);
	assert_memory_not_equal(box, again, SEAL_NONCE_LEN); /* the nonce is drawn anew */
}

static void aead_refuses_and_wipes(void **state)
{
	static const uint8_t zero[64] = {0};
	uint8_t key[32] = {7}, p[64], box[sizeof p + SEAL_OVERHEAD], out[sizeof p];
	size_t bit = 0, n = 0;

	(void)state;
	memset(p, 0x5a, sizeof p);
	seal_aead(box, key, p, sizeof p, "ad", 2);
	for (bit = 0; bit < sizeof box * 8; bit++) {
		box[bit / 8] ^= (uint8_t)(1 << bit % 8);
		memset(out, 0xff, sizeof out);
		assert_int_equal(seal_aead_open(out, key, box, sizeof box, "ad", 2), -1);
		assert_memory_equal(out, zero, sizeof out);
		box[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_int_equal(seal_aead_open(out, key, box, sizeof box, "aD", 2), -1);
	assert_int_equal(seal_aead_open(out, key, box, sizeof box, "ad", 1), -1);
	key[31] ^= 1;
	assert_int_equal(seal_aead_open(out, key, box, sizeof box, "ad", 2), -1);
	key[31] ^= 1;
	for (n = 0; n < sizeof box; n++)
		assert_int_equal(seal_aead_open(out, key, box, n, "ad", 2), -1);
	assert_int_equal(seal_aead_open(out, key, box, sizeof box, "ad", 2), 0);
}

/* Secret half: the first half of SHA-512 of the seed; public half by OpenSSL's X25519. */
static void pair_from_seed(void **state)
{
	uint8_t seed[32], pk[SEAL_PK_LEN], sk[SEAL_SK_LEN], want[32];
	uint8_t i = 0;

	(void)state;
	for (i = 0; i < 32; i++)
		seed[i] = i;
	seal_keypair(pk, sk, seed);
	unhex(want, sizeof want, "3d94eea49c580aef816935762be049559d6d1440dede12e6a125f1841fff8e6f");
	assert_memory_equal(sk, want, 32);
	unhex(want, sizeof want, "4701d08488451f545a409fb58ae3e58581ca40ac3f7f114698cd71deac73ca01");
	assert_memory_equal(pk, want, 32);
}

static void sealed_boxes(void **state)
{
	uint8_t seed[32] = {1}, other[32] = {2}, pk[32], sk[32], pk2[32], sk2[32], p[48] = {9};
	uint8_t box[sizeof p + SEAL_BOX_OVERHEAD], out[sizeof p];
	size_t i = 0;

	(void)state;
	seal_keypair(pk, sk, seed);
	seal_keypair(pk2, sk2, other);
	assert_int_equal(seal_to(box, pk, p, sizeof p), 0);
	assert_int_equal(seal_open(out, pk, sk, box, sizeof box), 0);
	assert_memory_equal(out, p, sizeof p);
	assert_int_equal(seal_open(out, pk2, sk2, box, sizeof box), -1);
	for (i = 0; i < sizeof box; i++) {
		box[i] ^= 1;
		assert_int_equal(seal_open(out, pk, sk, box, sizeof box), -1);
		box[i] ^= 1;
	}
	for (i = 0; i < sizeof box; i++)
		assert_int_equal(seal_open(out, pk, sk, box, i), -1);
	memset(pk, 0, sizeof pk);
	assert_int_equal(seal_to(box, pk, p, sizeof p), -1); /* all-zero: the shared secret would be known to all */
}

static void padding(void **state)
{
	uint8_t p[512];
	size_t n = 0, padded = 0;

	(void)state;
	for (n = 0; n < 300; n++) {
		memset(p, 0x80, sizeof p);
		padded = seal_pad(p, n, sizeof p, 128);
		assert_int_equal(padded, n / 128 * 128 + 128);
		assert_int_equal(seal_unpad(p, padded, 128), n);
	}
	assert_int_equal(seal_pad(p, 100, 127, 128), 0);
	assert_int_equal(seal_pad(p, 128, 255, 128), 0);
	assert_int_equal(seal_pad(p, 1, sizeof p, 0), 0);
	memset(p, 0, sizeof p);
	assert_true(seal_unpad(p, 128, 128) == SIZE_MAX); /* no mark */
	assert_true(seal_unpad(p, 0, 128) == SIZE_MAX);
	p[0] = 0x80;
	assert_true(seal_unpad(p, 127, 128) == SIZE_MAX);
	assert_true(seal_unpad(p, 128, 128) == 0);
	assert_true(seal_unpad(p, 256, 128) == SIZE_MAX); /* the mark is not in the last block */
	p[150] = 0x80;
	assert_true(seal_unpad(p, 200, 128) == SIZE_MAX); /* no multiple of a block */
}

/* libsodium's is the standard: the quick one must find the same end, or none, whatever stands in the last blocks. */
static void both_unpad_alike(void **state)
{
	static const uint8_t some[] = {0x00, 0x80, 0x01, 0x81, 0xff};
	uint8_t p[96];
	size_t at = 0, k = 0, n = 0, found = 0;

	(void)state;
	for (at = 0; at < sizeof p; at++) {
		for (k = 0; k < 25; k++) {
			memset(p, 0, sizeof p);
			p[at] = some[k / 5];
			if (at > 0)
				p[at - 1] = some[k % 5];
			for (n = 0; n <= sizeof p; n++) {
				size_t want = seal_unpad(p, n, 32);

				found += want != SIZE_MAX;
				if (seal_unpad_text(p, n, 32) != want)
					fail_msg("byte %zu, case %zu, length %zu", at, k, n);
			}
		}
	}
	assert_true(found > 300);
	assert_true(seal_unpad_text(p, 32, 0) == SIZE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(draft_xchacha),          cmocka_unit_test(aead_there_and_back),
	        cmocka_unit_test(aead_refuses_and_wipes), cmocka_unit_test(pair_from_seed),
	        cmocka_unit_test(sealed_boxes),           cmocka_unit_test(padding),
	        cmocka_unit_test(both_unpad_alike),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("seal", tests, NULL, NULL);
}
