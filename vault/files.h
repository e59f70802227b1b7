/* files.h - paths and files, safely. L0, Linux. */
#ifndef VAULT_FILES_H
#define VAULT_FILES_H

#include <stddef.h>
#include <stdint.h>

#include <vault/error.h>

/* Resolves the folder of `path` (realpath) and joins the last component, unresolved, so that it can be opened
 * NOFOLLOW. `*out` to be freed. VAULT_NOTFOUND where the folder is missing, VAULT_UNSAFE where the last component is
 * empty, "." or "..". */
enum vault_rc files_resolve(const char *path, char **out, struct vault_err *err) VAULT_MUST_CHECK;

/* The folder of a resolved path: not writable by group or others unless sticky, of root or the caller: VAULT_UNSAFE. */
enum vault_rc files_check_folder(const char *resolved, struct vault_err *err) VAULT_MUST_CHECK;

/* A file that holds keys or the vault: regular, not a link, one link, owned by the caller, no rights for group and
 * others. VAULT_NOTFOUND where missing; VAULT_UNSAFE with what to do (chmod 600). `what` names it ("vault"). */
enum vault_rc files_check_private(const char *resolved, const char *what, struct vault_err *err) VAULT_MUST_CHECK;

/* VAULT_UNSAFE where the path is on a network file system (statfs: NFS, SMB, CIFS, AFS, 9P, CEPH, FUSE). Of its
 * folder where the file is missing. */
enum vault_rc files_check_local(const char *resolved, struct vault_err *err) VAULT_MUST_CHECK;

/* Makes a folder and its parents, 0700. */
enum vault_rc files_mkdirs(const char *path, struct vault_err *err) VAULT_MUST_CHECK;

/* Makes the folder of a file and its parents, 0700, where they are missing. */
enum vault_rc files_make_folder(const char *path, struct vault_err *err) VAULT_MUST_CHECK;

/* pread/pwrite/write whole, EINTR and short counts seen to. -1 and errno on error; files_pread gives the count. */
long files_pread(int fd, void *p, size_t n, uint64_t off);
int files_pwrite(int fd, const void *p, size_t n, uint64_t off);
int files_write(int fd, const void *p, size_t n);

/* fsync of a file's folder. */
enum vault_rc files_sync_folder(const char *path, struct vault_err *err) VAULT_MUST_CHECK;

/* Opens (0600, O_CREAT, O_NOFOLLOW, O_CLOEXEC) and flocks a lock file; waits at most `wait_ms`, then VAULT_BUSY.
 * The lock is fair and ends with close(*fd). */
enum vault_rc files_lock(const char *path, int64_t wait_ms, int *fd, struct vault_err *err) VAULT_MUST_CHECK;

/* flock(LOCK_EX) with the same waiting on an open descriptor. */
enum vault_rc files_flock(int fd, const char *path, int64_t wait_ms, struct vault_err *err) VAULT_MUST_CHECK;

/* A malloc'ed join without a separator; NULL without memory. */
char *files_concat(const char *a, const char *b, const char *c);

#endif
