"""The vault's digests computed by somebody who has no key: they are hashes of clear bytes, only the state over them is
signed. The format itself stands in tests/forge/."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "forge"))
import format1 as f1  # noqa: E402
from accesslog import Log  # noqa: E402

DEPTHS = ("groups", "top", "state", "state after it")
VENDOR, HANDOVER, ENDED, AUDITOR, VERDICT = f1.VENDOR, f1.HANDOVER, f1.ENDED, f1.AUDITOR, 67


def fit(tables, depth):
    """The tables with digests that fit their rows: groups alone, the top too, the newest state's root too, or a state
    put after the newest, which chains to it and bears its signatures."""
    out = dict(tables)
    old = {r[:2]: r[2] for r in tables["digest"]}[0, 0]
    out["digest"] = [tuple(r) for r in f1.digests_of(tables, old if depth == "groups" else None)]
    last = tables["state"][-1]
    root = f1.root_of(out["digest"][0][2])
    if depth == "state":
        out["state"] = tables["state"][:-1] + [last[:8] + (root,) + last[9:]]
    elif depth == "state after it":
        chained = f1.state_hash(tables["header"][0][1], f1.State(*last))
        changes = f1.changes_hash([])
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


def frames(log):
    return Log(log).frames()


def forged_entry(log, action):
    """The log and one more batch that chains to its last, with that one's signature."""
    forged = Log(log)
    last = forged.batches[-1]
    entry = last.entries[-1]._replace(seq=forged.next_seq(), action=action)
    forged.batches.append(last._replace(first=entry.seq, before=forged.head(), entries=[entry]))
    return forged.data()
