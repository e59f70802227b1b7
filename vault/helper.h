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
 * "op":"exposure" asks the same and, where the verdict is valid, what the token reaches. Before its answer come lines of
 * at most 64 KiB with parts of lists, in any order, each item once:
 *   {"id":7,"list":"sheets|workspaces|reports|dashboards","items":[{"id":"123","name":"…"|null,
 *    "access":"OWNER"|…|null,"modified":"2026-02-01T17:20:05Z"|null},…]}
 * and the answer has two keys more:
 *   "reach":null|{"sheets":412|null,"workspaces":…,"reports":…,"dashboards":…,"contacts":…,"groups":…,"users":…,
 *    "seat":"MEMBER"|null},"why":null|"…"
 * A number is of items sent (for the last three: counted), null where the token may not list them (403/1004) and, of
 * users, where it is no system admin's. `reach` is null where the verdict is not valid, or a list could not be had for
 * another reason: then `why` says it, and the parts that were sent are worth nothing.
 * "op":"revoke" asks Smartsheet to revoke the token that asks (DELETE /token), never more than that one. The answer's
 * `result` is valid where Smartsheet said yes (identity null), else as by the table, but that 403/1004, alive and not
 * allowed, is unknown: it proves nothing, "me" does.
 *
 * It ignores SIGINT, SIGTERM and SIGHUP, which a terminal or a service's end sends to both: it ends with its pipes.
 * The helper exits 0 at the end of its input, when all is answered; with another status and a line on stderr where it can't
 * work (a CA file it can't read: 2). */
#ifndef VAULT_HELPER_H
#define VAULT_HELPER_H

#include <vault/check.h>
#include <vault/reach.h>
#include <vault/secret.h>

enum helper_op { HELPER_ME, HELPER_EXPOSURE, HELPER_REVOKE };

/* What a token reaches, as the helper said it: of an answer to HELPER_EXPOSURE. */
struct helper_reach {
	int known;                         /* else `why` */
	char *why;
	struct vault_exposure exposure;    /* items, counts, levels, seat; system_admin of the identity; the rest zero */
};
void helper_reach_clear(struct helper_reach *r);

struct helper_request {
	enum helper_op op;
	const char *base;                  /* base URL */
	const struct vault_secret *token;  /* never read here but to be written into the pipe */
};

/* Starts vault-api, sends all `n` requests, and reads the answers; `out[i]` (n of them, zeroed by the caller) gets
 * result, status, code, message, base, identity of request i; `checked` is left to the caller. An answer that is
 * missing, or no answer of ours: `unknown` with a message. `reach` (n of them, zeroed; NULL where nothing asks for
 * HELPER_EXPOSURE) gets what it reaches. `progress` (may be NULL) after each. Token bytes go by
 * write(2) from the secret's own memory. VAULT_IO where vault-api can't be started or the pipe breaks before the
 * first answer. VAULT_INTERRUPTED (no sentence) where *cfg->stop was set before all had come: `out[i]` of a request without
 * an answer is then `unknown` and has no base, which every answer has. The child gets an environment of its own: PATH, LANG, https_proxy, HTTPS_PROXY, no_proxy, NO_PROXY only,
 * and no other descriptors than 0-2. */
enum vault_rc helper_run(const struct vault_api_config *cfg, const struct helper_request *req, size_t n,
                         void (*progress)(void *ctx, size_t done, size_t n), void *ctx,
                         struct vault_verdict *out, struct helper_reach *reach, struct vault_err *err) VAULT_MUST_CHECK;

#endif
