"""The good_ cases: vaults as the program makes them, told as what was done to them; people and tokens.

good_whole.py has what is done with whole vaults and logs, good_more.py what the program does not make."""
import json
import os
import shutil
import sys
import tempfile

import store
from fail import files_of, make  # noqa: E402

sys.path.insert(0, os.path.join(os.path.dirname(store.HERE), "forge"))
sys.path.insert(0, os.path.join(os.path.dirname(store.HERE), "cli"))
import arena  # noqa: E402

ANN = ("--account", "ann@a.example", "--license", "licensed", "--plan", "enterprise", "--created", "2020-01-01")
CHEAP = ("--kdf-memory", "19", "--kdf-passes", "2")
WORD = b"seven quiet mountains of paper 20\n"
STORIES = []
WRITES = ("get", "run", "add", "edit", "share", "access")


def story(f):
    """A function that yields cases of one vault, or of a few that belong together."""
    STORIES.append(f)
    return f


def value(n, length=37):
    """The n-th made up token."""
    return ("fake%033d" % n)[:length] if length <= 37 else "fake%033d" % n + "x" * (length - 37)


class Run:
    """One command of a case. `gives`: a value, and nothing else; `when`: what must be so of the document; JSON is asked for
    where it is given. `facts` say by hand what is expected of the output and the vault (store.py), for `items` all of them; then
    nothing else of what is printed is kept."""

    def __init__(self, command, key="ann", gives=None, when=None, status=0, stdin=None, word=False, args=None, day=None, items=None, gone=None,
                 **facts):
        self.args = list(args or command.split())
        self.facts = dict(facts, **({"json": {"items": items}} if items is not None else {}))
        self.day, self.gone = day, gone
        if (when or {"json", "some", "none"} & set(self.facts)) and "--json" not in self.args:
            self.args.append("--json")
        self.key, self.gives, self.when, self.status, self.stdin, self.word = key, gives, when, status, stdin, word

    def spec(self):
        out = {"args": self.args, "status": self.status, **self.facts}
        if self.day:
            out["day"] = self.day
        if self.gone:
            out["gone"] = self.gone
        if self.word:
            out["word"] = True
        elif self.key:
            out["key"] = self.key + ".key"
        if self.stdin is not None:
            out["stdin"] = self.stdin
        return out


class Stage(arena.Home):
    """A home in which a story plays; what it keeps is run once in another, and what that printed is what is expected."""

    def __init__(self, top, name):
        super().__init__(os.path.join(top, name))
        self.parent = top

    def init(self, *more, **how):
        self.must("init", "--slot-name", "ann", "--key-file-out", self.key("ann"), *(more or ("--no-recovery",)), **how)

    def do(self, command, *more, key="ann", stdin=None, status=0, **how):
        return self.must(*command.split(), *more, key=key, status=status, stdin=(stdin or "").encode() + b"\n", **how)

    def add(self, label, n, *more):
        self.do("add", label, *ANN, *more, stdin=value(n))

    def rotate(self, label, n, *more):
        self.do("rotate --unchecked", label, *(more or ("--date", "2020-06-01")), stdin=value(n))

    def slot(self, name, role, *labels):
        self.do("access add", name, "--role", role, "--key-file-out", self.key(name),
                *[x for label in labels for x in ("--grant", label)])

    def word(self, word=WORD):
        path = os.path.join(self.top, "word")
        arena.write(path, word)
        return path

    def keep(self, name, what, *runs, drop=(), files=None, **more):
        """A case of the files as they are now, or of others."""
        files = files or files_of(self)[0]
        files = {k: v for k, v in dict(files, **more.get("plus", {})).items() if k not in drop}
        for r in runs:
            if r.word:
                files["word"] = arena.read(os.path.join(self.top, "word"))
            elif r.key and arena.read(self.key(r.key)):
                files[r.key + ".key"] = arena.read(self.key(r.key))
        return tried(make("good_" + name, what, [r.spec() for r in runs], files), runs, self.program, self.parent)


def tried(case, runs, program, top):
    """The case with what its commands print."""
    s = store.spec(case)
    home = tempfile.mkdtemp(dir=top)
    try:
        store.lay_out(home, case, {})
        for i, (run, want) in enumerate(zip(s["runs"], runs)):
            if run["args"][0] == "log" and not want.facts and any(r["status"] == 0 and r["args"][0] in WRITES for r in s["runs"][:i]):
                raise RuntimeError("%s: log after what writes into it: its time would be that of the test" % case.name)
            for name in run.get("gone", ()):
                os.unlink(os.path.join(home, name))
            rc, out, err = store.execute(program, home, run)
            document = "--json" in run["args"] and out
            if want.facts:
                wrong = store.output_wrong(run, out) or store.vault_wrong(home, run)
                if wrong:
                    raise RuntimeError("%s: %s: %d %s: %s %s" % (case.name, store.command(run), rc, wrong, out.decode()[-4000:], err))
            elif document:
                run["json"] = store.timeless(json.loads(out))
            else:
                run["stdout"] = out.decode()
            if rc != run["status"] or (want.gives is not None and out.decode() != want.gives + "\n") or (
                    want.when and not want.when(run["json"]["items"])) or home in json.dumps(run):
                raise RuntimeError("%s: %s: %d %s %s" % (case.name, store.command(run), rc, out.decode()[-2000:], err))
    finally:
        shutil.rmtree(home)
    return make(case.name, s["what"], s["runs"], {k: v for k, v in case.files.items() if k != store.CASE})


SOUND = Run("verify --json")


# --- one admin ------------------------------------------------------------------------------------------------------------

@story
def plain(top):
    s = Stage(top, "plain")
    s.init("--recovery-out", s.key("code"))
    s.add("one", 1, "--smartsheet-name", "for B", "--owner", "olga@a.example", "--rotate-every", "30", "--expires",
            "2021-01-01",
          "--tag", "x", "--tag", "y", "--note", "Größe, 大きさ, \"quoted\" \\ <b>", "--region", "eu")
    s.add("two", 2)
    s.do("get one")
    yield s.keep("admin_key_file", "an admin's key file: what is stored, all fields of a token, a release in the log",
            Run(
        "log --json"), Run("get one", gives=value(1)), Run("get two", gives=value(2)), Run("list",
        when=lambda x: len(x) == 2),
        Run("show one --json"), Run("get one --format json --json"), SOUND)
    yield s.keep("recovery_code", "a recovery code opens the vault, and gives its owner's slot another key file", Run(
        "get one", gives=value(1), key="code"), Run("access passwd ann --key-file-out new.key", key="code"),
        Run("get one", gives=value(1), key="new"), Run("get one", key="ann", status=7))
    yield s.keep("no_record", "on a machine that never saw the vault", Run("get one", gives=value(1)), SOUND,
            drop=[store.RECORD])
    yield s.keep("no_log_no_record", "the vault's file alone, as a copy is carried: verdicts are not known", Run(
        "list", when=lambda x: all(t["verdict"] is None for t in x)), Run("get two", gives=value(2)), SOUND,
        drop=[store.RECORD, store.VAULT + "-log"])
    s.do("backup", os.path.join(s.top, "copy"))
    yield s.keep("backup", "a copy that backup made, in the vault's place", Run("get one", gives=value(1)), SOUND, Run(
        "add three --account a@a.example --license licensed", stdin=value(3) + "\n"), Run("get three", gives=value(3)),
        files={store.VAULT: arena.read(os.path.join(s.top, "copy"))})


@story
def empty(top):
    s = Stage(top, "empty")
    s.init()
    yield s.keep("empty", "a vault of one state with nothing in it", Run("list", when=lambda x: not x), SOUND,
                 Run("get one", status=3), Run("log --json"))
    yield s.keep("empty_takes_a_token", "the same, and what is stored in it", Run(
        "add first --account a@a.example --license member --plan business", stdin=value(9) + "\n"), Run("get first",
        gives=value(9)), SOUND)


@story
def passphrase(top):
    for name, word, more in (("passphrase", WORD, ()), ("passphrase_of_a_letter", b"x\n", ("--force",)),
                             ("passphrase_utf8", "grüne Äpfel 緑のりんご 🍏 und Birnen 20\n".encode(), ()),
                             ("passphrase_spaces", b"  seven quiet  mountains of paper 20 \n", ()),
                             ("passphrase_long", b"seven quiet mountains " * 46 + b"\n", ()),
                             ("passphrase_no_newline", WORD[:-1], ())):
        s = Stage(top, name)
        s.must("init", "--slot-name", "ann", "--no-recovery", *CHEAP, *more, SMARTVAULT_PASSPHRASE_FILE=s.word(word))
        s.must("add", "one", *ANN, stdin=value(1).encode(), SMARTVAULT_PASSPHRASE_FILE=s.word(word))
        yield s.keep(name, "a slot that opens by a passphrase, Argon2id with 19 MiB, 2 passes, 4 lanes", Run(
            "get one", gives=value(1), word=True), Run("list --slot ann", word=True, when=lambda x: len(x) == 1))


@story
def values(top):
    s = Stage(top, "values")
    s.init()
    lengths = (1, 26, 37, 127, 128, 255, 256, 4095, 4096)
    odd = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
    for n in lengths:
        s.do("add", "n%d" % n, *ANN, stdin=value(5, n) if n > 1 else "~")
    s.do("add odd", *ANN, stdin=odd)
    long = "a" + "0._-/@+Z" * 7 + "0123456"
    s.do("add", long, *ANN, stdin=value(6))
    s.do("add none", *ANN, "--no-value")
    yield s.keep("values", "values from 1 to 4,096 bytes, of every visible character; the longest label; no value", *[
        Run("get n%d" % n, gives=value(5, n) if n > 1 else "~") for n in lengths], Run("get odd", gives=odd),
        Run("get " + long, gives=value(6)), Run("get none", status=1), Run("list", when=lambda x: len(x) == 12), SOUND)


# --- roles ------------------------------------------------------------------------------------------------------------------

def roles_stage(top, name):
    s = Stage(top, name)
    s.init()
    for i, (label, region) in enumerate((("one", "us"), ("two", "eu"), ("three", "au"), ("four", "gov")), 1):
        s.add(label, i, "--region", region)
    s.do("vendor add", "Vendor B", "--contact", "bert@b.example", "--agreement", "C-1:9999-12-31")
    s.do("share one", "--vendor", "Vendor B", "--to", "bert@b.example", "--date", "2020-02-01")
    s.slot("eve", "admin")
    s.slot("mon", "monitor")
    s.slot("aud", "auditor")
    s.slot("bot", "script", "one", "two")
    s.slot("all", "script", "one", "two", "three", "four")
    s.slot("nil", "script")
    s.rotate("one", 11)
    s.do("get one", key="bot")
    return s


@story
def roles(top):
    s = roles_stage(top, "roles")
    yield s.keep("admin", "another admin", Run("get one", key="eve", gives=value(11)), Run("access list --json",
            key="eve"), Run(
        "edit two --note x", key="eve"), Run("verify --json", key="eve"))
    yield s.keep("monitor", "a monitor reads all but values, and changes nothing", *[Run(c, key="mon") for c in (
        "list --json", "show one --json", "holders --all --json", "log --json", "verify --json", "access list --json")],
        Run("get one", key="mon", status=7), Run("edit one --note x", key="mon", status=7))
    yield s.keep("auditor", "an auditor reads what the vault knows of tokens, and no value", *[Run(c,
            key="aud") for c in (
        "list --json", "show one --json", "holders --json --at 2020-03-01", "vendor list --json", "log --json",
        "verify --json")],
        Run("due --json", key="aud", status=10), Run("get one", key="aud", status=7), Run("check one", key="aud",
        status=7))
    yield s.keep("script", "a script opens what it was granted, older versions too", Run("get one", key="bot",
            gives=value(11)),
                 Run("get one --token-version 1", key="bot", gives=value(1)), Run("get two", key="bot", gives=value(2)),
                 Run("get three", key="bot", status=3), Run("list", key="bot",
                 when=lambda x: [t["label"] for t in x] == ["one", "two"]),
                 Run("verify --json", key="bot"))
    yield s.keep("script_regions", "a script with tokens of each region", Run("list", key="all",
            when=lambda x: len(x) == 4), *[
        Run("get four --format json --json", key="all"), Run("get three", key="all", gives=value(3))])
    yield s.keep("script_empty_list", "a script that was granted nothing", Run("list", key="nil", when=lambda x: not x),
                 Run("get one", key="nil", status=3), Run("verify --json", key="nil"))
    s.do("access revoke bot two")
    s.do("access revoke all one two three four")
    yield s.keep("script_revoked", "a script of which a grant was ended", Run("get one", key="bot", gives=value(11)),
                 Run("get two", key="bot", status=3), Run("verify --json", key="bot"), Run("list", key="all",
                 when=lambda x: not x), SOUND,
                 Run("due --json", status=10))
    s.do("access grant bot two three")
    s.do("edit one --label first/one")
    s.rotate("first/one", 21)
    yield s.keep("script_renamed", "a script whose token was renamed and rotated, and that was granted again", Run(
        "get first/one", key="bot", gives=value(21)), Run("get two", key="bot", gives=value(2)), Run("get one",
        key="bot", status=3),
        Run("list", key="bot", when=lambda x: len(x) == 3), SOUND)


@story
def turned_over(top):
    s = roles_stage(top, "turned")
    s.do("vendor add", "Vendor C")
    for name in ("aud", "mon", "eve"):
        s.do("access remove", name)
        s.do("edit three --note", "after " + name)
    s.do("access add aud --role auditor --key-file-out", s.key("aud2"))
    s.do("access remove bot")
    yield s.keep("generations",
            "slots of each role ended: three turn-overs of K_meta, two of K_adm, names given again", Run(
        "log --json"), Run("get one", gives=value(11)), Run("list --json"), Run("access list --json"),
        Run("due --json", status=10), SOUND,
        Run("list", key="all", when=lambda x: len(x) == 4), Run("verify --json", key="aud2"), Run("get four",
        key="all", gives=value(4)))
    s.slot("mia", "admin")
    s.do("access passwd --compromised --key-file-out", s.key("new"), key="mia")
    s.do("access passwd all --compromised --key-file-out", s.key("all2"))
    yield s.keep("compromised", "an admin's and a script's key replaced as compromised", Run("get one",
            gives=value(11), key="new"),
                 Run("get one", key="mia", status=7), Run("get two", key="all2", gives=value(2)), Run("get two",
                 key="all", status=7),
                 SOUND, Run("access list --json"), Run("due --json", status=10))


@story
def rewrapped(top):
    s = Stage(top, "rewrapped")
    s.init()
    s.add("one", 1)
    s.do("access passwd --new-passphrase-file", s.word(), *CHEAP)
    s.must("access", "passwd", "--key-file-out", s.key("second"), SMARTVAULT_PASSPHRASE_FILE=s.word())
    s.must("access", "passwd", "--new-passphrase-file", s.word(), *CHEAP, key="second")
    yield s.keep("rewrapped", "a slot's own wrap made anew three times, by the slot alone", Run("log --json",
            word=True), Run("get one", gives=value(1), word=True),
                 Run("get one", key="second", status=6), Run("verify --json", word=True))


@story
def slot_names(top):
    s = Stage(top, "slot_names")
    s.must("init", "--slot-name", "Zoë O'Neil", "--key-file-out", s.key("ann"), "--no-recovery")
    s.add("one", 1)
    for key, name in (("b", "緑の監査人"), ("c", "ж" * 64), ("d", "x")):
        s.do("access add", name, "--role", "auditor", "--key-file-out", s.key(key))
    s.do("access add", "🤖", "--role", "script", "--grant", "one", "--key-file-out", s.key("bot"))
    yield s.keep("slot_names", "key slots with names of many scripts, one of 128 bytes", Run("log --json"),
            Run("access list --json"), Run(
        "get one", gives=value(1), key="bot"), Run("list --json", key="c"), SOUND)


# --- a token's life, the ledger ------------------------------------------------------------------------------------------------

@story
def life(top):
    from apitest import Fake  # pylint: disable=import-outside-toplevel
    fake = Fake()
    s = Stage(top, "life")
    s.init()
    ask = ("--api-url", fake.url, "--ca-file", fake.ca)
    day = ("--date", "2020-06-01")
    first, second, third, admins = fake.tokens(3) + fake.tokens(1, "admin@company-a.example")
    who = ("--account", "enterprise@company-a.example", "--license", "licensed", "--plan", "enterprise",
            "--rotate-every", "0", "--created", "2020-01-01")
    s.do("add orders", *who, stdin=first)
    s.do("check orders", *ask)
    s.do("vendor add", "Vendor B")
    s.do("share orders", "--vendor", "Vendor B", "--to", "bert@b.example", "--date", "2020-02-01")
    s.do("rotate orders", *ask, *day, "--smartsheet-name", "second", stdin=second)
    fake.ctl("token", "revoke", first)
    s.do("check orders --retired", *ask)
    s.do("add admins", "--account", "other@company-a.example", "--license", "licensed", "--rotate-every", "0",
            "--created", "2020-01-01",
         stdin=admins)
    s.do("check admins", *ask, status=10)
    s.do("rotate orders", *ask, *day, stdin=third)
    s.do("add gone", *ANN, stdin=value(3))
    s.do("remove gone --force")
    s.do("add gone", *ANN, stdin=value(4))
    s.do("add lost", *ANN, "--no-value")
    s.rotate("lost", 5, "--old-revoked", "2020-05-05", "--date", "2020-05-05")
    fake.end()
    yield s.keep("life",
            "versions current, retired, dead by Smartsheet's word and by an admin's, removed; verdicts with identity and drift",
                 Run("log --json"), Run("get orders", gives=third), Run("get orders --token-version 2", gives=second),
                 Run("get orders --token-version 1", status=1), Run("get gone", gives=value(4)),
                 Run("show orders", when=lambda x: [v["status"] for v in x[0]["versions"]] == ["dead", "retired",
                 "current"]),
                 Run("show admins", when=lambda x: x[0]["identity"]["admin"] is True), Run("list --json"), Run(
                     "due --json", status=10), Run("holders --all --json"), SOUND)
    yield s.keep("dead_known_again", "a dead and a removed value may be stored again, a live one may not", Run(
        "add again --account a@a.example --license licensed", stdin=second + "\n", status=4), Run(
            "add again --account a@a.example --license licensed", stdin=first + "\n"), Run("get again", gives=first),
            Run(
                "add back --account a@a.example --license licensed", stdin=value(3) + "\n"), SOUND)
    s.do("log --rotate")
    yield s.keep("verdicts_carried", "a log begun anew, into which the verdicts that count were carried",
            Run("log --json"), Run(
        "list", when=lambda x: [bool(t["verdict"]) for t in x if t["label"] in ("orders", "admins")] == [True, True]),
        Run(
            "show orders --json"), Run("due --json", status=10), Run("get orders", gives=third), SOUND)


NAMES = ("Müller & Söhne GmbH", "株式会社ベンダー", "Поставщик", "بائع", "a", "ё" * 64, "O'Neil \"Ltd\" <x>", "🏭 factory")


@story
def ledger(top):
    s = Stage(top, "ledger")
    s.init()
    for i in range(1, 4):
        s.add("t%d" % i, i)
    for i, name in enumerate(NAMES):
        s.do("vendor add", name, "--contact", "c%d@v.example" % i, "--agreement", "Ref %d:2021-12-31" % i, "--vetted",
                "2019-12-01",
             "--note", "no. %d" % i)
    items = ("--item", "4400000000000001:viewer:Orders, all", "--item", "9007199254740993:admin", "--item", "5:Einkauf")
    s.do("share t1", "--vendor", NAMES[0], "--to", "Bert@B.example", "--date", "2020-02-01", "--purpose", "Aufträge",
            "--agreement",
         "Ref 0", "--until", "2020-12-31", "--channel", "phone", *items)
    s.do("share t1", "--vendor", NAMES[0], "--to", "bert@b.example", "--confirm", "--until", "2021-06-30")
    s.do("unshare t1", "--vendor", NAMES[0], "--to", "bert@b.example", "--reason", "done", "--date", "2021-01-15")
    s.do("share t1", "--vendor", NAMES[0], "--to", "bert@b.example", "--date", "2021-03-01")
    s.rotate("t1", 11, "--date", "2021-04-01")
    s.do("share t1", "--vendor", NAMES[0], "--to", "bert@b.example", "--date", "2021-04-02", "--item", "7")
    s.do("share t2", "--vendor", NAMES[1], "--to", "x@y.example", "--date", "2020-02-01")
    s.do("unshare t2", "--vendor", NAMES[1], "--never-given", "--date", "2020-02-02")
    for n, vendor in enumerate(NAMES[1:4]):
        for label in ("t1", "t2", "t3"):
            s.do("share", label, "--vendor", vendor, "--to", "p%d@v.example" % n, "--date", "2021-0%d-01" % (n + 5))
    s.do("vendor end", NAMES[2], "--date", "2021-08-01", "--reason", "insolvent")
    s.do("vendor edit", NAMES[3], "--note", "moved")
    s.do("vendor remove", NAMES[4])
    yield s.keep("ledger",
            "vendors of many scripts, hand-overs with periods and items, ended, never given, a vendor ended", Run(
        "holders --all", when=lambda x: len(x) > 9), Run("vendor list", when=lambda x: len(x) == 7),
        Run("holders --at 2020-06-01 --json"),
        Run("", args=["holders", "--vendor", NAMES[1], "--json"], when=lambda x: len(x) == 3), Run("due --json",
        status=10), Run(
            "", args=["vendor", "show", NAMES[0].replace("GmbH", "GMBH"), "--json"]), Run("log --json"),
            Run("show t1 --json"), Run(
                "", args=["share", "t3", "--vendor", NAMES[5], "--to", "z@z.example"]), SOUND)
