/* sandbox.c - vault-api's walls: whoever takes over the process that has the network finds no files, no core, no
 * environment. Landlock by raw system calls: Debian 12's C library has no wrappers. */
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/landlock.h>

#include "sandbox.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANDBOX_SANITIZER 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define SANDBOX_SANITIZER 1
#endif

/* Newer kernels' attribute (linux/landlock.h of 6.12): the headers here may be older than the kernel. */
struct sandbox_attr {
	uint64_t handled_fs;  /* ABI 1 */
	uint64_t handled_net; /* ABI 4: bit 0 bind, bit 1 connect (TCP) */
	uint64_t scoped;      /* ABI 6: bit 0 abstract sockets, bit 1 signals */
};

enum { SANDBOX_READ = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR };

/* Resolver and TLS, read only. Links are followed by the kernel when the rule is made, so folders in which a file is
 * replaced by rename (resolv.conf) are named as folders. */
static const char *const sandbox_paths[] = {
        "/etc/ssl/certs",
        "/etc/ssl/openssl.cnf",
        "/etc/pki/tls",
        "/etc/pki/ca-trust",
        "/usr/share/ca-certificates",
        "/usr/local/share/ca-certificates",
        "/etc/ca-certificates",
        "/etc/resolv.conf",
        "/etc/hosts",
        "/etc/nsswitch.conf",
        "/etc/host.conf",
        "/etc/gai.conf",
        "/etc/services",
        "/etc/protocols",
        "/etc/ld.so.cache",
        "/run/systemd/resolve",
        "/run/resolvconf",
        "/run/NetworkManager",
        "/run/nscd",
        "/usr/lib",
        "/usr/lib64",
        "/lib",
        "/lib64", /* name service modules are loaded when first asked */
        "/dev/urandom",
        "/dev/null",
#ifdef SANDBOX_SANITIZER
        "/proc",
#endif
};

static void sandbox_clean_environment(void)
{
	static const char *const kept[] = {"https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"};
	char *value[sizeof kept / sizeof kept[0]] = {NULL};

	for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
		const char *v = getenv(kept[i]);

		value[i] = v ? strdup(v) : NULL;
	}
	/* SSLKEYLOGFILE, OPENSSL_CONF, SSL_CERT_FILE, CURL_CA_BUNDLE, RES_OPTIONS, HOSTALIASES and what else
	 * libraries listen to: none of it is heard. */
	(void)clearenv();
	for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
		if (value[i])
			(void)setenv(kept[i], value[i], 1);
		free(value[i]);
	}
}

void sandbox_harden(void)
{
	const struct rlimit none = {0, 0};

	(void)setrlimit(RLIMIT_CORE, &none);
#ifndef SANDBOX_SANITIZER
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* LeakSanitizer needs ptrace */
#endif
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	(void)umask(077);
	(void)signal(SIGPIPE, SIG_IGN);
	/* Ctrl-C at a terminal and a service's end reach us beside vault, which decides: we end when our pipes do, and lose
	 * no answer before. */
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
	(void)close_range(3, ~0U, 0);
	sandbox_clean_environment();
}

static void sandbox_allow(int ruleset, const char *path)
{
	struct landlock_path_beneath_attr rule;
	struct stat st;
	int fd = open(path, O_PATH | O_CLOEXEC);

	if (fd < 0)
		return;
	memset(&rule, 0, sizeof rule);
	rule.parent_fd = fd;
	rule.allowed_access = SANDBOX_READ;
	/* A right to list is refused by the kernel on what is no folder. */
	if (fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode))
		rule.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE;
	(void)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	(void)close(fd);
}

void sandbox_enter(const char *ca, const char *ca_dir)
{
	struct sandbox_attr attr = {0};
	size_t size = sizeof attr.handled_fs;
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	int ruleset = -1;

	if (abi < 1)
		return;
	attr.handled_fs = (1u << 13) - 1; /* what ABI 1 knows; then refer, truncate, ioctl of devices */
	if (abi >= 2)
		attr.handled_fs |= 1u << 13;
	if (abi >= 3)
		attr.handled_fs |= 1u << 14;
	if (abi >= 5)
		attr.handled_fs |= 1u << 15;
	if (abi >= 4) {
		attr.handled_net = 1; /* no listening; connecting is what we are for */
		size = 2 * sizeof(uint64_t);
	}
	if (abi >= 6) {
		attr.scoped = 3;
		size = sizeof attr;
	}
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, size, 0);
	if (ruleset < 0)
		return;
	for (size_t i = 0; i < sizeof sandbox_paths / sizeof sandbox_paths[0]; i++)
		sandbox_allow(ruleset, sandbox_paths[i]);
	if (ca)
		sandbox_allow(ruleset, ca);
	if (ca_dir)
		sandbox_allow(ruleset, ca_dir);
	(void)syscall(SYS_landlock_restrict_self, ruleset, 0);
	(void)close(ruleset);
}
