"""A vault's file in somebody else's hands: rows are read, changed and signed as far as his keys go, and written back."""
import os
import sqlite3

import format1 as f1
from format1 import ADM, ADMIN, AUDITOR, ENDED, META, MONITOR, SCRIPT, ZERO16
from sodium import h, sign_pair

GRANTS = {ADMIN: (f1.SIGN, f1.KEYS, f1.META_GRANT), MONITOR: (f1.KEYS, f1.META_GRANT), AUDITOR: (f1.META_GRANT,),
          SCRIPT: ()}


class Actor:
    """Who opened a slot, and what he then knows."""

    def __init__(self, slot_id, keys, pk_own, enrol):
        self.slot_id, self.keys, self.pk_own, self.enrol = slot_id, keys, pk_own, enrol
        self.sk_own, self.meta, self.adm, self.tok, self.labels = None, {}, {}, {}, {}

    @property
    def k_meta(self):
        return self.meta[max(self.meta)]

    @property
    def k_adm(self):
        return self.adm[max(self.adm)]


class Vault:
    def __init__(self, data):
        self.data = data
        con = load(data)
        self.t = {name: [row(*r) for r in con.execute('SELECT * FROM "%s"' % name)] for name, row in f1.ROWS.items()}
        con.close()
        self.was = {name: list(rows) for name, rows in self.t.items()}

    # --- rows -------------------------------------------------------------------------------------------------------

    @property
    def vault_id(self):
        return self.t["header"][0].vault_id

    def all(self, table, **columns):
        return [r for r in self.t[table] if all(getattr(r, c) == v for c, v in columns.items())]

    def one(self, table, **columns):
        rows = self.all(table, **columns)
        if len(rows) != 1:
            raise LookupError("%d rows of %s %s" % (len(rows), table, columns))
        return rows[0]

    def change(self, table, row, **columns):
        """The row with other columns, in its place."""
        new = row._replace(**columns)
        self.t[table][self.t[table].index(row)] = new
        return new

    def drop(self, table, *rows):
        self.t[table] = [r for r in self.t[table] if r not in rows]

    def put(self, table, *rows):
        """In the place of those with the same keys."""
        keys = {f1.key_of(table, r) for r in rows}
        self.t[table] = [r for r in self.t[table] if f1.key_of(table, r) not in keys] + list(rows)

    def slot(self, name, status=f1.ACTIVE):
        return self.one("slot", name=name.encode(), status=status)

    def file(self):
        """The database with these rows."""
        con = load(self.data)
        for table, rows in self.t.items():
            old, new = set(self.was[table]), set(rows)
            n, columns = f1.KEY_COLUMNS[table], f1.ROWS[table]._fields
            where = " AND ".join(c + "=?" for c in columns[:n])
            for r in old - new:
                con.execute('DELETE FROM "%s" WHERE %s' % (table, where), r[:n])
            for r in new - old:
                con.execute('INSERT INTO "%s" VALUES(%s)' % (table, ",".join("?" * len(columns))), r)
        out = con.serialize()
        con.close()
        return out

    # --- opening ----------------------------------------------------------------------------------------------------

    def open(self, text, secret=None):
        """By a key text, or a slot's name with a passphrase."""
        if secret is None:
            k = f1.parse_key_text(text)
            slot_id, secret = k.slot_id, k.secret
        else:
            slot_id = self.slot(text).slot_id
        slot = self.one("slot", slot_id=slot_id)
        seed, pk_own, enrol = f1.wrap_open(self.one("wrap", slot_id=slot_id), self.vault_id, slot, secret)
        me = Actor(slot_id, f1.slot_keys(seed), pk_own, enrol)
        if (me.keys.box_pk, me.keys.sign_pk) != (slot.box_pk, slot.sign_pk):
            raise ValueError("the slot's keys")
        self.take_grants(me)
        return me

    def take_grants(self, me):
        for g in self.all("grant", slot_id=me.slot_id, ended_epoch=0):
            key = f1.grant_open(self.vault_id, g, me.keys)
            if key is None:
                raise ValueError("a grant does not open")
            if g.kind == f1.SIGN:
                me.sk_own = key
            elif g.kind in (f1.KEYS, f1.META_GRANT):
                self.generations(me.adm if g.kind == f1.KEYS else me.meta, g, key)
            elif g.kind == f1.TOKEN_GRANT:
                me.tok[g.object_id, g.version] = key
            else:
                me.labels = f1.parse_labels(key)

    def generations(self, keys, g, key):
        """A generation's key and, each under the next, all before it."""
        kind = ADM if g.kind == f1.KEYS else META
        for n in range(g.version, 0, -1):
            row = self.one("key", kind=kind, generation=n)
            if row.commitment != f1.commitment(self.vault_id, kind, n, key):
                raise ValueError("a commitment")
            keys[n] = key
            ad = f1.previous_ad(self.vault_id, kind, n, row.commitment)
            key = f1.aead_open(f1.seal_key(kind, key), ad, row.previous) if row.previous else None

    # --- what he may read -------------------------------------------------------------------------------------------

    def tag(self, me, kind, name):
        return f1.name_tag(me.k_meta, kind, name if isinstance(name, bytes) else name.encode())

    def token(self, me, label):
        """Row and text of a token's object."""
        o = self.one("object", tag=self.tag(me, f1.TOKEN, label))
        return o, f1.json.loads(f1.object_open(self.vault_id, o, me.meta))

    def objects(self, me, kind):
        return [(o, f1.json.loads(f1.object_open(self.vault_id, o, me.meta))) for o in self.all("object", kind=kind)]

    def value(self, me, label, version=None):
        o, text = self.token(me, label)
        version = version or max(x["version"] for x in text["versions"])
        s = self.one("secret", token_id=o.object_id, version=version)
        return f1.secret_value(self.vault_id, s, f1.secret_key(self.vault_id, s, me.adm))

    # --- what he may write ------------------------------------------------------------------------------------------

    def put_object(self, me, o, text):
        """The row sealed anew; text a dict, a row's other columns as they are given."""
        g = max(me.meta)
        o = o if o.kind == f1.VALUE else o._replace(generation=g)
        new = f1.object_seal(self.vault_id, o, g, me.k_meta, f1.to_json(text))
        self.put("object", new)
        return new

    def put_value(self, me, s, value, k_tok=None, **how):
        new = f1.secret_seal(self.vault_id, s._replace(generation=max(me.adm)), me.k_adm, k_tok or os.urandom(32), value,
                             **how)
        self.put("secret", new)
        return new

    def file_value(self, me, token_id, version, value):
        """The object of kind value under which it is found."""
        g = max(me.adm)
        o = f1.Object(f1.value_tag(me.k_adm, value), token_id, f1.VALUE, 1, g, b"")
        return self.put_object(me, o, {"token": token_id.hex(), "version": version})

    def refile(self, me, old):
        """Every record that opens with the keys {generation: K_meta} sealed and filed anew under the newest of `me`."""
        for o in list(self.t["object"]):
            text = f1.object_open(self.vault_id, o, old)
            x = f1.json.loads(text)
            ids = [bytes.fromhex(x[k]) for k in ("token", "vendor") if k in x]
            name = {f1.TOKEN: lambda x, ids: b"\0" + o.object_id if x.get("removed") else x["label"].encode(),
                    f1.VENDOR: lambda x, ids: f1.lower(x["name"]), f1.LABELS: lambda x, ids: o.object_id,
                    f1.POLICY: lambda x, ids: b"policy",
                    f1.HANDOVER: lambda x, ids: b"".join(ids) + f1.lower(x["to"])}.get(o.kind)
            self.drop("object", o)
            self.put_object(me, o._replace(tag=self.tag(me, o.kind, name(x, ids)) if name else o.tag), x)

    def add_slot(self, me, name, role, secret=None, epoch=None, kdf=None):
        """A slot with its grants and wrap, as an admin's program makes it. Returns its key text; nothing is signed.
        `kdf`: m, t and lanes; the secret is then a passphrase."""
        epoch = epoch or self.last.epoch + 1
        seed, secret = os.urandom(32), secret or os.urandom(32)
        keys = f1.slot_keys(seed)
        slot = f1.Slot(os.urandom(16), name.encode(), role, keys.box_pk, keys.sign_pk, f1.ACTIVE, epoch, 0)
        self.put("slot", slot)
        kind = f1.PASSPHRASE if kdf else f1.KEYFILE
        self.put("wrap", f1.wrap_make(self.vault_id, slot, keys, me.pk_own, epoch, kind, secret, os.urandom(16),
                                      kdf or (0, 0, 0)))
        give = {f1.SIGN: (1, me.sk_own), f1.META_GRANT: (max(me.meta), me.k_meta)}
        give[f1.KEYS] = (max(me.adm), me.k_adm) if me.adm else (1, bytes(32))
        for kind in GRANTS[role]:
            self.put("grant", f1.grant_make(self.vault_id, ZERO16, slot.slot_id, kind, give[kind][0], epoch, slot.box_pk,
                                            give[kind][1]))
        return None if kdf else f1.key_text(f1.KeyText(self.vault_id, slot.slot_id, secret, epoch, False))

    def end_slot(self, slot_id, epoch=None):
        """Ended, its grants emptied; keys are not turned over."""
        epoch = epoch or self.last.epoch + 1
        self.change("slot", self.one("slot", slot_id=slot_id), status=ENDED, ended_epoch=epoch)
        for g in self.all("grant", slot_id=slot_id, ended_epoch=0):
            self.change("grant", g, ended_epoch=epoch, box=b"")

    # --- digests and states -----------------------------------------------------------------------------------------

    @property
    def last(self):
        return max(self.t["state"])

    @property
    def root(self):
        return f1.root_of(self.one("digest", area=0, part=0).digests)

    def reseal_digests(self, top=True, order=True):
        """Digests that fit the rows; with `top` off what the top says of the groups stays."""
        old = None if top else self.one("digest", area=0, part=0).digests
        self.t["digest"] = f1.digests_of(self.t, old, order)

    def fits(self):
        """Digests, root and the chain of states as the manual says."""
        at = self.t["header"][0].predecessor_state
        for s in sorted(self.t["state"]):
            rows = self.all("change", epoch=s.epoch)
            if s.previous != at or s.changes != f1.changes_hash(rows):
                return False
            at = f1.state_hash(self.vault_id, s)
        return sorted(self.t["digest"]) == f1.digests_of(self.t) and self.last.root == self.root

    def sign_state(self, me, action=9, object_id=ZERO16, text=b"{}", slot_sk=None, own_sk=None, **columns):
        """One more state over the rows as they are; keys and columns may be others than the signer's own."""
        last, g = self.last, max(me.meta, default=1)
        epoch = columns.get("epoch", last.epoch + 1)
        k_meta = me.k_meta if me.meta else bytes(32)
        s = f1.State(epoch, last.time, me.slot_id, action, object_id, g,
                     f1.detail_seal(self.vault_id, k_meta, text, epoch, action, object_id, g),
                     f1.changes_hash(self.all("change", epoch=epoch)), self.root, last.log_id, last.log_length,
                     last.log_head, f1.state_hash(self.vault_id, last), b"", b"")._replace(**columns)
        s = f1.state_sign(self.vault_id, s, slot_sk or me.keys.sign_sk, own_sk or me.sk_own)
        self.put("state", s)
        return s

    def resign(self, first, signers, own_sk):
        """States from an epoch on chained and signed anew; {slot: sk}, what it lacks keeps its signature."""
        at = None
        for s in sorted(self.t["state"]):
            if s.epoch >= first:
                s = s if at is None else s._replace(previous=at)
                sig = s.slot_sig
                new = f1.state_sign(self.vault_id, s, signers.get(s.slot_id, bytes(64)), own_sk)
                if s.slot_id not in signers:
                    new = new._replace(slot_sig=sig)
                    new = new._replace(own_sig=f1.sign(own_sk, f1.state_own_bytes(self.vault_id, new)))
                self.put("state", new)
                s = new
            at = f1.state_hash(self.vault_id, s)

    def seal_all(self, me, **columns):
        """Digests and one more state: what an admin's program does after a change."""
        self.reseal_digests()
        return self.sign_state(me, **columns)


def stranger():
    """Somebody who has no key of the vault: a slot's and an authority's keys of his own making."""
    seed = os.urandom(32)
    own = sign_pair(h(seed))
    me = Actor(os.urandom(16), f1.slot_keys(seed), own[0], 0)
    me.sk_own, me.meta, me.adm = own[1], {1: h(b"meta" + seed)}, {1: h(b"adm" + seed)}
    return me


def load(data):
    con = sqlite3.connect(":memory:", isolation_level=None)
    con.deserialize(data)
    return con
