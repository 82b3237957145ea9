"""The lines that wait for one receiver: a bounded queue that counts what it had to drop. Pure."""

from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime

from platform_sim.core.model.seams import SaidLine
from platform_sim.core.model.syslog import Batch


class Buffer:
    """The newest `most` lines. Losses are told with the next batch, never alone."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lines: deque[SaidLine] = deque()
        self._lost = 0
        self._since: datetime | None = None

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, lines: Sequence[SaidLine], lost: int, now: datetime) -> None:
        """Lines that came, after `lost` others that were gone before anybody could take them."""
        self.lose(lost, now)
        self._lines.extend(lines)
        self._shrink(now)

    def lose(self, count: int, since: datetime) -> None:
        """Count lines as dropped; the first loss since the last report is what it is dated by."""
        if count:
            self._lost += count
            self._since = since if self._since is None else min(self._since, since)

    def resize(self, most: int, now: datetime) -> None:
        """From now on so many lines; those that are too many go."""
        self._most = most
        self._shrink(now)

    def take(self, size: Callable[[SaidLine], int], most_bytes: int, now: datetime) -> Batch | None:
        """The oldest lines, as many as have `most_bytes` together but at least one; None if there is none."""
        if not self._lines:
            return None
        taken = [self._lines.popleft()]
        left = most_bytes - size(taken[0])
        while self._lines and (left := left - size(self._lines[0])) >= 0:
            taken.append(self._lines.popleft())
        batch = Batch(taken, now, self._lost, self._since)
        self._lost, self._since = 0, None
        return batch

    def give_up(self, batch: Batch, now: datetime) -> None:
        """A batch could not be delivered: its lines are lost, and what it would have told of earlier ones is not."""
        self.lose(len(batch.lines) + batch.lost, batch.since or now)

    def _shrink(self, now: datetime) -> None:
        surplus = len(self._lines) - self._most
        for _ in range(surplus):
            self._lines.popleft()
        self.lose(max(0, surplus), now)
