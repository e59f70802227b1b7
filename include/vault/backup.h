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

/* --- bringing one back --- */

/* Whether the vault's own file holds: all that vault_verify proves but the access log. With VAULT_OK a backup is restored as a
 * change on top of it; where it does not hold (VAULT_DAMAGED, VAULT_ROLLBACK) one can take its place. VAULT_FORBIDDEN for
 * another role than admin, before the rows are looked at. In no transaction. */
enum vault_rc vault_restore_ready(struct vault *v, struct vault_err *err) VAULT_MUST_CHECK;

/* Opens a backup for vault_unlock, where it is to take the vault's place: vault_open, with messages that name the backup. */
enum vault_rc vault_restore_open(const char *from, const struct vault_env *env, struct vault **out,
                                 struct vault_err *err) VAULT_MUST_CHECK;

enum vault_loss_kind { VAULT_LOSS_TOKEN, VAULT_LOSS_VALUE, VAULT_LOSS_GRANT, VAULT_LOSS_VENDOR, VAULT_LOSS_HANDOVER,
                       VAULT_LOSS_POLICY };
enum vault_loss_how {
	VAULT_LOSS_GONE,          /* made since: not there afterwards */
	VAULT_LOSS_UNDONE,        /* changed since: as it was then */
	VAULT_LOSS_BACK           /* removed, erased or taken back since: there again */
};
/* One thing that is not as it is now once the backup is restored. */
struct vault_loss {
	enum vault_loss_kind kind;
	enum vault_loss_how how;
	char *label;              /* of a token, value, grant, hand-over: as it is now, where it is now */
	uint32_t version;         /* of a value */
	char *vendor, *to;        /* of a vendor, hand-over; of a grant `to` is the script's key slot */
};
struct vault_losses {
	struct vault_loss *l;     /* by kind, then by name */
	size_t n;
};

struct vault_restore_slot {
	char name[VAULT_NAME_MAX + 1];
	enum vault_role role;
};

struct vault_restore_info {
	int replaces;             /* 0: a change on top of the vault; 1: the backup takes its place */
	char *from;               /* the backup, resolved */
	uint64_t epoch;           /* its newest state, and when that was made */
	int64_t time;
	uint64_t now_epoch;       /* the vault's newest state; of one that does not open what this machine saw, 0: nothing */
	int same;                 /* the vault has that very state: there is nothing to restore */
	struct vault_losses losses; /* of a change on top */
	struct vault_restore_slot *slots; /* of one that takes the place: the key slots that open it then */
	size_t n_slots;
	/* once it is done */
	uint64_t new_epoch;
	char *kept;               /* where the vault of before is: FILE.before-restore, FILE.damaged-N; NULL: there was none */
	char *log_kept;           /* where an access log is that did not fit the backup; NULL: none was put aside */
	int log_new;              /* 1: an access log was begun */
};

struct vault_restore;

/* Opens the backup with the keys of the unlocked vault `v` (borrowed), which vault_restore_ready found to hold, verifies all of
 * it, and finds what would be lost. VAULT_NOTFOUND, VAULT_UNSAFE, VAULT_FORMAT, VAULT_DAMAGED of the backup; VAULT_REFUSED: it
 * is of another vault; VAULT_ROLLBACK: it is newer than the vault, or of another branch. Free with vault_restore_free. */
enum vault_rc vault_restore_prepare(struct vault *v, const char *from, struct vault_restore **out,
                                    struct vault_err *err) VAULT_MUST_CHECK;

/* The same for a backup `b` (vault_restore_open, unlocked; borrowed) that is to take the place of the vault of `cfg`, which does
 * not open: verifies all of it. VAULT_FORBIDDEN for another role than admin; VAULT_REFUSED: this machine, or the file that
 * stands there, says that it was another vault. `present` (may be NULL): that file, as far as it could be opened. */
enum vault_rc vault_restore_prepare_replacing(const struct vault_config *cfg, struct vault *b, struct vault *present,
                                              struct vault_restore **out, struct vault_err *err) VAULT_MUST_CHECK;

const struct vault_restore_info *vault_restore_info(const struct vault_restore *r);

/* Does it. VAULT_BUSY where vault or backup have changed since they were looked at. On any failure the vault of before is where
 * it was (VAULT_IO), but where the process is killed while one file takes the other's place: then the next try ends it. */
enum vault_rc vault_restore_commit(struct vault_restore *r, struct vault_err *err) VAULT_MUST_CHECK;
void vault_restore_free(struct vault_restore **r);

#endif
