/* verify_int.h - the steps of verify.c, for those that prove a part or more: verify_log.c, head.c, logproof.c. L6. */
#ifndef VAULT_VERIFY_INT_H
#define VAULT_VERIFY_INT_H

#include <vault/head.h>

#include "handle.h"

/* Where signed states say the access log stood: ascending by epoch. */
struct verify_anchor {
	uint8_t log_id[16];
	uint64_t len;
	uint8_t head[HASH_LEN];
};
struct verify_anchors {
	struct verify_anchor *a;
	size_t n, cap;
};

enum vault_rc verify_anchor_add(struct verify_anchors *l, const struct state *st, struct vault_err *err) VAULT_MUST_CHECK;
void verify_anchors_clear(struct verify_anchors *l);

/* In a transaction: all that vault_verify does but the access log. Adds where the states say it stood. */
enum vault_rc verify_file(struct vault *v, struct verify_anchors *anchors, struct vault_verify_report *out,
                          struct vault_err *err) VAULT_MUST_CHECK;

/* Every state since the first: order, signatures, changes. Gathers the anchors. */
enum vault_rc verify_states(struct vault *v, struct verify_anchors *anchors, struct vault_verify_report *out,
                            struct vault_err *err) VAULT_MUST_CHECK;

/* The log and the closed ones before it that are here: every batch's signature, the chain, each anchor met at its byte, details;
 * and that one of them holds what `head` (may be NULL) says. Where the log is not here that is noted only. */
enum vault_rc verify_log(struct vault *v, const struct verify_anchors *anchors, const struct vault_head *head,
                         struct vault_verify_report *out, struct vault_err *err) VAULT_MUST_CHECK;

/* head.c: VAULT_ROLLBACK with epochs and times where the head's state is neither the newest nor an ancestor of it. */
enum vault_rc head_within(struct vault *v, const struct vault_head *head, struct vault_err *err) VAULT_MUST_CHECK;

/* verify_file and verify_log, in a transaction that has begun. `head` may be NULL: its state must be the newest or an ancestor
 * (VAULT_ROLLBACK), its place in the log there (VAULT_DAMAGED). */
enum vault_rc verify_whole(struct vault *v, const struct vault_head *head, struct vault_verify_report *out,
                           struct vault_err *err) VAULT_MUST_CHECK;

/* Every grant in its place, of its slot's role; ended ones emptied; each script's list and its grants the same set. For a
 * script its own list and values are opened too. */
enum vault_rc verify_grants(struct vault *v, struct vault_verify_report *out, struct vault_err *err) VAULT_MUST_CHECK;

/* verify_records.c: every record, what it names, and every value that this slot can open. Not for a script, which has no K_meta. */
enum vault_rc verify_records(struct vault *v, struct vault_verify_report *out, struct vault_err *err) VAULT_MUST_CHECK;

#endif
