"""SQLite's file, journal and WAL as bytes, for tests that change a database in ways SQLite itself refuses.

Only what the vault's files have: pages of 4,096 bytes, UTF-8, WITHOUT ROWID tables whose key columns come first.
Sections named are those of SQLite's "Database File Format".
"""
import sqlite3
import struct

PAGE = 4096
LEAF, INTERIOR = 0x0A, 0x02  # index b-tree pages (1.6)


def pages(data):
    return [data[i:i + PAGE] for i in range(0, len(data), PAGE)]


class Loose:
    """A database whose tables take anything in any column, and the way back to the schema it had.

    The texts in the schema are replaced by others of the same length without STRICT, NOT NULL and affinities. Rows are
    stored the same under both, so nothing shows that SQLite wrote what STRICT forbids."""

    def __init__(self, data):
        con = load(data)
        self.sql = {name: sql for name, sql in con.execute("SELECT name, sql FROM sqlite_schema")}
        self.columns = {t: [r[1] for r in con.execute('PRAGMA table_info("%s")' % t)] for t in self.sql}
        self.keys = {t: sum(1 for r in con.execute('PRAGMA table_info("%s")' % t) if r[5]) for t in self.sql}
        self.rows = {t: con.execute('SELECT * FROM "%s"' % t).fetchall() for t in self.sql}
        con.close()
        self.swap = []
        for sql in self.sql.values():
            loose = sql.replace("INTEGER", "BLOB   ").replace("NOT NULL", " " * 8).replace("STRICT,", " " * 7)
            assert data.count(sql.encode()) == 1, "a schema text is cut by a page's end"
            self.swap.append((sql.encode(), loose.encode()))
        self.data = data
        for sql, loose in self.swap:
            self.data = self.data.replace(sql, loose)

    def strict(self, data):
        for sql, loose in self.swap:
            data = data.replace(loose, sql)
        return data

    def change(self, table, rows):
        """The file with these rows in the table; None where two of them have one key."""
        return self.change_all({table: list(rows)})

    def change_all(self, tables):
        con = load(self.data)
        try:
            for table, new in tables.items():
                columns, old = self.columns[table], self.rows[table]
                where = " AND ".join(c + " IS ?" for c in columns[:self.keys[table]])
                for r in old:
                    if not any(same(r, n) for n in new):
                        con.execute('DELETE FROM "%s" WHERE %s' % (table, where), r[:self.keys[table]])
                for r in new:
                    if not any(same(r, o) for o in old):
                        con.execute('INSERT INTO "%s" VALUES(%s)' % (table, ",".join("?" * len(columns))), r)
        except sqlite3.IntegrityError:
            return None
        finally:
            out = con.serialize()
            con.close()
        return self.strict(out)


def same(a, b):
    """Python takes 1 for 1.0."""
    return a == b and all(type(x) is type(y) for x, y in zip(a, b))


def load(data):
    con = sqlite3.connect(":memory:", isolation_level=None)
    con.deserialize(data)
    return con


def all_rows(data):
    """Schema and rows; None where SQLite finds them damaged."""
    con = load(data)
    try:
        schema = con.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall()
        if con.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            return None
        return schema, [con.execute('SELECT * FROM "%s"' % name).fetchall() for name, _ in schema]
    except sqlite3.DatabaseError:
        return None
    finally:
        con.close()


def sql(data, *statements):
    """The file after statements, among them changes of the schema by hand."""
    con = load(data)
    con.execute("PRAGMA writable_schema=ON")
    for s in statements:
        con.execute(s)
    out = con.serialize()
    con.close()
    return out


# --- records (2.1) ------------------------------------------------------------------------------------------------

def varint(n):
    out = [n & 127]
    while n > 127:
        n >>= 7
        out.insert(0, n & 127 | 128)
    return bytes(out)


def serial(value):
    """Serial type and body of a value as SQLite stores it."""
    if isinstance(value, bytes):
        return 12 + 2 * len(value), value
    if value in (0, 1):
        return 8 + value, b""
    for kind, n in ((1, 1), (2, 2), (3, 3), (4, 4), (5, 6), (6, 8)):
        if -(1 << (8 * n - 1)) <= value < 1 << (8 * n - 1):
            return kind, value.to_bytes(n, "big", signed=True)
    raise ValueError(value)


def other_types(value):
    """Serial types that take as many bytes as the value's own."""
    kind, body = serial(value)
    n = len(body)
    fit = {12 + 2 * n: "blob", 13 + 2 * n: "text"}
    fit.update({0: {0: "null", 8: "0", 9: "1"}, 8: {6: "integer", 7: "real"}}.get(n, {}))
    return {k: name for k, name in fit.items() if k != kind and len(varint(k)) == len(varint(kind))}


def patch_type(data, row, column, kind):
    """The row's record with another serial type for one column, its body untouched."""
    parts = [serial(v) for v in row]
    types = [varint(k) for k, _ in parts]
    body = b"".join(b for _, b in parts)[:60]
    head = varint(1 + sum(map(len, types)))
    old = head + b"".join(types) + body
    types[column] = varint(kind)
    new = head + b"".join(types) + body
    assert data.count(old) >= 1, "the record is not found"
    return data.replace(old, new)


# --- pages of index b-trees (1.6) ---------------------------------------------------------------------------------

def btree_pages(data, kind=LEAF):
    """Numbers (from 0) of pages that look like leaves of a WITHOUT ROWID table and have at least two cells."""
    return [i for i, p in enumerate(pages(data)) if i > 0 and p[0] == kind and struct.unpack(">H", p[3:5])[0] >= 2]


def swap_pages(data, a, b):
    p = pages(data)
    p[a], p[b] = p[b], p[a]
    return b"".join(p)


def cells(data, page):
    base = page * PAGE
    n, = struct.unpack(">H", data[base + 3:base + 5])
    at = base + (8 if data[base] == LEAF else 12)
    return at, n


def point(data, page, first, second, both):
    """The cell pointers of a page: two swapped (rows out of order), or one standing twice (a row twice, one hidden)."""
    at, _ = cells(data, page)
    d = bytearray(data)
    a, b = (slice(at + 2 * i, at + 2 * i + 2) for i in (first, second))
    d[a], d[b] = data[b], data[a] if both else data[b]
    return bytes(d)


# --- journals (3, 4) ----------------------------------------------------------------------------------------------

MAGIC = bytes.fromhex("d9d505f920a163d7")


def journal(old, count, victim=None):
    """A hot rollback journal that puts back pages {number from 0: bytes} and makes the file `count` pages long; with
    the name of a super-journal, which SQLite deletes."""
    nonce = 0x01020304
    out = (MAGIC + struct.pack(">IIIII", len(old), nonce, count, 512, PAGE)).ljust(512, b"\0")
    for i, p in old.items():
        total = (nonce + sum(p[k] for k in range(PAGE - 200, 0, -200))) & 0xFFFFFFFF
        out += struct.pack(">I", i + 1) + p + struct.pack(">I", total)
    if victim:
        name = victim.encode()
        out += struct.pack(">I", 0x40000000 // PAGE + 1) + name + struct.pack(">II", len(name), sum(name)) + MAGIC
    return out


def wal(new, count):
    """A WAL whose frames put pages {number from 0: bytes} over the file's."""
    def add(data, s0, s1):
        for a, b in struct.iter_unpack(">II", data):
            s0 = s0 + a + s1 & 0xFFFFFFFF
            s1 = s1 + b + s0 & 0xFFFFFFFF
        return s0, s1

    salt = bytes(range(8))
    head = struct.pack(">IIII", 0x377F0683, 3007000, PAGE, 0) + salt
    s = add(head, 0, 0)
    out = [head, struct.pack(">II", *s)]
    for n, (i, p) in enumerate(new.items(), 1):
        frame = struct.pack(">II", i + 1, count if n == len(new) else 0)
        s = add(p, *add(frame, *s))
        out += [frame, salt, struct.pack(">II", *s), p]
    return b"".join(out)
