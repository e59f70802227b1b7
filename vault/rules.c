/* rules.c - the table of audit's rules, and the settings of one without a vault. Pure. L2. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/rules.h>
#include <vault/types.h>

#include "buf.h"
#include "near.h"

enum { NO_DAYS = -1, NEAR_MAX = 160, WORD_MAX = 1200 /* an e-mail address, each byte quoted */ };

/* In the order of the enum, which is the order in which audit and policy list show them. */
static const struct vault_rule_info rules[] = {
	[VAULT_RULE_AGE] = {"age", VAULT_HIGH, NO_DAYS, NULL, "NHI7", "its own days between rotations have passed",
	                    "make a new token in Smartsheet, then: vault rotate {label}"},
	[VAULT_RULE_EXPIRY] = {"expiry", VAULT_HIGH, 30, "before the organisation's expiry", NULL,
	                       "the organisation's expiry is near or past",
	                       "make a new token in Smartsheet before that day, then: vault rotate {label}"},
	[VAULT_RULE_ENDED_HOLDER] = {"ended-holder", VAULT_CRITICAL, NO_DAYS, NULL, "NHI1",
	                             "somebody whose hand-over ended knows a value that is not proved dead",
	                             "rotate it and prove the old value dead: vault rotate {label}, then vault check --retired "
	                             "{label}"},
	[VAULT_RULE_UNTIL] = {"until", VAULT_HIGH, NO_DAYS, NULL, "NHI1", "the last day of a hand-over has passed",
	                      "end it: vault unshare {label} --vendor {vendor} --to {to}; where it is still needed: vault share "
	                      "{label} --vendor {vendor} --to {to} --confirm --until DATE"},
	[VAULT_RULE_SLOT] = {"slot", VAULT_HIGH, NO_DAYS, NULL, "NHI1",
	                     "a key slot that could read the current value was ended",
	                     "rotate it, for an old copy of the vault stays readable: vault rotate {label}"},
	[VAULT_RULE_VERDICT] = {"verdict", VAULT_MEDIUM, NO_DAYS, NULL, NULL,
	                        "Smartsheet said expired, revoked or invalid of the current value",
	                        "make a new token in Smartsheet, then: vault rotate {label}"},
	[VAULT_RULE_VENDOR_UNVETTED] = {"vendor-unvetted", VAULT_MEDIUM, NO_DAYS, NULL, "NHI3",
	                                "a vendor that holds a token was never vetted",
	                                "vet it, then: vault vendor edit {vendor} --vetted DATE"},
	[VAULT_RULE_VENDOR_NO_AGREEMENT] = {"vendor-no-agreement", VAULT_MEDIUM, NO_DAYS, NULL, "NHI3",
	                                    "a token is held under no agreement",
	                                    "record one: vault vendor edit {vendor} --add-agreement REF:UNTIL, then vault share "
	                                    "{label} --vendor {vendor} --to {to} --agreement REF"},
	[VAULT_RULE_AGREEMENT_ENDING] = {"agreement-ending", VAULT_MEDIUM, 30, "before the agreement's last day", "NHI3",
	                                 "an agreement under which a token is held ends soon, or has ended",
	                                 "renew it: vault vendor edit {vendor} --add-agreement REF:UNTIL; or end what they hold: "
	                                 "vault vendor end {vendor}"},
	[VAULT_RULE_ADMIN_SHARED] = {"admin-shared", VAULT_CRITICAL, NO_DAYS, NULL, "NHI5",
	                             "a system admin's token is with a vendor",
	                             "give them the token of a dedicated user instead, revoke this one in Smartsheet, then: vault "
	                             "rotate {label}"},
	[VAULT_RULE_EVERYDAY_ACCOUNT] = {"everyday-account", VAULT_MEDIUM, NO_DAYS, NULL, "NHI10",
	                                 "the token's account is a person's everyday one",
	                                 "use a dedicated licensed user that sees only the sheets in question: vault add NEW "
	                                 "--account EMAIL --license TYPE, and let go of this one: vault remove {label}"},
	[VAULT_RULE_EXPOSED] = {"exposed", VAULT_HIGH, NO_DAYS, NULL, "NHI5", "the token reaches more than was agreed",
	                        "see what, vault exposure {label} --list, and unshare it in Smartsheet; or name it in the "
	                        "hand-over: vault share {label} --vendor {vendor} --to {to} --item ID:LEVEL"},
	[VAULT_RULE_MANY_VENDORS] = {"many-vendors", VAULT_HIGH, NO_DAYS, NULL, "NHI9", "one token is with two or more vendors",
	                             "give each vendor a token of its own: vault add, vault share; then vault rotate {label}"},
	[VAULT_RULE_SAME_ACCOUNT] = {"same-account", VAULT_LOW, NO_DAYS, NULL, "NHI9", "several tokens act as one account",
	                             "use a dedicated user for each purpose: vault add NEW --account EMAIL --license TYPE, then "
	                             "vault remove {label}"},
	[VAULT_RULE_INELIGIBLE] = {"ineligible", VAULT_MEDIUM, NO_DAYS, NULL, NULL,
	                           "labelled with a license or plan that cannot generate tokens",
	                           "find out what the user has, then: vault edit {label} --license TYPE --plan PLAN"},
	[VAULT_RULE_DRIFT_USER] = {"drift-user", VAULT_CRITICAL, NO_DAYS, NULL, NULL,
	                           "the token acts as another user than before",
	                           "find out whose it is, vault show {label}, then: vault rotate {label}"},
	[VAULT_RULE_DRIFT_ACCOUNT] = {"drift-account", VAULT_CRITICAL, NO_DAYS, NULL, NULL,
	                              "the token acts in another organisation than before",
	                              "find out whose it is, vault show {label}, then: vault rotate {label}"},
	[VAULT_RULE_DRIFT_EMAIL] = {"drift-email", VAULT_HIGH, NO_DAYS, NULL, NULL,
	                            "the token acts under another e-mail address than labelled or seen before",
	                            "where the address is right: vault edit {label} --account EMAIL; else: vault rotate {label}"},
	[VAULT_RULE_DRIFT_ADMIN] = {"drift-admin", VAULT_HIGH, NO_DAYS, NULL, NULL,
	                            "the token's user became a system admin, or is none any more",
	                            "where it should be none, take the role away in Smartsheet, then: vault check {label}"},
	[VAULT_RULE_DRIFT_LICENSE] = {"drift-license", VAULT_MEDIUM, NO_DAYS, NULL, NULL,
	                              "the token's user has another license than before",
	                              "find out what the user has, then: vault edit {label} --license TYPE"},
	[VAULT_RULE_DRIFT_SEAT] = {"drift-seat", VAULT_MEDIUM, NO_DAYS, NULL, NULL,
	                           "the token's user has another seat type than labelled",
	                           "find out what the user has, then: vault edit {label} --license TYPE"},
	[VAULT_RULE_RETIRED_ALIVE] = {"retired-alive", VAULT_CRITICAL, NO_DAYS, NULL, "NHI7", "a retired value still works",
	                              "revoke it in Smartsheet, then prove it dead: vault check --retired {label}"},
	[VAULT_RULE_RETIRED_UNPROVED] = {"retired-unproved", VAULT_MEDIUM, 7, "since the rotation", "NHI7",
	                                 "a retired value is not proved dead",
	                                 "revoke it in Smartsheet, then prove it dead: vault check --retired {label}"},
	[VAULT_RULE_DEAD_HELD] = {"dead-held", VAULT_MEDIUM, NO_DAYS, NULL, NULL,
	                          "somebody holds a token that does not work",
	                          "end it: vault unshare {label} --vendor {vendor} --to {to}; or give them one that works: vault "
	                          "rotate {label}, then vault share"},
	[VAULT_RULE_LICENSE_IDLE] = {"license-idle", VAULT_LOW, NO_DAYS, NULL, NULL,
	                             "a dedicated user's license is in use for nobody",
	                             "free the license in Smartsheet, and let go of the token: vault remove {label}"},
	[VAULT_RULE_NO_VALUE] = {"no-value", VAULT_MEDIUM, NO_DAYS, NULL, "NHI1",
	                         "somebody outside holds a value that nobody here has",
	                         "revoke it by its name in Smartsheet, and store a new one: vault rotate {label}"},
	[VAULT_RULE_UNCHECKED] = {"unchecked", VAULT_LOW, 30, "since the last check", NULL,
	                          "the token was not checked for long, or never", "ask Smartsheet: vault check {label}"},
	[VAULT_RULE_UNUSED] = {"unused", VAULT_LOW, 90, "since it was last fetched", NULL,
	                       "nobody has fetched the token for long",
	                       "where nobody needs it, revoke it in Smartsheet, then: vault remove {label}"},
	[VAULT_RULE_UNCONFIRMED] = {"unconfirmed", VAULT_LOW, 365, "since it was given or confirmed", NULL,
	                            "nobody has said for long that a hand-over is still needed",
	                            "ask, then: vault share {label} --vendor {vendor} --to {to} --confirm; or vault unshare {label} "
	                            "--vendor {vendor} --to {to}"},
	[VAULT_RULE_SLOT_IDLE] = {"slot-idle", VAULT_LOW, 90, "since it last opened the vault", NULL,
	                          "a key slot that can open tokens was not used for long",
	                          "where nobody needs it: vault access remove {slot}"},
	[VAULT_RULE_ONE_ADMIN] = {"one-admin", VAULT_MEDIUM, NO_DAYS, NULL, NULL, "only one key slot is an admin's",
	                          "let a second person be one: vault access add NAME --role admin"},
	[VAULT_RULE_NO_RECOVERY] = {"no-recovery", VAULT_MEDIUM, NO_DAYS, NULL, NULL, "there is no recovery code",
	                            "make one: vault access add recovery --role admin, and keep it on paper"},
	[VAULT_RULE_KDF_WEAK] = {"kdf-weak", VAULT_LOW, NO_DAYS, NULL, NULL,
	                         "a passphrase is stretched less than this program does it by default",
	                         "its holder sets it anew: vault access passwd"},
	[VAULT_RULE_LOG_MISSING] = {"log-missing", VAULT_HIGH, NO_DAYS, NULL, NULL, "the access log is gone",
	                            "put it back where it was; else accept what is there: vault verify --accept LINE"},
	[VAULT_RULE_LOG_CUT] = {"log-cut", VAULT_CRITICAL, NO_DAYS, NULL, NULL,
	                        "the access log has lost entries that this machine saw",
	                        "put the whole one back; else accept what is there: vault verify --accept LINE"},
	[VAULT_RULE_LOG_OTHER] = {"log-other", VAULT_HIGH, NO_DAYS, NULL, NULL, "the access log is another vault's",
	                          "put this vault's own beside it, or name it by --log FILE"},
};
_Static_assert(sizeof rules / sizeof rules[0] == VAULT_RULES, "a line for each rule");

/* --- severities ------------------------------------------------------------------------------------------- */

static const char *const severities[] = {"info", "low", "medium", "high", "critical"};
enum { SEVERITIES = sizeof severities / sizeof severities[0] };

const char *vault_severity_name(enum vault_severity s)
{
	return (size_t)s < SEVERITIES ? severities[s] : "?";
}

enum vault_rc vault_severity_parse(const char *s, enum vault_severity *out, struct vault_err *err)
{
	for (size_t i = 0; s != NULL && i < SEVERITIES; i++) {
		if (strcmp(s, severities[i]) == 0) {
			*out = (enum vault_severity)i;
			return VAULT_OK;
		}
	}
	return vault_err_set(err, VAULT_USAGE, "a severity is info, low, medium, high or critical, not '%s'", s != NULL ? s : "");
}

/* --- rules ------------------------------------------------------------------------------------------------ */

const struct vault_rule_info *vault_rule_info(enum vault_rule r)
{
	return (size_t)r < VAULT_RULES ? &rules[r] : NULL;
}

enum vault_rc vault_rule_parse(const char *code, enum vault_rule *out, struct vault_err *err)
{
	const char *codes[VAULT_RULES];
	char near[NEAR_MAX];
	for (size_t i = 0; i < VAULT_RULES; i++) {
		codes[i] = rules[i].code;
		if (code != NULL && strcmp(code, codes[i]) == 0) {
			*out = (enum vault_rule)i;
			return VAULT_OK;
		}
	}
	near_sentence(code != NULL ? code : "", codes, VAULT_RULES, near, sizeof near);
	return vault_err_set(err, VAULT_USAGE, "there is no rule '%s'%s", code != NULL ? code : "", near);
}

/* --- remedies --------------------------------------------------------------------------------------------- */

/* As one word of a shell's: a vendor's name may hold anything but control characters. */
static void add_word(struct buf *b, const char *word)
{
	char text[WORD_MAX];
	(void)vault_shell_word(word, text, sizeof text);
	buf_add(b, text, strlen(text));
}

/* The name that a place is for, and what stands there where nobody is named. */
static const char *name_at(const char *place, const struct vault_rule_names *n, const char **otherwise)
{
	const struct {
		const char *place, *name, *otherwise;
	} all[] = {
		{"{label}", n->label, "LABEL"}, {"{vendor}", n->vendor, "VENDOR"}, {"{to}", n->to, "EMAIL"}, {"{slot}", n->slot, "NAME"},
	};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		if (strncmp(place, all[i].place, strlen(all[i].place)) == 0) {
			*otherwise = all[i].otherwise;
			return all[i].name;
		}
	}
	*otherwise = "";
	return NULL;
}

char *vault_rule_remedy(enum vault_rule r, const struct vault_rule_names *names)
{
	const struct vault_rule_info *info = vault_rule_info(r);
	struct buf b = {.p = NULL};
	if (info == NULL)
		return NULL;
	for (const char *p = info->remedy; *p != '\0';) {
		const size_t n = strcspn(p, "{");
		const char *otherwise = NULL;
		buf_add(&b, p, n);
		p += n;
		if (*p == '\0')
			break;
		const char *name = name_at(p, names, &otherwise);
		if (name != NULL)
			add_word(&b, name);
		else
			buf_add(&b, otherwise, strlen(otherwise));
		p += strcspn(p, "}") + 1;
	}
	buf_add(&b, "", 1);
	if (b.failed)
		buf_free(&b);
	return (char *)b.p;
}

/* --- settings --------------------------------------------------------------------------------------------- */

void vault_settings_defaults(struct vault_settings *s)
{
	memset(s, 0, sizeof *s);
	for (size_t i = 0; i < VAULT_RULES; i++)
		s->rules[i].days = -1;
}

void vault_settings_clear(struct vault_settings *s)
{
	free(s->ca_file);
	free(s->kept);
	vault_settings_defaults(s);
}

int32_t vault_settings_days(const struct vault_settings *s, enum vault_rule r)
{
	const struct vault_rule_info *info = vault_rule_info(r);
	if (info == NULL || info->days < 0)
		return -1;
	return s->rules[r].days >= 0 ? s->rules[r].days : info->days;
}

int vault_settings_off(const struct vault_settings *s, enum vault_rule r)
{
	return (size_t)r < VAULT_RULES && s->rules[r].off;
}
