/* access_list.c - who may open the vault: slots with their wraps, times and labels. L5; declared in <vault/access.h>. */
#include <stdlib.h>
#include <string.h>

#include <vault/access.h>

#include "access.h"
#include "script.h"
#include "wrap.h"

void vault_slots_clear(struct vault_slots *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->s[i].name);
		vault_strings_clear(&l->s[i].labels);
	}
	free(l->s);
	memset(l, 0, sizeof *l);
}

/* --- times ----------------------------------------------------------------------------------------------- */

static int by_epoch(const void *a, const void *b)
{
	const struct access_time *x = a, *y = b;
	return x->epoch < y->epoch ? -1 : x->epoch > y->epoch;
}

enum vault_rc access_walk(struct vault *v, struct access_time *t, size_t n, void (*each)(void *ctx, const struct state *st),
                          void *ctx, struct vault_err *err)
{
	uint8_t want[HASH_LEN];
	enum vault_rc rc = VAULT_OK;
	if (n == 0)
		return VAULT_OK;
	qsort(t, n, sizeof *t, by_epoch);
	memcpy(want, v->state.previous, HASH_LEN);
	int64_t time = v->state.time;
	if (each != NULL)
		each(ctx, &v->state);
	for (uint64_t e = v->state.epoch;;) {
		struct state st;
		for (; n > 0 && t[n - 1].epoch == e; n--)
			t[n - 1].time = time;
		if (n == 0 || rc != VAULT_OK)
			return rc;
		rc = state_before(v->store, v->vault_id, e, &st, err);
		if (rc == VAULT_OK && (memcmp(st.hash, want, HASH_LEN) != 0 || st.epoch < t[n - 1].epoch))
			rc = vault_err_set(err, VAULT_DAMAGED, "the chain of states is broken before change %llu: the vault is damaged",
			                   (unsigned long long)e);
		e = st.epoch;
		time = st.time;
		memcpy(want, st.previous, HASH_LEN);
		if (rc == VAULT_OK && each != NULL)
			each(ctx, &st);
		state_clear(&st);
		if (rc != VAULT_OK)
			return rc;
	}
}

enum vault_rc access_times(struct vault *v, struct access_time *t, size_t n, struct vault_err *err)
{
	return access_walk(v, t, n, NULL, NULL, err);
}

int64_t access_time(const struct access_time *t, size_t n, uint64_t epoch)
{
	const struct access_time key = {.epoch = epoch};
	const struct access_time *found = n > 0 ? bsearch(&key, t, n, sizeof key, by_epoch) : NULL;
	return found != NULL ? found->time : 0;
}

/* --- slots ----------------------------------------------------------------------------------------------- */

/* A wrap is outside the signed root: what it says counts by its slot's signature. */
static enum vault_rc opens_by(struct vault *v, const struct rows *wraps, const struct roster_slot *s, struct vault_slot *out,
                              struct vault_err *err)
{
	struct wrap_slot of;
	for (size_t i = 0; i < wraps->n; i++) {
		const struct cell *c = wraps->r[i]->c;
		if (c[WR_SLOT].n != 16 || memcmp(c[WR_SLOT].p, s->id, 16) != 0)
			continue;
		if (!wrap_slot_of(s->row, v->vault_id, &of) || !wrap_sig_ok(wraps->r[i], &of))
			break;
		out->opens_by = (enum vault_slot_type)c[WR_TYPE].i;
		if (out->opens_by == VAULT_SLOT_PASSPHRASE) {
			out->kdf_memory_kib = (uint32_t)c[WR_M].i;
			out->kdf_passes = (uint32_t)c[WR_T].i;
		}
		return VAULT_OK;
	}
	return vault_err_set(err, VAULT_DAMAGED, "the key slot %s has no sound wrap: the vault is damaged", s->name);
}

static enum vault_rc fill(struct vault *v, const struct rows *wraps, const struct roster_slot *s, struct vault_slot *out,
                          struct vault_err *err)
{
	struct record_labels l = {.l = NULL};
	uint64_t written = 0;
	memcpy(out->id, s->id, 16);
	out->name = strdup(s->name);
	out->role = s->role;
	out->active = s->active;
	out->own = memcmp(s->id, v->slot_id, 16) == 0;
	enum vault_rc rc = out->name == NULL ? vault_err_set(err, VAULT_REFUSED, "out of memory") : opens_by(v, wraps, s, out, err);
	if (rc == VAULT_OK && s->active && s->role == VAULT_ROLE_SCRIPT)
		rc = script_labels(v, s->id, &l, &written, err);
	for (size_t i = 0; i < l.n && rc == VAULT_OK; i++)
		rc = vault_strings_add(&out->labels, l.l[i].label, err);
	record_labels_clear(&l);
	return rc;
}

static int by_name(const void *a, const void *b)
{
	const struct vault_slot *x = a, *y = b;
	if (x->active != y->active)
		return y->active - x->active;
	const int d = strcmp(x->name, y->name);
	return d != 0 ? d : x->added < y->added ? -1 : x->added > y->added;
}

static enum vault_rc set_times(struct vault *v, struct vault_slots *l, struct vault_err *err)
{
	struct access_time *t = calloc(2 * l->n + 1, sizeof *t);
	size_t n = 0;
	if (t == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	for (size_t i = 0; i < l->n; i++) {
		t[n++].epoch = v->roster.slots[i].added;
		if (!v->roster.slots[i].active)
			t[n++].epoch = v->roster.slots[i].ended;
	}
	const enum vault_rc rc = access_times(v, t, n, err);
	for (size_t i = 0; i < l->n && rc == VAULT_OK; i++) {
		l->s[i].added = access_time(t, n, v->roster.slots[i].added);
		l->s[i].ended = v->roster.slots[i].active ? 0 : access_time(t, n, v->roster.slots[i].ended);
	}
	free(t);
	return rc;
}

enum vault_rc vault_access_list(struct vault *v, struct vault_slots *out, struct vault_err *err)
{
	struct rows wraps = {.r = NULL};
	memset(out, 0, sizeof *out);
	if (v->role == VAULT_ROLE_SCRIPT)
		return txn_forbidden(v, "list who may open the vault", err);
	enum vault_rc rc = store_all(v->store, STORE_WRAP, &wraps, err);
	out->s = calloc(v->roster.n_slots, sizeof *out->s);
	if (rc == VAULT_OK && out->s == NULL)
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	for (size_t i = 0; rc == VAULT_OK && i < v->roster.n_slots; i++) {
		out->n++;
		rc = fill(v, &wraps, &v->roster.slots[i], &out->s[i], err);
	}
	if (rc == VAULT_OK)
		rc = set_times(v, out, err);
	rows_clear(&wraps);
	if (rc != VAULT_OK)
		vault_slots_clear(out);
	else
		qsort(out->s, out->n, sizeof *out->s, by_name);
	return rc;
}
