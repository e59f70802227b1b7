/* test_settings.c - what an organisation decides: the record there and back with what a newer program put there, one change
 * with its words, who may, one place in the vault, and the header's bit among others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include <vault/log.h>

#include "handle.h"
#include "object.h"
#include "people.h"
#include "record.h"
#include "settings.h"

/* --- the record ------------------------------------------------------------------------------------------- */

static const char full[] = "{\"rules\":{\"unused\":{\"off\":true,\"days\":120},\"same-account\":{\"off\":true},"
                           "\"expiry\":{\"days\":0}},\"ca_file\":\"/etc/ssl/company.pem\"}";

static void assert_same(const struct vault_settings *a, const struct vault_settings *b)
{
	for (int r = 0; r < VAULT_RULES; r++) {
		assert_int_equal(a->rules[r].off, b->rules[r].off);
		assert_int_equal(a->rules[r].days, b->rules[r].days);
	}
	assert_int_equal(!a->ca_file, !b->ca_file);
	if (a->ca_file)
		assert_string_equal(a->ca_file, b->ca_file);
}

static struct vault_settings parsed(const char *text)
{
	struct vault_settings s;

	assert_int_equal(record_settings_parse(text, strlen(text), &s, NULL), VAULT_OK);
	return s;
}

static void assert_written(const struct vault_settings *s, const char *text)
{
	char *out = record_settings_encode(s);

	assert_non_null(out);
	assert_string_equal(out, text);
	free(out);
}

static void there_and_back(void **state)
{
	struct vault_settings s = parsed(full), none;

	(void)state;
	assert_true(vault_settings_off(&s, VAULT_RULE_UNUSED));
	assert_int_equal(vault_settings_days(&s, VAULT_RULE_UNUSED), 120);
	assert_true(vault_settings_off(&s, VAULT_RULE_SAME_ACCOUNT));
	assert_int_equal(s.rules[VAULT_RULE_EXPIRY].days, 0);
	assert_false(vault_settings_off(&s, VAULT_RULE_AGE));
	assert_string_equal(s.ca_file, "/etc/ssl/company.pem");
	assert_written(&s, full);
	vault_settings_clear(&s);
	vault_settings_defaults(&none);
	assert_written(&none, "{}");
	s = parsed("{}");
	assert_same(&s, &none);
	vault_settings_clear(&s);
	/* Made anew, not from what was read. */
	none.rules[VAULT_RULE_UNUSED] = (struct vault_rule_setting){.off = 1, .days = 7};
	assert_written(&none, "{\"rules\":{\"unused\":{\"off\":true,\"days\":7}}}");
}

/* Keys, rules, and keys of rules that this program does not know stay as they are; what it knows is set among them. */
static void newer(void **state)
{
	struct vault_settings s = parsed("{\"x\":[1,{\"y\":null}],\"rules\":{\"new-rule\":{\"off\":true},\"unused\":{\"days\":5,"
	                                 "\"severity\":\"high\"},\"age\":{\"days\":400},\"slot\":{\"off\":true}},\"z\":\"\303\274\"}");

	(void)state;
	assert_int_equal(s.rules[VAULT_RULE_AGE].days, -1); /* here it has none */
	s.rules[VAULT_RULE_UNUSED].days = -1;
	s.rules[VAULT_RULE_SLOT].off = 0;
	s.ca_file = strdup("/a");
	assert_written(&s, "{\"x\":[1,{\"y\":null}],\"rules\":{\"new-rule\":{\"off\":true},\"unused\":{\"severity\":\"high\"},"
	                   "\"age\":{\"days\":400}},\"z\":\"\303\274\",\"ca_file\":\"/a\"}");
	vault_settings_clear(&s);
}

static void refused(void **state)
{
	static const char *const bad[] = {
	        "", "[]", "null", "{\"rules\":[]}", "{\"rules\":1}", "{\"rules\":{\"unused\":7}}", "{\"rules\":{\"unused\":[]}}",
	        "{\"rules\":{\"unused\":{\"days\":-2}}}", "{\"rules\":{\"unused\":{\"days\":36501}}}",
	        "{\"rules\":{\"unused\":{\"days\":9223372036854775807}}}", "{\"ca_file\":\"company.pem\"}", "{\"ca_file\":\"\"}",
	        "{\"ca_file\":7}", "{\"ca_file\":[\"/a\"]}", "{\"ca_file\":false}",
	        "{\"ca_file\":\"/a\",\"ca_file\":\"/b\"}", "{\"rules\":{}} ,",
	};
	struct vault_settings s;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		memset(&s, 0xff, sizeof s);
		assert_int_equal(record_settings_parse(bad[i], strlen(bad[i]), &s, NULL), VAULT_DAMAGED);
		assert_null(s.ca_file);
		assert_null(s.kept);
	}
}

/* Every beginning is damage; of every changed byte something is made, or damage, and what is made is written again. */
static void bent(void **state)
{
	static const char with[] = {0, 1, '"', '\\', '[', ']', '{', '}', ',', ':', '0', '9', '-', 'e', ' ', (char)0x80, (char)0xff};
	struct vault_settings s, again;
	char text[sizeof full];
	size_t taken = 0;

	(void)state;
	for (size_t i = 0; i < sizeof full - 1; i++)
		assert_int_equal(record_settings_parse(full, i, &s, NULL), VAULT_DAMAGED);
	for (size_t i = 0; i < sizeof full - 1; i++) {
		for (size_t k = 0; k < sizeof with + 8; k++) {
			enum vault_rc rc;
			char *out = NULL;

			memcpy(text, full, sizeof full);
			if (k < sizeof with)
				text[i] = with[k];
			else
				text[i] = (char)((unsigned char)text[i] ^ 1u << (k - sizeof with));
			rc = record_settings_parse(text, sizeof full - 1, &s, NULL);
			assert_true(rc == VAULT_OK || rc == VAULT_DAMAGED);
			if (rc != VAULT_OK)
				continue;
			taken++;
			out = record_settings_encode(&s);
			assert_non_null(out);
			assert_int_equal(record_settings_parse(out, strlen(out), &again, NULL), VAULT_OK);
			assert_same(&s, &again);
			vault_settings_clear(&again);
			vault_settings_clear(&s);
			free(out);
		}
	}
	assert_true(taken > 500);
}

/* --- in a vault ------------------------------------------------------------------------------------------- */

static int set_up(void **state)
{
	struct people_staff *w = people_staff_new();

	people_hire(w);
	*state = w;
	return 0;
}

static struct vault *reading(const struct people_staff *w, const struct vault_secret *key)
{
	struct vault *v = people_open(&w->p, key);

	assert_int_equal(vault_begin(v, VAULT_READ, NULL), VAULT_OK);
	return v;
}

static struct vault_settings read_by(const struct people_staff *w, const struct vault_secret *key)
{
	struct vault *v = reading(w, key);
	struct vault_settings s;

	assert_int_equal(vault_settings_get(v, &s, NULL), VAULT_OK);
	vault_close(&v);
	return s;
}

static int set_by(const struct people_staff *w, const struct vault_settings *s)
{
	struct vault *v = people_write(&w->p, w->ann);
	int changed = 7;

	assert_int_equal(vault_settings_set(v, s, &changed, NULL), VAULT_OK);
	if (changed)
		people_commit(v, "policy");
	else
		vault_close(&v);
	return changed;
}

static void verified(const struct people_staff *w, const struct vault_secret *key, enum vault_rc want, const char *why)
{
	struct vault_verify_report report;
	struct vault_err err = {.rc = VAULT_OK};
	struct vault *v = people_open(&w->p, key);

	assert_int_equal(vault_verify(v, &report, &err), want);
	if (why)
		assert_non_null(strstr(err.msg, why));
	vault_close(&v);
}

static char *last_words(const struct people_staff *w)
{
	struct vault *v = reading(w, w->iris);
	struct vault_events l;
	char *text = NULL;

	assert_int_equal(vault_log_all(v, &l, NULL, NULL), VAULT_OK);
	assert_string_equal(l.e[l.n - 1].action, "policy");
	text = strdup(l.e[l.n - 1].text);
	assert_non_null(text);
	vault_events_clear(&l);
	vault_close(&v);
	return text;
}

static void set_and_read(void **state)
{
	struct people_staff *w = *state;
	struct vault_settings none, s = read_by(w, w->ann), is;
	struct vault_secret *who[] = {w->ann, w->iris, w->mona};
	char *words = NULL;

	vault_settings_defaults(&none);
	assert_same(&s, &none); /* a vault without one */
	assert_false(s.log_best_effort);
	assert_int_equal(set_by(w, &s), 0);
	s.rules[VAULT_RULE_UNUSED].days = 120;
	s.rules[VAULT_RULE_SAME_ACCOUNT].off = 1;
	s.rules[VAULT_RULE_EXPIRY] = (struct vault_rule_setting){.off = 1, .days = 30};
	s.ca_file = strdup("/etc/ssl/company.pem");
	s.log_best_effort = 1;
	assert_int_equal(set_by(w, &s), 1);
	words = last_words(w);
	assert_string_equal(words, "expiry: was 30 days (default), is off, 30 days; same-account: was on, is off; unused: was 90 days "
	                           "(default), is 120 days; ca-file: was none, is /etc/ssl/company.pem; access-log: was required, is "
	                           "best-effort");
	free(words);
	for (size_t i = 0; i < 3; i++) {
		is = read_by(w, who[i]);
		assert_same(&is, &s);
		assert_true(is.log_best_effort);
		verified(w, who[i], VAULT_OK, NULL);
		vault_settings_clear(&is);
	}
	verified(w, w->ci, VAULT_OK, NULL);
	assert_int_equal(set_by(w, &s), 0);
	vault_settings_clear(&s);
	assert_int_equal(set_by(w, &none), 1);
	is = read_by(w, w->ann);
	assert_same(&is, &none);
	assert_false(is.log_best_effort);
	vault_settings_clear(&is);
	verified(w, w->ann, VAULT_OK, NULL);
}

static void who_and_what(void **state)
{
	struct people_staff *w = *state;
	struct vault_err err = {.rc = VAULT_OK};
	struct vault_settings s = {.ca_file = NULL};
	struct vault *v = reading(w, w->ci);
	char relative[] = "company.pem", lines[] = "/a\nb";
	int changed = 7;

	assert_int_equal(vault_settings_get(v, &s, &err), VAULT_FORBIDDEN);
	assert_non_null(strstr(err.msg, "may not read the policy"));
	vault_close(&v);
	v = people_write(&w->p, w->ann);
	vault_settings_defaults(&s);
	s.rules[VAULT_RULE_AGE].days = 5;
	assert_int_equal(vault_settings_set(v, &s, &changed, NULL), VAULT_USAGE);
	assert_int_equal(changed, 0);
	vault_settings_defaults(&s);
	s.rules[VAULT_RULE_UNUSED].days = VAULT_RULE_DAYS_MAX + 1;
	assert_int_equal(vault_settings_set(v, &s, &changed, NULL), VAULT_USAGE);
	s.rules[VAULT_RULE_UNUSED].days = -2;
	assert_int_equal(vault_settings_set(v, &s, &changed, NULL), VAULT_USAGE);
	vault_settings_defaults(&s);
	s.ca_file = relative;
	assert_int_equal(vault_settings_set(v, &s, &changed, NULL), VAULT_USAGE);
	s.ca_file = lines;
	assert_int_equal(vault_settings_set(v, &s, &changed, NULL), VAULT_USAGE);
	vault_close(&v);
}

/* A newer program's bits of the header, keys and rules stay, whoever sets what. */
static void newer_in_place(void **state)
{
	struct people_staff *w = *state;
	struct vault *v = people_write(&w->p, w->ann);
	struct object o = {.text = NULL};
	struct vault_settings s;
	struct cell c[HDR_PRED_STATE + 1];
	uint8_t tag[16];
	int changed = 0, found = 0;

	memcpy(c, v->roster.leaf->header.r[0]->c, sizeof c);
	c[HDR_FLAGS].i = 1LL << 40;
	assert_int_equal(txn_put(v, v->roster.leaf, STORE_HEADER, row_make(STORE_HEADER, c), NULL), VAULT_OK);
	settings_tag(v, tag);
	memset(o.id, 0, 16);
	assert_int_equal(object_put_text(v, KIND_POLICY, tag, o.id, 1, strdup("{\"new\":{\"a\":1}}"), NULL), VAULT_OK);
	txn_action(v, ACTION_POLICY, o.id, NULL);
	people_commit(v, "newer");
	s = read_by(w, w->ann);
	s.log_best_effort = 1;
	s.rules[VAULT_RULE_SLOT].off = 1;
	free(s.kept);
	s.kept = NULL; /* what the caller did not read stays all the same */
	assert_int_equal(set_by(w, &s), 1);
	vault_settings_clear(&s);
	v = people_write(&w->p, w->ann);
	assert_int_equal(v->roster.leaf->header.r[0]->c[HDR_FLAGS].i, 1LL << 40 | 1);
	assert_int_equal(v->log_best_effort, 1);
	settings_tag(v, tag);
	assert_int_equal(object_get(v, KIND_POLICY, tag, &o, &found, NULL), VAULT_OK);
	assert_string_equal(o.text, "{\"new\":{\"a\":1},\"rules\":{\"slot\":{\"off\":true}}}");
	assert_int_equal(o.version, 2);
	object_clear(&o);
	vault_settings_defaults(&s);
	assert_int_equal(vault_settings_set(v, &s, &changed, NULL), VAULT_OK);
	assert_int_equal(changed, 1);
	assert_int_equal(v->roster.leaf->header.r[0]->c[HDR_FLAGS].i, 1LL << 40);
	people_commit(v, "back");
	verified(w, w->ann, VAULT_OK, NULL);
}

/* It is filed anew with all else, and read by who is left. */
static void turned_over(void **state)
{
	struct people_staff *w = *state;
	struct vault_settings s, is;
	struct vault *v = NULL;

	vault_settings_defaults(&s);
	s.rules[VAULT_RULE_UNUSED].days = 3;
	assert_int_equal(set_by(w, &s), 1);
	v = people_write(&w->p, w->ann);
	assert_int_equal(vault_access_remove(v, "mona", NULL), VAULT_OK);
	people_commit(v, "remove");
	is = read_by(w, w->iris);
	assert_same(&is, &s);
	vault_settings_clear(&is);
	verified(w, w->iris, VAULT_OK, NULL);
}

static void put_aside(const struct people_staff *w, int other_tag, int other_id, const char *text)
{
	struct vault *v = people_write(&w->p, w->ann);
	uint8_t tag[16], id[16] = {0};

	settings_tag(v, tag);
	tag[15] ^= (uint8_t)other_tag;
	id[0] = (uint8_t)other_id;
	assert_int_equal(object_put_text(v, KIND_POLICY, tag, id, 1, strdup(text), NULL), VAULT_OK);
	txn_action(v, ACTION_POLICY, id, NULL);
	people_commit(v, "aside");
}

static void second_one(void **state)
{
	struct people_staff *w = *state;

	put_aside(w, 1, 0, "{}");
	verified(w, w->iris, VAULT_DAMAGED, "a policy is filed where none can be");
}

static void other_id(void **state)
{
	struct people_staff *w = *state;
	struct vault *v = NULL;
	struct vault_settings s;

	put_aside(w, 0, 1, "{}");
	verified(w, w->iris, VAULT_DAMAGED, "a policy is filed where none can be");
	v = reading(w, w->ann);
	assert_int_equal(vault_settings_get(v, &s, NULL), VAULT_DAMAGED);
	vault_close(&v);
}

static void unreadable(void **state)
{
	struct people_staff *w = *state;
	struct vault *v = NULL;
	struct vault_settings s;

	put_aside(w, 0, 0, "{\"rules\":7}");
	verified(w, w->iris, VAULT_DAMAGED, "not readable");
	v = reading(w, w->ann);
	assert_int_equal(vault_settings_get(v, &s, NULL), VAULT_DAMAGED);
	assert_null(s.kept);
	vault_close(&v);
}

/* --- the CA file ------------------------------------------------------------------------------------------ */

#define PEM "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"

static void ca_file(void **state)
{
	struct people_staff *w = *state;
	struct vault_err err = {.rc = VAULT_OK};
	char path[PLACE_MAX], link[PLACE_MAX], *out = NULL;

	place_path(path, w->p.dir, "ca.pem");
	place_path(link, w->p.dir, "link.pem");
	assert_int_equal(vault_settings_ca_file(path, &out, &err), VAULT_USAGE);
	assert_non_null(strstr(err.msg, "No such file"));
	assert_null(out);
	place_write(path, "", 0);
	assert_int_equal(vault_settings_ca_file(path, &out, NULL), VAULT_USAGE);
	place_write(path, "-----BEGIN PRIVATE KEY-----\nCERTIFICATE-----\n", 45);
	vault_err_clear(&err);
	assert_int_equal(vault_settings_ca_file(path, &out, &err), VAULT_USAGE);
	assert_non_null(strstr(err.msg, "no certificate"));
	assert_int_equal(vault_settings_ca_file(w->p.dir, &out, NULL), VAULT_USAGE);
	assert_int_equal(vault_settings_ca_file("/dev/null", &out, NULL), VAULT_USAGE);
	place_write(path, "# of the company\r\n" PEM, sizeof PEM + 17);
	assert_int_equal(symlink("ca.pem", link), 0);
	assert_int_equal(vault_settings_ca_file(link, &out, NULL), VAULT_OK);
	assert_int_equal(strcmp(out + strlen(out) - 7, "/ca.pem"), 0);
	assert_int_equal(out[0], '/');
	free(out);
}

/* What asks for a vault trusts what its policy names, and nothing else where that is gone. */
static void ca_of_vault(void **state)
{
	struct people_staff *w = *state;
	struct vault_err err = {.rc = VAULT_OK};
	struct vault *v = people_open(&w->p, w->mona);
	struct vault_settings s;
	char path[PLACE_MAX], *out = NULL;

	assert_int_equal(settings_ca(v, &out, NULL), VAULT_OK);
	assert_null(out);
	place_path(path, w->p.dir, "ca.pem");
	place_write(path, PEM, sizeof PEM - 1);
	vault_settings_defaults(&s);
	s.ca_file = path;
	assert_int_equal(set_by(w, &s), 1);
	assert_int_equal(settings_ca(v, &out, NULL), VAULT_OK);
	assert_string_equal(out, path);
	free(out);
	place_write(path, "x", 1);
	assert_int_equal(settings_ca(v, &out, &err), VAULT_IO);
	assert_non_null(strstr(err.msg, "no certificate in it"));
	assert_null(out);
	unlink(path);
	vault_err_clear(&err);
	assert_int_equal(settings_ca(v, &out, &err), VAULT_IO);
	assert_non_null(strstr(err.msg, path));
	vault_close(&v);
}

#define IN_VAULT(f) cmocka_unit_test_setup_teardown(f, set_up, people_staff_free)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(there_and_back),
	        cmocka_unit_test(newer),
	        cmocka_unit_test(refused),
	        cmocka_unit_test(bent),
	        IN_VAULT(set_and_read),
	        IN_VAULT(who_and_what),
	        IN_VAULT(newer_in_place),
	        IN_VAULT(turned_over),
	        IN_VAULT(second_one),
	        IN_VAULT(other_id),
	        IN_VAULT(unreadable),
	        IN_VAULT(ca_file),
	        IN_VAULT(ca_of_vault),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
