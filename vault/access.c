/* access.c - adding, replacing and ending key slots, and what scripts are granted. L5. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/access.h>

#include "near.h"
#include "script.h"
#include "slot.h"
#include "token.h"
#include "turnover.h"

const char *vault_role_name(enum vault_role r)
{
	static const char *const names[] = {"?", "admin", "monitor", "auditor", "script"};
	return (size_t)r < sizeof names / sizeof names[0] ? names[r] : "?";
}

enum vault_rc vault_role_parse(const char *s, enum vault_role *r, struct vault_err *err)
{
	for (int i = VAULT_ROLE_ADMIN; i <= VAULT_ROLE_SCRIPT; i++) {
		if (strcmp(s, vault_role_name((enum vault_role)i)) != 0)
			continue;
		*r = (enum vault_role)i;
		return VAULT_OK;
	}
	return vault_err_set(err, VAULT_USAGE, "a role is admin, monitor, auditor or script, not %s", s);
}

/* --- names ----------------------------------------------------------------------------------------------- */

static enum vault_rc find(struct vault *v, const char *name, const struct roster_slot **out, struct vault_err *err)
{
	const char **names = NULL;
	char near[300] = "";
	size_t n = 0;
	*out = roster_active(&v->roster, name);
	if (*out != NULL)
		return VAULT_OK;
	names = calloc(v->roster.n_slots + 1, sizeof *names);
	for (size_t i = 0; names != NULL && i < v->roster.n_slots; i++)
		if (v->roster.slots[i].active)
			names[n++] = v->roster.slots[i].name;
	if (names != NULL)
		near_sentence(name, names, n, near, sizeof near);
	free(names);
	return vault_err_set(err, VAULT_NOTFOUND, "no key slot %s%s: vault access list shows all", name, near);
}

enum vault_rc vault_access_role(struct vault *v, const char *name, enum vault_role *role, struct vault_err *err)
{
	const struct roster_slot *s = NULL;
	const enum vault_rc rc = find(v, name, &s, err);
	if (rc == VAULT_OK)
		*role = s->role;
	return rc;
}

static enum vault_rc find_script(struct vault *v, const char *name, const struct roster_slot **out, struct vault_err *err)
{
	const enum vault_rc rc = find(v, name, out, err);
	if (rc == VAULT_OK && (*out)->role != VAULT_ROLE_SCRIPT)
		return vault_err_set(err, VAULT_USAGE, "the key slot %s is of role %s, which reads all its role may: only scripts are granted "
		                     "single tokens", name, vault_role_name((*out)->role));
	return rc;
}

/* Who is left to open the vault as an admin, without the recovery code and but for one slot. */
static size_t admins_but(const struct vault *v, const struct roster_slot *but)
{
	size_t n = 0;
	for (size_t i = 0; i < v->roster.n_slots; i++) {
		const struct roster_slot *s = &v->roster.slots[i];
		n += (size_t)(s != but && s->active && s->role == VAULT_ROLE_ADMIN && strcmp(s->name, VAULT_RECOVERY_NAME) != 0);
	}
	return n;
}

/* --- making ---------------------------------------------------------------------------------------------- */

enum vault_rc vault_access_prepare(struct vault *v, const struct vault_access_new *how, struct vault_secret **key_text,
                                   struct vault_err *err)
{
	const int recovery = strcmp(how->name, VAULT_RECOVERY_NAME) == 0;
	struct slot_new *s = NULL;
	uint8_t id[16];
	*key_text = NULL;
	if (v->kr == NULL || v->txn != TXN_NONE || v->last_epoch == 0)
		return vault_err_set(err, VAULT_REFUSED, "internal: a slot wants an unlocked, verified vault and no transaction");
	enum vault_rc rc = vault_slot_name_check(how->name, err);
	if (rc == VAULT_OK && recovery && (how->role != VAULT_ROLE_ADMIN || how->passphrase != NULL))
		rc = vault_err_set(err, VAULT_USAGE, "the name recovery is the recovery slot's, an admin's that opens by a recovery code: "
		                   "choose another name");
	if (rc != VAULT_OK)
		return rc;
	s = calloc(1, sizeof *s);
	if (s == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	handle_new_id(v, id);
	const struct slot_spec spec = {v->vault_id, id, v->kr->pk_own, how->name, how->role, v->last_epoch};
	rc = how->passphrase != NULL
	             ? slot_new_by_passphrase(&spec, how->passphrase, (struct kdf_params){how->kdf_memory_kib, how->kdf_passes, 0}, s, err)
	             : slot_new_by_key(&spec, recovery ? WRAP_RECOVERY : WRAP_KEYFILE, s, key_text, err);
	if (rc != VAULT_OK) {
		free(s);
		return rc;
	}
	if (v->new_slot != NULL)
		slot_new_clear(v->new_slot);
	free(v->new_slot);
	v->new_slot = s;
	return VAULT_OK;
}

/* Row, wrap and the role's grants of the prepared slot; `*out` is it in the roster, read anew. */
static enum vault_rc put_slot(struct vault *v, const struct roster_slot **out, struct vault_err *err)
{
	const struct slot_new *s = v->new_slot;
	const uint64_t epoch = v->state.epoch + 1;
	struct rows grants = {.r = NULL};
	const struct wrap_slot of = slot_new_wrap(s, v->vault_id);
	enum vault_rc rc = wrap_put(v->store, s->wrap, &of, err);
	if (rc == VAULT_OK)
		rc = txn_put(v, v->roster.leaf, STORE_SLOT, slot_row(s, epoch), err);
	if (rc == VAULT_OK)
		rc = slot_grants(v->vault_id, s->id, s->role, s->kr->box_pk, v->kr, epoch, &grants, err);
	for (size_t i = 0; i < grants.n && rc == VAULT_OK; i++) {
		rc = txn_put(v, v->roster.leaf, STORE_GRANT, grants.r[i], err);
		grants.r[i] = NULL;
	}
	rows_clear(&grants);
	if (rc == VAULT_OK)
		rc = txn_roster_again(v, err);
	*out = rc == VAULT_OK ? roster_slot(&v->roster, s->id) : NULL;
	return rc;
}

static enum vault_rc need_prepared(const struct vault *v, struct vault_err *err)
{
	return v->new_slot != NULL && v->txn == TXN_WRITE ? VAULT_OK : vault_err_set(err, VAULT_REFUSED, "internal: no slot was prepared");
}

/* "NAME (auditor)" for the history. */
static char *slot_detail(const char *label, const char *name, enum vault_role role)
{
	char text[VAULT_NAME_MAX + 32];
	snprintf(text, sizeof text, "%s (%s)", name, vault_role_name(role));
	return token_detail(label, 0, text);
}

enum vault_rc vault_access_add(struct vault *v, const char *const *labels, size_t n, struct vault_err *err)
{
	static const struct record_labels none;
	const struct roster_slot *s = NULL;
	enum vault_rc rc = need_prepared(v, err);
	if (rc == VAULT_OK && roster_active(&v->roster, v->new_slot->name) != NULL)
		rc = vault_err_set(err, VAULT_EXISTS, "there is a key slot %s already: choose another name, or vault access passwd %s for a new "
		                   "key", v->new_slot->name, v->new_slot->name);
	if (rc == VAULT_OK && n > 0 && v->new_slot->role != VAULT_ROLE_SCRIPT)
		rc = vault_err_set(err, VAULT_USAGE, "only scripts are granted single tokens");
	if (rc == VAULT_OK)
		rc = put_slot(v, &s, err);
	if (rc == VAULT_OK && s->role == VAULT_ROLE_SCRIPT)
		rc = script_store(v, s, &none, 0, err);
	for (size_t i = 0; i < n && rc == VAULT_OK; i++) {
		struct token_entry e;
		rc = token_find(v, labels[i], &e, err);
		if (rc == VAULT_OK)
			rc = script_grant(v, s, &e.t, err);
		vault_token_clear(&e.t);
	}
	if (rc == VAULT_OK)
		txn_action(v, ACTION_SLOT_ADD, s->id, slot_detail(NULL, s->name, s->role));
	return rc;
}

/* --- ending ---------------------------------------------------------------------------------------------- */

/* Its row says since when; its grants hold nothing any more. The wrap stays: its holder is told 7, not "wrong key". */
static enum vault_rc end_slot(struct vault *v, const struct roster_slot *s, struct vault_err *err)
{
	struct leaf *l = v->roster.leaf;
	const uint64_t epoch = v->state.epoch + 1;
	struct cell c[8];
	uint8_t id[16];
	memcpy(id, s->id, 16);
	enum vault_rc rc = s->role == VAULT_ROLE_SCRIPT ? script_end(v, s, err) : VAULT_OK;
	if (rc != VAULT_OK)
		return rc;
	memcpy(c, s->row->c, sizeof c);
	c[SLOT_STATUS] = CELL_INT(SLOT_ENDED_STATUS);
	c[SLOT_ENDED] = CELL_INT(epoch);
	rc = txn_put(v, l, STORE_SLOT, row_make(STORE_SLOT, c), err);
	for (size_t i = 0; i < l->grant.n && rc == VAULT_OK; i++) {
		const struct cell *g = l->grant.r[i]->c;
		if (g[GRANT_ENDED].i == 0 && g[GRANT_SLOT].n == 16 && memcmp(g[GRANT_SLOT].p, id, 16) == 0)
			rc = txn_put(v, l, STORE_GRANT, roster_grant_ended(l->grant.r[i], epoch), err);
	}
	return rc == VAULT_OK ? txn_roster_again(v, err) : rc;
}

/* What the role of a slot that left had, nobody may have by it any more. */
static enum vault_rc turn_over_for(struct vault *v, enum vault_role role, struct vault_err *err)
{
	const unsigned had = slot_role_grants(role);
	return (had & 1u << GRANT_META) != 0 ? turnover(v, (had & 1u << GRANT_KEYS) != 0, err) : VAULT_OK;
}

enum vault_rc vault_access_remove(struct vault *v, const char *name, struct vault_err *err)
{
	const struct roster_slot *s = NULL;
	uint8_t id[16];
	enum vault_rc rc = find(v, name, &s, err);
	if (rc != VAULT_OK)
		return rc;
	if (memcmp(s->id, v->slot_id, 16) == 0)
		return vault_err_set(err, VAULT_REFUSED, "the vault was opened by this very key slot: another admin ends it; if its %s may be "
		                     "known to others, vault access passwd --compromised", "passphrase or key");
	if (s->role == VAULT_ROLE_ADMIN && strcmp(s->name, VAULT_RECOVERY_NAME) != 0 && admins_but(v, s) == 0)
		return vault_err_set(err, VAULT_REFUSED, "%s is the last admin: add another first, vault access add NAME --role admin", name);
	const enum vault_role role = s->role;
	memcpy(id, s->id, 16);
	rc = end_slot(v, s, err);
	if (rc == VAULT_OK)
		rc = turn_over_for(v, role, err);
	if (rc == VAULT_OK)
		txn_action(v, ACTION_SLOT_REMOVE, id, slot_detail(NULL, name, role));
	return rc;
}

/* --- replacing ------------------------------------------------------------------------------------------- */

/* From now on the handle is the new slot's: it signs the state that ends the old one. */
static void become(struct vault *v, const struct slot_new *s)
{
	struct keyring *kr = v->kr;
	memcpy(v->slot_id, s->id, 16);
	memcpy(kr->seed, s->kr->seed, KEY_LEN);
	memcpy(kr->box_sk, s->kr->box_sk, SEAL_SK_LEN);
	memcpy(kr->sign_sk, s->kr->sign_sk, SIGN_SK_LEN);
	memcpy(kr->box_pk, s->kr->box_pk, SEAL_PK_LEN);
	memcpy(kr->sign_pk, s->kr->sign_pk, SIGN_PK_LEN);
}

/* What a script had stands under its new key: its list, and each version of each token. */
static enum vault_rc hand_on(struct vault *v, const uint8_t old_id[16], const struct roster_slot *s, const struct record_labels *had,
                             struct vault_err *err)
{
	enum vault_rc rc = script_store(v, s, had, 0, err);
	for (size_t i = 0; i < had->n && rc == VAULT_OK; i++)
		rc = script_hand_on(v, old_id, s, had->l[i].token_id, err);
	return rc;
}

enum vault_rc vault_access_replace(struct vault *v, struct vault_err *err)
{
	struct record_labels had = {.l = NULL};
	const struct roster_slot *old = NULL, *s = NULL;
	uint64_t written = 0;
	uint8_t id[16];
	enum vault_rc rc = need_prepared(v, err);
	if (rc != VAULT_OK)
		return rc;
	const struct slot_new *fresh = v->new_slot;
	rc = find(v, fresh->name, &old, err);
	if (rc == VAULT_OK && old->role != fresh->role)
		rc = vault_err_set(err, VAULT_BUSY, "the key slot %s has another role now: look at vault access list, then repeat", old->name);
	if (rc == VAULT_OK && old->role == VAULT_ROLE_SCRIPT)
		rc = script_labels(v, old->id, &had, &written, err);
	if (rc == VAULT_OK) {
		memcpy(id, old->id, 16);
		rc = end_slot(v, old, err);
	}
	if (rc == VAULT_OK)
		rc = put_slot(v, &s, err);
	if (rc == VAULT_OK && s->role == VAULT_ROLE_SCRIPT)
		rc = hand_on(v, id, s, &had, err);
	if (rc == VAULT_OK)
		rc = turn_over_for(v, fresh->role, err);
	if (rc == VAULT_OK) {
		if (memcmp(id, v->slot_id, 16) == 0)
			become(v, fresh);
		txn_action(v, ACTION_SLOT_PASSWD, fresh->id, slot_detail(NULL, fresh->name, fresh->role));
	}
	record_labels_clear(&had);
	return rc;
}

/* --- grants ---------------------------------------------------------------------------------------------- */

static enum vault_rc change_grant(struct vault *v, const char *slot, const char *label, int give, struct vault_err *err)
{
	struct token_entry e = {.written = 0};
	const struct roster_slot *s = NULL;
	enum vault_rc rc = vault_label_check(label, err);
	if (rc == VAULT_OK)
		rc = find_script(v, slot, &s, err);
	if (rc == VAULT_OK)
		rc = token_find(v, label, &e, err);
	if (rc == VAULT_OK)
		rc = give ? script_grant(v, s, &e.t, err) : script_revoke(v, s, &e.t, err);
	if (rc == VAULT_OK)
		txn_action(v, give ? ACTION_GRANT : ACTION_REVOKE, e.t.id, slot_detail(label, s->name, s->role));
	vault_token_clear(&e.t);
	return rc;
}

enum vault_rc vault_access_grant(struct vault *v, const char *slot, const char *label, struct vault_err *err)
{
	return change_grant(v, slot, label, 1, err);
}

enum vault_rc vault_access_revoke(struct vault *v, const char *slot, const char *label, struct vault_err *err)
{
	return change_grant(v, slot, label, 0, err);
}
