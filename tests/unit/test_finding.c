/* test_finding.c - who held what on which day. */
#include "facts.h"

/* The states of one hand-over on a list of days; "-" is: not listed. */
struct day {
	int64_t at;
	const char *all, *running;
	uint32_t version; /* of the newest giving, where listed */
};

static const char *state_on(struct world *w, int64_t at, int all, uint32_t *version)
{
	struct vault_holders l;
	const char *s = "-";

	assert_int_equal(vault_holders_at(&w->facts, at, all, &l, NULL), VAULT_OK);
	assert_true(l.n <= 1);
	if (l.n == 1) {
		s = vault_holder_state_name(l.h[0].state);
		*version = l.h[0].give->version;
	}
	vault_holders_clear(&l);
	return s;
}

static void expect_days(struct world *w, const struct day *days, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t version = 0;

		assert_string_equal(state_on(w, days[i].at, 1, &version), days[i].all);
		assert_int_equal(version, days[i].version);
		assert_string_equal(state_on(w, days[i].at, 0, &version), days[i].running);
	}
}

static void rotated_and_shared_again(void **state)
{
	static const struct day days[] = {
		{-1, "-", "-", 0},
		{9, "-", "-", 0},
		{10, "current", "current", 1},
		{99, "current", "current", 1},
		{100, "outdated", "outdated", 1}, /* rotated; he has the old one */
		{109, "outdated", "outdated", 1},
		{110, "current", "current", 2},
		{119, "current", "current", 2},
		{120, "ended-live", "-", 2}, /* taken back: he knows the live value */
		{199, "ended-live", "-", 2},
		{200, "ended-retired", "-", 2}, /* rotated: neither old one is proved dead */
		{249, "ended-retired", "-", 2},
		{250, "ended-retired", "-", 2}, /* version 1 is dead, 2 is not */
		{259, "ended-retired", "-", 2},
		{260, "ended", "-", 2},
		{299, "ended", "-", 2},
		{300, "current", "current", 3}, /* engaged anew */
		{310, "ended-live", "-", 3},
		{9999, "ended-live", "-", 3},
	};
	struct world w;
	struct vault_token *t;
	size_t h;

	(void)state;
	world_init(&w, 1000);
	t = world_token(&w, "one");
	world_rotate(t, 100);
	world_rotate(t, 200);
	world_dead(t, 1, 250);
	world_dead(t, 2, 260);
	h = world_handover(&w, t, world_vendor(&w, "Vendor B"), "carol@b.example");
	(void)world_give(&w, h, 1, 10);
	(void)world_give(&w, h, 2, 110);
	world_end(&w, h, 120);
	(void)world_give(&w, h, 3, 300);
	world_end(&w, h, 310);
	expect_days(&w, days, sizeof days / sizeof days[0]);
}

static void a_running_holder_of_dead_versions_is_outdated(void **state)
{
	static const struct day days[] = {{10, "current", "current", 1}, {100, "outdated", "outdated", 1},
	                                  {150, "outdated", "outdated", 1}, {500, "outdated", "outdated", 1}};
	struct world w;
	struct vault_token *t;

	(void)state;
	world_init(&w, 1000);
	t = world_token(&w, "one");
	world_rotate(t, 100);
	world_dead(t, 1, 150);
	(void)world_give(&w, world_handover(&w, t, world_vendor(&w, "Vendor B"), "carol@b.example"), 1, 10);
	expect_days(&w, days, sizeof days / sizeof days[0]);
}

static void an_earlier_period_still_counts(void **state)
{
	/* Version 1 from the first period is not forgotten because the second one is over. */
	static const struct day days[] = {{20, "ended-live", "-", 1}, {100, "ended-retired", "-", 1},
	                                  {110, "current", "current", 2}, {120, "ended-live", "-", 2},
	                                  {200, "ended-retired", "-", 2}, {220, "ended-retired", "-", 2},
	                                  {300, "ended", "-", 2}};
	struct world w;
	struct vault_token *t;
	size_t h;

	(void)state;
	world_init(&w, 1000);
	t = world_token(&w, "one");
	world_rotate(t, 100);
	world_rotate(t, 200);
	world_dead(t, 2, 210);
	world_dead(t, 1, 300);
	h = world_handover(&w, t, world_vendor(&w, "Vendor B"), "carol@b.example");
	(void)world_give(&w, h, 1, 10);
	world_end(&w, h, 20);
	(void)world_give(&w, h, 2, 110);
	world_end(&w, h, 120);
	expect_days(&w, days, sizeof days / sizeof days[0]);
}

static void expect_confirmed(struct world *w, int64_t at, int64_t until, int64_t confirmed)
{
	struct vault_holders l;

	assert_int_equal(vault_holders_at(&w->facts, at, 1, &l, NULL), VAULT_OK);
	assert_int_equal(l.n, 1);
	assert_int_equal(l.h[0].until, until);
	assert_int_equal(l.h[0].confirmed, confirmed);
	assert_int_equal(vault_holder_until(&l.h[0], NULL), until);
	vault_holders_clear(&l);
}

/* What was confirmed later is not yet so on an earlier day; what an older program recorded has no history. */
static void confirmed_as_it_was(void **state)
{
	struct vault_confirm confirms[] = {{20, 0, 50}, {30, 0, 90}, {60, 1, VAULT_NO_DAY}};
	struct world w;
	size_t h;

	(void)state;
	world_init(&w, 1000);
	h = world_handover(&w, world_token(&w, "one"), world_vendor(&w, "Vendor B"), "carol@b.example");
	world_give(&w, h, 1, 10)->until = 90;
	(void)world_give(&w, h, 1, 40);
	world_give(&w, h, 1, 40)->until = VAULT_NO_DAY;
	w.per[h][0].n_gives = 2;
	w.give[h][0][1].until = 200;
	w.per[h][0].confirmed = 60;
	expect_confirmed(&w, 15, 90, 60);
	expect_confirmed(&w, 70, 200, 60);
	w.per[h][0].confirms = confirms;
	w.per[h][0].n_confirms = 3;
	expect_confirmed(&w, 19, 50, VAULT_NO_DAY);
	expect_confirmed(&w, 20, 90, 20);
	expect_confirmed(&w, 39, 90, 30);
	expect_confirmed(&w, 40, VAULT_NO_DAY, 30);
	expect_confirmed(&w, 59, VAULT_NO_DAY, 30);
	expect_confirmed(&w, 60, 200, 60);
}

static void never_given_is_ended(void **state)
{
	static const struct day days[] = {{10, "current", "current", 1}, {19, "current", "current", 1}, {20, "ended", "-", 1}};
	struct world w;
	size_t h;

	(void)state;
	world_init(&w, 1000);
	h = world_handover(&w, world_token(&w, "one"), world_vendor(&w, "Vendor B"), "carol@b.example");
	(void)world_give(&w, h, 1, 10);
	world_end(&w, h, 20);
	w.per[h][0].never_given = 1;
	expect_days(&w, days + 2, 1);
	/* Before it was said to be a mistake nobody can have known: a day in between shows what the ledger knows now. */
	w.per[h][0].never_given = 0;
	expect_days(&w, days, 2);
}

static void expect_out(struct world *w, int64_t at, struct vault_vendor_out want)
{
	struct vault_holders all;
	struct vault_vendor_out is;

	assert_int_equal(vault_holders_at(&w->facts, at, 1, &all, NULL), VAULT_OK);
	vault_vendor_out(&all, &w->v[0], at, &is);
	assert_int_equal(is.holding, want.holding);
	assert_int_equal(is.knowing, want.knowing);
	assert_int_equal(is.past, want.past);
	assert_int_equal(is.since, want.since);
	vault_holders_clear(&all);
}

static void a_vendor_is_out_when_all_it_knew_is_dead(void **state)
{
	struct world w;
	struct vault_token *t, *other;
	size_t h;

	(void)state;
	world_init(&w, 1000);
	t = world_token(&w, "one");
	other = world_token(&w, "two");
	world_rotate(t, 100);
	world_dead(t, 1, 150);
	world_dead(other, 1, 120);
	(void)world_vendor(&w, "Vendor B");
	(void)world_vendor(&w, "Vendor C");
	h = world_handover(&w, t, &w.v[0], "carol@b.example");
	(void)world_give(&w, h, 1, 10);
	world_end(&w, h, 30);
	h = world_handover(&w, other, &w.v[0], "dave@b.example");
	(void)world_give(&w, h, 1, 20);
	world_end(&w, h, 200);
	/* Another vendor's, and one recorded by mistake, change nothing. */
	(void)world_give(&w, world_handover(&w, t, &w.v[1], "eve@c.example"), 2, 100);
	h = world_handover(&w, t, &w.v[0], "frank@b.example");
	(void)world_give(&w, h, 2, 500);
	world_end(&w, h, 600);
	w.per[h][0].never_given = 1;
	expect_out(&w, 5, (struct vault_vendor_out){.since = VAULT_NO_DAY});
	expect_out(&w, 29, (struct vault_vendor_out){.holding = 2, .since = VAULT_NO_DAY});
	expect_out(&w, 149, (struct vault_vendor_out){.holding = 1, .knowing = 1, .since = VAULT_NO_DAY});
	expect_out(&w, 150, (struct vault_vendor_out){.holding = 1, .past = 1, .since = VAULT_NO_DAY});
	expect_out(&w, 200, (struct vault_vendor_out){.past = 2, .since = 200});
	expect_out(&w, 1000, (struct vault_vendor_out){.past = 2, .since = 200});
	/* The death is what counts where it comes last. */
	world_dead(t, 1, 300);
	expect_out(&w, 299, (struct vault_vendor_out){.knowing = 1, .past = 1, .since = VAULT_NO_DAY});
	expect_out(&w, 300, (struct vault_vendor_out){.past = 2, .since = 300});
}

static void given_and_ended_within_a_day(void **state)
{
	static const struct day days[] = {{9, "-", "-", 0}, {10, "ended-live", "-", 1}};
	struct world w;
	size_t h;

	(void)state;
	world_init(&w, 1000);
	h = world_handover(&w, world_token(&w, "one"), world_vendor(&w, "Vendor B"), "carol@b.example");
	(void)world_give(&w, h, 1, 10);
	world_end(&w, h, 10);
	expect_days(&w, days, 2);
}

static void removed_is_not_dead(void **state)
{
	static const struct day days[] = {{50, "current", "current", 1}, {500, "current", "current", 1},
	                                  {600, "ended-live", "-", 1}};
	static const struct day older[] = {{150, "outdated", "outdated", 1}, {700, "ended-retired", "-", 1}};
	struct world w;
	struct vault_token *t;
	size_t h;

	(void)state;
	world_init(&w, 1000);
	t = world_token(&w, "one");
	t->removed = 1;
	t->removed_on = 400;
	t->versions[0].status = VAULT_ERASED;
	h = world_handover(&w, t, world_vendor(&w, "Vendor B"), "carol@b.example");
	(void)world_give(&w, h, 1, 10);
	world_end(&w, h, 600);
	expect_days(&w, days, 3);
	t->versions[0].status = VAULT_CURRENT;
	world_rotate(t, 100);
	t->versions[0].status = t->versions[1].status = VAULT_ERASED;
	expect_days(&w, older, 2);
}

static void order_and_labels(void **state)
{
	static const char *const expected[] = {"alpha Alpaca z@x", "alpha Bear a@x", "alpha Bear b@x", "beta Alpaca a@x",
	                                       "beta Alpaca old@x"};
	struct world w;
	struct vault_token *alpha, *beta, *old;
	struct vault_vendor *bear, *alpaca;
	struct vault_holders l;

	(void)state;
	world_init(&w, 1000);
	alpha = world_token(&w, "alpha");
	beta = world_token(&w, "beta");
	old = world_token(&w, "beta");
	old->removed = 1;
	bear = world_vendor(&w, "Bear");
	alpaca = world_vendor(&w, "Alpaca");
	(void)world_give(&w, world_handover(&w, old, alpaca, "old@x"), 1, 1);
	(void)world_give(&w, world_handover(&w, beta, alpaca, "a@x"), 1, 1);
	(void)world_give(&w, world_handover(&w, alpha, bear, "b@x"), 1, 1);
	(void)world_give(&w, world_handover(&w, alpha, bear, "a@x"), 1, 1);
	(void)world_give(&w, world_handover(&w, alpha, alpaca, "z@x"), 1, 1);
	assert_int_equal(vault_holders_at(&w.facts, 1000, 0, &l, NULL), VAULT_OK);
	assert_int_equal(l.n, 5);
	for (size_t i = 0; i < l.n; i++) {
		char line[64];

		(void)snprintf(line, sizeof line, "%s %s %s", l.h[i].token->label, l.h[i].vendor->name, l.h[i].handover->to);
		assert_string_equal(line, expected[i]);
	}
	vault_holders_clear(&l);
	assert_null(l.h);
}

static void facts_about_one_token(void **state)
{
	struct world w;
	struct vault_vendor *v;
	struct vault_holders l;
	struct vault_err err = {0};

	(void)state;
	world_init(&w, 1000);
	v = world_vendor(&w, "Vendor B");
	(void)world_give(&w, world_handover(&w, world_token(&w, "one"), v, "a@x"), 1, 1);
	(void)world_give(&w, world_handover(&w, world_token(&w, "two"), v, "a@x"), 1, 1);
	w.tokens.n = 1;
	assert_int_equal(vault_holders_at(&w.facts, 1000, 0, &l, NULL), VAULT_OK);
	assert_int_equal(l.n, 1);
	assert_string_equal(l.h[0].token->label, "one");
	vault_holders_clear(&l);
	w.vendors.n = 0;
	assert_int_equal(vault_holders_at(&w.facts, 1000, 0, &l, &err), VAULT_DAMAGED);
	assert_non_null(strstr(err.msg, "one"));
	assert_int_equal(l.n, 0);
}

/* Tokens come with the removed ones last; holders stand at their labels all the same. */
static void removed_ones_are_at_their_label(void **state)
{
	struct world w;
	struct vault_token *b, *a;
	struct vault_vendor *v;
	struct vault_holders l;

	(void)state;
	world_init(&w, 1000);
	b = world_token(&w, "b");
	a = world_token(&w, "a");
	a->removed = 1;
	v = world_vendor(&w, "Vendor B");
	(void)world_give(&w, world_handover(&w, b, v, "b@x"), 1, 1);
	(void)world_give(&w, world_handover(&w, a, v, "a@x"), 1, 1);
	assert_int_equal(vault_holders_at(&w.facts, 1000, 0, &l, NULL), VAULT_OK);
	assert_int_equal(l.n, 2);
	assert_string_equal(l.h[0].token->label, "a");
	assert_string_equal(l.h[1].token->label, "b");
	vault_holders_clear(&l);
}

/* Two tokens of one id, as only an admin's hand could write: each hand-over would be of both. */
static void an_id_twice_is_damage(void **state)
{
	struct world w;
	struct vault_token *a, *b;
	struct vault_vendor *vendor;
	struct vault_holders l;
	struct vault_err err = {0};

	(void)state;
	world_init(&w, 1000);
	a = world_token(&w, "a");
	b = world_token(&w, "b");
	memcpy(b->id, a->id, sizeof b->id);
	vendor = world_vendor(&w, "Vendor B");
	(void)world_give(&w, world_handover(&w, a, vendor, "a@x"), 1, 1);
	(void)world_give(&w, world_handover(&w, a, vendor, "b@x"), 1, 1);
	assert_int_equal(vault_holders_at(&w.facts, 1000, 0, &l, &err), VAULT_DAMAGED);
	assert_string_equal(err.msg, "b has the id of another token; run `vault verify`");
	assert_null(l.h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rotated_and_shared_again),
		cmocka_unit_test(a_running_holder_of_dead_versions_is_outdated),
		cmocka_unit_test(an_earlier_period_still_counts),
		cmocka_unit_test(confirmed_as_it_was),
		cmocka_unit_test(never_given_is_ended),
		cmocka_unit_test(a_vendor_is_out_when_all_it_knew_is_dead),
		cmocka_unit_test(given_and_ended_within_a_day),
		cmocka_unit_test(removed_is_not_dead),
		cmocka_unit_test(order_and_labels),
		cmocka_unit_test(facts_about_one_token),
		cmocka_unit_test(removed_ones_are_at_their_label),
		cmocka_unit_test(an_id_twice_is_damage),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
