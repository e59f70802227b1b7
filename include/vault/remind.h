/* remind.h - what is due, said to the people concerned: to whom, and whether it is to be said again. Deciding is pure; what was
 * said is remembered in the access log. */
#ifndef VAULT_REMIND_H
#define VAULT_REMIND_H

#include <vault/finding.h>
#include <vault/reminder.h>
#include <vault/vault.h>

/* Names of the ways, as they stand in the log. */
#define VAULT_REMIND_MAIL "mail"
#define VAULT_REMIND_ICS "ics"
#define VAULT_REMIND_DESKTOP "desktop"

enum vault_remind_why {
	VAULT_REMIND_NOT,         /* said already, and the same */
	VAULT_REMIND_NEW,         /* never said */
	VAULT_REMIND_CHANGED,     /* another label, account, version, holder or later day; a reason fewer */
	VAULT_REMIND_WORSE,       /* a reason more, an earlier day, or one that was ahead and holds now */
	VAULT_REMIND_AGAIN,       /* the same, but long ago: --every */
	VAULT_REMIND_GONE         /* what was due is not any more: a calendar is told; else it is only remembered, so that it is new again */
};
const char *vault_remind_why_name(enum vault_remind_why w); /* "" new changed worse every gone */

/* One token and one recipient. */
struct vault_remind {
	const struct vault_token *token; /* borrowed */
	const struct vault_due *due;     /* borrowed; NULL: gone */
	const char *to;                  /* borrowed; NULL: nobody in particular */
	enum vault_remind_why why;
	const struct vault_reminder *before; /* what was said last; borrowed; NULL */
	struct vault_reminder say;       /* what is logged once it is said; `time` is set then. Where why is NOT: what was said */
};
struct vault_reminds {
	struct vault_remind *r;   /* in the order of the dues */
	size_t n;
};
void vault_reminds_clear(struct vault_reminds *l);

/* The e-mail address of who is told about a token: its owner, else the account it acts as. Borrowed. */
const char *vault_remind_owner(const struct vault_token *t);

struct vault_remind_how {
	const char *how;
	const char *to;           /* for all; NULL: each token's own (mail) */
	int64_t today;
	int64_t every;            /* days after which the same is said again; 0: never */
};
/* One for each due, then those of `tokens` of which something was said that held then and nothing is due today: GONE, `due` NULL.
 * `holders`: of today, as vault_holders_at gives them; `said` may be empty. Pure but for memory. */
enum vault_rc vault_remind_find(const struct vault_dues *dues, const struct vault_tokens *tokens, const struct vault_holders *holders,
                                const struct vault_reminders *said, const struct vault_remind_how *how,
                                struct vault_reminds *out, struct vault_err *err) VAULT_MUST_CHECK;

/* For a calendar, of `all` dues however far ahead: those within `within_days`, those that it was given before, and for
 * VAULT_REMIND_GONE_DAYS those that it was given and that are gone, with `due` NULL. Nobody in particular, never `every`. */
enum { VAULT_REMIND_GONE_DAYS = 30 };
enum vault_rc vault_remind_calendar(const struct vault_dues *all, const struct vault_tokens *tokens,
                                    const struct vault_holders *holders, const struct vault_reminders *said, int64_t today,
                                    int64_t within_days, struct vault_reminds *out, struct vault_err *err) VAULT_MUST_CHECK;

enum { VAULT_REMIND_HEX = 33 };
/* An event's name: the same for a token as long as there is one, in every copy of the vault and after `rekey`. */
void vault_remind_uid(const uint8_t token_id[VAULT_ID_LEN], char out[VAULT_REMIND_HEX]);
/* A message's: the same for the same said to the same person after the same was said before, so that what is sent twice because
 * it was cut short before it could be logged is one message. `r` are those of the message. */
void vault_remind_message(const char *to, const struct vault_remind *const *r, size_t n, char out[VAULT_REMIND_HEX]);

/* The newest reminder of each token, way and person that the access log has and that counts (admins' and monitors').
 * VAULT_FORBIDDEN for others, VAULT_REFUSED where the log is not here. In the running transaction, or one of its own. */
enum vault_rc vault_reminded_all(struct vault *v, struct vault_reminders *out, struct vault_err *err) VAULT_MUST_CHECK;

/* What was said now, as one batch, signed and synced. In no transaction. */
enum vault_rc vault_reminded_log(struct vault *v, const struct vault_remind *const *r, size_t n,
                                 struct vault_err *err) VAULT_MUST_CHECK;

#endif
