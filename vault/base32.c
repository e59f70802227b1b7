/* base32.c - bits in groups of five. L2. */
#include "base32.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

size_t base32_encode(uint8_t *out, const uint8_t *p, size_t n, unsigned group)
{
	const size_t chars = BASE32_LEN(n);
	unsigned acc = 0, bits = 0;
	size_t at = 0, in = 0;
	for (size_t i = 0; i < chars; i++) {
		if (bits < 5) {
			acc = (acc << 8 | (in < n ? p[in] : 0U)) & 0xffff;
			bits += 8;
			in++;
		}
		if (group != 0 && i > 0 && i % group == 0)
			out[at++] = '-';
		out[at++] = (uint8_t)alphabet[acc >> (bits - 5) & 31];
		bits -= 5;
	}
	return at;
}

static int digit(uint8_t c)
{
	if (c >= 'a' && c <= 'z')
		return c - 'a';
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= '2' && c <= '7')
		return c - '2' + 26;
	return c == '0' ? 'O' - 'A' : c == '1' ? 'I' - 'A' : c == '8' ? 'B' - 'A' : -1;
}

/* What is over must be zeros of less than a digit (RFC 4648, 3.5): else a typo in the last place, or a digit too many, would
 * go unseen. */
size_t base32_decode(uint8_t *out, size_t cap, const uint8_t *p, size_t n)
{
	unsigned acc = 0, bits = 0;
	size_t at = 0;
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '-' || p[i] == ' ' || p[i] == '\n' || p[i] == '\r' || p[i] == '\t')
			continue;
		const int d = digit(p[i]);
		if (d < 0)
			return 0;
		acc = (acc << 5 | (unsigned)d) & 0xffff;
		bits += 5;
		if (bits < 8)
			continue;
		if (at == cap)
			return 0;
		out[at++] = (uint8_t)(acc >> (bits - 8));
		bits -= 8;
	}
	return bits >= 5 || (acc & ((1U << bits) - 1)) != 0 ? 0 : at;
}
