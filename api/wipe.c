/* wipe.c - memory of vault-api: what curl, nghttp2, OpenSSL and jansson free is overwritten before it is reused.
 * A check's token passes through all of them; a freed copy would stay readable until the process ends. */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "wipe.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WIPE_SANITIZER 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define WIPE_SANITIZER 1
#endif

#if defined(__GLIBC__) && !defined(WIPE_SANITIZER)
/* nghttp2 and OpenSSL have no hook that reaches them through libcurl, so the process's own free and realloc are
 * replaced (glibc manual, "Replacing malloc"; measured: nghttp2 leaves the Authorization value in freed memory
 * otherwise). The sanitizers' builds replace them too, and go without. */
extern void __libc_free(void *p);

void free(void *p)
{
	if (p) {
		explicit_bzero(p, malloc_usable_size(p));
		__libc_free(p);
	}
}

void *realloc(void *p, size_t n)
{
	void *q = NULL;
	size_t have = 0;

	if (!p)
		return malloc(n);
	if (n == 0) {
		free(p);
		return NULL;
	}
	have = malloc_usable_size(p);
	if (n <= have && have - n <= 4096)
		return p;
	q = malloc(n);
	if (!q)
		return NULL;
	memcpy(q, p, have < n ? have : n);
	free(p);
	return q;
}
#endif

void *wipe_malloc(size_t n)
{
	return malloc(n);
}

void *wipe_calloc(size_t count, size_t n)
{
	return calloc(count, n);
}

void wipe_free(void *p)
{
	if (!p)
		return;
	explicit_bzero(p, malloc_usable_size(p));
	free(p);
}

/* Never in place: realloc(3) may move, and would then leave the old bytes. */
void *wipe_realloc(void *p, size_t n)
{
	size_t have = p ? malloc_usable_size(p) : 0;
	void *q = NULL;

	if (p && n == 0) {
		wipe_free(p);
		return NULL;
	}
	q = malloc(n);
	if (!q || !p)
		return q;
	memcpy(q, p, have < n ? have : n);
	wipe_free(p);
	return q;
}

char *wipe_strdup(const char *s)
{
	size_t n = strlen(s) + 1;
	char *q = malloc(n);

	if (q)
		memcpy(q, s, n);
	return q;
}

void *wipe_pages_new(size_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	/* Both are refused in some containers: then it is plain memory, still wiped. */
	(void)mlock(p, n);
	(void)madvise(p, n, MADV_DONTDUMP);
	return p;
}

void wipe_pages_free(void **p, size_t n)
{
	if (!*p)
		return;
	explicit_bzero(*p, n);
	(void)munmap(*p, n);
	*p = NULL;
}
