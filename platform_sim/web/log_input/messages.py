"""Reads the bodies of log input: `<length> <PRI>1 TIME HOST APP PROCID MSGID - MSG`, one after the other. Pure.

The length is in bytes and must fit; unlike on drains, STRUCTURED-DATA has to be there (partner-api §7.2).
"""

import re
from dataclasses import dataclass
from datetime import datetime

LENGTH_DIGITS = 9
"""Longer ones announce more than any body has."""
PROCESS_LENGTH = 128
"""Characters of a process's name that are kept (RFC 5424's limit)."""

_MESSAGE = re.compile(
    rb"<(0|[1-9][0-9]{0,2})>1"  # priority and version
    rb" ([0-9T:.Z+-]{20,35})"
    rb" (?P<host>[!-~]+) (?P<app>[!-~]+) (?P<process>[!-~]+) [!-~]+"
    rb' (?:-|(?:\[[!-~](?:[^\]\\"]|\\.|"(?:[^"\\]|\\.)*")*\])+)'
    rb"(?: (?P<text>.*))?",
    re.DOTALL,
)
_TIME = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)")
_MOST_PRIORITY = 191
_BOM = b"\xef\xbb\xbf"


class Malformed(ValueError):
    """The body is not what it should be, from some byte on."""


@dataclass(frozen=True)
class Message:
    """What is used of a message. `process` `-`: it names none."""

    process: str
    text: str


def parse(body: bytes) -> list[Message]:
    """All messages of a body; Malformed if one is not as it must be or anything else stands between them."""
    found, at = [], 0
    while at < len(body):
        space = body.find(b" ", at, at + LENGTH_DIGITS + 1)
        length = body[at:space] if space > 0 else b""
        if not length.isdigit():
            raise Malformed(f"no length at byte {at}")
        at = space + 1 + int(length)
        if at > len(body):
            raise Malformed(f"a message of {int(length)} bytes is announced, and the body ends before")
        found.append(_message(body[space + 1 : at]))
    return found


def _message(raw: bytes) -> Message:
    match = _MESSAGE.fullmatch(raw)
    if match is None or int(match[1]) > _MOST_PRIORITY or not _is_time(match[2]):
        raise Malformed("a message is not <PRI>1 TIME HOST APP PROCID MSGID - MSG")
    text = (match["text"] or b"").removeprefix(_BOM).decode("utf-8", "replace")
    process = match["process"].decode().replace("]", "?")
    return Message(process[:PROCESS_LENGTH], text)


def _is_time(raw: bytes) -> bool:
    """Whether it is a time of RFC 3339; the log uses the platform's own."""
    if _TIME.fullmatch(raw) is None:
        return False
    try:
        datetime.fromisoformat(raw.decode())
    except ValueError:
        return False
    return True
