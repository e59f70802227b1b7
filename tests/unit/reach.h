/* reach.h - what a file gives to who knows some keys: every box tried with every key that is known, derived or was found in
 * another box, until nothing new opens. For tests. Boxes and associated data are made from vault-format(5), not by the
 * library's own functions, so that a mistake there is not made here too. */
#ifndef TESTS_REACH_H
#define TESTS_REACH_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "buf.h"
#include "hash.h"
#include "object.h"
#include "roster.h"
#include "seal.h"
#include "sign.h"
#include "store.h"

/* What a box is. REACH_BACK: the generation before, in a row of key. */
enum reach_what {
	REACH_SIGN, REACH_KEYS, REACH_META, REACH_TOKEN, REACH_LABELS, REACH_BACK_META, REACH_BACK_ADM, REACH_KEY, REACH_VALUE,
	REACH_OBJECT, REACH_DETAIL, REACH_WRAP, REACH_WHATS
};

struct reach_box {
	enum reach_what what;
	uint8_t id[16];           /* of the token, slot or tag */
	uint64_t n;               /* version, generation or epoch */
	const uint8_t *p;         /* borrowed from the rows */
	size_t len, seen;         /* keys below `seen` were tried */
	struct buf ad;
	const struct row *row;
	int open;
	uint8_t text[128];        /* the first bytes of what was in it */
	size_t text_n;
};

struct reach {
	int thorough;             /* every key on every box; else only keys of the three kinds of seals */
	uint8_t vault_id[16];
	uint8_t (*keys)[32];      /* every 32 bytes that are known */
	size_t n_keys, cap_keys;
	struct rows rows[STORE_TABLES];
	struct reach_box *boxes;  /* of the file that was looked at last */
	size_t n_boxes, cap_boxes;
	unsigned long tries;
};

/* Every context in which the library derives a child. */
static const struct reach_child {
	uint64_t id;
	char ctx[9];
	int seals;
} reach_children[] = {{1, "svmetaen", 1}, {1, "svadmwrp", 1}, {1, "svtokenc", 1}, {1, "svslotbx", 0}, {2, "svslotsg", 0},
                      {2, "svmettag", 0}, {2, "svadmtag", 0}, {2, "svtokcom", 0}, {1, "svwrapke", 0}, {2, "svwrapch", 0}};
enum { REACH_CHILDREN = sizeof reach_children / sizeof reach_children[0] };

static inline void reach_know(struct reach *r, const void *key)
{
	for (size_t i = 0; i < r->n_keys; i++)
		if (memcmp(r->keys[i], key, 32) == 0)
			return;
	if (r->n_keys == r->cap_keys) {
		r->cap_keys = r->cap_keys == 0 ? 64 : r->cap_keys * 2;
		r->keys = realloc(r->keys, r->cap_keys * sizeof *r->keys);
		if (r->keys == NULL)
			abort();
	}
	memcpy(r->keys[r->n_keys++], key, 32);
}

/* --- the boxes of a file ---------------------------------------------------------------------------------- */

static inline struct reach_box *reach_add(struct reach *r, enum reach_what what, const uint8_t *id, uint64_t n,
                                          const struct row *row, size_t box)
{
	if (row->c[box].n == 0)
		return NULL;
	if (r->n_boxes == r->cap_boxes) {
		r->cap_boxes = r->cap_boxes == 0 ? 256 : r->cap_boxes * 2;
		r->boxes = realloc(r->boxes, r->cap_boxes * sizeof *r->boxes);
		if (r->boxes == NULL)
			abort();
	}
	struct reach_box *b = &r->boxes[r->n_boxes++];
	memset(b, 0, sizeof *b);
	b->what = what;
	b->row = row;
	b->n = n;
	b->p = row->c[box].p;
	b->len = row->c[box].n;
	if (id != NULL)
		memcpy(b->id, id, 16);
	return b;
}

static inline void reach_ad(struct reach *r, struct reach_box *b, const char *label, const size_t *cols, size_t n)
{
	buf_label(&b->ad, label);
	buf_field(&b->ad, r->vault_id, 16);
	for (size_t i = 0; i < n; i++) {
		const struct cell *c = &b->row->c[cols[i]];
		if (c->is_int)
			buf_field_u64(&b->ad, (uint64_t)c->i);
		else
			buf_field(&b->ad, c->p, c->n);
	}
}
#define REACH_AD(r, b, label, ...) \
	do { \
		const size_t reach_cols[] = {__VA_ARGS__}; \
		if ((b) != NULL) \
			reach_ad(r, b, label, reach_cols, sizeof reach_cols / sizeof reach_cols[0]); \
	} while (0)

static inline void reach_rows(struct reach *r)
{
	static const enum reach_what kinds[] = {REACH_SIGN, REACH_KEYS, REACH_META, REACH_TOKEN, REACH_LABELS};
	for (size_t i = 0; i < r->rows[STORE_GRANT].n; i++) {
		const struct row *g = r->rows[STORE_GRANT].r[i];
		const int64_t kind = g->c[GRANT_KIND].i;
		if (kind < 1 || kind > 5)
			abort();
		reach_add(r, kinds[kind - 1], kind == 4 ? g->c[GRANT_OBJECT].p : g->c[GRANT_SLOT].p, (uint64_t)g->c[GRANT_VERSION].i, g,
		          GRANT_BOX);
	}
	for (size_t i = 0; i < r->rows[STORE_KEY].n; i++) {
		const struct row *k = r->rows[STORE_KEY].r[i];
		struct reach_box *b = reach_add(r, k->c[KEY_KIND].i == 1 ? REACH_BACK_META : REACH_BACK_ADM, NULL,
		                                (uint64_t)k->c[KEY_GENERATION].i - 1, k, KEY_PREVIOUS);
		REACH_AD(r, b, "smartvault1/key-previous", KEY_KIND, KEY_GENERATION, KEY_COMMITMENT);
	}
	for (size_t i = 0; i < r->rows[STORE_SECRET].n; i++) {
		const struct row *s = r->rows[STORE_SECRET].r[i];
		const uint64_t version = (uint64_t)s->c[SEC_VERSION].i;
		struct reach_box *b = reach_add(r, REACH_KEY, s->c[SEC_TOKEN].p, version, s, SEC_KEY);
		REACH_AD(r, b, "smartvault1/token-key", SEC_TOKEN, SEC_VERSION, SEC_ADDED, SEC_COMMIT, SEC_GENERATION);
		b = reach_add(r, REACH_VALUE, s->c[SEC_TOKEN].p, version, s, SEC_VALUE);
		REACH_AD(r, b, "smartvault1/token-value", SEC_TOKEN, SEC_VERSION, SEC_ADDED, SEC_COMMIT, SEC_GENERATION);
	}
	for (size_t i = 0; i < r->rows[STORE_OBJECT].n; i++) {
		const struct row *o = r->rows[STORE_OBJECT].r[i];
		struct rd m = {.p = o->c[OBJ_BOX].p, .n = o->c[OBJ_BOX].n};
		struct reach_box *b = reach_add(r, REACH_OBJECT, o->c[OBJ_TAG].p, rd_u64(&m), o, OBJ_BOX);
		REACH_AD(r, b, "smartvault1/object", OBJ_TAG, OBJ_ID, OBJ_KIND, OBJ_VERSION, OBJ_GENERATION);
		buf_field(&b->ad, b->p, 8);
		b->p += 8;
		b->len -= 8;
	}
	for (size_t i = 0; i < r->rows[STORE_STATE].n; i++) {
		const struct row *s = r->rows[STORE_STATE].r[i];
		struct reach_box *b = reach_add(r, REACH_DETAIL, NULL, (uint64_t)s->c[ST_EPOCH].i, s, ST_DETAIL);
		REACH_AD(r, b, "smartvault1/detail", ST_EPOCH, ST_ACTION, ST_OBJECT, ST_GENERATION);
	}
	for (size_t i = 0; i < r->rows[STORE_CHANGE].n; i++) {
		const struct row *c = r->rows[STORE_CHANGE].r[i];
		struct reach_box *b = reach_add(r, REACH_DETAIL, NULL, (uint64_t)c->c[CH_EPOCH].i, c, CH_DETAIL);
		REACH_AD(r, b, "smartvault1/detail", CH_EPOCH, CH_ACTION, CH_OBJECT, CH_GENERATION);
	}
	for (size_t i = 0; i < r->rows[STORE_WRAP].n; i++) {
		const struct row *w = r->rows[STORE_WRAP].r[i];
		struct reach_box *b = reach_add(r, REACH_WRAP, w->c[WR_SLOT].p, 0, w, WR_BOX);
		REACH_AD(r, b, "smartvault1/wrap", WR_SLOT, WR_TYPE, WR_M, WR_T, WR_LANES, WR_SALT, WR_CHK);
	}
}

/* --- trying ----------------------------------------------------------------------------------------------- */

/* What was found becomes known: 32 bytes are a key, 64 are sk_own (its seed, its public half). */
static inline void reach_found(struct reach *r, struct reach_box *b, const uint8_t *p, size_t n)
{
	b->open = 1;
	b->text_n = n < sizeof b->text ? n : sizeof b->text;
	memcpy(b->text, p, b->text_n);
	switch (b->what) {
	case REACH_SIGN:
	case REACH_WRAP: /* seed, pk_own, epoch */
		reach_know(r, p);
		reach_know(r, p + 32);
		break;
	case REACH_KEYS:
	case REACH_META:
	case REACH_TOKEN:
	case REACH_BACK_META:
	case REACH_BACK_ADM:
	case REACH_KEY:
		reach_know(r, p);
		break;
	default:
		break;
	}
}

static inline int reach_aead(struct reach *r, struct reach_box *b, const uint8_t key[32])
{
	const int apart = b->what == REACH_WRAP; /* its nonce has a column of its own */
	const uint8_t *nonce = apart ? b->row->c[WR_NONCE].p : b->p, *c = apart ? b->p : b->p + 24;
	const size_t n = apart ? b->len : b->len - 24;
	unsigned long long len = 0;
	uint8_t *plain = malloc(n);
	if (plain == NULL || b->ad.failed)
		abort();
	r->tries++;
	const int ok = crypto_aead_xchacha20poly1305_ietf_decrypt(plain, &len, NULL, c, n, b->ad.p, b->ad.n, nonce, key) == 0;
	if (ok)
		reach_found(r, b, plain, (size_t)len);
	free(plain);
	return ok;
}

/* A sealed box to a public key; what stands before the key is its context. */
static inline int reach_seal(struct reach *r, struct reach_box *b, const uint8_t pk[32], const uint8_t sk[32])
{
	const size_t key = b->what == REACH_SIGN ? 64 : b->what == REACH_LABELS ? 0 : 32;
	uint8_t *plain = malloc(b->len);
	if (plain == NULL)
		abort();
	r->tries++;
	const int ok = crypto_box_seal_open(plain, b->p, b->len, pk, sk) == 0;
	if (ok)
		reach_found(r, b, plain + (key == 0 ? 0 : b->len - crypto_box_SEALBYTES - key), key == 0 ? b->len - crypto_box_SEALBYTES : key);
	free(plain);
	return ok;
}

/* `key` as the seed of an X25519 pair, and as its secret half. */
static inline int reach_pairs(struct reach *r, struct reach_box *b, const uint8_t key[32])
{
	uint8_t pk[32], sk[32];
	crypto_box_seed_keypair(pk, sk, key);
	if (reach_seal(r, b, pk, sk))
		return 1;
	return crypto_scalarmult_base(pk, key) == 0 && reach_seal(r, b, pk, key);
}

/* `key` as what a key file has, for this wrap. */
static inline int reach_unwrap(struct reach *r, struct reach_box *b, const uint8_t key[32])
{
	struct buf ctx = {.p = NULL};
	uint8_t prk[32], kek[32];
	buf_label(&ctx, "smartvault1/keyfile");
	buf_field(&ctx, r->vault_id, 16);
	buf_field(&ctx, b->id, 16);
	buf_field(&ctx, b->row->c[WR_SALT].p, 16);
	hash_keyed(prk, 32, key, ctx.p, ctx.n);
	hash_subkey(kek, prk, 1, "svwrapke");
	buf_free(&ctx);
	return reach_aead(r, b, kek);
}

static inline int reach_is_sealed(const struct reach_box *b)
{
	return b->what <= REACH_LABELS;
}

/* One key, as it is and each of its children. */
static inline int reach_try(struct reach *r, struct reach_box *b, const uint8_t key[32])
{
	uint8_t child[32];
	if (b->what == REACH_WRAP && reach_unwrap(r, b, key))
		return 1;
	if (r->thorough && (reach_is_sealed(b) ? reach_pairs(r, b, key) : reach_aead(r, b, key)))
		return 1;
	for (size_t i = 0; i < REACH_CHILDREN; i++) {
		const struct reach_child *c = &reach_children[i];
		if (!r->thorough && (reach_is_sealed(b) ? strcmp(c->ctx, "svslotbx") != 0 : !c->seals))
			continue;
		hash_subkey(child, key, c->id, c->ctx);
		if (reach_is_sealed(b) ? reach_pairs(r, b, child) : reach_aead(r, b, child))
			return 1;
		if (r->thorough && b->what == REACH_WRAP && reach_unwrap(r, b, child))
			return 1;
	}
	return 0;
}

static inline void reach_forget_file(struct reach *r)
{
	for (size_t i = 0; i < r->n_boxes; i++)
		buf_free(&r->boxes[i].ad);
	for (size_t t = 0; t < STORE_TABLES; t++)
		rows_clear(&r->rows[t]);
	r->n_boxes = 0;
}

/* Looks at a file with all that is known by now, also from files before. */
static inline void reach_file(struct reach *r, const char *path)
{
	struct store *s = NULL;
	size_t news = 1;
	reach_forget_file(r);
	if (store_open(path, &s, NULL) != VAULT_OK || store_begin(s, 0, NULL) != VAULT_OK)
		abort();
	for (size_t t = 0; t < STORE_TABLES; t++)
		if (store_all(s, (enum store_table)t, &r->rows[t], NULL) != VAULT_OK)
			abort();
	store_rollback(s);
	store_close(&s);
	memcpy(r->vault_id, r->rows[STORE_HEADER].r[0]->c[HDR_VAULT_ID].p, 16);
	reach_rows(r);
	while (news > 0) {
		news = 0;
		for (size_t i = 0; i < r->n_boxes; i++) {
			struct reach_box *b = &r->boxes[i];
			for (; !b->open && b->seen < r->n_keys; b->seen++)
				news += (size_t)reach_try(r, b, r->keys[b->seen]);
		}
	}
}

static inline void reach_clear(struct reach *r)
{
	reach_forget_file(r);
	free(r->boxes);
	free(r->keys);
	memset(r, 0, sizeof *r);
}

/* --- asking ----------------------------------------------------------------------------------------------- */

/* Boxes of a sort in the file, and how many of them opened. */
static inline size_t reach_all(const struct reach *r, enum reach_what what)
{
	size_t n = 0;
	for (size_t i = 0; i < r->n_boxes; i++)
		n += (size_t)(r->boxes[i].what == what);
	return n;
}

static inline size_t reach_open(const struct reach *r, enum reach_what what)
{
	size_t n = 0;
	for (size_t i = 0; i < r->n_boxes; i++)
		n += (size_t)(r->boxes[i].what == what && r->boxes[i].open);
	return n;
}

static inline const struct reach_box *reach_find(const struct reach *r, enum reach_what what, const uint8_t id[16], uint64_t n)
{
	for (size_t i = 0; i < r->n_boxes; i++)
		if (r->boxes[i].what == what && r->boxes[i].n == n && memcmp(r->boxes[i].id, id, 16) == 0)
			return &r->boxes[i];
	return NULL;
}

#endif
