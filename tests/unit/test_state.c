/* test_state.c - states: both signatures cover every field, and neither passes for the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "place.h"
#include "state.h"

struct keys {
	uint8_t slot_pk[32], slot_sk[64], own_pk[32], own_sk[64];
};

static struct keys two_pairs(void)
{
	const uint8_t a[32] = {1}, b[32] = {2};
	struct keys k;

	sign_keypair(k.slot_pk, k.slot_sk, a);
	sign_keypair(k.own_pk, k.own_sk, b);
	return k;
}

static struct state example(const struct keys *k, uint64_t epoch)
{
	struct state st = {.epoch = epoch,
	                   .time = 1700000000,
	                   .action = ACTION_ADD,
	                   .generation = 1,
	                   .log_len = 149,
	                   .detail_n = 5};

	memset(st.vault_id, 1, sizeof st.vault_id);
	memset(st.slot_id, 2, sizeof st.slot_id);
	memset(st.object_id, 3, sizeof st.object_id);
	memset(st.changes, 4, sizeof st.changes);
	memset(st.root, 5, sizeof st.root);
	memset(st.log_id, 6, sizeof st.log_id);
	memset(st.log_head, 7, sizeof st.log_head);
	memset(st.previous, 8, sizeof st.previous);
	st.detail = malloc(8);
	assert_non_null(st.detail);
	memcpy(st.detail, "sealed..", 8);
	assert_int_equal(state_sign(&st, k->slot_sk, k->own_sk, NULL), VAULT_OK);
	return st;
}

static void both_hold(void **state)
{
	struct keys k = two_pairs();
	struct state st = example(&k, 7), again = example(&k, 7);

	(void)state;
	assert_int_equal(state_slot_ok(&st, k.slot_pk), 1);
	assert_int_equal(state_own_ok(&st, k.own_pk), 1);
	assert_int_equal(state_slot_ok(&st, k.own_pk), 0);
	assert_int_equal(state_own_ok(&st, k.slot_pk), 0);
	assert_memory_equal(st.hash, again.hash, HASH_LEN); /* Ed25519 is deterministic, and so is H(state) */
	state_clear(&st);
	state_clear(&again);
}

/* The hash that a row of this state gets when it is read back. */
static void hash_of(const struct state *st, uint8_t out[HASH_LEN])
{
	const struct cell c[] = {
	        CELL_INT(st->epoch),
	        CELL_INT(st->time),
	        CELL_BLOB(st->slot_id, 16),
	        CELL_INT(st->action),
	        CELL_BLOB(st->object_id, 16),
	        CELL_INT(st->generation),
	        CELL_BLOB(st->detail, st->detail_n),
	        CELL_BLOB(st->changes, 32),
	        CELL_BLOB(st->root, 32),
	        CELL_BLOB(st->log_id, 16),
	        CELL_INT(st->log_len),
	        CELL_BLOB(st->log_head, 32),
	        CELL_BLOB(st->previous, 32),
	        CELL_BLOB(st->slot_sig, 64),
	        CELL_BLOB(st->own_sig, 64),
	};
	struct row *r = row_make(STORE_STATE, c);
	struct state back;

	assert_non_null(r);
	assert_int_equal(state_parse(r, st->vault_id, &back, NULL), VAULT_OK);
	memcpy(out, back.hash, HASH_LEN);
	state_clear(&back);
	free(r);
}

/* Changed in the byte at p: both signatures fail, and it is another state. */
static void spoiled(struct state *st, const struct keys *k, uint8_t *p)
{
	uint8_t h[HASH_LEN];

	*p ^= 1;
	assert_int_equal(state_slot_ok(st, k->slot_pk), 0);
	assert_int_equal(state_own_ok(st, k->own_pk), 0);
	hash_of(st, h);
	assert_memory_not_equal(h, st->hash, HASH_LEN);
	*p ^= 1;
}

static void every_field_is_signed(void **state)
{
	struct keys k = two_pairs();
	struct state st = example(&k, 7);
	uint8_t h[HASH_LEN];
	struct {
		void *p;
		size_t n;
	} fields[] = {
	        {st.vault_id, 16},  {&st.epoch, 2},      {&st.time, 8},     {st.slot_id, 16},  {&st.action, 8},
	        {st.object_id, 16}, {&st.generation, 8}, {st.detail, 5},    {st.changes, 32},  {st.root, 32},
	        {st.log_id, 16},    {&st.log_len, 8},    {st.log_head, 32}, {st.previous, 32},
	};
	size_t i = 0, b = 0;

	(void)state;
	hash_of(&st, h);
	assert_memory_equal(h, st.hash, HASH_LEN);
	for (i = 0; i < sizeof fields / sizeof fields[0]; i++)
		for (b = 0; b < fields[i].n; b++)
			spoiled(&st, &k, (uint8_t *)fields[i].p + b);
	st.detail_n = 4;
	assert_int_equal(state_slot_ok(&st, k.slot_pk), 0);
	st.detail_n = 6;
	assert_int_equal(state_slot_ok(&st, k.slot_pk), 0);
	st.detail_n = 5;
	assert_int_equal(state_slot_ok(&st, k.slot_pk), 1);
	assert_int_equal(state_own_ok(&st, k.own_pk), 1);
	state_clear(&st);
}

/* The authority signs the slot's signature with S: another admin's cannot be put in its place. */
static void the_authority_signs_the_signer(void **state)
{
	const uint8_t third[32] = {3};
	uint8_t pk[32], sk[64], was[64], h[HASH_LEN];
	struct keys k = two_pairs();
	struct state st = example(&k, 7), other = example(&k, 7);
	size_t i = 0;

	(void)state;
	sign_keypair(pk, sk, third);
	assert_int_equal(state_sign(&other, sk, k.own_sk, NULL), VAULT_OK);
	memcpy(was, st.slot_sig, 64);
	memcpy(st.slot_sig, other.slot_sig, 64);
	assert_int_equal(state_slot_ok(&st, pk), 1);
	assert_int_equal(state_own_ok(&st, k.own_pk), 0);
	memcpy(st.slot_sig, was, 64);
	for (i = 0; i < 64; i++) { /* nor any bit of either changed */
		st.slot_sig[i] ^= 1;
		assert_int_equal(state_slot_ok(&st, k.slot_pk), 0);
		assert_int_equal(state_own_ok(&st, k.own_pk), 0);
		st.slot_sig[i] ^= 1;
		st.own_sig[i] ^= 1;
		assert_int_equal(state_own_ok(&st, k.own_pk), 0);
		hash_of(&st, h);
		assert_memory_not_equal(h, st.hash, HASH_LEN);
		st.own_sig[i] ^= 1;
	}
	state_clear(&st);
	state_clear(&other);
}

/* One key in both roles: what it signs in one is nothing in the other. */
static void neither_passes_for_the_other(void **state)
{
	struct keys k = two_pairs();
	struct state st = {.epoch = 1};

	(void)state;
	assert_int_equal(state_sign(&st, k.own_sk, k.own_sk, NULL), VAULT_OK);
	assert_int_equal(state_slot_ok(&st, k.own_pk), 1);
	assert_memory_not_equal(st.slot_sig, st.own_sig, 64);
	memcpy(st.own_sig, st.slot_sig, 64);
	assert_int_equal(state_own_ok(&st, k.own_pk), 0);
	state_clear(&st);
}

/* --- in the store ----------------------------------------------------------------------------------------- */

static void lengths(void **state)
{
	static const size_t fixed[] = {ST_SLOT,     ST_OBJECT,   ST_CHANGES,  ST_ROOT,   ST_LOG_ID,
	                               ST_LOG_HEAD, ST_PREVIOUS, ST_SLOT_SIG, ST_OWN_SIG};
	static const size_t ints[] = {ST_EPOCH, ST_TIME, ST_ACTION, ST_GENERATION, ST_LOG_LEN};
	const uint8_t zeros[64] = {0};
	static uint8_t much[STATE_DETAIL_MAX + 1];
	struct cell c[STORE_COLS_MAX];
	struct state st;
	size_t i = 0;

	(void)state;
	for (i = 0; i < store_ncols(STORE_STATE); i++)
		c[i] = CELL_BLOB(zeros, 32);
	for (i = 0; i < sizeof ints / sizeof ints[0]; i++)
		c[ints[i]] = CELL_INT(1);
	c[ST_SLOT].n = c[ST_OBJECT].n = c[ST_LOG_ID].n = 16;
	c[ST_SLOT_SIG].n = c[ST_OWN_SIG].n = 64;
	for (i = 0; i < sizeof fixed / sizeof fixed[0] + 3; i++) {
		const size_t col = i < 9 ? fixed[i] : i == 9 ? ST_EPOCH : ST_DETAIL;
		const struct cell was = c[col];
		struct row *r = NULL;

		if (i < 9)
			c[col].n--;
		else if (i == 9)
			c[col].i = 0; /* there is no epoch 0 */
		else if (i == 10)
			c[col] = CELL_BLOB(much, sizeof much);
		r = row_make(STORE_STATE, c);
		assert_int_equal(state_parse(r, zeros, &st, NULL), i == 11 ? VAULT_OK : VAULT_DAMAGED);
		state_clear(&st);
		free(r);
		c[col] = was;
	}
}

static void there_and_back(void **state)
{
	char dir[PLACE_MAX], path[PLACE_MAX];
	struct keys k = two_pairs();
	struct store *s = NULL;
	struct state st, got;
	uint8_t id[16];
	uint64_t e = 0;
	int found = 0;

	(void)state;
	place_make(dir);
	place_path(path, dir, "v");
	assert_int_equal(store_create(path, &s, NULL), VAULT_OK);
	assert_int_equal(store_begin(s, 1, NULL), VAULT_OK);
	memset(id, 1, sizeof id);
	assert_int_equal(state_newest(s, id, &got, NULL), VAULT_DAMAGED);
	for (e = 1; e <= 300; e += 299) {
		st = example(&k, e);
		assert_int_equal(state_put(s, &st, NULL), VAULT_OK);
		assert_int_equal(state_newest(s, id, &got, NULL), VAULT_OK);
		assert_memory_equal(got.hash, st.hash, HASH_LEN);
		assert_int_equal(got.epoch, e);
		assert_int_equal(state_own_ok(&got, k.own_pk) && state_slot_ok(&got, k.slot_pk), 1);
		state_clear(&st);
		state_clear(&got);
	}
	assert_int_equal(state_at(s, id, 1, &got, NULL), VAULT_OK);
	assert_int_equal(got.epoch, 1);
	state_clear(&got);
	assert_int_equal(state_at(s, id, 2, &got, NULL), VAULT_DAMAGED);
	/* in the file's order, over the gap */
	assert_int_equal(state_before(s, id, 300, &got, NULL), VAULT_OK);
	assert_int_equal(got.epoch, 1);
	state_clear(&got);
	assert_int_equal(state_before(s, id, 1, &got, NULL), VAULT_DAMAGED);
	assert_int_equal(state_after(s, id, 1, &got, &found, NULL), VAULT_OK);
	assert_int_equal(found, 1);
	assert_int_equal(got.epoch, 300);
	state_clear(&got);
	assert_int_equal(state_after(s, id, 0, &got, &found, NULL), VAULT_OK);
	assert_int_equal(got.epoch, 1);
	state_clear(&got);
	assert_int_equal(state_after(s, id, 300, &got, &found, NULL), VAULT_OK);
	assert_int_equal(found, 0);
	id[0] ^= 1; /* another vault's */
	assert_int_equal(state_newest(s, id, &got, NULL), VAULT_OK);
	assert_int_equal(state_own_ok(&got, k.own_pk), 0);
	state_clear(&got);
	store_rollback(s);
	store_close(&s);
	unlink(path);
	rmdir(dir);
}

/* --- changes ---------------------------------------------------------------------------------------------- */

static void push_change(struct rows *l, int64_t n, const char *detail)
{
	const uint8_t object[16] = {9};
	const struct cell c[] = {CELL_INT(4),           CELL_INT(n), CELL_INT(ACTION_DEAD),
	                         CELL_BLOB(object, 16), CELL_INT(1), CELL_BLOB(detail, strlen(detail))};

	assert_int_equal(rows_push(l, row_make(STORE_CHANGE, c)), 0);
}

static void changes(void **state)
{
	uint8_t none[HASH_LEN], before[HASH_LEN], after[HASH_LEN];
	struct rows l = {.r = NULL};
	struct row *first = NULL;
	size_t i = 0, k = 0;

	(void)state;
	assert_int_equal(state_changes_hash(&l, none, NULL), VAULT_OK);
	push_change(&l, 1, "one");
	push_change(&l, 2, "two");
	assert_int_equal(state_changes_hash(&l, before, NULL), VAULT_OK);
	assert_memory_not_equal(none, before, HASH_LEN);
	for (k = 0; k < 2; k++)
		for (i = 0; i < store_ncols(STORE_CHANGE); i++) {
			struct cell *c = &l.r[k]->c[i];

			if (c->is_int)
				c->i++;
			else
				c->n--;
			assert_int_equal(state_changes_hash(&l, after, NULL), VAULT_OK);
			assert_memory_not_equal(before, after, HASH_LEN);
			if (c->is_int)
				c->i--;
			else
				c->n++;
		}
	first = l.r[0];
	l.r[0] = l.r[1];
	l.r[1] = first;
	assert_int_equal(state_changes_hash(&l, after, NULL), VAULT_OK);
	assert_memory_not_equal(before, after, HASH_LEN); /* their order counts */
	rows_clear(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(both_hold),
	        cmocka_unit_test(every_field_is_signed),
	        cmocka_unit_test(the_authority_signs_the_signer),
	        cmocka_unit_test(neither_passes_for_the_other),
	        cmocka_unit_test(lengths),
	        cmocka_unit_test(there_and_back),
	        cmocka_unit_test(changes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
