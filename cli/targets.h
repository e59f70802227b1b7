/* targets.h - "LABEL...|--all": which values a command asks Smartsheet about, and how far it is. */
#ifndef CLI_TARGETS_H
#define CLI_TARGETS_H

#include <vault/check.h>

#include "command.h"
#include "facts.h"
#include "out.h"
#include "session.h"

struct targets {
	struct vault_check_target *t; /* tokens are borrowed from the facts */
	size_t n, cap;
};
void targets_clear(struct targets *l);

/* Before the vault is opened: labels or --all, and the options of apiopts.h. VAULT_USAGE. */
enum vault_rc targets_args(struct call *c, struct vault_api_config *cfg, struct vault_err *err) VAULT_MUST_CHECK;

/* The values that the operands name, each once; `retired`: old ones that may still work, too. Values that nobody has are
 * left out with a note. VAULT_NOTFOUND for an unknown label before anything is asked; VAULT_REFUSED where labels were named and
 * nothing is left to ask about. */
enum vault_rc targets_choose(struct call *c, struct session *s, const struct facts *f, int retired, struct targets *l,
                             struct vault_err *err) VAULT_MUST_CHECK;

/* Progress for the library's callback. */
struct targets_watch {
	struct out *out;
	int64_t since_ms;
};
void targets_progress(void *ctx, size_t done, size_t n);

#endif
