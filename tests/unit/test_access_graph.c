/* test_access_graph.c - random access: admins, monitors, auditors and scripts come and go, tokens are stored, rotated, renamed,
 * granted, revoked and removed. After each slot that is ended or loses a grant: the program answers 7; with everything that the
 * slot knew, nothing in the file opens that was written later; what it can still read is what the model says it had read, and
 * of this what is current is what is due, and nothing else is.
 *
 * GRAPHS: how many (12, with the sanitizers 4; `make check-full` takes 100), SEED: the first one's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <ftw.h>
#include <stdint.h>
#include <sys/wait.h>

#include <cmocka.h>

#include <vault/finding.h>

#include "jsonread.h"
#include "handle.h"
#include "keytext.h"
#include "people.h"
#include "reach.h"

enum { TOKENS = 8, VERSIONS = 8, SLOTS = 24, STEPS = 26, TEXT = 48 };

/* --- the model -------------------------------------------------------------------------------------------- */

struct token {
	char label[VAULT_LABEL_MAX];
	uint8_t id[16];
	int n;                    /* versions; [0] is version 1 */
	int has[VERSIONS];        /* a value that is there */
	int stored;               /* version 1 had one */
	char value[VERSIONS][TEXT];
	int removed;
};

struct slot {
	char name[32];
	enum vault_role role;
	int active;
	int granted[TOKENS], from[TOKENS]; /* of a script: from which version on */
	int ever[TOKENS][VERSIONS];        /* could read it at some time */
	struct vault_secret *key;
	struct reach knows;       /* what its holder has found out, looking into the file before each loss */
	size_t meta, adm;         /* generations it knew when it was ended */
	uint64_t ended;           /* epoch */
};

struct graph {
	struct people p;
	uint64_t rng;
	struct token t[TOKENS];
	int n_tokens;
	struct slot s[SLOTS];
	int n_slots, serial, ends, refusals;
	unsigned long compared;
};

static uint64_t next(struct graph *g, uint64_t below)
{
	/* xorshift64* (Marsaglia 2003, Vigna 2016) */
	g->rng ^= g->rng >> 12;
	g->rng ^= g->rng << 25;
	g->rng ^= g->rng >> 27;
	return (g->rng * 2685821657736338717u >> 33) % below;
}

static int can_read(const struct slot *s, const struct token *t, int token, int version)
{
	if (!s->active || !t->has[version])
		return 0;
	if (s->role == VAULT_ROLE_SCRIPT)
		return s->granted[token] && version >= s->from[token];
	return s->role == VAULT_ROLE_ADMIN || s->role == VAULT_ROLE_MONITOR;
}

/* After each change. */
static void remember(struct graph *g)
{
	for (int i = 0; i < g->n_slots; i++)
		for (int k = 0; k < g->n_tokens; k++)
			for (int v = 0; v < g->t[k].n; v++)
				g->s[i].ever[k][v] |= can_read(&g->s[i], &g->t[k], k, v);
}

/* Whether the token is due since a slot of that name could read it. */
static int model_due(const struct graph *g, int token, const char *name)
{
	const struct token *t = &g->t[token];
	int due = 0;

	if (t->removed || !t->has[t->n - 1])
		return 0;
	for (int i = 0; i < g->n_slots; i++)
		due |= (name == NULL || strcmp(g->s[i].name, name) == 0) && g->s[i].ever[token][t->n - 1] &&
		       !can_read(&g->s[i], t, token, t->n - 1);
	return due;
}

static int pick(struct graph *g, int (*fits)(const struct slot *s))
{
	int found[SLOTS], n = 0;

	for (int i = 0; i < g->n_slots; i++)
		if (g->s[i].active && fits(&g->s[i]))
			found[n++] = i;
	return n == 0 ? -1 : found[next(g, (uint64_t)n)];
}

static int is_admin(const struct slot *s)
{
	return s->role == VAULT_ROLE_ADMIN;
}

static int is_script(const struct slot *s)
{
	return s->role == VAULT_ROLE_SCRIPT;
}

static int is_any(const struct slot *s)
{
	return s != NULL;
}

static const struct vault_secret *some_admin(struct graph *g)
{
	return g->s[pick(g, is_admin)].key;
}

static int admins_left(const struct graph *g, int but)
{
	int n = 0;

	for (int i = 0; i < g->n_slots; i++)
		n += i != but && g->s[i].active && is_admin(&g->s[i]) && strcmp(g->s[i].name, VAULT_RECOVERY_NAME) != 0;
	return n;
}

/* --- comparing -------------------------------------------------------------------------------------------- */

/* The holder looks into the file with all it knows. */
static void look(struct graph *g, struct slot *s)
{
	struct keytext *k = secret_mem(sizeof *k);

	assert_non_null(k);
	assert_int_equal(keytext_parse(s->key, k, NULL), VAULT_OK);
	reach_know(&s->knows, k->key);
	secret_mem_free(k);
	reach_file(&s->knows, g->p.path);
}

/* What opens to the holder is what the model says it could ever read, value by value. */
static void values_are_the_models(struct graph *g, const struct slot *s)
{
	for (int k = 0; k < g->n_tokens; k++)
		for (int v = 0; v < g->t[k].n; v++) {
			const struct reach_box *b = reach_find(&s->knows, REACH_VALUE, g->t[k].id, (uint64_t)v + 1);

			assert_int_equal(b != NULL, g->t[k].has[v]);
			if (b == NULL)
				continue;
			if (b->open != s->ever[k][v])
				fail_msg("%s (%s): %s version %d opens %d, the model says %d", s->name, vault_role_name(s->role), g->t[k].label,
				         v + 1, b->open, s->ever[k][v]);
			if (b->open)
				assert_memory_equal(b->text, g->t[k].value[v], strlen(g->t[k].value[v]));
			g->compared++;
		}
}

/* Of an ended slot: no box opens that was written since. */
static void nothing_newer_opens(struct graph *g, const struct slot *s)
{
	const struct reach *r = &s->knows;

	for (size_t i = 0; i < r->n_boxes; i++) {
		const struct reach_box *b = &r->boxes[i];
		int may = 0;

		if (!b->open)
			continue;
		switch (b->what) {
		case REACH_VALUE: /* compared one by one */
		case REACH_WRAP:  /* its own */
			may = 1;
			break;
		case REACH_DETAIL: /* n: the epoch */
			may = b->n < s->ended;
			break;
		case REACH_BACK_META: /* n: the generation inside */
			may = b->n < s->meta;
			break;
		case REACH_BACK_ADM:
			may = b->n < s->adm;
			break;
		default: /* every object, grant and key of a value was sealed anew, or is another's */
			break;
		}
		if (!may)
			fail_msg("%s (%s) was ended at %llu and opens a box of sort %d, %llu", s->name, vault_role_name(s->role),
			         (unsigned long long)s->ended, b->what, (unsigned long long)b->n);
	}
	assert_int_equal(reach_open(r, REACH_WRAP), 1);
	values_are_the_models(g, s);
}

/* Due by the library, for each token and each name there ever was. */
static void due_is_the_models(struct graph *g)
{
	struct vault *v = people_open(&g->p, some_admin(g));
	struct vault_tokens tokens = {.t = NULL};
	struct vault_slot_reads reads = {.r = NULL};
	size_t want = 0;

	assert_int_equal(vault_begin(v, VAULT_READ, NULL), VAULT_OK);
	assert_int_equal(vault_token_all(v, &tokens, NULL), VAULT_OK);
	assert_int_equal(vault_slot_reads_all(v, &tokens, &reads, NULL), VAULT_OK);
	for (int k = 0; k < g->n_tokens; k++)
		for (int i = 0; i < g->n_slots; i++) {
			const int due = model_due(g, k, g->s[i].name);
			int said = 0, before = 0;

			for (int j = 0; j < i; j++)
				before |= strcmp(g->s[j].name, g->s[i].name) == 0;
			for (size_t j = 0; j < reads.n; j++)
				said += memcmp(reads.r[j].token_id, g->t[k].id, 16) == 0 && strcmp(reads.r[j].slot, g->s[i].name) == 0;
			if (said != due)
				fail_msg("%s for %s: due says %d, the model %d", g->t[k].label, g->s[i].name, said, due);
			want += (size_t)(due && !before);
			g->compared++;
		}
	assert_int_equal(reads.n, want); /* and nothing else */
	vault_slot_reads_clear(&reads);
	vault_tokens_clear(&tokens);
	vault_close(&v);
}

/* --- the program ------------------------------------------------------------------------------------------ */

static int run(const struct graph *g, const struct vault_secret *key, const char *out, const char *const *argv)
{
	const char *build = getenv("BUILD");
	char program[PLACE_MAX + 32], key_path[PLACE_MAX];
	int status = 0;

	snprintf(program, sizeof program, "%s/bin/vault", build ? build : "build");
	place_path(key_path, g->p.dir, "key");
	place_write(key_path, vault_secret_cbytes(key), vault_secret_len(key));
	const pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		const int fd = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0600), null = open("/dev/null", O_RDWR);

		setenv("SMARTVAULT_FILE", g->p.path, 1);
		setenv("SMARTVAULT_KEY_FILE", key_path, 1);
		setenv("XDG_STATE_HOME", g->p.dir, 1);
		if (fd < 0 || null < 0 || dup2(null, 0) < 0 || dup2(fd, 1) < 0 || dup2(null, 2) < 0)
			_exit(99);
		execv(program, (char *const *)(uintptr_t)argv);
		_exit(98);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	unlink(key_path);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* By the program: exactly the model's tokens have the reason `slot`. */
static void program_says_the_same(struct graph *g)
{
	static const char *const argv[] = {"vault", "due", "--json", "--quiet", NULL};
	char path[PLACE_MAX], *text = malloc(1 << 20);
	struct jsonread *j = NULL;

	assert_non_null(text);
	place_path(path, g->p.dir, "out");
	const int status = run(g, some_admin(g), path, argv);
	assert_true(status == 10 || status == 0);
	assert_int_equal(jsonread_parse(text, place_read(path, text, 1 << 20), &j, NULL), VAULT_OK);
	for (int k = 0; k < g->n_tokens; k++) {
		const struct jsonread *items = jsonread_get(j, "items");
		int said = 0;

		for (size_t i = 0; i < jsonread_size(items); i++) {
			const struct jsonread *item = jsonread_at(items, i), *reasons = jsonread_get(item, "reasons");

			for (size_t n = 0; n < jsonread_size(reasons); n++)
				said |= strcmp(jsonread_str(item, "label"), g->t[k].label) == 0 &&
				        strcmp(jsonread_str(jsonread_at(reasons, n), "code"), "slot") == 0;
		}
		assert_int_equal(said, model_due(g, k, NULL));
	}
	jsonread_free(&j);
	free(text);
}

static void program_refuses(struct graph *g, const struct slot *s)
{
	static const char *const list[] = {"vault", "list", NULL}, *const verify[] = {"vault", "verify", NULL};
	struct vault_err err = {.rc = VAULT_OK};
	char path[PLACE_MAX];

	place_path(path, g->p.dir, "out");
	assert_int_equal(people_enter(&g->p, s->key, &err), VAULT_FORBIDDEN);
	assert_non_null(strstr(err.msg, "was ended on"));
	assert_int_equal(run(g, s->key, path, next(g, 2) ? list : verify), 7);
}

/* --- steps ------------------------------------------------------------------------------------------------ */

static uint64_t epoch(struct graph *g)
{
	struct vault *v = people_open(&g->p, some_admin(g));

	assert_int_equal(vault_begin(v, VAULT_READ, NULL), VAULT_OK);
	const uint64_t e = vault_epoch(v);
	vault_close(&v);
	return e;
}

static void value_text(struct graph *g, char out[TEXT])
{
	snprintf(out, TEXT, "fake-%04d-%08llx", ++g->serial, (unsigned long long)next(g, 1u << 31));
}

static void step_token(struct graph *g)
{
	struct token *t = &g->t[g->n_tokens];
	struct vault_token found;
	struct vault *v = NULL;

	if (g->n_tokens == TOKENS)
		return;
	memset(t, 0, sizeof *t);
	snprintf(t->label, sizeof t->label, "token-%d", ++g->serial);
	t->n = 1;
	t->has[0] = t->stored = next(g, 6) != 0;
	value_text(g, t->value[0]);
	people_token(&g->p, some_admin(g), t->label, t->has[0] ? t->value[0] : NULL);
	v = people_open(&g->p, some_admin(g));
	assert_int_equal(vault_begin(v, VAULT_READ, NULL), VAULT_OK);
	assert_int_equal(vault_token_find(v, t->label, &found, NULL), VAULT_OK);
	memcpy(t->id, found.id, 16);
	vault_token_clear(&found);
	vault_close(&v);
	g->n_tokens++;
}

/* A token that is not removed, or NULL. */
static struct token *some_token(struct graph *g, int *at)
{
	struct token *t = g->n_tokens == 0 ? NULL : &g->t[*at = (int)next(g, (uint64_t)g->n_tokens)];

	return t == NULL || t->removed ? NULL : t;
}

static void step_rotate(struct graph *g)
{
	int at = 0;
	struct token *t = some_token(g, &at);

	if (t == NULL || t->n == VERSIONS)
		return;
	value_text(g, t->value[t->n]);
	people_rotate(&g->p, some_admin(g), t->label, t->value[t->n]);
	t->has[t->n++] = 1;
}

static void step_rename(struct graph *g)
{
	struct vault_token to = {.label = NULL};
	char label[VAULT_LABEL_MAX];
	struct vault *v = NULL;
	int at = 0;
	struct token *t = some_token(g, &at);

	if (t == NULL)
		return;
	snprintf(label, sizeof label, "renamed-%d", ++g->serial);
	to.label = label;
	v = people_write(&g->p, some_admin(g));
	assert_int_equal(vault_token_edit(v, t->label, &to, VAULT_F_LABEL, 0, NULL, NULL), VAULT_OK);
	people_commit(v, "edit");
	snprintf(t->label, sizeof t->label, "%s", label);
}

static void step_forget(struct graph *g)
{
	int at = 0;
	struct token *t = some_token(g, &at);

	if (t == NULL)
		return;
	people_forget(&g->p, some_admin(g), t->label);
	t->removed = 1;
	memset(t->has, 0, sizeof t->has);
	for (int i = 0; i < g->n_slots; i++)
		g->s[i].granted[at] = 0;
}

static struct slot *new_slot(struct graph *g, const char *name, enum vault_role role)
{
	struct slot *s = &g->s[g->n_slots++];

	assert_true(g->n_slots <= SLOTS);
	memset(s, 0, sizeof *s);
	snprintf(s->name, sizeof s->name, "%s", name);
	s->role = role;
	s->active = 1;
	return s;
}

static void step_slot(struct graph *g)
{
	static const enum vault_role roles[] = {VAULT_ROLE_ADMIN, VAULT_ROLE_MONITOR, VAULT_ROLE_AUDITOR, VAULT_ROLE_SCRIPT, VAULT_ROLE_SCRIPT};
	enum vault_role role = roles[next(g, 5)];
	const char *labels[TOKENS];
	char name[32];
	int granted[TOKENS] = {0};
	size_t n = 0;

	if (g->n_slots == SLOTS)
		return;
	/* Few names, so that they are used again. */
	snprintf(name, sizeof name, "%s-%d", vault_role_name(role), (int)next(g, 3));
	if (role == VAULT_ROLE_ADMIN && next(g, 4) == 0)
		snprintf(name, sizeof name, VAULT_RECOVERY_NAME);
	for (int i = 0; i < g->n_slots; i++)
		if (g->s[i].active && strcmp(g->s[i].name, name) == 0)
			return;
	for (int k = 0; k < g->n_tokens && role == VAULT_ROLE_SCRIPT; k++)
		if (!g->t[k].removed && g->t[k].has[g->t[k].n - 1] && next(g, 2)) {
			labels[n++] = g->t[k].label;
			granted[k] = 1;
		}
	struct vault_secret *key = people_add(&g->p, some_admin(g), name, role, labels, n);
	struct slot *s = new_slot(g, name, role);
	s->key = key;
	for (int k = 0; k < g->n_tokens; k++) {
		s->granted[k] = granted[k];
		s->from[k] = g->t[k].n - 1;
	}
}

static void step_grant(struct graph *g)
{
	int at = 0, i = pick(g, is_script);
	struct token *t = some_token(g, &at);

	if (i < 0 || t == NULL || g->s[i].granted[at] || !t->has[t->n - 1])
		return;
	people_grant(&g->p, some_admin(g), g->s[i].name, t->label, 1);
	g->s[i].granted[at] = 1;
	g->s[i].from[at] = t->n - 1;
}

/* Before a slot loses something: its holder looks. */
static void before_loss(struct graph *g, struct slot *s)
{
	look(g, s);
	values_are_the_models(g, s);
	s->meta = reach_open(&s->knows, REACH_META) > 0 ? reach_all(&s->knows, REACH_BACK_META) + 1 : 0;
	s->adm = reach_open(&s->knows, REACH_KEYS) > 0 ? reach_all(&s->knows, REACH_BACK_ADM) + 1 : 0;
}

static void after_end(struct graph *g, struct slot *s)
{
	s->active = 0;
	s->ended = epoch(g);
	remember(g);
	look(g, s);
	nothing_newer_opens(g, s);
	program_refuses(g, s);
	due_is_the_models(g);
	g->ends++;
}

static void step_revoke(struct graph *g)
{
	int at = 0, i = pick(g, is_script);
	struct token *t = some_token(g, &at);

	if (i < 0 || t == NULL || !g->s[i].granted[at])
		return;
	struct slot *s = &g->s[i];
	before_loss(g, s);
	people_grant(&g->p, some_admin(g), s->name, t->label, 0);
	s->granted[at] = 0;
	remember(g);
	look(g, s);
	values_are_the_models(g, s);
	assert_null(t->has[t->n - 1] && reach_find(&s->knows, REACH_TOKEN, t->id, (uint64_t)t->n) != NULL &&
	                            reach_find(&s->knows, REACH_TOKEN, t->id, (uint64_t)t->n)->open
	                    ? "a grant that opens"
	                    : NULL);
	char value[TEXT] = "";
	assert_int_equal(people_get(&g->p, s->key, t->label, 0, value, sizeof value, NULL), VAULT_NOTFOUND);
	due_is_the_models(g);
	g->ends++;
}

static void step_remove(struct graph *g)
{
	const int who = pick(g, is_admin), i = pick(g, is_any);
	struct slot *s = &g->s[i];
	struct vault_err err = {.rc = VAULT_OK};

	if (who == i || (is_admin(s) && strcmp(s->name, VAULT_RECOVERY_NAME) != 0 && admins_left(g, i) == 0)) {
		struct vault *v = people_write(&g->p, g->s[who].key);
		assert_int_equal(vault_access_remove(v, s->name, &err), VAULT_REFUSED);
		vault_close(&v);
		g->refusals++;
		return;
	}
	before_loss(g, s);
	people_remove(&g->p, g->s[who].key, s->name);
	after_end(g, s);
}

/* passwd NAME, and with the own one --compromised. */
static void step_replace(struct graph *g)
{
	const int who = pick(g, is_admin), i = pick(g, is_any);
	struct slot *s = &g->s[i];

	if (g->n_slots == SLOTS)
		return;
	before_loss(g, s);
	struct vault_secret *key = people_replace(&g->p, g->s[who].key, s->name, s->role);
	struct slot *now = new_slot(g, s->name, s->role);
	now->key = key;
	memcpy(now->granted, s->granted, sizeof now->granted);
	memcpy(now->from, s->from, sizeof now->from);
	after_end(g, s);
}

static void step(struct graph *g)
{
	static void (*const steps[])(struct graph *g) = {
	        step_token, step_token, step_rotate, step_rotate, step_rename, step_forget, step_slot, step_slot,
	        step_slot,  step_slot,  step_grant,  step_revoke, step_revoke, step_remove, step_remove, step_replace,
	};
	steps[next(g, sizeof steps / sizeof steps[0])](g);
	remember(g);
}

/* --- the end ---------------------------------------------------------------------------------------------- */

/* Who is there goes on: verify by each, and each script gets what it was granted and nothing else. */
static void everybody_goes_on(struct graph *g)
{
	char value[TEXT];

	for (int i = 0; i < g->n_slots; i++) {
		struct slot *s = &g->s[i];
		struct vault_verify_report report;
		struct vault_err err = {.rc = VAULT_OK};
		struct vault *v = NULL;

		if (!s->active)
			continue;
		v = people_open(&g->p, s->key);
		if (vault_verify(v, &report, &err) != VAULT_OK)
			fail_msg("%s: verify: %s", s->name, err.msg);
		vault_close(&v);
		look(g, s);
		values_are_the_models(g, s);
		for (int k = 0; k < g->n_tokens && s->role == VAULT_ROLE_SCRIPT; k++) {
			const struct token *t = &g->t[k];
			const enum vault_rc want = s->granted[k] ? VAULT_OK : VAULT_NOTFOUND;

			assert_int_equal(people_get(&g->p, s->key, t->label, 0, value, sizeof value, NULL), want);
			if (want == VAULT_OK)
				assert_string_equal(value, t->value[t->n - 1]);
		}
	}
}

/* Each value that was ever stored has one name, under which it is known again; one that is there, under the newest K_adm. */
static void names_of_values(struct graph *g)
{
	const struct reach *r = &g->s[pick(g, is_admin)].knows;
	const int64_t newest = (int64_t)reach_all(r, REACH_BACK_ADM) + 1;
	size_t ever = 0, live = 0, names = 0, at_newest = 0;

	for (int k = 0; k < g->n_tokens; k++)
		for (int v = 0; v < g->t[k].n; v++) {
			ever += (size_t)(v > 0 || g->t[k].stored);
			live += (size_t)g->t[k].has[v];
		}
	for (size_t i = 0; i < r->rows[STORE_OBJECT].n; i++) {
		const struct cell *c = r->rows[STORE_OBJECT].r[i]->c;

		names += (size_t)(c[OBJ_KIND].i == KIND_VALUE);
		at_newest += (size_t)(c[OBJ_KIND].i == KIND_VALUE && c[OBJ_GENERATION].i == newest);
	}
	assert_int_equal(names, ever);
	assert_true(at_newest >= live);
}

static void one_graph(void **state)
{
	struct graph *g = *state;

	g->s[0].key = people_init(&g->p, "admin-0");
	struct vault_secret *key = g->s[0].key;
	new_slot(g, "admin-0", VAULT_ROLE_ADMIN)->key = key;
	for (int i = 0; i < 3; i++)
		step_token(g);
	for (int i = 0; i < 4; i++)
		step_slot(g);
	remember(g);
	for (int i = 0; i < STEPS; i++)
		step(g);
	/* However it went, somebody is ended in the end. */
	for (int i = 0; i < 20 && g->ends < 3; i++) {
		step_slot(g);
		remember(g);
		step_remove(g);
	}
	due_is_the_models(g);
	program_says_the_same(g);
	for (int i = 0; i < g->n_slots; i++)
		if (!g->s[i].active) {
			look(g, &g->s[i]);
			nothing_newer_opens(g, &g->s[i]);
		}
	everybody_goes_on(g);
	names_of_values(g);
	assert_true(g->ends >= 3);
	print_message("# %d slots, %d tokens, %d ends, %d refusals, %lu comparisons\n", g->n_slots, g->n_tokens, g->ends, g->refusals, g->compared);
}

static int take_away(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static int forget(void **state)
{
	struct graph *g = *state;

	nftw(g->p.dir, take_away, 8, FTW_DEPTH | FTW_PHYS);

	for (int i = 0; i < g->n_slots; i++) {
		vault_secret_free(&g->s[i].key);
		reach_clear(&g->s[i].knows);
	}
	free(g);
	return 0;
}

int main(void)
{
	const char *graphs = getenv("GRAPHS"), *seed = getenv("SEED");
	const size_t n = graphs ? strtoul(graphs, NULL, 10) : getenv("SAN") ? 4 : 12;
	struct stat st;

	struct CMUnitTest *tests = calloc(n, sizeof *tests);
	char (*names)[48] = calloc(n, sizeof *names);

	if (tests == NULL || names == NULL)
		return 1;
	for (size_t i = 0; i < n; i++) {
		struct graph *g = calloc(1, sizeof *g);

		if (g == NULL)
			return 1;
		g->rng = ((seed ? strtoull(seed, NULL, 10) : 4) + i) * 0x9e3779b97f4a7c15u;
		snprintf(names[i], sizeof names[i], "graph_%zu", (seed ? strtoul(seed, NULL, 10) : 4) + i);
		tests[i] = (struct CMUnitTest){names[i], one_graph, NULL, forget, g};
	}
	/* Thousands of changes, none of which has to outlive the machine. */
	if (stat("/dev/shm", &st) == 0 && (st.st_mode & 01777) == 01777 && access("/dev/shm", W_OK) == 0)
		setenv("TMPDIR", "/dev/shm", 1);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const int rc = _cmocka_run_group_tests("access graphs", tests, n, NULL, NULL);
	free(tests);
	free(names);
	return rc;
}
