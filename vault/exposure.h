/* exposure.h - inner side of <vault/exposure.h>: from answers to results. L6. */
#ifndef VAULT_EXPOSURE_INT_H
#define VAULT_EXPOSURE_INT_H

#include <vault/exposure.h>

#include "helper.h"

/* What came of asking: takes over `verdicts` (bound to their targets) and what `reach` holds, and leaves both empty. `earlier`,
 * `before`: verdicts and exposures of before, either may be NULL. Where all that is kept stands in the log already, the exposure
 * gets `since`, `whole` and `detail` of that. Pure but for memory. */
enum vault_rc exposure_results(const struct vault_check_target *targets, size_t n, struct vault_verdict *verdicts,
                               struct helper_reach *reach, const struct vault_verdicts *earlier,
                               const struct vault_exposures *before, struct vault_exposure_results *out,
                               struct vault_err *err) VAULT_MUST_CHECK;

/* Verdicts and exposures into the access log; where nothing was learnt nothing is written: who shares while Smartsheet is away
 * leaves no trace of having asked. */
enum vault_rc exposure_log(struct vault *v, const struct vault_exposure_results *l, struct vault_err *err) VAULT_MUST_CHECK;

#endif
