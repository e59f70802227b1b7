"""What the tests of vault-api share: TAP, the program by protocol 1 (vault/helper.h), the stand-in, a small HTTP/2 server."""
import atexit
import json
import os
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get("BUILD", "build"))
PROGRAM = os.path.join(BUILD, "bin", "vault-api")
SAN = bool(os.environ.get("SAN"))
TMP = tempfile.mkdtemp(prefix="apitest-")
atexit.register(shutil.rmtree, TMP, True)
ENTERPRISE = "enterprise@company-a.example"


class Tap:
    n = bad = 0

    @classmethod
    def ok(cls, good, name, *why):
        cls.n += 1
        cls.bad += not good
        print("%sok %d - %s" % ("" if good else "not ", cls.n, name), flush=True)
        for w in why if not good else ():
            print("#   %s" % (w,))
        return good

    @classmethod
    def same(cls, is_, want, name, *why):
        return cls.ok(is_ == want, name, "is   %r" % (is_,), "want %r" % (want,), *why)

    @classmethod
    def skip(cls, name, why):
        cls.n += 1
        print("ok %d - %s # SKIP %s" % (cls.n, name, why), flush=True)

    @classmethod
    def end(cls):
        print("1..%d" % cls.n)
        sys.exit(1 if cls.bad else 0)


class Api:
    """A running vault-api."""

    def __init__(self, env=None, setup=True, prefix=(), **over):
        self.p = subprocess.Popen([*prefix, PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  env={**os.environ, **(env or {})}, bufsize=0)
        self.out = self.p.stdout
        self.left = b""
        if setup:
            self.frame({"op": "setup", "protocol": 1, "version": "0.1.0", "ca_file": None, "timeout_ms": 20000,
                        "total_ms": 60000, "jobs": 16, **over})

    def raw(self, data):
        at = 0
        try:
            while at < len(data):
                at += self.p.stdin.write(data[at:])
        except BrokenPipeError:
            pass

    def frame(self, header, token=b""):
        head = header if isinstance(header, bytes) else json.dumps(header).encode()
        self.raw(struct.pack("<I", len(head)) + head + struct.pack("<I", len(token)) + token)

    def me(self, number, base, token, op="me"):
        self.frame({"op": op, "id": number, "base": base}, token if isinstance(token, bytes) else token.encode())

    def line(self):
        """The next answer, None at the end."""
        while b"\n" not in self.left:
            data = self.out.read(65536)
            if not data:
                return None
            self.left += data
        one, self.left = self.left.split(b"\n", 1)
        return json.loads(one)

    def end(self):
        """Ends its input: (answers that are left, status, stderr)."""
        self.p.stdin.close()
        lines = []
        while (one := self.line()) is not None:
            lines.append(one)
        return lines, self.p.wait(), self.p.stderr.read().decode()


def ask(asked, env=None, **setup):
    """asked: [(base, token)…]. Answers by position, status, stderr. The pipe is written aside, as answers come meanwhile."""
    api = Api(env=env, **setup)

    def write():
        for i, (base, token) in enumerate(asked):
            api.me(i, base, token)
        api.p.stdin.close()
    t = threading.Thread(target=write)
    t.start()
    answers = {}
    while (one := api.line()) is not None:
        answers[one["id"]] = one
    t.join()
    return answers, api.p.wait(), api.p.stderr.read().decode()


def peak_kib(pid):
    with open("/proc/%d/status" % pid, encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmHWM:"))


class Reached:
    """asked: [(base, token)…], as "exposure" or another operation: `answers` by position, `items` by position and list,
    `text` of all that was said, seconds, KiB, status, stderr."""

    def __init__(self, asked, op="exposure", **setup):
        self.answers, self.items, self.said, self.longest, self.kib = {}, {}, [], 0, 0
        api = Api(**setup)
        begun = time.monotonic()
        for i, (base, token) in enumerate(asked):
            api.me(i, base, token, op)
        while len(self.answers) < len(asked) and (one := api.line()) is not None:
            self.take(one)
        self.seconds = time.monotonic() - begun
        if len(self.answers) == len(asked):
            self.kib = peak_kib(api.p.pid)
        rest, self.status, self.err = api.end()
        for one in rest:
            self.take(one)
        self.text = "\n".join(self.said) + self.err

    def take(self, one):
        text = json.dumps(one, ensure_ascii=False, separators=(",", ":"))
        self.said.append(text)
        self.longest = max(self.longest, len(text.encode()))
        if "list" in one:
            self.items.setdefault(one["id"], {}).setdefault(one["list"], []).extend(one["items"])
        else:
            assert one["id"] not in self.answers, "answered twice"
            self.answers[one["id"]] = one

    def counts(self, i):
        """What `reach` says of answer `i`; None where it is not known. Each list has as many different items."""
        reach = self.answers[i]["reach"]
        for name, n in (reach or {}).items():
            if name in ("sheets", "workspaces", "reports", "dashboards"):
                ids = [one["id"] for one in self.items.get(i, {}).get(name, [])]
                assert len(ids) == len(set(ids)) == (n or 0), (name, n, len(ids))
        return reach


class Fake:
    """The stand-in, as its own process."""

    def __init__(self, *args):
        self.dir = tempfile.mkdtemp(dir=TMP)
        self.p = subprocess.Popen([os.path.join(ROOT, "tests/fake/smartsheet"), "--dir", self.dir, *args],
                                  stdout=subprocess.PIPE)
        atexit.register(self.end)
        ready = self.p.stdout.readline().decode().split()
        assert ready[0] == "ready", ready
        self.url = ready[1]
        self.ca = os.path.join(self.dir, "ca.pem")

    def ctl(self, *args):
        return subprocess.run([os.path.join(ROOT, "tests/fake/smartsheetctl"), self.dir, *args], check=True,
                              stdout=subprocess.PIPE).stdout.decode().strip()

    def batch(self, commands):
        return self.ctl("batch", json.dumps(commands)).split("\n") if commands else []

    def tokens(self, n, user=ENTERPRISE):
        return self.ctl("token", "new", "--user", user, "--force", "--count", str(n)).split("\n")

    def faulty(self, names):
        """A token for each fault."""
        values = self.tokens(len(names))
        self.batch([["fault", "set", v, name] for v, name in zip(values, names)])
        return values

    def requests(self, values):
        return [int(n) for n in self.batch([["requests", v] for v in values])]

    def stats(self):
        return json.loads(self.ctl("stats"))

    def end(self):
        self.p.terminate()
        self.p.wait()


class Listener:
    """A port on loopback that keeps what it is sent; `answer(bytes)` may answer."""

    def __init__(self, answer=None):
        self.got, self.connections, self.answer = b"", 0, answer
        self.sock = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.sock.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            conn, _ = self.sock.accept()
            self.connections += 1
            threading.Thread(target=self.serve, args=(conn,), daemon=True).start()

    def serve(self, conn):
        with conn:
            while data := conn.recv(65536):
                self.got += data
                reply = self.answer(self.got) if self.answer else None
                if reply:
                    conn.sendall(reply)


class Http2:
    """HTTP/2 (RFC 9113) as far as it takes to answer each stream with one person: requests are not even decoded."""
    BODY = b'{"id":7700000000000003,"email":"enterprise@company-a.example"}'

    def __init__(self, certificate, key):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.context.set_alpn_protocols(["h2"])
        self.streams = self.connections = 0
        self.sock = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = "https://127.0.0.1:%d/2.0" % self.sock.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            conn, _ = self.sock.accept()
            threading.Thread(target=self.serve, args=(conn,), daemon=True).start()

    @staticmethod
    def frame(kind, flags, stream, payload=b""):
        return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload

    def serve(self, conn):
        try:
            with self.context.wrap_socket(conn, server_side=True) as tls, tls.makefile("rb") as f:
                self.connections += 1
                if f.read(24) != b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n":
                    return
                tls.sendall(self.frame(4, 0, 0))
                while head := f.read(9):
                    payload = f.read(int.from_bytes(head[:3], "big"))
                    kind, flags, stream = head[3], head[4], int.from_bytes(head[5:], "big")
                    if kind == 4 and not flags & 1:
                        tls.sendall(self.frame(4, 1, 0))
                    elif kind == 6 and not flags & 1:
                        tls.sendall(self.frame(6, 1, 0, payload))
                    elif kind == 1:
                        self.streams += 1
                        tls.sendall(self.frame(1, 4, stream, b"\x88") + self.frame(0, 1, stream, self.BODY))
        except (OSError, ValueError):
            pass


def in_memory(pid, needles):
    """Where these bytes stand in a process's memory: (mapping, needle number); None where it may not be read."""
    hits = []
    try:
        with open("/proc/%d/mem" % pid, "rb", 0) as mem, open("/proc/%d/maps" % pid, encoding="utf-8") as maps:
            for line in maps:
                words = line.split()
                if "r" not in words[1] or words[-1] in ("[vvar]", "[vsyscall]"):
                    continue
                begin, end = (int(x, 16) for x in words[0].split("-"))
                try:
                    mem.seek(begin)
                    data = mem.read(end - begin)
                except OSError:
                    continue
                hits += [(words[-1], i) for i, n in enumerate(needles) if n in data]
    except PermissionError:
        return None
    return hits


def wait_for(what, seconds=10):
    """Until `what()` is true: whether it became so."""
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True
