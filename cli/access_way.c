/* access_way.c - a new key slot's way in: chosen, made, handed out; and what is due where a slot was ended. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <vault/token.h>

#include "access.h"
#include "args.h"
#include "cred.h"
#include "newfile.h"
#include "newpass.h"
#include "out.h"
#include "prompt.h"

static int access_is_recovery(const char *name)
{
	return name && strcmp(name, VAULT_RECOVERY_NAME) == 0;
}

enum vault_rc access_way_fits(const struct args *a, const char *name, const struct access_way *w, struct vault_err *err)
{
	if (w->recovery_out && !access_is_recovery(name))
		return args_usage(a, err, "--recovery-out is of the recovery slot, which is called " VAULT_RECOVERY_NAME);
	if (access_is_recovery(name) && (w->phrase || w->key_out))
		return args_usage(a, err, "the recovery slot opens by a code: --recovery-out FILE, or a terminal to show it on");
	if (access_is_recovery(name) && !w->recovery_out && !prompt_can_show())
		return args_usage(a, err, "there is no terminal to show the recovery code on: --recovery-out FILE");
	return VAULT_OK;
}

enum vault_rc access_way_read(const struct args *a, const char *name, int unattended, struct access_way *w,
                              struct vault_err *err)
{
	int phrases = args_flag(a, OPT_NEW_PASSPHRASE_FD) + args_flag(a, OPT_NEW_PASSPHRASE_FILE);
	enum vault_rc rc;
	uint64_t fd = 0;

	w->key_out = args_str(a, OPT_KEY_FILE_OUT);
	w->recovery_out = args_str(a, OPT_RECOVERY_OUT);
	w->phrase = phrases > 0;
	if (phrases + (w->key_out != NULL) + (w->recovery_out != NULL) > 1)
		return args_usage(a, err, "give one of --key-file-out, --new-passphrase-fd, --new-passphrase-file, "
		                          "--recovery-out");
	rc = name ? access_way_fits(a, name, w, err) : VAULT_OK;
	if (rc != VAULT_OK)
		return rc;
	if (unattended && !w->phrase && !w->key_out)
		return args_usage(a, err, "a program opens the vault by a key file: --key-file-out FILE");
	if (w->key_out && (args_flag(a, OPT_KDF_MEMORY) || args_flag(a, OPT_KDF_PASSES)))
		return args_usage(a, err, "--kdf-memory and --kdf-passes are of a passphrase: a key file needs none");
	if (args_uint(a, OPT_NEW_PASSPHRASE_FD, 0, 1 << 20, &fd, err) != VAULT_OK)
		return VAULT_USAGE;
	return newpass_kdf(a, &w->memory_kib, &w->passes, err);
}

static enum vault_rc access_free(const struct access_way *w, struct vault_err *err)
{
	enum vault_rc rc = w->key_out ? newfile_free(w->key_out, "key file", err) : VAULT_OK;

	return rc == VAULT_OK && w->recovery_out ? newfile_free(w->recovery_out, "recovery file", err) : rc;
}

static enum vault_rc access_hand_out(struct access_way *w, struct vault_err *err)
{
	enum vault_rc rc;

	if (!w->key_text)
		return VAULT_OK;
	if (!w->key_out && !w->recovery_out)
		return prompt_show("Recovery code, shown this once; write it down and keep it apart from the vault:\n\n",
		                   w->key_text, "\n", err);
	rc = w->key_out ? newfile_write(w->key_out, "key file", w->key_text, err)
	                : newfile_write(w->recovery_out, "recovery file", w->key_text, err);
	w->made_file = rc == VAULT_OK;
	return rc;
}

enum vault_rc access_way_make(struct call *c, struct session *s, const char *name, enum vault_role role,
                              struct access_way *w, struct vault_err *err)
{
	struct vault_access_new how = {.name = name, .role = role};
	enum vault_rc rc = access_free(w, err);

	if (rc == VAULT_OK && !w->key_out && !access_is_recovery(name)) {
		rc = cred_new_passphrase(c, &w->passphrase, err);
		if (rc == VAULT_OK && !w->passphrase)
			rc = newpass_ask(c, &w->passphrase, err);
		if (rc == VAULT_OK)
			rc = newpass_check(c, w->passphrase, name, err);
	}
	how.passphrase = w->passphrase;
	how.kdf_memory_kib = w->memory_kib;
	how.kdf_passes = w->passes;
	if (rc == VAULT_OK)
		rc = vault_access_prepare(s->v, &how, &w->key_text, err);
	return rc == VAULT_OK ? access_hand_out(w, err) : rc;
}

void access_way_undo(struct call *c, struct access_way *w, enum vault_rc rc)
{
	const char *path = w->key_out ? w->key_out : w->recovery_out;

	if (w->made_file && rc == VAULT_IO)
		out_note(c->out, "%s is left where it is: try whether it opens the vault before you take it away", path);
	else if (w->made_file)
		unlink(path);
	w->made_file = 0;
}

void access_way_clear(struct access_way *w)
{
	vault_secret_free(&w->passphrase);
	vault_secret_free(&w->key_text);
}

const char *access_way_name(const struct access_way *w)
{
	return w->passphrase ? "passphrase" : w->key_out ? "key-file" : "recovery";
}

/* --- due --- */

static int access_by_label(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *access_label(const struct vault_tokens *l, const uint8_t id[VAULT_ID_LEN])
{
	for (size_t i = 0; i < l->n; i++)
		if (memcmp(l->t[i].id, id, VAULT_ID_LEN) == 0)
			return l->t[i].label;
	return "?";
}

/* Labels of what slots of that name could read, ascending; borrowed from `tokens`. */
static const char **access_due_labels(const struct vault_slot_reads *reads, const struct vault_tokens *tokens,
                                      const char *slot, size_t *n)
{
	const char **labels = calloc(reads->n + 1, sizeof(*labels));

	*n = 0;
	for (size_t i = 0; labels && i < reads->n; i++)
		if (strcmp(reads->r[i].slot, slot) == 0)
			labels[(*n)++] = access_label(tokens, reads->r[i].token_id);
	if (labels)
		qsort(labels, *n, sizeof(*labels), access_by_label);
	return labels;
}

static void access_say_due(struct call *c, const char *slot, const char *const *labels, size_t n)
{
	char some[400] = "";

	for (size_t i = 0, len = 0; i < n && i < 5; i++)
		len += (size_t)snprintf(some + len, sizeof(some) - len, "%s%s", i > 0 ? ", " : "", labels[i]);
	out_note(c->out,
	         "%s could read %s%s: an old copy of the vault stays readable, so %s due until rotated at Smartsheet",
	         slot, some, n > 5 ? " and more" : "", n == 1 ? "it is" : "they are");
	out_next(c->out, "vault due");
}

void access_tell_due(struct call *c, struct session *s, const char *slot, struct vault_json *obj)
{
	struct vault_slot_reads reads = {0};
	struct vault_tokens tokens = {0};
	struct vault_json *list = NULL;
	const char **labels = NULL;
	struct vault_err e = {0};
	size_t n = 0;
	enum vault_rc rc = vault_begin(s->v, VAULT_READ, &e);

	if (rc == VAULT_OK)
		rc = vault_token_all(s->v, &tokens, &e);
	if (rc == VAULT_OK)
		rc = vault_slot_reads_all(s->v, &tokens, &reads, &e);
	vault_end(s->v);
	if (rc == VAULT_OK)
		labels = access_due_labels(&reads, &tokens, slot, &n);
	if (!labels)
		out_note(c->out, "the change stands, but what is due could not be read (%s): vault due",
		         e.msg[0] ? e.msg : "out of memory");
	else if (obj)
		list = vault_json_array();
	for (size_t i = 0; list && i < n; i++)
		vault_json_add_str(list, labels[i]);
	if (list)
		vault_json_set(obj, "due", list);
	else if (obj)
		vault_json_set_null(obj, "due");
	if (n > 0)
		access_say_due(c, slot, labels, n);
	free(labels);
	vault_slot_reads_clear(&reads);
	vault_tokens_clear(&tokens);
}
