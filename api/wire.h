/* wire.h - protocol 1 on stdin and stdout (vault/helper.h): frames in, lines of JSON out. */
#ifndef API_WIRE_H
#define API_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

enum { WIRE_HEADER_MAX = 16 * 1024, WIRE_TOKEN_MAX = 4096, WIRE_LINE_MAX = 64 * 1024 };

struct wire;

/* Reads from descriptor `in`, writes to `out`; both stay the caller's. NULL without memory. */
struct wire *wire_new(int in, int out);
void wire_free(struct wire **w);

/* One read(2), which blocks where nothing is there. -1 and a sentence on an error. */
int wire_fill(struct wire *w, const char **why);

/* 1 where wire_fill would not block; 0, also at the end of the input. */
int wire_readable(const struct wire *w);
/* 1 at the end of the input with nothing left to take. */
int wire_ended(const struct wire *w);
/* 1 where whoever reads our answers is gone. */
int wire_deserted(const struct wire *w);

struct wire_frame {
	json_t *header;           /* the taker's, an object */
	const char *token;        /* `token_n` bytes, valid until wire_done */
	size_t token_n;
};

/* The next whole frame: 1, 0 where there is none yet, -1 and a sentence where it breaks the protocol. After a frame
 * was used, wire_done overwrites it. */
int wire_take(struct wire *w, struct wire_frame *f, const char **why);
void wire_done(struct wire *w);

/* Writes one line. -1 where it can't be written. */
int wire_put(struct wire *w, const json_t *line);

#endif
