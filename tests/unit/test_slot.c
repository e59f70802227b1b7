/* test_slot.c - a new slot: what its role is granted, and that nobody hands on what they do not hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "keytext.h"
#include "slot.h"

static const uint8_t vault_id[16] = {1}, pk_own[32] = {2};

struct fixture {
	struct keyring *admin;    /* two generations of each kind, and the authority */
	struct slot_new slot;
	struct vault_secret *text;
};

static void generations(struct keyring *kr, int kind, int first)
{
	struct keygen *g = NULL;

	for (int i = 0; i < 2; i++) {
		assert_int_equal(keyring_grow(kr, kind, &g, NULL), VAULT_OK);
		memset(g->key, first + i, KEY_LEN);
		keyring_children(g, kind);
	}
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	static const uint8_t id[16] = {7};
	const struct slot_spec spec = {vault_id, id, pk_own, "ann", VAULT_ROLE_ADMIN, 5};

	assert_non_null(f);
	f->admin = keyring_new();
	assert_non_null(f->admin);
	generations(f->admin, KIND_META, 0x10);
	generations(f->admin, KIND_ADM, 0x20);
	memset(f->admin->sk_own, 0x30, SIGN_SK_LEN);
	f->admin->has_own = 1;
	assert_int_equal(slot_new_by_key(&spec, WRAP_KEYFILE, &f->slot, &f->text, NULL), VAULT_OK);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	keyring_free(&f->admin);
	slot_new_clear(&f->slot);
	vault_secret_free(&f->text);
	free(f);
	return 0;
}

static void roles(void **state)
{
	(void)state;
	assert_int_equal(slot_role_grants(VAULT_ROLE_ADMIN), 1 << GRANT_SIGN | 1 << GRANT_KEYS | 1 << GRANT_META);
	assert_int_equal(slot_role_grants(VAULT_ROLE_MONITOR), 1 << GRANT_KEYS | 1 << GRANT_META);
	assert_int_equal(slot_role_grants(VAULT_ROLE_AUDITOR), 1 << GRANT_META);
	assert_int_equal(slot_role_grants(VAULT_ROLE_SCRIPT), 0);
	assert_int_equal(slot_role_grants((enum vault_role)0), 0);
	assert_int_equal(slot_role_grants((enum vault_role)5), 0);
}

/* The rows of a role, opened by the slot they are for: the newest generation's key, of the right kind, and no more. */
static void grants(void **state)
{
	struct fixture *f = *state;
	static const struct {
		enum vault_role role;
		struct {
			int kind, version, byte, n;
		} want[3];
	} all[] = {
	        {VAULT_ROLE_ADMIN, {{GRANT_SIGN, 1, 0x30, 64}, {GRANT_KEYS, 2, 0x21, 32}, {GRANT_META, 2, 0x11, 32}}},
	        {VAULT_ROLE_MONITOR, {{GRANT_KEYS, 2, 0x21, 32}, {GRANT_META, 2, 0x11, 32}}},
	        {VAULT_ROLE_AUDITOR, {{GRANT_META, 2, 0x11, 32}}},
	        {VAULT_ROLE_SCRIPT, {{0}}},
	};
	static const uint8_t zero[16];

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		struct rows rows = {.r = NULL};
		size_t n = 0;

		assert_int_equal(slot_grants(vault_id, f->slot.id, all[i].role, f->slot.kr->box_pk, f->admin, 9, &rows, NULL), VAULT_OK);
		for (; n < 3 && all[i].want[n].kind != 0; n++) {
			const struct cell *c = rows.r[n]->c;
			uint8_t key[64], expected[64];
			size_t len = 0;

			assert_true(n < rows.n);
			assert_int_equal(c[GRANT_KIND].i, all[i].want[n].kind);
			assert_int_equal(c[GRANT_VERSION].i, all[i].want[n].version);
			assert_int_equal(c[GRANT_ADDED].i, 9);
			assert_int_equal(c[GRANT_ENDED].i, 0);
			assert_memory_equal(c[GRANT_OBJECT].p, zero, 16);
			assert_memory_equal(c[GRANT_SLOT].p, f->slot.id, 16);
			assert_int_equal(roster_grant_open(rows.r[n], vault_id, f->slot.kr, key, sizeof key, &len, NULL), VAULT_OK);
			assert_int_equal(len, all[i].want[n].n);
			memset(expected, all[i].want[n].byte, sizeof expected);
			assert_memory_equal(key, expected, len);
		}
		assert_int_equal(rows.n, n);
		rows_clear(&rows);
	}
}

/* A monitor cannot make an admin, nor an auditor a monitor. */
static void not_held_not_handed_on(void **state)
{
	struct fixture *f = *state;
	struct keyring *kr = keyring_new();
	struct rows rows = {.r = NULL};
	struct vault_err err = {.rc = VAULT_OK};

	assert_non_null(kr);
	generations(kr, KIND_META, 0x10);
	assert_int_equal(slot_grants(vault_id, f->slot.id, VAULT_ROLE_MONITOR, f->slot.kr->box_pk, kr, 9, &rows, &err), VAULT_FORBIDDEN);
	assert_true(err.msg[0] != '\0');
	rows_clear(&rows);
	assert_int_equal(slot_grants(vault_id, f->slot.id, VAULT_ROLE_AUDITOR, f->slot.kr->box_pk, kr, 9, &rows, NULL), VAULT_OK);
	rows_clear(&rows);
	generations(kr, KIND_ADM, 0x20);
	assert_int_equal(slot_grants(vault_id, f->slot.id, VAULT_ROLE_MONITOR, f->slot.kr->box_pk, kr, 9, &rows, NULL), VAULT_OK);
	rows_clear(&rows);
	assert_int_equal(slot_grants(vault_id, f->slot.id, VAULT_ROLE_ADMIN, f->slot.kr->box_pk, kr, 9, &rows, NULL), VAULT_FORBIDDEN);
	rows_clear(&rows);
	keyring_free(&kr);
}

/* A grant is of its row: moved to another slot, object, kind or version it does not open, nor to another pair of keys. */
static void a_grant_is_of_its_row(void **state)
{
	struct fixture *f = *state;
	static const uint8_t other[16] = {8};
	uint8_t key[32] = {1}, out[64];
	struct cell c[7];
	size_t n = 0;
	struct row *g = roster_grant_make(vault_id, other, f->slot.id, GRANT_TOKEN, 3, 9, f->slot.kr->box_pk, key, 32);

	assert_non_null(g);
	assert_int_equal(roster_grant_open(g, vault_id, f->slot.kr, out, sizeof out, &n, NULL), VAULT_OK);
	assert_int_equal(roster_grant_open(g, other, f->slot.kr, out, sizeof out, &n, NULL), VAULT_DAMAGED);
	assert_int_equal(roster_grant_open(g, vault_id, f->slot.kr, out, 31, &n, NULL), VAULT_DAMAGED); /* no room */
	for (int i = 0; i < 4; i++) {
		struct row *moved = NULL;

		memcpy(c, g->c, sizeof c);
		if (i == 0)
			c[GRANT_OBJECT] = CELL_BLOB(vault_id, 16);
		else if (i == 1)
			c[GRANT_SLOT] = CELL_BLOB(other, 16);
		else if (i == 2)
			c[GRANT_KIND] = CELL_INT(GRANT_META);
		else
			c[GRANT_VERSION] = CELL_INT(4);
		moved = row_make(STORE_GRANT, c);
		assert_non_null(moved);
		assert_int_equal(roster_grant_open(moved, vault_id, f->slot.kr, out, sizeof out, &n, NULL), VAULT_DAMAGED);
		free(moved);
	}
	memset(f->slot.kr->box_sk, 5, SEAL_SK_LEN);
	assert_int_equal(roster_grant_open(g, vault_id, f->slot.kr, out, sizeof out, &n, NULL), VAULT_DAMAGED);
	free(g);
}

/* The row says what the wrap signed; the text opens the wrap and gives the seed. Each slot has keys of its own. */
static void row_wrap_and_text_agree(void **state)
{
	struct fixture *f = *state;
	const struct slot_spec spec = {vault_id, f->slot.id, pk_own, "recovery", VAULT_ROLE_ADMIN, 5};
	struct row *r = slot_row(&f->slot, 9);
	struct keytext *k = secret_mem(sizeof *k);
	struct keyring *kr = keyring_new();
	struct slot_new second;
	struct vault_secret *text = NULL;
	struct wrap_slot of;

	assert_true(r && k && kr);
	assert_int_equal(r->c[SLOT_STATUS].i, SLOT_ACTIVE);
	assert_int_equal(r->c[SLOT_ROLE].i, VAULT_ROLE_ADMIN);
	assert_int_equal(r->c[SLOT_ADDED].i, 9);
	assert_int_equal(r->c[SLOT_ENDED].i, 0);
	assert_int_equal(wrap_slot_of(r, vault_id, &of), 1);
	assert_int_equal(wrap_sig_ok(f->slot.wrap, &of), 1);
	assert_int_equal(keytext_parse(f->text, k, NULL), VAULT_OK);
	assert_int_equal(k->recovery, 0);
	assert_int_equal(k->epoch, 5);
	assert_int_equal(wrap_open(f->slot.wrap, &of, k->key, KEY_LEN, kr, NULL), VAULT_OK);
	assert_memory_equal(kr->seed, f->slot.kr->seed, KEY_LEN);
	assert_memory_equal(kr->pk_own, pk_own, SIGN_PK_LEN);
	assert_int_equal(kr->enrol_epoch, 5);
	assert_int_equal(slot_new_by_key(&spec, WRAP_RECOVERY, &second, &text, NULL), VAULT_OK);
	assert_memory_not_equal(second.kr->seed, f->slot.kr->seed, KEY_LEN);
	assert_int_equal(keytext_parse(text, k, NULL), VAULT_OK);
	assert_int_equal(k->recovery, 1);
	assert_int_equal(second.wrap->c[WR_TYPE].i, WRAP_RECOVERY);
	slot_new_clear(&second);
	vault_secret_free(&text);
	keyring_free(&kr);
	secret_mem_free(k);
	free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(roles, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(grants, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(not_held_not_handed_on, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(a_grant_is_of_its_row, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(row_wrap_and_text_agree, set_up, tear_down),
	};

	if (secret_init(NULL) != VAULT_OK)
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("slot", tests, NULL, NULL);
}
