/* verify_log.c - the access log against its signatures and against what the states say of it. L6. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "observe.h"
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
	const uint8_t *log_id;
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
		if (memcmp(a->log_id, w->log_id, 16) != 0)
			continue;
		if (a->len > len)
			return VAULT_OK;
		if (a->len < len || memcmp(a->head, head, HASH_LEN) != 0)
			return missing(w, err);
	}
	return VAULT_OK;
}

/* Details open for those who hold K_meta; a release's is empty. */
static enum vault_rc check_details(struct walk *w, const struct log_batch *b, struct vault_err *err)
{
	for (size_t i = 0; i < b->n && w->v->kr->n_meta > 0; i++) {
		size_t n = 0;
		if (b->e[i].detail_n == 0)
			continue;
		char *text = observe_open_detail(w->v, &b->e[i], &n);
		if (text == NULL)
			return vault_err_set(err, VAULT_DAMAGED, "entry %llu of the access log does not open with its key: it is damaged",
			                     (unsigned long long)b->e[i].seq);
		free(text);
	}
	return VAULT_OK;
}

static enum vault_rc each_batch(void *ctx, const struct log_batch *b, struct vault_err *err)
{
	struct walk *w = ctx;
	const struct roster_slot *s = roster_slot(&w->v->roster, b->slot_id);
	if (s == NULL || !sign_check(b->sig, s->sign_pk, b->signed_bytes, b->signed_n))
		return vault_err_set(err, VAULT_DAMAGED, "entry %llu of the access log was signed by no key slot of this vault",
		                     (unsigned long long)b->e[0].seq);
	w->out->log_batches++;
	w->out->log_entries += b->n;
	const enum vault_rc rc = meet(w, b->end, b->head, err);
	return rc == VAULT_OK ? check_details(w, b, err) : rc;
}

enum vault_rc verify_log(struct vault *v, const struct verify_anchors *anchors, struct vault_verify_report *out,
                         struct vault_err *err)
{
	struct logfile *l = NULL;
	if (v->log_elsewhere) {
		snprintf(out->log_note, sizeof out->log_note, "the access log is not checked here: %.180s is missing or another than "
		         "the vault's", v->log_path);
		return VAULT_OK;
	}
	enum vault_rc rc = logfile_open(v->log_path, 0, &l, err);
	if (rc == VAULT_OK && l == NULL)
		rc = vault_err_set(err, VAULT_DAMAGED, "the access log %s is gone: put it back", v->log_path);
	if (rc != VAULT_OK)
		return rc;
	struct walk w = {.v = v, .anchors = anchors, .log_id = logfile_pos(l)->log_id, .out = out};
	const uint8_t *head = NULL;
	const uint64_t first = logfile_first(l, &head);
	rc = meet(&w, first, head, err); /* states of before the first entry */
	if (rc == VAULT_OK)
		rc = logfile_scan(l, each_batch, &w, err);
	if (rc == VAULT_OK)
		rc = meet(&w, UINT64_MAX, head, err); /* none may be left: it would be of entries that were cut */
	out->log_checked = rc == VAULT_OK;
	logfile_close(&l);
	return rc;
}
