/* command.h - what a command is: data for the parser, --help and completion, and one function. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stddef.h>

#include <vault/error.h>
#include <vault/process.h>

/* Every option of the program, by what it means; a command lists those it takes in its rows. */
enum opt_id {
	OPT_HELP = 1, OPT_VERSION, OPT_FILE, OPT_LOG, OPT_SLOT, OPT_KEY_FILE, OPT_PASSPHRASE_FD, OPT_PASSPHRASE_FILE,
	OPT_PASSPHRASE_COMMAND, OPT_JSON, OPT_QUIET, OPT_NO_INPUT, OPT_COLOR,
	OPT_API_URL, OPT_CA_FILE, OPT_TIMEOUT, OPT_JOBS,
	OPT_FORCE, OPT_SLOT_NAME, OPT_KDF_MEMORY, OPT_KDF_PASSES, OPT_KEY_FILE_OUT, OPT_RECOVERY_OUT, OPT_NO_RECOVERY,
	OPT_ACCOUNT, OPT_LICENSE, OPT_PLAN, OPT_REGION, OPT_SMARTSHEET_NAME, OPT_OWNER, OPT_CREATED, OPT_ROTATE_EVERY,
	OPT_EXPIRES, OPT_TAG, OPT_NOTE, OPT_NO_VALUE, OPT_LABEL,
	OPT_NO_NEWLINE, OPT_FORMAT, OPT_TOKEN_VERSION,
	OPT_VERDICT, OPT_VENDOR, OPT_STATUS, OPT_DATE, OPT_OLD_REVOKED, OPT_REVOKE_OLD, OPT_UNCHECKED,
	OPT_ALL, OPT_RETIRED, OPT_WITHIN, OPT_AT,
	OPT_TO, OPT_PURPOSE, OPT_ITEM, OPT_AGREEMENT, OPT_UNTIL, OPT_CHANNEL, OPT_REASON, OPT_CONTACT, OPT_VETTED,
	OPT_ADD_AGREEMENT, OPT_NAME, OPT_CONFIRM, OPT_NEVER_GIVEN, OPT_SINCE, OPT_BY_SLOT, OPT_ACTION,
	OPT_HEAD, OPT_ACCEPT, OPT_LOG_VERIFY, OPT_LOG_ROTATE,
	OPT_ENV, OPT_PRISTINE, OPT_ADD_TAG, OPT_REMOVE_TAG, OPT_NEW_PASSPHRASE_FD, OPT_NEW_PASSPHRASE_FILE,
	OPT_ROLE, OPT_GRANT, OPT_COMPROMISED, OPT_KEY_FILE_DIR, OPT_LIST, OPT_NO_EXPOSURE, OPT_SEVERITY, OPT_HTML,
	OPT_MAIL, OPT_ICS, OPT_DESKTOP, OPT_DRY_RUN, OPT_EVERY, OPT_FROM, OPT_SENDMAIL, OPT_NOTIFY_SEND, OPT_INSTALL,
	OPT_SORT, OPT_COLUMNS, OPT_CSV
};

struct command_option {
	enum opt_id id;
	char letter;              /* of the short form, or 0 */
	const char *name;         /* of the long form, without the dashes; NULL ends the rows */
	const char *arg;          /* what its argument is called in help; NULL: it takes none */
	int many;                 /* may stand more than once; otherwise a second one is refused */
	const char *help;         /* one line, no full stop */
};

struct args;
struct out;
struct report_of;

/* One run of a command. */
struct call {
	const struct args *args;
	struct out *out;
	const struct vault_process_saved *saved; /* for children */
};

struct command {
	const char *name;         /* "add", of a subcommand "vendor add" */
	const char *purpose;      /* one line for lists, lower case, no full stop */
	const char *operands;     /* synopsis: "LABEL", "LABEL...", "" */
	size_t min_operands, max_operands; /* SIZE_MAX: any number */
	const struct command_option *options; /* its own; the global ones are taken by all. NULL: none */
	/* Status of the program. Any other than VAULT_OK comes with a sentence in `err`, which main prints, but 10 and
	 * 11 (and eligible's 1), which may leave it empty. */
	enum vault_rc (*run)(struct call *c, struct vault_err *err);
	const struct command *const *subs; /* subcommands, NULL-ended, instead of run; or NULL */
	int day;                  /* one of the day's commands, shown by `vault` alone */
	const struct report_of *report; /* what it lists (report.h), or NULL */
};

/* commands.c: the table, NULL-ended. */
const struct command *const *commands_all(void);
const struct command_option *commands_global_options(void);
/* The command called `name` among those of a table, or NULL. Of a subcommand the last word counts. */
const struct command *commands_find(const struct command *const *table, const char *name);

/* What somebody may have meant who wrote `word`, which is no command of the table: those that are called so elsewhere, else
 * the nearest, as "remove" or "rotate, unshare or remove" into `out`. 0: none. */
int commands_meant(const struct command *const *table, const char *word, char *out, size_t cap);

/* One const entry a command, in the file of its name. */
extern const struct command cmd_run, cmd_edit, cmd_access, cmd_backup, cmd_restore, cmd_rekey;
extern const struct command cmd_init, cmd_add, cmd_get, cmd_list, cmd_show, cmd_rotate, cmd_remove, cmd_verify,
	cmd_eligible, cmd_help, cmd_check, cmd_exposure, cmd_vendor, cmd_share, cmd_log, cmd_unshare, cmd_holders, cmd_due,
	cmd_policy, cmd_remind, cmd_audit;

#endif
