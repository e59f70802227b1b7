/* token_change.c - storing, rotating, removing tokens. L5. */
#include <stdlib.h>
#include <string.h>

#include <vault/ledger.h>
#include <vault/policy.h>

#include "record.h"
#include "script.h"
#include "token.h"
#include "value.h"

enum vault_rc token_put(struct vault *v, const struct vault_token *t, uint64_t version, struct vault_err *err)
{
	uint8_t tag[16];
	token_tag(v, t, tag);
	return object_put_text(v, KIND_TOKEN, tag, t->id, version, record_token_encode(t), err);
}

struct vault_version *token_new_version(struct vault_token *t)
{
	struct vault_version *p = realloc(t->versions, (t->n_versions + 1) * sizeof *p);
	if (p == NULL)
		return NULL;
	t->versions = p;
	struct vault_version *ver = &p[t->n_versions++];
	memset(ver, 0, sizeof *ver);
	ver->number = (uint32_t)t->n_versions;
	ver->status = VAULT_CURRENT;
	ver->retired = ver->died = ver->revoked_said = VAULT_NO_DAY;
	return ver;
}

/* --- is the value new ------------------------------------------------------------------------------------ */

struct by_id {
	const uint8_t *id;
	char *label;
};

static enum vault_rc find_id(void *ctx, const struct object *o, struct vault_err *err)
{
	struct by_id *b = ctx;
	struct vault_token t;
	if (memcmp(o->id, b->id, VAULT_ID_LEN) != 0)
		return VAULT_OK;
	const enum vault_rc rc = record_token_parse(o->text, o->n, &t, err);
	if (rc == VAULT_OK) {
		b->label = t.label;
		t.label = NULL;
		vault_token_clear(&t);
	}
	return rc;
}

enum vault_rc vault_value_is_new(struct vault *v, const struct vault_secret *value, struct vault_err *err)
{
	uint8_t id[16];
	uint32_t version = 0;
	int found = 0;
	const struct row *r = NULL;
	enum vault_rc rc = value_find(v, value, id, &version, &found, err);
	if (rc == VAULT_OK && found)
		rc = value_row(v, id, version, &r, err);
	if (rc != VAULT_OK || !found || r == NULL || !value_present(r)) /* dead and removed ones don't count */
		return rc;
	struct by_id b = {.id = id};
	rc = object_each(v, KIND_TOKEN, find_id, &b, err);
	if (rc == VAULT_OK)
		rc = vault_err_set(err, VAULT_EXISTS, "this value is in the vault already: token %s, version %u",
		                   b.label != NULL ? b.label : "?", version);
	free(b.label);
	return rc;
}

/* --- add ------------------------------------------------------------------------------------------------- */

static enum vault_rc copy_str(char **to, const char *from, struct vault_err *err)
{
	*to = from != NULL ? strdup(from) : NULL;
	return from != NULL && *to == NULL ? vault_err_set(err, VAULT_REFUSED, "out of memory") : VAULT_OK;
}

static enum vault_rc check_fields(const struct vault_token *t, struct vault_err *err)
{
	enum vault_rc rc = vault_email_check("--account", t->account, err);
	if (rc == VAULT_OK)
		rc = vault_license_check(t->license, err);
	if (rc == VAULT_OK && t->plan != NULL)
		rc = vault_plan_check(t->plan, err);
	if (rc == VAULT_OK && t->owner != NULL)
		rc = vault_email_check("--owner", t->owner, err);
	if (rc == VAULT_OK && t->note != NULL)
		rc = vault_text_check("--note", t->note, err);
	for (size_t i = 0; i < t->tags.n && rc == VAULT_OK; i++)
		rc = vault_text_check("--tag", t->tags.s[i], err);
	return rc;
}

/* The caller's fields, none of its memory. */
static enum vault_rc build(struct vault *v, const struct vault_token *t, int has_value, struct vault_token *out,
                           struct vault_err *err)
{
	enum vault_rc rc = copy_str(&out->label, t->label, err);
	if (rc == VAULT_OK)
		rc = copy_str(&out->account, t->account, err);
	if (rc == VAULT_OK)
		rc = copy_str(&out->license, t->license, err);
	if (rc == VAULT_OK)
		rc = copy_str(&out->plan, t->plan, err);
	if (rc == VAULT_OK)
		rc = copy_str(&out->owner, t->owner, err);
	if (rc == VAULT_OK)
		rc = copy_str(&out->note, t->note, err);
	for (size_t i = 0; i < t->tags.n && rc == VAULT_OK; i++)
		rc = vault_strings_add(&out->tags, t->tags.s[i], err);
	if (rc != VAULT_OK)
		return rc;
	handle_new_id(v, out->id);
	out->region = t->region;
	out->removed_on = VAULT_NO_DAY;
	out->created = t->created != VAULT_NO_DAY ? t->created : vault_today(v);
	out->rotate_every_days = t->rotate_every_days;
	out->expires = t->expires;
	struct vault_version *ver = token_new_version(out);
	if (ver == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	ver->created = out->created;
	ver->has_value = has_value;
	return copy_str(&ver->smartsheet_name, t->n_versions > 0 ? t->versions[0].smartsheet_name : NULL, err);
}

static enum vault_rc check_eligible(const struct vault_token *t, unsigned flags, struct vault_err *err)
{
	const char *why = "";
	if (vault_eligible(t->license, t->plan, &why) != VAULT_ELIGIBLE_NO || (flags & VAULT_FORCE) != 0)
		return VAULT_OK;
	return vault_err_set(err, VAULT_REFUSED, "such a user cannot have a token: %s; correct --license or --plan, or --force to "
	                     "store it all the same", why);
}

enum vault_rc vault_token_add(struct vault *v, const struct vault_token *t, struct vault_secret *value, unsigned flags,
                              struct vault_token *out, struct vault_err *err)
{
	struct vault_token made = {.label = NULL};
	enum vault_rc rc = check_fields(t, err);
	if (rc == VAULT_OK)
		rc = vault_label_free(v, t->label, err);
	if (rc == VAULT_OK && value != NULL)
		rc = vault_value_clean(value, NULL, err);
	if (rc == VAULT_OK && value != NULL)
		rc = vault_value_is_new(v, value, err);
	if (rc == VAULT_OK)
		rc = check_eligible(t, flags, err);
	if (rc == VAULT_OK)
		rc = build(v, t, value != NULL, &made, err);
	if (rc == VAULT_OK)
		rc = value_store(v, made.id, 1, value, made.versions[0].commit, err);
	if (rc == VAULT_OK && value != NULL)
		rc = value_index(v, value, made.id, 1, err);
	if (rc == VAULT_OK)
		rc = token_put(v, &made, 1, err);
	if (rc == VAULT_OK)
		txn_action(v, ACTION_ADD, made.id, token_detail(made.label, 1, NULL));
	if (rc == VAULT_OK && out != NULL)
		*out = made;
	else
		vault_token_clear(&made);
	return rc;
}

/* --- rotate ---------------------------------------------------------------------------------------------- */

/* The old version retires; on the admin's word alone it is dead only where nobody has its value to prove it with. */
static void retire(struct vault_version *old, const struct vault_rotation *how, int64_t day)
{
	old->status = VAULT_RETIRED;
	old->retired = day;
	old->revoked_said = how->old_revoked;
	if (how->old_revoked != VAULT_NO_DAY && !old->has_value) {
		old->status = VAULT_DEAD;
		old->died = how->old_revoked;
		old->on_word = 1;
	}
}

static enum vault_rc keep_verdict(struct vault *v, const struct vault_token *t, const struct vault_version *ver,
                                  const struct vault_verdict *verdict, struct vault_err *err)
{
	if (verdict == NULL)
		return VAULT_OK;
	struct vault_verdict *more = realloc(v->after.v, (v->after.n + 1) * sizeof *more);
	if (more == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	v->after.v = more;
	struct vault_verdict *copy = &more[v->after.n];
	const enum vault_rc rc = vault_verdict_copy(copy, verdict, err);
	if (rc != VAULT_OK)
		return rc;
	v->after.n++;
	memcpy(copy->token_id, t->id, VAULT_ID_LEN);
	copy->version = ver->number;
	memcpy(copy->commit, ver->commit, VAULT_COMMIT_LEN);
	return VAULT_OK;
}

static enum vault_rc check_dates(const struct vault_version *old, int64_t day, const struct vault_rotation *how,
                                 struct vault_err *err)
{
	if (day < old->created)
		return vault_err_set(err, VAULT_REFUSED, "--date is before the day the old value was made");
	if (how->old_revoked != VAULT_NO_DAY && how->old_revoked < old->created)
		return vault_err_set(err, VAULT_REFUSED, "--old-revoked is before the day the old value was made");
	return VAULT_OK;
}

enum vault_rc vault_token_rotate(struct vault *v, const char *label, struct vault_secret *value,
                                 const struct vault_rotation *how, struct vault_token *out, struct vault_err *err)
{
	struct token_entry e;
	struct vault_version *ver = NULL;
	const int64_t day = how->date != VAULT_NO_DAY ? how->date : vault_today(v);
	enum vault_rc rc = token_find(v, label, &e, err);
	if (rc == VAULT_OK && how->expected != 0 && vault_token_current(&e.t)->number != how->expected)
		rc = vault_err_set(err, VAULT_BUSY, "token %s was rotated meanwhile (now version %u): look at it, then repeat", label,
		                   vault_token_current(&e.t)->number);
	if (rc == VAULT_OK)
		rc = vault_value_clean(value, NULL, err);
	if (rc == VAULT_OK)
		rc = vault_value_is_new(v, value, err);
	if (rc == VAULT_OK)
		rc = check_dates(&e.t.versions[e.t.n_versions - 1], day, how, err);
	if (rc == VAULT_OK && (ver = token_new_version(&e.t)) == NULL)
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	if (rc == VAULT_OK) {
		retire(ver - 1, how, day);
		ver->created = day;
		ver->has_value = 1;
		ver->unchecked = how->unchecked;
		rc = copy_str(&ver->smartsheet_name, how->smartsheet_name, err);
	}
	if (rc == VAULT_OK)
		rc = value_store(v, e.t.id, ver->number, value, ver->commit, err);
	if (rc == VAULT_OK)
		rc = value_index(v, value, e.t.id, ver->number, err);
	if (rc == VAULT_OK)
		rc = token_put(v, &e.t, e.written + 1, err);
	/* It counts for the value it was given of, and for no other. */
	if (rc == VAULT_OK && how->old_verdict != NULL &&
	    memcmp(how->old_verdict->commit, (ver - 1)->commit, VAULT_COMMIT_LEN) == 0)
		rc = keep_verdict(v, &e.t, ver - 1, how->old_verdict, err);
	if (rc == VAULT_OK)
		rc = script_rotated(v, &e.t, err);
	if (rc == VAULT_OK)
		rc = keep_verdict(v, &e.t, ver, how->verdict, err);
	if (rc == VAULT_OK)
		txn_action(v, ACTION_ROTATE, e.t.id, token_detail(label, ver->number, how->unchecked ? "unchecked" : NULL));
	if (rc == VAULT_OK && out != NULL)
		*out = e.t;
	else
		vault_token_clear(&e.t);
	return rc;
}

/* --- dead, removed --------------------------------------------------------------------------------------- */

enum vault_rc token_mark_dead(struct vault *v, struct token_entry *e, uint32_t version, int64_t day, struct vault_err *err)
{
	struct vault_version *ver = version >= 1 && version <= e->t.n_versions ? &e->t.versions[version - 1] : NULL;
	if (ver == NULL || ver->status != VAULT_RETIRED)
		return vault_err_set(err, VAULT_BUSY, "version %u of %s is no longer a retired one", version, e->t.label);
	ver->status = VAULT_DEAD;
	/* It cannot have died before it was retired: a clock set back must not say so. */
	ver->died = day < ver->retired ? ver->retired : day;
	return value_erase(v, e->t.id, version, err);
}

/* 1 where some hand-over knows a version that is not proved dead. */
static enum vault_rc is_known(struct vault *v, const struct vault_token *t, int *known, struct vault_err *err)
{
	struct vault_handovers all;
	enum vault_rc rc = vault_handover_all(v, &all, err);
	*known = 0;
	for (size_t i = 0; rc == VAULT_OK && i < all.n; i++) {
		const struct vault_handover *h = &all.h[i];
		if (memcmp(h->token_id, t->id, VAULT_ID_LEN) != 0)
			continue;
		for (size_t p = 0; p < h->n_periods; p++)
			for (size_t g = 0; g < h->periods[p].n_gives && !h->periods[p].never_given; g++) {
				const struct vault_version *ver = vault_token_version(t, h->periods[p].gives[g].version);
				*known |= ver == NULL || ver->status != VAULT_DEAD;
			}
	}
	vault_handovers_clear(&all);
	return rc;
}

enum vault_rc vault_token_remove(struct vault *v, const char *label, unsigned flags, struct vault_err *err)
{
	struct token_entry e;
	uint8_t tag[16];
	int known = 0;
	enum vault_rc rc = token_find(v, label, &e, err);
	if (rc == VAULT_OK)
		rc = is_known(v, &e.t, &known, err);
	if (rc == VAULT_OK && known && (flags & VAULT_FORCE) == 0)
		rc = vault_err_set(err, VAULT_REFUSED, "somebody outside knows a value of %s that is not proved dead: vault rotate %s, "
		                   "revoke the old one, vault check --retired %s; or --force", label, label, label);
	if (rc == VAULT_OK) {
		token_tag(v, &e.t, tag);
		rc = object_remove(v, KIND_TOKEN, tag, err);
	}
	if (rc == VAULT_OK) {
		e.t.removed = 1;
		e.t.removed_on = vault_today(v);
		rc = script_renamed(v, &e.t, err); /* before their grants end with the values */
	}
	for (size_t i = 0; i < e.t.n_versions && rc == VAULT_OK; i++) {
		if (e.t.versions[i].status != VAULT_DEAD)
			e.t.versions[i].status = VAULT_ERASED;
		rc = value_erase(v, e.t.id, e.t.versions[i].number, err);
	}
	if (rc == VAULT_OK)
		rc = token_put(v, &e.t, e.written + 1, err);
	if (rc == VAULT_OK)
		txn_action(v, ACTION_REMOVE, e.t.id, token_detail(label, 0, NULL));
	vault_token_clear(&e.t);
	return rc;
}
