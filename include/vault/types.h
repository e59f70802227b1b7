/* types.h - the records people see: token, version, vendor, hand-over, verdict. Plain data without secrets.
 *
 * Every `char *` is malloc'ed, NUL-terminated UTF-8 without control characters, or NULL where unknown. Every
 * `X_clear` frees what the record points to and zeroes it; lists own their items. */
#ifndef VAULT_TYPES_H
#define VAULT_TYPES_H

#include <stddef.h>
#include <stdint.h>

#include <vault/date.h>
#include <vault/error.h>

enum { VAULT_ID_LEN = 16, VAULT_COMMIT_LEN = 32, VAULT_TOKEN_MAX = 4096, VAULT_LABEL_MAX = 64, VAULT_NAME_MAX = 128 };

struct vault_strings {
	char **s;
	size_t n;
};
void vault_strings_clear(struct vault_strings *l);
enum vault_rc vault_strings_add(struct vault_strings *l, const char *s, struct vault_err *err) VAULT_MUST_CHECK;

/* --- tokens ---------------------------------------------------------------------------------------------- */

enum vault_region { VAULT_REGION_US, VAULT_REGION_EU, VAULT_REGION_AU, VAULT_REGION_GOV };

enum vault_version_status { VAULT_CURRENT, VAULT_RETIRED, VAULT_DEAD, VAULT_ERASED /* of a removed token */ };

/* A value of a token. The highest number is the current one. */
struct vault_version {
	uint32_t number;          /* from 1 */
	enum vault_version_status status;
	int64_t created;          /* day it was made at Smartsheet (--created, --date) */
	int64_t retired;          /* day it was replaced, or VAULT_NO_DAY */
	int64_t died;             /* day it was proved dead, or VAULT_NO_DAY */
	int64_t revoked_said;     /* --old-revoked: the admin's word, or VAULT_NO_DAY */
	int on_word;              /* dead on the admin's word alone (nobody has the value) */
	int unchecked;            /* rotated in with --unchecked */
	int has_value;            /* the vault has (or had, if dead) its value */
	char *smartsheet_name;
	/* Key slots that could read it and were left behind, or ended before, when the vault got new keys: "DATE NAME". */
	struct vault_strings left;
	uint8_t commit[VAULT_COMMIT_LEN]; /* C of its secret row: what verdicts are bound to */
};

struct vault_token {
	uint8_t id[VAULT_ID_LEN];
	char *label, *account, *license, *plan, *owner, *note;
	enum vault_region region;
	int removed;              /* status removed: ledger and history stay, the label is free */
	int64_t removed_on;
	int64_t created;          /* of version 1 */
	int64_t rotate_every_days; /* 0: never */
	int64_t expires;          /* the organisation's setting, or VAULT_NO_DAY */
	struct vault_strings tags;
	struct vault_version *versions; /* ascending, at least one */
	size_t n_versions;
};

struct vault_tokens {
	struct vault_token *t;    /* sorted by label, removed ones last */
	size_t n;
};

void vault_token_clear(struct vault_token *t);
void vault_tokens_clear(struct vault_tokens *l);
const struct vault_version *vault_token_current(const struct vault_token *t);
const struct vault_version *vault_token_version(const struct vault_token *t, uint32_t number); /* NULL */
/* Day of the last rotation, or VAULT_NO_DAY; day the current value must be rotated, or VAULT_NO_DAY. */
int64_t vault_token_rotated(const struct vault_token *t);
int64_t vault_token_rotate_due(const struct vault_token *t);

const char *vault_region_name(enum vault_region r);      /* us eu au gov */
const char *vault_region_base(enum vault_region r);      /* https://api.smartsheet.com/2.0 ... */
enum vault_rc vault_region_parse(const char *s, enum vault_region *r, struct vault_err *err) VAULT_MUST_CHECK;
const char *vault_version_status_name(enum vault_version_status s); /* current retired dead erased */

/* VAULT_USAGE with a sentence that says the rule. */
enum vault_rc vault_label_check(const char *label, struct vault_err *err) VAULT_MUST_CHECK;
enum vault_rc vault_vendor_name_check(const char *name, struct vault_err *err) VAULT_MUST_CHECK;
enum vault_rc vault_slot_name_check(const char *name, struct vault_err *err) VAULT_MUST_CHECK; /* the same rule */
enum vault_rc vault_email_check(const char *what, const char *email, struct vault_err *err) VAULT_MUST_CHECK;
/* Free text of options (notes, purposes, names): UTF-8, no control characters, at most 1,024 bytes. */
enum vault_rc vault_text_check(const char *what, const char *text, struct vault_err *err) VAULT_MUST_CHECK;
/* A word for a shell, into `out`, which is returned: in quotes where it needs them; cut at `n`. */
const char *vault_shell_word(const char *word, char *out, size_t n);
/* Length of the well-formed UTF-8 sequence at `p` of `n` bytes, 0 where there is none. RFC 3629. */
size_t vault_utf8_len(const unsigned char *p, size_t n);

/* --- vendors and hand-overs ------------------------------------------------------------------------------ */

struct vault_agreement {
	char *ref;
	int64_t until;            /* last valid day, or VAULT_NO_DAY */
};

struct vault_vendor {
	uint8_t id[VAULT_ID_LEN];
	char *name, *note;
	struct vault_strings contacts;
	struct vault_agreement *agreements;
	size_t n_agreements;
	int64_t vetted;
	int64_t added;            /* day */
};
struct vault_vendors {
	struct vault_vendor *v;   /* sorted by name */
	size_t n;
};
void vault_vendor_clear(struct vault_vendor *v);
void vault_vendors_clear(struct vault_vendors *l);

struct vault_item {
	char *id, *level, *name;  /* level: viewer commenter editor admin owner, or NULL */
};

/* One giving of one version to one person. */
struct vault_give {
	uint32_t version;
	int64_t date;
	char *purpose, *agreement, *channel;
	int64_t until;
	struct vault_item *items;
	size_t n_items;
};

/* One --confirm: what it replaced, so that an earlier day is shown as it was. */
struct vault_confirm {
	int64_t date;
	size_t give;              /* which of the period's it was about */
	int64_t was_until;        /* that giving's last day before it */
};

/* From the first giving to the ending. */
struct vault_period {
	struct vault_give *gives; /* in the order recorded, at least one; `until` as it is now */
	size_t n_gives;
	int64_t confirmed;        /* last --confirm, or VAULT_NO_DAY */
	struct vault_confirm *confirms; /* in the order recorded; none of before this was kept */
	size_t n_confirms;
	int64_t ended;            /* VAULT_NO_DAY while it runs */
	int never_given;          /* it was recorded by mistake: nobody knows the value */
	char *reason;
};

/* One (token, vendor, recipient), with its periods in order. */
struct vault_handover {
	uint8_t id[VAULT_ID_LEN];
	uint8_t token_id[VAULT_ID_LEN];
	uint8_t vendor_id[VAULT_ID_LEN];
	char *to;
	struct vault_period *periods; /* at least one; only the last can be running */
	size_t n_periods;
};
struct vault_handovers {
	struct vault_handover *h;
	size_t n;
};
void vault_give_clear(struct vault_give *g);
void vault_handover_clear(struct vault_handover *h);
void vault_handovers_clear(struct vault_handovers *l);

/* --- who could read what ---------------------------------------------------------------------------------- */

/* A key slot that could read a token's current value, and may no longer. */
struct vault_slot_read {
	uint8_t token_id[VAULT_ID_LEN];
	uint32_t version;
	char *slot;               /* its name */
	int64_t ended;            /* day it was ended or lost the grant */
};
struct vault_slot_reads {
	struct vault_slot_read *r; /* ascending by token id */
	size_t n;
};
void vault_slot_reads_clear(struct vault_slot_reads *l);
/* Where the run of a token begins, or would; l->n at the end. */
size_t vault_slot_reads_first(const struct vault_slot_reads *l, const uint8_t token_id[VAULT_ID_LEN]);

/* --- what Smartsheet said -------------------------------------------------------------------------------- */

enum vault_result { VAULT_VALID, VAULT_INVALID, VAULT_EXPIRED, VAULT_REVOKED, VAULT_BLOCKED, VAULT_UNKNOWN };
const char *vault_result_name(enum vault_result r);

/* Who a token acted as. Numbers are decimal strings: ids exceed 2^53. */
struct vault_identity {
	char *id, *email, *account_id, *account_name;
	struct vault_strings alternates; /* confirmed alternate addresses */
	int admin, licensed, group_admin, resource_viewer; /* 1, 0, or -1: not said */
};

struct vault_verdict {
	uint8_t token_id[VAULT_ID_LEN];
	uint32_t version;
	uint8_t commit[VAULT_COMMIT_LEN];
	enum vault_result result;
	int64_t checked;          /* time, seconds */
	int64_t http_status;      /* 0: no answer */
	int64_t error_code;       /* 0: none */
	char *message;            /* Smartsheet's, or what went wrong; escaped */
	char *base;               /* base URL that was asked */
	char *drift;              /* what of it was another than labelled and seen before, as a check found it; NULL: nothing */
	int has_identity;
	struct vault_identity identity;
};
struct vault_verdicts {
	struct vault_verdict *v;  /* oldest first */
	size_t n;
};
void vault_identity_clear(struct vault_identity *i);
void vault_verdict_clear(struct vault_verdict *v);
void vault_verdicts_clear(struct vault_verdicts *l);
enum vault_rc vault_verdict_copy(struct vault_verdict *to, const struct vault_verdict *from,
                                 struct vault_err *err) VAULT_MUST_CHECK;

/* The newest verdict of a version that is not unknown (`known` 1), or the newest at all (0). NULL if none. Counts
 * only verdicts whose commitment is the version's. */
const struct vault_verdict *vault_verdict_newest(const struct vault_verdicts *l, const struct vault_token *t,
                                                 uint32_t version, int known);

#endif
