/* release.c - a value leaves the vault: verified, logged, synced, and only then given. L5; the path of every get. */
#include <stdlib.h>
#include <string.h>

#include "observe.h"
#include "script.h"
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

/* What is to be released, whoever asks. */
struct picked {
	struct vault_token t;
	uint32_t version;
	uint8_t commit[VAULT_COMMIT_LEN];
	struct vault_secret *value;
};

/* By the token's record and K_adm. */
static enum vault_rc as_admin(struct vault *v, const char *label, uint32_t version, struct picked *p, struct vault_err *err)
{
	struct token_entry e;
	const struct vault_version *ver = NULL;
	enum vault_rc rc = token_find(v, label, &e, err);
	p->t = e.t;
	if (rc == VAULT_OK)
		rc = pick(&p->t, version, &ver, err);
	if (rc != VAULT_OK)
		return rc;
	p->version = ver->number;
	memcpy(p->commit, ver->commit, VAULT_COMMIT_LEN);
	return value_open(v, p->t.id, ver->number, &p->value, err);
}

/* By its own list and grant: a script has no record to read, and gets no older version unasked. */
static enum vault_rc as_script(struct vault *v, const char *label, uint32_t version, struct picked *p, struct vault_err *err)
{
	struct record_labels own;
	const struct record_label *l = NULL;
	const struct row *row = NULL;
	size_t n = 0;
	enum vault_rc rc = script_own(v, &own, err);
	if (rc == VAULT_OK)
		rc = script_find(v, &own, label, &l, err);
	if (rc == VAULT_OK)
		rc = value_count(v, l->token_id, &n, err);
	if (rc == VAULT_OK && (version > n || n == 0))
		rc = vault_err_set(err, version > n ? VAULT_NOTFOUND : VAULT_DAMAGED, "token %s has no version %u: the newest is %zu", label,
		                   version, n);
	if (rc == VAULT_OK) {
		p->version = version != 0 ? version : (uint32_t)n;
		rc = value_row(v, l->token_id, p->version, &row, err);
	}
	if (rc == VAULT_OK && row == NULL)
		rc = vault_err_set(err, VAULT_DAMAGED, "a version of %s is missing: the vault is damaged", label);
	if (rc == VAULT_OK && !value_present(row))
		rc = vault_err_set(err, VAULT_REFUSED, "the vault has no value of version %u of %s (any more)", p->version, label);
	if (rc == VAULT_OK)
		rc = script_value(v, l, p->version, row, &p->value, err);
	if (rc == VAULT_OK) {
		memcpy(p->commit, row->c[SEC_COMMIT].p, VAULT_COMMIT_LEN);
		rc = script_token(l, (uint32_t)n, &p->t, err);
	}
	record_labels_clear(&own);
	return rc;
}

enum vault_rc vault_release_allowed(struct vault *v, struct vault_err *err)
{
	return v->role == VAULT_ROLE_ADMIN || v->role == VAULT_ROLE_SCRIPT ? VAULT_OK : txn_forbidden(v, "read token values", err);
}

/* Where the organisation said so, a log that cannot be written to stops nobody: it is said, not kept. */
static enum vault_rc log_release(struct vault *v, const struct observation *o, struct vault_err *err)
{
	struct vault_err why = {.rc = VAULT_OK};
	const enum vault_rc rc = observe_append(v, o, 1, v->log_best_effort ? &why : err);
	if (rc == VAULT_OK || !v->log_best_effort)
		return rc;
	if (rc == VAULT_REFUSED) /* no fault of the log's */
		return vault_err_set(err, rc, "%s", why.msg);
	handle_note(v, NOTE_UNLOGGED, "not logged: %s; this vault's policy releases it all the same (access-log best-effort)", why.msg);
	return VAULT_OK;
}

enum vault_rc vault_token_release(struct vault *v, const char *label, uint32_t version, enum vault_release kind,
                                  struct vault_secret **value, struct vault_token *info, struct vault_err *err)
{
	struct picked p = {.value = NULL};
	struct observation o = {.action = action_of(kind)};
	*value = NULL;
	enum vault_rc rc = vault_label_check(label, err);
	if (rc == VAULT_OK)
		rc = vault_release_allowed(v, err);
	if (rc == VAULT_OK)
		rc = v->role == VAULT_ROLE_SCRIPT ? as_script(v, label, version, &p, err) : as_admin(v, label, version, &p, err);
	vault_end(v);
	if (rc == VAULT_OK) {
		memcpy(o.object_id, p.t.id, VAULT_ID_LEN);
		o.version = p.version;
		memcpy(o.commit, p.commit, VAULT_COMMIT_LEN);
		rc = log_release(v, &o, err);
	}
	if (rc == VAULT_OK) {
		*value = p.value;
		p.value = NULL;
	}
	vault_secret_free(&p.value);
	if (rc == VAULT_OK && info != NULL)
		*info = p.t;
	else
		vault_token_clear(&p.t);
	return rc;
}
