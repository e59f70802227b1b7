/* clock.h - the monotonic clock, for measuring only. L0. Days and times for people are in <vault/date.h>. */
#ifndef VAULT_CLOCK_H
#define VAULT_CLOCK_H

#include <stdint.h>

/* Milliseconds of CLOCK_MONOTONIC. */
int64_t clock_ms(void);

#endif
