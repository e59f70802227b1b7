"""What stops somebody whose signature holds from signing records, values and logs that are not sound."""
import accesslog as al
import format1 as f1
import sqlitefile as sf
from arena import VALUES, WRONG, attack
from log_attacks import verdict, with_record
from rows_attacks import two_of_one_key
from signers_attacks import EVERY, signed
from sodium import u64
from vaultfile import Vault

ONE = VALUES["one", 3]


# --- objects and values -----------------------------------------------------------------------------------------------

@attack("who kept sk_own")
def duplicate_rows_signed(a):
    """two rows of one key with digests that count both, signed: a look-up would find one or the other"""
    me, db = a.me("eve"), None
    for i in range(1, 99):  # until both stand in one page
        v = a.vault()
        tags = [bytes([i]) * 15 + bytes([last]) for last in (1, 2)]
        for tag in tags:
            v.put_object(me, f1.Object(tag, bytes(16), f1.VALUE, 1, 1, b""), {"token": "00" * 16, "version": 1})
        v.seal_all(me)
        db = two_of_one_key(v.file(), "twice", tags)
        if db:
            break
    w = Vault(db)
    w.t["digest"] = f1.digests_of(w.t)
    w.sign_state(me)
    twice, w.was["object"], w.t["object"] = w.t["object"], [], []
    out = w.file()
    a.want(sorted(twice) == sorted(Vault(out).t["object"]) and len(set(twice)) < len(twice), "the two rows did not stay")
    a.put(out)
    a.refuses(8, "list", "verify")


@attack("who kept sk_own")
def record_that_does_not_open(a):
    """a record's box damaged, of another row, of a generation that is not"""
    for box in (lambda o, p: o.box[:-1] + bytes([o.box[-1] ^ 1]), lambda o, p: p.box, lambda o, p: u64(77) + o.box[8:],
                lambda o, p: o.box[:5]):
        v, me = a.vault(), a.me("eve")
        o, p = v.token(me, "one")[0], v.token(me, "two")[0]
        v.change("object", o, box=box(o, p))
        signed(a, v)
        a.refuses(8, *EVERY)


@attack("who kept sk_own")
def policy_under_another_name(a):
    """a policy filed beside the one, where nobody would look for it, and one of an id that is none"""
    for name, object_id, asked in (("policies", bytes(16), ("verify",)), ("policy", b"\7" * 16, ("verify", "policy list", "due"))):
        v, me = a.vault(), a.me("eve")
        v.put_object(me, f1.Object(v.tag(me, f1.POLICY, name), object_id, f1.POLICY, 1, 1, b""), {"rules": {"slot": {"off": True}}})
        signed(a, v)
        a.refuses(8, *asked)


@attack("who kept sk_own")
def record_of_another_kind(a):
    """a vendor's record under a token's tag"""
    v, me = a.vault(), a.me("eve")
    o = v.token(me, "one")[0]
    vendor, text = v.objects(me, f1.VENDOR)[0]
    v.drop("object", o)
    v.put_object(me, vendor._replace(tag=o.tag), text)
    signed(a, v)
    a.refuses(8, "get one", "show one")


@attack("who kept sk_own")
def record_under_another_name(a):
    """a token's record, sealed truly, under the tag of another label: get two would give one's value"""
    v, me = a.vault(), a.me("eve")
    (o, x), (p, _) = v.token(me, "one"), v.token(me, "two")
    v.put_object(me, o._replace(tag=p.tag), x)
    signed(a, v)
    a.refuses(8, "get two", "list", "verify")


@attack("who kept sk_own")
def record_of_another_id(a):
    """a token's record whose row has the id of another token"""
    v, me = a.vault(), a.me("eve")
    (o, x), (p, _) = v.token(me, "one"), v.token(me, "two")
    v.put_object(me, o._replace(object_id=p.object_id), x)
    signed(a, v)
    a.refuses(8, "get one", "list", "verify")


@attack("who kept sk_own")
def record_and_rows_disagree(a):
    """a token's record that has a version more than there are rows, or one less"""
    for n in (1, -1):
        v, me = a.vault(), a.me("eve")
        o, x = v.token(me, "one")
        x["versions"] = x["versions"][:-1] if n < 0 else x["versions"] + [dict(x["versions"][-1], version=4)]
        for old in x["versions"][:-1]:
            old["status"] = 1
        x["versions"][-1]["status"] = 0
        v.put_object(me, o, x)
        signed(a, v)
        a.refuses(8, *EVERY)


@attack("who kept sk_own")
def older_version_current(a):
    """a record that calls an older version the current one"""
    v, me = a.vault(), a.me("eve")
    o, x = v.token(me, "one")
    x["versions"][0]["status"], x["versions"][2]["status"] = 0, 1
    v.put_object(me, o, x)
    signed(a, v)
    a.refuses(8, *EVERY)


@attack("who kept sk_own")
def value_missing(a):
    """a value taken away that the record says is there, and one there that it says is dead"""
    v, me = a.vault(), a.me("eve")
    o, x = v.token(me, "one")
    v.change("secret", v.one("secret", token_id=o.object_id, version=1), key_box=b"", value_box=b"")
    signed(a, v)
    a.refuses(8, *EVERY)
    v = a.vault()
    x["versions"][0].update(status=2, died="2026-01-02")
    v.put_object(me, o, x)
    signed(a, v)
    a.refuses(8, *EVERY)


@attack("who kept sk_own")
def value_of_no_token(a):
    """a stored value that belongs to no token"""
    v, me = a.vault(), a.me("eve")
    v.put_value(me, f1.Secret(b"\7" * 16, 1, 2, b"", 1, b"", b""), WRONG)
    signed(a, v)
    a.refuses(8, "verify")


@attack("who kept sk_own")
def value_under_an_old_commitment(a):
    """another value under the commitment of one that was found valid: its verdict would count for it"""
    v, me = a.vault(), a.me("eve")
    s = v.one("secret", token_id=v.token(me, "one")[0].object_id, version=3)
    v.put_value(me, s, WRONG, keep_commitment=True)
    v.file_value(me, s.token_id, 3, WRONG)
    signed(a, v)
    a.refuses(8, "get one", "verify")


@attack("who kept sk_own")
def value_boxes_of_another(a):
    """a value whose boxes are those of another version, whose key box is, that is cut"""
    me = a.me("eve")
    for which in (("key_box", "value_box"), ("key_box",), ("value_box",), ("commitment",), ("generation",), ("cut",)):
        v = a.vault()
        token_id = v.token(me, "one")[0].object_id
        s, other = (v.one("secret", token_id=token_id, version=n) for n in (3, 1))
        columns = {c: getattr(other, c) for c in which if c not in ("cut", "generation")}
        if which == ("generation",):
            columns = {"generation": 99}
        if which == ("cut",):
            columns = {"value_box": s.value_box[:60]}
        v.change("secret", s, **columns)
        signed(a, v)
        a.refuses(8, "get one")


@attack("who kept sk_own")
def value_commitment_short(a):
    """a value's commitment cut short"""
    v, me = a.vault(), a.me("eve")
    s = v.one("secret", token_id=v.token(me, "one")[0].object_id, version=3)
    v.change("secret", s, commitment=b"short")
    signed(a, v)
    a.refuses(8, *EVERY)


@attack("who kept sk_own")
def value_not_filed(a):
    """a value that is filed as another token's, or not at all: it could be stored a second time"""
    me = a.me("eve")
    for filed in (True, False):
        v = a.vault()
        o = v.one("object", tag=f1.value_tag(me.k_adm, ONE))
        if filed:
            two = v.token(me, "two")[0].object_id
            v.put_object(me, o._replace(object_id=two), {"token": two.hex(), "version": 1})
        else:
            v.drop("object", o)
        signed(a, v)
        a.refuses(8, "verify")


@attack("who kept sk_own")
def value_filed_two_ways(a):
    """a value's record whose row names another token than its text"""
    v, me = a.vault(), a.me("eve")
    o = v.one("object", tag=f1.value_tag(me.k_adm, ONE))
    v.put_object(me, o._replace(object_id=b"\7" * 16), {"token": o.object_id.hex(), "version": 3})
    signed(a, v)
    a.refuses(8, "verify")
    a.refused(8, "add", "again", "--account", "a@a.example", "--license", "licensed", stdin=ONE + b"\n")


@attack("who kept sk_own")
def key_grant_among_tokens(a):
    """a grant of K_meta under a token's id: in a leaf that no reader of grants looks at"""
    v, me = a.vault(), a.me("eve")
    o = v.token(me, "one")[0]
    s = v.slot("aud")
    v.put("grant", f1.grant_make(v.vault_id, o.object_id, s.slot_id, f1.META_GRANT, 1, 1, s.box_pk, me.k_meta))
    signed(a, v)
    a.refuses(8, "verify")


@attack("who kept sk_own")
def text_in_a_value(a):
    """TEXT for the BLOB of a value's box, its bytes those of the signed digest"""
    v = a.vault()
    s = max(v.t["secret"], key=lambda r: r.version)
    kinds = sf.other_types(s.commitment)
    a.put(sf.patch_type(a.base.now["db"], s, 3, next(k for k, n in kinds.items() if n == "text")))
    a.refuses(8, "get one", "list", "verify")


# --- the log ----------------------------------------------------------------------------------------------------------

@attack("an admin")
def verdict_of_another_value(a):
    """a verdict for a version, with the commitment of another value: it counts for nothing"""
    v, log, me = a.vault(), a.log(), a.me("eve")
    e = verdict(v, me, commitment=v.one("secret", token_id=v.token(me, "two")[0].object_id).commitment)
    log.append(me.slot_id, me.keys.sign_sk, e)
    a.put(log=log)
    a.gives(lambda out: all(t["verdict"] is None for t in f1.json.loads(out)["items"]), "list", "--json")
    a.gives(lambda out: b"401" not in out and b"refused" not in out, "due", "--json", status=10)


@attack("an admin")
def verdict_that_is_none(a):
    """an entry that says it is a verdict, whose detail is none"""
    v, me = a.vault(), a.me("eve")
    for text in (b"{}", b"not JSON", b'{"result":"fine"}'):
        log = a.log()
        e = verdict(v, me)._replace(detail=b"")
        log.append(me.slot_id, me.keys.sign_sk, al.sealed(me.k_meta, v.vault_id, me.slot_id, e, text))
        a.put(log=log)
        a.refuses(8, "list", "log")


@attack("an admin")
def detail_that_does_not_open(a):
    """an entry whose detail opens with no key, signed by its slot"""
    v, log, me = a.vault(), a.log(), a.me("eve")
    e = al.Entry(0, v.last.epoch, v.last.time, al.REWRAP, me.slot_id, 0, f1.ZERO32, max(me.meta), bytes(168))
    log.append(me.slot_id, me.keys.sign_sk, e)
    a.put(log=log)
    a.refuses(8, "verify")


@attack("an admin")
def anchor_ahead_of_the_log(a):
    """a state that says the log is longer than it is, or had another head"""
    me = a.me("eve")
    for columns in ({"log_length": 1 << 40}, {"log_head": bytes(32)}, {"log_length": 5}):
        v = a.vault()
        v.seal_all(me, **columns)
        a.put(v, record=None)
        a.refuses(8, "list", "verify")
    v = a.vault()
    v.seal_all(me, log_length=5)
    v.seal_all(me, log_length=len(a.base.now["log"]), log_head=a.log().head())
    a.put(v, record=None)
    a.refuses(8, "verify")


@attack("an admin")
def log_signed_anew(a):
    """a release taken out of the log, all batches of admins signed anew: what states know of it no longer fits"""
    log = a.log()
    del log.batches[0]
    log.rechain({k.slot_id: k.keys.sign_sk for k in (a.me("ann"), a.me("eve"))})
    a.put(log=log, record=None)
    a.refuses(8, "verify", "list")
    a.put(log=log, record=with_record(a, log))
    a.refuses(8, "verify")


# --- what one record names and another is -----------------------------------------------------------------------------

def refile_handover(v, me, o, x):
    name = bytes.fromhex(x["token"]) + bytes.fromhex(x["vendor"]) + f1.lower(x["to"])
    v.drop("object", o)
    v.put_object(me, o._replace(tag=f1.name_tag(me.k_meta, f1.HANDOVER, name)), x)


@attack("who kept sk_own")
def handover_of_nothing(a):
    """a hand-over that names a vendor, a token, a version that is not there: verify says so"""
    me = a.me("eve")
    v = a.vault()
    v.drop("object", *v.all("object", kind=f1.VENDOR))
    signed(a, v)
    a.refuses(8, "verify", "holders", "due", "list")
    v = a.vault()
    o, x = v.objects(me, f1.HANDOVER)[0]
    refile_handover(v, me, o, dict(x, token="07" * 16))
    signed(a, v)
    a.refuses(8, "verify")
    v = a.vault()
    o, x = v.objects(me, f1.HANDOVER)[0]
    x["periods"][0]["gives"][0]["version"] = 77
    v.put_object(me, o, x)
    signed(a, v)
    a.refuses(8, "verify")


@attack("who kept sk_own")
def handover_under_another_name(a):
    """a hand-over filed under the name of another person, or with another id than its own"""
    me = a.me("eve")
    for change in (lambda o, x: (o, dict(x, to="mallory@b.example")), lambda o, x: (o._replace(object_id=b"\7" * 16), x)):
        v = a.vault()
        v.put_object(me, *change(*v.objects(me, f1.HANDOVER)[0]))
        signed(a, v)
        a.refuses(8, "holders", "verify", "list")


@attack("who kept sk_own")
def vendor_under_another_name(a):
    """a vendor filed under the name of another, or with another id than its own"""
    me = a.me("eve")
    for change in (lambda o, x: (o, dict(x, name="Vendor C")), lambda o, x: (o._replace(object_id=b"\7" * 16), x)):
        v = a.vault()
        v.put_object(me, *change(*v.objects(me, f1.VENDOR)[0]))
        signed(a, v)
        a.refuses(8, "vendor list", "verify", "list")


@attack("who kept sk_own")
def two_of_one_id(a):
    """two tokens, two vendors of one id under two names"""
    me = a.me("eve")
    for kind, key, name in ((f1.TOKEN, "label", "uno"), (f1.VENDOR, "name", "Vendor C")):
        v = a.vault()
        o, x = v.token(me, "one") if kind == f1.TOKEN else v.objects(me, kind)[0]
        tag = v.tag(me, kind, f1.lower(name) if kind == f1.VENDOR else name)
        v.put_object(me, o._replace(tag=tag), dict(x, **{key: name}))
        signed(a, v)
        a.refuses(8, "verify", *(["list"] if kind == f1.TOKEN else []))


@attack("who kept sk_own")
def value_filed_for_nobody(a):
    """a value filed as that of a token or version that there is not, or under another id than it says"""
    me = a.me("eve")
    one = a.vault().token(me, "one")[0].object_id
    for row_id, text_id, version in ((b"\7" * 16, b"\7" * 16, 1), (one, one, 9), (b"\7" * 16, one, 1)):
        v = a.vault()
        v.put_object(me, f1.Object(b"\x09" * 16, row_id, f1.VALUE, 1, 1, b""), {"token": text_id.hex(), "version": version})
        signed(a, v)
        a.refuses(8, "verify")


@attack("who kept sk_own")
def list_of_no_script(a):
    """a list of labels of a slot that is no script, was ended, is not there; a script's second list"""
    me = a.me("eve")
    slots = a.vault()
    ids = (slots.slot("aud").slot_id, slots.slot("old-bot", status=f1.ENDED).slot_id, b"\7" * 16)
    for slot_id in ids:
        v = a.vault()
        v.put_object(me, f1.Object(v.tag(me, f1.LABELS, slot_id), slot_id, f1.LABELS, 1, 1, b""),
                     {"slot": slot_id.hex(), "grants": []})
        signed(a, v)
        a.refuses(8, "verify")
    v = a.vault()
    bot = v.slot("bot").slot_id
    v.put_object(me, f1.Object(b"\x09" * 16, bot, f1.LABELS, 1, 1, b""), {"slot": bot.hex(), "grants": []})
    signed(a, v)
    a.refuses(8, "verify")
