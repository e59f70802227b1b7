"""Attacks on the database as SQLite sees it and on what lies beside it."""
import base64
import os
import shutil
import sqlite3
import struct

import sqlitefile as sf
from arena import VALUES, Skip, attack, read, write

ONE = VALUES["one", 3]


def patched(data, at, new):
    return data[:at] + new + data[at + len(new):]


def statement(a, *sql):
    a.put(sf.sql(a.base.now["db"], *sql))


@attack("outsider")
def a_trigger(a):
    """a trigger that empties the table of values at the next change"""
    statement(a, "CREATE TRIGGER extra AFTER INSERT ON state BEGIN DELETE FROM secret; END")
    a.refuses(8, "get one", "verify")
    a.refused(8, "edit", "one", "--note", "x")


@attack("outsider")
def a_trigger_on_wraps(a):
    """a trigger that takes the slots away where a wrap is written"""
    statement(a, "CREATE TRIGGER extra AFTER INSERT ON wrap BEGIN DELETE FROM slot; END")
    a.refuses(8, "get one", "verify")


@attack("outsider")
def a_view(a):
    """a view in the place of a table: it gives older rows"""
    early = sf.load(a.base.copies[0]["db"]).execute("SELECT * FROM secret").fetchall()
    con = sf.load(a.snap["db"])
    con.execute("ALTER TABLE secret RENAME TO secrets")
    con.execute("DELETE FROM secrets")
    con.executemany("INSERT INTO secrets VALUES(?,?,?,?,?,?,?)", early)
    con.execute("CREATE VIEW secret AS SELECT * FROM secrets")
    a.put(con.serialize())
    a.refuses(8, "get one", "list", "verify")


@attack("outsider")
def a_view_more(a):
    """a view that nobody asked for"""
    statement(a, "CREATE VIEW extra AS SELECT * FROM secret")
    a.refuses(8, "get one", "verify")


@attack("outsider")
def an_fts_table(a):
    """a virtual table with full-text search, whose tokenizer would be code"""
    for module in ("fts3", "fts4", "fts5"):
        statement(a, "CREATE VIRTUAL TABLE extra USING %s(x)" % module)
        a.refuses(8, "get one", "verify")


@attack("outsider")
def an_index(a):
    """an index, by which a look-up would go to other rows than a scan"""
    statement(a, "CREATE INDEX extra ON slot(name)")
    a.refuses(8, "get one", "verify")


@attack("outsider")
def a_table_more(a):
    """a table more"""
    statement(a, "CREATE TABLE extra(x)")
    a.refuses(8, "get one", "verify")


@attack("outsider")
def statistics(a):
    """SQLite's own table of statistics, which steers its look-ups"""
    statement(a, "ANALYZE")
    a.refuses(8, "get one", "verify")


@attack("outsider")
def not_strict(a):
    """a table's text without STRICT, so that it takes any type"""
    statement(a, "UPDATE sqlite_schema SET sql=replace(sql,' STRICT,','') WHERE name='wrap'")
    a.refuses(8, "get one", "verify")


@attack("outsider")
def a_default(a):
    """a table's text with a CHECK that calls a function"""
    statement(a, "UPDATE sqlite_schema SET sql=replace(sql,'name BLOB NOT NULL','name BLOB NOT NULL CHECK(random()>=0 OR 1)')"
                 " WHERE name='slot'")
    a.refuses(8, "get one", "verify")


@attack("outsider")
def generated_column(a):
    """a column that is computed when it is read"""
    statement(a, "UPDATE sqlite_schema SET sql=replace(sql,', PRIMARY',', x BLOB AS (zeroblob(9)), PRIMARY') WHERE name='state'")
    a.refuses(8, "get one", "verify")


@attack("outsider")
def schema_entry_type(a):
    """an entry of the schema that calls a table a view"""
    statement(a, "UPDATE sqlite_schema SET type='view' WHERE name='state'")
    a.refuses(8, "get one", "verify")


@attack("outsider")
def schema_entry_table(a):
    """an entry of the schema that names another table as its own"""
    statement(a, "UPDATE sqlite_schema SET tbl_name='change' WHERE name='state'")
    a.refuses(8, "get one", "verify")


@attack("outsider")
def a_table_gone(a):
    """a table dropped"""
    statement(a, "DROP TABLE change")
    a.refuses(8, "get one", "verify")


@attack("outsider")
def application_id(a):
    """another program's number in the first bytes"""
    a.put(patched(a.base.now["db"], 68, struct.pack(">I", 0x53564C55)))
    a.refuses(8, "get one", "verify")


@attack("outsider")
def user_version(a):
    """another format's number in the first bytes"""
    for v in (0, 2, 1 << 31):
        a.put(patched(a.base.now["db"], 60, struct.pack(">I", v)))
        a.refuses(15, "get one", "verify")


@attack("outsider")
def wal_bits(a):
    """WAL bits in the header: SQLite would make files and trust them"""
    for bits in (b"\2\2", b"\1\2", b"\2\1"):
        a.put(patched(a.base.now["db"], 18, bits))
        a.refuses(8, "get one", "verify")
        a.want(not os.path.exists(a.home.path + "-wal"), "a -wal was made")


@attack("outsider")
def encoding(a):
    """an encoding of 0, which SQLite takes for UTF-8"""
    a.put(patched(a.base.now["db"], 56, bytes(4)))
    a.refuses(8, "get one", "verify")


def plant(a, ending, data):
    """A file beside the vault, for one command: puts it, and says what it is afterwards."""
    path = a.home.path + ending
    if os.path.lexists(path):
        os.unlink(path)
    if isinstance(data, str):
        os.link(data, path) if data.endswith("hard") else os.symlink(data, path)
    else:
        write(path, data)
    return path


def planted(a, ending, data, status, *commands):
    for c in commands:
        a.home.put(a.placed)
        plant(a, ending, data)
        a.refused(status, *c.split())
        path = a.home.path + ending
        if os.path.lexists(path):
            os.unlink(path)


@attack("outsider")
def super_journal(a):
    """a journal that ends in a super-journal's name: SQLite would delete the file it names"""
    victim = a.home.key("ann")
    count = len(a.snap["db"]) // sf.PAGE
    before = read(victim)
    for pages in ({}, {1: a.snap["db"][sf.PAGE:2 * sf.PAGE]}):
        for command in ("get one", "verify"):
            planted(a, "-journal", sf.journal(pages, count, victim), 8, command)
            a.want(read(victim) == before, "a file was deleted")
            if read(victim) is None:
                write(victim, before)


@attack("outsider")
def journal_link(a):
    """a journal that is a link to another, or has a second name"""
    count = len(a.snap["db"]) // sf.PAGE
    other = os.path.join(a.home.top, "planted-hard")
    write(other, sf.journal({}, count))
    planted(a, "-journal", other, 14, "get one", "verify")
    soft = os.path.join(a.home.top, "planted-soft")
    write(soft, sf.journal({}, count))
    planted(a, "-journal", soft, 14, "get one", "verify")


@attack("outsider")
def journal_of_another(a):
    """a journal that belongs to another user"""
    if os.geteuid() != 0:
        raise Skip("only root can give a file away")
    count = len(a.snap["db"]) // sf.PAGE
    for command in ("get one", "verify"):
        a.home.put(a.placed)
        os.chown(plant(a, "-journal", sf.journal({}, count)), 65534, 65534)
        a.refused(14, *command.split())
        os.unlink(a.home.path + "-journal")


@attack("outsider")
def hot_journal(a):
    """a hot journal that rolls the file back to an older copy"""
    old = a.base.copies[1]["db"]
    for command in ("get one", "list", "verify"):
        a.home.put(a.placed)
        plant(a, "-journal", sf.journal(dict(enumerate(sf.pages(old))), len(old) // sf.PAGE))
        rc, out, err = a.home.run(*command.split(), key="ann")
        if rc == 0:
            a.note(a.through, [command], "status 0", out)
        elif rc != 9:
            a.note(a.blurred, [command], "status %d for 9" % rc, err)
        a.want(not out, "something was given")


@attack("outsider")
def hot_journal_one_page(a):
    """a hot journal that puts one page of an older copy back"""
    old, now = sf.pages(a.base.copies[2]["db"]), sf.pages(a.snap["db"])
    for i in [i for i in range(1, len(old)) if old[i] != now[i]][:8]:
        meant = patched(a.snap["db"], i * sf.PAGE, old[i])
        if sf.all_rows(meant) == sf.all_rows(a.snap["db"]):
            continue
        a.home.put(a.placed)
        plant(a, "-journal", sf.journal({i: old[i]}, len(now)))
        rc, out, err = a.home.run("verify", key="ann")
        if rc == 0:
            a.note(a.through, ["verify"], "status 0 with page %d rolled back" % (i + 1))
        elif rc not in (8, 9):
            a.note(a.blurred, ["verify"], "status %d for 8" % rc, err)


@attack("outsider")
def a_wal(a):
    """a -wal beside the file with an older copy's pages: SQLite would play it into the file"""
    old = a.base.copies[1]["db"]
    planted(a, "-wal", sf.wal(dict(enumerate(sf.pages(old))), len(old) // sf.PAGE), 8, "get one", "verify")
    planted(a, "-wal", b"", 8, "get one", "verify")
    planted(a, "-wal", os.path.join(a.home.top, "nothing"), 8, "get one", "verify")


@attack("outsider")
def vault_is_a_link(a):
    """the vault replaced by a link to another file, or given a second name"""
    elsewhere = os.path.join(a.home.top, "elsewhere")
    os.rename(a.home.path, elsewhere)
    for make in (os.symlink, os.link):
        make(elsewhere, a.home.path)
        rc, out, err = a.home.run("get", "one", key="ann")
        if rc != 14 or out:
            a.note(a.through if rc == 0 else a.blurred, ["get"], "status %d for 14" % rc, err)
        os.unlink(a.home.path)


@attack("outsider")
def vault_is_readable(a):
    """the vault made readable by others, its folder writable by them"""
    os.chmod(a.home.path, 0o640)
    rc, out, err = a.home.run("get", "one", key="ann")
    a.want(rc == 14 and not out, "mode 640: %d %r" % (rc, err))
    os.chmod(a.home.path, 0o600)
    os.chmod(a.home.top, 0o777)
    rc, out, err = a.home.run("get", "one", key="ann")
    a.want(rc == 14 and not out, "folder 777: %d %r" % (rc, err))


@attack("outsider")
def another_database(a):
    """another program's database with our numbers in its first bytes"""
    con = sqlite3.connect(":memory:", isolation_level=None)
    con.execute("CREATE TABLE t(x)")
    con.execute("PRAGMA application_id=%d" % 0x53564C54)
    con.execute("PRAGMA user_version=1")
    a.put(con.serialize())
    a.refuses(8, "get one", "verify")


@attack("outsider")
def freelist(a):
    """a list of free pages that names pages in use: the next change would overwrite them"""
    con = sf.load(a.snap["db"])
    con.execute("CREATE TABLE extra(x)")
    con.execute("INSERT INTO extra VALUES(zeroblob(40000))")
    con.execute("DROP TABLE extra")
    db = con.serialize()
    trunk = struct.unpack(">I", db[32:36])[0]
    first = (trunk - 1) * sf.PAGE + 8
    used = sf.load(db).execute("SELECT rootpage FROM sqlite_schema WHERE name='secret'").fetchone()[0]
    a.put(patched(db, first, struct.pack(">I", used)))
    a.refuses(8, "verify")


@attack("outsider")
def neighbours_planted(a):
    """names beside the vault that commands write, planted as links to somebody's file: that file stays as it was"""
    victim = os.path.join(a.home.top, "victim")
    name = os.path.basename(a.home.path)
    edit, backup, rotate, restore, rekey = ("edit one --note x", "backup b.vault", "log --rotate", "restore good.vault --force",
                                            "rekey --key-file-dir keys --no-recovery")
    writes = {"-lock": (edit, rekey), "-new": (edit, restore), ".before-rekey": (rekey,), ".before-rekey.1": (rekey,),
              ".before-restore": (restore,), "-log-new": (rotate, rekey), "-log.closed-1": (rotate,), "b.vault": (backup,),
              "b.vault-new": (backup,)}
    a.home.put(a.placed)
    a.home.must("backup", "good.vault", key="ann")
    good = read(os.path.join(a.home.top, "good.vault"))
    for ending, commands in writes.items():
        for make in (os.symlink, os.link):
            for command in commands:
                a.home.put(a.placed)
                write(os.path.join(a.home.top, "good.vault"), good)
                write(victim, b"must stay\n")
                os.chmod(victim, 0o600)
                path = os.path.join(a.home.top, ending if ending.startswith("b.") else name + ending)
                if os.path.lexists(path):
                    os.unlink(path)
                make(victim, path)
                rc, _, err = a.home.run(*command.split(), key="ann")
                a.want(read(victim) == b"must stay\n", "%s with %s: the file was written (%d %r)" % (command, ending, rc, err))
                a.want(rc >= 0, "%s with %s: signal %d" % (command, ending, -rc))
                for left in os.listdir(a.home.top):
                    if left.startswith((name + ".", name + "-log", name + "-new", "b.vault")) or left in ("victim", name + "-lock"):
                        os.unlink(os.path.join(a.home.top, left))
                shutil.rmtree(os.path.join(a.home.top, "keys"), ignore_errors=True)


@attack("outsider")
def copy_tells_nothing(a):
    """a copy of all files: no label, person, vendor, purpose or value in them, plain, in hex or base64"""
    a.home.put(a.placed)
    names = {"label": "quarterly-payroll", "account": "ursula.xylander@company.example", "vendor": "Zweifelhaft & Partner",
             "to": "bertram@zweifelhaft.example", "purpose": "moving-the-timesheets", "note": "ask-legal-before"}
    value = b"fake00000000000000000000000SECRETVAL1"
    a.home.must("add", names["label"], "--account", names["account"], "--license", "licensed", "--note", names["note"],
                key="ann", stdin=value + b"\n")
    a.home.must("vendor", "add", names["vendor"], key="ann")
    a.home.must("share", names["label"], "--vendor", names["vendor"], "--to", names["to"], "--purpose", names["purpose"], key="ann")
    a.home.must("get", names["label"], key="ann")
    a.home.must("edit", names["label"], "--label", names["label"] + "-2", key="ann")
    a.home.must("backup", "b.vault", key="ann")
    a.home.must("rekey", "--key-file-dir", "keys", "--no-recovery", key="ann")
    for folder, _, files in os.walk(a.home.top):
        for f in files:
            data = read(os.path.join(folder, f))
            for word in [value, *[n.encode() for n in names.values()]]:
                for form in (word, word.hex().encode(), base64.b64encode(word)[:-4]):
                    a.want(form not in data, "%s has %r" % (f, word))
