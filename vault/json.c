/* json.c - JSON documents under construction, and their text. L2. What others wrote is read by json_parse.c.
 *
 * The commands that list write ten thousand tokens: a scalar becomes text at once, and a document is put together from the
 * pieces when it is dumped. A failure is remembered and carried to the root; a node lives as long as the document it was
 * put into. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/date.h>
#include <vault/types.h>

#include "json_int.h"

enum { INDENT_MAX = 31 };

static struct vault_json *node(int is_array)
{
	struct vault_json *n = calloc(1, sizeof *n);

	if (n)
		n->is_array = is_array;
	return n;
}

struct vault_json *vault_json_object(void)
{
	return node(0);
}

struct vault_json *vault_json_array(void)
{
	return node(1);
}

static void fail(struct vault_json *n)
{
	for (; n; n = n->parent)
		n->failed = 1;
}

static void free_node(struct vault_json *j)
{
	struct vault_json *next = NULL;

	if (j->parsed)
		json_parsed_free(j);
	for (size_t i = 0; i < j->n; i++)
		if (j->m[i].child)
			free_node(j->m[i].child);
	for (struct vault_json *c = j->dropped; c; c = next) {
		next = c->next;
		free_node(c);
	}
	buf_free(&j->text);
	free(j->m);
	free(j);
}

void vault_json_free(struct vault_json **j)
{
	if (!j || !*j || json_is_view(*j))
		return;
	free_node(*j);
	*j = NULL;
}

/* --- text ------------------------------------------------------------------------------------------------- */

/* RFC 8259, section 7: what must be escaped, and no more. */
static void text_escape(struct buf *b, unsigned char c)
{
	static const char names[] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
	char out[8];

	if (c == '"' || c == '\\')
		(void)snprintf(out, sizeof out, "\\%c", c);
	else if (c < sizeof names && names[c])
		(void)snprintf(out, sizeof out, "\\%c", names[c]);
	else
		(void)snprintf(out, sizeof out, "\\u%04X", c);
	buf_add(b, out, strlen(out));
}

/* Names come from people and from Smartsheet: what is no UTF-8 is shown as '?'. */
static void text_string(struct buf *b, const char *s)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t n = strlen(s), from = 0, i = 0, len = 0;

	buf_u8(b, '"');
	for (; i < n; i += len) {
		len = 1;
		if (p[i] >= 0x20 && p[i] < 0x80 && p[i] != '"' && p[i] != '\\')
			continue;
		if (p[i] >= 0x80 && (len = vault_utf8_len(p + i, n - i)) > 0)
			continue;
		buf_add(b, s + from, i - from);
		if (len == 0)
			buf_u8(b, '?');
		else
			text_escape(b, p[i]);
		len = 1;
		from = i + 1;
	}
	buf_add(b, s + from, n - from);
	buf_u8(b, '"');
}

/* --- members ---------------------------------------------------------------------------------------------- */

/* A place for a value: a key's own where it was set before, else a new one at the end. NULL: remembered as a failure. */
static struct json_member *place(struct vault_json *to, size_t key_at, size_t key_n)
{
	struct json_member *m = NULL;

	for (size_t i = 0; key_n > 0 && i < to->n; i++) {
		m = &to->m[i];
		if (m->key_n != key_n || memcmp(to->text.p + m->key_at, to->text.p + key_at, key_n) != 0)
			continue;
		if (m->child) {
			m->child->next = to->dropped;
			to->dropped = m->child;
		}
		m->child = NULL;
		return m;
	}
	if (to->n == to->cap) {
		size_t cap = to->cap ? 2 * to->cap : 8;

		m = reallocarray(to->m, cap, sizeof *m);
		if (!m) {
			fail(to);
			return NULL;
		}
		to->m = m;
		to->cap = cap;
	}
	m = &to->m[to->n++];
	*m = (struct json_member){.key_at = key_at, .key_n = key_n};
	return m;
}

/* A member whose key is NULL is an array's. */
static struct json_member *member(struct vault_json *to, const char *key)
{
	size_t key_at = to->text.n;

	if (key)
		text_string(&to->text, key);
	if (to->text.failed) {
		fail(to);
		return NULL;
	}
	return place(to, key_at, to->text.n - key_at);
}

/* `to` as something that a value can be put into, with or without a key; NULL where it is not. */
static struct vault_json *written(struct vault_json *to, int is_array)
{
	return to && !json_is_view(to) && (to->parsed || to->is_array == is_array) ? to : NULL;
}

static void put_parsed(struct vault_json *to, const char *key, const char *s, const char *raw)
{
	struct buf b = {.p = NULL};

	if (s)
		text_string(&b, s);
	else
		buf_add(&b, raw, strlen(raw));
	if (b.failed || !key || json_parsed_set(to, key, (const char *)b.p, b.n) != 0)
		fail(to);
	buf_free(&b);
}

/* A string `s`, or where it is NULL the JSON text `raw`. */
static void put(struct vault_json *to, const char *key, const char *s, const char *raw)
{
	struct json_member *m = NULL;

	to = written(to, key == NULL);
	if (!to)
		return;
	if (to->parsed) {
		put_parsed(to, key, s, raw);
		return;
	}
	m = member(to, key);
	if (!m)
		return;
	m->text_at = to->text.n;
	if (s)
		text_string(&to->text, s);
	else
		buf_add(&to->text, raw, strlen(raw));
	m->text_n = to->text.n - m->text_at;
	if (to->text.failed)
		fail(to);
}

static void adopt(struct vault_json *to, const char *key, struct vault_json *owned)
{
	struct json_member *m = NULL;

	to = written(to, key == NULL);
	if (!to || to->parsed || !owned || json_is_view(owned)) {
		if (to)
			fail(to);
		vault_json_free(&owned);
		return;
	}
	m = member(to, key);
	if (!m) {
		vault_json_free(&owned);
		return;
	}
	m->child = owned;
	owned->parent = to;
	if (owned->failed)
		fail(to);
}

void vault_json_set(struct vault_json *obj, const char *key, struct vault_json *owned)
{
	adopt(obj, key, owned);
}

void vault_json_add(struct vault_json *arr, struct vault_json *owned)
{
	adopt(arr, NULL, owned);
}

void vault_json_set_str(struct vault_json *obj, const char *key, const char *s)
{
	put(obj, key, s, "null");
}

void vault_json_add_str(struct vault_json *arr, const char *s)
{
	put(arr, NULL, s, "null");
}

void vault_json_set_int(struct vault_json *obj, const char *key, int64_t n)
{
	char text[24];

	(void)snprintf(text, sizeof text, "%" PRId64, n);
	put(obj, key, NULL, text);
}

void vault_json_add_int(struct vault_json *arr, int64_t n)
{
	char text[24];

	(void)snprintf(text, sizeof text, "%" PRId64, n);
	put(arr, NULL, NULL, text);
}

void vault_json_set_bool(struct vault_json *obj, const char *key, int yes)
{
	put(obj, key, NULL, yes ? "true" : "false");
}

void vault_json_set_null(struct vault_json *obj, const char *key)
{
	put(obj, key, NULL, "null");
}

void vault_json_set_day(struct vault_json *obj, const char *key, int64_t day)
{
	char text[VAULT_DAY_LEN];

	put(obj, key, day == VAULT_NO_DAY ? NULL : vault_day_format(day, text), "null");
}

void vault_json_set_time(struct vault_json *obj, const char *key, int64_t time_s)
{
	char text[VAULT_TIME_LEN];

	put(obj, key, time_s < 0 ? NULL : vault_time_format(time_s, text), "null");
}

/* --- the whole -------------------------------------------------------------------------------------------- */

static void dump_break(struct buf *out, size_t indent, size_t depth)
{
	static const char blank[] = "                                ";

	if (indent == 0)
		return;
	buf_u8(out, '\n');
	for (size_t n = indent * depth; n > 0;) {
		size_t some = n < sizeof blank - 1 ? n : sizeof blank - 1;

		buf_add(out, blank, some);
		n -= some;
	}
}

static void dump(const struct vault_json *j, size_t indent, size_t depth, struct buf *out)
{
	if (j->parsed) {
		char *text = json_parsed_dump(j, indent);

		buf_add(out, text ? text : "", text ? strlen(text) : 0);
		out->failed |= text == NULL;
		free(text);
		return;
	}
	buf_u8(out, j->is_array ? '[' : '{');
	for (size_t i = 0; i < j->n; i++) {
		const struct json_member *m = &j->m[i];

		if (i > 0)
			buf_u8(out, ',');
		dump_break(out, indent, depth + 1);
		buf_add(out, j->text.p + m->key_at, m->key_n);
		if (m->key_n > 0)
			buf_add(out, ": ", indent > 0 ? 2 : 1);
		if (m->child)
			dump(m->child, indent, depth + 1, out);
		else
			buf_add(out, j->text.p + m->text_at, m->text_n);
	}
	if (j->n > 0)
		dump_break(out, indent, depth);
	buf_u8(out, j->is_array ? ']' : '}');
}

char *vault_json_dump(const struct vault_json *j, int indent, size_t *len)
{
	size_t step = indent > 0 ? (indent < INDENT_MAX ? (size_t)indent : INDENT_MAX) : 0;
	struct buf out = {.p = NULL};

	*len = 0;
	if (!j)
		return NULL;
	if (json_is_view(j))
		return json_parsed_dump(j, step);
	if (j->failed)
		return NULL;
	dump(j, step, 0, &out);
	buf_u8(&out, '\0');
	if (out.failed) {
		buf_free(&out);
		return NULL;
	}
	*len = out.n - 1;
	return (char *)out.p;
}
