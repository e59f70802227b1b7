/* prompt.c - asking a person and showing a secret, on the terminal (tty.c) only. */
#include "prompt.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <vault/types.h>

#include "args.h"
#include "tty.h"

enum { PROMPT_CAP = 2 * VAULT_TOKEN_MAX, PROMPT_TEXT = 512 };

int prompt_possible(const struct call *c)
{
	int fd;

	if (args_flag(c->args, OPT_NO_INPUT))
		return 0;
	fd = tty_open();
	if (fd < 0)
		return 0;
	close(fd);
	return 1;
}

/* Paths and labels stand in prompts: they must not steer the terminal. */
static void prompt_tame(const char *text, char out[PROMPT_TEXT])
{
	size_t n = 0;

	for (; n < PROMPT_TEXT - 1 && text[n]; n++)
		out[n] = (unsigned char)text[n] < 0x20 || text[n] == 0x7f ? '?' : text[n];
	out[n] = '\0';
}

enum vault_rc prompt_secret(const struct call *c, const char *text, struct vault_secret **out, struct vault_err *err)
{
	char tame[PROMPT_TEXT];

	if (!prompt_possible(c))
		return vault_err_set(err, VAULT_LOCKED,
		                     "nobody can be asked here: there is no terminal, or --no-input");
	prompt_tame(text, tame);
	return tty_secret(tame, PROMPT_CAP, out, err);
}

enum vault_rc prompt_yes(const struct call *c, const char *question, int *yes, struct vault_err *err)
{
	char tame[PROMPT_TEXT], answer[16] = "";
	enum vault_rc rc;

	*yes = 0;
	if (!prompt_possible(c))
		return VAULT_OK;
	prompt_tame(question, tame);
	rc = tty_line(tame, answer, sizeof(answer), err);
	if (rc != VAULT_OK)
		return rc;
	*yes = strcasecmp(answer, "y") == 0 || strcasecmp(answer, "yes") == 0;
	return VAULT_OK;
}

int prompt_can_show(void)
{
	int fd = tty_open();

	if (fd < 0)
		return 0;
	close(fd);
	return 1;
}

enum vault_rc prompt_show(const char *before, const struct vault_secret *s, const char *after, struct vault_err *err)
{
	enum vault_rc rc;
	int fd = tty_open();

	if (fd < 0)
		return vault_err_set(err, VAULT_IO, "cannot show anything on the terminal: %s", strerror(errno));
	rc = write(fd, before, strlen(before)) < 0 ? VAULT_IO : vault_secret_write(s, fd, err);
	if (rc == VAULT_OK && write(fd, after, strlen(after)) < 0)
		rc = VAULT_IO;
	close(fd);
	return rc == VAULT_OK ? rc : vault_err_set(err, rc, "cannot write to the terminal");
}

enum vault_rc prompt_value(const struct call *c, const char *text, struct vault_secret **out, struct vault_err *err)
{
	struct vault_secret *s = NULL;
	enum vault_rc rc;

	if (isatty(STDIN_FILENO)) {
		if (!prompt_possible(c))
			return vault_err_set(err, VAULT_USAGE,
			                     "give the token on stdin: --no-input forbids to ask for it");
		return prompt_secret(c, text, out, err);
	}
	s = vault_secret_new(PROMPT_CAP);
	if (!s)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	rc = vault_secret_read_all(s, STDIN_FILENO, "token on stdin", err);
	if (rc == VAULT_OK)
		*out = s;
	else
		vault_secret_free(&s);
	return rc;
}
