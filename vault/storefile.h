/* storefile.h - what must hold of a database file before the engine opens it. L3. */
#ifndef VAULT_STOREFILE_H
#define VAULT_STOREFILE_H

#include <stdint.h>

#include <vault/error.h>

enum { STOREFILE_APPLICATION_ID = 0x53564c54 /* "SVLT" */ };

/* First bytes (a database of ours, journal mode DELETE: else VAULT_DAMAGED; other than `format`: VAULT_FORMAT), a left-over journal
 * (VAULT_DAMAGED where it names a super-journal, VAULT_UNSAFE where it is no plain file of the caller's), and no -wal
 * (VAULT_DAMAGED). Our own descriptors are closed when this returns. */
enum vault_rc storefile_check(const char *path, uint32_t format, struct vault_err *err) VAULT_MUST_CHECK;

/* Takes a database that was never finished, or is no longer wanted, and its journal away; fine where there is none. The journal
 * goes first: alone it would play into the next file of that name. VAULT_IO. */
enum vault_rc storefile_remove(const char *path, struct vault_err *err) VAULT_MUST_CHECK;

/* VAULT_EXISTS where something stands at the path of a database to be made, or beside it what the engine would play into it: a
 * journal, a -wal. `what` names the file ("vault"). */
enum vault_rc storefile_free(const char *path, const char *what, struct vault_err *err) VAULT_MUST_CHECK;

#endif
