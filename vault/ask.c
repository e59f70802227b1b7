/* ask.c - whom vault-api trusts is the vault's own decision, where nobody says otherwise. L6. */
#include <stdlib.h>

#include "ask.h"
#include "settings.h"

enum vault_rc ask_run(struct vault *v, const struct vault_api_config *cfg, const struct helper_request *req, size_t n,
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
