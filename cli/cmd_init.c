/* vault init: makes a vault that opens by a passphrase or a key file, and a recovery code for the day that is lost. */
#include <string.h>
#include <unistd.h>

#include <vault/vault.h>

#include "args.h"
#include "command.h"
#include "cred.h"
#include "newfile.h"
#include "newpass.h"
#include "out.h"
#include "prompt.h"
#include "session.h"

static const struct command_option init_options[] = {
        {OPT_KEY_FILE_OUT, 0, "key-file-out", "FILE", 0, "open by this new key file, not by a passphrase"},
        {OPT_RECOVERY_OUT, 0, "recovery-out", "FILE", 0, "write the recovery code into this new file"},
        {OPT_NO_RECOVERY, 0, "no-recovery", NULL, 0, "make no recovery code"},
        {OPT_SLOT_NAME, 0, "slot-name", "NAME", 0, "what your key slot is called (your login name)"},
        {OPT_KDF_MEMORY, 0, "kdf-memory", "MIB", 0, "memory a passphrase costs to try (256)"},
        {OPT_KDF_PASSES, 0, "kdf-passes", "N", 0, "passes over it (as many as take half a second, at least 3)"},
        {OPT_FORCE, 0, "force", NULL, 0, "take a weak passphrase"},
        {0, 0, NULL, NULL, 0, NULL},
};

struct init_run {
	const char *key_out, *recovery_out;
	struct vault_init init;
	struct vault_secret *passphrase, *key_text, *recovery_text;
	int made_key, made_recovery;
};

static enum vault_rc init_read(const struct args *a, struct init_run *r, struct vault_err *err)
{
	enum vault_rc rc = cred_usage(a, err);

	r->key_out = args_str(a, OPT_KEY_FILE_OUT);
	r->recovery_out = args_str(a, OPT_RECOVERY_OUT);
	r->init.recovery = !args_flag(a, OPT_NO_RECOVERY);
	if (rc == VAULT_OK && args_flag(a, OPT_KEY_FILE))
		return args_usage(a, err, "a new vault gets a key of its own: --key-file-out FILE");
	if (rc == VAULT_OK && r->key_out &&
	    (args_flag(a, OPT_PASSPHRASE_FD) || args_flag(a, OPT_PASSPHRASE_FILE) ||
	     args_flag(a, OPT_PASSPHRASE_COMMAND)))
		return args_usage(a, err, "--key-file-out and a passphrase exclude each other");
	if (rc == VAULT_OK && r->recovery_out && !r->init.recovery)
		return args_usage(a, err, "--recovery-out and --no-recovery exclude each other");
	if (rc == VAULT_OK && r->key_out && r->recovery_out && strcmp(r->key_out, r->recovery_out) == 0)
		return args_usage(a, err, "--key-file-out and --recovery-out are the same file");
	if (rc == VAULT_OK && r->init.recovery && !r->recovery_out && !prompt_can_show())
		return args_usage(
		        a, err,
		        "there is no terminal to show the recovery code on: --recovery-out FILE or --no-recovery");
	if (rc == VAULT_OK)
		rc = args_text(a, OPT_SLOT_NAME, &r->init.slot_name, err);
	if (rc == VAULT_OK)
		rc = newpass_kdf(a, &r->init.kdf_memory_kib, &r->init.kdf_passes, err);
	if (!r->init.slot_name)
		r->init.slot_name = session_login_name();
	if (!r->init.slot_name)
		r->init.slot_name = "admin";
	return rc;
}

static enum vault_rc init_passphrase(struct call *c, struct init_run *r, struct vault_err *err)
{
	enum vault_rc rc = cred_given_passphrase(c, &r->passphrase, err);

	if (rc == VAULT_OK && !r->passphrase)
		rc = newpass_ask(c, &r->passphrase, err);
	if (rc == VAULT_OK)
		rc = newpass_check(c, r->passphrase, r->init.slot_name, err);
	r->init.passphrase = r->passphrase;
	return rc;
}

/* Key and code must be safe before there is a vault that only they open. */
static enum vault_rc init_hand_out(struct init_run *r, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;

	if (r->key_text) {
		rc = newfile_write(r->key_out, "key file", r->key_text, err);
		r->made_key = rc == VAULT_OK;
	}
	if (rc == VAULT_OK && r->recovery_text && r->recovery_out) {
		rc = newfile_write(r->recovery_out, "recovery file", r->recovery_text, err);
		r->made_recovery = rc == VAULT_OK;
	} else if (rc == VAULT_OK && r->recovery_text) {
		rc = prompt_show("Recovery code, shown this once; write it down and keep it apart from the vault:\n\n",
		                 r->recovery_text, "\n", err);
	}
	return rc;
}

static void init_tell(struct call *c, const struct session *s, const struct init_run *r)
{
	if (c->out->json) {
		struct vault_json *items = vault_json_array(), *j = vault_json_object();

		vault_json_set_str(j, "file", s->path);
		vault_json_set_str(j, "slot", r->init.slot_name);
		vault_json_set_str(j, "opens_by", r->passphrase ? "passphrase" : "key-file");
		vault_json_set_str(j, "key_file", r->key_out);
		vault_json_set_bool(j, "recovery", r->init.recovery);
		vault_json_set_str(j, "recovery_file", r->recovery_out);
		vault_json_add(items, j);
		out_json(c->out, "init", s->env.now(s->env.ctx), &items);
	}
	out_note(c->out, "made %s; slot %s opens it by %s", s->path, r->init.slot_name,
	         r->passphrase ? "passphrase" : "key file");
	if (!r->init.recovery)
		out_note(c->out, "there is no recovery code: who loses the %s loses the vault",
		         r->passphrase ? "passphrase" : "key file");
	out_next(c->out, "vault add LABEL --account EMAIL --license TYPE");
}

static enum vault_rc init_make(struct call *c, struct session *s, struct init_run *r, struct vault_err *err)
{
	enum vault_rc rc = newfile_free(s->path, "vault", err);

	if (rc == VAULT_OK && r->key_out)
		rc = newfile_free(r->key_out, "key file", err);
	if (rc == VAULT_OK && r->recovery_out)
		rc = newfile_free(r->recovery_out, "recovery file", err);
	if (rc == VAULT_OK && !r->key_out)
		rc = init_passphrase(c, r, err);
	if (rc == VAULT_OK)
		rc = vault_init_prepare(&s->config, &r->init, &s->v, &r->key_text, &r->recovery_text, err);
	if (rc == VAULT_OK)
		rc = init_hand_out(r, err);
	if (rc == VAULT_OK)
		rc = vault_init_commit(s->v, err);
	if (rc != VAULT_OK && r->made_key)
		unlink(r->key_out);
	if (rc != VAULT_OK && r->made_recovery)
		unlink(r->recovery_out);
	return rc;
}

static enum vault_rc init_run(struct call *c, struct vault_err *err)
{
	struct init_run r = {0};
	struct session s = {0};
	enum vault_rc rc;

	rc = init_read(c->args, &r, err);
	if (rc == VAULT_OK)
		rc = session_config(c, &s, err);
	if (rc == VAULT_OK)
		rc = init_make(c, &s, &r, err);
	if (rc == VAULT_OK)
		init_tell(c, &s, &r);
	vault_secret_free(&r.passphrase);
	vault_secret_free(&r.key_text);
	vault_secret_free(&r.recovery_text);
	session_close(&s);
	return rc;
}

const struct command cmd_init = {
        .name = "init",
        .purpose = "make a new vault",
        .operands = "",
        .options = init_options,
        .run = init_run,
        .day = 1,
};
