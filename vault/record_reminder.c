/* record_reminder.c - a reminder as JSON: the detail of an entry of the access log. L2. */
#include <stdlib.h>
#include <string.h>

#include <vault/reminder.h>

#include "record.h"
#include "record_util.h"

/* --- out ------------------------------------------------------------------------------------------------- */

char *record_reminder_encode(const struct vault_reminder *r)
{
	struct vault_json *j = vault_json_object(), *reasons = vault_json_array();
	char hex[33], day[VAULT_DAY_LEN];
	record_put_str(j, "how", r->how);
	record_put_str(j, "to", r->to);
	for (size_t i = 0; i < r->n; i++) {
		struct vault_json *a = vault_json_array();
		record_hex(r->said[i].of, hex);
		vault_json_add_str(a, r->said[i].code);
		vault_json_add_str(a, hex);
		vault_json_add_str(a, vault_day_format(r->said[i].since, day));
		vault_json_add(reasons, a);
	}
	vault_json_set(j, "reasons", reasons);
	record_hex(r->digest, hex);
	vault_json_set_str(j, "digest", hex);
	vault_json_set_int(j, "sequence", r->sequence);
	return record_text(j);
}

/* --- in -------------------------------------------------------------------------------------------------- */

static int is_word(const char *s)
{
	const size_t n = s != NULL ? strspn(s, "abcdefghijklmnopqrstuvwxyz-") : 0;
	return n > 0 && n <= 32 && s[n] == '\0';
}

static enum vault_rc read_reason(const struct jsonread *a, struct vault_said *out, struct vault_err *err)
{
	const char *code = jsonread_str_at(a, 0), *of = jsonread_str_at(a, 1), *since = jsonread_str_at(a, 2);
	if (!is_word(code) || of == NULL || since == NULL || record_unhex(of, out->of) != 0 ||
	    vault_day_parse(since, &out->since, NULL) != VAULT_OK)
		return record_bad(err);
	out->code = strdup(code);
	return out->code != NULL ? VAULT_OK : vault_err_set(err, VAULT_REFUSED, "out of memory");
}

static enum vault_rc read_reasons(const struct jsonread *l, struct vault_reminder *out, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	if (!jsonread_is_array(l))
		return record_bad(err);
	out->said = calloc(jsonread_size(l) + 1, sizeof *out->said);
	if (out->said == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	for (size_t i = 0; i < jsonread_size(l) && rc == VAULT_OK; i++) {
		rc = read_reason(jsonread_at(l, i), &out->said[i], err);
		out->n += rc == VAULT_OK;
	}
	return rc;
}

enum vault_rc record_reminder_parse(const void *p, size_t n, struct vault_reminder *out, struct vault_err *err)
{
	struct jsonread *j = NULL;
	memset(out, 0, sizeof *out);
	enum vault_rc rc = jsonread_parse(p, n, &j, err);
	const char *digest = jsonread_str(j, "digest");
	if (rc == VAULT_OK && (!jsonread_is_object(j) || !is_word(jsonread_str(j, "how"))))
		rc = record_bad(err);
	if (rc == VAULT_OK)
		rc = record_str(j, "how", &out->how, err);
	if (rc == VAULT_OK)
		rc = record_str(j, "to", &out->to, err);
	if (rc == VAULT_OK && out->to != NULL && vault_text_check("to", out->to, NULL) != VAULT_OK)
		rc = record_bad(err);
	if (rc == VAULT_OK)
		rc = read_reasons(jsonread_get(j, "reasons"), out, err);
	if (rc == VAULT_OK && (digest == NULL || record_unhex(digest, out->digest) != 0))
		rc = record_bad(err);
	out->sequence = jsonread_int(j, "sequence", 0);
	if (rc == VAULT_OK && (out->sequence < 0 || out->sequence > INT32_MAX))
		rc = record_bad(err);
	jsonread_free(&j);
	if (rc != VAULT_OK)
		vault_reminder_clear(out);
	return rc;
}
