/* log_report.c - an event in words, and the columns of vault log. */
#include "log_report.h"

#include <stdio.h>
#include <string.h>

enum { LOG_LINE = 3 * VAULT_MSG_MAX };

#define LOG_CARRIED "; carried over from the log before)"
#define LOG_IGNORED_WHY " (does not count: "

/* How each is said: L label, V version, N vendor, T to, X text; what stands in brackets is left out where its letter is
 * not known. */
static const struct {
	const char *action, *words;
} log_words[] = {
        {"init", "made the vault"},
        {"add", "stored %L[ (version %V)][: %X]"},
        {"edit", "changed %L[; %X]"},
        {"rotate", "rotated %L[ to version %V][: %X]"},
        {"remove", "removed %L and erased its values[: %X]"},
        {"dead", "version %V of %L was proved dead, and erased[: %X]"},
        {"vendor-add", "recorded vendor %N"},
        {"vendor-edit", "changed vendor %N[, %X]"},
        {"vendor-remove", "removed vendor %N"},
        {"vendor-end", "ended all hand-overs of %N[: %X]"},
        {"share", "gave %L to %T of %N[ (version %V)][: %X]"},
        {"confirm", "confirmed that %T of %N still needs %L[ (version %V)][, %X]"},
        {"unshare", "ended the hand-over of %L to %T of %N[ (version %V)][: %X]"},
        {"get", "gave out the value of %L[ (version %V)]"},
        {"run", "gave the value of %L to a command[ (version %V)]"},
        {"export", "exported the value of %L[ (version %V)]"},
        {"check", "asked Smartsheet about %L[ (version %V)][: %X]"},
        {"exposure", "asked what %L[ (version %V)] reaches[: it %X]"},
        {"remind", "reminded[ %T] of %L[, by %X]"},
        {"log-lost", "began a new access log: the one before was gone or cut"},
        {"passwd", "changed what opens the key slot"},
        {"slot-add", "let %X open the vault"},
        {"slot-remove", "ended the key slot %X"},
        {"slot-passwd", "put a new key slot in the place of %X"},
        {"grant", "granted %L to %X"},
        {"revoke", "took %L back from %X"},
        {"restore", "restored the vault from a backup[: %X]"},
        {"rekey", "made the vault's keys anew[: %X]"},
        {"log-rotate", "closed the access log and began a new one[: %X]"},
        {"policy", "set the policy[: %X]"},
        {"accept", "accepted the vault as it stands[: %X]"},
        {NULL, NULL},
};

const char *log_action_name(size_t i)
{
	return log_words[i].action;
}

static const char *log_known(const char *action)
{
	for (size_t i = 0; log_words[i].action; i++)
		if (strcmp(log_words[i].action, action) == 0)
			return log_words[i].words;
	return NULL;
}

/* --- in words --- */

static const char *log_part(const struct vault_event *e, char letter, char number[16])
{
	switch (letter) {
	case 'L':
		return e->label;
	case 'N':
		return e->vendor;
	case 'T':
		return e->to;
	case 'X':
		return e->text;
	default:
		snprintf(number, 16, "%lu", (unsigned long)e->version);
		return e->version ? number : NULL;
	}
}

static void log_add(char *out, size_t n, const char *text, size_t len)
{
	size_t at = strlen(out);

	if (len > n - 1 - at)
		len = n - 1 - at;
	memcpy(out + at, text, len);
	out[at + len] = '\0';
}

/* What has to be known to read the entry rightly. */
static void log_aside(const struct vault_event *e, char *out, size_t n)
{
	if (e->asked_by) {
		log_add(out, n, " (", 2);
		log_add(out, n, e->asked_by, strlen(e->asked_by));
		if (strcmp(e->action, "remind") == 0)
			log_add(out, n, " did", 4);
		else
			log_add(out, n, " asked", 6);
		log_add(out, n, LOG_CARRIED, strlen(LOG_CARRIED));
	}
	if (e->ignored) {
		log_add(out, n, LOG_IGNORED_WHY, strlen(LOG_IGNORED_WHY));
		log_add(out, n, e->ignored, strlen(e->ignored));
		log_add(out, n, ")", 1);
	}
}

static const char *log_sentence(const struct vault_event *e, char *out, size_t n)
{
	const char *w = log_known(e->action);
	char number[16];

	*out = '\0';
	if (!w)
		w = "did what this program does not know[: %X]";
	while (*w) {
		/* A bracket has one letter in it. */
		if (*w == '[' && !log_part(e, strchr(w, '%')[1], number)) {
			w = strchr(w, ']') + 1;
		} else if (*w == '[' || *w == ']') {
			w++;
		} else if (*w == '%') {
			const char *part = log_part(e, w[1], number);

			log_add(out, n, part ? part : "?", part ? strlen(part) : 1);
			w += 2;
		} else {
			log_add(out, n, w++, 1);
		}
	}
	log_aside(e, out, n);
	return out;
}

/* --- in columns --- */

enum {
	LOG_TIME, LOG_SLOT, LOG_ACTION, LOG_WHAT, LOG_EPOCH, LOG_CHANGE, LOG_LABEL, LOG_VERSION, LOG_VENDOR, LOG_TO, LOG_TEXT,
	LOG_ASKED_BY, LOG_IGNORED
};

static const struct report_column log_columns[] = {
        {"time", "TIME", LOG_TIME, REPORT_TIME, REPORT_BOTH, 0, "when"},
        {"slot", "SLOT", LOG_SLOT, REPORT_TEXT, REPORT_BOTH, 0, "the key slot that did it"},
        {"action", "ACTION", LOG_ACTION, REPORT_TEXT, REPORT_BOTH, TABLE_FROM(100), "what was done"},
        {"what", "WHAT HAPPENED", LOG_WHAT, REPORT_TEXT, REPORT_TABLE, TABLE_WRAP, "all of it as a sentence"},
        {"label", "LABEL", LOG_LABEL, REPORT_TEXT, REPORT_CSV, 0, "the token, as it was called then"},
        {"version", "VER", LOG_VERSION, REPORT_NUMBER, REPORT_CSV, 0, "of the token"},
        {"vendor", "VENDOR", LOG_VENDOR, REPORT_TEXT, REPORT_CSV, TABLE_CUT, "the vendor, as it was called then"},
        {"to", "TO", LOG_TO, REPORT_TEXT, REPORT_CSV, TABLE_CUT, "the person of a hand-over"},
        {"text", "TEXT", LOG_TEXT, REPORT_TEXT, REPORT_CSV, TABLE_CUT, "what more there is"},
        {"epoch", "EPOCH", LOG_EPOCH, REPORT_NUMBER, REPORT_CSV, 0, "number of the vault's change"},
        {"change", "CHANGE", LOG_CHANGE, REPORT_TRUTH, REPORT_CSV, 0, "true: of the vault, false: of the access log"},
        {"asked_by", "ASKED BY", LOG_ASKED_BY, REPORT_TEXT, REPORT_CSV, 0, "who asked, of what was carried over"},
        {"ignored", "IGNORED", LOG_IGNORED, REPORT_TEXT, REPORT_CSV, TABLE_CUT, "why it does not count"},
        {NULL, NULL, 0, 0, 0, 0, NULL},
};

static void log_fact_text(const struct vault_event *e, int id, struct report_cell *c)
{
	switch (id) {
	case LOG_SLOT:
		report_text(c, e->slot);
		break;
	case LOG_ACTION:
		report_text(c, e->action);
		break;
	case LOG_LABEL:
		report_text(c, e->label);
		break;
	case LOG_VENDOR:
		report_text(c, e->vendor);
		break;
	case LOG_TO:
		report_text(c, e->to);
		break;
	case LOG_TEXT:
		report_text(c, e->text);
		break;
	case LOG_ASKED_BY:
		report_text(c, e->asked_by);
		break;
	default:
		report_text(c, e->ignored);
	}
}

static void log_fact(const void *row, const void *about, int id, struct report_cell *c)
{
	const struct vault_event *e = row;
	char *words;

	(void)about;
	switch (id) {
	case LOG_TIME:
		report_time(c, e->time);
		break;
	case LOG_EPOCH:
		report_int(c, (int64_t)e->epoch);
		break;
	case LOG_CHANGE:
		report_truth(c, e->change != 0);
		break;
	case LOG_VERSION:
		report_int(c, e->version);
		c->known = e->version != 0;
		break;
	case LOG_WHAT:
		words = report_room(c, LOG_LINE);
		report_text(c, words ? log_sentence(e, words, LOG_LINE) : NULL);
		break;
	default:
		log_fact_text(e, id, c);
	}
}

static int log_tone(const void *row, const void *about, int id, struct report_cell *c)
{
	char *time;

	(void)about;
	if (id != LOG_TIME)
		return 0;
	time = report_room(c, VAULT_TIME_LEN);
	report_words(c, time ? vault_time_format(((const struct vault_event *)row)->time, time) : NULL, TABLE_FAINT);
	return 1;
}

const struct report_of log_report = {.columns = log_columns, .fact = log_fact, .words = log_tone};
