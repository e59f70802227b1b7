/* record_labels.c - a script's list of labels: as JSON for those who write it, as bytes for the script. L2. */
#include <stdlib.h>
#include <string.h>

#include <vault/json.h>

#include "buf.h"
#include "record.h"
#include "record_util.h"

void record_labels_clear(struct record_labels *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->l[i].label);
	free(l->l);
	memset(l, 0, sizeof *l);
}

static enum vault_rc nomem(struct vault_err *err)
{
	return vault_err_set(err, VAULT_REFUSED, "out of memory");
}

const struct record_label *record_labels_of(const struct record_labels *l, const uint8_t token_id[VAULT_ID_LEN])
{
	for (size_t i = 0; i < l->n; i++)
		if (memcmp(l->l[i].token_id, token_id, VAULT_ID_LEN) == 0)
			return &l->l[i];
	return NULL;
}

enum vault_rc record_labels_put(struct record_labels *l, const char *label, const uint8_t token_id[VAULT_ID_LEN],
                                enum vault_region region, struct vault_err *err)
{
	size_t at = 0;
	record_labels_drop(l, token_id);
	struct record_label *p = realloc(l->l, (l->n + 1) * sizeof *p);
	char *copy = strdup(label);
	if (p != NULL)
		l->l = p;
	if (p == NULL || copy == NULL) {
		free(copy);
		return nomem(err);
	}
	while (at < l->n && strcmp(l->l[at].label, label) < 0)
		at++;
	memmove(&l->l[at + 1], &l->l[at], (l->n - at) * sizeof *l->l);
	l->l[at].label = copy;
	memcpy(l->l[at].token_id, token_id, VAULT_ID_LEN);
	l->l[at].region = region;
	l->n++;
	return VAULT_OK;
}

void record_labels_drop(struct record_labels *l, const uint8_t token_id[VAULT_ID_LEN])
{
	for (size_t i = 0; i < l->n; i++) {
		if (memcmp(l->l[i].token_id, token_id, VAULT_ID_LEN) != 0)
			continue;
		free(l->l[i].label);
		memmove(&l->l[i], &l->l[i + 1], (l->n - i - 1) * sizeof *l->l);
		l->n--;
		return;
	}
}

/* --- JSON ------------------------------------------------------------------------------------------------ */

char *record_labels_encode(const uint8_t slot_id[VAULT_ID_LEN], const struct record_labels *l)
{
	struct vault_json *j = vault_json_object(), *a = vault_json_array();
	record_set_id(j, "slot", slot_id);
	for (size_t i = 0; i < l->n; i++) {
		struct vault_json *g = vault_json_object();
		record_put_str(g, "label", l->l[i].label);
		record_set_id(g, "token", l->l[i].token_id);
		record_put_str(g, "region", vault_region_name(l->l[i].region));
		vault_json_add(a, g);
	}
	vault_json_set(j, "grants", a);
	return record_text(j);
}

/* One entry behind the others: labels strictly ascend. */
static enum vault_rc take(struct record_labels *out, char *owned_label, const uint8_t token_id[VAULT_ID_LEN],
                          enum vault_region region, struct vault_err *err)
{
	if (owned_label == NULL || vault_label_check(owned_label, NULL) != VAULT_OK ||
	    (out->n > 0 && strcmp(out->l[out->n - 1].label, owned_label) >= 0)) {
		free(owned_label);
		return record_bad(err);
	}
	struct record_label *p = realloc(out->l, (out->n + 1) * sizeof *p);
	if (p == NULL) {
		free(owned_label);
		return nomem(err);
	}
	out->l = p;
	p[out->n].label = owned_label;
	memcpy(p[out->n].token_id, token_id, VAULT_ID_LEN);
	p[out->n++].region = region;
	return VAULT_OK;
}

enum vault_rc record_labels_parse(const void *p, size_t n, uint8_t slot_id[VAULT_ID_LEN], struct record_labels *out,
                                  struct vault_err *err)
{
	struct jsonread *j = NULL;
	memset(out, 0, sizeof *out);
	enum vault_rc rc = jsonread_parse(p, n, &j, err);
	if (rc == VAULT_OK)
		rc = record_id(j, "slot", slot_id, err);
	const struct jsonread *a = rc == VAULT_OK ? jsonread_get(j, "grants") : NULL;
	for (size_t i = 0; rc == VAULT_OK && i < jsonread_size(a); i++) {
		const struct jsonread *g = jsonread_at(a, i);
		enum vault_region region = VAULT_REGION_US;
		uint8_t id[VAULT_ID_LEN];
		char *label = NULL;
		rc = record_id(g, "token", id, err);
		if (rc == VAULT_OK)
			rc = record_str(g, "label", &label, err);
		if (rc == VAULT_OK) {
			const char *name = jsonread_str(g, "region");
			if (name == NULL || vault_region_parse(name, &region, NULL) != VAULT_OK) {
				free(label);
				rc = record_bad(err);
			} else {
				rc = take(out, label, id, region, err);
			}
		}
	}
	jsonread_free(&j);
	if (rc != VAULT_OK)
		record_labels_clear(out);
	return rc;
}

/* --- bytes ----------------------------------------------------------------------------------------------- */

void record_labels_pack(const struct record_labels *l, struct buf *b)
{
	for (size_t i = 0; i < l->n; i++) {
		buf_field(b, l->l[i].label, strlen(l->l[i].label));
		buf_add(b, l->l[i].token_id, VAULT_ID_LEN);
		buf_u8(b, (uint8_t)l->l[i].region);
	}
}

enum vault_rc record_labels_unpack(const uint8_t *p, size_t n, struct record_labels *out, struct vault_err *err)
{
	struct rd r = {.p = p, .n = n};
	enum vault_rc rc = VAULT_OK;
	memset(out, 0, sizeof *out);
	while (rc == VAULT_OK && r.n > 0) {
		size_t len = 0;
		const uint8_t *label = rd_field(&r, VAULT_LABEL_MAX, &len), *id = rd_bytes(&r, VAULT_ID_LEN);
		const uint8_t region = rd_u8(&r);
		if (r.bad || region > VAULT_REGION_GOV || memchr(label, 0, len) != NULL)
			rc = record_bad(err);
		else
			rc = take(out, strndup((const char *)label, len), id, (enum vault_region)region, err);
	}
	if (rc != VAULT_OK)
		record_labels_clear(out);
	return rc;
}
