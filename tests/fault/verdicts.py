"""What each fault of the stand-in (tests/fake/faults.py, handshakes.py) must end in."""
VALID, UNKNOWN = "valid", "unknown"
# What each fault must end in: result, HTTP status, Smartsheet's code, and a word of the message.
ANSWERED = {
    "1002": ("invalid", 401, 1002, "127.0.0.1: "), "1003": ("expired", 401, 1003, "expired"),
    "1132": ("revoked", 400, 1132, "revoked"), "1005": ("blocked", 401, 1005, "Sign-On"),
    "1013": ("blocked", 403, 1013, "plan"), "1188": ("blocked", 403, 1188, "active"),
    "1361": ("blocked", 403, 1361, ""), "1362": ("blocked", 403, 1362, ""), "1363": ("blocked", 403, 1363, ""),
    "1004": (VALID, 403, 1004, "authorized"),
    "no-ref": ("invalid", 401, 1002, "invalid"), "echo": ("invalid", 401, 1002, "*****"),
    "message-object": ("invalid", 401, 1002, ""), "message-long": ("invalid", 401, 1002, "long"),
    "gzip": (VALID, 200, 0, None), "chunked": (VALID, 200, 0, None), "informed": (VALID, 200, 0, None),
    "until-close": (VALID, 200, 0, None), "unknown-fields": (VALID, 200, 0, None), "strings-empty": (VALID, 200, 0, None),
    "types-wrong": (VALID, 200, 0, None), "escapes": (VALID, 200, 0, None),
    "revoke-ignored": (VALID, 200, 0, None),
    # No page of a list: the right answer with one more field.
    "totals-unknown": (VALID, 200, 0, None), "totals-zero": (VALID, 200, 0, None), "page-empty": (VALID, 200, 0, None),
    "lastkey-repeated": (VALID, 200, 0, None), "lastkey-null": (VALID, 200, 0, None),
    # Nothing of it is followed or kept.
    "refresh": (VALID, 200, 0, None), "cookie": (VALID, 200, 0, None), "alt-svc": (VALID, 200, 0, None),
    "hsts": (VALID, 200, 0, None), "poison": (VALID, 200, 0, None),
    # Odd, and yet whole: JSON has an end of its own, which is behind a cut.
    "until-close-abrupt": (VALID, 200, 0, None),
    "email-long": (VALID, 200, 0, None), "email-escapes": (VALID, 200, 0, None),
}
ODD = {
    "401/9999": (401, 9999, "9999"), "418/1002": (418, 1002, "418"), "403/1002": (403, 1002, "403"),
    "401/1004": (401, 1004, ""), "404/1006": (404, 1006, "404"), "400/1002": (400, 1002, ""), "500/1002": (500, 1002, ""),
    "401/4003": (401, 4003, ""), "502": (502, 0, "web page"), "503": (503, 0, "web page"), "401": (401, 0, "web page"),
    "redirect": (302, 0, "redirect"), "redirect301": (301, 0, "redirect"), "redirect307": (307, 0, "redirect"),
    "redirect308": (308, 0, "redirect"), "redirect-http": (302, 0, "redirect to http://127.0.0.1"),
    "redirect-nowhere": (302, 0, "nowhere"),
    "html": (200, 0, "web page"), "empty": (200, 0, "nothing in it"), "object": (200, 0, "integer id"),
    "array": (200, 0, "no object"), "null": (200, 0, "no JSON"), "204": (204, 0, "nothing in it"),
    "id-string": (200, 0, "integer id"), "id-float": (200, 0, "integer id"), "id-exponent": (200, 0, "integer id"),
    "id-null": (200, 0, "integer id"), "id-true": (200, 0, "integer id"), "id-missing": (200, 0, "integer id"),
    "id-beyond-int64": (200, 0, "too large"), "error-in-200": (200, 0, "integer id"), "code-string": (401, 0, "code 0"),
    "no-code": (401, 0, "code 0"), "not-json": (401, 0, "no JSON"), "empty-401": (401, 0, "nothing in it"),
    "duplicate": (200, 0, "twice"), "deep": (200, 0, "deeply"), "deep65": (200, 0, "deeply"),
    "trailing": (200, 0, "after the end"), "twice": (200, 0, "after the end"), "bom": (200, 0, "no JSON"),
    "half-json": (200, 0, "breaks off"), "bad-utf8": (200, 0, "UTF-8"), "nul": (200, 0, "NUL"), "raw-nul": (200, 0, ""),
    "surrogate": (200, 0, ""), "escapes-message": (401, 1002, None),
    "gzip-bomb": (200, 0, "1 MiB"), "gzip-bad": (200, 0, ""), "length-huge": (200, 0, "1 MiB"),
    "cut": (200, 0, "cut off"), "cut-abrupt": (200, 0, ""), "cut-whole": (200, 0, "cut off"), "chunked-cut": (200, 0, ""),
    "endless": (200, 0, "1 MiB"), "endless-headers": (200, 0, "64 KiB"),
    "status-999": (None, 0, ""), "length-odd": (None, 0, ""), "close-headers": (None, 0, ""), "status-odd": (None, 0, ""),
    "close": (0, 0, "closed without an answer"), "close-abrupt": (0, 0, ""), "reset": (0, 0, ""), "garbage": (0, 0, ""), "http09": (0, 0, ""),
    "304": (304, 0, "nowhere"), "redirect303": (303, 0, "redirect"), "redirect305": (305, 0, "redirect"),
    "redirect-file": (302, 0, "redirect"), "redirect-odd": (302, 0, "redirect"), "redirect-self": (307, 0, "redirect"),
    "redirect-token": (302, 0, "redirect"),
    "duplicate-code": (401, 0, "twice"), "duplicate-nested": (200, 0, "twice"), "number-long": (200, 0, "too large"),
    "number-infinite": (200, 0, "too large"), "number-nan": (200, 0, "no JSON"), "utf16": (200, 0, "UTF-8"),
    "overlong": (200, 0, "UTF-8"), "utf8-cut": (200, 0, "UTF-8"), "code-negative": (401, -1002, "-1002"),
    "code-float": (401, 0, "code 0"), "code-in-array": (401, 0, "no object"),
    "encoding-unknown": (200, 0, "encoding"), "encodings-many": (200, 0, "encodings"), "gzip-cut": (200, 0, ""),
    # 60 s, or more than there is: said at once.
    "4003": (429, 4003, "Rate limit"), "after-negative": (429, 4003, "Rate limit"), "after-zero": (429, 4003, "Rate limit"),
    "after-huge": (429, 4003, "Rate limit"), "after-garbage": (429, 4003, "Rate limit"),
    "after-float": (429, 4003, "Rate limit"), "after-empty": (429, 4003, "Rate limit"),
    "after-past": (429, 4003, "Rate limit"), "after-never": (429, 4003, "Rate limit"),
    "after-twice": (429, 4003, "Rate limit"), "4003@3600": (429, 4003, "Rate limit"), "429": (429, 0, "web page"),
    "cut-status": (0, 0, "closed without an answer"), "cut-status-abrupt": (0, 0, "closed without an answer"),
    "cut-header-abrupt": (200, 0, "cut off"), "cut-reset": (200, 0, "broke off"), "chunk-cut": (200, 0, "cut off"),
    "chunk-size": (200, 0, "chunk"), "chunk-huge": (200, 0, "chunk"), "chunk-negative": (200, 0, "chunk"),
    "chunks-endless": (200, 0, "1 MiB"), "trailers-endless": (200, 0, "64 KiB"), "informed-endless": (103, 0, "64 KiB"),
    "headers-many": (200, 0, "64 KiB"), "header-long": (200, 0, "100 KiB"), "status-endless": (0, 0, "100 KiB"),
    "header-nul": (200, 0, ""), "lengths-two": (200, 0, "two lengths"), "switching": (101, 0, ""), "http3": (0, 0, ""),
    "icy": (0, 0, "HTTP/0.9"),
}
# Of lists, which are tried in vault-api-lists: nothing, or no person at all, where they meet /users/me.
ANSWERED.update({n: (VALID, 200, 0, None) for n in (
    "totals-missing", "beyond-empty", "page-later", "page-stuck", "lastkey-empty", "lastkey-number", "ids-big", "ids-missing",
    "ids-float", "ids-negative", "items-twice", "stamps-nine", "stamps-odd", "names-missing", "names-escapes", "names-token",
    "access-unknown", "secrets")})
ODD.update({n: (200, 0, "integer id") for n in ("data-missing", "data-object", "data-null", "data-numbers", "list-endless",
                                                 "list-endless-large")})
ODD.update({n: (200, 0, "too many parts") for n in ("parts", "keys-many")})
# Those that hold the connection open run into the limit of a request.
SLOW = {"hang": 0, "slow-body": 200, "slow-headers": 200, "hang-status": 0, "hang-headers": 200, "hang-body": 200}
# Makes libcurl take one's answer for another's: alone unknown, and together everything else is right or unknown.
MIXING = {"http2-unasked": "another protocol", "http2-as-curl": "another protocol"}
# What goes wrong before there is a request: a word of the message. No byte of a token reaches anybody.
BAD_TLS = {
    "expired": "expired", "notyet": "not yet valid", "wronghost": "match", "selfsigned": "--ca-file", "otherca": "--ca-file",
    "expired-sub": "expired", "no-chain": "issuer", "leaf-as-ca": "invalid CA", "weak-key": "too weak", "sha1": "too weak",
    "client-only": "purpose", "ip-as-dns": "match", "constrained": "subtree", "tls10": "version", "tls11": "version",
    "anonymous": "handshake failure", "no-cipher": "handshake failure", "client-cert12": "no TLS",
    "sni-refused": "unrecognized name", "sni-other": "match",
    "accept-cut": "no TLS", "accept-reset": "127.0.0.1: ", "accept-hang": "within",
    "hello-cut": "closed during the handshake", "hello-reset": "127.0.0.1: ", "flight-cut": "closed during the handshake",
    "flight-hang": "within", "flight-slow": "within", "no-tls": "wrong version", "tls-garbage": "wrong version",
    "tls-alert": "handshake failure", "alert-flood": "alerts", "record-huge": "too long",
}
# The certificate was good: what is sent is for its owner, who hangs up. It may not become a verdict.
GOOD_TLS = {"client-cert": "", "handshake-cut": "", "handshake-reset": ""}
