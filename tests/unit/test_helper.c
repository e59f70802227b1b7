/* test_helper.c - the library's end of the pipe to vault-api. Started under the name vault-api, this program is the
 * helper itself, and behaves by the last part of the base URL it is asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "frames.h"
#include "helper.h"

/* --- the stand-in helper --- */

static void fake_line(long id, const char *result, const char *code, const char *message, const char *base,
                      const char *identity)
{
	printf("{\"id\":%ld,\"result\":%s,\"http_status\":200,\"error_code\":%s,\"message\":%s,\"base\":\"%s\","
	       "\"identity\":%s}\n",
	       id, result, code, message, base, identity);
}

#define BOB                                                                                                            \
	"{\"id\":\"9007199254740993\",\"email\":\"bob@a.example\",\"account_id\":null,\"account_name\":\"A\","         \
	"\"admin\":false,\"licensed\":true,\"group_admin\":null,\"resource_viewer\":null,\"alternates\":[\"b@a."       \
	"example\"]}"

/* What the child was given: variables, descriptors, blocked signals. */
static void fake_tell_surroundings(long id, const char *base)
{
	char said[512] = "\"";
	size_t n = 1;
	int fds = 0;
	DIR *d = opendir("/proc/self/fd");
	sigset_t blocked;

	while (d && readdir(d))
		fds++;
	if (d)
		(void)closedir(d);
	for (char **e = environ; *e && n < 300; e++)
		n += (size_t)snprintf(said + n, 100, "%.*s ", (int)strcspn(*e, "="), *e);
	(void)sigprocmask(SIG_BLOCK, NULL, &blocked);
	(void)snprintf(said + n, sizeof said - n, "fds=%d blocked=%d\"", fds - 3, sigismember(&blocked, SIGPIPE));
	fake_line(id, "\"unknown\"", "0", said, base, "null");
}

static void fake_answer(long id, const char *base, const char *how, const char *token)
{
	char quoted[4100];

	(void)snprintf(quoted, sizeof quoted, "\"%s\"", token);
	if (strcmp(how, "good") == 0)
		fake_line(id, "\"valid\"", "0", "null", base, BOB);
	else if (strcmp(how, "shy") == 0)
		fake_line(id, "\"valid\"", "1004", "\"may not ask\"", base, "null");
	else if (strcmp(how, "token") == 0)
		fake_line(id, "\"blocked\"", "1013", quoted, base, "null");
	else if (strcmp(how, "nobody") == 0)
		fake_line(id, "\"valid\"", "0", "null", base, "null");
	else if (strcmp(how, "deadbob") == 0)
		fake_line(id, "\"invalid\"", "1002", "null", base, BOB);
	else if (strcmp(how, "great") == 0)
		fake_line(id, "\"great\"", "0", "null", base, BOB);
	else if (strcmp(how, "number") == 0)
		fake_line(id, "5", "0", "null", base, BOB);
	else if (strcmp(how, "code") == 0)
		fake_line(id, "\"invalid\"", "\"1002\"", "null", base, "null");
	else if (strcmp(how, "escape") == 0)
		fake_line(id, "\"invalid\"", "1002", "\"a\\u001b[31m\"", base, "null");
	else if (strcmp(how, "elsewhere") == 0)
		fake_line(id, "\"valid\"", "0", "null", "https://elsewhere.example", BOB);
	else if (strcmp(how, "textid") == 0)
		fake_line(id, "\"valid\"", "0", "null", base, "{\"id\":\"bob\",\"alternates\":[]}");
	else if (strcmp(how, "surroundings") == 0)
		fake_tell_surroundings(id, base);
	else if (strcmp(how, "twice") == 0) {
		fake_line(id, "\"invalid\"", "1002", "null", base, "null");
		fake_line(id, "\"valid\"", "0", "null", base, BOB);
	} else if (strcmp(how, "stranger") == 0)
		fake_line(id + 1000, "\"valid\"", "0", "null", base, BOB);
	else if (strcmp(how, "garbage") == 0)
		printf("\x01\x02 garbage\n");
	else if (strcmp(how, "endless") == 0)
		for (int i = 0; i < 40000; i++)
			printf("0123456789");
	else if (strcmp(how, "half") == 0)
		printf("{\"id\":%ld,\"result\":\"valid\"", id);
	else if (strcmp(how, "late") == 0) {
		int unread = 1;

		while (ioctl(STDOUT_FILENO, FIONREAD, &unread) == 0 && unread > 0)
			(void)sched_yield();
		fake_line(id, "\"valid\"", "0", "null", base, BOB);
	} else if (strcmp(how, "stall") == 0) {
		(void)kill(getppid(), SIGUSR1);
		for (;;)
			(void)pause();
	}
}

static int fake_main(void)
{
	char head[16385] = "", token[4097] = "";

	if (fake_frame(head, token) != 0 || !strstr(head, "\"setup\"") || !strstr(head, "\"protocol\":1"))
		return 9;
	if (strstr(head, "/complain")) {
		fprintf(stderr, "vault-api: can't read the CA file: /complain\nmore\n");
		return 2;
	}
	while (fake_frame(head, token) == 0) {
		char *base = strstr(head, "\"base\":\""), *how = NULL;
		const char *id = strstr(head, "\"id\":");

		if (!base || !id)
			return 9;
		base += 8;
		base[strcspn(base, "\"")] = '\0';
		how = strrchr(base, '/') + 1;
		if (strcmp(how, "die") == 0) {
			(void)fflush(stdout);
			(void)raise(SIGKILL);
		}
		fake_answer(strtol(id + 5, NULL, 10), base, how, token);
		(void)fflush(stdout);
	}
	return 0;
}

/* --- the tests --- */

struct asked {
	enum vault_rc rc;
	struct vault_err err;
	size_t n, told;
	struct vault_verdict v[8];
};

static void on_progress(void *ctx, size_t done, size_t n)
{
	struct asked *a = ctx;

	assert_int_equal(done, a->told + 1);
	assert_int_equal(n, a->n);
	a->told = done;
}

static struct vault_secret *made_up(const char *text)
{
	struct vault_secret *s = vault_secret_new(4096);

	assert_non_null(s);
	assert_int_equal(vault_secret_append(s, text, strlen(text), NULL), VAULT_OK);
	return s;
}

/* This program by its path: valgrind, which runs it, is what /proc/self/exe would start. */
static const char *self(void)
{
	static char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);

	assert_true(n > 0);
	path[n] = '\0';
	return path;
}

static void ask(struct asked *a, const struct vault_api_config *more, size_t n, const char *const *how)
{
	struct vault_api_config cfg = more ? *more : (struct vault_api_config){0};
	struct vault_secret *token = made_up("fake-token-37-characters-of-made-upxx");
	struct helper_request req[8];
	char base[8][64];

	memset(a, 0, sizeof *a);
	a->n = n;
	cfg.program = cfg.program ? cfg.program : self();
	for (size_t i = 0; i < n; i++) {
		(void)snprintf(base[i], sizeof base[i], "https://smartsheet.example/%s", how[i]);
		req[i] = (struct helper_request){.base = base[i], .token = token};
	}
	a->rc = helper_run(&cfg, req, n, on_progress, a, a->v, NULL, &a->err);
	vault_secret_free(&token);
}

static void forget(struct asked *a)
{
	for (size_t i = 0; i < a->n; i++)
		vault_verdict_clear(&a->v[i]);
}

static void test_answers(void **state)
{
	struct asked a;

	(void)state;
	ask(&a, NULL, 4, (const char *const[]){"good", "shy", "token", "good//"});
	assert_int_equal(a.rc, VAULT_OK);
	assert_int_equal(a.told, 4);
	assert_int_equal(a.v[0].result, VAULT_VALID);
	assert_int_equal(a.v[0].has_identity, 1);
	assert_string_equal(a.v[0].identity.id, "9007199254740993");
	assert_string_equal(a.v[0].identity.email, "bob@a.example");
	assert_string_equal(a.v[0].identity.account_name, "A");
	assert_null(a.v[0].identity.account_id);
	assert_int_equal(a.v[0].identity.admin, 0);
	assert_int_equal(a.v[0].identity.licensed, 1);
	assert_int_equal(a.v[0].identity.group_admin, -1);
	assert_int_equal(a.v[0].identity.alternates.n, 1);
	assert_string_equal(a.v[0].base, "https://smartsheet.example/good");
	assert_int_equal(a.v[1].result, VAULT_VALID);
	assert_int_equal(a.v[1].has_identity, 0);
	assert_string_equal(a.v[1].message, "may not ask");
	assert_int_equal(a.v[2].result, VAULT_BLOCKED);
	assert_int_equal(a.v[2].error_code, 1013);
	assert_string_equal(a.v[2].message, "fake-token-37-characters-of-made-upxx"); /* its bytes arrived */
	assert_int_equal(a.v[3].result, VAULT_VALID);
	assert_string_equal(a.v[3].base, "https://smartsheet.example/good"); /* slashes at the end are cut */
	forget(&a);
}

/* What breaks the form of an answer makes this one unknown, and no other. */
static void test_odd_answers(void **state)
{
	static const char *const how[] = {"nobody", "deadbob",   "great",  "number", "code",
	                                  "escape", "elsewhere", "textid", "twice"};
	struct asked a;

	(void)state;
	for (size_t i = 0; i < sizeof how / sizeof how[0]; i++) {
		ask(&a, NULL, 3, (const char *const[]){"good", how[i], "good"});
		assert_int_equal(a.rc, VAULT_OK);
		if (a.v[1].result != VAULT_UNKNOWN)
			print_error("%s was taken\n", how[i]);
		assert_int_equal(a.v[1].result, VAULT_UNKNOWN);
		assert_int_equal(a.v[1].has_identity, 0);
		assert_int_equal(a.v[1].error_code, 0);
		assert_non_null(a.v[1].message);
		assert_string_equal(a.v[1].base + strlen("https://smartsheet.example/"), how[i]);
		assert_int_equal(a.v[0].result, VAULT_VALID);
		assert_int_equal(a.v[2].result, VAULT_VALID);
		forget(&a);
	}
}

/* It ends, or says what nobody asked: what was answered stays, the rest is unknown; without any answer it is 13. */
static void test_it_breaks(void **state)
{
	static const char *const how[] = {"die", "stranger", "garbage", "endless", "half", "silent"};
	struct asked a;

	(void)state;
	for (size_t i = 0; i < sizeof how / sizeof how[0]; i++) {
		ask(&a, NULL, 2, (const char *const[]){"good", how[i]});
		assert_int_equal(a.rc, VAULT_OK);
		assert_int_equal(a.told, 1);
		assert_int_equal(a.v[0].result, VAULT_VALID);
		assert_int_equal(a.v[1].result, VAULT_UNKNOWN);
		assert_non_null(a.v[1].message);
		/* Ended by us, not waited out. */
		assert_int_equal(strstr(a.v[1].message, "making sense") != NULL, i >= 1 && i <= 3);
		forget(&a);
		ask(&a, NULL, 1, &how[i]);
		assert_int_equal(a.rc, VAULT_IO);
		assert_true(strlen(a.err.msg) > 0);
		forget(&a);
	}
}

static void test_can_not_start(void **state)
{
	static const char *const good[] = {"good", "good"};
	struct asked a;

	(void)state;
	ask(&a, &(struct vault_api_config){.program = "/nonexistent/vault-api"}, 2, good);
	assert_int_equal(a.rc, VAULT_IO);
	/* valgrind makes a fork of posix_spawn's vfork: why it failed stays in the child, and a status 127 is left. */
	assert_non_null(strstr(a.err.msg, getenv("VALGRIND") ? "status 127" : "/nonexistent/vault-api"));
	forget(&a);
	ask(&a, &(struct vault_api_config){.ca_file = "/complain"}, 2, good);
	assert_int_equal(a.rc, VAULT_IO);
	assert_string_equal(a.err.msg, "can't read the CA file: /complain");
	forget(&a);
	assert_int_equal(
	        helper_run(&(struct vault_api_config){.program = "/nonexistent"}, NULL, 0, NULL, NULL, NULL, NULL, NULL),
	        VAULT_OK);
}

static void test_surroundings(void **state)
{
	static const char *const how[] = {"surroundings"};
	struct asked a;
	int extra = dup(0);

	(void)state;
	assert_int_equal(clearenv(), 0);
	assert_int_equal(setenv("SMARTVAULT_KEY_FILE", "/nowhere", 1), 0);
	assert_int_equal(setenv("SSLKEYLOGFILE", "/nowhere", 1), 0);
	assert_int_equal(setenv("https_proxy", "http://proxy.example", 1), 0);
	assert_int_equal(setenv("https_proxy2", "x", 1), 0);
	assert_int_equal(setenv("LANG", "C", 1), 0);
	ask(&a, NULL, 1, how);
	assert_int_equal(a.rc, VAULT_OK);
	/* 0, 1, 2 and the one that counts */
	assert_non_null(a.v[0].message);
	assert_string_equal(a.v[0].message, "https_proxy LANG fds=3 blocked=0");
	forget(&a);
	(void)close(extra);
}

static volatile sig_atomic_t stop;

/* Told of the first answer, waits until all that will come is written, and stops. */
static void stop_at_first(void *ctx, size_t done, size_t n)
{
	sigset_t usr1;
	int sig = 0;

	(void)ctx;
	(void)n;
	(void)sigemptyset(&usr1);
	(void)sigaddset(&usr1, SIGUSR1);
	if (done == 1)
		assert_int_equal(sigwait(&usr1, &sig), 0);
	stop = 1;
}

/* What was written before we were stopped counts; the rest says nothing, and is told from an answer. */
static void test_stopped(void **state)
{
	static const char *const base[] = {"https://x.example/good", "https://x.example/late", "https://x.example/stall",
	                                   "https://x.example/good"};
	struct vault_api_config cfg = {.program = self(), .stop = &stop};
	struct vault_secret *token = made_up("fake-token-37-characters-of-made-upxx");
	struct helper_request req[4];
	struct vault_verdict v[4];
	sigset_t usr1, before;

	(void)state;
	(void)sigemptyset(&usr1);
	(void)sigaddset(&usr1, SIGUSR1);
	(void)sigprocmask(SIG_BLOCK, &usr1, &before);
	for (size_t i = 0; i < 4; i++)
		req[i] = (struct helper_request){.base = base[i], .token = token};
	for (int at_once = 0; at_once < 2; at_once++) {
		stop = at_once;
		memset(v, 0, sizeof v);
		assert_int_equal(helper_run(&cfg, req, 4, stop_at_first, NULL, v, NULL, NULL), VAULT_INTERRUPTED);
		for (int i = 0; i < 4; i++) {
			assert_int_equal(v[i].result, !at_once && i < 2 ? VAULT_VALID : VAULT_UNKNOWN);
			assert_int_equal(v[i].base != NULL, !at_once && i < 2);
			vault_verdict_clear(&v[i]);
		}
		assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* reaped */
	}
	/* Too late to matter: all is answered. */
	stop = 0;
	memset(v, 0, sizeof v);
	assert_int_equal(helper_run(&cfg, req, 1, NULL, NULL, v, NULL, NULL), VAULT_OK);
	vault_verdict_clear(&v[0]);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	vault_secret_free(&token);
}

/* The pipe fills in both directions, and a reader that dies early raises no signal and leaves none pending. */
static void test_many(void **state)
{
	enum { N = 2000 };
	struct vault_api_config cfg = {.program = self()};
	struct helper_request *req = calloc(N, sizeof *req);
	struct vault_verdict *v = calloc(N, sizeof *v);
	struct vault_secret *token = vault_secret_new(4096);
	size_t valid = 0;
	sigset_t pending;

	(void)state;
	assert_true(req && v && token);
	memset(vault_secret_bytes(token), 'f', 4096);
	vault_secret_set_len(token, 4096);
	for (int dies = 0; dies < 2; dies++) {
		for (size_t i = 0; i < N; i++)
			req[i] = (struct helper_request){.token = token,
			                                 .base = dies && i == 10 ? "https://x.example/die"
			                                                         : "https://x.example/good"};
		assert_int_equal(signal(SIGPIPE, SIG_DFL) == SIG_ERR, 0);
		assert_int_equal(helper_run(&cfg, req, N, NULL, NULL, v, NULL, NULL), VAULT_OK);
		valid = 0;
		for (size_t i = 0; i < N; i++) {
			valid += v[i].result == VAULT_VALID;
			assert_true(v[i].result == VAULT_VALID ||
			            (dies && v[i].result == VAULT_UNKNOWN && v[i].message));
			vault_verdict_clear(&v[i]);
		}
		assert_int_equal(valid, dies ? 10 : N);
		assert_int_equal(sigpending(&pending), 0);
		assert_int_equal(sigismember(&pending, SIGPIPE), 0);
		assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* reaped */
	}
	vault_secret_free(&token);
	free(req);
	free(v);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_answers),      cmocka_unit_test(test_odd_answers),
	        cmocka_unit_test(test_it_breaks),    cmocka_unit_test(test_can_not_start),
	        cmocka_unit_test(test_surroundings), cmocka_unit_test(test_stopped),
	        cmocka_unit_test(test_many),
	};

	if (argc > 0 && strcmp(argv[0], "vault-api") == 0)
		return fake_main();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
