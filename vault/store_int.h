/* store_int.h - what store.c and storeopen.c share of the engine. L3; nobody else includes it. */
#ifndef VAULT_STORE_INT_H
#define VAULT_STORE_INT_H

#include "store.h"

enum { STORE_SQL_MAX = 512 };
enum query {
	Q_ALL, Q_PREFIX1, Q_PREFIX2, Q_PREFIX3, Q_RANGE, Q_FROM, Q_LAST, Q_PUT, Q_REMOVE, Q_COUNT, Q_KIND, Q_NOTKIND,
	Q_KIND_FROM, Q_NOTKIND_FROM, Q_BELOW, Q_ABOVE, Q_CLEAR, QUERIES
};

struct store {
	struct sqlite3 *db;
	struct sqlite3_stmt *stmt[STORE_TABLES][QUERIES]; /* prepared at first use */
	struct sqlite3_stmt *schema, *begin, *begin_write, *commit;
	int in_txn, writer;
};

/* One sentence and status for what the engine said. */
enum vault_rc store_fail(struct store *s, int code, struct vault_err *err);

/* Statements without parameters and rows. */
enum vault_rc store_exec(struct store *s, const char *sql, struct vault_err *err) VAULT_MUST_CHECK;

/* Makes a statement where `*stmt` is none yet. */
enum vault_rc store_prepare(struct store *s, const char *sql, struct sqlite3_stmt **stmt, struct vault_err *err) VAULT_MUST_CHECK;

/* What only a writer needs, asked for once. */
enum vault_rc store_writer(struct store *s, struct vault_err *err) VAULT_MUST_CHECK;

/* The text of a table's CREATE TABLE. */
void store_create_sql(enum store_table t, char out[STORE_SQL_MAX]);

#endif
