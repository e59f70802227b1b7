/* turnover.h - new generations of K_meta and K_adm, and all that stands under them sealed anew. L5. Source:
 * vault-format(5), Keys; what is done when a slot that held them is ended. */
#ifndef VAULT_TURNOVER_H
#define VAULT_TURNOVER_H

#include "object.h"

/* In a write transaction, after the slot that leaves was marked ended in the roster (txn_roster_again): a new K_meta, and
 * with `adm` a new K_adm, granted to every active slot whose role holds them; every object sealed and filed anew, every
 * K_tok wrapped anew. States, changes and log entries keep their generation. VAULT_FORMAT where the vault has a kind of
 * object that this program does not know and so cannot file anew. */
enum vault_rc turnover(struct vault *v, int adm, struct vault_err *err) VAULT_MUST_CHECK;

/* One object of `o`, opened under any generation or in another vault, filed and sealed under v's newest. Objects of kind
 * value keep tag and generation (their tag is of K_adm): those of live values are value_move's. */
enum vault_rc turnover_file(struct vault *v, const struct object *o, struct vault_err *err) VAULT_MUST_CHECK;

/* 1 where `o` is of kind value and the value is there, by its row of `secrets` (turnover_secrets): value_move files it under the
 * new K_adm, and its old name goes. */
int turnover_is_live(const struct rows *secrets, const struct object *o);

/* Takes out every object of v. */
enum vault_rc turnover_clear(struct vault *v, struct vault_err *err) VAULT_MUST_CHECK;

/* Every row of secret of v, copied, in order of leaves. The caller's (rows_clear). */
enum vault_rc turnover_secrets(struct vault *v, struct rows *out, struct vault_err *err) VAULT_MUST_CHECK;

#endif
