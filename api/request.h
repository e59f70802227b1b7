/* request.h - an HTTP request to Smartsheet: the only room that knows curl, but for main's loop and what job hands on. */
#ifndef API_REQUEST_H
#define API_REQUEST_H

#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>

#include "answer.h"

enum { REQUEST_BODY_MAX = 1024 * 1024, REQUEST_HEADERS_MAX = 64 * 1024 };

/* What the set-up frame said, and what was made of it. */
struct request_config {
	char user_agent[96];
	char *ca, *ca_dir;  /* what is trusted: a bundle, a folder, or both; of curl_global's defaults or --ca-file */
	int64_t timeout_ms; /* a request, connecting included */
	int64_t total_ms;   /* a token, from its first byte on */
	size_t jobs;
};

/* A token, and one HTTP request after the other with it. Zero it before the first use. */
struct request {
	char *base, *host;
	int loopback;
	char *header; /* "Authorization: Bearer TOKEN" in pages of its own */
	size_t header_size, token_at, token_n;
	struct curl_slist nodes[2]; /* the headers of ours, without a copy of the token */
	char accept[32];
	CURL *easy;
	char *body;
	size_t body_n, body_cap, headers_n;
	int body_over, headers_over, lengths_odd, protocol_odd;
	curl_off_t length;        /* what Content-Length said, -1: nothing yet */
	char error[CURL_ERROR_SIZE];
};

/* The token is copied once. 1 and a sentence where base or token can't be sent, -1 without memory; then and after
 * request_end nothing may be started. */
int request_begin(struct request *r, const char *base, const char *token, size_t token_n, const char **why);
void request_end(struct request *r);

/* Whom messages name: the host, or "not asked". */
const char *request_host(const struct request *r);
const char *request_token(const struct request *r);

struct request_what {
	int is_delete;    /* else GET; sent once, and never again by libcurl itself */
	const char *path; /* below the base */
	int64_t timeout_ms;
	void *private; /* CURLINFO_PRIVATE */
};

/* Puts a request on its way; -1 where it can't be begun. */
int request_start(struct request *r, CURLM *multi, const struct request_config *cfg, const struct request_what *what);

struct request_got {
	int answered;       /* an answer came, whole; else `why` was filled in */
	long status;        /* 0: none */
	long retry_after_s; /* the header's, 0 where there was none */
	char location[300]; /* scheme and host of a redirect */
};

/* Takes it off `multi`. An answer's body stands in r->body without the token, until request_drop. What is no answer
 * becomes `why`, "WHOM: ...". */
void request_finish(struct request *r, CURLM *multi, CURLcode rc, const char *whom, struct request_got *got,
                    struct answer *why);
void request_drop(struct request *r);
/* Takes off `multi` one that is under way; nothing comes of it. */
void request_abandon(struct request *r, CURLM *multi);

#endif
