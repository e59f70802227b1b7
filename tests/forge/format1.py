"""Format 1 a second time, from vault-format(5) alone: keys, texts, rows, boxes, leaves and states as pure functions.

Nothing here reads vault's own sources. Where this and the program differ, one of them or the manual is wrong.
"""
import base64
import collections
import functools
import json

from sodium import aead, aead_open, argon2id, b, box_pair, enc, field, h, kdf, pad, seal, seal_open, sign, sign_pair, \
    signed, u64, unpad

ZERO16, ZERO32 = bytes(16), bytes(32)
ADMIN, MONITOR, AUDITOR, SCRIPT = 1, 2, 3, 4
ACTIVE, ENDED = 1, 2
META, ADM = 1, 2
SIGN, KEYS, META_GRANT, TOKEN_GRANT, LABELS_GRANT = 1, 2, 3, 4, 5
TOKEN, VENDOR, HANDOVER, POLICY, VALUE, LABELS = 1, 2, 3, 4, 5, 6
PASSPHRASE, KEYFILE, RECOVERY = 1, 2, 3
ROSTER, NAMES, TOKENS, LEDGER = 1, 2, 3, 4
REGIONS = ("us", "eu", "au", "gov")
KEY_TEXT, RECOVERY_TEXT = "SMARTVAULT-KEY-1", "SMARTVAULT-RECOVERY-1"


def _row(name, columns):
    return collections.namedtuple(name, columns)


# --- tables, in the order of DATABASE; a row is a tuple whose columns have names ------------------------------------

Header = _row("header", "one vault_id format created flags predecessor_id predecessor_epoch predecessor_state")
Slot = _row("slot", "slot_id name role box_pk sign_pk status added_epoch ended_epoch")
Key = _row("key", "kind generation commitment previous")
Grant = _row("grant", "object_id slot_id kind version added_epoch ended_epoch box")
Object = _row("object", "tag object_id kind version generation box")
Secret = _row("secret", "token_id version added_epoch commitment generation key_box value_box")
Digest = _row("digest", "area part digests")
State = _row("state", "epoch time slot_id action object_id generation detail changes root log_id log_length log_head "
                      "previous slot_sig own_sig")
Change = _row("change", "epoch n action object_id generation detail")
Wrap = _row("wrap", "slot_id type m_kib t lanes salt chk nonce box wrap_sig")
ROWS = {r.__name__: r for r in (Header, Slot, Key, Grant, Object, Secret, Digest, State, Change, Wrap)}
TABLES = {name: i for i, name in enumerate(ROWS)}
KEY_COLUMNS = {"header": 1, "slot": 1, "key": 2, "grant": 4, "object": 1, "secret": 2, "digest": 2, "state": 1,
               "change": 2, "wrap": 1}


def key_of(table, row):
    return tuple(row[:KEY_COLUMNS[table]])


# --- keys -----------------------------------------------------------------------------------------------------------

SlotKeys = collections.namedtuple("SlotKeys", "seed box_pk box_sk sign_pk sign_sk")


def slot_keys(seed):
    return SlotKeys(seed, *box_pair(kdf(seed, 1, "svslotbx")), *sign_pair(kdf(seed, 2, "svslotsg")))


def seal_key(kind, key):
    return kdf(key, 1, "svmetaen" if kind == META else "svadmwrp")


def tag_key(kind, key):
    return kdf(key, 2, "svmettag" if kind == META else "svadmtag")


def commitment(vault_id, kind, generation, key):
    return b(32, key, b"smartvault1/commitment" + bytes(10) + vault_id + u64(kind) + u64(generation))


def previous_ad(vault_id, kind, generation, commit):
    return enc("smartvault1/key-previous", vault_id, kind, generation, commit)


def key_row(vault_id, kind, generation, key, before=None):
    commit = commitment(vault_id, kind, generation, key)
    older = b"" if before is None else aead(seal_key(kind, key), previous_ad(vault_id, kind, generation, commit), before)
    return Key(kind, generation, commit, older)


def token_keys(k_tok):
    """K1 and C."""
    return kdf(k_tok, 1, "svtokenc"), kdf(k_tok, 2, "svtokcom")


def lower(text):
    """ASCII letters only."""
    return bytes(c + 32 if 65 <= c <= 90 else c for c in text.encode())


def name_tag(k_meta, kind, name):
    return b(16, tag_key(META, k_meta), enc("smartvault1/tag", kind, name))


def value_tag(k_adm, value):
    return b(16, tag_key(ADM, k_adm), value)


# --- key texts ------------------------------------------------------------------------------------------------------

KeyText = collections.namedtuple("KeyText", "vault_id slot_id secret epoch recovery")


def key_text(k):
    raw = k.vault_id + k.slot_id + k.secret + u64(k.epoch)
    raw += h(enc("smartvault1/keytext", raw))[:4]
    text = base64.b32encode(raw).decode().rstrip("=")
    if not k.recovery:
        return "%s %s\n" % (KEY_TEXT, text)
    return "%s %s\n" % (RECOVERY_TEXT, "-".join(text[i:i + 5] for i in range(0, len(text), 5)))


def parse_key_text(text):
    head, _, rest = text.strip().partition(" ")
    digits = rest.upper().translate(str.maketrans({" ": None, "-": None, "\n": None, "0": "O", "1": "I", "8": "B"}))
    raw = base64.b32decode(digits + "=" * (-len(digits) % 8))
    if head not in (KEY_TEXT, RECOVERY_TEXT) or len(raw) != 76 or raw[72:] != h(enc("smartvault1/keytext", raw[:72]))[:4]:
        raise ValueError("no key text")
    return KeyText(raw[:16], raw[16:32], raw[32:64], int.from_bytes(raw[64:72], "little"), head == RECOVERY_TEXT)


# --- wraps ----------------------------------------------------------------------------------------------------------

def wrap_prk(w, vault_id, secret):
    if w.type == PASSPHRASE:
        ad = enc("smartvault1/slot", vault_id, w.slot_id, w.m_kib, w.t, w.lanes)
        return argon2id(secret, w.salt, w.m_kib, w.t, w.lanes, ad)
    return b(32, secret, enc("smartvault1/keyfile", vault_id, w.slot_id, w.salt))


def wrap_ad(w, vault_id):
    return enc("smartvault1/wrap", vault_id, w.slot_id, w.type, w.m_kib, w.t, w.lanes, w.salt, w.chk)


def wrap_signed(w, vault_id, slot):
    """What wrap_sig signs: the wrap's columns and, of the slot's row, its name, role and box_pk."""
    return enc("smartvault1/wrap-sig", vault_id, w.slot_id, slot.name, slot.role, slot.box_pk, w.type, w.m_kib, w.t,
               w.lanes, w.salt, w.chk, w.nonce, w.box)


def wrap_sign(w, vault_id, slot, sign_sk):
    return w._replace(wrap_sig=sign(sign_sk, wrap_signed(w, vault_id, slot)))


def wrap_make(vault_id, slot, keys, pk_own, epoch, kind, secret, salt, m_t_lanes=(0, 0, 0)):
    w = Wrap(slot.slot_id, kind, *m_t_lanes, salt, b"", b"", b"", b"")
    prk = wrap_prk(w, vault_id, secret)
    w = w._replace(chk=kdf(prk, 2, "svwrapch"))
    sealed = aead(kdf(prk, 1, "svwrapke"), wrap_ad(w, vault_id), keys.seed + pk_own + u64(epoch))
    return wrap_sign(w._replace(nonce=sealed[:24], box=sealed[24:]), vault_id, slot, keys.sign_sk)


def wrap_open(w, vault_id, slot, secret):
    """Seed, pk_own and enrol_epoch."""
    if not signed(w.wrap_sig, slot.sign_pk, wrap_signed(w, vault_id, slot)):
        raise ValueError("wrap_sig")
    prk = wrap_prk(w, vault_id, secret)
    if kdf(prk, 2, "svwrapch") != w.chk:
        raise ValueError("CHK")
    plain = aead_open(kdf(prk, 1, "svwrapke"), wrap_ad(w, vault_id), w.nonce + w.box)
    return plain[:32], plain[32:64], int.from_bytes(plain[64:], "little")


# --- grants ---------------------------------------------------------------------------------------------------------

def grant_context(vault_id, g):
    return enc("smartvault1/grant", vault_id, g.object_id, g.slot_id, g.kind, g.version)


def grant_make(vault_id, object_id, slot_id, kind, version, epoch, box_pk, key):
    g = Grant(object_id, slot_id, kind, version, epoch, 0, b"")
    return g._replace(box=seal(box_pk, grant_context(vault_id, g) + key))


def grant_open(vault_id, g, keys):
    context = grant_context(vault_id, g)
    plain = seal_open(keys.box_pk, keys.box_sk, g.box)
    return None if plain is None or plain[:len(context)] != context else plain[len(context):]


def labels_key(labels):
    """What a LABELS grant seals: {label: (token id, region)}."""
    items = sorted((label.encode(), i) for label, i in labels.items())
    return pad(128, b"".join(len(n).to_bytes(4, "little") + n + i + bytes([REGIONS.index(r)]) for n, (i, r) in items))


def parse_labels(key):
    data, out = unpad(key), {}
    while data:
        n = int.from_bytes(data[:4], "little")
        out[data[4:4 + n].decode()] = data[4 + n:20 + n], REGIONS[data[20 + n]]
        data = data[21 + n:]
    return out


# --- objects, values, details ---------------------------------------------------------------------------------------

def object_ad(vault_id, o, m):
    return enc("smartvault1/object", vault_id, o.tag, o.object_id, o.kind, o.version, o.generation, u64(m))


def object_seal(vault_id, o, m, k_meta, text):
    return o._replace(box=u64(m) + aead(seal_key(META, k_meta), object_ad(vault_id, o, m), pad(256, text)))


def object_open(vault_id, o, metas):
    """The text inside, with the keys {generation: K_meta}; None where it does not open."""
    m = int.from_bytes(o.box[:8], "little")
    plain = None if m not in metas else aead_open(seal_key(META, metas[m]), object_ad(vault_id, o, m), o.box[8:])
    return None if plain is None else unpad(plain)


def secret_ad(label, vault_id, s):
    return enc(label, vault_id, s.token_id, s.version, s.added_epoch, s.commitment, s.generation)


def secret_seal(vault_id, s, k_adm, k_tok, value, keep_commitment=False):
    """Both boxes; C is K_tok's own unless it is to stay."""
    k1, commit = token_keys(k_tok)
    s = s if keep_commitment else s._replace(commitment=commit)
    return s._replace(
        key_box=aead(seal_key(ADM, k_adm), secret_ad("smartvault1/token-key", vault_id, s), k_tok),
        value_box=aead(k1, secret_ad("smartvault1/token-value", vault_id, s), pad(128, value)))


def secret_key(vault_id, s, adms):
    """K_tok by K_adm, or None."""
    if s.generation not in adms:
        return None
    return aead_open(seal_key(ADM, adms[s.generation]), secret_ad("smartvault1/token-key", vault_id, s), s.key_box)


def secret_value(vault_id, s, k_tok):
    plain = aead_open(token_keys(k_tok)[0], secret_ad("smartvault1/token-value", vault_id, s), s.value_box)
    return None if plain is None else unpad(plain)


def detail_ad(vault_id, epoch, action, object_id, generation):
    return enc("smartvault1/detail", vault_id, epoch, action, object_id, generation)


def detail_seal(vault_id, k_meta, text, *context):
    return aead(seal_key(META, k_meta), detail_ad(vault_id, *context), pad(128, text))


def to_json(x):
    return json.dumps(x, ensure_ascii=False, separators=(",", ":")).encode()


# --- leaves and root ------------------------------------------------------------------------------------------------

COUNTED = {ROSTER: ("header", "slot", "key", "grant"), NAMES: ("object",), TOKENS: ("grant", "secret"),
           LEDGER: ("object",)}
LEAVES = {NAMES: 4096, TOKENS: 4096, LEDGER: 256}


def row_bytes(row):
    return b"".join((b"\1" if isinstance(v, int) else b"\2") + field(v) for v in row)


def leaf(area, number, rows, order=True):
    """Digest of a leaf of rows {table: [...]}. `order` off: as they come."""
    out = b""
    for table in COUNTED[area]:
        mine = list(rows.get(table, ()))
        if order:
            mine.sort(key=lambda r, t=table: key_of(t, r))
        out += field(TABLES[table]) + field(len(mine)) + b"".join(map(row_bytes, mine))
    return h(enc("smartvault1/leaf", area, number, more=out))


@functools.lru_cache(maxsize=None)
def empty_leaf(area, number):
    return leaf(area, number, {})


def place(table, row):
    """Area and number of the leaf that counts a row."""
    wide = row[0][0] << 4 | row[0][1] >> 4 if isinstance(row[0], bytes) and len(row[0]) > 1 else 0
    if table == "object":
        return (LEDGER, row[0][0] if row[0] else 0) if row[2] == HANDOVER else (NAMES, wide)
    if table == "secret" or (table == "grant" and row[0] != ZERO16):
        return TOKENS, wide
    return ROSTER, 0


def group_hash(area, part, digests):
    return h(enc("smartvault1/group", area, part, digests))


def root_of(top):
    return h(enc("smartvault1/top", 0, 0, top))


def digests_of(tables, old_top=None, order=True):
    """All rows of digest that fit the tables. `old_top`: what it says of groups stays, only the roster's own is new."""
    leaves, out = {}, {}
    for table in ("header", "slot", "key", "grant", "object", "secret"):
        for r in tables[table]:
            leaves.setdefault(place(table, r), {}).setdefault(table, []).append(r)
    for area, n in LEAVES.items():
        one = [leaf(area, i, leaves[area, i], order) if (area, i) in leaves else empty_leaf(area, i) for i in range(n)]
        out.update(((area, p), b"".join(one[64 * p:64 * p + 64])) for p in range(n // 64))
    groups = old_top[32:] if old_top else b"".join(group_hash(*k, d) for k, d in out.items())
    out[0, 0] = leaf(ROSTER, 0, leaves.get((ROSTER, 0), {}), order) + groups
    return [Digest(*k, d) for k, d in sorted(out.items())]


# --- states ---------------------------------------------------------------------------------------------------------

def state_bytes(vault_id, s, format_=1):
    return enc("smartvault1/state", vault_id, format_, *s[:13])


def state_own_bytes(vault_id, s):
    return enc("smartvault1/state-own", state_bytes(vault_id, s), s.slot_sig)


def state_hash(vault_id, s):
    return h(state_bytes(vault_id, s) + field(s.slot_sig) + field(s.own_sig))


def state_sign(vault_id, s, slot_sk, own_sk):
    s = s._replace(slot_sig=sign(slot_sk, state_bytes(vault_id, s)))
    return s._replace(own_sig=sign(own_sk, state_own_bytes(vault_id, s)))


def changes_hash(rows):
    return h(enc("smartvault1/changes", *[v for r in sorted(rows) for v in r]))


# --- HEAD lines -----------------------------------------------------------------------------------------------------

HEAD_TEXT = "SMARTVAULT-HEAD-1"


def head_line(vault_id, epoch, state, log_id, log_length, log_head):
    raw = vault_id + u64(epoch) + state + log_id + u64(log_length) + log_head
    raw += h(enc("smartvault1/head", raw))[:4]
    return "%s %s" % (HEAD_TEXT, base64.b32encode(raw).decode().rstrip("="))
