"""Whether a CSV report says what the JSON says: report.py CSV JSON [COLUMN,...]

Reads the CSV with Python's own csv module, strictly, and holds each cell against the document of the same command, of which
it knows only the keys. Prints "N lines, the facts of M items"; the first difference otherwise.
"""
import csv
import io
import json
import sys

# Of an object within an item the one that goes by its name; what is in no JSON.
SHORT = {"verdict": ("verdict", "result"), "identity": ("identity", "email")}
EXTRA = {"holders": {"since", "last_day"}, "log": {"what"}, "list": set(), "due": set()}


def lines(kind, items):
    """Items as lines: of `due` one a reason."""
    return [dict(i, **r) for i in items for r in i["reasons"]] if kind == "due" else items


def said(kind, key, value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and key == "items":
        return "; ".join(":".join(p for p in (i["id"], i["level"], i["name"]) if p) for i in value)
    if isinstance(value, list) and kind == "due":
        return "; ".join("%s of %s (version %d)" % (h["to"], h["vendor"], h["version"]) for h in value)
    return "; ".join(value) if isinstance(value, list) else str(value)


def fact(kind, key, item):
    for part in SHORT.get(key, key.split(".")):
        item = item[part] if item is not None else None
    return said(kind, key, item)


def main(path, document, wanted=None):
    with open(path, "rb") as f:
        raw = f.read()
    with open(document, encoding="utf-8") as f:
        doc = json.load(f)
    kind = doc["schema"].split(".")[1].split("/")[0]
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8", "strict"), newline=""), strict=True))
    records = raw.split(b"\r\n")
    want = lines(kind, doc["items"])
    if records[-1] != b"" or len(records) != len(rows) + 1 or any(b"\n" in r or b"\r" in r for r in records):
        return "a record is no line that ends with CR LF"
    if wanted and rows[0] != wanted.split(","):
        return "the first line is %s" % rows[0]
    if not wanted:
        keys = {k for k in want[0] if k != "reasons"} if want else set()
        if want and {k.split(".")[0] for k in rows[0]} - EXTRA[kind] != keys:
            return "the first line is %s, the keys are %s" % (rows[0], sorted(keys))
        if len(set(rows[0])) != len(rows[0]):
            return "a column stands twice"
    if len(rows) - 1 != len(want) or any(len(r) != len(rows[0]) for r in rows):
        return "%d lines, expected %d" % (len(rows) - 1, len(want))
    for n, (row, item) in enumerate(zip(rows[1:], want), 1):
        for key, cell in zip(rows[0], row):
            if cell[:1] in set("=+@\t\r\uff1d\uff0b\uff0d\uff20") or (cell[:1] == "-" and not cell[1:].isdigit()):
                return "line %d: %s begins like a formula: %r" % (n, key, cell)
            cell = cell[1:] if cell[:1] == "'" else cell
            if key not in EXTRA[kind] and cell != fact(kind, key, item):
                return "line %d: %s is %r, in JSON %r" % (n, key, cell, fact(kind, key, item))
    return "%d lines, the facts of %d items" % (len(rows) - 1, len(doc["items"]))


if __name__ == "__main__":
    print(main(*sys.argv[1:]))
