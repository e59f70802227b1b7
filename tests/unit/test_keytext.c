/* test_keytext.c - key files and recovery codes as people copy them: typos, case, look-alikes, cuts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "keytext.h"

enum { DIGITS = 122, KEY_TEXT = 17 + DIGITS + 1, CODE_TEXT = 22 + DIGITS + 24 + 1 };

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

static struct keytext example(int recovery)
{
	struct keytext k = {.epoch = 0x0102030405060708, .recovery = recovery};
	size_t i = 0;

	for (i = 0; i < 16; i++) {
		k.vault_id[i] = (uint8_t)(i * 7);
		k.slot_id[i] = (uint8_t)(200 - i);
	}
	for (i = 0; i < KEY_LEN; i++)
		k.key[i] = (uint8_t)(i * 37 + 11);
	return k;
}

static void text_of(const struct keytext *k, char *out)
{
	struct vault_secret *s = keytext_format(k);

	assert_non_null(s);
	memcpy(out, vault_secret_cbytes(s), vault_secret_len(s));
	out[vault_secret_len(s)] = '\0';
	vault_secret_free(&s);
}

static enum vault_rc parse(const char *text, size_t n, struct keytext *out)
{
	struct vault_secret *s = vault_secret_new(KEYTEXT_MAX * 2);
	struct vault_err e = {.rc = VAULT_OK};
	enum vault_rc rc = VAULT_OK;

	assert_non_null(s);
	assert_int_equal(vault_secret_append(s, text, n, NULL), VAULT_OK);
	rc = keytext_parse(s, out, &e);
	assert_int_equal(rc != VAULT_OK, e.msg[0] != '\0');
	vault_secret_free(&s);
	return rc;
}

static void assert_same(const struct keytext *a, const struct keytext *b)
{
	assert_memory_equal(a->vault_id, b->vault_id, 16);
	assert_memory_equal(a->slot_id, b->slot_id, 16);
	assert_memory_equal(a->key, b->key, KEY_LEN);
	assert_true(a->epoch == b->epoch);
	assert_int_equal(a->recovery, b->recovery);
}

static void there_and_back(void **state)
{
	char text[KEYTEXT_MAX + 1];
	struct keytext k, got;
	int recovery = 0, fill = 0;

	(void)state;
	for (recovery = 0; recovery < 2; recovery++) {
		k = example(recovery);
		text_of(&k, text);
		assert_int_equal(strlen(text), recovery ? CODE_TEXT : KEY_TEXT);
		assert_int_equal(parse(text, strlen(text), &got), VAULT_OK);
		assert_same(&k, &got);
		for (fill = 0; fill < 256; fill += 51) {
			memset(k.key, fill, KEY_LEN);
			k.epoch = fill ? UINT64_MAX - (uint64_t)fill : 0;
			text_of(&k, text);
			assert_int_equal(parse(text, strlen(text), &got), VAULT_OK);
			assert_same(&k, &got);
		}
	}
}

/* Groups of five, the last one shorter, nothing but letters and digits that look like no other. */
static void form_of_a_code(void **state)
{
	char text[KEYTEXT_MAX + 1];
	struct keytext k = example(1);
	size_t i = 0;

	(void)state;
	text_of(&k, text);
	assert_memory_equal(text, "SMARTVAULT-RECOVERY-1 ", 22);
	for (i = 22; text[i] != '\n'; i++) {
		if ((i - 22) % 6 == 5)
			assert_int_equal(text[i], '-');
		else
			assert_non_null(strchr(alphabet, text[i]));
	}
	assert_int_equal(text[i + 1], '\0');
}

static void every_single_typo(void **state)
{
	char text[KEYTEXT_MAX + 1];
	struct keytext k = example(0), got;
	size_t i = 0, a = 0, refused = 0;

	(void)state;
	text_of(&k, text);
	for (i = 17; i < 17 + DIGITS; i++) {
		const char was = text[i];

		for (a = i % 5; a < 32; a += 5) {
			if (alphabet[a] == was)
				continue;
			text[i] = alphabet[a];
			assert_int_equal(parse(text, strlen(text), &got), VAULT_WRONGKEY);
			refused++;
		}
		text[i] = was;
	}
	assert_true(refused > 600);
	/* all letters in the last place, which has bits to spare */
	for (a = 0; a < 32; a++) {
		const char was = text[17 + DIGITS - 1];

		text[17 + DIGITS - 1] = alphabet[a];
		assert_int_equal(parse(text, strlen(text), &got), alphabet[a] == was ? VAULT_OK : VAULT_WRONGKEY);
		text[17 + DIGITS - 1] = was;
	}
}

static void neighbours_swapped(void **state)
{
	char text[KEYTEXT_MAX + 1];
	struct keytext k = example(0), got;
	size_t i = 0;

	(void)state;
	text_of(&k, text);
	for (i = 17; i + 1 < 17 + DIGITS; i++) {
		const char a = text[i], b = text[i + 1];

		if (a == b)
			continue;
		text[i] = b;
		text[i + 1] = a;
		assert_int_equal(parse(text, strlen(text), &got), VAULT_WRONGKEY);
		text[i] = a;
		text[i + 1] = b;
	}
}

static void cut_and_lengthened(void **state)
{
	char text[KEYTEXT_MAX + 8];
	struct keytext k, got;
	size_t n = 0, full = 0;
	int recovery = 0;

	(void)state;
	for (recovery = 0; recovery < 2; recovery++) {
		k = example(recovery);
		text_of(&k, text);
		full = strlen(text) - 1;
		for (n = 0; n < full; n++)
			assert_int_equal(parse(text, n, &got), VAULT_WRONGKEY);
		assert_int_equal(parse(text, full, &got), VAULT_OK); /* without the newline */
		for (n = 1; n < 5; n++) {
			memset(text + full, 'A', n);
			assert_int_equal(parse(text, full + n, &got), VAULT_WRONGKEY);
		}
	}
}

static void as_people_type_it(void **state)
{
	char text[KEYTEXT_MAX + 1], typed[2 * KEYTEXT_MAX];
	struct keytext k = example(1), got;
	size_t i = 0, n = 0, alike = 0;

	(void)state;
	text_of(&k, text);
	n = (size_t)snprintf(typed, sizeof typed, " \t\r\n");
	for (i = 0; text[i] != '\0'; i++) {
		char c = text[i];

		if (i >= 22) {
			alike += c == 'O' || c == 'I' || c == 'B';
			c = c == 'O' ? '0' : c == 'I' ? '1' : c == 'B' ? '8' : c;
		}
		typed[n++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
		if (i >= 22 && i % 7 == 0)
			typed[n++] = i % 2 ? ' ' : '\n';
	}
	assert_true(alike >= 3); /* or this shows nothing */
	assert_int_equal(parse(typed, n, &got), VAULT_OK);
	assert_same(&k, &got);
	/* without the dashes */
	for (i = n = 0; text[i] != '\0'; i++)
		if (i < 22 || text[i] != '-')
			typed[n++] = text[i];
	assert_int_equal(parse(typed, n, &got), VAULT_OK);
	assert_same(&k, &got);
}

static void other_things(void **state)
{
	static const char *const no[] = {
	        "",
	        "\n",
	        "SMARTVAULT-KEY-1",
	        "SMARTVAULT-KEY-1 ",
	        "SMARTVAULT-KEY-2 AAAA",
	        "SMARTVAULT-RECOVERY-1 AAAAA-AAAAA",
	        "-----BEGIN OPENSSH PRIVATE KEY-----",
	        "correct horse battery staple",
	        "SMARTVAULT-KEY-1 9999",
	        "AGE-SECRET-KEY-1QQQ",
	};
	char text[KEYTEXT_MAX + 1];
	struct keytext k = example(0), got;
	size_t i = 0;

	(void)state;
	for (i = 0; i < sizeof no / sizeof no[0]; i++)
		assert_int_equal(parse(no[i], strlen(no[i]), &got), VAULT_WRONGKEY);
	text_of(&k, text);
	text[40] = '9'; /* no digit of base32 */
	assert_int_equal(parse(text, strlen(text), &got), VAULT_WRONGKEY);
	text[40] = '\0';
	assert_int_equal(parse(text, KEY_TEXT, &got), VAULT_WRONGKEY);
}

static void tells_a_code_from_a_passphrase(void **state)
{
	static const struct {
		const char *text;
		int yes;
	} cases[] = {
	        {"SMARTVAULT-RECOVERY-1 AAAA", 1},
	        {"  smartvault-recovery-1 aaaa", 1},
	        {"SMARTVAULT-KEY-1 AAAA", 0},
	        {"SMARTVAULT-RECOVERY", 0},
	        {"correct horse", 0},
	        {"", 0},
	};
	size_t i = 0;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct vault_secret *s = vault_secret_new(64);

		assert_int_equal(vault_secret_append(s, cases[i].text, strlen(cases[i].text), NULL), VAULT_OK);
		assert_int_equal(keytext_is_recovery(s), cases[i].yes);
		vault_secret_free(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(there_and_back),     cmocka_unit_test(form_of_a_code),
	        cmocka_unit_test(every_single_typo),  cmocka_unit_test(neighbours_swapped),
	        cmocka_unit_test(cut_and_lengthened), cmocka_unit_test(as_people_type_it),
	        cmocka_unit_test(other_things),       cmocka_unit_test(tells_a_code_from_a_passphrase),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("keytext", tests, NULL, NULL);
}
