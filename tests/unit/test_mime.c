/* test_mime.c - text as mail and calendars want it: quoted-printable, encoded words, addresses, folding. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mime.h"

static void is(struct text *t, const char *want)
{
	assert_int_equal(t->failed, 0);
	assert_non_null(t->p);
	assert_string_equal(t->p, want);
	assert_int_equal(t->n, strlen(want));
	text_free(t);
}

/* What a reader makes of quoted-printable. */
static void decoded(const char *p, char *out)
{
	for (; *p; p++) {
		if (*p == '=' && p[1] == '\n') {
			p++;
		} else if (*p == '=') {
			const char hex[3] = {p[1], p[2], '\0'};

			*out++ = (char)strtol(hex, NULL, 16);
			p += 2;
		} else {
			*out++ = *p;
		}
	}
	*out = '\0';
}

static void bodies(void **state)
{
	struct text t = {0};

	(void)state;
	mime_body(&t, "plain\n");
	is(&t, "plain\n");
	mime_body(&t, "no newline");
	is(&t, "no newline\n");
	mime_body(&t, "a=b\n \n x \n\t\n\n.\n..a\nFrom me\nFrom: me\n>From");
	is(&t, "a=3Db\n=20\n x=20\n=09\n\n=2E\n=2E.a\n=46rom me\nFrom: me\n>From\n");
	mime_body(&t, "\303\226\r\177");
	is(&t, "=C3=96=0D=7F\n");
	text_puts(&t, "");
	mime_body(&t, "");
	is(&t, "");
}

/* Every length and place of a break: lines of at most 76, nothing at their beginning that means something, and all comes back. */
static void long_lines(void **state)
{
	static const char *const pieces[] = {"x", ".", "From ", "\303\226", "=", " ", "\360\237\230\200"};

	(void)state;
	for (size_t pad = 0; pad < 80; pad++) {
		for (size_t k = 0; k < sizeof pieces / sizeof pieces[0]; k++) {
			struct text in = {0}, out = {0};
			char back[2048];

			for (size_t i = 0; i < pad; i++)
				text_puts(&in, "a");
			for (size_t i = 0; i < 100; i++)
				text_puts(&in, pieces[k]);
			text_puts(&in, "\n");
			mime_body(&out, in.p);
			decoded(out.p, back);
			assert_string_equal(back, in.p);
			for (char *line = out.p, *end; (end = strchr(line, '\n')); line = end + 1) {
				assert_true(end - line <= 76);
				assert_true(*line != '.' && strncmp(line, "From ", 5) != 0);
				assert_true(end == line || end[-1] != ' ');
			}
			text_free(&in);
			text_free(&out);
		}
	}
}

static void headers(void **state)
{
	struct text t = {0};
	char many[200] = "";

	(void)state;
	mime_header(&t, "Subject", "orders is due");
	is(&t, "Subject: orders is due\n");
	mime_header(&t, "Subject", "B\303\274cher");
	is(&t, "Subject: =?UTF-8?B?QsO8Y2hlcg==?=\n");
	mime_header(&t, "Subject", "=?UTF-8?B?eA==?="); /* what looks like one is one more */
	is(&t, "Subject: =?UTF-8?B?PT9VVEYtOD9CP2VBPT0/PQ==?=\n");
	for (size_t i = 0; i < 40; i++)
		strcat(many, "\303\226");
	mime_header(&t, "Subject", many); /* a character is never in two words: 36 bytes are 18 of them */
	is(&t, "Subject: =?UTF-8?B?w5bDlsOWw5bDlsOWw5bDlsOWw5bDlsOWw5bDlsOWw5bDlsOW?=\n =?UTF-8?B?w5bDlsOWw5bDlsOWw5bDlsOWw5bDlsOWw5bDlsOWw5bDlsOW?=\n"
	       " =?UTF-8?B?w5bDlsOWw5Y=?=\n");
	mime_phrase(&t, "Ann \"the\\Owner\", and Co.");
	is(&t, "\"Ann \\\"the\\\\Owner\\\", and Co.\"");
	mime_phrase(&t, "\303\226");
	is(&t, "=?UTF-8?B?w5Y=?=");
}

static void addresses(void **state)
{
	static const char *const good[] = {"a@b", "ann.b+c@company-a.example", "j\303\266rg@b\303\274cher.example", "o'neil@a.example",
	                                   "`y`$&|{}@a.example", "-f@a.example"};
	static const char *const bad[] = {"", "a", "@", "a@", "@b", "a@b@c", "a b@c", "a,b@c", "a;b@c", "<a@b>", "\"a\"@b", "a(b)@c", "a\\@b",
	                                  "a:b@c", "a[b]@c", ".a@b", "a.@b", "a..b@c", "a@.b", "a@b.", "a@[10.0.0.1]", "a@b\nBcc: c@d",
	                                  "a@b\r", "a@b\302\205", "a@b\xff"};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		if (!mime_is_address(good[i]))
			fail_msg("refused: %s", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (mime_is_address(bad[i]))
			fail_msg("taken: %s", bad[i]);
}

static void dates(void **state)
{
	char out[MIME_DATE];

	(void)state;
	assert_string_equal(mime_date(0, out), "Thu, 01 Jan 1970 00:00:00 +0000");
	assert_string_equal(mime_date(1795676400, out), "Thu, 26 Nov 2026 07:00:00 +0000");
	assert_string_equal(mime_date(253402300799, out), "Fri, 31 Dec 9999 23:59:59 +0000");
}

static void calendars(void **state)
{
	struct text t = {0};

	(void)state;
	mime_calendar_text(&t, "a\\b;c,d\ne:\"f\"");
	is(&t, "a\\\\b\\;c\\,d\\ne:\"f\"");
	mime_calendar_line(&t, "X:1");
	is(&t, "X:1\r\n");
	for (size_t pad = 0; pad < 160; pad++) {
		struct text in = {0};
		char *back;
		size_t n = 0;

		for (size_t i = 0; i < pad; i++)
			text_puts(&in, "a");
		for (size_t i = 0; i < 60; i++)
			text_puts(&in, i % 2 ? "\303\226" : "\360\237\230\200");
		mime_calendar_line(&t, in.p);
		back = calloc(t.n + 1, 1);
		assert_non_null(back);
		for (char *p = t.p; *p; p++) { /* unfolded */
			if (strncmp(p, "\r\n ", 3) == 0)
				p += 2;
			else
				back[n++] = *p;
		}
		assert_int_equal(n, in.n + 2);
		assert_memory_equal(back, in.p, in.n);
		for (char *line = t.p, *end; (end = strstr(line, "\r\n")); line = end + 2) {
			assert_true(end - line <= 75);
			assert_true((*line == ' ' ? line[1] & 0xc0 : *line & 0xc0) != 0x80); /* no half of a character */
		}
		free(back);
		text_free(&in);
		text_free(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(bodies),  cmocka_unit_test(long_lines), cmocka_unit_test(headers),
	        cmocka_unit_test(addresses), cmocka_unit_test(dates),    cmocka_unit_test(calendars),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("mime", tests, NULL, NULL);
}
