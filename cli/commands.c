/* commands.c - the table of commands, in the order in which help shows them, and the options all of them take. */
#include "command.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "guess.h"

static const struct command *const commands_table[] = {
        &cmd_init,   &cmd_add,    &cmd_get,    &cmd_run,      &cmd_list,   &cmd_show,    &cmd_edit,
        &cmd_rotate, &cmd_remove, &cmd_check,  &cmd_exposure, &cmd_vendor, &cmd_share,   &cmd_unshare,
        &cmd_holders, &cmd_due,   &cmd_remind, &cmd_audit,    &cmd_policy, &cmd_log,     &cmd_access,
        &cmd_eligible, &cmd_verify,
        &cmd_backup, &cmd_restore, &cmd_rekey, &cmd_help,     NULL,
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

/* What our commands are called elsewhere, and words for them that no count of edits would find. One line a command: the
 * first word is ours. */
static const char *const commands_words[] = {
        "add create new store insert put save register",
        "get cat print read show-token value token reveal fetch display copy",
        "run exec env with",
        "list ls ll tokens vendors search find",
        "show info describe details status-of",
        "edit set update modify change rename mv move relabel label",
        "rotate renew replace regenerate roll refresh revoke",
        "unshare unassign withdraw take-back takeback ungive revoke",
        "remove rm delete del erase destroy drop revoke",
        "check test validate ping whoami probe",
        "exposure reach scope reaches permissions blast-radius",
        "share give grant assign lend handover hand-over",
        "holders who whohas who-has shares ledger",
        "due expired expiring overdue todo",
        "audit findings report doctor lint risks compliance",
        "remind reminder reminders notify notification mail email calendar ical ics alert nag cron",
        "policy rules settings config configure configuration options preferences",
        "log history journal events",
        "eligible allowed can",
        "verify fsck prove",
        "end stop terminate close offboard",
        "passwd password passphrase",
        "help man",
};

static int commands_is_word(const char *line, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = strchr(line, ' '); p; p = strchr(p, ' ')) {
		p++;
		if (strncmp(p, word, n) == 0 && (p[n] == ' ' || !p[n]))
			return 1;
	}
	return 0;
}

/* "a", "a or b", "a, b or c". */
static void commands_join(const char *const *names, size_t n, char *out, size_t cap)
{
	size_t len = 0;

	*out = '\0';
	for (size_t i = 0; i < n && len < cap; i++)
		len += (size_t)snprintf(out + len, cap - len, "%s%s",
		                        i == 0      ? ""
		                        : i + 1 < n ? ", "
		                                    : " or ",
		                        names[i]);
}

int commands_meant(const struct command *const *table, const char *word, char *out, size_t cap)
{
	const char *names[sizeof(commands_words) / sizeof(*commands_words)], *best = NULL;
	size_t n = 0, edits = SIZE_MAX;

	for (size_t i = 0; i < sizeof(commands_words) / sizeof(*commands_words); i++) {
		const char *line = commands_words[i];
		char own[32];
		const struct command *c;

		snprintf(own, sizeof(own), "%.*s", (int)strcspn(line, " "), line);
		c = commands_is_word(line, word) ? commands_find(table, own) : NULL;
		if (c)
			names[n++] = strrchr(c->name, ' ') ? strrchr(c->name, ' ') + 1 : c->name;
	}
	for (; n == 0 && *table; table++) {
		const char *last = strrchr((*table)->name, ' ');

		guess_offer(word, last ? last + 1 : (*table)->name, &best, &edits);
	}
	if (best)
		names[n++] = best;
	commands_join(names, n, out, cap);
	return n > 0;
}
