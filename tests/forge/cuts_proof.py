"""Checks of the access log, of freshness, of history and verify."""
from cuts import cut
from cuts_open import ALL, ONE, OUTSIDE, P, SCAN

# --- the access log ---------------------------------------------------------------------------------------------------

L, G = "logfile.c", "logframe.c"
cut(L, "a log's file",
    "!S_ISREG(st.st_mode) || st.st_nlink != 1 || st.st_uid != geteuid() ||\n\t    (st.st_mode & 077) != 0",
    "!S_ISREG(st.st_mode) || st.st_uid != geteuid() ||\n\t    (st.st_mode & 077) != 0", "log_is_a_link")
cut(L, "a log is private",
    "!S_ISREG(st.st_mode) || st.st_nlink != 1 || st.st_uid != geteuid() ||\n\t    (st.st_mode & 077) != 0",
    "!S_ISREG(st.st_mode) || st.st_nlink != 1 || st.st_uid != geteuid()", "log_is_a_link")
cut(L, "no link", "(write ? O_APPEND : 0) | O_NOFOLLOW", "(write ? O_APPEND : 0)", "log_is_a_link")
cut(L, "header of a log", "rc == VAULT_OK && (!whole || logframe_header(b.p, b.n, &l->header) != 0)",
    "rc == VAULT_OK && (!whole || (logframe_header(b.p, b.n, &l->header), 0))", "not_a_log",
    because="what is no header has not the vault's id either")

cut(L, "damage in the middle", "if (rc == VAULT_OK && (whole_later || damaged_later(l, at)))", "if (0)",
    "frame_damaged_elsewhere")
cut(L, "a whole frame later", "if (rc == VAULT_OK && (whole_later || damaged_later(l, at)))",
    "if (rc == VAULT_OK && damaged_later(l, at))", "frame_length_elsewhere")
cut(L, "a length before and behind", "if (rc == VAULT_OK && (whole_later || damaged_later(l, at)))",
    "if (rc == VAULT_OK && whole_later)", "frame_damaged_torn_end")
cut(L, "most of a frame", "n > LOG_FRAME_MAX || l->size - at < (uint64_t)n + 4 + TRAILER",
    "l->size - at < (uint64_t)n + 4 + TRAILER", "frame_length",
    because="a frame longer than the file is cut; the bound is on what memory is asked for")
cut(L, "a recorded place with its head",
    "*yes = memcmp(head, l->pos.head, HASH_LEN) == 0;\n\t\treturn VAULT_OK;\n\t}\n\tif (len == l->header.end)",
    "*yes = 1;\n\t\treturn VAULT_OK;\n\t}\n\tif (len == l->header.end)", "log_grown_over")
cut(L, "a recorded place in the log", "\tif (len > l->pos.len)\n\t\treturn VAULT_OK;",
    "\tif (len > l->pos.len) {\n\t\t*yes = 1;\n\t\treturn VAULT_OK;\n\t}", "log_cut_after_the_anchor")
cut(L, "a recorded place before the end", "if (rc == VAULT_OK && last.found) {", "if (1) {", "release_taken_out_longer")
cut(G, "sum of a frame", "return memcmp(h, p + n + 4, 8) == 0;", "return 1;", "frame_damaged",
    because="an entry's bytes are in the chain too")
cut(G, "chain before a batch", "(chain != NULL && memcmp(chain, b.before, HASH_LEN) != 0) ||", "",
    "batch_chained_elsewhere")
cut(G, "numbers of batches", "(seq != 0 && seq != b.first_seq)", "0", "batch_renumbered")
cut(G, "numbers within a batch", "e[i].seq != h->first_seq + i ||", "", "batch_with_two_numbers")
cut(G, "number of entries", "h->n == 0 || h->n > LOG_BATCH_MAX || h->n > r->n / 8", "0", "entries_counted_wrong",
    status=1)
cut(G, "sizes of an entry", "if (r.bad || r.n != 0 || object == NULL || commit == NULL)",
    "if (r.bad && (object == NULL || commit == NULL) && (object = commit = (const uint8_t "
    "*)\"01234567890123456789012345678901\") == NULL)", "entry_of_a_wrong_size")
cut(G, "label of a header", "if (!label_ok(&r, magic))\n\t\treturn -1;", "(void)label_ok(&r, magic);", "not_a_log")
U = "fresh.c"
cut(U, "the log is there", "if (known && pos == NULL)\n\t\trc = gone",
    "if (known && pos == NULL && (v->seen.has_log = 0))\n\t\trc = gone", "log_gone",
    under=[(U, "else if (known && !(of_state && newer))", "else if (known && pos != NULL && !(of_state && newer))")])
cut(U, "the log is the one known", "else if (known && !(of_state && newer))", "else if (0)", "log_of_another_id")
cut(U, "the log is of this vault", "pos != NULL && memcmp(logfile_vault_id(l), v->vault_id, 16) == 0;", "pos != NULL;",
    "log_header_of_another_vault", because="another vault_id in its header is another head of the log")
cut(U, "the log holds what was seen", "rc = must_hold(v, l, v->seen.log_len, v->seen.log_head,",
    "rc = 0 ? VAULT_OK : must_hold(v, l, logfile_pos(l)->len, logfile_pos(l)->head,", "log_cut_after_the_anchor")
cut(U, "the log holds what the state says", "if (rc == VAULT_OK && of_state && newer)", "if (0)",
    "log_cut_before_the_anchor")
cut(U, "not older than one's key", "v->floor_epoch > v->kr->enrol_epoch ? v->floor_epoch : v->kr->enrol_epoch",
    "v->kr->enrol_epoch", "rollback_unseen_by_a_key")
cut(U, "not older than one's wrap", "v->floor_epoch > v->kr->enrol_epoch ? v->floor_epoch : v->kr->enrol_epoch",
    "v->floor_epoch", "rollback_unseen_by_a_passphrase")
cut(U, "the same vault", "if (v->succeeds)\n\t\treturn VAULT_OK;", "if (1)\n\t\treturn VAULT_OK;",
    "another_vault_in_its_place")
cut(U, "a vault that replaced it",
    "if (h[HDR_PRED_VAULT].n != 16 || memcmp(h[HDR_PRED_VAULT].p, vault_id, 16) != 0 || h[HDR_PRED_STATE].n != "
    "HASH_LEN)\n\t\treturn 0;", "", "another_vault_in_its_place",
    under=[(U, "return at > epoch || (at == epoch && memcmp(h[HDR_PRED_STATE].p, state, HASH_LEN) == 0);",
            "return 1;")])
cut(U, "no older state", "*where = v->state.epoch < epoch                                 ? FRESH_AHEAD",
    "*where = v->state.epoch < epoch ? FRESH_WITHIN", "rollback")
cut(U, "an ancestor", "at == epoch && memcmp(hash, state, HASH_LEN) == 0 ? FRESH_WITHIN", "1 ? FRESH_WITHIN",
    "fork_at_the_same_epoch")
cut(U, "the chain to it", "if (rc == VAULT_OK && memcmp(st.hash, previous, HASH_LEN) != 0)", "if (0)",
    "history_of_two_forks")
cut("txn.c", "audit goes on for the log alone", "kind == TXN_AUDIT && v->log_state > VAULT_LOG_OF_ELSEWHERE", "kind == TXN_AUDIT",
    "frame_damaged_elsewhere")
cut("usage.c", "who fetched it signed it", "enum vault_rc rc = counted_signer(a->c, b, &s, err);",
    "s = roster_slot(&a->c->v->roster, b->slot_id);\n\tenum vault_rc rc = VAULT_OK;", "entry_unsigned")
B = "observe.c"
cut(B, "a log of this vault", "if (rc == VAULT_OK && memcmp(logfile_vault_id(*l), v->vault_id, 16) != 0)", "if (0)",
    "log_of_another_vault")
cut(B, "a lost log is said", "*lost = pos != NULL && knows_log(v) &&", "*lost = 0 &&", "log_gone")
D = "counted.c"
SIGNER = "*out == NULL || !sign_check(b->sig, (*out)->sign_pk, b->signed_bytes, b->signed_n)"
cut(D, "signature of an entry", SIGNER, "*out == NULL", "entry_unsigned")
cut(D, "slot of an entry", SIGNER,
    "*out != NULL && !sign_check(b->sig, (*out)->sign_pk, b->signed_bytes, b->signed_n)", "entry_of_no_slot")
cut(D, "who says a verdict", "!judges && of_observation(e->action)            ? COUNTED_ROLE",
    "0 ? COUNTED_ROLE", "auditor_verdict")
cut(D, "who says an exposure", "!judges && of_observation(e->action)            ? COUNTED_ROLE", "0 ? COUNTED_ROLE",
    "auditor_exposure")
cut(D, "how long a slot says an exposure", "*why = b->end > limit ", "*why = 0 ", "ended_monitor_exposure")
cut(D, "an observation says something", "return has_form(e->action) ? odd_detail(slot, e, out, err) : VAULT_OK;",
    "return VAULT_OK;", "exposure_that_is_none")
cut(D, "an exposure is one", "return rc == VAULT_OK ? VAULT_OK : odd_detail(slot, e, out, err);", "return VAULT_OK;",
    "exposure_that_is_none")
cut("counted_newest.c", "who signed an exposure", "enum vault_rc rc = counted_signer(a->c, b, &s, err);",
    "enum vault_rc rc = VAULT_OK;\n\ts = roster_slot(&a->c->v->roster, b->slot_id);\n\t(void)err;", "exposure_of_a_stranger")
cut("counted_newest.c", "one that says nothing is passed over", "if (rc == VAULT_OK && e.has_exposure) {",
    "if (rc == VAULT_OK) {", "monitor_exposure")
cut(D, "who says the same", "!judges && of_observation(e->action)            ? COUNTED_ROLE", "0 ? COUNTED_ROLE", "auditor_same")
cut(D, "how long a slot says the same", "*why = b->end > limit ", "*why = 0 ", "ended_monitor_same")
cut(D, "what says the same says of what", "return has_form(e->action) ? odd_detail(slot, e, out, err) : VAULT_OK;", "return VAULT_OK;",
    "same_that_is_none")
REPEATS = "if (e->same.of != x->whole || memcmp(e->same.detail, x->detail, sizeof x->detail) != 0)"
cut("counted_newest.c", "the same as what was found, then", REPEATS, "if (memcmp(e->same.detail, x->detail, sizeof x->detail) != 0)",
    "same_as_another")
cut("counted_newest.c", "the same as what was found", REPEATS, "if (e->same.of != x->whole)", "same_as_another")
cut("counted_newest.c", "what repeats something else is shown so", "if (known == NULL || (*known)->newest.of != e->same.of ||",
    "if (known != NULL && (*known)->newest.of != e->same.of &&", "same_as_another")
cut("reach.c", "an exposure of its value", "if (e->version == version && memcmp(e->token_id, t->id, VAULT_ID_LEN) == 0 &&\n"
    "\t\t    memcmp(e->commit, ver->commit, VAULT_COMMIT_LEN) == 0)",
    "if (e->version == version && memcmp(e->token_id, t->id, VAULT_ID_LEN) == 0)", "exposure_of_another_value")
cut(D, "who says a reminder", "!judges && e->action == ACTION_REMINDED         ? COUNTED_REMINDER", "0 ? COUNTED_REMINDER",
    "auditor_reminder")
cut(D, "a reminder says something", "return has_form(e->action) ? odd_detail(slot, e, out, err) : VAULT_OK;", "return VAULT_OK;",
    "reminder_that_is_none")
cut("reminded.c", "who signed a reminder", "rc = counted_signer(&c->log, b, &s, err);",
    "s = roster_slot(&c->log.v->roster, b->slot_id);", "reminder_of_a_stranger")
cut(D, "before its slot was ended", "*why = b->end > limit ", "*why = 0 ", "ended_monitor_verdict")
cut(D, "what a script was granted", ": !granted ", ": 0 ", "release_of_anothers_token")
TIMES = ("access_list.c", "memcmp(st.hash, want, HASH_LEN) != 0 || ", "")
cut(D, "the end of a slot is of this history", "fresh_find(v, epoch, out->hash, &where, &at_time, &e)",
    "(at_time = 0, where = FRESH_WITHIN, VAULT_OK)", "end_moved", under=[TIMES])
cut("access_list.c", "when slots were ended", *TIMES[1:], "end_dated_back")
cut("access_list.c", "an epoch that is there", " || st.epoch < t[n - 1].epoch)", ")", "end_in_no_epoch",
    because="who looks for a state of that epoch comes to the first and finds none before it")
cut(D, "a script has no details", ": s->role == VAULT_ROLE_SCRIPT && e->detail_n > 0 ", ": 0 ", "script_verdict",
    because="an entry of a script's that is a verdict counts for nothing already")
cut(D, "an admin's detail opens", "if (s->role == VAULT_ROLE_ADMIN)\n\t\treturn vault_err_set",
    "if (0)\n\t\treturn vault_err_set", "verdict_that_does_not_open")
cut("cli/facts.c", "a verdict of its value",
    "return ver && v->version == version && memcmp(v->commit, ver->commit, VAULT_COMMIT_LEN) == 0;",
    "return ver && v->version == version;", "verdict_of_another_value")
cut("commit.c", "a log of this vault", "if (rc == VAULT_OK && memcmp(logfile_vault_id(l), v->vault_id, 16) != 0)",
    "if (0)", "change_with_another_log")
SETTLE = ("commit.c", "if (rc == VAULT_OK && memcmp(mine, theirs, HASH_LEN) != 0)", "if (0)")
cut("commit.c", "what was written comes back", *SETTLE[1:], "trigger_changes_a_record",
    under=[ALL, (P, "{SQLITE_DBCONFIG_ENABLE_TRIGGER, 0}", "{SQLITE_DBCONFIG_ENABLE_TRIGGER, 1}")])

# --- history ----------------------------------------------------------------------------------------------------------

H = "history.c"
cut(H, "chain of states", "if (rc == VAULT_OK && memcmp(st.hash, want, HASH_LEN) != 0)", "if (0)", "state_rewritten")
cut(H, "list of changes", "if (rc == VAULT_OK && memcmp(h, st->changes, HASH_LEN) != 0)", "if (0)", "change_taken_out")
cut(H, "detail of a change",
    "if (rc == VAULT_OK && text == NULL)\n\t\trc = vault_err_set(err, VAULT_DAMAGED, \"the detail of change",
    "if (0)\n\t\trc = vault_err_set(err, VAULT_DAMAGED, \"the detail of change", "detail_of_nothing")
cut(H, "id of a change",
    "rc = c[CH_OBJECT].n != 16 ? vault_err_set(err, VAULT_DAMAGED, \"a change is damaged\")\n"
    "\t\t                          : add_change", "rc = add_change", "change_that_does_not_open",
    because="another id is other associated data: the detail does not open; the check keeps reads within the row")

# --- verify -----------------------------------------------------------------------------------------------------------

Y = "verify.c"
cut(Y, "list of changes", "if (rc == VAULT_OK && memcmp(h, st->changes, HASH_LEN) != 0)", "if (0)", "change_taken_out")
cut(Y, "detail of a change", "\t\tif (text == NULL)\n\t\t\trc = bad(err, \"a change's detail does not open\");", "",
    "change_that_does_not_open")
cut(Y, "chain of states", "if (memcmp(st->previous, f->hash, HASH_LEN) != 0)", "if (0)", "first_state_follows")
cut(Y, "no epoch left out", "st->epoch != f->epoch + 1 && (st->action != ACTION_RESTORE || f->epoch == 0)", "0",
    "state_left_out")
cut(Y, "how a vault begins", "if (f->epoch == 0 && st->action != f->first)", "if (0)", "begins_as_another")
cut(Y, "half a predecessor",
    "if ((memcmp(f->hash, zeros, HASH_LEN) == 0) != none || (memcmp(h[HDR_PRED_VAULT].p, zeros, 16) == 0) != none)",
    "if (0)", "half_a_predecessor")
cut(Y, "the chain ends in the newest", "if (rc == VAULT_OK && memcmp(f.hash, v->state.hash, HASH_LEN) != 0)", "if (0)",
    "states_after_the_end", because="states are read upwards to the last, and the newest is the last")
cut(Y, "states of epochs only", "rows != out->states ?", "0 ?", "states_after_the_end")
cut(Y, "authority of a past state", "!state_own_ok(st, v->kr->pk_own) || ", "", "authority_of_a_past_state")
cut(Y, "signer of a past state", "!roster_may_sign(signer, st->epoch) || ", "", "past_state_by_an_auditor")
cut(Y, "signature of a past state", " || !state_slot_ok(st, signer->sign_pk)", "", "history_signed_anew")
cut(Y, "detail of a past state",
    "if (text == NULL && v->role != VAULT_ROLE_SCRIPT)\n\t\treturn bad(err, \"a state's detail",
    "if (0)\n\t\treturn bad(err, \"a state's detail", "detail_of_nothing")
cut(Y, "lengths of a predecessor",
    "if (h[HDR_PRED_STATE].n != HASH_LEN || h[HDR_PRED_VAULT].n != 16 || h[HDR_PRED_EPOCH].i < 0)", "if (0)",
    "header_predecessor_short",
    because="zeros or a state's hash are compared next; the check keeps reads within the row")
cut(Y, "times run forwards", "return st->time < f->time ?", "return 0 ?", "times_backwards")
cut(Y, "number of digests", "if (rc == VAULT_OK && n != digests)", "if (0)", "digest_row_more")
cut(Y, "number of changes", "if (rc == VAULT_OK && n != out->changes)", "if (0)", "change_of_no_state")
cut(Y, "rows in leaves", *OUTSIDE[1:], "short_key_counted", under=[ONE, SCAN])
KINDS = ("verify_grants.c", "s->role != VAULT_ROLE_SCRIPT || (c[GRANT_KIND].i != GRANT_TOKEN && c[GRANT_KIND].i != GRANT_LABELS)",
         "s->role != VAULT_ROLE_SCRIPT")
LOST = (Y, "if (rc == VAULT_OK && c.tokens_grants > 0)", "if (0)")
cut(Y, "grants of keys among tokens", *LOST[1:], "key_grant_of_a_script", under=[KINDS])
cut(Y, "as many wraps as slots", "if (rc == VAULT_OK && w.n != v->roster.n_slots)", "if (0)", "wrap_gone")
cut(Y, "a wrap's signature", "|| !wrap_sig_ok(w.r[i], &of))\n\t\t\trc = bad", ")\n\t\t\trc = bad",
    "wrap_of_another_slot_unsigned")
cut(Y, "a wrap's slot", "if (s == NULL || !wrap_slot_of(s->row, v->vault_id, &of)",
    "if (!wrap_slot_of(s->row, v->vault_id, &of)", "wrap_moved")
cut("verify_records.c", "a value is filed", "(!found || memcmp(id, t->id, 16) != 0 || version != ver->number)",
    "(memcmp(id, t->id, 16) != 0 || version != ver->number)", "value_not_filed",
    because="where it is not found there is no id to compare: zeros are another's")
cut("verify_records.c", "a value is filed as its token's", "(!found || memcmp(id, t->id, 16) != 0 || version != ver->number)", "!found",
    "value_not_filed")
cut("verify_records.c", "values of tokens only", "if (rc == VAULT_OK && rows != secrets)", "if (0)", "value_of_no_token")
Z = "verify_log.c"
cut(Z, "anchors in their place", "if (a->len < len || memcmp(a->head, head, HASH_LEN) != 0)", "if (0)",
    "anchor_between")
cut(Z, "anchors' heads", "if (a->len < len || memcmp(a->head, head, HASH_LEN) != 0)", "if (a->len < len)",
    "anchor_of_another_head")
cut(Z, "no anchor left", "rc = meet(w, UINT64_MAX, head, err);", "rc = VAULT_OK;", "anchor_beyond")
Q = "verify_grants.c"
cut(Q, "a grant's slot", "if (s == NULL || c[GRANT_VERSION].i < 1)", "if (s == NULL)", "grant_of_no_slot",
    under=[(Q, "\tif (!found)\n\t\treturn bad(err, \"a script was granted a value",
            "\tif (0)\n\t\treturn bad(err, \"a script was granted a value")])
cut(Q, "a grant of a slot", "if (s == NULL || c[GRANT_VERSION].i < 1)", "if (s != NULL && c[GRANT_VERSION].i < 1)",
    "grant_of_no_slot")
cut(Q, "an ended grant holds nothing", "c[GRANT_ENDED].i != 0 ? c[GRANT_BOX].n != 0 :", "c[GRANT_ENDED].i != 0 ? 0 :",
    "ended_grant_still_holds")
cut(Q, "a grant that stands holds something", "c[GRANT_BOX].n == 0 || !s->active", "!s->active",
    "ended_grant_still_holds")
cut(Q, "a grant of an active slot", "c[GRANT_BOX].n == 0 || !s->active", "c[GRANT_BOX].n == 0",
    "ended_grant_still_holds")
cut(Q, "a role's grants", "(slot_role_grants(s->role) & 1u << kind) == 0 ||", "", "grant_beyond_the_role",
    under=[(Q, "has[i] != slot_role_grants(v->roster.slots[i].role)",
            "(has[i] & slot_role_grants(v->roster.slots[i].role)) != slot_role_grants(v->roster.slots[i].role)")])
cut(Q, "no grant twice", "if ((*mine & 1u << kind) != 0)", "if (0)", "grant_twice")
cut(Q, "all that a role has", "v->roster.slots[i].active && has[i] != slot_role_grants(v->roster.slots[i].role)", "0",
    "grant_less_than_the_role")
cut(Q, "tokens are scripts'", "s->role != VAULT_ROLE_SCRIPT || (c[GRANT_KIND].i", "(c[GRANT_KIND].i",
    "grant_in_a_wrong_place")
cut(Q, "kinds among tokens", *KINDS[1:], "key_grant_of_a_script", under=[LOST])
cut(Q, "a list in its place", "if (rc == VAULT_OK && memcmp(c[GRANT_OBJECT].p, s->id, 16) != 0)", "if (0)",
    "list_filed_as_anothers")
cut(Q, "a grant's value", "\tif (!found)\n\t\treturn bad(err, \"a script was granted a value",
    "\tif (0)\n\t\treturn bad(err, \"a script was granted a value", "grant_of_no_value")
cut(Q, "a grant's value is there", "(c[GRANT_ENDED].i != 0 || value_present(r))", "1", "grant_of_an_erased_value")
cut(Q, "grants are in the list", "if (rc == VAULT_OK && record_labels_of(&l, c[GRANT_OBJECT].p) == NULL)", "if (0)",
    "list_and_grants_differ", under=[(Q, "if (rc == VAULT_OK && current != l.n)", "if (0)")])
cut(Q, "the list is granted", "if (rc == VAULT_OK && current != l.n)", "if (0)", "list_and_grants_differ")
cut(Q, "a list for each script", "if (rc == VAULT_OK && scripts != x.lists)", "if (0)", "list_and_grants_differ")

# --- dead -------------------------------------------------------------------------------------------------------------

K = "check.c"
cut(K, "the same base", " && e->base != NULL &&\n\t\t    base != NULL && strcmp(e->base, base) == 0)", ")",
    "dead_from_another_base")
cut(K, "the same value", "memcmp(e->commit, commit, VAULT_COMMIT_LEN) == 0 &&", "", "dead_of_another_value")
cut(K, "valid before", "e->result == VAULT_VALID && memcmp", "memcmp", "dead_never_valid")
cut(K, "refused now", "return refused(now) && vault_check", "return vault_check", "answered_blocked",
    under=[(K, "if (r->current || !refused(&r->verdict))", "if (r->current)")])
cut(K, "an admin asks", "r->died = v->role == VAULT_ROLE_ADMIN && proves_death", "r->died = proves_death",
    "dead_by_a_monitor")
