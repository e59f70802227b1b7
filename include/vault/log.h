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
	                           * share confirm unshare | get run export check log-lost passwd */
	char *slot;               /* name of the key slot that did it */
	int has_token;
	uint8_t token_id[VAULT_ID_LEN];
	char *label;              /* as it was called then (changes) or is now (access log) */
	uint32_t version;         /* 0: none */
	char *vendor, *to, *text; /* text: reason, purpose, what a check said and what of it was new, what an edit made of what */
	char *renamed;            /* of an edit that gave another label: that */
};
struct vault_events {
	struct vault_event *e;    /* oldest first */
	size_t n;
};
void vault_events_clear(struct vault_events *l);

/* All of them, in a transaction. Changes are as far proved as the newest state's chain; the access log as by
 * vault_verdict_all. `*log_here` (may be NULL) 0: this file's access log is not here, only changes are given. */
enum vault_rc vault_log_all(struct vault *v, struct vault_events *out, int *log_here, struct vault_err *err) VAULT_MUST_CHECK;

#endif
