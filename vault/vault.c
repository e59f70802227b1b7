/* vault.c - the handle: open, unlock, begin, commit, close. L7. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <vault/token.h>

#include "files.h"
#include "keytext.h"
#include "near.h"
#include "observe.h"
#include "vault_int.h"
#include "slot.h"

/* --- the system's clock and randomness -------------------------------------------------------------------- */

static int64_t system_now(void *ctx)
{
	(void)ctx;
	return (int64_t)time(NULL);
}

static void system_random(void *ctx, uint8_t *out, size_t n)
{
	(void)ctx;
	secret_random(out, n);
}

const struct vault_env *vault_env_system(void)
{
	static const struct vault_env env = {.now = system_now, .random = system_random};
	return &env;
}

/* --- opening --------------------------------------------------------------------------------------------- */

enum vault_rc vault_int_new(const struct vault_config *cfg, struct vault **out, struct vault_err *err)
{
	struct vault *v = calloc(1, sizeof *v);
	*out = NULL;
	if (v == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	v->lock_fd = -1;
	v->env = cfg->env != NULL ? cfg->env : vault_env_system();
	enum vault_rc rc = secret_init(err);
	if (rc == VAULT_OK)
		rc = files_resolve(cfg->path, &v->path, err);
	if (rc == VAULT_OK) {
		v->log_path = cfg->log_path != NULL ? strdup(cfg->log_path) : files_concat(v->path, "-log", "");
		v->lock_path = files_concat(v->path, "-lock", "");
		v->state_dir = cfg->state_dir != NULL ? strdup(cfg->state_dir) : NULL;
		if (v->log_path == NULL || v->lock_path == NULL || (cfg->state_dir != NULL && v->state_dir == NULL))
			rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	}
	if (rc != VAULT_OK)
		vault_close(&v);
	*out = v;
	return rc;
}

/* Header, slots and wraps, unverified: enough for choosing a slot and for the KDF; the roster verifies them later. */
static enum vault_rc read_raw(struct vault *v, struct vault_err *err)
{
	struct rows header = {.r = NULL};
	enum vault_rc rc = store_begin(v->store, 0, err);
	if (rc == VAULT_OK)
		rc = store_all(v->store, STORE_HEADER, &header, err);
	if (rc == VAULT_OK)
		rc = store_all(v->store, STORE_SLOT, &v->raw_slots, err);
	if (rc == VAULT_OK)
		rc = store_all(v->store, STORE_WRAP, &v->raw_wraps, err);
	store_rollback(v->store);
	if (rc == VAULT_OK && (header.n != 1 || header.r[0]->c[HDR_VAULT_ID].n != 16 || v->raw_slots.n == 0))
		rc = vault_err_set(err, VAULT_DAMAGED, "the vault's header is damaged: restore it from a backup");
	if (rc == VAULT_OK && header.r[0]->c[HDR_FORMAT].i != STORE_FORMAT)
		rc = vault_err_set(err, VAULT_FORMAT, "the vault has format %lld; this program reads format %d: use a newer one",
		                   (long long)header.r[0]->c[HDR_FORMAT].i, STORE_FORMAT);
	if (rc == VAULT_OK)
		memcpy(v->vault_id, header.r[0]->c[HDR_VAULT_ID].p, 16);
	rows_clear(&header);
	return rc;
}

enum vault_rc vault_open(const struct vault_config *cfg, struct vault **out, struct vault_err *err)
{
	struct vault *v = NULL;
	enum vault_rc rc = vault_int_new(cfg, &v, err);
	*out = NULL;
	if (rc != VAULT_OK)
		return rc;
	rc = files_check_private(v->path, "vault", err);
	if (rc == VAULT_NOTFOUND) {
		vault_err_clear(err);
		rc = vault_err_set(err, rc, "there is no vault '%s': `vault init` makes one, --file FILE names another", v->path);
	}
	if (rc == VAULT_OK)
		rc = files_check_folder(v->path, err);
	if (rc == VAULT_OK)
		rc = store_open(v->path, &v->store, err);
	if (rc == VAULT_OK)
		rc = read_raw(v, err);
	if (rc != VAULT_OK)
		vault_close(&v);
	*out = v;
	return rc;
}

/* --- choosing a slot -------------------------------------------------------------------------------------- */

static const struct row *wrap_of(const struct vault *v, const uint8_t *slot_id)
{
	for (size_t i = 0; i < v->raw_wraps.n; i++)
		if (v->raw_wraps.r[i]->c[WR_SLOT].n == 16 && memcmp(v->raw_wraps.r[i]->c[WR_SLOT].p, slot_id, 16) == 0)
			return v->raw_wraps.r[i];
	return NULL;
}

static int is_passphrase_slot(const struct vault *v, const struct row *slot)
{
	const struct row *w = slot->c[SLOT_ID].n == 16 ? wrap_of(v, slot->c[SLOT_ID].p) : NULL;
	return w != NULL && w->c[WR_TYPE].i == WRAP_PASSPHRASE;
}

static int is_named(const struct row *slot, const char *name)
{
	return name != NULL && slot->c[SLOT_NAME].n == strlen(name) && memcmp(slot->c[SLOT_NAME].p, name, strlen(name)) == 0;
}

/* Before "no such slot" or "which one?" is said of rows that the roster has not verified yet: every slot has one wrap, and
 * its own signature is on its name, role and keys. Else a changed byte would pass for the user's mistake. */
static enum vault_rc wraps_hold(const struct vault *v, struct vault_err *err)
{
	int ok = v->raw_wraps.n == v->raw_slots.n;
	for (size_t i = 0; ok && i < v->raw_slots.n; i++) {
		struct wrap_slot slot;
		const struct row *w = wrap_slot_of(v->raw_slots.r[i], v->vault_id, &slot) ? wrap_of(v, slot.slot_id) : NULL;
		ok = w != NULL && wrap_sig_ok(w, &slot);
	}
	return ok ? VAULT_OK : vault_err_set(err, VAULT_DAMAGED, "the list of key slots is damaged: restore the vault from a backup");
}

/* Names of passphrase slots for a sentence; shown before anything is verified, so escaped by vault_err_set. */
static void slot_names(const struct vault *v, char *out, size_t cap)
{
	size_t n = 0;
	out[0] = '\0';
	for (size_t i = 0; i < v->raw_slots.n; i++) {
		const struct cell *c = &v->raw_slots.r[i]->c[SLOT_NAME];
		if (!is_passphrase_slot(v, v->raw_slots.r[i]) || n + c->n + 3 > cap)
			continue;
		if (n > 0) {
			memcpy(out + n, ", ", 2);
			n += 2;
		}
		memcpy(out + n, c->p, c->n);
		n += c->n;
		out[n] = '\0';
	}
}

/* " (did you mean ann?)", of active slots. */
static const char *near_slots(const struct vault *v, const char *name, char *out, size_t cap)
{
	char (*copies)[VAULT_NAME_MAX + 1] = calloc(v->raw_slots.n + 1, sizeof *copies);
	const char **names = calloc(v->raw_slots.n + 1, sizeof *names);
	size_t n = 0;
	out[0] = '\0';
	for (size_t i = 0; i < v->raw_slots.n && copies != NULL && names != NULL; i++) {
		const struct cell *c = v->raw_slots.r[i]->c;
		if (c[SLOT_STATUS].i != SLOT_ACTIVE || c[SLOT_NAME].n > VAULT_NAME_MAX)
			continue;
		memcpy(copies[n], c[SLOT_NAME].p, c[SLOT_NAME].n);
		names[n] = copies[n];
		n++;
	}
	if (n > 0)
		near_sentence(name, names, n, out, cap);
	free(names);
	free(copies);
	return out;
}

/* --slot, else the login name's, else the only passphrase slot; active ones before ended ones of the same name. */
static enum vault_rc choose_slot(struct vault *v, const struct vault_cred *cred, const struct row **out, struct vault_err *err)
{
	char names[512], near[512];
	const struct row *named = NULL, *login = NULL, *only = NULL;
	size_t passphrases = 0;
	for (size_t i = 0; i < v->raw_slots.n; i++) {
		const struct row *s = v->raw_slots.r[i];
		const int active = s->c[SLOT_STATUS].i == SLOT_ACTIVE;
		if (is_named(s, cred->slot_name) && (named == NULL || active))
			named = s;
		if (!is_passphrase_slot(v, s))
			continue;
		if (is_named(s, cred->login_name) && (login == NULL || active))
			login = s;
		if (active || only == NULL)
			only = s;
		passphrases += (size_t)active;
	}
	*out = cred->slot_name != NULL ? named : login != NULL ? login : passphrases > 1 ? NULL : only;
	if (*out != NULL && is_passphrase_slot(v, *out))
		return VAULT_OK;
	enum vault_rc rc = wraps_hold(v, err);
	if (rc != VAULT_OK)
		return rc;
	slot_names(v, names, sizeof names);
	if (*out != NULL)
		return vault_err_set(err, VAULT_WRONGKEY, "the key slot %s opens by a key file or recovery code, not by a passphrase",
		                     cred->slot_name);
	if (cred->slot_name != NULL)
		return vault_err_set(err, VAULT_NOTFOUND, "no key slot %s%s; those with a passphrase: %s", cred->slot_name,
		                     near_slots(v, cred->slot_name, near, sizeof near), names);
	if (passphrases == 0)
		return vault_err_set(err, VAULT_WRONGKEY, "no key slot of this vault opens by a passphrase: give its key file with "
		                     "--key-file");
	return vault_err_set(err, VAULT_EXISTS, "which key slot? --slot NAME, one of: %s", names);
}

int vault_has_passphrase_slot(struct vault *v)
{
	for (size_t i = 0; i < v->raw_slots.n; i++)
		if (is_passphrase_slot(v, v->raw_slots.r[i]))
			return 1;
	return 0;
}

/* --- unlocking ------------------------------------------------------------------------------------------- */

static enum vault_rc take_slot(struct vault *v, const struct row *slot, const void *secret, size_t n, struct vault_err *err)
{
	struct wrap_slot of;
	const struct row *w = wrap_slot_of(slot, v->vault_id, &of) ? wrap_of(v, of.slot_id) : NULL;
	if (w == NULL)
		return vault_err_set(err, VAULT_DAMAGED, "the key slot is damaged: restore the vault from a backup");
	struct keyring *kr = keyring_new();
	if (kr == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	const enum vault_rc rc = wrap_open(w, &of, secret, n, kr, err);
	if (rc != VAULT_OK) {
		keyring_free(&kr);
		return rc;
	}
	keyring_free(&v->kr);
	v->kr = kr;
	memcpy(v->slot_id, of.slot_id, 16);
	return VAULT_OK;
}

/* A key file names its vault and slot: no trials. */
static enum vault_rc check_key_vault(struct vault *v, const struct keytext *k, struct vault_err *err)
{
	struct seen seen;
	if (memcmp(k->vault_id, v->vault_id, 16) == 0)
		return VAULT_OK;
	const enum vault_rc rc = seen_read(v->state_dir, v->path, &seen, err);
	if (rc != VAULT_OK)
		return rc;
	if (seen.known && memcmp(seen.vault_id, k->vault_id, 16) == 0)
		return vault_err_set(err, VAULT_ROLLBACK, "another vault took the place of the one that this machine saw at %s: your "
		                     "key is of that one", v->path);
	return vault_err_set(err, VAULT_WRONGKEY, "wrong key: this %s is of another vault; give this one's",
	                     k->recovery ? "recovery code" : "key file");
}

static enum vault_rc unlock_key(struct vault *v, const struct vault_secret *text, const char *slot_name, struct vault_err *err)
{
	struct keytext *k = secret_mem(sizeof *k);
	const struct row *slot = NULL;
	if (k == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	enum vault_rc rc = keytext_parse(text, k, err);
	if (rc == VAULT_OK)
		rc = check_key_vault(v, k, err);
	for (size_t i = 0; rc == VAULT_OK && i < v->raw_slots.n; i++)
		if (v->raw_slots.r[i]->c[SLOT_ID].n == 16 && memcmp(v->raw_slots.r[i]->c[SLOT_ID].p, k->slot_id, 16) == 0)
			slot = v->raw_slots.r[i];
	if (rc == VAULT_OK && slot == NULL)
		rc = vault_err_set(err, VAULT_DAMAGED, "the key slot of this key is missing from the vault: restore it from a backup");
	if (rc == VAULT_OK && is_passphrase_slot(v, slot)) {
		rc = wraps_hold(v, err);
		if (rc == VAULT_OK)
			rc = vault_err_set(err, VAULT_WRONGKEY, "wrong key: this key slot opens by a passphrase now");
	}
	if (rc == VAULT_OK) {
		v->floor_epoch = k->epoch;
		rc = take_slot(v, slot, k->key, KEY_LEN, err);
	}
	if (rc == VAULT_OK && slot_name != NULL && !is_named(slot, slot_name))
		rc = vault_err_set(err, VAULT_WRONGKEY, "wrong key: it is not of the key slot %s", slot_name);
	secret_mem_free(k);
	return rc;
}

enum vault_rc vault_unlock(struct vault *v, const struct vault_cred *cred, struct vault_err *err)
{
	const struct row *slot = NULL;
	if (v->txn != TXN_NONE || (cred->key_text == NULL) == (cred->passphrase == NULL))
		return vault_err_set(err, VAULT_REFUSED, "internal: unlock wants one secret, outside a transaction");
	if (cred->key_text != NULL)
		return unlock_key(v, cred->key_text, cred->slot_name, err);
	if (keytext_is_recovery(cred->passphrase))
		return unlock_key(v, cred->passphrase, cred->slot_name, err);
	const enum vault_rc rc = choose_slot(v, cred, &slot, err);
	if (rc != VAULT_OK)
		return rc;
	return take_slot(v, slot, vault_secret_cbytes(cred->passphrase), vault_secret_len(cred->passphrase), err);
}

/* --- transactions ---------------------------------------------------------------------------------------- */

enum vault_rc vault_begin(struct vault *v, enum vault_mode mode, struct vault_err *err)
{
	return txn_begin(v, mode == VAULT_WRITE ? TXN_WRITE : mode == VAULT_READ_RELEASE ? TXN_RELEASE : TXN_READ, err);
}

enum vault_rc vault_commit(struct vault *v, struct vault_err *err)
{
	struct vault_err e = {.rc = VAULT_OK};
	const enum vault_rc rc = txn_commit(v, err);
	if (rc == VAULT_OK && v->after.n > 0 && observe_verdicts(v, v->after.v, v->after.n, &e) != VAULT_OK)
		handle_note(v, NOTE_AFTER,
		            "the change stands, but what Smartsheet said could not be logged (%s): run vault check --retired on it "
		            "before the old value is revoked",
		            e.msg);
	vault_verdicts_clear(&v->after);
	return rc;
}

void vault_end(struct vault *v)
{
	if (v == NULL)
		return;
	txn_end(v);
	vault_verdicts_clear(&v->after);
}

void vault_close(struct vault **v)
{
	if (v == NULL || *v == NULL)
		return;
	struct vault *h = *v;
	vault_end(h);
	store_close(&h->store);
	keyring_free(&h->kr);
	rows_clear(&h->raw_slots);
	rows_clear(&h->raw_wraps);
	buf_free(&h->scratch);
	secret_mem_free(h->token_keys);
	if (h->new_roster != NULL)
		leaf_clear(h->new_roster);
	free(h->new_roster);
	free(h->new_wrap);
	if (h->new_slot != NULL)
		slot_new_clear(h->new_slot);
	free(h->new_slot);
	slot_plan_free(&h->plan);
	free(h->path);
	free(h->log_path);
	free(h->lock_path);
	free(h->state_dir);
	free(h);
	*v = NULL;
}

int64_t vault_now(const struct vault *v)
{
	return v->env->now(v->env->ctx);
}

int64_t vault_today(const struct vault *v)
{
	return vault_day_of(vault_now(v));
}

enum vault_role vault_my_role(const struct vault *v)
{
	return v->role;
}

const char *vault_my_slot(const struct vault *v)
{
	return v->slot_name;
}

uint64_t vault_epoch(const struct vault *v)
{
	return v->last_epoch;
}

void vault_my_vault_id(const struct vault *v, uint8_t id[VAULT_ID_LEN])
{
	memcpy(id, v->vault_id, VAULT_ID_LEN);
}
