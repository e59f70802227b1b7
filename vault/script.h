/* script.h - what a script's slot may open: one list of labels, one key a version of each token. L5. Source:
 * vault-format(5), grant, kinds TOKEN and LABELS. */
#ifndef VAULT_SCRIPT_H
#define VAULT_SCRIPT_H

#include "object.h"
#include "record.h"

/* --- for the script itself --- */

/* Its own list, from the one box that holds it. VAULT_DAMAGED where there is not exactly one. */
enum vault_rc script_own(struct vault *v, struct record_labels *out, struct vault_err *err) VAULT_MUST_CHECK;

/* The entry of a label; absence is proved by the list: VAULT_NOTFOUND with near labels. Borrowed. */
enum vault_rc script_find(const struct vault *v, const struct record_labels *own, const char *label,
                          const struct record_label **out, struct vault_err *err) VAULT_MUST_CHECK;

/* Opens a version by its own TOKEN grant; VAULT_FORBIDDEN where it has none (never another version). */
enum vault_rc script_value(struct vault *v, const struct record_label *l, uint32_t version, const struct row *row,
                           struct vault_secret **out, struct vault_err *err) VAULT_MUST_CHECK;

/* What a script knows of a token, as a record: label, id, region, and its newest version's number. The rest is NULL, 0 or
 * VAULT_NO_DAY. */
enum vault_rc script_token(const struct record_label *l, uint32_t newest, struct vault_token *out,
                           struct vault_err *err) VAULT_MUST_CHECK;

/* The one of that label, so; VAULT_NOTFOUND as script_find. */
enum vault_rc script_token_find(struct vault *v, const char *label, struct vault_token *out, struct vault_err *err) VAULT_MUST_CHECK;

/* All that are granted to it, so. */
enum vault_rc script_tokens(struct vault *v, struct vault_tokens *out, struct vault_err *err) VAULT_MUST_CHECK;

/* --- for admins, in a write transaction --- */

/* The list of a script as META holders see it (kind labels); VAULT_DAMAGED where there is none. `*written`: its object's
 * version. */
enum vault_rc script_labels(struct vault *v, const uint8_t slot_id[16], struct record_labels *out, uint64_t *written,
                            struct vault_err *err) VAULT_MUST_CHECK;

/* Writes the list, both times: as an object, and sealed to the slot. `written` 0: the first. Takes nothing over. */
enum vault_rc script_store(struct vault *v, const struct roster_slot *slot, const struct record_labels *l, uint64_t written,
                           struct vault_err *err) VAULT_MUST_CHECK;

/* One TOKEN grant, of a version that has a value. */
enum vault_rc script_grant_version(struct vault *v, const struct roster_slot *slot, const uint8_t token_id[16], uint32_t version,
                                   struct vault_err *err) VAULT_MUST_CHECK;

/* Gives the script the current version of a token and its label. VAULT_EXISTS where it has it. VAULT_REFUSED where nobody
 * has the value. */
enum vault_rc script_grant(struct vault *v, const struct roster_slot *slot, const struct vault_token *t,
                           struct vault_err *err) VAULT_MUST_CHECK;

/* Takes token and label back: every grant of it is ended. VAULT_NOTFOUND where it has none. */
enum vault_rc script_revoke(struct vault *v, const struct roster_slot *slot, const struct vault_token *t,
                            struct vault_err *err) VAULT_MUST_CHECK;

/* Every version of a token whose grant to `old_id` this very change ended, granted to the slot that takes its place. */
enum vault_rc script_hand_on(struct vault *v, const uint8_t old_id[16], const struct roster_slot *slot, const uint8_t token_id[16],
                             struct vault_err *err) VAULT_MUST_CHECK;

/* All of a slot that ends: its TOKEN and LABELS grants, and its list. */
enum vault_rc script_end(struct vault *v, const struct roster_slot *slot, struct vault_err *err) VAULT_MUST_CHECK;

/* Scripts follow a token: a new version is granted to those who had a version of it; a new label or region, or that it was
 * removed, is written into their lists. `t` as it is now. */
enum vault_rc script_rotated(struct vault *v, const struct vault_token *t, struct vault_err *err) VAULT_MUST_CHECK;
enum vault_rc script_renamed(struct vault *v, const struct vault_token *t, struct vault_err *err) VAULT_MUST_CHECK;

#endif
