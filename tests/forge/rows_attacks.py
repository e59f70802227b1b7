"""Attacks on rows, digests and the signed state by somebody who has the file and no key."""
import struct

import format1 as f1
import sqlitefile as sf
from arena import VALUES, attack
from vaultfile import Vault, stranger

ONE = VALUES["one", 3]


def first_value_again(v, early):
    """Token one's rows as an older copy has them: object and values agree, and are genuine."""
    new = {r for r in v.t["object"] + v.t["secret"]} - {r for r in early.t["object"] + early.t["secret"]}
    ids = {r.token_id for r in new if isinstance(r, f1.Secret) and r.version > 1}
    (token_id,) = ids
    v.drop("secret", *[r for r in v.all("secret", token_id=token_id) if r.version > 1])
    v.put("object", *[o for o in early.all("object", object_id=token_id, kind=f1.TOKEN)])


def no_token_one(v, early):
    token_id = max(v.t["secret"], key=lambda r: r.version).token_id
    v.drop("object", *v.all("object", object_id=token_id, kind=f1.TOKEN))


def hostile_admin(v, them):
    """A slot of the attacker's own, in the roster as an admin's."""
    v.put("slot", f1.Slot(them.slot_id, b"mallory", f1.ADMIN, them.keys.box_pk, them.keys.sign_pk, f1.ACTIVE, 1, 0))
    v.put("wrap", f1.wrap_make(v.vault_id, v.slot("mallory"), them.keys, them.pk_own, 1, f1.KEYFILE, bytes(32), bytes(16)))


def lie(a, change, reseal=None):
    v = a.vault()
    change(v, a.vault(a.base.copies[0]))
    if reseal is not None:
        v.reseal_digests(top=reseal)
    return v


@attack("outsider")
def older_rows(a):
    """an older version's rows put back under the digests of now"""
    a.put(lie(a, first_value_again))
    a.refuses(8, "get one", "get one --token-version 1", "list", "verify", "show one")


@attack("outsider")
def older_rows_groups(a):
    """an older version's rows, groups of digests made to fit"""
    a.put(lie(a, first_value_again, reseal=False))
    a.refuses(8, "get one", "list", "verify")


@attack("outsider")
def older_rows_top(a):
    """an older version's rows, digests made to fit up to the top"""
    a.put(lie(a, first_value_again, reseal=True))
    a.refuses(8, "get one", "list", "verify")


@attack("outsider")
def older_rows_root(a):
    """an older version's rows, and the newest state with a root that fits them"""
    v = lie(a, first_value_again, reseal=True)
    v.change("state", v.last, root=v.root)
    a.put(v)
    a.refuses(8, "get one", "list", "verify")
    a.put(v, record=None)
    a.refuses(8, "get one", "list", "verify")


@attack("outsider")
def older_leaf(a):
    """one leaf from an older copy, with the rows of digests that were its own"""
    v, early = a.vault(), a.vault(a.base.copies[2])
    o = [o for o in v.t["object"] if o not in early.t["object"] and o.kind != f1.HANDOVER]
    v.drop("object", *o)
    v.put("digest", *early.t["digest"])
    a.put(v)
    a.refuses(8, "get one", "list", "verify")


@attack("outsider")
def token_taken_away(a):
    """a token taken away: never "no such label\""""
    for reseal in (None, False, True):
        a.put(lie(a, no_token_one, reseal))
        a.refuses(8, "get one", "show one", "list")


@attack("outsider")
def own_authority(a):
    """a state signed by an authority and an admin's slot of the attacker's own"""
    them = stranger()
    v = lie(a, first_value_again)
    hostile_admin(v, them)
    v.seal_all(them)
    for record in (a.snap["record"], None):
        a.put(v, record=record)
        a.refuses(8, "get one", "list", "verify")
        a.refused(8, "add", "x", "--account", "x@x.example", "--license", "licensed", "--no-value")


@attack("outsider")
def signatures_of_another_state(a):
    """a state after the newest, with the newest's signatures"""
    v = lie(a, first_value_again, reseal=True)
    last = v.last
    v.put("state", last._replace(epoch=last.epoch + 1, root=v.root, previous=f1.state_hash(v.vault_id, last)))
    a.put(v)
    a.refuses(8, "get one", "list", "verify")


@attack("outsider")
def ledger_row_gone(a):
    """the hand-over of a token to a vendor taken away"""
    v = a.vault()
    v.drop("object", *v.all("object", kind=f1.HANDOVER))
    for reseal in (None, False, True):
        if reseal is not None:
            v.reseal_digests(top=reseal)
        a.put(v)
        a.refuses(8, "holders", "due", "list", "verify")


@attack("outsider")
def sealed_columns_swapped(a):
    """values of two tokens swapped: whole rows, then one column"""
    v = a.vault()
    x, y = [max(v.all("secret", token_id=i)) for i in sorted({r.token_id for r in v.t["secret"]})][:2]
    v.put("secret", x._replace(key_box=y.key_box, value_box=y.value_box, commitment=y.commitment),
          y._replace(key_box=x.key_box, value_box=x.value_box, commitment=x.commitment))
    v.reseal_digests()
    a.put(v)
    a.refuses(8, "get one", "get two", "get three", "verify")


@attack("outsider")
def text_for_an_id(a):
    """TEXT for a BLOB: the bytes stay, the type in the page is another"""
    row = max(a.vault().t["secret"], key=lambda r: r.version)
    kinds = sf.other_types(row.token_id)
    a.put(sf.patch_type(a.snap["db"], row, 0, next(k for k, name in kinds.items() if name == "text")))
    a.refuses(8, "get one", "list", "verify")


@attack("outsider")
def text_in_a_wrap(a):
    """TEXT for the BLOB of a wrap's salt, which is in no leaf"""
    v = a.vault()
    w = v.one("wrap", slot_id=v.slot("ann").slot_id)
    a.put(sf.patch_type(a.snap["db"], w, 5, next(k for k, n in sf.other_types(w.salt).items() if n == "text")))
    a.refuses(8, "get one", "verify")


@attack("outsider")
def real_for_an_integer(a):
    """REAL for an INTEGER of a state"""
    loose = sf.Loose(a.snap["db"])
    rows = [r if r[0] != max(loose.rows["state"])[0] else r[:10] + (float(r[10]),) + r[11:] for r in loose.rows["state"]]
    a.put(loose.change("state", rows))
    a.refuses(8, "get one", "verify")


@attack("outsider")
def short_key(a):
    """a row under a key too short to be an id: it would be in no leaf"""
    v = a.vault()
    v.put("object", v.t["object"][0]._replace(tag=b""))
    a.put(v)
    a.refuses(8, "list", "verify")


@attack("outsider")
def long_key(a):
    """a row under a key above all ids"""
    v = a.vault()
    v.put("object", v.t["object"][0]._replace(tag=b"\xff" * 40))
    a.put(v)
    a.refuses(8, "list", "verify")


@attack("outsider")
def digest_row_gone(a):
    """a row of digests taken away"""
    v = a.vault()
    v.drop("digest", *v.all("digest", area=3))
    a.put(v)
    a.refuses(8, "get one", "list", "verify")


@attack("outsider")
def digest_row_more(a):
    """a row of digests more, which no command reads"""
    v = a.vault()
    v.put("digest", f1.Digest(5, 0, bytes(2048)))
    a.put(v)
    a.refuses(8, "verify")


@attack("outsider")
def top_row_short(a):
    """the top's digests cut by one"""
    v = a.vault()
    d = v.one("digest", area=0, part=0)
    v.change("digest", d, digests=d.digests[:-32])
    a.put(v)
    a.refuses(8, "get one", "verify")


def cells_in(db, page, tags):
    """Which cell of a page has which of the tags."""
    at, n = sf.cells(db, page)
    starts = [page * sf.PAGE + struct.unpack(">H", db[at + 2 * i:at + 2 * i + 2])[0] for i in range(n)]
    return {t: i for t in tags for i, x in enumerate(starts) if t in db[x:x + 40]}


def two_of_one_key(db, kind, tags=None):
    """A page of the tree of objects in which one cell stands twice and another is hidden, or two change places."""
    tags = tags or [o.tag for o in Vault(db).t["object"]]
    for page in sf.btree_pages(db):
        found = sorted(cells_in(db, page, tags).values())
        if len(found) >= 2:
            return sf.point(db, page, found[0], found[1], kind == "order")
    return None


@attack("outsider")
def two_rows_of_one_key(a):
    """two rows of one key: a cell stands twice in its page, another is hidden"""
    a.put(two_of_one_key(a.snap["db"], "twice"))
    a.refuses(8, "list", "verify")


@attack("outsider")
def rows_out_of_order(a):
    """two cells of a page swapped, so that a search finds other rows than a scan"""
    a.put(two_of_one_key(a.snap["db"], "order"))
    a.refuses(8, "list", "verify")


@attack("outsider")
def index_tree_swapped(a):
    """index trees swapped under a sound schema: a table reads the tree of another"""
    roots = dict(sf.load(a.snap["db"]).execute("SELECT name, rootpage FROM sqlite_schema"))
    one = "UPDATE sqlite_schema SET rootpage=%d WHERE name='%s'"
    for x, y in (("secret", "object"), ("slot", "grant"), ("state", "change"), ("digest", "secret"), ("wrap", "slot")):
        a.put(sf.sql(a.snap["db"], one % (roots[y], x), one % (roots[x], y)))
        a.refuses(8, "get one", "verify")


@attack("outsider")
def older_tree_attached(a):
    """a second tree with an older table's rows, and the schema pointing at it"""
    early = a.vault(a.base.copies[0])
    con = sf.load(a.snap["db"])
    columns = f1.ROWS["secret"]._fields
    sql = con.execute("SELECT sql FROM sqlite_schema WHERE name='secret'").fetchone()[0]
    con.execute(sql.replace('"secret"', '"other"'))
    con.executemany("INSERT INTO other VALUES(%s)" % ",".join("?" * len(columns)), early.t["secret"])
    con.execute("PRAGMA writable_schema=ON")
    roots = dict(con.execute("SELECT name, rootpage FROM sqlite_schema"))
    con.execute("UPDATE sqlite_schema SET rootpage=? WHERE name='secret'", (roots["other"],))
    con.execute("DELETE FROM sqlite_schema WHERE name='other'")
    a.put(con.serialize())
    a.refuses(8, "get one", "list", "verify")


@attack("outsider")
def state_of_nothing(a):
    """every state but the newest taken away; every state taken away"""
    v = a.vault()
    v.t["state"] = [v.last]
    a.put(v)
    a.refuses(8, "verify", "log")
    v.t["state"] = []
    a.put(v)
    a.refuses(8, "get one", "verify")


@attack("outsider")
def middle_state_gone(a):
    """a state in the middle taken away"""
    v = a.vault()
    v.drop("state", v.one("state", epoch=4))
    a.put(v)
    a.refuses(8, "verify", "log")


@attack("outsider")
def state_rewritten(a):
    """what a past state says changed: its time, who made it, what it was about"""
    for columns in ({"time": 1}, {"slot_id": bytes(16)}, {"object_id": bytes(16)}, {"action": 4}, {"detail": b"x" * 168},
                    {"log_length": 0}, {"own_sig": bytes(64)}, {"slot_sig": bytes(64)}):
        v = a.vault()
        v.change("state", v.one("state", epoch=3), **columns)
        a.put(v)
        a.refuses(8, "verify", "log")


@attack("outsider")
def change_added(a):
    """a change added to a state's list, one taken from it, one changed"""
    v = a.vault()
    s = v.one("state", epoch=3)
    v.put("change", f1.Change(3, 1, 4, s.object_id, 1, s.detail))
    a.put(v)
    a.refuses(8, "verify", "log")


@attack("outsider")
def change_of_no_state(a):
    """a change of an epoch that no state has"""
    v = a.vault()
    s = v.one("state", epoch=3)
    v.put("change", f1.Change(900, 1, 4, s.object_id, 1, s.detail))
    a.put(v)
    a.refuses(8, "verify")


@attack("outsider")
def states_after_the_end(a):
    """a state far above the newest, so that it is found first"""
    v = a.vault()
    for epoch in (v.last.epoch + 1, (1 << 63) - 1, -1, 0):
        w = a.vault()
        w.put("state", w.last._replace(epoch=epoch))
        a.put(w)
        a.refuses(8, "verify", *(["get one"] if epoch > 0 else []))


@attack("outsider")
def log_policy(a):
    """the header's flag says that the access log need not be written"""
    v = a.vault()
    v.change("header", v.t["header"][0], flags=1)
    for reseal in (None, True):
        if reseal:
            v.reseal_digests()
        a.put(v)
        a.refuses(8, "get one", "verify")


@attack("outsider")
def header_changed(a):
    """another format, another predecessor in the header; a second header; none"""
    v = a.vault()
    head = v.t["header"][0]
    for row, status in ((head._replace(format=2), 15), (head._replace(predecessor_id=b"\1" * 16), 8),
                        (head._replace(predecessor_epoch=9), 8), (head._replace(vault_id=b"\1" * 3), 8)):
        v.t["header"] = [row]
        a.put(v)
        a.refuses(status, "get one", "verify")
    v.t["header"] = [head, head._replace(one=2)]
    a.put(v)
    a.refuses(8, "get one", "verify")
    v.t["header"] = []
    a.put(v)
    a.refuses(8, "get one", "verify")


@attack("outsider")
def forged_everything(a):
    """a whole vault of the attacker's own under the victim's vault_id and slot_id, with his labels and values"""
    them = stranger()
    v = a.vault()
    hostile_admin(v, them)
    v.t["object"], v.t["secret"] = [], []
    v.t["key"] = [f1.key_row(v.vault_id, kind, 1, k[1]) for kind, k in ((f1.META, them.meta), (f1.ADM, them.adm))]
    v.t["grant"] = [g for g in v.t["grant"] if g.kind == f1.SIGN]
    for s in v.t["slot"]:
        for kind, key in ((f1.KEYS, them.k_adm), (f1.META_GRANT, them.k_meta)):
            v.put("grant", f1.grant_make(v.vault_id, f1.ZERO16, s.slot_id, kind, 1, 1, s.box_pk, key))
    v.t["state"] = []
    v.reseal_digests()
    first = f1.State(1, 1, them.slot_id, 1, them.slot_id, 1, b"x" * 168, f1.changes_hash([]), v.root, f1.ZERO16, 0,
                     f1.ZERO32, f1.ZERO32, b"", b"")
    v.put("state", f1.state_sign(v.vault_id, first, them.keys.sign_sk, them.sk_own))
    for record in (a.snap["record"], None):
        a.put(v, record=record)
        a.refuses(8, "get one", "list", "verify")


@attack("outsider")
def free_page(a):
    """a page more at the end of the file, of no table"""
    db = a.snap["db"]
    count = len(db) // sf.PAGE
    a.put(db[:28] + struct.pack(">I", count + 1) + db[32:] + bytes(sf.PAGE))
    a.refuses(8, "verify")
