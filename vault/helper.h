/* helper.h - the library's end of the pipe to vault-api. L6.
 *
 * Protocol 1. Our side writes frames to the helper's stdin, a request each: u32-LE length of a JSON header (at most
 * 16 KiB), the header, u32-LE length of the token (at most 4,096), the token. The first frame is the set-up and has a
 * token of length 0:
 *   {"op":"setup","protocol":1,"version":"0.1.0","ca_file":null|PATH,"timeout_ms":30000,"total_ms":90000,"jobs":16}
 *   {"op":"me","id":7,"base":"https://api.smartsheet.com/2.0"}
 * The helper answers a request with one line of JSON each, in any order, every key always there:
 *   {"id":7,"result":"valid|invalid|expired|revoked|blocked|unknown","http_status":200|0,"error_code":1002|0,
 *    "message":"…"|null,"base":"…","identity":null|{"id":"123","email":"…"|null,"account_id":"…"|null,
 *    "account_name":"…"|null,"admin":true|false|null,"licensed":…,"group_admin":…,"resource_viewer":…,
 *    "alternates":["confirmed@…"]}}
 * and exits 0 at the end of its input, when all is answered; with another status and a line on stderr where it can't
 * work (a CA file it can't read: 2). */
#ifndef VAULT_HELPER_H
#define VAULT_HELPER_H

#include <vault/check.h>
#include <vault/secret.h>

struct helper_request {
	const char *base;                  /* base URL */
	const struct vault_secret *token;  /* never read here but to be written into the pipe */
};

/* Starts vault-api, sends all `n` requests, and reads the answers; `out[i]` (n of them, zeroed by the caller) gets
 * result, status, code, message, base, identity of request i; `checked` is left to the caller. An answer that is
 * missing, or no answer of ours: `unknown` with a message. `progress` (may be NULL) after each. Token bytes go by
 * write(2) from the secret's own memory. VAULT_IO where vault-api can't be started or the pipe breaks before the
 * first answer. The child gets an environment of its own: PATH, LANG, https_proxy, HTTPS_PROXY, no_proxy, NO_PROXY only,
 * and no other descriptors than 0-2. */
enum vault_rc helper_run(const struct vault_api_config *cfg, const struct helper_request *req, size_t n,
                         void (*progress)(void *ctx, size_t done, size_t n), void *ctx,
                         struct vault_verdict *out, struct vault_err *err) VAULT_MUST_CHECK;

#endif
