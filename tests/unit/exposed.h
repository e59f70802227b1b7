/* exposed.h - a vault with nothing but a roster, a token of two versions and a log, in which slots say what it reaches. For tests. */
#ifndef TESTS_EXPOSED_H
#define TESTS_EXPOSED_H

#include <stdlib.h>

#include "carry.h"
#include "counted.h"
#include "exposure.h"
#include "facts.h"
#include "observe.h"
#include "place.h"

enum { ADMIN, MONITOR, AUDITOR, SLOTS };

/* A vault with nothing but a roster, one generation of K_meta, two rows of secret and a log. */
struct fixture {
	char dir[PLACE_MAX], path[PLACE_MAX], log[PLACE_MAX], next[PLACE_MAX];
	struct vault v;
	struct roster_slot slots[SLOTS];
	uint8_t id[SLOTS][16], pk[SLOTS][32], sk[SLOTS][64];
	struct leaf leaf;
	struct world w;
	struct vault_token *t;
	struct vault_env env;
	int64_t time;
};

static inline int64_t now(void *ctx)
{
	return ((struct fixture *)ctx)->time++;
}

static inline void add_secret(struct fixture *f, uint32_t version)
{
	const struct cell c[] = {CELL_BLOB(f->t->id, 16), CELL_INT(version), CELL_INT(1), CELL_BLOB(f->t->versions[version - 1].commit, 32),
	                         CELL_INT(1), CELL_BLOB("", 0), CELL_BLOB("", 0)};

	assert_int_equal(rows_put(&f->leaf.secret, STORE_SECRET, row_make(STORE_SECRET, c)), 0);
}

static inline int set_up(void **state)
{
	static const enum vault_role roles[SLOTS] = {VAULT_ROLE_ADMIN, VAULT_ROLE_MONITOR, VAULT_ROLE_AUDITOR};
	struct fixture *f = calloc(1, sizeof *f);

	assert_non_null(f);
	assert_int_equal(secret_init(NULL), VAULT_OK);
	place_make(f->dir);
	place_path(f->path, f->dir, "v");
	place_path(f->log, f->dir, "v-log");
	place_path(f->next, f->dir, "next-log");
	world_init(&f->w, 20000);
	f->t = world_token(&f->w, "one");
	world_rotate(f->t, 10);
	f->time = 1700000000;
	f->env = (struct vault_env){.ctx = f, .now = now, .random = vault_env_system()->random};
	for (int i = 0; i < SLOTS; i++) {
		const uint8_t seed[32] = {(uint8_t)(i + 1)};

		memset(f->id[i], 0x20 + i, 16);
		sign_keypair(f->pk[i], f->sk[i], seed);
		f->slots[i] = (struct roster_slot){.id = f->id[i], .sign_pk = f->pk[i], .box_pk = f->pk[i], .role = roles[i],
		                                   .active = 1, .added = 1};
		(void)snprintf(f->slots[i].name, sizeof f->slots[i].name, "%s", i == ADMIN ? "ann" : i == MONITOR ? "moni" : "audi");
	}
	f->v.env = &f->env;
	f->v.log_path = f->log;
	f->v.txn = TXN_READ;
	f->v.roster.slots = f->slots;
	f->v.roster.n_slots = SLOTS;
	f->leaf.area = LEAF_TOKENS;
	f->leaf.number = leaf_of(LEAF_TOKENS, f->t->id);
	add_secret(f, 1);
	add_secret(f, 2);
	f->v.leaf_index = calloc(HANDLE_LEAVES, sizeof(struct leaf *));
	assert_non_null(f->v.leaf_index);
	f->v.leaf_index[1 + LEAF_NAMES_N + f->leaf.number] = &f->leaf;
	f->v.kr = keyring_new();
	assert_non_null(f->v.kr);
	assert_int_equal(keyring_room(f->v.kr, KIND_META, 1, NULL), VAULT_OK);
	memset(f->v.kr->meta[0].key, 5, KEY_LEN);
	keyring_children(&f->v.kr->meta[0], KIND_META);
	*state = f;
	return 0;
}

static inline int tear_down(void **state)
{
	struct fixture *f = *state;

	keyring_free(&f->v.kr);
	free(f->v.leaf_index);
	leaf_clear(&f->leaf);
	(void)unlink(f->log);
	(void)unlink(f->next);
	(void)rmdir(f->dir);
	free(f);
	return 0;
}

/* As who the next entries are written. */
static inline void be(struct fixture *f, int slot)
{
	memcpy(f->v.slot_id, f->id[slot], 16);
	memcpy(f->v.kr->sign_sk, f->sk[slot], sizeof f->sk[slot]);
	f->v.role = f->slots[slot].role;
}

/* An answer of vault-api: valid, acting as bob, `n` sheets from id 100 on. */
static inline void answered(struct vault_verdict *verdict, struct helper_reach *reach, size_t n, const char *seat)
{
	memset(verdict, 0, sizeof *verdict);
	memset(reach, 0, sizeof *reach);
	verdict->result = VAULT_VALID;
	verdict->http_status = 200;
	verdict->base = strdup("https://api.example/2.0");
	verdict->has_identity = 1;
	verdict->identity = (struct vault_identity){.id = strdup("7"), .email = strdup("bob@a.example"), .admin = 0, .licensed = 1};
	reach->known = 1;
	reach->exposure = (struct vault_exposure){.system_admin = 0, .count = {(int64_t)n, 0, 0, -1}, .contacts = 3, .groups = -1,
	                                          .users = -1, .sheets_by = {0, 0, 0, (int64_t)n, 0, 0, 0}, .n = n,
	                                          .seat = seat != NULL ? strdup(seat) : NULL, .items = calloc(n + 1, sizeof(struct vault_reached))};
	assert_non_null(reach->exposure.items);
	for (size_t i = 0; i < n; i++) {
		char id[24];

		(void)snprintf(id, sizeof id, "%zu", 100 + i);
		reach->exposure.items[i] = (struct vault_reached){.access = VAULT_ACCESS_EDITOR, .id = strdup(id), .name = strdup("Plan")};
	}
}

static inline void bind(struct fixture *f, struct vault_verdict *verdict, uint32_t version)
{
	memcpy(verdict->token_id, f->t->id, VAULT_ID_LEN);
	memcpy(verdict->commit, f->t->versions[version - 1].commit, VAULT_COMMIT_LEN);
	verdict->version = version;
	verdict->checked = f->time;
}

/* Asked and logged by a slot: `n` sheets of a version. */
static inline void say(struct fixture *f, int slot, uint32_t version, size_t n, const char *seat)
{
	const struct vault_check_target target = {.token = f->t, .version = version};
	struct vault_exposure_results l;
	struct vault_verdict verdict;
	struct helper_reach reach;

	answered(&verdict, &reach, n, seat);
	bind(f, &verdict, version);
	assert_int_equal(exposure_results(&target, 1, &verdict, &reach, NULL, NULL, &l, NULL), VAULT_OK);
	be(f, slot);
	assert_int_equal(exposure_log(&f->v, &l, NULL), VAULT_OK);
	vault_exposure_results_clear(&l);
}

/* An entry whose detail is whatever is said. */
static inline void say_as(struct fixture *f, int slot, enum action action, uint32_t version, uint8_t commit, const char *text)
{
	struct observation o = {.action = action, .version = version, .detail = text};

	memcpy(o.object_id, f->t->id, 16);
	memset(o.commit, commit, sizeof o.commit);
	be(f, slot);
	assert_int_equal(observe_append(&f->v, &o, 1, NULL), VAULT_OK);
}

static inline void say_text(struct fixture *f, int slot, uint32_t version, uint8_t commit, const char *text)
{
	say_as(f, slot, ACTION_EXPOSURE, version, commit, text);
}

struct tally {
	size_t n, detail;
	uint32_t batches;
	int64_t action;
};

static inline enum vault_rc tally_batch(void *ctx, const struct log_batch *b, struct vault_err *err)
{
	struct tally *t = ctx;

	(void)err;
	t->batches++;
	for (size_t i = 0; i < b->n; i++)
		if (b->e[i].action == t->action) {
			t->n++;
			t->detail = b->e[i].detail_n;
		}
	return VAULT_OK;
}

static inline struct tally tally(struct fixture *f, int64_t action)
{
	struct tally t = {.action = action};
	struct logfile *l = NULL;

	assert_int_equal(logfile_open(f->log, 0, &l, NULL), VAULT_OK);
	assert_non_null(l);
	assert_int_equal(logfile_scan(l, tally_batch, &t, NULL), VAULT_OK);
	logfile_close(&l);
	return t;
}

static inline size_t n_of(struct fixture *f, int64_t action, uint32_t *batches)
{
	const struct tally t = tally(f, action);

	*batches = t.batches;
	return t.n;
}

/* The number of sheets of the newest exposure of version 1; -1 where there is none. */
static inline long reached(struct fixture *f)
{
	struct vault_exposures l;
	const struct vault_exposure *e = NULL;
	long n = -1;

	assert_int_equal(vault_observed_all(&f->v, NULL, &l, NULL, NULL), VAULT_OK);
	e = vault_exposure_newest(&l, f->t, 1);
	if (e != NULL)
		n = (long)e->count[VAULT_SHEET];
	vault_exposures_clear(&l);
	return n;
}

/* --- carried --- */

static inline void carry(struct fixture *f, struct carry_list *l)
{
	struct logfile *from = NULL;

	assert_int_equal(logfile_open(f->log, 0, &from, NULL), VAULT_OK);
	assert_int_equal(carry_collect(&f->v, from, l, NULL), VAULT_OK);
	logfile_close(&from);
}

#endif
