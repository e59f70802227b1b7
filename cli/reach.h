/* reach.h - what a token reaches, in JSON and in words: for exposure, share and show. */
#ifndef CLI_REACH_H
#define CLI_REACH_H

#include <vault/json.h>
#include <vault/reach.h>

#include "facts.h"
#include "out.h"

/* The item of smartvault.exposure/1; `e` and `r` NULL: could not be asked, all is null. */
struct vault_json *reach_json(const char *label, const struct vault_exposure *e, const struct vault_reach *r);

/* "412 sheets", "1 sheet", "sheets not to be listed" for -1; into `out`, which is returned. */
enum { REACH_WORDS = 64 };
const char *reach_count(int64_t n, const char *one, const char *many, char out[REACH_WORDS]);

/* "412 sheets, 4 workspaces, 12 reports, 5 dashboards": what there is of these; "nothing" where all are 0. */
const char *reach_items(const struct vault_exposure *e, char *out, size_t n);

/* The newest exposure of a token's current value, or NULL. */
const struct vault_exposure *reach_known(const struct facts *f, const struct vault_token *t);

#endif
