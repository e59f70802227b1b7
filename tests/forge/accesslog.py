"""The access log a second time, from vault-format(5), ACCESS LOG: read, continued, cut and forged without vault."""
import collections

from format1 import ZERO16, ZERO32
from sodium import aead, aead_open, enc, field, fields_of, h, kdf, pad, sign, signed, u64, unpad

GET, RUN, VERDICT, LOST, REWRAP, EXPOSURE, REMINDED, SAME = 64, 65, 67, 68, 69, 71, 72, 73
HEADER, BATCH = b"SVLOG1\0", b"batch\0"

Entry = collections.namedtuple("Entry", "seq epoch time action object_id version commitment generation detail")
Batch = collections.namedtuple("Batch", "slot_id first before entries sig")
LogHeader = collections.namedtuple("LogHeader", "vault_id log_id host time first_seq previous_id previous_head")


def number(b):
    return int.from_bytes(b, "little", signed=True)


def frame(body):
    n = len(body).to_bytes(4, "little")
    return n + body + n + h(body)[:8]


def bodies(data):
    """Of all whole frames."""
    out = []
    while data:
        n = int.from_bytes(data[:4], "little")
        body = data[4:4 + n]
        if frame(body) != data[:n + 16]:
            break
        out.append(body)
        data = data[n + 16:]
    return out


def entry_of(data):
    f = fields_of(data)
    return Entry(*map(number, f[:4]), f[4], number(f[5]), f[6], number(f[7]), f[8])


def entry_bytes(e):
    return b"".join(map(field, e))


def batch_of(body):
    if body[:6] != BATCH:
        raise ValueError("no batch")
    slot_id, first, before, n, *rest = fields_of(body[6:])
    if len(rest) != number(n) + 1:
        raise ValueError("entries")
    return Batch(slot_id, number(first), before, [entry_of(e) for e in rest[:-1]], rest[-1])


def batch_bytes(x):
    return BATCH + b"".join(map(field, (x.slot_id, x.first, x.before, len(x.entries),
                                        *map(entry_bytes, x.entries), x.sig)))


def detail_ad(vault_id, slot_id, e):
    return enc("smartvault1/log-detail", vault_id, slot_id, e.epoch, e.time, e.action, e.object_id, e.version,
               e.commitment, e.generation)


class Log:
    def __init__(self, data):
        parts = bodies(data)
        if parts[0][:7] != HEADER:
            raise ValueError("no access log")
        f = fields_of(parts[0][7:])
        self.header = LogHeader(*f[:3], number(f[3]), number(f[4]), *f[5:])
        self.batches = [batch_of(p) for p in parts[1:]]

    @classmethod
    def new(cls, vault_id, log_id, time, host=b"elsewhere"):
        return cls(frame(cls.header_bytes(LogHeader(vault_id, log_id, host, time, 1, ZERO16, ZERO32))))

    @staticmethod
    def header_bytes(header):
        return HEADER + b"".join(map(field, header))

    def frames(self):
        return [frame(self.header_bytes(self.header))] + [frame(batch_bytes(x)) for x in self.batches]

    def data(self):
        return b"".join(self.frames())

    def chain(self, x, before=None):
        """The chain after a batch."""
        at = x.before if before is None else before
        for e in x.entries:
            at = h(enc("smartvault1/entry", self.header.log_id, at, x.slot_id, entry_bytes(e)))
        return at

    def head(self):
        return self.chain(self.batches[-1]) if self.batches else h(self.header_bytes(self.header))

    def next_seq(self):
        return self.batches[-1].first + len(self.batches[-1].entries) if self.batches else self.header.first_seq

    def signed_bytes(self, x):
        return enc("smartvault1/batch", self.header.log_id, x.slot_id, x.first, len(x.entries), x.before,
                   self.chain(x))

    def sign(self, x, sign_sk):
        return x._replace(sig=sign(sign_sk, self.signed_bytes(x)))

    def append(self, slot_id, sign_sk, *entries):
        """Entries without seq, chained to the end and signed as one batch."""
        first = self.next_seq()
        x = Batch(slot_id, first, self.head(), [e._replace(seq=first + i) for i, e in enumerate(entries)], b"")
        self.batches.append(self.sign(x, sign_sk))

    def rechain(self, sign_sks, start=0):
        """Every batch from a place on chained and numbered anew, signed by those whose keys are there {slot: sk}."""
        left, self.batches = self.batches[start:], self.batches[:start]
        for x in left:
            first = self.next_seq()
            y = Batch(x.slot_id, first, self.head(), [e._replace(seq=first + i) for i, e in enumerate(x.entries)],
                      x.sig)
            self.batches.append(self.sign(y, sign_sks[x.slot_id]) if x.slot_id in sign_sks else y)

    def entries(self):
        return [(x.slot_id, e) for x in self.batches for e in x.entries]

    def hold(self, sign_pks):
        """Every chain, number and signature as the manual says; {slot: pk}."""
        at, seq = h(self.header_bytes(self.header)), self.header.first_seq
        for x in self.batches:
            if x.before != at or x.first != seq or [e.seq for e in x.entries] != list(range(seq, seq + len(x.entries))):
                return False
            if not signed(x.sig, sign_pks[x.slot_id], self.signed_bytes(x)):
                return False
            at, seq = self.chain(x), seq + len(x.entries)
        return True


def sealed(k_meta, vault_id, slot_id, e, text):
    """The entry with its detail sealed."""
    return e._replace(detail=aead(kdf(k_meta, 1, "svmetaen"), detail_ad(vault_id, slot_id, e), pad(128, text)))


def opened(k_meta, vault_id, slot_id, e):
    plain = aead_open(kdf(k_meta, 1, "svmetaen"), detail_ad(vault_id, slot_id, e), e.detail)
    return None if plain is None else unpad(plain)


# --- this machine's record --------------------------------------------------------------------------------------------

Record = collections.namedtuple("Record", "vault_id epoch state has_log log_id log_length log_head")


def record_name(path):
    return "seen-" + h(path.encode())[:16].hex()


def record_bytes(r):
    raw = b"smartvault1/seen\0" + r.vault_id + u64(r.epoch) + r.state + bytes([r.has_log]) + r.log_id + \
        u64(r.log_length) + r.log_head
    return raw + h(raw)


def parse_record(data):
    if len(data) != 162 or h(data[:130]) != data[130:] or data[:17] != b"smartvault1/seen\0":
        raise ValueError("no record")
    return Record(data[17:33], number(data[33:41]), data[41:73], data[73], data[74:90], number(data[90:98]),
                  data[98:130])
