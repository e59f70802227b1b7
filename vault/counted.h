/* counted.h - the access log read: whose entries count, and what they say. L5. Source: vault-format(5), ACCESS LOG.
 * Who holds the key of any slot can write a sound entry; what it may not say is passed over, and said where all is shown. */
#ifndef VAULT_COUNTED_H
#define VAULT_COUNTED_H

#include <vault/reach.h>
#include <vault/reminder.h>
#include <vault/types.h>

#include "record.h"
#include "txn.h"

enum counted_why {
	COUNTED,
	COUNTED_ROLE,             /* a verdict or exposure of a slot that is no admin's and no monitor's */
	COUNTED_REMINDER,         /* a reminder of such a slot */
	COUNTED_NOT_GRANTED,      /* a script's, of a token that it never was granted */
	COUNTED_ENDED,            /* of a slot that was ended before */
	COUNTED_DETAIL,           /* its detail does not open, or says nothing */
	COUNTED_SAME              /* it says the same as another exposure than the newest that stands whole before it */
};

/* Why it does not count, in a few words ("..., so it does not count" goes on); NULL for COUNTED. */
const char *counted_text(enum counted_why why);

/* One log being read. Zeroed, then counted_begin; for logs that were closed, `later` are those that followed it. */
struct counted {
	struct vault *v;
	uint8_t log_id[LOG_ID_LEN];
	const uint8_t (*later)[LOG_ID_LEN];
	size_t n_later;
	struct counted_slot *slots; /* how far each slot's entries count; of the roster */
	void *wholes;             /* counted_follow's: the newest whole exposure of each value so far */
};
enum vault_rc counted_begin(struct counted *c, struct vault *v, const uint8_t log_id[LOG_ID_LEN],
                            struct vault_err *err) VAULT_MUST_CHECK;
void counted_end(struct counted *c);

/* Runs `each` over the newest log of this path, and then over the closed ones before it that lie beside it, newest first; `c` has
 * begun for it. `older`: the one before is here too. `*whole` becomes 1 where they reach back to a log that follows none.
 * VAULT_DAMAGED where a closed one does not end where the next one says; nothing where there is no log at all. */
enum vault_rc counted_each_log(struct vault *v,
                               enum vault_rc (*each)(void *ctx, struct logfile *l, struct counted *c, int older, struct vault_err *err),
                               void *ctx, int *whole, struct vault_err *err) VAULT_MUST_CHECK;

/* The slot that signed a batch: VAULT_DAMAGED where none of this vault did. */
enum vault_rc counted_signer(const struct counted *c, const struct log_batch *b, const struct roster_slot **out,
                             struct vault_err *err) VAULT_MUST_CHECK;

/* Up to which byte of this log a slot's entries count: UINT64_MAX where it is active. */
enum vault_rc counted_upto(struct counted *c, const struct roster_slot *s, uint64_t *out, struct vault_err *err) VAULT_MUST_CHECK;

/* An entry of a batch that `slot` signed. The text of its detail where it has one that this slot may open. */
struct counted_entry {
	enum counted_why why;
	char *text;               /* JSON, malloc'ed, a NUL behind */
	size_t n;
	int has_verdict;          /* it counts and is one */
	struct vault_verdict verdict;
	int has_exposure;         /* it counts and is one */
	struct vault_exposure exposure;
	int has_same;             /* it says the same as one; it counts where counted_follow agrees */
	struct record_same same;
	int has_reminder;         /* it counts and is one */
	struct vault_reminder reminder;
};
void counted_entry_clear(struct counted_entry *e);

/* VAULT_DAMAGED where the detail of an admin's does not open: nobody else can have made it, and admins' do. */
enum vault_rc counted_read(struct counted *c, const struct log_batch *b, const struct roster_slot *slot,
                           const struct log_entry *e, struct counted_entry *out, struct vault_err *err) VAULT_MUST_CHECK;

/* Of what counted_read gave, for who reads every entry from the first on: one that says the same as an exposure counts only where
 * that is the newest of its value that stands whole in this log, else it becomes COUNTED_SAME. */
enum vault_rc counted_follow(struct counted *c, const struct log_entry *l, struct counted_entry *e,
                             struct vault_err *err) VAULT_MUST_CHECK;
void counted_unfollow(struct counted *c); /* counted_end does */

/* The newest exposure of each value (token, version, commitment), and no older one: a log may hold thousands, of 100 KiB and
 * more each. A scan notes where they stand, then the newest are read again, with their signature, and opened; one that does not
 * count, or says nothing, is passed over for the one before it. Behind the newest that stands whole the newest that says the same
 * as it tells when that was last seen. Zeroed before; `at` is where the first batch begins (logfile_first), then
 * counted_newest_next after each batch of the scan. Entries that are no exposure are not noted. */
struct counted_newest {
	struct counted_place *p;
	size_t n, cap;
	uint64_t at;              /* where the frame of the batch begins */
};
void counted_newest_clear(struct counted_newest *x);
enum vault_rc counted_newest_note(struct counted_newest *x, const struct log_batch *b, size_t i,
                                  struct vault_err *err) VAULT_MUST_CHECK;
void counted_newest_next(struct counted_newest *x, const struct log_batch *b);
/* After the scan of the same log; `each` with the one seen last first: `l` (without its detail) and `by` are the entry that saw it
 * last and its slot, `e` has no text and may be taken from. */
enum vault_rc counted_newest_read(struct counted_newest *x, struct counted *c, struct logfile *l,
                                  enum vault_rc (*each)(void *ctx, const struct roster_slot *by, const struct log_entry *l,
                                                        struct counted_entry *e, struct vault_err *err),
                                  void *ctx, struct vault_err *err) VAULT_MUST_CHECK;

#endif
