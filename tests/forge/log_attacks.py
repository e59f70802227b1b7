"""Attacks on the access log."""
import os
import struct

import accesslog as al
import format1 as f1
from arena import VALUES, attack, read
from sodium import h
from vaultfile import stranger

ONE = VALUES["one", 3]


def verdict(v, me, **columns):
    """An entry that says token one is invalid, sealed with what its maker has for K_meta."""
    s = max(v.t["secret"], key=lambda s: s.version)  # token one's newest
    e = al.Entry(0, v.last.epoch, v.last.time, al.VERDICT, s.token_id, s.version, s.commitment, max(me.meta, default=1), b"")
    text = {"result": "invalid", "http_status": 401, "base": "https://api.smartsheet.com/2.0"}
    return al.sealed(me.k_meta, v.vault_id, me.slot_id, e._replace(**columns), f1.to_json(text))


def with_record(a, log):
    """This machine's record of just this log: what is forged is no cut."""
    r = al.parse_record(a.base.now["record"])
    return al.record_bytes(r._replace(log_id=log.header.log_id, log_length=len(log.data()), log_head=log.head()))


def scripts_go_on(a, *words):
    """get gives the right value and says what it found; then verify and list still refuse."""
    err = a.gives(ONE, "get", "one")
    a.says(err, "access log", *words)


@attack("outsider")
def log_gone(a):
    """the access log taken away: 8, and a get begins a new one that says so"""
    a.put(log=None)
    a.refuses(8, "list", "verify", "log")
    scripts_go_on(a, "gone")
    log = al.Log(read(a.home.path + "-log"))
    a.want([e.action for _, e in log.entries()] == [al.LOST, al.GET] and log.header.previous_id == a.log().header.log_id,
           "the new log does not say what it follows")
    rc, _, _ = a.home.run("list", key="ann")
    a.want(rc == 8, "list after that get: %d" % rc)


@attack("outsider")
def log_cut_after_the_anchor(a):
    """the access log cut behind what the newest state knows"""
    log = a.log()
    log.batches.pop()
    a.put(log=log)
    a.refuses(8, "list", "verify", "log")
    scripts_go_on(a)
    a.put(log=log, record=None)
    a.refuses(8, *["verify"] if a.vault().last.log_length == len(a.base.now["log"]) else [])


@attack("outsider")
def log_cut_before_the_anchor(a):
    """the access log cut before what the newest state knows, on a machine that never saw it"""
    log = a.log()
    log.batches.clear()
    for record in (a.base.now["record"], None):
        a.put(log=log, record=record)
        a.refuses(8, "list", "verify", "log")


@attack("outsider")
def log_grown_over(a):
    """the access log cut, then grown over to its old length by entries of the attacker"""
    log, v = a.log(), a.vault()
    log.batches.pop()
    them = stranger()
    while len(log.data()) < len(a.base.now["log"]):
        e = al.Entry(0, v.last.epoch, v.last.time, al.GET, v.t["secret"][0].token_id, 1, f1.ZERO32, 1, b"")
        log.append(v.slot("ann").slot_id, them.keys.sign_sk, e)
    a.put(log=log)
    a.refuses(8, "list", "verify", "log")
    scripts_go_on(a)


@attack("outsider")
def log_of_another_id(a):
    """an access log with another log_id in the place of the vault's"""
    v = a.vault()
    log = al.Log.new(v.vault_id, b"\1" * 16, v.last.time)
    a.put(log=log)
    a.refuses(8, "list", "verify", "log")
    scripts_go_on(a)


@attack("outsider")
def log_of_another_id_elsewhere(a):
    """the same where no record names the log: not checked here, verdicts unknown, and it is said"""
    v = a.vault()
    them = stranger()
    log = al.Log.new(v.vault_id, b"\1" * 16, v.last.time)
    e = al.Entry(0, v.last.epoch, v.last.time, al.VERDICT, v.t["secret"][0].token_id, 1, f1.ZERO32, 1, bytes(168))
    log.append(v.slot("ann").slot_id, them.keys.sign_sk, e)
    a.put(log=log, record=None)
    a.gives(lambda out: all(t["verdict"] is None for t in f1.json.loads(out)["items"]), "list", "--json")
    a.gives(lambda out: f1.json.loads(out)["items"][0]["log_checked"] is False, "verify", "--json")


@attack("another vault")
def log_of_another_vault(a):
    """another vault's access log: nothing is written into it, nothing given"""
    for record in (a.base.now["record"], None):
        a.put(log=a.base.other["log"], record=record)
        a.refused(8, "get", "one")
        a.want(read(a.home.path + "-log") == a.base.other["log"], "the other vault's log was written")
    a.put(log=a.base.other["log"], record=a.base.now["record"])
    a.refuses(8, "list", "verify", "log")


@attack("another vault")
def log_header_of_another_vault(a):
    """our log_id in a header with another vault's id, chained anew"""
    log = a.log()
    log.header = log.header._replace(vault_id=a.vault(a.base.other).vault_id)
    log.rechain({})
    for record in (a.base.now["record"], None):
        a.put(log=log, record=record)
        a.refuses(8, "get one", *["list", "verify"] if record else [])


@attack("outsider")
def release_taken_out(a):
    """a release taken out of the middle of the log, the rest chained anew"""
    log = a.log()
    del log.batches[0]
    log.rechain({})
    for record in (a.base.now["record"], None):
        a.put(log=log, record=record)
        a.refuses(8, "verify")
    a.put(log=log)
    a.refuses(8, "list")


@attack("outsider")
def entry_unsigned(a):
    """a release in another's name, chained to the end, signed by a key of the attacker's own"""
    v, log = a.vault(), a.log()
    them = stranger()
    e = al.Entry(0, v.last.epoch, v.last.time, al.GET, v.t["secret"][0].token_id, 1, f1.ZERO32, 1, b"")
    log.append(v.slot("eve").slot_id, them.keys.sign_sk, e)
    a.put(log=log)
    a.refuses(8, "verify", "log", "audit")


@attack("outsider")
def entry_of_no_slot(a):
    """a release by a slot that the vault has not"""
    v, log = a.vault(), a.log()
    them = stranger()
    e = al.Entry(0, v.last.epoch, v.last.time, al.GET, v.t["secret"][0].token_id, 1, f1.ZERO32, 1, b"")
    log.append(them.slot_id, them.keys.sign_sk, e)
    a.put(log=log)
    a.refuses(8, "verify", "log", "audit")


@attack("outsider")
def batch_of_another_log(a):
    """a batch of an older log of this vault, signed truly, put after the end"""
    log = a.log()
    other = al.Log.new(a.vault().vault_id, b"\1" * 16, 1)
    me = a.me("ann")
    for x in log.batches:
        other.append(x.slot_id, me.keys.sign_sk, *x.entries)
    x = other.batches[0]._replace(first=log.next_seq(), before=log.head())
    log.batches.append(x)
    a.put(log=log)
    a.refuses(8, "verify", "log")


@attack("outsider")
def batch_twice(a):
    """the last batch a second time"""
    log = a.log()
    log.batches.append(log.batches[-1])
    a.put(log=log)
    a.refuses(8, "list", "verify", "log")


@attack("outsider")
def batch_renumbered(a):
    """a batch with a gap in its numbers, signed by its slot: none may have been taken out between"""
    log, me = a.log(), a.me("ann")
    x = log.batches[-1]
    x = x._replace(first=x.first + 5, entries=[e._replace(seq=e.seq + 5) for e in x.entries])
    log.batches[-1] = log.sign(x, me.keys.sign_sk)
    a.put(log=log, record=None)
    a.refuses(8, "verify", "log")


@attack("outsider")
def batch_with_two_numbers(a):
    """a batch whose entries have the same number"""
    log, me, v = a.log(), a.me("ann"), a.vault()
    e = al.Entry(0, v.last.epoch, v.last.time, al.GET, v.t["secret"][0].token_id, 1, f1.ZERO32, 1, b"")
    log.append(me.slot_id, me.keys.sign_sk, e, e)
    x = log.batches[-1]
    x = x._replace(entries=[x.entries[0], x.entries[0]])
    log.batches[-1] = log.sign(x, me.keys.sign_sk)
    a.put(log=log, record=with_record(a, log))
    a.refuses(8, "verify", "log")


@attack("outsider")
def batch_chained_elsewhere(a):
    """a batch that does not chain to the one before it, signed by its slot"""
    log, me, v = a.log(), a.me("ann"), a.vault()
    e = al.Entry(log.next_seq(), v.last.epoch, v.last.time, al.GET, v.t["secret"][0].token_id, 1, f1.ZERO32, 1, b"")
    x = al.Batch(me.slot_id, log.next_seq(), h(b"elsewhere"), [e], b"")
    log.batches.append(log.sign(x, me.keys.sign_sk))
    a.put(log=log, record=with_record(a, log))
    a.refuses(8, "list", "verify", "log")


@attack("outsider")
def frame_damaged(a):
    """a byte of a frame in the middle changed: damage, not a torn end, and nothing after it is cut"""
    log = a.log()
    data = bytearray(log.data())
    data[len(log.frames()[0]) + 60] ^= 1
    a.put(log=bytes(data))
    a.refuses(8, "verify", "log")
    rc, out, _ = a.run("get", "one")
    a.want(rc in (0, 8) and (out == ONE + b"\n" if rc == 0 else not out), "get: %d %r" % (rc, out))
    a.want(len(read(a.home.path + "-log")) >= len(data), "sound frames were cut")


@attack("outsider")
def frame_length(a):
    """a frame's length made huge, small, none"""
    data = a.base.now["log"]
    at = len(a.log().frames()[0])
    for n in (1 << 31, (1 << 28) + 1, 1 << 20, 3, 0):
        a.put(log=data[:at] + struct.pack("<I", n) + data[at + 4:])
        a.refuses(8, "verify", "log")


@attack("outsider")
def entries_counted_wrong(a):
    """a batch that says it has more entries than it has, or 2^40"""
    log = a.log()
    for n in (2, 0, 1 << 40, 1 << 63):
        bodies = al.bodies(a.base.now["log"])
        head, rest = bodies[-1][:6 + 20 + 12 + 36 + 4], bodies[-1][6 + 20 + 12 + 36 + 12:]
        frames = log.frames()[:-1] + [al.frame(head + struct.pack("<Q", n) + rest)]
        a.put(log=b"".join(frames))
        a.refuses(8, "verify", "log", "list")


@attack("outsider")
def entry_of_a_wrong_size(a):
    """an entry whose id is short, whose commitment is, or that has a byte more: chained and signed all the same"""
    me, v = a.me("ann"), a.vault()
    e = al.Entry(0, v.last.epoch, v.last.time, al.GET, v.t["secret"][0].token_id, 1, f1.ZERO32, 1, b"")
    for odd in (e._replace(object_id=b"short"), e._replace(commitment=b"")):
        log = a.log()
        log.append(me.slot_id, me.keys.sign_sk, odd)
        a.put(log=log, record=with_record(a, log))
        a.refuses(8, "verify", "log")


@attack("outsider")
def log_is_a_link(a):
    """the access log replaced by a link to another file, or given a second name, or readable by others"""
    path, elsewhere = a.home.path + "-log", os.path.join(a.home.top, "elsewhere")
    for make in (os.symlink, os.link):
        a.home.put(a.placed)
        os.rename(path, elsewhere)
        make(elsewhere, path)
        before = read(elsewhere)
        for command in ("get one", "list"):
            rc, out, err = a.home.run(*command.split(), key="ann")
            if rc != 14 or out:
                a.note(a.through if rc == 0 else a.blurred, [command], "status %d for 14" % rc, err)
        a.want(read(elsewhere) == before, "the file behind the link was written")
        os.unlink(path)
    a.home.put(a.placed)
    os.chmod(path, 0o644)
    a.want(a.home.run("get", "one", key="ann")[0] == 14, "a log that others can read")


@attack("outsider")
def verdict_of_a_stranger(a):
    """a verdict in an admin's name, sealed by nobody, signed by nobody"""
    v, log = a.vault(), a.log()
    them = stranger()
    them.slot_id = v.slot("eve").slot_id
    log.append(them.slot_id, them.keys.sign_sk, verdict(v, them))
    a.put(log=log)
    a.refuses(8, "list", "due", "verify", "log")


@attack("outsider")
def detail_of_another_entry(a):
    """a true verdict's detail moved to the entry of another token, chained and signed by its own slot"""
    v, log, me = a.vault(), a.log(), a.me("eve")
    e = verdict(v, me)
    log.append(me.slot_id, me.keys.sign_sk, e._replace(object_id=v.token(a.me("ann"), "two")[0].object_id, version=1,
                                                       commitment=v.one("secret", token_id=v.token(
                                                           a.me("ann"), "two")[0].object_id).commitment))
    a.put(log=log)
    a.refuses(8, "list", "verify", "log")


@attack("outsider")
def log_header_changed(a):
    """the log's header with another host, another first number"""
    for columns in ({"host": b"mars"}, {"first_seq": 2}, {"time": 1}, {"previous_head": b"\1" * 32}):
        log = a.log()
        log.header = log.header._replace(**columns)
        a.put(log=log)
        a.refuses(8, "list", "verify", "log")


@attack("outsider")
def not_a_log(a):
    """text, a log of another format, an empty file in the log's place"""
    body = b"SVLOG2\0" + al.Log.header_bytes(a.log().header)[7:]
    for data in (b"not a log\n" * 50, al.frame(body)):
        a.put(log=data)
        a.refuses(8, "list", "verify", "get one")
    a.put(log=b"")
    a.refuses(8, "list", "verify")
    scripts_go_on(a)


@attack("outsider")
def record_forged(a):
    """this machine's record with a wrong checksum: said, made anew; never taken for a newer one"""
    r = al.parse_record(a.base.now["record"])
    data = bytearray(al.record_bytes(r._replace(epoch=900)))
    data[60] ^= 1
    a.put(record=bytes(data))
    a.says(a.gives(ONE, "get", "one"), "record")
    a.put(record=al.record_bytes(r)[:100])
    a.says(a.gives(ONE, "get", "one"), "record")
