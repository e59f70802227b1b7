/* csv.c - one field of a CSV line, quoted and made harmless. */
#include "csv.h"

#include <string.h>

#include <vault/types.h>

/* OWASP's list: ASCII, and the full-width forms that a Japanese spreadsheet takes for the same. Tab and line breaks are
 * control characters and stand in no field. */
static const char *const csv_signs[] = {"=", "+", "-", "@", "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0", "'"};

static int csv_formula(const char *text)
{
	for (size_t i = 0; i < sizeof(csv_signs) / sizeof(*csv_signs); i++)
		if (strncmp(text, csv_signs[i], strlen(csv_signs[i])) == 0)
			return 1;
	return 0;
}

/* Bytes of the next character; 0 where it is one that no field has. C1 controls are two bytes. */
static size_t csv_char(const char *p, size_t n)
{
	const unsigned char *c = (const unsigned char *)p;
	size_t len = vault_utf8_len(c, n);

	if (len == 0 || *c < 0x20 || *c == 0x7f || (len == 2 && *c == 0xc2 && c[1] < 0xa0))
		return 0;
	return len;
}

/* Blanks at the ends are part of the field; some readers take them away where there are no quotes. */
static int csv_quoted(const char *text, size_t n)
{
	return strpbrk(text, ",\"") != NULL || (n > 0 && (*text == ' ' || text[n - 1] == ' '));
}

void csv_field(struct out *o, const char *text, enum csv_trust trust)
{
	size_t n = text ? strlen(text) : 0;
	int quoted = n > 0 && csv_quoted(text, n);

	if (quoted)
		out_raw(o, "\"", 1);
	if (n > 0 && trust == CSV_FOREIGN && csv_formula(text))
		out_raw(o, "'", 1);
	for (size_t i = 0; i < n;) {
		size_t len = csv_char(text + i, n - i), skip = len ? len : 1;

		/* A C1 control is one character. */
		if (!len && (unsigned char)text[i] == 0xc2 && vault_utf8_len((const unsigned char *)text + i, n - i) == 2)
			skip = 2;
		if (text[i] == '"')
			out_raw(o, "\"", 1);
		out_raw(o, len ? text + i : "?", len ? len : 1);
		i += skip;
	}
	if (quoted)
		out_raw(o, "\"", 1);
}

void csv_comma(struct out *o)
{
	out_raw(o, ",", 1);
}

void csv_end(struct out *o)
{
	out_raw(o, "\r\n", 2);
}
