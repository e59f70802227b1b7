/* test_counted.c - whose entries of the access log count: by role, by grant, by the length at which a slot was ended. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "counted.h"
#include "observe.h"
#include "place.h"

enum { ADMIN, MONITOR, AUDITOR, SCRIPT, ENDED, SLOTS, LENGTH = 5000 };

static const uint8_t junk[168]; /* as long as a box, and none */
static const char exposure[] =
        "{\"seat\":\"member\",\"counts\":{\"sheets\":1},\"levels\":[0,1,0,0,0,0,0],\"items\":{\"sheets\":[[\"7\",1]]}}";
static const char reminder[] = "{\"how\":\"mail\",\"to\":\"ann@a.example\",\"reasons\":[[\"age\",\"000102030405060708090a0b0c0d0e0f\","
                               "\"2026-01-02\"]],\"digest\":\"000102030405060708090a0b0c0d0e0f\",\"sequence\":0}";
static const char same[] = "{\"of\":1699999999,\"detail\":\"000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f\"}";
static const char verdict[] = "{\"result\":\"valid\",\"http_status\":200,\"base\":\"https://api.example/2.0\"}";

/* A vault with nothing but a roster, two generations of K_meta, one leaf of tokens and the state that ended a slot. */
struct fixture {
	char dir[PLACE_MAX], path[PLACE_MAX];
	struct vault v;
	struct roster_slot slots[SLOTS];
	uint8_t id[SLOTS][16], pk[SLOTS][32], sk[SLOTS][64];
	struct leaf leaf;
	uint8_t granted[16], other[16], log_id[16];
	struct counted c;
};

static void add_slot(struct fixture *f, int i, enum vault_role role, uint64_t ended)
{
	const uint8_t seed[32] = {(uint8_t)(i + 1)};
	struct roster_slot *s = &f->slots[i];

	memset(f->id[i], 0x20 + i, 16);
	sign_keypair(f->pk[i], f->sk[i], seed);
	s->id = f->id[i];
	s->sign_pk = s->box_pk = f->pk[i];
	s->role = role;
	s->active = ended == 0;
	s->added = 1;
	s->ended = ended;
}

static void add_grant(struct fixture *f, const uint8_t token[16], const uint8_t slot[16], int64_t kind, uint64_t ended)
{
	const struct cell c[] = {CELL_BLOB(token, 16), CELL_BLOB(slot, 16), CELL_INT(kind), CELL_INT(1), CELL_INT(2),
	                         CELL_INT(ended),      CELL_BLOB("", 0)};

	assert_int_equal(rows_put(&f->leaf.grant, STORE_GRANT, row_make(STORE_GRANT, c)), 0);
}

/* State 7; its hash into `hash`, where that is wanted. */
static void put_state(struct fixture *f, int by, uint64_t log_len, uint8_t *hash)
{
	struct state st = {.epoch = 7, .action = ACTION_SLOT_REMOVE, .log_len = log_len, .detail = malloc(1)};

	assert_non_null(st.detail);
	memcpy(st.log_id, f->log_id, 16);
	assert_int_equal(state_sign(&st, f->sk[ADMIN], f->sk[by], NULL), VAULT_OK);
	assert_int_equal(state_put(f->v.store, &st, NULL), VAULT_OK);
	if (hash)
		memcpy(hash, st.hash, HASH_LEN);
	state_clear(&st);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	assert_non_null(f);
	assert_int_equal(secret_init(NULL), VAULT_OK);
	place_make(f->dir);
	place_path(f->path, f->dir, "v");
	memset(f->log_id, 9, 16);
	memset(f->granted, 0x55, 16);
	memset(f->other, 0x55, 16); /* in the same leaf */
	f->other[15] = 1;
	add_slot(f, ADMIN, VAULT_ROLE_ADMIN, 0);
	add_slot(f, MONITOR, VAULT_ROLE_MONITOR, 0);
	add_slot(f, AUDITOR, VAULT_ROLE_AUDITOR, 0);
	add_slot(f, SCRIPT, VAULT_ROLE_SCRIPT, 0);
	add_slot(f, ENDED, VAULT_ROLE_ADMIN, 7);
	f->v.roster.slots = f->slots;
	f->v.roster.n_slots = SLOTS;
	f->leaf.area = LEAF_TOKENS;
	f->leaf.number = leaf_of(LEAF_TOKENS, f->granted);
	add_grant(f, f->granted, f->id[SCRIPT], GRANT_TOKEN, 5); /* ended: what it could read stays known */
	add_grant(f, f->other, f->id[SCRIPT], GRANT_LABELS, 0); /* of another kind */
	add_grant(f, f->other, f->id[AUDITOR], GRANT_TOKEN, 0); /* another slot's */
	f->v.leaf_index = calloc(HANDLE_LEAVES, sizeof(struct leaf *));
	assert_non_null(f->v.leaf_index);
	f->v.leaf_index[1 + LEAF_NAMES_N + f->leaf.number] = &f->leaf;
	f->v.kr = keyring_new();
	assert_non_null(f->v.kr);
	assert_int_equal(keyring_room(f->v.kr, KIND_META, 2, NULL), VAULT_OK);
	for (size_t i = 0; i < 2; i++) {
		memset(f->v.kr->meta[i].key, (int)(i + 1), KEY_LEN);
		keyring_children(&f->v.kr->meta[i], KIND_META);
	}
	assert_int_equal(store_create(f->path, &f->v.store, NULL), VAULT_OK);
	assert_int_equal(store_begin(f->v.store, 1, NULL), VAULT_OK);
	memcpy(f->v.kr->pk_own, f->pk[ADMIN], 32);
	f->v.state.epoch = 8; /* the newest, whose signature was verified: it names the one before */
	put_state(f, ADMIN, LENGTH, f->v.state.previous);
	assert_int_equal(counted_begin(&f->c, &f->v, f->log_id, NULL), VAULT_OK);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	counted_end(&f->c);
	store_rollback(f->v.store);
	store_close(&f->v.store);
	keyring_free(&f->v.kr);
	free(f->v.leaf_index);
	leaf_clear(&f->leaf);
	unlink(f->path);
	rmdir(f->dir);
	free(f);
	return 0;
}

/* What is judged: an entry of a slot in a batch that ends at `end`, with that detail sealed under the newest K_meta. */
struct said {
	int slot;
	int64_t action;
	const uint8_t *token;
	uint64_t end;
	const char *detail;
};

static enum vault_rc judge(struct fixture *f, const struct said *s, struct counted_entry *out)
{
	struct log_entry e = {.seq = 3, .epoch = 2, .time = 1700000000, .action = s->action, .version = 1};
	const struct log_batch b = {.slot_id = f->id[s->slot], .end = s->end, .e = &e, .n = 1};
	uint8_t *box = NULL;
	enum vault_rc rc;

	memcpy(e.slot_id, f->id[s->slot], 16);
	memcpy(e.object_id, s->token != NULL ? s->token : f->granted, 16);
	if (s->detail != NULL && strcmp(s->detail, "junk") == 0) {
		e.detail = junk;
		e.detail_n = sizeof junk;
		e.generation = 2;
	} else if (s->detail != NULL) {
		box = observe_seal_detail(f->v.vault_id, f->v.kr, &e, s->detail);
		assert_non_null(box);
	}
	rc = counted_read(&f->c, &b, &f->slots[s->slot], &e, out, NULL);
	free(box);
	return rc;
}

static void check(struct fixture *f, struct said s, enum counted_why want)
{
	struct counted_entry e;

	assert_int_equal(judge(f, &s, &e), VAULT_OK);
	assert_int_equal(e.why, want);
	assert_int_equal(counted_text(e.why) == NULL, want == COUNTED);
	/* nothing is taken from what does not count */
	assert_int_equal(e.has_verdict, want == COUNTED && s.action == ACTION_VERDICT);
	assert_int_equal(e.has_exposure, want == COUNTED && s.action == ACTION_EXPOSURE);
	assert_int_equal(e.has_reminder, want == COUNTED && s.action == ACTION_REMINDED);
	assert_int_equal(e.has_same, want == COUNTED && s.action == ACTION_EXPOSURE_SAME);
	assert_int_equal(e.same.of, e.has_same ? 1699999999 : 0);
	assert_int_equal(e.same.detail[31], e.has_same ? 15 : 0);
	assert_int_equal(e.exposure.n, e.has_exposure ? 1 : 0);
	assert_int_equal(e.reminder.n, e.has_reminder ? 1 : 0);
	if (e.has_reminder) {
		assert_int_equal(e.reminder.time, 1700000000);
		assert_int_equal(e.reminder.version, 1);
		assert_memory_equal(e.reminder.token_id, s.token != NULL ? s.token : f->granted, 16);
	}
	if (want != COUNTED)
		assert_null(e.text);
	if (e.has_verdict) {
		assert_int_equal(e.verdict.result, VAULT_VALID);
		assert_int_equal(e.verdict.checked, 1700000000);
	}
	if (e.has_exposure) {
		assert_int_equal(e.exposure.observed, 1700000000);
		assert_int_equal(e.exposure.since, 1700000000);
		assert_int_equal(e.exposure.whole, 1700000000);
		assert_int_equal(e.exposure.version, 1);
		assert_memory_equal(e.exposure.token_id, s.token != NULL ? s.token : f->granted, 16);
	}
	counted_entry_clear(&e);
}

static void verdicts_by_role(void **state)
{
	struct fixture *f = *state;

	check(f, (struct said){ADMIN, ACTION_VERDICT, NULL, 100, verdict}, COUNTED);
	check(f, (struct said){MONITOR, ACTION_VERDICT, NULL, 100, verdict}, COUNTED);
	check(f, (struct said){AUDITOR, ACTION_VERDICT, NULL, 100, verdict}, COUNTED_ROLE);
	check(f, (struct said){SCRIPT, ACTION_VERDICT, NULL, 100, NULL}, COUNTED_ROLE);
	check(f, (struct said){AUDITOR, ACTION_EXPOSURE, NULL, 100, NULL}, COUNTED_ROLE);
	check(f, (struct said){SCRIPT, ACTION_EXPOSURE, NULL, 100, NULL}, COUNTED_ROLE);
	check(f, (struct said){AUDITOR, ACTION_EXPOSURE, NULL, 100, exposure}, COUNTED_ROLE);
	check(f, (struct said){MONITOR, ACTION_EXPOSURE, NULL, 100, exposure}, COUNTED);
	check(f, (struct said){ADMIN, ACTION_EXPOSURE, f->other, 100, exposure}, COUNTED);
	check(f, (struct said){AUDITOR, ACTION_EXPOSURE_SAME, NULL, 100, same}, COUNTED_ROLE);
	check(f, (struct said){SCRIPT, ACTION_EXPOSURE_SAME, NULL, 100, NULL}, COUNTED_ROLE);
	check(f, (struct said){MONITOR, ACTION_EXPOSURE_SAME, NULL, 100, same}, COUNTED);
	check(f, (struct said){ADMIN, ACTION_EXPOSURE_SAME, f->other, 100, same}, COUNTED);
	check(f, (struct said){MONITOR, ACTION_EXPOSURE_SAME, NULL, 100, exposure}, COUNTED_DETAIL);
	check(f, (struct said){MONITOR, ACTION_EXPOSURE_SAME, NULL, 100, NULL}, COUNTED_DETAIL);
	check(f, (struct said){AUDITOR, ACTION_REMINDED, NULL, 100, reminder}, COUNTED_REMINDER);
	check(f, (struct said){SCRIPT, ACTION_REMINDED, NULL, 100, NULL}, COUNTED_REMINDER);
	check(f, (struct said){MONITOR, ACTION_REMINDED, NULL, 100, reminder}, COUNTED);
	check(f, (struct said){ADMIN, ACTION_REMINDED, f->other, 100, reminder}, COUNTED);
	check(f, (struct said){MONITOR, ACTION_REMINDED, NULL, 100, verdict}, COUNTED_DETAIL);
	check(f, (struct said){MONITOR, ACTION_REMINDED, NULL, 100, NULL}, COUNTED_DETAIL);
}

static void a_scripts_by_grant(void **state)
{
	static const int64_t releases[] = {ACTION_RELEASE_GET, ACTION_RELEASE_RUN, ACTION_RELEASE_EXPORT};
	struct fixture *f = *state;

	for (size_t i = 0; i < 3; i++) {
		check(f, (struct said){SCRIPT, releases[i], f->granted, 100, NULL}, COUNTED);
		check(f, (struct said){SCRIPT, releases[i], f->other, 100, NULL}, COUNTED_NOT_GRANTED);
		check(f, (struct said){ADMIN, releases[i], f->other, 100, NULL}, COUNTED);
	}
	/* what is about no token */
	check(f, (struct said){SCRIPT, ACTION_REWRAP, f->id[SCRIPT], 100, NULL}, COUNTED);
	check(f, (struct said){SCRIPT, ACTION_ACCEPT, f->other, 100, NULL}, COUNTED);
	check(f, (struct said){SCRIPT, ACTION_LOG_LOST, f->other, 100, NULL}, COUNTED);
}

static void a_slots_before_its_end(void **state)
{
	struct fixture *f = *state;

	check(f, (struct said){ENDED, ACTION_VERDICT, NULL, LENGTH, verdict}, COUNTED);
	check(f, (struct said){ENDED, ACTION_VERDICT, NULL, LENGTH + 1, verdict}, COUNTED_ENDED);
	check(f, (struct said){ENDED, ACTION_RELEASE_GET, NULL, LENGTH + 1, NULL}, COUNTED_ENDED);
	check(f, (struct said){ENDED, ACTION_EXPOSURE, NULL, LENGTH, exposure}, COUNTED);
	check(f, (struct said){ENDED, ACTION_EXPOSURE, NULL, LENGTH + 1, exposure}, COUNTED_ENDED);
	check(f, (struct said){ENDED, ACTION_EXPOSURE_SAME, NULL, LENGTH, same}, COUNTED);
	check(f, (struct said){ENDED, ACTION_EXPOSURE_SAME, NULL, LENGTH + 1, same}, COUNTED_ENDED);
	check(f, (struct said){ADMIN, ACTION_VERDICT, NULL, UINT64_MAX - 1, verdict}, COUNTED);
}

/* The state that says how far they count is the one in the chain of the newest: one that nobody may sign is not, nor is
 * one that an admin did sign, in a fork. */
static void by_a_state_of_this_history(void **state)
{
	struct fixture *f = *state;
	const struct said s = {ENDED, ACTION_VERDICT, NULL, 100, verdict};
	struct counted_entry e;

	put_state(f, ENDED, LENGTH, NULL);
	assert_int_equal(judge(f, &s, &e), VAULT_DAMAGED);
	counted_entry_clear(&e);
	put_state(f, ADMIN, LENGTH + 100, NULL);
	assert_int_equal(judge(f, &s, &e), VAULT_DAMAGED);
	counted_entry_clear(&e);
	put_state(f, ADMIN, LENGTH, NULL);
	check(f, s, COUNTED);
}

/* Lengths of two logs are not compared: of one that came after the end nothing counts, of one before it everything. */
static void ended_in_another_log(void **state)
{
	struct fixture *f = *state;
	uint8_t this_one[16], later[2][16];

	memset(this_one, 0x31, 16);
	memset(later[0], 0x32, 16);
	memcpy(later[1], f->log_id, 16);
	counted_end(&f->c);
	assert_int_equal(counted_begin(&f->c, &f->v, this_one, NULL), VAULT_OK);
	check(f, (struct said){ENDED, ACTION_RELEASE_GET, NULL, 1, NULL}, COUNTED_ENDED);
	check(f, (struct said){ADMIN, ACTION_RELEASE_GET, NULL, 1, NULL}, COUNTED);
	counted_end(&f->c);
	f->c.later = (const uint8_t (*)[LOG_ID_LEN])later;
	f->c.n_later = 2;
	assert_int_equal(counted_begin(&f->c, &f->v, this_one, NULL), VAULT_OK);
	check(f, (struct said){ENDED, ACTION_RELEASE_GET, NULL, LENGTH + 1, NULL}, COUNTED);
}

/* An admin's detail that does not open is damage; another's is its own doing, and no reason to refuse the log. */
static void details(void **state)
{
	static const char *const odd[] = {"junk", "no json", "{\"result\":\"splendid\"}"};
	struct fixture *f = *state;
	struct counted_entry e;

	for (size_t i = 0; i < 6; i++) {
		const int64_t action = i % 2 ? ACTION_EXPOSURE : ACTION_VERDICT;
		const struct said s = {ADMIN, action, NULL, 100, odd[i / 2]};

		check(f, (struct said){MONITOR, action, NULL, 100, odd[i / 2]}, COUNTED_DETAIL);
		assert_int_equal(judge(f, &s, &e), VAULT_DAMAGED);
		counted_entry_clear(&e);
	}
	check(f, (struct said){MONITOR, ACTION_VERDICT, NULL, 100, NULL}, COUNTED_DETAIL);
	check(f, (struct said){MONITOR, ACTION_EXPOSURE, NULL, 100, NULL}, COUNTED_DETAIL);
	check(f, (struct said){MONITOR, ACTION_EXPOSURE, NULL, 100, verdict}, COUNTED_DETAIL);
	check(f, (struct said){AUDITOR, ACTION_ACCEPT, NULL, 100, "junk"}, COUNTED_DETAIL);
	check(f, (struct said){AUDITOR, ACTION_ACCEPT, NULL, 100, "{\"text\":\"change 3\"}"}, COUNTED);
	check(f, (struct said){SCRIPT, ACTION_ACCEPT, NULL, 100, "junk"}, COUNTED_DETAIL);
	check(f, (struct said){SCRIPT, ACTION_RELEASE_GET, NULL, 100, "{}"}, COUNTED_DETAIL); /* it has no K_meta to seal one */
}

/* A reader without K_meta opens none, and takes none for odd. */
static void without_meta(void **state)
{
	struct fixture *f = *state;
	const struct said s = {ADMIN, ACTION_VERDICT, NULL, 100, "junk"};
	struct counted_entry e;

	f->v.kr->n_meta = 0;
	assert_int_equal(judge(f, &s, &e), VAULT_OK);
	assert_int_equal(e.why, COUNTED);
	assert_int_equal(e.has_verdict, 0);
	assert_null(e.text);
	f->v.kr->n_meta = 2;
}

static void by_whom_it_was_signed(void **state)
{
	struct fixture *f = *state;
	const struct roster_slot *s = NULL;
	const struct log_entry e = {.seq = 3};
	uint8_t sig[SIGN_LEN], nobody[16] = {0};
	struct log_batch b = {.slot_id = f->id[SCRIPT], .e = &e, .n = 1, .signed_bytes = (const uint8_t *)"what it says",
	                      .signed_n = 12, .sig = sig};

	sign_make(sig, f->sk[SCRIPT], "what it says", 12);
	assert_int_equal(counted_signer(&f->c, &b, &s, NULL), VAULT_OK);
	assert_ptr_equal(s, &f->slots[SCRIPT]);
	b.slot_id = f->id[ADMIN]; /* another slot's name on it */
	assert_int_equal(counted_signer(&f->c, &b, &s, NULL), VAULT_DAMAGED);
	b.slot_id = nobody;
	assert_int_equal(counted_signer(&f->c, &b, &s, NULL), VAULT_DAMAGED);
	b.slot_id = f->id[SCRIPT];
	b.signed_n = 11;
	assert_int_equal(counted_signer(&f->c, &b, &s, NULL), VAULT_DAMAGED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        TEST(verdicts_by_role), TEST(a_scripts_by_grant), TEST(a_slots_before_its_end), TEST(ended_in_another_log),
	        TEST(details),          TEST(without_meta),       TEST(by_whom_it_was_signed),  TEST(by_a_state_of_this_history),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("counted", tests, NULL, NULL);
}
