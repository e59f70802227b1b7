/* buf.c - bytes under construction, and bounded reading. L0. */
#include <stdlib.h>
#include <string.h>

#include "buf.h"

void buf_free(struct buf *b)
{
	if (!b)
		return;
	free(b->p);
	memset(b, 0, sizeof *b);
}

void buf_reset(struct buf *b)
{
	b->n = 0;
	b->failed = 0;
}

static int room(struct buf *b, size_t n)
{
	size_t cap = b->cap ? b->cap : 256;
	uint8_t *p = NULL;

	if (b->failed || n > SIZE_MAX / 4 || b->n > SIZE_MAX / 4) {
		b->failed = 1;
		return 0;
	}
	if (b->cap - b->n >= n)
		return 1;
	while (cap - b->n < n)
		cap *= 2;
	p = realloc(b->p, cap);
	if (!p) {
		b->failed = 1;
		return 0;
	}
	b->p = p;
	b->cap = cap;
	return 1;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
	if (!n || !room(b, n))
		return;
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

void buf_u8(struct buf *b, uint8_t v)
{
	buf_add(b, &v, 1);
}

void buf_u32(struct buf *b, uint32_t v)
{
	const uint8_t le[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24)};

	buf_add(b, le, sizeof le);
}

void buf_u64(struct buf *b, uint64_t v)
{
	uint8_t le[8];
	unsigned i = 0;

	for (i = 0; i < 8; i++)
		le[i] = (uint8_t)(v >> (8 * i));
	buf_add(b, le, sizeof le);
}

void buf_field(struct buf *b, const void *p, size_t n)
{
	if (n > UINT32_MAX) {
		b->failed = 1;
		return;
	}
	buf_u32(b, (uint32_t)n);
	buf_add(b, p, n);
}

void buf_label(struct buf *b, const char *label)
{
	buf_add(b, label, strlen(label) + 1);
}

void buf_field_u64(struct buf *b, uint64_t v)
{
	buf_u32(b, 8);
	buf_u64(b, v);
}

const uint8_t *rd_bytes(struct rd *r, size_t n)
{
	const uint8_t *p = r->p;

	if (r->bad || n > r->n) {
		r->bad = 1;
		return NULL;
	}
	r->p += n;
	r->n -= n;
	return p;
}

uint8_t rd_u8(struct rd *r)
{
	const uint8_t *p = rd_bytes(r, 1);

	return p ? *p : 0;
}

uint32_t rd_u32(struct rd *r)
{
	const uint8_t *p = rd_bytes(r, 4);

	return p ? (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24 : 0;
}

uint64_t rd_u64(struct rd *r)
{
	const uint8_t *p = rd_bytes(r, 8);
	uint64_t v = 0;
	unsigned i = 0;

	for (i = 0; p && i < 8; i++)
		v |= (uint64_t)p[i] << (8 * i);
	return v;
}

const uint8_t *rd_field(struct rd *r, size_t max, size_t *n)
{
	const uint8_t *p = NULL;
	size_t len = rd_u32(r);

	*n = 0;
	if (len > max)
		r->bad = 1;
	p = rd_bytes(r, len);
	if (p)
		*n = len;
	return p;
}
