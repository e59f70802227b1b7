/* token_edit.c - changing what is known of a token, its label too. L5. */
#include <stdlib.h>
#include <string.h>

#include <vault/json.h>
#include <vault/ledger.h>
#include <vault/policy.h>

#include "diff.h"
#include "script.h"
#include "token.h"

/* {"label":...,"text":what became what,"renamed":the new label}; malloc'ed. */
static enum vault_rc edit_detail(const struct vault_token *was, const struct vault_token *is, char **out, struct vault_err *err)
{
	struct vault_strings l = {.s = NULL};
	unsigned which = 0;
	size_t n = 0;
	enum vault_rc rc = vault_token_changes(was, is, &l, &which, err);
	char *text = diff_join(&l);
	struct vault_json *j = vault_json_object();
	vault_json_set_str(j, "label", was->label);
	vault_json_set_str(j, "text", text);
	if ((which & VAULT_F_LABEL) != 0)
		vault_json_set_str(j, "renamed", is->label);
	*out = vault_json_dump(j, 0, &n);
	vault_json_free(&j);
	free(text);
	vault_strings_clear(&l);
	return rc == VAULT_OK && *out == NULL ? vault_err_set(err, VAULT_REFUSED, "out of memory") : rc;
}

/* In place of a text field a copy of the new one, or nothing. */
static enum vault_rc replace(char **field, const char *now, struct vault_err *err)
{
	char *copy = now != NULL ? strdup(now) : NULL;
	if (now != NULL && copy == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	free(*field);
	*field = copy;
	return VAULT_OK;
}

static enum vault_rc set_texts(struct vault_token *t, const struct vault_token *to, unsigned which, struct vault_err *err)
{
	const struct {
		unsigned bit;
		char **field;
		const char *now;
	} text[] = {
		{VAULT_F_LABEL, &t->label, to->label},
		{VAULT_F_ACCOUNT, &t->account, to->account},
		{VAULT_F_LICENSE, &t->license, to->license},
		{VAULT_F_PLAN, &t->plan, to->plan},
		{VAULT_F_OWNER, &t->owner, to->owner},
		{VAULT_F_NOTE, &t->note, to->note},
		{VAULT_F_SMARTSHEET_NAME, &t->versions[t->n_versions - 1].smartsheet_name,
		 to->n_versions > 0 ? to->versions[0].smartsheet_name : NULL},
	};
	enum vault_rc rc = VAULT_OK;
	for (size_t i = 0; i < sizeof text / sizeof text[0] && rc == VAULT_OK; i++)
		if ((which & text[i].bit) != 0)
			rc = replace(text[i].field, text[i].now, err);
	return rc;
}

static enum vault_rc set_tags(struct vault_token *t, const struct vault_token *to, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	vault_strings_clear(&t->tags);
	for (size_t i = 0; i < to->tags.n && rc == VAULT_OK; i++)
		rc = vault_strings_add(&t->tags, to->tags.s[i], err);
	return rc;
}

/* The current version's day: not before the one it replaced, not after it was first given to somebody, or holders --at
 * would answer for a time when it was not there. */
static enum vault_rc set_created(struct vault *v, struct vault_token *t, int64_t day, struct vault_err *err)
{
	struct vault_version *ver = &t->versions[t->n_versions - 1];
	struct vault_handovers all = {.h = NULL};
	char text[VAULT_DAY_LEN];
	enum vault_rc rc = VAULT_OK;
	if (t->n_versions > 1 && day != (ver - 1)->retired)
		return vault_err_set(err, VAULT_REFUSED, "version %u was made when version %u was replaced, on %s: that cannot be edited",
		                     ver->number, (ver - 1)->number, vault_day_format((ver - 1)->retired, text));
	rc = vault_handover_all(v, &all, err);
	for (size_t i = 0; i < all.n && rc == VAULT_OK; i++)
		for (size_t p = 0; p < all.h[i].n_periods && rc == VAULT_OK; p++)
			if (memcmp(all.h[i].token_id, t->id, VAULT_ID_LEN) == 0 && all.h[i].periods[p].gives[0].date < day)
				rc = vault_err_set(err, VAULT_REFUSED, "--created is after %s, when %s was given it",
				                   vault_day_format(all.h[i].periods[p].gives[0].date, text), all.h[i].to);
	vault_handovers_clear(&all);
	if (rc == VAULT_OK) {
		ver->created = day;
		if (t->n_versions == 1)
			t->created = day;
	}
	return rc;
}

static enum vault_rc check_eligible(const struct vault_token *t, unsigned which, unsigned flags, struct vault_err *err)
{
	const char *why = "";
	if ((which & (VAULT_F_LICENSE | VAULT_F_PLAN)) == 0 || (flags & VAULT_FORCE) != 0 ||
	    vault_eligible(t->license, t->plan, &why) != VAULT_ELIGIBLE_NO)
		return VAULT_OK;
	return vault_err_set(err, VAULT_REFUSED, "such a user cannot have a token: %s; --force to store it all the same", why);
}

/* What a caller may have got wrong, before anything is looked up. */
static enum vault_rc check_values(const struct vault_token *to, unsigned which, struct vault_err *err)
{
	enum vault_rc rc = (which & VAULT_F_LABEL) != 0 ? vault_label_check(to->label, err) : VAULT_OK;
	if (rc == VAULT_OK && (which & VAULT_F_ACCOUNT) != 0)
		rc = vault_email_check("--account", to->account, err);
	if (rc == VAULT_OK && (which & VAULT_F_LICENSE) != 0)
		rc = vault_license_check(to->license, err);
	if (rc == VAULT_OK && (which & VAULT_F_PLAN) != 0 && to->plan != NULL)
		rc = vault_plan_check(to->plan, err);
	if (rc == VAULT_OK && (which & VAULT_F_OWNER) != 0 && to->owner != NULL)
		rc = vault_email_check("--owner", to->owner, err);
	if (rc == VAULT_OK && (which & VAULT_F_NOTE) != 0 && to->note != NULL)
		rc = vault_text_check("--note", to->note, err);
	for (size_t i = 0; i < to->tags.n && rc == VAULT_OK && (which & VAULT_F_TAGS) != 0; i++)
		rc = vault_text_check("--tag", to->tags.s[i], err);
	return rc;
}

static enum vault_rc apply(struct vault *v, struct vault_token *t, const struct vault_token *to, unsigned which,
                           struct vault_err *err)
{
	enum vault_rc rc = set_texts(t, to, which, err);
	if (rc == VAULT_OK && (which & VAULT_F_TAGS) != 0)
		rc = set_tags(t, to, err);
	if (rc == VAULT_OK && (which & VAULT_F_CREATED) != 0)
		rc = set_created(v, t, to->created, err);
	if ((which & VAULT_F_REGION) != 0)
		t->region = to->region;
	if ((which & VAULT_F_ROTATE_EVERY) != 0)
		t->rotate_every_days = to->rotate_every_days;
	if ((which & VAULT_F_EXPIRES) != 0)
		t->expires = to->expires;
	return rc;
}

enum vault_rc vault_token_edit(struct vault *v, const char *label, const struct vault_token *t, unsigned which,
                               unsigned flags, struct vault_token *out, struct vault_err *err)
{
	struct token_entry e = {.written = 0};
	struct vault_token was = {.label = NULL};
	char *detail = NULL;
	uint8_t old_tag[16];
	enum vault_rc rc = check_values(t, which, err);
	if (rc == VAULT_OK)
		rc = token_find(v, label, &e, err);
	if (rc == VAULT_OK)
		rc = vault_token_find(v, label, &was, err);
	if (rc == VAULT_OK && (which & VAULT_F_LABEL) != 0 && strcmp(t->label, label) != 0)
		rc = vault_label_free(v, t->label, err);
	if (rc == VAULT_OK) {
		token_tag(v, &e.t, old_tag);
		rc = apply(v, &e.t, t, which, err);
	}
	if (rc == VAULT_OK)
		rc = check_eligible(&e.t, which, flags, err);
	if (rc == VAULT_OK && (which & VAULT_F_LABEL) != 0)
		rc = object_remove(v, KIND_TOKEN, old_tag, err);
	if (rc == VAULT_OK)
		rc = token_put(v, &e.t, e.written + 1, err);
	if (rc == VAULT_OK && (which & (VAULT_F_LABEL | VAULT_F_REGION)) != 0)
		rc = script_renamed(v, &e.t, err);
	if (rc == VAULT_OK)
		rc = edit_detail(&was, &e.t, &detail, err);
	if (rc == VAULT_OK)
		txn_action(v, ACTION_EDIT, e.t.id, detail);
	else
		free(detail);
	vault_token_clear(&was);
	if (rc == VAULT_OK && out != NULL)
		*out = e.t;
	else
		vault_token_clear(&e.t);
	return rc;
}
