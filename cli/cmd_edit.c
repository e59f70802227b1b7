/* vault edit: changes what is known of a token, its label too; the value is rotate's. */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "facts.h"
#include "session.h"
#include "show.h"
#include "tokenopts.h"

static const struct command_option edit_options[] = {
        {OPT_LABEL, 0, "label", "NEW", 0, "call it NEW from now on"},
        {OPT_ACCOUNT, 0, "account", "EMAIL", 0, "the user it acts as"},
        {OPT_LICENSE, 0, "license", "TYPE", 0, "licensed free member provisional guest viewer contributor"},
        {OPT_PLAN, 0, "plan", "PLAN", 0, "free individual pro business enterprise awm; '': not known"},
        {OPT_REGION, 0, "region", "REGION", 0, "us, eu, au or gov"},
        {OPT_SMARTSHEET_NAME, 0, "smartsheet-name", "NAME", 0, "its name in Smartsheet's list; '': not known"},
        {OPT_OWNER, 0, "owner", "EMAIL", 0, "who answers for it; '': nobody"},
        {OPT_CREATED, 0, "created", "DATE", 0, "day its first value was generated"},
        {OPT_ROTATE_EVERY, 0, "rotate-every", "DAYS", 0, "days until it must be rotated, 0: never"},
        {OPT_EXPIRES, 0, "expires", "DATE", 0, "last day, by the organisation's setting; '': none"},
        {OPT_TAG, 0, "tag", "TAG", 1, "in place of all tags it has; may be repeated; '': none"},
        {OPT_ADD_TAG, 0, "add-tag", "TAG", 1, "one more tag; may be repeated"},
        {OPT_REMOVE_TAG, 0, "remove-tag", "TAG", 1, "one tag less; may be repeated"},
        {OPT_NOTE, 0, "note", "TEXT", 0, "anything else; '': nothing"},
        {OPT_FORCE, 0, "force", NULL, 0, "though such a user cannot generate tokens"},
        {0, 0, NULL, NULL, 0, NULL},
};

static enum vault_rc edit_tag_words(const struct args *a, enum opt_id id, const char *name, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	const char *tag;

	for (size_t i = 0; rc == VAULT_OK && (tag = args_nth(a, id, i)) != NULL; i++)
		rc = *tag ? vault_text_check(name, tag, err) : args_usage(a, err, "%s wants a word", name);
	return rc;
}

/* What is wrong with the line itself: status 2, before a vault is looked at. */
static enum vault_rc edit_read(const struct args *a, struct tokenopts *to, struct vault_err *err)
{
	const char *label = args_str(a, OPT_LABEL);
	enum vault_rc rc = vault_label_check(a->operands[0], err);

	if (rc == VAULT_OK && label)
		rc = vault_label_check(label, err);
	if (rc == VAULT_OK)
		rc = tokenopts_read(a, 1, to, err);
	if (rc == VAULT_OK)
		rc = edit_tag_words(a, OPT_ADD_TAG, "--add-tag", err);
	if (rc == VAULT_OK)
		rc = edit_tag_words(a, OPT_REMOVE_TAG, "--remove-tag", err);
	if (rc != VAULT_OK)
		return rc;
	if (args_flag(a, OPT_ADD_TAG) || args_flag(a, OPT_REMOVE_TAG)) {
		if (to->which & VAULT_F_TAGS)
			return args_usage(a, err, "--tag sets all tags: not together with --add-tag and --remove-tag");
		to->which |= VAULT_F_TAGS;
	}
	if (label)
		to->which |= VAULT_F_LABEL;
	to->t.label = tokenopts_borrow(label);
	if (!to->which)
		return args_usage(a, err, "what is to be changed? an option is missing");
	return VAULT_OK;
}

static int edit_has(const struct vault_strings *l, const char *s)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->s[i], s) == 0)
			return 1;
	return 0;
}

static int edit_removes(const struct args *a, const char *tag)
{
	const char *word;

	for (size_t i = 0; (word = args_nth(a, OPT_REMOVE_TAG, i)) != NULL; i++)
		if (strcmp(word, tag) == 0)
			return 1;
	return 0;
}

/* --add-tag and --remove-tag go from the tags it has. */
static enum vault_rc edit_tags(struct call *c, const struct vault_token *was, struct vault_strings *tags,
                               struct vault_err *err)
{
	const struct args *a = c->args;
	enum vault_rc rc = VAULT_OK;
	const char *word;

	if (!args_flag(a, OPT_ADD_TAG) && !args_flag(a, OPT_REMOVE_TAG))
		return VAULT_OK;
	for (size_t i = 0; (word = args_nth(a, OPT_REMOVE_TAG, i)) != NULL; i++)
		if (!edit_has(&was->tags, word))
			out_note(c->out, "%s has no tag %s", was->label, word);
	for (size_t i = 0; rc == VAULT_OK && i < was->tags.n; i++)
		if (!edit_removes(a, was->tags.s[i]))
			rc = vault_strings_add(tags, was->tags.s[i], err);
	for (size_t i = 0; rc == VAULT_OK && (word = args_nth(a, OPT_ADD_TAG, i)) != NULL; i++)
		if (!edit_has(tags, word))
			rc = vault_strings_add(tags, word, err);
	return rc;
}

/* In a transaction. Where all of it was so already nothing is written, so that the history has real changes only. */
static enum vault_rc edit_apply(struct call *c, struct session *s, struct tokenopts *to, struct vault_token *was,
                                struct vault_token *is, struct vault_strings *changes, unsigned *changed,
                                struct vault_err *err)
{
	const char *label = c->args->operands[0];
	enum vault_rc rc = vault_token_find(s->v, label, was, err);

	if (rc == VAULT_OK)
		rc = edit_tags(c, was, &to->t.tags, err);
	if (rc == VAULT_OK && (to->which & VAULT_F_LABEL) && strcmp(to->t.label, label) == 0)
		to->which &= ~(unsigned)VAULT_F_LABEL;
	if (rc == VAULT_OK)
		rc = vault_token_edit(s->v, label, &to->t, to->which, args_flag(c->args, OPT_FORCE) ? VAULT_FORCE : 0,
		                      is, err);
	if (rc == VAULT_OK)
		rc = vault_token_changes(was, is, changes, changed, err);
	if (rc == VAULT_OK && *changed)
		rc = vault_commit(s->v, err);
	return rc;
}

/* The change stands: where what else is known of it cannot be read, that is a note. */
static void edit_json(struct call *c, struct session *s, const struct vault_token *is)
{
	const struct vault_token *t = NULL;
	const struct vault_due *line = NULL;
	struct vault_holders held = {0};
	struct vault_dues due = {0};
	struct vault_json *items = vault_json_array();
	struct vault_err err = {0};
	struct facts f = {0};
	size_t holders = 0;
	enum vault_rc rc = facts_load_due(c, s, &f, &err);

	if (rc == VAULT_OK)
		rc = facts_token(s, &f, is->label, &t, &err);
	if (rc == VAULT_OK)
		rc = vault_holders_at(&f.f, f.f.today, 0, &held, &err);
	if (rc == VAULT_OK)
		rc = vault_due_find(&f.f, FACTS_WITHIN_DAYS, &due, &err);
	for (size_t i = 0; i < held.n; i++)
		holders += held.h[i].token == t;
	for (size_t i = 0; i < due.n; i++)
		if (due.d[i].token == t)
			line = &due.d[i];
	if (rc != VAULT_OK)
		out_note(c->out, "the change stands, but verdict, holders and due are not in this document: %s",
		         err.msg);
	if (t)
		vault_json_add(items, show_token(t, facts_verdict(&f, t, vault_token_current(t)->number),
		                                 facts_identity(&f, t, vault_token_current(t)->number), holders, line));
	else
		vault_json_add(items, show_token(is, NULL, NULL, 0, NULL));
	out_json(c->out, "edit", vault_now(s->v), &items);
	vault_dues_clear(&due);
	vault_holders_clear(&held);
	facts_clear(&f);
}

static void edit_tell(struct call *c, struct session *s, const struct vault_token *was, const struct vault_token *is,
                      const struct vault_strings *changes, unsigned changed)
{
	for (size_t i = 0; i < changes->n; i++)
		out_note(c->out, "%s", changes->s[i]);
	if (!changed)
		out_note(c->out, "%s: nothing was changed, all of it was so already", is->label);
	if (changed & (VAULT_F_EXPIRES | VAULT_F_CREATED))
		tokenopts_warn(c->out, is, vault_today(s->v));
	if (c->out->json)
		edit_json(c, s, is);
	if (changed & VAULT_F_LABEL)
		out_note(c->out, "programs that ask for %s must ask for %s from now on", was->label, is->label);
	if ((changed & (VAULT_F_ACCOUNT | VAULT_F_REGION)) && vault_token_current(is)->has_value)
		out_next(c->out, "vault check %s", is->label);
	else if (changed)
		out_next(c->out, "vault show %s", is->label);
}

static enum vault_rc edit_run(struct call *c, struct vault_err *err)
{
	struct vault_token was = {0}, is = {0};
	struct vault_strings changes = {0};
	unsigned changed = 0;
	struct tokenopts to = {0};
	struct session s = {0};
	enum vault_rc rc = edit_read(c->args, &to, err);

	if (rc == VAULT_OK)
		rc = session_open(c, &s, err);
	if (rc == VAULT_OK)
		rc = vault_begin(s.v, VAULT_WRITE, err);
	if (rc == VAULT_OK)
		rc = edit_apply(c, &s, &to, &was, &is, &changes, &changed, err);
	vault_end(s.v);
	if (rc == VAULT_OK)
		edit_tell(c, &s, &was, &is, &changes, changed);
	vault_strings_clear(&changes);
	vault_token_clear(&was);
	vault_token_clear(&is);
	tokenopts_clear(&to);
	session_close(&s);
	return rc;
}

const struct command cmd_edit = {
        .name = "edit",
        .purpose = "change what is known of a token, or its label",
        .operands = "LABEL",
        .min_operands = 1,
        .max_operands = 1,
        .options = edit_options,
        .run = edit_run,
        .day = 1,
};
