/* out.c - stdout in one piece at the end, stderr line by line. */
#include "out.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <vault/date.h>

static int out_write(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t w = write(fd, p, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0) {
			if (w == 0)
				errno = EIO;
			return -1;
		}
		p += w;
		n -= (size_t)w;
	}
	return 0;
}

void out_raw(struct out *o, const char *text, size_t n)
{
	char *more;
	size_t cap = o->cap ? o->cap : 4096;

	if (o->failed || n == 0)
		return;
	while (cap - o->len < n)
		cap *= 2;
	if (cap != o->cap) {
		more = realloc(o->text, cap);
		if (!more) {
			o->failed = 1;
			return;
		}
		o->text = more;
		o->cap = cap;
	}
	memcpy(o->text + o->len, text, n);
	o->len += n;
}

/* What came from a vault or from Smartsheet must not steer a terminal (CWE-150). C1 controls are two bytes in UTF-8. */
static void out_tame(char *s, size_t n, int keep_newline)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if ((c < 0x20 && !(keep_newline && c == '\n')) || c == 0x7f)
			s[i] = '?';
		else if (c == 0xc2 && i + 1 < n && (unsigned char)s[i + 1] >= 0x80 && (unsigned char)s[i + 1] < 0xa0)
			s[i] = s[i + 1] = '?';
	}
}

void out_printf(struct out *o, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0) {
		o->failed = 1;
		return;
	}
	out_tame(text, (size_t)n, 1);
	out_raw(o, text, (size_t)n);
	free(text);
}

/* Bytes of `p` that fit into `columns`: whole words, but one at least. Counts characters, not their width. */
static size_t out_fit(const char *p, size_t columns)
{
	size_t n = 0, at = 0, fit = 0;

	for (; p[n]; n++) {
		if (p[n] == ' ' && (at <= columns || fit == 0))
			fit = n;
		at += ((unsigned char)p[n] & 0xc0) != 0x80;
		if (at > columns && fit > 0)
			return fit;
	}
	return n;
}

void out_field(struct out *o, const char *name, size_t width, const char *value)
{
	size_t columns = out_columns(STDOUT_FILENO), indent = width ? width + 1 : 0;

	if (!value || !*value)
		return;
	out_printf(o, "%-*s%s", (int)width, name, width ? " " : "");
	if (columns < indent + 24) {
		out_printf(o, "%s\n", value);
		return;
	}
	for (size_t n; *value; value += n + (value[n] == ' ')) {
		n = out_fit(value, columns - indent - 1);
		out_printf(o, "%.*s\n", (int)n, value);
		if (value[n])
			out_printf(o, "%*s", (int)indent, "");
	}
}

/* The whole document's text, malloc'ed; NULL without memory. */
static char *out_document(const char *name, int64_t now_s, struct vault_json *owned, size_t *n)
{
	struct vault_json *doc = vault_json_object();
	char schema[64], *text;

	snprintf(schema, sizeof(schema), "smartvault.%s/1", name);
	vault_json_set_str(doc, "schema", schema);
	vault_json_set_time(doc, "time", now_s);
	vault_json_set(doc, "items", owned);
	text = vault_json_dump(doc, 2, n);
	vault_json_free(&doc);
	return text;
}

void out_json(struct out *o, const char *name, int64_t now_s, struct vault_json **items)
{
	size_t n = 0;
	char *text = out_document(name, now_s, *items, &n);

	*items = NULL;
	if (!text) {
		o->failed = 1;
		return;
	}
	out_raw(o, text, n);
	out_raw(o, "\n", 1);
	free(text);
}

/* How a document ends where it has no items. */
static const char out_json_tail[] = "]\n}";

void out_json_begin(struct out *o, const char *name, int64_t now_s)
{
	size_t n = 0;
	char *text = out_document(name, now_s, vault_json_array(), &n);

	o->json_items = 0;
	if (!text) {
		o->failed = 1;
		return;
	}
	out_raw(o, text, n - strlen(out_json_tail));
	free(text);
}

/* Written as a document of its own, then put deeper: a line break within a string is no byte of the text. */
void out_json_item(struct out *o, struct vault_json *owned)
{
	size_t n = 0;
	char *text = vault_json_dump(owned, 2, &n);

	vault_json_free(&owned);
	if (!text) {
		o->failed = 1;
		return;
	}
	if (o->json_items++ > 0)
		out_raw(o, ",", 1);
	for (const char *p = text, *end = text + n; p < end;) {
		const char *eol = memchr(p, '\n', (size_t)(end - p));
		size_t len = (size_t)((eol ? eol : end) - p);

		out_raw(o, "\n    ", 5);
		out_raw(o, p, len);
		p += len + 1;
	}
	free(text);
}

void out_json_end(struct out *o)
{
	if (o->json_items > 0)
		out_raw(o, "\n  ", 3);
	out_raw(o, out_json_tail, strlen(out_json_tail));
	out_raw(o, "\n", 1);
}

size_t out_columns(int fd)
{
	struct winsize w = {0};

	if (!isatty(fd))
		return 0;
	return ioctl(fd, TIOCGWINSZ, &w) == 0 && w.ws_col > 0 ? w.ws_col : 80;
}

/* One write a line: lines of processes that share a stderr do not mix. */
static void out_line(const char *prefix, const char *text, const char *end)
{
	char line[VAULT_MSG_MAX + 64];
	int n = snprintf(line, sizeof(line), "%s%s", prefix, text);
	size_t len = n < 0 ? 0 : (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1;

	out_tame(line + strlen(prefix), len - strlen(prefix), 0);
	if (len + strlen(end) >= sizeof(line))
		len = sizeof(line) - strlen(end) - 1;
	memcpy(line + len, end, strlen(end));
	/* There is nowhere left to say that stderr is full or closed. */
	(void)out_write(STDERR_FILENO, line, len + strlen(end));
}

/* `vault: …`. On a terminal broken between words, further lines below the text; elsewhere one line, for grep. One write,
 * as above. */
static void out_say(const char *text)
{
	static const char first[] = "vault: ", indent[] = "       ";
	char line[2 * VAULT_MSG_MAX], tame[VAULT_MSG_MAX];
	size_t columns = out_columns(STDERR_FILENO), len = 0;

	if (columns < 40) {
		out_line(first, text, "\n");
		return;
	}
	snprintf(tame, sizeof(tame), "%s", text);
	out_tame(tame, strlen(tame), 0);
	for (const char *p = tame; *p;) {
		size_t n = out_fit(p, columns - sizeof(indent));

		if (len + sizeof(indent) + n + 1 > sizeof(line))
			break;
		memcpy(line + len, p == tame ? first : indent, sizeof(indent) - 1);
		memcpy(line + len + sizeof(indent) - 1, p, n);
		len += sizeof(indent) - 1 + n;
		line[len++] = '\n';
		p += n + (p[n] == ' ');
	}
	(void)out_write(STDERR_FILENO, line, len);
}

void out_note(struct out *o, const char *fmt, ...)
{
	char text[VAULT_MSG_MAX];
	va_list ap;

	if (o->quiet)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	out_say(text);
}

void out_next(struct out *o, const char *fmt, ...)
{
	va_list ap;

	if (o->quiet)
		return;
	va_start(ap, fmt);
	vsnprintf(o->next, sizeof(o->next), fmt, ap);
	va_end(ap);
}

void out_progress(struct out *o, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	if (o->quiet || !o->err_tty)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	out_line("\r\033[Kvault: ", text, "");
}

void out_progress_end(struct out *o)
{
	if (!o->quiet && o->err_tty)
		out_line("\r\033[K", "", "");
}

int64_t out_clock_ms(void)
{
	struct timespec t = {0};

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void out_progress_count(struct out *o, const char *what, size_t done, size_t n, int64_t since_ms)
{
	int64_t took = out_clock_ms() - since_ms, left;

	if (done == 0 || done >= n || took < 1000) {
		out_progress(o, "%s %zu of %zu", what, done, n);
		return;
	}
	left = (took * (int64_t)(n - done) / (int64_t)done + 999) / 1000;
	if (left < 120)
		out_progress(o, "%s %zu of %zu, %lld s left", what, done, n, (long long)left);
	else
		out_progress(o, "%s %zu of %zu, %lld min left", what, done, n, (long long)((left + 59) / 60));
}

void out_error(const char *sentence)
{
	out_say(sentence);
}

enum vault_rc out_finish(struct out *o, enum vault_rc rc, struct vault_err *err)
{
	int speaks = rc == VAULT_OK || rc == VAULT_FINDINGS || rc == VAULT_UNASKED ||
	             (rc == VAULT_REFUSED && o->also_refused);

	if (speaks && (rc == VAULT_OK || o->failed))
		vault_err_clear(err);
	if (speaks && o->failed)
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory for the output");
	else if (speaks && out_write(STDOUT_FILENO, o->text, o->len) != 0)
		rc = vault_err_set(err, VAULT_IO, "cannot write to stdout: %s", strerror(errno));
	/* A file system may tell of a full disk only when the file is closed (NFS, quotas). */
	else if (speaks && o->len && close(STDOUT_FILENO) != 0)
		rc = vault_err_set(err, VAULT_IO, "cannot write to stdout: %s", strerror(errno));
	else if (speaks && *o->next)
		out_line(o->next_admin && !o->next_own ? "next: for an admin: " : "next: ", o->next, "\n");
	free(o->text);
	o->text = NULL;
	o->len = o->cap = 0;
	return rc;
}
