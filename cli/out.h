/* out.h - where output goes. stdout is collected and leaves only when the command ended with 0, 10 or 11; notes go to
 * stderr at once, as `vault: ...`. No secret comes through here. */
#ifndef CLI_OUT_H
#define CLI_OUT_H

#include <stddef.h>
#include <stdint.h>

#include <vault/error.h>
#include <vault/json.h>

struct out {
	int json;                 /* --json */
	int quiet;                /* -q: no notes */
	int color;                /* stdout may be coloured: --color, NO_COLOR, a terminal */
	int err_tty;              /* stderr is a terminal: progress may be shown */
	int failed;               /* no memory for what was printed */
	int also_refused;         /* stdout also leaves with status 1 (eligible) */
	char *text;
	size_t len, cap;
	size_t json_items;        /* of the document that was begun */
	int next_own;             /* the next step is one that every role may take */
	int next_admin;           /* whoever opened the vault changes nothing: the next step is an admin's */
	char next[VAULT_MSG_MAX]; /* said after stdout has left */
};

/* Text for stdout. Control characters but newline become '?'. */
void out_printf(struct out *o, const char *fmt, ...) VAULT_PRINTF(2, 3);
/* `name`, padded to `width`, a blank and the value; on a terminal broken between words, further lines below the value.
 * Nothing for an empty value. */
void out_field(struct out *o, const char *name, size_t width, const char *value);
/* As it is: output of the table and JSON code. */
void out_raw(struct out *o, const char *text, size_t n);

/* `{"schema":"smartvault.NAME/1","time":…,"items":[…]}` for stdout. Takes `*items` (an array) over and sets it NULL.
 * `now_s` is the vault's time. */
void out_json(struct out *o, const char *name, int64_t now_s, struct vault_json **items);
/* The same text item by item, for lists that can be long: only one item at a time is in memory as a tree. Takes the item
 * over. */
void out_json_begin(struct out *o, const char *name, int64_t now_s);
void out_json_item(struct out *o, struct vault_json *owned);
void out_json_end(struct out *o);

/* Columns of the terminal at `fd`, 0 where it is none. */
size_t out_columns(int fd);

/* One line on stderr, `vault: …`, unless quiet; on a terminal broken between words. */
void out_note(struct out *o, const char *fmt, ...) VAULT_PRINTF(2, 3);
/* The last line, after stdout: `next: …` on stderr, unless quiet; the last one said counts. Never broken, so that a
 * command can be copied. */
void out_next(struct out *o, const char *fmt, ...) VAULT_PRINTF(2, 3);
/* One line over the one before on stderr, where that is a terminal and not quiet; _end wipes it. */
void out_progress(struct out *o, const char *fmt, ...) VAULT_PRINTF(2, 3);
void out_progress_end(struct out *o);
/* Progress of long work: how many of how many, and from the second second on the time left. `since_ms`: out_clock_ms at
 * its beginning. */
void out_progress_count(struct out *o, const char *what, size_t done, size_t n, int64_t since_ms);
int64_t out_clock_ms(void);
/* An error's line, quiet or not. */
void out_error(const char *sentence);

/* Ends the run: writes what was collected where `rc` lets it, and gives the status: VAULT_IO with a sentence where
 * stdout takes it not. Frees. */
enum vault_rc out_finish(struct out *o, enum vault_rc rc, struct vault_err *err) VAULT_MUST_CHECK;

#endif
