/* pace.c - when a token may be sent again: spacing by a keyed hash of it, and the waits between retries. */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "pace.h"

/* The generic cell rate algorithm (ITU-T I.371): `due_ms` is when the bucket is empty again. */
struct pace_entry {
	uint64_t key;
	int64_t due_ms, hold_ms;
};

struct pace {
	uint64_t k0, k1;
	struct pace_entry *e;
	size_t n, cap;
};

struct pace *pace_new(void)
{
	struct pace *p = calloc(1, sizeof *p);
	uint64_t seed[2];

	if (!p || getrandom(seed, sizeof seed, 0) != (ssize_t)sizeof seed) {
		free(p);
		return NULL;
	}
	p->k0 = seed[0];
	p->k1 = seed[1];
	return p;
}

void pace_free(struct pace **p)
{
	if (!*p)
		return;
	free((*p)->e);
	explicit_bzero(*p, sizeof **p);
	free(*p);
	*p = NULL;
}

static uint64_t pace_rotl(uint64_t x, unsigned b)
{
	return x << b | x >> (64 - b);
}

static void pace_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = pace_rotl(v[1], 13) ^ v[0];
	v[0] = pace_rotl(v[0], 32);
	v[2] += v[3];
	v[3] = pace_rotl(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = pace_rotl(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = pace_rotl(v[1], 17) ^ v[2];
	v[2] = pace_rotl(v[2], 32);
}

/* SipHash-2-4 (Aumasson, Bernstein 2012): short, keyed, and says nothing of the token without the key. */
uint64_t pace_key(const struct pace *p, const void *token, size_t n)
{
	const uint8_t *at = token;
	uint64_t v[4] = {p->k0 ^ 0x736f6d6570736575u, p->k1 ^ 0x646f72616e646f6du, p->k0 ^ 0x6c7967656e657261u,
	                 p->k1 ^ 0x7465646279746573u};

	for (size_t i = 0; i <= n / 8; i++) {
		size_t part = n - 8 * i < 8 ? n - 8 * i : 8;
		uint64_t m = part < 8 ? (uint64_t)n << 56 : 0;

		for (size_t b = 0; b < part; b++)
			m |= (uint64_t)at[8 * i + b] << (8 * b);
		v[3] ^= m;
		pace_round(v);
		pace_round(v);
		v[0] ^= m;
	}
	v[2] ^= 0xff;
	for (int i = 0; i < 4; i++)
		pace_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static const struct pace_entry *pace_find(const struct pace *p, uint64_t key)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->e[i].key == key)
			return &p->e[i];
	return NULL;
}

int64_t pace_when(const struct pace *p, uint64_t key, int64_t now)
{
	const struct pace_entry *e = pace_find(p, key);
	int64_t when = now, free_ms = e ? e->due_ms - (int64_t)(PACE_BURST - 1) * PACE_SPACING_MS : now;

	when = free_ms > when ? free_ms : when;
	return e && e->hold_ms > when ? e->hold_ms : when;
}

/* Writes an entry anew; those whose time has come say nothing any more, and are dropped. */
static int pace_put(struct pace *p, struct pace_entry one, int64_t now)
{
	struct pace_entry *grown = NULL;
	size_t kept = 0, cap = 0;

	for (size_t i = 0; i < p->n; i++)
		if (p->e[i].key != one.key && (p->e[i].due_ms > now || p->e[i].hold_ms > now))
			p->e[kept++] = p->e[i];
	p->n = kept;
	if (p->n == p->cap) {
		cap = p->cap ? 2 * p->cap : 64;
		grown = realloc(p->e, cap * sizeof *grown);
		if (!grown)
			return -1;
		p->e = grown;
		p->cap = cap;
	}
	p->e[p->n++] = one;
	return 0;
}

int pace_hold(struct pace *p, uint64_t key, int64_t until, int64_t now)
{
	const struct pace_entry *e = pace_find(p, key);
	struct pace_entry one = e ? *e : (struct pace_entry){.key = key};

	one.hold_ms = one.hold_ms > until ? one.hold_ms : until;
	return pace_put(p, one, now);
}

int pace_sent(struct pace *p, uint64_t key, int64_t now)
{
	const struct pace_entry *e = pace_find(p, key);
	struct pace_entry one = e ? *e : (struct pace_entry){.key = key};

	one.due_ms = (one.due_ms > now ? one.due_ms : now) + PACE_SPACING_MS;
	return pace_put(p, one, now);
}

int64_t pace_delay(long status, int64_t code, long retry_after_s, unsigned retry, uint32_t jitter_ms)
{
	if (retry < 1 || retry > PACE_RETRIES)
		return -1;
	if (code < 4001 || code > 4004 || (status != 429 && status != 500 && status != 503))
		return -1;
	if (retry_after_s > 1000000) /* a date far away: it must not overflow */
		retry_after_s = 1000000;
	if (code == 4003)
		return 1000 * (int64_t)(retry_after_s > 0 ? retry_after_s : 60);
	return 1000 * ((int64_t)1 << (retry - 1)) + jitter_ms;
}

uint32_t pace_jitter(void)
{
	uint32_t r = 500;

	if (getrandom(&r, sizeof r, 0) != (ssize_t)sizeof r)
		r = 500;
	return r % 1001;
}
