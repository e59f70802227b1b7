/* wire.c - protocol 1: frames of header and token in, lines of JSON out. Token bytes go by read(2) into locked pages
 * and are overwritten as soon as a request has them. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wipe.h"
#include "wire.h"

/* One whole frame and no more than that: what is not taken stays in the pipe, and so the sender waits. */
enum { WIRE_CAP = 4 + WIRE_HEADER_MAX + 4 + WIRE_TOKEN_MAX };

struct wire {
	int in, out, eof;
	size_t n, taken; /* bytes held; bytes of the frame in use */
	unsigned char *buf;
};

struct wire *wire_new(int in, int out)
{
	struct wire *w = calloc(1, sizeof *w);

	if (!w)
		return NULL;
	w->in = in;
	w->out = out;
	w->buf = wipe_pages_new(WIRE_CAP);
	if (!w->buf) {
		free(w);
		return NULL;
	}
	return w;
}

void wire_free(struct wire **w)
{
	void *pages = NULL;

	if (!*w)
		return;
	pages = (*w)->buf;
	wipe_pages_free(&pages, WIRE_CAP);
	free(*w);
	*w = NULL;
}

int wire_fill(struct wire *w, const char **why)
{
	ssize_t got = 0;

	if (w->eof || w->n == WIRE_CAP)
		return 0;
	do
		got = read(w->in, w->buf + w->n, WIRE_CAP - w->n);
	while (got < 0 && errno == EINTR);
	if (got < 0) {
		*why = "can't read requests";
		return -1;
	}
	if (got == 0)
		w->eof = 1;
	w->n += (size_t)got;
	return 0;
}

int wire_readable(const struct wire *w)
{
	struct pollfd p = {.fd = w->in, .events = POLLIN};

	return !w->eof && poll(&p, 1, 0) > 0;
}

int wire_ended(const struct wire *w)
{
	return w->eof && w->n == 0;
}

int wire_deserted(const struct wire *w)
{
	struct pollfd p = {.fd = w->out};

	return poll(&p, 1, 0) > 0 && (p.revents & (POLLERR | POLLHUP)) != 0;
}

static size_t wire_u32(const unsigned char *p)
{
	return (size_t)p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16 | (size_t)p[3] << 24;
}

int wire_take(struct wire *w, struct wire_frame *f, const char **why)
{
	size_t head = 0, token = 0;

	memset(f, 0, sizeof *f);
	*why = "a request breaks off";
	if (w->n < 4)
		return w->eof && w->n > 0 ? -1 : 0;
	head = wire_u32(w->buf);
	if (head > WIRE_HEADER_MAX) {
		*why = "a request's header is too long";
		return -1;
	}
	if (w->n < 4 + head + 4)
		return w->eof ? -1 : 0;
	token = wire_u32(w->buf + 4 + head);
	if (token > WIRE_TOKEN_MAX) {
		*why = "a token is too long";
		return -1;
	}
	if (w->n < 4 + head + 4 + token)
		return w->eof ? -1 : 0;
	f->header = json_loadb((const char *)w->buf + 4, head, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(f->header)) {
		json_decref(f->header);
		f->header = NULL;
		*why = "a request's header is no JSON object";
		return -1;
	}
	f->token = (const char *)w->buf + 4 + head + 4;
	f->token_n = token;
	w->taken = 4 + head + 4 + token;
	return 1;
}

void wire_done(struct wire *w)
{
	size_t left = w->n - w->taken;

	memmove(w->buf, w->buf + w->taken, left);
	explicit_bzero(w->buf + left, w->taken);
	w->n = left;
	w->taken = 0;
}

int wire_put(struct wire *w, const json_t *line)
{
	char *text = json_dumps(line, JSON_COMPACT);
	size_t n = text ? strlen(text) : 0, at = 0;
	ssize_t put = 0;

	if (!text || n >= WIRE_LINE_MAX)
		goto out;
	text[n] = '\n'; /* in place of the NUL: one write a line */
	while (at <= n) {
		put = write(w->out, text + at, n + 1 - at);
		if (put < 0 && errno != EINTR)
			break;
		at += put > 0 ? (size_t)put : 0;
	}
out:
	wipe_free(text);
	return at == n + 1 ? 0 : -1;
}
