"""What stops somebody whose signature holds: who kept sk_own, or is an admin, signs what no program of ours would write.

By design he can say what he likes until `rekey`; but what he signs must be sound, the same for every reader, and signed in
his own name. These are the checks behind the signature."""
import os

import format1 as f1
from arena import attack
from sodium import aead, seal
from vaultfile import stranger

EVERY = ("get one", "list", "verify")


def signed(a, v, me=None, **columns):
    v.seal_all(me or a.me("eve"), **columns)
    a.put(v)


@attack("who kept sk_own")
def signed_by_an_ended_slot(a):
    """a state signed by sk_own and the slot of a former admin, which the same state says was ended"""
    v, me = a.vault(), a.me("eve")
    v.end_slot(me.slot_id)
    signed(a, v, me)
    a.refuses(8, *EVERY)


@attack("who kept sk_own")
def signed_before_it_was_added(a):
    """a state signed by a slot that is added only later"""
    v, me = a.vault(), a.me("eve")
    v.change("slot", v.slot("eve"), added_epoch=v.last.epoch + 2)
    signed(a, v, me)
    a.refuses(8, *EVERY)


@attack("who kept sk_own")
def signed_by_a_monitor(a):
    """a state signed by sk_own and a monitor's, an auditor's slot"""
    eve = a.me("eve")
    for name in ("mon", "aud"):
        v, me = a.vault(), a.me(name)
        signed(a, v, me, own_sk=eve.sk_own)
        a.refuses(8, *EVERY)


@attack("who kept sk_own")
def signed_by_no_slot(a):
    """a state signed by sk_own and a slot that the vault has not"""
    v, them, eve = a.vault(), stranger(), a.me("eve")
    them.sk_own, them.meta = eve.sk_own, eve.meta
    signed(a, v, them)
    a.refuses(8, *EVERY)


@attack("who kept sk_own")
def signed_in_anothers_name(a):
    """a state signed by sk_own in another admin's name"""
    v, me = a.vault(), a.me("eve")
    v.reseal_digests()
    v.sign_state(me, slot_id=v.slot("ann").slot_id)
    a.put(v)
    a.refuses(8, *EVERY)


@attack("who kept sk_own")
def history_signed_anew(a):
    """the whole history signed anew, other admins' states in their names: verify sees it also where no record is"""
    v, me = a.vault(), a.me("eve")
    v.change("state", v.one("state", epoch=3), log_id=b"\1" * 16)
    v.resign(3, {me.slot_id: me.keys.sign_sk}, me.sk_own)
    v.reseal_digests()
    v.sign_state(me)
    a.put(v)
    a.refuses(9, *EVERY)
    a.put(v, record=None)
    a.refuses(8, "verify")


def history(a, change, first=3, last=None):
    """History from an epoch on with true signatures of its slots (ann's and eve's keys), but for one change."""
    v = a.vault()
    keys = [a.me("ann"), a.me("eve")]
    change(v)
    v.resign(first, {k.slot_id: k.keys.sign_sk for k in keys}, keys[1].sk_own)
    if last:
        last(v)
    v.reseal_digests()
    v.sign_state(keys[1])
    a.put(v, record=None)
    a.refuses(8, "verify")


@attack("who kept sk_own")
def times_backwards(a):
    """a state whose time is before that of the state it follows"""
    history(a, lambda v: v.change("state", v.one("state", epoch=5), time=1))


@attack("who kept sk_own")
def detail_of_nothing(a):
    """a past state whose detail opens with no key"""
    history(a, lambda v: v.change("state", v.one("state", epoch=4), detail=bytes(168)))
    a.refuses(8, "log")


@attack("who kept sk_own")
def authority_of_a_past_state(a):
    """a past state with another authority's signature, chained on truly"""
    them = stranger()

    def last(v):
        s = v.one("state", epoch=4)
        v.put("state", s._replace(own_sig=f1.sign(them.sk_own, f1.state_own_bytes(v.vault_id, s))))
        v.resign(5, {k.slot_id: k.keys.sign_sk for k in (a.me("ann"), a.me("eve"))}, a.me("eve").sk_own)
        at = f1.state_hash(v.vault_id, v.one("state", epoch=4))
        v.change("state", v.one("state", epoch=5), previous=at)
        v.resign(5, {k.slot_id: k.keys.sign_sk for k in (a.me("ann"), a.me("eve"))}, a.me("eve").sk_own)
    history(a, lambda v: None, last=last)


@attack("who kept sk_own")
def first_state_follows(a):
    """a first state that follows another than the header's predecessor"""
    history(a, lambda v: v.change("state", v.one("state", epoch=1), previous=b"\1" * 32), first=1)


@attack("who kept sk_own")
def chain_broken(a):
    """a newest state that follows no state of the file"""
    v, me = a.vault(), a.me("eve")
    v.reseal_digests()
    v.sign_state(me, previous=b"\1" * 32)
    a.put(v, record=None)
    a.refuses(8, "verify", "log")
    a.put(v, record=a.base.now["record"])
    a.refuses(9, *EVERY)


@attack("who kept sk_own")
def changes_of_another(a):
    """a state that signs a list of changes and has another"""
    v, me = a.vault(), a.me("eve")
    v.reseal_digests()
    epoch = v.last.epoch + 1
    g = max(me.meta)
    detail = f1.detail_seal(v.vault_id, me.k_meta, b"{}", epoch, 4, bytes(16), g)
    v.put("change", f1.Change(epoch, 1, 4, bytes(16), g, detail))
    v.sign_state(me, changes=f1.changes_hash([]))
    a.put(v)
    a.refuses(8, "verify", "log")


@attack("who kept sk_own")
def change_that_does_not_open(a):
    """a change in the signed list whose detail opens with no key, or whose object is no id"""
    for columns in ({"detail": bytes(168)}, {"object_id": b"x"}):
        v, me = a.vault(), a.me("eve")
        v.reseal_digests()
        epoch = v.last.epoch + 1
        g = max(me.meta)
        detail = f1.detail_seal(v.vault_id, me.k_meta, b"{}", epoch, 4, bytes(16), g)
        v.put("change", f1.Change(epoch, 1, 4, bytes(16), g, detail)._replace(**columns))
        v.sign_state(me)
        a.put(v)
        a.refuses(8, "verify", "log")


# --- slots ------------------------------------------------------------------------------------------------------------

def slot_row(a, commands=EVERY, **columns):
    v = a.vault()
    v.change("slot", v.slot("aud"), **columns)
    signed(a, v)
    a.refuses(8, *commands)


@attack("who kept sk_own")
def role_of_no_name(a):
    """a slot with a role that there is not"""
    for role in (0, 5, -1, 1 << 40):
        slot_row(a, role=role)


@attack("who kept sk_own")
def status_of_no_name(a):
    """a slot that is neither active nor ended"""
    slot_row(a, status=3)
    slot_row(a, status=0)


@attack("who kept sk_own")
def slot_name_empty(a):
    """a slot without a name"""
    slot_row(a, ["get one", "list"], name=b"")


@attack("who kept sk_own")
def slot_name_long(a):
    """a slot whose name is longer than a name may be"""
    slot_row(a, ["get one", "list"], name=b"n" * 5000)


@attack("who kept sk_own")
def slot_name_on_the_terminal(a):
    """a slot named so that it drives the terminal"""
    slot_row(a, ["get one", "list", "log"], name=b"aud\x1b[2J\x1b]0;x\x07")
    slot_row(a, ["get one", "list"], name=b"aud\xff\xfe")


@attack("who kept sk_own")
def slot_columns_short(a):
    """a slot whose keys are cut"""
    for columns in ({"box_pk": b"short"}, {"sign_pk": b"short"}):
        slot_row(a, ["get one", "list"], **columns)


@attack("who kept sk_own")
def own_keys_replaced(a):
    """the victim's box key replaced in a signed roster: what is sealed to him from now on would be another's"""
    v, them = a.vault(), stranger()
    v.change("slot", v.slot("ann"), box_pk=them.keys.box_pk)
    signed(a, v)
    a.refuses(8, *EVERY)


@attack("who kept sk_own")
def wrap_without_its_slot(a):
    """a slot taken out of the signed roster whose wrap stays, and a wrap taken away whose slot stays"""
    v = a.vault()
    v.drop("slot", v.slot("mon"))
    signed(a, v)
    a.refuses(8, "verify")
    v = a.vault()
    v.drop("wrap", v.one("wrap", slot_id=v.slot("mon").slot_id))
    a.put(v)
    a.refuses(8, "verify")


@attack("who kept sk_own")
def wrap_of_another_slot_unsigned(a):
    """a wrap of a slot with a signature that is not that slot's"""
    v = a.vault()
    v.change("wrap", v.one("wrap", slot_id=v.slot("mon").slot_id), salt=bytes(16))
    a.put(v)
    a.refuses(8, "verify")


@attack("who kept sk_own")
def format_signed(a):
    """another format in the signed header"""
    v = a.vault()
    v.change("header", v.t["header"][0], format=2)
    signed(a, v)
    a.refuses(15, *EVERY)


@attack("who kept sk_own")
def two_headers_signed(a):
    """two headers, signed"""
    v = a.vault()
    v.t["header"].append(v.t["header"][0]._replace(one=2))
    signed(a, v)
    a.refuses(8, *EVERY)


@attack("who kept sk_own")
def header_predecessor_short(a):
    """a predecessor's hash of another length in the signed header"""
    v = a.vault()
    v.change("header", v.t["header"][0], predecessor_state=b"short")
    signed(a, v)
    a.refuses(8, "verify")


# --- grants and generations -------------------------------------------------------------------------------------------

def ann_grant(v, kind):
    return v.one("grant", slot_id=v.slot("ann").slot_id, kind=kind, ended_epoch=0)


def sealed_to_ann(v, kind, key):
    g = ann_grant(v, kind)
    return v.change("grant", g, box=seal(v.slot("ann").box_pk, f1.grant_context(v.vault_id, g) + key))


@attack("who kept sk_own")
def another_ledger_for_one(a):
    """a victim given another K_meta than others, and every record sealed with it: he would read another ledger"""
    v, me = a.small(("victim", "auditor"))
    them = stranger()
    s = v.slot("victim")
    g = v.one("grant", slot_id=s.slot_id)
    v.change("grant", g, box=seal(s.box_pk, f1.grant_context(v.vault_id, g) + them.k_meta))
    v.refile(them, me.meta)
    v.seal_all(me)
    a.put(v, log=None, record=None)
    a.refused(8, "list", key="victim")


@attack("who kept sk_own")
def another_k_adm_for_one(a):
    """a victim given another K_adm than others"""
    v = a.vault()
    sealed_to_ann(v, f1.KEYS, os.urandom(32))
    signed(a, v)
    a.refuses(8, "get one", "list", "verify")


@attack("who kept sk_own")
def another_authority_for_one(a):
    """a victim given another sk_own: the states he signs would open for nobody"""
    v, them = a.vault(), stranger()
    sealed_to_ann(v, f1.SIGN, them.sk_own)
    signed(a, v)
    a.refuses(8, "list", "verify")
    a.refused(8, "edit", "one", "--note", "x")


@attack("who kept sk_own")
def grant_marked_ended(a):
    """a grant that the signed row says was ended, with its box left in"""
    for kind in (f1.META_GRANT, f1.KEYS):
        v = a.vault()
        v.change("grant", ann_grant(v, kind), ended_epoch=2)
        signed(a, v)
        a.refuses(8, *EVERY)


@attack("who kept sk_own")
def grant_missing(a):
    """a grant that the role has taken away"""
    for kind, commands in ((f1.META_GRANT, EVERY), (f1.KEYS, EVERY), (f1.SIGN, ("list", "verify"))):
        v = a.vault()
        v.drop("grant", ann_grant(v, kind))
        signed(a, v)
        a.refuses(8, *commands)


@attack("who kept sk_own")
def grant_of_generation_zero(a):
    """a grant of generation 0 alone"""
    v = a.vault()
    g = ann_grant(v, f1.META_GRANT)
    v.drop("grant", g)
    v.put("grant", f1.grant_make(v.vault_id, f1.ZERO16, g.slot_id, f1.META_GRANT, 0, 1, v.slot("ann").box_pk, bytes(32)))
    signed(a, v)
    a.refuses(8, *EVERY)


@attack("who kept sk_own")
def grant_of_generation_huge(a):
    """a grant of a generation that there is not: 8, not "out of memory\""""
    for n in (99, 1 << 33, (1 << 63) - 1):
        v = a.vault()
        g = ann_grant(v, f1.META_GRANT)
        v.put("grant", f1.grant_make(v.vault_id, f1.ZERO16, g.slot_id, f1.META_GRANT, n, 1, v.slot("ann").box_pk, bytes(32)))
        signed(a, v)
        a.refuses(8, *EVERY)


@attack("who kept sk_own")
def grant_with_another_context(a):
    """a grant whose box names another vault, slot or kind inside, with the right key"""
    me = a.me("eve")
    for columns in ({"slot_id": bytes(16)}, {"kind": f1.KEYS}, {"version": 2}, {"object_id": b"\1" * 16}):
        v = a.vault()
        g = ann_grant(v, f1.META_GRANT)
        inside = f1.grant_context(v.vault_id, g._replace(**columns))
        v.change("grant", g, box=seal(v.slot("ann").box_pk, inside + me.k_meta))
        signed(a, v)
        a.refuses(8, *EVERY)


@attack("who kept sk_own")
def grant_too_long(a):
    """a grant whose box holds more than a key"""
    v, me = a.vault(), a.me("eve")
    g = ann_grant(v, f1.META_GRANT)
    v.change("grant", g, box=seal(v.slot("ann").box_pk, f1.grant_context(v.vault_id, g) + me.k_meta + bytes(5)))
    signed(a, v)
    a.refuses(8, *EVERY)


@attack("who kept sk_own")
def grant_of_a_short_key(a):
    """a grant whose box holds half a key"""
    for kind, key in ((f1.META_GRANT, a.me("eve").k_meta), (f1.KEYS, a.me("eve").k_adm), (f1.SIGN, a.me("eve").sk_own)):
        v = a.vault()
        sealed_to_ann(v, kind, key[:16])
        signed(a, v)
        a.refuses(8, "list", "verify")


@attack("who kept sk_own")
def grant_sealed_to_another(a):
    """a grant whose box is sealed to another slot's key"""
    v, me = a.vault(), a.me("eve")
    g = ann_grant(v, f1.META_GRANT)
    v.change("grant", g, box=seal(v.slot("aud").box_pk, f1.grant_context(v.vault_id, g) + me.k_meta))
    signed(a, v)
    a.refuses(8, *EVERY)


@attack("who kept sk_own")
def generation_kept_back(a):
    """a new generation that the victim is not given: he would go on sealing with the old one"""
    for kind, grant in ((f1.META, f1.META_GRANT), (f1.ADM, f1.KEYS)):
        v, me = a.vault(), a.me("eve")
        key, old = os.urandom(32), me.meta if kind == f1.META else me.adm
        g = max(old) + 1
        v.put("key", f1.key_row(v.vault_id, kind, g, key, old[g - 1]))
        for s in v.t["slot"]:
            if s.name != b"ann":
                v.put("grant", f1.grant_make(v.vault_id, f1.ZERO16, s.slot_id, grant, g, 2, s.box_pk, key))
        signed(a, v)
        a.refuses(8, *EVERY)
        a.refused(8, "rotate", "one", "--unchecked", stdin=b"fake00000000000000000000000000000NEW1\n")


@attack("who kept sk_own")
def commitment_missing(a):
    """the row of a generation taken away"""
    for kind in (f1.META, f1.ADM):
        v = a.vault()
        v.drop("key", max(v.all("key", kind=kind)))
        signed(a, v)
        a.refuses(8, *EVERY)
        v = a.vault()
        v.drop("key", v.one("key", kind=kind, generation=2))
        signed(a, v)
        a.refuses(8, *EVERY)


def next_generation(v, me, before):
    """One more generation of K_meta, with what the row says of the one before."""
    key, g = os.urandom(32), max(me.meta) + 1
    v.put("key", f1.key_row(v.vault_id, f1.META, g, key)._replace(previous=before(key, g)))
    for s in v.t["slot"]:
        v.put("grant", f1.grant_make(v.vault_id, f1.ZERO16, s.slot_id, f1.META_GRANT, g, 2, s.box_pk, key))
    me.meta[g] = key


@attack("who kept sk_own")
def generation_before_damaged(a):
    """a generation whose row leads to no older one, or to another"""
    for before in (lambda key, g: bytes(72), lambda key, g: b"",
                   lambda key, g: aead(f1.seal_key(f1.META, key), b"x", bytes(32))):
        v, me = a.vault(), a.me("eve")
        next_generation(v, me, before)
        v.refile(me, me.meta)
        signed(a, v, me)
        a.refuses(8, *EVERY)


@attack("who kept sk_own")
def generation_before_another(a):
    """a generation whose row leads truly to a key that is not the one before: old records would open to others"""
    v, me = a.vault(), a.me("eve")

    def before(key, g):
        commit = f1.commitment(v.vault_id, f1.META, g, key)
        return aead(f1.seal_key(f1.META, key), f1.previous_ad(v.vault_id, f1.META, g, commit), bytes(32))
    next_generation(v, me, before)
    v.refile(me, me.meta)
    signed(a, v, me)
    a.refuses(8, *EVERY)
