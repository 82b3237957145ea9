"""The log hub: takes lines from any thread, keeps the last 1500 of each app, tells whoever follows.

Touches files through LogFiles only. It is the platform's LogSink.
"""

import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from platform_sim.core.model.seams import LogSource
from platform_sim.engines.logs.counts import LineCounts
from platform_sim.engines.logs.files import LogFiles
from platform_sim.engines.logs.format import LogLine, parsed, pieces

KEPT_LINES = 1500
"""Lines in memory for each app (platform-api §7, "The buffer holds 1500 lines")."""
FILE_BYTES = 4 << 20
"""When a file is this large, a new one is begun and the one before the last goes."""
_GAP = 1000
"""Numbers left out after a restart: those of lines that a crash kept from the file were told to readers."""


class _Ring:
    """One app's lines."""

    __slots__ = ("evicted", "followers", "lines", "lock", "number")

    def __init__(self, kept: int) -> None:
        self.lock = threading.Lock()
        self.lines: deque[LogLine] = deque(maxlen=kept)
        self.number = 0
        """The number of the newest line."""
        self.evicted = 0
        """The number of the newest line that is no longer in memory."""
        self.followers: list[Follower] = []


class Follower:
    """A reader's place in an app's log. The ring is its queue: who reads too slowly loses the oldest lines."""

    def __init__(self, ring: _Ring, after: int, wake: Callable[[], None]) -> None:
        self._ring = ring
        self._after = after
        self.wake = wake
        self.awake = False
        """Whether `wake` was called and nothing taken since."""
        self.gone = False
        """Whether the app is gone, and no line will come any more."""

    def take(self) -> tuple[list[LogLine], int]:
        """The lines since the last call, and how many were lost before them."""
        ring = self._ring
        with ring.lock:
            self.awake = False
            lost = max(0, ring.evicted - self._after)
            lines = _after(ring, self._after)
            self._after = ring.number
        return lines, lost

    def close(self) -> None:
        """Follow no more; idempotent."""
        with self._ring.lock:
            if self in self._ring.followers:
                self._ring.followers.remove(self)


class LogHub:
    """Every app's log. `now` gives the time stamps; with a `folder` the lines outlive the process."""

    def __init__(
        self,
        now: Callable[[], datetime],
        folder: Path | None = None,
        *,
        kept_lines: int = KEPT_LINES,
        file_bytes: int = FILE_BYTES,
    ) -> None:
        self._now = now
        self._kept = kept_lines
        self._files = LogFiles(folder, file_bytes) if folder is not None else None
        self._lock = threading.Lock()
        self._rings: dict[str, _Ring] = {}
        self.counts = LineCounts()
        """Of what router and dynos say."""

    def __call__(self, app_id: str, source: LogSource, dyno: str, text: str) -> None:
        """Record what `source[dyno]` said (LogSink): any thread, never blocks on a reader or the disk, never raises."""
        ring = self._ring(app_id)
        at = self._now()
        lines = pieces(text)
        if source == "heroku":
            self.counts.hear(app_id, at, dyno, text)
        with ring.lock:
            for piece in lines:
                ring.number += 1
                line = LogLine(ring.number, at, source, dyno, piece)
                if len(ring.lines) == self._kept:
                    ring.evicted = ring.lines[0].number
                ring.lines.append(line)
                if self._files is not None:
                    self._files.write(app_id, line)
            asleep = [follower for follower in ring.followers if not follower.awake]
            for follower in asleep:
                follower.awake = True
        for follower in asleep:
            follower.wake()

    def lines(self, app_id: str) -> list[LogLine]:
        """All lines in memory, oldest first."""
        ring = self._ring(app_id)
        with ring.lock:
            return list(ring.lines)

    def follow(self, app_id: str, wake: Callable[[], None], after: int | None = None) -> tuple[list[LogLine], Follower]:
        """The lines in memory (newer than number `after`, if that is one of this log's), and all later ones.

        `wake` is called from the writer's thread when there is something to take; it must not block or raise.
        """
        ring = self._ring(app_id)
        with ring.lock:
            known = after is not None and after <= ring.number
            lines = _after(ring, after if known and after is not None else 0)
            follower = Follower(ring, ring.number, wake)
            ring.followers.append(follower)
        return lines, follower

    def kept(self, app_id: str) -> str:
        """The lines in memory as text, for a snapshot."""
        return "".join(f"{line.number} {line.rendered()}\n" for line in self.lines(app_id))

    def put(self, app_id: str, text: str) -> None:
        """What `kept` has told of an app, in place of its lines; whoever follows them is told that they are gone.
        ValueError for what it never tells."""
        lines = [parsed(int(number), rest) for number, _, rest in (each.partition(" ") for each in text.splitlines())]
        self.forget(app_id)
        ring = self._ring(app_id)
        with ring.lock:
            ring.lines.clear()
            ring.lines.extend(lines)
            ring.number = lines[-1].number if lines else 0
            ring.evicted = lines[0].number - 1 if lines else 0
            if self._files is not None:
                for line in ring.lines:
                    self._files.write(app_id, line)

    def forget(self, app_id: str) -> None:
        """The app is gone: drop its lines and files; whoever follows is told."""
        with self._lock:
            ring = self._rings.pop(app_id, None)
        self.counts.forget(app_id)
        if self._files is not None:
            self._files.forget(app_id)
        if ring is not None:
            with ring.lock:
                followers = list(ring.followers)
            for follower in followers:
                follower.gone = True
                follower.wake()

    def flush(self) -> None:
        """Wait until every line so far is in its file."""
        if self._files is not None:
            self._files.flush()

    def close(self) -> None:
        """Write what is left; later lines stay in memory. Idempotent."""
        if self._files is not None:
            self._files.close()

    def _ring(self, app_id: str) -> _Ring:
        ring = self._rings.get(app_id)
        if ring is not None:
            return ring
        with self._lock:
            ring = self._rings.get(app_id)
            if ring is None:
                ring = _Ring(self._kept)
                if self._files is not None:
                    earlier = self._files.load(app_id, self._kept)
                    if earlier:
                        ring.lines.extend(earlier)
                        ring.number = earlier[-1].number + _GAP
                        ring.evicted = earlier[0].number - 1
                self._rings[app_id] = ring
        return ring


def _after(ring: _Ring, number: int) -> list[LogLine]:
    """The lines with a higher number; quick if they are few."""
    found = []
    for line in reversed(ring.lines):
        if line.number <= number:
            break
        found.append(line)
    found.reverse()
    return found
