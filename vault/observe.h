/* observe.h - what goes into the access log. L5. Source: vault-format(5), The access log. */
#ifndef VAULT_OBSERVE_H
#define VAULT_OBSERVE_H

#include <vault/reach.h>
#include <vault/token.h>

#include "txn.h"

struct observation {
	enum action action;
	uint8_t object_id[16];
	uint32_t version;
	uint8_t commit[VAULT_COMMIT_LEN];
	const char *detail;       /* JSON to be sealed under K_meta, or NULL */
};

/* Appends them as one signed batch and syncs, then renews this machine's record. In no transaction (`epoch` is the one
 * that was seen). A log that this machine knows and that is gone or cut: said once, and a new one is begun where it is
 * gone; so is one of a vault that this one replaced, which is set aside. Where v->accepting the record is replaced. VAULT_IO where it cannot be written: then nothing may be released. */
enum vault_rc observe_append(struct vault *v, const struct observation *o, size_t n, struct vault_err *err) VAULT_MUST_CHECK;

/* Verdicts as one batch, signed and synced once; as observe_append. */
enum vault_rc observe_verdicts(struct vault *v, const struct vault_verdict *verdicts, size_t n,
                               struct vault_err *err) VAULT_MUST_CHECK;

/* Verdicts, each followed by what its token reaches: exposures[i], or NULL; of one with `whole` only that it is the same. As observe_verdicts; where it is more than a batch
 * should hold (32 MiB), several, of which each is whole. */
enum vault_rc observe_exposures(struct vault *v, const struct vault_verdict *verdicts, const struct vault_exposure *const *exposures,
                                size_t n, struct vault_err *err) VAULT_MUST_CHECK;

/* Opens a log entry's sealed detail; malloc'ed with a NUL; NULL where it does not open. */
char *observe_open_detail(struct vault *v, const struct log_entry *e, size_t *n);
/* Seals one under the newest K_meta of `kr`, for a log of `vault_id`; sets generation and detail of the entry, all other fields
 * of which are set. malloc'ed, the caller's; NULL without memory or K_meta. */
uint8_t *observe_seal_detail(const uint8_t vault_id[16], const struct keyring *kr, struct log_entry *e, const char *text);

#endif
