/* reach.c - what a token reaches, as plain data: words of it. L2. */
#include <stdlib.h>
#include <string.h>

#include <vault/reach.h>

const char *vault_item_type_name(enum vault_item_type t)
{
	static const char *const names[VAULT_ITEM_TYPES] = {"sheet", "workspace", "report", "dashboard"};

	return (size_t)t < VAULT_ITEM_TYPES ? names[t] : NULL;
}

enum vault_access vault_access_parse(const char *smartsheets)
{
	static const char *const words[VAULT_ACCESS_LEVELS] = {NULL,           "VIEWER", "COMMENTER", "EDITOR",
	                                                       "EDITOR_SHARE", "ADMIN",  "OWNER"};

	for (int a = VAULT_ACCESS_VIEWER; smartsheets && a < VAULT_ACCESS_LEVELS; a++) {
		if (strcmp(smartsheets, words[a]) == 0)
			return (enum vault_access)a;
	}
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
	for (size_t i = 0; i < e->n; i++) {
		free(e->items[i].id);
		free(e->items[i].name);
	}
	free(e->items);
	free(e->base);
	free(e->seat);
	memset(e, 0, sizeof *e);
}
