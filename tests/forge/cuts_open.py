"""Checks of the file, of what is read before anything is verified, of the signed state and the rows under it."""
from cuts import cut

# --- the file and what lies beside it ---------------------------------------------------------------------------------

S = "storefile.c"
cut(S, "application_id", " || be32(h + 68) != STOREFILE_APPLICATION_ID", "", "application_id")
cut(S, "first bytes", "n < (long)sizeof h || memcmp(h, \"SQLite format 3\", 16) != 0 || ", "", "another_database",
    because="SQLite says of any other file that it is no database; the check answers sooner and in our words")
cut(S, "user_version", "be32(h + 60) != format", "0", "user_version")
cut(S, "WAL bits", "h[18] != 1 || h[19] != 1 || ", "", "wal_bits")
cut(S, "encoding", " || be32(h + 56) != 1", "", "encoding")
cut(S, "journal of one name", " || st.st_nlink != 1 || st.st_uid != geteuid()", " || st.st_uid != geteuid()",
    "journal_link")
cut(S, "journal of one's own", " || st.st_nlink != 1 || st.st_uid != geteuid()", " || st.st_nlink != 1",
    "journal_of_another")
cut(S, "super-journal", "memcmp(tail, magic, 8) == 0", "0", "super_journal")
cut(S, "no -wal", "lstat(wal, &st) == 0", "0", "a_wal")

F = "files.c"
cut(F, "no link", "S_ISLNK(st.st_mode)", "0", "vault_is_a_link", status=8,
    because="SQLite is told not to follow links either (NOFOLLOW)")
cut(F, "one name", "st.st_nlink != 1", "0", "vault_is_a_link")
cut(F, "nobody else's", "st.st_mode & (S_IRWXG | S_IRWXO)", "0", "vault_is_readable")
cut(F, "folder nobody else's", "(st.st_mode & (S_IWGRP | S_IWOTH)) && !(st.st_mode & S_ISVTX)", "0",
    "vault_is_readable")

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
cut(P, "no triggers", "{SQLITE_DBCONFIG_ENABLE_TRIGGER, 0}", "{SQLITE_DBCONFIG_ENABLE_TRIGGER, 1}", "a_trigger",
    under=[ALL])
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
cut(V, "wraps hold before a name is doubted",
    "ok ? VAULT_OK : vault_err_set(err, VAULT_DAMAGED, \"the list of key slots",
    "1 ? VAULT_OK : vault_err_set(err, VAULT_DAMAGED, \"the list of key slots", "slot_renamed", status=3)
cut(V, "a wrap for each slot", "ok = w != NULL && wrap_sig_ok(w, &slot);", "ok = w == NULL || wrap_sig_ok(w, &slot);",
    "wrap_moved", status=6)
cut(V, "as many wraps as slots", "int ok = v->raw_wraps.n == v->raw_slots.n;", "int ok = 1;", "wrap_of_nobody_more",
    status=3)
cut(V, "a key's vault", "if (seen.known && memcmp(seen.vault_id, k->vault_id, 16) == 0)", "if (0)",
    "another_vault_in_its_place", status=6)
cut(V, "a key's vault is this", "if (memcmp(k->vault_id, v->vault_id, 16) == 0)", "if (1)",
    "whole_slot_from_another_vault", status=8)
cut(V, "a key's slot is there", "if (rc == VAULT_OK && slot == NULL)", "if (0)", "slot_row_gone")
cut(V, "a slot has a wrap", "\tif (w == NULL)\n\t\treturn vault_err_set(err, VAULT_DAMAGED, \"the key slot is damaged",
    "\tif (0)\n\t\treturn vault_err_set(err, VAULT_DAMAGED, \"the key slot is damaged", "wrap_gone")
cut(V, "a wrap of a passphrase, before a key is blamed",
    "if (rc == VAULT_OK && is_passphrase_slot(v, slot)) {\n\t\trc = wraps_hold(v, err);",
    "if (rc == VAULT_OK && is_passphrase_slot(v, slot)) {", "type_of_a_wrap", status=6)

K = "keytext.c"
cut(K, "checksum", "n != ALL_LEN || memcmp(sum, raw + RAW_LEN, SUM_LEN) != 0", "n != ALL_LEN",
    "key_text_epoch_mistyped", status=9)

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
    under=[("kdf.c", "\tenum vault_rc rc = kdf_check(p, err);\n\tint got = 0;",
            "\tenum vault_rc rc = VAULT_OK;\n\tint got = 0;")], status=6)
cut("kdf.c", "least memory", "p->m_kib < M_MIN || ", "", "kdf_lowered", status=6)
cut("kdf.c", "most memory", " || p->m_kib > M_MAX", "", "kdf_raised",
    because="not run: a machine with less refuses by what it has; one with more would be busy for half a minute")
cut("kdf.c", "most passes", "p->t > T_MAX || ", "", "kdf_raised", status=6)
cut("kdf.c", "least passes", " || p->t < (p->m_kib == M_MAX ? 1U : (uint32_t)T_MIN)", "", "kdf_lowered", status=6)
cut("kdf.c", "lanes", "p->lanes < 1 || p->lanes > LANES_MAX", "p->lanes < 1", "kdf_raised", status=6)
cut("kdf.c", "a lane at least", "p->lanes < 1 || p->lanes > LANES_MAX", "p->lanes > LANES_MAX", "kdf_lowered", status=1)
cut("kdf.c", "memory times passes", "(uint64_t)p->m_kib * p->t > M_TIMES_T_MAX", "0", "kdf_raised")
cut(W, "CHK", "!secret_equal(d->chk, w->c[WR_CHK].p, CHK_LEN)", "0", "another_key_file", status=8)
cut(W, "AEAD of a wrap", "seal_aead_open(d->plain, d->kek, box, sizeof box, ad.p, ad.n) != 0",
    "(seal_aead_open(d->plain, d->kek, box, sizeof box, ad.p, ad.n), 0)", "box_of_a_wrap",
    because="libsodium gives zeros for what does not open: under a pk_own of zeros no own_sig holds")
cut(W, "lengths of a slot's keys",
    "return c[SLOT_ID].n == 16 && c[SLOT_BOX_PK].n == SEAL_PK_LEN && c[SLOT_SIGN_PK].n == SIGN_PK_LEN;", "return 1;",
    "slot_keys_short", because="a signature under other bytes does not hold; the check keeps reads within the row")

# --- the signed state and what hangs on it ----------------------------------------------------------------------------

X = "txn.c"
cut(X, "signature of the authority", "rc == VAULT_OK && !state_own_ok(&v->state, v->kr->pk_own)", "0", "own_authority")
cut("tree.c", "top under the root", "memcmp(h, root, HASH_LEN) != 0", "0", "older_rows_top")
cut("tree.c", "group under the top", "memcmp(h, top_slot(t, group), HASH_LEN) != 0", "0", "older_rows_groups")
cut("tree.c", "a row of digests", "rows.n != 1 || rows.r[0]->c[DIG_DIGESTS].n != len",
    "rows.n == 1 && rows.r[0]->c[DIG_DIGESTS].n != len", "digest_row_gone")
cut("tree.c", "length of a row of digests", " || rows.r[0]->c[DIG_DIGESTS].n != len", "", "top_row_short",
    because="other bytes have another hash; the check keeps reads within the row")
cut("leaf.c", "leaf under its group", "rc == VAULT_OK && memcmp(want, got, HASH_LEN) != 0", "0", "older_rows")
cut("leaf.c", "rows in order", "k > 0 && row_compare(t, rows->r[k - 1], rows->r[k]) >= 0", "0", "duplicate_rows_signed")
ONE = ("leaf.c", "number == 0 ? 0 : 16", "16")
SCAN = ("leaf.c", "first == 0 ? 0 : 16", "16")
OUTSIDE = ("verify.c", "if (rc == VAULT_OK && n != *sums[i].want)", "if (0)")
cut("leaf.c", "one scan begins at nothing", *SCAN[1:], "short_key")
cut("leaf.c", "the first leaf begins at nothing", *ONE[1:], "short_key_counted", under=[SCAN, OUTSIDE])
cut("leaf.c", "one scan has no end", "if (rc == VAULT_OK && t == STORE_GRANT && first == 0)",
    "while (rc == VAULT_OK && !end && all.n > 0 && all.r[all.n - 1]->c[0].n > 16)\n\t\tfree(all.r[--all.n]);\n"
    "\tif (rc == VAULT_OK && t == STORE_GRANT && first == 0)", "long_key")
cut(X, "vault_id of the header", "memcmp(h[HDR_VAULT_ID].p, v->vault_id, 16) != 0", "0", "vault_id_changed",
    because="the vault_id is in every signed state; here only a file that changed between two readings is seen")
cut(X, "format of the verified header", "h[HDR_FORMAT].i != STORE_FORMAT", "0", "format_signed",
    under=[(V, "header.r[0]->c[HDR_FORMAT].i != STORE_FORMAT", "0")])
cut(X, "keys of the own slot",
    "!secret_equal(s->box_pk, v->kr->box_pk, SEAL_PK_LEN) || !secret_equal(s->sign_pk, v->kr->sign_pk, SIGN_PK_LEN)",
    "0", "own_keys_replaced", under=[SIGNED])
cut(X, "own slot not ended", "return s->active ? VAULT_OK : ended_slot(v, s, err);", "return VAULT_OK;", "ended_key",
    status=8)
cut(X, "who signed", "!roster_may_sign(signer, v->state.epoch) || ", "", "signed_by_a_monitor")
cut(X, "signature of the slot", " || !state_slot_ok(&v->state, signer->sign_pk)", "", "signed_in_anothers_name")
cut(X, "changes are an admin's", "if (rc == VAULT_OK && kind == TXN_WRITE && v->role != VAULT_ROLE_ADMIN)", "if (0)",
    "monitor_asks")
cut("state.c", "lengths of a state", "if (!ok || r->c[ST_EPOCH].i < 1)", "if (r->c[ST_EPOCH].i < 1)",
    "state_rewritten",
    because="a column of another length is another state: signature or chain do not hold; the check keeps reads "
    "within the row")
cut("state.c", "epochs from 1 on", "if (!ok || r->c[ST_EPOCH].i < 1)", "if (!ok)", "states_after_the_end",
    because="such a state is a row more than there are epochs, and never the newest")
cut("state.c", "a state is there", "rows->n != 1", "0", "state_of_nothing")
