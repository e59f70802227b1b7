/* test_apiurl.c - which base URLs a token may be sent to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <vault/check.h>

static void expect(const char *url, int loopback_only, enum vault_rc want)
{
	struct vault_err err = {0};
	enum vault_rc rc = vault_api_url_check(url, loopback_only, &err);

	if (rc != want)
		print_error("%s: %d, not %d (%s)\n", url, rc, want, err.msg);
	assert_int_equal(rc, want);
	assert_int_equal(err.msg[0] != '\0', want != VAULT_OK);
	assert_null(strstr(err.msg, "hunter2"));
}

static void test_taken(void **state)
{
	static const char *const urls[] = {
	        "https://api.smartsheet.com/2.0",
	        "https://api.smartsheet.com/2.0/",
	        "https://api.smartsheet.eu",
	        "HTTPS://API.Smartsheet.AU/2.0",
	        "https://gw.company-a.example:8443/smartsheet/2.0",
	        "https://10.0.0.7/2.0",
	        "https://[2001:db8::7]:443/2.0",
	        "https://a-b.example/x~y",
	        "http://127.0.0.1:8080/2.0",
	        "http://127.9.8.7/2.0",
	        "http://localhost:65535",
	        "http://LOCALHOST/",
	        "http://[::1]:8080/2.0",
	        "http://[0:0:0:0:0:0:0:1]/",
	};

	(void)state;
	for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++)
		expect(urls[i], 0, VAULT_OK);
}

static void test_refused(void **state)
{
	static const char *const urls[] = {
	        "",
	        "https://",
	        "https:///2.0",
	        "api.smartsheet.com/2.0",
	        "ftp://127.0.0.1/",
	        "file:///etc/passwd",
	        "//api.smartsheet.com",
	        "https:/api.smartsheet.com",
	        "http://api.smartsheet.com/2.0",
	        "http://10.0.0.7/",
	        "http://[2001:db8::7]/",
	        "http://127.0.0.1.evil.example/",
	        "http://localhost.evil.example/",
	        "http://127.1/",
	        "http://0x7f000001/",
	        "http://2130706433/",
	        "http://0177.0.0.1/",
	        "http://0.0.0.0/",
	        "http://[::]/",
	        "http://[::ffff:127.0.0.1]/",
	        "http://localhost./",
	        "https://bob@host.example/",
	        "https://bob:hunter2@host.example/",
	        "http://127.0.0.1:80@evil.example/",
	        "https://host.example/?x=hunter2",
	        "https://host.example/2.0#f",
	        "https://host.example?x",
	        "https://host.example#f",
	        "https://host.example:/",
	        "https://host.example:0/",
	        "https://host.example:65536/",
	        "https://host.example:443x/",
	        "https://host.example:4294967739/",
	        "https://host.example /",
	        " https://host.example/",
	        "https://host.example/a b",
	        "https://host.example/\t",
	        "https://host.example/\n",
	        "https://host.example/\r\nX: y",
	        "https://host.example\\@evil.example/",
	        "https://host.example/../x",
	        "https://host.example/2.0/..",
	        "https://host.example/./2.0",
	        "https://host.example/.",
	        "https://host.example/%2e%2e/x",
	        "https://h\xc3\xb6st.example/",
	        "https://.example/",
	        "https://a..b/",
	        "https://-a.example/",
	        "https://a_b.example/",
	        "https://[::1/",
	        "https://[::1]x/",
	        "https://[1::2::3]/",
	        "https://[fe80::1%25eth0]/",
	        "https://[]/",
	        "https://[127.0.0.1]/",
	        "http://[127.0.0.1]/",
	        "https://host.example/\"x",
	        "https://host.example/<x>",
	};

	(void)state;
	for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++)
		expect(urls[i], 0, VAULT_USAGE);
}

static void test_loopback_only(void **state)
{
	(void)state;
	expect("http://127.0.0.1:8080/2.0", 1, VAULT_OK);
	expect("https://127.0.0.1:8443/2.0", 1, VAULT_OK);
	expect("https://localhost:8443/2.0", 1, VAULT_OK);
	expect("https://[::1]:8443/2.0", 1, VAULT_OK);
	expect("https://api.smartsheet.com/2.0", 1, VAULT_USAGE);
	expect("https://128.0.0.1/2.0", 1, VAULT_USAGE);
	expect("https://127.1/2.0", 1, VAULT_USAGE);
	expect("https://localhost.evil.example/2.0", 1, VAULT_USAGE);
	expect("http://api.smartsheet.com/2.0", 1, VAULT_USAGE);
}

static void test_length(void **state)
{
	char url[2100] = "https://host.example/";
	size_t n = strlen(url);

	(void)state;
	memset(url + n, 'a', 2000 - n);
	url[2000] = '\0';
	expect(url, 0, VAULT_OK);
	url[2000] = 'a';
	url[2001] = '\0';
	expect(url, 0, VAULT_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_taken),
	        cmocka_unit_test(test_refused),
	        cmocka_unit_test(test_loopback_only),
	        cmocka_unit_test(test_length),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
