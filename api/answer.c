/* answer.c - body and status in, verdict out, by SMARTSHEET's table to the letter. A wrong "dead" would erase a living
 * token and a wrong "valid" would hide a dead one, so whatever is odd is `unknown`. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "answer.h"

enum {
	ANSWER_EMAIL_MAX = 320,
	ANSWER_ALTERNATES_MAX = 50,
	ANSWER_SCRUB_MIN = 16,
	ANSWER_PARTS_MAX = 10000, /* a page has 500 items; some 300 bytes each */
	ANSWER_VALUES_MAX = 50000 /* some 120 bytes each */
};

struct answer_rule {
	long status;
	int64_t code;
	enum answer_result result;
};

static const struct answer_rule answer_rules[] = {
        {401, 1002, ANSWER_INVALID}, {401, 1003, ANSWER_EXPIRED}, {400, 1132, ANSWER_REVOKED},
        {401, 1005, ANSWER_BLOCKED}, {403, 1013, ANSWER_BLOCKED}, {403, 1188, ANSWER_BLOCKED},
        {403, 1361, ANSWER_BLOCKED}, {403, 1362, ANSWER_BLOCKED}, {403, 1363, ANSWER_BLOCKED},
        {403, 1004, ANSWER_VALID}, /* alive, may not ask who it is */
};

const char *answer_result_name(enum answer_result r)
{
	static const char *const names[] = {"valid", "invalid", "expired", "revoked", "blocked", "unknown"};

	return (size_t)r < sizeof names / sizeof names[0] ? names[r] : "unknown";
}

/* Length of the well-formed sequence at `p` (RFC 3629) and its code point; 0 where there is none. */
static size_t answer_utf8(const unsigned char *p, uint32_t *cp)
{
	size_t n = 0;

	if (p[0] < 0x80) {
		*cp = p[0];
		return 1;
	}
	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		n = 2;
	else if ((p[0] & 0xf0) == 0xe0)
		n = 3;
	else if (p[0] >= 0xf0 && p[0] <= 0xf4)
		n = 4;
	else
		return 0;
	*cp = p[0] & (0xffu >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80) /* a NUL ends here too */
			return 0;
		*cp = *cp << 6 | (p[i] & 0x3fu);
	}
	if ((n == 3 && *cp < 0x800) || (n == 4 && (*cp < 0x10000 || *cp > 0x10ffff)) ||
	    (*cp >= 0xd800 && *cp <= 0xdfff))
		return 0;
	return n;
}

/* C0, C1, and what reorders or breaks lines (UAX #9): a server must not draw on somebody's terminal. */
static int answer_is_control(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp <= 0x9f) || cp == 0x61c || cp == 0x200e || cp == 0x200f ||
	       (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069) || cp == 0xfeff;
}

int answer_clean(char *out, size_t max, const char *in)
{
	const unsigned char *p = (const unsigned char *)in;
	size_t at = 0, n = 0;
	int dropped = 0;

	while (*p) {
		uint32_t cp = 0;

		n = answer_utf8(p, &cp);
		if (n == 0 || answer_is_control(cp)) {
			dropped = 1;
			p += n ? n : 1;
			continue;
		}
		if (at + n > max)
			break;
		memcpy(out + at, p, n);
		at += n;
		p += n;
	}
	out[at] = '\0';
	return dropped;
}

void answer_scrub(char *text, size_t n, const char *token, size_t token_n)
{
	char *at = text;

	if (token_n < ANSWER_SCRUB_MIN)
		return;
	while ((at = memmem(at, n - (size_t)(at - text), token, token_n)) != NULL) {
		memset(at, '*', token_n);
		at += token_n;
	}
}

/* printf-like, cleaned and cut to fit; the pieces are never secret. */
static void answer_say(struct answer *a, const char *what, ...) __attribute__((format(printf, 2, 3)));
static void answer_say(struct answer *a, const char *what, ...)
{
	char raw[2 * ANSWER_MESSAGE_MAX];
	va_list ap;

	va_start(ap, what);
	(void)vsnprintf(raw, sizeof raw, what, ap);
	va_end(ap);
	(void)answer_clean(a->message, sizeof a->message - 1, raw);
}

void answer_fail(struct answer *a, const char *host, long status, const char *what, ...)
{
	char raw[ANSWER_MESSAGE_MAX];
	va_list ap;

	answer_clear(a);
	a->result = ANSWER_UNKNOWN;
	a->http_status = status;
	va_start(ap, what);
	(void)vsnprintf(raw, sizeof raw, what, ap);
	va_end(ap);
	answer_say(a, "%s: %s", host, raw);
}

/* What the parser would make of it, counted before it begins: brackets within brackets, where it recurses; and values, as
 * a megabyte of "{}," would become a hundred in memory. Outside strings. NULL where it may be parsed. */
static const char *answer_too_much(const char *body, size_t n)
{
	size_t depth = 0, parts = 0, values = 0;
	int in_string = 0;

	for (size_t i = 0; i < n; i++) {
		char c = body[i];

		if (in_string) {
			if (c == '\\')
				i++;
			else if (c == '"')
				in_string = 0;
		} else if (c == '"') {
			in_string = 1;
		} else if (c == ',') {
			values++;
		} else if (c == '{' || c == '[') {
			parts++;
			if (++depth > ANSWER_DEPTH_MAX)
				return "JSON nested too deeply";
		} else if ((c == '}' || c == ']') && depth > 0) {
			depth--;
		}
	}
	return parts > ANSWER_PARTS_MAX || values > ANSWER_VALUES_MAX ? "JSON of too many parts" : NULL;
}

/* What is wrong with a body, in words. */
static const char *answer_odd(const json_error_t *e, const char *body, size_t n)
{
	size_t i = 0;

	while (i < n && (body[i] == ' ' || body[i] == '\t' || body[i] == '\r' || body[i] == '\n'))
		i++;
	if (i < n && body[i] == '<')
		return "a web page instead of JSON (a proxy's, or a login page?)";
	switch (json_error_code(e)) {
	case json_error_duplicate_key:
		return "JSON with the same key twice";
	case json_error_invalid_utf8:
		return "JSON that is not UTF-8";
	case json_error_end_of_input_expected:
		return "something after the end of the JSON";
	case json_error_premature_end_of_input:
		return "JSON that breaks off";
	case json_error_numeric_overflow:
		return "JSON with a number too large";
	case json_error_null_character:
	case json_error_null_byte_in_key:
		return "JSON with a NUL character";
	default:
		return "no JSON";
	}
}

/* The body as an object, or NULL and what it is instead. */
static json_t *answer_parse(const char *body, size_t n, const char **odd)
{
	json_error_t e;
	json_t *j = NULL;

	memset(&e, 0, sizeof e);
	if (n == 0) {
		*odd = "nothing in it";
		return NULL;
	}
	*odd = answer_too_much(body, n);
	if (*odd)
		return NULL;
	j = json_loadb(body, n, JSON_REJECT_DUPLICATES, &e);
	if (!j) {
		*odd = answer_odd(&e, body, n);
	} else if (!json_is_object(j)) {
		*odd = "JSON that is no object";
		json_decref(j);
		j = NULL;
	}
	return j;
}

/* An address is taken as it is or not at all: with characters left out it might be somebody else's. */
static json_t *answer_email(const json_t *j)
{
	char clean[ANSWER_EMAIL_MAX + 1];
	const char *s = json_string_value(j);

	if (!s || !*s || strlen(s) > ANSWER_EMAIL_MAX || answer_clean(clean, ANSWER_EMAIL_MAX, s))
		return NULL;
	return json_string(clean);
}

static json_t *answer_text(const json_t *j)
{
	char clean[ANSWER_THEIRS_MAX + 1];
	const char *s = json_string_value(j);

	if (!s)
		return NULL;
	(void)answer_clean(clean, ANSWER_THEIRS_MAX, s);
	return clean[0] ? json_string(clean) : NULL;
}

/* Ids exceed 2^53, so they leave as text. */
static json_t *answer_id(const json_t *j)
{
	char text[24];

	if (!json_is_integer(j))
		return NULL;
	(void)snprintf(text, sizeof text, "%" JSON_INTEGER_FORMAT, json_integer_value(j));
	return json_string(text);
}

static json_t *answer_flag(const json_t *j)
{
	return json_is_boolean(j) ? json_boolean(json_is_true(j)) : NULL;
}

static int answer_put(json_t *obj, const char *key, json_t *owned)
{
	return json_object_set_new(obj, key, owned ? owned : json_null());
}

/* Only confirmed ones: anybody can enter an address they don't have. */
static int answer_add_alternate(json_t *list, const json_t *one)
{
	json_t *email = NULL;

	if (!json_is_true(json_object_get(one, "confirmed")) || json_array_size(list) >= ANSWER_ALTERNATES_MAX)
		return 0;
	email = answer_email(json_object_get(one, "email"));
	return email ? json_array_append_new(list, email) : 0;
}

/* Documented as an array, and as an object in the specification of 2024: both are taken. */
static json_t *answer_alternates(const json_t *j)
{
	json_t *list = json_array();
	int bad = list == NULL;

	if (!bad && json_is_object(j))
		bad = answer_add_alternate(list, j) != 0;
	for (size_t i = 0; !bad && i < json_array_size(j); i++)
		bad = answer_add_alternate(list, json_array_get(j, i)) != 0;
	if (bad) {
		json_decref(list);
		list = NULL;
	}
	return list;
}

/* Never `role`: that is a job title. */
static json_t *answer_identity(const json_t *me)
{
	const json_t *account = json_object_get(me, "account");
	json_t *out = json_object(), *alternates = answer_alternates(json_object_get(me, "alternateEmails"));
	int bad = out == NULL || alternates == NULL;

	bad = bad || answer_put(out, "id", answer_id(json_object_get(me, "id"))) != 0;
	bad = bad || answer_put(out, "email", answer_email(json_object_get(me, "email"))) != 0;
	bad = bad || answer_put(out, "account_id", answer_id(json_object_get(account, "id"))) != 0;
	bad = bad || answer_put(out, "account_name", answer_text(json_object_get(account, "name"))) != 0;
	bad = bad || answer_put(out, "admin", answer_flag(json_object_get(me, "admin"))) != 0;
	bad = bad || answer_put(out, "licensed", answer_flag(json_object_get(me, "licensedSheetCreator"))) != 0;
	bad = bad || answer_put(out, "group_admin", answer_flag(json_object_get(me, "groupAdmin"))) != 0;
	bad = bad || answer_put(out, "resource_viewer", answer_flag(json_object_get(me, "resourceViewer"))) != 0;
	bad = bad || json_object_set(out, "alternates", alternates) != 0;
	json_decref(alternates);
	if (bad || json_is_null(json_object_get(out, "id"))) {
		json_decref(out);
		out = NULL;
	}
	return out;
}

static void answer_judge_me(struct answer *a, const char *host, const json_t *me)
{
	if (!json_is_integer(json_object_get(me, "id"))) {
		answer_fail(a, host, 200, "HTTP 200, but without an integer id: is this Smartsheet?");
		return;
	}
	a->identity = answer_identity(me);
	if (!a->identity)
		answer_fail(a, host, 200, "no memory to take in the answer");
	else
		a->result = ANSWER_VALID;
}

/* Smartsheet's code, and the verdict by the table; what it says, cleaned. */
static void answer_error(struct answer *a, const json_t *error, char said[ANSWER_THEIRS_MAX + 1])
{
	const json_t *code = json_object_get(error, "errorCode");
	const char *theirs = json_string_value(json_object_get(error, "message"));

	said[0] = '\0';
	if (theirs)
		(void)answer_clean(said, ANSWER_THEIRS_MAX, theirs);
	if (json_is_integer(code))
		a->error_code = json_integer_value(code);
	for (size_t i = 0; i < sizeof answer_rules / sizeof answer_rules[0]; i++) {
		if (answer_rules[i].status == a->http_status && answer_rules[i].code == a->error_code)
			a->result = answer_rules[i].result;
	}
}

static void answer_say_code(struct answer *a, const char *host, const char *said)
{
	answer_say(a, "%s: HTTP %ld, code %lld%s%s", host, a->http_status, (long long)a->error_code,
	           said[0] ? ": " : "", said);
}

static void answer_judge_error(struct answer *a, const char *host, const json_t *error)
{
	char said[ANSWER_THEIRS_MAX + 1];

	answer_error(a, error, said);
	if (a->result == ANSWER_UNKNOWN)
		answer_say_code(a, host, said);
	else if (a->result == ANSWER_INVALID)
		answer_say(a, "%s: %s (a token of another region looks the same)", host, said[0] ? said : "invalid");
	else
		answer_say(a, "%s", said);
}

/* The body as an object, at whatever status; NULL where `a` says what came in place of one. */
static json_t *answer_take(struct answer *a, const char *host, long status, const char *location, const char *body,
                           size_t n)
{
	const char *odd = NULL;
	json_t *j = NULL;

	answer_clear(a);
	a->result = ANSWER_UNKNOWN;
	a->http_status = status;
	if (status >= 300 && status <= 399) {
		answer_fail(a, host, status, "HTTP %ld, a redirect to %.300s: not followed", status,
		            location && *location ? location : "nowhere");
		return NULL;
	}
	j = answer_parse(body, n, &odd);
	if (!j)
		answer_fail(a, host, status, "HTTP %ld with %s", status, odd);
	return j;
}

void answer_judge(struct answer *a, const char *host, long status, const char *location, const char *body, size_t n)
{
	json_t *j = answer_take(a, host, status, location, body, n);

	if (j && status == 200)
		answer_judge_me(a, host, j);
	else if (j)
		answer_judge_error(a, host, j);
	json_decref(j);
}

json_t *answer_judge_page(struct answer *a, const char *host, long status, const char *location, const char *body,
                          size_t n)
{
	char said[ANSWER_THEIRS_MAX + 1];
	json_t *j = answer_take(a, host, status, location, body, n);

	if (j && status == 200) {
		a->result = ANSWER_VALID;
		return j;
	}
	if (j) {
		answer_error(a, j, said);
		answer_say_code(a, host, said);
	}
	json_decref(j);
	return NULL;
}

void answer_judge_revoke(struct answer *a, const char *host, long status, const char *location, const char *body,
                         size_t n)
{
	char said[ANSWER_THEIRS_MAX + 1];
	json_t *j = answer_take(a, host, status, location, body, n);

	if (j && status == 200) {
		a->result = ANSWER_VALID;
	} else if (j) {
		answer_error(a, j, said);
		if (a->result == ANSWER_VALID) /* 1004: alive, and may not do this. That is no yes. */
			a->result = ANSWER_UNKNOWN;
		answer_say_code(a, host, said);
	}
	json_decref(j);
}

json_t *answer_line(const struct answer *a, json_int_t id, const char *base)
{
	json_t *line = json_object();
	int bad = line == NULL;

	bad = bad || answer_put(line, "id", json_integer(id)) != 0;
	bad = bad || answer_put(line, "result", json_string(answer_result_name(a->result))) != 0;
	bad = bad || answer_put(line, "http_status", json_integer(a->http_status)) != 0;
	bad = bad || answer_put(line, "error_code", json_integer(a->error_code)) != 0;
	bad = bad || answer_put(line, "message", a->message[0] ? json_string(a->message) : NULL) != 0;
	bad = bad || answer_put(line, "base", json_string(base)) != 0;
	bad = bad || answer_put(line, "identity", a->identity ? json_incref(a->identity) : NULL) != 0;
	if (bad) {
		json_decref(line);
		line = NULL;
	}
	return line;
}

void answer_clear(struct answer *a)
{
	json_decref(a->identity);
	memset(a, 0, sizeof *a);
}
