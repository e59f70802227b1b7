/* exposure.h - one `vault exposure`, between what it does (cmd_exposure.c) and what it says (exposure_say.c). */
#ifndef CLI_EXPOSURE_H
#define CLI_EXPOSURE_H

#include <vault/exposure.h>

#include "facts.h"
#include "out.h"
#include "targets.h"

/* How many are named where not all are asked for. */
enum { EXPOSURE_SOME = 10 };

/* One token asked, with what its hand-overs name and what it reached before. */
struct exposure_row {
	const struct vault_exposure_result *r;
	struct vault_reach reach;
	struct vault_reach_changes since;
	const struct vault_exposure *before; /* NULL: never asked before */
};

struct exposure_work {
	struct facts f;
	struct targets targets;
	struct vault_exposure_results results;
	struct exposure_row *rows;
	size_t findings, unknown;
};

/* All of it on stdout: a page a token, or of several a table; `all`: pages with every item named. */
void exposure_say(struct out *o, const struct exposure_work *w, int all);

#endif
