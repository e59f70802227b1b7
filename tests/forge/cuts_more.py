"""Checks of what commands seal, list, close and restore."""
from cuts import cut
from cuts_open import ALL, P

TRIGGER = (P, "{SQLITE_DBCONFIG_ENABLE_TRIGGER, 0}", "{SQLITE_DBCONFIG_ENABLE_TRIGGER, 1}")
S = "script.c"
ACTIVE = ("s == NULL || !s->active || s->role != VAULT_ROLE_SCRIPT ? bad(err)", "s == NULL ? bad(err)")
cut(S, "rotate seals to active slots", *ACTIVE, "rotate_seals_nothing_to_the_ended")
cut(S, "a new label is for active slots", *ACTIVE, "rename_lists_nothing_for_the_ended")
A = "access_list.c"
cut(A, "a wrap's signature", "!wrap_slot_of(s->row, v->vault_id, &of) || !wrap_sig_ok(wraps->r[i], &of)", "0",
    "way_in_misnamed")
cut(A, "who may list slots", "if (v->role == VAULT_ROLE_SCRIPT)\n", "if (0)\n", "script_asks_for_the_whole",
    because="what scripts may read is listed too, for which one needs K_meta")
cut("turnover.c", "a record that is not known", "\tdefault:\n\t\treturn vault_err_set(err, VAULT_FORMAT",
    "\tdefault:\n\t\tmemcpy(tag, o->tag, 16);\n\t\treturn VAULT_OK;\n\t\treturn vault_err_set(err, VAULT_FORMAT",
    "record_of_a_newer_program")
cut("backup.c", "who may copy", "if (rc == VAULT_OK && v->role == VAULT_ROLE_SCRIPT)", "if (0)",
    "script_asks_for_the_whole")
cut("history.c", "who may read the history",
    "v->role == VAULT_ROLE_SCRIPT ? txn_forbidden(v, \"read the history\", err) : vault_token_all", "vault_token_all",
    "script_asks_for_the_whole", status=8)
cut("head.c", "who may read a head", "if (rc == VAULT_OK && v->role == VAULT_ROLE_SCRIPT)", "if (0)",
    "script_asks_for_the_whole")
cut("rekey_plan.c", "who may rekey", "if (rc == VAULT_OK && v->role != VAULT_ROLE_ADMIN)", "if (0)",
    "script_asks_for_the_whole",
    because="a change is an admin's in any case: it would be refused after the new passphrases were asked for")
cut("ask.c", "who may check", "if (rc == VAULT_OK && v->role != VAULT_ROLE_ADMIN && v->role != VAULT_ROLE_MONITOR)",
    "if (0)", "auditor_asks", because="who has no K_adm opens no value")
cut("reminded.c", "who may remind", "if (rc == VAULT_OK && v->role != VAULT_ROLE_ADMIN && v->role != VAULT_ROLE_MONITOR)",
    "if (0)", "auditor_reminds")
cut("release.c", "a list's token has versions", " || n == 0))", "))", "script_has_no_value",
    because="there is no version 0 to give")

H = "head.c"
cut(H, "checksum of a line", "checksum(raw, sum) ||\n\t    memcmp(sum, raw + RAW_LEN, SUM_LEN) != 0)",
    "checksum(raw, sum))", "head_mistyped", status=9)
cut(H, "an ancestor of the line", "if (rc != VAULT_OK || where == FRESH_WITHIN)", "if (1)",
    "head_held_against_a_rollback")
cut(H, "the line's vault", "if (memcmp(head->vault_id, v->vault_id, 16) != 0)\n\t\treturn other_vault",
    "if (0)\n\t\treturn other_vault", "head_held_against_a_rollback",
    because="another vault has no state with that hash")
cut(H, "the accepted line's vault", "if (rc == VAULT_OK && memcmp(head->vault_id, v->vault_id, 16) != 0)", "if (0)",
    "accept_another_line", because="a line of another vault is none of this one's states")
cut(H, "what is accepted is proved", "rc = verify_whole(v, NULL, out, err);", "rc = VAULT_OK;", "accept_what_is_forged")
cut("verify_log.c", "the log as the line knows it", "if (rc == VAULT_OK && !holds)\n\t\treturn vault_err_set",
    "if (0)\n\t\treturn vault_err_set", "head_of_a_cut_log")
L = "logswap.c"
cut(L, "a closed log's end", "if (numbers && memcmp(head, logfile_pos(l)->head, HASH_LEN) == 0)", "if (1)",
    "closed_log_changed")
cut(L, "a LOG-new of the log in place", "has_id(fresh, named) && !has_id(log_path, named)", "has_id(fresh, named)",
    "log_new_planted")

G = "verify_grants.c"
cut(G, "own grants are in the own list",
    "rc = l == NULL ? bad(err, \"this key slot was granted what is not in its list\")\n"
    "\t                             : value_count(v, l->token_id, &newest, err);\n",
    "rc = l == NULL ? VAULT_OK : value_count(v, l->token_id, &newest, err);\n\tif (l == NULL)\n\t\treturn VAULT_OK;\n",
    "own_list_and_grants_differ")
cut(G, "the own list is granted", "if (rc == VAULT_OK && current != own.n)", "if (0)", "own_list_and_grants_differ")

R = "restore.c"
cut(R, "a backup of this branch", "\t\tif (within)\n\t\t\treturn VAULT_OK;", "\t\tif (1)\n\t\t\treturn VAULT_OK;",
    "restore_of_a_fork")
cut(R, "a backup newer than the vault", "\t\tif (newer)\n\t\t\treturn vault_err_set",
    "\t\tif (newer)\n\t\t\treturn VAULT_OK;\n\t\tif (0)\n\t\t\treturn vault_err_set", "restore_over_an_older_copy")
cut(R, "authority of a backup", "if (rc == VAULT_OK && !state_own_ok(&st, v->kr->pk_own))", "if (0)",
    "restore_what_is_forged",
    because="its newest state must be one of the vault's own history, or have it as an ancestor")
cut(R, "vault of a backup", "else if (rc == VAULT_OK && memcmp(header.r[0]->c[HDR_VAULT_ID].p, v->vault_id, 16) != 0)",
    "else if (0)", "restore_what_is_forged", status=8)
cut(R, "header of a backup", "header.n != 1 || header.r[0]->c[HDR_VAULT_ID].n != 16", "0", "restore_what_is_forged",
    because="another vault_id is another state; the check keeps reads within the row")
cut(R, "who may restore", "if (rc == VAULT_OK && v->role != VAULT_ROLE_ADMIN)", "if (0)", "restore_by_whom", status=8)
cut("restore_replace.c", "who may restore where nothing opens", "if (rc == VAULT_OK && b->role != VAULT_ROLE_ADMIN)",
    "if (0)", "restore_by_whom", because="who has no sk_own signs no state that says so")

V = "verify_records.c"
cut(V, "ids of tokens", "if (token_order(&k->by_id[i - 1], &k->by_id[i]) == 0)", "if (0)", "two_of_one_id",
    under=[(V, "if (rc == VAULT_OK && rows != secrets)", "if (0)")])
cut(V, "ids of vendors", "if (vendor_order(&k->vendor[i - 1], &k->vendor[i]) == 0)", "if (0)", "two_of_one_id")
cut(V, "a hand-over's token", "if (t == NULL || !has_vendor(k, h->vendor_id))", "if (!has_vendor(k, h->vendor_id))",
    "handover_of_nothing", under=[(V, "if (!is_version(t, h->periods[p].gives[g].version))", "if (0)")])
cut(V, "a hand-over's vendor", "if (t == NULL || !has_vendor(k, h->vendor_id))", "if (t == NULL)", "handover_of_nothing")
cut(V, "a hand-over's versions", "if (!is_version(t, h->periods[p].gives[g].version))", "if (0)", "handover_of_nothing")
cut(V, "a filed value's row", "memcmp(id, o->id, VAULT_ID_LEN) != 0 || !is_version", "!is_version", "value_filed_for_nobody")
cut(V, "a filed value's version", " || !is_version(token_of(k, id), version)", "", "value_filed_for_nobody")
cut(V, "a list is a script's", "return s != NULL && s->active && s->role == VAULT_ROLE_SCRIPT ? VAULT_OK :",
    "return 1 ? VAULT_OK :", "list_of_no_script",
    under=[(V, "return rc == VAULT_OK && k->lists != scripts ?", "return 0 ?")])
cut(V, "a list a script", "return rc == VAULT_OK && k->lists != scripts ?", "return 0 ?", "list_of_no_script")
cut("ledger.c", "a vendor under its own name", "memcmp(tag, o->tag, 16) != 0 || memcmp(out->id", "memcmp(out->id",
    "vendor_under_another_name")
cut("ledger_share.c", "a hand-over under its own name", "memcmp(tag, o->tag, 16) != 0 || memcmp(out->id", "memcmp(out->id",
    "handover_under_another_name")
cut("ledger.c", "a vendor's id", " || memcmp(out->id, o->id, VAULT_ID_LEN) != 0", "", "vendor_under_another_name")
cut("ledger_share.c", "a hand-over's id", " || memcmp(out->id, o->id, VAULT_ID_LEN) != 0", "", "handover_under_another_name")
cut("settings.c", "the policy's name", "memcmp(tag, o->tag, 16) != 0 || memcmp(settings_id", "memcmp(settings_id",
    "policy_under_another_name")
cut("settings.c", "the policy's id", " || memcmp(settings_id, o->id, 16) != 0)", ")", "policy_under_another_name")
cut("settings.c", "who may read the policy", "if (v->role == VAULT_ROLE_SCRIPT)", "if (0)", "script_asks_for_the_whole",
    because="who has no K_meta opens no record")
cut("finding.c", "a hand-over's vendor", "if (one.vendor == NULL)", "if (0)", "handover_of_nothing")
cut("finding.c", "one token of an id", "if (out->n == x->facts->handovers->n)", "if (0)", "two_of_one_id")
cut("due.c", "a hand-over's vendor", "if (holder.vendor == NULL) {", "if (0) {", "handover_of_nothing")
cut("logproof.c", "who may prove the log", "if (rc == VAULT_OK && v->role == VAULT_ROLE_SCRIPT)", "if (0)",
    "script_asks_for_the_whole")
cut("logproof.c", "a log to close", "if (rc == VAULT_OK && logswap_old(s) == NULL)", "if (0)", "rotate_of_no_log",
    because="log_here has seen it; between the two somebody else would have to take it away")
COMES_BACK = ("back.n != 1 || !wrap_sig_ok(back.r[0], slot) ||", "0 &&")
cut("wrap.c", "a new slot's wrap comes back", *COMES_BACK, "trigger_changes_a_wrap", under=[ALL, TRIGGER])
cut("wrap.c", "the own wrap comes back", *COMES_BACK, "trigger_changes_the_own_wrap", under=[ALL, TRIGGER])

# Functions of the verifying files that refuse, and why they have fewer entries than refusals: {file: {function: reason}}.
SENTENCE = "makes the sentence; who calls it is in the table"
PARSER = "a record's parser: tests/unit/test_record*.c, fuzz"
PATHS = "paths, owners, modes: tests/unit/test_files.c and tests/cli/badinput; a sample is in the table"
RACE = "only where the file is changed between two readings by the same process"
OWN_WORK = "proves what this very process has just written"
EXEMPT = {
    "check.c": {"vault_revoke": "asked by a rotation only, which an admin has just signed"},
    "access.c": {}, "access_reads.c": {"add_left": PARSER},
    "copy.c": {"compare": RACE, "make_empty": OWN_WORK},
    "counted.c": {"ending_state": "one refusal in two lines: what fresh_find calls a fork is damage here"},
    "files.c": {f: PATHS for f in ("files_resolve", "files_check_folder", "files_check_private", "files_check_local", "files_mkdirs",
                                   "files_lock")},
    "fresh.c": {"check_state": SENTENCE, "gone": SENTENCE, "must_hold": SENTENCE},
    "head.c": {"log_part": "takes what fresh_check_log says", "other_vault": SENTENCE},
    "history.c": {}, "logfile.c": {"damaged": SENTENCE}, "logswap.c": {"logswap_wait": "half a header is no log yet"},
    "record_labels.c": {"record_labels_parse": PARSER},
    "slot.c": {"slot_grants": "an admin holds all that a role may have"},
    "verify_records.c": {"bad": SENTENCE},
    "restore.c": {},
    "restore_apply.c": {"regrant_leaf": "keeps reads within the row: signed rows have ids of 16 bytes"},
    "restore_replace.c": {"log_fits": "a log that does not fit is left where it is", "prove": OWN_WORK, "build": OWN_WORK},
    "roster.c": {"bad": SENTENCE, "roster_open_keys": "check_own_slot saw the slot",
                 "roster_lend_keys": "a backup's newest state is one of the vault's own: so are its generations"},
    "script.c": {"bad": SENTENCE, "too_old": SENTENCE},
    "storeopen.c": {"store_fail": SENTENCE},
    "token.c": {"disagree": SENTENCE}, "txn.c": {"txn_forbidden": SENTENCE, "ended_slot": SENTENCE},
    "value.c": {"damaged": SENTENCE, "value_index": "who has no K_adm may change nothing"},
    "verify.c": {"bad": SENTENCE}, "verify_grants.c": {"bad": SENTENCE}, "verify_log.c": {"missing": SENTENCE},
}
