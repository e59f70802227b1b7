/* audit_int.h - one audit at work, for the files of its room. L5. */
#ifndef VAULT_AUDIT_INT_H
#define VAULT_AUDIT_INT_H

#include <vault/audit.h>

#include "finding.h"

/* An address that is a person's, and where it stands. */
struct audit_person {
	const char *email;
	const char *vendor;       /* whose contact; NULL: the owner of `label` */
	const char *label;
};

/* What is known of a token beside its record. */
struct audit_token {
	const struct vault_due *due; /* NULL: nothing */
	size_t held, n_held;      /* running hand-overs, of `holders` */
};

struct audit_work {
	const struct vault_audit_facts *a;
	const struct vault_facts *f;
	const struct vault_settings *settings;
	struct vault_audit *out;
	size_t cap;
	int failed;               /* no memory */
	struct finding_index x;
	struct vault_dues dues;
	struct vault_holders holders; /* running ones, by label */
	struct audit_token *of;   /* in the order of the tokens */
	const struct vault_token **by_account; /* all, also removed ones */
	struct audit_person *people; /* ascending by address */
	size_t n_people;

	/* the token whose turn it is */
	const struct vault_token *t;
	const struct vault_version *now; /* its current version */
	const struct audit_token *own;
	const struct vault_holder *held; /* own->n_held of them */
	struct vault_verdicts verdicts;
	struct vault_drifts drifts; /* of the newest that says whom it acts as */
	int64_t drifted;          /* the day of that one */
};

/* Adds one; `message` is taken over, NULL: no memory. `about` (may be NULL) has token, vendor, hand-over, slot and since; without
 * it the finding is about the token whose turn it is. */
void audit_add(struct audit_work *w, enum vault_rule r, const struct vault_audit_finding *about, char *message);

/* Days that count for a rule; and whether more than so many have passed since a day. */
int64_t audit_days(const struct audit_work *w, enum vault_rule r);
int audit_long_ago(const struct audit_work *w, enum vault_rule r, int64_t day);

/* 1 where Smartsheet said that the current value of a token does not work, or it is dead; `*since` (may be NULL): when. */
int audit_is_dead(const struct audit_work *w, const struct vault_token *t, int64_t *since);

/* The place of a token among all. */
const struct audit_token *audit_of(const struct audit_work *w, const struct vault_token *t);

/* Addresses compare without regard to ASCII case, NULL first. */
int audit_email_order(const char *a, const char *b);
/* Who else has that address; NULL. */
const struct audit_person *audit_person(const struct audit_work *w, const char *email);

/* "a, b, c and 4 more" of n names, into `out`, which is returned. */
enum { AUDIT_NAMES = 5, AUDIT_NAMES_MAX = 1024 };
const char *audit_names(const char *const *names, size_t n, char out[AUDIT_NAMES_MAX]);

/* Tokens whose account is the same stand together in by_account: the one after the last of those from `i` on. */
size_t audit_same_account(const struct audit_work *w, size_t i);

/* --- rules: each adds what it finds --- */

/* audit_tokens.c: of the token whose turn it is */
void audit_due(struct audit_work *w, enum vault_rule r); /* what due finds too */
void audit_drift(struct audit_work *w, enum vault_rule r);
void audit_drift_seat(struct audit_work *w, enum vault_rule r);
void audit_everyday_account(struct audit_work *w, enum vault_rule r);
void audit_ineligible(struct audit_work *w, enum vault_rule r);
void audit_retired_unproved(struct audit_work *w, enum vault_rule r);
void audit_no_value(struct audit_work *w, enum vault_rule r);
void audit_unchecked(struct audit_work *w, enum vault_rule r);
void audit_unused(struct audit_work *w, enum vault_rule r);
/* audit_ledger.c: of the token whose turn it is */
void audit_vendor_no_agreement(struct audit_work *w, enum vault_rule r);
void audit_many_vendors(struct audit_work *w, enum vault_rule r);
void audit_dead_held(struct audit_work *w, enum vault_rule r);
void audit_unconfirmed(struct audit_work *w, enum vault_rule r);
/* audit_ledger.c: of all */
void audit_vendors(struct audit_work *w, enum vault_rule r); /* vendor-unvetted */
void audit_agreement_ending(struct audit_work *w, enum vault_rule r);
void audit_same_accounts(struct audit_work *w, enum vault_rule r);
void audit_license_idle(struct audit_work *w, enum vault_rule r);
/* audit_vault.c */
void audit_slot_idle(struct audit_work *w, enum vault_rule r);
void audit_one_admin(struct audit_work *w, enum vault_rule r);
void audit_no_recovery(struct audit_work *w, enum vault_rule r);
void audit_kdf_weak(struct audit_work *w, enum vault_rule r);
void audit_log(struct audit_work *w, enum vault_rule r);

#endif
