"""Syslog messages with their length in bytes before each, as log drains send and log input takes them. Pure.

Drains leave out STRUCTURED-DATA, so that everything after MSGID is the text; log input wants it, as `-`.
(partner-api §7.1, §7.2)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from addon_service.clock import parse_stamp
from addon_service.errors import BadRequest

CONTENT_TYPE = "application/logplex-1"
LONGEST_TEXT = 2000  # characters of a line that are kept, or written
_LENGTH_DIGITS = 7
_MESSAGE = re.compile(
    rb"<[0-9]{1,3}>1 (?P<at>[!-~]+) [!-~]+ (?P<source>[!-~]{1,48}) (?P<process>[!-~]{1,128}) [!-~]+(?: (?P<text>.*))?",
    re.DOTALL,
)
_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
# Control characters, and those that turn the direction of what stands around them.
_UNSEEN = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class Malformed(BadRequest):
    """The body is not what it should be, from some byte on."""


@dataclass(frozen=True)
class Line:
    """One line of an app's log. `source` is `app` or `heroku`, `process` such as `web.1`; `at` as it was told."""

    at: datetime
    source: str
    process: str
    text: str


def parse(body: bytes, now: datetime) -> list[Line]:
    """All messages of a drain's batch; `now` stands in for a time that is none. Raises Malformed."""
    found, at = [], 0
    while at < len(body):
        space = body.find(b" ", at, at + _LENGTH_DIGITS + 1)
        digits = body[at:space] if space > 0 else b""
        if not digits.isdigit():
            raise Malformed(f"cannot read the batch: no length of a message at byte {at}")
        at = space + 1 + int(digits)
        if at > len(body):
            raise Malformed(f"cannot read the batch: it ends within a message of {int(digits)} bytes")
        found.append(_line(body[space + 1 : at], now))
    return found


def framed(at: datetime, host: str, process: str, text: str) -> bytes:
    """One message for log input, with its length in bytes before it."""
    line = f"<190>1 {at.isoformat()} {host} app {process} - - {printable(text)}".encode()
    return b"%d %b" % (len(line), line)


def printable(text: str) -> str:
    """The text as one line of at most LONGEST_TEXT characters, without colours; what cannot be seen is marked."""
    return _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", _COLOURS.sub("", text))[:LONGEST_TEXT]


def _line(raw: bytes, now: datetime) -> Line:
    match = _MESSAGE.fullmatch(raw)
    if match is None:
        raise Malformed("cannot read the batch: a message is not <PRI>1 TIME HOST APP PROCID MSGID MSG")
    try:
        moment = parse_stamp(match["at"].decode()).astimezone(UTC)
    except (ValueError, OverflowError):
        moment = now
    text = (match["text"] or b"").removesuffix(b"\n").decode("utf-8", "replace")
    return Line(moment, match["source"].decode(), match["process"].decode(), printable(text))
