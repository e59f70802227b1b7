/* reminder.h - what was said to whom about a token that is due: an entry of the access log. Plain data. Source:
 * vault-format(5), ACCESS LOG. */
#ifndef VAULT_REMINDER_H
#define VAULT_REMINDER_H

#include <vault/types.h>

/* A reason that was said. */
struct vault_said {
	char *code;               /* name of a reason for due */
	uint8_t of[VAULT_ID_LEN]; /* digest of what it is about: the same as long as it is the same reason */
	int64_t since;            /* as it was said then */
};

struct vault_reminder {
	uint8_t token_id[VAULT_ID_LEN];
	uint32_t version;         /* the current one then, and its commitment */
	uint8_t commit[VAULT_COMMIT_LEN];
	int64_t time;             /* seconds */
	char *how;                /* "mail", "ics", "desktop" or a newer program's way */
	char *to;                 /* whom: an e-mail address, for desktop the key slot; NULL: a way that has nobody (ics) */
	struct vault_said *said;
	size_t n;                 /* 0: that nothing is due any more */
	uint8_t digest[VAULT_ID_LEN]; /* of what else was said: label, account, version, holders */
	int64_t sequence;         /* how many such there were before it */
};
struct vault_reminders {
	struct vault_reminder *r; /* ascending by token id, then way, then whom; each once */
	size_t n;
};
void vault_reminder_clear(struct vault_reminder *r);
void vault_reminders_clear(struct vault_reminders *l);

/* Order of the list; 0: of the same token, way and person (ASCII case does not count). */
int vault_reminder_order(const struct vault_reminder *a, const struct vault_reminder *b);
/* The one of a token, borrowed; NULL. */
const struct vault_reminder *vault_reminder_find(const struct vault_reminders *l, const uint8_t token_id[VAULT_ID_LEN],
                                                 const char *how, const char *to);

#endif
