/* job.c - a token's work: who it is, then, where that is asked, what it reaches; or its end. Each step is one request, and
 * each is paced, retried and limited in the same way. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "job.h"
#include "wipe.h"

enum { JOB_WHOM_MAX = 300 };

static const char job_no_time[] = "more than can be asked in the time that a token may take";

int job_op_parse(const char *name, enum job_op *op)
{
	static const char *const names[JOB_OPS] = {"me", "exposure", "revoke"};

	for (int i = 0; name && i < JOB_OPS; i++) {
		if (strcmp(name, names[i]) == 0) {
			*op = (enum job_op)i;
			return 0;
		}
	}
	return -1;
}

/* It could not be asked, or not to the end: a verdict that was had stays. */
static void job_give_up(struct job *j, const char *why)
{
	struct answer a = {0};

	answer_fail(&a, request_host(&j->request), 0, "%s", why);
	if (j->reach)
		reach_give_up(j->reach, a.message);
	else
		j->answer = a;
	j->state = JOB_ANSWERED;
}

struct job *job_new(enum job_op op, json_int_t id, const char *base, const char *token, size_t token_n,
                    const struct pace *pace)
{
	struct job *j = calloc(1, sizeof *j);
	const char *why = NULL;
	int rc = 0;

	if (!j)
		return NULL;
	j->op = op;
	j->id = id;
	j->key = pace_key(pace, token, token_n);
	rc = request_begin(&j->request, base, token, token_n, &why);
	if (rc < 0)
		job_free(&j);
	else if (rc > 0)
		job_give_up(j, why);
	return j;
}

void job_free(struct job **j)
{
	if (!*j)
		return;
	request_end(&(*j)->request);
	answer_clear(&(*j)->answer);
	reach_free(&(*j)->reach);
	wipe_free(*j);
	*j = NULL;
}

/* --- the lists of an exposure ---------------------------------------------------------------------------- */

struct job_lines {
	const struct job *job;
	const struct job_room *room;
};

static int job_put_items(void *ctx, enum pages_list l, json_t *items)
{
	const struct job_lines *to = ctx;
	json_t *line = json_object();
	int bad = line == NULL;

	bad = bad || json_object_set_new(line, "id", json_integer(to->job->id)) != 0;
	bad = bad || json_object_set_new(line, "list", json_string(pages_name(l))) != 0;
	bad = bad || json_object_set(line, "items", items) != 0;
	bad = bad || to->room->put(to->room->ctx, line) != 0;
	json_decref(line);
	json_decref(items);
	return bad ? -1 : 0;
}

static struct pages_of job_pages_of(const struct job *j, struct job_lines *lines, const struct job_room *room)
{
	struct pages_of of = {.pace = room->pace,
	                      .token = request_token(&j->request),
	                      .token_n = j->request.token_n,
	                      .put = job_put_items,
	                      .ctx = lines};

	*lines = (struct job_lines){.job = j, .room = room};
	reach_of(j->reach, &of);
	return of;
}

/* --- a request, and what came of it ---------------------------------------------------------------------- */

void job_start(struct job *j, const struct job_room *room, int64_t now)
{
	struct job_lines lines;
	struct request_what what = {.is_delete = j->op == JOB_REVOKE, .private = j};
	char *path = NULL;
	int64_t left = 0;
	int rc = -1;

	if (!j->first_ms)
		j->first_ms = now;
	left = j->first_ms + room->cfg->total_ms - now;
	if (j->reach && left < 1) {
		job_give_up(j, job_no_time);
		return;
	}
	what.timeout_ms = left < 1 ? 1 : left < room->cfg->timeout_ms ? left : room->cfg->timeout_ms;
	if (j->reach) {
		struct pages_of of = job_pages_of(j, &lines, room);

		path = pages_path(&j->reach->pages, &of);
		what.path = path;
	} else {
		answer_clear(&j->answer);
		what.path = j->op == JOB_REVOKE ? "/token" : "/users/me";
	}
	if (what.path)
		rc = request_start(&j->request, room->multi, room->cfg, &what);
	wipe_free(path);
	if (rc == 0)
		j->state = JOB_RUNNING;
	else
		job_give_up(j, "the request could not be begun (memory, or a libcurl without TLS)");
}

/* What Smartsheet answered with "later" is put back: 1. */
static int job_retry(struct job *j, const struct job_room *room, const struct answer *a, long retry_after_s,
                     int64_t now)
{
	const int64_t total_ms = room->cfg->total_ms;
	int64_t wait = pace_delay(a->http_status, a->error_code, retry_after_s, j->retries + 1, pace_jitter());

	if (a->result != ANSWER_UNKNOWN || wait < 0)
		return 0;
	/* Others with this token wait too, but no longer than a token may take: Retry-After can be years. */
	if (a->error_code == 4003 && pace_hold(room->pace, j->key, now + (wait < total_ms ? wait : total_ms), now) != 0)
		return 0;
	if (now + wait >= j->first_ms + total_ms)
		return 0; /* there would be no time left for the answer */
	j->retries++;
	j->ready_ms = now + wait;
	j->state = JOB_READY;
	return 1;
}

/* The verdict is there. */
static void job_settle(struct job *j, struct answer *a)
{
	j->answer = *a;
	memset(a, 0, sizeof *a);
	j->state = JOB_ANSWERED;
	if (j->op != JOB_EXPOSURE || j->answer.result != ANSWER_VALID)
		return;
	j->reach = reach_new(j->answer.identity);
	if (j->reach)
		j->state = JOB_READY;
	else
		answer_fail(&j->answer, request_host(&j->request), 0, "no memory");
}

/* What an answer says, by what was asked. The page where it is one of a list. */
static json_t *job_judge(const struct job *j, const char *whom, const struct request_got *got, struct answer *a)
{
	const char *body = j->request.body ? j->request.body : "";
	const size_t n = j->request.body_n;

	if (j->reach)
		return answer_judge_page(a, whom, got->status, got->location, body, n);
	if (j->op == JOB_REVOKE)
		answer_judge_revoke(a, whom, got->status, got->location, body, n);
	else
		answer_judge(a, whom, got->status, got->location, body, n);
	return NULL;
}

void job_finish(struct job *j, const struct job_room *room, CURLcode rc, int64_t now)
{
	struct request *r = &j->request;
	char with_list[JOB_WHOM_MAX];
	const char *whom =
	        j->reach ? reach_whom(j->reach, request_host(r), with_list, sizeof with_list) : request_host(r);
	struct job_lines lines;
	struct request_got got;
	struct answer a = {0};
	json_t *page = NULL;

	request_finish(r, room->multi, rc, whom, &got, &a);
	if (got.answered)
		page = job_judge(j, whom, &got, &a);
	/* A server may repeat what it was sent, in a header too. */
	answer_scrub(a.message, strlen(a.message), request_token(r), r->token_n);
	request_drop(r);
	if (job_retry(j, room, &a, got.retry_after_s, now))
		goto out;
	j->retries = 0;
	j->ready_ms = 0;
	if (j->reach && rc == CURLE_OPERATION_TIMEDOUT && now >= j->first_ms + room->cfg->total_ms) {
		job_give_up(j, job_no_time);
	} else if (j->reach) {
		struct pages_of of = job_pages_of(j, &lines, room);

		j->state = reach_take(j->reach, &of, whom, &a, page) ? JOB_READY : JOB_ANSWERED;
	} else {
		job_settle(j, &a);
	}
out:
	json_decref(page);
	answer_clear(&a);
}

void job_distrust(struct job *j, const struct job_room *room, const char *why)
{
	request_abandon(&j->request, room->multi);
	request_drop(&j->request);
	answer_fail(&j->answer, request_host(&j->request), 0, "%s", why);
	if (j->reach)
		reach_give_up(j->reach, j->answer.message);
	j->state = JOB_ANSWERED;
}

json_t *job_line(const struct job *j)
{
	json_t *line = answer_line(&j->answer, j->id, j->request.base);

	if (line && j->op == JOB_EXPOSURE && reach_put(j->reach, line) != 0) {
		json_decref(line);
		line = NULL;
	}
	return line;
}
