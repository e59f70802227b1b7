"""What the tests of crashes and of bad disks share: TAP, a home that can be put back, vault under strace, states compared."""
import atexit
import calendar
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get("BUILD", "build"))
VAULT = os.path.join(BUILD, "bin", "vault")
FULL = bool(os.environ.get("CHECK_FULL"))
TMP = tempfile.mkdtemp(prefix="crash-")
atexit.register(shutil.rmtree, TMP, ignore_errors=True)
HOME = os.path.join(TMP, "home")
# What changes a disk, and the end: a kill before it comes after all of them.
CHANGING = ("write", "pwrite64", "fdatasync", "fsync", "unlink", "ftruncate", "mkdir", "rename", "renameat2", "openat")
LINE = re.compile(r"^(\w+)\((.*)$")
FAKE = "fake000000000000000000000000000000"
LIMIT_S = 60


def leave():
    """Nothing that can run here, said as TAP says it."""
    if os.environ.get("SAN"):
        print("1..0 # SKIP the sanitizers change which system calls there are, and LeakSanitizer cannot run under strace")
        sys.exit(0)
    probe = subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True) if shutil.which("strace") else None
    if probe is None or probe.returncode:
        print("1..0 # SKIP %s" % ("strace may not trace here" if probe else "no strace"))
        sys.exit(0)


class Tap:
    n = bad = shown = 0

    @classmethod
    def ok(cls, good, name, *why):
        cls.n += 1
        cls.bad += not good
        print("%sok %d - %s" % ("" if good else "not ", cls.n, name), flush=True)
        for w in why if not good else ():
            print("#   %s" % (w,))
        return good

    @classmethod
    def none(cls, wrong, name):
        """`wrong`: what is not as it should be, a line each."""
        return cls.ok(not wrong, name, "%d wrong" % len(wrong), *wrong[:12])

    @classmethod
    def end(cls):
        print("1..%d" % cls.n)
        sys.exit(1 if cls.bad else 0)


def environment():
    env = {k: os.environ[k] for k in ("PATH", "LANG", "LC_ALL") if k in os.environ}
    env.update(HOME=HOME, TMPDIR=TMP, SMARTVAULT_API_URL="http://127.0.0.1:9/2.0", SMARTVAULT_FILE=HOME + "/v.vault", SMARTVAULT_KEY_FILE=HOME + "/key")
    return env


class Ran:
    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    def __str__(self):
        return "status %d, stdout %r, stderr %r" % (self.status, self.out[-200:], self.err[-300:])

    @property
    def killed(self):
        return self.status == -signal.SIGKILL


def run(argv, stdin=b"", env=None, prefix=(), **more):
    p = subprocess.run([*prefix, VAULT, *argv], input=stdin, capture_output=True, env={**environment(), **(env or {})},
                       cwd=TMP, timeout=LIMIT_S, **more)
    return Ran(p.returncode, p.stdout, p.stderr)


def need(argv, stdin=b"", status=0, **more):
    r = run(argv, stdin, **more)
    if r.status != status:
        raise SystemExit("not ok - vault %s: %s" % (" ".join(argv), r))
    return r


def traced(argv, stdin=b"", inject=None, env=None):
    """vault under strace (not its children). `inject` as strace takes it: one system call of the n-th time."""
    sets = ["-e", "inject=" + inject] if inject else []
    call = inject.split(":")[0] if inject else ",".join(CHANGING)
    return run(argv, stdin, env, ["strace", "-qq", "-o", TMP + "/trace", "-y", "-s", "99", "-e", "signal=none", "-e", "trace=" + call,
                                  *sets])


def injected():
    """The line of the call that the last traced run was injected into: runs differ in pages, as ids are random. Or ""."""
    with open(TMP + "/trace", encoding="ascii", errors="replace") as f:
        return next((line for line in f if "(INJECTED)" in line), "")


def points(argv, stdin=b"", env=None):
    """Where a run changes something, or opens a file of ours: [(system call, its number, its arguments)]."""
    r = traced(argv, stdin, env=env)
    if r.status:
        raise SystemExit("not ok - vault %s under strace: %s" % (" ".join(argv), r))
    seen, found = {}, []
    with open(TMP + "/trace", encoding="ascii", errors="replace") as f:
        for line in f:
            m = LINE.match(line)
            if not m:
                continue
            name = m.group(1)
            seen[name] = seen.get(name, 0) + 1
            if name != "openat" or HOME + "/" in m.group(2):
                found.append((name, seen[name], m.group(2).strip()))
    return found


def thin(found, every=5):
    """A shorter form: of the many writes of pages one in `every`, of all else everything."""
    return [p for p in found if p[0] != "pwrite64" or p[1] % every == 1 or FULL]


def few(found):
    """Shorter still, of whole copies: opening a file changes nothing, but where it is made."""
    return [p for p in thin(found, 29) if p[0] != "openat" or "O_CREAT" in p[2] or FULL]


def changing(found):
    """Those before which a kill finds another disk than before the one ahead of it: what was written stands for everybody as
    soon as the call returns, so that waiting for the platter changes nothing for who looks, nor does opening what is there."""
    return [p for p in found if FULL or (p[0] not in ("fsync", "fdatasync") and
                                         (p[0] != "openat" or "O_CREAT" in p[2] or "O_TRUNC" in p[2]))]


# --- a home and its states -----------------------------------------------------------------------------------------

def save(name):
    shutil.rmtree(os.path.join(TMP, name), ignore_errors=True)
    shutil.copytree(HOME, os.path.join(TMP, name))


def put_back(name):
    shutil.rmtree(HOME, ignore_errors=True)
    if name:
        shutil.copytree(os.path.join(TMP, name), HOME)
    else:
        os.mkdir(HOME, 0o700)


def contents(top):
    found = {}
    for folder, _, names in os.walk(top):
        for n in names:
            with open(os.path.join(folder, n), "rb") as f:
                found[os.path.relpath(os.path.join(folder, n), top)] = f.read()
    return found


def untouched(name):
    """Whether each file has the bytes that it was put back with, and there is no other: what is asked of the vault then, and
    what comes next, is what it was there, and need not be found out again."""
    return not FULL and contents(HOME) == contents(os.path.join(TMP, name))


def files():
    found = set()
    for folder, _, names in os.walk(HOME):
        found.update(os.path.relpath(os.path.join(folder, n), HOME) for n in names)
    return found


def without(x, keys):
    if isinstance(x, dict):
        return {k: without(v, keys) for k, v in x.items() if k not in keys}
    return [without(v, keys) for v in x] if isinstance(x, list) else x


# The seconds at which something was said or asked, and all that rests on what Smartsheet said.
TIMES = ("time", "checked")
VERDICTS = ("verdict", "identity", "checks", "due")


def said(argv):
    r = run([*argv, "--json"])
    times = TIMES + (("added", "ended") if argv[0] == "access" else ())
    try:
        return [r.status, without(json.loads(r.out)["items"], times)] if r.status == 0 else [r.status, None]
    except (ValueError, KeyError):
        return [r.status, repr(r.out)]


def state(labels, asked=(("list",), ("holders", "--all"))):
    """What can be asked of the vault: what is known of the tokens, who holds them, each version's very bytes. (verify has
    every state's signature over all of the rest.)"""
    now = {" ".join(argv): said(argv) for argv in asked}
    for label in labels:
        now["show " + label] = said(["show", label])
        versions = (now["show " + label][1] or [{"versions": []}])[0]["versions"]
        for v in versions or ():
            r = run(["get", "-q", label, "--token-version", str(v["version"])])
            now["get %s %d" % (label, v["version"])] = [r.status, r.out.decode("latin-1")]
    return now


def differs(now, *others):
    """The first thing in which `now` is none of the others; None where it is one of them."""
    if now in others:
        return None
    best = min(others, key=lambda o: sum(now.get(k) != o.get(k) for k in {*now, *o}))
    return "; ".join("%s is %.300r, not %.300r" % (k, now.get(k), best.get(k)) for k in sorted({*now, *best})
                     if now.get(k) != best.get(k))[:900]


def entries():
    """How many entries the access log has, each verified; None where verify is not content."""
    r = run(["verify", "--json"])
    return json.loads(r.out)["items"][0]["log_entries"] if r.status == 0 else None


def not_at_midnight():
    """States name days: old and new are to be of the same one."""
    left = 86400 - calendar.timegm(time.gmtime()) % 86400
    if left < 120:
        time.sleep(left + 1)


# --- what is done to the vault -------------------------------------------------------------------------------------

class Change:
    """A command that changes the vault, and the labels that are looked at. `logs`: it also logs what Smartsheet said, which
    is a step of its own. `asked`: what else of the vault is looked at. `next`: the command after one that was killed, which
    takes away what that may leave (`left`); `also`: what may be there in the end, `every`: how many of its pages are looked
    at."""

    def __init__(self, name, argv, stdin=b"", labels=("one",), base="base", env=None, logs=False, then=("vendor", "add", "Next"),
                 left=(), also=(), every=5, asked=()):
        self.name, self.argv, self.stdin, self.labels, self.base = name, argv, stdin, labels, base
        self.env, self.logs, self.next, self.left, self.also, self.every = env or {}, logs, list(then), set(left), set(also), every
        self.asked = (*asked, ("list",), ("holders", "--all"))
        if name.startswith("vendor"):
            self.asked = (*self.asked, ("vendor", "list"))

    def state(self):
        return state(self.labels, self.asked)

    def settle(self):
        """After it: what has to be found out before it can be asked."""

    def differs(self, now, *others):
        """As differs, but for what Smartsheet said, where that is another step."""
        if not self.logs:
            return differs(now, *others)
        return differs(without(now, VERDICTS), *(without(o, VERDICTS) for o in others))

    def learn(self):
        """The state before and after, the points in between, and the files that may be there then."""
        put_back(self.base)
        need(["verify"])
        self.old = self.state()
        put_back(self.base)  # looking was logged
        self.points = points(self.argv, self.stdin, self.env)
        self.settle()
        self.new = self.state()
        self.files = files() | self.also
        if self.new == self.old:
            raise SystemExit("not ok - %s changes nothing" % self.name)


def base():
    """A vault with a token that was rotated and is with a vendor, and another one."""
    put_back(None)
    ann = ["--account", "ann@a.example", "--license", "licensed"]
    need(["init", "--key-file-out", HOME + "/key", "--no-recovery", "--slot-name", "admin"])
    need(["add", "one", *ann], (FAKE + "101").encode())
    need(["add", "two", *ann], (FAKE + "201").encode())
    need(["vendor", "add", "Bee"])
    need(["vendor", "add", "Dee"])
    need(["share", "one", "--vendor", "Bee", "--to", "bo@b.example", "--no-exposure"])
    need(["rotate", "one", "--unchecked"], (FAKE + "102").encode())
    save("base")


def changes():
    ann = ["--account", "ann@a.example", "--license", "licensed"]
    return [
        Change("add", ["add", "new", *ann], (FAKE + "301").encode(), ("new", "two")),
        Change("rotate", ["rotate", "one", "--unchecked"], (FAKE + "103").encode()),
        Change("share", ["share", "two", "--vendor", "Bee", "--to", "bea@b.example", "--no-exposure"], b"", ("two",)),
        # Nobody answers; that it could not be asked is said before, and is no acknowledgement.
        Change("share, asking", ["share", "two", "--vendor", "Bee", "--to", "bea@b.example", "-q"], b"", ("two",)),
        Change("unshare", ["unshare", "one", "--vendor", "Bee"]),
        Change("remove", ["remove", "two", "--force"], b"", ("two", "one")),
        Change("vendor", ["vendor", "add", "Cee"]),
        Change("vendor edit", ["vendor", "edit", "Bee", "--name", "Bea and sons"]),
        Change("vendor end", ["vendor", "end", "Bee"]),
        Change("vendor remove", ["vendor", "remove", "Dee"]),
        Change("policy set", ["policy", "set", "unused", "120", "access-log", "best-effort"], asked=(("policy", "list"),)),
        Change("edit", ["edit", "one", "--label", "renamed", "--note", "moved"], b"", ("one", "renamed", "two")),
        Change("confirm", ["share", "one", "--vendor", "Bee", "--to", "bo@b.example", "--confirm"]),
    ]


def people():
    """The vault of base() with a slot of each role more, and a script that was granted two tokens."""
    put_back("base")
    need(["access", "add", "bob", "--role", "admin", "--key-file-out", HOME + "/bob"])
    need(["access", "add", "iris", "--role", "auditor", "--key-file-out", HOME + "/iris"])
    need(["access", "add", "mona", "--role", "monitor", "--key-file-out", HOME + "/mona"])
    need(["access", "add", "ci", "--role", "script", "--key-file-out", HOME + "/ci", "--grant", "one"])
    save("people")


def accesses():
    """Who opens the vault, as the first admin sees it. A new key file stands before the slot does: where the slot came to
    nothing it opens nothing."""
    key = ["--key-file-out", HOME + "/new.key"]
    asked = (("access", "list"),)

    def change(name, argv, **more):
        return Change(name, argv, b"", ("one", "two"), "people", asked=asked, **more)
    return [
        change("access add", ["access", "add", "cd", "--role", "script", "--grant", "one", "--grant", "two", *key]),
        change("access remove, an auditor", ["access", "remove", "iris"], every=17),
        change("access remove, a monitor", ["access", "remove", "mona"], every=17),
        change("access remove, a script", ["access", "remove", "ci"]),
        change("access grant", ["access", "grant", "ci", "two"]),
        change("access revoke", ["access", "revoke", "ci", "one"]),
        change("access passwd", ["access", "passwd", "ci", *key]),
        change("access passwd --compromised", ["access", "passwd", "--compromised", *key, "--key-file", HOME + "/bob"], every=17),
    ]


def restores():
    """A backup that is restored on top of a vault that went on since."""
    ann = ["--account", "ann@a.example", "--license", "licensed"]
    put_back("base")
    need(["access", "add", "bot", "--role", "script", "--key-file-out", HOME + "/bot", "--grant", "one"])
    need(["backup", HOME + "/b.vault"])
    need(["add", "new", *ann], (FAKE + "401").encode())
    need(["rotate", "one", "--unchecked"], (FAKE + "104").encode())
    need(["remove", "two", "--force"])
    need(["vendor", "edit", "Bee", "--name", "Bea"])
    save("went on")
    return [Change("restore", ["restore", "-q", "--force", HOME + "/b.vault"], b"", ("one", "two", "new"), "went on",
                   left=("v.vault-new", "v.vault-new-journal"), also=("v.vault.before-restore",), every=29)]


class Replaced:
    """A vault that does not open, and the restore that puts a backup in its place."""

    def __init__(self, name):
        self.name, self.base, self.labels = name, name, ("one", "two")
        self.argv = ["restore", "-q", "--force", HOME + "/b.vault"]
        # What a killed one may leave, and what the next one may make that finds the vault restored already.
        self.left = {"v.vault-new", "v.vault-new-journal", "v.vault-log-new"}
        self.also = {"v.vault.before-restore"}

    def learn(self):
        put_back(self.base)
        self.left |= files()
        with open(HOME + "/v.vault", "rb") as f:
            self.was = f.read()
        self.found = few(points(self.argv))
        self.new, self.files = state(self.labels), files()

    def kept(self):
        """Where the file that did not open is, with every byte of it."""
        for name in ("v.vault", "v.vault.damaged-1"):
            try:
                with open(os.path.join(HOME, name), "rb") as f:
                    if f.read() == self.was:
                        return name
            except FileNotFoundError:
                pass
        return None


def replaced():
    put_back("went on")
    with open(HOME + "/v.vault", "r+b") as f:
        f.write(b"no vault any more")
    with open(HOME + "/v.vault-journal", "wb") as f:
        f.write(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(600))
    os.chmod(HOME + "/v.vault-journal", 0o600)
    save("damaged, with a journal")
    put_back("went on")
    need(["get", "one"])
    shutil.copyfile(HOME + "/b.vault", HOME + "/v.vault")
    os.truncate(HOME + "/v.vault-log", os.path.getsize(HOME + "/v.vault-log") - 20)
    save("an old copy, with a log that was cut")
    return [Replaced("damaged, with a journal"), Replaced("an old copy, with a log that was cut")]


class Rekey(Change):
    """A vault opens by the old keys or by the new ones, never by some of each; what stands in it is the same. `settle` finds out
    which, and puts that admin's key where the other commands look for it."""

    OLD, NEW = ("key", "bot"), ("keys/admin.key", "keys/bot.key")
    KEPT = ("v.vault-new", "v.vault-new-journal", "v.vault-log-new")

    def __init__(self, base):
        argv = ["rekey", "-q", "--key-file-dir", HOME + "/keys", "--recovery-out", HOME + "/code"]
        super().__init__("rekey", argv, b"", ("one",), base, left=self.KEPT, every=47)
        self.opens, self.odd = self.OLD, None

    def settle(self):
        how = {k: run(["list"], env={"SMARTVAULT_KEY_FILE": HOME + "/" + k}).status if os.path.exists(HOME + "/" + k) else None
               for k in self.OLD + self.NEW}
        self.opens = self.NEW if how[self.NEW[0]] == 0 else self.OLD
        other = self.OLD if self.opens is self.NEW else self.NEW
        self.odd = None
        if any(how[k] for k in self.opens) or any(how[k] not in (None, 6, 9) for k in other):
            self.odd = "opens by some old and some new keys: %s" % how
        if self.opens is self.NEW:
            shutil.copyfile(HOME + "/" + self.NEW[0], HOME + "/key")
        if self.opens is self.NEW and run(["list"], env={"SMARTVAULT_KEY_FILE": HOME + "/code"}).status:
            self.odd = "the new recovery code does not open it"

    def state(self):
        now = super().state()
        now["opens by"] = [self.opens, self.odd]
        slots = said(["access", "list"])[1] or ()
        now["slots"] = [[s["name"], s["role"], s["status"], s["grants"]] for s in slots]
        for n in (1, 2):
            r = run(["get", "-q", "one", "--token-version", str(n)], env={"SMARTVAULT_KEY_FILE": HOME + "/" + self.opens[1]})
            now["bot %d" % n] = [r.status, r.out.decode("latin-1")]
        return now

    def learn(self):
        self.opens = self.OLD
        super().learn()
        # Its two files of before hold what was acknowledged before.
        argv = ["verify", "--file", HOME + "/v.vault.before-rekey", "--log", HOME + "/v.vault-log.closed-1"]
        shutil.copy(os.path.join(TMP, self.base, "key"), TMP + "/old.key")
        need(argv, env={"SMARTVAULT_KEY_FILE": TMP + "/old.key"})


def rekeys(base_name):
    """Of a vault with verdicts in its log, a dead value, a script, and a slot that will be left out."""
    put_back(base_name)
    need(["access", "add", "bot", "--role", "script", "--key-file-out", HOME + "/bot", "--grant", "one"])
    with open(TMP + "/phrase", "w", encoding="ascii", opener=lambda p, f: os.open(p, f, 0o600)) as f:
        f.write("seven quiet mountains of paper 20\n")
    need(["access", "add", "eve", "--role", "admin", "--new-passphrase-file", TMP + "/phrase", "--kdf-memory", "19", "--kdf-passes",
          "2"])
    save("to be rekeyed")
    return [Rekey("to be rekeyed")]


class Smartsheet:
    """The stand-in, as its own process."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(dir=TMP)
        self.p = subprocess.Popen([sys.executable, ROOT + "/tests/fake/smartsheet", "--dir", self.dir],
                                  stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
        word, _, self.url = self.p.stdout.readline().decode().strip().partition(" ")
        if word != "ready":
            raise SystemExit("not ok - the stand-in for Smartsheet starts")
        self.env = {"SMARTVAULT_API_URL": self.url}
        self.ca = ["--ca-file", self.dir + "/ca.pem"]

    def ctl(self, *argv):
        p = subprocess.run([sys.executable, ROOT + "/tests/fake/smartsheetctl", self.dir, *argv], capture_output=True, check=True)
        return p.stdout.strip()

    def end(self):
        self.p.terminate()
        self.p.wait()


def checked(fake):
    """A vault of a token whose old value was seen alive and is revoked now: check --retired buries it, and rotate asks
    before it changes anything."""
    user = "enterprise@company-a.example"
    put_back(None)
    need(["init", "--key-file-out", HOME + "/key", "--no-recovery", "--slot-name", "admin"])
    old, new, next_one = (fake.ctl("token", "new", "--user", user) for _ in range(3))
    need(["add", "one", "--account", user, "--license", "licensed"], old)
    need(["check", "one", *fake.ca], env=fake.env)
    need(["rotate", "one", *fake.ca], new, env=fake.env)
    fake.ctl("token", "revoke", old.decode())
    save("checked")
    return [
        Change("check --retired", ["check", "--retired", "one", *fake.ca], b"", ("one",), "checked", fake.env, True),
        Change("rotate, asking Smartsheet", ["rotate", "one", *fake.ca], next_one, ("one",), "checked", fake.env, True),
        # Every check that was logged stands in the history once, in whichever log.
        Change("log --rotate", ["log", "--rotate"], b"", ("one",), "checked",
               asked=(("log", "--action", "check", "--action", "log-rotate"),)),
    ]
