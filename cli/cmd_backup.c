/* vault backup: a copy of the vault in a new file, proved before it gets its name. */
#include <vault/backup.h>

#include "args.h"
#include "command.h"
#include "out.h"
#include "session.h"

#define N(x) ((unsigned long long)(x))
#define NS(x) N(x), (x) == 1 ? "" : "s"

static void backup_json(struct call *c, const struct session *s, const struct vault_backup_report *r)
{
	struct vault_json *items = vault_json_array(), *j = vault_json_object();
	const struct vault_verify_report *p = &r->proved;

	vault_json_set_str(j, "file", r->path);
	vault_json_set_int(j, "bytes", (int64_t)r->bytes);
	vault_json_set_int(j, "epoch", (int64_t)p->epoch);
	vault_json_set_int(j, "states", (int64_t)p->states);
	vault_json_set_int(j, "rows", (int64_t)p->rows);
	vault_json_set_int(j, "slots", (int64_t)p->slots);
	vault_json_set_int(j, "tokens", (int64_t)p->tokens);
	vault_json_set_int(j, "versions", (int64_t)p->versions);
	vault_json_set_int(j, "vendors", (int64_t)p->vendors);
	vault_json_set_int(j, "handovers", (int64_t)p->handovers);
	vault_json_set_int(j, "secrets_opened", (int64_t)p->secrets_opened);
	vault_json_set_str(j, "log_left", r->log_path);
	vault_json_add(items, j);
	out_json(c->out, "backup", vault_now(s->v), &items);
}

static void backup_tell(struct call *c, const struct session *s, const struct vault_backup_report *r)
{
	const struct vault_verify_report *p = &r->proved;

	if (c->out->json)
		backup_json(c, s, r);
	out_note(c->out, "made %s, %llu bytes: the vault as of change %llu", r->path, N(r->bytes), N(p->epoch));
	out_note(c->out,
	         "proved of the copy itself: %llu state%s since the first, %llu rows, %llu key slot%s, %llu token%s, "
	         "%llu vendor%s, %llu hand-over%s; %llu value%s opened%s",
	         NS(p->states), N(p->rows), NS(p->slots), NS(p->tokens), NS(p->vendors), NS(p->handovers),
	         NS(p->secrets_opened),
	         vault_my_role(s->v) == VAULT_ROLE_ADMIN ? "" : ", for this key slot may open none");
	out_note(c->out,
	         "the access log is not in it: to have releases and verdicts there too, carry %s along as %s-log", r->log_path,
	         r->path);
	out_next(c->out, "where it was carried to: vault verify --file %s", r->path);
}

static enum vault_rc backup_run(struct call *c, struct vault_err *err)
{
	struct vault_backup_report report = {0};
	struct session s = {0};
	enum vault_rc rc = vault_backup_name_check(c->args->operands[0], err);

	if (rc == VAULT_OK)
		rc = session_open(c, &s, err);
	if (rc == VAULT_OK)
		rc = vault_backup(s.v, c->args->operands[0], &report, err);
	if (rc == VAULT_OK)
		backup_tell(c, &s, &report);
	vault_backup_report_clear(&report);
	session_close(&s);
	return rc;
}

const struct command cmd_backup = {
        .name = "backup",
        .purpose = "make a copy of the vault in a new file, and prove it",
        .operands = "FILE",
        .min_operands = 1,
        .max_operands = 1,
        .run = backup_run,
};
