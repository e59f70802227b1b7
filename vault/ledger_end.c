/* ledger_end.c - hand-overs confirmed and ended. L5. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger.h"
#include "token.h"

enum { SEVERAL = 256 }; /* beside the public flags: each ending is a change of its own in one state */

/* The version its object was written at: hand-overs read as a list do not carry it. */
static enum vault_rc written_at(struct vault *v, const struct vault_handover *h, uint64_t *written, struct vault_err *err)
{
	struct object o;
	uint8_t tag[16];
	int found = 0;
	ledger_tag(v, h->token_id, h->vendor_id, h->to, tag);
	const enum vault_rc rc = object_get(v, KIND_HANDOVER, tag, &o, &found, err);
	*written = rc == VAULT_OK && found ? o.version : 0;
	object_clear(&o);
	return rc;
}

/* The history must show that it was a mistake, also where a reason was given. */
static char *end_detail(const char *label, const char *vendor, const char *to, uint32_t version, const char *reason,
                        int never_given)
{
	char *text = NULL;
	if (!never_given || reason == NULL)
		return ledger_detail(label, vendor, to, version, never_given ? "never given" : reason);
	if (asprintf(&text, "never given: %s", reason) < 0)
		return NULL;
	char *detail = ledger_detail(label, vendor, to, version, text);
	free(text);
	return detail;
}

static enum vault_rc end_one(struct vault *v, struct vault_handover *h, const char *label, const char *vendor, int64_t date,
                             const char *reason, unsigned how, struct vault_err *err)
{
	struct vault_period *p = ledger_running(h);
	uint64_t written = 0;
	char day[VAULT_DAY_LEN];
	if (p == NULL)
		return VAULT_OK;
	const struct vault_give *last = &p->gives[p->n_gives - 1];
	if (date < last->date)
		return vault_err_set(err, VAULT_REFUSED, "--date is before %s, when %s was given it", vault_day_format(last->date, day),
		                     h->to);
	p->ended = date;
	p->never_given = (how & VAULT_NEVER_GIVEN) != 0;
	p->reason = reason != NULL ? strdup(reason) : NULL;
	if (reason != NULL && p->reason == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	enum vault_rc rc = written_at(v, h, &written, err);
	if (rc == VAULT_OK)
		rc = ledger_put(v, h, written + 1, err);
	if (rc != VAULT_OK)
		return rc;
	char *detail = end_detail(label, vendor, h->to, last->version, reason, p->never_given);
	if (detail == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	if ((how & SEVERAL) != 0) {
		rc = txn_change(v, ACTION_UNSHARE, h->id, detail, err);
		free(detail);
	} else {
		txn_action(v, ACTION_UNSHARE, h->id, detail);
	}
	return rc;
}

/* Of all hand-overs those that run, of the vendor and, where given, of the token and to that person; others are freed. */
static void keep_running(struct vault_handovers *all, const uint8_t *token_id, const uint8_t *vendor_id, const char *to)
{
	char want[LEDGER_EMAIL_MAX + 1] = "", have[LEDGER_EMAIL_MAX + 1];
	size_t n = 0;
	if (to != NULL)
		ledger_lower(to, want, sizeof want);
	for (size_t i = 0; i < all->n; i++) {
		struct vault_handover *h = &all->h[i];
		ledger_lower(h->to, have, sizeof have);
		if ((token_id == NULL || memcmp(h->token_id, token_id, 16) == 0) && memcmp(h->vendor_id, vendor_id, 16) == 0 &&
		    ledger_running(h) != NULL && (to == NULL || strcmp(want, have) == 0))
			all->h[n++] = *h;
		else
			vault_handover_clear(h);
	}
	all->n = n;
}

static enum vault_rc nobody(const char *label, const char *vendor, const char *to, struct vault_err *err)
{
	return vault_err_set(err, VAULT_NOTFOUND, "%s at %s %s %s: vault holders --label %s --all shows who had it",
	                     to != NULL ? to : "nobody", vendor, to != NULL ? "does not hold" : "holds", label, label);
}

enum vault_rc vault_unshare(struct vault *v, const char *label, const char *vendor, const char *to, int64_t date,
                            const char *reason, unsigned flags, struct vault_handovers *ended, struct vault_err *err)
{
	struct token_entry e = {.written = 0};
	struct vault_vendor ven = {.name = NULL};
	struct vault_handovers all = {.h = NULL};
	const int64_t day = date != VAULT_NO_DAY ? date : vault_today(v);
	enum vault_rc rc = reason != NULL ? vault_text_check("--reason", reason, err) : VAULT_OK;
	if (rc == VAULT_OK)
		rc = token_find(v, label, &e, err);
	if (rc == VAULT_OK)
		rc = vault_vendor_find(v, vendor, &ven, err);
	if (rc == VAULT_OK)
		rc = vault_handover_all(v, &all, err);
	if (rc == VAULT_OK)
		keep_running(&all, e.t.id, ven.id, to);
	if (rc == VAULT_OK && all.n == 0)
		rc = nobody(label, ven.name, to, err);
	const unsigned how = (flags & VAULT_NEVER_GIVEN) | (all.n > 1 ? SEVERAL : 0);
	for (size_t i = 0; i < all.n && rc == VAULT_OK; i++)
		rc = end_one(v, &all.h[i], label, ven.name, day, reason, how, err);
	if (rc == VAULT_OK && all.n > 1)
		txn_action(v, ACTION_UNSHARE, e.t.id, ledger_detail(label, ven.name, NULL, 0, reason));
	vault_token_clear(&e.t);
	vault_vendor_clear(&ven);
	if (rc == VAULT_OK && ended != NULL)
		*ended = all;
	else
		vault_handovers_clear(&all);
	return rc;
}

/* The label of a token by id, also of a removed one: it may still be held. */
static const char *label_of(const struct vault_tokens *tokens, const uint8_t id[16])
{
	for (size_t i = 0; i < tokens->n; i++)
		if (memcmp(tokens->t[i].id, id, 16) == 0)
			return tokens->t[i].label;
	return "?";
}

enum vault_rc vault_vendor_end(struct vault *v, const char *name, int64_t date, const char *reason,
                               struct vault_handovers *ended, struct vault_err *err)
{
	struct vault_vendor ven = {.name = NULL};
	struct vault_tokens tokens = {.t = NULL};
	struct vault_handovers all = {.h = NULL};
	const int64_t day = date != VAULT_NO_DAY ? date : vault_today(v);
	enum vault_rc rc = reason != NULL ? vault_text_check("--reason", reason, err) : VAULT_OK;
	if (rc == VAULT_OK)
		rc = vault_vendor_find(v, name, &ven, err);
	if (rc == VAULT_OK)
		rc = vault_token_all(v, &tokens, err);
	if (rc == VAULT_OK)
		rc = vault_handover_all(v, &all, err);
	if (rc == VAULT_OK)
		keep_running(&all, NULL, ven.id, NULL);
	for (size_t i = 0; i < all.n && rc == VAULT_OK; i++)
		rc = end_one(v, &all.h[i], label_of(&tokens, all.h[i].token_id), ven.name, day, reason, SEVERAL, err);
	if (rc == VAULT_OK && all.n > 0)
		txn_action(v, ACTION_VENDOR_END, ven.id, ledger_detail(NULL, ven.name, NULL, 0, reason));
	vault_vendor_clear(&ven);
	vault_tokens_clear(&tokens);
	if (rc == VAULT_OK && ended != NULL)
		*ended = all;
	else
		vault_handovers_clear(&all);
	return rc;
}

/* What is confirmed, and with it what was agreed until then. */
static enum vault_rc add_confirm(struct vault_period *p, int64_t day, int64_t until, struct vault_err *err)
{
	struct vault_give *last = &p->gives[p->n_gives - 1];
	struct vault_confirm *c = reallocarray(p->confirms, p->n_confirms + 1, sizeof *c);
	if (c == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	p->confirms = c;
	c[p->n_confirms++] = (struct vault_confirm){.date = day, .give = p->n_gives - 1, .was_until = last->until};
	p->confirmed = day;
	if (until != VAULT_NO_DAY)
		last->until = until;
	return VAULT_OK;
}

enum vault_rc vault_share_confirm(struct vault *v, const char *label, const char *vendor, const char *to, int64_t date,
                                  int64_t until, struct vault_handover *out, struct vault_err *err)
{
	struct token_entry e = {.written = 0};
	struct vault_vendor ven = {.name = NULL};
	struct vault_handovers all = {.h = NULL};
	const int64_t day = date != VAULT_NO_DAY ? date : vault_today(v);
	char text[64] = "", when[VAULT_DAY_LEN];
	uint64_t written = 0;
	enum vault_rc rc = token_find(v, label, &e, err);
	if (rc == VAULT_OK)
		rc = vault_vendor_find(v, vendor, &ven, err);
	if (rc == VAULT_OK)
		rc = vault_handover_all(v, &all, err);
	if (rc == VAULT_OK)
		keep_running(&all, e.t.id, ven.id, to);
	if (rc == VAULT_OK && all.n == 0)
		rc = nobody(label, ven.name, to, err);
	struct vault_period *p = rc == VAULT_OK ? ledger_running(&all.h[0]) : NULL;
	struct vault_give *last = p != NULL ? &p->gives[p->n_gives - 1] : NULL;
	if (last != NULL && (day < last->date || (p->confirmed != VAULT_NO_DAY && day < p->confirmed)))
		rc = vault_err_set(err, VAULT_REFUSED, "--date is before what is recorded for %s", to);
	else if (last != NULL && until != VAULT_NO_DAY && last->until != VAULT_NO_DAY && until < last->until)
		rc = vault_err_set(err, VAULT_REFUSED, "--until %s would be earlier than agreed: end it with vault unshare instead",
		                   vault_day_format(until, when));
	if (rc == VAULT_OK && until != VAULT_NO_DAY) {
		memcpy(text, "until ", 7);
		vault_day_format(until, text + 6);
	}
	if (rc == VAULT_OK)
		rc = add_confirm(p, day, until, err);
	if (rc == VAULT_OK)
		rc = written_at(v, &all.h[0], &written, err);
	if (rc == VAULT_OK)
		rc = ledger_put(v, &all.h[0], written + 1, err);
	if (rc == VAULT_OK)
		txn_action(v, ACTION_CONFIRM, all.h[0].id,
		           ledger_detail(label, ven.name, all.h[0].to, last->version, text[0] != '\0' ? text : NULL));
	vault_token_clear(&e.t);
	vault_vendor_clear(&ven);
	if (rc == VAULT_OK && out != NULL) {
		*out = all.h[0];
		all.n = 0; /* to and all: there was one */
	}
	vault_handovers_clear(&all);
	return rc;
}
