/* history.c - changes, releases and checks in one list by time: what `log` shows. L5. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/log.h>
#include <vault/token.h>

#include "finding.h"
#include "carry.h"
#include "counted.h"
#include "jsonread.h"
#include "txn.h"

void vault_events_clear(struct vault_events *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->e[i].slot);
		free(l->e[i].label);
		free(l->e[i].vendor);
		free(l->e[i].to);
		free(l->e[i].text);
		free(l->e[i].renamed);
		free(l->e[i].asked_by);
	}
	free(l->e);
	memset(l, 0, sizeof *l);
}

static const struct {
	int64_t action;
	const char *name;
	int of_token;             /* its object is a token */
} names[] = {
	{ACTION_INIT, "init", 0},
	{ACTION_ADD, "add", 1},
	{ACTION_ROTATE, "rotate", 1},
	{ACTION_REMOVE, "remove", 1},
	{ACTION_DEAD, "dead", 1},
	{ACTION_EDIT, "edit", 1},
	{ACTION_VENDOR_ADD, "vendor-add", 0},
	{ACTION_VENDOR_EDIT, "vendor-edit", 0},
	{ACTION_VENDOR_REMOVE, "vendor-remove", 0},
	{ACTION_VENDOR_END, "vendor-end", 0},
	{ACTION_SHARE, "share", 0},
	{ACTION_CONFIRM, "confirm", 0},
	{ACTION_UNSHARE, "unshare", 0},
	{ACTION_LOG_ROTATE, "log-rotate", 0},
	{ACTION_POLICY, "policy", 0},
	{ACTION_RELEASE_GET, "get", 1},
	{ACTION_RELEASE_RUN, "run", 1},
	{ACTION_RELEASE_EXPORT, "export", 1},
	{ACTION_VERDICT, "check", 1},
	{ACTION_EXPOSURE, "exposure", 1},
	{ACTION_EXPOSURE_SAME, "exposure", 1},
	{ACTION_REMINDED, "remind", 1},
	{ACTION_LOG_LOST, "log-lost", 0},
	{ACTION_REWRAP, "passwd", 0},
	{ACTION_SLOT_ADD, "slot-add", 0},
	{ACTION_SLOT_REMOVE, "slot-remove", 0},
	{ACTION_SLOT_PASSWD, "slot-passwd", 0},
	{ACTION_GRANT, "grant", 1},
	{ACTION_REVOKE, "revoke", 1},
	{ACTION_RESTORE, "restore", 0},
	{ACTION_REKEY, "rekey", 0},
	{ACTION_ACCEPT, "accept", 0},
};

struct gather {
	struct vault *v;
	struct vault_events *out;
	size_t cap;
	const struct vault_tokens *tokens; /* for the labels of access-log entries */
};

static struct vault_event *next_event(struct gather *g, struct vault_err *err)
{
	if (g->out->n == g->cap) {
		const size_t cap = g->cap == 0 ? 128 : g->cap * 2;
		struct vault_event *p = realloc(g->out->e, cap * sizeof *p);
		if (p == NULL) {
			(void)vault_err_set(err, VAULT_REFUSED, "out of memory");
			return NULL;
		}
		g->out->e = p;
		g->cap = cap;
	}
	struct vault_event *e = &g->out->e[g->out->n++];
	memset(e, 0, sizeof *e);
	return e;
}

static void name_action(struct vault_event *e, int64_t action, const uint8_t object_id[16])
{
	e->action = "other"; /* of a newer program */
	memcpy(e->object_id, object_id, VAULT_ID_LEN);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (names[i].action != action)
			continue;
		e->action = names[i].name;
		e->has_token = names[i].of_token;
	}
	if (e->has_token)
		memcpy(e->token_id, object_id, VAULT_ID_LEN);
}

static enum vault_rc set(char **to, const char *from, struct vault_err *err)
{
	*to = from != NULL && from[0] != '\0' ? strdup(from) : NULL;
	return from != NULL && from[0] != '\0' && *to == NULL ? vault_err_set(err, VAULT_REFUSED, "out of memory") : VAULT_OK;
}

static enum vault_rc set_slot(const struct gather *g, struct vault_event *e, const uint8_t slot_id[16], struct vault_err *err)
{
	const struct roster_slot *s = roster_slot(&g->v->roster, slot_id);
	return set(&e->slot, s != NULL ? s->name : "?", err);
}

static enum vault_rc fill(struct vault_event *e, const char *text, size_t n, struct vault_err *err)
{
	struct jsonread *j = NULL;
	/* A detail that is none says nothing; the change stands all the same. */
	if (n > 0 && jsonread_parse(text, n, &j, NULL) == VAULT_REFUSED)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	const int64_t version = jsonread_int(j, "version", 0);
	enum vault_rc rc = set(&e->label, jsonread_str(j, "label"), err);
	if (rc == VAULT_OK)
		rc = set(&e->vendor, jsonread_str(j, "vendor"), err);
	if (rc == VAULT_OK)
		rc = set(&e->to, jsonread_str(j, "to"), err);
	if (rc == VAULT_OK)
		rc = set(&e->text, jsonread_str(j, "text"), err);
	if (rc == VAULT_OK)
		rc = set(&e->renamed, jsonread_str(j, "renamed"), err);
	e->version = version > 0 && version <= UINT32_MAX ? (uint32_t)version : 0;
	jsonread_free(&j);
	return rc;
}

/* --- changes --------------------------------------------------------------------------------------------- */

static enum vault_rc add_change(struct gather *g, const struct state *st, int64_t action, const uint8_t *object_id,
                                uint64_t generation, const uint8_t *detail, size_t detail_n, struct vault_err *err)
{
	size_t n = 0;
	struct vault_event *e = next_event(g, err);
	if (e == NULL)
		return VAULT_REFUSED;
	e->time = st->time;
	e->epoch = st->epoch;
	e->change = 1;
	name_action(e, action, object_id);
	enum vault_rc rc = set_slot(g, e, st->slot_id, err);
	char *text = txn_open_detail(g->v, st->epoch, action, object_id, generation, detail, detail_n, &n);
	if (rc == VAULT_OK && text == NULL)
		rc = vault_err_set(err, VAULT_DAMAGED, "the detail of change %llu does not open: the vault is damaged",
		                   (unsigned long long)st->epoch);
	if (rc == VAULT_OK)
		rc = fill(e, text, n, err);
	free(text);
	return rc;
}

/* The changes of one state: its own, or the list of several that it sums up. */
static enum vault_rc add_state(struct gather *g, const struct state *st, struct vault_err *err)
{
	const struct cell key = CELL_INT(st->epoch);
	struct rows rows = {.r = NULL};
	uint8_t h[HASH_LEN];
	enum vault_rc rc = store_prefix(g->v->store, STORE_CHANGE, &key, 1, &rows, err);
	if (rc == VAULT_OK)
		rc = state_changes_hash(&rows, h, err);
	if (rc == VAULT_OK && memcmp(h, st->changes, HASH_LEN) != 0)
		rc = vault_err_set(err, VAULT_DAMAGED, "the list of changes is not the one that was signed: the vault is damaged");
	if (rc == VAULT_OK && (rows.n == 0 || st->action == ACTION_VENDOR_END))
		rc = add_change(g, st, st->action, st->object_id, st->generation, st->detail, st->detail_n, err);
	for (size_t i = 0; i < rows.n && rc == VAULT_OK; i++) {
		const struct cell *c = rows.r[i]->c;
		rc = c[CH_OBJECT].n != 16 ? vault_err_set(err, VAULT_DAMAGED, "a change is damaged")
		                          : add_change(g, st, c[CH_ACTION].i, c[CH_OBJECT].p, (uint64_t)c[CH_GENERATION].i,
		                                       c[CH_DETAIL].p, c[CH_DETAIL].n, err);
	}
	rows_clear(&rows);
	return rc;
}

/* From the newest back along H(previous), so that each is proved by the newest's signature; then turned round. */
static enum vault_rc add_states(struct gather *g, struct vault_err *err)
{
	uint8_t want[HASH_LEN];
	enum vault_rc rc = VAULT_OK;
	memcpy(want, g->v->state.hash, HASH_LEN);
	for (uint64_t above = g->v->state.epoch + 1; above > 1 && rc == VAULT_OK;) {
		struct state st;
		rc = state_before(g->v->store, g->v->vault_id, above, &st, err);
		if (rc == VAULT_OK && memcmp(st.hash, want, HASH_LEN) != 0)
			rc = vault_err_set(err, VAULT_DAMAGED, "the chain of states is broken at change %llu: the vault is damaged",
			                   (unsigned long long)st.epoch);
		if (rc == VAULT_OK)
			rc = add_state(g, &st, err);
		above = st.epoch;
		memcpy(want, st.previous, HASH_LEN);
		state_clear(&st);
	}
	return rc;
}

/* --- the access log -------------------------------------------------------------------------------------- */

static int by_id(const void *a, const void *b)
{
	return memcmp(((const struct vault_token *)a)->id, ((const struct vault_token *)b)->id, VAULT_ID_LEN);
}

/* One log on its way into the list. */
struct reading {
	struct gather *g;
	struct counted *log;
	int older;                /* the one before is here: what was carried over from it is not shown twice */
};

/* "reaches 412 sheets, 3 workspaces, 10 contacts" */
static char *reaches(const struct vault_exposure *e)
{
	char text[FINDING_COUNTS_MAX];
	return finding_text("reaches %s%s", finding_counts(e, 1, text),
	                    e->system_admin == 1 ? ", and the whole organisation: it is a system admin's" : "");
}

/* Whom, and "mail: age, until". */
static enum vault_rc add_reminder(const struct counted_entry *c, struct vault_event *e, struct vault_err *err)
{
	const struct vault_reminder *r = &c->reminder;
	const enum vault_rc rc = set(&e->to, r->to, err);
	char codes[256] = "";
	for (size_t i = 0, n = 0; i < r->n && n + 40 < sizeof codes; i++)
		if (i == 0 || strcmp(r->said[i].code, r->said[i - 1].code) != 0)
			n += (size_t)snprintf(codes + n, sizeof codes - n, "%s%s", n > 0 ? ", " : "", r->said[i].code);
	e->asked_by = carry_asked_by(c->text, c->n);
	e->text = finding_text("%s: %s", r->how,
	                       r->n > 0         ? codes
	                       : r->to == NULL ? "nothing is due any more"
	                                       : "nothing was sent, it is not due any more");
	return rc == VAULT_OK && e->text == NULL ? vault_err_set(err, VAULT_REFUSED, "out of memory") : rc;
}

/* What stands in its detail: of a check the result, of an exposure the numbers, of an accepted head what it was. */
static enum vault_rc add_detail(const struct counted_entry *c, struct vault_event *e, struct vault_err *err)
{
	if (c->has_verdict) {
		e->asked_by = carry_asked_by(c->text, c->n);
		e->text = finding_text("%s%s%s", vault_result_name(c->verdict.result), c->verdict.drift != NULL ? "; " : "",
		                       c->verdict.drift != NULL ? c->verdict.drift : "");
		return e->text != NULL ? VAULT_OK : vault_err_set(err, VAULT_REFUSED, "out of memory");
	}
	if (c->has_exposure) {
		e->asked_by = carry_asked_by(c->text, c->n);
		e->text = reaches(&c->exposure);
		return e->text != NULL ? VAULT_OK : vault_err_set(err, VAULT_REFUSED, "out of memory");
	}
	if (c->has_same) {
		char day[VAULT_DAY_LEN];
		e->text = finding_text("reaches the same as on %s", vault_day_format(vault_day_of(c->same.of), day));
		return e->text != NULL ? VAULT_OK : vault_err_set(err, VAULT_REFUSED, "out of memory");
	}
	if (c->has_reminder)
		return add_reminder(c, e, err);
	struct jsonread *j = NULL;
	if (c->text != NULL && jsonread_parse(c->text, c->n, &j, NULL) == VAULT_REFUSED)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	const enum vault_rc rc = set(&e->text, jsonread_str(j, "text"), err);
	jsonread_free(&j);
	return rc;
}

static enum vault_rc add_entry(struct reading *r, const struct log_batch *b, const struct log_entry *l,
                               const struct counted_entry *c, struct vault_err *err)
{
	struct vault_token key = {.label = NULL};
	struct vault_event *e = next_event(r->g, err);
	if (e == NULL)
		return VAULT_REFUSED;
	e->time = l->time;
	e->epoch = l->epoch;
	e->version = l->version <= UINT32_MAX ? (uint32_t)l->version : 0;
	e->ignored = counted_text(c->why);
	name_action(e, l->action, l->object_id);
	enum vault_rc rc = set_slot(r->g, e, b->slot_id, err);
	memcpy(key.id, l->object_id, VAULT_ID_LEN);
	const struct vault_tokens *all = r->g->tokens;
	const struct vault_token *t = e->has_token && all->n > 0 ? bsearch(&key, all->t, all->n, sizeof key, by_id) : NULL;
	if (rc == VAULT_OK)
		rc = set(&e->label, t != NULL ? t->label : NULL, err);
	return rc == VAULT_OK ? add_detail(c, e, err) : rc;
}

static enum vault_rc add_batch(void *ctx, const struct log_batch *b, struct vault_err *err)
{
	struct reading *r = ctx;
	const struct roster_slot *s = NULL;
	enum vault_rc rc = counted_signer(r->log, b, &s, err);
	for (size_t i = 0; i < b->n && rc == VAULT_OK; i++) {
		struct counted_entry c;
		rc = counted_read(r->log, b, s, &b->e[i], &c, err);
		if (rc == VAULT_OK)
			rc = counted_follow(r->log, &b->e[i], &c, err);
		char *by = rc == VAULT_OK && (c.has_verdict || c.has_exposure || c.has_reminder) && r->older ? carry_asked_by(c.text, c.n) : NULL;
		if (rc == VAULT_OK && by == NULL)
			rc = add_entry(r, b, &b->e[i], &c, err);
		free(by);
		counted_entry_clear(&c);
	}
	return rc;
}

static enum vault_rc add_log(void *ctx, struct logfile *l, struct counted *c, int older, struct vault_err *err)
{
	struct reading r = {.g = ctx, .log = c, .older = older};
	return logfile_scan(l, add_batch, &r, err);
}

/* By time; within a second changes by epoch, then as they were gathered. */
struct placed {
	struct vault_event e;
	size_t at;
};

static int by_time(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;
	if (x->e.time != y->e.time)
		return x->e.time < y->e.time ? -1 : 1;
	if (x->e.epoch != y->e.epoch)
		return x->e.epoch < y->e.epoch ? -1 : 1;
	if (x->e.change != y->e.change)
		return y->e.change - x->e.change; /* what was seen at an epoch came after the change that made it */
	return x->at < y->at ? -1 : x->at > y->at;
}

static enum vault_rc sort(struct vault_events *l, struct vault_err *err)
{
	struct placed *p = calloc(l->n + 1, sizeof *p);
	if (p == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	for (size_t i = 0; i < l->n; i++) {
		p[i].e = l->e[i];
		p[i].at = i;
	}
	qsort(p, l->n, sizeof *p, by_time);
	for (size_t i = 0; i < l->n; i++)
		l->e[i] = p[i].e;
	free(p);
	return VAULT_OK;
}

enum vault_rc vault_log_all(struct vault *v, struct vault_events *out, enum vault_log_here *here, struct vault_err *err)
{
	struct vault_tokens tokens = {.t = NULL};
	struct gather g = {.v = v, .out = out, .tokens = &tokens};
	int whole = 0;
	memset(out, 0, sizeof *out);
	enum vault_rc rc = v->role == VAULT_ROLE_SCRIPT ? txn_forbidden(v, "read the history", err) : vault_token_all(v, &tokens, err);
	if (rc == VAULT_OK && tokens.n > 0)
		qsort(tokens.t, tokens.n, sizeof *tokens.t, by_id);
	if (rc == VAULT_OK)
		rc = add_states(&g, err);
	if (rc == VAULT_OK && !v->log_elsewhere)
		rc = counted_each_log(v, add_log, &g, &whole, err);
	if (rc == VAULT_OK)
		rc = sort(out, err);
	if (here != NULL)
		*here = v->log_elsewhere ? VAULT_LOG_ELSEWHERE : whole ? VAULT_LOG_WHOLE : VAULT_LOG_LATER;
	vault_tokens_clear(&tokens);
	if (rc != VAULT_OK)
		vault_events_clear(out);
	return rc;
}
