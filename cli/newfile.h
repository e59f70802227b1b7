/* newfile.h - files that commands leave behind: key files, recovery codes, pages; calendars and units that `remind` does. */
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

/* `n` bytes that are no secret into a file that may be there: whole or not at all, durable; a new one is 0600, one that was there
 * keeps its mode, and is left alone where it has these bytes. */
enum vault_rc newfile_replace(const char *path, const char *what, const char *text, size_t n, struct vault_err *err) VAULT_MUST_CHECK;
/* 1 where the file has exactly these bytes; 0 where not; -1 where there is none. */
int newfile_has(const char *path, const char *text, size_t n);

/* The folder and those above it, 0700, where they are missing. */
enum vault_rc newfile_folders(const char *path, struct vault_err *err) VAULT_MUST_CHECK;

/* A new folder, 0700, its name durable, for files of newfile_write. VAULT_EXISTS where something has that path. */
enum vault_rc newfile_folder(const char *path, struct vault_err *err) VAULT_MUST_CHECK;

#endif
