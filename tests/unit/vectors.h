/* vectors.h - tests/vectors/kdf-tree.txt as it is read by the tests: lines of `name input output`, the input fields of hex joined
 * by a colon. For tests. */
#ifndef TESTS_VECTORS_H
#define TESTS_VECTORS_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "hex.h"
#include "object.h"

enum { FIELDS = 16, FIELD_MAX = 128, TEXT_MAX = 1024, LINES_MAX = 64 };

struct field {
	uint8_t p[FIELD_MAX];
	size_t n;
};

struct line {
	char name[32], input[TEXT_MAX], output[TEXT_MAX];
};

struct file {
	struct line l[LINES_MAX];
	size_t n;
};

static inline void hex_of(char *out, const uint8_t *p, size_t n)
{
	size_t i = 0;

	for (i = 0; i < n; i++) {
		out[2 * i] = "0123456789abcdef"[p[i] >> 4];
		out[2 * i + 1] = "0123456789abcdef"[p[i] & 15];
	}
	out[2 * n] = '\0';
}

static inline uint64_t number(const struct field *f)
{
	struct rd r = {.p = f->p, .n = f->n};

	assert_int_equal(f->n, 8);
	return rd_u64(&r);
}

static inline int load(struct file *f)
{
	const char *root = getenv("SRC");
	char path[1024], row[4 * TEXT_MAX];
	FILE *in = NULL;

	snprintf(path, sizeof path, "%s/tests/vectors/kdf-tree.txt", root ? root : ".");
	in = fopen(path, "r");
	if (!in)
		return -1;
	while (fgets(row, sizeof row, in)) {
		struct line *l = &f->l[f->n];

		if (row[0] == '#' || row[0] == '\n')
			continue;
		if (f->n == LINES_MAX || sscanf(row, "%31s %1023s %1023[^\n]", l->name, l->input, l->output) < 2) {
			fclose(in);
			return -1;
		}
		f->n++;
	}
	fclose(in);
	return 0;
}

static inline size_t fields_of(const char *input, struct field *in)
{
	char text[TEXT_MAX], *at = text, *end = NULL;
	size_t n = 0;

	snprintf(text, sizeof text, "%s", input);
	while (at) {
		assert_true(n < FIELDS);
		end = strchr(at, ':');
		if (end)
			*end++ = '\0';
		in[n].n = unhex(in[n].p, FIELD_MAX, at);
		n++;
		at = end;
	}
	return n;
}

/* The tree is one: what a line gives is what another takes. */
static inline const char *output_of(const struct file *f, const char *name)
{
	size_t i = 0;

	for (i = 0; i < f->n; i++)
		if (!strcmp(f->l[i].name, name))
			return f->l[i].output;
	fail_msg("there is no line %s", name);
	return "";
}

static inline const char *input_of(const struct file *f, const char *name)
{
	size_t i = 0;

	for (i = 0; i < f->n; i++)
		if (!strcmp(f->l[i].name, name))
			return f->l[i].input;
	fail_msg("there is no line %s", name);
	return "";
}

/* A handle with keys and nothing else: tags need no file. `key` is the parent of the generation. */
static inline struct vault *keyed(int kind, const uint8_t *key)
{
	struct vault *v = calloc(1, sizeof *v);
	struct keygen *g = NULL;

	assert_non_null(v);
	v->kr = keyring_new();
	assert_non_null(v->kr);
	assert_int_equal(keyring_room(v->kr, kind, 1, NULL), VAULT_OK);
	g = kind == KIND_META ? v->kr->meta : v->kr->adm;
	memcpy(g->key, key, KEY_LEN);
	keyring_children(g, kind);
	return v;
}

static inline void keyed_free(struct vault **v)
{
	keyring_free(&(*v)->kr);
	buf_free(&(*v)->scratch);
	free((*v)->leaf_index);
	free(*v);
	*v = NULL;
}

#endif
