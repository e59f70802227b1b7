/* date.h - days and times as people and JSON write them. Days are UTC, counted from 1970-01-01. */
#ifndef VAULT_DATE_H
#define VAULT_DATE_H

#include <stdint.h>

#include <vault/error.h>

/* "No such day", where a day is optional. */
#define VAULT_NO_DAY INT64_MIN

enum { VAULT_DAY_LEN = 11, VAULT_TIME_LEN = 21 };

/* Parses exactly `YYYY-MM-DD`, 1970-01-01 to 9999-12-31, days that exist only. VAULT_USAGE with a sentence. */
enum vault_rc vault_day_parse(const char *text, int64_t *day, struct vault_err *err) VAULT_MUST_CHECK;

/* Writes `YYYY-MM-DD` and a NUL. VAULT_NO_DAY becomes "". Returns `out`. */
const char *vault_day_format(int64_t day, char out[VAULT_DAY_LEN]);

/* The UTC day of a time in seconds since 1970. */
int64_t vault_day_of(int64_t time_s);

/* Writes RFC 3339 UTC with seconds, `2026-01-02T03:04:05Z`, and a NUL. Returns `out`. */
const char *vault_time_format(int64_t time_s, char out[VAULT_TIME_LEN]);

/* The reverse of vault_time_format, of exactly that form. VAULT_USAGE otherwise. */
enum vault_rc vault_time_parse(const char *text, int64_t *time_s, struct vault_err *err) VAULT_MUST_CHECK;

#endif
