/* observe.h - what goes into the access log and what is read from it. L5. Source: vault-format(5), The access log. */
#ifndef VAULT_OBSERVE_H
#define VAULT_OBSERVE_H

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
 * gone. VAULT_IO where it cannot be written: then nothing may be released. */
enum vault_rc observe_append(struct vault *v, const struct observation *o, size_t n, struct vault_err *err) VAULT_MUST_CHECK;

/* Verdicts as one batch, signed and synced once; as observe_append. */
enum vault_rc observe_verdicts(struct vault *v, const struct vault_verdict *verdicts, size_t n,
                               struct vault_err *err) VAULT_MUST_CHECK;

/* Opens a log entry's sealed detail; malloc'ed with a NUL; NULL where it does not open. */
char *observe_open_detail(struct vault *v, const struct log_entry *e, size_t *n);

#endif
