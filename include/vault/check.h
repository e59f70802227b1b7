/* check.h - asking Smartsheet about tokens, through vault-api: the process that has keys has no network. */
#ifndef VAULT_CHECK_H
#define VAULT_CHECK_H

#include <signal.h>

#include <vault/finding.h>
#include <vault/types.h>
#include <vault/vault.h>

struct vault_api_config {
	const char *program;      /* path of vault-api; NULL: beside the running program, else $(libexecdir) */
	const char *api_url;      /* --api-url: stands in for every region's base; NULL: the region's own */
	const char *ca_file;      /* --ca-file, or NULL: the system's */
	uint32_t timeout_s;       /* a request; 0: 30 */
	uint32_t jobs;            /* tokens at once; 0: 16; at most 64 */
	/* Of a signal's handler, or NULL: once it is not 0, nothing more is waited for, and what asks returns
	 * VAULT_INTERRUPTED. A signal that comes while nothing is waited for is not lost. */
	const volatile sig_atomic_t *stop;
};

/* https, or http to loopback (127.0.0.0/8, ::1, localhost); no user, query or fragment; a slash at the end is cut.
 * VAULT_USAGE. `loopback_only`: of an environment variable. */
enum vault_rc vault_api_url_check(const char *url, int loopback_only, struct vault_err *err) VAULT_MUST_CHECK;

/* The base URL that tokens of a region are sent to: the region's own unless cfg->api_url stands in for it. Borrowed. */
const char *vault_api_base(const struct vault_api_config *cfg, enum vault_region region);

struct vault_check_target {
	const struct vault_token *token; /* borrowed */
	uint32_t version;
};

/* What is asked before a rotation, in one run of the helper: whose `value` is, a new one of old->token, and where the
 * version of `old` has a value, whether that still works: then `*asked_old` is 1 and `*old_out` the verdict. In no
 * transaction. VAULT_OK whatever the verdicts (`unknown` where it could not be asked); VAULT_BUSY where the stored value
 * changed meanwhile; VAULT_IO where vault-api can't be started; VAULT_INTERRUPTED by cfg->stop, whatever had come. Nothing
 * is logged: vault_token_rotate takes both.
 * `progress` as in vault_check. */
enum vault_rc vault_probe(struct vault *v, const struct vault_api_config *cfg, const struct vault_secret *value,
                          const struct vault_check_target *old, void (*progress)(void *ctx, size_t done, size_t n),
                          void *ctx, struct vault_verdict *out, struct vault_verdict *old_out, int *asked_old,
                          struct vault_err *err) VAULT_MUST_CHECK;

/* Asks Smartsheet to revoke the value of a target: `*out` becomes what it said, `valid` where it said yes, which proves
 * nothing (vault_check does). Opens the value in a read transaction of its own, admins only. Nothing is logged. */
enum vault_rc vault_revoke(struct vault *v, const struct vault_api_config *cfg, const struct vault_check_target *target,
                           struct vault_verdict *out, struct vault_err *err) VAULT_MUST_CHECK;

/* 1 where a refusal from `base` would prove a retired value (its commitment) dead: it was `valid` there before
 * (vault-format(5), Dead). Of what is retired and not provable, only a `valid` to come can make it so. */
int vault_check_can_prove(const struct vault_verdicts *earlier, const uint8_t commit[VAULT_COMMIT_LEN], const char *base);

struct vault_check_result {
	const struct vault_token *token;
	uint32_t version;
	struct vault_verdict verdict;
	struct vault_drifts drift;
	int current;              /* the version is the current one */
	int died;                 /* a retired version proved dead now, and erased */
	char *not_dead_why;       /* a retired version that does not work but could not be proved dead: why; or NULL */
};
struct vault_check_results {
	struct vault_check_result *r; /* in the order of the targets */
	size_t n;
};
void vault_check_results_clear(struct vault_check_results *l);

/* Checks the targets: opens their values (a read transaction of its own), asks, writes the verdicts to the access log
 * in one signed batch, and marks retired versions dead by the rule of vault-format(5), Dead (a write transaction of
 * its own). Not to be called within a transaction. `earlier`: verdicts known before (vault_verdict_all).
 * `progress` (may be NULL) is told after each answer. A version without a value must not be among the targets.
 * VAULT_INTERRUPTED by cfg->stop before all answers had come: the verdicts that had are in the log, and what they prove
 * dead is; the others leave no trace. `err` says how many; `out` is empty. */
enum vault_rc vault_check(struct vault *v, const struct vault_api_config *cfg, const struct vault_check_target *targets,
                          size_t n, const struct vault_verdicts *earlier,
                          void (*progress)(void *ctx, size_t done, size_t n), void *ctx,
                          struct vault_check_results *out, struct vault_err *err) VAULT_MUST_CHECK;

#endif
