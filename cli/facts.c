/* facts.c - reads what the looking commands need, once, and indexes it by token. */
#include "facts.h"

#include <stdlib.h>
#include <string.h>

#include "out.h"

static int facts_order(const void *a, const void *b)
{
	const struct vault_verdict *x = *(const struct vault_verdict *const *)a;
	const struct vault_verdict *y = *(const struct vault_verdict *const *)b;
	int d = memcmp(x->token_id, y->token_id, VAULT_ID_LEN);

	if (d != 0)
		return d;
	/* The list is oldest first: two of one second keep its order. */
	return x < y ? -1 : x > y;
}

static enum vault_rc facts_index(struct facts *f, struct vault_err *err)
{
	size_t n = f->verdicts.n;

	f->by_token = calloc(n ? n : 1, sizeof(*f->by_token));
	if (!f->by_token)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	for (size_t i = 0; i < n; i++)
		f->by_token[i] = &f->verdicts.v[i];
	qsort(f->by_token, n, sizeof(*f->by_token), facts_order);
	return VAULT_OK;
}

/* All lists in one go; of a script its tokens, and nothing else. */
static enum vault_rc facts_lists(struct session *s, int scripts_too, struct facts *f, struct vault_err *err)
{
	enum vault_rc rc;

	f->script = scripts_too && vault_my_role(s->v) == VAULT_ROLE_SCRIPT;
	if (f->script)
		return vault_token_all(s->v, &f->tokens, err);
	rc = vault_ledger_all(s->v, &f->tokens, &f->vendors, &f->handovers, err);
	if (rc == VAULT_OK)
		rc = vault_slot_reads_all(s->v, &f->tokens, &f->reads, err);
	return rc == VAULT_OK ? vault_settings_get(s->v, &f->settings, err) : rc;
}

/* What tokens reach. */
struct facts_reach {
	int due;                  /* of those only of which it can be due */
	const char *const *labels; /* of these */
	size_t n;                 /* none: of all */
};

static enum vault_rc facts_observed(struct session *s, const struct facts_reach *r, struct facts *f, struct vault_err *err)
{
	uint8_t (*id)[VAULT_ID_LEN];
	enum vault_rc rc;
	size_t n = 0;

	if (r->due)
		return vault_observed_due(s->v, &f->handovers, &f->verdicts, &f->exposures, &f->checked_here, err);
	if (r->n == 0)
		return vault_observed_all(s->v, &f->verdicts, &f->exposures, &f->checked_here, err);
	id = calloc(r->n, sizeof(*id));
	if (!id)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	for (size_t i = 0; i < r->n; i++) {
		const struct vault_token *t = facts_by_label(f, r->labels[i]);

		if (t)
			memcpy(id[n++], t->id, VAULT_ID_LEN);
	}
	rc = vault_observed_of(s->v, (const uint8_t (*)[VAULT_ID_LEN])id, n, &f->verdicts, &f->exposures, &f->checked_here, err);
	free(id);
	return rc;
}

static enum vault_rc facts_read(struct call *c, struct session *s, int scripts_too, const struct facts_reach *reach, struct facts *f,
                                struct vault_err *err)
{
	enum vault_rc rc;

	memset(f, 0, sizeof(*f));
	rc = vault_begin(s->v, VAULT_READ, err);
	if (rc == VAULT_OK)
		rc = facts_lists(s, scripts_too, f, err);
	if (rc == VAULT_OK && !f->script)
		rc = facts_observed(s, reach, f, err);
	vault_end(s->v);
	if (rc == VAULT_OK)
		rc = facts_index(f, err);
	if (rc != VAULT_OK)
		return rc;
	f->f = (struct vault_facts){.tokens = &f->tokens,
	                            .vendors = &f->vendors,
	                            .handovers = &f->handovers,
	                            .verdicts = f->checked_here ? &f->verdicts : NULL,
	                            .exposures = f->checked_here ? &f->exposures : NULL,
	                            .reads = &f->reads,
	                            .settings = f->script ? NULL : &f->settings,
	                            .today = vault_today(s->v)};
	if (!f->checked_here && !f->script)
		out_note(c->out, "not checked here: this vault's access log is elsewhere; carry it with the copy, or "
		                 "--log FILE");
	return VAULT_OK;
}

enum vault_rc facts_load_of(struct call *c, struct session *s, const char *const *labels, size_t n, struct facts *f,
                            struct vault_err *err)
{
	return facts_read(c, s, 0, &(struct facts_reach){.labels = labels, .n = n}, f, err);
}

enum vault_rc facts_load_due(struct call *c, struct session *s, struct facts *f, struct vault_err *err)
{
	return facts_read(c, s, 0, &(struct facts_reach){.due = 1}, f, err);
}

enum vault_rc facts_load_granted(struct call *c, struct session *s, struct facts *f, struct vault_err *err)
{
	return facts_read(c, s, 1, &(struct facts_reach){.due = 1}, f, err);
}

void facts_clear(struct facts *f)
{
	free(f->by_token);
	vault_settings_clear(&f->settings);
	vault_slot_reads_clear(&f->reads);
	vault_verdicts_clear(&f->verdicts);
	vault_exposures_clear(&f->exposures);
	vault_handovers_clear(&f->handovers);
	vault_vendors_clear(&f->vendors);
	vault_tokens_clear(&f->tokens);
	memset(f, 0, sizeof(*f));
}

const struct vault_token *facts_by_label(const struct facts *f, const char *label)
{
	for (size_t i = 0; i < f->tokens.n; i++)
		if (!f->tokens.t[i].removed && strcmp(f->tokens.t[i].label, label) == 0)
			return &f->tokens.t[i];
	return NULL;
}

enum vault_rc facts_token(struct session *s, const struct facts *f, const char *label, const struct vault_token **t,
                          struct vault_err *err)
{
	struct vault_token found = {0};
	enum vault_rc rc;

	*t = facts_by_label(f, label);
	if (*t)
		return VAULT_OK;
	/* The library has the sentence with near labels. */
	rc = vault_begin(s->v, VAULT_READ, err);
	if (rc == VAULT_OK)
		rc = vault_token_find(s->v, label, &found, err);
	vault_end(s->v);
	vault_token_clear(&found);
	return rc == VAULT_OK ? vault_err_set(err, VAULT_BUSY, "%s was added just now: try again", label) : rc;
}

const struct vault_verdict *const *facts_verdicts(const struct facts *f, const struct vault_token *t, size_t *n)
{
	size_t lo = 0, hi = f->verdicts.n, end;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (memcmp(f->by_token[mid]->token_id, t->id, VAULT_ID_LEN) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (end = lo; end < f->verdicts.n && memcmp(f->by_token[end]->token_id, t->id, VAULT_ID_LEN) == 0; end++)
		;
	*n = end - lo;
	return f->by_token + lo;
}

/* A verdict counts only for the value it was given of: its commitment must be the version's. */
static int facts_counts(const struct vault_token *t, uint32_t version, const struct vault_verdict *v)
{
	const struct vault_version *ver = vault_token_version(t, version);

	return ver && v->version == version && memcmp(v->commit, ver->commit, VAULT_COMMIT_LEN) == 0;
}

const struct vault_verdict *facts_verdict(const struct facts *f, const struct vault_token *t, uint32_t version)
{
	const struct vault_verdict *newest = NULL, *known = NULL;
	const struct vault_verdict *const *v;
	size_t n;

	v = facts_verdicts(f, t, &n);
	for (size_t i = 0; i < n; i++) {
		if (!facts_counts(t, version, v[i]))
			continue;
		newest = v[i];
		if (v[i]->result != VAULT_UNKNOWN)
			known = v[i];
	}
	return known ? known : newest;
}

const struct vault_verdict *facts_identity(const struct facts *f, const struct vault_token *t, uint32_t version)
{
	const struct vault_verdict *found = NULL;
	const struct vault_verdict *const *v;
	size_t n;

	v = facts_verdicts(f, t, &n);
	for (size_t i = 0; i < n; i++)
		if (v[i]->has_identity && facts_counts(t, version, v[i]))
			found = v[i];
	return found;
}
