/* counted.c - whose entries of the access log count, and what they say, one by one. L5. What all of them say together is read by
 * counted_all.c. */
#include <stdlib.h>
#include <string.h>

#include "counted.h"
#include "fresh.h"
#include "observe.h"
#include "record.h"

/* Bytes of this log at which a slot's entries end to count. */
struct counted_slot {
	int known;
	uint64_t upto;
};

const char *counted_text(enum counted_why why)
{
	switch (why) {
	case COUNTED:
		return NULL;
	case COUNTED_ROLE:
		return "only admins and monitors say what Smartsheet said";
	case COUNTED_REMINDER:
		return "only admins and monitors remind anybody";
	case COUNTED_NOT_GRANTED:
		return "this script was never granted that token";
	case COUNTED_ENDED:
		return "the key slot was ended before";
	case COUNTED_DETAIL:
		return "its detail cannot be read";
	case COUNTED_SAME:
		return "it repeats what is not the newest that this log says of that value";
	}
	return NULL;
}

enum vault_rc counted_begin(struct counted *c, struct vault *v, const uint8_t log_id[LOG_ID_LEN], struct vault_err *err)
{
	c->v = v;
	memcpy(c->log_id, log_id, LOG_ID_LEN);
	c->slots = calloc(v->roster.n_slots + 1, sizeof *c->slots);
	return c->slots == NULL ? vault_err_set(err, VAULT_REFUSED, "out of memory") : VAULT_OK;
}

void counted_end(struct counted *c)
{
	counted_unfollow(c);
	free(c->slots);
	memset(c, 0, sizeof *c);
}

void counted_entry_clear(struct counted_entry *e)
{
	free(e->text);
	vault_verdict_clear(&e->verdict);
	vault_exposure_clear(&e->exposure);
	vault_reminder_clear(&e->reminder);
	memset(e, 0, sizeof *e);
}

enum vault_rc counted_signer(const struct counted *c, const struct log_batch *b, const struct roster_slot **out,
                             struct vault_err *err)
{
	*out = roster_slot(&c->v->roster, b->slot_id);
	if (*out == NULL || !sign_check(b->sig, (*out)->sign_pk, b->signed_bytes, b->signed_n))
		return vault_err_set(err, VAULT_DAMAGED, "entry %llu of the access log was signed by no key slot of this vault: put back "
		                     "a good copy of the log", (unsigned long long)b->e[0].seq);
	return VAULT_OK;
}

static int is_later(const struct counted *c, const uint8_t log_id[LOG_ID_LEN])
{
	for (size_t i = 0; i < c->n_later; i++)
		if (memcmp(c->later[i], log_id, LOG_ID_LEN) == 0)
			return 1;
	return 0;
}

/* The state that ended a slot, and only if it is in the chain of the newest one: an admin may have signed another of that
 * epoch, in a fork. */
static enum vault_rc ending_state(struct vault *v, uint64_t epoch, struct state *out, struct vault_err *err)
{
	struct vault_err e = {.rc = VAULT_OK};
	enum fresh_where where = FRESH_OTHER;
	int64_t at_time = 0;
	enum vault_rc rc = state_at(v->store, v->vault_id, epoch, out, err);
	if (rc == VAULT_OK)
		rc = fresh_find(v, epoch, out->hash, &where, &at_time, &e);
	if (rc == VAULT_ROLLBACK || (rc == VAULT_OK && where != FRESH_WITHIN))
		return vault_err_set(err, VAULT_DAMAGED, "the state that ended a key slot is not one of this vault's history: restore the "
		                     "vault from a backup");
	if (e.rc != VAULT_OK && err != NULL)
		*err = e;
	return rc;
}

/* An ended slot's count up to the length that the log had in the state that ended it; where that state names another log, in
 * all of this one if that one came later, and in none of it otherwise. */
enum vault_rc counted_upto(struct counted *c, const struct roster_slot *s, uint64_t *out, struct vault_err *err)
{
	struct counted_slot *k = &c->slots[s - c->v->roster.slots];
	struct state st;
	enum vault_rc rc = VAULT_OK;
	if (!k->known && s->active) {
		k->upto = UINT64_MAX;
	} else if (!k->known) {
		rc = ending_state(c->v, s->ended, &st, err);
		if (rc == VAULT_OK)
			k->upto = memcmp(st.log_id, c->log_id, LOG_ID_LEN) == 0 ? st.log_len : is_later(c, st.log_id) ? UINT64_MAX : 0;
		state_clear(&st);
	}
	k->known = rc == VAULT_OK;
	*out = k->upto;
	return rc;
}

/* A row of TOKEN grant, ended or not: ended ones stay, so that what a script could read stays known. */
static enum vault_rc was_granted(struct vault *v, const uint8_t token_id[16], const uint8_t slot_id[16], int *yes,
                                 struct vault_err *err)
{
	struct leaf *l = NULL;
	const enum vault_rc rc = txn_leaf(v, LEAF_TOKENS, leaf_of(LEAF_TOKENS, token_id), &l, err);
	*yes = 0;
	for (size_t i = 0; rc == VAULT_OK && i < l->grant.n && !*yes; i++) {
		const struct cell *g = l->grant.r[i]->c;
		*yes = g[GRANT_KIND].i == GRANT_TOKEN && g[GRANT_OBJECT].n == 16 && g[GRANT_SLOT].n == 16 &&
		       memcmp(g[GRANT_OBJECT].p, token_id, 16) == 0 && memcmp(g[GRANT_SLOT].p, slot_id, 16) == 0;
	}
	return rc;
}

static int of_token(int64_t action)
{
	return action == ACTION_RELEASE_GET || action == ACTION_RELEASE_RUN || action == ACTION_RELEASE_EXPORT;
}

static int of_observation(int64_t action)
{
	return action == ACTION_VERDICT || action == ACTION_EXPOSURE || action == ACTION_EXPOSURE_SAME;
}

/* Its detail must be there, and of its form. */
static int has_form(int64_t action)
{
	return of_observation(action) || action == ACTION_REMINDED;
}

static enum vault_rc judge(struct counted *c, const struct log_batch *b, const struct roster_slot *s, const struct log_entry *e,
                           enum counted_why *why, struct vault_err *err)
{
	const int judges = s->role == VAULT_ROLE_ADMIN || s->role == VAULT_ROLE_MONITOR;
	uint64_t limit = 0;
	int granted = 1;
	enum vault_rc rc = counted_upto(c, s, &limit, err);
	if (rc == VAULT_OK && s->role == VAULT_ROLE_SCRIPT && of_token(e->action))
		rc = was_granted(c->v, e->object_id, s->id, &granted, err);
	*why = b->end > limit                                    ? COUNTED_ENDED
	       : !judges && of_observation(e->action)            ? COUNTED_ROLE
	       : !judges && e->action == ACTION_REMINDED         ? COUNTED_REMINDER
	       : !granted                                        ? COUNTED_NOT_GRANTED
	       : s->role == VAULT_ROLE_SCRIPT && e->detail_n > 0 ? COUNTED_DETAIL /* it has no K_meta */
	                                                         : COUNTED;
	return rc;
}

/* What does not open was made so by who signed it. Of an admin's it is damage; anybody else would get the log refused by it. */
static enum vault_rc odd_detail(const struct roster_slot *s, const struct log_entry *e, struct counted_entry *out,
                                struct vault_err *err)
{
	if (s->role == VAULT_ROLE_ADMIN)
		return vault_err_set(err, VAULT_DAMAGED, "entry %llu of the access log does not open with its key: it is damaged",
		                     (unsigned long long)e->seq);
	counted_entry_clear(out);
	out->why = COUNTED_DETAIL;
	return VAULT_OK;
}

static enum vault_rc parse_verdict(const struct log_entry *e, struct counted_entry *out)
{
	const enum vault_rc rc = record_verdict_parse(out->text, out->n, &out->verdict, NULL);
	if (rc != VAULT_OK)
		return rc;
	out->has_verdict = 1;
	memcpy(out->verdict.token_id, e->object_id, VAULT_ID_LEN);
	memcpy(out->verdict.commit, e->commit, VAULT_COMMIT_LEN);
	out->verdict.version = (uint32_t)e->version;
	out->verdict.checked = e->time;
	return VAULT_OK;
}

static enum vault_rc parse_exposure(const struct log_entry *e, struct counted_entry *out)
{
	const enum vault_rc rc = record_exposure_parse(out->text, out->n, &out->exposure, NULL);
	if (rc != VAULT_OK)
		return rc;
	out->has_exposure = 1;
	memcpy(out->exposure.token_id, e->object_id, VAULT_ID_LEN);
	memcpy(out->exposure.commit, e->commit, VAULT_COMMIT_LEN);
	out->exposure.version = (uint32_t)e->version;
	out->exposure.observed = out->exposure.whole = e->time;
	if (out->exposure.since == INT64_MIN || out->exposure.since > e->time)
		out->exposure.since = e->time;
	hash(out->exposure.detail, out->text, out->n);
	return VAULT_OK;
}

static enum vault_rc parse_reminder(const struct log_entry *e, struct counted_entry *out)
{
	const enum vault_rc rc = record_reminder_parse(out->text, out->n, &out->reminder, NULL);
	if (rc != VAULT_OK)
		return rc;
	out->has_reminder = 1;
	memcpy(out->reminder.token_id, e->object_id, VAULT_ID_LEN);
	memcpy(out->reminder.commit, e->commit, VAULT_COMMIT_LEN);
	out->reminder.version = (uint32_t)e->version;
	out->reminder.time = e->time;
	return VAULT_OK;
}

static enum vault_rc parse_detail(const struct log_entry *e, struct counted_entry *out)
{
	if (e->action == ACTION_EXPOSURE_SAME) {
		const enum vault_rc rc = record_same_parse(out->text, out->n, &out->same, NULL);
		out->has_same = rc == VAULT_OK;
		return rc;
	}
	return e->action == ACTION_VERDICT    ? parse_verdict(e, out)
	       : e->action == ACTION_EXPOSURE ? parse_exposure(e, out)
	                                      : parse_reminder(e, out);
}

enum vault_rc counted_read(struct counted *c, const struct log_batch *b, const struct roster_slot *slot,
                           const struct log_entry *e, struct counted_entry *out, struct vault_err *err)
{
	memset(out, 0, sizeof *out);
	enum vault_rc rc = judge(c, b, slot, e, &out->why, err);
	if (rc != VAULT_OK || out->why != COUNTED || c->v->kr->n_meta == 0)
		return rc;
	if (e->detail_n == 0)
		return has_form(e->action) ? odd_detail(slot, e, out, err) : VAULT_OK;
	out->text = observe_open_detail(c->v, e, &out->n);
	if (out->text == NULL)
		return odd_detail(slot, e, out, err);
	if (!has_form(e->action))
		return VAULT_OK;
	if (e->version < 1 || e->version > UINT32_MAX)
		return odd_detail(slot, e, out, err);
	rc = parse_detail(e, out);
	if (rc == VAULT_REFUSED)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	return rc == VAULT_OK ? VAULT_OK : odd_detail(slot, e, out, err);
}

/* --- one log after the other ------------------------------------------------------------------------------ */

/* The ids of the logs that followed, for those that are older. */
struct later {
	uint8_t (*id)[LOG_ID_LEN];
	size_t n;
};

static enum vault_rc add_later(struct later *l, const uint8_t log_id[LOG_ID_LEN], struct vault_err *err)
{
	uint8_t (*more)[LOG_ID_LEN] = realloc(l->id, (l->n + 1) * sizeof *l->id);
	if (more == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	l->id = more;
	memcpy(l->id[l->n++], log_id, LOG_ID_LEN);
	return VAULT_OK;
}

static int follows_none(const struct logfile *l)
{
	static const uint8_t none[LOG_ID_LEN];
	const uint8_t *head = NULL;
	return memcmp(logfile_previous(l, &head), none, LOG_ID_LEN) == 0;
}

enum vault_rc counted_each_log(struct vault *v,
                               enum vault_rc (*each)(void *ctx, struct logfile *l, struct counted *c, int older, struct vault_err *err),
                               void *ctx, int *whole, struct vault_err *err)
{
	struct later later = {.id = NULL};
	struct logfile *l = NULL;
	enum vault_rc rc = logfile_open(v->log_path, 0, &l, err);
	*whole = 0;
	while (l != NULL && rc == VAULT_OK) {
		struct counted c = {.later = (const uint8_t (*)[LOG_ID_LEN])later.id, .n_later = later.n};
		struct logfile *before = NULL;
		rc = logswap_previous(v->log_path, l, &before, err);
		if (rc == VAULT_OK)
			rc = counted_begin(&c, v, logfile_pos(l)->log_id, err);
		if (rc == VAULT_OK)
			rc = each(ctx, l, &c, before != NULL, err);
		counted_end(&c);
		if (rc == VAULT_OK)
			rc = add_later(&later, logfile_pos(l)->log_id, err);
		*whole = follows_none(l);
		logfile_close(&l);
		l = before;
	}
	logfile_close(&l);
	free(later.id);
	return rc;
}
