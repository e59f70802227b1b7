/* mime.c - text as mail and calendars want it. */
#include "mime.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <vault/types.h>

enum { MIME_LINE = 76, MIME_WORD = 36, MIME_PLAIN = 900, MIME_FOLD = 75 };

/* --- quoted-printable --- */

/* Blanks only at the end of a line; and what a mail program may take for the end of the mail, or change. */
static int mime_is_plain(int at_start, const char *p)
{
	unsigned char c = (unsigned char)*p;

	if (c == ' ')
		return p[1] != '\n' && p[1] != '\0';
	if (c == '.' && at_start)
		return 0;
	if (c == 'F' && at_start)
		return strncmp(p, "From ", 5) != 0;
	return c > ' ' && c < 0x7f && c != '=';
}

void mime_body(struct text *to, const char *text)
{
	size_t column = 0;

	for (const char *p = text; *p; p++) {
		char code[4];

		if (*p == '\n') {
			text_puts(to, "\n");
			column = 0;
			continue;
		}
		if (mime_is_plain(column == 0 || column >= MIME_LINE - 1, p))
			snprintf(code, sizeof(code), "%c", *p);
		else
			snprintf(code, sizeof(code), "=%02X", (unsigned)(unsigned char)*p);
		/* Room for the sign that the line goes on. */
		if (column + strlen(code) > MIME_LINE - 1) {
			text_puts(to, "=\n");
			column = 0;
		}
		text_puts(to, code);
		column += strlen(code);
	}
	if (column > 0)
		text_puts(to, "\n");
}

/* --- headers --- */

static void mime_base64(struct text *to, const char *s, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < n; i += 3) {
		unsigned char b[3] = {0};
		char out[4];

		memcpy(b, s + i, n - i < 3 ? n - i : 3);
		out[0] = digits[b[0] >> 2];
		out[1] = digits[(b[0] & 3) << 4 | b[1] >> 4];
		out[2] = n - i > 1 ? digits[(b[1] & 15) << 2 | b[2] >> 6] : '=';
		out[3] = n - i > 2 ? digits[b[2] & 63] : '=';
		text_add(to, out, sizeof(out));
	}
}

/* Bytes of the character at `p`, 1 where it is none. */
static size_t mime_char(const char *p)
{
	size_t n = vault_utf8_len((const unsigned char *)p, strlen(p));

	return n ? n : 1;
}

/* Characters stay whole: each encoded word must be text by itself. */
static void mime_words(struct text *to, const char *s)
{
	for (int first = 1; *s; first = 0) {
		size_t n = 0;

		while (s[n] && n + mime_char(s + n) <= MIME_WORD)
			n += mime_char(s + n);
		text_puts(to, first ? "=?UTF-8?B?" : "\n =?UTF-8?B?");
		mime_base64(to, s, n);
		text_puts(to, "?=");
		s += n;
	}
}

static int mime_is_ascii(const char *s)
{
	size_t n = 0;

	while (s[n] >= ' ' && s[n] <= '~')
		n++;
	return !s[n] && n < MIME_PLAIN && !strstr(s, "=?");
}

void mime_header(struct text *to, const char *name, const char *text)
{
	text_printf(to, "%s: ", name);
	if (mime_is_ascii(text))
		text_puts(to, text);
	else
		mime_words(to, text);
	text_puts(to, "\n");
}

void mime_phrase(struct text *to, const char *name)
{
	if (!mime_is_ascii(name)) {
		mime_words(to, name);
		return;
	}
	text_puts(to, "\"");
	for (; *name; name++) {
		if (*name == '"' || *name == '\\')
			text_puts(to, "\\");
		text_add(to, name, 1);
	}
	text_puts(to, "\"");
}

static int mime_is_atext(unsigned char c)
{
	return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

/* Atoms with single dots between, up to `end`. */
static int mime_is_dot_atom(const char *s, const char *end)
{
	for (int after_dot = 1; s < end; s++) {
		if (*s == '.' ? after_dot : !mime_is_atext((unsigned char)*s))
			return 0;
		after_dot = *s == '.';
		if (after_dot && s + 1 == end)
			return 0;
	}
	return 1;
}

int mime_is_address(const char *s)
{
	const char *at = strrchr(s, '@');

	return vault_email_check("", s, NULL) == VAULT_OK && at && mime_is_dot_atom(s, at) && mime_is_dot_atom(at + 1, s + strlen(s));
}

const char *mime_date(int64_t time_s, char out[MIME_DATE])
{
	static const char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t t = (time_t)time_s;
	struct tm tm;

	*out = '\0';
	if (gmtime_r(&t, &tm))
		snprintf(out, MIME_DATE, "%s, %02d %s %d %02d:%02d:%02d +0000", days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon],
		         tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
	return out;
}

/* --- calendars --- */

void mime_calendar_line(struct text *to, const char *line)
{
	size_t column = 0;

	while (*line) {
		size_t n = mime_char(line);

		if (column + n > MIME_FOLD) {
			text_puts(to, "\r\n ");
			column = 1;
		}
		text_add(to, line, n);
		column += n;
		line += n;
	}
	text_puts(to, "\r\n");
}

void mime_calendar_text(struct text *to, const char *text)
{
	for (; *text; text++) {
		if (*text == '\n') {
			text_puts(to, "\\n");
			continue;
		}
		if (*text == '\\' || *text == ';' || *text == ',')
			text_puts(to, "\\");
		text_add(to, text, 1);
	}
}
