/* process.c - what a process that will have keys does to itself first. L0, Linux. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vault/process.h>

#if defined(__SANITIZE_ADDRESS__)
#define DUMPABLE 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define DUMPABLE 1
#endif
#endif
#ifndef DUMPABLE
#define DUMPABLE 0
#endif

/* Each of these makes a library write secrets to a file, read some from one, or load code. */
static const char *const risky[] = {
        "SSLKEYLOGFILE",   "NETRC",         "OPENSSL_CONF",   "OPENSSL_MODULES",
        "OPENSSL_ENGINES", "SQLITE_TMPDIR", "SQLITE_HISTORY", "CURL_HOME",
};
enum { RISKY = sizeof risky / sizeof risky[0] };

/* A file opened later must not become stdin, stdout or stderr. Where stdout was closed, writing must still fail, or
 * `get >&-` would be "done": so /dev/null is opened there for reading only. */
static void fill_standard(void)
{
	int fd = -1, want = 0;

	for (want = 0; want <= 2; want++) {
		if (fcntl(want, F_GETFD) >= 0 || errno != EBADF)
			continue;
		fd = open("/dev/null", want == 1 ? O_RDONLY : O_RDWR);
		if (fd < 0)
			_exit(13);
		if (fd != want) {
			if (dup2(fd, want) < 0)
				_exit(13);
			close(fd);
		}
	}
}

/* Closes first..last, where the kernel is older than 5.9 one by one of those that /proc names. */
static void close_between(unsigned first, unsigned last)
{
	DIR *d = NULL;
	struct dirent *e = NULL;
	char *end = NULL;
	unsigned long fd = 0, most = 0;

	if (first > last || close_range(first, last, 0) == 0)
		return;
	d = opendir("/proc/self/fd");
	if (!d) {
		most = (unsigned long)sysconf(_SC_OPEN_MAX);
		for (fd = first; fd <= last && fd < most; fd++)
			close((int)fd);
		return;
	}
	while ((e = readdir(d))) {
		fd = strtoul(e->d_name, &end, 10);
		if (end != e->d_name && !*end && fd >= first && fd <= last && (int)fd != dirfd(d))
			close((int)fd);
	}
	closedir(d);
}

/* Those kept are ours alone: a program that we start must not inherit the descriptor of a passphrase. */
static void close_others(const int *keep, size_t n)
{
	unsigned from = 3, next = 0;
	size_t i = 0;

	for (;;) {
		next = UINT_MAX;
		for (i = 0; i < n; i++)
			if (keep[i] >= 0 && (unsigned)keep[i] >= from && (unsigned)keep[i] < next)
				next = (unsigned)keep[i];
		if (next == UINT_MAX)
			break;
		if (next > from)
			close_between(from, next - 1);
		(void)fcntl((int)next, F_SETFD, FD_CLOEXEC);
		from = next + 1;
	}
	close_between(from, INT_MAX);
}

/* The strings stay where they are; only the pointers to them leave the environment. */
static void drop_variables(struct vault_process_saved *saved)
{
	size_t i = 0, n = 0, len = 0;
	char **e = NULL;

	saved->dropped = calloc(RISKY + 1, sizeof *saved->dropped);
	for (i = 0; i < RISKY; i++) {
		len = strlen(risky[i]);
		for (e = environ; e && *e; e++) {
			if (strncmp(*e, risky[i], len) || (*e)[len] != '=')
				continue;
			if (saved->dropped)
				saved->dropped[n++] = *e;
			unsetenv(risky[i]);
			break;
		}
	}
}

static int ignore(int sig)
{
	struct sigaction act = {0}, before = {0};

	act.sa_handler = SIG_IGN;
	sigemptyset(&act.sa_mask);
	return sigaction(sig, &act, &before) == 0 && before.sa_handler == SIG_IGN;
}

void vault_process_harden(const int *keep, size_t n, struct vault_process_saved *saved)
{
	struct rlimit none = {0};

	memset(saved, 0, sizeof *saved);
	fill_standard();
	close_others(keep, n);
	if (!DUMPABLE)
		(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* no core, no ptrace and no /proc/PID/mem for the same uid */
	if (getrlimit(RLIMIT_CORE, &saved->core) == 0) {
		none.rlim_max = saved->core.rlim_max; /* the soft limit only, so that it can be given back */
		(void)setrlimit(RLIMIT_CORE, &none);
	}
	saved->umask = umask(077);
	/* A closed pipe and a file too long are then errors of write(2), with a status of their own. */
	saved->sigpipe_ignored = ignore(SIGPIPE);
	saved->sigxfsz_ignored = ignore(SIGXFSZ);
	drop_variables(saved);
}

void vault_process_restore(const struct vault_process_saved *saved)
{
	char *const *d = NULL;

	if (!saved->sigpipe_ignored)
		signal(SIGPIPE, SIG_DFL);
	if (!saved->sigxfsz_ignored)
		signal(SIGXFSZ, SIG_DFL);
	umask(saved->umask);
	(void)setrlimit(RLIMIT_CORE, &saved->core);
	for (d = saved->dropped; d && *d; d++)
		(void)putenv(*d);
}
