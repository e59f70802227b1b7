/* logswap.h - a new access log in the place of the old one, whole or not at all. L3. Source: vault-format(5), ACCESS LOG.
 *
 * LOG-new is written and synced; a state is committed that names it; LOG becomes LOG.closed-N (the first N that is free), and
 * LOG-new LOG. Whoever finds a LOG-new finishes the renames where the newest state names it, and takes it away otherwise.
 * Both logs stay locked from the beginning to the end: nobody appends to the old one meanwhile. */
#ifndef VAULT_LOGSWAP_H
#define VAULT_LOGSWAP_H

#include "logfile.h"

struct logswap;

/* Makes LOG-new, of `vault_id` (another one's in a rekey) and with a header that names the log that is there as the one it
 * follows; its numbers go on. The caller holds the vault's lock file. Where there is no log it follows none. VAULT_IO, BUSY. */
enum vault_rc logswap_begin(const char *log_path, const uint8_t vault_id[16], const uint8_t log_id[LOG_ID_LEN], int64_t time,
                            struct logswap **out, struct vault_err *err) VAULT_MUST_CHECK;

/* The old log, NULL where there is none, and the new one; both locked and the swap's. */
struct logfile *logswap_old(struct logswap *s);
struct logfile *logswap_new(struct logswap *s);

/* The state that names the new one is about to be committed: from now on it is not taken back. */
void logswap_commits(struct logswap *s);

/* The renames, synced. Where they fail the next who opens the vault finishes them. */
enum vault_rc logswap_finish(struct logswap *s, struct vault_err *err) VAULT_MUST_CHECK;

/* Where the old log went; NULL before logswap_finish or where there was none. The swap's. */
const char *logswap_closed(const struct logswap *s);

/* Unlocks and frees; before logswap_commits it also takes LOG-new away. */
void logswap_end(struct logswap **s);

/* 1 where a LOG-new lies there: a swap goes on, or its maker was killed. One system call. */
int logswap_pending(const char *log_path);

/* Waits until nobody makes a LOG-new any more. Not in a transaction of the database: its maker may wait for that to end. */
enum vault_rc logswap_wait(const char *log_path, struct vault_err *err) VAULT_MUST_CHECK;

/* What was left of a swap: finished where `named`, of the newest state, is LOG-new's id; else unlinked where `alone` (the
 * caller holds the vault's lock file, and has since before that state was read), and left where not. */
enum vault_rc logswap_settle(const char *log_path, const uint8_t named[LOG_ID_LEN], int alone,
                             struct vault_err *err) VAULT_MUST_CHECK;

/* The closed log that `of` says it follows, among LOG.closed-1, -2, ... to the first that is missing; `*out` NULL where it is
 * not there. Another's vault's is none. VAULT_DAMAGED where it does not end in the head, and the number, that `of` names. */
enum vault_rc logswap_previous(const char *log_path, const struct logfile *of, struct logfile **out,
                               struct vault_err *err) VAULT_MUST_CHECK;

/* A log that is no longer this path's, out of the way: to LOG.closed-N. The caller has it open and locked. */
enum vault_rc logswap_set_aside(const char *log_path, char **closed, struct vault_err *err) VAULT_MUST_CHECK;

#endif
