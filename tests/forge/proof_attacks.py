"""Attacks on what is proved: what counts in the log, closed logs, head lines, and the ways over rekey and restore."""
import os
import shutil

import accesslog as al
import format1 as f1
import sqlitefile as sf
from arena import VALUES, Home, attack, read, write
from log_attacks import verdict
from roles_attacks import ENDED, opens
from signers_attacks import history
from sodium import h
from vaultfile import Vault, stranger

ONE, OWN = VALUES["one", 3], "who kept sk_own"
LOG = ("log", "--json")


def items(out):
    return f1.json.loads(out)["items"]


# --- what counts ------------------------------------------------------------------------------------------------------

def released(v, token_id):
    s = max(v.all("secret", token_id=token_id))
    return al.Entry(0, v.last.epoch, v.last.time, al.GET, token_id, s.version, s.commitment, 1, b"")


@attack("script")
def release_of_anothers_token(a):
    """a release in the log by a script, of a token that it was never granted: shown as what does not count"""
    v, log, me = a.vault(), a.log(), a.me("bot")
    log.append(me.slot_id, me.keys.sign_sk, released(v, v.token(a.me("ann"), "two")[0].object_id))
    a.put(log=log)
    a.gives(lambda out: [x["ignored"] is None for x in items(out) if x["slot"] == "bot"] == [False], *LOG)


@attack("ended slots")
def release_after_the_end(a):
    """a release in the log by each slot that was ended before: shown as what does not count"""
    v, log = a.vault(), a.log()
    before = a.vault(a.base.before)
    one = v.token(a.me("ann"), "one")[0].object_id
    for name in ENDED:
        then = before.open(a.base.keys[name].decode())
        log.append(then.slot_id, then.keys.sign_sk, released(v, one))
    a.put(log=log)
    a.gives(lambda out: sorted((x["slot"], x["ignored"] is None) for x in items(out) if x["slot"] in ENDED) ==
            sorted((n, False) for n in ENDED), *LOG, "--action", "get")


@attack("ended slots")
def end_moved(a):
    """the state that ended a monitor says the log was longer then: his verdicts of since would count"""
    then = a.vault(a.base.before).open(a.base.keys["old-mon"].decode())
    v, log = a.vault(), a.log()
    log.append(then.slot_id, then.keys.sign_sk, verdict(v, then))
    end = v.slot("old-mon", status=f1.ENDED).ended_epoch
    v.change("state", v.one("state", epoch=end), log_length=1 << 40, log_id=log.header.log_id)
    a.put(v, log=log)
    a.refuses(8, "list", "due", "verify")


@attack("outsider")
def end_dated_back(a):
    """the state that ended a slot dated back: what it could read would seem to be of before"""
    v = a.vault()
    end = v.slot("old-mon", status=f1.ENDED).ended_epoch
    v.change("state", v.one("state", epoch=end), time=86400)
    a.put(v)
    a.refuses(8, "list", "due", "access list", "verify")


@attack("outsider")
def end_state_gone(a):
    """the state that ended a slot taken away"""
    then = a.vault(a.base.before).open(a.base.keys["old-mon"].decode())
    v, log = a.vault(), a.log()
    log.append(then.slot_id, then.keys.sign_sk, verdict(v, then))
    end = v.slot("old-mon", status=f1.ENDED).ended_epoch
    v.drop("state", v.one("state", epoch=end))
    a.put(v, log=log)
    a.refuses(8, "list", "due", "access list", "verify")


@attack(OWN)
def end_in_no_epoch(a):
    """a slot ended at an epoch that the history has not"""
    v = a.vault()
    me = a.me("eve")
    v.change("slot", v.slot("old-aud", status=f1.ENDED), ended_epoch=v.last.epoch + 2)
    v.reseal_digests()
    v.sign_state(me, epoch=v.last.epoch + 4, action=19, detail=f1.detail_seal(
        v.vault_id, me.k_meta, b"{}", v.last.epoch + 4, 19, f1.ZERO16, max(me.meta)))
    a.put(v)
    a.refuses(8, "access list")


@attack(OWN)
def begins_as_another(a):
    """a first state that is no init: a history that was cut at its beginning"""
    def change(v):
        s, me = v.one("state", epoch=1), a.me("ann")
        v.change("state", s, action=2, detail=f1.detail_seal(v.vault_id, me.meta[1], b"{}", 1, 2, s.object_id, 1))
    history(a, change, first=1)


@attack(OWN)
def half_a_predecessor(a):
    """a header that names a predecessor's epoch and no predecessor, or a vault and no state"""
    for columns in ({"predecessor_epoch": 5}, {"predecessor_id": b"\1" * 16}):
        v = a.vault()
        v.change("header", v.t["header"][0], **columns)
        v.seal_all(a.me("eve"))
        a.put(v, record=None)
        a.refuses(8, "verify")


# --- closed logs ------------------------------------------------------------------------------------------------------

def rotated(a):
    """The files after `log --rotate` and one more release; what the closed log has."""
    a.home.put(a.placed)
    a.home.must("log", "--rotate", key="ann")
    a.home.must("get", "one", key="ann")
    return a.home.save(), read(a.home.path + "-log.closed-1")


@attack("outsider")
def closed_log_changed(a):
    """a closed log cut, changed, with another's entries: the one after it says where it ended"""
    now, closed = rotated(a)
    log = al.Log(closed)
    log.batches.pop()
    cut = log.data()
    forged = al.Log(closed)
    them = stranger()
    forged.append(a.vault().slot("ann").slot_id, them.keys.sign_sk, released(a.vault(), a.vault().t["secret"][0].token_id))
    path = a.home.path + "-log.closed-1"
    a.put(**now)
    for data in (cut, forged.data(), closed[:len(closed) - 30] + bytes(30)):
        write(path, data)
        a.refuses(8, "verify", "log", "log --verify")
    write(path, closed)
    a.gives(lambda out: b"sound" in out, "verify")


@attack("outsider")
def closed_log_back_in_place(a):
    """the closed log put back in the place of the new one"""
    now, closed = rotated(a)
    a.put(**dict(now, log=closed))
    a.refuses(8, "list", "verify", "log")
    a.put(record=None)
    a.gives(lambda out: f1.json.loads(out)["items"][0]["log_checked"] is False, "verify", "--json")


@attack("outsider")
def log_new_planted(a):
    """a LOG-new planted beside: the log's own copy, cut; a link; text. It is not put in place, nothing else is taken away"""
    path, log = a.home.path + "-log-new", a.log()
    log.batches.pop()
    victim = os.path.join(a.home.top, "victim")
    write(victim, b"must stay\n")

    def planted(make, command, *allowed):
        a.home.put(a.placed)
        if os.path.lexists(path):
            os.unlink(path)
        make(path)
        rc, out, err = a.home.run(*command.split(), key="ann")
        a.want(rc in allowed, "%s: %d %r" % (command, rc, err))
        a.want(read(a.home.path + "-log")[:len(a.placed["log"])] == a.placed["log"], "the log was replaced")
        a.want(read(victim) == b"must stay\n", "another file was taken away or written")
        return out
    for command in ("get one", "list", "verify"):
        planted(lambda p: write(p, log.data()), command, 0)
        planted(lambda p: write(p, b"not a log\n" * 9), command, 0)
        planted(lambda p: os.symlink(victim, p), command, 0, 14)
        planted(lambda p: os.link(victim, p), command, 0, 14)


# --- head lines -------------------------------------------------------------------------------------------------------

def line_of(v, log):
    return f1.head_line(v.vault_id, v.last.epoch, f1.state_hash(v.vault_id, v.last), log.header.log_id, len(log.data()),
                        log.head())


@attack("older copies")
def head_held_against_a_rollback(a):
    """a line kept elsewhere, held against an older copy, a fork, another vault on a machine that never saw the vault"""
    line = line_of(a.vault(), a.log())
    a.gives(lambda out: line.encode() in out, "log", "--head")
    a.gives(lambda out: b"sound" in out, "verify", "--head", line)
    old = a.base.copies[2]
    a.put(db=old["db"], log=old["log"], record=None)
    a.refused(9, "verify", "--head", line)
    a.put(db=old["db"], log=None, record=None)
    a.refused(9, "verify", "--head", line)
    there = Home(os.path.join(a.home.top, "there"), a.home.program)
    write(there.key("ann"), a.base.keys["ann"])
    there.put(dict(old, record=None))
    for n in range(6):
        there.must("edit", "one", "--note", "n%d" % n, key="ann")
    fork = there.save()
    a.put(db=fork["db"], log=fork["log"], record=None)
    a.refused(9, "verify", "--head", line)
    a.put(db=a.base.other["db"], log=a.base.other["log"], record=None)
    a.refused(9, "verify", "--head", line, key="other")


@attack("outsider")
def head_of_a_cut_log(a):
    """a line kept elsewhere, held against a log that was cut since, where no state and no record knows of it"""
    a.home.put(a.placed)
    a.home.must("get", "one", key="ann")
    now = a.home.save()
    line = line_of(a.vault(), al.Log(now["log"]))
    a.put(**now)
    a.gives(lambda out: b"sound" in out, "verify", "--head", line)
    a.put(log=a.base.now["log"], record=None)
    a.gives(lambda out: b"sound" in out, "verify")
    a.refused(8, "verify", "--head", line)


@attack("outsider")
def head_mistyped(a):
    """a line with a letter changed, of another length, of another word: 2, and nothing is accepted"""
    line = line_of(a.vault(), a.log())
    odd = [line[:60] + ("A" if line[60] != "A" else "B") + line[61:], line[:60], line + "AA", "SMARTVAULT-KEY-1" + line[17:], ""]
    for way in ("--head", "--accept"):
        for x in odd:
            a.refused(2, "verify", way, x)


@attack("older copies")
def accept_another_line(a):
    """an older copy accepted with a line of a newer state, of a fork, of another vault: 9, and the record stays"""
    newer = line_of(a.vault(), a.log())
    old = a.base.copies[2]
    v = a.vault(old)
    fork = f1.head_line(v.vault_id, v.last.epoch, h(b"fork"), v.last.log_id, v.last.log_length, v.last.log_head)
    other = a.vault(a.base.other)
    theirs = line_of(other, al.Log(a.base.other["log"]))
    a.put(db=old["db"], log=old["log"])
    for line in (newer, fork, theirs):
        a.refused(9, "verify", "--accept", line)
        a.want(read(a.home.record_path) == a.placed["record"], "the record was changed")
    a.refused(9, "list")
    # The true one takes it, and says so in the log.
    a.home.put(a.placed)
    a.home.must("verify", "--accept", line_of(v, al.Log(old["log"])), key="ann")
    a.want([e.action for _, e in al.Log(read(a.home.path + "-log")).entries()][-1] == 70, "no entry says what was accepted")


@attack("outsider")
def accept_what_is_forged(a):
    """a forged vault accepted with its own line: signatures are looked at first"""
    v, them = a.vault(), stranger()
    v.put("slot", f1.Slot(them.slot_id, b"mallory", f1.ADMIN, them.keys.box_pk, them.keys.sign_pk, f1.ACTIVE, 1, 0))
    v.seal_all(them)
    a.put(v)
    a.refused(8, "verify", "--accept", line_of(v, a.log()))
    v = a.vault()
    v.change("state", v.one("state", epoch=4), time=1)
    a.put(v)
    a.refused(8, "verify", "--accept", line_of(v, a.log()))


# --- rekey ------------------------------------------------------------------------------------------------------------

def rekeyed(a):
    """The files after rekey, and the new key of ann."""
    a.home.put(a.placed)
    a.home.must("rekey", "--key-file-dir", os.path.join(a.home.top, "keys"), "--no-recovery", key="ann")
    for name in os.listdir(os.path.join(a.home.top, "keys")):
        shutil.copy(os.path.join(a.home.top, "keys", name), a.home.key("new-" + name[:-4]))
    return a.home.save()


@attack("ended slots")
def rekey_ends_a_former_admin(a):
    """a former admin who kept sk_own forges until rekey: after it nothing that he signs or seals is taken"""
    now = rekeyed(a)
    then = a.vault(a.base.before).open(a.base.keys["old-adm"].decode())
    eve = a.me("eve")
    for me in (then, eve):
        v = a.vault(now)
        v.reseal_digests()
        v.sign_state(me, slot_id=v.slot("ann").slot_id, own_sk=me.sk_own)
        a.put(v, log=now["log"], record=now["record"])
        a.refused(8, "get", "one", key="new-ann")
        a.refused(8, "verify", key="new-eve")
        v = a.vault(now)
        v.put("slot", f1.Slot(me.slot_id, b"mallory", f1.ADMIN, me.keys.box_pk, me.keys.sign_pk, f1.ACTIVE, 1, 0))
        v.seal_all(me)
        a.put(v)
        a.refused(8, "get", "one", key="new-ann")
    a.put(**now)
    a.gives(ONE, "get", "one", key="new-ann")
    a.gives(ONE, "get", "one", key="new-bot")
    for name in ("ann", "eve", "aud", "mon", "bot") + ENDED:
        a.refused(6, "list", key=name)


@attack("ended slots")
def rekey_leaves_nothing_open(a):
    """what every old key opened, tried on every box of the rekeyed vault"""
    now = rekeyed(a)
    v = a.vault(now)
    for name in ("ann", "eve", "mon", "aud", "bot"):
        me = a.me(name)
        found = [(what, x) for what, x in opens(v, me) if what in ("key_box", "grant", "object", "detail") or
                 (what == "previous" and x.generation > max(me.meta if x.kind == f1.META else me.adm))]
        a.want(not found, "%s's old key opens %s" % (name, [w for w, _ in found][:3]))


@attack("older copies")
def old_vault_after_rekey(a):
    """the old vault put back after rekey, with the same passphrase, an old key, a new one: a retired id, 9"""
    now = rekeyed(a)
    for log in (a.base.now["log"], now["log"]):
        a.put(db=a.base.now["db"], log=log, record=now["record"])
        a.refused(9, "get", "one", key="ann")
        a.refused(9, "get", "one", **a.home.by_passphrase())
        a.refused(9, "list", key="bot")
        a.refused(9, "get", "one", key="new-ann")


@attack("outsider")
def predecessor_claimed(a):
    """a vault of the attacker's own that says it replaced the one this machine saw"""
    v = a.vault(a.base.other)
    me = v.open(a.base.keys["other"].decode())
    ours = a.vault()
    v.change("header", v.t["header"][0], predecessor_id=ours.vault_id, predecessor_epoch=ours.last.epoch,
             predecessor_state=f1.state_hash(ours.vault_id, ours.last))
    v.seal_all(me)
    a.put(v, log=a.base.other["log"])
    a.refuses(9, "get one", "list")
    a.refused(9, "list", key="bot")
    a.refused(6, "get", "one", **a.home.by_passphrase())
    # Whoever holds a key of that vault is not the one who is deceived; but then an older epoch is not taken either.
    v.change("header", v.t["header"][0], predecessor_epoch=ours.last.epoch - 1)
    v.seal_all(me)
    a.put(v)
    a.refused(9, "list", key="other")
    v.change("header", v.t["header"][0], predecessor_epoch=ours.last.epoch, predecessor_state=bytes(32))
    v.seal_all(me)
    a.put(v)
    a.refused(9, "list", key="other")


# --- restore ----------------------------------------------------------------------------------------------------------

def restores(a, path, status, key="ann"):
    """The status that a restore must end with; the vault stays as it was."""
    before = read(a.home.path)
    rc, out, err = a.home.run("restore", path, "--force", key=key)
    if rc != status:
        a.note(a.through if rc == 0 else a.blurred, ["restore"], "status %d for %d" % (rc, status), err)
    a.want(read(a.home.path) == before and not out, "the vault was changed")


def backup(a, name="b.vault"):
    a.home.put(a.placed)
    path = os.path.join(a.home.top, name)
    a.home.must("backup", path, key="ann")
    return path


@attack("older copies")
def restore_before_a_revocation(a):
    """a backup of before a revocation and an end restored: both stay"""
    path = backup(a)
    a.home.must("access", "revoke", "bot", "one", key="ann")
    a.home.must("access", "remove", "aud", key="ann")
    a.home.must("restore", path, "--force", key="ann")
    now = a.home.save()
    a.put(**now)
    a.refused(3, "get", "one", key="bot")
    a.refused(7, "list", key="aud")
    a.gives(lambda out: b"sound" in out, "verify")
    a.want(a.vault(now).fits(), "digests, root or chain do not fit")


@attack("outsider")
def restore_with_a_hot_journal(a):
    """a hot journal left beside the vault that a backup is restored over: it does not play into what is restored"""
    path = backup(a)
    a.home.must("edit", "one", "--note", "newer", key="ann")
    now = a.home.save()
    old = a.base.copies[1]["db"]
    for db in (now["db"], b"no vault at all\n" * 300):
        a.home.put(dict(now, db=db))
        write(a.home.path + "-journal", sf.journal(dict(enumerate(sf.pages(old))), len(old) // sf.PAGE))
        rc, out, err = a.home.run("restore", path, "--force", key="ann")
        again = a.home.run("verify", key="ann")
        a.want(again[0] in ((0,) if rc == 0 else (8, 9)), "restore %d %r, verify %d %r" % (rc, err, again[0], again[2]))
        if rc == 0:
            v = Vault(read(a.home.path))
            a.want(v.last.epoch > a.vault().last.epoch and v.fits(), "an older state stands there")
        for name in os.listdir(a.home.top):
            if name.startswith("t.vault") and name not in ("t.vault", "t.vault-log", "t.vault-lock"):
                os.unlink(os.path.join(a.home.top, name))


@attack("outsider")
def restore_what_is_forged(a):
    """a backup that was tampered with, of another vault, one that its own authority did not sign"""
    path = backup(a)
    good = read(path)
    v, them = Vault(good), stranger()
    x, y = [max(v.all("secret", token_id=i)) for i in sorted({r.token_id for r in v.t["secret"]})][:2]
    v.put("secret", x._replace(key_box=y.key_box, value_box=y.value_box, commitment=y.commitment))
    swapped = v.file()
    v.reseal_digests()
    fitted = v.file()
    v = Vault(good)
    v.put("slot", f1.Slot(them.slot_id, b"mallory", f1.ADMIN, them.keys.box_pk, them.keys.sign_pk, f1.ACTIVE, 1, 0))
    v.seal_all(them)
    for data, status in ((swapped, 8), (fitted, 8), (v.file(), 8), (a.base.other["db"], 1), (good[:len(good) // 2], 8)):
        write(path, data)
        restores(a, path, status)


@attack("outsider")
def restore_a_link(a):
    """a backup that is a link, or that others can read"""
    path = backup(a)
    link = os.path.join(a.home.top, "link.vault")
    os.symlink(path, link)
    before = a.home.save()["db"]
    rc, _, err = a.home.run("restore", link, "--force", key="ann")
    a.want(rc == 14, "a link: %d %r" % (rc, err))
    os.chmod(path, 0o644)
    rc, _, err = a.home.run("restore", path, "--force", key="ann")
    a.want(rc == 14, "readable by others: %d %r" % (rc, err))
    a.want(a.home.save()["db"] == before, "the vault was changed")
