/* leaf.c - which rows belong to which leaf, and a leaf's digest. L3. */
#include <stdlib.h>
#include <string.h>

#include "leaf.h"

/* The tables an area counts, in the order in which they are hashed. */
static const struct {
	enum leaf_area area;
	enum store_table table;
} counted[] = {
	{LEAF_ROSTER, STORE_HEADER}, {LEAF_ROSTER, STORE_SLOT},  {LEAF_ROSTER, STORE_KEY},    {LEAF_ROSTER, STORE_GRANT},
	{LEAF_NAMES, STORE_OBJECT},  {LEAF_TOKENS, STORE_GRANT}, {LEAF_TOKENS, STORE_SECRET}, {LEAF_LEDGER, STORE_OBJECT},
};
enum { COUNTED = sizeof counted / sizeof counted[0] };

unsigned leaf_count(enum leaf_area area)
{
	switch (area) {
	case LEAF_NAMES:
		return LEAF_NAMES_N;
	case LEAF_TOKENS:
		return LEAF_TOKENS_N;
	case LEAF_LEDGER:
		return LEAF_LEDGER_N;
	case LEAF_ROSTER:
		break;
	}
	return 1;
}

unsigned leaf_of(enum leaf_area area, const uint8_t id[16])
{
	if (area == LEAF_ROSTER)
		return 0;
	if (area == LEAF_LEDGER)
		return id[0];
	return (unsigned)id[0] << 4 | id[1] >> 4;
}

void leaf_clear(struct leaf *l)
{
	rows_clear(&l->header);
	rows_clear(&l->slot);
	rows_clear(&l->key);
	rows_clear(&l->grant);
	rows_clear(&l->object);
	rows_clear(&l->secret);
	l->dirty = 0;
}

struct rows *leaf_rows(struct leaf *l, enum store_table t)
{
	switch (t) {
	case STORE_HEADER:
		return &l->header;
	case STORE_SLOT:
		return &l->slot;
	case STORE_KEY:
		return &l->key;
	case STORE_GRANT:
		return &l->grant;
	case STORE_OBJECT:
		return &l->object;
	case STORE_SECRET:
		return &l->secret;
	default:
		return NULL;
	}
}

/* First and, but for the last leaf, end of a leaf's ids. Returns whether there is an end. */
static int bounds(enum leaf_area area, unsigned number, uint8_t lo[16], uint8_t hi[16])
{
	memset(lo, 0, 16);
	memset(hi, 0, 16);
	if (area == LEAF_LEDGER) {
		lo[0] = (uint8_t)number;
		hi[0] = (uint8_t)(number + 1);
	} else {
		lo[0] = (uint8_t)(number >> 4);
		lo[1] = (uint8_t)(number << 4);
		hi[0] = (uint8_t)((number + 1) >> 4);
		hi[1] = (uint8_t)((number + 1) << 4);
	}
	return number + 1 < leaf_count(area);
}

/* Grants of nothing in particular (SIGN, KEYS, META) stand under 16 zero bytes and are the roster's, not leaf 0's. */
static void drop_roster_grants(struct rows *grants)
{
	static const uint8_t zero[16];
	size_t keep = 0;
	for (size_t i = 0; i < grants->n; i++) {
		const struct cell *id = &grants->r[i]->c[GRANT_OBJECT];
		if (id->n == 16 && memcmp(id->p, zero, 16) == 0)
			free(grants->r[i]);
		else
			grants->r[keep++] = grants->r[i];
	}
	grants->n = keep;
}

static enum vault_rc read_table(struct store *s, enum leaf_area area, unsigned number, enum store_table t,
                                struct rows *out, struct vault_err *err)
{
	static const uint8_t zero[16];
	uint8_t lo[16], hi[16];
	const struct cell zero_id = CELL_BLOB(zero, 16);
	if (area == LEAF_ROSTER)
		return t == STORE_GRANT ? store_prefix(s, t, &zero_id, 1, out, err) : store_all(s, t, out, err);
	const int end = bounds(area, number, lo, hi);
	/* The first leaf begins at the empty string, so that a key that is too short is counted and found. */
	const struct cell from = CELL_BLOB(lo, number == 0 ? 0 : 16), to = CELL_BLOB(hi, 16);
	if (t == STORE_OBJECT)
		return store_objects(s, &from, end ? &to : NULL, LEAF_KIND_HANDOVER, area == LEAF_LEDGER, out, err);
	const enum vault_rc rc = store_range(s, t, &from, end ? &to : NULL, out, err);
	if (rc == VAULT_OK && t == STORE_GRANT && number == 0)
		drop_roster_grants(out);
	return rc;
}

enum vault_rc leaf_read(struct store *s, enum leaf_area area, unsigned number, struct leaf *out, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	memset(out, 0, sizeof *out);
	out->area = area;
	out->number = number;
	for (size_t i = 0; rc == VAULT_OK && i < COUNTED; i++)
		if (counted[i].area == area)
			rc = read_table(s, area, number, counted[i].table, leaf_rows(out, counted[i].table), err);
	if (rc != VAULT_OK)
		leaf_clear(out);
	return rc;
}

/* Whether a key belongs to leaf `number` of names or tokens, or to one behind it. */
static int from_leaf(const struct cell *key, unsigned number)
{
	uint8_t lo[16], hi[16];
	const size_t n = key->n < sizeof lo ? key->n : sizeof lo;
	(void)bounds(LEAF_NAMES, number, lo, hi);
	const int c = n == 0 ? 0 : memcmp(key->p, lo, n);
	return c > 0 || (c == 0 && key->n >= sizeof lo);
}

/* Gives the rows, which ascend, to the leaves they are of. */
static int deal(struct rows *all, enum store_table t, unsigned first, struct leaf out[LEAF_A_BYTE], struct leaf *ledger)
{
	unsigned at = 0;
	int failed = 0;
	for (size_t i = 0; i < all->n; i++) {
		const struct cell *c = all->r[i]->c;
		while (at + 1 < LEAF_A_BYTE && from_leaf(&c[0], LEAF_A_BYTE * first + at + 1))
			at++;
		const int is_handover = t == STORE_OBJECT && c[OBJ_KIND].i == LEAF_KIND_HANDOVER;
		failed |= rows_push(leaf_rows(is_handover ? ledger : &out[at], t), all->r[i]);
		all->r[i] = NULL; /* pushed, or freed where that failed */
	}
	return failed;
}

static enum vault_rc read_byte(struct store *s, enum store_table t, unsigned first, struct leaf out[LEAF_A_BYTE],
                               struct leaf *ledger, struct vault_err *err)
{
	uint8_t lo[16], hi[16];
	struct rows all = {.r = NULL};
	const int end = bounds(LEAF_LEDGER, first, lo, hi);
	const struct cell from = CELL_BLOB(lo, first == 0 ? 0 : 16), to = CELL_BLOB(hi, 16);
	enum vault_rc rc = store_range(s, t, &from, end ? &to : NULL, &all, err);
	if (rc == VAULT_OK && t == STORE_GRANT && first == 0)
		drop_roster_grants(&all);
	if (rc == VAULT_OK && deal(&all, t, first, out, ledger) != 0)
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	rows_clear(&all);
	return rc;
}

enum vault_rc leaf_read_byte(struct store *s, enum leaf_area area, unsigned first, struct leaf out[LEAF_A_BYTE],
                             struct leaf *ledger, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	memset(out, 0, LEAF_A_BYTE * sizeof *out);
	for (unsigned i = 0; i < LEAF_A_BYTE; i++) {
		out[i].area = area;
		out[i].number = LEAF_A_BYTE * first + i;
	}
	if (ledger != NULL)
		*ledger = (struct leaf){.area = LEAF_LEDGER, .number = first};
	for (size_t i = 0; rc == VAULT_OK && i < COUNTED; i++)
		if (counted[i].area == area)
			rc = read_byte(s, counted[i].table, first, out, ledger, err);
	for (unsigned i = 0; rc != VAULT_OK && i < LEAF_A_BYTE; i++)
		leaf_clear(&out[i]);
	if (rc != VAULT_OK && ledger != NULL)
		leaf_clear(ledger);
	return rc;
}

static void add_row(struct buf *b, const struct row *r)
{
	for (size_t i = 0; i < r->ncols; i++) {
		const struct cell *c = &r->c[i];
		buf_u8(b, c->is_int ? 1 : 2);
		if (c->is_int)
			buf_field_u64(b, (uint64_t)c->i);
		else
			buf_field(b, c->p, c->n);
	}
}

enum vault_rc leaf_digest(struct leaf *l, struct buf *scratch, uint8_t out[HASH_LEN], struct vault_err *err)
{
	buf_reset(scratch);
	buf_label(scratch, "smartvault1/leaf");
	buf_field_u64(scratch, l->area);
	buf_field_u64(scratch, l->number);
	for (size_t i = 0; i < COUNTED; i++) {
		if (counted[i].area != l->area)
			continue;
		const enum store_table t = counted[i].table;
		const struct rows *rows = leaf_rows(l, t);
		buf_field_u64(scratch, t);
		buf_field_u64(scratch, rows->n);
		for (size_t k = 0; k < rows->n; k++) {
			/* A b-tree with two rows of one key, or out of order, would make look-ups ambiguous. */
			if (k > 0 && row_compare(t, rows->r[k - 1], rows->r[k]) >= 0)
				return vault_err_set(err, VAULT_DAMAGED, "rows of table %s are out of order: the vault is damaged",
				                     store_table_name(t));
			add_row(scratch, rows->r[k]);
		}
	}
	if (scratch->failed)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	hash(out, scratch->p, scratch->n);
	return VAULT_OK;
}

enum vault_rc leaf_verify(struct tree *t, struct store *s, struct buf *scratch, struct leaf *l, struct vault_err *err)
{
	uint8_t want[HASH_LEN], got[HASH_LEN];
	enum vault_rc rc = tree_get(t, s, l->area, l->number, want, err);
	if (rc == VAULT_OK)
		rc = leaf_digest(l, scratch, got, err);
	if (rc == VAULT_OK && memcmp(want, got, HASH_LEN) != 0)
		rc = vault_err_set(err, VAULT_DAMAGED, "rows of the vault were changed without a key (area %d, leaf %u): "
		                   "restore it from a backup", (int)l->area, l->number);
	return rc;
}

enum vault_rc leaf_load(struct tree *t, struct store *s, enum leaf_area area, unsigned number, struct buf *scratch,
                        struct leaf *out, struct vault_err *err)
{
	enum vault_rc rc = leaf_read(s, area, number, out, err);
	if (rc == VAULT_OK)
		rc = leaf_verify(t, s, scratch, out, err);
	if (rc != VAULT_OK)
		leaf_clear(out);
	return rc;
}
