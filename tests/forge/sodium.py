"""The primitives of format 1 for a program that is not vault: hashlib's BLAKE2b, libsodium and libargon2 by ctypes.

Source: vault-format(5), Primitives. Keys are plain bytes here: this is the attacker's side, nothing is guarded.
"""
import ctypes
import hashlib
import os

_sodium = ctypes.CDLL("libsodium.so.23")
_argon2 = ctypes.CDLL("libargon2.so.1")
if _sodium.sodium_init() < 0:
    raise OSError("libsodium does not start")

NONCE, TAG, SEAL, SIGN = 24, 16, 48, 64


def u64(n):
    return (n & (1 << 64) - 1).to_bytes(8, "little")


def field(v):
    if isinstance(v, int):
        v = u64(v)
    return len(v).to_bytes(4, "little") + v


def enc(label, *fields, more=b""):
    """ENC(label, f, ...); `more`: fields that are encoded already."""
    return label.encode() + b"\0" + b"".join(map(field, fields)) + more


def fields_of(data):
    """The fields of ENC, without its label."""
    out = []
    while data:
        n = int.from_bytes(data[:4], "little")
        if len(data) < 4 + n:
            raise ValueError("a field is cut")
        out.append(data[4:4 + n])
        data = data[4 + n:]
    return out


def h(x):
    return hashlib.blake2b(x, digest_size=32).digest()


def b(n, key, x):
    return hashlib.blake2b(x, digest_size=n, key=key).digest()


def kdf(key, i, ctx):
    return hashlib.blake2b(b"", digest_size=32, key=key, salt=u64(i) + bytes(8), person=ctx.encode() + bytes(8)).digest()


def pad(block, x):
    return x + b"\x80" + bytes(-(len(x) + 1) % block)


def unpad(x):
    body = x.rstrip(b"\0")
    return body[:-1] if body[-1:] == b"\x80" else None


# --- sealing ------------------------------------------------------------------------------------------------------

def _call(library, name, *args):
    return getattr(library, "crypto_" + name)(*args)


def _len(x):
    return ctypes.c_ulonglong(len(x))


def aead(key, ad, x, nonce=None):
    """Nonce, then the box."""
    nonce = os.urandom(NONCE) if nonce is None else nonce
    out = ctypes.create_string_buffer(len(x) + TAG)
    _call(_sodium, "aead_xchacha20poly1305_ietf_encrypt", out, None, x, _len(x), ad, _len(ad), None, nonce, key)
    return nonce + out.raw


def aead_open(key, ad, box):
    """The text, or None."""
    if len(box) < NONCE + TAG:
        return None
    out = ctypes.create_string_buffer(len(box) - NONCE - TAG + 1)
    body = box[NONCE:]
    bad = _call(_sodium, "aead_xchacha20poly1305_ietf_decrypt", out, None, None, body, _len(body), ad, _len(ad),
                box[:NONCE], key)
    return None if bad else out.raw[:len(box) - NONCE - TAG]


def box_pair(seed):
    pk, sk = ctypes.create_string_buffer(32), ctypes.create_string_buffer(32)
    _call(_sodium, "box_seed_keypair", pk, sk, seed)
    return pk.raw, sk.raw


def seal(pk, x):
    out = ctypes.create_string_buffer(len(x) + SEAL)
    if _call(_sodium, "box_seal", out, x, _len(x), pk):
        raise ValueError("no key to seal to")
    return out.raw


def seal_open(pk, sk, box):
    if len(box) < SEAL:
        return None
    out = ctypes.create_string_buffer(len(box) - SEAL + 1)
    bad = _call(_sodium, "box_seal_open", out, box, _len(box), pk, sk)
    return None if bad else out.raw[:len(box) - SEAL]


# --- signing ------------------------------------------------------------------------------------------------------

def sign_pair(seed):
    """pk (32 bytes) and sk (64: seed, then pk)."""
    pk, sk = ctypes.create_string_buffer(32), ctypes.create_string_buffer(64)
    _call(_sodium, "sign_seed_keypair", pk, sk, seed)
    return pk.raw, sk.raw


def sign(sk, x):
    out = ctypes.create_string_buffer(SIGN)
    _call(_sodium, "sign_detached", out, None, x, _len(x), sk)
    return out.raw


def signed(sig, pk, x):
    return len(sig) == SIGN and len(pk) == 32 and _call(_sodium, "sign_verify_detached", sig, x, _len(x), pk) == 0


# --- Argon2id -----------------------------------------------------------------------------------------------------

class _Context(ctypes.Structure):
    """argon2_context of argon2.h."""
    _fields_ = [(name, ctypes.c_char_p if i % 2 == 0 else ctypes.c_uint32) for i, name in enumerate(
        ("out", "outlen", "pwd", "pwdlen", "salt", "saltlen", "secret", "secretlen", "ad", "adlen"))] + [
        (name, ctypes.c_uint32) for name in ("t_cost", "m_cost", "lanes", "threads", "version")] + [
        ("allocate_cbk", ctypes.c_void_p), ("free_cbk", ctypes.c_void_p), ("flags", ctypes.c_uint32)]


def argon2id(secret, salt, m_kib, t, lanes, ad):
    out = ctypes.create_string_buffer(32)
    c = _Context(ctypes.cast(out, ctypes.c_char_p), 32, secret, len(secret), salt, len(salt), None, 0, ad, len(ad),
                 t, m_kib, lanes, lanes, 0x13, None, None, 0)
    rc = _argon2.argon2id_ctx(ctypes.byref(c))
    if rc:
        raise ValueError("argon2: %d" % rc)
    return out.raw
