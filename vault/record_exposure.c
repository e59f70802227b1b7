/* record_exposure.c - what a token reaches as JSON: the detail of an entry of the access log. L2. */
#include <stdlib.h>
#include <string.h>

#include <vault/reach.h>

#include "record.h"
#include "record_util.h"

enum { ID_MAX = 20 };             /* digits: 64 bits have no more */

static const char *const kinds[VAULT_ITEM_TYPES] = {"sheets", "workspaces", "reports", "dashboards"};

/* All numbers of an exposure, by their names in `counts`. */
static const struct {
	const char *key;
	size_t at;
} numbers[] = {
	{"sheets", offsetof(struct vault_exposure, count[VAULT_SHEET])},
	{"workspaces", offsetof(struct vault_exposure, count[VAULT_WORKSPACE])},
	{"reports", offsetof(struct vault_exposure, count[VAULT_REPORT])},
	{"dashboards", offsetof(struct vault_exposure, count[VAULT_DASHBOARD])},
	{"contacts", offsetof(struct vault_exposure, contacts)},
	{"groups", offsetof(struct vault_exposure, groups)},
	{"users", offsetof(struct vault_exposure, users)},
};
enum { NUMBERS = sizeof numbers / sizeof numbers[0] };

static int is_id(const char *s)
{
	const size_t n = s != NULL ? strspn(s, "0123456789") : 0;
	return n > 0 && n <= ID_MAX && s[n] == '\0' && (s[0] != '0' || n == 1);
}

/* C0, DEL and C1, which terminals obey as well; the bytes of the one that begins at `p`, or 0. */
static size_t control(const unsigned char *p)
{
	return *p < 0x20 || *p == 0x7f ? 1 : p[0] == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f ? 2 : 0;
}

static int is_text(const char *s)
{
	return s != NULL && s[0] != '\0' && vault_text_check("text", s, NULL) == VAULT_OK;
}

/* --- out ------------------------------------------------------------------------------------------------- */

static int item_order(const void *a, const void *b)
{
	const struct vault_reached *x = *(const struct vault_reached *const *)a, *y = *(const struct vault_reached *const *)b;
	int c = x->type != y->type ? (x->type > y->type) - (x->type < y->type) : vault_item_id_order(x->id, y->id);
	return c != 0 ? c : (x > y) - (x < y);
}

/* The items in their order, each once, without what could not be read again; `*left` 1 where there was such. NULL without
 * memory. */
static const struct vault_reached **in_order(const struct vault_exposure *e, size_t *n, int *left)
{
	const struct vault_reached **p = calloc(e->n + 1, sizeof *p);
	int64_t room[VAULT_ITEM_TYPES];
	size_t all = 0;
	memcpy(room, e->count, sizeof room);
	for (size_t i = 0; p != NULL && i < e->n; i++) {
		const struct vault_reached *r = &e->items[i];
		const int good = (size_t)r->type < VAULT_ITEM_TYPES && (size_t)r->access < VAULT_ACCESS_LEVELS && is_id(r->id);
		if (good)
			p[all++] = r;
		*left |= !good;
	}
	if (all > 0)
		qsort((void *)p, all, sizeof *p, item_order);
	for (size_t i = 0; i < all; i++) {
		const struct vault_reached *last = *n > 0 ? p[*n - 1] : NULL;
		if (last != NULL && last->type == p[i]->type && strcmp(last->id, p[i]->id) == 0)
			continue;
		if (room[p[i]->type]-- > 0)
			p[(*n)++] = p[i];
		else
			*left = 1;
	}
	return p;
}

/* Names come from strangers: what a reader would not take is shown as '?'. Bytes that are no UTF-8 are json.c's. */
static void add_name(struct vault_json *a, const char *name)
{
	char *copy = strdup(name);
	for (unsigned char *p = (unsigned char *)copy; p != NULL && *p != '\0'; p++)
		memset(p, '?', control(p));
	vault_json_add_str(a, copy); /* NULL becomes null: refused by the reader, but without memory the rest fails too */
	free(copy);
}

static struct vault_json *items_json(const struct vault_reached *const *p, size_t n, enum vault_item_type type, int names)
{
	struct vault_json *l = vault_json_array();
	for (size_t i = 0; i < n; i++) {
		if (p[i]->type != type)
			continue;
		struct vault_json *a = vault_json_array();
		vault_json_add_str(a, p[i]->id);
		vault_json_add_int(a, p[i]->access);
		if (names && p[i]->name != NULL)
			add_name(a, p[i]->name);
		vault_json_add(l, a);
	}
	return l;
}

static struct vault_json *numbers_json(const struct vault_exposure *e)
{
	struct vault_json *j = vault_json_object();
	for (size_t i = 0; i < NUMBERS; i++) {
		const int64_t n = *(const int64_t *)(const void *)((const char *)e + numbers[i].at);
		if (n >= 0)
			vault_json_set_int(j, numbers[i].key, n);
	}
	return j;
}

static char *text_of(const struct vault_exposure *e, const struct vault_reached *const *p, size_t n, int names, int cut)
{
	struct vault_json *j = vault_json_object(), *levels = vault_json_array(), *items = vault_json_object();
	record_put_str(j, "base", is_text(e->base) ? e->base : NULL);
	if (e->system_admin == 0 || e->system_admin == 1)
		vault_json_set_bool(j, "admin", e->system_admin);
	record_put_str(j, "seat", is_text(e->seat) ? e->seat : NULL);
	vault_json_set(j, "counts", numbers_json(e));
	for (size_t i = 0; i < VAULT_ACCESS_LEVELS; i++)
		vault_json_add_int(levels, e->sheets_by[i] > 0 ? e->sheets_by[i] : 0);
	vault_json_set(j, "levels", levels);
	for (int t = 0; t < VAULT_ITEM_TYPES; t++)
		if (e->count[t] > 0)
			vault_json_set(items, kinds[t], items_json(p, n, (enum vault_item_type)t, names));
	vault_json_set(j, "items", items);
	record_put_flag(j, "cut", cut);
	return record_text(j);
}

char *record_exposure_encode(const struct vault_exposure *e)
{
	size_t n = 0;
	int left = 0;
	const struct vault_reached **p = in_order(e, &n, &left);
	char *text = p != NULL ? text_of(e, p, n, 1, e->cut || left) : NULL;
	size_t len = text != NULL ? strlen(text) : 0;
	for (int names = 1; len > RECORD_EXPOSURE_MAX && (names || n > 0);) {
		/* Items are of about one length: a step or two to the number that fits. */
		if (!names)
			n = n - 1 < (n * RECORD_EXPOSURE_MAX) / len ? n - 1 : n * RECORD_EXPOSURE_MAX / len;
		left |= !names;
		names = 0;
		free(text);
		text = text_of(e, p, n, 0, e->cut || left);
		len = text != NULL ? strlen(text) : 0;
	}
	free((void *)p);
	return text;
}

/* --- in -------------------------------------------------------------------------------------------------- */

/* A text as records have it: no control characters. A missing one is fine. */
static enum vault_rc text_field(const struct jsonread *j, const char *key, char **out, struct vault_err *err)
{
	if (jsonread_get(j, key) != NULL && !is_text(jsonread_str(j, key)))
		return record_bad(err);
	return record_str(j, key, out, err);
}

static enum vault_rc numbers_parse(const struct jsonread *j, struct vault_exposure *out, struct vault_err *err)
{
	const struct jsonread *counts = jsonread_get(j, "counts"), *levels = jsonread_get(j, "levels");
	if (!jsonread_is_object(counts) || jsonread_size(levels) != VAULT_ACCESS_LEVELS)
		return record_bad(err);
	for (size_t i = 0; i < NUMBERS; i++) {
		int64_t *to = (int64_t *)(void *)((char *)out + numbers[i].at);
		*to = jsonread_int(counts, numbers[i].key, -1);
		if (*to < 0 && jsonread_get(counts, numbers[i].key) != NULL)
			return record_bad(err);
	}
	for (size_t i = 0; i < VAULT_ACCESS_LEVELS; i++) {
		out->sheets_by[i] = jsonread_int_at(levels, i, -1);
		if (out->sheets_by[i] < 0)
			return record_bad(err);
	}
	return VAULT_OK;
}

static enum vault_rc item_parse(const struct jsonread *a, struct vault_reached *r, struct vault_err *err)
{
	const size_t n = jsonread_size(a);
	const char *id = jsonread_str_at(a, 0), *name = jsonread_str_at(a, 2);
	const int64_t access = jsonread_int_at(a, 1, -1);
	if (n < 2 || n > 3 || !is_id(id) || access < 0 || access >= VAULT_ACCESS_LEVELS || (n == 3 && name == NULL))
		return record_bad(err);
	for (const unsigned char *p = (const unsigned char *)name; p != NULL && *p != '\0'; p++)
		if (control(p) > 0)
			return record_bad(err);
	r->access = (enum vault_access)access;
	r->modified = INT64_MIN;
	r->id = strdup(id);
	r->name = name != NULL ? strdup(name) : NULL;
	return r->id == NULL || (name != NULL && r->name == NULL) ? vault_err_set(err, VAULT_REFUSED, "out of memory") : VAULT_OK;
}

static enum vault_rc kind_parse(const struct jsonread *a, enum vault_item_type type, struct vault_exposure *out,
                                struct vault_err *err)
{
	const size_t n = jsonread_size(a), first = out->n;
	enum vault_rc rc = n > 0 && (out->count[type] < 0 || n > (uint64_t)out->count[type]) ? record_bad(err) : VAULT_OK;
	for (size_t i = 0; i < n && rc == VAULT_OK; i++) {
		struct vault_reached *r = &out->items[out->n++];
		r->type = type;
		rc = item_parse(jsonread_at(a, i), r, err);
		/* Comparing walks along: out of order, things would seem to have come and gone. */
		if (rc == VAULT_OK && out->n - first > 1 && vault_item_id_order(r[-1].id, r->id) >= 0)
			rc = record_bad(err);
	}
	return rc;
}

static enum vault_rc items_parse(const struct jsonread *j, struct vault_exposure *out, struct vault_err *err)
{
	const struct jsonread *items = jsonread_get(j, "items"), *of[VAULT_ITEM_TYPES];
	enum vault_rc rc = jsonread_is_object(items) ? VAULT_OK : record_bad(err);
	size_t n = 0;
	for (int t = 0; t < VAULT_ITEM_TYPES && rc == VAULT_OK; t++) {
		of[t] = jsonread_get(items, kinds[t]);
		if (of[t] != NULL && !jsonread_is_array(of[t]))
			rc = record_bad(err);
		n += jsonread_size(of[t]);
	}
	if (rc == VAULT_OK && (out->items = calloc(n + 1, sizeof *out->items)) == NULL)
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	for (int t = 0; t < VAULT_ITEM_TYPES && rc == VAULT_OK; t++)
		rc = kind_parse(of[t], (enum vault_item_type)t, out, err);
	return rc;
}

enum vault_rc record_exposure_parse(const void *p, size_t n, struct vault_exposure *out, struct vault_err *err)
{
	struct jsonread *j = NULL;
	memset(out, 0, sizeof *out);
	enum vault_rc rc = jsonread_parse(p, n, &j, err);
	if (rc == VAULT_OK)
		rc = text_field(j, "base", &out->base, err);
	if (rc == VAULT_OK)
		rc = text_field(j, "seat", &out->seat, err);
	if (rc == VAULT_OK)
		rc = record_str(j, "carried", &out->carried, err);
	out->since = jsonread_int(j, "since", INT64_MIN);
	out->system_admin = jsonread_bool(j, "admin", -1);
	out->cut = jsonread_bool(j, "cut", 0);
	if (rc == VAULT_OK && ((jsonread_get(j, "admin") != NULL && out->system_admin < 0) ||
	                       (jsonread_get(j, "cut") != NULL && jsonread_bool(j, "cut", -1) < 0)))
		rc = record_bad(err);
	if (rc == VAULT_OK)
		rc = numbers_parse(j, out, err);
	if (rc == VAULT_OK)
		rc = items_parse(j, out, err);
	jsonread_free(&j);
	if (rc != VAULT_OK)
		vault_exposure_clear(out);
	return rc;
}

/* --- the same once more ---------------------------------------------------------------------------------- */

char *record_same_encode(const struct record_same *s)
{
	struct vault_json *j = vault_json_object();
	char hex[2 * sizeof s->detail + 1];
	record_hex(s->detail, hex);
	record_hex(s->detail + VAULT_ID_LEN, hex + 2 * VAULT_ID_LEN);
	vault_json_set_int(j, "of", s->of);
	vault_json_set_str(j, "detail", hex);
	return record_text(j);
}

enum vault_rc record_same_parse(const void *p, size_t n, struct record_same *out, struct vault_err *err)
{
	struct jsonread *j = NULL;
	char first[2 * VAULT_ID_LEN + 1] = "";
	memset(out, 0, sizeof *out);
	enum vault_rc rc = jsonread_parse(p, n, &j, err);
	const char *hex = jsonread_str(j, "detail");
	out->of = jsonread_int(j, "of", INT64_MIN);
	if (rc == VAULT_OK && (hex == NULL || strlen(hex) != 2 * sizeof out->detail || out->of == INT64_MIN))
		rc = record_bad(err);
	if (rc == VAULT_OK && hex != NULL) {
		memcpy(first, hex, 2 * VAULT_ID_LEN);
		if (record_unhex(first, out->detail) != 0 || record_unhex(hex + 2 * VAULT_ID_LEN, out->detail + VAULT_ID_LEN) != 0)
			rc = record_bad(err);
	}
	jsonread_free(&j);
	return rc;
}
