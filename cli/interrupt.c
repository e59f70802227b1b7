/* interrupt.c - a signal's handler that only takes note, for as long as Smartsheet is asked. */
#include "interrupt.h"

#include <signal.h>
#include <stddef.h>

static const int interrupt_signals[] = {SIGINT, SIGTERM, SIGHUP};
enum { INTERRUPT_SIGNALS = sizeof(interrupt_signals) / sizeof(*interrupt_signals) };

static struct {
	volatile sig_atomic_t came;
	struct sigaction was[INTERRUPT_SIGNALS];
} interrupt_noted;

/* The next one, of whatever kind, finds nobody who takes note: who is in a hurry is not made to wait for a disk. */
static void interrupt_on_signal(int sig)
{
	const struct sigaction act = {.sa_handler = SIG_DFL};

	(void)sig;
	interrupt_noted.came = 1;
	for (size_t i = 0; i < INTERRUPT_SIGNALS; i++)
		if (interrupt_noted.was[i].sa_handler != SIG_IGN)
			sigaction(interrupt_signals[i], &act, NULL);
}

void interrupt_begin(struct vault_api_config *cfg)
{
	struct sigaction act = {.sa_handler = interrupt_on_signal, .sa_flags = SA_RESTART};

	sigfillset(&act.sa_mask);
	interrupt_noted.came = 0;
	for (size_t i = 0; i < INTERRUPT_SIGNALS; i++)
		sigaction(interrupt_signals[i], NULL, &interrupt_noted.was[i]);
	for (size_t i = 0; i < INTERRUPT_SIGNALS; i++)
		if (interrupt_noted.was[i].sa_handler != SIG_IGN)
			sigaction(interrupt_signals[i], &act, NULL);
	cfg->stop = &interrupt_noted.came;
}

void interrupt_end(struct vault_api_config *cfg)
{
	for (size_t i = 0; i < INTERRUPT_SIGNALS; i++)
		sigaction(interrupt_signals[i], &interrupt_noted.was[i], NULL);
	cfg->stop = NULL;
}
