/* fresh.h - that this is the vault this machine knows: ancestry, the predecessor, the access log against the record. L4, for
 * txn.c and those that compare with a head from elsewhere. Source: vault-format(5), THIS MACHINE'S RECORD. */
#ifndef VAULT_FRESH_H
#define VAULT_FRESH_H

#include "handle.h"

/* Where a state that somebody saw stands to the newest one of the file. */
enum fresh_where {
	FRESH_WITHIN,             /* it is the newest, or an ancestor of it */
	FRESH_AHEAD,              /* the file ends before it: an old copy */
	FRESH_OTHER               /* the file has another in its place, or none: a fork */
};

/* `*at_time` is the time of the file's state at that epoch, or of the last one before. Walks back from the newest along
 * H(previous); VAULT_ROLLBACK where that chain itself does not hold. In a transaction, after the newest was verified. */
enum vault_rc fresh_find(struct vault *v, uint64_t epoch, const uint8_t state[HASH_LEN], enum fresh_where *where,
                         int64_t *at_time, struct vault_err *err) VAULT_MUST_CHECK;

/* 1 where the verified header names that vault as the one this replaced, at that epoch or a later one. */
int fresh_succeeds(const struct vault *v, const uint8_t vault_id[16], uint64_t epoch, const uint8_t state[HASH_LEN]);

/* The key's floor, and this machine's record (but where v->accepting): VAULT_ROLLBACK with epochs and times. Sets v->succeeds. */
enum vault_rc fresh_check(struct vault *v, struct vault_err *err) VAULT_MUST_CHECK;

/* VAULT_DAMAGED where the record names a log for this path (but where v->accepting) and it is gone, cut or another, or where
 * the newest state's own log lacks what that state says of it. Sets v->log_elsewhere and v->log_state. */
enum vault_rc fresh_check_log(struct vault *v, struct vault_err *err) VAULT_MUST_CHECK;

/* A reader remembers too: a rollback is seen from the first look on. Not synced, and never a reason to refuse. */
void fresh_remember(struct vault *v);

/* How the record is written for what this transaction saw: SEEN_SUCCEED where it is of the predecessor. */
int fresh_how(const struct vault *v);

#endif
