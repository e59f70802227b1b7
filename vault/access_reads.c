/* access_reads.c - which values that are in use a key slot could read that was ended since: an old copy of the file stays
 * readable, so only rotation at Smartsheet takes them back. L5; declared in <vault/access.h>. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/access.h>
#include <vault/token.h>

#include "access.h"
#include "value.h"

struct found {
	struct vault_slot_read r;
	uint64_t epoch;           /* 0: r.ended is known */
};

struct reads {
	struct vault *v;
	struct found *f;
	size_t n, cap;
};

static enum vault_rc add(struct reads *x, const uint8_t token_id[16], uint32_t version, const char *slot, uint64_t epoch,
                         struct vault_err *err)
{
	if (x->n == x->cap) {
		const size_t cap = x->cap == 0 ? 64 : x->cap * 2;
		struct found *p = realloc(x->f, cap * sizeof *p);
		if (p == NULL)
			return vault_err_set(err, VAULT_REFUSED, "out of memory");
		x->f = p;
		x->cap = cap;
	}
	struct found *f = &x->f[x->n];
	memset(f, 0, sizeof *f);
	memcpy(f->r.token_id, token_id, 16);
	f->r.version = version;
	f->r.slot = strdup(slot);
	f->epoch = epoch;
	if (f->r.slot == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	x->n++;
	return VAULT_OK;
}

/* "DATE NAME", from before a rekey. */
static enum vault_rc add_left(struct reads *x, const uint8_t token_id[16], uint32_t version, const char *left, struct vault_err *err)
{
	char day[VAULT_DAY_LEN];
	int64_t ended = 0;
	snprintf(day, sizeof day, "%s", left);
	if (strlen(left) < VAULT_DAY_LEN || left[VAULT_DAY_LEN - 1] != ' ' || vault_day_parse(day, &ended, NULL) != VAULT_OK)
		return vault_err_set(err, VAULT_DAMAGED, "a token's record is damaged: restore the vault from a backup");
	const enum vault_rc rc = add(x, token_id, version, left + VAULT_DAY_LEN, 0, err);
	if (rc == VAULT_OK)
		x->f[x->n - 1].r.ended = ended;
	return rc;
}

/* Admins and monitors could read all there was; scripts what they were granted. */
static enum vault_rc of_token(struct reads *x, const struct vault_token *t, struct vault_err *err)
{
	const uint32_t now = vault_token_current(t)->number;
	struct vault *v = x->v;
	const struct row *row = NULL;
	struct leaf *l = NULL;
	enum vault_rc rc = value_row(v, t->id, now, &row, err);
	if (rc == VAULT_OK)
		rc = txn_leaf(v, LEAF_TOKENS, leaf_of(LEAF_TOKENS, t->id), &l, err);
	if (rc != VAULT_OK || row == NULL || !value_present(row))
		return rc;
	for (size_t i = 0; i < vault_token_current(t)->left.n && rc == VAULT_OK; i++)
		rc = add_left(x, t->id, now, vault_token_current(t)->left.s[i], err);
	for (size_t i = 0; i < v->roster.n_slots && rc == VAULT_OK; i++) {
		const struct roster_slot *s = &v->roster.slots[i];
		if (!s->active && (s->role == VAULT_ROLE_ADMIN || s->role == VAULT_ROLE_MONITOR) &&
		    (uint64_t)row->c[SEC_ADDED].i <= s->ended)
			rc = add(x, t->id, now, s->name, s->ended, err);
	}
	for (size_t i = 0; i < l->grant.n && rc == VAULT_OK; i++) {
		const struct cell *c = l->grant.r[i]->c;
		if (c[GRANT_KIND].i != GRANT_TOKEN || c[GRANT_ENDED].i == 0 || c[GRANT_VERSION].i != now || c[GRANT_SLOT].n != 16 ||
		    memcmp(c[GRANT_OBJECT].p, t->id, 16) != 0)
			continue;
		const struct roster_slot *s = roster_slot(&v->roster, c[GRANT_SLOT].p);
		rc = add(x, t->id, now, s != NULL ? s->name : "?", (uint64_t)c[GRANT_ENDED].i, err);
	}
	return rc;
}

static enum vault_rc set_days(struct reads *x, struct vault_err *err)
{
	struct access_time *t = calloc(x->n + 1, sizeof *t);
	if (t == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	size_t n = 0;
	for (size_t i = 0; i < x->n; i++)
		if (x->f[i].epoch != 0)
			t[n++].epoch = x->f[i].epoch;
	const enum vault_rc rc = access_times(x->v, t, n, err);
	for (size_t i = 0; i < x->n; i++)
		if (x->f[i].epoch != 0)
			x->f[i].r.ended = vault_day_of(access_time(t, n, x->f[i].epoch));
	free(t);
	return rc;
}

static int by_token(const void *a, const void *b)
{
	const struct vault_slot_read *x = a, *y = b;
	int d = memcmp(x->token_id, y->token_id, 16);
	if (d == 0)
		d = strcmp(x->slot, y->slot);
	return d != 0 ? d : x->ended > y->ended ? -1 : x->ended < y->ended;
}

/* Several slots of one name, one after the other: the last one says it for all. */
static void drop_same(struct vault_slot_reads *l)
{
	size_t n = 0;
	for (size_t i = 0; i < l->n; i++) {
		if (n > 0 && memcmp(l->r[n - 1].token_id, l->r[i].token_id, 16) == 0 && strcmp(l->r[n - 1].slot, l->r[i].slot) == 0)
			free(l->r[i].slot);
		else
			l->r[n++] = l->r[i];
	}
	l->n = n;
}

enum vault_rc vault_slot_reads_all(struct vault *v, const struct vault_tokens *tokens, struct vault_slot_reads *out,
                                   struct vault_err *err)
{
	struct reads x = {.v = v};
	enum vault_rc rc = VAULT_OK;
	memset(out, 0, sizeof *out);
	for (size_t i = 0; i < tokens->n && rc == VAULT_OK; i++)
		if (!tokens->t[i].removed)
			rc = of_token(&x, &tokens->t[i], err);
	if (rc == VAULT_OK)
		rc = set_days(&x, err);
	out->r = calloc(x.n + 1, sizeof *out->r);
	if (rc == VAULT_OK && out->r == NULL)
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	for (size_t i = 0; i < x.n; i++) {
		if (out->r != NULL)
			out->r[out->n++] = x.f[i].r;
		else
			free(x.f[i].r.slot);
	}
	free(x.f);
	if (rc != VAULT_OK)
		vault_slot_reads_clear(out);
	else
		qsort(out->r, out->n, sizeof *out->r, by_token);
	drop_same(out);
	return rc;
}
