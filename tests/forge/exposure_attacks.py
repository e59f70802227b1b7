"""Attacks with entries that say what a token reaches: `due` must rest on those that count, and on no other."""
import accesslog as al
import format1 as f1
from arena import attack
from vaultfile import Vault

BEYOND = {"counts": {"sheets": 2}, "levels": [0, 0, 0, 0, 0, 0, 2], "items": {"sheets": [["7", 6], ["8", 6]]}}
WITHIN = {"counts": {"sheets": 1}, "levels": [0, 0, 0, 0, 0, 0, 1], "items": {"sheets": [["7", 6]]}}


def agreed(a):
    """The vault and its log after token one was given to somebody for sheet 7."""
    a.home.put(a.placed)
    a.home.must("share", "one", "--vendor", "Vendor B", "--to", "bert@b.example", "--item", "7", "--no-exposure", key="ann")
    a.put(**a.home.save())
    return Vault(a.snap["db"]), al.Log(a.snap["log"])


def exposure(v, me, text=None, **columns):
    """An entry that says what token one reaches: sheet 8 too."""
    s = max((s for s in v.t["secret"]), key=lambda s: s.version)
    e = al.Entry(0, v.last.epoch, v.last.time, al.EXPOSURE, s.token_id, s.version, s.commitment, max(me.meta, default=1), b"")
    text = f1.to_json(BEYOND) if text is None else text
    return al.sealed(me.k_meta, v.vault_id, me.slot_id, e._replace(**columns), text)


def said(a, log, me, *entries):
    for e in entries:
        log.append(me.slot_id, me.keys.sign_sk, e)
    a.put(log=log)


def counts_for_nothing(a):
    a.gives(lambda out: b'"exposed"' not in out, "due", "--json", status=10)
    a.gives(lambda out: b'"exposed"' not in out, "list", "--json")


@attack("auditor")
def auditor_exposure(a):
    """an exposure signed by an auditor: nobody is told to rotate for it, and it is shown as what it is"""
    v, log = agreed(a)
    me = a.me("aud", v)
    said(a, log, me, exposure(v, me))
    counts_for_nothing(a)
    a.gives(lambda out: [bool(e["ignored"]) for e in f1.json.loads(out)["items"] if e["action"] == "exposure"] == [True],
            "log", "--json")


@attack("script")
def script_exposure(a):
    """an exposure signed by a script, with an auditor's help: it counts for nothing"""
    v, log = agreed(a)
    me = a.me("bot", v)
    me.meta = a.me("aud", v).meta
    said(a, log, me, exposure(v, me))
    counts_for_nothing(a)


@attack("ended slots")
def ended_monitor_exposure(a):
    """an exposure by a monitor after he was ended, sealed with the K_meta of then: it counts for nothing"""
    v, log = agreed(a)
    then = a.vault(a.base.before).open(a.base.keys["old-mon"].decode())
    said(a, log, then, exposure(v, then))
    counts_for_nothing(a)


@attack("an admin")
def exposure_of_another_value(a):
    """an exposure of a version, with the commitment of another value: it counts for nothing"""
    v, log = agreed(a)
    me = a.me("eve", v)
    said(a, log, me, exposure(v, me, commitment=v.one("secret", token_id=v.token(me, "two")[0].object_id).commitment))
    counts_for_nothing(a)


@attack("monitor")
def monitor_exposure(a):
    """an exposure by a monitor: it counts, by design, also behind one that says nothing, which is passed over"""
    v, log = agreed(a)
    me = a.me("mon", v)
    odd = [exposure(v, me, text) for text in (b"not JSON", b"{}", b'{"counts":{},"levels":[],"items":{}}')]
    odd += [exposure(v, me, version=1 << 40), exposure(v, me)._replace(detail=bytes(168)), exposure(v, me)._replace(detail=b"")]
    said(a, log, me, exposure(v, me), *odd)
    a.gives(lambda out: out.count(b'"exposed"') == 1, "due", "--json", status=10)
    a.gives(lambda out: len([e for e in f1.json.loads(out)["items"] if e["action"] == "exposure" and e["ignored"]]) == len(odd),
            "log", "--json")
    a.gives(lambda out: f1.json.loads(out)["items"][0]["log_ignored"] == len(odd), "verify", "--json")
    said(a, log, me, exposure(v, me, f1.to_json(WITHIN)))
    counts_for_nothing(a)


@attack("an admin")
def exposure_that_is_none(a):
    """an admin's entry that says it is an exposure, whose detail is none: damage, and nothing rests on it"""
    v, log = agreed(a)
    me = a.me("eve", v)
    unlisted = dict(BEYOND, counts={})
    for text in (b"{}", b"not JSON", f1.to_json(unlisted), None):
        e = exposure(v, me, text)
        end = len(log.batches)
        said(a, log, me, e if text is not None else e._replace(detail=b""))
        a.refuses(8, "list", "due", "log", "verify")
        del log.batches[end:]


@attack("outsider")
def exposure_of_a_stranger(a):
    """an exposure in a monitor's name, sealed truly, signed by an auditor"""
    v, log = agreed(a)
    me = a.me("aud", v)
    me.slot_id = v.slot("mon").slot_id
    said(a, log, me, exposure(v, me))
    a.refuses(8, "list", "due", "verify", "log")
