/* init.c - a new vault: keys and rows in memory first, then one file that appears whole or not at all. L7. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "slot.h"
#include "storefile.h"
#include "token.h"
#include "vault_int.h"

enum { LOCK_WAIT_MS = 30000, FIRST_EPOCH = 1 };

static const uint8_t zero_id[16];

static enum vault_rc nomem(struct vault_err *err)
{
	return vault_err_set(err, VAULT_REFUSED, "out of memory");
}

static enum vault_rc push(struct rows *l, enum store_table t, struct row *r, struct vault_err *err)
{
	return rows_put(l, t, r) == 0 ? VAULT_OK : nomem(err);
}

static enum vault_rc add_header(struct vault *v, struct vault_err *err)
{
	static const uint8_t none[HASH_LEN];
	const struct cell c[] = {
		CELL_INT(1), CELL_BLOB(v->vault_id, 16), CELL_INT(STORE_FORMAT), CELL_INT(vault_now(v)), CELL_INT(0),
		CELL_BLOB(zero_id, 16), CELL_INT(0), CELL_BLOB(none, HASH_LEN),
	};
	return push(&v->new_roster->header, STORE_HEADER, row_make(STORE_HEADER, c), err);
}

/* A made slot's rows into the new vault; its keys stay with the caller. */
static enum vault_rc add_slot(struct vault *v, const struct keyring *own, struct slot_new *s, struct vault_err *err)
{
	struct rows grants = {.r = NULL};
	enum vault_rc rc = push(&v->new_roster->slot, STORE_SLOT, slot_row(s, FIRST_EPOCH), err);
	if (rc == VAULT_OK)
		rc = slot_grants(v->vault_id, s->id, s->role, s->kr->box_pk, own, FIRST_EPOCH, &grants, err);
	for (size_t i = 0; i < grants.n && rc == VAULT_OK; i++) {
		rc = push(&v->new_roster->grant, STORE_GRANT, grants.r[i], err);
		grants.r[i] = NULL;
	}
	if (rc == VAULT_OK) {
		rc = push(&v->raw_wraps, STORE_WRAP, s->wrap, err);
		s->wrap = NULL;
	}
	rows_clear(&grants);
	return rc;
}

/* The authority and the first generations. */
static enum vault_rc own_keys(struct keyring *own, struct vault_err *err)
{
	enum vault_rc rc = keyring_room(own, KIND_META, 1, err);
	if (rc == VAULT_OK)
		rc = keyring_room(own, KIND_ADM, 1, err);
	if (rc != VAULT_OK)
		return rc;
	secret_random(own->seed, KEY_LEN);
	sign_keypair(own->pk_own, own->sk_own, own->seed);
	secret_wipe(own->seed, KEY_LEN);
	own->has_own = 1;
	secret_random(own->meta[0].key, KEY_LEN);
	secret_random(own->adm[0].key, KEY_LEN);
	keyring_children(&own->meta[0], KIND_META);
	keyring_children(&own->adm[0], KIND_ADM);
	return VAULT_OK;
}

static enum vault_rc first_slot(struct vault *v, const struct keyring *own, const struct vault_init *init,
                                struct vault_secret **key_text, struct vault_err *err)
{
	struct slot_new s;
	handle_new_id(v, v->slot_id);
	const struct slot_spec spec = {v->vault_id, v->slot_id, own->pk_own, init->slot_name, VAULT_ROLE_ADMIN, FIRST_EPOCH};
	enum vault_rc rc = init->passphrase == NULL
	                           ? slot_new_by_key(&spec, WRAP_KEYFILE, &s, key_text, err)
	                           : slot_new_by_passphrase(&spec, init->passphrase,
	                                                    (struct kdf_params){init->kdf_memory_kib, init->kdf_passes, 0}, &s, err);
	if (rc == VAULT_OK)
		rc = add_slot(v, own, &s, err);
	if (rc == VAULT_OK)
		rc = keyring_take(s.kr, own, err);
	if (rc == VAULT_OK) {
		v->kr = s.kr;
		s.kr = NULL;
	}
	slot_new_clear(&s);
	return rc;
}

static enum vault_rc recovery_slot(struct vault *v, const struct keyring *own, struct vault_secret **text, struct vault_err *err)
{
	struct slot_new s;
	uint8_t id[16];
	handle_new_id(v, id);
	const struct slot_spec spec = {v->vault_id, id, own->pk_own, VAULT_RECOVERY_NAME, VAULT_ROLE_ADMIN, FIRST_EPOCH};
	enum vault_rc rc = slot_new_by_key(&spec, WRAP_RECOVERY, &s, text, err);
	if (rc == VAULT_OK)
		rc = add_slot(v, own, &s, err);
	slot_new_clear(&s);
	return rc;
}

static enum vault_rc make_keys(struct vault *v, const struct vault_init *init, struct vault_secret **key_text,
                               struct vault_secret **recovery_text, struct vault_err *err)
{
	struct keyring *own = keyring_new();
	if (own == NULL)
		return nomem(err);
	enum vault_rc rc = own_keys(own, err);
	handle_new_id(v, v->vault_id);
	if (rc == VAULT_OK)
		rc = add_header(v, err);
	if (rc == VAULT_OK)
		rc = push(&v->new_roster->key, STORE_KEY, roster_key_make(v->vault_id, KIND_META, 1, &own->meta[0], NULL), err);
	if (rc == VAULT_OK)
		rc = push(&v->new_roster->key, STORE_KEY, roster_key_make(v->vault_id, KIND_ADM, 1, &own->adm[0], NULL), err);
	if (rc == VAULT_OK)
		rc = first_slot(v, own, init, key_text, err);
	if (rc == VAULT_OK && init->recovery)
		rc = recovery_slot(v, own, recovery_text, err);
	keyring_free(&own);
	return rc;
}

/* Nothing may stand where the vault goes, least of all a journal: it would play into the new file (shown). */
static enum vault_rc check_free(const struct vault *v, struct vault_err *err)
{
	struct stat st;
	char *journal = files_concat(v->path, "-journal", "");
	enum vault_rc rc = journal == NULL ? nomem(err) : VAULT_OK;
	if (rc == VAULT_OK && lstat(v->path, &st) == 0)
		rc = vault_err_set(err, VAULT_EXISTS, "%s exists already: choose another place with --file", v->path);
	else if (rc == VAULT_OK && lstat(journal, &st) == 0)
		rc = vault_err_set(err, VAULT_EXISTS, "%s is left over from another vault: move it away first", journal);
	free(journal);
	return rc;
}

enum vault_rc vault_init_prepare(const struct vault_config *cfg, const struct vault_init *init, struct vault **out,
                                 struct vault_secret **key_text, struct vault_secret **recovery_text, struct vault_err *err)
{
	struct vault *v = NULL;
	*out = NULL;
	*key_text = *recovery_text = NULL;
	enum vault_rc rc = vault_slot_name_check(init->slot_name, err);
	if (rc == VAULT_OK && init->recovery && strcmp(init->slot_name, VAULT_RECOVERY_NAME) == 0)
		rc = vault_err_set(err, VAULT_USAGE, "the name recovery is the recovery slot's: choose another --slot-name");
	if (rc == VAULT_OK)
		rc = files_make_folder(cfg->path, err);
	if (rc == VAULT_OK)
		rc = vault_int_new(cfg, &v, err);
	if (rc == VAULT_OK)
		rc = check_free(v, err);
	if (rc == VAULT_OK)
		rc = files_check_folder(v->path, err);
	if (rc == VAULT_OK)
		rc = files_check_local(v->path, err);
	if (rc == VAULT_OK && (v->new_roster = calloc(1, sizeof *v->new_roster)) == NULL)
		rc = nomem(err);
	if (rc == VAULT_OK) {
		v->new_roster->area = LEAF_ROSTER;
		v->creating = 1;
		snprintf(v->slot_name, sizeof v->slot_name, "%s", init->slot_name);
		v->role = VAULT_ROLE_ADMIN;
		rc = make_keys(v, init, key_text, recovery_text, err);
	}
	if (rc != VAULT_OK) {
		vault_secret_free(key_text);
		vault_secret_free(recovery_text);
		vault_close(&v);
	}
	*out = v;
	return rc;
}

/* --- writing --------------------------------------------------------------------------------------------- */

static enum vault_rc put_all(struct store *s, enum store_table t, const struct rows *l, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	for (size_t i = 0; i < l->n && rc == VAULT_OK; i++)
		rc = store_put(s, t, l->r[i], err);
	return rc;
}

/* The first log. One without entries beside no vault is an init's that was killed. */
static enum vault_rc first_log(struct vault *v, struct vault_err *err)
{
	struct logfile *l = NULL;
	uint8_t log_id[16];
	enum vault_rc rc = logfile_open(v->log_path, 0, &l, err);
	const int empty = rc == VAULT_OK && l != NULL && logfile_pos(l)->next_seq == 1;
	if (rc == VAULT_OK && l != NULL && !empty)
		rc = vault_err_set(err, VAULT_EXISTS, "%s is the access log of another vault: move it away first", v->log_path);
	logfile_close(&l);
	if (rc == VAULT_OK && empty && unlink(v->log_path) != 0)
		rc = vault_err_set(err, VAULT_IO, "cannot replace %s: %s", v->log_path, strerror(errno));
	if (rc != VAULT_OK)
		return rc;
	handle_new_id(v, log_id);
	rc = logfile_create(v->log_path, v->vault_id, log_id, vault_now(v), NULL, &l, err);
	logfile_close(&l);
	return rc;
}

/* Rows, digests and state 1 into the open new database: as any other change, by txn_commit. */
static enum vault_rc fill(struct vault *v, struct vault_err *err)
{
	static const enum store_table order[] = {STORE_HEADER, STORE_SLOT, STORE_KEY, STORE_GRANT};
	enum vault_rc rc = store_begin(v->store, 1, err);
	for (size_t i = 0; i < sizeof order / sizeof order[0] && rc == VAULT_OK; i++)
		rc = put_all(v->store, order[i], leaf_rows(v->new_roster, order[i]), err);
	if (rc == VAULT_OK)
		rc = put_all(v->store, STORE_WRAP, &v->raw_wraps, err);
	if (rc == VAULT_OK)
		rc = tree_new(&v->tree, err);
	if (rc == VAULT_OK)
		rc = txn_adopt(v, v->new_roster, err);
	if (rc != VAULT_OK)
		return rc;
	v->new_roster->dirty = 1;
	v->new_roster = NULL;
	v->txn = TXN_WRITE;
	txn_action(v, ACTION_INIT, v->slot_id, token_detail(NULL, 0, v->slot_name));
	return txn_commit(v, err);
}

enum vault_rc vault_init_commit(struct vault *v, struct vault_err *err)
{
	int lock = -1;
	char *fresh = files_concat(v->path, "-new", "");
	enum vault_rc rc = fresh == NULL || !v->creating ? vault_err_set(err, VAULT_REFUSED, "internal: nothing to create") : VAULT_OK;
	if (rc == VAULT_OK)
		rc = files_lock(v->lock_path, LOCK_WAIT_MS, &lock, err);
	if (rc == VAULT_OK)
		rc = check_free(v, err);
	if (rc == VAULT_OK)
		rc = storefile_remove(fresh, err);
	if (rc == VAULT_OK)
		rc = first_log(v, err);
	if (rc == VAULT_OK)
		rc = store_create(fresh, &v->store, err);
	if (rc == VAULT_OK)
		rc = fill(v, err);
	store_close(&v->store);
	/* Not rename(2): never over a vault. */
	if (rc == VAULT_OK && renameat2(AT_FDCWD, fresh, AT_FDCWD, v->path, RENAME_NOREPLACE) != 0)
		rc = errno == EEXIST ? vault_err_set(err, VAULT_EXISTS, "%s exists already", v->path)
		                     : vault_err_set(err, VAULT_IO, "cannot create %s: %s", v->path, strerror(errno));
	/* Without a synced name there may be no vault after a power cut: taken back, since the caller takes its key away. */
	if (rc == VAULT_OK && (rc = files_sync_folder(v->path, err)) != VAULT_OK)
		(void)unlink(v->path);
	if (rc != VAULT_OK && fresh != NULL && lock >= 0)
		(void)(storefile_remove(fresh, NULL) == VAULT_OK);
	if (lock >= 0)
		close(lock);
	free(fresh);
	return rc;
}
