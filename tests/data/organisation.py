#!/usr/bin/env python3
"""Copies of the made-up organisation for tests: built once a build folder, into BUILD/data, given to each test of its own.
Where tests/run names a PLAIN build beside one with sanitizers, that one's is taken: three years take those twice as long.

  organisation.py copy FOLDER    a copy in the new FOLDER; as a shell's words, what opens it
  organisation.py why            why there can be none here, or nothing

In Python: copy(folder) gives a Copy. tests/cli/lib.sh has `organisation FOLDER`.
"""
import fcntl
import glob
import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from doing import DATA, ROOT, clock, faketime, sweep  # noqa: E402
from model import Model, between, plus  # noqa: E402, F401

BUILD = os.path.join(ROOT, os.environ.get("BUILD", "build"))
VAULT = os.path.join(BUILD, "bin", "vault")
MAKER = os.path.join(ROOT, os.environ.get("PLAIN") or BUILD)


def why_not():
    """Why the clock of a program cannot be set here, or None."""
    if not faketime():
        return "no libfaketime (tests/deps test)"
    env = {"PATH": os.environ["PATH"], **clock("2024-02-29")}
    p = subprocess.run([VAULT, "eligible", "--license", "viewer", "--json"], env=env, capture_output=True, text=True)
    if '"2024-02-29T12:00:00Z"' in p.stdout:
        return None
    return "libfaketime does not set the clock of vault here: " + (p.stderr or p.stdout).strip().split("\n")[0][:200]


def stale(top):
    """Whether what stands there is older than what it is made by, or not there."""
    try:
        made = os.stat(os.path.join(top, "facts.json")).st_mtime
    except OSError:
        return True
    maker = os.path.join(MAKER, "bin", "vault")
    by = [maker, maker + "-api"] + [p for p in glob.glob(DATA + "/*") + glob.glob(ROOT + "/tests/fake/*") if os.path.isfile(p)]
    return any(os.stat(p).st_mtime >= made for p in by)


def make(top):
    """Where it was right all along the way: others see it whole or not at all."""
    work, began = tempfile.mkdtemp(prefix="organisation-"), time.time()
    try:
        subprocess.run([os.path.join(DATA, "organisation"), os.path.join(work, "data")], check=True,
                       env={**os.environ, "BUILD": MAKER})
        shutil.rmtree(top + ".new", ignore_errors=True)
        shutil.copytree(os.path.join(work, "data"), top + ".new")
        os.utime(os.path.join(top + ".new", "facts.json"), (began, began))
        shutil.rmtree(top, ignore_errors=True)
        os.rename(top + ".new", top)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def record(path):
    """The name of a machine's record of a vault (vault/seen.c)."""
    return "seen-" + hashlib.blake2b(os.fsencode(path), digest_size=32).hexdigest()[:32]


class Copy:
    """A folder with the vault; `facts`, `model`, and commands on a day."""

    def __init__(self, folder):
        self.folder = os.path.realpath(folder)
        self.file = os.path.join(self.folder, "company.vault")
        with open(os.path.join(self.folder, "facts.json"), encoding="utf-8") as f:
            self.facts = json.load(f)
        self.model = Model(self.facts)

    def opens(self, slot):
        path = os.path.join(self.folder, "keys", slot)
        if os.path.exists(path + ".key"):
            return {"SMARTVAULT_KEY_FILE": path + ".key"}
        if slot == "recovery":
            return {"SMARTVAULT_PASSPHRASE_FILE": path, "SMARTVAULT_SLOT": slot}
        return {"SMARTVAULT_PASSPHRASE_FILE": path + ".passphrase", "SMARTVAULT_SLOT": slot}

    def env(self, slot="anja"):
        return {"HOME": self.folder, "XDG_STATE_HOME": self.folder + "/state", "SMARTVAULT_FILE": self.file, **self.opens(slot)}

    def run(self, day, *argv, slot="anja", stdin=b"", **more):
        """vault on a day, at noon; the CompletedProcess."""
        env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **self.env(slot), **clock(day), **more}
        with subprocess.Popen([VAULT, *argv], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              cwd=self.folder) as p:
            out, err = p.communicate(stdin)
        sweep(p.pid)
        return subprocess.CompletedProcess(argv, p.returncode, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"))

    def items(self, day, *argv, **more):
        p = self.run(day, *argv, "--json", **more)
        if p.returncode not in (0, 10):
            raise AssertionError("vault %s: status %d: %s" % (" ".join(argv), p.returncode, p.stderr))
        return json.loads(p.stdout)["items"]


def copy(folder):
    """A copy of its own for a test; `folder` is made. Waits while another test makes the organisation."""
    top = os.path.join(MAKER, "data")
    with open(top + ".lock", "a", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        if stale(top):
            fcntl.flock(lock, fcntl.LOCK_UN)
            fcntl.flock(lock, fcntl.LOCK_EX)
            if stale(top):
                make(top)
            fcntl.flock(lock, fcntl.LOCK_SH)
        shutil.copytree(top, folder)
    os.chmod(folder, 0o700)
    out = Copy(folder)
    seen = os.path.join(out.folder, "state/smartvault")
    os.rename(os.path.join(seen, record(out.facts["path"])), os.path.join(seen, record(out.file)))
    return out


def main():
    if sys.argv[1:] == ["why"]:
        print(why_not() or "", end="")
        return 0
    if len(sys.argv) != 3 or sys.argv[1] != "copy":
        print(__doc__.strip())
        return 2
    out = copy(sys.argv[2])
    for name in ("SMARTVAULT_FILE", "SMARTVAULT_KEY_FILE", "XDG_STATE_HOME"):
        print("%s=%s; export %s" % (name, shlex.quote(out.env()[name]), name))
    print("T_FAKETIME=" + shlex.quote(faketime()))  # for `on DAY vault ...` of lib.sh: the clock is for vault alone
    return 0


if __name__ == "__main__":
    sys.exit(main())
