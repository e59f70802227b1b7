/* error.h - what every function of the library answers, and the sentence that goes with it. */
#ifndef VAULT_ERROR_H
#define VAULT_ERROR_H

/* The numbers are the exit statuses of the program (PRODUCT: Streams and exit status): one table for both. */
enum vault_rc {
	VAULT_OK = 0,
	VAULT_REFUSED = 1,     /* refused by a rule, or failed in a way not listed below */
	VAULT_USAGE = 2,       /* a malformed argument */
	VAULT_NOTFOUND = 3,    /* no such vault, label, vendor, slot or version */
	VAULT_EXISTS = 4,      /* exists already, or ambiguous */
	VAULT_LOCKED = 5,      /* no passphrase or key to be had without asking */
	VAULT_WRONGKEY = 6,    /* wrong passphrase or key */
	VAULT_FORBIDDEN = 7,   /* this slot may not do that, or was ended */
	VAULT_DAMAGED = 8,     /* damaged or tampered with, or not a vault */
	VAULT_ROLLBACK = 9,    /* rollback or fork */
	VAULT_FINDINGS = 10,   /* findings */
	VAULT_UNASKED = 11,    /* could not ask Smartsheet */
	VAULT_BUSY = 12,       /* another process holds it */
	VAULT_IO = 13,         /* I/O error or no space; nothing changed */
	VAULT_UNSAFE = 14,     /* unsafe path, owner or mode */
	VAULT_FORMAT = 15,     /* format version or parameters outside what is accepted */
	VAULT_CANNOT_RUN = 126, /* run: CMD is there and cannot be executed */
	VAULT_NO_PROGRAM = 127, /* run: CMD is not there */
	VAULT_INTERRUPTED = 130
};

#define VAULT_MUST_CHECK __attribute__((warn_unused_result))
#define VAULT_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

enum { VAULT_MSG_MAX = 1024 };

/* The caller's, zeroed before the first use; may be NULL wherever it is the last argument. `msg` is one line
 * without a newline and without "vault: "; it has no secret in it and no control character. */
struct vault_err {
	enum vault_rc rc;
	char msg[VAULT_MSG_MAX];
};

/* Sets code and sentence and returns `rc`. The first sentence stays: the deepest function that knows the cause
 * writes it, and nobody overwrites it on the way up. Control characters in the result become '?'. */
enum vault_rc vault_err_set(struct vault_err *err, enum vault_rc rc, const char *fmt, ...) VAULT_PRINTF(3, 4);

/* Makes `err` (may be NULL) fit for another use. */
void vault_err_clear(struct vault_err *err);

#endif
