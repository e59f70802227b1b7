/* cmd_vendor.c - vault vendor: the outside organisations that are given tokens; add, list, show. What changes one is in
 * vendor_edit.c and vendor_end.c. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "ledger.h"
#include "show.h"
#include "table.h"
#include "vendor.h"

/* --- add --- */

static enum vault_rc vendor_add_args(struct call *c, struct vault_vendor *v, struct vault_err *err)
{
	enum vault_rc rc = vault_vendor_name_check(c->args->operands[0], err);

	v->name = strdup(c->args->operands[0]);
	if (rc == VAULT_OK && !v->name)
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	if (rc == VAULT_OK)
		rc = vendor_contacts(c, 0, v, err);
	if (rc == VAULT_OK)
		rc = vendor_agreements(c, OPT_AGREEMENT, 0, v, err);
	if (rc == VAULT_OK)
		rc = vendor_vetted_note(c, 0, v, err);
	return rc;
}

static enum vault_rc vendor_add(struct call *c, struct vault_err *err)
{
	struct session s = {0};
	struct vault_vendor v = {0}, stored = {0};
	struct vault_json *items = NULL;
	char name[2 * VAULT_NAME_MAX], ref[1100] = "";
	enum vault_rc rc = vendor_add_args(c, &v, err);

	if (rc == VAULT_OK)
		rc = session_open(c, &s, err);
	if (rc == VAULT_OK)
		rc = vault_begin(s.v, VAULT_WRITE, err);
	if (rc == VAULT_OK)
		rc = vault_vendor_add(s.v, &v, err);
	if (rc == VAULT_OK)
		rc = vault_vendor_find(s.v, v.name, &stored, err);
	if (rc == VAULT_OK)
		rc = vault_commit(s.v, err);
	if (rc != VAULT_OK)
		goto out;
	out_note(c->out, "vendor %s is recorded", stored.name);
	vendor_past(c, &stored, vault_today(s.v));
	if (c->out->json) {
		items = vault_json_array();
		vault_json_add(items, vendor_json(&stored, 0));
		out_json(c->out, "vendor-add", vault_now(s.v), &items);
	}
	if (stored.n_agreements > 0)
		vault_shell_word(stored.agreements[0].ref, ref, sizeof(ref));
	out_next(c->out, "vault share LABEL --vendor %s --to EMAIL%s%s", vault_shell_word(stored.name, name, sizeof(name)),
	         *ref ? " --agreement " : "", ref);
out:
	vault_vendor_clear(&v);
	vault_vendor_clear(&stored);
	session_close(&s);
	return rc;
}

/* --- list --- */

/* Running hand-overs of each vendor, in the order of the facts; to be freed. */
static size_t *vendor_counts(const struct facts *f, const struct vault_holders *l)
{
	size_t *n = calloc(f->vendors.n + 1, sizeof(*n));

	for (size_t i = 0; n && i < l->n; i++)
		n[l->h[i].vendor - f->vendors.v]++;
	return n;
}

static void vendor_table(struct out *o, const struct vault_vendors *l, const size_t *holders)
{
	static const struct table_column columns[] = {
		{"VENDOR", 0, TABLE_CUT}, {"HOLDERS", 1, 0}, {"AGREEMENTS", 0, TABLE_WRAP}, {"VETTED", 0, TABLE_FROM(90)},
		{"CONTACTS", 0, TABLE_CUT | TABLE_FROM(100)}, {NULL, 0, 0},
	};
	struct table *t = table_new(columns);
	char day[VAULT_DAY_LEN];

	for (size_t i = 0; i < l->n; i++) {
		const struct vault_vendor *v = &l->v[i];
		char agreements[512] = "", contacts[512] = "", words[256];
		size_t n = 0;

		for (size_t k = 0; k < v->n_agreements && n < sizeof(agreements) - 1; k++)
			n += (size_t)snprintf(agreements + n, sizeof(agreements) - n, "%s%s", k > 0 ? ", " : "",
			                      vendor_agreement_words(&v->agreements[k], words, sizeof(words)));
		n = 0;
		for (size_t k = 0; k < v->contacts.n && n < sizeof(contacts) - 1; k++)
			n += (size_t)snprintf(contacts + n, sizeof(contacts) - n, "%s%s", k > 0 ? ", " : "", v->contacts.s[k]);
		table_line(t);
		table_cell(t, v->name, TABLE_PLAIN);
		table_cell_int(t, (long long)holders[i]);
		table_cell(t, agreements, TABLE_PLAIN);
		table_cell(t, vault_day_format(v->vetted, day), TABLE_PLAIN);
		table_cell(t, contacts, TABLE_PLAIN);
	}
	table_print(&t, o);
}

static enum vault_rc vendor_list(struct call *c, struct vault_err *err)
{
	struct session s = {0};
	struct facts f = {0};
	struct vault_holders l = {0};
	struct vault_json *items = NULL;
	size_t *n = NULL;
	enum vault_rc rc = session_open(c, &s, err);

	if (rc == VAULT_OK)
		rc = ledger_load(&s, &f, err);
	if (rc == VAULT_OK)
		rc = vault_holders_at(&f.f, f.f.today, 0, &l, err);
	if (rc == VAULT_OK && !(n = vendor_counts(&f, &l)))
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	if (rc != VAULT_OK)
		goto out;
	if (c->out->json) {
		items = vault_json_array();
		for (size_t i = 0; i < f.vendors.n; i++)
			vault_json_add(items, vendor_json(&f.vendors.v[i], n[i]));
		out_json(c->out, "vendor-list", vault_now(s.v), &items);
	} else {
		vendor_table(c->out, &f.vendors, n);
		if (f.vendors.n == 0)
			out_next(c->out, "vault vendor add NAME --contact EMAIL --agreement REF:UNTIL");
	}
out:
	free(n);
	vault_holders_clear(&l);
	facts_clear(&f);
	session_close(&s);
	return rc;
}

/* --- show --- */

/* Ending a hand-over puts nobody out: what they know must die. */
static void vendor_show_out(struct out *o, const struct vault_vendor *v, const struct vault_holders *l, int64_t today)
{
	struct vault_vendor_out is;
	char words[256], when[SHOW_WORDS];
	size_t n = 0;

	vault_vendor_out(l, v, today, &is);
	if (is.since != VAULT_NO_DAY)
		snprintf(words, sizeof(words), "really, since %s: every value that was given there is dead",
		         show_day_when(is.since, today, when));
	else if (is.holding + is.knowing == 0)
		snprintf(words, sizeof(words), "nothing was ever given there");
	else
		n = (size_t)snprintf(words, sizeof(words), "not yet: ");
	if (n > 0 && is.holding > 0)
		n += (size_t)snprintf(words + n, sizeof(words) - n, "%zu hand-over%s", is.holding, is.holding == 1 ? " runs" : "s run");
	if (n > 0 && is.knowing > 0)
		snprintf(words + n, sizeof(words) - n, "%s%zu ended, but what was given then is not proved dead",
		         is.holding > 0 ? ", " : "", is.knowing);
	out_field(o, "out", 10, words);
}

static void vendor_show_json(struct call *c, int64_t now, const struct vault_vendor *v, const struct vault_holders *l,
                             int64_t today)
{
	struct vault_json *items = vault_json_array(), *obj = NULL, *list = vault_json_array();
	struct vault_vendor_out is;
	size_t running = 0;

	for (size_t i = 0; i < l->n; i++) {
		running += l->h[i].state == VAULT_HOLDER_CURRENT || l->h[i].state == VAULT_HOLDER_OUTDATED;
		vault_json_add(list, show_holder(&l->h[i]));
	}
	obj = vendor_json(v, running);
	vault_vendor_out(l, v, today, &is);
	vault_json_set_bool(obj, "out", is.holding + is.knowing == 0);
	vault_json_set_day(obj, "out_since", is.since);
	vault_json_set(obj, "handovers", list);
	vault_json_add(items, obj);
	out_json(c->out, "vendor-show", now, &items);
}

static void vendor_show_text(struct out *o, const struct vault_vendor *v, const struct vault_holders *l, int64_t today)
{
	char day[VAULT_DAY_LEN], when[SHOW_WORDS], words[1200];

	out_field(o, "vendor", 10, v->name);
	for (size_t i = 0; i < v->contacts.n; i++)
		out_field(o, "contact", 10, v->contacts.s[i]);
	for (size_t i = 0; i < v->n_agreements; i++) {
		const struct vault_agreement *a = &v->agreements[i];

		snprintf(words, sizeof(words), "%s%s%s", a->ref, a->until != VAULT_NO_DAY ? " until " : "",
		         show_day_when(a->until, today, when));
		out_field(o, "agreement", 10, words);
	}
	out_field(o, "vetted", 10, show_day_when(v->vetted, today, when));
	out_field(o, "note", 10, v->note);
	out_field(o, "added", 10, vault_day_format(v->added, day));
	vendor_show_out(o, v, l, today);
	if (l->n > 0)
		out_printf(o, "\n");
	ledger_table(o, l->h, l->n, today);
	if (l->n > 0)
		ledger_next(o, l->h, l->n);
	else
		out_next(o, "vault share LABEL --vendor %s --to EMAIL", vault_shell_word(v->name, words, sizeof(words)));
}

static enum vault_rc vendor_show(struct call *c, struct vault_err *err)
{
	struct session s = {0};
	struct facts f = {0};
	struct vault_holders l = {0};
	const struct vault_vendor *v = NULL;
	size_t n = 0;
	enum vault_rc rc = vault_vendor_name_check(c->args->operands[0], err);

	if (rc == VAULT_OK)
		rc = session_open(c, &s, err);
	if (rc == VAULT_OK)
		rc = ledger_load(&s, &f, err);
	if (rc == VAULT_OK)
		rc = ledger_vendor(&s, &f, c->args->operands[0], &v, err);
	if (rc == VAULT_OK)
		rc = vault_holders_at(&f.f, f.f.today, 1, &l, err);
	if (rc != VAULT_OK)
		goto out;
	for (size_t i = 0; i < l.n; i++)
		if (l.h[i].vendor == v)
			l.h[n++] = l.h[i];
	l.n = n;
	if (c->out->json)
		vendor_show_json(c, vault_now(s.v), v, &l, f.f.today);
	else
		vendor_show_text(c->out, v, &l, f.f.today);
out:
	vault_holders_clear(&l);
	facts_clear(&f);
	session_close(&s);
	return rc;
}

static const struct command_option vendor_add_options[] = {
	{OPT_CONTACT, 0, "contact", "EMAIL", 1, "whom to ask there; as often as needed"},
	{OPT_AGREEMENT, 0, "agreement", "REF[:UNTIL]", 1, "a contract or NDA, and its last day"},
	{OPT_VETTED, 0, "vetted", "DATE", 0, "the day they were vetted"},
	{OPT_NOTE, 0, "note", "TEXT", 0, "anything else"},
	{0, 0, NULL, NULL, 0, NULL},
};

static const struct command vendor_add_command = {
	.name = "vendor add",
	.purpose = "record an outside organisation",
	.operands = "NAME",
	.min_operands = 1,
	.max_operands = 1,
	.options = vendor_add_options,
	.run = vendor_add,
	.day = 1,
};

static const struct command vendor_list_command = {
	.name = "vendor list",
	.purpose = "list the vendors",
	.operands = "",
	.run = vendor_list,
};

static const struct command vendor_show_command = {
	.name = "vendor show",
	.purpose = "show a vendor and what it was given",
	.operands = "NAME",
	.min_operands = 1,
	.max_operands = 1,
	.run = vendor_show,
	.day = 1,
};

static const struct command *const vendor_subs[] = {&vendor_add_command,  &vendor_edit_command,   &vendor_list_command,
                                                    &vendor_show_command, &vendor_remove_command, &vendor_end_command,
                                                    NULL};

const struct command cmd_vendor = {
	.name = "vendor",
	.purpose = "the outside organisations that are given tokens",
	.operands = "add|edit|list|show|remove|end",
	.subs = vendor_subs,
	.day = 1,
};
