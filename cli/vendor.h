/* vendor.h - what the commands about vendors have in common: their options, their JSON, their words. */
#ifndef CLI_VENDOR_H
#define CLI_VENDOR_H

#include <vault/json.h>
#include <vault/types.h>

#include "command.h"

/* {name contacts[] agreements[]{ref,until} vetted note added holders}; `holders`: people with a running hand-over. */
struct vault_json *vendor_json(const struct vault_vendor *v, size_t holders);

/* "NDA-7 until 2027-06-30" into `out`, which is returned. */
const char *vendor_agreement_words(const struct vault_agreement *a, char *out, size_t n);

/* Contacts and agreements of the options `contact` and `agreement` (REF[:UNTIL]), added to what `v` has; its note and day of
 * vetting. `clear`: one empty value stands for none. The caller clears `v`. VAULT_USAGE. */
enum vault_rc vendor_contacts(struct call *c, int clear, struct vault_vendor *v, struct vault_err *err) VAULT_MUST_CHECK;
enum vault_rc vendor_agreements(struct call *c, enum opt_id agreement, int clear, struct vault_vendor *v,
                                struct vault_err *err) VAULT_MUST_CHECK;
enum vault_rc vendor_vetted_note(struct call *c, int clear, struct vault_vendor *v, struct vault_err *err) VAULT_MUST_CHECK;

/* Notes where an agreement's day has passed. */
void vendor_past(struct call *c, const struct vault_vendor *v, int64_t today);

/* Subcommands that change a vendor, in files of their own. */
extern const struct command vendor_edit_command, vendor_remove_command, vendor_end_command;

#endif
