/* frames.h - the helper's end of protocol 1, for tests that are their own vault-api: frames from stdin. */
#ifndef TEST_FRAMES_H
#define TEST_FRAMES_H

#include <stdint.h>
#include <stddef.h>
#include <unistd.h>

static inline int fake_read(void *p, size_t n)
{
	uint8_t *to = p;

	while (n > 0) {
		ssize_t got = read(STDIN_FILENO, to, n);

		if (got <= 0)
			return -1;
		to += got;
		n -= (size_t)got;
	}
	return 0;
}

/* One frame; the header as text, the token with a NUL. */
static inline int fake_frame(char head[16385], char token[4097])
{
	uint8_t len[4];
	uint32_t n = 0;

	if (fake_read(len, 4) != 0)
		return -1;
	n = (uint32_t)len[0] | (uint32_t)len[1] << 8 | (uint32_t)len[2] << 16 | (uint32_t)len[3] << 24;
	if (n > 16384 || fake_read(head, n) != 0 || fake_read(len, 4) != 0)
		return -1;
	head[n] = '\0';
	n = (uint32_t)len[0] | (uint32_t)len[1] << 8 | (uint32_t)len[2] << 16 | (uint32_t)len[3] << 24;
	if (n > 4096 || fake_read(token, n) != 0)
		return -1;
	token[n] = '\0';
	return 0;
}

#endif
