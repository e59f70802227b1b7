"""What Smartsheet's API answers, as documented: paths, methods, who may what, both kinds of pages. No sockets here."""
import base64
import binascii
import json
import random
import re
import time
import urllib.parse

import users as people
import world as w

JSON = "application/json;charset=UTF-8"
TOKEN_PAGES = ("workspaces", "sights")
REF = "abcdefghijklmnopqrstuvwxyz0123456789"
# What a system admin alone is told of the organisation's users.
ADMIN_ONLY = ("admin", "groupAdmin", "licensedSheetCreator", "resourceViewer", "sheetCount")


class Answer:
    def __init__(self, status, body=b"", kind=JSON, headers=()):
        self.status, self.body, self.kind, self.headers = status, body, kind, list(headers)


def as_json(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def ok(value):
    return Answer(200, as_json(value))


def error(code, *words, status=None, message=None):
    known = w.ERRORS.get(code, (400, "An error of the stand-in's own."))
    text = message if message is not None else known[1]
    for i, word in enumerate(words):
        text = text.replace("{%d}" % i, str(word))
    ref = "".join(random.choice(REF) for _ in range(12))
    return Answer(status or known[0], as_json({"refId": ref, "errorCode": code, "message": text}))


def bearer(headers):
    """The token of a request as Smartsheet reads it; None where there is none. `headers`: (lower-case name, value)…"""
    for value in (v for n, v in headers if n == "authorization"):
        scheme, _, token = value.strip().partition(" ")
        return token.strip() if scheme.lower() == "bearer" and token.strip() else None
    return None


def number(query, name, default, least=1, most=10000):
    """A query parameter, or an error to answer with."""
    text = query.get(name, [str(default)])[-1]
    if not re.fullmatch("[0-9]{1,10}", text) or not least <= int(text) <= most:
        return None, error(1018, text, name)
    return int(text), None


def flag(query, name):
    return query.get(name, ["false"])[-1].lower() == "true"


def by_number(rows, query):
    """Offset paging. A page beyond the last gives the last one again, as documented."""
    page, bad = number(query, "page", 1, most=10 ** 9)
    size, bad2 = number(query, "pageSize", 100)
    if bad or bad2:
        return bad or bad2
    if flag(query, "includeAll"):
        page, size = 1, max(len(rows), 1)
    pages = -(-len(rows) // size)
    page = min(page, max(pages, 1))
    return ok({"pageNumber": page, "pageSize": size, "totalPages": pages, "totalCount": len(rows),
               "data": rows[(page - 1) * size:page * size]})


def key_after(n):
    return base64.urlsafe_b64encode(b"after%d" % n).decode()


def key_begin(key):
    """How many rows lie before it; None where it is no key of ours."""
    try:
        return int(base64.urlsafe_b64decode(key.encode("ascii", "replace"))[5:])
    except (binascii.Error, ValueError):
        return None


def by_key(rows, query, most=1000):
    """Token paging: an opaque lastKey, not there on the last page."""
    size, bad = number(query, "maxItems", 100, most=most)
    if bad:
        return bad
    begin = 0
    key = query.get("lastKey", [""])[-1]
    if key:
        begin = key_begin(key)
        if begin is None:
            return error(1018, key, "lastKey")
    out = {"data": rows[begin:begin + size]}
    if begin + size < len(rows):
        out["lastKey"] = key_after(begin + size)
    return ok(out)


def me(_world, token, query, _arg):
    user = token.user
    out = {k: v for k, v in user.items() if k not in people.INNER}
    if "groups" in query.get("include", [""])[-1].split(","):
        out["groups"] = [{k: g[k] for k in ("id", "name", "description")} for g in user.get("groups", [])]
    return ok(out)


def plans(world, token, query, arg):
    """One's own seats; a system admin's view of everybody's in the organisation."""
    found = [u for u in world.users if u.get("id") == int(arg)]
    if not found:
        return error(1020)
    user = found[0]
    if user is not token.user and not (token.user.get("admin") and user.get("account") == token.user.get("account")):
        return error(1004)
    rows = user.get("plans")
    if rows is None:
        rows = [] if not user.get("seat") else [{
            "planId": people.COMPANY["id"], "seatType": user["seat"], "seatTypeLastChangedAt": "2025-06-01T00:00:00Z",
            "isInternal": user["seat"] != "GUEST"}]
    return by_key(rows, query, most=100)


def listing(what):
    def rows(_world, token, query, _arg):
        mine = token.user.get(what) or []
        if what not in TOKEN_PAGES:
            return by_number(mine, query)
        kind = query.get("paginationType", ["token"])[-1]
        return by_key(mine, query) if kind == "token" else error(1018, kind, "paginationType")
    return rows


def organisation(world, token, query, _arg):
    """GET /users: everybody of the organisation; details for its system admins."""
    admin = token.user.get("admin") is True
    wanted = [e.lower() for e in query.get("email", [""])[-1].split(",") if e]
    rows = []
    for u in world.users:
        if not u.get("account") or u.get("account") != token.user.get("account"):
            continue
        if wanted and str(u.get("email")).lower() not in wanted:
            continue
        row = {k: u[k] for k in ("id", "email", "firstName", "lastName") if k in u}
        row["name"] = "%s %s" % (u.get("firstName", ""), u.get("lastName", ""))
        if admin:
            row.update({k: u[k] for k in ADMIN_ONLY if k in u})
            row.update(status=u.get("status"), seatType=u.get("seat"), isInternal=u.get("seat") != "GUEST")
        rows.append(row)
    return by_number(rows, query)


def serverinfo(_world, _token, _query, _arg):
    return ok({"supportedLocales": ["en_US", "en_GB", "de_DE"],
               "formats": {"defaults": "0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0", "paper": ["none", "A4"]},
               "featureInfo": {"symbolsVersion": 1}})


def revoke(world, token, query, _arg):
    """The bearer dies; with deleteAllForApiClient every token of this user's too, which nobody should ask for."""
    for t in list(world.tokens.values()):
        if t is token or (flag(query, "deleteAllForApiClient") and t.user is token.user):
            t.state, t.code = "revoked", None
    return ok({"resultCode": 0, "message": "SUCCESS"})


# Path below /2.0 ("{}" is a number), methods, and the OAuth scope that is needed; /users/me works with all of them.
ROUTES = (
    ("/users/me", {"GET": me}, None),
    ("/users/{}/plans", {"GET": plans}, "READ_USERS"),
    ("/users", {"GET": organisation}, "READ_USERS"),
    ("/sheets", {"GET": listing("sheets")}, "READ_SHEETS"),
    ("/reports", {"GET": listing("reports")}, "READ_SHEETS"),
    ("/workspaces", {"GET": listing("workspaces")}, "READ_SHEETS"),
    ("/sights", {"GET": listing("sights")}, "READ_SIGHTS"),
    ("/contacts", {"GET": listing("contacts")}, "READ_CONTACTS"),
    ("/groups", {"GET": listing("groups")}, "READ_USERS"),
    ("/token", {"DELETE": revoke}, None),
)


def route(path):
    """(methods, scope, argument) or None."""
    for pattern, methods, scope in ROUTES:
        if pattern == path:
            return methods, scope, None
        head, gap, tail = pattern.partition("{}")
        middle = path[len(head):len(path) - len(tail)]
        if gap and path.startswith(head) and path.endswith(tail) and re.fullmatch("[0-9]{1,19}", middle):
            return methods, scope, middle
    return None


def authorised(world, value, scope):
    """(token, None) or (None, what is answered)."""
    if value is None:
        return None, error(1001)
    token = world.tokens.get(value)
    if token is None:
        return None, error(1002)
    if token.state != "valid":
        return None, error(world.dead_code(token))
    if token.user.get("refuse"):
        return None, error(token.user["refuse"])
    if scope and token.scopes is not None and scope not in token.scopes:
        return None, error(1004)
    return token, None


def answer(world, method, target, headers):
    """The answer to a request by the rules."""
    path, _, text = target.partition("?")
    query = urllib.parse.parse_qs(text, keep_blank_values=True)
    if not path.startswith("/2.0/"):
        return error(1007) if path[:2].strip("/").isdigit() else error(1006)
    path = path[4:]
    if path == "/serverinfo":
        return serverinfo(world, None, query, None) if method == "GET" else error(1010)
    found = route(path)
    if found is None:
        return error(1006)
    methods, scope, arg = found
    if method not in methods:
        return error(1010)
    if sum(1 for n, _ in headers if n == "authorization") > 1:
        return error(1011, "Authorization")
    with world.lock:
        token, refused = authorised(world, bearer(headers), scope)
        if refused:
            return refused
        if any(n == "assume-user" for n, _ in headers):
            return error(1004)  # nothing of ours may act as somebody else
        return methods[method](world, token, query, arg)


REASONS = {200: "OK", 204: "No Content", 301: "Moved Permanently", 302: "Found", 307: "Temporary Redirect",
           308: "Permanent Redirect", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
           405: "Method Not Allowed", 418: "I'm a teapot", 429: "Too Many Requests", 500: "Internal Server Error",
           502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout"}


def head(status, pairs):
    line = "HTTP/1.1 %d %s\r\n" % (status, REASONS.get(status, "Whatever"))
    return (line + "".join("%s: %s\r\n" % p for p in pairs) + "\r\n").encode("latin-1")


def packed(answered, close=False):
    """The bytes of an answer: head and body in one, for one write."""
    pairs = [("Date", time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())), ("Server", "stand-in")]
    if answered.kind:
        pairs.append(("Content-Type", answered.kind))
    if answered.status not in (204, 304):
        pairs.append(("Content-Length", str(len(answered.body))))
    pairs += answered.headers
    if close:
        pairs.append(("Connection", "close"))
    return head(answered.status, pairs) + answered.body
