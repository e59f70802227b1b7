/* place.h - a folder of the test's own for its files. For tests. */
#ifndef TESTS_PLACE_H
#define TESTS_PLACE_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PLACE_MAX = 512 };

/* $TMPDIR (tests/run gives each test one of its own) with a folder in it, made now. */
static inline void place_make(char out[PLACE_MAX])
{
	const char *tmp = getenv("TMPDIR");

	if (snprintf(out, PLACE_MAX, "%s/smartvault-unit-XXXXXX", tmp ? tmp : "/tmp") >= PLACE_MAX || !mkdtemp(out))
		abort();
}

/* "DIR/name" */
static inline void place_path(char out[PLACE_MAX], const char *dir, const char *name)
{
	if (snprintf(out, PLACE_MAX, "%s/%s", dir, name) >= PLACE_MAX)
		abort();
}

/* A small file whole. Gives its length. */
static inline size_t place_read(const char *path, void *out, size_t cap)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, out, cap);

	if (n < 0 || (size_t)n == cap)
		abort();
	close(fd);
	return (size_t)n;
}

static inline void place_write(const char *path, const void *p, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, p, n) != (ssize_t)n)
		abort();
	close(fd);
}

#endif
