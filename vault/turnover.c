/* turnover.c - who left knows the old keys: nothing written from now on may open with them. L5. */
#include <stdlib.h>
#include <string.h>

#include "ledger.h"
#include "record.h"
#include "script.h"
#include "settings.h"
#include "slot.h"
#include "token.h"
#include "turnover.h"
#include "value.h"

/* --- filing ---------------------------------------------------------------------------------------------- */

/* The tag that the object's own content asks for under the newest K_meta. */
static enum vault_rc tag_of(const struct vault *v, const struct object *o, uint8_t tag[16], struct vault_err *err)
{
	struct vault_token t = {.label = NULL};
	struct vault_vendor vendor = {.name = NULL};
	struct vault_handover h = {.to = NULL};
	enum vault_rc rc = VAULT_OK;
	switch (o->kind) {
	case KIND_TOKEN:
		rc = record_token_parse(o->text, o->n, &t, err);
		if (rc == VAULT_OK)
			token_tag(v, &t, tag);
		vault_token_clear(&t);
		return rc;
	case KIND_VENDOR:
		rc = record_vendor_parse(o->text, o->n, &vendor, err);
		if (rc == VAULT_OK)
			ledger_vendor_tag(v, vendor.name, tag);
		vault_vendor_clear(&vendor);
		return rc;
	case KIND_HANDOVER:
		rc = record_handover_parse(o->text, o->n, &h, err);
		if (rc == VAULT_OK)
			ledger_tag(v, h.token_id, h.vendor_id, h.to, tag);
		vault_handover_clear(&h);
		return rc;
	case KIND_VALUE:
		memcpy(tag, o->tag, 16);
		return VAULT_OK;
	case KIND_LABELS:
		object_tag(v, KIND_LABELS, o->id, 16, tag);
		return VAULT_OK;
	case KIND_POLICY:
		settings_tag(v, tag);
		return VAULT_OK;
	default:
		return vault_err_set(err, VAULT_FORMAT, "the vault has records of a newer program, which this one cannot seal anew: use "
		                     "that one");
	}
}

enum vault_rc turnover_file(struct vault *v, const struct object *o, struct vault_err *err)
{
	struct object now = *o;
	const enum vault_rc rc = tag_of(v, o, now.tag, err);
	now.version = o->version + 1;
	return rc == VAULT_OK ? object_put(v, &now, err) : rc;
}

struct gather {
	struct rows *out;         /* copies of secret rows, or NULL */
	uint8_t *names, *ledger;  /* leaves with objects, or NULL */
};

static enum vault_rc look(struct vault *v, struct leaf *l, void *ctx, struct vault_err *err)
{
	struct gather *g = ctx;
	(void)v;
	for (size_t i = 0; g->out != NULL && i < l->secret.n; i++)
		if (rows_push(g->out, row_make(STORE_SECRET, l->secret.r[i]->c)) != 0)
			return vault_err_set(err, VAULT_REFUSED, "out of memory");
	if (g->out == NULL && l->object.n > 0)
		(l->area == LEAF_NAMES ? g->names : g->ledger)[l->number] = 1;
	return VAULT_OK;
}

enum vault_rc turnover_secrets(struct vault *v, struct rows *out, struct vault_err *err)
{
	struct gather g = {.out = out};
	return txn_each_leaf(v, LEAF_TOKENS, look, &g, err);
}

static enum vault_rc clear_leaves(struct vault *v, enum leaf_area area, const uint8_t *has, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	for (unsigned i = 0; i < leaf_count(area) && rc == VAULT_OK; i++) {
		struct leaf *l = NULL;
		if (has[i] == 0)
			continue;
		rc = txn_leaf(v, area, i, &l, err);
		while (rc == VAULT_OK && l->object.n > 0)
			rc = txn_remove(v, l, STORE_OBJECT, l->object.r[l->object.n - 1], err);
	}
	return rc;
}

enum vault_rc turnover_clear(struct vault *v, struct vault_err *err)
{
	uint8_t *has = calloc(1, LEAF_NAMES_N + LEAF_LEDGER_N);
	struct gather g = {.names = has, .ledger = has != NULL ? has + LEAF_NAMES_N : NULL};
	if (has == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	enum vault_rc rc = txn_each_leaf(v, LEAF_NAMES, look, &g, err);
	if (rc == VAULT_OK)
		rc = txn_each_leaf(v, LEAF_LEDGER, look, &g, err);
	if (rc == VAULT_OK)
		rc = clear_leaves(v, LEAF_NAMES, g.names, err);
	if (rc == VAULT_OK)
		rc = clear_leaves(v, LEAF_LEDGER, g.ledger, err);
	free(has);
	return rc;
}

/* --- generations ----------------------------------------------------------------------------------------- */

/* The row of the new generation; its key into the keyring. */
static enum vault_rc new_key(struct vault *v, int kind, struct vault_err *err)
{
	struct keygen *g = NULL;
	enum vault_rc rc = keyring_grow(v->kr, kind, &g, err);
	if (rc != VAULT_OK)
		return rc;
	const uint64_t n = kind == KIND_META ? v->kr->n_meta : v->kr->n_adm;
	secret_random(g->key, KEY_LEN);
	keyring_children(g, kind);
	return txn_put(v, v->roster.leaf, STORE_KEY, roster_key_make(v->vault_id, kind, n, g, (g - 1)->key), err);
}

/* A grant of an older generation that stands, of a slot that gets the new one: the new one leads back to it. */
static enum vault_rc end_older(struct vault *v, int kind, struct vault_err *err)
{
	struct leaf *l = v->roster.leaf;
	const uint64_t newest = kind == GRANT_META ? v->kr->n_meta : v->kr->n_adm;
	enum vault_rc rc = VAULT_OK;
	for (size_t i = 0; i < l->grant.n && rc == VAULT_OK; i++) {
		const struct cell *c = l->grant.r[i]->c;
		if (c[GRANT_KIND].i == kind && c[GRANT_ENDED].i == 0 && (uint64_t)c[GRANT_VERSION].i < newest)
			rc = txn_put(v, l, STORE_GRANT, roster_grant_ended(l->grant.r[i], v->state.epoch + 1), err);
	}
	return rc;
}

/* To every active slot the generations of its role that are new; SIGN stays. */
static enum vault_rc regrant(struct vault *v, int adm, struct vault_err *err)
{
	const unsigned fresh = 1u << GRANT_META | (adm ? 1u << GRANT_KEYS : 0);
	enum vault_rc rc = VAULT_OK;
	for (size_t i = 0; i < v->roster.n_slots && rc == VAULT_OK; i++) {
		const struct roster_slot *s = &v->roster.slots[i];
		struct rows made = {.r = NULL};
		if (!s->active)
			continue;
		rc = slot_grants(v->vault_id, s->id, s->role, s->box_pk, v->kr, v->state.epoch + 1, &made, err);
		for (size_t k = 0; k < made.n && rc == VAULT_OK; k++) {
			if ((fresh & 1u << made.r[k]->c[GRANT_KIND].i) == 0)
				continue;
			rc = txn_put(v, v->roster.leaf, STORE_GRANT, made.r[k], err);
			made.r[k] = NULL;
		}
		rows_clear(&made);
	}
	if (rc == VAULT_OK)
		rc = end_older(v, GRANT_META, err);
	return rc == VAULT_OK && adm ? end_older(v, GRANT_KEYS, err) : rc;
}

int turnover_is_live(const struct rows *secrets, const struct object *o)
{
	uint8_t token_id[16];
	uint32_t version = 0;
	if (o->kind != KIND_VALUE || record_value_parse(o->text, o->n, token_id, &version, NULL) != VAULT_OK)
		return 0;
	/* Rows are in order of leaves, and within one by key: a binary search by key holds. */
	size_t lo = 0, hi = secrets->n;
	while (lo < hi) {
		const size_t mid = lo + (hi - lo) / 2;
		const struct cell *c = secrets->r[mid]->c;
		const int d = memcmp(c[SEC_TOKEN].p, token_id, 16);
		if (d < 0 || (d == 0 && c[SEC_VERSION].i < version))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < secrets->n && memcmp(secrets->r[lo]->c[SEC_TOKEN].p, token_id, 16) == 0 &&
	       secrets->r[lo]->c[SEC_VERSION].i == version && value_present(secrets->r[lo]);
}

enum vault_rc turnover(struct vault *v, int adm, struct vault_err *err)
{
	struct objects objects = {.o = NULL};
	struct rows secrets = {.r = NULL};
	enum vault_rc rc = object_all(v, &objects, err);
	if (rc == VAULT_OK && adm)
		rc = turnover_secrets(v, &secrets, err);
	if (rc == VAULT_OK)
		rc = turnover_clear(v, err);
	if (rc == VAULT_OK)
		rc = new_key(v, KIND_META, err);
	if (rc == VAULT_OK && adm)
		rc = new_key(v, KIND_ADM, err);
	if (rc == VAULT_OK)
		rc = regrant(v, adm, err);
	for (size_t i = 0; i < objects.n && rc == VAULT_OK; i++)
		if (!adm || !turnover_is_live(&secrets, &objects.o[i]))
			rc = turnover_file(v, &objects.o[i], err);
	for (size_t i = 0; i < secrets.n && rc == VAULT_OK; i++)
		rc = value_move(v, v, secrets.r[i], (uint64_t)secrets.r[i]->c[SEC_ADDED].i, err);
	rows_clear(&secrets);
	object_all_clear(&objects);
	return rc;
}
