/* token.h - tokens and their values. All functions want a transaction (vault_begin) unless they say otherwise. */
#ifndef VAULT_TOKEN_H
#define VAULT_TOKEN_H

#include <vault/reach.h>
#include <vault/secret.h>
#include <vault/types.h>
#include <vault/vault.h>

/* Trims white space and a leading "Bearer " in place, then wants 1 to 4,096 bytes of visible ASCII: VAULT_REFUSED
 * with a sentence. `*odd_length` (may be NULL): 1 where it is neither 26 nor 37 bytes. Needs no vault. */
enum vault_rc vault_value_clean(struct vault_secret *value, int *odd_length, struct vault_err *err) VAULT_MUST_CHECK;

/* The active token of that label; for a script what it knows of one it was granted. VAULT_NOTFOUND with near labels in the
 * sentence. Clear with vault_token_clear. */
enum vault_rc vault_token_find(struct vault *v, const char *label, struct vault_token *out,
                               struct vault_err *err) VAULT_MUST_CHECK;

/* All of them, removed ones too. Only from leaves that must contain all. A script gets those granted to it, with what it may
 * know of them: label, id, region and the newest version's number; account and license are NULL there. */
enum vault_rc vault_token_all(struct vault *v, struct vault_tokens *out, struct vault_err *err) VAULT_MUST_CHECK;

enum { VAULT_FORCE = 1 };

/* VAULT_EXISTS where the label is taken. Cheap; to be asked before a person is prompted. */
enum vault_rc vault_label_free(struct vault *v, const char *label, struct vault_err *err) VAULT_MUST_CHECK;

/* Stores a token. Read of `t`: label, account, license, plan, region, owner, note, tags, rotate_every_days, expires,
 * created, and versions[0].smartsheet_name where n_versions is 1 (else none). `value` NULL: nobody has it. Label
 * taken or value stored alive: VAULT_EXISTS. Ineligible license: VAULT_REFUSED unless VAULT_FORCE. `value` must be
 * clean (vault_value_clean is called again). `*out` (may be NULL) becomes the token as stored. */
enum vault_rc vault_token_add(struct vault *v, const struct vault_token *t, struct vault_secret *value, unsigned flags,
                              struct vault_token *out, struct vault_err *err) VAULT_MUST_CHECK;

/* Which kind of release goes into the access log. */
enum vault_release { VAULT_RELEASE_GET, VAULT_RELEASE_RUN, VAULT_RELEASE_EXPORT };

/* In a transaction, before labels are looked up: VAULT_FORBIDDEN where the role reads no value. */
enum vault_rc vault_release_allowed(struct vault *v, struct vault_err *err) VAULT_MUST_CHECK;

/* A value for the caller (of a VAULT_READ_RELEASE transaction, which it ends, also on failure): opened from verified rows, then written to the
 * access log and that synced, and only then given. `version` 0: the current one. `*value` is new and the caller's;
 * `*info` (may be NULL) the token. VAULT_NOTFOUND: label or version; VAULT_REFUSED: the value is dead, removed or
 * was never stored. Fast: two leaves. */
enum vault_rc vault_token_release(struct vault *v, const char *label, uint32_t version, enum vault_release kind,
                                  struct vault_secret **value, struct vault_token *info,
                                  struct vault_err *err) VAULT_MUST_CHECK;

struct vault_rotation {
	const char *smartsheet_name; /* of the new value; NULL: none said */
	int64_t date;             /* day it was made; VAULT_NO_DAY: today */
	int64_t old_revoked;      /* --old-revoked, or VAULT_NO_DAY */
	int unchecked;            /* Smartsheet was not asked */
	uint32_t expected;        /* the current version that was shown or checked before; another one now: VAULT_BUSY */
	const struct vault_verdict *verdict; /* what Smartsheet said of the new value: logged with it; NULL: none */
	const struct vault_verdict *old_verdict; /* and of the one it replaces: logged too; NULL: it was not asked about */
};

/* 0 where `value` is not stored alive, else VAULT_EXISTS naming where. For asking before the network is. */
enum vault_rc vault_value_is_new(struct vault *v, const struct vault_secret *value,
                                 struct vault_err *err) VAULT_MUST_CHECK;

/* `value` becomes the current version, the old one retired. Same checks as vault_token_add. After the commit both
 * verdicts are in the access log, each bound to its version. */
enum vault_rc vault_token_rotate(struct vault *v, const char *label, struct vault_secret *value,
                                 const struct vault_rotation *how, struct vault_token *out,
                                 struct vault_err *err) VAULT_MUST_CHECK;

/* Which fields of the record an edit sets; text fields and dates may be set to nothing (NULL, VAULT_NO_DAY). */
enum vault_token_field {
	VAULT_F_LABEL = 1, VAULT_F_ACCOUNT = 2, VAULT_F_LICENSE = 4, VAULT_F_PLAN = 8, VAULT_F_REGION = 16, VAULT_F_OWNER = 32,
	VAULT_F_NOTE = 64, VAULT_F_TAGS = 128, VAULT_F_ROTATE_EVERY = 256, VAULT_F_EXPIRES = 512, VAULT_F_CREATED = 1024,
	VAULT_F_SMARTSHEET_NAME = 2048
};

/* Sets the fields in `which` from `t`: the smartsheet_name of versions[0] and the day of `created` go to the current
 * version. A new label that is taken: VAULT_EXISTS. An ineligible license: VAULT_REFUSED unless VAULT_FORCE. A day of
 * creation before the old value was retired or after a hand-over of the version: VAULT_REFUSED. */
enum vault_rc vault_token_edit(struct vault *v, const char *label, const struct vault_token *t, unsigned which,
                               unsigned flags, struct vault_token *out, struct vault_err *err) VAULT_MUST_CHECK;

/* What differs between two states of a token's record, of versions the current ones' days and names: `out` gets a line a
 * field, "account: was bob@a.example, is ann@a.example"; `*which` (may be NULL) their bits. Needs no vault. */
enum vault_rc vault_token_changes(const struct vault_token *was, const struct vault_token *is, struct vault_strings *out,
                                  unsigned *which, struct vault_err *err) VAULT_MUST_CHECK;

/* Erases its values; ledger and history stay; the label is free. Without VAULT_FORCE VAULT_REFUSED where somebody
 * holds a value of it that is not proved dead. */
enum vault_rc vault_token_remove(struct vault *v, const char *label, unsigned flags,
                                 struct vault_err *err) VAULT_MUST_CHECK;

/* What the access log says Smartsheet said, oldest first, verified. `*checked_here` (may be NULL) 0: this file's log
 * is not here; the list is empty then. In a transaction or not. A log that is gone, cut or another than this
 * machine's record: VAULT_DAMAGED. */
enum vault_rc vault_verdict_all(struct vault *v, struct vault_verdicts *out, int *checked_here,
                                struct vault_err *err) VAULT_MUST_CHECK;

/* The same, and what tokens reach, in one pass over the log: of each value the newest exposure that counts, oldest first. Either
 * list may be NULL. */
enum vault_rc vault_observed_all(struct vault *v, struct vault_verdicts *verdicts, struct vault_exposures *exposures,
                                 int *checked_here, struct vault_err *err) VAULT_MUST_CHECK;

/* All verdicts, and exposures of these `n` tokens only. */
enum vault_rc vault_observed_of(struct vault *v, const uint8_t (*tokens)[VAULT_ID_LEN], size_t n, struct vault_verdicts *verdicts,
                                struct vault_exposures *exposures, int *checked_here, struct vault_err *err) VAULT_MUST_CHECK;

/* As much of it as `due` rests on: all verdicts, and exposures of those tokens only of which one of `handovers` names an item.
 * Each exposure is opened and parsed whole, and of ten thousand that is most of the time. */
enum vault_rc vault_observed_due(struct vault *v, const struct vault_handovers *handovers, struct vault_verdicts *verdicts,
                                 struct vault_exposures *exposures, int *checked_here, struct vault_err *err) VAULT_MUST_CHECK;

#endif
