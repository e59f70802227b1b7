"""What tests/fault/tamper changes: cells and rows, made from the schema and the rows there are."""
import random

import sqlitefile as sf

HIGH, LOW = (1 << 63) - 1, -(1 << 63)
rnd = random.Random(20)  # the same mutants each time


def targets(loose, tags, table):
    """Rows to change cell by cell: all that `get one` uses, and one of each other sort."""
    rows = loose.rows[table]
    used = []
    if table == "object":
        used = [r for r in rows if r[0] in tags]
        return used + [next(r for r in rows if r[2] == k and r not in used) for k in (1, 2, 3, 5)]
    if table == "secret":
        ids = {r[1] for r in loose.rows["object"] if r[0] in tags}
        used = [r for r in rows if r[0] in ids]
        return used + [next(r for r in rows if bool(r[6]) is full and r not in used) for full in (False, True)]
    if table == "digest":
        tag = next(r for r in loose.rows["object"] if r[0] in tags and r[2] == 1)
        groups = {(0, 0), (2, tag[0][0] >> 2), (3, tag[1][0] >> 2), (4, 1)}
        return [r for r in rows if r[:2] in groups]
    if table in ("state", "change"):
        return [rows[-1], rows[0]]
    return rows


def cell_values(v, short):
    if isinstance(v, int):
        some = [v ^ 1, v ^ 1 << 40, 0, HIGH, LOW, None, float(v) + 0.0, str(v)]
        return some[:4] if short else some + [1, 2, -1, v + 1, -v, b"%d" % v]
    last = v[:-1] + bytes([v[-1] ^ 128]) if v else b"\x80"
    some = [bytes([v[0] ^ 1]) + v[1:] if v else b"\0", last, v[:-1] if v else b"\0" * 16, v + b"\0", b"", None]
    return some[:4] if short else some + [bytes(len(v)), v + v, v[1:], 7, "text", v.hex(), b"\xff" * 5000]


def cell_mutants(loose, foreign, tags, table, column):
    """(name, rows) for one column; rows as they then stand in the table."""
    rows = loose.rows[table]
    for at, row in enumerate(targets(loose, tags, table)):
        where = rows.index(row)

        def put(*pairs):
            new = list(rows)
            for i, v in pairs:
                new[i] = new[i][:column] + (v,) + new[i][column + 1:]
            return new

        name = "%s[%d].%s" % (table, where, loose.columns[table][column])
        for v in cell_values(row[column], at > 0):
            if not sf.same((v,), (row[column],)):
                yield "%s = %.40r" % (name, v), put((where, v))
        for i in [i for i, r in enumerate(rows) if r[column] != row[column]][:1 if at else 2]:
            yield "%s copied from row %d" % (name, i), put((where, rows[i][column]))
            yield "%s swapped with row %d" % (name, i), put((where, rows[i][column]), (i, row[column]))
        if foreign.rows[table] and foreign.rows[table][0][column] != row[column]:
            yield name + " from another vault", put((where, foreign.rows[table][0][column]))


def other_keys(loose, table, row):
    """Keys near the row's that no row has."""
    n = loose.keys[table]
    taken = {r[:n] for r in loose.rows[table]}
    for i in range(n):
        v = row[i]
        if isinstance(v, int):
            near = (v + 1, v + 1000, LOW)
        else:
            near = (b"\xff" * 20, v[:-1] + bytes([v[-1] ^ 1]), b"", v + b"\0")
        for new in near:
            key = row[:i] + (new,) + row[i + 1:n]
            if key not in taken:
                yield key


def row_mutants(loose, foreign, older, tags, table):
    rows, n = loose.rows[table], loose.keys[table]
    some = rows if len(rows) <= 40 else targets(loose, tags, table) + rnd.sample(rows, 12)
    for r in some:
        i = rows.index(r)
        yield "row %d deleted" % i, rows[:i] + rows[i + 1:]
        for key in list(other_keys(loose, table, r))[:4 if len(rows) <= 40 else 1]:
            yield "row %d doubled under another key" % i, rows + [key + r[n:]]
            yield "row %d moved to another key" % i, rows[:i] + [key + r[n:]] + rows[i + 1:]
    pairs = [(i, k) for i in range(len(rows)) for k in range(i) if rows[i][n:] != rows[k][n:]]
    used = [p for p in pairs if rows[p[0]] in targets(loose, tags, table)]
    for i, k in rnd.sample(pairs, min(len(pairs), 12)) + rnd.sample(used, min(len(used), 12)):
        new = list(rows)
        new[i], new[k] = rows[i][:n] + rows[k][n:], rows[k][:n] + rows[i][n:]
        yield "contents of rows %d and %d swapped" % (i, k), new
    yield "emptied", []
    yield "all but the first gone", rows[:1]
    yield "all from another vault", foreign.rows[table]
    yield "another vault's added", rows + [r for r in foreign.rows[table] if r[:n] not in {x[:n] for x in rows}]
    for k, old in enumerate(older):
        yield "all from older copy %d" % k, old.rows[table]
        for r in old.rows[table]:
            i = next((i for i, x in enumerate(rows) if x[:n] == r[:n] and x != r), None)
            if i is not None:
                yield "row %d from older copy %d" % (i, k), rows[:i] + [r] + rows[i + 1:]
