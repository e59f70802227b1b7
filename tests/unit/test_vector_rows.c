/* test_vector_rows.c - rows put together from tests/vectors/kdf-tree.txt and vault-format(5) alone, sealed with a fixed nonce: the
 * library opens them. Where a step stands inside a function of the library, this is how it is checked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "vectors.h"

#include "keytext.h"
#include "record.h"
#include "script.h"
#include "value.h"
#include "wrap.h"

static void wrap_label(struct buf *b, const char *label, const struct field *vault_id, const struct field *slot_id)
{
	buf_label(b, label);
	buf_field(b, vault_id->p, vault_id->n);
	buf_field(b, slot_id->p, slot_id->n);
}

static void key_of(const struct file *f, const char *name, uint8_t out[32])
{
	assert_int_equal(unhex(out, 32, output_of(f, name)), 32);
}

static void seal_fixed(uint8_t *out, const uint8_t key[32], const void *p, size_t n, const struct buf *ad)
{
	memset(out, 9, SEAL_NONCE_LEN);
	crypto_aead_xchacha20poly1305_ietf_encrypt(out + SEAL_NONCE_LEN, NULL, p, n, ad->p, ad->n, NULL, out, key);
}

/* Table `wrap` and its signature, put together from the vectors alone. */
static void a_wrap_opens(void **state)
{
	const struct file *f = *state;
	struct field in[FIELDS] = {{.n = 0}};
	uint8_t kek_key[32], chk_key[32], sign_seed[32], pk[32], box_pk[32], sk[64], plain[72], box[24 + 88], sig[64];
	struct buf ad = {.p = NULL}, s = {.p = NULL};
	struct keyring *kr = keyring_new();
	struct row *w = NULL;
	size_t i = 0;

	(void)fields_of(input_of(f, "prk-passphrase"), in);
	key_of(f, "kek", kek_key);
	key_of(f, "chk", chk_key);
	key_of(f, "slot-sign-seed", sign_seed);
	crypto_sign_seed_keypair(pk, sk, sign_seed);
	(void)unhex(plain, 32, input_of(f, "slot-sign-seed"));
	memset(plain + 32, 0xaa, 32);
	memset(plain + 64, 0, 8);
	plain[64] = 5;
	wrap_label(&ad, "smartvault1/wrap", &in[1], &in[2]);
	wrap_label(&s, "smartvault1/wrap-sig", &in[1], &in[2]);
	buf_field(&s, "ann", 3);
	buf_field_u64(&s, VAULT_ROLE_ADMIN);
	memset(box_pk, 0xbb, 32);
	buf_field(&s, box_pk, 32);
	for (i = 0; i < 2; i++) {
		struct buf *b = i ? &s : &ad;

		buf_field_u64(b, WRAP_PASSPHRASE);
		buf_field_u64(b, number(&in[3]));
		buf_field_u64(b, number(&in[4]));
		buf_field_u64(b, number(&in[5]));
		buf_field(b, in[6].p, 16);
		buf_field(b, chk_key, 32);
	}
	seal_fixed(box, kek_key, plain, sizeof plain, &ad);
	buf_field(&s, box, 24);
	buf_field(&s, box + 24, 88);
	crypto_sign_detached(sig, NULL, s.p, s.n, sk);
	const struct cell c[] = {
	        CELL_BLOB(in[2].p, 16),   CELL_INT(WRAP_PASSPHRASE), CELL_INT(number(&in[3])), CELL_INT(number(&in[4])),
	        CELL_INT(number(&in[5])), CELL_BLOB(in[6].p, 16),    CELL_BLOB(chk_key, 32),   CELL_BLOB(box, 24),
	        CELL_BLOB(box + 24, 88),  CELL_BLOB(sig, 64),
	};
	w = row_make(STORE_WRAP, c);
	const struct wrap_slot of = {in[1].p, in[2].p, (const uint8_t *)"ann", 3, VAULT_ROLE_ADMIN, box_pk, pk};
	assert_int_equal(wrap_open(w, &of, in[0].p, in[0].n, kr, NULL), VAULT_OK);
	assert_memory_equal(kr->seed, plain, 32);
	assert_memory_equal(kr->pk_own, plain + 32, 32);
	assert_int_equal(kr->enrol_epoch, 5);
	free(w);
	keyring_free(&kr);
	buf_free(&ad);
	buf_free(&s);
}

/* A handle whose one verified leaf is `l`: the functions above it take rows from there. */
static void hold_leaf(struct vault *v, struct leaf *l)
{
	const size_t at = 1 + (l->area == LEAF_TOKENS ? (size_t)LEAF_NAMES_N : 0) + l->number;

	v->leaf_index = calloc(HANDLE_LEAVES, sizeof(struct leaf *));
	assert_non_null(v->leaf_index);
	v->leaf_index[at] = l;
}

static void secret_ad(struct buf *b, const char *label, const struct vault *v, const uint8_t *token_id,
                      const uint8_t *c)
{
	buf_label(b, label);
	buf_field(b, v->vault_id, 16);
	buf_field(b, token_id, 16);
	buf_field_u64(b, 3); /* version */
	buf_field_u64(b, 7); /* added_epoch */
	buf_field(b, c, 32);
	buf_field_u64(b, 1); /* generation */
}

static void a_secret_opens(void **state)
{
	const struct file *f = *state;
	uint8_t k_adm[32], wrap_key[32], k_tok[32], k1[32], commit[32], id[16], key_box[72], value[128] = "MadeUpToken",
	                                                                                     box[168];
	struct buf ad1 = {.p = NULL}, ad2 = {.p = NULL};
	struct vault_secret *out = NULL;
	struct vault *v = NULL;

	unhex(k_adm, 32, input_of(f, "adm-wrap"));
	unhex(k_tok, 32, input_of(f, "tok-k1"));
	key_of(f, "adm-wrap", wrap_key);
	key_of(f, "tok-k1", k1);
	key_of(f, "tok-c", commit);
	v = keyed(KIND_ADM, k_adm);
	memset(v->vault_id, 1, 16);
	memset(id, 0x2a, 16);
	value[11] = 0x80; /* ISO 7816-4 */
	secret_ad(&ad1, "smartvault1/token-key", v, id, commit);
	secret_ad(&ad2, "smartvault1/token-value", v, id, commit);
	seal_fixed(key_box, wrap_key, k_tok, 32, &ad1);
	seal_fixed(box, k1, value, sizeof value, &ad2);
	const struct cell c[] = {CELL_BLOB(id, 16),         CELL_INT(3), CELL_INT(7),
	                         CELL_BLOB(commit, 32),     CELL_INT(1), CELL_BLOB(key_box, sizeof key_box),
	                         CELL_BLOB(box, sizeof box)};
	struct leaf l = {.area = LEAF_TOKENS, .number = leaf_of(LEAF_TOKENS, id)};
	assert_int_equal(rows_push(&l.secret, row_make(STORE_SECRET, c)), 0);
	hold_leaf(v, &l);
	assert_int_equal(value_open(v, id, 3, &out, NULL), VAULT_OK);
	assert_int_equal(vault_secret_len(out), 11);
	assert_memory_equal(vault_secret_cbytes(out), "MadeUpToken", 11);
	vault_secret_free(&out);
	leaf_clear(&l);
	buf_free(&ad1);
	buf_free(&ad2);
	keyed_free(&v);
}

static void an_object_opens(void **state)
{
	const struct file *f = *state;
	uint8_t k_meta[32], seal_key[32], tag[16], id[16], plain[256] = "{\"a\":1}", box[8 + 256 + 40] = {1};
	struct buf ad = {.p = NULL};
	struct object o;
	int found = 0;

	unhex(k_meta, 32, input_of(f, "meta-seal"));
	key_of(f, "meta-seal", seal_key);
	struct vault *v = keyed(KIND_META, k_meta);
	memset(v->vault_id, 1, 16);
	memset(id, 0x2a, 16);
	object_tag(v, KIND_TOKEN, "orders", 6, tag);
	plain[7] = 0x80;
	buf_label(&ad, "smartvault1/object");
	buf_field(&ad, v->vault_id, 16);
	buf_field(&ad, tag, 16);
	buf_field(&ad, id, 16);
	buf_field_u64(&ad, KIND_TOKEN);
	buf_field_u64(&ad, 2); /* version */
	buf_field_u64(&ad, 1); /* generation */
	buf_field(&ad, box, 8);
	seal_fixed(box + 8, seal_key, plain, sizeof plain, &ad);
	const struct cell c[] = {CELL_BLOB(tag, 16), CELL_BLOB(id, 16), CELL_INT(KIND_TOKEN),
	                         CELL_INT(2),        CELL_INT(1),       CELL_BLOB(box, sizeof box)};
	struct leaf l = {.area = LEAF_NAMES, .number = leaf_of(LEAF_NAMES, tag)};
	assert_int_equal(rows_push(&l.object, row_make(STORE_OBJECT, c)), 0);
	hold_leaf(v, &l);
	assert_int_equal(object_get(v, KIND_TOKEN, tag, &o, &found, NULL), VAULT_OK);
	assert_int_equal(found, 1);
	assert_string_equal(o.text, "{\"a\":1}");
	object_clear(&o);
	leaf_clear(&l);
	buf_free(&ad);
	keyed_free(&v);
}

/* A script's list and one of its keys, sealed as the manual says. */
static void a_scripts_grants_open(void **state)
{
	const struct file *f = *state;
	struct field in[FIELDS] = {{.n = 0}}, of[FIELDS] = {{.n = 0}};
	uint8_t seed[32], box_pk[32], k_tok[32], plain[256], box[256 + crypto_box_SEALBYTES], key[32];
	struct vault *v = NULL;
	struct record_labels own;
	struct row *g = NULL;
	size_t n = 0, len = 0;

	unhex(seed, 32, input_of(f, "slot-box-pk"));
	unhex(k_tok, 32, input_of(f, "tok-k1"));
	key_of(f, "slot-box-pk", box_pk);
	v = keyed(KIND_META, k_tok);
	memcpy(v->kr->seed, seed, 32);
	keyring_derive(v->kr);
	(void)fields_of(input_of(f, "grant-context"), in);
	memcpy(v->vault_id, in[0].p, 16);
	memcpy(v->slot_id, in[2].p, 16);
	/* TOKEN: the context, then K_tok. */
	n = unhex(plain, sizeof plain, output_of(f, "grant-context"));
	memcpy(plain + n, k_tok, 32);
	assert_int_equal(crypto_box_seal(box, plain, n + 32, box_pk), 0);
	const struct cell c[] = {CELL_BLOB(in[1].p, 16),    CELL_BLOB(in[2].p, 16), CELL_INT(number(&in[3])),
	                         CELL_INT(number(&in[4])), CELL_INT(9),            CELL_INT(0),
	                         CELL_BLOB(box, n + 32 + crypto_box_SEALBYTES)};
	g = row_make(STORE_GRANT, c);
	assert_non_null(g);
	assert_int_equal(roster_grant_open(g, v->vault_id, v->kr, key, sizeof key, &len, NULL), VAULT_OK);
	assert_int_equal(len, 32);
	assert_memory_equal(key, k_tok, 32);
	free(g);
	/* LABELS: of the slot itself, kind 5, version 1; the context, then the padded list. */
	struct buf b = {.p = NULL};
	buf_label(&b, "smartvault1/grant");
	buf_field(&b, v->vault_id, 16);
	buf_field(&b, v->slot_id, 16);
	buf_field(&b, v->slot_id, 16);
	buf_field_u64(&b, 5);
	buf_field_u64(&b, 1);
	memcpy(plain, b.p, b.n);
	n = b.n + unhex(plain + b.n, sizeof plain - b.n, output_of(f, "labels-list"));
	assert_int_equal(crypto_box_seal(box, plain, n, box_pk), 0);
	const struct cell d[] = {CELL_BLOB(v->slot_id, 16), CELL_BLOB(v->slot_id, 16), CELL_INT(5), CELL_INT(1), CELL_INT(9), CELL_INT(0),
	                         CELL_BLOB(box, n + crypto_box_SEALBYTES)};
	struct leaf l = {.area = LEAF_TOKENS, .number = leaf_of(LEAF_TOKENS, v->slot_id)};
	assert_int_equal(rows_push(&l.grant, row_make(STORE_GRANT, d)), 0);
	hold_leaf(v, &l);
	assert_int_equal(script_own(v, &own, NULL), VAULT_OK);
	assert_int_equal(fields_of(input_of(f, "labels-list"), of), 3 * own.n);
	assert_int_equal(own.n, 2);
	for (size_t i = 0; i < own.n; i++) {
		assert_memory_equal(own.l[i].label, of[3 * i].p, of[3 * i].n);
		assert_memory_equal(own.l[i].token_id, of[3 * i + 1].p, 16);
		assert_int_equal(own.l[i].region, of[3 * i + 2].p[0]);
	}
	record_labels_clear(&own);
	leaf_clear(&l);
	buf_free(&b);
	keyed_free(&v);
}

int main(void)
{
	static struct file f;
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_prestate(a_wrap_opens, &f),
	        cmocka_unit_test_prestate(a_secret_opens, &f),
	        cmocka_unit_test_prestate(an_object_opens, &f),
	        cmocka_unit_test_prestate(a_scripts_grants_open, &f),
	};

	if (sodium_init() < 0 || load(&f)) {
		printf("not ok 1 - tests/vectors/kdf-tree.txt cannot be read\n");
		return 1;
	}
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("vector rows", tests, NULL, NULL);
}
