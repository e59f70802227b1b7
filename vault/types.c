/* types.c - the records people see: made empty, copied, asked. L2. */
#include <stdlib.h>
#include <string.h>

#include <vault/types.h>

static enum vault_rc no_memory(struct vault_err *err)
{
	return vault_err_set(err, VAULT_REFUSED, "out of memory");
}

void vault_strings_clear(struct vault_strings *l)
{
	size_t i = 0;

	if (!l)
		return;
	for (i = 0; i < l->n; i++)
		free(l->s[i]);
	free(l->s);
	memset(l, 0, sizeof *l);
}

enum vault_rc vault_strings_add(struct vault_strings *l, const char *s, struct vault_err *err)
{
	char **more = NULL, *copy = strdup(s);

	if (!copy)
		return no_memory(err);
	/* There is room up to the next power of two; at one, as much again is taken. */
	if ((l->n & (l->n - 1)) == 0) {
		more = reallocarray(l->s, l->n ? l->n * 2 : 1, sizeof *more);
		if (!more) {
			free(copy);
			return no_memory(err);
		}
		l->s = more;
	}
	l->s[l->n++] = copy;
	return VAULT_OK;
}

void vault_token_clear(struct vault_token *t)
{
	size_t i = 0;

	if (!t)
		return;
	free(t->label);
	free(t->account);
	free(t->license);
	free(t->plan);
	free(t->owner);
	free(t->note);
	vault_strings_clear(&t->tags);
	for (i = 0; i < t->n_versions; i++) {
		free(t->versions[i].smartsheet_name);
		vault_strings_clear(&t->versions[i].left);
	}
	free(t->versions);
	memset(t, 0, sizeof *t);
}

void vault_slot_reads_clear(struct vault_slot_reads *l)
{
	size_t i = 0;

	if (!l)
		return;
	for (i = 0; i < l->n; i++)
		free(l->r[i].slot);
	free(l->r);
	memset(l, 0, sizeof *l);
}

size_t vault_slot_reads_first(const struct vault_slot_reads *l, const uint8_t token_id[VAULT_ID_LEN])
{
	size_t lo = 0, hi = l->n, mid = 0;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (memcmp(l->r[mid].token_id, token_id, VAULT_ID_LEN) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

void vault_tokens_clear(struct vault_tokens *l)
{
	size_t i = 0;

	if (!l)
		return;
	for (i = 0; i < l->n; i++)
		vault_token_clear(&l->t[i]);
	free(l->t);
	memset(l, 0, sizeof *l);
}

const struct vault_version *vault_token_current(const struct vault_token *t)
{
	return t->n_versions ? &t->versions[t->n_versions - 1] : NULL;
}

const struct vault_version *vault_token_version(const struct vault_token *t, uint32_t number)
{
	size_t i = 0;

	for (i = 0; i < t->n_versions; i++)
		if (t->versions[i].number == number)
			return &t->versions[i];
	return NULL;
}

int64_t vault_token_rotated(const struct vault_token *t)
{
	return t->n_versions > 1 ? vault_token_current(t)->created : VAULT_NO_DAY;
}

int64_t vault_token_rotate_due(const struct vault_token *t)
{
	const struct vault_version *v = vault_token_current(t);
	int64_t day = 0;

	if (!v || t->removed || v->created == VAULT_NO_DAY || t->rotate_every_days <= 0 ||
	    __builtin_add_overflow(v->created, t->rotate_every_days, &day))
		return VAULT_NO_DAY;
	return day;
}

void vault_vendor_clear(struct vault_vendor *v)
{
	size_t i = 0;

	if (!v)
		return;
	free(v->name);
	free(v->note);
	vault_strings_clear(&v->contacts);
	for (i = 0; i < v->n_agreements; i++)
		free(v->agreements[i].ref);
	free(v->agreements);
	memset(v, 0, sizeof *v);
}

void vault_vendors_clear(struct vault_vendors *l)
{
	size_t i = 0;

	if (!l)
		return;
	for (i = 0; i < l->n; i++)
		vault_vendor_clear(&l->v[i]);
	free(l->v);
	memset(l, 0, sizeof *l);
}

void vault_give_clear(struct vault_give *g)
{
	size_t i = 0;

	if (!g)
		return;
	free(g->purpose);
	free(g->agreement);
	free(g->channel);
	for (i = 0; i < g->n_items; i++) {
		free(g->items[i].id);
		free(g->items[i].level);
		free(g->items[i].name);
	}
	free(g->items);
	memset(g, 0, sizeof *g);
}

void vault_handover_clear(struct vault_handover *h)
{
	size_t i = 0, j = 0;

	if (!h)
		return;
	free(h->to);
	for (i = 0; i < h->n_periods; i++) {
		for (j = 0; j < h->periods[i].n_gives; j++)
			vault_give_clear(&h->periods[i].gives[j]);
		free(h->periods[i].gives);
		free(h->periods[i].confirms);
		free(h->periods[i].reason);
	}
	free(h->periods);
	memset(h, 0, sizeof *h);
}

void vault_handovers_clear(struct vault_handovers *l)
{
	size_t i = 0;

	if (!l)
		return;
	for (i = 0; i < l->n; i++)
		vault_handover_clear(&l->h[i]);
	free(l->h);
	memset(l, 0, sizeof *l);
}

void vault_identity_clear(struct vault_identity *i)
{
	if (!i)
		return;
	free(i->id);
	free(i->email);
	free(i->account_id);
	free(i->account_name);
	vault_strings_clear(&i->alternates);
	memset(i, 0, sizeof *i);
}

void vault_verdict_clear(struct vault_verdict *v)
{
	if (!v)
		return;
	free(v->message);
	free(v->base);
	free(v->drift);
	vault_identity_clear(&v->identity);
	memset(v, 0, sizeof *v);
}

void vault_verdicts_clear(struct vault_verdicts *l)
{
	size_t i = 0;

	if (!l)
		return;
	for (i = 0; i < l->n; i++)
		vault_verdict_clear(&l->v[i]);
	free(l->v);
	memset(l, 0, sizeof *l);
}

/* 0, or -1 without memory. */
static int copy_text(char **to, const char *from)
{
	*to = from ? strdup(from) : NULL;
	return from && !*to ? -1 : 0;
}

enum vault_rc vault_verdict_copy(struct vault_verdict *to, const struct vault_verdict *from, struct vault_err *err)
{
	const struct vault_identity *is = &from->identity;
	struct vault_verdict v = *from;
	size_t i = 0;
	int bad = 0;

	v.message = v.base = v.drift = NULL;
	memset(&v.identity, 0, sizeof v.identity);
	v.identity.admin = is->admin;
	v.identity.licensed = is->licensed;
	v.identity.group_admin = is->group_admin;
	v.identity.resource_viewer = is->resource_viewer;
	bad = copy_text(&v.message, from->message) || copy_text(&v.base, from->base) ||
	      copy_text(&v.drift, from->drift) || copy_text(&v.identity.id, is->id) ||
	      copy_text(&v.identity.email, is->email) || copy_text(&v.identity.account_id, is->account_id) ||
	      copy_text(&v.identity.account_name, is->account_name);
	for (i = 0; !bad && i < is->alternates.n; i++)
		bad = vault_strings_add(&v.identity.alternates, is->alternates.s[i], err) != VAULT_OK;
	if (bad) {
		vault_verdict_clear(&v);
		memset(to, 0, sizeof *to);
		return no_memory(err);
	}
	*to = v;
	return VAULT_OK;
}

const struct vault_verdict *vault_verdict_newest(const struct vault_verdicts *l, const struct vault_token *t,
                                                 uint32_t version, int known)
{
	const struct vault_version *ver = vault_token_version(t, version);
	size_t i = 0;

	for (i = l && ver ? l->n : 0; i > 0; i--) {
		const struct vault_verdict *v = &l->v[i - 1];

		/* The commitment: a verdict on another value under the same number says nothing of this one. */
		if (v->version == version && !memcmp(v->token_id, t->id, VAULT_ID_LEN) &&
		    !memcmp(v->commit, ver->commit, VAULT_COMMIT_LEN) && (!known || v->result != VAULT_UNKNOWN))
			return v;
	}
	return NULL;
}
