/* deliver.c - runs the program that takes something to somebody, and waits for what it says. */
#include "deliver.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "out.h"

enum { DELIVER_MS = 60000, DELIVER_LOOK_MS = 20, DELIVER_ENV = 16 };

const char *deliver_find(const char *const *programs)
{
	for (; *programs; programs++)
		if (access(*programs, X_OK) == 0)
			return *programs;
	return NULL;
}

/* The words borrow from the environment itself, not from getenv's answer: NAME=value in one. */
static void deliver_environment(const char *const *keep, char *path, char **env)
{
	size_t n = 0;

	env[n++] = path;
	for (char **e = environ; e && *e && n + 1 < DELIVER_ENV; e++)
		for (const char *const *k = keep; *k; k++)
			if (strncmp(*e, *k, strlen(*k)) == 0 && (*e)[strlen(*k)] == '=')
				env[n++] = *e;
	env[n] = NULL;
}

static int deliver_spawn(const char *program, const char *const *argv, const char *const *keep, int in, pid_t *pid)
{
	posix_spawn_file_actions_t acts;
	posix_spawnattr_t attr;
	/* Where a mail program's own helpers are, whatever the caller's PATH. */
	char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", *env[DELIVER_ENV + 1];
	sigset_t none, all;
	int rc = 0;
	union { /* posix_spawn promises to leave them alone, and its type does not say so */
		const char *const *c;
		char *const *m;
	} words = {.c = argv};

	if (posix_spawn_file_actions_init(&acts) != 0)
		return ENOMEM;
	if (posix_spawnattr_init(&attr) != 0) {
		(void)posix_spawn_file_actions_destroy(&acts);
		return ENOMEM;
	}
	(void)sigemptyset(&none);
	(void)sigfillset(&all);
	deliver_environment(keep, path, env);
	rc = posix_spawn_file_actions_adddup2(&acts, in, STDIN_FILENO);
	rc = rc ? rc : posix_spawn_file_actions_addopen(&acts, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	rc = rc ? rc : posix_spawn_file_actions_addclosefrom_np(&acts, 3);
	rc = rc ? rc : posix_spawnattr_setsigmask(&attr, &none);
	rc = rc ? rc : posix_spawnattr_setsigdefault(&attr, &all);
	rc = rc ? rc : posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	rc = rc ? rc : posix_spawn(pid, program, &acts, &attr, words.m, env);
	(void)posix_spawnattr_destroy(&attr);
	(void)posix_spawn_file_actions_destroy(&acts);
	return rc;
}

static int deliver_left(int64_t until)
{
	int64_t left = until - out_clock_ms();

	return left > 0 ? (int)left : 0;
}

/* What it does not read is its own affair: its status says how it ended. */
static void deliver_feed(int fd, const char *in, size_t n, int64_t until)
{
	while (n > 0 && deliver_left(until) > 0) {
		struct pollfd p = {.fd = fd, .events = POLLOUT};
		ssize_t put = write(fd, in, n);

		if (put < 0 && errno == EAGAIN)
			(void)poll(&p, 1, deliver_left(until));
		else if (put < 0 && errno != EINTR)
			return;
		if (put > 0) {
			in += put;
			n -= (size_t)put;
		}
	}
}

/* Its status; -1 where it does not end in time, and is ended; or nobody says. */
static int deliver_wait(pid_t pid, int64_t until)
{
	struct pollfd p = {.fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN};
	int status = 0, late = 0, lost = 0;

	for (;;) {
		pid_t got = waitpid(pid, &status, late ? 0 : WNOHANG);
		int left = deliver_left(until);

		lost = got < 0 && errno != EINTR;
		if (got == pid || lost)
			break;
		if (left == 0 && !late) {
			late = 1;
			(void)kill(pid, SIGKILL);
		} else if (!late) {
			/* An older kernel has no such descriptor: then it is looked at now and then. */
			(void)poll(&p, p.fd >= 0 ? 1 : 0, p.fd >= 0 || left < DELIVER_LOOK_MS ? left : DELIVER_LOOK_MS);
		}
	}
	if (p.fd >= 0)
		(void)close(p.fd);
	return late || lost ? -1 : status;
}

enum vault_rc deliver_run(const char *program, const char *const *argv, const char *const *keep, const char *in, size_t n,
                          struct vault_err *err)
{
	int64_t until = out_clock_ms() + DELIVER_MS;
	int fd[2] = {-1, -1}, failed = 0, status = 0;
	pid_t pid = -1;

	/* Who starts us may ignore it, and then nobody learns how a child ended. */
	(void)signal(SIGCHLD, SIG_DFL);
	if (pipe2(fd, O_CLOEXEC) != 0)
		return vault_err_set(err, VAULT_REFUSED, "%s could not be run: %s", program, strerror(errno));
	failed = deliver_spawn(program, argv, keep, fd[0], &pid);
	(void)close(fd[0]);
	if (failed) {
		(void)close(fd[1]);
		return vault_err_set(err, VAULT_REFUSED, "%s could not be run: %s", program, strerror(failed));
	}
	(void)fcntl(fd[1], F_SETFL, O_NONBLOCK);
	deliver_feed(fd[1], in, n, until);
	(void)close(fd[1]);
	status = deliver_wait(pid, until);
	if (status == -1)
		return vault_err_set(err, VAULT_REFUSED, "%s did not end within a minute", program);
	if (WIFSIGNALED(status))
		return vault_err_set(err, VAULT_REFUSED, "%s was ended by signal %d", program, WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		return vault_err_set(err, VAULT_REFUSED, "%s failed with status %d", program, WEXITSTATUS(status));
	return VAULT_OK;
}
