/* jsonread.h - reads JSON that this program wrote and sealed: records and details. L2.
 *
 * The commands that list read every record of the vault, and with jansson that was most of their time. What others wrote
 * (vault-api) is read by <vault/json.h>. This one takes and refuses the same documents: RFC 8259 in well-formed UTF-8 and
 * nothing beside it, an object or array at the top, depth at most 64, no key twice in an object, no U+0000, integers of 64
 * bits, reals of a double's range; a NUL byte nowhere, where jansson 2.14 passes over some. One block of memory a document,
 * which every value and string borrows from. */
#ifndef VAULT_JSONREAD_H
#define VAULT_JSONREAD_H

#include <stddef.h>
#include <stdint.h>

#include <vault/error.h>

/* A value; the one at the top owns the document. */
struct jsonread;

/* VAULT_DAMAGED where it is no such document, VAULT_REFUSED without memory; then `*out` is NULL. */
enum vault_rc jsonread_parse(const void *text, size_t n, struct jsonread **out, struct vault_err *err) VAULT_MUST_CHECK;
void jsonread_free(struct jsonread **doc);

/* Borrowed, valid while the document lives. A missing key, null, another type and a NULL `obj` give the default. */
const struct jsonread *jsonread_get(const struct jsonread *obj, const char *key);
const char *jsonread_str(const struct jsonread *obj, const char *key);                  /* NULL */
int64_t jsonread_int(const struct jsonread *obj, const char *key, int64_t otherwise);
int jsonread_bool(const struct jsonread *obj, const char *key, int otherwise);
int64_t jsonread_day(const struct jsonread *obj, const char *key);                      /* VAULT_NO_DAY */
int jsonread_is_object(const struct jsonread *j);
int jsonread_is_array(const struct jsonread *j);
size_t jsonread_size(const struct jsonread *arr);                                       /* 0 for what is no array */
const struct jsonread *jsonread_at(const struct jsonread *arr, size_t i);               /* NULL */
const char *jsonread_str_at(const struct jsonread *arr, size_t i);                      /* NULL */
int64_t jsonread_int_at(const struct jsonread *arr, size_t i, int64_t otherwise);

#endif
