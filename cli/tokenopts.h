/* tokenopts.h - what add and edit take of a token, read from the command line. */
#ifndef CLI_TOKENOPTS_H
#define CLI_TOKENOPTS_H

#include <vault/token.h>

#include "args.h"
#include "out.h"

/* Borrows what the command line owns: only its lists are to be cleared, by tokenopts_clear. */
struct tokenopts {
	struct vault_token t;
	struct vault_version version; /* t.versions[0], where a Smartsheet name was given */
	unsigned which;               /* VAULT_F_... of the options that were given */
};

/* All but the label. Days that were not given are VAULT_NO_DAY. `clear`: an empty option stands for nothing known where
 * a token can be without it; otherwise it is VAULT_USAGE as every malformed one. */
enum vault_rc tokenopts_read(const struct args *a, int clear, struct tokenopts *o,
                             struct vault_err *err) VAULT_MUST_CHECK;
void tokenopts_clear(struct tokenopts *o);

/* const char * of argv into a record's char *: the library reads them only. */
char *tokenopts_borrow(const char *s);

/* Notes of days that look like a slip: an expiry that is past, a creation still to come. */
void tokenopts_warn(struct out *o, const struct vault_token *t, int64_t today);

#endif
