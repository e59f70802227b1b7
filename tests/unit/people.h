/* people.h - a vault with people in it, made through the library: who opens it by which key file. For tests. */
#ifndef TESTS_PEOPLE_H
#define TESTS_PEOPLE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/access.h>
#include <vault/token.h>
#include <vault/vault.h>

#include "place.h"

struct people {
	char dir[PLACE_MAX], path[PLACE_MAX], state[PLACE_MAX];
};

static inline void people_need(enum vault_rc rc, const struct vault_err *err, const char *what)
{
	if (rc == VAULT_OK)
		return;
	fprintf(stderr, "%s: %s\n", what, err->msg);
	abort();
}

static inline struct vault_config people_config(const struct people *p)
{
	return (struct vault_config){.path = p->path, .state_dir = p->state};
}

static inline void people_place(struct people *p)
{
	umask(077);
	place_make(p->dir);
	place_path(p->path, p->dir, "v.vault");
	place_path(p->state, p->dir, "state");
}

/* A new vault; the key file's text of its first admin. */
static inline struct vault_secret *people_init(struct people *p, const char *admin)
{
	const struct vault_init init = {.slot_name = admin};
	struct vault_secret *key = NULL, *recovery = NULL;
	struct vault_err err = {.rc = VAULT_OK};
	struct vault *v = NULL;
	people_place(p);
	const struct vault_config cfg = people_config(p);
	people_need(vault_init_prepare(&cfg, &init, &v, &key, &recovery, &err), &err, "init");
	people_need(vault_init_commit(v, &err), &err, "init");
	vault_close(&v);
	return key;
}

/* Unlocked, in no transaction. */
static inline struct vault *people_open(const struct people *p, const struct vault_secret *key)
{
	const struct vault_config cfg = people_config(p);
	const struct vault_cred cred = {.key_text = key};
	struct vault_err err = {.rc = VAULT_OK};
	struct vault *v = NULL;
	people_need(vault_open(&cfg, &v, &err), &err, "open");
	people_need(vault_unlock(v, &cred, &err), &err, "unlock");
	return v;
}

/* In a write transaction. */
static inline struct vault *people_write(const struct people *p, const struct vault_secret *key)
{
	struct vault_err err = {.rc = VAULT_OK};
	struct vault *v = people_open(p, key);
	people_need(vault_begin(v, VAULT_WRITE, &err), &err, "begin");
	return v;
}

static inline void people_commit(struct vault *v, const char *what)
{
	struct vault_err err = {.rc = VAULT_OK};
	people_need(vault_commit(v, &err), &err, what);
	vault_close(&v);
}

/* A slot prepared: opened, verified, made; the handle stays open, in no transaction. */
static inline struct vault *people_prepare(const struct people *p, const struct vault_secret *by, const char *name, enum vault_role role,
                                           struct vault_secret **key)
{
	const struct vault_access_new how = {.name = name, .role = role};
	struct vault_err err = {.rc = VAULT_OK};
	struct vault *v = people_open(p, by);
	people_need(vault_begin(v, VAULT_READ, &err), &err, "begin");
	vault_end(v);
	people_need(vault_access_prepare(v, &how, key, &err), &err, "prepare");
	people_need(vault_begin(v, VAULT_WRITE, &err), &err, "begin");
	return v;
}

static inline struct vault_secret *people_add(const struct people *p, const struct vault_secret *by, const char *name, enum vault_role role,
                                              const char *const *labels, size_t n)
{
	struct vault_err err = {.rc = VAULT_OK};
	struct vault_secret *key = NULL;
	struct vault *v = people_prepare(p, by, name, role, &key);
	people_need(vault_access_add(v, labels, n, &err), &err, name);
	people_commit(v, name);
	return key;
}

static inline struct vault_secret *people_replace(const struct people *p, const struct vault_secret *by, const char *name, enum vault_role role)
{
	struct vault_err err = {.rc = VAULT_OK};
	struct vault_secret *key = NULL;
	struct vault *v = people_prepare(p, by, name, role, &key);
	people_need(vault_access_replace(v, &err), &err, name);
	people_commit(v, name);
	return key;
}

static inline void people_remove(const struct people *p, const struct vault_secret *by, const char *name)
{
	struct vault_err err = {.rc = VAULT_OK};
	struct vault *v = people_write(p, by);
	people_need(vault_access_remove(v, name, &err), &err, name);
	people_commit(v, name);
}

static inline struct vault_secret *people_value(const char *text)
{
	struct vault_secret *s = vault_secret_new(VAULT_TOKEN_MAX);
	struct vault_err err = {.rc = VAULT_OK};
	if (s == NULL)
		abort();
	people_need(vault_secret_append(s, text, strlen(text), &err), &err, "value");
	return s;
}

/* A token; `text` NULL: nobody has its value. */
static inline void people_token(const struct people *p, const struct vault_secret *by, const char *label, const char *text)
{
	char account[] = "ann@a.example", license[] = "licensed", copy[VAULT_LABEL_MAX + 1];
	struct vault_token t = {.label = copy, .account = account, .license = license, .created = VAULT_NO_DAY, .expires = VAULT_NO_DAY,
	                        .rotate_every_days = 90};
	struct vault_secret *value = text != NULL ? people_value(text) : NULL;
	struct vault_err err = {.rc = VAULT_OK};
	struct vault *v = people_write(p, by);
	snprintf(copy, sizeof copy, "%s", label);
	people_need(vault_token_add(v, &t, value, 0, NULL, &err), &err, label);
	people_commit(v, label);
	vault_secret_free(&value);
}

static inline void people_rotate(const struct people *p, const struct vault_secret *by, const char *label, const char *text)
{
	struct vault_rotation how = {.date = VAULT_NO_DAY, .old_revoked = VAULT_NO_DAY, .unchecked = 1};
	struct vault_secret *value = people_value(text);
	struct vault_err err = {.rc = VAULT_OK};
	struct vault_token t;
	struct vault *v = people_write(p, by);
	people_need(vault_token_find(v, label, &t, &err), &err, label);
	how.expected = t.versions[t.n_versions - 1].number;
	vault_token_clear(&t);
	people_need(vault_token_rotate(v, label, value, &how, NULL, &err), &err, label);
	people_commit(v, label);
	vault_secret_free(&value);
}

static inline void people_forget(const struct people *p, const struct vault_secret *by, const char *label)
{
	struct vault_err err = {.rc = VAULT_OK};
	struct vault *v = people_write(p, by);
	people_need(vault_token_remove(v, label, VAULT_FORCE, &err), &err, label);
	people_commit(v, label);
}

static inline void people_grant(const struct people *p, const struct vault_secret *by, const char *slot, const char *label, int give)
{
	struct vault_err err = {.rc = VAULT_OK};
	struct vault *v = people_write(p, by);
	people_need(give ? vault_access_grant(v, slot, label, &err) : vault_access_revoke(v, slot, label, &err), &err, label);
	people_commit(v, label);
}

/* A vault with a key slot of each role; ann made it. */
struct people_staff {
	struct people p;
	struct vault_secret *ann, *iris, *mona, *ci;
};

/* A new one, of ann alone and a token "one". */
static inline struct people_staff *people_staff_new(void)
{
	struct people_staff *s = calloc(1, sizeof *s);
	if (s == NULL)
		abort();
	s->ann = people_init(&s->p, "ann");
	people_token(&s->p, s->ann, "one", "fake-one-1");
	return s;
}

/* iris, mona, and ci, who is granted "one". */
static inline void people_hire(struct people_staff *s)
{
	static const char *const granted[] = {"one"};
	s->iris = people_add(&s->p, s->ann, "iris", VAULT_ROLE_AUDITOR, NULL, 0);
	s->mona = people_add(&s->p, s->ann, "mona", VAULT_ROLE_MONITOR, NULL, 0);
	s->ci = people_add(&s->p, s->ann, "ci", VAULT_ROLE_SCRIPT, granted, 1);
}

/* cmocka's teardown of a test whose state is one. */
static inline int people_staff_free(void **state)
{
	struct people_staff *s = *state;
	vault_secret_free(&s->ann);
	vault_secret_free(&s->iris);
	vault_secret_free(&s->mona);
	vault_secret_free(&s->ci);
	free(s);
	*state = NULL;
	return 0;
}

/* How a reader is answered: vault_begin's. */
static inline enum vault_rc people_enter(const struct people *p, const struct vault_secret *key, struct vault_err *err)
{
	struct vault *v = people_open(p, key);
	const enum vault_rc rc = vault_begin(v, VAULT_READ, err);
	vault_close(&v);
	return rc;
}

/* get LABEL, of a version (0: the current one). The value into `out`. */
static inline enum vault_rc people_get(const struct people *p, const struct vault_secret *key, const char *label, uint32_t version, char *out,
                                       size_t cap, struct vault_err *err)
{
	struct vault_secret *value = NULL;
	struct vault *v = people_open(p, key);
	enum vault_rc rc = vault_begin(v, VAULT_READ_RELEASE, err);
	if (rc == VAULT_OK)
		rc = vault_token_release(v, label, version, VAULT_RELEASE_GET, &value, NULL, err);
	if (rc == VAULT_OK)
		snprintf(out, cap, "%.*s", (int)vault_secret_len(value), (const char *)vault_secret_cbytes(value));
	vault_secret_free(&value);
	vault_close(&v);
	return rc;
}

#endif
