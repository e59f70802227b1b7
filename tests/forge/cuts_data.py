"""Checks of slots, grants and generations, of records and values, of what scripts are granted."""
from cuts import cut
from cuts_open import V, X

# --- slots, grants, generations ----------------------------------------------------------------------------------------

R = "roster.c"
cut(R, "role", "c[SLOT_ROLE].i < VAULT_ROLE_ADMIN || c[SLOT_ROLE].i > VAULT_ROLE_SCRIPT ||", "", "role_of_no_name")
cut(R, "status", "(c[SLOT_STATUS].i != SLOT_ACTIVE && c[SLOT_STATUS].i != SLOT_ENDED_STATUS)", "0", "status_of_no_name")
cut(R, "no empty name", "c[SLOT_NAME].n == 0 ||", "", "slot_name_empty",
    under=[(R, "return vault_slot_name_check(s->name, NULL) == VAULT_OK ? VAULT_OK : bad(err);", "return VAULT_OK;")])
cut(R, "length of a name", "c[SLOT_NAME].n > VAULT_NAME_MAX || ", "", "slot_name_long")
cut(R, "a name is text", "return vault_slot_name_check(s->name, NULL) == VAULT_OK ? VAULT_OK : bad(err);",
    "return VAULT_OK;", "slot_name_on_the_terminal")
cut(R, "lengths of a slot's columns", "c[SLOT_ID].n != 16 || c[SLOT_BOX_PK].n != 32 || c[SLOT_SIGN_PK].n != 32 || ", "",
    "slot_columns_short")
cut(R, "a header and slots", "verified->header.n != 1 || rows->n == 0", "0", "two_headers_signed",
    under=[(X, "roster->header.n == 1 ? roster->header.r[0]->c : NULL", "roster->header.r[0]->c"),
           (V, "header.n != 1 || header", "header")])
cut(X, "one verified header", "roster->header.n == 1 ? roster->header.r[0]->c : NULL", "roster->header.r[0]->c",
    "two_headers_signed", under=[(R, "verified->header.n != 1 || ", ""), (V, "header.n != 1 || header", "header")])
cut(R, "signer is an admin", "s->role == VAULT_ROLE_ADMIN && s->added", "s->added", "signed_by_a_monitor")
cut(R, "signer was added before", "s->added <= epoch && ", "", "signed_before_it_was_added")
cut(R, "signer was not ended", "&& (s->active || s->ended > epoch);", ";", "signed_by_an_ended_slot")
cut(R, "signer is a slot", "return s != NULL && s->role", "return s->role", "signed_by_no_slot")
cut(R, "context in a grant", " || memcmp(plain, b.p, b.n) != 0", "", "grant_with_another_context")
cut(R, "length of a grant", "len < b.n || len - b.n > cap ||", "", "grant_too_long",
    under=[(R, "return rc == VAULT_OK && got != n ? bad(err) : rc;", "return rc;")])
cut(R, "a key of its length", "return rc == VAULT_OK && got != n ? bad(err) : rc;", "return rc;",
    "grant_of_a_short_key", because="half a key has another commitment, half of sk_own is not pk_own's")
cut(R, "a grant that opens", "seal_open(plain, kr->box_pk, kr->box_sk, c[GRANT_BOX].p, c[GRANT_BOX].n) != 0 ||",
    "(seal_open(plain, kr->box_pk, kr->box_sk, c[GRANT_BOX].p, c[GRANT_BOX].n), 0) ||", "grant_sealed_to_another",
    because="what does not open has not the row's context either")
cut(R, "an ended grant gives nothing", " ||\n\t\t    g->c[GRANT_ENDED].i != 0)\n\t\t\tcontinue;", ")\n\t\t\tcontinue;",
    "grant_marked_ended")
cut(R, "a grant at all", "if (g == NULL || g->c[GRANT_VERSION].i < 1)", "if (g != NULL && g->c[GRANT_VERSION].i < 1)",
    "grant_missing")
cut(R, "generations from 1 on", "if (g == NULL || g->c[GRANT_VERSION].i < 1)", "if (g == NULL)",
    "grant_of_generation_zero", status=1,
    under=[(R, "key_row(r, kind, n) == NULL || key_row(r, kind, n + 1) != NULL", "0")])
cut(R, "no newer generation kept back", "key_row(r, kind, n) == NULL || key_row(r, kind, n + 1) != NULL",
    "key_row(r, kind, n) == NULL", "generation_kept_back")
cut(R, "a generation that is there", "key_row(r, kind, n) == NULL || key_row(r, kind, n + 1) != NULL",
    "key_row(r, kind, n + 1) != NULL", "grant_of_generation_huge", status=1)
cut(R, "commitment", "if (!commitment_ok(key_row(r, kind, n), vault_id, kind, n, at->key))", "if (0)",
    "another_ledger_for_one")
cut(R, "a generation's row", "return k != NULL && k->c", "return k->c", "commitment_missing")
cut(R, "the generation before", "return ok ? VAULT_OK : bad(err);\n}\n\nstruct row *roster_key_make",
    "return VAULT_OK;\n}\n\nstruct row *roster_key_make", "generation_before_damaged",
    under=[(R, "if (!commitment_ok(key_row(r, kind, n), vault_id, kind, n, at->key))", "if (0)")])
cut(R, "a SIGN grant", "\tif (g == NULL)\n\t\treturn bad(err);\n\tconst enum vault_rc rc = key_open",
    "\tconst enum vault_rc rc = key_open", "grant_missing")
cut(R, "sk_own is of pk_own", "!secret_equal(kr->sk_own + 32, kr->pk_own, SIGN_PK_LEN)", "0",
    "another_authority_for_one")

# --- records and values -----------------------------------------------------------------------------------------------

O = "object.c"
cut(O, "lengths of a record's row", "c[OBJ_TAG].n != 16 || c[OBJ_ID].n != 16 || c[OBJ_BOX].n < 8", "0",
    "record_that_does_not_open",
    because="other bytes are other associated data: the AEAD does not open; the check keeps reads within the row")
cut(O, "a record opens",
    "\tif (out->text == NULL)\n\t\treturn vault_err_set(err, VAULT_DAMAGED, \"a record of the vault does not open",
    "\tif (0)\n\t\treturn vault_err_set(err, VAULT_DAMAGED, \"a record of the vault does not open",
    "record_that_does_not_open", because="nothing that was not opened is a record: its parser says so next")
cut(O, "kind of a record", "if (r->c[OBJ_KIND].i != kind)", "if (0)", "record_of_another_kind",
    because="a record of another kind has not a token's fields: its parser says so next")
cut(O, "who may read records",
    "\tif (v->kr->n_meta == 0)\n\t\treturn txn_forbidden(v, \"read what the vault knows of tokens\", err);\n\tenum "
    "vault_rc rc = txn_leaf", "\tenum vault_rc rc = txn_leaf", "script_asks", status=8,
    under=[(O,
            "\tif (v->kr->n_meta == 0)\n\t\treturn txn_forbidden(v, \"read what the vault knows of tokens\", "
            "err);\n\tfor", "\tfor")])
cut(O, "who may list records",
    "\tif (v->kr->n_meta == 0)\n\t\treturn txn_forbidden(v, \"read what the vault knows of tokens\", err);\n\tfor",
    "\tfor", "script_asks", status=8)

A = "value.c"
cut(A, "length of a commitment", "*row != NULL && (*row)->c[SEC_COMMIT].n != VAULT_COMMIT_LEN", "0",
    "value_commitment_short")
cut(A, "a generation that is there", "if (adm == NULL)\n", "if (0)\n", "value_boxes_of_another")
cut(A, "AEAD of a key", "seal_aead_open(t->key, adm->seal, r->c[SEC_KEY].p, r->c[SEC_KEY].n, ad.p, ad.n) == 0;",
    "(seal_aead_open(t->key, adm->seal, r->c[SEC_KEY].p, r->c[SEC_KEY].n, ad.p, ad.n), 1);", "value_boxes_of_another",
    because="libsodium gives zeros for what does not open: they have another commitment")
cut(A, "commitment of a value",
    "return secret_equal(t->commit, r->c[SEC_COMMIT].p, VAULT_COMMIT_LEN) ? VAULT_OK : damaged(err);",
    "return VAULT_OK;", "value_under_an_old_commitment")
cut(A, "commitment of a script's value",
    "rc = secret_equal(t->commit, row->c[SEC_COMMIT].p, VAULT_COMMIT_LEN) ? open_box(v, row, t, out, err) : "
    "damaged(err);", "rc = open_box(v, row, t, out, err);", "value_for_a_script_alone")
cut(A, "length of a value's box", "if (n < SEAL_OVERHEAD + VALUE_BLOCK || n > VALUE_BOX_MAX)",
    "if (n < SEAL_OVERHEAD || n > VALUE_BOX_MAX)", "value_boxes_of_another",
    because="the AEAD does not open a box that was cut; the check keeps lengths above zero")
cut(A, "AEAD and padding of a value", "if (len == SIZE_MAX || len == 0) {", "if (0) {", "value_boxes_of_another")
cut(A, "a filed value's id", "rc == VAULT_OK && *found && memcmp(o.id, token_id, 16) != 0", "0", "value_filed_two_ways", status=4)

C = "script.c"
cut(C, "a script's list", "if (g == NULL || g->c[GRANT_ENDED].i != 0)\n\t\treturn bad(err);",
    "if (g != NULL && g->c[GRANT_ENDED].i != 0)\n\t\treturn bad(err);", "list_that_is_none")
cut(C, "a list that was ended", "if (g == NULL || g->c[GRANT_ENDED].i != 0)\n\t\treturn bad(err);",
    "if (g == NULL)\n\t\treturn bad(err);", "list_that_is_none")
cut(C, "padding of a list", "rc == VAULT_OK && (len = seal_unpad(plain, n, LABELS_BLOCK)) == SIZE_MAX",
    "(len = rc == VAULT_OK ? seal_unpad(plain, n, LABELS_BLOCK) : 0) == SIZE_MAX && (len = 0)", "list_that_is_none",
    status=3)
cut(C, "a grant of the version", "if (g == NULL || g->c[GRANT_ENDED].i != 0)\n\t\treturn too_old",
    "if (g == NULL)\n\t\treturn too_old", "granted_version_ended")
cut(C, "length of K_tok", "if (rc == VAULT_OK && n != KEY_LEN)\n\t\trc = bad(err);", "", "grant_of_another_token",
    because="K_tok's own commitment is compared")
cut(C, "a list of its own slot", "memcmp(inside, slot_id, 16) != 0 || memcmp(o.id, slot_id, 16) != 0",
    "memcmp(o.id, slot_id, 16) != 0", "labels_of_another")
cut(C, "a list in its slot's row", "memcmp(inside, slot_id, 16) != 0 || memcmp(o.id, slot_id, 16) != 0",
    "memcmp(inside, slot_id, 16) != 0", "labels_of_another")
cut(C, "a list for admins", "if (rc == VAULT_OK && !found)\n\t\trc = bad(err);\n\telse if", "if",
    "list_and_grants_differ", because="no text is no list: its parser says so")
cut(C, "a list's token has versions", "if (rc == VAULT_OK && n == 0)\n\t\trc = bad(err);", "", "script_has_no_value")
cut("record_labels.c", "regions, labels", "r.bad || region > VAULT_REGION_GOV || memchr(label, 0, len) != NULL",
    "r.bad || memchr(label, 0, len) != NULL", "list_that_is_none")
cut("record_labels.c", "a label is text", "r.bad || region > VAULT_REGION_GOV || memchr(label, 0, len) != NULL",
    "r.bad || region > VAULT_REGION_GOV", "list_that_is_none", status=3)
cut("record_labels.c", "labels ascend", "(out->n > 0 && strcmp(out->l[out->n - 1].label, owned_label) >= 0)", "0",
    "list_that_is_none")
E = "release.c"
cut(E, "who may read values",
    "return v->role == VAULT_ROLE_ADMIN || v->role == VAULT_ROLE_SCRIPT ? VAULT_OK : txn_forbidden(v, \"read token "
    "values\", err);", "return VAULT_OK;", "monitor_asks")
cut(E, "a version is there", "if (rc == VAULT_OK && row == NULL)", "if (0)", "script_has_no_value")

N = "token.c"
cut(N, "record under its own name", "memcmp(tag, o->tag, 16) != 0 || ", "", "record_under_another_name")
cut(N, "record of its own id", " || memcmp(out->t.id, o->id, VAULT_ID_LEN) != 0", "", "record_of_another_id")
cut(N, "label asked for", "rc == VAULT_OK && strcmp(out->t.label, label) != 0", "0", "record_under_another_name",
    under=[(N, "memcmp(tag, o->tag, 16) != 0 || ", "")])
cut(N, "as many versions as rows", "rc == VAULT_OK && rows != t->n_versions", "0", "record_and_rows_disagree")
cut(N, "values where they should be", "value_present(r) != wants || ", "", "value_missing")
cut(N, "the last version is current", "(last && ver->status != (t->removed ? VAULT_ERASED : VAULT_CURRENT)) ||", "",
    "older_version_current", under=[(N, "(!last && ver->status == VAULT_CURRENT)", "0")])
cut(N, "no other version is", "(!last && ver->status == VAULT_CURRENT)", "0", "older_version_current",
    under=[(N, "(last && ver->status != (t->removed ? VAULT_ERASED : VAULT_CURRENT)) ||", "")])
