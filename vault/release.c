/* release.c - a value leaves the vault: verified, logged, synced, and only then given. L5; the path of every get. */
#include <string.h>

#include "observe.h"
#include "token.h"
#include "value.h"

static enum action action_of(enum vault_release kind)
{
	return kind == VAULT_RELEASE_RUN      ? ACTION_RELEASE_RUN
	       : kind == VAULT_RELEASE_EXPORT ? ACTION_RELEASE_EXPORT
	                                      : ACTION_RELEASE_GET;
}

/* Which version, and why there is nothing to give. */
static enum vault_rc pick(const struct vault_token *t, uint32_t version, const struct vault_version **out, struct vault_err *err)
{
	char died[VAULT_DAY_LEN];
	const struct vault_version *ver = version == 0 ? vault_token_current(t) : vault_token_version(t, version);
	*out = ver;
	if (ver == NULL)
		return vault_err_set(err, VAULT_NOTFOUND, "token %s has no version %u: the newest is %zu", t->label, version,
		                     t->n_versions);
	if (!ver->has_value)
		return vault_err_set(err, VAULT_REFUSED, "nobody has the value of %s: it was recorded without one; vault rotate %s "
		                     "stores a new one", t->label, t->label);
	if (ver->status == VAULT_DEAD)
		return vault_err_set(err, VAULT_REFUSED, "version %u of %s is dead since %s and was erased", ver->number, t->label,
		                     vault_day_format(ver->died, died));
	return VAULT_OK;
}

enum vault_rc vault_token_release(struct vault *v, const char *label, uint32_t version, enum vault_release kind,
                                  struct vault_secret **value, struct vault_token *info, struct vault_err *err)
{
	struct token_entry e;
	struct vault_secret *s = NULL;
	const struct vault_version *ver = NULL;
	struct observation o = {.action = action_of(kind)};
	*value = NULL;
	enum vault_rc rc = vault_label_check(label, err);
	if (rc == VAULT_OK && v->role != VAULT_ROLE_ADMIN && v->role != VAULT_ROLE_SCRIPT)
		rc = vault_err_set(err, VAULT_FORBIDDEN, "the key slot %s may not read token values: ask an admin", v->slot_name);
	if (rc != VAULT_OK) {
		vault_end(v);
		return rc;
	}
	rc = token_find(v, label, &e, err);
	if (rc == VAULT_OK)
		rc = pick(&e.t, version, &ver, err);
	if (rc == VAULT_OK)
		rc = value_open(v, e.t.id, ver->number, &s, err);
	vault_end(v);
	if (rc == VAULT_OK) {
		memcpy(o.object_id, e.t.id, VAULT_ID_LEN);
		o.version = ver->number;
		memcpy(o.commit, ver->commit, VAULT_COMMIT_LEN);
		rc = observe_append(v, &o, 1, err);
	}
	if (rc != VAULT_OK)
		vault_secret_free(&s);
	*value = s;
	if (rc == VAULT_OK && info != NULL)
		*info = e.t;
	else
		vault_token_clear(&e.t);
	return rc;
}
