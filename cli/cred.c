/* cred.c - where the secret that opens a vault comes from. Never argv, never an environment variable's own value. */
#include "cred.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "args.h"
#include "prompt.h"

enum { CRED_CAP = 4096 };

void cred_clear(struct cred *k)
{
	vault_secret_free(&k->key_text);
	vault_secret_free(&k->passphrase);
}

enum vault_rc cred_usage(const struct args *a, struct vault_err *err)
{
	static const enum opt_id ways[] = {OPT_KEY_FILE, OPT_PASSPHRASE_FD, OPT_PASSPHRASE_FILE,
	                                   OPT_PASSPHRASE_COMMAND};
	uint64_t fd = 0;
	int n = 0;

	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		n += args_flag(a, ways[i]);
	if (n > 1)
		return args_usage(a, err,
		                  "give one of --key-file, --passphrase-fd, --passphrase-file, --passphrase-command");
	return args_uint(a, OPT_PASSPHRASE_FD, 0, 1 << 20, &fd, err);
}

/* Whether a file is one that the modes of a private file do not fit: what systemd hands out, pipes, descriptors. */
static int cred_exempt(const char *path, const struct stat *st)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");
	size_t n = dir ? strlen(dir) : 0;

	if (!S_ISREG(st->st_mode) || strncmp(path, "/dev/fd/", 8) == 0 || strncmp(path, "/proc/self/fd/", 14) == 0)
		return 1;
	return n > 1 && strncmp(path, dir, n) == 0 && path[n] == '/' && !strstr(path + n, "/../");
}

static enum vault_rc cred_file(const char *path, const char *what, struct vault_secret **out, struct vault_err *err)
{
	struct vault_secret *s = NULL;
	enum vault_rc rc = VAULT_OK;
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return vault_err_set(err, VAULT_LOCKED, "cannot open the %s %s: %s", what, path, strerror(errno));
	if (fstat(fd, &st) != 0)
		rc = vault_err_set(err, VAULT_IO, "%s: %s", path, strerror(errno));
	else if (S_ISDIR(st.st_mode))
		rc = vault_err_set(err, VAULT_LOCKED, "the %s %s is a folder", what, path);
	else if (!cred_exempt(path, &st) && (st.st_mode & 077))
		rc = vault_err_set(err, VAULT_UNSAFE, "others can read the %s: chmod 600 %s", what, path);
	else if (!cred_exempt(path, &st) && st.st_uid != getuid() && st.st_uid != 0)
		rc = vault_err_set(err, VAULT_UNSAFE, "the %s %s is another user's: keep one of your own", what, path);
	if (rc == VAULT_OK) {
		s = vault_secret_new(CRED_CAP);
		rc = s ? vault_secret_read_all(s, fd, what, err) : vault_err_set(err, VAULT_REFUSED, "out of memory");
	}
	close(fd);
	if (rc == VAULT_OK)
		*out = s;
	else
		vault_secret_free(&s);
	return rc;
}

/* One line, byte by byte: what comes after it on the same descriptor (a token on stdin) is not ours. */
static enum vault_rc cred_fd(int fd, struct vault_secret **out, struct vault_err *err)
{
	struct vault_secret *s = vault_secret_new(CRED_CAP);
	size_t n = 0;
	ssize_t got = 0;

	if (!s)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	while (n < CRED_CAP) {
		got = read(fd, vault_secret_bytes(s) + n, 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0 || vault_secret_bytes(s)[n] == '\n')
			break;
		n++;
	}
	if (got < 0 || n == CRED_CAP) {
		vault_secret_free(&s);
		if (got < 0)
			return vault_err_set(err, VAULT_LOCKED, "cannot read the passphrase from descriptor %d: %s", fd,
			                     strerror(errno));
		return vault_err_set(err, VAULT_REFUSED, "the passphrase on descriptor %d is too long", fd);
	}
	vault_secret_set_len(s, n);
	*out = s;
	return VAULT_OK;
}

/* The child has no key and no descriptor of ours, and must not eat a token that waits on stdin. */
static void cred_child(const struct call *c, int out_fd, const char *shell_command, const char *program,
                       const char *arg)
{
	int null_fd = open("/dev/null", O_RDONLY);

	if (null_fd >= 0)
		dup2(null_fd, STDIN_FILENO);
	dup2(out_fd, STDOUT_FILENO);
	if (close_range(3, ~0U, 0) != 0)
		_exit(126);
	vault_process_restore(c->saved);
	if (shell_command)
		execl("/bin/sh", "sh", "-c", shell_command, (char *)NULL);
	else
		execlp(program, program, arg, (char *)NULL);
	_exit(127);
}

/* What `shell_command` (by sh -c), or `program` with `arg`, prints: its first line. */
static enum vault_rc cred_output(const struct call *c, const char *shell_command, const char *program, const char *arg,
                                 struct vault_secret **out, struct vault_err *err)
{
	struct vault_secret *s = vault_secret_new(CRED_CAP);
	const char *name = shell_command ? "passphrase command" : "askpass program";
	int ends[2] = {-1, -1}, status = 0;
	enum vault_rc rc = VAULT_OK;
	pid_t pid = -1;

	if (!s || pipe2(ends, O_CLOEXEC) != 0) {
		vault_secret_free(&s);
		return vault_err_set(err, VAULT_REFUSED, "cannot run the %s: %s", name, strerror(errno));
	}
	pid = fork();
	if (pid == 0)
		cred_child(c, ends[1], shell_command, program, arg);
	close(ends[1]);
	if (pid < 0)
		rc = vault_err_set(err, VAULT_REFUSED, "cannot run the %s: %s", name, strerror(errno));
	else
		rc = vault_secret_read_all(s, ends[0], name, err);
	close(ends[0]);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (rc == VAULT_OK && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
		rc = vault_err_set(err, VAULT_LOCKED, "the %s failed (status %d): no passphrase", name,
		                   WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	if (rc == VAULT_OK) {
		vault_secret_first_line(s);
		*out = s;
	} else {
		vault_secret_free(&s);
	}
	return rc;
}

static const char *cred_env(const char *name)
{
	const char *s = getenv(name);

	return s && *s ? s : NULL;
}

static enum vault_rc cred_passphrase_file(const char *path, struct vault_secret **out, struct vault_err *err)
{
	enum vault_rc rc = cred_file(path, "passphrase file", out, err);

	if (rc == VAULT_OK)
		vault_secret_first_line(*out);
	return rc;
}

static enum vault_rc cred_passphrase_flag(struct call *c, struct vault_secret **out, struct vault_err *err)
{
	const struct args *a = c->args;
	uint64_t fd = 0;

	if (args_flag(a, OPT_PASSPHRASE_FD)) {
		enum vault_rc rc = args_uint(a, OPT_PASSPHRASE_FD, 0, 1 << 20, &fd, err);

		return rc == VAULT_OK ? cred_fd((int)fd, out, err) : rc;
	}
	if (args_str(a, OPT_PASSPHRASE_FILE))
		return cred_passphrase_file(args_str(a, OPT_PASSPHRASE_FILE), out, err);
	if (args_str(a, OPT_PASSPHRASE_COMMAND))
		return cred_output(c, args_str(a, OPT_PASSPHRASE_COMMAND), NULL, NULL, out, err);
	return VAULT_OK;
}

static enum vault_rc cred_passphrase_env(struct call *c, struct vault_secret **out, struct vault_err *err)
{
	if (cred_env("SMARTVAULT_PASSPHRASE_FILE"))
		return cred_passphrase_file(cred_env("SMARTVAULT_PASSPHRASE_FILE"), out, err);
	if (cred_env("SMARTVAULT_PASSPHRASE_COMMAND"))
		return cred_output(c, cred_env("SMARTVAULT_PASSPHRASE_COMMAND"), NULL, NULL, out, err);
	return VAULT_OK;
}

/* systemd's LoadCredential=smartvault.key:... `*out` stays NULL where there is none of that name. */
static enum vault_rc cred_systemd(const char *name, struct vault_secret **out, struct vault_err *err)
{
	const char *dir = cred_env("CREDENTIALS_DIRECTORY");
	enum vault_rc rc = VAULT_OK;
	char *path = NULL;

	if (!dir)
		return VAULT_OK;
	if (asprintf(&path, "%s/%s", dir, name) < 0)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	if (access(path, F_OK) == 0)
		rc = cred_file(path, "credential", out, err);
	free(path);
	return rc;
}

enum vault_rc cred_given_passphrase(struct call *c, struct vault_secret **out, struct vault_err *err)
{
	enum vault_rc rc = cred_passphrase_flag(c, out, err);

	if (rc == VAULT_OK && !*out)
		rc = cred_passphrase_env(c, out, err);
	if (rc == VAULT_OK && !*out) {
		rc = cred_systemd("smartvault.passphrase", out, err);
		if (rc == VAULT_OK && *out)
			vault_secret_first_line(*out);
	}
	return rc;
}

enum vault_rc cred_new_passphrase(struct call *c, struct vault_secret **out, struct vault_err *err)
{
	const char *file = args_str(c->args, OPT_NEW_PASSPHRASE_FILE);
	uint64_t fd = 0;
	enum vault_rc rc;

	if (file)
		return cred_passphrase_file(file, out, err);
	if (!args_flag(c->args, OPT_NEW_PASSPHRASE_FD))
		return VAULT_OK;
	rc = args_uint(c->args, OPT_NEW_PASSPHRASE_FD, 0, 1 << 20, &fd, err);
	return rc == VAULT_OK ? cred_fd((int)fd, out, err) : rc;
}

static enum vault_rc cred_ask(struct call *c, struct vault *v, const char *path, struct vault_secret **out,
                              struct vault_err *err)
{
	const char *askpass = cred_env("SMARTVAULT_ASKPASS"), *slot = args_str(c->args, OPT_SLOT);
	int can_run = askpass && !args_flag(c->args, OPT_NO_INPUT);
	enum vault_rc rc;
	char *text = NULL;

	if (!slot)
		slot = cred_env("SMARTVAULT_SLOT");
	if (!can_run && !prompt_possible(c))
		return vault_err_set(
		        err, VAULT_LOCKED,
		        "locked, and nobody can be asked: give --key-file, --passphrase-file or --passphrase-fd");
	if (!vault_has_passphrase_slot(v))
		return vault_err_set(err, VAULT_LOCKED, "this vault opens by key file only: give --key-file FILE");
	if (asprintf(&text, "Passphrase%s%s for %s: ", slot ? " of slot " : "", slot ? slot : "", path) < 0)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	rc = can_run ? cred_output(c, NULL, askpass, text, out, err) : prompt_secret(c, text, out, err);
	free(text);
	return rc;
}

enum vault_rc cred_find(struct call *c, struct vault *v, const char *path, struct cred *out, struct vault_err *err)
{
	const char *key = args_str(c->args, OPT_KEY_FILE);
	enum vault_rc rc = VAULT_OK;

	if (!key) {
		rc = cred_passphrase_flag(c, &out->passphrase, err);
		if (rc == VAULT_OK && !out->passphrase)
			key = cred_env("SMARTVAULT_KEY_FILE");
	}
	if (rc == VAULT_OK && key)
		rc = cred_file(key, "key file", &out->key_text, err);
	if (rc == VAULT_OK && !out->key_text && !out->passphrase)
		rc = cred_passphrase_env(c, &out->passphrase, err);
	if (rc == VAULT_OK && !out->key_text && !out->passphrase)
		rc = cred_systemd("smartvault.key", &out->key_text, err);
	if (rc == VAULT_OK && !out->key_text && !out->passphrase) {
		rc = cred_systemd("smartvault.passphrase", &out->passphrase, err);
		if (rc == VAULT_OK && out->passphrase)
			vault_secret_first_line(out->passphrase);
	}
	if (rc == VAULT_OK && !out->key_text && !out->passphrase)
		rc = cred_ask(c, v, path, &out->passphrase, err);
	if (rc == VAULT_OK && out->passphrase && vault_secret_len(out->passphrase) == 0)
		rc = vault_err_set(err, VAULT_LOCKED, "the passphrase is empty");
	return rc;
}
