/* test_buf.c - bytes under construction, and reading that never goes past the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"

static void writes_little_endian(void **state)
{
	static const uint8_t want[] = {'l', 'a', 'b', 0,                               /* label and its end */
	                               3,   0,   0,   0, 'x', 'y', 'z',                /* field */
	                               0,   0,   0,   0,                               /* empty field */
	                               8,   0,   0,   0, 8,   7,   6,   5, 4, 3, 2, 1, /* integer as a field */
	                               9,   4,   3,   2, 1};
	struct buf b = {0};

	(void)state;
	buf_label(&b, "lab");
	buf_field(&b, "xyz", 3);
	buf_field(&b, NULL, 0);
	buf_field_u64(&b, 0x0102030405060708);
	buf_u8(&b, 9);
	buf_u32(&b, 0x01020304);
	assert_int_equal(b.n, sizeof want);
	assert_memory_equal(b.p, want, sizeof want);
	assert_false(b.failed);
	buf_reset(&b);
	assert_int_equal(b.n, 0);
	assert_non_null(b.p);
	buf_free(&b);
	assert_null(b.p);
	buf_free(&b);
	buf_free(NULL);
}

static void grows_and_reads_back(void **state)
{
	struct buf b = {0};
	struct rd r = {0};
	uint64_t i = 0;

	(void)state;
	for (i = 0; i < 5000; i++)
		buf_u64(&b, i * 0x123456789abcdef1);
	r.p = b.p;
	r.n = b.n;
	for (i = 0; i < 5000; i++)
		assert_true(rd_u64(&r) == i * 0x123456789abcdef1);
	assert_int_equal(r.n, 0);
	assert_false(r.bad);
	buf_free(&b);
}

static void failure_is_remembered(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_u8(&b, 1);
	buf_add(&b, "", SIZE_MAX / 2);
	assert_true(b.failed);
	buf_u8(&b, 2);
	assert_int_equal(b.n, 1);
	buf_free(&b);
}

static void reading_past_the_end_is_bad_for_ever(void **state)
{
	static const uint8_t bytes[] = {1, 2, 3, 4, 5};
	struct rd r = {.p = bytes, .n = sizeof bytes};

	(void)state;
	assert_int_equal(rd_u8(&r), 1);
	assert_int_equal(rd_u64(&r), 0);
	assert_true(r.bad);
	assert_int_equal(rd_u8(&r), 0);
	assert_null(rd_bytes(&r, 0));
}

static void fields_are_bounded(void **state)
{
	static const uint8_t three[] = {3, 0, 0, 0, 'a', 'b', 'c', 9}, lies[] = {0xff, 0xff, 0xff, 0xff, 'a'};
	struct rd r = {.p = three, .n = sizeof three};
	const uint8_t *p = NULL;
	size_t n = 0;

	(void)state;
	p = rd_field(&r, 3, &n);
	assert_ptr_equal(p, three + 4);
	assert_int_equal(n, 3);
	assert_int_equal(r.n, 1);
	r = (struct rd){.p = three, .n = sizeof three};
	assert_null(rd_field(&r, 2, &n));
	assert_true(r.bad);
	assert_int_equal(n, 0);
	r = (struct rd){.p = lies, .n = sizeof lies};
	assert_null(rd_field(&r, SIZE_MAX, &n));
	assert_true(r.bad);
	r = (struct rd){.p = three, .n = 6}; /* longer than what is left */
	assert_null(rd_field(&r, 100, &n));
	assert_true(r.bad);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(writes_little_endian),  cmocka_unit_test(grows_and_reads_back),
	        cmocka_unit_test(failure_is_remembered), cmocka_unit_test(reading_past_the_end_is_bad_for_ever),
	        cmocka_unit_test(fields_are_bounded),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
