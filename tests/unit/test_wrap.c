/* test_wrap.c - a wrong secret is 6, a changed row 8, parameters out of bounds 15 at once: never one for another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "clock.h"
#include "wrap.h"

enum { MIB = 1024 };

static const struct kdf_params least = {19 * MIB, 2, 4};
static const char right[] = "correct horse";

struct fixture {
	struct keyring *kr, *out;
	uint8_t vault_id[16], slot_id[16], key[32];
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	assert_non_null(f);
	f->kr = keyring_new();
	f->out = keyring_new();
	assert_true(f->kr && f->out);
	memset(f->vault_id, 1, 16);
	memset(f->slot_id, 2, 16);
	memset(f->key, 3, 32);
	memset(f->kr->seed, 4, KEY_LEN);
	keyring_derive(f->kr);
	memset(f->kr->pk_own, 5, SIGN_PK_LEN);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	keyring_free(&f->kr);
	keyring_free(&f->out);
	assert_null(f->kr);
	free(f);
	return 0;
}

static struct wrap_slot slot_of(const struct fixture *f)
{
	return (struct wrap_slot){f->vault_id, f->slot_id, (const uint8_t *)"ann", 3, 1, f->kr->box_pk, f->kr->sign_pk};
}

static struct row *wrap_for(const struct fixture *f, int type, const void *secret, size_t n)
{
	const struct wrap_slot of = slot_of(f);
	struct row *w = wrap_make(f->kr, &of, type, &least, secret, n, 77, NULL);

	assert_non_null(w);
	assert_int_equal(wrap_sig_ok(w, &of), 1);
	return w;
}

static enum vault_rc open_with(struct fixture *f, const struct row *w, const void *secret, size_t n)
{
	struct vault_err e = {.rc = VAULT_OK};
	const struct wrap_slot of = slot_of(f);
	const enum vault_rc rc = wrap_open(w, &of, secret, n, f->out, &e);

	assert_int_equal(rc != VAULT_OK, e.msg[0] != '\0');
	return rc;
}

static void assert_nothing_opened(struct fixture *f)
{
	static const uint8_t zeros[KEYRING_SCRATCH];

	assert_memory_equal(f->out->seed, zeros, KEY_LEN);
	assert_memory_equal(f->out->box_sk, zeros, SEAL_SK_LEN);
	assert_memory_equal(f->out->scratch, zeros, KEYRING_SCRATCH); /* PRK and KEK are wiped */
}

static void opens(void **state)
{
	struct fixture *f = *state;
	int type = 0;

	for (type = WRAP_PASSPHRASE; type <= WRAP_RECOVERY; type++) {
		const void *secret = type == WRAP_PASSPHRASE ? (const void *)right : f->key;
		const size_t n = type == WRAP_PASSPHRASE ? sizeof right - 1 : 32;
		struct row *w = wrap_for(f, type, secret, n), *again = wrap_for(f, type, secret, n);

		assert_int_equal(w->c[WR_M].i, type == WRAP_PASSPHRASE ? least.m_kib : 0);
		assert_int_equal(open_with(f, w, secret, n), VAULT_OK);
		assert_memory_equal(f->out->seed, f->kr->seed, KEY_LEN);
		assert_memory_equal(f->out->pk_own, f->kr->pk_own, SIGN_PK_LEN);
		assert_memory_equal(f->out->sign_pk, f->kr->sign_pk, SIGN_PK_LEN);
		assert_memory_equal(f->out->box_sk, f->kr->box_sk, SEAL_SK_LEN);
		assert_int_equal(f->out->enrol_epoch, 77);
		assert_memory_not_equal(w->c[WR_SALT].p, again->c[WR_SALT].p, 16); /* fresh each time */
		assert_memory_not_equal(w->c[WR_CHK].p, again->c[WR_CHK].p, 32);
		free(w);
		free(again);
	}
}

static void a_wrong_secret_is_six(void **state)
{
	static const char *const wrong[] = {"", "correct hors", "correct horse ", "Correct horse", "correct horsf"};
	struct fixture *f = *state;
	struct row *w = wrap_for(f, WRAP_PASSPHRASE, right, sizeof right - 1);
	size_t i = 0;

	for (i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		assert_int_equal(open_with(f, w, wrong[i], strlen(wrong[i])), VAULT_WRONGKEY);
		assert_nothing_opened(f);
	}
	free(w);
	w = wrap_for(f, WRAP_KEYFILE, f->key, 32);
	assert_int_equal(open_with(f, w, right, sizeof right - 1), VAULT_WRONGKEY); /* a passphrase for a key file */
	for (i = 0; i < 32; i++) {
		f->key[i] ^= 1;
		assert_int_equal(open_with(f, w, f->key, 32), VAULT_WRONGKEY);
		f->key[i] ^= 1;
	}
	assert_nothing_opened(f);
	assert_int_equal(open_with(f, w, f->key, 32), VAULT_OK);
	free(w);
}

/* A copy of the row with column `col` changed in `how`; NULL where there is no such change. */
static struct row *changed(const struct row *w, size_t col, int how)
{
	uint8_t bytes[128];
	struct cell c[STORE_COLS_MAX];
	struct cell *x = &c[col];

	memcpy(c, w->c, w->ncols * sizeof c[0]);
	if (x->is_int) {
		x->i = how == 0 ? x->i + 1 : how == 1 ? x->i - 1 : how == 2 ? x->i + ((int64_t)1 << 32) : -x->i - 1;
		return row_make(STORE_WRAP, c);
	}
	assert_true(x->n > 0 && x->n < sizeof bytes);
	memcpy(bytes, x->p, x->n);
	bytes[x->n] = 0;
	x->p = bytes;
	if (how < 2)
		bytes[how == 0 ? 0 : x->n - 1] ^= how == 0 ? 0x01 : 0x80;
	else
		x->n = how == 2 ? x->n - 1 : x->n + 1;
	return row_make(STORE_WRAP, c);
}

static void every_column_is_eight(void **state)
{
	struct fixture *f = *state;
	const struct wrap_slot of = slot_of(f);
	size_t col = 0;
	int type = 0, how = 0;

	for (type = WRAP_PASSPHRASE; type <= WRAP_RECOVERY; type++) {
		const void *secret = type == WRAP_PASSPHRASE ? (const void *)right : f->key;
		const size_t n = type == WRAP_PASSPHRASE ? sizeof right - 1 : 32;
		struct row *w = wrap_for(f, type, secret, n);

		for (col = 0; col < store_ncols(STORE_WRAP); col++)
			for (how = 0; how < 4; how++) {
				struct row *bad = changed(w, col, how);

				assert_non_null(bad);
				assert_int_equal(wrap_sig_ok(bad, &of), 0);
				assert_int_equal(open_with(f, bad, secret, n), VAULT_DAMAGED);
				/* not "wrong passphrase", whatever was typed */
				assert_int_equal(open_with(f, bad, "other", 5), VAULT_DAMAGED);
				free(bad);
			}
		free(w);
	}
	assert_nothing_opened(f);
}

static void of_another_vault_or_slot(void **state)
{
	const uint8_t seed[32] = {99};
	struct fixture *f = *state;
	struct row *w = wrap_for(f, WRAP_KEYFILE, f->key, 32);
	uint8_t other[32], pk[32], sk[64];

	memset(other, 9, 32);
	sign_keypair(pk, sk, seed);
	/* One field of the slot changed at a time: what names, places or empowers it is under its signature. */
	const struct wrap_slot same = slot_of(f);
	struct wrap_slot bad[6] = {same, same, same, same, same, same};
	bad[0].vault_id = other;
	bad[1].sign_pk = pk;
	bad[2].name = (const uint8_t *)"bob";
	bad[3].name_n = 2;
	bad[4].role = 2;
	bad[5].box_pk = other;
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(wrap_open(w, &bad[i], f->key, 32, f->out, NULL), VAULT_DAMAGED);
	assert_nothing_opened(f);
	free(w);
}

/* Signs a row anew, as an ended slot's holder could: what lies behind the signature still has to hold. */
static struct row *signed_anew(const struct fixture *f, struct row *owned)
{
	static const size_t blobs[] = {WR_SALT, WR_CHK, WR_NONCE, WR_BOX};
	const struct wrap_slot of = slot_of(f);
	struct cell c[STORE_COLS_MAX];
	struct buf b = {.p = NULL};
	struct row *w = NULL;
	uint8_t sig[SIGN_LEN];
	size_t i = 0;

	buf_label(&b, "smartvault1/wrap-sig");
	buf_field(&b, f->vault_id, 16);
	buf_field(&b, owned->c[WR_SLOT].p, 16);
	buf_field(&b, of.name, of.name_n);
	buf_field_u64(&b, (uint64_t)of.role);
	buf_field(&b, of.box_pk, 32);
	for (i = WR_TYPE; i <= WR_LANES; i++)
		buf_field_u64(&b, (uint64_t)owned->c[i].i);
	for (i = 0; i < 4; i++)
		buf_field(&b, owned->c[blobs[i]].p, owned->c[blobs[i]].n);
	sign_make(sig, f->kr->sign_sk, b.p, b.n);
	memcpy(c, owned->c, owned->ncols * sizeof c[0]);
	c[WR_SIG] = CELL_BLOB(sig, SIGN_LEN);
	w = row_make(STORE_WRAP, c);
	assert_int_equal(wrap_sig_ok(w, &of), 1);
	buf_free(&b);
	free(owned);
	return w;
}

static void behind_the_signature(void **state)
{
	static const struct {
		size_t col;
		enum vault_rc rc;
	} cases[] = {{WR_SALT, VAULT_WRONGKEY},
	             {WR_CHK, VAULT_WRONGKEY},
	             {WR_NONCE, VAULT_DAMAGED},
	             {WR_BOX, VAULT_DAMAGED}};
	struct fixture *f = *state;
	struct row *w = wrap_for(f, WRAP_KEYFILE, f->key, 32);
	size_t i = 0;
	int how = 0;

	for (i = 0; i < 4; i++)
		for (how = 0; how < 2; how++) {
			struct row *bad = signed_anew(f, changed(w, cases[i].col, how));

			assert_int_equal(open_with(f, bad, f->key, 32), cases[i].rc);
			assert_nothing_opened(f);
			free(bad);
		}
	/* a key file's row made one of a recovery code: the AEAD knows */
	struct row *bad = signed_anew(f, changed(w, WR_TYPE, 0));
	assert_int_equal(open_with(f, bad, f->key, 32), VAULT_DAMAGED);
	free(bad);
	free(w);
}

static void outside_the_clamp_at_once(void **state)
{
	static const struct {
		size_t col;
		int64_t value;
	} cases[] = {
	        {WR_M, 0},
	        {WR_M, 19 * MIB - 1},
	        {WR_M, 2048 * MIB + 1},
	        {WR_M, UINT32_MAX},
	        {WR_M, (int64_t)1 << 32},
	        {WR_M, INT64_MAX},
	        {WR_M, INT64_MIN},
	        {WR_M, ((int64_t)1 << 32) + 19 * MIB},
	        {WR_T, 0},
	        {WR_T, 1},
	        {WR_T, 65},
	        {WR_T, INT64_MAX},
	        {WR_T, -2},
	        {WR_LANES, 0},
	        {WR_LANES, 17},
	        {WR_LANES, UINT32_MAX},
	        {WR_LANES, INT64_MIN},
	};
	struct fixture *f = *state;
	struct row *w = wrap_for(f, WRAP_PASSPHRASE, right, sizeof right - 1);
	struct cell c[STORE_COLS_MAX];
	size_t i = 0;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct row *bad = NULL;
		int64_t begun = 0;

		memcpy(c, w->c, w->ncols * sizeof c[0]);
		c[cases[i].col].i = cases[i].value;
		bad = signed_anew(f, row_make(STORE_WRAP, c));
		begun = clock_ms();
		assert_int_equal(open_with(f, bad, right, sizeof right - 1), VAULT_FORMAT);
		assert_true(clock_ms() - begun < 50);
		assert_nothing_opened(f);
		free(bad);
	}
	free(w);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        TEST(opens),
	        TEST(a_wrong_secret_is_six),
	        TEST(every_column_is_eight),
	        TEST(of_another_vault_or_slot),
	        TEST(behind_the_signature),
	        TEST(outside_the_clamp_at_once),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("wrap", tests, NULL, NULL);
}
