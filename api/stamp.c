/* stamp.c - RFC 3339 in, whole seconds of UTC out. By hand: strptime(3) reads the locale, and what it leaves is not checked. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "stamp.h"

/* `n` digits at `*p`, which moves on; -1 where there are fewer. */
static int stamp_digits(const char **p, int n)
{
	int value = 0;

	for (; n > 0; n--, (*p)++) {
		if (**p < '0' || **p > '9')
			return -1;
		value = 10 * value + (**p - '0');
	}
	return value;
}

static int stamp_skip(const char **p, const char *any_of)
{
	if (!**p || !strchr(any_of, **p))
		return -1;
	(*p)++;
	return 0;
}

static int stamp_month_days(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return days[month - 1] + (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
}

/* Minutes from UTC; -1 where there is no offset. */
static int stamp_offset(const char **p, int *minutes)
{
	int sign = 0, hours = 0, rest = 0;

	*minutes = 0;
	if (stamp_skip(p, "Zz") == 0)
		return 0;
	sign = **p == '-' ? -1 : 1;
	if (stamp_skip(p, "+-") != 0 || (hours = stamp_digits(p, 2)) < 0 || stamp_skip(p, ":") != 0 ||
	    (rest = stamp_digits(p, 2)) < 0 || hours > 23 || rest > 59)
		return -1;
	*minutes = sign * (60 * hours + rest);
	return 0;
}

/* A minute earlier or later, over midnight and new year. */
static void stamp_move(int *year, int *month, int *day, int *minute_of_day, int by)
{
	*minute_of_day += by;
	if (*minute_of_day < 0) {
		*minute_of_day += 1440;
		if (--*day == 0) {
			*month = *month == 1 ? 12 : *month - 1;
			*year -= *month == 12;
			*day = stamp_month_days(*year, *month);
		}
	} else if (*minute_of_day >= 1440) {
		*minute_of_day -= 1440;
		if (++*day > stamp_month_days(*year, *month)) {
			*day = 1;
			*month = *month == 12 ? 1 : *month + 1;
			*year += *month == 1;
		}
	}
}

const char *stamp_normal(const char *text, char out[STAMP_LEN])
{
	const char *p = text ? text : "";
	int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, offset = 0, n = 0;

	if ((year = stamp_digits(&p, 4)) < 0 || stamp_skip(&p, "-") || (month = stamp_digits(&p, 2)) < 1 ||
	    month > 12 || stamp_skip(&p, "-") || (day = stamp_digits(&p, 2)) < 1 || day > stamp_month_days(year, month))
		return NULL;
	if (stamp_skip(&p, "Tt") || (hour = stamp_digits(&p, 2)) < 0 || hour > 23 || stamp_skip(&p, ":") ||
	    (minute = stamp_digits(&p, 2)) < 0 || minute > 59 || stamp_skip(&p, ":") ||
	    (second = stamp_digits(&p, 2)) < 0 || second > 60)
		return NULL;
	if (*p == '.') {
		n = (int)strspn(p + 1, "0123456789");
		if (n < 1 || n > 9)
			return NULL;
		p += 1 + n;
	}
	if (stamp_offset(&p, &offset) != 0 || *p)
		return NULL;
	second -= second == 60; /* a leap second: the one before it */
	minute += 60 * hour;
	stamp_move(&year, &month, &day, &minute, -offset);
	if (year < 1 || year > 9999)
		return NULL;
	(void)snprintf(out, STAMP_LEN, "%04u-%02u-%02uT%02u:%02u:%02uZ", (unsigned)year % 10000, (unsigned)month % 100,
	               (unsigned)day % 100, (unsigned)minute / 60 % 100, (unsigned)minute % 60, (unsigned)second % 100);
	return out;
}
