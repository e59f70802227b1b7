/* ask.h - vault-api asked on behalf of a vault: as it is configured, and as the vault's policy says. L6. */
#ifndef VAULT_ASK_H
#define VAULT_ASK_H

#include "helper.h"

/* helper_run, with the CA file of the vault's policy where `cfg` names none: what asks for a vault asks by this. In no
 * transaction. VAULT_IO also where the policy's file is gone: the system's never stands in for it. */
enum vault_rc ask_run(struct vault *v, const struct vault_api_config *cfg, const struct helper_request *req, size_t n,
                      void (*progress)(void *ctx, size_t done, size_t n), void *ctx, struct vault_verdict *out,
                      struct helper_reach *reach, struct vault_err *err) VAULT_MUST_CHECK;

#endif
