"""What Doer does with vendors, hand-overs and key slots."""
import os

from doing import Doer
from model import low


class Dealer(Doer):
    # --- vendors

    def vendor_add(self, slot, name, contacts=(), agreements=(), vetted=None, note=None):
        self.run(slot, "vendor", "add", name, *[w for c in contacts for w in ("--contact", c)],
                 *[w for a in agreements for w in ("--agreement", ":".join(x for x in a if x))],
                 *(["--vetted", vetted] if vetted else []), *(["--note", note] if note else []))
        vendor = {"id": len(self.facts["vendors"]), "name": name, "contacts": list(contacts),
                  "agreements": [list(a) for a in agreements], "vetted": vetted, "note": note, "added": self.day}
        self.facts["vendors"].append(vendor)
        self.log(slot, "vendor-add", vendor=vendor)
        return vendor

    def vendor_edit(self, slot, vendor, name=None, vetted=None, agreement=None):
        """`agreement`: (ref, until), one more or longer."""
        self.run(slot, "vendor", "edit", vendor["name"], *(["--name", name] if name else []),
                 *(["--vetted", vetted] if vetted else []),
                 *(["--add-agreement", ":".join(agreement)] if agreement else []))
        vendor["name"], vendor["vetted"] = name or vendor["name"], vetted or vendor["vetted"]
        if agreement:
            there = [a for a in vendor["agreements"] if a[0] == agreement[0]]
            if there:
                there[0][1] = agreement[1]
            else:
                vendor["agreements"].append(list(agreement))
        self.log(slot, "vendor-edit", vendor=vendor)

    def vendor_remove(self, slot, vendor):
        self.run(slot, "vendor", "remove", vendor["name"])
        self.log(slot, "vendor-remove", vendor=vendor)
        self.facts["vendors"].remove(vendor)

    def vendor_end(self, slot, vendor, reason):
        self.run(slot, "vendor", "end", vendor["name"], "--reason", reason)
        held = [h for h in self.facts["handovers"] if h["vendor"] == vendor["id"] and self.period(h)]
        for h in held:
            self.end_one(slot, h, self.day, reason, False)
        if held:
            self.log(slot, "vendor-end", vendor=vendor)

    # --- hand-overs

    def period(self, handover):
        """The one that runs, or None."""
        last = handover["periods"][-1] if handover["periods"] else None
        return last if last and not last["ended"] else None

    def handover(self, token, vendor, to):
        return next((h for h in self.facts["handovers"] if (h["token"], h["vendor"], low(h["to"])) ==
                     (token["id"], vendor["id"], low(to))), None)

    def share(self, slot, token, vendor, to, **more):
        """purpose, channel, until, agreement, date; items: [(id, level, name)…]; force."""
        force, items = more.pop("force", False), more.pop("items", [])
        argv = ["share", token["label"], "--vendor", vendor["name"], "--to", to, *self.share_more]
        argv += [w for key, text in sorted(more.items()) if text for w in ("--" + key, text)]
        argv += [w for i in items for w in ("--item", ":".join(x for x in i if x))]
        h = self.handover(token, vendor, to)
        if h and self.period(h):  # what is not said again would stay as it was
            argv += [w for key in ("purpose", "until", "agreement") if not more.get(key) for w in ("--" + key, "")]
            argv += ["--item", ""]
        self.run(slot, *argv, *(["--force"] if force else []))
        h = self.handover(token, vendor, to)
        if not h:
            h = {"token": token["id"], "vendor": vendor["id"], "to": to, "periods": []}
            self.facts["handovers"].append(h)
        if not self.period(h):
            h["periods"].append({"gives": [], "confirms": [], "ended": None, "never_given": False, "reason": None})
        number = token["versions"][-1]["number"]
        h["periods"][-1]["gives"].append({
            "version": number, "date": more.get("date") or self.day,
            "items": [{"id": i[0], "level": i[1], "name": i[2]} for i in items],
            **{k: more.get(k) for k in ("purpose", "channel", "until", "agreement")}})
        self.log(slot, "share", token, number, vendor, h["to"])
        return h

    def confirm(self, slot, token, vendor, to, until=None):
        self.run(slot, "share", token["label"], "--vendor", vendor["name"], "--to", to, "--confirm",
                 *(["--until", until] if until else []))
        h = self.handover(token, vendor, to)
        period = self.period(h)
        period["confirms"].append({"date": self.day, "give": len(period["gives"]) - 1, "until": until})
        self.log(slot, "confirm", token, period["gives"][-1]["version"], vendor, h["to"])

    def end_one(self, slot, h, day, reason, never):
        period = self.period(h)
        period.update(ended=day, reason=reason, never_given=never)
        token = self.facts["tokens"][h["token"]]
        vendor = next(v for v in self.facts["vendors"] if v["id"] == h["vendor"])
        self.log(slot, "unshare", token, period["gives"][-1]["version"], vendor, h["to"])

    def unshare(self, slot, token, vendor, to=None, reason=None, never=False, date=None):
        self.run(slot, "unshare", token["label"], "--vendor", vendor["name"], *(["--to", to] if to else []),
                 *(["--reason", reason] if reason else []), *(["--never-given"] if never else []),
                 *(["--date", date] if date else []))
        for h in self.facts["handovers"]:
            if (h["token"], h["vendor"]) == (token["id"], vendor["id"]) and self.period(h) and \
                    (to is None or low(to) == low(h["to"])):
                self.end_one(slot, h, date or self.day, reason, never)

    # --- key slots

    def slot(self, name):
        return next(s for s in self.facts["slots"] if s["name"] == name and not s["ended"])

    def init(self, name):
        self.run(name, "init", "--key-file-out", self.key(name), "--slot-name", name, "--kdf-memory", "19",
                 "--kdf-passes", "2", "--recovery-out", os.path.join(self.top, "keys", "recovery"))
        self.facts["slots"] += [{"name": name, "role": "admin", "opens_by": "key-file", "added": self.day, "ended": None},
                                {"name": "recovery", "role": "admin", "opens_by": "recovery", "added": self.day, "ended": None}]
        self.log(name, "init")

    def key(self, name):
        return os.path.join(self.top, "keys", name + ".key")

    def access_add(self, slot, name, role, passphrase=None):
        how = ["--key-file-out", self.key(name)]
        if passphrase:
            path = os.path.join(self.top, "keys", name + ".passphrase")
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as f:
                f.write(passphrase + "\n")
            how = ["--new-passphrase-file", path, "--kdf-memory", "19", "--kdf-passes", "2"]
        self.run(slot, "access", "add", name, "--role", role, *how)
        self.facts["slots"].append({"name": name, "role": role, "opens_by": "passphrase" if passphrase else "key-file",
                                    "added": self.day, "ended": None})
        if role == "script":
            self.grants[name] = {}
        self.log(slot, "slot-add")

    def read_until_now(self, name, token):
        self.facts["reads"].append({"token": token["id"], "version": token["versions"][-1]["number"], "slot": name,
                                    "ended": self.day})

    def access_remove(self, slot, name):
        self.run(slot, "access", "remove", name)
        role = self.slot(name)["role"]
        self.slot(name)["ended"] = self.day
        granted = self.grants.pop(name, {})
        for t in self.facts["tokens"]:
            if role in ("admin", "monitor") and not t["removed"] and t["versions"][-1]["value"] or t["id"] in granted:
                self.read_until_now(name, t)
        self.log(slot, "slot-remove")

    def grant(self, slot, name, token):
        self.run(slot, "access", "grant", name, token["label"])
        self.grants[name][token["id"]] = token["versions"][-1]["number"]
        self.log(slot, "grant", token)

    def revoke_grant(self, slot, name, token):
        self.run(slot, "access", "revoke", name, token["label"])
        del self.grants[name][token["id"]]
        self.read_until_now(name, token)
        self.log(slot, "revoke", token)

    def log_rotate(self, slot):
        self.run(slot, "log", "--rotate")
        self.log(slot, "log-rotate")
