/* rotate.h - one `vault rotate`, between what it does (cmd_rotate.c) and what it says (rotate_say.c). */
#ifndef CLI_ROTATE_H
#define CLI_ROTATE_H

#include <vault/check.h>
#include <vault/token.h>

#include "command.h"
#include "facts.h"
#include "session.h"

struct rotate_run {
	struct vault_api_config api;
	struct vault_rotation how;
	int revoke_old;
	struct facts f;
	const struct vault_token *t; /* as it was, of the facts */
	struct vault_secret *value;
	struct vault_verdict verdict, old_verdict;
	struct vault_holders holders;
	/* --revoke-old: the check of the old value after it, none where it was not made; and why not all went as asked. */
	struct vault_check_results proof;
	struct vault_err unrevoked;
};

/* The version that was replaced. */
const struct vault_version *rotate_old(const struct rotate_run *r);
/* 1 where a verdict says that the value does not work. */
int rotate_refused(const struct vault_verdict *v);
/* 1 where the old value can be proved dead: was it, or is it now, valid where it would be asked? */
int rotate_provable(const struct rotate_run *r);
/* 1 where --revoke-old proved it dead. */
int rotate_died(const struct rotate_run *r);

/* Everything on stdout, the notes, and the next step. `now`: the token as it is. */
void rotate_tell(struct call *c, const struct session *s, const struct rotate_run *r, const struct vault_token *now);

#endif
