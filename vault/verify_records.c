/* verify_records.c - records against each other and against the rows of values: what one names is there. L6. */
#include <stdlib.h>
#include <string.h>

#include <vault/ledger.h>
#include <vault/token.h>

#include "object.h"
#include "record.h"
#include "settings.h"
#include "value.h"
#include "verify_int.h"

static enum vault_rc bad(struct vault_err *err, const char *what)
{
	return vault_err_set(err, VAULT_DAMAGED, "%s: the vault is damaged or was tampered with; restore it from a backup", what);
}

/* All that is known, and by their ids. */
struct known {
	struct vault_tokens tokens;
	struct vault_vendors vendors;
	struct vault_handovers handovers;
	const struct vault_token **by_id;    /* tokens.n */
	const struct vault_vendor **vendor;  /* vendors.n */
	struct vault *v;
	size_t lists;             /* of labels */
};

static void known_clear(struct known *k)
{
	vault_tokens_clear(&k->tokens);
	vault_vendors_clear(&k->vendors);
	vault_handovers_clear(&k->handovers);
	free(k->by_id);
	free(k->vendor);
}

static int token_order(const void *a, const void *b)
{
	return memcmp((*(const struct vault_token *const *)a)->id, (*(const struct vault_token *const *)b)->id, VAULT_ID_LEN);
}

static int vendor_order(const void *a, const void *b)
{
	return memcmp((*(const struct vault_vendor *const *)a)->id, (*(const struct vault_vendor *const *)b)->id, VAULT_ID_LEN);
}

static const struct vault_token *token_of(const struct known *k, const uint8_t id[VAULT_ID_LEN])
{
	struct vault_token key = {.label = NULL};
	const struct vault_token *at = &key;
	memcpy(key.id, id, VAULT_ID_LEN);
	const struct vault_token **found =
		k->tokens.n == 0 ? NULL : bsearch(&at, k->by_id, k->tokens.n, sizeof(struct vault_token *), token_order);
	return found != NULL ? *found : NULL;
}

static int has_vendor(const struct known *k, const uint8_t id[VAULT_ID_LEN])
{
	struct vault_vendor key = {.name = NULL};
	const struct vault_vendor *at = &key;
	memcpy(key.id, id, VAULT_ID_LEN);
	return k->vendors.n > 0 && bsearch(&at, k->vendor, k->vendors.n, sizeof(struct vault_vendor *), vendor_order) != NULL;
}

static enum vault_rc index_ids(struct known *k, struct vault_err *err)
{
	k->by_id = calloc(k->tokens.n + 1, sizeof(struct vault_token *));
	k->vendor = calloc(k->vendors.n + 1, sizeof(struct vault_vendor *));
	if (k->by_id == NULL || k->vendor == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	for (size_t i = 0; i < k->tokens.n; i++)
		k->by_id[i] = &k->tokens.t[i];
	for (size_t i = 0; i < k->vendors.n; i++)
		k->vendor[i] = &k->vendors.v[i];
	qsort(k->by_id, k->tokens.n, sizeof(struct vault_token *), token_order);
	qsort(k->vendor, k->vendors.n, sizeof(struct vault_vendor *), vendor_order);
	for (size_t i = 1; i < k->tokens.n; i++)
		if (token_order(&k->by_id[i - 1], &k->by_id[i]) == 0)
			return bad(err, "two tokens have one id");
	for (size_t i = 1; i < k->vendors.n; i++)
		if (vendor_order(&k->vendor[i - 1], &k->vendor[i]) == 0)
			return bad(err, "two vendors have one id");
	return VAULT_OK;
}

/* --- what names what ------------------------------------------------------------------------------------- */

static int is_version(const struct vault_token *t, uint32_t version)
{
	return t != NULL && version >= 1 && version <= t->n_versions;
}

static enum vault_rc check_handover(const struct known *k, const struct vault_handover *h, struct vault_err *err)
{
	const struct vault_token *t = token_of(k, h->token_id);
	if (t == NULL || !has_vendor(k, h->vendor_id))
		return bad(err, "a hand-over names a token or vendor that is not there");
	for (size_t p = 0; p < h->n_periods; p++)
		for (size_t g = 0; g < h->periods[p].n_gives; g++)
			if (!is_version(t, h->periods[p].gives[g].version))
				return bad(err, "a hand-over names a version that is not there");
	return VAULT_OK;
}

static enum vault_rc check_filed(void *ctx, const struct object *o, struct vault_err *err)
{
	const struct known *k = ctx;
	uint8_t id[VAULT_ID_LEN];
	uint32_t version = 0;
	const enum vault_rc rc = record_value_parse(o->text, o->n, id, &version, err);
	if (rc == VAULT_OK && (memcmp(id, o->id, VAULT_ID_LEN) != 0 || !is_version(token_of(k, id), version)))
		return bad(err, "a value is filed that belongs to no token");
	return rc;
}

/* The lists of the scripts that there are were opened by verify_grants: here, that there is none beside them. */
static enum vault_rc check_list(void *ctx, const struct object *o, struct vault_err *err)
{
	struct known *k = ctx;
	const struct roster_slot *s = roster_slot(&k->v->roster, o->id);
	k->lists++;
	return s != NULL && s->active && s->role == VAULT_ROLE_SCRIPT ? VAULT_OK : bad(err, "a list of labels is no script's");
}

/* Its one place has room for one: none can stand beside it. */
static enum vault_rc check_policy(void *ctx, const struct object *o, struct vault_err *err)
{
	const struct known *k = ctx;
	return settings_check(k->v, o, err);
}

static enum vault_rc check_names(struct known *k, struct vault_err *err)
{
	const struct object_want want[] = {{KIND_VALUE, check_filed, k}, {KIND_LABELS, check_list, k}, {KIND_POLICY, check_policy, k}};
	size_t scripts = 0;
	enum vault_rc rc = VAULT_OK;
	for (size_t i = 0; i < k->handovers.n && rc == VAULT_OK; i++)
		rc = check_handover(k, &k->handovers.h[i], err);
	if (rc == VAULT_OK)
		rc = object_each_of(k->v, want, sizeof want / sizeof want[0], err);
	for (size_t i = 0; i < k->v->roster.n_slots; i++)
		scripts += (size_t)(k->v->roster.slots[i].active && k->v->roster.slots[i].role == VAULT_ROLE_SCRIPT);
	return rc == VAULT_OK && k->lists != scripts ? bad(err, "a script has two lists of labels") : rc;
}

/* --- values ---------------------------------------------------------------------------------------------- */

/* The value opens, and is filed under its own tag as this token's and version's. */
static enum vault_rc check_value(struct vault *v, const struct vault_token *t, const struct vault_version *ver,
                                 struct vault_verify_report *out, struct vault_err *err)
{
	struct vault_secret *s = NULL;
	uint8_t id[16];
	uint32_t version = 0;
	int found = 0;
	enum vault_rc rc = value_open(v, t->id, ver->number, &s, err);
	if (rc == VAULT_OK)
		rc = value_find(v, s, id, &version, &found, err);
	if (rc == VAULT_OK && (!found || memcmp(id, t->id, 16) != 0 || version != ver->number))
		rc = bad(err, "a value is not filed as the one of its token");
	if (rc == VAULT_OK)
		out->secrets_opened++;
	vault_secret_free(&s);
	return rc;
}

static enum vault_rc check_values(struct vault *v, const struct vault_tokens *tokens, struct vault_verify_report *out,
                                  struct vault_err *err)
{
	uint64_t secrets = 0, rows = 0;
	enum vault_rc rc = VAULT_OK;
	for (size_t i = 0; i < tokens->n && rc == VAULT_OK; i++)
		for (size_t k = 0; k < tokens->t[i].n_versions && rc == VAULT_OK; k++) {
			const struct vault_version *ver = &tokens->t[i].versions[k];
			secrets++;
			if (ver->has_value && (ver->status == VAULT_CURRENT || ver->status == VAULT_RETIRED) &&
			    v->kr->n_adm > 0)
				rc = check_value(v, &tokens->t[i], ver, out, err);
			else if (ver->has_value && (ver->status == VAULT_CURRENT || ver->status == VAULT_RETIRED))
				out->secrets_sealed++;
		}
	if (rc == VAULT_OK)
		rc = store_count(v->store, STORE_SECRET, &rows, err);
	if (rc == VAULT_OK && rows != secrets)
		rc = bad(err, "a stored value belongs to no token");
	out->versions = secrets;
	return rc;
}

enum vault_rc verify_records(struct vault *v, struct vault_verify_report *out, struct vault_err *err)
{
	struct known k = {.v = v};
	enum vault_rc rc = vault_ledger_all(v, &k.tokens, &k.vendors, &k.handovers, err);
	if (rc == VAULT_OK)
		rc = check_values(v, &k.tokens, out, err);
	if (rc == VAULT_OK)
		rc = index_ids(&k, err);
	if (rc == VAULT_OK)
		rc = check_names(&k, err);
	out->tokens = k.tokens.n;
	out->vendors = k.vendors.n;
	out->handovers = k.handovers.n;
	known_clear(&k);
	return rc;
}
