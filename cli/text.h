/* text.h - growing text without secrets: mails, calendars, units. */
#ifndef CLI_TEXT_H
#define CLI_TEXT_H

#include <stddef.h>

#include <vault/error.h>

/* Zeroed before use. A failed allocation is remembered in `failed`: to be asked once, at the end. */
struct text {
	char *p;                  /* NUL behind it where anything was added */
	size_t n, cap;
	int failed;
};
void text_free(struct text *t);
void text_add(struct text *t, const char *s, size_t n);
void text_puts(struct text *t, const char *s);
void text_printf(struct text *t, const char *fmt, ...) VAULT_PRINTF(2, 3);

#endif
