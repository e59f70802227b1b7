/* names.c - what people may write: labels, names, addresses, text; and the words of the enumerations. L2. */
#include <stdio.h>
#include <string.h>

#include <vault/types.h>

enum { EMAIL_MAX = 254 /* RFC 5321, 4.5.3.1.3, without the brackets */, TEXT_MAX = 1024 };

static const struct {
	const char *name, *base;
} regions[] = {
        [VAULT_REGION_US] = {"us", "https://api.smartsheet.com/2.0"},
        [VAULT_REGION_EU] = {"eu", "https://api.smartsheet.eu/2.0"},
        [VAULT_REGION_AU] = {"au", "https://api.smartsheet.au/2.0"},
        [VAULT_REGION_GOV] = {"gov", "https://api.smartsheetgov.com/2.0"},
};
enum { REGIONS = sizeof regions / sizeof regions[0] };

const char *vault_region_name(enum vault_region r)
{
	return (unsigned)r < REGIONS ? regions[r].name : "unknown";
}

/* NULL for what is no region: a token must never go to a host that is guessed. */
const char *vault_region_base(enum vault_region r)
{
	return (unsigned)r < REGIONS ? regions[r].base : NULL;
}

enum vault_rc vault_region_parse(const char *s, enum vault_region *r, struct vault_err *err)
{
	unsigned i = 0;

	for (i = 0; s && i < REGIONS; i++) {
		if (!strcmp(s, regions[i].name)) {
			*r = (enum vault_region)i;
			return VAULT_OK;
		}
	}
	return vault_err_set(err, VAULT_USAGE, "a region is us, eu, au or gov, not '%s'", s ? s : "");
}

const char *vault_version_status_name(enum vault_version_status s)
{
	static const char *const names[] = {"current", "retired", "dead", "erased"};

	return (unsigned)s < sizeof names / sizeof names[0] ? names[s] : "unknown";
}

const char *vault_result_name(enum vault_result r)
{
	static const char *const names[] = {"valid", "invalid", "expired", "revoked", "blocked", "unknown"};

	return (unsigned)r < sizeof names / sizeof names[0] ? names[r] : "unknown";
}

/* RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. A NUL is a character of length 1. */
size_t vault_utf8_len(const unsigned char *p, size_t n)
{
	unsigned char lo = 0x80, hi = 0xbf;
	size_t len = 0, i = 0;

	if (n == 0)
		return 0;
	if (p[0] < 0x80)
		return 1;
	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		len = 2;
	else if (p[0] >= 0xe0 && p[0] <= 0xef)
		len = 3;
	else if (p[0] >= 0xf0 && p[0] <= 0xf4)
		len = 4;
	else
		return 0;
	if (p[0] == 0xe0)
		lo = 0xa0;
	else if (p[0] == 0xed)
		hi = 0x9f;
	else if (p[0] == 0xf0)
		lo = 0x90;
	else if (p[0] == 0xf4)
		hi = 0x8f;
	if (len > n || p[1] < lo || p[1] > hi)
		return 0;
	for (i = 2; i < len; i++)
		if (p[i] < 0x80 || p[i] > 0xbf)
			return 0;
	return len;
}

/* Well-formed UTF-8 without control characters: C0, DEL, and C1, which terminals obey as well. */
static int clean(const char *s, size_t n)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t i = 0, len = 0;

	for (i = 0; i < n; i += len) {
		len = vault_utf8_len(p + i, n - i);
		if (len == 0 || p[i] < 0x20 || p[i] == 0x7f || (p[i] == 0xc2 && p[i + 1] < 0xa0))
			return 0;
	}
	return 1;
}

static int is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

enum vault_rc vault_label_check(const char *label, struct vault_err *err)
{
	size_t n = label ? strlen(label) : 0, i = 0;
	int good = n >= 1 && n <= VAULT_LABEL_MAX && is_alnum(label[0]);

	for (i = 0; good && i < n; i++)
		good = is_alnum(label[i]) || strchr("._-/@+", label[i]) != NULL;
	if (good)
		return VAULT_OK;
	return vault_err_set(
	        err, VAULT_USAGE,
	        "a label is 1 to 64 ASCII letters, digits and . _ - / @ +, the first a letter or digit, not '%s'",
	        label ? label : "");
}

static enum vault_rc name_check(const char *whose, const char *name, struct vault_err *err)
{
	size_t n = name ? strlen(name) : 0;

	if (n >= 1 && n <= VAULT_NAME_MAX && clean(name, n))
		return VAULT_OK;
	return vault_err_set(err, VAULT_USAGE,
	                     "a %s's name is 1 to 128 bytes of UTF-8 without control characters, not '%s'", whose,
	                     name ? name : "");
}

enum vault_rc vault_vendor_name_check(const char *name, struct vault_err *err)
{
	return name_check("vendor", name, err);
}

enum vault_rc vault_slot_name_check(const char *name, struct vault_err *err)
{
	return name_check("key slot", name, err);
}

/* No more than what tells an address from a slip: what may stand before the @ is its mail server's business. */
enum vault_rc vault_email_check(const char *what, const char *email, struct vault_err *err)
{
	size_t n = email ? strlen(email) : 0;
	const char *at = n ? strchr(email, '@') : NULL;

	if (n <= EMAIL_MAX && at && at != email && at[1] && !strchr(at + 1, '@') && !strpbrk(email, " <>,;\"") &&
	    clean(email, n))
		return VAULT_OK;
	return vault_err_set(err, VAULT_USAGE, "%s takes an e-mail address like name@example.com, not '%s'", what,
	                     email ? email : "");
}

enum vault_rc vault_text_check(const char *what, const char *text, struct vault_err *err)
{
	size_t n = text ? strlen(text) : 0;

	if (n > TEXT_MAX)
		return vault_err_set(err, VAULT_USAGE, "%s takes at most %d bytes, and got %zu", what, TEXT_MAX, n);
	if (!text || !clean(text, n))
		return vault_err_set(err, VAULT_USAGE, "%s takes UTF-8 text on one line without control characters",
		                     what);
	return VAULT_OK;
}

const char *vault_shell_word(const char *word, char *out, size_t n)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/@+:,%=";
	size_t len = 0;

	if (*word && strspn(word, plain) == strlen(word)) {
		snprintf(out, n, "%s", word);
		return out;
	}
	/* Room for the longest piece, the closing quote and the end. */
	out[len++] = '\'';
	for (; *word && len + 6 < n; word++) {
		if (*word == '\'') {
			memcpy(out + len, "'\\''", 4);
			len += 4;
		} else {
			out[len++] = *word;
		}
	}
	out[len++] = '\'';
	out[len] = '\0';
	return out;
}
