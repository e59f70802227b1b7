/* apiopts.h - the options of commands that ask Smartsheet, once for all of them. */
#ifndef CLI_APIOPTS_H
#define CLI_APIOPTS_H

#include <vault/check.h>

#include "command.h"

/* Rows for a command's table of options. */
#define APIOPTS_ROWS                                                                                                   \
	{OPT_API_URL, 0, "api-url", "URL", 0, "ask this base URL instead of the region's"},                           \
	{OPT_CA_FILE, 0, "ca-file", "FILE", 0, "trust this certificate authority instead of the system's"},           \
	{OPT_TIMEOUT, 0, "timeout", "S", 0, "seconds a request may take (30)"},                                       \
	{OPT_JOBS, 0, "jobs", "N", 0, "tokens asked about at once (16, at most 64)"}

/* Of the options and SMARTVAULT_API_URL (loopback only). VAULT_USAGE. Strings are borrowed. To be called before the
 * vault is opened: usage comes first. */
enum vault_rc apiopts_read(struct call *c, struct vault_api_config *cfg, struct vault_err *err) VAULT_MUST_CHECK;

#endif
