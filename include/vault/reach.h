/* reach.h - what a token reaches, as plain data; and how it compares with what was agreed and with what it was: pure. */
#ifndef VAULT_REACH_H
#define VAULT_REACH_H

#include <vault/types.h>

enum vault_item_type { VAULT_SHEET, VAULT_WORKSPACE, VAULT_REPORT, VAULT_DASHBOARD };
enum { VAULT_ITEM_TYPES = 4 };
const char *vault_item_type_name(enum vault_item_type t); /* sheet workspace report dashboard */
/* Ids compared as the numbers they are, whatever their length and the zeros before them: below 0, 0, above 0. */
int vault_item_id_order(const char *a, const char *b);

/* Ascending: who has more, may more. */
enum vault_access {
	VAULT_ACCESS_UNKNOWN, VAULT_ACCESS_VIEWER, VAULT_ACCESS_COMMENTER, VAULT_ACCESS_EDITOR, VAULT_ACCESS_EDITOR_SHARE,
	VAULT_ACCESS_ADMIN, VAULT_ACCESS_OWNER
};
enum { VAULT_ACCESS_LEVELS = 7 };
/* Smartsheet's word (OWNER ADMIN EDITOR_SHARE EDITOR COMMENTER VIEWER); UNKNOWN for others and NULL. */
enum vault_access vault_access_parse(const char *smartsheets);
/* As in hand-overs and JSON: viewer commenter editor editor admin owner; NULL for UNKNOWN. */
const char *vault_access_name(enum vault_access a);

struct vault_reached {
	enum vault_item_type type;
	enum vault_access access;
	char *id;                 /* decimal */
	char *name;               /* NULL: unknown, or not kept */
	int64_t modified;         /* time, seconds; INT64_MIN: not said, or not kept */
};

struct vault_exposure {
	uint8_t token_id[VAULT_ID_LEN];
	uint32_t version;
	uint8_t commit[VAULT_COMMIT_LEN];
	int64_t observed;         /* time, seconds */
	int64_t since;            /* the first time of those, without a break, at which exactly this was found; `observed`: the only one */
	char *base;               /* base URL that was asked */
	int system_admin;         /* 1, 0, -1: not said */
	char *seat;               /* seat type in lower case, as Smartsheet says; NULL: not to be seen */
	/* -1: the token may not list them (users: also where it is no system admin's, and was not asked). */
	int64_t count[VAULT_ITEM_TYPES];
	int64_t contacts, groups, users;
	int64_t sheets_by[VAULT_ACCESS_LEVELS]; /* of count[VAULT_SHEET] */
	struct vault_reached *items; /* by type, then ascending by id as a number; each once */
	size_t n;
	int cut;                  /* the record had no room for all: numbers are whole, `items` are not */
	/* The entry of the access log that says it whole; one that says the same names it by these. `whole` 0: none does. */
	int64_t whole;            /* its time */
	uint8_t detail[VAULT_COMMIT_LEN]; /* BLAKE2b-256 of its detail */
	char *carried;            /* it came out of a log before: the key slot that asked; else NULL */
};
struct vault_exposures {
	struct vault_exposure *e; /* oldest first */
	size_t n;
};
void vault_exposure_clear(struct vault_exposure *e);
void vault_exposures_clear(struct vault_exposures *l);

/* The newest of a version whose commitment is the version's; NULL. */
const struct vault_exposure *vault_exposure_newest(const struct vault_exposures *l, const struct vault_token *t,
                                                   uint32_t version);

/* Something reached or agreed that the other side has not. */
struct vault_gap {
	int type;                 /* enum vault_item_type; -1: not known (an agreed item that is not reached) */
	enum vault_access access; /* that it has; of what is missing: that was agreed, or UNKNOWN */
	enum vault_access agreed; /* of what is beyond: lower than `access`; UNKNOWN: it was not agreed at all */
	const char *id, *name;    /* borrowed; name may be NULL */
};
struct vault_gaps {
	struct vault_gap *g;      /* by type, then id */
	size_t n;
};
void vault_gaps_clear(struct vault_gaps *l);

/* What running hand-overs of a token name, taken together, against what it reaches, on day `at`. `given` is 1 where somebody
 * outside holds it; `named` 1 where a hand-over names an item: where none does nothing was agreed item by item, and
 * nothing is beyond or missing. An item agreed without a level may be reached at any; EDITOR_SHARE is an editor. Where a kind of
 * item could not be listed, or was cut, nothing is called missing. */
struct vault_reach {
	int given, named;
	size_t n_agreed;          /* different items named */
	struct vault_gaps beyond, missing;
};
void vault_reach_clear(struct vault_reach *r);
enum vault_rc vault_reach_compare(const struct vault_exposure *e, const struct vault_handovers *all, int64_t at,
                                  struct vault_reach *out, struct vault_err *err) VAULT_MUST_CHECK;

/* What came, went, and is reached at another level since an earlier observation. Borrows from both. */
struct vault_reach_changes {
	struct vault_gaps came, went, changed; /* changed: `agreed` is the level it had, `access` the one it has */
};
void vault_reach_changes_clear(struct vault_reach_changes *c);
enum vault_rc vault_reach_since(const struct vault_exposure *before, const struct vault_exposure *now,
                                struct vault_reach_changes *out, struct vault_err *err) VAULT_MUST_CHECK;

#endif
