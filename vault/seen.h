/* seen.h - what this machine last saw of a vault, by path: against rollback. L3. Source: vault-format(5), Freshness.
 * One small file, checksummed, rewritten in place under a lock and never downwards. */
#ifndef VAULT_SEEN_H
#define VAULT_SEEN_H

#include <stdint.h>

#include <vault/error.h>

struct seen {
	int known;                /* there is a record */
	int torn;                 /* there was one, but it is unreadable: to be said once; it is replaced then */
	int64_t when;             /* when the record was last renewed, seconds; of the file, not inside it; 0: unknown */
	uint8_t vault_id[16];
	uint64_t epoch;
	uint8_t state[32];        /* H(state) of that epoch */
	int has_log;
	uint8_t log_id[16];
	uint64_t log_len;
	uint8_t log_head[32];
};

/* `dir` NULL: nothing is known. `path` is the vault's resolved path. */
enum vault_rc seen_read(const char *dir, const char *path, struct seen *out, struct vault_err *err) VAULT_MUST_CHECK;

enum {
	SEEN_RENEW,   /* never downwards: the state's part where its epoch is higher; the log's where it is the same and longer, or
	               * another that a state of a higher epoch came with. Another vault_id changes nothing */
	SEEN_REPLACE, /* whatever is there */
	SEEN_SUCCEED  /* a record of another vault_id is replaced, one of this vault renewed */
};

/* Writes `now`, as `how` says; what is no record is always replaced. `sync`: fdatasync. Makes the folder. */
enum vault_rc seen_write(const char *dir, const char *path, const struct seen *now, int how, int sync,
                         struct vault_err *err) VAULT_MUST_CHECK;

#endif
