/* vault access add: another person or machine that can open the vault, with a role. */
#include <string.h>

#include "access.h"
#include "args.h"
#include "out.h"
#include "show.h"

static const struct command_option access_add_options[] = {
        {OPT_ROLE, 0, "role", "ROLE", 0, "admin, auditor, monitor or script"},
        {OPT_KEY_FILE_OUT, 0, "key-file-out", "FILE", 0, "the slot opens by this new key file, not by a passphrase"},
        {OPT_GRANT, 0, "grant", "LABEL", 1, "a token that the script may read; as often as needed"},
        {OPT_NEW_PASSPHRASE_FD, 0, "new-passphrase-fd", "N", 0, "read the slot's passphrase from this descriptor"},
        {OPT_NEW_PASSPHRASE_FILE, 0, "new-passphrase-file", "FILE", 0, "read it from this file"},
        {OPT_RECOVERY_OUT, 0, "recovery-out", "FILE", 0, "of the slot recovery: write its code into this new file"},
        {OPT_KDF_MEMORY, 0, "kdf-memory", "MIB", 0, "memory a passphrase costs to try (256)"},
        {OPT_KDF_PASSES, 0, "kdf-passes", "N", 0, "passes over it (as many as take half a second, at least 3)"},
        {OPT_FORCE, 0, "force", NULL, 0, "take a weak passphrase"},
        {0, 0, NULL, NULL, 0, NULL},
};

/* Labels given, borrowed from argv. */
struct access_labels {
	const char *l[256];
	size_t n;
};

static enum vault_rc access_add_read(const struct args *a, enum vault_role *role, struct access_labels *labels,
                                     struct access_way *w, struct vault_err *err)
{
	const char *name = a->operands[0], *text = args_str(a, OPT_ROLE), *label;
	enum vault_rc rc = vault_slot_name_check(name, err);

	if (rc == VAULT_OK && !text)
		return args_usage(a, err, "--role is missing: admin, auditor, monitor or script");
	if (rc == VAULT_OK)
		rc = vault_role_parse(text, role, err);
	while (rc == VAULT_OK && (label = args_nth(a, OPT_GRANT, labels->n)) != NULL) {
		if (labels->n + 1 == sizeof(labels->l) / sizeof(*labels->l))
			return args_usage(a, err, "more than %zu --grant at once: give the rest by vault access grant",
			                  labels->n);
		rc = vault_label_check(label, err);
		labels->l[labels->n++] = label;
	}
	if (rc == VAULT_OK && labels->n > 0 && *role != VAULT_ROLE_SCRIPT)
		return args_usage(a, err, "--grant is of scripts: %s reads all that the role may", text);
	if (rc == VAULT_OK && strcmp(name, VAULT_RECOVERY_NAME) == 0 && *role != VAULT_ROLE_ADMIN)
		return args_usage(a, err, "the slot " VAULT_RECOVERY_NAME " is an admin's: choose another name");
	if (rc != VAULT_OK)
		return rc;
	return access_way_read(a, name, *role == VAULT_ROLE_SCRIPT || *role == VAULT_ROLE_MONITOR, w, err);
}

/* What would be refused anyway is refused before a person chooses a passphrase or a file is written. */
static enum vault_rc access_add_ready(struct session *s, const char *name, const struct access_labels *labels,
                                      struct vault_err *err)
{
	struct vault_slots all = {0};
	enum vault_rc rc = vault_begin(s->v, VAULT_READ, err);

	if (rc == VAULT_OK)
		rc = session_want_admin(s, err);
	if (rc == VAULT_OK)
		rc = vault_access_list(s->v, &all, err);
	for (size_t i = 0; i < all.n && rc == VAULT_OK; i++)
		if (all.s[i].active && strcmp(all.s[i].name, name) == 0)
			rc = vault_err_set(err, VAULT_EXISTS,
			                   "there is a key slot %s already: choose another name, or vault access passwd "
			                   "%s for a new key",
			                   name, name);
	for (size_t i = 0; i < labels->n && rc == VAULT_OK; i++) {
		struct vault_token t = {0};

		rc = vault_token_find(s->v, labels->l[i], &t, err);
		vault_token_clear(&t);
	}
	vault_end(s->v);
	vault_slots_clear(&all);
	return rc;
}

static void access_add_tell(struct call *c, const struct session *s, enum vault_role role,
                            const struct access_labels *labels, const struct access_way *w)
{
	const char *name = c->args->operands[0];
	char path[1024];

	if (c->out->json) {
		struct vault_json *items = vault_json_array(), *j = vault_json_object(), *grants = vault_json_array();

		vault_json_set_str(j, "slot", name);
		vault_json_set_str(j, "role", vault_role_name(role));
		vault_json_set_str(j, "opens_by", access_way_name(w));
		vault_json_set_str(j, "key_file", w->key_out);
		for (size_t i = 0; i < labels->n; i++)
			vault_json_add_str(grants, labels->l[i]);
		vault_json_set(j, "grants", grants);
		vault_json_add(items, j);
		out_json(c->out, "access-add", vault_now(s->v), &items);
	}
	out_note(c->out, "%s opens the vault as %s, by its %s", name, vault_role_name(role),
	         w->passphrase ? "passphrase" : w->key_out ? "key file" : "recovery code");
	if (role == VAULT_ROLE_SCRIPT && labels->n == 0)
		out_next(c->out, "vault access grant %s LABEL", vault_shell_word(name, path, sizeof(path)));
	else if (role == VAULT_ROLE_SCRIPT)
		out_next(c->out, "vault get %s --key-file %s", labels->l[0], vault_shell_word(w->key_out ? w->key_out : "FILE", path, sizeof(path)));
	else
		out_next(c->out, "vault backup FILE makes a copy to carry to where it is opened");
}

static enum vault_rc access_add_run(struct call *c, struct vault_err *err)
{
	struct access_labels labels = {.n = 0};
	enum vault_role role = VAULT_ROLE_AUDITOR;
	struct access_way w = {0};
	struct session s = {0};
	enum vault_rc rc = access_add_read(c->args, &role, &labels, &w, err);

	if (rc == VAULT_OK)
		rc = session_open(c, &s, err);
	if (rc == VAULT_OK)
		rc = access_add_ready(&s, c->args->operands[0], &labels, err);
	if (rc == VAULT_OK)
		rc = access_way_make(c, &s, c->args->operands[0], role, &w, err);
	if (rc == VAULT_OK)
		rc = vault_begin(s.v, VAULT_WRITE, err);
	if (rc == VAULT_OK)
		rc = vault_access_add(s.v, labels.l, labels.n, err);
	if (rc == VAULT_OK)
		rc = vault_commit(s.v, err);
	if (rc == VAULT_OK)
		access_add_tell(c, &s, role, &labels, &w);
	else
		access_way_undo(c, &w, rc);
	access_way_clear(&w);
	session_close(&s);
	return rc;
}

const struct command access_add_command = {
        .name = "access add",
        .purpose = "let another person or machine open the vault",
        .operands = "NAME",
        .min_operands = 1,
        .max_operands = 1,
        .options = access_add_options,
        .run = access_add_run,
};
