/* rekey_plan.c - a rekey's keys: made before anything is written. L7; declared in <vault/rekey.h>. */
#include <stdlib.h>
#include <string.h>

#include <vault/rekey.h>

#include "slot.h"
#include "txn.h"

static const uint8_t zero_id[16];

/* A new authority and K_meta; behind the old generations of K_adm, by which erased values are known again, a new one. */
static enum vault_rc new_keys(const struct vault *v, struct keyring *own, struct vault_err *err)
{
	struct keygen *meta = NULL, *adm = NULL;
	enum vault_rc rc = keyring_take(own, v->kr, err);
	if (rc == VAULT_OK)
		rc = keyring_room(own, KIND_META, 1, err);
	if (rc == VAULT_OK)
		rc = keyring_grow(own, KIND_ADM, &adm, err);
	if (rc != VAULT_OK)
		return rc;
	meta = &own->meta[0];
	secret_random(own->seed, KEY_LEN);
	sign_keypair(own->pk_own, own->sk_own, own->seed);
	secret_wipe(own->seed, KEY_LEN);
	own->has_own = 1;
	secret_random(meta->key, KEY_LEN);
	keyring_children(meta, KIND_META);
	secret_random(adm->key, KEY_LEN);
	keyring_children(adm, KIND_ADM);
	return VAULT_OK;
}

/* The old passphrase may be what a rekey is for: it is tried on the old wrap. */
static enum vault_rc refuse_old(const struct vault *v, const struct roster_slot *s, const struct vault_secret *passphrase,
                                struct vault_err *err)
{
	struct wrap_slot of;
	enum vault_rc rc = VAULT_OK;
	for (size_t i = 0; i < v->raw_wraps.n && rc == VAULT_OK; i++) {
		const struct row *w = v->raw_wraps.r[i];
		if (w->c[WR_SLOT].n != 16 || memcmp(w->c[WR_SLOT].p, s->id, 16) != 0 || w->c[WR_TYPE].i != WRAP_PASSPHRASE ||
		    !wrap_slot_of(s->row, v->vault_id, &of))
			continue;
		struct keyring *kr = keyring_new();
		if (kr == NULL)
			return vault_err_set(err, VAULT_REFUSED, "out of memory");
		if (wrap_open(w, &of, vault_secret_cbytes(passphrase), vault_secret_len(passphrase), kr, NULL) == VAULT_OK)
			rc = vault_err_set(err, VAULT_REFUSED, "this passphrase opens %s already: choose a new one", s->name);
		keyring_free(&kr);
	}
	return rc;
}

static enum vault_rc plan_slot(struct vault *v, struct slot_plan *plan, const struct row *old, struct vault_rekey_slot *want,
                               struct kdf_params kdf, struct vault_err *err)
{
	struct slot_planned *p = &plan->slots[plan->n];
	struct roster_slot s = {.row = old};
	uint8_t id[16];
	const int recovery = strcmp(want->name, VAULT_RECOVERY_NAME) == 0;
	enum vault_role role = VAULT_ROLE_ADMIN;
	enum vault_rc rc = VAULT_OK;
	memcpy(p->old_id, old != NULL ? old->c[SLOT_ID].p : zero_id, 16);
	if (old != NULL) {
		role = (enum vault_role)old->c[SLOT_ROLE].i;
		s.id = old->c[SLOT_ID].p;
		memcpy(s.name, want->name, strlen(want->name));
	}
	if (want->passphrase != NULL && recovery)
		rc = vault_err_set(err, VAULT_USAGE, "the recovery slot opens by a code, not by a passphrase");
	else if (want->passphrase != NULL && old != NULL)
		rc = refuse_old(v, &s, want->passphrase, err);
	if (rc != VAULT_OK)
		return rc;
	handle_new_id(v, id);
	const struct slot_spec spec = {plan->vault_id, id, plan->own->pk_own, want->name, role, 1};
	rc = want->passphrase != NULL ? slot_new_by_passphrase(&spec, want->passphrase, kdf, &p->s, err)
	                              : slot_new_by_key(&spec, recovery ? WRAP_RECOVERY : WRAP_KEYFILE, &p->s, &want->key_text, err);
	plan->n += (size_t)(rc == VAULT_OK);
	return rc;
}

/* Copies of the rows of those that are kept, from the verified roster; NULL for a recovery slot that is new. */
static enum vault_rc old_rows(struct vault *v, const struct vault_rekey_slot *slots, size_t n, struct row **old, struct vault_err *err)
{
	int own = 0, admin = 0;
	for (size_t i = 0; i < n; i++) {
		const struct roster_slot *s = roster_active(&v->roster, slots[i].name);
		if (s == NULL && strcmp(slots[i].name, VAULT_RECOVERY_NAME) == 0)
			continue;
		if (s == NULL)
			return vault_err_set(err, VAULT_NOTFOUND, "no key slot %s: vault access list shows all", slots[i].name);
		for (size_t k = 0; k < i; k++)
			if (strcmp(slots[k].name, slots[i].name) == 0)
				return vault_err_set(err, VAULT_USAGE, "the key slot %s is named twice", slots[i].name);
		own |= memcmp(s->id, v->slot_id, 16) == 0;
		admin |= s->role == VAULT_ROLE_ADMIN && strcmp(s->name, VAULT_RECOVERY_NAME) != 0;
		old[i] = row_make(STORE_SLOT, s->row->c);
		if (old[i] == NULL)
			return vault_err_set(err, VAULT_REFUSED, "out of memory");
	}
	if (!own)
		return vault_err_set(err, VAULT_REFUSED, "the key slot %s, by which the vault was opened, cannot be left out", v->slot_name);
	return admin ? VAULT_OK : vault_err_set(err, VAULT_REFUSED, "every admin would be left out, and only the recovery code open the "
	                                        "vault: let one of them stay");
}

enum vault_rc vault_rekey_prepare(struct vault *v, struct vault_rekey_slot *slots, size_t n, uint32_t kdf_memory_kib,
                                  uint32_t kdf_passes, struct vault_err *err)
{
	const struct kdf_params kdf = {kdf_memory_kib, kdf_passes, 0};
	struct row **old = calloc(n + 1, sizeof(struct row *));
	struct slot_plan *plan = calloc(1, sizeof *plan);
	const uint64_t chosen = v->last_epoch;
	uint8_t state[HASH_LEN];
	memcpy(state, v->last_state, HASH_LEN);
	enum vault_rc rc = txn_begin(v, TXN_READ, err);
	if (rc == VAULT_OK && v->role != VAULT_ROLE_ADMIN)
		rc = txn_forbidden(v, "give the vault new keys", err);
	if (rc == VAULT_OK && (old == NULL || plan == NULL || (plan->slots = calloc(n + 1, sizeof *plan->slots)) == NULL ||
	                       (plan->own = keyring_new()) == NULL))
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	/* A slot that came since who stays was chosen would be left out by nobody's choice, and not be named. */
	if (rc == VAULT_OK && (chosen != v->state.epoch || memcmp(state, v->state.hash, HASH_LEN) != 0))
		rc = vault_err_set(err, VAULT_BUSY, "the vault was changed meanwhile: repeat");
	if (rc == VAULT_OK)
		rc = old_rows(v, slots, n, old, err);
	txn_end(v);
	if (rc == VAULT_OK) {
		plan->epoch = v->last_epoch;
		memcpy(plan->state, v->last_state, HASH_LEN);
		handle_new_id(v, plan->vault_id);
		rc = new_keys(v, plan->own, err);
	}
	for (size_t i = 0; i < n && rc == VAULT_OK; i++)
		rc = plan_slot(v, plan, old[i], &slots[i], kdf, err);
	for (size_t i = 0; old != NULL && i < n; i++) {
		free(old[i]);
		if (rc != VAULT_OK)
			vault_secret_free(&slots[i].key_text);
	}
	free(old);
	if (rc != VAULT_OK) {
		slot_plan_free(&plan);
		return rc;
	}
	slot_plan_free(&v->plan);
	v->plan = plan;
	return VAULT_OK;
}
