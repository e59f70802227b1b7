/* log_keep.c - the history of a token by its label, and of a vendor or person by the ledger. */
#include "log_keep.h"

#include <stdlib.h>
#include <string.h>

#include <vault/ledger.h>
#include <vault/token.h>

#include "ledger.h"

/* --- a token --- */

/* Whether `id` is among the tokens that have, or once had, the label. */
static int log_keep_ours(const struct vault_events *of, const uint8_t id[VAULT_ID_LEN])
{
	for (size_t i = 0; i < of->n; i++)
		if (memcmp(of->e[i].token_id, id, VAULT_ID_LEN) == 0)
			return 1;
	return 0;
}

/* Clears in `keep` what did not happen to the tokens that have or had the label, whatever they were called when it happened.
 * Hand-overs are recorded by label alone: theirs is the token that was called so then. */
static enum vault_rc log_keep_of_label(const struct vault_events *l, const char *label, char *keep, size_t *found,
                                  struct vault_err *err)
{
	struct vault_strings names = {0};
	struct vault_events of = {.e = calloc(l->n + 1, sizeof(*of.e))};
	enum vault_rc rc = of.e ? VAULT_OK : vault_err_set(err, VAULT_REFUSED, "out of memory");

	for (size_t i = 0; i < l->n && rc == VAULT_OK; i++) {
		const struct vault_event *e = &l->e[i];

		if (e->has_token &&
		    ((e->label && strcmp(e->label, label) == 0) || (e->renamed && strcmp(e->renamed, label) == 0)) &&
		    !log_keep_ours(&of, e->token_id))
			memcpy(of.e[of.n++].token_id, e->token_id, VAULT_ID_LEN);
	}
	*found = of.n;
	for (size_t i = 0; i < l->n && rc == VAULT_OK; i++) {
		const struct vault_event *e = &l->e[i];
		const char *called = e->renamed ? e->renamed : e->label;
		int ours = e->has_token && log_keep_ours(&of, e->token_id);
		size_t at = 0;

		while (called && at < names.n && strcmp(names.s[at], called) != 0)
			at++;
		if (!e->has_token)
			ours = called && at < names.n;
		else if (e->change && ours && called && at == names.n)
			rc = vault_strings_add(&names, called, err);
		else if (e->change && !ours && called && at < names.n)
			*names.s[at] = '\0'; /* another token has that label from here on */
		if (!ours)
			keep[i] = 0;
	}
	vault_strings_clear(&names);
	free(of.e);
	return rc;
}

enum vault_rc log_keep_label(struct session *s, const struct vault_events *l, const char *label, char *keep,
                             struct vault_err *err)
{
	struct vault_token t = {0};
	size_t found = 0;
	enum vault_rc rc = log_keep_of_label(l, label, keep, &found, err);

	/* No token ever had it: the library has the sentence. */
	if (rc == VAULT_OK && found == 0)
		rc = vault_token_find(s->v, label, &t, err);
	vault_token_clear(&t);
	return rc;
}

/* --- a vendor, a person --- */

struct log_party {
	const char *vendor, *to;  /* as they were asked for; NULL: any */
	uint8_t (*ids)[VAULT_ID_LEN]; /* of the vendors that have or had the name */
	size_t n_ids;
	const struct vault_handover **all; /* every hand-over, by id */
	const struct vault_handover **ours; /* those that are meant, by token */
	size_t n_all, n_ours;
};

static int log_party_by_id(const void *a, const void *b)
{
	const struct vault_handover *x = *(const struct vault_handover *const *)a, *y = *(const struct vault_handover *const *)b;

	return memcmp(x->id, y->id, VAULT_ID_LEN);
}

static int log_party_by_token(const void *a, const void *b)
{
	const struct vault_handover *x = *(const struct vault_handover *const *)a, *y = *(const struct vault_handover *const *)b;

	return memcmp(x->token_id, y->token_id, VAULT_ID_LEN);
}

static int log_party_is(const struct log_party *p, const uint8_t vendor_id[VAULT_ID_LEN])
{
	for (size_t i = 0; i < p->n_ids; i++)
		if (memcmp(p->ids[i], vendor_id, VAULT_ID_LEN) == 0)
			return 1;
	return 0;
}

static int log_party_means(const struct log_party *p, const struct vault_handover *h)
{
	return (!p->vendor || log_party_is(p, h->vendor_id)) && (!p->to || ledger_same(p->to, h->to));
}

static int log_party_own(const struct vault_event *e)
{
	return e->change && strncmp(e->action, "vendor-", strlen("vendor-")) == 0;
}

/* Whose name it is, or was when the vendor was recorded or edited: names come and go, the id stays. */
static enum vault_rc log_party_vendors(struct log_party *p, const struct vault_events *l, const struct vault_vendors *vendors,
                                       struct vault_err *err)
{
	p->ids = calloc(vendors->n + l->n + 1, sizeof(*p->ids));
	if (!p->ids)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	for (size_t i = 0; i < vendors->n; i++)
		if (ledger_same(p->vendor, vendors->v[i].name))
			memcpy(p->ids[p->n_ids++], vendors->v[i].id, VAULT_ID_LEN);
	for (size_t i = 0; i < l->n; i++)
		if (log_party_own(&l->e[i]) && l->e[i].vendor && ledger_same(p->vendor, l->e[i].vendor) &&
		    !log_party_is(p, l->e[i].object_id))
			memcpy(p->ids[p->n_ids++], l->e[i].object_id, VAULT_ID_LEN);
	return VAULT_OK;
}

static enum vault_rc log_party_handovers(struct log_party *p, const struct vault_handovers *l, struct vault_err *err)
{
	p->all = calloc(l->n + 1, sizeof(struct vault_handover *));
	p->ours = calloc(l->n + 1, sizeof(struct vault_handover *));
	if (!p->all || !p->ours)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	for (size_t i = 0; i < l->n; i++) {
		p->all[p->n_all++] = &l->h[i];
		if (log_party_means(p, &l->h[i]))
			p->ours[p->n_ours++] = &l->h[i];
	}
	qsort(p->all, p->n_all, sizeof(struct vault_handover *), log_party_by_id);
	qsort(p->ours, p->n_ours, sizeof(struct vault_handover *), log_party_by_token);
	return VAULT_OK;
}

/* A giving, confirming or ending. One whose record is no more (an older ledger was restored) goes by what it says itself. */
static int log_party_given(const struct log_party *p, const struct vault_event *e)
{
	struct vault_handover key = {0};
	const struct vault_handover *k = &key, **found;

	memcpy(key.id, e->object_id, VAULT_ID_LEN);
	found = p->n_all ? bsearch(&k, p->all, p->n_all, sizeof(struct vault_handover *), log_party_by_id) : NULL;
	if (found)
		return log_party_means(p, *found);
	return (!p->vendor || (e->vendor && ledger_same(p->vendor, e->vendor))) && (!p->to || (e->to && ledger_same(p->to, e->to)));
}

/* Whether what happened to the token touches what was given in this period. */
static int log_party_touches(const struct vault_period *d, const struct vault_event *e)
{
	int64_t day = vault_day_of(e->time);
	int dead = strcmp(e->action, "dead") == 0, rotated = strcmp(e->action, "rotate") == 0;

	if (d->never_given || (rotated && d->ended != VAULT_NO_DAY && d->ended < day))
		return 0;
	for (size_t i = 0; i < d->n_gives; i++) {
		const struct vault_give *g = &d->gives[i];

		if (dead ? g->version == e->version : g->date <= day && (!rotated || g->version < e->version))
			return 1;
	}
	return 0;
}

static int log_party_token(const struct log_party *p, const struct vault_event *e)
{
	size_t lo = 0, hi = p->n_ours;

	if (strcmp(e->action, "dead") != 0 && strcmp(e->action, "rotate") != 0 && strcmp(e->action, "remove") != 0)
		return 0;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (memcmp(p->ours[mid]->token_id, e->token_id, VAULT_ID_LEN) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < p->n_ours && memcmp(p->ours[lo]->token_id, e->token_id, VAULT_ID_LEN) == 0; lo++)
		for (size_t k = 0; k < p->ours[lo]->n_periods; k++)
			if (log_party_touches(&p->ours[lo]->periods[k], e))
				return 1;
	return 0;
}

static int log_party_event(const struct log_party *p, const struct vault_event *e)
{
	if (!e->change)
		return 0;
	if (log_party_own(e))
		return p->vendor && !p->to && log_party_is(p, e->object_id);
	if (strcmp(e->action, "share") == 0 || strcmp(e->action, "confirm") == 0 || strcmp(e->action, "unshare") == 0)
		return log_party_given(p, e);
	return e->has_token && log_party_token(p, e);
}

enum vault_rc log_keep_party(struct session *s, const struct vault_events *l, const char *vendor, const char *to, char *keep,
                             struct vault_err *err)
{
	struct log_party p = {.vendor = vendor, .to = to};
	struct vault_handovers handovers = {0};
	struct vault_vendors vendors = {0};
	struct vault_vendor found = {0};
	struct vault_tokens tokens = {0};
	/* In one go: each leaf is verified once. */
	enum vault_rc rc = vault_ledger_all(s->v, &tokens, &vendors, &handovers, err);

	vault_tokens_clear(&tokens);
	if (rc == VAULT_OK && vendor)
		rc = log_party_vendors(&p, l, &vendors, err);
	/* No vendor ever had it: the library has the sentence. */
	if (rc == VAULT_OK && vendor && p.n_ids == 0)
		rc = vault_vendor_find(s->v, vendor, &found, err);
	if (rc == VAULT_OK)
		rc = log_party_handovers(&p, &handovers, err);
	for (size_t i = 0; rc == VAULT_OK && i < l->n; i++)
		if (!log_party_event(&p, &l->e[i]))
			keep[i] = 0;
	vault_vendor_clear(&found);
	free(p.ids);
	free(p.all);
	free(p.ours);
	vault_handovers_clear(&handovers);
	vault_vendors_clear(&vendors);
	return rc;
}
