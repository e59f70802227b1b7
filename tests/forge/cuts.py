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
cut(T, "schema: types", "strcmp(c[0], \"table\") != 0 ||", "", "schema_entry_type")
cut(T, "schema: names", "strcmp(c[1], c[2]) != 0 || !is", "!is", "schema_entry_table")
cut(T, "schema: no others", *COUNT[1:], "a_table_more", under=[ODD])
cut(T, "schema: each is ours", *ODD[1:], "a_view_more", under=[COUNT])
cut(T, "schema", *ALL[1:], "a_table_more")
cut(T, "no triggers", "{SQLITE_DBCONFIG_ENABLE_TRIGGER, 0}", "{SQLITE_DBCONFIG_ENABLE_TRIGGER, 1}", "a_trigger", under=[ALL])
cut(T, "types of cells", "type != (tables[t].col[i].is_int ? SQLITE_INTEGER : SQLITE_BLOB)", "0", "text_in_a_value")
cut(T, "number of columns", "(size_t)sqlite3_column_count(st) != ncols", "0", "generated_column",
    under=[ALL])
cut(T, "integrity", 'text == NULL || strcmp(text, "ok") != 0', "text == NULL", "free_page")
