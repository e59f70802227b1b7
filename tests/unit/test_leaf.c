/* test_leaf.c - rows in key order, and a leaf's digest: it changes with every cell, and no row escapes it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "leaf.h"
#include "place.h"

struct fixture {
	char dir[PLACE_MAX], path[PLACE_MAX];
	struct store *s;
	struct buf scratch;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	assert_non_null(f);
	place_make(f->dir);
	place_path(f->path, f->dir, "v");
	assert_int_equal(store_create(f->path, &f->s, NULL), VAULT_OK);
	assert_int_equal(store_begin(f->s, 1, NULL), VAULT_OK);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	store_rollback(f->s);
	store_close(&f->s);
	unlink(f->path);
	rmdir(f->dir);
	buf_free(&f->scratch);
	free(f);
	return 0;
}

#define BIT(column) (1u << (column))

/* The columns of the counted tables that are integers. */
static const unsigned ints[STORE_TABLES] = {
        [STORE_HEADER] = BIT(HDR_ONE) | BIT(HDR_FORMAT) | BIT(HDR_CREATED) | BIT(HDR_FLAGS) | BIT(HDR_PRED_EPOCH),
        [STORE_SLOT] = BIT(SLOT_ROLE) | BIT(SLOT_STATUS) | BIT(SLOT_ADDED) | BIT(SLOT_ENDED),
        [STORE_KEY] = BIT(KEY_KIND) | BIT(KEY_GENERATION),
        [STORE_GRANT] = BIT(GRANT_KIND) | BIT(GRANT_VERSION) | BIT(GRANT_ADDED) | BIT(GRANT_ENDED),
        [STORE_OBJECT] = BIT(OBJ_KIND) | BIT(OBJ_VERSION) | BIT(OBJ_GENERATION),
        [STORE_SECRET] = BIT(SEC_VERSION) | BIT(SEC_ADDED) | BIT(SEC_GENERATION),
};

/* A row whose integers are `n` and whose bytes are 16 times `id` in the first column, else `n`. */
static struct row *a_row(enum store_table t, uint8_t id, uint8_t n)
{
	uint8_t first[16], other[16];
	struct cell c[STORE_COLS_MAX];
	size_t i = 0;
	struct row *r = NULL;

	memset(first, id, sizeof first);
	memset(other, n, sizeof other);
	for (i = 0; i < store_ncols(t); i++)
		c[i] = ints[t] & BIT(i) ? CELL_INT(n) : i == 0 ? CELL_BLOB(first, 16) : CELL_BLOB(other, 16);
	r = row_make(t, c);
	assert_non_null(r);
	return r;
}

static struct row *object(uint8_t tag, int64_t kind)
{
	struct row *r = a_row(STORE_OBJECT, tag, 1);

	r->c[OBJ_KIND].i = kind;
	return r;
}

static void put(struct fixture *f, enum store_table t, struct row *owned)
{
	assert_int_equal(store_put(f->s, t, owned, NULL), VAULT_OK);
	free(owned);
}

static void digest(struct fixture *f, struct leaf *l, uint8_t out[HASH_LEN])
{
	assert_int_equal(leaf_digest(l, &f->scratch, out, NULL), VAULT_OK);
}

/* --- rows ------------------------------------------------------------------------------------------------- */

static void kept_in_order(void **state)
{
	static const uint8_t ids[] = {7, 1, 255, 3, 0, 9, 2, 200, 8, 4};
	struct rows l = {.r = NULL};
	struct row *key = NULL;
	size_t i = 0;

	(void)state;
	for (i = 0; i < sizeof ids; i++)
		assert_int_equal(rows_put(&l, STORE_OBJECT, a_row(STORE_OBJECT, ids[i], 1)), 0);
	assert_int_equal(l.n, sizeof ids);
	for (i = 1; i < l.n; i++)
		assert_true(row_compare(STORE_OBJECT, l.r[i - 1], l.r[i]) < 0);
	/* one with the same key takes its place */
	assert_int_equal(rows_put(&l, STORE_OBJECT, a_row(STORE_OBJECT, 9, 5)), 0);
	assert_int_equal(l.n, sizeof ids);
	for (i = 0; i < l.n && l.r[i]->c[OBJ_TAG].p[0] != 9; i++)
		;
	assert_int_equal(l.r[i]->c[OBJ_VERSION].i, 5);
	key = a_row(STORE_OBJECT, 9, 1);
	rows_remove(&l, STORE_OBJECT, key);
	assert_int_equal(l.n, sizeof ids - 1);
	rows_remove(&l, STORE_OBJECT, key); /* it is gone */
	assert_int_equal(l.n, sizeof ids - 1);
	for (i = 0; i < l.n; i++)
		assert_int_not_equal(l.r[i]->c[OBJ_TAG].p[0], 9);
	assert_int_equal(rows_put(&l, STORE_OBJECT, NULL), -1);
	assert_int_equal(rows_push(&l, NULL), -1);
	free(key);
	rows_clear(&l);
	assert_int_equal(l.n, 0);
}

static void keys_compare(void **state)
{
	struct row *a = a_row(STORE_SECRET, 5, 2), *b = a_row(STORE_SECRET, 5, 3);

	(void)state;
	assert_true(row_compare(STORE_SECRET, a, b) < 0);
	assert_true(row_compare(STORE_SECRET, b, a) > 0);
	b->c[SEC_VERSION].i = 2; /* what is no key does not count */
	assert_int_equal(row_compare(STORE_SECRET, a, b), 0);
	a->c[SEC_VERSION].i = -1; /* numbers, not their bytes */
	assert_true(row_compare(STORE_SECRET, a, b) < 0);
	b->c[SEC_TOKEN].n = 15; /* a prefix is less */
	assert_true(row_compare(STORE_SECRET, b, a) < 0);
	b->c[SEC_TOKEN].n = 0;
	assert_true(row_compare(STORE_SECRET, b, a) < 0);
	free(a);
	free(b);
}

/* --- digests ---------------------------------------------------------------------------------------------- */

/* A leaf with two rows in each table that its area counts. */
static void fill(struct leaf *l)
{
	int t = 0;

	for (t = 0; t < STORE_TABLES; t++) {
		struct rows *rows = leaf_rows(l, (enum store_table)t);

		if (!rows)
			continue;
		assert_int_equal(rows_push(rows, a_row((enum store_table)t, 0x10, 1)), 0);
		assert_int_equal(rows_push(rows, a_row((enum store_table)t, 0x11, 2)), 0);
	}
}

static int counts(enum leaf_area area, enum store_table t)
{
	return area == LEAF_ROSTER   ? t <= STORE_GRANT
	       : area == LEAF_TOKENS ? t == STORE_GRANT || t == STORE_SECRET
	                             : t == STORE_OBJECT;
}

/* Each cell of each row that the area counts: another number, another byte, another length, another type. */
static void every_cell_counts(void **state)
{
	struct fixture *f = *state;
	uint8_t before[HASH_LEN], after[HASH_LEN];
	size_t k = 0, i = 0, cells = 0;
	int area = 0, t = 0;

	for (area = LEAF_ROSTER; area <= LEAF_LEDGER; area++) {
		struct leaf l = {.area = (enum leaf_area)area};

		fill(&l);
		digest(f, &l, before);
		for (t = 0; t < STORE_TABLES; t++) {
			struct rows *rows =
			        counts(l.area, (enum store_table)t) ? leaf_rows(&l, (enum store_table)t) : NULL;

			for (k = 0; rows && k < rows->n; k++)
				for (i = 0; i < rows->r[k]->ncols; i++) {
					struct cell *c = &rows->r[k]->c[i], was = *c;
					uint8_t other[16];

					if (c->is_int) {
						c->i = -c->i;
					} else {
						memcpy(other, c->p, 16);
						other[15] ^= 1;
						c->p = other;
					}
					/* another key may also be out of order: that is refused */
					if (leaf_digest(&l, &f->scratch, after, NULL) == VAULT_OK)
						assert_memory_not_equal(before, after, HASH_LEN);
					*c = was;
					if (c->is_int)
						*c = CELL_BLOB("\1\0\0\0\0\0\0\0", 8);
					else
						c->n--;
					if (leaf_digest(&l, &f->scratch, after, NULL) == VAULT_OK)
						assert_memory_not_equal(before, after, HASH_LEN);
					*c = was;
					cells++;
				}
		}
		digest(f, &l, after);
		assert_memory_equal(before, after, HASH_LEN);
		leaf_clear(&l);
	}
	assert_int_equal(cells, 2 * (8 + 8 + 4 + 7 + 6 + 7 + 7 + 6));
}

static void place_and_number_count(void **state)
{
	struct fixture *f = *state;
	uint8_t a[HASH_LEN], b[HASH_LEN];
	struct leaf l = {.area = LEAF_NAMES, .number = 5};

	fill(&l);
	digest(f, &l, a);
	l.number = 6;
	digest(f, &l, b);
	assert_memory_not_equal(a, b, HASH_LEN);
	l.number = 5;
	l.area = LEAF_LEDGER; /* the same table */
	digest(f, &l, b);
	assert_memory_not_equal(a, b, HASH_LEN);
	l.area = LEAF_NAMES;
	free(l.object.r[--l.object.n]); /* a row less */
	digest(f, &l, b);
	assert_memory_not_equal(a, b, HASH_LEN);
	leaf_clear(&l);
}

static void out_of_order_and_twice_are_refused(void **state)
{
	struct fixture *f = *state;
	struct vault_err e = {.rc = VAULT_OK};
	struct leaf l = {.area = LEAF_NAMES};
	uint8_t d[HASH_LEN];
	struct row *swap = NULL;

	fill(&l);
	swap = l.object.r[0];
	l.object.r[0] = l.object.r[1];
	l.object.r[1] = swap;
	assert_int_equal(leaf_digest(&l, &f->scratch, d, &e), VAULT_DAMAGED);
	assert_non_null(strstr(e.msg, "object"));
	free(l.object.r[1]);
	l.object.r[1] = a_row(STORE_OBJECT, 0x11, 7); /* the key twice, with other contents */
	assert_int_equal(leaf_digest(&l, &f->scratch, d, NULL), VAULT_DAMAGED);
	leaf_clear(&l);
}

/* --- which rows are in which leaf ------------------------------------------------------------------------- */

static void numbers(void **state)
{
	const uint8_t id[16] = {0xab, 0xcd, 0xef};

	(void)state;
	assert_int_equal(leaf_of(LEAF_ROSTER, id), 0);
	assert_int_equal(leaf_of(LEAF_NAMES, id), 0xabc);
	assert_int_equal(leaf_of(LEAF_TOKENS, id), 0xabc);
	assert_int_equal(leaf_of(LEAF_LEDGER, id), 0xab);
	assert_int_equal(leaf_count(LEAF_ROSTER), 1);
	assert_int_equal(leaf_count(LEAF_NAMES), 4096);
	assert_int_equal(leaf_count(LEAF_TOKENS), 4096);
	assert_int_equal(leaf_count(LEAF_LEDGER), 256);
}

/* How many rows of a table all leaves of an area hold. */
static size_t held(struct fixture *f, enum leaf_area area, enum store_table t, unsigned *where)
{
	size_t n = 0;
	unsigned i = 0;

	for (i = 0; i < leaf_count(area); i++) {
		struct leaf l;

		assert_int_equal(leaf_read(f->s, area, i, &l, NULL), VAULT_OK);
		n += leaf_rows(&l, t)->n;
		if (leaf_rows(&l, t)->n)
			*where = i;
		leaf_clear(&l);
	}
	return n;
}

static void each_row_in_one_leaf(void **state)
{
	struct fixture *f = *state;
	unsigned where = 0;
	int tag = 0;

	for (tag = 0; tag < 256; tag += 15) { /* the first and the last tag too */
		put(f, STORE_OBJECT, object((uint8_t)tag, 1));
		put(f, STORE_SECRET, a_row(STORE_SECRET, (uint8_t)tag, 1));
		put(f, STORE_GRANT, a_row(STORE_GRANT, (uint8_t)tag, 1)); /* one of zeros: the roster's */
		put(f, STORE_OBJECT, object((uint8_t)(tag + 7), LEAF_KIND_HANDOVER));
	}
	assert_int_equal(held(f, LEAF_NAMES, STORE_OBJECT, &where), 18);
	assert_int_equal(where, 0xfff);
	assert_int_equal(held(f, LEAF_LEDGER, STORE_OBJECT, &where), 18);
	assert_int_equal(where, 0xf7);
	assert_int_equal(held(f, LEAF_TOKENS, STORE_SECRET, &where), 18);
	assert_int_equal(held(f, LEAF_TOKENS, STORE_GRANT, &where), 17);
	assert_int_equal(held(f, LEAF_ROSTER, STORE_GRANT, &where), 1);
}

/* Short and empty keys stand in the first leaf, long ones in theirs: nothing lies between. */
static void odd_keys_are_counted(void **state)
{
	struct fixture *f = *state;
	struct row *r = NULL;
	struct leaf l;
	unsigned where = 1;

	r = object(0, 1);
	r->c[OBJ_TAG].n = 0;
	put(f, STORE_OBJECT, r);
	r = object(0, 1);
	r->c[OBJ_TAG].n = 3;
	put(f, STORE_OBJECT, r);
	assert_int_equal(held(f, LEAF_NAMES, STORE_OBJECT, &where), 2);
	assert_int_equal(where, 0);
	r = object(0xff, 1);
	put(f, STORE_OBJECT, r);
	assert_int_equal(leaf_read(f->s, LEAF_NAMES, 4095, &l, NULL), VAULT_OK);
	assert_int_equal(l.object.n, 1);
	leaf_clear(&l);
	put(f, STORE_GRANT, a_row(STORE_GRANT, 0, 9)); /* 16 zeros: not in the first leaf of the tokens */
	assert_int_equal(leaf_read(f->s, LEAF_TOKENS, 0, &l, NULL), VAULT_OK);
	assert_int_equal(l.grant.n, 0);
	leaf_clear(&l);
}

/* A row under a key of any length. */
static void put_at(struct fixture *f, enum store_table t, const uint8_t *key, size_t n, int64_t kind)
{
	struct row *r = a_row(t, 1, 1);

	r->c[0].p = key;
	r->c[0].n = n;
	if (t == STORE_OBJECT)
		r->c[OBJ_KIND].i = kind;
	put(f, t, r);
}

/* Keys where leaves begin and end, and of lengths that no writer of ours gives them. */
static void put_odd(struct fixture *f)
{
	static const uint8_t ends[] = {0x00, 0x01, 0x0f, 0x10, 0x1f, 0x7f, 0x80, 0xf0, 0xff};
	static const size_t lengths[] = {0, 1, 2, 3, 15, 16, 17};
	const enum store_table tables[] = {STORE_OBJECT, STORE_GRANT, STORE_SECRET};
	uint8_t key[17];

	for (size_t i = 0; i < sizeof ends * sizeof ends * 3; i++) {
		memset(key, i % 3 == 0 ? 0x00 : i % 3 == 1 ? 0x5a : 0xff, sizeof key);
		key[0] = ends[i / 3 % sizeof ends];
		key[1] = ends[i / 3 / sizeof ends];
		for (size_t k = 0; k < sizeof lengths / sizeof lengths[0]; k++)
			for (size_t t = 0; t < 3; t++)
				put_at(f, tables[t], key, lengths[k], (i + k) % 4 == 0 ? LEAF_KIND_HANDOVER : 1);
	}
}

static size_t same_leaf(struct fixture *f, struct leaf *got)
{
	uint8_t one[HASH_LEN], other[HASH_LEN];
	struct leaf want;
	const size_t n = got->object.n + got->grant.n + got->secret.n;

	assert_int_equal(leaf_read(f->s, got->area, got->number, &want, NULL), VAULT_OK);
	digest(f, &want, one);
	digest(f, got, other);
	if (memcmp(one, other, HASH_LEN) != 0)
		fail_msg("area %d, leaf %u", (int)got->area, got->number);
	leaf_clear(&want);
	leaf_clear(got);
	return n;
}

/* What one scan gives sixteen leaves and the ledger's is what each reads alone, and nothing is left over. */
static void one_scan_gives_the_same(void **state)
{
	struct fixture *f = *state;
	size_t objects = 0, tokens = 0;
	uint64_t n = 0, grants = 0;
	unsigned i = 0, first = 0;

	put_odd(f);
	put(f, STORE_GRANT, a_row(STORE_GRANT, 0, 9)); /* the roster's */
	for (first = 0; first < 256; first++) {
		struct leaf names[LEAF_A_BYTE], of_tokens[LEAF_A_BYTE], ledger;

		assert_int_equal(leaf_read_byte(f->s, LEAF_NAMES, first, names, &ledger, NULL), VAULT_OK);
		assert_int_equal(leaf_read_byte(f->s, LEAF_TOKENS, first, of_tokens, NULL, NULL), VAULT_OK);
		assert_int_equal(ledger.area, LEAF_LEDGER);
		assert_int_equal(ledger.number, first);
		for (i = 0; i < LEAF_A_BYTE; i++) {
			assert_int_equal(names[i].number, first * 16 + i);
			assert_int_equal(of_tokens[i].number, first * 16 + i);
			objects += same_leaf(f, &names[i]);
			tokens += same_leaf(f, &of_tokens[i]);
		}
		objects += same_leaf(f, &ledger);
	}
	assert_int_equal(store_count(f->s, STORE_OBJECT, &n, NULL), VAULT_OK);
	assert_true(n > 300 && objects == n); /* 17 bytes of 0xff too */
	assert_int_equal(store_count(f->s, STORE_SECRET, &n, NULL), VAULT_OK);
	assert_int_equal(store_count(f->s, STORE_GRANT, &grants, NULL), VAULT_OK);
	assert_true(tokens < n + grants); /* those under 16 zeros are the roster's */
}

/* --- against the tree ------------------------------------------------------------------------------------- */

static void a_changed_row_is_refused(void **state)
{
	struct fixture *f = *state;
	struct vault_err e = {.rc = VAULT_OK};
	struct tree *t = NULL;
	struct leaf l;
	uint8_t d[HASH_LEN], root[HASH_LEN];
	const unsigned number = 0x424;

	put(f, STORE_OBJECT, object(0x42, 1));
	assert_int_equal(leaf_read(f->s, LEAF_NAMES, number, &l, NULL), VAULT_OK);
	assert_int_equal(l.object.n, 1);
	digest(f, &l, d);
	leaf_clear(&l);
	assert_int_equal(tree_new(&t, NULL), VAULT_OK);
	assert_int_equal(leaf_load(t, f->s, LEAF_NAMES, number, &f->scratch, &l, NULL),
	                 VAULT_DAMAGED); /* one too many */
	assert_int_equal(tree_set(t, f->s, LEAF_NAMES, number, d, NULL), VAULT_OK);
	assert_int_equal(tree_flush(t, f->s, root, NULL), VAULT_OK);
	tree_free(&t);
	assert_int_equal(tree_load(f->s, root, &t, NULL), VAULT_OK);
	assert_int_equal(leaf_load(t, f->s, LEAF_NAMES, number, &f->scratch, &l, NULL), VAULT_OK);
	assert_int_equal(l.object.n, 1);
	leaf_clear(&l);
	put(f, STORE_OBJECT, object(0x42, 2)); /* another kind */
	assert_int_equal(leaf_load(t, f->s, LEAF_NAMES, number, &f->scratch, &l, &e), VAULT_DAMAGED);
	assert_int_equal(l.object.n, 0); /* nothing is left to be used */
	assert_non_null(strstr(e.msg, "without a key"));
	struct row *gone = object(0x42, 1);
	assert_int_equal(store_remove(f->s, STORE_OBJECT, gone, NULL), VAULT_OK);
	free(gone);
	assert_int_equal(leaf_load(t, f->s, LEAF_NAMES, number, &f->scratch, &l, NULL), VAULT_DAMAGED);
	tree_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(kept_in_order),
	        cmocka_unit_test(keys_compare),
	        cmocka_unit_test_setup_teardown(every_cell_counts, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(place_and_number_count, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(out_of_order_and_twice_are_refused, set_up, tear_down),
	        cmocka_unit_test(numbers),
	        cmocka_unit_test_setup_teardown(each_row_in_one_leaf, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(odd_keys_are_counted, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(one_scan_gives_the_same, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(a_changed_row_is_refused, set_up, tear_down),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("leaf", tests, NULL, NULL);
}
