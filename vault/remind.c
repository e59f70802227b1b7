/* remind.c - who is told what is due, and whether it is to be said again: pure, facts in, reminders out. L5. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <vault/remind.h>

#include "buf.h"
#include "hash.h"
#include "record.h"

/* An entry of the log has room for them: 80 bytes each of 1 MiB. Those beyond are as if they were not there. */
enum { SAID_MAX = 8192 };

static enum vault_rc nomem(struct vault_err *err)
{
	return vault_err_set(err, VAULT_REFUSED, "out of memory");
}

const char *vault_remind_why_name(enum vault_remind_why w)
{
	static const char *const names[] = {"", "new", "changed", "worse", "every", "gone"};
	return (size_t)w < sizeof names / sizeof names[0] ? names[w] : "?";
}

void vault_reminds_clear(struct vault_reminds *l)
{
	for (size_t i = 0; i < l->n; i++)
		vault_reminder_clear(&l->r[i].say);
	free(l->r);
	memset(l, 0, sizeof *l);
}

const char *vault_remind_owner(const struct vault_token *t)
{
	return t->owner != NULL && t->owner[0] != '\0' ? t->owner : t->account;
}

/* --- what is said --------------------------------------------------------------------------------------------- */

/* Frees the buffer. 0, or -1 without memory. */
static int digest(struct buf *b, uint8_t out[VAULT_ID_LEN])
{
	uint8_t h[HASH_LEN];
	const int failed = b->failed;
	hash(h, b->p, b->n);
	memcpy(out, h, VAULT_ID_LEN);
	buf_free(b);
	return failed ? -1 : 0;
}

static void add_text(struct buf *b, const char *s)
{
	buf_field(b, s != NULL ? s : "", s != NULL ? strlen(s) : 0);
}

/* The same as long as it is the same reason. Sentences with a day or a number in it that moves with each check are left out;
 * of these two there can be several that differ in nothing else. */
static int reason_digest(const struct vault_due_reason *r, uint8_t out[VAULT_ID_LEN])
{
	struct buf b = {.p = NULL};
	buf_label(&b, "smartvault1/remind-reason");
	add_text(&b, vault_reason_name(r->code));
	buf_field_u64(&b, r->version);
	buf_field(&b, r->handover != NULL ? r->handover->id : NULL, r->handover != NULL ? VAULT_ID_LEN : 0);
	add_text(&b, r->agreement != NULL ? r->agreement->ref : NULL);
	add_text(&b, r->code == VAULT_DUE_IDENTITY || r->code == VAULT_DUE_SLOT ? r->message : NULL);
	return digest(&b, out);
}

/* What else a person is told. Holders stand sorted by label. */
static int rest_digest(const struct vault_due *d, const struct vault_holders *holders, uint8_t out[VAULT_ID_LEN])
{
	struct buf b = {.p = NULL};
	size_t lo = 0, hi = holders->n;
	buf_label(&b, "smartvault1/remind-rest");
	add_text(&b, d->token->label);
	add_text(&b, d->token->account);
	buf_field_u64(&b, vault_token_current(d->token)->number);
	while (lo < hi) {
		const size_t mid = lo + (hi - lo) / 2;
		if (strcmp(holders->h[mid].token->label, d->token->label) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < holders->n && strcmp(holders->h[lo].token->label, d->token->label) == 0; lo++) {
		const struct vault_holder *h = &holders->h[lo];
		if (h->token != d->token)
			continue;
		buf_field(&b, h->vendor->id, VAULT_ID_LEN);
		add_text(&b, h->handover->to);
		buf_field_u64(&b, h->give->version);
	}
	return digest(&b, out);
}

static int fill_said(const struct vault_due *d, struct vault_reminder *say)
{
	const size_t n = d->n_reasons < SAID_MAX ? d->n_reasons : SAID_MAX;
	say->said = calloc(n + 1, sizeof *say->said);
	for (size_t i = 0; say->said != NULL && i < n; i++) {
		struct vault_said *s = &say->said[i];
		s->code = strdup(vault_reason_name(d->reasons[i].code));
		s->since = d->reasons[i].since;
		say->n = i + 1;
		if (s->code == NULL || reason_digest(&d->reasons[i], s->of) != 0)
			return -1;
	}
	return say->said != NULL ? 0 : -1;
}

static int fill_token(const struct vault_token *t, const char *how, const char *to, struct vault_reminder *say)
{
	memcpy(say->token_id, t->id, VAULT_ID_LEN);
	say->version = vault_token_current(t)->number;
	memcpy(say->commit, vault_token_current(t)->commit, VAULT_COMMIT_LEN);
	say->how = strdup(how);
	say->to = to != NULL ? strdup(to) : NULL;
	return say->how != NULL && (to == NULL || say->to != NULL) ? 0 : -1;
}

/* --- whether to say it ---------------------------------------------------------------------------------------- */

/* A check that says the same moves the day of these; of the others a person decided it. */
static int is_dated(const char *code)
{
	static const enum vault_reason moving[] = {VAULT_DUE_VERDICT, VAULT_DUE_IDENTITY, VAULT_DUE_EXPOSED, VAULT_DUE_ADMIN_SHARED};
	for (size_t i = 0; i < sizeof moving / sizeof moving[0]; i++)
		if (strcmp(code, vault_reason_name(moving[i])) == 0)
			return 0;
	return 1;
}

static const struct vault_said *find_said(const struct vault_reminder *r, const uint8_t of[VAULT_ID_LEN])
{
	for (size_t i = 0; i < r->n; i++)
		if (memcmp(r->said[i].of, of, VAULT_ID_LEN) == 0)
			return &r->said[i];
	return NULL;
}

static enum vault_remind_why compare(const struct vault_said *s, const struct vault_said *b, int64_t today, int64_t then)
{
	if (b == NULL || (s->since <= today && b->since > then))
		return VAULT_REMIND_WORSE;
	if (!is_dated(s->code) || s->since == b->since)
		return VAULT_REMIND_NOT;
	return s->since < b->since ? VAULT_REMIND_WORSE : VAULT_REMIND_CHANGED;
}

static enum vault_remind_why judge(const struct vault_reminder *before, const struct vault_reminder *now, int64_t today,
                                   int64_t every)
{
	if (before == NULL || before->n == 0)
		return VAULT_REMIND_NEW;
	const int64_t then = vault_day_of(before->time);
	const int differs = before->n != now->n || memcmp(before->digest, now->digest, VAULT_ID_LEN) != 0;
	enum vault_remind_why why = differs ? VAULT_REMIND_CHANGED : VAULT_REMIND_NOT;
	for (size_t i = 0; i < now->n; i++) {
		const enum vault_remind_why w = compare(&now->said[i], find_said(before, now->said[i].of), today, then);
		why = w > why ? w : why;
	}
	if (why == VAULT_REMIND_NOT && every > 0 && today - then >= every)
		why = VAULT_REMIND_AGAIN;
	return why;
}

static int find_one(const struct vault_due *d, const struct vault_holders *holders, const struct vault_reminders *said,
                    const struct vault_remind_how *how, struct vault_remind *out)
{
	out->token = d->token;
	out->due = d;
	out->to = how->to != NULL || strcmp(how->how, VAULT_REMIND_MAIL) != 0 ? how->to : vault_remind_owner(d->token);
	out->before = vault_reminder_find(said, d->token->id, how->how, out->to);
	if (fill_token(d->token, how->how, out->to, &out->say) != 0 || fill_said(d, &out->say) != 0 ||
	    rest_digest(d, holders, out->say.digest) != 0)
		return -1;
	out->why = judge(out->before, &out->say, how->today, how->every);
	if (out->before != NULL)
		out->say.sequence = out->before->sequence + (out->why != VAULT_REMIND_NOT && out->before->sequence < INT32_MAX);
	if (out->before != NULL && out->why == VAULT_REMIND_NOT)
		out->say.time = out->before->time;
	return 0;
}

static enum vault_rc add_due(const struct vault_due *d, const struct vault_holders *holders, const struct vault_reminders *said,
                             const struct vault_remind_how *how, struct vault_reminds *out, struct vault_err *err)
{
	struct vault_remind *r = &out->r[out->n++];
	memset(r, 0, sizeof *r);
	return find_one(d, holders, said, how, r) == 0 ? VAULT_OK : nomem(err);
}

static enum vault_rc room(struct vault_reminds *out, size_t n, struct vault_err *err)
{
	out->n = 0;
	out->r = calloc(n + 1, sizeof *out->r);
	return out->r != NULL ? VAULT_OK : nomem(err);
}

static const struct vault_token *token_of(const struct vault_tokens *l, const uint8_t id[VAULT_ID_LEN])
{
	for (size_t i = 0; i < l->n; i++)
		if (memcmp(l->t[i].id, id, VAULT_ID_LEN) == 0)
			return &l->t[i];
	return NULL;
}

/* Something of it held when it was said. */
static int held(const struct vault_reminder *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->said[i].since <= vault_day_of(r->time))
			return 1;
	return 0;
}

static int is_of(const struct vault_reminder *r, const struct vault_remind_how *how)
{
	return strcmp(r->how, how->how) == 0 && (how->to == NULL || (r->to != NULL && strcasecmp(r->to, how->to) == 0));
}

/* What was said of it and is not so any more: should it be so again, that is news. What was only ahead may lie beyond the days
 * that are looked at now, which says nothing. */
static enum vault_rc add_over(const struct vault_reminder *before, const struct vault_tokens *tokens, const struct vault_remind_how *how,
                              struct vault_reminds *out, struct vault_err *err)
{
	const struct vault_token *t = is_of(before, how) && held(before) ? token_of(tokens, before->token_id) : NULL;
	if (t == NULL || t->removed)
		return VAULT_OK;
	struct vault_remind *r = &out->r[out->n++];
	memset(r, 0, sizeof *r);
	r->token = t;
	r->to = before->to;
	r->before = before;
	r->why = VAULT_REMIND_GONE;
	r->say.sequence = before->sequence + (before->sequence < INT32_MAX);
	return fill_token(t, how->how, before->to, &r->say) == 0 ? VAULT_OK : nomem(err);
}

/* 1 for each of `said` whose token is due; NULL without memory. */
static char *still_due(const struct vault_dues *dues, const struct vault_reminders *said)
{
	char *due = calloc(said->n + 1, 1);
	for (size_t i = 0; due != NULL && i < dues->n; i++) {
		size_t lo = 0, hi = said->n;
		while (lo < hi) {
			const size_t mid = lo + (hi - lo) / 2;
			if (memcmp(said->r[mid].token_id, dues->d[i].token->id, VAULT_ID_LEN) < 0)
				lo = mid + 1;
			else
				hi = mid;
		}
		for (; lo < said->n && memcmp(said->r[lo].token_id, dues->d[i].token->id, VAULT_ID_LEN) == 0; lo++)
			due[lo] = 1;
	}
	return due;
}

enum vault_rc vault_remind_find(const struct vault_dues *dues, const struct vault_tokens *tokens, const struct vault_holders *holders,
                                const struct vault_reminders *said, const struct vault_remind_how *how, struct vault_reminds *out,
                                struct vault_err *err)
{
	char *due = still_due(dues, said);
	enum vault_rc rc = room(out, dues->n + said->n, err);
	if (due == NULL)
		rc = nomem(err);
	for (size_t i = 0; i < dues->n && rc == VAULT_OK; i++)
		rc = add_due(&dues->d[i], holders, said, how, out, err);
	for (size_t i = 0; i < said->n && rc == VAULT_OK; i++)
		if (!due[i])
			rc = add_over(&said->r[i], tokens, how, out, err);
	free(due);
	if (rc != VAULT_OK)
		vault_reminds_clear(out);
	return rc;
}

/* --- calendars ------------------------------------------------------------------------------------------------ */

/* What a calendar was given and is due no more, `before`. */
static enum vault_rc add_gone(const struct vault_reminder *before, const struct vault_tokens *tokens, int64_t today,
                              struct vault_reminds *out, struct vault_err *err)
{
	const int told = before->n == 0;
	const struct vault_token *t = token_of(tokens, before->token_id);
	if (t == NULL || (told && today - vault_day_of(before->time) >= VAULT_REMIND_GONE_DAYS))
		return VAULT_OK;
	struct vault_remind *r = &out->r[out->n++];
	memset(r, 0, sizeof *r);
	r->token = t;
	r->before = before;
	r->why = told ? VAULT_REMIND_NOT : VAULT_REMIND_GONE;
	r->say.sequence = before->sequence + (!told && before->sequence < INT32_MAX);
	r->say.time = told ? before->time : 0;
	return fill_token(t, VAULT_REMIND_ICS, NULL, &r->say) == 0 ? VAULT_OK : nomem(err);
}

enum vault_rc vault_remind_calendar(const struct vault_dues *all, const struct vault_tokens *tokens,
                                    const struct vault_holders *holders, const struct vault_reminders *said, int64_t today,
                                    int64_t within_days, struct vault_reminds *out, struct vault_err *err)
{
	const struct vault_remind_how how = {.how = VAULT_REMIND_ICS, .today = today};
	char *listed = calloc(said->n + 1, 1);
	enum vault_rc rc = room(out, all->n + said->n, err);
	if (listed == NULL)
		rc = nomem(err);
	for (size_t i = 0; i < all->n && rc == VAULT_OK; i++) {
		const struct vault_due *d = &all->d[i];
		const struct vault_reminder *before = vault_reminder_find(said, d->token->id, how.how, NULL);
		if (d->days_left > within_days && (before == NULL || before->n == 0))
			continue;
		if (before != NULL)
			listed[before - said->r] = 1;
		rc = add_due(d, holders, said, &how, out, err);
	}
	for (size_t i = 0; i < said->n && rc == VAULT_OK; i++)
		if (!listed[i] && strcmp(said->r[i].how, VAULT_REMIND_ICS) == 0 && said->r[i].to == NULL)
			rc = add_gone(&said->r[i], tokens, today, out, err);
	free(listed);
	if (rc != VAULT_OK)
		vault_reminds_clear(out);
	return rc;
}

/* --- names ---------------------------------------------------------------------------------------------------- */

void vault_remind_uid(const uint8_t token_id[VAULT_ID_LEN], char out[VAULT_REMIND_HEX])
{
	static const char label[] = "smartvault1/calendar-uid";
	uint8_t in[sizeof label + VAULT_ID_LEN], h[HASH_LEN];
	memcpy(in, label, sizeof label);
	memcpy(in + sizeof label, token_id, VAULT_ID_LEN);
	hash(h, in, sizeof in);
	record_hex(h, out);
}

void vault_remind_message(const char *to, const struct vault_remind *const *r, size_t n, char out[VAULT_REMIND_HEX])
{
	struct hash_state s;
	uint8_t h[HASH_LEN];
	hash_begin(&s);
	hash_add(&s, to, strlen(to) + 1);
	for (size_t i = 0; i < n; i++) {
		const struct vault_reminder *say = &r[i]->say;
		const int64_t then[2] = {r[i]->before != NULL ? r[i]->before->time : 0, say->sequence};
		hash_add(&s, say->token_id, VAULT_ID_LEN);
		hash_add(&s, say->digest, VAULT_ID_LEN);
		hash_add(&s, then, sizeof then);
		for (size_t k = 0; k < say->n; k++) {
			hash_add(&s, say->said[k].of, VAULT_ID_LEN);
			hash_add(&s, &say->said[k].since, sizeof say->said[k].since);
		}
	}
	hash_end(&s, h);
	record_hex(h, out);
}
