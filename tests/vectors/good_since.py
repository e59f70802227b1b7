"""The good_ cases of what format 1 got since it was frozen: the policy, exposures, reminders, confirmations.

Each command's answer is said by hand, in codes, days, values and states, which are promised; rules, reasons and keys may become
more. The clock of the program stands at a day of 2020 or 2021 while the cases are made, and where the answer depends on it, also
when they are run.
"""
import json
import os
import shutil

import store
from good import Run, SOUND, Stage, value
from good_more import LOG, rows_of, unseen
from fail import files_of

import accesslog as al  # found where good found arena
import exposure_attacks as xa
import format1 as f1
from arena import read

STORIES = []
READERS = ("eve", "mon", "aud")
CA = "/etc/ssl/certs/ca-certificates.crt"  # Debian's, which stores no other name of it; no case asks with it
BERT = ("--vendor", "Vendor B", "--to", "bert@b.example")
SHEETS = [("4500000000000001", "OWNER"), ("4500000000000002", "EDITOR_SHARE"), ("4500000000000003", "VIEWER"),
          ("9007199254740993", "ADMIN"), ("5", "COMMENTER")]


def story(f):
    STORIES.append(f)
    return f


class Then(Stage):
    """A stage on a given day; two tokens of olga's and of nobody's, a vendor, a slot of each role."""

    def __init__(self, top, name, day="2020-01-01"):
        super().__init__(top, name)
        self.on(day)
        self.init()
        self.add("one", 1, "--owner", "olga@a.example", "--expires", "2022-01-01")
        self.add("two", 2)
        self.do("vendor add", "Vendor B", "--agreement", "C-1:2020-12-31")
        for slot, role in (("eve", "admin"), ("mon", "monitor"), ("aud", "auditor")):
            self.slot(slot, role)
        self.slot("bot", "script", "one")

    def on(self, day, time="12:00:00"):
        self.env.update(store.clocks().clock(day, time))

    def share(self, label, *more, day=None, to=BERT):
        self.do("share --no-exposure", label, *to, *(("--date", day) if day else ()), *more)


def readers(command, **how):
    """The same answer for an admin, a monitor and an auditor; how a script is refused, if it is, is told apart."""
    return [Run(command, key=k, **how) for k in READERS]


def facts(x):
    return {"reasons": [x]}


# --- the policy -------------------------------------------------------------------------------------------------------------

SET = "policy set unused 120 same-account off expiry 400 age off"
LISTED = [{"name": "unused", "kind": "rule", "off": False, "days": 120}, {"name": "same-account", "off": True, "days": None},
          {"name": "expiry", "off": False, "days": 400}, {"name": "age", "off": True}, {"name": "slot", "off": False},
          {"name": "ca-file", "kind": "setting", "value": CA}, {"name": "access-log", "kind": "setting", "value": "best-effort"}]
ROTATE = Run("log --rotate", some=[])
UNLOGGED = "get one --log ."  # no log can be written there


def with_policy(top, name):
    s = Then(top, name)
    s.on("2020-02-01")
    s.do(SET, "ca-file", CA, "access-log", "best-effort")
    return s


def obeyed(of="one"):
    """What follows from it: `due` on a day, and a value without a log for who may fetch it."""
    return [*readers("due --json", day="2021-03-01", status=10, some=[{"label": of, "reasons": [{"code": "expiry"}]}],
                     none=[facts({"code": "age"})]),
            Run("due --json", day="2020-11-01", items=[]), Run(UNLOGGED, gives=value(1)), Run(UNLOGGED, key="bot", gives=value(1))]


@story
def policy(top):
    s = with_policy(top, "policy")
    yield s.keep("policy", "rules off, rules with other days, a CA file, a log that need not be written: what is listed, and followed",
                 *readers("policy list", some=LISTED), Run("policy list", key="bot", status=7),
                 *readers("log --action policy", items=[{"action": "policy", "slot": "ann", "change": True,
                                                         "time": "2020-02-01T12:00:00Z"}]),
                 *obeyed(), Run("policy set unused 10", key="mon", status=7), Run("policy set unused 10", key="aud", status=7),
                 Run("verify --json", key="aud"), SOUND)
    yield s.keep("policy_set_again", "the same set once more is no change; rules are set back, and the access log is required again",
                 Run(SET + " access-log best-effort", items=[]),
                 Run("policy set unused off", items=[{"name": "unused", "off": True}]),
                 Run("policy set unused on", items=[{"name": "unused", "off": False, "days": 120}]),
                 Run("policy set age default ca-file none access-log required", policy={"rules": {"unused": {"days": 120}}}, flags=0),
                 Run("due --json", day="2021-03-01", status=10, some=[{"label": x, **facts({"code": "age"})} for x in ("one", "two")]),
                 Run(UNLOGGED, status=13), Run(UNLOGGED, key="bot", status=13), SOUND)
    yield s.keep("policy_turned_over", "a slot is ended: the policy is sealed and filed anew, and is what it was",
                 Run("access remove aud"), Run("policy list", some=LISTED), Run("policy list", key="mon", some=LISTED),
                 Run("policy list", key="aud", status=7), Run(UNLOGGED, key="bot", gives=value(1)), SOUND)
    s.do("backup", os.path.join(s.top, "copy"))
    s.on("2020-03-01")
    s.do("policy set unused off access-log required")
    s.do("restore --force", os.path.join(s.top, "copy"))
    yield s.keep("policy_restored", "a backup restored: its policy, and of the access log what was so before",
                 Run("policy list", some=[*LISTED[:6], {"name": "access-log", "value": "required"}]), Run(UNLOGGED, status=13),
                 Run("log --action policy", some=[{"action": "policy"}]), SOUND)


@story
def policy_rekeyed(top):
    s = with_policy(top, "policy_rekeyed")
    s.do("rekey --no-recovery --key-file-dir", os.path.join(s.top, "keys"))
    for name in ("ann", "bot", *READERS):
        shutil.copy(os.path.join(s.top, "keys", name + ".key"), s.key(name))
    yield s.keep("policy_rekeyed", "a vault with another id and keys has the policy of the one before", *readers("policy list", some=LISTED),
                 *obeyed(), SOUND)


@story
def policy_by_hand(top):
    s = with_policy(top, "policy_by_hand")
    v, me = rows_of(s)
    (o, text), = v.objects(me, f1.POLICY)
    more = {"colour": "green", "deep": {"list": [1, None, {"x": "ü"}]},
            "rules": {"rule-of-tomorrow": {"off": True, "days": 3, "who": ["a"]}, "slot": {"days": 7}, "unused": {"why": {"x": [1, "ü"]}}}}
    for rule, x in more["rules"].items():
        text["rules"].setdefault(rule, {}).update(x)
    v.put_object(me, o._replace(version=o.version + 1), dict(text, colour=more["colour"], deep=more["deep"]))
    v.change("header", v.t["header"][0], flags=1 | 1 << 40)
    v.seal_all(me, action=22)
    yield s.keep("policy_of_a_newer_program", "a policy with keys, a rule and a flag that this program does not know: followed, and kept when it is set",
                 *readers("policy list", some=LISTED), *obeyed(),
                 Run("policy set expiry 60", items=[{"name": "expiry", "days": 60}], policy=more, flags=1 | 1 << 40),
                 Run("policy set unused default access-log required", policy=more, flags=1 << 40),
                 Run("access remove aud", policy=more, flags=1 << 40), Run(UNLOGGED, status=13),
                 Run("policy list", some=[{"name": "expiry", "days": 60}, {"name": "same-account", "off": True}]), SOUND,
                 files=unseen(s, v))
    v, me = rows_of(s)
    v.drop("object", o)
    v.seal_all(me, action=22)
    yield s.keep("policy_of_a_flag_alone", "a log that need not be written, and no other policy: rules are as by default",
                 *readers("policy list", some=[{"name": "age", "off": False}, LISTED[-1], {"name": "ca-file", "value": "none"}]),
                 Run(UNLOGGED, gives=value(1)), Run(UNLOGGED, key="bot", gives=value(1)),
                 Run("due --json", day="2021-03-01", status=10, some=[{"label": "two", **facts({"code": "age"})}]), SOUND, files=unseen(s, v))
    v, me = rows_of(s)
    v.change("header", v.t["header"][0], flags=0)
    v.seal_all(me, action=22)
    yield s.keep("policy_without_the_flag", "a policy, and a log that must be written", *readers("policy list", some=LISTED[:6]),
                 Run(UNLOGGED, status=13), Run(UNLOGGED, key="bot", status=13), SOUND, files=unseen(s, v))


# --- exposures --------------------------------------------------------------------------------------------------------------

def ask(s, fake, day, *labels, **how):
    s.on(day)
    s.do("exposure --api-url", fake.url, *labels, **how)


def reached(top, name):
    """Token one reaches five sheets, of which two were agreed."""
    s = Then(top, name)
    fake = store.clocks().Smartsheet(os.path.join(s.top, "smartsheet"))
    user = {"email": "ann@a.example", "workspaces": [], "contacts": [], "plan": "enterprise", "seat": "member", "sheets": [
        {"id": int(i), "name": "Sheet <%s> ü" % i, "accessLevel": level} for i, level in SHEETS]}
    fake("user", "add", json.dumps(user))
    fake("token", "new", "--user", "ann@a.example", "--value", value(1), "--force")
    s.on("2020-02-01")
    s.share("one", "--item", "4500000000000001:owner", "--item", "4500000000000003:viewer")
    return s, fake


def exposed(since="2020-02-02"):
    return {"label": "one", "reasons": [{"code": "exposed", "since": since}]}


NOT_EXPOSED = [facts({"code": "exposed"})]
ALL_OF_THEM = [x for i, level in (("4500000000000001", "owner"), ("4500000000000002", "editor"), ("4500000000000003", "viewer"),
                                  ("9007199254740993", "admin"), ("5", "commenter")) for x in ("--item", "%s:%s" % (i, level))]


def give(*items):
    return Run("", args=["share", "one", *BERT, "--date", "2020-02-03", "--no-exposure", *items])


def entry(slot="ann", day="2020-02-02", ignored=False, **more):
    """An exposure in the log that counts; one that does not has the reason in words, and is in no such list."""
    return {"action": "exposure", "slot": slot, "change": False, "time": day + "T12:00:00Z", **({} if ignored else {"ignored": None}), **more}


@story
def exposure(top):
    s, fake = reached(top, "exposure")
    ask(s, fake, "2020-02-02", "one", status=10)
    yield s.keep("exposure", "what a token reaches is more than was agreed, until all of it is: ids, levels, and since when",
                 *readers("due --json", status=10, some=[exposed()]), *readers("list", some=[{"label": "one", "due": ["exposed"]}]),
                 *readers("log --action exposure", items=[entry(label="one", version=1)]),
                 *readers("log --verify", some=[{"exposures": 1, "ignored": 0}]),
                 Run("get one", key="bot", gives=value(1)), SOUND, give(*ALL_OF_THEM[:-2]), Run("due --json", status=10, some=[exposed()]),
                 give(*ALL_OF_THEM), Run("due --json", status=10, none=NOT_EXPOSED), Run("verify --json", key="mon"))
    lower = [x.replace(":admin", ":editor") for x in ALL_OF_THEM]
    yield s.keep("exposure_at_a_higher_level", "all that is reached was agreed, but one sheet at a lower level", give(*lower),
                 Run("due --json", status=10, some=[exposed()]))
    ask(s, fake, "2020-02-03", "one", status=10, key="mon")
    ask(s, fake, "2020-02-04", "one", status=10)
    yield s.keep("exposure_same", "twice the same was found again, by a monitor and an admin: entries of a line; it is since the first",
                 *readers("due --json", status=10, some=[exposed()]),
                 *readers("log --action exposure", items=[entry(), entry("mon", "2020-02-03"), entry(day="2020-02-04")]),
                 *readers("log --verify", some=[{"exposures": 3, "ignored": 0}]), SOUND,
                 ROTATE, Run("log --verify", some=[{"exposures": 4, "carried": 2, "closed": 1, "ignored": 0}]),
                 Run("log --action exposure", items=[entry(day="2020-02-04", asked_by="ann")], gone=[LOG + ".closed-1"]),
                 Run("due --json", status=10, some=[exposed()]))
    s.on("2020-03-01")
    s.do("log --rotate")
    closed = [LOG + ".closed-1", LOG + ".closed-2"]  # where they lie beside it, log shows what was said at first
    runs = (*readers("due --json", status=10, some=[exposed()]), *readers("log --verify", some=[{"exposures": 1, "carried": 2, "ignored": 0}]),
            SOUND)
    yield s.keep("exposure_carried", "a log begun anew has one exposure, of the newest time, and since when it is so", *runs,
                 *readers("log --action exposure", some=[entry(day="2020-02-04", asked_by="ann")]), drop=closed)
    ask(s, fake, "2020-03-02", "one", status=10, key="mon")
    yield s.keep("exposure_carried_same", "what was carried over is found again: a line in the new log",
                 *readers("due --json", status=10, some=[exposed()]),
                 *readers("log --action exposure", items=[entry(day="2020-02-04", asked_by="ann"), entry("mon", "2020-03-02", asked_by=None)]),
                 *readers("log --verify", some=[{"exposures": 2, "ignored": 0}]), SOUND, drop=closed)
    s.do("rekey --no-recovery --key-file-dir", os.path.join(s.top, "keys"))
    for name in ("ann", "bot", *READERS):
        shutil.copy(os.path.join(s.top, "keys", name + ".key"), s.key(name))
    yield s.keep("exposure_rekeyed", "a vault with another id and keys knows what its predecessor did",
                 *readers("due --json", status=10, some=[exposed()]),
                 *readers("log --action exposure", some=[entry(day="2020-03-02", asked_by="mon")]), SOUND, drop=closed)
    fake.end()


def said(s, *entries):
    """The files after entries of other signers: (who, entry)."""
    v, log = rows_of(s)[0], al.Log(read(s.path + "-log"))
    for me, e in entries:
        log.append(me.slot_id, me.keys.sign_sk, e)
    return unseen(s, v, log)


@story
def exposure_by_hand(top):
    s = Then(top, "exposure_by_hand")
    s.on("2020-02-01")
    s.share("one", "--item", "7:owner")
    s.on("2020-02-02")
    s.do("get two")
    s.do("edit two --note x")
    (v, ann), mon, aud, bot = rows_of(s), *(rows_of(s, n)[1] for n in ("mon", "aud", "bot"))
    bot.meta = aud.meta
    one = v.one("secret", token_id=v.token(ann, "one")[0].object_id)
    of = {"object_id": one.token_id, "version": 1, "commitment": one.commitment}

    def exp(me, text=None, **more):
        return xa.exposure(v, me, text, **dict(of, **more))

    def same(me, entry_of, text=None, **more):
        return exp(me, text or xa.same_text(entry_of, f1.to_json(xa.BEYOND)), action=al.SAME, time=entry_of.time + 86400, **more)
    for name, whole in (("cut", {"counts": {"sheets": 9}, "levels": [1, 0, 0, 0, 0, 0, 8], "items": {"sheets": [["7", 6, "Seven"], ["8", 6]]}, "cut": True}),
                        ("of_a_newer_program", dict(xa.BEYOND, colour="green", items=dict(xa.BEYOND["items"], forms=[["1", 2]])))):
        yield s.keep("exposure_" + name, {"cut": "what is reached without all names and all items, since there was no room",
                                          "of_a_newer_program": "what is reached with keys that this program does not know"}[name],
                     *readers("due --json", status=10, some=[exposed()]), *readers("log --verify", some=[{"exposures": 1, "ignored": 0}]),
                     ROTATE, Run("due --json", status=10, some=[exposed()]), SOUND, files=said(s, (mon, exp(mon, f1.to_json(whole)))))
    yield s.keep("exposure_by_who_may_not", "what a token reaches, by an auditor and by a script: it counts for nothing",
                 *readers("due --json", status=10, none=NOT_EXPOSED), *readers("log --verify", some=[{"exposures": 0, "ignored": 3}]),
                 *readers("log --action exposure", some=[{"slot": "aud"}, {"slot": "bot"}], none=[{"ignored": None}]),
                 ROTATE, Run("log --verify", some=[{"exposures": 0, "carried": 0}]), SOUND,
                 files=said(s, (aud, exp(aud)), (bot, exp(bot)), (aud, same(aud, exp(aud)))))
    whole = exp(ann)
    yield s.keep("exposure_same_by_who_may_not", "the same again, by an auditor: seen last when an admin saw it",
                 *readers("log --action exposure", some=[entry(), {"slot": "aud"}], none=[{"slot": "aud", "ignored": None}]),
                 *readers("log --verify", some=[{"exposures": 1, "ignored": 1}]), SOUND, ROTATE,
                 Run("log --action exposure", items=[entry(asked_by="ann")], gone=[LOG + ".closed-1"]),
                 files=said(s, (ann, whole), (aud, same(aud, whole))))
    within = exp(ann, f1.to_json(xa.WITHIN), time=whole.time + 60)
    wrong = [same(ann, whole, xa.same_text(whole._replace(time=whole.time + 1), f1.to_json(xa.BEYOND))),
             same(ann, whole, xa.same_text(whole, f1.to_json(xa.WITHIN)))]
    yield s.keep("exposure_same_of_another", "the same as another: of another time or detail, and of one that is not the newest any more: none counts",
                 *readers("due --json", status=10, some=[exposed()]), *readers("log --verify", some=[{"exposures": 1, "ignored": 2}]),
                 ROTATE, Run("log --verify", some=[{"exposures": 2, "carried": 1}]), Run("log --action exposure", items=[entry(asked_by="ann")], gone=[LOG + ".closed-1"]),
                 Run("due --json", status=10, some=[exposed()]), SOUND, files=said(s, (ann, whole), *[(ann, e) for e in wrong]))
    yield s.keep("exposure_same_of_an_older", "it got less; then an entry that repeats what was more counts for nothing",
                 *readers("due --json", status=10, none=NOT_EXPOSED), *readers("log --verify", some=[{"exposures": 2, "ignored": 1}]), SOUND,
                 files=said(s, (ann, whole), (ann, within), (ann, same(ann, whole))))
    odd = [exp(mon, text) for text in (b"{}", b"no JSON")] + [same(mon, whole, text) for text in (b"{}", b"no JSON")]
    odd.append(exp(mon)._replace(detail=b""))
    yield s.keep("exposure_of_no_form", "a monitor's that say nothing are passed over, where an admin's are damage",
                 *readers("due --json", status=10, some=[exposed()]), *readers("log --verify", some=[{"exposures": 1, "ignored": 5}]), SOUND,
                 files=said(s, (mon, exp(mon)), *[(mon, e) for e in odd]))


# --- reminders --------------------------------------------------------------------------------------------------------------

TELL = "remind --dry-run --json"
OLGA = {"label": "one", "how": "mail", "to": "olga@a.example", "said": False}
NEW = dict(OLGA, why="new", before=None)
AGAIN = dict(OLGA, why="every", before="2020-06-01T12:00:00Z")


@story
def reminded(top):
    s = Then(top, "reminded")
    s.on("2020-06-01")
    before = files_of(s)[0]
    s.do("remind --mail --sendmail /bin/true", key="mon")
    after = al.Log(read(s.path + "-log")).entries()
    refused = [Run(TELL, key=k, day="2020-06-01", status=7) for k in ("aud", "bot")]
    yield s.keep("reminded", "owners were told: not twice, again after a week, and anew when it got worse",
                 *[Run(TELL, key=k, day="2020-06-01", items=[]) for k in ("ann", "mon")],
                 *[Run(TELL, key=k, day="2020-06-07", items=[]) for k in ("ann", "mon")],
                 *[Run(TELL, key=k, day="2020-06-09", some=[AGAIN]) for k in ("ann", "mon")],
                 Run(TELL + " --every 3", day="2020-06-05", some=[dict(AGAIN)]), Run(TELL + " --desktop", day="2020-06-01", some=[
                     {"label": "one", "how": "desktop", "why": "new", "before": None}]), *refused,
                 *readers("log --action remind", some=[{"action": "remind", "slot": "mon", "label": "one", "version": 1, "ignored": None,
                                                        "time": "2020-06-01T12:00:00Z"}]),
                 SOUND, Run("vendor edit", args=["vendor", "edit", "Vendor B", "--note", "x"]), Run(TELL, day="2020-06-01", items=[]),
                 Run("", args=["edit", "one", "--owner", "olga@a.example", "--label", "first"]),
                 Run(TELL, day="2020-06-01", items=[dict(OLGA, label="first", why="changed", before="2020-06-01T12:00:00Z")]))
    s.on("2020-06-02")
    s.do("log --rotate")
    yield s.keep("reminded_carried", "a log begun anew knows what was said",
                 *[Run(TELL, key=k, day="2020-06-03", items=[]) for k in ("ann", "mon")],
                 *[Run(TELL, key=k, day="2020-06-09", some=[AGAIN]) for k in ("ann", "mon")], *refused,
                 *readers("log --action remind", some=[{"label": "one", "asked_by": "mon", "time": "2020-06-01T12:00:00Z"}]), SOUND, drop=[LOG + ".closed-1"])
    v, ann = rows_of(s)
    who = {n: rows_of(s, n)[1] for n in ("mon", "aud", "bot")}
    who["bot"].meta = who["aud"].meta
    told = [(e, al.opened(ann.k_meta, v.vault_id, slot, e)) for slot, e in after if e.action == al.REMINDED]

    def by(name):
        me = who[name]
        return [(me, al.sealed(me.k_meta, v.vault_id, me.slot_id, e, text)) for e, text in told]
    s.put({"db": before[store.VAULT], "log": before[LOG], "record": before[store.RECORD]})
    yield s.keep("reminded_by_who_may_not", "an auditor and a script say that owners were told: they are told all the same",
                 *[Run(TELL, key=k, day="2020-06-01", some=[NEW]) for k in ("ann", "mon")],
                 *readers("log --action remind", some=[{"slot": "aud"}, {"slot": "bot"}], none=[{"ignored": None}]), SOUND,
                 files=said(s, *by("aud"), *by("bot")))
    yield s.keep("reminded_by_a_monitor", "a monitor says it: nobody is told again",
                 *[Run(TELL, key=k, day="2020-06-01", items=[]) for k in ("ann", "mon")],
                 *readers("log --action remind", some=[{"slot": "mon", "ignored": None}]), SOUND, files=said(s, *by("mon")))


# --- confirmations ------------------------------------------------------------------------------------------------------------

@story
def confirms(top):
    s = Then(top, "confirms")
    s.on("2020-02-01")
    s.share("one", "--until", "2020-06-30")
    s.on("2020-06-01")
    s.do("share one --confirm", *BERT, "--until", "2020-12-31")
    s.on("2020-12-01")
    s.do("share one --confirm", *BERT, "--until", "2021-06-30")
    s.on("2021-01-01")
    s.do("share one --confirm", *BERT)

    def held(day, until, confirmed):
        return readers("holders --json --at " + day, items=[{"label": "one", "vendor": "Vendor B", "to": "bert@b.example", "version": 1,
                                                             "shared": "2020-02-01", "until": until, "confirmed": confirmed}])
    days = (*held("2020-05-31", "2020-06-30", None), *held("2020-06-01", "2020-12-31", "2020-06-01"),
            *held("2020-12-15", "2021-06-30", "2020-12-01"), *held("2021-01-02", "2021-06-30", "2021-01-01"))
    yield s.keep("confirms", "a hand-over confirmed three times, twice for longer: who held what until when, on four days", *days,
                 Run("holders --at 2020-01-31 --json", items=[]), Run("holders --json --at 2020-05-31", key="bot", status=7),
                 *readers("due --json", day="2021-07-01", status=10, some=[{"label": "one", **facts({"code": "until"})}]), SOUND,
                 Run("", args=["unshare", "one", *BERT, "--date", "2021-02-01"]), *days)
    s.on("2021-02-01")
    s.do("unshare one", *BERT)
    s.share("one", day="2021-02-01")
    yield s.keep("confirms_of_before", "the same ended, and begun anew: each day has its own",
                 *days[:9], *readers("holders --json --at 2021-02-02", items=[{"shared": "2021-02-01", "until": None, "confirmed": None}]), SOUND)


# --- all of it --------------------------------------------------------------------------------------------------------------

@story
def all_of_it(top):
    s, fake = reached(top, "all_of_it")
    s.on("2020-02-02")
    s.do("policy set vendor-unvetted off unconfirmed 200 unused 5000 access-log best-effort")
    for day in ("2020-02-03", "2020-02-04"):
        ask(s, fake, day, "one", status=10, key="mon")
    fake.end()
    s.do("log --rotate")
    s.on("2020-06-01")
    s.share("two", day="2020-06-01")
    s.do("share one --confirm", *BERT)
    s.do("remind --mail --sendmail /bin/true", key="mon")
    s.do("get one", key="bot")

    def found(code, label=None, **more):
        return {"code": code, "label": label, **more}
    yield s.keep("all_of_it", "policy, exposures, reminders and confirmations together, on two days of audit",
                 *readers("audit --json", day="2020-12-01", status=10, some=[
                     found("exposed", "one"), found("age", "one"), found("age", "two"), {"code": "no-recovery"}],
                     none=[{"code": "vendor-unvetted"}, {"code": "unconfirmed"}, {"code": "unused"}]),
                 *readers("audit --json", day="2021-01-01", status=10, some=[found("exposed", "one"), found("unconfirmed", "one")],
                          none=[{"code": "vendor-unvetted"}, {"code": "unused"}]),
                 Run("audit --json", key="bot", day="2021-01-01", status=7),
                 *readers("due --json", day="2020-12-01", status=10, some=[exposed("2020-02-03")]),
                 *readers("holders --json --at 2020-05-31", items=[{"label": "one", "confirmed": None}]),
                 *readers("log --verify", some=[{"ignored": 0}]), Run(TELL, day="2020-06-02", items=[]), Run(UNLOGGED, gives=value(1)),
                 SOUND)
