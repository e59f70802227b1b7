/* reminded.h - inner side of <vault/remind.h>: which of many reminders is the newest of its kind. L5. */
#ifndef VAULT_REMINDED_H
#define VAULT_REMINDED_H

#include <stddef.h>

#include <vault/reminder.h>

struct reminded_place {
	const struct vault_reminder *r; /* borrowed */
	size_t at;                /* where it stood: higher is newer */
	int keep;
};
/* Sorts them in the order of struct vault_reminders, the newest first; `keep` becomes 1 for the newest of each token, way and
 * person, and 0 for the others. */
void reminded_choose(struct reminded_place *p, size_t n);

#endif
