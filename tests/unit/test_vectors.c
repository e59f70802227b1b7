/* test_vectors.c - the functions of the key tree against tests/vectors/kdf-tree.txt, which vault-format(5) shows too.
 *
 * A line is `name input output`; the input has fields of hex joined by a colon, the output is hex, or text.
 * `test_vectors --print` gives the file with the outputs made anew. Where a step stands inside a function of the library,
 * the test seals with a fixed nonce what the manual says and lets that function open it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sodium.h>

#include "hex.h"
#include "keytext.h"
#include "object.h"
#include "record.h"
#include "script.h"
#include "value.h"
#include "wrap.h"

enum { FIELDS = 8, FIELD_MAX = 128, TEXT_MAX = 512, LINES_MAX = 64 };

struct field {
	uint8_t p[FIELD_MAX];
	size_t n;
};

struct line {
	char name[32], input[TEXT_MAX], output[TEXT_MAX];
};

struct file {
	struct line l[LINES_MAX];
	size_t n;
};

/* --- steps ------------------------------------------------------------------------------------------------ */

static void hex_of(char *out, const uint8_t *p, size_t n)
{
	size_t i = 0;

	for (i = 0; i < n; i++) {
		out[2 * i] = "0123456789abcdef"[p[i] >> 4];
		out[2 * i + 1] = "0123456789abcdef"[p[i] & 15];
	}
	out[2 * n] = '\0';
}

static uint64_t number(const struct field *f)
{
	struct rd r = {.p = f->p, .n = f->n};

	assert_int_equal(f->n, 8);
	return rd_u64(&r);
}

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

/* A handle with keys and nothing else: tags need no file. `key` is the parent of the generation. */
static struct vault *keyed(int kind, const uint8_t *key)
{
	struct vault *v = calloc(1, sizeof *v);
	struct keygen *g = NULL;

	assert_non_null(v);
	v->kr = keyring_new();
	assert_non_null(v->kr);
	assert_int_equal(keyring_room(v->kr, kind, 1, NULL), VAULT_OK);
	g = kind == KIND_META ? v->kr->meta : v->kr->adm;
	memcpy(g->key, key, KEY_LEN);
	keyring_children(g, kind);
	return v;
}

static void keyed_free(struct vault **v)
{
	keyring_free(&(*v)->kr);
	buf_free(&(*v)->scratch);
	free((*v)->leaf_index);
	free(*v);
	*v = NULL;
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
        {"key-file", key_file},
        {"recovery-code", recovery_code},
};
enum { STEPS = sizeof steps / sizeof steps[0] };

/* --- the file --------------------------------------------------------------------------------------------- */

static int load(struct file *f)
{
	const char *root = getenv("SRC");
	char path[1024], row[4 * TEXT_MAX];
	FILE *in = NULL;

	snprintf(path, sizeof path, "%s/tests/vectors/kdf-tree.txt", root ? root : ".");
	in = fopen(path, "r");
	if (!in)
		return -1;
	while (fgets(row, sizeof row, in)) {
		struct line *l = &f->l[f->n];

		if (row[0] == '#' || row[0] == '\n')
			continue;
		if (f->n == LINES_MAX || sscanf(row, "%31s %511s %511[^\n]", l->name, l->input, l->output) < 2) {
			fclose(in);
			return -1;
		}
		f->n++;
	}
	fclose(in);
	return 0;
}

static size_t fields_of(const char *input, struct field *in)
{
	char text[TEXT_MAX], *at = text, *end = NULL;
	size_t n = 0;

	snprintf(text, sizeof text, "%s", input);
	while (at) {
		assert_true(n < FIELDS);
		end = strchr(at, ':');
		if (end)
			*end++ = '\0';
		in[n].n = unhex(in[n].p, FIELD_MAX, at);
		n++;
		at = end;
	}
	return n;
}

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

/* The tree is one: what a line gives is what another takes. */
static const char *output_of(const struct file *f, const char *name)
{
	size_t i = 0;

	for (i = 0; i < f->n; i++)
		if (!strcmp(f->l[i].name, name))
			return f->l[i].output;
	fail_msg("there is no line %s", name);
	return "";
}

static const char *input_of(const struct file *f, const char *name)
{
	size_t i = 0;

	for (i = 0; i < f->n; i++)
		if (!strcmp(f->l[i].name, name))
			return f->l[i].input;
	fail_msg("there is no line %s", name);
	return "";
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

/* --- rows sealed by the manual, opened by the library ------------------------------------------------------ */

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
	        cmocka_unit_test_prestate(a_wrap_opens, &f),
	        cmocka_unit_test_prestate(a_key_file_wrap_has_its_chk, &f),
	        cmocka_unit_test_prestate(a_secret_opens, &f),
	        cmocka_unit_test_prestate(an_object_opens, &f),
	        cmocka_unit_test_prestate(a_scripts_grants_open, &f),
	};
	size_t i = 0, n = 6;

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
