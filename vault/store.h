/* store.h - rows in, rows out: the only room that knows an engine (SQLite). L3. It never sees plaintext.
 *
 * A row is one block of memory with typed cells (integer or bytes, never null). What was hashed is what is used: rows
 * stay in memory, the engine is not asked twice. Source of the tables: vault-format(5), Rows. */
#ifndef VAULT_STORE_H
#define VAULT_STORE_H

#include <stddef.h>
#include <stdint.h>

#include <vault/error.h>

enum store_table {
	STORE_HEADER, STORE_SLOT, STORE_KEY, STORE_GRANT, STORE_OBJECT, STORE_SECRET, STORE_DIGEST, STORE_STATE,
	STORE_CHANGE, STORE_WRAP, STORE_TABLES
};

/* Columns in the order of the tables; the key comes first. */
enum { HDR_ONE, HDR_VAULT_ID, HDR_FORMAT, HDR_CREATED, HDR_FLAGS, HDR_PRED_VAULT, HDR_PRED_EPOCH, HDR_PRED_STATE };
enum { SLOT_ID, SLOT_NAME, SLOT_ROLE, SLOT_BOX_PK, SLOT_SIGN_PK, SLOT_STATUS, SLOT_ADDED, SLOT_ENDED };
enum { KEY_KIND, KEY_GENERATION, KEY_COMMITMENT, KEY_PREVIOUS };
enum { GRANT_OBJECT, GRANT_SLOT, GRANT_KIND, GRANT_VERSION, GRANT_ADDED, GRANT_ENDED, GRANT_BOX };
enum { OBJ_TAG, OBJ_ID, OBJ_KIND, OBJ_VERSION, OBJ_GENERATION, OBJ_BOX };
enum { SEC_TOKEN, SEC_VERSION, SEC_ADDED, SEC_COMMIT, SEC_GENERATION, SEC_KEY, SEC_VALUE };
enum { DIG_AREA, DIG_GROUP, DIG_DIGESTS };
enum {
	ST_EPOCH, ST_TIME, ST_SLOT, ST_ACTION, ST_OBJECT, ST_GENERATION, ST_DETAIL, ST_CHANGES, ST_ROOT, ST_LOG_ID,
	ST_LOG_LEN, ST_LOG_HEAD, ST_PREVIOUS, ST_SLOT_SIG, ST_OWN_SIG
};
enum { CH_EPOCH, CH_N, CH_ACTION, CH_OBJECT, CH_GENERATION, CH_DETAIL };
enum { WR_SLOT, WR_TYPE, WR_M, WR_T, WR_LANES, WR_SALT, WR_CHK, WR_NONCE, WR_BOX, WR_SIG };

enum { STORE_COLS_MAX = 15, STORE_FORMAT = 1 };

struct cell {
	int is_int;
	int64_t i;
	const uint8_t *p;
	size_t n;
};
#define CELL_INT(v) ((struct cell){.is_int = 1, .i = (int64_t)(v)})
#define CELL_BLOB(ptr, len) ((struct cell){.p = (const uint8_t *)(ptr), .n = (len)})

struct row {
	size_t ncols;
	struct cell c[]; /* the bytes of its blobs follow in the same allocation */
};
struct rows {
	struct row **r;
	size_t n, cap;
};

size_t store_ncols(enum store_table t);
size_t store_nkeys(enum store_table t);
const char *store_table_name(enum store_table t);

/* A row of its own from cells; NULL without memory. */
struct row *row_make(enum store_table t, const struct cell *c);
void rows_clear(struct rows *l);
/* Takes the row over, at the end. -1 without memory (the row is freed). */
int rows_push(struct rows *l, struct row *owned);
/* Order of two rows of a table by key: as memcmp on bytes (a prefix is less), numerically on integers. */
int row_compare(enum store_table t, const struct row *a, const struct row *b);
/* Puts the row where it belongs in the ascending list, in place of one with the same key. Takes it over; -1 without memory. */
int rows_put(struct rows *l, enum store_table t, struct row *owned);
/* Takes the row with the key of `key` out. */
void rows_remove(struct rows *l, enum store_table t, const struct row *key);

struct store;

/* Checks the file's first bytes (a database of ours, journal mode DELETE: else VAULT_DAMAGED, newer: VAULT_FORMAT) and
 * what lies beside it (VAULT_DAMAGED for a -wal, or a journal that names a super-journal), then opens it. `path` is
 * resolved and was checked. Our own descriptors on it are closed before the engine opens it. */
enum vault_rc store_open(const char *path, struct store **out, struct vault_err *err) VAULT_MUST_CHECK;

/* A new database with empty tables at `path`, which must not exist. */
enum vault_rc store_create(const char *path, struct store **out, struct vault_err *err) VAULT_MUST_CHECK;
void store_close(struct store **s);

/* Writes all of the database, as it is now, into the empty file `to` (VACUUM INTO); in no transaction. Nothing is synced. A
 * failure may leave a part of it behind, and `to`-journal. */
enum vault_rc store_copy(struct store *s, const char *to, struct vault_err *err) VAULT_MUST_CHECK;

/* Begins a transaction (`write`: takes the engine's write lock at once) and compares the schema with the compiled-in
 * one as a set. VAULT_BUSY after `wait` of 10 s. */
enum vault_rc store_begin(struct store *s, int write, struct vault_err *err) VAULT_MUST_CHECK;
enum vault_rc store_commit(struct store *s, struct vault_err *err) VAULT_MUST_CHECK;
void store_rollback(struct store *s);

/* Rows in ascending key order, appended to `out`. Each cell has its column's type or it is VAULT_DAMAGED. */
enum vault_rc store_all(struct store *s, enum store_table t, struct rows *out, struct vault_err *err) VAULT_MUST_CHECK;
/* Where the first `n` key columns equal `key`. */
enum vault_rc store_prefix(struct store *s, enum store_table t, const struct cell *key, size_t n, struct rows *out,
                           struct vault_err *err) VAULT_MUST_CHECK;
/* Where lo <= first key column (bytes) < hi; hi NULL: to the end. */
enum vault_rc store_range(struct store *s, enum store_table t, const struct cell *lo, const struct cell *hi,
                          struct rows *out, struct vault_err *err) VAULT_MUST_CHECK;
/* Objects of the range of one sort only: kind = `kind` (`is` 1) or kind <> `kind` (0). */
enum vault_rc store_objects(struct store *s, const struct cell *lo, const struct cell *hi, int64_t kind, int is,
                            struct rows *out, struct vault_err *err) VAULT_MUST_CHECK;
/* The one with the highest key. */
enum vault_rc store_last(struct store *s, enum store_table t, struct rows *out, struct vault_err *err) VAULT_MUST_CHECK;
/* Of a table whose key is one column: the nearest row below `key` (`down` 1) or above it (0); at the end none. */
enum vault_rc store_next(struct store *s, enum store_table t, const struct cell *key, int down, struct rows *out,
                         struct vault_err *err) VAULT_MUST_CHECK;

/* Every row out. */
enum vault_rc store_clear(struct store *s, enum store_table t, struct vault_err *err) VAULT_MUST_CHECK;

/* Row in by key, in place of one with the same key. */
enum vault_rc store_put(struct store *s, enum store_table t, const struct row *r, struct vault_err *err) VAULT_MUST_CHECK;
/* Row out by the key columns of `r`. */
enum vault_rc store_remove(struct store *s, enum store_table t, const struct row *r,
                           struct vault_err *err) VAULT_MUST_CHECK;

enum vault_rc store_count(struct store *s, enum store_table t, uint64_t *n, struct vault_err *err) VAULT_MUST_CHECK;

/* The engine's own check of pages, trees and indexes: VAULT_DAMAGED with its first line. */
enum vault_rc store_integrity(struct store *s, struct vault_err *err) VAULT_MUST_CHECK;

#endif
