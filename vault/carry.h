/* carry.h - what a new access log takes over from the one before: verdicts, exposures, reminders. L5. Source: vault-format(5), ACCESS LOG.
 * Of each version that the vault has: the newest verdict, the newest that says something, and the newest `valid` of each base
 * URL; the newest exposure, whole, with the time at which it was last seen; and of each token, way and person the newest reminder. In the order of the old log, with their times. Target keys and ids are given, not the handle's: a rekey carries into
 * the log of another vault. */
#ifndef VAULT_CARRY_H
#define VAULT_CARRY_H

#include <vault/reach.h>
#include <vault/reminder.h>
#include <vault/types.h>

#include "txn.h"

struct carry_item {
	int is_exposure, is_reminder; /* which of the three it is: neither, a verdict; the others are empty */
	struct vault_verdict verdict;
	struct vault_exposure exposure;
	struct vault_reminder reminder;
	uint64_t seq;             /* that it has in the old log */
	uint64_t epoch;           /* that was seen when it was logged */
	char *by;                 /* name of the key slot that asked */
};
struct carry_list {
	struct carry_item *i;     /* oldest first */
	size_t n, cap;
	size_t exposures, reminders; /* of the n */
	uint64_t entries;         /* that the log has, all in all */
};
void carry_clear(struct carry_list *l);

/* Reads the whole log, each batch's signature too (VAULT_DAMAGED), and leaves what is to be carried. In a transaction of the
 * vault that the log is of. */
enum vault_rc carry_collect(struct vault *v, struct logfile *from, struct carry_list *out, struct vault_err *err) VAULT_MUST_CHECK;

/* Which of `n` verdicts, oldest first, are carried: keep[i] becomes 1 or 0. Pure. -1 without memory. */
int carry_choose(const struct vault_verdict *const *v, size_t n, char *keep);

struct carry_to {
	const uint8_t *vault_id;  /* of the vault that the new log is of */
	const struct keyring *kr; /* its newest K_meta seals, its slot's key signs */
	const uint8_t *slot_id;
	uint64_t epoch;           /* written into all; 0: as they have it */
};

/* Appends them, each with its own time, marked as carried, signed by the slot; synced. Items may be changed before (other token
 * ids, commitments) and dropped. */
enum vault_rc carry_write(const struct carry_list *l, const struct carry_to *to, struct logfile *into,
                          struct vault_err *err) VAULT_MUST_CHECK;

/* The detail of a carried entry, out of what it says else (taken over, NULL gives NULL): who asked, and from when on it was so
 * (INT64_MIN: not said). malloc'ed. */
char *carry_detail(char *plain, const char *by, int64_t since);

/* The slot that asked, from the detail of a carried entry; malloc'ed; NULL where it was not carried. */
char *carry_asked_by(const char *detail, size_t n);

#endif
