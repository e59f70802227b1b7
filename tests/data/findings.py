"""What `audit` finds in the made-up organisation, reckoned from its facts by what vault-audit(1) says: sets of (rule, label,
vendor, person, key slot), None where a finding names none. Nothing is known here of what tokens reach."""
from model import between, low, plus

SEATS = ("exposed", "drift-seat")  # what rests on that
PAID = ("licensed", "member")
NO = ("free", "viewer", "contributor")
NO_PLAN = ("free", "individual", "pro")


class Findings:
    DAYS = {"expiry": 30, "agreement-ending": 30, "retired-unproved": 7, "unchecked": 30, "unused": 90, "unconfirmed": 365,
            "slot-idle": 90}

    def __init__(self, model, looks="anja"):
        self.m, self.looks = model, looks
        self.active = [t for t in model.facts["tokens"] if not t["removed"]]
        self.people = {low(t["owner"]) for t in self.active if t["owner"]} | {low(c) for v in model.facts["vendors"] for c in v["contacts"]}

    def days(self, **days):
        self.DAYS = {**self.DAYS, **{k.replace("_", "-"): v for k, v in days.items()}}
        return self

    def long_ago(self, rule, then, day):
        return between(then, day) > self.DAYS[rule]

    def dead(self, token):
        said = self.m.said(token, self.m.current(token)["number"])
        return bool(said and said["result"] in ("expired", "revoked", "invalid"))

    def holders(self, token, day):
        return [(h, period, give, self.m.vendors[h["vendor"]]["name"]) for h, period, give in self.m.running(token, day)]

    def of_token(self, t, day):
        """What is found of one; each (rule, vendor, person)."""
        held, now = self.holders(t, day), self.m.current(t)
        for code, since in self.m.reasons(t, day, self.DAYS["expiry"]):
            if code in ("identity", "unchecked", "until", "ended-holder", "admin-shared") or (since > day and code != "expiry"):
                continue
            yield code, None, None
        one = (held[0][3], held[0][0]["to"]) if len(held) == 1 else (None, None)
        if any(since <= day for since in self.m.due_admin_shared(t, day)):
            yield "admin-shared", *one
        for h in self.m.facts["handovers"]:
            found = self.m.at(h, day) if h["token"] == t["id"] else None
            if found and self.m.ended(found[0], day) and self.m.state(h, day, True) != "ended":
                yield "ended-holder", self.m.vendors[h["vendor"]]["name"], h["to"]
        for h, period, give, vendor in held:
            agreed = dict(self.m.vendors[h["vendor"]]["agreements"]).get(give["agreement"])
            if any(d and d < day for d in (self.m.until(period, give, day), agreed)):
                yield "until", vendor, h["to"]
            if not give["agreement"]:
                yield "vendor-no-agreement", vendor, h["to"]
            if self.dead(t):
                yield "dead-held", vendor, h["to"]
            if self.long_ago("unconfirmed", max(give["date"], self.m.confirmed(period, day) or ""), day):
                yield "unconfirmed", vendor, h["to"]
        if len({vendor for *_, vendor in held}) > 1:
            yield "many-vendors", None, None
        if low(t["account"]) in self.people:
            yield "everyday-account", None, None
        if t["license"] in NO or t["plan"] in NO_PLAN:
            yield "ineligible", None, None
        for v in t["versions"]:
            if v["retired"] and not v["died"] and self.long_ago("retired-unproved", v["retired"], day):
                yield "retired-unproved", None, None
        knows = [(vendor, h["to"]) for h, _p, _g, vendor in held if now["number"] in self.m.known(h, day)]
        if not now["value"] and knows:
            yield "no-value", *(knows[0] if len(knows) == 1 else (None, None))
        # Who asks what it reaches asks whom it acts as, too.
        said = [c["time"][:10] for c in t["checks"] if c["version"] == now["number"]] + [
            e["time"][:10] for e in self.m.facts["exposures"] if e["token"] == t["id"] and e["time"][:10] > now["created"]]
        if now["value"] and (not said or self.long_ago("unchecked", max(said), day)):
            yield "unchecked", None, None
        used = [e["time"][:10] for e in self.m.facts["log"] if e["token"] == t["id"] and e["action"] in ("get", "run", "add")]
        if now["value"] and not held and self.long_ago("unused", max(used), day):
            yield "unused", None, None
        for rule in self.drifts(t):
            yield rule, None, None

    def drifts(self, t):
        now = self.m.seen(t)
        if not now:
            return
        before = [c for c in t["checks"][:t["checks"].index(now)] if c["identity"]]
        ours = [c for c in before if low(c["identity"]["email"]) == low(t["account"])] or before
        ours = [c for c in ours if c["version"] == now["version"]] or ours
        if ours and ours[0]["identity"]["id"] != now["identity"]["id"]:
            yield "drift-user"
        if low(now["identity"]["email"]) != low(t["account"]):
            yield "drift-email"
        for what, rule in (("admin", "drift-admin"), ("licensed", "drift-license")):
            if before and before[-1]["identity"][what] != now["identity"][what]:
                yield rule

    def of_vendors(self, day):
        held = [(h, self.m.at(h, day)[1]) for h in self.m.facts["handovers"]
                if self.m.at(h, day) and not self.m.ended(self.m.at(h, day)[0], day)]
        for v in self.m.facts["vendors"]:
            gives = [give for h, give in held if h["vendor"] == v["id"]]
            if gives and not v["vetted"]:
                yield "vendor-unvetted", None, v["name"]
            for ref, until in v["agreements"]:
                if until and plus(until, 1) <= plus(day, self.DAYS["agreement-ending"]) and any(g["agreement"] == ref for g in gives):
                    yield "agreement-ending", None, v["name"]

    def of_accounts(self, day):
        accounts = {}
        for t in sorted(self.active, key=lambda t: t["label"].encode()):
            accounts.setdefault(low(t["account"]), []).append(t)
        for account, tokens in accounts.items():
            if len(tokens) > 1:
                yield "same-account", None, None
            idle = [t for t in tokens if self.dead(t) or (t["license"] in PAID and not self.holders(t, day) and any(
                not p["never_given"] for h in self.m.facts["handovers"] if h["token"] == t["id"] for p in h["periods"]))]
            if len(idle) == len(tokens) and tokens[0]["license"] in PAID and account not in self.people:
                yield "license-idle", tokens[0]["label"], None

    def of_slots(self, day):
        slots = [s for s in self.m.facts["slots"] if not s["ended"]]
        for s in slots:
            used = [e["time"][:10] for e in self.m.facts["log"] + self.m.facts["exposures"] if e["slot"] == s["name"]]
            if s["role"] != "auditor" and s["opens_by"] != "recovery" and s["name"] != self.looks and \
                    self.long_ago("slot-idle", max(used + [s["added"]]), day):
                yield "slot-idle", s["name"]
            if s["opens_by"] == "passphrase":  # all of them are made quick
                yield "kdf-weak", s["name"]
        if sum(s["role"] == "admin" and s["opens_by"] != "recovery" for s in slots) == 1:
            yield "one-admin", next(s["name"] for s in slots if s["role"] == "admin")
        if not any(s["opens_by"] == "recovery" for s in slots):
            yield "no-recovery", None

    def all(self, day):
        """Sorted; the same one several times where it is found so often."""
        out = [(rule, t["label"], vendor, to, None) for t in self.active for rule, vendor, to in self.of_token(t, day)]
        out += [(rule, label, vendor, None, None) for rule, label, vendor in (*self.of_vendors(day), *self.of_accounts(day))]
        out += [(rule, None, None, None, slot) for rule, slot in self.of_slots(day)]
        return sorted(out, key=str)
