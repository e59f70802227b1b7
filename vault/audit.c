/* audit.c - findings: which rule looks at what, and the order of what they find. Pure. L5. The rules stand by theme in
 * audit_tokens.c, audit_ledger.c and audit_vault.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit_int.h"

/* What looks for a rule's findings: once a token, or once. */
struct audit_rule {
	void (*token)(struct audit_work *w, enum vault_rule r);
	void (*once)(struct audit_work *w, enum vault_rule r);
	int needs_log;            /* it rests on the access log */
};

static const struct audit_rule audit_rules[] = {
	[VAULT_RULE_AGE] = {audit_due, NULL, 0},
	[VAULT_RULE_EXPIRY] = {audit_due, NULL, 0},
	[VAULT_RULE_ENDED_HOLDER] = {audit_due, NULL, 0},
	[VAULT_RULE_UNTIL] = {audit_due, NULL, 0},
	[VAULT_RULE_SLOT] = {audit_due, NULL, 0},
	[VAULT_RULE_VERDICT] = {audit_due, NULL, 1},
	[VAULT_RULE_VENDOR_UNVETTED] = {NULL, audit_vendors, 0},
	[VAULT_RULE_VENDOR_NO_AGREEMENT] = {audit_vendor_no_agreement, NULL, 0},
	[VAULT_RULE_AGREEMENT_ENDING] = {NULL, audit_agreement_ending, 0},
	[VAULT_RULE_ADMIN_SHARED] = {audit_due, NULL, 1},
	[VAULT_RULE_EVERYDAY_ACCOUNT] = {audit_everyday_account, NULL, 0},
	[VAULT_RULE_EXPOSED] = {audit_due, NULL, 1},
	[VAULT_RULE_MANY_VENDORS] = {audit_many_vendors, NULL, 0},
	[VAULT_RULE_SAME_ACCOUNT] = {NULL, audit_same_accounts, 0},
	[VAULT_RULE_INELIGIBLE] = {audit_ineligible, NULL, 0},
	[VAULT_RULE_DRIFT_USER] = {audit_drift, NULL, 1},
	[VAULT_RULE_DRIFT_ACCOUNT] = {audit_drift, NULL, 1},
	[VAULT_RULE_DRIFT_EMAIL] = {audit_drift, NULL, 1},
	[VAULT_RULE_DRIFT_ADMIN] = {audit_drift, NULL, 1},
	[VAULT_RULE_DRIFT_LICENSE] = {audit_drift, NULL, 1},
	[VAULT_RULE_DRIFT_SEAT] = {audit_drift_seat, NULL, 1},
	[VAULT_RULE_RETIRED_ALIVE] = {audit_due, NULL, 1},
	[VAULT_RULE_RETIRED_UNPROVED] = {audit_retired_unproved, NULL, 0},
	[VAULT_RULE_DEAD_HELD] = {audit_dead_held, NULL, 1},
	[VAULT_RULE_LICENSE_IDLE] = {NULL, audit_license_idle, 0},
	[VAULT_RULE_NO_VALUE] = {audit_no_value, NULL, 0},
	[VAULT_RULE_UNCHECKED] = {audit_unchecked, NULL, 1},
	[VAULT_RULE_UNUSED] = {audit_unused, NULL, 1},
	[VAULT_RULE_UNCONFIRMED] = {audit_unconfirmed, NULL, 0},
	[VAULT_RULE_SLOT_IDLE] = {NULL, audit_slot_idle, 1},
	[VAULT_RULE_ONE_ADMIN] = {NULL, audit_one_admin, 0},
	[VAULT_RULE_NO_RECOVERY] = {NULL, audit_no_recovery, 0},
	[VAULT_RULE_KDF_WEAK] = {NULL, audit_kdf_weak, 0},
	[VAULT_RULE_LOG_MISSING] = {NULL, audit_log, 0},
	[VAULT_RULE_LOG_CUT] = {NULL, audit_log, 0},
	[VAULT_RULE_LOG_OTHER] = {NULL, audit_log, 0},
};
_Static_assert(sizeof audit_rules / sizeof audit_rules[0] == VAULT_RULES, "a line for each rule");

int vault_audit_needs_log(enum vault_rule r)
{
	return (size_t)r < VAULT_RULES && audit_rules[r].needs_log;
}

void vault_audit_clear(struct vault_audit *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->f[i].message);
	free(l->f);
	memset(l, 0, sizeof *l);
}

char *vault_audit_remedy(const struct vault_audit_finding *f)
{
	const struct vault_rule_names names = {.label = f->token != NULL ? f->token->label : NULL,
	                                       .vendor = f->vendor != NULL ? f->vendor->name : NULL,
	                                       .to = f->handover != NULL ? f->handover->to : NULL,
	                                       .slot = f->slot};

	return vault_rule_remedy(f->rule, &names);
}

/* --- what rules use -------------------------------------------------------------------------------------- */

/* Room for one more finding; -1 without memory. */
static int audit_room(struct audit_work *w)
{
	struct vault_audit_finding *grown = NULL;
	const size_t cap = w->cap == 0 ? 64 : w->cap * 2;

	if (w->out->n < w->cap)
		return 0;
	grown = realloc(w->out->f, cap * sizeof *grown);
	if (grown == NULL)
		return -1;
	w->out->f = grown;
	w->cap = cap;
	return 0;
}

void audit_add(struct audit_work *w, enum vault_rule r, const struct vault_audit_finding *about, char *message)
{
	struct vault_audit_finding *f = NULL;

	if (message == NULL || audit_room(w) != 0) {
		free(message);
		w->failed = 1;
		return;
	}
	f = &w->out->f[w->out->n++];
	*f = about != NULL ? *about : (struct vault_audit_finding){.token = w->t, .since = VAULT_NO_DAY};
	f->rule = r;
	f->severity = vault_rule_info(r)->severity;
	f->message = message;
}

int64_t audit_days(const struct audit_work *w, enum vault_rule r)
{
	return vault_settings_days(w->settings, r);
}

int audit_long_ago(const struct audit_work *w, enum vault_rule r, int64_t day)
{
	return w->f->today - day > audit_days(w, r);
}

const struct audit_token *audit_of(const struct audit_work *w, const struct vault_token *t)
{
	return &w->of[t - w->f->tokens->t];
}

int audit_is_dead(const struct audit_work *w, const struct vault_token *t, int64_t *since)
{
	const struct vault_version *now = vault_token_current(t);
	const struct vault_verdicts mine = finding_verdicts(&w->x, t);
	const struct vault_verdict *said = w->f->verdicts != NULL ? vault_verdict_newest(&mine, t, now->number, 1) : NULL;
	const int bad = said != NULL && (said->result == VAULT_EXPIRED || said->result == VAULT_REVOKED || said->result == VAULT_INVALID);

	if (since != NULL)
		*since = now->status == VAULT_DEAD ? now->died : bad ? vault_day_of(said->checked) : VAULT_NO_DAY;
	return bad || now->status == VAULT_DEAD;
}

int audit_email_order(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return (a != NULL) - (b != NULL);
	for (;; a++, b++) {
		const int x = *a >= 'A' && *a <= 'Z' ? *a + ('a' - 'A') : (unsigned char)*a;
		const int y = *b >= 'A' && *b <= 'Z' ? *b + ('a' - 'A') : (unsigned char)*b;

		if (x != y || x == '\0')
			return x - y;
	}
}

const struct audit_person *audit_person(const struct audit_work *w, const char *email)
{
	size_t lo = 0, hi = w->n_people;

	while (lo < hi) {
		const size_t mid = lo + (hi - lo) / 2;

		if (audit_email_order(w->people[mid].email, email) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < w->n_people && audit_email_order(w->people[lo].email, email) == 0 ? &w->people[lo] : NULL;
}

size_t audit_same_account(const struct audit_work *w, size_t i)
{
	const char *account = w->by_account[i]->account;

	while (++i < w->f->tokens->n && audit_email_order(w->by_account[i]->account, account) == 0)
		;
	return i;
}

const char *audit_names(const char *const *names, size_t n, char out[AUDIT_NAMES_MAX])
{
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < n && i < AUDIT_NAMES && len < AUDIT_NAMES_MAX; i++)
		len += (size_t)snprintf(out + len, AUDIT_NAMES_MAX - len, "%s%s",
		                        i == 0 ? "" : i + 1 == n ? " and " : ", ", names[i]);
	if (n > AUDIT_NAMES && len < AUDIT_NAMES_MAX)
		(void)snprintf(out + len, AUDIT_NAMES_MAX - len, " and %zu more", n - AUDIT_NAMES);
	return out;
}

/* --- beginning ------------------------------------------------------------------------------------------- */

static int audit_account_order(const void *a, const void *b)
{
	const struct vault_token *const *x = a, *const *y = b;
	const int c = audit_email_order((*x)->account, (*y)->account);

	return c != 0 ? c : (*x > *y) - (*x < *y); /* then as they stand: by label, removed ones last */
}

/* Owners before contacts, each by name: the same one is named every time. */
static int audit_person_order(const void *a, const void *b)
{
	const struct audit_person *x = a, *y = b;
	int c = audit_email_order(x->email, y->email);

	if (c == 0)
		c = (x->vendor != NULL) - (y->vendor != NULL);
	return c != 0 ? c : strcmp(x->vendor != NULL ? x->vendor : x->label, y->vendor != NULL ? y->vendor : y->label);
}

/* Active tokens' owners and vendors' contacts; -1 without memory. */
static int audit_find_people(struct audit_work *w)
{
	const struct vault_facts *f = w->f;
	size_t n = f->tokens->n;

	for (size_t i = 0; i < f->vendors->n; i++)
		n += f->vendors->v[i].contacts.n;
	w->people = calloc(n + 1, sizeof *w->people);
	if (w->people == NULL)
		return -1;
	for (size_t i = 0; i < f->tokens->n; i++)
		if (!f->tokens->t[i].removed && f->tokens->t[i].owner != NULL)
			w->people[w->n_people++] = (struct audit_person){.email = f->tokens->t[i].owner, .label = f->tokens->t[i].label};
	for (size_t i = 0; i < f->vendors->n; i++)
		for (size_t k = 0; k < f->vendors->v[i].contacts.n; k++)
			w->people[w->n_people++] =
			        (struct audit_person){.email = f->vendors->v[i].contacts.s[k], .vendor = f->vendors->v[i].name};
	qsort(w->people, w->n_people, sizeof *w->people, audit_person_order);
	return 0;
}

static enum vault_rc audit_begin(struct audit_work *w, struct vault_err *err)
{
	const struct vault_tokens *tokens = w->f->tokens;
	const int64_t within = audit_days(w, VAULT_RULE_EXPIRY);
	enum vault_rc rc = finding_index_make(w->f, &w->x, err);

	if (rc == VAULT_OK)
		rc = vault_due_find(w->f, within, &w->dues, err);
	if (rc == VAULT_OK)
		rc = vault_holders_at(w->f, w->f->today, 0, &w->holders, err);
	if (rc != VAULT_OK)
		return rc;
	w->of = calloc(tokens->n + 1, sizeof *w->of);
	w->by_account = calloc(tokens->n + 1, sizeof *w->by_account);
	if (w->of == NULL || w->by_account == NULL || audit_find_people(w) != 0)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	for (size_t i = 0; i < w->dues.n; i++)
		w->of[w->dues.d[i].token - tokens->t].due = &w->dues.d[i];
	for (size_t i = 0; i < w->holders.n; i++) {
		struct audit_token *of = &w->of[w->holders.h[i].token - tokens->t];

		if (of->n_held++ == 0)
			of->held = i;
	}
	for (size_t i = 0; i < tokens->n; i++)
		w->by_account[i] = &tokens->t[i];
	qsort(w->by_account, tokens->n, sizeof *w->by_account, audit_account_order);
	return VAULT_OK;
}

static void audit_end(struct audit_work *w)
{
	finding_index_clear(&w->x);
	vault_dues_clear(&w->dues);
	vault_holders_clear(&w->holders);
	vault_drifts_clear(&w->drifts);
	free(w->of);
	/* The cast drops the const of what the array points to; the array is ours. */
	free((void *)w->by_account);
	free(w->people);
}

/* --- all rules ------------------------------------------------------------------------------------------- */

static int audit_counts(const struct audit_work *w, enum vault_rule r)
{
	return !vault_settings_off(w->settings, r) && (w->f->verdicts != NULL || !audit_rules[r].needs_log);
}

static void audit_turn(struct audit_work *w, const struct vault_token *t)
{
	const struct vault_verdict *seen = NULL;

	w->t = t;
	w->now = vault_token_current(t);
	w->own = audit_of(w, t);
	w->held = w->holders.h + w->own->held;
	w->verdicts = finding_verdicts(&w->x, t);
	vault_drifts_clear(&w->drifts);
	seen = finding_identity(&w->verdicts, w->now);
	if (seen != NULL && vault_drift_logged(t, &w->verdicts, seen, &w->drifts, NULL) != VAULT_OK)
		w->failed = 1;
	w->drifted = seen != NULL ? vault_day_of(seen->checked) : VAULT_NO_DAY;
}

static int audit_text_order(const char *a, const char *b)
{
	return a == NULL || b == NULL ? (a != NULL) - (b != NULL) : strcmp(a, b);
}

static int audit_order(const void *a, const void *b)
{
	const struct vault_audit_finding *x = a, *y = b;
	int c = (int)y->severity - (int)x->severity;

	if (c == 0)
		c = (int)x->rule - (int)y->rule;
	if (c == 0)
		c = audit_text_order(x->token != NULL ? x->token->label : NULL, y->token != NULL ? y->token->label : NULL);
	if (c == 0)
		c = audit_text_order(x->vendor != NULL ? x->vendor->name : NULL, y->vendor != NULL ? y->vendor->name : NULL);
	if (c == 0)
		c = audit_text_order(x->handover != NULL ? x->handover->to : NULL, y->handover != NULL ? y->handover->to : NULL);
	if (c == 0)
		c = audit_text_order(x->slot, y->slot);
	return c != 0 ? c : strcmp(x->message, y->message);
}

static void audit_all(struct audit_work *w)
{
	for (size_t i = 0; i < w->f->tokens->n && !w->failed; i++) {
		if (w->f->tokens->t[i].removed || w->f->tokens->t[i].n_versions == 0)
			continue;
		audit_turn(w, &w->f->tokens->t[i]);
		for (int r = 0; r < VAULT_RULES; r++)
			if (audit_rules[r].token != NULL && audit_counts(w, (enum vault_rule)r))
				audit_rules[r].token(w, (enum vault_rule)r);
	}
	w->t = NULL;
	for (int r = 0; r < VAULT_RULES && !w->failed; r++)
		if (audit_rules[r].once != NULL && audit_counts(w, (enum vault_rule)r))
			audit_rules[r].once(w, (enum vault_rule)r);
}

enum vault_rc vault_audit_find(const struct vault_audit_facts *facts, struct vault_audit *out, struct vault_err *err)
{
	struct vault_settings defaults;
	struct audit_work w = {.a = facts, .f = &facts->f, .out = out};
	enum vault_rc rc;

	memset(out, 0, sizeof *out);
	vault_settings_defaults(&defaults);
	w.settings = facts->f.settings != NULL ? facts->f.settings : &defaults;
	rc = audit_begin(&w, err);
	if (rc == VAULT_OK)
		audit_all(&w);
	if (rc == VAULT_OK && w.failed)
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	if (rc == VAULT_OK && out->n > 0)
		qsort(out->f, out->n, sizeof *out->f, audit_order);
	if (rc != VAULT_OK)
		vault_audit_clear(out);
	audit_end(&w);
	return rc;
}
