/* fill.c - a vault of N made-up tokens with M hand-overs each, in one change: what benches and tests of size start from.
 * Usage: fill VAULT KEYFILE STATE_DIR TOKENS HANDOVERS_A_TOKEN */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <vault/ledger.h>
#include <vault/token.h>
#include <vault/vault.h>

enum { VENDORS = 20 };

static enum vault_rc unlock(struct vault *v, const char *key_file, struct vault_err *err)
{
	struct vault_secret *key = vault_secret_new(1024);
	struct vault_cred cred = {.key_text = key};
	const int fd = open(key_file, O_RDONLY | O_CLOEXEC);
	enum vault_rc rc = fd < 0 || key == NULL ? vault_err_set(err, VAULT_IO, "no key file %s", key_file)
	                                         : vault_secret_read_all(key, fd, "key file", err);
	if (rc == VAULT_OK)
		rc = vault_unlock(v, &cred, err);
	if (fd >= 0)
		close(fd);
	vault_secret_free(&key);
	return rc;
}

static enum vault_rc add_vendors(struct vault *v, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	for (int i = 0; i < VENDORS && rc == VAULT_OK; i++) {
		char name[32];
		struct vault_vendor vendor = {.name = name, .vetted = VAULT_NO_DAY};
		snprintf(name, sizeof name, "Vendor %d", i);
		rc = vault_vendor_add(v, &vendor, err);
	}
	return rc;
}

static enum vault_rc add_token(struct vault *v, long i, struct vault_secret *value, struct vault_err *err)
{
	char label[32], account[48], license[] = "licensed", plan[] = "enterprise", text[40];
	struct vault_token t = {.label = label, .account = account, .license = license, .plan = plan, .created = VAULT_NO_DAY,
	                        .expires = VAULT_NO_DAY, .rotate_every_days = 90};
	snprintf(label, sizeof label, "t%ld", i);
	snprintf(account, sizeof account, "user%ld@company-a.example", i);
	snprintf(text, sizeof text, "fake%033ld", i);
	memcpy(vault_secret_bytes(value), text, 37);
	vault_secret_set_len(value, 37);
	return vault_token_add(v, &t, value, 0, NULL, err);
}

static enum vault_rc share(struct vault *v, long i, long k, struct vault_err *err)
{
	char label[32], vendor[32], to[48];
	struct vault_give give = {.date = VAULT_NO_DAY, .until = VAULT_NO_DAY};
	snprintf(label, sizeof label, "t%ld", i);
	snprintf(vendor, sizeof vendor, "Vendor %ld", (i + k) % VENDORS);
	snprintf(to, sizeof to, "person%ld@vendor%ld.example", k, (i + k) % VENDORS);
	return vault_share(v, label, vendor, to, &give, NULL, err);
}

int main(int argc, char **argv)
{
	struct vault_err err = {.rc = VAULT_OK};
	struct vault *v = NULL;
	if (argc != 6) {
		fprintf(stderr, "usage: fill VAULT KEYFILE STATE_DIR TOKENS HANDOVERS_A_TOKEN\n");
		return 2;
	}
	const struct vault_config cfg = {.path = argv[1], .state_dir = argv[3]};
	const long tokens = strtol(argv[4], NULL, 10), each = strtol(argv[5], NULL, 10);
	struct vault_secret *value = vault_secret_new(VAULT_TOKEN_MAX);
	enum vault_rc rc = value == NULL ? VAULT_REFUSED : vault_open(&cfg, &v, &err);
	if (rc == VAULT_OK)
		rc = unlock(v, argv[2], &err);
	if (rc == VAULT_OK)
		rc = vault_begin(v, VAULT_WRITE, &err);
	if (rc == VAULT_OK)
		rc = add_vendors(v, &err);
	for (long i = 0; i < tokens && rc == VAULT_OK; i++) {
		rc = add_token(v, i, value, &err);
		for (long k = 0; k < each && rc == VAULT_OK; k++)
			rc = share(v, i, k, &err);
	}
	if (rc == VAULT_OK)
		rc = vault_commit(v, &err);
	if (rc != VAULT_OK)
		fprintf(stderr, "fill: %s\n", err.msg);
	vault_secret_free(&value);
	vault_close(&v);
	return (int)rc;
}
