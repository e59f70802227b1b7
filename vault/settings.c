/* settings.c - an organisation's decisions: an object under K_meta, and a bit of the header. L5. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "diff.h"
#include "files.h"
#include "finding.h"
#include "record.h"
#include "settings.h"
#include "token.h"

enum { CA_BYTES_MAX = 16 << 20 };

void settings_tag(const struct vault *v, uint8_t tag[16])
{
	static const char name[] = "policy";
	object_tag(v, KIND_POLICY, name, sizeof name - 1, tag);
}

static const uint8_t settings_id[16]; /* zeros: there is one */

enum vault_rc settings_check(const struct vault *v, const struct object *o, struct vault_err *err)
{
	struct vault_settings s;
	uint8_t tag[16];
	settings_tag(v, tag);
	if (memcmp(tag, o->tag, 16) != 0 || memcmp(settings_id, o->id, 16) != 0)
		return vault_err_set(err, VAULT_DAMAGED, "a policy is filed where none can be: the vault is damaged or was tampered with; restore "
		                     "it from a backup");
	const enum vault_rc rc = record_settings_parse(o->text, o->n, &s, err);
	if (rc == VAULT_OK)
		vault_settings_clear(&s);
	return rc;
}

/* `*written`: how often it was, 0 where it never was. */
static enum vault_rc load(struct vault *v, struct vault_settings *out, uint64_t *written, struct vault_err *err)
{
	struct object o = {.text = NULL};
	uint8_t tag[16];
	int found = 0;
	vault_settings_defaults(out);
	*written = 0;
	if (v->role == VAULT_ROLE_SCRIPT)
		return txn_forbidden(v, "read the policy", err);
	settings_tag(v, tag);
	enum vault_rc rc = object_get(v, KIND_POLICY, tag, &o, &found, err);
	if (rc == VAULT_OK && found) {
		*written = o.version;
		rc = settings_check(v, &o, err);
	}
	if (rc == VAULT_OK && found)
		rc = record_settings_parse(o.text, o.n, out, err);
	object_clear(&o);
	out->log_best_effort = v->log_best_effort;
	return rc;
}

enum vault_rc vault_settings_get(struct vault *v, struct vault_settings *out, struct vault_err *err)
{
	uint64_t written = 0;
	return load(v, out, &written, err);
}

/* --- setting ---------------------------------------------------------------------------------------------- */

static enum vault_rc check(const struct vault_settings *s, struct vault_err *err)
{
	for (int r = 0; r < VAULT_RULES; r++) {
		const struct vault_rule_info *info = vault_rule_info((enum vault_rule)r);
		if (s->rules[r].days >= 0 && info->days < 0)
			return vault_err_set(err, VAULT_USAGE, "the rule %s has no days: it is on, off or default", info->code);
		if (s->rules[r].days < -1 || s->rules[r].days > VAULT_RULE_DAYS_MAX)
			return vault_err_set(err, VAULT_USAGE, "the days of %s are 0 to %d", info->code, VAULT_RULE_DAYS_MAX);
	}
	if (s->ca_file != NULL && s->ca_file[0] != '/')
		return vault_err_set(err, VAULT_USAGE, "a CA file is stored by its full name, not '%s'", s->ca_file);
	return s->ca_file != NULL ? vault_text_check("ca-file", s->ca_file, err) : VAULT_OK;
}

static char *rule_words(const struct vault_rule_setting *s, enum vault_rule r)
{
	const int32_t own = vault_rule_info(r)->days;
	if (own < 0 || (s->off && s->days < 0))
		return finding_text("%s", s->off ? "off" : "on");
	return finding_text("%s%ld days%s", s->off ? "off, " : "", (long)(s->days >= 0 ? s->days : own), s->days >= 0 ? "" : " (default)");
}

/* Takes both over. */
static enum vault_rc say(struct vault_strings *l, const char *name, char *was, char *is, struct vault_err *err)
{
	char *line = was != NULL && is != NULL ? finding_text("%s: was %s, is %s", name, was, is) : NULL;
	const enum vault_rc rc = line != NULL ? vault_strings_add(l, line, err) : vault_err_set(err, VAULT_REFUSED, "out of memory");
	free(was);
	free(is);
	free(line);
	return rc;
}

static int same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

enum vault_rc vault_settings_changes(const struct vault_settings *was, const struct vault_settings *is, struct vault_strings *l,
                                     struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	for (int r = 0; r < VAULT_RULES && rc == VAULT_OK; r++) {
		const struct vault_rule_setting *a = &was->rules[r], *b = &is->rules[r];
		if (!a->off != !b->off || a->days != b->days)
			rc = say(l, vault_rule_info((enum vault_rule)r)->code, rule_words(a, (enum vault_rule)r),
			         rule_words(b, (enum vault_rule)r), err);
	}
	if (rc == VAULT_OK && !same(was->ca_file, is->ca_file))
		rc = say(l, "ca-file", finding_text("%s", was->ca_file != NULL ? was->ca_file : "none"),
		         finding_text("%s", is->ca_file != NULL ? is->ca_file : "none"), err);
	if (rc == VAULT_OK && !was->log_best_effort != !is->log_best_effort)
		rc = say(l, "access-log", finding_text("%s", was->log_best_effort ? "best-effort" : "required"),
		         finding_text("%s", is->log_best_effort ? "best-effort" : "required"), err);
	return rc;
}

/* The other bits are somebody else's. */
static enum vault_rc put_flag(struct vault *v, int best_effort, struct vault_err *err)
{
	struct leaf *roster = v->roster.leaf;
	struct cell c[HDR_PRED_STATE + 1];
	memcpy(c, roster->header.r[0]->c, sizeof c);
	c[HDR_FLAGS].i = (c[HDR_FLAGS].i & ~(int64_t)HANDLE_LOG_BEST_EFFORT) | (best_effort ? HANDLE_LOG_BEST_EFFORT : 0);
	return txn_put(v, roster, STORE_HEADER, row_make(STORE_HEADER, c), err);
}

enum vault_rc vault_settings_set(struct vault *v, const struct vault_settings *s, int *changed, struct vault_err *err)
{
	struct vault_settings was;
	struct vault_strings lines = {.s = NULL};
	struct vault_settings now = *s; /* borrows */
	uint64_t written = 0;
	uint8_t tag[16];
	char *text = NULL;
	*changed = 0;
	enum vault_rc rc = load(v, &was, &written, err);
	if (rc == VAULT_OK)
		rc = check(s, err);
	if (rc == VAULT_OK)
		rc = vault_settings_changes(&was, s, &lines, err);
	if (rc != VAULT_OK || lines.n == 0)
		goto out;
	now.kept = was.kept; /* what stands there now, whatever the caller read */
	settings_tag(v, tag);
	rc = object_put_text(v, KIND_POLICY, tag, settings_id, written + 1, record_settings_encode(&now), err);
	if (rc == VAULT_OK && !was.log_best_effort != !s->log_best_effort)
		rc = put_flag(v, s->log_best_effort, err);
	if (rc == VAULT_OK && (text = diff_join(&lines)) == NULL)
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	if (rc == VAULT_OK) {
		txn_action(v, ACTION_POLICY, settings_id, token_detail(NULL, 0, text));
		*changed = 1;
	}
out:
	free(text);
	vault_strings_clear(&lines);
	vault_settings_clear(&was);
	return rc;
}

/* --- the CA file ------------------------------------------------------------------------------------------ */

/* 1 where there is a certificate in it; 0 where not; -1 and errno where it cannot be read. What stands there is vault-api's to
 * judge: this only tells a mistake at once. */
static int has_certificate(const char *path)
{
	static const char mark[] = "-----BEGIN "; /* CERTIFICATE, TRUSTED CERTIFICATE, X509 CERTIFICATE */
	struct stat st;
	int found = 0;
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char *text = NULL;
	long n = -1;
	if (fd >= 0 && fstat(fd, &st) == 0 && !S_ISREG(st.st_mode))
		errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
	else if (fd >= 0 && st.st_size <= CA_BYTES_MAX && (text = calloc(1, (size_t)st.st_size + 1)) != NULL)
		n = files_pread(fd, text, (size_t)st.st_size, 0);
	else if (fd >= 0)
		errno = EFBIG;
	const int saved = errno;
	if (fd >= 0)
		(void)close(fd);
	for (const char *p = n > 0 ? text : NULL; p != NULL && !found; p = strchr(p, '\n') != NULL ? strchr(p, '\n') + 1 : NULL)
		found = strncmp(p, mark, sizeof mark - 1) == 0 && memmem(p, strcspn(p, "\n"), "CERTIFICATE-----", 16) != NULL;
	free(text);
	errno = saved;
	return n < 0 ? -1 : found;
}

enum vault_rc vault_settings_ca_file(const char *given, char **out, struct vault_err *err)
{
	*out = realpath(given, NULL);
	const int has = *out != NULL ? has_certificate(*out) : -1;
	enum vault_rc rc = VAULT_OK;
	if (has < 0)
		rc = vault_err_set(err, VAULT_USAGE, "can't read the CA file '%.300s': %s; name a PEM file", given, strerror(errno));
	else if (has == 0)
		rc = vault_err_set(err, VAULT_USAGE, "no certificate in the CA file '%.300s': it must be PEM", given);
	else
		rc = vault_text_check("ca-file", *out, err);
	if (rc != VAULT_OK) {
		free(*out);
		*out = NULL;
	}
	return rc;
}

enum vault_rc settings_ca(struct vault *v, char **out, struct vault_err *err)
{
	struct vault_settings s;
	*out = NULL;
	vault_settings_defaults(&s);
	enum vault_rc rc = txn_begin(v, TXN_READ, err);
	if (rc == VAULT_OK)
		rc = vault_settings_get(v, &s, err);
	txn_end(v);
	if (rc == VAULT_OK && s.ca_file != NULL) {
		const int has = has_certificate(s.ca_file);
		if (has <= 0)
			rc = vault_err_set(err, VAULT_IO, "the CA file of this vault's policy, %.300s, %s%s: put it back, give --ca-file FILE, or "
			                   "`vault policy set ca-file FILE`", s.ca_file,
			                   has < 0 ? "can't be read: " : "has no certificate in it", has < 0 ? strerror(errno) : "");
	}
	if (rc == VAULT_OK) {
		*out = s.ca_file;
		s.ca_file = NULL;
	}
	vault_settings_clear(&s);
	return rc;
}
