/* share_give.h - what vault share was told of a giving, and what of the one before it stays agreed. */
#ifndef CLI_SHARE_GIVE_H
#define CLI_SHARE_GIVE_H

#include <vault/types.h>

#include "command.h"

/* --purpose, --item, --agreement, --channel, --until and --date into `said`, which is zero and the caller's to clear. */
enum vault_rc share_give_args(const struct call *c, struct vault_give *said, struct vault_err *err) VAULT_MUST_CHECK;

/* `*give` (cleared first) becomes what is recorded: what was said, and else what the person's running hand-over says, items
 * together. An empty option takes away. How a value was sent, and when, is of each giving. */
enum vault_rc share_give_keep(const struct call *c, const struct vault_give *said, const struct vault_handover *before,
                              struct vault_give *give, struct vault_err *err) VAULT_MUST_CHECK;

/* Says what of the newest giving of `h` nobody said this time. */
void share_give_kept(const struct call *c, const struct vault_give *said, const struct vault_handover *h);

#endif
