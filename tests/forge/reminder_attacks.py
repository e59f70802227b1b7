"""Attacks with entries that say who was reminded of what: nobody may keep owners from being told but those who tell them."""
import accesslog as al
import format1 as f1
from arena import attack
from vaultfile import Vault

TELL = ("remind", "--mail", "--sendmail", "/bin/true")


def told(a):
    """The vault, its log before anybody was told, and the entries by which the program itself says that all were."""
    a.home.put(a.placed)
    before = al.Log(a.snap["log"])
    a.home.must(*TELL, key="ann")
    later = al.Log(a.home.save()["log"])
    v, ann = Vault(a.snap["db"]), a.me("ann")
    said = [(e, al.opened(ann.k_meta, v.vault_id, slot_id, e)) for slot_id, e in later.entries()[len(before.entries()):]]
    assert said and all(e.action == al.REMINDED and text for e, text in said), said
    a.home.put(a.placed)
    return v, before, said


def signed_by(me, v, said, text=None):
    """The same in another's name."""
    return [al.sealed(me.k_meta, v.vault_id, me.slot_id, e._replace(generation=max(me.meta, default=1)), text or was)
            for e, was in said]


def put(a, log, me, *entries):
    for e in entries:
        log.append(me.slot_id, me.keys.sign_sk, e)
    a.put(log=log)


def still_told(a, n):
    """Everybody would be told all the same."""
    a.gives(lambda out: len(f1.json.loads(out)["items"]) == n, "remind", "--dry-run", "--json")


def nobody_told(a):
    a.gives(lambda out: f1.json.loads(out)["items"] == [], "remind", "--dry-run", "--json")


@attack("auditor")
def auditor_reminds(a):
    """an auditor says who is to be told, or that they were: 7, and nothing is changed"""
    a.refuses(7, "remind --dry-run", "remind --mail --sendmail /bin/true", key="aud")


@attack("auditor")
def auditor_reminder(a):
    """a reminder signed by an auditor, sealed truly: owners are told all the same, and it is shown as what it is"""
    v, log, said = told(a)
    me = a.me("aud", v)
    put(a, log, me, *signed_by(me, v, said))
    still_told(a, len(said))
    a.gives(lambda out: {bool(e["ignored"]) for e in f1.json.loads(out)["items"] if e["action"] == "remind"} == {True},
            "log", "--json")


@attack("script")
def script_reminder(a):
    """a reminder signed by a script, with an auditor's help: owners are told all the same"""
    v, log, said = told(a)
    me = a.me("bot", v)
    me.meta = a.me("aud", v).meta
    put(a, log, me, *signed_by(me, v, said))
    still_told(a, len(said))


@attack("ended slots")
def ended_monitor_reminder(a):
    """reminders by a monitor after he was ended, sealed with the K_meta of then: owners are told all the same"""
    v, log, said = told(a)
    then = a.vault(a.base.before).open(a.base.keys["old-mon"].decode())
    put(a, log, then, *signed_by(then, v, said))
    still_told(a, len(said))


@attack("monitor")
def monitor_reminder(a):
    """a monitor says that all were told: it counts, by design, with his name in the log; what says nothing is passed over"""
    v, log, said = told(a)
    me = a.me("mon", v)
    odd = [e for text in (b"not JSON", b"{}", b'{"how":"mail","reasons":[[]],"digest":"00"}') for e in signed_by(me, v, said[:1], text)]
    odd += [e._replace(detail=b"") for e in signed_by(me, v, said[:1])]
    put(a, log, me, *odd)
    still_told(a, len(said))
    a.gives(lambda out: f1.json.loads(out)["items"][0]["log_ignored"] == len(odd), "verify", "--json")
    put(a, log, me, *signed_by(me, v, said), *odd)
    nobody_told(a)
    a.gives(lambda out: {e["slot"] for e in f1.json.loads(out)["items"] if e["action"] == "remind"} == {"mon"}, "log", "--json")


@attack("an admin")
def reminder_that_is_none(a):
    """an admin's entry that says it is a reminder, whose detail is none: damage"""
    v, log, said = told(a)
    me = a.me("eve", v)
    for text in (b"{}", b"not JSON", None):
        e = signed_by(me, v, said[:1], text)[0]
        end = len(log.batches)
        put(a, log, me, e if text is not None else e._replace(detail=b""))
        a.refuses(8, "remind --dry-run", "log", "verify")
        del log.batches[end:]


@attack("outsider")
def reminder_of_a_stranger(a):
    """reminders in a monitor's name, sealed truly, signed by an auditor"""
    v, log, said = told(a)
    me = a.me("aud", v)
    me.slot_id = v.slot("mon").slot_id
    put(a, log, me, *signed_by(me, v, said))
    a.refuses(8, "remind --dry-run", "verify", "log")
