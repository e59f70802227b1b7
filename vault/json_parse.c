/* json_parse.c - JSON that others wrote (vault-api, files): a thin, checked face of jansson, and the only room that
 * includes it. L2. Our own sealed records are read by jsonread.c.
 *
 * What is read are jansson's own values, told from nodes by the lowest bit of the pointer, so that reading allocates
 * nothing. */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "json_int.h"

enum { DEPTH_MAX = 64 };

static const struct vault_json *view_of(json_t *j)
{
	return j ? (const struct vault_json *)((uintptr_t)j | 1) : NULL;
}

/* NULL of what is under construction, too: it is not read. */
static json_t *value_of(const struct vault_json *j)
{
	if (!j)
		return NULL;
	return json_is_view(j) ? (json_t *)((uintptr_t)j & ~(uintptr_t)1) : j->parsed;
}

static struct vault_json *node_of(json_t *j)
{
	struct vault_json *n = calloc(1, sizeof *n);

	if (n)
		n->parsed = j;
	else
		json_decref(j);
	return n;
}

void json_parsed_free(struct vault_json *j)
{
	json_decref(j->parsed);
}

int json_parsed_set(struct vault_json *obj, const char *key, const char *text, size_t n)
{
	json_t *value = json_loadb(text, n, JSON_DECODE_ANY, NULL);

	return value ? json_object_set_new(obj->parsed, key, value) : -1;
}

void json_parsed_drop(struct vault_json *obj, const char *key)
{
	(void)json_object_del(obj->parsed, key);
}

char *json_parsed_dump(const struct vault_json *j, size_t indent)
{
	return json_dumps(value_of(j), JSON_ENCODE_ANY | (indent > 0 ? JSON_INDENT(indent > 31 ? 31 : indent) : JSON_COMPACT));
}

/* jansson's own limit is 2048, set when it was compiled: too deep for the stacks of those who read what it gives. */
static int too_deep(const char *p, size_t n)
{
	size_t i = 0, depth = 0;
	int in_string = 0;

	for (i = 0; i < n; i++) {
		if (in_string && p[i] == '\\')
			i++;
		else if (p[i] == '"')
			in_string = !in_string;
		else if (!in_string && (p[i] == '{' || p[i] == '[') && ++depth > DEPTH_MAX)
			return 1;
		else if (!in_string && (p[i] == '}' || p[i] == ']') && depth > 0)
			depth--;
	}
	return 0;
}

/* jansson's sentence quotes the text, which may be a file of secrets taken for JSON: only the place is told. */
struct vault_json *vault_json_parse(const void *text, size_t len, struct vault_err *err)
{
	json_error_t e = {0};
	json_t *j = NULL;
	struct vault_json *n = NULL;
	const char *what = "is not JSON";

	if (too_deep(text, len)) {
		vault_err_set(err, VAULT_REFUSED, "JSON is nested more than %d deep", DEPTH_MAX);
		return NULL;
	}
	j = json_loadb(text, len, JSON_REJECT_DUPLICATES, &e);
	if (!j) {
		if (json_error_code(&e) == json_error_duplicate_key)
			what = "has a key twice in one JSON object";
		else if (json_error_code(&e) == json_error_numeric_overflow)
			what = "has a number that does not fit into 64 bits";
		else if (json_error_code(&e) == json_error_out_of_memory)
			what = "does not fit into memory";
		vault_err_set(err, VAULT_REFUSED, "line %d, column %d %s", e.line, e.column, what);
		return NULL;
	}
	n = node_of(j);
	if (!n)
		vault_err_set(err, VAULT_REFUSED, "out of memory");
	return n;
}

static json_t *member(const struct vault_json *obj, const char *key)
{
	json_t *j = value_of(obj);

	return json_is_object(j) ? json_object_get(j, key) : NULL;
}

const struct vault_json *vault_json_get(const struct vault_json *obj, const char *key)
{
	return view_of(member(obj, key));
}

const char *vault_json_get_str(const struct vault_json *obj, const char *key)
{
	return json_string_value(member(obj, key));
}

int64_t vault_json_get_int(const struct vault_json *obj, const char *key, int64_t otherwise)
{
	json_t *j = member(obj, key);

	return json_is_integer(j) ? json_integer_value(j) : otherwise;
}

int vault_json_get_bool(const struct vault_json *obj, const char *key, int otherwise)
{
	json_t *j = member(obj, key);

	return json_is_boolean(j) ? json_is_true(j) : otherwise;
}

int vault_json_is_int(const struct vault_json *obj, const char *key)
{
	return json_is_integer(member(obj, key));
}

int vault_json_is_null(const struct vault_json *obj, const char *key)
{
	return json_is_null(member(obj, key));
}

int vault_json_is_object(const struct vault_json *j)
{
	return json_is_object(value_of(j));
}

int vault_json_is_array(const struct vault_json *j)
{
	return json_is_array(value_of(j));
}

size_t vault_json_size(const struct vault_json *arr)
{
	return json_array_size(value_of(arr));
}

const struct vault_json *vault_json_at(const struct vault_json *arr, size_t i)
{
	return view_of(json_array_get(value_of(arr), i));
}

const char *vault_json_str_at(const struct vault_json *arr, size_t i)
{
	return json_string_value(json_array_get(value_of(arr), i));
}
