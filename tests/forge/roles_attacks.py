"""What auditors, monitors and scripts may not do with the keys they have, and slots that were ended with those they had."""
import os

import accesslog as al
import format1 as f1
from arena import VALUES, WRONG, attack
from log_attacks import verdict
from sodium import aead_open, kdf, seal, seal_open
from vaultfile import stranger

ONE = VALUES["one", 3]
EVERY = ("get one", "list", "verify")
ENDED = ("old-adm", "old-mon", "old-aud", "old-bot")
CHANGES = ("add x --account x@x.example --license licensed --no-value", "edit one --note x", "remove three --force",
           "vendor add X", "share one --vendor X --to x@x.example", "unshare one --vendor X", "access add x --role admin "
           "--key-file-out x.key", "access remove eve", "access grant bot two", "access revoke bot one",
           "access passwd --compromised --key-file-out y.key", "rekey --key-file-dir keys --no-recovery", "log --rotate")


def unsigned(a, v, me, *keys):
    """Rows as he would have them, digests that fit, and a state as far as his keys go: refused by everybody."""
    v.reseal_digests()
    a.put(v)
    for key in keys:
        a.refused(8, "verify", key=key)
        a.refused(8, "list", key=key)
    v.sign_state(me, own_sk=stranger().sk_own)
    a.put(v)
    for key in keys:
        a.refused(8, "verify", key=key)
        a.refused(8, "list", key=key)


def keys_of(me):
    """Every 32 bytes that he has, and what can be derived from them by the format's labels."""
    roots = [me.keys.seed, me.keys.box_sk, me.keys.sign_sk[:32], *me.meta.values(), *me.adm.values(), *me.tok.values()]
    labels = ((1, "svslotbx"), (2, "svslotsg"), (1, "svmetaen"), (2, "svmettag"), (1, "svadmwrp"), (2, "svadmtag"),
              (1, "svtokenc"), (2, "svtokcom"), (1, "svwrapke"), (2, "svwrapch"))
    return roots + [kdf(k, i, ctx) for k in roots for i, ctx in labels]


def opens(v, me, keys=None):
    """(what, row) of all that a slot's holder can open of a file, by trial of every key on every box."""
    keys, out = keys or keys_of(me), []
    for s in v.t["secret"]:
        for what, label in (("key_box", "smartvault1/token-key"), ("value_box", "smartvault1/token-value")):
            if any(aead_open(k, f1.secret_ad(label, v.vault_id, s), getattr(s, what)) is not None for k in keys):
                out.append((what, s))
    for o in v.t["object"]:
        m = int.from_bytes(o.box[:8], "little")
        if any(aead_open(k, f1.object_ad(v.vault_id, o, m), o.box[8:]) is not None for k in keys):
            out.append(("object", o))
    for s in v.t["state"] + v.t["change"]:
        ad = f1.detail_ad(v.vault_id, s.epoch, s.action, s.object_id, s.generation)
        if any(aead_open(k, ad, s.detail) is not None for k in keys):
            out.append(("detail", s))
    for g in v.t["grant"]:
        if g.box and seal_open(me.keys.box_pk, me.keys.box_sk, g.box) is not None:
            out.append(("grant", g))
    for k in v.t["key"]:
        ad = f1.previous_ad(v.vault_id, k.kind, k.generation, k.commitment)
        if k.previous and any(aead_open(x, ad, k.previous) is not None for x in keys):
            out.append(("previous", k))
    return out


# --- an auditor -------------------------------------------------------------------------------------------------------

@attack("auditor")
def auditor_edits(a):
    """metadata edited by an auditor: an account, a hand-over's end, sealed truly with K_meta"""
    v, me = a.vault(), a.me("aud")
    o, x = v.token(me, "one")
    v.put_object(me, o, dict(x, account="mallory@a.example"))
    unsigned(a, v, me, "ann", "aud")
    a.refused(8, "get", "one")
    v = a.vault()
    o, x = v.objects(me, f1.HANDOVER)[0]
    x["periods"][0]["ended"] = "2026-01-02"
    v.put_object(me, o, x)
    unsigned(a, v, me, "ann", "aud")


@attack("auditor")
def auditor_relabels(a):
    """a token's record moved by an auditor under the label of another: get two would give one's value"""
    v, me = a.vault(), a.me("aud")
    (o, x), (p, y) = v.token(me, "one"), v.token(me, "two")
    v.put_object(me, o._replace(tag=p.tag), dict(x, label="two"))
    v.put_object(me, p._replace(tag=o.tag), dict(y, label="one"))
    unsigned(a, v, me, "ann", "mon")
    a.refuses(8, "get one", "get two")


@attack("auditor")
def auditor_signs(a):
    """a state signed by an auditor: with his own slot, in an admin's name"""
    me = a.me("aud")
    for columns in ({}, {"slot_id": a.vault().slot("ann").slot_id}):
        v = a.vault()
        v.reseal_digests()
        v.sign_state(me, own_sk=me.keys.sign_sk, **columns)
        a.put(v)
        a.refuses(8, *EVERY)


@attack("auditor")
def auditor_opens_no_token(a):
    """an auditor tries every key he has on every box: no key of a token, no value, no grant but his own"""
    v, me = a.vault(), a.me("aud")
    found = opens(v, me)
    a.want(not [x for what, x in found if what in ("key_box", "value_box")], "a value or its key opened")
    a.want({g.kind for what, g in found if what == "grant"} == {f1.META_GRANT}, "a grant opened")
    a.want({k.kind for what, k in found if what == "previous"} == {f1.META}, "a generation of K_adm opened")
    a.want(sum(what == "object" for what, _ in found) == len(v.t["object"]), "records that he may read do not open")


@attack("auditor")
def auditor_asks(a):
    """an auditor asks for what is not his: 7 each time, and nothing is changed"""
    a.refuses(7, "get one", "run one -- true", "rotate one --unchecked", "check one", *CHANGES, key="aud")


@attack("auditor")
def auditor_verdict(a):
    """a verdict signed by an auditor: it counts for nothing, and buries nothing"""
    v, log, me = a.vault(), a.log(), a.me("aud")
    log.append(me.slot_id, me.keys.sign_sk, verdict(v, me))
    a.put(log=log)
    a.gives(lambda out: all(t["verdict"] is None for t in f1.json.loads(out)["items"]), "list", "--json")
    a.gives(lambda out: b'"verdict"' not in out, "due", "--json", status=10)


@attack("auditor")
def auditor_verdict_in_anothers_name(a):
    """a verdict in a monitor's name, sealed truly, signed by an auditor"""
    v, log, me = a.vault(), a.log(), a.me("aud")
    own, me.slot_id = me.slot_id, v.slot("mon").slot_id
    log.append(me.slot_id, me.keys.sign_sk, verdict(v, me))
    a.put(log=log)
    a.refuses(8, "list", "due", "verify", "log")
    a.want(own != me.slot_id, "the same slot")


@attack("auditor")
def auditor_takes_a_grant(a):
    """an admin's KEYS grant copied by an auditor under a row of his own, and his role raised"""
    v, me = a.vault(), a.me("aud")
    g = v.one("grant", slot_id=v.slot("ann").slot_id, kind=f1.KEYS, ended_epoch=0)
    v.put("grant", g._replace(slot_id=me.slot_id))
    v.change("slot", v.slot("aud"), role=f1.MONITOR)
    unsigned(a, v, me, "ann", "aud")


@attack("auditor")
def auditor_new_generation(a):
    """a new generation of K_meta by an auditor, granted to all: what admins write next he would choose the key of"""
    v, me = a.vault(), a.me("aud")
    key, g = os.urandom(32), max(me.meta) + 1
    v.put("key", f1.key_row(v.vault_id, f1.META, g, key, me.k_meta))
    for s in v.all("slot", status=f1.ACTIVE):
        v.put("grant", f1.grant_make(v.vault_id, f1.ZERO16, s.slot_id, f1.META_GRANT, g, 2, s.box_pk, key))
    unsigned(a, v, me, "ann", "mon")
    a.refuses(8, *["edit one --note x", "get one"])


# --- a monitor --------------------------------------------------------------------------------------------------------

@attack("monitor")
def monitor_replaces_a_value(a):
    """a value replaced by a monitor, who has K_adm and K_meta: row, tag and record are perfect, the signature is not"""
    v, me = a.vault(), a.me("mon")
    s = v.one("secret", token_id=v.token(me, "one")[0].object_id, version=3)
    v.put_value(me, s, WRONG)
    v.file_value(me, s.token_id, 3, WRONG)
    unsigned(a, v, me, "ann", "mon", "aud")
    a.refused(8, "get", "one")
    a.refused(8, "get", "one", key="bot")


@attack("monitor")
def monitor_signs(a):
    """a state signed by a monitor: with his own slot, in an admin's name"""
    me = a.me("mon")
    for columns in ({}, {"slot_id": a.vault().slot("ann").slot_id}):
        v = a.vault()
        v.reseal_digests()
        v.sign_state(me, own_sk=me.keys.sign_sk, **columns)
        a.put(v)
        a.refuses(8, *EVERY)


@attack("monitor")
def monitor_asks(a):
    """a monitor asks for what is not his: 7 each time, and nothing is changed"""
    a.refuses(7, "get one", "run one -- true", "rotate one --unchecked", *CHANGES, key="mon")


@attack("monitor")
def monitor_has_no_authority(a):
    """a monitor tries every key he has on every box: all values, and no sk_own"""
    v, me = a.vault(), a.me("mon")
    found = opens(v, me)
    a.want({g.kind for what, g in found if what == "grant"} == {f1.META_GRANT, f1.KEYS}, "a grant opened")
    a.want(me.sk_own is None, "sk_own")


@attack("monitor")
def verdict_from_the_future(a):
    """a monitor's verdict dated decades ahead: one that is logged later is the newest all the same"""
    v, log, mon, ann = a.vault(), a.log(), a.me("mon"), a.me("ann")
    for me, time in ((mon, v.last.time + 10**9), (mon, (1 << 63) - 1), (ann, v.last.time)):
        e = verdict(v, me)
        text = {"result": "valid" if me is mon else "invalid", "http_status": 200, "base": "https://api.smartsheet.com/2.0"}
        log.append(me.slot_id, me.keys.sign_sk, al.sealed(me.k_meta, v.vault_id, me.slot_id, e._replace(time=time, detail=b""),
                                                          f1.to_json(text)))
    a.put(log=log)
    a.gives(lambda out: [t["verdict"]["result"] for t in f1.json.loads(out)["items"] if t["label"] == "one"] == ["invalid"],
            "list", "--json")


@attack("monitor")
def monitor_verdict(a):
    """a verdict by a monitor: it counts, by design, and is shown with its time"""
    v, log, me = a.vault(), a.log(), a.me("mon")
    log.append(me.slot_id, me.keys.sign_sk, verdict(v, me))
    a.put(log=log)
    a.gives(lambda out: [t["verdict"] and t["verdict"]["result"] for t in f1.json.loads(out)["items"]
                         if t["label"] == "one"] == ["invalid"], "list", "--json")


# --- a script ---------------------------------------------------------------------------------------------------------

def grant_to(v, token_id, version, slot, k_tok):
    return f1.grant_make(v.vault_id, token_id, slot.slot_id, f1.TOKEN_GRANT, version, 2, slot.box_pk, k_tok)


@attack("outsider")
def forged_grant_to_a_script(a):
    """a grant to a script with a key and a value of the attacker's: its get must not return his token"""
    v, k_tok = a.vault(), os.urandom(32)
    s = max(v.t["secret"], key=lambda r: r.version)
    new = f1.secret_seal(v.vault_id, s, os.urandom(32), k_tok, WRONG)
    v.put("secret", new)
    v.put("grant", grant_to(v, s.token_id, s.version, v.slot("bot"), k_tok))
    them = stranger()
    for step in ("rows", "groups", "top", "root", "signed"):
        if step in ("groups", "top"):
            v.reseal_digests(top=step == "top")
        if step == "root":
            v.change("state", v.last, root=v.root)
        if step == "signed":
            v.put("slot", f1.Slot(them.slot_id, b"mallory", f1.ADMIN, them.keys.box_pk, them.keys.sign_pk, f1.ACTIVE, 1, 0))
            v.seal_all(them)
        for record in (a.base.now["record"], None):
            a.put(v, record=record)
            a.refused(8, "get", "one", key="bot")
    a.put(a.vault(), record=a.base.now["record"])
    a.gives(ONE, "get", "one", key="bot")


@attack("outsider")
def forged_list_for_a_script(a):
    """a script's list with the attacker's token under a label that it asks for"""
    v = a.vault()
    bot = v.slot("bot")
    g = v.one("grant", slot_id=bot.slot_id, kind=f1.LABELS_GRANT)
    two = next(s for s in v.t["secret"] if s.token_id != max(v.t["secret"], key=lambda r: r.version).token_id)
    box = seal(bot.box_pk, f1.grant_context(v.vault_id, g) + f1.labels_key({"one": (two.token_id, "us")}))
    v.change("grant", g, box=box)
    for top in (None, False, True):
        if top is not None:
            v.reseal_digests(top=top)
        a.put(v)
        a.refused(8, "get", "one", key="bot")
        a.refused(8, "list", key="bot")


@attack("script")
def script_widens_its_list(a):
    """a script's list with a label more, sealed to itself, and a grant copied from another token's"""
    v, me = a.vault(), a.me("bot")
    bot, ann = v.slot("bot"), a.me("ann")
    two = v.token(ann, "two")[0].object_id
    g = v.one("grant", slot_id=bot.slot_id, kind=f1.LABELS_GRANT)
    own = v.one("grant", slot_id=bot.slot_id, kind=f1.TOKEN_GRANT, version=3)
    v.change("grant", g, box=seal(bot.box_pk, f1.grant_context(v.vault_id, g) + f1.labels_key(
        dict(me.labels, two=(two, "us")))))
    v.put("grant", own._replace(object_id=two, version=1))
    me.meta = {1: bytes(32)}
    unsigned(a, v, me, "ann", "bot")
    a.refused(8, "get", "two", key="bot")
    a.refused(8, "get", "one", key="bot")


@attack("script")
def script_opens_its_own(a):
    """a script tries every key it has on every box: its own token's values, its own grants, nothing else"""
    v, me = a.vault(), a.me("bot")
    one = v.token(a.me("ann"), "one")[0].object_id
    found = opens(v, me)
    a.want({what for what, _ in found} == {"value_box", "grant"}, "opens " + repr({what for what, _ in found}))
    a.want({s.token_id for what, s in found if what == "value_box"} == {one}, "another's value opened")
    a.want({g.slot_id for what, g in found if what == "grant"} == {me.slot_id}, "another's grant opened")


@attack("script")
def script_asks(a):
    """a script asks for what is not its own: 3 for a label, 7 for what is an admin's, and nothing is changed"""
    a.refused(3, "get", "two", key="bot")
    a.refused(3, "get", "nothing", key="bot")
    a.refuses(7, "holders", "due", "show one", "rotate one --unchecked", "check one", *CHANGES, key="bot")
    a.gives(lambda out: [t["label"] for t in f1.json.loads(out)["items"]] == ["one"], "list", "--json", key="bot")


@attack("script")
def script_verdict(a):
    """a verdict signed by a script: it counts for nothing"""
    v, log, me = a.vault(), a.log(), a.me("bot")
    me.meta = a.me("aud").meta  # with an auditor's help
    log.append(me.slot_id, me.keys.sign_sk, verdict(v, me))
    a.put(log=log)
    a.gives(lambda out: all(t["verdict"] is None for t in f1.json.loads(out)["items"]), "list", "--json")


@attack("script")
def script_signs(a):
    """a state signed by a script"""
    v, me = a.vault(), a.me("bot")
    v.reseal_digests()
    v.sign_state(me, own_sk=me.keys.sign_sk)
    a.put(v)
    a.refuses(8, *EVERY)
    a.refused(8, "get", "one", key="bot")


@attack("script")
def script_grant_put_back(a):
    """a grant that was revoked put back from an older copy, box and row"""
    a.home.put(a.placed)
    a.home.must("access", "revoke", "bot", "one", key="ann")
    now, old = a.home.save(), a.vault()
    a.put(db=now["db"], log=now["log"], record=now["record"])
    a.refused(3, "get", "one", key="bot")
    v = a.vault(now)
    v.put("grant", *old.all("grant", slot_id=v.slot("bot").slot_id))
    for top in (None, False, True):
        if top is not None:
            v.reseal_digests(top=top)
        a.put(v)
        a.refused(8, "get", "one", key="bot")
    a.put(db=a.base.now["db"])
    a.refused(9, "get", "one", key="bot")
