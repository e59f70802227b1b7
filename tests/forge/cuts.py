"""The table of checks: each of the verifying code's, the text that makes it, what stands there without it, and the attack
that then goes through.

Cut(file, name, text, instead, attack): without this check alone the attack goes through. `status`: what it says then,
where the harm is a wrong answer (a user blamed for an attacker's change, or the other way round). `under`: another check
stops the attack too; with the ones named taken out as well it goes through. `because`: what stops it is no check of ours
(SQLite, the AEAD, the shape of the data), so there is nothing to take out.
"""
import collections

Cut = collections.namedtuple("Cut", "file name text instead attack status under because")
CUTS = []
NAMED = {}


def at(file):
    return file if "/" in file else "vault/" + file


def cut(file, name, text, instead, attack, status=None, under=(), because=None):
    c = Cut(at(file), name, text, instead, attack, status, tuple((at(f), t, i) for f, t, i in under), because)
    key = file + ": " + name
    if key in NAMED:
        raise ValueError("two checks are named " + key)
    NAMED[key] = c
    CUTS.append(c)


# --- the file and what lies beside it ---------------------------------------------------------------------------------

S = "storefile.c"
cut(S, "application_id", " || be32(h + 68) != STOREFILE_APPLICATION_ID", "", "application_id")
cut(S, "first bytes", "n < (long)sizeof h || memcmp(h, \"SQLite format 3\", 16) != 0 || ", "", "another_database",
    because="SQLite says of any other file that it is no database; the check answers sooner and in our words")
cut(S, "user_version", "be32(h + 60) != format", "0", "user_version")
cut(S, "WAL bits", "h[18] != 1 || h[19] != 1 || ", "", "wal_bits")
cut(S, "encoding", " || be32(h + 56) != 1", "", "encoding")
cut(S, "journal of one name", " || st.st_nlink != 1 || st.st_uid != geteuid()", " || st.st_uid != geteuid()", "journal_link")
cut(S, "journal of one's own", " || st.st_nlink != 1 || st.st_uid != geteuid()", " || st.st_nlink != 1",
    "journal_of_another")
cut(S, "super-journal", "memcmp(tail, magic, 8) == 0", "0", "super_journal")
cut(S, "no -wal", "lstat(wal, &st) == 0", "0", "a_wal")

F = "files.c"
cut(F, "no link", "S_ISLNK(st.st_mode)", "0", "vault_is_a_link", status=8,
    because="SQLite is told not to follow links either (NOFOLLOW)")
cut(F, "one name", "st.st_nlink != 1", "0", "vault_is_a_link")
cut(F, "nobody else's", "st.st_mode & (S_IRWXG | S_IRWXO)", "0", "vault_is_readable")
cut(F, "folder nobody else's", "(st.st_mode & (S_IWGRP | S_IWOTH)) && !(st.st_mode & S_ISVTX)", "0", "vault_is_readable")

T = "store.c"
P = "storeopen.c"
ODD = (T, "odd = 1;", ";")
COUNT = (T, "odd || seen != STORE_TABLES", "odd")
ALL = (T, "odd || seen != STORE_TABLES", "0")
cut(T, "schema: texts", "strcmp(c[1], c[2]) != 0 || !is_table_sql(c[1], c[3])", "strcmp(c[1], c[2]) != 0", "not_strict")
cut(T, "schema: types", "strcmp(c[0], \"table\") != 0 ||", "", "schema_entry_type",
    because="SQLite finds such an entry malformed")
cut(T, "schema: names", "strcmp(c[1], c[2]) != 0 || !is", "!is", "schema_entry_table",
    because="SQLite finds such an entry malformed")
cut(T, "schema: no others", *COUNT[1:], "a_table_more", under=[ODD])
cut(T, "schema: each is ours", *ODD[1:], "a_view_more", under=[COUNT])
cut(T, "schema", *ALL[1:], "a_table_more")
cut(P, "no triggers", "{SQLITE_DBCONFIG_ENABLE_TRIGGER, 0}", "{SQLITE_DBCONFIG_ENABLE_TRIGGER, 1}", "a_trigger", under=[ALL])
cut(T, "types of cells", "type != (tables[t].col[i].is_int ? SQLITE_INTEGER : SQLITE_BLOB)", "0", "text_in_a_value")
cut(T, "number of columns", "(size_t)sqlite3_column_count(st) != ncols", "0", "generated_column",
    under=[ALL])
cut(P, "integrity", 'text == NULL || strcmp(text, "ok") != 0', "text == NULL", "free_page")

# --- before anything is verified --------------------------------------------------------------------------------------

V = "vault.c"
cut(V, "format in the header", "header.r[0]->c[HDR_FORMAT].i != STORE_FORMAT", "0", "format_signed",
    under=[("txn.c", "h[HDR_FORMAT].i != STORE_FORMAT", "0")])
cut(V, "one header", "header.n != 1 || header", "header", "two_headers_signed",
    under=[("txn.c", "roster->header.n == 1 ? roster->header.r[0]->c : NULL", "roster->header.r[0]->c"),
           ("roster.c", "verified->header.n != 1 || ", "")])
cut(V, "vault_id of 16 bytes", "header.r[0]->c[HDR_VAULT_ID].n != 16", "0", "header_changed",
    because="another vault_id is another signed state: own_sig cannot hold")
cut(V, "wraps hold before a name is doubted", "ok ? VAULT_OK : vault_err_set(err, VAULT_DAMAGED, \"the list of key slots",
    "1 ? VAULT_OK : vault_err_set(err, VAULT_DAMAGED, \"the list of key slots", "slot_renamed", status=3)
cut(V, "a wrap for each slot", "ok = w != NULL && wrap_sig_ok(w, &slot);", "ok = w == NULL || wrap_sig_ok(w, &slot);",
    "wrap_moved", status=6)
cut(V, "as many wraps as slots", "int ok = v->raw_wraps.n == v->raw_slots.n;", "int ok = 1;", "wrap_of_nobody_more",
    status=3)
cut(V, "a key's vault", "if (seen.known && memcmp(seen.vault_id, k->vault_id, 16) == 0)", "if (0)",
    "another_vault_in_its_place", status=6)
cut(V, "a key's vault is this", "if (memcmp(k->vault_id, v->vault_id, 16) == 0)", "if (1)", "whole_slot_from_another_vault",
    status=8)
cut(V, "a key's slot is there", "if (rc == VAULT_OK && slot == NULL)", "if (0)", "slot_row_gone")
cut(V, "a slot has a wrap", "\tif (w == NULL)\n\t\treturn vault_err_set(err, VAULT_DAMAGED, \"the key slot is damaged",
    "\tif (0)\n\t\treturn vault_err_set(err, VAULT_DAMAGED, \"the key slot is damaged", "wrap_gone")
cut(V, "a wrap of a passphrase, before a key is blamed", "if (rc == VAULT_OK && is_passphrase_slot(v, slot)) {\n\t\trc = wraps_hold(v, err);",
    "if (rc == VAULT_OK && is_passphrase_slot(v, slot)) {", "type_of_a_wrap", status=6)

K = "keytext.c"
cut(K, "checksum", "n != ALL_LEN || memcmp(sum, raw + RAW_LEN, SUM_LEN) != 0", "n != ALL_LEN", "key_text_epoch_mistyped", status=9)

W = "wrap.c"
SIGNED = (W, "|| !wrap_sig_ok(w, slot))\n\t\treturn", ")\n\t\treturn")
cut(W, "signature before the KDF", *SIGNED[1:], "check_value_changed", status=6)
cut(W, "length of the salt", "w->c[WR_SALT].n != SALT_LEN || ", "", "wrap_lengths", status=6)
cut(W, "length of CHK", "w->c[WR_CHK].n != CHK_LEN || ", "", "wrap_lengths", status=6)
cut(W, "length of the nonce", "w->c[WR_NONCE].n != SEAL_NONCE_LEN ||", "", "wrap_lengths",
    because="the AEAD does not open with another nonce; the check keeps reads within the row")
cut(W, "length of the box", "w->c[WR_BOX].n != BOX_LEN || ", "", "wrap_lengths",
    because="the AEAD does not open another box; the check keeps reads within the row")
cut(W, "type", "type < WRAP_PASSPHRASE || type > WRAP_RECOVERY ", "0 ", "wrap_lengths",
    because="the type is in the wrap's associated data: the AEAD does not open with another")
cut(W, "length of the signature", "\tif (w->c[WR_SIG].n != SIGN_LEN)\n\t\treturn 0;\n", "", "wrap_signature_short",
    because="a signature of other bytes does not hold; the check keeps reads within the row")
cut(W, "parameters as they are stored", "w->c[c].i < 0 || w->c[c].i > UINT32_MAX", "0", "kdf_wrapped_around", status=6)
cut(W, "parameters", "w->c[WR_TYPE].i == WRAP_PASSPHRASE ? kdf_check(&p, err) : VAULT_OK", "VAULT_OK", "kdf_lowered",
    under=[("kdf.c", "\tenum vault_rc rc = kdf_check(p, err);\n\tint got = 0;", "\tenum vault_rc rc = VAULT_OK;\n\tint got = 0;")],
    status=6)
cut("kdf.c", "least memory", "p->m_kib < M_MIN || ", "", "kdf_lowered", status=6)
cut("kdf.c", "most memory", " || p->m_kib > M_MAX", "", "kdf_raised",
    because="not run: a machine with less refuses by what it has; one with more would be busy for half a minute")
cut("kdf.c", "most passes", "p->t > T_MAX || ", "", "kdf_raised", status=6)
cut("kdf.c", "least passes", " || p->t < (p->m_kib == M_MAX ? 1U : (uint32_t)T_MIN)", "", "kdf_lowered", status=6)
cut("kdf.c", "lanes", "p->lanes < 1 || p->lanes > LANES_MAX", "p->lanes < 1", "kdf_raised", status=6)
cut("kdf.c", "a lane at least", "p->lanes < 1 || p->lanes > LANES_MAX", "p->lanes > LANES_MAX", "kdf_lowered", status=1)
cut("kdf.c", "memory times passes", "(uint64_t)p->m_kib * p->t > M_TIMES_T_MAX", "0", "kdf_raised")
cut(W, "CHK", "!secret_equal(d->chk, w->c[WR_CHK].p, CHK_LEN)", "0", "another_key_file", status=8)
cut(W, "AEAD of a wrap", "seal_aead_open(d->plain, d->kek, box, sizeof box, ad.p, ad.n) != 0", "(seal_aead_open(d->plain, d->kek, box, "
    "sizeof box, ad.p, ad.n), 0)", "box_of_a_wrap",
    because="libsodium gives zeros for what does not open: under a pk_own of zeros no own_sig holds")
cut(W, "lengths of a slot's keys", "return c[SLOT_ID].n == 16 && c[SLOT_BOX_PK].n == SEAL_PK_LEN && c[SLOT_SIGN_PK].n == SIGN_PK_LEN;",
    "return 1;", "slot_keys_short", because="a signature under other bytes does not hold; the check keeps reads within the row")

# --- the signed state and what hangs on it ----------------------------------------------------------------------------

X = "txn.c"
cut(X, "signature of the authority", "rc == VAULT_OK && !state_own_ok(&v->state, v->kr->pk_own)", "0", "own_authority")
cut("tree.c", "top under the root", "memcmp(h, root, HASH_LEN) != 0", "0", "older_rows_top")
cut("tree.c", "group under the top", "memcmp(h, top_slot(t, group), HASH_LEN) != 0", "0", "older_rows_groups")
cut("tree.c", "a row of digests", "rows.n != 1 || rows.r[0]->c[DIG_DIGESTS].n != len", "rows.n == 1 && rows.r[0]->c[DIG_DIGESTS].n != len",
    "digest_row_gone")
cut("tree.c", "length of a row of digests", " || rows.r[0]->c[DIG_DIGESTS].n != len", "", "top_row_short",
    because="other bytes have another hash; the check keeps reads within the row")
cut("leaf.c", "leaf under its group", "rc == VAULT_OK && memcmp(want, got, HASH_LEN) != 0", "0", "older_rows")
cut("leaf.c", "rows in order", "k > 0 && row_compare(t, rows->r[k - 1], rows->r[k]) >= 0", "0", "duplicate_rows_signed")
cut("leaf.c", "the first leaf begins at nothing", "number == 0 ? 0 : 16", "16", "short_key")
cut("store.c", "the last leaf has no end", "hi != NULL ? 3 : 2, out, err);", "hi != NULL ? 3 : 2, out, err) != VAULT_OK ? VAULT_IO : "
    "(out->n > 0 && out->r[out->n - 1]->c[0].n > 16 && hi == NULL ? (void)(free(out->r[--out->n]), 0) : (void)0, VAULT_OK);",
    "long_key")
cut(X, "vault_id of the header", "memcmp(h[HDR_VAULT_ID].p, v->vault_id, 16) != 0", "0", "vault_id_changed",
    because="the vault_id is in every signed state; here only a file that changed between two readings is seen")
cut(X, "format of the verified header", "h[HDR_FORMAT].i != STORE_FORMAT", "0", "format_signed",
    under=[(V, "header.r[0]->c[HDR_FORMAT].i != STORE_FORMAT", "0")])
cut(X, "keys of the own slot", "!secret_equal(s->box_pk, v->kr->box_pk, SEAL_PK_LEN) || !secret_equal(s->sign_pk, v->kr->sign_pk, SIGN_PK_LEN)",
    "0", "own_keys_replaced", under=[SIGNED])
cut(X, "own slot not ended", "return s->active ? VAULT_OK : ended_slot(v, s, err);", "return VAULT_OK;", "ended_key", status=8)
cut(X, "who signed", "!roster_may_sign(signer, v->state.epoch) || ", "", "signed_by_a_monitor")
cut(X, "signature of the slot", " || !state_slot_ok(&v->state, signer->sign_pk)", "", "signed_in_anothers_name")
cut(X, "changes are an admin's", "if (rc == VAULT_OK && kind == TXN_WRITE && v->role != VAULT_ROLE_ADMIN)", "if (0)", "monitor_asks")
cut("state.c", "lengths of a state", "if (!ok || r->c[ST_EPOCH].i < 1)", "if (r->c[ST_EPOCH].i < 1)", "state_rewritten",
    because="a column of another length is another state: signature or chain do not hold; the check keeps reads within the row")
cut("state.c", "epochs from 1 on", "if (!ok || r->c[ST_EPOCH].i < 1)", "if (!ok)", "states_after_the_end",
    because="such a state is a row more than there are epochs, and never the newest")
cut("state.c", "a state is there", "rows->n != 1", "0", "middle_state_gone")

R = "roster.c"
cut(R, "role", "c[SLOT_ROLE].i < VAULT_ROLE_ADMIN || c[SLOT_ROLE].i > VAULT_ROLE_SCRIPT ||", "", "role_of_no_name")
cut(R, "status", "(c[SLOT_STATUS].i != SLOT_ACTIVE && c[SLOT_STATUS].i != SLOT_ENDED_STATUS)", "0", "status_of_no_name")
cut(R, "no empty name", "c[SLOT_NAME].n == 0 ||", "", "slot_name_empty",
    under=[(R, "return vault_vendor_name_check(s->name, NULL) == VAULT_OK ? VAULT_OK : bad(err);", "return VAULT_OK;")])
cut(R, "length of a name", "c[SLOT_NAME].n > VAULT_NAME_MAX || ", "", "slot_name_long")
cut(R, "a name is text", "return vault_vendor_name_check(s->name, NULL) == VAULT_OK ? VAULT_OK : bad(err);", "return VAULT_OK;",
    "slot_name_on_the_terminal")
cut(R, "lengths of a slot's columns", "c[SLOT_ID].n != 16 || c[SLOT_BOX_PK].n != 32 || c[SLOT_SIGN_PK].n != 32 || ", "",
    "slot_columns_short")
cut(R, "a header and slots", "verified->header.n != 1 || rows->n == 0", "0", "two_headers_signed",
    under=[(X, "roster->header.n == 1 ? roster->header.r[0]->c : NULL", "roster->header.r[0]->c"),
           (V, "header.n != 1 || header", "header")])
cut(X, "one verified header", "roster->header.n == 1 ? roster->header.r[0]->c : NULL", "roster->header.r[0]->c", "two_headers_signed",
    under=[(R, "verified->header.n != 1 || ", ""), (V, "header.n != 1 || header", "header")])
cut(R, "signer is an admin", "s->role == VAULT_ROLE_ADMIN && s->added", "s->added", "signed_by_a_monitor")
cut(R, "signer was added before", "s->added <= epoch && ", "", "signed_before_it_was_added")
cut(R, "signer was not ended", "&& (s->active || s->ended > epoch);", ";", "signed_by_an_ended_slot")
cut(R, "signer is a slot", "return s != NULL && s->role", "return s->role", "signed_by_no_slot")
cut(R, "context in a grant", " || memcmp(plain, b.p, b.n) != 0", "", "grant_with_another_context")
cut(R, "length of a grant", "len < b.n || len - b.n > cap ||", "", "grant_too_long",
    under=[(R, "return rc == VAULT_OK && got != n ? bad(err) : rc;", "return rc;")])
cut(R, "a key of its length", "return rc == VAULT_OK && got != n ? bad(err) : rc;", "return rc;", "grant_of_a_short_key",
    because="half a key has another commitment, half of sk_own is not pk_own's")
cut(R, "a grant that opens", "seal_open(plain, kr->box_pk, kr->box_sk, c[GRANT_BOX].p, c[GRANT_BOX].n) != 0 ||",
    "(seal_open(plain, kr->box_pk, kr->box_sk, c[GRANT_BOX].p, c[GRANT_BOX].n), 0) ||", "grant_sealed_to_another",
    because="what does not open has not the row's context either")
cut(R, "an ended grant gives nothing", " ||\n\t\t    g->c[GRANT_ENDED].i != 0)\n\t\t\tcontinue;", ")\n\t\t\tcontinue;", "grant_marked_ended")
cut(R, "a grant at all", "if (g == NULL || g->c[GRANT_VERSION].i < 1)", "if (g != NULL && g->c[GRANT_VERSION].i < 1)", "grant_missing")
cut(R, "generations from 1 on", "if (g == NULL || g->c[GRANT_VERSION].i < 1)", "if (g == NULL)", "grant_of_generation_zero", status=1,
    under=[(R, "if (key_row(r, kind, n + 1) != NULL)", "if (0)")])
cut(R, "no newer generation kept back", "if (key_row(r, kind, n + 1) != NULL)", "if (0)", "generation_kept_back")
cut(R, "commitment", "if (!commitment_ok(key_row(r, kind, n), vault_id, kind, n, at->key))", "if (0)", "another_ledger_for_one")
cut(R, "a generation's row", "return k != NULL && k->c", "return k->c", "commitment_missing")
cut(R, "the generation before", "return ok ? VAULT_OK : bad(err);\n}\n\nstruct row *roster_key_make", "return VAULT_OK;\n}\n\nstruct row *roster_key_make",
    "generation_before_damaged", under=[(R, "if (!commitment_ok(key_row(r, kind, n), vault_id, kind, n, at->key))", "if (0)")])
cut(R, "a SIGN grant", "\tif (g == NULL)\n\t\treturn bad(err);\n\tconst enum vault_rc rc = key_open", "\tconst enum vault_rc rc = key_open",
    "grant_missing")
cut(R, "sk_own is of pk_own", "!secret_equal(kr->sk_own + 32, kr->pk_own, SIGN_PK_LEN)", "0", "another_authority_for_one")

# --- records and values -----------------------------------------------------------------------------------------------

O = "object.c"
cut(O, "lengths of a record's row", "c[OBJ_TAG].n != 16 || c[OBJ_ID].n != 16 || c[OBJ_BOX].n < 8", "0", "record_that_does_not_open",
    because="other bytes are other associated data: the AEAD does not open; the check keeps reads within the row")
cut(O, "a record opens", "\tif (out->text == NULL)\n\t\treturn vault_err_set(err, VAULT_DAMAGED, \"a record of the vault does not open",
    "\tif (0)\n\t\treturn vault_err_set(err, VAULT_DAMAGED, \"a record of the vault does not open", "record_that_does_not_open",
    because="nothing that was not opened is a record: its parser says so next")
cut(O, "kind of a record", "if (r->c[OBJ_KIND].i != kind)", "if (0)", "record_of_another_kind",
    because="a record of another kind has not a token's fields: its parser says so next")
cut(O, "who may read records", "\tif (v->kr->n_meta == 0)\n\t\treturn txn_forbidden(v, \"read what the vault knows of tokens\", err);\n\tenum vault_rc rc = txn_leaf",
    "\tenum vault_rc rc = txn_leaf", "script_asks", status=8, under=[(O, "\tif (v->kr->n_meta == 0)\n\t\treturn txn_forbidden(v, \"read what the vault "
    "knows of tokens\", err);\n\tfor", "\tfor")])
cut(O, "who may list records", "\tif (v->kr->n_meta == 0)\n\t\treturn txn_forbidden(v, \"read what the vault knows of tokens\", err);\n\tfor",
    "\tfor", "script_asks", status=8)

A = "value.c"
cut(A, "length of a commitment", "*row != NULL && (*row)->c[SEC_COMMIT].n != VAULT_COMMIT_LEN", "0", "value_commitment_short")
cut(A, "a generation that is there", "if (adm == NULL)\n", "if (0)\n", "value_boxes_of_another")
cut(A, "AEAD of a key", "seal_aead_open(t->key, adm->seal, r->c[SEC_KEY].p, r->c[SEC_KEY].n, ad.p, ad.n) == 0;",
    "(seal_aead_open(t->key, adm->seal, r->c[SEC_KEY].p, r->c[SEC_KEY].n, ad.p, ad.n), 1);", "value_boxes_of_another",
    because="libsodium gives zeros for what does not open: they have another commitment")
cut(A, "commitment of a value", "return secret_equal(t->commit, r->c[SEC_COMMIT].p, VAULT_COMMIT_LEN) ? VAULT_OK : damaged(err);", "return VAULT_OK;",
    "value_under_an_old_commitment")
cut(A, "commitment of a script's value", "rc = secret_equal(t->commit, row->c[SEC_COMMIT].p, VAULT_COMMIT_LEN) ? open_box(v, row, t, out, err) : damaged(err);",
    "rc = open_box(v, row, t, out, err);", "value_for_a_script_alone")
cut(A, "length of a value's box", "if (n < SEAL_OVERHEAD + VALUE_BLOCK || n > VALUE_BOX_MAX)", "if (n < SEAL_OVERHEAD || n > VALUE_BOX_MAX)",
    "value_boxes_of_another", because="the AEAD does not open a box that was cut; the check keeps lengths above zero")
cut(A, "AEAD and padding of a value", "if (len == SIZE_MAX || len == 0) {", "if (0) {", "value_boxes_of_another")
cut(A, "a filed value's id", "rc == VAULT_OK && *found && memcmp(o.id, token_id, 16) != 0", "0", "value_filed_two_ways")

C = "script.c"
cut(C, "a script's list", "if (g == NULL || g->c[GRANT_ENDED].i != 0)\n\t\treturn bad(err);", "if (g != NULL && g->c[GRANT_ENDED].i != 0)\n\t\treturn bad(err);",
    "list_that_is_none")
cut(C, "a list that was ended", "if (g == NULL || g->c[GRANT_ENDED].i != 0)\n\t\treturn bad(err);", "if (g == NULL)\n\t\treturn bad(err);",
    "list_that_is_none")
cut(C, "padding of a list", "rc == VAULT_OK && (len = seal_unpad(plain, n, LABELS_BLOCK)) == SIZE_MAX", "(len = rc == VAULT_OK ? seal_unpad(plain, n, LABELS_BLOCK) : 0) == SIZE_MAX && (len = 0)",
    "list_that_is_none", status=3)
cut(C, "a grant of the version", "if (g == NULL || g->c[GRANT_ENDED].i != 0)\n\t\treturn vault_err_set(err, VAULT_FORBIDDEN", "if (g == NULL)\n\t\treturn vault_err_set(err, VAULT_FORBIDDEN",
    "granted_version_ended")
cut(C, "length of K_tok", "if (rc == VAULT_OK && n != KEY_LEN)\n\t\trc = bad(err);", "", "grant_of_another_token",
    because="K_tok's own commitment is compared")
cut(C, "a list of its own slot", "memcmp(inside, slot_id, 16) != 0 || memcmp(o.id, slot_id, 16) != 0", "memcmp(o.id, slot_id, 16) != 0", "labels_of_another")
cut(C, "a list in its slot's row", "memcmp(inside, slot_id, 16) != 0 || memcmp(o.id, slot_id, 16) != 0", "memcmp(inside, slot_id, 16) != 0", "labels_of_another")
cut(C, "a list for admins", "if (rc == VAULT_OK && !found)\n\t\trc = bad(err);\n\telse if", "if", "list_and_grants_differ",
    because="no text is no list: its parser says so")
cut(C, "a list's token has versions", "if (rc == VAULT_OK && n == 0)\n\t\t\trc = bad(err);", "", "script_has_no_value")
cut("record_labels.c", "regions, labels", "r.bad || region > VAULT_REGION_GOV || memchr(label, 0, len) != NULL", "r.bad || memchr(label, 0, len) != NULL", "list_that_is_none")
cut("record_labels.c", "a label is text", "r.bad || region > VAULT_REGION_GOV || memchr(label, 0, len) != NULL", "r.bad || region > VAULT_REGION_GOV", "list_that_is_none",
    status=3)
cut("record_labels.c", "labels ascend", "(out->n > 0 && strcmp(out->l[out->n - 1].label, owned_label) >= 0)", "0", "list_that_is_none")
E = "release.c"
cut(E, "who may read values", "if (rc == VAULT_OK && v->role != VAULT_ROLE_ADMIN && v->role != VAULT_ROLE_SCRIPT)", "if (0)", "monitor_asks")
cut(E, "a version is there", "if (rc == VAULT_OK && row == NULL)", "if (0)", "script_has_no_value")

N = "token.c"
cut(N, "record under its own name", "memcmp(tag, o->tag, 16) != 0 || ", "", "record_under_another_name")
cut(N, "record of its own id", " || memcmp(out->t.id, o->id, VAULT_ID_LEN) != 0", "", "record_of_another_id")
cut(N, "label asked for", "rc == VAULT_OK && strcmp(out->t.label, label) != 0", "0", "record_under_another_name",
    under=[(N, "memcmp(tag, o->tag, 16) != 0 || ", "")])
cut(N, "as many versions as rows", "rc == VAULT_OK && rows != t->n_versions", "0", "record_and_rows_disagree")
cut(N, "values where they should be", "value_present(r) != wants || ", "", "value_missing")
cut(N, "the last version is current", "(last && ver->status != (t->removed ? VAULT_ERASED : VAULT_CURRENT)) ||", "", "older_version_current",
    under=[(N, "(!last && ver->status == VAULT_CURRENT)", "0")])
cut(N, "no other version is", "(!last && ver->status == VAULT_CURRENT)", "0", "older_version_current",
    under=[(N, "(last && ver->status != (t->removed ? VAULT_ERASED : VAULT_CURRENT)) ||", "")])

# --- the access log ---------------------------------------------------------------------------------------------------

L, G = "logfile.c", "logframe.c"
cut(L, "a log's file", "!S_ISREG(st.st_mode) || st.st_nlink != 1 || st.st_uid != geteuid() ||\n\t    (st.st_mode & 077) != 0",
    "!S_ISREG(st.st_mode) || st.st_uid != geteuid() ||\n\t    (st.st_mode & 077) != 0", "log_is_a_link")
cut(L, "a log is private", "!S_ISREG(st.st_mode) || st.st_nlink != 1 || st.st_uid != geteuid() ||\n\t    (st.st_mode & 077) != 0",
    "!S_ISREG(st.st_mode) || st.st_nlink != 1 || st.st_uid != geteuid()", "log_is_a_link")
cut(L, "no link", "(write ? O_APPEND : 0) | O_NOFOLLOW", "(write ? O_APPEND : 0)", "log_is_a_link")
cut(L, "header of a log", "rc == VAULT_OK && (!whole || logframe_header(b.p, b.n, &l->header) != 0)", "rc == VAULT_OK && (!whole || (logframe_header("
    "b.p, b.n, &l->header), 0))", "not_a_log",
    because="what is no header has not the vault's id either")
cut(L, "damage in the middle", "if (rc == VAULT_OK && (whole_later || damaged_later(l, at)))", "if (0)", "frame_damaged_elsewhere")
cut(L, "a whole frame later", "if (rc == VAULT_OK && (whole_later || damaged_later(l, at)))", "if (rc == VAULT_OK && damaged_later(l, at))", "frame_length_elsewhere")
cut(L, "a length before and behind", "if (rc == VAULT_OK && (whole_later || damaged_later(l, at)))", "if (rc == VAULT_OK && whole_later)", "frame_damaged_torn_end")
cut(L, "most of a frame", "n > LOG_FRAME_MAX || l->size - at < (uint64_t)n + 4 + TRAILER", "l->size - at < (uint64_t)n + 4 + TRAILER", "frame_length",
    because="a frame longer than the file is cut; the bound is on what memory is asked for")
cut(L, "a recorded place with its head", "*yes = memcmp(head, l->pos.head, HASH_LEN) == 0;\n\t\treturn VAULT_OK;\n\t}\n\tif (len == l->header.end)",
    "*yes = 1;\n\t\treturn VAULT_OK;\n\t}\n\tif (len == l->header.end)", "log_grown_over")
cut(L, "a recorded place in the log", "\tif (len > l->pos.len)\n\t\treturn VAULT_OK;", "\tif (len > l->pos.len) {\n\t\t*yes = 1;\n\t\treturn VAULT_OK;\n\t}",
    "log_cut_after_the_anchor")
cut(L, "a recorded place before the end", "if (rc == VAULT_OK && last.found) {", "if (1) {", "release_taken_out_longer")
cut(G, "sum of a frame", "return memcmp(h, p + n + 4, 8) == 0;", "return 1;", "frame_damaged",
    because="an entry's bytes are in the chain too")
cut(G, "chain before a batch", "(chain != NULL && memcmp(chain, b.before, HASH_LEN) != 0) ||", "", "batch_chained_elsewhere")
cut(G, "numbers of batches", "(seq != 0 && seq != b.first_seq)", "0", "batch_renumbered")
cut(G, "numbers within a batch", "e[i].seq != h->first_seq + i ||", "", "batch_with_two_numbers")
cut(G, "number of entries", "h->n == 0 || h->n > LOG_BATCH_MAX || h->n > r->n / 8", "0", "entries_counted_wrong", status=1)
cut(G, "sizes of an entry", "if (r.bad || r.n != 0 || object == NULL || commit == NULL)", "if (r.bad && (object == NULL || commit == NULL) && (object = commit = (const uint8_t *)\"01234567890123456789012345678901\") == NULL)",
    "entry_of_a_wrong_size")
cut(G, "label of a header", "if (!label_ok(&r, magic))\n\t\treturn -1;", "(void)label_ok(&r, magic);", "not_a_log")
cut(X, "the log is there", "if (pos == NULL)\n\t\t\trc = vault_err_set(err, VAULT_DAMAGED, \"the access log %s is gone", "if (pos == NULL)\n\t\t\tholds = 1;\n\t\telse if (0)\n\t\t\trc = vault_err_set(err, VAULT_DAMAGED, \"the access log %s is gone",
    "log_gone")
cut(X, "the log is the one known", "else if (memcmp(pos->log_id, v->seen.log_id, LOG_ID_LEN) != 0 || memcmp(logfile_vault_id(l), v->vault_id, 16) != 0)",
    "else if (0)", "log_of_another_id", because="its head is another's as well: it depends on the log_id")
cut(X, "the log holds what was seen", "rc = logfile_holds(l, v->seen.log_len, v->seen.log_head, &holds, err);", "holds = 1;", "log_cut_after_the_anchor")
cut(X, "the log holds what the state says", "rc = logfile_holds(l, v->state.log_len, v->state.log_head, &holds, err);", "holds = 1;", "log_cut_before_the_anchor")
B = "observe.c"
cut(B, "signature of a verdict", "s == NULL || !sign_check(b->sig, s->sign_pk, b->signed_bytes, b->signed_n)", "s == NULL", "auditor_verdict_in_anothers_name")
cut(B, "a verdict's slot", "s == NULL || !sign_check(b->sig, s->sign_pk, b->signed_bytes, b->signed_n)", "s != NULL && !sign_check(b->sig, s->sign_pk, b->signed_bytes, b->signed_n)",
    "verdict_of_no_slot")
cut(B, "who says a verdict", "*yes = s->role == VAULT_ROLE_ADMIN || s->role == VAULT_ROLE_MONITOR;", "*yes = 1;", "auditor_verdict")
cut(B, "before its slot was ended", "if (*yes && !s->active) {", "if (0) {", "ended_monitor_verdict")
cut(B, "a verdict opens", "\tif (text == NULL)\n\t\treturn vault_err_set(err, VAULT_DAMAGED, \"an entry of the access log does not open",
    "\tif (text == NULL)\n\t\treturn VAULT_OK;\n\tif (0)\n\t\treturn vault_err_set(err, VAULT_DAMAGED, \"an entry of the access log does not open",
    "verdict_that_does_not_open")
cut(B, "a log of this vault", "if (rc == VAULT_OK && memcmp(logfile_vault_id(*l), v->vault_id, 16) != 0)", "if (0)", "log_of_another_vault")
cut(B, "a lost log is said", "*lost = known;", "*lost = 0;", "log_gone")
cut("cli/facts.c", "a verdict of its value", "return ver && v->version == version && memcmp(v->commit, ver->commit, VAULT_COMMIT_LEN) == 0;",
    "return ver && v->version == version;", "verdict_of_another_value")
cut("commit.c", "a log of this vault", "if (rc == VAULT_OK && memcmp(logfile_vault_id(l), v->vault_id, 16) != 0)", "if (0)", "change_with_another_log")
SETTLE = ("commit.c", "if (rc == VAULT_OK && memcmp(mine, theirs, HASH_LEN) != 0)", "if (0)")
cut("commit.c", "what was written comes back", *SETTLE[1:], "trigger_changes_a_record",
    under=[ALL, (P, "{SQLITE_DBCONFIG_ENABLE_TRIGGER, 0}", "{SQLITE_DBCONFIG_ENABLE_TRIGGER, 1}")])

# --- history ----------------------------------------------------------------------------------------------------------

H = "history.c"
cut(H, "chain of states", "if (rc == VAULT_OK && memcmp(st.hash, want, HASH_LEN) != 0)", "if (0)", "state_rewritten")
cut(H, "list of changes", "if (rc == VAULT_OK && memcmp(h, st->changes, HASH_LEN) != 0)", "if (0)", "change_taken_out")
cut(H, "detail of a change", "if (rc == VAULT_OK && text == NULL)\n\t\trc = vault_err_set(err, VAULT_DAMAGED, \"the detail of change", "if (0)\n\t\trc = vault_err_set(err, VAULT_DAMAGED, \"the detail of change",
    "detail_of_nothing")
cut(H, "id of a change", "rc = c[CH_OBJECT].n != 16 ? vault_err_set(err, VAULT_DAMAGED, \"a change is damaged\")\n\t\t                          : add_change",
    "rc = add_change", "change_that_does_not_open", because="another id is other associated data: the detail does not open; the check keeps reads within the row")
cut(H, "signature of an entry", "s == NULL || !sign_check(b->sig, s->sign_pk, b->signed_bytes, b->signed_n)", "s == NULL", "entry_unsigned")
cut(H, "slot of an entry", "s == NULL || !sign_check(b->sig, s->sign_pk, b->signed_bytes, b->signed_n)", "s != NULL && !sign_check(b->sig, s->sign_pk, b->signed_bytes, b->signed_n)",
    "entry_of_no_slot")

# --- verify -----------------------------------------------------------------------------------------------------------

Y = "verify.c"
cut(Y, "list of changes", "if (rc == VAULT_OK && memcmp(h, st->changes, HASH_LEN) != 0)", "if (0)", "change_taken_out")
cut(Y, "detail of a change", "\t\tif (text == NULL)\n\t\t\trc = bad(err, \"a change's detail does not open\");", "", "change_that_does_not_open")
cut(Y, "chain of states", "\tif (memcmp(st->previous, previous, HASH_LEN) != 0)\n", "\tif (0)\n", "first_state_follows")
cut(Y, "authority of a past state", "!state_own_ok(st, v->kr->pk_own) || ", "", "authority_of_a_past_state")
cut(Y, "signer of a past state", "!roster_may_sign(signer, st->epoch) || ", "", "past_state_by_an_auditor")
cut(Y, "signature of a past state", " || !state_slot_ok(st, signer->sign_pk)", "", "history_signed_anew")
cut(Y, "detail of a past state", "if (text == NULL && v->role != VAULT_ROLE_SCRIPT)\n\t\treturn bad(err, \"a state's detail", "if (0)\n\t\treturn bad(err, \"a state's detail",
    "detail_of_nothing")
cut(Y, "a predecessor's hash", "if (rc == VAULT_OK && h[HDR_PRED_STATE].n != HASH_LEN)", "if (0)", "header_predecessor_short",
    because="the first state follows another; the check keeps reads within the row")
cut(Y, "times run forwards", "if (rc == VAULT_OK && st.time < time)", "if (0)", "times_backwards")
cut(Y, "number of digests", "if (rc == VAULT_OK && n != digests)", "if (0)", "digest_row_more")
cut(Y, "number of changes", "if (rc == VAULT_OK && n != out->changes)", "if (0)", "change_of_no_state")
cut(Y, "rows in leaves", "if (rc == VAULT_OK && n != *sums[i].want)", "if (0)", "short_key_counted",
    under=[("leaf.c", "number == 0 ? 0 : 16", "16")])
KINDS = ("verify_grants.c", "s->role != VAULT_ROLE_SCRIPT || (c[GRANT_KIND].i != GRANT_TOKEN && c[GRANT_KIND].i != GRANT_LABELS)",
         "s->role != VAULT_ROLE_SCRIPT")
LOST = (Y, "if (rc == VAULT_OK && c.tokens_grants > 0)", "if (0)")
cut(Y, "grants of keys among tokens", *LOST[1:], "key_grant_of_a_script", under=[KINDS])
cut(Y, "an epoch a state", "if (rc == VAULT_OK && rows != v->state.epoch)", "if (0)", "state_left_out",
    because="states are read by their epochs, one after the other")
cut(Y, "as many wraps as slots", "if (rc == VAULT_OK && w.n != v->roster.n_slots)", "if (0)", "wrap_gone")
cut(Y, "a wrap's signature", "|| !wrap_sig_ok(w.r[i], &of))\n\t\t\trc = bad", ")\n\t\t\trc = bad", "wrap_of_another_slot_unsigned")
cut(Y, "a wrap's slot", "if (s == NULL || !wrap_slot_of(s->row, v->vault_id, &of)", "if (s != NULL && !wrap_slot_of(s->row, v->vault_id, &of)", "wrap_moved")
cut(Y, "a value is filed", "(!found || memcmp(id, t->id, 16) != 0 || version != ver->number)", "(memcmp(id, t->id, 16) != 0 || version != ver->number)", "value_not_filed",
    because="where it is not found there is no id to compare: zeros are another's")
cut(Y, "a value is filed as its token's", "(!found || memcmp(id, t->id, 16) != 0 || version != ver->number)", "!found", "value_not_filed")
cut(Y, "values of tokens only", "if (rc == VAULT_OK && rows != secrets)", "if (0)", "value_of_no_token")
Z = "verify_log.c"
cut(Z, "signature of a batch", "s == NULL || !sign_check(b->sig, s->sign_pk, b->signed_bytes, b->signed_n)", "s == NULL", "entry_unsigned")
cut(Z, "slot of a batch", "s == NULL || !sign_check(b->sig, s->sign_pk, b->signed_bytes, b->signed_n)", "s != NULL && !sign_check(b->sig, s->sign_pk, b->signed_bytes, b->signed_n)",
    "entry_of_no_slot")
cut(Z, "anchors in their place", "if (a->len < len || memcmp(a->head, head, HASH_LEN) != 0)", "if (0)", "anchor_between")
cut(Z, "anchors' heads", "if (a->len < len || memcmp(a->head, head, HASH_LEN) != 0)", "if (a->len < len)", "anchor_of_another_head")
cut(Z, "no anchor left", "rc = meet(&w, UINT64_MAX, head, err);", "rc = VAULT_OK;", "anchor_beyond")
cut(Z, "details open", "if (text == NULL)\n\t\t\treturn vault_err_set", "if (text == NULL)\n\t\t\tcontinue;\n\t\tif (0)\n\t\t\treturn vault_err_set", "detail_that_does_not_open")
Q = "verify_grants.c"
cut(Q, "a grant's slot", "if (s == NULL || c[GRANT_VERSION].i < 1)", "if (s == NULL)", "grant_of_no_slot",
    under=[(Q, "\tif (!found)\n\t\treturn bad(err, \"a script was granted a value", "\tif (0)\n\t\treturn bad(err, \"a script was granted a value")])
cut(Q, "a grant of a slot", "if (s == NULL || c[GRANT_VERSION].i < 1)", "if (s != NULL && c[GRANT_VERSION].i < 1)", "grant_of_no_slot")
cut(Q, "an ended grant holds nothing", "c[GRANT_ENDED].i != 0 ? c[GRANT_BOX].n != 0 :", "c[GRANT_ENDED].i != 0 ? 0 :", "ended_grant_still_holds")
cut(Q, "a grant that stands holds something", "c[GRANT_BOX].n == 0 || !s->active", "!s->active", "ended_grant_still_holds")
cut(Q, "a grant of an active slot", "c[GRANT_BOX].n == 0 || !s->active", "c[GRANT_BOX].n == 0", "ended_grant_still_holds")
cut(Q, "a role's grants", "(slot_role_grants(s->role) & 1u << kind) == 0 ||", "", "grant_beyond_the_role",
    under=[(Q, "has[i] != slot_role_grants(v->roster.slots[i].role)", "(has[i] & slot_role_grants(v->roster.slots[i].role)) != slot_role_grants(v->roster.slots[i].role)")])
cut(Q, "no grant twice", "if ((*mine & 1u << kind) != 0)", "if (0)", "grant_twice")
cut(Q, "all that a role has", "v->roster.slots[i].active && has[i] != slot_role_grants(v->roster.slots[i].role)", "0", "grant_less_than_the_role")
cut(Q, "tokens are scripts'", "s->role != VAULT_ROLE_SCRIPT || (c[GRANT_KIND].i", "(c[GRANT_KIND].i", "grant_in_a_wrong_place")
cut(Q, "kinds among tokens", *KINDS[1:], "key_grant_of_a_script", under=[LOST])
cut(Q, "a list in its place", "if (rc == VAULT_OK && memcmp(c[GRANT_OBJECT].p, s->id, 16) != 0)", "if (0)", "list_filed_as_anothers")
cut(Q, "a grant's value", "\tif (!found)\n\t\treturn bad(err, \"a script was granted a value", "\tif (0)\n\t\treturn bad(err, \"a script was granted a value", "grant_of_no_value")
cut(Q, "a grant's value is there", "(c[GRANT_ENDED].i != 0 || value_present(r))", "1", "grant_of_an_erased_value")
cut(Q, "grants are in the list", "if (rc == VAULT_OK && record_labels_of(&l, c[GRANT_OBJECT].p) == NULL)", "if (0)", "list_and_grants_differ",
    under=[(Q, "if (rc == VAULT_OK && current != l.n)", "if (0)")])
cut(Q, "the list is granted", "if (rc == VAULT_OK && current != l.n)", "if (0)", "list_and_grants_differ")
cut(Q, "a list for each script", "if (rc == VAULT_OK && scripts != x.lists)", "if (0)", "list_and_grants_differ")
