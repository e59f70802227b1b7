/* test_auditor.c - what a key slot's seed opens in the file, whatever program tries: every box with every key that is known,
 * derived or found. An auditor's opens no value; the same trial with an admin's, a monitor's or a script's opens what each
 * may, so that it is known to try well. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "handle.h"
#include "keytext.h"
#include "people.h"
#include "reach.h"
#include "script.h"

/* Everything that a vault can have: tokens with one and several values, without, removed; slots of each role, active and
 * ended; three generations of K_meta, two of K_adm. */
struct world {
	struct people p;
	struct vault_secret *ann, *bob, *iris, *ivan, *mona, *ci, *cd;
};

static int set_up(void **state)
{
	static const char *const granted[] = {"one", "two"};
	struct world *w = calloc(1, sizeof *w);

	assert_non_null(w);
	w->ann = people_init(&w->p, "ann");
	people_token(&w->p, w->ann, "one", "fake-one-1");
	people_token(&w->p, w->ann, "two", "fake-two-1");
	people_token(&w->p, w->ann, "three", "fake-three-1");
	people_token(&w->p, w->ann, "gone", "fake-gone-1");
	people_token(&w->p, w->ann, "nobody", NULL);
	w->iris = people_add(&w->p, w->ann, "iris", VAULT_ROLE_AUDITOR, NULL, 0);
	w->ivan = people_add(&w->p, w->ann, "ivan", VAULT_ROLE_AUDITOR, NULL, 0);
	w->mona = people_add(&w->p, w->ann, "mona", VAULT_ROLE_MONITOR, NULL, 0);
	w->bob = people_add(&w->p, w->ann, "bob", VAULT_ROLE_ADMIN, NULL, 0);
	w->ci = people_add(&w->p, w->ann, "ci", VAULT_ROLE_SCRIPT, granted, 2);
	w->cd = people_add(&w->p, w->ann, "cd", VAULT_ROLE_SCRIPT, granted, 1);
	people_rotate(&w->p, w->ann, "one", "fake-one-2");
	people_forget(&w->p, w->ann, "gone");
	people_remove(&w->p, w->ann, "ivan");
	people_remove(&w->p, w->ann, "bob");
	people_grant(&w->p, w->ann, "cd", "one", 0);
	people_rotate(&w->p, w->ann, "one", "fake-one-3");
	people_token(&w->p, w->ann, "four", "fake-four-1");
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;
	struct vault_secret **keys[] = {&w->ann, &w->bob, &w->iris, &w->ivan, &w->mona, &w->ci, &w->cd};

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		vault_secret_free(keys[i]);
	free(w);
	return 0;
}

enum { VALUES = 6 }; /* one 1-3, two, three, four are there */

/* What the holder of that key file has: its 32 bytes, and all of the file. The wrap gives the seed and what it pins. */
static void attack(const struct world *w, const struct vault_secret *key, int thorough, struct reach *r)
{
	struct keytext *k = secret_mem(sizeof *k);

	memset(r, 0, sizeof *r);
	r->thorough = thorough;
	assert_non_null(k);
	assert_int_equal(keytext_parse(key, k, NULL), VAULT_OK);
	reach_know(r, k->key);
	secret_mem_free(k);
	reach_file(r, w->p.path);
	assert_int_equal(reach_all(r, REACH_VALUE), VALUES);
	assert_int_equal(reach_all(r, REACH_KEY), VALUES);
	assert_int_equal(reach_open(r, REACH_WRAP), 1); /* its own: the trial begins */
}

static void token_id(const struct world *w, const char *label, uint8_t id[16])
{
	struct vault *v = people_open(&w->p, w->ann);
	struct vault_token t;

	assert_int_equal(vault_begin(v, VAULT_READ, NULL), VAULT_OK);
	assert_int_equal(vault_token_find(v, label, &t, NULL), VAULT_OK);
	memcpy(id, t.id, 16);
	vault_token_clear(&t);
	vault_close(&v);
}

static int opens(const struct world *w, const struct reach *r, const char *label, uint64_t version, const char *value)
{
	const struct reach_box *b = NULL;
	uint8_t id[16];

	token_id(w, label, id);
	b = reach_find(r, REACH_VALUE, id, version);
	assert_non_null(b);
	if (b->open) {
		assert_memory_equal(b->text, value, strlen(value));
		assert_int_equal(b->text[strlen(value)], 0x80); /* the padding: it is the whole value */
	}
	return b->open;
}

static void an_auditor_opens_no_value(void **state)
{
	const struct world *w = *state;
	struct reach r;

	attack(w, w->iris, 1, &r);
	assert_int_equal(reach_open(&r, REACH_KEY), 0);
	assert_int_equal(reach_open(&r, REACH_VALUE), 0);
	assert_int_equal(reach_open(&r, REACH_TOKEN), 0);
	assert_int_equal(reach_open(&r, REACH_LABELS), 0);
	assert_int_equal(reach_open(&r, REACH_KEYS), 0);
	assert_int_equal(reach_open(&r, REACH_SIGN), 0);
	assert_int_equal(reach_open(&r, REACH_BACK_ADM), 0);
	/* The control: with the same trial everything that is its business opens. */
	assert_int_equal(reach_open(&r, REACH_META), 1);
	assert_int_equal(reach_all(&r, REACH_BACK_META), 2);
	assert_int_equal(reach_open(&r, REACH_BACK_META), 2);
	assert_true(reach_all(&r, REACH_OBJECT) > 10);
	assert_int_equal(reach_open(&r, REACH_OBJECT), reach_all(&r, REACH_OBJECT));
	assert_true(reach_all(&r, REACH_DETAIL) > 10);
	assert_int_equal(reach_open(&r, REACH_DETAIL), reach_all(&r, REACH_DETAIL));
	assert_true(r.tries > 1000);
	print_message("# %lu trials with %zu keys on %zu boxes\n", r.tries, r.n_keys, r.n_boxes);
	reach_clear(&r);
}

/* Nor with what another auditor knows, who was ended: both together. */
static void two_auditors_open_no_value(void **state)
{
	const struct world *w = *state;
	struct keytext *k = secret_mem(sizeof *k);
	struct reach r;

	attack(w, w->iris, 0, &r);
	assert_non_null(k);
	assert_int_equal(keytext_parse(w->ivan, k, NULL), VAULT_OK);
	reach_know(&r, k->key);
	secret_mem_free(k);
	reach_file(&r, w->p.path);
	assert_int_equal(reach_open(&r, REACH_WRAP), 2);
	assert_int_equal(reach_open(&r, REACH_VALUE) + reach_open(&r, REACH_KEY) + reach_open(&r, REACH_SIGN), 0);
	reach_clear(&r);
}

static void an_ended_auditor_opens_nothing(void **state)
{
	const struct world *w = *state;
	struct reach r;

	attack(w, w->ivan, 1, &r);
	for (int what = 0; what < REACH_WRAP; what++)
		assert_int_equal(reach_open(&r, (enum reach_what)what), 0);
	reach_clear(&r);
}

static void a_script_opens_its_own(void **state)
{
	const struct world *w = *state;
	struct reach r;

	attack(w, w->ci, 1, &r);
	assert_true(opens(w, &r, "one", 1, "fake-one-1"));
	assert_true(opens(w, &r, "one", 2, "fake-one-2"));
	assert_true(opens(w, &r, "one", 3, "fake-one-3"));
	assert_true(opens(w, &r, "two", 1, "fake-two-1"));
	assert_int_equal(reach_open(&r, REACH_VALUE), 4);
	assert_int_equal(reach_open(&r, REACH_TOKEN), 4);
	assert_int_equal(reach_open(&r, REACH_LABELS), 1);
	for (int what = 0; what < REACH_WRAP; what++)
		if (what != REACH_VALUE && what != REACH_TOKEN && what != REACH_LABELS)
			assert_int_equal(reach_open(&r, (enum reach_what)what), 0);
	reach_clear(&r);
	/* One whose grant was taken back, in this file. */
	attack(w, w->cd, 0, &r);
	assert_int_equal(reach_open(&r, REACH_VALUE), 0);
	assert_int_equal(reach_open(&r, REACH_LABELS), 1);
	reach_clear(&r);
}

static void a_monitor_opens_values_and_signs_nothing(void **state)
{
	const struct world *w = *state;
	struct reach r;

	attack(w, w->mona, 0, &r);
	assert_int_equal(reach_open(&r, REACH_KEY), VALUES);
	assert_int_equal(reach_open(&r, REACH_VALUE), VALUES);
	assert_int_equal(reach_open(&r, REACH_OBJECT), reach_all(&r, REACH_OBJECT));
	assert_int_equal(reach_open(&r, REACH_BACK_ADM), 1);
	assert_int_equal(reach_open(&r, REACH_SIGN), 0);
	assert_int_equal(reach_open(&r, REACH_LABELS), 0);
	reach_clear(&r);
}

static void an_admin_opens_all(void **state)
{
	const struct world *w = *state;
	struct reach r;

	attack(w, w->ann, 0, &r);
	assert_int_equal(reach_open(&r, REACH_KEY), VALUES);
	assert_int_equal(reach_open(&r, REACH_VALUE), VALUES);
	assert_true(opens(w, &r, "four", 1, "fake-four-1"));
	assert_true(opens(w, &r, "three", 1, "fake-three-1"));
	assert_int_equal(reach_open(&r, REACH_BACK_ADM), reach_all(&r, REACH_BACK_ADM));
	assert_int_equal(reach_open(&r, REACH_SIGN), 1);
	assert_int_equal(reach_open(&r, REACH_OBJECT), reach_all(&r, REACH_OBJECT));
	reach_clear(&r);
	/* One who was ended finds nothing in this file, with its seed alone. (With what it remembers: test_access_graph.) */
	attack(w, w->bob, 0, &r);
	for (int what = 0; what < REACH_WRAP; what++)
		assert_int_equal(reach_open(&r, (enum reach_what)what), 0);
	reach_clear(&r);
}

/* The current version's grant gone, an older one's there: a script gets 7 and never the older one unasked. (Only who signs
 * could make such a file.) */
static void never_an_older_version_unasked(void **state)
{
	const struct world *w = *state;
	struct vault_err err = {.rc = VAULT_OK};
	char value[64] = "";
	uint8_t id[16];
	struct leaf *l = NULL;
	struct vault *v = NULL;

	token_id(w, "one", id);
	v = people_write(&w->p, w->ann);
	assert_int_equal(txn_leaf(v, LEAF_TOKENS, leaf_of(LEAF_TOKENS, id), &l, NULL), VAULT_OK);
	const struct row *g = roster_grant_find(&l->grant, id, roster_active(&v->roster, "ci")->id, GRANT_TOKEN, 3);
	assert_non_null(g);
	assert_int_equal(txn_put(v, l, STORE_GRANT, roster_grant_ended(g, v->state.epoch + 1), NULL), VAULT_OK);
	txn_action(v, ACTION_EDIT, id, NULL);
	people_commit(v, "a grant ended");
	assert_int_equal(people_get(&w->p, w->ci, "one", 0, value, sizeof value, &err), VAULT_FORBIDDEN);
	assert_non_null(strstr(err.msg, "ask ann"));
	assert_string_equal(value, "");
	assert_int_equal(people_get(&w->p, w->ci, "one", 2, value, sizeof value, NULL), VAULT_OK);
	assert_string_equal(value, "fake-one-2");
	/* And verify does not let such a file pass. */
	v = people_open(&w->p, w->ann);
	struct vault_verify_report report;
	err.rc = VAULT_OK;
	assert_int_equal(vault_verify(v, &report, &err), VAULT_DAMAGED);
	assert_non_null(strstr(err.msg, "was not granted"));
	vault_close(&v);
	v = people_open(&w->p, w->ci);
	assert_int_equal(vault_verify(v, &report, NULL), VAULT_DAMAGED);
	vault_close(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(an_auditor_opens_no_value),
	        cmocka_unit_test(two_auditors_open_no_value),
	        cmocka_unit_test(an_ended_auditor_opens_nothing),
	        cmocka_unit_test(a_script_opens_its_own),
	        cmocka_unit_test(a_monitor_opens_values_and_signs_nothing),
	        cmocka_unit_test(an_admin_opens_all),
	        cmocka_unit_test(never_an_older_version_unasked), /* the last one: it changes the vault */
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("auditor", tests, set_up, tear_down);
}
