/* test_error.c - the first sentence stays, and it is harmless. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <vault/error.h>

static void sets_code_and_sentence(void **state)
{
	struct vault_err e = {0};

	(void)state;
	assert_int_equal(vault_err_set(&e, VAULT_DAMAGED, "row %d of %s", 7, "slot"), VAULT_DAMAGED);
	assert_int_equal(e.rc, VAULT_DAMAGED);
	assert_string_equal(e.msg, "row 7 of slot");
	assert_int_equal(vault_err_set(NULL, VAULT_BUSY, "x"), VAULT_BUSY);
}

static void first_sentence_stays(void **state)
{
	struct vault_err e = {0};

	(void)state;
	vault_err_set(&e, VAULT_IO, "disk full");
	assert_int_equal(vault_err_set(&e, VAULT_REFUSED, "cannot add"), VAULT_REFUSED);
	assert_int_equal(e.rc, VAULT_IO);
	assert_string_equal(e.msg, "disk full");
	vault_err_clear(&e);
	vault_err_clear(NULL);
	assert_int_equal(e.rc, VAULT_OK);
	vault_err_set(&e, VAULT_BUSY, "other");
	assert_string_equal(e.msg, "other");
}

static void control_characters_become_marks(void **state)
{
	struct vault_err e = {0};

	(void)state;
	/* C0, DEL, and C1 in UTF-8 (0x9b begins a control sequence); letters with a 0xc2 lead byte stay */
	vault_err_set(&e, VAULT_REFUSED, "%s",
	              "a\x1b[31mb\nc\td\x7f"
	              "e\xc2\x9bz\xc2\xa7\xc3\xbc");
	assert_string_equal(e.msg, "a?[31mb?c?d?e??z\xc2\xa7\xc3\xbc");
}

static void long_sentence_is_cut_between_characters(void **state)
{
	struct vault_err e = {0};
	char text[VAULT_MSG_MAX * 2 + 1];
	size_t i = 0;

	(void)state;
	text[0] = 'x'; /* so that the cut falls within a character of two bytes */
	for (i = 1; i + 1 < sizeof text; i += 2)
		memcpy(text + i, "\xc3\xbc", 2);
	text[sizeof text - 1] = '\0';
	vault_err_set(&e, VAULT_REFUSED, "y%s", text);
	assert_int_equal(strlen(e.msg), VAULT_MSG_MAX - 2);
	assert_int_equal((unsigned char)e.msg[VAULT_MSG_MAX - 3], 0xbc);
	vault_err_clear(&e);
	vault_err_set(&e, VAULT_REFUSED, "%s", text);
	assert_int_equal(strlen(e.msg), VAULT_MSG_MAX - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(sets_code_and_sentence),
	        cmocka_unit_test(first_sentence_stays),
	        cmocka_unit_test(control_characters_become_marks),
	        cmocka_unit_test(long_sentence_is_cut_between_characters),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
