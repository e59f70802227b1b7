/* vault verify: proves every signature, digest, row and log entry, and says what it could not prove. */
#include <stdio.h>

#include <vault/vault.h>

#include "args.h"
#include "command.h"
#include "out.h"
#include "session.h"

static void verify_json(struct call *c, const struct session *s, const struct vault_verify_report *r)
{
	struct vault_json *items = vault_json_array(), *j = vault_json_object();

	vault_json_set_int(j, "epoch", (int64_t)r->epoch);
	vault_json_set_int(j, "states", (int64_t)r->states);
	vault_json_set_int(j, "changes", (int64_t)r->changes);
	vault_json_set_int(j, "rows", (int64_t)r->rows);
	vault_json_set_int(j, "slots", (int64_t)r->slots);
	vault_json_set_int(j, "tokens", (int64_t)r->tokens);
	vault_json_set_int(j, "versions", (int64_t)r->versions);
	vault_json_set_int(j, "vendors", (int64_t)r->vendors);
	vault_json_set_int(j, "handovers", (int64_t)r->handovers);
	vault_json_set_int(j, "secrets_opened", (int64_t)r->secrets_opened);
	vault_json_set_int(j, "secrets_sealed", (int64_t)r->secrets_sealed);
	vault_json_set_bool(j, "records_read", r->records_read);
	vault_json_set_bool(j, "log_checked", r->log_checked);
	vault_json_set_int(j, "log_entries", (int64_t)r->log_entries);
	vault_json_set_int(j, "log_batches", (int64_t)r->log_batches);
	vault_json_set_str(j, "log_note", r->log_note[0] ? r->log_note : NULL);
	vault_json_set_bool(j, "fresh_record", r->fresh_record);
	vault_json_add(items, j);
	out_json(c->out, "verify", vault_now(s->v), &items);
}

#define N(x) ((unsigned long long)(x))

static void verify_text(struct call *c, const struct session *s, const struct vault_verify_report *r)
{
	struct out *o = c->out;
	char text[512];

	out_printf(o, "%s is sound at epoch %llu\n", s->path, N(r->epoch));
	snprintf(text, sizeof(text),
	         "%llu states, each signed by an admin's slot and the vault's authority; %llu changes", N(r->states),
	         N(r->changes));
	out_field(o, "history", 9, text);
	snprintf(text, sizeof(text),
	         "%llu rows under the signed root: %llu slots, %llu tokens, %llu versions, %llu vendors, "
	         "%llu hand-overs",
	         N(r->rows), N(r->slots), N(r->tokens), N(r->versions), N(r->vendors), N(r->handovers));
	if (!r->records_read)
		snprintf(text, sizeof(text),
		         "%llu rows under the signed root: %llu slots; this key slot cannot read the records",
		         N(r->rows), N(r->slots));
	out_field(o, "contents", 9, text);
	if (r->secrets_sealed == 0)
		snprintf(text, sizeof(text), "%llu opened and compared with what was committed to",
		         N(r->secrets_opened));
	else if (r->secrets_opened == 0)
		snprintf(text, sizeof(text), "%llu stored as signed; this key slot cannot open them", N(r->secrets_sealed));
	else
		snprintf(text, sizeof(text),
		         "%llu opened and compared with what was committed to; %llu stored as signed, which this key "
		         "slot cannot open",
		         N(r->secrets_opened), N(r->secrets_sealed));
	out_field(o, "values", 9, text);
	if (r->log_checked)
		snprintf(text, sizeof(text), "%llu entries in %llu signed batches, none missing", N(r->log_entries),
		         N(r->log_batches));
	else
		snprintf(text, sizeof(text), "not checked%s%s", r->log_note[0] ? ": " : "", r->log_note);
	out_field(o, "log", 9, text);
	out_field(o, "freshness", 9,
	          r->fresh_record ? "not older than what this machine last saw"
	                          : "not checked: this machine has no record, an old copy put back would not be seen");
}

static enum vault_rc verify_run(struct call *c, struct vault_err *err)
{
	struct vault_verify_report report = {0};
	struct session s = {0};
	enum vault_rc rc = session_open(c, &s, err);

	if (rc == VAULT_OK)
		rc = vault_verify(s.v, &report, err);
	if (rc == VAULT_OK && c->out->json)
		verify_json(c, &s, &report);
	else if (rc == VAULT_OK)
		verify_text(c, &s, &report);
	session_close(&s);
	return rc;
}

const struct command cmd_verify = {
        .name = "verify",
        .purpose = "prove that the vault and its log are whole",
        .operands = "",
        .run = verify_run,
};
