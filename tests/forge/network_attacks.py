"""What a false answer from the network may do: nothing dies of one, and only an admin's own question erases."""
import http.server
import threading

import accesslog as al
import format1 as f1
from arena import attack, read
from vaultfile import Vault

REFUSES = (401, {"errorCode": 1002, "message": "Your Access Token is invalid."})


class Answers:
    """A Smartsheet on loopback that answers every question alike; `base` is its --api-url."""

    def __init__(self, answer):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                body = f1.json.dumps(answer[1]).encode()
                self.send_response(answer[0])
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass
        Handler.wbufsize = -1  # one write an answer
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        self.base = "http://127.0.0.1:%d/2.0" % self.server.server_port

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.server.shutdown()
        self.server.server_close()


def said(a, name, base, version, result="valid", commit=None):
    """The log with a verdict of a slot's own, as its program would write it."""
    v, log, me = a.vault(), al.Log(a.snap["log"]), a.me(name)
    one = v.token(a.me("ann"), "one")[0].object_id
    s = v.one("secret", token_id=one, version=version)
    meta = me.meta or a.me("aud").meta
    e = al.Entry(0, v.last.epoch, v.last.time, al.VERDICT, one, version, commit or s.commitment, max(meta), b"")
    log.append(me.slot_id, me.keys.sign_sk, al.sealed(meta[max(meta)], v.vault_id, me.slot_id, e, f1.to_json(
        {"result": result, "http_status": 200, "base": base})))
    return log


def alive(a, version=1):
    """The version stays what it was, and its value in its place."""
    v = Vault(read(a.home.path))
    o, x = v.token(v.open(a.base.keys["ann"].decode()), "one")
    row = v.one("secret", token_id=o.object_id, version=version)
    a.want(x["versions"][version - 1]["status"] == 1 and row.value_box, "version %d was erased" % version)


def asked(a, base, key="ann", die=False):
    a.home.put(a.placed)
    rc, out, err = a.home.run("check", "--retired", "one", "--api-url", base, key=key)
    a.want(rc in (0, 10), "check: %d %r" % (rc, err))
    if not die:
        alive(a)
    return out


@attack("network")
def dead_from_another_base(a):
    """a refusal from another base URL than the one at which the value was valid: it is shown, and nothing dies"""
    with Answers(REFUSES) as evil:
        a.put(log=said(a, "ann", "https://api.smartsheet.com/2.0", 1))
        a.want(b"not proved dead" in asked(a, evil.base), "it is not said")


@attack("network")
def dead_never_valid(a):
    """a refusal of a value that was never valid there"""
    with Answers(REFUSES) as evil:
        asked(a, evil.base)
        for result in ("unknown", "blocked", "invalid"):
            a.put(log=said(a, "ann", evil.base, 1, result))
            asked(a, evil.base)


@attack("network")
def dead_of_another_value(a):
    """a refusal at the base at which another value was valid, of the same token or version"""
    with Answers(REFUSES) as evil:
        a.put(log=said(a, "ann", evil.base, 3))
        asked(a, evil.base)
        v = a.vault()
        two = v.one("secret", token_id=v.token(a.me("ann"), "two")[0].object_id)
        a.put(log=said(a, "ann", evil.base, 1, commit=two.commitment))
        asked(a, evil.base)


@attack("monitor")
def dead_by_a_monitor(a):
    """a monitor asks about a value that was valid there, and is told it is dead: shown, and nothing is erased"""
    with Answers(REFUSES) as truth:
        a.put(log=said(a, "mon", truth.base, 1))
        a.want(b"only an admin" in asked(a, truth.base, key="mon"), "it is not said")


@attack("network")
def answered_blocked(a):
    """an answer that is no refusal of the token: blocked, too many requests, a page"""
    for answer in ((403, {"errorCode": 4000}), (500, {}), (400, {"errorCode": 1132})):
        with Answers(answer) as evil:
            a.put(log=said(a, "ann", evil.base, 1))
            a.home.put(a.placed)
            a.home.run("check", "--retired", "one", "--api-url", evil.base, "--timeout", "1", key="ann")
            if answer[0] != 400:
                alive(a)


@attack("auditor")
def dead_by_an_auditors_word(a):
    """an auditor, a script, an ended monitor log that a value was valid at a base of theirs: it does not die there"""
    with Answers(REFUSES) as evil:
        for name in ("aud", "bot"):
            a.put(log=said(a, name, evil.base, 1))
            asked(a, evil.base)
        v, then = a.vault(), a.vault(a.base.before).open(a.base.keys["old-mon"].decode())
        log, one = a.log(), v.token(a.me("ann"), "one")[0].object_id
        e = al.Entry(0, v.last.epoch, v.last.time, al.VERDICT, one, 1, v.one("secret", token_id=one, version=1).commitment,
                     max(then.meta), b"")
        log.append(then.slot_id, then.keys.sign_sk, al.sealed(then.k_meta, v.vault_id, then.slot_id, e, f1.to_json(
            {"result": "valid", "http_status": 200, "base": evil.base})))
        a.put(log=log)
        asked(a, evil.base)


@attack("monitor")
def dead_by_a_monitors_lie(a):
    """a monitor logs that a value was valid at a base, and an admin asks there: by design it dies, a monitor may forge a verdict"""
    with Answers(REFUSES) as evil:
        a.put(log=said(a, "mon", evil.base, 1))
        asked(a, evil.base, die=True)
        v = Vault(read(a.home.path))
        a.want(not v.one("secret", token_id=v.token(v.open(a.base.keys["ann"].decode()), "one")[0].object_id,
                         version=1).value_box, "it did not die")
