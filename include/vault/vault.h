/* vault.h - the handle of a vault: create, open, unlock, begin, commit, close. Format: vault-format(5).
 *
 * The straight line of a reader: vault_open, vault_unlock, vault_begin(VAULT_READ), use, vault_end, vault_close.
 * A writer begins with VAULT_WRITE and ends with vault_commit. Nothing waits for people, the network or a KDF
 * between begin and end. One thread a handle. */
#ifndef VAULT_VAULT_H
#define VAULT_VAULT_H

#include <vault/error.h>
#include <vault/secret.h>
#include <vault/types.h>

struct vault;
struct vault_helper; /* check.h */

/* Time and randomness for ids, so that tests can plug in their own; the helper is check.h's. */
struct vault_env {
	void *ctx;
	int64_t (*now)(void *ctx);                             /* seconds since 1970 */
	void (*random)(void *ctx, uint8_t *out, size_t n);     /* for ids only, never for keys */
	/* One line for people about something that is no error ("no record on this machine yet"). May be NULL. */
	void (*note)(void *ctx, const char *line);
};

/* The system's clock and randomness, no notes. */
const struct vault_env *vault_env_system(void);

struct vault_config {
	const char *path;         /* the vault file */
	const char *log_path;     /* access log; NULL: path with "-log" */
	const char *state_dir;    /* what this machine last saw ($XDG_STATE_HOME/smartvault); NULL: nowhere */
	const struct vault_env *env; /* NULL: vault_env_system() */
};

/* --- creating --- */

/* The name of every recovery slot, and of no other. */
#define VAULT_RECOVERY_NAME "recovery"

struct vault_init {
	const char *slot_name;    /* 1-128 bytes of UTF-8 without control characters */
	const struct vault_secret *passphrase; /* NULL: the first slot opens by key file */
	uint32_t kdf_memory_kib;  /* 0: 256 MiB */
	uint32_t kdf_passes;      /* 0: at least 3, raised until it takes half a second */
	int recovery;             /* also a recovery slot */
};

/* Prepares a new vault in memory; nothing is on disk yet but the folder (made 0700 where missing). VAULT_EXISTS where
 * the path is taken. `*key_text` (where no passphrase was given) and `*recovery_text` (where asked for) become the
 * caller's: one line with a newline each. */
enum vault_rc vault_init_prepare(const struct vault_config *cfg, const struct vault_init *init, struct vault **out,
                                 struct vault_secret **key_text, struct vault_secret **recovery_text,
                                 struct vault_err *err) VAULT_MUST_CHECK;

/* Writes it, whole or not at all, never over another file (VAULT_EXISTS). The handle is then to be closed. */
enum vault_rc vault_init_commit(struct vault *v, struct vault_err *err) VAULT_MUST_CHECK;

/* --- opening --- */

enum vault_role { VAULT_ROLE_ADMIN = 1, VAULT_ROLE_MONITOR = 2, VAULT_ROLE_AUDITOR = 3, VAULT_ROLE_SCRIPT = 4 };
enum vault_slot_type { VAULT_SLOT_PASSPHRASE = 1, VAULT_SLOT_KEYFILE = 2, VAULT_SLOT_RECOVERY = 3 };

/* Path checks (3, 14), journal checks and schema (8), format (15). */
enum vault_rc vault_open(const struct vault_config *cfg, struct vault **out, struct vault_err *err) VAULT_MUST_CHECK;

/* What opens it. Exactly one of the two secrets. `key_text` is the text of a key file or a recovery code; a
 * `passphrase` that is a recovery code is taken as one. Both stay the caller's. */
struct vault_cred {
	const struct vault_secret *key_text;
	const struct vault_secret *passphrase;
	const char *slot_name;    /* --slot, or NULL */
	const char *login_name;   /* the second choice, or NULL */
};

/* Slot choice (3, 4), KDF (15 outside the clamp), 6 wrong key, 8 damaged. State, roster and freshness (8, 9, 7 for an
 * ended slot) are verified by the vault_begin that follows; nothing is open while the KDF runs. */
enum vault_rc vault_unlock(struct vault *v, const struct vault_cred *cred, struct vault_err *err) VAULT_MUST_CHECK;

/* 1 where some slot opens by passphrase: whether it makes sense to ask for one. */
int vault_has_passphrase_slot(struct vault *v);

/* VAULT_READ_RELEASE is for vault_token_release alone: an access log that is gone or cut is then said, not refused, so that
 * scripts go on. VAULT_READ_AUDIT reads as VAULT_READ does, but where the log is gone, cut or another's nothing is refused and
 * nothing is read from it: vault_log_state says so. */
enum vault_mode { VAULT_READ, VAULT_WRITE, VAULT_READ_RELEASE, VAULT_READ_AUDIT };

/* Begins a transaction and verifies state, roster and freshness in it (8, 9, 12). VAULT_WRITE: 7 for another role
 * than admin. */
enum vault_rc vault_begin(struct vault *v, enum vault_mode mode, struct vault_err *err) VAULT_MUST_CHECK;

/* Signs and makes durable what was changed since vault_begin(VAULT_WRITE). On failure the old state stands (13). */
enum vault_rc vault_commit(struct vault *v, struct vault_err *err) VAULT_MUST_CHECK;

/* Ends the transaction; what was not committed is dropped. Fine without one, and with NULL. */
void vault_end(struct vault *v);

/* Wipes and frees everything. */
void vault_close(struct vault **v);

/* How the access log stands to what this machine and the vault know of it. */
enum vault_log_state {
	VAULT_LOG_KNOWN,          /* it is the one, and whole */
	VAULT_LOG_OF_ELSEWHERE,   /* this file is a copy, and its log is not here */
	VAULT_LOG_MISSING,        /* this machine knew one here, and it is gone; another may have been begun */
	VAULT_LOG_CUT,            /* it lacks entries that this machine or the vault knows */
	VAULT_LOG_FOREIGN         /* what lies there is another vault's */
};
/* Of the last transaction that looked: VAULT_READ, VAULT_WRITE or VAULT_READ_AUDIT. */
enum vault_log_state vault_log_state(const struct vault *v);

int64_t vault_now(const struct vault *v);
int64_t vault_today(const struct vault *v);
enum vault_role vault_my_role(const struct vault *v);
const char *vault_my_slot(const struct vault *v);          /* its name */
uint64_t vault_epoch(const struct vault *v);               /* of the state in use */
void vault_my_vault_id(const struct vault *v, uint8_t id[VAULT_ID_LEN]);

/* --- the own key slot --- */

/* Prepares a new way into the own slot, in memory: a passphrase (kdf_* as in vault_init), or a key file where `passphrase`
 * is NULL, whose text becomes the caller's in `*key_text`. It is opened and compared before this returns. In no
 * transaction (a KDF runs twice). The seed and the keys stay the same: who kept a copy of the vault and the old
 * passphrase can still open that copy. */
enum vault_rc vault_passwd_prepare(struct vault *v, const struct vault_secret *passphrase, uint32_t kdf_memory_kib,
                                   uint32_t kdf_passes, struct vault_secret **key_text, struct vault_err *err) VAULT_MUST_CHECK;

/* Puts it in place of the old one in a transaction of its own, reads it back, and writes to the access log that it was
 * done. On failure the old one stands. */
enum vault_rc vault_passwd_commit(struct vault *v, struct vault_err *err) VAULT_MUST_CHECK;

/* --- verifying --- */

struct vault_verify_report {
	uint64_t epoch;           /* newest state */
	uint64_t states, changes, rows, slots, tokens, versions, vendors, handovers;
	uint64_t secrets_opened;  /* values this slot could open and did */
	uint64_t secrets_sealed;  /* values that it holds no key of: verified as stored, not opened */
	int records_read;         /* 0: a script's slot, which cannot read what is known of tokens */
	uint64_t log_entries, log_batches; /* of the access log and the closed ones before it that are here */
	uint64_t log_ignored;     /* entries that do not count: who signed them may not say that */
	uint64_t log_details;     /* sealed details that this slot could open and did */
	uint64_t log_exposures;   /* entries that say what a token reaches, whole or that it is the same, and count */
	uint64_t log_reminders;   /* entries that say what somebody was reminded of, and count */
	uint64_t log_carried;     /* verdicts, exposures and reminders that were carried over from the log before */
	uint64_t log_anchors;     /* states that say where such a log stood; each of them was right */
	uint64_t log_first, log_last; /* numbers of the first and the last entry, 0: none */
	uint64_t log_closed;      /* closed logs that are here and were checked too */
	int log_whole;            /* 1: back to a log that follows none; 0: older ones are not here */
	int log_checked;          /* 0: another log or none is here, not checked */
	int head_log;             /* vault_head_verify: 1 where the log holds the line's place; 0: not checked, log_note says why */
	int fresh_record;         /* 1: this machine had a record to hold it against */
	char log_note[256];       /* why the log was not checked, or "" */
};

/* Schema, integrity, every state since the first, changes, digests, rows, grants, secrets, wraps, the access log.
 * Its own transaction. 8 or 9 with the first thing that does not hold. */
enum vault_rc vault_verify(struct vault *v, struct vault_verify_report *out, struct vault_err *err) VAULT_MUST_CHECK;

#endif
