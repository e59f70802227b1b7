/* share_reach.h - before a hand-over is recorded: what the token reaches, against what this hand-over names. */
#ifndef CLI_SHARE_REACH_H
#define CLI_SHARE_REACH_H

#include <vault/exposure.h>

#include "command.h"
#include "session.h"

/* Asks Smartsheet what `token` reaches, logs it, and says so with what `give` names. Where it can't be asked a note says why, and
 * that is no failure: the hand-over is recorded all the same. `*said` becomes 1 where it said what is reached. In no
 * transaction. VAULT_INTERRUPTED, and what else is wrong with the vault. */
enum vault_rc share_reach(struct call *c, struct session *s, struct vault_api_config *cfg, const struct vault_token *token,
                          const struct vault_give *give, int *said, struct vault_err *err) VAULT_MUST_CHECK;

#endif
