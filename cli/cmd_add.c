/* vault add: stores a token under a label, with what the vault must know of it. */
#include <string.h>

#include <vault/policy.h>
#include <vault/token.h>

#include "args.h"
#include "command.h"
#include "out.h"
#include "prompt.h"
#include "session.h"
#include "show.h"
#include "tokenopts.h"

enum { ADD_ROTATE_EVERY = 90 };

static const struct command_option add_options[] = {
        {OPT_ACCOUNT, 0, "account", "EMAIL", 0, "the user it acts as"},
        {OPT_LICENSE, 0, "license", "TYPE", 0, "licensed free member provisional guest viewer contributor"},
        {OPT_PLAN, 0, "plan", "PLAN", 0, "free individual pro business enterprise awm"},
        {OPT_REGION, 0, "region", "REGION", 0, "us, eu, au or gov (us)"},
        {OPT_NO_VALUE, 0, "no-value", NULL, 0, "record a token whose value nobody has"},
        {OPT_SMARTSHEET_NAME, 0, "smartsheet-name", "NAME", 0, "its name in Smartsheet's list, to revoke it there"},
        {OPT_OWNER, 0, "owner", "EMAIL", 0, "who answers for it"},
        {OPT_CREATED, 0, "created", "DATE", 0, "day it was generated (today)"},
        {OPT_ROTATE_EVERY, 0, "rotate-every", "DAYS", 0, "days until it must be rotated, 0: never (90)"},
        {OPT_EXPIRES, 0, "expires", "DATE", 0, "last day, by the organisation's setting"},
        {OPT_TAG, 0, "tag", "TAG", 1, "a word to find it by; may be repeated"},
        {OPT_NOTE, 0, "note", "TEXT", 0, "anything else"},
        {OPT_FORCE, 0, "force", NULL, 0, "store it though such a user cannot generate tokens"},
        {0, 0, NULL, NULL, 0, NULL},
};

/* Everything that is wrong with the line itself: status 2, before a vault is looked at. */
static enum vault_rc add_read(const struct args *a, struct tokenopts *add, struct vault_err *err)
{
	enum vault_rc rc;

	if (!args_str(a, OPT_ACCOUNT))
		return args_usage(a, err, "--account EMAIL is missing");
	if (!args_str(a, OPT_LICENSE))
		return args_usage(a, err, "--license TYPE is missing");
	rc = vault_label_check(a->operands[0], err);
	if (rc == VAULT_OK)
		rc = tokenopts_read(a, 0, add, err);
	if (!(add->which & VAULT_F_ROTATE_EVERY))
		add->t.rotate_every_days = ADD_ROTATE_EVERY;
	add->t.label = tokenopts_borrow(a->operands[0]);
	return rc;
}

/* What would be refused anyway is refused before a person is asked for the value. */
static enum vault_rc add_ready(struct call *c, struct session *s, const struct vault_token *t, struct vault_err *err)
{
	const char *why = NULL;
	enum vault_rc rc = vault_begin(s->v, VAULT_READ, err);

	if (rc == VAULT_OK)
		rc = session_want_admin(s, err);
	if (rc == VAULT_OK)
		rc = vault_label_free(s->v, t->label, err);
	vault_end(s->v);
	if (rc != VAULT_OK || args_flag(c->args, OPT_FORCE))
		return rc;
	if (vault_eligible(t->license, t->plan, &why) == VAULT_ELIGIBLE_NO)
		return vault_err_set(err, VAULT_REFUSED, "%s: --force stores it all the same", why);
	return VAULT_OK;
}

static enum vault_rc add_value(struct call *c, const char *label, struct vault_secret **value, struct vault_err *err)
{
	char text[VAULT_LABEL_MAX + 32] = "Token for ";
	int odd = 0;
	enum vault_rc rc;

	strcat(strcat(text, label), ": ");
	rc = prompt_value(c, text, value, err);
	if (rc == VAULT_OK)
		rc = vault_value_clean(*value, &odd, err);
	if (rc == VAULT_OK && odd)
		out_note(c->out, "a raw token has 37 characters, an older one 26; this one has %zu: is it whole?",
		         vault_secret_len(*value));
	return rc;
}

static void add_tell(struct call *c, struct session *s, const struct vault_token *t)
{
	struct vault_json *items = NULL;

	tokenopts_warn(c->out, t, vault_today(s->v));
	if (c->out->json) {
		items = vault_json_array();
		vault_json_add(items, show_token(t, NULL, NULL, 0, NULL));
		out_json(c->out, "add", vault_now(s->v), &items);
	}
	out_note(c->out, "%s is stored", t->label);
	if (vault_token_current(t)->has_value)
		out_next(c->out, "vault check %s", t->label);
	else
		out_next(c->out,
		         "vault share %s --vendor NAME --to EMAIL says who has it; vault rotate %s gives it a value",
		         t->label, t->label);
}

static enum vault_rc add_run(struct call *c, struct vault_err *err)
{
	struct tokenopts add = {0};
	struct vault_token stored = {0};
	struct vault_secret *value = NULL;
	struct session s = {0};
	enum vault_rc rc;

	rc = add_read(c->args, &add, err);
	if (rc == VAULT_OK)
		rc = session_open(c, &s, err);
	if (rc == VAULT_OK)
		rc = add_ready(c, &s, &add.t, err);
	if (rc == VAULT_OK && !args_flag(c->args, OPT_NO_VALUE))
		rc = add_value(c, add.t.label, &value, err);
	if (rc == VAULT_OK && add.t.created == VAULT_NO_DAY)
		add.t.created = vault_today(s.v);
	if (rc == VAULT_OK)
		rc = vault_begin(s.v, VAULT_WRITE, err);
	if (rc == VAULT_OK)
		rc = vault_token_add(s.v, &add.t, value, args_flag(c->args, OPT_FORCE) ? VAULT_FORCE : 0, &stored, err);
	if (rc == VAULT_OK)
		rc = vault_commit(s.v, err);
	vault_end(s.v);
	if (rc == VAULT_OK)
		add_tell(c, &s, &stored);
	vault_secret_free(&value);
	vault_token_clear(&stored);
	tokenopts_clear(&add);
	session_close(&s);
	return rc;
}

const struct command cmd_add = {
        .name = "add",
        .purpose = "store a token",
        .operands = "LABEL",
        .min_operands = 1,
        .max_operands = 1,
        .options = add_options,
        .run = add_run,
        .day = 1,
};
