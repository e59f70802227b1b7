/* ask.c - values of stored tokens on their way to vault-api, which this room carries and cannot read; and whom vault-api trusts,
 * which is the vault's own decision, where nobody says otherwise. L6. */
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "settings.h"
#include "value.h"

enum vault_rc ask_open(struct vault *v, const char *what, const struct vault_check_target *targets, size_t n,
                       struct vault_secret **values, struct vault_err *err)
{
	enum vault_rc rc = txn_begin(v, TXN_READ, err);
	if (rc == VAULT_OK && v->role != VAULT_ROLE_ADMIN && v->role != VAULT_ROLE_MONITOR)
		rc = txn_forbidden(v, what, err);
	for (size_t i = 0; i < n && rc == VAULT_OK; i++) {
		const struct vault_version *ver = vault_token_version(targets[i].token, targets[i].version);
		const struct row *r = NULL;
		rc = value_row(v, targets[i].token->id, targets[i].version, &r, err);
		if (rc == VAULT_OK && (ver == NULL || r == NULL || !value_present(r) ||
		                       memcmp(r->c[SEC_COMMIT].p, ver->commit, VAULT_COMMIT_LEN) != 0))
			rc = vault_err_set(err, VAULT_BUSY, "token %s was changed meanwhile: repeat", targets[i].token->label);
		if (rc == VAULT_OK)
			rc = value_open(v, targets[i].token->id, targets[i].version, &values[i], err);
	}
	txn_end(v);
	return rc;
}

enum vault_rc ask_helper(struct vault *v, const struct vault_api_config *cfg, const struct helper_request *req, size_t n,
                         void (*progress)(void *ctx, size_t done, size_t n), void *ctx, struct vault_verdict *out,
                         struct helper_reach *reach, struct vault_err *err)
{
	struct vault_api_config own = *cfg;
	char *ca = NULL;
	enum vault_rc rc = cfg->ca_file == NULL ? settings_ca(v, &ca, err) : VAULT_OK;
	if (ca != NULL)
		own.ca_file = ca;
	if (rc == VAULT_OK)
		rc = helper_run(&own, req, n, progress, ctx, out, reach, err);
	free(ca);
	return rc;
}

enum vault_rc ask_run(struct vault *v, const struct vault_api_config *cfg, enum helper_op op,
                      const struct vault_check_target *targets, size_t n, struct vault_secret *const *values, void (*progress)(void *, size_t, size_t), void *ctx,
                      struct vault_verdict *verdicts, struct helper_reach *reach, struct vault_err *err)
{
	struct helper_request *req = calloc(n + 1, sizeof *req);
	if (req == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	for (size_t i = 0; i < n; i++) {
		req[i].op = op;
		req[i].base = vault_api_base(cfg, targets[i].token->region);
		req[i].token = values[i];
	}
	const enum vault_rc rc = ask_helper(v, cfg, req, n, progress, ctx, verdicts, reach, err);
	free(req);
	return rc;
}

void ask_bind(struct vault *v, const struct vault_check_target *target, struct vault_verdict *verdict)
{
	const struct vault_version *ver = vault_token_version(target->token, target->version);
	memcpy(verdict->token_id, target->token->id, VAULT_ID_LEN);
	memcpy(verdict->commit, ver->commit, VAULT_COMMIT_LEN);
	verdict->version = target->version;
	verdict->checked = vault_now(v);
}

size_t ask_keep_answered(struct vault_check_target *targets, struct vault_verdict *verdicts, struct helper_reach *reach,
                         size_t n)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		if (verdicts[i].base == NULL) {
			vault_verdict_clear(&verdicts[i]);
			if (reach != NULL)
				helper_reach_clear(&reach[i]);
			continue;
		}
		const struct vault_verdict one = verdicts[i];
		memset(&verdicts[i], 0, sizeof verdicts[i]);
		targets[kept] = targets[i];
		verdicts[kept] = one;
		if (reach != NULL) {
			const struct helper_reach there = reach[i];
			memset(&reach[i], 0, sizeof reach[i]);
			reach[kept] = there;
		}
		kept++;
	}
	return kept;
}

enum vault_rc ask_interrupted(size_t kept, size_t n, struct vault_err *err)
{
	return vault_err_set(err, VAULT_INTERRUPTED, "interrupted: Smartsheet was asked about %zu of %zu%s", kept, n,
	                     kept > 0 ? ", and what it said of these is kept" : "; nothing was changed");
}

enum vault_rc ask_index(const struct vault_verdicts *earlier, struct finding_index *x, struct vault_err *err)
{
	static const struct vault_tokens no_tokens;
	static const struct vault_vendors no_vendors;
	static const struct vault_handovers no_handovers;
	const struct vault_facts facts = {
	        .tokens = &no_tokens, .vendors = &no_vendors, .handovers = &no_handovers, .verdicts = earlier};
	return finding_index_make(&facts, x, err);
}
