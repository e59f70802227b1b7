/* store.c - tables, transactions, rows: all SQL of the program but what storeopen.c does with a whole file. L3. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "store_int.h"

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

size_t store_ncols(enum store_table t)
{
	return tables[t].ncols;
}

size_t store_nkeys(enum store_table t)
{
	return tables[t].nkeys;
}

const char *store_table_name(enum store_table t)
{
	return tables[t].name;
}

void store_create_sql(enum store_table t, char out[STORE_SQL_MAX])
{
	const struct table *d = &tables[t];
	size_t n = (size_t)snprintf(out, STORE_SQL_MAX, "CREATE TABLE \"%s\"(", d->name);
	for (size_t i = 0; i < d->ncols; i++)
		n += (size_t)snprintf(out + n, STORE_SQL_MAX - n, "%s %s NOT NULL, ", d->col[i].name,
		                      d->col[i].is_int ? "INTEGER" : "BLOB");
	n += (size_t)snprintf(out + n, STORE_SQL_MAX - n, "PRIMARY KEY(");
	for (size_t i = 0; i < d->nkeys; i++)
		n += (size_t)snprintf(out + n, STORE_SQL_MAX - n, "%s%s", i == 0 ? "" : ", ", d->col[i].name);
	snprintf(out + n, STORE_SQL_MAX - n, ")) STRICT, WITHOUT ROWID");
}

static void query_sql(enum store_table t, enum query q, char out[STORE_SQL_MAX])
{
	const struct table *d = &tables[t];
	size_t n = 0;
	if (q == Q_PUT) {
		n = (size_t)snprintf(out, STORE_SQL_MAX, "INSERT OR REPLACE INTO \"%s\" VALUES(", d->name);
		for (size_t i = 0; i < d->ncols; i++)
			n += (size_t)snprintf(out + n, STORE_SQL_MAX - n, i == 0 ? "?" : ",?");
		snprintf(out + n, STORE_SQL_MAX - n, ")");
		return;
	}
	if (q == Q_CLEAR) {
		snprintf(out, STORE_SQL_MAX, "DELETE FROM \"%s\"", d->name);
		return;
	}
	if (q == Q_COUNT) {
		snprintf(out, STORE_SQL_MAX, "SELECT count(*) FROM \"%s\"", d->name);
		return;
	}
	n = (size_t)snprintf(out, STORE_SQL_MAX, q == Q_REMOVE ? "DELETE FROM \"%s\"" : "SELECT * FROM \"%s\"", d->name);
	const size_t equal = q == Q_REMOVE ? d->nkeys : q >= Q_PREFIX1 && q <= Q_PREFIX3 ? (size_t)(q - Q_PREFIX1) + 1 : 0;
	for (size_t i = 0; i < equal; i++)
		n += (size_t)snprintf(out + n, STORE_SQL_MAX - n, "%s%s=?", i == 0 ? " WHERE " : " AND ", d->col[i].name);
	if (q == Q_RANGE || q == Q_KIND || q == Q_NOTKIND)
		n += (size_t)snprintf(out + n, STORE_SQL_MAX - n, " WHERE %s>=?1 AND %s<?2", d->col[0].name, d->col[0].name);
	if (q == Q_KIND || q == Q_NOTKIND)
		n += (size_t)snprintf(out + n, STORE_SQL_MAX - n, " AND kind%s?3", q == Q_KIND ? "=" : "<>");
	if (q == Q_FROM || q == Q_KIND_FROM || q == Q_NOTKIND_FROM || q == Q_BELOW || q == Q_ABOVE)
		n += (size_t)snprintf(out + n, STORE_SQL_MAX - n, " WHERE %s%s?1", d->col[0].name,
		                      q == Q_BELOW ? "<" : q == Q_ABOVE ? ">" : ">=");
	if (q == Q_KIND_FROM || q == Q_NOTKIND_FROM)
		n += (size_t)snprintf(out + n, STORE_SQL_MAX - n, " AND kind%s?2", q == Q_KIND_FROM ? "=" : "<>");
	if (q == Q_REMOVE)
		return;
	n += (size_t)snprintf(out + n, STORE_SQL_MAX - n, " ORDER BY ");
	for (size_t i = 0; i < d->nkeys; i++)
		n += (size_t)snprintf(out + n, STORE_SQL_MAX - n, "%s%s%s", i == 0 ? "" : ", ", d->col[i].name,
		                      q == Q_LAST || q == Q_BELOW ? " DESC" : "");
	if (q == Q_LAST || q == Q_BELOW || q == Q_ABOVE)
		snprintf(out + n, STORE_SQL_MAX - n, " LIMIT 1");
}

static enum vault_rc run(struct store *s, const char *sql, sqlite3_stmt **stmt, struct vault_err *err)
{
	enum vault_rc rc = store_prepare(s, sql, stmt, err);
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
	char want[STORE_SQL_MAX];
	for (int t = 0; t < STORE_TABLES; t++) {
		if (strcmp(tables[t].name, name) != 0)
			continue;
		store_create_sql((enum store_table)t, want);
		return strcmp(want, sql) == 0;
	}
	return 0;
}

/* As a set: exactly our tables, each with its own text; no index, view, trigger or virtual table beside them. */
static enum vault_rc check_schema(struct store *s, struct vault_err *err)
{
	enum vault_rc rc = store_prepare(s, "SELECT type, name, tbl_name, sql FROM sqlite_schema", &s->schema, err);
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
	enum vault_rc rc = write ? store_writer(s, err) : VAULT_OK;
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
	char sql[STORE_SQL_MAX];
	sqlite3_stmt **st = &s->stmt[t][q];
	enum vault_rc rc = VAULT_OK;
	int code = SQLITE_OK;
	if (*st == NULL) {
		query_sql(t, q, sql);
		rc = store_prepare(s, sql, st, err);
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
	/* No upper end for the last leaf: a key longer than a tag must be in one, too. */
	const struct cell c[3] = {*lo, hi != NULL ? *hi : CELL_INT(kind), CELL_INT(kind)};
	const enum query q = hi != NULL ? (is ? Q_KIND : Q_NOTKIND) : is ? Q_KIND_FROM : Q_NOTKIND_FROM;
	return query(s, STORE_OBJECT, q, c, hi != NULL ? 3 : 2, out, err);
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

enum vault_rc store_clear(struct store *s, enum store_table t, struct vault_err *err)
{
	return query(s, t, Q_CLEAR, NULL, 0, NULL, err);
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
	char sql[STORE_SQL_MAX];
	sqlite3_stmt **st = &s->stmt[t][Q_COUNT];
	query_sql(t, Q_COUNT, sql);
	enum vault_rc rc = store_prepare(s, sql, st, err);
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

