"""What goes wrong, by name. A fault is one of three: an answer in place of the right one, a change of the right one, or
bytes (or none) written by hand, after which the connection ends. `fault list` prints their names; beside them go

    CODE            a code of Smartsheet's with its own status: 1002, 4003
    STATUS/CODE     that status with that code: 401/9999
    STATUS          that status with a page of HTML, as a proxy or a load balancer answers: 502
    …@SECONDS       any of these with Retry-After: SECONDS; …@+SECONDS: the same as a date
    WHERE:…         any of these, but of requests for WHERE only: me, plans, token, or a list (sheets, users, …), and with #N
                    behind it the page N of it: sheets#3:4004
"""
import email.utils
import gzip
import json
import re
import socket
import struct
import time
import urllib.parse

import api
import world as w

HTML = b"<!DOCTYPE html><html><head><title>Bad luck</title></head><body><h1>Try again later</h1></body></html>\n"
PERSON = b'{"id":7700000000000003,"email":"enterprise@company-a.example","firstName":"Eve","lastName":"Licensed"}'


class Ask:
    """A request, to a fault: who asks, the right answer, where a redirect goes."""

    def __init__(self, server, method, target, headers, value):
        self.server, self.world = server, server.world
        self.method, self.target, self.headers, self.value = method, target, headers, value

    def right(self, target=None):
        return api.answer(self.world, self.method, target or self.target, self.headers)

    def first_page(self):
        """The right answer to who asks for the first page, whichever is asked for."""
        path, _, query = self.target.partition("?")
        kept = [p for p in query.split("&") if not p.startswith(("lastKey=", "page="))]
        return self.right(path + "?" + "&".join(kept))


def page(status):
    return api.Answer(status, HTML, "text/html; charset=utf-8")


def body(raw, status=200, kind=api.JSON, headers=()):
    return lambda _ask: api.Answer(status, raw, kind, headers)


def redirect(status, scheme=None):
    def away(ask):
        return api.Answer(status, b"", None, [("Location", ask.server.elsewhere_url(scheme) + ask.target)])
    return away


def no_ref(_ask):
    return api.Answer(401, b'{"errorCode":1002,"message":"Your Access Token is invalid."}')


def echo(ask):
    """An error that repeats the token it was sent."""
    return api.error(1002, message="Your Access Token %s is invalid." % (ask.value or ""))


def retry_after(values):
    answered = api.error(4003)
    answered.headers += [("Retry-After", v) for v in values]
    return answered


def revoke_ignored(ask):
    """DELETE /token says SUCCESS and the token lives on."""
    return api.ok({"resultCode": 0, "message": "SUCCESS"}) if ask.method == "DELETE" else ask.right()


def again(**over):
    """Always the first page, with these fields in it."""
    def answer(ask):
        answered = ask.first_page()
        if answered.status == 200:
            changed(**over)(answered, ask)
        return answered
    return answer


def endless_list(size=None):
    """Always new items, and no word of an end."""
    def answer(ask):
        where = page_of(ask.target) or 1
        query = urllib.parse.parse_qs(ask.target.partition("?")[2])
        step = int(query.get("pageSize", query.get("maxItems", ["100"]))[-1])
        n = size or step
        rows = [{"id": 10 ** 15 + where * 10 ** 6 + i, "name": "More"} for i in range(n)]
        return api.ok({"pageNumber": where, "data": rows, "lastKey": api.key_after(step * where)})
    return answer


ANSWERS = {
    "redirect": redirect(302), "redirect301": redirect(301), "redirect307": redirect(307), "redirect308": redirect(308),
    "redirect-http": redirect(302, "http"), "redirect-nowhere": body(b"", 302, None),
    "html": body(HTML, kind="text/html; charset=utf-8"), "empty": body(b""), "object": body(b"{}"),
    "array": body(b"[]"), "null": body(b"null"), "204": lambda _ask: api.Answer(204, b"", None),
    "id-string": body(b'{"id":"7700000000000003","email":"enterprise@company-a.example"}'),
    "id-float": body(b'{"id":7700000000000003.0,"email":"enterprise@company-a.example"}'),
    "id-exponent": body(b'{"id":77e14,"email":"enterprise@company-a.example"}'),
    "id-null": body(b'{"id":null,"email":"enterprise@company-a.example"}'),
    "id-true": body(b'{"id":true,"email":"enterprise@company-a.example"}'),
    "id-missing": body(b'{"email":"enterprise@company-a.example"}'),
    "id-beyond-int64": body(b'{"id":99999999999999999999,"email":"enterprise@company-a.example"}'),
    "error-in-200": body(b'{"refId":"fake","errorCode":1002,"message":"Your Access Token is invalid."}'),
    "code-string": body(b'{"refId":"fake","errorCode":"1002","message":"Your Access Token is invalid."}', 401),
    "no-ref": no_ref, "no-code": body(b'{"message":"Something."}', 401),
    "not-json": body(b"Unauthorized\n", 401, "text/plain"), "empty-401": body(b"", 401, None),
    "message-object": body(b'{"errorCode":1002,"message":{"text":"Your Access Token is invalid."}}', 401),
    "echo": echo, "revoke-ignored": revoke_ignored,
    "duplicate": body(PERSON[:-1] + b',"id":7700000000000001}'),
    "deep": body(PERSON[:-1] + b',"x":' + b"[" * 100000 + b"]" * 100000 + b"}"),
    "deep65": body(PERSON[:-1] + b',"x":' + b"[" * 65 + b"]" * 65 + b"}"),
    "trailing": body(PERSON + b"x"), "twice": body(PERSON + PERSON), "bom": body(b"\xef\xbb\xbf" + PERSON),
    "half-json": body(PERSON[:40]), "bad-utf8": body(PERSON[:-1] + b',"title":"\xff\xfe\xc0\xaf"}'),
    "nul": body(PERSON[:-1] + b',"title":"a\\u0000b"}'), "raw-nul": body(b"\0" + PERSON),
    "surrogate": body(PERSON[:-1] + b',"title":"\\ud800"}'),
    "unknown-fields": body(PERSON[:-1] + b',"new":{"deep":[1,{"er":null}]},"sheetCount":-1}'),
    "strings-empty": body(b'{"id":7700000000000003,"email":"","firstName":"",'
                          b'"account":{"id":2501234567890500,"name":""}}'),
    "types-wrong": body(b'{"id":7700000000000003,"email":7,"admin":"yes","account":[],"alternateEmails":"none"}'),
    # What a terminal must not be sent: colours, a new title, a bell, an overwritten line, direction marks.
    "escapes": body(json.dumps({
        "id": 7700000000000003, "email": "enterprise@company-a.example", "firstName": "\x1b[31mEve\x1b[0m",
        "lastName": "\x1b]0;title\x07Li\u202ecensed\x9b2J", "account": {
            "id": 2501234567890500, "name": "Company\r\n\x1b[2KA\u2028\x08"}}).encode()),
    "escapes-message": lambda _ask: api.error(
        1002, message="\x1b]0;title\x07In\u202evalid\r\n\x1b[31m\u0000 token\x9b"),
    # A megabyte of nothing much, which is a hundred in memory.
    "parts": body(PERSON[:-1] + b',"data":[' + b"{}," * 300000 + b"{}]}"),
    "data-missing": body(b'{"pageNumber":1,"totalPages":1,"totalCount":0}'), "data-object": body(b'{"data":{}}'),
    "data-null": body(b'{"data":null}'), "data-numbers": body(b'{"data":[1,2,3]}'),
    # A stub in official material gives one lastKey for ever; the page that it asks for is the first again.
    "lastkey-repeated": again(lastKey="c2FtZQ=="), "page-stuck": again(),
    "list-endless": endless_list(), "list-endless-large": endless_list(9000),
    "message-long": lambda _ask: api.error(1002, message="long \u20ac " * 20000),
    "redirect303": redirect(303), "redirect305": redirect(305), "304": lambda _ask: api.Answer(304, b"", None),
    "redirect-file": body(b"", 302, None, [("Location", "file:///etc/passwd")]),
    "redirect-self": lambda ask: api.Answer(307, b"", None, [("Location", ask.server.url() + "/users/me")]),
    "redirect-token": lambda ask: api.Answer(302, b"", None, [
        ("Location", "%s/?t=%s" % (ask.server.elsewhere_url(), ask.value))]),
    "redirect-odd": body(b"", 302, None, [("Location", "http://\\[::1\x1b]:99999/%00")]),
    "duplicate-code": body(b'{"errorCode":4004,"errorCode":1002,"message":"Two."}', 401),
    "duplicate-nested": body(PERSON[:-1] + b',"account":{"id":1,"id":2}}'),
    "keys-many": body(PERSON[:-1] + b"".join(b',"k%d":0' % i for i in range(60000)) + b"}"),
    "number-long": body(PERSON[:-1] + b',"x":' + b"9" * 200000 + b"}"),
    "number-infinite": body(PERSON[:-1] + b',"x":1e400}'), "number-nan": body(PERSON[:-1] + b',"x":NaN}'),
    "email-long": body(b'{"id":7700000000000003,"email":"' + b"x" * 900000 + b'@company-a.example"}'),
    "email-escapes": body(b'{"id":7700000000000003,"email":"enterprise\\u001b[31m@company-a.example"}'),
    "utf16": body(PERSON.decode().encode("utf-16")), "overlong": body(PERSON[:-1] + b',"title":"\xc0\xae"}'),
    "utf8-cut": body(PERSON[:-1] + b',"title":"\xe2\x82"}'),
    "code-negative": body(b'{"errorCode":-1002,"message":"Less."}', 401),
    "code-float": body(b'{"errorCode":1002.0,"message":"Point."}', 401),
    "code-in-array": body(b'[{"errorCode":1002,"message":"Your Access Token is invalid."}]', 401),
    "encoding-unknown": body(PERSON, headers=[("Content-Encoding", "fake")]),
    "encodings-many": body(PERSON, headers=[("Content-Encoding", ", ".join(["gzip"] * 50))]),
}
# Retry-After in each form that is none, or of no use.
for _name, _values in (("negative", ["-5"]), ("zero", ["0"]), ("huge", ["99999999999999999999"]), ("garbage", ["soon"]),
                       ("float", ["3600.5"]), ("empty", [""]), ("past", ["Thu, 01 Jan 1970 00:00:00 GMT"]),
                       ("never", ["Fri, 31 Dec 9999 23:59:59 GMT"]), ("twice", ["3600", "7200"])):
    ANSWERS["after-" + _name] = (lambda values: lambda _ask: retry_after(values))(_values)


# Changes of the right answer; each gets it and the request


def gzipped(answered, _ask):
    answered.body = gzip.compress(answered.body)
    answered.headers.append(("Content-Encoding", "gzip"))


def bomb(answered, _ask):
    """64 MiB of blanks after the right answer, in some sixty kilobytes."""
    answered.body = gzip.compress(answered.body + b" " * (64 << 20))
    answered.headers.append(("Content-Encoding", "gzip"))


def bad_gzip(answered, _ask):
    answered.headers.append(("Content-Encoding", "gzip"))


def edited(edit):
    """`edit(document, ask)` changes what it is given; where there is none it is left as it is."""
    def change(answered, ask):
        document = json.loads(answered.body)
        edit(document, ask)
        answered.body = api.as_json(document)
    return change


def changed(**over):
    return edited(lambda document, _ask: document.update(over))


def last_key(value):
    """What stands in place of no lastKey, on the last page."""
    return edited(lambda document, _ask: document.setdefault("lastKey", value))


def totals_missing(document, _ask):
    for key in ("pageNumber", "totalPages", "totalCount"):
        document.pop(key, None)


def beyond_empty(document, ask):
    """Totals not known, and beyond the last page an empty one."""
    if (page_of(ask.target) or 1) > document.get("totalPages", 1):
        document["data"] = []
        document["pageNumber"] = page_of(ask.target)
    document.update(totalPages=-1, totalCount=-1)


def items(change):
    """`change(item, i, ask)` of each item of a page."""
    def edit(document, ask):
        for i, one in enumerate(document.get("data", [])):
            change(one, i, ask)
    return edited(edit)


def without(key):
    return items(lambda one, _i, _ask: one.pop(key, None))


def with_fields(**over):
    return items(lambda one, _i, _ask: one.update(over))


def big_id(one, _i, _ask):
    """Beyond 2^53, where neighbours would be one as floating-point numbers."""
    if isinstance(one.get("id"), int):
        one["id"] = (1 << 62) + one["id"] % 10 ** 15


def last_without_id(document, _ask):
    if document.get("data"):
        document["data"][-1].pop("id", None)


def items_twice(document, _ask):
    if "data" in document:
        document["data"] = [one for one in document["data"] for _ in "ab"]


def header(name, value):
    def change(answered, _ask):
        answered.headers.append((name, value))
    return change


def gzip_cut(answered, ask):
    gzipped(answered, ask)
    answered.body = answered.body[:-12]


CHANGES = {
    "gzip": gzipped, "gzip-bomb": bomb, "gzip-bad": bad_gzip, "totals-unknown": changed(totalPages=-1, totalCount=-1),
    "totals-zero": changed(totalPages=0, totalCount=0), "totals-missing": edited(totals_missing),
    "beyond-empty": edited(beyond_empty), "page-empty": changed(data=[]), "page-later": changed(pageNumber=7),
    "lastkey-null": last_key(None), "lastkey-empty": last_key(""), "lastkey-number": last_key(7),
    "ids-big": items(big_id), "ids-missing": edited(last_without_id), "ids-float": with_fields(id=5.0),
    "ids-negative": with_fields(id=-5), "items-twice": edited(items_twice),
    "stamps-nine": with_fields(modifiedAt="2026-02-01T19:20:05.123456789+02:00"), "stamps-odd": with_fields(modifiedAt="soon"),
    "names-missing": without("name"), "access-unknown": with_fields(accessLevel="KING"),
    "names-escapes": with_fields(name="\x1b]0;title\x07Pl\u202ean\r\n\x9b2J"),
    "names-token": items(lambda one, i, ask: one.update(name="x%s %s" % (
        "y" * (280 if i % 2 else 0), ask.value or ""))),
    "secrets": with_fields(sharedSecret="fakeSharedSecret", permalink="https://app.smartsheet.example/fakePermalink"),
    "gzip-cut": gzip_cut,
    # What would be followed or kept by who keeps such things.
    "refresh": header("Refresh", "0; url=http://127.0.0.1:9/"), "cookie": header("Set-Cookie", "fake=1; Path=/"),
    "alt-svc": header("Alt-Svc", 'h2="127.0.0.1:9"; ma=3600'), "hsts": header("Strict-Transport-Security", "max-age=9999"),
}


# By hand: each gets the connection and the request; the connection ends when it returns.


def cut(conn, ask):
    """Content-Length says more than is there."""
    answered = ask.right()
    raw = api.packed(answered)
    conn.send(raw[:len(raw) - max(1, len(answered.body) // 2)])


def cut_whole(conn, ask):
    """All of the JSON is there; what Content-Length promised is not."""
    answered = ask.right()
    conn.send(api.packed(answered).replace(b"Content-Length: ", b"Content-Length: 1"))


def abrupt(how):
    """The same without TLS's farewell."""
    def ends(conn, ask):
        conn.abrupt = True
        how(conn, ask)
    return ends


def nothing(_conn, _ask):
    pass


def reset(conn, _ask):
    conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def slow(conn, raw, at):
    """A byte a second from `at` on."""
    conn.send(raw[:at])
    for i in range(at, len(raw)):
        if conn.pause(1.0):
            return
        conn.send(raw[i:i + 1])


def slow_body(conn, ask):
    raw = api.packed(ask.right())
    slow(conn, raw, raw.index(b"\r\n\r\n") + 4)


def slow_headers(conn, ask):
    slow(conn, api.packed(ask.right()), 17)


def endless(conn, _ask):
    conn.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + PERSON[:-1] + b',"x":"')
    while not conn.pause(0):
        conn.send(b"x" * 65536)


def endless_headers(conn, _ask):
    conn.send(b"HTTP/1.1 200 OK\r\n")
    while not conn.pause(0):
        conn.send(b"X-More: " + b"x" * 8000 + b"\r\n")


def chunked(conn, ask, end=b"0\r\n\r\n"):
    raw = ask.right().body
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    half = len(raw) // 2
    conn.send(head + b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in (raw[:half], raw[half:]) if p) + end)


def informed(conn, ask):
    """A hundred answers that are none yet, then the right one."""
    conn.send(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 100 + api.packed(ask.right(), close=True))


def plain(raw):
    return lambda conn, _ask: conn.send(raw)


def flood(begin, more):
    """`more` without an end after `begin`."""
    def sends(conn, _ask):
        conn.send(begin)
        while not conn.pause(0):
            conn.send(more)
    return sends


def hang_after(size):
    """The first bytes of the right answer, and no more; below 0: all but these."""
    def sends(conn, ask):
        conn.send(api.packed(ask.right())[:size])
        conn.pause(3600)
    return sends


def poison(conn, ask):
    """Behind the right answer a second, which nobody asked for: not the answer to the next request."""
    conn.send(api.packed(ask.right()) + api.packed(api.Answer(200, PERSON)))
    conn.pause(1)


CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"


BY_HAND = {
    "cut": cut, "cut-abrupt": abrupt(cut), "cut-whole": cut_whole, "close": nothing, "close-abrupt": abrupt(nothing),
    "reset": abrupt(reset),
    "close-headers": plain(b"HTTP/1.1 200 OK\r\nContent-Type: appl"),
    "garbage": plain(b"\x16\x03\x01\x00\xff not HTTP at all \x00\x01\x02\r\n\r\n" + b"\xfe" * 300),
    "http09": plain(PERSON), "status-odd": plain(b"HTTP/1.1 2OO OK\r\nContent-Length: 2\r\n\r\n{}"),
    "status-999": plain(b"HTTP/1.1 999 What\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"),
    "length-odd": plain(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n" + PERSON),
    "length-huge": plain(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n" + PERSON),
    "slow-body": slow_body, "slow-headers": slow_headers, "endless": endless, "endless-headers": endless_headers,
    "hang": lambda conn, _ask: conn.pause(3600), "chunked": chunked,
    "chunked-cut": lambda conn, ask: chunked(conn, ask, b""), "informed": informed,
    "cut-status": plain(b"HTTP/1.1 20"), "cut-status-abrupt": abrupt(plain(b"HTTP/1.1 200 O")),
    "cut-header-abrupt": abrupt(plain(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nContent-Ty")),
    "cut-reset": abrupt(lambda conn, ask: (cut(conn, ask), reset(conn, ask))),
    "chunk-cut": plain(CHUNKED + b"80\r\n" + PERSON), "chunk-size": plain(CHUNKED + b"xyz\r\n" + PERSON),
    "chunk-huge": plain(CHUNKED + b"ffffffffffffffffff\r\n" + PERSON),
    "chunk-negative": plain(CHUNKED + b"-1\r\n" + PERSON),
    "chunks-endless": flood(CHUNKED, b"1\r\n \r\n" * 1000),
    "trailers-endless": flood(CHUNKED + b"%x\r\n%s\r\n0\r\n" % (len(PERSON), PERSON), b"X-More: 1\r\n" * 1000),
    "informed-endless": flood(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 100),
    "headers-many": flood(b"HTTP/1.1 200 OK\r\n", b"a:\r\n" * 1000),
    "header-long": flood(b"HTTP/1.1 200 OK\r\nX-Long: ", b"x" * 65536),
    "status-endless": flood(b"HTTP/1.1 200 ", b"O" * 65536),
    "header-nul": plain(b"HTTP/1.1 200 OK\r\nX-Nul: a\0b\r\nContent-Length: %d\r\n\r\n%s" % (len(PERSON), PERSON)),
    "lengths-two": plain(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nContent-Length: %d\r\n\r\n%s" % (
        len(PERSON), PERSON)),
    "switching": plain(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: fake\r\nConnection: Upgrade\r\n\r\n" + PERSON),
    "http2-as-curl": plain(b"HTTP/2 200 \r\n\r\n" + PERSON),
    "http2-unasked": plain(b"HTTP/2 200\r\n\r\n" + PERSON), "http3": plain(b"HTTP/3.7 200 OK\r\n\r\n" + PERSON),
    "icy": plain(b"ICY 200 OK\r\n\r\n" + PERSON),
    "until-close-abrupt": abrupt(plain(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + PERSON)),
    "hang-status": hang_after(9), "hang-headers": hang_after(40), "hang-body": hang_after(-5), "poison": poison,
    "until-close": plain(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + PERSON),
}
CODE = re.compile(r"^(?:([1-9][0-9]{2})/)?([0-9]{1,9})(?:@(\+?)([0-9]{1,9}))?$")


def names():
    return sorted(set(ANSWERS) | set(CHANGES) | set(BY_HAND))


def coded(name):
    """The answer of CODE, STATUS/CODE, STATUS, with @; None where it is no such name."""
    m = CODE.match(name)
    if not m or name in ANSWERS:
        return None
    status, code, date, seconds = m.groups()
    if status:
        answered = api.error(int(code), status=int(status))
    elif int(code) in w.ERRORS:
        answered = api.error(int(code))
    elif 200 <= int(code) <= 999:
        answered = page(int(code))
    else:
        return None
    if seconds:
        value = email.utils.formatdate(time.time() + int(seconds), usegmt=True) if date else seconds
        answered.headers.append(("Retry-After", value))
    return answered


WHERE = re.compile(r"^((?:me|plans|token|users|sheets|workspaces|sights|reports|contacts|groups)(?:#[1-9][0-9]{0,3})?):(.+)$")


def split(name):
    """(WHERE or None, the scenario's own name)"""
    m = WHERE.match(name)
    return (m.group(1), m.group(2)) if m else (None, name)


def page_of(target):
    """The page that is asked for: by its number, or by a lastKey of ours. None where neither is said."""
    query = urllib.parse.parse_qs(target.partition("?")[2])
    if "lastKey" in query:
        begin = api.key_begin(query["lastKey"][-1]) or 0
        return 1 + begin // int(query.get("maxItems", ["100"])[-1])
    return int(query["page"][-1]) if query.get("page", [""])[-1].isdigit() else None


def places(target):
    """What WHERE may say of this request, the narrowest first; None for any."""
    words = target.partition("?")[0].strip("/").split("/")
    place = words[-1] if words[-1] in ("me", "plans") else words[1] if len(words) > 1 else ""
    return ["%s#%d" % (place, page_of(target) or 1), place, None]


def known(name):
    name = split(name)[1]
    return name in ANSWERS or name in CHANGES or name in BY_HAND or coded(name) is not None


def apply(name, ask):
    """(the answer to send, None), or (None, what sends by hand and ends the connection)."""
    name = split(name)[1]
    if name in BY_HAND:
        return None, BY_HAND[name]
    if name in ANSWERS:
        return ANSWERS[name](ask), None
    if name in CHANGES:
        answered = ask.right()
        if answered.status == 200:
            CHANGES[name](answered, ask)
        return answered, None
    return coded(name), None
