/* json_int.h - what the two halves of JSON share: what is built here (json.c), and what others wrote (json_parse.c). L2. */
#ifndef VAULT_JSON_INT_H
#define VAULT_JSON_INT_H

#include <vault/json.h>

#include "buf.h"

/* One value of a document under construction. A scalar is text already; what may still be written to is a child. */
struct json_member {
	size_t key_at, key_n;     /* in the node's text, as JSON, quotes and all; in an array none */
	size_t text_at, text_n;   /* in the node's text */
	struct vault_json *child; /* in place of text; owned */
};

struct vault_json {
	void *parsed;             /* of a document that was read: jansson's value; then the rest is unused */
	int is_array, failed;
	struct vault_json *parent;
	struct buf text;
	struct json_member *m;
	size_t n, cap;
	struct vault_json *dropped; /* children that a later value took the place of: they may still be written to */
	struct vault_json *next;  /* in that list */
};

/* A borrowed value of a document that was read is jansson's own, told from a node by the pointer's lowest bit. */
static inline int json_is_view(const struct vault_json *j)
{
	return ((uintptr_t)j & 1) != 0;
}

/* Puts JSON text under a key of a document that was read; -1 without memory, and where it is no object. */
int json_parsed_set(struct vault_json *obj, const char *key, const char *text, size_t n);
/* Takes a key out of one; nothing where it is not there. */
void json_parsed_drop(struct vault_json *obj, const char *key);
char *json_parsed_dump(const struct vault_json *j, size_t indent);
void json_parsed_free(struct vault_json *j);

#endif
