/* vault access: who may open the vault. passwd: another passphrase or key file for the own key slot. */
#include <string.h>
#include <unistd.h>

#include <vault/vault.h>

#include "args.h"
#include "command.h"
#include "cred.h"
#include "newfile.h"
#include "newpass.h"
#include "out.h"
#include "session.h"
#include "show.h"

static const struct command_option access_passwd_options[] = {
        {OPT_KEY_FILE_OUT, 0, "key-file-out", "FILE", 0, "open by this new key file from now on, not by a passphrase"},
        {OPT_NEW_PASSPHRASE_FD, 0, "new-passphrase-fd", "N", 0, "read the new passphrase from this descriptor"},
        {OPT_NEW_PASSPHRASE_FILE, 0, "new-passphrase-file", "FILE", 0, "read it from this file"},
        {OPT_KDF_MEMORY, 0, "kdf-memory", "MIB", 0, "memory a passphrase costs to try (256)"},
        {OPT_KDF_PASSES, 0, "kdf-passes", "N", 0, "passes over it (as many as take half a second, at least 3)"},
        {OPT_FORCE, 0, "force", NULL, 0, "take a weak passphrase"},
        {0, 0, NULL, NULL, 0, NULL},
};

struct access_passwd {
	const char *name, *key_out;
	uint32_t memory_kib, passes;
	struct vault_secret *passphrase, *key_text;
};

static enum vault_rc access_passwd_read(const struct args *a, struct access_passwd *p, struct vault_err *err)
{
	int ways = args_flag(a, OPT_KEY_FILE_OUT) + args_flag(a, OPT_NEW_PASSPHRASE_FD) +
	           args_flag(a, OPT_NEW_PASSPHRASE_FILE);
	uint64_t fd = 0;

	p->name = a->n_operands > 0 ? a->operands[0] : NULL;
	p->key_out = args_str(a, OPT_KEY_FILE_OUT);
	if (ways > 1)
		return args_usage(a, err, "give one of --key-file-out, --new-passphrase-fd, --new-passphrase-file");
	if (p->key_out && (args_flag(a, OPT_KDF_MEMORY) || args_flag(a, OPT_KDF_PASSES)))
		return args_usage(a, err, "--kdf-memory and --kdf-passes are of a passphrase: a key file needs none");
	if (args_uint(a, OPT_NEW_PASSPHRASE_FD, 0, 1 << 20, &fd, err) != VAULT_OK)
		return VAULT_USAGE;
	return newpass_kdf(a, &p->memory_kib, &p->passes, err);
}

/* What would be refused anyway is refused before a person chooses a passphrase. The transaction verifies the vault. */
static enum vault_rc access_passwd_ready(struct session *s, const struct access_passwd *p, struct vault_err *err)
{
	enum vault_rc rc = vault_begin(s->v, VAULT_READ, err);

	vault_end(s->v);
	if (rc == VAULT_OK && p->name && strcmp(p->name, vault_my_slot(s->v)) != 0)
		return vault_err_set(
		        err, VAULT_FORBIDDEN,
		        "your key slot is %s: only who opens %s can give it another passphrase or key file",
		        vault_my_slot(s->v), p->name);
	return rc == VAULT_OK && p->key_out ? newfile_free(p->key_out, "key file", err) : rc;
}

static enum vault_rc access_passwd_new(struct call *c, struct session *s, struct access_passwd *p,
                                       struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;

	if (!p->key_out) {
		rc = cred_new_passphrase(c, &p->passphrase, err);
		if (rc == VAULT_OK && !p->passphrase)
			rc = newpass_ask(c, &p->passphrase, err);
		if (rc == VAULT_OK)
			rc = newpass_check(c, p->passphrase, vault_my_slot(s->v), err);
	}
	if (rc == VAULT_OK)
		rc = vault_passwd_prepare(s->v, p->passphrase, p->memory_kib, p->passes, &p->key_text, err);
	return rc;
}

/* The key file must be safe before the slot opens by it alone. */
static enum vault_rc access_passwd_put(struct session *s, const struct access_passwd *p, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;

	if (p->key_out)
		rc = newfile_write(p->key_out, "key file", p->key_text, err);
	if (rc != VAULT_OK)
		return rc;
	rc = vault_passwd_commit(s->v, err);
	if (rc != VAULT_OK && p->key_out)
		unlink(p->key_out);
	return rc;
}

static void access_passwd_tell(struct call *c, const struct session *s, const struct access_passwd *p)
{
	char path[1024];

	if (c->out->json) {
		struct vault_json *items = vault_json_array(), *j = vault_json_object();

		vault_json_set_str(j, "slot", vault_my_slot(s->v));
		vault_json_set_str(j, "opens_by", p->key_out ? "key-file" : "passphrase");
		vault_json_set_str(j, "key_file", p->key_out);
		vault_json_add(items, j);
		out_json(c->out, "access-passwd", vault_now(s->v), &items);
	}
	out_note(c->out, "slot %s opens by the new %s now, and by nothing it opened by before", vault_my_slot(s->v),
	         p->key_out ? "key file" : "passphrase");
	out_note(c->out,
	         "a copy of the vault made before today still opens the old way: if somebody else may know it, rotate "
	         "what matters");
	if (p->key_out)
		out_next(c->out, "vault verify --key-file %s, and then take the old key file away",
		         vault_shell_word(p->key_out, path, sizeof(path)));
	else
		out_next(c->out, "vault verify, with the new passphrase");
}

static enum vault_rc access_passwd_run(struct call *c, struct vault_err *err)
{
	struct access_passwd p = {0};
	struct session s = {0};
	enum vault_rc rc = access_passwd_read(c->args, &p, err);

	if (rc == VAULT_OK)
		rc = session_open(c, &s, err);
	if (rc == VAULT_OK)
		rc = access_passwd_ready(&s, &p, err);
	if (rc == VAULT_OK)
		rc = access_passwd_new(c, &s, &p, err);
	if (rc == VAULT_OK)
		rc = access_passwd_put(&s, &p, err);
	if (rc == VAULT_OK)
		access_passwd_tell(c, &s, &p);
	vault_secret_free(&p.passphrase);
	vault_secret_free(&p.key_text);
	session_close(&s);
	return rc;
}

static const struct command access_passwd = {
        .name = "access passwd",
        .purpose = "give your key slot another passphrase or key file",
        .operands = "[NAME]",
        .max_operands = 1,
        .options = access_passwd_options,
        .run = access_passwd_run,
};

static const struct command *const access_subs[] = {&access_passwd, NULL};

const struct command cmd_access = {
        .name = "access",
        .purpose = "who may open the vault, and by what",
        .operands = "",
        .subs = access_subs,
};
