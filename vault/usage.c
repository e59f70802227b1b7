/* usage.c - who used what last, of access log and states. L5. */
#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "usage.h"
#include "value.h"

/* --- while a log is scanned ------------------------------------------------------------------------------ */

/* The newest of a key: a token and a slot, or (zeros) a slot alone. */
struct usage_place {
	uint8_t token_id[16], slot_id[16];
	uint64_t at;              /* where its frame begins */
	size_t index;             /* in its batch */
};

enum { PLACES_FIRST = 1024 };

static const uint8_t no_token[16];

void usage_notes_clear(struct usage_notes *x)
{
	free(x->p);
	memset(x, 0, sizeof *x);
}

static int newest_first(const struct usage_place *x, const struct usage_place *y)
{
	return x->at != y->at ? (x->at < y->at) - (x->at > y->at) : (x->index < y->index) - (x->index > y->index);
}

static int by_key(const void *a, const void *b)
{
	const struct usage_place *x = a, *y = b;
	int c = memcmp(x->token_id, y->token_id, 16);
	if (c == 0)
		c = memcmp(x->slot_id, y->slot_id, 16);
	return c != 0 ? c : newest_first(x, y);
}

static int by_token(const void *a, const void *b)
{
	const struct usage_place *x = a, *y = b;
	const int c = memcmp(x->token_id, y->token_id, 16);
	return c != 0 ? c : newest_first(x, y);
}

/* Of each key the newest is left. */
static void thin(struct usage_notes *x)
{
	size_t n = 0;
	if (x->n > 0)
		qsort(x->p, x->n, sizeof *x->p, by_key);
	for (size_t i = 0; i < x->n; i++)
		if (n == 0 || memcmp(x->p[n - 1].token_id, x->p[i].token_id, 16) != 0 ||
		    memcmp(x->p[n - 1].slot_id, x->p[i].slot_id, 16) != 0)
			x->p[n++] = x->p[i];
	x->n = n;
}

static enum vault_rc more(struct usage_notes *x, struct vault_err *err)
{
	const size_t cap = x->cap == 0 ? PLACES_FIRST : x->cap * 2;
	struct usage_place *p = realloc(x->p, cap * sizeof *p);
	if (p == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	x->p = p;
	x->cap = cap;
	return VAULT_OK;
}

static enum vault_rc place(struct usage_notes *x, const uint8_t token_id[16], const uint8_t slot_id[16], uint64_t at, size_t index,
                           struct vault_err *err)
{
	if (x->n == x->cap) {
		enum vault_rc rc = VAULT_OK;
		thin(x);
		if (x->n * 2 >= x->cap)
			rc = more(x, err);
		if (rc != VAULT_OK)
			return rc;
	}
	struct usage_place *p = &x->p[x->n++];
	*p = (struct usage_place){.at = at, .index = index};
	memcpy(p->token_id, token_id, 16);
	memcpy(p->slot_id, slot_id, 16);
	return VAULT_OK;
}

static int is_release(int64_t action)
{
	return action == ACTION_RELEASE_GET || action == ACTION_RELEASE_RUN || action == ACTION_RELEASE_EXPORT;
}

/* What a slot wrote after it was ended must not stand before what it wrote until then. One that nobody knows is noted: it is
 * refused when its signature is looked at. */
enum vault_rc usage_note(struct usage_notes *x, struct counted *c, const struct log_batch *b, uint64_t at, struct vault_err *err)
{
	const struct roster_slot *s = roster_slot(&c->v->roster, b->slot_id);
	uint64_t limit = UINT64_MAX;
	enum vault_rc rc = s != NULL ? counted_upto(c, s, &limit, err) : VAULT_OK;
	if (rc != VAULT_OK || b->end > limit || b->n == 0)
		return rc;
	for (size_t i = 0; i < b->n && rc == VAULT_OK; i++)
		if (is_release(b->e[i].action))
			rc = place(x, b->e[i].object_id, b->slot_id, at, i, err);
	return rc == VAULT_OK ? place(x, no_token, b->slot_id, at, b->n - 1, err) : rc;
}

/* --- after it -------------------------------------------------------------------------------------------- */

/* By the id that each begins with; a key may be an id alone. */
static int use_order(const void *a, const void *b)
{
	return memcmp(a, b, VAULT_ID_LEN);
}

static struct vault_token_use *token_use(const struct vault_usage *u, const uint8_t id[16])
{
	return u->n_tokens == 0 ? NULL : bsearch(id, u->tokens, u->n_tokens, sizeof *u->tokens, use_order);
}

static struct vault_slot_use *slot_use(const struct vault_usage *u, const uint8_t id[16])
{
	return u->n_slots == 0 ? NULL : bsearch(id, u->slots, u->n_slots, sizeof *u->slots, use_order);
}

struct again {
	struct counted *c;
	const struct usage_place *p;
	int counts;
	int64_t time;
};

static enum vault_rc read_again(void *ctx, const struct log_batch *b, struct vault_err *err)
{
	struct again *a = ctx;
	const struct roster_slot *s = NULL;
	struct counted_entry e = {.text = NULL};
	enum vault_rc rc = counted_signer(a->c, b, &s, err);
	if (rc != VAULT_OK || a->p->index >= b->n)
		return rc;
	a->time = b->e[a->p->index].time;
	a->counts = 1;
	if (memcmp(a->p->token_id, no_token, 16) == 0) /* that it signed at all */
		return VAULT_OK;
	rc = counted_read(a->c, b, s, &b->e[a->p->index], &e, err);
	a->counts = rc == VAULT_OK && e.why == COUNTED;
	counted_entry_clear(&e);
	return rc;
}

/* The time that this place would be for: of a token, of a slot. NULL: of none that is asked about. */
static int64_t *wanted(const struct vault_usage *u, const struct usage_place *p)
{
	struct vault_token_use *t = NULL;
	struct vault_slot_use *s = NULL;
	if (memcmp(p->token_id, no_token, 16) == 0)
		s = slot_use(u, p->slot_id);
	else
		t = token_use(u, p->token_id);
	return s != NULL ? &s->last_entry : t != NULL ? &t->fetched : NULL;
}

enum vault_rc usage_read(struct usage_notes *x, struct counted *c, struct logfile *l, struct vault_usage *out, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	thin(x);
	if (x->n > 0)
		qsort(x->p, x->n, sizeof *x->p, by_token);
	for (size_t i = 0; i < x->n && rc == VAULT_OK; i++) {
		struct again a = {.c = c, .p = &x->p[i]};
		int64_t *to = wanted(out, &x->p[i]);
		if (to == NULL || *to != 0) /* of a newer log, or the newest of this one */
			continue;
		rc = logfile_again(l, x->p[i].at, read_again, &a, err);
		if (rc == VAULT_OK && a.counts)
			*to = a.time;
	}
	x->n = 0;
	out->since = logfile_time(l);
	return rc;
}

/* --- the states ------------------------------------------------------------------------------------------ */

static void newest_change(void *ctx, const struct state *st)
{
	struct vault_slot_use *s = slot_use(ctx, st->slot_id);
	if (s != NULL && s->last_change == 0)
		s->last_change = st->time;
}

/* When the first value of each was stored: a row says in which change. */
static enum vault_rc stored(struct vault *v, const struct vault_tokens *tokens, struct vault_usage *out, struct access_time *t,
                            size_t *n, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	for (size_t i = 0; i < tokens->n && rc == VAULT_OK; i++) {
		const struct row *row = NULL;
		struct vault_token_use *u = &out->tokens[out->n_tokens];
		if (tokens->t[i].removed)
			continue;
		rc = value_row(v, tokens->t[i].id, tokens->t[i].versions[0].number, &row, err);
		memcpy(u->id, tokens->t[i].id, 16);
		if (rc == VAULT_OK && row != NULL) {
			u->stored = row->c[SEC_ADDED].i; /* the change; its time follows */
			t[(*n)++].epoch = (uint64_t)u->stored;
		}
		out->n_tokens++;
	}
	return rc;
}

enum vault_rc usage_begin(struct vault *v, const struct vault_tokens *tokens, struct vault_usage *out, struct vault_err *err)
{
	struct access_time *t = calloc(tokens->n + v->roster.n_slots + 1, sizeof *t);
	size_t n = 0;
	memset(out, 0, sizeof *out);
	out->tokens = calloc(tokens->n + 1, sizeof *out->tokens);
	out->slots = calloc(v->roster.n_slots + 1, sizeof *out->slots);
	enum vault_rc rc = t == NULL || out->tokens == NULL || out->slots == NULL
	                           ? vault_err_set(err, VAULT_REFUSED, "out of memory") : stored(v, tokens, out, t, &n, err);
	for (size_t i = 0; i < v->roster.n_slots && rc == VAULT_OK; i++) {
		memcpy(out->slots[out->n_slots++].id, v->roster.slots[i].id, 16);
		t[n++].epoch = v->roster.slots[i].added; /* before that it signed nothing */
	}
	if (rc == VAULT_OK) {
		qsort(out->tokens, out->n_tokens, sizeof *out->tokens, use_order);
		qsort(out->slots, out->n_slots, sizeof *out->slots, use_order);
		rc = access_walk(v, t, n, newest_change, out, err);
	}
	for (size_t i = 0; i < out->n_tokens && rc == VAULT_OK; i++)
		out->tokens[i].stored = access_time(t, n, (uint64_t)out->tokens[i].stored);
	free(t);
	if (rc != VAULT_OK)
		vault_usage_clear(out);
	return rc;
}
