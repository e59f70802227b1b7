/* vendor_end.c - vault vendor end: all hand-overs of a vendor end; what they still know and what their own users may still be
 * shared on is listed, because neither goes away by itself. */
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "ledger.h"
#include "show.h"
#include "table.h"
#include "vendor.h"

/* An item of Smartsheet and who of theirs it was named for. */
struct vendor_end_item {
	const struct vault_item *item;
	struct vault_strings to;
};

struct vendor_end_work {
	const char *name, *reason;
	int64_t date;
	struct facts f; /* with the endings */
	const struct vault_vendor *v;
	struct vault_handovers ended; /* now */
	struct vault_holders l;       /* all this vendor ever had */
	struct vendor_end_item *items;
	size_t n_items;
};

static enum vault_rc vendor_end_args(struct call *c, struct vendor_end_work *w, struct vault_err *err)
{
	enum vault_rc rc = vault_vendor_name_check(c->args->operands[0], err);

	w->name = c->args->operands[0];
	w->date = VAULT_NO_DAY;
	if (rc == VAULT_OK)
		rc = args_day(c->args, OPT_DATE, &w->date, err);
	if (rc == VAULT_OK)
		rc = args_text(c->args, OPT_REASON, &w->reason, err);
	return rc;
}

/* The vendor's hand-overs on the day of the end, or today where that is past. */
static enum vault_rc vendor_end_look(struct session *s, struct vendor_end_work *w, struct vault_err *err)
{
	int64_t today = vault_today(s->v), at = w->date != VAULT_NO_DAY && w->date > today ? w->date : today;
	enum vault_rc rc = vault_ledger_all(s->v, &w->f.tokens, &w->f.vendors, &w->f.handovers, err);
	size_t n = 0;

	w->f.f = (struct vault_facts){.tokens = &w->f.tokens, .vendors = &w->f.vendors, .handovers = &w->f.handovers,
	                               .today = today};
	if (rc == VAULT_OK)
		rc = vault_holders_at(&w->f.f, at, 1, &w->l, err);
	for (size_t i = 0; i < w->f.vendors.n; i++)
		if (ledger_same(w->f.vendors.v[i].name, w->name))
			w->v = &w->f.vendors.v[i];
	if (rc == VAULT_OK && !w->v)
		rc = vault_err_set(err, VAULT_NOTFOUND, "no vendor %s", w->name);
	for (size_t i = 0; i < w->l.n; i++)
		if (w->l.h[i].vendor == w->v)
			w->l.h[n++] = w->l.h[i];
	w->l.n = n;
	return rc;
}

static enum vault_rc vendor_end_item(struct vendor_end_item **l, size_t *n, const struct vault_item *item,
                                     const char *to, struct vault_err *err)
{
	struct vendor_end_item *more;
	size_t i = 0;

	while (i < *n && strcmp((*l)[i].item->id, item->id) != 0)
		i++;
	if (i == *n) {
		more = reallocarray(*l, *n + 1, sizeof(*more));
		if (!more)
			return vault_err_set(err, VAULT_REFUSED, "out of memory");
		*l = more;
		more[(*n)++] = (struct vendor_end_item){.item = item};
	}
	/* What was said last, where it says more. */
	if (item->name || !(*l)[i].item->name)
		(*l)[i].item = item;
	for (size_t k = 0; k < (*l)[i].to.n; k++)
		if (ledger_same((*l)[i].to.s[k], to))
			return VAULT_OK;
	return vault_strings_add(&(*l)[i].to, to, err);
}

/* Of every giving that was no mistake. */
static enum vault_rc vendor_end_items(struct vendor_end_work *w, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;

	for (size_t i = 0; i < w->l.n; i++) {
		const struct vault_handover *h = w->l.h[i].handover;

		for (size_t p = 0; p < h->n_periods; p++)
			for (size_t g = 0; g < h->periods[p].n_gives && !h->periods[p].never_given; g++)
				for (size_t k = 0; rc == VAULT_OK && k < h->periods[p].gives[g].n_items; k++)
					rc = vendor_end_item(&w->items, &w->n_items, &h->periods[p].gives[g].items[k],
					                     h->to, err);
	}
	return rc;
}

static enum vault_rc vendor_end_store(struct session *s, struct vendor_end_work *w, struct vault_err *err)
{
	enum vault_rc rc = vault_begin(s->v, VAULT_WRITE, err);

	if (rc == VAULT_OK)
		rc = vault_vendor_end(s->v, w->name, w->date, w->reason, &w->ended, err);
	/* Before the commit: what fails here leaves everything as it was. */
	if (rc == VAULT_OK)
		rc = vendor_end_look(s, w, err);
	if (rc == VAULT_OK)
		rc = vendor_end_items(w, err);
	if (rc == VAULT_OK && w->ended.n > 0)
		rc = vault_commit(s->v, err);
	vault_end(s->v);
	return rc;
}

static int vendor_end_knows(const struct vault_holder *h)
{
	return h->state == VAULT_HOLDER_ENDED_LIVE || h->state == VAULT_HOLDER_ENDED_RETIRED;
}

static int vendor_end_is_new(const struct vendor_end_work *w, const struct vault_holder *h)
{
	for (size_t i = 0; i < w->ended.n; i++)
		if (memcmp(w->ended.h[i].id, h->handover->id, VAULT_ID_LEN) == 0)
			return 1;
	return 0;
}

/* --- what is printed --- */

static void vendor_end_json(struct call *c, const struct session *s, const struct vendor_end_work *w)
{
	struct vault_json *ended = vault_json_array(), *rotate = vault_json_array(), *unshare = vault_json_array();
	struct vault_json *obj = vault_json_object(), *list = vault_json_array(), *one;

	for (size_t i = 0; i < w->l.n; i++) {
		const struct vault_holder *h = &w->l.h[i];

		if (vendor_end_is_new(w, h))
			vault_json_add(ended, show_holder(h));
		if (!vendor_end_knows(h))
			continue;
		one = vault_json_object();
		vault_json_set_str(one, "label", h->token->label);
		vault_json_set_str(one, "status", h->token->removed ? "removed" : "active");
		vault_json_set_str(one, "to", h->handover->to);
		vault_json_set_int(one, "version", h->give->version);
		vault_json_set_str(one, "state", vault_holder_state_name(h->state));
		vault_json_add(rotate, one);
	}
	for (size_t i = 0; i < w->n_items; i++) {
		const struct vendor_end_item *item = &w->items[i];

		one = vault_json_object();
		vault_json_set_str(one, "id", item->item->id);
		vault_json_set_str(one, "level", item->item->level);
		vault_json_set_str(one, "name", item->item->name);
		show_set_strings(one, "to", &item->to);
		vault_json_add(unshare, one);
	}
	vault_json_set_str(obj, "vendor", w->v->name);
	vault_json_set(obj, "ended", ended);
	vault_json_set(obj, "rotate", rotate);
	vault_json_set(obj, "unshare", unshare);
	vault_json_add(list, obj);
	out_json(c->out, "vendor-end", vault_now(s->v), &list);
}

static void vendor_end_rotate(struct out *o, const struct vendor_end_work *w)
{
	static const struct table_column columns[] = {{"LABEL", 0, 0},
	                                              {"VER", 1, 0},
	                                              {"KNOWN TO", 0, TABLE_CUT},
	                                              {"WHAT TO DO", 0, TABLE_WRAP},
	                                              {NULL, 0, 0}};
	struct table *t = NULL;

	for (size_t i = 0; i < w->l.n; i++) {
		const struct vault_holder *h = &w->l.h[i];

		if (!vendor_end_knows(h))
			continue;
		if (!t) {
			out_printf(o, "To be rotated, because nobody forgets what they were given:\n");
			t = table_new(columns);
		}
		table_line(t);
		table_cell(t, h->token->label, TABLE_PLAIN);
		table_cell_int(t, h->give->version);
		table_cell(t, h->handover->to, TABLE_PLAIN);
		if (h->token->removed)
			table_cell(t, "removed here: see that it is revoked in Smartsheet", TABLE_BAD);
		else if (h->state == VAULT_HOLDER_ENDED_LIVE)
			table_cell(t, "the live value: rotate", TABLE_BAD);
		else
			table_cell(t, "an old value: revoke it, then check --retired", TABLE_BAD);
	}
	if (t)
		table_print(&t, o);
	else
		out_printf(o, "Nothing has to be rotated: nobody there knows a value that may still work.\n");
}

static void vendor_end_unshare(struct out *o, const struct vendor_end_item *items, size_t n)
{
	static const struct table_column columns[] = {
	        {"ITEM", 0, 0}, {"NAME", 0, TABLE_CUT}, {"LEVEL", 0, 0}, {"NAMED FOR", 0, TABLE_WRAP}, {NULL, 0, 0}};
	struct table *t = NULL;

	if (n == 0)
		return;
	out_printf(o, "\nTo be unshared in Smartsheet, where a user of theirs is shared on it:\n");
	t = table_new(columns);
	for (size_t i = 0; i < n; i++) {
		char to[1024] = "";
		size_t len = 0;

		for (size_t k = 0; k < items[i].to.n && len + strlen(items[i].to.s[k]) + 3 < sizeof(to); k++)
			len = strlen(strcat(strcat(to, k ? ", " : ""), items[i].to.s[k]));
		table_line(t);
		table_cell(t, items[i].item->id, TABLE_PLAIN);
		table_cell(t, items[i].item->name, TABLE_PLAIN);
		table_cell(t, items[i].item->level, TABLE_PLAIN);
		table_cell(t, to, TABLE_PLAIN);
	}
	table_print(&t, o);
}

static void vendor_end_tell(struct call *c, const struct session *s, const struct vendor_end_work *w)
{
	if (w->ended.n == 0)
		out_note(c->out, "nobody at %s holds anything: nothing was changed", w->v->name);
	for (size_t i = 0; i < w->l.n; i++)
		if (vendor_end_is_new(w, &w->l.h[i]))
			out_note(c->out, "ended: %s of %s, with %s", w->l.h[i].handover->to, w->v->name,
			         w->l.h[i].token->label);
	if (c->out->json) {
		vendor_end_json(c, s, w);
	} else {
		vendor_end_rotate(c->out, w);
		vendor_end_unshare(c->out, w->items, w->n_items);
	}
	if (w->n_items == 0 && w->l.n > 0)
		out_note(c->out, "no item was named when it was given: look in Smartsheet whether a user of theirs is "
		                 "shared on sheets "
		                 "or workspaces; that outlives the token");
	ledger_next(c->out, w->l.h, w->l.n);
}

static enum vault_rc vendor_end(struct call *c, struct vault_err *err)
{
	struct session s = {0};
	struct vendor_end_work w = {0};
	enum vault_rc rc = vendor_end_args(c, &w, err);

	if (rc == VAULT_OK)
		rc = session_open(c, &s, err);
	if (rc == VAULT_OK)
		rc = vendor_end_store(&s, &w, err);
	if (rc == VAULT_OK)
		vendor_end_tell(c, &s, &w);
	for (size_t i = 0; i < w.n_items; i++)
		vault_strings_clear(&w.items[i].to);
	free(w.items);
	vault_holders_clear(&w.l);
	vault_handovers_clear(&w.ended);
	facts_clear(&w.f);
	session_close(&s);
	return rc;
}

static const struct command_option vendor_end_options[] = {
        {OPT_REASON, 0, "reason", "TEXT", 0, "why"},
        {OPT_DATE, 0, "date", "DATE", 0, "the day it ended (today)"},
        {0, 0, NULL, NULL, 0, NULL},
};

const struct command vendor_end_command = {
        .name = "vendor end",
        .purpose = "end all of a vendor's hand-overs; list what to do",
        .operands = "NAME",
        .min_operands = 1,
        .max_operands = 1,
        .options = vendor_end_options,
        .run = vendor_end,
};
