/* guess.c - how far a mistyped option or command is from one that exists. Labels and vendors: the library's. */
#include "guess.h"

#include <stdint.h>
#include <string.h>

enum { GUESS_MAX = 32 };

static size_t guess_min(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t guess_distance(const char *a, const char *b)
{
	size_t row[3][GUESS_MAX + 1], n = strlen(a), m = strlen(b);

	/* Names are short; what is longer than any of them is near none. */
	if (n > GUESS_MAX || m > GUESS_MAX)
		return SIZE_MAX;
	for (size_t j = 0; j <= m; j++)
		row[0][j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t *cur = row[i % 3], *up = row[(i + 2) % 3], *upper = row[(i + 1) % 3];

		cur[0] = i;
		for (size_t j = 1; j <= m; j++) {
			size_t cost = a[i - 1] != b[j - 1];

			cur[j] = guess_min(guess_min(up[j] + 1, cur[j - 1] + 1), up[j - 1] + cost);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				cur[j] = guess_min(cur[j], upper[j - 2] + 1);
		}
	}
	return row[n % 3][m];
}

void guess_offer(const char *typed, const char *word, const char **best, size_t *edits)
{
	size_t n = strlen(typed), d = guess_distance(typed, word);
	/* A third of the word may be wrong; the beginning of a word counts as one edit. */
	size_t most = n / 3 + 1;

	if (n >= 2 && strncmp(typed, word, n) == 0)
		d = guess_min(d, 1);
	if (d <= most && d < *edits) {
		*best = word;
		*edits = d;
	}
}
