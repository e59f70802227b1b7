/* log_keep.h - which events belong to a token, a vendor, a person. */
#ifndef CLI_LOG_KEEP_H
#define CLI_LOG_KEEP_H

#include <vault/log.h>

#include "session.h"

/* Each of these clears `keep[i]` of every event that is none of its own; within the transaction in which the events were
 * read. */

/* What happened to the tokens that have or had the label, whatever they were called when it happened. VAULT_NOTFOUND where
 * none ever had it. */
enum vault_rc log_keep_label(struct session *s, const struct vault_events *l, const char *label, char *keep,
                             struct vault_err *err) VAULT_MUST_CHECK;

/* What is of the vendor that has or had the name (NULL: of any) and of that person (NULL: of anybody): hand-overs, given,
 * confirmed and ended; of the tokens in them that a version they were given was proved dead, that they were rotated while it
 * ran, and that they were removed; of a vendor alone also its own changes. VAULT_NOTFOUND where no vendor ever had the name. */
enum vault_rc log_keep_party(struct session *s, const struct vault_events *l, const char *vendor, const char *to, char *keep,
                             struct vault_err *err) VAULT_MUST_CHECK;

#endif
