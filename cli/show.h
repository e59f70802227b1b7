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

/* Words for people, into `out`, which is returned. */
enum { SHOW_WORDS = 96 };
/* A day as people say it: "today", "tomorrow", "in 12 days", "3 days ago", "in 5 months"; "" for VAULT_NO_DAY. */
const char *show_when(int64_t day, int64_t today, char out[SHOW_WORDS]);
/* Day and words: "2027-02-21 (in 90 days)"; "" for VAULT_NO_DAY. */
const char *show_day_when(int64_t day, int64_t today, char out[SHOW_WORDS]);
/* The same in a table: where it must fit a narrow terminal the words alone. */
const char *show_day_cell(int64_t day, int64_t today, char out[SHOW_WORDS]);
/* "valid, 3 days ago"; "not checked" for NULL. */
const char *show_verdict_words(const struct vault_verdict *v, int64_t today, char out[SHOW_WORDS]);
/* label account due days_left reasons[] holders[]; `l`: those of today, by label. */
struct vault_json *show_due(const struct vault_due *d, const struct vault_holders *l);
/* Holders come sorted by label: where those of this token's label begin, or would. */
size_t show_holders_first(const struct vault_holders *l, const struct vault_token *t);
void show_set_due_holders(struct vault_json *obj, const struct vault_token *t, const struct vault_holders *l);

/* What is to be done about a reason: a command, or words and a command. */
const char *show_reason_next(const struct vault_token *t, const struct vault_due_reason *r, char *out, size_t n);
/* The next step of what is due first, for out_next; "" for NULL. */
const char *show_due_next(const struct vault_due *d, char *out, size_t n);
/* "Ann@a.example (Example Ltd), licensed, system admin". NULL: "". */
const char *show_identity_words(const struct vault_identity *i, char *out, size_t n);
/* ", "-joined codes of a due line; "" for NULL. */
const char *show_due_codes(const struct vault_due *d, char *out, size_t n);

#endif
