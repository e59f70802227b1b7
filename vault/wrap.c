/* wrap.c - PRK, KEK, CHK and the wrap's signature. L4. */
#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "wrap.h"

enum { PLAIN_LEN = KEY_LEN + SIGN_PK_LEN + 8, BOX_LEN = PLAIN_LEN + SEAL_TAG_LEN, CHK_LEN = 32, SALT_LEN = KDF_SALT_LEN };

/* All that comes from the secret, in guarded memory. */
struct derived {
	uint8_t prk[32], kek[32], chk[32];
	uint8_t plain[PLAIN_LEN];
};

int wrap_slot_of(const struct row *slot, const uint8_t vault_id[16], struct wrap_slot *out)
{
	const struct cell *c = slot->c;
	*out = (struct wrap_slot){vault_id, c[SLOT_ID].p, c[SLOT_NAME].p, c[SLOT_NAME].n, c[SLOT_ROLE].i, c[SLOT_BOX_PK].p,
	                          c[SLOT_SIGN_PK].p};
	return c[SLOT_ID].n == 16 && c[SLOT_BOX_PK].n == SEAL_PK_LEN && c[SLOT_SIGN_PK].n == SIGN_PK_LEN;
}

/* What the AEAD binds, and what is signed: the same columns, more of them. */
static void encode(struct buf *b, const struct row *w, const struct wrap_slot *slot, int to_sign)
{
	buf_label(b, to_sign ? "smartvault1/wrap-sig" : "smartvault1/wrap");
	buf_field(b, slot->vault_id, 16);
	buf_field(b, w->c[WR_SLOT].p, w->c[WR_SLOT].n);
	if (to_sign) {
		buf_field(b, slot->name, slot->name_n);
		buf_field_u64(b, (uint64_t)slot->role);
		buf_field(b, slot->box_pk, SEAL_PK_LEN);
	}
	buf_field_u64(b, (uint64_t)w->c[WR_TYPE].i);
	buf_field_u64(b, (uint64_t)w->c[WR_M].i);
	buf_field_u64(b, (uint64_t)w->c[WR_T].i);
	buf_field_u64(b, (uint64_t)w->c[WR_LANES].i);
	buf_field(b, w->c[WR_SALT].p, w->c[WR_SALT].n);
	buf_field(b, w->c[WR_CHK].p, w->c[WR_CHK].n);
	if (to_sign) {
		buf_field(b, w->c[WR_NONCE].p, w->c[WR_NONCE].n);
		buf_field(b, w->c[WR_BOX].p, w->c[WR_BOX].n);
	}
}

static enum vault_rc derive(const struct row *w, const uint8_t vault_id[16], const void *secret, size_t n,
                            struct derived *d, struct vault_err *err)
{
	struct buf b = {.p = NULL};
	enum vault_rc rc = VAULT_OK;
	if (w->c[WR_TYPE].i == WRAP_PASSPHRASE) {
		const struct kdf_params p = {(uint32_t)w->c[WR_M].i, (uint32_t)w->c[WR_T].i, (uint32_t)w->c[WR_LANES].i};
		buf_label(&b, "smartvault1/slot");
		buf_field(&b, vault_id, 16);
		buf_field(&b, w->c[WR_SLOT].p, 16);
		buf_field_u64(&b, p.m_kib);
		buf_field_u64(&b, p.t);
		buf_field_u64(&b, p.lanes);
		rc = b.failed ? vault_err_set(err, VAULT_REFUSED, "out of memory")
		              : kdf_argon2id(d->prk, secret, n, w->c[WR_SALT].p, &p, b.p, b.n, err);
	} else if (n != KEY_LEN) {
		rc = vault_err_set(err, VAULT_WRONGKEY, "this slot opens by a key file or recovery code, not by a passphrase");
	} else {
		/* 32 random bytes need no stretching: keyed BLAKE2b, so a script pays microseconds. */
		buf_label(&b, "smartvault1/keyfile");
		buf_field(&b, vault_id, 16);
		buf_field(&b, w->c[WR_SLOT].p, 16);
		buf_field(&b, w->c[WR_SALT].p, SALT_LEN);
		if (b.failed)
			rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
		else
			hash_keyed(d->prk, 32, secret, b.p, b.n);
	}
	if (rc == VAULT_OK) {
		hash_subkey(d->kek, d->prk, 1, "svwrapke");
		hash_subkey(d->chk, d->prk, 2, "svwrapch");
	}
	buf_free(&b);
	return rc;
}

static struct row *row_of(const uint8_t slot_id[16], int type, const struct kdf_params *p, const uint8_t *salt,
                          const uint8_t *chk, const uint8_t *box, const uint8_t *sig)
{
	const struct cell c[] = {
		CELL_BLOB(slot_id, 16), CELL_INT(type), CELL_INT(p->m_kib), CELL_INT(p->t), CELL_INT(p->lanes),
		CELL_BLOB(salt, SALT_LEN), CELL_BLOB(chk, CHK_LEN), CELL_BLOB(box, SEAL_NONCE_LEN),
		CELL_BLOB(box + SEAL_NONCE_LEN, BOX_LEN), CELL_BLOB(sig, SIGN_LEN),
	};
	return row_make(STORE_WRAP, c);
}

struct row *wrap_make(const struct keyring *kr, const struct wrap_slot *slot, int type, const struct kdf_params *p,
                      const void *secret, size_t n, uint64_t epoch, struct vault_err *err)
{
	static const struct kdf_params none;
	const struct kdf_params *kdf = type == WRAP_PASSPHRASE ? p : &none;
	uint8_t salt[SALT_LEN], box[SEAL_NONCE_LEN + BOX_LEN] = {0}, sig[SIGN_LEN] = {0}, zero[CHK_LEN] = {0};
	struct buf ad = {.p = NULL}, s = {.p = NULL};
	struct row *w = NULL, *done = NULL;
	struct derived *d = secret_mem(sizeof *d);
	secret_random(salt, sizeof salt);
	if (d == NULL || (w = row_of(slot->slot_id, type, kdf, salt, zero, box, sig)) == NULL)
		goto out;
	if (derive(w, slot->vault_id, secret, n, d, err) != VAULT_OK)
		goto out;
	free(w);
	if ((w = row_of(slot->slot_id, type, kdf, salt, d->chk, box, sig)) == NULL)
		goto out;
	memcpy(d->plain, kr->seed, KEY_LEN);
	memcpy(d->plain + KEY_LEN, kr->pk_own, SIGN_PK_LEN);
	for (unsigned i = 0; i < 8; i++)
		d->plain[KEY_LEN + SIGN_PK_LEN + i] = (uint8_t)(epoch >> (8 * i));
	encode(&ad, w, slot, 0);
	if (ad.failed)
		goto out;
	seal_aead(box, d->kek, d->plain, PLAIN_LEN, ad.p, ad.n);
	free(w);
	if ((w = row_of(slot->slot_id, type, kdf, salt, d->chk, box, sig)) == NULL)
		goto out;
	encode(&s, w, slot, 1);
	if (s.failed)
		goto out;
	sign_make(sig, kr->sign_sk, s.p, s.n);
	done = row_of(slot->slot_id, type, kdf, salt, d->chk, box, sig);
out:
	if (done == NULL)
		(void)vault_err_set(err, VAULT_REFUSED, "out of memory"); /* keeps an earlier sentence */
	free(w);
	secret_mem_free(d);
	buf_free(&ad);
	buf_free(&s);
	return done;
}

int wrap_sig_ok(const struct row *w, const struct wrap_slot *slot)
{
	struct buf s = {.p = NULL};
	if (w->c[WR_SIG].n != SIGN_LEN)
		return 0;
	encode(&s, w, slot, 1);
	const int ok = !s.failed && sign_check(w->c[WR_SIG].p, slot->sign_pk, s.p, s.n);
	buf_free(&s);
	return ok;
}

_Static_assert(sizeof(struct derived) <= KEYRING_SCRATCH, "what a wrap opens fits into the keyring's scratch");

/* Integers as stored, before they become uint32_t: a huge one must not wrap around into the clamp. */
static enum vault_rc check_params(const struct row *w, struct vault_err *err)
{
	for (int c = WR_M; c <= WR_LANES; c++)
		if (w->c[c].i < 0 || w->c[c].i > UINT32_MAX)
			return vault_err_set(err, VAULT_FORMAT, "the slot's KDF parameters are outside what this program accepts: "
			                     "the vault was tampered with, or use a newer program");
	const struct kdf_params p = {(uint32_t)w->c[WR_M].i, (uint32_t)w->c[WR_T].i, (uint32_t)w->c[WR_LANES].i};
	return w->c[WR_TYPE].i == WRAP_PASSPHRASE ? kdf_check(&p, err) : VAULT_OK;
}

enum vault_rc wrap_open(const struct row *w, const struct wrap_slot *slot, const void *secret, size_t n, struct keyring *kr,
                        struct vault_err *err)
{
	uint8_t box[SEAL_NONCE_LEN + BOX_LEN];
	struct buf ad = {.p = NULL};
	const int64_t type = w->c[WR_TYPE].i;
	if (w->c[WR_SALT].n != SALT_LEN || w->c[WR_CHK].n != CHK_LEN || w->c[WR_NONCE].n != SEAL_NONCE_LEN ||
	    w->c[WR_BOX].n != BOX_LEN || type < WRAP_PASSPHRASE || type > WRAP_RECOVERY || !wrap_sig_ok(w, slot))
		return vault_err_set(err, VAULT_DAMAGED, "the key slot is damaged or was tampered with (its signature does not "
		                     "hold): this is not about your passphrase or key; restore the vault from a backup");
	enum vault_rc rc = check_params(w, err);
	if (rc != VAULT_OK)
		return rc;
	struct derived *d = (struct derived *)(void *)kr->scratch;
	rc = derive(w, slot->vault_id, secret, n, d, err);
	if (rc == VAULT_OK && !secret_equal(d->chk, w->c[WR_CHK].p, CHK_LEN))
		rc = vault_err_set(err, VAULT_WRONGKEY, type == WRAP_PASSPHRASE ? "wrong passphrase: try again; --slot NAME opens another slot"
		                   : type == WRAP_KEYFILE ? "wrong key: this key file is of an older key of this slot"
		                                          : "wrong key: this recovery code is no longer the slot's");
	if (rc == VAULT_OK) {
		memcpy(box, w->c[WR_NONCE].p, SEAL_NONCE_LEN);
		memcpy(box + SEAL_NONCE_LEN, w->c[WR_BOX].p, BOX_LEN);
		encode(&ad, w, slot, 0);
		if (ad.failed || seal_aead_open(d->plain, d->kek, box, sizeof box, ad.p, ad.n) != 0)
			rc = vault_err_set(err, VAULT_DAMAGED, "the key slot is damaged: your passphrase or key is right, but what it "
			                   "opens is not; restore the vault from a backup");
	}
	if (rc == VAULT_OK) {
		memcpy(kr->seed, d->plain, KEY_LEN);
		memcpy(kr->pk_own, d->plain + KEY_LEN, SIGN_PK_LEN);
		kr->enrol_epoch = 0;
		for (unsigned i = 0; i < 8; i++)
			kr->enrol_epoch |= (uint64_t)d->plain[KEY_LEN + SIGN_PK_LEN + i] << (8 * i);
		keyring_derive(kr);
	}
	secret_wipe(kr->scratch, sizeof kr->scratch);
	buf_free(&ad);
	return rc;
}

enum vault_rc wrap_put(struct store *s, const struct row *w, const struct wrap_slot *slot, struct vault_err *err)
{
	const struct cell key = CELL_BLOB(slot->slot_id, 16);
	struct rows back = {.r = NULL};
	enum vault_rc rc = store_put(s, STORE_WRAP, w, err);
	if (rc == VAULT_OK)
		rc = store_prefix(s, STORE_WRAP, &key, 1, &back, err);
	if (rc == VAULT_OK && (back.n != 1 || !wrap_sig_ok(back.r[0], slot) ||
	                       memcmp(back.r[0]->c[WR_SIG].p, w->c[WR_SIG].p, SIGN_LEN) != 0))
		rc = vault_err_set(err, VAULT_DAMAGED, "the vault does not give back what was written: nothing was changed");
	rows_clear(&back);
	return rc;
}
