/* jsonread.c - one pass over a copy of the text, whose strings are unescaped where they stand. L2.
 *
 * The block of a document: room for all values that its text could hold, then the copy. Values whose array or object is
 * still open stand at the high end of that room, downwards; at the closing they move, in order, to the low end, where an
 * element is had by its number. The copy ends with a NUL, which no rule of the grammar
 * takes: no step looks further than one byte behind what it took. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <vault/date.h>
#include <vault/types.h>

#include "jsonread.h"

enum { DEPTH_MAX = 64, FEW_KEYS = 16 };

enum type { NONE, STRING, INTEGER, REAL, TRUTH, OBJECT, ARRAY };

struct jsonread {
	enum type type;           /* NONE: null */
	const char *key;          /* in an object */
	size_t key_n, n;          /* bytes of the key; of values in it */
	union {
		const char *text;
		int64_t i;        /* also of TRUTH */
		const struct jsonread *first;
	} is;
};

struct reader {
	char *p, *end;            /* *end is a NUL */
	struct jsonread *low, *high; /* the next to be filled for good; the lowest that waits */
};

static void skip_space(struct reader *r)
{
	while (*r->p == ' ' || *r->p == '\t' || *r->p == '\n' || *r->p == '\r')
		r->p++;
}

/* Whether the word comes next; takes it. */
static int word(struct reader *r, const char *w)
{
	const size_t n = strlen(w);
	if ((size_t)(r->end - r->p) < n || memcmp(r->p, w, n) != 0)
		return 0;
	r->p += n;
	return 1;
}

/* --- strings --------------------------------------------------------------------------------------------- */

/* Four hex digits behind a `\u`; -1 where they are none. */
static long hex4(const char *p)
{
	long v = 0;
	for (int i = 0; i < 4; i++) {
		const char c = p[i];
		const int d = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
		if (d < 0)
			return -1;
		v = v * 16 + d;
	}
	return v;
}

/* The character of a `\u`, with the second half of a pair; 0 for U+0000, a half alone, and what is none. */
static long unicode(struct reader *r)
{
	long c = hex4(r->p);
	if (c < 0)
		return 0;
	r->p += 4;
	if (c >= 0xd800 && c < 0xdc00) {
		const long low = r->p[0] == '\\' && r->p[1] == 'u' ? hex4(r->p + 2) : -1;
		if (low < 0xdc00 || low > 0xdfff)
			return 0;
		r->p += 6;
		return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
	}
	return c >= 0xdc00 && c <= 0xdfff ? 0 : c;
}

static char *put_utf8(char *to, long c)
{
	if (c < 0x80) {
		*to++ = (char)c;
		return to;
	}
	if (c < 0x800) {
		*to++ = (char)(0xc0 | c >> 6);
	} else {
		if (c < 0x10000) {
			*to++ = (char)(0xe0 | c >> 12);
		} else {
			*to++ = (char)(0xf0 | c >> 18);
			*to++ = (char)(0x80 | (c >> 12 & 63));
		}
		*to++ = (char)(0x80 | (c >> 6 & 63));
	}
	*to++ = (char)(0x80 | (c & 63));
	return to;
}

/* What a backslash stands for, to `*to`: never longer than what is taken, so it is written over it. */
static int escape(struct reader *r, char **to)
{
	static const char from[] = "\"\\/bfnrt", is[] = "\"\\/\b\f\n\r\t";
	const char c = r->p[1];
	const char *at = c != '\0' ? strchr(from, c) : NULL;
	r->p += 2;
	if (at != NULL) {
		*(*to)++ = is[at - from];
		return 0;
	}
	const long u = c == 'u' ? unicode(r) : 0;
	if (u == 0)
		return -1;
	*to = put_utf8(*to, u);
	return 0;
}

/* A string whose quote was taken, NUL-terminated where it stands. */
static int string(struct reader *r, const char **text, size_t *n)
{
	char *to = r->p;
	*text = r->p;
	for (;;) {
		const unsigned char c = (unsigned char)*r->p;
		if (c == '"')
			break;
		if (c == '\\') {
			if (escape(r, &to) != 0)
				return -1;
		} else if (c >= 0x20 && c < 0x80) {
			*to++ = *r->p++;
		} else {
			/* Also the end of the text: a control character is no beginning of a sequence. */
			const size_t len = c < 0x80 ? 0 : vault_utf8_len((const unsigned char *)r->p, (size_t)(r->end - r->p));
			if (len == 0)
				return -1;
			memmove(to, r->p, len);
			to += len;
			r->p += len;
		}
	}
	r->p++;
	*n = (size_t)(to - *text);
	*to = '\0';
	return 0;
}

/* --- numbers --------------------------------------------------------------------------------------------- */

static int digits(struct reader *r)
{
	const char *from = r->p;
	while (*r->p >= '0' && *r->p <= '9')
		r->p++;
	return r->p > from;
}

static int number(struct reader *r, struct jsonread *out)
{
	const char *from = r->p;
	out->type = INTEGER;
	r->p += *r->p == '-';
	if (*r->p == '0')
		r->p++;
	else if (!digits(r))
		return -1;
	if (*r->p == '.') {
		out->type = REAL;
		r->p++;
		if (!digits(r))
			return -1;
	}
	if (*r->p == 'e' || *r->p == 'E') {
		out->type = REAL;
		r->p++;
		r->p += *r->p == '+' || *r->p == '-';
		if (!digits(r))
			return -1;
	}
	/* Both end at the latest where we did, at what is no digit. */
	errno = 0;
	if (out->type == REAL)
		return isfinite(strtod(from, NULL)) ? 0 : -1;
	out->is.i = strtoll(from, NULL, 10);
	return errno == ERANGE ? -1 : 0;
}

/* --- arrays and objects ---------------------------------------------------------------------------------- */

static int by_key(const void *a, const void *b)
{
	const struct jsonread *x = a, *y = b;
	if (x->key_n != y->key_n)
		return x->key_n < y->key_n ? -1 : 1;
	return memcmp(x->key, y->key, x->key_n);
}

/* Few keys are compared each with each; many are sorted, so that a hostile object costs no more than its length. */
static int keys_differ(struct jsonread *m, size_t n)
{
	if (n > FEW_KEYS) {
		qsort(m, n, sizeof *m, by_key);
		for (size_t i = 1; i < n; i++)
			if (by_key(&m[i - 1], &m[i]) == 0)
				return 0;
		return 1;
	}
	for (size_t i = 1; i < n; i++)
		for (size_t k = 0; k < i; k++)
			if (by_key(&m[i], &m[k]) == 0)
				return 0;
	return 1;
}

/* The `n` lowest that wait are of the value that closes, the last of them lowest. */
static int close_value(struct reader *r, size_t n, struct jsonread *out)
{
	struct jsonread *first = r->low;
	for (size_t i = 0, k = n; i + 1 < k; i++) {
		const struct jsonread swap = r->high[i];
		r->high[i] = r->high[--k];
		r->high[k] = swap;
	}
	memmove(first, r->high, n * sizeof *first); /* where room is short the two overlap */
	r->low += n;
	r->high += n;
	out->n = n;
	out->is.first = first;
	return out->type == OBJECT && !keys_differ(first, n) ? -1 : 0;
}

static int value(struct reader *r, unsigned depth, struct jsonread *out);

static int member(struct reader *r, unsigned depth, int keyed)
{
	struct jsonread v = {.type = NONE};
	skip_space(r);
	if (keyed) {
		if (*r->p != '"')
			return -1;
		r->p++;
		if (string(r, &v.key, &v.key_n) != 0)
			return -1;
		skip_space(r);
		if (*r->p != ':')
			return -1;
		r->p++;
		skip_space(r);
	}
	if (value(r, depth, &v) != 0 || r->high == r->low) /* there is room by count: see jsonread_parse() */
		return -1;
	*--r->high = v;
	return 0;
}

/* Up to and with the closing `end`; `out->type` says which. */
static int members(struct reader *r, unsigned depth, char end, struct jsonread *out)
{
	size_t n = 0;
	if (depth > DEPTH_MAX)
		return -1;
	r->p++;
	skip_space(r);
	if (*r->p == end) {
		r->p++;
		return close_value(r, 0, out);
	}
	for (;;) {
		if (member(r, depth, end == '}') != 0)
			return -1;
		n++;
		skip_space(r);
		const char c = *r->p;
		if (c != ',' && c != end)
			return -1;
		r->p++;
		if (c == end)
			return close_value(r, n, out);
	}
}

static int value(struct reader *r, unsigned depth, struct jsonread *out)
{
	switch (*r->p) {
	case '{':
		out->type = OBJECT;
		return members(r, depth + 1, '}', out);
	case '[':
		out->type = ARRAY;
		return members(r, depth + 1, ']', out);
	case '"':
		out->type = STRING;
		r->p++;
		return string(r, &out->is.text, &out->n);
	case 't':
	case 'f':
		out->type = TRUTH;
		out->is.i = *r->p == 't';
		return word(r, *r->p == 't' ? "true" : "false") ? 0 : -1;
	case 'n':
		return word(r, "null") ? 0 : -1;
	default:
		return number(r, out);
	}
}

/* Each value but the one at the top has two bytes for itself: its first, and the comma before it or, of the first in an
 * array or object, the bracket of that. So there are at most half as many as bytes. */
enum vault_rc jsonread_parse(const void *text, size_t n, struct jsonread **out, struct vault_err *err)
{
	const size_t room = n / 2 + 1;
	*out = NULL;
	struct jsonread *doc = n > SIZE_MAX / (2 * sizeof *doc) ? NULL : malloc(room * sizeof *doc + n + 1);
	if (doc == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	struct reader r = {.p = (char *)(doc + room), .low = doc + 1, .high = doc + room};
	r.end = r.p + n;
	if (n > 0)
		memcpy(r.p, text, n);
	*r.end = '\0';
	skip_space(&r);
	if ((*r.p == '{' || *r.p == '[') && value(&r, 0, doc) == 0) {
		skip_space(&r);
		if (r.p == r.end) {
			*out = doc;
			return VAULT_OK;
		}
	}
	free(doc);
	return vault_err_set(err, VAULT_DAMAGED, "a record of the vault is not readable by this program");
}

void jsonread_free(struct jsonread **doc)
{
	if (doc == NULL)
		return;
	free(*doc);
	*doc = NULL;
}

/* --- asking ---------------------------------------------------------------------------------------------- */

const struct jsonread *jsonread_get(const struct jsonread *obj, const char *key)
{
	const size_t n = strlen(key);
	for (size_t i = 0; obj != NULL && obj->type == OBJECT && i < obj->n; i++)
		if (obj->is.first[i].key_n == n && memcmp(obj->is.first[i].key, key, n) == 0)
			return &obj->is.first[i];
	return NULL;
}

static const char *text_of(const struct jsonread *j)
{
	return j != NULL && j->type == STRING ? j->is.text : NULL;
}

const char *jsonread_str(const struct jsonread *obj, const char *key)
{
	return text_of(jsonread_get(obj, key));
}

int64_t jsonread_int(const struct jsonread *obj, const char *key, int64_t otherwise)
{
	const struct jsonread *j = jsonread_get(obj, key);
	return j != NULL && j->type == INTEGER ? j->is.i : otherwise;
}

int jsonread_bool(const struct jsonread *obj, const char *key, int otherwise)
{
	const struct jsonread *j = jsonread_get(obj, key);
	return j != NULL && j->type == TRUTH ? j->is.i != 0 : otherwise;
}

int64_t jsonread_day(const struct jsonread *obj, const char *key)
{
	const char *s = jsonread_str(obj, key);
	int64_t day = VAULT_NO_DAY;
	return s != NULL && vault_day_parse(s, &day, NULL) == VAULT_OK ? day : VAULT_NO_DAY;
}

int jsonread_is_object(const struct jsonread *j)
{
	return j != NULL && j->type == OBJECT;
}

int jsonread_is_array(const struct jsonread *j)
{
	return j != NULL && j->type == ARRAY;
}

size_t jsonread_size(const struct jsonread *arr)
{
	return arr != NULL && arr->type == ARRAY ? arr->n : 0;
}

const struct jsonread *jsonread_at(const struct jsonread *arr, size_t i)
{
	return i < jsonread_size(arr) ? &arr->is.first[i] : NULL;
}

const char *jsonread_str_at(const struct jsonread *arr, size_t i)
{
	return text_of(jsonread_at(arr, i));
}

int64_t jsonread_int_at(const struct jsonread *arr, size_t i, int64_t otherwise)
{
	const struct jsonread *j = jsonread_at(arr, i);
	return j != NULL && j->type == INTEGER ? j->is.i : otherwise;
}
