/* test_tree.c - groups, top and root: each byte of the digests is under the root that a state signs. */
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
	uint8_t root[HASH_LEN];
};

/* A store with the digests of a vault without rows. */
static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct tree *t = NULL;

	assert_non_null(f);
	place_make(f->dir);
	place_path(f->path, f->dir, "v");
	assert_int_equal(store_create(f->path, &f->s, NULL), VAULT_OK);
	assert_int_equal(store_begin(f->s, 1, NULL), VAULT_OK);
	assert_int_equal(tree_new(&t, NULL), VAULT_OK);
	assert_int_equal(tree_flush(t, f->s, f->root, NULL), VAULT_OK);
	tree_free(&t);
	assert_null(t);
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
	free(f);
	return 0;
}

static struct tree *load(struct fixture *f)
{
	struct tree *t = NULL;

	assert_int_equal(tree_load(f->s, f->root, &t, NULL), VAULT_OK);
	return t;
}

static void get(struct tree *t, struct fixture *f, enum leaf_area area, unsigned number, uint8_t out[HASH_LEN])
{
	assert_int_equal(tree_get(t, f->s, area, number, out, NULL), VAULT_OK);
}

static void no_rows(void **state)
{
	struct fixture *f = *state;
	struct buf scratch = {.p = NULL};
	struct tree *t = load(f);
	uint8_t have[HASH_LEN], want[HASH_LEN];
	uint64_t rows = 0;
	unsigned i = 0;
	int area = 0;

	for (area = LEAF_NAMES; area <= LEAF_LEDGER; area++)
		for (i = 0; i < leaf_count((enum leaf_area)area); i += 51) {
			struct leaf l = {.area = (enum leaf_area)area, .number = i};

			assert_int_equal(leaf_digest(&l, &scratch, want, NULL), VAULT_OK);
			get(t, f, l.area, i, have);
			assert_memory_equal(have, want, HASH_LEN);
		}
	assert_int_equal(store_count(f->s, STORE_DIGEST, &rows, NULL), VAULT_OK);
	assert_int_equal(rows, LEAF_GROUPS + 1);
	buf_free(&scratch);
	tree_free(&t);
}

/* First, last and neighbours over a group's edge, in each area. */
static void a_leaf_set_is_a_leaf_got(void **state)
{
	static const struct {
		enum leaf_area area;
		unsigned number;
	} at[] = {{LEAF_ROSTER, 0},   {LEAF_NAMES, 0},   {LEAF_NAMES, 63},  {LEAF_NAMES, 64},
	          {LEAF_NAMES, 4095}, {LEAF_TOKENS, 0},  {LEAF_TOKENS, 63}, {LEAF_TOKENS, 4095},
	          {LEAF_LEDGER, 0},   {LEAF_LEDGER, 64}, {LEAF_LEDGER, 255}};
	enum { N = sizeof at / sizeof at[0] };
	struct fixture *f = *state;
	uint8_t root[HASH_LEN], d[HASH_LEN], got[HASH_LEN], other[HASH_LEN];
	struct tree *t = NULL;
	size_t i = 0, k = 0;

	for (i = 0; i < N; i++) {
		memcpy(root, f->root, HASH_LEN);
		t = load(f);
		memset(d, (int)i + 1, HASH_LEN);
		assert_int_equal(tree_set(t, f->s, at[i].area, at[i].number, d, NULL), VAULT_OK);
		get(t, f, at[i].area, at[i].number, got);
		assert_memory_equal(got, d, HASH_LEN);
		assert_int_equal(tree_flush(t, f->s, f->root, NULL), VAULT_OK);
		assert_memory_not_equal(root, f->root, HASH_LEN);
		tree_free(&t);
		assert_int_equal(tree_load(f->s, root, &t, NULL),
		                 VAULT_DAMAGED); /* the root before is of the digests before */
		assert_null(t);
	}
	t = load(f);
	for (i = 0; i < N; i++) {
		memset(d, (int)i + 1, HASH_LEN);
		get(t, f, at[i].area, at[i].number, got);
		assert_memory_equal(got, d, HASH_LEN);
	}
	get(t, f, LEAF_NAMES, 1, other); /* beside them nothing changed */
	for (k = 1; k <= N; k++) {
		memset(d, (int)k, HASH_LEN);
		assert_memory_not_equal(other, d, HASH_LEN);
	}
	tree_free(&t);
}

/* Row (area, part) with a byte changed, another length, or away. Puts it back after `check`. */
static void spoil(struct fixture *f, int64_t area, int64_t part, size_t at,
                  void (*check)(struct fixture *, int64_t, int64_t))
{
	const struct cell key[2] = {CELL_INT(area), CELL_INT(part)};
	struct rows rows = {.r = NULL};
	struct row *r = NULL;
	uint8_t *p = NULL;
	size_t n = 0;

	assert_int_equal(store_prefix(f->s, STORE_DIGEST, key, 2, &rows, NULL), VAULT_OK);
	assert_int_equal(rows.n, 1);
	n = rows.r[0]->c[DIG_DIGESTS].n;
	p = malloc(n + 1);
	assert_non_null(p);
	memcpy(p, rows.r[0]->c[DIG_DIGESTS].p, n);
	p[n] = 0;
	if (at < n)
		p[at] ^= 0x40;
	const struct cell c[3] = {key[0], key[1], CELL_BLOB(p, at < n ? n : at == n ? n - 1 : n + 1)};
	r = row_make(STORE_DIGEST, c);
	if (at <= n + 1)
		assert_int_equal(store_put(f->s, STORE_DIGEST, r, NULL), VAULT_OK);
	else
		assert_int_equal(store_remove(f->s, STORE_DIGEST, r, NULL), VAULT_OK);
	check(f, area, part);
	assert_int_equal(store_put(f->s, STORE_DIGEST, rows.r[0], NULL), VAULT_OK);
	free(r);
	free(p);
	rows_clear(&rows);
}

static void top_refused(struct fixture *f, int64_t area, int64_t part)
{
	struct tree *t = NULL;

	(void)area;
	(void)part;
	assert_int_equal(tree_load(f->s, f->root, &t, NULL), VAULT_DAMAGED);
	assert_null(t);
}

/* No leaf of the group can be had, those beside it can; and none can be set. */
static void group_refused(struct fixture *f, int64_t area, int64_t part)
{
	uint8_t d[HASH_LEN];
	struct tree *t = load(f);
	const unsigned first = (unsigned)part * LEAF_GROUP, beside = part ? first - 1 : first + LEAF_GROUP;

	assert_int_equal(tree_get(t, f->s, (enum leaf_area)area, first, d, NULL), VAULT_DAMAGED);
	assert_int_equal(tree_get(t, f->s, (enum leaf_area)area, first + LEAF_GROUP - 1, d, NULL), VAULT_DAMAGED);
	assert_int_equal(tree_set(t, f->s, (enum leaf_area)area, first, d, NULL), VAULT_DAMAGED);
	get(t, f, (enum leaf_area)area, beside, d);
	tree_free(&t);
}

static void every_hash_of_the_top(void **state)
{
	size_t at = 0;

	for (at = 0; at < LEAF_TOP_LEN; at += at % 7 ? HASH_LEN : 31)
		spoil(*state, 0, 0, at, top_refused);
	for (at = LEAF_TOP_LEN; at < LEAF_TOP_LEN + 3; at++) /* shorter, longer, gone */
		spoil(*state, 0, 0, at, top_refused);
}

static void groups(void **state)
{
	static const int64_t parts[] = {0, 64, 64, 4};
	int64_t area = 0, part = 0;
	size_t at = 0;

	for (area = LEAF_NAMES; area <= LEAF_LEDGER; area++)
		for (part = 0; part < parts[area - 1]; part += area == LEAF_LEDGER ? 1 : 21) {
			for (at = 0; at < LEAF_GROUP_LEN; at += 683)
				spoil(*state, area, part, at, group_refused);
			for (at = LEAF_GROUP_LEN; at < LEAF_GROUP_LEN + 3; at++)
				spoil(*state, area, part, at, group_refused);
		}
}

/* A group's row in the place of another, both sound. */
static void swapped_groups(void **state)
{
	struct fixture *f = *state;
	const struct cell one[2] = {CELL_INT(LEAF_NAMES), CELL_INT(3)};
	struct rows rows = {.r = NULL};
	struct row *r = NULL;

	assert_int_equal(store_prefix(f->s, STORE_DIGEST, one, 2, &rows, NULL), VAULT_OK);
	const struct cell c[3] = {CELL_INT(LEAF_TOKENS), CELL_INT(3), rows.r[0]->c[DIG_DIGESTS]};
	r = row_make(STORE_DIGEST, c);
	assert_int_equal(store_put(f->s, STORE_DIGEST, r, NULL), VAULT_OK);
	group_refused(f, LEAF_TOKENS, 3);
	free(r);
	rows_clear(&rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(no_rows, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(a_leaf_set_is_a_leaf_got, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(every_hash_of_the_top, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(groups, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(swapped_groups, set_up, tear_down),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("tree", tests, NULL, NULL);
}
