/* vault access passwd: another passphrase or key file for a key slot: for the own one, or by an admin in place of what was lost. */
#include <string.h>

#include "access.h"
#include "args.h"
#include "cred.h"
#include "newfile.h"
#include "newpass.h"
#include "out.h"
#include "show.h"

static const struct command_option access_passwd_options[] = {
        {OPT_KEY_FILE_OUT, 0, "key-file-out", "FILE", 0, "open by this new key file from now on, not by a passphrase"},
        {OPT_COMPROMISED, 0, "compromised", NULL, 0, "somebody else may know the old one: new keys, and what it read is due"},
        {OPT_RECOVERY_OUT, 0, "recovery-out", "FILE", 0, "of the slot recovery: write its new code into this file"},
        {OPT_NEW_PASSPHRASE_FD, 0, "new-passphrase-fd", "N", 0, "read the new passphrase from this descriptor"},
        {OPT_NEW_PASSPHRASE_FILE, 0, "new-passphrase-file", "FILE", 0, "read it from this file"},
        {OPT_KDF_MEMORY, 0, "kdf-memory", "MIB", 0, "memory a passphrase costs to try (256)"},
        {OPT_KDF_PASSES, 0, "kdf-passes", "N", 0, "passes over it (as many as take half a second, at least 3)"},
        {OPT_FORCE, 0, "force", NULL, 0, "take a weak passphrase"},
        {0, 0, NULL, NULL, 0, NULL},
};

struct access_passwd {
	const char *name;         /* of the slot; the own one's where none was given */
	enum vault_role role;
	int own, compromised;
	struct access_way way;
};

/* Which slot is meant. What would be refused anyway is refused before a person chooses a passphrase. */
static enum vault_rc access_passwd_ready(const struct args *a, struct session *s, struct access_passwd *p,
                                         struct vault_err *err)
{
	struct vault_secret *none = NULL;
	enum vault_rc rc = vault_begin(s->v, VAULT_READ, err);

	if (rc == VAULT_OK && (!p->name || strcmp(p->name, vault_my_slot(s->v)) == 0)) {
		p->name = vault_my_slot(s->v);
		p->role = vault_my_role(s->v);
		p->own = 1;
	}
	/* A new seed is a change of the vault, which an admin signs. */
	if (rc == VAULT_OK && (!p->own || p->compromised))
		rc = session_want_admin(s, err);
	if (rc == VAULT_OK && !p->own)
		rc = vault_access_role(s->v, p->name, &p->role, err);
	vault_end(s->v);
	if (rc != VAULT_OK)
		return rc;
	/* Nobody chooses a passphrase for a code that stays as it is; the library has the sentence. */
	if (p->own && !p->compromised && strcmp(p->name, VAULT_RECOVERY_NAME) == 0)
		rc = vault_passwd_prepare(s->v, NULL, 0, 0, &none, err);
	vault_secret_free(&none);
	return rc == VAULT_OK ? access_way_fits(a, p->name, &p->way, err) : rc;
}

/* The same slot, the same keys, another way in: its holder alone can do it, whatever its role. */
static enum vault_rc access_passwd_new(struct call *c, struct session *s, struct access_way *w, struct vault_err *err)
{
	enum vault_rc rc = w->key_out ? newfile_free(w->key_out, "key file", err) : VAULT_OK;

	if (rc == VAULT_OK && !w->key_out) {
		rc = cred_new_passphrase(c, &w->passphrase, err);
		if (rc == VAULT_OK && !w->passphrase)
			rc = newpass_ask(c, &w->passphrase, err);
		if (rc == VAULT_OK)
			rc = newpass_check(c, w->passphrase, vault_my_slot(s->v), err);
	}
	if (rc == VAULT_OK)
		rc = vault_passwd_prepare(s->v, w->passphrase, w->memory_kib, w->passes, &w->key_text, err);
	return rc;
}

/* The key file must be safe before the slot opens by it alone. */
static enum vault_rc access_passwd_put(struct session *s, struct access_way *w, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;

	if (w->key_out) {
		rc = newfile_write(w->key_out, "key file", w->key_text, err);
		w->made_file = rc == VAULT_OK;
	}
	return rc == VAULT_OK ? vault_passwd_commit(s->v, err) : rc;
}

/* A new slot of the same name and role takes its place: new keys, the old ones turned over. */
static enum vault_rc access_passwd_replace(struct call *c, struct session *s, struct access_passwd *p,
                                           struct vault_err *err)
{
	enum vault_rc rc = access_way_make(c, s, p->name, p->role, &p->way, err);

	if (rc == VAULT_OK)
		rc = vault_begin(s->v, VAULT_WRITE, err);
	if (rc == VAULT_OK)
		rc = vault_access_replace(s->v, err);
	return rc == VAULT_OK ? vault_commit(s->v, err) : rc;
}

static void access_passwd_tell(struct call *c, struct session *s, const struct access_passwd *p, int replaced)
{
	const char *by = p->way.passphrase ? "passphrase" : p->way.key_out ? "key file" : "recovery code";
	struct vault_json *items = c->out->json ? vault_json_array() : NULL, *j = items ? vault_json_object() : NULL;
	char path[1024];

	out_note(c->out, "slot %s opens by the new %s now, and by nothing it opened by before", p->name, by);
	if (replaced && p->role == VAULT_ROLE_ADMIN)
		out_note(c->out, "who has the old key of %s can still forge this file: vault rekey ends that", p->name);
	if (!replaced)
		out_note(c->out,
		         "a copy of the vault made before today still opens the old way: if somebody else may know "
		         "it, vault access passwd --compromised");
	if (p->way.key_out)
		out_next(c->out, "vault verify --key-file %s, and then take the old key file away",
		         vault_shell_word(p->way.key_out, path, sizeof(path)));
	else
		out_next(c->out, "vault verify, with the new %s", by);
	if (items) {
		vault_json_set_str(j, "slot", p->name);
		vault_json_set_str(j, "opens_by", access_way_name(&p->way));
		vault_json_set_str(j, "key_file", p->way.key_out);
		vault_json_set_bool(j, "replaced", replaced);
	}
	if (replaced)
		access_tell_due(c, s, p->name, j);
	else if (items)
		vault_json_set(j, "due", vault_json_array());
	if (items) {
		vault_json_add(items, j);
		out_json(c->out, "access-passwd", vault_now(s->v), &items);
	}
}

static enum vault_rc access_passwd_run(struct call *c, struct vault_err *err)
{
	struct access_passwd p = {.name = c->args->n_operands > 0 ? c->args->operands[0] : NULL,
	                          .compromised = args_flag(c->args, OPT_COMPROMISED)};
	struct session s = {0};
	enum vault_rc rc = access_way_read(c->args, p.name, 0, &p.way, err);
	int replaces = 0;

	if (rc == VAULT_OK)
		rc = session_open(c, &s, err);
	if (rc == VAULT_OK)
		rc = access_passwd_ready(c->args, &s, &p, err);
	replaces = !p.own || p.compromised;
	if (rc == VAULT_OK && replaces) {
		rc = access_passwd_replace(c, &s, &p, err);
	} else if (rc == VAULT_OK) {
		rc = access_passwd_new(c, &s, &p.way, err);
		if (rc == VAULT_OK)
			rc = access_passwd_put(&s, &p.way, err);
	}
	if (rc == VAULT_OK)
		access_passwd_tell(c, &s, &p, replaces);
	else
		access_way_undo(c, &p.way, rc);
	access_way_clear(&p.way);
	session_close(&s);
	return rc;
}

const struct command access_passwd_command = {
        .name = "access passwd",
        .purpose = "give a key slot another passphrase, key file or recovery code",
        .operands = "[NAME]",
        .max_operands = 1,
        .options = access_passwd_options,
        .run = access_passwd_run,
};
