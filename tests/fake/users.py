"""The people of the built-in data set: one of each kind that the product tells apart.

A user is a dictionary: the fields that GET /users/me gives, and those of INNER, which it does not: plan and seat (what
decides whether a token may be made, and what /users/{id}/plans tells), status, refuse (a code that this user's every
request gets), and what the user can reach.
"""
INNER = ("plan", "seat", "status", "refuse", "sheets", "workspaces", "reports", "sights", "contacts", "groups", "plans")
COMPANY = {"id": 2501234567890500, "name": "Company A"}
PARTNER = {"id": 2509876543210500, "name": "Company B"}
LEVELS = ("OWNER", "ADMIN", "EDITOR_SHARE", "EDITOR", "COMMENTER", "VIEWER")
HOST = "https://app.smartsheet.example"


def items(kind, number, first, levels=LEVELS):
    """`number` sheets, workspaces, reports or sights; ids and levels follow from `first`."""
    out = []
    for i in range(number):
        one = {"id": 4400000000000000 + first * 10000 + i, "name": "%s %d" % (kind.capitalize(), first + i),
               "accessLevel": levels[i % len(levels)],
               "permalink": "%s/%ss/fake%d" % (HOST, kind, first * 10000 + i)}
        if kind in ("sheet", "report", "sight"):
            # Nine digits of a second are seen in official material.
            one["createdAt"] = "2025-11-03T08:15:30Z" if i % 2 else "2025-11-03T08:15:30.123456789Z"
            one["modifiedAt"] = "2026-02-0%dT17:20:05Z" % (1 + i % 9)
        if kind == "report":
            one["isSummaryReport"] = False
        out.append(one)
    return out


def filled(what, number):
    """So many of these."""
    if what == "contacts":
        return [{"id": "fakeContact%d" % i, "name": "Contact %d" % i, "email": "c%d@company-c.example" % i} for i in range(number)]
    return items(what.rstrip("s"), number, 700)


def person(number, name, first, last, **over):
    """A licensed user of an Enterprise plan who sees little, unless `over` says otherwise."""
    user = {
        "id": 7700000000000000 + number,
        "email": name if "@" in name else name + "@company-a.example",
        "firstName": first,
        "lastName": last,
        "locale": "en_US",
        "timeZone": "US/Pacific",
        "account": dict(COMPANY),
        "admin": False,
        "licensedSheetCreator": True,
        "groupAdmin": False,
        "resourceViewer": False,
        "jiraAdmin": False,
        "salesforceAdmin": False,
        "salesforceUser": False,
        "alternateEmails": [],
        "sheetCount": -1,
        "lastLogin": "2026-01-15T09:00:00Z",
        "title": "",
        "department": "",
        "company": "",
        "workPhone": "",
        "mobilePhone": "",
        "role": "",
        "profileImage": None,
        "plan": "enterprise",
        "seat": "MEMBER",
        "status": "ACTIVE",
        "refuse": None,
        "sheets": items("sheet", 3, number * 10),
        "workspaces": items("workspace", 1, number * 10),
        "reports": [],
        "sights": [],
        "contacts": [{"id": "fakeContact%d" % number, "name": "Ann Otherone", "email": "ann@company-a.example"}],
        "groups": [],
        "plans": None,
    }
    for key, value in over.items():
        if value is DROP:
            user.pop(key, None)
        else:
            user[key] = value
    return user


DROP = object()  # the key is not there at all
GROUP = {"id": 4583614634583940, "name": "Builders", "description": "Who builds", "owner": "admin@company-a.example",
         "ownerId": 7700000000000001, "createdAt": "2025-05-20T11:00:00Z", "modifiedAt": "2025-05-20T11:00:00Z"}


def unlicensed(number, name, first, plan, seat, **over):
    return person(number, name, first, "Unlicensed", licensedSheetCreator=False, plan=plan, seat=seat, **over)


def alternate(number, email, confirmed):
    return {"id": 8026700000000000 + number, "email": email, "confirmed": confirmed}


def people():
    """A fresh copy of everybody."""
    both = [alternate(1, "alt.confirmed@company-a.example", True), alternate(2, "alt.waiting@company-a.example", False)]
    return [
        person(1, "admin", "Ada", "Adminson", admin=True, groupAdmin=True, resourceViewer=True,
               sheets=items("sheet", 40, 100), groups=[dict(GROUP)]),
        person(2, "business", "Bea", "Licensed", plan="business"),
        person(3, "enterprise", "Eve", "Licensed"),
        person(4, "awm", "Ava", "Licensed", plan="awm"),
        # What a vendor's token should belong to: sees the sheets in question and nothing else.
        person(5, "dedicated", "Integration", "Company B", sheets=items("sheet", 2, 50, ("EDITOR",)), workspaces=[],
               contacts=[]),
        # What it should not: a person's everyday account.
        person(6, "everyday", "Eddie", "Everyday", sheets=items("sheet", 250, 600),
               workspaces=items("workspace", 130, 600), reports=items("report", 12, 600),
               sights=items("sight", 105, 600),
               contacts=[{"id": "fakeContact6%03d" % i, "name": "Contact %d" % i, "email": "c%d@company-c.example" % i}
                         for i in range(120)], groups=[dict(GROUP)]),
        unlicensed(7, "free", "Fred", "free", None, account=DROP, workspaces=[]),
        person(8, "member", "Mel", "Member"),
        unlicensed(9, "provisional", "Pru", "enterprise", "PROVISIONAL_MEMBER"),
        unlicensed(10, "guest@company-b.example", "Gus", "enterprise", "GUEST", account=dict(PARTNER)),
        unlicensed(11, "viewer", "Vic", "enterprise", "VIEWER"),
        unlicensed(12, "contributor", "Connie", "enterprise", "CONTRIBUTOR"),
        person(13, "groupadmin", "Gail", "Groupadmin", groupAdmin=True, groups=[dict(GROUP)]),
        person(14, "resource", "Rex", "Resourceviewer", resourceViewer=True),
        person(15, "alternates", "Alma", "Alternate", alternateEmails=both),
        # The specification of 2024 types the field as an object.
        person(16, "alternate-object", "Otto", "Alternate",
               alternateEmails=alternate(3, "otto.alt@company-a.example", True)),
        # The documentation's own example of an id; 2^53 is 9007199254740992.
        person(17, "bigid", "Big", "Number", id=48569348493401201),
        person(18, "noaccount", "Nora", "Noaccount", account=DROP),
        # A job title is no permission.
        person(19, "title", "Tess", "Title", role="System Admin", title="System Admin"),
        person(20, "deactivated", "Dee", "Deactivated", status="DEACTIVATED", refuse=1188),
        person(21, "sso", "Sue", "Single", refuse=1005),
        # Whose e-mail is changed to a successor's: `user set leaver@company-a.example email '"successor@…"'`.
        person(22, "leaver", "Lee", "Leaver"),
        person(23, "individual", "Ian", "Individual", plan="individual", seat=None),
        # Everything that may be missing is.
        {"id": 7700000000000024, "email": "sparse@company-a.example", "plan": "enterprise", "seat": "MEMBER",
         "status": "ACTIVE", "refuse": None, "sheets": [], "workspaces": [], "reports": [], "sights": [],
         "contacts": [], "groups": [], "plans": None},
    ]


def may_generate(user):
    """Who can make a token in Personal Settings: a paid, licensed user of a multi-user plan. None: not known."""
    if user.get("plan") in ("free", "individual", "pro") or user.get("seat") in ("VIEWER", "CONTRIBUTOR"):
        return False
    if user.get("licensedSheetCreator") is False and user.get("seat") not in ("PROVISIONAL_MEMBER", "GUEST"):
        return False
    return True if user.get("seat") == "MEMBER" else None
