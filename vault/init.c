/* init.c - a new vault: keys and rows in memory first, then one file that appears whole or not at all. L7. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "keytext.h"
#include "token.h"
#include "vault_int.h"
#include "wrap.h"

enum { LOCK_WAIT_MS = 30000, DEFAULT_KIB = 256 * 1024, LANES = 4, FIRST_EPOCH = 1 };

static const uint8_t zero_id[16];

/* Keys of the authority and both generations, shared by all slots of a new vault. */
struct authority {
	uint8_t seed[KEY_LEN];
	uint8_t sk_own[SIGN_SK_LEN], pk_own[SIGN_PK_LEN];
	uint8_t meta[KEY_LEN], adm[KEY_LEN];
};

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

static enum vault_rc add_key(struct vault *v, int kind, const uint8_t key[KEY_LEN], struct vault_err *err)
{
	uint8_t commitment[32];
	keyring_commitment(commitment, v->vault_id, kind, 1, key);
	const struct cell c[] = {CELL_INT(kind), CELL_INT(1), CELL_BLOB(commitment, 32), CELL_BLOB("", 0)};
	return push(&v->new_roster->key, STORE_KEY, row_make(STORE_KEY, c), err);
}

static enum vault_rc add_grants(struct vault *v, const struct authority *a, const uint8_t slot_id[16],
                                const struct keyring *kr, struct vault_err *err)
{
	struct rows *g = &v->new_roster->grant;
	enum vault_rc rc = push(g, STORE_GRANT, roster_grant_make(v->vault_id, zero_id, slot_id, GRANT_SIGN, 1, FIRST_EPOCH,
	                                                          kr->box_pk, a->sk_own, SIGN_SK_LEN), err);
	if (rc == VAULT_OK)
		rc = push(g, STORE_GRANT, roster_grant_make(v->vault_id, zero_id, slot_id, GRANT_KEYS, 1, FIRST_EPOCH, kr->box_pk,
		                                            a->adm, KEY_LEN), err);
	if (rc == VAULT_OK)
		rc = push(g, STORE_GRANT, roster_grant_make(v->vault_id, zero_id, slot_id, GRANT_META, 1, FIRST_EPOCH, kr->box_pk,
		                                            a->meta, KEY_LEN), err);
	return rc;
}

/* An admin slot with fresh keys, its grants and its wrap; its keyring stays in `*kr`. */
static enum vault_rc add_slot(struct vault *v, const struct authority *a, const char *name, int type,
                              const struct kdf_params *kdf, const void *secret, size_t n, uint8_t slot_id[16],
                              struct keyring **kr, struct vault_err *err)
{
	*kr = keyring_new();
	if (*kr == NULL)
		return nomem(err);
	handle_new_id(v, slot_id);
	secret_random((*kr)->seed, KEY_LEN);
	keyring_derive(*kr);
	memcpy((*kr)->pk_own, a->pk_own, SIGN_PK_LEN);
	memcpy((*kr)->sk_own, a->sk_own, SIGN_SK_LEN);
	(*kr)->has_own = 1;
	const struct cell c[] = {
		CELL_BLOB(slot_id, 16), CELL_BLOB(name, strlen(name)), CELL_INT(VAULT_ROLE_ADMIN), CELL_BLOB((*kr)->box_pk, 32),
		CELL_BLOB((*kr)->sign_pk, 32), CELL_INT(SLOT_ACTIVE), CELL_INT(FIRST_EPOCH), CELL_INT(0),
	};
	enum vault_rc rc = push(&v->new_roster->slot, STORE_SLOT, row_make(STORE_SLOT, c), err);
	if (rc == VAULT_OK)
		rc = add_grants(v, a, slot_id, *kr, err);
	struct row *w = rc == VAULT_OK ? wrap_make(*kr, v->vault_id, slot_id, type, kdf, secret, n, FIRST_EPOCH, err) : NULL;
	if (rc == VAULT_OK)
		rc = w == NULL ? nomem(err) : push(&v->raw_wraps, STORE_WRAP, w, err);
	return rc;
}

/* A slot that opens by 32 random bytes, and the text that carries them. */
static enum vault_rc add_key_slot(struct vault *v, const struct authority *a, const char *name, int type,
                                  uint8_t slot_id[16], struct keyring **kr, struct vault_secret **text, struct vault_err *err)
{
	struct keytext *k = secret_mem(sizeof *k);
	*kr = NULL;
	if (k == NULL)
		return nomem(err);
	secret_random(k->key, KEY_LEN);
	enum vault_rc rc = add_slot(v, a, name, type, NULL, k->key, KEY_LEN, slot_id, kr, err);
	memcpy(k->vault_id, v->vault_id, 16);
	memcpy(k->slot_id, slot_id, 16);
	k->epoch = FIRST_EPOCH;
	k->recovery = type == WRAP_RECOVERY;
	if (rc == VAULT_OK && (*text = keytext_format(k)) == NULL)
		rc = nomem(err);
	secret_mem_free(k);
	return rc;
}

static enum vault_rc own_generations(struct keyring *kr, const struct authority *a, struct vault_err *err)
{
	enum vault_rc rc = keyring_room(kr, KIND_META, 1, err);
	if (rc == VAULT_OK)
		rc = keyring_room(kr, KIND_ADM, 1, err);
	if (rc != VAULT_OK)
		return rc;
	memcpy(kr->meta[0].key, a->meta, KEY_LEN);
	memcpy(kr->adm[0].key, a->adm, KEY_LEN);
	keyring_children(&kr->meta[0], KIND_META);
	keyring_children(&kr->adm[0], KIND_ADM);
	return VAULT_OK;
}

static enum vault_rc first_slot(struct vault *v, const struct authority *a, const struct vault_init *init,
                                struct vault_secret **key_text, struct vault_err *err)
{
	struct kdf_params p = {init->kdf_memory_kib != 0 ? init->kdf_memory_kib : DEFAULT_KIB, init->kdf_passes, LANES};
	enum vault_rc rc = VAULT_OK;
	if (init->passphrase == NULL)
		return add_key_slot(v, a, init->slot_name, WRAP_KEYFILE, v->slot_id, &v->kr, key_text, err);
	if (p.t == 0) {
		/* The clamp first, with the least passes: a wrong --kdf-memory must not be allocated to measure with. */
		p.t = 3;
		rc = kdf_check(&p, err);
		if (rc == VAULT_OK)
			p.t = kdf_calibrate(p.m_kib, p.lanes);
	}
	if (rc == VAULT_OK)
		rc = add_slot(v, a, init->slot_name, WRAP_PASSPHRASE, &p, vault_secret_cbytes(init->passphrase),
		              vault_secret_len(init->passphrase), v->slot_id, &v->kr, err);
	return rc;
}

static enum vault_rc make_keys(struct vault *v, const struct vault_init *init, struct vault_secret **key_text,
                               struct vault_secret **recovery_text, struct vault_err *err)
{
	uint8_t id[16];
	struct keyring *recovery = NULL;
	struct authority *a = secret_mem(sizeof *a);
	if (a == NULL)
		return nomem(err);
	secret_random(a->seed, KEY_LEN);
	sign_keypair(a->pk_own, a->sk_own, a->seed);
	secret_random(a->meta, KEY_LEN);
	secret_random(a->adm, KEY_LEN);
	handle_new_id(v, v->vault_id);
	enum vault_rc rc = add_header(v, err);
	if (rc == VAULT_OK)
		rc = add_key(v, KIND_META, a->meta, err);
	if (rc == VAULT_OK)
		rc = add_key(v, KIND_ADM, a->adm, err);
	if (rc == VAULT_OK)
		rc = first_slot(v, a, init, key_text, err);
	if (rc == VAULT_OK)
		rc = own_generations(v->kr, a, err);
	if (rc == VAULT_OK && init->recovery)
		rc = add_key_slot(v, a, "recovery", WRAP_RECOVERY, id, &recovery, recovery_text, err);
	keyring_free(&recovery);
	secret_mem_free(a);
	return rc;
}

/* Makes the vault's folder where it is missing, so that the path can be resolved. */
static enum vault_rc make_folder(const char *path, struct vault_err *err)
{
	const char *slash = strrchr(path, '/');
	struct stat st;
	if (slash == NULL || slash == path)
		return VAULT_OK;
	char *dir = strndup(path, (size_t)(slash - path));
	if (dir == NULL)
		return nomem(err);
	const enum vault_rc rc = stat(dir, &st) == 0 ? VAULT_OK : files_mkdirs(dir, err);
	free(dir);
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
	enum vault_rc rc = vault_vendor_name_check(init->slot_name, err); /* the same rule for names of slots */
	if (rc == VAULT_OK && init->recovery && strcmp(init->slot_name, "recovery") == 0)
		rc = vault_err_set(err, VAULT_USAGE, "the name recovery is the recovery slot's: choose another --slot-name");
	if (rc == VAULT_OK)
		rc = make_folder(cfg->path, err);
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
	if (rc == VAULT_OK && (v->leaves = calloc(1, sizeof(struct leaf *))) == NULL)
		rc = nomem(err);
	if (rc != VAULT_OK)
		return rc;
	v->new_roster->dirty = 1;
	v->leaves[0] = v->new_roster;
	v->new_roster = NULL;
	v->n_leaves = 1;
	v->txn = TXN_WRITE;
	txn_action(v, ACTION_INIT, v->slot_id, token_detail(NULL, 0, v->slot_name));
	return txn_commit(v, err);
}

static enum vault_rc remove_stale(const char *fresh, struct vault_err *err)
{
	char *journal = files_concat(fresh, "-journal", "");
	enum vault_rc rc = journal == NULL ? nomem(err) : VAULT_OK;
	/* The journal first: alone it could play into the next file of that name. */
	if (rc == VAULT_OK && ((unlink(journal) != 0 && errno != ENOENT) || (unlink(fresh) != 0 && errno != ENOENT)))
		rc = vault_err_set(err, VAULT_IO, "cannot take away %s: %s", fresh, strerror(errno));
	free(journal);
	return rc;
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
		rc = remove_stale(fresh, err);
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
		(void)remove_stale(fresh, NULL);
	if (lock >= 0)
		close(lock);
	free(fresh);
	return rc;
}
