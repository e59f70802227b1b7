/* policy.h - rules that need no vault: who can generate a token at Smartsheet. Pure functions.
 * Source: Smartsheet's documentation on API access, the facts in PRODUCT (1). */
#ifndef VAULT_POLICY_H
#define VAULT_POLICY_H

#include <vault/error.h>

enum vault_eligible { VAULT_ELIGIBLE_YES, VAULT_ELIGIBLE_NO, VAULT_ELIGIBLE_UNKNOWN };

/* `licensed free member provisional guest viewer contributor`; VAULT_USAGE names them. */
enum vault_rc vault_license_check(const char *license, struct vault_err *err) VAULT_MUST_CHECK;

/* `free individual pro business enterprise awm`; VAULT_USAGE names them. */
enum vault_rc vault_plan_check(const char *plan, struct vault_err *err) VAULT_MUST_CHECK;

/* `plan` may be NULL (not said). `*why` (may be NULL) becomes a constant sentence without a full stop. */
enum vault_eligible vault_eligible(const char *license, const char *plan, const char **why);

const char *vault_eligible_name(enum vault_eligible e); /* yes no unknown */

#endif
