/* tree.c - from leaves to the signed root: 64 digests a group row, one top row of group hashes. Declared in leaf.h. L3. */
#include <stdlib.h>
#include <string.h>

#include "leaf.h"

/* Area 0 is the top itself; the roster's digest stands in it directly, the others by groups. */
struct tree {
	uint8_t top[LEAF_TOP_LEN];
	uint8_t *group[LEAF_GROUPS]; /* LEAF_GROUP_LEN bytes, verified; NULL while not read */
	int dirty[LEAF_GROUPS];
};

/* Index of a group in the top. */
static unsigned group_index(enum leaf_area area, unsigned number)
{
	const unsigned first = area == LEAF_NAMES ? 0 : area == LEAF_TOKENS ? 64 : 128;
	return first + number / LEAF_GROUP;
}

static uint8_t *top_slot(struct tree *t, unsigned group)
{
	return t->top + (size_t)(1 + group) * HASH_LEN;
}

static enum vault_rc hash_enc(const char *label, uint64_t area, uint64_t part, const uint8_t *p, size_t n,
                              uint8_t out[HASH_LEN], struct vault_err *err)
{
	struct buf b = {.p = NULL};
	enum vault_rc rc = VAULT_OK;
	buf_label(&b, label);
	buf_field_u64(&b, area);
	buf_field_u64(&b, part);
	buf_field(&b, p, n);
	if (b.failed)
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	else
		hash(out, b.p, b.n);
	buf_free(&b);
	return rc;
}

/* The area and part under which a group's row is stored. */
static void group_key(unsigned group, uint64_t *area, uint64_t *part)
{
	*area = group < 64 ? LEAF_NAMES : group < 128 ? LEAF_TOKENS : LEAF_LEDGER;
	*part = group < 64 ? group : group < 128 ? group - 64 : group - 128;
}

static enum vault_rc digest_row(struct store *s, uint64_t area, uint64_t part, size_t len, uint8_t *out,
                                struct vault_err *err)
{
	const struct cell key[2] = {CELL_INT(area), CELL_INT(part)};
	struct rows rows = {.r = NULL};
	enum vault_rc rc = store_prefix(s, STORE_DIGEST, key, 2, &rows, err);
	if (rc == VAULT_OK && (rows.n != 1 || rows.r[0]->c[DIG_DIGESTS].n != len))
		rc = vault_err_set(err, VAULT_DAMAGED, "the vault's digests are damaged: restore it from a backup");
	if (rc == VAULT_OK)
		memcpy(out, rows.r[0]->c[DIG_DIGESTS].p, len);
	rows_clear(&rows);
	return rc;
}

enum vault_rc tree_load(struct store *s, const uint8_t root[HASH_LEN], struct tree **out, struct vault_err *err)
{
	uint8_t h[HASH_LEN];
	struct tree *t = calloc(1, sizeof *t);
	if (t == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	enum vault_rc rc = digest_row(s, 0, 0, LEAF_TOP_LEN, t->top, err);
	if (rc == VAULT_OK)
		rc = hash_enc("smartvault1/top", 0, 0, t->top, LEAF_TOP_LEN, h, err);
	if (rc == VAULT_OK && memcmp(h, root, HASH_LEN) != 0)
		rc = vault_err_set(err, VAULT_DAMAGED, "the vault's digests are not those its newest state signs: "
		                   "restore it from a backup");
	if (rc != VAULT_OK)
		tree_free(&t);
	*out = t;
	return rc;
}

static enum vault_rc group_load(struct tree *t, struct store *s, unsigned group, struct vault_err *err)
{
	uint64_t area = 0, part = 0;
	uint8_t h[HASH_LEN];
	if (t->group[group] != NULL)
		return VAULT_OK;
	uint8_t *p = malloc(LEAF_GROUP_LEN);
	if (p == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	group_key(group, &area, &part);
	enum vault_rc rc = digest_row(s, area, part, LEAF_GROUP_LEN, p, err);
	if (rc == VAULT_OK)
		rc = hash_enc("smartvault1/group", area, part, p, LEAF_GROUP_LEN, h, err);
	if (rc == VAULT_OK && memcmp(h, top_slot(t, group), HASH_LEN) != 0)
		rc = vault_err_set(err, VAULT_DAMAGED, "the vault's digests are damaged: restore it from a backup");
	if (rc != VAULT_OK) {
		free(p);
		return rc;
	}
	t->group[group] = p;
	return VAULT_OK;
}

enum vault_rc tree_new(struct tree **out, struct vault_err *err)
{
	static const enum leaf_area areas[] = {LEAF_NAMES, LEAF_TOKENS, LEAF_LEDGER};
	enum vault_rc rc = VAULT_OK;
	struct buf scratch = {.p = NULL};
	struct tree *t = calloc(1, sizeof *t);
	if (t == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	for (unsigned g = 0; g < LEAF_GROUPS && rc == VAULT_OK; g++) {
		t->group[g] = malloc(LEAF_GROUP_LEN);
		t->dirty[g] = 1;
		if (t->group[g] == NULL)
			rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	}
	for (size_t a = 0; a < 3 && rc == VAULT_OK; a++)
		for (unsigned n = 0; n < leaf_count(areas[a]) && rc == VAULT_OK; n++) {
			struct leaf empty = {.area = areas[a], .number = n};
			uint8_t *at = t->group[group_index(areas[a], n)] + (size_t)(n % LEAF_GROUP) * HASH_LEN;
			rc = leaf_digest(&empty, &scratch, at, err);
		}
	buf_free(&scratch);
	if (rc != VAULT_OK)
		tree_free(&t);
	*out = t;
	return rc;
}

void tree_free(struct tree **t)
{
	if (t == NULL || *t == NULL)
		return;
	for (unsigned g = 0; g < LEAF_GROUPS; g++)
		free((*t)->group[g]);
	free(*t);
	*t = NULL;
}

enum vault_rc tree_get(struct tree *t, struct store *s, enum leaf_area area, unsigned number, uint8_t out[HASH_LEN],
                       struct vault_err *err)
{
	if (area == LEAF_ROSTER) {
		memcpy(out, t->top, HASH_LEN);
		return VAULT_OK;
	}
	const unsigned group = group_index(area, number);
	const enum vault_rc rc = group_load(t, s, group, err);
	if (rc == VAULT_OK)
		memcpy(out, t->group[group] + (size_t)(number % LEAF_GROUP) * HASH_LEN, HASH_LEN);
	return rc;
}

enum vault_rc tree_set(struct tree *t, struct store *s, enum leaf_area area, unsigned number, const uint8_t d[HASH_LEN],
                       struct vault_err *err)
{
	if (area == LEAF_ROSTER) {
		memcpy(t->top, d, HASH_LEN);
		return VAULT_OK;
	}
	const unsigned group = group_index(area, number);
	const enum vault_rc rc = group_load(t, s, group, err);
	if (rc == VAULT_OK) {
		memcpy(t->group[group] + (size_t)(number % LEAF_GROUP) * HASH_LEN, d, HASH_LEN);
		t->dirty[group] = 1;
	}
	return rc;
}

static enum vault_rc put_digests(struct store *s, uint64_t area, uint64_t part, const uint8_t *p, size_t n,
                                 struct vault_err *err)
{
	const struct cell c[3] = {CELL_INT(area), CELL_INT(part), CELL_BLOB(p, n)};
	struct row *r = row_make(STORE_DIGEST, c);
	if (r == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	const enum vault_rc rc = store_put(s, STORE_DIGEST, r, err);
	free(r);
	return rc;
}

enum vault_rc tree_flush(struct tree *t, struct store *s, uint8_t root[HASH_LEN], struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	for (unsigned g = 0; g < LEAF_GROUPS && rc == VAULT_OK; g++) {
		uint64_t area = 0, part = 0;
		if (!t->dirty[g])
			continue;
		group_key(g, &area, &part);
		rc = hash_enc("smartvault1/group", area, part, t->group[g], LEAF_GROUP_LEN, top_slot(t, g), err);
		if (rc == VAULT_OK)
			rc = put_digests(s, area, part, t->group[g], LEAF_GROUP_LEN, err);
		t->dirty[g] = 0;
	}
	if (rc == VAULT_OK)
		rc = put_digests(s, 0, 0, t->top, LEAF_TOP_LEN, err);
	if (rc == VAULT_OK)
		rc = hash_enc("smartvault1/top", 0, 0, t->top, LEAF_TOP_LEN, root, err);
	return rc;
}
