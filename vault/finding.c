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

/* --- the index: every sort falls back on the address, so that what was recorded first stays first --- */

#define FINDING_ORDER(name, type, key)                                                                                 \
	static int name(const void *a, const void *b)                                                                  \
	{                                                                                                              \
		const type *x = *(const type *const *)a, *y = *(const type *const *)b;                                 \
		int c = memcmp(x->key, y->key, VAULT_ID_LEN);                                                          \
		return c != 0 ? c : (x > y) - (x < y);                                                                 \
	}
FINDING_ORDER(finding_by_token, struct vault_token, id)
FINDING_ORDER(finding_by_vendor, struct vault_vendor, id)
FINDING_ORDER(finding_by_handover, struct vault_handover, token_id)
FINDING_ORDER(finding_by_verdict, struct vault_verdict, token_id)

/* Pointers to the `n` things of `size` bytes at `base`, sorted. */
static void *finding_sorted(const void *base, size_t n, size_t size, int (*order)(const void *, const void *))
{
	const void **p = calloc(n + 1, sizeof *p);

	if (p == NULL)
		return NULL;
	for (size_t i = 0; i < n; i++)
		p[i] = (const char *)base + i * size;
	qsort(p, n, sizeof *p, order);
	return p;
}

void finding_index_clear(struct finding_index *x)
{
	/* The casts drop the const of what the arrays point to; the arrays are ours. */
	free((void *)x->tokens);
	free((void *)x->vendors);
	free((void *)x->handovers);
	free(x->verdicts);
	memset(x, 0, sizeof *x);
}

enum vault_rc finding_index_make(const struct vault_facts *f, struct finding_index *x, struct vault_err *err)
{
	const struct vault_verdict **sorted = NULL;
	size_t n = f->verdicts != NULL ? f->verdicts->n : 0;

	memset(x, 0, sizeof *x);
	x->facts = f;
	x->tokens = finding_sorted(f->tokens->t, f->tokens->n, sizeof *f->tokens->t, finding_by_token);
	x->vendors = finding_sorted(f->vendors->v, f->vendors->n, sizeof *f->vendors->v, finding_by_vendor);
	x->handovers = finding_sorted(f->handovers->h, f->handovers->n, sizeof *f->handovers->h, finding_by_handover);
	x->verdicts = calloc(n + 1, sizeof *x->verdicts);
	sorted = n > 0 ? finding_sorted(f->verdicts->v, n, sizeof *f->verdicts->v, finding_by_verdict) : NULL;
	if (x->tokens == NULL || x->vendors == NULL || x->handovers == NULL || x->verdicts == NULL ||
	    (n > 0 && sorted == NULL)) {
		free((void *)sorted);
		finding_index_clear(x);
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	}
	for (size_t i = 0; i < n; i++)
		x->verdicts[i] = *sorted[i];
	x->n_verdicts = n;
	free((void *)sorted);
	return VAULT_OK;
}

/* The first of `n` whose id is not below `id`; `at(base, i)` gives the id of the i-th. */
static size_t finding_lower(const void *base, size_t n, const uint8_t *(*at)(const void *, size_t), const uint8_t *id)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (memcmp(at(base, mid), id, VAULT_ID_LEN) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static const uint8_t *finding_token_id(const void *base, size_t i)
{
	return ((const struct vault_token *const *)base)[i]->id;
}

static const uint8_t *finding_vendor_id(const void *base, size_t i)
{
	return ((const struct vault_vendor *const *)base)[i]->id;
}

static const uint8_t *finding_handover_id(const void *base, size_t i)
{
	return ((const struct vault_handover *const *)base)[i]->token_id;
}

static const uint8_t *finding_verdict_id(const void *base, size_t i)
{
	return ((const struct vault_verdict *)base)[i].token_id;
}

static const struct vault_token *finding_token(const struct finding_index *x, const uint8_t *id)
{
	size_t n = x->facts->tokens->n, i = finding_lower(x->tokens, n, finding_token_id, id);

	return i < n && memcmp(x->tokens[i]->id, id, VAULT_ID_LEN) == 0 ? x->tokens[i] : NULL;
}

static const struct vault_vendor *finding_vendor(const struct finding_index *x, const uint8_t *id)
{
	size_t n = x->facts->vendors->n, i = finding_lower(x->vendors, n, finding_vendor_id, id);

	return i < n && memcmp(x->vendors[i]->id, id, VAULT_ID_LEN) == 0 ? x->vendors[i] : NULL;
}

const struct vault_handover *const *finding_handovers(const struct finding_index *x, const struct vault_token *t,
                                                      size_t *n)
{
	size_t all = x->facts->handovers->n, i = finding_lower(x->handovers, all, finding_handover_id, t->id), e = i;

	while (e < all && memcmp(x->handovers[e]->token_id, t->id, VAULT_ID_LEN) == 0)
		e++;
	*n = e - i;
	return x->handovers + i;
}

struct vault_verdicts finding_verdicts(const struct finding_index *x, const struct vault_token *t)
{
	size_t i = finding_lower(x->verdicts, x->n_verdicts, finding_verdict_id, t->id), e = i;

	while (e < x->n_verdicts && memcmp(x->verdicts[e].token_id, t->id, VAULT_ID_LEN) == 0)
		e++;
	return (struct vault_verdicts){.v = x->verdicts + i, .n = e - i};
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
	return 1;
}

/* --- holders --- */

int64_t vault_holder_until(const struct vault_holder *h, const struct vault_agreement **agreement)
{
	const struct vault_agreement *of = NULL;
	int64_t until = h->give->until;

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

enum vault_rc vault_holders_at(const struct vault_facts *facts, int64_t at, int all, struct vault_holders *out,
                               struct vault_err *err)
{
	struct finding_index x;
	enum vault_rc rc = VAULT_OK;

	memset(out, 0, sizeof *out);
	rc = finding_index_make(facts, &x, err);
	if (rc != VAULT_OK)
		return rc;
	out->h = calloc(facts->handovers->n + 1, sizeof *out->h);
	if (out->h == NULL)
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	for (size_t i = 0; rc == VAULT_OK && i < facts->handovers->n; i++) {
		const struct vault_handover *h = &facts->handovers->h[i];
		const struct vault_token *t = finding_token(&x, h->token_id);
		struct vault_holder one;

		/* Facts may be about some tokens only; a vendor never goes while a hand-over names it. */
		if (t == NULL || !finding_holder(&x, t, h, at, &one) || (!all && finding_ended(one.period, at)))
			continue;
		if (one.vendor == NULL)
			rc = vault_err_set(err, VAULT_DAMAGED, "a hand-over of %s names no vendor there is; run `vault verify`",
			                   t->label);
		else
			out->h[out->n++] = one;
	}
	finding_index_clear(&x);
	if (rc == VAULT_OK)
		qsort(out->h, out->n, sizeof *out->h, finding_holder_order);
	else
		vault_holders_clear(out);
	return rc;
}
