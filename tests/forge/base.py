"""The vault that is attacked: its history, older copies, slots of each role, another vault; made once a run."""
import os

import format1 as f1
from arena import VALUES, Home, VAULT, read, write
from vaultfile import Vault

WORD = b"correct horse battery staple 71"
ACCOUNT = ("--account", "ann@a.example", "--license", "licensed")


class Base:
    """now: the newest files; copies: older ones, the newest last; keys: {slot: key text}; other: another vault's files.

    Slots: ann and eve admins, aud an auditor, mon a monitor, bot a script with token one; old-* of each role, ended."""

    def __init__(self, top, program=VAULT):
        self.keys, self.copies, self.top, self.word = {}, [], top, WORD
        self.home = Home(os.path.join(top, "base"), program)
        self.build(self.home)
        self.other_home = Home(os.path.join(top, "other"), program)
        self.other = self.build_other(self.other_home)
        self.now = self.copies[-1]

    def take_key(self, home, name):
        self.keys[name] = read(home.key(name))

    def add(self, home, label, n=1, command="add", **how):
        more = ACCOUNT if command == "add" else ("--unchecked",)
        home.must(command, label, *more, key="ann", stdin=VALUES[label, n] + b"\n", **how)

    def build(self, h):
        h.must("init", "--key-file-out", h.key("ann"), "--recovery-out", h.key("recovery"), "--slot-name", "ann")
        for name in ("ann", "recovery"):
            self.take_key(h, name)
        for label in ("one", "two", "three"):
            self.add(h, label)
        self.copies.append(h.save())
        self.slots(h)
        self.copies.append(h.save())
        for n in (2, 3):
            self.add(h, "one", n, "rotate")
        h.must("get", "one", key="ann")
        h.must("vendor", "add", "Vendor B", key="ann")
        h.must("share", "one", "--vendor", "Vendor B", "--to", "bert@b.example", key="ann")
        self.copies.append(h.save())
        h.must("share", "two", "--vendor", "Vendor B", "--to", "bert@b.example", key="ann")
        h.must("get", "two", key="ann")
        h.must("verify", key="ann")
        self.copies.append(h.save())

    def slots(self, h):
        """By our own hand: roles that the program does not make yet."""
        v = Vault(read(h.path))
        me = v.open(self.keys["ann"].decode())
        for name, role in (("eve", f1.ADMIN), ("aud", f1.AUDITOR), ("mon", f1.MONITOR)):
            self.keys[name] = v.add_slot(me, name, role).encode()
            write(h.key(name), self.keys[name])
            v.seal_all(me, action=14, object_id=v.slot(name).slot_id)
        v.add_slot(me, "pat", f1.ADMIN, secret=WORD, kdf=(19456, 2, 1))
        v.seal_all(me, action=14, object_id=v.slot("pat").slot_id)
        write(h.path, v.file())
        h.must("verify", key="ann")

    def build_other(self, h):
        h.must("init", "--key-file-out", h.key("other"), "--no-recovery", "--slot-name", "ann")
        self.take_key(h, "other")
        for label in ("one", "two", "three"):
            h.must("add", label, *ACCOUNT, key="other", stdin=VALUES["other", 1 + ("one", "two", "three").index(label)] + b"\n")
        for _ in range(12):
            h.must("edit", "two", "--note", "n%d" % _, key="other")
        h.must("get", "one", key="other")
        return h.save()
