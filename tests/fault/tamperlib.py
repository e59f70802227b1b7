"""The bench on which tests/fault/tamper works: a home with a vault, mutants of it and their judgement, TAP."""
import json
import os
import subprocess
import sys
import time

import sqlitefile as sf

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VAULT = os.path.join(ROOT, os.environ.get("BUILD", "build"), "bin", "vault")
REFUSED = {8, 9, 15}
ONE, TWO, OTHER = (b"fake0000000000000000000000000000%s" % w for w in (b"ONE01", b"TWO02", b"OTH03"))
OLD = b"fake0000000000000000000000000000OLD%02d"


class Place:
    """A home with a vault in it: run its program, keep its three files, put them back."""

    def __init__(self, top, name):
        self.home = os.path.join(top, name)
        os.mkdir(self.home, 0o700)
        self.file = os.path.join(self.home, "t.vault")
        self.key, self.recovery = os.path.join(self.home, "key"), os.path.join(self.home, "recovery")
        self.state = os.path.join(self.home, "state")
        self.written = None  # what put() wrote: most runs leave the file alone, and writing it costs more than they do
        self.env = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": self.home, "LC_ALL": "C.UTF-8",
                    "XDG_STATE_HOME": self.state, "SMARTVAULT_FILE": self.file, "SMARTVAULT_KEY_FILE": self.key}

    def run(self, *args, stdin=b""):
        p = subprocess.run([VAULT, *args], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.env,
                           cwd=self.home, timeout=60, check=False)
        return p.returncode, p.stdout, p.stderr

    def must(self, *args, stdin=b""):
        rc, out, err = self.run(*args, stdin=stdin)
        if rc != 0:
            raise SystemExit("not ok 1 - setting up: vault %s: %d %s" % (" ".join(args), rc, err.decode()))
        return out

    def record(self):
        folder = os.path.join(self.state, "smartvault")
        names = os.listdir(folder) if os.path.isdir(folder) else []
        return os.path.join(folder, names[0]) if names else None

    def save(self):
        def read(path):
            with open(path, "rb") as f:
                return f.read()
        self.record_path = self.record()
        return {"db": read(self.file), "log": read(self.file + "-log"), "record": read(self.record_path)}

    def stamp(self):
        st = os.stat(self.file)
        return st.st_ino, st.st_size, st.st_mtime_ns

    def put(self, snap, plant=None):
        """`plant`: files beside the vault, by their ending; a tuple is a link's target."""
        for path, data in ((self.file, snap["db"]), (self.file + "-log", snap["log"]),
                           (self.record_path, snap["record"])):
            if data is None:
                if os.path.lexists(path):
                    os.unlink(path)
                continue
            if path == self.file and self.written == (data, self.stamp()):
                continue
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as f:
                f.write(data)
            if path == self.file:
                self.written = data, self.stamp()
        if plant:
            self.written = None  # a journal's pages may be played into it within one tick of its time
        for ending in ("-journal", "-wal", "-shm"):
            if os.path.lexists(self.file + ending):
                os.unlink(self.file + ending)
        for ending, data in (plant or {}).items():
            if isinstance(data, tuple):
                os.symlink(data[0], self.file + ending)
            else:
                with open(os.open(self.file + ending, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as f:
                    f.write(data)


class Group:
    """Mutants of one kind: runs the program on each, one TAP line at the end."""

    def __init__(self, tap, place, base, name):
        self.tap, self.place, self.base, self.name = tap, place, base, name
        self.n = self.right = self.refused = self.whole = 0
        self.bad, self.start = [], time.monotonic()

    def get(self, args, want, ok=frozenset()):
        rc, out, err = self.place.run("get", *args)
        if rc == 0:
            self.right += 1
            value = out
            if "--json" in args:
                try:
                    value = json.loads(out)["items"][0]["value"].encode() + b"\n"
                except (ValueError, KeyError, IndexError) as e:
                    value = repr(e).encode()
            fault = None if value == want + b"\n" else "another value: %r" % out
        else:
            self.refused += 1
            fault = None if rc in REFUSED | ok else "status %d" % rc
        return self.manners("get " + " ".join(args), rc, out, err, fault)

    def manners(self, what, rc, out, err, fault):
        lines = err.decode("utf-8", "replace").splitlines()
        if fault is None and rc != 0 and out:
            fault = "status %d with %r on stdout" % (rc, out)
        if fault is None and (any(not line.startswith(("vault: ", "next: ") if rc == 0 else "vault: ") for line in lines) or (rc != 0 and not lines)):
            fault = "odd message"
        if any(v in err for v in (ONE, TWO, OTHER)):
            fault = "a value on stderr"
        return None if fault is None else "%s: %s (%s)" % (what, fault, " | ".join(lines))

    def mutant(self, name, db=None, plant=None, whole=False, ok=frozenset(), gets=(), **others):
        """`whole`: a change that may mean nothing, then verify may say 0. `ok`: more statuses; `gets`: more gets,
        all of token one."""
        snap = dict(self.base, **others)
        if db is not None:
            snap["db"] = db
        faults = []
        self.place.put(snap, plant)
        rc, out, err = self.place.run("verify")
        fault = None if rc in REFUSED | ok or (whole and rc == 0) else "status %d" % rc
        self.whole += whole and rc == 0
        faults.append(self.manners("verify", rc, out, err, fault))
        in_turn = (("two",), TWO) if self.n % 2 else (("one", "--json"), ONE)
        for args, want in [(("one",), ONE), in_turn] + [(g, ONE) for g in gets]:
            self.place.put(snap, plant)
            faults.append(self.get(args, want, ok))
        self.judge(name, faults)

    def exactly(self, name, status, snap, *options):
        """verify and get answer this and nothing else."""
        faults = []
        for args in (("verify",), ("get", "one"), ("get", "two", "--json"), ("list",)):
            self.place.put(snap)
            rc, out, err = self.place.run(*args, *options)
            faults.append(self.manners(args[0], rc, out, err, None if rc == status else "status %d" % rc))
        self.refused += 3
        self.judge(name, faults)

    def log(self, name, log, loud, lists=frozenset()):
        """Another access log: scripts go on and say so, all else refuses, after such gets too. `lists`: what else
        list may say."""
        snap, faults = dict(self.base, log=log), []

        def refused(when):
            for what, ok in (("verify", REFUSED), ("list", REFUSED | lists)):
                rc, out, err = self.place.run(what)
                faults.append(self.manners(what + when, rc, out, err, None if rc in ok else "status %d" % rc))

        self.place.put(snap)
        refused("")
        for args, want in ((("one",), ONE), (("two", "--json"), TWO)):
            self.place.put(snap)
            faults.append(self.get(args, want, {14}))
        self.place.put(snap)
        # Three, so that what was cut off grows over again.
        for _ in range(3):
            rc, _, err = self.place.run("get", "one")
            if loud and rc == 0 and b"access log" not in err:
                faults.append("get: no word of the access log")
        refused(" after gets")
        self.judge(name, faults)

    def judge(self, name, faults):
        self.n += 1
        if any(faults):
            self.bad.append("%s: %s" % (name, "; ".join(f for f in faults if f)))

    def done(self):
        self.tap.line(not self.bad and self.n > 0, "%s: %d mutants, %s; of their gets %d right, %d refused" % (
            self.name, self.n, "%d wrong" % len(self.bad) if self.bad else
            "%d refused, %d meant nothing" % (self.n - self.whole, self.whole) if self.whole else "all refused",
            self.right, self.refused), time.monotonic() - self.start)
        for line in self.bad[:40]:
            print("# " + line)
        if len(self.bad) > 40:
            print("# and %d more" % (len(self.bad) - 40))
        sys.stdout.flush()


class Tap:
    def __init__(self):
        self.n, self.failed = 0, 0

    def line(self, ok, name, seconds=0.0):
        self.n += 1
        self.failed += not ok
        print("%sok %d - %s%s" % ("" if ok else "not ", self.n, name, " (%.1f s)" % seconds if seconds > 0.05 else ""))
        sys.stdout.flush()


# --- the vault that is tampered with ------------------------------------------------------------------------------

def populate(p):
    """One rich vault; returns its older copies, the newest last, and which rows are token one's."""
    def add(label, value=None, *more):
        how = () if value else ("--no-value",)
        p.must("add", label, "--account", "ann@a.example", "--license", "licensed", *how, *more,
               stdin=value + b"\n" if value else b"")

    def rows(table):
        return set(sf.Loose(p.save()["db"]).rows[table])

    copies = []
    p.must("init", "--key-file-out", p.key, "--recovery-out", p.recovery, "--slot-name", "admin")
    before = rows("object")
    add("one", OLD % 1)
    tags = {r[0] for r in rows("object") - before}
    add("two", TWO, "--tag", "t", "--note", "a note")
    for i in range(12):
        add("more-%d" % i, OLD % (10 + i))
    add("nobody")
    copies.append(p.save())
    for value in (OLD % 2, ONE):
        p.must("rotate", "one", "--unchecked", stdin=value + b"\n")
    p.must("get", "one")
    copies.append(p.save())
    p.must("remove", "more-0", "--force")
    for vendor in ("Vendor B", "Vendor C"):
        p.must("vendor", "add", vendor, "--agreement", "NDA-7")
        for who in ("bert@b.example", "dora@b.example"):
            p.must("share", "one", "--vendor", vendor, "--to", who)
            p.must("share", "two", "--vendor", vendor, "--to", who)
    copies.append(p.save())
    p.must("unshare", "one", "--vendor", "Vendor B")
    p.must("unshare", "two", "--vendor", "Vendor C", "--to", "dora@b.example")
    for _ in range(5):
        p.must("get", "two")
    copies.append(p.save())
    add("last", OLD % 30)
    p.must("get", "one", "--token-version", "2")
    p.must("verify")
    copies.append(p.save())
    return copies, tags


def other_vault(p):
    p.must("init", "--key-file-out", p.key, "--no-recovery", "--slot-name", "admin")
    p.must("add", "one", "--account", "ann@a.example", "--license", "licensed", stdin=OTHER + b"\n")
    p.must("vendor", "add", "Vendor B")
    p.must("share", "one", "--vendor", "Vendor B", "--to", "bert@b.example")
    p.must("get", "one")
    return p.save()
