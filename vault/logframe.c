/* logframe.c - the access log's bytes, written and read with bounds. L3. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "logframe.h"

static const char magic[] = "SVLOG1";
enum { HOST_MAX = 255, ENTRY_MAX = LOG_DETAIL_MAX + 256 };

/* Body in, frame out. */
static void frame(struct buf *out, const struct buf *body)
{
	uint8_t h[HASH_LEN] = {0};
	if (body->failed) {
		out->failed = 1;
		return;
	}
	hash(h, body->p, body->n);
	buf_u32(out, (uint32_t)body->n);
	buf_add(out, body->p, body->n);
	buf_u32(out, (uint32_t)body->n);
	buf_add(out, h, 8);
}

int logframe_trailer_ok(const uint8_t *p, uint32_t n)
{
	uint8_t h[HASH_LEN];
	struct rd r = {.p = p + n, .n = 4};
	if (rd_u32(&r) != n)
		return 0;
	hash(h, p, n);
	return memcmp(h, p + n + 4, 8) == 0;
}

void logframe_make_header(struct buf *out, const uint8_t vault_id[16], const uint8_t log_id[LOG_ID_LEN], int64_t time,
                          const struct logpos *prev)
{
	static const struct logpos none;
	const struct logpos *p = prev != NULL && prev->exists ? prev : &none;
	struct buf b = {.p = NULL};
	char host[HOST_MAX + 1] = "";
	if (gethostname(host, HOST_MAX) != 0)
		host[0] = '\0';
	buf_label(&b, magic);
	buf_field(&b, vault_id, 16);
	buf_field(&b, log_id, LOG_ID_LEN);
	buf_field(&b, host, strlen(host));
	buf_field_u64(&b, (uint64_t)time);
	buf_field_u64(&b, p->exists ? p->next_seq : 1);
	buf_field(&b, p->log_id, LOG_ID_LEN);
	buf_field(&b, p->head, HASH_LEN);
	frame(out, &b);
	buf_free(&b);
}

/* A field of exactly n bytes, or NULL. */
static const uint8_t *exact(struct rd *r, size_t n)
{
	size_t got = 0;
	const uint8_t *p = rd_field(r, n, &got);
	if (r->bad || got != n) {
		r->bad = 1;
		return NULL;
	}
	return p;
}

static uint64_t exact_u64(struct rd *r)
{
	const uint8_t *p = exact(r, 8);
	struct rd f = {.p = p, .n = p == NULL ? 0 : 8};
	return rd_u64(&f);
}

static int label_ok(struct rd *r, const char *label)
{
	const size_t n = strlen(label) + 1;
	const uint8_t *p = rd_bytes(r, n);
	return p != NULL && memcmp(p, label, n) == 0;
}

int logframe_header(const uint8_t *body, size_t n, struct logframe_header *out)
{
	struct rd r = {.p = body, .n = n};
	size_t host_n = 0;
	if (!label_ok(&r, magic))
		return -1;
	const uint8_t *vault_id = exact(&r, 16), *log_id = exact(&r, LOG_ID_LEN);
	(void)rd_field(&r, HOST_MAX, &host_n);
	out->time = (int64_t)exact_u64(&r);
	out->first_seq = exact_u64(&r);
	const uint8_t *prev_id = exact(&r, LOG_ID_LEN), *prev_head = exact(&r, HASH_LEN);
	if (r.bad || r.n != 0 || vault_id == NULL || log_id == NULL || prev_id == NULL || prev_head == NULL)
		return -1;
	memcpy(out->prev_id, prev_id, LOG_ID_LEN);
	memcpy(out->prev_head, prev_head, HASH_LEN);
	memcpy(out->vault_id, vault_id, 16);
	memcpy(out->log_id, log_id, LOG_ID_LEN);
	out->end = n + 16;
	hash(out->hash, body, n);
	return 0;
}

static void entry_bytes(struct buf *b, const struct log_entry *e, uint64_t seq)
{
	buf_field_u64(b, seq);
	buf_field_u64(b, e->epoch);
	buf_field_u64(b, (uint64_t)e->time);
	buf_field_u64(b, (uint64_t)e->action);
	buf_field(b, e->object_id, LOG_ID_LEN);
	buf_field_u64(b, e->version);
	buf_field(b, e->commit, HASH_LEN);
	buf_field_u64(b, e->generation);
	buf_field(b, e->detail, e->detail_n);
}

/* chain = H(ENC("smartvault1/entry", log_id, chain, slot_id, entry)). */
static int chain_on(uint8_t chain[HASH_LEN], const uint8_t log_id[LOG_ID_LEN], const uint8_t *slot_id, const uint8_t *e,
                    size_t n)
{
	struct buf b = {.p = NULL};
	buf_label(&b, "smartvault1/entry");
	buf_field(&b, log_id, LOG_ID_LEN);
	buf_field(&b, chain, HASH_LEN);
	buf_field(&b, slot_id, 16);
	buf_field(&b, e, n);
	const int failed = b.failed;
	if (!failed)
		hash(chain, b.p, b.n);
	buf_free(&b);
	return failed;
}

/* What the slot signs: the chain before and after says everything between. */
static void signed_part(struct buf *b, const uint8_t log_id[LOG_ID_LEN], const uint8_t *slot_id, uint64_t first_seq,
                        uint64_t n, const uint8_t *before, const uint8_t *after)
{
	buf_label(b, "smartvault1/batch");
	buf_field(b, log_id, LOG_ID_LEN);
	buf_field(b, slot_id, 16);
	buf_field_u64(b, first_seq);
	buf_field_u64(b, n);
	buf_field(b, before, HASH_LEN);
	buf_field(b, after, HASH_LEN);
}

void logframe_make_batch(struct buf *out, const struct logpos *pos, const uint8_t slot_id[16],
                         const uint8_t slot_sk[SIGN_SK_LEN], const struct log_entry *e, size_t n, uint8_t new_head[HASH_LEN])
{
	struct buf body = {.p = NULL}, one = {.p = NULL}, to_sign = {.p = NULL};
	uint8_t chain[HASH_LEN], sig[SIGN_LEN] = {0};
	memcpy(chain, pos->head, HASH_LEN);
	buf_label(&body, "batch");
	buf_field(&body, slot_id, 16);
	buf_field_u64(&body, pos->next_seq);
	buf_field(&body, pos->head, HASH_LEN);
	buf_field_u64(&body, n);
	for (size_t i = 0; i < n; i++) {
		buf_reset(&one);
		entry_bytes(&one, &e[i], pos->next_seq + i);
		buf_field(&body, one.p, one.n);
		if (one.failed || chain_on(chain, pos->log_id, slot_id, one.p, one.n))
			out->failed = 1;
	}
	signed_part(&to_sign, pos->log_id, slot_id, pos->next_seq, n, pos->head, chain);
	if (!to_sign.failed)
		sign_make(sig, slot_sk, to_sign.p, to_sign.n);
	buf_field(&body, sig, SIGN_LEN);
	frame(out, &body);
	memcpy(new_head, chain, HASH_LEN);
	out->failed |= to_sign.failed;
	buf_free(&body);
	buf_free(&one);
	buf_free(&to_sign);
}

struct batch_head {
	const uint8_t *slot_id, *before;
	uint64_t first_seq, n;
};

static int batch_head(struct rd *r, struct batch_head *h)
{
	if (!label_ok(r, "batch"))
		return -1;
	h->slot_id = exact(r, 16);
	h->first_seq = exact_u64(r);
	h->before = exact(r, HASH_LEN);
	h->n = exact_u64(r);
	return r->bad || h->n == 0 || h->n > LOG_BATCH_MAX || h->n > r->n / 8 ? -1 : 0;
}

static int entry_parse(const uint8_t *p, size_t n, const uint8_t *slot_id, struct log_entry *e)
{
	struct rd r = {.p = p, .n = n};
	e->seq = exact_u64(&r);
	e->epoch = exact_u64(&r);
	e->time = (int64_t)exact_u64(&r);
	e->action = (int64_t)exact_u64(&r);
	const uint8_t *object = exact(&r, LOG_ID_LEN);
	e->version = exact_u64(&r);
	const uint8_t *commit = exact(&r, HASH_LEN);
	e->generation = exact_u64(&r);
	e->detail = rd_field(&r, LOG_DETAIL_MAX, &e->detail_n);
	if (r.bad || r.n != 0 || object == NULL || commit == NULL)
		return -1;
	memcpy(e->object_id, object, LOG_ID_LEN);
	memcpy(e->commit, commit, HASH_LEN);
	memcpy(e->slot_id, slot_id, 16);
	return 0;
}

static int entries(struct rd *r, const struct batch_head *h, const uint8_t log_id[LOG_ID_LEN], struct log_entry *e,
                   uint8_t chain[HASH_LEN])
{
	for (uint64_t i = 0; i < h->n; i++) {
		size_t n = 0;
		const uint8_t *p = rd_field(r, ENTRY_MAX, &n);
		if (r->bad || entry_parse(p, n, h->slot_id, &e[i]) != 0 || e[i].seq != h->first_seq + i ||
		    chain_on(chain, log_id, h->slot_id, p, n))
			return -1;
	}
	return 0;
}

enum vault_rc logframe_batch(const uint8_t *body, size_t n, uint64_t end, const struct logframe_header *h,
                             const uint8_t *chain, uint64_t seq,
                             enum vault_rc (*each)(void *, const struct log_batch *, struct vault_err *), void *ctx,
                             struct vault_err *err)
{
	struct rd r = {.p = body, .n = n};
	struct batch_head b;
	struct buf to_sign = {.p = NULL};
	uint8_t after[HASH_LEN];
	enum vault_rc rc = VAULT_OK;
	if (batch_head(&r, &b) != 0 || (chain != NULL && memcmp(chain, b.before, HASH_LEN) != 0) ||
	    (seq != 0 && seq != b.first_seq))
		return VAULT_DAMAGED;
	struct log_entry *e = calloc((size_t)b.n, sizeof *e);
	if (e == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	memcpy(after, b.before, HASH_LEN);
	const uint8_t *sig = entries(&r, &b, h->log_id, e, after) == 0 ? exact(&r, SIGN_LEN) : NULL;
	if (sig == NULL || r.n != 0) {
		rc = VAULT_DAMAGED;
		goto out;
	}
	signed_part(&to_sign, h->log_id, b.slot_id, b.first_seq, b.n, b.before, after);
	if (to_sign.failed) {
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
		goto out;
	}
	const struct log_batch batch = {.slot_id = b.slot_id, .end = end, .head = after, .signed_bytes = to_sign.p,
	                                .signed_n = to_sign.n, .sig = sig, .e = e, .n = (size_t)b.n};
	rc = each(ctx, &batch, err);
out:
	buf_free(&to_sign);
	free(e);
	return rc;
}

void logframe_next(const uint8_t *body, size_t n, const struct logframe_header *h, uint8_t chain[HASH_LEN], uint64_t *seq)
{
	struct rd r = {.p = body, .n = n};
	struct batch_head b;
	if (batch_head(&r, &b) != 0)
		return;
	memcpy(chain, b.before, HASH_LEN);
	*seq = b.first_seq + b.n;
	for (uint64_t i = 0; i < b.n; i++) {
		size_t len = 0;
		const uint8_t *p = rd_field(&r, ENTRY_MAX, &len);
		if (!r.bad)
			(void)chain_on(chain, h->log_id, b.slot_id, p, len);
	}
}
