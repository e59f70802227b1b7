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
cut(T, "no triggers", "{SQLITE_DBCONFIG_ENABLE_TRIGGER, 0}", "{SQLITE_DBCONFIG_ENABLE_TRIGGER, 1}", "a_trigger", under=[ALL])
cut(T, "types of cells", "type != (tables[t].col[i].is_int ? SQLITE_INTEGER : SQLITE_BLOB)", "0", "text_in_a_value")
cut(T, "number of columns", "(size_t)sqlite3_column_count(st) != ncols", "0", "generated_column",
    under=[ALL])
cut(T, "integrity", 'text == NULL || strcmp(text, "ok") != 0', "text == NULL", "free_page")

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
    "knows of tokens\", err);\n\treturn txn_each_leaf", "\treturn txn_each_leaf")])
cut(O, "who may list records", "\tif (v->kr->n_meta == 0)\n\t\treturn txn_forbidden(v, \"read what the vault knows of tokens\", err);\n\treturn txn_each_leaf",
    "\treturn txn_each_leaf", "script_asks", status=8)

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
