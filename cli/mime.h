/* mime.h - text as mail and calendars want it. Pure. Sources: RFC 2045 (quoted-printable), 2047, 5322, 5545, 6532. */
#ifndef CLI_MIME_H
#define CLI_MIME_H

#include <stdint.h>

#include "text.h"

/* UTF-8 text with newlines as quoted-printable, lines of at most 76 bytes that end with a newline. */
void mime_body(struct text *to, const char *text);

/* `NAME: text`: as it is where it is printable ASCII, else as encoded words, folded. Text has no control characters. */
void mime_header(struct text *to, const char *name, const char *text);
/* The name of a mailbox before its address: a quoted string, or encoded words. */
void mime_phrase(struct text *to, const char *name);

/* 1 where it can stand in a header as one address that nothing is hidden in: a dot-atom, '@', a domain; beyond ASCII as
 * RFC 6532 has it. */
int mime_is_address(const char *s);

/* `Thu, 26 Nov 2026 07:00:00 +0000`, of seconds since 1970. */
enum { MIME_DATE = 40 };
const char *mime_date(int64_t time_s, char out[MIME_DATE]);

/* One line of a calendar, folded after 75 bytes between characters, with CRLF. */
void mime_calendar_line(struct text *to, const char *line);
/* Text as the value of a property: backslash, semicolon, comma and newline escaped. */
void mime_calendar_text(struct text *to, const char *text);

#endif
