"""What the stand-in knows: people, tokens, faults that wait for a request, what was asked of it. One lock guards it."""
import hashlib
import json
import random
import re
import threading
import time

import faults
import users as people

# Smartsheet's codes and the sentences of its documentation; those marked with a star are our wording.
ERRORS = {
    1001: (401, "An Access Token is required."),
    1002: (401, "Your Access Token is invalid."),
    1003: (401, "Your Access Token has expired."),
    1004: (403, "You are not authorized to perform this action."),
    1005: (401, "Single Sign-On is required for this account."),
    1006: (404, "Not Found."),
    1007: (404, "Version not supported."),
    1008: (400, "Unable to parse request. The following error occurred: {0}"),
    1010: (405, "HTTP Method not supported."),
    1011: (400, "A required header was missing or invalid: {0}"),
    1013: (403, "The operation you are attempting to perform is not supported by your plan."),
    1018: (400, "The value {0} was not valid for the parameter {1}."),
    1020: (404, "User not found."),
    1132: (400, "The access token was revoked."),  # *
    1188: (403, "Your account is not active."),  # *
    1361: (403, "Your organization's policy does not allow this."),  # *
    1362: (403, "Your plan does not allow API access."),  # *
    1363: (403, "Your organization does not allow API access from here."),  # *
    4001: (503, "Smartsheet.com is currently offline for system maintenance. Please check back again shortly."),
    4002: (500, "Server timeout exceeded. Request has failed."),
    4003: (429, "Rate limit exceeded."),
    4004: (500, "An unexpected error has occurred. Please retry your request. If you encounter this error repeatedly, "
                "please contact support."),
}
WORD = re.compile("[A-Za-z0-9]+")
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
STATES = ("valid", "revoked", "expired")


class Refused(Exception):
    """What a command of smartsheetctl can't do; its sentence."""


def digest(value):
    return hashlib.sha256(value.encode("utf-8", "surrogateescape")).hexdigest()[:12]


class Token:
    def __init__(self, value, user, name=None, scopes=None):
        self.value, self.user, self.name = value, user, name
        self.scopes = scopes  # None: a raw token, which has none and may all
        self.state, self.code = "valid", None


class World:
    def __init__(self, data=None, rate=0):
        self.lock = threading.RLock()
        self.chance = random.SystemRandom()
        self.data, self.first_rate = data, rate
        self.flying = 0  # requests under way: what a reset can't undo
        self.reset()

    def reset(self):
        """As it was at the start; the counts too."""
        with self.lock:
            self.users, self.tokens, self.odd = people.people(), {}, []
            self.next_faults, self.token_faults = [], {}
            self.delay_ms, self.rate = 0, self.first_rate
            self.asked = {}  # token's value, or "" for none: times of requests, seconds of the monotonic clock
            self.total = self.connections = self.peak = self.tls_failed = self.token_bytes = 0
            self.away = {"connections": 0, "requests": 0, "token_bytes": 0}
            if self.data:
                self.take(self.data)

    def take(self, data):
        """--data: {"users":[{"email":…,…}], "tokens":[{"value":…,"user":EMAIL,"name":…,"state":…}]}"""
        for user in data.get("users", []):
            self.user_add(user)
        for t in data.get("tokens", []):
            self.token_new(t["user"], t.get("name"), t.get("value"), t.get("scopes"), force=True)
            if t.get("state", "valid") != "valid":
                self.token_set(t["value"], t["state"], t.get("code"))

    # People

    def user(self, email):
        for u in self.users:
            if str(u.get("email", "")).lower() == email.lower():
                return u
        raise Refused("no user %s" % email)

    def user_add(self, fields):
        """A user of this e-mail address gets these fields; a new one the others of an ordinary licensed user."""
        if not isinstance(fields, dict) or not isinstance(fields.get("email"), str):
            raise Refused("a user is an object with an email")
        try:
            self.user(fields["email"]).update(fields)
        except Refused:
            number = 100 + len(self.users)
            self.users.append(people.person(number, fields["email"], "New", "User", **fields))

    def user_set(self, email, key, value):
        self.user(email)[key] = value

    def user_fill(self, email, what, number):
        """So many sheets, workspaces, reports, sights or contacts."""
        self.user(email)[what] = people.filled(what, number)

    def user_unset(self, email, key):
        self.user(email).pop(key, None)

    # Tokens

    def token_new(self, email, name=None, value=None, scopes=None, force=False):
        user = self.user(email)
        if not force and people.may_generate(user) is False:
            raise Refused("%s cannot generate a token: no licensed user of a multi-user plan (--force)" % email)
        if value is None:
            value = "fake" + "".join(self.chance.choice(LETTERS) for _ in range(33))
        if not value.isascii() or not value.isprintable() or " " in value or not 1 <= len(value) <= 4096:
            raise Refused("a token is 1 to 4,096 characters of visible ASCII")
        if value in self.tokens:
            raise Refused("this token exists")
        self.tokens[value] = Token(value, user, name, scopes)
        if not WORD.fullmatch(value):
            self.odd.append(value)
        return value

    def token(self, value):
        if value not in self.tokens:
            raise Refused("no such token")
        return self.tokens[value]

    def token_set(self, value, state, code=None):
        if state not in STATES:
            raise Refused("states: " + " ".join(STATES))
        t = self.token(value)
        t.state, t.code = state, code

    def dead_code(self, token):
        """The code that a token which doesn't work is answered with."""
        return token.code or (1003 if token.state == "expired" else 1002)

    # Faults

    def fault_set(self, value, name, count):
        """A token has a fault of each place (faults.split); a new one takes the place of the old."""
        self.token_faults.setdefault(value, {})[faults.split(name)[0]] = [name, count]

    def fault_next(self, name, count):
        self.next_faults.append([name, count])

    def fault_clear(self, value=None):
        if value is None:
            self.next_faults, self.token_faults = [], {}
        else:
            self.token_faults.pop(value, None)

    def fault_for(self, value, target):
        """The fault of this request; one fewer is left. A token's own comes first, and of those the narrowest."""
        with self.lock:
            places, own = faults.places(target), self.token_faults.get(value, {})
            for place in places:
                if place in own:
                    one = own[place]
                    if one[1] is not None:
                        one[1] -= 1
                        if one[1] <= 0:
                            del own[place]
                    return one[0]
            for one in self.next_faults:
                if faults.split(one[0])[0] in places:
                    one[1] -= 1
                    if one[1] <= 0:
                        self.next_faults.remove(one)
                    return one[0]
            return None

    # What was asked

    def begins(self, value):
        """A request with this token came; True where it is one too many within a minute."""
        now = time.monotonic()
        with self.lock:
            self.total += 1
            self.flying += 1
            self.peak = max(self.peak, self.flying)
            self.token_bytes += len(value)
            times = self.asked.setdefault(value, [])
            times.append(now)
            return bool(self.rate and value and sum(1 for t in times if now - t < 60) > self.rate)

    def ends(self):
        with self.lock:
            self.flying -= 1

    def known_in(self, raw):
        """How many bytes of known tokens stand in these bytes."""
        text = raw.decode("latin-1")
        return sum(text.count(v) * len(v) for v in self.found(text))

    def found(self, text):
        """The known tokens that stand in this text. Looked up by its words: there may be 10,000 tokens."""
        with self.lock:
            return {v for v in WORD.findall(text) if v in self.tokens} | {v for v in self.odd if v in text}

    def hide(self, text):
        for v in self.found(text):
            text = text.replace(v, "<a token>")
        return text

    def stats(self):
        with self.lock:
            return json.dumps({"requests": self.total, "connections": self.connections, "peak": self.peak,
                               "tls_failed": self.tls_failed, "token_bytes": self.token_bytes,
                               "elsewhere": self.away}, sort_keys=True)
