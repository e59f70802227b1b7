"""Does things to a vault with the program itself, under a clock that is set, and writes down what it did: the facts.

Each method is a command of vault, or something that happens at Smartsheet. What it does to the facts follows the manual;
nothing is ever read from what vault prints."""
import glob
import json
import os
import shutil
import socket
import subprocess
import sys

DATA = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(DATA))
COMPANY = "2501234567890500"  # the stand-in's Company A
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def faketime():
    """The library that sets a program's clock (Debian: libfaketime), or None."""
    found = sorted(glob.glob("/usr/lib/*/faketime/libfaketime.so.1") + glob.glob("/usr/lib*/faketime/libfaketime.so.1"))
    return found[0] if found else None


def clock(day, time="12:00:00"):
    """Variables by which a program's clock stands still at this second. Its monotonic clock, by which it waits, goes on."""
    env = {"LD_PRELOAD": faketime(), "FAKETIME": "%s %s" % (day, time), "FAKETIME_DONT_FAKE_MONOTONIC": "1",
           "NO_FAKE_STAT": "1", "TZ": "UTC"}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
        if name in os.environ:
            env[name] = os.environ[name]
    if "ASAN_OPTIONS" in env:  # the library comes first, before the sanitizer's
        env["ASAN_OPTIONS"] += ":verify_asan_link_order=0"
    return env


def sweep(pid):
    """A program that became another one (vault run) leaves the library's shared memory behind."""
    for name in ("faketime_shm_%d", "sem.faketime_sem_%d"):
        try:
            os.unlink("/dev/shm/" + name % pid)
        except OSError:
            pass


class Smartsheet:
    """The stand-in, as long as the organisation is made."""

    def __init__(self, top):
        self.p = subprocess.Popen([sys.executable, ROOT + "/tests/fake/smartsheet", "--dir", top, "--plain"],
                                  stdout=subprocess.PIPE, text=True)
        word, _, self.url = self.p.stdout.readline().strip().partition(" ")
        if word != "ready":
            raise SystemExit("organisation: the stand-in for Smartsheet does not start")

        self.folder = os.open(top, os.O_RDONLY | os.O_DIRECTORY)

    def __call__(self, *words):
        with socket.socket(socket.AF_UNIX) as s:
            s.connect("/proc/self/fd/%d/control" % self.folder)  # a socket's path has 108 bytes, a test's folder may have more
            with s.makefile("rwb") as f:
                f.write(json.dumps(words).encode() + b"\n")
                f.flush()
                answer = json.loads(f.readline())
        if "error" in answer:
            raise SystemExit("organisation: the stand-in: %s" % answer["error"])

    def end(self):
        self.p.terminate()
        self.p.wait()
        self.p.stdout.close()
        os.close(self.folder)


class Doer:
    def __init__(self, top, build, rng):
        self.top, self.rng = top, rng
        self.vault = os.path.join(build, "bin", "vault")
        self.day, self.second = None, 0
        self.users = {}          # by id: {id, email, admin, licensed, refuse}
        self.values = {}         # value: [user's id, state]
        self.secret = {}         # (token, version): value, as long as vault has it
        self.grants = {}         # script: {token: version}
        self.commands = 0
        self.facts = {"tokens": [], "vendors": [], "handovers": [], "slots": [], "reads": [], "log": [], "accounts": [],
                      "exposures": []}
        os.makedirs(os.path.join(top, "keys"), 0o700)
        self.smartsheet = Smartsheet(os.path.join(top, "smartsheet"))
        # What not every version of the program has.
        self.share_more = ["--no-exposure"] if "--no-exposure" in self.help("share") else []
        self.can_expose = bool(self.help("exposure"))

    def close(self):
        self.smartsheet.end()
        shutil.rmtree(os.path.join(self.top, "smartsheet"))

    def help(self, command):
        """The page of a command, "" where there is none."""
        p = subprocess.run([self.vault, command, "--help"], capture_output=True, text=True)
        return p.stdout if p.returncode == 0 else ""

    # --- running

    def at(self, day):
        if day != self.day:
            self.day, self.second = day, 7 * 3600 + self.rng.randrange(3600)

    def now(self):
        return "%02d:%02d:%02d" % (self.second // 3600, self.second // 60 % 60, self.second % 60)

    def opens(self, slot):
        key, text = (os.path.join(self.top, "keys", slot + end) for end in (".key", ".passphrase"))
        if os.path.exists(text):
            return {"SMARTVAULT_PASSPHRASE_FILE": text, "SMARTVAULT_SLOT": slot}
        return {"SMARTVAULT_KEY_FILE": key} if os.path.exists(key) else {}  # of init there is none yet

    def run(self, slot, *argv, stdin="", status=(0,)):
        """A command by a key slot, some while after the last one."""
        self.second += self.rng.randrange(20, 200)
        assert self.second < 86400, self.day
        self.commands += 1
        env = {"PATH": os.environ["PATH"], "HOME": self.top, "XDG_STATE_HOME": self.top + "/state", "LC_ALL": "C.UTF-8",
               "SMARTVAULT_FILE": self.top + "/company.vault", "SMARTVAULT_API_URL": self.smartsheet.url,
               **self.opens(slot), **clock(self.day, self.now())}
        p = subprocess.Popen([self.vault, *argv], env=env, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE, cwd=self.top)
        _out, err = p.communicate(stdin.encode() + b"\n" if stdin else b"")
        sweep(p.pid)
        if p.returncode not in status:
            raise SystemExit("organisation: %s: vault %s: status %d\n%s" % (self.day, " ".join(argv), p.returncode,
                                                                         err.decode("utf-8", "replace")))
        return p.returncode

    def log(self, slot, action, token=None, version=None, vendor=None, to=None, entry=False):
        """`entry`: of the access log, where a token is called what it is called now; else a change."""
        self.facts["log"].append({"time": "%sT%sZ" % (self.day, self.now()), "action": action, "slot": slot,
                                  "token": token and token["id"], "label": token and token["label"], "version": version,
                                  "vendor": vendor and vendor["name"], "to": to, "entry": entry})

    def done(self, **more):
        """The facts, complete."""
        names = {t["id"]: t["label"] for t in self.facts["tokens"]}
        for e in self.facts["log"]:
            if e["entry"]:
                e["label"] = names[e["token"]]
        return {**self.facts, **more, "commands": self.commands}

    # --- at Smartsheet

    def user(self, email, **more):
        number = len(self.users) + 1
        user = {"id": str(7710000000000000 + number), "email": email, "admin": False, "licensed": True, "refuse": False}
        user.update({k: more[k] for k in ("admin", "licensed") if k in more})
        self.users[user["id"]] = user
        self.smartsheet("user", "add", json.dumps({
            "id": int(user["id"]), "email": email, "admin": user["admin"], "licensedSheetCreator": user["licensed"],
            "plan": more["plan"], "seat": more["seat"]}))
        self.facts["accounts"].append({"email": email, "kind": more["kind"], "plan": more["plan"],
                                       "license": more["license"], "id": user["id"]})
        return user

    def user_set(self, user, **what):
        fields = {"email": "email", "admin": "admin", "licensed": "licensedSheetCreator", "refuse": "refuse"}
        for key, value in what.items():
            self.smartsheet("user", "set", user["email"], fields[key], json.dumps(value))
            user[key] = value

    def value(self, user):
        """A new token made in Smartsheet."""
        value = "fake" + "".join(self.rng.choice(LETTERS) for _ in range(33))
        self.smartsheet("token", "new", "--user", user["email"], "--value", value, "--force")
        self.values[value] = [user["id"], "valid"]
        return value

    def revoke(self, token, number, how="invalid"):
        value = self.secret[token["id"], number]
        words = {"invalid": ("revoke", value), "revoked": ("revoke", value, "--code", "1132"), "expired": ("expire", value)}
        self.smartsheet("token", *words[how])
        self.values[value][1] = how

    def give_away(self, token, user):
        """It acts as somebody else from now on."""
        value = self.secret[token["id"], token["versions"][-1]["number"]]
        self.smartsheet("token", "give", value, user["email"])
        self.values[value][0] = user["id"]

    def verdict(self, slot, token, number, value=None):
        user_id, state = self.values[value or self.secret[token["id"], number]]
        user = self.users[user_id]
        result = state if state != "valid" else "blocked" if user["refuse"] else "valid"
        who = {k: user[k] for k in ("id", "email", "admin", "licensed")} if result == "valid" else None
        token["checks"].append({"time": "%sT%sZ" % (self.day, self.now()), "version": number, "result": result,
                                "identity": who})
        self.log(slot, "check", token, number, entry=True)
        return result

    # --- tokens

    def add(self, slot, label, user, user_says, **more):
        """`user_says`: what is labelled, (account, license, plan). `value` False: nobody has it."""
        account, license_, plan = user_says
        has, force = more.pop("value", True), more.pop("force", False)
        argv = ["add", label, "--account", account, "--license", license_] + (["--plan", plan] if plan else [])
        for key, text in sorted(more.items()):
            for one in text if isinstance(text, list) else [text]:
                argv += ["--" + key.replace("_", "-"), str(one)] if one is not None else []
        value = self.value(user)
        self.run(slot, *argv, *([] if has else ["--no-value"]), *(["--force"] if force else []), stdin=value if has else "")
        created = more.get("created") or self.day
        token = {"id": len(self.facts["tokens"]), "label": label, "account": account, "license": license_, "plan": plan,
                 "region": more.get("region", "us"), "owner": more.get("owner"), "note": more.get("note"),
                 "tags": more.get("tag", []), "created": created, "rotate_every": more.get("rotate_every", 90),
                 "expires": more.get("expires"), "removed": None, "checks": [],
                 "versions": [{"number": 1, "created": created, "retired": None, "died": None, "value": has,
                               "unchecked": False, "smartsheet_name": more.get("smartsheet_name")}]}
        self.facts["tokens"].append(token)
        if has:
            self.secret[token["id"], 1] = value
        self.log(slot, "add", token, 1)
        return token

    def edit(self, slot, token, **what):
        argv = ["edit", token["label"]]
        for key, text in sorted(what.items()):
            argv += ["--" + key.replace("_", "-"), str(text)]
        self.run(slot, *argv)
        self.log(slot, "edit", token)
        for key, text in what.items():
            if key == "add_tag":
                token["tags"].append(text)
            else:
                token[key] = text

    def rotate(self, slot, token, user, unchecked=False, old_revoked=None, name=None):
        old = token["versions"][-1]
        value = self.value(user)
        argv = ["rotate", token["label"]] + (["--unchecked"] if unchecked else [])
        argv += (["--old-revoked", old_revoked] if old_revoked else []) + (["--smartsheet-name", name] if name else [])
        self.run(slot, *argv, stdin=value)
        number = old["number"] + 1
        if not unchecked and old["value"]:
            self.verdict(slot, token, old["number"])
        if not unchecked:
            self.verdict(slot, token, number, value)
        old["retired"] = self.day
        if old_revoked and not old["value"]:
            old["died"] = old_revoked  # on the admin's word: there is nothing to prove it with
        token["versions"].append({"number": number, "created": self.day, "retired": None, "died": None, "value": True,
                                  "unchecked": unchecked, "smartsheet_name": name})
        self.secret[token["id"], number] = value
        for granted in self.grants.values():
            if token["id"] in granted:
                granted[token["id"]] = number
        self.log(slot, "rotate", token, number)

    def remove(self, slot, token):
        self.run(slot, "remove", token["label"], "--force")
        token["removed"] = self.day
        self.log(slot, "remove", token)
        for granted in self.grants.values():
            granted.pop(token["id"], None)
        for v in token["versions"]:
            self.secret.pop((token["id"], v["number"]), None)

    def check(self, slot, tokens, retired=False):
        tokens = [t for t in tokens if not t["removed"] and t["versions"][-1]["value"]]
        if not tokens:
            return
        self.run(slot, "check", *[t["label"] for t in tokens], *(["--retired"] if retired else []), status=(0, 10))
        admin = next(s for s in self.facts["slots"] if s["name"] == slot)["role"] == "admin"
        for t in tokens:
            worked = {c["version"] for c in t["checks"] if c["result"] == "valid"}
            for v in t["versions"]:
                if (v["retired"] and not retired) or (t["id"], v["number"]) not in self.secret:
                    continue
                result = self.verdict(slot, t, v["number"])
                if v["retired"] and admin and result in ("invalid", "revoked", "expired") and v["number"] in worked:
                    v["died"] = self.day
                    del self.secret[t["id"], v["number"]]
                    self.log(slot, "dead", t, v["number"])

    def exposure(self, slot, tokens):
        """What they reach is asked, where the program can: what comes of that is in the facts as `exposures` only."""
        if not self.can_expose:
            return
        self.run(slot, "exposure", *[t["label"] for t in tokens], status=(0, 10))
        self.facts["exposures"] += [{"time": "%sT%sZ" % (self.day, self.now()), "slot": slot, "token": t["id"]} for t in tokens]

    def release(self, slot, action, token):
        self.run(slot, action, token["label"], *(["--", "true"] if action == "run" else []))
        self.log(slot, action, token, token["versions"][-1]["number"], entry=True)
