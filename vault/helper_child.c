/* helper_child.c - vault-api as a process: which program it is, what it gets of ours, and its end. L6. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"
#include "helper_child.h"

#ifndef VAULT_LIBEXECDIR
#define VAULT_LIBEXECDIR "/usr/local/libexec"
#endif

/* Beside the running program (the build tree), else where it was installed to; never by $PATH. */
static char *helper_program(const struct vault_api_config *cfg)
{
	char self[PATH_MAX];
	char *beside = NULL, *slash = NULL;
	ssize_t n = 0;

	if (cfg->program)
		return strdup(cfg->program);
	n = readlink("/proc/self/exe", self, sizeof self - 1);
	if (n > 0) {
		self[n] = '\0';
		slash = strrchr(self, '/');
	}
	if (slash) {
		slash[1] = '\0';
		beside = files_concat(self, "vault-api", "");
		if (!beside || access(beside, X_OK) == 0)
			return beside;
		free(beside);
	}
	return strdup(VAULT_LIBEXECDIR "/smartvault/vault-api");
}

/* Of the environment only what says how to reach the network. Borrowed strings. */
static void helper_environment(char **to, size_t cap)
{
	static const char *const kept[] = {"PATH=", "LANG=", "https_proxy=", "HTTPS_PROXY=", "no_proxy=", "NO_PROXY="};
	size_t n = 0;

	for (char **e = environ; e && *e; e++) {
		for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
			if (n + 1 < cap && strncmp(*e, kept[i], strlen(kept[i])) == 0)
				to[n++] = *e;
		}
	}
	to[n] = NULL;
}

/* Both ends from 3 on, so that dup2 in the child never meets them. */
static int helper_pipe(int fd[2])
{
	if (pipe2(fd, O_CLOEXEC) != 0) {
		fd[0] = fd[1] = -1;
		return -1;
	}
	for (int i = 0; i < 2; i++) {
		int high = fd[i] > 2 ? fd[i] : fcntl(fd[i], F_DUPFD_CLOEXEC, 3);

		if (high < 0)
			return -1;
		if (high != fd[i])
			(void)close(fd[i]);
		fd[i] = high;
	}
	return 0;
}

void helper_child_close(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

static const int helper_ours[] = {SIGINT, SIGTERM, SIGHUP};

/* posix_spawn, not fork: the child never has a copy of our memory. */
static int helper_spawn(struct helper_child *c, const char *program, const int fd[3])
{
	posix_spawn_file_actions_t acts;
	posix_spawnattr_t attr;
	sigset_t later, all;
	char name[] = "vault-api";
	char *argv[] = {name, NULL}, *env[16];
	int rc = 0;

	if (posix_spawn_file_actions_init(&acts) != 0)
		return ENOMEM;
	if (posix_spawnattr_init(&attr) != 0) {
		(void)posix_spawn_file_actions_destroy(&acts);
		return ENOMEM;
	}
	/* What is sent to a terminal's or a service's whole group waits until the helper ignores it: answers that it has
	 * are not to be lost because somebody stops us. */
	(void)sigemptyset(&later);
	for (size_t i = 0; i < sizeof helper_ours / sizeof helper_ours[0]; i++)
		(void)sigaddset(&later, helper_ours[i]);
	(void)sigfillset(&all);
	helper_environment(env, sizeof env / sizeof env[0]);
	for (int i = 0; i < 3 && rc == 0; i++)
		rc = posix_spawn_file_actions_adddup2(&acts, fd[i], i);
	rc = rc ? rc : posix_spawn_file_actions_addclosefrom_np(&acts, 3);
	rc = rc ? rc : posix_spawnattr_setsigmask(&attr, &later);
	rc = rc ? rc : posix_spawnattr_setsigdefault(&attr, &all);
	rc = rc ? rc : posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	rc = rc ? rc : posix_spawn(&c->pid, program, &acts, &attr, argv, env);
	(void)posix_spawnattr_destroy(&attr);
	(void)posix_spawn_file_actions_destroy(&acts);
	return rc;
}

enum vault_rc helper_child_start(struct helper_child *c, const struct vault_api_config *cfg, struct vault_err *err)
{
	int in[2] = {-1, -1}, out[2] = {-1, -1}, said[2] = {-1, -1}, failed = 0;
	enum vault_rc rc = VAULT_IO;
	char *program = helper_program(cfg);

	if (!program) {
		rc = vault_err_set(err, VAULT_REFUSED, "no memory");
		goto out;
	}
	if (helper_pipe(in) != 0 || helper_pipe(out) != 0 || helper_pipe(said) != 0 ||
	    fcntl(in[1], F_SETFL, O_NONBLOCK) != 0) {
		rc = vault_err_set(err, VAULT_IO, "can't make a pipe to vault-api: %s", strerror(errno));
		goto out;
	}
	failed = helper_spawn(c, program, (const int[3]){in[0], out[1], said[1]});
	if (failed) {
		c->pid = 0;
		rc = vault_err_set(err, VAULT_IO, "can't start %s: %s; install vault again", program, strerror(failed));
		goto out;
	}
	c->in = in[1];
	c->out = out[0];
	c->said = said[0];
	in[1] = out[0] = said[0] = -1;
	rc = VAULT_OK;
out:
	for (int i = 0; i < 2; i++) {
		helper_child_close(&in[i]);
		helper_child_close(&out[i]);
		helper_child_close(&said[i]);
	}
	free(program);
	return rc;
}

/* When we come here it has closed its pipes and is ending, or is to end: a signal changes nothing for a process that has
 * called exit, and the wait can't hang. */
int helper_child_reap(struct helper_child *c)
{
	int status = 0;
	pid_t got = 0;

	if (c->pid <= 0)
		return 0;
	(void)kill(c->pid, SIGKILL);
	do
		got = waitpid(c->pid, &status, 0);
	while (got < 0 && errno == EINTR);
	c->pid = 0;
	return got > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
