/* pace.h - when a token may be sent again: spacing, retries, time in all. Times are milliseconds of one clock. */
#ifndef API_PACE_H
#define API_PACE_H

#include <stddef.h>
#include <stdint.h>

/* 300 requests a minute and token (SMARTSHEET). What a token reaches is asked in nine: so many may go at once, and then
 * one each 207 ms, so that no minute has more than 10 + 289. */
enum { PACE_BURST = 10, PACE_SPACING_MS = 207, PACE_RETRIES = 3 };

struct pace;

/* NULL without memory or randomness. */
struct pace *pace_new(void);
void pace_free(struct pace **p);

/* A keyed hash of a token, so that equal ones are seen without keeping them; two that collide are only slower. */
uint64_t pace_key(const struct pace *p, const void *token, size_t n);

/* When this token may be sent: `now` or later. */
int64_t pace_when(const struct pace *p, uint64_t key, int64_t now);
/* It is sent now; -1 without memory. */
int pace_sent(struct pace *p, uint64_t key, int64_t now);
/* Not before `until` (Smartsheet said 4003). */
int pace_hold(struct pace *p, uint64_t key, int64_t until, int64_t now);

/* How long to wait before try number `retry` (1 to 3) after such an answer, or -1: not again. `retry_after_s`: the
 * header, 0 where there was none. `jitter_ms`: 0 to 1,000, random. */
int64_t pace_delay(long status, int64_t code, long retry_after_s, unsigned retry, uint32_t jitter_ms);

/* A random number of 0 to 1,000. */
uint32_t pace_jitter(void);

#endif
