/* tokenopts.c - the options that describe a token, for add, which makes one of them, and edit, which changes them. */
#include "tokenopts.h"

#include <string.h>

#include <vault/policy.h>

enum { TOKENOPTS_ROTATE_MAX = 3650 };

char *tokenopts_borrow(const char *s)
{
	union {
		const char *from;
		char *to;
	} u = {.from = s};

	return u.to;
}

/* Whether the option stands for "nothing known". */
static int tokenopts_empty(const struct args *a, enum opt_id id, int clear)
{
	const char *s = args_str(a, id);

	return clear && s && !*s;
}

static enum vault_rc tokenopts_days(const struct args *a, int clear, struct vault_token *t, struct vault_err *err)
{
	uint64_t every = 0;
	enum vault_rc rc;

	t->created = t->expires = t->removed_on = VAULT_NO_DAY;
	rc = args_day(a, OPT_CREATED, &t->created, err);
	if (rc == VAULT_OK && !tokenopts_empty(a, OPT_EXPIRES, clear))
		rc = args_day(a, OPT_EXPIRES, &t->expires, err);
	if (rc == VAULT_OK)
		rc = args_uint(a, OPT_ROTATE_EVERY, 0, TOKENOPTS_ROTATE_MAX, &every, err);
	t->rotate_every_days = (int64_t)every;
	return rc;
}

static enum vault_rc tokenopts_tags(const struct args *a, int clear, struct vault_strings *tags, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	const char *tag;

	/* One empty tag alone: none any more. */
	if (tokenopts_empty(a, OPT_TAG, clear) && !args_nth(a, OPT_TAG, 1))
		return VAULT_OK;
	for (size_t i = 0; rc == VAULT_OK && (tag = args_nth(a, OPT_TAG, i)) != NULL; i++) {
		int twice = 0;

		if (!*tag)
			return args_usage(a, err, "--tag wants a word");
		for (size_t k = 0; k < tags->n; k++)
			twice |= strcmp(tags->s[k], tag) == 0;
		rc = vault_text_check("--tag", tag, err);
		if (rc == VAULT_OK && !twice)
			rc = vault_strings_add(tags, tag, err);
	}
	return rc;
}

static enum vault_rc tokenopts_words(const struct args *a, int clear, struct vault_token *t, struct vault_err *err)
{
	const char *license = args_str(a, OPT_LICENSE), *plan = args_str(a, OPT_PLAN),
	           *region = args_str(a, OPT_REGION);
	enum vault_rc rc = license ? vault_license_check(license, err) : VAULT_OK;

	if (tokenopts_empty(a, OPT_PLAN, clear))
		plan = NULL;
	if (rc == VAULT_OK && plan)
		rc = vault_plan_check(plan, err);
	if (rc == VAULT_OK && region)
		rc = vault_region_parse(region, &t->region, err);
	t->license = tokenopts_borrow(license);
	t->plan = tokenopts_borrow(plan);
	return rc;
}

static unsigned tokenopts_given(const struct args *a)
{
	static const struct {
		enum opt_id id;
		unsigned bit;
	} fields[] = {
	        {OPT_ACCOUNT, VAULT_F_ACCOUNT},
	        {OPT_LICENSE, VAULT_F_LICENSE},
	        {OPT_PLAN, VAULT_F_PLAN},
	        {OPT_REGION, VAULT_F_REGION},
	        {OPT_OWNER, VAULT_F_OWNER},
	        {OPT_NOTE, VAULT_F_NOTE},
	        {OPT_TAG, VAULT_F_TAGS},
	        {OPT_ROTATE_EVERY, VAULT_F_ROTATE_EVERY},
	        {OPT_EXPIRES, VAULT_F_EXPIRES},
	        {OPT_CREATED, VAULT_F_CREATED},
	        {OPT_SMARTSHEET_NAME, VAULT_F_SMARTSHEET_NAME},
	};
	unsigned which = 0;

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if (args_flag(a, fields[i].id))
			which |= fields[i].bit;
	return which;
}

enum vault_rc tokenopts_read(const struct args *a, int clear, struct tokenopts *o, struct vault_err *err)
{
	const char *account = NULL, *owner = NULL, *note = NULL, *name = NULL;
	struct vault_token *t = &o->t;
	enum vault_rc rc = args_email(a, OPT_ACCOUNT, &account, err);

	o->which = tokenopts_given(a);
	if (rc == VAULT_OK)
		rc = tokenopts_words(a, clear, t, err);
	if (rc == VAULT_OK)
		rc = args_text(a, OPT_SMARTSHEET_NAME, &name, err);
	if (rc == VAULT_OK && !tokenopts_empty(a, OPT_OWNER, clear))
		rc = args_email(a, OPT_OWNER, &owner, err);
	if (rc == VAULT_OK)
		rc = args_text(a, OPT_NOTE, &note, err);
	if (rc == VAULT_OK)
		rc = tokenopts_days(a, clear, t, err);
	if (rc == VAULT_OK)
		rc = tokenopts_tags(a, clear, &t->tags, err);
	t->account = tokenopts_borrow(account);
	t->owner = tokenopts_borrow(owner);
	t->note = tokenopts_borrow(note && *note ? note : NULL);
	if (name && *name) {
		o->version.smartsheet_name = tokenopts_borrow(name);
		t->versions = &o->version;
		t->n_versions = 1;
	}
	return rc;
}

void tokenopts_clear(struct tokenopts *o)
{
	vault_strings_clear(&o->t.tags);
	memset(o, 0, sizeof(*o));
}

void tokenopts_warn(struct out *o, const struct vault_token *t, int64_t today)
{
	if (t->expires != VAULT_NO_DAY && t->expires < today)
		out_note(o, "%s: its --expires day is past", t->label);
	if (t->created != VAULT_NO_DAY && t->created > today)
		out_note(o, "%s: its --created day is still to come", t->label);
}
