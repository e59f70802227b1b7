/* interrupt.h - Ctrl-C while Smartsheet is asked: noted, so that what is known by then is kept. */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

#include <vault/check.h>

/* From here to interrupt_end a first SIGINT, SIGTERM or SIGHUP makes what asks with `cfg` return VAULT_INTERRUPTED; a
 * second ends the process at once. Those that the caller had ignored (nohup) stay so. After tty_release; not nested. */
void interrupt_begin(struct vault_api_config *cfg);
void interrupt_end(struct vault_api_config *cfg);

#endif
