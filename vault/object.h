/* object.h - sealed records by name: verified leaf, AEAD, and what is inside compared with what was asked. L4. */
#ifndef VAULT_OBJECT_H
#define VAULT_OBJECT_H

#include "txn.h"

enum { KIND_TOKEN = 1, KIND_VENDOR = 2, KIND_HANDOVER = LEAF_KIND_HANDOVER, KIND_POLICY = 4, KIND_VALUE = 5, KIND_LABELS = 6 };

struct object {
	uint8_t tag[16], id[16];
	int64_t kind;
	uint64_t version;         /* how often it was written */
	uint64_t generation;
	char *text;               /* JSON, malloc'ed, NUL behind */
	size_t n;
};
void object_clear(struct object *o);

/* Tag of a name under the newest K_meta: keyed BLAKE2b-128 of ENC("smartvault1/tag", kind, name). */
void object_tag(const struct vault *v, int64_t kind, const void *name, size_t n, uint8_t tag[16]);

/* Tag of a value under a generation of K_adm; the value is a secret and stays in guarded memory. -1: no such key here. */
int object_value_tag(const struct vault *v, uint64_t generation, const struct vault_secret *value, uint8_t tag[16]);

/* `*found` 0: its leaf proves that there is none. */
enum vault_rc object_get(struct vault *v, int64_t kind, const uint8_t tag[16], struct object *out, int *found,
                         struct vault_err *err) VAULT_MUST_CHECK;

/* Seals and writes; `o` gives tag, id, kind, version (of the new writing) and text. For kind VALUE, `generation` is the
 * one of its tag (K_adm); the seal is always under the newest K_meta. */
enum vault_rc object_put(struct vault *v, const struct object *o, struct vault_err *err) VAULT_MUST_CHECK;
/* The same with the text taken over (malloc'ed; NULL: VAULT_REFUSED, out of memory), id and kind given. */
enum vault_rc object_put_text(struct vault *v, int64_t kind, const uint8_t tag[16], const uint8_t id[16], uint64_t version,
                              char *owned_text, struct vault_err *err) VAULT_MUST_CHECK;
enum vault_rc object_remove(struct vault *v, int64_t kind, const uint8_t tag[16], struct vault_err *err) VAULT_MUST_CHECK;

/* Called with every object of a kind, which is borrowed during the call. */
struct object_want {
	int64_t kind;             /* 0: any */
	enum vault_rc (*fn)(void *ctx, const struct object *o, struct vault_err *err);
	void *ctx;
};

/* Every object of the kinds wanted, from leaves that must contain all; each leaf is read and verified once. Without K_meta:
 * VAULT_FORBIDDEN, as object_get. */
enum vault_rc object_each_of(struct vault *v, const struct object_want *w, size_t n, struct vault_err *err) VAULT_MUST_CHECK;
/* The same of one kind. */
enum vault_rc object_each(struct vault *v, int64_t kind,
                          enum vault_rc (*each)(void *ctx, const struct object *o, struct vault_err *err), void *ctx,
                          struct vault_err *err) VAULT_MUST_CHECK;

struct objects {
	struct object *o;
	size_t n;
};
void object_all_clear(struct objects *l);
/* All of them, of every kind, opened. */
enum vault_rc object_all(struct vault *v, struct objects *out, struct vault_err *err) VAULT_MUST_CHECK;

#endif
