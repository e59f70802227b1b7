/* tidy.h - what clang's analyzer cannot see across files: vault_err_set() returns the code it was given, which is not
 * VAULT_OK. Put before every file by tests/full/tidy; without it each pointer that is set where VAULT_OK is returned
 * counts as a possible NULL. */
#include <vault/error.h>

#define vault_err_set(err, code, ...) ((void)(vault_err_set)((err), (code), __VA_ARGS__), (code))
