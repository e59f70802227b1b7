/* logframe.h - the bytes of the access log: header, batch, entry. L3, for logfile.c only. Byte tables: vault-format(5). */
#ifndef VAULT_LOGFRAME_H
#define VAULT_LOGFRAME_H

#include "logfile.h"

struct logframe_header {
	uint8_t vault_id[16], log_id[LOG_ID_LEN];
	int64_t time;             /* when it was begun */
	uint64_t first_seq;
	uint8_t prev_id[LOG_ID_LEN], prev_head[HASH_LEN]; /* of the log that this one follows, or zeros */
	uint64_t end;             /* where its frame ends */
	uint8_t hash[HASH_LEN];   /* what the first entry chains to */
};

/* The 12 bytes after a body of n bytes at p. */
int logframe_trailer_ok(const uint8_t *p, uint32_t n);

/* A whole header frame. `prev` may be NULL. */
void logframe_make_header(struct buf *out, const uint8_t vault_id[16], const uint8_t log_id[LOG_ID_LEN], int64_t time,
                          const struct logpos *prev);
/* 0, or -1 where the body is no header. */
int logframe_header(const uint8_t *body, size_t n, struct logframe_header *out);

/* A whole batch frame after `pos`; `new_head` becomes the hash of its last entry. */
void logframe_make_batch(struct buf *out, const struct logpos *pos, const uint8_t slot_id[16],
                         const uint8_t slot_sk[SIGN_SK_LEN], const struct log_entry *e, size_t n,
                         uint8_t new_head[HASH_LEN]);

/* Parses a batch body; where `chain` is given it must continue it, and `seq` (0: any) its number. Calls `each` once. */
enum vault_rc logframe_batch(const uint8_t *body, size_t n, uint64_t end, const struct logframe_header *h,
                             const uint8_t *chain, uint64_t seq,
                             enum vault_rc (*each)(void *, const struct log_batch *, struct vault_err *), void *ctx,
                             struct vault_err *err) VAULT_MUST_CHECK;

/* Chain and number after a batch that logframe_batch accepted. */
void logframe_next(const uint8_t *body, size_t n, const struct logframe_header *h, uint8_t chain[HASH_LEN], uint64_t *seq);

#endif
