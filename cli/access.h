/* access.h - what the commands of `vault access` share: a new key slot's way in, and where it is handed out. */
#ifndef CLI_ACCESS_H
#define CLI_ACCESS_H

#include <vault/access.h>
#include <vault/json.h>

#include "command.h"
#include "session.h"

extern const struct command access_add_command, access_passwd_command;

/* How a slot will open, by the options of `add` and `passwd`, and what is made of it. */
struct access_way {
	const char *key_out, *recovery_out;
	uint32_t memory_kib, passes;
	struct vault_secret *passphrase, *key_text;
	int phrase;               /* a passphrase is read as an option says */
	int made_file;            /* key_out or recovery_out was written */
};

/* The options; VAULT_USAGE where they exclude each other, or a slot named so or of that role cannot open that way. `name`
 * may be NULL: access_way_fits is then called once it is known. */
enum vault_rc access_way_read(const struct args *a, const char *name, int unattended, struct access_way *w,
                              struct vault_err *err) VAULT_MUST_CHECK;

/* The same rules for a name that only the vault knew: VAULT_USAGE. */
enum vault_rc access_way_fits(const struct args *a, const char *name, const struct access_way *w,
                              struct vault_err *err) VAULT_MUST_CHECK;

/* A new slot's keys, prepared in the handle: asks for a passphrase where one is wanted, and writes key file or recovery code
 * (or shows it) before the slot stands. In no transaction. */
enum vault_rc access_way_make(struct call *c, struct session *s, const char *name, enum vault_role role, struct access_way *w,
                              struct vault_err *err) VAULT_MUST_CHECK;

/* Key file and code open nothing where the slot came to nothing: takes the file away. But after an I/O error (`rc`) the
 * change may stand, and the file be all that opens it: then it is left, and that is said. */
void access_way_undo(struct call *c, struct access_way *w, enum vault_rc rc);
void access_way_clear(struct access_way *w);
const char *access_way_name(const struct access_way *w); /* passphrase key-file recovery */

/* After the commit that ended or changed `slot`: names the tokens that are due for it, in words or JSON ("due" of `obj`,
 * which may be NULL). Where they cannot be read a note says so, and "due" is null: the change stands. */
void access_tell_due(struct call *c, struct session *s, const char *slot, struct vault_json *obj);

#endif
