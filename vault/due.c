/* due.c - what must be rotated, and why: pure, facts in, reasons out. L5. Source: PRODUCT, Reasons for due. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "finding.h"

/* More days than there are from year 0 to 9999: beyond, adding to a day could overflow and would say nothing more. */
enum { DUE_WITHIN_MAX = 4000000 };

const char *vault_reason_name(enum vault_reason r)
{
	static const char *const names[] = {"age",      "expiry",   "ended-holder", "until",     "retired-alive", "verdict",
	                                    "identity", "exposed",  "admin-shared", "unchecked", "slot"};

	return (size_t)r < sizeof names / sizeof names[0] ? names[r] : "?";
}

static void due_clear(struct vault_due *d)
{
	for (size_t i = 0; i < d->n_reasons; i++)
		free(d->reasons[i].message);
	free(d->reasons);
	memset(d, 0, sizeof *d);
}

void vault_dues_clear(struct vault_dues *l)
{
	for (size_t i = 0; i < l->n; i++)
		due_clear(&l->d[i]);
	free(l->d);
	memset(l, 0, sizeof *l);
}

/* The rule by which an organisation may say that a reason does not count; VAULT_RULES: none. */
static enum vault_rule due_rule(enum vault_reason r)
{
	static const enum vault_rule rules[] = {
		[VAULT_DUE_AGE] = VAULT_RULE_AGE, [VAULT_DUE_EXPIRY] = VAULT_RULE_EXPIRY,
		[VAULT_DUE_ENDED_HOLDER] = VAULT_RULE_ENDED_HOLDER, [VAULT_DUE_UNTIL] = VAULT_RULE_UNTIL,
		[VAULT_DUE_RETIRED_ALIVE] = VAULT_RULE_RETIRED_ALIVE, [VAULT_DUE_VERDICT] = VAULT_RULE_VERDICT,
		[VAULT_DUE_IDENTITY] = VAULT_RULES, [VAULT_DUE_EXPOSED] = VAULT_RULE_EXPOSED,
		[VAULT_DUE_ADMIN_SHARED] = VAULT_RULE_ADMIN_SHARED, [VAULT_DUE_UNCHECKED] = VAULT_RULE_UNCHECKED,
		[VAULT_DUE_SLOT] = VAULT_RULE_SLOT,
	};

	return (size_t)r < sizeof rules / sizeof rules[0] ? rules[r] : VAULT_RULES;
}

/* One token at work. */
struct due_work {
	const struct finding_index *x;
	const struct vault_token *t;
	const struct vault_version *now;            /* its current version */
	const struct vault_handover *const *h;
	size_t n_h;
	struct vault_verdicts verdicts;             /* of this token */
	int64_t today, last;                        /* reasons that hold by `last` are listed */
	struct vault_due due;
	int failed;
};

/* Takes over `message`. `about`: the hand-over and the version that the reason is of; NULL. */
static void due_add(struct due_work *w, enum vault_reason code, int64_t since, char *message,
                    const struct vault_due_reason *about)
{
	const struct vault_settings *settings = w->x->facts->settings;
	struct vault_due_reason *r = NULL;

	if (settings != NULL && vault_settings_off(settings, due_rule(code))) {
		free(message);
		return;
	}
	if (message != NULL)
		r = realloc(w->due.reasons, (w->due.n_reasons + 1) * sizeof *r);
	if (r == NULL) {
		free(message);
		w->failed = 1;
		return;
	}
	w->due.reasons = r;
	r += w->due.n_reasons++;
	*r = about != NULL ? *about : (struct vault_due_reason){.version = 0};
	r->code = code;
	r->since = since;
	r->message = message;
}

static void due_age(struct due_work *w)
{
	int64_t since = vault_token_rotate_due(w->t);
	char day[VAULT_DAY_LEN];

	if (since == VAULT_NO_DAY || since > w->last)
		return;
	(void)vault_day_format(w->now->created, day);
	due_add(w, VAULT_DUE_AGE, since,
	        finding_text("the value is of %s and %s %lld days", day,
	                     since <= w->today ? "had to be rotated after" : "has to be rotated every",
	                     (long long)w->t->rotate_every_days),
	        NULL);
}

static void due_expiry(struct due_work *w)
{
	const struct vault_settings *s = w->x->facts->settings;
	int64_t last = w->last;
	char day[VAULT_DAY_LEN];

	if (s != NULL && w->today + s->rules[VAULT_RULE_EXPIRY].days > last)
		last = w->today + s->rules[VAULT_RULE_EXPIRY].days;
	if (w->t->expires == VAULT_NO_DAY || w->t->expires + 1 > last)
		return;
	(void)vault_day_format(w->t->expires, day);
	due_add(w, VAULT_DUE_EXPIRY, w->t->expires + 1,
	        w->t->expires < w->today ? finding_text("by the organisation's setting it expired on %s", day)
	                                 : finding_text("by the organisation's setting it expires after %s", day),
	        NULL);
}

static const char *due_when(const struct due_work *w, int64_t since)
{
	return since <= w->today ? "ended" : "ends";
}

/* One reason a hand-over: its own date or the agreement's, whichever comes first. */
static void due_until(struct due_work *w, const struct vault_holder *holder)
{
	const struct vault_give *g = holder->give;
	struct vault_due_reason about = {
	        .version = g->version, .vendor = holder->vendor, .handover = holder->handover};
	int64_t until = vault_holder_until(holder, &about.agreement);
	char day[VAULT_DAY_LEN];

	if (until == VAULT_NO_DAY || until + 1 > w->last)
		return;
	(void)vault_day_format(until, day);
	due_add(w, VAULT_DUE_UNTIL, until + 1,
	        about.agreement != NULL
	                ? finding_text("agreement %s, under which %s of %s has it, %s with %s", g->agreement,
	                               holder->handover->to, holder->vendor->name, due_when(w, until + 1), day)
	                : finding_text("the hand-over to %s of %s %s with %s", holder->handover->to,
	                               holder->vendor->name, due_when(w, until + 1), day),
	        &about);
}

/* Taking a token back does not make anybody forget it: what they know must die. */
static void due_ended_holder(struct due_work *w, const struct vault_holder *holder)
{
	const struct vault_handover *h = holder->handover;
	int64_t since = holder->period->ended;
	char day[VAULT_DAY_LEN];

	/* The newest end that was no mistake: a period that never was ends nothing. */
	for (size_t i = h->n_periods; i-- > 0;) {
		if (h->periods[i].never_given || h->periods[i].ended == VAULT_NO_DAY)
			continue;
		since = h->periods[i].ended;
		break;
	}
	for (size_t i = w->t->n_versions; i-- > 0;) {
		const struct vault_version *v = &w->t->versions[i];
		enum vault_version_status s = finding_status(w->t, v, w->today);
		const struct vault_due_reason about = {.version = v->number, .vendor = holder->vendor, .handover = h};

		if (s == VAULT_DEAD || !finding_knows(h, v->number, w->today))
			continue;
		(void)vault_day_format(since, day);
		due_add(w, VAULT_DUE_ENDED_HOLDER, since,
		        finding_text(s == VAULT_CURRENT
		                             ? "%s of %s, ended on %s, knows version %lu, the current one: `vault rotate %s`"
		                             : "%s of %s, ended on %s, knows version %lu: revoke it at Smartsheet, then "
		                               "`vault check --retired %s` proves it dead",
		                     h->to, holder->vendor->name, day, (unsigned long)v->number, w->t->label),
		        &about);
		return;
	}
}

static void due_holders(struct due_work *w, struct vault_err *err, enum vault_rc *rc)
{
	for (size_t i = 0; i < w->n_h; i++) {
		struct vault_holder holder;

		if (!finding_holder(w->x, w->t, w->h[i], w->today, &holder))
			continue;
		if (holder.vendor == NULL) {
			*rc = vault_err_set(err, VAULT_DAMAGED, "a hand-over of %s names no vendor there is; run `vault verify`",
			                    w->t->label);
			return;
		}
		if (finding_ended(holder.period, w->today))
			due_ended_holder(w, &holder);
		else
			due_until(w, &holder);
	}
}

static void due_retired_alive(struct due_work *w)
{
	for (size_t i = 0; i < w->t->n_versions; i++) {
		const struct vault_version *v = &w->t->versions[i];
		const struct vault_due_reason about = {.version = v->number};
		const struct vault_verdict *said = NULL;
		char day[VAULT_DAY_LEN];

		if (v->status != VAULT_RETIRED)
			continue;
		said = vault_verdict_newest(&w->verdicts, w->t, v->number, 1);
		if (said == NULL || (said->result != VAULT_VALID && said->result != VAULT_BLOCKED))
			continue;
		(void)vault_day_format(vault_day_of(said->checked), day);
		due_add(w, VAULT_DUE_RETIRED_ALIVE, v->retired,
		        finding_text("version %lu was last seen alive on %s: revoke it at Smartsheet, then "
		                     "`vault check --retired %s` proves it dead",
		                     (unsigned long)v->number, day, w->t->label),
		        &about);
	}
}

static void due_verdict(struct due_work *w)
{
	const struct vault_verdict *said = vault_verdict_newest(&w->verdicts, w->t, w->now->number, 1);
	char day[VAULT_DAY_LEN];

	if (said == NULL || (said->result != VAULT_EXPIRED && said->result != VAULT_REVOKED &&
	                     said->result != VAULT_INVALID))
		return;
	(void)vault_day_format(vault_day_of(said->checked), day);
	due_add(w, VAULT_DUE_VERDICT, vault_day_of(said->checked),
	        finding_text("Smartsheet said %s on %s: a new token has to be made", vault_result_name(said->result), day), NULL);
}

static void due_identity(struct due_work *w, const struct vault_verdict *seen)
{
	struct vault_drifts drifts;

	if (vault_drift_logged(w->t, &w->verdicts, seen, &drifts, NULL) != VAULT_OK) {
		w->failed = 1;
		return;
	}
	for (size_t i = 0; i < drifts.n; i++)
		if (vault_drift_is_identity(&drifts.d[i]))
			due_add(w, VAULT_DUE_IDENTITY, vault_day_of(seen->checked), finding_text("%s", drifts.d[i].message), NULL);
	vault_drifts_clear(&drifts);
}

static void due_admin_shared(struct due_work *w, const struct vault_verdict *seen)
{
	int64_t since = VAULT_NO_DAY;
	size_t n = 0;
	struct vault_holder first = {0};

	for (size_t i = 0; i < w->n_h; i++) {
		struct vault_holder holder;
		int64_t day = vault_day_of(seen->checked);

		if (!finding_holder(w->x, w->t, w->h[i], w->today, &holder) || finding_ended(holder.period, w->today))
			continue;
		if (holder.give->date > day)
			day = holder.give->date;
		if (n++ == 0 || day < since) {
			since = day;
			first = holder;
		}
	}
	if (n == 0)
		return;
	due_add(w, VAULT_DUE_ADMIN_SHARED, since,
	        n == 1 ? finding_text("%s of %s has the token of a system admin and acts on the whole organisation",
	                              first.handover->to, first.vendor->name)
	               : finding_text("%s of %s and %zu more have the token of a system admin and act on the whole organisation",
	                              first.handover->to, first.vendor->name, n - 1),
	        NULL);
}

/* An old copy of the file stays readable to who was let out. */
static void due_slot(struct due_work *w)
{
	const struct vault_slot_reads *l = w->x->facts->reads;
	char day[VAULT_DAY_LEN];

	for (size_t i = l ? vault_slot_reads_first(l, w->t->id) : 0; l && i < l->n; i++) {
		const struct vault_slot_read *r = &l->r[i];

		if (memcmp(r->token_id, w->t->id, VAULT_ID_LEN) != 0)
			return;
		if (r->version != w->now->number)
			continue;
		(void)vault_day_format(r->ended, day);
		due_add(w, VAULT_DUE_SLOT, r->ended,
		        finding_text("the key slot %s could read it until %s, and can in an old copy of the vault: "
		                     "`vault rotate %s`",
		                     r->slot, day, w->t->label),
		        NULL);
	}
}

/* The first day on which somebody held it of those who hold it today. */
static int64_t due_held_since(const struct due_work *w)
{
	int64_t since = VAULT_NO_DAY;

	for (size_t i = 0; i < w->n_h; i++) {
		struct vault_holder holder;

		if (!finding_holder(w->x, w->t, w->h[i], w->today, &holder) || finding_ended(holder.period, w->today))
			continue;
		for (size_t k = 0; k < holder.period->n_gives; k++)
			if (since == VAULT_NO_DAY || holder.period->gives[k].date < since)
				since = holder.period->gives[k].date;
	}
	return since;
}

static char *due_exposed_text(const struct vault_exposure *e, const struct vault_reach *r)
{
	char counts[FINDING_COUNTS_MAX], above[64] = "";
	size_t unnamed = 0;

	for (size_t i = 0; i < r->beyond.n; i++)
		unnamed += r->beyond.g[i].agreed == VAULT_ACCESS_UNKNOWN;
	if (unnamed < r->beyond.n)
		(void)snprintf(above, sizeof above, "%s%zu%s at a higher level than agreed", unnamed > 0 ? ", and " : "",
		               r->beyond.n - unnamed, unnamed > 0 ? "" : r->beyond.n == 1 ? " item" : " items");
	(void)finding_counts(e, 0, counts);
	if (unnamed == 0)
		return finding_text("it reaches %s (%s; %zu agreed)", above, counts, r->n_agreed);
	return finding_text("it reaches %s%zu %s that no hand-over names%s (%s; %zu agreed)", e->cut ? "at least " : "", unnamed,
	                    unnamed == 1 ? "item" : "items", above, counts, r->n_agreed);
}

/* Only where hand-overs name items: who agreed on nothing in particular agreed on all of it. */
static void due_exposed(struct due_work *w)
{
	const struct vault_exposures mine = finding_exposures(w->x, w->t);
	const struct vault_exposure *e = vault_exposure_newest(&mine, w->t, w->now->number);
	struct vault_handovers own = {.n = w->n_h};
	struct vault_reach r = {.given = 0};
	int64_t since, held;

	if (e == NULL || w->n_h == 0)
		return;
	own.h = calloc(w->n_h, sizeof *own.h); /* borrowed, each */
	for (size_t i = 0; own.h != NULL && i < w->n_h; i++)
		own.h[i] = *w->h[i];
	if (own.h == NULL || vault_reach_compare(e, &own, w->today, &r, NULL) != VAULT_OK) {
		w->failed = 1;
	} else if (r.beyond.n > 0) {
		since = vault_day_of(e->since);
		held = due_held_since(w);
		since = held > since ? held : since;
		if (since <= w->last)
			due_add(w, VAULT_DUE_EXPOSED, since, due_exposed_text(e, &r), NULL);
	}
	vault_reach_clear(&r);
	free(own.h);
}

static void due_of_verdicts(struct due_work *w)
{
	const struct vault_verdict *seen = finding_identity(&w->verdicts, w->now);

	due_retired_alive(w);
	due_verdict(w);
	if (seen != NULL)
		due_identity(w, seen);
	if (seen != NULL && seen->identity.admin == 1)
		due_admin_shared(w, seen);
	if (w->now->unchecked && vault_verdict_newest(&w->verdicts, w->t, w->now->number, 1) == NULL)
		due_add(w, VAULT_DUE_UNCHECKED, w->now->created,
		        finding_text("version %lu was stored unchecked: `vault check %s` asks Smartsheet whose it is",
		                     (unsigned long)w->now->number, w->t->label),
		        NULL);
}

static int due_reason_order(const void *a, const void *b)
{
	const struct vault_due_reason *x = a, *y = b;

	if (x->code != y->code)
		return x->code < y->code ? -1 : 1;
	if (x->since != y->since)
		return x->since < y->since ? -1 : 1;
	return strcmp(x->message, y->message);
}

static int due_order(const void *a, const void *b)
{
	const struct vault_due *x = a, *y = b;

	return x->due != y->due ? (x->due < y->due ? -1 : 1) : strcmp(x->token->label, y->token->label);
}

/* Reasons of one token into w->due. */
static enum vault_rc due_token(struct due_work *w, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;

	memset(&w->due, 0, sizeof w->due);
	w->now = vault_token_current(w->t);
	w->h = finding_handovers(w->x, w->t, &w->n_h);
	w->verdicts = finding_verdicts(w->x, w->t);
	w->due.token = w->t;
	due_age(w);
	due_expiry(w);
	due_holders(w, err, &rc);
	due_slot(w);
	if (rc == VAULT_OK && w->x->facts->verdicts != NULL)
		due_of_verdicts(w);
	if (rc == VAULT_OK && w->x->facts->exposures != NULL)
		due_exposed(w);
	if (rc == VAULT_OK && w->failed)
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	if (rc != VAULT_OK || w->due.n_reasons == 0)
		return rc;
	qsort(w->due.reasons, w->due.n_reasons, sizeof *w->due.reasons, due_reason_order);
	w->due.due = w->due.reasons[0].since;
	for (size_t i = 1; i < w->due.n_reasons; i++)
		if (w->due.reasons[i].since < w->due.due)
			w->due.due = w->due.reasons[i].since;
	w->due.days_left = w->due.due - w->today;
	return VAULT_OK;
}

enum vault_rc vault_due_find(const struct vault_facts *facts, int64_t within_days, struct vault_dues *out,
                             struct vault_err *err)
{
	struct finding_index x;
	struct due_work w = {.x = &x, .today = facts->today};
	enum vault_rc rc = VAULT_OK;

	memset(out, 0, sizeof *out);
	w.last = facts->today + (within_days < DUE_WITHIN_MAX ? within_days : DUE_WITHIN_MAX);
	rc = finding_index_make(facts, &x, err);
	if (rc != VAULT_OK)
		return rc;
	out->d = calloc(facts->tokens->n + 1, sizeof *out->d);
	if (out->d == NULL)
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	for (size_t i = 0; rc == VAULT_OK && i < facts->tokens->n; i++) {
		w.t = &facts->tokens->t[i];
		if (w.t->removed || w.t->n_versions == 0)
			continue;
		rc = due_token(&w, err);
		if (rc == VAULT_OK && w.due.n_reasons > 0)
			out->d[out->n++] = w.due;
		else
			due_clear(&w.due);
	}
	finding_index_clear(&x);
	if (rc == VAULT_OK)
		qsort(out->d, out->n, sizeof *out->d, due_order);
	else
		vault_dues_clear(out);
	return rc;
}
