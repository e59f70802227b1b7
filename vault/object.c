/* object.c - tags, seals and look-ups of objects. L4. */
#include <stdlib.h>
#include <string.h>

#include "object.h"

enum { OBJECT_BLOCK = 256 };

void object_clear(struct object *o)
{
	free(o->text);
	memset(o, 0, sizeof *o);
}

static enum leaf_area area_of(int64_t kind)
{
	return kind == KIND_HANDOVER ? LEAF_LEDGER : LEAF_NAMES;
}

void object_tag(const struct vault *v, int64_t kind, const void *name, size_t n, uint8_t tag[16])
{
	static const uint8_t none[KEY_LEN];
	struct buf b = {.p = NULL};
	const struct keygen *g = keyring_meta(v->kr, v->kr->n_meta);
	buf_label(&b, "smartvault1/tag");
	buf_field_u64(&b, (uint64_t)kind);
	buf_field(&b, name, n);
	hash_keyed(tag, 16, g != NULL ? g->tag : none, b.p, b.n);
	buf_free(&b);
}

int object_value_tag(const struct vault *v, uint64_t generation, const struct vault_secret *value, uint8_t tag[16])
{
	const struct keygen *g = keyring_adm(v->kr, generation);
	if (g == NULL)
		return -1;
	hash_keyed(tag, 16, g->tag, vault_secret_cbytes(value), vault_secret_len(value));
	return 0;
}

static void object_ad(struct buf *ad, const struct vault *v, const struct object *o)
{
	buf_label(ad, "smartvault1/object");
	buf_field(ad, v->vault_id, 16);
	buf_field(ad, o->tag, 16);
	buf_field(ad, o->id, 16);
	buf_field_u64(ad, (uint64_t)o->kind);
	buf_field_u64(ad, o->version);
	buf_field_u64(ad, o->generation);
}

/* A value's column `generation` is that of its tag; its seal has the generation of K_meta in front of the box. */
static enum vault_rc object_open(struct vault *v, const struct row *r, struct object *out, struct vault_err *err)
{
	struct buf ad = {.p = NULL};
	const struct cell *c = r->c;
	memset(out, 0, sizeof *out);
	if (c[OBJ_TAG].n != 16 || c[OBJ_ID].n != 16 || c[OBJ_BOX].n < 8)
		return vault_err_set(err, VAULT_DAMAGED, "a record of the vault is damaged: restore it from a backup");
	memcpy(out->tag, c[OBJ_TAG].p, 16);
	memcpy(out->id, c[OBJ_ID].p, 16);
	out->kind = c[OBJ_KIND].i;
	out->version = (uint64_t)c[OBJ_VERSION].i;
	out->generation = (uint64_t)c[OBJ_GENERATION].i;
	struct rd rd = {.p = c[OBJ_BOX].p, .n = c[OBJ_BOX].n};
	const struct keygen *g = keyring_meta(v->kr, rd_u64(&rd));
	object_ad(&ad, v, out);
	buf_field(&ad, c[OBJ_BOX].p, 8);
	if (g != NULL)
		out->text = (char *)keyring_open_padded(g->seal, rd.p, rd.n, OBJECT_BLOCK, &ad, &out->n);
	buf_free(&ad);
	if (out->text == NULL)
		return vault_err_set(err, VAULT_DAMAGED, "a record of the vault does not open with its key: the vault is damaged");
	return VAULT_OK;
}

static const struct row *find_row(struct leaf *l, const uint8_t tag[16])
{
	for (size_t i = 0; i < l->object.n; i++)
		if (l->object.r[i]->c[OBJ_TAG].n == 16 && memcmp(l->object.r[i]->c[OBJ_TAG].p, tag, 16) == 0)
			return l->object.r[i];
	return NULL;
}

enum vault_rc object_get(struct vault *v, int64_t kind, const uint8_t tag[16], struct object *out, int *found,
                         struct vault_err *err)
{
	struct leaf *l = NULL;
	memset(out, 0, sizeof *out);
	*found = 0;
	if (v->kr->n_meta == 0)
		return txn_forbidden(v, "read what the vault knows of tokens", err);
	enum vault_rc rc = txn_leaf(v, area_of(kind), leaf_of(area_of(kind), tag), &l, err);
	const struct row *r = rc == VAULT_OK ? find_row(l, tag) : NULL;
	if (r == NULL)
		return rc;
	*found = 1;
	if (r->c[OBJ_KIND].i != kind)
		return vault_err_set(err, VAULT_DAMAGED, "a record of the vault is of another kind than its name says");
	return object_open(v, r, out, err);
}

enum vault_rc object_put(struct vault *v, const struct object *o, struct vault_err *err)
{
	struct buf ad = {.p = NULL}, box = {.p = NULL};
	struct object copy = *o;
	struct leaf *l = NULL;
	struct row *row = NULL;
	size_t n = 0;
	const struct keygen *g = keyring_meta(v->kr, v->kr->n_meta);
	enum vault_rc rc = txn_leaf(v, area_of(o->kind), leaf_of(area_of(o->kind), o->tag), &l, err);
	if (rc != VAULT_OK)
		return rc;
	if (o->kind != KIND_VALUE)
		copy.generation = v->kr->n_meta;
	buf_u64(&box, v->kr->n_meta);
	object_ad(&ad, v, &copy);
	buf_field(&ad, box.p, box.n);
	uint8_t *sealed = g == NULL ? NULL : keyring_seal_padded(g->seal, o->text, o->n, OBJECT_BLOCK, &ad, &n);
	if (sealed != NULL) {
		buf_add(&box, sealed, n);
		const struct cell c[] = {
			CELL_BLOB(copy.tag, 16), CELL_BLOB(copy.id, 16), CELL_INT(copy.kind), CELL_INT(copy.version),
			CELL_INT(copy.generation), CELL_BLOB(box.p, box.n),
		};
		row = box.failed ? NULL : row_make(STORE_OBJECT, c);
	}
	free(sealed);
	buf_free(&ad);
	buf_free(&box);
	return txn_put(v, l, STORE_OBJECT, row, err);
}

enum vault_rc object_put_text(struct vault *v, int64_t kind, const uint8_t tag[16], const uint8_t id[16], uint64_t version,
                              char *owned_text, struct vault_err *err)
{
	struct object o = {.kind = kind, .version = version, .text = owned_text};
	if (owned_text == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	memcpy(o.tag, tag, 16);
	memcpy(o.id, id, 16);
	o.n = strlen(owned_text);
	const enum vault_rc rc = object_put(v, &o, err);
	object_clear(&o);
	return rc;
}

enum vault_rc object_remove(struct vault *v, int64_t kind, const uint8_t tag[16], struct vault_err *err)
{
	struct leaf *l = NULL;
	const enum vault_rc rc = txn_leaf(v, area_of(kind), leaf_of(area_of(kind), tag), &l, err);
	const struct row *r = rc == VAULT_OK ? find_row(l, tag) : NULL;
	return r == NULL ? rc : txn_remove(v, l, STORE_OBJECT, r, err);
}

struct wants {
	const struct object_want *w;
	size_t n;
};

static enum vault_rc each_leaf(struct vault *v, struct leaf *l, void *ctx, struct vault_err *err)
{
	const struct wants *all = ctx;
	enum vault_rc rc = VAULT_OK;
	for (size_t i = 0; i < l->object.n && rc == VAULT_OK; i++) {
		struct object o;
		size_t k = 0;
		while (k < all->n && all->w[k].kind != 0 && all->w[k].kind != l->object.r[i]->c[OBJ_KIND].i)
			k++;
		if (k == all->n)
			continue;
		rc = object_open(v, l->object.r[i], &o, err);
		if (rc == VAULT_OK)
			rc = all->w[k].fn(all->w[k].ctx, &o, err);
		object_clear(&o);
	}
	return rc;
}

enum vault_rc object_each_of(struct vault *v, const struct object_want *w, size_t n, struct vault_err *err)
{
	struct wants all = {.w = w, .n = n};
	int names = 0, ledger = 0;
	if (v->kr->n_meta == 0)
		return txn_forbidden(v, "read what the vault knows of tokens", err);
	for (size_t i = 0; i < n; i++) {
		names |= area_of(w[i].kind) == LEAF_NAMES;
		ledger |= area_of(w[i].kind) == LEAF_LEDGER || w[i].kind == 0;
	}
	if (names && ledger)
		return txn_each_object_leaf(v, each_leaf, &all, err);
	return txn_each_leaf(v, ledger ? LEAF_LEDGER : LEAF_NAMES, each_leaf, &all, err);
}

enum vault_rc object_each(struct vault *v, int64_t kind,
                          enum vault_rc (*each)(void *ctx, const struct object *o, struct vault_err *err), void *ctx,
                          struct vault_err *err)
{
	const struct object_want w = {.kind = kind, .fn = each, .ctx = ctx};
	return object_each_of(v, &w, 1, err);
}

void object_all_clear(struct objects *l)
{
	for (size_t i = 0; i < l->n; i++)
		object_clear(&l->o[i]);
	free(l->o);
	memset(l, 0, sizeof *l);
}

struct all {
	struct objects *out;
	size_t cap;
};

static enum vault_rc collect(void *ctx, const struct object *o, struct vault_err *err)
{
	struct all *a = ctx;
	if (a->out->n == a->cap) {
		const size_t cap = a->cap == 0 ? 256 : a->cap * 2;
		struct object *p = realloc(a->out->o, cap * sizeof *p);
		if (p == NULL)
			return vault_err_set(err, VAULT_REFUSED, "out of memory");
		a->out->o = p;
		a->cap = cap;
	}
	struct object *to = &a->out->o[a->out->n];
	*to = *o;
	to->text = malloc(o->n + 1);
	if (to->text == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	memcpy(to->text, o->text, o->n + 1);
	a->out->n++;
	return VAULT_OK;
}

enum vault_rc object_all(struct vault *v, struct objects *out, struct vault_err *err)
{
	struct all a = {.out = out};
	memset(out, 0, sizeof *out);
	const enum vault_rc rc = object_each(v, 0, collect, &a, err);
	if (rc != VAULT_OK)
		object_all_clear(out);
	return rc;
}
