/* reach.c - what a token reaches: names, levels, made empty, found. Pure. L2. Comparing is reach_compare.c's. */
#include <stdlib.h>
#include <string.h>

#include <vault/reach.h>

const char *vault_item_type_name(enum vault_item_type t)
{
	static const char *const names[VAULT_ITEM_TYPES] = {"sheet", "workspace", "report", "dashboard"};

	return (size_t)t < VAULT_ITEM_TYPES ? names[t] : "?";
}

/* Decimal numbers beyond 2^53, written by people too: leading zeros say nothing. */
int vault_item_id_order(const char *a, const char *b)
{
	a += strspn(a, "0");
	b += strspn(b, "0");
	const size_t x = strlen(a), y = strlen(b);
	return x != y ? (x > y) - (x < y) : memcmp(a, b, x);
}

enum vault_access vault_access_parse(const char *smartsheets)
{
	static const char *const words[VAULT_ACCESS_LEVELS] = {NULL,           "VIEWER", "COMMENTER", "EDITOR",
	                                                       "EDITOR_SHARE", "ADMIN",  "OWNER"};

	for (int i = VAULT_ACCESS_VIEWER; smartsheets != NULL && i < VAULT_ACCESS_LEVELS; i++)
		if (strcmp(smartsheets, words[i]) == 0)
			return (enum vault_access)i;
	return VAULT_ACCESS_UNKNOWN;
}

const char *vault_access_name(enum vault_access a)
{
	static const char *const names[VAULT_ACCESS_LEVELS] = {NULL,     "viewer", "commenter", "editor",
	                                                       "editor", "admin",  "owner"};

	return (size_t)a < VAULT_ACCESS_LEVELS ? names[a] : NULL;
}

void vault_exposure_clear(struct vault_exposure *e)
{
	if (e == NULL)
		return;
	for (size_t i = 0; i < e->n; i++) {
		free(e->items[i].id);
		free(e->items[i].name);
	}
	free(e->items);
	free(e->base);
	free(e->seat);
	free(e->carried);
	memset(e, 0, sizeof *e);
}

void vault_exposures_clear(struct vault_exposures *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->n; i++)
		vault_exposure_clear(&l->e[i]);
	free(l->e);
	memset(l, 0, sizeof *l);
}

const struct vault_exposure *vault_exposure_newest(const struct vault_exposures *l, const struct vault_token *t,
                                                   uint32_t version)
{
	const struct vault_version *ver = vault_token_version(t, version);

	for (size_t i = l != NULL && ver != NULL ? l->n : 0; i > 0; i--) {
		const struct vault_exposure *e = &l->e[i - 1];

		/* The commitment: what another value under the same number reaches says nothing of this one. */
		if (e->version == version && memcmp(e->token_id, t->id, VAULT_ID_LEN) == 0 &&
		    memcmp(e->commit, ver->commit, VAULT_COMMIT_LEN) == 0)
			return e;
	}
	return NULL;
}

void vault_gaps_clear(struct vault_gaps *l)
{
	if (l == NULL)
		return;
	free(l->g);
	memset(l, 0, sizeof *l);
}

void vault_reach_clear(struct vault_reach *r)
{
	if (r == NULL)
		return;
	vault_gaps_clear(&r->beyond);
	vault_gaps_clear(&r->missing);
	memset(r, 0, sizeof *r);
}

void vault_reach_changes_clear(struct vault_reach_changes *c)
{
	if (c == NULL)
		return;
	vault_gaps_clear(&c->came);
	vault_gaps_clear(&c->went);
	vault_gaps_clear(&c->changed);
}
