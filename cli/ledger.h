/* ledger.h - what vendor, share, unshare, holders and due have in common. */
#ifndef CLI_LEDGER_H
#define CLI_LEDGER_H

#include "facts.h"
#include "report.h"

/* Tokens, vendors and hand-overs, in a read transaction of its own; verdicts are not read (f.verdicts is NULL): who
 * holds what does not rest on them. facts_clear. */
enum vault_rc ledger_load(struct session *s, struct facts *f, struct vault_err *err) VAULT_MUST_CHECK;

/* The vendor of that name (ignoring ASCII case) in the facts. VAULT_NOTFOUND as vault_vendor_find says it. */
enum vault_rc ledger_vendor(struct session *s, const struct facts *f, const char *name, const struct vault_vendor **v,
                            struct vault_err *err) VAULT_MUST_CHECK;

/* --vendor, where given: its form is checked. VAULT_USAGE where `needed` and not given. */
enum vault_rc ledger_vendor_option(struct call *c, int needed, const char **name, struct vault_err *err) VAULT_MUST_CHECK;

/* 1 where equal ignoring ASCII case. */
int ledger_same(const char *a, const char *b);

/* One hand-over of a token as it is at the end of day `at`; all pointers are borrowed. 0 where it was not given then. */
int ledger_holder(const struct vault_token *t, const struct vault_vendor *v, const struct vault_handover *h, int64_t at,
                  struct vault_holder *out);

/* The columns of hand-overs; a row is a struct vault_holder, `about` the day of today (int64_t). */
extern const struct report_of ledger_report;

/* Lines of the table of holders; `today` for the words beside days to come. */
void ledger_table(struct out *o, const struct vault_holder *h, size_t n, int64_t today);
/* The next step for these, where there is one: out_next. */
void ledger_next(struct out *o, const struct vault_holder *h, size_t n);

#endif
