/* vendor_edit.c - vault vendor edit, remove: what is recorded of a vendor. The ledger of what it was given stays. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "ledger.h"
#include "show.h"
#include "vendor.h"

/* --- edit --- */

struct vendor_edit_work {
	struct vault_vendor to; /* the fields of `which` */
	unsigned which;
	struct vault_vendor was, now;
	size_t holders;
};

static enum vault_rc vendor_edit_args(struct call *c, struct vendor_edit_work *w, struct vault_err *err)
{
	const struct args *a = c->args;
	const char *name = args_str(a, OPT_NAME);
	enum vault_rc rc = vault_vendor_name_check(a->operands[0], err);

	w->which = (name ? VAULT_V_NAME : 0u) | (args_flag(a, OPT_CONTACT) ? VAULT_V_CONTACTS : 0u) |
	           (args_flag(a, OPT_AGREEMENT) || args_flag(a, OPT_ADD_AGREEMENT) ? VAULT_V_AGREEMENTS : 0u) |
	           (args_flag(a, OPT_VETTED) ? VAULT_V_VETTED : 0u) | (args_flag(a, OPT_NOTE) ? VAULT_V_NOTE : 0u);
	if (rc == VAULT_OK && w->which == 0)
		rc = args_usage(
		        a, err,
		        "nothing to change: --name, --contact, --agreement, --add-agreement, --vetted or --note");
	if (rc == VAULT_OK && args_flag(a, OPT_AGREEMENT) && args_flag(a, OPT_ADD_AGREEMENT))
		rc = args_usage(a, err, "--agreement sets the whole list, --add-agreement adds to it: not both");
	if (rc == VAULT_OK && name)
		rc = vault_vendor_name_check(name, err);
	if (rc == VAULT_OK && name && !(w->to.name = strdup(name)))
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	if (rc == VAULT_OK)
		rc = vendor_contacts(c, 1, &w->to, err);
	if (rc == VAULT_OK)
		rc = vendor_agreements(c, args_flag(a, OPT_AGREEMENT) ? OPT_AGREEMENT : OPT_ADD_AGREEMENT,
		                       args_flag(a, OPT_AGREEMENT), &w->to, err);
	if (rc == VAULT_OK)
		rc = vendor_vetted_note(c, 1, &w->to, err);
	return rc;
}

static const struct vault_agreement *vendor_edit_agreement(const struct vault_vendor *v, const char *ref)
{
	for (size_t i = 0; i < v->n_agreements; i++)
		if (strcmp(v->agreements[i].ref, ref) == 0)
			return &v->agreements[i];
	return NULL;
}

/* What there was stands in front; one that is named again has its new day. */
static enum vault_rc vendor_edit_merge(struct vendor_edit_work *w, struct vault_err *err)
{
	struct vault_vendor all = {
	        .agreements = calloc(w->was.n_agreements + w->to.n_agreements + 1, sizeof(*all.agreements))};
	enum vault_rc rc = all.agreements ? VAULT_OK : vault_err_set(err, VAULT_REFUSED, "out of memory");

	for (size_t i = 0; rc == VAULT_OK && i < w->was.n_agreements + w->to.n_agreements; i++) {
		size_t more = i - w->was.n_agreements;
		const struct vault_agreement *a =
		        i < w->was.n_agreements ? &w->was.agreements[i] : &w->to.agreements[more];
		const struct vault_agreement *again = vendor_edit_agreement(&w->to, a->ref);

		if (i >= w->was.n_agreements && vendor_edit_agreement(&w->was, a->ref))
			continue;
		all.agreements[all.n_agreements].until = again ? again->until : a->until;
		if (!(all.agreements[all.n_agreements].ref = strdup(a->ref)))
			rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
		else
			all.n_agreements++;
	}
	if (rc == VAULT_OK) {
		struct vault_agreement *list = all.agreements;
		size_t n = all.n_agreements;

		all.agreements = w->to.agreements;
		all.n_agreements = w->to.n_agreements;
		w->to.agreements = list;
		w->to.n_agreements = n;
	}
	vault_vendor_clear(&all);
	return rc;
}

/* Who holds something of it now. */
static enum vault_rc vendor_edit_holders(struct session *s, const struct vault_vendor *v, size_t *n,
                                         struct vault_err *err)
{
	struct vault_handovers all = {0};
	enum vault_rc rc = vault_handover_all(s->v, &all, err);

	for (size_t i = 0; i < all.n; i++)
		*n += memcmp(all.h[i].vendor_id, v->id, VAULT_ID_LEN) == 0 &&
		      all.h[i].periods[all.h[i].n_periods - 1].ended == VAULT_NO_DAY;
	vault_handovers_clear(&all);
	return rc;
}

static enum vault_rc vendor_edit_store(struct call *c, struct session *s, struct vendor_edit_work *w,
                                       struct vault_err *err)
{
	const char *name = c->args->operands[0];
	enum vault_rc rc = vault_begin(s->v, VAULT_WRITE, err);

	if (rc == VAULT_OK)
		rc = vault_vendor_find(s->v, name, &w->was, err);
	if (rc == VAULT_OK && args_flag(c->args, OPT_ADD_AGREEMENT))
		rc = vendor_edit_merge(w, err);
	if (rc == VAULT_OK)
		rc = vault_vendor_edit(s->v, name, &w->to, w->which, err);
	if (rc == VAULT_OK)
		rc = vault_vendor_find(s->v, w->to.name ? w->to.name : name, &w->now, err);
	if (rc == VAULT_OK)
		rc = vendor_edit_holders(s, &w->now, &w->holders, err);
	if (rc == VAULT_OK)
		rc = vault_commit(s->v, err);
	vault_end(s->v);
	return rc;
}

static void vendor_edit_field(struct out *o, const char *field, const char *was, const char *now)
{
	if (!was || !*was)
		was = "nothing";
	if (!now || !*now)
		now = "nothing";
	if (strcmp(was, now) != 0)
		out_note(o, "%s: was %s, is %s", field, was, now);
}

static const char *vendor_edit_lists(const struct vault_vendor *v, int agreements, char *out, size_t n)
{
	size_t count = agreements ? v->n_agreements : v->contacts.n, len = 0;
	char words[1100];

	*out = '\0';
	for (size_t i = 0; i < count && len < n - 1; i++)
		len += (size_t)snprintf(out + len, n - len, "%s%s", i ? ", " : "",
		                        agreements ? vendor_agreement_words(&v->agreements[i], words, sizeof(words))
		                                   : v->contacts.s[i]);
	return out;
}

static void vendor_edit_tell(struct call *c, const struct session *s, const struct vendor_edit_work *w)
{
	char was[400], now[400];
	struct vault_json *items = NULL;

	if (c->out->json) {
		items = vault_json_array();
		vault_json_add(items, vendor_json(&w->now, w->holders));
		out_json(c->out, "vendor-edit", vault_now(s->v), &items);
	}
	vendor_edit_field(c->out, "name", w->was.name, w->now.name);
	vendor_edit_field(c->out, "contacts", vendor_edit_lists(&w->was, 0, was, sizeof(was)),
	                  vendor_edit_lists(&w->now, 0, now, sizeof(now)));
	vendor_edit_field(c->out, "agreements", vendor_edit_lists(&w->was, 1, was, sizeof(was)),
	                  vendor_edit_lists(&w->now, 1, now, sizeof(now)));
	vendor_edit_field(c->out, "vetted", vault_day_format(w->was.vetted, was), vault_day_format(w->now.vetted, now));
	vendor_edit_field(c->out, "note", w->was.note, w->now.note);
	if (w->which & VAULT_V_AGREEMENTS)
		vendor_past(c, &w->now, vault_today(s->v));
}

static enum vault_rc vendor_edit(struct call *c, struct vault_err *err)
{
	struct session s = {0};
	struct vendor_edit_work w = {0};
	enum vault_rc rc = vendor_edit_args(c, &w, err);

	if (rc == VAULT_OK)
		rc = session_open(c, &s, err);
	if (rc == VAULT_OK)
		rc = vendor_edit_store(c, &s, &w, err);
	if (rc == VAULT_OK)
		vendor_edit_tell(c, &s, &w);
	vault_vendor_clear(&w.to);
	vault_vendor_clear(&w.was);
	vault_vendor_clear(&w.now);
	session_close(&s);
	return rc;
}

static const struct command_option vendor_edit_options[] = {
        {OPT_NAME, 0, "name", "NEW", 0, "a new name; the ledger follows"},
        {OPT_CONTACT, 0, "contact", "EMAIL", 1, "the contacts, instead of those there are; '' clears"},
        {OPT_AGREEMENT, 0, "agreement", "REF[:UNTIL]", 1, "the agreements, instead of those there are; '' clears"},
        {OPT_ADD_AGREEMENT, 0, "add-agreement", "REF[:UNTIL]", 1, "one more, or a new last day of one there is"},
        {OPT_VETTED, 0, "vetted", "DATE", 0, "the day they were vetted; '' clears"},
        {OPT_NOTE, 0, "note", "TEXT", 0, "anything else; '' clears"},
        {0, 0, NULL, NULL, 0, NULL},
};

const struct command vendor_edit_command = {
        .name = "vendor edit",
        .purpose = "change what is recorded of a vendor",
        .operands = "NAME",
        .min_operands = 1,
        .max_operands = 1,
        .options = vendor_edit_options,
        .run = vendor_edit,
};

/* --- remove --- */

static enum vault_rc vendor_edit_remove(struct call *c, struct vault_err *err)
{
	const char *name = c->args->operands[0];
	struct session s = {0};
	struct vault_vendor gone = {0};
	struct vault_json *items = NULL;
	enum vault_rc rc = vault_vendor_name_check(name, err);

	if (rc == VAULT_OK)
		rc = session_open(c, &s, err);
	if (rc == VAULT_OK)
		rc = vault_begin(s.v, VAULT_WRITE, err);
	if (rc == VAULT_OK)
		rc = vault_vendor_find(s.v, name, &gone, err);
	if (rc == VAULT_OK)
		rc = vault_vendor_remove(s.v, name, err);
	if (rc == VAULT_OK)
		rc = vault_commit(s.v, err);
	vault_end(s.v);
	if (rc == VAULT_OK && c->out->json) {
		items = vault_json_array();
		vault_json_add(items, vendor_json(&gone, 0));
		out_json(c->out, "vendor-remove", vault_now(s.v), &items);
	}
	if (rc == VAULT_OK)
		out_note(c->out, "vendor %s is removed; it was never given anything", gone.name);
	vault_vendor_clear(&gone);
	session_close(&s);
	return rc;
}

const struct command vendor_remove_command = {
        .name = "vendor remove",
        .purpose = "forget a vendor that was never given anything",
        .operands = "NAME",
        .min_operands = 1,
        .max_operands = 1,
        .run = vendor_edit_remove,
};
