/* reminder.c - reminders in their order. L2. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <vault/reminder.h>

void vault_reminder_clear(struct vault_reminder *r)
{
	for (size_t i = 0; i < r->n; i++)
		free(r->said[i].code);
	free(r->said);
	free(r->how);
	free(r->to);
	memset(r, 0, sizeof *r);
}

void vault_reminders_clear(struct vault_reminders *l)
{
	for (size_t i = 0; i < l->n; i++)
		vault_reminder_clear(&l->r[i]);
	free(l->r);
	memset(l, 0, sizeof *l);
}

static int order(const uint8_t token_id[VAULT_ID_LEN], const char *how, const char *to, const struct vault_reminder *b)
{
	int c = memcmp(token_id, b->token_id, VAULT_ID_LEN);
	if (c == 0)
		c = strcmp(how, b->how);
	if (c != 0 || to == NULL || b->to == NULL)
		return c != 0 ? c : (to != NULL) - (b->to != NULL);
	return strcasecmp(to, b->to);
}

int vault_reminder_order(const struct vault_reminder *a, const struct vault_reminder *b)
{
	return order(a->token_id, a->how, a->to, b);
}

const struct vault_reminder *vault_reminder_find(const struct vault_reminders *l, const uint8_t token_id[VAULT_ID_LEN],
                                                 const char *how, const char *to)
{
	size_t lo = 0, hi = l->n;
	while (lo < hi) {
		const size_t mid = lo + (hi - lo) / 2;
		const int c = order(token_id, how, to, &l->r[mid]);
		if (c == 0)
			return &l->r[mid];
		if (c > 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}
