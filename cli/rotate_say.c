/* rotate_say.c - what a rotation says: who must be given the new value, and what became of the old one. */
#include <stdio.h>
#include <string.h>

#include "out.h"
#include "rotate.h"
#include "show.h"

const struct vault_version *rotate_old(const struct rotate_run *r)
{
	return vault_token_current(r->t);
}

int rotate_died(const struct rotate_run *r)
{
	return r->proof.n == 1 && r->proof.r[0].died;
}

/* The ledger as it was before: everybody in it holds a value that is now old. */
static int rotate_gets(const struct rotate_run *r, size_t i)
{
	return r->holders.h[i].token == r->t;
}

int rotate_refused(const struct vault_verdict *v)
{
	return v && (v->result == VAULT_INVALID || v->result == VAULT_EXPIRED || v->result == VAULT_REVOKED);
}

int rotate_provable(const struct rotate_run *r)
{
	const char *base = vault_api_base(&r->api, r->t->region);

	return (r->how.old_verdict && r->how.old_verdict->result == VAULT_VALID) ||
	       vault_check_can_prove(&r->f.verdicts, rotate_old(r)->commit, base);
}

static void rotate_json(struct call *c, const struct session *s, const struct rotate_run *r,
                        const struct vault_token *now)
{
	struct vault_json *items = vault_json_array(), *give = vault_json_array();
	const struct vault_version *old = rotate_old(r);
	const struct vault_verdict *v = r->how.verdict;
	struct vault_json *j;
	size_t n = 0;

	for (size_t i = 0; i < r->holders.n; i++) {
		if (!rotate_gets(r, i))
			continue;
		j = vault_json_object();
		vault_json_set_str(j, "vendor", r->holders.h[i].vendor->name);
		vault_json_set_str(j, "to", r->holders.h[i].handover->to);
		vault_json_set_int(j, "version", r->holders.h[i].give->version);
		vault_json_add(give, j);
		n++;
	}
	j = show_token(now, v, v, n, NULL);
	vault_json_set_int(j, "old_version", old->number);
	vault_json_set_str(j, "old_smartsheet_name", old->smartsheet_name);
	show_set_verdict(j, "old_verdict", r->how.old_verdict);
	vault_json_set_str(j, "old_status", vault_version_status_name(rotate_died(r) ? VAULT_DEAD : VAULT_RETIRED));
	vault_json_set(j, "give_to", give);
	vault_json_add(items, j);
	out_json(c->out, "rotate", vault_now(s->v), &items);
}

/* Where the old value is to be revoked, and which of that list it is. */
static void rotate_where(struct out *o, const struct rotate_run *r, const struct vault_token *now)
{
	static const char place[] = "Smartsheet > Personal Settings > API Access";
	const struct vault_version *old = rotate_old(r);
	char day[VAULT_DAY_LEN], text[2 * VAULT_MSG_MAX];

	if (old->smartsheet_name)
		snprintf(text, sizeof(text),
		         "The old value works until it is revoked: %s, as %s, the token named \"%s\".", place,
		         now->account, old->smartsheet_name);
	else
		snprintf(text, sizeof(text),
		         "The old value works until it is revoked: %s, as %s. Its name there was never recorded: look "
		         "for "
		         "the one made on %s, neither the new one nor another that `vault list --account %s` shows.",
		         place, now->account, vault_day_format(old->created, day), now->account);
	out_field(o, "", 0, text);
	if (old->smartsheet_name || vault_token_current(now)->smartsheet_name)
		return;
	snprintf(text, sizeof(text),
	         "So that the next one is easier to find: vault edit %s --smartsheet-name NAME records the "
	         "new value's name.",
	         now->label);
	out_field(o, "", 0, text);
}

static void rotate_text(struct call *c, const struct rotate_run *r, const struct vault_token *now)
{
	struct out *o = c->out;
	char day[VAULT_DAY_LEN];
	int any = 0;

	out_printf(o, "%s: version %u is current, version %u is retired\n", now->label,
	           vault_token_current(now)->number, rotate_old(r)->number);
	for (size_t i = 0; i < r->holders.n; i++) {
		if (!rotate_gets(r, i))
			continue;
		if (!any++)
			out_printf(o, "Give the new value to:\n");
		out_printf(o, "  %s at %s\n", r->holders.h[i].handover->to, r->holders.h[i].vendor->name);
	}
	if (!any)
		out_printf(o, "Nobody outside has to be given the new value.\n");
	if (rotate_died(r))
		out_printf(o, "The old value is proved dead, and erased: Smartsheet %s.\n",
		           rotate_refused(r->how.old_verdict) ? "says it does not work any more" : "revoked it");
	else if (r->how.old_revoked != VAULT_NO_DAY)
		out_printf(o, "The old value was revoked on %s, as you say.\n",
		           vault_day_format(r->how.old_revoked, day));
	else if (rotate_refused(r->how.old_verdict))
		out_printf(o, "The old value does not work any more: Smartsheet says %s.\n",
		           vault_result_name(r->how.old_verdict->result));
	else
		rotate_where(o, r, now);
}

/* What was never seen to work cannot be proved dead, and whoever knows it keeps the token due for ever: the time to see it
 * work is before it is revoked. */
static void rotate_unproved(struct out *o, const struct rotate_run *r, const struct vault_token *now)
{
	const struct vault_verdict *v = r->how.old_verdict;

	if (rotate_refused(v))
		out_note(o,
		         "the old value was never seen to work, and Smartsheet says %s: it cannot be proved dead, and "
		         "stays retired",
		         vault_result_name(v->result));
	else if (v)
		out_note(o,
		         "the old value could not be seen to work (%s): it cannot be proved dead later, unless `vault "
		         "check "
		         "--retired %s` finds it valid before it is revoked",
		         v->message ? v->message : vault_result_name(v->result), now->label);
	else
		out_note(o,
		         "the old value was never seen to work: it cannot be proved dead later, unless `vault check "
		         "--retired "
		         "%s` finds it valid before it is revoked",
		         now->label);
}

void rotate_tell(struct call *c, const struct session *s, const struct rotate_run *r,
                        const struct vault_token *now)
{
	if (c->out->json)
		rotate_json(c, s, r, now);
	else
		rotate_text(c, r, now);
	if (r->how.unchecked)
		out_note(c->out, "unchecked: it stays due until vault check %s has asked Smartsheet", now->label);
	if (!rotate_old(r)->has_value || rotate_died(r)) {
		out_next(c->out, "vault check %s", now->label);
		return;
	}
	if (rotate_provable(r)) {
		out_next(c->out, "vault check --retired %s, which proves the old value dead once it is revoked",
		         now->label);
		return;
	}
	rotate_unproved(c->out, r, now);
	if (rotate_refused(r->how.old_verdict))
		out_next(c->out, "vault show %s", now->label);
	else
		out_next(c->out, "vault check --retired %s, before the old value is revoked", now->label);
}
