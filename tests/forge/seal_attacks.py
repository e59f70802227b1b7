"""What an admin's commands would seal, list or restore on the word of rows that are not sound."""
import os

import format1 as f1
import sqlitefile as sf
from arena import Home, attack, write
from proof_attacks import restores
from roles_attacks import grant_to
from grants_attacks import grants
from signers_attacks import signed

OWN = "who kept sk_own"
NEW = b"fake00000000000000000000000000000NEW1\n"


def standing_for_the_ended(v):
    """A grant of token one to the script that was ended, which the signed rows say stands."""
    s = v.slot("old-bot", status=f1.ENDED)
    newest = max(v.t["secret"], key=lambda r: r.version)
    v.put("grant", grant_to(v, newest.token_id, newest.version, s, bytes(32)))


@attack(OWN)
def rotate_seals_nothing_to_the_ended(a):
    """a grant that stands for an ended script: rotate would seal the new value's key to it"""
    v = a.vault()
    standing_for_the_ended(v)
    signed(a, v)
    a.refused(8, "rotate", "one", "--unchecked", stdin=NEW)


@attack(OWN)
def rename_lists_nothing_for_the_ended(a):
    """the same, and edit --label, which would write the ended script's list"""
    v, me = a.vault(), a.me("eve")
    standing_for_the_ended(v)
    s = v.slot("old-bot", status=f1.ENDED)
    v.put_object(me, f1.Object(v.tag(me, f1.LABELS, s.slot_id), s.slot_id, f1.LABELS, 1, 1, b""),
                 {"slot": s.slot_id.hex(), "grants": []})
    signed(a, v)
    a.refused(8, "edit", "one", "--label", "uno")


@attack("outsider")
def trigger_changes_a_wrap(a):
    """a trigger that changes the wrap of a slot just added before it is read back"""
    a.put(sf.sql(a.base.now["db"], "CREATE TRIGGER extra AFTER INSERT ON wrap BEGIN UPDATE wrap SET salt=zeroblob(16) "
                                   "WHERE slot_id=NEW.slot_id; END"))
    a.refused(8, "access", "add", "x", "--role", "auditor", "--key-file-out", "x.key")


@attack("outsider")
def trigger_changes_the_own_wrap(a):
    """the same where the own way in is replaced: who is told it is done must not be locked out"""
    a.put(sf.sql(a.base.now["db"], "CREATE TRIGGER extra AFTER INSERT ON wrap BEGIN UPDATE wrap SET salt=zeroblob(16) "
                                   "WHERE slot_id=NEW.slot_id; END"))
    a.refused(8, "access", "passwd", "--key-file-out", "x.key")


@attack("outsider")
def way_in_misnamed(a):
    """a key file's wrap marked as a passphrase's, and `access list` asked how it opens"""
    v = a.vault()
    v.change("wrap", v.one("wrap", slot_id=v.slot("mon").slot_id), type=f1.PASSPHRASE)
    a.put(v)
    a.refuses(8, "access list", "verify")


@attack(OWN)
def record_of_a_newer_program(a):
    """a record of a kind that this program does not know: it is not sealed anew, and not lost"""
    v, me = a.vault(), a.me("eve")
    v.put_object(me, f1.Object(b"\7" * 16, bytes(16), 9, 1, 1, b""), {"id": "00" * 16})
    signed(a, v)
    a.refused(15, "access", "remove", "aud")


@attack("script")
def script_asks_for_the_whole(a):
    """a script asks for a copy, the list of slots, the policy, the history, a line to keep"""
    a.refuses(7, "backup x.vault", "access list", "policy list", "log", "log --head", "log --verify", key="bot")
    for name in ("aud", "mon", "bot"):
        a.refused(7, "rekey", "--key-file-dir", "keys", "--no-recovery", key=name)
        a.refused(7, "log", "--rotate", key=name)


@attack(OWN)
def own_list_and_grants_differ(a):
    """a script granted what is not in its own list, and a list that names what it was not granted: its verify says so"""
    me = a.me("eve")

    def more(v):
        s, two = v.slot("bot"), v.one("secret", token_id=v.token(me, "two")[0].object_id)
        v.put("grant", grant_to(v, two.token_id, 1, s, f1.secret_key(v.vault_id, two, me.adm)))

    def less(v):
        v.drop("grant", *v.all("grant", slot_id=v.slot("bot").slot_id, kind=f1.TOKEN_GRANT))
    grants(a, more, "bot")
    grants(a, less, "bot")


# --- restore ----------------------------------------------------------------------------------------------------------

def elsewhere(a, snap, n):
    there = Home(os.path.join(a.home.top, "there"), a.home.program)
    write(there.key("ann"), a.base.keys["ann"])
    there.put(dict(snap, record=None))
    for i in range(n):
        there.must("edit", "one", "--note", "n%d" % i, key="ann")
    there.must("backup", "b.vault", key="ann")
    return os.path.join(there.top, "b.vault")


@attack("older copies")
def restore_of_a_fork(a):
    """a backup of a fork, with fewer changes than the vault and with more: 9, and nothing is mixed"""
    for n in (1, 9):
        path = elsewhere(a, a.base.copies[1], n)
        a.home.put(a.placed)
        restores(a, path, 9)
        os.unlink(path)


@attack("older copies")
def restore_over_an_older_copy(a):
    """a backup newer than the vault, where the older copy has no record against it: 9, the vault is the old one"""
    path = elsewhere(a, a.base.now, 1)
    old = a.base.copies[1]
    a.put(db=old["db"], log=old["log"], record=None)
    restores(a, path, 9)


@attack("outsider")
def restore_by_whom(a):
    """a restore by an auditor, a monitor, a script, with the vault sound and with it destroyed"""
    path = elsewhere(a, a.base.now, 0)
    a.home.put(a.placed)
    for db in (a.placed["db"], b"no vault at all\n" * 300):
        for name in ("aud", "mon", "bot"):
            a.home.put(dict(a.placed, db=db))
            restores(a, path, 7, key=name)
