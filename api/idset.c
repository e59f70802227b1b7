/* idset.c - a set of 64-bit hashes, open addressing. */
#include <stdlib.h>
#include <string.h>

#include "idset.h"

enum { IDSET_FIRST = 256 };

/* The slot of this hash, or the free one where it belongs; 0 marks a free one. */
static uint64_t *idset_slot(uint64_t *at, size_t cap, uint64_t hash)
{
	size_t i = (size_t)hash & (cap - 1);

	while (at[i] && at[i] != hash)
		i = (i + 1) & (cap - 1);
	return &at[i];
}

static int idset_grow(struct idset *s)
{
	size_t cap = s->cap ? 2 * s->cap : IDSET_FIRST;
	uint64_t *grown = calloc(cap, sizeof *grown);

	if (!grown)
		return -1;
	for (size_t i = 0; i < s->cap; i++) {
		if (s->at[i])
			*idset_slot(grown, cap, s->at[i]) = s->at[i];
	}
	free(s->at);
	s->at = grown;
	s->cap = cap;
	return 0;
}

int idset_add(struct idset *s, uint64_t hash)
{
	uint64_t *slot = NULL;

	hash += hash == 0;
	if (4 * (s->n + 1) > 3 * s->cap && idset_grow(s) != 0)
		return -1;
	slot = idset_slot(s->at, s->cap, hash);
	if (*slot)
		return 0;
	*slot = hash;
	s->n++;
	return 1;
}

void idset_clear(struct idset *s)
{
	free(s->at);
	memset(s, 0, sizeof *s);
}
