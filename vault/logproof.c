/* logproof.c - the access log proved by itself, and closed for a new one. L6. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/log.h>

#include "carry.h"
#include "token.h"
#include "txn.h"
#include "verify_int.h"

static enum vault_rc log_here(const struct vault *v, struct vault_err *err)
{
	if (!v->log_elsewhere)
		return VAULT_OK;
	return vault_err_set(err, VAULT_REFUSED, "this vault's access log is not at %s: carry it with the copy, or give --log FILE",
	                     v->log_path);
}

enum vault_rc vault_log_verify(struct vault *v, struct vault_verify_report *out, struct vault_err *err)
{
	struct verify_anchors anchors = {.a = NULL};
	memset(out, 0, sizeof *out);
	enum vault_rc rc = txn_begin(v, TXN_READ, err);
	if (rc == VAULT_OK && v->role == VAULT_ROLE_SCRIPT)
		rc = txn_forbidden(v, "read the log", err);
	if (rc == VAULT_OK)
		rc = log_here(v, err);
	out->epoch = v->state.epoch;
	out->fresh_record = v->seen.known;
	if (rc == VAULT_OK)
		rc = verify_states(v, &anchors, out, err);
	if (rc == VAULT_OK)
		rc = verify_log(v, &anchors, NULL, out, err);
	verify_anchors_clear(&anchors);
	txn_end(v);
	return rc;
}

/* --- rotating -------------------------------------------------------------------------------------------- */

void vault_log_rotated_clear(struct vault_log_rotated *r)
{
	free(r->closed);
	memset(r, 0, sizeof *r);
}

static enum vault_rc fill_new(struct vault *v, struct logswap *s, struct vault_log_rotated *out, struct vault_err *err)
{
	const struct carry_to to = {.vault_id = v->vault_id, .kr = v->kr, .slot_id = v->slot_id};
	struct carry_list l;
	enum vault_rc rc = carry_collect(v, logswap_old(s), &l, err);
	if (rc == VAULT_OK)
		rc = carry_write(&l, &to, logswap_new(s), err);
	out->entries = l.entries;
	out->carried = l.n;
	out->exposures = l.exposures;
	out->reminders = l.reminders;
	carry_clear(&l);
	return rc;
}

static void say_what(struct vault *v, struct logswap *s, const struct vault_log_rotated *r)
{
	char text[200], exposures[48] = "", reminders[48] = "";
	if (r->exposures > 0)
		snprintf(exposures, sizeof exposures, "%s %llu exposures", r->reminders > 0 ? "," : " and", (unsigned long long)r->exposures);
	if (r->reminders > 0)
		snprintf(reminders, sizeof reminders, " and %llu reminders", (unsigned long long)r->reminders);
	snprintf(text, sizeof text, "%llu entries closed, %llu verdicts%s%s carried over", (unsigned long long)r->entries,
	         (unsigned long long)(r->carried - r->exposures - r->reminders), exposures, reminders);
	txn_action(v, ACTION_LOG_ROTATE, logfile_pos(logswap_new(s))->log_id, token_detail(NULL, 0, text));
}

enum vault_rc vault_log_rotate(struct vault *v, struct vault_log_rotated *out, struct vault_err *err)
{
	struct logswap *s = NULL;
	uint8_t log_id[LOG_ID_LEN];
	memset(out, 0, sizeof *out);
	enum vault_rc rc = txn_begin(v, TXN_WRITE, err);
	if (rc == VAULT_OK)
		rc = log_here(v, err);
	handle_new_id(v, log_id);
	if (rc == VAULT_OK)
		rc = logswap_begin(v->log_path, v->vault_id, log_id, vault_now(v), &s, err);
	if (rc == VAULT_OK && logswap_old(s) == NULL)
		rc = vault_err_set(err, VAULT_DAMAGED, "the access log %s is gone: put it back", v->log_path);
	if (rc == VAULT_OK)
		rc = fill_new(v, s, out, err);
	if (rc == VAULT_OK) {
		v->swap = s;
		say_what(v, s, out);
		rc = txn_commit(v, err);
	}
	if (rc == VAULT_OK && logswap_closed(s) != NULL && (out->closed = strdup(logswap_closed(s))) == NULL)
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	txn_end(v);
	logswap_end(&s);
	return rc;
}
