"""Attacks on key slots, their wraps and what the KDF is told, before anything is verified and after."""
import os

import format1 as f1
from arena import VALUES, attack, write
from sodium import seal, u64
from vaultfile import stranger

ONE = VALUES["one", 3]
ADD = ("add", "x", "--account", "x@x.example", "--license", "licensed", "--no-value")


def own_wrap(v, name, them, **columns):
    """A slot's keys replaced by the attacker's, its wrap signed by them; parameters as he likes."""
    s = v.change("slot", v.slot(name), sign_pk=them.keys.sign_pk, box_pk=them.keys.box_pk)
    w = v.one("wrap", slot_id=s.slot_id)._replace(**columns)
    v.put("wrap", f1.wrap_sign(w, v.vault_id, s, them.keys.sign_sk))


def slow(a, limit, status, **columns):
    """Parameters of the KDF with a wrap_sig that holds: refused before memory is taken."""
    v = a.vault()
    own_wrap(v, "pat", stranger(), **columns)
    a.put(v)
    began = os.times().elapsed
    a.refused(status, "get", "one", **a.home.by_passphrase())
    a.want(os.times().elapsed - began < limit, "took %.2f s" % (os.times().elapsed - began))


@attack("outsider")
def kdf_raised(a):
    """KDF parameters raised out of every bound, wrap_sig of the attacker's own keys"""
    for columns in ({"m_kib": 4 << 20}, {"m_kib": 1 << 30}, {"m_kib": (1 << 63) - 1}, {"m_kib": 1 << 32}, {"t": 65},
                    {"t": 1 << 40}, {"lanes": 17},
                    {"lanes": (1 << 32) + 1}, {"m_kib": 1 << 20, "t": 64}):
        slow(a, 1.0, 15, **columns)


@attack("outsider")
def kdf_wrapped_around(a):
    """KDF parameters that are small again as 32 bits: 2^32 more, or below zero"""
    for columns in ({"m_kib": (1 << 32) + 19456}, {"t": (1 << 32) + 2}, {"lanes": (1 << 32) + 1}, {"t": 2 - (1 << 32)},
                    {"lanes": 1 - (1 << 32)}):
        slow(a, 1.0, 15, **columns)


@attack("outsider")
def kdf_lowered(a):
    """KDF parameters lowered, so that a passphrase is soon guessed from the file"""
    for columns in ({"m_kib": 8}, {"m_kib": 19455}, {"t": 1}, {"t": 0}, {"lanes": 0}, {"m_kib": 0}, {"m_kib": -1}):
        slow(a, 1.0, 15, **columns)


@attack("outsider")
def kdf_changed(a):
    """KDF parameters changed within their bounds: not "wrong passphrase\""""
    for columns in ({"m_kib": 19457}, {"t": 3}, {"lanes": 2}, {"salt": bytes(16)}, {"chk": bytes(32)}):
        v = a.vault()
        v.change("wrap", v.one("wrap", slot_id=v.slot("pat").slot_id), **columns)
        a.put(v)
        a.refused(8, "get", "one", **a.home.by_passphrase())


@attack("outsider")
def check_value_changed(a):
    """the value that tells a wrong key changed in a key file's wrap: not "wrong key\""""
    v = a.vault()
    v.change("wrap", v.one("wrap", slot_id=v.slot("ann").slot_id), chk=bytes(32))
    a.put(v)
    a.refuses(8, "get one", "verify")


@attack("outsider")
def box_of_a_wrap(a):
    """a wrap's box changed, CHK left as it was, signed by keys of the attacker's own"""
    v = a.vault()
    own_wrap(v, "ann", stranger(), box=bytes(88))
    a.put(v)
    a.refuses(8, "get one", "verify")


@attack("outsider")
def wrap_lengths(a):
    """columns of a wrap too short or too long, signed by keys of the attacker's own"""
    for columns in ({"salt": b"1234"}, {"chk": b""}, {"nonce": bytes(23)}, {"box": bytes(87)}, {"box": bytes(5000)},
                    {"type": 0}, {"type": 4}, {"type": -1}):
        v = a.vault()
        own_wrap(v, "ann", stranger(), **columns)
        a.put(v)
        a.refuses(8, "get one")


@attack("outsider")
def wrap_signature_short(a):
    """a wrap's signature cut"""
    v = a.vault()
    v.change("wrap", v.one("wrap", slot_id=v.slot("ann").slot_id), wrap_sig=bytes(8))
    a.put(v)
    a.refuses(8, "get one", "verify")


@attack("outsider")
def wrap_gone(a):
    """a slot's wrap taken away"""
    v = a.vault()
    v.drop("wrap", v.one("wrap", slot_id=v.slot("ann").slot_id))
    a.put(v)
    a.refuses(8, "get one", "verify")
    v = a.vault()
    v.drop("wrap", v.one("wrap", slot_id=v.slot("mon").slot_id))
    a.put(v)
    a.refuses(8, "verify")


@attack("outsider")
def wrap_of_nobody(a):
    """a wrap whose slot there is not"""
    v = a.vault()
    v.put("wrap", v.t["wrap"][0]._replace(slot_id=b"\7" * 16))
    a.put(v)
    a.refuses(8, "verify")


@attack("outsider")
def wrap_of_nobody_more(a):
    """the same, and a passphrase for a slot that there is not: not "no such slot\""""
    v = a.vault()
    v.put("wrap", v.t["wrap"][0]._replace(slot_id=b"\7" * 16))
    a.put(v)
    a.refused(8, "get", "one", "--slot", "nobody", **a.home.by_passphrase())


@attack("outsider")
def wrap_moved(a):
    """a passphrase's wrap moved to a slot that there is not: not "opens by a key file\""""
    v = a.vault()
    v.change("wrap", v.one("wrap", slot_id=v.slot("pat").slot_id), slot_id=b"\7" * 16)
    a.put(v)
    a.refused(8, "get", "one", "--slot", "pat", **a.home.by_passphrase())
    a.refuses(8, "verify")


@attack("outsider")
def wraps_swapped(a):
    """the wraps of two slots swapped"""
    v = a.vault()
    x, y = (v.one("wrap", slot_id=v.slot(n).slot_id) for n in ("ann", "aud"))
    v.put("wrap", x._replace(slot_id=y.slot_id), y._replace(slot_id=x.slot_id))
    a.put(v)
    a.refuses(8, "get one", "verify")
    a.refused(8, "list", key="aud")


@attack("another vault")
def wrap_from_another_vault(a):
    """a wrap from another vault that the same person opens, with that slot's keys"""
    v, other = a.vault(), a.vault(a.base.other)
    theirs = other.t["slot"][0]
    s = v.change("slot", v.slot("ann"), box_pk=theirs.box_pk, sign_pk=theirs.sign_pk)
    v.put("wrap", other.one("wrap", slot_id=theirs.slot_id)._replace(slot_id=s.slot_id))
    a.put(v)
    a.refuses(8, "get one", "verify")


@attack("another vault")
def whole_slot_from_another_vault(a):
    """another vault's slot, wrap and grants put among ours"""
    v, other = a.vault(), a.vault(a.base.other)
    for table in ("slot", "wrap", "grant"):
        v.put(table, *other.t[table])
    v.reseal_digests()
    a.put(v)
    a.refuses(8, "get one", "verify")
    a.refused(6, "get", "one", key="other")
    a.put(v, record=None)
    a.refused(6, "get", "one", key="other")


@attack("outsider")
def old_wrap_put_back(a):
    """a wrap of before a new key file put back: the old key opens again, by design, and never the new one falsely"""
    a.home.put(a.placed)
    a.home.must("access", "passwd", "--key-file-out", a.home.key("new"), key="ann")
    now = a.home.save()
    v = a.vault(now)
    old = a.vault()
    a.put(v, **{k: now[k] for k in ("log", "record")})
    a.refused(6, "get", "one", key="ann")
    a.gives(ONE, "get", "one", key="new")
    v.put("wrap", old.one("wrap", slot_id=v.slot("ann").slot_id))
    a.put(v)
    a.gives(ONE, "get", "one", key="ann")
    a.refused(6, "get", "one", key="new")


@attack("outsider")
def slot_added(a):
    """a slot added as an active admin's, its wrap signed, digests made to fit"""
    them = stranger()
    v = a.vault()
    v.put("slot", f1.Slot(them.slot_id, b"mallory", f1.ADMIN, them.keys.box_pk, them.keys.sign_pk, f1.ACTIVE, 1, 0))
    v.put("wrap", f1.wrap_make(v.vault_id, v.slot("mallory"), them.keys, them.pk_own, 1, f1.KEYFILE, bytes(32), bytes(16)))
    for reseal in (False, True):
        if reseal:
            v.reseal_digests()
        a.put(v)
        a.refuses(8, "get one", "verify")
        a.refused(8, *ADD)
    # With the attacker's own key file: the file's own authority is not his.
    write(a.home.key("mallory"), f1.key_text(f1.KeyText(v.vault_id, them.slot_id, bytes(32), 1, False)).encode())
    a.refused(8, "get", "one", key="mallory")


@attack("outsider")
def slot_renamed(a):
    """a slot renamed, then asked for by its name: not "no such slot", not "which slot?\""""
    for to in (b"mallory", b"eve", b"ann\x1b[2J"):
        v = a.vault()
        v.change("slot", v.slot("pat"), name=to)
        a.put(v)
        how = a.home.by_passphrase()
        a.refused(8, "get", "one", "--slot", "pat", **how)
        a.refused(8, "get", "one", **how)
        a.refused(8, "get", "one", "--slot", "nobody", **how)
        v = a.vault()
        v.change("slot", v.slot("ann"), name=to)
        a.put(v)
        a.refuses(8, "get one --slot ann", "get one", "verify")
        # The error names what nothing has verified: it must not drive the terminal.
        err = a.refused(8, "get", "one", "--slot", "nobody", **how)
        a.want(b"\x1b" not in err, "an escape sequence on the terminal")


@attack("outsider")
def slot_ended(a):
    """a slot marked ended, then unlocked: not "was ended\""""
    v = a.vault()
    v.change("slot", v.slot("ann"), status=f1.ENDED, ended_epoch=2)
    for reseal in (False, True):
        if reseal:
            v.reseal_digests()
        a.put(v)
        a.refuses(8, "get one", "verify")
    v = a.vault()
    v.change("slot", v.slot("pat"), status=f1.ENDED, ended_epoch=2)
    a.put(v)
    a.refused(8, "get", "one", **a.home.by_passphrase())


@attack("outsider")
def role_raised(a):
    """an auditor's row made an admin's, an admin's an auditor's"""
    for name, role in (("aud", f1.ADMIN), ("ann", f1.AUDITOR), ("ann", f1.SCRIPT), ("mon", f1.ADMIN)):
        v = a.vault()
        v.change("slot", v.slot(name), role=role)
        v.reseal_digests()
        a.put(v)
        a.refused(8, "get", "one", key=name)
        a.refused(8, "verify", key="eve")


@attack("outsider")
def type_of_a_wrap(a):
    """a key file's wrap marked as a passphrase's: not "opens by a passphrase now\""""
    v = a.vault()
    v.change("wrap", v.one("wrap", slot_id=v.slot("ann").slot_id), type=f1.PASSPHRASE, m_kib=19456, t=2, lanes=1)
    a.put(v)
    a.refuses(8, "get one", "verify")


@attack("outsider")
def passphrase_slot_hidden(a):
    """a passphrase's wrap marked as a key file's: not "no key slot opens by a passphrase\""""
    v = a.vault()
    v.change("wrap", v.one("wrap", slot_id=v.slot("pat").slot_id), type=f1.KEYFILE)
    a.put(v)
    a.refused(8, "get", "one", **a.home.by_passphrase())
    a.refused(8, "get", "one", "--slot", "pat", **a.home.by_passphrase())


@attack("outsider")
def slot_row_gone(a):
    """the row of the own slot taken away, with its wrap and without"""
    v = a.vault()
    v.drop("slot", v.slot("ann"))
    a.put(v)
    a.refuses(8, "get one", "verify")
    v = a.vault()
    s = v.slot("ann")
    v.drop("slot", s)
    v.drop("wrap", v.one("wrap", slot_id=s.slot_id))
    a.put(v)
    a.refuses(8, "get one", "verify")


@attack("outsider")
def slot_keys_short(a):
    """keys of a slot cut short"""
    for columns in ({"sign_pk": b"short"}, {"box_pk": b""}, {"slot_id": b"x"}):
        v = a.vault()
        v.change("slot", v.slot("ann"), **columns)
        a.put(v)
        a.refuses(8, "get one", "verify")


@attack("outsider")
def slot_key_replaced(a):
    """an auditor's box key replaced before the next change: nothing may be sealed to it"""
    them = stranger()
    for resign in (False, True):
        v = a.vault()
        s = v.change("slot", v.slot("aud"), box_pk=them.keys.box_pk)
        if resign:
            s = v.change("slot", s, sign_pk=them.keys.sign_pk)
            v.put("wrap", f1.wrap_sign(v.one("wrap", slot_id=s.slot_id), v.vault_id, s, them.keys.sign_sk))
        for reseal in (False, True):
            if reseal:
                v.reseal_digests()
            a.put(v)
            a.refused(8, *ADD)
            a.refused(8, "rotate", "one", "--unchecked", stdin=b"fake00000000000000000000000000000NEW1\n")


@attack("outsider")
def script_key_replaced(a):
    """a script's box key replaced before the next grant, its wrap signed anew: nothing is sealed to it"""
    them = stranger()
    v = a.vault()
    s = v.change("slot", v.slot("bot"), box_pk=them.keys.box_pk, sign_pk=them.keys.sign_pk)
    v.put("wrap", f1.wrap_sign(v.one("wrap", slot_id=s.slot_id), v.vault_id, s, them.keys.sign_sk))
    for top in (None, False, True):
        if top is not None:
            v.reseal_digests(top=top)
        a.put(v)
        a.refused(8, "access", "grant", "bot", "two")
        a.refused(8, "rotate", "one", "--unchecked", stdin=b"fake00000000000000000000000000000NEW1\n")
        a.refused(8, "access", "remove", "mon")
        a.refused(8, "rekey", "--key-file-dir", "keys", "--no-recovery")
        w = a.vault(a.home.save())
        a.want(not any(f1.grant_open(w.vault_id, g, them.keys) for g in w.all("grant", slot_id=s.slot_id)), "sealed to him")


@attack("outsider")
def grant_forged(a):
    """a grant of K_meta and K_adm of the attacker's making, sealed to the victim"""
    them = stranger()
    v = a.vault()
    s = v.slot("ann")
    for g in v.all("grant", slot_id=s.slot_id, ended_epoch=0):
        if g.kind in (f1.KEYS, f1.META_GRANT):
            key = them.k_adm if g.kind == f1.KEYS else them.k_meta
            v.change("grant", g, box=seal(s.box_pk, f1.grant_context(v.vault_id, g) + key))
    for reseal in (False, True):
        if reseal:
            v.reseal_digests()
        a.put(v)
        a.refuses(8, "get one", "list", "verify")
        a.refused(8, *ADD)


@attack("outsider")
def grant_of_a_new_generation(a):
    """a newer generation of K_meta with grants to all slots, of the attacker's making"""
    v = a.vault()
    key, g = os.urandom(32), max(k.generation for k in v.all("key", kind=f1.META)) + 1
    v.put("key", f1.key_row(v.vault_id, f1.META, g, key))
    for s in v.t["slot"]:
        v.put("grant", f1.grant_make(v.vault_id, f1.ZERO16, s.slot_id, f1.META_GRANT, g, 2, s.box_pk, key))
    v.reseal_digests()
    a.put(v)
    a.refuses(8, "get one", "list", "verify")
    a.refused(8, *ADD)


@attack("outsider")
def grant_moved(a):
    """the box of one's grant under the row of another"""
    v = a.vault()
    by = {(g.slot_id, g.kind): g for g in v.all("grant", ended_epoch=0)}
    ann, eve = v.slot("ann").slot_id, v.slot("eve").slot_id
    x, y = by[ann, f1.KEYS], by[ann, f1.META_GRANT]
    v.put("grant", x._replace(box=y.box), y._replace(box=x.box), by[eve, f1.SIGN]._replace(box=by[ann, f1.SIGN].box))
    v.reseal_digests()
    a.put(v)
    a.refuses(8, "get one", "list", "verify")


@attack("outsider")
def another_key_file(a):
    """key texts that are mistyped, of another secret, of another slot"""
    k = f1.parse_key_text(a.base.keys["ann"].decode())
    other = f1.parse_key_text(a.base.keys["aud"].decode())
    text = a.base.keys["ann"]
    typo = text[:130] + (b"A" if text[130:131] != b"A" else b"B") + text[131:]
    for what, status in ((f1.key_text(k._replace(secret=bytes(32))), 6), (f1.key_text(k._replace(slot_id=bytes(16))), 8),
                         (f1.key_text(k._replace(secret=other.secret)), 6), (typo.decode(), 6), (text[:60].decode(), 6)):
        write(a.home.key("odd"), what.encode())
        a.refused(status, "get", "one", key="odd")


@attack("outsider")
def key_text_epoch_mistyped(a):
    """a digit of a key text's epoch mistyped: the checksum says so, it is no rollback"""
    k = f1.parse_key_text(a.base.keys["ann"].decode())
    raw = f1.base64.b32decode(a.base.keys["ann"].decode().split()[1] + "======")
    raw = raw[:64] + u64(k.epoch + 4096) + raw[72:]
    write(a.home.key("odd"), b"SMARTVAULT-KEY-1 " + f1.base64.b32encode(raw).rstrip(b"=") + b"\n")
    a.refused(6, "get", "one", key="odd")


@attack("outsider")
def names_on_the_terminal(a):
    """slot names with escape sequences, shown before anything is verified"""
    v = a.vault()
    v.change("slot", v.slot("pat"), name=b"\x1b]0;owned\x07pat")
    a.put(v)
    err = a.refused(8, "get", "one", "--slot", "nobody", **a.home.by_passphrase())
    a.want(b"\x1b" not in err and b"\x07" not in err, "an escape sequence on the terminal")
