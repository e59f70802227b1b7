/* record_ledger.c - vendors and hand-overs as JSON. L2. */
#include <stdlib.h>
#include <string.h>

#include <vault/json.h>

#include "record.h"
#include "record_util.h"

/* --- vendors --------------------------------------------------------------------------------------------- */

char *record_vendor_encode(const struct vault_vendor *v)
{
	struct vault_json *j = vault_json_object(), *agreements = vault_json_array();
	record_set_id(j, "id", v->id);
	record_put_str(j, "name", v->name);
	record_put_str(j, "note", v->note);
	record_set_strings(j, "contacts", &v->contacts);
	for (size_t i = 0; i < v->n_agreements; i++) {
		struct vault_json *a = vault_json_object();
		record_put_str(a, "ref", v->agreements[i].ref);
		record_put_day(a, "until", v->agreements[i].until);
		vault_json_add(agreements, a);
	}
	if (v->n_agreements > 0)
		vault_json_set(j, "agreements", agreements);
	else
		vault_json_free(&agreements);
	record_put_day(j, "vetted", v->vetted);
	record_put_day(j, "added", v->added);
	return record_text(j);
}

static enum vault_rc agreements_parse(const struct jsonread *a, struct vault_vendor *v, struct vault_err *err)
{
	const size_t n = jsonread_size(a);
	enum vault_rc rc = VAULT_OK;
	v->agreements = calloc(n + 1, sizeof *v->agreements);
	if (v->agreements == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	v->n_agreements = n;
	for (size_t i = 0; i < n && rc == VAULT_OK; i++) {
		rc = record_str(jsonread_at(a, i), "ref", &v->agreements[i].ref, err);
		v->agreements[i].until = jsonread_day(jsonread_at(a, i), "until");
		if (rc == VAULT_OK && v->agreements[i].ref == NULL)
			rc = record_bad(err);
	}
	return rc;
}

enum vault_rc record_vendor_parse(const void *p, size_t n, struct vault_vendor *out, struct vault_err *err)
{
	struct jsonread *j = NULL;
	memset(out, 0, sizeof *out);
	enum vault_rc rc = jsonread_parse(p, n, &j, err);
	if (rc == VAULT_OK)
		rc = record_id(j, "id", out->id, err);
	if (rc == VAULT_OK)
		rc = record_str(j, "name", &out->name, err);
	if (rc == VAULT_OK && out->name == NULL)
		rc = record_bad(err);
	if (rc == VAULT_OK)
		rc = record_str(j, "note", &out->note, err);
	if (rc == VAULT_OK)
		rc = record_strings(j, "contacts", &out->contacts, err);
	if (rc == VAULT_OK)
		rc = agreements_parse(jsonread_get(j, "agreements"), out, err);
	if (rc == VAULT_OK) {
		out->vetted = jsonread_day(j, "vetted");
		out->added = jsonread_day(j, "added");
	}
	jsonread_free(&j);
	if (rc != VAULT_OK)
		vault_vendor_clear(out);
	return rc;
}

/* --- hand-overs ------------------------------------------------------------------------------------------ */

static struct vault_json *give_json(const struct vault_give *g)
{
	struct vault_json *j = vault_json_object(), *items = vault_json_array();
	vault_json_set_int(j, "version", g->version);
	record_put_day(j, "date", g->date);
	record_put_str(j, "purpose", g->purpose);
	record_put_str(j, "agreement", g->agreement);
	record_put_str(j, "channel", g->channel);
	record_put_day(j, "until", g->until);
	for (size_t i = 0; i < g->n_items; i++) {
		struct vault_json *it = vault_json_object();
		record_put_str(it, "id", g->items[i].id);
		record_put_str(it, "level", g->items[i].level);
		record_put_str(it, "name", g->items[i].name);
		vault_json_add(items, it);
	}
	if (g->n_items > 0)
		vault_json_set(j, "items", items);
	else
		vault_json_free(&items);
	return j;
}

static void put_confirms(struct vault_json *to, const struct vault_period *p)
{
	struct vault_json *a = p->n_confirms > 0 ? vault_json_array() : NULL;
	for (size_t i = 0; i < p->n_confirms; i++) {
		struct vault_json *j = vault_json_object();
		record_put_day(j, "date", p->confirms[i].date);
		vault_json_set_int(j, "give", (int64_t)p->confirms[i].give);
		record_put_day(j, "was_until", p->confirms[i].was_until);
		vault_json_add(a, j);
	}
	if (p->n_confirms > 0)
		vault_json_set(to, "confirms", a);
}

char *record_handover_encode(const struct vault_handover *h)
{
	struct vault_json *j = vault_json_object(), *periods = vault_json_array();
	record_set_id(j, "id", h->id);
	record_set_id(j, "token", h->token_id);
	record_set_id(j, "vendor", h->vendor_id);
	record_put_str(j, "to", h->to);
	for (size_t i = 0; i < h->n_periods; i++) {
		const struct vault_period *p = &h->periods[i];
		struct vault_json *o = vault_json_object(), *gives = vault_json_array();
		for (size_t k = 0; k < p->n_gives; k++)
			vault_json_add(gives, give_json(&p->gives[k]));
		vault_json_set(o, "gives", gives);
		record_put_day(o, "confirmed", p->confirmed);
		put_confirms(o, p);
		record_put_day(o, "ended", p->ended);
		record_put_flag(o, "never_given", p->never_given);
		record_put_str(o, "reason", p->reason);
		vault_json_add(periods, o);
	}
	vault_json_set(j, "periods", periods);
	return record_text(j);
}

static enum vault_rc items_parse(const struct jsonread *a, struct vault_give *g, struct vault_err *err)
{
	enum vault_rc rc = VAULT_OK;
	g->n_items = jsonread_size(a);
	g->items = calloc(g->n_items + 1, sizeof *g->items);
	if (g->items == NULL) {
		g->n_items = 0;
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	}
	for (size_t i = 0; i < g->n_items && rc == VAULT_OK; i++) {
		const struct jsonread *it = jsonread_at(a, i);
		rc = record_str(it, "id", &g->items[i].id, err);
		if (rc == VAULT_OK)
			rc = record_str(it, "level", &g->items[i].level, err);
		if (rc == VAULT_OK)
			rc = record_str(it, "name", &g->items[i].name, err);
		if (rc == VAULT_OK && g->items[i].id == NULL)
			rc = record_bad(err);
	}
	return rc;
}

static enum vault_rc give_parse(const struct jsonread *j, struct vault_give *g, struct vault_err *err)
{
	const int64_t version = jsonread_int(j, "version", 0);
	g->date = jsonread_day(j, "date");
	g->until = jsonread_day(j, "until");
	if (version < 1 || version > UINT32_MAX || g->date == VAULT_NO_DAY)
		return record_bad(err);
	g->version = (uint32_t)version;
	enum vault_rc rc = record_str(j, "purpose", &g->purpose, err);
	if (rc == VAULT_OK)
		rc = record_str(j, "agreement", &g->agreement, err);
	if (rc == VAULT_OK)
		rc = record_str(j, "channel", &g->channel, err);
	return rc == VAULT_OK ? items_parse(jsonread_get(j, "items"), g, err) : rc;
}

static enum vault_rc confirms_parse(const struct jsonread *a, struct vault_period *p, struct vault_err *err)
{
	const size_t n = jsonread_size(a);
	if (n == 0)
		return VAULT_OK;
	p->confirms = calloc(n, sizeof *p->confirms);
	if (p->confirms == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	p->n_confirms = n;
	for (size_t i = 0; i < n; i++) {
		const struct jsonread *j = jsonread_at(a, i);
		const int64_t give = jsonread_int(j, "give", -1);
		p->confirms[i].date = jsonread_day(j, "date");
		p->confirms[i].was_until = jsonread_day(j, "was_until");
		if (give < 0 || (uint64_t)give >= p->n_gives || p->confirms[i].date == VAULT_NO_DAY)
			return record_bad(err);
		p->confirms[i].give = (size_t)give;
	}
	return VAULT_OK;
}

static enum vault_rc period_parse(const struct jsonread *j, struct vault_period *p, struct vault_err *err)
{
	const struct jsonread *a = jsonread_get(j, "gives");
	const size_t n = jsonread_size(a);
	if (n == 0)
		return record_bad(err);
	p->gives = calloc(n, sizeof *p->gives);
	if (p->gives == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	p->n_gives = n;
	p->confirmed = jsonread_day(j, "confirmed");
	p->ended = jsonread_day(j, "ended");
	p->never_given = jsonread_bool(j, "never_given", 0);
	enum vault_rc rc = record_str(j, "reason", &p->reason, err);
	for (size_t i = 0; i < n && rc == VAULT_OK; i++)
		rc = give_parse(jsonread_at(a, i), &p->gives[i], err);
	return rc == VAULT_OK ? confirms_parse(jsonread_get(j, "confirms"), p, err) : rc;
}

static enum vault_rc periods_parse(const struct jsonread *a, struct vault_handover *h, struct vault_err *err)
{
	const size_t n = jsonread_size(a);
	enum vault_rc rc = VAULT_OK;
	if (n == 0)
		return record_bad(err);
	h->periods = calloc(n, sizeof *h->periods);
	if (h->periods == NULL)
		return vault_err_set(err, VAULT_REFUSED, "out of memory");
	h->n_periods = n;
	for (size_t i = 0; i < n && rc == VAULT_OK; i++)
		rc = period_parse(jsonread_at(a, i), &h->periods[i], err);
	return rc;
}

enum vault_rc record_handover_parse(const void *p, size_t n, struct vault_handover *out, struct vault_err *err)
{
	struct jsonread *j = NULL;
	memset(out, 0, sizeof *out);
	enum vault_rc rc = jsonread_parse(p, n, &j, err);
	if (rc == VAULT_OK)
		rc = record_id(j, "id", out->id, err);
	if (rc == VAULT_OK)
		rc = record_id(j, "token", out->token_id, err);
	if (rc == VAULT_OK)
		rc = record_id(j, "vendor", out->vendor_id, err);
	if (rc == VAULT_OK)
		rc = record_str(j, "to", &out->to, err);
	if (rc == VAULT_OK && out->to == NULL)
		rc = record_bad(err);
	if (rc == VAULT_OK)
		rc = periods_parse(jsonread_get(j, "periods"), out, err);
	jsonread_free(&j);
	if (rc != VAULT_OK)
		vault_handover_clear(out);
	return rc;
}
