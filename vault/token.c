/* token.c - finding tokens, and what their objects and rows must agree on. L5. */
#include <stdlib.h>
#include <string.h>

#include <vault/json.h>

#include "near.h"
#include "record.h"
#include "script.h"
#include "token.h"
#include "value.h"

void token_tag(const struct vault *v, const struct vault_token *t, uint8_t tag[16])
{
	/* No label begins with a 0x00: a removed token's tag meets no label's. */
	uint8_t removed[1 + VAULT_ID_LEN] = {0};
	memcpy(removed + 1, t->id, VAULT_ID_LEN);
	if (t->removed)
		object_tag(v, KIND_TOKEN, removed, sizeof removed, tag);
	else
		object_tag(v, KIND_TOKEN, t->label, strlen(t->label), tag);
}

char *token_detail(const char *label, uint32_t version, const char *text)
{
	size_t n = 0;
	struct vault_json *j = vault_json_object();
	vault_json_set_str(j, "label", label);
	vault_json_set_int(j, "version", version);
	vault_json_set_str(j, "text", text);
	char *s = vault_json_dump(j, 0, &n);
	vault_json_free(&j);
	return s;
}

static enum vault_rc disagree(struct vault_err *err)
{
	return vault_err_set(err, VAULT_DAMAGED, "a token's record and its stored values do not agree: the vault is damaged");
}

enum vault_rc token_attach(struct vault *v, struct vault_token *t, struct vault_err *err)
{
	size_t rows = 0;
	enum vault_rc rc = value_count(v, t->id, &rows, err);
	if (rc == VAULT_OK && rows != t->n_versions)
		rc = disagree(err);
	for (size_t i = 0; i < t->n_versions && rc == VAULT_OK; i++) {
		struct vault_version *ver = &t->versions[i];
		const struct row *r = NULL;
		rc = value_row(v, t->id, ver->number, &r, err);
		if (rc != VAULT_OK)
			break;
		const int wants = ver->has_value && (ver->status == VAULT_CURRENT || ver->status == VAULT_RETIRED);
		const int last = i + 1 == t->n_versions;
		if (r == NULL || value_present(r) != wants || (last && ver->status != (t->removed ? VAULT_ERASED : VAULT_CURRENT)) ||
		    (!last && ver->status == VAULT_CURRENT))
			return disagree(err);
		memcpy(ver->commit, r->c[SEC_COMMIT].p, VAULT_COMMIT_LEN);
	}
	return rc;
}

/* --- one ------------------------------------------------------------------------------------------------- */

struct labels {
	char **s;
	size_t n;
};

static enum vault_rc collect_label(void *ctx, const struct object *o, struct vault_err *err)
{
	struct labels *l = ctx;
	struct vault_token t;
	enum vault_rc rc = record_token_parse(o->text, o->n, &t, err);
	if (rc != VAULT_OK)
		return rc;
	char **p = t.removed ? NULL : realloc(l->s, (l->n + 1) * sizeof *p);
	if (p != NULL) {
		l->s = p;
		l->s[l->n++] = t.label;
		t.label = NULL;
	}
	vault_token_clear(&t);
	return VAULT_OK;
}

/* Unknown is proved by a verified leaf before this; here only the help for people is looked for. */
static enum vault_rc not_found(struct vault *v, const char *label, struct vault_err *err)
{
	struct labels l = {.s = NULL};
	char near[300] = "";
	const enum vault_rc rc = object_each(v, KIND_TOKEN, collect_label, &l, err);
	if (rc == VAULT_OK)
		near_sentence(label, (const char *const *)l.s, l.n, near, sizeof near);
	for (size_t i = 0; i < l.n; i++)
		free(l.s[i]);
	free(l.s);
	if (rc != VAULT_OK)
		return rc;
	return vault_err_set(err, VAULT_NOTFOUND, "no token %s%s: vault list shows all", label, near);
}

static enum vault_rc open_entry(struct vault *v, const struct object *o, struct token_entry *out, struct vault_err *err)
{
	uint8_t tag[16];
	enum vault_rc rc = record_token_parse(o->text, o->n, &out->t, err);
	if (rc != VAULT_OK)
		return rc;
	out->written = o->version;
	token_tag(v, &out->t, tag);
	/* What is inside must be what its row is filed under. */
	if (memcmp(tag, o->tag, 16) != 0 || memcmp(out->t.id, o->id, VAULT_ID_LEN) != 0)
		rc = vault_err_set(err, VAULT_DAMAGED, "a token's record is filed under another name: the vault is damaged");
	if (rc == VAULT_OK)
		rc = token_attach(v, &out->t, err);
	if (rc != VAULT_OK)
		vault_token_clear(&out->t);
	return rc;
}

enum vault_rc token_find(struct vault *v, const char *label, struct token_entry *out, struct vault_err *err)
{
	struct object o;
	uint8_t tag[16];
	int found = 0;
	memset(out, 0, sizeof *out);
	enum vault_rc rc = vault_label_check(label, err);
	if (rc != VAULT_OK)
		return rc;
	object_tag(v, KIND_TOKEN, label, strlen(label), tag);
	rc = object_get(v, KIND_TOKEN, tag, &o, &found, err);
	if (rc == VAULT_OK && !found)
		rc = not_found(v, label, err);
	else if (rc == VAULT_OK)
		rc = open_entry(v, &o, out, err);
	if (rc == VAULT_OK && strcmp(out->t.label, label) != 0)
		rc = vault_err_set(err, VAULT_DAMAGED, "a token's record has another label than asked: the vault is damaged");
	object_clear(&o);
	return rc;
}

enum vault_rc vault_token_find(struct vault *v, const char *label, struct vault_token *out, struct vault_err *err)
{
	struct token_entry e;
	if (v->role == VAULT_ROLE_SCRIPT)
		return script_token_find(v, label, out, err);
	const enum vault_rc rc = token_find(v, label, &e, err);
	*out = e.t;
	return rc;
}

enum vault_rc vault_label_free(struct vault *v, const char *label, struct vault_err *err)
{
	struct object o;
	uint8_t tag[16];
	int found = 0;
	enum vault_rc rc = vault_label_check(label, err);
	if (rc != VAULT_OK)
		return rc;
	object_tag(v, KIND_TOKEN, label, strlen(label), tag);
	rc = object_get(v, KIND_TOKEN, tag, &o, &found, err);
	object_clear(&o);
	if (rc == VAULT_OK && found)
		rc = vault_err_set(err, VAULT_EXISTS, "there is a token %s already: choose another label, or vault rotate %s for a new "
		                   "value", label, label);
	return rc;
}

/* --- all ------------------------------------------------------------------------------------------------- */

enum vault_rc token_gather(void *list, const struct object *o, struct vault_err *err)
{
	struct token_list *a = list;
	struct token_entry e;
	if (a->out->n == a->cap) {
		const size_t cap = a->cap == 0 ? 64 : a->cap * 2;
		struct vault_token *p = realloc(a->out->t, cap * sizeof *p);
		if (p == NULL)
			return vault_err_set(err, VAULT_REFUSED, "out of memory");
		a->out->t = p;
		a->cap = cap;
	}
	const enum vault_rc rc = open_entry(a->v, o, &e, err);
	if (rc == VAULT_OK)
		a->out->t[a->out->n++] = e.t;
	return rc;
}

static int by_label(const void *a, const void *b)
{
	const struct vault_token *x = a, *y = b;
	if (x->removed != y->removed)
		return x->removed - y->removed;
	const int c = strcmp(x->label, y->label);
	return c != 0 ? c : memcmp(x->id, y->id, VAULT_ID_LEN);
}

void token_gathered(struct vault_tokens *l, enum vault_rc rc)
{
	if (rc != VAULT_OK)
		vault_tokens_clear(l);
	else if (l->n > 0)
		qsort(l->t, l->n, sizeof *l->t, by_label);
}

enum vault_rc vault_token_all(struct vault *v, struct vault_tokens *out, struct vault_err *err)
{
	struct token_list l = {.v = v, .out = out};
	memset(out, 0, sizeof *out);
	if (v->role == VAULT_ROLE_SCRIPT)
		return script_tokens(v, out, err);
	const enum vault_rc rc = object_each(v, KIND_TOKEN, token_gather, &l, err);
	token_gathered(out, rc);
	return rc;
}

/* --- values before they are stored ------------------------------------------------------------------------ */

static int is_space(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static size_t trim_start(uint8_t *p, size_t n)
{
	size_t skip = 0;
	while (skip < n && is_space(p[skip]))
		skip++;
	memmove(p, p + skip, n - skip);
	return n - skip;
}

enum vault_rc vault_value_clean(struct vault_secret *value, int *odd_length, struct vault_err *err)
{
	static const char bearer[] = "bearer";
	uint8_t *p = vault_secret_bytes(value);
	size_t n = vault_secret_len(value), same = 0;
	while (n > 0 && is_space(p[n - 1]))
		n--;
	n = trim_start(p, n);
	while (same < 6 && same < n && (p[same] | 0x20) == (uint8_t)bearer[same])
		same++;
	if (same == 6 && n > 6 && is_space(p[6])) {
		memmove(p, p + 6, n - 6);
		n = trim_start(p, n - 6);
	}
	vault_secret_set_len(value, n);
	if (odd_length != NULL)
		*odd_length = n != 26 && n != 37;
	if (n == 0)
		return vault_err_set(err, VAULT_REFUSED, "the token is empty: give it as one line on standard input");
	if (n > VAULT_TOKEN_MAX)
		return vault_err_set(err, VAULT_REFUSED, "the token is longer than %d bytes: that is no Smartsheet token; "
		                     "copy it again", VAULT_TOKEN_MAX);
	for (size_t i = 0; i < n; i++)
		if (p[i] < 0x21 || p[i] > 0x7e)
			return vault_err_set(err, VAULT_REFUSED, "the token has a space, a control character or a byte that is not ASCII at "
			                     "position %zu: copy it again", i + 1);
	return VAULT_OK;
}
