/* diff.c - what an edit made of what, in words for people and the history. Pure. L5. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "diff.h"
#include "finding.h"

/* A text has at most so many bytes; of a long list the beginning is enough. */
enum { DIFF_VALUE = 1024 };

static void say(struct buf *b, const char *s)
{
	if (s != NULL)
		buf_add(b, s, strlen(s));
}

static void say_day(struct buf *b, int64_t day)
{
	char text[VAULT_DAY_LEN];

	say(b, vault_day_format(day, text));
}

static void say_list(struct buf *b, const struct vault_strings *l)
{
	for (size_t i = 0; i < l->n; i++) {
		say(b, i > 0 ? ", " : "");
		say(b, l->s[i]);
	}
}

static void say_agreements(struct buf *b, const struct vault_vendor *v)
{
	for (size_t i = 0; i < v->n_agreements; i++) {
		say(b, i > 0 ? ", " : "");
		say(b, v->agreements[i].ref);
		say(b, v->agreements[i].until != VAULT_NO_DAY ? " until " : "");
		say_day(b, v->agreements[i].until);
	}
}

/* Bytes of it that are shown, whole characters. */
static int shown(const char *s)
{
	size_t n = strlen(s);

	if (n <= DIFF_VALUE)
		return (int)n;
	for (n = DIFF_VALUE; n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80; n--)
		;
	return (int)n;
}

/* Frees both. 1 where they differ; then `out` has a line more. */
static int differ(const char *name, const char *none, struct buf *was, struct buf *is, struct vault_strings *out,
                  enum vault_rc *rc, struct vault_err *err)
{
	char *line = NULL;
	int found = 0;

	buf_u8(was, 0);
	buf_u8(is, 0);
	if (*rc == VAULT_OK && (was->failed || is->failed))
		*rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	if (*rc == VAULT_OK && strcmp((char *)was->p, (char *)is->p) != 0) {
		const char *a = was->n > 1 ? (char *)was->p : none, *b = is->n > 1 ? (char *)is->p : none;

		found = 1;
		line = finding_text("%s: was %.*s%s, is %.*s%s", name, shown(a), a, a[shown(a)] ? "..." : "", shown(b),
		                    b, b[shown(b)] ? "..." : "");
		*rc = line == NULL ? vault_err_set(err, VAULT_REFUSED, "out of memory")
		                   : vault_strings_add(out, line, err);
	}
	free(line);
	buf_free(was);
	buf_free(is);
	return found;
}

static void say_field(struct buf *b, const struct vault_token *t, unsigned bit)
{
	const struct vault_version *v = vault_token_current(t);
	char days[32];

	if (bit == VAULT_F_TAGS)
		say_list(b, &t->tags);
	else if (bit == VAULT_F_CREATED || bit == VAULT_F_EXPIRES)
		say_day(b, bit == VAULT_F_CREATED ? v->created : t->expires);
	else if (bit == VAULT_F_ROTATE_EVERY && t->rotate_every_days != 0) {
		(void)snprintf(days, sizeof days, "%lld days", (long long)t->rotate_every_days);
		say(b, days);
	} else
		say(b, bit == VAULT_F_LABEL             ? t->label
		       : bit == VAULT_F_ACCOUNT         ? t->account
		       : bit == VAULT_F_LICENSE         ? t->license
		       : bit == VAULT_F_PLAN            ? t->plan
		       : bit == VAULT_F_REGION          ? vault_region_name(t->region)
		       : bit == VAULT_F_OWNER           ? t->owner
		       : bit == VAULT_F_NOTE            ? t->note
		       : bit == VAULT_F_SMARTSHEET_NAME ? v->smartsheet_name
		                                        : NULL);
}

enum vault_rc vault_token_changes(const struct vault_token *was, const struct vault_token *is,
                                  struct vault_strings *out, unsigned *which, struct vault_err *err)
{
	static const struct {
		unsigned bit;
		const char *name;
	} fields[] = {
	        {VAULT_F_LABEL, "label"},
	        {VAULT_F_ACCOUNT, "account"},
	        {VAULT_F_LICENSE, "license"},
	        {VAULT_F_PLAN, "plan"},
	        {VAULT_F_REGION, "region"},
	        {VAULT_F_SMARTSHEET_NAME, "smartsheet name"},
	        {VAULT_F_OWNER, "owner"},
	        {VAULT_F_CREATED, "created"},
	        {VAULT_F_ROTATE_EVERY, "rotate every"},
	        {VAULT_F_EXPIRES, "expires"},
	        {VAULT_F_TAGS, "tags"},
	        {VAULT_F_NOTE, "note"},
	};
	enum vault_rc rc = VAULT_OK;
	unsigned found = 0;

	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		struct buf a = {.p = NULL}, b = {.p = NULL};

		say_field(&a, was, fields[i].bit);
		say_field(&b, is, fields[i].bit);
		if (differ(fields[i].name, fields[i].bit == VAULT_F_ROTATE_EVERY ? "never" : "nothing", &a, &b, out,
		           &rc, err))
			found |= fields[i].bit;
	}
	if (which != NULL)
		*which = found;
	return rc;
}

enum vault_rc diff_vendor(const struct vault_vendor *was, const struct vault_vendor *is, struct vault_strings *out,
                          struct vault_err *err)
{
	struct buf a = {.p = NULL}, b = {.p = NULL};
	enum vault_rc rc = VAULT_OK;

	say_list(&a, &was->contacts);
	say_list(&b, &is->contacts);
	differ("contacts", "nothing", &a, &b, out, &rc, err);
	say_agreements(&a, was);
	say_agreements(&b, is);
	differ("agreements", "nothing", &a, &b, out, &rc, err);
	say_day(&a, was->vetted);
	say_day(&b, is->vetted);
	differ("vetted", "nothing", &a, &b, out, &rc, err);
	say(&a, was->note);
	say(&b, is->note);
	differ("note", "nothing", &a, &b, out, &rc, err);
	return rc;
}

char *diff_join(const struct vault_strings *l)
{
	struct buf b = {.p = NULL};

	for (size_t i = 0; i < l->n; i++) {
		say(&b, i > 0 ? "; " : "");
		say(&b, l->s[i]);
	}
	buf_u8(&b, 0);
	if (b.failed || l->n == 0)
		buf_free(&b);
	return (char *)b.p;
}
