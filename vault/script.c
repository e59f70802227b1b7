/* script.c - lists of labels and grants of values to scripts. L5. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "near.h"
#include "script.h"
#include "value.h"

enum { LABELS_BLOCK = 128, LABELS_VERSION = 1 };

static enum vault_rc bad(struct vault_err *err)
{
	return vault_err_set(err, VAULT_DAMAGED, "what a script may open is damaged: restore the vault from a backup");
}

static enum vault_rc leaf_at(struct vault *v, const uint8_t id[16], struct leaf **l, struct vault_err *err)
{
	return txn_leaf(v, LEAF_TOKENS, leaf_of(LEAF_TOKENS, id), l, err);
}

/* --- the script itself ----------------------------------------------------------------------------------- */

enum vault_rc script_own(struct vault *v, struct record_labels *out, struct vault_err *err)
{
	struct leaf *l = NULL;
	size_t n = 0, len = 0;
	memset(out, 0, sizeof *out);
	enum vault_rc rc = leaf_at(v, v->slot_id, &l, err);
	if (rc != VAULT_OK)
		return rc;
	const struct row *g = roster_grant_find(&l->grant, v->slot_id, v->slot_id, GRANT_LABELS, LABELS_VERSION);
	if (g == NULL || g->c[GRANT_ENDED].i != 0)
		return bad(err);
	uint8_t *plain = malloc(g->c[GRANT_BOX].n + 1);
	if (plain == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	rc = roster_grant_open(g, v->vault_id, v->kr, plain, g->c[GRANT_BOX].n, &n, err);
	if (rc == VAULT_OK && (len = seal_unpad(plain, n, LABELS_BLOCK)) == SIZE_MAX)
		rc = bad(err);
	if (rc == VAULT_OK)
		rc = record_labels_unpack(plain, len, out, err);
	free(plain);
	return rc;
}

enum vault_rc script_find(const struct vault *v, const struct record_labels *own, const char *label,
                          const struct record_label **out, struct vault_err *err)
{
	char near[300] = "";
	*out = NULL;
	for (size_t i = 0; i < own->n; i++)
		if (strcmp(own->l[i].label, label) == 0)
			*out = &own->l[i];
	if (*out != NULL)
		return VAULT_OK;
	const char **names = calloc(own->n + 1, sizeof *names);
	for (size_t i = 0; names != NULL && i < own->n; i++)
		names[i] = own->l[i].label;
	if (names != NULL)
		near_sentence(label, names, own->n, near, sizeof near);
	free(names);
	return vault_err_set(err, VAULT_NOTFOUND, "no token %s is granted to the key slot %s%s: vault list shows what is; an admin "
	                     "grants more by vault access grant", label, v->slot_name, near);
}

static enum vault_rc too_old(const struct vault *v, const struct record_label *l, uint32_t version, struct vault_err *err)
{
	char what[VAULT_LABEL_MAX + 96];
	snprintf(what, sizeof what, "read version %u of %s, which it was not granted", version, l->label);
	return txn_forbidden(v, what, err);
}

enum vault_rc script_value(struct vault *v, const struct record_label *l, uint32_t version, const struct row *row,
                           struct vault_secret **out, struct vault_err *err)
{
	struct leaf *leaf = NULL;
	size_t n = 0;
	*out = NULL;
	enum vault_rc rc = leaf_at(v, l->token_id, &leaf, err);
	if (rc != VAULT_OK)
		return rc;
	const struct row *g = roster_grant_find(&leaf->grant, l->token_id, v->slot_id, GRANT_TOKEN, version);
	if (g == NULL || g->c[GRANT_ENDED].i != 0)
		return too_old(v, l, version, err);
	uint8_t *key = secret_mem(KEY_LEN);
	if (key == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	rc = roster_grant_open(g, v->vault_id, v->kr, key, KEY_LEN, &n, err);
	if (rc == VAULT_OK && n != KEY_LEN)
		rc = bad(err);
	if (rc == VAULT_OK)
		rc = value_open_with(v, row, key, out, err);
	secret_mem_free(key);
	return rc;
}

enum vault_rc script_token(const struct record_label *l, uint32_t newest, struct vault_token *out, struct vault_err *err)
{
	memset(out, 0, sizeof *out);
	memcpy(out->id, l->token_id, VAULT_ID_LEN);
	out->label = strdup(l->label);
	out->region = l->region;
	out->created = out->expires = out->removed_on = VAULT_NO_DAY;
	out->versions = calloc(1, sizeof *out->versions);
	if (out->label == NULL || out->versions == NULL) {
		vault_token_clear(out);
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	}
	out->n_versions = 1;
	out->versions[0] = (struct vault_version){
		.number = newest, .status = VAULT_CURRENT, .has_value = 1, .created = VAULT_NO_DAY,
		.retired = VAULT_NO_DAY, .died = VAULT_NO_DAY, .revoked_said = VAULT_NO_DAY,
	};
	return VAULT_OK;
}

/* As script_token, with the number of the newest version from the token's verified leaf. */
static enum vault_rc known(struct vault *v, const struct record_label *l, struct vault_token *out, struct vault_err *err)
{
	size_t n = 0;
	enum vault_rc rc = value_count(v, l->token_id, &n, err);
	if (rc == VAULT_OK && n == 0)
		rc = bad(err);
	return rc == VAULT_OK ? script_token(l, (uint32_t)n, out, err) : rc;
}

enum vault_rc script_token_find(struct vault *v, const char *label, struct vault_token *out, struct vault_err *err)
{
	struct record_labels own;
	const struct record_label *l = NULL;
	memset(out, 0, sizeof *out);
	enum vault_rc rc = script_own(v, &own, err);
	if (rc == VAULT_OK)
		rc = script_find(v, &own, label, &l, err);
	if (rc == VAULT_OK)
		rc = known(v, l, out, err);
	record_labels_clear(&own);
	return rc;
}

enum vault_rc script_tokens(struct vault *v, struct vault_tokens *out, struct vault_err *err)
{
	struct record_labels own;
	memset(out, 0, sizeof *out);
	enum vault_rc rc = script_own(v, &own, err);
	out->t = calloc(own.n + 1, sizeof *out->t);
	if (rc == VAULT_OK && out->t == NULL)
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	for (size_t i = 0; i < own.n && rc == VAULT_OK; i++) {
		rc = known(v, &own.l[i], &out->t[i], err);
		out->n += (size_t)(rc == VAULT_OK);
	}
	record_labels_clear(&own);
	if (rc != VAULT_OK)
		vault_tokens_clear(out);
	return rc;
}

/* --- lists ----------------------------------------------------------------------------------------------- */

static void labels_tag(const struct vault *v, const uint8_t slot_id[16], uint8_t tag[16])
{
	object_tag(v, KIND_LABELS, slot_id, 16, tag);
}

enum vault_rc script_labels(struct vault *v, const uint8_t slot_id[16], struct record_labels *out, uint64_t *written,
                            struct vault_err *err)
{
	struct object o;
	uint8_t tag[16], inside[16] = {0};
	int found = 0;
	memset(out, 0, sizeof *out);
	labels_tag(v, slot_id, tag);
	enum vault_rc rc = object_get(v, KIND_LABELS, tag, &o, &found, err);
	if (rc == VAULT_OK && !found)
		rc = bad(err);
	else if (rc == VAULT_OK)
		rc = record_labels_parse(o.text, o.n, inside, out, err);
	if (rc == VAULT_OK && (memcmp(inside, slot_id, 16) != 0 || memcmp(o.id, slot_id, 16) != 0))
		rc = bad(err);
	if (rc != VAULT_OK)
		record_labels_clear(out);
	*written = o.version;
	object_clear(&o);
	return rc;
}

/* The one box that the script opens: written in place of the one before. */
static enum vault_rc seal_list(struct vault *v, const struct roster_slot *slot, const struct record_labels *l, struct vault_err *err)
{
	struct buf b = {.p = NULL};
	struct leaf *leaf = NULL;
	enum vault_rc rc = leaf_at(v, slot->id, &leaf, err);
	if (rc != VAULT_OK)
		return rc;
	record_labels_pack(l, &b);
	const size_t cap = b.n + LABELS_BLOCK;
	uint8_t *plain = b.failed ? NULL : malloc(cap);
	struct row *g = NULL;
	if (plain != NULL) {
		if (b.n > 0)
			memcpy(plain, b.p, b.n);
		const size_t n = seal_pad(plain, b.n, cap, LABELS_BLOCK);
		g = roster_grant_make(v->vault_id, slot->id, slot->id, GRANT_LABELS, LABELS_VERSION, v->state.epoch + 1, slot->box_pk, plain, n);
	}
	free(plain);
	buf_free(&b);
	return txn_put(v, leaf, STORE_GRANT, g, err);
}

enum vault_rc script_store(struct vault *v, const struct roster_slot *slot, const struct record_labels *l, uint64_t written,
                           struct vault_err *err)
{
	uint8_t tag[16];
	labels_tag(v, slot->id, tag);
	const enum vault_rc rc = object_put_text(v, KIND_LABELS, tag, slot->id, written + 1, record_labels_encode(slot->id, l), err);
	return rc == VAULT_OK ? seal_list(v, slot, l, err) : rc;
}

/* --- grants ---------------------------------------------------------------------------------------------- */

enum vault_rc script_grant_version(struct vault *v, const struct roster_slot *slot, const uint8_t token_id[16], uint32_t version,
                                   struct vault_err *err)
{
	const struct row *row = NULL;
	struct leaf *l = NULL;
	struct row *g = NULL;
	enum vault_rc rc = value_row(v, token_id, version, &row, err);
	if (rc == VAULT_OK)
		rc = leaf_at(v, token_id, &l, err);
	if (rc == VAULT_OK && (row == NULL || !value_present(row)))
		rc = vault_err_set(err, VAULT_REFUSED, "nobody has the value of that version: there is nothing to grant");
	if (rc != VAULT_OK)
		return rc;
	uint8_t *key = secret_mem(KEY_LEN);
	rc = key == NULL ? vault_err_set(err, VAULT_REFUSED, "out of memory") : value_key(v, row, key, err);
	if (rc == VAULT_OK)
		g = roster_grant_make(v->vault_id, token_id, slot->id, GRANT_TOKEN, version, v->state.epoch + 1, slot->box_pk, key, KEY_LEN);
	secret_mem_free(key);
	return rc == VAULT_OK ? txn_put(v, l, STORE_GRANT, g, err) : rc;
}

enum vault_rc script_grant(struct vault *v, const struct roster_slot *slot, const struct vault_token *t, struct vault_err *err)
{
	const struct vault_version *now = vault_token_current(t);
	struct record_labels l = {.l = NULL};
	uint64_t written = 0;
	enum vault_rc rc = script_labels(v, slot->id, &l, &written, err);
	if (rc == VAULT_OK && record_labels_of(&l, t->id) != NULL)
		rc = vault_err_set(err, VAULT_EXISTS, "%s is granted to %s already", t->label, slot->name);
	if (rc == VAULT_OK && !now->has_value)
		rc = vault_err_set(err, VAULT_REFUSED, "nobody has the value of %s: vault rotate %s stores one, which can be granted", t->label,
		                   t->label);
	if (rc == VAULT_OK)
		rc = script_grant_version(v, slot, t->id, now->number, err);
	if (rc == VAULT_OK)
		rc = record_labels_put(&l, t->label, t->id, t->region, err);
	if (rc == VAULT_OK)
		rc = script_store(v, slot, &l, written, err);
	record_labels_clear(&l);
	return rc;
}

/* Grants of a leaf that stand for the slot: of one object, or of any (NULL). */
static enum vault_rc end_in_leaf(struct vault *v, struct leaf *l, const uint8_t slot_id[16], const uint8_t *object_id,
                                 struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	for (size_t i = 0; i < l->grant.n && rc == VAULT_OK; i++) {
		const struct cell *c = l->grant.r[i]->c;
		if (c[GRANT_ENDED].i == 0 && c[GRANT_SLOT].n == 16 && memcmp(c[GRANT_SLOT].p, slot_id, 16) == 0 &&
		    (object_id == NULL || memcmp(c[GRANT_OBJECT].p, object_id, 16) == 0))
			rc = txn_put(v, l, STORE_GRANT, roster_grant_ended(l->grant.r[i], v->state.epoch + 1), err);
	}
	return rc;
}

enum vault_rc script_revoke(struct vault *v, const struct roster_slot *slot, const struct vault_token *t, struct vault_err *err)
{
	struct record_labels l = {.l = NULL};
	struct leaf *leaf = NULL;
	uint64_t written = 0;
	enum vault_rc rc = script_labels(v, slot->id, &l, &written, err);
	if (rc == VAULT_OK && record_labels_of(&l, t->id) == NULL)
		rc = vault_err_set(err, VAULT_NOTFOUND, "%s is not granted to %s", t->label, slot->name);
	if (rc == VAULT_OK)
		rc = leaf_at(v, t->id, &leaf, err);
	if (rc == VAULT_OK)
		rc = end_in_leaf(v, leaf, slot->id, t->id, err);
	if (rc == VAULT_OK) {
		record_labels_drop(&l, t->id);
		rc = script_store(v, slot, &l, written, err);
	}
	record_labels_clear(&l);
	return rc;
}

enum vault_rc script_hand_on(struct vault *v, const uint8_t old_id[16], const struct roster_slot *slot, const uint8_t token_id[16],
                             struct vault_err *err)
{
	const int64_t now = (int64_t)v->state.epoch + 1;
	struct leaf *l = NULL;
	size_t n = 0;
	enum vault_rc rc = leaf_at(v, token_id, &l, err);
	if (rc == VAULT_OK)
		rc = value_count(v, token_id, &n, err);
	for (uint32_t version = 1; version <= n && rc == VAULT_OK; version++) {
		const struct row *g = roster_grant_find(&l->grant, token_id, old_id, GRANT_TOKEN, version);
		if (g != NULL && g->c[GRANT_ENDED].i == now)
			rc = script_grant_version(v, slot, token_id, version, err);
	}
	return rc;
}

/* Which leaves hold a standing grant of the slot: a set, so all of them are looked at. */
struct holding {
	const uint8_t *slot_id;
	uint8_t leaf[LEAF_TOKENS_N];
};

static enum vault_rc look(struct vault *v, struct leaf *l, void *ctx, struct vault_err *err)
{
	struct holding *h = ctx;
	(void)v;
	(void)err;
	for (size_t i = 0; i < l->grant.n; i++) {
		const struct cell *c = l->grant.r[i]->c;
		if (c[GRANT_ENDED].i == 0 && c[GRANT_SLOT].n == 16 && memcmp(c[GRANT_SLOT].p, h->slot_id, 16) == 0)
			h->leaf[l->number] = 1;
	}
	return VAULT_OK;
}

enum vault_rc script_end(struct vault *v, const struct roster_slot *slot, struct vault_err *err)
{
	struct holding h = {.slot_id = slot->id};
	uint8_t tag[16];
	enum vault_rc rc = txn_each_leaf(v, LEAF_TOKENS, look, &h, err);
	for (unsigned i = 0; i < LEAF_TOKENS_N && rc == VAULT_OK; i++) {
		struct leaf *l = NULL;
		if (h.leaf[i] == 0)
			continue;
		rc = txn_leaf(v, LEAF_TOKENS, i, &l, err);
		if (rc == VAULT_OK)
			rc = end_in_leaf(v, l, slot->id, NULL, err);
	}
	labels_tag(v, slot->id, tag);
	return rc == VAULT_OK ? object_remove(v, KIND_LABELS, tag, err) : rc;
}

/* --- following a token ----------------------------------------------------------------------------------- */

/* Slots with a standing TOKEN grant of a token, each once, ascending; `*ids` is to be freed. */
static enum vault_rc slots_of(struct vault *v, const uint8_t token_id[16], uint8_t (**ids)[16], size_t *n, struct vault_err *err)
{
	struct leaf *l = NULL;
	*ids = NULL;
	*n = 0;
	enum vault_rc rc = leaf_at(v, token_id, &l, err);
	if (rc != VAULT_OK || l->grant.n == 0)
		return rc;
	*ids = calloc(l->grant.n, sizeof **ids);
	if (*ids == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	/* By the key's order a slot's versions stand together. */
	for (size_t i = 0; i < l->grant.n; i++) {
		const struct cell *c = l->grant.r[i]->c;
		if (c[GRANT_KIND].i != GRANT_TOKEN || c[GRANT_ENDED].i != 0 || c[GRANT_OBJECT].n != 16 || c[GRANT_SLOT].n != 16 ||
		    memcmp(c[GRANT_OBJECT].p, token_id, 16) != 0)
			continue;
		if (*n == 0 || memcmp((*ids)[*n - 1], c[GRANT_SLOT].p, 16) != 0)
			memcpy((*ids)[(*n)++], c[GRANT_SLOT].p, 16);
	}
	return VAULT_OK;
}

/* For each script that has a grant of the token. */
static enum vault_rc each_script(struct vault *v, const struct vault_token *t,
                                 enum vault_rc (*fn)(struct vault *v, const struct roster_slot *s, const struct vault_token *t,
                                                     struct vault_err *err),
                                 struct vault_err *err)
{
	uint8_t (*ids)[16] = NULL;
	size_t n = 0;
	enum vault_rc rc = slots_of(v, t->id, &ids, &n, err);
	for (size_t i = 0; i < n && rc == VAULT_OK; i++) {
		const struct roster_slot *s = roster_slot(&v->roster, ids[i]);
		rc = s == NULL || !s->active || s->role != VAULT_ROLE_SCRIPT ? bad(err) : fn(v, s, t, err);
	}
	free(ids);
	return rc;
}

static enum vault_rc grant_newest(struct vault *v, const struct roster_slot *s, const struct vault_token *t, struct vault_err *err)
{
	return script_grant_version(v, s, t->id, vault_token_current(t)->number, err);
}

enum vault_rc script_rotated(struct vault *v, const struct vault_token *t, struct vault_err *err)
{
	return each_script(v, t, grant_newest, err);
}

static enum vault_rc list_anew(struct vault *v, const struct roster_slot *s, const struct vault_token *t, struct vault_err *err)
{
	struct record_labels l = {.l = NULL};
	uint64_t written = 0;
	enum vault_rc rc = script_labels(v, s->id, &l, &written, err);
	if (rc == VAULT_OK && t->removed)
		record_labels_drop(&l, t->id);
	else if (rc == VAULT_OK)
		rc = record_labels_put(&l, t->label, t->id, t->region, err);
	if (rc == VAULT_OK)
		rc = script_store(v, s, &l, written, err);
	record_labels_clear(&l);
	return rc;
}

enum vault_rc script_renamed(struct vault *v, const struct vault_token *t, struct vault_err *err)
{
	return each_script(v, t, list_anew, err);
}
