/* audit_vault.c - rules on key slots and the access log. Pure. L5. */
#include <string.h>

#include "audit_int.h"

/* What a new passphrase costs today at least: vault-format(5), Unlocking. */
enum { AUDIT_KDF_KIB = 256 * 1024, AUDIT_KDF_PASSES = 3 };

static const struct vault_slot_use *audit_slot_use(const struct vault_usage *u, const struct vault_slot *s)
{
	for (size_t i = 0; i < u->n_slots; i++)
		if (memcmp(u->slots[i].id, s->id, VAULT_ID_LEN) == 0)
			return &u->slots[i];
	return NULL;
}

/* Who opens it now is not idle; a recovery code is to lie in a drawer; an auditor's key opens no token. */
static int audit_may_idle(const struct vault_slot *s)
{
	return s->active && !s->own && s->role != VAULT_ROLE_AUDITOR && s->opens_by != VAULT_SLOT_RECOVERY;
}

static int64_t audit_later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

void audit_slot_idle(struct audit_work *w, enum vault_rule r)
{
	const struct vault_slots *l = w->a->slots;

	for (size_t i = 0; l != NULL && w->a->usage != NULL && i < l->n; i++) {
		const struct vault_slot *s = &l->s[i];
		const struct vault_slot_use *use = audit_may_idle(s) ? audit_slot_use(w->a->usage, s) : NULL;
		struct vault_audit_finding about = {.slot = s->name};
		int64_t used, last;
		char day[VAULT_DAY_LEN];

		if (use == NULL)
			continue;
		used = audit_later(use->last_entry, use->last_change);
		last = audit_later(used, audit_later(s->added, w->a->usage->since));
		about.since = vault_day_of(last);
		if (!audit_long_ago(w, r, about.since))
			continue;
		(void)vault_day_format(about.since, day);
		audit_add(w, r, &about,
		          finding_text("the key slot %s (%s) %s %s, %lld days ago", s->name, vault_role_name(s->role),
		                       last == used       ? "was last used on"
		                       : last == s->added ? "was never used since it was added on"
		                                          : "was not used since the access log began on",
		                       day, (long long)(w->f->today - about.since)));
	}
}

void audit_one_admin(struct audit_work *w, enum vault_rule r)
{
	const struct vault_slots *l = w->a->slots;
	const struct vault_slot *only = NULL;
	struct vault_audit_finding about = {.since = VAULT_NO_DAY};
	size_t n = 0;

	for (size_t i = 0; l != NULL && i < l->n; i++) {
		if (!l->s[i].active || l->s[i].role != VAULT_ROLE_ADMIN || l->s[i].opens_by == VAULT_SLOT_RECOVERY)
			continue;
		only = &l->s[i];
		n++;
	}
	if (n != 1)
		return;
	about.slot = only->name;
	audit_add(w, r, &about, finding_text("%s is the only admin: nobody else can change anything", only->name));
}

void audit_no_recovery(struct audit_work *w, enum vault_rule r)
{
	static const struct vault_audit_finding none = {.since = VAULT_NO_DAY};
	const struct vault_slots *l = w->a->slots;

	for (size_t i = 0; l != NULL && i < l->n; i++)
		if (l->s[i].active && l->s[i].opens_by == VAULT_SLOT_RECOVERY)
			return;
	if (l != NULL)
		audit_add(w, r, &none, finding_text("there is no recovery code: who loses every passphrase and key file loses all"));
}

void audit_kdf_weak(struct audit_work *w, enum vault_rule r)
{
	const struct vault_slots *l = w->a->slots;

	for (size_t i = 0; l != NULL && i < l->n; i++) {
		const struct vault_slot *s = &l->s[i];
		const struct vault_audit_finding about = {.slot = s->name, .since = VAULT_NO_DAY};
		const int64_t cost = (int64_t)s->kdf_memory_kib * s->kdf_passes;

		if (!s->active || s->opens_by != VAULT_SLOT_PASSPHRASE ||
		    (s->kdf_memory_kib >= AUDIT_KDF_KIB && cost >= (int64_t)AUDIT_KDF_KIB * AUDIT_KDF_PASSES))
			continue;
		audit_add(w, r, &about,
		          finding_text("the passphrase of %s is stretched by %lu passes over %lu MiB; a new one is by at least %d over %d MiB",
		                       s->name, (unsigned long)s->kdf_passes, (unsigned long)s->kdf_memory_kib / 1024, AUDIT_KDF_PASSES,
		                       AUDIT_KDF_KIB / 1024));
	}
}

void audit_log(struct audit_work *w, enum vault_rule r)
{
	static const struct vault_audit_finding none = {.since = VAULT_NO_DAY};
	const enum vault_log_state log = w->a->log;

	if (r == VAULT_RULE_LOG_MISSING && log == VAULT_LOG_MISSING)
		audit_add(w, r, &none, finding_text("the access log that this machine knows is gone: who read what is not known"));
	if (r == VAULT_RULE_LOG_CUT && log == VAULT_LOG_CUT)
		audit_add(w, r, &none, finding_text("the access log lacks entries that this machine or the vault knows"));
	if (r == VAULT_RULE_LOG_OTHER && log == VAULT_LOG_FOREIGN)
		audit_add(w, r, &none, finding_text("what lies in the place of the access log is another vault's"));
}
