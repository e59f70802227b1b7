/* handle.h - what an open vault is made of. L4: the files of this layer and above share it; nobody else sees in. */
#ifndef VAULT_HANDLE_H
#define VAULT_HANDLE_H

#include <vault/vault.h>

#include "roster.h"
#include "seen.h"
#include "state.h"
#include "logfile.h"
#include "logswap.h"

/* TXN_REWRAP: a write of the own wrap alone, which every role may make and no state signs. */
enum txn_kind { TXN_NONE, TXN_READ, TXN_WRITE, TXN_RELEASE, TXN_REWRAP };

struct vault {
	/* from the configuration */
	char *path, *log_path, *lock_path, *state_dir; /* state_dir may be NULL */
	const struct vault_env *env;

	/* from vault_open: read before anything is verified, for choosing a slot and for the KDF only */
	struct store *store;
	uint8_t vault_id[16];
	struct rows raw_slots, raw_wraps;

	/* from vault_unlock */
	struct keyring *kr;
	uint8_t slot_id[16];
	char slot_name[VAULT_NAME_MAX + 1];
	enum vault_role role;
	uint64_t floor_epoch;     /* of the key file */
	int lent;                 /* a backup, opened with the keys of the vault that it is of: no slot of its own, no record */
	uint64_t above_epoch;     /* the next state's epoch is above this one, which was seen of a file that is no longer there */

	/* while a transaction runs */
	enum txn_kind txn;
	int lock_fd;              /* flock on FILE-lock, -1 */
	int lock_kept;            /* it is held over several transactions (txn_lock) */
	struct seen seen;         /* read before the transaction: a later one would look like a rollback */
	struct state state;       /* newest, verified */
	struct roster roster;
	struct tree *tree;
	struct leaf **leaves;     /* verified; rows are changed here first, the store follows */
	size_t n_leaves;
	struct leaf **leaf_index; /* HANDLE_LEAVES pointers into them, NULL while not loaded */
	struct buf scratch;
	int log_best_effort;      /* of the verified header: a read that cannot be logged is released all the same */
	void *token_keys;         /* guarded, of value.c: used again for each value that is opened, wiped after each */
	int log_elsewhere;        /* the log beside the file is not this file's: verdicts are not checked here */
	int accepting;            /* the record is about to be replaced: nothing is compared with it */
	int succeeds;             /* the record is of the vault that this one says it replaced */

	/* the change being made */
	int64_t action;
	uint8_t object_id[16];
	char *detail;             /* JSON, malloc'ed */
	struct rows changes;

	struct vault_verdicts after; /* to be logged once the change stands (rotate); owned */

	struct logswap *swap;     /* a new access log that the commit is to name and put in place; its maker's, who ends it after */

	struct row *new_wrap;     /* a new way into the own slot, proved, not yet written */
	struct slot_new *new_slot; /* a slot to be, made outside the transaction; owned */
	struct slot_plan *plan;   /* all slots to be, of a rekey; owned */

	/* a vault being created: its rows stand in new_roster and raw_wraps until vault_init_commit */
	int creating;
	struct leaf *new_roster;

	unsigned said;            /* notes given already, by bit */
	uint64_t last_epoch;      /* of the last transaction's state, its hash, where it says the log stood: what this machine has seen */
	uint8_t last_state[HASH_LEN];
	struct logpos last_log;
	uint8_t predecessor_id[16]; /* of the vault that this one replaced, from the verified header; zeros: none */
};

enum { HANDLE_LEAVES = LEAF_NAMES_N + LEAF_TOKENS_N + LEAF_LEDGER_N + 1 };
enum { NOTE_NO_RECORD = 1, NOTE_TORN = 2, NOTE_LOG_LOST = 4, NOTE_LOG_CUT = 8, NOTE_RECORD_IO = 16, NOTE_AFTER = 32,
       NOTE_UNLOGGED = 64 };
enum { HANDLE_LOG_BEST_EFFORT = 1 }; /* a bit of the header's flags */

/* Gives a line to env->note, once a handle for each bit. */
void handle_note(struct vault *v, unsigned bit, const char *fmt, ...) VAULT_PRINTF(3, 4);

/* A fresh random id from env->random. */
void handle_new_id(struct vault *v, uint8_t id[16]);

#endif
