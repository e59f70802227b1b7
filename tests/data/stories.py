"""What has to happen at least once, whatever chance decides: (day, chapter), each told by a Story (tests/data/organisation)."""
from model import plus


def admins_token(s):
    """A system admin's token is refused to a vendor once Smartsheet said whose it is, and given by --force."""
    token = s.own("admin", "root", "root/everything", rotate_every=0, note="whole organisation")
    s.do.check("anja", [token])
    vendor = s.vendors[0]
    s.do.run("anja", "share", token["label"], "--vendor", vendor["name"], "--to", "boss@v0.example", *s.do.share_more,
             status=(1,))
    s.do.share("anja", token, vendor, "boss@v0.example", force=True, purpose="in a hurry")
    s.own("it", "it", "it/backup", rotate_every=365)


def becomes_admin(s):
    """Hanne's token is with two vendors when she becomes a system admin."""
    token = s.own("hanne", "hanne", "hanne/board", rotate_every=0)
    s.do.check("anja", [token])
    s.do.share("anja", token, s.vendors[1], "a@v1.example", until="2027-01-05")
    s.do.share("anja", token, s.vendors[3], "b@v3.example")


def became_admin(s):
    s.do.user_set(s.users["hanne"], admin=True)
    s.do.check("mona", [s.extra["hanne"], s.extra["given"]])  # the second look at one who acts as another already


def leaves(s):
    """Gus leaves: his address becomes his successor's, and his tokens with it. One is labelled anew, one is not."""
    for name in ("kept", "noted"):
        token = s.own(name, "gus", "gus/%s" % name, rotate_every=0)
        s.do.check("anja", [token])
        s.do.share("anja", token, s.vendors[4], "g@v4.example", agreement=None, until="2026-12-20")


def left(s):
    s.do.user_set(s.users["gus"], email="gus.successor@nordwind.example")
    s.do.check("anja", [s.extra["kept"], s.extra["noted"]])
    s.do.edit("anja", s.extra["noted"], account="gus.successor@nordwind.example")
    s.do.check("anja", [s.extra["noted"]])


def another_user(s):
    """A token that acts as somebody else from one day to the next; and its user loses the license."""
    token = s.own("given", "ivo", "ivo/shared-box", rotate_every=730)
    s.do.check("anja", [token])
    s.do.share("anja", token, s.vendors[5], "i@v5.example", items=[("7340596407887748", "editor", "Aufträge")])
    s.own("license", "ivo", "ivo/second", rotate_every=0)
    s.do.check("anja", [s.extra["license"]])


def acts_as_another(s):
    s.do.give_away(s.extra["given"], s.users["successor"])
    s.do.user_set(s.users["ivo"], licensed=False)
    s.do.check("anja", [s.extra["given"], s.extra["license"]])


def ineligible(s):
    """Who cannot have a token has one all the same."""
    for name, user in (("viewer", "vera"), ("free", "fred")):
        s.do.run("anja", "add", user + "/odd", "--account", user + "@nordwind.example", "--license", s.users[user]["says"][1],
                 status=(1,), stdin="fake0000000000000000000000000000000001")
        s.own(name, user, user + "/odd", force=True)
    s.own("unclear", "pru", "pru/trial", rotate_every=365)
    s.own("lost", "dag", "dag/nobody-has-it", value=False, rotate_every=0)
    s.do.share("anja", s.extra["lost"], s.vendors[6], "k@v6.example")


def dies(s):
    """Values that Smartsheet refuses one day: expired, revoked, not known; one is alive and blocked."""
    for name, user in (("expired", "integration-1"), ("revoked", "integration-2"), ("invalid", "jo"), ("blocked", "successor")):
        token = s.own(name, user, "case/" + name, rotate_every=0, created="2024-12-01")
        s.do.check("anja", [token])
    s.do.share("anja", s.extra["revoked"], s.vendors[7], "r@v7.example", until=plus(s.do.day, 90))


def died(s):
    for name in ("expired", "revoked", "invalid"):
        s.do.revoke(s.extra[name], 1, name)
    s.do.user_set(s.users["successor"], refuse=1188)
    s.do.check("anja", [s.extra[n] for n in ("expired", "revoked", "invalid", "blocked")])


def retired_alive(s):
    """Rotated, and the old value was never revoked; rotated without asking; and one value at two vendors that was ended at one."""
    for name in ("alive", "unchecked", "two"):
        s.own(name, "integration-3", "case/" + name, rotate_every=730)
    s.do.share("anja", s.extra["alive"], s.vendors[8], "a@v8.example")
    for i in (8, 9):
        s.do.share("anja", s.extra["two"], s.vendors[i], "t@v%d.example" % i, channel="telephone")
    s.do.check("anja", [s.extra["alive"], s.extra["two"]])


def rotated(s):
    s.do.rotate("anja", s.extra["alive"], s.users["integration-3"])
    s.do.rotate("anja", s.extra["unchecked"], s.users["integration-3"], unchecked=True)
    s.do.unshare("anja", s.extra["two"], s.vendors[9], reason="too slow", date=plus(s.do.day, -3))
    s.do.share("anja", s.extra["alive"], s.vendors[8], "a@v8.example")


def scripts(s):
    for name in ("reports", "sync", "old-etl", "backup-job"):
        s.do.access_add("anja", name, "script")
    have = [t for t in s.tokens if s.live(t) and t["versions"][-1]["value"]]
    for i, name in enumerate(("reports", "sync", "old-etl", "backup-job")):
        for t in have[i * 4:i * 4 + 4]:
            s.do.grant("bjørn", name, t)


def script_ends(s):
    s.do.access_remove("anja", "old-etl")
    number = list(s.do.grants["sync"])[-1]
    s.do.revoke_grant("anja", "sync", s.do.facts["tokens"][number])
    s.do.grant("anja", "sync", s.extra["alive"])


def label_again(s):
    """A label that is free again is another token's."""
    first = s.own("first", "kim", "kim/box", rotate_every=0)
    s.do.check("anja", [first])
    s.do.share("anja", first, s.vendors[2], "k@v2.example")
    s.do.unshare("anja", first, s.vendors[2], "k@v2.example")
    s.do.remove("anja", first)
    s.own("second", "kim", "kim/box", rotate_every=365)


def vendor_ends(s):
    held = sorted((sum(1 for h in s.do.facts["handovers"] if h["vendor"] == v["id"] and s.do.period(h)), v["id"]) for v in
                  s.vendors[10:30])
    s.do.vendor_end("anja", next(v for v in s.vendors if v["id"] == held[-1][1]), "contract over")


def never_used(s):
    s.do.vendor_remove("anja", s.do.vendor_add("anja", "Tippfehler", ["nobody@nowhere.example"]))
    s.do.vendor_edit("anja", s.vendors[2], name="株式会社サンプル 東京")


CHAPTERS = (
    ("2024-01-10", never_used), ("2024-02-01", ineligible), ("2024-02-20", scripts), ("2024-05-06", admins_token),
    ("2024-09-02", leaves), ("2025-01-15", becomes_admin), ("2025-02-14", lambda s: s.do.access_remove("anja", "carl")),
    ("2025-03-03", label_again), ("2025-03-31", lambda s: s.do.log_rotate("anja")), ("2025-05-05", another_user),
    ("2025-06-02", dies), ("2025-08-08", retired_alive), ("2025-09-15", left),
    ("2025-11-11", vendor_ends), ("2026-01-20", acts_as_another), ("2026-03-04", became_admin), ("2026-06-09", died),
    ("2026-07-01", rotated), ("2026-08-03", script_ends), ("2026-10-01", vendor_ends),
    ("2026-11-18", lambda s: s.do.exposure("anja", [s.extra["two"], s.extra["alive"]])),
)
