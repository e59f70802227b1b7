/* request.c - one token's question: limits, TLS, and what may leave to whom. No redirect, no cookie, no netrc, no
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

static void request_refuse(struct request *r, const char *why)
{
	answer_fail(&r->answer, r->host ? r->host : "not asked", 0, "%s", why);
	r->state = REQUEST_ANSWERED;
}

struct request *request_new(json_int_t id, const char *base, const char *token, size_t token_n)
{
	static const char path[] = "/users/me";
	struct request *r = calloc(1, sizeof *r);
	size_t n = strlen(base), bearer = sizeof request_bearer - 1;

	if (!r)
		return NULL;
	r->id = id;
	r->base = strdup(base);
	r->url = malloc(n + sizeof path);
	r->token_at = bearer;
	r->token_n = token_n;
	r->header_size = bearer + token_n + 1;
	r->header = wipe_pages_new(r->header_size);
	if (!r->base || !r->url || !r->header) {
		request_free(&r);
		return NULL;
	}
	memcpy(r->url, base, n);
	memcpy(r->url + n, path, sizeof path);
	memcpy(r->header, request_bearer, bearer);
	memcpy(r->header + bearer, token, token_n);
	if (!request_base_ok(r))
		request_refuse(r, "the base URL must be https, or http to this machine, without user and query");
	else if (!request_token_ok(token, token_n))
		request_refuse(r, "the token is empty or has characters that can't be sent");
	return r;
}

void request_free(struct request **r)
{
	void *pages = NULL;

	if (!*r)
		return;
	curl_easy_cleanup((*r)->easy);
	pages = (*r)->header;
	wipe_pages_free(&pages, (*r)->header_size);
	free((*r)->base);
	free((*r)->url);
	free((*r)->host);
	wipe_free((*r)->body);
	answer_clear(&(*r)->answer);
	wipe_free(*r);
	*r = NULL;
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

static int request_set_question(CURL *e, struct request *r, const struct request_config *cfg)
{
	int bad = 0;

	(void)stpcpy(r->accept, "Accept: application/json");
	r->nodes[0] = (struct curl_slist){.data = r->header, .next = &r->nodes[1]};
	r->nodes[1] = (struct curl_slist){.data = r->accept, .next = NULL};
	bad |= curl_easy_setopt(e, CURLOPT_URL, r->url) != CURLE_OK;
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
	bad |= curl_easy_setopt(e, CURLOPT_PRIVATE, r) != CURLE_OK;
	return bad;
}

void request_start(struct request *r, CURLM *multi, const struct request_config *cfg, int64_t now)
{
	int64_t left = 0;

	if (!r->first_ms)
		r->first_ms = now;
	left = r->first_ms + cfg->total_ms - now;
	if (left < 1)
		left = 1;
	r->body_n = r->headers_n = 0;
	r->body_over = r->headers_over = r->lengths_odd = r->protocol_odd = 0;
	r->length = -1;
	r->error[0] = '\0';
	answer_clear(&r->answer);
	r->easy = curl_easy_init();
	if (!r->easy || request_set_tls(r->easy, r, cfg) ||
	    request_set_limits(r->easy, r, (long)(left < cfg->timeout_ms ? left : cfg->timeout_ms)) ||
	    request_set_question(r->easy, r, cfg) || curl_multi_add_handle(multi, r->easy) != CURLM_OK) {
		curl_easy_cleanup(r->easy);
		r->easy = NULL;
		request_refuse(r, "the request could not be begun (memory, or a libcurl without TLS)");
		return;
	}
	r->state = REQUEST_RUNNING;
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
static void request_no_tls(struct request *r, const char *said)
{
	const char *why = strstr(said, "SSL routines::");

	if (why)
		why += strlen("SSL routines::");
	else
		why = strstr(said, "SSL_ERROR_SYSCALL") ? "closed during the handshake" : said;
	answer_fail(&r->answer, r->host, 0, "no TLS: %s", why);
}

static void request_tls_failed(struct request *r, const char *said)
{
	long verify = 0;

	(void)curl_easy_getinfo(r->easy, CURLINFO_SSL_VERIFYRESULT, &verify);
	said = request_after(said, "SSL certificate problem: ");
	said = request_after(said, "SSL: ");
	answer_fail(&r->answer, r->host, 0, "certificate not trusted: %s%s", said,
	            request_is_foreign_ca(verify) ? "; a company's CA: --ca-file" : "");
}

/* Why nothing came, in words. The status is what was seen before it broke, 0 for none. */
static void request_failed(struct request *r, CURLcode rc, long status)
{
	const char *said = r->error[0] ? r->error : curl_easy_strerror(rc);
	double took_s = 0;
	long proxy = 0;

	(void)curl_easy_getinfo(r->easy, CURLINFO_TOTAL_TIME, &took_s);
	(void)curl_easy_getinfo(r->easy, CURLINFO_HTTP_CONNECTCODE, &proxy);
	if (r->body_over || rc == CURLE_FILESIZE_EXCEEDED)
		answer_fail(&r->answer, r->host, status, "HTTP %ld with more than 1 MiB", status);
	else if (r->headers_over)
		answer_fail(&r->answer, r->host, status, "more than 64 KiB of headers");
	else if (r->protocol_odd)
		answer_fail(&r->answer, r->host, status, "an answer of another protocol than was agreed on");
	else if (r->lengths_odd)
		answer_fail(&r->answer, r->host, status, "HTTP %ld with two lengths", status);
	else if (proxy >= 300)
		answer_fail(&r->answer, r->host, 0, "the proxy refused with HTTP %ld (https_proxy)", proxy);
	else if (rc == CURLE_SSL_CONNECT_ERROR)
		request_no_tls(r, said);
	else if (rc == CURLE_RECV_ERROR || rc == CURLE_SEND_ERROR)
		answer_fail(&r->answer, r->host, status, "the connection broke off (%s)", said);
	else if (rc == CURLE_OUT_OF_MEMORY)
		answer_fail(&r->answer, r->host, status, "no memory, or a header of more than 100 KiB");
	else if (rc == CURLE_PEER_FAILED_VERIFICATION)
		request_tls_failed(r, said);
	else if (rc == CURLE_OPERATION_TIMEDOUT)
		answer_fail(&r->answer, r->host, status, "no whole answer within %.1f s", took_s);
	else if (rc == CURLE_COULDNT_RESOLVE_HOST)
		answer_fail(&r->answer, r->host, 0, "name not found (DNS)");
	else if (rc == CURLE_COULDNT_RESOLVE_PROXY)
		answer_fail(&r->answer, r->host, 0, "the proxy's name not found (https_proxy)");
	else if (rc == CURLE_PARTIAL_FILE)
		answer_fail(&r->answer, r->host, status, "HTTP %ld, but the answer was cut off", status);
	else if (rc == CURLE_GOT_NOTHING)
		answer_fail(&r->answer, r->host, 0, "closed without an answer");
	else
		answer_fail(&r->answer, r->host, status, "%s", said);
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

static void request_end(struct request *r, CURLM *multi)
{
	if (r->easy)
		(void)curl_multi_remove_handle(multi, r->easy);
	curl_easy_cleanup(r->easy);
	r->easy = NULL;
	r->state = REQUEST_ANSWERED;
}

void request_distrust(struct request *r, CURLM *multi, const char *why)
{
	request_end(r, multi);
	answer_fail(&r->answer, r->host, 0, "%s", why);
}

void request_finish(struct request *r, CURLM *multi, CURLcode rc, long *retry_after_s)
{
	const char *token = r->header + r->token_at;
	char to[300] = "";
	long status = 0;
	curl_off_t wait = 0;

	(void)curl_easy_getinfo(r->easy, CURLINFO_RESPONSE_CODE, &status);
	(void)curl_easy_getinfo(r->easy, CURLINFO_RETRY_AFTER, &wait);
	*retry_after_s = wait > 0 && wait < 1000000000 ? (long)wait : wait > 0 ? 1000000000 : 0;
	if (rc == CURLE_OK) {
		request_redirect_host(r->easy, to, sizeof to);
		if (r->body)
			answer_scrub(r->body, r->body_n, token, r->token_n);
		answer_judge(&r->answer, r->host, status, to, r->body ? r->body : "", r->body_n);
	} else {
		request_failed(r, rc, status);
	}
	/* A server may repeat what it was sent, in a header too. */
	answer_scrub(r->answer.message, strlen(r->answer.message), token, r->token_n);
	request_end(r, multi);
}
