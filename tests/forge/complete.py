"""Whether the table of checks has them all: every function of the verifying code that refuses has an entry a refusal, or says
why not."""
import glob
import os
import re

from arena import ROOT
from cuts import CUTS
from cuts_more import EXEMPT

# Parsers of what the AEAD has opened already; what they refuse is in tests/unit and the fuzzers.
PARSERS = ("json", "jsonread", "record", "record_exposure", "record_ledger", "record_reminder", "record_settings")
FILES = [os.path.basename(f)[:-2] for f in sorted(glob.glob(os.path.join(ROOT, "vault/*.c")))]
FILES = [f for f in FILES if f not in PARSERS]
REFUSAL = re.compile(r"VAULT_(DAMAGED|ROLLBACK|FORMAT|FORBIDDEN|UNSAFE)|\b(bad|damaged|disagree|record_bad)\(err|\bgone\(v|"
                     r"\btxn_forbidden\(")
FUNCTION = re.compile(r"^(?:static |enum |struct |int |void |const |uint|size_t|char)[^;{}]*?\b(\w+)\([^;{}]*\)\n\{.*?^\}", re.M | re.S)


def missing():
    """(complaints, refusals, functions)"""
    bad, refusals, functions = [], 0, 0
    for name in FILES:
        with open(os.path.join(ROOT, "vault", name + ".c"), encoding="utf-8") as f:
            source = f.read()
        places = [source.find(c.text) for c in CUTS if c.file == "vault/%s.c" % name]
        exempt = dict(EXEMPT.get(name + ".c", {}))
        for m in FUNCTION.finditer(source):
            n = sum(1 for line in m.group(0).split("\n") if REFUSAL.search(line))
            have = sum(1 for p in places if m.start() <= p < m.end())
            reason = exempt.pop(m.group(1), None)
            refusals += n
            functions += n > 0
            if n > have and not reason:
                bad.append("%s.c: %s refuses in %d places and has %d entries" % (name, m.group(1), n, have))
            if reason and n <= have:
                bad.append("%s.c: %s needs no reason any more" % (name, m.group(1)))
        bad += ["%s.c: no function %s" % (name, f) for f in exempt]
    return bad, refusals, functions
