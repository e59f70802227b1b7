"""What goes wrong before there is a request, by name: a listener's side of the connection by hand. `tls KIND` takes them
beside the kinds of certificates. Whatever comes is read and searched for tokens: none may be in it."""
import socket
import ssl
import struct

PAGE = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nNo"
ALERT = b"\x15\x03\x03\x00\x02"  # and level, description
READ_MAX = 1 << 20


class Hand:
    def __init__(self, server, conn, context):
        self.server, self.conn, self.context = server, conn, context
        self.got = b""

    def hear(self, seconds=5):
        """What comes next; b"" at the end or where nothing comes."""
        try:
            self.conn.raw.settimeout(seconds)
            data = self.conn.raw.recv(65536)
        except OSError:
            return b""
        self.got += data
        return data

    def send(self, data):
        self.conn.raw.sendall(data)

    def hang(self):
        """Until the other side leaves."""
        while len(self.got) < READ_MAX and self.hear(3600):
            pass

    def reset(self):
        self.conn.raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def flight(self):
        """What a server answers the client's first message with: ServerHello to Finished."""
        inward, outward = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = self.context.wrap_bio(inward, outward, server_side=True)
        inward.write(self.hear())
        try:
            tls.do_handshake()
        except ssl.SSLWantReadError:
            pass
        return outward.read()


def drop(hand):
    hand.hear()
    hand.reset()


def flight_cut(hand):
    flight = hand.flight()
    hand.send(flight[:len(flight) // 2])


def flight_hang(hand):
    flight_cut(hand)
    hand.hang()


def flight_slow(hand):
    """A byte a second: a handshake that never ends."""
    for b in hand.flight():
        hand.send(bytes([b]))
        if hand.conn.pause(1):
            return


def after_hello(data):
    def says(hand):
        hand.hear()
        hand.send(data)
        hand.hang()
    return says


def floods(data):
    def says(hand):
        hand.hear()
        while not hand.conn.pause(0):
            hand.send(data)
    return says


def after_handshake(reset):
    """The certificate was good, so the request may be under way; it is not read."""
    def ends(hand):
        hand.conn.raw.settimeout(5)
        tls = hand.context.wrap_socket(hand.conn.raw, server_side=True, suppress_ragged_eofs=True)
        hand.conn.raw = hand.conn.sock = tls
        if reset:
            hand.reset()
    return ends


BY_HAND = {
    "accept-cut": lambda hand: None, "accept-reset": lambda hand: hand.reset(), "accept-hang": lambda hand: hand.hang(),
    "hello-cut": lambda hand: hand.hear(), "hello-reset": drop,
    "flight-cut": flight_cut, "flight-hang": flight_hang, "flight-slow": flight_slow,
    "no-tls": after_hello(PAGE), "tls-garbage": after_hello(bytes(range(256)) * 4),
    "tls-alert": after_hello(ALERT + b"\x02\x28"), "alert-flood": floods((ALERT + b"\x01\x5a") * 1000),
    "record-huge": after_hello(b"\x16\x03\x03\xff\xff" + b"\x02" * 70000),
    "handshake-cut": after_handshake(0), "handshake-reset": after_handshake(1),
}


def serve(kind, server, conn, context):
    hand = Hand(server, conn, context)
    try:
        BY_HAND[kind](hand)
    finally:
        got = server.world.known_in(hand.got)
        with server.world.lock:
            server.world.tls_failed += 1
            server.world.token_bytes += got
        server.note(server.log, "TLS - - %s token=- token_bytes=%d" % (kind, got))
