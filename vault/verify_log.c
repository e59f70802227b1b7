/* verify_log.c - the access log against its signatures and against what the states say of it. L6. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "carry.h"
#include "counted.h"
#include "verify_int.h"

enum vault_rc verify_anchor_add(struct verify_anchors *l, const struct state *st, struct vault_err *err)
{
	if (l->n == l->cap) {
		const size_t cap = l->cap == 0 ? 64 : l->cap * 2;
		struct verify_anchor *p = realloc(l->a, cap * sizeof *p);
		if (p == NULL)
			return vault_err_set(err, VAULT_REFUSED, "out of memory");
		l->a = p;
		l->cap = cap;
	}
	struct verify_anchor *a = &l->a[l->n++];
	memcpy(a->log_id, st->log_id, 16);
	a->len = st->log_len;
	memcpy(a->head, st->log_head, HASH_LEN);
	return VAULT_OK;
}

void verify_anchors_clear(struct verify_anchors *l)
{
	free(l->a);
	memset(l, 0, sizeof *l);
}

struct walk {
	struct vault *v;
	const struct verify_anchors *anchors;
	struct counted *log;      /* of the one that is walked: the newest, or a closed one before it */
	const struct vault_head *head;
	size_t at;                /* anchors met so far */
	struct vault_verify_report *out;
};

static enum vault_rc missing(const struct walk *w, struct vault_err *err)
{
	return vault_err_set(err, VAULT_DAMAGED, "the access log %s is not the one that the vault's states know: put the right one "
	                     "back", w->v->log_path);
}

/* Anchors of this log up to a byte position must stand exactly there, with that head. */
static enum vault_rc meet(struct walk *w, uint64_t len, const uint8_t *head, struct vault_err *err)
{
	for (; w->at < w->anchors->n; w->at++) {
		const struct verify_anchor *a = &w->anchors->a[w->at];
		if (memcmp(a->log_id, w->log->log_id, 16) != 0)
			continue;
		if (a->len > len)
			return VAULT_OK;
		if (a->len < len || memcmp(a->head, head, HASH_LEN) != 0)
			return missing(w, err);
		w->out->log_anchors++;
	}
	return VAULT_OK;
}

static enum vault_rc check_entry(struct walk *w, const struct log_batch *b, const struct roster_slot *s,
                                 const struct log_entry *l, struct vault_err *err)
{
	struct counted_entry e;
	enum vault_rc rc = counted_read(w->log, b, s, l, &e, err);
	if (rc == VAULT_OK)
		rc = counted_follow(w->log, l, &e, err);
	char *by = e.has_verdict || e.has_exposure || e.has_reminder ? carry_asked_by(e.text, e.n) : NULL;
	w->out->log_entries++;
	w->out->log_ignored += e.why != COUNTED;
	w->out->log_details += e.text != NULL;
	w->out->log_exposures += (uint64_t)(e.has_exposure || e.has_same);
	w->out->log_reminders += (uint64_t)e.has_reminder;
	w->out->log_carried += by != NULL;
	if (w->out->log_first == 0 || l->seq < w->out->log_first)
		w->out->log_first = l->seq;
	if (l->seq > w->out->log_last)
		w->out->log_last = l->seq;
	free(by);
	counted_entry_clear(&e);
	return rc;
}

static enum vault_rc each_batch(void *ctx, const struct log_batch *b, struct vault_err *err)
{
	struct walk *w = ctx;
	const struct roster_slot *s = NULL;
	enum vault_rc rc = counted_signer(w->log, b, &s, err);
	w->out->log_batches++;
	if (rc == VAULT_OK)
		rc = meet(w, b->end, b->head, err);
	for (size_t i = 0; i < b->n && rc == VAULT_OK; i++)
		rc = check_entry(w, b, s, &b->e[i], err);
	return rc;
}

/* The place that a head names, where it is in this log. */
static enum vault_rc check_head(const struct walk *w, struct logfile *l, struct vault_err *err)
{
	const struct vault *v = w->v;
	const struct vault_head *head = w->head;
	int holds = 0;
	if (head == NULL || memcmp(head->vault_id, v->vault_id, 16) != 0 || memcmp(head->log_id, logfile_pos(l)->log_id, 16) != 0)
		return VAULT_OK;
	const enum vault_rc rc = logfile_holds(l, head->log_len, head->log_head, &holds, err);
	if (rc == VAULT_OK && !holds)
		return vault_err_set(err, VAULT_DAMAGED, "the access log %s lacks entries that the line knows: it was cut or changed since; "
		                     "put the right one back", v->log_path);
	w->out->head_log = rc == VAULT_OK;
	return rc;
}

static enum vault_rc walk_log(void *ctx, struct logfile *l, struct counted *c, int older, struct vault_err *err)
{
	struct walk *w = ctx;
	const uint8_t *head = NULL;
	const uint64_t first = logfile_first(l, &head);
	w->log = c;
	w->at = 0;
	w->out->log_closed += (uint64_t)older;
	enum vault_rc rc = meet(w, first, head, err); /* states of before the first entry */
	if (rc == VAULT_OK)
		rc = logfile_scan(l, each_batch, w, err);
	if (rc == VAULT_OK)
		rc = meet(w, UINT64_MAX, head, err); /* none may be left: it would be of entries that were cut */
	return rc == VAULT_OK ? check_head(w, l, err) : rc;
}

enum vault_rc verify_log(struct vault *v, const struct verify_anchors *anchors, const struct vault_head *head,
                         struct vault_verify_report *out, struct vault_err *err)
{
	struct walk w = {.v = v, .anchors = anchors, .head = head, .out = out};
	if (v->log_elsewhere) {
		snprintf(out->log_note, sizeof out->log_note, "the access log is not checked here: %.180s is missing or another than "
		         "the vault's", v->log_path);
		return VAULT_OK;
	}
	enum vault_rc rc = counted_each_log(v, walk_log, &w, &out->log_whole, err);
	if (rc == VAULT_OK && head != NULL && !out->head_log)
		snprintf(out->log_note, sizeof out->log_note, "the line's place in the log is not checked: it is of a log that is not here "
		         "any more");
	out->log_checked = rc == VAULT_OK;
	return rc;
}
