/* token.h - inner side of <vault/token.h>: tokens as objects with their rows of secrets. L5. */
#ifndef VAULT_TOKEN_INT_H
#define VAULT_TOKEN_INT_H

#include <vault/token.h>

#include "object.h"

/* A token with the version its object was written at (object.version). */
struct token_entry {
	struct vault_token t;
	uint64_t written;
};

/* As vault_token_find. */
enum vault_rc token_find(struct vault *v, const char *label, struct token_entry *out, struct vault_err *err) VAULT_MUST_CHECK;

/* Compares a parsed token with its rows of secrets and takes the commitments over; VAULT_DAMAGED. */
enum vault_rc token_attach(struct vault *v, struct vault_token *t, struct vault_err *err) VAULT_MUST_CHECK;

/* Tag of a token's object: by label, or by id where it was removed. */
void token_tag(const struct vault *v, const struct vault_token *t, uint8_t tag[16]);

/* Tokens gathered by object_each_of(): token_gather is what it calls, token_gathered the end, where `rc` is what came of
 * it: sorted, or cleared where it failed. */
struct token_list {
	struct vault *v;
	struct vault_tokens *out;
	size_t cap;
};
enum vault_rc token_gather(void *list, const struct object *o, struct vault_err *err) VAULT_MUST_CHECK;
void token_gathered(struct vault_tokens *l, enum vault_rc rc);

/* Writes the token's object anew. */
enum vault_rc token_put(struct vault *v, const struct vault_token *t, uint64_t version, struct vault_err *err) VAULT_MUST_CHECK;

/* Appends a version to the token's list and gives it. */
struct vault_version *token_new_version(struct vault_token *t);

/* In a write transaction: the version is dead, its value erased. VAULT_BUSY where it is no longer retired. */
enum vault_rc token_mark_dead(struct vault *v, struct token_entry *e, uint32_t version, int64_t day,
                              struct vault_err *err) VAULT_MUST_CHECK;

/* One line of JSON for a change's detail: {"label":...,"version":n,"text":...}; malloc'ed. */
char *token_detail(const char *label, uint32_t version, const char *text);

#endif
