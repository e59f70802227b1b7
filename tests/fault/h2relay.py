"""nghttpx in front of the stand-in, and between it and the client a relay that passes frames of HTTP/2 (RFC 9113) on and
meddles with them: headers stay as they are, so that each answer is still that of the token that asked."""
import os
import select
import socket
import ssl
import struct
import subprocess
import threading
import time

DATA, HEADERS, RST, SETTINGS, PUSH, PING, GOAWAY = 0, 1, 3, 4, 5, 6, 7
END_STREAM, END_HEADERS = 1, 4
NGHTTPX = "/usr/sbin/nghttpx"


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def rst(stream, code):
    return frame(RST, 0, stream, struct.pack(">I", code))


class Front:
    """TLS and HTTP/2 for a stand-in that speaks plain HTTP/1.1."""

    def __init__(self, plain, certs, *more):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.url = "https://127.0.0.1:%d/2.0" % self.port
        self.log = os.path.join(certs, "nghttpx-%d" % self.port)
        self.p = subprocess.Popen([
            NGHTTPX, "--conf=/dev/null", "--workers=1", "--no-ocsp", "--frontend=127.0.0.1,%d" % self.port,
            "--backend=127.0.0.1,%s" % plain.url.split(":")[2].split("/")[0], "--accesslog-file=" + self.log,
            "--accesslog-format=$remote_port $alpn $status", "--errorlog-file=/dev/null", *more,
            os.path.join(certs, "good.key"), os.path.join(certs, "good.pem")],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while self.p.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except ConnectionRefusedError:
                time.sleep(0.01)  # until it listens
        raise RuntimeError("nghttpx does not start")

    def requests(self):
        """[(port of the client, protocol, status)…]"""
        with open(self.log, encoding="ascii") as f:
            return [tuple(line.split()) for line in f if line.strip()]

    def end(self):
        self.p.kill()
        self.p.wait()


class Relay:
    """`meddle(relay, connection number, kind, flags, stream, payload)` gives the bytes to send in a frame's place, or None: it
    goes on as it is. Cut raised: the connection ends."""

    class Cut(Exception):
        pass

    def __init__(self, front, certs, meddle):
        self.front, self.meddle = front, meddle
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(os.path.join(certs, "good.pem"), os.path.join(certs, "good.key"))
        self.context.set_alpn_protocols(["h2"])
        self.behind = ssl.create_default_context(cafile=os.path.join(certs, "ca.pem"))
        self.behind.set_alpn_protocols(["h2"])
        self.connections = self.meddled = 0
        self.gone = set()
        self.lock = threading.Lock()
        self.sock = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = "https://127.0.0.1:%d/2.0" % self.sock.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            conn, _ = self.sock.accept()
            threading.Thread(target=self.serve, args=(conn,), daemon=True).start()

    def serve(self, conn):
        try:
            with self.context.wrap_socket(conn, server_side=True) as tls, socket.create_connection(
                    ("127.0.0.1", self.front.port)) as raw, self.behind.wrap_socket(raw, server_hostname="127.0.0.1") as up:
                with self.lock:
                    self.connections += 1
                    number = self.connections
                tls.setblocking(False)
                up.setblocking(False)
                self.pass_on(number, tls, up)
        except (OSError, ValueError, Relay.Cut):
            pass

    def pass_on(self, number, tls, up):
        """One thread for both ways: an object of OpenSSL is not for two."""
        left = b""
        while True:
            select.select([tls, up], [], [])
            for source, to in ((tls, up), (up, tls)):
                while (data := received(source)) is not None:
                    if not data:
                        return
                    if source is tls:
                        send(to, data)
                        continue
                    left += data
                    while len(left) >= 9 and len(left) >= 9 + int.from_bytes(left[:3], "big"):
                        n = 9 + int.from_bytes(left[:3], "big")
                        send(to, self.instead(number, left[:n]))
                        left = left[n:]

    def instead(self, number, whole):
        out = self.meddle(self, number, whole[3], whole[4], int.from_bytes(whole[5:9], "big"), whole[9:])
        with self.lock:
            self.meddled += out is not None
        return whole if out is None else out


def received(sock):
    """What is there; b"" at the end, None where nothing is."""
    try:
        return sock.recv(65536)
    except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
        return None


def send(sock, data):
    while data:
        try:
            data = data[sock.send(data):]
        except ssl.SSLWantWriteError:
            select.select([], [sock], [], 10)
        except ssl.SSLWantReadError:
            select.select([sock], [], [], 10)


# How each stream that is picked is treated. A stream's number is odd; every fifth is picked.


def picked(stream):
    return stream % 10 == 5


# Headers are never left out, since those to come are packed by way of those before: what follows a reset is ignored.


def resets(code):
    def meddle(_relay, _number, kind, flags, stream, payload):
        return rst(stream, code) + frame(kind, flags, stream, payload) if picked(stream) and kind == HEADERS else None
    return meddle


def reset_in_body(_relay, _number, kind, _flags, stream, payload):
    if picked(stream) and kind == DATA and payload:
        return frame(DATA, 0, stream, payload[:len(payload) // 2]) + rst(stream, 2)
    return None


def body_cut(_relay, _number, kind, _flags, stream, payload):
    """Half of it, and said to be the end: the length that was promised is not there."""
    if picked(stream) and kind == DATA:
        return frame(DATA, END_STREAM, stream, payload[:len(payload) // 2]) if payload else b""
    return None


def body_none(_relay, _number, kind, flags, stream, payload):
    if picked(stream) and kind == HEADERS:
        return frame(HEADERS, flags | END_STREAM, stream, payload)
    return b"" if picked(stream) and kind == DATA else None


def goes_away(relay, number, kind, flags, stream, payload):
    """After some answers of each of the first connections; what is above the last stream is to be asked again elsewhere."""
    if number > 3 or kind not in (HEADERS, DATA) or stream < 41:
        return None
    first = number not in relay.gone
    relay.gone.add(number)
    return frame(GOAWAY, 0, 0, struct.pack(">II", 39, 0)) + frame(kind, flags, stream, payload) if first else None


def goes_away_in_anger(relay, number, kind, _flags, _stream, _payload):
    if kind != HEADERS or relay.gone:
        return None
    relay.gone.add(number)
    return frame(GOAWAY, 0, 0, struct.pack(">II", 0, 11))


def cuts(relay, number, kind, _flags, stream, _payload):
    if number <= 3 and kind == DATA and stream > 21:
        with relay.lock:
            relay.meddled += 1
        raise Relay.Cut
    return None


def hangs(_relay, _number, kind, _flags, stream, _payload):
    return b"" if picked(stream) and kind == DATA else None


def before(extra):
    def meddle(_relay, _number, kind, flags, stream, payload):
        if not (picked(stream) and kind == HEADERS):
            return None
        return extra(stream) + frame(kind, flags, stream, payload)
    return meddle


PERSON = b'{"id":1,"email":"else@company-a.example"}'
# Whether all may still be right.
MEDDLERS = {
    "refused": (resets(7), True), "cancelled": (resets(8), False), "internal-error": (resets(2), False),
    "reset-in-body": (reset_in_body, False), "body-cut": (body_cut, False), "body-none": (body_none, False),
    "goaway": (goes_away, True), "goaway-in-anger": (goes_away_in_anger, True), "cut": (cuts, True), "hangs": (hangs, False),
    # No frame that anybody waits for: ignored, or the end of the connection, never an answer.
    "unknown-frame": (before(lambda _s: frame(0xbb, 0xff, 0, b"x" * 100)), True),
    "stray-stream": (before(lambda _s: frame(HEADERS, END_HEADERS, 99999, b"\x88") + frame(DATA, 1, 99999, PERSON)), True),
    "data-first": (before(lambda s: frame(DATA, 0, s, PERSON)), True),
    "push": (before(lambda s: frame(PUSH, END_HEADERS, s, struct.pack(">I", 2) + b"\x82\x84\x87")), True),
    "pings": (before(lambda _s: frame(PING, 0, 0, b"x" * 8) * 2000), True),
    "settings": (before(lambda _s: frame(SETTINGS, 0, 0, b"") * 2000), True),
    "continuations": (before(lambda s: frame(HEADERS, 0, s, b"\x88") + frame(9, 0, s, b"\x40\x01x\x01y" * 1000) * 200), True),
    "early-answer": (before(lambda s: frame(HEADERS, END_HEADERS, s + 1000, b"\x88")), True),
}
