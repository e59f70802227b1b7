/* reminded.c - what was said to whom, out of the access log and into it. L5; declared in <vault/remind.h>. */
#include <stdlib.h>
#include <string.h>

#include <vault/remind.h>

#include "counted.h"
#include "observe.h"
#include "record.h"
#include "reminded.h"

/* --- the newest of each ---------------------------------------------------------------------------------------- */

static int by_place(const void *a, const void *b)
{
	const struct reminded_place *x = a, *y = b;
	const int c = vault_reminder_order(x->r, y->r);
	return c != 0 ? c : (x->at < y->at) - (x->at > y->at);
}

void reminded_choose(struct reminded_place *p, size_t n)
{
	if (n > 0)
		qsort(p, n, sizeof *p, by_place);
	for (size_t i = 0; i < n; i++)
		p[i].keep = i == 0 || vault_reminder_order(p[i - 1].r, p[i].r) != 0;
}

struct collect {
	struct counted log;
	struct vault_reminders *out;
	size_t cap;
};

/* Drops all but the newest of each, which are left in the order of the list. */
static enum vault_rc compact(struct vault_reminders *l, struct vault_err *err)
{
	struct reminded_place *p = calloc(l->n + 1, sizeof *p);
	struct vault_reminder *kept = calloc(l->n + 1, sizeof *kept);
	size_t n = 0;
	if (p == NULL || kept == NULL) {
		free(p);
		free(kept);
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	}
	for (size_t i = 0; i < l->n; i++)
		p[i] = (struct reminded_place){.r = &l->r[i], .at = i};
	reminded_choose(p, l->n);
	for (size_t i = 0; i < l->n; i++) {
		if (p[i].keep)
			kept[n++] = *p[i].r;
		else
			vault_reminder_clear(&l->r[p[i].at]);
	}
	free(p);
	free(l->r);
	l->r = kept;
	l->n = n;
	return VAULT_OK;
}

/* A log may have said the same every week for years: older ones go before more room is taken. */
static enum vault_rc keep(struct collect *c, struct counted_entry *e, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	if (c->out->n == c->cap) {
		if (c->out->n > 0)
			rc = compact(c->out, err);
		const size_t cap = c->out->n < 32 ? 64 : c->out->n * 2;
		struct vault_reminder *p = rc == VAULT_OK ? realloc(c->out->r, cap * sizeof *p) : NULL;
		if (p == NULL)
			return vault_err_set(err, VAULT_REFUSED, "out of memory");
		c->out->r = p;
		c->cap = cap;
	}
	c->out->r[c->out->n++] = e->reminder;
	memset(&e->reminder, 0, sizeof e->reminder); /* handed over */
	return VAULT_OK;
}

static enum vault_rc collect_batch(void *ctx, const struct log_batch *b, struct vault_err *err)
{
	struct collect *c = ctx;
	const struct roster_slot *s = NULL;
	enum vault_rc rc = VAULT_OK;
	for (size_t i = 0; i < b->n && rc == VAULT_OK; i++) {
		struct counted_entry e;
		if (b->e[i].action != ACTION_REMINDED)
			continue;
		if (s == NULL)
			rc = counted_signer(&c->log, b, &s, err);
		if (rc != VAULT_OK)
			return rc;
		rc = counted_read(&c->log, b, s, &b->e[i], &e, err);
		if (rc == VAULT_OK && e.has_reminder)
			rc = keep(c, &e, err);
		counted_entry_clear(&e);
	}
	return rc;
}

static enum vault_rc collect(struct vault *v, struct vault_reminders *out, struct vault_err *err)
{
	struct collect c = {.out = out};
	struct logfile *l = NULL;
	enum vault_rc rc = logfile_open(v->log_path, 0, &l, err);
	if (rc == VAULT_OK && l != NULL)
		rc = counted_begin(&c.log, v, logfile_pos(l)->log_id, err);
	if (rc == VAULT_OK && l != NULL)
		rc = logfile_scan(l, collect_batch, &c, err);
	if (rc == VAULT_OK && l != NULL)
		rc = compact(out, err);
	counted_end(&c.log);
	logfile_close(&l);
	return rc;
}

enum vault_rc vault_reminded_all(struct vault *v, struct vault_reminders *out, struct vault_err *err)
{
	const int own = v->txn == TXN_NONE;
	memset(out, 0, sizeof *out);
	enum vault_rc rc = own ? txn_begin(v, TXN_READ, err) : VAULT_OK;
	if (rc == VAULT_OK && v->role != VAULT_ROLE_ADMIN && v->role != VAULT_ROLE_MONITOR)
		rc = txn_forbidden(v, "remind anybody", err);
	/* Without it everything would be said again, and again. */
	if (rc == VAULT_OK && v->log_elsewhere)
		rc = vault_err_set(err, VAULT_REFUSED, "what was said before is not known: this vault's access log is not at %s; carry it "
		                   "with the copy, or give --log FILE", v->log_path);
	if (rc == VAULT_OK)
		rc = collect(v, out, err);
	if (own)
		txn_end(v);
	if (rc != VAULT_OK)
		vault_reminders_clear(out);
	return rc;
}

/* --- into the log ---------------------------------------------------------------------------------------------- */

enum vault_rc vault_reminded_log(struct vault *v, const struct vault_remind *const *r, size_t n, struct vault_err *err)
{
	struct observation *o = calloc(n + 1, sizeof *o);
	char **text = calloc(n + 1, sizeof *text);
	enum vault_rc rc = o == NULL || text == NULL ? vault_err_set(err, VAULT_REFUSED, "out of memory") : VAULT_OK;
	for (size_t i = 0; i < n && rc == VAULT_OK; i++) {
		const struct vault_reminder *say = &r[i]->say;
		text[i] = record_reminder_encode(say);
		o[i].action = ACTION_REMINDED;
		memcpy(o[i].object_id, say->token_id, VAULT_ID_LEN);
		o[i].version = say->version;
		memcpy(o[i].commit, say->commit, VAULT_COMMIT_LEN);
		o[i].detail = text[i];
		if (text[i] == NULL)
			rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	}
	if (rc == VAULT_OK && n > 0)
		rc = observe_append(v, o, n, err);
	for (size_t i = 0; text != NULL && i < n; i++)
		free(text[i]);
	free(text);
	free(o);
	return rc;
}
