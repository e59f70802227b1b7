/* test_cli.c - pieces of the program that no command shows alone: what may leave by stdout, taming of text, near words,
 * new files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "guess.h"
#include "newfile.h"
#include "out.h"

/* What out_finish writes to stdout with that status. The text is `text`, printed by out_printf. */
static size_t finish(enum vault_rc rc, int also_refused, const char *text, char *got, size_t cap)
{
	struct out o = {.also_refused = also_refused};
	struct vault_err err = {0};
	int saved = dup(STDOUT_FILENO), ends[2] = {-1, -1};
	ssize_t n;

	fflush(stdout);
	assert_int_equal(pipe(ends), 0);
	assert_int_not_equal(dup2(ends[1], STDOUT_FILENO), -1);
	close(ends[1]);
	out_printf(&o, "%s", text);
	assert_int_equal(out_finish(&o, rc, &err), rc);
	assert_null(o.text);
	assert_int_not_equal(dup2(saved, STDOUT_FILENO), -1);
	close(saved);
	n = read(ends[0], got, cap - 1);
	close(ends[0]);
	assert_true(n >= 0);
	got[n] = '\0';
	return (size_t)n;
}

static void stdout_leaves_with_0_10_and_11_only(void **state)
{
	char got[64];

	(void)state;
	for (int rc = 0; rc <= 130; rc++)
		assert_int_equal(finish((enum vault_rc)rc, 0, "text\n", got, sizeof(got)),
		                 rc == 0 || rc == 10 || rc == 11 ? 5 : 0);
	assert_int_equal(finish(VAULT_REFUSED, 1, "text\n", got, sizeof(got)), 5);
	assert_int_equal(finish(VAULT_USAGE, 1, "text\n", got, sizeof(got)), 0);
}

static void a_terminal_is_not_steered(void **state)
{
	char got[256];

	(void)state;
	finish(VAULT_OK, 0,
	       "a\033]0;x\007b\rc\tq\x7f\xc2\x9b"
	       "31m\nü\xc2\xa0"
	       "z\n",
	       got, sizeof(got));
	assert_string_equal(got, "a?]0;x?b?c?q???31m\nü\xc2\xa0"
	                         "z\n");
}

static void much_text(void **state)
{
	struct out o = {0};
	struct vault_err err = {0};

	(void)state;
	for (int i = 0; i < 100000; i++)
		out_printf(&o, "%05d\n", i);
	assert_int_equal(o.len, 600000);
	assert_memory_equal(o.text + 6 * 77777, "77777\n", 6);
	assert_int_equal(out_finish(&o, VAULT_REFUSED, &err), VAULT_REFUSED);
}

/* An item with lists in it, an empty one, and text that could be taken for a line break. */
static struct vault_json *item(int n)
{
	struct vault_json *j = vault_json_object(), *list = vault_json_array(), *inner = vault_json_object();

	vault_json_set_int(j, "n", n);
	vault_json_set_str(j, "text", "two\nlines \\n \"q\" \xc3\xbc");
	for (int i = 0; i < n; i++)
		vault_json_add_str(list, "x");
	vault_json_set(j, "list", list);
	vault_json_set_null(inner, "nothing");
	vault_json_set(j, "inner", inner);
	vault_json_set(j, "empty", vault_json_object());
	return j;
}

/* Item by item or at once: the same document to the byte. */
static void items_one_by_one(void **state)
{
	struct out whole = {0}, parts = {0};

	(void)state;
	for (int n = 0; n < 4; n++) {
		struct vault_json *items = vault_json_array();

		whole.len = parts.len = 0;
		out_json_begin(&parts, "list", 86400);
		for (int i = 0; i < n; i++) {
			vault_json_add(items, item(i));
			out_json_item(&parts, item(i));
		}
		out_json_end(&parts);
		out_json(&whole, "list", 86400, &items);
		assert_false(whole.failed || parts.failed);
		assert_int_equal(parts.len, whole.len);
		assert_memory_equal(parts.text, whole.text, whole.len);
	}
	/* An item that could not be made fails the whole. */
	out_json_begin(&parts, "list", 86400);
	out_json_item(&parts, NULL);
	out_json_end(&parts);
	assert_true(parts.failed);
	free(whole.text);
	free(parts.text);
}

static void words_are_near(void **state)
{
	static const char *const words[] = {"list", "show", "rotate", "remove", "holders", "license"};
	static const struct {
		const char *typed, *meant;
	} rows[] = {{"lsit", "list"},      {"shwo", "show"}, {"rotat", "rotate"}, {"lic", "license"},
	            {"holder", "holders"}, {"xyzzy", NULL},  {"q", NULL},         {"lisence", "license"}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *best = NULL;
		size_t edits = SIZE_MAX;

		for (size_t k = 0; k < sizeof(words) / sizeof(*words); k++)
			guess_offer(rows[i].typed, words[k], &best, &edits);
		if (rows[i].meant)
			assert_string_equal(best, rows[i].meant);
		else
			assert_null(best);
	}
	assert_int_equal(guess_distance("", "abc"), 3);
	assert_int_equal(guess_distance("abc", ""), 3);
	assert_int_equal(guess_distance("ab", "ba"), 1);
	assert_int_equal(guess_distance("kitten", "sitting"), 3);
	assert_true(guess_distance("a word that is much longer than any name of ours", "list") == SIZE_MAX);
}

static void a_new_file_takes_no_place(void **state)
{
	struct vault_secret *s = vault_secret_new(16);
	char dir[] = "/tmp/smartvault-cli-XXXXXX", path[64], link_path[64];
	struct stat st;

	(void)state;
	assert_non_null(s);
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/file", dir);
	snprintf(link_path, sizeof(link_path), "%s/link", dir);
	assert_int_equal(vault_secret_append(s, "made up\n", 8, NULL), VAULT_OK);
	assert_int_equal(newfile_free(path, "key file", NULL), VAULT_OK);
	assert_int_equal(newfile_write(path, "key file", s, NULL), VAULT_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 8);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(newfile_free(path, "key file", NULL), VAULT_EXISTS);
	assert_int_equal(newfile_write(path, "key file", s, NULL), VAULT_EXISTS);
	assert_int_equal(symlink("nowhere", link_path), 0);
	assert_int_equal(newfile_free(link_path, "key file", NULL), VAULT_EXISTS);
	assert_int_equal(newfile_write(link_path, "key file", s, NULL), VAULT_EXISTS);
	unlink(path);
	unlink(link_path);
	rmdir(dir);
	vault_secret_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(stdout_leaves_with_0_10_and_11_only),
	        cmocka_unit_test(a_terminal_is_not_steered),
	        cmocka_unit_test(much_text),
	        cmocka_unit_test(items_one_by_one),
	        cmocka_unit_test(words_are_near),
	        cmocka_unit_test(a_new_file_takes_no_place),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
