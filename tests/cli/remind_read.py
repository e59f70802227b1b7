"""What tests/cli/remind receives, read by others' programs: mails by Python's email package, calendars by icalendar, which knows
nothing of us, and by the letter of RFC 5545 where that is lenient.

remind_read.py mails FILE...         each mail: its headers and text as JSON
remind_read.py ics FILE              each event as JSON, by UID
"""
import email
import email.policy
import json
import sys

import icalendar


def mail(path):
    with open(path, "rb") as f:
        raw = f.read()
    assert b"\r" not in raw and b"\0" not in raw, "bytes that are none of a mail's"
    head, body = raw.split(b"\n\n", 1)
    assert max(len(line) for line in raw.split(b"\n")) <= 998, "a line too long"
    assert max(len(line) for line in body.split(b"\n")) <= 76, "a line too long for quoted-printable"
    assert all(c < 128 for c in body), "quoted-printable is ASCII"
    m = email.message_from_bytes(raw, policy=email.policy.default)
    assert not m.defects and not any(getattr(v, "defects", None) for k, v in m.items() if k != "To"), (m.defects, m.items())
    names = [k for k, _ in m.items()]
    assert len(names) == len(set(names)), "a header twice: %s" % names
    assert m["MIME-Version"] == "1.0" and m.get_content_type() == "text/plain" and m.get_content_charset() == "utf-8", m.items()
    to = [line[4:].decode() for line in head.split(b"\n") if line.startswith(b"To: ")]
    return {"to": to[0], "from": str(m["From"]), "from_name": m["From"].addresses[0].display_name if m["From"] else None,
            "subject": str(m["Subject"]), "id": str(m["Message-ID"]), "auto": str(m["Auto-Submitted"]),
            "date": m["Date"].datetime.isoformat(), "headers": sorted(names), "text": m.get_content()}


def strictly(raw):
    """RFC 5545, 3.1: CRLF, 75 octets, and no character cut in two by a fold."""
    assert raw.endswith(b"\r\n") and b"\n" not in raw.replace(b"\r\n", b"") and b"\r" not in raw.replace(b"\r\n", b"")
    for line in raw.split(b"\r\n"):
        assert len(line) <= 75, line
        line.decode("utf-8")
    names = [line.split(b":")[0].split(b";")[0] for line in raw.replace(b"\r\n ", b"").split(b"\r\n") if line]
    assert all(n.replace(b"-", b"").isalpha() for n in names), names
    assert names[:4] == [b"BEGIN", b"VERSION", b"PRODID", b"METHOD"], names


def ics(path):
    with open(path, "rb") as f:
        raw = f.read()
    strictly(raw)
    cal = icalendar.Calendar.from_ical(raw)
    assert cal.name == "VCALENDAR" and cal["VERSION"] == "2.0" and cal["PRODID"]
    events = {}
    for e in cal.subcomponents:
        assert e.name == "VEVENT" and not e.errors, e
        for key in ("UID", "DTSTAMP", "DTSTART", "SUMMARY", "SEQUENCE", "LAST-MODIFIED", "STATUS"):
            assert key in e and not isinstance(e[key], list), (key, e)
        assert e["UID"] not in events, "twice: %s" % e["UID"]
        events[str(e["UID"])] = {"day": e.decoded("DTSTART").isoformat(), "stamp": e.decoded("DTSTAMP").isoformat(),
                                 "sequence": int(e["SEQUENCE"]), "status": str(e["STATUS"]), "summary": str(e["SUMMARY"]),
                                 "text": str(e["DESCRIPTION"]), "label": str(e["SUMMARY"]).split()[2]}
    return events


print(json.dumps([mail(p) for p in sys.argv[2:]] if sys.argv[1] == "mails" else ics(sys.argv[2])))
