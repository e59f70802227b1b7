/* roster.c - verified slots and the keys their grants give. L4. */
#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "roster.h"

static enum vault_rc bad(struct vault_err *err)
{
	return vault_err_set(err, VAULT_DAMAGED, "the list of key slots is damaged: restore the vault from a backup");
}

static enum vault_rc slot_parse(const struct row *r, struct roster_slot *s, struct vault_err *err)
{
	const struct cell *c = r->c;
	if (c[SLOT_ID].n != 16 || c[SLOT_BOX_PK].n != 32 || c[SLOT_SIGN_PK].n != 32 || c[SLOT_NAME].n == 0 ||
	    c[SLOT_NAME].n > VAULT_NAME_MAX || c[SLOT_ROLE].i < VAULT_ROLE_ADMIN || c[SLOT_ROLE].i > VAULT_ROLE_SCRIPT ||
	    (c[SLOT_STATUS].i != SLOT_ACTIVE && c[SLOT_STATUS].i != SLOT_ENDED_STATUS))
		return bad(err);
	s->row = r;
	s->id = c[SLOT_ID].p;
	s->box_pk = c[SLOT_BOX_PK].p;
	s->sign_pk = c[SLOT_SIGN_PK].p;
	memcpy(s->name, c[SLOT_NAME].p, c[SLOT_NAME].n);
	s->name[c[SLOT_NAME].n] = '\0';
	s->role = (enum vault_role)c[SLOT_ROLE].i;
	s->active = c[SLOT_STATUS].i == SLOT_ACTIVE;
	s->added = (uint64_t)c[SLOT_ADDED].i;
	s->ended = (uint64_t)c[SLOT_ENDED].i;
	return vault_slot_name_check(s->name, NULL) == VAULT_OK ? VAULT_OK : bad(err);
}

enum vault_rc roster_parse(struct leaf *verified, struct roster *out, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	const struct rows *rows = &verified->slot;
	memset(out, 0, sizeof *out);
	out->leaf = verified;
	if (verified->header.n != 1 || rows->n == 0)
		return bad(err);
	out->slots = calloc(rows->n, sizeof *out->slots);
	if (out->slots == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	out->n_slots = rows->n;
	for (size_t i = 0; i < rows->n && rc == VAULT_OK; i++)
		rc = slot_parse(rows->r[i], &out->slots[i], err);
	if (rc != VAULT_OK)
		roster_clear(out);
	return rc;
}

void roster_clear(struct roster *r)
{
	free(r->slots);
	memset(r, 0, sizeof *r);
}

const struct roster_slot *roster_slot(const struct roster *r, const uint8_t id[16])
{
	for (size_t i = 0; i < r->n_slots; i++)
		if (memcmp(r->slots[i].id, id, 16) == 0)
			return &r->slots[i];
	return NULL;
}

const struct roster_slot *roster_active(const struct roster *r, const char *name)
{
	for (size_t i = 0; i < r->n_slots; i++)
		if (r->slots[i].active && strcmp(r->slots[i].name, name) == 0)
			return &r->slots[i];
	return NULL;
}

int roster_may_sign(const struct roster_slot *s, uint64_t epoch)
{
	return s != NULL && s->role == VAULT_ROLE_ADMIN && s->added <= epoch && (s->active || s->ended > epoch);
}

/* ENC("smartvault1/grant", vault_id, object_id, slot_id, kind, version) then the key: the context inside the box. */
static void context(struct buf *b, const uint8_t vault_id[16], const uint8_t *object_id, const uint8_t *slot_id, int kind,
                    uint64_t version)
{
	buf_label(b, "smartvault1/grant");
	buf_field(b, vault_id, 16);
	buf_field(b, object_id, 16);
	buf_field(b, slot_id, 16);
	buf_field_u64(b, (uint64_t)kind);
	buf_field_u64(b, version);
}

struct row *roster_grant_make(const uint8_t vault_id[16], const uint8_t object_id[16], const uint8_t slot_id[16], int kind,
                              uint64_t version, uint64_t epoch, const uint8_t box_pk[32], const void *key, size_t n)
{
	struct buf b = {.p = NULL};
	struct row *r = NULL;
	uint8_t *plain = NULL, *box = NULL;
	context(&b, vault_id, object_id, slot_id, kind, version);
	const size_t len = b.n + n;
	if (b.failed || n > ROSTER_GRANT_MAX || (plain = secret_mem(len)) == NULL || (box = malloc(len + SEAL_BOX_OVERHEAD)) == NULL)
		goto out;
	memcpy(plain, b.p, b.n);
	memcpy(plain + b.n, key, n);
	if (seal_to(box, box_pk, plain, len) != 0)
		goto out;
	const struct cell c[] = {
		CELL_BLOB(object_id, 16), CELL_BLOB(slot_id, 16), CELL_INT(kind), CELL_INT(version), CELL_INT(epoch), CELL_INT(0),
		CELL_BLOB(box, len + SEAL_BOX_OVERHEAD),
	};
	r = row_make(STORE_GRANT, c);
out:
	secret_mem_free(plain);
	free(box);
	buf_free(&b);
	return r;
}

enum vault_rc roster_grant_open(const struct row *g, const uint8_t vault_id[16], struct keyring *kr, uint8_t *out, size_t cap,
                                size_t *n, struct vault_err *err)
{
	struct buf b = {.p = NULL};
	enum vault_rc rc = VAULT_OK;
	const struct cell *c = g->c;
	context(&b, vault_id, c[GRANT_OBJECT].p, c[GRANT_SLOT].p, (int)c[GRANT_KIND].i, (uint64_t)c[GRANT_VERSION].i);
	const size_t len = c[GRANT_BOX].n > SEAL_BOX_OVERHEAD ? c[GRANT_BOX].n - SEAL_BOX_OVERHEAD : 0;
	uint8_t *big = len > sizeof kr->scratch && len <= ROSTER_GRANT_MAX ? malloc(len) : NULL;
	uint8_t *plain = len <= sizeof kr->scratch ? kr->scratch : big;
	if (b.failed)
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	else if (plain == NULL || len < b.n || len - b.n > cap ||
	         seal_open(plain, kr->box_pk, kr->box_sk, c[GRANT_BOX].p, c[GRANT_BOX].n) != 0 || memcmp(plain, b.p, b.n) != 0)
		rc = bad(err);
	else {
		*n = len - b.n;
		memcpy(out, plain + b.n, *n);
	}
	secret_wipe(kr->scratch, sizeof kr->scratch);
	if (big != NULL)
		secret_wipe(big, len);
	free(big);
	buf_free(&b);
	return rc;
}

/* A key of exactly n bytes. */
static enum vault_rc key_open(const struct row *g, const uint8_t vault_id[16], struct keyring *kr, uint8_t *out, size_t n,
                              struct vault_err *err)
{
	size_t got = 0;
	const enum vault_rc rc = roster_grant_open(g, vault_id, kr, out, n, &got, err);
	return rc == VAULT_OK && got != n ? bad(err) : rc;
}

const struct row *roster_grant_find(const struct rows *grants, const uint8_t object_id[16], const uint8_t slot_id[16], int kind,
                                    uint64_t version)
{
	for (size_t i = 0; i < grants->n; i++) {
		const struct cell *c = grants->r[i]->c;
		if (c[GRANT_KIND].i == kind && (uint64_t)c[GRANT_VERSION].i == version && c[GRANT_OBJECT].n == 16 &&
		    c[GRANT_SLOT].n == 16 && memcmp(c[GRANT_OBJECT].p, object_id, 16) == 0 &&
		    memcmp(c[GRANT_SLOT].p, slot_id, 16) == 0)
			return grants->r[i];
	}
	return NULL;
}

struct row *roster_grant_ended(const struct row *g, uint64_t epoch)
{
	struct cell c[7];
	memcpy(c, g->c, sizeof c);
	c[GRANT_ENDED] = CELL_INT(epoch);
	c[GRANT_BOX] = CELL_BLOB("", 0);
	return row_make(STORE_GRANT, c);
}

/* The newest grant of a kind to the slot that was not ended, or NULL. */
static const struct row *newest_grant(const struct roster *r, const uint8_t slot_id[16], int kind)
{
	const struct row *best = NULL;
	for (size_t i = 0; i < r->leaf->grant.n; i++) {
		const struct row *g = r->leaf->grant.r[i];
		if (g->c[GRANT_KIND].i != kind || g->c[GRANT_SLOT].n != 16 || memcmp(g->c[GRANT_SLOT].p, slot_id, 16) != 0 ||
		    g->c[GRANT_ENDED].i != 0)
			continue;
		if (best == NULL || g->c[GRANT_VERSION].i > best->c[GRANT_VERSION].i)
			best = g;
	}
	return best;
}

static const struct row *key_row(const struct roster *r, int kind, uint64_t generation)
{
	for (size_t i = 0; i < r->leaf->key.n; i++) {
		const struct row *k = r->leaf->key.r[i];
		if (k->c[KEY_KIND].i == kind && (uint64_t)k->c[KEY_GENERATION].i == generation)
			return k;
	}
	return NULL;
}

static int commitment_ok(const struct row *k, const uint8_t vault_id[16], int kind, uint64_t generation, const uint8_t *key)
{
	uint8_t c[32];
	keyring_commitment(c, vault_id, kind, generation, key);
	return k != NULL && k->c[KEY_COMMITMENT].n == 32 && secret_equal(c, k->c[KEY_COMMITMENT].p, 32);
}

static void previous_ad(struct buf *ad, const uint8_t vault_id[16], int64_t kind, uint64_t generation, const uint8_t *commitment)
{
	buf_label(ad, "smartvault1/key-previous");
	buf_field(ad, vault_id, 16);
	buf_field_u64(ad, (uint64_t)kind);
	buf_field_u64(ad, generation);
	buf_field(ad, commitment, 32);
}

/* The generation before: sealed under this one in this one's row. */
static enum vault_rc previous(const struct row *k, const uint8_t vault_id[16], const struct keygen *g, uint8_t out[KEY_LEN],
                              struct vault_err *err)
{
	struct buf ad = {.p = NULL};
	previous_ad(&ad, vault_id, k->c[KEY_KIND].i, (uint64_t)k->c[KEY_GENERATION].i, k->c[KEY_COMMITMENT].p);
	const int ok = !ad.failed && k->c[KEY_PREVIOUS].n == KEY_LEN + SEAL_OVERHEAD &&
	               seal_aead_open(out, g->seal, k->c[KEY_PREVIOUS].p, k->c[KEY_PREVIOUS].n, ad.p, ad.n) == 0;
	buf_free(&ad);
	return ok ? VAULT_OK : bad(err);
}

struct row *roster_key_make(const uint8_t vault_id[16], int kind, uint64_t generation, const struct keygen *now,
                            const uint8_t *before)
{
	uint8_t commitment[32], box[KEY_LEN + SEAL_OVERHEAD];
	struct buf ad = {.p = NULL};
	keyring_commitment(commitment, vault_id, kind, generation, now->key);
	previous_ad(&ad, vault_id, kind, generation, commitment);
	const int failed = ad.failed;
	if (before != NULL && !failed)
		seal_aead(box, now->seal, before, KEY_LEN, ad.p, ad.n);
	buf_free(&ad);
	const struct cell c[] = {
		CELL_INT(kind), CELL_INT(generation), CELL_BLOB(commitment, 32), CELL_BLOB(box, before != NULL ? sizeof box : 0),
	};
	return failed ? NULL : row_make(STORE_KEY, c);
}

static enum vault_rc open_generations(const struct roster *r, const uint8_t vault_id[16], const uint8_t slot_id[16],
                                      int kind, struct keyring *kr, struct vault_err *err)
{
	const struct row *g = newest_grant(r, slot_id, kind == KIND_META ? GRANT_META : GRANT_KEYS);
	if (g == NULL || g->c[GRANT_VERSION].i < 1)
		return bad(err);
	uint64_t n = (uint64_t)g->c[GRANT_VERSION].i;
	/* A generation that there is, and no newer one that this slot was not given. */
	if (key_row(r, kind, n) == NULL || key_row(r, kind, n + 1) != NULL)
		return bad(err);
	enum vault_rc rc = keyring_room(kr, kind, n, err);
	struct keygen *gens = kind == KIND_META ? kr->meta : kr->adm;
	if (rc == VAULT_OK)
		rc = key_open(g, vault_id, kr, gens[n - 1].key, KEY_LEN, err);
	for (; n > 0 && rc == VAULT_OK; n--) {
		struct keygen *at = &gens[n - 1];
		if (!commitment_ok(key_row(r, kind, n), vault_id, kind, n, at->key))
			return bad(err);
		keyring_children(at, kind);
		if (n > 1)
			rc = previous(key_row(r, kind, n), vault_id, at, gens[n - 2].key, err);
	}
	return rc;
}

static enum vault_rc open_sign(const struct roster *r, const uint8_t vault_id[16], const uint8_t slot_id[16],
                               struct keyring *kr, struct vault_err *err)
{
	const struct row *g = newest_grant(r, slot_id, GRANT_SIGN);
	if (g == NULL)
		return bad(err);
	const enum vault_rc rc = key_open(g, vault_id, kr, kr->sk_own, SIGN_SK_LEN, err);
	if (rc != VAULT_OK)
		return rc;
	/* An Ed25519 secret key ends in its public half (RFC 8032, as libsodium lays it out). */
	if (!secret_equal(kr->sk_own + 32, kr->pk_own, SIGN_PK_LEN))
		return bad(err);
	kr->has_own = 1;
	return VAULT_OK;
}

enum vault_rc roster_lend_keys(const struct roster *r, const uint8_t vault_id[16], struct keyring *kr, struct vault_err *err)
{
	for (int kind = KIND_META; kind <= KIND_ADM; kind++) {
		uint64_t *have = kind == KIND_META ? &kr->n_meta : &kr->n_adm, n = 0;
		const struct keygen *g = kind == KIND_META ? kr->meta : kr->adm;
		while (n < *have && key_row(r, kind, n + 1) != NULL) {
			if (!commitment_ok(key_row(r, kind, n + 1), vault_id, kind, n + 1, g[n].key))
				return bad(err);
			n++;
		}
		if (n == 0 || key_row(r, kind, n + 1) != NULL)
			return bad(err);
		*have = n;
	}
	return VAULT_OK;
}

enum vault_rc roster_open_keys(const struct roster *r, const uint8_t vault_id[16], const uint8_t slot_id[16],
                               int to_sign, struct keyring *kr, struct vault_err *err)
{
	const struct roster_slot *s = roster_slot(r, slot_id);
	enum vault_rc rc = s == NULL ? bad(err) : VAULT_OK;
	if (rc == VAULT_OK && s->role != VAULT_ROLE_SCRIPT)
		rc = open_generations(r, vault_id, slot_id, KIND_META, kr, err);
	if (rc == VAULT_OK && (s->role == VAULT_ROLE_ADMIN || s->role == VAULT_ROLE_MONITOR))
		rc = open_generations(r, vault_id, slot_id, KIND_ADM, kr, err);
	if (rc == VAULT_OK && s->role == VAULT_ROLE_ADMIN && to_sign)
		rc = open_sign(r, vault_id, slot_id, kr, err);
	return rc;
}
