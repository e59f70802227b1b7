/* hex.h - vectors as they are printed in standards. For tests. */
#ifndef TESTS_HEX_H
#define TESTS_HEX_H

#include <stdint.h>
#include <stdlib.h>

static inline uint8_t hex_digit(char c)
{
	return (uint8_t)(c >= 'a' ? c - 'a' + 10 : c - '0');
}

/* Lower-case digits without blanks; gives the number of bytes. A vector that does not fit ends the test program. */
static inline size_t unhex(uint8_t *out, size_t cap, const char *text)
{
	size_t n = 0;

	for (; text[0] && text[1]; text += 2) {
		if (n == cap)
			abort();
		out[n++] = (uint8_t)(hex_digit(text[0]) << 4 | hex_digit(text[1]));
	}
	return n;
}

#endif
