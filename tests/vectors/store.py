"""Frozen vectors: the archive, its index, and how a case is run; for tests/vectors/generate and tests/cli/frozen.

tests/vectors/format1.tar.xz, and each archive after it, has a folder a case. Its files are put into an empty home as they are, all mode 0600 but where
`modes` says another, except two: `record` is this machine's record, which goes where the path of t.vault says, and
`case.json` is what is run:

  what    a sentence
  modes   {file: octal}, of files that are not 0600
  runs    args, status, and where they are: key (a file here, as SMARTVAULT_KEY_FILE), word (true: the passphrase is in the
          file `word`), stdin, stdout (a text), json (a document: what stands there must be in the output; more may be);
          since format1-2: gone (files that are taken away before it), day (the program's clock stands at its noon, by libfaketime; left out where there is none), some
          (each of these items must be like one of the output's: more keys and items may be, in lists of an item too), none (no
          item of the output is like one of these), and by tests/forge what is then in the vault: policy (what the policy's
          JSON must have), flags (the header's)

The runs of a good_ case follow each other on the same files. Those of a fail_ case each get the files as they are stored,
print nothing on stdout, say why on stderr, and leave the vault's file as it was.

The index of an archive, its name with .tsv, has a line a case: name, exit status of each run (one where they are the same), sha256,
commands, what the messages of a fail_ case say (one where they all say it), what. sha256 is that of the lines which
sha256sum(1) prints for the case's files by name: `cd good_x && sha256sum * | sha256sum`. All but what messages say is
frozen: words may be chosen better, the rest never changes. In archives after the first a vault is thin (thin.py).
"""
import collections
import hashlib
import io
import json
import lzma
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

import thin

HERE = os.path.dirname(os.path.abspath(__file__))
# Each as it was made, and at least so many good_ and fail_ cases. What format 1 got since it was frozen is in format1-2.
ARCHIVES = {"format1": (20, 100), "format1-2": (15, 30)}
DATA = os.path.join(os.path.dirname(HERE), "data")
VAULT, RECORD, CASE = "t.vault", "record", "case.json"
NAME = re.compile(r"(good|fail)_[a-z0-9_]+$")
LEFT_OUT = ("days_left", "message", "log_note")  # of a document, beside its time: what depends on the day; words

Case = collections.namedtuple("Case", "name files")
Line = collections.namedtuple("Line", "name status sha256 commands says what")


def archive_of(name, folder=HERE):
    return os.path.join(folder, name + ".tar.xz")


def index_of(name, folder=HERE):
    return os.path.join(folder, name + ".tsv")


def spec(case):
    return json.loads(case.files[CASE])


def digest(case):
    lines = "".join("%s  %s\n" % (hashlib.sha256(case.files[f]).hexdigest(), f) for f in sorted(case.files))
    return hashlib.sha256(lines.encode()).hexdigest()


def is_good(name):
    return name.startswith("good_")


# --- the archive and the index ------------------------------------------------------------------------------------------

def write_archive(path, cases, kept=thin.thin):
    """Never over a file. `kept`: how vaults are stored. The dictionary is larger than many cases: they share most of their bytes."""
    xz = {"format": 1, "filters": [{"id": 0x21, "preset": 9, "dict_size": 64 << 20}]}
    with lzma.LZMAFile(open(path, "xb"), "w", **xz) as out, tarfile.open(fileobj=out, mode="w|",
            format=tarfile.USTAR_FORMAT) as tar:
        for case in cases:
            for name in sorted(case.files):
                member = tarfile.TarInfo("%s/%s" % (case.name, name))
                data = kept(case.files[name]) if name == VAULT else case.files[name]
                member.size, member.mode = len(data), 0o600
                tar.addfile(member, io.BytesIO(data))


def read_archive(path):
    """Each case in turn; what no case may be is a ValueError."""
    name, files, seen = None, {}, set()
    with tarfile.open(path, "r|xz") as tar:
        for member in tar:
            folder, _, file = member.name.partition("/")
            if not member.isreg() or not NAME.match(folder) or not file or "/" in file or file in (".", ".."):
                raise ValueError("no case's file: " + member.name)
            if folder != name:
                if name:
                    yield Case(name, files)
                if folder in seen:
                    raise ValueError("stands there twice: " + folder)
                name, files = folder, {}
                seen.add(folder)
            if file in files:
                raise ValueError("stands there twice: " + member.name)
            data = tar.extractfile(member).read()
            files[file] = thin.whole(data) if file == VAULT else data
    if name:
        yield Case(name, files)


def one_or_all(items):
    return items[:1] if len(set(items)) == 1 else items


def line_of(case, says=()):
    s = spec(case)
    status = one_or_all([str(r["status"]) for r in s["runs"]])
    return Line(case.name, " ".join(status), digest(case), "; ".join(command(r) for r in s["runs"]),
                " | ".join(one_or_all(list(says))) or "-", s["what"])


def command(run):
    by = run.get("key", "the passphrase" if run.get("word") else "nothing") + (", on " + run["day"] if "day" in run else "")
    return "%s (%s)" % (" ".join(a if len(a) < 60 else a[:24] + "..." for a in run["args"]), by)


def write_index(path, lines):
    with open(path, "x", encoding="utf-8") as f:
        f.write("# Frozen vectors of format 1: see store.py. Never edited, but for what messages say.\n# " +
                "\t".join(Line._fields) + "\n")
        for line in lines:
            f.write("\t".join(line) + "\n")


def read_index(path):
    with open(path, encoding="utf-8") as f:
        lines = [Line(*row.rstrip("\n").split("\t")) for row in f if not row.startswith("#")]
    if len({x.name for x in lines}) != len(lines):
        raise ValueError("a name stands there twice")
    return {x.name: x for x in lines}


def saying(line, n):
    """The words of each of n runs of a fail_ case."""
    words = line.says.split(" | ")
    return words * n if len(words) == 1 else words


# --- a case, run ---------------------------------------------------------------------------------------------------------

def put(path, data, mode=0o600):
    if os.path.lexists(path):
        os.unlink(path)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as f:
        f.write(data)
    if mode != 0o600:
        os.chmod(path, mode)


def record_path(home):
    name = hashlib.blake2b(os.path.join(os.path.realpath(home), VAULT).encode(), digest_size=32).digest()[:16].hex()
    return os.path.join(home, "state/smartvault/seen-" + name)


def lay_out(home, case, modes):
    """The case's files in their places, and none of before."""
    for name in os.listdir(home):
        path = os.path.join(home, name)
        if os.path.isdir(path):
            shutil.rmtree(path)
        else:
            os.unlink(path)
    os.makedirs(os.path.dirname(record_path(home)), mode=0o700)
    for name, data in case.files.items():
        if name != CASE:
            put(record_path(home) if name == RECORD else os.path.join(home, name), data, int(modes.get(name, "600"), 8))


def environment(home, run):
    env = {k: v for k, v in os.environ.items() if k in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS")}
    env.update(HOME=home, LC_ALL="C.UTF-8", XDG_STATE_HOME=os.path.join(home, "state"),
            SMARTVAULT_FILE=os.path.join(home, VAULT),
            SMARTVAULT_API_URL="http://127.0.0.1:9/2.0") # nobody is there: share asks, and goes on
    if "key" in run:
        env["SMARTVAULT_KEY_FILE"] = os.path.join(home, run["key"])
    if run.get("word"):
        env["SMARTVAULT_PASSPHRASE_FILE"] = os.path.join(home, "word")
    if "day" in run:
        env.update(clocks().clock(run["day"]))
    return env


def clocks():
    """What sets clocks: tests/data/doing.py."""
    if DATA not in sys.path:
        sys.path.append(DATA)
    import doing  # pylint: disable=import-outside-toplevel
    return doing


def can_run(run):
    return "day" not in run or clocks().faketime() is not None


def execute(program, home, run):
    """Status, stdout, stderr."""
    p = subprocess.run([program, *run["args"]], input=run.get("stdin", "").encode(), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
                       env=environment(home, run), cwd=home, timeout=60, check=False)
    return p.returncode, p.stdout, p.stderr.decode("utf-8", "replace")


def timeless(document):
    """A document without what depends on when it was printed, and without words."""
    def less(x):
        if isinstance(x, dict):
            said = x.get("change") is False  # of log: an entry's text is put together, a change's is stored
            return {k: less(v) for k, v in x.items() if k not in LEFT_OUT and not (said and k == "text")}
        return [less(v) for v in x] if isinstance(x, list) else x
    return {k: less(v) for k, v in document.items() if k != "time"}


def lacks(want, got, at="$"):
    """What of a document is not in another, or None. Keys may be more, items not."""
    if isinstance(want, dict) and isinstance(got, dict):
        found = ("%s.%s is missing" % (at, k) if k not in got else lacks(v, got[k], "%s.%s" % (at, k)) for k,
                v in want.items())
        return next((f for f in found if f), None)
    if isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
        return next((f for i, v in enumerate(want) if (f := lacks(v, got[i], "%s[%d]" % (at, i)))), None)
    return None if want == got and type(want) is type(got) else "%s is %r, not %r" % (at, got, want)


def like(want, got):
    """Whether all that is wanted is there; keys and items may be more, items in any order."""
    if isinstance(want, dict) and isinstance(got, dict):
        return all(k in got and like(v, got[k]) for k, v in want.items())
    if isinstance(want, list) and isinstance(got, list):
        return all(any(like(w, g) for g in got) for w in want)
    return want == got and type(want) is type(got)


def output_wrong(run, out):
    if "stdout" in run and out != run["stdout"].encode():
        return "stdout is %r" % out[-200:]
    if not {"json", "some", "none"} & set(run):
        return None
    try:
        document = json.loads(out)
    except ValueError as e:
        return "stdout is no JSON: %s" % e
    items = document.get("items", [])
    lacking = [w for w in run.get("some", []) if not like([w], items)]
    unwanted = [w for w in run.get("none", []) if like([w], items)]
    if lacking or unwanted:
        return "no item is like %r" % lacking[0] if lacking else "an item is like %r" % unwanted[0]
    return lacks(run["json"], timeless(document)) if "json" in run else None


def vault_wrong(home, run):
    """What is in the vault after a run, read by tests/forge."""
    if not {"policy", "flags"} & set(run):
        return None
    import format1 as f1  # pylint: disable=import-outside-toplevel
    from vaultfile import Vault  # pylint: disable=import-outside-toplevel
    with open(os.path.join(home, VAULT), "rb") as f:
        v = Vault(f.read())
    with open(os.path.join(home, run["key"]), encoding="ascii") as f:
        me = v.open(f.read())
    flags, policy = v.t["header"][0].flags, [text for _, text in v.objects(me, f1.POLICY)]
    if "flags" in run and flags != run["flags"]:
        return "the header's flags are %x" % flags
    return None if "policy" not in run or like([run["policy"]], policy) else "the policy is %r" % policy


def refusal_wrong(case, home, out, err, says):
    with open(os.path.join(home, VAULT), "rb") as f:
        same = f.read() == case.files[VAULT]
    text = " ".join(err.split())
    for bad, why in ((out, "something on stdout"), (not err.startswith("vault: "), "no message"), (not same,
            "the file was changed"),
                     (says is not None and says not in text, "does not say %r" % says)):
        if bad:
            return why
    return None


def play(case, program, top, says=None):
    """Runs a case in a new folder below top. What is wrong, a line each; `says`: words of each run's message."""
    s, wrong = spec(case), []
    home = tempfile.mkdtemp(dir=top)
    try:
        for i, run in enumerate(s["runs"]):
            if i == 0 or not is_good(case.name):
                lay_out(home, case, s.get("modes", {}))
            for name in run.get("gone", ()):
                os.unlink(os.path.join(home, name))
            if not can_run(run):
                continue
            try:
                rc, out, err = execute(program, home, run)
            except subprocess.TimeoutExpired:
                wrong.append("%s: hangs" % command(run))
                break
            why = "status %d" % rc if rc != run["status"] else (output_wrong(run, out) or vault_wrong(home, run)) \
                if is_good(case.name) else refusal_wrong(case, home, out, err, says[i] if says else None)
            if why:
                wrong += ["%s: %s" % (command(run), why)] + err.splitlines()[-3:]
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return wrong
