"""Log lines as syslog messages, each with its length in bytes before it (partner-api §7.1). Pure.

`<length> <PRI>1 TIME HOST APP PROCID MSGID MSG\n`. Over HTTP the message has no STRUCTURED-DATA, so it is not quite
RFC 5424; over TCP it is, with the drain's token as HOST.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from platform_sim.core.model.seams import SaidLine

USER_AGENT = "Logplex/v72"
CONTENT_TYPE = "application/logplex-1"
LINE_BYTES = 10_000
"""Longer texts are cut."""

_APP, _ROUTER, _PLATFORM = 190, 158, 134
"""local7.info, local3.info (platform-api §7), local0.info."""
_OVERFLOW = 172
"""local5.warning."""


@dataclass(frozen=True)
class Batch:
    """Lines that go out together; the same however often they are sent."""

    lines: Sequence[SaidLine]
    made_at: datetime
    lost: int = 0
    """How many lines were dropped before these, since when."""
    since: datetime | None = None

    @property
    def messages(self) -> int:
        """What the receiver will count: the message about the loss is one."""
        return len(self.lines) + (1 if self.lost else 0)


def http_headers(batch: Batch, frame_id: str, token: str) -> dict[str, str]:
    """What a batch says of itself over HTTP. `frame_id`: the same at each attempt; `token`: of the drain."""
    return {
        "Content-Type": CONTENT_TYPE,
        "Logplex-Msg-Count": str(batch.messages),
        "Logplex-Frame-Id": frame_id,
        "Logplex-Drain-Token": token,
        "User-Agent": USER_AGENT,
    }


@dataclass(frozen=True)
class Framing:
    """How a kind of drain writes its messages. The default is that of HTTP."""

    host: str = "host"
    structured: bool = False

    def body(self, batch: Batch) -> bytes:
        """All messages of a batch, the loss first."""
        frames = [self.line(line) for line in batch.lines]
        if batch.lost and batch.since is not None:
            frames.insert(0, self.overflow(batch.lost, batch.since, batch.made_at))
        return b"".join(frames)

    def line(self, line: SaidLine) -> bytes:
        """One line of an app's log."""
        stamp = line.at.isoformat(timespec="microseconds")
        return self._frame(_priority(line), stamp, line.source, line.dyno, _cut(line.text))

    def overflow(self, lost: int, since: datetime, now: datetime) -> bytes:
        """The message that counts what was dropped."""
        text = f"Error L10 (output buffer overflow): {lost} messages dropped since {_seconds(since)}."
        return self._frame(_OVERFLOW, _seconds(now), "heroku", "logplex", text.encode())

    def _frame(self, priority: int, stamp: str, app: str, process: str, text: bytes) -> bytes:
        nothing = "- -" if self.structured else "-"
        message = f"<{priority}>1 {stamp} {self.host} {app} {process} {nothing} ".encode() + text + b"\n"
        return b"%d %b" % (len(message), message)


def _priority(line: SaidLine) -> int:
    if line.source == "heroku":
        return _ROUTER if line.dyno == "router" else _PLATFORM
    return _PLATFORM if line.dyno == "api" else _APP


def _seconds(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _cut(text: str) -> bytes:
    """At most LINE_BYTES, no character in halves."""
    data = text.encode("utf-8", "replace")
    return data if len(data) <= LINE_BYTES else data[:LINE_BYTES].decode("utf-8", "ignore").encode()
