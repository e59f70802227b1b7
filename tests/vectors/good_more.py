"""The good_ cases that the program does not make, or not yet: by tests/forge's own implementation of the format."""
import json
import os

import store
from good import ANN, WORD, Run, SOUND, Stage, roles_stage, story, value
from fail import files_of

import accesslog as al  # found where good found arena
import format1 as f1
import log_attacks
import sqlitefile as sf
from arena import read, write
from vaultfile import Vault

LOG = store.VAULT + "-log"


def rows_of(s, name="ann"):
    v = Vault(read(s.path))
    return v, v.open(read(s.key(name)).decode())


def with_db(s, data, **more):
    return dict(files_of(s)[0], **{store.VAULT: data}, **more)


def unseen(s, v, log=None):
    """Files with another vault, and maybe another log, on a machine that never saw either."""
    files = with_db(s, v.file(), **({LOG: log.data()} if log else {}))
    return {k: x for k, x in files.items() if k != store.RECORD}


@story
def parameters(top):
    """What Argon2id is told, through its clamp as far as it is cheap."""
    for m, t, lanes in ((19456, 2, 1), (19456, 2, 4), (19456, 2, 16), (19457, 3, 3), (32768, 2, 2), (19456, 8, 1),
            (65536, 2, 1)):
        s = Stage(top, "kdf")
        s.put(dict.fromkeys(("db", "log", "record")))
        if os.path.exists(s.key("ann")):
            os.unlink(s.key("ann"))
        s.init()
        s.add("one", 1)
        v, me = rows_of(s)
        v.add_slot(me, "pat", f1.ADMIN, secret=WORD.strip(), kdf=(m, t, lanes))
        v.seal_all(me, action=14, object_id=v.slot("pat").slot_id)
        s.word()
        yield s.keep("kdf_m%d_t%d_lanes%d" % (m, t, lanes),
                "a passphrase's slot with Argon2id of %d KiB, %d passes, %d lanes" % (m, t, lanes),
                     Run("get one --slot pat", gives=value(1), word=True), Run("verify --json --slot pat", word=True),
                     files=with_db(s, v.file()))


@story
def by_hand(top):
    s = roles_stage(top, "by_hand")
    v, me = rows_of(s)
    token_id, day, epoch = bytes(range(16)), "2020-01-02", v.last.epoch + 1
    row = v.put_value(me, f1.Secret(token_id, 1, epoch, b"", 1, b"", b""), value(77).encode())
    v.file_value(me, token_id, 1, value(77).encode())
    v.put_object(me, f1.Object(v.tag(me, f1.TOKEN, "ours"), token_id, f1.TOKEN, 1, 1, b""), {
        "id": token_id.hex(), "label": "ours", "account": "ann@a.example", "license": "licensed", "region": "us",
        "created": day,
        "versions": [{"version": 1, "status": 0, "created": day, "has_value": True}]})
    for name, role in (("second", f1.ADMIN), ("reader", f1.AUDITOR), ("night", f1.MONITOR)):
        write(s.key(name), v.add_slot(me, name, role).encode())
    v.seal_all(me, action=2, object_id=token_id, text=f1.to_json({"label": "ours", "version": 1, "text": None}))
    log = al.Log(read(s.path + "-log"))
    entry = al.Entry(0, epoch, v.last.time, al.VERDICT, token_id, 1, row.commitment, max(me.meta), b"")
    log.append(me.slot_id, me.keys.sign_sk, al.sealed(me.k_meta, v.vault_id, me.slot_id, entry, f1.to_json(
        {"result": "valid", "http_status": 200, "base": "https://api.smartsheet.com/2.0"})))
    yield s.keep("other_program", "a token, slots and a verdict that another implementation of the format wrote",
            Run("log --json"), Run(
        "get ours", gives=value(77)), Run("get ours", key="second", gives=value(77)), Run("list --json", key="reader"),
        Run(
            "list --json", key="night"), Run("get one", key="bot", gives=value(11)), SOUND,
            Run("access remove reader"), Run(
                "get ours", key="second", gives=value(77)), SOUND, files=unseen(s, v, log))


def newer(s, change, action=2, **columns):
    v, me = rows_of(s)
    change(v, me)
    v.seal_all(me, action=action, **columns)
    return v


@story
def newer_programs(top):
    """What format 1 leaves room for: a newer program's, which this one passes over."""
    s = roles_stage(top, "newer")

    def keys(v, me):
        for kind in (f1.TOKEN, f1.VENDOR, f1.HANDOVER, f1.LABELS):
            for o, x in v.objects(me, kind):
                v.put_object(me, o, dict(x, colour="green", deep={"list": [1, None, {"x": "ü"}], "yes": True}))

    def kind(v, me):
        v.put_object(me, f1.Object(v.tag(me, 9, "x"), b"\x09" * 16, 9, 1, 1, b""), {"anything": [1]})

    def change(v, me):
        epoch, g = v.last.epoch + 1, max(me.meta)
        detail = f1.detail_seal(v.vault_id, me.k_meta, b'{"new":1}', epoch, 99, bytes(16), g)
        v.put("change", f1.Change(epoch, 1, 99, bytes(16), g, detail))

    def flags(v, me):
        v.change("header", v.t["header"][0], flags=1 << 40)
    plain = (Run("get one", gives=value(11)), Run("get one", key="bot", gives=value(11)), Run("list --json"),
            Run("show one --json"),
             Run("verify --json", key="aud"), SOUND)
    yield s.keep("newer_keys", "records with keys that this program does not know", *plain, Run("holders --all --json",
            key="aud"), Run(
        "edit one --note x"), Run("access remove aud"), Run("get one", gives=value(11)), files=unseen(s, newer(s,
        keys)))
    yield s.keep("newer_kind", "an object of a kind that this program does not know", *plain, Run("edit one --note x"),
            Run(
        "access remove aud", status=15), Run("get one", gives=value(11)), files=unseen(s, newer(s, kind)))
    yield s.keep("newer_action", "a state and a change with actions that this program does not know",
            Run("log --json"), *plain,
                 files=unseen(s, newer(s, change, action=98)))
    yield s.keep("newer_flags", "a flag in the header that this program does not know", *plain, files=unseen(s,
            newer(s, flags)))
    v, me = rows_of(s)
    log = al.Log(read(s.path + "-log"))
    log.append(me.slot_id, me.keys.sign_sk, al.Entry(0, v.last.epoch, v.last.time, 99, bytes(16), 0, f1.ZERO32,
            max(me.meta), b""))
    yield s.keep("newer_entry", "an entry of the access log with an action that this program does not know",
            Run("log --json"), *plain,
                 files=unseen(s, v, log))


@story
def what_does_not_count(top):
    s = roles_stage(top, "verdicts")
    for name, who in (("auditor", "aud"), ("script", "bot"), ("monitor", "mon")):
        v, me = rows_of(s, who)
        if not me.meta:
            me.meta = rows_of(s)[1].meta
        log = al.Log(read(s.path + "-log"))
        log.append(me.slot_id, me.keys.sign_sk, log_attacks.verdict(v, me))
        counts = who == "mon"
        yield s.keep("verdict_by_" + name, "a verdict signed by a %s: it %s" % (name,
                "counts" if counts else "counts for nothing"), Run(
            "list", when=lambda x, counts=counts: any(t["verdict"] for t in x) == counts), SOUND, Run("log --json"),
            Run("due --json", status=10),
            files=unseen(s, v, log))


@story
def hot_journal(top):
    s = Stage(top, "journal")
    s.init()
    s.add("one", 1)
    before = files_of(s)[0]
    s.rotate("one", 2)
    now = read(s.path)
    old = sf.pages(before[store.VAULT])
    changed = {i: p for i, p in enumerate(old) if now[i * sf.PAGE:(i + 1) * sf.PAGE] != p}
    yield s.keep("hot_journal", "a change that was cut off before it was whole: the journal takes it back",
            Run("get one", gives=value(1)), SOUND, Run(
        "list", when=lambda x: x[0]["version"] == 1), files=dict(before, **{
            store.VAULT: now, store.VAULT + "-journal": sf.journal(changed, len(old))}))


@story
def closed_folder(top):
    """The same vault read by an auditor where there is nothing else: one key, one file."""
    s = Stage(top, "carried")
    s.init()
    s.do("add one", *ANN, "--smartsheet-name", "n", stdin=value(1))
    s.slot("aud", "auditor")
    s.do("backup", os.path.join(s.top, "copy"))
    files = {store.VAULT: read(os.path.join(s.top, "copy"))}
    yield s.keep("auditors_copy", "a copy that an auditor opens on a machine of their own", Run("list --json",
            key="aud"), Run(
        "verify --json", key="aud"), Run("log --json", key="aud"), Run("get one", key="aud", status=7), files=files)
    assert json.loads(s.do("list --json"))["items"]
