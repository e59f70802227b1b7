/* secret.h - bytes that must not leak: guarded, locked where the system allows, wiped when freed.
 *
 * Backed by sodium_malloc (libsodium, "Securing memory allocations"). A secret has a fixed capacity and a length.
 * Nothing of stdio, JSON or snprintf may touch what vault_secret_bytes returns. */
#ifndef VAULT_SECRET_H
#define VAULT_SECRET_H

#include <stddef.h>
#include <stdint.h>

#include <vault/error.h>

struct vault_secret;

/* New and empty, room for `cap` bytes (1 to 1 MiB). NULL without memory. Free with vault_secret_free. */
struct vault_secret *vault_secret_new(size_t cap);

/* Wipes, frees and sets NULL; NULL and pointer to NULL are fine. */
void vault_secret_free(struct vault_secret **s);

uint8_t *vault_secret_bytes(struct vault_secret *s);
const uint8_t *vault_secret_cbytes(const struct vault_secret *s);
size_t vault_secret_len(const struct vault_secret *s);
size_t vault_secret_cap(const struct vault_secret *s);

/* Sets the length after bytes were written through vault_secret_bytes; `len` must be within the capacity. */
void vault_secret_set_len(struct vault_secret *s, size_t len);

/* Appends; VAULT_REFUSED with a sentence where it does not fit (nothing is appended then). */
enum vault_rc vault_secret_append(struct vault_secret *s, const void *p, size_t n,
                                  struct vault_err *err) VAULT_MUST_CHECK;

/* Reads `fd` by read(2) to its end. More than the capacity: VAULT_REFUSED ("too long"); read error: VAULT_IO.
 * `what` names the thing in the sentence ("passphrase file"). EINTR is retried. */
enum vault_rc vault_secret_read_all(struct vault_secret *s, int fd, const char *what,
                                    struct vault_err *err) VAULT_MUST_CHECK;

/* Cuts at the first newline, and a carriage return before it. */
void vault_secret_first_line(struct vault_secret *s);

/* Writes all of it to `fd`, in one write(2) where the kernel takes it whole. VAULT_IO with a sentence. */
enum vault_rc vault_secret_write(const struct vault_secret *s, int fd, struct vault_err *err) VAULT_MUST_CHECK;

/* Whether memory could be locked so far (mlock can be refused in a container: warn once, go on). */
int vault_secret_locked(void);

/* Strength of a passphrase in bits by zxcvbn. `user_words` (may be NULL): NULL-terminated, count against it. */
double vault_passphrase_bits(const struct vault_secret *passphrase, const char *const *user_words);

#endif
