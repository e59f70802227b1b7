/* log_proof.h - vault log --head, --verify and --rotate: about the log as a whole, not its lines. */
#ifndef CLI_LOG_PROOF_H
#define CLI_LOG_PROOF_H

#include "command.h"

/* 1 where one of the three was given. */
int log_proof_wanted(const struct call *c);

/* One of them, and nothing else that chooses lines: else VAULT_USAGE. */
enum vault_rc log_proof_run(struct call *c, struct vault_err *err) VAULT_MUST_CHECK;

#endif
