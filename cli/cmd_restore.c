/* vault restore: brings a backup back, as a change on top of the vault, or in its place where that does not open. */
#include <stdio.h>
#include <string.h>

#include <vault/access.h>
#include <vault/backup.h>

#include "args.h"
#include "command.h"
#include "cred.h"
#include "out.h"
#include "prompt.h"
#include "session.h"

#define N(x) ((unsigned long long)(x))

static const struct command_option restore_options[] = {
        {OPT_FORCE, 0, "force", NULL, 0, "do not ask"},
        {0, 0, NULL, NULL, 0, NULL},
};

struct restore_run {
	const char *from;
	struct session s;
	struct vault *backup;
	struct cred given;
	struct vault_restore *r;
	const struct vault_restore_info *info;
	int missing;              /* there is no vault */
	char why[VAULT_MSG_MAX];  /* or why it does not open */
};

/* --- which of the two --- */

/* The secret is asked for once, for the vault if there is one that can be opened so far, else for the backup. */
static enum vault_rc restore_unlock(struct call *c, struct restore_run *x, struct vault *v, const char *path,
                                    struct vault_err *err)
{
	struct vault_cred cred = {0};

	session_cred(c, &x->given, &cred);
	if (!cred.key_text && !cred.passphrase) {
		enum vault_rc rc = cred_find(c, v, path, &x->given, err);

		if (rc != VAULT_OK)
			return rc;
		session_cred(c, &x->given, &cred);
	}
	return vault_unlock(v, &cred, err);
}

/* 1 where a backup may take the place of a vault of which this was said. */
static int restore_replaces(const struct restore_run *x, enum vault_rc rc)
{
	if (rc == VAULT_NOTFOUND)
		return !x->s.v; /* no file; else it is a slot that was named and is not there */
	return rc == VAULT_DAMAGED || rc == VAULT_ROLLBACK || rc == VAULT_WRONGKEY;
}

static enum vault_rc restore_look(struct call *c, struct restore_run *x, struct vault_err *err)
{
	struct vault_err said = {0};
	enum vault_rc rc = vault_open(&x->s.config, &x->s.v, &said), backup;

	if (rc == VAULT_OK)
		rc = restore_unlock(c, x, x->s.v, x->s.path, &said);
	if (rc == VAULT_OK)
		rc = vault_restore_ready(x->s.v, &said);
	if (rc == VAULT_OK)
		return vault_restore_prepare(x->s.v, x->from, &x->r, err);
	if (!restore_replaces(x, rc)) {
		*err = said;
		return rc;
	}
	x->missing = rc == VAULT_NOTFOUND;
	snprintf(x->why, sizeof(x->why), "%s", said.msg);
	backup = restore_unlock(c, x, x->backup, x->from, err);
	/* A key that opens neither is just a wrong key. */
	if (backup == VAULT_WRONGKEY && rc == VAULT_WRONGKEY)
		*err = said;
	if (backup != VAULT_OK)
		return backup;
	return vault_restore_prepare_replacing(&x->s.config, x->backup, x->s.v, &x->r, err);
}

/* --- what it would do --- */

static void restore_loss(struct call *c, const struct vault_loss *l)
{
	static const char *const things[][3] = {
	        [VAULT_LOSS_TOKEN] = {", made since, is lost", ": what was changed since is undone",
	                              ", gone since, is there again"},
	        [VAULT_LOSS_VALUE] = {", stored since, is lost", ": what was changed since is undone",
	                              ", erased since, is there again"},
	        [VAULT_LOSS_GRANT] = {"", "", ""},
	        [VAULT_LOSS_VENDOR] = {", added since, is lost", ": what was changed since is undone",
	                               ", removed since, is there again"},
	        [VAULT_LOSS_HANDOVER] = {", recorded since, is lost", ": what was recorded since is undone",
	                                 ", gone since, is there again"},
	        [VAULT_LOSS_POLICY] = {"", ": what was set since is undone", ""},
	};
	const char *what = things[l->kind][l->how], *vendor = l->vendor ? l->vendor : "?";
	const char *label = l->label ? l->label : "?", *to = l->to ? l->to : "?";

	switch (l->kind) {
	case VAULT_LOSS_TOKEN:
		out_note(c->out, "token %s%s", label, what);
		break;
	case VAULT_LOSS_VALUE:
		out_note(c->out, "version %u of %s%s", l->version, label, what);
		break;
	case VAULT_LOSS_GRANT:
		out_note(c->out, "the script %s can read %s no longer: there was no value of it then", to, label);
		break;
	case VAULT_LOSS_VENDOR:
		out_note(c->out, "vendor %s%s", vendor, what);
		break;
	case VAULT_LOSS_HANDOVER:
		out_note(c->out, "the hand-over of %s to %s of %s%s", label, to, vendor, what);
		break;
	case VAULT_LOSS_POLICY:
		out_note(c->out, "the policy of rules and CA file%s", what);
		break;
	}
}

static void restore_list_change(struct call *c, const struct restore_run *x)
{
	const struct vault_restore_info *i = x->info;
	char when[VAULT_TIME_LEN];

	out_note(c->out, "to restore %s, of change %llu, %s, over change %llu means:", i->from,
	         N(i->epoch), vault_time_format(i->time, when), N(i->now_epoch));
	for (size_t k = 0; k < i->losses.n; k++)
		restore_loss(c, &i->losses.l[k]);
	if (i->losses.n == 0)
		out_note(c->out, "no token, vendor, hand-over or policy has changed since");
	out_note(c->out, "key slots, and what they may open, stay as they are now");
}

static void restore_list_place(struct call *c, const struct restore_run *x)
{
	const struct vault_restore_info *i = x->info;
	char when[VAULT_TIME_LEN], names[700] = "";
	size_t n = 0;

	if (x->missing)
		out_note(c->out, "there is no vault at %s", x->s.path);
	else
		out_note(c->out, "the vault at %s does not open: %s", x->s.path, x->why);
	vault_time_format(i->time, when);
	if (i->now_epoch > i->epoch)
		out_note(c->out,
		         "%s is of change %llu, %s; this machine saw change %llu: all that was done in between is lost",
		         i->from, N(i->epoch), when, N(i->now_epoch));
	else
		out_note(c->out, "%s is of change %llu, %s: all that was done since is lost", i->from, N(i->epoch), when);
	for (size_t k = 0; k < i->n_slots && n < sizeof(names) - 160; k++)
		n += (size_t)snprintf(names + n, sizeof(names) - n, "%s%s (%s)", k ? ", " : "", i->slots[k].name,
		                      vault_role_name(i->slots[k].role));
	out_note(c->out, "it opens by the key slots of then: %s%s", names, n >= sizeof(names) - 160 ? ", ..." : "");
	out_note(c->out, "a slot that was ended since is active again: end it anew with vault access remove NAME, and rotate "
	                 "what it could read");
}

static void restore_list(struct call *c, const struct restore_run *x)
{
	if (x->info->replaces)
		restore_list_place(c, x);
	else
		restore_list_change(c, x);
}

/* What is lost is said before it is asked, whether or not notes are wanted. */
static enum vault_rc restore_ask(struct call *c, struct restore_run *x, struct vault_err *err)
{
	const int quiet = c->out->quiet;
	enum vault_rc rc;
	int yes = 0;

	if (args_flag(c->args, OPT_FORCE) || !prompt_possible(c)) {
		restore_list(c, x);
		if (args_flag(c->args, OPT_FORCE))
			return VAULT_OK;
		return vault_err_set(err, VAULT_REFUSED, "nobody can be asked whether this shall be done: --force");
	}
	c->out->quiet = 0;
	restore_list(c, x);
	c->out->quiet = quiet;
	rc = prompt_yes(c, "Restore it? [y/N] ", &yes, err);
	if (rc == VAULT_OK && !yes)
		rc = vault_err_set(err, VAULT_REFUSED, "nothing was restored");
	return rc;
}

/* --- what it did --- */

static void restore_json(struct call *c, const struct restore_run *x, int done)
{
	static const char *const kinds[] = {"token", "value", "grant", "vendor", "hand-over", "policy"};
	static const char *const hows[] = {"lost", "undone", "back"};
	struct vault_json *items = vault_json_array(), *j = vault_json_object();
	struct vault_json *lost = vault_json_array(), *slots = vault_json_array();
	const struct vault_restore_info *i = x->info;

	vault_json_set_str(j, "file", x->s.path);
	vault_json_set_str(j, "backup", i->from);
	vault_json_set_bool(j, "restored", done);
	vault_json_set_bool(j, "replaced", i->replaces);
	vault_json_set_int(j, "epoch", (int64_t)(done ? i->new_epoch : i->now_epoch));
	vault_json_set_int(j, "backup_epoch", (int64_t)i->epoch);
	vault_json_set_time(j, "backup_time", i->time);
	for (size_t k = 0; k < i->losses.n; k++) {
		const struct vault_loss *l = &i->losses.l[k];
		struct vault_json *o = vault_json_object();

		vault_json_set_str(o, "kind", kinds[l->kind]);
		vault_json_set_str(o, "how", hows[l->how]);
		vault_json_set_str(o, "label", l->label);
		if (l->version)
			vault_json_set_int(o, "version", l->version);
		else
			vault_json_set_null(o, "version");
		vault_json_set_str(o, "vendor", l->vendor);
		vault_json_set_str(o, "to", l->to);
		vault_json_add(lost, o);
	}
	vault_json_set(j, "lost", lost);
	for (size_t k = 0; k < i->n_slots; k++) {
		struct vault_json *o = vault_json_object();

		vault_json_set_str(o, "name", i->slots[k].name);
		vault_json_set_str(o, "role", vault_role_name(i->slots[k].role));
		vault_json_add(slots, o);
	}
	vault_json_set(j, "slots", slots);
	vault_json_set_str(j, "kept", i->kept);
	vault_json_set_str(j, "log_kept", i->log_kept);
	vault_json_set_bool(j, "log_new", i->log_new);
	vault_json_add(items, j);
	out_json(c->out, "restore", x->s.env.now(x->s.env.ctx), &items);
}

static void restore_tell(struct call *c, const struct restore_run *x)
{
	const struct vault_restore_info *i = x->info;

	if (c->out->json)
		restore_json(c, x, 1);
	out_note(c->out, "restored %s to %s, as change %llu", i->from, x->s.path, N(i->new_epoch));
	if (i->kept)
		out_note(c->out, "what was there before is kept: %s", i->kept);
	if (i->log_new && i->log_kept)
		out_note(c->out,
		         "the access log that was there does not go with the backup: it is kept as %s, and a new one was begun",
		         i->log_kept);
	else if (i->log_new)
		out_note(c->out, "there was no access log: a new one was begun, so verdicts of before are not known");
	if (i->replaces)
		out_next(c->out, "on every other machine that saw this vault: vault verify --accept LINE, with the line of vault log "
		                 "--head here");
	else
		out_next(c->out, "what is there again may work at Smartsheet or not: vault check --all --retired");
}

static enum vault_rc restore_run(struct call *c, struct vault_err *err)
{
	struct restore_run x = {.from = c->args->operands[0]};
	enum vault_rc rc = cred_usage(c->args, err);

	if (rc == VAULT_OK)
		rc = session_config(c, &x.s, err);
	/* Before a passphrase is asked for: that there is a backup, of a format that is known. */
	if (rc == VAULT_OK)
		rc = vault_restore_open(x.from, &x.s.env, &x.backup, err);
	if (rc == VAULT_OK)
		rc = restore_look(c, &x, err);
	if (rc == VAULT_OK)
		x.info = vault_restore_info(x.r);
	if (rc == VAULT_OK && x.info->same) {
		if (c->out->json)
			restore_json(c, &x, 0);
		out_note(c->out, "the vault is at change %llu, as the backup: there is nothing to restore", N(x.info->epoch));
	} else if (rc == VAULT_OK) {
		rc = restore_ask(c, &x, err);
		if (rc == VAULT_OK)
			rc = vault_restore_commit(x.r, err);
		if (rc == VAULT_OK)
			restore_tell(c, &x);
	}
	vault_restore_free(&x.r);
	vault_close(&x.backup);
	cred_clear(&x.given);
	session_close(&x.s);
	return rc;
}

const struct command cmd_restore = {
        .name = "restore",
        .purpose = "bring a backup back, with what is lost said first",
        .operands = "FILE",
        .min_operands = 1,
        .max_operands = 1,
        .options = restore_options,
        .run = restore_run,
};
