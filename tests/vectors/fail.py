"""The fail_ cases: what tests/forge's attacks leave behind, a change to each column of each table, keys that do not fit."""
import collections
import hashlib
import json
import os
import re
import shutil
import stat
import sys

import store

sys.path.insert(0, os.path.join(os.path.dirname(store.HERE), "forge"))
import arena  # noqa: E402
import format1 as f1  # noqa: E402
import sqlitefile as sf  # noqa: E402

MOST_RUNS, MOST_VARIANTS = 2, 2
# More where each variant or command is another refusal.
RUNS = {"auditor_asks": 20, "monitor_asks": 20, "script_asks": 20, "ended_key": 5}
VARIANTS = {"kdf_raised": 9, "kdf_wrapped_around": 5, "kdf_lowered": 7, "kdf_changed": 5, "wrap_lengths": 8,
        "user_version": 3,
            "ended_key": 4, "role_raised": 4, "another_key_file": 5, "state_rewritten": 8, "list_that_is_none": 7,
            "header_changed": 6,
            "parts_of_another_vault": 8, "rollback_any_of_50": 2, "forks": 4, "log_header_changed": 4,
            "value_boxes_of_another": 6,
            "role_of_no_name": 4}
# Answered otherwise where the clock stands before the days that the base has: a hand-over of later is none yet.
OF_TODAY = (("handover_of_nothing", "list"), ("handover_of_nothing", "due"), ("handover_of_nothing", "holders"),
            ("two_of_one_id", "list"), ("rotate_seals_nothing_to_the_ended", "rotate"))


def files_of(home):
    """The vault, what lies beside it and this machine's record; None where one of them cannot be stored as a file."""
    out, modes = {}, {}
    for name in os.listdir(home.top):
        if not re.match(re.escape(store.VAULT) + r"(-(log(-new|\.closed-\d+)?|journal|wal))?$", name):
            continue
        path = os.path.join(home.top, name)
        st = os.lstat(path)
        if not stat.S_ISREG(st.st_mode) or st.st_nlink != 1 or st.st_uid != os.geteuid():
            return None, None
        out[name] = arena.read(path)
        if stat.S_IMODE(st.st_mode) != 0o600:
            modes[name] = "%o" % stat.S_IMODE(st.st_mode)
    record = arena.read(home.record_path)
    if record is not None:
        out[store.RECORD] = record
    return out, modes


class Recorder(arena.Attempt):
    """Keeps each refusal as it was given: files, command, status."""

    def __init__(self, *args, **how):
        self.kept, self.seen = [], None
        super().__init__(*args, **how)

    def run(self, *args, key="ann", **how):
        self.home.put(self.placed)
        self.seen = files_of(self.home)
        return self.home.run(*args, key=key, **how)

    def refused(self, status, *args, key="ann", **how):
        err = super().refused(status, *args, key=key, **how)
        files, modes = self.seen
        if files is None or store.VAULT not in files:
            return err
        run = {"args": [a.replace(self.home.top + "/", "") for a in args], "status": status}
        files = dict(files)
        if key:
            run["key"] = key + ".key"
            files[run["key"]] = arena.read(self.home.key(key))
        if "SMARTVAULT_PASSPHRASE_FILE" in how:
            run["word"] = True
            files["word"] = arena.read(os.path.join(self.home.top, "word"))
        if how.get("stdin"):
            run["stdin"] = how["stdin"].decode()
        self.kept.append((files, modes, run))
        return err


def spread(items, most):
    """As many, from first to last."""
    if len(items) <= most:
        return items
    return [items[i * (len(items) - 1) // (most - 1)] for i in range(most)]


def make(name, what, runs, files, modes=None):
    case = {"what": what, "runs": runs}
    if modes:
        case["modes"] = modes
    data = json.dumps(case, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"
    return store.Case(name, dict(files, **{store.CASE: data}))


def grouped(kept):
    """Refusals of the same files with the same key and status belong together."""
    out = collections.OrderedDict()
    for files, modes, run in kept:
        key = hashlib.sha256(repr((sorted(files.items()), sorted(modes.items()), run.get("key"),
                run["status"])).encode()).digest()
        group = out.setdefault(key, (files, modes, []))
        if run not in group[2]:
            group[2].append(run)
    return list(out.values())


def of_attack(name, base, top):
    """Cases of one attack. One that is not refused ends the generator."""
    a = Recorder(base, top)
    arena.ATTACKS[name](a)
    if a.faults:
        raise RuntimeError("%s: %s" % (name, "; ".join(a.faults)))
    groups = spread(grouped([k for k in a.kept if (name, k[2]["args"][0]) not in OF_TODAY]), VARIANTS.get(name,
            MOST_VARIANTS))
    for i, (files, modes, runs) in enumerate(groups, 1):
        called = "fail_" + name + ("_%d" % i if len(groups) > 1 else "")
        yield make(called, arena.ATTACKS[name].title, spread(runs, RUNS.get(name, MOST_RUNS)), files, modes)


# --- each column of each table --------------------------------------------------------------------------------------------

def another(value, by=1):
    if isinstance(value, int):
        return value + by
    return value[:-1] + bytes([value[-1] ^ 1]) if value else b"\0"


def chosen(v, table):
    """A row of each table that no get of token one needs, but where there is no other."""
    rows = sorted(v.t[table])
    by_name = {s.slot_id: s.name for s in v.t["slot"]}
    if table in ("slot", "wrap", "grant"):
        rows = [r for r in rows if by_name.get(r.slot_id) == b"mon"]
    if table in ("state", "digest"):
        rows = rows[2:3]
    return rows[0]


STATUS = {("header", "vault_id"): 9, ("header", "format"): 15}


class Changes:
    """Cases of a vault with something changed in it, by nobody who can sign."""

    def __init__(self, base, top):
        self.base, self.now = base, self.with_changes(base, arena.Home(os.path.join(top, "changes")))
        self.files = {store.VAULT + "-log": self.now["log"], store.RECORD: self.now["record"],
                "ann.key": base.keys["ann"]}

    @staticmethod
    def with_changes(base, home):
        """The base, and a state with rows of change: two hand-overs end with their vendor."""
        home.put(base.now)
        arena.write(home.key("ann"), base.keys["ann"])
        home.must("vendor", "add", "Vendor C", key="ann")
        for to in ("cy@c.example", "cleo@c.example"):
            home.must("share", "three", "--vendor", "Vendor C", "--to", to, key="ann")
        home.must("vendor", "end", "Vendor C", key="ann")
        home.must("get", "three", key="ann")
        return home.save()

    def case(self, name, what, data, status=8, args=("verify",), **files):
        run = {"args": list(args), "key": "ann.key", "status": status}
        return make("fail_" + name, what, [run], dict(self.files, **files, **{store.VAULT: data}))

    def vault(self):
        return arena.Vault(self.now["db"])

    def columns(self):
        for table, row in f1.ROWS.items():
            for i, column in enumerate(row._fields):
                v = self.vault()
                r = chosen(v, table)
                v.change(table, r, **{column: another(r[i], 100 if i < f1.KEY_COLUMNS[table] else 1)})
                yield self.case("changed_%s_%s" % (table, column), "column %s of a row of %s changed" % (column,
                        table), v.file(),
                                STATUS.get((table, column), 8))

    def rows(self):
        for table in f1.ROWS:
            v = self.vault()
            v.drop(table, chosen(v, table))
            yield self.case("gone_" + table, "a row of %s taken away" % table, v.file(), 8)
            if table == "header":
                continue
            v = self.vault()
            r = chosen(v, table)
            first = r[0] + 1000 if isinstance(r[0], int) else bytes([r[0][0] ^ 0x55]) + r[0][1:]
            v.put(table, r._replace(**{r._fields[0]: first}))
            yield self.case("more_" + table, "a row of %s a second time, under another key" % table, v.file())

    def fitting(self):
        """The same for what digests count, with digests that fit: only the signature is against it."""
        for table in ("header", "slot", "key", "grant", "object", "secret"):
            for top in (False, True):
                v = self.vault()
                r = chosen(v, table)
                v.change(table, r, **{r._fields[-1]: another(r[-1])})
                v.reseal_digests(top=top)
                yield self.case("fitting_%s_%s" % ("top" if top else "groups", table),
                                "a row of %s changed, digests made to fit as far as the %s" % (table,
                                "top" if top else "groups"), v.file())

    def types(self):
        """TEXT for a BLOB, REAL for an INTEGER, in a column of each table."""
        loose = sf.Loose(self.now["db"])
        for table, row in f1.ROWS.items():
            r = chosen(self.vault(), table)
            columns = [i for i, x in enumerate(r) if i >= f1.KEY_COLUMNS[table] and isinstance(x, bytes) and x]
            kinds = [(columns[0], lambda x: x.decode("latin-1"))] if columns else []
            numbers = [i for i, x in enumerate(r) if i >= f1.KEY_COLUMNS[table] and isinstance(x, int)]
            kinds += [(numbers[-1], lambda x: x + 0.5)] if numbers else []
            for i, how in kinds:
                new = tuple(how(x) if i == j else x for j, x in enumerate(r))
                data = loose.change(table, [new if tuple(x) == tuple(r) else x for x in loose.rows[table]])
                kind = "text" if isinstance(r[i], bytes) else "real"
                yield self.case("type_%s_%s" % (kind, table), "%s in column %s of %s" % (kind.upper(), row._fields[i],
                        table), data)

    def whole(self):
        db = self.now["db"]
        count = len(db) // sf.PAGE
        for name, what, data in (("file_empty", "a file of no bytes", b""), ("file_of_text", "a file of text",
                b"no vault\n" * 999),
                                 ("file_cut", "the file cut by half", db[:count // 2 * sf.PAGE]),
                                 ("file_cut_by_a_page", "the file's last page cut off", db[:-sf.PAGE]),
                                 ("file_header_alone", "the file's first 100 bytes", db[:100]),
                                 ("file_page_of_zeros", "a page of zeros in the middle",
                                 db[:9 * sf.PAGE] + bytes(sf.PAGE) + db[10 * sf.PAGE:]),
                                 ("file_first_page_of_another", "the first page of another vault",
                                 self.base.other["db"][:sf.PAGE] + db[sf.PAGE:])):
            yield self.case(name, what, data)

    def modes(self):
        for name, modes, args in (("mode_of_the_vault", {store.VAULT: "640"}, ("get", "one")),
                                  ("mode_of_the_log", {store.VAULT + "-log": "644"}, ("get", "one")),
                                  ("mode_of_the_key_file", {"ann.key": "644"}, ("get", "one"))):
            run = {"args": list(args), "key": "ann.key", "status": 14}
            yield make("fail_" + name, "a file that others may read", [run], dict(self.files,
                    **{store.VAULT: self.now["db"]}), modes)

    def passphrases(self):
        for i, word in enumerate((b"", b" ", b"wrong horse battery staple 71\n", self.base.word[:-1] + b"\n",
                self.base.word + b" \n",
                                  b"\xef\xbb\xbf" + self.base.word + b"\n"), 1):
            run = {"args": ["get", "one", "--slot", "pat"], "word": True, "status": 5 if not word else 6}
            yield make("fail_passphrase_%d" % i, "another passphrase", [run], dict(
                {k: x for k, x in self.files.items() if not k.endswith(".key")}, word=word,
                **{store.VAULT: self.now["db"]}))

    def newer(self):
        """A grant of a kind that format 1 has not, signed: no newer program may write one."""
        for where in ("roster", "token"):
            v = self.vault()
            me = v.open(self.base.keys["ann"].decode())
            s = v.slot("aud" if where == "roster" else "bot")
            object_id = f1.ZERO16 if where == "roster" else v.token(me, "one")[0].object_id
            v.put("grant", f1.grant_make(v.vault_id, object_id, s.slot_id, 6, 1, 2, s.box_pk, bytes(32)))
            v.seal_all(me)
            yield self.case("newer_grant_" + where,
                    "a grant of another kind than format 1 has, signed, in a leaf of the " + where, v.file())

    def all(self):
        for part in (self.columns, self.rows, self.fitting, self.types, self.whole, self.modes, self.passphrases,
                     self.newer):
            yield from part()


# --- all of them ------------------------------------------------------------------------------------------------------------

def cases(base, top, names):
    """In an order in which neighbours are alike."""
    yield from Changes(base, top).all()
    for i, name in enumerate(names):
        folder = os.path.join(top, "a%d" % i)
        yield from of_attack(name, base, folder)
        shutil.rmtree(folder, ignore_errors=True)


def words(err, home):
    """What a message says, without what differs from run to run: its first long piece free of numbers, paths and quotes."""
    lines = err.replace(home, "/").strip().splitlines() or [""]
    first = " ".join(lines[-1].split()).replace("vault: ", "", 1)
    pieces = [p.strip() for p in re.split(r"[^ ]*[0-9/\\|\"`\t*\ufffd][^ ]*|: |; |[,()]|\*\*\*", first)]
    return next((p for p in pieces if len(p) >= 12), max(pieces, key=len))


def said(case, program, top):
    """Words of the message of each of a case's runs."""
    s, out = store.spec(case), []
    home = os.path.join(top, "said")
    os.mkdir(home, 0o700)
    for run in s["runs"]:
        store.lay_out(home, case, s.get("modes", {}))
        out.append(words(store.execute(program, home, run)[2], home))
    shutil.rmtree(home)
    return out
