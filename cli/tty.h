/* tty.h - the terminal while a person types secrets. One terminal a process, and so one state of it. */
#ifndef CLI_TTY_H
#define CLI_TTY_H

#include <stddef.h>

#include <vault/error.h>
#include <vault/secret.h>

/* The controlling terminal, close-on-exec and the caller's; -1 where there is none. */
int tty_open(void);

/* Shows `text` and reads the line that is then typed into `*out` (new, the caller's, without its end), without echo. What
 * was typed before the question was there is dropped: it is no answer to it. The echo stays off after it, so that what is
 * typed ahead while a KDF runs is not shown, until tty_release, or until a signal ends or stops the process: then the
 * terminal is as it was before. VAULT_LOCKED where there is no terminal or it ends; VAULT_REFUSED: too long. */
enum vault_rc tty_secret(const char *text, size_t max, struct vault_secret **out, struct vault_err *err) VAULT_MUST_CHECK;

/* Shows `text` and reads a line with echo; what does not fit is dropped. VAULT_LOCKED as above. Releases before. */
enum vault_rc tty_line(const char *text, char *out, size_t n, struct vault_err *err) VAULT_MUST_CHECK;

/* Gives the terminal back as it was. What was typed and not read is dropped: a token typed too early must not become a
 * command of the shell. Fine where nothing is held. To be called before anything that takes long or is another program,
 * and at the end. */
void tty_release(void);

#endif
