/* secret.c - the only room where secret bytes live: guarded, locked where the system allows, wiped. L1. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <sodium.h>

#include "secret.h"

enum { CAP_MAX = 1 << 20, MEM_ALIGN = 64 };

/* `p` has one byte more than `cap`: there a read that is too long shows itself, without a second read or a place
 * outside of guarded memory. */
struct vault_secret {
	uint8_t *p;
	size_t n, cap;
};

enum vault_rc secret_init(struct vault_err *err)
{
	if (sodium_init() < 0)
		return vault_err_set(err, VAULT_REFUSED,
		                     "libsodium cannot be used here: is there a random number generator?");
	return VAULT_OK;
}

/* sodium_malloc puts the block right before its guard page, aligned only if its length is. */
void *secret_mem(size_t n)
{
	size_t padded = (n + MEM_ALIGN - 1) / MEM_ALIGN * MEM_ALIGN;
	void *p = NULL;

	if (n == 0 || padded < n || sodium_init() < 0)
		return NULL;
	p = sodium_malloc(padded);
	if (p)
		memset(p, 0, padded); /* sodium_malloc fills with 0xdb */
	return p;
}

void secret_mem_free(void *p)
{
	sodium_free(p); /* wipes */
}

void secret_wipe(void *p, size_t n)
{
	if (n)
		sodium_memzero(p, n);
}

int secret_equal(const void *a, const void *b, size_t n)
{
	return n == 0 || sodium_memcmp(a, b, n) == 0;
}

void secret_random(void *p, size_t n)
{
	if (n)
		randombytes_buf(p, n);
}

struct vault_secret *vault_secret_new(size_t cap)
{
	struct vault_secret *s = NULL;

	if (cap < 1 || cap > CAP_MAX || sodium_init() < 0)
		return NULL;
	s = calloc(1, sizeof *s);
	if (!s)
		return NULL;
	s->p = sodium_malloc(cap + 1);
	if (!s->p) {
		free(s);
		return NULL;
	}
	memset(s->p, 0, cap + 1);
	s->cap = cap;
	return s;
}

void vault_secret_free(struct vault_secret **s)
{
	if (!s || !*s)
		return;
	sodium_free((*s)->p);
	sodium_memzero(*s, sizeof **s);
	free(*s);
	*s = NULL;
}

uint8_t *vault_secret_bytes(struct vault_secret *s)
{
	return s->p;
}

const uint8_t *vault_secret_cbytes(const struct vault_secret *s)
{
	return s->p;
}

size_t vault_secret_len(const struct vault_secret *s)
{
	return s->n;
}

size_t vault_secret_cap(const struct vault_secret *s)
{
	return s->cap;
}

/* What is cut off is wiped: a shorter secret must not drag the rest of a longer one along. */
void vault_secret_set_len(struct vault_secret *s, size_t len)
{
	if (len > s->cap)
		len = s->cap;
	if (len < s->n)
		sodium_memzero(s->p + len, s->n - len);
	s->n = len;
}

enum vault_rc vault_secret_append(struct vault_secret *s, const void *p, size_t n, struct vault_err *err)
{
	if (n > s->cap - s->n)
		return vault_err_set(err, VAULT_REFUSED, "too long: at most %zu bytes fit", s->cap);
	if (n)
		memcpy(s->p + s->n, p, n);
	s->n += n;
	return VAULT_OK;
}

enum vault_rc vault_secret_read_all(struct vault_secret *s, int fd, const char *what, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	size_t n = 0;
	ssize_t got = 0;

	sodium_memzero(s->p, s->cap + 1);
	s->n = 0;
	while (n <= s->cap) {
		got = read(fd, s->p + n, s->cap + 1 - n);
		if (got == 0)
			break;
		if (got > 0)
			n += (size_t)got;
		else if (errno != EINTR)
			break;
	}
	if (got < 0)
		rc = vault_err_set(err, VAULT_IO, "cannot read the %s: %s", what, strerror(errno));
	else if (n > s->cap)
		rc = vault_err_set(err, VAULT_REFUSED, "the %s is too long: at most %zu bytes", what, s->cap);
	if (rc)
		sodium_memzero(s->p, s->cap + 1);
	else
		s->n = n;
	return rc;
}

void vault_secret_first_line(struct vault_secret *s)
{
	const uint8_t *nl = s->n ? memchr(s->p, '\n', s->n) : NULL;
	size_t n = s->n;

	if (nl) {
		n = (size_t)(nl - s->p);
		if (n && s->p[n - 1] == '\r')
			n--;
	}
	vault_secret_set_len(s, n);
}

enum vault_rc vault_secret_write(const struct vault_secret *s, int fd, struct vault_err *err)
{
	size_t n = 0;
	ssize_t put = 0;

	while (n < s->n) {
		put = write(fd, s->p + n, s->n - n);
		if (put > 0)
			n += (size_t)put;
		else if (put == 0 || errno != EINTR)
			return vault_err_set(err, VAULT_IO, "cannot write%s: %s", fd == STDOUT_FILENO ? " to stdout" : "",
			                     put == 0 ? "nothing was taken" : strerror(errno));
	}
	return VAULT_OK;
}

/* sodium_malloc says nothing when mlock is refused. The limit counts all that is locked, so if one page more can be
 * locked now, those before it could. */
int vault_secret_locked(void)
{
	long page = sysconf(_SC_PAGESIZE);
	size_t n = page > 0 ? (size_t)page : 4096;
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int locked = 0;

	if (p == MAP_FAILED)
		return 0;
	locked = mlock(p, n) == 0;
	munmap(p, n);
	return locked;
}
