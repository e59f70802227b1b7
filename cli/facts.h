/* facts.h - everything list, show, share, due, holders look at, read in one transaction, with what is asked of it often
 * indexed by token. */
#ifndef CLI_FACTS_H
#define CLI_FACTS_H

#include <vault/access.h>
#include <vault/finding.h>
#include <vault/ledger.h>
#include <vault/settings.h>
#include <vault/token.h>

#include "command.h"
#include "session.h"

/* Days ahead that `due` looks, and the due codes of list and show with it. */
enum { FACTS_WITHIN_DAYS = 14 };

struct facts {
	struct vault_tokens tokens;
	struct vault_vendors vendors;
	struct vault_handovers handovers;
	struct vault_verdicts verdicts;
	struct vault_exposures exposures; /* the newest of each value */
	struct vault_slot_reads reads;
	struct vault_settings settings;
	int script;               /* a script's slot: its tokens alone are known, the rest is empty */
	int checked_here;         /* 0: the access log of this file is not here, and the verdicts are not known */
	struct vault_facts f;     /* of them, today */
	const struct vault_verdict **by_token; /* index: by token id, then oldest first */
};

/* In a read transaction of its own. Without the log: a note says so, and f.verdicts is NULL. Of exposures only those of the active tokens of these labels; of all where there are no labels. One that is not
 * there is facts_token's to say. */
enum vault_rc facts_load_of(struct call *c, struct session *s, const char *const *labels, size_t n, struct facts *f,
                            struct vault_err *err) VAULT_MUST_CHECK;
/* The same, but of exposures those that `due` rests on: for who shows no other. */
enum vault_rc facts_load_due(struct call *c, struct session *s, struct facts *f, struct vault_err *err) VAULT_MUST_CHECK;
/* As facts_load_due, but a script's slot is not refused: it gets the tokens granted to it, and nothing else. */
enum vault_rc facts_load_granted(struct call *c, struct session *s, struct facts *f, struct vault_err *err) VAULT_MUST_CHECK;
void facts_clear(struct facts *f);

/* The active token of that label; VAULT_NOTFOUND as vault_token_find says it (in a read transaction of its own). */
enum vault_rc facts_token(struct session *s, const struct facts *f, const char *label, const struct vault_token **t,
                          struct vault_err *err) VAULT_MUST_CHECK;
/* By label without a sentence; NULL. */
const struct vault_token *facts_by_label(const struct facts *f, const char *label);

/* All verdicts of a token, oldest first: a run within by_token. */
const struct vault_verdict *const *facts_verdicts(const struct facts *f, const struct vault_token *t, size_t *n);
/* Of a version: the newest that is not unknown, else the newest; the newest with an identity. NULL. */
const struct vault_verdict *facts_verdict(const struct facts *f, const struct vault_token *t, uint32_t version);
const struct vault_verdict *facts_identity(const struct facts *f, const struct vault_token *t, uint32_t version);

#endif
