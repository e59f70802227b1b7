/* remind.h - what the files of `vault remind` share: one run of it. */
#ifndef CLI_REMIND_H
#define CLI_REMIND_H

#include <vault/remind.h>

#include "args.h"
#include "facts.h"
#include "session.h"
#include "text.h"

/* One run. What is said is shown after: `items` for --json, the table for people. */
struct reminding {
	struct call *c;
	struct session s;
	struct facts f;
	struct vault_holders holders; /* of today */
	struct vault_reminders said;
	int64_t within, every;
	int dry;                  /* nothing is sent, written or logged */
	struct vault_json *items;
	struct table *table;
	size_t n_said, n_failed;  /* recipients' tokens that were, or would be; that could not be */
};

/* Its text: what is due since when and why, who is to be told, what is to be done. Lines end with a newline. `relative`: days
 * also as "in 12 days", which tomorrow is not right any more. */
void remind_words(const struct reminding *x, const struct vault_remind *r, int relative, struct text *out);
/* "age, until" of a due; "" for NULL. `n` bytes at `out`, which is returned. */
const char *remind_codes(const struct vault_due *d, char *out, size_t n);

/* What was said, or could not be, into what is shown. */
void remind_note(struct reminding *x, const struct vault_remind *r, const char *how, int sent);

/* What was said goes into the access log. */
enum vault_rc remind_log(struct reminding *x, const struct vault_remind *const *r, size_t n, struct vault_err *err) VAULT_MUST_CHECK;

/* Those that are over, out of `l`, into the access log: nobody is told, but should they come back that is news. */
enum vault_rc remind_forget(struct reminding *x, const struct vault_reminds *l, struct vault_err *err) VAULT_MUST_CHECK;

/* Each way. What could not be delivered is said in a line each, counted in n_failed and not logged; VAULT_OK then. */
enum vault_rc remind_mail(struct reminding *x, const struct vault_dues *dues, struct vault_err *err) VAULT_MUST_CHECK;
enum vault_rc remind_ics(struct reminding *x, const char *path, struct vault_err *err) VAULT_MUST_CHECK;
enum vault_rc remind_desktop(struct reminding *x, const struct vault_dues *dues, struct vault_err *err) VAULT_MUST_CHECK;

/* Usage of --from: an address, or "NAME <ADDRESS>". */
enum vault_rc remind_mail_args(const struct args *a, struct vault_err *err) VAULT_MUST_CHECK;

/* --install: units of systemd, and the same with cron. Opens the vault to see whose key it is. */
enum vault_rc remind_install(struct call *c, struct vault_err *err) VAULT_MUST_CHECK;

#endif
