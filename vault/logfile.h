/* logfile.h - the access log: an append-only file of length-framed, signed batches. L3. Source: vault-format(5).
 *
 * File: header frame, then batch frames. Frame: u32-LE length n, n bytes of body, u32-LE n again, the first 8 bytes of
 * H(body). The end is found from the last frame's trailer. A frame that is cut or whose sum is off at the very end was
 * never acknowledged: readers pass it over, the next writer cuts it. */
#ifndef VAULT_LOGFILE_H
#define VAULT_LOGFILE_H

#include "buf.h"
#include "hash.h"
#include "sign.h"

enum { LOG_ID_LEN = 16, LOG_DETAIL_MAX = 1 << 20, LOG_FRAME_MAX = 1 << 28, LOG_BATCH_MAX = 1 << 17 };

/* Where a log ends: after a whole number of frames. `exists` 0: there is no file, the rest is zeros. */
struct logpos {
	int exists;
	uint8_t log_id[LOG_ID_LEN];
	uint64_t len;             /* bytes */
	uint8_t head[HASH_LEN];   /* hash of the last entry, or of the header */
	uint64_t next_seq;
};

struct log_entry {
	uint64_t seq, epoch;
	int64_t time;
	uint8_t slot_id[LOG_ID_LEN]; /* of its batch */
	int64_t action;
	uint8_t object_id[LOG_ID_LEN];
	uint64_t version;
	uint8_t commit[HASH_LEN];
	uint64_t generation;
	const uint8_t *detail;    /* borrowed; sealed */
	size_t detail_n;
};

struct logfile;

/* Opens with the checks of a private file and, for `write`, locks it (flock). `*out` NULL where there is none
 * (VAULT_OK); an empty file is none: its maker was killed. VAULT_DAMAGED where it is no log. Finds the end. */
enum vault_rc logfile_open(const char *path, int write, struct logfile **out, struct vault_err *err) VAULT_MUST_CHECK;
void logfile_close(struct logfile **l);
const struct logpos *logfile_pos(const struct logfile *l);
/* Where its first batch begins, and the hash that it chains to. */
uint64_t logfile_first(const struct logfile *l, const uint8_t **head);
/* The vault it is of. */
const uint8_t *logfile_vault_id(const struct logfile *l);
/* What its header says it follows: id and head of that log, zeros where of none; and the number of its first entry. */
const uint8_t *logfile_previous(const struct logfile *l, const uint8_t **head);
uint64_t logfile_first_seq(const struct logfile *l);
/* When it was begun. */
int64_t logfile_time(const struct logfile *l);
/* 1 where its path is another file by now, or none: who waited for the lock must open anew. */
int logfile_moved(const struct logfile *l);

/* Makes a new log, also in an empty file (VAULT_EXISTS where there is one), durable, and opens it locked. `prev` (may be
 * NULL): the one that it follows. */
enum vault_rc logfile_create(const char *path, const uint8_t vault_id[16], const uint8_t log_id[LOG_ID_LEN], int64_t time,
                             const struct logpos *prev, struct logfile **out, struct vault_err *err) VAULT_MUST_CHECK;

/* Appends `n` entries as one batch, signed by the slot, and fdatasyncs; seq and chain are set here. A torn tail is cut
 * first. None: nothing happens. VAULT_REFUSED beyond LOG_BATCH_MAX entries or LOG_DETAIL_MAX of one. VAULT_IO: nothing was
 * acknowledged. */
enum vault_rc logfile_append(struct logfile *l, const uint8_t slot_id[16], const uint8_t slot_sk[SIGN_SK_LEN],
                             const struct log_entry *e, size_t n, struct vault_err *err) VAULT_MUST_CHECK;

enum vault_rc logfile_sync(struct logfile *l, struct vault_err *err) VAULT_MUST_CHECK;

/* 1 where the log holds exactly `head` at byte `len`; 0 where not. Reads only the frames from `len` on where it ends
 * beyond. Damage in them is VAULT_DAMAGED. */
enum vault_rc logfile_holds(struct logfile *l, uint64_t len, const uint8_t head[HASH_LEN], int *yes,
                            struct vault_err *err) VAULT_MUST_CHECK;

/* One batch while scanning. `signed_bytes` and `sig` are what the slot signed. */
struct log_batch {
	const uint8_t *slot_id;
	uint64_t end;             /* byte position after its frame */
	const uint8_t *head;      /* after its last entry */
	const uint8_t *signed_bytes;
	size_t signed_n;
	const uint8_t *sig;
	const struct log_entry *e;
	size_t n;
};

/* Walks all batches from the first, checking frames, sums, numbers and the chain (VAULT_DAMAGED); signatures are the
 * caller's to check, who knows the slots. Everything in the batch is borrowed during the call. */
enum vault_rc logfile_scan(struct logfile *l, enum vault_rc (*each)(void *ctx, const struct log_batch *b, struct vault_err *err),
                           void *ctx, struct vault_err *err) VAULT_MUST_CHECK;

/* Once more the one batch whose frame begins at byte `at`, where a scan found one: its chain was that scan's to check.
 * VAULT_DAMAGED where there is none any more. */
enum vault_rc logfile_again(struct logfile *l, uint64_t at,
                            enum vault_rc (*each)(void *ctx, const struct log_batch *b, struct vault_err *err), void *ctx,
                            struct vault_err *err) VAULT_MUST_CHECK;

#endif
