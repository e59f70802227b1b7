/* apiopts.c - whom to ask, and how long: for the commands that ask Smartsheet. */
#include "apiopts.h"

#include <stdlib.h>

#include "args.h"

enum vault_rc apiopts_read(struct call *c, struct vault_api_config *cfg, struct vault_err *err)
{
	const char *from_env = getenv("SMARTVAULT_API_URL");
	uint64_t timeout_s = 0, jobs = 0;
	enum vault_rc rc;

	cfg->api_url = args_str(c->args, OPT_API_URL);
	cfg->ca_file = args_str(c->args, OPT_CA_FILE);
	if (cfg->api_url) {
		rc = vault_api_url_check(cfg->api_url, 0, err);
	} else if (from_env && *from_env) {
		/* Loopback only: an environment must not be able to send tokens elsewhere. */
		rc = vault_api_url_check(from_env, 1, err);
		cfg->api_url = from_env;
	} else {
		rc = VAULT_OK;
	}
	if (rc == VAULT_OK)
		rc = args_uint(c->args, OPT_TIMEOUT, 1, 90, &timeout_s, err);
	if (rc == VAULT_OK)
		rc = args_uint(c->args, OPT_JOBS, 1, 64, &jobs, err);
	cfg->timeout_s = (uint32_t)timeout_s;
	cfg->jobs = (uint32_t)jobs;
	return rc;
}
