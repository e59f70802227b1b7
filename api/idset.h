/* idset.h - a set of 64-bit hashes: whether an item, or a lastKey, was there before. 8 to 11 bytes each, not the id. */
#ifndef API_IDSET_H
#define API_IDSET_H

#include <stddef.h>
#include <stdint.h>

/* Zero it before the first use. Hashes must be keyed ones, spread evenly: a server that chose them could make it slow. */
struct idset {
	uint64_t *at;
	size_t n, cap;
};

/* 1 where it is new, 0 where it was in it, -1 without memory. */
int idset_add(struct idset *s, uint64_t hash);
void idset_clear(struct idset *s);

#endif
