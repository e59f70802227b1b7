/* ledger_share.c - hand-overs: listed whole, recorded, given anew. L5; confirmed and ended in ledger_end.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/json.h>

#include "ledger.h"
#include "near.h"
#include "record.h"
#include "token.h"

void ledger_tag(const struct vault *v, const uint8_t token_id[16], const uint8_t vendor_id[16], const char *to, uint8_t tag[16])
{
	uint8_t name[32 + LEDGER_EMAIL_MAX + 1];
	memcpy(name, token_id, 16);
	memcpy(name + 16, vendor_id, 16);
	ledger_lower(to, (char *)name + 32, LEDGER_EMAIL_MAX + 1);
	object_tag(v, KIND_HANDOVER, name, 32 + strlen((char *)name + 32), tag);
}

enum vault_rc ledger_open(struct vault *v, const struct object *o, struct vault_handover *out, struct vault_err *err)
{
	uint8_t tag[16];
	enum vault_rc rc = record_handover_parse(o->text, o->n, out, err);
	if (rc != VAULT_OK)
		return rc;
	ledger_tag(v, out->token_id, out->vendor_id, out->to, tag);
	if (memcmp(tag, o->tag, 16) != 0 || memcmp(out->id, o->id, VAULT_ID_LEN) != 0) {
		vault_handover_clear(out);
		return vault_err_set(err, VAULT_DAMAGED, "a hand-over's record is filed under another name: the vault is damaged");
	}
	return VAULT_OK;
}

/* --- all ------------------------------------------------------------------------------------------------- */

enum vault_rc ledger_gather_handover(void *list, const struct object *o, struct vault_err *err)
{
	struct ledger_handovers *a = list;
	if (a->out->n == a->cap) {
		const size_t cap = a->cap == 0 ? 64 : a->cap * 2;
		struct vault_handover *p = realloc(a->out->h, cap * sizeof *p);
		if (p == NULL)
			return vault_err_set(err, VAULT_REFUSED, "out of memory");
		a->out->h = p;
		a->cap = cap;
	}
	const enum vault_rc rc = ledger_open(a->v, o, &a->out->h[a->out->n], err);
	a->out->n += rc == VAULT_OK;
	return rc;
}

enum vault_rc vault_handover_all(struct vault *v, struct vault_handovers *out, struct vault_err *err)
{
	struct ledger_handovers l = {.v = v, .out = out};
	memset(out, 0, sizeof *out);
	const enum vault_rc rc = object_each(v, KIND_HANDOVER, ledger_gather_handover, &l, err);
	if (rc != VAULT_OK)
		vault_handovers_clear(out);
	return rc;
}

/* --- changing -------------------------------------------------------------------------------------------- */

enum vault_rc ledger_put(struct vault *v, const struct vault_handover *h, uint64_t version, struct vault_err *err)
{
	uint8_t tag[16];
	ledger_tag(v, h->token_id, h->vendor_id, h->to, tag);
	return object_put_text(v, KIND_HANDOVER, tag, h->id, version, record_handover_encode(h), err);
}

static char *dup_or_null(const char *s, int *failed)
{
	char *p = s != NULL ? strdup(s) : NULL;
	*failed |= s != NULL && p == NULL;
	return p;
}

static enum vault_rc copy_give(const struct vault_give *from, struct vault_give *to, struct vault_err *err)
{
	int failed = 0;
	*to = *from;
	to->purpose = dup_or_null(from->purpose, &failed);
	to->agreement = dup_or_null(from->agreement, &failed);
	to->channel = dup_or_null(from->channel, &failed);
	to->items = calloc(from->n_items + 1, sizeof *to->items);
	to->n_items = to->items == NULL ? 0 : from->n_items;
	failed |= to->items == NULL;
	for (size_t i = 0; i < to->n_items; i++) {
		to->items[i].id = dup_or_null(from->items[i].id, &failed);
		to->items[i].level = dup_or_null(from->items[i].level, &failed);
		to->items[i].name = dup_or_null(from->items[i].name, &failed);
	}
	if (failed)
		vault_give_clear(to);
	return failed ? vault_err_set(err, VAULT_REFUSED, "out of memory") : VAULT_OK;
}

struct vault_period *ledger_running(struct vault_handover *h)
{
	struct vault_period *p = h->n_periods == 0 ? NULL : &h->periods[h->n_periods - 1];
	return p != NULL && p->ended == VAULT_NO_DAY ? p : NULL;
}

static enum vault_rc add_give(struct vault_handover *h, const struct vault_give *give, struct vault_err *err)
{
	struct vault_period *p = ledger_running(h);
	if (p == NULL) {
		struct vault_period *list = realloc(h->periods, (h->n_periods + 1) * sizeof *list);
		if (list == NULL)
			return vault_err_set(err, VAULT_REFUSED, "out of memory");
		h->periods = list;
		p = &list[h->n_periods++];
		memset(p, 0, sizeof *p);
		p->ended = p->confirmed = VAULT_NO_DAY;
	}
	struct vault_give *gives = realloc(p->gives, (p->n_gives + 1) * sizeof *gives);
	if (gives == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	p->gives = gives;
	const enum vault_rc rc = copy_give(give, &gives[p->n_gives], err);
	p->n_gives += rc == VAULT_OK;
	return rc;
}

/* Dates of a hand-over must not run backwards, or holders --at would answer for the wrong day. */
static enum vault_rc check_date(const struct vault_handover *h, const struct vault_token *t, int64_t date, struct vault_err *err)
{
	const struct vault_period *p = h->n_periods == 0 ? NULL : &h->periods[h->n_periods - 1];
	char day[VAULT_DAY_LEN];
	if (date < vault_token_current(t)->created)
		return vault_err_set(err, VAULT_REFUSED, "--date is before %s, when version %u of %s was made",
		                     vault_day_format(vault_token_current(t)->created, day), vault_token_current(t)->number, t->label);
	if (p != NULL && (date < p->gives[p->n_gives - 1].date || (p->ended != VAULT_NO_DAY && date < p->ended)))
		return vault_err_set(err, VAULT_REFUSED, "--date is before %s, which is already recorded for %s",
		                     vault_day_format(p->ended != VAULT_NO_DAY ? p->ended : p->gives[p->n_gives - 1].date, day), h->to);
	return VAULT_OK;
}

static enum vault_rc check_agreement(const struct vault_vendor *vendor, const char *ref, struct vault_err *err)
{
	char near[3 * VAULT_NAME_MAX + 40] = "", vendor_word[2 * VAULT_NAME_MAX], with_day[VAULT_MSG_MAX],
		word[VAULT_MSG_MAX];
	if (ref == NULL)
		return VAULT_OK;
	const char **refs = calloc(vendor->n_agreements + 1, sizeof *refs);
	for (size_t i = 0; i < vendor->n_agreements; i++) {
		if (refs != NULL)
			refs[i] = vendor->agreements[i].ref;
		if (strcmp(vendor->agreements[i].ref, ref) == 0) {
			free(refs);
			return VAULT_OK;
		}
	}
	if (refs != NULL)
		near_sentence(ref, refs, vendor->n_agreements, near, sizeof near);
	free(refs);
	snprintf(with_day, sizeof with_day, "%s:UNTIL", ref);
	return vault_err_set(err, VAULT_NOTFOUND, "vendor %s has no agreement %s%s: vault vendor edit %s --add-agreement %s",
	                     vendor->name, ref, near, vault_shell_word(vendor->name, vendor_word, sizeof vendor_word),
	                     vault_shell_word(with_day, word, sizeof word));
}

/* The hand-over of (token, vendor, person), or a new one; `*written` is its object's version, 0 for a new one. */
static enum vault_rc find_or_new(struct vault *v, const struct vault_token *t, const struct vault_vendor *vendor,
                                 const char *to, struct vault_handover *h, uint64_t *written, struct vault_err *err)
{
	struct object o;
	uint8_t tag[16];
	int found = 0;
	memset(h, 0, sizeof *h);
	*written = 0;
	ledger_tag(v, t->id, vendor->id, to, tag);
	enum vault_rc rc = object_get(v, KIND_HANDOVER, tag, &o, &found, err);
	if (rc == VAULT_OK && found) {
		*written = o.version;
		rc = ledger_open(v, &o, h, err);
	} else if (rc == VAULT_OK) {
		handle_new_id(v, h->id);
		memcpy(h->token_id, t->id, VAULT_ID_LEN);
		memcpy(h->vendor_id, vendor->id, VAULT_ID_LEN);
		h->to = strdup(to);
		if (h->to == NULL)
			rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	}
	object_clear(&o);
	return rc;
}

enum vault_rc vault_handover_find(struct vault *v, const char *label, const char *vendor, const char *to,
                                  struct vault_handover *out, struct vault_err *err)
{
	struct token_entry e = {.written = 0};
	struct vault_vendor ven = {.name = NULL};
	uint64_t written;
	memset(out, 0, sizeof *out);
	enum vault_rc rc = token_find(v, label, &e, err);
	if (rc == VAULT_OK)
		rc = vault_vendor_find(v, vendor, &ven, err);
	if (rc == VAULT_OK)
		rc = find_or_new(v, &e.t, &ven, to, out, &written, err);
	if (rc != VAULT_OK)
		vault_handover_clear(out);
	vault_token_clear(&e.t);
	vault_vendor_clear(&ven);
	return rc;
}

char *ledger_detail(const char *label, const char *vendor, const char *to, uint32_t version, const char *reason)
{
	size_t n = 0;
	struct vault_json *j = vault_json_object();
	vault_json_set_str(j, "label", label);
	vault_json_set_str(j, "vendor", vendor);
	vault_json_set_str(j, "to", to);
	vault_json_set_int(j, "version", version);
	vault_json_set_str(j, "text", reason);
	char *s = vault_json_dump(j, 0, &n);
	vault_json_free(&j);
	return s;
}

static enum vault_rc check_give(const char *to, const struct vault_give *give, struct vault_err *err)
{
	enum vault_rc rc = vault_email_check("--to", to, err);
	if (rc == VAULT_OK && strlen(to) > LEDGER_EMAIL_MAX)
		rc = vault_err_set(err, VAULT_USAGE, "--to is longer than an e-mail address can be");
	if (rc == VAULT_OK && give->purpose != NULL)
		rc = vault_text_check("--purpose", give->purpose, err);
	if (rc == VAULT_OK && give->channel != NULL)
		rc = vault_text_check("--channel", give->channel, err);
	return rc;
}

enum vault_rc vault_share(struct vault *v, const char *label, const char *vendor, const char *to,
                          const struct vault_give *give, struct vault_handover *out, struct vault_err *err)
{
	struct token_entry e = {.written = 0};
	struct vault_vendor ven = {.name = NULL};
	struct vault_handover h = {.to = NULL};
	struct vault_give now = *give;
	uint64_t written = 0;
	enum vault_rc rc = check_give(to, give, err);
	if (rc == VAULT_OK)
		rc = token_find(v, label, &e, err);
	if (rc == VAULT_OK)
		rc = vault_vendor_find(v, vendor, &ven, err);
	if (rc == VAULT_OK)
		rc = check_agreement(&ven, give->agreement, err);
	if (rc == VAULT_OK)
		rc = find_or_new(v, &e.t, &ven, to, &h, &written, err);
	if (rc == VAULT_OK) {
		now.version = vault_token_current(&e.t)->number;
		now.date = give->date != VAULT_NO_DAY ? give->date : vault_today(v);
		rc = check_date(&h, &e.t, now.date, err);
	}
	if (rc == VAULT_OK)
		rc = add_give(&h, &now, err);
	if (rc == VAULT_OK)
		rc = ledger_put(v, &h, written + 1, err);
	if (rc == VAULT_OK)
		txn_action(v, ACTION_SHARE, h.id, ledger_detail(label, ven.name, h.to, now.version, give->purpose));
	vault_token_clear(&e.t);
	vault_vendor_clear(&ven);
	if (rc == VAULT_OK && out != NULL)
		*out = h;
	else
		vault_handover_clear(&h);
	return rc;
}
