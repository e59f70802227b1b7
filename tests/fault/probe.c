/* probe.c - vault-api taken over: linked into a build of it that is no part of the product (tests/fault/sandbox), this tries
 * what an intruder would, right behind the wall and again after the first answer, and says on stderr what came of it:
 * "probe WHEN WHAT ERRNO". It is given PROBE=FOLDER (key, vault, home/, sock) and PROBE_OPEN=1: no wall, which shows that
 * each try can succeed. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "request.h"
#include "sandbox.h"

void __real_sandbox_enter(const char *ca, const char *ca_dir);
void __wrap_sandbox_enter(const char *ca, const char *ca_dir);
void __real_request_finish(struct request *r, CURLM *multi, CURLcode rc, long *retry_after_s);
void __wrap_request_finish(struct request *r, CURLM *multi, CURLcode rc, long *retry_after_s);

static char probe_top[512], probe_name[128];
static int probe_open;
static const char *probe_ca;

/* Before main empties the environment. */
__attribute__((constructor)) static void probe_take(void)
{
	const char *top = getenv("PROBE"), *name = getenv("PROBE_SOCKET");

	(void)snprintf(probe_top, sizeof probe_top, "%s", top ? top : "/nowhere");
	(void)snprintf(probe_name, sizeof probe_name, "%s", name ? name : "");
	probe_open = getenv("PROBE_OPEN") != NULL;
}

static void probe_say(const char *when, const char *what, int failed)
{
	(void)fprintf(stderr, "probe %s %s %s\n", when, what, failed ? strerrorname_np(errno) : "0");
}

static void probe_file(const char *when, const char *what, const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	probe_say(when, what, fd < 0);
	if (fd >= 0)
		(void)close(fd);
}

static void probe_folder(const char *when, const char *what, const char *path)
{
	DIR *d = opendir(path);

	probe_say(when, what, d == NULL);
	if (d)
		(void)closedir(d);
}

static void probe_listen(const char *when)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	probe_say(when, "listen", fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) != 0 || listen(fd, 1) != 0);
	(void)close(fd);
}

static void probe_abstract(const char *when)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	size_t n = strlen(probe_name);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(a.sun_path + 1, probe_name, n);
	probe_say(when, "abstract-socket",
	          connect(fd, (struct sockaddr *)&a, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + n)) != 0);
	(void)close(fd);
}

/* What the execve of a child ended in, by its status. */
static void probe_exec(const char *when)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		(void)execl("/bin/true", "true", (char *)NULL);
		_exit(errno == EACCES ? 13 : 1);
	}
	(void)waitpid(pid, &status, 0);
	errno = EACCES;
	probe_say(when, "exec", !WIFEXITED(status) || WEXITSTATUS(status) != 0);
}

static const char *probe_at(const char *name)
{
	static char path[600];

	(void)snprintf(path, sizeof path, "%s/%s", probe_top, name);
	return path;
}

static void probe_all(const char *when)
{
	probe_file(when, "read-key", probe_at("key"), O_RDONLY);
	probe_file(when, "read-vault", probe_at("vault"), O_RDONLY);
	probe_file(when, "write-vault", probe_at("vault"), O_WRONLY);
	probe_file(when, "read-shadow", "/etc/shadow", O_RDONLY);
	probe_file(when, "read-passwd", "/etc/passwd", O_RDONLY);
	probe_file(when, "read-own-memory", "/proc/self/mem", O_RDONLY);
	probe_file(when, "create", probe_at("home/new"), O_WRONLY | O_CREAT);
	probe_file(when, "create-beside-ca", probe_at("new.pem"), O_WRONLY | O_CREAT);
	probe_file(when, "write-ca", probe_ca, O_WRONLY);
	probe_folder(when, "list-home", probe_at("home"));
	probe_folder(when, "list-root", "/");
	probe_folder(when, "list-proc", "/proc");
	probe_say(when, "mkdir", mkdir(probe_at("home/folder"), 0700) != 0);
	(void)rmdir(probe_at("home/folder"));
	probe_say(when, "symlink", symlink("x", probe_at("home/link")) != 0);
	probe_say(when, "unlink", unlink(probe_at(probe_open ? "home/link" : "key")) != 0);
	probe_say(when, "truncate", truncate(probe_at("vault"), 5) != 0);
	probe_exec(when);
	probe_listen(when);
	probe_abstract(when);
	probe_say(when, "signal-parent", kill(getppid(), 0) != 0);
	/* What it needs, and is left. */
	probe_file(when, "may-ca", probe_ca, O_RDONLY);
	probe_file(when, "may-hosts", "/etc/hosts", O_RDONLY);
}

void __wrap_sandbox_enter(const char *ca, const char *ca_dir)
{
	probe_ca = ca;
	if (!probe_open)
		__real_sandbox_enter(ca, ca_dir);
	probe_all("before");
}

void __wrap_request_finish(struct request *r, CURLM *multi, CURLcode rc, long *retry_after_s)
{
	__real_request_finish(r, multi, rc, retry_after_s);
	probe_all("after");
}
