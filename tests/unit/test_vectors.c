/* test_vectors.c - the functions of the key tree against tests/vectors/kdf-tree.txt, which vault-format(5) shows too.
 *
 * A line is `name input output`; the input has fields of hex joined by a colon, the output is hex, or text.
 * `test_vectors --print` gives the file with the outputs made anew. Steps that stand inside a
 * function of the library: test_vector_rows.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sodium.h>

#include "vectors.h"
#include "vectors_chain.h"

#include "keytext.h"
#include "record.h"
#include "script.h"
#include "value.h"
#include "wrap.h"

/* --- steps ------------------------------------------------------------------------------------------------ */

/* The first field is the label, the others are fields; each of 8 bytes is what buf_field_u64 writes. */
static void enc(const struct field *in, size_t n, char *out)
{
	char label[FIELD_MAX + 1] = "";
	struct buf b = {.p = NULL};
	size_t i = 0;

	memcpy(label, in[0].p, in[0].n);
	buf_label(&b, label);
	for (i = 1; i < n; i++) {
		if (in[i].n == 8)
			buf_field_u64(&b, number(&in[i]));
		else
			buf_field(&b, in[i].p, in[i].n);
	}
	assert_false(b.failed);
	hex_of(out, b.p, b.n);
	buf_free(&b);
}

static void wrap_label(struct buf *b, const char *label, const struct field *vault_id, const struct field *slot_id)
{
	buf_label(b, label);
	buf_field(b, vault_id->p, vault_id->n);
	buf_field(b, slot_id->p, slot_id->n);
}

/* passphrase, vault_id, slot_id, m, t, lanes, salt */
static void prk_passphrase(const struct field *in, size_t n, char *out)
{
	const struct kdf_params p = {(uint32_t)number(&in[3]), (uint32_t)number(&in[4]), (uint32_t)number(&in[5])};
	uint8_t prk[32];
	struct buf b = {.p = NULL};

	assert_int_equal(n, 7);
	wrap_label(&b, "smartvault1/slot", &in[1], &in[2]);
	buf_field_u64(&b, p.m_kib);
	buf_field_u64(&b, p.t);
	buf_field_u64(&b, p.lanes);
	assert_int_equal(kdf_argon2id(prk, in[0].p, in[0].n, in[6].p, &p, b.p, b.n, NULL), VAULT_OK);
	buf_free(&b);
	hex_of(out, prk, 32);
}

/* key, vault_id, slot_id, salt */
static void prk_keyfile(const struct field *in, size_t n, char *out)
{
	uint8_t prk[32];
	struct buf b = {.p = NULL};

	assert_int_equal(n, 4);
	wrap_label(&b, "smartvault1/keyfile", &in[1], &in[2]);
	buf_field(&b, in[3].p, in[3].n);
	hash_keyed(prk, 32, in[0].p, b.p, b.n);
	buf_free(&b);
	hex_of(out, prk, 32);
}

static void child(const struct field *in, size_t n, uint64_t id, const char ctx[9], char *out)
{
	uint8_t key[32];

	assert_int_equal(n, 1);
	assert_int_equal(in[0].n, 32);
	hash_subkey(key, in[0].p, id, ctx);
	hex_of(out, key, 32);
}

static void kek(const struct field *in, size_t n, char *out)
{
	child(in, n, 1, "svwrapke", out);
}

static void chk(const struct field *in, size_t n, char *out)
{
	child(in, n, 2, "svwrapch", out);
}

static void slot_box(const struct field *in, size_t n, char *out)
{
	child(in, n, 1, "svslotbx", out);
}

static void slot_sign(const struct field *in, size_t n, char *out)
{
	child(in, n, 2, "svslotsg", out);
}

/* Both public keys from the slot's seed, as an unlocked slot has them. */
static void slot_pk(const struct field *in, size_t n, int sign, char *out)
{
	struct keyring *kr = keyring_new();

	assert_int_equal(n, 1);
	assert_non_null(kr);
	memcpy(kr->seed, in[0].p, KEY_LEN);
	keyring_derive(kr);
	hex_of(out, sign ? kr->sign_pk : kr->box_pk, 32);
	keyring_free(&kr);
}

static void slot_box_pk(const struct field *in, size_t n, char *out)
{
	slot_pk(in, n, 0, out);
}

static void slot_sign_pk(const struct field *in, size_t n, char *out)
{
	slot_pk(in, n, 1, out);
}

static void generation(const struct field *in, size_t n, int kind, int tag, char *out)
{
	struct keygen g = {.key = {0}};

	assert_int_equal(n, 1);
	memcpy(g.key, in[0].p, KEY_LEN);
	keyring_children(&g, kind);
	hex_of(out, tag ? g.tag : g.seal, KEY_LEN);
}

static void meta_seal(const struct field *in, size_t n, char *out)
{
	generation(in, n, KIND_META, 0, out);
}

static void meta_tag(const struct field *in, size_t n, char *out)
{
	generation(in, n, KIND_META, 1, out);
}

static void adm_wrap(const struct field *in, size_t n, char *out)
{
	generation(in, n, KIND_ADM, 0, out);
}

static void adm_tag(const struct field *in, size_t n, char *out)
{
	generation(in, n, KIND_ADM, 1, out);
}

static void tok_k1(const struct field *in, size_t n, char *out)
{
	child(in, n, 1, "svtokenc", out);
}

static void tok_c(const struct field *in, size_t n, char *out)
{
	child(in, n, 2, "svtokcom", out);
}

/* key, vault_id, kind, generation */
static void commitment(const struct field *in, size_t n, char *out)
{
	uint8_t c[32];

	assert_int_equal(n, 4);
	keyring_commitment(c, in[1].p, (int)number(&in[2]), number(&in[3]), in[0].p);
	hex_of(out, c, 32);
}

/* K_meta, kind, name */
static void name_tag(const struct field *in, size_t n, char *out)
{
	uint8_t tag[TAG_LEN];
	struct vault *v = keyed(KIND_META, in[0].p);

	assert_int_equal(n, 3);
	object_tag(v, (int64_t)number(&in[1]), in[2].p, in[2].n, tag);
	hex_of(out, tag, TAG_LEN);
	keyed_free(&v);
}

static struct vault_secret *secret_of(const void *p, size_t n)
{
	struct vault_secret *s = vault_secret_new(n);

	assert_non_null(s);
	assert_int_equal(vault_secret_append(s, p, n, NULL), VAULT_OK);
	return s;
}

/* K_adm, value */
static void value_tag(const struct field *in, size_t n, char *out)
{
	uint8_t tag[TAG_LEN];
	struct vault *v = keyed(KIND_ADM, in[0].p);
	struct vault_secret *s = secret_of(in[1].p, in[1].n);

	assert_int_equal(n, 2);
	assert_int_equal(object_value_tag(v, 1, s, tag), 0);
	hex_of(out, tag, TAG_LEN);
	vault_secret_free(&s);
	keyed_free(&v);
}

/* K_meta, slot_id: where a script's list is filed for those who hold K_meta */
static void labels_tag(const struct field *in, size_t n, char *out)
{
	uint8_t tag[TAG_LEN];
	struct vault *v = keyed(KIND_META, in[0].p);

	assert_int_equal(n, 2);
	object_tag(v, KIND_LABELS, in[1].p, in[1].n, tag);
	hex_of(out, tag, TAG_LEN);
	keyed_free(&v);
}

/* vault_id, object_id, slot_id, kind, version: what stands before the key in the box of a grant. The library makes it where it
 * seals, so it is read out of a box of its own. */
static void grant_context(const struct field *in, size_t n, char *out)
{
	static const uint8_t key[32] = {0};
	uint8_t pk[32], sk[32], plain[256];
	struct row *g = NULL;

	assert_int_equal(n, 5);
	crypto_box_seed_keypair(pk, sk, key);
	g = roster_grant_make(in[0].p, in[1].p, in[2].p, (int)number(&in[3]), number(&in[4]), 9, pk, key, sizeof key);
	assert_non_null(g);
	const size_t len = g->c[GRANT_BOX].n - crypto_box_SEALBYTES;
	assert_true(len <= sizeof plain);
	assert_int_equal(crypto_box_seal_open(plain, g->c[GRANT_BOX].p, g->c[GRANT_BOX].n, pk, sk), 0);
	assert_memory_equal(plain + len - sizeof key, key, sizeof key);
	hex_of(out, plain, len - sizeof key);
	free(g);
}

/* for each label: label, token id, region; padded to 128 */
static void labels_list(const struct field *in, size_t n, char *out)
{
	struct record_labels l = {.l = NULL};
	struct buf b = {.p = NULL};
	uint8_t padded[256];
	size_t i = 0;

	assert_int_equal(n % 3, 0);
	for (i = 0; i < n; i += 3) {
		char label[FIELD_MAX + 1] = "";

		memcpy(label, in[i].p, in[i].n);
		assert_int_equal(in[i + 1].n, 16);
		assert_int_equal(in[i + 2].n, 1);
		assert_int_equal(record_labels_put(&l, label, in[i + 1].p, (enum vault_region)in[i + 2].p[0], NULL), VAULT_OK);
	}
	record_labels_pack(&l, &b);
	assert_true(b.n < sizeof padded);
	memcpy(padded, b.p, b.n);
	hex_of(out, padded, seal_pad(padded, b.n, sizeof padded, 128));
	record_labels_clear(&l);
	buf_free(&b);
}

/* area, number */
static void empty_leaf(const struct field *in, size_t n, char *out)
{
	struct leaf l = {.area = (enum leaf_area)number(&in[0]), .number = (unsigned)number(&in[1])};
	struct buf scratch = {.p = NULL};
	uint8_t d[HASH_LEN];

	assert_int_equal(n, 2);
	assert_int_equal(leaf_digest(&l, &scratch, d, NULL), VAULT_OK);
	hex_of(out, d, HASH_LEN);
	buf_free(&scratch);
}

/* vault_id, slot_id, 32 bytes, epoch */
static void key_text(const struct field *in, size_t n, int recovery, char *out)
{
	struct keytext k = {.epoch = number(&in[3]), .recovery = recovery};
	struct vault_secret *s = NULL;

	assert_int_equal(n, 4);
	memcpy(k.vault_id, in[0].p, 16);
	memcpy(k.slot_id, in[1].p, 16);
	memcpy(k.key, in[2].p, KEY_LEN);
	s = keytext_format(&k);
	assert_non_null(s);
	assert_int_equal(vault_secret_cbytes(s)[vault_secret_len(s) - 1], '\n');
	memcpy(out, vault_secret_cbytes(s), vault_secret_len(s) - 1);
	out[vault_secret_len(s) - 1] = '\0';
	vault_secret_free(&s);
}

static void key_file(const struct field *in, size_t n, char *out)
{
	key_text(in, n, 0, out);
}

static void recovery_code(const struct field *in, size_t n, char *out)
{
	key_text(in, n, 1, out);
}

static const struct {
	const char *name;
	void (*make)(const struct field *in, size_t n, char *out);
} steps[] = {
        {"enc", enc},
        {"prk-passphrase", prk_passphrase},
        {"prk-keyfile", prk_keyfile},
        {"kek", kek},
        {"chk", chk},
        {"slot-box-seed", slot_box},
        {"slot-sign-seed", slot_sign},
        {"slot-box-pk", slot_box_pk},
        {"slot-sign-pk", slot_sign_pk},
        {"commit-meta", commitment},
        {"commit-adm", commitment},
        {"meta-seal", meta_seal},
        {"meta-tag", meta_tag},
        {"adm-wrap", adm_wrap},
        {"adm-tag", adm_tag},
        {"tok-k1", tok_k1},
        {"tok-c", tok_c},
        {"name-tag", name_tag},
        {"value-tag", value_tag},
        {"labels-tag", labels_tag},
        {"grant-context", grant_context},
        {"labels-list", labels_list},
        {"empty-leaf", empty_leaf},
        {"leaf-secret", leaf_secret},
        {"state-hash", state_hash},
        {"log-entry", log_entry},
        {"head-line", head_line},
        {"key-file", key_file},
        {"recovery-code", recovery_code},
};
enum { STEPS = sizeof steps / sizeof steps[0] };

/* --- the file --------------------------------------------------------------------------------------------- */

static void make(const struct line *l, char *out)
{
	struct field in[FIELDS] = {{.n = 0}};
	size_t n = fields_of(l->input, in), i = 0;

	while (i < STEPS && strcmp(steps[i].name, l->name) != 0)
		i++;
	assert_true(i < STEPS);
	steps[i].make(in, n, out);
}

static void one_line(void **state)
{
	const struct line *l = *state;
	char out[TEXT_MAX] = "";

	make(l, out);
	assert_string_equal(out, l->output);
}

static void every_step_has_its_line(void **state)
{
	const struct file *f = *state;
	size_t i = 0;

	for (i = 0; i < STEPS; i++)
		(void)output_of(f, steps[i].name);
	assert_int_equal(f->n, STEPS);
	assert_string_equal(input_of(f, "kek"), output_of(f, "prk-passphrase"));
	assert_string_equal(input_of(f, "chk"), output_of(f, "prk-passphrase"));
}

/* What wrap_make writes for a key file holds the CHK of the documented PRK. */
static void a_key_file_wrap_has_its_chk(void **state)
{
	const struct file *f = *state;
	struct field in[FIELDS] = {{.n = 0}}, prk[1] = {{.n = 32}};
	struct keyring *kr = keyring_new();
	char text[TEXT_MAX], got[TEXT_MAX];
	struct row *w = NULL;

	(void)fields_of(input_of(f, "prk-keyfile"), in);
	memset(kr->seed, 4, 32);
	keyring_derive(kr);
	const struct wrap_slot of = {in[1].p, in[2].p, (const uint8_t *)"ann", 3, VAULT_ROLE_ADMIN, kr->box_pk, kr->sign_pk};
	w = wrap_make(kr, &of, WRAP_KEYFILE, NULL, in[0].p, 32, 1, NULL);
	assert_non_null(w);
	memcpy(in[3].p, w->c[WR_SALT].p, 16);
	prk_keyfile(in, 4, text);
	unhex(prk[0].p, 32, text);
	chk(prk, 1, text);
	hex_of(got, w->c[WR_CHK].p, w->c[WR_CHK].n);
	assert_string_equal(got, text);
	free(w);
	keyring_free(&kr);
}

/* --- main ------------------------------------------------------------------------------------------------- */

static int print(const struct file *f)
{
	char out[TEXT_MAX];
	size_t i = 0;

	for (i = 0; i < f->n; i++) {
		make(&f->l[i], out);
		printf("%s %s %s\n", f->l[i].name, f->l[i].input, out);
	}
	return 0;
}

int main(int argc, char **argv)
{
	static struct file f;
	struct CMUnitTest tests[LINES_MAX + 8] = {
	        cmocka_unit_test_prestate(every_step_has_its_line, &f),
	        cmocka_unit_test_prestate(a_key_file_wrap_has_its_chk, &f),
	};
	size_t i = 0, n = 2;

	if (sodium_init() < 0 || load(&f)) {
		printf("not ok 1 - tests/vectors/kdf-tree.txt cannot be read\n");
		return 1;
	}
	if (argc > 1 && !strcmp(argv[1], "--print"))
		return print(&f);
	for (i = 0; i < f.n; i++)
		tests[n++] = (struct CMUnitTest){f.l[i].name, one_line, NULL, NULL, &f.l[i]};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	/* The macro takes its count from the array. */
	return _cmocka_run_group_tests("vectors", tests, n, NULL, NULL);
}
