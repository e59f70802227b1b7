"""Rollbacks, forks, other vaults: whole files that are genuine, at the wrong time or place."""
import os

import accesslog as al
import format1 as f1
from arena import VALUES, Home, attack, read, write

ONE = VALUES["one", 3]
NONE = ("--account", "ann@a.example", "--license", "licensed", "--no-value")


def everything(a, status, **how):
    for command in ("get one", "list", "verify"):
        a.refused(status, *command.split(), **how)


@attack("older copies")
def rollback(a):
    """each older copy put back, with its log and without"""
    for old in a.base.copies[:-1]:
        a.put(db=old["db"], log=a.base.now["log"])
        everything(a, 9)
        a.put(db=old["db"], log=old["log"])
        everything(a, 9)
        a.refused(9, "add", "x", *NONE)


@attack("older copies")
def rollback_any_of_50(a):
    """any of 50 states put back: 9 each time"""
    a.home.put(a.placed)
    copies = []
    for i in range(50):
        copies.append(a.home.save()["db"])
        a.home.must("edit", "one", "--note", "n%d" % i, key="ann")
    now = a.home.save()
    seen = 0
    for old in copies:
        a.put(db=old, log=now["log"], record=now["record"])
        before = len(a.faults)
        a.refuses(9, "get one", "list")
        seen += len(a.faults) == before
    a.want(seen == 50, "%d of 50" % seen)


@attack("older copies")
def forks(a):
    """20 forks, ten at the epoch that this machine saw, ten above it: 9 each time"""
    a.home.put(a.placed)
    elsewhere = Home(os.path.join(a.home.top, "elsewhere"), a.home.program)
    write(elsewhere.key("ann"), a.base.keys["ann"])
    points, n = [], 10
    for i in range(n):
        points.append((a.home.save(), i + 1))
        a.home.must("edit", "one", "--note", "here%d" % i, key="ann")
    now, seen = a.home.save(), 0
    for snap, left in points:
        for more in (n + 1 - left, n + 4 - left):
            elsewhere.put(dict(snap, record=None))
            for k in range(more):
                elsewhere.must("edit", "one", "--note", "there%d" % k, key="ann")
            fork = elsewhere.save()["db"]
            a.put(db=fork, log=now["log"], record=now["record"])
            before = len(a.faults)
            a.refuses(9, "get one", "list")
            seen += len(a.faults) == before
    a.want(seen == 20, "%d of 20" % seen)


def fork_of(a, snap, *notes):
    there = Home(os.path.join(a.home.top, "there"), a.home.program)
    write(there.key("ann"), a.base.keys["ann"])
    there.put(dict(snap, record=None))
    out = []
    for n in notes:
        there.must("edit", "one", "--note", n, key="ann")
        out.append(there.save())
    return out


@attack("older copies")
def higher_epoch_fork(a):
    """a fork with a higher epoch than this machine saw"""
    fork = fork_of(a, a.base.copies[2], *["n%d" % i for i in range(9)])[-1]
    for log in (fork["log"], a.base.now["log"]):
        a.put(db=fork["db"], log=log)
        everything(a, 9)
        a.refused(9, "add", "x", *NONE)


@attack("older copies")
def fork_at_the_same_epoch(a):
    """a fork at the very epoch that this machine saw"""
    epochs = a.vault().last.epoch - a.vault(a.base.copies[2]).last.epoch
    fork = fork_of(a, a.base.copies[2], *["n%d" % i for i in range(epochs)])[-1]
    a.put(db=fork["db"])
    a.want(a.vault(a.snap).last.epoch == a.vault().last.epoch, "not the same epoch")
    everything(a, 9)


@attack("older copies")
def history_of_two_forks(a):
    """the newest state of one fork over a middle state of another: both genuine, the chain is not"""
    one = fork_of(a, a.base.now, "x1", "x2")[-1]
    two = fork_of(a, a.base.now, "y1", "y2")[-1]
    v, w = a.vault(one), a.vault(two)
    middle = v.last.epoch - 1
    v.put("state", w.one("state", epoch=middle))
    a.put(v)
    everything(a, 9)


@attack("older copies")
def rollback_unseen_by_a_key(a):
    """an older copy on a machine that never saw the vault, opened with a key file made later"""
    k = f1.parse_key_text(a.base.keys["ann"].decode())
    write(a.home.key("late"), f1.key_text(k._replace(epoch=a.vault().last.epoch)).encode())
    old = a.base.copies[2]
    a.put(db=old["db"], log=old["log"], record=None)
    everything(a, 9, key="late")


@attack("older copies")
def rollback_unseen_by_a_passphrase(a):
    """an older copy with a wrap of now, on a machine that never saw the vault: its enrol epoch is above the copy's"""
    v, now = a.vault(a.base.copies[2]), a.vault()
    me = now.open("pat", a.base.word)
    s = v.slot("pat")
    v.put("wrap", f1.wrap_make(v.vault_id, s, me.keys, me.pk_own, now.last.epoch, f1.PASSPHRASE, a.base.word,
                               os.urandom(16), (19456, 2, 1)))
    a.put(v, log=a.base.copies[2]["log"], record=None)
    everything(a, 9, **a.home.by_passphrase())


@attack("older copies")
def whole_file_on_a_fresh_machine(a):
    """an older copy with all its own parts, on a machine that never saw the vault: not to be seen, and it is said"""
    old = a.base.copies[2]
    a.put(db=old["db"], log=old["log"], record=None)
    err = a.gives(VALUES["one", 3], "get", "one")
    a.says(err, "first time")


@attack("older copies")
def one_reading_is_enough(a):
    """a machine that only read the newer file refuses the older one"""
    a.put(record=None)
    a.gives(lambda out: b"one" in out, "list")
    record = read(a.home.record_path)
    a.want(record is not None and al.parse_record(record).epoch == a.vault().last.epoch, "reading left no record")
    a.put(db=a.base.copies[2]["db"], record=record)
    everything(a, 9)


@attack("another vault")
def another_vault_in_its_place(a):
    """another vault in the place of the one this machine saw, opened by either's key"""
    for log in (a.base.other["log"], a.base.now["log"]):
        a.put(db=a.base.other["db"], log=log)
        everything(a, 9)
        everything(a, 9, key="other")
    a.put(db=a.base.other["db"], log=a.base.other["log"], record=None)
    everything(a, 6)


@attack("another vault")
def vault_id_changed(a):
    """another vault_id in our header"""
    v = a.vault()
    v.change("header", v.t["header"][0], vault_id=a.vault(a.base.other).vault_id)
    for reseal in (False, True):
        if reseal:
            v.reseal_digests()
        a.put(v)
        everything(a, 9)
    # The other vault's key file would fit that header.
    everything(a, 8, key="other")


@attack("another vault")
def parts_of_another_vault(a):
    """tables of another vault, of the same labels, in the place of ours"""
    other = a.vault(a.base.other)
    for tables in (["secret"], ["object", "secret"], ["object", "secret", "digest"], ["slot", "wrap"], ["key", "grant"],
                   ["state"], ["header"], ["digest", "state"]):
        v = a.vault()
        for t in tables:
            v.t[t] = list(other.t[t])
        a.put(v)
        a.refuses(9 if tables == ["header"] else 8, "get one", "verify")


@attack("outsider")
def record_of_another_path(a):
    """the vault moved to a path where this machine knows another one"""
    r = al.parse_record(a.base.now["record"])
    a.put(record=al.record_bytes(r._replace(vault_id=bytes(16))))
    everything(a, 9)
    a.put(record=al.record_bytes(r._replace(epoch=r.epoch + 5)))
    everything(a, 9)
    a.put(record=al.record_bytes(r._replace(state=bytes(32))))
    everything(a, 9)
