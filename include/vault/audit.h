/* audit.h - findings: what is wrong or risky with tokens, vendors, key slots and access log, how bad, and what to do. Pure: facts
 * in, findings out; vault_audit_read brings the facts together. The rules' codes, severities and days: rules.h. */
#ifndef VAULT_AUDIT_H
#define VAULT_AUDIT_H

#include <vault/access.h>
#include <vault/finding.h>
#include <vault/rules.h>
#include <vault/vault.h>

/* --- who used what last --- */

/* Times in seconds; 0: never, as far as the logs that are here tell. */
struct vault_token_use {
	uint8_t id[VAULT_ID_LEN];
	int64_t stored;           /* its first value */
	int64_t fetched;          /* last given out by get, run or export */
};
struct vault_slot_use {
	uint8_t id[VAULT_ID_LEN];
	int64_t last_entry;       /* of the access log that it signed */
	int64_t last_change;      /* of the vault that it signed */
};
struct vault_usage {
	struct vault_token_use *tokens; /* active ones, ascending by id */
	size_t n_tokens;
	struct vault_slot_use *slots; /* ascending by id */
	size_t n_slots;
	int64_t since;            /* when the oldest of the logs was begun that are here: what was before is not known */
	int whole;                /* they reach back to one that follows none */
};
void vault_usage_clear(struct vault_usage *u);

/* --- findings --- */

/* Everything a finding can rest on. Borrowed. */
struct vault_audit_facts {
	struct vault_facts f;     /* `verdicts` NULL: the access log is not here, and rules that rest on it find nothing */
	const struct vault_slots *slots; /* NULL: not known */
	const struct vault_usage *usage; /* NULL: not known */
	enum vault_log_state log;
};

struct vault_audit_finding {
	enum vault_rule rule;
	enum vault_severity severity; /* the rule's */
	/* What it is about, borrowed from the facts; NULL where it is about none, or about several. */
	const struct vault_token *token;
	const struct vault_vendor *vendor;
	const struct vault_handover *handover; /* of whom */
	const char *slot;
	int64_t since;            /* the day from which it holds, or of what it rests on; VAULT_NO_DAY: not known */
	char *message;            /* a sentence without a full stop */
};
struct vault_audit {
	struct vault_audit_finding *f; /* the worst first, then in the order of the rules, then by label, vendor, person, slot */
	size_t n;
};
void vault_audit_clear(struct vault_audit *l);

/* All findings of the rules that are on. */
enum vault_rc vault_audit_find(const struct vault_audit_facts *facts, struct vault_audit *out, struct vault_err *err) VAULT_MUST_CHECK;

/* What to do about one, with its names (vault_rule_remedy); malloc'ed, NULL without memory. */
char *vault_audit_remedy(const struct vault_audit_finding *f);

/* 1 where a rule rests on the access log, so that it finds nothing where that is not here. */
int vault_audit_needs_log(enum vault_rule r);

/* --- the facts of a vault --- */

struct vault_audit_data {
	struct vault_tokens tokens;
	struct vault_vendors vendors;
	struct vault_handovers handovers;
	struct vault_verdicts verdicts;
	struct vault_exposures exposures;
	struct vault_slot_reads reads;
	struct vault_settings settings;
	struct vault_slots slots;
	struct vault_usage usage;
	struct vault_audit_facts facts; /* of the above: not to be moved */
};
void vault_audit_data_clear(struct vault_audit_data *d);

/* Reads them all in a VAULT_READ_AUDIT transaction of its own; the newest access log once, and the closed ones before it that
 * lie beside it. VAULT_FORBIDDEN for a script. `out` is cleared in any case by the caller. */
enum vault_rc vault_audit_read(struct vault *v, struct vault_audit_data *out, struct vault_err *err) VAULT_MUST_CHECK;

#endif
