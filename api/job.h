/* job.h - one request of protocol 1 (vault/helper.h): a token's work, one HTTP request after the other. */
#ifndef API_JOB_H
#define API_JOB_H

#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>
#include <jansson.h>

#include "answer.h"
#include "pace.h"
#include "reach.h"
#include "request.h"

enum job_op { JOB_ME, JOB_EXPOSURE, JOB_REVOKE, JOB_OPS };
enum job_state { JOB_READY, JOB_RUNNING, JOB_ANSWERED };

/* What all jobs share. `put` writes a line of parts of lists (as wire_put). */
struct job_room {
	CURLM *multi;
	struct pace *pace;
	const struct request_config *cfg;
	int (*put)(void *ctx, const json_t *line);
	void *ctx;
};

struct job {
	struct job *next;
	enum job_op op;
	enum job_state state;
	json_int_t id;
	uint64_t key; /* pace_key of the token */
	struct request request;
	int64_t first_ms;     /* its first try began, or 0 */
	int64_t ready_ms;     /* not before */
	unsigned retries;     /* of the request that is under way */
	struct answer answer; /* the verdict, once it is there */
	struct reach *reach;  /* of an exposure whose verdict is valid */
};

/* 0 and the operation of this name ("me", "exposure", "revoke"), or -1. */
int job_op_parse(const char *name, enum job_op *op);

/* From a frame; what can't be sent (base, token) comes back ANSWERED. NULL without memory. */
struct job *job_new(enum job_op op, json_int_t id, const char *base, const char *token, size_t token_n,
                    const struct pace *pace);
void job_free(struct job **j);

/* Starts its next request. What can't be begun is ANSWERED. */
void job_start(struct job *j, const struct job_room *room, int64_t now);

/* Takes in how that request ended: then it is READY for another one (a page, a retry), or ANSWERED. */
void job_finish(struct job *j, const struct job_room *room, CURLcode rc, int64_t now);

/* It can't be told whose answers it got: what came, or may come, is dropped, and it is ANSWERED: unknown because of `why`. */
void job_distrust(struct job *j, const struct job_room *room, const char *why);

/* The line of protocol 1. NULL without memory. */
json_t *job_line(const struct job *j);

#endif
