/* test_hash.c - BLAKE2b and subkeys against values of another implementation (Python's hashlib, from RFC 7693's code). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hash.h"
#include "hex.h"

static void fill(uint8_t *p, size_t n)
{
	size_t i = 0;

	for (i = 0; i < n; i++)
		p[i] = (uint8_t)i;
}

static void unkeyed(void **state)
{
	uint8_t data[1000], got[HASH_LEN], want[HASH_LEN];

	(void)state;
	fill(data, sizeof data);
	unhex(want, sizeof want, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
	hash(got, "", 0);
	assert_memory_equal(got, want, HASH_LEN);
	unhex(want, sizeof want, "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
	hash(got, "abc", 3);
	assert_memory_equal(got, want, HASH_LEN);
	unhex(want, sizeof want, "c636324d47d89f2b2434dc2c994100663fbbaea880ff020fc5de89dd0f77a1ec");
	hash(got, data, sizeof data);
	assert_memory_equal(got, want, HASH_LEN);
}

static void in_pieces(void **state)
{
	uint8_t data[1000], got[HASH_LEN], want[HASH_LEN];
	struct hash_state s;
	size_t step = 0, at = 0;

	(void)state;
	fill(data, sizeof data);
	hash(want, data, sizeof data);
	for (step = 1; step <= 300; step += 13) {
		hash_begin(&s);
		for (at = 0; at < sizeof data; at += step)
			hash_add(&s, data + at, sizeof data - at < step ? sizeof data - at : step);
		hash_add(&s, NULL, 0);
		hash_end(&s, got);
		assert_memory_equal(got, want, HASH_LEN);
	}
}

static void keyed(void **state)
{
	uint8_t key[32], got[64], want[64];

	(void)state;
	fill(key, sizeof key);
	unhex(want, sizeof want, "1a64be47e4729d951c302ee543f97cf3");
	hash_keyed(got, 16, key, "abc", 3);
	assert_memory_equal(got, want, 16);
	unhex(want, sizeof want,
	      "9af0244b7da7fe29d90a89727e06a0c93977ce1ad7edcb76ac0b24142194ea00"
	      "c77be4a1d3fededd31d5a593625a508e742fc90d708f8b48a5c246e4e8e42d94");
	hash_keyed(got, 64, key, "abc", 3);
	assert_memory_equal(got, want, 64);
}

static void subkeys(void **state)
{
	uint8_t key[32], got[32], want[32];

	(void)state;
	fill(key, sizeof key);
	/* BLAKE2b with the number as salt and the context as personalisation */
	unhex(want, sizeof want, "e572eb595372fd8cb8552044d2119545568a798f6742c98ca5bc3c551b4f2a66");
	hash_subkey(got, key, 7, "svtest01");
	assert_memory_equal(got, want, 32);
	hash_subkey(got, key, 8, "svtest01");
	assert_memory_not_equal(got, want, 32);
	hash_subkey(got, key, 7, "svtest02");
	assert_memory_not_equal(got, want, 32);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(unkeyed),
	        cmocka_unit_test(in_pieces),
	        cmocka_unit_test(keyed),
	        cmocka_unit_test(subkeys),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}
