/* remind_ics.c - a calendar of what is due, RFC 5545: one event a token, the same event for the same token in every run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mime.h"
#include "newfile.h"
#include "out.h"
#include "remind.h"

enum { ICS_ALL_DAYS = 36500, ICS_WITHIN_DAYS = 366, ICS_LINE = 512 };

/* 20261126T070000Z of seconds; 20261126 of a day. */
static const char *ics_time(int64_t time_s, char out[VAULT_TIME_LEN])
{
	char full[VAULT_TIME_LEN];
	size_t n = 0;

	vault_time_format(time_s, full);
	for (const char *p = full; *p; p++)
		if (*p != '-' && *p != ':')
			out[n++] = *p;
	out[n] = '\0';
	return out;
}

static const char *ics_day(int64_t day, char out[VAULT_DAY_LEN])
{
	char full[VAULT_DAY_LEN];

	vault_day_format(day, full);
	snprintf(out, VAULT_DAY_LEN, "%.4s%.2s%.2s", full, full + 5, full + 8);
	return out;
}

static void ics_property(struct text *out, const char *name, const char *value)
{
	struct text line = {0};

	text_printf(&line, "%s:", name);
	mime_calendar_text(&line, value);
	out->failed |= line.failed;
	if (!line.failed)
		mime_calendar_line(out, line.p);
	text_free(&line);
}

/* Why it is due on its day; a token may have reasons that come much later. */
static void ics_summary(const struct reminding *x, const struct vault_remind *r, char out[ICS_LINE])
{
	struct vault_due first = *r->due;
	char codes[ICS_LINE / 2];

	/* In the order of the enum: those that hold are brought together. */
	first.reasons = calloc(first.n_reasons + 1, sizeof(*first.reasons));
	first.n_reasons = 0;
	for (size_t i = 0; first.reasons && i < r->due->n_reasons; i++)
		if (r->due->reasons[i].since <= r->due->due || r->due->reasons[i].since <= x->f.f.today)
			first.reasons[first.n_reasons++] = r->due->reasons[i];
	snprintf(out, ICS_LINE, "Smartsheet token %s is due: %s", r->token->label,
	         remind_codes(first.reasons ? &first : r->due, codes, sizeof(codes)));
	free(first.reasons);
}

static void ics_event(const struct reminding *x, const struct vault_remind *r, struct text *out)
{
	/* When it was said first as it is now: the same event has the same bytes. */
	int64_t changed = r->why == VAULT_REMIND_NOT ? r->say.time : vault_now(x->s.v);
	char uid[VAULT_REMIND_HEX], time[VAULT_TIME_LEN], day[VAULT_DAY_LEN], line[ICS_LINE];
	struct text words = {0};

	vault_remind_uid(r->token->id, uid);
	ics_time(changed, time);
	text_printf(out, "BEGIN:VEVENT\r\nUID:%s@smartvault\r\nDTSTAMP:%s\r\nLAST-MODIFIED:%s\r\nSEQUENCE:%lld\r\n", uid, time, time,
	            (long long)r->say.sequence);
	text_printf(out, "DTSTART;VALUE=DATE:%s\r\n", ics_day(r->due ? r->due->due : vault_day_of(changed), day));
	if (r->due) {
		ics_summary(x, r, line);
		remind_words(x, r, 0, &words);
	} else {
		snprintf(line, sizeof(line), "Smartsheet token %s is not due", r->token->label);
		text_puts(&words, "Nothing is due any more.\n");
	}
	ics_property(out, "SUMMARY", line);
	out->failed |= words.failed;
	if (!words.failed)
		ics_property(out, "DESCRIPTION", words.p);
	text_free(&words);
	text_printf(out, "STATUS:%s\r\nTRANSP:TRANSPARENT\r\nCLASS:PRIVATE\r\nEND:VEVENT\r\n", r->due ? "CONFIRMED" : "CANCELLED");
}

static enum vault_rc ics_write(struct reminding *x, const char *path, const struct vault_reminds *l, struct vault_err *err)
{
	struct text out = {0};
	enum vault_rc rc = VAULT_OK;

	text_puts(&out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//smartvault//vault " VAULT_VERSION "//EN\r\nMETHOD:PUBLISH\r\n"
	                "X-WR-CALNAME:Smartsheet tokens\r\n");
	for (size_t i = 0; i < l->n; i++)
		ics_event(x, &l->r[i], &out);
	text_puts(&out, "END:VCALENDAR\r\n");
	if (out.failed)
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	else if (strcmp(path, "-") == 0)
		out_raw(x->c->out, out.p, out.n);
	else
		rc = newfile_replace(path, "calendar", out.p, out.n, err);
	text_free(&out);
	return rc;
}

enum vault_rc remind_ics(struct reminding *x, const char *path, struct vault_err *err)
{
	int64_t within = args_flag(x->c->args, OPT_WITHIN) ? x->within : ICS_WITHIN_DAYS;
	const struct vault_remind **changed = NULL;
	struct vault_dues all = {0};
	struct vault_reminds l = {0};
	size_t n = 0;
	enum vault_rc rc = vault_due_find(&x->f.f, ICS_ALL_DAYS, &all, err);

	if (rc == VAULT_OK)
		rc = vault_remind_calendar(&all, &x->f.tokens, &x->holders, &x->said, x->f.f.today, within, &l, err);
	if (rc == VAULT_OK)
		rc = x->dry ? VAULT_OK : ics_write(x, path, &l, err);
	if (rc == VAULT_OK && !(changed = calloc(l.n + 1, sizeof(*changed))))
		rc = vault_err_set(err, VAULT_REFUSED, "out of memory");
	for (size_t i = 0; rc == VAULT_OK && i < l.n; i++)
		if (l.r[i].why != VAULT_REMIND_NOT)
			changed[n++] = &l.r[i];
	if (rc == VAULT_OK)
		rc = remind_log(x, changed, n, err);
	for (size_t i = 0; rc == VAULT_OK && i < n; i++)
		remind_note(x, changed[i], VAULT_REMIND_ICS, 1);
	free(changed);
	vault_reminds_clear(&l);
	vault_dues_clear(&all);
	return rc;
}
