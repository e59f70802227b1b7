"""Where attacks are made and judged: a home with the vault, its log and this machine's record; the program; the words.

An attack is a function with a first line of documentation, registered by @attack(who). It changes the files and says what
each command must then answer. What the program answers else is kept: as `through` where the attack had its way (status 0,
a wrong value, a crash, a file changed by a command that refused), as `blurred` where another status was given.
"""
import os
import re
import shutil
import subprocess
import sys
import time
import traceback

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.append(os.path.join(ROOT, "tests/fault"))

import accesslog as al  # noqa: E402
from vaultfile import Vault  # noqa: E402

VAULT = os.path.join(ROOT, os.environ.get("BUILD", "build"), "bin", "vault")
VALUES = {(label, n): b"fake%027dTOK%03d" % (i * 10 + n, i * 10 + n)
          for i, label in enumerate(("one", "two", "three", "other"), 1) for n in range(1, 4)}
WRONG = b"fake000000000000000000000000000ATTACK"  # what an attacker would like to be used
ACCOUNT = ("--account", "ann@a.example", "--license", "licensed")
ATTACKS = {}


def attack(who):
    def register(f):
        f.who, f.title = who, f.__doc__.strip().split("\n\n")[0].replace("\n", " ")
        f.title = re.sub(" +", " ", f.title).rstrip(".")
        if f.__name__ in ATTACKS:
            raise ValueError("two attacks are named " + f.__name__)
        ATTACKS[f.__name__] = f
        return f
    return register


def read(path):
    try:
        with open(path, "rb") as f:
            return f.read()
    except FileNotFoundError:
        return None


def write(path, data):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as f:
        f.write(data)


class Home:
    """A folder that is a user's home, with a vault in it. `clock`: variables that set the program's, where one does."""
    clock = {}

    def __init__(self, top, program=VAULT):
        self.top, self.program = top, program
        if not os.path.isdir(top):
            os.mkdir(top, 0o700)
        self.path = os.path.join(top, "t.vault")
        self.env = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": top, "LC_ALL": "C.UTF-8",
                    "SMARTVAULT_API_URL": "http://127.0.0.1:9/2.0",
                    "XDG_STATE_HOME": os.path.join(top, "state"), "SMARTVAULT_FILE": self.path, **self.clock}
        self.record_path = os.path.join(top, "state/smartvault", al.record_name(os.path.realpath(self.path)))

    def key(self, name):
        return os.path.join(self.top, name + ".key")

    def run(self, *args, key=None, stdin=b"", **env):
        how = dict(self.env, **({"SMARTVAULT_KEY_FILE": self.key(key)} if key else {}), **env)
        p = subprocess.run([self.program, *args], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=how,
                           cwd=self.top, timeout=60, check=False)
        return p.returncode, p.stdout, p.stderr

    def by_passphrase(self):
        """For commands of the slot that opens by the base's passphrase."""
        return {"key": None, "SMARTVAULT_PASSPHRASE_FILE": os.path.join(self.top, "word")}

    def must(self, *args, status=0, **how):
        rc, out, err = self.run(*args, **how)
        if rc != status:
            raise RuntimeError("setting up: vault %s: %d %s" % (" ".join(args), rc, err.decode()))
        return out

    def save(self):
        return {"db": read(self.path), "log": read(self.path + "-log"), "record": read(self.record_path)}

    def put(self, snap):
        for path, data in ((self.path, snap["db"]), (self.path + "-log", snap["log"]),
                           (self.record_path, snap["record"])):
            if data is not None:
                os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
                write(path, data)
            elif os.path.lexists(path):
                os.unlink(path)


class Enough(Exception):
    """It went through: the rest of the attack would say the same."""


class Skip(Exception):
    """It can't be made here; why."""


class Attempt:
    """One attack on its own copy of the base. `until`: what ends it at once, "through" or a status given for another."""

    def __init__(self, base, top, program=VAULT, until=None):
        self.base, self.through, self.blurred, self.odd, self.until = base, [], [], [], until
        self.skipped = None
        self.home = Home(top, program)
        for name, text in base.keys.items():
            write(self.home.key(name), text)
        write(os.path.join(top, "word"), base.word + b"\n")
        self.snap = dict(base.now)
        self.placed = None
        self.fresh_record()

    # --- what the attacker has and does ---------------------------------------------------------------------------

    def fresh_record(self):
        """The record's name is made from the path, so it is written for this home."""
        self.home.put(self.snap)
        self.placed = self.snap

    def vault(self, snap=None):
        """The rows as they were before the attack, or of another copy."""
        return Vault((snap or self.base.now)["db"])

    def me(self, name, vault=None):
        """What a slot's holder knows."""
        return (vault or self.vault()).open(self.base.keys[name].decode())

    def small(self, *slots):
        """In the place of the base a vault with one token and no turn-over behind it; its rows, its admin."""
        h = Home(self.home.top, VAULT)
        h.put(dict.fromkeys(("db", "log", "record")))
        h.must("init", "--key-file-out", h.key("small"), "--no-recovery", "--slot-name", "small")
        h.must("add", "one", "--account", "ann@a.example", "--license", "licensed", key="small",
               stdin=VALUES["one", 1] + b"\n")
        for name, role in slots:
            h.must("access", "add", name, "--role", role, "--key-file-out", h.key(name), key="small")
        self.snap = h.save()
        v = Vault(self.snap["db"])
        return v, v.open(read(h.key("small")).decode())

    def log(self):
        return al.Log(self.base.now["log"])

    def put(self, vault=None, **parts):
        """Files as the attacker leaves them; `record=None`: a machine that never saw the vault."""
        if vault is not None:
            parts["db"] = vault if isinstance(vault, bytes) else vault.file()
        if isinstance(parts.get("log"), al.Log):
            parts["log"] = parts["log"].data()
        self.snap = dict(self.snap, **parts)
        self.fresh_record()

    # --- what the program must answer -----------------------------------------------------------------------------

    def note(self, kind, args, text, err=b""):
        kind.append("vault %s: %s%s" % (" ".join(args), text, " (%s)" % err.decode("utf-8", "replace").strip()
                                        if err else ""))
        self.enough()

    def enough(self):
        if self.until == "through" and self.through or \
                any("status %s for" % self.until in x for x in self.blurred):
            raise Enough

    def run(self, *args, key="ann", **how):
        self.home.put(self.placed)
        return self.home.run(*args, key=key, **how)

    def refused(self, status, *args, key="ann", **how):
        """Exactly this status, nothing on stdout, one line on stderr, the vault's file as it was."""
        rc, out, err = self.run(*args, key=key, **how)
        lines = err.decode("utf-8", "replace").splitlines()
        if rc in (0, 10, 11) or rc < 0 or rc > 130:
            self.note(self.through, args, "status %d" % rc, err + out)
        elif rc != status:
            self.note(self.blurred, args, "status %d for %d" % (rc, status), err)
        if rc != 0 and out:
            self.note(self.odd, args, "on stdout: %r" % out)
        if rc != 0 and (not lines or not all(line.startswith("vault: ") for line in lines)):
            self.note(self.odd, args, "odd message", err)
        self.silent(args, out, err)
        if rc != 0 and read(self.home.path) != self.placed["db"]:
            self.note(self.through, args, "refused, but the file was changed")
        return err

    def refuses(self, status, *commands, **how):
        for c in commands:
            self.refused(status, *c.split(), **how)

    def gives(self, value, *args, key="ann", status=0, **how):
        """The right value, or exactly this output."""
        rc, out, err = self.run(*args, key=key, **how)
        if rc == status and (out == value + b"\n" if isinstance(value, bytes) else value(out)):
            return err
        if rc in (0, 10, 11) or rc < 0 or rc > 130:
            self.note(self.through, args, "status %d, %r" % (rc, out[-200:]), err)
        else:
            self.note(self.blurred, args, "status %d for %d" % (rc, status), err)
        self.silent(args, b"", err)
        return err

    def silent(self, args, out, err):
        """No value where none belongs, and never the attacker's."""
        for v in list(VALUES.values()) + [WRONG]:
            if v in err or v in out:
                self.note(self.through, args, "a value was given: %s" % v.decode())

    def want(self, good, text):
        if not good:
            self.through.append(text)
            self.enough()

    def says(self, err, *words):
        for w in words:
            if w.encode() not in err:
                self.odd.append("does not say %r: %s" % (w, err.decode("utf-8", "replace").strip()))

    @property
    def faults(self):
        return self.through + self.blurred + self.odd


def make(name, base, top, program=VAULT, until=None):
    """Makes one attack; what came of it."""
    a = Attempt(base, top, program, until)
    try:
        ATTACKS[name](a)
    except Enough:
        pass
    except Skip as e:
        a.skipped = str(e)
    except subprocess.TimeoutExpired as e:
        a.through.append("%s: hangs" % e.cmd)
    except Exception:  # pylint: disable=broad-except
        a.odd += traceback.format_exc().splitlines()
    finally:
        shutil.rmtree(top, ignore_errors=True)
    return a


class Tap:
    def __init__(self):
        self.n = self.failed = 0

    def line(self, ok, name, notes=()):
        self.n += 1
        self.failed += not ok
        print("%sok %d - %s" % ("" if ok else "not ", self.n, name))
        for x in notes if not ok else ():
            print("# " + x)
        sys.stdout.flush()

    def done(self):
        print("1..%d" % self.n)
        return 1 if self.failed else 0


def run_all(base, top, names, tap):
    for i, name in enumerate(names):
        began = time.monotonic()
        a = make(name, base, os.path.join(top, "a%d" % i))
        f, seconds = ATTACKS[name], time.monotonic() - began
        more = " # SKIP " + a.skipped if a.skipped else " (%.1f s)" % seconds if seconds > 0.5 else ""
        tap.line(not a.faults, "%s: %s%s" % (f.who, f.title, more), a.faults)
