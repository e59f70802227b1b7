/* storeopen.c - a database as a whole: set up, opened, made, copied, checked by the engine, closed. L3, of store's room. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sqlite3.h>

#include "store_int.h"
#include "storefile.h"

enum { BUSY_WAIT_MS = 10000 };

/* One sentence and status for what the engine said. */
enum vault_rc store_fail(struct store *s, int code, struct vault_err *err)
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

enum vault_rc store_exec(struct store *s, const char *sql, struct vault_err *err)
{
	const int code = sqlite3_exec(s->db, sql, NULL, NULL, NULL);
	return code == SQLITE_OK ? VAULT_OK : store_fail(s, code, err);
}

enum vault_rc store_prepare(struct store *s, const char *sql, sqlite3_stmt **stmt, struct vault_err *err)
{
	if (*stmt != NULL)
		return VAULT_OK;
	const int code = sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, stmt, NULL);
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
	return store_exec(s, "PRAGMA cell_size_check=ON", err);
}

/* What only a writer needs, asked for once: on the path of every get these would cost as much as a leaf. EXTRA: the folder
 * is synced after the journal is unlinked; else a power cut can bring the old state back. */
enum vault_rc store_writer(struct store *s, struct vault_err *err)
{
	if (s->writer)
		return VAULT_OK;
	s->writer = 1;
	return store_exec(s, "PRAGMA synchronous=EXTRA; PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY", err);
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
	char sql[STORE_SQL_MAX];
	struct store *s = NULL;
	enum vault_rc rc = open_db(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXCLUSIVE, &s, err);
	if (rc == VAULT_OK)
		rc = store_writer(s, err);
	if (rc == VAULT_OK)
		rc = store_exec(s, "PRAGMA page_size=4096; PRAGMA encoding='UTF-8'; PRAGMA journal_mode=DELETE; BEGIN IMMEDIATE", err);
	for (int t = 0; rc == VAULT_OK && t < STORE_TABLES; t++) {
		store_create_sql((enum store_table)t, sql);
		rc = store_exec(s, sql, err);
	}
	if (rc == VAULT_OK) {
		snprintf(sql, sizeof sql, "PRAGMA application_id=%d; PRAGMA user_version=%d; COMMIT", STOREFILE_APPLICATION_ID,
		         STORE_FORMAT);
		rc = store_exec(s, sql, err);
	}
	if (rc != VAULT_OK) {
		store_close(&s);
		return rc;
	}
	*out = s;
	return VAULT_OK;
}

/* VACUUM INTO attaches what it writes: allowed for this statement only. It is a reader of the vault and a writer of the
 * copy, whose pages come in order and without what was deleted. */
enum vault_rc store_copy(struct store *s, const char *to, struct vault_err *err)
{
	sqlite3_stmt *st = NULL;
	enum vault_rc rc = s->in_txn ? vault_err_set(err, VAULT_REFUSED, "internal: a copy within a transaction") : store_writer(s, err);
	if (rc == VAULT_OK)
		rc = store_prepare(s, "VACUUM INTO ?1", &st, err);
	if (rc != VAULT_OK)
		return rc;
	sqlite3_limit(s->db, SQLITE_LIMIT_ATTACHED, 1);
	int code = sqlite3_bind_text(st, 1, to, -1, SQLITE_STATIC);
	if (code == SQLITE_OK)
		code = sqlite3_step(st);
	if (code != SQLITE_DONE)
		rc = store_fail(s, code, err);
	sqlite3_finalize(st);
	sqlite3_limit(s->db, SQLITE_LIMIT_ATTACHED, 0);
	return rc;
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

enum vault_rc store_integrity(struct store *s, struct vault_err *err)
{
	sqlite3_stmt *st = NULL;
	enum vault_rc rc = store_prepare(s, "PRAGMA integrity_check(1)", &st, err);
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
