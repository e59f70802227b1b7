/* exposure.h - what the holder of a token can reach: asked through vault-api, kept as a signed observation in the access
 * log, and compared with what hand-overs name. Finding (pure) and asking stand in files of their own. */
#ifndef VAULT_EXPOSURE_H
#define VAULT_EXPOSURE_H

#include <vault/check.h>
#include <vault/finding.h>
#include <vault/reach.h>
#include <vault/vault.h>

/* One token asked. */
struct vault_exposure_result {
	const struct vault_token *token; /* borrowed from the targets */
	uint32_t version;
	struct vault_verdict verdict;    /* of the same run: who it acts as is asked first */
	struct vault_drifts drift;
	int asked;                       /* `exposure` says what it reaches, and was logged */
	struct vault_exposure exposure;
	char *why;                       /* not asked: why (a fault, or a verdict that is not valid); else NULL */
};
struct vault_exposure_results {
	struct vault_exposure_result *r; /* in the order of the targets */
	size_t n;
};
void vault_exposure_results_clear(struct vault_exposure_results *l);

/* Asks what the targets reach: opens their values (a read transaction of its own), asks, writes verdicts and exposures to
 * the access log in one signed batch. Where a list could not be had for another reason than that the token may not have
 * it, nothing of that exposure is logged; its verdict is, unless that is unknown. Not within a transaction; admins and monitors (VAULT_FORBIDDEN).
 * `earlier`, `progress` as in vault_check. A version without a value must not be among the targets. */
enum vault_rc vault_exposure_ask(struct vault *v, const struct vault_api_config *cfg,
                                 const struct vault_check_target *targets, size_t n, const struct vault_verdicts *earlier,
                                 void (*progress)(void *ctx, size_t done, size_t n), void *ctx,
                                 struct vault_exposure_results *out, struct vault_err *err) VAULT_MUST_CHECK;

#endif
