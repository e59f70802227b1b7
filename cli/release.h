/* release.h - what get and run say when a value leaves. */
#ifndef CLI_RELEASE_H
#define CLI_RELEASE_H

#include <vault/token.h>

#include "command.h"
#include "session.h"

/* A note where the token is past its own expiry or rotation; none for a script's slot, whose log is nobody's reminder. */
void release_warn(struct call *c, const struct session *s, const struct vault_token *t);

#endif
