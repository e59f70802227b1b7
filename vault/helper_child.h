/* helper_child.h - vault-api as a process. What is spoken with it: helper.h. L6. */
#ifndef VAULT_HELPER_CHILD_H
#define VAULT_HELPER_CHILD_H

#include <sys/types.h>

#include <vault/check.h>

struct helper_child {
	pid_t pid;         /* 0 where none runs */
	int in, out, said; /* our ends of its stdin (does not block), stdout and stderr; -1 when closed */
};

/* Starts it with the environment that helper.h promises, no descriptors but 0-2, and with what ends a terminal's or a
 * service's group (SIGINT, SIGTERM, SIGHUP) held back until it ignores it. `c` comes with its descriptors -1; the caller
 * closes them and calls helper_child_reap(). VAULT_IO where it can't be started, with a sentence. */
enum vault_rc helper_child_start(struct helper_child *c, const struct vault_api_config *cfg,
                                 struct vault_err *err) VAULT_MUST_CHECK;

/* Closes a descriptor that is open, and makes it -1. */
void helper_child_close(int *fd);

/* Ends it and says its exit status, -1 for a death by signal; 0 where none runs. */
int helper_child_reap(struct helper_child *c);

#endif
