/* ledger.c - vendors: looked up by name, listed whole. L5; hand-overs in ledger_share.c. */
#include <stdlib.h>
#include <string.h>

#include <vault/ledger.h>

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

static void vendor_tag(const struct vault *v, const char *name, uint8_t tag[16])
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
	vendor_tag(v, out->name, tag);
	if (memcmp(tag, o->tag, 16) != 0 || memcmp(out->id, o->id, VAULT_ID_LEN) != 0) {
		vault_vendor_clear(out);
		return vault_err_set(err, VAULT_DAMAGED, "a vendor's record is filed under another name: the vault is damaged");
	}
	return VAULT_OK;
}

/* --- all ------------------------------------------------------------------------------------------------- */

struct all {
	struct vault *v;
	struct vault_vendors *out;
	size_t cap;
};

static enum vault_rc collect(void *ctx, const struct object *o, struct vault_err *err)
{
	struct all *a = ctx;
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

enum vault_rc vault_vendor_all(struct vault *v, struct vault_vendors *out, struct vault_err *err)
{
	struct all a = {.v = v, .out = out};
	memset(out, 0, sizeof *out);
	const enum vault_rc rc = object_each(v, KIND_VENDOR, collect, &a, err);
	if (rc != VAULT_OK)
		vault_vendors_clear(out);
	else if (out->n > 0)
		qsort(out->v, out->n, sizeof *out->v, by_name);
	return rc;
}

/* --- one ------------------------------------------------------------------------------------------------- */

static enum vault_rc not_found(struct vault *v, const char *name, struct vault_err *err)
{
	struct vault_vendors all;
	char near[3 * VAULT_NAME_MAX + 40] = "";
	enum vault_rc rc = vault_vendor_all(v, &all, err);
	const char **names = rc == VAULT_OK ? calloc(all.n + 1, sizeof *names) : NULL;
	for (size_t i = 0; names != NULL && i < all.n; i++)
		names[i] = all.v[i].name;
	if (names != NULL)
		near_sentence(name, names, all.n, near, sizeof near);
	if (rc == VAULT_OK)
		rc = vault_err_set(err, VAULT_NOTFOUND, "no vendor %s%s: vault vendor add '%s' --contact EMAIL", name, near, name);
	free(names);
	vault_vendors_clear(&all);
	return rc;
}

enum vault_rc vault_vendor_find(struct vault *v, const char *name, struct vault_vendor *out, struct vault_err *err)
{
	struct object o;
	uint8_t tag[16];
	int found = 0;
	memset(out, 0, sizeof *out);
	enum vault_rc rc = vault_vendor_name_check(name, err);
	if (rc != VAULT_OK)
		return rc;
	vendor_tag(v, name, tag);
	rc = object_get(v, KIND_VENDOR, tag, &o, &found, err);
	if (rc == VAULT_OK && !found)
		rc = not_found(v, name, err);
	else if (rc == VAULT_OK)
		rc = open_vendor(v, &o, out, err);
	object_clear(&o);
	return rc;
}

static enum vault_rc check_vendor(const struct vault_vendor *vendor, struct vault_err *err)
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

enum vault_rc vault_vendor_add(struct vault *v, const struct vault_vendor *vendor, struct vault_err *err)
{
	struct object o = {.kind = KIND_VENDOR}, there = {.kind = KIND_VENDOR};
	struct vault_vendor made = *vendor; /* borrows everything but id and day */
	int found = 0;
	enum vault_rc rc = check_vendor(vendor, err);
	if (rc != VAULT_OK)
		return rc;
	vendor_tag(v, vendor->name, o.tag);
	rc = object_get(v, KIND_VENDOR, o.tag, &there, &found, err);
	object_clear(&there);
	if (rc == VAULT_OK && found)
		rc = vault_err_set(err, VAULT_EXISTS, "there is a vendor %s already: vault vendor show '%s'", vendor->name, vendor->name);
	if (rc != VAULT_OK)
		return rc;
	handle_new_id(v, made.id);
	made.added = vault_today(v);
	memcpy(o.id, made.id, VAULT_ID_LEN);
	o.version = 1;
	o.text = record_vendor_encode(&made);
	if (o.text == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	o.n = strlen(o.text);
	rc = object_put(v, &o, err);
	if (rc == VAULT_OK)
		txn_action(v, ACTION_VENDOR_ADD, made.id, token_detail(NULL, 0, made.name));
	object_clear(&o);
	return rc;
}
