/* record_util.h - the steps that record.c and record_ledger.c share. L2, for these two only. */
#ifndef VAULT_RECORD_UTIL_H
#define VAULT_RECORD_UTIL_H

#include <vault/json.h>
#include <vault/types.h>

#include "jsonread.h"

char *record_text(struct vault_json *owned);
void record_set_id(struct vault_json *j, const char *key, const uint8_t id[VAULT_ID_LEN]);
void record_put_str(struct vault_json *j, const char *key, const char *s);
void record_put_day(struct vault_json *j, const char *key, int64_t day);
void record_put_flag(struct vault_json *j, const char *key, int yes);
void record_set_strings(struct vault_json *j, const char *key, const struct vault_strings *l);
enum vault_rc record_bad(struct vault_err *err);
enum vault_rc record_str(const struct jsonread *j, const char *key, char **out, struct vault_err *err) VAULT_MUST_CHECK;
enum vault_rc record_strings(const struct jsonread *j, const char *key, struct vault_strings *out,
                             struct vault_err *err) VAULT_MUST_CHECK;
enum vault_rc record_id(const struct jsonread *j, const char *key, uint8_t id[VAULT_ID_LEN],
                        struct vault_err *err) VAULT_MUST_CHECK;
enum vault_rc record_identity(const struct jsonread *j, struct vault_identity *out, struct vault_err *err) VAULT_MUST_CHECK;

#endif
