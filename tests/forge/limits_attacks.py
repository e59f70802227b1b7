"""What no check can stop, by design, and vault-security(7) says so: what it looks like, and what is said of it."""
import accesslog as al
import format1 as f1
from arena import VALUES, attack, read

ONE, TWO = VALUES["one", 3], VALUES["two", 1]


def entry(v, token_id, version, time=None):
    s = v.one("secret", token_id=token_id, version=version)
    return al.Entry(0, v.last.epoch, v.last.time if time is None else time, al.GET, token_id, version, s.commitment, 1, b"")


@attack("ended slots")
def old_copy_stays_readable(a):
    """a copy of before they were ended, on a machine that never saw the vault: they read what they could, and that is due"""
    a.put(db=a.base.before["db"], log=a.base.before["log"], record=None)
    a.gives(VALUES["two", 1], "get", "two", key="old-adm")
    a.gives(VALUES["two", 1], "get", "two", key="old-bot")
    a.gives(lambda out: b"one" in out, "list", key="old-aud")
    a.gives(lambda out: b"one" in out, "list", key="old-mon")
    a.put(**a.base.now)

    def due(out):
        said = {(i["label"], r["message"].split()[3]) for i in f1.json.loads(out)["items"] for r in i["reasons"] if r["code"] == "slot"}
        # one was rotated since; two and three were not.
        return said == {(t, who) for t in ("two", "three") for who in ("old-adm", "old-mon")} | {("two", "old-bot")}
    a.gives(due, "due", "--json", status=10)


@attack("who holds a key")
def read_without_a_trace(a):
    """an admin, a monitor and a script read their values with a program of their own: nothing stands in the log"""
    v = a.vault()
    one = v.token(a.me("ann"), "one")[0].object_id
    s = v.one("secret", token_id=one, version=3)
    for name in ("ann", "mon"):
        a.want(v.value(a.me(name), "one", 3) == ONE, "%s cannot read it" % name)
    a.want(f1.secret_value(v.vault_id, s, a.me("bot").tok[one, 3]) == ONE, "bot cannot read it")
    a.put(v)
    a.want(read(a.home.path) == a.base.now["db"] and read(a.home.path + "-log") == a.base.now["log"], "reading left something")
    a.gives(lambda out: b"sound" in out, "verify")


@attack("who holds a key")
def release_never_made(a):
    """releases that never were in the log, signed by a script, of its own token, dated back: shown as it says, in their place"""
    v, log, me = a.vault(), a.log(), a.me("bot")
    one = me.labels["one"][0]
    before = len(log.entries())
    log.append(me.slot_id, me.keys.sign_sk, entry(v, one, 3), entry(v, one, 3, 86400))
    a.put(log=log)

    def shown(out):
        mine = [e for e in f1.json.loads(out)["items"] if not e["change"] and e["slot"] == "bot"]
        return [(e["action"], e["label"], e["ignored"]) for e in mine] == [("get", "one", None)] * 2 and \
            sorted(e["time"] for e in mine)[0] == "1970-01-02T00:00:00Z"
    a.gives(shown, "log", "--json")
    a.gives(lambda out: f1.json.loads(out)["items"][0]["log_entries"] == before + 2, "verify", "--json")
    # In its own name only.
    log = a.log()
    log.append(v.slot("ann").slot_id, me.keys.sign_sk, entry(v, one, 3))
    a.put(log=log)
    a.refuses(8, "log", "verify")


@attack("outsider")
def log_cut_where_nobody_knows(a):
    """releases since the last change cut off, on a machine that never saw them: not to be seen; the one that wrote them sees it"""
    a.home.put(a.placed)
    a.home.must("get", "one", key="ann")
    now = a.home.save()
    a.put(log=a.base.now["log"], record=None)
    a.gives(lambda out: b"sound" in out and b"this machine has no record" in out, "verify")
    a.put(**dict(now, log=a.base.now["log"]))
    a.refused(8, "verify")


@attack("older copies")
def record_taken_away(a):
    """an older copy, and this machine's record taken away by who may write there: not to be seen, and it is said"""
    old = a.base.copies[2]
    a.put(db=old["db"], log=old["log"], record=None)
    err = a.gives(lambda out: b"one" in out, "list")
    a.says(err, "this machine sees the vault for the first time")


@attack("same user")
def a_key_file_is_the_slot(a):
    """an admin's key file read by somebody else who runs as the same user: what the admin may, he may"""
    a.gives(ONE, "get", "one", key="eve")
    me = a.me("eve")
    a.want(me.sk_own is not None and a.vault().value(me, "two") == TWO, "a key file does not open all")
