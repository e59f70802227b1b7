/* keytext.c - key files and recovery codes as text; all of it in guarded memory. L2. */
#include <string.h>

#include "base32.h"
#include "hash.h"
#include "keytext.h"

static const char key_prefix[] = "SMARTVAULT-KEY-1";
static const char recovery_prefix[] = "SMARTVAULT-RECOVERY-1";

enum { RAW_LEN = 16 + 16 + KEY_LEN + 8, SUM_LEN = 4, ALL_LEN = RAW_LEN + SUM_LEN, GROUP = 5 };

/* The label goes in front by hand, not through a buf: no key byte on the plain heap. */
static void checksum(uint8_t *raw, uint8_t out[SUM_LEN])
{
	static const uint8_t label[] = "smartvault1/keytext"; /* with its 0x00 */
	const uint8_t n[4] = {RAW_LEN, 0, 0, 0};
	uint8_t h[HASH_LEN];
	struct hash_state s;
	hash_begin(&s);
	hash_add(&s, label, sizeof label);
	hash_add(&s, n, 4);
	hash_add(&s, raw, RAW_LEN);
	hash_end(&s, h);
	memcpy(out, h, SUM_LEN);
	secret_wipe(&s, sizeof s);
}

static void pack(const struct keytext *k, uint8_t *raw)
{
	memcpy(raw, k->vault_id, 16);
	memcpy(raw + 16, k->slot_id, 16);
	memcpy(raw + 32, k->key, KEY_LEN);
	for (unsigned i = 0; i < 8; i++)
		raw[64 + i] = (uint8_t)(k->epoch >> (8 * i));
	checksum(raw, raw + RAW_LEN);
}

struct vault_secret *keytext_format(const struct keytext *k)
{
	const char *prefix = k->recovery ? recovery_prefix : key_prefix;
	struct vault_secret *s = vault_secret_new(KEYTEXT_MAX);
	uint8_t *raw = secret_mem(ALL_LEN);
	size_t n = strlen(prefix);
	if (s == NULL || raw == NULL) {
		vault_secret_free(&s);
		secret_mem_free(raw);
		return NULL;
	}
	uint8_t *p = vault_secret_bytes(s);
	pack(k, raw);
	memcpy(p, prefix, n);
	p[n++] = ' ';
	n += base32_encode(p + n, raw, ALL_LEN, k->recovery ? GROUP : 0);
	p[n++] = '\n';
	vault_secret_set_len(s, n);
	secret_mem_free(raw);
	return s;
}

static int starts_with(const struct vault_secret *text, const char *prefix)
{
	const size_t n = strlen(prefix), have = vault_secret_len(text);
	const uint8_t *p = vault_secret_cbytes(text);
	size_t skip = 0;
	while (skip < have && (p[skip] == ' ' || p[skip] == '\t' || p[skip] == '\n' || p[skip] == '\r'))
		skip++;
	if (have - skip < n)
		return 0;
	for (size_t i = 0; i < n; i++) {
		const uint8_t c = p[skip + i];
		if ((c >= 'a' && c <= 'z' ? c - 32 : c) != (uint8_t)prefix[i])
			return 0;
	}
	return (int)(skip + n);
}

int keytext_is_recovery(const struct vault_secret *text)
{
	return starts_with(text, recovery_prefix) != 0;
}

enum vault_rc keytext_parse(const struct vault_secret *text, struct keytext *out, struct vault_err *err)
{
	uint8_t sum[SUM_LEN];
	enum vault_rc rc = VAULT_OK;
	memset(out, 0, sizeof *out);
	int skip = starts_with(text, key_prefix);
	if (skip == 0) {
		skip = starts_with(text, recovery_prefix);
		out->recovery = 1;
	}
	if (skip == 0)
		return vault_err_set(err, VAULT_WRONGKEY, "this is no key file of a vault: it does not begin with %s: give "
		                     "another with --key-file", key_prefix);
	uint8_t *raw = secret_mem(ALL_LEN);
	if (raw == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	const size_t n = base32_decode(raw, ALL_LEN, vault_secret_cbytes(text) + skip, vault_secret_len(text) - (size_t)skip);
	checksum(raw, sum);
	if (n != ALL_LEN || memcmp(sum, raw + RAW_LEN, SUM_LEN) != 0) {
		rc = vault_err_set(err, VAULT_WRONGKEY, "the %s is mistyped or cut: its checksum does not fit: take another copy",
		                   out->recovery ? "recovery code" : "key file");
	} else {
		memcpy(out->vault_id, raw, 16);
		memcpy(out->slot_id, raw + 16, 16);
		memcpy(out->key, raw + 32, KEY_LEN);
		for (unsigned i = 0; i < 8; i++)
			out->epoch |= (uint64_t)raw[64 + i] << (8 * i);
	}
	secret_mem_free(raw);
	return rc;
}
