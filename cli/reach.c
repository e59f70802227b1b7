/* reach.c - what a token reaches, in JSON and in words. */
#include "reach.h"

#include <stdio.h>
#include <string.h>

static void reach_set_count(struct vault_json *obj, const char *key, int64_t n)
{
	if (n < 0)
		vault_json_set_null(obj, key);
	else
		vault_json_set_int(obj, key, n);
}

static void reach_set_sheets(struct vault_json *obj, const struct vault_exposure *e)
{
	const int64_t *by = e->sheets_by;
	struct vault_json *sheets;

	if (e->count[VAULT_SHEET] < 0) {
		vault_json_set_null(obj, "sheets");
		return;
	}
	sheets = vault_json_object();
	vault_json_set_int(sheets, "total", e->count[VAULT_SHEET]);
	vault_json_set_int(sheets, "owner", by[VAULT_ACCESS_OWNER]);
	vault_json_set_int(sheets, "admin", by[VAULT_ACCESS_ADMIN]);
	vault_json_set_int(sheets, "editor", by[VAULT_ACCESS_EDITOR] + by[VAULT_ACCESS_EDITOR_SHARE]);
	vault_json_set_int(sheets, "commenter", by[VAULT_ACCESS_COMMENTER]);
	vault_json_set_int(sheets, "viewer", by[VAULT_ACCESS_VIEWER]);
	vault_json_set(obj, "sheets", sheets);
}

static struct vault_json *reach_gaps(const struct vault_gaps *l)
{
	struct vault_json *a = vault_json_array();

	for (size_t i = 0; i < l->n; i++) {
		const struct vault_gap *g = &l->g[i];
		struct vault_json *j = vault_json_object();

		vault_json_set_str(j, "type", g->type < 0 ? NULL : vault_item_type_name((enum vault_item_type)g->type));
		vault_json_set_str(j, "id", g->id);
		vault_json_set_str(j, "name", g->name);
		vault_json_set_str(j, "access", vault_access_name(g->access));
		vault_json_add(a, j);
	}
	return a;
}

struct vault_json *reach_json(const char *label, const struct vault_exposure *e, const struct vault_reach *r)
{
	static const char *const nothing[] = {"sheets", "workspaces", "reports", "dashboards",   "contacts",
	                                      "groups", "users",      "system_admin", "beyond", "missing"};
	struct vault_json *j = vault_json_object();

	vault_json_set_str(j, "label", label);
	for (size_t i = 0; !e && i < sizeof(nothing) / sizeof(*nothing); i++)
		vault_json_set_null(j, nothing[i]);
	if (!e)
		return j;
	reach_set_sheets(j, e);
	reach_set_count(j, "workspaces", e->count[VAULT_WORKSPACE]);
	reach_set_count(j, "reports", e->count[VAULT_REPORT]);
	reach_set_count(j, "dashboards", e->count[VAULT_DASHBOARD]);
	reach_set_count(j, "contacts", e->contacts);
	reach_set_count(j, "groups", e->groups);
	reach_set_count(j, "users", e->users);
	if (e->system_admin < 0)
		vault_json_set_null(j, "system_admin");
	else
		vault_json_set_bool(j, "system_admin", e->system_admin);
	vault_json_set(j, "beyond", reach_gaps(&r->beyond));
	vault_json_set(j, "missing", reach_gaps(&r->missing));
	return j;
}

const char *reach_count(int64_t n, const char *one, const char *many, char out[REACH_WORDS])
{
	if (n < 0)
		snprintf(out, REACH_WORDS, "%s it may not list", many);
	else
		snprintf(out, REACH_WORDS, "%lld %s", (long long)n, n == 1 ? one : many);
	return out;
}

const char *reach_items(const struct vault_exposure *e, char *out, size_t n)
{
	static const char *const one[VAULT_ITEM_TYPES] = {"sheet", "workspace", "report", "dashboard"};
	static const char *const many[VAULT_ITEM_TYPES] = {"sheets", "workspaces", "reports", "dashboards"};
	char words[REACH_WORDS];
	size_t len = 0;

	*out = '\0';
	for (int t = 0; t < VAULT_ITEM_TYPES && len < n; t++)
		/* Sheets are what is asked for: none of them is said too. */
		if (e->count[t] != 0 || t == VAULT_SHEET)
			len += (size_t)snprintf(out + len, n - len, "%s%s", len ? ", " : "",
			                        reach_count(e->count[t], one[t], many[t], words));
	return out;
}

const struct vault_exposure *reach_known(const struct facts *f, const struct vault_token *t)
{
	return f->f.exposures ? vault_exposure_newest(f->f.exposures, t, vault_token_current(t)->number) : NULL;
}
