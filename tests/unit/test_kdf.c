/* test_kdf.c - Argon2id and its clamp.
 *
 * libargon2 and libsodium have functions of the same names inside; the vectors also show that neither took the other's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <argon2.h>
#include <sodium.h>

#include "clock.h"
#include "hex.h"
#include "kdf.h"

enum { MIB = 1024 };

static const uint8_t salt[KDF_SALT_LEN] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
/* Argon2id("correct horse", salt, m 19 MiB, t 2, lanes 4, ad "smartvault1/slot") by an implementation in Python written
 * from RFC 9106 alone, which gives the RFC's own vector (5.3). */
static const char wanted[] = "f14fd1f859f8b7044b18ef3a7a8c62b1746116ab01bbf8509ccf548dd27de858";

/* RFC 9106, 5.3, with its secret, which our function has no place for. */
static void rfc_9106(void **state)
{
	uint8_t pwd[32], slt[16], secret[8], ad[12], out[32], want[32];
	argon2_context c = {0};

	(void)state;
	memset(pwd, 1, sizeof pwd);
	memset(slt, 2, sizeof slt);
	memset(secret, 3, sizeof secret);
	memset(ad, 4, sizeof ad);
	c.out = out;
	c.outlen = 32;
	c.pwd = pwd;
	c.pwdlen = 32;
	c.salt = slt;
	c.saltlen = 16;
	c.secret = secret;
	c.secretlen = 8;
	c.ad = ad;
	c.adlen = 12;
	c.t_cost = 3;
	c.m_cost = 32;
	c.lanes = c.threads = 4;
	c.version = ARGON2_VERSION_13;
	assert_int_equal(argon2id_ctx(&c), ARGON2_OK);
	unhex(want, sizeof want, "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
	assert_memory_equal(out, want, 32);
}

static size_t seen_bytes, seen_dirty;

static int give(uint8_t **memory, size_t n)
{
	*memory = malloc(n);
	return *memory ? 0 : -1;
}

static void take_back(uint8_t *memory, size_t n)
{
	size_t i = 0;

	seen_bytes = n;
	for (i = 0; i < n; i++)
		seen_dirty += memory[i] != 0;
	free(memory);
}

/* kdf.c gives the memory straight back to the kernel: it relies on libargon2 having wiped it. */
static void memory_is_wiped(void **state)
{
	uint8_t out[32], pwd[] = "x", slt[16] = {0};
	argon2_context c = {0};

	(void)state;
	c.out = out;
	c.outlen = 32;
	c.pwd = pwd;
	c.pwdlen = 1;
	c.salt = slt;
	c.saltlen = 16;
	c.t_cost = 1;
	c.m_cost = 1024;
	c.lanes = c.threads = 2;
	c.version = ARGON2_VERSION_13;
	c.allocate_cbk = give;
	c.free_cbk = take_back;
	assert_int_equal(argon2id_ctx(&c), ARGON2_OK);
	assert_int_equal(seen_bytes, 1024 * 1024);
	assert_int_equal(seen_dirty, 0);
}

static void lanes_and_associated_data(void **state)
{
	const struct kdf_params p = {19 * MIB, 2, 4};
	uint8_t out[KDF_OUT_LEN], want[KDF_OUT_LEN];

	(void)state;
	unhex(want, sizeof want, wanted);
	assert_int_equal(kdf_argon2id(out, "correct horse", 13, salt, &p, "smartvault1/slot", 16, NULL), VAULT_OK);
	assert_memory_equal(out, want, KDF_OUT_LEN);
	assert_int_equal(kdf_argon2id(out, "correct horse", 13, salt, &p, "smartvault1/slos", 16, NULL), VAULT_OK);
	assert_memory_not_equal(out, want, KDF_OUT_LEN);
}

static void agrees_with_libsodium(void **state)
{
	const struct kdf_params p = {20 * MIB, 3, 1};
	uint8_t ours[KDF_OUT_LEN], theirs[KDF_OUT_LEN];

	(void)state;
	assert_int_equal(kdf_argon2id(ours, "hunter2", 7, salt, &p, NULL, 0, NULL), VAULT_OK);
	assert_int_equal(
	        crypto_pwhash(theirs, sizeof theirs, "hunter2", 7, salt, 3, 20U << 20, crypto_pwhash_ALG_ARGON2ID13),
	        0);
	assert_memory_equal(ours, theirs, KDF_OUT_LEN);
}

static void clamp(void **state)
{
	static const struct {
		struct kdf_params p;
		enum vault_rc rc;
	} cases[] = {
	        {{19 * MIB, 2, 1}, VAULT_OK},
	        {{19 * MIB - 1, 2, 1}, VAULT_FORMAT},
	        {{0, 2, 1}, VAULT_FORMAT},
	        {{256 * MIB, 3, 4}, VAULT_OK},
	        {{256 * MIB, 64, 16}, VAULT_OK}, /* 16 GiB in all */
	        {{256 * MIB, 65, 4}, VAULT_FORMAT},
	        {{257 * MIB, 64, 4}, VAULT_FORMAT},
	        {{19 * MIB, 1, 1}, VAULT_FORMAT},
	        {{19 * MIB, 0, 1}, VAULT_FORMAT},
	        {{19 * MIB, 64, 1}, VAULT_OK},
	        {{19 * MIB, 2, 0}, VAULT_FORMAT},
	        {{19 * MIB, 2, 16}, VAULT_OK},
	        {{19 * MIB, 2, 17}, VAULT_FORMAT},
	        {{2048 * MIB + 1, 2, 4}, VAULT_FORMAT},
	        {{2048 * MIB, 0, 4}, VAULT_FORMAT},
	        {{2048 * MIB, 9, 4}, VAULT_FORMAT},
	        {{2048 * MIB - 1, 1, 4}, VAULT_FORMAT},
	        {{UINT32_MAX, UINT32_MAX, UINT32_MAX}, VAULT_FORMAT},
	        {{UINT32_MAX, 2, 1}, VAULT_FORMAT},
	        {{19 * MIB, UINT32_MAX, 1}, VAULT_FORMAT},
	        {{19 * MIB, 2, UINT32_MAX}, VAULT_FORMAT},
	};
	struct vault_err e = {0};
	size_t i = 0;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		vault_err_clear(&e);
		assert_int_equal(kdf_check(&cases[i].p, &e), cases[i].rc);
		assert_int_equal(e.msg[0] != '\0', cases[i].rc != VAULT_OK);
	}
}

static void refuses_at_once_and_allocates_nothing(void **state)
{
	const struct kdf_params p = {2048 * MIB + 1, 2, 4}, q = {2000 * MIB, 60, 4};
	uint8_t out[KDF_OUT_LEN];
	struct rusage before, after;
	int64_t begun = clock_ms();

	(void)state;
	getrusage(RUSAGE_SELF, &before);
	assert_int_equal(kdf_argon2id(out, "x", 1, salt, &p, NULL, 0, NULL), VAULT_FORMAT);
	assert_int_equal(kdf_argon2id(out, "x", 1, salt, &q, NULL, 0, NULL), VAULT_FORMAT);
	getrusage(RUSAGE_SELF, &after);
	assert_true(clock_ms() - begun < 50);
	assert_true(after.ru_maxrss - before.ru_maxrss < 1024); /* KiB */
}

static void names_need_and_limit(void **state)
{
	const struct kdf_params p = {2048 * MIB, 1, 4};
	struct vault_err e = {0};
	struct sysinfo si;
	enum vault_rc rc = kdf_check(&p, &e);

	(void)state;
	assert_int_equal(sysinfo(&si), 0);
	if (rc == VAULT_OK) {
		assert_true((uint64_t)si.totalram * si.mem_unit >= (uint64_t)4 << 30);
		return;
	}
	assert_int_equal(rc, VAULT_FORMAT);
	assert_non_null(strstr(e.msg, "2048 MiB"));
	assert_non_null(strstr(e.msg, "half"));
}

#ifndef __SANITIZE_ADDRESS__ /* needs a thread and terabytes of address space itself */
/* In a child under limits of its own: 0 the wanted result, 1 another, 2 refused, 3 refused with the sentence of memory. */
static int derived_under(enum __rlimit_resource resource, rlim_t limit, uint32_t m_kib)
{
	const struct kdf_params p = {m_kib, 2, 4};
	const struct rlimit most = {limit, limit};
	uint8_t out[KDF_OUT_LEN], want[KDF_OUT_LEN];
	struct vault_err e = {0};
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		unhex(want, sizeof want, wanted);
		if (setrlimit(resource, &most) || (geteuid() == 0 && setuid(65534)))
			_exit(9);
		if (kdf_argon2id(out, "correct horse", 13, salt, &p, "smartvault1/slot", 16, &e))
			_exit(e.rc == VAULT_REFUSED && strstr(e.msg, "memory") ? 3 : 2);
		_exit(memcmp(out, want, sizeof out) != 0);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void without_threads_the_same(void **state)
{
	(void)state;
	/* One task a user: no thread may be begun. */
	assert_int_equal(derived_under(RLIMIT_NPROC, 1, 19 * MIB), 0);
}

static void without_memory_refused(void **state)
{
	(void)state;
	assert_int_equal(derived_under(RLIMIT_AS, (rlim_t)200 << 20, 256 * MIB), 3);
}
#endif

static void calibration_stays_within_the_clamp(void **state)
{
	struct kdf_params p = {19 * MIB, 0, 4};

	(void)state;
	p.t = kdf_calibrate(p.m_kib, p.lanes);
	assert_true(p.t >= 3);
	assert_int_equal(kdf_check(&p, NULL), VAULT_OK);
	assert_int_equal(kdf_calibrate(1, 4), 3); /* nothing is measured that would be refused */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(rfc_9106),
	        cmocka_unit_test(memory_is_wiped),
	        cmocka_unit_test(lanes_and_associated_data),
	        cmocka_unit_test(agrees_with_libsodium),
	        cmocka_unit_test(clamp),
	        cmocka_unit_test(refuses_at_once_and_allocates_nothing),
	        cmocka_unit_test(names_need_and_limit),
#ifndef __SANITIZE_ADDRESS__
	        cmocka_unit_test(without_threads_the_same),
	        cmocka_unit_test(without_memory_refused),
#endif
	        cmocka_unit_test(calibration_stays_within_the_clamp),
	};

	if (sodium_init() < 0)
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("kdf", tests, NULL, NULL);
}
