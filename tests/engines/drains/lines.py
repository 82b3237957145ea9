"""Lines, and the strict reading of frames: what every test of drains needs."""

import re
from datetime import UTC, datetime
from typing import NamedTuple

from platform_sim.core.model.seams import LogSource

AT = datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
STAMP = "2026-01-02T03:04:05.000006+00:00"


class Line(NamedTuple):
    """A `SaidLine`."""

    text: str
    dyno: str = "web.1"
    source: LogSource = "app"
    at: datetime = AT


class Message(NamedTuple):
    """One message as a receiver reads it."""

    priority: int
    stamp: str
    host: str
    app: str
    process: str
    text: str


_HTTP = re.compile(r"<(\d{1,3})>1 (\S+) (\S+) (\S+) (\S+) - (.*)\n", re.DOTALL)
_SYSLOG = re.compile(r"<(\d{1,3})>1 (\S+) (\S+) (\S+) (\S+) - - (.*)\n", re.DOTALL)


def split(body: bytes) -> list[bytes]:
    """The messages of a body: each length must fit, to the very last byte."""
    found = []
    while body:
        length, space, rest = body.partition(b" ")
        assert space and length.isdigit() and not length.startswith(b"0"), f"no length: {body[:40]!r}"
        size = int(length)
        assert len(rest) >= size, f"{size} bytes announced, {len(rest)} there"
        found.append(rest[:size])
        body = rest[size:]
    return found


def messages(body: bytes, *, structured: bool = False) -> list[Message]:
    """The messages of a body, taken apart."""
    found = []
    for raw in split(body):
        match = (_SYSLOG if structured else _HTTP).fullmatch(raw.decode())
        assert match is not None, f"no message: {raw!r}"
        priority, *words = match.groups()
        datetime.fromisoformat(words[0])
        found.append(Message(int(priority), *words))
    return found
