/* test_exposure_same.c - what was found the same as before: when it is, what is written, which of it counts, what is carried. */
#include "exposed.h"

#include "record.h"

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
	assert_int_equal(vault_observed_all(&f->v, NULL, &before, NULL, NULL), VAULT_OK);
	assert_int_equal(exposure_results(&target, 1, &verdict, &reach, NULL, &before, &l, NULL), VAULT_OK);
	vault_exposures_clear(&before);
	assert_int_equal(l.r[0].asked, 1);
	same = l.r[0].exposure.whole != 0;
	assert_int_equal(same, l.r[0].exposure.since < l.r[0].exposure.observed);
	assert_int_equal(exposure_log(&f->v, &l, NULL), VAULT_OK);
	vault_exposure_results_clear(&l);
	return same;
}

/* The newest exposure of version 1, in `l`. */
static const struct vault_exposure *newest(struct fixture *f, struct vault_exposures *l)
{
	assert_int_equal(vault_observed_all(&f->v, NULL, l, NULL, NULL), VAULT_OK);
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

	assert_int_equal(say_again(f, ADMIN, 1, 400, NULL), 0);
	first = newest(f, &l)->observed;
	vault_exposures_clear(&l);
	say(f, ADMIN, 2, 1, "member");
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
	assert_int_equal(e->since, first);
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

/* As it is written where nothing is reached. */
#define PLAIN(end) \
	"{\"base\":\"https://api.example/2.0\",\"admin\":false,\"seat\":\"member\",\"counts\":{\"sheets\":0,\"workspaces\":0,\"reports\":0," \
	"\"contacts\":3},\"levels\":[0,0,0,0,0,0,0],\"items\":{}" end

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
	/* What stands under the same number of another value, or under another number of this one, is of neither. */
	say_text(f, MONITOR, 1, 9, PLAIN("}"));
	say_text(f, MONITOR, 2, 1, PLAIN("}"));
	assert_int_equal(say_again(f, ADMIN, 1, 0, NULL), 0);
	/* With a key of a newer program: who does not know it did not see it. */
	say_text(f, MONITOR, 1, 1, PLAIN("}"));
	assert_int_equal(say_again(f, ADMIN, 1, 0, NULL), 1);
	say_text(f, MONITOR, 1, 1, PLAIN(",\"forms\":7}"));
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
	assert_int_equal(vault_observed_all(&f->v, NULL, &l, NULL, NULL), VAULT_DAMAGED);
	free(good);
	free(wrong_time);
	free(wrong_hash);
}

/* --- carried ------------------------------------------------------------------------------------------------ */

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
	assert_string_equal(e->carried, "moni"); /* as it stands there whole */
	vault_exposures_clear(&l);
	f->time += 86400;
	assert_int_equal(say_again(f, ADMIN, 1, 5, NULL), 1);
	carry_into_next(f);
	e = newest(f, &l);
	assert_string_equal(e->carried, "ann"); /* who asked last */
	assert_int_equal(e->since, first);
	vault_exposures_clear(&l);
	assert_int_equal(say_again(f, ADMIN, 1, 4, NULL), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(same_again), TEST(another_is_whole), TEST(same_as_what), TEST(same_carried)};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("exposure_same", tests, NULL, NULL);
}
