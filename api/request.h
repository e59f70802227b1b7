/* request.h - one token's question to Smartsheet: the only room that includes curl, but for main's loop. */
#ifndef API_REQUEST_H
#define API_REQUEST_H

#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>
#include <jansson.h>

#include "answer.h"

enum { REQUEST_BODY_MAX = 1024 * 1024, REQUEST_HEADERS_MAX = 64 * 1024 };

/* What the set-up frame said, and what was made of it. */
struct request_config {
	char user_agent[96];
	char *ca, *ca_dir;        /* what is trusted: a bundle, a folder, or both; of curl_global's defaults or --ca-file */
	int64_t timeout_ms;       /* a request, connecting included */
	int64_t total_ms;         /* a token, from its first byte on */
	size_t jobs;
};

enum request_state { REQUEST_READY, REQUEST_RUNNING, REQUEST_ANSWERED };

struct request {
	struct request *next;
	enum request_state state;
	json_int_t id;
	char *base, *url, *host;
	int loopback;
	uint64_t key;             /* pace_key of the token */
	char *header;             /* "Authorization: Bearer TOKEN" in pages of its own */
	size_t header_size, token_at, token_n;
	struct curl_slist nodes[2]; /* the headers of ours, without a copy of the token */
	char accept[32];
	CURL *easy;
	char *body;
	size_t body_n, body_cap, headers_n;
	int body_over, headers_over, lengths_odd, protocol_odd;
	curl_off_t length;        /* what Content-Length said, -1: nothing yet */
	char error[CURL_ERROR_SIZE];
	int64_t first_ms;         /* its first try began, or 0 */
	int64_t ready_ms;         /* not before */
	unsigned retries;
	struct answer answer;
};

/* From a frame; the token is copied once. A request that can't be sent (base, token) comes back ANSWERED. NULL
 * without memory. */
struct request *request_new(json_int_t id, const char *base, const char *token, size_t token_n);
void request_free(struct request **r);

/* Puts it on its way. What can't be begun is ANSWERED. */
void request_start(struct request *r, CURLM *multi, const struct request_config *cfg, int64_t now);

/* It can't be told whose answer this is: what came, or may come, is dropped, and it is unknown because of `why`. */
void request_distrust(struct request *r, CURLM *multi, const char *why);

/* Takes it off `multi` and judges what came. `*retry_after_s` becomes the header's, 0 where there was none. */
void request_finish(struct request *r, CURLM *multi, CURLcode rc, long *retry_after_s);

#endif
