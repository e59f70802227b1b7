/* vault verify: proves every signature, digest, row and log entry, and says what it could not prove. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <vault/head.h>

#include "args.h"
#include "command.h"
#include "out.h"
#include "session.h"

/* What it is held against. */
struct verify_line {
	struct vault_head head;
	int given, accept;
};

static enum vault_rc verify_args(const struct args *a, struct verify_line *l, struct vault_err *err)
{
	const char *head = args_str(a, OPT_HEAD), *accept = args_str(a, OPT_ACCEPT);

	if (head && accept)
		return args_usage(a, err, "--head or --accept, not both");
	l->given = head || accept;
	l->accept = accept != NULL;
	return l->given ? vault_head_parse(head ? head : accept, &l->head, err) : VAULT_OK;
}

static void verify_json(struct call *c, const struct session *s, const struct verify_line *l,
                        const struct vault_verify_report *r)
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
	vault_json_set_int(j, "log_ignored", (int64_t)r->log_ignored);
	vault_json_set_int(j, "log_closed", (int64_t)r->log_closed);
	vault_json_set_bool(j, "log_whole", r->log_whole);
	vault_json_set_str(j, "log_note", r->log_note[0] ? r->log_note : NULL);
	vault_json_set_bool(j, "fresh_record", r->fresh_record);
	if (l->given)
		vault_json_set_int(j, "head_epoch", (int64_t)l->head.epoch);
	else
		vault_json_set_null(j, "head_epoch");
	if (l->given && !l->accept)
		vault_json_set_bool(j, "head_log", r->head_log);
	else
		vault_json_set_null(j, "head_log");
	vault_json_set_bool(j, "accepted", l->accept);
	vault_json_add(items, j);
	out_json(c->out, "verify", vault_now(s->v), &items);
}

#define N(x) ((unsigned long long)(x))
#define NS(x) N(x), (x) == 1 ? "" : "s"

static void verify_text_log(struct out *o, const struct vault_verify_report *r)
{
	char text[512];

	if (!r->log_checked) {
		snprintf(text, sizeof(text), "not checked%s%s", r->log_note[0] ? ": " : "", r->log_note);
		out_field(o, "log", 9, text);
		return;
	}
	snprintf(text, sizeof(text), "%llu entries in %llu signed batches, none missing", N(r->log_entries), N(r->log_batches));
	out_field(o, "log", 9, text);
	if (r->log_ignored) {
		snprintf(text, sizeof(text), "%llu entries of it do not count: `vault log` says which and why", N(r->log_ignored));
		out_field(o, "", 9, text);
	}
	if (!r->log_whole)
		out_field(o, "", 9, "the access log before it is not here, or is of the vault before a rekey: it was not checked");
}

static void verify_text_line(struct out *o, const struct session *s, const struct verify_line *l,
                             const struct vault_verify_report *r)
{
	uint8_t id[VAULT_ID_LEN];
	char text[512];

	if (!l->given)
		return;
	vault_my_vault_id(s->v, id);
	if (memcmp(id, l->head.vault_id, sizeof(id)) != 0) {
		out_field(o, "line", 9, "of the vault that this one says it replaced, at that change or a later one");
		return;
	}
	snprintf(text, sizeof(text), "change %llu, at which it was made, is %s of this vault's history%s", N(l->head.epoch),
	         l->head.epoch == r->epoch ? "the newest" : "part",
	         l->accept     ? ""
	         : r->head_log ? ", and the log is the one of then, continued"
	                       : "; the log was not held against it");
	out_field(o, "line", 9, text);
	if (l->accept)
		out_field(o, "accepted", 9, "what stands here is what this machine holds the vault against from now on");
}

static void verify_text(struct call *c, const struct session *s, const struct verify_line *l,
                        const struct vault_verify_report *r)
{
	struct out *o = c->out;
	char text[512];

	out_printf(o, "%s is sound at epoch %llu\n", s->path, N(r->epoch));
	snprintf(text, sizeof(text), "%llu state%s, each signed by an admin's slot and the vault's authority", NS(r->states));
	/* A state has its change; what else was changed at once stands beside it. */
	if (r->changes > 0)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "; %llu more change%s in them", NS(r->changes));
	out_field(o, "history", 9, text);
	snprintf(text, sizeof(text),
	         "%llu rows under the signed root: %llu slot%s, %llu token%s, %llu version%s, %llu vendor%s, "
	         "%llu hand-over%s",
	         N(r->rows), NS(r->slots), NS(r->tokens), NS(r->versions), NS(r->vendors), NS(r->handovers));
	if (!r->records_read)
		snprintf(text, sizeof(text),
		         "%llu rows under the signed root: %llu slot%s; this key slot cannot read the records",
		         N(r->rows), NS(r->slots));
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
	verify_text_log(o, r);
	if (!l->accept)
		out_field(o, "freshness", 9,
		          r->fresh_record
		                  ? "not older than what this machine last saw"
		                  : "not checked: this machine has no record, an old copy put back would not be seen");
	verify_text_line(o, s, l, r);
}

static enum vault_rc verify_run(struct call *c, struct vault_err *err)
{
	struct vault_verify_report report = {0};
	struct verify_line l = {.given = 0};
	struct session s = {0};
	enum vault_rc rc = verify_args(c->args, &l, err);

	if (rc == VAULT_OK)
		rc = session_open(c, &s, err);
	if (rc == VAULT_OK)
		rc = l.accept  ? vault_head_accept(s.v, &l.head, &report, err)
		     : l.given ? vault_head_verify(s.v, &l.head, &report, err)
		               : vault_verify(s.v, &report, err);
	if (rc == VAULT_OK && c->out->json)
		verify_json(c, &s, &l, &report);
	else if (rc == VAULT_OK)
		verify_text(c, &s, &l, &report);
	session_close(&s);
	return rc;
}

static const struct command_option verify_options[] = {
        {OPT_HEAD, 0, "head", "LINE", 0, "and that it contains the head that `vault log --head` printed once"},
        {OPT_ACCEPT, 0, "accept", "LINE", 0, "take the vault as it stands, whatever this machine saw before"},
        {0, 0, NULL, NULL, 0, NULL},
};

const struct command cmd_verify = {
        .name = "verify",
        .purpose = "prove that the vault and its log are whole",
        .operands = "",
        .options = verify_options,
        .run = verify_run,
};
