/* usage.h - who used what last: tokens by releases, key slots by what they signed; of the access log, the closed ones before it
 * that are here, and the states. L5. */
#ifndef VAULT_USAGE_H
#define VAULT_USAGE_H

#include <vault/audit.h>

#include "counted.h"

/* Where the newest release of a token by a slot stands in the log that is scanned, and the newest batch of each slot. A log may
 * hold millions of releases: only the newest are kept, and their signatures alone are checked. */
struct usage_notes {
	struct usage_place *p;
	size_t n, cap;
};
void usage_notes_clear(struct usage_notes *x);

/* During a scan: the batch whose frame begins at `at`. */
enum vault_rc usage_note(struct usage_notes *x, struct counted *c, const struct log_batch *b, uint64_t at,
                         struct vault_err *err) VAULT_MUST_CHECK;

/* After the scan of one log, the newest first: what counts goes into `out`, where nothing newer stands. What was noted is then
 * forgotten. VAULT_DAMAGED where a batch was signed by no slot of this vault. */
enum vault_rc usage_read(struct usage_notes *x, struct counted *c, struct logfile *l, struct vault_usage *out,
                         struct vault_err *err) VAULT_MUST_CHECK;

/* `out` with all tokens, when their first value was stored, and all slots, when they last signed a change; nothing of the log. In
 * a transaction. */
enum vault_rc usage_begin(struct vault *v, const struct vault_tokens *tokens, struct vault_usage *out,
                          struct vault_err *err) VAULT_MUST_CHECK;

/* As vault_observed_all, and of the same pass, and of the closed logs, what goes into `usage` (of usage_begin). */
enum vault_rc usage_observed(struct vault *v, struct vault_verdicts *verdicts, struct vault_exposures *exposures,
                             struct vault_usage *usage, int *checked_here, struct vault_err *err) VAULT_MUST_CHECK;

#endif
