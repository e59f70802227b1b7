"""Slots that were ended, of each role, with the keys they had."""
import format1 as f1
from arena import VALUES, attack
from log_attacks import verdict
from roles_attacks import ENDED, opens, unsigned
from signers_attacks import EVERY
from vaultfile import stranger

ONE = VALUES["one", 3]


# --- slots that were ended --------------------------------------------------------------------------------------------

@attack("ended slots")
def ended_key(a):
    """the key of a slot that was ended, of each role: it unlocks, then 7 and since when; nothing is changed"""
    for name in ENDED:
        for command in ("get one", "list", "verify", "add x --account x@x.example --license licensed --no-value",
                        "access passwd --key-file-out new.key"):
            err = a.refused(7, *command.split(), key=name)
            a.says(err, "ended on 20")


@attack("ended slots")
def ended_key_on_an_older_copy(a):
    """the key of an ended slot with an older copy, where this machine saw the newer: 9"""
    for name in ENDED:
        a.put(db=a.base.before["db"])
        a.refused(9, "list", key=name)


@attack("ended slots")
def ended_keys_open_nothing_new(a):
    """what an ended slot knew, tried on every box of now: no record, no key, no value that was added since"""
    before, v = a.vault(a.base.before), a.vault()
    for name in ENDED:
        then = before.open(a.base.keys[name].decode())
        for s in before.t["secret"]:
            k = f1.secret_key(v.vault_id, s, then.adm)
            if k:
                then.tok[s.token_id, s.version] = k
        end = v.slot(name, status=f1.ENDED).ended_epoch
        found = opens(v, then)
        new = [(what, x) for what, x in found if what in ("object", "key_box", "grant", "previous") or
               (what == "value_box" and x.added_epoch > end) or (what == "detail" and x.epoch > end)]
        # The generations he had lead to older ones, which he had as well.
        new = [(what, x) for what, x in new if what != "previous" or x.generation > max(
            then.meta if x.kind == f1.META else then.adm, default=0)]
        a.want(not new, "%s opens %s" % (name, [(what, type(x).__name__) for what, x in new][:4]))


@attack("ended slots")
def ended_admin_signs(a):
    """a state signed by an ended admin's slot and the sk_own that he kept, in a roster that he leaves as it is"""
    then = a.vault(a.base.before).open(a.base.keys["old-adm"].decode())
    v = a.vault()
    v.reseal_digests()
    v.sign_state(then)
    a.put(v)
    a.refuses(8, *EVERY)


@attack("ended slots")
def ended_admin_forges(a):
    """an ended admin who kept sk_own adds a slot of his own and signs with it: by design that holds, until rekey"""
    then, them = a.vault(a.base.before).open(a.base.keys["old-adm"].decode()), stranger()
    v = a.vault()
    v.put("slot", f1.Slot(them.slot_id, b"mallory", f1.ADMIN, them.keys.box_pk, them.keys.sign_pk, f1.ACTIVE,
                          v.last.epoch + 1, 0))
    v.put("wrap", f1.wrap_make(v.vault_id, v.slot("mallory"), them.keys, then.pk_own, v.last.epoch + 1, f1.KEYFILE,
                               bytes(32), bytes(16)))
    ann = v.slot("ann")
    for g in v.all("grant", slot_id=ann.slot_id, ended_epoch=0):
        v.put("grant", f1.grant_make(v.vault_id, f1.ZERO16, them.slot_id, g.kind, g.version, 2, them.keys.box_pk, bytes(32)))
    k_meta = then.meta[max(then.meta)]
    g = max(then.meta)
    v.reseal_digests()
    epoch = v.last.epoch + 1
    v.sign_state(them, own_sk=then.sk_own, generation=g, detail=f1.detail_seal(
        v.vault_id, k_meta, b"{}", epoch, 9, f1.ZERO16, g))
    a.put(v)
    a.gives(ONE, "get", "one")
    a.gives(lambda out: b"mallory" in out, "access", "list")
    a.gives(lambda out: b"sound" in out, "verify")
    # What ann seals next she seals to him.
    a.run("access", "remove", "aud")
    w = a.vault(a.home.save())
    mine = [f1.grant_open(w.vault_id, g, them.keys) for g in w.all("grant", slot_id=them.slot_id, ended_epoch=0)]
    a.want(any(k and k != bytes(32) for k in mine), "nothing was sealed to him")


@attack("ended slots")
def ended_monitor_verdict(a):
    """a verdict by a monitor after he was ended, sealed with the K_meta of then: it counts for nothing"""
    then = a.vault(a.base.before).open(a.base.keys["old-mon"].decode())
    v, log = a.vault(), a.log()
    log.append(then.slot_id, then.keys.sign_sk, verdict(v, then))
    a.put(log=log)
    a.gives(lambda out: all(t["verdict"] is None for t in f1.json.loads(out)["items"]), "list", "--json")
    a.gives(lambda out: b'"verdict"' not in out, "due", "--json", status=10)


@attack("ended slots")
def ended_auditor_edits(a):
    """a record sealed by an ended auditor with the K_meta of then"""
    then = a.vault(a.base.before).open(a.base.keys["old-aud"].decode())
    v, me = a.vault(), a.me("ann")
    o, x = v.token(me, "one")
    v.put_object(then, o, dict(x, account="mallory@a.example"))
    unsigned(a, v, then, "ann", "aud")


@attack("ended slots")
def ended_script_grant(a):
    """an ended script's rows of then put back: slot, list and grants"""
    before, v = a.vault(a.base.before), a.vault()
    s = before.slot("old-bot")
    v.put("slot", s)
    v.put("grant", *before.all("grant", slot_id=s.slot_id))
    for top in (None, False, True):
        if top is not None:
            v.reseal_digests(top=top)
        a.put(v)
        a.refused(8, "get", "one", key="old-bot")
        a.refuses(8, "get one", "verify")


@attack("ended slots")
def compromised_key(a):
    """a key that was replaced by passwd --compromised: it unlocks the old slot, and is told 7; its wrap of then too"""
    a.home.put(a.placed)
    a.home.must("access", "passwd", "--compromised", "--key-file-out", a.home.key("new"), key="eve")
    now = a.home.save()
    a.put(db=now["db"], log=now["log"], record=now["record"])
    a.refused(7, "get", "one", key="eve")
    a.gives(ONE, "get", "one", key="new")
    v = a.vault(now)
    then = a.vault().open(a.base.keys["eve"].decode())
    end = v.slot("eve", status=f1.ENDED).ended_epoch
    new = [x for what, x in opens(v, then) if what in ("object", "key_box", "grant") or
           (what == "detail" and x.epoch > end)]
    a.want(not new, "the old key opens %d boxes of now" % len(new))
    v.put("wrap", *a.vault().t["wrap"])
    a.put(v)
    a.refused(7, "get", "one", key="eve")
