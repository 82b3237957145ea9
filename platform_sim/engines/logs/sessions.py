"""Log sessions: `GET /logs/<secret>`, as server-sent events or plain lines, with or without following.

Opens no socket: the edge serves what `open` returns, on its loop. Facts: heroku-cli §4, platform-api §7.
"""

import threading
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from platform_sim.core.model.apps import LogSessionRow
from platform_sim.core.model.seams import LogSource, Stream
from platform_sim.core.store import Database
from platform_sim.engines.logs import sse
from platform_sim.engines.logs.format import LogLine
from platform_sim.engines.logs.hub import LogHub
from platform_sim.engines.logs.waking import LoopEvent

HEARTBEAT = 15.0
"""Seconds of silence after which a follower gets a comment."""


@dataclass(frozen=True)
class LogSession:
    """What a log session shows (heroku-cli §4: lines, tail, dyno, source)."""

    app_id: str
    lines: int = 100
    """How many earlier lines, of those the filters let through."""
    tail: bool = False
    dyno: str | None = None
    """A dyno ("web.1") or a process type ("web")."""
    source: LogSource | None = None
    expires_at: datetime | None = None
    """Until when it can be opened."""
    tail_life: float | None = None
    """Seconds after which a tail ends, None for never."""

    def shows(self, line: LogLine) -> bool:
        """Whether the filters let a line through."""
        if self.source is not None and line.source != self.source:
            return False
        return self.dyno is None or line.dyno == self.dyno or line.dyno.partition(".")[0] == self.dyno


def session_in(database: Database, secret: str) -> LogSession | None:
    """The log session with this secret, from its row."""
    with database.snapshot() as rows:
        found = rows.find(LogSessionRow, secret=secret)
    if found is None:
        return None
    return LogSession(
        app_id=found.app_id,
        lines=found.lines,
        tail=found.tail,
        dyno=found.dyno,
        source=cast(LogSource | None, found.source),
        expires_at=found.expires_at,
        tail_life=database.rules.log_tail_life,
    )


class LogSessions:
    """The `Streams` of log sessions; `find_session` knows which secrets there are."""

    def __init__(
        self,
        hub: LogHub,
        find_session: Callable[[str], LogSession | None],
        now: Callable[[], datetime],
        *,
        prefix: str = "/logs/",
        heartbeat: float = HEARTBEAT,
    ) -> None:
        self._hub = hub
        self._find = find_session
        self._now = now
        self._prefix = prefix
        self._heartbeat = heartbeat
        self._lock = threading.Lock()
        self._tails: set[LoopEvent] = set()

    def clock_moved(self) -> None:
        """The platform's clock was moved: tails look whether they are over. From any thread."""
        with self._lock:
            for tail in self._tails:
                tail.set()

    def open(self, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> Stream | None:
        """The session's lines; 404 for an unknown or expired secret, which the CLI reads as "timed out"."""
        secret = path.removeprefix(self._prefix)
        if secret == path or not secret or "/" in secret:
            return None
        session = self._find(secret)
        if session is None or (session.expires_at is not None and session.expires_at <= self._now()):
            return Stream(404, "text/plain; charset=utf-8", _one(b"No such log session, or it has expired.\n"))
        if sse.wanted(headers.get("accept")):
            after = sse.last_id(headers.get("last-event-id"))
            return Stream(200, sse.CONTENT_TYPE, self._events(session, after))
        return Stream(200, "text/plain; charset=utf-8", self._plain(session))

    async def _events(self, session: LogSession, after: int | None) -> AsyncIterator[bytes]:
        if not session.tail:
            yield sse.RETRY_AT_ONCE
        async for lines in self._batches(session, after):
            text = "".join(sse.event(line.rendered(), line.number or None) for line in lines)
            yield text.encode() if text else sse.HEARTBEAT

    async def _plain(self, session: LogSession) -> AsyncIterator[bytes]:
        async for lines in self._batches(session, None):
            yield "".join(line.rendered() + "\n" for line in lines).encode()

    async def _batches(self, session: LogSession, after: int | None) -> AsyncIterator[list[LogLine]]:
        """The backlog, then (when following) new lines as they come; an empty batch is a heartbeat."""
        event = LoopEvent()
        with self._lock:
            self._tails.add(event)
        lines, follower = self._hub.follow(session.app_id, event.set, after)
        try:
            seen = opened = self._now()
            if backlog := _backlog(session, lines, after):
                yield backlog
            while session.tail and not follower.gone and (patience := self._patience(session, opened)) > 0:
                if not await event.wait(patience):
                    yield []
                    continue
                lines, lost = follower.take()
                shown = [line for line in lines if session.shows(line)]
                if lost:
                    shown.insert(0, self._overflow(lost, seen))
                seen = self._now()
                if shown:
                    yield shown
        finally:
            follower.close()
            with self._lock:
                self._tails.discard(event)

    def _patience(self, session: LogSession, opened: datetime) -> float:
        """How long to wait for a line; 0 when the tail is over."""
        if session.tail_life is None:
            return self._heartbeat
        left = opened + timedelta(seconds=session.tail_life) - self._now()
        return min(self._heartbeat, left.total_seconds())

    def _overflow(self, lost: int, since: datetime) -> LogLine:
        """Tell a reader that was too slow what it missed (platform-api §7, L11)."""
        text = (
            f"Error L11 (Tail buffer overflow) -> This tail session dropped {lost} messages "
            f"since {since.isoformat(timespec='seconds')}."
        )
        return LogLine(0, self._now(), "heroku", "logplex", text)


def _backlog(session: LogSession, lines: list[LogLine], after: int | None) -> list[LogLine]:
    """The last of the lines; all of them for one who had been told number `after` and comes again."""
    shown = [line for line in lines if session.shows(line)]
    if after is not None and lines and lines[0].number > after:
        return shown
    return shown[len(shown) - min(session.lines, len(shown)) :]


async def _one(data: bytes) -> AsyncIterator[bytes]:
    yield data
