/* audit_ledger.c - rules on vendors, agreements, hand-overs and accounts. Pure. L5. */
#include <stdlib.h>
#include <string.h>

#include "audit_int.h"

/* --- hand-overs of a token ------------------------------------------------------------------------------- */

static struct vault_audit_finding audit_about(const struct vault_holder *h, int64_t since)
{
	return (struct vault_audit_finding){.token = h->token, .vendor = h->vendor, .handover = h->handover, .since = since};
}

void audit_vendor_no_agreement(struct audit_work *w, enum vault_rule r)
{
	for (size_t i = 0; i < w->own->n_held; i++) {
		const struct vault_audit_finding about = audit_about(&w->held[i], w->held[i].give->date);

		if (w->held[i].give->agreement == NULL)
			audit_add(w, r, &about, finding_text("%s of %s holds it under no agreement", about.handover->to, about.vendor->name));
	}
}

/* Hand-overs of a token stand by vendor. */
void audit_many_vendors(struct audit_work *w, enum vault_rule r)
{
	const char *names[AUDIT_NAMES] = {NULL};
	char list[AUDIT_NAMES_MAX];
	size_t n = 0;

	for (size_t i = 0; i < w->own->n_held; i++) {
		if (i > 0 && w->held[i].vendor == w->held[i - 1].vendor)
			continue;
		if (n < AUDIT_NAMES)
			names[n] = w->held[i].vendor->name;
		n++;
	}
	if (n > 1)
		audit_add(w, r, NULL, finding_text("it is with %zu vendors: %s", n, audit_names(names, n, list)));
}

void audit_dead_held(struct audit_work *w, enum vault_rule r)
{
	int64_t since = VAULT_NO_DAY;

	if (w->own->n_held == 0 || !audit_is_dead(w, w->t, &since))
		return;
	for (size_t i = 0; i < w->own->n_held; i++) {
		const struct vault_audit_finding about = audit_about(&w->held[i], since);

		audit_add(w, r, &about, finding_text("%s of %s holds it, and it does not work", about.handover->to, about.vendor->name));
	}
}

void audit_unconfirmed(struct audit_work *w, enum vault_rule r)
{
	for (size_t i = 0; i < w->own->n_held; i++) {
		const struct vault_holder *h = &w->held[i];
		const int confirmed = h->confirmed != VAULT_NO_DAY && h->confirmed > h->give->date;
		const struct vault_audit_finding about = audit_about(h, confirmed ? h->confirmed : h->give->date);
		char day[VAULT_DAY_LEN];

		if (!audit_long_ago(w, r, about.since))
			continue;
		(void)vault_day_format(about.since, day);
		audit_add(w, r, &about, finding_text("%s of %s: %s on %s, %lld days ago", h->handover->to, h->vendor->name,
		                                     confirmed ? "last confirmed" : "given", day,
		                                     (long long)(w->f->today - about.since)));
	}
}

/* --- vendors --------------------------------------------------------------------------------------------- */

static int audit_by_vendor(const void *a, const void *b)
{
	const struct vault_holder *const *x = a, *const *y = b;

	if ((*x)->vendor != (*y)->vendor)
		return (*x)->vendor < (*y)->vendor ? -1 : 1;
	return (*x > *y) - (*x < *y);
}

/* Running hand-overs by vendor, as the vendors stand; of removed tokens too. NULL without memory. */
static const struct vault_holder **audit_holders(struct audit_work *w)
{
	const struct vault_holder **l = calloc(w->holders.n + 1, sizeof *l);

	if (l == NULL) {
		w->failed = 1;
		return NULL;
	}
	for (size_t i = 0; i < w->holders.n; i++)
		l[i] = &w->holders.h[i];
	qsort(l, w->holders.n, sizeof *l, audit_by_vendor);
	return l;
}

void audit_vendors(struct audit_work *w, enum vault_rule r)
{
	const struct vault_holder **l = audit_holders(w);

	for (size_t i = 0, to = 0; l != NULL && i < w->holders.n; i = to) {
		const struct vault_vendor *v = l[i]->vendor;
		const struct vault_audit_finding about = {.vendor = v, .since = v->added};

		for (to = i; to < w->holders.n && l[to]->vendor == v; to++)
			;
		if (v->vetted == VAULT_NO_DAY)
			audit_add(w, r, &about, finding_text("%s was never vetted and has %zu running hand-over%s", v->name, to - i,
			                                     to - i == 1 ? "" : "s"));
	}
	free((void *)l);
}

void audit_agreement_ending(struct audit_work *w, enum vault_rule r)
{
	const struct vault_holder **l = audit_holders(w);
	const int64_t last = w->f->today + audit_days(w, r);

	for (size_t i = 0, to = 0; l != NULL && i < w->holders.n; i = to) {
		const struct vault_vendor *v = l[i]->vendor;

		for (to = i; to < w->holders.n && l[to]->vendor == v; to++)
			;
		for (size_t k = 0; k < v->n_agreements; k++) {
			const struct vault_agreement *a = &v->agreements[k];
			const struct vault_audit_finding about = {.vendor = v, .since = a->until != VAULT_NO_DAY ? a->until + 1 : VAULT_NO_DAY};
			char day[VAULT_DAY_LEN];
			size_t n = 0;

			if (a->until == VAULT_NO_DAY || about.since > last)
				continue;
			for (size_t h = i; h < to; h++)
				n += l[h]->give->agreement != NULL && strcmp(l[h]->give->agreement, a->ref) == 0;
			(void)vault_day_format(a->until, day);
			if (n > 0)
				audit_add(w, r, &about, finding_text("agreement %s with %s %s with %s: %zu hand-over%s %s under it", a->ref,
				                                     v->name, about.since <= w->f->today ? "ended" : "ends", day, n,
				                                     n == 1 ? "" : "s", n == 1 ? "runs" : "run"));
		}
	}
	free((void *)l);
}

/* --- accounts -------------------------------------------------------------------------------------------- */

void audit_same_accounts(struct audit_work *w, enum vault_rule r)
{
	static const struct vault_audit_finding none = {.since = VAULT_NO_DAY};

	for (size_t i = 0, to = 0; i < w->f->tokens->n; i = to) {
		const char *labels[AUDIT_NAMES] = {NULL};
		char list[AUDIT_NAMES_MAX];
		size_t n = 0;

		to = audit_same_account(w, i);
		for (size_t k = i; k < to; k++) {
			if (w->by_account[k]->removed)
				continue;
			if (n < AUDIT_NAMES)
				labels[n] = w->by_account[k]->label;
			n++;
		}
		if (n > 1 && w->by_account[i]->account != NULL)
			audit_add(w, r, &none, finding_text("%zu tokens act as %s: %s", n, w->by_account[i]->account,
			                                    audit_names(labels, n, list)));
	}
}

/* 1 where somebody outside had it, and nobody has it any more. */
static int audit_let_go(const struct audit_work *w, const struct vault_token *t)
{
	size_t n = 0;
	const struct vault_handover *const *h = finding_handovers(&w->x, t, &n);

	for (size_t i = 0; audit_of(w, t)->n_held == 0 && i < n; i++)
		for (size_t k = 0; k < h[i]->n_periods; k++)
			if (!h[i]->periods[k].never_given)
				return 1;
	return 0;
}

static int audit_paid(const struct vault_token *t)
{
	return t->license != NULL && (strcmp(t->license, "licensed") == 0 || strcmp(t->license, "member") == 0);
}

/* A user that is nobody's everyday one was licensed for its tokens: where each of them is removed, does not work, or was with
 * somebody and is with nobody any more, the license can go. What has no token here any more is not looked at: nothing would say
 * when it went. */
void audit_license_idle(struct audit_work *w, enum vault_rule r)
{
	for (size_t i = 0, to = 0; i < w->f->tokens->n; i = to) {
		const struct vault_token *first = NULL;
		struct vault_audit_finding about = {.since = VAULT_NO_DAY};
		size_t n = 0, dead = 0, idle = 0;

		to = audit_same_account(w, i);
		for (size_t k = i; k < to; k++) {
			const struct vault_token *t = w->by_account[k];
			int bad;

			if (t->removed || t->n_versions == 0)
				continue;
			bad = audit_is_dead(w, t, NULL);
			first = first != NULL ? first : t;
			dead += (size_t)bad;
			idle += bad || (audit_paid(t) && audit_let_go(w, t));
			n++;
		}
		if (n == 0 || idle < n || !audit_paid(first) || audit_person(w, first->account) != NULL)
			continue;
		about.token = first;
		audit_add(w, r, &about,
		          n > 1        ? finding_text("%s is licensed for %zu tokens that do not work, or that nobody outside holds any more",
		                                      first->account, n)
		          : dead > 0   ? finding_text("%s is licensed for a token that does not work", first->account)
		                       : finding_text("%s is licensed for a token that nobody outside holds any more", first->account));
	}
}
