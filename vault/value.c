/* value.c - one fresh key a value, two boxes a row. L5. */
#include <stdlib.h>
#include <string.h>

#include "record.h"
#include "value.h"

enum { VALUE_BLOCK = 128, VALUE_BOX_MAX = VAULT_TOKEN_MAX + VALUE_BLOCK + SEAL_OVERHEAD };

/* K_tok and its children, in guarded memory. */
struct tok {
	uint8_t key[KEY_LEN], seal[KEY_LEN], commit[KEY_LEN];
};

static void tok_children(struct tok *t)
{
	hash_subkey(t->seal, t->key, 1, "svtokenc");
	hash_subkey(t->commit, t->key, 2, "svtokcom");
}

static void value_ad(struct buf *ad, const struct vault *v, const char *label, const struct cell *c)
{
	buf_label(ad, label);
	buf_field(ad, v->vault_id, 16);
	buf_field(ad, c[SEC_TOKEN].p, c[SEC_TOKEN].n);
	buf_field_u64(ad, (uint64_t)c[SEC_VERSION].i);
	buf_field_u64(ad, (uint64_t)c[SEC_ADDED].i);
	buf_field(ad, c[SEC_COMMIT].p, c[SEC_COMMIT].n);
	buf_field_u64(ad, (uint64_t)c[SEC_GENERATION].i);
}

static enum vault_rc token_leaf(struct vault *v, const uint8_t token_id[16], struct leaf **l, struct vault_err *err)
{
	return txn_leaf(v, LEAF_TOKENS, leaf_of(LEAF_TOKENS, token_id), l, err);
}

static int is_of(const struct row *r, const uint8_t token_id[16])
{
	return r->c[SEC_TOKEN].n == 16 && memcmp(r->c[SEC_TOKEN].p, token_id, 16) == 0;
}

enum vault_rc value_row(struct vault *v, const uint8_t token_id[16], uint32_t version, const struct row **row,
                        struct vault_err *err)
{
	struct leaf *l = NULL;
	*row = NULL;
	const enum vault_rc rc = token_leaf(v, token_id, &l, err);
	for (size_t i = 0; rc == VAULT_OK && i < l->secret.n; i++)
		if (is_of(l->secret.r[i], token_id) && l->secret.r[i]->c[SEC_VERSION].i == version)
			*row = l->secret.r[i];
	if (*row != NULL && (*row)->c[SEC_COMMIT].n != VAULT_COMMIT_LEN)
		return vault_err_set(err, VAULT_DAMAGED, "a stored value is damaged: restore the vault from a backup");
	return rc;
}

enum vault_rc value_count(struct vault *v, const uint8_t token_id[16], size_t *n, struct vault_err *err)
{
	struct leaf *l = NULL;
	*n = 0;
	const enum vault_rc rc = token_leaf(v, token_id, &l, err);
	for (size_t i = 0; rc == VAULT_OK && i < l->secret.n; i++)
		*n += (size_t)is_of(l->secret.r[i], token_id);
	return rc;
}

int value_present(const struct row *row)
{
	return row->c[SEC_KEY].n > 0 && row->c[SEC_VALUE].n > 0;
}

static void cells(struct cell c[7], const uint8_t token_id[16], uint32_t version, uint64_t added, const uint8_t *commit,
                  uint64_t generation)
{
	c[SEC_TOKEN] = CELL_BLOB(token_id, 16);
	c[SEC_VERSION] = CELL_INT(version);
	c[SEC_ADDED] = CELL_INT(added);
	c[SEC_COMMIT] = CELL_BLOB(commit, VAULT_COMMIT_LEN);
	c[SEC_GENERATION] = CELL_INT(generation);
	c[SEC_KEY] = CELL_BLOB("", 0);
	c[SEC_VALUE] = CELL_BLOB("", 0);
}

/* Both boxes of a value into the buffers; 0 where memory is short. */
static int seal_value(struct vault *v, const struct cell *c, const struct tok *t, const struct vault_secret *value,
                      uint8_t key_box[KEY_LEN + SEAL_OVERHEAD], uint8_t *value_box, size_t *value_n)
{
	struct buf ad_key = {.p = NULL}, ad_value = {.p = NULL};
	const struct keygen *adm = keyring_adm(v->kr, v->kr->n_adm);
	uint8_t *plain = secret_mem(VAULT_TOKEN_MAX + VALUE_BLOCK);
	int ok = 0;
	value_ad(&ad_key, v, "smartvault1/token-key", c);
	value_ad(&ad_value, v, "smartvault1/token-value", c);
	if (plain != NULL && adm != NULL && !ad_key.failed && !ad_value.failed) {
		memcpy(plain, vault_secret_cbytes(value), vault_secret_len(value));
		const size_t n = seal_pad(plain, vault_secret_len(value), VAULT_TOKEN_MAX + VALUE_BLOCK, VALUE_BLOCK);
		seal_aead(key_box, adm->seal, t->key, KEY_LEN, ad_key.p, ad_key.n);
		seal_aead(value_box, t->seal, plain, n, ad_value.p, ad_value.n);
		*value_n = n + SEAL_OVERHEAD;
		ok = n > 0;
	}
	secret_mem_free(plain);
	buf_free(&ad_key);
	buf_free(&ad_value);
	return ok;
}

/* A row with both boxes, or none without a value; NULL where memory is short. */
static struct row *seal_row(struct vault *v, const struct cell *c, const struct tok *t, const struct vault_secret *value)
{
	uint8_t key_box[KEY_LEN + SEAL_OVERHEAD];
	struct cell now[7];
	struct row *row = NULL;
	size_t n = 0;
	uint8_t *value_box = malloc(VALUE_BOX_MAX);
	memcpy(now, c, sizeof now);
	if (value_box != NULL && (value == NULL || seal_value(v, now, t, value, key_box, value_box, &n))) {
		now[SEC_KEY] = CELL_BLOB(key_box, value == NULL ? 0 : sizeof key_box);
		now[SEC_VALUE] = CELL_BLOB(value_box, n);
		row = row_make(STORE_SECRET, now);
	}
	free(value_box);
	return row;
}

enum vault_rc value_store(struct vault *v, const uint8_t token_id[16], uint32_t version, const struct vault_secret *value,
                          uint8_t commit[VAULT_COMMIT_LEN], struct vault_err *err)
{
	struct leaf *l = NULL;
	struct row *row = NULL;
	struct cell c[7];
	enum vault_rc rc = token_leaf(v, token_id, &l, err);
	if (rc != VAULT_OK)
		return rc;
	struct tok *t = secret_mem(sizeof *t);
	if (t != NULL) {
		secret_random(t->key, KEY_LEN);
		tok_children(t);
		memcpy(commit, t->commit, VAULT_COMMIT_LEN);
		cells(c, token_id, version, v->state.epoch + 1, commit, v->kr->n_adm);
		row = seal_row(v, c, t, value);
	}
	secret_mem_free(t);
	return txn_put(v, l, STORE_SECRET, row, err);
}

static enum vault_rc damaged(struct vault_err *err)
{
	return vault_err_set(err, VAULT_DAMAGED, "a stored value does not open with its key: the vault is damaged");
}

static enum vault_rc open_key(struct vault *v, const struct row *r, struct tok *t, struct vault_err *err)
{
	struct buf ad = {.p = NULL};
	const struct keygen *adm = keyring_adm(v->kr, (uint64_t)r->c[SEC_GENERATION].i);
	if (adm == NULL)
		return v->kr->n_adm == 0 ? txn_forbidden(v, "open token values", err) : damaged(err);
	value_ad(&ad, v, "smartvault1/token-key", r->c);
	const int ok = !ad.failed && r->c[SEC_KEY].n == KEY_LEN + SEAL_OVERHEAD &&
	               seal_aead_open(t->key, adm->seal, r->c[SEC_KEY].p, r->c[SEC_KEY].n, ad.p, ad.n) == 0;
	buf_free(&ad);
	if (!ok)
		return damaged(err);
	tok_children(t);
	return secret_equal(t->commit, r->c[SEC_COMMIT].p, VAULT_COMMIT_LEN) ? VAULT_OK : damaged(err);
}

enum vault_rc value_key(struct vault *v, const struct row *row, uint8_t key[KEY_LEN], struct vault_err *err)
{
	struct tok *t = secret_mem(sizeof *t);
	const enum vault_rc rc = t == NULL ? vault_err_set(err, VAULT_REFUSED, "out of memory") : open_key(v, row, t, err);
	if (rc == VAULT_OK)
		memcpy(key, t->key, KEY_LEN);
	secret_mem_free(t);
	return rc;
}

/* The value box with its key's child. */
static enum vault_rc open_box(const struct vault *v, const struct row *r, const struct tok *t, struct vault_secret **out,
                              struct vault_err *err)
{
	struct buf ad = {.p = NULL};
	const size_t n = r->c[SEC_VALUE].n;
	size_t len = SIZE_MAX;
	*out = NULL;
	if (n < SEAL_OVERHEAD + VALUE_BLOCK || n > VALUE_BOX_MAX)
		return damaged(err);
	struct vault_secret *s = vault_secret_new(n - SEAL_OVERHEAD);
	if (s == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	value_ad(&ad, v, "smartvault1/token-value", r->c);
	if (!ad.failed && seal_aead_open(vault_secret_bytes(s), t->seal, r->c[SEC_VALUE].p, n, ad.p, ad.n) == 0)
		len = seal_unpad(vault_secret_bytes(s), n - SEAL_OVERHEAD, VALUE_BLOCK);
	buf_free(&ad);
	if (len == SIZE_MAX || len == 0) {
		vault_secret_free(&s);
		return damaged(err);
	}
	vault_secret_set_len(s, len);
	*out = s;
	return VAULT_OK;
}

enum vault_rc value_open_with(struct vault *v, const struct row *row, const uint8_t key[KEY_LEN], struct vault_secret **out,
                              struct vault_err *err)
{
	struct tok *t = secret_mem(sizeof *t);
	enum vault_rc rc = VAULT_OK;
	*out = NULL;
	if (t == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	memcpy(t->key, key, KEY_LEN);
	tok_children(t);
	rc = secret_equal(t->commit, row->c[SEC_COMMIT].p, VAULT_COMMIT_LEN) ? open_box(v, row, t, out, err) : damaged(err);
	secret_mem_free(t);
	return rc;
}

enum vault_rc value_open(struct vault *v, const uint8_t token_id[16], uint32_t version, struct vault_secret **out,
                         struct vault_err *err)
{
	const struct row *r = NULL;
	*out = NULL;
	enum vault_rc rc = value_row(v, token_id, version, &r, err);
	if (rc != VAULT_OK)
		return rc;
	if (r == NULL || !value_present(r))
		return vault_err_set(err, VAULT_REFUSED, "the vault has no value of this version");
	/* Guarded memory is ten system calls; check opens all values there are. */
	if (v->token_keys == NULL)
		v->token_keys = secret_mem(sizeof(struct tok));
	struct tok *t = v->token_keys;
	rc = t == NULL ? vault_err_set(err, VAULT_REFUSED, "out of memory") : open_key(v, r, t, err);
	if (rc == VAULT_OK)
		rc = open_box(v, r, t, out, err);
	if (t != NULL)
		secret_wipe(t, sizeof *t);
	return rc;
}

enum vault_rc value_move(struct vault *from, struct vault *to, const struct row *row, uint64_t added, struct vault_err *err)
{
	struct vault_secret *value = NULL;
	struct leaf *l = NULL;
	struct cell c[7];
	enum vault_rc rc = VAULT_OK;
	/* The row may stand in the very leaf that is written: its bytes are used to the end first. */
	struct row *copy = row_make(STORE_SECRET, row->c);
	struct tok *t = secret_mem(sizeof *t);
	if (copy == NULL || t == NULL)
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	if (rc == VAULT_OK && value_present(copy)) {
		rc = open_key(from, copy, t, err);
		if (rc == VAULT_OK)
			rc = open_box(from, copy, t, &value, err);
	}
	if (rc == VAULT_OK) {
		memcpy(c, copy->c, sizeof c);
		c[SEC_ADDED] = CELL_INT(added);
		c[SEC_GENERATION] = CELL_INT(to->kr->n_adm);
		rc = token_leaf(to, copy->c[SEC_TOKEN].p, &l, err);
	}
	if (rc == VAULT_OK)
		rc = txn_put(to, l, STORE_SECRET, seal_row(to, c, t, value), err);
	if (rc == VAULT_OK && value != NULL)
		rc = value_index(to, value, copy->c[SEC_TOKEN].p, (uint32_t)copy->c[SEC_VERSION].i, err);
	vault_secret_free(&value);
	secret_mem_free(t);
	free(copy);
	return rc;
}

/* Nobody opens what is no longer there: the grants of that version say so. */
static enum vault_rc end_grants(struct vault *v, struct leaf *l, const uint8_t token_id[16], uint32_t version, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	for (size_t i = 0; i < l->grant.n && rc == VAULT_OK; i++) {
		const struct cell *c = l->grant.r[i]->c;
		if (c[GRANT_KIND].i == GRANT_TOKEN && c[GRANT_ENDED].i == 0 && c[GRANT_VERSION].i == version && c[GRANT_OBJECT].n == 16 &&
		    memcmp(c[GRANT_OBJECT].p, token_id, 16) == 0)
			rc = txn_put(v, l, STORE_GRANT, roster_grant_ended(l->grant.r[i], v->state.epoch + 1), err);
	}
	return rc;
}

enum vault_rc value_erase(struct vault *v, const uint8_t token_id[16], uint32_t version, struct vault_err *err)
{
	const struct row *r = NULL;
	struct leaf *l = NULL;
	struct cell c[7];
	enum vault_rc rc = value_row(v, token_id, version, &r, err);
	if (rc == VAULT_OK)
		rc = token_leaf(v, token_id, &l, err);
	if (rc != VAULT_OK || r == NULL)
		return rc;
	memcpy(c, r->c, sizeof c);
	c[SEC_KEY] = CELL_BLOB("", 0);
	c[SEC_VALUE] = CELL_BLOB("", 0);
	rc = txn_put(v, l, STORE_SECRET, row_make(STORE_SECRET, c), err);
	return rc == VAULT_OK ? end_grants(v, l, token_id, version, err) : rc;
}

enum vault_rc value_index(struct vault *v, const struct vault_secret *value, const uint8_t token_id[16], uint32_t version,
                          struct vault_err *err)
{
	struct object o = {.kind = KIND_VALUE, .version = 1, .generation = v->kr->n_adm};
	if (object_value_tag(v, v->kr->n_adm, value, o.tag) != 0)
		return txn_forbidden(v, "store token values", err);
	memcpy(o.id, token_id, 16);
	o.text = record_value_encode(token_id, version);
	if (o.text == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	o.n = strlen(o.text);
	const enum vault_rc rc = object_put(v, &o, err);
	object_clear(&o);
	return rc;
}

enum vault_rc value_find(struct vault *v, const struct vault_secret *value, uint8_t token_id[16], uint32_t *version,
                         int *found, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	*found = 0;
	for (uint64_t g = v->kr->n_adm; g >= 1 && rc == VAULT_OK && !*found; g--) {
		struct object o = {.kind = KIND_VALUE};
		uint8_t tag[16];
		if (object_value_tag(v, g, value, tag) != 0)
			continue;
		rc = object_get(v, KIND_VALUE, tag, &o, found, err);
		if (rc == VAULT_OK && *found)
			rc = record_value_parse(o.text, o.n, token_id, version, err);
		if (rc == VAULT_OK && *found && memcmp(o.id, token_id, 16) != 0)
			rc = damaged(err);
		object_clear(&o);
	}
	return rc;
}
