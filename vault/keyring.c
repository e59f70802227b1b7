/* keyring.c - key pairs, generations and their children. L4. */
#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "keyring.h"

struct keyring *keyring_new(void)
{
	return secret_mem(sizeof(struct keyring));
}

void keyring_free(struct keyring **kr)
{
	if (kr == NULL || *kr == NULL)
		return;
	if ((*kr)->meta != (*kr)->few[0])
		secret_mem_free((*kr)->meta);
	if ((*kr)->adm != (*kr)->few[1])
		secret_mem_free((*kr)->adm);
	secret_mem_free(*kr);
	*kr = NULL;
}

void keyring_derive(struct keyring *kr)
{
	uint8_t *sub = kr->scratch;
	hash_subkey(sub, kr->seed, 1, "svslotbx");
	seal_keypair(kr->box_pk, kr->box_sk, sub);
	hash_subkey(sub, kr->seed, 2, "svslotsg");
	sign_keypair(kr->sign_pk, kr->sign_sk, sub);
	secret_wipe(kr->scratch, sizeof kr->scratch);
}

void keyring_children(struct keygen *g, int kind)
{
	hash_subkey(g->seal, g->key, 1, kind == KIND_META ? "svmetaen" : "svadmwrp");
	hash_subkey(g->tag, g->key, 2, kind == KIND_META ? "svmettag" : "svadmtag");
}

enum vault_rc keyring_room(struct keyring *kr, int kind, uint64_t n, struct vault_err *err)
{
	struct keygen **g = kind == KIND_META ? &kr->meta : &kr->adm, *few = kr->few[kind == KIND_META ? 0 : 1];
	if (*g != few)
		secret_mem_free(*g);
	secret_wipe(few, sizeof kr->few[0]);
	*g = n == 0 || n > 65536 ? NULL : n <= KEYRING_FEW ? few : secret_mem((size_t)n * sizeof **g);
	if (kind == KIND_META)
		kr->n_meta = *g == NULL ? 0 : n;
	else
		kr->n_adm = *g == NULL ? 0 : n;
	return *g == NULL ? vault_err_set(err, VAULT_REFUSED, "out of memory") : VAULT_OK;
}

enum vault_rc keyring_grow(struct keyring *kr, int kind, struct keygen **g, struct vault_err *err)
{
	const uint64_t n = kind == KIND_META ? kr->n_meta : kr->n_adm;
	const size_t size = (size_t)n * sizeof(struct keygen);
	struct keygen *old = secret_mem(size + 1);
	if (old == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	if (n > 0)
		memcpy(old, kind == KIND_META ? kr->meta : kr->adm, size);
	const enum vault_rc rc = keyring_room(kr, kind, n + 1, err);
	struct keygen *now = kind == KIND_META ? kr->meta : kr->adm;
	if (rc == VAULT_OK && n > 0)
		memcpy(now, old, size);
	*g = rc == VAULT_OK ? &now[n] : NULL;
	secret_mem_free(old);
	return rc;
}

enum vault_rc keyring_take(struct keyring *kr, const struct keyring *from, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	memcpy(kr->pk_own, from->pk_own, SIGN_PK_LEN);
	memcpy(kr->sk_own, from->sk_own, SIGN_SK_LEN);
	kr->has_own = from->has_own;
	if (from->n_meta > 0)
		rc = keyring_room(kr, KIND_META, from->n_meta, err);
	if (rc == VAULT_OK && from->n_meta > 0)
		memcpy(kr->meta, from->meta, (size_t)from->n_meta * sizeof *kr->meta);
	if (rc == VAULT_OK && from->n_adm > 0)
		rc = keyring_room(kr, KIND_ADM, from->n_adm, err);
	if (rc == VAULT_OK && from->n_adm > 0)
		memcpy(kr->adm, from->adm, (size_t)from->n_adm * sizeof *kr->adm);
	return rc;
}

struct keyring *keyring_copy(const struct keyring *kr)
{
	struct keyring *c = keyring_new();
	if (c == NULL)
		return NULL;
	memcpy(c->seed, kr->seed, KEY_LEN);
	keyring_derive(c);
	c->enrol_epoch = kr->enrol_epoch;
	if (keyring_take(c, kr, NULL) != VAULT_OK)
		keyring_free(&c);
	return c;
}

const struct keygen *keyring_meta(const struct keyring *kr, uint64_t generation)
{
	return generation >= 1 && generation <= kr->n_meta ? &kr->meta[generation - 1] : NULL;
}

const struct keygen *keyring_adm(const struct keyring *kr, uint64_t generation)
{
	return generation >= 1 && generation <= kr->n_adm ? &kr->adm[generation - 1] : NULL;
}

void keyring_commitment(uint8_t out[32], const uint8_t vault_id[16], int kind, uint64_t generation, const uint8_t key[KEY_LEN])
{
	/* Keyed with the key itself over the context: one-way, and no key byte on the plain heap. */
	uint8_t text[32 + 16 + 16];
	memset(text, 0, sizeof text);
	memcpy(text, "smartvault1/commitment", 22);
	memcpy(text + 32, vault_id, 16);
	for (unsigned i = 0; i < 8; i++) {
		text[48 + i] = (uint8_t)((uint64_t)kind >> (8 * i));
		text[56 + i] = (uint8_t)(generation >> (8 * i));
	}
	hash_keyed(out, 32, key, text, sizeof text);
}

uint8_t *keyring_seal_padded(const uint8_t key[KEY_LEN], const void *p, size_t n, size_t block, const struct buf *ad, size_t *out_n)
{
	const size_t cap = n + block;
	uint8_t *plain = malloc(cap), *box = malloc(cap + SEAL_OVERHEAD);
	if (plain == NULL || box == NULL || ad->failed) {
		free(plain);
		free(box);
		return NULL;
	}
	memcpy(plain, p, n);
	const size_t padded = seal_pad(plain, n, cap, block);
	seal_aead(box, key, plain, padded, ad->p, ad->n);
	secret_wipe(plain, cap);
	free(plain);
	*out_n = padded + SEAL_OVERHEAD;
	return box;
}

uint8_t *keyring_open_padded(const uint8_t key[KEY_LEN], const uint8_t *box, size_t n, size_t block, const struct buf *ad, size_t *out_n)
{
	if (n < SEAL_OVERHEAD + block || ad->failed)
		return NULL;
	uint8_t *plain = malloc(n - SEAL_OVERHEAD + 1);
	if (plain == NULL)
		return NULL;
	if (seal_aead_open(plain, key, box, n, ad->p, ad->n) != 0) {
		free(plain);
		return NULL;
	}
	const size_t len = seal_unpad_text(plain, n - SEAL_OVERHEAD, block);
	if (len == SIZE_MAX) {
		free(plain);
		return NULL;
	}
	plain[len] = '\0';
	*out_n = len;
	return plain;
}
