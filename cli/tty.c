/* tty.c - echo off from the first secret on. A handler that restores the terminal does the work of a signal at once, so
 * none is lost between a prompt and its read(2), as by readpassphrase(3), which only takes note there. */
#include "tty.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static const int tty_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT};
enum { TTY_SIGNALS = sizeof(tty_signals) / sizeof(*tty_signals) };

/* What the handler must know. `fd` is below 0 while nothing is held. */
static struct {
	volatile sig_atomic_t fd;
	struct termios before, off;
	struct sigaction was[TTY_SIGNALS];
	const char *volatile asking; /* the prompt that waits for an answer, to be shown again after a stop */
} tty_held = {.fd = -1};

int tty_open(void)
{
	return open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
}

/* Drops what was typed and not read. Of a job in the background it stops the process until it is in front. */
static void tty_set(int fd, const struct termios *t)
{
	while (tcsetattr(fd, TCSAFLUSH, t) != 0 && errno == EINTR)
		;
}

static void tty_show(int fd, const char *text)
{
	size_t n = strlen(text);

	while (n > 0) {
		ssize_t w = write(fd, text, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return;
		text += w;
		n -= (size_t)w;
	}
}

static void tty_on_signal(int sig);

static void tty_catch(int sig, struct sigaction *was)
{
	struct sigaction act = {.sa_handler = tty_on_signal, .sa_flags = SA_RESTART};

	sigfillset(&act.sa_mask);
	/* What the caller had ignored (nohup) stays so. */
	if (sigaction(sig, NULL, was) == 0 && was->sa_handler != SIG_IGN)
		sigaction(sig, &act, NULL);
}

/* Async-signal-safe. In the background the terminal is in somebody else's hands, and as they want it. */
static void tty_on_signal(int sig)
{
	int saved_errno = errno, fd = tty_held.fd, in_front = fd >= 0 && tcgetpgrp(fd) == getpgrp();
	struct sigaction act = {.sa_handler = SIG_DFL}, ignored;
	sigset_t one;

	if (in_front)
		tty_set(fd, sig == SIGCONT ? &tty_held.off : &tty_held.before);
	if (sig == SIGCONT && in_front && tty_held.asking)
		tty_show(fd, tty_held.asking);
	if (sig == SIGCONT) {
		errno = saved_errno;
		return;
	}
	/* As if it had never been caught. Only SIGTSTP comes back from here; SIGCONT, blocked until then, does the rest. */
	sigemptyset(&act.sa_mask);
	sigemptyset(&one);
	sigaddset(&one, sig);
	sigaction(sig, &act, NULL);
	raise(sig);
	pthread_sigmask(SIG_UNBLOCK, &one, NULL);
	tty_catch(sig, &ignored);
	errno = saved_errno;
}

/* What is held and the handlers change together: none of these signals comes between. */
static void tty_block(sigset_t *before)
{
	sigset_t ours;

	sigemptyset(&ours);
	for (size_t i = 0; i < TTY_SIGNALS; i++)
		sigaddset(&ours, tty_signals[i]);
	pthread_sigmask(SIG_BLOCK, &ours, before);
}

static enum vault_rc tty_hold(struct vault_err *err)
{
	int fd = tty_held.fd;
	sigset_t mask;

	if (fd < 0) {
		fd = tty_open();
		if (fd < 0 || tcgetattr(fd, &tty_held.before) != 0) {
			if (fd >= 0)
				close(fd);
			return vault_err_set(err, VAULT_LOCKED, "cannot read from the terminal");
		}
		tty_held.off = tty_held.before;
		tty_held.off.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
		tty_block(&mask);
		tty_held.fd = fd;
		for (size_t i = 0; i < TTY_SIGNALS; i++)
			tty_catch(tty_signals[i], &tty_held.was[i]);
		pthread_sigmask(SIG_SETMASK, &mask, NULL);
	}
	tty_set(fd, &tty_held.off);
	return VAULT_OK;
}

void tty_release(void)
{
	int fd = tty_held.fd;
	sigset_t mask;

	if (fd < 0)
		return;
	tty_block(&mask);
	if (tcgetpgrp(fd) == getpgrp())
		tty_set(fd, &tty_held.before);
	for (size_t i = 0; i < TTY_SIGNALS; i++)
		sigaction(tty_signals[i], &tty_held.was[i], NULL);
	tty_held.fd = -1;
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
	close(fd);
}

/* Up to the end of a line; the bytes of it, those beyond `max` dropped; -1 where the terminal is gone. */
static ssize_t tty_read(int fd, char *out, size_t max)
{
	size_t n = 0;
	char c = 0;

	for (;;) {
		ssize_t got = read(fd, &c, 1);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0 || c == '\n' || c == '\r')
			break;
		if (n < max)
			out[n] = c;
		n++;
	}
	explicit_bzero(&c, 1);
	return (ssize_t)n;
}

enum vault_rc tty_secret(const char *text, size_t max, struct vault_secret **out, struct vault_err *err)
{
	struct vault_secret *s = vault_secret_new(max);
	enum vault_rc rc = s ? tty_hold(err) : vault_err_set(err, VAULT_REFUSED, "out of memory");
	ssize_t n = 0;

	if (rc == VAULT_OK) {
		tty_held.asking = text;
		tty_show(tty_held.fd, text);
		n = tty_read(tty_held.fd, (char *)vault_secret_bytes(s), max);
		tty_held.asking = NULL;
		tty_show(tty_held.fd, "\n");
		if (n < 0)
			rc = vault_err_set(err, VAULT_LOCKED, "cannot read from the terminal");
		else if ((size_t)n > max)
			rc = vault_err_set(err, VAULT_REFUSED, "what was typed is too long: %zu bytes at most", max);
	}
	if (rc != VAULT_OK) {
		vault_secret_free(&s);
		return rc;
	}
	vault_secret_set_len(s, (size_t)n);
	*out = s;
	return VAULT_OK;
}

enum vault_rc tty_line(const char *text, char *out, size_t n, struct vault_err *err)
{
	ssize_t got = -1;
	int fd;

	tty_release();
	fd = tty_open();
	*out = '\0';
	if (fd >= 0) {
		tcflush(fd, TCIFLUSH);
		tty_show(fd, text);
		got = tty_read(fd, out, n - 1);
		close(fd);
	}
	if (got < 0)
		return vault_err_set(err, VAULT_LOCKED, "cannot read from the terminal");
	out[(size_t)got < n ? (size_t)got : n - 1] = '\0';
	return VAULT_OK;
}
