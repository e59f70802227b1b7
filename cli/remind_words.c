/* remind_words.c - what a person is told about one token. Never a value. */
#include <stdlib.h>
#include <string.h>

#include "remind.h"
#include "show.h"

const char *remind_codes(const struct vault_due *d, char *out, size_t n)
{
	return show_due_codes(d, out, n);
}

static const char *words_day(const struct reminding *x, int64_t day, int relative, char out[SHOW_WORDS])
{
	if (relative)
		return show_day_when(day, x->f.f.today, out);
	vault_day_format(day, out);
	return out;
}

static void words_reasons(const struct reminding *x, const struct vault_due *d, int relative, struct text *out)
{
	char when[SHOW_WORDS];

	for (size_t i = 0; i < d->n_reasons; i++) {
		const struct vault_due_reason *r = &d->reasons[i];
		int now = r->since <= x->f.f.today;

		text_printf(out, "  %s, %s %s: %s\n", vault_reason_name(r->code), now ? "since" : "from",
		            words_day(x, r->since, relative, when), r->message);
	}
}

static void words_holders(const struct reminding *x, const struct vault_token *t, struct text *out)
{
	int first = 1;

	for (size_t i = show_holders_first(&x->holders, t); i < x->holders.n; i++) {
		const struct vault_holder *h = &x->holders.h[i];

		if (strcmp(h->token->label, t->label) != 0)
			break;
		if (h->token != t)
			continue;
		if (first)
			text_puts(out, "\n  To be told, because they hold it:\n");
		first = 0;
		text_printf(out, "  - %s of %s (version %lu)\n", h->handover->to, h->vendor->name, (unsigned long)h->give->version);
	}
}

/* Several reasons may be done with by one step. */
static void words_steps(const struct vault_due *d, struct text *out)
{
	char next[VAULT_MSG_MAX];
	struct text said = {0};

	text_puts(out, "\n  What to do:\n");
	text_puts(&said, "\n");
	for (size_t i = 0; i < d->n_reasons; i++) {
		struct text line = {0};

		text_printf(&line, "\n  - %s\n", show_reason_next(d->token, &d->reasons[i], next, sizeof(next)));
		if (!line.failed && !said.failed && !strstr(said.p, line.p)) {
			text_puts(out, line.p + 1);
			text_puts(&said, line.p);
		}
		out->failed |= line.failed;
		text_free(&line);
	}
	out->failed |= said.failed;
	text_free(&said);
}

void remind_words(const struct reminding *x, const struct vault_remind *r, int relative, struct text *out)
{
	const struct vault_due *d = r->due;
	char when[SHOW_WORDS];

	text_printf(out, "%s, which acts as %s, %s %s\n", d->token->label, d->token->account,
	            d->due <= x->f.f.today ? "is due since" : "will be due on", words_day(x, d->due, relative, when));
	words_reasons(x, d, relative, out);
	words_holders(x, d->token, out);
	words_steps(d, out);
}
