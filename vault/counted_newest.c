/* counted_newest.c - the newest exposure of each value in an access log, without the older ones. L5. */
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
};

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
	if (x->n == x->cap) {
		const size_t cap = x->cap == 0 ? 64 : x->cap * 2;
		struct counted_place *p = realloc(x->p, cap * sizeof *p);
		if (p == NULL)
			return vault_err_set(err, VAULT_REFUSED, "out of memory");
		x->p = p;
		x->cap = cap;
	}
	struct counted_place *p = &x->p[x->n++];
	*p = (struct counted_place){.version = e->version, .at = x->at, .index = i};
	memcpy(p->token_id, e->object_id, sizeof p->token_id);
	memcpy(p->commit, e->commit, sizeof p->commit);
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

/* Numbers the values, from 0 on without a gap; then all stand newest first. */
static void number_values(struct counted_newest *x)
{
	size_t value = 0;
	if (x->n == 0)
		return;
	qsort(x->p, x->n, sizeof *x->p, by_value);
	for (size_t i = 0; i < x->n; i++) {
		value += i > 0 && by_value(&x->p[i - 1], &x->p[i]) != 0;
		x->p[i].value = value;
	}
	qsort(x->p, x->n, sizeof *x->p, by_place);
}

/* One frame's places, from..to. */
struct again {
	struct counted *c;
	const struct counted_place *p;
	size_t n;
	char *found;              /* by value */
	enum vault_rc (*each)(void *, const struct roster_slot *, const struct log_entry *, struct counted_entry *, struct vault_err *);
	void *ctx;
};

static enum vault_rc read_batch(void *ctx, const struct log_batch *b, struct vault_err *err)
{
	struct again *a = ctx;
	const struct roster_slot *s = NULL;
	enum vault_rc rc = counted_signer(a->c, b, &s, err);
	for (size_t i = 0; i < a->n && rc == VAULT_OK; i++) {
		const struct counted_place *p = &a->p[i];
		struct counted_entry e;
		if (a->found[p->value] || p->index >= b->n)
			continue;
		rc = counted_read(a->c, b, s, &b->e[p->index], &e, err);
		if (rc == VAULT_OK && e.has_exposure) {
			a->found[p->value] = 1;
			rc = a->each(a->ctx, s, &b->e[p->index], &e, err);
		}
		counted_entry_clear(&e);
	}
	return rc;
}

enum vault_rc counted_newest_read(struct counted_newest *x, struct counted *c, struct logfile *l,
                                  enum vault_rc (*each)(void *ctx, const struct roster_slot *by, const struct log_entry *l,
                                                        struct counted_entry *e, struct vault_err *err),
                                  void *ctx, struct vault_err *err)
{
	char *found = calloc(x->n + 1, 1);
	enum vault_rc rc = found == NULL ? vault_err_set(err, VAULT_REFUSED, "out of memory") : VAULT_OK;
	number_values(x);
	for (size_t i = 0, to = 0; i < x->n && rc == VAULT_OK; i = to) {
		struct again a = {.c = c, .p = &x->p[i], .found = found, .each = each, .ctx = ctx};
		int wanted = 0;
		for (to = i; to < x->n && x->p[to].at == x->p[i].at; to++)
			wanted |= !found[x->p[to].value];
		a.n = to - i;
		if (wanted)
			rc = logfile_again(l, x->p[i].at, read_batch, &a, err);
	}
	free(found);
	return rc;
}
