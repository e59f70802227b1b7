/* vendor.c - options, JSON and words that the commands about vendors share. */
#include "vendor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "out.h"
#include "show.h"

struct vault_json *vendor_json(const struct vault_vendor *v, size_t holders)
{
	struct vault_json *obj = vault_json_object(), *list = vault_json_array();

	vault_json_set_str(obj, "name", v->name);
	show_set_strings(obj, "contacts", &v->contacts);
	for (size_t i = 0; i < v->n_agreements; i++) {
		struct vault_json *one = vault_json_object();

		vault_json_set_str(one, "ref", v->agreements[i].ref);
		vault_json_set_day(one, "until", v->agreements[i].until);
		vault_json_add(list, one);
	}
	vault_json_set(obj, "agreements", list);
	vault_json_set_day(obj, "vetted", v->vetted);
	vault_json_set_str(obj, "note", v->note);
	vault_json_set_day(obj, "added", v->added);
	vault_json_set_int(obj, "holders", (int64_t)holders);
	return obj;
}

const char *vendor_agreement_words(const struct vault_agreement *a, char *out, size_t n)
{
	char day[VAULT_DAY_LEN];

	snprintf(out, n, "%s%s%s", a->ref, a->until != VAULT_NO_DAY ? " until " : "", vault_day_format(a->until, day));
	return out;
}

static int vendor_cleared(const struct args *a, enum opt_id id)
{
	const char *first = args_nth(a, id, 0);

	return first && !*first && !args_nth(a, id, 1);
}

enum vault_rc vendor_contacts(struct call *c, int clear, struct vault_vendor *v, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	const char *s;

	if (clear && vendor_cleared(c->args, OPT_CONTACT))
		return VAULT_OK;
	for (size_t i = 0; rc == VAULT_OK && (s = args_nth(c->args, OPT_CONTACT, i)) != NULL; i++) {
		rc = vault_email_check("--contact", s, err);
		if (rc == VAULT_OK)
			rc = vault_strings_add(&v->contacts, s, err);
	}
	return rc;
}

/* REF[:UNTIL]: what follows the last colon is the date, so that a REF may have colons where a date (or nothing)
 * follows it. */
static enum vault_rc vendor_agreement(struct call *c, const char *name, const char *text, struct vault_vendor *v,
                                      size_t given, struct vault_err *err)
{
	struct vault_agreement *a = &v->agreements[v->n_agreements];
	const char *colon = strrchr(text, ':');
	size_t n = colon ? (size_t)(colon - text) : strlen(text);
	enum vault_rc rc;

	a->until = VAULT_NO_DAY;
	if (colon && colon[1] && vault_day_parse(colon + 1, &a->until, NULL) != VAULT_OK)
		return args_usage(c->args, err, "%s wants REF or REF:DATE, as NDA-7:2027-01-31, not %s", name, text);
	if (n == 0)
		return args_usage(c->args, err, "%s wants REF or REF:DATE, the REF is missing", name);
	a->ref = strndup(text, n);
	if (!a->ref)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	v->n_agreements++;
	rc = vault_text_check(name, a->ref, err);
	for (size_t i = v->n_agreements - 1 - given; rc == VAULT_OK && i + 1 < v->n_agreements; i++)
		if (strcmp(v->agreements[i].ref, a->ref) == 0)
			rc = args_usage(c->args, err, "%s %s is given twice", name, a->ref);
	return rc;
}

enum vault_rc vendor_agreements(struct call *c, enum opt_id agreement, int clear, struct vault_vendor *v,
                                struct vault_err *err)
{
	const char *name = agreement == OPT_AGREEMENT ? "--agreement" : "--add-agreement";
	struct vault_agreement *more = NULL;
	enum vault_rc rc = VAULT_OK;
	size_t n = 0;

	while (args_nth(c->args, agreement, n))
		n++;
	if (n == 0 || (clear && vendor_cleared(c->args, agreement)))
		return VAULT_OK;
	more = reallocarray(v->agreements, v->n_agreements + n, sizeof(*more));
	if (!more)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	v->agreements = more;
	for (size_t i = 0; rc == VAULT_OK && i < n; i++)
		rc = vendor_agreement(c, name, args_nth(c->args, agreement, i), v, i, err);
	return rc;
}

enum vault_rc vendor_vetted_note(struct call *c, int clear, struct vault_vendor *v, struct vault_err *err)
{
	const char *note = NULL;
	enum vault_rc rc = VAULT_OK;

	v->vetted = VAULT_NO_DAY;
	if (!clear || !vendor_cleared(c->args, OPT_VETTED))
		rc = args_day(c->args, OPT_VETTED, &v->vetted, err);
	if (rc == VAULT_OK)
		rc = args_text(c->args, OPT_NOTE, &note, err);
	if (rc == VAULT_OK && note && *note && !(v->note = strdup(note)))
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	return rc;
}

void vendor_past(struct call *c, const struct vault_vendor *v, int64_t today)
{
	char words[1100];

	for (size_t i = 0; i < v->n_agreements; i++)
		if (v->agreements[i].until != VAULT_NO_DAY && v->agreements[i].until < today)
			out_note(c->out, "agreement %s is past already",
			         vendor_agreement_words(&v->agreements[i], words, sizeof(words)));
}
