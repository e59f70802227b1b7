/* test_process.c - the hardening list, each line in a child of its own. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <vault/process.h>

/* 0 where `check` (in a child) finds nothing wrong, else the number of what is. */
static int in_child(int (*check)(void))
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(check());
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static int descriptors(void)
{
	const int keep[] = {71, 40, 2, -1, 3000, 40};
	static struct vault_process_saved s; /* its list is nobody's leak at the end */
	int i = 0;

	for (i = 30; i < 90; i++)
		if (dup2(2, i) != i)
			return 1;
	vault_process_harden(keep, sizeof keep / sizeof keep[0], &s);
	for (i = 3; i < 1000; i++)
		if (is_open(i) != (i == 40 || i == 71))
			return 2;
	if (!is_open(0) || !is_open(1) || !is_open(2))
		return 3;
	/* of a passphrase, say: not for the children */
	return fcntl(40, F_GETFD) == FD_CLOEXEC && fcntl(71, F_GETFD) == FD_CLOEXEC ? 0 : 4;
}

static int nothing_kept(void)
{
	static struct vault_process_saved s;
	int i = 0;

	if (dup2(2, 3) != 3 || dup2(2, 500) != 500)
		return 1;
	vault_process_harden(NULL, 0, &s);
	for (i = 3; i < 1000; i++)
		if (is_open(i))
			return 2;
	return 0;
}

static int closed_standard(void)
{
	static struct vault_process_saved s;
	char c = 0;
	int fd = -1;

	close(0);
	close(1);
	close(2);
	vault_process_harden(NULL, 0, &s);
	if (!is_open(0) || !is_open(1) || !is_open(2))
		return 1;
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (fd != 3)
		return 2;
	if (read(0, &c, 1) != 0)
		return 3;
	if (write(1, "x", 1) != -1 || errno != EBADF)
		return 4;
	return write(2, "x", 1) == 1 ? 0 : 5;
}

static int kernel_settings(void)
{
	const struct rlimit had = {4096, RLIM_INFINITY};
	static struct vault_process_saved s;
	struct rlimit now;

	if (setrlimit(RLIMIT_CORE, &had) && getrlimit(RLIMIT_CORE, &now))
		return 1;
	umask(027);
	vault_process_harden(NULL, 0, &s);
#ifndef __SANITIZE_ADDRESS__
	if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
		return 2;
#endif
	if (getrlimit(RLIMIT_CORE, &now) || now.rlim_cur != 0)
		return 3;
	if (umask(0) != 077)
		return 4;
	if (s.umask != 027)
		return 5;
	vault_process_restore(&s);
	if (umask(0) != 027)
		return 6;
	return getrlimit(RLIMIT_CORE, &now) || now.rlim_cur != s.core.rlim_cur ? 7 : 0;
}

static int disposition_is(int sig, void (*handler)(int))
{
	struct sigaction now;

	return sigaction(sig, NULL, &now) == 0 && now.sa_handler == handler;
}

static int signals(void)
{
	static struct vault_process_saved s;

	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_IGN); /* as the caller had it */
	vault_process_harden(NULL, 0, &s);
	if (!disposition_is(SIGPIPE, SIG_IGN) || !disposition_is(SIGXFSZ, SIG_IGN))
		return 1;
	vault_process_restore(&s);
	if (!disposition_is(SIGPIPE, SIG_DFL))
		return 2;
	return disposition_is(SIGXFSZ, SIG_IGN) ? 0 : 3;
}

static const char *const risky[] = {"SSLKEYLOGFILE",   "NETRC",         "OPENSSL_CONF",   "OPENSSL_MODULES",
                                    "OPENSSL_ENGINES", "SQLITE_TMPDIR", "SQLITE_HISTORY", "CURL_HOME"};

static int variables(void)
{
	static struct vault_process_saved s;
	size_t i = 0;

	setenv("NETRC_OTHER", "stays", 1);
	for (i = 0; i < sizeof risky / sizeof risky[0]; i++)
		setenv(risky[i], risky[i] + 1, 1);
	vault_process_harden(NULL, 0, &s);
	for (i = 0; i < sizeof risky / sizeof risky[0]; i++)
		if (getenv(risky[i]))
			return 1;
	if (!getenv("NETRC_OTHER"))
		return 2;
	vault_process_restore(&s);
	for (i = 0; i < sizeof risky / sizeof risky[0]; i++)
		if (!getenv(risky[i]) || strcmp(getenv(risky[i]), risky[i] + 1))
			return 3;
	return 0;
}

static void test_descriptors(void **state)
{
	(void)state;
	assert_int_equal(in_child(descriptors), 0);
	assert_int_equal(in_child(nothing_kept), 0);
}

static void test_closed_standard(void **state)
{
	(void)state;
	assert_int_equal(in_child(closed_standard), 0);
}

static void test_kernel_settings(void **state)
{
	(void)state;
	assert_int_equal(in_child(kernel_settings), 0);
}

static void test_signals(void **state)
{
	(void)state;
	assert_int_equal(in_child(signals), 0);
}

static void test_variables(void **state)
{
	(void)state;
	assert_int_equal(in_child(variables), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_descriptors),     cmocka_unit_test(test_closed_standard),
	        cmocka_unit_test(test_kernel_settings), cmocka_unit_test(test_signals),
	        cmocka_unit_test(test_variables),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("process", tests, NULL, NULL);
}
