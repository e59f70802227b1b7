/* rules.h - the rules of audit: what each finds, how bad that is, what its days mean, what to do. Pure data, one source: the
 * manual's table, policy list and audit read it from here. Codes are published and keep their meaning; new ones are added at
 * the end. Source of the NHI numbers: OWASP Non-Human Identities Top 10, 2025. */
#ifndef VAULT_RULES_H
#define VAULT_RULES_H

#include <stdint.h>

#include <vault/error.h>

enum vault_severity { VAULT_INFO, VAULT_LOW, VAULT_MEDIUM, VAULT_HIGH, VAULT_CRITICAL };
const char *vault_severity_name(enum vault_severity s); /* info low medium high critical */
/* The reverse; VAULT_USAGE names them. */
enum vault_rc vault_severity_parse(const char *s, enum vault_severity *out, struct vault_err *err) VAULT_MUST_CHECK;

enum vault_rule {
	VAULT_RULE_AGE, VAULT_RULE_EXPIRY, VAULT_RULE_ENDED_HOLDER, VAULT_RULE_UNTIL, VAULT_RULE_SLOT, VAULT_RULE_VERDICT,
	VAULT_RULE_VENDOR_UNVETTED, VAULT_RULE_VENDOR_NO_AGREEMENT, VAULT_RULE_AGREEMENT_ENDING, VAULT_RULE_ADMIN_SHARED,
	VAULT_RULE_EVERYDAY_ACCOUNT, VAULT_RULE_EXPOSED, VAULT_RULE_MANY_VENDORS, VAULT_RULE_SAME_ACCOUNT,
	VAULT_RULE_INELIGIBLE, VAULT_RULE_DRIFT_USER, VAULT_RULE_DRIFT_ACCOUNT, VAULT_RULE_DRIFT_EMAIL, VAULT_RULE_DRIFT_ADMIN,
	VAULT_RULE_DRIFT_LICENSE, VAULT_RULE_DRIFT_SEAT, VAULT_RULE_RETIRED_ALIVE, VAULT_RULE_RETIRED_UNPROVED,
	VAULT_RULE_DEAD_HELD, VAULT_RULE_LICENSE_IDLE, VAULT_RULE_NO_VALUE, VAULT_RULE_UNCHECKED, VAULT_RULE_UNUSED,
	VAULT_RULE_UNCONFIRMED, VAULT_RULE_SLOT_IDLE, VAULT_RULE_ONE_ADMIN, VAULT_RULE_NO_RECOVERY, VAULT_RULE_KDF_WEAK,
	VAULT_RULE_LOG_MISSING, VAULT_RULE_LOG_CUT, VAULT_RULE_LOG_OTHER,
	VAULT_RULES
};

/* All strings are constants. */
struct vault_rule_info {
	const char *code;         /* "ended-holder" */
	enum vault_severity severity;
	int32_t days;             /* the default; -1: the rule has none */
	const char *days_mean;    /* what they count, "since the last check"; NULL: the rule has none */
	const char *nhi;          /* "NHI1", or NULL */
	const char *title;        /* what it finds: a sentence without a full stop */
	const char *remedy;       /* what to do about it, with {label} {vendor} {to} {slot} for names: vault_rule_remedy */
};
/* NULL for what is no rule. */
const struct vault_rule_info *vault_rule_info(enum vault_rule r);
/* VAULT_USAGE for what is no rule's code, with near ones. */
enum vault_rc vault_rule_parse(const char *code, enum vault_rule *out, struct vault_err *err) VAULT_MUST_CHECK;

/* Whom a finding is about; NULL where it is about none. Borrowed. */
struct vault_rule_names {
	const char *label, *vendor, *to, *slot;
};
/* The remedy with the names in it, each as a word of a shell's (quoted where it must be); a name that is NULL stays a word in
 * capitals, LABEL. malloc'ed; NULL without memory and for what is no rule. */
char *vault_rule_remedy(enum vault_rule r, const struct vault_rule_names *names);

/* --- what an organisation decided: settings.h reads and writes it --- */

enum { VAULT_RULE_DAYS_MAX = 36500 };

struct vault_rule_setting {
	int off;                  /* it finds nothing */
	int32_t days;             /* -1: the rule's own; else 0 to VAULT_RULE_DAYS_MAX */
};
struct vault_settings {
	struct vault_rule_setting rules[VAULT_RULES];
	char *ca_file;            /* absolute path of a PEM file that stands in for the system's; NULL: none. Owned */
	int log_best_effort;      /* a read that cannot be logged is released all the same */
	char *kept;               /* the record as it was read, so that what a newer program put there stays; owned, or NULL */
};
/* All rules on, with their own days; nothing owned. */
void vault_settings_defaults(struct vault_settings *s);
void vault_settings_clear(struct vault_settings *s);
/* The days that count for a rule: those that were set, else its own; -1 for a rule that has none. */
int32_t vault_settings_days(const struct vault_settings *s, enum vault_rule r);
int vault_settings_off(const struct vault_settings *s, enum vault_rule r);

#endif
