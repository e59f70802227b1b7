/* guess.h - "did you mean": the nearest of some words. */
#ifndef CLI_GUESS_H
#define CLI_GUESS_H

#include <stddef.h>

/* Edits between two words: insert, delete, replace, swap of neighbours (optimal string alignment). */
size_t guess_distance(const char *a, const char *b);

/* Offers `word` to a search for `typed`: keeps it in `*best` where it is nearer than what is there, and near enough to
 * be meant. `*best` NULL and `*edits` SIZE_MAX to begin with. */
void guess_offer(const char *typed, const char *word, const char **best, size_t *edits);

#endif
