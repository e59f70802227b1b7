/* vectors_chain.h - steps of tests/vectors/kdf-tree.txt: what is hashed over rows, states and entries, and the head of it all.
 * For tests. */
#ifndef TESTS_VECTORS_CHAIN_H
#define TESTS_VECTORS_CHAIN_H

#include "vectors.h"

#include <vault/head.h>

#include "leaf.h"
#include "logframe.h"
#include "state.h"

/* a row of secret: its leaf with this row alone */
static inline void leaf_secret(const struct field *in, size_t n, char *out)
{
	struct leaf l = {.area = LEAF_TOKENS, .number = leaf_of(LEAF_TOKENS, in[0].p)};
	struct buf scratch = {.p = NULL};
	uint8_t d[HASH_LEN];

	assert_int_equal(n, 7);
	const struct cell c[] = {CELL_BLOB(in[0].p, in[0].n),       CELL_INT((int64_t)number(&in[1])),
	                         CELL_INT((int64_t)number(&in[2])), CELL_BLOB(in[3].p, in[3].n),
	                         CELL_INT((int64_t)number(&in[4])), CELL_BLOB(in[5].p, in[5].n),
	                         CELL_BLOB(in[6].p, in[6].n)};
	assert_int_equal(rows_push(&l.secret, row_make(STORE_SECRET, c)), 0);
	assert_int_equal(leaf_digest(&l, &scratch, d, NULL), VAULT_OK);
	hex_of(out, d, HASH_LEN);
	leaf_clear(&l);
	buf_free(&scratch);
}

/* vault_id, then a row of state: H of the state, which the next one follows */
static inline void state_hash(const struct field *in, size_t n, char *out)
{
	struct state st = {.epoch = 0};
	struct cell c[15];
	size_t i = 0;

	assert_int_equal(n, 16);
	for (i = 0; i < 15; i++) {
		const struct field *f = &in[i + 1];
		const int is_int =
		        i == ST_EPOCH || i == ST_TIME || i == ST_ACTION || i == ST_GENERATION || i == ST_LOG_LEN;

		c[i] = is_int ? CELL_INT((int64_t)number(f)) : CELL_BLOB(f->p, f->n);
	}
	struct row *r = row_make(STORE_STATE, c);
	assert_int_equal(state_parse(r, in[0].p, &st, NULL), VAULT_OK);
	hex_of(out, st.hash, HASH_LEN);
	state_clear(&st);
	free(r);
}

/* log_id, chain before, slot_id, then an entry: the chain after it */
static inline void log_entry(const struct field *in, size_t n, char *out)
{
	struct logpos pos = {.exists = 1, .next_seq = number(&in[3])};
	struct log_entry e = {.epoch = number(&in[4]),
	                      .time = (int64_t)number(&in[5]),
	                      .action = (int64_t)number(&in[6]),
	                      .version = number(&in[8]),
	                      .generation = number(&in[10]),
	                      .detail = in[11].p,
	                      .detail_n = in[11].n};
	uint8_t head[HASH_LEN], pk[32], sk[64];
	struct buf frame = {.p = NULL};

	assert_int_equal(n, 12);
	memcpy(pos.log_id, in[0].p, 16);
	memcpy(pos.head, in[1].p, 32);
	memcpy(e.object_id, in[7].p, 16);
	memcpy(e.commit, in[9].p, 32);
	crypto_sign_seed_keypair(pk, sk, in[1].p);
	logframe_make_batch(&frame, &pos, in[2].p, sk, &e, 1, head);
	assert_false(frame.failed);
	hex_of(out, head, HASH_LEN);
	buf_free(&frame);
}

/* vault_id, epoch, H of the state, log_id, length, head of the log */
static inline void head_line(const struct field *in, size_t n, char *out)
{
	struct vault_head h = {.epoch = number(&in[1]), .log_len = number(&in[4])};

	assert_int_equal(n, 6);
	memcpy(h.vault_id, in[0].p, 16);
	memcpy(h.state, in[2].p, 32);
	memcpy(h.log_id, in[3].p, 16);
	memcpy(h.log_head, in[5].p, 32);
	vault_head_format(&h, out);
}

#endif
