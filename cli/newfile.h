/* newfile.h - files that commands leave behind: key files, recovery codes, pages. */
#ifndef CLI_NEWFILE_H
#define CLI_NEWFILE_H

#include <vault/secret.h>

/* VAULT_EXISTS where something has that path already. */
enum vault_rc newfile_free(const char *path, const char *what, struct vault_err *err) VAULT_MUST_CHECK;

/* A new file, 0600, durable, never over another (VAULT_EXISTS); where writing fails it is taken away again. */
enum vault_rc newfile_write(const char *path, const char *what, const struct vault_secret *s,
                            struct vault_err *err) VAULT_MUST_CHECK;

/* The same with what is no secret. */
enum vault_rc newfile_write_text(const char *path, const char *what, const char *text, size_t n,
                                 struct vault_err *err) VAULT_MUST_CHECK;

/* A new folder, 0700, its name durable, for files of newfile_write. VAULT_EXISTS where something has that path. */
enum vault_rc newfile_folder(const char *path, struct vault_err *err) VAULT_MUST_CHECK;

#endif
