/* record.h - what stands inside sealed objects: JSON of tokens, vendors, hand-overs, verdicts, exposures.
 * L2. Encoders give malloc'ed text (NULL without memory); parsers own nothing of the text and answer VAULT_DAMAGED where it
 * is not of their form. Unknown keys are ignored, so that a newer program's additions do not lock out this one. */
#ifndef VAULT_RECORD_H
#define VAULT_RECORD_H

#include <vault/types.h>

char *record_token_encode(const struct vault_token *t);
enum vault_rc record_token_parse(const void *p, size_t n, struct vault_token *out, struct vault_err *err) VAULT_MUST_CHECK;

char *record_vendor_encode(const struct vault_vendor *v);
enum vault_rc record_vendor_parse(const void *p, size_t n, struct vault_vendor *out, struct vault_err *err) VAULT_MUST_CHECK;

char *record_handover_encode(const struct vault_handover *h);
enum vault_rc record_handover_parse(const void *p, size_t n, struct vault_handover *out, struct vault_err *err) VAULT_MUST_CHECK;

/* Which token and version a stored value belongs to. */
char *record_value_encode(const uint8_t token_id[VAULT_ID_LEN], uint32_t version);
enum vault_rc record_value_parse(const void *p, size_t n, uint8_t token_id[VAULT_ID_LEN], uint32_t *version,
                                 struct vault_err *err) VAULT_MUST_CHECK;

/* A verdict's result, base, codes, message and identity; ids, version, commitment and time stand in the log's entry. */
char *record_verdict_encode(const struct vault_verdict *v);
enum vault_rc record_verdict_parse(const void *p, size_t n, struct vault_verdict *out, struct vault_err *err) VAULT_MUST_CHECK;

/* What a token reaches; ids, version, commitment and time stand in the log's entry, `modified` is not kept. The text always
 * fits into an entry, with what is added where it is carried into a new log: where it would not, names are left out, then items
 * from the end, and `cut` is set. What no reader would take (an id that is no number, an item of a kind that was not listed) is
 * left out as if cut, so that what is written can be read. */
enum { RECORD_EXPOSURE_MAX = (1 << 20) - 4096 };
struct vault_exposure;
char *record_exposure_encode(const struct vault_exposure *e);
enum vault_rc record_exposure_parse(const void *p, size_t n, struct vault_exposure *out, struct vault_err *err) VAULT_MUST_CHECK;

/* That a token reaches the same as an entry before says whole: its time, and H of its detail as it stands there. */
struct record_same {
	int64_t of;
	uint8_t detail[32];
};
char *record_same_encode(const struct record_same *s);
enum vault_rc record_same_parse(const void *p, size_t n, struct record_same *out, struct vault_err *err) VAULT_MUST_CHECK;

/* What was said to whom; token, version, commitment and time stand in the log's entry. */
struct vault_reminder;
char *record_reminder_encode(const struct vault_reminder *r);
enum vault_rc record_reminder_parse(const void *p, size_t n, struct vault_reminder *out, struct vault_err *err) VAULT_MUST_CHECK;

/* A script's list of what it may open: labels strictly ascending (memcmp). */
struct record_label {
	char *label;
	uint8_t token_id[VAULT_ID_LEN];
	enum vault_region region;
};
struct record_labels {
	struct record_label *l;
	size_t n;
};
void record_labels_clear(struct record_labels *l);
/* The entry of a token, borrowed, or NULL. */
const struct record_label *record_labels_of(const struct record_labels *l, const uint8_t token_id[VAULT_ID_LEN]);
/* Puts a token under its label (in place of what it was under); takes it out. */
enum vault_rc record_labels_put(struct record_labels *l, const char *label, const uint8_t token_id[VAULT_ID_LEN],
                                enum vault_region region, struct vault_err *err) VAULT_MUST_CHECK;
void record_labels_drop(struct record_labels *l, const uint8_t token_id[VAULT_ID_LEN]);

/* As an object of those who hold K_meta. */
char *record_labels_encode(const uint8_t slot_id[VAULT_ID_LEN], const struct record_labels *l);
enum vault_rc record_labels_parse(const void *p, size_t n, uint8_t slot_id[VAULT_ID_LEN], struct record_labels *out,
                                  struct vault_err *err) VAULT_MUST_CHECK;
/* As what is sealed to the script: for each its label as a field, 16 bytes of token id, 1 of region (the enum). */
struct buf;
void record_labels_pack(const struct record_labels *l, struct buf *b);
enum vault_rc record_labels_unpack(const uint8_t *p, size_t n, struct record_labels *out, struct vault_err *err) VAULT_MUST_CHECK;

/* What an organisation decided of rules and the CA file (log_best_effort is the header's). The encoder starts from `kept`, so
 * that keys and rules of a newer program stay. */
struct vault_settings;
char *record_settings_encode(const struct vault_settings *s);
enum vault_rc record_settings_parse(const void *p, size_t n, struct vault_settings *out, struct vault_err *err) VAULT_MUST_CHECK;

/* Lower-case hex of 16 bytes and a NUL; and the reverse (0, or -1). */
void record_hex(const uint8_t id[VAULT_ID_LEN], char out[33]);
int record_unhex(const char *hex, uint8_t id[VAULT_ID_LEN]);

#endif
