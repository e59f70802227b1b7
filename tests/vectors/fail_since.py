"""The fail_ cases of what format 1 got since it was frozen: policy, flag, exposures, reminders, confirmations, tampered with.

By somebody who has no key, by an admin whose program writes what is none, and tests/forge's attacks on the same."""
import os

import store
from fail import files_of, make, of_attack

import accesslog as al  # found where fail found arena
import format1 as f1
import good_since
from arena import read
from vaultfile import Vault, stranger

ATTACKS = ["policy_under_another_name", "exposure_that_is_none", "exposure_of_a_stranger", "same_that_is_none",
           "reminder_that_is_none", "reminder_of_a_stranger", "auditor_reminds"]
EVERY = ("get one", "verify")
POLICY = ("policy list", "verify")
LOG = ("due", "log", "verify")


def staged(top, name):
    """A vault with a policy, exposures of both kinds, a reminder and a hand-over that was confirmed twice."""
    s, fake = good_since.reached(top, name)
    s.do("policy set unused 120 same-account off access-log best-effort")
    for day in ("2020-02-02", "2020-02-03"):
        good_since.ask(s, fake, day, "one", status=10)
    fake.end()
    s.on("2020-06-01")
    for until in ("2020-12-31", "2021-06-30"):
        s.do("share one --confirm", *good_since.BERT, "--until", until)
    s.do("remind --mail --sendmail /bin/true")
    return s


class Tampered:
    def __init__(self, top):
        self.s, self.other = staged(top, "since"), staged(top, "since_other")
        self.files = dict(files_of(self.s)[0], **{"ann.key": read(self.s.key("ann"))})

    def vault(self, s=None):
        """The rows, and what the admin knows."""
        v = Vault(read((s or self.s).path))
        return v, v.open(read((s or self.s).key("ann")).decode())

    def case(self, name, what, commands, v=None, log=None, unseen=False, status=8):
        """`unseen`: on a machine that has no record, so that only what is signed is against it."""
        runs = [{"args": c.split(), "key": "ann.key", "status": status} for c in commands]
        files = dict(self.files, **({store.VAULT: v if isinstance(v, bytes) else v.file()} if v else {}),
                     **({store.VAULT + "-log": log} if log else {}))
        return make("fail_" + name, what, runs, {k: x for k, x in files.items() if not unseen or k != store.RECORD})

    # --- by nobody who can sign

    def flags(self):
        for name, flags in (("taken_away", 0), ("of_a_newer_program", 1 | 1 << 40), ("another", 2)):
            for how, top in (("", None), ("_fitting", False), ("_fitting_to_the_top", True)):
                v, _ = self.vault()
                v.change("header", v.t["header"][0], flags=flags)
                if top is not None:
                    v.reseal_digests(top=top)
                yield self.case("flag_%s%s" % (name, how), "the header's flags are others, %s" % {
                    None: "digests as they were", False: "digests fit but for the top", True: "digests fit, nobody signed"}[top], EVERY, v)

        v, _ = self.vault()
        mon = v.open(read(self.s.key("mon")).decode())
        v.change("header", v.t["header"][0], flags=0)
        v.seal_all(mon, action=22, own_sk=stranger().sk_own)
        yield self.case("flag_signed_by_a_monitor", "the header's flags are others, signed by a monitor", EVERY, v, unseen=True)

    def policy(self):
        v, me = self.vault()
        (o, _), = v.objects(me, f1.POLICY)
        other, them = self.vault(self.other)
        (theirs, _), = other.objects(them, f1.POLICY)
        for name, what, columns in (("changed", "a byte of it is another", {"box": o.box[:-1] + bytes([o.box[-1] ^ 1])}),
                                    ("cut", "its last bytes are missing", {"box": o.box[:-16]}), ("empty", "it has no box", {"box": b""}),
                                    ("of_a_generation_that_is_none", "of another generation", {"generation": 9}),
                                    ("of_another_kind", "it says that it is a vendor", {"kind": f1.VENDOR}),
                                    ("of_another_version", "its version is another", {"version": 9}),
                                    ("unsealed", "its JSON stands there as it is", {"box": o.box[:8] + f1.to_json({"rules": {}}).ljust(272)}),
                                    ("moved", "under another tag", {"tag": o.tag[:2] + bytes(14)}),
                                    ("of_another_vault", "it is another vault's", {"box": theirs.box})):
            for signed in (False, True):
                w, me = self.vault()
                w.drop("object", o)
                w.put("object", o._replace(**columns))
                if signed:
                    w.seal_all(me, action=22)
                yield self.case("policy_%s%s" % (name, "_signed" if signed else ""), "the policy: %s%s" % (
                    what, ", signed by an admin" if signed else ""), POLICY[1:] if signed and name == "moved" else POLICY, w, unseen=signed)
        for signed in (False, True):
            w, me = self.vault()
            w.drop("object", o)
            if not signed:
                yield self.case("policy_gone", "the policy taken away", POLICY, w)
                continue
            w.put("object", o)
            w.put_object(me, o._replace(tag=w.tag(me, f1.POLICY, "policy2")), {"rules": {"age": {"off": True}}})
            w.seal_all(me, action=22)
            yield self.case("policy_twice", "a second policy under another name, signed by an admin", ("verify",), w, unseen=True)

    def policy_text(self):
        """What an admin's program may not write."""
        for name, text in (("no_json", b"policy"), ("a_list", b"[]"), ("rules_a_list", b'{"rules":[]}'), ("rule_a_number", b'{"rules":{"unused":1}}'),
                           ("days_beyond", b'{"rules":{"unused":{"days":36501}}}'), ("days_negative", b'{"rules":{"unused":{"days":-2}}}'),
                           ("key_twice", b'{"rules":{},"rules":{"age":{"off":true}}}'), ("ca_file_relative", b'{"ca_file":"company.pem"}'), ("empty", b"")):
            v, me = self.vault()
            (o, _), = v.objects(me, f1.POLICY)
            v.put("object", f1.object_seal(v.vault_id, o._replace(version=o.version + 1), max(me.meta), me.k_meta, text))
            v.seal_all(me, action=22)
            yield self.case("policy_text_" + name, "a policy whose JSON is none, signed by an admin: %s" % text.decode(), POLICY, v, unseen=True)

    def history(self):
        v, _ = self.vault()
        state, = v.all("state", action=22)
        for name, columns in (("action", {"action": 23}), ("object", {"object_id": b"\1" * 16}), ("detail_cut", {"detail": state.detail[:-16]}),
                              ("detail_empty", {"detail": b""})):
            v, _ = self.vault()
            v.change("state", state, **columns)
            yield self.case("policy_change_" + name, "the state that set the policy, its %s another" % name.replace("_", " "), ("verify", "log"), v)

    # --- the access log

    def entry_changed(self, of, **how):
        """The log with one entry of that action changed by nobody who can sign."""
        log = al.Log(self.files[store.VAULT + "-log"])
        for i, x in enumerate(log.batches):
            for j, e in enumerate(x.entries):
                if e.action == of:
                    new = e._replace(**{k: f(e) for k, f in how.items()})
                    log.batches[i] = x._replace(entries=x.entries[:j] + [new] + x.entries[j + 1:])
                    return log.data()
        raise LookupError("no entry of action %d" % of)

    def log(self):
        for action, name in ((al.EXPOSURE, "exposure"), (al.SAME, "same"), (al.REMINDED, "reminder")):
            for what, how in (("detail_cut", {"detail": lambda e: e.detail[:-16]}), ("detail_changed", {"detail": lambda e: e.detail[:-1] + b"\0"}),
                              ("detail_empty", {"detail": lambda e: b""}), ("of_another_token", {"object_id": lambda e: b"\1" * 16}),
                              ("of_another_version", {"version": lambda e: 2}), ("of_another_day", {"time": lambda e: e.time + 86400}),
                              ("as_another", {"action": lambda e: al.VERDICT if e.action != al.SAME else al.EXPOSURE})):
                yield self.case("%s_%s" % (name, what), "an entry of the access log, %s: %s" % (name, what.replace("_", " ")), LOG,
                                log=self.entry_changed(action, **how), unseen=True)
            log = al.Log(self.files[store.VAULT + "-log"])
            at = next(i for i, x in enumerate(log.batches) if any(e.action == action for e in x.entries))
            del log.batches[at]
            yield self.case(name + "_gone", "an entry of the access log taken out: %s" % name, LOG, log=log.data())

    # --- confirmations

    def confirms(self):
        for name, confirm in (("of_no_give", {"date": "2020-06-01", "give": 7}), ("of_a_give_before_the_first", {"date": "2020-06-01", "give": -1}),
                              ("without_a_give", {"date": "2020-06-01"}), ("without_a_day", {"give": 0}),
                              ("of_a_day_that_is_none", {"date": "2020-02-30", "give": 0})):
            v, me = self.vault()
            (o, x), = v.objects(me, f1.HANDOVER)
            x["periods"][0]["confirms"] = [confirm]
            v.put_object(me, o._replace(version=o.version + 1), x)
            v.seal_all(me)
            yield self.case("confirm_" + name, "a confirmation %s, signed by an admin" % name.replace("_", " "),
                            ("holders --at 2020-03-01", "verify"), v, unseen=True)

    def all(self):
        for part in (self.flags, self.policy, self.policy_text, self.history, self.log, self.confirms):
            yield from part()


def cases(base, top, names):
    yield from Tampered(top).all()
    for i, name in enumerate(names):
        yield from of_attack(name, base, os.path.join(top, "a%d" % i))
