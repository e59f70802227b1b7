"""A vault's file without most of what is the same in each: the digests of leaves in which nothing is.

They are a quarter of a megabyte that does not compress, and follow from the format alone. In an archive each stands as its
number, or as the word that it is the one after the last; so the file keeps its length, and the index's sha256, which is that
of the whole file, says whether it came back as it was.
"""
import functools
import os
import re
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "forge"))

MARK = b"smartvault1 empty leaf: "
NEXT = MARK + b"\xff" * 8
MARKS = re.compile(re.escape(MARK) + b"(.{8})", re.S)


@functools.lru_cache(maxsize=None)
def empties():
    """All of them, area by area."""
    import format1 as f1  # pylint: disable=import-outside-toplevel
    return [f1.empty_leaf(area, i) for area, n in f1.LEAVES.items() for i in range(n)]


def thin(data):
    numbers, out, i, last = {x: n for n, x in enumerate(empties())}, bytearray(data), 0, None
    while i < len(data):
        n = numbers.get(data[i:i + 32])
        if n is None:
            i += 1
            continue
        out[i:i + 32] = NEXT if last is not None and n == last + 1 else MARK + n.to_bytes(8, "little")
        i, last = i + 32, n
    return bytes(out)


def whole(data):
    if MARK not in data:
        return data
    last = [0]

    def digest(m):
        last[0] = last[0] + 1 if m.group() == NEXT else int.from_bytes(m.group(1), "little")
        return empties()[last[0]]
    return MARKS.sub(digest, data)
