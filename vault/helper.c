/* helper.c - the library's end of the pipe to vault-api: writes requests, reads answers, believes nothing that is not
 * in the form of protocol 1. L6. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <vault/json.h>

#include "buf.h"
#include "clock.h"
#include "helper.h"
#include "helper_answer.h"
#include "helper_child.h"
#include "helper_reach.h"

enum {
	HELPER_LINE_MAX = 64 * 1024,
	HELPER_SAID_MAX = 300,
	HELPER_TOTAL_MS = 90 * 1000,
	HELPER_GRACE_MS = 30 * 1000,
	HELPER_ENDING_MS = 2000,
	HELPER_JOBS_MAX = 64
};

struct helper {
	struct helper_child child; /* on its descriptors: requests, answers, its complaints */
	const struct helper_request *req;
	size_t n, sent, answered;
	char **base;         /* as asked: without slashes at the end */
	unsigned char *seen; /* a request's answer came */
	struct vault_verdict *verdicts;
	struct helper_reach *reach; /* of those who asked for it */
	struct buf head;            /* of the frame under way */
	size_t head_at, token_at;
	struct buf lines; /* read, not yet taken */
	char complaint[HELPER_SAID_MAX];
	size_t complaint_n;
	int broken; /* it does not speak our protocol */
	const volatile sig_atomic_t *stop; /* the caller's, or NULL */
	void (*progress)(void *ctx, size_t done, size_t n);
	void *ctx;
};

static int helper_frame(struct buf *to, struct vault_json **header, size_t token_n)
{
	size_t n = 0;
	char *text = vault_json_dump(*header, 0, &n);
	int bad = text == NULL;

	buf_reset(to);
	if (text)
		buf_field(to, text, n);
	buf_u32(to, (uint32_t)token_n);
	vault_json_free(header);
	free(text);
	return bad || to->failed ? -1 : 0;
}

static int helper_frame_setup(struct helper *h, const struct vault_api_config *cfg)
{
	struct vault_json *j = vault_json_object();
	uint32_t jobs = cfg->jobs ? cfg->jobs : 16, timeout_s = cfg->timeout_s ? cfg->timeout_s : 30;

	vault_json_set_str(j, "op", "setup");
	vault_json_set_int(j, "protocol", 1);
	vault_json_set_str(j, "version", VAULT_VERSION);
	vault_json_set_str(j, "ca_file", cfg->ca_file);
	vault_json_set_int(j, "timeout_ms", 1000 * (int64_t)(timeout_s < 3600 ? timeout_s : 3600));
	vault_json_set_int(j, "total_ms", HELPER_TOTAL_MS);
	vault_json_set_int(j, "jobs", jobs < HELPER_JOBS_MAX ? jobs : HELPER_JOBS_MAX);
	return helper_frame(&h->head, &j, 0);
}

/* By enum helper_op. */
static const char *const helper_ops[] = {"me", "exposure", "revoke"};

static int helper_frame_next(struct helper *h)
{
	struct vault_json *j = vault_json_object();

	vault_json_set_str(j, "op", helper_ops[h->req[h->sent].op]);
	vault_json_set_int(j, "id", (int64_t)h->sent);
	vault_json_set_str(j, "base", h->base[h->sent]);
	h->head_at = h->token_at = 0;
	return helper_frame(&h->head, &j, vault_secret_len(h->req[h->sent].token));
}

/* Writes as much as the pipe takes. h->sent counts whole frames; the set-up's is the one before the first. */
static int helper_send(struct helper *h, int *in_setup)
{
	ssize_t put = 0;

	while (h->child.in >= 0) {
		const struct vault_secret *token = *in_setup ? NULL : h->req[h->sent].token;
		size_t head_left = h->head.n - h->head_at,
		       token_left = token ? vault_secret_len(token) - h->token_at : 0;

		if (head_left > 0)
			put = write(h->child.in, h->head.p + h->head_at, head_left);
		else if (token_left > 0)
			put = write(h->child.in, vault_secret_cbytes(token) + h->token_at, token_left);
		else
			put = 0;
		if (put < 0)
			return errno == EAGAIN || errno == EINTR ? 0 : -1;
		if (head_left > 0)
			h->head_at += (size_t)put;
		else
			h->token_at += (size_t)put;
		if (head_left + token_left > (size_t)put)
			continue;
		h->sent += !*in_setup;
		*in_setup = 0;
		if (h->sent == h->n)
			helper_child_close(&h->child.in);
		else if (helper_frame_next(h) != 0)
			return -1;
	}
	return 0;
}

/* Where the reach of request `i` goes; NULL where it did not ask for one. */
static struct helper_reach *helper_reach_of(const struct helper *h, size_t i)
{
	return h->reach && h->req[i].op == HELPER_EXPOSURE ? &h->reach[i] : NULL;
}

/* Request `i` is answered, or will not be: unknown, and what it reaches too. */
static enum vault_rc helper_set_unknown(struct helper *h, size_t i, const char *why, struct vault_err *err)
{
	struct helper_reach *reach = helper_reach_of(h, i);
	enum vault_rc rc = helper_answer_unknown(&h->verdicts[i], why, err);

	return rc == VAULT_OK && reach ? helper_reach_unknown(reach, why, err) : rc;
}

static enum vault_rc helper_take_line(struct helper *h, const uint8_t *p, size_t n, struct vault_err *err)
{
	struct vault_json *j = vault_json_parse(p, n, NULL);
	int64_t id = j && vault_json_is_int(j, "id") ? vault_json_get_int(j, "id", -1) : -1;
	struct helper_reach *reach = NULL;
	enum vault_rc rc = VAULT_OK;
	size_t i = 0;

	if (id < 0 || (uint64_t)id >= h->sent) {
		h->broken = 1; /* an answer to nothing that was asked */
		goto out;
	}
	i = (size_t)id;
	reach = helper_reach_of(h, i);
	if (vault_json_get(j, "list")) {
		h->broken |= !reach; /* parts of what nobody asked for */
		rc = reach ? helper_reach_part(reach, j, err) : VAULT_OK;
		goto out;
	}
	if (h->seen[i]) {
		rc = helper_set_unknown(h, i, "vault-api answered this twice; install vault again", err);
		goto out;
	}
	h->seen[i] = 1;
	h->answered++;
	if (helper_answer_read(j, h->req[i].op, h->base[i], &h->verdicts[i]) != 0)
		rc = helper_answer_unknown(&h->verdicts[i],
		                           "vault-api answered in another form than agreed; install vault again", err);
	if (rc == VAULT_OK && reach)
		rc = helper_reach_read(reach, j, &h->verdicts[i], err);
	if (h->progress)
		h->progress(h->ctx, h->answered, h->n);
out:
	vault_json_free(&j);
	return rc;
}

/* One read, then all whole lines. `h->child.out` is closed at the end. */
static enum vault_rc helper_read_answers(struct helper *h, struct vault_err *err)
{
	uint8_t chunk[16 * 1024];
	enum vault_rc rc = VAULT_OK;
	size_t at = 0;
	ssize_t got = read(h->child.out, chunk, sizeof chunk);

	if (got < 0 && errno == EINTR)
		return VAULT_OK;
	if (got <= 0) {
		helper_child_close(&h->child.out);
		return VAULT_OK;
	}
	buf_add(&h->lines, chunk, (size_t)got);
	if (h->lines.failed)
		return vault_err_set(err, VAULT_REFUSED, "no memory");
	while (rc == VAULT_OK && !h->broken) {
		const uint8_t *line = h->lines.p + at;
		const uint8_t *end = memchr(line, '\n', h->lines.n - at);

		if (!end)
			break;
		rc = helper_take_line(h, line, (size_t)(end - line), err);
		at = (size_t)(end - h->lines.p) + 1;
	}
	memmove(h->lines.p, h->lines.p + at, h->lines.n - at);
	h->lines.n -= at;
	h->broken |= h->lines.n > HELPER_LINE_MAX;
	return rc;
}

/* What it complains of: the first line is kept, the rest is read so that it never waits for us. */
static void helper_read_said(struct helper *h)
{
	char chunk[512];
	ssize_t got = read(h->child.said, chunk, sizeof chunk);

	if (got < 0 && errno == EINTR)
		return;
	if (got <= 0) {
		helper_child_close(&h->child.said);
		return;
	}
	for (ssize_t i = 0; i < got && h->complaint_n + 1 < sizeof h->complaint; i++)
		h->complaint[h->complaint_n++] = chunk[i];
	h->complaint[h->complaint_n] = '\0';
}

static int helper_stopped(const struct helper *h)
{
	return h->stop != NULL && *h->stop != 0;
}

/* poll(2), but for a signal that comes between the look at `stop` and the wait, which would be waited out: it is let in
 * by the wait only. */
static int helper_wait(const struct helper *h, struct pollfd p[3], int64_t left_ms)
{
	const struct timespec left = {.tv_sec = left_ms / 1000, .tv_nsec = left_ms % 1000 * 1000000};
	sigset_t all, before;
	int rc = 0;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_BLOCK, &all, &before);
	if (!helper_stopped(h))
		rc = ppoll(p, 3, &left, &before);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc;
}

static enum vault_rc helper_talk(struct helper *h, struct vault_err *err)
{
	int64_t heard = clock_ms(), limit = HELPER_TOTAL_MS + HELPER_GRACE_MS;
	enum vault_rc rc = VAULT_OK;
	int in_setup = 1;

	while (rc == VAULT_OK && !h->broken && h->child.out >= 0 && !helper_stopped(h)) {
		struct pollfd p[3] = {{.fd = h->child.in, .events = POLLOUT},
		                      {.fd = h->child.out, .events = POLLIN},
		                      {.fd = h->child.said, .events = POLLIN}};
		int64_t left = heard + limit - clock_ms();

		if (left <= 0) {
			h->broken = 1; /* its own limits are shorter: it hangs */
			break;
		}
		if (helper_wait(h, p, left) < 0) {
			if (errno != EINTR)
				return vault_err_set(err, VAULT_IO, "can't wait for vault-api: %s", strerror(errno));
			continue; /* nothing is known of the pipes */
		}
		if (p[2].revents)
			helper_read_said(h);
		if (p[1].revents) {
			rc = helper_read_answers(h, err);
			heard = clock_ms();
		}
		/* A closed pipe is no news: its end of file and status tell why. */
		if (p[0].revents && h->child.in >= 0 && helper_send(h, &in_setup) != 0)
			helper_child_close(&h->child.in);
	}
	return rc;
}

/* The rest of what it complains of, which ends when it does. */
static void helper_listen_out(struct helper *h)
{
	struct pollfd p = {.events = POLLIN};

	for (p.fd = h->child.said; h->child.said >= 0 && poll(&p, 1, HELPER_ENDING_MS) > 0; p.fd = h->child.said)
		helper_read_said(h);
}

/* We were stopped: what it has written so far is taken, once it is gone and writes no more. */
static enum vault_rc helper_take_rest(struct helper *h, struct vault_err *err)
{
	struct pollfd p = {.events = POLLIN};
	enum vault_rc rc = VAULT_OK;

	while (rc == VAULT_OK && !h->broken && h->child.out >= 0) {
		p.fd = h->child.out;
		if (poll(&p, 1, 0) <= 0)
			break;
		rc = helper_read_answers(h, err);
	}
	return rc;
}

/* Why there are requests without an answer, in words for people. */
static void helper_why(const struct helper *h, int status, char *out, size_t cap)
{
	const char *said = h->complaint;
	size_t n = strcspn(said, "\n");

	if (strncmp(said, "vault-api: ", 11) == 0) {
		said += 11;
		n -= 11;
	}
	if (h->broken)
		(void)snprintf(out, cap, "vault-api stopped making sense; try again, or install vault again");
	else if (n > 0)
		(void)snprintf(out, cap, "%.*s", (int)n, said);
	else
		(void)snprintf(out, cap, "vault-api ended without an answer (status %d); try again", status);
	for (char *c = out; *c; c++) {
		if ((unsigned char)*c < 0x20 || (unsigned char)*c >= 0x7f)
			*c = '?';
	}
}

/* Requests without an answer say nothing, and so that nobody takes them for an answer have no base. */
static enum vault_rc helper_interrupted(struct helper *h, struct vault_err *err)
{
	enum vault_rc rc = VAULT_INTERRUPTED;

	for (size_t i = 0; i < h->n && rc == VAULT_INTERRUPTED; i++) {
		if (h->seen[i])
			continue;
		free(h->verdicts[i].base);
		h->verdicts[i].base = NULL;
		if (helper_answer_unknown(&h->verdicts[i], "not asked to the end: interrupted", err) != VAULT_OK)
			rc = VAULT_REFUSED;
	}
	return rc;
}

/* Requests without an answer are unknown; with no answer at all it is a failure. */
static enum vault_rc helper_conclude(struct helper *h, int status, struct vault_err *err)
{
	char why[HELPER_SAID_MAX + 100];
	enum vault_rc rc = VAULT_OK;

	if (h->answered == h->n)
		return VAULT_OK;
	if (helper_stopped(h))
		return helper_interrupted(h, err);
	helper_why(h, status, why, sizeof why);
	if (h->answered == 0)
		return vault_err_set(err, VAULT_IO, "%s", why);
	for (size_t i = 0; i < h->n && rc == VAULT_OK; i++) {
		if (!h->seen[i])
			rc = helper_set_unknown(h, i, why, err);
	}
	return rc;
}

static enum vault_rc helper_prepare(struct helper *h, const struct vault_api_config *cfg, struct vault_err *err)
{
	h->seen = calloc(h->n, 1);
	h->base = calloc(h->n, sizeof *h->base);
	if (!h->seen || !h->base)
		return vault_err_set(err, VAULT_REFUSED, "no memory");
	for (size_t i = 0; i < h->n; i++) {
		size_t n = strlen(h->req[i].base);

		while (n > 0 && h->req[i].base[n - 1] == '/')
			n--;
		h->base[i] = strndup(h->req[i].base, n);
		h->verdicts[i].base = h->base[i] ? strdup(h->base[i]) : NULL;
		if (!h->verdicts[i].base)
			return vault_err_set(err, VAULT_REFUSED, "no memory");
	}
	if (helper_frame_setup(h, cfg) != 0)
		return vault_err_set(err, VAULT_REFUSED, "no memory");
	return VAULT_OK;
}

enum vault_rc helper_run(const struct vault_api_config *cfg, const struct helper_request *req, size_t n,
                         void (*progress)(void *ctx, size_t done, size_t n), void *ctx, struct vault_verdict *out,
                         struct helper_reach *reach, struct vault_err *err)
{
	struct helper h = {.child = {.in = -1, .out = -1, .said = -1},
	                   .req = req,
	                   .n = n,
	                   .verdicts = out,
	                   .reach = reach,
	                   .progress = progress,
	                   .ctx = ctx,
	                   .stop = cfg->stop};
	const struct timespec now = {0, 0};
	sigset_t pipe_only, before, pending;
	enum vault_rc rc = VAULT_OK;
	int status = 0, was_pending = 0;

	if (n == 0)
		return VAULT_OK;
	/* Its end may close while we write: EPIPE is wanted, not the signal, and nothing of it left for the caller. */
	(void)sigemptyset(&pipe_only);
	(void)sigaddset(&pipe_only, SIGPIPE);
	was_pending = sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1;
	(void)pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
	rc = helper_prepare(&h, cfg, err);
	rc = rc ? rc : helper_child_start(&h.child, cfg, err);
	rc = rc ? rc : helper_talk(&h, err);
	helper_child_close(&h.child.in);
	if (rc == VAULT_OK && !h.broken && !helper_stopped(&h))
		helper_listen_out(&h);
	status = helper_child_reap(&h.child);
	if (rc == VAULT_OK && helper_stopped(&h))
		rc = helper_take_rest(&h, err);
	rc = rc ? rc : helper_conclude(&h, status, err);
	helper_child_close(&h.child.out);
	helper_child_close(&h.child.said);
	if (!was_pending)
		(void)sigtimedwait(&pipe_only, NULL, &now);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	for (size_t i = 0; rc != VAULT_OK && reach && i < n; i++)
		helper_reach_clear(&reach[i]);
	for (size_t i = 0; h.base && i < n; i++)
		free(h.base[i]);
	free(h.base);
	free(h.seen);
	buf_free(&h.head);
	buf_free(&h.lines);
	return rc;
}
