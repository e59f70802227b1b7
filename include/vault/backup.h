/* backup.h - copies of a vault that are carried elsewhere, and bringing one back. vault-backup(1), vault-restore(1). */
#ifndef VAULT_BACKUP_H
#define VAULT_BACKUP_H

#include <vault/vault.h>

/* VAULT_USAGE for a name that a vault uses for its own parts (FILE-new, FILE-log). */
enum vault_rc vault_backup_name_check(const char *to, struct vault_err *err) VAULT_MUST_CHECK;

struct vault_backup_report {
	struct vault_verify_report proved; /* of the copy, by this slot's own keys */
	uint64_t bytes;           /* its size */
	char *path;               /* where it is, resolved; malloc'ed */
	char *log_path;           /* the access log, which is not in it; malloc'ed */
};
void vault_backup_report_clear(struct vault_backup_report *r);

/* Writes a copy of an unlocked vault into the new file `to`, in no transaction: proved as vault_verify does, synced, and only
 * then given its name. It has the access log's position, not the log. For every role but script (7). VAULT_EXISTS where there
 * is a file, or a journal that would play into it; VAULT_NOTFOUND without its folder; VAULT_UNSAFE where others can write that
 * folder or read the file, or on a network file system; VAULT_IO: nothing was made. */
enum vault_rc vault_backup(struct vault *v, const char *to, struct vault_backup_report *out, struct vault_err *err) VAULT_MUST_CHECK;

#endif
