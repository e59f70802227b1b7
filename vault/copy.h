/* copy.h - copies of a whole vault: written beside their place, proved, synced, and only then given their name. L7.
 *
 * A handle's copy is of the state that it last saw or of one that follows it: the file is read again, and what was written is
 * proved from its own bytes. */
#ifndef VAULT_COPY_H
#define VAULT_COPY_H

#include "handle.h"

/* The name beside `path` under which a file is made that is not yet one; malloc'ed. */
char *copy_fresh_name(const char *path);

/* Another handle on the vault file at `path`, unlocked with a copy of v's keys; without a record, and with the log beside that
 * path if there is one. To be closed with vault_close. */
enum vault_rc copy_handle(struct vault *v, const char *path, struct vault **out, struct vault_err *err) VAULT_MUST_CHECK;

/* Writes a copy of v's file into the new file `fresh` (0600), proves it with v's keys as vault_verify does, compares the numbers
 * of rows, and syncs it. v has had a transaction and is in none. What a try that was killed has left at `fresh` goes first;
 * where this fails nothing is left. */
enum vault_rc copy_make(struct vault *v, const char *fresh, struct vault_verify_report *out, struct vault_err *err) VAULT_MUST_CHECK;

/* The automatic copy before something that cannot be undone: FILE.before-`what`, older ones become .1 to .4, the one before
 * these goes. `keep` (may be NULL) is the resolved path of one that must stay whatever its age. In no transaction; the caller
 * holds FILE-lock (txn_lock). `*made` (may be NULL) becomes its path, malloc'ed. */
enum vault_rc copy_before(struct vault *v, const char *what, const char *keep, char **made, struct vault_err *err) VAULT_MUST_CHECK;

#endif
