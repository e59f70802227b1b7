/* head.c - the head line: made, read, held against the vault, accepted. L6. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/date.h>
#include <vault/json.h>

#include "base32.h"
#include "fresh.h"
#include "observe.h"
#include "txn.h"
#include "verify_int.h"

static const char prefix[] = "SMARTVAULT-HEAD-1";
enum { RAW_LEN = 16 + 8 + 32 + 16 + 8 + 32, SUM_LEN = 4, ALL_LEN = RAW_LEN + SUM_LEN };

_Static_assert(sizeof prefix + BASE32_LEN(ALL_LEN) + 1 == VAULT_HEAD_LINE, "the line's length");

/* --- the line -------------------------------------------------------------------------------------------- */

static int checksum(const uint8_t *raw, uint8_t out[SUM_LEN])
{
	uint8_t h[HASH_LEN] = {0};
	struct buf b = {.p = NULL};
	buf_label(&b, "smartvault1/head");
	buf_field(&b, raw, RAW_LEN);
	if (!b.failed)
		hash(h, b.p, b.n);
	const int failed = b.failed;
	buf_free(&b);
	memcpy(out, h, SUM_LEN);
	return failed;
}

static uint8_t *put(uint8_t *p, const void *from, size_t n)
{
	memcpy(p, from, n);
	return p + n;
}

static uint8_t *put_u64(uint8_t *p, uint64_t x)
{
	for (unsigned i = 0; i < 8; i++)
		p[i] = (uint8_t)(x >> (8 * i));
	return p + 8;
}

const char *vault_head_format(const struct vault_head *h, char out[VAULT_HEAD_LINE])
{
	uint8_t raw[ALL_LEN], text[BASE32_LEN(ALL_LEN)];
	uint8_t *p = put(raw, h->vault_id, 16);
	p = put_u64(p, h->epoch);
	p = put(p, h->state, 32);
	p = put(p, h->log_id, 16);
	p = put_u64(p, h->log_len);
	p = put(p, h->log_head, 32);
	out[0] = '\0';
	if (checksum(raw, p)) /* a line without its sum is read by nobody */
		return out;
	const size_t n = base32_encode(text, raw, ALL_LEN, 0);
	snprintf(out, VAULT_HEAD_LINE, "%s %.*s", prefix, (int)n, (const char *)text);
	return out;
}

static void take(struct rd *r, uint8_t *out, size_t n)
{
	const uint8_t *p = rd_bytes(r, n);
	if (p != NULL)
		memcpy(out, p, n);
}

/* Past white space and the prefix, whatever its case; NULL where it is another word. */
static const char *body(const char *line)
{
	line += strspn(line, " \t\r\n");
	for (size_t i = 0; i < sizeof prefix - 1; i++) {
		const char c = line[i];
		if ((c >= 'a' && c <= 'z' ? c - 32 : c) != prefix[i])
			return NULL;
	}
	line += sizeof prefix - 1;
	return *line == ' ' || *line == '\t' ? line : NULL;
}

enum vault_rc vault_head_parse(const char *line, struct vault_head *out, struct vault_err *err)
{
	uint8_t raw[ALL_LEN], sum[SUM_LEN];
	const char *text = body(line);
	memset(out, 0, sizeof *out);
	if (text == NULL)
		return vault_err_set(err, VAULT_USAGE, "that is no line of `vault log --head`: it does not begin with %s", prefix);
	if (base32_decode(raw, ALL_LEN, (const uint8_t *)text, strlen(text)) != ALL_LEN || checksum(raw, sum) ||
	    memcmp(sum, raw + RAW_LEN, SUM_LEN) != 0)
		return vault_err_set(err, VAULT_USAGE, "the line is mistyped or cut: its checksum does not fit: take another copy of it");
	struct rd r = {.p = raw, .n = RAW_LEN};
	take(&r, out->vault_id, 16);
	out->epoch = rd_u64(&r);
	take(&r, out->state, 32);
	take(&r, out->log_id, 16);
	out->log_len = rd_u64(&r);
	take(&r, out->log_head, 32);
	return VAULT_OK;
}

/* --- the present one ------------------------------------------------------------------------------------- */

/* Where the log here ends, if it is the newest state's and what this machine knows. */
static enum vault_rc log_part(struct vault *v, struct vault_head *out, struct vault_err *err)
{
	struct vault_err e = {.rc = VAULT_OK};
	struct logfile *l = NULL;
	enum vault_rc rc = fresh_check_log(v, &e);
	if (rc == VAULT_DAMAGED && v->env->note != NULL) {
		char line[VAULT_MSG_MAX + 80];
		snprintf(line, sizeof line, "the line has what the vault itself says of its log: %s", e.msg);
		v->env->note(v->env->ctx, line);
	}
	if (rc == VAULT_DAMAGED || (rc == VAULT_OK && v->log_elsewhere))
		return VAULT_OK;
	if (rc != VAULT_OK)
		return vault_err_set(err, rc, "%s", e.msg);
	rc = logfile_open(v->log_path, 0, &l, err);
	if (rc == VAULT_OK && l != NULL) {
		out->log_len = logfile_pos(l)->len;
		memcpy(out->log_head, logfile_pos(l)->head, HASH_LEN);
	}
	logfile_close(&l);
	return rc;
}

enum vault_rc vault_head_now(struct vault *v, struct vault_head *out, struct vault_err *err)
{
	memset(out, 0, sizeof *out);
	enum vault_rc rc = txn_begin(v, TXN_RELEASE, err);
	if (rc == VAULT_OK && v->role == VAULT_ROLE_SCRIPT)
		rc = txn_forbidden(v, "read the log", err);
	if (rc == VAULT_OK) {
		memcpy(out->vault_id, v->vault_id, 16);
		out->epoch = v->state.epoch;
		memcpy(out->state, v->state.hash, HASH_LEN);
		memcpy(out->log_id, v->state.log_id, LOG_ID_LEN);
		out->log_len = v->state.log_len;
		memcpy(out->log_head, v->state.log_head, HASH_LEN);
		rc = log_part(v, out, err);
	}
	txn_end(v);
	return rc;
}

/* --- against the vault ----------------------------------------------------------------------------------- */

static enum vault_rc other_vault(struct vault *v, const struct vault_head *head, struct vault_err *err)
{
	if (fresh_succeeds(v, head->vault_id, head->epoch, head->state))
		return VAULT_OK;
	return vault_err_set(err, VAULT_ROLLBACK, "the line is of another vault than %s: take the one that belongs to it", v->path);
}

enum vault_rc head_within(struct vault *v, const struct vault_head *head, struct vault_err *err)
{
	enum fresh_where where = FRESH_WITHIN;
	char now[VAULT_TIME_LEN], at[VAULT_TIME_LEN];
	int64_t at_time = 0;
	if (memcmp(head->vault_id, v->vault_id, 16) != 0)
		return other_vault(v, head, err);
	const enum vault_rc rc = fresh_find(v, head->epoch, head->state, &where, &at_time, err);
	if (rc != VAULT_OK || where == FRESH_WITHIN)
		return rc;
	vault_time_format(v->state.time, now);
	vault_time_format(at_time, at);
	if (where == FRESH_AHEAD)
		return vault_err_set(err, VAULT_ROLLBACK, "rollback: the vault is at change %llu of %s, the line was made at change %llu: an "
		                     "old copy took its place; put the newest back", (unsigned long long)v->state.epoch, now,
		                     (unsigned long long)head->epoch);
	return vault_err_set(err, VAULT_ROLLBACK, "fork: change %llu of the vault, of %s, is not the one that the line was made at; the "
	                     "vault is at change %llu of %s: somebody else's copy took its place; put the right one back",
	                     (unsigned long long)head->epoch, at, (unsigned long long)v->state.epoch, now);
}

enum vault_rc vault_head_verify(struct vault *v, const struct vault_head *head, struct vault_verify_report *out,
                                struct vault_err *err)
{
	memset(out, 0, sizeof *out);
	enum vault_rc rc = txn_begin(v, TXN_READ, err);
	if (rc == VAULT_OK)
		rc = verify_whole(v, head, out, err);
	txn_end(v);
	return rc;
}

/* --- accepting ------------------------------------------------------------------------------------------- */

/* {"label":null,"version":null,"text":"change 12; this machine had seen change 15"} */
static char *accepted_detail(const struct vault *v)
{
	struct vault_json *j = vault_json_object();
	char text[128];
	size_t n = 0;
	if (v->seen.known)
		snprintf(text, sizeof text, "change %llu; this machine had seen change %llu", (unsigned long long)v->state.epoch,
		         (unsigned long long)v->seen.epoch);
	else
		snprintf(text, sizeof text, "change %llu", (unsigned long long)v->state.epoch);
	vault_json_set_null(j, "label");
	vault_json_set_null(j, "version");
	vault_json_set_str(j, "text", text);
	char *s = vault_json_dump(j, 0, &n);
	vault_json_free(&j);
	return s;
}

static enum vault_rc prove(struct vault *v, const struct vault_head *head, struct vault_verify_report *out, char **detail,
                           struct vault_err *err)
{
	enum vault_rc rc = txn_begin(v, TXN_READ, err);
	if (rc == VAULT_OK && memcmp(head->vault_id, v->vault_id, 16) != 0)
		rc = vault_err_set(err, VAULT_ROLLBACK, "the line is of another vault than %s: take the one that belongs to it", v->path);
	/* Its state only: the log may be the very thing that was lost. */
	if (rc == VAULT_OK)
		rc = head_within(v, head, err);
	if (rc == VAULT_OK)
		rc = verify_whole(v, NULL, out, err);
	if (rc == VAULT_OK && (*detail = accepted_detail(v)) == NULL)
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	txn_end(v);
	return rc;
}

enum vault_rc vault_head_accept(struct vault *v, const struct vault_head *head, struct vault_verify_report *out,
                                struct vault_err *err)
{
	struct observation o = {.action = ACTION_ACCEPT};
	char *detail = NULL;
	memset(out, 0, sizeof *out);
	v->accepting = 1;
	enum vault_rc rc = prove(v, head, out, &detail, err);
	o.detail = detail;
	if (rc == VAULT_OK)
		rc = observe_append(v, &o, 1, err);
	v->accepting = 0;
	free(detail);
	return rc;
}
