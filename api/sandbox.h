/* sandbox.h - what vault-api gives up before it has a token or a network. */
#ifndef API_SANDBOX_H
#define API_SANDBOX_H

/* Not dumpable, no core, no new privileges, umask 077, SIGPIPE, SIGINT, SIGTERM and SIGHUP ignored, descriptors from 3 on closed, the environment
 * emptied but for the proxy variables. */
void sandbox_harden(void);

/* Gives up the file system (Landlock) but for reading what TLS and the resolver need: `ca` (a resolved path) and
 * `ca_dir`, both may be NULL. Where the kernel has no Landlock nothing happens. Before the first thread. */
void sandbox_enter(const char *ca, const char *ca_dir);

#endif
