/* log_report.h - what vault log says of an event: a sentence, and columns. */
#ifndef CLI_LOG_REPORT_H
#define CLI_LOG_REPORT_H

#include <vault/log.h>

#include "report.h"

/* A row is a struct vault_event; `about` is not used. */
extern const struct report_of log_report;

/* The actions that have words, from 0; NULL after the last. */
const char *log_action_name(size_t i);

#endif
