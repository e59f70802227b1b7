/* head.h - inner side of <vault/head.h>. L6. */
#ifndef VAULT_HEAD_INT_H
#define VAULT_HEAD_INT_H

#include <vault/head.h>

/* In a transaction: VAULT_ROLLBACK with epochs and times where the head's state is neither the newest nor an ancestor of it. */
enum vault_rc head_within(struct vault *v, const struct vault_head *head, struct vault_err *err) VAULT_MUST_CHECK;

#endif
