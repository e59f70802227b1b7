"""The vault that is attacked: its history, older copies, slots of each role, another vault; made once a run."""
import os

from arena import ACCOUNT, VALUES, Home, VAULT, read, write

WORD = b"correct horse battery staple 71"


class Base:
    """now: the newest files; copies: older ones, the newest last; before: one of when those that were ended could still
    open it; keys: {slot: key text}; other: another vault's files.

    Slots: ann and eve admins, pat one by passphrase, aud an auditor, mon a monitor, bot a script with token one; old-adm,
    old-mon, old-aud, old-bot (tokens one and two): of each role, ended."""

    def __init__(self, top, program=VAULT):
        self.keys, self.copies, self.top, self.word = {}, [], top, WORD
        self.home = Home(os.path.join(top, "base"), program)
        self.build(self.home)
        self.other_home = Home(os.path.join(top, "other"), program)
        self.other = self.build_other(self.other_home)
        self.now = self.copies[-1]

    def take_key(self, home, name):
        self.keys[name] = read(home.key(name))

    def token(self, home, label, n=1, command="add", **how):
        more = ACCOUNT if command == "add" else ("--unchecked",)
        home.must(command, label, *more, key="ann", stdin=VALUES[label, n] + b"\n", **how)

    def build(self, h):
        h.must("init", "--key-file-out", h.key("ann"), "--recovery-out", h.key("recovery"), "--slot-name", "ann")
        for name in ("ann", "recovery"):
            self.take_key(h, name)
        for label in ("one", "two", "three"):
            self.token(h, label)
        self.slots(h)
        self.copies.append(h.save())
        self.token(h, "one", 2, "rotate")
        self.copies.append(h.save())
        self.token(h, "one", 3, "rotate")
        h.must("get", "one", key="ann")
        h.must("vendor", "add", "Vendor B", key="ann")
        h.must("share", "one", "--vendor", "Vendor B", "--to", "bert@b.example", "--no-exposure", key="ann")
        self.copies.append(h.save())
        h.must("share", "two", "--vendor", "Vendor B", "--to", "bert@b.example", "--no-exposure", key="ann")
        h.must("get", "two", key="ann")
        h.must("verify", key="ann")
        self.copies.append(h.save())

    def slots(self, h):
        for name, role, *labels in (("eve", "admin"), ("aud", "auditor"), ("mon", "monitor"), ("bot", "script", "one"),
                                    ("old-adm", "admin"), ("old-mon", "monitor"), ("old-aud", "auditor"),
                                    ("old-bot", "script", "one", "two")):
            grants = [x for label in labels for x in ("--grant", label)]
            h.must("access", "add", name, "--role", role, "--key-file-out", h.key(name), *grants, key="ann")
            self.take_key(h, name)
        write(os.path.join(h.top, "word"), WORD + b"\n")
        h.must("access", "add", "pat", "--role", "admin", "--new-passphrase-file", os.path.join(h.top, "word"),
               "--kdf-memory", "19", "--kdf-passes", "2", key="ann")
        self.before = h.save()
        for name in ("old-adm", "old-mon", "old-aud", "old-bot"):
            h.must("access", "remove", name, key="ann")

    def build_other(self, h):
        h.must("init", "--key-file-out", h.key("other"), "--no-recovery", "--slot-name", "ann")
        self.take_key(h, "other")
        for label in ("one", "two", "three"):
            h.must("add", label, *ACCOUNT, key="other", stdin=VALUES["other", 1 + ("one", "two", "three").index(label)] + b"\n")
        for _ in range(12):
            h.must("edit", "two", "--note", "n%d" % _, key="other")
        h.must("get", "one", key="other")
        return h.save()
