"""Heroku's log line, both ways (platform-api §7). Pure."""

import re
from datetime import datetime
from typing import NamedTuple, cast

from platform_sim.core.model.seams import LogSource

LINE_BYTES = 10000
"""Longer lines are split (platform-api §7)."""

_LINE = re.compile(r"(\S+) (app|heroku)\[([^\]]*)\]: (.*)", re.DOTALL)


class LogLine(NamedTuple):
    """One line of an app's log."""

    number: int
    """Rises by the order in which an app's lines came; the id of server-sent events."""
    at: datetime
    source: LogSource
    dyno: str
    text: str

    def rendered(self) -> str:
        """E.g. `2026-01-02T03:04:05.000000+00:00 app[web.1]: message`."""
        return f"{self.at.isoformat(timespec='microseconds')} {self.source}[{self.dyno}]: {self.text}"


def parsed(number: int, line: str) -> LogLine:
    """The line that `rendered` made; raises ValueError if it is none."""
    match = _LINE.fullmatch(line)
    if match is None:
        raise ValueError(f"not a log line: {line[:80]!r}")
    at, source, dyno, text = match.groups()
    return LogLine(number, datetime.fromisoformat(at), cast(LogSource, source), dyno, text)


def pieces(text: str) -> list[str]:
    """What a process said, as the lines that are logged: split at line ends and after 10000 bytes, valid UTF-8."""
    if not text.isascii():
        text = _valid(text)
    lines = [text]
    if "\n" in text:
        lines = text.removesuffix("\n").split("\n")
    if len(text) * 4 > LINE_BYTES or "\r" in text:
        return [piece for line in lines for piece in _short(line.removesuffix("\r"))]
    return lines


def _valid(text: str) -> str:
    """`text` with a replacement character for every byte that was no UTF-8 (they come as lone surrogates)."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape" if _escaped(text) else "replace").decode("utf-8", "replace")
    return text


def _escaped(text: str) -> bool:
    return all(not 0xD800 <= ord(char) <= 0xDFFF or 0xDC80 <= ord(char) <= 0xDCFF for char in text)


def _short(line: str) -> list[str]:
    """The line in pieces of at most 10000 bytes, no character cut."""
    data = line.encode()
    if len(data) <= LINE_BYTES:
        return [line]
    found = []
    while data:
        cut = min(LINE_BYTES, len(data))
        while cut < len(data) and data[cut] & 0xC0 == 0x80:
            cut -= 1
        found.append(data[:cut].decode())
        data = data[cut:]
    return found
