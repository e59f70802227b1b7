/* list_report.h - the columns of vault list. */
#ifndef CLI_LIST_REPORT_H
#define CLI_LIST_REPORT_H

#include "facts.h"
#include "report.h"

/* What a line needs of a token; `about` is the struct facts. Borrowed. */
struct list_row {
	const struct vault_token *token;
	const struct vault_verdict *verdict; /* of the newest version, or NULL */
	const struct vault_due *due;         /* or NULL */
	size_t holders;
	int at_vendor;
};

extern const struct report_of list_report;
/* What a script may know: the table's columns, for report_default. */
extern const int list_report_granted[];

#endif
