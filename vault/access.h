/* access.h - inner side of <vault/access.h>. L5. */
#ifndef VAULT_ACCESS_INT_H
#define VAULT_ACCESS_INT_H

#include "txn.h"

/* When changes were made: times of states, each proved by the chain from the newest. */
struct access_time {
	uint64_t epoch;
	int64_t time;
};

/* Sets the time of each; sorts them by epoch. VAULT_DAMAGED where a state is not in the chain. */
enum vault_rc access_times(struct vault *v, struct access_time *t, size_t n, struct vault_err *err) VAULT_MUST_CHECK;

/* The same, and each state on the way goes through `each`, from the newest back to the lowest of those epochs. */
enum vault_rc access_walk(struct vault *v, struct access_time *t, size_t n, void (*each)(void *ctx, const struct state *st),
                          void *ctx, struct vault_err *err) VAULT_MUST_CHECK;

/* The time of an epoch among those; 0 where it is not one. */
int64_t access_time(const struct access_time *t, size_t n, uint64_t epoch);

#endif
