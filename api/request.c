/* request.c - one HTTP request: limits, TLS, and what may leave to whom. No redirect, no cookie, no netrc, no
 * proxy to loopback; nothing is sent before the certificate and the name are verified. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "alpn.h"
#include "request.h"
#include "wipe.h"

static const char request_bearer[] = "Authorization: Bearer ";

/* 127.0.0.0/8, ::1, localhost: where http is allowed and a proxy is not. curl itself resolves localhost to loopback. */
static int request_is_loopback(const char *host)
{
	struct in_addr v4;
	struct in6_addr v6;
	char bare[64] = "";
	size_t n = strlen(host);

	if (strcasecmp(host, "localhost") == 0)
		return 1;
	if (inet_pton(AF_INET, host, &v4) == 1)
		return (ntohl(v4.s_addr) >> 24) == 127;
	if (n < 4 || n >= sizeof bare || host[0] != '[')
		return 0;
	memcpy(bare, host + 1, n - 2);
	return inet_pton(AF_INET6, bare, &v6) == 1 && memcmp(&v6, &in6addr_loopback, sizeof v6) == 0;
}

static int request_has(CURLU *u, CURLUPart part)
{
	char *s = NULL;
	int yes = curl_url_get(u, part, &s, 0) == CURLUE_OK;

	curl_free(s);
	return yes;
}

/* The library has checked the base already; this process does not rely on it. Sets host and loopback. */
static int request_base_ok(struct request *r)
{
	char *scheme = NULL, *host = NULL;
	CURLU *u = curl_url();
	int ok = 0;

	for (const char *p = r->base; *p; p++) {
		if (*p <= ' ' || *p > '~' || *p == '\\')
			goto out;
	}
	if (!u || curl_url_set(u, CURLUPART_URL, r->base, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
		goto out;
	if (curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK)
		goto out;
	if (request_has(u, CURLUPART_USER) || request_has(u, CURLUPART_PASSWORD) || request_has(u, CURLUPART_QUERY) ||
	    request_has(u, CURLUPART_FRAGMENT) || strlen(host) > 255)
		goto out;
	r->loopback = request_is_loopback(host);
	ok = strcmp(scheme, "https") == 0 || (strcmp(scheme, "http") == 0 && r->loopback);
	r->host = strdup(host);
	ok = ok && r->host;
out:
	curl_free(scheme);
	curl_free(host);
	curl_url_cleanup(u);
	return ok;
}

/* Visible ASCII: a line end in a token would be a header of its own. */
static int request_token_ok(const char *token, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (token[i] <= ' ' || token[i] > '~')
			return 0;
	}
	return n > 0;
}

int request_begin(struct request *r, const char *base, const char *token, size_t token_n, const char **why)
{
	size_t bearer = sizeof request_bearer - 1;

	r->base = strdup(base);
	r->token_at = bearer;
	r->token_n = token_n;
	r->header_size = bearer + token_n + 1;
	r->header = wipe_pages_new(r->header_size);
	if (!r->base || !r->header)
		return -1;
	memcpy(r->header, request_bearer, bearer);
	memcpy(r->header + bearer, token, token_n);
	*why = "the base URL must be https, or http to this machine, without user and query";
	if (!request_base_ok(r))
		return 1;
	*why = "the token is empty or has characters that can't be sent";
	return request_token_ok(token, token_n) ? 0 : 1;
}

void request_drop(struct request *r)
{
	wipe_free(r->body);
	r->body = NULL;
	r->body_n = r->body_cap = 0;
}

void request_end(struct request *r)
{
	void *pages = r->header;

	curl_easy_cleanup(r->easy);
	wipe_pages_free(&pages, r->header_size);
	free(r->base);
	free(r->host);
	request_drop(r);
	memset(r, 0, sizeof *r);
}

const char *request_host(const struct request *r)
{
	return r->host ? r->host : "not asked";
}

const char *request_token(const struct request *r)
{
	return r->header + r->token_at;
}

/* Counted after decompression, so that a small gzip can't become a large body. */
static size_t request_on_body(char *p, size_t size, size_t n, void *ctx)
{
	struct request *r = ctx;
	size_t add = size * n, cap = r->body_cap;
	char *grown = NULL;

	if (r->body_n + add > REQUEST_BODY_MAX) {
		r->body_over = 1;
		return 0;
	}
	if (r->body_n + add > cap) {
		cap = cap ? 2 * cap : 4096;
		while (cap < r->body_n + add)
			cap *= 2;
		grown = wipe_realloc(r->body, cap);
		if (!grown)
			return 0;
		r->body = grown;
		r->body_cap = cap;
	}
	memcpy(r->body + r->body_n, p, add);
	r->body_n += add;
	return add;
}

/* Two lengths that differ (RFC 9112, 6.3): curl would take the last. */
static int request_length_ok(struct request *r, const char *p, size_t n)
{
	static const char name[] = "content-length:";
	char digits[24] = "";
	size_t at = sizeof name - 1, k = 0;
	curl_off_t length = 0;

	if (n >= 5 && memcmp(p, "HTTP/", 5) == 0)
		r->length = -1; /* another answer begins: those of 103 or of a proxy were before it */
	if (n < at || strncasecmp(p, name, at) != 0)
		return 1;
	while (at < n && (p[at] == ' ' || p[at] == '\t'))
		at++;
	while (at < n && p[at] >= '0' && p[at] <= '9' && k < sizeof digits - 6)
		digits[k++] = p[at++];
	length = strtoll(digits, NULL, 10); /* what is no number curl refuses itself */
	if (r->length >= 0 && r->length != length)
		return 0;
	r->length = length;
	return 1;
}

/* Where a status line says HTTP/2 on a connection that is none, libcurl (7.88) puts other requests on busy connections
 * to this host, as if they had streams, and takes one's answer for another's. */
static int request_protocol_ok(const struct request *r, const char *p, size_t n)
{
	return n < 7 || memcmp(p, "HTTP/", 5) != 0 || memcmp(p + 5, "1.", 2) == 0 || alpn_is_h2(r->easy);
}

/* Headers are not kept, only counted: curl would take them without an end. */
static size_t request_on_header(char *p, size_t size, size_t n, void *ctx)
{
	struct request *r = ctx;

	r->headers_n += size * n;
	if (!request_protocol_ok(r, p, size * n)) {
		r->protocol_odd = 1;
		return 0;
	}
	if (!request_length_ok(r, p, size * n)) {
		r->lengths_odd = 1;
		return 0;
	}
	if (r->headers_n > REQUEST_HEADERS_MAX) {
		r->headers_over = 1;
		return 0;
	}
	return size * n;
}

static int request_set_tls(CURL *e, const struct request *r, const struct request_config *cfg)
{
	int bad = 0;
	const char *scheme = strncasecmp(r->base, "http:", 5) == 0 ? "http" : "https";

	bad |= curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, scheme) != CURLE_OK;
	bad |= curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 1L) != CURLE_OK;
	bad |= curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 2L) != CURLE_OK;
	bad |= curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) != CURLE_OK;
	bad |= curl_easy_setopt(e, CURLOPT_CAINFO, cfg->ca) != CURLE_OK;
	/* Without a folder curl parses the bundle once for all connections (7.87); with one, 15 ms each. */
	bad |= curl_easy_setopt(e, CURLOPT_CAPATH, cfg->ca_dir) != CURLE_OK;
	return bad;
}

static int request_set_limits(CURL *e, struct request *r, long timeout_ms)
{
	int bad = 0;

	bad |= curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, timeout_ms) != CURLE_OK;
	bad |= curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, timeout_ms) != CURLE_OK;
	bad |= curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L) != CURLE_OK;
#if LIBCURL_VERSION_NUM >= 0x075700
	bad |= curl_easy_setopt(e, CURLOPT_QUICK_EXIT, 1L) != CURLE_OK; /* don't wait for a hanging resolver */
#endif
	bad |= curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L) != CURLE_OK;
	bad |= curl_easy_setopt(e, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) != CURLE_OK;
	bad |= curl_easy_setopt(e, CURLOPT_HTTP09_ALLOWED, 0L) != CURLE_OK;
	bad |= curl_easy_setopt(e, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)REQUEST_BODY_MAX) != CURLE_OK;
	bad |= curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, request_on_body) != CURLE_OK;
	bad |= curl_easy_setopt(e, CURLOPT_WRITEDATA, r) != CURLE_OK;
	bad |= curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, request_on_header) != CURLE_OK;
	bad |= curl_easy_setopt(e, CURLOPT_HEADERDATA, r) != CURLE_OK;
	bad |= curl_easy_setopt(e, CURLOPT_ERRORBUFFER, r->error) != CURLE_OK;
	return bad;
}

/* curl copies the URL. */
static int request_set_url(CURL *e, const struct request *r, const char *path)
{
	size_t n = strlen(r->base) + strlen(path) + 1;
	char *url = malloc(n);
	int bad = 1;

	if (url) {
		(void)stpcpy(stpcpy(url, r->base), path);
		bad = curl_easy_setopt(e, CURLOPT_URL, url) != CURLE_OK;
	}
	wipe_free(url);
	return bad;
}

/* On a connection that was used before, curl sends again what it got no answer to. */
static int request_set_delete(CURL *e)
{
	int bad = 0;

	bad |= curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, "DELETE") != CURLE_OK;
	bad |= curl_easy_setopt(e, CURLOPT_FRESH_CONNECT, 1L) != CURLE_OK;
	return bad;
}

static int request_set_question(CURL *e, struct request *r, const struct request_config *cfg,
                                const struct request_what *what)
{
	int bad = request_set_url(e, r, what->path) || (what->is_delete && request_set_delete(e));

	(void)stpcpy(r->accept, "Accept: application/json");
	r->nodes[0] = (struct curl_slist){.data = r->header, .next = &r->nodes[1]};
	r->nodes[1] = (struct curl_slist){.data = r->accept, .next = NULL};
	bad |= curl_easy_setopt(e, CURLOPT_HTTPHEADER, r->nodes) != CURLE_OK;
	/* Ours are for Smartsheet, never in the CONNECT to a proxy. */
	bad |= curl_easy_setopt(e, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE) != CURLE_OK;
	bad |= curl_easy_setopt(e, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) != CURLE_OK;
	if (r->loopback)
		bad |= curl_easy_setopt(e, CURLOPT_PROXY, "") != CURLE_OK;
	bad |= curl_easy_setopt(e, CURLOPT_USERAGENT, cfg->user_agent) != CURLE_OK;
	bad |= curl_easy_setopt(e, CURLOPT_ACCEPT_ENCODING, "gzip") != CURLE_OK;
	bad |= curl_easy_setopt(e, CURLOPT_HTTP_VERSION,
	                        (long)(alpn_known() ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1)) != CURLE_OK;
	/* One handshake, then streams, where HTTP/2 is offered. */
	bad |= curl_easy_setopt(e, CURLOPT_PIPEWAIT, 1L) != CURLE_OK;
	bad |= curl_easy_setopt(e, CURLOPT_TCP_NODELAY, 1L) != CURLE_OK;
	bad |= curl_easy_setopt(e, CURLOPT_PRIVATE, what->private) != CURLE_OK;
	return bad;
}

int request_start(struct request *r, CURLM *multi, const struct request_config *cfg, const struct request_what *what)
{
	request_drop(r);
	r->headers_n = 0;
	r->body_over = r->headers_over = r->lengths_odd = r->protocol_odd = 0;
	r->length = -1;
	r->error[0] = '\0';
	r->easy = curl_easy_init();
	if (r->easy && !request_set_tls(r->easy, r, cfg) && !request_set_limits(r->easy, r, (long)what->timeout_ms) &&
	    !request_set_question(r->easy, r, cfg, what) && curl_multi_add_handle(multi, r->easy) == CURLM_OK)
		return 0;
	curl_easy_cleanup(r->easy);
	r->easy = NULL;
	return -1;
}

/* OpenSSL's X509_V_ERR: 18 and 19 self-signed, 20 and 21 issuer not known. */
static int request_is_foreign_ca(long verify)
{
	return verify >= 18 && verify <= 21;
}

static const char *request_after(const char *text, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(text, prefix, n) == 0 ? text + n : text;
}

/* No handshake: what OpenSSL says, without its numbers. */
static void request_no_tls(const char *whom, const char *said, struct answer *why)
{
	const char *text = strstr(said, "SSL routines::");

	if (text)
		text += strlen("SSL routines::");
	else
		text = strstr(said, "SSL_ERROR_SYSCALL") ? "closed during the handshake" : said;
	answer_fail(why, whom, 0, "no TLS: %s", text);
}

static void request_tls_failed(const struct request *r, const char *whom, const char *said, struct answer *why)
{
	long verify = 0;

	(void)curl_easy_getinfo(r->easy, CURLINFO_SSL_VERIFYRESULT, &verify);
	said = request_after(said, "SSL certificate problem: ");
	said = request_after(said, "SSL: ");
	answer_fail(why, whom, 0, "certificate not trusted: %s%s", said,
	            request_is_foreign_ca(verify) ? "; a company's CA: --ca-file FILE, or vault policy set ca-file FILE" : "");
}

/* Why nothing came, in words. The status is what was seen before it broke, 0 for none. */
static void request_failed(const struct request *r, CURLcode rc, const char *whom, long status, struct answer *why)
{
	const char *said = r->error[0] ? r->error : curl_easy_strerror(rc);
	double took_s = 0;
	long proxy = 0;

	(void)curl_easy_getinfo(r->easy, CURLINFO_TOTAL_TIME, &took_s);
	(void)curl_easy_getinfo(r->easy, CURLINFO_HTTP_CONNECTCODE, &proxy);
	if (r->body_over || rc == CURLE_FILESIZE_EXCEEDED)
		answer_fail(why, whom, status, "HTTP %ld with more than 1 MiB", status);
	else if (r->headers_over)
		answer_fail(why, whom, status, "more than 64 KiB of headers");
	else if (r->protocol_odd)
		answer_fail(why, whom, status, "an answer of another protocol than was agreed on");
	else if (r->lengths_odd)
		answer_fail(why, whom, status, "HTTP %ld with two lengths", status);
	else if (proxy >= 300)
		answer_fail(why, whom, 0, "the proxy refused with HTTP %ld (https_proxy)", proxy);
	else if (strncmp(said, "Connection died, tried", 22) == 0)
		answer_fail(why, whom, 0, "closed without an answer");
	else if (rc == CURLE_SSL_CONNECT_ERROR)
		request_no_tls(whom, said, why);
	else if (rc == CURLE_RECV_ERROR || rc == CURLE_SEND_ERROR)
		answer_fail(why, whom, status, "the connection broke off (%s)", said);
	else if (rc == CURLE_OUT_OF_MEMORY)
		answer_fail(why, whom, status, "no memory, or a header of more than 100 KiB");
	else if (rc == CURLE_PEER_FAILED_VERIFICATION)
		request_tls_failed(r, whom, said, why);
	else if (rc == CURLE_OPERATION_TIMEDOUT)
		answer_fail(why, whom, status, "no whole answer within %.1f s", took_s);
	else if (rc == CURLE_COULDNT_RESOLVE_HOST)
		answer_fail(why, whom, 0, "name not found (DNS)");
	else if (rc == CURLE_COULDNT_RESOLVE_PROXY)
		answer_fail(why, whom, 0, "the proxy's name not found (https_proxy)");
	else if (rc == CURLE_PARTIAL_FILE)
		answer_fail(why, whom, status, "HTTP %ld, but the answer was cut off", status);
	else if (rc == CURLE_GOT_NOTHING)
		answer_fail(why, whom, 0, "closed without an answer");
	else
		answer_fail(why, whom, status, "%s", said);
}

/* Scheme and host of where a redirect points: the rest may be anything. */
static void request_redirect_host(CURL *e, char *out, size_t cap)
{
	char *to = NULL, *scheme = NULL, *host = NULL;
	CURLU *u = curl_url();

	out[0] = '\0';
	if (u && curl_easy_getinfo(e, CURLINFO_REDIRECT_URL, &to) == CURLE_OK && to &&
	    curl_url_set(u, CURLUPART_URL, to, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
	    curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
	    curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK && strlen(scheme) + 3 + strlen(host) < cap) {
		(void)stpcpy(stpcpy(stpcpy(out, scheme), "://"), host);
	}
	curl_free(scheme);
	curl_free(host);
	curl_url_cleanup(u);
}

void request_abandon(struct request *r, CURLM *multi)
{
	if (r->easy)
		(void)curl_multi_remove_handle(multi, r->easy);
	curl_easy_cleanup(r->easy);
	r->easy = NULL;
}

void request_finish(struct request *r, CURLM *multi, CURLcode rc, const char *whom, struct request_got *got,
                    struct answer *why)
{
	curl_off_t wait = 0;

	memset(got, 0, sizeof *got);
	(void)curl_easy_getinfo(r->easy, CURLINFO_RESPONSE_CODE, &got->status);
	(void)curl_easy_getinfo(r->easy, CURLINFO_RETRY_AFTER, &wait);
	got->retry_after_s = wait > 0 && wait < 1000000000 ? (long)wait : wait > 0 ? 1000000000 : 0;
	got->answered = rc == CURLE_OK;
	if (got->answered) {
		request_redirect_host(r->easy, got->location, sizeof got->location);
		/* A server may repeat what it was sent. */
		if (r->body)
			answer_scrub(r->body, r->body_n, request_token(r), r->token_n);
	} else {
		request_failed(r, rc, whom, got->status, why);
	}
	request_abandon(r, multi);
}
