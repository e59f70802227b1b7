/* observe.c - releases, verdicts and exposures into the access log. L5; out of it in counted.c. */
#include <stdlib.h>
#include <string.h>

#include "fresh.h"
#include "observe.h"
#include "record.h"

enum { DETAIL_BLOCK = 128, LOOKS_MAX = 50, BATCH_BYTES = 32 << 20 };

static void detail_ad(struct buf *ad, const uint8_t vault_id[16], const struct log_entry *e)
{
	buf_label(ad, "smartvault1/log-detail");
	buf_field(ad, vault_id, 16);
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
	detail_ad(&ad, v->vault_id, e);
	char *text = g == NULL ? NULL : (char *)keyring_open_padded(g->seal, e->detail, e->detail_n, DETAIL_BLOCK, &ad, n);
	buf_free(&ad);
	return text;
}

uint8_t *observe_seal_detail(const uint8_t vault_id[16], const struct keyring *kr, struct log_entry *e, const char *text)
{
	struct buf ad = {.p = NULL};
	const struct keygen *g = keyring_meta(kr, kr->n_meta);
	e->generation = kr->n_meta;
	detail_ad(&ad, vault_id, e);
	uint8_t *box = g == NULL ? NULL : keyring_seal_padded(g->seal, text, strlen(text), DETAIL_BLOCK, &ad, &e->detail_n);
	e->detail = box;
	buf_free(&ad);
	return box;
}

/* --- the log to write to ----------------------------------------------------------------------------------- */

/* 1 where this machine's record names a log of this vault. */
static int knows_log(const struct vault *v)
{
	return v->seen.known && v->seen.has_log && memcmp(v->seen.vault_id, v->vault_id, 16) == 0;
}

/* A LOG-new lies there: its maker lives, or was killed. The newest state says which log is the one. */
static enum vault_rc settle(struct vault *v, struct vault_err *err)
{
	enum vault_rc rc = logswap_wait(v->log_path, err);
	if (rc == VAULT_OK)
		rc = txn_begin(v, TXN_RELEASE, err);
	txn_end(v);
	return rc;
}

/* The log that is in place, locked, and in place still: who waited for the lock of one that was closed meanwhile must not
 * append to it. `*l` NULL: there is none, also at the second look (between the renames of a swap there is none for a moment). */
static enum vault_rc open_placed(struct vault *v, struct logfile **l, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	for (int looks = 0; looks < LOOKS_MAX && rc == VAULT_OK; looks++) {
		rc = logfile_open(v->log_path, 1, l, err);
		const int pending = rc == VAULT_OK && logswap_pending(v->log_path);
		if (pending)
			rc = settle(v, err);
		if (rc == VAULT_OK && (*l == NULL ? !pending && looks > 0 : !logfile_moved(*l)))
			return VAULT_OK;
		logfile_close(l);
	}
	return rc == VAULT_OK ? vault_err_set(err, VAULT_BUSY, "the access log %s is being replaced: try again", v->log_path) : rc;
}

/* Where this machine knew a log and there is none, the new one's header names it, and its first entry says so. */
static enum vault_rc begin_log(struct vault *v, const struct logpos *prev, struct logfile **l, struct vault_err *err)
{
	uint8_t log_id[16];
	handle_new_id(v, log_id);
	enum vault_rc rc = logfile_create(v->log_path, v->vault_id, log_id, v->env->now(v->env->ctx), prev, l, err);
	if (rc == VAULT_EXISTS) { /* another process was quicker */
		vault_err_clear(err);
		rc = logfile_open(v->log_path, 1, l, err);
	}
	if (rc == VAULT_OK && *l == NULL)
		rc = vault_err_set(err, VAULT_IO, "the access log %s vanished while it was opened", v->log_path);
	return rc;
}

static enum vault_rc replace_lost(struct vault *v, struct logfile **l, int *lost, struct vault_err *err)
{
	struct logpos prev = {.exists = 1, .next_seq = 1};
	memcpy(prev.log_id, v->seen.log_id, LOG_ID_LEN);
	memcpy(prev.head, v->seen.log_head, HASH_LEN);
	const enum vault_rc rc = begin_log(v, knows_log(v) ? &prev : NULL, l, err);
	const uint8_t *head = NULL;
	const struct logpos *pos = rc == VAULT_OK ? logfile_pos(*l) : NULL;
	/* Ours, and no other process's that was quicker and has said it. */
	*lost = pos != NULL && knows_log(v) && pos->len == logfile_first(*l, &head) &&
	        memcmp(logfile_previous(*l, &head), v->seen.log_id, LOG_ID_LEN) == 0;
	if (*lost && !v->accepting)
		handle_note(v, NOTE_LOG_LOST, "the access log %s is gone: a new one was begun; put the old one back, other commands refuse "
		            "until then, or until `vault verify --accept LINE`", v->log_path);
	return rc;
}

/* A copy that was refreshed after a rekey still has the log of the vault before beside it. */
static enum vault_rc leave_predecessor(struct vault *v, struct logfile **l, struct vault_err *err)
{
	const struct logpos prev = *logfile_pos(*l);
	const enum vault_rc rc = logswap_set_aside(v->log_path, NULL, err);
	logfile_close(l);
	return rc == VAULT_OK ? begin_log(v, &prev, l, err) : rc;
}

static int of_predecessor(const struct vault *v, const struct logfile *l)
{
	static const uint8_t none[16];
	return memcmp(v->predecessor_id, none, 16) != 0 && memcmp(logfile_vault_id(l), v->predecessor_id, 16) == 0;
}

static enum vault_rc open_log(struct vault *v, struct logfile **l, int *lost, struct vault_err *err)
{
	enum vault_rc rc = open_placed(v, l, err);
	*lost = 0;
	if (rc == VAULT_OK && *l == NULL)
		rc = replace_lost(v, l, lost, err);
	if (rc == VAULT_OK && of_predecessor(v, *l))
		rc = leave_predecessor(v, l, err);
	if (rc == VAULT_OK && memcmp(logfile_vault_id(*l), v->vault_id, 16) != 0)
		rc = vault_err_set(err, VAULT_DAMAGED, "the access log %s is of another vault: move it away", v->log_path);
	return rc;
}

/* As fresh_check_log: the record's log as far as the record knows it, or that of a newer state. */
static enum vault_rc is_known(struct vault *v, struct logfile *l, int *yes, struct vault_err *err)
{
	const uint8_t *id = logfile_pos(l)->log_id;
	*yes = !knows_log(v);
	if (*yes)
		return VAULT_OK;
	if (memcmp(id, v->seen.log_id, LOG_ID_LEN) == 0)
		return logfile_holds(l, v->seen.log_len, v->seen.log_head, yes, err);
	if (v->last_epoch > v->seen.epoch && memcmp(id, v->last_log.log_id, LOG_ID_LEN) == 0)
		return logfile_holds(l, v->last_log.len, v->last_log.head, yes, err);
	return VAULT_OK;
}

/* Said, not refused: scripts go on, every other command stops at it. */
static enum vault_rc note_cut(struct vault *v, struct logfile *l, struct vault_err *err)
{
	struct seen now;
	int yes = 1;
	if (v->accepting || (v->said & NOTE_LOG_LOST) != 0)
		return VAULT_OK;
	enum vault_rc rc = is_known(v, l, &yes, err);
	/* It may have been rotated since the record was read: who does that renews the record first. */
	if (rc == VAULT_OK && !yes && seen_read(v->state_dir, v->path, &now, NULL) == VAULT_OK) {
		v->seen = now;
		rc = is_known(v, l, &yes, err);
	}
	if (rc == VAULT_OK && !yes)
		handle_note(v, NOTE_LOG_CUT, "the access log %s was cut or replaced since this machine last saw it: run vault verify",
		            v->log_path);
	return rc;
}

/* --- writing --------------------------------------------------------------------------------------------- */

/* Where a head is being accepted the record is replaced, and must be; else one that can't be written is said. */
static enum vault_rc remember(struct vault *v, const struct logpos *pos, struct vault_err *err)
{
	struct vault_err e = {.rc = VAULT_OK};
	struct seen now = {.known = 1, .epoch = v->last_epoch};
	/* A record that named another log keeps naming it: that is how the loss stays visible. */
	if (knows_log(v) && (v->said & (NOTE_LOG_CUT | NOTE_LOG_LOST)) != 0)
		return VAULT_OK;
	memcpy(now.vault_id, v->vault_id, 16);
	memcpy(now.state, v->last_state, HASH_LEN);
	now.has_log = 1;
	memcpy(now.log_id, pos->log_id, 16);
	now.log_len = pos->len;
	memcpy(now.log_head, pos->head, HASH_LEN);
	if (v->accepting)
		return seen_write(v->state_dir, v->path, &now, SEEN_REPLACE, 1, err);
	if (seen_write(v->state_dir, v->path, &now, fresh_how(v), 0, &e) != VAULT_OK)
		handle_note(v, NOTE_RECORD_IO, "this machine's record of the vault could not be renewed: %s", e.msg);
	return VAULT_OK;
}

static enum vault_rc make_entry(struct vault *v, const struct observation *o, struct log_entry *e, uint8_t **box,
                                struct vault_err *err)
{
	*box = NULL;
	e->epoch = v->last_epoch;
	e->time = v->env->now(v->env->ctx);
	memcpy(e->slot_id, v->slot_id, 16);
	e->action = o->action;
	memcpy(e->object_id, o->object_id, 16);
	e->version = o->version;
	memcpy(e->commit, o->commit, VAULT_COMMIT_LEN);
	e->generation = v->kr->n_meta;
	if (o->detail == NULL || v->kr->n_meta == 0) /* a script can seal none */
		return VAULT_OK;
	*box = observe_seal_detail(v->vault_id, v->kr, e, o->detail);
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
		rc = remember(v, logfile_pos(l), err);
	logfile_close(&l);
	for (size_t i = 0; box != NULL && i < first + n; i++)
		free(box[i]);
	free(box);
	free(e);
	return rc;
}

/* --- what was observed ------------------------------------------------------------------------------------ */

/* Entries to be written, with their texts. */
struct said {
	struct observation *o;
	char **text;
	size_t n, bytes;
};

static enum vault_rc said_room(struct said *s, size_t n, struct vault_err *err)
{
	s->o = calloc(n + 1, sizeof *s->o);
	s->text = calloc(n + 1, sizeof *s->text);
	return s->o == NULL || s->text == NULL ? vault_err_set(err, VAULT_REFUSED, "out of memory") : VAULT_OK;
}

static void said_empty(struct said *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->text[i]);
	s->n = s->bytes = 0;
}

static void said_free(struct said *s)
{
	said_empty(s);
	free(s->text);
	free(s->o);
}

/* Of the verdict's token, version and value; takes over `text`. */
static enum vault_rc said_add(struct said *s, enum action action, const struct vault_verdict *of, char *text, struct vault_err *err)
{
	if (text == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	struct observation *o = &s->o[s->n];
	memset(o, 0, sizeof *o);
	o->action = action;
	memcpy(o->object_id, of->token_id, 16);
	o->version = of->version;
	memcpy(o->commit, of->commit, VAULT_COMMIT_LEN);
	o->detail = text;
	s->bytes += strlen(text);
	s->text[s->n++] = text;
	return VAULT_OK;
}

enum vault_rc observe_verdicts(struct vault *v, const struct vault_verdict *verdicts, size_t n, struct vault_err *err)
{
	struct said s = {.n = 0};
	enum vault_rc rc = said_room(&s, n, err);
	for (size_t i = 0; i < n && rc == VAULT_OK; i++)
		rc = said_add(&s, ACTION_VERDICT, &verdicts[i], record_verdict_encode(&verdicts[i]), err);
	if (rc == VAULT_OK)
		rc = observe_append(v, s.o, s.n, err);
	said_free(&s);
	return rc;
}

/* Whole, or where an entry says the same already, that it is the same. */
static enum vault_rc said_exposure(struct said *s, const struct vault_verdict *of, const struct vault_exposure *e, struct vault_err *err)
{
	struct record_same same = {.of = e->whole};
	memcpy(same.detail, e->detail, sizeof same.detail);
	return e->whole != 0 ? said_add(s, ACTION_EXPOSURE_SAME, of, record_same_encode(&same), err)
	                     : said_add(s, ACTION_EXPOSURE, of, record_exposure_encode(e), err);
}

enum vault_rc observe_exposures(struct vault *v, const struct vault_verdict *verdicts, const struct vault_exposure *const *exposures,
                                size_t n, struct vault_err *err)
{
	struct said s = {.n = 0};
	enum vault_rc rc = said_room(&s, 2 * n, err);
	for (size_t i = 0; i < n && rc == VAULT_OK; i++) {
		rc = said_add(&s, ACTION_VERDICT, &verdicts[i], record_verdict_encode(&verdicts[i]), err);
		if (rc == VAULT_OK && exposures[i] != NULL)
			rc = said_exposure(&s, &verdicts[i], exposures[i], err);
		/* A batch is read whole, and a detail may have 1 MiB. */
		if (rc == VAULT_OK && (s.bytes >= BATCH_BYTES || i + 1 == n)) {
			rc = observe_append(v, s.o, s.n, err);
			said_empty(&s);
		}
	}
	said_free(&s);
	return rc;
}
