/* carry.c - verdicts, exposures and reminders from one access log into the next. L5. */
#include <stdlib.h>
#include <string.h>

#include <vault/json.h>

#include "carry.h"
#include "counted.h"
#include "jsonread.h"
#include "observe.h"
#include "record.h"
#include "reminded.h"
#include "value.h"

/* A batch is read whole: small enough that a thousand readers do not notice. */
enum { BATCH_ENTRIES = 4096, BATCH_BYTES = 8 << 20 };

static const char carried_key[] = "carried";

static enum vault_rc nomem(struct vault_err *err)
{
	return vault_err_set(err, VAULT_REFUSED, "out of memory");
}

static void item_clear(struct carry_item *i)
{
	vault_verdict_clear(&i->verdict);
	vault_exposure_clear(&i->exposure);
	vault_reminder_clear(&i->reminder);
	free(i->by);
}

void carry_clear(struct carry_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		item_clear(&l->i[i]);
	free(l->i);
	memset(l, 0, sizeof *l);
}

/* --- choosing -------------------------------------------------------------------------------------------- */

struct place {
	const struct vault_verdict *v;
	size_t at;
};

static int same_value(const struct vault_verdict *a, const struct vault_verdict *b)
{
	return a->version == b->version && memcmp(a->token_id, b->token_id, VAULT_ID_LEN) == 0 &&
	       memcmp(a->commit, b->commit, VAULT_COMMIT_LEN) == 0;
}

static int by_value_then_newest(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int c = memcmp(x->v->token_id, y->v->token_id, VAULT_ID_LEN);
	if (c == 0)
		c = memcmp(x->v->commit, y->v->commit, VAULT_COMMIT_LEN);
	if (c == 0)
		c = (x->v->version > y->v->version) - (x->v->version < y->v->version);
	return c != 0 ? c : (x->at < y->at) - (x->at > y->at);
}

/* 1 where the newest `valid` of this base is among the first `n` of the group already. */
static int base_kept(const struct place *p, size_t n, const char *keep, const char *base)
{
	for (size_t i = 0; i < n; i++) {
		const struct vault_verdict *v = p[i].v;
		if (keep[p[i].at] && v->result == VAULT_VALID && v->base != NULL && strcmp(v->base, base) == 0)
			return 1;
	}
	return 0;
}

int carry_choose(const struct vault_verdict *const *v, size_t n, char *keep)
{
	struct place *p = calloc(n + 1, sizeof *p);
	if (p == NULL)
		return -1;
	for (size_t i = 0; i < n; i++)
		p[i] = (struct place){.v = v[i], .at = i};
	qsort(p, n, sizeof *p, by_value_then_newest);
	for (size_t first = 0, i = 0, told = 0; i < n; i++) {
		if (i == 0 || !same_value(p[i].v, p[i - 1].v)) {
			first = i;
			told = 0;
		}
		const struct vault_verdict *x = p[i].v;
		keep[p[i].at] = i == first || (!told && x->result != VAULT_UNKNOWN) ||
		                (x->result == VAULT_VALID && x->base != NULL && !base_kept(p + first, i - first, keep, x->base));
		told |= x->result != VAULT_UNKNOWN;
	}
	free(p);
	return 0;
}

/* --- out of the old one ---------------------------------------------------------------------------------- */

struct collect {
	struct counted log;
	struct counted_newest newest;
	struct carry_list *out;
};

char *carry_asked_by(const char *detail, size_t n)
{
	struct jsonread *j = NULL;
	if (detail == NULL || n == 0 || jsonread_parse(detail, n, &j, NULL) != VAULT_OK)
		return NULL;
	const char *by = jsonread_str(j, carried_key);
	char *copy = by != NULL ? strdup(by) : NULL;
	jsonread_free(&j);
	return copy;
}

/* Takes over what the entry has: a verdict, an exposure or a reminder. */
static enum vault_rc push(struct carry_list *l, struct counted_entry *e, const struct log_entry *from, const char *signer,
                          struct vault_err *err)
{
	if (l->n == l->cap) {
		const size_t cap = l->cap == 0 ? 64 : l->cap * 2;
		struct carry_item *p = realloc(l->i, cap * sizeof *p);
		if (p == NULL)
			return nomem(err);
		l->i = p;
		l->cap = cap;
	}
	struct carry_item *i = &l->i[l->n];
	memset(i, 0, sizeof *i);
	/* Carried before: who asked then; of an exposure only where nobody did since. */
	i->by = !e->has_exposure ? carry_asked_by(e->text, e->n) : NULL;
	if (from->action == ACTION_EXPOSURE && e->exposure.carried != NULL && (i->by = strdup(e->exposure.carried)) == NULL)
		return nomem(err);
	if (i->by == NULL && (i->by = strdup(signer)) == NULL)
		return nomem(err);
	i->epoch = from->epoch;
	i->seq = from->seq;
	i->is_exposure = e->has_exposure;
	i->verdict = e->verdict;
	i->exposure = e->exposure;
	i->is_reminder = e->has_reminder;
	i->reminder = e->reminder;
	memset(&e->verdict, 0, sizeof e->verdict); /* handed over, all */
	memset(&e->exposure, 0, sizeof e->exposure);
	memset(&e->reminder, 0, sizeof e->reminder);
	l->exposures += (size_t)i->is_exposure;
	l->n++;
	return VAULT_OK;
}

/* What was observed counts only for the row with its C. */
static enum vault_rc has_row(struct vault *v, const struct log_entry *e, int *yes, struct vault_err *err)
{
	const struct row *r = NULL;
	const enum vault_rc rc = value_row(v, e->object_id, (uint32_t)e->version, &r, err);
	*yes = rc == VAULT_OK && r != NULL && r->c[SEC_COMMIT].n == VAULT_COMMIT_LEN &&
	       memcmp(r->c[SEC_COMMIT].p, e->commit, VAULT_COMMIT_LEN) == 0;
	return rc;
}

static enum vault_rc collect_exposure(void *ctx, const struct roster_slot *by, const struct log_entry *l,
                                      struct counted_entry *e, struct vault_err *err)
{
	struct collect *c = ctx;
	int wanted = 0;
	const enum vault_rc rc = has_row(c->log.v, l, &wanted, err);
	return rc == VAULT_OK && wanted ? push(c->out, e, l, by->name, err) : rc;
}

static enum vault_rc collect_batch(void *ctx, const struct log_batch *b, struct vault_err *err)
{
	struct collect *c = ctx;
	const struct roster_slot *s = NULL;
	enum vault_rc rc = counted_signer(&c->log, b, &s, err);
	c->out->entries += b->n;
	for (size_t i = 0; i < b->n && rc == VAULT_OK; i++) {
		struct counted_entry e;
		int wanted = 0;
		rc = counted_newest_note(&c->newest, b, i, err);
		if (b->e[i].action != ACTION_VERDICT && b->e[i].action != ACTION_REMINDED)
			continue;
		if (rc == VAULT_OK)
			rc = counted_read(&c->log, b, s, &b->e[i], &e, err);
		if (rc == VAULT_OK && (e.has_verdict || e.has_reminder))
			rc = has_row(c->log.v, &b->e[i], &wanted, err);
		if (rc == VAULT_OK && wanted)
			rc = push(c->out, &e, &b->e[i], s->name, err);
		counted_entry_clear(&e);
	}
	counted_newest_next(&c->newest, b);
	return rc;
}

/* Marks in `keep` the verdicts that are carried, and the reminders. 0, or -1 without memory. */
static int choose(const struct carry_list *l, char *keep)
{
	const struct vault_verdict **v = calloc(l->n + 1, sizeof *v);
	struct reminded_place *r = calloc(l->n + 1, sizeof *r);
	char *of = calloc(l->n + 1, 1);
	size_t n_v = 0, n_r = 0, k = 0;
	int bad = v == NULL || r == NULL || of == NULL;
	for (size_t i = 0; !bad && i < l->n; i++) {
		if (l->i[i].is_reminder)
			r[n_r++] = (struct reminded_place){.r = &l->i[i].reminder, .at = i};
		else
			v[n_v++] = &l->i[i].verdict;
	}
	bad = bad || carry_choose(v, n_v, of) != 0;
	for (size_t i = 0; !bad && i < l->n; i++)
		if (!l->i[i].is_reminder)
			keep[i] = of[k++];
	if (!bad)
		reminded_choose(r, n_r);
	for (size_t i = 0; !bad && i < n_r; i++)
		keep[r[i].at] = (char)r[i].keep;
	free(of);
	free(r);
	free((void *)v);
	return bad ? -1 : 0;
}

/* Before the exposures come to it, of which there are the newest only. */
static enum vault_rc drop_others(struct carry_list *l, struct vault_err *err)
{
	char *keep = calloc(l->n + 1, 1);
	size_t n = 0;
	const int failed = keep == NULL || choose(l, keep) != 0;
	for (size_t i = 0; !failed && i < l->n; i++) {
		if (keep[i]) {
			l->reminders += (size_t)l->i[i].is_reminder;
			l->i[n++] = l->i[i];
		} else {
			item_clear(&l->i[i]);
		}
	}
	if (!failed)
		l->n = n;
	free(keep);
	return failed ? nomem(err) : VAULT_OK;
}

static int as_logged(const void *a, const void *b)
{
	const struct carry_item *x = a, *y = b;
	return (x->seq > y->seq) - (x->seq < y->seq);
}

enum vault_rc carry_collect(struct vault *v, struct logfile *from, struct carry_list *out, struct vault_err *err)
{
	struct collect c = {.out = out};
	const uint8_t *head = NULL;
	memset(out, 0, sizeof *out);
	c.newest.at = logfile_first(from, &head);
	enum vault_rc rc = counted_begin(&c.log, v, logfile_pos(from)->log_id, err);
	if (rc == VAULT_OK)
		rc = logfile_scan(from, collect_batch, &c, err);
	if (rc == VAULT_OK)
		rc = drop_others(out, err);
	if (rc == VAULT_OK)
		rc = counted_newest_read(&c.newest, &c.log, from, collect_exposure, &c, err);
	if (rc == VAULT_OK && out->exposures > 0)
		qsort(out->i, out->n, sizeof *out->i, as_logged);
	counted_newest_clear(&c.newest);
	counted_end(&c.log);
	if (rc != VAULT_OK)
		carry_clear(out);
	return rc;
}

/* --- into the new one ------------------------------------------------------------------------------------ */

char *carry_detail(char *plain, const char *by, int64_t since)
{
	struct vault_json *j = plain == NULL ? NULL : vault_json_parse(plain, strlen(plain), NULL);
	char *text = NULL;
	size_t n = 0;
	if (j != NULL) {
		vault_json_set_str(j, carried_key, by);
		if (since != INT64_MIN)
			vault_json_set_int(j, "since", since);
		text = vault_json_dump(j, 0, &n);
	}
	vault_json_free(&j);
	free(plain);
	return text;
}

/* Its own detail, and who asked. */
static char *detail_of(const struct carry_item *i)
{
	const struct vault_exposure *x = &i->exposure;
	return i->is_reminder   ? carry_detail(record_reminder_encode(&i->reminder), i->by, INT64_MIN)
	       : i->is_exposure ? carry_detail(record_exposure_encode(x), i->by, x->since < x->observed ? x->since : INT64_MIN)
	                        : carry_detail(record_verdict_encode(&i->verdict), i->by, INT64_MIN);
}

static void set_entry(struct log_entry *e, enum action action, int64_t time, const uint8_t token_id[VAULT_ID_LEN], uint32_t version,
                      const uint8_t commit[VAULT_COMMIT_LEN])
{
	e->action = action;
	e->time = time;
	memcpy(e->object_id, token_id, VAULT_ID_LEN);
	e->version = version;
	memcpy(e->commit, commit, VAULT_COMMIT_LEN);
}

static enum vault_rc make_entry(const struct carry_item *i, const struct carry_to *to, struct log_entry *e, uint8_t **box,
                                struct vault_err *err)
{
	const struct vault_verdict *v = &i->verdict;
	const struct vault_exposure *x = &i->exposure;
	const struct vault_reminder *r = &i->reminder;
	char *text = detail_of(i);
	memset(e, 0, sizeof *e);
	e->epoch = to->epoch != 0 ? to->epoch : i->epoch;
	memcpy(e->slot_id, to->slot_id, 16);
	if (i->is_reminder)
		set_entry(e, ACTION_REMINDED, r->time, r->token_id, r->version, r->commit);
	else if (i->is_exposure)
		set_entry(e, ACTION_EXPOSURE, x->observed, x->token_id, x->version, x->commit);
	else
		set_entry(e, ACTION_VERDICT, v->checked, v->token_id, v->version, v->commit);
	*box = text == NULL ? NULL : observe_seal_detail(to->vault_id, to->kr, e, text);
	free(text);
	return *box == NULL ? nomem(err) : VAULT_OK;
}

/* As many from `at` on as fit into one batch; `*next` is the first that did not. */
static enum vault_rc write_batch(const struct carry_list *l, size_t at, const struct carry_to *to, struct logfile *into,
                                 size_t *next, struct vault_err *err)
{
	struct log_entry *e = calloc(BATCH_ENTRIES, sizeof *e);
	uint8_t **box = calloc(BATCH_ENTRIES, sizeof *box);
	enum vault_rc rc = e == NULL || box == NULL ? nomem(err) : VAULT_OK;
	size_t n = 0, bytes = 0;
	while (rc == VAULT_OK && at + n < l->n && n < BATCH_ENTRIES && bytes < BATCH_BYTES) {
		rc = make_entry(&l->i[at + n], to, &e[n], &box[n], err);
		bytes += e[n].detail_n;
		n++;
	}
	if (rc == VAULT_OK)
		rc = logfile_append(into, to->slot_id, to->kr->sign_sk, e, n, err);
	*next = at + n;
	for (size_t i = 0; box != NULL && i < n; i++)
		free(box[i]);
	free(box);
	free(e);
	return rc;
}

enum vault_rc carry_write(const struct carry_list *l, const struct carry_to *to, struct logfile *into, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	for (size_t at = 0; at < l->n && rc == VAULT_OK;)
		rc = write_batch(l, at, to, into, &at, err);
	return rc;
}
