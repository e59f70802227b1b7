/* drift.c - how whom a token acts as differs from what is labelled and was seen before: pure. L5. */
#include <stdlib.h>
#include <string.h>

#include "finding.h"

void vault_drifts_clear(struct vault_drifts *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->d[i].was);
		free(l->d[i].is);
		free(l->d[i].message);
	}
	free(l->d);
	memset(l, 0, sizeof *l);
}

char *vault_drifts_text(const struct vault_drifts *l)
{
	char *all = NULL;

	for (size_t i = 0; i < l->n; i++) {
		const struct vault_drift *d = &l->d[i];
		char *more = finding_text("%s%s%s: was %s, is %s", all != NULL ? all : "", all != NULL ? "; " : "", d->code,
		                          d->was != NULL ? d->was : "nothing", d->is != NULL ? d->is : "nothing");

		free(all);
		all = more;
		if (all == NULL)
			break;
	}
	return all;
}

int vault_drift_is_identity(const struct vault_drift *d)
{
	return strcmp(d->code, "user") == 0 || strcmp(d->code, "email") == 0 || strcmp(d->code, "account") == 0;
}

/* E-mails compare ignoring ASCII case, whatever the locale says about other letters. */
static int drift_same_email(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return 0;
	for (; *a != '\0' && *b != '\0'; a++, b++) {
		int x = *a >= 'A' && *a <= 'Z' ? *a + ('a' - 'A') : *a;
		int y = *b >= 'A' && *b <= 'Z' ? *b + ('a' - 'A') : *b;

		if (x != y)
			return 0;
	}
	return *a == *b;
}

static int drift_is_labelled(const struct vault_token *t, const struct vault_identity *i)
{
	if (drift_same_email(t->account, i->email))
		return 1;
	for (size_t k = 0; k < i->alternates.n; k++)
		if (drift_same_email(t->account, i->alternates.s[k]))
			return 1;
	return 0;
}

/* Number of `earlier` that come before `now`: its own place, or where time has passed it. Two checks within one
 * second stand in the order in which they were logged, so the time alone does not say; nor does what they say, which
 * may be the same. */
static size_t drift_before(const struct vault_token *t, const struct vault_verdicts *earlier,
                           const struct vault_verdict *now)
{
	size_t n = 0;

	for (size_t i = 0; i < earlier->n; i++) {
		const struct vault_verdict *e = &earlier->v[i];

		if (e == now)
			return i;
		if (memcmp(e->token_id, t->id, VAULT_ID_LEN) == 0 && e->checked <= now->checked)
			n = i + 1;
	}
	return n;
}

/* A verdict counts only for the value it was asked for (vault-format(5), The access log). */
static int drift_counts(const struct vault_token *t, const struct vault_verdict *e)
{
	const struct vault_version *v = vault_token_version(t, e->version);

	return memcmp(e->token_id, t->id, VAULT_ID_LEN) == 0 && e->result == VAULT_VALID && e->has_identity &&
	       (v == NULL || memcmp(v->commit, e->commit, VAULT_COMMIT_LEN) == 0);
}

/* What `now` is held against. One that is the labelled account's beats the very first: else a value that was somebody
 * else's from the start would make the return to the right account look like the drift. */
static const struct vault_identity *drift_baseline(const struct vault_token *t, const struct vault_verdict *v, size_t n,
                                                   uint32_t version)
{
	const struct vault_identity *best = NULL;
	int best_rank = 0;

	for (size_t i = 0; i < n; i++) {
		int rank;

		if (!drift_counts(t, &v[i]))
			continue;
		rank = 1 + 2 * drift_is_labelled(t, &v[i].identity) + (v[i].version == version);
		if (rank > best_rank) {
			best_rank = rank;
			best = &v[i].identity;
		}
	}
	return best;
}

/* The newest that says something of admin (or licensed); -1 where none does. */
static int drift_last(const struct vault_token *t, const struct vault_verdict *v, size_t n, int licensed)
{
	for (size_t i = n; i-- > 0;) {
		int is;

		if (!drift_counts(t, &v[i]))
			continue;
		is = licensed ? v[i].identity.licensed : v[i].identity.admin;
		if (is >= 0)
			return is;
	}
	return -1;
}

/* Takes over `message`; `was` and `is` are copied. */
static void drift_add(struct vault_drifts *out, int *failed, const char *code, enum vault_severity severity,
                      const char *was, const char *is, char *message)
{
	struct vault_drift *d = *failed ? NULL : realloc(out->d, (out->n + 1) * sizeof *d);

	if (d == NULL) {
		*failed = 1;
		free(message);
		return;
	}
	out->d = d;
	d += out->n++;
	*d = (struct vault_drift){.code = code, .severity = severity, .message = message};
	if (was != NULL && (d->was = strdup(was)) == NULL)
		*failed = 1;
	if (is != NULL && (d->is = strdup(is)) == NULL)
		*failed = 1;
	if (message == NULL)
		*failed = 1;
}

static void drift_who(const struct vault_token *t, const struct vault_identity *base, const struct vault_identity *is,
                      struct vault_drifts *out, int *failed)
{
	if (base != NULL && base->id != NULL && is->id != NULL && strcmp(base->id, is->id) != 0)
		drift_add(out, failed, "user", VAULT_CRITICAL, base->id, is->id,
		          finding_text("it acts as user %s (%s), was user %s (%s): find out why, and rotate it", is->id,
		                       is->email != NULL ? is->email : "no e-mail", base->id,
		                       base->email != NULL ? base->email : "no e-mail"));
	if ((is->email != NULL || is->alternates.n > 0) && !drift_is_labelled(t, is))
		drift_add(out, failed, "email", VAULT_HIGH, t->account, is->email,
		          finding_text("it acts as %s and is labelled %s: where an account's e-mail is changed to a successor,"
		                       " its tokens live on and act as the successor",
		                       is->email != NULL ? is->email : is->alternates.s[0], t->account));
	if (base != NULL && base->account_id != NULL && is->account_id != NULL &&
	    strcmp(base->account_id, is->account_id) != 0)
		drift_add(out, failed, "account", VAULT_CRITICAL, base->account_id, is->account_id,
		          finding_text("it acts in organisation account %s (%s), was in %s (%s): find out why, and rotate it",
		                       is->account_id, is->account_name != NULL ? is->account_name : "no name",
		                       base->account_id, base->account_name != NULL ? base->account_name : "no name"));
}

static void drift_rights(int was_admin, int was_licensed, const struct vault_identity *is, struct vault_drifts *out,
                         int *failed)
{
	if (was_admin == 0 && is->admin == 1)
		drift_add(out, failed, "admin-gained", VAULT_HIGH, "no system admin", "system admin",
		          finding_text("its user became a system admin: whoever has the token acts on the whole organisation"));
	if (was_admin == 1 && is->admin == 0)
		drift_add(out, failed, "admin-lost", VAULT_INFO, "system admin", "no system admin",
		          finding_text("its user is no longer a system admin"));
	if (was_licensed == 1 && is->licensed == 0)
		drift_add(out, failed, "license-lost", VAULT_MEDIUM, "licensed", "not licensed",
		          finding_text("its user is no longer licensed: what the token does may stop working, and no new one"
		                       " can be made there"));
	if (was_licensed == 0 && is->licensed == 1)
		drift_add(out, failed, "license-gained", VAULT_INFO, "not licensed", "licensed",
		          finding_text("its user is licensed now"));
}

enum vault_rc vault_drift_find(const struct vault_token *token, const struct vault_verdicts *earlier,
                               const struct vault_verdict *now, struct vault_drifts *out, struct vault_err *err)
{
	static const struct vault_verdicts none;
	size_t n = 0;
	int failed = 0;

	memset(out, 0, sizeof *out);
	if (!now->has_identity)
		return VAULT_OK;
	if (earlier == NULL)
		earlier = &none;
	n = drift_before(token, earlier, now);
	drift_who(token, drift_baseline(token, earlier->v, n, now->version), &now->identity, out, &failed);
	drift_rights(drift_last(token, earlier->v, n, 0), drift_last(token, earlier->v, n, 1), &now->identity, out, &failed);
	if (failed) {
		vault_drifts_clear(out);
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	}
	return VAULT_OK;
}

/* The part of a logged text (vault_drifts_text) that is about a code, without it: "was 7, is 8" of `*n` bytes; NULL. */
static const char *drift_part(const char *text, const char *code, size_t *n)
{
	const size_t len = strlen(code);

	for (const char *p = text; p != NULL; p = strstr(p, "; ")) {
		p += p == text ? 0 : 2;
		if (strncmp(p, code, len) != 0 || strncmp(p + len, ": ", 2) != 0)
			continue;
		p += len + 2;
		*n = strstr(p, "; ") != NULL ? (size_t)(strstr(p, "; ") - p) : strlen(p);
		return p;
	}
	return NULL;
}

static void drift_drop(struct vault_drifts *l, size_t i)
{
	free(l->d[i].was);
	free(l->d[i].is);
	free(l->d[i].message);
	memmove(&l->d[i], &l->d[i + 1], (l->n - i - 1) * sizeof *l->d);
	l->n--;
}

static int drift_has(const struct vault_drifts *l, const char *code)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->d[i].code, code) == 0)
			return 1;
	return 0;
}

enum vault_rc vault_drift_logged(const struct vault_token *token, const struct vault_verdicts *earlier,
                                 const struct vault_verdict *logged, struct vault_drifts *out, struct vault_err *err)
{
	static const struct {
		const char *code, *what;
		enum vault_severity severity;
	} kinds[] = {
		{"user", "its user", VAULT_CRITICAL},
		{"account", "its organisation account", VAULT_CRITICAL},
		{"admin-gained", "its user", VAULT_HIGH},
		{"admin-lost", "its user", VAULT_INFO},
		{"license-lost", "its user", VAULT_MEDIUM},
		{"license-gained", "its user", VAULT_INFO},
	};
	enum vault_rc rc = vault_drift_find(token, earlier, logged, out, err);
	int failed = 0;

	for (size_t i = 0, n = 0; rc == VAULT_OK && i < out->n;) {
		if (strcmp(out->d[i].code, "email") != 0 && drift_part(logged->drift, out->d[i].code, &n) == NULL)
			drift_drop(out, i);
		else
			i++;
	}
	for (size_t i = 0, n = 0; rc == VAULT_OK && i < sizeof kinds / sizeof kinds[0]; i++) {
		const char *part = drift_part(logged->drift, kinds[i].code, &n);

		if (part != NULL && !drift_has(out, kinds[i].code))
			drift_add(out, &failed, kinds[i].code, kinds[i].severity, NULL, NULL,
			          finding_text("when it was checked %s was another: %.*s", kinds[i].what, (int)n, part));
	}
	if (!failed)
		return rc;
	vault_drifts_clear(out);
	return vault_err_set(err, VAULT_REFUSED, "out of memory");
}

/* Smartsheet calls what was a viewer a contributor since the end of October 2026, and for a while says either. */
static const char *drift_seat_of(const char *seat)
{
	return strcmp(seat, "viewer") == 0 ? "contributor" : seat;
}

enum vault_rc vault_drift_seat(const char *before, const char *now, struct vault_drifts *out, struct vault_err *err)
{
	int failed = 0;

	if (before == NULL || now == NULL || strcmp(drift_seat_of(before), drift_seat_of(now)) == 0)
		return VAULT_OK;
	if (strcmp(before, "member") == 0)
		drift_add(out, &failed, "seat", VAULT_MEDIUM, before, now,
		          finding_text("its user is no member any more but a %s: what the token does may stop working, and new "
		                       "ones are for members", now));
	else
		drift_add(out, &failed, "seat", strcmp(now, "member") == 0 ? VAULT_INFO : VAULT_LOW, before, now,
		          finding_text("its user is a %s now, was a %s", now, before));
	if (!failed)
		return VAULT_OK;
	vault_drifts_clear(out);
	return vault_err_set(err, VAULT_REFUSED, "out of memory");
}
