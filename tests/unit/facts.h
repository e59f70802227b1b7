/* facts.h - small worlds of tokens, vendors, hand-overs and verdicts for the tests of findings. Strings are literals,
 * lists are fixed arrays: nothing to free. */
#ifndef TEST_FACTS_H
#define TEST_FACTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <vault/finding.h>

enum { FACTS_MAX = 12 };

struct world {
	struct vault_token t[FACTS_MAX];
	struct vault_version ver[FACTS_MAX][4];
	struct vault_vendor v[4];
	struct vault_handover h[FACTS_MAX];
	struct vault_period per[FACTS_MAX][4];
	struct vault_give give[FACTS_MAX][4][4];
	struct vault_verdict said[FACTS_MAX * 2];
	struct vault_tokens tokens;
	struct vault_vendors vendors;
	struct vault_handovers handovers;
	struct vault_verdicts verdicts;
	struct vault_reached items[FACTS_MAX];
	struct vault_exposure seen[FACTS_MAX];
	struct vault_exposures exposures;
	struct vault_facts facts;
};

/* A literal where the records want a char *. */
static inline char *lit(const char *s)
{
	union {
		const char *c;
		char *m;
	} u = {.c = s};

	return u.m;
}

static inline void world_init(struct world *w, int64_t today)
{
	memset(w, 0, sizeof *w);
	w->tokens.t = w->t;
	w->vendors.v = w->v;
	w->handovers.h = w->h;
	w->verdicts.v = w->said;
	w->exposures.e = w->seen;
	w->facts = (struct vault_facts){.tokens = &w->tokens,
	                               .vendors = &w->vendors,
	                               .handovers = &w->handovers,
	                               .verdicts = &w->verdicts,
	                               .exposures = &w->exposures,
	                               .today = today};
}

/* A token whose version 1 was made on day 0; it is never to be rotated and does not expire. */
static inline struct vault_token *world_token(struct world *w, const char *label)
{
	size_t i = w->tokens.n++;
	struct vault_token *t = &w->t[i];

	/* Ids run against the labels, so that an order by id is not one by label. */
	memset(t->id, (int)(200 - i), sizeof t->id);
	t->label = lit(label);
	t->account = lit("bob@a.example");
	t->license = lit("licensed");
	t->expires = t->removed_on = VAULT_NO_DAY;
	t->versions = w->ver[i];
	t->n_versions = 1;
	w->ver[i][0] = (struct vault_version){
		.number = 1, .retired = VAULT_NO_DAY, .died = VAULT_NO_DAY, .revoked_said = VAULT_NO_DAY, .has_value = 1};
	memset(w->ver[i][0].commit, 1, VAULT_COMMIT_LEN);
	return t;
}

/* Its value is replaced on `day`. */
static inline void world_rotate(struct vault_token *t, int64_t day)
{
	struct vault_version *v = &t->versions[t->n_versions];

	v[-1].status = VAULT_RETIRED;
	v[-1].retired = day;
	*v = v[-1];
	v->number++;
	v->status = VAULT_CURRENT;
	v->created = day;
	v->retired = VAULT_NO_DAY;
	memset(v->commit, (int)v->number, VAULT_COMMIT_LEN);
	t->n_versions++;
}

static inline void world_dead(struct vault_token *t, uint32_t version, int64_t day)
{
	t->versions[version - 1].status = VAULT_DEAD;
	t->versions[version - 1].died = day;
}

static inline struct vault_vendor *world_vendor(struct world *w, const char *name)
{
	struct vault_vendor *v = &w->v[w->vendors.n++];

	memset(v->id, (int)w->vendors.n, sizeof v->id);
	v->name = lit(name);
	return v;
}

static inline size_t world_handover(struct world *w, const struct vault_token *t, const struct vault_vendor *v,
                                    const char *to)
{
	size_t i = w->handovers.n++;

	memcpy(w->h[i].token_id, t->id, VAULT_ID_LEN);
	memcpy(w->h[i].vendor_id, v->id, VAULT_ID_LEN);
	memset(w->h[i].id, (int)i + 1, VAULT_ID_LEN);
	w->h[i].to = lit(to);
	w->h[i].periods = w->per[i];
	return i;
}

/* Given on `day`; a period of its own where none runs. */
static inline struct vault_give *world_give(struct world *w, size_t h, uint32_t version, int64_t day)
{
	struct vault_handover *o = &w->h[h];
	struct vault_period *p = NULL;

	if (o->n_periods == 0 || o->periods[o->n_periods - 1].ended != VAULT_NO_DAY) {
		p = &o->periods[o->n_periods];
		*p = (struct vault_period){.gives = w->give[h][o->n_periods], .confirmed = VAULT_NO_DAY, .ended = VAULT_NO_DAY};
		o->n_periods++;
	}
	p = &o->periods[o->n_periods - 1];
	p->gives[p->n_gives] = (struct vault_give){.version = version, .date = day, .until = VAULT_NO_DAY};
	return &p->gives[p->n_gives++];
}

static inline void world_end(struct world *w, size_t h, int64_t day)
{
	w->h[h].periods[w->h[h].n_periods - 1].ended = day;
}

/* What Smartsheet said of a version on a day; valid ones act as user 7, bob@a.example, of account 70. */
static inline struct vault_verdict *world_said(struct world *w, const struct vault_token *t, uint32_t version,
                                               enum vault_result result, int64_t day)
{
	struct vault_verdict *e = &w->said[w->verdicts.n++];

	memcpy(e->token_id, t->id, VAULT_ID_LEN);
	memset(e->commit, (int)version, VAULT_COMMIT_LEN);
	e->version = version;
	e->result = result;
	e->checked = day * 86400 + 3600;
	if (result == VAULT_VALID) {
		e->has_identity = 1;
		e->identity = (struct vault_identity){.id = lit("7"), .email = lit("bob@a.example"), .account_id = lit("70"),
		                                      .admin = 0, .licensed = 1, .group_admin = 0, .resource_viewer = 0};
	}
	return e;
}

/* What a version reached on a day: the first `n` of the world's items, all of them sheets. */
static inline struct vault_exposure *world_reached(struct world *w, const struct vault_token *t, uint32_t version, size_t n,
                                                   int64_t day)
{
	struct vault_exposure *e = &w->seen[w->exposures.n++];

	*e = (struct vault_exposure){.version = version, .observed = day * 86400 + 3600, .since = day * 86400 + 3600, .items = w->items, .n = n,
	                             .count = {(int64_t)n, 0, 0, 0}};
	memcpy(e->token_id, t->id, VAULT_ID_LEN);
	memset(e->commit, (int)version, VAULT_COMMIT_LEN);
	return e;
}

#endif
