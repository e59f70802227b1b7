/* clock.c - the monotonic clock, and days and times as people write them (Gregorian, UTC). L0. */
#include <string.h>
#include <time.h>

#include <vault/date.h>

#include "clock.h"

enum { DAY_S = 86400, YEAR_MIN = 1970, YEAR_MAX = 9999, LAST_DAY = 2932896 /* 9999-12-31 */ };

int64_t clock_ms(void)
{
	struct timespec t = {0};

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Days since 1970-01-01 of a date of the proleptic Gregorian calendar; the year begins in March, so that the leap day
 * is its last (H. Hinnant, "chrono-compatible low-level date algorithms"). */
static int64_t days_from(int64_t y, int64_t m, int64_t d)
{
	int64_t era = 0, yoe = 0, doy = 0;

	y -= m <= 2;
	era = y / 400;
	yoe = y - era * 400;
	doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static void date_from(int64_t days, int64_t *y, int64_t *m, int64_t *d)
{
	int64_t z = days + 719468, era = z / 146097, doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;

	*d = doy - (153 * mp + 2) / 5 + 1;
	*m = mp < 10 ? mp + 3 : mp - 9;
	*y = yoe + era * 400 + (*m <= 2);
}

/* `n` digits and no other character, or -1. */
static int64_t digits(const char *s, unsigned n)
{
	int64_t v = 0;

	for (; n; n--, s++) {
		if (*s < '0' || *s > '9')
			return -1;
		v = v * 10 + (*s - '0');
	}
	return v;
}

static void put_digits(char *s, unsigned n, int64_t v)
{
	for (; n; n--, v /= 10)
		s[n - 1] = (char)('0' + v % 10);
}

/* The date at the beginning of `s`, or VAULT_NO_DAY. Reads no further than the first byte that does not fit. */
static int64_t day_at(const char *s)
{
	static const int8_t lengths[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int64_t y = digits(s, 4), m = 0, d = 0;

	if (y < YEAR_MIN || s[4] != '-')
		return VAULT_NO_DAY;
	m = digits(s + 5, 2);
	if (m < 1 || m > 12 || s[7] != '-')
		return VAULT_NO_DAY;
	d = digits(s + 8, 2);
	if (d < 1 || d > lengths[m - 1])
		return VAULT_NO_DAY;
	if (m == 2 && d == 29 && (y % 4 != 0 || (y % 100 == 0 && y % 400 != 0)))
		return VAULT_NO_DAY;
	return days_from(y, m, d);
}

enum vault_rc vault_day_parse(const char *text, int64_t *day, struct vault_err *err)
{
	int64_t d = text ? day_at(text) : VAULT_NO_DAY;

	if (d == VAULT_NO_DAY || text[10] != '\0')
		return vault_err_set(err, VAULT_USAGE, "a date is a day that exists, written YYYY-MM-DD, not '%s'",
		                     text ? text : "");
	*day = d;
	return VAULT_OK;
}

/* Days outside of what can be parsed are shown as the nearest that can: the buffer has ten digits' room. */
const char *vault_day_format(int64_t day, char out[VAULT_DAY_LEN])
{
	int64_t y = 0, m = 0, d = 0;

	out[0] = '\0';
	if (day == VAULT_NO_DAY)
		return out;
	date_from(day < 0 ? 0 : day > LAST_DAY ? LAST_DAY : day, &y, &m, &d);
	memcpy(out, "0000-00-00", VAULT_DAY_LEN);
	put_digits(out, 4, y);
	put_digits(out + 5, 2, m);
	put_digits(out + 8, 2, d);
	return out;
}

int64_t vault_day_of(int64_t time_s)
{
	return time_s / DAY_S - (time_s % DAY_S < 0);
}

const char *vault_time_format(int64_t time_s, char out[VAULT_TIME_LEN])
{
	const int64_t last = ((int64_t)LAST_DAY + 1) * DAY_S - 1;
	int64_t t = time_s < 0 ? 0 : time_s > last ? last : time_s, s = t % DAY_S;

	vault_day_format(t / DAY_S, out);
	memcpy(out + 10, "T00:00:00Z", VAULT_TIME_LEN - 10);
	put_digits(out + 11, 2, s / 3600);
	put_digits(out + 14, 2, s / 60 % 60);
	put_digits(out + 17, 2, s % 60);
	return out;
}

enum vault_rc vault_time_parse(const char *text, int64_t *time_s, struct vault_err *err)
{
	int64_t d = text ? day_at(text) : VAULT_NO_DAY, h = -1, m = -1, s = -1;

	if (d != VAULT_NO_DAY && text[10] == 'T' && (h = digits(text + 11, 2)) >= 0 && text[13] == ':' &&
	    (m = digits(text + 14, 2)) >= 0 && text[16] == ':')
		s = digits(text + 17, 2);
	if (h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59 || text[19] != 'Z' || text[20] != '\0')
		return vault_err_set(err, VAULT_USAGE, "a time is written YYYY-MM-DDTHH:MM:SSZ, not '%s'",
		                     text ? text : "");
	*time_s = d * DAY_S + h * 3600 + m * 60 + s;
	return VAULT_OK;
}
