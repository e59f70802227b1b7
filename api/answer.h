/* answer.h - what an HTTP answer says: of GET /users/me about the token that asked, of a page of a list, of DELETE /token.
 * Pure: no network, no clock. */
#ifndef API_ANSWER_H
#define API_ANSWER_H

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

enum answer_result {
	ANSWER_VALID, ANSWER_INVALID, ANSWER_EXPIRED, ANSWER_REVOKED, ANSWER_BLOCKED, ANSWER_UNKNOWN
};

enum { ANSWER_DEPTH_MAX = 64, ANSWER_THEIRS_MAX = 300, ANSWER_MESSAGE_MAX = 900 };

/* Zero it before the first use; answer_clear ends it. */
struct answer {
	enum answer_result result;
	long http_status;         /* 0: no answer */
	int64_t error_code;       /* Smartsheet's, 0: none */
	char message[ANSWER_MESSAGE_MAX]; /* one line of UTF-8 without control characters; "": none */
	json_t *identity;         /* owned; NULL: not said */
};

const char *answer_result_name(enum answer_result r);

/* The verdict by the table (SMARTSHEET: Errors): everything that is not in it is unknown. `host` names whom was asked
 * in messages; `location` (may be NULL) is where a redirect points. */
void answer_judge(struct answer *a, const char *host, long status, const char *location, const char *body, size_t n);

/* A page of a list: where it is HTTP 200 with an object, valid, and the object is the caller's to free. Else NULL, result
 * and code by the table, and the message always "HOST: ...". */
json_t *answer_judge_page(struct answer *a, const char *host, long status, const char *location, const char *body,
                          size_t n);

/* DELETE /token: valid where Smartsheet said yes (200 with an object), without identity; else by the table, but that 403/1004,
 * alive and not allowed, is unknown. The message "HOST: ...". */
void answer_judge_revoke(struct answer *a, const char *host, long status, const char *location, const char *body,
                         size_t n);

/* Unknown because of `what`, printf-like: "HOST: WHAT". */
void answer_fail(struct answer *a, const char *host, long status, const char *what, ...)
	__attribute__((format(printf, 4, 5)));

/* Overwrites each occurrence of `token` in `text` with '*', as a server may repeat what it was sent. Tokens of less
 * than 16 bytes are left: they would hit by chance. */
void answer_scrub(char *text, size_t n, const char *token, size_t token_n);

/* Copies well-formed UTF-8 without control, format and line-separating characters, at most `max` bytes of whole
 * characters; `out` has `max` + 1 bytes. Returns 1 where something was left out but the end. */
int answer_clean(char *out, size_t max, const char *in);

/* The line of protocol 1 (helper.h) as an object, every key there. NULL without memory. */
json_t *answer_line(const struct answer *a, json_int_t id, const char *base);

void answer_clear(struct answer *a);

#endif
