"""The good_ cases of whole vaults: restored, rekeyed, large ones; logs closed, cut, gone; heads."""
import os
import shutil

import store
from good import Run, SOUND, Stage, roles_stage, story, value
from fail import files_of

import arena  # found where good found it


@story
def restored(top):
    s = roles_stage(top, "restored")
    s.do("backup", os.path.join(s.top, "copy"))
    s.add("five", 5)
    s.rotate("one", 31)
    s.do("access remove aud")
    s.do("access revoke bot two")
    files, record = files_of(s)[0], arena.read(s.record_path)
    s.do("restore --force", os.path.join(s.top, "copy"))
    yield s.keep("restored", "a backup restored on top of the vault: keys of now, tokens of then, revocations stay",
            Run("log --json"), Run(
        "get one", gives=value(11)), Run("get five", status=3), Run("get two", key="bot", status=3), Run("get one",
        key="bot", gives=value(11)),
        Run("access list --json"), Run("list --json"), SOUND, Run("verify --json", key="bot"))
    s.put({"db": b"damaged", "log": files[store.VAULT + "-log"], "record": record})
    s.do("restore --force", os.path.join(s.top, "copy"))
    yield s.keep("restored_after_a_gap",
            "a backup that took the place of a damaged vault: epochs jump above what was seen", Run(
        "log --json"), Run("get one", gives=value(11)), Run("list", key="aud", when=lambda x: len(x) == 4), SOUND)


@story
def rekeyed(top):
    s = roles_stage(top, "rekeyed")
    s.do("access remove mon")
    s.do("get two")
    before = s.save()["record"]
    shutil.copy(s.path, s.path + "-was")
    s.do("rekey --no-recovery --key-file-dir", os.path.join(s.top, "keys"))
    for name in ("ann", "bot", "all", "aud", "eve", "nil"):
        shutil.copy(os.path.join(s.top, "keys", name + ".key"), s.key(name + "2"))
    os.unlink(s.path + "-was")
    yield s.keep("rekeyed", "a vault with another authority and id that names its predecessor, after a first change",
            Run("log --json", key="ann2"), Run(
        "get one", key="ann2", gives=value(11)), Run("get one", key="bot2", gives=value(11)), Run("list --json",
        key="aud2"),
        Run("due --json", key="ann2", status=10), Run("verify --json", key="ann2"), Run("get one", status=6),
        Run("edit one --note x", key="eve2"), Run("verify --json", key="all2"))
    yield s.keep("rekeyed_elsewhere", "the same where this machine knows the predecessor", Run("get one", key="ann2",
            gives=value(11)), Run(
        "verify --json", key="ann2"), plus={store.RECORD: before})


@story
def logs(top):
    s = roles_stage(top, "logs")
    for _ in range(3):
        s.do("get two", key="bot")
    before = files_of(s)[0]
    s.do("log --rotate")
    after = files_of(s)[0]
    s.do("get one")
    yield s.keep("log_rotated", "a log closed and one begun anew, which goes on from it", Run("log --json"),
            Run("log --verify --json"),
                 Run("get one", gives=value(11)), SOUND)
    s.do("log --rotate")
    yield s.keep("log_rotated_twice", "two logs closed", Run("log --json"), Run("log --verify --json"), Run(
        "get two", key="bot", gives=value(2)), SOUND)
    log, closed = store.VAULT + "-log", store.VAULT + "-log.closed-1"
    yield s.keep("log_rotated_half", "the same, killed before the logs changed places: who opens it next does that",
            Run("log --json"),
                 Run("get one", gives=value(11)), SOUND, files=dict({k: v for k, v in after.items() if k != closed},
                                                      **{log: after[closed], log + "-new": after[log]}))
    yield s.keep("log_rotated_never", "the same, killed before the state was there: the new log goes",
            Run("edit one --note x"), Run(
        "get one", gives=value(11)), SOUND, files=dict(before, **{log + "-new": after[log]}))
    torn = dict(before, **{log: before[log] + after[log][:50]})
    yield s.keep("log_torn", "a log whose last frame was cut in writing", Run("log --json"), Run("get one",
            gives=value(11)), SOUND, files=torn)
    yield s.keep("log_gone", "a log that this machine knows is gone: get says so and goes on", Run("get one",
            gives=value(11)), Run(
        "list", status=8), files={k: v for k, v in before.items() if k != log})
    yield s.keep("record_torn", "this machine's record cut: it is said, and made anew", Run("get one",
            gives=value(11)), SOUND, files=dict(
        before, **{store.RECORD: before[store.RECORD][:99]}))


@story
def heads(top):
    s = Stage(top, "heads")
    s.init()
    s.add("one", 1)
    line = s.do("log --head").decode().strip()
    s.do("get one")
    s.add("two", 2)
    older = s.save()
    s.do("edit one --note x")
    newer = s.save()["record"]
    yield s.keep("head", "a line that log --head printed holds for what came after it", Run("", args=["verify",
            "--head", line, "--json"]),
                 Run("get two", gives=value(2)))
    s.put(dict(older, record=newer))
    now = s.do("log --head", status=9)
    s.put(dict(older, record=None))
    now = s.do("log --head").decode().strip()
    s.put(dict(older, record=newer))
    yield s.keep("head_accepted", "an older copy taken on purpose: by its line, in spite of what this machine saw",
            Run("get one", status=9), Run(
        "", args=["verify", "--accept", now, "--json"]), Run("get one", gives=value(1)), SOUND, Run("list --json"))


@story
def large(top):
    s = Stage(top, "many_states")
    s.init()
    s.add("one", 1)
    for i in range(200):
        s.do("edit one --note", "n%d" % i)
    yield s.keep("many_states", "two hundred states", Run("get one", gives=value(1)), SOUND)
    s = Stage(top, "many_tokens")
    s.init()
    for i in range(150):
        s.add("t%03d" % i, i)
    s.slot("bot", "script", *["t%03d" % i for i in range(0, 150, 3)])
    yield s.keep("many_tokens", "a hundred and fifty tokens: leaves with several rows, a long list", Run("get t077",
            gives=value(77)), Run(
        "list", when=lambda x: len(x) == 150), Run("get t147", key="bot", gives=value(147)), Run(
            "list", key="bot", when=lambda x: len(x) == 50), Run("verify --json", key="bot"), SOUND)


def cases(top):
    for f in STORIES:
        yield from f(top)
