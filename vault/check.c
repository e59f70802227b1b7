/* check.c - asking about stored tokens: open, ask, log, compare, and bury what is proved dead. L6. It carries values to
 * the helper and cannot read them. */
#include <stdlib.h>
#include <string.h>

#include <vault/check.h>

#include "ask.h"
#include "observe.h"
#include "token.h"

void vault_check_results_clear(struct vault_check_results *l)
{
	for (size_t i = 0; i < l->n; i++) {
		vault_verdict_clear(&l->r[i].verdict);
		vault_drifts_clear(&l->r[i].drift);
		free(l->r[i].not_dead_why);
	}
	free(l->r);
	memset(l, 0, sizeof *l);
}

const char *vault_api_base(const struct vault_api_config *cfg, enum vault_region region)
{
	return cfg->api_url != NULL ? cfg->api_url : vault_region_base(region);
}

/* --- before a rotation ----------------------------------------------------------------------------------- */

enum vault_rc vault_probe(struct vault *v, const struct vault_api_config *cfg, const struct vault_secret *value,
                          const struct vault_check_target *old, void (*progress)(void *ctx, size_t done, size_t n),
                          void *ctx, struct vault_verdict *out, struct vault_verdict *old_out, int *asked_old,
                          struct vault_err *err)
{
	const char *base = vault_api_base(cfg, old->token->region);
	struct vault_secret *stored = NULL;
	struct vault_verdict verdicts[2];
	const struct vault_version *ver = vault_token_version(old->token, old->version);
	const size_t n = ver != NULL && ver->has_value ? 2 : 1;
	memset(verdicts, 0, sizeof verdicts);
	memset(out, 0, sizeof *out);
	memset(old_out, 0, sizeof *old_out);
	*asked_old = 0;
	enum vault_rc rc = n == 2 ? ask_open(v, "check tokens", old, 1, &stored, err) : VAULT_OK;
	if (rc == VAULT_OK) {
		const struct helper_request req[2] = {{.base = base, .token = value}, {.base = base, .token = stored}};
		rc = ask_helper(v, cfg, req, n, progress, ctx, verdicts, NULL, err);
	}
	vault_secret_free(&stored);
	if (rc != VAULT_OK) {
		vault_verdict_clear(&verdicts[0]);
		vault_verdict_clear(&verdicts[1]);
		if (rc == VAULT_INTERRUPTED)
			rc = vault_err_set(err, VAULT_INTERRUPTED, "interrupted while Smartsheet was asked: nothing was changed");
		return rc;
	}
	*out = verdicts[0];
	out->checked = vault_now(v);
	if (n == 2) {
		ask_bind(v, old, &verdicts[1]);
		*old_out = verdicts[1];
		*asked_old = 1;
	}
	return VAULT_OK;
}

enum vault_rc vault_revoke(struct vault *v, const struct vault_api_config *cfg, const struct vault_check_target *target,
                           struct vault_verdict *out, struct vault_err *err)
{
	struct vault_secret *value = NULL;
	memset(out, 0, sizeof *out);
	enum vault_rc rc = v->role != VAULT_ROLE_ADMIN ? txn_forbidden(v, "revoke tokens", err) : ask_open(v, "revoke tokens", target, 1, &value, err);
	if (rc == VAULT_OK) {
		const struct helper_request req = {
		        .op = HELPER_REVOKE, .base = vault_api_base(cfg, target->token->region), .token = value};
		rc = ask_helper(v, cfg, &req, 1, NULL, NULL, out, NULL, err);
	}
	vault_secret_free(&value);
	if (rc != VAULT_OK)
		vault_verdict_clear(out);
	else
		ask_bind(v, target, out);
	return rc;
}

/* --- dead ------------------------------------------------------------------------------------------------ */

/* `dead` needs a refusal from the same base URL at which this very value was valid before: a token of another region, or
 * a proxy that says 401 to everything, must not bury a value that works. */
int vault_check_can_prove(const struct vault_verdicts *earlier, const uint8_t commit[VAULT_COMMIT_LEN], const char *base)
{
	for (size_t i = 0; i < earlier->n; i++) {
		const struct vault_verdict *e = &earlier->v[i];
		if (e->result == VAULT_VALID && memcmp(e->commit, commit, VAULT_COMMIT_LEN) == 0 && e->base != NULL &&
		    base != NULL && strcmp(e->base, base) == 0)
			return 1;
	}
	return 0;
}

static int refused(const struct vault_verdict *x)
{
	return x->result == VAULT_INVALID || x->result == VAULT_EXPIRED || x->result == VAULT_REVOKED;
}

static int proves_death(const struct vault_verdicts *earlier, const struct vault_verdict *now)
{
	return refused(now) && vault_check_can_prove(earlier, now->commit, now->base);
}

/* One write for all that died; each names itself in the list of changes. */
static enum vault_rc bury_one(struct vault *v, struct vault_check_result *r, struct vault_err *err)
{
	struct token_entry e;
	enum vault_rc rc = token_find(v, r->token->label, &e, err);
	if (rc != VAULT_OK)
		return rc;
	const struct vault_version *ver = vault_token_version(&e.t, r->version);
	if (memcmp(e.t.id, r->token->id, VAULT_ID_LEN) != 0 || ver == NULL ||
	    memcmp(ver->commit, r->verdict.commit, VAULT_COMMIT_LEN) != 0)
		rc = vault_err_set(err, VAULT_BUSY, "token %s was changed meanwhile: repeat", r->token->label);
	if (rc == VAULT_OK)
		rc = token_mark_dead(v, &e, r->version, vault_today(v), err);
	if (rc == VAULT_OK)
		rc = token_put(v, &e.t, e.written + 1, err);
	char *detail = rc == VAULT_OK ? token_detail(e.t.label, r->version, vault_result_name(r->verdict.result)) : NULL;
	if (rc == VAULT_OK)
		rc = txn_change(v, ACTION_DEAD, e.t.id, detail, err);
	if (rc == VAULT_OK)
		txn_action(v, ACTION_DEAD, e.t.id, detail);
	else
		free(detail);
	vault_token_clear(&e.t);
	return rc;
}

static enum vault_rc bury(struct vault *v, struct vault_check_results *l, const struct vault_verdicts *earlier,
                          struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	size_t dead = 0;
	for (size_t i = 0; i < l->n && rc == VAULT_OK; i++) {
		struct vault_check_result *r = &l->r[i];
		if (r->current || !refused(&r->verdict))
			continue;
		/* A monitor's proof is shown, and erases nothing. */
		r->died = v->role == VAULT_ROLE_ADMIN && proves_death(earlier, &r->verdict);
		dead += (size_t)r->died;
		if (!r->died)
			r->not_dead_why = strdup(v->role != VAULT_ROLE_ADMIN
			                                 ? "only an admin's own check erases a value"
			                                 : "this value was never seen to work at that address, so its refusal "
			                                   "proves nothing");
	}
	if (dead == 0)
		return VAULT_OK;
	rc = txn_begin(v, TXN_WRITE, err);
	for (size_t i = 0; i < l->n && rc == VAULT_OK; i++)
		if (l->r[i].died)
			rc = bury_one(v, &l->r[i], err);
	if (rc == VAULT_OK)
		rc = txn_commit(v, err);
	txn_end(v);
	return rc;
}

/* --- the whole ------------------------------------------------------------------------------------------- */

static enum vault_rc results(const struct vault_check_target *targets, size_t n, struct vault_verdict *verdicts,
                             const struct vault_verdicts *earlier, struct vault_check_results *out, struct vault_err *err)
{
	struct finding_index x;
	out->r = calloc(n + 1, sizeof *out->r);
	if (out->r == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	out->n = n;
	enum vault_rc rc = ask_index(earlier, &x, err);
	if (rc != VAULT_OK)
		return rc;
	for (size_t i = 0; i < n && rc == VAULT_OK; i++) {
		struct vault_check_result *r = &out->r[i];
		r->token = targets[i].token;
		r->version = targets[i].version;
		r->current = vault_token_current(r->token)->number == r->version;
		r->verdict = verdicts[i];
		memset(&verdicts[i], 0, sizeof verdicts[i]); /* handed over */
		if (r->current && r->verdict.has_identity) {
			const struct vault_verdicts own = finding_verdicts(&x, r->token);
			rc = vault_drift_find(r->token, &own, &r->verdict, &r->drift, err);
			r->verdict.drift = vault_drifts_text(&r->drift);
		}
	}
	finding_index_clear(&x);
	return rc;
}

/* With what drifted, as it is found now: what is labelled and was seen before may be another later. */
static enum vault_rc log_results(struct vault *v, const struct vault_check_results *l, struct vault_err *err)
{
	struct vault_verdict *said = calloc(l->n + 1, sizeof *said);
	enum vault_rc rc = said == NULL ? vault_err_set(err, VAULT_REFUSED, "out of memory") : VAULT_OK;
	for (size_t i = 0; i < l->n && said != NULL; i++)
		said[i] = l->r[i].verdict; /* borrowed */
	if (rc == VAULT_OK)
		rc = observe_verdicts(v, said, l->n, err);
	free(said);
	return rc;
}

/* What the verdicts say, kept: logged, and the dead buried. */
static enum vault_rc take(struct vault *v, const struct vault_check_target *targets, size_t n,
                          struct vault_verdict *verdicts, const struct vault_verdicts *earlier,
                          struct vault_check_results *out, struct vault_err *err)
{
	for (size_t i = 0; i < n; i++)
		ask_bind(v, &targets[i], &verdicts[i]);
	enum vault_rc rc = results(targets, n, verdicts, earlier, out, err);
	if (rc == VAULT_OK)
		rc = log_results(v, out, err);
	if (rc == VAULT_OK)
		rc = bury(v, out, earlier, err);
	return rc;
}

/* As much of the above as there is after an interruption. */
static enum vault_rc take_some(struct vault *v, const struct vault_check_target *targets, size_t n,
                               struct vault_verdict *verdicts, const struct vault_verdicts *earlier,
                               struct vault_check_results *out, struct vault_err *err)
{
	struct vault_check_target *some = calloc(n + 1, sizeof *some);
	if (some == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	memcpy(some, targets, n * sizeof *some);
	const size_t kept = ask_keep_answered(some, verdicts, NULL, n);
	enum vault_rc rc = kept > 0 ? take(v, some, kept, verdicts, earlier, out, err) : VAULT_OK;
	free(some);
	return rc == VAULT_OK ? ask_interrupted(kept, n, err) : rc;
}

enum vault_rc vault_check(struct vault *v, const struct vault_api_config *cfg, const struct vault_check_target *targets,
                          size_t n, const struct vault_verdicts *earlier,
                          void (*progress)(void *ctx, size_t done, size_t n), void *ctx, struct vault_check_results *out,
                          struct vault_err *err)
{
	struct vault_secret **values = calloc(n + 1, sizeof(struct vault_secret *));
	struct vault_verdict *verdicts = calloc(n + 1, sizeof *verdicts);
	memset(out, 0, sizeof *out);
	enum vault_rc rc = values == NULL || verdicts == NULL ? vault_err_set(err, VAULT_REFUSED, "out of memory") : VAULT_OK;
	if (rc == VAULT_OK)
		rc = ask_open(v, "check tokens", targets, n, values, err);
	if (rc == VAULT_OK)
		rc = ask_run(v, cfg, HELPER_ME, targets, n, values, progress, ctx, verdicts, NULL, err);
	for (size_t i = 0; values != NULL && i < n; i++)
		vault_secret_free(&values[i]);
	if (rc == VAULT_OK)
		rc = take(v, targets, n, verdicts, earlier, out, err);
	else if (rc == VAULT_INTERRUPTED)
		rc = take_some(v, targets, n, verdicts, earlier, out, err);
	for (size_t i = 0; verdicts != NULL && i < n; i++)
		vault_verdict_clear(&verdicts[i]);
	free(verdicts);
	free(values);
	if (rc != VAULT_OK)
		vault_check_results_clear(out);
	return rc;
}
