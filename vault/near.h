/* near.h - names that look like one that is not there. L2. */
#ifndef VAULT_NEAR_H
#define VAULT_NEAR_H

#include <stddef.h>

/* Optimal string alignment distance ignoring ASCII case, or limit + 1 where it is more than `limit` (at most 8). */
unsigned near_distance(const char *a, const char *b, unsigned limit);

/* " (did you mean A, B?)" into `out`, from at most three of the names nearest to `name`; "" where none is near. */
void near_sentence(const char *name, const char *const *names, size_t n, char *out, size_t cap);

#endif
