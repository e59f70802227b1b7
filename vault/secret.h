/* secret.h - inner side of <vault/secret.h>: small fixed key material. L1. The secret's own struct is in secret.c. */
#ifndef VAULT_SECRET_INT_H
#define VAULT_SECRET_INT_H

#include <vault/secret.h>

enum { KEY_LEN = 32 };

/* sodium_init once; VAULT_REFUSED if the library can't be used. Every L1 entry that needs it calls it. */
enum vault_rc secret_init(struct vault_err *err) VAULT_MUST_CHECK;

/* Guarded, zeroed memory for a struct of keys; wiped by secret_mem_free. NULL without memory. */
void *secret_mem(size_t n);
void secret_mem_free(void *p);
void secret_wipe(void *p, size_t n);
/* 1 where equal, in constant time. */
int secret_equal(const void *a, const void *b, size_t n);
/* n random bytes from the kernel's generator, for keys, salts and nonces. */
void secret_random(void *p, size_t n);

#endif
