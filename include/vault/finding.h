/* finding.h - what must be rotated and why, who holds what, what drifted. Pure: facts in, findings out. */
#ifndef VAULT_FINDING_H
#define VAULT_FINDING_H

#include <vault/reach.h>
#include <vault/rules.h>
#include <vault/types.h>

/* Everything a finding can rest on. Borrowed. `verdicts` NULL: not checked here (a copy without its log): reasons
 * that rest on them are left out. `reads` NULL: no slot was ended. */
struct vault_facts {
	const struct vault_tokens *tokens;
	const struct vault_vendors *vendors;
	const struct vault_handovers *handovers;
	const struct vault_verdicts *verdicts;
	int64_t today;
	const struct vault_slot_reads *reads;
	const struct vault_settings *settings; /* what the organisation decided of rules; NULL: the defaults */
	const struct vault_exposures *exposures; /* NULL: none known, or not checked here */
};

/* --- holders --- */

enum vault_holder_state {
	VAULT_HOLDER_CURRENT,       /* "current": knows the live value */
	VAULT_HOLDER_OUTDATED,      /* "outdated": knows a retired one */
	VAULT_HOLDER_ENDED_LIVE,    /* "ended-live": ended, knows the live value */
	VAULT_HOLDER_ENDED_RETIRED, /* "ended-retired": ended, knows a retired one not proved dead */
	VAULT_HOLDER_ENDED          /* "ended": never given, or what they knew is proved dead */
};
const char *vault_holder_state_name(enum vault_holder_state s);

/* One hand-over as it was at the end of a day. Pointers are borrowed from the facts. */
struct vault_holder {
	const struct vault_token *token;
	const struct vault_vendor *vendor;
	const struct vault_handover *handover;
	const struct vault_period *period; /* the one that counts on that day */
	const struct vault_give *give;     /* the newest of it on that day */
	int64_t until, confirmed;          /* that giving's last day, and the last --confirm, as they were then; VAULT_NO_DAY */
	enum vault_holder_state state;
};
struct vault_holders {
	struct vault_holder *h;
	size_t n;
};
void vault_holders_clear(struct vault_holders *l);

/* The last day of a hand-over: its own or that of the agreement it was made under, whichever comes first; VAULT_NO_DAY
 * where neither has one. `*agreement` (may be NULL): that agreement where the day is its, else NULL; borrowed. Reads vendor,
 * give and until only. */
int64_t vault_holder_until(const struct vault_holder *h, const struct vault_agreement **agreement);

/* Who held what at the end of day `at` (facts->today for now): by label, then vendor, then person. `all`: also
 * those whose hand-over had ended by then. Versions count as current, retired or dead as they were that day. */
enum vault_rc vault_holders_at(const struct vault_facts *facts, int64_t at, int all, struct vault_holders *out,
                               struct vault_err *err) VAULT_MUST_CHECK;

/* Whether a vendor is really out: ending a hand-over makes nobody forget a value, its death does. */
struct vault_vendor_out {
	size_t holding;           /* hand-overs that run */
	size_t knowing;           /* ended ones: they know a value that is not proved dead */
	size_t past;              /* ended ones whose every value is dead */
	int64_t since;            /* the last ending or death of these; VAULT_NO_DAY where something above is left, or nothing ever was */
};
/* `holders`: as of vault_holders_at with `all` 1, on day `at`; those of other vendors are passed over. */
void vault_vendor_out(const struct vault_holders *holders, const struct vault_vendor *vendor, int64_t at,
                      struct vault_vendor_out *out);

/* --- due --- */

enum vault_reason {
	VAULT_DUE_AGE, VAULT_DUE_EXPIRY, VAULT_DUE_ENDED_HOLDER, VAULT_DUE_UNTIL, VAULT_DUE_RETIRED_ALIVE,
	VAULT_DUE_VERDICT, VAULT_DUE_IDENTITY, VAULT_DUE_EXPOSED, VAULT_DUE_ADMIN_SHARED, VAULT_DUE_UNCHECKED,
	VAULT_DUE_SLOT
};
const char *vault_reason_name(enum vault_reason r); /* age expiry ended-holder until retired-alive ... */

struct vault_due_reason {
	enum vault_reason code;
	int64_t since;            /* the day from which it holds; in the future: from which it will hold */
	char *message;            /* a sentence without a full stop */
	uint32_t version;         /* it is about; 0: about the token */
	/* Of a reason that is about one hand-over, borrowed from the facts; else NULL. */
	const struct vault_vendor *vendor;
	const struct vault_handover *handover;
	const struct vault_agreement *agreement; /* of `until`: whose day it is, where it is not the hand-over's own */
};

struct vault_due {
	const struct vault_token *token; /* borrowed from the facts */
	int64_t due;              /* the earliest `since` */
	int64_t days_left;        /* due - today; 0 or below: now */
	struct vault_due_reason *reasons; /* in the order of the enum, then of since */
	size_t n_reasons;
};
struct vault_dues {
	struct vault_due *d;      /* most urgent first */
	size_t n;
};
void vault_dues_clear(struct vault_dues *l);

/* Active tokens that must be rotated now or within `within_days`. A reason whose rule (of the same code) is off is left out;
 * where days of the rule expiry were set, that reason is given from so many days before. */
enum vault_rc vault_due_find(const struct vault_facts *facts, int64_t within_days, struct vault_dues *out,
                             struct vault_err *err) VAULT_MUST_CHECK;

/* --- drift --- */

struct vault_drift {
	/* user email account admin-gained admin-lost license-lost license-gained; seat: another seat type than in an earlier
	 * exposure (medium: no member any more, info: a member now, else low) */
	const char *code;
	enum vault_severity severity;
	char *was, *is, *message;
};
struct vault_drifts {
	struct vault_drift *d;
	size_t n;
};
void vault_drifts_clear(struct vault_drifts *l);

/* How `now` (a verdict with an identity) differs from what is labelled and was seen before in `earlier` (verdicts of
 * this token; where `now` points into them, only those before it count). A confirmed alternate address is no drift. A
 * first observation is none, unless its e-mail is not the labelled account's. */
enum vault_rc vault_drift_find(const struct vault_token *token, const struct vault_verdicts *earlier,
                               const struct vault_verdict *now, struct vault_drifts *out,
                               struct vault_err *err) VAULT_MUST_CHECK;

/* Adds `seat` where the seat type (as struct vault_exposure has it) of whom the token acts as is another than it was. NULL:
 * not to be seen, which is no drift; nor is a first sight, nor that `viewer` was renamed to `contributor`. On failure `out` is
 * cleared. */
enum vault_rc vault_drift_seat(const char *before, const char *now, struct vault_drifts *out,
                               struct vault_err *err) VAULT_MUST_CHECK;

/* "admin-gained: was no system admin, is system admin", with "; " between; malloc'ed, NULL for none and without memory. */
char *vault_drifts_text(const struct vault_drifts *l);

/* 1 where a drift is about whom the token acts as (user, email, account): then it is due for `identity`. */
int vault_drift_is_identity(const struct vault_drift *d);

#endif
