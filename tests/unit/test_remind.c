/* test_remind.c - who is reminded, of what, and when again: the pure part, and a reminder as JSON. */
#include <stdlib.h>

#include <vault/remind.h>

#include "facts.h"
#include "record.h"
#include "reminded.h"

enum { TODAY = 1000 };

/* What one run would say, and what the log then knows. */
struct run {
	struct vault_dues dues;
	struct vault_holders holders;
	struct vault_reminds reminds;
};

static void run_clear(struct run *r)
{
	vault_reminds_clear(&r->reminds);
	vault_holders_clear(&r->holders);
	vault_dues_clear(&r->dues);
}

static void run_mail(struct world *w, const struct vault_reminders *said, int64_t every, struct run *r)
{
	const struct vault_remind_how how = {.how = VAULT_REMIND_MAIL, .today = w->facts.today, .every = every};

	memset(r, 0, sizeof *r);
	assert_int_equal(vault_due_find(&w->facts, 14, &r->dues, NULL), VAULT_OK);
	assert_int_equal(vault_holders_at(&w->facts, w->facts.today, 0, &r->holders, NULL), VAULT_OK);
	assert_int_equal(vault_remind_find(&r->dues, &w->tokens, &r->holders, said, &how, &r->reminds, NULL), VAULT_OK);
}

static void run_calendar(struct world *w, const struct vault_reminders *said, int64_t within, struct run *r)
{
	memset(r, 0, sizeof *r);
	assert_int_equal(vault_due_find(&w->facts, 36500, &r->dues, NULL), VAULT_OK);
	assert_int_equal(vault_holders_at(&w->facts, w->facts.today, 0, &r->holders, NULL), VAULT_OK);
	assert_int_equal(vault_remind_calendar(&r->dues, &w->tokens, &r->holders, said, w->facts.today, within, &r->reminds, NULL),
	                 VAULT_OK);
}

/* What was said goes into the log and comes back out of it, on that day. */
static void remember(const struct run *r, int64_t day, struct vault_reminders *said)
{
	vault_reminders_clear(said);
	said->r = calloc(r->reminds.n + 1, sizeof *said->r);
	assert_non_null(said->r);
	for (size_t i = 0; i < r->reminds.n; i++) {
		const struct vault_reminder *say = &r->reminds.r[i].say;
		char *text = record_reminder_encode(say);

		assert_non_null(text);
		assert_int_equal(record_reminder_parse(text, strlen(text), &said->r[i], NULL), VAULT_OK);
		free(text);
		memcpy(said->r[i].token_id, say->token_id, VAULT_ID_LEN);
		said->r[i].time = day * 86400 + 7200;
		said->n++;
	}
	/* Ids of the world run against the labels; one token of each is enough for order here. */
	for (size_t i = 1; i < said->n; i++)
		assert_true(vault_reminder_order(&said->r[i - 1], &said->r[i]) != 0);
}

/* A token that has to be rotated on day `due`. */
static struct vault_token *aged(struct world *w, const char *label, int64_t due)
{
	struct vault_token *t = world_token(w, label);

	t->rotate_every_days = due;
	return t;
}

static enum vault_remind_why why_now(struct world *w, const struct vault_reminders *said, int64_t every)
{
	struct run r;
	enum vault_remind_why why;

	run_mail(w, said, every, &r);
	assert_int_equal(r.reminds.n, 1);
	why = r.reminds.r[0].why;
	assert_int_equal(r.reminds.r[0].before != NULL, said->n > 0);
	run_clear(&r);
	return why;
}

/* World, and what was said of it on TODAY. */
static void said_today(struct world *w, struct vault_reminders *said)
{
	struct run r;

	run_mail(w, said, 0, &r);
	remember(&r, w->facts.today, said);
	run_clear(&r);
}

static void to_its_owner(void **state)
{
	struct vault_reminders none = {0};
	struct world w;
	struct run r;

	(void)state;
	world_init(&w, TODAY);
	aged(&w, "a", TODAY - 1);
	aged(&w, "b", TODAY)->owner = lit("ann@a.example");
	aged(&w, "c", TODAY + 1)->owner = lit("");
	run_mail(&w, &none, 7, &r);
	assert_int_equal(r.reminds.n, 3);
	assert_string_equal(r.reminds.r[0].to, "bob@a.example"); /* no owner: the account */
	assert_string_equal(r.reminds.r[1].to, "ann@a.example");
	assert_string_equal(r.reminds.r[2].to, "bob@a.example");
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(r.reminds.r[i].why, VAULT_REMIND_NEW);
	run_clear(&r);
}

static void once(void **state)
{
	struct vault_reminders said = {0};
	struct world w;

	(void)state;
	world_init(&w, TODAY);
	aged(&w, "a", TODAY - 1);
	assert_int_equal(why_now(&w, &said, 7), VAULT_REMIND_NEW);
	said_today(&w, &said);
	assert_int_equal(why_now(&w, &said, 7), VAULT_REMIND_NOT);
	w.facts.today = TODAY + 6;
	assert_int_equal(why_now(&w, &said, 7), VAULT_REMIND_NOT);
	w.facts.today = TODAY + 7;
	assert_int_equal(why_now(&w, &said, 7), VAULT_REMIND_AGAIN);
	assert_int_equal(why_now(&w, &said, 8), VAULT_REMIND_NOT);
	assert_int_equal(why_now(&w, &said, 0), VAULT_REMIND_NOT);
	w.facts.today = TODAY - 100; /* a clock that was wrong */
	w.t[0].rotate_every_days = TODAY - 100;
	assert_int_equal(why_now(&w, &said, 7), VAULT_REMIND_WORSE);
	/* another person was never told; letters of another case are the same person */
	w.facts.today = TODAY;
	w.t[0].rotate_every_days = TODAY - 1;
	w.t[0].account = lit("BOB@a.example");
	w.t[0].owner = lit("Bob@A.example");
	assert_int_equal(why_now(&w, &said, 7), VAULT_REMIND_CHANGED);
	w.t[0].owner = lit("eve@a.example");
	{
		struct run r;

		run_mail(&w, &said, 7, &r);
		assert_int_equal(r.reminds.r[0].why, VAULT_REMIND_NEW);
		run_clear(&r);
	}
	vault_reminders_clear(&said);
}

static void changed_and_worse(void **state)
{
	struct vault_reminders said = {0};
	struct world w;
	struct vault_token *t;
	size_t h;

	(void)state;
	world_init(&w, TODAY);
	t = aged(&w, "a", TODAY + 5);
	said_today(&w, &said);
	w.facts.today = TODAY + 4;
	assert_int_equal(why_now(&w, &said, 0), VAULT_REMIND_NOT);
	w.facts.today = TODAY + 5; /* what was ahead holds now */
	assert_int_equal(why_now(&w, &said, 0), VAULT_REMIND_WORSE);
	w.facts.today = TODAY;
	t->rotate_every_days = TODAY + 6; /* later */
	assert_int_equal(why_now(&w, &said, 0), VAULT_REMIND_CHANGED);
	t->rotate_every_days = TODAY + 4;
	assert_int_equal(why_now(&w, &said, 0), VAULT_REMIND_WORSE);
	t->rotate_every_days = TODAY + 5;
	t->label = lit("renamed");
	assert_int_equal(why_now(&w, &said, 0), VAULT_REMIND_CHANGED);
	t->label = lit("a");
	t->expires = TODAY + 7; /* a reason more, not the most urgent */
	assert_int_equal(why_now(&w, &said, 0), VAULT_REMIND_WORSE);
	said_today(&w, &said);
	assert_int_equal(why_now(&w, &said, 0), VAULT_REMIND_NOT);
	t->expires = VAULT_NO_DAY; /* a reason fewer */
	assert_int_equal(why_now(&w, &said, 0), VAULT_REMIND_CHANGED);
	said_today(&w, &said);
	h = world_handover(&w, t, world_vendor(&w, "Vendor"), "bert@b.example"); /* somebody more to be told */
	world_give(&w, h, 1, TODAY - 3);
	assert_int_equal(why_now(&w, &said, 0), VAULT_REMIND_CHANGED);
	said_today(&w, &said);
	world_end(&w, h, TODAY);
	assert_int_equal(why_now(&w, &said, 0), VAULT_REMIND_WORSE);
	vault_reminders_clear(&said);
}

/* A nightly check that says the same again is no news. */
static void the_same_said_by_a_newer_check(void **state)
{
	struct vault_reminders said = {0};
	struct world w;
	struct vault_token *t;

	(void)state;
	world_init(&w, TODAY);
	t = world_token(&w, "a");
	world_said(&w, t, 1, VAULT_REVOKED, TODAY - 2);
	said_today(&w, &said);
	world_said(&w, t, 1, VAULT_REVOKED, TODAY - 1);
	assert_int_equal(why_now(&w, &said, 0), VAULT_REMIND_NOT);
	world_rotate(t, TODAY);
	world_said(&w, t, 1, VAULT_VALID, TODAY);
	assert_int_equal(why_now(&w, &said, 0), VAULT_REMIND_WORSE); /* retired-alive now */
	said_today(&w, &said);
	w.facts.today = TODAY + 1;
	world_said(&w, t, 1, VAULT_VALID, TODAY + 1);
	assert_int_equal(why_now(&w, &said, 0), VAULT_REMIND_NOT);
	vault_reminders_clear(&said);
}

/* What was so, is not, and is so again is news, though nothing of it differs. */
static void come_back(void **state)
{
	struct vault_reminders said = {0};
	struct world w;
	struct run r;
	struct vault_token *t;

	(void)state;
	world_init(&w, TODAY);
	t = world_token(&w, "a");
	world_said(&w, t, 1, VAULT_EXPIRED, TODAY);
	said_today(&w, &said);
	world_said(&w, t, 1, VAULT_VALID, TODAY);
	run_mail(&w, &said, 7, &r);
	assert_int_equal(r.reminds.n, 1);
	assert_int_equal(r.reminds.r[0].why, VAULT_REMIND_GONE);
	assert_string_equal(r.reminds.r[0].to, "bob@a.example");
	assert_null(r.reminds.r[0].due);
	assert_int_equal(r.reminds.r[0].say.n, 0);
	remember(&r, TODAY, &said);
	run_clear(&r);
	run_mail(&w, &said, 7, &r); /* which is remembered once */
	assert_int_equal(r.reminds.n, 0);
	run_clear(&r);
	world_said(&w, t, 1, VAULT_EXPIRED, TODAY);
	assert_int_equal(why_now(&w, &said, 7), VAULT_REMIND_NEW);
	/* what was only ahead is not over because fewer days are looked at */
	world_said(&w, t, 1, VAULT_VALID, TODAY);
	t->rotate_every_days = TODAY + 10;
	said_today(&w, &said);
	t->rotate_every_days = TODAY + 20;
	run_mail(&w, &said, 7, &r);
	assert_int_equal(r.reminds.n, 0);
	run_clear(&r);
	/* nor is anybody told of what was removed */
	t->rotate_every_days = TODAY - 1;
	said_today(&w, &said);
	t->removed = 1;
	run_mail(&w, &said, 7, &r);
	assert_int_equal(r.reminds.n, 0);
	run_clear(&r);
	vault_reminders_clear(&said);
}

static void a_calendar(void **state)
{
	struct vault_reminders said = {0};
	struct world w;
	struct vault_token *t;
	struct run r;

	(void)state;
	world_init(&w, TODAY);
	t = aged(&w, "a", TODAY + 300);
	run_calendar(&w, &said, 299, &r);
	assert_int_equal(r.reminds.n, 0);
	run_clear(&r);
	run_calendar(&w, &said, 300, &r);
	assert_int_equal(r.reminds.n, 1);
	assert_null(r.reminds.r[0].to);
	assert_int_equal(r.reminds.r[0].why, VAULT_REMIND_NEW);
	assert_int_equal(r.reminds.r[0].say.sequence, 0);
	remember(&r, TODAY, &said);
	run_clear(&r);
	/* the same: nothing is new, and its time stays */
	w.facts.today = TODAY + 200;
	run_calendar(&w, &said, 300, &r);
	assert_int_equal(r.reminds.r[0].why, VAULT_REMIND_NOT);
	assert_int_equal(r.reminds.r[0].say.sequence, 0);
	assert_true(r.reminds.r[0].say.time == TODAY * 86400 + 7200);
	run_clear(&r);
	/* it moved beyond what is looked at: calendars have it and must follow */
	t->rotate_every_days = 5000;
	run_calendar(&w, &said, 300, &r);
	assert_int_equal(r.reminds.n, 1);
	assert_int_equal(r.reminds.r[0].why, VAULT_REMIND_CHANGED);
	assert_int_equal(r.reminds.r[0].say.sequence, 1);
	assert_int_equal(r.reminds.r[0].due->due, 5000);
	remember(&r, w.facts.today, &said);
	run_clear(&r);
	/* gone, which is said for a while */
	t->rotate_every_days = 0;
	run_calendar(&w, &said, 300, &r);
	assert_int_equal(r.reminds.n, 1);
	assert_null(r.reminds.r[0].due);
	assert_int_equal(r.reminds.r[0].why, VAULT_REMIND_GONE);
	assert_int_equal(r.reminds.r[0].say.sequence, 2);
	remember(&r, w.facts.today, &said);
	run_clear(&r);
	w.facts.today += VAULT_REMIND_GONE_DAYS - 1;
	run_calendar(&w, &said, 300, &r);
	assert_int_equal(r.reminds.n, 1);
	assert_int_equal(r.reminds.r[0].why, VAULT_REMIND_NOT);
	assert_int_equal(r.reminds.r[0].say.sequence, 2);
	run_clear(&r);
	w.facts.today++;
	run_calendar(&w, &said, 300, &r);
	assert_int_equal(r.reminds.n, 0);
	run_clear(&r);
	/* and due once more */
	t->rotate_every_days = w.facts.today + 2;
	run_calendar(&w, &said, 300, &r);
	assert_int_equal(r.reminds.r[0].why, VAULT_REMIND_NEW);
	assert_int_equal(r.reminds.r[0].say.sequence, 3);
	run_clear(&r);
	vault_reminders_clear(&said);
}

static void names(void **state)
{
	const uint8_t a[VAULT_ID_LEN] = {1}, b[VAULT_ID_LEN] = {2};
	char x[VAULT_REMIND_HEX], y[VAULT_REMIND_HEX];
	struct vault_reminders said = {0};
	const struct vault_remind *one = NULL;
	struct world w;
	struct run r;

	(void)state;
	vault_remind_uid(a, x);
	vault_remind_uid(a, y);
	assert_string_equal(x, y);
	assert_int_equal(strlen(x), 32);
	vault_remind_uid(b, y);
	assert_string_not_equal(x, y);
	world_init(&w, TODAY);
	aged(&w, "a", TODAY);
	run_mail(&w, &said, 7, &r);
	one = &r.reminds.r[0];
	vault_remind_message("bob@a.example", &one, 1, x);
	vault_remind_message("bob@a.example", &one, 1, y);
	assert_string_equal(x, y); /* cut short and sent again: the same message */
	vault_remind_message("eve@a.example", &one, 1, y);
	assert_string_not_equal(x, y);
	remember(&r, TODAY, &said);
	run_clear(&r);
	w.facts.today += 7;
	run_mail(&w, &said, 7, &r);
	one = &r.reminds.r[0];
	vault_remind_message("bob@a.example", &one, 1, y);
	assert_string_not_equal(x, y); /* the same a week later: another */
	run_clear(&r);
	vault_reminders_clear(&said);
}

static void which_are_kept(void **state)
{
	struct vault_reminder r[6];
	struct reminded_place p[6];
	static const char *const how[] = {"mail", "mail", "ics", "mail", "mail", "mail"};
	static const char *const to[] = {"a@x", "a@x", NULL, "b@x", "A@X", "a@x"};
	static const int keep[] = {0, 0, 1, 1, 1, 1};

	(void)state;
	memset(r, 0, sizeof r);
	for (size_t i = 0; i < 6; i++) {
		r[i].token_id[0] = i == 5 ? 2 : 1;
		r[i].how = lit(how[i]);
		r[i].to = to[i] != NULL ? lit(to[i]) : NULL;
		p[i] = (struct reminded_place){.r = &r[i], .at = i};
	}
	reminded_choose(p, 6);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(p[i].keep, keep[p[i].at]);
	assert_true(p[0].r == &r[2]); /* "ics" before "mail" */
	assert_true(p[5].r == &r[5]);
	reminded_choose(p, 0);
}

/* What is no reminder is refused, and nothing of it is left. */
static void what_is_none(void **state)
{
	static const char good[] = "{\"how\":\"mail\",\"to\":\"a@x\",\"reasons\":[[\"age\",\"000102030405060708090a0b0c0d0e0f\",\"2026-01-02\"]],"
	                           "\"digest\":\"000102030405060708090a0b0c0d0e0f\",\"sequence\":3,\"newer\":[1]}";
	static const char *const bad[] = {
		"", "[]", "{}", "null",
		"{\"how\":\"mail\",\"reasons\":[]}",
		"{\"how\":\"Mail\",\"reasons\":[],\"digest\":\"000102030405060708090a0b0c0d0e0f\"}",
		"{\"how\":\"\",\"reasons\":[],\"digest\":\"000102030405060708090a0b0c0d0e0f\"}",
		"{\"how\":7,\"reasons\":[],\"digest\":\"000102030405060708090a0b0c0d0e0f\"}",
		"{\"how\":\"mail\",\"digest\":\"000102030405060708090a0b0c0d0e0f\"}",
		"{\"how\":\"mail\",\"reasons\":{},\"digest\":\"000102030405060708090a0b0c0d0e0f\"}",
		"{\"how\":\"mail\",\"reasons\":[],\"digest\":\"0001\"}",
		"{\"how\":\"mail\",\"to\":\"a\\u0007x\",\"reasons\":[],\"digest\":\"000102030405060708090a0b0c0d0e0f\"}",
		"{\"how\":\"mail\",\"reasons\":[1],\"digest\":\"000102030405060708090a0b0c0d0e0f\"}",
		"{\"how\":\"mail\",\"reasons\":[[\"age\"]],\"digest\":\"000102030405060708090a0b0c0d0e0f\"}",
		"{\"how\":\"mail\",\"reasons\":[[\"age\",\"00\",\"2026-01-02\"]],\"digest\":\"000102030405060708090a0b0c0d0e0f\"}",
		"{\"how\":\"mail\",\"reasons\":[[\"age\",\"000102030405060708090a0b0c0d0e0f\",\"2026-13-02\"]],"
		"\"digest\":\"000102030405060708090a0b0c0d0e0f\"}",
		"{\"how\":\"mail\",\"reasons\":[[\"a b\",\"000102030405060708090a0b0c0d0e0f\",\"2026-01-02\"]],"
		"\"digest\":\"000102030405060708090a0b0c0d0e0f\"}",
		"{\"how\":\"mail\",\"reasons\":[],\"digest\":\"000102030405060708090a0b0c0d0e0f\",\"sequence\":-1}",
		"{\"how\":\"mail\",\"reasons\":[],\"digest\":\"000102030405060708090a0b0c0d0e0f\",\"sequence\":4294967296}",
	};
	struct vault_reminder r;
	struct vault_err err = {.rc = VAULT_OK};

	(void)state;
	assert_int_equal(record_reminder_parse(good, strlen(good), &r, &err), VAULT_OK);
	assert_string_equal(r.how, "mail");
	assert_string_equal(r.to, "a@x");
	assert_int_equal(r.n, 1);
	assert_string_equal(r.said[0].code, "age");
	assert_int_equal(r.said[0].of[15], 15);
	assert_int_equal(r.sequence, 3);
	vault_reminder_clear(&r);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		if (record_reminder_parse(bad[i], strlen(bad[i]), &r, &err) != VAULT_DAMAGED)
			fail_msg("taken: %s", bad[i]);
		assert_null(r.how);
		assert_null(r.said);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(to_its_owner),
	        cmocka_unit_test(once),
	        cmocka_unit_test(changed_and_worse),
	        cmocka_unit_test(the_same_said_by_a_newer_check),
	        cmocka_unit_test(come_back),
	        cmocka_unit_test(a_calendar),
	        cmocka_unit_test(names),
	        cmocka_unit_test(which_are_kept),
	        cmocka_unit_test(what_is_none),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("remind", tests, NULL, NULL);
}
