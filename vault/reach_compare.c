/* reach_compare.c - what a token reaches, against what hand-overs name and what it reached before. Pure. L2. Everything is
 * sorted once and then looked up or walked side by side: a token of 10,000 items may have 30,000 hand-overs. */
#include <stdlib.h>
#include <string.h>

#include <vault/reach.h>

static enum vault_rc no_memory(struct vault_err *err)
{
	return vault_err_set(err, VAULT_REFUSED, "out of memory");
}

/* The API's two editors are one to people: who may share what they edit, too. */
static enum vault_access plain(enum vault_access a)
{
	return a == VAULT_ACCESS_EDITOR_SHARE ? VAULT_ACCESS_EDITOR : a;
}

/* Room for `n`, none used. */
static int gaps_room(struct vault_gaps *l, size_t n)
{
	l->g = calloc(n + 1, sizeof *l->g);
	return l->g != NULL ? 0 : -1;
}

static void gap_add(struct vault_gaps *l, const struct vault_reached *r, enum vault_access agreed)
{
	l->g[l->n++] = (struct vault_gap){
	        .type = (int)r->type, .access = r->access, .agreed = agreed, .id = r->id, .name = r->name};
}

/* --- what was agreed ------------------------------------------------------------------------------------- */

/* An item that a hand-over names; UNKNOWN: at any level. */
struct agreed {
	const struct vault_item *item;
	enum vault_access level;
	size_t at;                /* as recorded: of an item named twice the first is shown */
	int reached;
};
struct agreements {
	struct agreed *a;         /* ascending by id, each once */
	size_t n;
	int given;
};

/* The giving that says what somebody holds on day `at`; NULL where the hand-over had not begun or had ended. A period that
 * was a mistake is passed over: it may be dated into one that was none. */
static const struct vault_give *running(const struct vault_handover *h, int64_t at)
{
	for (size_t i = h->n_periods; i-- > 0;) {
		const struct vault_period *p = &h->periods[i];

		if (p->never_given)
			continue;
		for (size_t k = p->n_gives; k-- > 0;)
			if (p->gives[k].date <= at)
				return p->ended == VAULT_NO_DAY || p->ended > at ? &p->gives[k] : NULL;
	}
	return NULL;
}

/* A word that is no level agrees on none. */
static enum vault_access level_of(const struct vault_item *item)
{
	for (int a = VAULT_ACCESS_VIEWER; item->level != NULL && a < VAULT_ACCESS_LEVELS; a++)
		if (a != VAULT_ACCESS_EDITOR_SHARE && strcmp(item->level, vault_access_name((enum vault_access)a)) == 0)
			return (enum vault_access)a;
	return VAULT_ACCESS_UNKNOWN;
}

static int agreed_order(const void *a, const void *b)
{
	const struct agreed *x = a, *y = b;

	const int c = vault_item_id_order(x->item->id, y->item->id);
	return c != 0 ? c : (x->at > y->at) - (x->at < y->at);
}

/* Of an item named twice the higher level; none at all beats every one. */
static void merge(struct agreements *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		struct agreed *last = n > 0 ? &l->a[n - 1] : NULL;

		if (last == NULL || vault_item_id_order(last->item->id, l->a[i].item->id) != 0)
			l->a[n++] = l->a[i];
		else if (l->a[i].level == VAULT_ACCESS_UNKNOWN ||
		         (last->level != VAULT_ACCESS_UNKNOWN && l->a[i].level > last->level))
			last->level = l->a[i].level;
	}
	l->n = n;
}

static enum vault_rc agreements_make(const uint8_t *token_id, const struct vault_handovers *all, int64_t at,
                                     struct agreements *out, struct vault_err *err)
{
	size_t cap = 0;

	for (size_t i = 0; i < all->n; i++) {
		const struct vault_handover *h = &all->h[i];
		const struct vault_give *g = memcmp(h->token_id, token_id, VAULT_ID_LEN) == 0 ? running(h, at) : NULL;

		if (g == NULL)
			continue;
		out->given = 1;
		if (out->n + g->n_items > cap) {
			const size_t more = (out->n + g->n_items) * 2;
			struct agreed *p = reallocarray(out->a, more, sizeof *p);
			if (p == NULL)
				return no_memory(err);
			out->a = p;
			cap = more;
		}
		for (size_t k = 0; k < g->n_items; k++)
			if (g->items[k].id != NULL) {
				out->a[out->n] = (struct agreed){.item = &g->items[k], .level = level_of(&g->items[k]), .at = out->n};
				out->n++;
			}
	}
	if (out->n > 0)
		qsort(out->a, out->n, sizeof *out->a, agreed_order);
	merge(out);
	return VAULT_OK;
}

static struct agreed *agreed_find(const struct agreements *l, const char *id)
{
	size_t lo = 0, hi = l->n;

	while (lo < hi) {
		const size_t mid = lo + (hi - lo) / 2;
		const int c = vault_item_id_order(l->a[mid].item->id, id);

		if (c == 0)
			return &l->a[mid];
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

/* 1 where every item that there is stands in the list. */
static int complete(const struct vault_exposure *e)
{
	for (size_t i = 0; i < VAULT_ITEM_TYPES; i++)
		if (e->count[i] < 0)
			return 0;
	return !e->cut;
}

static enum vault_rc compare(const struct vault_exposure *e, struct agreements *agreed, struct vault_reach *out,
                             struct vault_err *err)
{
	if (gaps_room(&out->beyond, e->n) != 0 || gaps_room(&out->missing, agreed->n) != 0)
		return no_memory(err);
	for (size_t i = 0; i < e->n; i++) {
		const struct vault_reached *r = &e->items[i];
		/* People copy an id out of the properties of a thing; which kind of thing it is they are not asked. */
		struct agreed *a = agreed_find(agreed, r->id);

		if (a == NULL)
			gap_add(&out->beyond, r, VAULT_ACCESS_UNKNOWN);
		else if (a->level != VAULT_ACCESS_UNKNOWN && plain(r->access) > a->level)
			gap_add(&out->beyond, r, a->level);
		if (a != NULL)
			a->reached = 1;
	}
	for (size_t i = 0; i < agreed->n && complete(e); i++) {
		const struct agreed *a = &agreed->a[i];

		if (!a->reached)
			out->missing.g[out->missing.n++] = (struct vault_gap){
			        .type = -1, .access = a->level, .id = a->item->id, .name = a->item->name};
	}
	return VAULT_OK;
}

enum vault_rc vault_reach_compare(const struct vault_exposure *e, const struct vault_handovers *all, int64_t at,
                                  struct vault_reach *out, struct vault_err *err)
{
	struct agreements agreed = {.n = 0};

	memset(out, 0, sizeof *out);
	enum vault_rc rc = agreements_make(e->token_id, all, at, &agreed, err);
	if (rc == VAULT_OK) {
		out->given = agreed.given;
		out->named = agreed.n > 0;
		out->n_agreed = agreed.n;
	}
	if (rc == VAULT_OK && out->named)
		rc = compare(e, &agreed, out, err);
	free(agreed.a);
	if (rc != VAULT_OK)
		vault_reach_clear(out);
	return rc;
}

/* --- what it reached before ------------------------------------------------------------------------------- */

static int reached_order(const struct vault_reached *a, const struct vault_reached *b)
{
	return a->type != b->type ? (a->type > b->type) - (a->type < b->type) : vault_item_id_order(a->id, b->id);
}

/* 1 where `e` would have the item if it were reached: its kind could be listed, and the record was not cut before it. */
static int would_have(const struct vault_exposure *e, const struct vault_reached *r)
{
	if ((size_t)r->type >= VAULT_ITEM_TYPES || e->count[r->type] < 0)
		return 0;
	return !e->cut || (e->n > 0 && reached_order(r, &e->items[e->n - 1]) < 0);
}

static int level_changed(const struct vault_reached *was, const struct vault_reached *is)
{
	return was->access != VAULT_ACCESS_UNKNOWN && is->access != VAULT_ACCESS_UNKNOWN && plain(was->access) != plain(is->access);
}

enum vault_rc vault_reach_since(const struct vault_exposure *before, const struct vault_exposure *now,
                                struct vault_reach_changes *out, struct vault_err *err)
{
	size_t i = 0, k = 0;

	memset(out, 0, sizeof *out);
	if (gaps_room(&out->came, now->n) != 0 || gaps_room(&out->went, before->n) != 0 || gaps_room(&out->changed, now->n) != 0) {
		vault_reach_changes_clear(out);
		return no_memory(err);
	}
	while (i < before->n || k < now->n) {
		const struct vault_reached *was = i < before->n ? &before->items[i] : NULL;
		const struct vault_reached *is = k < now->n ? &now->items[k] : NULL;
		const int c = was == NULL ? 1 : is == NULL ? -1 : reached_order(was, is);

		if (c < 0 && would_have(now, was))
			gap_add(&out->went, was, VAULT_ACCESS_UNKNOWN);
		else if (c > 0 && would_have(before, is))
			gap_add(&out->came, is, VAULT_ACCESS_UNKNOWN);
		else if (c == 0 && level_changed(was, is))
			gap_add(&out->changed, is, was->access);
		i += c <= 0;
		k += c >= 0;
	}
	return VAULT_OK;
}
