/* test_secret.c - secrets are guarded, bounded and wiped; and how passphrases are judged. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "secret.h"

static struct vault_secret *secret_of(const char *text)
{
	struct vault_secret *s = vault_secret_new(256);

	assert_non_null(s);
	assert_int_equal(vault_secret_append(s, text, strlen(text), NULL), VAULT_OK);
	return s;
}

static void new_and_free(void **state)
{
	struct vault_secret *s = vault_secret_new(10);

	(void)state;
	assert_non_null(s);
	assert_int_equal(vault_secret_len(s), 0);
	assert_int_equal(vault_secret_cap(s), 10);
	vault_secret_free(&s);
	assert_null(s);
	vault_secret_free(&s);
	vault_secret_free(NULL);
	assert_null(vault_secret_new(0));
	assert_null(vault_secret_new((1 << 20) + 1));
	s = vault_secret_new(1 << 20);
	assert_non_null(s);
	vault_secret_free(&s);
}

static void append_is_bounded(void **state)
{
	struct vault_secret *s = vault_secret_new(4);
	struct vault_err e = {0};

	(void)state;
	assert_int_equal(vault_secret_append(s, "abc", 3, NULL), VAULT_OK);
	assert_int_equal(vault_secret_append(s, "de", 2, &e), VAULT_REFUSED);
	assert_non_null(strstr(e.msg, "too long"));
	assert_int_equal(vault_secret_len(s), 3);
	assert_int_equal(vault_secret_append(s, "d", 1, NULL), VAULT_OK);
	assert_int_equal(vault_secret_append(s, NULL, 0, NULL), VAULT_OK);
	assert_int_equal(vault_secret_append(s, "e", SIZE_MAX, NULL), VAULT_REFUSED);
	assert_memory_equal(vault_secret_cbytes(s), "abcd", 4);
	vault_secret_free(&s);
}

static void what_is_cut_is_wiped(void **state)
{
	static const uint8_t zero[8] = {0};
	struct vault_secret *s = secret_of("longer than that");

	(void)state;
	vault_secret_set_len(s, 8);
	assert_int_equal(vault_secret_len(s), 8);
	assert_memory_equal(vault_secret_cbytes(s) + 8, zero, 8);
	vault_secret_set_len(s, 1000); /* not beyond what there is */
	assert_int_equal(vault_secret_len(s), 256);
	vault_secret_free(&s);
}

static void first_lines(void **state)
{
	static const struct {
		const char *text, *line;
	} cases[] = {
	        {"one\ntwo\n", "one"}, {"one", "one"}, {"one\r\ntwo", "one"},
	        {"\nx", ""},           {"\r\n", ""},   {"one\r", "one\r"},
	        {"a\rb\n", "a\rb"},    {"", ""},       {"x\n", "x"},
	};
	struct vault_secret *s = NULL;
	size_t i = 0;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		s = secret_of(cases[i].text);
		vault_secret_first_line(s);
		assert_int_equal(vault_secret_len(s), strlen(cases[i].line));
		assert_memory_equal(vault_secret_cbytes(s), cases[i].line, strlen(cases[i].line));
		vault_secret_free(&s);
	}
}

/* Reads `n` bytes of 'x' through a pipe into room for `cap`. */
static enum vault_rc read_piped(size_t n, size_t cap, struct vault_secret **out, struct vault_err *err)
{
	char text[4096];
	enum vault_rc rc = VAULT_OK;
	int p[2];

	memset(text, 'x', sizeof text);
	*out = vault_secret_new(cap);
	assert_non_null(*out);
	assert_int_equal(vault_secret_append(*out, "o", 1, NULL), VAULT_OK);
	assert_int_equal(pipe(p), 0);
	assert_int_equal(write(p[1], text, n), (ssize_t)n);
	close(p[1]);
	rc = vault_secret_read_all(*out, p[0], "passphrase file", err);
	close(p[0]);
	return rc;
}

static void reads_to_the_end(void **state)
{
	static const uint8_t zero[64] = {0};
	struct vault_secret *s = NULL;
	struct vault_err e = {0};

	(void)state;
	assert_int_equal(read_piped(64, 64, &s, NULL), VAULT_OK);
	assert_int_equal(vault_secret_len(s), 64);
	assert_int_equal(vault_secret_cbytes(s)[0], 'x');
	assert_int_equal(vault_secret_cbytes(s)[63], 'x');
	vault_secret_free(&s);
	assert_int_equal(read_piped(0, 64, &s, NULL), VAULT_OK);
	assert_int_equal(vault_secret_len(s), 0);
	vault_secret_free(&s);
	assert_int_equal(read_piped(65, 64, &s, &e), VAULT_REFUSED);
	assert_non_null(strstr(e.msg, "passphrase file is too long"));
	assert_int_equal(vault_secret_len(s), 0);
	assert_memory_equal(vault_secret_cbytes(s), zero, 64);
	vault_err_clear(&e);
	assert_int_equal(vault_secret_read_all(s, -1, "passphrase file", &e), VAULT_IO);
	assert_non_null(strstr(e.msg, "passphrase file"));
	vault_secret_free(&s);
}

/* Comes in two pieces, the second after the first was read. */
static void reads_on_after_a_short_read(void **state)
{
	struct vault_secret *s = vault_secret_new(64);
	int p[2], fd = -1, status = -1;
	pid_t pid = -1;

	(void)state;
	assert_int_equal(pipe(p), 0);
	pid = fork();
	if (pid == 0) {
		close(p[0]);
		for (fd = 0; fd < 8; fd++)
			if (write(p[1], "ab", 2) != 2 || usleep(1000))
				_exit(1);
		_exit(0);
	}
	close(p[1]);
	assert_int_equal(vault_secret_read_all(s, p[0], "token", NULL), VAULT_OK);
	close(p[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(vault_secret_len(s), 16);
	assert_memory_equal(vault_secret_cbytes(s), "abababababababab", 16);
	vault_secret_free(&s);
}

static void writes_all_or_says_so(void **state)
{
	struct vault_secret *s = secret_of("made-up-secret");
	struct vault_err e = {0};
	char back[32];
	int p[2], full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(pipe(p), 0);
	assert_int_equal(vault_secret_write(s, p[1], NULL), VAULT_OK);
	assert_int_equal(read(p[0], back, sizeof back), 14);
	assert_memory_equal(back, "made-up-secret", 14);
	assert_int_equal(vault_secret_write(s, full, &e), VAULT_IO);
	assert_null(strstr(e.msg, "made-up"));
	close(p[0]);
	close(p[1]);
	close(full);
	vault_secret_free(&s);
}

/* The signal that ends a child which does `what` to guarded memory, or 0. */
static int child_signal(int what)
{
	const struct rlimit none = {0, 0};
	struct vault_secret *s = NULL;
	volatile uint8_t *p = NULL;
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		(void)setrlimit(RLIMIT_CORE, &none);
		signal(SIGSEGV, SIG_DFL);
		signal(SIGABRT, SIG_DFL);
		(void)dup2(open("/dev/null", O_WRONLY), 2);
		if (what < 2) {
			s = vault_secret_new(100);
			p = vault_secret_bytes(s);
			if (what == 1)
				p[102] = 1; /* capacity, the byte that shows what is too long, then the guard page */
			vault_secret_free(&s);
		} else {
			p = secret_mem(100);
			if (what == 3)
				p[128] = 1;
			secret_mem_free((void *)(uintptr_t)p);
			if (what == 4)
				p[0] = 1;
		}
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

static void guard_pages(void **state)
{
	(void)state;
	assert_int_equal(child_signal(0), 0);
	assert_int_not_equal(child_signal(1), 0);
	assert_int_equal(child_signal(2), 0);
	assert_int_not_equal(child_signal(3), 0);
	assert_int_not_equal(child_signal(4), 0);
}

static void memory_for_keys(void **state)
{
	static const uint8_t zero[100] = {0};
	uint8_t a[16], b[16], *p = secret_mem(100);

	(void)state;
	assert_non_null(p);
	assert_int_equal((uintptr_t)p % 64, 0);
	assert_memory_equal(p, zero, 100);
	secret_mem_free(p);
	secret_mem_free(NULL);
	assert_null(secret_mem(0));
	assert_null(secret_mem(SIZE_MAX));
	assert_int_equal(secret_init(NULL), VAULT_OK);
	memset(a, 1, sizeof a);
	memcpy(b, a, sizeof b);
	assert_true(secret_equal(a, b, sizeof a));
	b[15] ^= 1;
	assert_false(secret_equal(a, b, sizeof a));
	assert_true(secret_equal(a, b, 0));
	secret_wipe(a, sizeof a);
	assert_memory_equal(a, zero, sizeof a);
	secret_random(a, sizeof a);
	secret_random(b, sizeof b);
	assert_memory_not_equal(a, b, sizeof a);
}

#ifndef __SANITIZE_ADDRESS__ /* makes mlock do nothing */
/* In a child that may lock nothing, and is not root, who may always. */
static void says_whether_memory_is_locked(void **state)
{
	const struct rlimit none = {0, 0};
	int status = 0;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		if (setrlimit(RLIMIT_MEMLOCK, &none) || (geteuid() == 0 && setuid(65534)))
			_exit(9);
		_exit(vault_secret_locked());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}
#endif

static double bits_of(const char *text, const char *const *words)
{
	struct vault_secret *s = secret_of(text);
	double bits = vault_passphrase_bits(s, words);

	vault_secret_free(&s);
	return bits;
}

static void passphrases_are_judged(void **state)
{
	static const char *const words[] = {"ferndale", NULL};
	struct vault_secret *s = vault_secret_new(4096);
	double with = 0, without = 0;

	(void)state;
	assert_true(bits_of("", NULL) == 0);
	assert_true(bits_of("password", NULL) < 5);
	assert_true(bits_of("Password1", NULL) < 20);
	assert_true(bits_of("12345678901234567890", NULL) < 20);
	assert_true(bits_of("kX9#qTz2!mWv8$pLr4", NULL) > 50);
	assert_true(bits_of("wobble quartz antler mystic fjord pumice", NULL) > 50);
	with = bits_of("ferndale7Zq", words);
	without = bits_of("ferndale7Zq", NULL);
	assert_true(with < without);
	memset(vault_secret_bytes(s), 'a', 4096); /* long, and no better for it; and judged in no time */
	vault_secret_set_len(s, 4096);
	assert_true(vault_passphrase_bits(s, NULL) < 50);
	vault_secret_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(new_and_free),
	        cmocka_unit_test(append_is_bounded),
	        cmocka_unit_test(what_is_cut_is_wiped),
	        cmocka_unit_test(first_lines),
	        cmocka_unit_test(reads_to_the_end),
	        cmocka_unit_test(reads_on_after_a_short_read),
	        cmocka_unit_test(writes_all_or_says_so),
	        cmocka_unit_test(guard_pages),
	        cmocka_unit_test(memory_for_keys),
#ifndef __SANITIZE_ADDRESS__
	        cmocka_unit_test(says_whether_memory_is_locked),
#endif
	        cmocka_unit_test(passphrases_are_judged),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
