/* audit_tokens.c - rules on one token: what due finds too, whom it acts as, its old values, its use. Pure. L5. */
#include <string.h>

#include <vault/policy.h>

#include "audit_int.h"

/* --- what due finds too ---------------------------------------------------------------------------------- */

static enum vault_reason audit_reason(enum vault_rule r)
{
	switch (r) {
	case VAULT_RULE_AGE:
		return VAULT_DUE_AGE;
	case VAULT_RULE_EXPIRY:
		return VAULT_DUE_EXPIRY;
	case VAULT_RULE_ENDED_HOLDER:
		return VAULT_DUE_ENDED_HOLDER;
	case VAULT_RULE_UNTIL:
		return VAULT_DUE_UNTIL;
	case VAULT_RULE_RETIRED_ALIVE:
		return VAULT_DUE_RETIRED_ALIVE;
	case VAULT_RULE_VERDICT:
		return VAULT_DUE_VERDICT;
	case VAULT_RULE_EXPOSED:
		return VAULT_DUE_EXPOSED;
	case VAULT_RULE_ADMIN_SHARED:
		return VAULT_DUE_ADMIN_SHARED;
	default:
		return VAULT_DUE_SLOT;
	}
}

/* due looks ahead; of what is found only the expiry is to be said before its day. */
void audit_due(struct audit_work *w, enum vault_rule r)
{
	const struct vault_due *d = w->own->due;

	for (size_t i = 0; d != NULL && i < d->n_reasons; i++) {
		const struct vault_due_reason *reason = &d->reasons[i];
		struct vault_audit_finding about = {.token = w->t, .vendor = reason->vendor, .handover = reason->handover, .since = reason->since};

		if (reason->code != audit_reason(r) || (reason->since > w->f->today && r != VAULT_RULE_EXPIRY))
			continue;
		/* About all who hold it: where that is one, the remedy can name them. */
		if ((r == VAULT_RULE_EXPOSED || r == VAULT_RULE_ADMIN_SHARED) && w->own->n_held == 1) {
			about.vendor = w->held[0].vendor;
			about.handover = w->held[0].handover;
		}
		audit_add(w, r, &about, finding_text("%s", reason->message));
	}
}

/* --- whom it acts as ------------------------------------------------------------------------------------- */

static enum vault_rule audit_drift_rule(const struct vault_drift *d)
{
	if (strcmp(d->code, "user") == 0)
		return VAULT_RULE_DRIFT_USER;
	if (strcmp(d->code, "account") == 0)
		return VAULT_RULE_DRIFT_ACCOUNT;
	if (strcmp(d->code, "email") == 0)
		return VAULT_RULE_DRIFT_EMAIL;
	return strncmp(d->code, "admin-", 6) == 0 ? VAULT_RULE_DRIFT_ADMIN : VAULT_RULE_DRIFT_LICENSE;
}

void audit_drift(struct audit_work *w, enum vault_rule r)
{
	const struct vault_audit_finding about = {.token = w->t, .since = w->drifted};

	for (size_t i = 0; i < w->drifts.n; i++)
		if (audit_drift_rule(&w->drifts.d[i]) == r)
			audit_add(w, r, &about, finding_text("%s", w->drifts.d[i].message));
}

/* What Smartsheet calls a seat, as a license is labelled; NULL for what says nothing. */
static const char *audit_seat(const char *word)
{
	static const char *const same[][2] = {
		{"member", "member"},       {"licensed", "member"},    {"provisional", "provisional"}, {"provisional_member", "provisional"},
		{"guest", "guest"},         {"viewer", "contributor"}, {"contributor", "contributor"},
	};

	for (size_t i = 0; word != NULL && i < sizeof same / sizeof same[0]; i++)
		if (strcmp(word, same[i][0]) == 0)
			return same[i][1];
	return NULL;
}

/* The label against what was last seen: an older sight is not kept. A provisional member is licensed as long as it lasts. */
void audit_drift_seat(struct audit_work *w, enum vault_rule r)
{
	const struct vault_exposures mine = finding_exposures(&w->x, w->t);
	const struct vault_exposure *e = vault_exposure_newest(&mine, w->t, w->now->number);
	const char *labelled = audit_seat(w->t->license), *seen = e != NULL ? audit_seat(e->seat) : NULL;
	struct vault_audit_finding about = {.token = w->t};

	if (labelled == NULL || seen == NULL || strcmp(labelled, seen) == 0 ||
	    (strcmp(w->t->license, "licensed") == 0 && strcmp(seen, "provisional") == 0))
		return;
	about.since = vault_day_of(e->observed);
	audit_add(w, r, &about, finding_text("its user has the seat type %s and is labelled %s", e->seat, w->t->license));
}

void audit_everyday_account(struct audit_work *w, enum vault_rule r)
{
	const struct audit_person *p = audit_person(w, w->t->account);

	if (p == NULL)
		return;
	audit_add(w, r, NULL,
	          p->vendor != NULL ? finding_text("it acts as %s, who is a contact of %s", w->t->account, p->vendor)
	                            : finding_text("it acts as %s, who is named as the owner of %s", w->t->account, p->label));
}

void audit_ineligible(struct audit_work *w, enum vault_rule r)
{
	const char *why = NULL;

	if (vault_eligible(w->t->license, w->t->plan, &why) == VAULT_ELIGIBLE_NO)
		audit_add(w, r, NULL, finding_text("labelled %s%s%s: %s", w->t->license, w->t->plan != NULL ? " on plan " : "",
		                                   w->t->plan != NULL ? w->t->plan : "", why));
}

/* --- values ---------------------------------------------------------------------------------------------- */

void audit_retired_unproved(struct audit_work *w, enum vault_rule r)
{
	for (size_t i = 0; i < w->t->n_versions; i++) {
		const struct vault_version *v = &w->t->versions[i];
		const struct vault_audit_finding about = {.token = w->t, .since = v->retired};
		char day[VAULT_DAY_LEN];

		if (v->status != VAULT_RETIRED || v->retired == VAULT_NO_DAY || !audit_long_ago(w, r, v->retired))
			continue;
		(void)vault_day_format(v->retired, day);
		audit_add(w, r, &about, finding_text("version %lu was replaced on %s, and that it is dead is not proved%s",
		                                     (unsigned long)v->number, day, v->has_value ? "" : ": nobody here has its value"));
	}
}

void audit_no_value(struct audit_work *w, enum vault_rule r)
{
	struct vault_audit_finding about = {.token = w->t, .since = VAULT_NO_DAY};
	const struct vault_holder *first = NULL;
	size_t n = 0;

	if (w->now->has_value || w->now->status == VAULT_DEAD)
		return;
	for (size_t i = 0; i < w->own->n_held; i++) {
		if (!finding_knows(w->held[i].handover, w->now->number, w->f->today))
			continue;
		if (n++ == 0)
			first = &w->held[i];
	}
	if (n == 0)
		return;
	if (n == 1) {
		about.vendor = first->vendor;
		about.handover = first->handover;
	}
	audit_add(w, r, &about,
	          n == 1 ? finding_text("%s of %s has a value that nobody here has", first->handover->to, first->vendor->name)
	                 : finding_text("%s of %s and %zu more have a value that nobody here has", first->handover->to,
	                                first->vendor->name, n - 1));
}

/* --- use ------------------------------------------------------------------------------------------------- */

/* Nobody can ask about a value that nobody here has. */
void audit_unchecked(struct audit_work *w, enum vault_rule r)
{
	const struct vault_verdict *said = vault_verdict_newest(&w->verdicts, w->t, w->now->number, 1);
	struct vault_audit_finding about = {.token = w->t, .since = said != NULL ? vault_day_of(said->checked) : w->now->created};
	char day[VAULT_DAY_LEN];

	if (!w->now->has_value || w->now->status == VAULT_DEAD || (said != NULL && !audit_long_ago(w, r, about.since)))
		return;
	(void)vault_day_format(about.since, day);
	audit_add(w, r, &about,
	          said == NULL ? finding_text("Smartsheet was never asked about version %lu", (unsigned long)w->now->number)
	                       : finding_text("last checked on %s, %lld days ago", day, (long long)(w->f->today - about.since)));
}

static const struct vault_token_use *audit_use(const struct audit_work *w)
{
	const struct vault_usage *u = w->a->usage;
	size_t lo = 0, hi = u->n_tokens;

	while (lo < hi) {
		const size_t mid = lo + (hi - lo) / 2;

		if (memcmp(u->tokens[mid].id, w->t->id, VAULT_ID_LEN) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < u->n_tokens && memcmp(u->tokens[lo].id, w->t->id, VAULT_ID_LEN) == 0 ? &u->tokens[lo] : NULL;
}

/* A vendor who holds it uses it without fetching it; before the log began nothing is known. */
void audit_unused(struct audit_work *w, enum vault_rule r)
{
	const struct vault_token_use *use = w->a->usage != NULL ? audit_use(w) : NULL;
	struct vault_audit_finding about = {.token = w->t};
	int64_t last, from;
	char day[VAULT_DAY_LEN];

	if (use == NULL || !w->now->has_value || w->now->status == VAULT_DEAD || w->own->n_held > 0)
		return;
	from = use->stored > w->a->usage->since ? use->stored : w->a->usage->since;
	last = use->fetched > from ? use->fetched : from;
	about.since = vault_day_of(last);
	if (!audit_long_ago(w, r, about.since))
		return;
	(void)vault_day_format(about.since, day);
	audit_add(w, r, &about,
	          finding_text("%s %s, %lld days ago", last == use->fetched  ? "last fetched on"
	                                               : last == use->stored ? "never fetched since it was stored on"
	                                                                     : "not fetched since the access log began on",
	                       day, (long long)(w->f->today - about.since)));
}
