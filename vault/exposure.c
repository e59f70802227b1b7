/* exposure.c - asking what the holders of tokens can reach: open, ask, compare, log. L6. Finding is pure and stands in
 * reach_compare.c and due.c. */
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "carry.h"
#include "exposure.h"
#include "observe.h"
#include "record.h"

void vault_exposure_results_clear(struct vault_exposure_results *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->n; i++) {
		vault_verdict_clear(&l->r[i].verdict);
		vault_drifts_clear(&l->r[i].drift);
		vault_exposure_clear(&l->r[i].exposure);
		free(l->r[i].why);
	}
	free(l->r);
	memset(l, 0, sizeof *l);
}

/* --- before ----------------------------------------------------------------------------------------------- */

/* Exposures of before: by token, the newest first. */
struct place {
	const struct vault_exposure *e; /* borrowed */
	size_t at;
};
struct known {
	struct place *p;
	size_t n;
};

static int by_token(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	const int c = memcmp(x->e->token_id, y->e->token_id, VAULT_ID_LEN);
	return c != 0 ? c : (x->at < y->at) - (x->at > y->at);
}

static enum vault_rc known_make(const struct vault_exposures *before, struct known *out, struct vault_err *err)
{
	out->n = before != NULL ? before->n : 0;
	out->p = calloc(out->n + 1, sizeof *out->p);
	if (out->p == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	for (size_t i = 0; i < out->n; i++)
		out->p[i] = (struct place){.e = &before->e[i], .at = i};
	if (out->n > 0)
		qsort(out->p, out->n, sizeof *out->p, by_token);
	return VAULT_OK;
}

/* Where a token's begin. */
static size_t known_first(const struct known *l, const uint8_t token_id[VAULT_ID_LEN])
{
	size_t lo = 0, hi = l->n;
	while (lo < hi) {
		const size_t mid = lo + (hi - lo) / 2;
		if (memcmp(l->p[mid].e->token_id, token_id, VAULT_ID_LEN) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* The seat that the token's user had when it was last to be seen. */
static const char *seat_of(const struct known *l, const struct vault_token *t)
{
	for (size_t i = known_first(l, t->id); i < l->n && memcmp(l->p[i].e->token_id, t->id, VAULT_ID_LEN) == 0; i++)
		if (l->p[i].e->seat != NULL)
			return l->p[i].e->seat;
	return NULL;
}

/* The newest of this very value. */
static const struct vault_exposure *value_of(const struct known *l, const struct vault_exposure *e)
{
	for (size_t i = known_first(l, e->token_id); i < l->n && memcmp(l->p[i].e->token_id, e->token_id, VAULT_ID_LEN) == 0; i++)
		if (l->p[i].e->version == e->version && memcmp(l->p[i].e->commit, e->commit, VAULT_COMMIT_LEN) == 0)
			return l->p[i].e;
	return NULL;
}

/* Whether what would be written of it stands there already, to the byte: who claims less would vouch for what it did not see, as
 * for a key of a newer program. One that was carried says who asked and since when besides. */
static enum vault_rc find_same(const struct known *before, struct vault_exposure *e, struct vault_err *err)
{
	const struct vault_exposure *was = value_of(before, e);
	uint8_t detail[HASH_LEN];
	if (was == NULL || was->whole == 0)
		return VAULT_OK;
	char *text = record_exposure_encode(e);
	if (was->carried != NULL)
		text = carry_detail(text, was->carried, was->since < was->whole ? was->since : INT64_MIN);
	if (text == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	hash(detail, text, strlen(text));
	free(text);
	if (memcmp(detail, was->detail, sizeof detail) == 0) {
		e->since = was->since;
		e->whole = was->whole;
		memcpy(e->detail, detail, sizeof detail);
	}
	return VAULT_OK;
}

/* --- what came of it -------------------------------------------------------------------------------------- */

/* Why it was not asked what it reaches. */
static char *why_not(const struct vault_verdict *said, struct helper_reach *reach)
{
	char *why = reach->why;
	reach->why = NULL;
	if (why != NULL)
		return why;
	if (said->result == VAULT_VALID)
		return strdup("vault-api did not say what it reaches");
	if (said->result == VAULT_UNKNOWN)
		return strdup(said->message != NULL ? said->message : "Smartsheet could not be asked");
	return finding_text("its value is %s", vault_result_name(said->result));
}

static enum vault_rc take_reach(struct vault_exposure_result *r, struct helper_reach *reach, struct vault_err *err)
{
	/* What a value reaches that does not work, or of which that is not known, nobody can have seen. */
	if (!reach->known || r->verdict.result != VAULT_VALID) {
		r->why = why_not(&r->verdict, reach);
		return r->why != NULL ? VAULT_OK : vault_err_set(err, VAULT_REFUSED, "out of memory");
	}
	struct vault_exposure *e = &r->exposure;
	*e = reach->exposure;
	memset(&reach->exposure, 0, sizeof reach->exposure); /* handed over */
	free(e->base);
	e->base = r->verdict.base != NULL ? strdup(r->verdict.base) : NULL;
	memcpy(e->token_id, r->verdict.token_id, VAULT_ID_LEN);
	memcpy(e->commit, r->verdict.commit, VAULT_COMMIT_LEN);
	e->version = r->verdict.version;
	e->observed = e->since = r->verdict.checked;
	r->asked = 1;
	return r->verdict.base != NULL && e->base == NULL ? vault_err_set(err, VAULT_REFUSED, "out of memory") : VAULT_OK;
}

/* Of the current value only, as a check's: an old one's user may well be another. */
static enum vault_rc find_drift(struct vault_exposure_result *r, const struct finding_index *x, const struct known *before,
                                struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	if (vault_token_current(r->token)->number != r->version)
		return VAULT_OK;
	if (r->verdict.has_identity) {
		const struct vault_verdicts own = finding_verdicts(x, r->token);
		rc = vault_drift_find(r->token, &own, &r->verdict, &r->drift, err);
	}
	if (rc == VAULT_OK && r->asked)
		rc = vault_drift_seat(seat_of(before, r->token), r->exposure.seat, &r->drift, err);
	if (rc == VAULT_OK && r->drift.n > 0 && (r->verdict.drift = vault_drifts_text(&r->drift)) == NULL)
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	return rc;
}

enum vault_rc exposure_results(const struct vault_check_target *targets, size_t n, struct vault_verdict *verdicts,
                               struct helper_reach *reach, const struct vault_verdicts *earlier,
                               const struct vault_exposures *before, struct vault_exposure_results *out, struct vault_err *err)
{
	struct finding_index x = {.facts = NULL};
	struct known known = {.p = NULL};
	memset(out, 0, sizeof *out);
	out->r = calloc(n + 1, sizeof *out->r);
	enum vault_rc rc = out->r == NULL ? vault_err_set(err, VAULT_REFUSED, "out of memory") : known_make(before, &known, err);
	if (rc == VAULT_OK)
		rc = ask_index(earlier, &x, err);
	for (size_t i = 0; i < n && rc == VAULT_OK; i++) {
		struct vault_exposure_result *r = &out->r[i];
		out->n = i + 1;
		r->token = targets[i].token;
		r->version = targets[i].version;
		r->verdict = verdicts[i];
		memset(&verdicts[i], 0, sizeof verdicts[i]); /* handed over */
		rc = take_reach(r, &reach[i], err);
		if (rc == VAULT_OK)
			rc = find_drift(r, &x, &known, err);
		if (rc == VAULT_OK && r->asked)
			rc = find_same(&known, &r->exposure, err);
	}
	finding_index_clear(&x);
	free(known.p);
	if (rc != VAULT_OK)
		vault_exposure_results_clear(out);
	return rc;
}

enum vault_rc exposure_log(struct vault *v, const struct vault_exposure_results *l, struct vault_err *err)
{
	struct vault_verdict *said = calloc(l->n + 1, sizeof *said);
	const struct vault_exposure **reached = calloc(l->n + 1, sizeof *reached);
	enum vault_rc rc = said == NULL || reached == NULL ? vault_err_set(err, VAULT_REFUSED, "out of memory") : VAULT_OK;
	size_t n = 0;
	for (size_t i = 0; i < l->n && rc == VAULT_OK; i++) {
		if (l->r[i].verdict.result == VAULT_UNKNOWN)
			continue;
		said[n] = l->r[i].verdict; /* borrowed, both */
		reached[n++] = l->r[i].asked ? &l->r[i].exposure : NULL;
	}
	if (rc == VAULT_OK && n > 0)
		rc = observe_exposures(v, said, reached, n, err);
	free((void *)reached);
	free(said);
	return rc;
}

/* --- the whole -------------------------------------------------------------------------------------------- */

/* What is asked, and what came back. */
struct asking {
	struct vault_secret **values;
	struct vault_verdict *verdicts;
	struct helper_reach *reach;
	struct vault_exposures before;
};

static enum vault_rc asking_make(struct asking *a, size_t n, struct vault_err *err)
{
	a->values = calloc(n + 1, sizeof(struct vault_secret *));
	a->verdicts = calloc(n + 1, sizeof *a->verdicts);
	a->reach = calloc(n + 1, sizeof *a->reach);
	return a->values == NULL || a->verdicts == NULL || a->reach == NULL ? vault_err_set(err, VAULT_REFUSED, "out of memory")
	                                                                   : VAULT_OK;
}

static void asking_forget(struct asking *a, size_t n)
{
	for (size_t i = 0; a->values != NULL && i < n; i++)
		vault_secret_free(&a->values[i]);
}

static void asking_free(struct asking *a, size_t n)
{
	asking_forget(a, n);
	for (size_t i = 0; a->verdicts != NULL && i < n; i++)
		vault_verdict_clear(&a->verdicts[i]);
	for (size_t i = 0; a->reach != NULL && i < n; i++)
		helper_reach_clear(&a->reach[i]);
	vault_exposures_clear(&a->before);
	free(a->reach);
	free(a->verdicts);
	free(a->values);
}

/* Of the targets only: others' may be long, and many. */
static enum vault_rc read_before(struct vault *v, const struct vault_check_target *targets, size_t n, struct vault_exposures *out,
                                 struct vault_err *err)
{
	uint8_t (*id)[VAULT_ID_LEN] = calloc(n + 1, sizeof *id);
	vault_exposures_clear(out);
	if (id == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	for (size_t i = 0; i < n; i++)
		memcpy(id[i], targets[i].token->id, VAULT_ID_LEN);
	const enum vault_rc rc = vault_observed_of(v, (const uint8_t (*)[VAULT_ID_LEN])id, n, NULL, out, NULL, err);
	free(id);
	return rc;
}

/* What was said becomes results, which are logged. Asking a thousand takes half an hour, in which others may have asked too, or the
 * log was rotated: an entry that says the same as one that is not the newest any more would count for nothing. */
static enum vault_rc asking_take(struct vault *v, const struct vault_check_target *targets, size_t n, struct asking *a,
                                 const struct vault_verdicts *earlier, struct vault_exposure_results *out, struct vault_err *err)
{
	for (size_t i = 0; i < n; i++)
		ask_bind(v, &targets[i], &a->verdicts[i]);
	enum vault_rc rc = read_before(v, targets, n, &a->before, err);
	if (rc == VAULT_OK)
		rc = exposure_results(targets, n, a->verdicts, a->reach, earlier, &a->before, out, err);
	return rc == VAULT_OK ? exposure_log(v, out, err) : rc;
}

/* As much of it as there is after an interruption. */
static enum vault_rc asking_take_some(struct vault *v, const struct vault_check_target *targets, size_t n, struct asking *a,
                                      const struct vault_verdicts *earlier, struct vault_exposure_results *out,
                                      struct vault_err *err)
{
	struct vault_check_target *some = calloc(n + 1, sizeof *some);
	if (some == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	memcpy(some, targets, n * sizeof *some);
	const size_t kept = ask_keep_answered(some, a->verdicts, a->reach, n);
	const enum vault_rc rc = kept > 0 ? asking_take(v, some, kept, a, earlier, out, err) : VAULT_OK;
	free(some);
	return rc == VAULT_OK ? ask_interrupted(kept, n, err) : rc;
}

enum vault_rc vault_exposure_ask(struct vault *v, const struct vault_api_config *cfg, const struct vault_check_target *targets,
                                 size_t n, const struct vault_verdicts *earlier,
                                 void (*progress)(void *ctx, size_t done, size_t n), void *ctx,
                                 struct vault_exposure_results *out, struct vault_err *err)
{
	struct asking a = {.values = NULL};
	memset(out, 0, sizeof *out);
	enum vault_rc rc = asking_make(&a, n, err);
	if (rc == VAULT_OK)
		rc = ask_open(v, "ask what tokens reach", targets, n, a.values, err);
	if (rc == VAULT_OK) /* before anybody is asked: where the log cannot be read, nothing that came back could be kept */
		rc = read_before(v, targets, n, &a.before, err);
	if (rc == VAULT_OK)
		rc = ask_run(v, cfg, HELPER_EXPOSURE, targets, n, a.values, progress, ctx, a.verdicts, a.reach, err);
	asking_forget(&a, n);
	if (rc == VAULT_OK)
		rc = asking_take(v, targets, n, &a, earlier, out, err);
	else if (rc == VAULT_INTERRUPTED)
		rc = asking_take_some(v, targets, n, &a, earlier, out, err);
	asking_free(&a, n);
	if (rc != VAULT_OK)
		vault_exposure_results_clear(out);
	return rc;
}
