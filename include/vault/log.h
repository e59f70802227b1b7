/* log.h - what happened: signed changes of the vault, and releases and checks from the access log. */
#ifndef VAULT_LOG_H
#define VAULT_LOG_H

#include <vault/types.h>
#include <vault/vault.h>

/* One thing that happened. Text is NULL where there is none. */
struct vault_event {
	int64_t time;             /* seconds */
	uint64_t epoch;           /* of the state it made, or that was seen when it happened */
	int change;               /* 1: a change, in a signed state; 0: an entry of the access log */
	const char *action;       /* a constant: init add edit rotate remove dead vendor-add vendor-edit vendor-remove vendor-end
	                           * share confirm unshare log-rotate policy … | get run export check exposure remind log-lost passwd
	                           * accept */
	char *slot;               /* name of the key slot that did it */
	int has_token;
	uint8_t token_id[VAULT_ID_LEN];
	uint8_t object_id[VAULT_ID_LEN]; /* of what it was done to: of vendor-* the vendor, of share, confirm, unshare the hand-over */
	char *label;              /* as it was called then (changes) or is now (access log) */
	uint32_t version;         /* 0: none */
	char *vendor, *to, *text; /* text: reason, purpose, what a check said and what of it was new, what is
	                           * reached, what an edit made of what */
	char *renamed;            /* of an edit that gave another label: that */
	const char *ignored;      /* a constant: why this entry of the access log does not count; NULL where it does */
	char *asked_by;           /* of a check, exposure or reminder that was carried over into a new log: the slot that did it; else NULL */
};
struct vault_events {
	struct vault_event *e;    /* oldest first */
	size_t n;
};
void vault_events_clear(struct vault_events *l);

/* How much of the access log there was to read. */
enum vault_log_here {
	VAULT_LOG_ELSEWHERE,      /* this file's access log is not here, only changes are given */
	VAULT_LOG_LATER,          /* the log, but not all of the closed ones before it */
	VAULT_LOG_WHOLE
};

/* All of them, in a transaction: changes, and the access log with the closed ones before it that lie beside it. Changes are as
 * far proved as the newest state's chain; the logs by their chains and every signature. `*here` may be NULL. */
enum vault_rc vault_log_all(struct vault *v, struct vault_events *out, enum vault_log_here *here,
                            struct vault_err *err) VAULT_MUST_CHECK;

/* The access log alone, and the closed ones that are here: every batch's chain, number and signature, details, and all that the
 * states say of it (so the states too). A transaction of its own. VAULT_REFUSED where the log is not here; 7 for scripts. */
enum vault_rc vault_log_verify(struct vault *v, struct vault_verify_report *out, struct vault_err *err) VAULT_MUST_CHECK;

/* Closes the log at its head and begins a new one, which takes over what verdicts rest on (vault-format(5)). A change of the
 * vault: admins only, in a transaction of its own, whole or not at all. */
struct vault_log_rotated {
	uint64_t entries;         /* that the closed log has */
	uint64_t carried;         /* of them verdicts, exposures and reminders that the new one has too */
	uint64_t exposures, reminders; /* of these exposures, and reminders */
	char *closed;             /* where the old one is now; NULL where the next command puts it there (a note said so) */
};
enum vault_rc vault_log_rotate(struct vault *v, struct vault_log_rotated *out, struct vault_err *err) VAULT_MUST_CHECK;
void vault_log_rotated_clear(struct vault_log_rotated *r);

#endif
