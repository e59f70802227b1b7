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
};

/* Text for stdout. Control characters but newline become '?'. */
void out_printf(struct out *o, const char *fmt, ...) VAULT_PRINTF(2, 3);
/* As it is: output of the table and JSON code. */
void out_raw(struct out *o, const char *text, size_t n);

/* `{"schema":"smartvault.NAME/1","time":…,"items":[…]}` for stdout. Takes `*items` (an array) over and sets it NULL.
 * `now_s` is the vault's time. */
void out_json(struct out *o, const char *name, int64_t now_s, struct vault_json **items);

/* One line on stderr, `vault: …`, unless quiet. */
void out_note(struct out *o, const char *fmt, ...) VAULT_PRINTF(2, 3);
/* The last line of what worked: `next: …` on stderr, unless quiet. */
void out_next(struct out *o, const char *fmt, ...) VAULT_PRINTF(2, 3);
/* One line over the one before on stderr, where that is a terminal and not quiet; _end wipes it. */
void out_progress(struct out *o, const char *fmt, ...) VAULT_PRINTF(2, 3);
void out_progress_end(struct out *o);
/* An error's line, quiet or not. */
void out_error(const char *sentence);

/* Ends the run: writes what was collected where `rc` lets it, and gives the status: VAULT_IO with a sentence where
 * stdout takes it not. Frees. */
enum vault_rc out_finish(struct out *o, enum vault_rc rc, struct vault_err *err) VAULT_MUST_CHECK;

#endif
