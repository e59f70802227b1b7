/* vault get: releases a token's value, by one write(2) from guarded memory. Nothing else is printed. */
#include <string.h>
#include <unistd.h>

#include <vault/token.h>

#include "args.h"
#include "command.h"
#include "out.h"
#include "release.h"
#include "session.h"

/* The longest: every byte of a value as '\'' in a shell's quotes, and JSON's envelope. */
enum { GET_CAP = 4 * VAULT_TOKEN_MAX + 512 };

enum get_format { GET_RAW, GET_HEADER, GET_CURL, GET_ENV, GET_JSON };

static const struct command_option get_options[] = {
        {OPT_NO_NEWLINE, 'n', "no-newline", NULL, 0, "print no newline at the end"},
        {OPT_FORMAT, 0, "format", "FORMAT", 0, "raw, header, curl, env or json (raw)"},
        {OPT_TOKEN_VERSION, 0, "token-version", "N", 0, "this version, not the current one"},
        {0, 0, NULL, NULL, 0, NULL},
};

static enum vault_rc get_format(const struct call *c, enum get_format *f, struct vault_err *err)
{
	static const char *const names[] = {"raw", "header", "curl", "env", "json"};
	const char *name = args_str(c->args, OPT_FORMAT);

	*f = c->out->json ? GET_JSON : GET_RAW;
	if (!name)
		return VAULT_OK;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strcmp(name, names[i]) != 0)
			continue;
		*f = (enum get_format)i;
		if (c->out->json && *f != GET_JSON)
			return args_usage(c->args, err, "--json and --format %s exclude each other", name);
		return VAULT_OK;
	}
	return args_usage(c->args, err, "--format is raw, header, curl, env or json, not %s", name);
}

static enum vault_rc get_text(struct vault_secret *to, const char *text, struct vault_err *err)
{
	return vault_secret_append(to, text, strlen(text), err);
}

/* The value with `quoted` put where one of `special` stands: a copy byte by byte within guarded memory. */
static enum vault_rc get_quoted(struct vault_secret *to, const struct vault_secret *value, const char *special,
                                const char *before, struct vault_err *err)
{
	const uint8_t *p = vault_secret_cbytes(value);
	enum vault_rc rc = VAULT_OK;

	for (size_t i = 0; rc == VAULT_OK && i < vault_secret_len(value); i++) {
		if (p[i] && strchr(special, p[i]))
			rc = get_text(to, before, err);
		if (rc == VAULT_OK)
			rc = vault_secret_append(to, p + i, 1, err);
		/* Out of the quotes and into them again: '\'' */
		if (rc == VAULT_OK && p[i] == '\'' && *special == '\'')
			rc = get_text(to, "'", err);
	}
	return rc;
}

static enum vault_rc get_json_head(struct vault_secret *to, const struct session *s, const struct vault_token *t,
                                   uint32_t version, struct vault_err *err)
{
	char time[VAULT_TIME_LEN], number[12], *end = number + sizeof(number) - 1;
	const char *parts[] = {"{\"schema\":\"smartvault.get/1\",\"time\":\"",
	                       vault_time_format(vault_now(s->v), time),
	                       "\",\"items\":[{\"label\":\"",
	                       t->label,
	                       "\",\"version\":",
	                       NULL,
	                       ",\"region\":\"",
	                       vault_region_name(t->region),
	                       "\",\"value\":\""};
	enum vault_rc rc = VAULT_OK;

	*end = '\0';
	do {
		*--end = (char)('0' + version % 10);
		version /= 10;
	} while (version);
	parts[5] = end;
	for (size_t i = 0; rc == VAULT_OK && i < sizeof(parts) / sizeof(*parts); i++)
		rc = get_text(to, parts[i], err);
	return rc;
}

static enum vault_rc get_shape(struct vault_secret *to, const struct session *s, enum get_format f,
                               const struct vault_secret *value, const struct vault_token *t, uint32_t version,
                               struct vault_err *err)
{
	static const char *const heads[] = {"", "Authorization: Bearer ", "header = \"Authorization: Bearer ",
	                                    "SMARTSHEET_ACCESS_TOKEN='", NULL};
	static const char *const special[] = {"", "", "\"\\", "'", "\"\\"};
	static const char *const before[] = {"", "", "\\", "'\\", "\\"};
	static const char *const tails[] = {"", "", "\"", "'", "\"}]}"};
	enum vault_rc rc;

	rc = f == GET_JSON ? get_json_head(to, s, t, version, err) : get_text(to, heads[f], err);
	if (rc == VAULT_OK)
		rc = get_quoted(to, value, special[f], before[f], err);
	return rc == VAULT_OK ? get_text(to, tails[f], err) : rc;
}

static enum vault_rc get_run(struct call *c, struct vault_err *err)
{
	struct vault_secret *value = NULL, *text = NULL;
	struct vault_token t = {0};
	struct session s = {0};
	enum get_format f = GET_RAW;
	uint64_t version = 0;
	enum vault_rc rc;

	rc = get_format(c, &f, err);
	if (rc == VAULT_OK)
		rc = args_uint(c->args, OPT_TOKEN_VERSION, 1, UINT32_MAX, &version, err);
	if (rc == VAULT_OK)
		rc = vault_label_check(c->args->operands[0], err);
	if (rc == VAULT_OK)
		rc = session_open(c, &s, err);
	if (rc == VAULT_OK)
		rc = vault_begin(s.v, VAULT_READ_RELEASE, err);
	if (rc == VAULT_OK)
		rc = vault_token_release(s.v, c->args->operands[0], (uint32_t)version, VAULT_RELEASE_GET, &value, &t,
		                         err);
	if (rc != VAULT_OK)
		goto out;
	text = vault_secret_new(GET_CAP);
	rc = text ? VAULT_OK : vault_err_set(err, VAULT_REFUSED, "out of memory");
	if (rc == VAULT_OK)
		rc = get_shape(text, &s, f, value, &t, version ? (uint32_t)version : vault_token_current(&t)->number,
		               err);
	if (rc == VAULT_OK && !args_flag(c->args, OPT_NO_NEWLINE))
		rc = get_text(text, "\n", err);
	if (rc != VAULT_OK)
		goto out;
	release_warn(c, &s, &t);
	rc = vault_secret_write(text, STDOUT_FILENO, err);
out:
	vault_secret_free(&text);
	vault_secret_free(&value);
	vault_token_clear(&t);
	session_close(&s);
	return rc;
}

const struct command cmd_get = {
        .name = "get",
        .purpose = "print a token's value",
        .operands = "LABEL",
        .min_operands = 1,
        .max_operands = 1,
        .options = get_options,
        .run = get_run,
        .day = 1,
};
