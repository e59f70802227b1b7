/* audit_read.c - the facts that findings rest on, read in one transaction. L5; declared in <vault/audit.h>. */
#include <stdlib.h>
#include <string.h>

#include <vault/audit.h>
#include <vault/ledger.h>
#include <vault/settings.h>

#include "usage.h"

void vault_usage_clear(struct vault_usage *u)
{
	free(u->tokens);
	free(u->slots);
	memset(u, 0, sizeof *u);
}

void vault_audit_data_clear(struct vault_audit_data *d)
{
	vault_usage_clear(&d->usage);
	vault_slots_clear(&d->slots);
	vault_settings_clear(&d->settings);
	vault_slot_reads_clear(&d->reads);
	vault_exposures_clear(&d->exposures);
	vault_verdicts_clear(&d->verdicts);
	vault_handovers_clear(&d->handovers);
	vault_vendors_clear(&d->vendors);
	vault_tokens_clear(&d->tokens);
	memset(d, 0, sizeof *d);
}

/* In a transaction. */
static enum vault_rc audit_lists(struct vault *v, struct vault_audit_data *d, int *log_here, struct vault_err *err)
{
	enum vault_rc rc = vault_ledger_all(v, &d->tokens, &d->vendors, &d->handovers, err);
	if (rc == VAULT_OK)
		rc = vault_slot_reads_all(v, &d->tokens, &d->reads, err);
	if (rc == VAULT_OK)
		rc = vault_settings_get(v, &d->settings, err);
	if (rc == VAULT_OK)
		rc = vault_access_list(v, &d->slots, err);
	if (rc == VAULT_OK)
		rc = usage_begin(v, &d->tokens, &d->usage, err);
	return rc == VAULT_OK ? usage_observed(v, &d->verdicts, &d->exposures, &d->usage, log_here, err) : rc;
}

enum vault_rc vault_audit_read(struct vault *v, struct vault_audit_data *out, struct vault_err *err)
{
	int log_here = 0;
	memset(out, 0, sizeof *out);
	vault_settings_defaults(&out->settings);
	enum vault_rc rc = txn_begin(v, TXN_AUDIT, err);
	if (rc == VAULT_OK)
		rc = audit_lists(v, out, &log_here, err);
	const enum vault_log_state log = v->log_state;
	txn_end(v);
	if (rc != VAULT_OK)
		return rc;
	out->facts = (struct vault_audit_facts){
	        .f = {.tokens = &out->tokens,
	              .vendors = &out->vendors,
	              .handovers = &out->handovers,
	              .verdicts = log_here ? &out->verdicts : NULL,
	              .exposures = log_here ? &out->exposures : NULL,
	              .reads = &out->reads,
	              .settings = &out->settings,
	              .today = vault_today(v)},
	        .slots = &out->slots,
	        .usage = log_here ? &out->usage : NULL,
	        .log = log,
	};
	return VAULT_OK;
}
