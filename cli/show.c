/* show.c - PRODUCT's JSON objects and the words for the same things. Keys stay once published. */
#include "show.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* From here on a table has room for a day and its words. */
enum { SHOW_WIDE = 110 };

void show_set_strings(struct vault_json *obj, const char *key, const struct vault_strings *l)
{
	struct vault_json *a = vault_json_array();

	for (size_t i = 0; i < l->n; i++)
		vault_json_add_str(a, l->s[i]);
	vault_json_set(obj, key, a);
}

struct vault_json *show_verdict(const struct vault_verdict *v)
{
	struct vault_json *j = vault_json_object();

	vault_json_set_str(j, "result", vault_result_name(v->result));
	vault_json_set_time(j, "checked", v->checked);
	if (v->http_status)
		vault_json_set_int(j, "http_status", v->http_status);
	else
		vault_json_set_null(j, "http_status");
	if (v->error_code)
		vault_json_set_int(j, "error_code", v->error_code);
	else
		vault_json_set_null(j, "error_code");
	vault_json_set_str(j, "message", v->message);
	vault_json_set_str(j, "base", v->base);
	return j;
}

void show_set_verdict(struct vault_json *obj, const char *key, const struct vault_verdict *v)
{
	if (v)
		vault_json_set(obj, key, show_verdict(v));
	else
		vault_json_set_null(obj, key);
}

static void show_set_maybe(struct vault_json *obj, const char *key, int yes)
{
	if (yes < 0)
		vault_json_set_null(obj, key);
	else
		vault_json_set_bool(obj, key, yes);
}

void show_set_identity(struct vault_json *obj, const char *key, const struct vault_identity *i)
{
	struct vault_json *j;

	if (!i) {
		vault_json_set_null(obj, key);
		return;
	}
	j = vault_json_object();
	vault_json_set_str(j, "id", i->id);
	vault_json_set_str(j, "email", i->email);
	vault_json_set_str(j, "account_id", i->account_id);
	vault_json_set_str(j, "account_name", i->account_name);
	show_set_maybe(j, "admin", i->admin);
	show_set_maybe(j, "licensed", i->licensed);
	show_set_maybe(j, "group_admin", i->group_admin);
	show_set_maybe(j, "resource_viewer", i->resource_viewer);
	vault_json_set(obj, key, j);
}

struct vault_json *show_token(const struct vault_token *t, const struct vault_verdict *verdict,
                              const struct vault_verdict *identity, size_t holders, const struct vault_due *due)
{
	const struct vault_version *cur = vault_token_current(t);
	struct vault_json *j = vault_json_object(), *codes = vault_json_array();

	vault_json_set_str(j, "label", t->label);
	vault_json_set_str(j, "account", t->account);
	vault_json_set_str(j, "license", t->license);
	vault_json_set_str(j, "plan", t->plan);
	vault_json_set_str(j, "region", vault_region_name(t->region));
	vault_json_set_str(j, "smartsheet_name", cur->smartsheet_name);
	vault_json_set_str(j, "status", t->removed ? "removed" : "active");
	vault_json_set_int(j, "version", cur->number);
	vault_json_set_day(j, "created", t->created);
	vault_json_set_day(j, "rotated", vault_token_rotated(t));
	if (t->account)
		vault_json_set_int(j, "rotate_every_days", t->rotate_every_days);
	else /* a script's slot: not known to it */
		vault_json_set_null(j, "rotate_every_days");
	vault_json_set_day(j, "rotate_due", vault_token_rotate_due(t));
	vault_json_set_day(j, "expires", t->expires);
	vault_json_set_str(j, "owner", t->owner);
	vault_json_set_str(j, "note", t->note);
	show_set_strings(j, "tags", &t->tags);
	show_set_verdict(j, "verdict", verdict);
	show_set_identity(j, "identity", identity && identity->has_identity ? &identity->identity : NULL);
	if (t->account)
		vault_json_set_int(j, "holders", (int64_t)holders);
	else
		vault_json_set_null(j, "holders");
	for (size_t i = 0; due && i < due->n_reasons; i++)
		if (i == 0 || due->reasons[i].code != due->reasons[i - 1].code)
			vault_json_add_str(codes, vault_reason_name(due->reasons[i].code));
	vault_json_set(j, "due", codes);
	return j;
}

struct vault_json *show_holder(const struct vault_holder *h)
{
	struct vault_json *j = vault_json_object(), *items = vault_json_array();
	const struct vault_give *g = h->give;
	/* On an earlier day (holders --at) it ran, whatever came later. */
	int running = h->state == VAULT_HOLDER_CURRENT || h->state == VAULT_HOLDER_OUTDATED;

	vault_json_set_str(j, "label", h->token->label);
	vault_json_set_str(j, "vendor", h->vendor->name);
	vault_json_set_str(j, "to", h->handover->to);
	vault_json_set_str(j, "purpose", g->purpose);
	for (size_t i = 0; i < g->n_items; i++) {
		struct vault_json *item = vault_json_object();

		vault_json_set_str(item, "id", g->items[i].id);
		vault_json_set_str(item, "level", g->items[i].level);
		vault_json_set_str(item, "name", g->items[i].name);
		vault_json_add(items, item);
	}
	vault_json_set(j, "items", items);
	vault_json_set_str(j, "agreement", g->agreement);
	vault_json_set_day(j, "until", h->until);
	vault_json_set_str(j, "channel", g->channel);
	vault_json_set_day(j, "shared", g->date);
	vault_json_set_day(j, "confirmed", h->confirmed);
	vault_json_set_int(j, "version", g->version);
	vault_json_set_str(j, "state", vault_holder_state_name(h->state));
	vault_json_set_day(j, "ended", running ? VAULT_NO_DAY : h->period->ended);
	vault_json_set_str(j, "reason", running ? NULL : h->period->reason);
	return j;
}

const char *show_when(int64_t day, int64_t today, char out[SHOW_WORDS])
{
	long long n = day > today ? day - today : today - day;
	const char *unit = "days";

	*out = '\0';
	if (day == VAULT_NO_DAY)
		return out;
	if (n == 0)
		return strcpy(out, "today");
	if (n == 1)
		return strcpy(out, day > today ? "tomorrow" : "yesterday");
	/* As people round: a hundred days are days, two years are months. */
	if (n > 730) {
		n = (n + 182) / 365;
		unit = "years";
	} else if (n > 100) {
		n = (n * 12 + 182) / 365;
		unit = "months";
	}
	snprintf(out, SHOW_WORDS, day > today ? "in %lld %s" : "%lld %s ago", n, unit);
	return out;
}

const char *show_day_when(int64_t day, int64_t today, char out[SHOW_WORDS])
{
	char exact[VAULT_DAY_LEN], words[SHOW_WORDS];

	*out = '\0';
	if (day != VAULT_NO_DAY)
		snprintf(out, SHOW_WORDS, "%s (%.60s)", vault_day_format(day, exact), show_when(day, today, words));
	return out;
}

const char *show_day_cell(int64_t day, int64_t today, char out[SHOW_WORDS])
{
	size_t columns = out_columns(STDOUT_FILENO);

	return columns && columns < SHOW_WIDE ? show_when(day, today, out) : show_day_when(day, today, out);
}

const char *show_verdict_words(const struct vault_verdict *v, int64_t today, char out[SHOW_WORDS])
{
	char when[SHOW_WORDS];

	if (!v)
		snprintf(out, SHOW_WORDS, "not checked");
	else
		snprintf(out, SHOW_WORDS, "%s, %.60s", vault_result_name(v->result),
		         show_when(vault_day_of(v->checked), today, when));
	return out;
}

size_t show_holders_first(const struct vault_holders *l, const struct vault_token *t)
{
	size_t lo = 0, hi = l->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(l->h[mid].token->label, t->label) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

void show_set_due_holders(struct vault_json *obj, const struct vault_token *t, const struct vault_holders *l)
{
	struct vault_json *list = vault_json_array();

	for (size_t i = show_holders_first(l, t); i < l->n && strcmp(l->h[i].token->label, t->label) == 0; i++) {
		struct vault_json *one;

		if (l->h[i].token != t) /* a removed one that had this label */
			continue;
		one = vault_json_object();
		vault_json_set_str(one, "vendor", l->h[i].vendor->name);
		vault_json_set_str(one, "to", l->h[i].handover->to);
		vault_json_set_int(one, "version", l->h[i].give->version);
		vault_json_add(list, one);
	}
	vault_json_set(obj, "holders", list);
}

struct vault_json *show_due(const struct vault_due *d, const struct vault_holders *holders)
{
	struct vault_json *obj = vault_json_object(), *reasons = vault_json_array();

	vault_json_set_str(obj, "label", d->token->label);
	vault_json_set_str(obj, "account", d->token->account);
	vault_json_set_day(obj, "due", d->due);
	vault_json_set_int(obj, "days_left", d->days_left);
	for (size_t i = 0; i < d->n_reasons; i++) {
		struct vault_json *one = vault_json_object();

		vault_json_set_str(one, "code", vault_reason_name(d->reasons[i].code));
		vault_json_set_day(one, "since", d->reasons[i].since);
		vault_json_set_str(one, "message", d->reasons[i].message);
		vault_json_add(reasons, one);
	}
	vault_json_set(obj, "reasons", reasons);
	show_set_due_holders(obj, d->token, holders);
	return obj;
}

/* A hand-over whose day passes: it ends, or somebody says that it goes on; whose day it is says how. */
static void show_until_next(const struct vault_due_reason *r, const char *label, char *out, size_t n)
{
	char vendor[2 * VAULT_NAME_MAX], ref[VAULT_MSG_MAX / 2], word[VAULT_MSG_MAX / 2], to[VAULT_MSG_MAX / 2];

	vault_shell_word(r->vendor->name, vendor, sizeof(vendor));
	vault_shell_word(r->handover->to, to, sizeof(to));
	if (r->agreement) {
		snprintf(ref, sizeof(ref), "%s:DATE", r->agreement->ref);
		snprintf(out, n, "vault unshare %s --vendor %s --to %s; if the agreement goes on: vault vendor edit %s "
		                 "--add-agreement %s",
		         label, vendor, to, vendor, vault_shell_word(ref, word, sizeof(word)));
		return;
	}
	snprintf(out, n, "vault unshare %s --vendor %s --to %s; if it is still needed: vault share %s --vendor %s --to %s "
	                 "--confirm --until DATE",
	         label, vendor, to, label, vendor, to);
}

const char *show_reason_next(const struct vault_token *t, const struct vault_due_reason *r, char *out, size_t n)
{
	const char *label = t->label;

	if (r->version != 0 && r->version != vault_token_current(t)->number && r->code != VAULT_DUE_UNTIL)
		snprintf(out, n, "revoke the old value in Smartsheet, then: vault check --retired %s", label);
	else if (r->code == VAULT_DUE_UNTIL)
		show_until_next(r, label, out, n);
	else if (r->code == VAULT_DUE_UNCHECKED)
		snprintf(out, n, "vault check %s", label);
	else if (r->code == VAULT_DUE_EXPOSED)
		snprintf(out, n, "vault exposure %s, which names what is too much: take the account off it in Smartsheet, and ask again", label);
	else
		snprintf(out, n, "vault rotate %s, with a new token made in Smartsheet", label);
	return out;
}

const char *show_due_next(const struct vault_due *d, char *out, size_t n)
{
	const struct vault_due_reason *r = d && d->n_reasons ? &d->reasons[0] : NULL;

	*out = '\0';
	for (size_t i = 1; d && i < d->n_reasons; i++)
		if (d->reasons[i].since < r->since)
			r = &d->reasons[i];
	return r ? show_reason_next(d->token, r, out, n) : out;
}

static void show_append(char *out, size_t n, const char *separator, const char *text)
{
	size_t len = strlen(out);

	snprintf(out + len, n - len, "%s%s", len ? separator : "", text);
}

const char *show_identity_words(const struct vault_identity *i, char *out, size_t n)
{
	*out = '\0';
	if (!i)
		return out;
	show_append(out, n, "", i->email ? i->email : i->id ? i->id : "a user without a name");
	if (i->account_name) {
		show_append(out, n, " (", i->account_name);
		show_append(out, n, "", ")");
	}
	if (i->licensed >= 0)
		show_append(out, n, ", ", i->licensed ? "licensed" : "not licensed");
	if (i->admin > 0)
		show_append(out, n, ", ", "system admin");
	if (i->group_admin > 0)
		show_append(out, n, ", ", "group admin");
	if (i->resource_viewer > 0)
		show_append(out, n, ", ", "resource viewer");
	return out;
}

const char *show_due_codes(const struct vault_due *d, char *out, size_t n)
{
	*out = '\0';
	for (size_t i = 0; d && i < d->n_reasons; i++)
		if (i == 0 || d->reasons[i].code != d->reasons[i - 1].code)
			show_append(out, n, ", ", vault_reason_name(d->reasons[i].code));
	return out;
}
