/* ledger.c - vendors: looked up by name, listed whole. L5; hand-overs in ledger_share.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/ledger.h>

#include "diff.h"
#include "ledger.h"
#include "near.h"
#include "record.h"
#include "token.h"

void ledger_lower(const char *s, char *out, size_t cap)
{
	size_t i = 0;
	for (; s[i] != '\0' && i + 1 < cap; i++)
		out[i] = s[i] >= 'A' && s[i] <= 'Z' ? (char)(s[i] + 32) : s[i];
	out[i] = '\0';
}

void ledger_vendor_tag(const struct vault *v, const char *name, uint8_t tag[16])
{
	char low[VAULT_NAME_MAX + 1];
	ledger_lower(name, low, sizeof low);
	object_tag(v, KIND_VENDOR, low, strlen(low), tag);
}

static enum vault_rc open_vendor(struct vault *v, const struct object *o, struct vault_vendor *out, struct vault_err *err)
{
	uint8_t tag[16];
	enum vault_rc rc = record_vendor_parse(o->text, o->n, out, err);
	if (rc != VAULT_OK)
		return rc;
	ledger_vendor_tag(v, out->name, tag);
	if (memcmp(tag, o->tag, 16) != 0 || memcmp(out->id, o->id, VAULT_ID_LEN) != 0) {
		vault_vendor_clear(out);
		return vault_err_set(err, VAULT_DAMAGED, "a vendor's record is filed under another name: the vault is damaged");
	}
	return VAULT_OK;
}

/* --- all ------------------------------------------------------------------------------------------------- */

enum vault_rc ledger_gather_vendor(void *list, const struct object *o, struct vault_err *err)
{
	struct ledger_vendors *a = list;
	if (a->out->n == a->cap) {
		const size_t cap = a->cap == 0 ? 32 : a->cap * 2;
		struct vault_vendor *p = realloc(a->out->v, cap * sizeof *p);
		if (p == NULL)
			return vault_err_set(err, VAULT_REFUSED, "out of memory");
		a->out->v = p;
		a->cap = cap;
	}
	const enum vault_rc rc = open_vendor(a->v, o, &a->out->v[a->out->n], err);
	a->out->n += rc == VAULT_OK;
	return rc;
}

static int by_name(const void *a, const void *b)
{
	char x[VAULT_NAME_MAX + 1], y[VAULT_NAME_MAX + 1];
	ledger_lower(((const struct vault_vendor *)a)->name, x, sizeof x);
	ledger_lower(((const struct vault_vendor *)b)->name, y, sizeof y);
	return strcmp(x, y);
}

void ledger_gathered_vendors(struct vault_vendors *l, enum vault_rc rc)
{
	if (rc != VAULT_OK)
		vault_vendors_clear(l);
	else if (l->n > 0)
		qsort(l->v, l->n, sizeof *l->v, by_name);
}

enum vault_rc vault_vendor_all(struct vault *v, struct vault_vendors *out, struct vault_err *err)
{
	struct ledger_vendors l = {.v = v, .out = out};
	memset(out, 0, sizeof *out);
	const enum vault_rc rc = object_each(v, KIND_VENDOR, ledger_gather_vendor, &l, err);
	ledger_gathered_vendors(out, rc);
	return rc;
}

enum vault_rc vault_ledger_all(struct vault *v, struct vault_tokens *tokens, struct vault_vendors *vendors,
                               struct vault_handovers *handovers, struct vault_err *err)
{
	struct token_list t = {.v = v, .out = tokens};
	struct ledger_vendors n = {.v = v, .out = vendors};
	struct ledger_handovers h = {.v = v, .out = handovers};
	const struct object_want w[] = {
		{KIND_TOKEN, token_gather, &t}, {KIND_VENDOR, ledger_gather_vendor, &n}, {KIND_HANDOVER, ledger_gather_handover, &h},
	};
	memset(tokens, 0, sizeof *tokens);
	memset(vendors, 0, sizeof *vendors);
	memset(handovers, 0, sizeof *handovers);
	/* Each token asks for the leaf of its values, in an order of chance: read one after another they cost a fraction. */
	enum vault_rc rc = txn_token_leaves(v, err);
	if (rc == VAULT_OK)
		rc = object_each_of(v, w, sizeof w / sizeof w[0], err);
	token_gathered(tokens, rc);
	ledger_gathered_vendors(vendors, rc);
	if (rc != VAULT_OK)
		vault_handovers_clear(handovers);
	return rc;
}

/* --- one ------------------------------------------------------------------------------------------------- */

static enum vault_rc not_found(struct vault *v, const char *name, struct vault_err *err)
{
	struct vault_vendors all;
	char near[3 * VAULT_NAME_MAX + 40] = "", word[2 * VAULT_NAME_MAX];
	enum vault_rc rc = vault_vendor_all(v, &all, err);
	const char **names = rc == VAULT_OK ? calloc(all.n + 1, sizeof *names) : NULL;
	for (size_t i = 0; names != NULL && i < all.n; i++)
		names[i] = all.v[i].name;
	if (names != NULL)
		near_sentence(name, names, all.n, near, sizeof near);
	if (rc == VAULT_OK)
		rc = vault_err_set(err, VAULT_NOTFOUND, "no vendor %s%s: vault vendor add %s --contact EMAIL", name, near,
		                   vault_shell_word(name, word, sizeof word));
	free(names);
	vault_vendors_clear(&all);
	return rc;
}

enum vault_rc ledger_find_vendor(struct vault *v, const char *name, struct vault_vendor *out, uint64_t *written,
                            struct vault_err *err)
{
	struct object o;
	uint8_t tag[16];
	int found = 0;
	memset(out, 0, sizeof *out);
	enum vault_rc rc = vault_vendor_name_check(name, err);
	if (rc != VAULT_OK)
		return rc;
	ledger_vendor_tag(v, name, tag);
	rc = object_get(v, KIND_VENDOR, tag, &o, &found, err);
	if (rc == VAULT_OK && !found)
		rc = not_found(v, name, err);
	else if (rc == VAULT_OK)
		rc = open_vendor(v, &o, out, err);
	*written = o.version;
	object_clear(&o);
	return rc;
}

enum vault_rc vault_vendor_find(struct vault *v, const char *name, struct vault_vendor *out, struct vault_err *err)
{
	uint64_t written = 0;
	return ledger_find_vendor(v, name, out, &written, err);
}

enum vault_rc ledger_vendor_put(struct vault *v, const struct vault_vendor *vendor, uint64_t version, struct vault_err *err)
{
	uint8_t tag[16];
	ledger_vendor_tag(v, vendor->name, tag);
	return object_put_text(v, KIND_VENDOR, tag, vendor->id, version, record_vendor_encode(vendor), err);
}

enum vault_rc ledger_vendor_check(const struct vault_vendor *vendor, struct vault_err *err)
{
	enum vault_rc rc = vault_vendor_name_check(vendor->name, err);
	for (size_t i = 0; i < vendor->contacts.n && rc == VAULT_OK; i++)
		rc = vault_email_check("--contact", vendor->contacts.s[i], err);
	for (size_t i = 0; i < vendor->n_agreements && rc == VAULT_OK; i++)
		rc = vault_text_check("--agreement", vendor->agreements[i].ref, err);
	if (rc == VAULT_OK && vendor->note != NULL)
		rc = vault_text_check("--note", vendor->note, err);
	return rc;
}

/* VAULT_EXISTS where another vendor has the name. */
static enum vault_rc name_free(struct vault *v, const char *name, struct vault_err *err)
{
	struct object there = {.kind = KIND_VENDOR};
	uint8_t tag[16];
	int found = 0;
	ledger_vendor_tag(v, name, tag);
	enum vault_rc rc = object_get(v, KIND_VENDOR, tag, &there, &found, err);
	object_clear(&there);
	if (rc == VAULT_OK && found)
		rc = vault_err_set(err, VAULT_EXISTS, "there is a vendor %s already: vault vendor show '%s'", name, name);
	return rc;
}

enum vault_rc vault_vendor_add(struct vault *v, const struct vault_vendor *vendor, struct vault_err *err)
{
	struct vault_vendor made = *vendor; /* borrows everything but id and day */
	enum vault_rc rc = ledger_vendor_check(vendor, err);
	if (rc == VAULT_OK)
		rc = name_free(v, vendor->name, err);
	if (rc != VAULT_OK)
		return rc;
	handle_new_id(v, made.id);
	made.added = vault_today(v);
	rc = ledger_vendor_put(v, &made, 1, err);
	if (rc == VAULT_OK)
		txn_action(v, ACTION_VENDOR_ADD, made.id, ledger_detail(NULL, made.name, NULL, 0, NULL));
	return rc;
}

/* --- changing -------------------------------------------------------------------------------------------- */

/* An agreement that goes must not be the one that a running hand-over rests on. */
static enum vault_rc agreements_kept(struct vault *v, const struct vault_vendor *was, const struct vault_vendor *now,
                                     struct vault_err *err)
{
	struct vault_handovers all;
	enum vault_rc rc = vault_handover_all(v, &all, err);
	for (size_t i = 0; i < all.n && rc == VAULT_OK; i++) {
		struct vault_period *p = ledger_running(&all.h[i]);
		const char *ref = p != NULL ? p->gives[p->n_gives - 1].agreement : NULL;
		int kept = ref == NULL || memcmp(all.h[i].vendor_id, was->id, VAULT_ID_LEN) != 0;
		for (size_t k = 0; !kept && k < now->n_agreements; k++)
			kept = strcmp(now->agreements[k].ref, ref) == 0;
		if (!kept)
			rc = vault_err_set(err, VAULT_REFUSED, "agreement %s is the one under which %s holds a token: name it too", ref,
			                   all.h[i].to);
	}
	vault_handovers_clear(&all);
	return rc;
}

/* "which was OLD NAME; contacts: was ..., is ..."; NULL where nothing differs. */
static enum vault_rc edit_text(const struct vault_vendor *was, const struct vault_vendor *now, char **text, struct vault_err *err)
{
	struct vault_strings l = {.s = NULL};
	char name[VAULT_NAME_MAX + 16];
	enum vault_rc rc = VAULT_OK;
	snprintf(name, sizeof name, "which was %s", was->name);
	if (strcmp(was->name, now->name) != 0)
		rc = vault_strings_add(&l, name, err);
	if (rc == VAULT_OK)
		rc = diff_vendor(was, now, &l, err);
	if (rc == VAULT_OK && (*text = diff_join(&l)) == NULL && l.n > 0)
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	vault_strings_clear(&l);
	return rc;
}

enum vault_rc vault_vendor_edit(struct vault *v, const char *name, const struct vault_vendor *to, unsigned which,
                                struct vault_err *err)
{
	struct vault_vendor was = {.name = NULL};
	uint64_t written = 0;
	uint8_t old_tag[16], new_tag[16];
	char *text = NULL;
	enum vault_rc rc = ledger_find_vendor(v, name, &was, &written, err);
	if (rc != VAULT_OK)
		return rc;
	struct vault_vendor now = was; /* borrows from both */
	if ((which & VAULT_V_NAME) != 0)
		now.name = to->name;
	if ((which & VAULT_V_CONTACTS) != 0)
		now.contacts = to->contacts;
	if ((which & VAULT_V_AGREEMENTS) != 0) {
		now.agreements = to->agreements;
		now.n_agreements = to->n_agreements;
	}
	if ((which & VAULT_V_VETTED) != 0)
		now.vetted = to->vetted;
	if ((which & VAULT_V_NOTE) != 0)
		now.note = to->note;
	rc = ledger_vendor_check(&now, err);
	ledger_vendor_tag(v, was.name, old_tag);
	if (rc == VAULT_OK)
		ledger_vendor_tag(v, now.name, new_tag);
	if (rc == VAULT_OK && memcmp(old_tag, new_tag, 16) != 0)
		rc = name_free(v, now.name, err);
	if (rc == VAULT_OK && (which & VAULT_V_AGREEMENTS) != 0)
		rc = agreements_kept(v, &was, &now, err);
	if (rc == VAULT_OK && memcmp(old_tag, new_tag, 16) != 0)
		rc = object_remove(v, KIND_VENDOR, old_tag, err);
	if (rc == VAULT_OK)
		rc = ledger_vendor_put(v, &now, written + 1, err);
	if (rc == VAULT_OK)
		rc = edit_text(&was, &now, &text, err);
	if (rc == VAULT_OK)
		txn_action(v, ACTION_VENDOR_EDIT, was.id, ledger_detail(NULL, now.name, NULL, 0, text));
	free(text);
	vault_vendor_clear(&was);
	return rc;
}

enum vault_rc vault_vendor_remove(struct vault *v, const char *name, struct vault_err *err)
{
	struct vault_handovers all = {.h = NULL};
	struct vault_vendor was;
	uint64_t written = 0;
	uint8_t tag[16];
	enum vault_rc rc = ledger_find_vendor(v, name, &was, &written, err);
	if (rc == VAULT_OK)
		rc = vault_handover_all(v, &all, err);
	for (size_t i = 0; i < all.n && rc == VAULT_OK; i++)
		if (memcmp(all.h[i].vendor_id, was.id, VAULT_ID_LEN) == 0)
			rc = vault_err_set(err, VAULT_REFUSED, "vendor %s was given a token: the ledger keeps it; vault vendor end '%s' ends "
			                   "what it holds", was.name, was.name);
	if (rc == VAULT_OK) {
		ledger_vendor_tag(v, was.name, tag);
		rc = object_remove(v, KIND_VENDOR, tag, err);
	}
	if (rc == VAULT_OK)
		txn_action(v, ACTION_VENDOR_REMOVE, was.id, ledger_detail(NULL, was.name, NULL, 0, NULL));
	vault_handovers_clear(&all);
	vault_vendor_clear(&was);
	return rc;
}
