/* near.c - "did you mean". L2. */
#include <stdio.h>
#include <string.h>

#include "near.h"

enum { NAME_MAX_LEN = 128, SHOWN = 3 };

static int lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

unsigned near_distance(const char *a, const char *b, unsigned limit)
{
	unsigned row[3][NAME_MAX_LEN + 1];
	const size_t n = strlen(a), m = strlen(b);
	if (n > NAME_MAX_LEN || m > NAME_MAX_LEN || (n > m ? n - m : m - n) > limit)
		return limit + 1;
	for (unsigned j = 0; j <= m; j++)
		row[0][j] = j;
	for (size_t i = 1; i <= n; i++) {
		unsigned *now = row[i % 3], *before = row[(i + 2) % 3], *two = row[(i + 1) % 3], best = (unsigned)i;
		now[0] = (unsigned)i;
		for (size_t j = 1; j <= m; j++) {
			const unsigned same = lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1;
			unsigned d = before[j - 1] + same;
			d = before[j] + 1 < d ? before[j] + 1 : d;
			d = now[j - 1] + 1 < d ? now[j - 1] + 1 : d;
			if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]) && two[j - 2] + 1 < d)
				d = two[j - 2] + 1;
			now[j] = d;
			best = d < best ? d : best;
		}
		if (best > limit)
			return limit + 1;
	}
	return row[n % 3][m];
}

void near_sentence(const char *name, const char *const *names, size_t n, char *out, size_t cap)
{
	const unsigned limit = strlen(name) < 4 ? 1 : strlen(name) < 9 ? 2 : 3;
	const char *best[SHOWN] = {NULL};
	unsigned shown = 0;
	for (unsigned d = 0; d <= limit && shown < SHOWN; d++)
		for (size_t i = 0; i < n && shown < SHOWN; i++)
			if (near_distance(name, names[i], limit) == d)
				best[shown++] = names[i];
	out[0] = '\0';
	if (shown > 0)
		snprintf(out, cap, " (did you mean %s%s%s%s%s?)", best[0], shown > 1 ? ", " : "", shown > 1 ? best[1] : "",
		         shown > 2 ? ", " : "", shown > 2 ? best[2] : "");
}
