/* finding.h - inner side of <vault/finding.h>: facts sorted once, so that due and holders ask in no time. L5. */
#ifndef VAULT_FINDING_INT_H
#define VAULT_FINDING_INT_H

#include <vault/finding.h>

/* Things sorted by an id that stands beside the pointer: sorting and searching then stay in one array, where following
 * pointers to 30,000 hand-overs, each in a line of memory of its own, took longer than the work. */
struct finding_keys {
	struct finding_key *k;
	size_t n;
};

/* The facts by token: without it due would look through all hand-overs and verdicts once a token. */
struct finding_index {
	const struct vault_facts *facts;
	struct finding_keys vendors;            /* by id */
	struct finding_keys of_handovers;       /* by token id, then as recorded */
	const struct vault_handover **handovers; /* in that order */
	struct finding_keys of_verdicts;        /* by token id, then oldest first */
	struct vault_verdict *verdicts;         /* in that order; shallow copies: only the array is freed */
	struct finding_keys of_exposures;       /* as of_verdicts, and the array too */
	struct vault_exposure *exposures;
};
enum vault_rc finding_index_make(const struct vault_facts *facts, struct finding_index *x,
                                 struct vault_err *err) VAULT_MUST_CHECK;
void finding_index_clear(struct finding_index *x);

/* Hand-overs, verdicts, exposures of one token; borrowed from the index. */
const struct vault_handover *const *finding_handovers(const struct finding_index *x, const struct vault_token *t,
                                                      size_t *n);
struct vault_verdicts finding_verdicts(const struct finding_index *x, const struct vault_token *t);
struct vault_exposures finding_exposures(const struct finding_index *x, const struct vault_token *t);

/* The newest of a token's verdicts that says who this version acts as; NULL. */
const struct vault_verdict *finding_identity(const struct vault_verdicts *of_token, const struct vault_version *v);

/* Status of a version at the end of a day: VAULT_CURRENT, VAULT_RETIRED or VAULT_DEAD. NULL counts as retired. */
enum vault_version_status finding_status(const struct vault_token *t, const struct vault_version *v, int64_t at);

/* The hand-over of token `t` as it was at the end of day `at`; 0 where it was not given by then. */
int finding_holder(const struct finding_index *x, const struct vault_token *t, const struct vault_handover *h, int64_t at,
                   struct vault_holder *out);

/* 1 where the person was given that version by the end of the day, in a period that was no mistake. */
int finding_knows(const struct vault_handover *h, uint32_t version, int64_t at);

/* 1 where the period that counts had ended by then. */
int finding_ended(const struct vault_period *p, int64_t at);

/* "412 sheets, 3 workspaces" of what there is any of, with contacts, groups and users where `people`; "nothing", or "nothing
 * that it may list". Into `out`, which is returned. */
enum { FINDING_COUNTS_MAX = 512 };
const char *finding_counts(const struct vault_exposure *e, int people, char out[FINDING_COUNTS_MAX]);

/* Malloc'ed sentence; NULL without memory. */
char *finding_text(const char *fmt, ...) VAULT_PRINTF(1, 2);

#endif
