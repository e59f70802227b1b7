/* counted_all.c - all that was observed, in one pass over the access log: verdicts, the newest exposures, who did what last. L5. */
#include <stdlib.h>
#include <string.h>

#include <vault/token.h>

#include "counted.h"
#include "usage.h"

struct collect {
	struct counted *log;      /* the one that is read */
	struct usage_notes *use;  /* who did what; NULL: not wanted */
	struct vault_usage *usage;
	struct vault_verdicts *verdicts;   /* NULL: not wanted */
	struct vault_exposures *exposures; /* the same */
	const uint8_t (*only)[VAULT_ID_LEN]; /* exposures of these tokens, ascending; NULL: of all */
	size_t n_only;
	struct counted_newest newest;
	size_t cap, cap_exposures;
};

static enum vault_rc keep(struct collect *c, struct counted_entry *e, struct vault_err *err)
{
	if (c->verdicts->n == c->cap) {
		const size_t cap = c->cap == 0 ? 64 : c->cap * 2;
		struct vault_verdict *p = realloc(c->verdicts->v, cap * sizeof *p);
		if (p == NULL)
			return vault_err_set(err, VAULT_REFUSED, "out of memory");
		c->verdicts->v = p;
		c->cap = cap;
	}
	c->verdicts->v[c->verdicts->n++] = e->verdict;
	memset(&e->verdict, 0, sizeof e->verdict); /* handed over */
	return VAULT_OK;
}

static enum vault_rc keep_exposure(void *ctx, const struct roster_slot *by, const struct log_entry *l, struct counted_entry *e,
                                   struct vault_err *err)
{
	struct collect *c = ctx;
	(void)by;
	(void)l;
	if (c->exposures->n == c->cap_exposures) {
		const size_t cap = c->cap_exposures == 0 ? 16 : c->cap_exposures * 2;
		struct vault_exposure *p = realloc(c->exposures->e, cap * sizeof *p);
		if (p == NULL)
			return vault_err_set(err, VAULT_REFUSED, "out of memory");
		c->exposures->e = p;
		c->cap_exposures = cap;
	}
	c->exposures->e[c->exposures->n++] = e->exposure;
	memset(&e->exposure, 0, sizeof e->exposure); /* handed over */
	return VAULT_OK;
}

static int by_id(const void *a, const void *b)
{
	return memcmp(a, b, VAULT_ID_LEN);
}

static int wants_exposure(const struct collect *c, const struct log_entry *e)
{
	return c->exposures != NULL && (c->only == NULL || bsearch(e->object_id, c->only, c->n_only, sizeof *c->only, by_id) != NULL);
}

static enum vault_rc collect_batch(void *ctx, const struct log_batch *b, struct vault_err *err)
{
	struct collect *c = ctx;
	const struct roster_slot *s = NULL;
	enum vault_rc rc = c->use != NULL ? usage_note(c->use, c->log, b, c->newest.at, err) : VAULT_OK;
	for (size_t i = 0; i < b->n && rc == VAULT_OK; i++) {
		struct counted_entry e;
		/* Releases are passed over unsigned: their chain is checked, their signature is verify's. */
		if (wants_exposure(c, &b->e[i]))
			rc = counted_newest_note(&c->newest, b, i, err);
		if (b->e[i].action != ACTION_VERDICT || c->verdicts == NULL)
			continue;
		if (s == NULL)
			rc = counted_signer(c->log, b, &s, err);
		if (rc != VAULT_OK)
			return rc;
		rc = counted_read(c->log, b, s, &b->e[i], &e, err);
		if (rc == VAULT_OK && e.has_verdict)
			rc = keep(c, &e, err);
		counted_entry_clear(&e);
	}
	counted_newest_next(&c->newest, b);
	return rc;
}

static void oldest_first(struct vault_exposures *l)
{
	for (size_t i = 0; i < l->n / 2; i++) {
		const struct vault_exposure e = l->e[i];
		l->e[i] = l->e[l->n - 1 - i];
		l->e[l->n - 1 - i] = e;
	}
}

/* Of the closed logs only who did what: verdicts and exposures were carried over into the newest, which comes first. */
static enum vault_rc collect_log(void *ctx, struct logfile *l, struct counted *log, int older, struct vault_err *err)
{
	struct collect *c = ctx;
	const uint8_t *head = NULL;
	(void)older;
	c->log = log;
	c->newest.at = logfile_first(l, &head);
	enum vault_rc rc = logfile_scan(l, collect_batch, c, err);
	if (rc == VAULT_OK && c->newest.n > 0)
		rc = counted_newest_read(&c->newest, log, l, keep_exposure, c, err);
	if (rc == VAULT_OK && c->newest.n > 0)
		oldest_first(c->exposures);
	if (rc == VAULT_OK && c->use != NULL)
		rc = usage_read(c->use, log, l, c->usage, err);
	counted_newest_clear(&c->newest);
	c->verdicts = NULL;
	c->exposures = NULL;
	return rc;
}

static enum vault_rc collect(struct collect *c, struct vault *v, struct vault_err *err)
{
	struct counted log = {.v = NULL};
	struct logfile *l = NULL;
	if (c->use != NULL)
		return counted_each_log(v, collect_log, c, &c->usage->whole, err);
	enum vault_rc rc = logfile_open(v->log_path, 0, &l, err);
	if (rc == VAULT_OK && l != NULL)
		rc = counted_begin(&log, v, logfile_pos(l)->log_id, err);
	if (rc == VAULT_OK && l != NULL)
		rc = collect_log(c, l, &log, 0, err);
	counted_end(&log);
	logfile_close(&l);
	return rc;
}

/* `c` says what is wanted. */
static enum vault_rc observed(struct vault *v, const struct collect *wanted, int *checked_here, struct vault_err *err)
{
	const int own = v->txn == TXN_NONE;
	struct collect c = *wanted;
	if (wanted->verdicts != NULL)
		memset(wanted->verdicts, 0, sizeof *wanted->verdicts);
	if (wanted->exposures != NULL)
		memset(wanted->exposures, 0, sizeof *wanted->exposures);
	enum vault_rc rc = own ? txn_begin(v, TXN_READ, err) : VAULT_OK;
	if (checked_here != NULL)
		*checked_here = rc != VAULT_OK || !v->log_elsewhere;
	if (rc == VAULT_OK && !v->log_elsewhere)
		rc = collect(&c, v, err);
	if (own)
		txn_end(v);
	if (rc != VAULT_OK && wanted->verdicts != NULL)
		vault_verdicts_clear(wanted->verdicts);
	if (rc != VAULT_OK && wanted->exposures != NULL)
		vault_exposures_clear(wanted->exposures);
	return rc;
}

enum vault_rc vault_observed_all(struct vault *v, struct vault_verdicts *verdicts, struct vault_exposures *exposures,
                                 int *checked_here, struct vault_err *err)
{
	struct collect c = {.verdicts = verdicts, .exposures = exposures};
	return observed(v, &c, checked_here, err);
}

enum vault_rc vault_observed_of(struct vault *v, const uint8_t (*tokens)[VAULT_ID_LEN], size_t n, struct vault_verdicts *verdicts,
                                struct vault_exposures *exposures, int *checked_here, struct vault_err *err)
{
	uint8_t (*only)[VAULT_ID_LEN] = calloc(n + 1, sizeof *only);
	struct collect c = {.verdicts = verdicts, .exposures = exposures, .only = (const uint8_t (*)[VAULT_ID_LEN])only, .n_only = n};
	if (only == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	if (n > 0) {
		memcpy(only, tokens, n * sizeof *only);
		qsort(only, n, sizeof *only, by_id);
	}
	const enum vault_rc rc = observed(v, &c, checked_here, err);
	free(only);
	return rc;
}

static int names_an_item(const struct vault_handover *h)
{
	for (size_t i = 0; i < h->n_periods; i++)
		for (size_t k = 0; k < h->periods[i].n_gives; k++)
			if (h->periods[i].gives[k].n_items > 0)
				return 1;
	return 0;
}

enum vault_rc vault_observed_due(struct vault *v, const struct vault_handovers *handovers, struct vault_verdicts *verdicts,
                                 struct vault_exposures *exposures, int *checked_here, struct vault_err *err)
{
	uint8_t (*only)[VAULT_ID_LEN] = calloc(handovers->n + 1, sizeof *only);
	size_t n = 0;
	if (only == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	for (size_t i = 0; i < handovers->n; i++)
		if (names_an_item(&handovers->h[i]))
			memcpy(only[n++], handovers->h[i].token_id, VAULT_ID_LEN);
	const enum vault_rc rc = vault_observed_of(v, (const uint8_t (*)[VAULT_ID_LEN])only, n, verdicts, exposures, checked_here, err);
	free(only);
	return rc;
}

enum vault_rc usage_observed(struct vault *v, struct vault_verdicts *verdicts, struct vault_exposures *exposures,
                             struct vault_usage *usage, int *checked_here, struct vault_err *err)
{
	struct usage_notes notes = {.p = NULL};
	const struct collect c = {.verdicts = verdicts, .exposures = exposures, .use = &notes, .usage = usage};
	const enum vault_rc rc = observed(v, &c, checked_here, err);
	usage_notes_clear(&notes);
	return rc;
}

enum vault_rc vault_verdict_all(struct vault *v, struct vault_verdicts *out, int *checked_here, struct vault_err *err)
{
	return vault_observed_all(v, out, NULL, checked_here, err);
}
