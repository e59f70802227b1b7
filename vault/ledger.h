/* ledger.h - inner side of <vault/ledger.h>. L5. */
#ifndef VAULT_LEDGER_INT_H
#define VAULT_LEDGER_INT_H

#include <vault/ledger.h>

#include "object.h"

/* ASCII lower case of at most cap - 1 bytes: names of vendors and e-mails compare so. */
void ledger_lower(const char *s, char *out, size_t cap);

/* Tag of a hand-over's object: of token, vendor and recipient (ignoring ASCII case). */
void ledger_tag(const struct vault *v, const uint8_t token_id[16], const uint8_t vendor_id[16], const char *to, uint8_t tag[16]);

enum { LEDGER_EMAIL_MAX = 320 };

/* A hand-over from its object, whose tag must be its own. */
enum vault_rc ledger_open(struct vault *v, const struct object *o, struct vault_handover *out, struct vault_err *err) VAULT_MUST_CHECK;

/* Vendors and hand-overs gathered by object_each_of(), as token_gather does; vendors are sorted at the end. */
struct ledger_vendors {
	struct vault *v;
	struct vault_vendors *out;
	size_t cap;
};
enum vault_rc ledger_gather_vendor(void *list, const struct object *o, struct vault_err *err) VAULT_MUST_CHECK;
void ledger_gathered_vendors(struct vault_vendors *l, enum vault_rc rc);
struct ledger_handovers {
	struct vault *v;
	struct vault_handovers *out;
	size_t cap;
};
enum vault_rc ledger_gather_handover(void *list, const struct object *o, struct vault_err *err) VAULT_MUST_CHECK;

/* Writes a hand-over's object anew, or first (version 1). */
enum vault_rc ledger_put(struct vault *v, const struct vault_handover *h, uint64_t version, struct vault_err *err) VAULT_MUST_CHECK;

/* The period that runs, or NULL. */
struct vault_period *ledger_running(struct vault_handover *h);

/* JSON for a change's detail; malloc'ed. */
char *ledger_detail(const char *label, const char *vendor, const char *to, uint32_t version, const char *text);

/* As vault_vendor_find, with the version its object was written at. */
enum vault_rc ledger_find_vendor(struct vault *v, const char *name, struct vault_vendor *out, uint64_t *written,
                            struct vault_err *err) VAULT_MUST_CHECK;

/* Tag of a vendor's object. */
void ledger_vendor_tag(const struct vault *v, const char *name, uint8_t tag[16]);

/* Rules of a vendor's fields. */
enum vault_rc ledger_vendor_check(const struct vault_vendor *vendor, struct vault_err *err) VAULT_MUST_CHECK;

/* Writes a vendor's object. */
enum vault_rc ledger_vendor_put(struct vault *v, const struct vault_vendor *vendor, uint64_t version,
                                struct vault_err *err) VAULT_MUST_CHECK;

#endif
