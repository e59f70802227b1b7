/* vault access: who may open the vault, as what, and by what. add in access_add.c, passwd in access_passwd.c. */
#include <stdio.h>
#include <string.h>

#include "access.h"
#include "args.h"
#include "out.h"
#include "show.h"
#include "table.h"

/* --- list --- */

static const char *access_type_name(enum vault_slot_type t)
{
	return t == VAULT_SLOT_PASSPHRASE ? "passphrase" : t == VAULT_SLOT_KEYFILE ? "key-file" : "recovery";
}

static void access_list_json(struct call *c, const struct session *s, const struct vault_slots *l)
{
	struct vault_json *items = vault_json_array();

	for (size_t i = 0; i < l->n; i++) {
		const struct vault_slot *x = &l->s[i];
		struct vault_json *j = vault_json_object();

		vault_json_set_str(j, "name", x->name);
		vault_json_set_str(j, "role", vault_role_name(x->role));
		vault_json_set_str(j, "opens_by", access_type_name(x->opens_by));
		vault_json_set_str(j, "status", x->active ? "active" : "ended");
		vault_json_set_bool(j, "own", x->own);
		vault_json_set_time(j, "added", x->added);
		if (x->active)
			vault_json_set_null(j, "ended");
		else
			vault_json_set_time(j, "ended", x->ended);
		show_set_strings(j, "grants", &x->labels);
		vault_json_add(items, j);
	}
	out_json(c->out, "access-list", vault_now(s->v), &items);
}

static void access_list_table(struct call *c, const struct vault_slots *l)
{
	static const struct table_column columns[] = {{"SLOT", 0, TABLE_CUT},  {"ROLE", 0, 0},
	                                              {"OPENS BY", 0, 0},      {"ADDED", 0, TABLE_FROM(70)},
	                                              {"STATUS", 0, 0},        {"MAY READ", 0, TABLE_WRAP},
	                                              {NULL, 0, 0}};
	struct table *t = table_new(columns);
	char day[VAULT_DAY_LEN], text[64], labels[2048];

	for (size_t i = 0; i < l->n; i++) {
		const struct vault_slot *x = &l->s[i];
		size_t n = 0;

		table_line(t);
		table_cell(t, x->name, TABLE_PLAIN);
		table_cell(t, vault_role_name(x->role), TABLE_PLAIN);
		table_cell(t, access_type_name(x->opens_by), TABLE_PLAIN);
		table_cell(t, vault_day_format(vault_day_of(x->added), day), TABLE_PLAIN);
		if (x->active)
			snprintf(text, sizeof(text), "active%s", x->own ? ", you" : "");
		else
			snprintf(text, sizeof(text), "ended %s", vault_day_format(vault_day_of(x->ended), day));
		table_cell(t, text, x->active ? TABLE_GOOD : TABLE_FAINT);
		labels[0] = '\0';
		for (size_t k = 0; k < x->labels.n && n + VAULT_LABEL_MAX + 8 < sizeof(labels); k++)
			n += (size_t)snprintf(labels + n, sizeof(labels) - n, "%s%s", k > 0 ? ", " : "", x->labels.s[k]);
		table_cell(t, labels, TABLE_PLAIN);
	}
	table_print(&t, c->out);
}

static enum vault_rc access_list_run(struct call *c, struct vault_err *err)
{
	struct vault_slots all = {0};
	struct session s = {0};
	enum vault_rc rc = session_open(c, &s, err);

	if (rc == VAULT_OK)
		rc = vault_begin(s.v, VAULT_READ, err);
	if (rc == VAULT_OK)
		rc = vault_access_list(s.v, &all, err);
	vault_end(s.v);
	if (rc == VAULT_OK && c->out->json)
		access_list_json(c, &s, &all);
	else if (rc == VAULT_OK)
		access_list_table(c, &all);
	vault_slots_clear(&all);
	session_close(&s);
	return rc;
}

/* --- remove --- */

static void access_remove_tell(struct call *c, struct session *s, const char *name, enum vault_role role)
{
	struct vault_json *items = c->out->json ? vault_json_array() : NULL, *j = items ? vault_json_object() : NULL;

	out_note(c->out, "%s opens the vault no longer", name);
	if (role == VAULT_ROLE_ADMIN)
		out_note(c->out, "who kept the key of %s can still forge this file: vault rekey ends that", name);
	if (items) {
		vault_json_set_str(j, "slot", name);
		vault_json_set_str(j, "role", vault_role_name(role));
	}
	access_tell_due(c, s, name, j);
	if (items) {
		vault_json_add(items, j);
		out_json(c->out, "access-remove", vault_now(s->v), &items);
	}
}

static enum vault_rc access_remove_run(struct call *c, struct vault_err *err)
{
	const char *name = c->args->operands[0];
	enum vault_role role = VAULT_ROLE_SCRIPT;
	struct session s = {0};
	enum vault_rc rc = vault_slot_name_check(name, err);

	if (rc == VAULT_OK)
		rc = session_open(c, &s, err);
	if (rc == VAULT_OK)
		rc = vault_begin(s.v, VAULT_WRITE, err);
	if (rc == VAULT_OK)
		rc = vault_access_role(s.v, name, &role, err);
	if (rc == VAULT_OK)
		rc = vault_access_remove(s.v, name, err);
	if (rc == VAULT_OK)
		rc = vault_commit(s.v, err);
	if (rc == VAULT_OK)
		access_remove_tell(c, &s, name, role);
	session_close(&s);
	return rc;
}

/* --- grant, revoke --- */

static enum vault_rc access_change(struct call *c, int give, struct vault_err *err)
{
	const char *slot = c->args->operands[0];
	struct session s = {0};
	enum vault_rc rc = vault_slot_name_check(slot, err);

	for (size_t i = 1; i < c->args->n_operands && rc == VAULT_OK; i++)
		rc = vault_label_check(c->args->operands[i], err);
	if (rc == VAULT_OK)
		rc = session_open(c, &s, err);
	/* Each is a change of its own: what was granted before one that is refused stands. */
	for (size_t i = 1; i < c->args->n_operands && rc == VAULT_OK; i++) {
		const char *label = c->args->operands[i];

		rc = vault_begin(s.v, VAULT_WRITE, err);
		if (rc == VAULT_OK)
			rc = give ? vault_access_grant(s.v, slot, label, err) : vault_access_revoke(s.v, slot, label, err);
		if (rc == VAULT_OK)
			rc = vault_commit(s.v, err);
		vault_end(s.v);
		if (rc == VAULT_OK)
			out_note(c->out, give ? "%s may read %s" : "%s may no longer read %s", slot, label);
	}
	if (rc == VAULT_OK && c->out->json) {
		struct vault_json *items = vault_json_array();

		for (size_t i = 1; i < c->args->n_operands; i++) {
			struct vault_json *j = vault_json_object();

			vault_json_set_str(j, "slot", slot);
			vault_json_set_str(j, "label", c->args->operands[i]);
			vault_json_set_bool(j, "granted", give);
			vault_json_add(items, j);
		}
		out_json(c->out, give ? "access-grant" : "access-revoke", vault_now(s.v), &items);
	}
	if (rc == VAULT_OK && !give)
		access_tell_due(c, &s, slot, NULL);
	session_close(&s);
	return rc;
}

static enum vault_rc access_grant_run(struct call *c, struct vault_err *err)
{
	return access_change(c, 1, err);
}

static enum vault_rc access_revoke_run(struct call *c, struct vault_err *err)
{
	return access_change(c, 0, err);
}

static const struct command access_list_command = {
        .name = "access list",
        .purpose = "list the key slots",
        .operands = "",
        .run = access_list_run,
};

static const struct command access_remove_command = {
        .name = "access remove",
        .purpose = "end a key slot, and say what has to be rotated",
        .operands = "NAME",
        .min_operands = 1,
        .max_operands = 1,
        .run = access_remove_run,
};

static const struct command access_grant_command = {
        .name = "access grant",
        .purpose = "let a script read tokens",
        .operands = "NAME LABEL...",
        .min_operands = 2,
        .max_operands = SIZE_MAX,
        .run = access_grant_run,
};

static const struct command access_revoke_command = {
        .name = "access revoke",
        .purpose = "let a script read tokens no longer",
        .operands = "NAME LABEL...",
        .min_operands = 2,
        .max_operands = SIZE_MAX,
        .run = access_revoke_run,
};

static const struct command *const access_subs[] = {&access_list_command,   &access_add_command,
                                                    &access_remove_command, &access_grant_command,
                                                    &access_revoke_command, &access_passwd_command, NULL};

const struct command cmd_access = {
        .name = "access",
        .purpose = "who may open the vault, as what, and by what",
        .operands = "list|add|remove|grant|revoke|passwd",
        .subs = access_subs,
};
