/* test_files.c - paths, owners, modes, locks. Owners are tried by a child under another uid, since root passes all. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"
#include "files.h"

enum { NOBODY = 65534 };

/* Each test has a folder of its own and stands in it. */
static int set_up(void **state)
{
	const char *tmp = getenv("TMPDIR");
	char *folder = files_concat(tmp && *tmp ? tmp : "/tmp", "/files-", "XXXXXX");

	*state = folder;
	return folder && mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
	char *folder = *state;
	const char *const rm[] = {"rm", "-rf", folder, NULL};
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		execvp("rm", (char *const *)(uintptr_t)rm);
		_exit(127);
	}
	if (chdir("/") || waitpid(pid, &status, 0) != pid)
		status = -1;
	free(folder);
	return status;
}

static void make(const char *path, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(write(fd, "text", 4), 4);
	close(fd);
}

/* What `check` answers to another user. */
static enum vault_rc as_nobody(enum vault_rc (*check)(const char *path, struct vault_err *err), const char *path)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		if (setgid(NOBODY) || setuid(NOBODY))
			_exit(99);
		_exit((int)check(path, NULL));
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return (enum vault_rc)WEXITSTATUS(status);
}

static enum vault_rc check_private(const char *path, struct vault_err *err)
{
	return files_check_private(path, "vault", err);
}

static void resolves_the_folder_only(void **state)
{
	char *out = NULL, *want = files_concat(*state, "/real/", "link");

	assert_int_equal(mkdir("real", 0700), 0);
	assert_int_equal(symlink("real", "alias"), 0);
	assert_int_equal(symlink("/etc/passwd", "real/link"), 0);
	assert_int_equal(files_resolve("alias/../real/./link", &out, NULL), VAULT_OK);
	assert_string_equal(out, want);
	free(out);
	assert_int_equal(files_resolve("alias/link", &out, NULL), VAULT_OK);
	assert_string_equal(out, want);
	free(out);
	assert_int_equal(files_resolve("/x", &out, NULL), VAULT_OK);
	assert_string_equal(out, "/x");
	free(out);
	assert_int_equal(files_resolve("x", &out, NULL), VAULT_OK);
	assert_memory_equal(out, *state, strlen(*state));
	free(out);
	free(want);
}

static void resolves_no_folders(void **state)
{
	static const char *const unsafe[] = {"", ".", "..", "/", "a/", "a/.", "a/..", "real/../.."};
	struct vault_err e = {0};
	char *out = NULL;
	size_t i = 0;

	(void)state;
	for (i = 0; i < sizeof unsafe / sizeof unsafe[0]; i++) {
		assert_int_equal(files_resolve(unsafe[i], &out, NULL), VAULT_UNSAFE);
		assert_null(out);
	}
	assert_int_equal(files_resolve("missing/x", &out, &e), VAULT_NOTFOUND);
	assert_non_null(strstr(e.msg, "missing"));
	make("plain", 0600);
	assert_int_equal(files_resolve("plain/x", &out, NULL), VAULT_NOTFOUND);
	assert_int_equal(symlink("loop", "loop"), 0);
	assert_int_equal(files_resolve("loop/x", &out, NULL), VAULT_UNSAFE);
}

static void folders_that_others_can_write(void **state)
{
	static const struct {
		mode_t mode;
		enum vault_rc rc;
	} cases[] = {{0700, VAULT_OK},     {0755, VAULT_OK},  {0775, VAULT_UNSAFE}, {0757, VAULT_UNSAFE},
	             {0777, VAULT_UNSAFE}, {01777, VAULT_OK}, {01775, VAULT_OK}};
	size_t i = 0;

	(void)state;
	assert_int_equal(mkdir("d", 0700), 0);
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(chmod("d", cases[i].mode), 0);
		assert_int_equal(files_check_folder("d/x", NULL), cases[i].rc);
	}
	assert_int_equal(files_check_folder("none/x", NULL), VAULT_NOTFOUND);
	assert_int_equal(files_check_folder("/x", NULL), VAULT_OK);
}

static void folders_of_others(void **state)
{
	if (geteuid() != 0)
		skip();
	assert_int_equal(chmod(*state, 0755), 0);
	assert_int_equal(mkdir("theirs", 0755), 0);
	assert_int_equal(chown("theirs", 12345, 12345), 0);
	assert_int_equal(files_check_folder("theirs/x", NULL), VAULT_UNSAFE);
	assert_int_equal(as_nobody(files_check_folder, "theirs/x"), VAULT_UNSAFE);
	assert_int_equal(mkdir("roots", 0755), 0);
	assert_int_equal(as_nobody(files_check_folder, "roots/x"), VAULT_OK);
	assert_int_equal(mkdir("own", 0700), 0);
	assert_int_equal(chown("own", NOBODY, NOBODY), 0);
	assert_int_equal(as_nobody(files_check_folder, "own/x"), VAULT_OK);
}

static void private_files(void **state)
{
	static const mode_t open_to_others[] = {0640, 0620, 0610, 0604, 0602, 0601, 0644, 0666};
	struct vault_err e = {0};
	size_t i = 0;

	(void)state;
	make("f", 0600);
	assert_int_equal(files_check_private("f", "key file", NULL), VAULT_OK);
	assert_int_equal(chmod("f", 0400), 0);
	assert_int_equal(files_check_private("f", "key file", NULL), VAULT_OK);
	for (i = 0; i < sizeof open_to_others / sizeof open_to_others[0]; i++) {
		assert_int_equal(chmod("f", open_to_others[i]), 0);
		vault_err_clear(&e);
		assert_int_equal(files_check_private("f", "key file", &e), VAULT_UNSAFE);
		assert_non_null(strstr(e.msg, "chmod 600 'f'"));
		assert_non_null(strstr(e.msg, "key file"));
	}
	assert_int_equal(chmod("f", 0600), 0);
	assert_int_equal(files_check_private("none", "vault", NULL), VAULT_NOTFOUND);
	assert_int_equal(symlink("f", "l"), 0);
	vault_err_clear(&e);
	assert_int_equal(files_check_private("l", "vault", &e), VAULT_UNSAFE);
	assert_non_null(strstr(e.msg, "symbolic link"));
	assert_int_equal(mkdir("d", 0700), 0);
	assert_int_equal(files_check_private("d", "vault", NULL), VAULT_UNSAFE);
	assert_int_equal(mkfifo("p", 0600), 0);
	assert_int_equal(files_check_private("p", "vault", NULL), VAULT_UNSAFE);
	assert_int_equal(link("f", "f2"), 0);
	assert_int_equal(files_check_private("f", "vault", NULL), VAULT_UNSAFE);
	assert_int_equal(unlink("f2"), 0);
	assert_int_equal(files_check_private("f", "vault", NULL), VAULT_OK);
}

static void files_of_others(void **state)
{
	if (geteuid() != 0)
		skip();
	assert_int_equal(chmod(*state, 0755), 0);
	make("f", 0600);
	assert_int_equal(as_nobody(check_private, "f"), VAULT_UNSAFE);
	assert_int_equal(chown("f", NOBODY, NOBODY), 0);
	assert_int_equal(as_nobody(check_private, "f"), VAULT_OK);
	assert_int_equal(check_private("f", NULL), VAULT_UNSAFE); /* root's vault is root's */
}

static void local_disks(void **state)
{
	(void)state;
	assert_int_equal(files_check_local("none", NULL), VAULT_OK);
	make("f", 0600);
	assert_int_equal(files_check_local("f", NULL), VAULT_OK);
	assert_int_equal(files_check_local("none/none", NULL), VAULT_NOTFOUND);
}

static void makes_folders(void **state)
{
	struct stat st;
	char *deep = files_concat(*state, "/a/b//c", "/");
	mode_t before = umask(022);

	assert_int_equal(files_mkdirs(deep, NULL), VAULT_OK);
	assert_int_equal(files_mkdirs(deep, NULL), VAULT_OK);
	assert_int_equal(files_mkdirs("r/s", NULL), VAULT_OK);
	umask(before);
	assert_int_equal(stat("a", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(stat("a/b/c", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(stat("r/s", &st), 0);
	make("f", 0600);
	assert_int_equal(files_mkdirs("f/x", NULL), VAULT_UNSAFE);
	assert_int_equal(files_mkdirs("f", NULL), VAULT_UNSAFE);
	assert_int_equal(files_mkdirs("", NULL), VAULT_UNSAFE);
	free(deep);
}

static void writes_whole(void **state)
{
	char back[16];
	int fd = -1;

	(void)state;
	make("f", 0600);
	fd = open("f", O_RDWR | O_CLOEXEC);
	assert_int_equal(files_pwrite(fd, "0123456789", 10, 2), 0);
	assert_int_equal(files_pread(fd, back, sizeof back, 0), 12);
	assert_memory_equal(back, "te0123456789", 12);
	assert_int_equal(files_pread(fd, back, 3, 100), 0);
	assert_int_equal(files_pread(fd, back, 3, UINT64_MAX), -1);
	assert_int_equal(files_pwrite(fd, "x", 1, UINT64_MAX), -1);
	assert_int_equal(files_write(fd, "AB", 2), 0);
	assert_int_equal(files_pread(fd, back, 2, 0), 2);
	assert_memory_equal(back, "AB", 2);
	close(fd);
	assert_int_equal(files_write(fd, "x", 1), -1);
	assert_int_equal(errno, EBADF);
	fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	assert_int_equal(files_write(fd, "x", 1), -1);
	assert_int_equal(errno, ENOSPC);
	close(fd);
}

static void locks_exclude_and_wait(void **state)
{
	int64_t begun = 0;
	int first = -1, second = -1;

	(void)state;
	assert_int_equal(files_lock("lock", 0, &first, NULL), VAULT_OK);
	assert_int_equal(files_lock("lock", 0, &second, NULL), VAULT_BUSY);
	assert_int_equal(second, -1);
	begun = clock_ms();
	assert_int_equal(files_lock("lock", 120, &second, NULL), VAULT_BUSY);
	assert_true(clock_ms() - begun >= 119);
	assert_true(clock_ms() - begun < 5000);
	close(first);
	assert_int_equal(files_lock("lock", 0, &second, NULL), VAULT_OK);
	close(second);
	assert_int_equal(symlink("lock", "link"), 0);
	assert_int_equal(files_lock("link", 0, &second, NULL), VAULT_UNSAFE);
	assert_int_equal(files_lock("none/lock", 0, &second, NULL), VAULT_IO);
}

/* A child holds the lock until it is told to let go; waiting must end then and not at the end of the time. Signals are
 * blocked, as careless parents leave them. */
static void a_lock_let_go_is_had_at_once(void **state)
{
	struct sigaction now = {0};
	sigset_t all, before;
	int64_t begun = 0;
	int ready[2], go[2], fd = -1, status = -1;
	char c = 0;
	pid_t pid = -1;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(go), 0);
	pid = fork();
	if (pid == 0) {
		if (files_lock("lock", 0, &fd, NULL) || write(ready[1], "r", 1) != 1 || read(go[0], &c, 1) != 1)
			_exit(1);
		usleep(100000); /* so that the other is waiting by then; were it not, the test would still pass */
		_exit(0);
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	begun = clock_ms();
	assert_int_equal(write(go[1], "g", 1), 1);
	assert_int_equal(files_lock("lock", 60000, &fd, NULL), VAULT_OK);
	assert_true(clock_ms() - begun < 10000);
	close(fd);
	assert_int_equal(files_lock("lock", 0, &fd, NULL), VAULT_OK);
	assert_int_equal(flock(open("lock", O_RDWR | O_CLOEXEC), LOCK_EX | LOCK_NB), -1);
	begun = clock_ms();
	assert_int_equal(files_lock("lock", 100, &status, NULL), VAULT_BUSY); /* the timer gets through */
	assert_true(clock_ms() - begun < 5000);
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(fd);
	assert_int_equal(sigaction(SIGRTMIN + 3, NULL, &now), 0);
	assert_true(now.sa_handler == SIG_DFL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	close(ready[0]);
	close(ready[1]);
	close(go[0]);
	close(go[1]);
}

static void joins(void **state)
{
	char *s = files_concat("a", "", "bc");

	(void)state;
	assert_string_equal(s, "abc");
	free(s);
}

#define IN_FOLDER(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        IN_FOLDER(resolves_the_folder_only),
	        IN_FOLDER(resolves_no_folders),
	        IN_FOLDER(folders_that_others_can_write),
	        IN_FOLDER(folders_of_others),
	        IN_FOLDER(private_files),
	        IN_FOLDER(files_of_others),
	        IN_FOLDER(local_disks),
	        IN_FOLDER(makes_folders),
	        IN_FOLDER(writes_whole),
	        IN_FOLDER(locks_exclude_and_wait),
	        IN_FOLDER(a_lock_let_go_is_had_at_once),
	        cmocka_unit_test(joins),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("files", tests, NULL, NULL);
}
