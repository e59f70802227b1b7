/* session.h - from options and environment to an unlocked vault. */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include <vault/vault.h>

#include "command.h"

struct session {
	struct vault *v;          /* what commands use */
	struct out *out;          /* borrowed of the call: session_close tells it whose a next step is */
	char *path, *log_path, *state_dir;
	struct vault_env env;
	struct vault_config config;
};

/* Fills in paths and config of the global options and environment; opens nothing. */
enum vault_rc session_config(struct call *c, struct session *s, struct vault_err *err) VAULT_MUST_CHECK;

/* session_config, vault_open, the secret by PRODUCT's order (asked for once), vault_unlock. In no transaction then.
 * `*s` zeroed by the caller and closed in any case. */
enum vault_rc session_open(struct call *c, struct session *s, struct vault_err *err) VAULT_MUST_CHECK;
void session_close(struct session *s);

/* What vault_unlock takes, of what cred_find found (borrowed) and the slot that options, environment or login name. */
struct cred;
void session_cred(const struct call *c, const struct cred *given, struct vault_cred *out);

/* VAULT_FORBIDDEN for another role than admin, before a person is asked for what this slot cannot store. To be called
 * after a vault_begin, which verified the role; ends the transaction where it refuses. */
enum vault_rc session_want_admin(struct session *s, struct vault_err *err) VAULT_MUST_CHECK;

/* getlogin's answer without asking utmp: the name of the user id. NULL where it has none. Borrowed. */
const char *session_login_name(void);

#endif
