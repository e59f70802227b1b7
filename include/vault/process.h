/* process.h - what a process that will have keys does to itself first. Linux. Source: ssh-agent's list, FORMAT's
 * Memory and process. */
#ifndef VAULT_PROCESS_PUBLIC_H
#define VAULT_PROCESS_PUBLIC_H

#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>

/* What was changed, so that a child can be given back what the caller had. */
struct vault_process_saved {
	mode_t umask;
	struct rlimit core;
	int sigpipe_ignored, sigxfsz_ignored; /* by the caller already */
	char **dropped;           /* NAME=value strings dropped from the environment, NULL-terminated; or NULL */
};

/* Not dumpable, no core, umask 077, SIGPIPE and SIGXFSZ ignored, descriptors from 3 on closed but those in `keep`
 * (`n`), closed 0-2 opened on /dev/null, risky variables dropped (SSLKEYLOGFILE NETRC OPENSSL_CONF OPENSSL_MODULES
 * OPENSSL_ENGINES SQLITE_TMPDIR SQLITE_HISTORY CURL_HOME LD_PRELOAD-like are the loader's own business). In a build
 * with AddressSanitizer the process stays dumpable (LeakSanitizer needs ptrace). */
void vault_process_harden(const int *keep, size_t n, struct vault_process_saved *saved);

/* In a child before exec: signals, umask, core limit and dropped variables as they were. */
void vault_process_restore(const struct vault_process_saved *saved);

#endif
