/* help.h - what `vault`, --help, --version and `vault help` print. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "command.h"
#include "out.h"

void help_day(struct out *o);                              /* `vault`: the day's commands */
void help_all(struct out *o);                              /* `vault --help`: all commands, global options */
void help_command(struct out *o, const struct command *c); /* `vault CMD --help` */
void help_version(struct out *o);

#endif
