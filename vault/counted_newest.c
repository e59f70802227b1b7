/* counted_newest.c - the newest exposure of each value in an access log, without the older ones; and which of those that only say
 * "the same" count. L5. */
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "counted.h"

/* Where an exposure stands, and of what. */
struct counted_place {
	uint8_t token_id[16];
	uint8_t commit[HASH_LEN];
	uint64_t version;
	uint64_t at;              /* where its frame begins */
	size_t index;             /* in its batch */
	size_t value;             /* the same number for all of one value */
	int same;                 /* it does not say it whole */
};

/* With the value of an entry, and nowhere yet. */
static struct counted_place place_of(const struct log_entry *e)
{
	struct counted_place p = {.version = e->version};
	memcpy(p.token_id, e->object_id, sizeof p.token_id);
	memcpy(p.commit, e->commit, sizeof p.commit);
	return p;
}

void counted_newest_clear(struct counted_newest *x)
{
	free(x->p);
	memset(x, 0, sizeof *x);
}

void counted_newest_next(struct counted_newest *x, const struct log_batch *b)
{
	x->at = b->end;
}

enum vault_rc counted_newest_note(struct counted_newest *x, const struct log_batch *b, size_t i, struct vault_err *err)
{
	const struct log_entry *e = &b->e[i];
	if (e->action != ACTION_EXPOSURE && e->action != ACTION_EXPOSURE_SAME)
		return VAULT_OK;
	if (x->n == x->cap) {
		const size_t cap = x->cap == 0 ? 64 : x->cap * 2;
		struct counted_place *p = realloc(x->p, cap * sizeof *p);
		if (p == NULL)
			return vault_err_set(err, VAULT_REFUSED, "out of memory");
		x->p = p;
		x->cap = cap;
	}
	struct counted_place *p = &x->p[x->n++];
	*p = place_of(e);
	p->at = x->at;
	p->index = i;
	p->same = e->action == ACTION_EXPOSURE_SAME;
	return VAULT_OK;
}

static int by_place(const void *a, const void *b)
{
	const struct counted_place *x = a, *y = b;
	return x->at != y->at ? (x->at < y->at) - (x->at > y->at) : (x->index < y->index) - (x->index > y->index);
}

static int by_value(const void *a, const void *b)
{
	const struct counted_place *x = a, *y = b;
	int c = memcmp(x->token_id, y->token_id, sizeof x->token_id);
	if (c == 0)
		c = memcmp(x->commit, y->commit, sizeof x->commit);
	return c != 0 ? c : (x->version > y->version) - (x->version < y->version);
}

/* Numbers the values, from 0 on without a gap, and gives how many; then all stand newest first. */
static size_t number_values(struct counted_newest *x)
{
	size_t value = 0;
	if (x->n == 0)
		return 0;
	qsort(x->p, x->n, sizeof *x->p, by_value);
	for (size_t i = 0; i < x->n; i++) {
		value += i > 0 && by_value(&x->p[i - 1], &x->p[i]) != 0;
		x->p[i].value = value;
	}
	qsort(x->p, x->n, sizeof *x->p, by_place);
	return value + 1;
}

/* What was found of a value: the newest that stands whole, and when it was seen last. */
struct found {
	int whole;                /* there is one */
	struct counted_place at;  /* where it stands, or the newest behind it that says the same */
	struct counted_entry e;
	struct log_entry l;       /* without its detail */
	const struct roster_slot *by;
};

/* One frame's places, from..to; of one pass. */
struct again {
	struct counted *c;
	const struct counted_place *p;
	size_t n;
	int same;                 /* the second pass: those that say the same as what the first one found */
	struct found *found;      /* by value */
};

static int wanted(const struct again *a, const struct counted_place *p)
{
	const struct found *f = &a->found[p->value];
	if (p->same != a->same)
		return 0;
	return a->same ? f->whole && by_place(p, &f->at) < 0 : !f->whole;
}

static void take_whole(struct found *f, struct counted_entry *e)
{
	f->whole = 1;
	f->e = *e;
	memset(e, 0, sizeof *e); /* handed over */
	free(f->e.text);          /* of all values at once it would be much, and what it says was read */
	f->e.text = NULL;
	f->e.n = 0;
}

/* 1 where it says the same as what was found, and not as something else. */
static int take_same(struct found *f, const struct counted_entry *e, int64_t time)
{
	struct vault_exposure *x = &f->e.exposure;
	if (e->same.of != x->whole || memcmp(e->same.detail, x->detail, sizeof x->detail) != 0)
		return 0;
	x->observed = time > x->observed ? time : x->observed;
	return 1;
}

static enum vault_rc read_batch(void *ctx, const struct log_batch *b, struct vault_err *err)
{
	struct again *a = ctx;
	const struct roster_slot *s = NULL;
	enum vault_rc rc = counted_signer(a->c, b, &s, err);
	for (size_t i = 0; i < a->n && rc == VAULT_OK; i++) {
		const struct counted_place *p = &a->p[i];
		struct found *f = &a->found[p->value];
		struct counted_entry e;
		int took = 0;
		if (!wanted(a, p) || p->index >= b->n)
			continue;
		rc = counted_read(a->c, b, s, &b->e[p->index], &e, err);
		if (rc == VAULT_OK && e.has_exposure) {
			take_whole(f, &e);
			took = 1;
		} else if (rc == VAULT_OK && e.has_same) {
			took = take_same(f, &e, b->e[p->index].time);
		}
		if (took) {
			f->at = *p;
			f->by = s;
			f->l = b->e[p->index];
			f->l.detail = NULL; /* was borrowed */
			f->l.detail_n = 0;
		}
		counted_entry_clear(&e);
	}
	return rc;
}

static enum vault_rc read_pass(const struct counted_newest *x, struct counted *c, struct logfile *l, int same, struct found *found,
                               struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	for (size_t i = 0, to = 0; i < x->n && rc == VAULT_OK; i = to) {
		struct again a = {.c = c, .p = &x->p[i], .same = same, .found = found};
		int any = 0;
		for (to = i; to < x->n && x->p[to].at == x->p[i].at; to++)
			any |= wanted(&a, &x->p[to]);
		a.n = to - i;
		if (any)
			rc = logfile_again(l, x->p[i].at, read_batch, &a, err);
	}
	return rc;
}

static int by_last_seen(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	return x->whole != y->whole ? y->whole - x->whole : x->whole ? by_place(&x->at, &y->at) : 0;
}

enum vault_rc counted_newest_read(struct counted_newest *x, struct counted *c, struct logfile *l,
                                  enum vault_rc (*each)(void *ctx, const struct roster_slot *by, const struct log_entry *l,
                                                        struct counted_entry *e, struct vault_err *err),
                                  void *ctx, struct vault_err *err)
{
	const size_t values = number_values(x);
	struct found *found = calloc(values + 1, sizeof *found);
	enum vault_rc rc = found == NULL ? vault_err_set(err, VAULT_REFUSED, "out of memory") : VAULT_OK;
	for (int same = 0; same < 2 && rc == VAULT_OK; same++)
		rc = read_pass(x, c, l, same, found, err);
	if (rc == VAULT_OK && values > 0)
		qsort(found, values, sizeof *found, by_last_seen);
	for (size_t i = 0; i < values && rc == VAULT_OK && found[i].whole; i++)
		rc = each(ctx, found[i].by, &found[i].l, &found[i].e, err);
	for (size_t i = 0; found != NULL && i < values; i++)
		counted_entry_clear(&found[i].e);
	free(found);
	return rc;
}

/* --- one entry after the other ---------------------------------------------------------------------------- */

/* The newest whole exposure of a value so far. */
struct follow {
	struct counted_place of;  /* of the value only */
	struct record_same newest;
};

static int by_followed(const void *a, const void *b)
{
	return by_value(&((const struct follow *)a)->of, &((const struct follow *)b)->of);
}

void counted_unfollow(struct counted *c)
{
	tdestroy(c->wholes, free);
	c->wholes = NULL;
}

static enum vault_rc follow_whole(struct counted *c, const struct follow *key, const struct vault_exposure *x, struct vault_err *err)
{
	struct follow **known = tfind(key, &c->wholes, by_followed), *f = known != NULL ? *known : NULL;
	if (f == NULL) {
		f = malloc(sizeof *f);
		if (f != NULL)
			*f = *key;
		if (f == NULL || tsearch(f, &c->wholes, by_followed) == NULL) {
			free(f);
			return vault_err_set(err, VAULT_REFUSED, "out of memory");
		}
	}
	f->newest.of = x->whole;
	memcpy(f->newest.detail, x->detail, sizeof f->newest.detail);
	return VAULT_OK;
}

enum vault_rc counted_follow(struct counted *c, const struct log_entry *l, struct counted_entry *e, struct vault_err *err)
{
	struct follow key = {.of = place_of(l)};
	if (e->has_exposure)
		return follow_whole(c, &key, &e->exposure, err);
	if (!e->has_same)
		return VAULT_OK;
	struct follow *const *known = tfind(&key, &c->wholes, by_followed);
	if (known == NULL || (*known)->newest.of != e->same.of ||
	    memcmp((*known)->newest.detail, e->same.detail, sizeof e->same.detail) != 0) {
		counted_entry_clear(e);
		e->why = COUNTED_SAME;
	}
	return VAULT_OK;
}
