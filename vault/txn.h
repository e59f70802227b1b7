/* txn.h - a transaction: everything verified before it is used, everything signed before it stands. L4. */
#ifndef VAULT_TXN_H
#define VAULT_TXN_H

#include "handle.h"

/* Verifies, in this order: newest state under the pinned key, digests' top, roster, the own slot, who signed, freshness,
 * keys and commitments, and (but for TXN_RELEASE, and TXN_AUDIT, which notes it) that the access log is the one this machine knows. On failure the
 * transaction is ended. */
enum vault_rc txn_begin(struct vault *v, enum txn_kind kind, struct vault_err *err) VAULT_MUST_CHECK;
void txn_end(struct vault *v);

/* What this machine has seen now, for the entries of the log and the record that follow. */
void txn_remember(struct vault *v, const struct state *st);

/* Takes FILE-lock for more than one transaction, with what lies between them; in none. txn_begin then takes it no more, and
 * txn_end does not give it back. Checks first that the file system has locks that hold (VAULT_UNSAFE). VAULT_BUSY. */
enum vault_rc txn_lock(struct vault *v, struct vault_err *err) VAULT_MUST_CHECK;
void txn_unlock(struct vault *v);

/* The verified leaf; read at first use, kept for the transaction. Owned by the handle. */
enum vault_rc txn_leaf(struct vault *v, enum leaf_area area, unsigned number, struct leaf **out,
                       struct vault_err *err) VAULT_MUST_CHECK;

/* A leaf that was made, not read, becomes the handle's (of a new vault's roster). On failure it stays the caller's. */
enum vault_rc txn_adopt(struct vault *v, struct leaf *owned, struct vault_err *err) VAULT_MUST_CHECK;

/* Runs `each` over every leaf of an area; leaves not touched before are freed after it. */
enum vault_rc txn_each_leaf(struct vault *v, enum leaf_area area,
                            enum vault_rc (*each)(struct vault *v, struct leaf *l, void *ctx, struct vault_err *err),
                            void *ctx, struct vault_err *err) VAULT_MUST_CHECK;

/* The same over every leaf of names and ledger, whose objects stand in one table: one scan for both. */
enum vault_rc txn_each_object_leaf(struct vault *v,
                                   enum vault_rc (*each)(struct vault *v, struct leaf *l, void *ctx, struct vault_err *err),
                                   void *ctx, struct vault_err *err) VAULT_MUST_CHECK;

/* Reads and keeps every leaf of the tokens, for who will ask txn_leaf for most of them. */
enum vault_rc txn_token_leaves(struct vault *v, struct vault_err *err) VAULT_MUST_CHECK;

/* Row into / out of a leaf and the store. The leaf must be of txn_leaf, the transaction a write. Takes the row over. */
enum vault_rc txn_put(struct vault *v, struct leaf *l, enum store_table t, struct row *owned, struct vault_err *err) VAULT_MUST_CHECK;
enum vault_rc txn_remove(struct vault *v, struct leaf *l, enum store_table t, const struct row *key,
                         struct vault_err *err) VAULT_MUST_CHECK;

/* Says what the change is: action, object, and details as JSON text (taken over, malloc'ed, may be NULL). */
void txn_action(struct vault *v, enum action action, const uint8_t object_id[16], char *owned_detail);

/* Adds one of several changes of a state. */
enum vault_rc txn_change(struct vault *v, enum action action, const uint8_t object_id[16], const char *detail,
                         struct vault_err *err) VAULT_MUST_CHECK;

/* Digests, read-back, log position (of v->swap's new log where there is one), signatures, COMMIT, record, and the swap of
 * the logs: where that fails the change stands all the same, and who comes next finishes it. */
enum vault_rc txn_commit(struct vault *v, struct vault_err *err) VAULT_MUST_CHECK;

/* A sealed detail under the newest K_meta, padded to 128; "" where there is none. malloc'ed; NULL without memory. */
uint8_t *txn_seal_detail(struct vault *v, uint64_t epoch, int64_t action, const uint8_t object_id[16], const char *text,
                         size_t *n);
/* The reverse, malloc'ed with a NUL; NULL where it does not open. */
char *txn_open_detail(struct vault *v, uint64_t epoch, int64_t action, const uint8_t object_id[16], uint64_t generation,
                      const uint8_t *box, size_t n, size_t *out_n);

/* Reads the roster's slots anew after its rows were changed: what was borrowed from it before is gone. */
enum vault_rc txn_roster_again(struct vault *v, struct vault_err *err) VAULT_MUST_CHECK;

/* VAULT_FORBIDDEN: "the key slot NAME may not WHAT: that is for admins, ask ann or bob". In a transaction. */
enum vault_rc txn_forbidden(const struct vault *v, const char *what, struct vault_err *err) VAULT_MUST_CHECK;

#endif
