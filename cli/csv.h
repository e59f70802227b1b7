/* csv.h - comma-separated values as RFC 4180 has them: UTF-8, a line a record, CRLF. */
#ifndef CLI_CSV_H
#define CLI_CSV_H

#include "out.h"

/* What a field is to a spreadsheet: of numbers, days and our own words nothing is to be feared. */
enum csv_trust { CSV_OURS, CSV_FOREIGN };

/* One field into `o`, in quotes where it needs them; NULL is an empty one. Control characters become '?', and so does each
 * byte that is no UTF-8: no field has a line break. CSV_FOREIGN: what a spreadsheet could take for a formula gets a ' in
 * front (OWASP, CSV injection; CWE-1236), and so does what begins with one, so that to take the first ' away gives the text
 * back in any case. */
void csv_field(struct out *o, const char *text, enum csv_trust trust);
void csv_comma(struct out *o);
void csv_end(struct out *o);

#endif
