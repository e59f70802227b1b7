"""The commands of smartsheetctl, on the server's side: a line of JSON in, a line out, over a socket in the folder."""
import json
import os
import re
import socket
import threading

import certs
import faults
import handshakes
from world import Refused


def options(args, spec):
    """(operands, {name: value}); `spec`: names that take a value, and those that don't ("--force")."""
    rest, out = [], {}
    todo = list(args)
    while todo:
        word = todo.pop(0)
        if word == "--":
            return rest + todo, out
        name, equals, value = word.partition("=")
        if name not in spec:
            if word.startswith("--"):
                raise Refused("no option %s here" % name)
            rest.append(word)
        elif not spec[name]:
            out[name] = True
        elif equals or todo:
            out[name] = value if equals else todo.pop(0)
        else:
            raise Refused("%s wants a value" % name)
    return rest, out


def operands(args, *names):
    """As many words as names; those in brackets may be missing."""
    least = sum(1 for n in names if not n.startswith("["))
    if not least <= len(args) <= len(names):
        raise Refused("wants: " + " ".join(names))
    return list(args) + [None] * (len(names) - len(args))


def count(text):
    if text is None:
        return None
    if not re.fullmatch("[0-9]{1,9}", text) or not int(text):
        raise Refused("%s is no count" % text)
    return int(text)


def document(text):
    try:
        return json.loads(text)
    except ValueError as e:
        raise Refused("no JSON: %s (a string wants quotes: '\"text\"')" % e) from e


class Control:
    def __init__(self, world, server, top):
        self.world, self.server, self.top = world, server, top
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        path = os.path.join(top, "control")
        if os.path.exists(path):
            os.unlink(path)
        # By way of a descriptor: a socket's path has 108 bytes, a test's folder may have more.
        folder = os.open(top, os.O_RDONLY | os.O_DIRECTORY)
        try:
            self.sock.bind("/proc/self/fd/%d/control" % folder)
        finally:
            os.close(folder)
        self.sock.listen(64)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            conn, _ = self.sock.accept()
            threading.Thread(target=self.serve, args=(conn,), daemon=True).start()

    def serve(self, conn):
        with conn, conn.makefile("rwb") as f:
            try:
                out = {"out": self.run(json.loads(f.readline())) or ""}
            except Refused as e:
                out = {"error": str(e)}
            except Exception as e:  # noqa: BLE001 - a test wants to see it, not a dead thread
                out = {"error": "%s: %s" % (type(e).__name__, e)}
            f.write(json.dumps(out).encode() + b"\n")

    def run(self, args):
        table = {"token": self.token, "user": self.user, "fault": self.fault, "delay": self.delay, "rate": self.rate,
                 "requests": self.requests, "times": self.times, "stats": lambda _: self.world.stats(),
                 "elsewhere": lambda _: json.dumps(self.world.away, sort_keys=True), "tls": self.tls,
                 "reset": lambda _: self.world.reset(), "batch": self.batch}
        if not args or args[0] not in table:
            raise Refused("commands: " + " ".join(table))
        with self.world.lock:
            return table[args[0]](args[1:])

    def batch(self, args):
        """batch JSON: an array of commands, each an array of words; their outputs, a line each."""
        return "\n".join(self.run(one) or "" for one in document(operands(args, "JSON")[0]))

    def token(self, args):
        what, rest = (args[0], args[1:]) if args else ("", [])
        world = self.world
        if what == "new":
            rest, opt = options(rest, {"--user": 1, "--name": 1, "--value": 1, "--scopes": 1, "--count": 1,
                                       "--force": 0})
            operands(rest)
            if "--user" not in opt:
                raise Refused("token new --user EMAIL")
            scopes = opt["--scopes"].split(",") if "--scopes" in opt else None
            return "\n".join(world.token_new(opt["--user"], opt.get("--name"), opt.get("--value"), scopes,
                                             "--force" in opt) for _ in range(count(opt.get("--count", "1"))))
        if what == "revoke":
            rest, opt = options(rest, {"--code": 1})
            code = count(opt.get("--code"))
            if code not in (None, 1002, 1132):
                raise Refused("--code 1002 or 1132")
            return world.token_set(operands(rest, "TOKEN")[0], "revoked", code)
        if what == "expire":
            return world.token_set(operands(rest, "TOKEN")[0], "expired")
        if what == "revive":
            return world.token_set(operands(rest, "TOKEN")[0], "valid")
        if what == "state":
            return world.token(operands(rest, "TOKEN")[0]).state
        if what == "give":  # the account passes to somebody else, its tokens with it
            value, email = operands(rest, "TOKEN", "EMAIL")
            world.token(value).user = world.user(email)
            return None
        if what == "list":
            operands(rest)
            return "\n".join("%s %s %s %s" % (t.value, t.state, t.user.get("email"), t.name or "-")
                             for t in world.tokens.values())
        raise Refused("token new|revoke|expire|revive|state|give|list")

    def user(self, args):
        what, rest = (args[0], args[1:]) if args else ("", [])
        if what == "set":
            email, key, text = operands(rest, "EMAIL", "KEY", "JSON")
            return self.world.user_set(email, key, document(text))
        if what == "unset":
            return self.world.user_unset(*operands(rest, "EMAIL", "KEY"))
        if what == "fill":
            email, kind, n = operands(rest, "EMAIL", "LIST", "N")
            if kind not in ("sheets", "workspaces", "reports", "sights", "contacts"):
                raise Refused("sheets, workspaces, reports, sights, contacts")
            return self.world.user_fill(email, kind, 0 if n == "0" else count(n))
        if what == "add":
            return self.world.user_add(document(operands(rest, "JSON")[0]))
        if what == "show":
            return json.dumps(self.world.user(operands(rest, "EMAIL")[0]), indent=1)
        if what == "list":
            operands(rest)
            return "\n".join(str(u.get("email")) for u in self.world.users)
        raise Refused("user set|unset|fill|add|show|list")

    def fault(self, args):
        what, rest = (args[0], args[1:]) if args else ("", [])
        if what == "list":
            operands(rest)
            return "\n".join(faults.names())
        if what == "clear":
            return self.world.fault_clear(operands(rest, "[TOKEN]")[0])
        if what == "set":
            value, name, n = operands(rest, "TOKEN", "SCENARIO", "[COUNT]")
        elif what == "next":
            (name, n), value = operands(rest, "SCENARIO", "[COUNT]"), None
        else:
            raise Refused("fault set|next|clear|list")
        if not faults.known(name):
            raise Refused("no such scenario: %s (fault list)" % name)
        if value is None:
            return self.world.fault_next(name, count(n or "1"))
        return self.world.fault_set(value, name, count(n))

    def delay(self, args):
        text = operands(args, "MS")[0]
        self.world.delay_ms = 0 if text == "0" else count(text)

    def rate(self, args):
        text = operands(args, "N|off")[0]
        self.world.rate = 0 if text == "off" else count(text)

    def requests(self, args):
        value = operands(args, "[TOKEN]")[0]
        return str(self.world.total if value is None else len(self.world.asked.get(value, ())))

    def times(self, args):
        """Milliseconds of this token's requests since its first."""
        asked = self.world.asked.get(operands(args, "TOKEN")[0], ())
        return "\n".join("%d" % ((t - asked[0]) * 1000) for t in asked)

    def tls(self, args):
        kind = operands(args, "KIND")[0]
        if kind == "list":
            return "\n".join(certs.KINDS + tuple(handshakes.BY_HAND))
        if not self.server.tls:
            raise Refused("it was started with --plain")
        try:
            return self.server.show(kind)
        except ValueError as e:
            raise Refused(str(e)) from e
