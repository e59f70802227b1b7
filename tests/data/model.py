"""What is true of the made-up organisation, reckoned from facts.json alone: who held what on a day, what is due, what
was logged. It follows the manual, not the program, so that the two can be held against each other.

Days are text, YYYY-MM-DD, which sorts as days do; None: no such day."""
import collections
import datetime

WITHIN = 14  # days that `due` and `list` look ahead


def plus(day, days):
    return (datetime.date.fromisoformat(day) + datetime.timedelta(days)).isoformat()


def between(a, b):
    return (datetime.date.fromisoformat(b) - datetime.date.fromisoformat(a)).days


def low(text):
    """As names and addresses compare: ASCII letters without case."""
    return "".join(c.lower() if c.isascii() else c for c in text)


def octets(text):
    return text.encode()


class Model:
    def __init__(self, facts):
        self.facts = facts
        self.tokens = {t["id"]: t for t in facts["tokens"]}
        self.vendors = {v["id"]: v for v in facts["vendors"]}

    # --- tokens

    def current(self, token):
        return token["versions"][-1]

    def version(self, token, number):
        return token["versions"][number - 1]

    def status(self, token, number, day):
        """What a version was at the end of a day; our erasing a removed token's value changes nothing at Smartsheet."""
        v = self.version(token, number)
        if v["died"] and v["died"] <= day:
            return "dead"
        return "retired" if v["retired"] and v["retired"] <= day else "current"

    def said(self, token, number):
        """The newest check of a version, or None."""
        return next((c for c in reversed(token["checks"]) if c["version"] == number), None)

    # --- hand-overs

    def known(self, handover, day):
        """The versions they were given until then, and really were given."""
        return sorted({g["version"] for p in handover["periods"] if not p["never_given"] for g in p["gives"]
                       if g["date"] <= day})

    def at(self, handover, day):
        """(period, giving) that counted at the end of a day, or None."""
        for period in reversed(handover["periods"]):
            for give in reversed(period["gives"]):
                if give["date"] <= day:
                    return period, give
        return None

    def until(self, period, give, day):
        """The last day of a giving, as it was agreed on that day."""
        later = [c["until"] for c in period["confirms"] if period["gives"][c["give"]] is give and c["date"] <= day and c["until"]]
        return later[-1] if later else give["until"]

    def confirmed(self, period, day):
        return max((c["date"] for c in period["confirms"] if c["date"] <= day), default=None)

    def ended(self, period, day):
        return bool(period["ended"] and period["ended"] <= day)

    def state(self, handover, day, ended):
        token = self.tokens[handover["token"]]
        are = {self.status(token, n, day) for n in self.known(handover, day)}
        if not ended:
            return "current" if "current" in are else "outdated"
        return "ended-live" if "current" in are else "ended-retired" if "retired" in are else "ended"

    def holders(self, day, every=False):
        """The items of `holders --at DAY`, `every` as with --all: in their order."""
        out = []
        for h in self.facts["handovers"]:
            found = self.at(h, day)
            if not found or (self.ended(found[0], day) and not every):
                continue
            period, give = found
            ended = self.ended(period, day)
            token, vendor = self.tokens[h["token"]], self.vendors[h["vendor"]]
            out.append((octets(token["label"]), bool(token["removed"]), octets(vendor["name"]), octets(h["to"]), {
                "label": token["label"], "vendor": vendor["name"], "to": h["to"], "purpose": give["purpose"],
                "items": give["items"], "agreement": give["agreement"], "until": self.until(period, give, day),
                "channel": give["channel"], "shared": give["date"], "confirmed": self.confirmed(period, day),
                "version": give["version"], "state": self.state(h, day, ended),
                "ended": period["ended"] if ended else None, "reason": period["reason"] if ended else None}))
        return [o[4] for o in sorted(out, key=lambda o: o[:4])]

    def running(self, token, day):
        return [(h, *self.at(h, day)) for h in self.facts["handovers"] if h["token"] == token["id"] and self.at(h, day)
                and not self.ended(self.at(h, day)[0], day)]

    # --- due: each gives the days from which it holds

    def due_age(self, token, _day):
        if token["rotate_every"]:
            yield plus(self.current(token)["created"], token["rotate_every"])

    def due_expiry(self, token, _day):
        if token["expires"]:
            yield plus(token["expires"], 1)

    def due_until(self, token, day):
        for h, period, give in self.running(token, day):
            agreed = dict(self.vendors[h["vendor"]]["agreements"]).get(give["agreement"])
            days = [d for d in (self.until(period, give, day), agreed) if d]
            if days:
                yield plus(min(days), 1)

    def due_ended_holder(self, token, day):
        for h in self.facts["handovers"]:
            found = self.at(h, day) if h["token"] == token["id"] else None
            if found and self.ended(found[0], day) and self.state(h, day, True) != "ended":
                yield max(p["ended"] for p in h["periods"] if p["ended"] and not p["never_given"])

    def due_retired_alive(self, token, _day):
        for v in token["versions"]:
            said = self.said(token, v["number"])
            if v["retired"] and not v["died"] and said and said["result"] in ("valid", "blocked"):
                yield v["retired"]

    def due_verdict(self, token, _day):
        said = self.said(token, self.current(token)["number"])
        if said and said["result"] in ("expired", "revoked", "invalid"):
            yield said["time"][:10]

    def seen(self, token):
        """The newest check that says whom the current value acts as, or None."""
        return next((c for c in reversed(token["checks"]) if c["version"] == self.current(token)["number"] and
                     c["identity"]), None)

    def due_identity(self, token, _day):
        """Once for another address than labelled, once for another user than was seen before it."""
        now = self.seen(token)
        if not now:
            return
        before = [c for c in token["checks"][:token["checks"].index(now)] if c["identity"]]
        ours = [c for c in before if low(c["identity"]["email"]) == low(token["account"])] or before
        ours = [c for c in ours if c["version"] == now["version"]] or ours
        if ours and ours[0]["identity"]["id"] != now["identity"]["id"]:
            yield now["time"][:10]
        if low(now["identity"]["email"]) != low(token["account"]):
            yield now["time"][:10]

    def due_admin_shared(self, token, day):
        now = self.seen(token)
        held = [give["date"] for _h, _p, give in self.running(token, day)]
        if now and now["identity"]["admin"] and held:
            yield max(now["time"][:10], min(held))

    def due_unchecked(self, token, _day):
        v = self.current(token)
        if v["unchecked"] and not self.said(token, v["number"]):
            yield v["created"]

    def due_slot(self, token, _day):
        last = {}
        for r in self.facts["reads"]:
            if r["token"] == token["id"] and r["version"] == self.current(token)["number"]:
                last[r["slot"]] = max(r["ended"], last.get(r["slot"], ""))
        yield from last.values()

    CODES = ("age", "expiry", "ended-holder", "until", "retired-alive", "verdict", "identity", "admin-shared", "unchecked",
             "slot")

    def reasons(self, token, day, within=WITHIN):
        """[[code, since]…] in the order of the manual, then of the day."""
        last = plus(day, within)
        return [[code, since] for code in self.CODES
                for since in sorted(getattr(self, "due_" + code.replace("-", "_"))(token, day)) if since <= last]

    def due(self, day, within=WITHIN):
        """[(label, account, due, days left, reasons, holders)…], the most urgent first."""
        out = []
        for t in self.facts["tokens"]:
            why = [] if t["removed"] else self.reasons(t, day, within)
            if why:
                first = min(since for _code, since in why)
                held = sorted([self.vendors[h["vendor"]]["name"], h["to"], give["version"]]
                              for h, _period, give in self.running(t, day))
                out.append((t["label"], t["account"], first, between(day, first), why, held))
        return sorted(out, key=lambda d: (d[2], octets(d[0])))

    # --- lists

    def list(self, day):
        """What `list` says of each token, by label, the removed ones last."""
        out = []
        for t in sorted(self.facts["tokens"], key=lambda t: (bool(t["removed"]), octets(t["label"]))):
            v, said = self.current(t), self.said(t, self.current(t)["number"])
            out.append({
                "label": t["label"], "account": t["account"], "license": t["license"], "plan": t["plan"],
                "region": t["region"], "smartsheet_name": v["smartsheet_name"],
                "status": "removed" if t["removed"] else "active", "version": v["number"], "created": t["created"],
                "rotated": v["created"] if v["number"] > 1 else None, "rotate_every_days": t["rotate_every"],
                "rotate_due": plus(v["created"], t["rotate_every"]) if t["rotate_every"] and not t["removed"]
                else None,
                "expires": t["expires"], "owner": t["owner"], "note": t["note"], "tags": t["tags"],
                "result": said and said["result"], "holders": len(self.running(t, day)),
                "due": [] if t["removed"] else list(dict.fromkeys(code for code, _since in self.reasons(t, day)))})
        return out

    def vendor_list(self, day):
        out = []
        for v in sorted(self.facts["vendors"], key=lambda v: octets(low(v["name"]))):
            run = [h for h in self.facts["handovers"] if h["vendor"] == v["id"] and self.at(h, day) and
                   not self.ended(self.at(h, day)[0], day)]
            out.append({"name": v["name"], "contacts": v["contacts"],
                        "agreements": [{"ref": ref, "until": until} for ref, until in v["agreements"]],
                        "vetted": v["vetted"], "note": v["note"], "added": v["added"], "holders": len(run)})
        return out

    # --- the log

    def log(self):
        """[(time, action, slot, label, version, vendor, to)…], oldest first; of one second in any order."""
        return sorted((e["time"], e["action"], e["slot"], e["label"] or "", e["version"] or 0, e["vendor"] or "",
                       e["to"] or "") for e in self.facts["log"])

    def counts(self, key):
        return dict(collections.Counter(e[key] for e in self.facts["log"] if e[key]))
