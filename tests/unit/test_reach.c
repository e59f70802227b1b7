/* test_reach.c - what a token reaches, against what hand-overs name and what it reached before. */
#include <stdlib.h>
#include <time.h>

#include "facts.h"

enum { BIG_ITEMS = 10000, BIG_HANDOVERS = 30000, TEXT = 32 };

/* A token's exposure of `n` items of one kind, whose ids run from `first` on; all strings are in `text`. */
struct seen {
	struct vault_exposure e;
	struct vault_reached *items;
	char (*text)[TEXT];
};

static void seen_make(struct seen *s, const uint8_t *token_id, size_t n, int64_t first, enum vault_access access)
{
	memset(s, 0, sizeof *s);
	s->items = calloc(n + 1, sizeof *s->items);
	s->text = calloc(n + 1, sizeof *s->text);
	assert_non_null(s->items);
	assert_non_null(s->text);
	memcpy(s->e.token_id, token_id, VAULT_ID_LEN);
	for (size_t i = 0; i < n; i++) {
		(void)snprintf(s->text[i], TEXT, "%lld", (long long)first + (long long)i);
		s->items[i] = (struct vault_reached){.type = VAULT_SHEET, .access = access, .id = s->text[i]};
	}
	s->e.items = s->items;
	s->e.n = n;
	s->e.count[VAULT_SHEET] = (int64_t)n;
	s->e.version = 1;
	memset(s->e.commit, 1, sizeof s->e.commit);
}

static void seen_free(struct seen *s)
{
	free(s->items);
	free(s->text);
}

static struct vault_item agreed(const char *id, const char *level)
{
	return (struct vault_item){.id = lit(id), .level = level != NULL ? lit(level) : NULL};
}

static void give_items(struct vault_give *g, struct vault_item *items, size_t n)
{
	g->items = items;
	g->n_items = n;
}

static void expect(const struct seen *s, const struct world *w, size_t n_agreed, size_t beyond, size_t missing)
{
	struct vault_reach r;

	assert_int_equal(vault_reach_compare(&s->e, &w->handovers, w->facts.today, &r, NULL), VAULT_OK);
	assert_int_equal(r.n_agreed, n_agreed);
	assert_int_equal(r.named, n_agreed > 0);
	assert_int_equal(r.beyond.n, beyond);
	assert_int_equal(r.missing.n, missing);
	vault_reach_clear(&r);
}

/* A world of one token of which somebody holds the value since day 10. */
static struct vault_token *one(struct world *w, struct vault_give **g)
{
	struct vault_token *t = NULL;

	world_init(w, 100);
	t = world_token(w, "one");
	*g = world_give(w, world_handover(w, t, world_vendor(w, "Acme"), "eve"), 1, 10);
	return t;
}

static void words(void **state)
{
	static const char *const api[] = {"VIEWER", "COMMENTER", "EDITOR", "EDITOR_SHARE", "ADMIN", "OWNER"};
	static const char *const said[] = {"viewer", "commenter", "editor", "editor", "admin", "owner"};
	static const char *const types[] = {"sheet", "workspace", "report", "dashboard"};

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(vault_access_parse(api[i]), i + 1);
		assert_string_equal(vault_access_name((enum vault_access)(i + 1)), said[i]);
	}
	assert_int_equal(vault_access_parse(NULL), VAULT_ACCESS_UNKNOWN);
	assert_int_equal(vault_access_parse("viewer"), VAULT_ACCESS_UNKNOWN);
	assert_int_equal(vault_access_parse("SUPREME"), VAULT_ACCESS_UNKNOWN);
	assert_null(vault_access_name(VAULT_ACCESS_UNKNOWN));
	assert_null(vault_access_name((enum vault_access)99));
	for (size_t i = 0; i < VAULT_ITEM_TYPES; i++)
		assert_string_equal(vault_item_type_name((enum vault_item_type)i), types[i]);
	assert_string_equal(vault_item_type_name((enum vault_item_type)99), "?");
}

static void two_of_412_are_agreed(void **state)
{
	struct vault_item items[] = {agreed("1400", NULL), agreed("0001005", "editor")};
	struct vault_give *g = NULL;
	struct vault_reach r;
	struct world w;
	struct seen s;

	(void)state;
	seen_make(&s, one(&w, &g)->id, 412, 1000, VAULT_ACCESS_EDITOR);
	assert_int_equal(vault_reach_compare(&s.e, &w.handovers, 100, &r, NULL), VAULT_OK);
	assert_int_equal(r.given, 1); /* but nothing was agreed item by item */
	assert_int_equal(r.named, 0);
	assert_int_equal(r.beyond.n + r.missing.n + r.n_agreed, 0);
	vault_reach_clear(&r);
	give_items(g, items, 2);
	assert_int_equal(vault_reach_compare(&s.e, &w.handovers, 100, &r, NULL), VAULT_OK);
	assert_int_equal(r.given, 1);
	assert_int_equal(r.named, 1);
	assert_int_equal(r.n_agreed, 2);
	assert_int_equal(r.missing.n, 0);
	assert_int_equal(r.beyond.n, 410);
	for (size_t i = 0; i < r.beyond.n; i++) {
		assert_string_not_equal(r.beyond.g[i].id, "1005"); /* named with zeros before */
		assert_string_not_equal(r.beyond.g[i].id, "1400");
		assert_int_equal(r.beyond.g[i].type, VAULT_SHEET);
		assert_int_equal(r.beyond.g[i].access, VAULT_ACCESS_EDITOR);
		assert_int_equal(r.beyond.g[i].agreed, VAULT_ACCESS_UNKNOWN);
	}
	assert_string_equal(r.beyond.g[0].id, "1000");
	assert_string_equal(r.beyond.g[409].id, "1411");
	vault_reach_clear(&r);
	seen_free(&s);
	/* Exactly what was agreed. */
	seen_make(&s, w.t[0].id, 2, 1004, VAULT_ACCESS_EDITOR);
	items[0].id = lit("1004");
	expect(&s, &w, 2, 0, 0);
	seen_free(&s);
}

static void levels(void **state)
{
	static const struct {
		enum vault_access reached;
		const char *agreed;
		size_t beyond;
	} t[] = {
		{VAULT_ACCESS_EDITOR, "viewer", 1},       {VAULT_ACCESS_EDITOR, "editor", 0},
		{VAULT_ACCESS_EDITOR_SHARE, "editor", 0}, {VAULT_ACCESS_EDITOR_SHARE, "commenter", 1},
		{VAULT_ACCESS_ADMIN, "editor", 1},        {VAULT_ACCESS_OWNER, "admin", 1},
		{VAULT_ACCESS_OWNER, NULL, 0},            {VAULT_ACCESS_VIEWER, "owner", 0},
		{VAULT_ACCESS_UNKNOWN, "viewer", 0},      {VAULT_ACCESS_OWNER, "sovereign", 0},
	};
	struct vault_item item = agreed("7", NULL);
	struct vault_give *g = NULL;
	struct vault_reach r;
	struct world w;
	struct seen s;

	(void)state;
	seen_make(&s, one(&w, &g)->id, 1, 7, VAULT_ACCESS_VIEWER);
	give_items(g, &item, 1);
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		item = agreed("7", t[i].agreed);
		s.items[0].access = t[i].reached;
		expect(&s, &w, 1, t[i].beyond, 0);
	}
	item = agreed("7", "viewer");
	s.items[0].access = VAULT_ACCESS_EDITOR_SHARE;
	assert_int_equal(vault_reach_compare(&s.e, &w.handovers, 100, &r, NULL), VAULT_OK);
	assert_int_equal(r.beyond.g[0].agreed, VAULT_ACCESS_VIEWER);
	assert_int_equal(r.beyond.g[0].access, VAULT_ACCESS_EDITOR_SHARE);
	vault_reach_clear(&r);
	seen_free(&s);
}

/* Of what several hold the highest level counts, and none at all is above every one, in whichever order they stand. */
static void hand_overs_add_up(void **state)
{
	static const char *const pairs[][3] = {{"viewer", "editor", "1"}, {"editor", "viewer", "1"}, {"viewer", NULL, "0"},
	                                       {NULL, "viewer", "0"},     {"admin", "viewer", "0"}};
	struct vault_item mine = agreed("7", "viewer"), other[2] = {agreed("007", "viewer"), agreed("8", "viewer")};
	struct vault_give *g = NULL, *h = NULL;
	struct world w;
	struct seen s;

	(void)state;
	seen_make(&s, one(&w, &g)->id, 2, 7, VAULT_ACCESS_ADMIN);
	h = world_give(&w, world_handover(&w, &w.t[0], &w.v[0], "bob"), 1, 20);
	give_items(g, &mine, 1);
	give_items(h, other, 2);
	other[1].level = lit("owner");
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		mine.level = pairs[i][0] != NULL ? lit(pairs[i][0]) : NULL;
		other[0].level = pairs[i][1] != NULL ? lit(pairs[i][1]) : NULL;
		expect(&s, &w, 2, pairs[i][2][0] == '1', 0);
	}
	seen_free(&s);
}

static void only_running_ones_count(void **state)
{
	struct vault_item old = agreed("7", NULL), new = agreed("8", NULL), wrong = agreed("9", NULL), gone = agreed("10", NULL),
	                  later = agreed("11", NULL), foreign = agreed("12", NULL);
	struct vault_give *g = NULL;
	struct vault_token *t = NULL, *other = NULL;
	struct vault_reach r;
	struct world w;
	struct seen s;
	size_t h = 0;

	(void)state;
	t = one(&w, &g);
	other = world_token(&w, "other");
	seen_make(&s, t->id, 6, 7, VAULT_ACCESS_VIEWER);
	give_items(g, &old, 1);
	g = world_give(&w, 0, 1, 50); /* given again: this one says what is agreed from then on */
	give_items(g, &new, 1);
	g = world_give(&w, 0, 1, 101); /* and this one from tomorrow */
	give_items(g, &later, 1);
	h = world_handover(&w, t, &w.v[0], "mistake");
	give_items(world_give(&w, h, 1, 20), &wrong, 1);
	w.h[h].periods[0].never_given = 1;
	w.h[h].periods[0].ended = 200;
	h = world_handover(&w, t, &w.v[0], "gone");
	give_items(world_give(&w, h, 1, 20), &gone, 1);
	world_end(&w, h, 100);
	h = world_handover(&w, t, &w.v[0], "future");
	give_items(world_give(&w, h, 1, 101), &later, 1);
	h = world_handover(&w, other, &w.v[0], "foreign");
	give_items(world_give(&w, h, 1, 20), &foreign, 1);

	assert_int_equal(vault_reach_compare(&s.e, &w.handovers, 100, &r, NULL), VAULT_OK);
	assert_int_equal(r.n_agreed, 1);
	assert_int_equal(r.beyond.n, 5);
	for (size_t i = 0; i < r.beyond.n; i++)
		assert_string_not_equal(r.beyond.g[i].id, "8");
	vault_reach_clear(&r);
	/* The day before, the one that is gone held it; before day 50 the first giving's items were agreed. */
	assert_int_equal(vault_reach_compare(&s.e, &w.handovers, 99, &r, NULL), VAULT_OK);
	assert_int_equal(r.n_agreed, 2);
	vault_reach_clear(&r);
	assert_int_equal(vault_reach_compare(&s.e, &w.handovers, 15, &r, NULL), VAULT_OK);
	assert_int_equal(r.n_agreed, 1);
	assert_string_equal(r.beyond.g[0].id, "8");
	vault_reach_clear(&r);
	assert_int_equal(vault_reach_compare(&s.e, &w.handovers, 9, &r, NULL), VAULT_OK);
	assert_int_equal(r.given, 0);
	vault_reach_clear(&r);
	/* A mistake that is dated into a period that was none takes nothing away. */
	w.h[0].periods[1] = w.h[1].periods[0];
	w.h[0].periods[0].ended = 110;
	w.h[0].n_periods = 2;
	expect(&s, &w, 1, 5, 0);
	seen_free(&s);
}

static void what_is_missing(void **state)
{
	struct vault_item items[] = {agreed("99", "admin"), agreed("7", NULL), agreed("0050", NULL)};
	struct vault_give *g = NULL;
	struct vault_reach r;
	struct world w;
	struct seen s;

	(void)state;
	items[0].name = lit("Budget");
	seen_make(&s, one(&w, &g)->id, 1, 7, VAULT_ACCESS_VIEWER);
	give_items(g, items, 3);
	assert_int_equal(vault_reach_compare(&s.e, &w.handovers, 100, &r, NULL), VAULT_OK);
	assert_int_equal(r.beyond.n, 0);
	assert_int_equal(r.missing.n, 2);
	assert_string_equal(r.missing.g[0].id, "0050");
	assert_int_equal(r.missing.g[0].access, VAULT_ACCESS_UNKNOWN);
	assert_string_equal(r.missing.g[1].id, "99");
	assert_string_equal(r.missing.g[1].name, "Budget");
	assert_int_equal(r.missing.g[1].type, -1);
	assert_int_equal(r.missing.g[1].access, VAULT_ACCESS_ADMIN);
	vault_reach_clear(&r);
	for (size_t i = 0; i < VAULT_ITEM_TYPES; i++) { /* it may be of a kind that could not be listed */
		const int64_t n = s.e.count[i];

		s.e.count[i] = -1;
		expect(&s, &w, 3, 0, 0);
		s.e.count[i] = n;
	}
	s.e.cut = 1;
	expect(&s, &w, 3, 0, 0);
	s.e.cut = 0;
	expect(&s, &w, 3, 0, 2);
	seen_free(&s);
}

static void one_id_two_kinds(void **state)
{
	struct vault_item item = agreed("7", "viewer");
	struct vault_give *g = NULL;
	struct vault_reach r;
	struct world w;
	struct seen s;

	(void)state;
	seen_make(&s, one(&w, &g)->id, 2, 7, VAULT_ACCESS_VIEWER);
	give_items(g, &item, 1);
	s.items[1].id = lit("7");
	s.items[1].type = VAULT_REPORT;
	s.e.count[VAULT_SHEET] = s.e.count[VAULT_REPORT] = 1;
	expect(&s, &w, 1, 0, 0);
	s.items[1].access = VAULT_ACCESS_OWNER;
	assert_int_equal(vault_reach_compare(&s.e, &w.handovers, 100, &r, NULL), VAULT_OK);
	assert_int_equal(r.beyond.n, 1);
	assert_int_equal(r.beyond.g[0].type, VAULT_REPORT);
	vault_reach_clear(&r);
	seen_free(&s);
}

static void expect_since(const struct seen *a, const struct seen *b, size_t came, size_t went, size_t changed)
{
	struct vault_reach_changes c;

	assert_int_equal(vault_reach_since(&a->e, &b->e, &c, NULL), VAULT_OK);
	assert_int_equal(c.came.n, came);
	assert_int_equal(c.went.n, went);
	assert_int_equal(c.changed.n, changed);
	vault_reach_changes_clear(&c);
}

static void came_went_changed(void **state)
{
	static const uint8_t id[VAULT_ID_LEN] = {1};
	struct vault_reach_changes c;
	struct seen a, b;

	(void)state;
	seen_make(&a, id, 5, 8, VAULT_ACCESS_EDITOR);  /* 8 to 12: 9 comes before 10 as a number only */
	seen_make(&b, id, 5, 10, VAULT_ACCESS_EDITOR); /* 10 to 14 */
	b.items[0].access = VAULT_ACCESS_ADMIN;
	b.items[1].access = VAULT_ACCESS_EDITOR_SHARE; /* the same word to people */
	b.items[2].access = VAULT_ACCESS_UNKNOWN;      /* not said is no change */
	assert_int_equal(vault_reach_since(&a.e, &b.e, &c, NULL), VAULT_OK);
	assert_int_equal(c.came.n, 2);
	assert_string_equal(c.came.g[0].id, "13");
	assert_int_equal(c.went.n, 2);
	assert_string_equal(c.went.g[1].id, "9");
	assert_int_equal(c.went.g[1].access, VAULT_ACCESS_EDITOR);
	assert_int_equal(c.changed.n, 1);
	assert_string_equal(c.changed.g[0].id, "10");
	assert_int_equal(c.changed.g[0].agreed, VAULT_ACCESS_EDITOR);
	assert_int_equal(c.changed.g[0].access, VAULT_ACCESS_ADMIN);
	vault_reach_changes_clear(&c);
	expect_since(&a, &a, 0, 0, 0);
	b.e.cut = 1; /* up to 14: what is below would stand there */
	expect_since(&a, &b, 2, 2, 1);
	expect_since(&b, &a, 2, 2, 1);
	b.e.n = 1; /* cut behind 10: 11 and 12 may be reached still */
	expect_since(&a, &b, 0, 2, 1);
	expect_since(&b, &a, 2, 0, 1);
	b.e.n = 0;
	expect_since(&a, &b, 0, 0, 0);
	b.e.cut = 0;
	expect_since(&a, &b, 0, 5, 0);
	b.e.count[VAULT_SHEET] = -1; /* it may not list them any more: not gone, not seen */
	expect_since(&a, &b, 0, 0, 0);
	expect_since(&b, &a, 0, 0, 0);
	seen_free(&a);
	seen_free(&b);
}

static void the_newest_of_the_value(void **state)
{
	struct vault_exposure e[4];
	const struct vault_exposures l = {.e = e, .n = 4};
	struct world w;
	struct vault_token *t = NULL;

	(void)state;
	world_init(&w, 100);
	t = world_token(&w, "one");
	world_rotate(t, 10);
	memset(e, 0, sizeof e);
	for (size_t i = 0; i < 4; i++) {
		memcpy(e[i].token_id, t->id, VAULT_ID_LEN);
		e[i].version = 1;
		memset(e[i].commit, 1, VAULT_COMMIT_LEN);
	}
	memset(e[2].commit, 9, VAULT_COMMIT_LEN);
	e[3].token_id[0] ^= 1;
	assert_ptr_equal(vault_exposure_newest(&l, t, 1), &e[1]);
	assert_null(vault_exposure_newest(&l, t, 2));
	assert_null(vault_exposure_newest(&l, t, 3));
	assert_null(vault_exposure_newest(NULL, t, 1));
}

static void emptied_twice(void **state)
{
	struct vault_exposures l = {.n = 1};

	(void)state;
	l.e = calloc(1, sizeof *l.e);
	assert_non_null(l.e);
	l.e[0].items = calloc(1, sizeof *l.e[0].items);
	assert_non_null(l.e[0].items);
	l.e[0].n = 1;
	l.e[0].items[0].id = strdup("7");
	l.e[0].items[0].name = strdup("Plan");
	l.e[0].base = strdup("https://api.example/2.0");
	l.e[0].seat = strdup("member");
	vault_exposures_clear(&l);
	assert_null(l.e);
	assert_int_equal(l.n, 0);
	vault_exposures_clear(&l);
	vault_exposures_clear(NULL);
	vault_exposure_clear(NULL);
	vault_reach_clear(NULL);
	vault_reach_changes_clear(NULL);
	vault_gaps_clear(NULL);
}

static double cpu_ms(void)
{
	struct timespec t;

	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t), 0);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* 10,000 things, 30,000 hand-overs of this very token that name one each, the most of them something else. */
static void big(void **state)
{
	static const uint8_t id[VAULT_ID_LEN] = {1};
	struct vault_handovers all = {.n = BIG_HANDOVERS};
	struct vault_handover *h = calloc(BIG_HANDOVERS, sizeof *h);
	struct vault_period *p = calloc(BIG_HANDOVERS, sizeof *p);
	struct vault_give *g = calloc(BIG_HANDOVERS, sizeof *g);
	struct vault_item *item = calloc(BIG_HANDOVERS, sizeof *item);
	struct seen s, named;
	struct vault_reach r;
	double took = 0;

	(void)state;
	assert_true(h != NULL && p != NULL && g != NULL && item != NULL);
	seen_make(&s, id, BIG_ITEMS, 1000000000000000000, VAULT_ACCESS_EDITOR);
	seen_make(&named, id, BIG_HANDOVERS, 1000000000000009000, VAULT_ACCESS_EDITOR);
	for (size_t i = 0; i < BIG_HANDOVERS; i++) {
		item[i].id = named.text[(i * 7919) % BIG_HANDOVERS];
		g[i] = (struct vault_give){.version = 1, .date = 10, .until = VAULT_NO_DAY, .items = &item[i], .n_items = 1};
		p[i] = (struct vault_period){.gives = &g[i], .n_gives = 1, .ended = VAULT_NO_DAY};
		h[i] = (struct vault_handover){.periods = &p[i], .n_periods = 1};
		memcpy(h[i].token_id, id, sizeof id);
	}
	all.h = h;
	took = cpu_ms();
	assert_int_equal(vault_reach_compare(&s.e, &all, 100, &r, NULL), VAULT_OK);
	took = cpu_ms() - took;
	assert_int_equal(r.n_agreed, BIG_HANDOVERS);
	assert_int_equal(r.beyond.n, 9000);
	assert_int_equal(r.missing.n, BIG_HANDOVERS - 1000);
	print_message("# 10,000 items against 30,000 hand-overs: %.1f ms\n", took);
#ifndef __SANITIZE_ADDRESS__
	assert_true(took < 100 || getenv("VALGRIND") != NULL);
#endif
	vault_reach_clear(&r);
	seen_free(&s);
	seen_free(&named);
	free(item);
	free(g);
	free(p);
	free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
		cmocka_unit_test(two_of_412_are_agreed),
		cmocka_unit_test(levels),
		cmocka_unit_test(hand_overs_add_up),
		cmocka_unit_test(only_running_ones_count),
		cmocka_unit_test(what_is_missing),
		cmocka_unit_test(one_id_two_kinds),
		cmocka_unit_test(came_went_changed),
		cmocka_unit_test(the_newest_of_the_value),
		cmocka_unit_test(emptied_twice),
		cmocka_unit_test(big),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("reach", tests, NULL, NULL);
}
