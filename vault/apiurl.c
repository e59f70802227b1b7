/* apiurl.c - which base URLs a token may be sent to: https, or http to this machine. L6. */
#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include <vault/check.h>

enum { APIURL_MAX = 2000, APIURL_HOST_MAX = 253 };

static const char apiurl_rule[] = "must be https://HOST[:PORT][/PATH], or http:// to 127.0.0.1, [::1] or localhost";

/* Names of this machine as curl takes them too. Other spellings of 127.0.0.1 (127.1, 0x7f000001) are not among them. */
static int apiurl_is_loopback(const char *host, int bracketed)
{
	struct in_addr v4;
	struct in6_addr v6;

	if (bracketed)
		return inet_pton(AF_INET6, host, &v6) == 1 && memcmp(&v6, &in6addr_loopback, sizeof v6) == 0;
	if (strcasecmp(host, "localhost") == 0)
		return 1;
	return inet_pton(AF_INET, host, &v4) == 1 && (ntohl(v4.s_addr) >> 24) == 127;
}

/* A name of letters, digits, '-' and '.', or an IPv6 address in brackets. `*rest` becomes what follows. */
static int apiurl_host(const char *p, char host[APIURL_HOST_MAX + 1], int *bracketed, const char **rest)
{
	static const char name[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
	struct in6_addr v6;
	size_t n = 0;

	*bracketed = *p == '[';
	p += *bracketed;
	/* cppcheck-suppress nullPointerRedundantCheck; p is a string of the caller's, bracketed or not */
	n = strspn(p, *bracketed ? "0123456789abcdefABCDEF:." : name);
	if (n == 0 || n > APIURL_HOST_MAX)
		return 0;
	memcpy(host, p, n);
	host[n] = '\0';
	p += n;
	if (*bracketed && (*p++ != ']' || inet_pton(AF_INET6, host, &v6) != 1))
		return 0;
	if (!*bracketed && (host[0] == '.' || host[0] == '-' || strstr(host, "..")))
		return 0;
	*rest = p;
	return 1;
}

/* Nothing, or ":1" to ":65535". */
static int apiurl_port(const char **p)
{
	unsigned port = 0;
	size_t digits = 0;

	if (**p != ':')
		return 1;
	for ((*p)++; **p >= '0' && **p <= '9' && digits < 6; (*p)++, digits++)
		port = port * 10 + (unsigned)(**p - '0');
	return digits > 0 && port >= 1 && port <= 65535;
}

/* Nothing, or a path that means the same to everybody: no dot segments (curl would resolve them, and the verdict be
 * bound to another base than was asked), no %, no query, no fragment. */
static int apiurl_path(const char *p)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=:/";

	if (*p && *p != '/')
		return 0;
	if (p[strspn(p, plain)])
		return 0;
	for (const char *s = p; *s; s++) {
		size_t n = strcspn(s + 1, "/");

		if (*s == '/' && ((n == 1 && s[1] == '.') || (n == 2 && s[1] == '.' && s[2] == '.')))
			return 0;
	}
	return 1;
}

enum vault_rc vault_api_url_check(const char *url, int loopback_only, struct vault_err *err)
{
	char host[APIURL_HOST_MAX + 1];
	const char *p = url;
	int https = strncasecmp(url, "https://", 8) == 0, bracketed = 0, loopback = 0;

	if (strnlen(url, APIURL_MAX + 1) > APIURL_MAX)
		return vault_err_set(err, VAULT_USAGE, "an API URL has at most 2,000 bytes");
	if (!https && strncasecmp(url, "http://", 7) != 0)
		return vault_err_set(err, VAULT_USAGE, "the API URL %s", apiurl_rule);
	p += https ? 8 : 7;
	/* Before a path an @ would be a user; shown to nobody, as it may carry a password. */
	if (p[strcspn(p, "@?#")])
		return vault_err_set(err, VAULT_USAGE, "the API URL may have no user, query or fragment; it %s",
		                     apiurl_rule);
	if (!apiurl_host(p, host, &bracketed, &p) || !apiurl_port(&p) || !apiurl_path(p))
		return vault_err_set(err, VAULT_USAGE, "the API URL %s", apiurl_rule);
	loopback = apiurl_is_loopback(host, bracketed);
	if (!https && !loopback)
		return vault_err_set(err, VAULT_USAGE, "http would show tokens to the network: the API URL %s",
		                     apiurl_rule);
	if (loopback_only && !loopback)
		return vault_err_set(err, VAULT_USAGE,
		                     "SMARTVAULT_API_URL may only name this machine (127.0.0.1, [::1], localhost); "
		                     "for another host use --api-url");
	return VAULT_OK;
}
