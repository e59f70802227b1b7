/* test_carry.c - what a new access log takes over: pure, verdicts in, which of them out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "carry.h"

enum { MANY = 64 };

/* "1v a": of token 1, result v(alid) i(nvalid) r(evoked) u(nknown) b(locked), base a; a digit behind it: of that version. */
static struct vault_verdict make(const char *s)
{
	static char bases[3][2] = {"a", "b", "c"};
	static const char results[] = "viexbu"; /* in the order of enum vault_result; r is x */
	struct vault_verdict v = {.version = s[4] ? (uint32_t)(s[4] - '0') : 1};

	memset(v.token_id, s[0], sizeof v.token_id);
	memset(v.commit, s[0] + (int)v.version, sizeof v.commit);
	v.result = (enum vault_result)(strchr(results, s[1] == 'r' ? 'x' : s[1]) - results);
	v.base = s[3] == '-' ? NULL : bases[s[3] - 'a'];
	return v;
}

/* `want`: a letter a verdict, k(ept) or '.'. */
static void check(const char *const *said, const char *want)
{
	struct vault_verdict v[MANY];
	const struct vault_verdict *p[MANY] = {NULL};
	char keep[MANY], got[MANY + 1] = "";
	size_t n = 0;

	for (; said[n]; n++) {
		v[n] = make(said[n]);
		p[n] = &v[n];
		keep[n] = 7;
	}
	assert_int_equal(carry_choose(p, n, keep), 0);
	for (size_t i = 0; i < n; i++)
		got[i] = keep[i] == 1 ? 'k' : keep[i] == 0 ? '.' : '?';
	assert_string_equal(got, want);
}

#define SAID(...) ((const char *const[]){__VA_ARGS__, NULL})

static void the_newest(void **state)
{
	(void)state;
	check((const char *const[]){NULL}, "");
	check(SAID("1v a"), "k");
	check(SAID("1v a", "1v a", "1v a"), "..k");
	check(SAID("1i a", "1i a"), ".k");
	check(SAID("1u a", "1u -"), ".k");
}

/* What proves a value dead is that it was valid at the same base; that must not be lost. */
static void the_newest_valid_of_each_base(void **state)
{
	(void)state;
	check(SAID("1v a", "1i a"), "kk");
	check(SAID("1v a", "1v a", "1i a", "1i a"), ".k.k");
	check(SAID("1v a", "1v b", "1v a", "1r b"), ".kkk");
	check(SAID("1v a", "1v b", "1v c", "1v a", "1v b"), "..kkk");
	check(SAID("1v -", "1i a"), ".k"); /* no base, no proof */
}

/* "Could not ask" says nothing of the value: what was last known of it stands beside. */
static void the_newest_that_says_something(void **state)
{
	(void)state;
	check(SAID("1v a", "1r a", "1u a"), "kkk");
	check(SAID("1r a", "1u a", "1u a"), "k.k");
	check(SAID("1r a", "1b a", "1u a"), ".kk");
	check(SAID("1v a", "1u a"), "kk");
}

static void each_version_of_each_token_for_itself(void **state)
{
	(void)state;
	check(SAID("1v a", "2v a", "1v a", "2i a"), ".kkk");
	check(SAID("1v a1", "1v a2", "1i a1", "1v a2"), "k.kk");
}

/* The same token and version, but another value (a vault that was restored): nothing is mixed up. */
static void by_commitment(void **state)
{
	struct vault_verdict v[2] = {make("1v a"), make("1i a")};
	const struct vault_verdict *p[2] = {&v[0], &v[1]};
	char keep[2] = {7, 7};

	(void)state;
	memset(v[1].commit, 0xee, sizeof v[1].commit);
	assert_int_equal(carry_choose(p, 2, keep), 0);
	assert_int_equal(keep[0], 1);
	assert_int_equal(keep[1], 1);
}

/* Whatever was said: the newest, the newest known and each base's newest valid are among what is kept, and nothing else. */
static void any_order(void **state)
{
	static const char results[] = "virbu", bases[] = "abc";
	char text[MANY][6];
	struct vault_verdict v[MANY];
	const struct vault_verdict *p[MANY] = {NULL};
	char keep[MANY];

	(void)state;
	srand(4);
	for (int round = 0; round < 300; round++) {
		const size_t n = (size_t)(rand() % MANY);

		for (size_t i = 0; i < n; i++) {
			snprintf(text[i], sizeof text[i], "%d%c %c%d", rand() % 2 + 1, results[rand() % 5], bases[rand() % 3],
			         rand() % 2 + 1);
			v[i] = make(text[i]);
			p[i] = &v[i];
		}
		assert_int_equal(carry_choose(p, n, keep), 0);
		for (size_t i = 0; i < n; i++) {
			int later = 0, later_known = 0, later_valid = 0, want = 0;

			for (size_t k = i + 1; k < n; k++) {
				if (text[k][0] != text[i][0] || text[k][4] != text[i][4])
					continue;
				later = 1;
				later_known |= text[k][1] != 'u';
				later_valid |= text[k][1] == 'v' && text[k][3] == text[i][3];
			}
			want = !later || (text[i][1] != 'u' && !later_known) || (text[i][1] == 'v' && !later_valid);
			assert_int_equal(keep[i], want);
		}
	}
}

static void who_asked(void **state)
{
	char *by = NULL;

	(void)state;
	by = carry_asked_by("{\"result\":\"valid\",\"carried\":\"ann\"}", 34);
	assert_string_equal(by, "ann");
	free(by);
	assert_null(carry_asked_by("{\"result\":\"valid\"}", 18));
	assert_null(carry_asked_by("{\"carried\":1}", 13));
	assert_null(carry_asked_by("", 0));
	assert_null(carry_asked_by(NULL, 5));
	assert_null(carry_asked_by("no json", 7));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(the_newest),
	        cmocka_unit_test(the_newest_valid_of_each_base),
	        cmocka_unit_test(the_newest_that_says_something),
	        cmocka_unit_test(each_version_of_each_token_for_itself),
	        cmocka_unit_test(by_commitment),
	        cmocka_unit_test(any_order),
	        cmocka_unit_test(who_asked),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("carry", tests, NULL, NULL);
}
