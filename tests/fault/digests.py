"""The vault's digests computed by somebody who has no key: they are hashes of clear bytes, only the state over them is
signed. Source: vault-format(5), Leaves and State."""
import functools
import hashlib
import struct

DEPTHS = ("groups", "top", "state", "state after it")
TABLES = {"header": 0, "slot": 1, "key": 2, "grant": 3, "object": 4, "secret": 5}
ROSTER, NAMES, TOKENS, LEDGER = 1, 2, 3, 4
COUNTED = {ROSTER: ("header", "slot", "key", "grant"), NAMES: ("object",), TOKENS: ("grant", "secret"),
           LEDGER: ("object",)}
LEAVES = {NAMES: 4096, TOKENS: 4096, LEDGER: 256}
VENDOR, HANDOVER, ENDED, AUDITOR, VERDICT = 2, 3, 2, 3, 67
KEYS = {"header": 1, "slot": 1, "key": 2, "grant": 4, "object": 1, "secret": 2}


def field(v):
    if isinstance(v, int):
        v = struct.pack("<Q", v & (1 << 64) - 1)
    return struct.pack("<I", len(v)) + v


def digest(label, *fields, more=b""):
    return hashlib.blake2b(label.encode() + b"\0" + b"".join(map(field, fields)) + more, digest_size=32).digest()


def leaf(area, number, rows):
    out = b""
    for table in COUNTED[area]:
        mine = sorted(rows.get(table, ()), key=lambda r, n=KEYS[table]: r[:n])
        out += field(TABLES[table]) + field(len(mine))
        out += b"".join((b"\1" if isinstance(v, int) else b"\2") + field(v) for r in mine for v in r)
    return digest("smartvault1/leaf", area, number, more=out)


@functools.lru_cache(maxsize=None)
def empty(area, number):
    return leaf(area, number, {})


def place(table, row):
    """Area and number of the leaf that counts a row."""
    wide = row[0][0] << 4 | row[0][1] >> 4 if isinstance(row[0], bytes) else 0
    if table == "object":
        return (LEDGER, row[0][0]) if row[2] == HANDOVER else (NAMES, wide)
    if table == "secret" or (table == "grant" and row[0] != bytes(16)):
        return TOKENS, wide
    return ROSTER, 0


def state_hash(vault_id, s):
    return digest("smartvault1/state", vault_id, 1, *s[:13], s[13], s[14])


def fit(tables, depth):
    """The tables with digests that fit their rows: groups alone, the top too, the newest state's root too, or a state
    put after the newest, which chains to it and bears its signatures."""
    leaves, out = {}, dict(tables)
    for table in TABLES:
        for r in tables[table]:
            leaves.setdefault(place(table, r), {}).setdefault(table, []).append(r)
    old = {r[:2]: r[2] for r in tables["digest"]}
    new = {}
    for area, n in LEAVES.items():
        one = [leaf(area, i, leaves[area, i]) if (area, i) in leaves else empty(area, i) for i in range(n)]
        new.update(((area, p), b"".join(one[64 * p:64 * p + 64])) for p in range(n // 64))
    top = leaf(ROSTER, 0, leaves[ROSTER, 0])
    # With the groups alone, what the top says of them stays; the roster's own digest stands in the top.
    top += old[0, 0][32:] if depth == "groups" else b"".join(digest("smartvault1/group", *k, v) for k, v in new.items())
    new[0, 0] = top
    out["digest"] = [(*k, v) for k, v in sorted(new.items())]
    last = tables["state"][-1]
    root = digest("smartvault1/top", 0, 0, top)
    if depth == "state":
        out["state"] = tables["state"][:-1] + [last[:8] + (root,) + last[9:]]
    elif depth == "state after it":
        chained = state_hash(tables["header"][0][1], last)
        changes = digest("smartvault1/changes")
        after = (last[0] + 1, *last[1:7], changes, root, *last[9:12], chained, *last[13:])
        out["state"] = tables["state"] + [after]
    return out


def lies(tables, early, tags):
    """What somebody who writes the file would like to be believed."""
    def with_(table, rows):
        return dict(tables, **{table: rows})

    def each(table, choose, change):
        return with_(table, [change(r) if choose(r) else r for r in tables[table]])

    def without(table, choose):
        return with_(table, [r for r in tables[table] if not choose(r)])

    def one(r):
        return r[0] in tags and r[2] == 1

    def admin(r):
        return r[1] == b"admin"

    def last(kind):
        highest = max(r[0] for r in tables["object"] if r[2] == kind)
        return lambda r: r[0] == highest

    token = next(r[1] for r in tables["object"] if one(r))
    older = without("secret", lambda r: r[0] == token)
    older["secret"] = older["secret"] + [r for r in early["secret"] if r[0] == token]
    older["object"] = [r for r in tables["object"] if not one(r)] + [r for r in early["object"] if one(r)]
    yield "token one is gone", without("object", one)
    yield "token one's values are gone", without("secret", lambda r: r[0] == token)
    yield "token one has its first value again", older
    yield "a hand-over is gone", without("object", last(HANDOVER))
    yield "a vendor is gone", without("object", last(VENDOR))
    yield "the admin was ended", each("slot", admin, lambda r: r[:5] + (ENDED, r[6], 1))
    yield "the admin is an auditor", each("slot", admin, lambda r: r[:2] + (AUDITOR,) + r[3:])
    yield "the admin has another name", each("slot", admin, lambda r: (r[0], b"eve") + r[2:])
    yield "the access log need not be written", each("header", lambda r: True, lambda r: r[:4] + (r[4] ^ 1,) + r[5:])
    yield "the recovery slot never was", without("slot", lambda r: not admin(r))


# --- the access log: frames of length, body, length, eight bytes of the body's hash ---------------------------------

def frames(log):
    out = []
    while log:
        n = struct.unpack("<I", log[:4])[0] + 16
        out.append(log[:n])
        log = log[n:]
    return out


def frame(body):
    n = struct.pack("<I", len(body))
    return n + body + n + hashlib.blake2b(body, digest_size=32).digest()[:8]


def fields(data):
    out = []
    while data:
        n, = struct.unpack("<I", data[:4])
        out.append(data[4:4 + n])
        data = data[4 + n:]
    return out


def forged_entry(log, action):
    """The log and one more batch that chains to its last, with that one's signature."""
    parts = frames(log)
    log_id = fields(parts[0][4 + len(b"SVLOG1\0"):-12])[1]
    slot, _, head, n, *entries, sig = fields(parts[-1][4 + len(b"batch\0"):-12])
    for e in entries:
        head = digest("smartvault1/entry", log_id, head, slot, e)
    seq, epoch, time, _, *rest = fields(entries[-1])
    seq = struct.pack("<Q", struct.unpack("<Q", seq)[0] + 1)
    entry = b"".join(map(field, (seq, epoch, time, action, *rest)))
    assert n == struct.pack("<Q", 1)
    return log + frame(b"batch\0" + b"".join(map(field, (slot, seq, head, 1, entry, sig))))
