/* test_due.c - each reason comes on its day and goes with its cause. */
#include <stdlib.h>
#include <time.h>

#include "facts.h"

/* The reasons of the only token on a day: codes joined by blanks, "" where it is not due. */
static const char *due_on(struct world *w, int64_t today, int64_t within, int64_t *days_left)
{
	static char codes[256];
	struct vault_dues l;

	w->facts.today = today;
	assert_int_equal(vault_due_find(&w->facts, within, &l, NULL), VAULT_OK);
	assert_true(l.n <= 1);
	codes[0] = '\0';
	*days_left = VAULT_NO_DAY;
	for (size_t i = 0; l.n == 1 && i < l.d[0].n_reasons; i++) {
		const struct vault_due_reason *r = &l.d[0].reasons[i];

		(void)strcat(strcat(codes, i > 0 ? " " : ""), vault_reason_name(r->code));
		assert_true(r->since >= l.d[0].due);
		assert_true(strlen(r->message) > 10 && r->message[strlen(r->message) - 1] != '.');
	}
	if (l.n == 1) {
		*days_left = l.d[0].days_left;
		assert_int_equal(l.d[0].due - today, l.d[0].days_left);
	}
	vault_dues_clear(&l);
	return codes;
}

#define EXPECT_DUE(w, today, within, codes, left)                                                                      \
	do {                                                                                                           \
		int64_t got_;                                                                                          \
		assert_string_equal(due_on(w, today, within, &got_), codes);                                           \
		assert_int_equal(got_, left);                                                                          \
	} while (0)

static void age(void **state)
{
	struct world w;
	struct vault_token *t;

	(void)state;
	world_init(&w, 0);
	t = world_token(&w, "one");
	EXPECT_DUE(&w, 100000, 14, "", VAULT_NO_DAY);
	t->rotate_every_days = 90;
	EXPECT_DUE(&w, 75, 14, "", VAULT_NO_DAY);
	EXPECT_DUE(&w, 76, 14, "age", 14);
	EXPECT_DUE(&w, 76, 0, "", VAULT_NO_DAY);
	EXPECT_DUE(&w, 90, 0, "age", 0);
	EXPECT_DUE(&w, 95, 0, "age", -5);
	world_rotate(t, 95);
	EXPECT_DUE(&w, 95, 14, "", VAULT_NO_DAY);
	EXPECT_DUE(&w, 185, 14, "age", 0);
	t->removed = 1;
	EXPECT_DUE(&w, 185, 14, "", VAULT_NO_DAY);
}

static void expiry(void **state)
{
	struct world w;
	struct vault_token *t;

	(void)state;
	world_init(&w, 0);
	t = world_token(&w, "one");
	t->expires = 100;
	EXPECT_DUE(&w, 86, 14, "", VAULT_NO_DAY);
	EXPECT_DUE(&w, 87, 14, "expiry", 14);
	EXPECT_DUE(&w, 100, 0, "", VAULT_NO_DAY); /* the last valid day */
	EXPECT_DUE(&w, 101, 0, "expiry", 0);
	EXPECT_DUE(&w, 100, INT64_MAX, "expiry", 1);
	t->expires = VAULT_NO_DAY;
	EXPECT_DUE(&w, 101, 14, "", VAULT_NO_DAY);
}

static void until(void **state)
{
	struct vault_agreement agreements[2] = {{lit("NDA-1"), 50}, {lit("NDA-2"), VAULT_NO_DAY}};
	struct world w;
	struct vault_token *t;
	struct vault_vendor *v;
	struct vault_give *g;
	size_t h;

	(void)state;
	world_init(&w, 0);
	t = world_token(&w, "one");
	v = world_vendor(&w, "Vendor B");
	v->agreements = agreements;
	v->n_agreements = 2;
	h = world_handover(&w, t, v, "carol@b.example");
	g = world_give(&w, h, 1, 1);
	EXPECT_DUE(&w, 1000, 14, "", VAULT_NO_DAY);
	g->until = 60;
	EXPECT_DUE(&w, 46, 14, "", VAULT_NO_DAY);
	EXPECT_DUE(&w, 47, 14, "until", 14);
	EXPECT_DUE(&w, 61, 0, "until", 0);
	g->agreement = lit("NDA-1"); /* the earlier counts */
	EXPECT_DUE(&w, 47, 14, "until", 4);
	agreements[0].until = 70;
	EXPECT_DUE(&w, 47, 14, "until", 14);
	g->agreement = lit("NDA-2");
	g->until = VAULT_NO_DAY;
	EXPECT_DUE(&w, 1000, 14, "", VAULT_NO_DAY);
	g->agreement = lit("NDA-1");
	EXPECT_DUE(&w, 71, 0, "until", 0);
	g = world_give(&w, h, 1, 65); /* handed over again: the newest giving counts */
	g->until = 500;
	EXPECT_DUE(&w, 71, 14, "", VAULT_NO_DAY);
	EXPECT_DUE(&w, 501, 14, "until", 0);
	world_end(&w, h, 501);
	EXPECT_DUE(&w, 501, 14, "ended-holder", 0);
}

static void ended_holder(void **state)
{
	struct world w;
	struct vault_token *t;
	struct vault_dues l;
	size_t h;

	(void)state;
	world_init(&w, 0);
	t = world_token(&w, "one");
	h = world_handover(&w, t, world_vendor(&w, "Vendor B"), "carol@b.example");
	(void)world_give(&w, h, 1, 10);
	EXPECT_DUE(&w, 30, 14, "", VAULT_NO_DAY);
	world_end(&w, h, 20);
	EXPECT_DUE(&w, 30, 14, "ended-holder", -10);
	assert_int_equal(vault_due_find(&w.facts, 14, &l, NULL), VAULT_OK);
	assert_non_null(strstr(l.d[0].reasons[0].message, "carol@b.example of Vendor B"));
	assert_non_null(strstr(l.d[0].reasons[0].message, "version 1"));
	vault_dues_clear(&l);
	world_rotate(t, 30); /* the old one may still work */
	EXPECT_DUE(&w, 30, 14, "ended-holder", -10);
	world_dead(t, 1, 30);
	EXPECT_DUE(&w, 30, 14, "", VAULT_NO_DAY);
	t->versions[0].died = VAULT_NO_DAY;
	t->versions[0].status = VAULT_RETIRED;
	(void)world_give(&w, h, 2, 40); /* engaged again: runs */
	EXPECT_DUE(&w, 40, 14, "", VAULT_NO_DAY);
	world_end(&w, h, 50);
	EXPECT_DUE(&w, 55, 14, "ended-holder", -5);
	w.per[h][1].never_given = 1; /* but what was given before is known */
	EXPECT_DUE(&w, 55, 14, "ended-holder", -35);
	w.per[h][0].never_given = 1;
	EXPECT_DUE(&w, 55, 14, "", VAULT_NO_DAY);
}

static void retired_alive(void **state)
{
	struct world w;
	struct vault_token *t;

	(void)state;
	world_init(&w, 0);
	t = world_token(&w, "one");
	(void)world_said(&w, t, 1, VAULT_VALID, 5);
	EXPECT_DUE(&w, 10, 14, "", VAULT_NO_DAY);
	world_rotate(t, 20);
	EXPECT_DUE(&w, 25, 14, "retired-alive", -5);
	world_said(&w, t, 1, VAULT_UNKNOWN, 21)->has_identity = 0;
	EXPECT_DUE(&w, 25, 14, "retired-alive", -5); /* unknown overwrites nothing */
	(void)world_said(&w, t, 1, VAULT_INVALID, 22);
	EXPECT_DUE(&w, 25, 14, "", VAULT_NO_DAY);
	(void)world_said(&w, t, 1, VAULT_BLOCKED, 23);
	EXPECT_DUE(&w, 25, 14, "retired-alive", -5);
	memset(w.said[3].commit, 99, VAULT_COMMIT_LEN); /* of another value */
	EXPECT_DUE(&w, 25, 14, "", VAULT_NO_DAY);
	memset(w.said[3].commit, 1, VAULT_COMMIT_LEN);
	world_dead(t, 1, 24);
	EXPECT_DUE(&w, 25, 14, "", VAULT_NO_DAY);
}

static void verdict(void **state)
{
	static const enum vault_result bad[] = {VAULT_EXPIRED, VAULT_REVOKED, VAULT_INVALID};
	struct world w;
	struct vault_token *t;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		world_init(&w, 0);
		t = world_token(&w, "one");
		(void)world_said(&w, t, 1, VAULT_VALID, 5);
		(void)world_said(&w, t, 1, bad[i], 6);
		(void)world_said(&w, t, 1, VAULT_UNKNOWN, 7);
		EXPECT_DUE(&w, 8, 14, "verdict", -2);
		w.facts.verdicts = NULL; /* a copy without its log */
		EXPECT_DUE(&w, 8, 14, "", VAULT_NO_DAY);
		w.facts.verdicts = &w.verdicts;
		(void)world_said(&w, t, 1, VAULT_BLOCKED, 8);
		EXPECT_DUE(&w, 8, 14, "", VAULT_NO_DAY);
	}
}

static void identity(void **state)
{
	struct world w;
	struct vault_token *t;

	(void)state;
	world_init(&w, 0);
	t = world_token(&w, "one");
	(void)world_said(&w, t, 1, VAULT_VALID, 5);
	world_said(&w, t, 1, VAULT_VALID, 6)->identity.licensed = 0;
	EXPECT_DUE(&w, 8, 14, "", VAULT_NO_DAY); /* a drift, but not of whom it acts as */
	w.said[1].identity.id = lit("8");
	EXPECT_DUE(&w, 8, 14, "", VAULT_NO_DAY); /* when it was checked more was known than here: it was none */
	w.said[1].drift = lit("user: was 7, is 8; license-lost: was licensed, is not licensed");
	EXPECT_DUE(&w, 8, 14, "identity", -2);
	(void)world_said(&w, t, 1, VAULT_UNKNOWN, 7);
	EXPECT_DUE(&w, 8, 14, "identity", -2);
	world_rotate(t, 8);
	EXPECT_DUE(&w, 8, 14, "retired-alive", 0); /* the new value was not asked yet */
	w.said[w.verdicts.n - 1].result = VAULT_INVALID;
	EXPECT_DUE(&w, 8, 14, "", VAULT_NO_DAY);
	(void)world_said(&w, t, 2, VAULT_VALID, 8);
	EXPECT_DUE(&w, 8, 14, "", VAULT_NO_DAY);
	w.said[3].identity.email = lit("eve@a.example");
	EXPECT_DUE(&w, 8, 14, "identity", 0);
}

static void admin_shared(void **state)
{
	struct world w;
	struct vault_token *t;
	size_t h;

	(void)state;
	world_init(&w, 0);
	t = world_token(&w, "one");
	world_said(&w, t, 1, VAULT_VALID, 5)->identity.admin = 1;
	EXPECT_DUE(&w, 10, 14, "", VAULT_NO_DAY);
	h = world_handover(&w, t, world_vendor(&w, "Vendor B"), "carol@b.example");
	(void)world_give(&w, h, 1, 3);
	EXPECT_DUE(&w, 10, 14, "admin-shared", -5); /* the day it was seen */
	w.give[h][0][0].date = 8;
	EXPECT_DUE(&w, 10, 14, "admin-shared", -2); /* the day it was given */
	(void)world_said(&w, t, 1, VAULT_VALID, 9);
	EXPECT_DUE(&w, 10, 14, "", VAULT_NO_DAY); /* the user is none any more */
	w.verdicts.n = 1;
	world_end(&w, h, 9);
	EXPECT_DUE(&w, 10, 14, "ended-holder", -1);
}

static void message_is(struct world *w, const char *want)
{
	struct vault_dues l;

	assert_int_equal(vault_due_find(&w->facts, 14, &l, NULL), VAULT_OK);
	assert_int_equal(l.n, 1);
	assert_string_equal(l.d[0].reasons[0].message, want);
	vault_dues_clear(&l);
}

static void exposed(void **state)
{
	static const char *const ids[] = {"11", "12", "13", "14"};
	struct vault_item named[] = {{lit("11"), NULL, NULL}, {lit("0012"), lit("viewer"), NULL}};
	struct world w;
	struct vault_token *t;
	struct vault_exposure *e;
	struct vault_give *g;
	size_t h, other;

	(void)state;
	world_init(&w, 0);
	for (size_t i = 0; i < 4; i++)
		w.items[i] = (struct vault_reached){.id = lit(ids[i]), .access = VAULT_ACCESS_VIEWER};
	t = world_token(&w, "one");
	e = world_reached(&w, t, 1, 4, 5);
	EXPECT_DUE(&w, 10, 14, "", VAULT_NO_DAY); /* nobody outside holds it */
	h = world_handover(&w, t, world_vendor(&w, "Vendor B"), "carol@b.example");
	g = world_give(&w, h, 1, 3);
	EXPECT_DUE(&w, 10, 14, "", VAULT_NO_DAY); /* nothing in particular was agreed */
	g->items = named;
	g->n_items = 2;
	EXPECT_DUE(&w, 10, 14, "exposed", -5); /* the day it was seen */
	e->since -= 86400;
	EXPECT_DUE(&w, 10, 14, "exposed", -6); /* first: that it was seen again is no news */
	e->since += 86400;
	message_is(&w, "it reaches 2 items that no hand-over names (4 sheets; 2 agreed)");
	e->cut = 1;
	message_is(&w, "it reaches at least 2 items that no hand-over names (4 sheets; 2 agreed)");
	e->cut = 0;
	w.items[1].access = VAULT_ACCESS_EDITOR_SHARE;
	e->count[VAULT_WORKSPACE] = 1;
	message_is(&w, "it reaches 2 items that no hand-over names, and 1 at a higher level than agreed (4 sheets, 1 workspace; 2 "
	               "agreed)");
	e->n = 2;
	message_is(&w, "it reaches 1 item at a higher level than agreed (4 sheets, 1 workspace; 2 agreed)");
	w.items[1].access = VAULT_ACCESS_VIEWER;
	EXPECT_DUE(&w, 10, 14, "", VAULT_NO_DAY);
	e->n = 3;
	g->date = 8;
	EXPECT_DUE(&w, 10, 14, "exposed", -2); /* the day it was given */
	message_is(&w, "it reaches 1 item that no hand-over names (4 sheets, 1 workspace; 2 agreed)");
	other = world_handover(&w, t, &w.v[0], "dave@b.example");
	(void)world_give(&w, other, 1, 7);
	EXPECT_DUE(&w, 10, 14, "exposed", -3); /* the first of those who hold it */
	world_end(&w, other, 9);
	w.seen[0].commit[0] ^= 1; /* of another value under that number */
	EXPECT_DUE(&w, 10, 14, "ended-holder", -1);
	w.seen[0].commit[0] ^= 1;
	EXPECT_DUE(&w, 10, 14, "ended-holder exposed", -2);
	w.per[other][0].never_given = 1;
	(void)world_reached(&w, t, 1, 2, 9);
	EXPECT_DUE(&w, 10, 14, "", VAULT_NO_DAY); /* the newest says it reaches no more than that */
	w.exposures.n = 1;
	w.facts.exposures = NULL;
	EXPECT_DUE(&w, 10, 14, "", VAULT_NO_DAY); /* not known here */
	w.facts.exposures = &w.exposures;
	world_rotate(t, 9);
	w.facts.verdicts = NULL;
	EXPECT_DUE(&w, 10, 14, "", VAULT_NO_DAY); /* of the new value it is not known yet */
}

static void unchecked(void **state)
{
	struct world w;
	struct vault_token *t;

	(void)state;
	world_init(&w, 0);
	t = world_token(&w, "one");
	(void)world_said(&w, t, 1, VAULT_INVALID, 5);
	world_rotate(t, 20);
	EXPECT_DUE(&w, 22, 14, "", VAULT_NO_DAY);
	t->versions[1].unchecked = 1;
	EXPECT_DUE(&w, 22, 14, "unchecked", -2);
	w.facts.verdicts = NULL; /* without the log nobody knows whether it was checked */
	EXPECT_DUE(&w, 22, 14, "", VAULT_NO_DAY);
	w.facts.verdicts = &w.verdicts;
	(void)world_said(&w, t, 2, VAULT_UNKNOWN, 21);
	EXPECT_DUE(&w, 22, 14, "unchecked", -2);
	(void)world_said(&w, t, 2, VAULT_VALID, 21);
	EXPECT_DUE(&w, 22, 14, "", VAULT_NO_DAY);
}

static void most_urgent_first(void **state)
{
	static const char *const expected[] = {"c", "a", "d", "b"};
	static const int64_t expires[] = {10, 12, 5, 10}; /* of a, b, c, d */
	struct world w;
	struct vault_dues l;

	(void)state;
	world_init(&w, 3);
	for (size_t i = 0; i < 4; i++) {
		static const char *const labels[] = {"a", "b", "c", "d"};

		world_token(&w, labels[i])->expires = expires[i];
	}
	w.t[0].rotate_every_days = 12; /* two reasons: by the enum, the earlier counts */
	assert_int_equal(vault_due_find(&w.facts, 14, &l, NULL), VAULT_OK);
	assert_int_equal(l.n, 4);
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(l.d[i].token->label, expected[i]);
	assert_int_equal(l.d[1].n_reasons, 2);
	assert_int_equal(l.d[1].reasons[0].code, VAULT_DUE_AGE);
	assert_int_equal(l.d[1].due, 11);
	assert_int_equal(l.d[1].days_left, 8);
	vault_dues_clear(&l);
}

/* 10,000 tokens with 30,000 hand-overs and 100,000 verdicts: looking through all of them once a token would take
 * minutes. The limit is generous, for slow machines and sanitizers. */
static void large(void **state)
{
	enum { N = 10000, PER = 3, SAID = 10 };
	struct world small;
	struct vault_token *t = calloc(N, sizeof *t);
	struct vault_handover *h = calloc((size_t)N * PER, sizeof *h);
	struct vault_verdict *e = calloc((size_t)N * SAID, sizeof *e);
	struct vault_tokens tokens = {t, N};
	struct vault_handovers handovers = {h, (size_t)N * PER};
	struct vault_verdicts verdicts = {e, (size_t)N * SAID};
	struct vault_facts facts = {
	        .tokens = &tokens, .handovers = &handovers, .verdicts = &verdicts, .today = 100};
	struct vault_dues dues;
	struct vault_holders holders;
	clock_t began;

	(void)state;
	assert_true(t != NULL && h != NULL && e != NULL);
	world_init(&small, 100);
	facts.vendors = &small.vendors;
	(void)world_token(&small, "one");
	(void)world_give(&small, world_handover(&small, &small.t[0], world_vendor(&small, "Vendor B"), "carol@x"), 1, 1);
	(void)world_said(&small, &small.t[0], 1, VAULT_INVALID, 50);
	for (uint32_t i = 0; i < N; i++) {
		uint32_t id = i * 2654435761u;

		t[i] = small.t[0];
		memcpy(t[i].id, &id, sizeof id);
		for (uint32_t k = 0; k < PER; k++) {
			h[k * N + i] = small.h[0];
			memcpy(h[k * N + i].token_id, t[i].id, VAULT_ID_LEN);
		}
		for (uint32_t k = 0; k < SAID; k++) {
			e[k * N + i] = small.said[0];
			memcpy(e[k * N + i].token_id, t[i].id, VAULT_ID_LEN);
		}
	}
	began = clock();
	assert_int_equal(vault_due_find(&facts, 14, &dues, NULL), VAULT_OK);
	assert_int_equal(vault_holders_at(&facts, 100, 1, &holders, NULL), VAULT_OK);
	assert_true((double)(clock() - began) / CLOCKS_PER_SEC < 3.0);
	assert_int_equal(dues.n, N);
	assert_int_equal(holders.n, N * PER);
	vault_dues_clear(&dues);
	vault_holders_clear(&holders);
	free(t);
	free(h);
	free(e);
}

/* A slot that could read the current value was ended: due from that day, for each slot, and not for a version that it is of
 * no more, another token or a removed one. */
static void slot(void **state)
{
	struct vault_slot_read r[3] = {{.version = 1, .slot = lit("ann"), .ended = 20}, {.version = 1, .slot = lit("ci"), .ended = 10}};
	struct vault_slot_reads reads = {r, 2};
	struct world w;
	struct vault_token *t;
	struct vault_dues l;

	(void)state;
	world_init(&w, 0);
	(void)world_token(&w, "other"); /* its id is above: the run of reads must end */
	t = world_token(&w, "one");
	memcpy(r[0].token_id, t->id, VAULT_ID_LEN);
	memcpy(r[1].token_id, t->id, VAULT_ID_LEN);
	EXPECT_DUE(&w, 30, 14, "", VAULT_NO_DAY); /* nobody was ended */
	w.facts.reads = &reads;
	EXPECT_DUE(&w, 30, 14, "slot slot", -20);
	assert_int_equal(vault_due_find(&w.facts, 0, &l, NULL), VAULT_OK);
	assert_string_equal(l.d[0].token->label, "one");
	assert_int_equal(l.d[0].reasons[0].since, 10); /* by day, then by name */
	assert_string_equal(l.d[0].reasons[0].message, "the key slot ci could read it until 1970-01-11, and can in an old copy of the "
	                                               "vault: `vault rotate one`");
	assert_non_null(strstr(l.d[0].reasons[1].message, "the key slot ann could read it until 1970-01-21"));
	vault_dues_clear(&l);
	/* With other reasons; it comes last. */
	t->rotate_every_days = 25;
	EXPECT_DUE(&w, 30, 14, "age slot slot", -20);
	t->rotate_every_days = 0;
	world_rotate(t, 30);
	EXPECT_DUE(&w, 30, 14, "", VAULT_NO_DAY);
	r[0].version = 2; /* ann could read that one too */
	EXPECT_DUE(&w, 30, 14, "slot", -10);
	t->removed = 1;
	EXPECT_DUE(&w, 30, 14, "", VAULT_NO_DAY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(age),       cmocka_unit_test(expiry),        cmocka_unit_test(until),
		cmocka_unit_test(ended_holder), cmocka_unit_test(retired_alive), cmocka_unit_test(verdict),
		cmocka_unit_test(identity),  cmocka_unit_test(admin_shared),  cmocka_unit_test(unchecked),
		cmocka_unit_test(exposed),
		cmocka_unit_test(most_urgent_first), cmocka_unit_test(slot), cmocka_unit_test(large),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
