/* audit_html.h - findings as one file for people who have no terminal: HTML without scripts, that refers to nothing outside. */
#ifndef CLI_AUDIT_HTML_H
#define CLI_AUDIT_HTML_H

#include <vault/audit.h>

#include "out.h"

struct audit_page {
	const struct vault_audit_finding *f; /* the worst first */
	size_t n;
	const char *vault;        /* the file's name */
	const char *slot;         /* who looked */
	int64_t now;              /* seconds */
	const char *const *notes; /* what could not be checked: sentences, NULL ends */
};

/* The page's text into `o`, which is not stdout's. */
void audit_html(struct out *o, const struct audit_page *p);

#endif
