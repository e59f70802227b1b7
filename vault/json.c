/* json.c - JSON documents: a thin, checked face of jansson, and the only room that includes it. L2. Our own sealed records
 * are read by jsonread.c.
 *
 * What is built is a tree of nodes beside jansson's, which remembers a failure and carries it to the root; a node lives
 * as long as the document it was put into. What is read are jansson's own values, told from nodes by the lowest bit
 * of the pointer, so that reading allocates nothing. */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include <vault/date.h>
#include <vault/json.h>
#include <vault/types.h>

enum { DEPTH_MAX = 64 };

struct vault_json {
	json_t *j;
	struct vault_json *parent, *child, *sibling;
	int failed;
};

static int is_view(const struct vault_json *j)
{
	return ((uintptr_t)j & 1) != 0;
}

static const struct vault_json *view_of(json_t *j)
{
	return j ? (const struct vault_json *)((uintptr_t)j | 1) : NULL;
}

static json_t *value_of(const struct vault_json *j)
{
	if (!j)
		return NULL;
	return is_view(j) ? (json_t *)((uintptr_t)j & ~(uintptr_t)1) : j->j;
}

static struct vault_json *node_of(json_t *j)
{
	struct vault_json *n = j ? calloc(1, sizeof *n) : NULL;

	if (n)
		n->j = j;
	else if (j)
		json_decref(j);
	return n;
}

static void fail(struct vault_json *n)
{
	for (; n; n = n->parent)
		n->failed = 1;
}

struct vault_json *vault_json_object(void)
{
	return node_of(json_object());
}

struct vault_json *vault_json_array(void)
{
	return node_of(json_array());
}

static void free_nodes(struct vault_json *n)
{
	struct vault_json *c = NULL, *next = NULL;

	for (c = n->child; c; c = next) {
		next = c->sibling;
		free_nodes(c);
	}
	json_decref(n->j);
	free(n);
}

void vault_json_free(struct vault_json **j)
{
	if (!j || !*j || is_view(*j))
		return;
	free_nodes(*j);
	*j = NULL;
}

/* A node goes under another, whether jansson took its value (`bad` 0) or not: it may still be written to. For that each
 * node has a reference of its own to its value. */
static void adopt(struct vault_json *to, struct vault_json *n, int bad)
{
	n->parent = to;
	n->sibling = to->child;
	to->child = n;
	if (bad || n->failed)
		fail(to);
}

static void put(struct vault_json *obj, const char *key, json_t *value)
{
	if (!obj || is_view(obj)) {
		json_decref(value);
		return;
	}
	if (!value || json_object_set_new(obj->j, key, value))
		fail(obj);
}

void vault_json_set(struct vault_json *obj, const char *key, struct vault_json *owned)
{
	if (!obj || is_view(obj))
		vault_json_free(&owned);
	else if (!owned)
		fail(obj);
	else
		adopt(obj, owned, json_object_set(obj->j, key, owned->j));
}

/* jansson takes UTF-8 only; names come from people and from Smartsheet. */
static json_t *text_value(const char *s)
{
	json_t *value = s ? json_string(s) : json_null();
	size_t n = 0, i = 0, len = 0;
	char *copy = NULL;

	if (value)
		return value;
	copy = strdup(s);
	if (!copy)
		return NULL;
	n = strlen(copy);
	for (i = 0; i < n; i += len) {
		len = vault_utf8_len((const unsigned char *)copy + i, n - i);
		if (len == 0) {
			copy[i] = '?';
			len = 1;
		}
	}
	value = json_string(copy);
	free(copy);
	return value;
}

void vault_json_set_str(struct vault_json *obj, const char *key, const char *s)
{
	put(obj, key, text_value(s));
}

void vault_json_set_int(struct vault_json *obj, const char *key, int64_t n)
{
	put(obj, key, json_integer(n));
}

void vault_json_set_bool(struct vault_json *obj, const char *key, int yes)
{
	put(obj, key, json_boolean(yes));
}

void vault_json_set_null(struct vault_json *obj, const char *key)
{
	put(obj, key, json_null());
}

void vault_json_set_day(struct vault_json *obj, const char *key, int64_t day)
{
	char text[VAULT_DAY_LEN];

	put(obj, key, day == VAULT_NO_DAY ? json_null() : json_string(vault_day_format(day, text)));
}

void vault_json_set_time(struct vault_json *obj, const char *key, int64_t time_s)
{
	char text[VAULT_TIME_LEN];

	put(obj, key, time_s < 0 ? json_null() : json_string(vault_time_format(time_s, text)));
}

void vault_json_add(struct vault_json *arr, struct vault_json *owned)
{
	if (!arr || is_view(arr))
		vault_json_free(&owned);
	else if (!owned)
		fail(arr);
	else
		adopt(arr, owned, json_array_append(arr->j, owned->j));
}

void vault_json_add_str(struct vault_json *arr, const char *s)
{
	json_t *value = text_value(s);

	if (!arr || is_view(arr))
		json_decref(value);
	else if (!value || json_array_append_new(arr->j, value))
		fail(arr);
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

char *vault_json_dump(const struct vault_json *j, int indent, size_t *len)
{
	size_t flags = JSON_ENCODE_ANY | (indent > 0 ? JSON_INDENT(indent > 31 ? 31 : (size_t)indent) : JSON_COMPACT);
	char *text = NULL;

	*len = 0;
	if (!j || (!is_view(j) && j->failed))
		return NULL;
	text = json_dumps(value_of(j), flags);
	if (text)
		*len = strlen(text);
	return text;
}
