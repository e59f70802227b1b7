/* finding.c - who held what on a day: pure, facts in, holders out. L5. due.c and drift.c are the other findings. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "finding.h"

const char *vault_holder_state_name(enum vault_holder_state s)
{
	static const char *const names[] = {"current", "outdated", "ended-live", "ended-retired", "ended"};

	return (size_t)s < sizeof names / sizeof names[0] ? names[s] : "?";
}

void vault_holders_clear(struct vault_holders *l)
{
	free(l->h);
	memset(l, 0, sizeof *l);
}

char *finding_text(const char *fmt, ...)
{
	va_list ap;
	char *s = NULL;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || (s = malloc((size_t)n + 1)) == NULL)
		return NULL;
	va_start(ap, fmt);
	(void)vsnprintf(s, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return s;
}

static void finding_count(char *text, int *unlisted, int64_t n, const char *one)
{
	const size_t at = strlen(text);

	*unlisted |= n < 0;
	if (n > 0)
		(void)snprintf(text + at, FINDING_COUNTS_MAX - at, "%s%lld %s%s", at > 0 ? ", " : "", (long long)n, one,
		               n > 1 ? "s" : "");
}

const char *finding_counts(const struct vault_exposure *e, int people, char out[FINDING_COUNTS_MAX])
{
	int unlisted = 0;

	out[0] = '\0';
	for (int t = 0; t < VAULT_ITEM_TYPES; t++)
		finding_count(out, &unlisted, e->count[t], vault_item_type_name((enum vault_item_type)t));
	if (people) {
		finding_count(out, &unlisted, e->contacts, "contact");
		finding_count(out, &unlisted, e->groups, "group");
		finding_count(out, &unlisted, e->users, "user");
	}
	if (out[0] == '\0')
		(void)snprintf(out, FINDING_COUNTS_MAX, "nothing%s", unlisted ? " that it may list" : "");
	return out;
}

/* --- the index --- */

struct finding_key {
	uint8_t id[VAULT_ID_LEN];
	const void *of;
};

/* Falls back on the address, so that what was recorded first stays first. */
static int finding_key_order(const void *a, const void *b)
{
	const struct finding_key *x = a, *y = b;
	int c = memcmp(x->id, y->id, VAULT_ID_LEN);

	return c != 0 ? c : (x->of > y->of) - (x->of < y->of);
}

/* Keys of the `n` things of `size` bytes at `base`, which have an id at `at`; -1 without memory. */
static int finding_sorted(const void *base, size_t n, size_t size, size_t at, struct finding_keys *out)
{
	out->k = calloc(n + 1, sizeof *out->k);
	if (out->k == NULL)
		return -1;
	for (size_t i = 0; i < n; i++) {
		out->k[i].of = (const char *)base + i * size;
		memcpy(out->k[i].id, (const char *)out->k[i].of + at, VAULT_ID_LEN);
	}
	out->n = n;
	qsort(out->k, n, sizeof *out->k, finding_key_order);
	return 0;
}

/* The first whose id is not below `id`; `*end` the first whose id is above. */
static size_t finding_range(const struct finding_keys *l, const uint8_t *id, size_t *end)
{
	size_t lo = 0, hi = l->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (memcmp(l->k[mid].id, id, VAULT_ID_LEN) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (hi = lo; hi < l->n && memcmp(l->k[hi].id, id, VAULT_ID_LEN) == 0;)
		hi++;
	*end = hi;
	return lo;
}

void finding_index_clear(struct finding_index *x)
{
	free(x->vendors.k);
	free(x->of_handovers.k);
	/* The cast drops the const of what the array points to; the array is ours. */
	free((void *)x->handovers);
	free(x->of_verdicts.k);
	free(x->verdicts);
	free(x->of_exposures.k);
	free(x->exposures);
	memset(x, 0, sizeof *x);
}

enum vault_rc finding_index_make(const struct vault_facts *f, struct finding_index *x, struct vault_err *err)
{
	const size_t handovers = f->handovers->n, verdicts = f->verdicts != NULL ? f->verdicts->n : 0;
	const size_t exposures = f->exposures != NULL ? f->exposures->n : 0;

	memset(x, 0, sizeof *x);
	x->facts = f;
	x->handovers = calloc(handovers + 1, sizeof *x->handovers);
	x->verdicts = calloc(verdicts + 1, sizeof *x->verdicts);
	x->exposures = calloc(exposures + 1, sizeof *x->exposures);
	if (x->handovers == NULL || x->verdicts == NULL || x->exposures == NULL ||
	    finding_sorted(f->vendors->v, f->vendors->n, sizeof *f->vendors->v, offsetof(struct vault_vendor, id),
	                   &x->vendors) != 0 ||
	    finding_sorted(f->handovers->h, handovers, sizeof *f->handovers->h, offsetof(struct vault_handover, token_id),
	                   &x->of_handovers) != 0 ||
	    finding_sorted(verdicts > 0 ? f->verdicts->v : NULL, verdicts, sizeof *x->verdicts,
	                   offsetof(struct vault_verdict, token_id), &x->of_verdicts) != 0 ||
	    finding_sorted(exposures > 0 ? f->exposures->e : NULL, exposures, sizeof *x->exposures,
	                   offsetof(struct vault_exposure, token_id), &x->of_exposures) != 0) {
		finding_index_clear(x);
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	}
	for (size_t i = 0; i < handovers; i++)
		x->handovers[i] = x->of_handovers.k[i].of;
	for (size_t i = 0; i < verdicts; i++)
		x->verdicts[i] = *(const struct vault_verdict *)x->of_verdicts.k[i].of;
	for (size_t i = 0; i < exposures; i++)
		x->exposures[i] = *(const struct vault_exposure *)x->of_exposures.k[i].of;
	return VAULT_OK;
}

static const struct vault_vendor *finding_vendor(const struct finding_index *x, const uint8_t *id)
{
	size_t end, i = finding_range(&x->vendors, id, &end);

	return i < end ? x->vendors.k[i].of : NULL;
}

const struct vault_handover *const *finding_handovers(const struct finding_index *x, const struct vault_token *t,
                                                      size_t *n)
{
	size_t end, i = finding_range(&x->of_handovers, t->id, &end);

	*n = end - i;
	return x->handovers + i;
}

struct vault_verdicts finding_verdicts(const struct finding_index *x, const struct vault_token *t)
{
	size_t end, i = finding_range(&x->of_verdicts, t->id, &end);

	return (struct vault_verdicts){.v = x->verdicts + i, .n = end - i};
}

struct vault_exposures finding_exposures(const struct finding_index *x, const struct vault_token *t)
{
	size_t end, i = finding_range(&x->of_exposures, t->id, &end);

	return (struct vault_exposures){.e = x->exposures + i, .n = end - i};
}

/* --- a hand-over on a day --- */

enum vault_version_status finding_status(const struct vault_token *t, const struct vault_version *v, int64_t at)
{
	if (v == NULL)
		return VAULT_RETIRED;
	if (v->died != VAULT_NO_DAY ? v->died <= at : v->status == VAULT_DEAD)
		return VAULT_DEAD;
	/* Erasing our copy (VAULT_ERASED) proves nothing about Smartsheet: the last value of a removed token may live on. */
	if (v->retired != VAULT_NO_DAY)
		return v->retired <= at ? VAULT_RETIRED : VAULT_CURRENT;
	return v == vault_token_current(t) ? VAULT_CURRENT : VAULT_RETIRED;
}

int finding_ended(const struct vault_period *p, int64_t at)
{
	return p->ended != VAULT_NO_DAY && p->ended <= at;
}

int finding_knows(const struct vault_handover *h, uint32_t version, int64_t at)
{
	for (size_t i = 0; i < h->n_periods; i++) {
		const struct vault_period *p = &h->periods[i];

		for (size_t k = 0; !p->never_given && k < p->n_gives; k++)
			if (p->gives[k].version == version && p->gives[k].date <= at)
				return 1;
	}
	return 0;
}

static enum vault_holder_state finding_state(const struct vault_token *t, const struct vault_handover *h, int ended,
                                             int64_t at)
{
	int live = 0, retired = 0;

	for (size_t i = 0; i < h->n_periods; i++) {
		const struct vault_period *p = &h->periods[i];

		for (size_t k = 0; !p->never_given && k < p->n_gives; k++) {
			enum vault_version_status s;

			if (p->gives[k].date > at)
				continue;
			s = finding_status(t, vault_token_version(t, p->gives[k].version), at);
			live |= s == VAULT_CURRENT;
			retired |= s == VAULT_RETIRED;
		}
	}
	if (!ended)
		return live ? VAULT_HOLDER_CURRENT : VAULT_HOLDER_OUTDATED;
	return live ? VAULT_HOLDER_ENDED_LIVE : retired ? VAULT_HOLDER_ENDED_RETIRED : VAULT_HOLDER_ENDED;
}

/* The confirmations of later days are taken back, the newest first. What was recorded before they were kept one by one is
 * shown as it is now (tests/vectors, good_ledger). */
static void finding_confirmed(struct vault_holder *h, int64_t at)
{
	const struct vault_period *p = h->period;

	h->until = h->give->until;
	h->confirmed = p->n_confirms == 0 ? p->confirmed : VAULT_NO_DAY;
	for (size_t i = p->n_confirms; i-- > 0;) {
		if (p->confirms[i].date <= at) {
			h->confirmed = p->confirms[i].date;
			break;
		}
		if (&p->gives[p->confirms[i].give] == h->give)
			h->until = p->confirms[i].was_until;
	}
}

int finding_holder(const struct finding_index *x, const struct vault_token *t, const struct vault_handover *h, int64_t at,
                   struct vault_holder *out)
{
	memset(out, 0, sizeof *out);
	for (size_t i = h->n_periods; i-- > 0 && out->give == NULL;) {
		/* A back-dated giving counts from its date, so all of them are looked at, the newest recorded first. */
		for (size_t k = h->periods[i].n_gives; k-- > 0 && out->give == NULL;) {
			if (h->periods[i].gives[k].date > at)
				continue;
			out->period = &h->periods[i];
			out->give = &h->periods[i].gives[k];
		}
	}
	if (out->give == NULL)
		return 0;
	out->token = t;
	out->handover = h;
	out->vendor = finding_vendor(x, h->vendor_id);
	out->state = finding_state(t, h, finding_ended(out->period, at), at);
	finding_confirmed(out, at);
	return 1;
}

/* --- holders --- */

int64_t vault_holder_until(const struct vault_holder *h, const struct vault_agreement **agreement)
{
	const struct vault_agreement *of = NULL;
	int64_t until = h->until;

	for (size_t i = 0; h->give->agreement != NULL && i < h->vendor->n_agreements; i++) {
		const struct vault_agreement *a = &h->vendor->agreements[i];

		if (strcmp(a->ref, h->give->agreement) != 0)
			continue;
		if (a->until != VAULT_NO_DAY && (until == VAULT_NO_DAY || a->until < until)) {
			until = a->until;
			of = a;
		}
		break;
	}
	if (agreement != NULL)
		*agreement = of;
	return until;
}

static int finding_holder_order(const void *a, const void *b)
{
	const struct vault_holder *x = a, *y = b;
	int c = strcmp(x->token->label, y->token->label);

	if (c == 0) /* a label is free again after a removal: the token of today first */
		c = x->token->removed - y->token->removed;
	if (c == 0)
		c = memcmp(x->token->id, y->token->id, VAULT_ID_LEN);
	if (c == 0)
		c = strcmp(x->vendor->name, y->vendor->name);
	if (c == 0)
		c = strcmp(x->handover->to, y->handover->to);
	return c;
}

/* Those of one token, in their order among themselves, at the end of `out`, where there is room. */
static enum vault_rc finding_holders_of(const struct finding_index *x, const struct vault_token *t, int64_t at, int all,
                                        struct vault_holders *out, struct vault_err *err)
{
	const size_t before = out->n;
	size_t n;
	const struct vault_handover *const *h = finding_handovers(x, t, &n);

	for (size_t i = 0; i < n; i++) {
		struct vault_holder one;

		if (!finding_holder(x, t, h[i], at, &one) || (!all && finding_ended(one.period, at)))
			continue;
		/* A vendor never goes while a hand-over names it. */
		if (one.vendor == NULL)
			return vault_err_set(err, VAULT_DAMAGED, "a hand-over of %s names no vendor there is; run `vault verify`",
			                     t->label);
		if (out->n == x->facts->handovers->n)
			return vault_err_set(err, VAULT_DAMAGED, "%s has the id of another token; run `vault verify`", t->label);
		out->h[out->n++] = one;
	}
	qsort(out->h + before, out->n - before, sizeof *out->h, finding_holder_order);
	return VAULT_OK;
}

enum vault_rc vault_holders_at(const struct vault_facts *facts, int64_t at, int all, struct vault_holders *out,
                               struct vault_err *err)
{
	struct finding_index x;
	enum vault_rc rc = VAULT_OK;
	size_t i = 1;

	memset(out, 0, sizeof *out);
	rc = finding_index_make(facts, &x, err);
	if (rc != VAULT_OK)
		return rc;
	out->h = calloc(facts->handovers->n + 1, sizeof *out->h);
	if (out->h == NULL)
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	/* Token by token: facts may be about some of them only. */
	for (size_t k = 0; rc == VAULT_OK && k < facts->tokens->n; k++)
		rc = finding_holders_of(&x, &facts->tokens->t[k], at, all, out, err);
	finding_index_clear(&x);
	if (rc != VAULT_OK) {
		vault_holders_clear(out);
		return rc;
	}
	/* Tokens come by label, the removed ones last: mostly nothing is left to do. */
	while (i < out->n && finding_holder_order(&out->h[i - 1], &out->h[i]) <= 0)
		i++;
	if (i < out->n)
		qsort(out->h, out->n, sizeof *out->h, finding_holder_order);
	return VAULT_OK;
}

/* The day from which a holder who is past knows nothing that works: the last of the ending and the deaths. 0 where they
 * never were given anything. */
static int finding_past_since(const struct vault_holder *h, int64_t at, int64_t *since)
{
	int given = 0;

	*since = VAULT_NO_DAY;
	for (size_t i = 0; i < h->handover->n_periods; i++) {
		const struct vault_period *p = &h->handover->periods[i];

		if (p->never_given)
			continue;
		given = 1;
		if (finding_ended(p, at) && (*since == VAULT_NO_DAY || p->ended > *since))
			*since = p->ended;
	}
	for (size_t i = 0; i < h->token->n_versions; i++) {
		const struct vault_version *v = &h->token->versions[i];

		if (v->died != VAULT_NO_DAY && v->died > *since && finding_knows(h->handover, v->number, at))
			*since = v->died;
	}
	return given;
}

void vault_vendor_out(const struct vault_holders *holders, const struct vault_vendor *vendor, int64_t at,
                      struct vault_vendor_out *out)
{
	*out = (struct vault_vendor_out){.since = VAULT_NO_DAY};
	for (size_t i = 0; i < holders->n; i++) {
		const struct vault_holder *h = &holders->h[i];
		int64_t since = VAULT_NO_DAY;

		if (h->vendor != vendor)
			continue;
		if (!finding_ended(h->period, at)) {
			out->holding++;
		} else if (h->state != VAULT_HOLDER_ENDED) {
			out->knowing++;
		} else if (finding_past_since(h, at, &since)) {
			out->past++;
			if (out->since == VAULT_NO_DAY || since > out->since)
				out->since = since;
		}
	}
	if (out->holding + out->knowing > 0)
		out->since = VAULT_NO_DAY;
}
