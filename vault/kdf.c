/* kdf.c - Argon2id with lanes and associated data, and the clamp on its parameters. L1, owner of argon2.h. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <argon2.h>

#include "clock.h"
#include "kdf.h"

enum { MIB = 1024, M_MIN = 19 * MIB, M_FREE = 256 * MIB, M_MAX = 2048 * MIB, T_MIN = 2, T_MAX = 64, LANES_MAX = 16 };
enum { M_TIMES_T_MAX = 16 * 1024 * MIB, T_USUAL = 3, M_USUAL_KIB = M_FREE, LANES_USUAL = 4, TARGET_MS = 500, PATH_LEN = 1024 };

/* A small file of /proc or /sys as text; the length, or -1. No stdio: it is slow and keeps buffers. */
static ssize_t text_of(const char *path, char *out, size_t cap)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t n = 0;
	ssize_t got = -1;

	if (fd < 0)
		return -1;
	while (n < cap - 1) {
		got = read(fd, out + n, cap - 1 - n);
		if (got <= 0)
			break;
		n += (size_t)got;
	}
	close(fd);
	out[n] = '\0';
	return got < 0 ? -1 : (ssize_t)n;
}

/* The least of `limit` and what `root`, `group` or a group above it allow in `file`. A container may not see its own
 * group's folder by the name that /proc gives: then the ones above it count, and last the root. */
static uint64_t group_limit(uint64_t limit, const char *root, const char *group, size_t group_n, const char *file)
{
	char path[PATH_LEN], text[64], *end = NULL;
	size_t root_n = strlen(root), file_n = strlen(file) + 1;
	unsigned long long v = 0;

	if (root_n + group_n + file_n > sizeof path)
		return limit;
	for (;;) {
		while (group_n && group[group_n - 1] == '/')
			group_n--;
		memcpy(path, root, root_n);
		memcpy(path + root_n, group, group_n);
		memcpy(path + root_n + group_n, file, file_n);
		if (text_of(path, text, sizeof text) > 0) {
			errno = 0;
			v = strtoull(text, &end, 10); /* "max" is no number */
			if (end != text && !errno && v < limit)
				limit = v;
		}
		if (!group_n)
			return limit;
		while (group_n && group[group_n - 1] != '/')
			group_n--;
	}
}

/* Bytes that this process may have: of the machine and of its cgroups, both versions. */
static uint64_t memory_limit(void)
{
	struct sysinfo si;
	char text[8192], *line = NULL, *next = NULL, *group = NULL;
	uint64_t limit = UINT64_MAX;
	size_t n = 0;

	if (sysinfo(&si) == 0)
		limit = (uint64_t)si.totalram * si.mem_unit;
	if (text_of("/proc/self/cgroup", text, sizeof text) <= 0)
		return limit;
	for (line = text; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		group = strstr(line, ":memory:");
		if (group) {
			group += strlen(":memory:");
			n = strlen(group);
			limit = group_limit(limit, "/sys/fs/cgroup/memory", group, n, "/memory.limit_in_bytes");
		} else if (!strncmp(line, "0::", 3)) {
			group = line + 3;
			n = strlen(group);
			limit = group_limit(limit, "/sys/fs/cgroup", group, n, "/memory.max");
		}
	}
	return limit;
}

/* The parameters come from a file that anyone may have written: nothing is allocated before they are held against
 * this, and the memory of the machine is asked for only where it matters. */
enum vault_rc kdf_check(const struct kdf_params *p, struct vault_err *err)
{
	uint64_t limit = 0;

	if (p->m_kib < M_MIN || p->m_kib > M_MAX)
		return vault_err_set(err, VAULT_FORMAT,
		                     "the key derivation is set to %u KiB of memory, and 19 to 2048 MiB are accepted: "
		                     "set another by `access passwd`, or init with --kdf-memory",
		                     p->m_kib);
	if (p->t > T_MAX || p->t < (p->m_kib == M_MAX ? 1U : (uint32_t)T_MIN))
		return vault_err_set(err, VAULT_FORMAT,
		                     "the key derivation is set to %u passes, and %d to %d are accepted: "
		                     "set others by `access passwd`, or init with --kdf-passes",
		                     p->t, p->m_kib == M_MAX ? 1 : T_MIN, T_MAX);
	if (p->lanes < 1 || p->lanes > LANES_MAX)
		return vault_err_set(err, VAULT_FORMAT,
		                     "the key derivation is set to %u lanes, and 1 to %d are accepted: this program "
		                     "never writes such a vault, take a backup",
		                     p->lanes, LANES_MAX);
	if ((uint64_t)p->m_kib * p->t > M_TIMES_T_MAX)
		return vault_err_set(
		        err, VAULT_FORMAT,
		        "the key derivation is set to %u MiB times %u passes, and 16384 MiB in all are accepted: "
		        "give less memory or fewer passes",
		        p->m_kib / MIB, p->t);
	if (p->m_kib <= M_FREE)
		return VAULT_OK;
	limit = memory_limit() / 2;
	if ((uint64_t)p->m_kib * 1024 > limit)
		return vault_err_set(
		        err, VAULT_FORMAT,
		        "the key derivation needs %u MiB of memory, and %llu MiB (half of what there is) are "
		        "the limit here: give this machine more, or on a larger one run `access passwd`",
		        p->m_kib / MIB, (unsigned long long)(limit >> 20));
	return VAULT_OK;
}

/* Mapped apart from the heap, in no core and, where the kernel gives them, in huge pages: Argon2 reads at random. */
static int take(uint8_t **memory, size_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	*memory = NULL;
	if (p == MAP_FAILED)
		return -1;
	(void)madvise(p, n, MADV_DONTDUMP);
	(void)madvise(p, n, MADV_HUGEPAGE);
	*memory = p;
	return 0;
}

/* libargon2 has wiped it before (tests/unit/test_kdf.c looks). */
static void give_back(uint8_t *memory, size_t n)
{
	if (memory)
		munmap(memory, n);
}

/* libargon2's context has no const; without ARGON2_FLAG_CLEAR_PASSWORD it writes to none of these. */
static uint8_t *unconst(const void *p)
{
	uint8_t *out = NULL;

	memcpy(&out, &p, sizeof out);
	return out;
}

static void *wait_for_gate(void *gate)
{
	pthread_mutex_lock(gate);
	pthread_mutex_unlock(gate);
	return NULL;
}

/* Whether `n` threads can be had at once. Tried before, because where libargon2 can't have one it returns while those
 * it could have still run on its memory, and frees none of it (core.c, fill_memory_blocks). */
static int threads_to_be_had(uint32_t n)
{
	pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
	pthread_t thread[LANES_MAX];
	uint32_t begun = 0, i = 0;

	if (n > LANES_MAX)
		return 0;
	pthread_mutex_lock(&gate);
	while (begun < n && pthread_create(&thread[begun], NULL, wait_for_gate, &gate) == 0)
		begun++;
	pthread_mutex_unlock(&gate);
	for (i = 0; i < begun; i++)
		pthread_join(thread[i], NULL);
	pthread_mutex_destroy(&gate);
	return begun == n;
}

static int derive(uint8_t out[KDF_OUT_LEN], const void *password, size_t n, const uint8_t salt[KDF_SALT_LEN],
                  const struct kdf_params *p, const void *ad, size_t ad_n)
{
	argon2_context c = {0};

	c.out = out;
	c.outlen = KDF_OUT_LEN;
	c.pwd = unconst(password);
	c.pwdlen = (uint32_t)n;
	c.salt = unconst(salt);
	c.saltlen = KDF_SALT_LEN;
	c.ad = unconst(ad);
	c.adlen = (uint32_t)ad_n;
	c.t_cost = p->t;
	c.m_cost = p->m_kib;
	c.lanes = p->lanes;
	/* Lanes are part of the function, threads only of how it is computed. */
	c.threads = threads_to_be_had(p->lanes) ? p->lanes : 1;
	c.version = ARGON2_VERSION_13;
	c.allocate_cbk = take;
	c.free_cbk = give_back;
	c.flags = ARGON2_DEFAULT_FLAGS;
	return argon2id_ctx(&c);
}

enum vault_rc kdf_argon2id(uint8_t out[KDF_OUT_LEN], const void *password, size_t n, const uint8_t salt[KDF_SALT_LEN],
                           const struct kdf_params *p, const void *ad, size_t ad_n, struct vault_err *err)
{
	enum vault_rc rc = kdf_check(p, err);
	int got = 0;

	if (rc)
		return rc;
	if (n > UINT32_MAX || ad_n > UINT32_MAX)
		return vault_err_set(err, VAULT_REFUSED, "the passphrase is too long");
	got = derive(out, password, n, salt, p, ad, ad_n);
	if (got == ARGON2_MEMORY_ALLOCATION_ERROR)
		return vault_err_set(err, VAULT_REFUSED,
		                     "the key derivation needs %u MiB of memory, and they are not to be had now: "
		                     "end other programs, or raise the limit (ulimit -v)",
		                     p->m_kib / MIB);
	if (got != ARGON2_OK)
		return vault_err_set(err, VAULT_REFUSED, "the key derivation failed: %s", argon2_error_message(got));
	return VAULT_OK;
}

static int64_t time_of(uint32_t m_kib, uint32_t t, uint32_t lanes)
{
	static const uint8_t salt[KDF_SALT_LEN] = {0};
	struct kdf_params p = {m_kib, t, lanes};
	uint8_t out[KDF_OUT_LEN];
	int64_t begun = clock_ms();

	return derive(out, "calibrate", 9, salt, &p, NULL, 0) == ARGON2_OK ? clock_ms() - begun : -1;
}

/* Two runs, since the first pass also pays for the pages. */
uint32_t kdf_calibrate(uint32_t m_kib, uint32_t lanes)
{
	struct kdf_params p = {m_kib, T_USUAL, lanes};
	int64_t one = 0, usual = 0, pass = 0, t = 0;

	if (kdf_check(&p, NULL))
		return T_USUAL;
	one = time_of(m_kib, 1, lanes);
	usual = one < 0 || one >= TARGET_MS ? -1 : time_of(m_kib, T_USUAL, lanes);
	if (usual < 0 || usual >= TARGET_MS)
		return T_USUAL;
	pass = (usual - one) / (T_USUAL - 1);
	t = T_USUAL + (TARGET_MS - usual) / (pass < 1 ? 1 : pass);
	t = t > T_MAX ? T_MAX : t;
	if (t > M_TIMES_T_MAX / (int64_t)m_kib)
		t = M_TIMES_T_MAX / (int64_t)m_kib;
	return (uint32_t)t;
}

enum vault_rc kdf_choose(struct kdf_params *p, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;

	p->m_kib = p->m_kib ? p->m_kib : M_USUAL_KIB;
	p->lanes = p->lanes ? p->lanes : LANES_USUAL;
	if (p->t)
		return kdf_check(p, err);
	p->t = T_USUAL;
	rc = kdf_check(p, err);
	if (rc == VAULT_OK)
		p->t = kdf_calibrate(p->m_kib, p->lanes);
	return rc;
}
