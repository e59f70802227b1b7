"""The table of checks: each of the verifying code's, the text that makes it, what stands there without it, and the attack
that then goes through.

Cut(file, name, text, instead, attack): without this check alone the attack goes through. `status`: what it says then,
where the harm is a wrong answer (a user blamed for an attacker's change, or the other way round). `under`: another check
stops the attack too; with the ones named taken out as well it goes through. `because`: what stops it is no check of ours
(SQLite, the AEAD, the shape of the data), so there is nothing to take out.
"""
import collections

Cut = collections.namedtuple("Cut", "file name text instead attack status under because")
CUTS = []
NAMED = {}


def at(file):
    return file if "/" in file else "vault/" + file


def cut(file, name, text, instead, attack, status=None, under=(), because=None):
    c = Cut(at(file), name, text, instead, attack, status, tuple((at(f), t, i) for f, t, i in under), because)
    key = file + ": " + name
    if key in NAMED:
        raise ValueError("two checks are named " + key)
    NAMED[key] = c
    CUTS.append(c)
