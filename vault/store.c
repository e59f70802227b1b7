/* store.c - all SQL of the program, and all that is known of SQLite. L3; interface and tables in store.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sqlite3.h>

#include "store.h"
#include "storefile.h"

enum { BUSY_WAIT_MS = 10000, SQL_MAX = 512 };

struct column {
	const char *name;
	int is_int;
};
struct table {
	const char *name;
	size_t nkeys, ncols;
	struct column col[STORE_COLS_MAX];
};

/* The schema. WITHOUT ROWID and no index beside the primary key: one b-tree a table, nothing that could disagree. */
static const struct table tables[STORE_TABLES] = {
	{"header", 1, 8, {{"one", 1}, {"vault_id", 0}, {"format", 1}, {"created", 1}, {"flags", 1}, {"predecessor_id", 0},
	                  {"predecessor_epoch", 1}, {"predecessor_state", 0}}},
	{"slot", 1, 8, {{"slot_id", 0}, {"name", 0}, {"role", 1}, {"box_pk", 0}, {"sign_pk", 0}, {"status", 1},
	                {"added_epoch", 1}, {"ended_epoch", 1}}},
	{"key", 2, 4, {{"kind", 1}, {"generation", 1}, {"commitment", 0}, {"previous", 0}}},
	{"grant", 4, 7, {{"object_id", 0}, {"slot_id", 0}, {"kind", 1}, {"version", 1}, {"added_epoch", 1},
	                 {"ended_epoch", 1}, {"box", 0}}},
	{"object", 1, 6, {{"tag", 0}, {"object_id", 0}, {"kind", 1}, {"version", 1}, {"generation", 1}, {"box", 0}}},
	{"secret", 2, 7, {{"token_id", 0}, {"version", 1}, {"added_epoch", 1}, {"commitment", 0}, {"generation", 1},
	                  {"key_box", 0}, {"value_box", 0}}},
	{"digest", 2, 3, {{"area", 1}, {"part", 1}, {"digests", 0}}},
	{"state", 1, 15, {{"epoch", 1}, {"time", 1}, {"slot_id", 0}, {"action", 1}, {"object_id", 0}, {"generation", 1},
	                  {"detail", 0}, {"changes", 0}, {"root", 0}, {"log_id", 0}, {"log_length", 1}, {"log_head", 0},
	                  {"previous", 0}, {"slot_sig", 0}, {"own_sig", 0}}},
	{"change", 2, 6, {{"epoch", 1}, {"n", 1}, {"action", 1}, {"object_id", 0}, {"generation", 1}, {"detail", 0}}},
	{"wrap", 1, 10, {{"slot_id", 0}, {"type", 1}, {"m_kib", 1}, {"t", 1}, {"lanes", 1}, {"salt", 0}, {"chk", 0},
	                 {"nonce", 0}, {"box", 0}, {"wrap_sig", 0}}},
};

enum query { Q_ALL, Q_PREFIX1, Q_PREFIX2, Q_PREFIX3, Q_RANGE, Q_FROM, Q_LAST, Q_PUT, Q_REMOVE, Q_COUNT, Q_KIND, Q_NOTKIND, Q_BELOW, Q_ABOVE, QUERIES };

struct store {
	sqlite3 *db;
	sqlite3_stmt *stmt[STORE_TABLES][QUERIES]; /* prepared at first use */
	sqlite3_stmt *schema, *begin, *begin_write, *commit;
	int in_txn, writer;
};

size_t store_ncols(enum store_table t)
{
	return tables[t].ncols;
}

size_t store_nkeys(enum store_table t)
{
	return tables[t].nkeys;
}

int store_col_is_int(enum store_table t, size_t col)
{
	return tables[t].col[col].is_int;
}

const char *store_table_name(enum store_table t)
{
	return tables[t].name;
}

/* One sentence and status for what the engine said. */
static enum vault_rc store_fail(struct store *s, int code, struct vault_err *err)
{
	const int ext = s != NULL && s->db != NULL ? sqlite3_extended_errcode(s->db) : code;
	const char *why = sqlite3_errstr(code & 0xff);
	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return vault_err_set(err, VAULT_BUSY, "another process is using the vault: try again");
	case SQLITE_FULL:
		return vault_err_set(err, VAULT_IO, "no space left for the vault: nothing was changed; make room and repeat");
	case SQLITE_IOERR:
		if (ext == SQLITE_IOERR_CORRUPTFS)
			break;
		return vault_err_set(err, VAULT_IO, "the vault cannot be read or written (%s): nothing was changed; look for room, "
		                     "limits (ulimit -f) and the disk, and repeat", why);
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return vault_err_set(err, VAULT_IO, "the vault cannot be written here (%s): nothing was changed", why);
	case SQLITE_NOMEM:
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	default:
		break;
	}
	return vault_err_set(err, VAULT_DAMAGED, "the vault is damaged (%s): restore it from a backup", why);
}

static void create_sql(enum store_table t, char out[SQL_MAX])
{
	const struct table *d = &tables[t];
	size_t n = (size_t)snprintf(out, SQL_MAX, "CREATE TABLE \"%s\"(", d->name);
	for (size_t i = 0; i < d->ncols; i++)
		n += (size_t)snprintf(out + n, SQL_MAX - n, "%s %s NOT NULL, ", d->col[i].name,
		                      d->col[i].is_int ? "INTEGER" : "BLOB");
	n += (size_t)snprintf(out + n, SQL_MAX - n, "PRIMARY KEY(");
	for (size_t i = 0; i < d->nkeys; i++)
		n += (size_t)snprintf(out + n, SQL_MAX - n, "%s%s", i == 0 ? "" : ", ", d->col[i].name);
	snprintf(out + n, SQL_MAX - n, ")) STRICT, WITHOUT ROWID");
}

static void query_sql(enum store_table t, enum query q, char out[SQL_MAX])
{
	const struct table *d = &tables[t];
	size_t n = 0;
	if (q == Q_PUT) {
		n = (size_t)snprintf(out, SQL_MAX, "INSERT OR REPLACE INTO \"%s\" VALUES(", d->name);
		for (size_t i = 0; i < d->ncols; i++)
			n += (size_t)snprintf(out + n, SQL_MAX - n, i == 0 ? "?" : ",?");
		snprintf(out + n, SQL_MAX - n, ")");
		return;
	}
	if (q == Q_COUNT) {
		snprintf(out, SQL_MAX, "SELECT count(*) FROM \"%s\"", d->name);
		return;
	}
	n = (size_t)snprintf(out, SQL_MAX, q == Q_REMOVE ? "DELETE FROM \"%s\"" : "SELECT * FROM \"%s\"", d->name);
	const size_t equal = q == Q_REMOVE ? d->nkeys : q >= Q_PREFIX1 && q <= Q_PREFIX3 ? (size_t)(q - Q_PREFIX1) + 1 : 0;
	for (size_t i = 0; i < equal; i++)
		n += (size_t)snprintf(out + n, SQL_MAX - n, "%s%s=?", i == 0 ? " WHERE " : " AND ", d->col[i].name);
	if (q == Q_RANGE || q == Q_KIND || q == Q_NOTKIND)
		n += (size_t)snprintf(out + n, SQL_MAX - n, " WHERE %s>=?1 AND %s<?2", d->col[0].name, d->col[0].name);
	if (q == Q_KIND || q == Q_NOTKIND)
		n += (size_t)snprintf(out + n, SQL_MAX - n, " AND kind%s?3", q == Q_KIND ? "=" : "<>");
	if (q == Q_FROM || q == Q_BELOW || q == Q_ABOVE)
		n += (size_t)snprintf(out + n, SQL_MAX - n, " WHERE %s%s?1", d->col[0].name, q == Q_FROM ? ">=" : q == Q_BELOW ? "<" : ">");
	if (q == Q_REMOVE)
		return;
	n += (size_t)snprintf(out + n, SQL_MAX - n, " ORDER BY ");
	for (size_t i = 0; i < d->nkeys; i++)
		n += (size_t)snprintf(out + n, SQL_MAX - n, "%s%s%s", i == 0 ? "" : ", ", d->col[i].name,
		                      q == Q_LAST || q == Q_BELOW ? " DESC" : "");
	if (q == Q_LAST || q == Q_BELOW || q == Q_ABOVE)
		snprintf(out + n, SQL_MAX - n, " LIMIT 1");
}

/* Readers poll while a writer is in the last milliseconds of its commit: short naps, not SQLite's growing ones. */
static int busy(void *ctx, int count)
{
	(void)ctx;
	const struct timespec nap = {.tv_nsec = count < 100 ? 200000 : 2000000};
	if (count > 100 + BUSY_WAIT_MS / 2)
		return 0;
	nanosleep(&nap, NULL);
	return 1;
}

static enum vault_rc exec_all(struct store *s, const char *sql, struct vault_err *err)
{
	const int code = sqlite3_exec(s->db, sql, NULL, NULL, NULL);
	return code == SQLITE_OK ? VAULT_OK : store_fail(s, code, err);
}

static enum vault_rc configure(struct store *s, struct vault_err *err)
{
	static const struct {
		int op, value;
	} config[] = {
		{SQLITE_DBCONFIG_DEFENSIVE, 1},      {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
		{SQLITE_DBCONFIG_ENABLE_TRIGGER, 0}, {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
		{SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0}, {SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0},
		{SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0},
	};
	static const struct {
		int id, value;
	} limit[] = {
		{SQLITE_LIMIT_LENGTH, 1 << 20},  {SQLITE_LIMIT_SQL_LENGTH, 4096}, {SQLITE_LIMIT_COLUMN, 32},
		{SQLITE_LIMIT_EXPR_DEPTH, 16},   {SQLITE_LIMIT_COMPOUND_SELECT, 2}, {SQLITE_LIMIT_VDBE_OP, 25000},
		{SQLITE_LIMIT_FUNCTION_ARG, 8},  {SQLITE_LIMIT_ATTACHED, 0},      {SQLITE_LIMIT_VARIABLE_NUMBER, 32},
		{SQLITE_LIMIT_TRIGGER_DEPTH, 1}, {SQLITE_LIMIT_WORKER_THREADS, 0},
	};
	for (size_t i = 0; i < sizeof config / sizeof config[0]; i++)
		if (sqlite3_db_config(s->db, config[i].op, config[i].value, NULL) != SQLITE_OK)
			return vault_err_set(err, VAULT_REFUSED, "this SQLite cannot be set up safely (option %d)", config[i].op);
	for (size_t i = 0; i < sizeof limit / sizeof limit[0]; i++)
		sqlite3_limit(s->db, limit[i].id, limit[i].value);
	sqlite3_hard_heap_limit64((sqlite3_int64)1 << 29);
	sqlite3_extended_result_codes(s->db, 1);
	sqlite3_busy_handler(s->db, busy, NULL);
	return exec_all(s, "PRAGMA cell_size_check=ON", err);
}

/* What only a writer needs, asked for once: on the path of every get these would cost as much as a leaf. EXTRA: the folder
 * is synced after the journal is unlinked; else a power cut can bring the old state back. */
static enum vault_rc configure_writer(struct store *s, struct vault_err *err)
{
	if (s->writer)
		return VAULT_OK;
	s->writer = 1;
	return exec_all(s, "PRAGMA synchronous=EXTRA; PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY", err);
}

static enum vault_rc open_db(const char *path, int flags, struct store **out, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	struct store *s = calloc(1, sizeof *s);
	if (s == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	const int code = sqlite3_open_v2(path, &s->db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW |
	                                                       SQLITE_OPEN_PRIVATECACHE, NULL);
	rc = code != SQLITE_OK ? store_fail(s, code, err) : configure(s, err);
	if (rc != VAULT_OK) {
		store_close(&s);
		return rc;
	}
	*out = s;
	return VAULT_OK;
}

enum vault_rc store_open(const char *path, struct store **out, struct vault_err *err)
{
	enum vault_rc rc = storefile_check(path, STORE_FORMAT, err);
	if (rc == VAULT_OK)
		rc = open_db(path, SQLITE_OPEN_READWRITE, out, err);
	return rc;
}

enum vault_rc store_create(const char *path, struct store **out, struct vault_err *err)
{
	char sql[SQL_MAX];
	struct store *s = NULL;
	enum vault_rc rc = open_db(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXCLUSIVE, &s, err);
	if (rc == VAULT_OK)
		rc = configure_writer(s, err);
	if (rc == VAULT_OK)
		rc = exec_all(s, "PRAGMA page_size=4096; PRAGMA encoding='UTF-8'; PRAGMA journal_mode=DELETE; BEGIN IMMEDIATE", err);
	for (int t = 0; rc == VAULT_OK && t < STORE_TABLES; t++) {
		create_sql((enum store_table)t, sql);
		rc = exec_all(s, sql, err);
	}
	if (rc == VAULT_OK) {
		snprintf(sql, sizeof sql, "PRAGMA application_id=%d; PRAGMA user_version=%d; COMMIT", STOREFILE_APPLICATION_ID,
		         STORE_FORMAT);
		rc = exec_all(s, sql, err);
	}
	if (rc != VAULT_OK) {
		store_close(&s);
		return rc;
	}
	*out = s;
	return VAULT_OK;
}

void store_close(struct store **s)
{
	if (s == NULL || *s == NULL)
		return;
	for (int t = 0; t < STORE_TABLES; t++)
		for (int q = 0; q < QUERIES; q++)
			sqlite3_finalize((*s)->stmt[t][q]);
	sqlite3_finalize((*s)->schema);
	sqlite3_finalize((*s)->begin);
	sqlite3_finalize((*s)->begin_write);
	sqlite3_finalize((*s)->commit);
	sqlite3_close((*s)->db);
	free(*s);
	*s = NULL;
}

static enum vault_rc prepare(struct store *s, const char *sql, sqlite3_stmt **stmt, struct vault_err *err)
{
	if (*stmt != NULL)
		return VAULT_OK;
	const int code = sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, stmt, NULL);
	return code == SQLITE_OK ? VAULT_OK : store_fail(s, code, err);
}

static enum vault_rc run(struct store *s, const char *sql, sqlite3_stmt **stmt, struct vault_err *err)
{
	enum vault_rc rc = prepare(s, sql, stmt, err);
	if (rc != VAULT_OK)
		return rc;
	const int code = sqlite3_step(*stmt);
	if (code != SQLITE_DONE && code != SQLITE_ROW)
		rc = store_fail(s, code, err);
	sqlite3_reset(*stmt);
	return rc;
}

static int is_table_sql(const char *name, const char *sql)
{
	char want[SQL_MAX];
	for (int t = 0; t < STORE_TABLES; t++) {
		if (strcmp(tables[t].name, name) != 0)
			continue;
		create_sql((enum store_table)t, want);
		return strcmp(want, sql) == 0;
	}
	return 0;
}

/* As a set: exactly our tables, each with its own text; no index, view, trigger or virtual table beside them. */
static enum vault_rc check_schema(struct store *s, struct vault_err *err)
{
	enum vault_rc rc = prepare(s, "SELECT type, name, tbl_name, sql FROM sqlite_schema", &s->schema, err);
	int code = SQLITE_ROW, seen = 0, odd = 0;
	if (rc != VAULT_OK)
		return rc;
	while ((code = sqlite3_step(s->schema)) == SQLITE_ROW) {
		const char *c[4] = {NULL, NULL, NULL, NULL};
		for (int i = 0; i < 4; i++)
			c[i] = (const char *)sqlite3_column_text(s->schema, i);
		seen++;
		if (c[0] == NULL || c[1] == NULL || c[2] == NULL || c[3] == NULL || strcmp(c[0], "table") != 0 ||
		    strcmp(c[1], c[2]) != 0 || !is_table_sql(c[1], c[3]))
			odd = 1;
	}
	sqlite3_reset(s->schema);
	if (code != SQLITE_DONE)
		return store_fail(s, code, err);
	if (odd || seen != STORE_TABLES)
		return vault_err_set(err, VAULT_DAMAGED, "the vault's tables are not those of format %d: it was tampered with; restore it "
		                     "from a backup",
		                     STORE_FORMAT);
	return VAULT_OK;
}

enum vault_rc store_begin(struct store *s, int write, struct vault_err *err)
{
	enum vault_rc rc = write ? configure_writer(s, err) : VAULT_OK;
	if (rc == VAULT_OK)
		rc = write ? run(s, "BEGIN IMMEDIATE", &s->begin_write, err) : run(s, "BEGIN", &s->begin, err);
	if (rc != VAULT_OK)
		return rc;
	s->in_txn = 1;
	rc = check_schema(s, err);
	if (rc != VAULT_OK)
		store_rollback(s);
	return rc;
}

enum vault_rc store_commit(struct store *s, struct vault_err *err)
{
	enum vault_rc rc = run(s, "COMMIT", &s->commit, err);
	if (rc == VAULT_OK) {
		s->in_txn = 0;
		return rc;
	}
	/* The journal is unlinked, its folder could not be synced: the change stands, unless power fails now. */
	if (sqlite3_extended_errcode(s->db) == SQLITE_IOERR_DIR_FSYNC) {
		vault_err_clear(err);
		rc = vault_err_set(err, VAULT_IO, "the disk failed at the very end: what was asked for may be done or not; look "
		                   "before you repeat it, and see to the disk");
	}
	store_rollback(s);
	return rc;
}

void store_rollback(struct store *s)
{
	if (s == NULL || !s->in_txn)
		return;
	if (!sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	s->in_txn = 0;
}

/* --- rows ------------------------------------------------------------------------------------------------ */

static enum vault_rc row_read(struct store *s, sqlite3_stmt *st, enum store_table t, struct rows *out,
                              struct vault_err *err)
{
	struct cell c[STORE_COLS_MAX];
	const size_t ncols = tables[t].ncols;
	if ((size_t)sqlite3_column_count(st) != ncols)
		return vault_err_set(err, VAULT_DAMAGED, "table %s has other columns: the vault was tampered with; restore it from a backup",
		                     tables[t].name);
	for (size_t i = 0; i < ncols; i++) {
		/* STRICT is not enforced on reading: a patched serial type would slip a text or a null in. */
		const int type = sqlite3_column_type(st, (int)i);
		if (type != (tables[t].col[i].is_int ? SQLITE_INTEGER : SQLITE_BLOB))
			return vault_err_set(err, VAULT_DAMAGED, "a value in %s.%s has another type: the vault was tampered with; restore it from "
			                     "a backup",
			                     tables[t].name, tables[t].col[i].name);
		c[i] = tables[t].col[i].is_int ? CELL_INT(sqlite3_column_int64(st, (int)i))
		                               : CELL_BLOB(sqlite3_column_blob(st, (int)i), (size_t)sqlite3_column_bytes(st, (int)i));
		if (!c[i].is_int && c[i].p == NULL && c[i].n > 0)
			return store_fail(s, SQLITE_NOMEM, err);
	}
	if (rows_push(out, row_make(t, c)) != 0)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	return VAULT_OK;
}

static int bind(sqlite3_stmt *st, int at, const struct cell *c)
{
	if (c->is_int)
		return sqlite3_bind_int64(st, at, c->i);
	return sqlite3_bind_blob(st, at, c->n == 0 ? (const void *)"" : c->p, (int)c->n, SQLITE_STATIC);
}

/* Runs one of the prepared queries with `n` bound cells; rows (where `out`) are appended. */
static enum vault_rc query(struct store *s, enum store_table t, enum query q, const struct cell *c, size_t n,
                           struct rows *out, struct vault_err *err)
{
	char sql[SQL_MAX];
	sqlite3_stmt **st = &s->stmt[t][q];
	enum vault_rc rc = VAULT_OK;
	int code = SQLITE_OK;
	if (*st == NULL) {
		query_sql(t, q, sql);
		rc = prepare(s, sql, st, err);
		if (rc != VAULT_OK)
			return rc;
	}
	for (size_t i = 0; i < n && code == SQLITE_OK; i++)
		code = bind(*st, (int)i + 1, &c[i]);
	if (code != SQLITE_OK)
		return store_fail(s, code, err);
	while (rc == VAULT_OK && (code = sqlite3_step(*st)) == SQLITE_ROW)
		rc = out != NULL ? row_read(s, *st, t, out, err) : VAULT_OK;
	if (rc == VAULT_OK && code != SQLITE_DONE)
		rc = store_fail(s, code, err);
	sqlite3_reset(*st);
	sqlite3_clear_bindings(*st);
	return rc;
}

enum vault_rc store_all(struct store *s, enum store_table t, struct rows *out, struct vault_err *err)
{
	return query(s, t, Q_ALL, NULL, 0, out, err);
}

enum vault_rc store_prefix(struct store *s, enum store_table t, const struct cell *key, size_t n, struct rows *out,
                           struct vault_err *err)
{
	return query(s, t, (enum query)(Q_PREFIX1 + (int)n - 1), key, n, out, err);
}

enum vault_rc store_range(struct store *s, enum store_table t, const struct cell *lo, const struct cell *hi,
                          struct rows *out, struct vault_err *err)
{
	const struct cell c[2] = {*lo, hi != NULL ? *hi : *lo};
	return query(s, t, hi != NULL ? Q_RANGE : Q_FROM, c, hi != NULL ? 2 : 1, out, err);
}

enum vault_rc store_objects(struct store *s, const struct cell *lo, const struct cell *hi, int64_t kind, int is,
                            struct rows *out, struct vault_err *err)
{
	/* The end of the tags: 17 bytes of 0xff are above every tag of 16. */
	static const uint8_t top[17] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
	const struct cell c[3] = {*lo, hi != NULL ? *hi : CELL_BLOB(top, sizeof top), CELL_INT(kind)};
	return query(s, STORE_OBJECT, is ? Q_KIND : Q_NOTKIND, c, 3, out, err);
}

enum vault_rc store_last(struct store *s, enum store_table t, struct rows *out, struct vault_err *err)
{
	return query(s, t, Q_LAST, NULL, 0, out, err);
}

enum vault_rc store_next(struct store *s, enum store_table t, const struct cell *key, int down, struct rows *out,
                         struct vault_err *err)
{
	return query(s, t, down ? Q_BELOW : Q_ABOVE, key, 1, out, err);
}

enum vault_rc store_put(struct store *s, enum store_table t, const struct row *r, struct vault_err *err)
{
	return query(s, t, Q_PUT, r->c, r->ncols, NULL, err);
}

enum vault_rc store_remove(struct store *s, enum store_table t, const struct row *r, struct vault_err *err)
{
	return query(s, t, Q_REMOVE, r->c, tables[t].nkeys, NULL, err);
}

enum vault_rc store_count(struct store *s, enum store_table t, uint64_t *n, struct vault_err *err)
{
	char sql[SQL_MAX];
	sqlite3_stmt **st = &s->stmt[t][Q_COUNT];
	query_sql(t, Q_COUNT, sql);
	enum vault_rc rc = prepare(s, sql, st, err);
	if (rc != VAULT_OK)
		return rc;
	const int code = sqlite3_step(*st);
	if (code == SQLITE_ROW)
		*n = (uint64_t)sqlite3_column_int64(*st, 0);
	else
		rc = store_fail(s, code, err);
	sqlite3_reset(*st);
	return rc;
}

enum vault_rc store_integrity(struct store *s, struct vault_err *err)
{
	sqlite3_stmt *st = NULL;
	enum vault_rc rc = prepare(s, "PRAGMA integrity_check(1)", &st, err);
	if (rc != VAULT_OK)
		return rc;
	const int code = sqlite3_step(st);
	const char *text = code == SQLITE_ROW ? (const char *)sqlite3_column_text(st, 0) : NULL;
	if (code != SQLITE_ROW)
		rc = store_fail(s, code, err);
	else if (text == NULL || strcmp(text, "ok") != 0)
		rc = vault_err_set(err, VAULT_DAMAGED, "the vault is damaged: %s", text != NULL ? text : "no answer");
	sqlite3_finalize(st);
	return rc;
}
