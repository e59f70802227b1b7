/* record.c - tokens and the small records as JSON. L2; vendors and hand-overs in record_ledger.c. */
#include <stdlib.h>
#include <string.h>

#include <vault/json.h>

#include "record.h"
#include "record_util.h"

void record_hex(const uint8_t id[VAULT_ID_LEN], char out[33])
{
	for (size_t i = 0; i < VAULT_ID_LEN; i++) {
		out[2 * i] = "0123456789abcdef"[id[i] >> 4];
		out[2 * i + 1] = "0123456789abcdef"[id[i] & 15];
	}
	out[32] = '\0';
}

/* A table: three ids a hand-over stand in every list of ten thousand. 0: no digit; else the digit and 16. */
static const uint8_t digits[256] = {
        ['0'] = 16, ['1'] = 17, ['2'] = 18, ['3'] = 19, ['4'] = 20, ['5'] = 21, ['6'] = 22, ['7'] = 23,
        ['8'] = 24, ['9'] = 25, ['a'] = 26, ['b'] = 27, ['c'] = 28, ['d'] = 29, ['e'] = 30, ['f'] = 31};

int record_unhex(const char *hex, uint8_t id[VAULT_ID_LEN])
{
	unsigned all = 16;
	if (hex == NULL || strlen(hex) != 2 * VAULT_ID_LEN)
		return -1;
	for (size_t i = 0; i < VAULT_ID_LEN; i++) {
		const unsigned hi = digits[(unsigned char)hex[2 * i]], lo = digits[(unsigned char)hex[2 * i + 1]];
		all &= hi & lo;
		id[i] = (uint8_t)(hi << 4 | (lo & 15));
	}
	return all & 16 ? 0 : -1;
}

char *record_text(struct vault_json *j)
{
	size_t n = 0;
	char *text = vault_json_dump(j, 0, &n);
	vault_json_free(&j);
	return text;
}

void record_set_id(struct vault_json *j, const char *key, const uint8_t id[VAULT_ID_LEN])
{
	char hex[33];
	record_hex(id, hex);
	vault_json_set_str(j, key, hex);
}

/* What is unknown, false or empty is left out: half of all bytes, and of the time that reading ten thousand takes. */
void record_put_str(struct vault_json *j, const char *key, const char *s)
{
	if (s != NULL)
		vault_json_set_str(j, key, s);
}

void record_put_day(struct vault_json *j, const char *key, int64_t day)
{
	if (day != VAULT_NO_DAY)
		vault_json_set_day(j, key, day);
}

void record_put_flag(struct vault_json *j, const char *key, int yes)
{
	if (yes)
		vault_json_set_bool(j, key, 1);
}

void record_set_strings(struct vault_json *j, const char *key, const struct vault_strings *l)
{
	if (l->n == 0)
		return;
	struct vault_json *a = vault_json_array();
	for (size_t i = 0; i < l->n; i++)
		vault_json_add_str(a, l->s[i]);
	vault_json_set(j, key, a);
}

enum vault_rc record_bad(struct vault_err *err)
{
	return vault_err_set(err, VAULT_DAMAGED, "a record of the vault is not readable by this program");
}

enum vault_rc record_str(const struct jsonread *j, const char *key, char **out, struct vault_err *err)
{
	const char *s = jsonread_str(j, key);
	*out = s != NULL ? strdup(s) : NULL;
	if (s != NULL && *out == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	return VAULT_OK;
}

enum vault_rc record_strings(const struct jsonread *j, const char *key, struct vault_strings *out, struct vault_err *err)
{
	const struct jsonread *a = jsonread_get(j, key);
	enum vault_rc rc = VAULT_OK;
	for (size_t i = 0; i < jsonread_size(a) && rc == VAULT_OK; i++) {
		const char *s = jsonread_str_at(a, i);
		rc = s == NULL ? record_bad(err) : vault_strings_add(out, s, err);
	}
	return rc;
}

enum vault_rc record_id(const struct jsonread *j, const char *key, uint8_t id[VAULT_ID_LEN], struct vault_err *err)
{
	return record_unhex(jsonread_str(j, key), id) == 0 ? VAULT_OK : record_bad(err);
}

/* --- tokens ---------------------------------------------------------------------------------------------- */

static struct vault_json *version_json(const struct vault_version *v)
{
	struct vault_json *j = vault_json_object();
	vault_json_set_int(j, "version", v->number);
	vault_json_set_int(j, "status", v->status);
	record_put_day(j, "created", v->created);
	record_put_day(j, "retired", v->retired);
	record_put_day(j, "died", v->died);
	record_put_day(j, "revoked_said", v->revoked_said);
	record_put_flag(j, "on_word", v->on_word);
	record_put_flag(j, "unchecked", v->unchecked);
	record_put_flag(j, "has_value", v->has_value);
	record_put_str(j, "smartsheet_name", v->smartsheet_name);
	record_set_strings(j, "left", &v->left);
	return j;
}

char *record_token_encode(const struct vault_token *t)
{
	struct vault_json *j = vault_json_object(), *versions = vault_json_array();
	record_set_id(j, "id", t->id);
	record_put_str(j, "label", t->label);
	record_put_str(j, "account", t->account);
	record_put_str(j, "license", t->license);
	record_put_str(j, "plan", t->plan);
	record_put_str(j, "region", vault_region_name(t->region));
	record_put_str(j, "owner", t->owner);
	record_put_str(j, "note", t->note);
	record_put_flag(j, "removed", t->removed);
	record_put_day(j, "removed_on", t->removed_on);
	record_put_day(j, "created", t->created);
	vault_json_set_int(j, "rotate_every_days", t->rotate_every_days);
	record_put_day(j, "expires", t->expires);
	record_set_strings(j, "tags", &t->tags);
	for (size_t i = 0; i < t->n_versions; i++)
		vault_json_add(versions, version_json(&t->versions[i]));
	vault_json_set(j, "versions", versions);
	return record_text(j);
}

static enum vault_rc version_parse(const struct jsonread *j, size_t index, struct vault_version *v, struct vault_err *err)
{
	const int64_t status = jsonread_int(j, "status", -1);
	if (jsonread_int(j, "version", -1) != (int64_t)index + 1 || status < VAULT_CURRENT || status > VAULT_ERASED)
		return record_bad(err);
	v->number = (uint32_t)index + 1;
	v->status = (enum vault_version_status)status;
	v->created = jsonread_day(j, "created");
	v->retired = jsonread_day(j, "retired");
	v->died = jsonread_day(j, "died");
	v->revoked_said = jsonread_day(j, "revoked_said");
	v->on_word = jsonread_bool(j, "on_word", 0);
	v->unchecked = jsonread_bool(j, "unchecked", 0);
	v->has_value = jsonread_bool(j, "has_value", 0);
	const enum vault_rc rc = record_strings(j, "left", &v->left, err);
	return rc == VAULT_OK ? record_str(j, "smartsheet_name", &v->smartsheet_name, err) : rc;
}

static enum vault_rc versions_parse(const struct jsonread *j, struct vault_token *t, struct vault_err *err)
{
	const struct jsonread *a = jsonread_get(j, "versions");
	const size_t n = jsonread_size(a);
	enum vault_rc rc = VAULT_OK;
	if (n == 0 || n > UINT32_MAX)
		return record_bad(err);
	t->versions = calloc(n, sizeof *t->versions);
	if (t->versions == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	t->n_versions = n;
	for (size_t i = 0; i < n && rc == VAULT_OK; i++)
		rc = version_parse(jsonread_at(a, i), i, &t->versions[i], err);
	return rc;
}

static enum vault_rc token_fields(const struct jsonread *j, struct vault_token *t, struct vault_err *err)
{
	static const struct {
		const char *key;
		size_t at;
	} text[] = {
		{"label", offsetof(struct vault_token, label)},     {"account", offsetof(struct vault_token, account)},
		{"license", offsetof(struct vault_token, license)}, {"plan", offsetof(struct vault_token, plan)},
		{"owner", offsetof(struct vault_token, owner)},     {"note", offsetof(struct vault_token, note)},
	};
	const char *region = jsonread_str(j, "region");
	enum vault_rc rc = record_id(j, "id", t->id, err);
	for (size_t i = 0; i < sizeof text / sizeof text[0] && rc == VAULT_OK; i++)
		rc = record_str(j, text[i].key, (char **)(void *)((char *)t + text[i].at), err);
	if (rc == VAULT_OK && (t->label == NULL || t->account == NULL || t->license == NULL || region == NULL))
		rc = record_bad(err);
	if (rc == VAULT_OK && vault_region_parse(region, &t->region, NULL) != VAULT_OK)
		rc = record_bad(err);
	if (rc == VAULT_OK)
		rc = record_strings(j, "tags", &t->tags, err);
	t->removed = jsonread_bool(j, "removed", 0);
	t->removed_on = jsonread_day(j, "removed_on");
	t->created = jsonread_day(j, "created");
	t->rotate_every_days = jsonread_int(j, "rotate_every_days", 0);
	t->expires = jsonread_day(j, "expires");
	return rc;
}

enum vault_rc record_token_parse(const void *p, size_t n, struct vault_token *out, struct vault_err *err)
{
	struct jsonread *j = NULL;
	memset(out, 0, sizeof *out);
	enum vault_rc rc = jsonread_parse(p, n, &j, err);
	if (rc == VAULT_OK)
		rc = token_fields(j, out, err);
	if (rc == VAULT_OK)
		rc = versions_parse(j, out, err);
	jsonread_free(&j);
	if (rc != VAULT_OK)
		vault_token_clear(out);
	return rc;
}

/* --- values and verdicts --------------------------------------------------------------------------------- */

char *record_value_encode(const uint8_t token_id[VAULT_ID_LEN], uint32_t version)
{
	struct vault_json *j = vault_json_object();
	record_set_id(j, "token", token_id);
	vault_json_set_int(j, "version", version);
	return record_text(j);
}

enum vault_rc record_value_parse(const void *p, size_t n, uint8_t token_id[VAULT_ID_LEN], uint32_t *version,
                                 struct vault_err *err)
{
	struct jsonread *j = NULL;
	enum vault_rc rc = jsonread_parse(p, n, &j, err);
	if (rc == VAULT_OK)
		rc = record_id(j, "token", token_id, err);
	const int64_t v = rc == VAULT_OK ? jsonread_int(j, "version", 0) : 1;
	if (v < 1 || v > UINT32_MAX)
		rc = record_bad(err);
	*version = (uint32_t)v;
	jsonread_free(&j);
	return rc;
}

static void set_maybe(struct vault_json *j, const char *key, int value)
{
	if (value >= 0)
		vault_json_set_bool(j, key, value);
}

char *record_verdict_encode(const struct vault_verdict *v)
{
	struct vault_json *j = vault_json_object(), *i = NULL;
	record_put_str(j, "result", vault_result_name(v->result));
	vault_json_set_int(j, "http_status", v->http_status);
	vault_json_set_int(j, "error_code", v->error_code);
	record_put_str(j, "message", v->message);
	record_put_str(j, "base", v->base);
	record_put_str(j, "drift", v->drift);
	if (v->has_identity) {
		i = vault_json_object();
		record_put_str(i, "id", v->identity.id);
		record_put_str(i, "email", v->identity.email);
		record_put_str(i, "account_id", v->identity.account_id);
		record_put_str(i, "account_name", v->identity.account_name);
		set_maybe(i, "admin", v->identity.admin);
		set_maybe(i, "licensed", v->identity.licensed);
		set_maybe(i, "group_admin", v->identity.group_admin);
		set_maybe(i, "resource_viewer", v->identity.resource_viewer);
		record_set_strings(i, "alternates", &v->identity.alternates);
		vault_json_set(j, "identity", i);
	}
	return record_text(j);
}

enum vault_rc record_identity(const struct jsonread *j, struct vault_identity *out, struct vault_err *err)
{
	enum vault_rc rc = record_str(j, "id", &out->id, err);
	if (rc == VAULT_OK)
		rc = record_str(j, "email", &out->email, err);
	if (rc == VAULT_OK)
		rc = record_str(j, "account_id", &out->account_id, err);
	if (rc == VAULT_OK)
		rc = record_str(j, "account_name", &out->account_name, err);
	if (rc == VAULT_OK)
		rc = record_strings(j, "alternates", &out->alternates, err);
	out->admin = jsonread_bool(j, "admin", -1);
	out->licensed = jsonread_bool(j, "licensed", -1);
	out->group_admin = jsonread_bool(j, "group_admin", -1);
	out->resource_viewer = jsonread_bool(j, "resource_viewer", -1);
	return rc;
}

enum vault_rc record_verdict_parse(const void *p, size_t n, struct vault_verdict *out, struct vault_err *err)
{
	struct jsonread *j = NULL;
	enum vault_rc rc = jsonread_parse(p, n, &j, err);
	const char *name = jsonread_str(j, "result");
	int r = VAULT_VALID;
	memset(out, 0, sizeof *out);
	while (name != NULL && r <= VAULT_UNKNOWN && strcmp(name, vault_result_name((enum vault_result)r)) != 0)
		r++;
	if (rc == VAULT_OK && (name == NULL || r > VAULT_UNKNOWN))
		rc = record_bad(err);
	if (rc == VAULT_OK) {
		const struct jsonread *i = jsonread_get(j, "identity");
		out->result = (enum vault_result)r;
		out->http_status = jsonread_int(j, "http_status", 0);
		out->error_code = jsonread_int(j, "error_code", 0);
		rc = record_str(j, "message", &out->message, err);
		if (rc == VAULT_OK)
			rc = record_str(j, "base", &out->base, err);
		if (rc == VAULT_OK)
			rc = record_str(j, "drift", &out->drift, err);
		out->has_identity = jsonread_is_object(i);
		if (rc == VAULT_OK && out->has_identity)
			rc = record_identity(i, &out->identity, err);
	}
	jsonread_free(&j);
	if (rc != VAULT_OK)
		vault_verdict_clear(out);
	return rc;
}
