/* release.c - the reminder that goes with a value, for get and run. */
#include "release.h"

#include "out.h"

void release_warn(struct call *c, const struct session *s, const struct vault_token *t)
{
	int64_t today = vault_today(s->v), due = vault_token_rotate_due(t);
	char day[VAULT_DAY_LEN];

	if (vault_my_role(s->v) == VAULT_ROLE_SCRIPT)
		return;
	if (t->expires != VAULT_NO_DAY && t->expires < today)
		out_note(c->out, "%s expired on %s by your organisation's setting: vault rotate %s", t->label,
		         vault_day_format(t->expires, day), t->label);
	else if (due != VAULT_NO_DAY && due <= today)
		out_note(c->out, "%s should have been rotated by %s: vault rotate %s", t->label,
		         vault_day_format(due, day), t->label);
}
