/* restore_apply.c - objects and secrets of the backup into the vault, under its newest keys. L7, of restore's room. */
#include <stdlib.h>
#include <string.h>

#include "object.h"
#include "record.h"
#include "restore_int.h"
#include "script.h"
#include "token.h"
#include "turnover.h"
#include "value.h"

/* The rows of secret of one file by key: turnover_secrets gives them in order of leaves, and so of ids. */
static const struct row *secret_of(const struct rows *l, const uint8_t *token_id, int64_t version)
{
	size_t lo = 0, hi = l->n;
	while (lo < hi) {
		const size_t mid = lo + (hi - lo) / 2;
		const struct cell *c = l->r[mid]->c;
		const int d = memcmp(c[SEC_TOKEN].p, token_id, 16);
		if (d == 0 && c[SEC_VERSION].i == version)
			return l->r[mid];
		if (d < 0 || (d == 0 && c[SEC_VERSION].i < version))
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

/* --- objects --------------------------------------------------------------------------------------------- */

/* A live value is filed by value_move, and a list of labels is of now, not of then. */
static int filed_apart(const struct rows *secrets, const struct object *o)
{
	uint8_t token_id[16];
	uint32_t version = 0;
	if (o->kind == KIND_LABELS)
		return 1;
	if (o->kind != KIND_VALUE || record_value_parse(o->text, o->n, token_id, &version, NULL) != VAULT_OK)
		return 0;
	const struct row *r = secret_of(secrets, token_id, version);
	return r != NULL && value_present(r);
}

static enum vault_rc put_objects(struct vault *v, struct vault *b, const struct rows *secrets, struct vault_err *err)
{
	struct objects objects = {.o = NULL};
	enum vault_rc rc = object_all(b, &objects, err);
	for (size_t i = 0; i < objects.n && rc == VAULT_OK; i++)
		if (!filed_apart(secrets, &objects.o[i]))
			rc = turnover_file(v, &objects.o[i], err);
	object_all_clear(&objects);
	return rc;
}

/* --- secrets --------------------------------------------------------------------------------------------- */

/* Versions that the backup has not go; the others are replaced, and keep their added_epoch: what could be read, and by whom,
 * stays known. */
static enum vault_rc put_secrets(struct vault *v, struct vault *b, const struct rows *secrets, struct vault_err *err)
{
	struct rows now = {.r = NULL};
	enum vault_rc rc = turnover_secrets(v, &now, err);
	for (size_t i = 0; i < now.n && rc == VAULT_OK; i++) {
		const struct cell *c = now.r[i]->c;
		struct leaf *l = NULL;
		if (secret_of(secrets, c[SEC_TOKEN].p, c[SEC_VERSION].i) != NULL)
			continue;
		rc = txn_leaf(v, LEAF_TOKENS, leaf_of(LEAF_TOKENS, c[SEC_TOKEN].p), &l, err);
		if (rc == VAULT_OK)
			rc = txn_remove(v, l, STORE_SECRET, now.r[i], err);
	}
	for (size_t i = 0; i < secrets->n && rc == VAULT_OK; i++)
		rc = value_move(b, v, secrets->r[i], (uint64_t)secrets->r[i]->c[SEC_ADDED].i, err);
	rows_clear(&now);
	return rc;
}

/* --- scripts --------------------------------------------------------------------------------------------- */

struct script {
	const struct roster_slot *slot;
	struct record_labels had, has;
	uint64_t written;
};

/* Active scripts and what they are granted now, before the lists are taken out with all other objects. */
static enum vault_rc scripts_read(struct vault *v, struct script **out, size_t *n, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	*n = 0;
	*out = calloc(v->roster.n_slots + 1, sizeof **out);
	if (*out == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	for (size_t i = 0; i < v->roster.n_slots && rc == VAULT_OK; i++) {
		const struct roster_slot *s = &v->roster.slots[i];
		if (!s->active || s->role != VAULT_ROLE_SCRIPT)
			continue;
		(*out)[*n].slot = s;
		rc = script_labels(v, s->id, &(*out)[*n].had, &(*out)[*n].written, err);
		(*n)++;
	}
	return rc;
}

static void scripts_free(struct script **list, size_t n)
{
	for (size_t i = 0; *list != NULL && i < n; i++) {
		record_labels_clear(&(*list)[i].had);
		record_labels_clear(&(*list)[i].has);
	}
	free(*list);
	*list = NULL;
}

/* Grants of one leaf. What the version of a grant was is gone with the version: the row goes, since its number is given out
 * again. One that stands is sealed anew where the script still has the token and there is a value, else ended. */
static enum vault_rc regrant_leaf(struct vault *v, const struct rows *secrets, const struct script *list, size_t n,
                                  struct leaf *l, struct vault_err *err)
{
	struct rows old = {.r = NULL};
	enum vault_rc rc = VAULT_OK;
	for (size_t i = 0; i < l->grant.n && rc == VAULT_OK; i++)
		if (l->grant.r[i]->c[GRANT_KIND].i == GRANT_TOKEN && rows_push(&old, row_make(STORE_GRANT, l->grant.r[i]->c)) != 0)
			rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	for (size_t i = 0; i < old.n && rc == VAULT_OK; i++) {
		const struct cell *c = old.r[i]->c;
		if (c[GRANT_OBJECT].n != 16 || c[GRANT_SLOT].n != 16) {
			rc = vault_err_set(err, VAULT_DAMAGED, "a grant of the vault is damaged: restore the vault from a backup");
			break;
		}
		const struct row *s = secret_of(secrets, c[GRANT_OBJECT].p, c[GRANT_VERSION].i);
		const struct script *of = NULL;
		for (size_t k = 0; k < n; k++)
			if (memcmp(list[k].slot->id, c[GRANT_SLOT].p, 16) == 0 && record_labels_of(&list[k].has, c[GRANT_OBJECT].p) != NULL)
				of = &list[k];
		if (s == NULL)
			rc = txn_remove(v, l, STORE_GRANT, old.r[i], err);
		else if (c[GRANT_ENDED].i == 0 && of != NULL && value_present(s))
			rc = script_grant_version(v, of->slot, c[GRANT_OBJECT].p, (uint32_t)c[GRANT_VERSION].i, err);
		else if (c[GRANT_ENDED].i == 0)
			rc = txn_put(v, l, STORE_GRANT, roster_grant_ended(old.r[i], v->state.epoch + 1), err);
	}
	rows_clear(&old);
	return rc;
}

static enum vault_rc mark_leaf(struct vault *v, struct leaf *l, void *ctx, struct vault_err *err)
{
	uint8_t *has = ctx;
	(void)v;
	(void)err;
	has[l->number] = l->grant.n > 0;
	return VAULT_OK;
}

static enum vault_rc regrant(struct vault *v, const struct rows *secrets, const struct script *list, size_t n, struct vault_err *err)
{
	uint8_t *has = calloc(1, LEAF_TOKENS_N);
	if (has == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	enum vault_rc rc = txn_each_leaf(v, LEAF_TOKENS, mark_leaf, has, err);
	for (unsigned i = 0; i < LEAF_TOKENS_N && rc == VAULT_OK; i++) {
		struct leaf *l = NULL;
		if (has[i] == 0)
			continue;
		rc = txn_leaf(v, LEAF_TOKENS, i, &l, err);
		if (rc == VAULT_OK)
			rc = regrant_leaf(v, secrets, list, n, l, err);
	}
	free(has);
	return rc;
}

/* The list of a script: the ids it is granted now, under the labels of then, as far as there is a value to open; and a grant of
 * each current version. */
static enum vault_rc relabel(struct vault *v, const struct vault_tokens *tokens, struct script *s, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	for (size_t i = 0; i < tokens->n && rc == VAULT_OK; i++) {
		const struct vault_token *t = &tokens->t[i];
		if (!t->removed && vault_token_current(t)->has_value && record_labels_of(&s->had, t->id) != NULL)
			rc = record_labels_put(&s->has, t->label, t->id, t->region, err);
	}
	return rc == VAULT_OK ? script_store(v, s->slot, &s->has, s->written, err) : rc;
}

static enum vault_rc grant_current(struct vault *v, const struct vault_tokens *tokens, const struct script *s, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	for (size_t i = 0; i < tokens->n && rc == VAULT_OK; i++)
		if (record_labels_of(&s->has, tokens->t[i].id) != NULL)
			rc = script_grant_version(v, s->slot, tokens->t[i].id, vault_token_current(&tokens->t[i])->number, err);
	return rc;
}

static enum vault_rc put_scripts(struct vault *v, struct vault *b, const struct rows *secrets, struct script *list, size_t n,
                                 struct vault_err *err)
{
	struct vault_tokens tokens = {.t = NULL};
	enum vault_rc rc = vault_token_all(b, &tokens, err);
	for (size_t i = 0; i < n && rc == VAULT_OK; i++)
		rc = relabel(v, &tokens, &list[i], err);
	if (rc == VAULT_OK)
		rc = regrant(v, secrets, list, n, err);
	for (size_t i = 0; i < n && rc == VAULT_OK; i++)
		rc = grant_current(v, &tokens, &list[i], err);
	vault_tokens_clear(&tokens);
	return rc;
}

enum vault_rc restore_apply(struct vault *v, struct vault *b, struct vault_err *err)
{
	struct rows secrets = {.r = NULL};
	struct script *list = NULL;
	size_t n = 0;
	enum vault_rc rc = turnover_secrets(b, &secrets, err);
	if (rc == VAULT_OK)
		rc = scripts_read(v, &list, &n, err);
	if (rc == VAULT_OK)
		rc = turnover_clear(v, err);
	if (rc == VAULT_OK)
		rc = put_objects(v, b, &secrets, err);
	if (rc == VAULT_OK)
		rc = put_secrets(v, b, &secrets, err);
	if (rc == VAULT_OK)
		rc = put_scripts(v, b, &secrets, list, n, err);
	scripts_free(&list, n);
	rows_clear(&secrets);
	return rc;
}
