/* slot.c - making key slots: init, access add and passwd, rekey. L4. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keytext.h"
#include "slot.h"

static const uint8_t zero_id[16];

void slot_new_clear(struct slot_new *s)
{
	keyring_free(&s->kr);
	free(s->wrap);
	memset(s, 0, sizeof *s);
}

void slot_plan_free(struct slot_plan **p)
{
	if (*p == NULL)
		return;
	for (size_t i = 0; i < (*p)->n; i++)
		slot_new_clear(&(*p)->slots[i].s);
	free((*p)->slots);
	keyring_free(&(*p)->own);
	free(*p);
	*p = NULL;
}

struct wrap_slot slot_new_wrap(const struct slot_new *s, const uint8_t vault_id[16])
{
	return (struct wrap_slot){
		vault_id, s->id, (const uint8_t *)s->name, strlen(s->name), s->role, s->kr->box_pk, s->kr->sign_pk,
	};
}

/* Fresh keys, and the wrap that `secret` opens. */
static enum vault_rc make(const struct slot_spec *spec, int type, const struct kdf_params *p, const void *secret, size_t n,
                          struct slot_new *out, struct vault_err *err)
{
	memset(out, 0, sizeof *out);
	memcpy(out->id, spec->id, 16);
	snprintf(out->name, sizeof out->name, "%s", spec->name);
	out->role = spec->role;
	out->kr = keyring_new();
	if (out->kr == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	secret_random(out->kr->seed, KEY_LEN);
	keyring_derive(out->kr);
	memcpy(out->kr->pk_own, spec->pk_own, SIGN_PK_LEN);
	const struct wrap_slot of = slot_new_wrap(out, spec->vault_id);
	out->wrap = wrap_make(out->kr, &of, type, p, secret, n, spec->epoch, err);
	if (out->wrap != NULL)
		return VAULT_OK;
	slot_new_clear(out);
	return vault_err_set(err, VAULT_REFUSED, "out of memory"); /* keeps an earlier sentence */
}

enum vault_rc slot_new_by_passphrase(const struct slot_spec *spec, const struct vault_secret *passphrase, struct kdf_params p,
                                     struct slot_new *out, struct vault_err *err)
{
	memset(out, 0, sizeof *out);
	const enum vault_rc rc = kdf_choose(&p, err);
	if (rc != VAULT_OK)
		return rc;
	return make(spec, WRAP_PASSPHRASE, &p, vault_secret_cbytes(passphrase), vault_secret_len(passphrase), out, err);
}

enum vault_rc slot_new_by_key(const struct slot_spec *spec, int type, struct slot_new *out, struct vault_secret **text,
                              struct vault_err *err)
{
	struct keytext *k = secret_mem(sizeof *k);
	*text = NULL;
	memset(out, 0, sizeof *out);
	if (k == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	secret_random(k->key, KEY_LEN);
	memcpy(k->vault_id, spec->vault_id, 16);
	memcpy(k->slot_id, spec->id, 16);
	k->epoch = spec->epoch;
	k->recovery = type == WRAP_RECOVERY;
	enum vault_rc rc = make(spec, type, NULL, k->key, KEY_LEN, out, err);
	if (rc == VAULT_OK && (*text = keytext_format(k)) == NULL) {
		slot_new_clear(out);
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	}
	secret_mem_free(k);
	return rc;
}

struct row *slot_row(const struct slot_new *s, uint64_t epoch)
{
	const struct cell c[] = {
		CELL_BLOB(s->id, 16), CELL_BLOB(s->name, strlen(s->name)), CELL_INT(s->role), CELL_BLOB(s->kr->box_pk, SEAL_PK_LEN),
		CELL_BLOB(s->kr->sign_pk, SIGN_PK_LEN), CELL_INT(SLOT_ACTIVE), CELL_INT(epoch), CELL_INT(0),
	};
	return row_make(STORE_SLOT, c);
}

unsigned slot_role_grants(enum vault_role role)
{
	switch (role) {
	case VAULT_ROLE_ADMIN:
		return 1u << GRANT_SIGN | 1u << GRANT_KEYS | 1u << GRANT_META;
	case VAULT_ROLE_MONITOR:
		return 1u << GRANT_KEYS | 1u << GRANT_META;
	case VAULT_ROLE_AUDITOR:
		return 1u << GRANT_META;
	case VAULT_ROLE_SCRIPT:
		break;
	}
	return 0;
}

enum vault_rc slot_grants(const uint8_t vault_id[16], const uint8_t slot_id[16], enum vault_role role, const uint8_t box_pk[32],
                          const struct keyring *from, uint64_t epoch, struct rows *out, struct vault_err *err)
{
	const struct keygen *meta = keyring_meta(from, from->n_meta), *adm = keyring_adm(from, from->n_adm);
	const unsigned mask = slot_role_grants(role);
	const struct {
		int kind;
		uint64_t version;
		const uint8_t *key;
		size_t n;
	} all[] = {
		{GRANT_SIGN, 1, from->has_own ? from->sk_own : NULL, SIGN_SK_LEN},
		{GRANT_KEYS, from->n_adm, adm != NULL ? adm->key : NULL, KEY_LEN},
		{GRANT_META, from->n_meta, meta != NULL ? meta->key : NULL, KEY_LEN},
	};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		if ((mask & 1u << all[i].kind) == 0)
			continue;
		if (all[i].key == NULL)
			return vault_err_set(err, VAULT_FORBIDDEN, "this key slot cannot hand on what it does not hold: ask an admin");
		struct row *g = roster_grant_make(vault_id, zero_id, slot_id, all[i].kind, all[i].version, epoch, box_pk, all[i].key, all[i].n);
		if (g == NULL || rows_push(out, g) != 0)
			return vault_err_set(err, VAULT_REFUSED, "out of memory");
	}
	return VAULT_OK;
}
