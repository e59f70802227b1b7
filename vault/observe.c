/* observe.c - releases and verdicts: into the access log and out of it. L5. */
#include <stdlib.h>
#include <string.h>

#include "observe.h"
#include "record.h"

enum { DETAIL_BLOCK = 128 };

static void detail_ad(struct buf *ad, const struct vault *v, const struct log_entry *e)
{
	buf_label(ad, "smartvault1/log-detail");
	buf_field(ad, v->vault_id, 16);
	buf_field(ad, e->slot_id, 16);
	buf_field_u64(ad, e->epoch);
	buf_field_u64(ad, (uint64_t)e->time);
	buf_field_u64(ad, (uint64_t)e->action);
	buf_field(ad, e->object_id, 16);
	buf_field_u64(ad, e->version);
	buf_field(ad, e->commit, VAULT_COMMIT_LEN);
	buf_field_u64(ad, e->generation);
}

char *observe_open_detail(struct vault *v, const struct log_entry *e, size_t *n)
{
	struct buf ad = {.p = NULL};
	const struct keygen *g = keyring_meta(v->kr, e->generation);
	detail_ad(&ad, v, e);
	char *text = g == NULL ? NULL : (char *)keyring_open_padded(g->seal, e->detail, e->detail_n, DETAIL_BLOCK, &ad, n);
	buf_free(&ad);
	return text;
}

/* --- writing --------------------------------------------------------------------------------------------- */

/* The log for appending. Where this machine knew one and it is gone, a new one whose first entry says so. */
static enum vault_rc open_log(struct vault *v, struct logfile **l, int *lost, struct vault_err *err)
{
	uint8_t log_id[16];
	struct logpos prev = {.exists = 1};
	const int known = v->seen.known && v->seen.has_log;
	enum vault_rc rc = logfile_open(v->log_path, 1, l, err);
	*lost = 0;
	if (rc != VAULT_OK)
		return rc;
	if (*l == NULL) {
		memcpy(prev.log_id, v->seen.log_id, 16);
		memcpy(prev.head, v->seen.log_head, HASH_LEN);
		prev.next_seq = 1;
		*lost = known;
		handle_new_id(v, log_id);
		rc = logfile_create(v->log_path, v->vault_id, log_id, v->env->now(v->env->ctx), known ? &prev : NULL, l, err);
		if (rc == VAULT_EXISTS) { /* another process was quicker */
			vault_err_clear(err);
			*lost = 0;
			rc = logfile_open(v->log_path, 1, l, err);
		}
		if (rc == VAULT_OK && *l == NULL)
			rc = vault_err_set(err, VAULT_IO, "the access log %s vanished while it was opened", v->log_path);
		if (rc == VAULT_OK && *lost)
			handle_note(v, NOTE_LOG_LOST, "the access log %s is gone: a new one was begun; put the old one back, other "
			            "commands refuse until then", v->log_path);
	}
	if (rc == VAULT_OK && memcmp(logfile_vault_id(*l), v->vault_id, 16) != 0)
		rc = vault_err_set(err, VAULT_DAMAGED, "the access log %s is of another vault: move it away", v->log_path);
	return rc;
}

/* Said, not refused: scripts go on, every other command stops at it. */
static enum vault_rc note_cut(struct vault *v, struct logfile *l, struct vault_err *err)
{
	int holds = 1;
	enum vault_rc rc = VAULT_OK;
	if (!v->seen.known || !v->seen.has_log || (v->said & NOTE_LOG_LOST) != 0)
		return VAULT_OK;
	if (memcmp(logfile_pos(l)->log_id, v->seen.log_id, 16) != 0)
		holds = 0;
	else
		rc = logfile_holds(l, v->seen.log_len, v->seen.log_head, &holds, err);
	if (rc == VAULT_OK && !holds)
		handle_note(v, NOTE_LOG_CUT, "the access log %s was cut or replaced since this machine last saw it: run vault verify",
		            v->log_path);
	return rc;
}

static void remember(struct vault *v, const struct logpos *pos)
{
	struct vault_err e = {.rc = VAULT_OK};
	struct seen now = {.known = 1, .epoch = v->last_epoch};
	/* A record that named another log keeps naming it: that is how the loss stays visible. */
	if (v->seen.known && v->seen.has_log && (v->said & (NOTE_LOG_CUT | NOTE_LOG_LOST)) != 0)
		return;
	memcpy(now.vault_id, v->vault_id, 16);
	memcpy(now.state, v->last_state, HASH_LEN);
	now.has_log = 1;
	memcpy(now.log_id, pos->log_id, 16);
	now.log_len = pos->len;
	memcpy(now.log_head, pos->head, HASH_LEN);
	if (seen_write(v->state_dir, v->path, &now, 0, 0, &e) != VAULT_OK)
		handle_note(v, NOTE_RECORD_IO, "this machine's record of the vault could not be renewed: %s", e.msg);
}

static enum vault_rc make_entry(struct vault *v, const struct observation *o, struct log_entry *e, uint8_t **box,
                                struct vault_err *err)
{
	struct buf ad = {.p = NULL};
	const struct keygen *g = keyring_meta(v->kr, v->kr->n_meta);
	*box = NULL;
	e->epoch = v->last_epoch;
	e->time = v->env->now(v->env->ctx);
	memcpy(e->slot_id, v->slot_id, 16);
	e->action = o->action;
	memcpy(e->object_id, o->object_id, 16);
	e->version = o->version;
	memcpy(e->commit, o->commit, VAULT_COMMIT_LEN);
	e->generation = v->kr->n_meta;
	if (o->detail == NULL || g == NULL)
		return VAULT_OK;
	detail_ad(&ad, v, e);
	*box = keyring_seal_padded(g->seal, o->detail, strlen(o->detail), DETAIL_BLOCK, &ad, &e->detail_n);
	e->detail = *box;
	buf_free(&ad);
	return *box == NULL ? vault_err_set(err, VAULT_REFUSED, "out of memory") : VAULT_OK;
}

enum vault_rc observe_append(struct vault *v, const struct observation *o, size_t n, struct vault_err *err)
{
	struct logfile *l = NULL;
	int lost = 0;
	struct log_entry *e = calloc(n + 1, sizeof *e);
	uint8_t **box = calloc(n + 1, sizeof *box);
	enum vault_rc rc = e == NULL || box == NULL ? vault_err_set(err, VAULT_REFUSED, "out of memory") : VAULT_OK;
	if (rc == VAULT_OK)
		rc = open_log(v, &l, &lost, err);
	if (rc == VAULT_OK)
		rc = note_cut(v, l, err);
	if (rc == VAULT_OK && lost) {
		const struct observation gone = {.action = ACTION_LOG_LOST};
		rc = make_entry(v, &gone, &e[0], &box[0], err);
	}
	const size_t first = lost ? 1 : 0;
	for (size_t i = 0; i < n && rc == VAULT_OK; i++)
		rc = make_entry(v, &o[i], &e[first + i], &box[first + i], err);
	if (rc == VAULT_OK)
		rc = logfile_append(l, v->slot_id, v->kr->sign_sk, e, first + n, err);
	if (rc == VAULT_OK)
		remember(v, logfile_pos(l));
	logfile_close(&l);
	for (size_t i = 0; box != NULL && i < first + n; i++)
		free(box[i]);
	free(box);
	free(e);
	return rc;
}

static enum vault_rc of_verdict(const struct vault_verdict *verdict, struct observation *out, char **text, struct vault_err *err)
{
	memset(out, 0, sizeof *out);
	*text = record_verdict_encode(verdict);
	if (*text == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	out->action = ACTION_VERDICT;
	memcpy(out->object_id, verdict->token_id, 16);
	out->version = verdict->version;
	memcpy(out->commit, verdict->commit, VAULT_COMMIT_LEN);
	out->detail = *text;
	return VAULT_OK;
}

enum vault_rc observe_verdicts(struct vault *v, const struct vault_verdict *verdicts, size_t n, struct vault_err *err)
{
	struct observation *o = calloc(n + 1, sizeof *o);
	char **text = calloc(n + 1, sizeof *text);
	enum vault_rc rc = o == NULL || text == NULL ? vault_err_set(err, VAULT_REFUSED, "out of memory") : VAULT_OK;
	for (size_t i = 0; i < n && rc == VAULT_OK; i++)
		rc = of_verdict(&verdicts[i], &o[i], &text[i], err);
	if (rc == VAULT_OK)
		rc = observe_append(v, o, n, err);
	for (size_t i = 0; text != NULL && i < n; i++)
		free(text[i]);
	free(text);
	free(o);
	return rc;
}

/* --- reading --------------------------------------------------------------------------------------------- */

struct collect {
	struct vault *v;
	struct vault_verdicts *out;
	size_t cap;
};

/* Whether a slot's verdicts at that place of the log count: admins and monitors, before the log's length at their end. */
static enum vault_rc counts(struct vault *v, const struct log_batch *b, int *yes, struct vault_err *err)
{
	const struct roster_slot *s = roster_slot(&v->roster, b->slot_id);
	enum vault_rc rc = VAULT_OK;
	*yes = 0;
	if (s == NULL || !sign_check(b->sig, s->sign_pk, b->signed_bytes, b->signed_n))
		return vault_err_set(err, VAULT_DAMAGED, "the access log %s has an entry that no key slot signed: put back a good "
		                     "copy", v->log_path);
	*yes = s->role == VAULT_ROLE_ADMIN || s->role == VAULT_ROLE_MONITOR;
	if (*yes && !s->active) {
		struct state st;
		rc = state_at(v->store, v->vault_id, s->ended, &st, err);
		*yes = rc == VAULT_OK && b->end <= st.log_len;
		state_clear(&st);
	}
	return rc;
}

static enum vault_rc collect_entry(struct collect *c, const struct log_entry *e, struct vault_err *err)
{
	struct vault_verdict verdict;
	size_t n = 0;
	if (c->out->n == c->cap) {
		const size_t cap = c->cap == 0 ? 64 : c->cap * 2;
		struct vault_verdict *p = realloc(c->out->v, cap * sizeof *p);
		if (p == NULL)
			return vault_err_set(err, VAULT_REFUSED, "out of memory");
		c->out->v = p;
		c->cap = cap;
	}
	char *text = observe_open_detail(c->v, e, &n);
	if (text == NULL)
		return vault_err_set(err, VAULT_DAMAGED, "an entry of the access log does not open with its key: it is damaged");
	const enum vault_rc rc = record_verdict_parse(text, n, &verdict, err);
	free(text);
	if (rc != VAULT_OK)
		return rc;
	memcpy(verdict.token_id, e->object_id, 16);
	verdict.version = (uint32_t)e->version;
	memcpy(verdict.commit, e->commit, VAULT_COMMIT_LEN);
	verdict.checked = e->time;
	c->out->v[c->out->n++] = verdict;
	return VAULT_OK;
}

static enum vault_rc collect_batch(void *ctx, const struct log_batch *b, struct vault_err *err)
{
	struct collect *c = ctx;
	enum vault_rc rc = VAULT_OK;
	int any = 0, yes = 0;
	for (size_t i = 0; i < b->n; i++)
		any |= b->e[i].action == ACTION_VERDICT;
	if (any) /* releases are passed over unsigned: their chain is checked, their signature is verify's */
		rc = counts(c->v, b, &yes, err);
	for (size_t i = 0; yes && i < b->n && rc == VAULT_OK; i++)
		if (b->e[i].action == ACTION_VERDICT)
			rc = collect_entry(c, &b->e[i], err);
	return rc;
}

enum vault_rc vault_verdict_all(struct vault *v, struct vault_verdicts *out, int *checked_here, struct vault_err *err)
{
	struct collect c = {.v = v, .out = out};
	struct logfile *l = NULL;
	const int own = v->txn == TXN_NONE;
	memset(out, 0, sizeof *out);
	if (checked_here != NULL)
		*checked_here = 1;
	enum vault_rc rc = own ? txn_begin(v, TXN_READ, err) : VAULT_OK;
	if (rc == VAULT_OK && v->log_elsewhere) {
		if (checked_here != NULL)
			*checked_here = 0;
	} else if (rc == VAULT_OK) {
		rc = logfile_open(v->log_path, 0, &l, err);
		if (rc == VAULT_OK && l != NULL)
			rc = logfile_scan(l, collect_batch, &c, err);
		logfile_close(&l);
	}
	if (own)
		txn_end(v);
	if (rc != VAULT_OK)
		vault_verdicts_clear(out);
	return rc;
}
