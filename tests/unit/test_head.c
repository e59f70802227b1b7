/* test_head.c - the head line: its bytes by the format's own words, every typo seen, and what is no line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <vault/head.h>

#include "base32.h"
#include "hash.h"

enum { RAW = 112, ALL = 116 };

static struct vault_head example(void)
{
	struct vault_head h = {.epoch = 0x0102030405060708, .log_len = 0x1112131415161718};

	for (size_t i = 0; i < 32; i++) {
		h.state[i] = (uint8_t)(i * 3 + 1);
		h.log_head[i] = (uint8_t)(250 - i);
		h.vault_id[i % 16] = (uint8_t)(i + 40);
		h.log_id[i % 16] = (uint8_t)(i + 90);
	}
	return h;
}

static void assert_same(const struct vault_head *a, const struct vault_head *b)
{
	assert_memory_equal(a->vault_id, b->vault_id, 16);
	assert_true(a->epoch == b->epoch);
	assert_memory_equal(a->state, b->state, 32);
	assert_memory_equal(a->log_id, b->log_id, 16);
	assert_true(a->log_len == b->log_len);
	assert_memory_equal(a->log_head, b->log_head, 32);
}

static enum vault_rc parse(const char *line, struct vault_head *out)
{
	struct vault_err e = {.rc = VAULT_OK};
	const enum vault_rc rc = vault_head_parse(line, out, &e);

	assert_int_equal(rc != VAULT_OK, e.msg[0] != '\0');
	return rc;
}

static void there_and_back(void **state)
{
	struct vault_head h = example(), got;
	char line[VAULT_HEAD_LINE], odd[2 * VAULT_HEAD_LINE];
	size_t n = 0;

	(void)state;
	assert_ptr_equal(vault_head_format(&h, line), line);
	assert_int_equal(strlen(line), VAULT_HEAD_LINE - 1);
	assert_memory_equal(line, "SMARTVAULT-HEAD-1 ", 18);
	assert_int_equal(parse(line, &got), VAULT_OK);
	assert_same(&got, &h);
	/* as a terminal broke it, in small letters */
	n = (size_t)snprintf(odd, sizeof odd, " \t");
	for (size_t i = 0; line[i]; i++) {
		odd[n++] = (char)(line[i] >= 'A' && line[i] <= 'Z' ? line[i] + 32 : line[i]);
		if (i > 20 && i % 60 == 0)
			odd[n++] = '\n';
	}
	odd[n++] = '\n';
	odd[n] = '\0';
	assert_int_equal(parse(odd, &got), VAULT_OK);
	assert_same(&got, &h);
}

/* vault-format(5), by hand: the fields in that order, numbers little endian, the sum over ENC("smartvault1/head", them). */
static void bytes_of_the_format(void **state)
{
	struct vault_head h = example();
	uint8_t raw[ALL], enc[17 + 4 + RAW] = "smartvault1/head", sum[HASH_LEN];
	char line[VAULT_HEAD_LINE];

	(void)state;
	vault_head_format(&h, line);
	assert_int_equal(base32_decode(raw, ALL, (const uint8_t *)line + 18, strlen(line) - 18), ALL);
	assert_memory_equal(raw, h.vault_id, 16);
	assert_memory_equal(raw + 16, "\x08\x07\x06\x05\x04\x03\x02\x01", 8);
	assert_memory_equal(raw + 24, h.state, 32);
	assert_memory_equal(raw + 56, h.log_id, 16);
	assert_memory_equal(raw + 72, "\x18\x17\x16\x15\x14\x13\x12\x11", 8);
	assert_memory_equal(raw + 80, h.log_head, 32);
	enc[17] = RAW;
	memcpy(enc + 21, raw, RAW);
	hash(sum, enc, sizeof enc);
	assert_memory_equal(raw + RAW, sum, 4);
}

static void every_typo_is_seen(void **state)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	struct vault_head h = example(), got;
	char line[VAULT_HEAD_LINE], bad[VAULT_HEAD_LINE + 2];

	(void)state;
	vault_head_format(&h, line);
	for (size_t i = 0; i < strlen(line); i++) {
		memcpy(bad, line, sizeof line);
		bad[i] = i < 18 ? '-' : strchr(alphabet, line[i])[1] ? strchr(alphabet, line[i])[1] : 'A';
		if (bad[i] != line[i])
			assert_int_equal(parse(bad, &got), VAULT_USAGE);
		memcpy(bad, line, i); /* cut */
		bad[i] = '\0';
		assert_int_equal(parse(bad, &got), VAULT_USAGE);
		memcpy(bad, line, i); /* a letter more */
		bad[i] = 'A';
		memcpy(bad + i + 1, line + i, sizeof line - i);
		assert_int_equal(parse(bad, &got), VAULT_USAGE);
	}
}

static void what_is_no_line(void **state)
{
	static const char *const bad[] = {"", " ", "SMARTVAULT-HEAD-1", "SMARTVAULT-HEAD-1 ", "SMARTVAULT-HEAD-2 AAAA",
	                                  "SMARTVAULT-KEY-1 AEAQC", "SMARTVAULT-HEAD-1AAAA", "SMARTVAULT-HEAD-1 !"};
	struct vault_head got;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(parse(bad[i], &got), VAULT_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(there_and_back),
	        cmocka_unit_test(bytes_of_the_format),
	        cmocka_unit_test(every_typo_is_seen),
	        cmocka_unit_test(what_is_no_line),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("head", tests, NULL, NULL);
}
