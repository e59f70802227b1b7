/* test_audit.c - each rule of audit finds on its day, goes with its cause, and can be turned off and tuned. */
#include <stdlib.h>
#include <time.h>

#include <vault/audit.h>

#include "facts.h"

enum { SLOTS = 4, DAY = 86400 };

struct audited {
	struct world w;
	struct vault_slot slot[SLOTS];
	struct vault_slots slots;
	struct vault_token_use fetched[FACTS_MAX];
	struct vault_slot_use used[SLOTS];
	struct vault_usage usage;
	struct vault_settings settings;
	struct vault_slot_read read[2];
	struct vault_slot_reads reads;
	struct vault_audit_facts a;
};

/* Which rules were seen to find something, and to find nothing again: main wants all of them. */
static int came[VAULT_RULES], went[VAULT_RULES];

static struct vault_slot *add_slot(struct audited *x, const char *name, enum vault_role role, enum vault_slot_type opens_by)
{
	struct vault_slot *s = &x->slot[x->slots.n];

	*s = (struct vault_slot){.name = lit(name), .role = role, .opens_by = opens_by, .active = 1, .added = 1};
	memset(s->id, (int)x->slots.n + 1, VAULT_ID_LEN);
	memcpy(x->used[x->slots.n].id, s->id, VAULT_ID_LEN);
	x->usage.n_slots = ++x->slots.n;
	return s;
}

/* Two admins and a recovery code: nothing is found. */
static void begin(struct audited *x)
{
	memset(x, 0, sizeof *x);
	world_init(&x->w, 0);
	vault_settings_defaults(&x->settings);
	x->slots.s = x->slot;
	x->usage.tokens = x->fetched;
	x->usage.slots = x->used;
	x->reads.r = x->read;
	x->w.facts.settings = &x->settings;
	x->w.facts.reads = &x->reads;
	x->a = (struct vault_audit_facts){.slots = &x->slots, .usage = &x->usage, .log = VAULT_LOG_KNOWN};
	add_slot(x, "ann", VAULT_ROLE_ADMIN, VAULT_SLOT_KEYFILE)->own = 1;
	(void)add_slot(x, "bob", VAULT_ROLE_ADMIN, VAULT_SLOT_KEYFILE);
	(void)add_slot(x, VAULT_RECOVERY_NAME, VAULT_ROLE_ADMIN, VAULT_SLOT_RECOVERY);
}

static int by_id(const void *a, const void *b)
{
	return memcmp(a, b, VAULT_ID_LEN);
}

/* A token that was just stored, checked and fetched on day 0. */
static struct vault_token *token(struct audited *x, const char *label)
{
	struct vault_token *t = world_token(&x->w, label);
	struct vault_token_use *u = &x->fetched[x->usage.n_tokens++];

	memcpy(u->id, t->id, VAULT_ID_LEN);
	u->stored = 3600;
	qsort(x->fetched, x->usage.n_tokens, sizeof *x->fetched, by_id);
	return t;
}

static void find(struct audited *x, int64_t today, struct vault_audit *out)
{
	x->w.facts.today = today;
	x->a.f = x->w.facts;
	assert_int_equal(vault_audit_find(&x->a, out, NULL), VAULT_OK);
}

/* How many the rule finds on a day; what they say into `text`. */
static size_t count(struct audited *x, enum vault_rule r, int64_t today, char text[512])
{
	struct vault_audit l;
	size_t n = 0;

	text[0] = '\0';
	find(x, today, &l);
	for (size_t i = 0; i < l.n; i++) {
		const struct vault_audit_finding *f = &l.f[i];
		char *remedy = vault_audit_remedy(f);

		assert_non_null(remedy);
		assert_null(strchr(remedy, '{'));
		free(remedy);
		assert_int_equal(f->severity, vault_rule_info(f->rule)->severity);
		assert_true(strlen(f->message) > 10 && f->message[strlen(f->message) - 1] != '.');
		assert_true(i == 0 || f->severity <= l.f[i - 1].severity);
		if (f->rule != r)
			continue;
		if (n++ == 0)
			(void)snprintf(text, 512, "%s", f->message);
	}
	vault_audit_clear(&l);
	return n;
}

static void finds(struct audited *x, enum vault_rule r, int64_t today, size_t n, const char *says)
{
	char text[512];

	assert_int_equal(count(x, r, today, text), n);
	assert_non_null(strstr(text, says));
	x->settings.rules[r].off = 1;
	assert_int_equal(count(x, r, today, text), 0);
	x->settings.rules[r].off = 0;
	x->w.facts.settings = NULL; /* the defaults */
	if (x->settings.rules[r].days < 0)
		assert_int_equal(count(x, r, today, text), n);
	x->w.facts.settings = &x->settings;
	came[r] = 1;
}

static void none(struct audited *x, enum vault_rule r, int64_t today)
{
	char text[512];

	assert_int_equal(count(x, r, today, text), 0);
	went[r] = 1;
}

/* --- what due finds too --- */

static void of_due(void **state)
{
	struct audited x;
	struct vault_token *t;
	struct vault_give *g;
	size_t h;

	(void)state;
	begin(&x);
	t = token(&x, "one");
	t->rotate_every_days = 90;
	none(&x, VAULT_RULE_AGE, 89); /* due looks ahead, this does not */
	finds(&x, VAULT_RULE_AGE, 90, 1, "had to be rotated after 90 days");
	world_rotate(t, 90);
	none(&x, VAULT_RULE_AGE, 90);
	t->expires = 200;
	none(&x, VAULT_RULE_EXPIRY, 170);
	finds(&x, VAULT_RULE_EXPIRY, 171, 1, "expires after");
	finds(&x, VAULT_RULE_EXPIRY, 300, 1, "expired on");
	x.settings.rules[VAULT_RULE_EXPIRY].days = 3;
	none(&x, VAULT_RULE_EXPIRY, 197);
	finds(&x, VAULT_RULE_EXPIRY, 198, 1, "expires after");
	t->expires = VAULT_NO_DAY;
	none(&x, VAULT_RULE_EXPIRY, 300);
	h = world_handover(&x.w, t, world_vendor(&x.w, "Vendor B"), "carol@b.example");
	g = world_give(&x.w, h, 2, 91);
	g->until = 100;
	none(&x, VAULT_RULE_UNTIL, 100);
	finds(&x, VAULT_RULE_UNTIL, 101, 1, "the hand-over to carol@b.example of Vendor B ended");
	none(&x, VAULT_RULE_ENDED_HOLDER, 101);
	world_end(&x.w, h, 101);
	none(&x, VAULT_RULE_UNTIL, 101);
	finds(&x, VAULT_RULE_ENDED_HOLDER, 101, 1, "knows version 2");
	world_rotate(t, 102);
	world_dead(t, 2, 102);
	none(&x, VAULT_RULE_ENDED_HOLDER, 102);
	x.read[0] = (struct vault_slot_read){.version = 3, .slot = lit("carl"), .ended = 5};
	memcpy(x.read[0].token_id, t->id, VAULT_ID_LEN);
	x.reads.n = 1;
	finds(&x, VAULT_RULE_SLOT, 103, 1, "the key slot carl could read it");
	world_rotate(t, 103);
	none(&x, VAULT_RULE_SLOT, 103);
}

static void said(void **state)
{
	struct audited x;
	struct vault_token *t;
	size_t h;

	(void)state;
	begin(&x);
	t = token(&x, "one");
	(void)world_said(&x.w, t, 1, VAULT_VALID, 5);
	none(&x, VAULT_RULE_VERDICT, 6);
	none(&x, VAULT_RULE_DEAD_HELD, 6);
	(void)world_said(&x.w, t, 1, VAULT_REVOKED, 6);
	finds(&x, VAULT_RULE_VERDICT, 6, 1, "said revoked");
	none(&x, VAULT_RULE_DEAD_HELD, 6); /* nobody outside has it */
	h = world_handover(&x.w, t, world_vendor(&x.w, "Vendor B"), "carol@b.example");
	(void)world_give(&x.w, h, 1, 3);
	finds(&x, VAULT_RULE_DEAD_HELD, 6, 1, "carol@b.example of Vendor B holds it, and it does not work");
	world_end(&x.w, h, 6);
	none(&x, VAULT_RULE_DEAD_HELD, 6);
	x.w.per[h][0].ended = VAULT_NO_DAY;
	world_rotate(t, 7);
	none(&x, VAULT_RULE_VERDICT, 7);
	none(&x, VAULT_RULE_DEAD_HELD, 7);
	none(&x, VAULT_RULE_RETIRED_ALIVE, 7);
	(void)world_said(&x.w, t, 1, VAULT_VALID, 8);
	finds(&x, VAULT_RULE_RETIRED_ALIVE, 8, 1, "version 1 was last seen alive");
	none(&x, VAULT_RULE_RETIRED_UNPROVED, 14);
	finds(&x, VAULT_RULE_RETIRED_UNPROVED, 15, 1, "version 1 was replaced on 1970-01-08");
	x.settings.rules[VAULT_RULE_RETIRED_UNPROVED].days = 0;
	none(&x, VAULT_RULE_RETIRED_UNPROVED, 7);
	finds(&x, VAULT_RULE_RETIRED_UNPROVED, 8, 1, "version 1");
	world_dead(t, 1, 9);
	none(&x, VAULT_RULE_RETIRED_ALIVE, 30);
	none(&x, VAULT_RULE_RETIRED_UNPROVED, 30);
}

/* --- vendors and hand-overs --- */

static void vendors(void **state)
{
	struct vault_agreement agreements[2] = {{lit("NDA-1"), 100}, {lit("NDA-2"), VAULT_NO_DAY}};
	struct audited x;
	struct vault_token *t;
	struct vault_vendor *b;
	struct vault_give *g;
	size_t h;

	(void)state;
	begin(&x);
	t = token(&x, "one");
	b = world_vendor(&x.w, "Vendor B");
	b->vetted = b->added = VAULT_NO_DAY;
	b->agreements = agreements;
	b->n_agreements = 2;
	none(&x, VAULT_RULE_VENDOR_UNVETTED, 5); /* it holds nothing */
	none(&x, VAULT_RULE_AGREEMENT_ENDING, 99);
	h = world_handover(&x.w, t, b, "carol@b.example");
	g = world_give(&x.w, h, 1, 1);
	finds(&x, VAULT_RULE_VENDOR_UNVETTED, 5, 1, "Vendor B was never vetted and has 1 running hand-over");
	finds(&x, VAULT_RULE_VENDOR_NO_AGREEMENT, 5, 1, "carol@b.example of Vendor B holds it under no agreement");
	b->vetted = 0;
	none(&x, VAULT_RULE_VENDOR_UNVETTED, 5);
	g->agreement = lit("NDA-1");
	none(&x, VAULT_RULE_VENDOR_NO_AGREEMENT, 5);
	none(&x, VAULT_RULE_AGREEMENT_ENDING, 70);
	finds(&x, VAULT_RULE_AGREEMENT_ENDING, 71, 1, "agreement NDA-1 with Vendor B ends with 1970-04-11: 1 hand-over runs under it");
	finds(&x, VAULT_RULE_AGREEMENT_ENDING, 101, 1, "ended with");
	finds(&x, VAULT_RULE_UNTIL, 101, 1, "agreement NDA-1");
	x.settings.rules[VAULT_RULE_AGREEMENT_ENDING].days = 60;
	none(&x, VAULT_RULE_AGREEMENT_ENDING, 40);
	finds(&x, VAULT_RULE_AGREEMENT_ENDING, 41, 1, "NDA-1");
	agreements[0].until = 500;
	none(&x, VAULT_RULE_AGREEMENT_ENDING, 101);
	agreements[0].until = 100;
	g->agreement = lit("NDA-2");
	none(&x, VAULT_RULE_AGREEMENT_ENDING, 101);
	world_end(&x.w, h, 6);
	b->vetted = VAULT_NO_DAY;
	none(&x, VAULT_RULE_VENDOR_UNVETTED, 6);
}

static void handovers(void **state)
{
	struct audited x;
	struct vault_token *t;
	size_t h, i;

	(void)state;
	begin(&x);
	t = token(&x, "one");
	h = world_handover(&x.w, t, world_vendor(&x.w, "Vendor B"), "carol@b.example");
	(void)world_give(&x.w, h, 1, 1);
	i = world_handover(&x.w, t, &x.w.v[0], "dave@b.example");
	(void)world_give(&x.w, i, 1, 1);
	none(&x, VAULT_RULE_MANY_VENDORS, 5); /* two persons of one */
	i = world_handover(&x.w, t, world_vendor(&x.w, "Vendor C"), "eve@c.example");
	(void)world_give(&x.w, i, 1, 2);
	finds(&x, VAULT_RULE_MANY_VENDORS, 5, 1, "it is with 2 vendors: Vendor B and Vendor C");
	world_end(&x.w, i, 5);
	none(&x, VAULT_RULE_MANY_VENDORS, 5);
	none(&x, VAULT_RULE_UNCONFIRMED, 366);
	finds(&x, VAULT_RULE_UNCONFIRMED, 367, 2, "carol@b.example of Vendor B: given on 1970-01-02, 366 days ago");
	x.w.per[h][0].confirmed = 300;
	finds(&x, VAULT_RULE_UNCONFIRMED, 666, 2, "carol@b.example of Vendor B: last confirmed on");
	x.settings.rules[VAULT_RULE_UNCONFIRMED].days = 10;
	world_end(&x.w, h, 320);
	(void)world_give(&x.w, 1, 1, 310); /* given again counts as well */
	none(&x, VAULT_RULE_UNCONFIRMED, 320);
	finds(&x, VAULT_RULE_UNCONFIRMED, 321, 1, "dave@b.example of Vendor B: given on");
}

static void admins_and_reach(void **state)
{
	struct vault_item named[] = {{lit("11"), NULL, NULL}};
	struct audited x;
	struct vault_token *t;
	struct vault_give *g;
	size_t h;

	(void)state;
	begin(&x);
	t = token(&x, "one");
	world_said(&x.w, t, 1, VAULT_VALID, 5)->identity.admin = 1;
	none(&x, VAULT_RULE_ADMIN_SHARED, 6);
	h = world_handover(&x.w, t, world_vendor(&x.w, "Vendor B"), "carol@b.example");
	g = world_give(&x.w, h, 1, 3);
	finds(&x, VAULT_RULE_ADMIN_SHARED, 6, 1, "carol@b.example of Vendor B has the token of a system admin");
	world_rotate(t, 6);
	none(&x, VAULT_RULE_ADMIN_SHARED, 6);
	x.w.items[0] = (struct vault_reached){.id = lit("11"), .access = VAULT_ACCESS_VIEWER};
	x.w.items[1] = (struct vault_reached){.id = lit("12"), .access = VAULT_ACCESS_VIEWER};
	(void)world_reached(&x.w, t, 2, 2, 7);
	none(&x, VAULT_RULE_EXPOSED, 8);
	g->items = named;
	g->n_items = 1;
	finds(&x, VAULT_RULE_EXPOSED, 8, 1, "it reaches 1 item that no hand-over names");
	x.w.seen[0].n = 1;
	none(&x, VAULT_RULE_EXPOSED, 8);
}

/* --- accounts --- */

static void accounts(void **state)
{
	char *contacts[] = {lit("Carol@B.example")};
	struct audited x;
	struct vault_token *t, *u;

	(void)state;
	begin(&x);
	t = token(&x, "one");
	none(&x, VAULT_RULE_EVERYDAY_ACCOUNT, 1);
	t->owner = lit("BOB@a.example");
	finds(&x, VAULT_RULE_EVERYDAY_ACCOUNT, 1, 1, "it acts as bob@a.example, who is named as the owner of one");
	t->owner = lit("zoe@a.example");
	none(&x, VAULT_RULE_EVERYDAY_ACCOUNT, 1);
	world_vendor(&x.w, "Vendor B")->contacts = (struct vault_strings){contacts, 1};
	t->account = lit("carol@b.example");
	finds(&x, VAULT_RULE_EVERYDAY_ACCOUNT, 1, 1, "who is a contact of Vendor B");
	t->account = lit("bob@a.example");
	none(&x, VAULT_RULE_SAME_ACCOUNT, 1);
	u = token(&x, "two");
	u->account = lit("Bob@A.example");
	finds(&x, VAULT_RULE_SAME_ACCOUNT, 1, 1, "2 tokens act as bob@a.example: one and two");
	u->removed = 1;
	none(&x, VAULT_RULE_SAME_ACCOUNT, 1);
	none(&x, VAULT_RULE_INELIGIBLE, 1);
	t->license = lit("viewer");
	finds(&x, VAULT_RULE_INELIGIBLE, 1, 1, "labelled viewer: ");
	t->license = lit("licensed");
	t->plan = lit("pro");
	finds(&x, VAULT_RULE_INELIGIBLE, 1, 1, "labelled licensed on plan pro: ");
	t->plan = lit("business");
	none(&x, VAULT_RULE_INELIGIBLE, 1);
}

static void license_idle(void **state)
{
	struct audited x;
	struct vault_token *t, *u;
	size_t h;

	(void)state;
	begin(&x);
	t = token(&x, "one");
	none(&x, VAULT_RULE_LICENSE_IDLE, 1); /* it was never with anybody: it is used here */
	h = world_handover(&x.w, t, world_vendor(&x.w, "Vendor B"), "carol@b.example");
	(void)world_give(&x.w, h, 1, 1);
	none(&x, VAULT_RULE_LICENSE_IDLE, 2);
	world_end(&x.w, h, 3);
	finds(&x, VAULT_RULE_LICENSE_IDLE, 3, 1, "bob@a.example is licensed for a token that nobody outside holds any more");
	x.w.per[h][0].never_given = 1;
	none(&x, VAULT_RULE_LICENSE_IDLE, 3);
	x.w.per[h][0].never_given = 0;
	t->owner = lit("bob@a.example"); /* a person's, who needs it all the same */
	none(&x, VAULT_RULE_LICENSE_IDLE, 3);
	t->owner = NULL;
	t->license = lit("guest");
	none(&x, VAULT_RULE_LICENSE_IDLE, 3);
	t->license = lit("member");
	u = token(&x, "two"); /* in use here, on the same license */
	none(&x, VAULT_RULE_LICENSE_IDLE, 3);
	(void)world_said(&x.w, u, 1, VAULT_EXPIRED, 3);
	finds(&x, VAULT_RULE_LICENSE_IDLE, 3, 1, "bob@a.example is licensed for 2 tokens that do not work, or");
	t->removed = 1;
	finds(&x, VAULT_RULE_LICENSE_IDLE, 3, 1, "bob@a.example is licensed for a token that does not work");
	u->removed = 1;
	none(&x, VAULT_RULE_LICENSE_IDLE, 3);
}

/* --- drift --- */

static void drifts(void **state)
{
	struct audited x;
	struct vault_token *t;
	struct vault_identity *is;

	(void)state;
	begin(&x);
	t = token(&x, "one");
	(void)world_said(&x.w, t, 1, VAULT_VALID, 5);
	is = &world_said(&x.w, t, 1, VAULT_VALID, 6)->identity;
	none(&x, VAULT_RULE_DRIFT_USER, 7);
	is->id = lit("8");
	x.w.said[1].drift = lit("user: was 7, is 8");
	finds(&x, VAULT_RULE_DRIFT_USER, 7, 1, "it acts as user 8");
	none(&x, VAULT_RULE_DRIFT_ACCOUNT, 7);
	is->id = lit("7");
	is->account_id = lit("71");
	x.w.said[1].drift = lit("account: was 70, is 71");
	finds(&x, VAULT_RULE_DRIFT_ACCOUNT, 7, 1, "it acts in organisation account 71");
	none(&x, VAULT_RULE_DRIFT_EMAIL, 7);
	is->account_id = lit("70");
	x.w.said[1].drift = NULL; /* the label may have been another then */
	is->email = lit("eve@a.example");
	finds(&x, VAULT_RULE_DRIFT_EMAIL, 7, 1, "it acts as eve@a.example and is labelled bob@a.example");
	none(&x, VAULT_RULE_DRIFT_ADMIN, 7);
	is->email = lit("bob@a.example");
	is->admin = 1;
	none(&x, VAULT_RULE_DRIFT_ADMIN, 7); /* when it was checked it was known to be one */
	x.w.said[1].drift = lit("admin-gained: was no system admin, is system admin");
	finds(&x, VAULT_RULE_DRIFT_ADMIN, 7, 1, "became a system admin");
	world_said(&x.w, t, 1, VAULT_VALID, 7)->drift = lit("admin-lost: was system admin, is no system admin");
	finds(&x, VAULT_RULE_DRIFT_ADMIN, 7, 1, "no longer a system admin");
	is = &world_said(&x.w, t, 1, VAULT_VALID, 8)->identity;
	none(&x, VAULT_RULE_DRIFT_ADMIN, 8); /* nor is it any more */
	none(&x, VAULT_RULE_DRIFT_LICENSE, 8);
	is->licensed = 0;
	x.w.said[x.w.verdicts.n - 1].drift = lit("license-lost: was licensed, is not licensed");
	finds(&x, VAULT_RULE_DRIFT_LICENSE, 8, 1, "no longer licensed");
	world_rotate(t, 9);
	none(&x, VAULT_RULE_DRIFT_LICENSE, 9);
}

static void drift_seat(void **state)
{
	static const struct {
		const char *label, *seat;
		size_t n;
	} cases[] = {
		{"licensed", "member", 0},    {"licensed", "viewer", 1},      {"licensed", "provisional_member", 0},
		{"member", "guest", 1},       {"member", "provisional_member", 1}, {"viewer", "contributor", 0},
		{"contributor", "viewer", 0}, {"provisional", "provisional_member", 0}, {"free", "viewer", 0},
		{"member", "member", 0},      {"member", "sponsor", 0},
	};
	struct audited x;
	struct vault_token *t;
	struct vault_exposure *e;
	char text[512];

	(void)state;
	begin(&x);
	t = token(&x, "one");
	none(&x, VAULT_RULE_DRIFT_SEAT, 6);
	e = world_reached(&x.w, t, 1, 0, 5);
	none(&x, VAULT_RULE_DRIFT_SEAT, 6); /* not to be seen */
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		t->license = lit(cases[i].label);
		e->seat = lit(cases[i].seat);
		assert_int_equal(count(&x, VAULT_RULE_DRIFT_SEAT, 6, text), cases[i].n);
	}
	t->license = lit("licensed");
	e->seat = lit("viewer");
	finds(&x, VAULT_RULE_DRIFT_SEAT, 6, 1, "its user has the seat type viewer and is labelled licensed");
	t->license = lit("viewer");
	none(&x, VAULT_RULE_DRIFT_SEAT, 6);
	t->license = lit("licensed");
	world_rotate(t, 7); /* of the value before */
	none(&x, VAULT_RULE_DRIFT_SEAT, 7);
}

/* --- use --- */

static void use(void **state)
{
	struct audited x;
	struct vault_token *t;
	size_t h;

	(void)state;
	begin(&x);
	t = token(&x, "one");
	finds(&x, VAULT_RULE_UNCHECKED, 0, 1, "Smartsheet was never asked about version 1");
	(void)world_said(&x.w, t, 1, VAULT_UNKNOWN, 1); /* no answer is no check */
	finds(&x, VAULT_RULE_UNCHECKED, 1, 1, "never asked");
	(void)world_said(&x.w, t, 1, VAULT_VALID, 2);
	none(&x, VAULT_RULE_UNCHECKED, 32);
	finds(&x, VAULT_RULE_UNCHECKED, 33, 1, "last checked on 1970-01-03, 31 days ago");
	x.settings.rules[VAULT_RULE_UNCHECKED].days = 0;
	none(&x, VAULT_RULE_UNCHECKED, 2);
	finds(&x, VAULT_RULE_UNCHECKED, 3, 1, "1 days ago");
	none(&x, VAULT_RULE_UNUSED, 90);
	finds(&x, VAULT_RULE_UNUSED, 91, 1, "never fetched since it was stored on 1970-01-01, 91 days ago");
	x.fetched[0].fetched = 50 * DAY + 7;
	none(&x, VAULT_RULE_UNUSED, 140);
	finds(&x, VAULT_RULE_UNUSED, 141, 1, "last fetched on 1970-02-20, 91 days ago");
	x.usage.since = 60 * DAY; /* what was between is not known */
	none(&x, VAULT_RULE_UNUSED, 150);
	finds(&x, VAULT_RULE_UNUSED, 151, 1, "not fetched since the access log began on 1970-03-02");
	x.settings.rules[VAULT_RULE_UNUSED].days = 200;
	none(&x, VAULT_RULE_UNUSED, 260);
	finds(&x, VAULT_RULE_UNUSED, 261, 1, "not fetched");
	h = world_handover(&x.w, t, world_vendor(&x.w, "Vendor B"), "carol@b.example");
	(void)world_give(&x.w, h, 1, 3);
	none(&x, VAULT_RULE_UNUSED, 261); /* they use it without fetching it */
	none(&x, VAULT_RULE_NO_VALUE, 261);
	t->versions[0].has_value = 0;
	none(&x, VAULT_RULE_UNCHECKED, 261); /* cannot be */
	finds(&x, VAULT_RULE_NO_VALUE, 261, 1, "carol@b.example of Vendor B has a value that nobody here has");
	(void)world_give(&x.w, world_handover(&x.w, t, &x.w.v[0], "dave@b.example"), 1, 3);
	finds(&x, VAULT_RULE_NO_VALUE, 261, 1, "carol@b.example of Vendor B and 1 more have a value");
	world_rotate(t, 262);
	t->versions[1].has_value = 1;
	none(&x, VAULT_RULE_NO_VALUE, 262);
}

/* --- slots and log --- */

static void slots(void **state)
{
	struct audited x;
	struct vault_slot *s;

	(void)state;
	begin(&x);
	none(&x, VAULT_RULE_ONE_ADMIN, 1);
	none(&x, VAULT_RULE_NO_RECOVERY, 1);
	x.slot[1].active = 0;
	finds(&x, VAULT_RULE_ONE_ADMIN, 1, 1, "ann is the only admin");
	x.slot[2].active = 0;
	finds(&x, VAULT_RULE_NO_RECOVERY, 1, 1, "there is no recovery code");
	x.slot[1].active = x.slot[2].active = 1;
	none(&x, VAULT_RULE_ONE_ADMIN, 1);
	none(&x, VAULT_RULE_SLOT_IDLE, 90);
	finds(&x, VAULT_RULE_SLOT_IDLE, 91, 1, "the key slot bob (admin) was never used since it was added on 1970-01-01, 91 days ago");
	x.used[1].last_change = 30 * DAY;
	none(&x, VAULT_RULE_SLOT_IDLE, 120);
	x.used[1].last_entry = 20 * DAY; /* the later one counts */
	finds(&x, VAULT_RULE_SLOT_IDLE, 121, 1, "was last used on 1970-01-31");
	x.used[1].last_entry = 40 * DAY;
	none(&x, VAULT_RULE_SLOT_IDLE, 121);
	x.usage.since = 50 * DAY;
	finds(&x, VAULT_RULE_SLOT_IDLE, 141, 1, "was not used since the access log began on 1970-02-20");
	x.settings.rules[VAULT_RULE_SLOT_IDLE].days = 5;
	none(&x, VAULT_RULE_SLOT_IDLE, 55);
	finds(&x, VAULT_RULE_SLOT_IDLE, 56, 1, "bob");
	x.slot[1].role = VAULT_ROLE_AUDITOR; /* opens no token */
	none(&x, VAULT_RULE_SLOT_IDLE, 56);
	s = add_slot(&x, "night", VAULT_ROLE_SCRIPT, VAULT_SLOT_PASSPHRASE);
	finds(&x, VAULT_RULE_SLOT_IDLE, 56, 1, "the key slot night (script)");
	s->active = 0;
	none(&x, VAULT_RULE_SLOT_IDLE, 56);
	s->active = 1;
	s->kdf_memory_kib = 256 * 1024;
	s->kdf_passes = 3;
	none(&x, VAULT_RULE_KDF_WEAK, 1);
	s->kdf_passes = 2;
	finds(&x, VAULT_RULE_KDF_WEAK, 1, 1, "the passphrase of night is stretched by 2 passes over 256 MiB");
	s->kdf_memory_kib = 128 * 1024;
	s->kdf_passes = 40; /* memory is what a guess costs */
	finds(&x, VAULT_RULE_KDF_WEAK, 1, 1, "by 40 passes over 128 MiB");
	s->opens_by = VAULT_SLOT_KEYFILE;
	none(&x, VAULT_RULE_KDF_WEAK, 1);
}

static void log_states(void **state)
{
	struct audited x;
	struct vault_token *t;
	struct vault_audit l;

	(void)state;
	begin(&x);
	t = token(&x, "one");
	world_said(&x.w, t, 1, VAULT_REVOKED, 1)->has_identity = 0;
	none(&x, VAULT_RULE_LOG_MISSING, 400);
	none(&x, VAULT_RULE_LOG_CUT, 400);
	none(&x, VAULT_RULE_LOG_OTHER, 400);
	x.a.log = VAULT_LOG_MISSING;
	finds(&x, VAULT_RULE_LOG_MISSING, 400, 1, "is gone");
	x.a.log = VAULT_LOG_CUT;
	finds(&x, VAULT_RULE_LOG_CUT, 400, 1, "lacks entries");
	x.a.log = VAULT_LOG_FOREIGN;
	finds(&x, VAULT_RULE_LOG_OTHER, 400, 1, "another vault's");
	/* A copy: nothing that rests on the log is found, and that it is elsewhere neither. */
	x.a.log = VAULT_LOG_OF_ELSEWHERE;
	x.w.facts.verdicts = NULL;
	x.w.facts.exposures = NULL;
	x.a.usage = NULL;
	t->rotate_every_days = 90;
	find(&x, 400, &l);
	assert_int_equal(l.n, 1);
	assert_int_equal(l.f[0].rule, VAULT_RULE_AGE);
	for (size_t i = 0; i < l.n; i++)
		assert_false(vault_audit_needs_log(l.f[i].rule));
	vault_audit_clear(&l);
}

/* --- order, names, many --- */

static void in_order(void **state)
{
	static const enum vault_rule want[] = {VAULT_RULE_EXPIRY, VAULT_RULE_EXPIRY, VAULT_RULE_VENDOR_NO_AGREEMENT,
	                                       VAULT_RULE_VENDOR_NO_AGREEMENT, VAULT_RULE_ONE_ADMIN};
	struct audited x;
	struct vault_token *t, *u;
	struct vault_audit l;
	char *remedy;

	(void)state;
	begin(&x);
	x.slot[1].active = 0;
	t = token(&x, "b");
	u = token(&x, "c");
	u->account = lit("other@a.example");
	t->expires = u->expires = 1;
	(void)world_said(&x.w, t, 1, VAULT_VALID, 5);
	world_said(&x.w, u, 1, VAULT_VALID, 5)->identity.email = u->account;
	(void)world_give(&x.w, world_handover(&x.w, t, world_vendor(&x.w, "Vendor B"), "z o@b.example"), 1, 1);
	(void)world_give(&x.w, world_handover(&x.w, t, &x.w.v[0], "a@b.example"), 1, 1);
	find(&x, 6, &l);
	assert_int_equal(l.n, 5);
	for (size_t i = 0; i < l.n; i++)
		assert_int_equal(l.f[i].rule, want[i]);
	assert_ptr_equal(l.f[0].token, t);
	assert_ptr_equal(l.f[1].token, u);
	assert_string_equal(l.f[2].handover->to, "a@b.example");
	assert_string_equal(l.f[4].slot, "ann");
	remedy = vault_audit_remedy(&l.f[3]);
	assert_non_null(strstr(remedy, "vault share b --vendor 'Vendor B' --to 'z o@b.example' --agreement REF"));
	free(remedy);
	vault_audit_clear(&l);
	t->removed = u->removed = 1; /* of removed tokens nothing is to be done */
	x.w.per[0][0].ended = x.w.per[1][0].ended = 2;
	find(&x, 6, &l);
	assert_int_equal(l.n, 1);
	vault_audit_clear(&l);
}

static void many_names(void **state)
{
	static const char *const labels[] = {"a", "b", "c", "d", "e", "f", "g"};
	struct audited x;

	(void)state;
	begin(&x);
	for (size_t i = 0; i < 7; i++)
		(void)token(&x, labels[i]);
	finds(&x, VAULT_RULE_SAME_ACCOUNT, 1, 1, "7 tokens act as bob@a.example: a, b, c, d, e and 2 more");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_due),           cmocka_unit_test(said),         cmocka_unit_test(vendors),
		cmocka_unit_test(handovers),        cmocka_unit_test(accounts),     cmocka_unit_test(license_idle),
		cmocka_unit_test(admins_and_reach), cmocka_unit_test(drifts),       cmocka_unit_test(drift_seat),
		cmocka_unit_test(use),              cmocka_unit_test(slots),        cmocka_unit_test(log_states),
		cmocka_unit_test(in_order),         cmocka_unit_test(many_names),
	};
	int rc;

	cmocka_set_message_output(CM_OUTPUT_TAP);
	rc = cmocka_run_group_tests(tests, NULL, NULL);

	for (int r = 0; r < VAULT_RULES; r++) {
		if (came[r] && went[r])
			continue;
		(void)fprintf(stderr, "the rule %s was not seen to come and go\n", vault_rule_info((enum vault_rule)r)->code);
		rc = 1;
	}
	return rc;
}
