/* commands.c - the table of commands, in the order in which help shows them, and the options all of them take. */
#include "command.h"

#include <string.h>

static const struct command *const commands_table[] = {
        &cmd_init,   &cmd_add,    &cmd_get,    &cmd_run,      &cmd_list,   &cmd_show,    &cmd_edit,
        &cmd_rotate, &cmd_remove, &cmd_check,  &cmd_vendor,   &cmd_share,  &cmd_unshare, &cmd_holders,
        &cmd_due,    &cmd_log,    &cmd_access, &cmd_eligible, &cmd_verify, &cmd_backup,  &cmd_restore,
        &cmd_rekey,  &cmd_help,   NULL,
};

static const struct command_option commands_global[] = {
        {OPT_FILE, 'f', "file", "FILE", 1, "the vault (SMARTVAULT_FILE, else default.vault in the data folder)"},
        {OPT_LOG, 0, "log", "FILE", 1, "its access log (SMARTVAULT_LOG, else beside it)"},
        {OPT_SLOT, 0, "slot", "NAME", 1, "open as this slot (SMARTVAULT_SLOT)"},
        {OPT_KEY_FILE, 0, "key-file", "FILE", 1, "open with this key file (SMARTVAULT_KEY_FILE)"},
        {OPT_PASSPHRASE_FD, 0, "passphrase-fd", "N", 1, "read the passphrase from this descriptor"},
        {OPT_PASSPHRASE_FILE, 0, "passphrase-file", "FILE", 1, "read it from this file (SMARTVAULT_PASSPHRASE_FILE)"},
        {OPT_PASSPHRASE_COMMAND, 0, "passphrase-command", "CMD", 1,
         "read it from what CMD prints (SMARTVAULT_PASSPHRASE_COMMAND)"},
        {OPT_JSON, 0, "json", NULL, 0, "print one JSON document"},
        {OPT_QUIET, 'q', "quiet", NULL, 0, "no notes on stderr, errors only"},
        {OPT_NO_INPUT, 0, "no-input", NULL, 0, "never ask"},
        {OPT_COLOR, 0, "color", "WHEN", 1, "auto, always or never"},
        {OPT_HELP, 'h', "help", NULL, 0, "show this"},
        {OPT_VERSION, 0, "version", NULL, 0, "show the version"},
        {0, 0, NULL, NULL, 0, NULL},
};

const struct command *const *commands_all(void)
{
	return commands_table;
}

const struct command_option *commands_global_options(void)
{
	return commands_global;
}

const struct command *commands_find(const struct command *const *table, const char *name)
{
	for (; *table; table++) {
		const char *last = strrchr((*table)->name, ' ');

		if (strcmp(last ? last + 1 : (*table)->name, name) == 0)
			return *table;
	}
	return NULL;
}
