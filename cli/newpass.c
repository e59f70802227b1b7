/* newpass.c - choosing a passphrase, for init and access passwd. */
#include "newpass.h"

#include <string.h>

#include "args.h"
#include "out.h"
#include "prompt.h"

enum { NEWPASS_MIN_BITS = 50, NEWPASS_MAX_MIB = 4194303 };

enum vault_rc newpass_ask(struct call *c, struct vault_secret **out, struct vault_err *err)
{
	const char *name = c->args->command->name;
	struct vault_secret *again = NULL;
	enum vault_rc rc;

	if (!prompt_possible(c))
		return vault_err_set(err, VAULT_LOCKED, "nobody can be asked for a passphrase: %s",
		                     strcmp(name, "init") == 0 ? "--key-file-out FILE, or --passphrase-file FILE"
		                     : strcmp(name, "rekey") == 0
		                             ? "--new-passphrase-file FILE"
		                             : "--key-file-out FILE, or --new-passphrase-file FILE");
	rc = prompt_secret(c, "New passphrase: ", out, err);
	if (rc == VAULT_OK)
		rc = prompt_secret(c, "The same again: ", &again, err);
	if (rc == VAULT_OK &&
	    (vault_secret_len(*out) != vault_secret_len(again) ||
	     memcmp(vault_secret_cbytes(*out), vault_secret_cbytes(again), vault_secret_len(again)) != 0))
		rc = vault_err_set(err, VAULT_REFUSED, "the two differ: nothing was made");
	vault_secret_free(&again);
	return rc;
}

enum vault_rc newpass_check(struct call *c, const struct vault_secret *s, const char *slot_name, struct vault_err *err)
{
	const char *words[] = {slot_name, "smartsheet", "smartvault", "vault", "token", NULL};
	double bits;

	if (vault_secret_len(s) == 0)
		return vault_err_set(err, VAULT_REFUSED, "the new passphrase is empty: nothing was made");
	bits = vault_passphrase_bits(s, words);
	if (bits >= NEWPASS_MIN_BITS)
		return VAULT_OK;
	if (!args_flag(c->args, OPT_FORCE))
		return vault_err_set(err, VAULT_REFUSED,
		                     "too easy to guess (%.0f bits, %d are wanted): take a longer one, or --force",
		                     bits, NEWPASS_MIN_BITS);
	out_note(c->out, "this passphrase is easy to guess (%.0f bits, %d are wanted)", bits, NEWPASS_MIN_BITS);
	return VAULT_OK;
}

enum vault_rc newpass_kdf(const struct args *a, uint32_t *memory_kib, uint32_t *passes, struct vault_err *err)
{
	uint64_t mib = 0, n = 0;
	enum vault_rc rc = args_uint(a, OPT_KDF_MEMORY, 1, NEWPASS_MAX_MIB, &mib, err);

	if (rc == VAULT_OK)
		rc = args_uint(a, OPT_KDF_PASSES, 1, UINT32_MAX, &n, err);
	*memory_kib = (uint32_t)mib * 1024;
	*passes = (uint32_t)n;
	return rc;
}
