/* show.h - the shapes several commands print: PRODUCT's JSON objects, with all their keys, and words for people. */
#ifndef CLI_SHOW_H
#define CLI_SHOW_H

#include <vault/finding.h>
#include <vault/json.h>
#include <vault/types.h>

#include "facts.h"
#include "out.h"

/* The keys of a token that list, show and add share. `verdict`, `identity` (a verdict with one), `due` may be NULL. */
struct vault_json *show_token(const struct vault_token *t, const struct vault_verdict *verdict,
                              const struct vault_verdict *identity, size_t holders, const struct vault_due *due);

/* {result,checked,http_status,error_code,message,base}; or null for NULL, into `obj` as `key`. */
struct vault_json *show_verdict(const struct vault_verdict *v);
void show_set_verdict(struct vault_json *obj, const char *key, const struct vault_verdict *v);
/* {id,email,account_id,account_name,admin,licensed,group_admin,resource_viewer} or null, into `obj` as `key`. */
void show_set_identity(struct vault_json *obj, const char *key, const struct vault_identity *i);
/* A string list as an array, into `obj` as `key`. */
void show_set_strings(struct vault_json *obj, const char *key, const struct vault_strings *l);

/* label vendor to purpose items[] agreement until channel shared confirmed version state ended reason. */
struct vault_json *show_holder(const struct vault_holder *h);

/* "valid, 2026-01-02" for people; "not checked" for NULL; into `out`, which is returned. */
enum { SHOW_WORDS = 96 };
const char *show_verdict_words(const struct vault_verdict *v, char out[SHOW_WORDS]);
/* "Ann@a.example (Example Ltd), licensed, system admin". NULL: "". */
const char *show_identity_words(const struct vault_identity *i, char *out, size_t n);
/* ", "-joined codes of a due line; "" for NULL. */
const char *show_due_codes(const struct vault_due *d, char *out, size_t n);

#endif
