/* buf.h - bytes under construction, and bounded reading. L0. Never for secrets. */
#ifndef VAULT_BUF_H
#define VAULT_BUF_H

#include <stddef.h>
#include <stdint.h>

#include <vault/error.h>

/* Growing bytes. A failed allocation is remembered in `failed`, so that building code needs no check a line: ask
 * once at the end. Zero it before use. */
struct buf {
	uint8_t *p;
	size_t n, cap;
	int failed;
};
void buf_free(struct buf *b);                 /* frees and zeroes */
void buf_reset(struct buf *b);                /* empties, keeps the memory */
void buf_add(struct buf *b, const void *p, size_t n);
void buf_u8(struct buf *b, uint8_t v);
void buf_u32(struct buf *b, uint32_t v);      /* little endian */
void buf_u64(struct buf *b, uint64_t v);      /* little endian */
void buf_field(struct buf *b, const void *p, size_t n); /* u32 length, then the bytes: FORMAT's ENC field */
/* FORMAT's ENC(label, ...): label and 0x00; fields follow by buf_field, buf_field_u64. */
void buf_label(struct buf *b, const char *label);
void buf_field_u64(struct buf *b, uint64_t v); /* a field of 8 bytes */

/* Bounded reading: past the end `bad` is set and zeros or NULL are given. */
struct rd {
	const uint8_t *p;
	size_t n;
	int bad;
};
uint8_t rd_u8(struct rd *r);
uint32_t rd_u32(struct rd *r);
uint64_t rd_u64(struct rd *r);
const uint8_t *rd_bytes(struct rd *r, size_t n);            /* borrowed */
const uint8_t *rd_field(struct rd *r, size_t max, size_t *n); /* u32 length and bytes; longer than max: bad */

#endif
