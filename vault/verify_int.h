/* verify_int.h - the steps of verify.c that stand in verify_log.c. L6. */
#ifndef VAULT_VERIFY_INT_H
#define VAULT_VERIFY_INT_H

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

/* Every batch's signature, the chain, and each anchor of this log met at its byte. */
enum vault_rc verify_log(struct vault *v, const struct verify_anchors *anchors, struct vault_verify_report *out,
                         struct vault_err *err) VAULT_MUST_CHECK;

/* Every grant in its place, of its slot's role; ended ones emptied; each script's list and its grants the same set. For a
 * script its own list and values are opened too. */
enum vault_rc verify_grants(struct vault *v, struct vault_verify_report *out, struct vault_err *err) VAULT_MUST_CHECK;

#endif
