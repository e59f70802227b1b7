/* test_exposure_ask.c - vault_exposure_ask on a vault with people in it. Started under the name vault-api, this program is the
 * helper itself: the token says what it reaches, the last part of the base URL which seat its user has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <vault/exposure.h>

#include "frames.h"
#include "people.h"

#define GOOD "fake-good-0000000000000000000000000-1"
#define DEAD "fake-dead-0000000000000000000000000-2"
#define ODD "fake-odd--0000000000000000000000000-3"

/* --- the stand-in helper --- */

static void fake_answer(long id, const char *base, const char *seat, const char *token)
{
	const int dead = strcmp(token, DEAD) == 0, odd = strcmp(token, ODD) == 0;

	if (!dead)
		printf("{\"id\":%ld,\"list\":\"sheets\",\"items\":[{\"id\":\"20\",\"name\":\"B\",\"access\":\"ADMIN\",\"modified\":"
		       "\"2026-02-01T17:20:05Z\"},{\"id\":\"3\",\"name\":null,\"access\":\"VIEWER\",\"modified\":null}]}\n", id);
	printf("{\"id\":%ld,\"result\":\"%s\",\"http_status\":%d,\"error_code\":%d,\"message\":null,\"base\":\"%s\",\"identity\":", id,
	       dead ? "invalid" : "valid", dead ? 401 : 200, dead ? 1002 : 0, base);
	printf("%s", dead ? "null" : "{\"id\":\"9\",\"email\":\"ann@a.example\",\"account_id\":null,\"account_name\":null,\"admin\":false,"
	                             "\"licensed\":true,\"group_admin\":null,\"resource_viewer\":null,\"alternates\":[]}");
	if (dead || odd)
		printf(",\"reach\":null,\"why\":%s}\n", odd ? "\"reports: HTTP 502\"" : "null");
	else
		printf(",\"reach\":{\"sheets\":2,\"workspaces\":0,\"reports\":null,\"dashboards\":0,\"contacts\":7,\"groups\":0,"
		       "\"users\":null,\"seat\":\"%s\"},\"why\":null}\n", seat);
	(void)fflush(stdout);
}

static int fake_main(void)
{
	char head[16385] = "", token[4097] = "";

	if (fake_frame(head, token) != 0)
		return 9;
	while (fake_frame(head, token) == 0) {
		char *base = strstr(head, "\"base\":\"");
		const char *id = strstr(head, "\"id\":");

		if (base == NULL || id == NULL || strstr(head, "\"op\":\"exposure\"") == NULL)
			return 9;
		base += 8;
		base[strcspn(base, "\"")] = '\0';
		fake_answer(strtol(id + 5, NULL, 10), base, strrchr(base, '/') + 1, token);
	}
	return 0;
}

/* --- the tests --- */

struct fixture {
	struct people p;
	struct vault_secret *ann, *mona, *iris;
	struct vault_tokens tokens;
	struct vault_check_target targets[3];
};

/* This program by its path: valgrind, which runs it, is what /proc/self/exe would start. */
static const char *self(void)
{
	static char path[4096];
	const ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);

	assert_true(n > 0);
	path[n] = '\0';
	return path;
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct vault *v = NULL;

	assert_non_null(f);
	f->ann = people_init(&f->p, "ann");
	people_token(&f->p, f->ann, "a-good", GOOD);
	people_token(&f->p, f->ann, "b-dead", DEAD);
	people_token(&f->p, f->ann, "c-odd", ODD);
	f->mona = people_add(&f->p, f->ann, "mona", VAULT_ROLE_MONITOR, NULL, 0);
	f->iris = people_add(&f->p, f->ann, "iris", VAULT_ROLE_AUDITOR, NULL, 0);
	v = people_open(&f->p, f->ann);
	assert_int_equal(vault_begin(v, VAULT_READ, NULL), VAULT_OK);
	assert_int_equal(vault_token_all(v, &f->tokens, NULL), VAULT_OK);
	vault_close(&v);
	assert_int_equal(f->tokens.n, 3);
	for (size_t i = 0; i < 3; i++)
		f->targets[i] = (struct vault_check_target){.token = &f->tokens.t[i], .version = 1};
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	vault_tokens_clear(&f->tokens);
	vault_secret_free(&f->ann);
	vault_secret_free(&f->mona);
	vault_secret_free(&f->iris);
	free(f);
	return 0;
}

static enum vault_rc ask_at(struct fixture *f, const struct vault_secret *key, const char *program, const char *seat, size_t n,
                            struct vault_exposure_results *out)
{
	char url[128];
	const struct vault_api_config cfg = {.program = program, .api_url = url};
	struct vault *v = people_open(&f->p, key);
	struct vault_verdicts earlier;
	enum vault_rc rc;

	(void)snprintf(url, sizeof url, "https://smartsheet.example/%s", seat);
	assert_int_equal(vault_verdict_all(v, &earlier, NULL, NULL), VAULT_OK);
	rc = vault_exposure_ask(v, &cfg, f->targets, n, &earlier, NULL, NULL, out, NULL);
	vault_verdicts_clear(&earlier);
	vault_close(&v);
	return rc;
}

/* Numbers of verdicts and exposures in the log, as the admin reads it. */
static void expect_log(struct fixture *f, size_t verdicts, size_t exposures)
{
	struct vault *v = people_open(&f->p, f->ann);
	struct vault_verdicts said;
	struct vault_exposures reached;

	assert_int_equal(vault_observed_all(v, &said, &reached, NULL, NULL), VAULT_OK);
	assert_int_equal(said.n, verdicts);
	assert_int_equal(reached.n, exposures);
	if (exposures > 0) {
		assert_int_equal(reached.e[0].n, 2);
		assert_string_equal(reached.e[0].items[0].id, "3"); /* in order, whichever way they came */
		assert_string_equal(reached.e[0].items[1].name, "B");
		assert_int_equal(reached.e[0].items[1].access, VAULT_ACCESS_ADMIN);
		assert_true(reached.e[0].items[1].modified == INT64_MIN); /* not kept */
		assert_int_equal(reached.e[0].count[VAULT_REPORT], -1);
		assert_int_equal(reached.e[0].system_admin, 0);
		assert_memory_equal(reached.e[0].token_id, f->tokens.t[0].id, VAULT_ID_LEN);
		assert_ptr_equal(vault_exposure_newest(&reached, &f->tokens.t[0], 1), &reached.e[0]);
	}
	vault_verdicts_clear(&said);
	vault_exposures_clear(&reached);
	vault_close(&v);
}

static void asked_and_logged(void **state)
{
	struct fixture *f = *state;
	struct vault_exposure_results l;

	assert_int_equal(ask_at(f, f->ann, self(), "MEMBER", 3, &l), VAULT_OK);
	assert_int_equal(l.n, 3);
	assert_int_equal(l.r[0].asked, 1);
	assert_int_equal(l.r[0].exposure.n, 2);
	assert_true(l.r[0].exposure.items[1].modified > 0); /* what was seen just now is all there */
	assert_string_equal(l.r[0].exposure.seat, "member");
	assert_string_equal(l.r[0].exposure.base, "https://smartsheet.example/MEMBER");
	assert_int_equal(l.r[0].drift.n, 0);
	assert_int_equal(l.r[1].asked, 0);
	assert_int_equal(l.r[1].verdict.result, VAULT_INVALID);
	assert_string_equal(l.r[1].why, "invalid");
	assert_int_equal(l.r[2].asked, 0);
	assert_int_equal(l.r[2].verdict.result, VAULT_VALID); /* this was said, and is logged */
	assert_string_equal(l.r[2].why, "reports: HTTP 502");
	assert_int_equal(l.r[2].exposure.n, 0);
	vault_exposure_results_clear(&l);
	expect_log(f, 3, 1);
	/* By a monitor, and the seat is another by now: it is said, and stands in the log. */
	assert_int_equal(ask_at(f, f->mona, self(), "CONTRIBUTOR", 1, &l), VAULT_OK);
	assert_int_equal(l.r[0].drift.n, 1);
	assert_string_equal(l.r[0].drift.d[0].code, "seat");
	assert_int_equal(l.r[0].drift.d[0].severity, VAULT_MEDIUM);
	assert_string_equal(l.r[0].verdict.drift, "seat: was member, is contributor");
	vault_exposure_results_clear(&l);
	expect_log(f, 4, 1);
	assert_int_equal(ask_at(f, f->ann, self(), "VIEWER", 1, &l), VAULT_OK);
	assert_int_equal(l.r[0].drift.n, 0); /* the same seat, renamed */
	vault_exposure_results_clear(&l);
}

/* What is kept of it stands in the log already: that is read of the targets alone, and no whole one follows. */
static void asked_again(void **state)
{
	struct fixture *f = *state;
	struct vault_exposure_results l;

	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(ask_at(f, i == 1 ? f->mona : f->ann, self(), "MEMBER", i == 2 ? 1 : 3, &l), VAULT_OK);
		assert_int_equal(l.r[0].asked, 1);
		assert_int_equal(l.r[0].exposure.whole != 0, i > 0);
		assert_int_equal(l.r[0].exposure.n, 2);
		assert_true(l.r[0].exposure.items[1].modified > 0);
		vault_exposure_results_clear(&l);
	}
	expect_log(f, 7, 1);
	assert_int_equal(ask_at(f, f->ann, self(), "VIEWER", 1, &l), VAULT_OK);
	assert_int_equal(l.r[0].exposure.whole, 0);
	vault_exposure_results_clear(&l);
}

struct meanwhile {
	struct fixture *f;
	int done;
};

/* While the first is asked a monitor asks too, and sees another seat. */
static void another_asks(void *ctx, size_t done, size_t n)
{
	struct meanwhile *m = ctx;
	struct vault_exposure_results l;

	(void)n;
	if (done == 0 || m->done)
		return;
	m->done = 1;
	assert_int_equal(ask_at(m->f, m->f->mona, self(), "VIEWER", 1, &l), VAULT_OK);
	vault_exposure_results_clear(&l);
}

/* What it was when it was begun to ask is not what it is when that is written: the same as then is not the same as the newest. */
static void changed_meanwhile(void **state)
{
	struct fixture *f = *state;
	const struct vault_api_config cfg = {.program = self(), .api_url = "https://smartsheet.example/MEMBER"};
	struct vault *v = NULL;
	struct vault_exposure_results l;
	struct vault_exposures reached;
	struct meanwhile m = {.f = f};

	assert_int_equal(ask_at(f, f->ann, self(), "MEMBER", 1, &l), VAULT_OK);
	vault_exposure_results_clear(&l);
	v = people_open(&f->p, f->ann);
	assert_int_equal(vault_exposure_ask(v, &cfg, f->targets, 1, NULL, another_asks, &m, &l, NULL), VAULT_OK);
	assert_int_equal(m.done, 1);
	assert_int_equal(l.r[0].exposure.whole, 0);
	vault_exposure_results_clear(&l);
	assert_int_equal(vault_observed_all(v, NULL, &reached, NULL, NULL), VAULT_OK);
	assert_int_equal(reached.n, 1);
	assert_string_equal(reached.e[0].seat, "member");
	vault_exposures_clear(&reached);
	vault_close(&v);
}

static void refused(void **state)
{
	struct fixture *f = *state;
	struct vault_exposure_results l;

	assert_int_equal(ask_at(f, f->iris, self(), "MEMBER", 1, &l), VAULT_FORBIDDEN);
	assert_true(l.n == 0 && l.r == NULL);
	assert_int_equal(ask_at(f, f->ann, "/nonexistent/vault-api", "MEMBER", 3, &l), VAULT_IO);
	assert_true(l.n == 0 && l.r == NULL);
	f->tokens.t[1].versions[0].commit[0] ^= 1; /* another value stands there by now */
	assert_int_equal(ask_at(f, f->ann, self(), "MEMBER", 3, &l), VAULT_BUSY);
	assert_true(l.n == 0 && l.r == NULL);
	expect_log(f, 0, 0);
	assert_int_equal(ask_at(f, f->ann, self(), "MEMBER", 0, &l), VAULT_OK);
	vault_exposure_results_clear(&l);
	expect_log(f, 0, 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(asked_and_logged, set_up, tear_down),
		cmocka_unit_test_setup_teardown(asked_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(changed_meanwhile, set_up, tear_down),
		cmocka_unit_test_setup_teardown(refused, set_up, tear_down),
	};

	if (argc > 0 && strcmp(argv[0], "vault-api") == 0)
		return fake_main();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("exposure_ask", tests, NULL, NULL);
}
