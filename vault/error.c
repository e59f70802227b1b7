/* error.c - the sentence that goes with a code. L0. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <vault/error.h>

/* Sentences quote names that nobody has verified yet: an escape sequence in one must not reach a terminal. C1 controls
 * are two bytes in UTF-8 (0xC2 0x80-0x9F), and terminals obey them too. */
static void harmless(char *s)
{
	unsigned char c = 0, next = 0;

	for (; *s; s++) {
		c = (unsigned char)s[0];
		next = (unsigned char)s[1];
		if (c < 0x20 || c == 0x7f) {
			*s = '?';
		} else if (c == 0xc2 && next >= 0x80 && next <= 0x9f) {
			s[0] = s[1] = '?';
			s++;
		}
	}
}

/* A sentence cut at the end of the buffer must not end within a character. */
static void whole_characters(char *s, size_t n)
{
	size_t lead = n, need = 0;

	while (lead > 0 && ((unsigned char)s[lead - 1] & 0xc0) == 0x80)
		lead--;
	if (lead == 0 || (unsigned char)s[lead - 1] < 0xc0)
		return;
	need = (unsigned char)s[lead - 1] >= 0xf0 ? 4 : (unsigned char)s[lead - 1] >= 0xe0 ? 3 : 2;
	if (n - lead + 1 < need)
		s[lead - 1] = '\0';
}

enum vault_rc vault_err_set(struct vault_err *err, enum vault_rc rc, const char *fmt, ...)
{
	va_list ap;
	int n = 0;

	if (!err || err->rc != VAULT_OK)
		return rc;
	err->rc = rc;
	va_start(ap, fmt);
	n = vsnprintf(err->msg, sizeof err->msg, fmt, ap);
	va_end(ap);
	if (n < 0)
		err->msg[0] = '\0';
	else if ((size_t)n >= sizeof err->msg)
		whole_characters(err->msg, sizeof err->msg - 1);
	harmless(err->msg);
	return rc;
}

void vault_err_clear(struct vault_err *err)
{
	if (!err)
		return;
	err->rc = VAULT_OK;
	err->msg[0] = '\0';
}
