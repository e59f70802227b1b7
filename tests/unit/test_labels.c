/* test_labels.c - a script's list: in order whatever came first, there and back, and no other bytes are one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"
#include "record.h"

static void id_of(uint8_t id[VAULT_ID_LEN], int n)
{
	memset(id, n, VAULT_ID_LEN);
}

static void put(struct record_labels *l, const char *label, int id, enum vault_region region)
{
	uint8_t token[VAULT_ID_LEN];

	id_of(token, id);
	assert_int_equal(record_labels_put(l, label, token, region, NULL), VAULT_OK);
}

/* "a=1us b=2eu": labels, ids, regions, in order. */
static const char *told(const struct record_labels *l)
{
	static char text[512];
	size_t n = 0;

	text[0] = '\0';
	for (size_t i = 0; i < l->n; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%s=%d%s", i > 0 ? " " : "", l->l[i].label, l->l[i].token_id[15],
		                      vault_region_name(l->l[i].region));
	return text;
}

static void in_order(void **state)
{
	struct record_labels l = {.l = NULL};
	uint8_t id[VAULT_ID_LEN];

	(void)state;
	put(&l, "m", 1, VAULT_REGION_US);
	put(&l, "z", 2, VAULT_REGION_EU);
	put(&l, "B", 3, VAULT_REGION_US);
	put(&l, "a", 4, VAULT_REGION_GOV);
	put(&l, "ma", 5, VAULT_REGION_AU);
	assert_string_equal(told(&l), "B=3us a=4gov m=1us ma=5au z=2eu");
	/* The same token under another label, in another region. */
	put(&l, "c", 2, VAULT_REGION_US);
	assert_string_equal(told(&l), "B=3us a=4gov c=2us m=1us ma=5au");
	put(&l, "c", 2, VAULT_REGION_EU);
	assert_string_equal(told(&l), "B=3us a=4gov c=2eu m=1us ma=5au");
	id_of(id, 1);
	assert_string_equal(record_labels_of(&l, id)->label, "m");
	record_labels_drop(&l, id);
	assert_null(record_labels_of(&l, id));
	record_labels_drop(&l, id); /* what is not there */
	assert_string_equal(told(&l), "B=3us a=4gov c=2eu ma=5au");
	record_labels_clear(&l);
	assert_int_equal(l.n, 0);
}

/* Both forms give back what was put in. */
static void there_and_back(void **state)
{
	struct record_labels l = {.l = NULL}, got;
	struct buf b = {.p = NULL}, again = {.p = NULL};
	uint8_t slot[VAULT_ID_LEN], inside[VAULT_ID_LEN];
	char longest[VAULT_LABEL_MAX + 1], *text = NULL;

	(void)state;
	id_of(slot, 9);
	record_labels_pack(&l, &b);
	assert_int_equal(b.n, 0);
	assert_int_equal(record_labels_unpack(b.p, 0, &got, NULL), VAULT_OK);
	assert_int_equal(got.n, 0);
	memset(longest, 'x', VAULT_LABEL_MAX);
	longest[VAULT_LABEL_MAX] = '\0';
	put(&l, longest, 1, VAULT_REGION_GOV);
	put(&l, "orders", 2, VAULT_REGION_US);
	put(&l, "a/b-c_d.e@f+g", 3, VAULT_REGION_AU);
	record_labels_pack(&l, &b);
	assert_int_equal(b.n, 3 * (4 + 16 + 1) + VAULT_LABEL_MAX + 6 + 13);
	assert_int_equal(record_labels_unpack(b.p, b.n, &got, NULL), VAULT_OK);
	record_labels_pack(&got, &again);
	assert_int_equal(again.n, b.n);
	assert_memory_equal(again.p, b.p, b.n);
	record_labels_clear(&got);
	text = record_labels_encode(slot, &l);
	assert_non_null(text);
	assert_int_equal(record_labels_parse(text, strlen(text), inside, &got, NULL), VAULT_OK);
	assert_memory_equal(inside, slot, VAULT_ID_LEN);
	buf_reset(&again);
	record_labels_pack(&got, &again);
	assert_memory_equal(again.p, b.p, b.n);
	record_labels_clear(&got);
	record_labels_clear(&l);
	buf_free(&b);
	buf_free(&again);
	free(text);
}

static void entry(struct buf *b, const char *label, size_t n, int id, int region)
{
	uint8_t token[VAULT_ID_LEN];

	id_of(token, id);
	buf_field(b, label, n);
	buf_add(b, token, sizeof token);
	buf_u8(b, (uint8_t)region);
}

static void refused(const struct buf *b)
{
	struct record_labels got;
	struct vault_err err = {.rc = VAULT_OK};

	assert_int_equal(record_labels_unpack(b->p, b->n, &got, &err), VAULT_DAMAGED);
	assert_int_equal(got.n, 0);
	assert_null(got.l);
	assert_true(err.msg[0] != '\0');
}

static void hostile_bytes(void **state)
{
	static const struct {
		const char *label;
		size_t n;
		int region;
	} bad[] = {
	        {"", 0, 0},          {"a\0b", 3, 0},       {" a", 2, 0},        {"a b", 3, 0},   {"-a", 2, 0},
	        {"\303\266", 2, 0},  {"a\n", 2, 0},        {"a", 1, 4},         {"a", 1, 255},   {"\0", 1, 0},
	        {"0123456789012345678901234567890123456789012345678901234567890123x", 65, 0},
	};
	struct buf b = {.p = NULL};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		buf_reset(&b);
		entry(&b, bad[i].label, bad[i].n, 1, bad[i].region);
		refused(&b);
		buf_reset(&b);
		entry(&b, "0", 1, 1, 0);
		entry(&b, bad[i].label, bad[i].n, 1, bad[i].region);
		refused(&b);
	}
	buf_reset(&b); /* descending; twice the same */
	entry(&b, "b", 1, 1, 0);
	entry(&b, "a", 1, 2, 0);
	refused(&b);
	buf_reset(&b);
	entry(&b, "a", 1, 1, 0);
	entry(&b, "a", 1, 2, 0);
	refused(&b);
	/* Cut anywhere but between entries, and a length that reaches beyond the end. */
	buf_reset(&b);
	entry(&b, "alpha", 5, 1, 0);
	const size_t one = b.n;
	entry(&b, "beta", 4, 2, 1);
	for (size_t n = 1; n < b.n; n++) {
		struct record_labels got;
		uint8_t *exact = malloc(n); /* so that a step too far is seen */

		assert_non_null(exact);
		memcpy(exact, b.p, n);
		assert_int_equal(record_labels_unpack(exact, n, &got, NULL), n == one ? VAULT_OK : VAULT_DAMAGED);
		record_labels_clear(&got);
		free(exact);
	}
	b.p[0] = 0xff;
	b.p[3] = 0xff;
	refused(&b);
	buf_free(&b);
}

/* Whatever bytes: refused, or the one packing of what they say. */
static void any_bytes(void **state)
{
	uint64_t rng = 4;
	size_t good = 0;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		struct record_labels got;
		struct buf b = {.p = NULL}, again = {.p = NULL};

		entry(&b, "alpha", 5, 1, 0);
		entry(&b, "beta", 4, 2, 1);
		for (int k = 0; k < 2; k++) {
			rng = rng * 6364136223846793005u + 1442695040888963407u;
			b.p[(rng >> 40) % b.n] = (uint8_t)(rng >> 32);
		}
		if (record_labels_unpack(b.p, b.n, &got, NULL) == VAULT_OK) {
			record_labels_pack(&got, &again);
			assert_int_equal(again.n, b.n);
			assert_memory_equal(again.p, b.p, b.n);
			good++;
		}
		record_labels_clear(&got);
		buf_free(&b);
		buf_free(&again);
	}
	assert_true(good > 1000); /* ids may be anything */
}

#define SLOT "\"slot\":\"09090909090909090909090909090909\""
#define TOKEN "\"token\":\"01010101010101010101010101010101\""

static void hostile_json(void **state)
{
	static const char *const bad[] = {
	        "",
	        "{}",
	        "[]",
	        "{\"grants\":[]}",
	        "{\"slot\":1,\"grants\":[]}",
	        "{\"slot\":\"09\",\"grants\":[]}",
	        "{" SLOT ",\"grants\":[{}]}",
	        "{" SLOT ",\"grants\":[1]}",
	        "{" SLOT ",\"grants\":[{\"label\":\"a\"," TOKEN "}]}",
	        "{" SLOT ",\"grants\":[{\"label\":\"a\",\"region\":\"us\"}]}",
	        "{" SLOT ",\"grants\":[{" TOKEN ",\"region\":\"us\"}]}",
	        "{" SLOT ",\"grants\":[{\"label\":\"a\"," TOKEN ",\"region\":\"mars\"}]}",
	        "{" SLOT ",\"grants\":[{\"label\":\"a b\"," TOKEN ",\"region\":\"us\"}]}",
	        "{" SLOT ",\"grants\":[{\"label\":\"b\"," TOKEN ",\"region\":\"us\"},{\"label\":\"a\"," TOKEN ",\"region\":\"us\"}]}",
	        "{" SLOT ",\"grants\":[{\"label\":\"a\"," TOKEN ",\"region\":\"us\"},{\"label\":\"a\"," TOKEN ",\"region\":\"us\"}]}",
	};
	static const char good[] = "{" SLOT ",\"grants\":[{\"label\":\"a\"," TOKEN ",\"region\":\"us\",\"new\":1}],\"more\":2}";
	struct record_labels got;
	uint8_t slot[VAULT_ID_LEN];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct vault_err err = {.rc = VAULT_OK};

		if (record_labels_parse(bad[i], strlen(bad[i]), slot, &got, &err) != VAULT_DAMAGED)
			fail_msg("%s", bad[i]);
		assert_int_equal(got.n, 0);
		assert_true(err.msg[0] != '\0');
	}
	assert_int_equal(record_labels_parse(good, strlen(good), slot, &got, NULL), VAULT_OK); /* what is unknown is passed over */
	assert_string_equal(told(&got), "a=1us");
	record_labels_clear(&got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(in_order),      cmocka_unit_test(there_and_back), cmocka_unit_test(hostile_bytes),
	        cmocka_unit_test(any_bytes), cmocka_unit_test(hostile_json),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("labels", tests, NULL, NULL);
}
