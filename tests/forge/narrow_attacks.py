"""Attacks cut so narrow that one check alone stands in their way: for the table of checks, and for the suite as well."""
import accesslog as al
import format1 as f1
import sqlitefile as sf
from arena import attack, read
from log_attacks import verdict
from grants_attacks import grants
from signers_attacks import history, signed
from sodium import h
from vaultfile import stranger

OWN = "who kept sk_own"


# --- the access log ---------------------------------------------------------------------------------------------------

def with_gets(a, n=3):
    """The log with some more releases after what the newest state knows of it."""
    a.home.put(a.placed)
    for _ in range(n):
        a.home.must("get", "one", key="ann")
    return a.home.save()


def start(log, i):
    return len(b"".join(log.frames()[:i]))


@attack("outsider")
def frame_damaged_elsewhere(a):
    """a release damaged that no state knows of yet, where no record is; sound ones follow it"""
    now = with_gets(a)
    log = al.Log(now["log"])
    data = bytearray(now["log"])
    data[start(log, len(log.batches) - 1) + 60] ^= 1
    a.put(log=bytes(data), record=None)
    a.refuses(8, "list", "verify", "log", "audit")


@attack("outsider")
def frame_length_elsewhere(a):
    """the same with the frame's length changed, so that it looks torn"""
    now = with_gets(a)
    log = al.Log(now["log"])
    data = bytearray(now["log"])
    data[start(log, len(log.batches) - 1) + 1] ^= 1
    a.put(log=bytes(data), record=None)
    a.refuses(8, "list", "verify", "log")


@attack("outsider")
def frame_damaged_torn_end(a):
    """the same, and a torn frame at the end of the file"""
    now = with_gets(a)
    log = al.Log(now["log"])
    data = bytearray(now["log"][:-7])
    data[start(log, len(log.batches) - 1) + 60] ^= 1
    a.put(log=bytes(data), record=None)
    a.refuses(8, "list", "verify", "log")


@attack("outsider")
def release_taken_out_longer(a):
    """a release taken out, the rest chained anew, and more put behind it than this machine saw"""
    log, them, v = a.log(), stranger(), a.vault()
    del log.batches[0]
    log.rechain({})
    while len(log.data()) <= len(a.base.now["log"]):
        e = al.Entry(0, v.last.epoch, v.last.time, al.GET, v.t["secret"][0].token_id, 1, f1.ZERO32, 1, b"")
        log.append(v.slot("ann").slot_id, them.keys.sign_sk, e)
    a.put(log=log)
    a.refuses(8, "list", "verify")


@attack("outsider")
def verdict_of_no_slot(a):
    """a verdict by a slot that the vault has not"""
    v, log, them = a.vault(), a.log(), stranger()
    log.append(them.slot_id, them.keys.sign_sk, verdict(v, them))
    a.put(log=log)
    a.refuses(8, "list")


@attack("an admin")
def verdict_that_does_not_open(a):
    """a verdict whose detail opens with no key, signed by its slot"""
    v, log, me = a.vault(), a.log(), a.me("eve")
    log.append(me.slot_id, me.keys.sign_sk, verdict(v, me)._replace(detail=bytes(168)))
    a.put(log=log)
    a.refuses(8, "list", "log")


@attack("another vault")
def change_with_another_log(a):
    """a change where another vault's log lies beside the file, and no record is: the log is not taken for the vault's"""
    a.put(log=a.base.other["log"], record=None)
    a.refused(8, "edit", "one", "--note", "x")
    a.want(read(a.home.path + "-log") == a.base.other["log"], "the other vault's log was written")


def anchored(a, **columns):
    """A past state that says of the log what is not so; the newest says what is."""
    v, me = a.vault(), a.me("eve")
    v.seal_all(me, **columns)
    v.seal_all(me, log_length=len(a.base.now["log"]), log_head=a.log().head())
    a.put(v, record=None)
    a.refuses(8, "verify")


@attack("an admin")
def anchor_between(a):
    """a past state that says the log had a length at which no entry of it ends"""
    anchored(a, log_length=len(a.base.now["log"]) - 5)


@attack("an admin")
def anchor_of_another_head(a):
    """a past state that says the log had another head at a length that it had"""
    anchored(a, log_length=len(a.base.now["log"]), log_head=h(b"another"))


@attack("an admin")
def anchor_beyond(a):
    """a past state that says the log was longer than it is: entries were cut"""
    anchored(a, log_length=1 << 40)


@attack("outsider")
def change_taken_out(a):
    """one of several changes of a state taken away, or there twice"""
    a.home.put(a.placed)
    a.home.must("vendor", "end", "Vendor B", key="ann")
    now = a.home.save()
    v = a.vault(now)
    first = min(v.t["change"])
    v.drop("change", first)
    a.put(v, log=now["log"], record=now["record"])
    a.refuses(8, "verify", "log")
    v.put("change", first, first._replace(n=9))
    a.put(v)
    a.refuses(8, "verify", "log")


# --- states, rows, wraps ----------------------------------------------------------------------------------------------

@attack(OWN)
def past_state_by_an_auditor(a):
    """a past state signed by an auditor's slot, chained on truly"""
    aud = a.me("aud")

    def change(v):
        v.change("state", v.one("state", epoch=v.last.epoch - 2), slot_id=aud.slot_id)

    v, keys = a.vault(), [a.me("ann"), a.me("eve"), aud]
    change(v)
    v.resign(3, {k.slot_id: k.keys.sign_sk for k in keys}, keys[0].sk_own)
    v.reseal_digests()
    v.sign_state(keys[1])
    a.put(v, record=None)
    a.refuses(8, "verify")


@attack(OWN)
def state_left_out(a):
    """an epoch left out of the history, chained on truly"""
    def change(v):
        v.drop("state", v.one("state", epoch=4))
    history(a, change)


@attack("outsider")
def short_key_counted(a):
    """a row under a key too short to be an id, and verify"""
    v = a.vault()
    v.put("object", v.t["object"][0]._replace(tag=b""))
    a.put(v)
    a.refuses(8, "verify")


@attack("outsider")
def trigger_changes_a_record(a):
    """a trigger that changes the row just written before it is read back"""
    a.put(sf.sql(a.base.now["db"], "CREATE TRIGGER extra AFTER INSERT ON object BEGIN UPDATE object SET version=version+7 "
                                   "WHERE tag=NEW.tag; END"))
    a.refused(8, "edit", "one", "--note", "x")


# --- grants -----------------------------------------------------------------------------------------------------------

@attack(OWN)
def key_grant_of_a_script(a):
    """a grant of K_meta's kind to a script under a token's id"""
    def change(v):
        s, one = v.slot("bot"), a.me("bot").labels["one"][0]
        v.put("grant", f1.grant_make(v.vault_id, one, s.slot_id, f1.META_GRANT, 1, 2, s.box_pk, bytes(32)))
    grants(a, change)


@attack(OWN)
def grant_of_an_erased_value(a):
    """a script's grant of a version whose value was erased, which still stands"""
    v, me = a.vault(), a.me("eve")
    o, x = v.token(me, "one")
    v.change("secret", v.one("secret", token_id=o.object_id, version=1), key_box=b"", value_box=b"")
    x["versions"][0].update(status=2, died="2026-01-02")
    v.put_object(me, o, x)
    signed(a, v)
    a.refuses(8, "verify")
    a.refused(8, "verify", key="bot")
