/* passwd.c - a new way into the own key slot: made, opened for proof, and only then put in place of the old one. L7. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keytext.h"
#include "observe.h"
#include "vault_int.h"
#include "wrap.h"

/* The own slot as the raw rows have it: verified against the seed's keys when the vault was begun. */
static struct wrap_slot own_slot(const struct vault *v)
{
	struct wrap_slot of = {.vault_id = v->vault_id};
	for (size_t i = 0; i < v->raw_slots.n; i++)
		if (wrap_slot_of(v->raw_slots.r[i], v->vault_id, &of) && memcmp(of.slot_id, v->slot_id, 16) == 0)
			break;
	return of;
}

/* The new wrap must give back the very seed: a person who is told "done" must not be locked out tomorrow. */
static enum vault_rc proves(const struct vault *v, const struct row *w, const void *secret, size_t n, struct vault_err *err)
{
	const struct wrap_slot of = own_slot(v);
	struct keyring *kr = keyring_new();
	if (kr == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	enum vault_rc rc = wrap_open(w, &of, secret, n, kr, err);
	if (rc == VAULT_OK && (!secret_equal(kr->seed, v->kr->seed, KEY_LEN) || !secret_equal(kr->pk_own, v->kr->pk_own, SIGN_PK_LEN)))
		rc = vault_err_set(err, VAULT_REFUSED, "the new way in does not open the slot: nothing was changed");
	keyring_free(&kr);
	return rc;
}

static enum vault_rc take(struct vault *v, struct row *w, const void *secret, size_t n, struct vault_err *err)
{
	const enum vault_rc rc = w == NULL ? vault_err_set(err, VAULT_REFUSED, "out of memory") : proves(v, w, secret, n, err);
	if (rc != VAULT_OK) {
		free(w);
		return rc;
	}
	free(v->new_wrap);
	v->new_wrap = w;
	return VAULT_OK;
}

static enum vault_rc by_key(struct vault *v, struct vault_secret **key_text, struct vault_err *err)
{
	const struct wrap_slot of = own_slot(v);
	struct keytext *k = secret_mem(sizeof *k);
	if (k == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	secret_random(k->key, KEY_LEN);
	memcpy(k->vault_id, v->vault_id, 16);
	memcpy(k->slot_id, v->slot_id, 16);
	k->epoch = v->last_epoch;
	struct row *w = wrap_make(v->kr, &of, WRAP_KEYFILE, NULL, k->key, KEY_LEN, v->last_epoch, err);
	enum vault_rc rc = take(v, w, k->key, KEY_LEN, err);
	if (rc == VAULT_OK && (*key_text = keytext_format(k)) == NULL)
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	secret_mem_free(k);
	return rc;
}

static enum vault_rc by_passphrase(struct vault *v, const struct vault_secret *s, struct kdf_params p, struct vault_err *err)
{
	const struct wrap_slot of = own_slot(v);
	const enum vault_rc rc = kdf_choose(&p, err);
	if (rc != VAULT_OK)
		return rc;
	return take(v, wrap_make(v->kr, &of, WRAP_PASSPHRASE, &p, vault_secret_cbytes(s), vault_secret_len(s), v->last_epoch, err),
	            vault_secret_cbytes(s), vault_secret_len(s), err);
}

/* The code stands on paper somewhere: nobody would know that it opens nothing any more. */
static int is_recovery(const struct vault *v)
{
	for (size_t i = 0; i < v->raw_wraps.n; i++) {
		const struct cell *c = v->raw_wraps.r[i]->c;
		if (c[WR_SLOT].n == 16 && memcmp(c[WR_SLOT].p, v->slot_id, 16) == 0)
			return c[WR_TYPE].i == WRAP_RECOVERY;
	}
	return 0;
}

enum vault_rc vault_passwd_prepare(struct vault *v, const struct vault_secret *passphrase, uint32_t kdf_memory_kib,
                                   uint32_t kdf_passes, struct vault_secret **key_text, struct vault_err *err)
{
	*key_text = NULL;
	if (v->kr == NULL || v->txn != TXN_NONE || v->last_epoch == 0)
		return vault_err_set(err, VAULT_REFUSED, "internal: passwd wants an unlocked, verified vault and no transaction");
	if (is_recovery(v))
		return vault_err_set(err, VAULT_REFUSED, "the vault was opened by its recovery code, which stays as it is: name the "
		                     "slot that is to be changed, vault access passwd NAME; a new code: vault access passwd recovery "
		                     "--compromised");
	if (passphrase == NULL)
		return by_key(v, key_text, err);
	if (keytext_is_recovery(passphrase))
		return vault_err_set(err, VAULT_REFUSED, "that is a recovery code: choose a passphrase of your own");
	return by_passphrase(v, passphrase, (struct kdf_params){kdf_memory_kib, kdf_passes, 0}, err);
}

enum vault_rc vault_passwd_commit(struct vault *v, struct vault_err *err)
{
	struct observation o = {.action = ACTION_REWRAP};
	const struct wrap_slot of = own_slot(v);
	struct vault_err e = {.rc = VAULT_OK};
	if (v->new_wrap == NULL)
		return vault_err_set(err, VAULT_REFUSED, "internal: no new way in was prepared");
	enum vault_rc rc = txn_begin(v, TXN_REWRAP, err);
	if (rc == VAULT_OK)
		rc = wrap_put(v->store, v->new_wrap, &of, err);
	if (rc == VAULT_OK)
		rc = store_commit(v->store, err);
	txn_end(v);
	if (rc != VAULT_OK)
		return rc;
	memcpy(o.object_id, v->slot_id, 16);
	if (observe_append(v, &o, 1, &e) != VAULT_OK)
		handle_note(v, NOTE_AFTER, "the new way in stands, but the access log could not say so: %s", e.msg);
	free(v->new_wrap);
	v->new_wrap = NULL;
	return VAULT_OK;
}
