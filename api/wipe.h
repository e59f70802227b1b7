/* wipe.h - memory of vault-api that leaves nothing behind. */
#ifndef API_WIPE_H
#define API_WIPE_H

#include <stddef.h>

/* malloc's family for curl_global_init_mem and json_set_alloc_funcs: what is freed or moved is overwritten first. */
void *wipe_malloc(size_t n);
void *wipe_calloc(size_t count, size_t n);
void *wipe_realloc(void *p, size_t n);
char *wipe_strdup(const char *s);
void wipe_free(void *p);

/* Pages of their own for token bytes: zeroed, not in a core, locked where the system allows. NULL without memory. */
void *wipe_pages_new(size_t n);
/* Overwrites, gives back and sets NULL; `n` as asked for. */
void wipe_pages_free(void **p, size_t n);

#endif
