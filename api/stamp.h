/* stamp.h - Smartsheet's times in the one form of protocol 1. Pure. */
#ifndef API_STAMP_H
#define API_STAMP_H

enum { STAMP_LEN = 21 };

/* RFC 3339 with up to nine digits of a second and any offset, as "2026-02-01T17:20:05Z": fractions are cut off. NULL where
 * `text` (which may be NULL) is something else, or lies outside of the years 0001 to 9999. */
const char *stamp_normal(const char *text, char out[STAMP_LEN]);

#endif
