/* test_exposure.c - from answers to results to the log and back: what is logged, which of it is read, which is carried. */
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

static int64_t now(void *ctx)
{
	return ((struct fixture *)ctx)->time++;
}

static void add_secret(struct fixture *f, uint32_t version)
{
	const struct cell c[] = {CELL_BLOB(f->t->id, 16), CELL_INT(version), CELL_INT(1), CELL_BLOB(f->t->versions[version - 1].commit, 32),
	                         CELL_INT(1), CELL_BLOB("", 0), CELL_BLOB("", 0)};

	assert_int_equal(rows_put(&f->leaf.secret, STORE_SECRET, row_make(STORE_SECRET, c)), 0);
}

static int set_up(void **state)
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

static int tear_down(void **state)
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
static void be(struct fixture *f, int slot)
{
	memcpy(f->v.slot_id, f->id[slot], 16);
	memcpy(f->v.kr->sign_sk, f->sk[slot], sizeof f->sk[slot]);
	f->v.role = f->slots[slot].role;
}

/* An answer of vault-api: valid, acting as bob, `n` sheets from id 100 on. */
static void answered(struct vault_verdict *verdict, struct helper_reach *reach, size_t n, const char *seat)
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

static void bind(struct fixture *f, struct vault_verdict *verdict, uint32_t version)
{
	memcpy(verdict->token_id, f->t->id, VAULT_ID_LEN);
	memcpy(verdict->commit, f->t->versions[version - 1].commit, VAULT_COMMIT_LEN);
	verdict->version = version;
	verdict->checked = f->time;
}

/* Asked and logged by a slot: `n` sheets of a version. */
static void say(struct fixture *f, int slot, uint32_t version, size_t n, const char *seat)
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

/* As `say`, with what the log knows; `edit` (may be NULL) changes the answer. 1 where it was found to be the same. */
static int say_again(struct fixture *f, int slot, uint32_t version, size_t n, void (*edit)(struct vault_verdict *, struct vault_exposure *))
{
	const struct vault_check_target target = {.token = f->t, .version = version};
	struct vault_exposure_results l;
	struct vault_exposures before;
	struct vault_verdict verdict;
	struct helper_reach reach;
	int same = 0;

	answered(&verdict, &reach, n, "member");
	bind(f, &verdict, version);
	if (edit != NULL)
		edit(&verdict, &reach.exposure);
	be(f, slot);
	assert_int_equal(vault_exposure_all(&f->v, &before, NULL, NULL), VAULT_OK);
	assert_int_equal(exposure_results(&target, 1, &verdict, &reach, NULL, &before, &l, NULL), VAULT_OK);
	vault_exposures_clear(&before);
	assert_int_equal(l.r[0].asked, 1);
	same = l.r[0].exposure.whole != 0;
	assert_int_equal(same, l.r[0].exposure.since < l.r[0].exposure.observed);
	assert_int_equal(exposure_log(&f->v, &l, NULL), VAULT_OK);
	vault_exposure_results_clear(&l);
	return same;
}

/* An entry whose detail is whatever is said. */
static void say_as(struct fixture *f, int slot, enum action action, uint32_t version, uint8_t commit, const char *text)
{
	struct observation o = {.action = action, .version = version, .detail = text};

	memcpy(o.object_id, f->t->id, 16);
	memset(o.commit, commit, sizeof o.commit);
	be(f, slot);
	assert_int_equal(observe_append(&f->v, &o, 1, NULL), VAULT_OK);
}

static void say_text(struct fixture *f, int slot, uint32_t version, uint8_t commit, const char *text)
{
	say_as(f, slot, ACTION_EXPOSURE, version, commit, text);
}

struct tally {
	size_t n, detail;
	uint32_t batches;
	int64_t action;
};

static enum vault_rc tally_batch(void *ctx, const struct log_batch *b, struct vault_err *err)
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

static struct tally tally(struct fixture *f, int64_t action)
{
	struct tally t = {.action = action};
	struct logfile *l = NULL;

	assert_int_equal(logfile_open(f->log, 0, &l, NULL), VAULT_OK);
	assert_non_null(l);
	assert_int_equal(logfile_scan(l, tally_batch, &t, NULL), VAULT_OK);
	logfile_close(&l);
	return t;
}

static size_t n_of(struct fixture *f, int64_t action, uint32_t *batches)
{
	const struct tally t = tally(f, action);

	*batches = t.batches;
	return t.n;
}

/* --- results ------------------------------------------------------------------------------------------------ */

static void one_is_asked_one_is_not(void **state)
{
	static const enum vault_result results[] = {VAULT_VALID, VAULT_REVOKED, VAULT_UNKNOWN, VAULT_VALID, VAULT_VALID, VAULT_UNKNOWN};
	static const char *const why[] = {NULL,         "its value is revoked", "no route", "GET /reports: 500",
	                                  "vault-api did not say what it reaches", "Smartsheet could not be asked"};
	struct fixture *f = *state;
	struct vault_check_target targets[6];
	struct vault_verdict verdicts[6];
	struct helper_reach reach[6];
	struct vault_exposure_results l;
	uint32_t batches = 0;

	for (size_t i = 0; i < 6; i++) {
		targets[i] = (struct vault_check_target){.token = f->t, .version = 2};
		answered(&verdicts[i], &reach[i], 3, "member");
		bind(f, &verdicts[i], 2);
		verdicts[i].result = results[i];
		verdicts[i].has_identity = results[i] == VAULT_VALID;
		reach[i].known = i < 3;
	}
	reach[3].why = strdup("GET /reports: 500");
	verdicts[2].message = strdup("no route");
	assert_int_equal(exposure_results(targets, 6, verdicts, reach, NULL, NULL, &l, NULL), VAULT_OK);
	assert_int_equal(l.n, 6);
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(l.r[i].asked, i == 0);
		assert_int_equal(l.r[i].exposure.n, i == 0 ? 3 : 0);
		if (why[i] == NULL)
			assert_null(l.r[i].why);
		else
			assert_string_equal(l.r[i].why, why[i]);
		vault_verdict_clear(&verdicts[i]);
		free(reach[i].why);
		vault_exposure_clear(&reach[i].exposure);
	}
	assert_string_equal(l.r[0].exposure.base, "https://api.example/2.0");
	assert_memory_equal(l.r[0].exposure.token_id, f->t->id, 16);
	assert_memory_equal(l.r[0].exposure.commit, f->t->versions[1].commit, 32);
	assert_int_equal(l.r[0].exposure.version, 2);
	assert_int_equal(l.r[0].exposure.observed, l.r[0].verdict.checked);
	assert_null(l.r[0].verdict.drift);
	be(f, ADMIN);
	assert_int_equal(exposure_log(&f->v, &l, NULL), VAULT_OK);
	assert_int_equal(n_of(f, ACTION_EXPOSURE, &batches), 1);
	assert_int_equal(n_of(f, ACTION_VERDICT, &batches), 4); /* not what could not be asked */
	vault_exposure_results_clear(&l);
	vault_exposure_results_clear(&l);
	vault_exposure_results_clear(NULL);
}

/* The drift of a run whose seat is `seat`, where before it was those, oldest first. */
static void expect_drift(struct fixture *f, uint32_t version, const char *const *seats, const char *seat, const char *want)
{
	const struct vault_check_target target = {.token = f->t, .version = version};
	struct vault_exposure e[4];
	struct vault_exposures before = {.e = e};
	struct vault_exposure_results l;
	struct vault_verdict verdict;
	struct helper_reach reach;

	memset(e, 0, sizeof e);
	for (; seats[before.n] != NULL; before.n++) {
		e[before.n].seat = strcmp(seats[before.n], "-") == 0 ? NULL : lit(seats[before.n]);
		memcpy(e[before.n].token_id, f->t->id, VAULT_ID_LEN);
	}
	e[before.n].seat = lit("guest"); /* another token's */
	e[before.n++].token_id[0] = 1;
	answered(&verdict, &reach, 1, seat);
	bind(f, &verdict, version);
	assert_int_equal(exposure_results(&target, 1, &verdict, &reach, &f->w.verdicts, &before, &l, NULL), VAULT_OK);
	if (want == NULL)
		assert_null(l.r[0].verdict.drift);
	else
		assert_string_equal(l.r[0].verdict.drift, want);
	assert_int_equal(l.r[0].drift.n > 0, want != NULL);
	vault_exposure_results_clear(&l);
}

#define SEATS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void drift(void **state)
{
	struct fixture *f = *state;

	expect_drift(f, 2, (const char *const[]){NULL}, "member", NULL); /* the first sight */
	expect_drift(f, 2, SEATS("member"), "member", NULL);
	expect_drift(f, 2, SEATS("member"), "viewer", "seat: was member, is viewer");
	expect_drift(f, 2, SEATS("viewer", "member"), "viewer", "seat: was member, is viewer"); /* the newest before */
	expect_drift(f, 2, SEATS("member", "-"), "guest", "seat: was member, is guest"); /* and that was to be seen */
	expect_drift(f, 2, SEATS("member"), NULL, NULL);
	expect_drift(f, 1, SEATS("member"), "viewer", NULL); /* of a retired value it is not said */
	/* Beside what a check finds of the same verdict. */
	world_said(&f->w, f->t, 2, VAULT_VALID, 10)->identity.id = lit("8");
	expect_drift(f, 2, SEATS("viewer"), "member", "user: was 8, is 7; seat: was viewer, is member");
}

/* --- the log ------------------------------------------------------------------------------------------------ */

static void there_and_back(void **state)
{
	struct fixture *f = *state;
	struct vault_verdicts verdicts;
	struct vault_exposures l;
	struct vault_item item = {.id = lit("7")};
	struct vault_token *other = world_token(&f->w, "other");
	struct vault_give *give = NULL;
	uint32_t batches = 0;
	int here = 0;

	assert_int_equal(vault_observed_all(&f->v, &verdicts, &l, &here, NULL), VAULT_OK); /* no log yet */
	assert_true(here == 1 && l.n == 0 && verdicts.n == 0);
	say(f, ADMIN, 1, 2, "member");
	say(f, ADMIN, 2, 5, NULL);
	say(f, MONITOR, 1, 4, "viewer");
	assert_int_equal(n_of(f, ACTION_EXPOSURE, &batches), 3);
	assert_int_equal(batches, 3); /* with the verdict in one */
	assert_int_equal(vault_observed_all(&f->v, &verdicts, &l, &here, NULL), VAULT_OK);
	assert_int_equal(here, 1);
	assert_int_equal(verdicts.n, 3);
	assert_int_equal(l.n, 2); /* of each value the newest, oldest first */
	assert_int_equal(l.e[0].version, 2);
	assert_int_equal(l.e[0].n, 5);
	assert_int_equal(l.e[1].version, 1);
	assert_int_equal(l.e[1].n, 4);
	assert_string_equal(l.e[1].seat, "viewer");
	assert_string_equal(l.e[1].items[3].id, "103");
	assert_string_equal(l.e[1].items[3].name, "Plan");
	assert_int_equal(l.e[1].contacts, 3);
	assert_int_equal(l.e[1].count[VAULT_DASHBOARD], -1);
	assert_ptr_equal(vault_exposure_newest(&l, f->t, 1), &l.e[1]);
	vault_exposures_clear(&l);
	vault_verdicts_clear(&verdicts);
	/* For what is due: where no hand-over names an item, none is opened; and of those of another token none either. */
	give = world_give(&f->w, world_handover(&f->w, other, world_vendor(&f->w, "Vendor B"), "eve"), 1, 3);
	give->items = &item;
	give->n_items = 1;
	give = world_give(&f->w, world_handover(&f->w, f->t, &f->w.v[0], "eve"), 1, 3);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(vault_observed_due(&f->v, &f->w.handovers, &verdicts, &l, &here, NULL), VAULT_OK);
		assert_true(here == 1 && verdicts.n == 3);
		assert_int_equal(l.n, i == 0 ? 0 : 2);
		vault_exposures_clear(&l);
		vault_verdicts_clear(&verdicts);
		give->items = &item;
		give->n_items = 1;
	}
	assert_int_equal(vault_verdict_all(&f->v, &verdicts, NULL, NULL), VAULT_OK);
	assert_int_equal(vault_exposure_all(&f->v, &l, NULL, NULL), VAULT_OK);
	assert_int_equal(l.n, 2);
	vault_exposures_clear(&l);
	vault_verdicts_clear(&verdicts);
	assert_int_equal(vault_verdict_all(&f->v, &verdicts, NULL, NULL), VAULT_OK);
	assert_int_equal(verdicts.n, 3);
	vault_verdicts_clear(&verdicts);
	f->v.log_elsewhere = 1;
	assert_int_equal(vault_exposure_all(&f->v, &l, &here, NULL), VAULT_OK);
	assert_true(here == 0 && l.n == 0);
	f->v.log_elsewhere = 0;
}

/* The number of sheets of the newest exposure of version 1; -1 where there is none. */
static long reached(struct fixture *f)
{
	struct vault_exposures l;
	const struct vault_exposure *e = NULL;
	long n = -1;

	assert_int_equal(vault_exposure_all(&f->v, &l, NULL, NULL), VAULT_OK);
	e = vault_exposure_newest(&l, f->t, 1);
	if (e != NULL)
		n = (long)e->count[VAULT_SHEET];
	vault_exposures_clear(&l);
	return n;
}

static void what_does_not_count(void **state)
{
	static const char good[] = "{\"counts\":{\"sheets\":99},\"levels\":[0,0,0,0,0,0,0],\"items\":{}}";
	struct fixture *f = *state;
	struct vault_exposures l;

	say_text(f, AUDITOR, 1, 1, good);
	assert_int_equal(reached(f), -1);
	say(f, ADMIN, 1, 7, NULL);
	say_text(f, AUDITOR, 1, 1, good);
	assert_int_equal(reached(f), 7);
	say_text(f, MONITOR, 1, 1, "{\"nonsense\":1}");
	say_text(f, MONITOR, 1, 1, "no json");
	say_text(f, MONITOR, 1, 1, NULL);
	say_text(f, MONITOR, 0, 1, good);
	assert_int_equal(reached(f), 7); /* passed over for the one before */
	say_text(f, MONITOR, 1, 9, good); /* bound to another value */
	assert_int_equal(reached(f), 7);
	say_text(f, MONITOR, 1, 1, good);
	assert_int_equal(reached(f), 99);
	say_text(f, ADMIN, 1, 1, "{}"); /* an admin's is damage */
	assert_int_equal(vault_exposure_all(&f->v, &l, NULL, NULL), VAULT_DAMAGED);
	assert_true(l.e == NULL && l.n == 0);
	say(f, ADMIN, 1, 8, NULL); /* one that is newer, and nobody opens the older one */
	assert_int_equal(reached(f), 8);
}

/* Verdicts and exposures of many at once stand in one batch, but in none of more than is well read: of 55 details of three
 * quarters of a MiB there are several, and each token's pair is whole. Of them the newest alone is opened. */
static void many_at_once(void **state)
{
	enum { MANY = 55, ITEMS = 40000 };
	struct fixture *f = *state;
	struct vault_verdict verdict, verdicts[MANY];
	const struct vault_exposure *exposures[MANY];
	struct helper_reach reach;
	struct vault_exposures l;
	uint32_t batches = 0;

	answered(&verdict, &reach, ITEMS, NULL);
	bind(f, &verdict, 1);
	for (size_t i = 0; i < MANY; i++) {
		verdicts[i] = verdict;
		exposures[i] = i % 10 == 9 ? NULL : &reach.exposure;
	}
	be(f, ADMIN);
	assert_int_equal(observe_exposures(&f->v, verdicts, exposures, 3, NULL), VAULT_OK);
	assert_int_equal(n_of(f, ACTION_EXPOSURE, &batches), 3);
	assert_int_equal(batches, 1);
	assert_int_equal(observe_exposures(&f->v, verdicts, exposures, MANY, NULL), VAULT_OK);
	assert_int_equal(n_of(f, ACTION_EXPOSURE, &batches), 53);
	assert_int_equal(batches, 3);
	assert_int_equal(n_of(f, ACTION_VERDICT, &batches), MANY + 3);
	assert_int_equal(vault_exposure_all(&f->v, &l, NULL, NULL), VAULT_OK);
	assert_int_equal(l.n, 1);
	assert_int_equal(l.e[0].n, ITEMS);
	vault_exposures_clear(&l);
	vault_verdict_clear(&verdict);
	vault_exposure_clear(&reach.exposure);
}

/* --- the same again ----------------------------------------------------------------------------------------- */

/* The newest exposure of version 1, in `l`. */
static const struct vault_exposure *newest(struct fixture *f, struct vault_exposures *l)
{
	assert_int_equal(vault_exposure_all(&f->v, l, NULL, NULL), VAULT_OK);
	assert_non_null(vault_exposure_newest(l, f->t, 1));
	return vault_exposure_newest(l, f->t, 1);
}

static void same_again(void **state)
{
	struct fixture *f = *state;
	struct vault_exposures l;
	const struct vault_exposure *e = NULL;
	struct vault_verdicts verdicts;
	uint8_t other[1][VAULT_ID_LEN] = {{9}};
	int64_t first = 0, last = 0;

	say(f, ADMIN, 2, 1, "member");
	first = f->time;
	assert_int_equal(say_again(f, ADMIN, 1, 400, NULL), 0);
	for (size_t i = 0; i < 3; i++) {
		f->time += 86400;
		assert_int_equal(say_again(f, i == 1 ? MONITOR : ADMIN, 1, 400, NULL), 1);
		last = f->time - 1;
	}
	assert_int_equal(tally(f, ACTION_EXPOSURE).n, 2);
	assert_int_equal(tally(f, ACTION_EXPOSURE_SAME).n, 3);
	assert_true(tally(f, ACTION_EXPOSURE_SAME).detail <= 128 + 40); /* one block */
	assert_int_equal(tally(f, ACTION_VERDICT).n, 5); /* what was said of it stands there each time */
	e = newest(f, &l);
	assert_int_equal(l.n, 2);
	assert_ptr_equal(e, &l.e[1]); /* the one that was seen last */
	assert_int_equal(e->n, 400);
	assert_string_equal(e->items[399].name, "Plan");
	assert_int_equal(e->since, first + 1);
	assert_int_equal(e->observed, last);
	vault_exposures_clear(&l);
	/* Of these tokens only. */
	assert_int_equal(vault_observed_of(&f->v, (const uint8_t (*)[VAULT_ID_LEN])other, 1, &verdicts, &l, NULL, NULL), VAULT_OK);
	assert_true(l.n == 0 && verdicts.n == 5);
	vault_verdicts_clear(&verdicts);
	memcpy(other[0], f->t->id, VAULT_ID_LEN);
	assert_int_equal(vault_observed_of(&f->v, (const uint8_t (*)[VAULT_ID_LEN])other, 1, NULL, &l, NULL, NULL), VAULT_OK);
	assert_int_equal(l.n, 2);
	vault_exposures_clear(&l);
	assert_int_equal(vault_observed_of(&f->v, NULL, 0, NULL, &l, NULL, NULL), VAULT_OK);
	assert_int_equal(l.n, 0);
	/* Another seat: whole, and from then on again the same. */
	say(f, ADMIN, 1, 400, "viewer");
	assert_int_equal(say_again(f, ADMIN, 1, 400, NULL), 0);
	assert_int_equal(say_again(f, ADMIN, 1, 400, NULL), 1);
	assert_int_equal(tally(f, ACTION_EXPOSURE).n, 4);
	e = newest(f, &l);
	assert_true(e->since > last && e->observed > e->since);
	vault_exposures_clear(&l);
}

#define EDIT(name, code) \
	static void edit_##name(struct vault_verdict *v, struct vault_exposure *e) \
	{ \
		(void)v; \
		(void)e; \
		code; \
	}
EDIT(nothing, (void)0)
EDIT(modified, e->items[0].modified = 1700000000) /* is not kept */
EDIT(id, e->items[2].id[0] = '9')
EDIT(name, e->items[1].name[0] = 'p')
EDIT(level, e->items[1].access = VAULT_ACCESS_ADMIN)
EDIT(kind, e->items[2].type = VAULT_WORKSPACE; e->count[VAULT_WORKSPACE] = 1)
EDIT(sheets, e->count[VAULT_SHEET]++)
EDIT(reports, e->count[VAULT_REPORT]++)
EDIT(by, e->sheets_by[1]++)
EDIT(contacts, e->contacts++)
EDIT(groups, e->groups = 0)
EDIT(users, e->users = 0)
EDIT(admin, e->system_admin = 1)
EDIT(unsaid, e->system_admin = -1)
EDIT(seat, e->seat[0] = 'M')
EDIT(base, v->base[8] = 'b')
EDIT(cut, e->cut = 1)

/* All that is kept is compared, and nothing else. */
static void another_is_whole(void **state)
{
	static void (*const edits[])(struct vault_verdict *, struct vault_exposure *) = {
		edit_id, edit_name, edit_level, edit_kind, edit_sheets, edit_reports, edit_by, edit_contacts, edit_groups, edit_users,
		edit_admin, edit_unsaid, edit_seat, edit_base, edit_cut,
	};
	struct fixture *f = *state;

	assert_int_equal(say_again(f, ADMIN, 1, 3, NULL), 0);
	assert_int_equal(say_again(f, ADMIN, 1, 3, edit_nothing), 1);
	assert_int_equal(say_again(f, ADMIN, 1, 3, edit_modified), 1);
	for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
		assert_int_equal(say_again(f, ADMIN, 1, 3, edits[i]), 0);
		assert_int_equal(say_again(f, ADMIN, 1, 3, edits[i]), 1);
		assert_int_equal(say_again(f, ADMIN, 1, 3, NULL), 0);
	}
	assert_int_equal(say_again(f, ADMIN, 2, 3, NULL), 0); /* of another value */
	assert_int_equal(say_again(f, ADMIN, 2, 3, NULL), 1);
	/* With a key of a newer program: who does not know it did not see it. */
	say_text(f, MONITOR, 1, 1, "{\"base\":\"https://api.example/2.0\",\"admin\":false,\"seat\":\"member\",\"counts\":{\"sheets\":0,"
	                           "\"workspaces\":0,\"reports\":0,\"contacts\":3},\"levels\":[0,0,0,0,0,0,0],\"items\":{}}");
	assert_int_equal(say_again(f, ADMIN, 1, 0, NULL), 1);
	say_text(f, MONITOR, 1, 1, "{\"base\":\"https://api.example/2.0\",\"admin\":false,\"seat\":\"member\",\"counts\":{\"sheets\":0,"
	                           "\"workspaces\":0,\"reports\":0,\"contacts\":3},\"levels\":[0,0,0,0,0,0,0],\"items\":{},\"forms\":7}");
	assert_int_equal(say_again(f, ADMIN, 1, 0, NULL), 0);
}

/* Entries of exposures that count, as who reads each one sees it. */
struct follow {
	struct counted c;
	struct fixture *f;
	size_t whole, same, odd;
};

static enum vault_rc follow_batch(void *ctx, const struct log_batch *b, struct vault_err *err)
{
	struct follow *w = ctx;
	const struct roster_slot *s = NULL;

	assert_int_equal(counted_signer(&w->c, b, &s, err), VAULT_OK);
	for (size_t i = 0; i < b->n; i++) {
		struct counted_entry e;

		assert_int_equal(counted_read(&w->c, b, s, &b->e[i], &e, err), VAULT_OK);
		assert_int_equal(counted_follow(&w->c, &b->e[i], &e, err), VAULT_OK);
		w->whole += (size_t)e.has_exposure;
		w->same += (size_t)e.has_same;
		w->odd += e.why == COUNTED_SAME;
		assert_true(e.why == COUNTED || (!e.has_same && e.text == NULL));
		counted_entry_clear(&e);
	}
	return VAULT_OK;
}

static void expect_followed(struct fixture *f, size_t whole, size_t same, size_t odd)
{
	struct follow w = {.f = f};
	struct logfile *l = NULL;

	assert_int_equal(logfile_open(f->log, 0, &l, NULL), VAULT_OK);
	assert_int_equal(counted_begin(&w.c, &f->v, logfile_pos(l)->log_id, NULL), VAULT_OK);
	assert_int_equal(logfile_scan(l, follow_batch, &w, NULL), VAULT_OK);
	counted_end(&w.c);
	logfile_close(&l);
	assert_int_equal(w.whole, whole);
	assert_int_equal(w.same, same);
	assert_int_equal(w.odd, odd);
}

static char *same_text(const struct vault_exposure *e, int64_t later, uint8_t other)
{
	struct record_same s = {.of = e->whole + later};
	char *text = NULL;

	memcpy(s.detail, e->detail, sizeof s.detail);
	s.detail[31] = (uint8_t)(s.detail[31] ^ other);
	text = record_same_encode(&s);
	assert_non_null(text);
	return text;
}

/* The time at which version 1 was seen last. */
static int64_t seen(struct fixture *f)
{
	struct vault_exposures l;
	const int64_t at = newest(f, &l)->observed;

	vault_exposures_clear(&l);
	return at;
}

static void same_as_what(void **state)
{
	struct fixture *f = *state;
	struct vault_exposures l;
	const struct vault_exposure *e = NULL;
	char *good, *wrong_time, *wrong_hash;
	int64_t first = 0, at = 0;

	say(f, ADMIN, 1, 7, NULL);
	e = newest(f, &l);
	first = e->observed;
	good = same_text(e, 0, 0);
	wrong_time = same_text(e, 1, 0);
	wrong_hash = same_text(e, 0, 1);
	vault_exposures_clear(&l);
	f->time += 10;
	say_as(f, ADMIN, ACTION_EXPOSURE_SAME, 1, 1, wrong_time); /* an admin's too: sound, and of something else */
	say_as(f, MONITOR, ACTION_EXPOSURE_SAME, 1, 1, wrong_hash);
	say_as(f, AUDITOR, ACTION_EXPOSURE_SAME, 1, 1, good);
	say_as(f, ADMIN, ACTION_EXPOSURE_SAME, 2, 2, good); /* another value's: of this one nothing is known */
	say_as(f, ADMIN, ACTION_EXPOSURE_SAME, 1, 2, good);
	say_as(f, MONITOR, ACTION_EXPOSURE_SAME, 1, 1, "{}");
	say_as(f, MONITOR, ACTION_EXPOSURE_SAME, 1, 1, NULL);
	assert_int_equal(seen(f), first);
	expect_followed(f, 1, 0, 4);
	at = f->time;
	say_as(f, MONITOR, ACTION_EXPOSURE_SAME, 1, 1, good);
	assert_int_equal(seen(f), at);
	say_as(f, ADMIN, ACTION_EXPOSURE_SAME, 1, 1, wrong_hash); /* behind a good one: passed over */
	say_text(f, MONITOR, 1, 1, "nonsense");
	assert_int_equal(seen(f), at);
	expect_followed(f, 1, 1, 5);
	/* A clock that was put back: what was seen later was. */
	f->time -= 100000;
	say_as(f, MONITOR, ACTION_EXPOSURE_SAME, 1, 1, good);
	assert_int_equal(seen(f), first);
	f->time += 200000;
	/* Changed meanwhile: what repeats the old one says nothing, before or behind. */
	assert_int_equal(say_again(f, ADMIN, 1, 8, NULL), 0);
	at = f->time - 1;
	say_as(f, ADMIN, ACTION_EXPOSURE_SAME, 1, 1, good);
	assert_int_equal(seen(f), at);
	assert_int_equal(reached(f), 8);
	expect_followed(f, 2, 2, 6);
	say_as(f, ADMIN, ACTION_EXPOSURE_SAME, 1, 1, "{}"); /* an admin's that says nothing is damage */
	assert_int_equal(vault_exposure_all(&f->v, &l, NULL, NULL), VAULT_DAMAGED);
	free(good);
	free(wrong_time);
	free(wrong_hash);
}

/* --- carried ------------------------------------------------------------------------------------------------ */

static void carry(struct fixture *f, struct carry_list *l)
{
	struct logfile *from = NULL;

	assert_int_equal(logfile_open(f->log, 0, &from, NULL), VAULT_OK);
	assert_int_equal(carry_collect(&f->v, from, l, NULL), VAULT_OK);
	logfile_close(&from);
}

static void carried_over(void **state)
{
	static const uint8_t vault_id[16] = {1}, log_id[16] = {2};
	struct fixture *f = *state;
	const struct carry_to to = {.vault_id = vault_id, .kr = f->v.kr, .slot_id = f->id[ADMIN], .epoch = 1};
	struct carry_list l;
	struct logfile *into = NULL;
	struct vault_exposures got;

	say(f, ADMIN, 1, 2, "member");
	say(f, MONITOR, 1, 3, "member");
	say(f, ADMIN, 2, 4, NULL);
	say_text(f, MONITOR, 2, 2, "nonsense");
	say_text(f, MONITOR, 2, 9, "{\"counts\":{},\"levels\":[0,0,0,0,0,0,0],\"items\":{}}"); /* of no value that there is */
	carry(f, &l);
	assert_int_equal(l.exposures, 2);
	assert_int_equal(l.n, 4);
	for (size_t i = 0; i < 4; i++) { /* in the order of the old log */
		assert_int_equal(l.i[i].is_exposure, i % 2);
		assert_true(i == 0 || l.i[i - 1].seq < l.i[i].seq);
	}
	assert_int_equal(l.i[1].exposure.n, 3);
	assert_string_equal(l.i[1].by, "moni");
	assert_int_equal(l.i[3].exposure.n, 4);
	assert_string_equal(l.i[3].by, "ann");
	assert_int_equal(logfile_create(f->next, vault_id, log_id, 1800000000, NULL, &into, NULL), VAULT_OK);
	be(f, ADMIN);
	assert_int_equal(carry_write(&l, &to, into, NULL), VAULT_OK);
	logfile_close(&into);
	/* In the new vault's log they are as they were, and say who asked; from there too. */
	memcpy(f->v.vault_id, vault_id, 16);
	assert_int_equal(rename(f->next, f->log), 0);
	assert_int_equal(vault_exposure_all(&f->v, &got, NULL, NULL), VAULT_OK);
	assert_int_equal(got.n, 2);
	assert_int_equal(got.e[0].n, 3);
	assert_int_equal(got.e[0].observed, l.i[1].exposure.observed);
	assert_string_equal(got.e[0].seat, "member");
	assert_int_equal(got.e[1].n, 4);
	vault_exposures_clear(&got);
	carry_clear(&l);
	carry(f, &l);
	assert_int_equal(l.exposures, 2);
	assert_string_equal(l.i[1].by, "moni");
	assert_int_equal(l.i[1].epoch, 1);
	carry_clear(&l);
}

/* Into a new log, which is then the vault's. */
static void carry_into_next(struct fixture *f)
{
	const struct carry_to to = {.vault_id = f->v.vault_id, .kr = f->v.kr, .slot_id = f->id[ADMIN]};
	const uint8_t log_id[16] = {(uint8_t)f->time};
	struct logfile *into = NULL;
	struct carry_list l;

	carry(f, &l);
	assert_int_equal(l.exposures, 1);
	assert_int_equal(logfile_create(f->next, f->v.vault_id, log_id, f->time, NULL, &into, NULL), VAULT_OK);
	be(f, ADMIN);
	assert_int_equal(carry_write(&l, &to, into, NULL), VAULT_OK);
	logfile_close(&into);
	carry_clear(&l);
	assert_int_equal(rename(f->next, f->log), 0);
}

/* One whole, seen last and first as before, and asked by who asked last; and what follows may repeat it. */
static void same_carried(void **state)
{
	struct fixture *f = *state;
	struct vault_exposures l;
	const struct vault_exposure *e = NULL;
	int64_t first = 0, last = 0;

	assert_int_equal(say_again(f, ADMIN, 1, 5, NULL), 0);
	first = seen(f);
	for (size_t i = 0; i < 3; i++) {
		f->time += 86400;
		assert_int_equal(say_again(f, MONITOR, 1, 5, NULL), 1);
		last = f->time - 1;
		carry_into_next(f);
		assert_int_equal(tally(f, ACTION_EXPOSURE).n, 1);
		assert_int_equal(tally(f, ACTION_EXPOSURE_SAME).n, 0);
		e = newest(f, &l);
		assert_int_equal(e->observed, last);
		assert_int_equal(e->whole, last);
		assert_int_equal(e->since, first);
		assert_int_equal(e->n, 5);
		assert_string_equal(e->carried, "moni");
		vault_exposures_clear(&l);
		carry_into_next(f); /* once more, as it is */
	}
	f->time += 86400;
	assert_int_equal(say_again(f, ADMIN, 1, 5, NULL), 1);
	e = newest(f, &l);
	assert_int_equal(e->since, first);
	assert_null(e->carried); /* was seen here since */
	vault_exposures_clear(&l);
	assert_int_equal(say_again(f, ADMIN, 1, 4, NULL), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_is_asked_one_is_not), TEST(drift),        TEST(there_and_back),
		TEST(what_does_not_count),     TEST(many_at_once), TEST(carried_over),
		TEST(same_again),              TEST(another_is_whole), TEST(same_as_what), TEST(same_carried),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("exposure", tests, NULL, NULL);
}
