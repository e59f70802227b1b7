/* record_settings.c - what an organisation decided, as JSON: {"rules":{"unused":{"off":true,"days":120}},"ca_file":"/..."}.
 * L2. Defaults are left out. Unlike other records this one is changed in what was read, not made anew: a rule that a newer
 * program was told to leave alone must not come back because an older one wrote the record. */
#include <stdlib.h>
#include <string.h>

#include <vault/rules.h>

#include "json_int.h"
#include "record.h"
#include "record_util.h"

/* --- reading ---------------------------------------------------------------------------------------------- */

static enum vault_rc read_rule(const struct jsonread *rules, enum vault_rule r, struct vault_rule_setting *out,
                               struct vault_err *err)
{
	const struct vault_rule_info *info = vault_rule_info(r);
	const struct jsonread *one = jsonread_get(rules, info->code);
	const int64_t days = jsonread_int(one, "days", -1);
	if (one != NULL && !jsonread_is_object(one))
		return record_bad(err);
	out->off = jsonread_bool(one, "off", 0);
	if (info->days < 0) /* of a newer program, for which the rule has some */
		return VAULT_OK;
	if (days < -1 || days > VAULT_RULE_DAYS_MAX)
		return record_bad(err);
	out->days = (int32_t)days;
	return VAULT_OK;
}

enum vault_rc record_settings_parse(const void *p, size_t n, struct vault_settings *out, struct vault_err *err)
{
	struct jsonread *j = NULL;
	vault_settings_defaults(out);
	enum vault_rc rc = jsonread_parse(p, n, &j, err);
	const struct jsonread *rules = jsonread_get(j, "rules");
	if (rc == VAULT_OK && (!jsonread_is_object(j) || (rules != NULL && !jsonread_is_object(rules))))
		rc = record_bad(err);
	for (int r = 0; r < VAULT_RULES && rc == VAULT_OK; r++)
		rc = read_rule(rules, (enum vault_rule)r, &out->rules[r], err);
	if (rc == VAULT_OK)
		rc = record_str(j, "ca_file", &out->ca_file, err);
	/* What is there and is no name must not read as none: the system's authorities would be trusted in its place. */
	if (rc == VAULT_OK && (out->ca_file != NULL ? out->ca_file[0] != '/' : jsonread_get(j, "ca_file") != NULL))
		rc = record_bad(err);
	jsonread_free(&j);
	if (rc == VAULT_OK && (out->kept = calloc(1, n + 1)) == NULL)
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	if (rc == VAULT_OK)
		memcpy(out->kept, p, n);
	else
		vault_settings_clear(out);
	return rc;
}

/* --- writing ---------------------------------------------------------------------------------------------- */

/* A copy of the object under a key, to be changed; an empty one where there is none. */
static struct vault_json *take(const struct vault_json *obj, const char *key)
{
	const struct vault_json *at = vault_json_get(obj, key);
	size_t n = 0;
	char *text = vault_json_is_object(at) ? vault_json_dump(at, 0, &n) : strdup("{}");
	struct vault_json *j = text != NULL ? vault_json_parse(text, strlen(text), NULL) : NULL;
	free(text);
	return j;
}

/* Puts it back; one that is empty goes. Takes `owned` over. 0, or -1 without memory. */
static int put_back(struct vault_json *obj, const char *key, struct vault_json *owned)
{
	size_t n = 0;
	char *text = owned != NULL ? vault_json_dump(owned, 0, &n) : NULL;
	int bad = text == NULL;
	if (text != NULL && strcmp(text, "{}") == 0)
		json_parsed_drop(obj, key);
	else if (text != NULL)
		bad = json_parsed_set(obj, key, text, strlen(text)) != 0;
	free(text);
	vault_json_free(&owned);
	return bad ? -1 : 0;
}

static int put_rule(struct vault_json *rules, enum vault_rule r, const struct vault_rule_setting *s)
{
	const struct vault_rule_info *info = vault_rule_info(r);
	struct vault_json *one = take(rules, info->code);
	if (one == NULL)
		return -1;
	if (s->off)
		vault_json_set_bool(one, "off", 1);
	else
		json_parsed_drop(one, "off");
	if (info->days >= 0 && s->days >= 0)
		vault_json_set_int(one, "days", s->days);
	else if (info->days >= 0)
		json_parsed_drop(one, "days");
	return put_back(rules, info->code, one);
}

char *record_settings_encode(const struct vault_settings *s)
{
	const char *was = s->kept != NULL ? s->kept : "{}";
	struct vault_json *j = vault_json_parse(was, strlen(was), NULL), *rules = j != NULL ? take(j, "rules") : NULL;
	int bad = rules == NULL;
	for (int r = 0; r < VAULT_RULES && !bad; r++)
		bad = put_rule(rules, (enum vault_rule)r, &s->rules[r]) != 0;
	if (rules != NULL && put_back(j, "rules", rules) != 0)
		bad = 1;
	if (!bad && s->ca_file != NULL)
		vault_json_set_str(j, "ca_file", s->ca_file);
	else if (!bad)
		json_parsed_drop(j, "ca_file");
	if (bad) {
		vault_json_free(&j);
		return NULL;
	}
	return record_text(j);
}
