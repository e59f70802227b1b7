/* vault eligible: can a user of such a license and plan generate a token? Needs no vault.
 * yes 0, no 1, unknown 10. */
#include <stdio.h>
#include <string.h>

#include <vault/policy.h>
#include <vault/vault.h>

#include "args.h"
#include "command.h"
#include "out.h"

static const struct command_option eligible_options[] = {
        {OPT_LICENSE, 0, "license", "TYPE", 0, "licensed free member provisional guest viewer contributor"},
        {OPT_PLAN, 0, "plan", "PLAN", 0, "free individual pro business enterprise awm"},
        {0, 0, NULL, NULL, 0, NULL},
};

static enum vault_rc eligible_run(struct call *c, struct vault_err *err)
{
	const char *license = args_str(c->args, OPT_LICENSE), *plan = args_str(c->args, OPT_PLAN), *why = NULL;
	const struct vault_env *env = vault_env_system();
	enum vault_eligible answer;
	enum vault_rc rc = VAULT_OK;

	if (!license)
		return args_usage(c->args, err, "--license TYPE is missing");
	rc = vault_license_check(license, err);
	if (rc == VAULT_OK && plan)
		rc = vault_plan_check(plan, err);
	if (rc != VAULT_OK)
		return rc;
	answer = vault_eligible(license, plan, &why);
	if (c->out->json) {
		struct vault_json *items = vault_json_array(), *item = vault_json_object();

		vault_json_set_str(item, "license", license);
		vault_json_set_str(item, "plan", plan);
		vault_json_set_str(item, "eligible", vault_eligible_name(answer));
		vault_json_set_str(item, "why", why);
		vault_json_add(items, item);
		out_json(c->out, "eligible", env->now(env->ctx), &items);
	} else {
		char head[16];

		snprintf(head, sizeof(head), "%s:", vault_eligible_name(answer));
		out_field(c->out, head, strlen(head), why);
	}
	c->out->also_refused = 1;
	return answer == VAULT_ELIGIBLE_YES ? VAULT_OK : answer == VAULT_ELIGIBLE_NO ? VAULT_REFUSED : VAULT_FINDINGS;
}

const struct command cmd_eligible = {
        .name = "eligible",
        .purpose = "say whether such a user can generate a token",
        .operands = "",
        .options = eligible_options,
        .run = eligible_run,
};
