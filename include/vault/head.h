/* head.h - the head of a vault as a line to keep elsewhere: against rollback and forks where this machine cannot tell.
 *
 * `SMARTVAULT-HEAD-1 `, then base32 of which vault, which state is the newest, and where the access log ends. It is no
 * secret, and proves something only where its keeper got it from the vault itself. Format: vault-format(5). */
#ifndef VAULT_HEAD_H
#define VAULT_HEAD_H

#include <vault/types.h>
#include <vault/vault.h>

struct vault_head {
	uint8_t vault_id[VAULT_ID_LEN];
	uint64_t epoch;
	uint8_t state[32];        /* H(state) */
	uint8_t log_id[VAULT_ID_LEN];
	uint64_t log_len;         /* bytes */
	uint8_t log_head[32];
};

enum { VAULT_HEAD_LINE = 205 }; /* with the NUL */

/* The line, without a newline. Returns `out`. */
const char *vault_head_format(const struct vault_head *h, char out[VAULT_HEAD_LINE]);

/* The reverse; case and white space do not matter. VAULT_USAGE where it is no such line or its checksum is off. */
enum vault_rc vault_head_parse(const char *line, struct vault_head *out, struct vault_err *err) VAULT_MUST_CHECK;

/* The present one, verified like a read, in a transaction of its own. Where the access log is not here, or is not what this
 * machine knows (a note says so), its part is what the newest state says. 9 as any read; 7 for scripts. */
enum vault_rc vault_head_now(struct vault *v, struct vault_head *out, struct vault_err *err) VAULT_MUST_CHECK;

/* vault_verify, and that the vault contains the head: its state is the newest or an ancestor of it (VAULT_ROLLBACK), and the
 * log, where it is here, or a closed one beside it, holds the line's place (VAULT_DAMAGED). A line of the vault that this one
 * replaced (rekey) is held against what the header says of that. */
enum vault_rc vault_head_verify(struct vault *v, const struct vault_head *head, struct vault_verify_report *out,
                                struct vault_err *err) VAULT_MUST_CHECK;

/* Takes the vault as it stands: all is verified but that it is what this machine's record says; the head must be of this very
 * vault, and its state the newest or an ancestor. Then the access log says that it was accepted, and the record is replaced. */
enum vault_rc vault_head_accept(struct vault *v, const struct vault_head *head, struct vault_verify_report *out,
                                struct vault_err *err) VAULT_MUST_CHECK;

#endif
