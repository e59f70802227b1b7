/* json.h - JSON documents: a thin, checked face of jansson (64-bit integers, duplicate keys refused).
 *
 * A value is owned by whoever made it until it is put into another with set/add, which take it over, also when they
 * fail. Keys keep the order in which they were set. Out of memory is remembered: vault_json_dump then fails, so
 * that building code needs no check a line. Never put a secret into one. */
#ifndef VAULT_JSON_H
#define VAULT_JSON_H

#include <stddef.h>
#include <stdint.h>

#include <vault/error.h>

struct vault_json;

struct vault_json *vault_json_object(void);
struct vault_json *vault_json_array(void);
void vault_json_free(struct vault_json **j);

/* Into an object. A NULL string, VAULT_NO_DAY and a time below 0 become null. Invalid UTF-8 in a string is shown as '?'. */
void vault_json_set(struct vault_json *obj, const char *key, struct vault_json *owned);
void vault_json_set_str(struct vault_json *obj, const char *key, const char *s);
void vault_json_set_int(struct vault_json *obj, const char *key, int64_t n);
void vault_json_set_bool(struct vault_json *obj, const char *key, int yes);
void vault_json_set_null(struct vault_json *obj, const char *key);
void vault_json_set_day(struct vault_json *obj, const char *key, int64_t day);
void vault_json_set_time(struct vault_json *obj, const char *key, int64_t time_s);

/* At the end of an array. */
void vault_json_add(struct vault_json *arr, struct vault_json *owned);
void vault_json_add_str(struct vault_json *arr, const char *s);
void vault_json_add_int(struct vault_json *arr, int64_t n);

/* Parses one document of at most `len` bytes, depth at most 64. NULL and a sentence where it is none. */
struct vault_json *vault_json_parse(const void *text, size_t len, struct vault_err *err);

/* Borrowed views, valid while `j` lives; a missing key, null or another type gives the default. */
const struct vault_json *vault_json_get(const struct vault_json *obj, const char *key);
const char *vault_json_get_str(const struct vault_json *obj, const char *key);   /* NULL */
int64_t vault_json_get_int(const struct vault_json *obj, const char *key, int64_t otherwise);
int vault_json_get_bool(const struct vault_json *obj, const char *key, int otherwise);
int vault_json_is_int(const struct vault_json *obj, const char *key);
int vault_json_is_null(const struct vault_json *obj, const char *key);            /* the key is there, and null */
int vault_json_is_object(const struct vault_json *j);
int vault_json_is_array(const struct vault_json *j);
size_t vault_json_size(const struct vault_json *arr);                             /* 0 for what is no array */
const struct vault_json *vault_json_at(const struct vault_json *arr, size_t i);   /* NULL */
const char *vault_json_str_at(const struct vault_json *arr, size_t i);            /* NULL */

/* Text of it, NUL-terminated, to be freed with free(); `*len` without the NUL. `indent` spaces (0: one line).
 * NULL without memory or after a failed set. */
char *vault_json_dump(const struct vault_json *j, int indent, size_t *len);

#endif
