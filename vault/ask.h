/* ask.h - what check and exposure share: opening values, handing them to vault-api, binding what came back. L6. */
#ifndef VAULT_ASK_H
#define VAULT_ASK_H

#include <vault/check.h>

#include "finding.h"
#include "helper.h"
#include "txn.h"

/* The targets' values (n pointers, NULL before), in a read transaction of its own: VAULT_BUSY where a version died or was
 * removed meanwhile, VAULT_FORBIDDEN where the slot is no admin's and no monitor's (`what` they may not do). On failure those
 * that were opened are the caller's all the same. */
enum vault_rc ask_open(struct vault *v, const char *what, const struct vault_check_target *targets, size_t n,
                       struct vault_secret **values, struct vault_err *err) VAULT_MUST_CHECK;

/* helper_run, with the CA file of the vault's policy where `cfg` names none: what asks for a vault asks by this. In no
 * transaction. VAULT_IO also where the policy's file is gone: the system's never stands in for it. */
enum vault_rc ask_helper(struct vault *v, const struct vault_api_config *cfg, const struct helper_request *req, size_t n,
                         void (*progress)(void *ctx, size_t done, size_t n), void *ctx, struct vault_verdict *out,
                         struct helper_reach *reach, struct vault_err *err) VAULT_MUST_CHECK;

/* The same over all targets with one operation. */
enum vault_rc ask_run(struct vault *v, const struct vault_api_config *cfg, enum helper_op op,
                      const struct vault_check_target *targets, size_t n, struct vault_secret *const *values, void (*progress)(void *, size_t, size_t), void *ctx,
                      struct vault_verdict *verdicts, struct helper_reach *reach, struct vault_err *err) VAULT_MUST_CHECK;

/* Token, version, commitment and time of what was said of a target. */
void ask_bind(struct vault *v, const struct vault_check_target *target, struct vault_verdict *verdict);

/* After an interruption: those that were answered come first, in their order, with their targets and what they reach (`reach`
 * may be NULL); how many. The others are cleared. */
size_t ask_keep_answered(struct vault_check_target *targets, struct vault_verdict *verdicts, struct helper_reach *reach,
                         size_t n);
/* VAULT_INTERRUPTED, with how many of `n` were answered and so are kept. */
enum vault_rc ask_interrupted(size_t kept, size_t n, struct vault_err *err) VAULT_MUST_CHECK;

/* Earlier verdicts by token (finding_verdicts): all against all would be a product at 10,000 tokens. */
enum vault_rc ask_index(const struct vault_verdicts *earlier, struct finding_index *x, struct vault_err *err) VAULT_MUST_CHECK;

#endif
