/* text.c - growing text without secrets. */
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void text_free(struct text *t)
{
	free(t->p);
	memset(t, 0, sizeof(*t));
}

void text_add(struct text *t, const char *s, size_t n)
{
	if (t->failed)
		return;
	if (t->cap - t->n <= n) {
		size_t cap = t->cap ? t->cap : 512;
		char *more;

		while (cap - t->n <= n)
			cap *= 2;
		more = realloc(t->p, cap);
		if (!more) {
			t->failed = 1;
			return;
		}
		t->p = more;
		t->cap = cap;
	}
	memcpy(t->p + t->n, s, n);
	t->n += n;
	t->p[t->n] = '\0';
}

void text_puts(struct text *t, const char *s)
{
	text_add(t, s, strlen(s));
}

void text_printf(struct text *t, const char *fmt, ...)
{
	char *s = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	if (n < 0)
		t->failed = 1;
	else
		text_add(t, s, (size_t)n);
	if (n >= 0)
		free(s);
}
