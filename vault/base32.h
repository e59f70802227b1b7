/* base32.h - RFC 4648 base32 without padding, as people type it. L2. It works in the caller's memory and keeps no copy, so
 * secrets may go through it. */
#ifndef VAULT_BASE32_H
#define VAULT_BASE32_H

#include <stddef.h>
#include <stdint.h>

/* Characters of `n` bytes, dashes of groups not counted. */
#define BASE32_LEN(n) (((n) * 8 + 4) / 5)

/* Writes BASE32_LEN(n) characters, without a NUL; where `group` is not 0, a dash before every further `group` of them.
 * Gives how many bytes were written. */
size_t base32_encode(uint8_t *out, const uint8_t *p, size_t n, unsigned group);

/* Reads them whatever the case, past white space and dashes, and takes 0 for O, 1 for I, 8 for B. Gives how many bytes they
 * were; 0 where they are no base32 of at most `cap` bytes: an odd character, a digit too many, a rest that is not zero. */
size_t base32_decode(uint8_t *out, size_t cap, const uint8_t *p, size_t n);

#endif
