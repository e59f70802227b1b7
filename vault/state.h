/* state.h - the signed states: one a change, chained, the newest signs the root. L3. Source: vault-format(5), State. */
#ifndef VAULT_STATE_H
#define VAULT_STATE_H

#include "buf.h"
#include "hash.h"
#include "sign.h"
#include "store.h"

enum { STATE_ID_LEN = 16, STATE_DETAIL_MAX = 65536 };

/* What a change or log entry was. Numbers are in the format: never reused. */
enum action {
	ACTION_INIT = 1, ACTION_ADD = 2, ACTION_ROTATE = 3, ACTION_REMOVE = 4, ACTION_DEAD = 5, ACTION_VENDOR_ADD = 6,
	ACTION_SHARE = 7, ACTION_UNSHARE = 8, ACTION_EDIT = 9, ACTION_VENDOR_EDIT = 10, ACTION_VENDOR_REMOVE = 11,
	ACTION_VENDOR_END = 12, ACTION_CONFIRM = 13, ACTION_SLOT_ADD = 14, ACTION_SLOT_REMOVE = 15, ACTION_GRANT = 16,
	ACTION_REVOKE = 17, ACTION_SLOT_PASSWD = 18, ACTION_RESTORE = 19, ACTION_REKEY = 20, ACTION_LOG_ROTATE = 21,
	ACTION_POLICY = 22,
	/* access log */
	ACTION_RELEASE_GET = 64, ACTION_RELEASE_RUN = 65, ACTION_RELEASE_EXPORT = 66, ACTION_VERDICT = 67, ACTION_LOG_LOST = 68,
	ACTION_REWRAP = 69, ACTION_ACCEPT = 70, ACTION_EXPOSURE = 71, ACTION_REMINDED = 72,
	ACTION_EXPOSURE_SAME = 73
};

struct state {
	uint8_t vault_id[STATE_ID_LEN];
	uint64_t epoch;
	int64_t time;
	uint8_t slot_id[STATE_ID_LEN];
	int64_t action;
	uint8_t object_id[STATE_ID_LEN];
	uint64_t generation;
	uint8_t *detail;          /* owned; sealed */
	size_t detail_n;
	uint8_t changes[HASH_LEN];
	uint8_t root[HASH_LEN];
	uint8_t log_id[STATE_ID_LEN];
	uint64_t log_len;
	uint8_t log_head[HASH_LEN];
	uint8_t previous[HASH_LEN]; /* hash of the state before; zeros (or the predecessor's) in the first */
	uint8_t slot_sig[SIGN_LEN], own_sig[SIGN_LEN];
	uint8_t hash[HASH_LEN];   /* of S and both signatures; set by state_parse and state_sign */
};
void state_clear(struct state *st);

/* From a row of `state`; VAULT_DAMAGED where lengths are off. Sets `hash`. Signatures are not checked. */
enum vault_rc state_parse(const struct row *r, const uint8_t vault_id[STATE_ID_LEN], struct state *out,
                          struct vault_err *err) VAULT_MUST_CHECK;

/* Signs with the slot's key, then the whole with the authority's; sets `hash`. */
enum vault_rc state_sign(struct state *st, const uint8_t slot_sk[SIGN_SK_LEN], const uint8_t own_sk[SIGN_SK_LEN],
                         struct vault_err *err) VAULT_MUST_CHECK;

/* 1 where the authority's signature holds; where the slot's does. */
int state_own_ok(const struct state *st, const uint8_t pk_own[SIGN_PK_LEN]);
int state_slot_ok(const struct state *st, const uint8_t sign_pk[SIGN_PK_LEN]);

enum vault_rc state_put(struct store *s, const struct state *st, struct vault_err *err) VAULT_MUST_CHECK;

/* The newest, or that of an epoch; VAULT_DAMAGED where there is none. */
enum vault_rc state_newest(struct store *s, const uint8_t vault_id[STATE_ID_LEN], struct state *out,
                           struct vault_err *err) VAULT_MUST_CHECK;
enum vault_rc state_at(struct store *s, const uint8_t vault_id[STATE_ID_LEN], uint64_t epoch, struct state *out,
                       struct vault_err *err) VAULT_MUST_CHECK;
/* The one before that of an epoch, in the file's order: epochs may have gaps (ACTION_RESTORE). VAULT_DAMAGED where there is
 * none. And the one after it; `*found` 0 where that epoch is the newest. */
enum vault_rc state_before(struct store *s, const uint8_t vault_id[STATE_ID_LEN], uint64_t epoch, struct state *out,
                           struct vault_err *err) VAULT_MUST_CHECK;
enum vault_rc state_after(struct store *s, const uint8_t vault_id[STATE_ID_LEN], uint64_t epoch, struct state *out, int *found,
                          struct vault_err *err) VAULT_MUST_CHECK;

/* H over the rows of `change` of one epoch, in order. */
enum vault_rc state_changes_hash(const struct rows *changes, uint8_t out[HASH_LEN], struct vault_err *err) VAULT_MUST_CHECK;

#endif
