/* leaf.h - the digests over all rows: leaves, groups, top, root. L3. Source: vault-format(5), Leaves.
 *
 * Every row of the counted tables belongs to exactly one leaf. A leaf's rows are read whole, hashed, and compared with
 * the signed root before one of them is used; the rows then used are these, from memory. */
#ifndef VAULT_LEAF_H
#define VAULT_LEAF_H

#include "buf.h"
#include "hash.h"
#include "store.h"

enum leaf_area { LEAF_ROSTER = 1, LEAF_NAMES = 2, LEAF_TOKENS = 3, LEAF_LEDGER = 4 };
enum { LEAF_NAMES_N = 4096, LEAF_TOKENS_N = 4096, LEAF_LEDGER_N = 256, LEAF_GROUP = 64, LEAF_GROUPS = 64 + 64 + 4,
       LEAF_A_BYTE = 16, LEAF_TOP_LEN = (1 + LEAF_GROUPS) * HASH_LEN, LEAF_GROUP_LEN = LEAF_GROUP * HASH_LEN };

/* The kind of object that stands in the ledger; all others stand in the names. */
enum { LEAF_KIND_HANDOVER = 3 };

/* Number of leaves of an area; number of the leaf of a tag or id. */
unsigned leaf_count(enum leaf_area area);
unsigned leaf_of(enum leaf_area area, const uint8_t id[16]);

/* A leaf's rows by table, ascending by key. */
struct leaf {
	enum leaf_area area;
	unsigned number;
	int dirty;
	struct rows header, slot, key, grant, object, secret; /* those its area counts */
};
void leaf_clear(struct leaf *l);

/* The list of a table in the leaf, or NULL where the area does not count it. */
struct rows *leaf_rows(struct leaf *l, enum store_table t);

/* Reads the leaf's rows; nothing is verified. */
enum vault_rc leaf_read(struct store *s, enum leaf_area area, unsigned number, struct leaf *out,
                        struct vault_err *err) VAULT_MUST_CHECK;

/* What leaf_read gives for each of the leaves whose keys begin with the byte `first`, by one scan a table; nothing is
 * verified. out[i] is LEAF_A_BYTE * first + i of `area`: the tokens, or the names and then with them `first` of the ledger
 * (else NULL), whose objects stand in the same table. */
enum vault_rc leaf_read_byte(struct store *s, enum leaf_area area, unsigned first, struct leaf out[LEAF_A_BYTE],
                             struct leaf *ledger, struct vault_err *err) VAULT_MUST_CHECK;

/* H(ENC("smartvault1/leaf", area, number, per table: number, row count, rows)). VAULT_DAMAGED where the keys do not
 * strictly ascend. `scratch` is reused. */
enum vault_rc leaf_digest(struct leaf *l, struct buf *scratch, uint8_t out[HASH_LEN], struct vault_err *err) VAULT_MUST_CHECK;

struct tree;

/* Top row whose hash is `root`, or VAULT_DAMAGED. */
enum vault_rc tree_load(struct store *s, const uint8_t root[HASH_LEN], struct tree **out, struct vault_err *err) VAULT_MUST_CHECK;

/* The tree of a vault without rows (but those set later with tree_set). */
enum vault_rc tree_new(struct tree **out, struct vault_err *err) VAULT_MUST_CHECK;
void tree_free(struct tree **t);

/* The digest that the signed root gives for a leaf; its group row is read and verified at first use. */
enum vault_rc tree_get(struct tree *t, struct store *s, enum leaf_area area, unsigned number, uint8_t out[HASH_LEN],
                       struct vault_err *err) VAULT_MUST_CHECK;

/* Sets a leaf's digest in memory (its group must be loaded: tree_get). */
enum vault_rc tree_set(struct tree *t, struct store *s, enum leaf_area area, unsigned number, const uint8_t d[HASH_LEN],
                       struct vault_err *err) VAULT_MUST_CHECK;

/* Writes what was set, and the top; gives the new root. */
enum vault_rc tree_flush(struct tree *t, struct store *s, uint8_t root[HASH_LEN], struct vault_err *err) VAULT_MUST_CHECK;

/* Compares what was read with the tree: VAULT_DAMAGED where it does not hold. */
enum vault_rc leaf_verify(struct tree *t, struct store *s, struct buf *scratch, struct leaf *l,
                          struct vault_err *err) VAULT_MUST_CHECK;

/* leaf_read and leaf_verify in one; nothing is kept where it does not hold. */
enum vault_rc leaf_load(struct tree *t, struct store *s, enum leaf_area area, unsigned number, struct buf *scratch,
                        struct leaf *out, struct vault_err *err) VAULT_MUST_CHECK;

#endif
