/* policy.c - who can generate a token at Smartsheet. Pure. L2. Source: Smartsheet's documentation on API access. */
#include <string.h>

#include <vault/policy.h>

enum { ANY, CAN, CANNOT };

static const struct {
	const char *name;
	int can;
	const char *why;
} licenses[] =
        {
                {"licensed", CAN, NULL},
                {"free", CANNOT,
                 "a free user cannot generate API tokens: it takes a license on a Business, Enterprise or Advanced "
                 "Work Management plan"},
                {"member", CAN, NULL},
                {"provisional", ANY,
                 "a provisional member has a member's rights for a time only, and nothing says that tokens are "
                 "among them"},
                {"guest", ANY,
                 "nothing says whether a guest can generate API tokens: a guest has no license of its own"},
                {"viewer", CANNOT, "a viewer cannot generate API tokens, whatever it may see: it takes a license"},
                {"contributor", CANNOT,
                 "a contributor cannot generate API tokens, whatever it may see: it takes a license"},
},
  plans[] = {
          {"free", CANNOT,
           "the Free plan has no API tokens: it takes a Business, Enterprise or Advanced Work Management plan"},
          {"individual", CANNOT,
           "the Individual plan has no API tokens: it takes a Business, Enterprise or Advanced Work "
           "Management plan"},
          {"pro", CANNOT,
           "the Pro plan has no API tokens: it takes a Business, Enterprise or Advanced Work Management plan"},
          {"business", CAN, NULL},
          {"enterprise", CAN, NULL},
          {"awm", CAN, NULL},
};
enum { LICENSES = sizeof licenses / sizeof licenses[0], PLANS = sizeof plans / sizeof plans[0] };

static size_t license_of(const char *name)
{
	size_t i = 0;

	while (i < LICENSES && (!name || strcmp(licenses[i].name, name)))
		i++;
	return i;
}

static size_t plan_of(const char *name)
{
	size_t i = 0;

	while (i < PLANS && (!name || strcmp(plans[i].name, name)))
		i++;
	return i;
}

enum vault_rc vault_license_check(const char *license, struct vault_err *err)
{
	if (license_of(license) < LICENSES)
		return VAULT_OK;
	return vault_err_set(err, VAULT_USAGE,
	                     "a license is licensed, free, member, provisional, guest, viewer or contributor, not '%s'",
	                     license ? license : "");
}

enum vault_rc vault_plan_check(const char *plan, struct vault_err *err)
{
	if (plan_of(plan) < PLANS)
		return VAULT_OK;
	return vault_err_set(err, VAULT_USAGE, "a plan is free, individual, pro, business, enterprise or awm, not '%s'",
	                     plan ? plan : "");
}

enum vault_eligible vault_eligible(const char *license, const char *plan, const char **why)
{
	size_t l = license_of(license), p = plan_of(plan);
	const char *reason = NULL;
	enum vault_eligible e = VAULT_ELIGIBLE_UNKNOWN;

	if (l < LICENSES && licenses[l].can == CANNOT) {
		reason = licenses[l].why;
		e = VAULT_ELIGIBLE_NO;
	} else if (p < PLANS && plans[p].can == CANNOT) {
		reason = plans[p].why;
		e = VAULT_ELIGIBLE_NO;
	} else if (l < LICENSES && licenses[l].can == ANY) {
		reason = licenses[l].why;
	} else if (l >= LICENSES) {
		reason = "this license is not known";
	} else if (p >= PLANS) {
		reason = plan ? "this plan is not known"
		              : "the plan is not said: a licensed user can on Business, Enterprise and Advanced Work "
		                "Management, and not on Pro";
	} else {
		reason = "a licensed user of this plan can generate API tokens";
		e = VAULT_ELIGIBLE_YES;
	}
	if (why)
		*why = reason;
	return e;
}

const char *vault_eligible_name(enum vault_eligible e)
{
	switch (e) {
	case VAULT_ELIGIBLE_YES:
		return "yes";
	case VAULT_ELIGIBLE_NO:
		return "no";
	case VAULT_ELIGIBLE_UNKNOWN:
		break;
	}
	return "unknown";
}
