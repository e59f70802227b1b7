"""A proxy on loopback that does as its name says, and what is behind it where it lets through: what each of the two saw."""
import os
import socket
import ssl
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fake"))
from certs import Certs  # noqa: E402

PERSON = b'{"id":7700000000000003,"email":"enterprise@company-a.example"}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(PERSON), PERSON)
OPEN = b"HTTP/1.1 200 Connection established\r\n\r\n"
# The verdict and a word of the message.
PROXIES = {
    "403": ("unknown", "proxy refused with HTTP 403"), "407": ("unknown", "proxy refused with HTTP 407"),
    "502": ("unknown", "proxy refused with HTTP 502"), "302": ("unknown", "proxy refused with HTTP 302"),
    "hangs": ("unknown", "within"), "closes": ("unknown", ""), "garbage": ("unknown", ""), "floods": ("unknown", ""),
    "half": ("unknown", ""), "answers": ("unknown", ""), "answers-plain": ("unknown", ""), "opens-garbage": ("unknown", "no TLS"),
    "opens-closes": ("unknown", ""), "opens-hangs": ("unknown", "within"),
    # Closed before it read what we sent, or after: a reset says so in other words.
    "other-ca": ("unknown", "not trusted"), "other-name": ("unknown", "match"), "through": ("valid", ""),
}


def refusal(status):
    return b"HTTP/1.1 %d No\r\nContent-Length: 0\r\nLocation: http://127.0.0.1:9/\r\nProxy-Authenticate: Basic realm=x\r\n\r\n" % status


class Proxy:
    def __init__(self, fake, name):
        self.fake, self.name = fake, name
        self.raw = self.behind = b""
        self.connections = 0
        self.sock = socket.create_server(("127.0.0.1", 0), backlog=16)
        self.url = "http://127.0.0.1:%d" % self.sock.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            conn, _ = self.sock.accept()
            self.connections += 1
            threading.Thread(target=self.serve, args=(conn,), daemon=True).start()

    def hear(self, conn):
        data = conn.recv(65536)
        self.raw += data
        return data

    def rest(self, conn):
        while self.hear(conn):
            pass

    def serve(self, conn):
        try:
            with conn:
                while b"\r\n\r\n" not in self.raw and self.hear(conn):
                    pass
                self.act(conn)
        except (OSError, ssl.SSLError):
            pass

    def act(self, conn):
        name = self.name
        if name.isdigit():
            conn.sendall(refusal(int(name)))
        elif name == "floods":
            conn.sendall(b"HTTP/1.1 200 OK\r\n")
            while True:
                conn.sendall(b"X-More: 1\r\n" * 1000)
        elif name in ("other-ca", "other-name", "through"):
            conn.sendall(OPEN)
            self.tunnel(conn)
            return
        elif name != "hangs" and name != "closes":
            conn.sendall({"garbage": bytes(range(256)), "half": OPEN[:20], "answers": ANSWER, "answers-plain": OPEN + ANSWER,
                          "opens-garbage": OPEN + bytes(range(256)), "opens-closes": OPEN, "opens-hangs": OPEN}[name])
        if name in ("hangs", "opens-hangs") or name.isdigit():
            self.rest(conn)

    def tunnel(self, conn):
        """What goes through is kept as it came, and given to a server of TLS behind it."""
        ours, theirs = socket.socketpair()
        threading.Thread(target=self.server, args=(theirs,), daemon=True).start()

        def back():
            try:
                while data := ours.recv(65536):
                    conn.sendall(data)
            except OSError:
                pass
        threading.Thread(target=back, daemon=True).start()
        while data := self.hear(conn):
            ours.sendall(data)
        ours.close()

    def server(self, sock):
        certs = Certs(self.fake.dir)
        kind = {"through": "proxied", "other-ca": "proxied-otherca", "other-name": "wronghost"}[self.name]
        if kind == "proxied":
            certs.signed(kind, "ca", "DNS:smartsheet.example")
        elif kind == "proxied-otherca":
            certs.signed(kind, "otherca-root", "DNS:smartsheet.example")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certs.path(kind + ".pem"), certs.path(kind + ".key"))
        try:
            with context.wrap_socket(sock, server_side=True) as tls:
                while data := tls.recv(65536):
                    self.behind += data
                    if b"\r\n\r\n" in self.behind:
                        tls.sendall(ANSWER)
        except (OSError, ssl.SSLError):
            pass
