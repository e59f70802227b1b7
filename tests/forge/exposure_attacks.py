"""Attacks with entries that say what a token reaches: `due` must rest on those that count, and on no other."""
import re

import accesslog as al
import format1 as f1
from arena import attack
from sodium import h
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


def same_text(whole, text, **other):
    """What repeats an entry whose detail is that text."""
    return f1.to_json({"of": whole.time, "detail": h(text).hex(), **other})


def repeated(v, me, whole, text=None, **columns):
    """An entry that says what token one reaches is what `whole` says (or `text`, as its detail)."""
    text = same_text(whole, f1.to_json(BEYOND)) if text is None else text
    return exposure(v, me, text, **{"action": al.SAME, "time": whole.time + 7 * 86400, **columns})


def seen(a):
    """The day on which show says that token one was seen last."""
    out = a.home.must("show", "one", key="ann").decode()
    return re.search(r"seen ([^\n,]*)", out).group(1)


def ignored(a):
    """Of the log's exposures whether they count for nothing."""
    return [bool(e["ignored"]) for e in f1.json.loads(a.home.must("log", "--json", key="ann"))["items"] if e["action"] == "exposure"]


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


@attack("an admin")
def same_as_another(a):
    """that a token reaches the same as before, where before is another time, another detail, another value, or not the newest: nothing
    was seen again by it, and it is shown as what it is"""
    v, log = agreed(a)
    me = a.me("eve", v)
    whole, other, text = exposure(v, me), f1.to_json(WITHIN), f1.to_json(BEYOND)
    two = v.one("secret", token_id=v.token(me, "two")[0].object_id)
    said(a, log, me, whole)
    before = seen(a)
    said(a, log, me, repeated(v, me, whole, same_text(whole._replace(time=whole.time + 1), text)),
         repeated(v, me, whole, same_text(whole, other)), repeated(v, me, whole, object_id=two.token_id, commitment=two.commitment),
         repeated(v, me, whole, commitment=two.commitment), repeated(v, me, whole, version=2))
    a.gives(lambda out: seen(a) == before and ignored(a) == [False] + [True] * 5, "due", "--json", status=10)
    # The true one after a newer whole one: what is known is the newer.
    said(a, log, me, exposure(v, me, other, time=whole.time + 1), repeated(v, me, whole))
    a.gives(lambda out: ignored(a) == [False, False] + [True] * 6, "list", "--json")
    counts_for_nothing(a)


@attack("auditor")
def auditor_same(a):
    """that a token reaches the same as before, truly, signed by an auditor or a script: it was not seen again by it"""
    v, log = agreed(a)
    aud, mon, bot = (a.me(n, v) for n in ("aud", "mon", "bot"))
    bot.meta = aud.meta
    whole = exposure(v, mon)
    said(a, log, mon, whole)
    before = seen(a)
    for me in (aud, bot):
        said(a, log, me, repeated(v, me, whole))
    a.gives(lambda out: seen(a) == before and ignored(a) == [False, True, True], "due", "--json", status=10)


@attack("ended slots")
def ended_monitor_same(a):
    """that a token reaches the same, by a monitor after he was ended: it was not seen again by it"""
    v, log = agreed(a)
    me, then = a.me("eve", v), a.vault(a.base.before).open(a.base.keys["old-mon"].decode())
    whole = exposure(v, me)
    said(a, log, me, whole)
    before = seen(a)
    said(a, log, then, repeated(v, then, whole))
    a.gives(lambda out: seen(a) == before and ignored(a) == [False, True], "due", "--json", status=10)


@attack("monitor")
def monitor_same(a):
    """that a token reaches the same, by a monitor: it counts, by design, also behind ones that say nothing, or something else"""
    v, log = agreed(a)
    me = a.me("mon", v)
    whole = exposure(v, me)
    said(a, log, me, whole)
    before = seen(a)
    odd = [repeated(v, me, whole, text) for text in (b"not JSON", b"{}", same_text(whole, b"", of="1"), same_text(whole, b"", detail="00"))]
    said(a, log, me, repeated(v, me, whole), *odd, repeated(v, me, whole, same_text(whole, b"")))
    a.gives(lambda out: seen(a) != before and ignored(a) == [False, False] + [True] * 5, "due", "--json", status=10)
    a.gives(lambda out: f1.json.loads(out)["items"][0]["log_ignored"] == 5, "verify", "--json")


@attack("an admin")
def same_that_is_none(a):
    """an admin's entry that says it is the same, whose detail says nothing: damage"""
    v, log = agreed(a)
    me = a.me("eve", v)
    whole = exposure(v, me)
    said(a, log, me, whole)
    for text in (b"{}", b"not JSON", None):
        e = repeated(v, me, whole, text)
        end = len(log.batches)
        said(a, log, me, e if text is not None else e._replace(detail=b""))
        a.refuses(8, "due", "log", "verify")
        del log.batches[end:]
