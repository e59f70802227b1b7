/* ledger.h - vendors and hand-overs. All functions want a transaction (vault_begin). */
#ifndef VAULT_LEDGER_H
#define VAULT_LEDGER_H

#include <vault/types.h>
#include <vault/vault.h>

/* VAULT_EXISTS where the name is taken (ignoring ASCII case). `*v` gives name, contacts, agreements, vetted, note. */
enum vault_rc vault_vendor_add(struct vault *v, const struct vault_vendor *vendor,
                               struct vault_err *err) VAULT_MUST_CHECK;

/* VAULT_NOTFOUND with near names and the `vendor add` line. */
enum vault_rc vault_vendor_find(struct vault *v, const char *name, struct vault_vendor *out,
                                struct vault_err *err) VAULT_MUST_CHECK;
enum vault_rc vault_vendor_all(struct vault *v, struct vault_vendors *out, struct vault_err *err) VAULT_MUST_CHECK;

enum vault_vendor_field {
	VAULT_V_NAME = 1, VAULT_V_CONTACTS = 2, VAULT_V_AGREEMENTS = 4, VAULT_V_VETTED = 8, VAULT_V_NOTE = 16
};

/* Sets the fields in `which` from `to`. A new name that is taken: VAULT_EXISTS. An agreement that a running hand-over
 * names cannot go: VAULT_REFUSED. */
enum vault_rc vault_vendor_edit(struct vault *v, const char *name, const struct vault_vendor *to, unsigned which,
                                struct vault_err *err) VAULT_MUST_CHECK;

/* Forgets a vendor that was never given anything; with a hand-over, ended or not: VAULT_REFUSED, the ledger stays. */
enum vault_rc vault_vendor_remove(struct vault *v, const char *name, struct vault_err *err) VAULT_MUST_CHECK;

/* Ends all running hand-overs of a vendor, in one change; `*ended` (may be NULL) becomes those, none where none ran (then
 * nothing is to be committed). `date` VAULT_NO_DAY: today; before a giving: VAULT_REFUSED. */
enum vault_rc vault_vendor_end(struct vault *v, const char *name, int64_t date, const char *reason,
                               struct vault_handovers *ended, struct vault_err *err) VAULT_MUST_CHECK;

/* Every hand-over ever recorded. */
enum vault_rc vault_handover_all(struct vault *v, struct vault_handovers *out, struct vault_err *err) VAULT_MUST_CHECK;

/* Tokens, vendors and hand-overs in one go over the vault, for who needs the whole: what vault_token_all,
 * vault_vendor_all and vault_handover_all give, read and verified once. On failure all three are empty. */
enum vault_rc vault_ledger_all(struct vault *v, struct vault_tokens *tokens, struct vault_vendors *vendors,
                               struct vault_handovers *handovers, struct vault_err *err) VAULT_MUST_CHECK;

/* That of the token at `label`, the vendor and this person; `out->n_periods` is 0 where there is none yet. VAULT_NOTFOUND:
 * label, vendor. */
enum vault_rc vault_handover_find(struct vault *v, const char *label, const char *vendor, const char *to,
                                  struct vault_handover *out, struct vault_err *err) VAULT_MUST_CHECK;

/* Records that the current version was given to `to` at `vendor`: again for the same person, they now hold the
 * current version. `give->version` is ignored, a date of VAULT_NO_DAY is today. VAULT_NOTFOUND: label, vendor,
 * agreement named but not the vendor's. What a system admin's token needs is the caller's to refuse. `*out` (may be
 * NULL) becomes the hand-over. */
enum vault_rc vault_share(struct vault *v, const char *label, const char *vendor, const char *to,
                          const struct vault_give *give, struct vault_handover *out,
                          struct vault_err *err) VAULT_MUST_CHECK;

/* Records that `to` still needs what they hold, on `date` (VAULT_NO_DAY: today); `until` other than VAULT_NO_DAY replaces
 * the end that was agreed and must not be before it. Nothing is handed over. VAULT_NOTFOUND where they hold nothing. */
enum vault_rc vault_share_confirm(struct vault *v, const char *label, const char *vendor, const char *to, int64_t date,
                                  int64_t until, struct vault_handover *out, struct vault_err *err) VAULT_MUST_CHECK;

/* `VAULT_NEVER_GIVEN`: it was recorded by mistake; nobody knows the value. */
enum { VAULT_NEVER_GIVEN = 2 };

/* Ends the running hand-over of `to`, or of everyone at the vendor (NULL). VAULT_NOTFOUND where nobody holds it.
 * `date` VAULT_NO_DAY: today; before the giving: VAULT_REFUSED. `*ended` (may be NULL) becomes those ended. */
enum vault_rc vault_unshare(struct vault *v, const char *label, const char *vendor, const char *to, int64_t date,
                            const char *reason, unsigned flags, struct vault_handovers *ended,
                            struct vault_err *err) VAULT_MUST_CHECK;

#endif
