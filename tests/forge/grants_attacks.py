"""Grants that are signed and not sound: of scripts, of roles, of slots that were ended."""
import os

import format1 as f1
from arena import WRONG, attack
from roles_attacks import grant_to
from signers_attacks import signed
from sodium import seal
from vaultfile import stranger


# --- signed grants ----------------------------------------------------------------------------------------------------

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


