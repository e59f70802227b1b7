/* restore_int.h - what the files of restore's room share. L7. */
#ifndef VAULT_RESTORE_INT_H
#define VAULT_RESTORE_INT_H

#include <sys/types.h>

#include <vault/backup.h>

#include "handle.h"

struct vault_restore {
	struct vault_restore_info info;
	struct vault *v;          /* the vault that is changed; borrowed. NULL where the backup takes its place */
	struct vault *b;          /* the backup; owned where `v`, else borrowed */
	uint8_t now_state[HASH_LEN]; /* of the vault, as it was looked at; the backup's is b->last_state */
	/* where the backup takes its place */
	struct vault *place;      /* the vault's paths, nothing open; owned */
	struct seen seen;         /* this machine's record of that path */
	int there;                /* a file stood there, and which */
	dev_t dev;
	ino_t ino;
};

/* Puts "the backup FILE: " before the sentence, so that it is not taken for the vault's; returns rc. */
enum vault_rc restore_of_backup(const char *path, enum vault_rc rc, struct vault_err *err) VAULT_MUST_CHECK;

/* What `v` has and `b` has not, and the reverse; both in transactions. */
enum vault_rc restore_diff(struct vault *v, struct vault *b, struct vault_losses *out, struct vault_err *err) VAULT_MUST_CHECK;

/* Objects and secrets of `b` into `v`, which is in a write transaction, in place of its own; scripts keep what they are granted
 * now, as far as it is there. */
enum vault_rc restore_apply(struct vault *v, struct vault *b, struct vault_err *err) VAULT_MUST_CHECK;

/* The backup takes the place of the vault's file. */
enum vault_rc restore_replace(struct vault_restore *r, struct vault_err *err) VAULT_MUST_CHECK;

#endif
