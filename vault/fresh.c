/* fresh.c - the newest state and the access log against what this machine saw last. L4. */
#include <string.h>

#include <vault/date.h>

#include "fresh.h"
#include "txn.h"

#define CURE "put the newest back, or, where it was restored on purpose, run `vault verify --accept LINE`"

/* --- ancestry -------------------------------------------------------------------------------------------- */

enum vault_rc fresh_find(struct vault *v, uint64_t epoch, const uint8_t state[HASH_LEN], enum fresh_where *where,
                         int64_t *at_time, struct vault_err *err)
{
	uint8_t hash[HASH_LEN], previous[HASH_LEN];
	uint64_t at = v->state.epoch;
	enum vault_rc rc = VAULT_OK;
	memcpy(hash, v->state.hash, HASH_LEN);
	memcpy(previous, v->state.previous, HASH_LEN);
	*at_time = v->state.time;
	while (at > epoch && rc == VAULT_OK) {
		struct state st;
		rc = state_before(v->store, v->vault_id, at, &st, err);
		if (rc == VAULT_OK && memcmp(st.hash, previous, HASH_LEN) != 0)
			rc = vault_err_set(err, VAULT_ROLLBACK, "fork: the vault's history was replaced before change %llu: put the file "
			                   "of this machine back", (unsigned long long)at);
		if (rc == VAULT_OK) {
			at = st.epoch;
			*at_time = st.time;
			memcpy(hash, st.hash, HASH_LEN);
			memcpy(previous, st.previous, HASH_LEN);
		}
		state_clear(&st);
	}
	/* Between two rows where a restore jumped upwards there is no state: at is then below what was seen. */
	*where = v->state.epoch < epoch                                 ? FRESH_AHEAD
	         : at == epoch && memcmp(hash, state, HASH_LEN) == 0 ? FRESH_WITHIN
	                                                                : FRESH_OTHER;
	return rc;
}

int fresh_succeeds(const struct vault *v, const uint8_t vault_id[16], uint64_t epoch, const uint8_t state[HASH_LEN])
{
	const struct cell *h = v->roster.leaf->header.r[0]->c;
	const uint64_t at = (uint64_t)h[HDR_PRED_EPOCH].i;
	if (h[HDR_PRED_VAULT].n != 16 || memcmp(h[HDR_PRED_VAULT].p, vault_id, 16) != 0 || h[HDR_PRED_STATE].n != HASH_LEN)
		return 0;
	return at > epoch || (at == epoch && memcmp(h[HDR_PRED_STATE].p, state, HASH_LEN) == 0);
}

/* --- the record ------------------------------------------------------------------------------------------ */

static enum vault_rc check_floor(const struct vault *v, struct vault_err *err)
{
	const uint64_t floor = v->floor_epoch > v->kr->enrol_epoch ? v->floor_epoch : v->kr->enrol_epoch;
	char now[VAULT_TIME_LEN];
	if (v->state.epoch >= floor)
		return VAULT_OK;
	return vault_err_set(err, VAULT_ROLLBACK, "rollback: the vault is at change %llu of %s, your key was made at change %llu: an "
	                     "old copy took its place; put the newest back", (unsigned long long)v->state.epoch,
	                     vault_time_format(v->state.time, now), (unsigned long long)floor);
}

static enum vault_rc check_state(struct vault *v, struct vault_err *err)
{
	enum fresh_where where = FRESH_WITHIN;
	char now[VAULT_TIME_LEN], then[VAULT_TIME_LEN], at[VAULT_TIME_LEN];
	int64_t at_time = 0;
	const enum vault_rc rc = fresh_find(v, v->seen.epoch, v->seen.state, &where, &at_time, err);
	if (rc != VAULT_OK || where == FRESH_WITHIN)
		return rc;
	vault_time_format(v->state.time, now);
	vault_time_format(v->seen.when, then);
	vault_time_format(at_time, at);
	if (where == FRESH_AHEAD)
		return vault_err_set(err, VAULT_ROLLBACK, "rollback: the vault is at change %llu of %s, this machine saw change %llu, last "
		                     "on %s: an old copy took its place; " CURE, (unsigned long long)v->state.epoch, now,
		                     (unsigned long long)v->seen.epoch, then);
	return vault_err_set(err, VAULT_ROLLBACK, "fork: change %llu of the vault, of %s, is not the one that this machine saw, last on "
	                     "%s; the vault is at change %llu of %s: somebody else's copy took its place; " CURE,
	                     (unsigned long long)v->seen.epoch, at, then, (unsigned long long)v->state.epoch, now);
}

enum vault_rc fresh_check(struct vault *v, struct vault_err *err)
{
	const enum vault_rc rc = check_floor(v, err);
	v->succeeds = 0;
	if (rc != VAULT_OK || v->accepting)
		return rc;
	if (v->seen.torn)
		handle_note(v, NOTE_TORN, "this machine's record of the vault is unreadable and is made anew: a rollback before now "
		            "would not be seen");
	if (!v->seen.known) {
		if (!v->seen.torn && v->state_dir != NULL)
			handle_note(v, NOTE_NO_RECORD, "this machine sees the vault for the first time: it cannot tell whether the file "
			            "is an old copy");
		return VAULT_OK;
	}
	if (memcmp(v->seen.vault_id, v->vault_id, 16) == 0)
		return check_state(v, err);
	v->succeeds = fresh_succeeds(v, v->seen.vault_id, v->seen.epoch, v->seen.state);
	if (v->succeeds)
		return VAULT_OK;
	return vault_err_set(err, VAULT_ROLLBACK, "this is another vault than the one this machine saw at %s: put that one back, or give "
	                     "this one another name", v->path);
}

/* --- the log --------------------------------------------------------------------------------------------- */

static enum vault_rc gone(struct vault *v, enum vault_log_state how, const char *what, struct vault_err *err)
{
	v->log_state = how;
	return vault_err_set(err, VAULT_DAMAGED, "the access log %s %s: put the right one back; where there is none any more, "
	                     "`vault verify --accept LINE` goes on without", v->log_path, what);
}

static enum vault_rc must_hold(struct vault *v, struct logfile *l, uint64_t len, const uint8_t head[HASH_LEN],
                               const char *what, struct vault_err *err)
{
	int holds = 0;
	const enum vault_rc rc = logfile_holds(l, len, head, &holds, err);
	return rc == VAULT_OK && !holds ? gone(v, VAULT_LOG_CUT, what, err) : rc;
}

enum vault_rc fresh_check_log(struct vault *v, struct vault_err *err)
{
	struct logfile *l = NULL;
	const int known = v->seen.known && v->seen.has_log && !v->succeeds && !v->accepting;
	v->log_state = VAULT_LOG_KNOWN;
	enum vault_rc rc = logfile_open(v->log_path, 0, &l, err);
	if (rc != VAULT_OK)
		return rc;
	const struct logpos *pos = l != NULL ? logfile_pos(l) : NULL;
	const int of_vault = pos != NULL && memcmp(logfile_vault_id(l), v->vault_id, 16) == 0;
	const int of_state = of_vault && memcmp(pos->log_id, v->state.log_id, LOG_ID_LEN) == 0;
	const int of_record = known && of_vault && memcmp(pos->log_id, v->seen.log_id, LOG_ID_LEN) == 0;
	const int newer = !known || v->state.epoch > v->seen.epoch;
	const int of_other = pos != NULL && !of_vault && memcmp(logfile_vault_id(l), v->predecessor_id, 16) != 0;
	v->log_elsewhere = !of_state;
	v->log_state = of_state ? VAULT_LOG_KNOWN : of_other ? VAULT_LOG_FOREIGN : VAULT_LOG_OF_ELSEWHERE;
	if (known && pos == NULL)
		rc = gone(v, VAULT_LOG_MISSING, "is gone", err);
	else if (of_record)
		rc = must_hold(v, l, v->seen.log_len, v->seen.log_head, "was cut or changed since this machine last saw it", err);
	else if (known && !(of_state && newer)) /* a newer state may name a newer log: rotated, or begun by a rekey */
		rc = gone(v, of_other ? VAULT_LOG_FOREIGN : VAULT_LOG_MISSING, "is another than the one this machine knows", err);
	if (rc == VAULT_OK && of_state && newer)
		rc = must_hold(v, l, v->state.log_len, v->state.log_head, "lacks entries that the vault knows", err);
	logfile_close(&l);
	return rc;
}

/* --- remembering ----------------------------------------------------------------------------------------- */

int fresh_how(const struct vault *v)
{
	return v->succeeds ? SEEN_SUCCEED : SEEN_RENEW;
}

void fresh_remember(struct vault *v)
{
	struct seen now = {.known = 1, .epoch = v->state.epoch};
	if (v->accepting || (v->seen.known && !v->succeeds && v->seen.epoch >= v->state.epoch))
		return;
	memcpy(now.vault_id, v->vault_id, 16);
	memcpy(now.state, v->state.hash, HASH_LEN);
	if (!v->log_elsewhere) { /* fresh_check_log found it to hold at least what this state says of it */
		now.has_log = 1;
		memcpy(now.log_id, v->state.log_id, LOG_ID_LEN);
		now.log_len = v->state.log_len;
		memcpy(now.log_head, v->state.log_head, HASH_LEN);
	}
	(void)(seen_write(v->state_dir, v->path, &now, fresh_how(v), 0, NULL) == VAULT_OK);
}
