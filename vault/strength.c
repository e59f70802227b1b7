/* strength.c - how many guesses a passphrase stands, by zxcvbn (Wheeler, USENIX Security 2016). L1. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <zxcvbn.h>

#include "secret.h"

/* libzxcvbn looks closely at 100 characters and counts the rest for next to nothing; so does this. */
enum { JUDGED_MAX = 256 };

static double bits_of(const struct vault_secret *passphrase, const char *const *user_words)
{
	size_t n = vault_secret_len(passphrase), words = 0;
	char *text = secret_mem(JUDGED_MAX + 1);
	const char **list = NULL;
	double bits = 0;

	while (user_words && user_words[words])
		words++;
	list = calloc(words + 1, sizeof *list);
	if (text && list) {
		if (words)
			memcpy(list, user_words, words * sizeof *list);
		memcpy(text, vault_secret_cbytes(passphrase), n < JUDGED_MAX ? n : JUDGED_MAX);
		bits = ZxcvbnMatch(text, list, NULL);
	}
	free(list);
	secret_mem_free(text);
	return isfinite(bits) && bits > 0 ? bits : 0;
}

/* libzxcvbn works on copies in its own heap, and crashes where memory ends: in a child both are over when it has
 * answered. A child that died has judged nothing, and that counts as weak. */
double vault_passphrase_bits(const struct vault_secret *passphrase, const char *const *user_words)
{
	double bits = 0;
	ssize_t got = -1;
	pid_t pid = -1;
	int p[2] = {-1, -1};

	if (vault_secret_len(passphrase) == 0)
		return 0;
	if (pipe(p) == 0)
		pid = fork();
	if (pid == 0) {
		bits = bits_of(passphrase, user_words);
		_exit(write(p[1], &bits, sizeof bits) == (ssize_t)sizeof bits ? 0 : 1);
	}
	if (p[1] >= 0)
		close(p[1]);
	if (pid > 0) {
		do
			got = read(p[0], &bits, sizeof bits);
		while (got < 0 && errno == EINTR);
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	if (p[0] >= 0)
		close(p[0]);
	if (pid < 0)
		return bits_of(passphrase, user_words);
	return got == (ssize_t)sizeof bits ? bits : 0;
}
