/* vault rekey: new keys for the whole vault, in place. Who is not there to take a new key is left out, by name. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <vault/access.h>
#include <vault/rekey.h>

#include "args.h"
#include "command.h"
#include "cred.h"
#include "newfile.h"
#include "newpass.h"
#include "out.h"
#include "prompt.h"
#include "session.h"
#include "show.h"

static const struct command_option rekey_options[] = {
        {OPT_KEY_FILE_DIR, 0, "key-file-dir", "DIR", 0,
         "make this folder, and in it a new key file for each slot that has one"},
        {OPT_RECOVERY_OUT, 0, "recovery-out", "FILE", 0, "write the new recovery code into this new file"},
        {OPT_NO_RECOVERY, 0, "no-recovery", NULL, 0, "make no recovery code"},
        {OPT_NEW_PASSPHRASE_FD, 0, "new-passphrase-fd", "N", 0, "read your slot's new passphrase from this descriptor"},
        {OPT_NEW_PASSPHRASE_FILE, 0, "new-passphrase-file", "FILE", 0, "read it from this file"},
        {OPT_KDF_MEMORY, 0, "kdf-memory", "MIB", 0, "memory a passphrase costs to try (256)"},
        {OPT_KDF_PASSES, 0, "kdf-passes", "N", 0, "passes over it (as many as take half a second, at least 3)"},
        {OPT_FORCE, 0, "force", NULL, 0, "take a weak passphrase"},
        {0, 0, NULL, NULL, 0, NULL},
};

struct rekey_run {
	const char *recovery_out;
	char *dir; /* without a '/' at its end */
	int recovery;
	uint32_t memory_kib, passes;
	struct vault_slots all;
	struct vault_rekey_slot *slots;    /* who stays */
	struct vault_secret **passphrases; /* of those, to be freed */
	char **files;                      /* key files, by slot; NULL: none was written */
	size_t n;
	int made_dir, made_recovery;
	int committing; /* from here on an I/O error may have come after the change stood */
};

static enum vault_rc rekey_read(const struct args *a, struct rekey_run *r, struct vault_err *err)
{
	const char *dir = args_str(a, OPT_KEY_FILE_DIR);
	size_t n = dir ? strlen(dir) : 0;
	uint64_t fd = 0;

	while (n > 1 && dir[n - 1] == '/')
		n--;
	r->dir = dir ? strndup(dir, n) : NULL;
	if (dir && !r->dir)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	r->recovery_out = args_str(a, OPT_RECOVERY_OUT);
	r->recovery = !args_flag(a, OPT_NO_RECOVERY);
	if (r->recovery_out && !r->recovery)
		return args_usage(a, err, "--recovery-out and --no-recovery exclude each other");
	if (args_flag(a, OPT_NEW_PASSPHRASE_FD) && args_flag(a, OPT_NEW_PASSPHRASE_FILE))
		return args_usage(a, err, "give one of --new-passphrase-fd, --new-passphrase-file");
	if (r->recovery && !r->recovery_out && !prompt_can_show())
		return args_usage(
		        a, err,
		        "there is no terminal to show the recovery code on: --recovery-out FILE or --no-recovery");
	if (args_uint(a, OPT_NEW_PASSPHRASE_FD, 0, 1 << 20, &fd, err) != VAULT_OK)
		return VAULT_USAGE;
	return newpass_kdf(a, &r->memory_kib, &r->passes, err);
}

/* --- who stays --- */

/* A slot's name as a file's: what a path or a listing could trip over as %XX. Malloc'ed. */
static char *rekey_file(const char *dir, const char *name)
{
	size_t cap = dir ? strlen(dir) + 3 * strlen(name) + sizeof("/.key") : 0;
	char *path = dir ? malloc(cap) : NULL, *at = path;

	if (!path)
		return NULL;
	at += sprintf(at, "%s/", dir);
	for (size_t i = 0; name[i]; i++) {
		unsigned char b = (unsigned char)name[i];

		if (b == '/' || b == '%' || (b == '.' && i == 0))
			at += sprintf(at, "%%%02X", b);
		else
			*at++ = name[i];
	}
	memcpy(at, ".key", sizeof(".key"));
	return path;
}

/* Another's passphrase: they type it now, or are left out. */
static enum vault_rc rekey_other(struct call *c, const char *name, struct vault_secret **out, struct vault_err *err)
{
	char text[VAULT_NAME_MAX + 64];
	struct vault_secret *again = NULL;
	enum vault_rc rc;

	if (!prompt_possible(c))
		return VAULT_OK;
	snprintf(text, sizeof(text), "New passphrase for %s (empty: left out): ", name);
	rc = prompt_secret(c, text, out, err);
	if (rc == VAULT_OK && vault_secret_len(*out) == 0) {
		vault_secret_free(out);
		return VAULT_OK;
	}
	if (rc == VAULT_OK)
		rc = newpass_check(c, *out, name, err);
	if (rc == VAULT_OK)
		rc = prompt_secret(c, "The same again: ", &again, err);
	if (rc == VAULT_OK &&
	    (vault_secret_len(*out) != vault_secret_len(again) ||
	     memcmp(vault_secret_cbytes(*out), vault_secret_cbytes(again), vault_secret_len(again)) != 0))
		rc = vault_err_set(err, VAULT_REFUSED, "the two differ: nothing was changed");
	vault_secret_free(&again);
	return rc;
}

static enum vault_rc rekey_own(struct call *c, const char *name, struct vault_secret **out, struct vault_err *err)
{
	enum vault_rc rc = cred_new_passphrase(c, out, err);

	if (rc == VAULT_OK && !*out)
		rc = newpass_ask(c, out, err);
	return rc == VAULT_OK ? newpass_check(c, *out, name, err) : rc;
}

static void rekey_keep(struct rekey_run *r, const char *name, struct vault_secret *passphrase)
{
	r->slots[r->n].name = name;
	r->slots[r->n].passphrase = passphrase;
	r->passphrases[r->n++] = passphrase;
}

/* What is wrong with the own slot is said before anybody is asked. */
static enum vault_rc rekey_own_fits(const struct args *a, const struct rekey_run *r, const struct vault_slot *x,
                                    struct vault_err *err)
{
	if (x->opens_by == VAULT_SLOT_PASSPHRASE)
		return VAULT_OK;
	if (args_flag(a, OPT_NEW_PASSPHRASE_FD) || args_flag(a, OPT_NEW_PASSPHRASE_FILE))
		return args_usage(a, err, "your key slot %s opens by a %s, and so it stays: no new passphrase for it",
		                  x->name, x->opens_by == VAULT_SLOT_KEYFILE ? "key file" : "recovery code");
	if (x->opens_by == VAULT_SLOT_KEYFILE && !r->dir)
		return args_usage(a, err, "your key slot %s opens by a key file: --key-file-dir DIR, for the new ones",
		                  x->name);
	return VAULT_OK;
}

static enum vault_rc rekey_slot(struct call *c, struct rekey_run *r, const struct vault_slot *x, struct vault_err *err)
{
	struct vault_secret *passphrase = NULL;
	enum vault_rc rc = x->own ? rekey_own_fits(c->args, r, x, err) : VAULT_OK;

	if (!x->active || x->opens_by == VAULT_SLOT_RECOVERY)
		return rc;
	if (rc == VAULT_OK && x->opens_by == VAULT_SLOT_PASSPHRASE)
		rc = x->own ? rekey_own(c, x->name, &passphrase, err) : rekey_other(c, x->name, &passphrase, err);
	if (rc == VAULT_OK && (passphrase || (x->opens_by == VAULT_SLOT_KEYFILE && r->dir)))
		rekey_keep(r, x->name, passphrase);
	else
		vault_secret_free(&passphrase);
	return rc;
}

static enum vault_rc rekey_choose(struct call *c, struct session *s, struct rekey_run *r, struct vault_err *err)
{
	enum vault_rc rc = vault_begin(s->v, VAULT_READ, err);

	if (rc == VAULT_OK)
		rc = session_want_admin(s, err);
	if (rc == VAULT_OK)
		rc = vault_access_list(s->v, &r->all, err);
	vault_end(s->v);
	r->slots = calloc(r->all.n + 1, sizeof(*r->slots));
	r->passphrases = calloc(r->all.n + 1, sizeof(*r->passphrases));
	r->files = calloc(r->all.n + 1, sizeof(*r->files));
	if (rc == VAULT_OK && (!r->slots || !r->passphrases || !r->files))
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	for (int own = 1; own >= 0; own--)
		for (size_t i = 0; i < r->all.n && rc == VAULT_OK; i++)
			if (r->all.s[i].own == own)
				rc = rekey_slot(c, r, &r->all.s[i], err);
	if (rc == VAULT_OK && r->recovery)
		rekey_keep(r, VAULT_RECOVERY_NAME, NULL);
	return rc;
}

/* --- handing out --- */

/* Keys must be safe before the vault opens by nothing else. */
static enum vault_rc rekey_hand_out(struct rekey_run *r, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;

	if (r->dir)
		rc = newfile_folder(r->dir, err);
	r->made_dir = rc == VAULT_OK && r->dir;
	for (size_t i = 0; i < r->n && rc == VAULT_OK; i++) {
		struct vault_rekey_slot *x = &r->slots[i];
		int code = strcmp(x->name, VAULT_RECOVERY_NAME) == 0;

		if (!x->key_text)
			continue;
		if (code && !r->recovery_out) {
			rc = prompt_show(
			        "Recovery code, shown this once; write it down and keep it apart from the vault:\n\n",
			        x->key_text, "\n", err);
			continue;
		}
		if (code) {
			rc = newfile_write(r->recovery_out, "recovery file", x->key_text, err);
			r->made_recovery = rc == VAULT_OK;
			continue;
		}
		char *path = rekey_file(r->dir, x->name);

		rc = path ? newfile_write(path, "key file", x->key_text, err)
		          : vault_err_set(err, VAULT_REFUSED, "out of memory");
		if (rc == VAULT_OK)
			r->files[i] = path;
		else
			free(path);
	}
	return rc;
}

/* They open nothing; but after an I/O error the vault may stand already, and open by nothing else. */
static void rekey_undo(struct call *c, struct rekey_run *r, enum vault_rc rc)
{
	if (rc == VAULT_IO && r->committing && (r->made_dir || r->made_recovery)) {
		out_note(c->out, "the new keys are left where they are: try whether they open the vault before you "
		                 "take them away");
		return;
	}
	for (size_t i = 0; r->files && i < r->n; i++)
		if (r->files[i])
			unlink(r->files[i]);
	if (r->made_dir && r->dir)
		rmdir(r->dir);
	if (r->made_recovery && r->recovery_out)
		unlink(r->recovery_out);
}

static int rekey_stays(const struct rekey_run *r, const char *name)
{
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->slots[i].name, name) == 0)
			return 1;
	return 0;
}

/* A recovery slot is an admin's, also where there was none. */
static enum vault_role rekey_role(const struct rekey_run *r, const char *name)
{
	for (size_t i = 0; i < r->all.n; i++)
		if (r->all.s[i].active && strcmp(r->all.s[i].name, name) == 0)
			return r->all.s[i].role;
	return VAULT_ROLE_ADMIN;
}

/* `opens_by` NULL: left out. */
static void rekey_item(struct vault_json *items, const struct rekey_run *r, const char *name, const char *opens_by,
                       const char *file)
{
	struct vault_json *j = vault_json_object();

	vault_json_set_str(j, "slot", name);
	vault_json_set_str(j, "role", vault_role_name(rekey_role(r, name)));
	vault_json_set_bool(j, "kept", opens_by != NULL);
	vault_json_set_str(j, "opens_by", opens_by);
	vault_json_set_str(j, "key_file", file);
	vault_json_add(items, j);
}

static void rekey_tell(struct call *c, const struct session *s, const struct rekey_run *r, const char *before)
{
	struct vault_json *items = vault_json_array();
	size_t readers = 0; /* who could read a value */

	for (size_t i = 0; i < r->all.n; i++) {
		const struct vault_slot *x = &r->all.s[i];

		if (!x->active || rekey_stays(r, x->name))
			continue;
		readers += x->role != VAULT_ROLE_AUDITOR;
		out_note(c->out,
		         "left out: %s (%s), whose key opens the vault no longer: vault access add lets them in again",
		         x->name, vault_role_name(x->role));
		rekey_item(items, r, x->name, NULL, NULL);
	}
	for (size_t i = 0; i < r->n; i++) {
		const char *by = r->slots[i].passphrase ? "passphrase" : r->files[i] ? "key-file" : "recovery";

		rekey_item(items, r, r->slots[i].name, by, r->files[i]);
		if (r->files[i])
			out_note(c->out, "%s opens by %s now", r->slots[i].name, r->files[i]);
	}
	if (c->out->json)
		out_json(c->out, "rekey", s->env.now(s->env.ctx), &items);
	vault_json_free(&items);
	out_note(c->out,
	         "the vault has new keys; the old one is kept as %s, and opens by the old ones: take it away when all "
	         "is well",
	         before);
	out_note(c->out,
	         "copies of the old vault stay readable by the old keys, and take no part in this one's history");
	out_next(c->out,
	         readers > 0 ? "vault due names what those left out could read" : "vault verify, with the new keys");
}

static enum vault_rc rekey_run(struct call *c, struct vault_err *err)
{
	struct rekey_run r = {0};
	struct session s = {0};
	char *before = NULL;
	enum vault_rc rc = rekey_read(c->args, &r, err);

	if (rc == VAULT_OK)
		rc = session_open(c, &s, err);
	if (rc == VAULT_OK && r.recovery_out)
		rc = newfile_free(r.recovery_out, "recovery file", err);
	if (rc == VAULT_OK && r.dir)
		rc = newfile_free(r.dir, "folder", err);
	if (rc == VAULT_OK)
		rc = rekey_choose(c, &s, &r, err);
	if (rc == VAULT_OK)
		rc = vault_rekey_prepare(s.v, r.slots, r.n, r.memory_kib, r.passes, err);
	if (rc == VAULT_OK)
		rc = rekey_hand_out(&r, err);
	r.committing = rc == VAULT_OK;
	if (rc == VAULT_OK)
		rc = vault_rekey_commit(s.v, &before, err);
	if (rc == VAULT_OK)
		rekey_tell(c, &s, &r, before);
	else
		rekey_undo(c, &r, rc);
	for (size_t i = 0; i < r.n; i++) {
		vault_secret_free(&r.passphrases[i]);
		vault_secret_free(&r.slots[i].key_text);
		free(r.files[i]);
	}
	free(r.dir);
	free(r.slots);
	free(r.passphrases);
	free(r.files);
	free(before);
	vault_slots_clear(&r.all);
	session_close(&s);
	return rc;
}

const struct command cmd_rekey = {
        .name = "rekey",
        .purpose = "give the vault new keys, and shut out whoever kept an old one",
        .operands = "",
        .options = rekey_options,
        .run = rekey_run,
};
