"""What auditors, monitors and scripts may not do with the keys they have, and slots that were ended with those they had."""
import os

import accesslog as al
import format1 as f1
from arena import VALUES, WRONG, attack
from log_attacks import verdict
from sodium import aead_open, kdf, seal, seal_open
from vaultfile import stranger

ONE, TWO = VALUES["one", 3], VALUES["two", 1]
EVERY = ("get one", "list", "verify")
ENDED = ("old-adm", "old-mon", "old-aud", "old-bot")
CHANGES = ("add x --account x@x.example --license licensed --no-value", "edit one --note x", "remove three --force",
           "vendor add X", "share one --vendor X --to x@x.example", "unshare one --vendor X", "access add x --role admin "
           "--key-file-out x.key", "access remove eve", "access grant bot two", "access revoke bot one")


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


# --- signed grants ----------------------------------------------------------------------------------------------------

def signed(a, v, me=None):
    v.seal_all(me or a.me("eve"))
    a.put(v)


@attack("who kept sk_own")
def value_for_a_script_alone(a):
    """a value replaced for a script alone by who has no K_adm: the commitment stays, K_tok and box are his"""
    v, k_tok = a.vault(), os.urandom(32)
    s = max(v.t["secret"], key=lambda r: r.version)
    box = f1.secret_seal(v.vault_id, s, os.urandom(32), k_tok, WRONG, keep_commitment=True).value_box
    v.change("secret", s, value_box=box)
    v.put("grant", grant_to(v, s.token_id, s.version, v.slot("bot"), k_tok))
    signed(a, v)
    a.refused(8, "get", "one", key="bot")
    a.refused(8, "verify", key="bot")
    a.refuses(8, "get one", "verify")


@attack("who kept sk_own")
def grant_of_another_token(a):
    """a script's grant for one token whose box is that for another"""
    v, me = a.vault(), a.me("eve")
    bot = v.slot("bot")
    g = v.one("grant", slot_id=bot.slot_id, kind=f1.TOKEN_GRANT, version=3)
    two = v.one("secret", token_id=v.token(me, "two")[0].object_id, version=1)
    k_tok = f1.secret_key(v.vault_id, two, me.adm)
    v.change("grant", g, box=grant_to(v, two.token_id, 1, bot, k_tok).box)
    signed(a, v)
    a.refused(8, "get", "one", key="bot")
    v.change("grant", v.one("grant", slot_id=bot.slot_id, kind=f1.TOKEN_GRANT, version=3),
             box=seal(bot.box_pk, f1.grant_context(v.vault_id, g) + b"short"))
    signed(a, v)
    a.refused(8, "get", "one", key="bot")


@attack("who kept sk_own")
def list_that_is_none(a):
    """a script's list taken away, marked ended, of bytes that are no list, too long for any"""
    bot = a.vault().slot("bot")

    def g(v):
        return v.one("grant", slot_id=bot.slot_id, kind=f1.LABELS_GRANT)

    def boxed(v, plain):
        return v.change("grant", g(v), box=seal(bot.box_pk, f1.grant_context(v.vault_id, g(v)) + plain))
    token = a.me("bot").labels["one"]
    text = f1.unpad(f1.labels_key({"one": token}))
    for change in (lambda v: v.drop("grant", g(v)), lambda v: v.change("grant", g(v), ended_epoch=3),
                   lambda v: boxed(v, bytes(128)), lambda v: boxed(v, f1.pad(128, b"\xff" * 9)),
                   lambda v: boxed(v, f1.pad(128, text + text)), lambda v: boxed(v, f1.pad(128, text[:-1] + b"\x09")),
                   lambda v: boxed(v, f1.pad(128, (3).to_bytes(4, "little") + b"o\0e" + text[7:]))):
        v = a.vault()
        change(v)
        signed(a, v)
        a.refused(8, "get", "one", key="bot")
        a.refused(8, "list", key="bot")


@attack("who kept sk_own")
def granted_version_ended(a):
    """a script's grant of the current version marked ended, with its box left in: 7, never an older version unasked"""
    v = a.vault()
    g = v.one("grant", slot_id=v.slot("bot").slot_id, kind=f1.TOKEN_GRANT, version=3)
    v.change("grant", g, ended_epoch=v.last.epoch)
    signed(a, v)
    a.refused(7, "get", "one", key="bot")
    v.drop("grant", *v.all("grant", slot_id=g.slot_id, kind=f1.TOKEN_GRANT, version=3))
    signed(a, v)
    a.refused(7, "get", "one", key="bot")
    a.refused(8, "verify")


@attack("who kept sk_own")
def script_has_no_value(a):
    """a script's list that names a token which the vault has not, or whose newest version is missing"""
    v = a.vault()
    bot, me = v.slot("bot"), a.me("bot")
    g = v.one("grant", slot_id=bot.slot_id, kind=f1.LABELS_GRANT)
    v.change("grant", g, box=seal(bot.box_pk, f1.grant_context(v.vault_id, g) + f1.labels_key(
        {"one": (b"\7" * 16, "us")})))
    signed(a, v)
    a.refused(8, "get", "one", key="bot")
    a.refused(8, "list", key="bot")
    v = a.vault()
    one = me.labels["one"][0]
    v.drop("secret", v.one("secret", token_id=one, version=2))
    signed(a, v)
    a.refused(8, "get", "one", "--token-version", "2", key="bot")


def grants(a, change, *readers):
    v = a.vault()
    change(v)
    signed(a, v)
    for key in readers or ("ann", "aud", "mon", "bot"):
        a.refused(8, "verify", key=key)


@attack("who kept sk_own")
def grant_beyond_the_role(a):
    """an auditor granted K_adm, a monitor SIGN, a script K_meta: verify says so to everybody"""
    me = a.me("eve")

    def give(name, kind, generation, key):
        def change(v):
            s = v.slot(name)
            v.put("grant", f1.grant_make(v.vault_id, f1.ZERO16, s.slot_id, kind, generation, 2, s.box_pk, key))
        return change
    grants(a, give("aud", f1.KEYS, max(me.adm), me.k_adm))
    grants(a, give("mon", f1.SIGN, 1, me.sk_own))
    grants(a, give("bot", f1.META_GRANT, max(me.meta), me.k_meta))


@attack("who kept sk_own")
def grant_less_than_the_role(a):
    """an auditor without K_meta, an admin without SIGN: verify says so to others"""
    def take(name, kind):
        return lambda v: v.drop("grant", v.one("grant", slot_id=v.slot(name).slot_id, kind=kind, ended_epoch=0))
    grants(a, take("aud", f1.META_GRANT), "ann", "mon", "bot")
    grants(a, take("eve", f1.SIGN), "ann", "aud", "mon", "bot")


@attack("who kept sk_own")
def grant_twice(a):
    """the same granted twice, in two generations"""
    me = a.me("eve")

    def change(v):
        s = v.slot("aud")
        v.put("grant", f1.grant_make(v.vault_id, f1.ZERO16, s.slot_id, f1.META_GRANT, 1, 2, s.box_pk, me.meta[1]))
    grants(a, change)


@attack("who kept sk_own")
def ended_grant_still_holds(a):
    """a grant that ended with its box left in, one that stands with none, one that stands of an ended slot"""
    me = a.me("eve")

    def ended(v):
        g = v.one("grant", slot_id=v.slot("bot").slot_id, kind=f1.TOKEN_GRANT, version=1)
        v.change("grant", g, ended_epoch=3)

    def empty(v):
        v.change("grant", v.one("grant", slot_id=v.slot("aud").slot_id, ended_epoch=0), box=b"")

    def of_ended(v):
        s = v.slot("old-aud", status=f1.ENDED)
        v.put("grant", f1.grant_make(v.vault_id, f1.ZERO16, s.slot_id, f1.META_GRANT, max(me.meta), 2, s.box_pk, me.k_meta))
    grants(a, ended)
    grants(a, empty, "ann", "mon", "bot")
    grants(a, of_ended)


@attack("who kept sk_own")
def grant_of_no_slot(a):
    """a grant to a slot that the vault has not, a grant of version 0"""
    me = a.me("eve")

    def nobody(v):
        s = stranger()
        v.put("grant", f1.grant_make(v.vault_id, f1.ZERO16, s.slot_id, f1.META_GRANT, 1, 2, s.keys.box_pk, me.k_meta))

    def zero(v):
        s = v.slot("bot")
        v.put("grant", f1.grant_make(v.vault_id, me_one(a), s.slot_id, f1.TOKEN_GRANT, 0, 2, s.box_pk, bytes(32)))
    grants(a, nobody)
    grants(a, zero)


def me_one(a):
    return a.me("bot").labels["one"][0]


@attack("who kept sk_own")
def grant_in_a_wrong_place(a):
    """a script's grant among the roster's; an auditor granted a token"""
    def roster(v):
        s = v.slot("bot")
        v.put("grant", f1.grant_make(v.vault_id, f1.ZERO16, s.slot_id, f1.TOKEN_GRANT, 1, 2, s.box_pk, bytes(32)))

    def auditor(v):
        s = v.slot("aud")
        v.put("grant", f1.grant_make(v.vault_id, me_one(a), s.slot_id, f1.TOKEN_GRANT, 3, 2, s.box_pk, bytes(32)))

    for change in (roster, auditor):
        grants(a, change)


@attack("who kept sk_own")
def list_filed_as_anothers(a):
    """a script's list filed under another id than its slot's"""
    def change(v):
        g = v.one("grant", slot_id=v.slot("bot").slot_id, kind=f1.LABELS_GRANT)
        v.drop("grant", g)
        v.put("grant", g._replace(object_id=b"\7" * 16))
    grants(a, change, "ann", "aud", "mon")
    a.refused(8, "get", "one", key="bot")


@attack("who kept sk_own")
def grant_of_no_value(a):
    """a script granted a version that there is not, one whose value is gone"""
    def none(v):
        s = v.slot("bot")
        v.put("grant", f1.grant_make(v.vault_id, me_one(a), s.slot_id, f1.TOKEN_GRANT, 9, 2, s.box_pk, bytes(32)))
    grants(a, none)


@attack("who kept sk_own")
def list_and_grants_differ(a):
    """a script granted what is not in its list for admins; a list that names what was not granted; no list at all"""
    me = a.me("eve")

    def more(v):
        s, two = v.slot("bot"), v.token(me, "two")[0].object_id
        v.put("grant", f1.grant_make(v.vault_id, two, s.slot_id, f1.TOKEN_GRANT, 1, 2, s.box_pk, bytes(32)))

    def less(v):
        s = v.slot("bot")
        v.drop("grant", v.one("grant", slot_id=s.slot_id, kind=f1.TOKEN_GRANT, version=3))

    def unlisted(v):
        s = v.slot("bot")
        v.drop("object", v.one("object", tag=v.tag(me, f1.LABELS, s.slot_id)))

    def no_list(v):
        s = v.slot("bot")
        v.drop("grant", v.one("grant", slot_id=s.slot_id, kind=f1.LABELS_GRANT))
    for change in (more, less, unlisted):
        grants(a, change, "ann", "aud", "mon")
    grants(a, no_list)


@attack("who kept sk_own")
def labels_of_another(a):
    """a script's list for admins that names another slot inside, or in its row"""
    v, me = a.vault(), a.me("eve")
    s = v.slot("bot")
    o = v.one("object", tag=v.tag(me, f1.LABELS, s.slot_id))
    x = f1.json.loads(f1.object_open(v.vault_id, o, me.meta))
    for row, text in ((o, dict(x, slot="07" * 16)), (o._replace(object_id=b"\7" * 16), x)):
        v = a.vault()
        v.put_object(me, row, text)
        signed(a, v)
        a.refuses(8, "verify", "access grant bot two")


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
