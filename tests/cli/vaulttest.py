"""What tests in Python share that run `vault` against the stand-in: a home of its own with a quick vault in it."""
import json
import os
import signal
import subprocess
import tempfile

from apitest import BUILD, ENTERPRISE, TMP

VAULT = os.path.join(BUILD, "bin", "vault")
# A shell's job in the background, which a whole run of tests may be, ignores SIGINT, and so would all that it starts.
for _sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    if signal.getsignal(_sig) == signal.SIG_IGN:
        signal.signal(_sig, signal.SIG_DFL)


class Ran:
    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out.decode("utf-8", "replace"), err.decode("utf-8", "replace")

    def json(self):
        return json.loads(self.out)["items"]

    def __repr__(self):
        return "status %d, stdout %r, stderr %r" % (self.status, self.out[-300:], self.err[-600:])


class Vault:
    """A vault opened by a key file; its slot: admin."""

    def __init__(self, fake, **env):
        self.fake = fake
        self.home = tempfile.mkdtemp(dir=TMP)
        self.file = os.path.join(self.home, "test.vault")
        self.env = {"PATH": os.environ["PATH"], "HOME": self.home, "TMPDIR": TMP, "LC_ALL": "C.UTF-8",
                    "SMARTVAULT_FILE": self.file, "SMARTVAULT_KEY_FILE": self.home + "/key", **env}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:
                self.env[name] = os.environ[name]
        self.env["SMARTVAULT_API_URL"] = fake.url if fake else "http://127.0.0.1:9/2.0"
        self.good("init", "--key-file-out", self.home + "/key", "--no-recovery", "--slot-name", "admin")

    def start(self, *args, stdin=b"", **more):
        """The running process. Its stdin, already written, ends."""
        source, to = os.pipe()
        os.write(to, stdin)
        os.close(to)
        p = subprocess.Popen([VAULT, *args], stdin=source, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             env=more.pop("env", self.env), **more)
        os.close(source)
        return p

    def run(self, *args, stdin=b"", **more):
        p = self.start(*args, stdin=stdin, **more)
        out, err = p.communicate()
        return Ran(p.returncode, out, err)

    def good(self, *args, stdin=b"", **more):
        ran = self.run(*args, stdin=stdin, **more)
        assert ran.status == 0, (args, ran)
        return ran

    def add(self, label, value, email=ENTERPRISE):
        return self.good("add", label, "--account", email, "--license", "licensed", "--plan", "enterprise",
                         stdin=value.encode() + b"\n")

    def ca(self):
        return ("--ca-file", self.fake.ca)

    def verdicts(self):
        """What is known of each token, as `list --json` says it."""
        return {i["label"]: i["verdict"] for i in self.good("list", "--json").json()}

    def bytes(self):
        with open(self.file, "rb") as f:
            return f.read()
