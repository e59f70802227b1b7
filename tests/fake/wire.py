"""Connections: TLS or none, HTTP/1.1 with keep-alive, a thread each, each answer in one write; the log."""
import os
import select
import socket
import ssl
import threading
import time

import api
import faults
import handshakes
import world as w

HEAD_MAX, BODY_MAX = 64 * 1024, 1024 * 1024
IDLE_S, HANDSHAKE_S = 120, 30


class Gone(Exception):
    """The other side is away, or sends what is no HTTP."""


class Connection:
    def __init__(self, sock):
        self.sock = self.raw = sock
        self.left = b""
        self.watch = None  # a second descriptor, as an SSLSocket can't be peeked into
        self.asked = False   # had a request
        self.abrupt = False  # ends without TLS's farewell

    def secure(self, context):
        """Does the handshake. What comes first decides: a client that speaks plain HTTP to us is found out."""
        self.sock.settimeout(HANDSHAKE_S)
        first = self.sock.recv(1, socket.MSG_PEEK)
        if not first:
            raise Gone("closed")
        if first != b"\x16":
            return False
        self.watch = self.raw.dup()
        self.sock = context.wrap_socket(self.raw, server_side=True)
        return True

    def read(self, n=65536):
        data = self.sock.recv(n)
        if not data:
            raise Gone("closed")
        return data

    def request(self):
        """(method, target, [(lower-case name, value)…], all bytes); Gone at the end."""
        self.sock.settimeout(IDLE_S)
        while b"\r\n\r\n" not in self.left:
            if len(self.left) > HEAD_MAX:
                raise Gone("head too long")
            self.left += self.read()
        head, _, self.left = self.left.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        words = lines[0].split(" ")
        if len(words) != 3 or not words[2].startswith("HTTP/1."):
            raise Gone("no request line")
        headers = []
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            if not colon or not name or name != name.strip():
                raise Gone("no header")
            headers.append((name.lower(), value.strip()))
        whole = head + self.body(headers)
        self.asked = True
        return words[0], words[1], words[2], headers, whole

    def body(self, headers):
        size = next((v for n, v in headers if n == "content-length"), "0")
        if not size.isdigit() or int(size) > BODY_MAX or any(n == "transfer-encoding" for n, _ in headers):
            raise Gone("no body of ours")
        while len(self.left) < int(size):
            self.left += self.read()
        out, self.left = self.left[:int(size)], self.left[int(size):]
        return out

    def send(self, data):
        self.sock.sendall(data)

    def pause(self, seconds):
        """Waits; True at once where the other side is gone."""
        watch = self.watch or self.raw
        try:
            poll = select.poll()
            poll.register(watch, select.POLLIN)
            if not poll.poll(seconds * 1000):
                return False
            # A byte of TLS now is its farewell: nobody sends a second request before the answer to the first.
            return self.watch is not None or not watch.recv(1, socket.MSG_PEEK)
        except OSError:
            return True

    def close(self):
        if self.watch and not self.abrupt:
            try:
                self.sock.setblocking(False)
                self.sock.unwrap()
            except (OSError, ValueError):  # sent; the other side's farewell is not waited for
                pass
        for s in (self.sock, self.watch):
            try:
                if s is not None:
                    s.close()
            except OSError:
                pass


class Listener:
    """Listens on loopback, both families where there are two, and serves each connection by `handle`."""

    def __init__(self, port, handle):
        self.socks, self.port, self.handle = [], port, handle
        for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            try:
                s = socket.socket(family, socket.SOCK_STREAM)
                s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                s.bind((host, self.port))
                s.listen(512)
            except OSError:
                if family == socket.AF_INET:
                    raise
                continue  # no IPv6 here, or its port is taken
            self.port = s.getsockname()[1]
            self.socks.append(s)
        for s in self.socks:
            threading.Thread(target=self.accept, args=(s,), daemon=True).start()

    def accept(self, s):
        while True:
            try:
                sock, _ = s.accept()
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self.handle, args=(sock,), daemon=True).start()
            except OSError:
                time.sleep(0.01)  # no descriptor left: others will end


class Server:
    """The API on one port, and the place redirects lead to on another, which notes what reaches it."""

    def __init__(self, world, top, contexts, tls, port=0):
        self.world, self.top, self.contexts, self.tls = world, top, contexts, tls
        self.io = threading.Lock()
        self.log = open(os.path.join(top, "log"), "a", encoding="utf-8", buffering=1)
        self.away = open(os.path.join(top, "elsewhere"), "w", encoding="utf-8", buffering=1)
        self.elsewhere = Listener(0, self.serve_elsewhere)
        self.main = Listener(port, self.serve)

    def url(self):
        return "%s://127.0.0.1:%d/2.0" % ("https" if self.tls else "http", self.main.port)

    def elsewhere_url(self, scheme=None):
        return "%s://127.0.0.1:%d" % (scheme or ("https" if self.tls else "http"), self.elsewhere.port)

    def note(self, file, text):
        with self.io:
            file.write("".join(c if c.isprintable() else "?" for c in self.world.hide(text))[:2000] + "\n")

    def show(self, kind):
        """From the next connection on, the certificate of this kind."""
        self.tls = (kind, self.contexts.context("good" if kind in handshakes.BY_HAND else kind))

    def serve(self, sock):
        conn = Connection(sock)
        world, shown = self.world, self.tls
        with world.lock:
            world.connections += 1
        try:
            if shown and shown[0] in handshakes.BY_HAND:
                handshakes.serve(shown[0], self, conn, shown[1])
            elif shown and not conn.secure(shown[1]):
                self.plain(conn)
            else:
                while self.one(conn):
                    pass
        except ssl.SSLError as e:
            if conn.sock is conn.raw:  # the handshake; later it is a client that ended without a farewell
                with world.lock:
                    world.tls_failed += 1
                self.note(self.log, "TLS - - %s token=- token_bytes=0" % (e.reason or "failed"))
        except (OSError, Gone) as e:
            if isinstance(e, Gone) and str(e) == "closed":
                if conn.watch and not conn.asked:  # the wrong host is found out after the handshake
                    with world.lock:
                        world.tls_failed += 1
                    self.note(self.log, "TLS - - left without a request token=- token_bytes=0")
            elif conn.sock is conn.raw and shown:
                with world.lock:
                    world.tls_failed += 1
                self.note(self.log, "TLS - - %s token=- token_bytes=0" % type(e).__name__)
            elif isinstance(e, Gone):
                self.note(self.log, "HTTP - - %s token=- token_bytes=%d" % (e, world.known_in(conn.left)))
        finally:
            conn.close()

    def plain(self, conn):
        """Somebody sends no TLS to a port that wants it: reads what comes, and notes what of it was a token."""
        conn.sock.settimeout(2)
        raw = b""
        try:
            while len(raw) < HEAD_MAX and b"\r\n\r\n" not in raw:
                data = conn.sock.recv(65536)
                if not data:
                    break
                raw += data
        except OSError:
            pass
        got = self.world.known_in(raw)
        with self.world.lock:
            self.world.tls_failed += 1
            self.world.token_bytes += got
        self.note(self.log, "PLAIN - - no TLS token=- token_bytes=%d" % got)

    def one(self, conn):
        """One request; False where the connection ends. It is counted and in the log before a byte is answered."""
        method, target, version, headers, whole = conn.request()
        world = self.world
        value = api.bearer(headers) or ""
        too_many = world.begins(value)
        name = world.fault_for(value, target)
        answered = by_hand = None
        try:
            if world.delay_ms and conn.pause(world.delay_ms / 1000):
                raise Gone("closed")
            ask = faults.Ask(self, method, target, headers, value)
            if name:
                answered, by_hand = faults.apply(name, ask)
            elif too_many:
                answered = api.error(4003)
            elif version == "HTTP/1.1" and not any(n == "host" for n, _ in headers):
                answered = api.error(1011, "Host")
            else:
                answered = ask.right()
        finally:
            world.ends()
            self.entry(method, target, name, answered, value, whole)
        if by_hand:
            by_hand(conn, ask)
            return False
        last = version == "HTTP/1.0" or any(n == "connection" and v.lower() == "close" for n, v in headers)
        conn.send(api.packed(answered, last))
        return not last

    def entry(self, method, target, name, answered, value, whole):
        also = self.world.known_in(whole) - (len(value) if value in self.world.tokens else 0)
        self.note(self.log, "%s %s %s token=%s token_bytes=%d%s%s" % (
            method, target, answered.status if answered else "-", w.digest(value) if value else "-", len(value),
            " fault=" + name if name else "", " token_bytes_elsewhere=%d" % also if also > 0 else ""))

    def serve_elsewhere(self, sock):
        """Answers like somebody who would like to have the token, over TLS or plain, and notes what came."""
        conn = Connection(sock)
        away = self.world.away
        with self.world.lock:
            away["connections"] += 1
        self.note(self.away, "connected")
        try:
            if self.tls:
                conn.secure(self.tls[1])
            while True:
                method, target, _version, headers, whole = conn.request()
                named = sum(len(api.bearer([h]) or "") for h in headers)
                got = max(named, self.world.known_in(whole))
                with self.world.lock:
                    away["requests"] += 1
                    away["token_bytes"] += got
                self.note(self.away, "%s %s token_bytes=%d" % (method, target, got))
                conn.send(api.packed(api.Answer(200, faults.PERSON)))
        except (OSError, Gone):
            pass
        finally:
            conn.close()
