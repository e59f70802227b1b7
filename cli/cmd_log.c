/* cmd_log.c - vault log: every change, release and check in plain words, newest last. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/log.h>
#include <vault/token.h>

#include "args.h"
#include "guess.h"
#include "log_proof.h"
#include "out.h"
#include "session.h"
#include "show.h"
#include "table.h"

enum { LOG_LINE = 3 * VAULT_MSG_MAX, LOG_DAY_S = 86400 };

#define LOG_CARRIED "; carried over from the log before)"
#define LOG_IGNORED " (does not count: "

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

struct log_filter {
	const char *label, *slot;
	int64_t since; /* seconds */
};

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
		log_add(out, n, LOG_IGNORED, strlen(LOG_IGNORED));
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

/* --- filters --- */

static enum vault_rc log_action(const struct args *a, const char *action, struct vault_err *err)
{
	const char *best = NULL;
	size_t edits = SIZE_MAX;
	char all[512] = "";

	if (log_known(action))
		return VAULT_OK;
	for (size_t i = 0; log_words[i].action; i++) {
		guess_offer(action, log_words[i].action, &best, &edits);
		log_add(all, sizeof(all), " ", i ? 1 : 0);
		log_add(all, sizeof(all), log_words[i].action, strlen(log_words[i].action));
	}
	if (best)
		return args_usage(a, err, "--action does not know %s, did you mean %s?", action, best);
	return args_usage(a, err, "--action is one of: %s", all);
}

static enum vault_rc log_args(struct call *c, struct log_filter *f, struct vault_err *err)
{
	const struct args *a = c->args;
	int64_t day = VAULT_NO_DAY;
	const char *action;
	enum vault_rc rc = args_day(a, OPT_SINCE, &day, err);

	f->label = args_str(a, OPT_LABEL);
	f->slot = args_str(a, OPT_BY_SLOT);
	f->since = day == VAULT_NO_DAY ? INT64_MIN : day * LOG_DAY_S;
	if (rc == VAULT_OK && f->label)
		rc = vault_label_check(f->label, err);
	for (size_t i = 0; rc == VAULT_OK && (action = args_nth(a, OPT_ACTION, i)) != NULL; i++)
		rc = log_action(a, action, err);
	return rc;
}

static int log_wanted(const struct args *a, const struct log_filter *f, const struct vault_event *e)
{
	const char *action;

	if (e->time < f->since || (f->slot && (!e->slot || strcmp(e->slot, f->slot) != 0)))
		return 0;
	if (!args_nth(a, OPT_ACTION, 0))
		return 1;
	for (size_t i = 0; (action = args_nth(a, OPT_ACTION, i)) != NULL; i++)
		if (strcmp(action, e->action) == 0)
			return 1;
	return 0;
}

static void log_drop(struct vault_event *e)
{
	free(e->slot);
	free(e->label);
	free(e->vendor);
	free(e->to);
	free(e->text);
	free(e->renamed);
	free(e->asked_by);
}

/* Whether `id` is among the tokens that have, or once had, the label. */
static int log_ours(const struct vault_events *of, const uint8_t id[VAULT_ID_LEN])
{
	for (size_t i = 0; i < of->n; i++)
		if (memcmp(of->e[i].token_id, id, VAULT_ID_LEN) == 0)
			return 1;
	return 0;
}

/* Marks in `keep` what happened to the tokens that have or had the label, whatever they were called when it happened.
 * Hand-overs are recorded by label alone: theirs is the token that was called so then. */
static enum vault_rc log_of_label(const struct vault_events *l, const char *label, char *keep, size_t *found,
                                  struct vault_err *err)
{
	struct vault_strings names = {0};
	struct vault_events of = {.e = calloc(l->n + 1, sizeof(*of.e))};
	enum vault_rc rc = of.e ? VAULT_OK : vault_err_set(err, VAULT_REFUSED, "out of memory");

	for (size_t i = 0; i < l->n && rc == VAULT_OK; i++) {
		const struct vault_event *e = &l->e[i];

		if (e->has_token &&
		    ((e->label && strcmp(e->label, label) == 0) || (e->renamed && strcmp(e->renamed, label) == 0)) &&
		    !log_ours(&of, e->token_id))
			memcpy(of.e[of.n++].token_id, e->token_id, VAULT_ID_LEN);
	}
	*found = of.n;
	for (size_t i = 0; i < l->n && rc == VAULT_OK; i++) {
		const struct vault_event *e = &l->e[i];
		const char *called = e->renamed ? e->renamed : e->label;
		int ours = e->has_token && log_ours(&of, e->token_id);
		size_t at = 0;

		while (called && at < names.n && strcmp(names.s[at], called) != 0)
			at++;
		if (!e->has_token)
			ours = called && at < names.n;
		else if (e->change && ours && called && at == names.n)
			rc = vault_strings_add(&names, called, err);
		else if (e->change && !ours && called && at < names.n)
			*names.s[at] = '\0'; /* another token has that label from here on */
		keep[i] = ours ? 1 : 0;
	}
	vault_strings_clear(&names);
	free(of.e);
	return rc;
}

/* Leaves what is wanted. */
static enum vault_rc log_keep(struct call *c, struct session *s, const struct log_filter *f, struct vault_events *l,
                              struct vault_err *err)
{
	char *keep = calloc(l->n + 1, 1);
	struct vault_token t = {0};
	size_t n = 0, found = 0;
	enum vault_rc rc = keep ? VAULT_OK : vault_err_set(err, VAULT_REFUSED, "out of memory");

	if (rc == VAULT_OK && f->label)
		rc = log_of_label(l, f->label, keep, &found, err);
	/* No token ever had it: the library has the sentence. */
	if (rc == VAULT_OK && f->label && found == 0)
		rc = vault_token_find(s->v, f->label, &t, err);
	vault_token_clear(&t);
	for (size_t i = 0; rc == VAULT_OK && i < l->n; i++) {
		if ((!f->label || keep[i]) && log_wanted(c->args, f, &l->e[i]))
			l->e[n++] = l->e[i];
		else
			log_drop(&l->e[i]);
	}
	if (rc == VAULT_OK)
		l->n = n;
	free(keep);
	return rc;
}

/* --- what is printed --- */

static void log_json(struct call *c, const struct session *s, const struct vault_events *l)
{
	out_json_begin(c->out, "log", vault_now(s->v));
	for (size_t i = 0; i < l->n; i++) {
		const struct vault_event *e = &l->e[i];
		struct vault_json *j = vault_json_object();

		vault_json_set_time(j, "time", e->time);
		vault_json_set_int(j, "epoch", (int64_t)e->epoch);
		vault_json_set_bool(j, "change", e->change);
		vault_json_set_str(j, "action", e->action);
		vault_json_set_str(j, "slot", e->slot);
		vault_json_set_str(j, "label", e->label);
		if (e->version)
			vault_json_set_int(j, "version", e->version);
		else
			vault_json_set_null(j, "version");
		vault_json_set_str(j, "vendor", e->vendor);
		vault_json_set_str(j, "to", e->to);
		vault_json_set_str(j, "text", e->text);
		vault_json_set_str(j, "asked_by", e->asked_by);
		vault_json_set_str(j, "ignored", e->ignored);
		out_json_item(c->out, j);
	}
	out_json_end(c->out);
}

static void log_text(struct out *o, const struct vault_events *l)
{
	static const struct table_column columns[] = {{"TIME", 0, 0},
	                                              {"SLOT", 0, 0},
	                                              {"ACTION", 0, TABLE_FROM(100)},
	                                              {"WHAT HAPPENED", 0, TABLE_WRAP},
	                                              {NULL, 0, 0}};
	struct table *t = table_new(columns);
	char time[VAULT_TIME_LEN], words[LOG_LINE];

	for (size_t i = 0; i < l->n; i++) {
		const struct vault_event *e = &l->e[i];

		table_line(t);
		table_cell(t, vault_time_format(e->time, time), TABLE_FAINT);
		table_cell(t, e->slot, TABLE_PLAIN);
		table_cell(t, e->action, TABLE_PLAIN);
		table_cell(t, log_sentence(e, words, sizeof(words)), TABLE_PLAIN);
	}
	table_print(&t, o);
}

/* A key slot that did nothing is none of the log's: what it might be called is said, not refused. */
static void log_nothing(struct out *o, const struct log_filter *f, const char *near)
{
	if (f->slot && near)
		out_note(o, "nothing is logged of a key slot %s, did you mean %s?", f->slot, near);
	else
		out_note(o, "nothing is logged that is like that");
}

static enum vault_rc log_run(struct call *c, struct vault_err *err)
{
	struct session s = {0};
	struct vault_events l = {0};
	struct log_filter f = {0};
	char slot[VAULT_NAME_MAX + 1] = "";
	const char *near = NULL;
	size_t edits = SIZE_MAX;
	enum vault_log_here here = VAULT_LOG_WHOLE;
	enum vault_rc rc;

	if (log_proof_wanted(c))
		return log_proof_run(c, err);
	rc = log_args(c, &f, err);
	if (rc == VAULT_OK)
		rc = session_open(c, &s, err);
	if (rc == VAULT_OK)
		rc = vault_begin(s.v, VAULT_READ, err);
	if (rc == VAULT_OK)
		rc = vault_log_all(s.v, &l, &here, err);
	for (size_t i = 0; rc == VAULT_OK && f.slot && i < l.n; i++)
		if (l.e[i].slot)
			guess_offer(f.slot, l.e[i].slot, &near, &edits);
	if (near)
		snprintf(slot, sizeof(slot), "%s", near);
	if (rc == VAULT_OK)
		rc = log_keep(c, &s, &f, &l, err);
	vault_end(s.v);
	if (rc == VAULT_OK && c->out->json)
		log_json(c, &s, &l);
	else if (rc == VAULT_OK)
		log_text(c->out, &l);
	if (rc == VAULT_OK && here == VAULT_LOG_ELSEWHERE)
		out_note(c->out,
		         "changes only: this vault's access log is elsewhere; carry it with the copy, or --log FILE");
	if (rc == VAULT_OK && here == VAULT_LOG_LATER)
		out_note(c->out, "the access log before this one is not here, or is of the vault before a rekey: what it says is not "
		                 "shown");
	if (rc == VAULT_OK && l.n == 0)
		log_nothing(c->out, &f, near && edits > 0 ? slot : NULL);
	vault_events_clear(&l);
	session_close(&s);
	return rc;
}

static const struct command_option log_options[] = {
        {OPT_LABEL, 0, "label", "LABEL", 0, "of the token that has or had this label"},
        {OPT_SINCE, 0, "since", "DATE", 0, "from this day on"},
        {OPT_BY_SLOT, 0, "slot", "NAME", 0, "done by this key slot (SMARTVAULT_SLOT chooses which to open as)"},
        {OPT_ACTION, 0, "action", "ACTION", 1, "of this kind; as often as needed"},
        {OPT_LOG_VERIFY, 0, "verify", NULL, 0, "prove the access log instead, and say what was proved"},
        {OPT_HEAD, 0, "head", NULL, 0, "print one line to keep elsewhere, for `vault verify --head`"},
        {OPT_LOG_ROTATE, 0, "rotate", NULL, 0, "close the access log and begin a new one"},
        {0, 0, NULL, NULL, 0, NULL},
};

const struct command cmd_log = {
        .name = "log",
        .purpose = "show every change, release and check",
        .operands = "",
        .options = log_options,
        .run = log_run,
};
