/* helper_answer.c - one answer of vault-api read strictly: that process has the network, so nothing of it is taken on
 * trust that is not in the form of protocol 1. L6. */
#include <stdlib.h>
#include <string.h>

#include "helper_answer.h"

enum vault_rc helper_answer_unknown(struct vault_verdict *v, const char *why, struct vault_err *err)
{
	char *base = v->base;

	v->base = NULL;
	vault_verdict_clear(v);
	v->base = base;
	v->result = VAULT_UNKNOWN;
	v->message = strdup(why);
	return v->message ? VAULT_OK : vault_err_set(err, VAULT_REFUSED, "no memory");
}

int helper_answer_is_text(const char *s, size_t max)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i], after = (unsigned char)s[i + 1];

		if (c < 0x20 || c == 0x7f || (c == 0xc2 && after >= 0x80 && after <= 0x9f)) /* C0, DEL, C1 */
			return 0;
	}
	return n > 0 && n <= max;
}

/* A copy of a string without control characters; -1 where it has some, is too long, or there is no memory. A missing
 * one is fine. */
static int helper_answer_text(const struct vault_json *j, const char *key, char **out)
{
	const char *s = vault_json_get_str(j, key);

	if (!s)
		return 0;
	if (!helper_answer_is_text(s, HELPER_ANSWER_TEXT_MAX))
		return -1;
	*out = strdup(s);
	return *out ? 0 : -1;
}

static int helper_answer_is_id(const char *s)
{
	size_t n = 0;

	if (s && *s == '-')
		s++;
	n = s ? strspn(s, "0123456789") : 0;
	return n >= 1 && n <= 19 && s[n] == '\0';
}

static int helper_answer_identity(const struct vault_json *j, struct vault_identity *to)
{
	const struct vault_json *alternates = vault_json_get(j, "alternates");
	struct vault_err ignored = {0};

	if (helper_answer_text(j, "id", &to->id) || helper_answer_text(j, "email", &to->email) ||
	    helper_answer_text(j, "account_id", &to->account_id) ||
	    helper_answer_text(j, "account_name", &to->account_name))
		return -1;
	if (!helper_answer_is_id(to->id) || (to->account_id && !helper_answer_is_id(to->account_id)) ||
	    !vault_json_is_array(alternates))
		return -1;
	for (size_t i = 0; i < vault_json_size(alternates); i++) {
		const char *s = vault_json_str_at(alternates, i);

		if (!s || vault_email_check("address", s, &ignored) != VAULT_OK)
			continue; /* one that we could not show as an address */
		if (vault_strings_add(&to->alternates, s, &ignored) != VAULT_OK)
			return -1;
	}
	to->admin = vault_json_get_bool(j, "admin", -1);
	to->licensed = vault_json_get_bool(j, "licensed", -1);
	to->group_admin = vault_json_get_bool(j, "group_admin", -1);
	to->resource_viewer = vault_json_get_bool(j, "resource_viewer", -1);
	return 0;
}

static int helper_answer_result(const char *name, enum vault_result *out)
{
	for (int r = VAULT_VALID; name && r <= VAULT_UNKNOWN; r++) {
		if (strcmp(name, vault_result_name((enum vault_result)r)) == 0) {
			*out = (enum vault_result)r;
			return 0;
		}
	}
	return -1;
}

int helper_answer_read(const struct vault_json *j, enum helper_op op, const char *base, struct vault_verdict *v)
{
	const struct vault_json *who = vault_json_get(j, "identity");
	const char *echo = vault_json_get_str(j, "base");

	if (helper_answer_result(vault_json_get_str(j, "result"), &v->result) != 0 || !echo || strcmp(echo, base) != 0)
		return -1;
	if (!vault_json_is_int(j, "http_status") || !vault_json_is_int(j, "error_code") ||
	    helper_answer_text(j, "message", &v->message) != 0)
		return -1;
	v->http_status = vault_json_get_int(j, "http_status", 0);
	v->error_code = vault_json_get_int(j, "error_code", 0);
	if (v->http_status < 0 || v->http_status > 999)
		return -1;
	if (op == HELPER_REVOKE) /* Smartsheet said yes, not who it is */
		return !vault_json_is_object(who) && (v->result != VAULT_VALID || v->http_status == 200) ? 0 : -1;
	if (vault_json_is_object(who)) {
		v->has_identity = 1;
		return v->result == VAULT_VALID ? helper_answer_identity(who, &v->identity) : -1;
	}
	/* Only a token that may not ask who it is can be valid without saying whose. */
	return v->result != VAULT_VALID || v->error_code == 1004 ? 0 : -1;
}
