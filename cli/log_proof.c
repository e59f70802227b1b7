/* log_proof.c - vault log --head, --verify, --rotate. */
#include "log_proof.h"

#include <stdio.h>

#include <vault/head.h>
#include <vault/log.h>

#include "args.h"
#include "out.h"
#include "session.h"

#define N(x) ((unsigned long long)(x))

static const enum opt_id log_proof_options[] = {OPT_HEAD, OPT_LOG_VERIFY, OPT_LOG_ROTATE};
static const enum opt_id log_proof_filters[] = {OPT_LABEL, OPT_VENDOR, OPT_TO, OPT_SINCE, OPT_UNTIL, OPT_BY_SLOT, OPT_ACTION,
                                                 OPT_SORT, OPT_COLUMNS, OPT_CSV};

int log_proof_wanted(const struct call *c)
{
	for (size_t i = 0; i < sizeof(log_proof_options) / sizeof(*log_proof_options); i++)
		if (args_flag(c->args, log_proof_options[i]))
			return 1;
	return 0;
}

static enum vault_rc log_proof_args(const struct args *a, struct vault_err *err)
{
	int given = 0, filters = 0;

	for (size_t i = 0; i < sizeof(log_proof_options) / sizeof(*log_proof_options); i++)
		given += args_flag(a, log_proof_options[i]) != 0;
	for (size_t i = 0; i < sizeof(log_proof_filters) / sizeof(*log_proof_filters); i++)
		filters |= args_flag(a, log_proof_filters[i]);
	if (given > 1)
		return args_usage(a, err, "one of --head, --verify and --rotate at a time");
	if (filters)
		return args_usage(a, err, "--head, --verify and --rotate are about the whole log: no option that chooses, sorts or shapes lines");
	return VAULT_OK;
}

/* --- the head --- */

static enum vault_rc log_proof_head(struct call *c, struct session *s, struct vault_err *err)
{
	struct vault_head h;
	char line[VAULT_HEAD_LINE];
	enum vault_rc rc = vault_head_now(s->v, &h, err);

	if (rc != VAULT_OK)
		return rc;
	vault_head_format(&h, line);
	if (c->out->json) {
		struct vault_json *items = vault_json_array(), *j = vault_json_object();

		vault_json_set_str(j, "head", line);
		vault_json_set_int(j, "epoch", (int64_t)h.epoch);
		vault_json_set_int(j, "log_length", (int64_t)h.log_len);
		vault_json_add(items, j);
		out_json(c->out, "log-head", vault_now(s->v), &items);
	} else {
		out_printf(c->out, "%s\n", line);
	}
	return VAULT_OK;
}

/* --- proving --- */

static void log_proof_json(struct call *c, const struct session *s, const struct vault_verify_report *r)
{
	struct vault_json *items = vault_json_array(), *j = vault_json_object();

	vault_json_set_int(j, "entries", (int64_t)r->log_entries);
	vault_json_set_int(j, "batches", (int64_t)r->log_batches);
	vault_json_set_int(j, "first", (int64_t)r->log_first);
	vault_json_set_int(j, "last", (int64_t)r->log_last);
	vault_json_set_int(j, "details_opened", (int64_t)r->log_details);
	vault_json_set_int(j, "exposures", (int64_t)r->log_exposures);
	vault_json_set_int(j, "reminders", (int64_t)r->log_reminders);
	vault_json_set_int(j, "carried", (int64_t)r->log_carried);
	vault_json_set_int(j, "ignored", (int64_t)r->log_ignored);
	vault_json_set_int(j, "states", (int64_t)r->states);
	vault_json_set_int(j, "anchors", (int64_t)r->log_anchors);
	vault_json_set_int(j, "closed", (int64_t)r->log_closed);
	vault_json_set_bool(j, "whole", r->log_whole);
	vault_json_add(items, j);
	out_json(c->out, "log-verify", vault_now(s->v), &items);
}

static void log_proof_text(struct out *o, const struct vault_verify_report *r)
{
	char text[256];

	out_printf(o, "the access log is sound\n");
	if (r->log_entries > 0)
		snprintf(text, sizeof(text), "%llu, numbers %llu to %llu without a gap, in %llu batches, each signed by a key slot",
		         N(r->log_entries), N(r->log_first), N(r->log_last), N(r->log_batches));
	else
		snprintf(text, sizeof(text), "none yet");
	out_field(o, "entries", 8, text);
	snprintf(text, sizeof(text), "%llu of the vault's %llu states say where it stood: it stood there", N(r->log_anchors),
	         N(r->states));
	out_field(o, "states", 8, text);
	snprintf(text, sizeof(text), "%llu sealed ones opened", N(r->log_details));
	out_field(o, "details", 8, text);
	if (r->log_carried > 0) {
		snprintf(text, sizeof(text), "%llu verdicts%s%s from the log before, signed anew", N(r->log_carried),
		         r->log_exposures == 0 ? "" : r->log_reminders > 0 ? ", exposures" : " and exposures",
		         r->log_reminders > 0 ? " and reminders" : "");
		out_field(o, "carried", 8, text);
	}
	if (r->log_ignored > 0) {
		snprintf(text, sizeof(text), "%llu entries do not count, vault log says why", N(r->log_ignored));
		out_field(o, "ignored", 8, text);
	}
	snprintf(text, sizeof(text), "%llu older logs checked too%s", N(r->log_closed),
	         r->log_whole ? "" : "; the one before is not here, or is of the vault before a rekey");
	if (r->log_closed > 0 || !r->log_whole)
		out_field(o, "closed", 8, text);
}

static enum vault_rc log_proof_verify(struct call *c, struct session *s, struct vault_err *err)
{
	struct vault_verify_report r = {0};
	enum vault_rc rc = vault_log_verify(s->v, &r, err);

	if (rc == VAULT_OK && c->out->json)
		log_proof_json(c, s, &r);
	else if (rc == VAULT_OK)
		log_proof_text(c->out, &r);
	return rc;
}

/* --- a new log --- */

static enum vault_rc log_proof_rotate(struct call *c, struct session *s, struct vault_err *err)
{
	struct vault_log_rotated r = {0};
	enum vault_rc rc = vault_log_rotate(s->v, &r, err);

	if (rc == VAULT_OK && c->out->json) {
		struct vault_json *items = vault_json_array(), *j = vault_json_object();

		vault_json_set_str(j, "closed", r.closed);
		vault_json_set_int(j, "entries", (int64_t)r.entries);
		vault_json_set_int(j, "carried", (int64_t)r.carried);
		vault_json_add(items, j);
		out_json(c->out, "log-rotate", vault_now(s->v), &items);
	} else if (rc == VAULT_OK) {
		char exposures[48] = "", reminders[48] = "";

		if (r.exposures > 0)
			snprintf(exposures, sizeof(exposures), "%s %llu exposures", r.reminders > 0 ? "," : " and", N(r.exposures));
		if (r.reminders > 0)
			snprintf(reminders, sizeof(reminders), " and %llu reminders", N(r.reminders));
		out_printf(c->out, "a new access log has begun, with %llu verdicts%s%s out of the %llu entries of the old one\n",
		           N(r.carried - r.exposures - r.reminders), exposures, reminders, N(r.entries));
		if (r.closed)
			out_printf(c->out, "the old one is %s now\n", r.closed);
	}
	vault_log_rotated_clear(&r);
	return rc;
}

enum vault_rc log_proof_run(struct call *c, struct vault_err *err)
{
	struct session s = {0};
	enum vault_rc rc = log_proof_args(c->args, err);

	if (rc == VAULT_OK)
		rc = session_open(c, &s, err);
	if (rc == VAULT_OK && args_flag(c->args, OPT_HEAD))
		rc = log_proof_head(c, &s, err);
	else if (rc == VAULT_OK && args_flag(c->args, OPT_LOG_VERIFY))
		rc = log_proof_verify(c, &s, err);
	else if (rc == VAULT_OK)
		rc = log_proof_rotate(c, &s, err);
	session_close(&s);
	return rc;
}
