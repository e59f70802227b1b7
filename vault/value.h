/* value.h - the values of tokens: rows of `secret`. L5. Source: vault-format(5), Keys (K_tok, K1, C). */
#ifndef VAULT_VALUE_H
#define VAULT_VALUE_H

#include "object.h"

/* The verified row of a version, or NULL (in `*row`, borrowed for the transaction). */
enum vault_rc value_row(struct vault *v, const uint8_t token_id[16], uint32_t version, const struct row **row,
                        struct vault_err *err) VAULT_MUST_CHECK;

/* How many rows a token has. */
enum vault_rc value_count(struct vault *v, const uint8_t token_id[16], size_t *n, struct vault_err *err) VAULT_MUST_CHECK;

/* 1 where the row holds a value. */
int value_present(const struct row *row);

/* Stores a version under a fresh K_tok; `value` NULL: nobody has it. Gives its commitment. */
enum vault_rc value_store(struct vault *v, const uint8_t token_id[16], uint32_t version, const struct vault_secret *value,
                          uint8_t commit[VAULT_COMMIT_LEN], struct vault_err *err) VAULT_MUST_CHECK;

/* Opens a value with K_adm; `*out` is the caller's. VAULT_REFUSED where the row has none. */
enum vault_rc value_open(struct vault *v, const uint8_t token_id[16], uint32_t version, struct vault_secret **out,
                         struct vault_err *err) VAULT_MUST_CHECK;

/* K_tok of a row, into guarded memory; by K_adm. VAULT_DAMAGED where it does not open or its commitment differs. */
enum vault_rc value_key(struct vault *v, const struct row *row, uint8_t key[KEY_LEN], struct vault_err *err) VAULT_MUST_CHECK;

/* Opens a row's value with its K_tok (a script's grant). */
enum vault_rc value_open_with(struct vault *v, const struct row *row, const uint8_t key[KEY_LEN], struct vault_secret **out,
                              struct vault_err *err) VAULT_MUST_CHECK;

/* A verified row of `from` sealed anew under `to`'s vault_id and newest K_adm: same K_tok, so the same commitment; put into
 * to's leaf, and a value that is there filed under its tag. `added` is the new row's added_epoch. The two may be one vault:
 * turn-over, restore; or the one before and after `rekey`. */
enum vault_rc value_move(struct vault *from, struct vault *to, const struct row *row, uint64_t added,
                         struct vault_err *err) VAULT_MUST_CHECK;

/* Empties both boxes; the row and its commitment stay; grants of that version are ended. */
enum vault_rc value_erase(struct vault *v, const uint8_t token_id[16], uint32_t version, struct vault_err *err) VAULT_MUST_CHECK;

/* Remembers under the value's own tag where it is stored. */
enum vault_rc value_index(struct vault *v, const struct vault_secret *value, const uint8_t token_id[16], uint32_t version,
                          struct vault_err *err) VAULT_MUST_CHECK;

/* Looks a value up by its tag, under each generation of K_adm. */
enum vault_rc value_find(struct vault *v, const struct vault_secret *value, uint8_t token_id[16], uint32_t *version,
                         int *found, struct vault_err *err) VAULT_MUST_CHECK;

#endif
