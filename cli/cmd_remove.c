/* vault remove: erases a token's values; who held them stays known, and the label is free. */
#include <stdio.h>
#include <string.h>

#include <vault/token.h>

#include "args.h"
#include "command.h"
#include "out.h"
#include "prompt.h"
#include "session.h"
#include "show.h"

static const struct command_option remove_options[] = {
        {OPT_FORCE, 0, "force", NULL, 0, "do not ask, and also where somebody holds a value not proved dead"},
        {0, 0, NULL, NULL, 0, NULL},
};

/* The library's refusals come before a person is asked: it does it, and it is dropped. */
static enum vault_rc remove_ask(struct call *c, struct session *s, const char *label, struct vault_err *err)
{
	char question[VAULT_LABEL_MAX + 64];
	enum vault_rc rc;
	int yes = 0;

	rc = vault_begin(s->v, VAULT_WRITE, err);
	if (rc == VAULT_OK)
		rc = vault_token_remove(s->v, label, 0, err);
	vault_end(s->v);
	if (rc != VAULT_OK)
		return rc;
	if (!prompt_possible(c))
		return vault_err_set(err, VAULT_REFUSED, "nobody can be asked whether %s shall be removed: --force",
		                     label);
	snprintf(question, sizeof(question), "Remove %s and erase its value? [y/N] ", label);
	rc = prompt_yes(c, question, &yes, err);
	if (rc == VAULT_OK && !yes)
		rc = vault_err_set(err, VAULT_REFUSED, "%s was not removed", label);
	return rc;
}

static void remove_tell(struct call *c, const struct session *s, struct vault_token *t)
{
	const struct vault_version *cur = vault_token_current(t);

	t->removed = 1;
	t->removed_on = vault_today(s->v);
	if (c->out->json) {
		struct vault_json *items = vault_json_array();

		vault_json_add(items, show_token(t, NULL, NULL, 0, NULL));
		out_json(c->out, "remove", vault_now(s->v), &items);
	}
	out_note(c->out, "%s is removed, and who held it stays in the ledger", t->label);
	if (cur->smartsheet_name)
		out_next(c->out,
		         "it still works: revoke it in Smartsheet, Personal Settings > API Access, as %s, named %s",
		         t->account, cur->smartsheet_name);
	else
		out_next(c->out, "it still works: revoke it in Smartsheet, Personal Settings > API Access, as %s",
		         t->account);
}

static enum vault_rc remove_run(struct call *c, struct vault_err *err)
{
	const char *label = c->args->operands[0];
	int force = args_flag(c->args, OPT_FORCE);
	struct vault_token t = {0};
	struct session s = {0};
	enum vault_rc rc;

	rc = vault_label_check(label, err);
	if (rc == VAULT_OK)
		rc = session_open(c, &s, err);
	if (rc == VAULT_OK && !force)
		rc = remove_ask(c, &s, label, err);
	if (rc == VAULT_OK)
		rc = vault_begin(s.v, VAULT_WRITE, err);
	if (rc == VAULT_OK)
		rc = vault_token_find(s.v, label, &t, err);
	if (rc == VAULT_OK)
		rc = vault_token_remove(s.v, label, force ? VAULT_FORCE : 0, err);
	if (rc == VAULT_OK)
		rc = vault_commit(s.v, err);
	vault_end(s.v);
	if (rc == VAULT_OK)
		remove_tell(c, &s, &t);
	vault_token_clear(&t);
	session_close(&s);
	return rc;
}

const struct command cmd_remove = {
        .name = "remove",
        .purpose = "erase a token's values, keep its history",
        .operands = "LABEL",
        .min_operands = 1,
        .max_operands = 1,
        .options = remove_options,
        .run = remove_run,
        .day = 1,
};
