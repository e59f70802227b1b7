/* test_turnover.c - new generations: every record under its new name and no other, saying what it said; and nothing is turned
 * over that this program does not know how to file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <vault/ledger.h>

#include "handle.h"
#include "object.h"
#include "people.h"
#include "turnover.h"

static void vendor(struct vault *v, const char *name)
{
	char copy[32];
	struct vault_vendor vendor = {.name = copy, .vetted = VAULT_NO_DAY};

	snprintf(copy, sizeof copy, "%s", name);
	assert_int_equal(vault_vendor_add(v, &vendor, NULL), VAULT_OK);
}

static void share(struct vault *v, const char *label, const char *name, const char *to)
{
	struct vault_give give = {.date = VAULT_NO_DAY, .until = VAULT_NO_DAY};

	assert_int_equal(vault_share(v, label, name, to, &give, NULL, NULL), VAULT_OK);
}

static int set_up(void **state)
{
	struct people_staff *w = people_staff_new();
	struct vault *v = NULL;

	people_token(&w->p, w->ann, "two", "fake-two-1");
	people_token(&w->p, w->ann, "gone", "fake-gone-1");
	people_rotate(&w->p, w->ann, "one", "fake-one-2");
	v = people_write(&w->p, w->ann);
	vendor(v, "Bee");
	vendor(v, "CEE and sons");
	share(v, "one", "Bee", "Bo@bee.example");
	share(v, "two", "cee AND sons", "ce@cee.example");
	share(v, "gone", "Bee", "bo@bee.example");
	people_commit(v, "ledger");
	people_forget(&w->p, w->ann, "gone");
	people_hire(w);
	*state = w;
	return 0;
}

static int by_text(const void *a, const void *b)
{
	const struct object *x = a, *y = b;
	const int d = strcmp(x->text, y->text);

	return d != 0 ? d : x->kind < y->kind ? -1 : x->kind > y->kind;
}

static struct objects all(struct vault *v)
{
	struct objects l;

	assert_int_equal(object_all(v, &l, NULL), VAULT_OK);
	qsort(l.o, l.n, sizeof *l.o, by_text);
	return l;
}

/* The same records, each once, under other names; `generation` of K_meta. */
static void compare(const struct objects *was, const struct objects *is, uint64_t meta, uint64_t adm, int values_move)
{
	assert_int_equal(is->n, was->n);
	for (size_t i = 0; i < is->n; i++) {
		const struct object *a = &was->o[i], *b = &is->o[i];
		const int value = b->kind == KIND_VALUE;

		assert_string_equal(a->text, b->text);
		assert_int_equal(a->kind, b->kind);
		assert_memory_equal(a->id, b->id, 16);
		/* The value of a removed token keeps its name: it is known again, by who holds that generation. */
		if (value && (!values_move || b->generation != adm)) {
			assert_memory_equal(a->tag, b->tag, 16);
			assert_int_equal(a->generation, b->generation);
			continue;
		}
		assert_memory_not_equal(a->tag, b->tag, 16);
		assert_int_equal(b->generation, value ? adm : meta);
	}
}

static void turn(struct people_staff *w, const char *who, uint64_t meta, uint64_t adm, int values_move)
{
	struct vault *v = people_write(&w->p, w->ann);
	struct objects was = all(v), is;
	size_t moved = 0;

	assert_int_equal(vault_access_remove(v, who, NULL), VAULT_OK);
	people_commit(v, who);
	v = people_open(&w->p, w->ann);
	assert_int_equal(vault_begin(v, VAULT_READ, NULL), VAULT_OK);
	assert_int_equal(v->kr->n_meta, meta);
	assert_int_equal(v->kr->n_adm, adm);
	is = all(v);
	compare(&was, &is, meta, adm, values_move);
	for (size_t i = 0; i < is.n; i++)
		moved += (size_t)(is.o[i].kind == KIND_VALUE && is.o[i].generation == adm);
	assert_int_equal(moved, adm == 1 ? 4 : 3); /* one 1, one 2, two 1; and before, gone 1 */
	object_all_clear(&was);
	object_all_clear(&is);
	vault_close(&v);
}

/* What is asked by name is found: labels, vendors whatever their case, hand-overs, values, a script's list. */
static void found_by_name(const struct people_staff *w)
{
	static const char *const stored[] = {"fake-one-1", "fake-one-2", "fake-two-1"};
	struct vault *v = people_write(&w->p, w->ann);
	struct vault_vendor vendor_found;
	struct vault_token t;
	char value[64] = "";

	assert_int_equal(vault_token_find(v, "one", &t, NULL), VAULT_OK);
	vault_token_clear(&t);
	assert_int_equal(vault_token_find(v, "gone", &t, NULL), VAULT_NOTFOUND);
	assert_int_equal(vault_label_free(v, "two", NULL), VAULT_EXISTS);
	assert_int_equal(vault_label_free(v, "gone", NULL), VAULT_OK);
	assert_int_equal(vault_vendor_find(v, "bEE", &vendor_found, NULL), VAULT_OK);
	vault_vendor_clear(&vendor_found);
	for (size_t i = 0; i < 3; i++) {
		struct vault_secret *s = people_value(stored[i]);

		assert_int_equal(vault_value_is_new(v, s, NULL), VAULT_EXISTS);
		vault_secret_free(&s);
	}
	share(v, "one", "bee", "bO@BEE.example"); /* again: the same hand-over */
	struct vault_handovers h;
	assert_int_equal(vault_handover_all(v, &h, NULL), VAULT_OK);
	assert_int_equal(h.n, 3);
	vault_handovers_clear(&h);
	vault_close(&v);
	assert_int_equal(people_get(&w->p, w->ann, "one", 1, value, sizeof value, NULL), VAULT_OK);
	assert_string_equal(value, "fake-one-1");
	assert_int_equal(people_get(&w->p, w->ci, "one", 0, value, sizeof value, NULL), VAULT_OK);
	assert_string_equal(value, "fake-one-2");
}

static void verified(const struct people_staff *w, const struct vault_secret *key)
{
	struct vault_verify_report report;
	struct vault_err err = {.rc = VAULT_OK};
	struct vault *v = people_open(&w->p, key);

	if (vault_verify(v, &report, &err) != VAULT_OK)
		fail_msg("%s", err.msg);
	vault_close(&v);
}

static void every_record_is_filed_anew(void **state)
{
	struct people_staff *w = *state;

	found_by_name(w);
	turn(w, "iris", 2, 1, 0);
	found_by_name(w);
	verified(w, w->ann);
	verified(w, w->mona);
	verified(w, w->ci);
	turn(w, "mona", 3, 2, 1);
	found_by_name(w);
	verified(w, w->ann);
	verified(w, w->ci);
	/* A removed token's value may be stored again; a live one may not, under any generation. */
	people_token(&w->p, w->ann, "three", "fake-gone-1");
	verified(w, w->ann);
}

/* A kind of record that a newer program wrote cannot be given its new name: nothing is changed, and it is said. */
static void unknown_kinds(void **state)
{
	struct people_staff *w = *state;
	static const uint8_t id[16] = {3};
	struct vault_err err = {.rc = VAULT_OK};
	uint8_t tag[16];
	uint64_t before = 0;
	char *text = strdup("{}");
	struct vault *v = people_write(&w->p, w->ann);

	object_tag(v, 9, "new", 3, tag);
	assert_int_equal(object_put_text(v, 9, tag, id, 1, text, NULL), VAULT_OK);
	txn_action(v, ACTION_EDIT, id, NULL);
	people_commit(v, "an object of another kind");
	v = people_write(&w->p, w->ann);
	before = vault_epoch(v);
	assert_int_equal(vault_access_remove(v, "iris", &err), VAULT_FORMAT);
	assert_non_null(strstr(err.msg, "newer program"));
	vault_close(&v);
	assert_int_equal(people_enter(&w->p, w->iris, NULL), VAULT_OK);
	people_remove(&w->p, w->ann, "ci"); /* a script's end turns nothing over */
	v = people_open(&w->p, w->ann);
	assert_int_equal(vault_begin(v, VAULT_READ, NULL), VAULT_OK);
	assert_int_equal(vault_epoch(v), before + 1);
	vault_close(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(every_record_is_filed_anew, set_up, people_staff_free),
	        cmocka_unit_test_setup_teardown(unknown_kinds, set_up, people_staff_free),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("turnover", tests, NULL, NULL);
}
